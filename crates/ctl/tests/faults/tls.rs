//! Nine ways in which a connection is not secure enough: nine answers, and no password leaves the computer.

use std::{fs, path::PathBuf};

use contract::connection::{ConnectionStep, TlsProblem};
use engine::{App, BookLocation, NewBook, OpenError, OpenOptions, Server as Address, Tls, TlsMode, examine};
use rcgen::{BasicConstraints, CertificateParams, DistinguishedName, DnType, IsCa, Issuer, KeyPair, date_time_ymd};
use tempfile::TempDir;

use super::{
    postgres::{Server, sql},
    proxy::Proxy,
};

/// The password that must not be seen.
const CANARY: &str = "canary-7f3d-Wellensittich";

/// An authority that makes certificates.
struct Authority {
    issuer: Issuer<'static, KeyPair>,
    pem: String,
}

impl Authority {
    fn new(name: &str) -> Self {
        let mut params = CertificateParams::new(Vec::<String>::new()).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.distinguished_name = named(name);
        let key = KeyPair::generate().unwrap();
        let pem = params.self_signed(&key).unwrap().pem();
        Self {
            issuer: Issuer::new(params, key),
            pem,
        }
    }

    /// A certificate and its key.
    fn sign(&self, params: &CertificateParams) -> (String, String) {
        let key = KeyPair::generate().unwrap();
        (params.signed_by(&key, &self.issuer).unwrap().pem(), key.serialize_pem())
    }
}

fn named(name: &str) -> DistinguishedName {
    let mut distinguished = DistinguishedName::new();
    distinguished.push(DnType::CommonName, name);
    distinguished
}

fn params(host: &str) -> CertificateParams {
    let mut params = CertificateParams::new(vec![host.to_owned()]).unwrap();
    params.distinguished_name = named(host);
    params
}

/// A server whose everyday role has the canary as its password.
fn server(settings: &[&str]) -> Server {
    let rules = "hostssl all cert 127.0.0.1/32 scram-sha-256 clientcert=verify-ca\nhost all all 127.0.0.1/32 password";
    let server = Server::start(settings, rules);
    let roles = format!(
        "CREATE ROLE ann LOGIN PASSWORD '{CANARY}'; CREATE ROLE cert LOGIN PASSWORD '{CANARY}'; GRANT CREATE ON DATABASE postgres TO ann, cert"
    );
    sql(&server.admin(), &roles);
    server
}

struct Desk {
    folder: TempDir,
    proxy: Proxy,
}

impl Desk {
    fn at(server: &Server) -> Self {
        Self {
            folder: tempfile::tempdir().unwrap(),
            proxy: Proxy::to(server.port),
        }
    }

    fn file(&self, name: &str, text: &str) -> PathBuf {
        let path = self.folder.path().join(name);
        fs::write(&path, text).unwrap();
        path
    }

    /// The place, by a name that is verified although it is this computer.
    fn address(&self, user: &str, authority: Option<PathBuf>) -> Address {
        Address {
            host: "localhost".to_owned(),
            port: self.proxy.port,
            database: "postgres".to_owned(),
            user: user.to_owned(),
            password: Some(CANARY.to_owned()),
            schema: "book".to_owned(),
            tls: Tls {
                mode: Some(TlsMode::Full),
                authority,
                certificate: None,
            },
        }
    }

    /// Opens the book; the problem, after a look at what was sent.
    async fn problem(&self, address: Address) -> TlsProblem {
        self.proxy.record();
        let opened = App::open(BookLocation::Server(address), options()).await;
        let sent = self.proxy.recorded();
        assert!(
            !sent.windows(CANARY.len()).any(|part| part == CANARY.as_bytes()),
            "the password was sent"
        );
        match opened {
            Err(OpenError::Tls(problem)) => problem,
            other => panic!("{other:?}"),
        }
    }
}

