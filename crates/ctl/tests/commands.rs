//! The commands: what they answer, what they refuse, and with which exit status.

#![allow(clippy::unwrap_used, clippy::expect_used, missing_docs, reason = "a test")]

mod common;

use std::process::{Output, Stdio};

use common::{ADMIN, NOW, PASSWORD, Place, Served, answer, program, refusal};
use serde_json::{Value, json};

/// Runs a command to which something is typed.
fn typed(place: &Place, arguments: &[&str], input: &str) -> Output {
    let mut command = place.command();
    command.args(arguments).env_remove("CLIENTELE_PASSWORD");
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    std::io::Write::write_all(&mut child.stdin.take().unwrap(), input.as_bytes()).unwrap();
    child.wait_with_output().unwrap()
}

#[test]
fn a_book_is_made_once_and_its_administrator_works_in_it() {
    for place in Place::both("made_once") {
        let state = place.init();
        assert_eq!(state["stage"], "signed_in");
        assert_eq!(state["administrator"]["email"], ADMIN);
        assert_eq!(state["time_zone"], "Europe/Berlin");
        let again = refusal(&place.run(&["init", "--admin-email", ADMIN, "--admin-name", "Ada"]));
        assert_eq!(again["conflict"]["conflict"], "not_first_run");

        let request = json!({"email": "ann@example.com", "full_name": "Ann", "password": "a-password"}).to_string();
        let made = answer(&place.run(&["--as", ADMIN, "--now", NOW, "call", "create_customer", &request]));
        assert_eq!(made["created_at"], "2026-11-22T09:30:00.000Z");
        let page = answer(&place.run(&["--as", ADMIN, "call", "list_customers"]));
        assert_eq!(page["items"][0]["id"], made["id"]);
        let piped = typed(
            &place,
            &["--as", ADMIN, "--password-stdin", "call", "get_customer", "-"],
            &format!("{PASSWORD}\n{}", json!({"id": made["id"]})),
        );
        assert_eq!(answer(&piped)["full_name"], "Ann");
    }
}

#[test]
fn a_refusal_is_json_and_words_and_exit_status_1() {
    let place = Place::file();
    place.init();
    let signed_out = refusal(&place.run(&["call", "list_customers"]));
    assert_eq!(signed_out, json!({"kind": "signed_out"}));
    let mut wrong = place.command();
    wrong
        .env("CLIENTELE_PASSWORD", "wrong")
        .args(["--as", ADMIN, "call", "list_customers"]);
    assert_eq!(refusal(&wrong.output().unwrap())["kind"], "wrong_password");
    let bad = refusal(&place.run(&["--as", ADMIN, "call", "list_customers", "{\"limit\":0}"]));
    assert_eq!(bad["fields"][0]["field"], "limit");
    let not_json = refusal(&place.run(&["--as", ADMIN, "call", "list_customers", "{"]));
    assert_eq!(not_json["fields"][0]["problem"]["rule"], "wrong_shape");
    let unknown = refusal(&place.run(&["--as", ADMIN, "call", "list_everything"]));
    assert_eq!(unknown, json!({"kind": "not_found", "noun": "operation"}));

    let nowhere = Place::file();
    assert_eq!(refusal(&nowhere.run(&["verify"]))["reason"], "missing");
    assert!(!nowhere.path().exists());
    std::fs::write(nowhere.path(), "a shopping list, long enough to be read").unwrap();
    assert_eq!(refusal(&nowhere.run(&["verify"]))["reason"], "not_a_book");
    assert_eq!(
        refusal(&nowhere.run(&["init", "--admin-email", ADMIN, "--admin-name", "Ada"]))["reason"],
        "not_a_book"
    );
    assert_eq!(
        std::fs::read_to_string(nowhere.path()).unwrap(),
        "a shopping list, long enough to be read"
    );
}

