//! Tries a connection step by step, and says of each step how it went.

use std::{io, time::Duration};

use contract::{
    connection::{ConnectionStep, NO_BOOK, NOT_ENCRYPTED, StepAnswer, TlsProblem, UNFINISHED_MOVE},
    words,
};
use sea_orm::ConnectionTrait;

use super::{OpenError, Server, TlsMode, is_unfinished, limit::in_time, server, tls, variables};
use crate::db::{self, Db};
use migrations::{Migrator, MigratorTraitExt as _};

/// How long a try may take, with all its steps and with whatever has to be asked before it.
pub const EXAMINED_WITHIN: Duration = Duration::from_secs(14);

/// Tries a connection: is the name known, does a database answer, is it secured and by whom, is the sign-in right, what may the
/// role do, is there a book. Ends at the first step that fails. Changes nothing.
pub async fn examine(server: &Server) -> Vec<StepAnswer> {
    examine_within(server, EXAMINED_WITHIN).await
}

/// The same in so much time. What was found until then is told; the step that has not ended by then has failed.
pub async fn examine_within(server: &Server, limit: Duration) -> Vec<StepAnswer> {
    let mut steps = Steps::begin();
    let ended = tokio::time::timeout(limit, Box::pin(steps.take(server))).await;
    if let Err(detail) = ended.unwrap_or_else(|_| Err("it did not answer in time".to_owned())) {
        steps.say(false, detail);
    }
    steps.answers
}

/// Whether a database answers within so much time by a connection that is as secure as it has to be. Nobody is signed in, and
/// neither a user nor a password is sent.
pub async fn is_there(server: &Server, limit: Duration) -> bool {
    let mut steps = Steps::begin();
    let reached = tokio::time::timeout(limit, Box::pin(steps.reach(server))).await;
    // Where something else than the server is in the way, its answer changes nothing.
    let is_free = variables::check(server).is_ok() && server::check_schema(&server.schema).is_ok();
    is_free && matches!(reached, Ok(Ok(())))
}

/// The steps that were taken.
struct Steps {
    answers: Vec<StepAnswer>,
    /// The one that is being taken.
    at: ConnectionStep,
}

impl Steps {
    fn begin() -> Self {
        Self {
            answers: Vec::new(),
            at: ConnectionStep::Name,
        }
    }

    fn say(&mut self, is_done: bool, detail: String) {
        let step = self.at;
        self.answers.push(StepAnswer { step, is_done, detail });
    }

    /// Takes one after the other. Fails with why the one that is being taken went wrong.
    async fn take(&mut self, server: &Server) -> Result<(), String> {
        self.reach(server).await?;
        self.at = ConnectionStep::SignIn;
        let db = server::open(server, false).await.map_err(|error| error.to_string())?;
        self.say(true, server.user.clone());
        let looked = self.look_around(&db).await;
        let _ = db.close().await;
        looked
    }

    /// The way there.
    async fn reach(&mut self, server: &Server) -> Result<(), String> {
        let own = server.clone();
        if server.is_socket() {
            self.at = ConnectionStep::Reach;
            blocking(move || tls::reach_socket(&own)).await.map_err(why)?;
            self.say(true, server.port.to_string());
            self.at = ConnectionStep::Secure;
            self.say(true, NOT_ENCRYPTED.to_owned());
            return Ok(());
        }
        self.at = ConnectionStep::Name;
        let addresses = blocking(move || tls::find(&own)).await.map_err(why)?;
        self.say(true, server.host.clone());
        self.at = ConnectionStep::Reach;
        let reached = blocking(move || tls::reach(&addresses)).await.map_err(why)?;
        self.say(true, server.port.to_string());
        self.at = ConnectionStep::Secure;
        if server.tls_mode() == TlsMode::Off {
            self.say(true, NOT_ENCRYPTED.to_owned());
            return Ok(());
        }
        let own = server.clone();
        let detail = match blocking(move || tls::secure(&own, reached)).await {
            Ok(seen) => seen.authority.unwrap_or_default(),
            // Wanted only if there is one.
            Err(tls::Unseen::Problem(TlsProblem::NotOffered)) if server.tls_mode() == TlsMode::Offered => {
                words::tls_problem(TlsProblem::NotOffered).title
            }
            Err(unseen) => return Err(why(unseen)),
        };
        self.say(true, detail);
        Ok(())
    }

