//! Loading an empty book: what only helps to find records is made after them, all at once.

use migrations::{Migrator, MigratorTraitExt as _};
use sea_orm::{ConnectionTrait, DatabaseConnection, DbErr, TransactionTrait};

use super::{cache, is_server, statement};

/// Memory of the loading connection to a file, in KiB, as far as it is needed: what is unique besides identifiers, as keys of licenses
/// and numbers of invoices, arrives in no order.
const CACHE: u32 = 524_288;
/// Pages of the write-ahead log before it is brought into the file.
const LOG: u32 = 20_000;

/// The orders that were set aside, as the statements that make them.
#[derive(Debug)]
pub struct Aside(Vec<String>);

/// Takes away every index that is not a rule of its table, and lets a file wait for the disk once at the end only: until then a
/// power cut loses the last transactions, no more. What is sorted for the indexes goes into temporary files meanwhile: in memory a
/// large one takes a gigabyte, and what is loaded so is a sample, with nobody in it. What forbids changes of final rows is away
/// meanwhile, too, on a file, where it is asked for each row that comes; the role of every day of a server could not make it again.
/// What a kill leaves has neither, and no administrator either, who comes last: nobody can sign in there, and none can be made
/// (`session::require_empty`).
pub async fn begin_load(connection: &DatabaseConnection) -> Result<Aside, DbErr> {
    let mut aside = Vec::new();
    match set_aside(connection, &mut aside).await {
        Ok(()) => Ok(Aside(aside)),
        Err(error) => {
            let made = make_again(connection, aside).await;
            // In any case: the connection is the one that writes from now on.
            let ended = end_pragmas(connection).await;
            made.and(ended).and(Err(error))
        }
    }
}

async fn set_aside(connection: &DatabaseConnection, aside: &mut Vec<String>) -> Result<(), DbErr> {
    let list = if is_server(connection) {
        // Only those that this role can make again: the one of every day loads beside them, which takes longer.
        "SELECT CAST(i.indexname AS TEXT) AS name, i.indexdef AS made FROM pg_indexes i WHERE i.schemaname = current_schema()
           AND EXISTS (SELECT 1 FROM pg_class x JOIN pg_namespace n ON n.oid = x.relnamespace
                       WHERE x.relname = i.indexname AND n.nspname = i.schemaname
                         AND pg_has_role(x.relowner, 'USAGE') AND has_schema_privilege(n.oid, 'CREATE'))
           AND NOT EXISTS (SELECT 1 FROM pg_constraint c JOIN pg_class x ON x.oid = c.conindid JOIN pg_namespace n ON n.oid = x.relnamespace
                           WHERE x.relname = i.indexname AND n.nspname = i.schemaname)"
    } else {
        run(
            connection,
            &format!(
                "PRAGMA synchronous = NORMAL; PRAGMA cache_size = -{CACHE}; PRAGMA wal_autocheckpoint = {LOG}; PRAGMA temp_store = FILE"
            ),
        )
        .await?;
        Migrator::unguard(connection).await?;
        "SELECT name, sql AS made FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL"
    };
    for row in connection.query_all_raw(statement(connection, list, Vec::new())).await? {
        let (name, made): (String, String) = (row.try_get("", "name")?, row.try_get("", "made")?);
        run(connection, &format!("DROP INDEX {name}")).await?;
        aside.push(made);
    }
    Ok(())
}

/// Makes indexes again, each that can be made, and the guards of a file.
async fn make_again(connection: &DatabaseConnection, aside: Vec<String>) -> Result<(), DbErr> {
    let mut all = if is_server(connection) {
        Ok(())
    } else {
        Migrator::guard(connection).await
    };
    for made in aside {
        all = run_for_long(connection, &made).await.and(all);
    }
    all
}

/// Makes them again, and the index of the search on a file; from then on everything is as durable as ever, whatever comes of that.
pub async fn end_load(connection: &DatabaseConnection, aside: Aside) -> Result<(), DbErr> {
    let made = make_all(connection, aside).await;
    let ended = end_pragmas(connection).await;
    made.and(ended)
}