#[test]
fn a_book_that_could_not_be_finished_is_not_left_behind() {
    let place = Place::file();
    let mut weak = place.command();
    weak.env("CLIENTELE_PASSWORD", "passwordpassword")
        .args(["init", "--admin-email", ADMIN, "--admin-name", "Ada"]);
    assert_eq!(refusal(&weak.output().unwrap())["fields"][0]["problem"]["rule"], "guessable");
    let clockless = place.run(&["demo", "--customers", "3", "--now", NOW]);
    assert_eq!(refusal(&clockless), json!({"kind": "forbidden", "reason": "test_clock"}));
    assert_eq!(std::fs::read_dir(place.path().parent().unwrap()).unwrap().count(), 0);
}

#[test]
fn wrong_use_has_exit_status_2() {
    let place = Place::file();
    for arguments in [
        &["sell"][..],
        &["call"],
        &["init", "--admin-email", ADMIN],
        &["demo", "--customers", "many"],
        &["demo", "--customers", "3", "--currency", "eur"],
        &["--now", "yesterday", "verify"],
        &["restore"],
        &["move"],
        &["--postgres", "postgres://localhost/b", "verify"],
        &["--unknown", "verify"],
        &["--schema", "My Book", "roles"],
        &["--schema", "2024", "roles"],
        &["--schema", "pg_books", "roles"],
        &["roles", "--owner", "user"],
        &["move", "--to-postgres", "postgres://ann@localhost/b", "--to-schema", "user"],
        &["--schema", "x; DROP SCHEMA public", "roles"],
        &["move", "--to-postgres", "postgres://ann@localhost/b", "--to-schema", "My Book"],
    ] {
        let output = place.run(arguments);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}: {output:?}");
        assert!(output.stdout.is_empty() && !output.stderr.is_empty(), "{arguments:?}");
    }
    for arguments in [
        &["verify"][..],
        &["--postgres", "postgres://ann:secret@localhost/b", "verify"],
        &["--postgres", "postgres://ann@localhost/b?password=secret", "verify"],
    ] {
        let output = program().args(arguments).output().unwrap();
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
    }
}

#[test]
fn the_clock_is_set_only_where_the_book_was_made_for_it() {
    let place = Place::file();
    answer(&place.run(&["init", "--admin-email", ADMIN, "--admin-name", "Ada"]));
    for arguments in [&["--now", NOW, "verify"][..], &["--now", NOW, "--as", ADMIN, "serve"]] {
        assert_eq!(
            refusal(&place.run(arguments)),
            json!({"kind": "forbidden", "reason": "test_clock"}),
            "{arguments:?}"
        );
    }
    let mut served = Served::start(&place);
    let answer = served.line(&json!({"id": 1, "op": "current_session", "now": NOW}).to_string());
    assert_eq!(answer["error"], json!({"kind": "forbidden", "reason": "test_clock"}));
}

#[test]
fn serve_answers_in_order_keeps_its_session_and_repeats_a_keyed_write_once() {
    for place in Place::both("serve") {
        place.init();
        let mut command = place.command();
        command.arg("serve");
        let mut served = Served::spawn(command);
        assert_eq!(served.ask("list_customers", &json!({}))["error"]["kind"], "signed_out");
        served.done("sign_in", &json!({"email": ADMIN, "password": PASSWORD}));
        let request = json!({"email": "ann@example.com", "full_name": "Ann", "password": "a-password"});
        let line = json!({"id": "first", "op": "create_customer", "request": request, "key": "k1", "now": NOW}).to_string();
        let first = served.line(&line);
        assert_eq!(first["id"], "first");
        assert_eq!(served.line(&line), first);
        let other = json!({"id": 2, "op": "create_plan", "request": {"code": "p", "name": "P", "currency": "EUR", "price_monthly": 1}, "key": "k1"});
        assert_eq!(served.line(&other.to_string())["error"]["conflict"]["conflict"], "key_reused");
        assert_eq!(served.done("list_customers", &json!({}))["total"], 1);
        served.done("lock", &json!({}));
        assert_eq!(served.ask("list_customers", &json!({}))["error"]["kind"], "locked");
        served.done("unlock", &json!({"password": PASSWORD}));
        // An identifier is given back as it came; empty lines are nothing.
        for id in [json!(null), json!(1.5), json!({"a": [1]}), json!("x")] {
            let answer = served.line(&format!("\n{}", json!({"id": id, "op": "current_session"})));
            assert_eq!(answer["id"], id);
            assert_eq!(answer["ok"]["stage"], "signed_in");
        }
        assert_eq!(served.end(), Some(0));
    }
}

