//! The shell is closed: what hostile data would try from inside the page comes to nothing. It is not run, reaches nobody, leads
//! nowhere, leaves no file, and asks the app for nothing that is not on the list.
//!
//! The driver's own scripts are bound by no rule of the page; what they write into it, evaluate and send for is.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test that meets what it does not expect has to fail"
)]

use std::{
    fs,
    io::{BufRead, BufReader, Read, Write},
    net::{Ipv4Addr, TcpListener, TcpStream},
    path::Path,
    sync::{Arc, Mutex},
    thread,
    time::Duration,
};

use e2e::App;
use serde_json::{Value, json};

/// Longer than a page takes to begin what it was told to do.
const MOMENT: Duration = Duration::from_millis(150);
/// What a file is called that must not come about.
const FILE: &str = "closed-walk";

/// Everything by which text becomes code or style. What is run leaves its name in `window.entered`.
const WRITTEN: &str = r#"
    window.entered = [];
    const place = document.body.appendChild(document.createElement("div"));
    place.id = "tried";
    place.innerHTML = `<p style="color: rgb(1, 2, 3)">painted</p>
        <img src="none.png" onerror="window.entered.push('markup')">
        <button onclick="window.entered.push('handler')">pressed</button>
        <a href="javascript:window.entered.push('address')">followed</a>
        <iframe srcdoc="<script>parent.entered.push('document')</script>"></iframe>`;
    place.querySelector("button").click();
    place.querySelector("a").click();
    const add = (name, fill) => { const made = document.createElement(name); fill(made); place.append(made); };
    const file = (text) => URL.createObjectURL(new Blob([text], { type: "text/javascript" }));
    add("script", (made) => { made.textContent = "window.entered.push('script')"; });
    add("script", (made) => { made.type = "module"; made.textContent = "window.entered.push('module')"; });
    add("script", (made) => { made.src = "data:text/javascript,window.entered.push('data')"; });
    add("script", (made) => { made.src = file("window.entered.push('blob')"); });
    add("style", (made) => { made.textContent = "[id=tried] p { background-color: rgb(1, 2, 3) }"; });
    const ways = [
        () => eval("window.entered.push('eval')"),
        () => new Function("window.entered.push('function')")(),
        () => setTimeout("window.entered.push('timer')", 0),
        () => { location.href = "javascript:window.entered.push('location')"; },
        () => { new Worker(file("postMessage(0)")).onmessage = () => window.entered.push("worker"); },
    ];
    // Those that are refused at once say so by an exception.
    for (const way of ways) try { way(); } catch {}"#;

/// Everything by which a page sends for something. Those that can tell answer with what came of it.
const SENT_FOR: &str = r#"
    const [far, done] = arguments;
    const place = document.getElementById("tried");
    const element = (name, source) => (told) => {
        const made = document.createElement(name);
        made.onload = () => told("answered");
        made.onerror = () => told("refused");
        source(made);
        place.append(made);
    };
    const ways = {
        fetch: (told) => fetch(`${far}fetch`, { mode: "no-cors" }).then(() => told("answered"), () => told("refused")),
        request: (told) => {
            const made = new XMLHttpRequest();
            made.onload = () => told("answered");
            made.onerror = () => told("refused");
            made.open("GET", `${far}request`);
            made.send();
        },
        socket: (told) => {
            const made = new WebSocket(`${far.replace("http", "ws")}socket`);
            made.onopen = () => told("answered");
            made.onerror = () => told("refused");
        },
        events: (told) => {
            const made = new EventSource(`${far}events`);
            made.onopen = () => told("answered");
            made.onerror = () => { made.close(); told("refused"); };
        },
        image: element("img", (made) => { made.src = `${far}image`; }),
        script: element("script", (made) => { made.src = `${far}script.js`; }),
        sheet: element("link", (made) => { made.rel = "stylesheet"; made.href = `${far}style.css`; }),
    };
    const late = new Promise((resolve) => setTimeout(() => resolve("no answer"), 5000));
    const outcome = (way) => Promise.race([late, new Promise((told) => { try { way(told); } catch { told("refused"); } })]);
    // What cannot tell is heard of by whoever it reaches.
    try { navigator.sendBeacon(`${far}beacon`, "left"); } catch {}
    for (const [name, source] of [["iframe", "src"], ["object", "data"], ["embed", "src"], ["video", "src"]]) {
        const made = document.createElement(name);
        made[source] = `${far}${name}`;
        place.append(made);
    }
    const names = Object.keys(ways);
    Promise.all(names.map((name) => outcome(ways[name]))).then((outcomes) => done(names.map((name, at) => [name, outcomes[at]])));"#;