    /// What is there, and what the role may do with it.
    async fn look_around(&mut self, db: &Db) -> Result<(), String> {
        self.at = ConnectionStep::Rights;
        let (detail, is_enough) = in_time(db, rights(db)).await.map_err(|error| error.to_string())?;
        if !is_enough {
            return Err(detail);
        }
        self.say(true, detail);
        self.at = ConnectionStep::Book;
        let detail = book(db).await.map_err(|error| error.to_string())?;
        self.say(true, detail);
        Ok(())
    }
}

/// What is asked of the network without the driver of the database.
async fn blocking<T: Send + 'static>(ask: impl FnOnce() -> Result<T, tls::Unseen> + Send + 'static) -> Result<T, tls::Unseen> {
    let asked = tokio::task::spawn_blocking(ask).await;
    asked.unwrap_or_else(|error| Err(tls::Unseen::NoAnswer(io::Error::other(error))))
}

fn why(unseen: tls::Unseen) -> String {
    match unseen {
        tls::Unseen::NoName(error) | tls::Unseen::NoAnswer(error) => error.to_string(),
        tls::Unseen::Problem(problem) => words::tls_problem(problem).title,
    }
}

/// What the role may do here, and whether that is enough for a book that is there or for making one.
async fn rights(db: &Db) -> Result<(String, bool), sea_orm::DbErr> {
    let connection = db.reader();
    // Who may enter the schema may not therefore use the tables in it; one stands for all.
    let sql = "SELECT CASE WHEN has_database_privilege(current_database(), 'CREATE') THEN 1 ELSE 0 END AS makes,
                      CASE WHEN s.name IS NOT NULL AND has_schema_privilege(s.name, 'USAGE') THEN 1 ELSE 0 END AS enters,
                      CASE WHEN s.one IS NULL OR (has_table_privilege(s.one, 'SELECT') AND has_table_privilege(s.one, 'INSERT'))
                           THEN 1 ELSE 0 END AS works
               FROM (SELECT current_schema() AS name, to_regclass('customer') AS one) AS s";
    let row = connection.query_one_raw(db::statement(&connection, sql, Vec::new())).await?;
    let has = |name: &str| {
        row.as_ref()
            .map_or(Ok(false), |row| row.try_get::<i32>("", name).map(|value| value == 1))
    };
    let (detail, is_enough) = match (has("enters")?, has("works")?, has("makes")?) {
        (true, true, _) => ("works on the book", true),
        (true, false, _) => ("may not read and write the tables in this schema", false),
        (false, _, true) => ("may make a book", true),
        (false, _, false) => ("may neither use this schema nor make it", false),
    };
    Ok((detail.to_owned(), is_enough))
}

/// What is there.
async fn book(db: &Db) -> Result<String, OpenError> {
    let applied = in_time(db, async { Migrator::applied(&db.reader()).await }).await?;
    if applied.iter().any(|name| !Migrator::names().contains(name)) {
        return Err(OpenError::Newer);
    }
    let Some(step) = applied.last() else {
        return Ok(NO_BOOK.to_owned());
    };
    if is_unfinished(db).await? {
        return Ok(UNFINISHED_MOVE.to_owned());
    }
    // Tables alone are no book: whoever made them came no further.
    let has_book = in_time(db, async { db.book_id().await.map_err(db::of_driver) }).await?.is_some();
    Ok(if !has_book {
        NO_BOOK.to_owned()
    } else if applied.len() < Migrator::names().len() {
        "a book of an older version".to_owned()
    } else {
        format!("a book, {step}")
    })
}

#[cfg(test)]
mod tests {
    use std::{
        io::{Read, Write},
        net::TcpListener,
        thread,
    };

    use super::*;
    use crate::book::Tls;

    fn server(port: u16, mode: TlsMode) -> Server {
        Server {
            host: "127.0.0.1".to_owned(),
            port,
            database: "books".to_owned(),
            user: "ann".to_owned(),
            password: None,
            schema: "clientele".to_owned(),
            tls: Tls {
                mode: Some(mode),
                ..Tls::default()
            },
        }
    }

