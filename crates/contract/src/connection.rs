//! How a server of a book is reached, and what can be wrong on the way.

use serde::{Deserialize, Serialize};

use crate::{FieldError, Problem, names, plain_name, rules, wire};

names! {
    /// Why a connection is not secure enough. No password was sent.
    pub enum TlsProblem {
        /// The server offers no secured connection.
        NotOffered = "not_offered",
        /// It offers only versions of TLS that are not safe any more.
        OldProtocol = "old_protocol",
        /// No trusted authority vouches for it.
        UnknownAuthority = "unknown_authority",
        /// Its certificate vouches for itself.
        SelfSigned = "self_signed",
        /// Its certificate is out of date.
        Expired = "expired",
        /// Its certificate is not valid yet.
        NotValidYet = "not_valid_yet",
        /// Its certificate is for another name.
        WrongName = "wrong_name",
        /// The file of authorities cannot be read, or holds none.
        UnreadableAuthority = "unreadable_authority",
        /// It asks for a certificate of the client, and there is none.
        CertificateNeeded = "certificate_needed",
    }
}

names! {
    /// A step on the way to a book on a server.
    pub enum ConnectionStep {
        /// The name of the host leads somewhere.
        Name = "name",
        /// A database answers there.
        Reach = "reach",
        /// The connection is secured and checked.
        Secure = "secure",
        /// User and password are right.
        SignIn = "sign_in",
        /// The role may use or make a book.
        Rights = "rights",
        /// What is there.
        Book = "book",
    }
}

wire! {
    /// How a step went.
    pub struct StepAnswer {
        /// Which step.
        pub step: ConnectionStep,
        /// Whether it went well.
        pub is_done: bool,
        /// What was found: the host, the port, who vouches, the user, the rights, the version; or why not.
        pub detail: String,
    }
}

names! {
    /// How much of a secured connection is checked.
    pub enum TlsChoice {
        /// Secured, by a certificate of a trusted authority for this very name.
        Verified = "verified",
        /// Secured, by a certificate of a trusted authority for whatever name.
        AnyName = "any_name",
        /// Secured, and not checked with whom.
        Unverified = "unverified",
        /// Secured if the server offers it. For a server on this computer.
        Offered = "offered",
        /// Not secured.
        Off = "off",
    }
}

wire! {
    /// How a book on a server is reached. Holds no password.
    pub struct Connection {
        /// Name or address.
        pub host: String,
        /// The port.
        pub port: u16,
        /// The database.
        pub database: String,
        /// The role.
        pub user: String,
        /// The schema that holds the book.
        pub schema: String,
        /// How much is checked.
        pub tls: TlsChoice,
        /// A file with the certificates of authorities that are trusted beside those of the system.
        #[serde(default)]
        pub authority: Option<String>,
        /// The files of the own certificate and of its key, where the server asks for one.
        #[serde(default)]
        pub certificate: Option<ClientCertificate>,
        /// The name of the host as the person has typed it who wants a connection that others could listen to.
        #[serde(default)]
        pub accepted_host: Option<String>,
    }

    /// The files of an own certificate.
    pub struct ClientCertificate {
        /// The certificate.
        pub certificate: String,
        /// Its key.
        pub key: String,
    }
}

/// Where a book is.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum BookPlace {
    /// A file on this computer.
    File {
        /// Its path.
        path: String,
    },
    /// A schema of a Postgres server.
    Server {
        /// How it is reached.
        connection: Connection,
    },
}

/// What a try of a connection says of a place without a book.
pub const NO_BOOK: &str = "no book yet";
/// What it says of a way that is not secured because nobody wants it to be.
pub const NOT_ENCRYPTED: &str = "not encrypted";
/// What it says of a place that a move had begun to fill when it was broken off: no book, and free for the same move.
pub const UNFINISHED_MOVE: &str = "a move that was not finished";
/// The schema of a book, if the person names none.
pub const SCHEMA: &str = "clientele";
/// The port of Postgres.
pub const PORT: u16 = 5432;
const MAX_PATH: u32 = 4096;
/// The most characters of a name on a server.
pub(crate) const MAX_IDENTIFIER: u32 = 63;

/// Whether a connection to this host does not leave the computer: nobody can listen to it or step into it.
#[must_use]
pub fn is_this_computer(host: &str) -> bool {
    let address = host.trim_matches(['[', ']']).parse::<std::net::IpAddr>();
    host.starts_with('/') || host == "localhost" || address.is_ok_and(|address| address.is_loopback())
}

/// Whether what a person has typed names this host.
#[must_use]
pub fn names_host(typed: &str, host: &str) -> bool {
    let plain = |text: &str| text.trim().trim_matches(['[', ']']).to_lowercase();
    plain(typed) == plain(host)
}

impl Connection {
    /// Whether somebody between here and the server could listen or step in: a window says so all the time.
    #[must_use]
    pub fn is_open_to_others(&self) -> bool {
        !is_this_computer(&self.host) && self.tls != TlsChoice::Verified
    }

    /// Whether the person has typed the name of the host for a connection that others could listen to.
    #[must_use]
    pub fn is_accepted(&self) -> bool {
        !self.is_open_to_others() || self.accepted_host.as_ref().is_some_and(|typed| names_host(typed, &self.host))
    }

