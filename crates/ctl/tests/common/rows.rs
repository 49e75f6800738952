//! What is in the tables of a book.

use sha2::{Digest, Sha256};
use sqlx::{AssertSqlSafe, Connection, PgConnection, Row, SqliteConnection};

use super::{Place, server};

/// A connection to the tables of a book.
pub enum Rows {
    File(SqliteConnection),
    Server { connection: PgConnection, schema: String },
}

/// The checksum of rows.
pub fn digest(rows: &[String]) -> String {
    let mut hasher = Sha256::new();
    for row in rows {
        hasher.update(row.as_bytes());
        hasher.update(b"\n");
    }
    hasher.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The index of the search is each database's own; what it finds is compared elsewhere.
fn is_search(table: &str) -> bool {
    table.starts_with("customer_index") || table.starts_with("customer_terms")
}

/// The expression of a row as one text. A figure's slot depends on the connection, so it is left out.
fn row_text(table: &str, mut columns: Vec<(String, String)>) -> String {
    columns.sort();
    columns.retain(|(name, _)| (table, name.as_str()) != ("figure", "slot"));
    let parts: Vec<String> = columns.into_iter().map(|(_, text)| format!("COALESCE({text}, '-')")).collect();
    parts.join(" || '|' || ")
}

impl Rows {
    /// Opens them, to be read.
    pub async fn open(place: &Place) -> Self {
        match place.on_server() {
            None => {
                let url = format!("sqlite://{}?mode=ro", place.path().display());
                Self::File(SqliteConnection::connect(&url).await.unwrap())
            }
            Some((url, schema)) => Self::Server {
                connection: server(&url, schema).await,
                schema: schema.to_owned(),
            },
        }
    }

    /// Closes them.
    pub async fn close(self) {
        match self {
            Self::File(connection) => connection.close().await.unwrap(),
            Self::Server { connection, .. } => connection.close().await.unwrap(),
        }
    }

    /// The first column of a query, a text; `id(…)` in it stands for the text of an identifier.
    pub async fn texts(&mut self, sql: &str) -> Vec<String> {
        match self {
            Self::File(connection) => {
                let sql = AssertSqlSafe(sql.replace("id(", "hex("));
                let rows = sqlx::query(sql).fetch_all(connection).await.unwrap();
                rows.iter().map(|row| row.get(0)).collect()
            }
            Self::Server { connection, .. } => {
                let sql = AssertSqlSafe(sql.replace("id(", "text("));
                let rows = sqlx::query(sql).fetch_all(connection).await.unwrap();
                rows.iter().map(|row| row.get(0)).collect()
            }
        }
    }

    /// The rows of every table as texts, sorted.
    pub async fn tables(&mut self, without: &[&str]) -> Vec<(String, Vec<String>)> {
        let mut tables = Vec::new();
        for table in self.names(without).await {
            let rows = self.table(&table).await;
            tables.push((table, rows));
        }
        tables
    }

    /// The names of the tables, in their order.
    pub async fn names(&mut self, without: &[&str]) -> Vec<String> {
        let names = match self {
            Self::File(_) => "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name".to_owned(),
            Self::Server { schema, .. } => format!(
                "SELECT CAST(table_name AS TEXT) FROM information_schema.tables WHERE table_schema = '{schema}'
                 ORDER BY table_name COLLATE \"C\""
            ),
        };
        let mut names = self.texts(&names).await;
        names.retain(|table| !without.contains(&table.as_str()) && !is_search(table));
        names
    }

    /// The rows of a table as texts, sorted.
    pub async fn table(&mut self, table: &str) -> Vec<String> {
        let columns = self.columns(table).await;
        let mut rows = self.texts(&format!("SELECT {} FROM {table}", row_text(table, columns))).await;
        rows.sort_unstable();
        rows
    }

    /// Number of rows of a table on a server, and the sum of a hash of each.
    pub async fn sum(&mut self, table: &str) -> (usize, String) {
        let row = row_text(table, self.columns(table).await);
        let sum = format!("COALESCE(CAST(SUM(hashtextextended({row}, 0)) AS TEXT), '')");
        let both = self
            .texts(&format!("SELECT CAST(COUNT(*) AS TEXT) || ' ' || {sum} FROM {table}"))
            .await;
        let (count, sum) = both[0].split_once(' ').unwrap();
        (count.parse().unwrap(), sum.to_owned())
    }

    /// The columns of a table but those that are computed, each with the expression of its text.
    async fn columns(&mut self, table: &str) -> Vec<(String, String)> {
        match self {
            Self::File(connection) => {
                let info = sqlx::query(AssertSqlSafe(format!("PRAGMA table_info({table})")));
                let columns = info.fetch_all(connection).await.unwrap();
                let column = columns.iter().map(|column| {
                    let (name, kind): (String, String) = (column.get("name"), column.get("type"));
                    let text = if kind == "BLOB" {
                        format!("CASE WHEN \"{name}\" IS NOT NULL THEN lower(hex(\"{name}\")) END")
                    } else {
                        format!("CAST(\"{name}\" AS TEXT)")
                    };
                    (name, text)
                });
                column.collect()
            }
            Self::Server { connection, schema } => {
                let sql = "SELECT CAST(column_name AS TEXT), CAST(data_type AS TEXT) FROM information_schema.columns
                    WHERE table_schema = $1 AND table_name = $2 AND is_generated = 'NEVER'";
                let columns = sqlx::query(sql).bind(&*schema).bind(table).fetch_all(connection).await.unwrap();
                let column = columns.iter().map(|column| {
                    let (name, kind): (String, String) = (column.get(0), column.get(1));
                    let text = match kind.as_str() {
                        "uuid" => format!("replace(\"{name}\"::text, '-', '')"),
                        "bytea" => format!("encode(\"{name}\", 'hex')"),
                        "boolean" => format!("\"{name}\"::int::text"),
                        _ => format!("\"{name}\"::text"),
                    };
                    (name, text)
                });
                column.collect()
            }
        }
    }
}
