//! The built app in a window of its own, with books of its own.

use std::{
    fs,
    net::TcpListener,
    ops::Deref,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    sync::atomic::{AtomicBool, Ordering},
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context, Result};

use crate::{
    desktop::{Desktop, KeyringTrouble},
    process::Process,
    webdriver::Session,
    window::{PATIENCE, Window},
};

/// Whether the page of a walk that failed was lost while the app ran on.
static PAGE_LOST: AtomicBool = AtomicBool::new(false);

/// Whether a walk has failed since this was asked last because the engine that runs the page has.
pub fn take_lost_page() -> bool {
    PAGE_LOST.swap(false, Ordering::SeqCst)
}

/// Says that the engine that runs the page has failed, and not the app: `cargo xtask test` looks for this line.
fn lose_page() {
    eprintln!("The page is gone and the app runs on.");
    PAGE_LOST.store(true, Ordering::SeqCst);
}

/// What WebKit throws where WebAssembly reads beside its memory. The page has no unsafe code of its own and its panics are told
/// otherwise. Seen once in some thousand walks, in the midst of Yew, and known of WebKit on Linux from others.
const OUT_OF_BOUNDS: &str = "Out of bounds memory access";
/// What the title of the app's window always has in it.
const TITLE: &str = "Clientele";
/// How much of the app's log is told when a walk fails.
const LAST_LINES: usize = 12;
/// Keeps what the page throws and nobody catches, and when it sent what.
const KEEP: &str = "window.thrown = []; window.sent = []; \
    const keep = (what, error) => window.thrown.push(`${what}: ${error} ${(error && error.stack) || ''}`); \
    addEventListener('error', event => keep(event.message, event.error)); \
    addEventListener('unhandledrejection', event => keep('rejected', event.reason)); \
    const send = window.fetch; \
    window.fetch = (...what) => { window.sent.push([Date.now(), String(what[0]).split('/').pop()]); return send(...what); }";
/// Which of the clocks of the page still run, what was thrown, and what was sent how long ago.
const STATE_OF_PAGE: &str = "const done = arguments[0], runs = [], sent = (window.sent || []).slice(-12); \
    const tell = () => done(`runs: ${runs.join(', ')}; visible: ${document.visibilityState}; thrown: ${JSON.stringify(window.thrown)}; \
        sent: ${sent.map(([at, name]) => `${name} ${Date.now() - at} ms ago`).join(', ')}`); \
    queueMicrotask(() => runs.push('microtasks')); \
    requestAnimationFrame(() => runs.push('frames')); \
    const channel = new MessageChannel(); \
    channel.port1.onmessage = () => runs.push('messages'); \
    channel.port2.postMessage(0); \
    setTimeout(() => { runs.push('timers'); tell(); }, 300); \
    const began = Date.now(); \
    const fetches = () => fetch('boot.js').finally(() => { runs.includes('fetches') || runs.push('fetches'); if (Date.now() - began < 1500) fetches(); else tell(); }); \
    fetches()";

/// The running app. Everything that [`Window`] can do, it can do.
pub struct App {
    window: Option<Window>,
    driver: Option<Process>,
    desktop: Desktop,
    binary: PathBuf,
    name: String,
}

impl App {
    /// Starts the app on a desktop of its own, with no book yet. The name is that of the walk; a picture of the window
    /// is kept under it when the walk fails.
    pub fn start(name: &str) -> Result<Self> {
        Self::start_prepared(name, |_| Ok(()))
    }

    /// Starts the app over a data folder that is made ready before.
    pub fn start_prepared(name: &str, prepare: impl FnOnce(&Path) -> std::io::Result<()>) -> Result<Self> {
        let binary = std::env::var_os("CLIENTELE_APP").context("CLIENTELE_APP is not set: run `cargo xtask test e2e`")?;
        let mut app = Self {
            window: None,
            driver: None,
            desktop: Desktop::start()?,
            binary: binary.into(),
            name: name.to_owned(),
        };
        prepare(&app.folder())?;
        app.open()?;
        Ok(app)
    }

    /// Any other program that WebDriver can open, on the desktop given.
    pub fn start_program(binary: &Path, arguments: &[&str], name: &str) -> Result<Self> {
        let mut app = Self {
            window: None,
            driver: None,
            desktop: Desktop::start()?,
            binary: binary.to_owned(),
            name: name.to_owned(),
        };
        app.open_with(arguments)?;
        Ok(app)
    }

    /// Another build of the app, with a copy of a book as its own.
    pub fn start_with_book(binary: &Path, book: &Path, name: &str) -> Result<Self> {
        let mut app = Self {
            window: None,
            driver: None,
            desktop: Desktop::start()?,
            binary: binary.to_owned(),
            name: name.to_owned(),
        };
        fs::create_dir_all(app.folder())?;
        fs::copy(book, app.folder().join("clientele.db"))?;
        app.open()?;
        Ok(app)
    }