#[test]
fn a_server_that_others_could_listen_to_is_refused_unless_it_is_named_twice() {
    let place = Place::server("insecure");
    let Place::Server { url, schema } = &place else { unreachable!() };
    // The same server, by an address that is not known to be this computer.
    let url = url
        .split('?')
        .next()
        .unwrap()
        .replace("127.0.0.1", "0.0.0.0")
        .replace("localhost", "0.0.0.0");
    let ask = |query: &str, mode: &str, accepted: &[&str]| {
        let mut command = program();
        command.args(["--postgres", &format!("{url}{query}"), "--schema", schema]);
        for host in accepted {
            command.args(["--accept-insecure", host]);
        }
        if mode.is_empty() {
            command.env_remove("PGSSLMODE");
        } else {
            command.env("PGSSLMODE", mode);
        }
        refusal(&command.arg("verify").output().unwrap())
    };
    let open = json!({"kind": "cannot_open", "reason": "open_to_others", "host": "0.0.0.0"});
    for (query, mode) in [
        ("?sslmode=disable", ""),
        ("?sslmode=prefer", ""),
        ("?sslmode=require", "verify-full"),
        ("?sslmode=verify-ca", ""),
        ("", "disable"),
        ("", "prefer"),
    ] {
        assert_eq!(ask(query, mode, &[]), open, "{query} {mode}");
        assert_eq!(ask(query, mode, &["db.example", "0.0.0.1"]), open, "{query} {mode}");
    }
    // By itself it is verified, whatever the name.
    assert_eq!(ask("", "", &[])["reason"], "tls");
    assert_eq!(ask("?sslmode=verify-full", "disable", &[])["reason"], "tls");
    for (query, mode) in [("?sslmode=disable", ""), ("", "disable")] {
        assert_eq!(ask(query, mode, &["db.example", "0.0.0.0"])["reason"], "missing", "it was reached");
    }
    let file = Place::file();
    let moved = file.run(&["move", "--to-postgres", &format!("{url}?sslmode=disable"), "--to-schema", schema]);
    assert_eq!(refusal(&moved), open);
}

#[test]
fn of_several_that_make_one_book_at_once_none_takes_away_what_another_has_made() {
    let mut made = 0;
    for _ in 0..6 {
        let place = Place::file();
        let begin = |_| {
            let mut command = place.command();
            command.args(["init", "--admin-email", ADMIN, "--admin-name", "Ada"]);
            command
                .stdin(Stdio::null())
                .stdout(Stdio::piped())
                .stderr(Stdio::piped())
                .spawn()
                .unwrap()
        };
        let running: Vec<std::process::Child> = (0..3).map(begin).collect();
        let ended: Vec<Output> = running.into_iter().map(|child| child.wait_with_output().unwrap()).collect();
        let done = ended.iter().filter(|output| output.status.success()).count();
        assert!(done <= 1, "{ended:?}");
        if done == 1 {
            assert_eq!(answer(&place.run(&["verify"]))["customers"], 1, "{ended:?}");
            answer(&place.run(&["--as", ADMIN, "call", "list_administrators"]));
            made += 1;
        }
    }
    assert!(made > 0);
}