    /// The port of somebody who answers so to the first thing that is said, and then nothing more.
    fn answering(answer: u8) -> u16 {
        let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let port = listener.local_addr().unwrap().port();
        // Ends with the process of the tests.
        thread::spawn(move || {
            let mut open = Vec::new();
            for stream in listener.incoming() {
                let mut stream = stream.unwrap();
                stream.read_exact(&mut [0; 8]).unwrap();
                stream.write_all(&[answer]).unwrap();
                open.push(stream);
            }
        });
        port
    }

    fn outline(answers: &[StepAnswer]) -> Vec<(ConnectionStep, bool)> {
        answers.iter().map(|answer| (answer.step, answer.is_done)).collect()
    }

    #[tokio::test]
    async fn a_try_that_takes_too_long_tells_what_it_has_found() {
        let silent = server(answering(b'N'), TlsMode::Off);
        let answers = examine_within(&silent, Duration::from_secs(1)).await;
        assert_eq!(
            outline(&answers),
            [
                (ConnectionStep::Name, true),
                (ConnectionStep::Reach, true),
                (ConnectionStep::Secure, true),
                (ConnectionStep::SignIn, false)
            ]
        );
        assert_eq!(answers[2].detail, NOT_ENCRYPTED);
        assert_eq!(answers.last().unwrap().detail, "it did not answer in time");
    }

    #[tokio::test]
    async fn a_server_is_there_before_anybody_is_signed_in() {
        let nobody = TcpListener::bind(("127.0.0.1", 0)).unwrap().local_addr().unwrap().port();
        let limit = Duration::from_secs(5);
        // It says nothing more than whether it offers to secure the connection.
        for (port, mode, expected) in [
            (answering(b'N'), TlsMode::Off, true),
            (answering(b'N'), TlsMode::Offered, true),
            (answering(b'N'), TlsMode::Full, false),
            (answering(b'H'), TlsMode::Off, false),
            (nobody, TlsMode::Off, false),
        ] {
            assert_eq!(is_there(&server(port, mode), limit).await, expected, "{mode:?}");
        }
    }

    #[cfg(unix)]
    #[tokio::test]
    async fn a_socket_is_reached_too_and_each_step_of_it_answers() {
        let folder = tempfile::tempdir().unwrap();
        let socket = Server {
            host: folder.path().to_str().unwrap().to_owned(),
            ..server(5432, TlsMode::Offered)
        };
        let limit = Duration::from_secs(1);
        assert!(!is_there(&socket, limit).await);
        let listener = std::os::unix::net::UnixListener::bind(folder.path().join(".s.PGSQL.5432")).unwrap();
        // Ends with the process of the tests.
        thread::spawn(move || {
            let mut open = Vec::new();
            for stream in listener.incoming() {
                let mut stream = stream.unwrap();
                stream.read_exact(&mut [0; 8]).unwrap();
                stream.write_all(b"N").unwrap();
                open.push(stream);
            }
        });
        assert!(is_there(&socket, limit).await);
        let expected = [
            (ConnectionStep::Reach, true),
            (ConnectionStep::Secure, true),
            (ConnectionStep::SignIn, false),
        ];
        assert_eq!(outline(&examine_within(&socket, limit).await), expected);
    }

    #[tokio::test]
    async fn the_way_to_a_server_is_tried_however_it_is_to_be_secured() {
        let nobody = TcpListener::bind(("127.0.0.1", 0)).unwrap().local_addr().unwrap().port();
        // Neither nobody nor anybody else is a database.
        for port in [nobody, answering(b'H')] {
            for mode in [TlsMode::Off, TlsMode::Offered, TlsMode::Full] {
                let answers = examine(&server(port, mode)).await;
                let expected = [(ConnectionStep::Name, true), (ConnectionStep::Reach, false)];
                assert_eq!(outline(&answers), expected, "{mode:?} {answers:?}");
            }
        }
        let answers = examine(&server(answering(b'N'), TlsMode::Full)).await;
        assert_eq!(outline(&answers).last(), Some(&(ConnectionStep::Secure, false)));
        assert_eq!(answers.last().unwrap().detail, words::tls_problem(TlsProblem::NotOffered).title);
    }
}
