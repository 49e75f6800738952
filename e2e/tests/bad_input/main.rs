//! Bad input through the forms: a table of field and class. Each case is typed into a form that is right otherwise and
//! submitted; it is refused at its field, in words that say what is wrong, and nothing is changed.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    missing_docs,
    reason = "a test that meets what it does not expect has to fail"
)]

mod billing;
mod book;
mod customers;
mod entry;
mod furnished;
mod invoices;
mod meanwhile;
mod payments;
mod records;
mod subscriptions;

use e2e::App;
use serde_json::{Map, Value, json};

use book::Book;

/// What is wrong, the label of the field, what is typed, and what is said. `$rep(text,n)` stands for a repeated text.
pub type Case = (&'static str, &'static str, &'static str, &'static str);

/// A form and what is tried with it.
pub struct Form {
    pub name: &'static str,
    /// Opens it.
    pub open: fn(&App),
    /// What is right, by label.
    pub good: &'static [(&'static str, &'static str)],
    /// What the button says that submits it.
    pub submit: &'static str,
    /// Whether an error goes when the field is typed in again.
    pub is_forgetful: bool,
    pub cases: &'static [Case],
    /// Leaves it.
    pub close: fn(&App),
}

pub const CONTROL: &str = "is a control character";
pub const INVISIBLE: &str = "cannot be seen";
pub const CHARACTER: &str = "a character that an address cannot have";
pub const GUESSABLE: &str = "This is easy to guess.";
pub const OUT_OF_ORDER: &str = "This date is out of order.";
pub const DATE: &str = "Enter a date like 2026-11-22.";
pub const TOO_EARLY: &str = "The earliest day is";
pub const TOO_LATE: &str = "The latest day is";
pub const AMOUNT: &str = "Enter an amount like 29.00.";
pub const LARGEST: &str = "The largest amount is 90071992547409.91.";
pub const NOT_NEGATIVE: &str = "Enter an amount from 0.00 to 90071992547409.91.";
pub const RATE: &str = "Enter a rate above 0 up to 100, like 19 or 7.7.";

/// Before there is an administrator, and after; the last signs out.
fn of_the_book() -> Vec<&'static Form> {
    [entry::FIRST_RUN]
        .into_iter()
        .chain(customers::FORMS)
        .chain(records::FORMS)
        .chain(entry::FORMS)
        .chain(billing::FORMS)
        .chain([entry::SIGN_IN])
        .collect()
}

/// In a book in which something is owed, paid and subscribed to.
fn of_money() -> Vec<&'static Form> {
    invoices::FORMS
        .into_iter()
        .chain(payments::FORMS)
        .chain(subscriptions::FORMS)
        .collect()
}

fn filled(text: &str) -> String {
    let Some((start, rest)) = text.split_once("$rep(") else {
        return text.to_owned();
    };
    let (repeated, end) = rest.split_once(')').unwrap();
    let (part, times) = repeated.rsplit_once(',').unwrap();
    format!("{start}{}{}", part.repeat(times.parse().unwrap()), filled(end))
}

/// A row that is not in both.
fn changed(before: &[String], after: &[String]) -> Option<String> {
    let is_new = |row: &&String| !before.contains(row);
    let is_gone = |row: &&String| !after.contains(row);
    let row = after.iter().find(is_new).or_else(|| before.iter().find(is_gone));
    row.cloned()
        .or_else(|| (before != after).then(|| "a row stands there twice".to_owned()))
}

/// Types a case and tells what differs from what it should get.
fn try_case(app: &App, book: &mut Book, form: &Form, case: &Case) -> Result<(), String> {
    let (class, label, text, expected) = case;
    let text = filled(text);
    let before = book.rows();
    let mut good: Map<String, Value> = form.good.iter().map(|(label, value)| ((*label).to_owned(), json!(value))).collect();
    if *label == "Password" && good.contains_key("Password again") {
        good.insert("Password again".to_owned(), json!(text));
    }
    let said = app.run_until_called(
        include_str!("type.js"),
        &[
            json!(good),
            json!(label),
            json!(text),
            json!(expected),
            json!(form.submit),
            json!(form.is_forgetful),
        ],
    );
    let shown: String = text.chars().take(40).collect();
    let place = format!("{}: {label}, {class}, {shown:?}", form.name);
    if said["isWrong"] != json!(true) || !said["said"].as_str().unwrap_or_default().contains(expected) {
        return Err(format!("{place}: expected {expected:?}, got {said}"));
    }
    if said["alsoWrong"] != json!([]) {
        return Err(format!("{place}: other fields are blamed, too: {}", said["alsoWrong"]));
    }
    if said["isOpen"] != json!(true) {
        return Err(format!("{place}: the form was closed"));
    }
    if let Some(row) = changed(&before, &book.rows()) {
        return Err(format!("{place}: something was changed: {row}"));
    }
    Ok(())
}