    /// Where the app keeps its books, its settings and its log.
    pub fn folder(&self) -> PathBuf {
        self.desktop.home().join("clientele")
    }

    /// The file of the person's own book.
    pub fn book(&self) -> PathBuf {
        self.folder().join("clientele.db")
    }

    /// The file that was handed to another program last.
    pub fn shown(&self) -> PathBuf {
        self.desktop.home().join("shown")
    }

    /// The home folder of the person.
    pub fn home(&self) -> &Path {
        self.desktop.home()
    }

    /// The numbers of the app's processes: its own, and those of the engine that paints its page.
    pub fn processes(&self) -> Vec<String> {
        let is_own = |name: &str| name.starts_with("clientele") || (name.starts_with("WebKit") && name != "WebKitWebDriver");
        processes_in(&self.folder(), is_own)
    }

    /// Something is the matter with the keyring of the desktop from the next start on.
    pub fn trouble_keyring(&mut self, trouble: KeyringTrouble) -> Result<()> {
        self.desktop.trouble_keyring(trouble)
    }

    /// The keyring of the desktop is there again, and open; also to an app that was started without it.
    pub fn mend_keyring(&mut self) -> Result<()> {
        self.desktop.mend_keyring()
    }

    /// The theme of the system, by its name in GTK, from the next start on.
    pub fn set_system_theme(&mut self, name: &str) {
        self.desktop.set_variable("GTK_THEME", name);
    }

    /// The desktop prefers what is dark, in GTK's settings, from the next start on.
    pub fn prefer_dark(&self) -> Result<()> {
        self.desktop.prefer_dark()
    }

    /// What the person answers to the next questions where to keep a file; nothing closes them.
    #[track_caller]
    pub fn save_as(&self, path: Option<&Path>) {
        let text = path.map(|path| path.display().to_string()).unwrap_or_default();
        if let Err(error) = fs::write(self.folder().join("save-as"), text) {
            panic!("nothing can be staged: {error}");
        }
    }

    /// Holds the answers to these commands until [`App::release`], as a slow database would.
    #[track_caller]
    pub fn hold(&self, commands: &[&str]) {
        self.stage("hold", commands);
    }

    /// Refuses these commands until [`App::release`], as a database that does not answer would.
    #[track_caller]
    pub fn refuse(&self, commands: &[&str]) {
        self.stage("refuse", commands);
    }

    /// Ends what [`App::hold`] or [`App::refuse`] began.
    #[track_caller]
    pub fn release(&self) {
        self.stage("", &[]);
    }

    /// The app reads the file before each command; see `src-tauri/src/staging.rs`.
    #[track_caller]
    fn stage(&self, what: &str, commands: &[&str]) {
        let lines: String = commands.iter().map(|command| format!("{what} {command}\n")).collect();
        // In one step: an app that looked while the file is still empty would let go what is held.
        let (new, staging) = (self.folder().join("staging.new"), self.folder().join("staging"));
        if let Err(error) = fs::write(&new, lines).and_then(|()| fs::rename(&new, &staging)) {
            panic!("nothing can be staged: {error}");
        }
    }

    /// Ends the app, if it is open, and opens it again with the same books.
    pub fn restart(&mut self) -> Result<()> {
        self.close()?;
        self.open()
    }

    /// Ends the app and waits until it has ended. The driver gives it no time to close its book: what was saved has to be
    /// there all the same.
    pub fn close(&mut self) -> Result<()> {
        if let Some(window) = self.window.take() {
            window.session.close()?;
        }
        // The driver answers before the app has ended; a new one would find the book still locked.
        let started = Instant::now();
        while !running_in(&self.folder()).is_empty() && started.elapsed() < Duration::from_secs(30) {
            thread::sleep(Duration::from_millis(20));
        }
        self.end();
        Ok(())
    }

    /// Ends the app without warning, as a power cut would.
    pub fn kill(&mut self) {
        self.window = None;
        self.end();
    }

    /// Ends the driver, and the app if it is still there: it need not be in the driver's group.
    fn end(&mut self) {
        self.driver = None;
        let left = running_in(&self.folder());
        if !left.is_empty() {
            let _ = Command::new("kill").arg("-KILL").args(&left).stderr(Stdio::null()).status();
        }
        let started = Instant::now();
        while !running_in(&self.folder()).is_empty() && started.elapsed() < Duration::from_secs(5) {
            thread::sleep(Duration::from_millis(20));
        }
    }

    /// Opens the app; it must not be open.
    pub fn open(&mut self) -> Result<()> {
        self.open_with(&[])?;
        // A script that runs while the page takes the place of the empty one is cut off without an answer.
        let is_there = "return location.href !== 'about:blank' && document.readyState === 'complete'";
        let started = Instant::now();
        while !self.session.run(is_there, &[]).is_ok_and(|there| there == true) {
            anyhow::ensure!(started.elapsed() < PATIENCE, "the window shows no page");
            thread::sleep(Duration::from_millis(20));
        }
        self.session.run(KEEP, &[])?;
        self.take_focus()
    }

