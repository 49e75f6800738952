//! What stands in the environment for another server, or for other programs, reaches no server here.

use std::{
    fs,
    path::Path,
    process::{Command, Output},
};

use serde_json::json;

use super::{
    common::{program, refusal},
    postgres::{Server, sql},
    proxy::Proxy,
};

/// The password of the role.
const RIGHT: &str = "Canary-right-18gp-Neuntoeter!";
/// A password that is meant for another server.
const FOREIGN: &str = "Canary-foreign-93ke-Steinschmaetzer!";

/// A try of a connection, with no other password than a file may have.
fn a_try(url: &str, passfile: &Path) -> Command {
    let mut command = program();
    command.env("PGPASSFILE", passfile).args(["--postgres", url, "test"]);
    command
}

fn holds(text: &[u8], part: &str) -> bool {
    text.windows(part.len()).any(|found| found == part.as_bytes())
}

#[test]
fn a_password_of_the_environment_is_sent_to_no_server_and_a_file_still_has_its_own() {
    // It asks for the password as it is, so that it could be read.
    let server = Server::start(&[], "host all all 127.0.0.1/32 password");
    sql(
        &server.admin(),
        &format!("CREATE ROLE ann LOGIN PASSWORD '{RIGHT}'; GRANT CREATE ON DATABASE postgres TO ann"),
    );
    let proxy = Proxy::to(server.port);
    let url = format!("postgres://ann@127.0.0.1:{}/postgres", proxy.port);
    let folder = tempfile::tempdir().unwrap();
    let tried = |passfile: &str, variable: &str| -> (Output, Vec<u8>) {
        let file = folder.path().join("passfile");
        fs::write(&file, passfile).unwrap();
        #[cfg(unix)]
        fs::set_permissions(&file, std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
        proxy.record();
        let output = a_try(&url, &file).env("PGPASSWORD", variable).output().unwrap();
        (output, proxy.recorded())
    };
    for variable in [FOREIGN, RIGHT] {
        let (output, sent) = tried("", variable);
        assert!(!output.status.success(), "nobody was signed in without a password of a file");
        assert!(holds(&sent, "ann"), "the server was asked");
        assert!(!holds(&sent, variable), "{variable} was sent");
    }
    let (output, sent) = tried(&format!("127.0.0.1:*:*:ann:{RIGHT}\n"), FOREIGN);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert!(holds(&sent, RIGHT) && !holds(&sent, FOREIGN));
}

#[test]
fn what_cannot_be_kept_from_a_server_is_refused_by_its_name_before_anything_is_sent() {
    let server = Server::start(&[], "host all all 127.0.0.1/32 trust");
    let proxy = Proxy::to(server.port);
    let url = format!("postgres://postgres@127.0.0.1:{}/postgres", proxy.port);
    let init = |variable: Option<(&str, &str)>| -> Output {
        let mut command = program();
        let named = ["--admin-email", "a@example.com", "--admin-name", "Ann"];
        command.args(["--postgres", &url, "init"]).args(named);
        if let Some((name, value)) = variable {
            command.env(name, value);
        }
        command.output().unwrap()
    };
    for (name, value) in [
        ("PGOPTIONS", "-c session_replication_role=replica"),
        // Half of what it takes to be one of the own: the other half would be missing to the driver, too.
        ("PGSSLCERT", "/no/such/certificate.pem"),
        ("PGSSLKEY", "/no/such/key.pem"),
    ] {
        proxy.record();
        let refused = refusal(&init(Some((name, value))));
        assert_eq!(refused, json!({"kind": "cannot_open", "reason": "variable", "name": name}));
        assert!(proxy.recorded().is_empty(), "something was sent in spite of {name}");
    }
    let made = init(None);
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
}
