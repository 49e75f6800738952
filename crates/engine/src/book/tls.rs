//! Looks at how a server secures a connection, and says exactly what is wrong with it. Sends nothing but the wish for a
//! secured connection and the first messages of one; no name and no password.

use std::{
    fmt, fs,
    io::{self, Read, Write},
    net::{SocketAddr, TcpStream, ToSocketAddrs},
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use contract::connection::TlsProblem;
use rustls::{
    AlertDescription, CertificateError, ClientConfig, ClientConnection, DigitallySignedStruct, Error, RootCertStore, SignatureScheme,
    client::{
        ResolvesClientCert, WebPkiServerVerifier,
        danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier},
    },
    crypto::ring,
    pki_types::{CertificateDer, ServerName, UnixTime, pem::PemObject},
    sign::CertifiedKey,
};

use super::{OpenError, Server, TlsMode};

/// How long each step may take.
const WAITS: Duration = Duration::from_secs(4);
/// What a client sends that wants a secured connection (<https://www.postgresql.org/docs/current/protocol-message-formats.html>).
const WISH: [u8; 8] = [0, 0, 0, 8, 4, 210, 22, 47];

/// What was seen of a connection that is secure enough.
#[derive(Debug)]
pub struct Seen {
    /// Who vouches for the server.
    pub authority: Option<String>,
    /// Whether it asks for a certificate of the client.
    pub asks_for_certificate: bool,
}

/// Why nothing was seen.
#[derive(Debug)]
pub enum Unseen {
    /// The name is not known.
    NoName(io::Error),
    /// Nothing answers.
    NoAnswer(io::Error),
    /// It is not secure enough.
    Problem(TlsProblem),
}

/// Refuses a file of authorities that cannot be used, before anything is sent.
pub fn check_authority(server: &Server) -> Result<(), OpenError> {
    roots(server).map(|_| ()).map_err(OpenError::Tls)
}

/// The authorities that are trusted.
fn roots(server: &Server) -> Result<RootCertStore, TlsProblem> {
    let mut roots = RootCertStore::empty();
    if let Some(file) = &server.tls.authority {
        let unreadable = TlsProblem::UnreadableAuthority;
        let text = fs::read(file).map_err(|_| unreadable)?;
        for certificate in CertificateDer::pem_slice_iter(&text) {
            let certificate = certificate.map_err(|_| unreadable)?;
            roots.add(certificate).map_err(|_| unreadable)?;
        }
        if roots.is_empty() {
            return Err(unreadable);
        }
    }
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    Ok(roots)
}

/// A server that has answered.
#[derive(Debug)]
pub struct Reached {
    stream: TcpStream,
    is_offered: bool,
}

/// Looks. Blocks for some seconds at most.
pub fn look(server: &Server) -> Result<Seen, Unseen> {
    secure(server, reach(&find(server)?)?)
}

/// Where the name of the host leads.
pub fn find(server: &Server) -> Result<Vec<SocketAddr>, Unseen> {
    let found = (server.host.trim_matches(['[', ']']), server.port).to_socket_addrs();
    found.map(Iterator::collect).map_err(Unseen::NoName)
}

/// Asks who is there for a secured connection. Whatever the answer is, it tells that a database is there.
pub fn reach(addresses: &[SocketAddr]) -> Result<Reached, Unseen> {
    let mut stream = Err(io::Error::from(io::ErrorKind::NotFound));
    for address in addresses {
        stream = TcpStream::connect_timeout(address, WAITS);
        if stream.is_ok() {
            break;
        }
    }
    let mut stream = stream.map_err(Unseen::NoAnswer)?;
    let _ = stream.set_read_timeout(Some(WAITS));
    let _ = stream.set_write_timeout(Some(WAITS));
    let is_offered = ask(&mut stream)?;
    Ok(Reached { stream, is_offered })
}

/// The same at the socket in the folder that the host is. Nothing is secured there, and nothing has to be.
#[cfg(unix)]
pub fn reach_socket(server: &Server) -> Result<(), Unseen> {
    let socket = std::path::Path::new(&server.host).join(format!(".s.PGSQL.{}", server.port));
    let mut stream = std::os::unix::net::UnixStream::connect(socket).map_err(Unseen::NoAnswer)?;
    let _ = stream.set_read_timeout(Some(WAITS));
    let _ = stream.set_write_timeout(Some(WAITS));
    ask(&mut stream).map(|_| ())
}

/// Here there are none.
#[cfg(not(unix))]
pub fn reach_socket(_: &Server) -> Result<(), Unseen> {
    Err(Unseen::NoAnswer(io::Error::from(io::ErrorKind::Unsupported)))
}

/// Wishes for a secured connection: whether one is offered.
fn ask(stream: &mut (impl Read + Write)) -> Result<bool, Unseen> {
    let mut answer = [0];
    stream
        .write_all(&WISH)
        .and_then(|()| stream.read_exact(&mut answer))
        .map_err(Unseen::NoAnswer)?;
    // Yes, no, and an error of a server that cannot even say no.
    match &answer {
        b"S" => Ok(true),
        b"N" | b"E" => Ok(false),
        _ => Err(Unseen::NoAnswer(io::Error::other("what answers there is no PostgreSQL server"))),
    }
}

/// Secures the connection, and tells by whom it is vouched for.
pub fn secure(server: &Server, reached: Reached) -> Result<Seen, Unseen> {
    if reached.is_offered {
        shake(server, reached.stream)
    } else {
        Err(Unseen::Problem(TlsProblem::NotOffered))
    }
}

