//! From a place, as the page names it, to what the engine opens.

use std::path::{Path, PathBuf};

use contract::{
    connection::{BookPlace, Connection, TlsChoice},
    desktop::OwnerSignIn,
    session::Password,
};
use engine::{BookLocation, Server, Tls, TlsMode};

/// Where the engine finds a book.
pub fn location(place: &BookPlace, password: Option<Password>) -> BookLocation {
    match place {
        BookPlace::File { path } => BookLocation::File(PathBuf::from(path)),
        BookPlace::Server { connection } => BookLocation::Server(server(connection, password)),
    }
}

/// How the engine reaches a server.
pub fn server(connection: &Connection, password: Option<Password>) -> Server {
    let certificate = connection.certificate.as_ref();
    Server {
        host: connection.host.clone(),
        port: connection.port,
        database: connection.database.clone(),
        user: connection.user.clone(),
        password: password.map(|password| password.0),
        schema: connection.schema.clone(),
        tls: Tls {
            mode: Some(match connection.tls {
                TlsChoice::Verified => TlsMode::Full,
                TlsChoice::AnyName => TlsMode::AnyName,
                TlsChoice::Unverified => TlsMode::Unverified,
                TlsChoice::Offered => TlsMode::Offered,
                TlsChoice::Off => TlsMode::Off,
            }),
            authority: connection.authority.as_ref().map(PathBuf::from),
            certificate: certificate.map(|own| (PathBuf::from(&own.certificate), PathBuf::from(&own.key))),
        },
    }
}

/// Who owns the tables on a server. Without a password the server may ask for none, or the password file has it.
pub fn owner(owner: OwnerSignIn) -> engine::OwnerSignIn {
    engine::OwnerSignIn {
        user: owner.user,
        password: Some(owner.password.0).filter(|password| !password.is_empty()),
    }
}

/// Where backups of a server's book go: a folder on this computer that belongs to this book alone.
pub fn backups(folder: &Path, connection: &Connection) -> PathBuf {
    let Connection {
        host,
        port,
        database,
        schema,
        ..
    } = connection;
    let name = format!("{host} {port} {database} {schema}");
    let plain: String = name
        .chars()
        .map(|letter| {
            if letter.is_alphanumeric() || ". -_".contains(letter) {
                letter
            } else {
                '_'
            }
        })
        .collect();
    folder.join(plain.trim_start_matches('.'))
}

#[cfg(test)]
mod tests {
    use contract::connection::{PORT, SCHEMA};

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

    #[test]
    fn page_and_engine_mean_the_same_by_open_to_others() {
        for host in ["db.example", "10.0.0.7", "localhost", "127.0.0.1", "[::1]", "/run/postgresql"] {
            for tls in TlsChoice::ALL {
                let connection = connection(host, *tls);
                let engine = server(&connection, None).is_open_to_others();
                assert_eq!(connection.is_open_to_others(), engine, "{host} {tls:?}");
            }
        }
    }

    #[test]
    fn the_folder_of_backups_stays_in_its_place() {
        let folder = Path::new("/data/backups");
        assert_eq!(
            backups(folder, &connection("db.example", TlsChoice::Off)),
            Path::new("/data/backups/db.example 5432 books clientele")
        );
        let climbing = backups(folder, &connection("../../etc", TlsChoice::Off));
        assert_eq!(climbing.parent(), Some(folder), "{climbing:?}");
    }
}
