//! Passwords that must stand nowhere: not in a log, an answer, a book, a backup or what is made of one, nor in what other
//! processes can see of a process, nor in what is left of one that breaks.

mod forms;
mod memory;

use std::{
    fs,
    io::{BufRead, BufReader, Write},
    path::Path,
    process::{Child, ChildStdin, ChildStdout, Command, Output, Stdio},
};

use serde_json::{Value, json};

use self::forms::{files, forms};
use super::{
    common::{NOW, answer, program},
    postgres::{Server, sql},
};

const OWNER: &str = "Canary-owner-91xk-Zaunkoenig!";
const OTHER: &str = "Canary-other-52qp-Rotkehlchen!";
const WRONG: &str = "Canary-wrong-77zz-Nachtigall!";
const SERVER: &str = "Canary-server-13ab-Blaumeise!";
const CUSTOMER: &str = "Canary-customer-88mn-Goldammer!";
const CHANGED: &str = "Canary-changed-34tr-Kernbeisser!";
const REPLACED: &str = "Canary-replaced-66lv-Wendehals!";
const REFUSED: &str = "Canary-refused-29hd-Steinkauz!";
const RATED: &str = "Canary-rated-40wy-Eisvogel!";
const LOCKED: &str = "Canary-locked-05uf-Wasseramsel!";
const ALL: [&str; 10] = [OWNER, OTHER, WRONG, SERVER, CUSTOMER, CHANGED, REPLACED, REFUSED, RATED, LOCKED];
/// The passwords that stand in it in any form.
fn hits(text: &[u8]) -> Vec<&'static str> {
    forms::hits(text, &ALL)
}

/// The administrator of the books.
const EMAIL: &str = "owner@example.com";

/// The program, which reads its password from its input: who sets a variable to a password shows it to every process of the
/// account, and that is not the program's doing.
fn told(arguments: &[&str]) -> Command {
    let mut command = program();
    command
        .env_remove("CLIENTELE_PASSWORD")
        .env("CLIENTELE_LOG", "trace")
        .arg("--password-stdin")
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped());
    command
}

/// What other processes see of a process: its arguments and its environment.
fn seen(process: &Child) -> Vec<u8> {
    let part = |name: &str| fs::read(format!("/proc/{}/{name}", process.id())).unwrap_or_default();
    [part("cmdline"), part("environ")].concat()
}

/// Whether this process sees everything of every other one.
#[cfg(unix)]
fn is_root() -> bool {
    rustix::process::geteuid().is_root()
}

#[cfg(not(unix))]
fn is_root() -> bool {
    false
}

/// A program that answers line by line.
struct Desk {
    child: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
}

impl Desk {
    /// Starts one and gives it its password.
    fn start(mut command: Command, password: &str) -> Self {
        let mut child = command.spawn().unwrap();
        let mut input = child.stdin.take().unwrap();
        writeln!(input, "{password}").unwrap();
        Self {
            input,
            output: BufReader::new(child.stdout.take().unwrap()),
            child,
        }
    }

    fn ask(&mut self, op: &str, request: &Value) -> Value {
        writeln!(self.input, "{}", json!({"op": op, "request": request})).unwrap();
        let mut line = String::new();
        self.output.read_line(&mut line).unwrap();
        serde_json::from_str(&line).unwrap_or_else(|error| panic!("{error}: {line:?} answers {op}"))
    }

    /// Ends its input and waits for its end.
    fn end(self) {
        let Self { mut child, input, .. } = self;
        drop(input);
        assert!(child.wait().unwrap().success());
    }
}

/// Everything that takes a password, done and refused. Answers with all that was said, and with what was seen of the process.
fn use_passwords(desk: &mut Desk) -> Vec<u8> {
    let mut answers = String::new();
    let mut ask = |op: &str, request: Value| {
        let answer = desk.ask(op, &request);
        answers.push_str(&answer.to_string());
        answer["ok"].clone()
    };
    let person = |email: &str, password: &str| json!({"email": email, "full_name": "Ann", "password": password});
    let ann = ask("create_customer", person("ann@example.com", CUSTOMER));
    let changed = ask("update_customer", json!({"id": ann["id"], "version": 1, "password": CHANGED}));
    assert_eq!(changed["version"], 2);
    assert!(ask("create_customer", person("ann@example.com", REFUSED)).is_null(), "taken");
    assert!(!ask("confirm_password", json!({"password": OWNER})).is_null());
    let other = ask(
        "create_customer",
        json!({"email": "o@example.com", "full_name": "O", "is_admin": true, "password": OTHER}),
    );
    let replaced = ask("update_customer", json!({"id": other["id"], "version": 1, "password": REPLACED}));
    assert_eq!(replaced["version"], 2);
    assert!(!ask("rate_password", json!({"password": RATED})).is_null());
    assert!(ask("rate_password", json!({"password": RATED, "unknown": 1})).is_null());
    assert!(ask("sign_in", json!({"email": EMAIL, "password": WRONG})).is_null());
    assert!(!ask("lock", json!({})).is_null());
    assert!(ask("unlock", json!({"password": LOCKED})).is_null());
    [answers.into_bytes(), seen(&desk.child)].concat()
}