/// Tries every form in its order.
fn try_forms(app: &App, forms: &[&'static Form]) {
    let mut book = Book::open(&app.book());
    let mut wrong = Vec::new();
    for form in forms {
        (form.open)(app);
        wrong.extend(form.cases.iter().filter_map(|case| try_case(app, &mut book, form, case).err()));
        (form.close)(app);
    }
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
}

/// Presses a button and sees why nothing is done, and that nothing is.
fn press_in_vain(app: &App, book: &mut Book, button: &str, said: &str) {
    let before = book.rows();
    app.button(button).click();
    app.see(said);
    assert_eq!(changed(&before, &book.rows()), None, "{said}");
}

#[test]
fn bad_input_is_refused_at_its_field_and_changes_nothing() {
    let app = App::start("bad_input").unwrap();
    app.resize(1280, 800);
    try_forms(&app, &of_the_book());
}

#[test]
fn bad_input_about_money_is_refused_at_its_field_and_changes_nothing() {
    let app = App::start("bad_input_money").unwrap();
    app.resize(1280, 800);
    furnished::fill(&app);
    try_forms(&app, &of_money());
}

#[test]
fn the_table_covers_every_form_with_at_least_500_cases() {
    let cases: Vec<String> = of_the_book()
        .into_iter()
        .chain(of_money())
        .flat_map(|form| {
            form.cases
                .iter()
                .map(|(_, label, text, _)| format!("{}: {label} {text}", form.name))
        })
        .collect();
    assert!(cases.len() >= 500, "{}", cases.len());
    let unique: std::collections::BTreeSet<&String> = cases.iter().collect();
    assert_eq!(unique.len(), cases.len(), "a case stands twice");
}

/// What is refused as a whole: the notice in the dialog says why, and nothing is changed.
#[test]
fn what_no_field_can_tell_is_told_in_the_dialog_and_changes_nothing() {
    let app = App::start("bad_input_dialogs").unwrap();
    app.resize(1280, 800);
    app.begin();
    app.add_plan("Studio", "studio", "12", "120");
    app.add_customer("Lena Hoffmann", "lena@example.com", "Hoffmann GmbH");
    app.dismiss();
    let first = |operation: &str| app.ask(operation, json!({"limit": 1}))["items"][0].clone();
    let mut book = Book::open(&app.book());
    let mut refused = |button: &str, said: &str| press_in_vain(&app, &mut book, button, said);

    // A plan that is taken off sale while the license is being added.
    app.open_customer("Lena Hoffmann");
    app.open_tab("Licenses");
    app.button("Add license").click();
    app.field("Plan");
    let plan = first("list_plans");
    let off_sale = |version: u64, is_active: bool| json!({"id": plan["id"], "version": version, "is_active": is_active});
    let version = plan["version"].as_u64().unwrap();
    app.ask("update_plan", off_sale(version, false));
    refused("Add license", "Studio is not on sale");
    app.ask("update_plan", off_sale(version + 1, true));
    // A cycle whose price is gone.
    app.ask(
        "update_plan",
        json!({"id": plan["id"], "version": version + 2, "price_yearly": null}),
    );
    refused("Add license", "Studio has no price for this cycle");
    app.escape();
    app.gone("dialog", "Add license");

    // An edit of a version that is no longer current.
    app.button("Edit").click();
    app.dialog("Edit customer");
    let customer = first("list_customers");
    let renamed = json!({"id": customer["id"], "version": customer["version"], "company_name": "Meanwhile"});
    app.ask("update_customer", renamed);
    app.field("Company").fill("Typed");
    refused("Save", "saved this customer first");

    // A customer who is deleted meanwhile.
    let version = customer["version"].as_u64().unwrap() + 1;
    app.find("radio", "Company, yours: Typed").click();
    app.ask("delete_customer", json!({"id": customer["id"], "version": version}));
    refused("Save", "This customer is not here any more");
}
