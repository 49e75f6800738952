//! The built program, books on both databases, and what is in them.

#![allow(dead_code, reason = "each test program uses its part")]

pub mod draw;
mod rows;

use std::{
    io::{BufRead, BufReader, Read, Write},
    path::PathBuf,
    process::{Child, ChildStdin, ChildStdout, Command, Output, Stdio},
    sync::atomic::{AtomicU32, Ordering},
    time::{Duration, Instant},
};

use serde_json::Value;
use sqlx::{Connection, PgConnection, SqliteConnection};
use tempfile::TempDir;

pub use self::rows::Rows;

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
    /// A database of its own on that server, which can be copied.
    Database { server: String, name: String },
}

/// The schema of a book that has a database of its own.
const SCHEMA: &str = "clientele";
/// Databases made so far.
static DATABASES: AtomicU32 = AtomicU32::new(0);

impl Place {
    /// Place for a file.
    pub fn file() -> Self {
        Self::File(tempfile::tempdir().unwrap())
    }

    /// Place on the server that `cargo xtask test` starts.
    pub fn server(name: &str) -> Self {
        Self::Server {
            url: test_server(),
            schema: format!("ctl_{name}_{}", std::process::id()),
        }
    }

    /// One on each database.
    pub fn both(name: &str) -> [Self; 2] {
        [Self::file(), Self::server(name)]
    }

    /// Place in a database of its own.
    pub fn database() -> Self {
        let place = Self::next_database();
        place.make_database("template1");
        place
    }

    fn next_database() -> Self {
        let number = DATABASES.fetch_add(1, Ordering::Relaxed);
        Self::Database {
            server: test_server(),
            name: format!("ctl_{}_{number}", std::process::id()),
        }
    }

    fn make_database(&self, of: &str) {
        let Self::Database { server, name } = self else { return };
        block_on(execute(server, &format!("CREATE DATABASE {name} TEMPLATE {of}")));
    }

    /// The same book once more, in a place of its own. Nobody may have it open.
    pub fn copy(&self) -> Self {
        match self {
            Self::File(folder) => {
                let copy = Self::file();
                for entry in std::fs::read_dir(folder.path()).unwrap() {
                    let entry = entry.unwrap();
                    std::fs::copy(entry.path(), copy.path().with_file_name(entry.file_name())).unwrap();
                }
                copy
            }
            Self::Database { name, .. } => {
                let copy = Self::next_database();
                copy.make_database(name);
                copy
            }
            Self::Server { .. } => panic!("a schema cannot be copied"),
        }
    }

    /// Where on the server the book is.
    fn on_server(&self) -> Option<(String, &str)> {
        match self {
            Self::File(_) => None,
            Self::Server { url, schema } => Some((url.clone(), schema)),
            Self::Database { server, name } => {
                let (server, _) = server.rsplit_once('/').unwrap();
                Some((format!("{server}/{name}"), SCHEMA))
            }
        }
    }

    /// The file of the book.
    pub fn path(&self) -> PathBuf {
        match self {
            Self::File(folder) => folder.path().join("book.db"),
            _ => panic!("the book is on a server"),
        }
    }

