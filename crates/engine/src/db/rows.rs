//! Rows as both databases can hold them: what a backup, a restore and a move read, write and compare.

mod there;

use sqlx::{
    AssertSqlSafe, Postgres, Row, Sqlite, Transaction,
    postgres::{PgArguments, PgRow},
    query::Query,
    sqlite::{SqliteArguments, SqliteRow},
};

use super::{
    catalog::{Kind, Table},
    pool::{Db, in_any_case},
};

/// The most values of one statement on a file (<https://www.sqlite.org/limits.html>), with room to spare.
const MOST_VALUES: usize = 30_000;
/// Rows of one statement on a file; more make it no faster.
const MOST_ROWS: usize = 100;

/// A value, without what only one of the databases makes of it: an identifier is its 16 bytes, a day is text, yes is 1.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Cell {
    /// None.
    Nothing,
    /// A whole number.
    Number(i64),
    /// Text.
    Text(String),
    /// Bytes.
    Bytes(Vec<u8>),
}

impl Cell {
    fn of<T>(value: Option<T>, make: impl FnOnce(T) -> Self) -> Self {
        value.map_or(Self::Nothing, make)
    }

    fn number(&self) -> Option<i64> {
        match self {
            Self::Number(number) => Some(*number),
            _ => None,
        }
    }

    fn text(&self) -> Option<String> {
        match self {
            Self::Text(text) => Some(text.clone()),
            _ => None,
        }
    }

    fn bytes(&self) -> Option<Vec<u8>> {
        match self {
            Self::Bytes(bytes) => Some(bytes.clone()),
            _ => None,
        }
    }
}