/// Everything by which a page goes somewhere else, or opens another one; `true` if that one was handed out.
const WAYS_OUT: &[&str] = &[
    "location.href = arguments[0]",
    "location.replace(arguments[0])",
    "return window.open(arguments[0]) !== null",
    "return window.open(arguments[0], 'another', 'popup') !== null",
    "window.open(arguments[0], '_self')",
    "const link = document.createElement('a'); link.href = arguments[0]; document.body.append(link); link.click(); link.remove()",
    "const form = document.createElement('form'); form.method = 'post'; form.action = arguments[0]; document.body.append(form); form.submit(); form.remove()",
    "const form = document.createElement('form'); form.target = '_blank'; form.action = arguments[0]; document.body.append(form); form.submit(); form.remove()",
    "const meta = document.createElement('meta'); meta.httpEquiv = 'refresh'; meta.content = `0;url=${arguments[0]}`; document.head.append(meta); meta.remove()",
];

/// Has the page keep a file.
const KEPT: &str = r#"
    const [source, name] = arguments;
    const link = document.createElement("a");
    link.download = `${name}.txt`;
    link.href = source === "blob:" ? URL.createObjectURL(new Blob(["left"])) : source;
    document.body.append(link);
    link.click();
    link.remove();"#;

/// Drops a file on everything that could take one; `true` if a field has taken it.
const DROPPED: &str = r#"
    const data = new DataTransfer();
    data.items.add(new File(["left"], `${arguments[0]}.txt`, { type: "text/plain" }));
    const fields = [...document.querySelectorAll("input, textarea, [role=grid]")];
    const before = fields.map((field) => field.value);
    for (const at of [document.body, ...fields]) {
        for (const kind of ["dragenter", "dragover", "drop"]) {
            at.dispatchEvent(new DragEvent(kind, { bubbles: true, cancelable: true, dataTransfer: data }));
        }
    }
    return fields.some((field, at) => field.value !== before[at]);"#;

/// A server on this computer that answers everybody and notes what was asked.
struct Listener {
    address: String,
    port: u16,
    heard: Arc<Mutex<Vec<String>>>,
}

impl Listener {
    fn start() -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let port = listener.local_addr().unwrap().port();
        let heard = Arc::new(Mutex::new(Vec::new()));
        let notes = Arc::clone(&heard);
        // Ends with the process of the tests.
        thread::spawn(move || {
            for client in listener.incoming().flatten() {
                let _ = client.set_read_timeout(Some(Duration::from_secs(1)));
                let mut line = String::new();
                let _ = BufReader::new(&client).read_line(&mut line);
                if !line.is_empty() {
                    notes.lock().unwrap().push(line.trim().to_owned());
                }
                let answer = "HTTP/1.1 200 OK\r\nAccess-Control-Allow-Origin: *\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
                let _ = (&client).write_all(answer.as_bytes());
            }
        });
        Self {
            address: format!("http://127.0.0.1:{port}/"),
            port,
            heard,
        }
    }

    /// Asks for something itself, and answers with all that was asked before and by this.
    fn heard(&self) -> Vec<String> {
        let mut client = TcpStream::connect((Ipv4Addr::LOCALHOST, self.port)).unwrap();
        client.write_all(b"GET /walk HTTP/1.1\r\n\r\n").unwrap();
        let mut answer = String::new();
        let _ = client.read_to_string(&mut answer);
        self.heard.lock().unwrap().clone()
    }
}

/// Whether the page is the one that was marked, where it was.
fn stays(app: &App, place: &Value) -> bool {
    app.run(
        "return window.stays === 'here' && location.href === arguments[0]",
        std::slice::from_ref(place),
    ) == json!(true)
}

/// The files of a folder, and of those in it, that are called as no file may be.
fn files(folder: &Path) -> Vec<String> {
    let mut found = Vec::new();
    // The engine's own folders come and go.
    let Ok(entries) = fs::read_dir(folder) else { return found };
    for entry in entries.flatten() {
        if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
            found.extend(files(&entry.path()));
        } else if entry.file_name().to_string_lossy().contains(FILE) {
            found.push(entry.path().display().to_string());
        }
    }
    found
}