    /// Whether both lead to the same book, however the way there is secured.
    #[must_use]
    pub fn is_same_book(&self, other: &Self) -> bool {
        let place = |of: &Self| (of.host.to_lowercase(), of.port, of.database.clone(), of.schema.clone());
        place(self) == place(other)
    }

    /// Checks the fields, each under its name after a prefix.
    pub fn check(&self, prefix: &str, found: &mut rules::Found) {
        let name = |field: &str| format!("{prefix}{field}");
        found.text(&name("host"), &self.host, rules::MAX_NAME);
        // The folder of a socket may have blanks in its path; a name or an address has none.
        if !self.host.starts_with('/') && self.host.contains(char::is_whitespace) {
            let detail = "The name of a server has no blank in it".to_owned();
            found.push(&name("host"), Problem::WrongShape { detail });
        }
        found.range(&name("port"), i64::from(self.port), 1, i64::from(u16::MAX));
        found.text(&name("database"), &self.database, MAX_IDENTIFIER);
        found.text(&name("user"), &self.user, MAX_IDENTIFIER);
        found.text(&name("schema"), &self.schema, plain_name::MOST);
        if let Some(trouble) = plain_name::trouble(&self.schema) {
            let detail = trouble.to_owned();
            found.push(&name("schema"), Problem::WrongShape { detail });
        }
        found.optional_text(&name("authority"), self.authority.as_deref(), MAX_PATH);
        if let Some(own) = &self.certificate {
            found.text(&name("certificate"), &own.certificate, MAX_PATH);
            found.text(&name("key"), &own.key, MAX_PATH);
        }
        if !self.is_accepted() {
            found.push(&name("accepted_host"), Problem::Required);
        }
    }
}

impl BookPlace {
    /// Whether both are the same book.
    #[must_use]
    pub fn is_same(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::File { path }, Self::File { path: other }) => path == other,
            (Self::Server { connection }, Self::Server { connection: other }) => connection.is_same_book(other),
            _ => false,
        }
    }

    /// Checks the fields, each under its name after a prefix.
    ///
    /// # Errors
    /// The broken rules.
    pub fn check(&self, prefix: &str) -> Result<(), Vec<FieldError>> {
        rules::check(|found| match self {
            Self::File { path } => found.text(&format!("{prefix}path"), path, MAX_PATH),
            Self::Server { connection } => connection.check(&format!("{prefix}connection."), found),
        })
    }
}

/// Where it is, as a person reads it.
impl std::fmt::Display for BookPlace {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::File { path } => f.write_str(path),
            Self::Server { connection } => {
                let Connection {
                    host,
                    port,
                    database,
                    schema,
                    ..
                } = connection;
                write!(f, "{host}:{port}/{database}")?;
                if schema == SCHEMA { Ok(()) } else { write!(f, " {schema}") }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may panic")]

    use super::*;

    fn connection(host: &str, tls: TlsChoice) -> Connection {
        Connection {
            host: host.to_owned(),
            port: PORT,
            database: "books".to_owned(),
            user: "ann".to_owned(),
            schema: SCHEMA.to_owned(),
            tls,
            authority: None,
            certificate: None,
            accepted_host: None,
        }
    }

    fn wrong(connection: Connection) -> Vec<String> {
        let checked = BookPlace::Server { connection }.check("");
        checked.err().into_iter().flatten().map(|error| error.field).collect()
    }

    #[test]
    fn what_others_could_listen_to_needs_the_name_of_the_host_typed() {
        assert!(wrong(connection("db.example", TlsChoice::Verified)).is_empty());
        for weaker in [TlsChoice::AnyName, TlsChoice::Unverified, TlsChoice::Offered, TlsChoice::Off] {
            let open = connection("db.example", weaker);
            assert_eq!(wrong(open.clone()), ["connection.accepted_host"], "{weaker:?}");
            let typed = |text: &str| Connection {
                accepted_host: Some(text.to_owned()),
                ..open.clone()
            };
            assert_eq!(wrong(typed("db.example.org")), ["connection.accepted_host"]);
            assert!(wrong(typed(" DB.example ")).is_empty());
            for own in ["localhost", "127.0.0.1", "[::1]", "/run/postgresql"] {
                assert!(wrong(connection(own, weaker)).is_empty(), "{own} {weaker:?}");
            }
        }
    }

    #[test]
    fn each_field_has_its_rule() {
        let empty = Connection {
            port: 0,
            database: " ".to_owned(),
            user: String::new(),
            schema: "a; DROP".to_owned(),
            ..connection("", TlsChoice::Verified)
        };
        let fields = ["host", "port", "database", "user", "schema"].map(|field| format!("connection.{field}"));
        assert_eq!(wrong(empty), fields);
        for schema in ["2024", "order", "pg_books"] {
            let unquoted = Connection {
                schema: schema.to_owned(),
                ..connection("db.example", TlsChoice::Verified)
            };
            assert_eq!(wrong(unquoted), ["connection.schema"], "{schema}");
        }
    }

    #[test]
    fn a_book_is_the_same_however_the_way_to_it_is_secured() {
        let one = BookPlace::Server {
            connection: connection("db.example", TlsChoice::Verified),
        };
        let two = BookPlace::Server {
            connection: connection("DB.example", TlsChoice::Off),
        };
        assert!(one.is_same(&two));
        assert_eq!(one.to_string(), "db.example:5432/books");
        assert!(!one.is_same(&BookPlace::File {
            path: "db.example:5432/books".to_owned()
        }));
    }
}