#[test]
fn the_list_of_operations_has_the_refusals_and_a_schema_for_each_request_and_output() {
    let list: Value = answer(&program().arg("operations").output().unwrap());
    let list = list.as_array().unwrap();
    assert_eq!(list.len(), contract::operations::OPERATIONS.len());
    for (listed, operation) in list.iter().zip(contract::operations::OPERATIONS) {
        assert_eq!(listed["name"], operation.name);
        assert_eq!(listed["access"], json!(operation.access));
        assert_eq!(listed["effect"], json!(operation.effect));
        assert_eq!(listed["refusals"], json!(operation.refusals));
        let common = contract::refusals::common(operation.access, operation.effect);
        assert_eq!(listed["common_refusals"], json!(common), "{}", operation.name);
        assert!(!listed["doc"].as_str().unwrap().is_empty());
        assert_eq!(listed["request"]["type"], "object", "{}", operation.name);
        assert_eq!(listed["request"]["additionalProperties"], false, "{}", operation.name);
        assert_eq!(listed["output"]["type"], "object", "{}", operation.name);
    }
}

#[test]
fn verify_names_what_was_damaged() {
    for place in Place::both("damage") {
        answer(&place.run(&[
            "demo",
            "--customers",
            "20",
            "--seed",
            "3",
            "--test-clock",
            "--now",
            NOW,
            "--time-zone",
            "UTC",
        ]));
        let sound = answer(&place.run(&["verify"]));
        assert_eq!(sound["findings"], json!([]));
        assert_eq!(sound["customers"], 21);
        assert_eq!(sound["changes"], 1);
        let damages = [
            (
                "customer_summary",
                "total_licenses",
                "UPDATE customer_summary SET total_licenses = total_licenses + 1",
            ),
            ("customer_money", "paid", "UPDATE customer_money SET paid = paid + 1"),
            ("figure", "amount", "UPDATE figure SET amount = amount + 1 WHERE kind = 'revenue'"),
            ("invoice", "paid", "UPDATE invoice SET paid = paid + 1 WHERE status = 'paid'"),
            ("change_value", "", "UPDATE change_value SET after = '1' WHERE position = 1"),
            ("chain_head", "number", "UPDATE chain_head SET number = number + 1"),
        ];
        for (table, column, sql) in damages {
            place.damage(sql);
            let output = place.run(&["verify"]);
            assert_eq!(output.status.code(), Some(1), "{sql}");
            let verified: Value = serde_json::from_slice(&output.stdout).unwrap();
            let findings = verified["findings"].as_array().unwrap();
            let named = |finding: &Value| finding["table"] == table && finding["column"] == column;
            assert!(findings.iter().any(named), "{sql}: {verified}");
        }
    }
}

#[test]
fn a_backup_opens_and_holds_the_same_and_overwrites_nothing() {
    let place = Place::file();
    answer(&place.run(&["demo", "--customers", "20", "--seed", "3", "--test-clock", "--now", NOW]));
    let copy = Place::file();
    let target = copy.path();
    let target = target.to_str().unwrap();
    let said = answer(&place.run(&["backup", target]));
    assert_eq!(said["bytes"], std::fs::metadata(target).unwrap().len());
    assert_eq!(copy.checksums(&[]), place.checksums(&[]));
    assert_eq!(answer(&copy.run(&["verify"]))["findings"], json!([]));
    assert_eq!(refusal(&place.run(&["backup", target]))["reason"], "exists");
    #[cfg(unix)]
    {
        let mode = std::os::unix::fs::PermissionsExt::mode(&std::fs::metadata(target).unwrap().permissions());
        assert_eq!(mode & 0o777, 0o600);
    }
    let server = Place::server("backup");
    server.init();
    assert_eq!(refusal(&server.run(&["backup", target]))["reason"], "exists");
}

#[test]
fn the_days_on_which_domains_end_are_a_calendar() {
    for place in Place::both("calendar") {
        place.init();
        let mut served = Served::start(&place);
        let request = json!({"email": "ann@example.com", "full_name": "Ann", "password": "a-password"});
        let ann = served.done("create_customer", &request);
        for (name, last) in [("b.example", "2027-03-01"), ("a.example", "2027-01-31"), ("endless.example", "")] {
            let last = Some(last).filter(|last| !last.is_empty());
            served.done("add_domain", &json!({"customer_id": ann["id"], "name": name, "expires_on": last}));
        }
        assert_eq!(served.end(), Some(0));
        let output = place.run(&["--as", ADMIN, "--now", NOW, "calendar"]);
        assert!(output.status.success(), "{output:?}");
        let text = String::from_utf8(output.stdout).unwrap();
        let summaries: Vec<&str> = text.split("\r\n").filter_map(|line| line.strip_prefix("SUMMARY:")).collect();
        assert_eq!(summaries, ["a.example ends", "b.example ends"]);
        assert!(text.contains("DTSTAMP:20261122T093000Z\r\n") && text.ends_with("END:VCALENDAR\r\n"));
        let signed_out = refusal(&place.run(&["calendar"]));
        assert_eq!(signed_out["kind"], "signed_out");
    }
}

