//! Variables of the environment that the driver of the database reads by itself and that cannot be kept from it.

use super::{OpenError, Server, TlsMode};

/// Refuses a server that would be told or sent something for which nobody has asked. What can be kept from the driver is: a
/// password and an authority of the environment are not used.
pub fn check(server: &Server) -> Result<(), OpenError> {
    check_with(server, |name| std::env::var(name).ok())
}

fn check_with(server: &Server, value: impl Fn(&str) -> Option<String>) -> Result<(), OpenError> {
    // The server obeys it beside what is asked for here: it could turn off the guards of the tables.
    if value("PGOPTIONS").is_some_and(|options| !options.trim().is_empty()) {
        return Err(OpenError::Variable("PGOPTIONS"));
    }
    // A server for which no certificate was chosen would be shown who one is.
    let is_secured = !server.is_socket() && server.tls_mode() != TlsMode::Off;
    if is_secured && server.tls.certificate.is_none() {
        let set = ["PGSSLCERT", "PGSSLKEY"].into_iter().find(|name| value(name).is_some());
        return set.map_or(Ok(()), |name| Err(OpenError::Variable(name)));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::book::Tls;

    fn refused(server: &Server, set: &[(&str, &str)]) -> Option<&'static str> {
        let value = |name: &str| set.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned());
        match check_with(server, value) {
            Ok(()) => None,
            Err(OpenError::Variable(name)) => Some(name),
            Err(other) => panic!("{other:?}"),
        }
    }

    #[test]
    fn what_the_environment_would_have_sent_is_refused_by_its_name() {
        let mut server = Server::parse("postgres://ann@db.example/books?sslmode=verify-full", "s").unwrap();
        server.tls.certificate = None;
        let guards_off = ("PGOPTIONS", "-c session_replication_role=replica");
        let (own, key) = (("PGSSLCERT", "/own.pem"), ("PGSSLKEY", "/own.key"));
        assert_eq!(refused(&server, &[]), None);
        assert_eq!(refused(&server, &[("PGOPTIONS", " ")]), None);
        assert_eq!(refused(&server, &[guards_off]), Some("PGOPTIONS"));
        assert_eq!(refused(&server, &[own, key]), Some("PGSSLCERT"));
        assert_eq!(refused(&server, &[key]), Some("PGSSLKEY"));
        server.tls.certificate = Some(("/chosen.pem".into(), "/chosen.key".into()));
        assert_eq!(refused(&server, &[own, key]), None, "the one that was chosen is sent");
        // Where nothing is secured, nobody is shown a certificate.
        server.tls.certificate = None;
        server.tls.mode = Some(TlsMode::Off);
        assert_eq!(refused(&server, &[own, key]), None);
        assert_eq!(refused(&server, &[own, guards_off]), Some("PGOPTIONS"));
        let socket = Server::parse("postgres://ann@%2Frun%2Fpg/b", "s").unwrap();
        assert_eq!(
            refused(
                &Server {
                    tls: Tls::default(),
                    ..socket
                },
                &[own]
            ),
            None
        );
    }
}
