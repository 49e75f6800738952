//! The steps make the same tables on both databases, once, also when several processes begin at the same time.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    missing_docs,
    reason = "a test that meets what it does not expect has to fail"
)]

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::atomic::{AtomicU32, Ordering},
};

use migrations::{APPLICATION_ID, Migrator, MigratorTraitExt};
use sea_orm::{ConnectOptions, ConnectionTrait, Database, DatabaseConnection, DbBackend, Statement};

static NUMBER: AtomicU32 = AtomicU32::new(0);

fn server() -> String {
    std::env::var("CLIENTELE_TEST_POSTGRES").unwrap_or_else(|_| {
        panic!("CLIENTELE_TEST_POSTGRES is not set: `cargo xtask test migrations` starts a throwaway Postgres and sets it")
    })
}

async fn file(folder: &tempfile::TempDir) -> DatabaseConnection {
    let path = folder.path().join("book.clientele");
    let mut options = ConnectOptions::new(format!("sqlite://{}?mode=rwc", path.display()));
    options.max_connections(1).sqlx_logging(false);
    Database::connect(options).await.unwrap()
}

async fn schema(name: &str) -> DatabaseConnection {
    let mut options = ConnectOptions::new(server());
    options.set_schema_search_path(name).max_connections(3).sqlx_logging(false);
    let connection = Database::connect(options).await.unwrap();
    connection
        .execute_unprepared(&format!("CREATE SCHEMA IF NOT EXISTS {name}"))
        .await
        .unwrap();
    connection
}

fn new_schema() -> String {
    format!("steps_{}_{}", std::process::id(), NUMBER.fetch_add(1, Ordering::Relaxed))
}

async fn drop_schema(connection: DatabaseConnection, name: &str) {
    connection.execute_unprepared(&format!("DROP SCHEMA {name} CASCADE")).await.unwrap();
    connection.close().await.unwrap();
}

async fn texts(connection: &DatabaseConnection, sql: &str) -> Vec<String> {
    let statement = Statement::from_string(connection.get_database_backend(), sql);
    let rows = connection.query_all_raw(statement).await.unwrap();
    rows.iter().map(|row| row.try_get_by_index(0).unwrap()).collect()
}

fn is_search(name: &str) -> bool {
    name.starts_with("customer_index") || name.starts_with("customer_terms")
}

/// Tables with their columns and whether each may be missing.
async fn tables(connection: &DatabaseConnection) -> BTreeMap<String, BTreeSet<String>> {
    let sql = if connection.get_database_backend() == DbBackend::Sqlite {
        "SELECT m.name || ' ' || c.name || CASE WHEN c.\"notnull\" = 1 OR c.pk > 0 THEN ' needed' ELSE '' END
         FROM sqlite_master m JOIN pragma_table_xinfo(m.name) c WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite%'"
    } else {
        "SELECT table_name || ' ' || column_name || CASE WHEN is_nullable = 'NO' THEN ' needed' ELSE '' END
         FROM information_schema.columns WHERE table_schema = current_schema()"
    };
    let mut tables: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for column in texts(connection, sql).await {
        let (table, column) = column.split_once(' ').unwrap();
        // The index of the search is each database's own.
        if table != "seaql_migrations" && !is_search(table) {
            tables.entry(table.to_owned()).or_default().insert(column.to_owned());
        }
    }
    tables
}

async fn triggers(connection: &DatabaseConnection) -> BTreeSet<String> {
    let sql = if connection.get_database_backend() == DbBackend::Sqlite {
        "SELECT name FROM sqlite_master WHERE type = 'trigger'"
    } else {
        // Not from `information_schema.triggers`, which leaves out those of TRUNCATE.
        "SELECT CAST(t.tgname AS TEXT) FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
         WHERE NOT t.tgisinternal AND c.relnamespace = CAST(current_schema() AS regnamespace)"
    };
    texts(connection, sql).await.into_iter().collect()
}

/// Tables with rows that are final.
const KEPT: [&str; 9] = [
    "change",
    "change_value",
    "credit_note",
    "credit_note_line",
    "invoice",
    "invoice_line",
    "payment",
    "refund",
    "write_off",
];

/// Takes the guards out that only one of the databases needs, and answers with them: a file knows `OR REPLACE`, a server `TRUNCATE`.
fn take_own(guards: &mut BTreeSet<String>, mark: &str) -> BTreeSet<String> {
    let own = guards.iter().filter(|name| name.contains(mark)).cloned().collect();
    guards.retain(|name| !name.contains(mark));
    own
}

async fn indexes(connection: &DatabaseConnection) -> BTreeSet<String> {
    let sql = if connection.get_database_backend() == DbBackend::Sqlite {
        "SELECT name FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL"
    } else {
        "SELECT CAST(indexname AS TEXT) FROM pg_indexes WHERE schemaname = current_schema() AND indexname NOT LIKE '%_pkey' AND indexname NOT LIKE '%_key'"
    };
    let found = texts(connection, sql).await;
    found
        .into_iter()
        .filter(|name| !name.ends_with("_key") && !is_search(name))
        .collect()
}

async fn bring_up_twice(connection: &DatabaseConnection) {
    assert_eq!(Migrator::applied(connection).await.unwrap(), [""; 0]);
    Migrator::bring_up(connection).await.unwrap();
    assert_eq!(Migrator::applied(connection).await.unwrap(), Migrator::names());
    let first = tables(connection).await;
    Migrator::bring_up(connection).await.unwrap();
    assert_eq!(Migrator::applied(connection).await.unwrap(), Migrator::names());
    assert_eq!(tables(connection).await, first);
}