#[test]
fn no_password_stands_anywhere_in_any_form() {
    // The search itself finds what it is for.
    for form in forms(OWNER) {
        assert_eq!(hits(&[b"before ".to_vec(), form, b" after".to_vec()].concat()), [OWNER]);
    }

    let server = Server::start(&["log_statement=none"], "host all all 127.0.0.1/32 scram-sha-256");
    sql(
        &server.admin(),
        &format!("CREATE ROLE ann LOGIN PASSWORD '{SERVER}'; GRANT CREATE ON DATABASE postgres TO ann"),
    );
    let home = tempfile::tempdir().unwrap();
    let passfile = home.path().join("passfile");
    fs::write(&passfile, format!("127.0.0.1:*:*:ann:{SERVER}\n")).unwrap();
    let wrong_passfile = home.path().join("wrong");
    fs::write(&wrong_passfile, format!("127.0.0.1:*:*:ann:{WRONG}\n")).unwrap();
    #[cfg(unix)]
    for file in [&passfile, &wrong_passfile] {
        fs::set_permissions(file, std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
    }
    let folder = tempfile::tempdir().unwrap();
    let text = |path: &Path| path.to_str().unwrap().to_owned();
    let book = text(&folder.path().join("book.db"));
    let url = format!("postgres://ann@127.0.0.1:{}/postgres", server.port);
    let at = |on_server: bool| {
        if on_server {
            ["--postgres", url.as_str()]
        } else {
            ["--book", book.as_str()]
        }
    };
    let mut said = Vec::new();
    let mut run = |on_server: bool, passfile: &Path, password: &str, arguments: &[&str]| -> Output {
        let mut command = told(&[&at(on_server)[..], arguments].concat());
        let mut child = command.env("PGPASSFILE", passfile).stderr(Stdio::piped()).spawn().unwrap();
        // It waits for its password meanwhile, unless it needs none.
        said.extend(seen(&child));
        let _ = writeln!(child.stdin.take().unwrap(), "{password}");
        let output = child.wait_with_output().unwrap();
        said.extend(&output.stdout);
        said.extend(&output.stderr);
        output
    };
    // A request that holds a password goes to `serve`: of `call` it is an argument, which everyone can see.
    let list = ["--as", EMAIL, "call", "list_customers", "{}"];
    for on_server in [false, true] {
        let init = ["init", "--admin-email", EMAIL, "--admin-name", "Olga", "--test-clock", "--now", NOW];
        assert!(run(on_server, &passfile, OWNER, &init).status.success());
        assert!(run(on_server, &passfile, OWNER, &list).status.success());
        assert!(!run(on_server, &passfile, WRONG, &list).status.success());
        let mut serve = told(&[&at(on_server)[..], &["--as", EMAIL, "serve"]].concat());
        let log = tempfile::NamedTempFile::new().unwrap();
        serve.env("PGPASSFILE", &passfile).stderr(log.reopen().unwrap());
        let mut desk = Desk::start(serve, OWNER);
        let shown = use_passwords(&mut desk);
        desk.end();
        assert_eq!(hits(&shown), Vec::<&str>::new(), "answers, arguments and environment of serve");
        assert_eq!(hits(&fs::read(log.path()).unwrap()), Vec::<&str>::new(), "log of serve");
    }
    let made = answer(&run(false, &passfile, OWNER, &["backup"]));
    let exported = text(&folder.path().join("export.db"));
    assert!(run(true, &passfile, OWNER, &["backup", &exported]).status.success());
    assert!(!run(true, &wrong_passfile, OWNER, &["verify"]).status.success());
    assert!(!run(true, &wrong_passfile, OWNER, &["test"]).status.success());
    assert!(run(true, &passfile, OWNER, &["test"]).status.success());
    // Into another place each, refused and done; and back to what was copied.
    let to_server = ["move", "--to-postgres", url.as_str(), "--to-schema", "moved"];
    assert!(!run(false, &wrong_passfile, OWNER, &to_server).status.success());
    assert!(run(false, &passfile, OWNER, &to_server).status.success());
    let moved = text(&folder.path().join("moved.db"));
    assert!(run(true, &passfile, OWNER, &["move", "--to-file", &moved]).status.success());
    let copy = made["file"].as_str().unwrap();
    assert!(run(false, &passfile, OWNER, &["restore", copy]).status.success());
    assert!(!run(false, &passfile, OWNER, &["restore", &text(&passfile)]).status.success());
    assert!(run(false, &passfile, OWNER, &["verify"]).status.success());

    let is_in_said = |part: &[u8]| said.windows(part.len()).any(|found| found == part);
    assert!(is_in_said(b"--password-stdin\0"), "nothing was seen of the processes");
    // Whoever is not root sees the environment of none that has closed itself to others already.
    assert!(
        is_in_said(b"CLIENTELE_LOG=trace\0") || !is_root(),
        "nothing was seen of their environment"
    );
    assert_eq!(hits(&said), Vec::<&str>::new(), "output, log, arguments and environment");
    let mut looked_at = 0;
    for file in files(folder.path()) {
        assert_eq!(hits(&fs::read(&file).unwrap()), Vec::<&str>::new(), "{file:?}");
        looked_at += 1;
    }
    assert!(
        looked_at >= 7,
        "book, backup, record, export, what was moved and what was replaced: {looked_at}"
    );
    assert_eq!(hits(server.log().as_bytes()), Vec::<&str>::new(), "the server's log");
}