    /// The program, told where the book is.
    pub fn command(&self) -> Command {
        let mut command = program();
        match self.on_server() {
            None => command.arg("--book").arg(self.path()),
            Some((url, schema)) => command.args(["--postgres", &url, "--schema", schema]),
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
            match self.on_server() {
                None => {
                    let mut connection = SqliteConnection::connect(&format!("sqlite://{}", self.path().display()))
                        .await
                        .unwrap();
                    sqlx::raw_sql(sqlx::AssertSqlSafe(sql.to_owned()))
                        .execute(&mut connection)
                        .await
                        .unwrap();
                    connection.close().await.unwrap();
                }
                Some((url, schema)) => {
                    let mut connection = server(&url, schema).await;
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

    /// The rows of every table as texts in an order of their own, the same on both databases for the same records.
    pub fn tables(&self, without: &[&str]) -> Vec<(String, Vec<String>)> {
        block_on(async {
            let mut rows = Rows::open(self).await;
            let tables = rows.tables(without).await;
            rows.close().await;
            tables
        })
    }

    /// Number of rows, checksum of the values and name of each table, the same on both databases for the same records.
    pub fn checksums(&self, without: &[&str]) -> Vec<(String, usize, String)> {
        block_on(async {
            let mut rows = Rows::open(self).await;
            let mut checksums = Vec::new();
            for table in rows.names(without).await {
                // One table after the other: all of them, as texts, are several times the size of a large book.
                let texts = rows.table(&table).await;
                checksums.push((table, texts.len(), rows::digest(&texts)));
            }
            rows.close().await;
            checksums
        })
    }

    /// What differs as soon as something in the tables does, to be compared with this place alone: a server adds it up by itself,
    /// which is faster than to be asked for every row.
    pub fn sums(&self, without: &[&str]) -> Vec<(String, usize, String)> {
        if matches!(self, Self::File(_)) {
            return self.checksums(without);
        }
        block_on(async {
            let mut rows = Rows::open(self).await;
            let mut sums = Vec::new();
            for table in rows.names(without).await {
                let (count, sum) = rows.sum(&table).await;
                sums.push((table, count, sum));
            }
            rows.close().await;
            sums
        })
    }

    /// The first column of a query, a text; `id(…)` in it stands for the text of an identifier.
    pub fn texts(&self, sql: &str) -> Vec<String> {
        block_on(async {
            let mut rows = Rows::open(self).await;
            let texts = rows.texts(sql).await;
            rows.close().await;
            texts
        })
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        match self {
            Self::File(_) => {}
            Self::Server { url, schema } => block_on(execute(url, &format!("DROP SCHEMA IF EXISTS {schema} CASCADE"))),
            Self::Database { server, name } => block_on(execute(server, &format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)"))),
        }
    }
}

fn test_server() -> String {
    std::env::var("CLIENTELE_TEST_POSTGRES").expect("CLIENTELE_TEST_POSTGRES says where the Postgres for tests is")
}

/// Fails if others hold what it needs, instead of waiting for them without end.
async fn execute(url: &str, sql: &str) {
    let mut connection = PgConnection::connect(url).await.unwrap();
    for sql in ["SET lock_timeout = '120s'".to_owned(), sql.to_owned()] {
        sqlx::raw_sql(sqlx::AssertSqlSafe(sql)).execute(&mut connection).await.unwrap();
    }
    connection.close().await.unwrap();
}

/// Waits for it.
pub fn block_on<T>(work: impl Future<Output = T>) -> T {
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

    /// Asks and does not wait for the answer.
    pub fn send(&mut self, op: &str, request: &Value) {
        self.asked += 1;
        let line = serde_json::json!({"id": self.asked, "op": op, "request": request}).to_string();
        let input = self.input.as_mut().unwrap();
        writeln!(input, "{line}").unwrap();
        input.flush().unwrap();
    }

    /// Reads the answer to what was sent.
    pub fn receive(&mut self) -> Value {
        let mut text = String::new();
        self.output.read_line(&mut text).unwrap();
        serde_json::from_str(&text).unwrap()
    }

    /// Kills it at once, with SIGKILL; what it had answered so far.
    pub fn kill(mut self) -> Vec<Value> {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
        let mut text = String::new();
        self.output.read_to_string(&mut text).unwrap();
        // What comes last may be half a line.
        let whole = text.rsplit_once('\n').map_or("", |(whole, _)| whole);
        whole.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
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
        let began = Instant::now();
        while self.child.try_wait().is_ok_and(|ended| ended.is_none()) {
            if began.elapsed() > Duration::from_secs(30) {
                let _ = (self.child.kill(), self.child.wait());
            }
            std::thread::sleep(Duration::from_millis(5));
        }
    }
}
