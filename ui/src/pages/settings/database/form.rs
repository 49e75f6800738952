//! A connection as it is typed. Pure.

use contract::{
    FieldError, Problem,
    connection::{BookPlace, ClientCertificate, Connection, PORT, SCHEMA, TlsChoice, is_this_computer},
};

use crate::hooks::Draft;

/// What the fields begin with.
pub fn begin(known: Option<&Connection>) -> Draft {
    let text = |value: Option<&String>| value.cloned().unwrap_or_default();
    let of = |read: fn(&Connection) -> &String| text(known.map(read));
    let certificate = known.and_then(|known| known.certificate.as_ref());
    Draft::new([
        ("host", of(|known| &known.host)),
        ("port", known.map_or(PORT, |known| known.port).to_string()),
        ("database", of(|known| &known.database)),
        ("user", of(|known| &known.user)),
        ("schema", known.map_or(SCHEMA, |known| &known.schema).to_owned()),
        ("tls", known.map(|known| known.tls.as_str().to_owned()).unwrap_or_default()),
        ("authority", text(known.and_then(|known| known.authority.as_ref()))),
        ("certificate", text(certificate.map(|own| &own.certificate))),
        ("key", text(certificate.map(|own| &own.key))),
        ("accepted_host", String::new()),
    ])
}

/// How much is checked: what was chosen, or else what is right for the host.
pub fn tls(draft: &Draft) -> TlsChoice {
    let chosen = TlsChoice::parse(draft.get("tls"));
    let fitting = if is_this_computer(draft.get("host").trim()) {
        TlsChoice::Offered
    } else {
        TlsChoice::Verified
    };
    chosen.unwrap_or(fitting)
}

/// Whether others could listen to what is typed so far.
pub fn is_open_to_others(draft: &Draft) -> bool {
    let host = draft.get("host").trim();
    !host.is_empty() && !is_this_computer(host) && tls(draft) != TlsChoice::Verified
}

/// What is typed, or every broken rule under the name of its field.
///
/// # Errors
/// The broken rules.
pub fn read(draft: &Draft) -> Result<Connection, Vec<FieldError>> {
    let text = |field: &str| draft.get(field).trim().to_owned();
    let (certificate, key) = (draft.text("certificate"), draft.text("key"));
    let port = text("port").parse::<u16>().ok();
    let connection = Connection {
        host: text("host"),
        port: port.unwrap_or(0),
        database: text("database"),
        user: text("user"),
        schema: text("schema"),
        tls: tls(draft),
        authority: draft.text("authority"),
        certificate: (certificate.is_some() || key.is_some()).then(|| ClientCertificate {
            certificate: certificate.unwrap_or_default(),
            key: key.unwrap_or_default(),
        }),
        accepted_host: is_open_to_others(draft).then(|| text("accepted_host")),
    };
    let place = BookPlace::Server { connection };
    let mut wrong = place.check("").err().unwrap_or_default();
    for error in &mut wrong {
        error.field = error.field.trim_start_matches("connection.").to_owned();
    }
    if let Some(error) = wrong
        .iter_mut()
        .find(|error| error.field == "accepted_host" && !draft.get("accepted_host").is_empty())
    {
        let detail = "This is not the name of the server".to_owned();
        error.problem = Problem::WrongShape { detail };
    }
    match place {
        BookPlace::Server { connection } if wrong.is_empty() => Ok(connection),
        _ => Err(wrong),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::hooks::DraftStep;
    use yew::Reducible;

    fn typed(values: &[(&'static str, &str)]) -> Draft {
        let values = values.iter().map(|(field, text)| (*field, (*text).to_owned())).collect();
        (*std::rc::Rc::new(begin(None)).reduce(DraftStep::Put(values))).clone()
    }

    fn wrong(draft: &Draft) -> Vec<String> {
        read(draft).unwrap_err().into_iter().map(|error| error.field).collect()
    }

    const FULL: &[(&str, &str)] = &[("host", " db.example "), ("database", "books"), ("user", "ann")];

    #[test]
    fn what_is_right_for_the_host_is_chosen_until_something_else_is() {
        assert_eq!(tls(&typed(FULL)), TlsChoice::Verified);
        assert_eq!(tls(&typed(&[("host", "127.0.0.1")])), TlsChoice::Offered);
        assert_eq!(tls(&typed(&[("host", "127.0.0.1"), ("tls", "off")])), TlsChoice::Off);
        let connection = read(&typed(FULL)).unwrap();
        assert_eq!(
            (connection.host.as_str(), connection.port, connection.schema.as_str()),
            ("db.example", 5432, "clientele")
        );
        assert_eq!(
            begin(Some(&connection)),
            begin(Some(&read(&begin(Some(&connection))).unwrap())),
            "it is read as it was written"
        );
    }

    #[test]
    fn a_weaker_connection_needs_the_name_of_the_server() {
        let weaker = [FULL, &[("tls", "unverified")]].concat();
        assert_eq!(wrong(&typed(&weaker)), ["accepted_host"]);
        assert_eq!(
            wrong(&typed(&[weaker.as_slice(), &[("accepted_host", "db.exam")]].concat())),
            ["accepted_host"]
        );
        let accepted = typed(&[weaker.as_slice(), &[("accepted_host", "DB.example")]].concat());
        assert!(read(&accepted).unwrap().is_open_to_others());
    }

    #[test]
    fn each_field_says_what_is_wrong_with_it() {
        assert_eq!(wrong(&typed(&[("port", "many")])), ["host", "port", "database", "user"]);
        let half = [FULL, &[("certificate", "/own.pem")]].concat();
        assert_eq!(wrong(&typed(&half)), ["key"]);
    }
}