async fn make_all(connection: &DatabaseConnection, aside: Aside) -> Result<(), DbErr> {
    make_again(connection, aside.0).await?;
    if is_server(connection) {
        let filled = "customer, customer_summary, customer_index, customer_money, license, subscription, invoice, payment";
        return analyze(connection, filled).await;
    }
    // In few large pieces, merged into one.
    run(
        connection,
        "INSERT INTO customer_index (customer_index, rank) VALUES ('hashsize', 67108864)",
    )
    .await?;
    super::index::enter_all(connection).await?;
    run(connection, "INSERT INTO customer_index (customer_index) VALUES ('optimize')").await?;
    run(
        connection,
        "INSERT INTO customer_index (customer_index, rank) VALUES ('hashsize', 1048576)",
    )
    .await
}

/// Has a server look at the rows of tables that have just been filled: by itself it does so a minute later, and reads whole tables for
/// a page of them until then. A role that may not have that done leaves it to the server, which says no more than a warning.
pub async fn analyze(connection: &DatabaseConnection, tables: &str) -> Result<(), DbErr> {
    if !is_server(connection) {
        return Ok(());
    }
    run(connection, &format!("ANALYZE {tables}")).await
}

/// What every other connection to a file has.
async fn end_pragmas(connection: &DatabaseConnection) -> Result<(), DbErr> {
    if is_server(connection) {
        return Ok(());
    }
    run(
        connection,
        &format!(
            "PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 1000; PRAGMA wal_checkpoint(TRUNCATE); PRAGMA temp_store = MEMORY;
             PRAGMA cache_size = {}; PRAGMA shrink_memory",
            cache::WRITER
        ),
    )
    .await
}

async fn run(connection: &DatabaseConnection, sql: &str) -> Result<(), DbErr> {
    connection.execute_unprepared(sql).await.map(|_| ())
}

/// Runs what grows with the book: of ten million rows an index takes a server longer than it has for any other statement.
async fn run_for_long(connection: &DatabaseConnection, sql: &str) -> Result<(), DbErr> {
    if !is_server(connection) {
        return run(connection, sql).await;
    }
    let transaction = connection.begin().await?;
    transaction.execute_unprepared("SET LOCAL statement_timeout = 0").await?;
    transaction.execute_unprepared(sql).await?;
    transaction.commit().await
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{App, BookLocation, NewBook, OpenOptions, Server, random, support::close_and_remove};

    #[tokio::test]
    async fn what_is_written_waits_for_the_disk_again_although_an_index_cannot_be_made() {
        let folder = tempfile::tempdir().unwrap();
        let options = OpenOptions {
            create: Some(NewBook::default()),
            ..OpenOptions::default()
        };
        let app = App::open(BookLocation::File(folder.path().join("book.db")), options).await.unwrap();
        let writer = app.0.db.writer();
        let waits = || async {
            let row = writer.query_one_raw(statement(&writer, "PRAGMA synchronous", Vec::new())).await;
            row.unwrap().unwrap().try_get_by_index::<i64>(0).unwrap()
        };
        let Aside(mut aside) = begin_load(&writer).await.unwrap();
        assert_eq!(waits().await, 1);
        aside.push("CREATE INDEX of_nothing ON nothing (at_all)".to_owned());
        end_load(&writer, Aside(aside)).await.unwrap_err();
        assert_eq!(waits().await, 2);
        app.close().await;
    }

    #[tokio::test]
    async fn a_server_has_as_long_for_an_index_as_it_takes_and_no_longer_for_anything_else() {
        let server =
            std::env::var("CLIENTELE_TEST_POSTGRES").expect("CLIENTELE_TEST_POSTGRES is not set: `cargo xtask test engine` sets it");
        let schema = format!("long_{}", random::reference());
        let options = OpenOptions {
            create: Some(NewBook::default()),
            ..OpenOptions::default()
        };
        let location = BookLocation::Server(Server::parse(&server, &schema).unwrap());
        let app = App::open(location, options).await.unwrap();
        let writer = app.0.db.writer();
        let Aside(mut aside) = begin_load(&writer).await.unwrap();
        // Its name tells what it was made under.
        let told = "DO $$ BEGIN EXECUTE 'CREATE TABLE made_within_' || current_setting('statement_timeout') || ' (a INT)'; END $$";
        aside.push(told.to_owned());
        end_load(&writer, Aside(aside)).await.unwrap();
        run(&writer, "DROP TABLE made_within_0").await.unwrap();
        let row = writer.query_one_raw(statement(&writer, "SHOW statement_timeout", Vec::new())).await;
        assert_eq!(row.unwrap().unwrap().try_get_by_index::<String>(0).unwrap(), "20s");
        close_and_remove(app).await;
    }
}