#[test]
fn what_is_written_into_the_page_is_not_run_and_reaches_nobody() {
    let app = App::start("closed_page").unwrap();
    app.begin();
    let listener = Listener::start();
    app.run(WRITTEN, &[]);
    let outcomes = app.run_until_called(SENT_FOR, &[json!(listener.address)]);
    let outcomes = outcomes.as_array().unwrap();
    assert_eq!(outcomes.len(), 7, "{outcomes:?}");
    for outcome in outcomes {
        assert_ne!(outcome[1], json!("answered"), "{outcome}");
    }
    thread::sleep(Duration::from_secs(1));
    // What is looked at would show it.
    app.run("window.entered.push('driver')", &[]);
    assert_eq!(app.run("return window.entered", &[]), json!(["driver"]));
    let painted =
        "const painted = getComputedStyle(document.querySelector('[id=tried] p')); return [painted.color, painted.backgroundColor]";
    let colors = app.run(painted, &[]);
    for color in colors.as_array().unwrap() {
        assert_ne!(*color, json!("rgb(1, 2, 3)"), "a style of its own: {colors}");
    }
    assert_eq!(listener.heard(), ["GET /walk HTTP/1.1"], "nobody else asked for anything");
    app.run("document.getElementById('tried').remove()", &[]);
    app.find("heading", "Dashboard");
    app.visit("Customers");
}

#[test]
fn the_window_stays_where_it_is_and_keeps_nothing_for_the_page() {
    let app = App::start("closed_window").unwrap();
    app.resize(1280, 800);
    app.begin();
    app.visit("Customers");
    let listener = Listener::start();
    let place = app.run("window.stays = 'here'; return location.href", &[]);
    for address in [
        listener.address.as_str(),
        "https://example.com/",
        "file:///etc/passwd",
        "data:text/html,left",
    ] {
        for way in WAYS_OUT {
            let opened = app.run(way, &[json!(address)]);
            assert_ne!(opened, json!(true), "{address} is opened by: {way}");
            thread::sleep(MOMENT);
            assert!(stays(&app, &place), "{address} is gone to by: {way}");
        }
    }
    // A press of the mouse may do what a script may not.
    let link = "const link = document.createElement('a'); link.id = 'leave'; link.href = arguments[0]; link.target = arguments[1];
        link.textContent = 'Leave the app'; link.style.cssText = 'position: fixed; inset: 0 auto auto 0; z-index: 9999';
        document.body.append(link)";
    for target in ["_self", "_blank"] {
        app.run(link, &[json!(listener.address), json!(target)]);
        app.link("Leave the app").click();
        thread::sleep(MOMENT);
        assert!(stays(&app, &place), "a link into {target} is followed");
        app.run("document.getElementById('leave').remove()", &[]);
    }
    // What WebKit does by itself with a file that is dropped is to go to its address, as above.
    assert_eq!(app.run(DROPPED, &[json!(FILE)]), json!(false), "a field takes a file");
    thread::sleep(MOMENT);
    assert!(stays(&app, &place), "a file that is dropped is gone to");

    // The page's own address comes last: it is the one that the window may load.
    for source in [listener.address.as_str(), "data:text/plain,left", "blob:", "index.html"] {
        app.run(KEPT, &[json!(source), json!(FILE)]);
        thread::sleep(MOMENT);
    }
    thread::sleep(Duration::from_secs(1));
    app.visit("Customers");
    // Where a download would go, as far as the system names no other place.
    let here = std::env::current_dir().unwrap();
    let left: Vec<String> = [app.home(), here.as_path()].into_iter().flat_map(files).collect();
    assert!(left.is_empty(), "{left:?}");
    assert_eq!(listener.heard(), ["GET /walk HTTP/1.1"], "nobody else asked for anything");
    assert!(app.processes().len() > 1, "the app and the engine are there");
    app.visit("Plans");
}

#[test]
fn a_command_that_is_not_on_the_list_is_refused_to_the_page() {
    let app = App::start("closed_commands").unwrap();
    app.begin();
    let invoke = "const [name, done] = arguments;
        window.__TAURI_INTERNALS__.invoke(name, { request: {} }).then(() => done({ answered: true }), (refusal) => done({ refusal }))";
    for name in [
        "delete_everything",
        "plugin:fs|read_file",
        "plugin:fs|read",
        "plugin:shell|execute",
        "plugin:shell|open",
        "plugin:opener|open_url",
        "plugin:dialog|open",
        "plugin:http|fetch",
        "plugin:app|version",
        "plugin:event|listen",
        "plugin:path|resolve_directory",
        "plugin:webview|create_webview_window",
        "plugin:webview|internal_toggle_devtools",
        "plugin:window|close",
    ] {
        let said = app.run_until_called(invoke, &[json!(name)]);
        let refusal = said["refusal"].as_str().unwrap_or_default();
        assert!(said["answered"].is_null() && refusal.contains("not allowed"), "{name}: {said}");
    }
    // One that is on it is answered, and there is no other way to the app: no global of Tauri, and no prototype that could be
    // changed under those who use it.
    let session = app.ask("current_session", json!({}));
    assert_eq!(session["stage"], json!("signed_in"), "{session}");
    let shut = "return [typeof window.__TAURI__, Object.isFrozen(Object.prototype)]";
    assert_eq!(app.run(shut, &[]), json!(["undefined", true]));
    app.find("heading", "Dashboard");
}
