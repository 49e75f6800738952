//! What stands in the book, read beside the app.

use std::path::Path;

use sqlx::{
    Connection, Row, SqliteConnection,
    sqlite::{SqliteConnectOptions, SqliteRow},
};
use tokio::runtime::{self, Runtime};

/// The rows of every table but `desk`: each desk writes there by itself, every half minute, that it is there.
const TABLES: &str = "SELECT name FROM sqlite_schema
    WHERE type = 'table' AND name <> 'desk' AND sql NOT LIKE 'CREATE VIRTUAL TABLE%' ORDER BY name";

pub struct Book {
    runtime: Runtime,
    connection: SqliteConnection,
}

impl Book {
    /// Opens it to read beside the app.
    pub fn open(file: &Path) -> Self {
        let runtime = runtime::Builder::new_current_thread().build().unwrap();
        let options = SqliteConnectOptions::new().filename(file).read_only(true);
        let connection = runtime.block_on(SqliteConnection::connect_with(&options)).unwrap();
        Self { runtime, connection }
    }

    fn texts(&mut self, statement: String) -> Vec<String> {
        let rows = sqlx::query(sqlx::AssertSqlSafe(statement)).fetch_all(&mut self.connection);
        let rows = self.runtime.block_on(rows).unwrap();
        rows.iter().map(|row: &SqliteRow| row.get(0)).collect()
    }

    /// Every value of every row, each under the name of its table.
    pub fn rows(&mut self) -> Vec<String> {
        let mut rows = Vec::new();
        for table in self.texts(TABLES.to_owned()) {
            let values = self
                .texts(format!("SELECT name FROM pragma_table_xinfo('{table}') ORDER BY cid"))
                .iter()
                .map(|column| format!("quote(\"{column}\")"))
                .collect::<Vec<_>>()
                .join(" || ',' || ");
            let of_table = self.texts(format!("SELECT {values} FROM \"{table}\" ORDER BY 1"));
            rows.extend(of_table.into_iter().map(|row| format!("{table}: {row}")));
        }
        assert!(!rows.is_empty(), "a book has rows of its own from the start");
        rows
    }
}