/// A transaction on the rows of a book.
#[derive(Debug)]
pub enum Rows {
    /// Of a file.
    File(Transaction<'static, Sqlite>),
    /// Of a server.
    Server(Transaction<'static, Postgres>),
}

impl Db {
    /// Rows as they all are at one instant.
    pub async fn rows_at_once(&self) -> Result<Rows, sqlx::Error> {
        let connection = self.reader();
        if self.is_server() {
            let begin = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";
            let pool = connection.get_postgres_connection_pool().clone();
            let mut rows = Rows::Server(in_any_case(async move { pool.begin_with(begin).await }).await??);
            // It waits for the other side as long as that takes.
            rows.run("SET LOCAL idle_in_transaction_session_timeout = 0").await?;
            Ok(rows)
        } else {
            let pool = connection.get_sqlite_connection_pool().clone();
            Ok(Rows::File(in_any_case(async move { pool.begin().await }).await??))
        }
    }

    /// The number that the cluster of a server got when it was made, if the role may ask for it.
    pub async fn system_identifier(&self) -> Result<Option<String>, sqlx::Error> {
        if !self.is_server() {
            return Ok(None);
        }
        let sql = "SELECT CAST(system_identifier AS TEXT) FROM pg_control_system()";
        let connection = self.reader();
        let asked = sqlx::query_scalar(sql).fetch_one(connection.get_postgres_connection_pool()).await;
        match asked {
            Ok(identifier) => Ok(Some(identifier)),
            // Whatever the server has against it: without it the book itself still tells.
            Err(sqlx::Error::Database(_)) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// The id of the book that is here; none, if there is no book.
    pub async fn book_id(&self) -> Result<Option<uuid::Uuid>, sqlx::Error> {
        let mut rows = self.rows_at_once().await?;
        if !rows.has_table("book").await? {
            return Ok(None);
        }
        let sql = if self.is_server() {
            "SELECT CAST(id AS TEXT) FROM book"
        } else {
            "SELECT lower(hex(id)) FROM book"
        };
        let found = rows.texts(sql, 1).await?.and_then(|mut texts| texts.pop());
        Ok(found.and_then(|text| uuid::Uuid::parse_str(&text).ok()))
    }

    /// Rows to be written.
    pub async fn rows_to_write(&self) -> Result<Rows, sqlx::Error> {
        let connection = self.writer();
        if self.is_server() {
            let pool = connection.get_postgres_connection_pool().clone();
            Ok(Rows::Server(in_any_case(async move { pool.begin().await }).await??))
        } else {
            let pool = connection.get_sqlite_connection_pool().clone();
            Ok(Rows::File(
                in_any_case(async move { pool.begin_with("BEGIN IMMEDIATE").await }).await??,
            ))
        }
    }
}

impl Rows {
    /// How many rows a table has.
    pub async fn count(&mut self, table: &Table) -> Result<i64, sqlx::Error> {
        let sql = AssertSqlSafe(format!("SELECT COUNT(*) FROM {}", table.name));
        match self {
            Self::File(connection) => sqlx::query_scalar(sql).fetch_one(&mut **connection).await,
            Self::Server(connection) => sqlx::query_scalar(sql).fetch_one(&mut **connection).await,
        }
    }

    /// Rows in the order of their key, after the row with the key `after`.
    pub async fn page(&mut self, table: &Table, after: Option<&[Cell]>, most: usize) -> Result<Vec<Vec<Cell>>, sqlx::Error> {
        let mut end = String::new();
        if after.is_some() {
            let values: Vec<String> = (1..).zip(&table.key).map(|(number, at)| self.value(table, *at, number)).collect();
            end = format!(" WHERE ({}) > ({})", key_of(table), values.join(", "));
        }
        let (columns, key) = (self.columns(table), key_of(table));
        let sql = format!("SELECT {columns} FROM {}{end} ORDER BY {key} LIMIT {most}", table.name);
        self.read(table, sql, after.unwrap_or_default()).await
    }

    /// The last row in the order of the key.
    pub async fn last(&mut self, table: &Table) -> Result<Option<Vec<Cell>>, sqlx::Error> {
        let key: Vec<String> = table
            .key
            .iter()
            .filter_map(|at| table.columns.get(*at))
            .map(|(name, _)| format!("\"{name}\" DESC"))
            .collect();
        let sql = format!(
            "SELECT {} FROM {} ORDER BY {} LIMIT 1",
            self.columns(table),
            table.name,
            key.join(", ")
        );
        Ok(self.read(table, sql, &[]).await?.pop())
    }

    /// Adds rows.
    pub async fn insert(&mut self, table: &Table, rows: &[Vec<Cell>]) -> Result<(), sqlx::Error> {
        let names: Vec<String> = table.columns.iter().map(|(name, _)| format!("\"{name}\"")).collect();
        let into = format!("INSERT INTO {} ({})", table.name, names.join(", "));
        match self {
            Self::File(connection) => {
                let at_once = (MOST_VALUES / table.columns.len().max(1)).clamp(1, MOST_ROWS);
                for some in rows.chunks(at_once) {
                    let row = format!("({})", vec!["?"; table.columns.len()].join(", "));
                    let sql = format!("{into} VALUES {}", vec![row; some.len()].join(", "));
                    let mut query = sqlx::query(AssertSqlSafe(sql));
                    for cell in some.iter().flatten() {
                        query = bind_to_file(query, cell);
                    }
                    query.execute(&mut **connection).await?;
                }
            }
            Self::Server(connection) => {
                let number = |at: usize| at + 1;
                let values: Vec<String> = (0..)
                    .zip(&table.columns)
                    .map(|(at, (_, kind))| from_plain(*kind, &format!("v.c{at}")))
                    .collect();
                let arrays: Vec<String> = (0..)
                    .zip(&table.columns)
                    .map(|(at, (_, kind))| format!("CAST(${} AS {}[])", number(at), plain_type(*kind)))
                    .collect();
                let names: Vec<String> = (0..table.columns.len()).map(|at| format!("c{at}")).collect();
                let sql = format!(
                    "{into} SELECT {} FROM unnest({}) AS v ({})",
                    values.join(", "),
                    arrays.join(", "),
                    names.join(", ")
                );
                let mut query = sqlx::query(AssertSqlSafe(sql));
                for (at, (_, kind)) in table.columns.iter().enumerate() {
                    let cells = rows.iter().filter_map(|row| row.get(at));
                    query = match kind.plain() {
                        Kind::Number => query.bind(cells.map(Cell::number).collect::<Vec<_>>()),
                        Kind::Text => query.bind(cells.map(Cell::text).collect::<Vec<_>>()),
                        _ => query.bind(cells.map(Cell::bytes).collect::<Vec<_>>()),
                    };
                }
                query.execute(&mut **connection).await?;
            }
        }
        Ok(())
    }

    /// Removes every row of a table.
    pub async fn clear(&mut self, table: &Table) -> Result<(), sqlx::Error> {
        self.run(&format!("DELETE FROM {}", table.name)).await
    }

    /// Executes statements.
    pub async fn run(&mut self, sql: &str) -> Result<(), sqlx::Error> {
        let sql = AssertSqlSafe(sql.to_owned());
        match self {
            Self::File(connection) => sqlx::raw_sql(sql).execute(&mut **connection).await.map(|_| ()),
            Self::Server(connection) => sqlx::raw_sql(sql).execute(&mut **connection).await.map(|_| ()),
        }
    }

    /// The texts of a row, if there is one.
    pub async fn texts(&mut self, sql: &str, columns: usize) -> Result<Option<Vec<String>>, sqlx::Error> {
        let sql = AssertSqlSafe(sql.to_owned());
        let columns = 0..columns;
        match self {
            Self::File(connection) => match sqlx::query(sql).fetch_optional(&mut **connection).await? {
                Some(row) => Ok(Some(columns.map(|at| row.try_get(at)).collect::<Result<_, _>>()?)),
                None => Ok(None),
            },
            Self::Server(connection) => match sqlx::query(sql).fetch_optional(&mut **connection).await? {
                Some(row) => Ok(Some(columns.map(|at| row.try_get(at)).collect::<Result<_, _>>()?)),
                None => Ok(None),
            },
        }
    }

    /// Whether there is a table of that name.
    pub async fn has_table(&mut self, name: &str) -> Result<bool, sqlx::Error> {
        let found: i64 = match self {
            Self::File(connection) => {
                let sql = "SELECT COUNT(*) FROM sqlite_master WHERE type = 'table' AND name = ?";
                sqlx::query_scalar(sql).bind(name.to_owned()).fetch_one(&mut **connection).await?
            }
            Self::Server(connection) => {
                let sql = "SELECT COUNT(*) FROM information_schema.tables WHERE table_schema = current_schema() AND table_name = $1";
                sqlx::query_scalar(sql).bind(name.to_owned()).fetch_one(&mut **connection).await?
            }
        };
        Ok(found > 0)
    }

    /// Keeps what was written.
    pub async fn commit(self) -> Result<(), sqlx::Error> {
        match self {
            Self::File(transaction) => transaction.commit().await,
            Self::Server(transaction) => transaction.commit().await,
        }
    }

    /// The columns as they are read.
    fn columns(&self, table: &Table) -> String {
        let columns = table.columns.iter().map(|(name, kind)| match (self, kind) {
            (Self::Server(_), Kind::Id) => format!("uuid_send(\"{name}\")"),
            (Self::Server(_), Kind::Day) => format!("to_char(\"{name}\", 'YYYY-MM-DD')"),
            (Self::Server(_), Kind::Flag) => format!("CAST(CAST(\"{name}\" AS INTEGER) AS BIGINT)"),
            (Self::Server(_), Kind::Number) => format!("CAST(\"{name}\" AS BIGINT)"),
            _ => format!("\"{name}\""),
        });
        columns.collect::<Vec<_>>().join(", ")
    }

    /// A value of a column, given as the `number`-th of a statement.
    fn value(&self, table: &Table, at: usize, number: usize) -> String {
        match self {
            Self::File(_) => "?".to_owned(),
            Self::Server(_) => {
                let kind = table.columns.get(at).map_or(Kind::Text, |(_, kind)| *kind);
                from_plain(kind, &format!("CAST(${number} AS {})", plain_type(kind)))
            }
        }
    }

    async fn read(&mut self, table: &Table, sql: String, given: &[Cell]) -> Result<Vec<Vec<Cell>>, sqlx::Error> {
        let sql = AssertSqlSafe(sql);
        match self {
            Self::File(connection) => {
                let mut query = sqlx::query(sql);
                for cell in given {
                    query = bind_to_file(query, cell);
                }
                let rows = query.fetch_all(&mut **connection).await?;
                rows.iter().map(|row| cells_of_file(table, row)).collect()
            }
            Self::Server(connection) => {
                let mut query = sqlx::query(sql);
                for cell in given {
                    query = bind_to_server(query, cell);
                }
                let rows = query.fetch_all(&mut **connection).await?;
                rows.iter().map(|row| cells_of_server(table, row)).collect()
            }
        }
    }
}

fn key_of(table: &Table) -> String {
    let key = table.key.iter().filter_map(|at| table.columns.get(*at));
    key.map(|(name, _)| format!("\"{name}\"")).collect::<Vec<_>>().join(", ")
}

fn plain_type(kind: Kind) -> &'static str {
    match kind.plain() {
        Kind::Number => "BIGINT",
        Kind::Text => "TEXT",
        _ => "BYTEA",
    }
}

/// What a server makes of a plain value.
fn from_plain(kind: Kind, value: &str) -> String {
    match kind {
        Kind::Id => format!("CAST(encode({value}, 'hex') AS UUID)"),
        Kind::Day => format!("to_date({value}, 'YYYY-MM-DD')"),
        Kind::Flag => format!("({value} <> 0)"),
        Kind::Number | Kind::Text | Kind::Bytes => value.to_owned(),
    }
}

fn bind_to_file<'q>(query: Query<'q, Sqlite, SqliteArguments>, cell: &Cell) -> Query<'q, Sqlite, SqliteArguments> {
    match cell {
        Cell::Nothing => query.bind(None::<i64>),
        Cell::Number(number) => query.bind(*number),
        Cell::Text(text) => query.bind(text.clone()),
        Cell::Bytes(bytes) => query.bind(bytes.clone()),
    }
}

fn bind_to_server<'q>(query: Query<'q, Postgres, PgArguments>, cell: &Cell) -> Query<'q, Postgres, PgArguments> {
    match cell {
        Cell::Nothing => query.bind(None::<i64>),
        Cell::Number(number) => query.bind(*number),
        Cell::Text(text) => query.bind(text.clone()),
        Cell::Bytes(bytes) => query.bind(bytes.clone()),
    }
}

fn cells_of_file(table: &Table, row: &SqliteRow) -> Result<Vec<Cell>, sqlx::Error> {
    let cell = |(at, (_, kind)): (usize, &(String, Kind))| match kind.plain() {
        Kind::Number => Ok(Cell::of(row.try_get(at)?, Cell::Number)),
        Kind::Text => Ok(Cell::of(row.try_get(at)?, Cell::Text)),
        _ => Ok(Cell::of(row.try_get(at)?, Cell::Bytes)),
    };
    table.columns.iter().enumerate().map(cell).collect()
}

fn cells_of_server(table: &Table, row: &PgRow) -> Result<Vec<Cell>, sqlx::Error> {
    let cell = |(at, (_, kind)): (usize, &(String, Kind))| match kind.plain() {
        Kind::Number => Ok(Cell::of(row.try_get(at)?, Cell::Number)),
        Kind::Text => Ok(Cell::of(row.try_get(at)?, Cell::Text)),
        _ => Ok(Cell::of(row.try_get(at)?, Cell::Bytes)),
    };
    table.columns.iter().enumerate().map(cell).collect()
}
