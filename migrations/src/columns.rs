//! What the two databases call a column, an index and a guard; the only file here that names them.

use sea_orm_migration::{prelude::*, sea_orm::DbBackend};

/// Marks a SQLite file as a book: "Clnt" in ASCII, for `PRAGMA application_id`.
pub const APPLICATION_ID: i64 = 0x436C_6E74;

/// Runs statements, written once, on either database.
///
/// Placeholders: `{id}` a UUID, `{text}` text that sorts by code point, `{int}` a whole number of 64 bits, `{bool}`,
/// `{date}` a day, `{bytes}`, `{strict}` at the end of a table.
pub async fn run(manager: &SchemaManager<'_>, statements: &[&str]) -> Result<(), DbErr> {
    let backend = manager.get_database_backend();
    let words: &[(&str, &str)] = match backend {
        DbBackend::Sqlite => &[
            ("{id}", "BLOB"),
            ("{text}", "TEXT"),
            ("{int}", "INTEGER"),
            ("{bool}", "INTEGER"),
            ("{date}", "TEXT"),
            ("{bytes}", "BLOB"),
            ("{strict}", "STRICT"),
            ("{true}", "TRUE"),
            ("{false}", "FALSE"),
        ],
        _ => &[
            ("{id}", "UUID"),
            ("{text}", "TEXT COLLATE \"C\""),
            ("{int}", "BIGINT"),
            ("{bool}", "BOOLEAN"),
            ("{date}", "DATE"),
            ("{bytes}", "BYTEA"),
            ("{strict}", ""),
            ("{true}", "TRUE"),
            ("{false}", "FALSE"),
        ],
    };
    for statement in statements {
        let sql = words
            .iter()
            .fold((*statement).to_owned(), |sql, (name, word)| sql.replace(name, word));
        manager.get_connection().execute_unprepared(&sql).await?;
    }
    Ok(())
}

/// Refuses `UPDATE` and `DELETE` of every row of a table.
pub async fn insert_only(manager: &SchemaManager<'_>, table: &str) -> Result<(), DbErr> {
    refuse(manager, table, "UPDATE", None, "is never changed").await?;
    refuse(manager, table, "DELETE", None, "is never removed").await
}

/// Refuses an `UPDATE` or `DELETE` where `condition` holds; it may use `OLD` and `NEW`.
pub async fn refuse(manager: &SchemaManager<'_>, table: &str, act: &str, condition: Option<&str>, words: &str) -> Result<(), DbErr> {
    let name = format!("{table}_refuse_{}", act.to_lowercase());
    let when = condition.map(|condition| format!("WHEN ({condition})")).unwrap_or_default();
    let message = format!("{table} {words}");
    let sql = match manager.get_database_backend() {
        DbBackend::Sqlite => {
            format!("CREATE TRIGGER {name} BEFORE {act} ON {table} {when} BEGIN SELECT RAISE(ABORT, '{message}'); END")
        }
        _ => format!(
            "CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION '{message}'; END $$;
             CREATE TRIGGER {name} BEFORE {act} ON {table} FOR EACH ROW {when} EXECUTE FUNCTION {name}()"
        ),
    };
    manager.get_connection().execute_unprepared(&sql).await?;
    Ok(())
}

/// Refuses `UPDATE` and `DELETE` of the rows of a table that belong to a row of `whole` that is no draft any more.
pub async fn refuse_parts_of_final(manager: &SchemaManager<'_>, table: &str, whole: &str, column: &str) -> Result<(), DbErr> {
    for act in ["UPDATE", "DELETE"] {
        let name = format!("{table}_refuse_{}", act.to_lowercase());
        let is_final = format!("EXISTS (SELECT 1 FROM {whole} w WHERE w.id = OLD.{column} AND w.status <> 'draft')");
        let message = format!("{table} belongs to a final {whole}");
        let sql = match manager.get_database_backend() {
            DbBackend::Sqlite => {
                format!("CREATE TRIGGER {name} BEFORE {act} ON {table} WHEN {is_final} BEGIN SELECT RAISE(ABORT, '{message}'); END")
            }
            // A condition of a trigger cannot look into other tables there.
            _ => format!(
                "CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
                   IF {is_final} THEN RAISE EXCEPTION '{message}'; END IF;
                   IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
                   RETURN NEW;
                 END $$;
                 CREATE TRIGGER {name} BEFORE {act} ON {table} FOR EACH ROW EXECUTE FUNCTION {name}()"
            ),
        };
        manager.get_connection().execute_unprepared(&sql).await?;
    }
    Ok(())
}

/// Takes every guard away.
pub async fn drop_guards(connection: &sea_orm_migration::sea_orm::DatabaseConnection) -> Result<(), DbErr> {
    let backend = connection.get_database_backend();
    let is_file = backend == DbBackend::Sqlite;
    let sql = if is_file {
        "SELECT name, tbl_name FROM sqlite_master WHERE type = 'trigger'"
    } else {
        "SELECT CAST(t.tgname AS TEXT), CAST(c.relname AS TEXT) FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
         WHERE NOT t.tgisinternal AND c.relnamespace = CAST(current_schema() AS regnamespace)"
    };
    for row in connection
        .query_all_raw(sea_orm_migration::sea_orm::Statement::from_string(backend, sql))
        .await?
    {
        let (name, table): (String, String) = (row.try_get_by_index(0)?, row.try_get_by_index(1)?);
        if !name.contains("_refuse_") {
            continue;
        }
        let sql = if is_file {
            format!("DROP TRIGGER {name}")
        } else {
            format!("DROP TRIGGER {name} ON {table}; DROP FUNCTION {name}()")
        };
        connection.execute_unprepared(&sql).await?;
    }
    Ok(())
}

/// Marks the file, where a book is a file.
pub async fn mark(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    if manager.get_database_backend() == DbBackend::Sqlite {
        manager
            .get_connection()
            .execute_unprepared(&format!("PRAGMA application_id = {APPLICATION_ID}"))
            .await?;
    }
    Ok(())
}

/// Runs `work` while no other process migrates the same database. A file is held by its lock file meanwhile.
pub async fn alone(
    connection: &sea_orm_migration::sea_orm::DatabaseConnection,
    work: impl Future<Output = Result<(), DbErr>>,
) -> Result<(), DbErr> {
    use sea_orm_migration::sea_orm::TransactionTrait;
    if connection.get_database_backend() == DbBackend::Sqlite {
        return work.await;
    }
    // A transaction of its own holds the lock, whatever connection the steps run on.
    let lock = connection.begin().await?;
    lock.execute_unprepared("SELECT pg_advisory_xact_lock(7453210094412)").await?;
    let done = work.await;
    lock.commit().await?;
    done
}