fn options() -> OpenOptions {
    OpenOptions {
        create: Some(NewBook::default()),
        ..OpenOptions::default()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nine_ways_of_not_being_secure_are_nine_answers_and_no_password_is_sent() {
    let mut seen = Vec::new();
    let (own, other) = (Authority::new("Own authority"), Authority::new("Another authority"));
    let mut postgres = tokio::task::block_in_place(|| server(&[]));
    let desk = Desk::at(&postgres);
    let trusted = || Some(desk.file("ca.pem", &own.pem));

    // Without any.
    seen.push(desk.problem(desk.address("ann", trusted())).await);

    let [mut past, mut future] = [params("localhost"), params("localhost")];
    (past.not_before, past.not_after) = (date_time_ymd(2020, 1, 1), date_time_ymd(2021, 1, 1));
    // As it is for a computer whose clock is behind.
    (future.not_before, future.not_after) = (date_time_ymd(2048, 1, 1), date_time_ymd(2049, 1, 1));
    let alone = KeyPair::generate().unwrap();
    let self_signed = (params("localhost").self_signed(&alone).unwrap().pem(), alone.serialize_pem());
    let good = own.sign(&params("localhost"));
    let cases = [
        (other.sign(&params("localhost")), ""),
        (self_signed, ""),
        (own.sign(&past), ""),
        (own.sign(&future), ""),
        (own.sign(&params("elsewhere.example")), ""),
        (good.clone(), "old"),
        (good, "client"),
    ];
    for ((certificate, key), kind) in cases {
        tokio::task::block_in_place(|| {
            postgres.kill();
            let files = [("server.crt", &certificate), ("server.key", &key), ("clients.pem", &own.pem)]
                .map(|(name, text)| postgres.put(name, text));
            let [certificate, key, clients] = files.map(|path| path.display().to_string());
            let mut settings = vec![
                "ssl=on".to_owned(),
                format!("ssl_cert_file={certificate}"),
                format!("ssl_key_file={key}"),
                format!("ssl_ca_file={clients}"),
            ];
            if kind == "old" {
                settings.extend([
                    "ssl_min_protocol_version=TLSv1".to_owned(),
                    "ssl_max_protocol_version=TLSv1.1".to_owned(),
                ]);
            }
            postgres.run(&settings.iter().map(String::as_str).collect::<Vec<_>>());
        });
        let user = if kind == "client" { "cert" } else { "ann" };
        seen.push(desk.problem(desk.address(user, trusted())).await);
    }

    // Whatever the server is: a file of authorities that cannot be read, or holds none.
    for file in [desk.folder.path().join("no such file"), desk.file("empty.pem", "no certificate")] {
        assert_eq!(desk.problem(desk.address("ann", Some(file))).await, TlsProblem::UnreadableAuthority);
    }
    seen.push(TlsProblem::UnreadableAuthority);
    assert_eq!(
        seen,
        [
            TlsProblem::NotOffered,
            TlsProblem::UnknownAuthority,
            TlsProblem::SelfSigned,
            TlsProblem::Expired,
            TlsProblem::NotValidYet,
            TlsProblem::WrongName,
            TlsProblem::OldProtocol,
            TlsProblem::CertificateNeeded,
            TlsProblem::UnreadableAuthority
        ]
    );
    assert_eq!(seen.len(), TlsProblem::ALL.len());

    // The same server and the same password, and now it is right: the checks are not what refuses it.
    let mut right = desk.address("ann", trusted());
    let steps = examine(&right).await;
    let step = |wanted| {
        steps
            .iter()
            .find(|answer| answer.step == wanted)
            .map(|answer| (answer.is_done, answer.detail.clone()))
    };
    assert_eq!(step(ConnectionStep::Secure), Some((true, "Own authority".to_owned())));
    assert_eq!(step(ConnectionStep::SignIn), Some((true, "ann".to_owned())));
    assert_eq!(step(ConnectionStep::Book), Some((true, "no book yet".to_owned())));
    desk.proxy.record();
    let app = App::open(BookLocation::Server(right.clone()), options()).await.unwrap();
    app.close().await;
    let sent = desk.proxy.recorded();
    assert!(
        sent.len() > 1_000 && !sent.windows(4).any(|part| part == b"book"),
        "what is sent cannot be read"
    );
    // A certificate of the own: let in where one is asked for.
    let (certificate, key) = own.sign(&params("cert"));
    right.user = "cert".to_owned();
    right.schema = "other".to_owned();
    right.tls.certificate = Some((desk.file("own.pem", &certificate), desk.file("own.key", &key)));
    App::open(BookLocation::Server(right.clone()), options())
        .await
        .unwrap()
        .close()
        .await;
    // A wrong password is something else than any of the nine.
    right.password = Some("wrong".to_owned());
    assert!(matches!(
        App::open(BookLocation::Server(right), options()).await,
        Err(OpenError::SignIn(_))
    ));
    assert!(!postgres.log().contains(CANARY));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_swapped_or_empty_server_is_refused_and_nothing_is_made_there() {
    let rules = "host all all 127.0.0.1/32 trust";
    let (one, two) = tokio::task::block_in_place(|| (Server::start(&[], rules), Server::start(&[], rules)));
    let at = |server: &Server| Address::parse(&format!("postgres://postgres@127.0.0.1:{}/postgres", server.port), "book").unwrap();
    let app = App::open(BookLocation::Server(at(&one)), options()).await.unwrap();
    let identity = app.identity().clone();
    assert!(identity.system.is_some());
    app.close().await;
    let expecting = || OpenOptions {
        expected: Some(identity.clone()),
        ..options()
    };
    App::open(BookLocation::Server(at(&one)), expecting()).await.unwrap().close().await;
    // An empty one in its place, as after a wrong address or a failover to nothing.
    let refused = App::open(BookLocation::Server(at(&two)), expecting()).await;
    assert!(matches!(refused, Err(OpenError::Swapped)), "{refused:?}");
    let made = App::open(BookLocation::Server(at(&two)), OpenOptions::default()).await;
    assert!(matches!(made, Err(OpenError::Missing)), "nothing was made: {made:?}");
    // The same book on another cluster, and another book on the same one.
    let other = engine::Identity {
        system: Some("1".to_owned()),
        ..identity.clone()
    };
    let another = engine::Identity {
        book: uuid::Uuid::nil(),
        ..identity.clone()
    };
    for expected in [other, another] {
        let refused = App::open(
            BookLocation::Server(at(&one)),
            OpenOptions {
                expected: Some(expected),
                ..options()
            },
        )
        .await;
        assert!(matches!(refused, Err(OpenError::Swapped)), "{refused:?}");
    }
}