fn shake(server: &Server, mut stream: TcpStream) -> Result<Seen, Unseen> {
    let roots = roots(server).map_err(Unseen::Problem)?;
    let provider = Arc::new(ring::default_provider());
    // Without any authority there is nobody to trust.
    let judge = WebPkiServerVerifier::builder_with_provider(Arc::new(roots), Arc::clone(&provider))
        .build()
        .map_err(|_| Unseen::Problem(TlsProblem::UnknownAuthority))?;
    let watch = Arc::new(Watch {
        judge,
        mode: server.tls_mode(),
        certificate: Mutex::default(),
    });
    let asked = Arc::new(Asked::default());
    let name = ServerName::try_from(server.host.trim_matches(['[', ']']).to_owned());
    let name = name.map_err(|_| Unseen::Problem(TlsProblem::WrongName))?;
    let other = |error: Error| Unseen::NoAnswer(io::Error::other(error));
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(other)?
        .dangerous()
        .with_custom_certificate_verifier(Arc::<Watch>::clone(&watch))
        .with_client_cert_resolver(Arc::<Asked>::clone(&asked));
    let mut connection = ClientConnection::new(Arc::new(config), name).map_err(other)?;
    while connection.is_handshaking() {
        if let Err(error) = connection.complete_io(&mut stream) {
            let inner = error.get_ref().and_then(|inner| inner.downcast_ref::<Error>());
            return Err(match inner {
                Some(inner) => problem(inner, watch.is_own_authority()).map_or(Unseen::NoAnswer(error), Unseen::Problem),
                None => Unseen::NoAnswer(error),
            });
        }
    }
    // Who says of itself to be vouched for by an authority is not, where nobody looked.
    let is_verified = matches!(watch.mode, TlsMode::AnyName | TlsMode::Full);
    Ok(Seen {
        authority: watch.authority().filter(|_| is_verified),
        asks_for_certificate: asked.0.load(Ordering::Relaxed),
    })
}

fn problem(error: &Error, is_own_authority: bool) -> Option<TlsProblem> {
    Some(match error {
        Error::InvalidCertificate(CertificateError::Expired | CertificateError::ExpiredContext { .. }) => TlsProblem::Expired,
        Error::InvalidCertificate(CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. }) => TlsProblem::NotValidYet,
        Error::InvalidCertificate(CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. }) => {
            TlsProblem::WrongName
        }
        Error::InvalidCertificate(_) if is_own_authority => TlsProblem::SelfSigned,
        Error::InvalidCertificate(_) => TlsProblem::UnknownAuthority,
        Error::AlertReceived(AlertDescription::ProtocolVersion) | Error::PeerIncompatible(_) => TlsProblem::OldProtocol,
        Error::AlertReceived(AlertDescription::CertificateRequired) => TlsProblem::CertificateNeeded,
        _ => return None,
    })
}

/// Judges as the driver does and keeps what was judged.
struct Watch {
    judge: Arc<WebPkiServerVerifier>,
    mode: TlsMode,
    certificate: Mutex<Option<Vec<u8>>>,
}

impl fmt::Debug for Watch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Watch")
    }
}

impl Watch {
    fn with_certificate<T>(&self, read: impl FnOnce(&webpki::EndEntityCert<'_>) -> T) -> Option<T> {
        let kept = self.certificate.lock().unwrap_or_else(PoisonError::into_inner);
        let certificate = CertificateDer::from(kept.as_deref()?);
        Some(read(&webpki::EndEntityCert::try_from(&certificate).ok()?))
    }

    /// Whether the certificate vouches for itself.
    fn is_own_authority(&self) -> bool {
        // One that says it is an authority cannot be read as anything else, and is.
        self.with_certificate(|certificate| certificate.issuer() == certificate.subject())
            .unwrap_or(true)
    }

    fn authority(&self) -> Option<String> {
        self.with_certificate(|certificate| name_in(certificate.issuer())).flatten()
    }
}

/// The common name in a distinguished name, or else the organization (X.520: 2.5.4.3 and 2.5.4.10).
fn name_in(issuer: &[u8]) -> Option<String> {
    [[0x06, 0x03, 0x55, 0x04, 0x03], [0x06, 0x03, 0x55, 0x04, 0x0a]]
        .iter()
        .find_map(|id| {
            let at = issuer.windows(id.len()).position(|part| part == id)?;
            // The kind of text, its length in one byte, the text.
            let length = usize::from(*issuer.get(at + 6)?);
            let text = issuer.get(at + 7..at + 7 + length)?;
            String::from_utf8(text.to_vec()).ok()
        })
}

impl ServerCertVerifier for Watch {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        *self.certificate.lock().unwrap_or_else(PoisonError::into_inner) = Some(end_entity.to_vec());
        let judged = self
            .judge
            .verify_server_cert(end_entity, intermediates, server_name, ocsp_response, now);
        match (self.mode, judged) {
            (TlsMode::Full, judged) => judged,
            (TlsMode::AnyName, Err(error)) if problem(&error, false) != Some(TlsProblem::WrongName) => Err(error),
            _ => Ok(ServerCertVerified::assertion()),
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.judge.verify_tls12_signature(message, certificate, signed)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.judge.verify_tls13_signature(message, certificate, signed)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.judge.supported_verify_schemes()
    }
}

/// Notes that a certificate was asked for, and gives none.
#[derive(Debug, Default)]
struct Asked(AtomicBool);

impl ResolvesClientCert for Asked {
    fn resolve(&self, _: &[&[u8]], _: &[SignatureScheme]) -> Option<Arc<CertifiedKey>> {
        self.0.store(true, Ordering::Relaxed);
        None
    }

    fn has_certs(&self) -> bool {
        true
    }
}
