//! Bad input through the form: each is refused at its field, in the words of the contract, and nothing is made.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test that meets what it does not expect has to fail"
)]

use contract::{FieldError, Validate, customer::CreateCustomer, words};
use e2e::App;
use serde_json::json;

/// Label of the field, its name in the request, and what is typed.
fn cases() -> Vec<(&'static str, &'static str, String)> {
    let emails = [
        "ann",
        "@example.com",
        "a@",
        "a@@example.com",
        "a b@example.com",
        "a..b@example.com",
        ".a@example.com",
        "a.@example.com",
        "\"a\"@example.com",
        "a(b)@example.com",
        "a@example",
        "a@-example.com",
        "a@exa mple.com",
        "a@[127.0.0.1]",
        "a@127.0.0.1",
        "a@b@example.com",
        "a\u{202e}@example.com",
        "a\u{200b}@example.com",
        "a@ex\u{ad}ample.com\u{7}",
        "a@exam_ple.com",
        "a\u{ff20}b@example.com",
    ];
    let names = [
        "   ",
        "Ann\u{7}",
        "Ann\u{200b}",
        "\u{202e}nnA",
        "Ann\u{feff}",
        "Ann\u{2066}B",
        "Ann\u{85}B",
    ];
    let companies = ["Acme\u{1b}", "Acme\u{200f}", "\u{2800}Acme", "Acme\u{e0041}"];
    let passwords = ["a", "1234567", "sieben7", "e\u{301}\u{301}abcd"];
    let long = |length: usize| "x".repeat(length);
    let mut cases: Vec<(&str, &str, String)> = Vec::new();
    cases.extend(emails.map(|text| ("Email", "email", text.to_owned())));
    cases.push(("Email", "email", format!("{}@example.com", long(65))));
    cases.push((
        "Email",
        "email",
        format!("a@{}.com", [long(60), long(60), long(60), long(60), long(20)].join(".")),
    ));
    cases.extend(names.map(|text| ("Full name", "full_name", text.to_owned())));
    cases.push(("Full name", "full_name", long(201)));
    cases.extend(companies.map(|text| ("Company", "company_name", text.to_owned())));
    cases.push(("Company", "company_name", long(201)));
    cases.extend(passwords.map(|text| ("Password", "password", text.to_owned())));
    cases.push(("Password", "password", long(129)));
    cases.push(("Password", "password", "𝒳".repeat(128) + "é"));
    cases
}

/// A request that is right but for one field.
fn request(field: &str, text: &str) -> CreateCustomer {
    let mut values = json!({"email": "ann@example.com", "full_name": "Ann", "company_name": null, "password": "long enough"});
    values[field] = json!(text);
    serde_json::from_value(values).unwrap()
}

/// Finds the field of a label in the open dialog.
const FIND: &str = "
    const [label, text, expected] = arguments;
    const done = arguments[arguments.length - 1];
    const dialog = document.querySelector('dialog[open]');
    const name = [...dialog.querySelectorAll('label')].find((one) => one.textContent.trim().startsWith(label));
    const field = document.getElementById(name.htmlFor);";

/// Types a value as a person would paste it, and leaves the field.
const TYPE: &str = "
    const set = Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value').set;
    field.focus();
    for (const value of [text + ' ', text]) {
        set.call(field, value);
        field.dispatchEvent(new InputEvent('input', {bubbles: true}));
    }
    field.blur();";

/// Waits for what the field says is wrong.
const READ: &str = "
    const until = performance.now() + 3000;
    const read = () => {
        const described = (field.getAttribute('aria-describedby') ?? '').split(' ').map((id) => document.getElementById(id)?.textContent ?? '');
        const shown = {invalid: field.getAttribute('aria-invalid') === 'true', words: described.join(' ')};
        if ((shown.invalid && shown.words.includes(expected)) || performance.now() > until) done(shown); else setTimeout(read, 20);
    };
    read();";

/// Whether the field says what is expected; what it says, if not.
fn says(app: &App, script: &str, label: &str, text: &str, expected: &str) -> Result<(), String> {
    let shown = app.run_until_called(script, &[json!(label), json!(text), json!(expected)]);
    if shown["invalid"] == json!(true) && shown["words"].as_str().unwrap_or_default().contains(expected) {
        return Ok(());
    }
    Err(format!("{label} {text:?}: expected {expected:?}, shown {shown}"))
}

#[test]
fn bad_input_is_refused_at_its_field_and_nothing_is_made() {
    let app = App::start("bad_input").unwrap();
    app.resize(1280, 800);
    app.begin();
    app.visit("Customers");
    app.button("New customer").click();
    app.dialog("New customer");
    let mut wrong = Vec::new();
    for (label, field, text) in cases() {
        let broken = request(field, &text).validate().unwrap_err();
        let [FieldError { field: refused, problem }] = broken.as_slice() else {
            panic!("{text:?} breaks {broken:?}")
        };
        assert_eq!(refused, field, "{text:?}");
        let expected = words::problem(problem);
        if let Err(found) = says(&app, &[FIND, TYPE, READ].concat(), label, &text, &expected) {
            wrong.push(found);
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));

    // An empty field says nothing while the form is being filled in, but when it is sent.
    for label in ["Email", "Full name", "Company", "Password"] {
        app.field(label).fill("");
    }
    app.button("Create customer").click();
    for label in ["Email", "Full name", "Password"] {
        says(&app, &[FIND, READ].concat(), label, "", "Enter a value.").unwrap();
    }

    // Submitting what is wrong moves to it and makes nothing.
    app.field("Email").fill("ann");
    app.button("Create customer").click();
    app.until("focus on the first wrong field", || app.field("Email").has_focus());
    app.dialog("New customer");
    app.escape();
    app.see("Your customers will appear here");
}
