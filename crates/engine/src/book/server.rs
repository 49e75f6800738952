//! A book on a server: how it is reached, field by field, so that no text with a password in it is ever made.

use std::{fmt, path::PathBuf, str::FromStr, time::Duration};

use contract::{connection::TlsProblem, plain_name};
use migrations::{Migrator, MigratorTraitExt as _};
use sea_orm::ConnectionTrait;
use sqlx::{
    Connection, PgConnection,
    error::DatabaseError,
    postgres::{PgConnectOptions, PgSslMode},
};

use super::{Identity, OpenError, cause_at, error::other, limit::Limit, passfile, tls, variables};
use crate::db::{self, Db};

/// How long a server may take to say why it takes no connection: it has answered before.
const SAID_WITHIN: Duration = Duration::from_secs(2);

/// Where a book on a server is.
#[derive(Clone, PartialEq, Eq)]
pub struct Server {
    /// Name or address, or the folder of a socket.
    pub host: String,
    /// The port.
    pub port: u16,
    /// The database.
    pub database: String,
    /// The role.
    pub user: String,
    /// The password, if the server asks for one and the password file has none.
    pub password: Option<String>,
    /// The schema that holds the book's tables.
    pub schema: String,
    /// How the connection is secured.
    pub tls: Tls,
}

/// How a connection is secured.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tls {
    /// How much is checked; what is right for the host, if this is not given.
    pub mode: Option<TlsMode>,
    /// A file with the certificates of authorities that are trusted beside those of the system.
    pub authority: Option<PathBuf>,
    /// The files of the own certificate and its key, where the server asks for one.
    pub certificate: Option<(PathBuf, PathBuf)>,
}

/// How much of a secured connection is checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TlsMode {
    /// Nothing is secured.
    Off,
    /// Secured if the server offers it, and not checked. For this computer alone.
    Offered,
    /// Secured, and not checked with whom.
    Unverified,
    /// Secured, by a certificate of a trusted authority for whatever name.
    AnyName,
    /// Secured, by a certificate of a trusted authority for this name.
    Full,
}

impl fmt::Debug for Server {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Server({self})")
    }
}

/// Where it is, as a person writes it; never the password.
impl fmt::Display for Server {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}@{}:{}/{} {}", self.user, self.host, self.port, self.database, self.schema)
    }
}

impl Server {
    /// Reads a connection string such as `postgres://user@host:5432/database?sslmode=verify-full&sslrootcert=ca.pem`. What
    /// it leaves out comes from the usual variables (`PGHOST`, `PGSSLMODE`, …), the password from the password file.
    ///
    /// # Errors
    /// `Unreachable`, without repeating what was given: it could hold a password.
    pub fn parse(url: &str, schema: &str) -> Result<Self, OpenError> {
        let unreadable = || OpenError::Unreachable("the connection string cannot be read".to_owned());
        let options = PgConnectOptions::from_str(url).map_err(|_| unreadable())?;
        let query = url.split_once('?').map_or("", |(_, query)| query);
        let given = |names: [&str; 2]| {
            let pair = query.split('&').filter_map(|pair| pair.split_once('='));
            pair.filter(|(name, _)| names.contains(name))
                .map(|(_, value)| decoded(value))
                .next_back()
        };
        let file = |name: &str, variable: &str| {
            let value = given([name, &name.replacen("ssl", "ssl-", 1)]).or_else(|| std::env::var(variable).ok());
            value.map(PathBuf::from)
        };
        let mode = match given(["sslmode", "ssl-mode"]).or_else(|| std::env::var("PGSSLMODE").ok()) {
            Some(word) => Some(TlsMode::parse(&word).ok_or_else(unreadable)?),
            None => None,
        };
        let authority = given(["sslrootcert", "ssl-root-cert"]).or_else(|| std::env::var("PGSSLROOTCERT").ok());
        let host = options
            .get_socket()
            .map_or_else(|| options.get_host().to_owned(), |folder| folder.display().to_string());
        Ok(Self {
            host,
            port: options.get_port(),
            database: options.get_database().unwrap_or(options.get_username()).to_owned(),
            user: options.get_username().to_owned(),
            password: None,
            schema: schema.to_owned(),
            tls: Tls {
                mode,
                authority: authority.map(PathBuf::from),
                certificate: file("sslcert", "PGSSLCERT").zip(file("sslkey", "PGSSLKEY")),
            },
        })
    }

    /// How much is checked.
    #[must_use]
    pub fn tls_mode(&self) -> TlsMode {
        match self.tls.mode {
            Some(mode) => mode,
            None if self.is_this_computer() && self.tls.authority.is_none() => TlsMode::Offered,
            None => TlsMode::Full,
        }
    }

    /// Whether somebody between here and the server could listen or step in: a window has to say so all the time.
    #[must_use]
    pub fn is_open_to_others(&self) -> bool {
        !self.is_this_computer() && self.tls_mode() != TlsMode::Full
    }

    /// Whether a connection does not leave the computer: nobody can listen to it or step into it.
    #[must_use]
    pub fn is_this_computer(&self) -> bool {
        contract::connection::is_this_computer(&self.host)
    }