    /// Gives the window the input focus, as a window manager does when it opens. Without it the page has no `:focus`, and no ring is
    /// painted.
    fn take_focus(&self) -> Result<()> {
        let started = Instant::now();
        while self.session.run("return document.hasFocus()", &[])? != true {
            anyhow::ensure!(started.elapsed() < PATIENCE, "the window does not take the input focus");
            self.desktop.focus(TITLE)?;
            thread::sleep(Duration::from_millis(20));
        }
        Ok(())
    }

    fn open_with(&mut self, arguments: &[&str]) -> Result<()> {
        let port = TcpListener::bind(("127.0.0.1", 0))?.local_addr()?.port();
        let mut variables = self.desktop.variables();
        let text = |path: &Path| path.to_str().map(str::to_owned).context("a path that is no text");
        variables.push(("CLIENTELE_DATA_DIR".to_owned(), text(&self.folder())?));
        variables.push(("TAURI_WEBVIEW_AUTOMATION".to_owned(), "true".to_owned()));
        self.driver = Some(Process::start(
            &["WebKitWebDriver", &format!("--port={port}")],
            &variables,
            Stdio::null(),
            Stdio::null(),
        )?);
        let started = Instant::now();
        while std::net::TcpStream::connect(("127.0.0.1", port)).is_err() {
            anyhow::ensure!(started.elapsed() < PATIENCE, "WebKitWebDriver does not answer");
            thread::sleep(Duration::from_millis(20));
        }
        let session = Session::open(port, &text(&self.binary)?, arguments).context("the app did not open a window")?;
        self.window = Some(Window {
            session,
            screen: self.desktop.screen(),
        });
        Ok(())
    }

    /// What else is known of a walk that failed: the window may have gone, and the log says why.
    fn tell(&self) {
        let running = running_in(&self.folder()).len();
        let log = fs::read_to_string(self.folder().join("log/clientele.log")).unwrap_or_default();
        if let Some(window) = &self.window {
            // A page that ends while it is asked answers with nothing instead of an error; one that was loaded again meanwhile
            // answers as if nothing had been.
            let answer = window.session.run("return true", &[]);
            let is_gone = !answer.as_ref().is_ok_and(|answer| *answer == true);
            if let Err(error) = answer {
                eprintln!("{error:#}");
            }
            if running > 0 && (is_gone || log.contains("the process of the page ended")) {
                lose_page();
            }
        }
        if let Some(window) = &self.window {
            match window.session.run_until_called(STATE_OF_PAGE, &[]) {
                Ok(state) => {
                    let state = state.as_str().unwrap_or_default();
                    eprintln!("The page {state}");
                    if running > 0 && state.contains(OUT_OF_BOUNDS) {
                        lose_page();
                    }
                }
                Err(error) => eprintln!("The page does not tell how it is: {error:#}"),
            }
        }
        let lines: Vec<&str> = log.lines().rev().take(LAST_LINES).collect();
        eprintln!("Processes of the app: {running}. The end of its log:");
        for line in lines.into_iter().rev() {
            eprintln!("{line}");
        }
    }

    fn keep_picture(&self) {
        let beside_app = std::env::var_os("CLIENTELE_APP").and_then(|app| Path::new(&app).parent().map(Path::to_path_buf));
        let folder = beside_app.unwrap_or_else(std::env::temp_dir).join("e2e-failures");
        let Some(window) = &self.window else { return };
        let Ok(bytes) = window.glance() else { return };
        let file = folder.join(format!("{}.png", self.name));
        if fs::create_dir_all(&folder).and_then(|()| fs::write(&file, bytes)).is_ok() {
            eprintln!("A picture of the window is in {}.", file.display());
        }
    }
}

impl Deref for App {
    type Target = Window;

    fn deref(&self) -> &Window {
        match &self.window {
            Some(window) => window,
            None => panic!("the app is closed"),
        }
    }
}

impl Drop for App {
    fn drop(&mut self) {
        if thread::panicking() {
            self.tell();
            self.keep_picture();
        }
        self.kill();
    }
}

/// The processes of the app that have this data folder in their environment.
fn running_in(folder: &Path) -> Vec<String> {
    processes_in(folder, |name| name.starts_with("clientele"))
}

/// Those of such a name that have this data folder in their environment.
fn processes_in(folder: &Path, is_wanted: impl Fn(&str) -> bool) -> Vec<String> {
    let sign = format!("CLIENTELE_DATA_DIR={}\0", folder.display());
    let Ok(processes) = fs::read_dir("/proc") else { return Vec::new() };
    let mut found = Vec::new();
    for process in processes.flatten() {
        let name = fs::read_to_string(process.path().join("comm")).unwrap_or_default();
        let is_here = || fs::read(process.path().join("environ")).is_ok_and(|text| String::from_utf8_lossy(&text).contains(&sign));
        if is_wanted(name.trim()) && is_here() {
            found.push(process.file_name().to_string_lossy().into_owned());
        }
    }
    found
}
