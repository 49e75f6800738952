//! The Postgres of the suite, and a way to it that can be cut, or made slow.

use std::{
    io::{Read, Write},
    net::{Ipv4Addr, Shutdown, TcpListener, TcpStream},
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    thread,
    time::Duration,
};

use anyhow::{Context, Result};

use crate::{App, Element, Window};

/// The role of the suite's server that gives a password.
pub const CLERK: &str = "clerk";
/// Its password.
pub const CLERK_PASSWORD: &str = "paper boats on glass";

/// The port of the suite's server.
pub fn port() -> Result<u16> {
    let url = std::env::var("CLIENTELE_TEST_POSTGRES").context("CLIENTELE_TEST_POSTGRES is not set: run `cargo xtask test e2e`")?;
    let after = url.rsplit_once(':').map_or("", |(_, after)| after);
    let port = after.split('/').next().unwrap_or_default();
    port.parse().with_context(|| format!("no port in {url:?}"))
}

/// A way to the server that listens on a port of its own.
pub struct Way {
    /// The port.
    pub port: u16,
    state: Arc<State>,
}

struct State {
    is_cut: AtomicBool,
    delay: AtomicU64,
    open: Mutex<Vec<TcpStream>>,
}

impl Way {
    /// A way to the suite's server.
    pub fn open() -> Result<Self> {
        let to = port()?;
        let mut listener = Some(TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?);
        let port = listener
            .as_ref()
            .map_or(Ok(0), |listener| listener.local_addr().map(|address| address.port()))?;
        let state = Arc::new(State {
            is_cut: AtomicBool::new(false),
            delay: AtomicU64::new(0),
            open: Mutex::default(),
        });
        let shared = Arc::clone(&state);
        // Ends with the process of the tests.
        thread::spawn(move || {
            loop {
                // As a server that has ended: nobody listens any more.
                if shared.is_cut.load(Ordering::SeqCst) {
                    listener = None;
                } else if listener.is_none() {
                    listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).ok();
                }
                match listener
                    .as_ref()
                    .filter(|listener| listener.set_nonblocking(true).is_ok())
                    .map(TcpListener::accept)
                {
                    Some(Ok((client, _))) => {
                        let Ok(server) = TcpStream::connect((Ipv4Addr::LOCALHOST, to)) else {
                            continue;
                        };
                        let _ = client.set_nonblocking(false);
                        shared.pass(&client, &server);
                        shared.pass(&server, &client);
                    }
                    _ => thread::sleep(Duration::from_millis(5)),
                }
            }
        });
        Ok(Self { port, state })
    }

    /// The server is gone: what is open ends, and nothing is taken any more.
    pub fn cut(&self) {
        self.state.is_cut.store(true, Ordering::SeqCst);
        for stream in self.state.open.lock().unwrap_or_else(PoisonError::into_inner).drain(..) {
            let _ = stream.shutdown(Shutdown::Both);
        }
    }

    /// It is back.
    pub fn mend(&self) {
        self.state.is_cut.store(false, Ordering::SeqCst);
    }

    /// Each piece that is sent takes so long.
    pub fn slow_down(&self, by: Duration) {
        self.state.delay.store(u64::try_from(by.as_millis()).unwrap_or(0), Ordering::SeqCst);
    }
}

impl State {
    /// Passes on what comes from one side to the other until either ends.
    fn pass(self: &Arc<Self>, from: &TcpStream, to: &TcpStream) {
        let (Ok(mut from), Ok(mut to)) = (from.try_clone(), to.try_clone()) else {
            return;
        };
        if let Ok(held) = from.try_clone() {
            self.open.lock().unwrap_or_else(PoisonError::into_inner).push(held);
        }
        let shared = Arc::clone(self);
        thread::spawn(move || {
            let mut buffer = [0; 16 * 1024];
            while let Ok(length) = from.read(&mut buffer) {
                let delay = shared.delay.load(Ordering::SeqCst);
                thread::sleep(Duration::from_millis(delay));
                let piece = buffer.get(..length).unwrap_or_default();
                if length == 0 || to.write_all(piece).is_err() {
                    break;
                }
            }
            let _ = (from.shutdown(Shutdown::Both), to.shutdown(Shutdown::Both));
        });
    }
}

/// A schema that no other walk uses.
pub fn fresh_schema(name: &str) -> String {
    format!("walk_{name}_{}", std::process::id())
}

impl Window {
    /// Goes to the settings of the database.
    #[track_caller]
    pub fn database_settings(&self) {
        self.follow("#/settings/database");
        self.find("heading", "Database");
        self.find("heading", "Books");
    }

    /// The line of a list that holds this text.
    #[track_caller]
    pub fn row_of_list(&self, text: &str) -> Element<'_> {
        self.until(&format!("a line with {text:?}"), || {
            self.all("li").iter().any(|line| line.text().contains(text))
        });
        let found = self.all("li").into_iter().find(|line| line.text().contains(text));
        found.unwrap_or_else(|| panic!("no line has {text:?}"))
    }

    /// Fills in how the suite's server is reached.
    #[track_caller]
    pub fn fill_connection(&self, host: &str, port: u16, schema: &str, password: &str) {
        self.field("Host").fill(host);
        self.field("Port").fill(&port.to_string());
        self.field("Database").fill("postgres");
        self.field("User").fill(CLERK);
        self.field("Password").fill(password);
        if !self.shows("field", "Schema") {
            self.button("Certificates and schema").click();
        }
        self.field("Schema").fill(schema);
    }
}

impl App {
    /// Makes a book of one's own on the server, from the settings of the one that is open.
    #[track_caller]
    pub fn begin_on_server(&self, port: u16, schema: &str) {
        self.make_on_server(port, schema);
        self.begin();
    }

    /// The same, up to the question for its first administrator.
    #[track_caller]
    pub fn make_on_server(&self, port: u16, schema: &str) {
        self.database_settings();
        self.button("Connect to a server").click();
        self.dialog("Connect to a server");
        self.fill_connection("127.0.0.1", port, schema, CLERK_PASSWORD);
        self.button("Connect").click();
        self.see("There is no book on this server yet");
        self.button("Make a new book there").click();
    }
}