    /// Whether the host is the folder of a socket.
    pub(super) fn is_socket(&self) -> bool {
        self.host.starts_with('/')
    }

    /// What the driver is given: everything that it would else take from the environment, as far as that can be given.
    pub(crate) fn options(&self) -> PgConnectOptions {
        let password = self
            .password
            .clone()
            .or_else(|| passfile::password(&self.host, self.port, &self.database, &self.user));
        // An empty one is what the driver sends without any.
        let password = password.unwrap_or_default();
        let mut options = PgConnectOptions::new_without_pgpass()
            .port(self.port)
            .username(&self.user)
            .database(&self.database)
            .application_name("clientele")
            .password(&password)
            .ssl_mode(match self.tls_mode() {
                TlsMode::Off => PgSslMode::Disable,
                TlsMode::Offered => PgSslMode::Prefer,
                TlsMode::Unverified => PgSslMode::Require,
                TlsMode::AnyName => PgSslMode::VerifyCa,
                TlsMode::Full => PgSslMode::VerifyFull,
            });
        options = if self.is_socket() {
            options.socket(&self.host)
        } else {
            options.host(&self.host)
        };
        // A list without an authority, where none was chosen, so that the driver trusts nobody else than a look at the server does.
        options = match &self.tls.authority {
            Some(authority) => options.ssl_root_cert(authority),
            None => options.ssl_root_cert_from_pem(Vec::new()),
        };
        if let Some((certificate, key)) = &self.tls.certificate {
            options = options.ssl_client_cert(certificate).ssl_client_key(key);
        }
        options
    }
}

impl TlsMode {
    /// Reads the word that Postgres has for it.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        Some(match word {
            "disable" => Self::Off,
            "allow" | "prefer" => Self::Offered,
            "require" => Self::Unverified,
            "verify-ca" => Self::AnyName,
            "verify-full" => Self::Full,
            _ => return None,
        })
    }
}

