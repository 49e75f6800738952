//! What bad input gets: a refusal that names the field and the rule, with nothing changed. One table, run through
//! `clientelectl serve` on both databases.

#![allow(clippy::unwrap_used, clippy::expect_used, missing_docs, reason = "a test")]

#[path = "../common/mod.rs"]
mod common;

mod book;
mod customers;
mod fixture;
mod invoices;
mod lists;
mod money;
mod plans;
mod sales;
mod subscriptions;

use std::collections::BTreeSet;

use common::{Place, Served};
use serde_json::Value;

/// What a bad request gets.
#[derive(Debug)]
pub enum Want {
    /// `invalid`: this field, this rule.
    Field(&'static str, &'static str),
    /// `conflict`: this one.
    Conflict(&'static str),
    /// `not_found`: this kind of record.
    NotFound(&'static str),
    /// `forbidden`: this reason.
    Forbidden(&'static str),
    /// Another kind.
    Kind(&'static str),
}

/// What is wrong, the operation, its request, what it gets. `$name` stands for a value of the fixture and
/// `$rep(text,n)` for a repeated text.
pub type Case = (&'static str, &'static str, &'static str, Want);

fn cases() -> Vec<&'static Case> {
    [
        customers::CASES,
        lists::CASES,
        plans::CASES,
        sales::CASES,
        subscriptions::CASES,
        invoices::CASES,
        money::CASES,
        book::CASES,
    ]
    .into_iter()
    .flatten()
    .collect()
}

fn check(place: &Place) {
    let (mut served, fixture) = fixture::make(place);
    let before = place.checksums(&[]);
    let mut failures = Vec::new();
    for (class, op, request, want) in cases() {
        let line = format!(r#"{{"id":"{class}","op":"{op}","request":{}}}"#, fixture.fill(request));
        let answer = served.line(&line);
        let line: String = line.chars().take(300).collect();
        if answer["id"] != **class || !is_wanted(&answer["error"], want) {
            failures.push(format!("{line}\n   wanted {want:?}\n   answer {answer}"));
        }
        if place.checksums(&[]) != before {
            failures.push(format!("{line}\n   changed the book"));
            break;
        }
    }
    assert!(
        failures.is_empty(),
        "{} of {}:\n{}",
        failures.len(),
        cases().len(),
        failures.join("\n")
    );
    assert_eq!(served.end(), Some(0));
}

fn is_wanted(error: &Value, want: &Want) -> bool {
    match want {
        Want::Field(field, rule) => {
            let fields = error["fields"].as_array().map(Vec::as_slice).unwrap_or_default();
            error["kind"] == "invalid" && fields.len() == 1 && fields[0]["field"] == *field && fields[0]["problem"]["rule"] == *rule
        }
        Want::Conflict(conflict) => error["kind"] == "conflict" && error["conflict"]["conflict"] == *conflict,
        Want::NotFound(noun) => error["kind"] == "not_found" && error["noun"] == *noun,
        Want::Forbidden(reason) => error["kind"] == "forbidden" && error["reason"] == *reason,
        Want::Kind(kind) => error["kind"] == *kind,
    }
}

#[test]
fn bad_input_is_refused_by_field_and_rule_and_changes_nothing_in_a_file() {
    check(&Place::file());
}

#[test]
fn bad_input_is_refused_by_field_and_rule_and_changes_nothing_on_a_server() {
    check(&Place::server("bad_input"));
}

#[test]
fn the_table_covers_every_operation_that_can_be_refused_and_every_class() {
    let operations: BTreeSet<&str> = cases().iter().map(|(_, op, ..)| *op).collect();
    let list: Value = common::answer(&common::program().arg("operations").output().unwrap());
    // These have no field that can be wrong.
    let plain = [
        "sign_out",
        "lock",
        "current_session",
        "customer_stats",
        "list_administrators",
        "attention",
        "get_settings",
        "get_billing_settings",
        "number_report",
        "get_logo",
        "receivables",
    ];
    for operation in list.as_array().unwrap() {
        let name = operation["name"].as_str().unwrap();
        assert!(plain.contains(&name) || operations.contains(name), "{name} has no case");
    }
    assert!(cases().len() >= 150, "{}", cases().len());
    let unique: BTreeSet<String> = cases().iter().map(|(_, op, request, _)| format!("{op} {request}")).collect();
    assert_eq!(unique.len(), cases().len(), "a case stands twice");
}

#[test]
fn wildcards_of_sql_are_characters_in_a_search() {
    for place in Place::both("wildcards") {
        let (mut served, _) = fixture::make(&place);
        for term in ["%", "_", "%%", "a%", "_nn", "!", "\\", "'", "\"", "%' OR '1'='1"] {
            let page = served.done("list_customers", &serde_json::json!({ "search": term }));
            assert_eq!(page["total"], 0, "{term}: {page}");
            assert_eq!(page["items"], serde_json::json!([]), "{term}");
        }
        let found = served.done(
            "create_customer",
            &serde_json::json!({
                "email": "percent@example.com", "full_name": "100%_Sure!", "password": "a-password",
            }),
        );
        for term in ["%", "_", "0%_s", "!"] {
            let page = served.done("list_customers", &serde_json::json!({ "search": term }));
            assert_eq!(page["items"][0]["id"], found["id"], "{term}");
            assert_eq!(page["total"], 1, "{term}");
        }
        served.end();
    }
}

#[test]
fn lines_that_are_no_requests_are_answered_without_an_id_and_the_next_one_works() {
    let place = Place::file();
    place.init();
    let before = place.checksums(&["throttle", "customer"]);
    let mut served = Served::start(&place);
    let deep = format!(
        r#"{{"id":1,"op":"get_settings","request":{}1{}}}"#,
        "[".repeat(200),
        "]".repeat(200)
    );
    let long = format!(
        r#"{{"id":1,"op":"list_customers","request":{{"search":"{}"}}}}"#,
        "x".repeat(1 << 20)
    );
    let lines = [
        "nonsense",
        "{",
        "[]",
        "1",
        "null",
        "\"text\"",
        r#"{"id":1}"#,
        r#"{"id":1,"op":5}"#,
        r#"{"id":1,"op":"get_settings","more":1}"#,
        r#"{"id":1,"op":"get_settings","key":5}"#,
        r#"{"id":1,"op":"get_settings","now":"yesterday"}"#,
        r#"{"id":1,"op":"get_settings"} {"id":2,"op":"get_settings"}"#,
        deep.as_str(),
        long.as_str(),
    ];
    for line in lines {
        let answer = served.line(line);
        assert!(answer["id"].is_null(), "{line:.80}: {answer}");
        assert_eq!(answer["error"]["kind"], "invalid", "{line:.80}");
        assert!(served.done("get_settings", &serde_json::json!({})).is_object());
    }
    // A request that is not an object has an id.
    for request in ["[]", "1", "\"text\"", "true"] {
        let answer = served.line(&format!(r#"{{"id":7,"op":"list_customers","request":{request}}}"#));
        assert_eq!(
            (&answer["id"], &answer["error"]["kind"]),
            (&7.into(), &"invalid".into()),
            "{request}"
        );
    }
    let answer = served.line(r#"{"id":8,"op":"drop_everything","request":{}}"#);
    assert_eq!(answer["error"], serde_json::json!({"kind": "not_found", "noun": "operation"}));
    assert_eq!(place.checksums(&["throttle", "customer"]), before);
}
