//! The built program, books on both databases, and what is in them.

#![allow(dead_code, reason = "each test program uses its part")]

use std::{
    io::{BufRead, BufReader, Write},
    path::{Path, PathBuf},
    process::{Child, ChildStdin, ChildStdout, Command, Output, Stdio},
};

use serde_json::Value;
use sha2::{Digest, Sha256};
use sqlx::{Connection, PgConnection, Row, SqliteConnection};
use tempfile::TempDir;

/// A password that an administrator may have.
pub const PASSWORD: &str = "quartz-lantern-otter-7";
/// The first administrator.
pub const ADMIN: &str = "admin@example.com";
/// When the books of the tests begin.
pub const NOW: &str = "2026-11-22T09:30:00Z";

/// A place for a book, gone when dropped.
pub enum Place {
    /// A folder for a file.
    File(TempDir),
    /// A schema of the server for tests.
    Server { url: String, schema: String },
}

impl Place {
    /// Place for a file.
    pub fn file() -> Self {
        Self::File(tempfile::tempdir().unwrap())
    }

    /// Place on the server that `cargo xtask test` starts.
    pub fn server(name: &str) -> Self {
        let url = std::env::var("CLIENTELE_TEST_POSTGRES").expect("CLIENTELE_TEST_POSTGRES says where the Postgres for tests is");
        Self::Server {
            url,
            schema: format!("ctl_{name}_{}", std::process::id()),
        }
    }

    /// One on each database.
    pub fn both(name: &str) -> [Self; 2] {
        [Self::file(), Self::server(name)]
    }

    /// The file of the book.
    pub fn path(&self) -> PathBuf {
        match self {
            Self::File(folder) => folder.path().join("book.db"),
            Self::Server { .. } => panic!("the book is on a server"),
        }
    }

    /// The program, told where the book is.
    pub fn command(&self) -> Command {
        let mut command = program();
        match self {
            Self::File(_) => command.arg("--book").arg(self.path()),
            Self::Server { url, schema } => command.args(["--postgres", url, "--schema", schema]),
        };
        command
    }

    /// Runs it.
    pub fn run(&self, arguments: &[&str]) -> Output {
        self.command().args(arguments).stdin(Stdio::null()).output().unwrap()
    }

    /// Makes a book with a test clock.
    pub fn init(&self) -> Value {
        answer(&self.run(&[
            "init",
            "--admin-email",
            ADMIN,
            "--admin-name",
            "Ada Admin",
            "--test-clock",
            "--time-zone",
            "Europe/Berlin",
            "--now",
            NOW,
        ]))
    }

    /// Runs SQL that does damage.
    pub fn damage(&self, sql: &str) {
        block_on(async {
            match self {
                Self::File(_) => {
                    let mut connection = SqliteConnection::connect(&format!("sqlite://{}", self.path().display()))
                        .await
                        .unwrap();
                    sqlx::raw_sql(sqlx::AssertSqlSafe(sql.to_owned()))
                        .execute(&mut connection)
                        .await
                        .unwrap();
                    connection.close().await.unwrap();
                }
                Self::Server { url, schema } => {
                    let mut connection = server(url, schema).await;
                    sqlx::raw_sql(sqlx::AssertSqlSafe(sql.to_owned()))
                        .execute(&mut connection)
                        .await
                        .unwrap();
                    connection.close().await.unwrap();
                }
            }
        });
    }

    /// Runs SQL on the server as another role; the code of the error, if it is refused.
    pub fn try_as(&self, role: &str, sql: &str) -> Result<(), String> {
        let Self::Server { url, schema } = self else {
            panic!("a file has no roles")
        };
        block_on(async {
            let mut connection = server(&url.replace("postgres@", &format!("{role}@")), schema).await;
            let done = sqlx::raw_sql(sqlx::AssertSqlSafe(sql.to_owned())).execute(&mut connection).await;
            let _ = connection.close().await;
            let code = |error: sqlx::Error| {
                error
                    .as_database_error()
                    .and_then(|error| error.code())
                    .unwrap_or_default()
                    .into_owned()
            };
            done.map(|_| ()).map_err(code)
        })
    }