/// Text of a query string.
fn decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [first, after @ ..] = rest {
        rest = after;
        let hex = after
            .get(..2)
            .and_then(|two| std::str::from_utf8(two).ok())
            .and_then(|two| u8::from_str_radix(two, 16).ok());
        match (first, hex) {
            (b'%', Some(byte)) => {
                bytes.push(byte);
                rest = after.get(2..).unwrap_or_default();
            }
            (byte, _) => bytes.push(*byte),
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// Refuses the name of a schema that would need quotes.
pub(super) fn check_schema(schema: &str) -> Result<(), OpenError> {
    let said = |trouble| OpenError::Unreachable(format!("it has no schema that could be called \"{schema}\". {trouble}."));
    plain_name::trouble(schema).map_or(Ok(()), |trouble| Err(said(trouble)))
}

/// Opens a server.
pub(crate) async fn open(server: &Server, create: bool) -> Result<Db, OpenError> {
    open_with(server, server.options(), create, Limit::begin()).await
}

/// The same with more told to the driver, and within a limit for more than that.
pub(super) async fn open_with(server: &Server, options: PgConnectOptions, create: bool, limit: Limit) -> Result<Db, OpenError> {
    check_schema(&server.schema)?;
    variables::check(server)?;
    if server.tls_mode() != TlsMode::Off {
        tls::check_authority(server)?;
    }
    let opening = async {
        match Db::open_server(options, &server.schema).await {
            Ok(db) => {
                if create {
                    let writer = db.writer();
                    // The everyday role may not even ask for a schema that is there already.
                    let known = db::statement(
                        &writer,
                        "SELECT 1 FROM pg_namespace WHERE nspname = ?",
                        vec![server.schema.as_str().into()],
                    );
                    let known = writer.query_one_raw(known).await.map_err(|error| cause_at(&db, &error))?;
                    if known.is_none() {
                        let sql = format!("CREATE SCHEMA IF NOT EXISTS {}", server.schema);
                        writer.execute_unprepared(&sql).await.map_err(|error| cause_at(&db, &error))?;
                    }
                }
                Ok(db)
            }
            Err(error) => Err(explain(server, error).await),
        }
    };
    limit.wait(opening).await?
}

/// Makes the tables of a book, without a book in them, in a schema of their own.
pub(crate) async fn open_empty(server: &Server) -> Result<Db, OpenError> {
    let db = open(server, true).await?;
    match Migrator::bring_up(&db.writer()).await {
        Ok(()) => Ok(db),
        Err(error) => {
            let error = cause_at(&db, &error);
            let _ = db.close().await;
            Err(error)
        }
    }
}

/// What an error of connecting means.
pub(super) async fn explain(server: &Server, error: sqlx::Error) -> OpenError {
    // "invalid authorization": before any password was asked for.
    let is_unknown_client = error
        .as_database_error()
        .is_some_and(|error| error.code().as_deref() == Some("28000"));
    let is_secured = !server.is_socket() && server.tls_mode() != TlsMode::Off;
    if is_secured && (is_unknown_client || error.as_database_error().is_none()) {
        let (asked, is_optional, server) = (is_unknown_client, server.tls_mode() == TlsMode::Offered, server.clone());
        let found = tokio::task::spawn_blocking(move || tls::look(&server)).await;
        match found {
            Ok(Ok(seen)) if asked && seen.asks_for_certificate => return OpenError::Tls(TlsProblem::CertificateNeeded),
            // That is not what is the matter where it need not be secured.
            Ok(Err(tls::Unseen::Problem(TlsProblem::NotOffered))) if is_optional => {}
            Ok(Err(tls::Unseen::Problem(problem))) => return OpenError::Tls(problem),
            _ => {}
        }
    }
    match error {
        sqlx::Error::Database(error) => refused(&*error),
        sqlx::Error::Io(error) => OpenError::Unreachable(error.to_string()),
        sqlx::Error::PoolTimedOut => said_at_once(server)
            .await
            .unwrap_or_else(|| OpenError::Unreachable("it did not answer within 5 seconds".to_owned())),
        error => other(&error),
    }
}

/// What it means that a server takes no connection, by its code
/// (<https://www.postgresql.org/docs/current/errcodes-appendix.html>).
fn refused(error: &dyn DatabaseError) -> OpenError {
    let said = error.message().to_owned();
    match error.code().as_deref() {
        Some("28000" | "28P01") => OpenError::SignIn(said),
        // Asked for after the password was found right, where there is one.
        Some("42501") => OpenError::MayNotConnect(said),
        Some("3D000") => OpenError::NoDatabase(said),
        Some("53300") => OpenError::TooManyConnections(said),
        _ => OpenError::Unreachable(said),
    }
}

/// What a server says to a single connection. Where it takes none for now, a pool tries until its time is over, and then says nothing
/// but that (sqlx 0.9.0).
async fn said_at_once(server: &Server) -> Option<OpenError> {
    let options = server.options();
    match tokio::time::timeout(SAID_WITHIN, PgConnection::connect_with(&options)).await {
        Ok(Err(sqlx::Error::Database(error))) => Some(refused(&*error)),
        Ok(Ok(connection)) => {
            // It could not be had before, so nobody waits for its end either.
            let _ = connection.close_hard().await;
            None
        }
        _ => None,
    }
}

/// Refuses another book or another cluster than the one that is expected. Reads only.
pub(super) async fn recognize(db: &Db, expected: &Identity, system: Option<&str>, limit: Limit) -> Result<(), OpenError> {
    let is_other_cluster = match (&expected.system, system) {
        (Some(expected), Some(found)) => expected != found,
        _ => false,
    };
    if is_other_cluster {
        return Err(OpenError::Swapped);
    }
    let found = limit.of(db, async { db.book_id().await.map_err(db::of_driver) }).await?;
    if found == Some(expected.book) {
        Ok(())
    } else {
        Err(OpenError::Swapped)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_connection_string_is_read_field_by_field() {
        let server = Server::parse(
            "postgres://ann@db.example:6432/books?sslmode=require&sslrootcert=%2Fetc%2Fca%20s.pem",
            "clientele",
        )
        .unwrap();
        assert_eq!(
            (server.host.as_str(), server.port, server.user.as_str()),
            ("db.example", 6432, "ann")
        );
        assert_eq!((server.database.as_str(), server.tls_mode()), ("books", TlsMode::Unverified));
        assert_eq!(server.tls.authority, Some(PathBuf::from("/etc/ca s.pem")));
        assert!(server.is_open_to_others());
        assert!(Server::parse("postgres://h/b?sslmode=whatever", "s").is_err());
    }

    #[test]
    fn what_leaves_the_computer_is_verified_unless_something_else_is_asked_for() {
        let mode = |url: &str| Server::parse(url, "s").unwrap().tls_mode();
        assert_eq!(mode("postgres://ann@db.example/books"), TlsMode::Full);
        assert_eq!(mode("postgres://ann@10.0.0.7/books"), TlsMode::Full);
        for own in [
            "postgres://ann@localhost/b",
            "postgres://ann@127.0.0.1/b",
            "postgres://ann@[::1]/b",
            "postgres://ann@%2Frun%2Fpg/b",
        ] {
            assert_eq!(mode(own), TlsMode::Offered, "{own}");
        }
        assert_eq!(mode("postgres://ann@localhost/b?sslrootcert=ca.pem"), TlsMode::Full);
    }

    #[test]
    fn neither_a_password_nor_an_authority_is_left_to_the_environment() {
        let mut server = Server::parse("postgres://ann@db.example/books", "s").unwrap();
        server.tls.authority = None;
        let given = format!("{:?}", server.options());
        assert!(given.contains("password: Some(\"\")"), "{given}");
        assert!(given.contains("ssl_root_cert: Some(Inline([]))"), "{given}");
        server.tls.authority = Some(PathBuf::from("/chosen.pem"));
        let given = format!("{:?}", server.options());
        assert!(given.contains("ssl_root_cert: Some(File(\"/chosen.pem\"))"), "{given}");
    }

    #[test]
    fn a_password_is_never_shown() {
        let mut server = Server::parse("postgres://ann@db.example/books", "s").unwrap();
        server.password = Some("hunter2-canary".to_owned());
        assert!(!format!("{server:?} {server}").contains("hunter2"));
    }
}
