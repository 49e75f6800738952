//! Backups, restore, move and roles from the terminal.

#![allow(clippy::unwrap_used, clippy::expect_used, missing_docs, reason = "a test")]

mod common;

use std::{path::Path, process::Command};

use common::{ADMIN, NOW, PASSWORD, Place, answer, program, refusal};
use serde_json::{Value, json};

/// What belongs to the place and not to the book; when steps were taken differs.
const OF_THE_PLACE: &[&str] = &["desk", "seaql_migrations", "throttle"];

fn demo(place: &Place) {
    answer(&place.run(&["demo", "--customers", "20", "--seed", "3", "--test-clock", "--now", NOW]));
}

fn rows(tables: &Value, table: &str) -> Value {
    let tables = tables.as_array().unwrap();
    tables.iter().find(|found| found["table"] == table).unwrap()["rows"].clone()
}

#[test]
fn a_book_is_put_back_as_a_backup_has_it_and_the_replaced_one_is_kept() {
    let place = Place::file();
    demo(&place);
    let made = answer(&place.run(&["backup"]));
    let then = place.checksums(OF_THE_PLACE);
    let listed = answer(&place.run(&["backups"]));
    assert_eq!(
        (listed["items"][0]["reason"].as_str(), &listed["items"][0]["customers"]),
        (Some("by_hand"), &json!(20))
    );
    let plan = json!({"code": "extra", "name": "Extra", "currency": "EUR", "price_monthly": 100}).to_string();
    answer(&place.run(&["--as", "owner@example.com", "call", "create_plan", &plan]));
    assert_ne!(place.checksums(OF_THE_PLACE), then);
    let name = listed["items"][0]["name"].as_str().unwrap();
    let restored = answer(&place.run(&["restore", name]));
    assert_eq!(restored["tables"], made["tables"]);
    assert_eq!(place.checksums(OF_THE_PLACE), then);
    let reasons: Vec<Value> = answer(&place.run(&["backups"]))["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|item| item["reason"].clone())
        .collect();
    assert!(reasons.contains(&json!("replaced")), "{reasons:?}");
    // By its path, also where there is no book any more.
    let path = std::path::Path::new(listed["folder"].as_str().unwrap()).join(name);
    std::fs::remove_file(place.path()).unwrap();
    answer(&place.run(&["restore", path.to_str().unwrap()]));
    assert_eq!(place.checksums(OF_THE_PLACE), then);
    assert_eq!(refusal(&place.run(&["restore", "nothing.db"]))["reason"], "missing");
    // Damage is found before anything is replaced.
    let mut bytes = std::fs::read(&path).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    std::fs::write(&path, bytes).unwrap();
    assert_eq!(refusal(&place.run(&["restore", name]))["reason"], "altered");
    assert_eq!(place.checksums(OF_THE_PLACE), then);
}

#[test]
fn a_copy_of_a_file_has_no_record_of_another_copy_beside_it() {
    let (place, copy) = (Place::file(), Place::file());
    demo(&place);
    let target = copy.path();
    let record = target.with_file_name("book.db.json");
    let backup = || place.run(&["backup", target.to_str().unwrap()]);
    // One of the backups was taken there and away again, and its record was not.
    let made = answer(&place.run(&["backup"]));
    std::fs::copy(format!("{}.json", made["file"].as_str().unwrap()), &record).unwrap();
    answer(&backup());
    assert!(!record.exists());
    let back = Place::file();
    answer(&back.run(&["restore", target.to_str().unwrap()]));
    assert_eq!(back.checksums(OF_THE_PLACE), place.checksums(OF_THE_PLACE));
    // A file of somebody else that would be taken for one.
    std::fs::remove_file(&target).unwrap();
    std::fs::write(&record, "of somebody else").unwrap();
    let refused = backup();
    assert_eq!(refusal(&refused), json!({"kind": "no_backup", "reason": "exists"}));
    assert!(String::from_utf8(refused.stderr).unwrap().contains(record.to_str().unwrap()));
    assert!(!target.exists());
    assert_eq!(std::fs::read(&record).unwrap(), b"of somebody else");
}

#[test]
fn a_copy_that_did_not_pass_its_check_is_listed_apart_from_the_backups() {
    let place = Place::file();
    demo(&place);
    answer(&place.run(&["backup"]));
    place.damage("UPDATE figure SET amount = amount + 1 WHERE kind = 'customers'");
    assert_eq!(refusal(&place.run(&["backup"]))["reason"], "flawed");
    let listed = answer(&place.run(&["backups"]));
    let names = |list: &str| -> Vec<String> {
        let items = listed[list].as_array().unwrap();
        items.iter().map(|item| item["name"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!((names("items").len(), names("flawed").len()), (1, 1), "{listed}");
    assert!(names("flawed")[0].ends_with(".flawed"), "{listed}");
    assert_eq!(
        (&listed["flawed"][0]["reason"], &listed["flawed"][0]["customers"]),
        (&json!("by_hand"), &json!(20))
    );
}

#[test]
fn backups_that_cannot_be_listed_are_refused_with_the_folder() {
    let place = Place::file();
    // Rights do not bind root, but a file is no folder for anyone.
    let folder = place.path().with_file_name("backups");
    std::fs::write(&folder, "no folder").unwrap();
    let refused = place.run(&["backups"]);
    assert_eq!(refusal(&refused), json!({"kind": "io", "reason": "missing", "file": folder}));
    assert!(String::from_utf8(refused.stderr).unwrap().contains(folder.to_str().unwrap()));
}

#[test]
fn a_book_moves_to_a_server_and_back_and_a_server_is_backed_up_into_a_file() {
    let (file, server, back) = (Place::file(), Place::server("move"), Place::file());
    demo(&file);
    let then = file.checksums(OF_THE_PLACE);
    let Place::Server { url, schema } = &server else { unreachable!() };
    let to = ["move", "--to-postgres", url, "--to-schema", schema];
    let dry = answer(&file.run(&[&to[..], &["--dry-run"]].concat()));
    assert_eq!((rows(&dry["tables"], "customer"), &dry["dry_run"]), (json!(21), &json!(true)));
    assert_eq!(refusal(&server.run(&["verify"]))["reason"], "missing");
    let moved = answer(&file.run(&to));
    assert_eq!(moved["tables"], dry["tables"]);
    assert!(!moved.to_string().contains(PASSWORD));
    assert_eq!(file.checksums(OF_THE_PLACE), then, "the source is as it was");
    assert_eq!(server.checksums(OF_THE_PLACE), then);
    // Whoever was not told of its end begins it again; and what is there is a book, and nothing that a move has left.
    let again = answer(&file.run(&to));
    assert_eq!((&moved["was_complete"], &again["was_complete"]), (&json!(false), &json!(true)));
    assert_eq!(again["tables"], moved["tables"]);
    answer(&file.run(&[&to[..], &["--discard"]].concat()));
    assert_eq!(server.checksums(OF_THE_PLACE), then);
    assert_eq!(answer(&server.run(&["verify"]))["findings"], json!([]));

    let exported = answer(&server.run(&["backup", back.path().to_str().unwrap()]));
    assert_eq!(exported["tables"], dry["tables"]);
    assert_eq!(back.checksums(OF_THE_PLACE), then);
    std::fs::remove_file(back.path()).unwrap();
    answer(&server.run(&["move", "--to-file", back.path().to_str().unwrap()]));
    assert_eq!(back.checksums(OF_THE_PLACE), then);
    assert_eq!(
        answer(&back.run(&["--as", "owner@example.com", "call", "list_customers"]))["total"],
        20
    );
}

/// Makes a backup of a book on a server and puts it back, as the window does: `clientelectl` restores files only.
fn restore_on_server(url: &str, schema: &str, folder: &Path) {
    use contract::{
        backup::{ListBackups, MakeBackup, RestoreBackup},
        session::{ConfirmPassword, SignIn},
        work::{GetWork, WorkStage},
    };
    use engine::{App, BookLocation, OpenOptions, Server};
    let password = || PASSWORD.into();
    let restoring = async {
        let location = BookLocation::Server(Server::parse(url, schema).unwrap());
        let options = OpenOptions {
            backups: Some(folder.to_owned()),
            ..OpenOptions::default()
        };
        let app = App::open(location, options).await.unwrap();
        let email = ADMIN.to_owned();
        app.call(
            SignIn {
                email,
                password: password(),
            },
            None,
        )
        .await
        .unwrap();
        let began = std::time::Instant::now();
        let done = async || loop {
            assert!(began.elapsed() < std::time::Duration::from_secs(240), "the work does not end");
            let state = app.call(GetWork {}, None).await.unwrap();
            if !state.stage.is_running() {
                assert_eq!(state.stage, WorkStage::Done, "{state:?}");
                return;
            }
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        };
        app.call(MakeBackup {}, None).await.unwrap();
        done().await;
        let name = app.call(ListBackups {}, None).await.unwrap().items.remove(0).name;
        app.call(ConfirmPassword { password: password() }, None).await.unwrap();
        app.call(RestoreBackup { name }, None).await.unwrap();
        done().await;
        app.close().await;
    };
    tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .unwrap()
        .block_on(restoring);
}

/// What `roles` prints for a place.
fn roles(place: &Place, owner: &str, everyday: &str) -> String {
    let output = place.run(&["roles", "--owner", owner, "--everyday", everyday]);
    String::from_utf8(output.stdout).unwrap()
}

/// What is done as who looks after the server, one after the other: the rights on the database are one row for all tests.
fn administer(place: &Place, sql: &str) {
    place.damage(&format!("SELECT pg_advisory_xact_lock(7041); {sql}"));
}

/// Takes the roles away.
fn forget(place: &Place, owner: &str, desk: &str) {
    // One after the other: in one statement Postgres 15 looks for what the one granted the other when it is gone already.
    administer(
        place,
        &format!("DROP OWNED BY {desk}; DROP OWNED BY {owner} CASCADE; DROP ROLE {owner}, {desk}"),
    );
}

/// The program, told where the book is, as a role of the server.
fn as_role(place: &Place, role: &str) -> Command {
    let Place::Server { url, schema } = place else { unreachable!() };
    let mut command = program();
    command.args(["--postgres", &url.replace("postgres@", &format!("{role}@")), "--schema", schema]);
    command
}

#[test]
fn the_everyday_role_makes_a_book_with_the_owner_once_and_is_closed_out_of_the_log() {
    let place = Place::server("owned");
    let (owner, desk) = (format!("maker_{}", std::process::id()), format!("worker_{}", std::process::id()));
    administer(&place, &roles(&place, &owner, &desk));
    let init = ["init", "--admin-email", ADMIN, "--admin-name", "Ada", "--test-clock", "--now", NOW];
    let made = |options: &[&str]| as_role(&place, &desk).args(options).args(init).output().unwrap();
    let nobody: &[&str] = &[];
    for options in [nobody, &["--postgres-owner", &desk], &["--postgres-owner", "no_such_role"]] {
        let refused = made(options);
        assert_eq!(
            refusal(&refused),
            json!({"kind": "cannot_open", "reason": "owner_needed"}),
            "{options:?}"
        );
        assert!(
            String::from_utf8(refused.stderr).unwrap().contains("--postgres-owner"),
            "the way out is said"
        );
    }
    answer(&made(&["--postgres-owner", &owner]));
    let request = json!({"email": "ann@example.com", "full_name": "Ann", "password": "a-password"}).to_string();
    let created = as_role(&place, &desk)
        .args(["--as", ADMIN, "call", "create_customer", &request])
        .output();
    answer(&created.unwrap());
    // Without printing and running the SQL once more.
    for act in ["UPDATE change SET at = 0", "DELETE FROM chain_head", "DROP TABLE customer"] {
        let code = place.try_as(&desk, act).expect_err(act);
        assert_eq!(code, "42501", "{act}: insufficient privilege");
    }
    forget(&place, &owner, &desk);
}

#[test]
fn the_everyday_role_works_and_can_neither_change_tables_nor_the_log() {
    let place = Place::server("roles");
    let Place::Server { url, schema } = &place else { unreachable!() };
    let (owner, desk) = (format!("owner_{}", std::process::id()), format!("desk_{}", std::process::id()));
    let sql = roles(&place, &owner, &desk);
    assert!(!sql.contains("PASSWORD '"), "no password stands in it");
    let as_role = |role: &str| as_role(&place, role);
    administer(&place, &sql);
    answer(
        &as_role(&owner)
            .args(["init", "--admin-email", ADMIN, "--admin-name", "Ada", "--test-clock", "--now", NOW])
            .output()
            .unwrap(),
    );
    // Once more, now that there are tables: the log is closed.
    administer(&place, &sql);
    let request = json!({"email": "ann@example.com", "full_name": "Ann", "password": "a-password"}).to_string();
    answer(
        &as_role(&desk)
            .args(["--as", ADMIN, "call", "create_customer", &request])
            .output()
            .unwrap(),
    );
    assert_eq!(answer(&as_role(&desk).arg("verify").output().unwrap())["findings"], json!([]));
    // The owner puts the book back, and whoever works with it still can, and can no more.
    let folder = tempfile::tempdir().unwrap();
    restore_on_server(&url.replace("postgres@", &format!("{owner}@")), schema, folder.path());
    let request = json!({"email": "bea@example.com", "full_name": "Bea", "password": "a-password"}).to_string();
    answer(
        &as_role(&desk)
            .args(["--as", ADMIN, "call", "create_customer", &request])
            .output()
            .unwrap(),
    );
    for act in [
        "UPDATE change SET at = 0",
        "DELETE FROM change",
        "TRUNCATE change CASCADE",
        "DELETE FROM change_value",
        "DROP TABLE customer",
        "ALTER TABLE customer ADD COLUMN more TEXT",
        "CREATE TABLE more (id BIGINT)",
        "DROP TRIGGER change_refuse_update ON change",
        "DELETE FROM chain_head",
    ] {
        let code = place.try_as(&desk, act).expect_err(act);
        assert_eq!(code, "42501", "{act}: insufficient privilege");
    }
    forget(&place, &owner, &desk);
}
