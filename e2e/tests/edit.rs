//! The form of a customer: what is changed, taken back, refused, and contested.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test that meets what it does not expect has to fail"
)]

use e2e::{App, Key, PASSWORD};
use serde_json::json;

const LENA: &str = "Lena Hoffmann";

fn edit(app: &App, name: &str) {
    app.dismiss();
    app.row(name).find("button", "Edit").click();
    app.dialog("Edit customer");
}

#[test]
fn a_customer_is_edited_and_the_edit_taken_back() {
    let app = App::start("edit").unwrap();
    app.resize(1280, 800);
    app.begin();
    app.add_customer("Adam Novak", "adam@example.com", "");
    app.add_customer(LENA, "lena@example.com", "Hoffmann GmbH");

    // An empty password keeps the present one, and Undo brings the old values back.
    edit(&app, LENA);
    app.field("Full name").fill("Lena Huber");
    app.field("Company").fill("");
    app.button("Save").click();
    app.gone("dialog", "Edit customer");
    app.see("Lena Huber saved");
    let saved = app.record("lena@example.com");
    assert_eq!((&saved["full_name"], &saved["company_name"]), (&json!("Lena Huber"), &json!(null)));
    let changes = app.ask("list_changes", json!({"customer_id": saved["id"], "limit": 1}));
    assert!(!changes["items"][0]["fields"].to_string().contains("password"), "{changes}");
    app.button("Undo").click();
    app.row(LENA);
    assert_eq!(app.record("lena@example.com")["company_name"], json!("Hoffmann GmbH"));

    // A taken address is refused at its field, with a way to its owner.
    edit(&app, LENA);
    app.field("Email").fill("ADAM@example.com");
    app.button("Save").click();
    app.see("Adam Novak already uses this address.");
    app.until("the field", || app.field("Email").has_focus());
    app.button("Open that record").click();
    app.dialog("Adam Novak");
    app.escape();
    app.gone("dialog", "Adam Novak");

    // What was typed is kept until it is saved or thrown away.
    edit(&app, LENA);
    assert_eq!(app.field("Email").value(), "ADAM@example.com");
    app.button("Start over").click();
    app.until("the values of the record", || app.field("Email").value() == "lena@example.com");

    // Somebody else saves meanwhile: what does not collide is merged, where both changed a field the person chooses.
    let known = app.record("lena@example.com");
    app.ask(
        "update_customer",
        json!({"id": known["id"], "version": known["version"], "full_name": "Lena Theirs", "company_name": "Theirs AG"}),
    );
    app.field("Full name").fill("Lena Mine");
    app.button("Save").click();
    app.dialog("Ines Moreau saved this customer first");
    app.see("1 field to choose");
    app.see("Theirs AG");
    app.button("Save").click();
    app.find("radio", "Full name, yours: Lena Mine").click();
    app.see("Everything is chosen");
    app.button("Save").click();
    app.until("the end of the dialogs", || app.all("dialog").is_empty());
    app.row("Lena Mine");
    assert_eq!(app.record("lena@example.com")["company_name"], json!("Theirs AG"));

    // Different fields of one record are both kept, and nobody is asked.
    edit(&app, "Lena Mine");
    let known = app.record("lena@example.com");
    app.ask(
        "update_customer",
        json!({"id": known["id"], "version": known["version"], "company_name": "Theirs SE"}),
    );
    app.field("Full name").fill("Lena Both");
    app.button("Save").click();
    app.gone("dialog", "Edit customer");
    app.see("Lena Both saved, with what was changed meanwhile");
    let saved = app.record("lena@example.com");
    assert_eq!(
        (&saved["full_name"], &saved["company_name"]),
        (&json!("Lena Both"), &json!("Theirs SE"))
    );
}

#[test]
fn a_press_counts_though_the_field_that_it_leaves_has_something_to_say() {
    let app = App::start("press").unwrap();
    app.resize(1280, 800);
    app.begin();
    app.visit("Customers");
    app.button("New customer").click();
    app.dialog("New customer");
    app.field("Email").fill("kim@@example.com");
    app.rest();
    let said = "There is more than one @.";
    assert!(!app.text().contains(said), "it is being typed in");
    let top = || {
        let script = "return Math.round(arguments[0].getBoundingClientRect().top)";
        app.run(script, &[app.button("Generate").argument()]).as_i64().unwrap()
    };
    let before = top();
    app.press_edge(&app.button("Generate"));
    app.until("a password", || !app.field("Password").value().is_empty());
    app.see(said);
    assert!(
        top() > before + 3,
        "where it was pressed it is no longer: a click there would have been lost"
    );
    // What the keyboard leaves speaks at once.
    app.field("Full name").fill(" ");
    let name = app.field("Full name");
    assert_eq!(name.attribute("aria-invalid"), None);
    app.press(&[Key::Tab]);
    app.until("the other remark", || name.attribute("aria-invalid").as_deref() == Some("true"));
}

#[test]
fn an_administrator_is_made_with_a_password_and_ones_own() {
    let app = App::start("promote").unwrap();
    app.resize(1280, 800);
    app.begin();
    app.add_customer(LENA, "lena@example.com", "");
    edit(&app, LENA);
    app.field("Administrator").click();
    app.button("Save").click();
    app.until("the password", || app.field("New password").has_focus());
    app.field("New password").fill("nine calm otters swim");
    app.button("Save").click();
    // First the own password again, if it was not given a moment ago.
    app.until("the question or its answer", || {
        app.shows("dialog", "Enter your password") || app.all("dialog").is_empty()
    });
    if app.shows("dialog", "Enter your password") {
        app.field("Your password").fill(PASSWORD);
        app.press(&[Key::Enter]);
    }
    app.until("the form to go", || app.all("dialog").is_empty());
    app.see("Lena Hoffmann is an administrator now");
    app.until("the customer to leave the list", || !app.shows("row", LENA));
    // On the dashboard it leads to the people, not to a customer.
    app.visit("Dashboard");
    app.link("Edited Lena Hoffmann").click();
    app.find("heading", "People");
    app.row(LENA);
}