    /// Number of rows, checksum of the values and name of each table, the same on both databases for the same records.
    pub fn checksums(&self, without: &[&str]) -> Vec<(String, usize, String)> {
        block_on(async {
            match self {
                Self::File(_) => file_checksums(&self.path(), without).await,
                Self::Server { url, schema } => server_checksums(&mut server(url, schema).await, schema, without).await,
            }
        })
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        if let Self::Server { url, schema } = self {
            block_on(async {
                let mut connection = PgConnection::connect(url).await.unwrap();
                let sql = format!("DROP SCHEMA IF EXISTS {schema} CASCADE");
                sqlx::raw_sql(sqlx::AssertSqlSafe(sql)).execute(&mut connection).await.unwrap();
            });
        }
    }
}

fn block_on<T>(work: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap()
        .block_on(work)
}

async fn server(url: &str, schema: &str) -> PgConnection {
    let mut connection = PgConnection::connect(url).await.unwrap();
    let sql = format!("SET search_path TO {schema}");
    sqlx::raw_sql(sqlx::AssertSqlSafe(sql)).execute(&mut connection).await.unwrap();
    connection
}

/// The program.
pub fn program() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_clientelectl"));
    command.env("CLIENTELE_PASSWORD", PASSWORD);
    command
}

/// The JSON of a command that was done.
pub fn answer(output: &Output) -> Value {
    assert!(output.status.success(), "{output:?}");
    serde_json::from_slice(&output.stdout).unwrap()
}

/// The JSON of a command that was refused, with exit status 1 and words for people.
pub fn refusal(output: &Output) -> Value {
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    assert!(!output.stderr.is_empty(), "{output:?}");
    let refused: Value = serde_json::from_slice(&output.stdout).unwrap();
    refused["error"].clone()
}

fn digest(mut rows: Vec<String>) -> (usize, String) {
    rows.sort_unstable();
    let mut hasher = Sha256::new();
    for row in &rows {
        hasher.update(row.as_bytes());
        hasher.update(b"\n");
    }
    let hex = hasher.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
    (rows.len(), hex)
}

/// The expression of a row as one text. A figure's slot depends on the connection, so it is left out.
fn row_text(table: &str, mut columns: Vec<(String, String)>) -> String {
    columns.sort();
    columns.retain(|(name, _)| (table, name.as_str()) != ("figure", "slot"));
    let parts: Vec<String> = columns.into_iter().map(|(_, text)| format!("COALESCE({text}, '-')")).collect();
    parts.join(" || '|' || ")
}

async fn file_checksums(path: &Path, without: &[&str]) -> Vec<(String, usize, String)> {
    let mut connection = SqliteConnection::connect(&format!("sqlite://{}?mode=ro", path.display()))
        .await
        .unwrap();
    let tables = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name";
    let mut sums = Vec::new();
    for table in sqlx::query(tables).fetch_all(&mut connection).await.unwrap() {
        let table: String = table.get(0);
        if without.contains(&table.as_str()) {
            continue;
        }
        let info = sqlx::query(sqlx::AssertSqlSafe(format!("PRAGMA table_info({table})")));
        let columns = info.fetch_all(&mut connection).await.unwrap();
        let columns = columns.iter().map(|column| {
            let (name, kind): (String, String) = (column.get("name"), column.get("type"));
            let text = if kind == "BLOB" {
                format!("CASE WHEN \"{name}\" IS NOT NULL THEN lower(hex(\"{name}\")) END")
            } else {
                format!("CAST(\"{name}\" AS TEXT)")
            };
            (name, text)
        });
        let sql = format!("SELECT {} FROM {table}", row_text(&table, columns.collect()));
        let rows = sqlx::query(sqlx::AssertSqlSafe(sql)).fetch_all(&mut connection).await.unwrap();
        let (count, sum) = digest(rows.iter().map(|row| row.get(0)).collect());
        sums.push((table, count, sum));
    }
    connection.close().await.unwrap();
    sums
}

