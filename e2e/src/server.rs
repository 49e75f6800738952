//! The Postgres of the suite, and a way to it that can be cut, made slow, or made to say nothing.

use std::{
    io::{Read, Write},
    net::{Ipv4Addr, Shutdown, TcpListener, TcpStream},
    path::PathBuf,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    thread,
    time::Duration,
};

use anyhow::{Context, Result};
use serde_json::json;
use sqlx::{AssertSqlSafe, Connection, PgConnection};

use crate::{App, Element, Window};

/// The role of the suite's server that gives a password.
pub const CLERK: &str = "clerk";
/// Its password.
pub const CLERK_PASSWORD: &str = "paper boats on glass";
/// Who vouches for the suite's secured server.
pub const AUTHORITY: &str = "Authority of the tests";

/// The address of the suite's server, for whoever looks after it.
fn address() -> Result<String> {
    std::env::var("CLIENTELE_TEST_POSTGRES").context("CLIENTELE_TEST_POSTGRES is not set: run `cargo xtask test e2e`")
}

/// The port of the suite's server.
pub fn port() -> Result<u16> {
    port_in(&address()?)
}

/// The port of the suite's server whose connections are secured, by the name `localhost`, and the file with the certificate of who
/// vouches for it.
pub fn secured() -> Result<(u16, PathBuf)> {
    let url = std::env::var("CLIENTELE_TEST_POSTGRES_TLS").context("CLIENTELE_TEST_POSTGRES_TLS is not set: run `cargo xtask test e2e`")?;
    let (_, authority) = url.rsplit_once("sslrootcert=").context("nobody vouches for the secured server")?;
    Ok((port_in(&url)?, authority.replace("%2F", "/").into()))
}

fn port_in(url: &str) -> Result<u16> {
    let after = url.rsplit_once(':').map_or("", |(_, after)| after);
    let port = after.split('/').next().unwrap_or_default();
    port.parse().with_context(|| format!("no port in {url:?}"))
}

/// Runs SQL on the suite's server as one of the roles that give no password; `postgres` looks after the server.
pub fn run_as(role: &str, sql: &str) -> Result<()> {
    let url = address()?.replace("//postgres@", &format!("//{role}@"));
    let running = async {
        let mut connection = PgConnection::connect(&url).await?;
        sqlx::raw_sql(AssertSqlSafe(sql.to_owned())).execute(&mut connection).await?;
        connection.close().await
    };
    Ok(tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?
        .block_on(running)?)
}

/// Makes a schema that belongs to the clerk, and answers with a role that may work in it every day and make no tables.
pub fn make_everyday(schema: &str) -> Result<String> {
    let role = format!("{schema}_desk");
    // A walk that has lost its page is walked once more.
    let sql = format!(
        "DROP SCHEMA IF EXISTS {schema} CASCADE; DROP ROLE IF EXISTS {role};
         CREATE SCHEMA {schema} AUTHORIZATION {CLERK}; CREATE ROLE {role} LOGIN; GRANT USAGE ON SCHEMA {schema} TO {role}"
    );
    run_as("postgres", &sql)?;
    Ok(role)
}

/// A way to the server that listens on a port of its own.
pub struct Way {
    /// The port.
    pub port: u16,
    state: Arc<State>,
}

struct State {
    is_cut: AtomicBool,
    is_silent: AtomicBool,
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
            is_silent: AtomicBool::new(false),
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

    /// The network swallows what is sent, in both directions: nothing is closed, and nothing comes. What was taken meanwhile is
    /// passed on when it is mended, as a network does that sends everything once more.
    pub fn silence(&self) {
        self.state.is_silent.store(true, Ordering::SeqCst);
    }

    /// It is back.
    pub fn mend(&self) {
        self.state.is_silent.store(false, Ordering::SeqCst);
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
                while shared.is_silent.load(Ordering::SeqCst) {
                    thread::sleep(Duration::from_millis(5));
                }
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

    /// How many milliseconds pass from a press with the mouse until what it does is painted: an element of this selector is there
    /// then, or is gone.
    #[track_caller]
    pub fn time_of_press(&self, pressed: &Element<'_>, selector: &str, appears: bool) -> u64 {
        let script = "const [selector, appears] = arguments;
            window.pressPainted = undefined;
            document.addEventListener('click', (event) => {
                const now = performance.now();
                // When the window took the press, which may be before the page was told of it.
                const from = event.timeStamp > 0 && event.timeStamp < now ? event.timeStamp : now;
                const look = () => {
                    if ((document.querySelector(selector) !== null) !== appears) return requestAnimationFrame(look);
                    // What is there at one frame is painted by the next.
                    requestAnimationFrame(() => { window.pressPainted = Math.round(performance.now() - from); });
                };
                requestAnimationFrame(look);
            }, { capture: true, once: true });";
        self.run(script, &[json!(selector), json!(appears)]);
        pressed.click();
        self.until(&format!("{selector} to be painted"), || {
            self.run("return window.pressPainted ?? null", &[]).is_u64()
        });
        self.run("return window.pressPainted", &[]).as_u64().unwrap_or(u64::MAX)
    }

    /// Whether it is said of work how fast it is done, and how long it takes yet.
    pub fn shows_pace(&self) -> bool {
        let text = self.text();
        text.contains(" / s") && text.contains("about ")
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

impl Window {
    /// Asks for a new book in a schema as a role of every day, from a page that has the way to a server: its owner is needed.
    #[track_caller]
    pub fn ask_for_owner(&self, port: u16, schema: &str, everyday: &str) {
        self.button("Connect to a server").click();
        self.dialog("Connect to a server");
        self.fill_connection("127.0.0.1", port, schema, "");
        self.field("User").fill(everyday);
        self.button("Connect").click();
        self.see("There is no book on this server yet");
        self.button("Make a new book there").click();
        self.find("heading", "The owner of the tables is needed");
    }

    /// Gives the sign-in of the owner.
    #[track_caller]
    pub fn give_owner(&self, user: &str, password: &str) {
        self.field("Owner of the tables").fill(user);
        self.field("Password of the owner").fill(password);
        self.button("Make the book").click();
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