#[test]
fn a_document_is_written_into_a_new_file_by_the_number_that_a_person_knows() {
    let place = Place::file();
    place.init();
    let mut served = Served::start(&place);
    let settings = served.done("get_billing_settings", &json!({}));
    let seller = json!({"name": "Vendor", "city": "Berlin", "country": "DE", "vat_id": "DE123456789"});
    served.done(
        "update_billing_settings",
        &json!({"version": settings["version"], "seller": seller}),
    );
    let ann = served.done(
        "create_customer",
        &json!({"email": "ann@example.com", "full_name": "Ann", "password": "a-password"}),
    );
    let lines = json!([{"text": "Work", "unit_price": 10_000}]);
    let draft = served.done("create_invoice", &json!({"customer_id": ann["id"], "lines": lines}));
    let done = served.done("finalize_invoice", &json!({"id": draft["id"], "version": 1}));
    let note = served.done(
        "credit_invoice",
        &json!({"id": done["id"], "version": done["version"], "reason": "other"}),
    );
    served.end();
    let folder = place.path().parent().unwrap().to_owned();
    let (number, id) = (done["number"].as_str().unwrap(), done["id"].as_str().unwrap());
    for (at, which) in [
        &["invoice", number][..],
        &["invoice", id],
        &["credit-note", note["number"].as_str().unwrap()],
        &["statement", "ann@example.com"],
        &[
            "statement",
            ann["id"].as_str().unwrap(),
            "--currency",
            "EUR",
            "--from",
            "2026-01-01",
        ],
    ]
    .iter()
    .enumerate()
    {
        let file = folder.join(format!("document-{at}.pdf"));
        let file = file.to_str().unwrap();
        let mut arguments = vec!["--as", ADMIN, "pdf"];
        arguments.extend(which.iter().take(2));
        arguments.push(file);
        arguments.extend(which.iter().skip(2));
        let said = answer(&place.run(&arguments));
        let bytes = std::fs::read(file).unwrap();
        assert!(bytes.starts_with(b"%PDF-1.7"));
        assert_eq!(
            (&said["bytes"], &said["pages"], &said["missing"]),
            (&json!(bytes.len()), &json!(1), &json!([]))
        );
        let again = place.run(&arguments);
        assert_eq!(refusal(&again), json!({"kind": "io", "reason": "exists", "file": file}));
        let words = String::from_utf8(again.stderr).unwrap();
        assert!(words.contains(file) && words.contains("Choose another name"), "{words}");
        assert!(std::fs::read(file).unwrap() == bytes);
    }
    let nowhere = folder.join("no such folder/a.pdf");
    let refused = refusal(&place.run(&["--as", ADMIN, "pdf", "invoice", number, nowhere.to_str().unwrap()]));
    assert_eq!(refused, json!({"kind": "io", "reason": "missing", "file": nowhere}));
    let file = folder.join("none.pdf");
    let file = file.to_str().unwrap();
    for (which, noun) in [
        (["invoice", "2026-999999"], "invoice"),
        (["credit-note", number], "credit_note"),
        (["statement", "nobody@example.com"], "customer"),
    ] {
        let refused = refusal(&place.run(&["--as", ADMIN, "pdf", which[0], which[1], file]));
        assert_eq!(refused, json!({"kind": "not_found", "noun": noun}));
    }
    assert!(!std::path::Path::new(file).exists());
}