async fn server_checksums(connection: &mut PgConnection, schema: &str, without: &[&str]) -> Vec<(String, usize, String)> {
    let sql = "SELECT CAST(table_name AS TEXT) FROM information_schema.tables WHERE table_schema = $1 ORDER BY table_name COLLATE \"C\"";
    let mut sums = Vec::new();
    for table in sqlx::query(sql).bind(schema).fetch_all(&mut *connection).await.unwrap() {
        let table: String = table.get(0);
        if without.contains(&table.as_str()) {
            continue;
        }
        let sql = "SELECT CAST(column_name AS TEXT), CAST(data_type AS TEXT) FROM information_schema.columns
            WHERE table_schema = $1 AND table_name = $2";
        let columns = sqlx::query(sql)
            .bind(schema)
            .bind(&table)
            .fetch_all(&mut *connection)
            .await
            .unwrap();
        let columns = columns.iter().map(|column| {
            let (name, kind): (String, String) = (column.get(0), column.get(1));
            let text = match kind.as_str() {
                "uuid" => format!("replace(\"{name}\"::text, '-', '')"),
                "bytea" => format!("encode(\"{name}\", 'hex')"),
                "boolean" => format!("\"{name}\"::int::text"),
                _ => format!("\"{name}\"::text"),
            };
            (name, text)
        });
        let sql = format!("SELECT {} FROM {table}", row_text(&table, columns.collect()));
        let rows = sqlx::query(sqlx::AssertSqlSafe(sql)).fetch_all(&mut *connection).await.unwrap();
        let (count, sum) = digest(rows.iter().map(|row| row.get(0)).collect());
        sums.push((table, count, sum));
    }
    sums
}

/// A running `serve`.
pub struct Served {
    child: Child,
    input: Option<ChildStdin>,
    output: BufReader<ChildStdout>,
    asked: u64,
}

impl Served {
    /// Starts one, signed in.
    pub fn start(place: &Place) -> Self {
        let mut command = place.command();
        command.args(["--as", ADMIN, "serve"]);
        Self::spawn(command)
    }

    /// Starts one of a command.
    pub fn spawn(mut command: Command) -> Self {
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        Self {
            input: child.stdin.take(),
            output: BufReader::new(child.stdout.take().unwrap()),
            child,
            asked: 0,
        }
    }

    /// Sends a line and reads one.
    pub fn line(&mut self, line: &str) -> Value {
        let input = self.input.as_mut().unwrap();
        input.write_all(line.as_bytes()).unwrap();
        input.write_all(b"\n").unwrap();
        input.flush().unwrap();
        let mut text = String::new();
        self.output.read_line(&mut text).unwrap();
        serde_json::from_str(&text).unwrap_or_else(|error| panic!("{error}: {text:?} answers {line}"))
    }

    /// Asks; the answer has the number of the question.
    pub fn ask(&mut self, op: &str, request: &Value) -> Value {
        self.asked += 1;
        let answer = self.line(&serde_json::json!({"id": self.asked, "op": op, "request": request}).to_string());
        assert_eq!(answer["id"], self.asked, "{answer}");
        answer
    }

    /// Asks for what must be done.
    pub fn done(&mut self, op: &str, request: &Value) -> Value {
        let answer = self.ask(op, request);
        assert!(answer.get("ok").is_some(), "{op} {request}: {answer}");
        answer["ok"].clone()
    }

    /// Ends the input; the exit status.
    pub fn end(mut self) -> Option<i32> {
        self.input = None;
        self.child.wait().unwrap().code()
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        self.input = None;
        let _ = self.child.wait();
    }
}