#[tokio::test]
async fn an_empty_database_gets_the_same_tables_indexes_and_guards_on_either_server() {
    let folder = tempfile::tempdir().unwrap();
    let sqlite = file(&folder).await;
    bring_up_twice(&sqlite).await;
    let name = new_schema();
    let postgres = schema(&name).await;
    bring_up_twice(&postgres).await;
    assert_eq!(tables(&sqlite).await, tables(&postgres).await);
    let (mut of_file, mut of_server) = (triggers(&sqlite).await, triggers(&postgres).await);
    let replacing = KEPT
        .iter()
        .flat_map(|table| ["insert", "update"].map(|act| format!("{table}_refuse_replacing_{act}")));
    assert_eq!(take_own(&mut of_file, "_refuse_replacing_"), replacing.collect::<BTreeSet<_>>());
    let emptying = KEPT.iter().map(|table| format!("{table}_refuse_truncate"));
    assert_eq!(take_own(&mut of_server, "_refuse_truncate"), emptying.collect::<BTreeSet<_>>());
    assert_eq!(of_file, of_server);
    assert_eq!(indexes(&sqlite).await, indexes(&postgres).await);
    assert!(of_file.contains("change_refuse_update"));
    sqlite.close().await.unwrap();
    drop_schema(postgres, &name).await;
}

#[tokio::test]
async fn what_comes_after_a_step_is_kept_with_it_or_neither_is() {
    let folder = tempfile::tempdir().unwrap();
    let sqlite = file(&folder).await;
    let name = new_schema();
    let postgres = schema(&name).await;
    for connection in [&sqlite, &postgres] {
        let done = Migrator::bring_up_with(
            connection,
            "CREATE TABLE after_a_step (id INTEGER); SELECT nothing FROM no_such_table",
        )
        .await;
        assert!(done.is_err());
        assert_eq!(tables(connection).await, BTreeMap::new());
        assert_eq!(Migrator::applied(connection).await.unwrap(), [""; 0]);
        Migrator::bring_up_with(connection, "CREATE TABLE after_a_step (id INTEGER)")
            .await
            .unwrap();
        assert_eq!(Migrator::applied(connection).await.unwrap(), Migrator::names());
        assert!(tables(connection).await.contains_key("after_a_step"));
        // Nothing comes after no step: the table would be there already.
        Migrator::bring_up_with(connection, "CREATE TABLE after_a_step (id INTEGER)")
            .await
            .unwrap();
    }
    sqlite.close().await.unwrap();
    drop_schema(postgres, &name).await;
}

#[tokio::test]
async fn a_file_is_marked_as_a_book_and_its_tables_are_strict() {
    let folder = tempfile::tempdir().unwrap();
    let connection = file(&folder).await;
    Migrator::bring_up(&connection).await.unwrap();
    let mark = texts(&connection, "SELECT CAST(application_id AS TEXT) FROM pragma_application_id").await;
    assert_eq!(mark, [APPLICATION_ID.to_string()]);
    let loose = "SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'table' AND strict = 0
        AND name NOT IN ('sqlite_schema', 'seaql_migrations')";
    assert_eq!(texts(&connection, loose).await, [""; 0]);
    let cascading =
        "SELECT m.name FROM sqlite_master m JOIN pragma_foreign_key_list(m.name) f WHERE m.type = 'table' AND f.on_delete <> 'NO ACTION'";
    assert_eq!(texts(&connection, cascading).await, [""; 0]);
    connection.close().await.unwrap();
}

#[tokio::test]
async fn text_sorts_by_code_point_on_a_server() {
    let name = new_schema();
    let connection = schema(&name).await;
    Migrator::bring_up(&connection).await.unwrap();
    let other = "SELECT table_name || '.' || column_name FROM information_schema.columns
        WHERE table_schema = current_schema() AND data_type = 'text' AND collation_name IS DISTINCT FROM 'C'";
    assert_eq!(texts(&connection, other).await, [""; 0]);
    drop_schema(connection, &name).await;
}

#[tokio::test]
async fn several_that_begin_at_once_make_the_tables_once() {
    let name = new_schema();
    let first = schema(&name).await;
    let mut tasks = tokio::task::JoinSet::new();
    for _ in 0..4 {
        let connection = schema(&name).await;
        tasks.spawn(async move {
            let done = Migrator::bring_up(&connection).await;
            connection.close().await.unwrap();
            done
        });
    }
    for done in tasks.join_all().await {
        done.unwrap();
    }
    assert_eq!(Migrator::applied(&first).await.unwrap(), Migrator::names());
    drop_schema(first, &name).await;
}

#[tokio::test]
async fn a_step_that_fails_leaves_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let sqlite = file(&folder).await;
    let name = new_schema();
    let postgres = schema(&name).await;
    for connection in [&sqlite, &postgres] {
        // The name of the last table is taken.
        connection.execute_unprepared("CREATE TABLE refund (id INTEGER)").await.unwrap();
        assert!(Migrator::bring_up(connection).await.is_err());
        assert_eq!(tables(connection).await.into_keys().collect::<Vec<_>>(), ["refund"]);
        assert_eq!(Migrator::applied(connection).await.unwrap(), [""; 0]);
        connection.execute_unprepared("DROP TABLE refund").await.unwrap();
        Migrator::bring_up(connection).await.unwrap();
    }
    sqlite.close().await.unwrap();
    drop_schema(postgres, &name).await;
}
