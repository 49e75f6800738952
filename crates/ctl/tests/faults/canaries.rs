//! Passwords that must stand nowhere: not in a log, an answer, a book, a backup, nor in what other processes can see.

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Output, Stdio},
};

use serde_json::json;

use super::{
    common::{NOW, program},
    postgres::{Server, sql},
};

const OWNER: &str = "Canary-owner-91xk-Zaunkoenig!";
const OTHER: &str = "Canary-other-52qp-Rotkehlchen!";
const WRONG: &str = "Canary-wrong-77zz-Nachtigall!";
const SERVER: &str = "Canary-server-13ab-Blaumeise!";
const CUSTOMER: &str = "Canary-customer-88mn-Goldammer!";

/// A password as it could have been written: plain, percent, base64 (at each of three places), hexadecimal, two bytes a letter.
fn forms(password: &str) -> Vec<Vec<u8>> {
    let bytes = password.as_bytes();
    let hex = |upper: bool| -> String {
        bytes
            .iter()
            .map(|byte| if upper { format!("{byte:02X}") } else { format!("{byte:02x}") })
            .collect()
    };
    let percent: String = bytes
        .iter()
        .map(|byte| {
            if byte.is_ascii_alphanumeric() || *byte == b'-' {
                char::from(*byte).to_string()
            } else {
                format!("%{byte:02X}")
            }
        })
        .collect();
    let mut forms = vec![
        bytes.to_vec(),
        percent.into_bytes(),
        hex(false).into_bytes(),
        hex(true).into_bytes(),
    ];
    forms.push(bytes.iter().flat_map(|byte| [*byte, 0]).collect());
    // Without the ends, which depend on what stands beside it.
    for skip in 0..3 {
        let text = base64(&bytes[skip..]);
        forms.push(text.as_bytes()[..text.len() - 4].to_vec());
    }
    forms
}

/// RFC 4648, section 4.
fn base64(bytes: &[u8]) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let letter = |bits: u32| char::from(LETTERS[usize::try_from(bits & 63).unwrap()]);
    let mut text = String::new();
    for three in bytes.chunks(3) {
        let bits = three.iter().fold(0_u32, |bits, byte| bits << 8 | u32::from(*byte)) << (8 * (3 - three.len()));
        let letters = [letter(bits >> 18), letter(bits >> 12), letter(bits >> 6), letter(bits)];
        text.extend(&letters[..=three.len()]);
    }
    text
}

fn hits(text: &[u8]) -> Vec<&'static str> {
    [OWNER, OTHER, WRONG, SERVER, CUSTOMER]
        .into_iter()
        .filter(|password| forms(password).iter().any(|form| text.windows(form.len()).any(|part| part == form)))
        .collect()
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path));
        } else {
            found.push(path);
        }
    }
    found
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
    let book = folder.path().join("book.db");
    let url = format!("postgres://ann@127.0.0.1:{}/postgres", server.port);
    let mut said = Vec::new();
    let mut run = |on_server: bool, passfile: &Path, password: &str, arguments: &[&str]| -> Output {
        let mut command = program();
        if on_server {
            command.args(["--postgres", &url]);
        } else {
            command.arg("--book").arg(&book);
        }
        command
            .args(arguments)
            .env("CLIENTELE_PASSWORD", password)
            .env("CLIENTELE_LOG", "trace")
            .env("PGPASSFILE", passfile);
        let child = command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        // The variable is how it is given; the arguments are what everyone can see.
        let line = fs::read(format!("/proc/{}/cmdline", child.id())).unwrap_or_default();
        said.extend(line);
        let output = child.wait_with_output().unwrap();
        said.extend(&output.stdout);
        said.extend(&output.stderr);
        output
    };
    let owner = "owner@example.com";
    for on_server in [false, true] {
        let init = ["init", "--admin-email", owner, "--admin-name", "Olga", "--test-clock", "--now", NOW];
        assert!(run(on_server, &passfile, OWNER, &init).status.success());
        let customer = json!({"email": "ann@example.com", "full_name": "Ann", "password": CUSTOMER}).to_string();
        // The password of a customer stands in the request, which is an argument: by standard input in earnest.
        let call = |op: &'static str| ["--as", owner, "call", op];
        assert!(
            run(on_server, &passfile, OWNER, &[&call("list_customers")[..], &["{}"]].concat())
                .status
                .success()
        );
        assert!(
            !run(on_server, &passfile, WRONG, &[&call("list_customers")[..], &["{}"]].concat())
                .status
                .success()
        );
        let mut serve = program();
        if on_server {
            serve.args(["--postgres", &url]);
        } else {
            serve.arg("--book").arg(&book);
        }
        serve
            .args(["--as", owner, "serve"])
            .env("CLIENTELE_PASSWORD", OWNER)
            .env("CLIENTELE_LOG", "trace")
            .env("PGPASSFILE", &passfile);
        let mut child = serve
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let lines = [
            format!(r#"{{"id":1,"op":"create_customer","request":{customer},"key":"one"}}"#),
            format!(r#"{{"id":2,"op":"confirm_password","request":{{"password":"{OWNER}"}}}}"#),
            format!(
                r#"{{"id":3,"op":"create_customer","request":{{"email":"o@example.com","full_name":"O","is_admin":true,"password":"{OTHER}"}}}}"#
            ),
            format!(r#"{{"id":4,"op":"rate_password","request":{{"password":"{OTHER}","unknown":1}}}}"#),
            format!(r#"{{"id":5,"op":"sign_in","request":{{"email":"{owner}","password":"{WRONG}"}}}}"#),
        ];
        std::io::Write::write_all(&mut child.stdin.take().unwrap(), lines.join("\n").as_bytes()).unwrap();
        let output = child.wait_with_output().unwrap();
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        assert_eq!(text.matches("\"ok\"").count(), 3, "{text}");
        assert_eq!(hits(&output.stdout), Vec::<&str>::new(), "answers");
        assert_eq!(hits(&output.stderr), Vec::<&str>::new(), "log of serve");
    }
    assert!(run(false, &passfile, OWNER, &["backup"]).status.success());
    let exported = folder.path().join("export.db");
    assert!(
        run(true, &passfile, OWNER, &["backup", exported.to_str().unwrap()])
            .status
            .success()
    );
    assert!(!run(true, &wrong_passfile, OWNER, &["verify"]).status.success());
    assert!(!run(true, &wrong_passfile, OWNER, &["test"]).status.success());
    assert!(run(true, &passfile, OWNER, &["test"]).status.success());
    assert_eq!(hits(&said), Vec::<&str>::new(), "output, log and arguments");
    let mut looked_at = 0;
    for file in files(folder.path()) {
        assert_eq!(hits(&fs::read(&file).unwrap()), Vec::<&str>::new(), "{file:?}");
        looked_at += 1;
    }
    assert!(looked_at >= 4, "book, backup, record, export: {looked_at}");
    assert_eq!(hits(server.log().as_bytes()), Vec::<&str>::new(), "the server's log");
}
