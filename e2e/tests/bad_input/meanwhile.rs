//! What another has done with the money while a form was open: told in the dialog, and nothing is done over it.

use e2e::App;
use serde_json::{Value, json};

use super::{
    Book,
    furnished::{self, Furnished},
    press_in_vain,
};

#[test]
fn what_another_has_done_with_the_money_meanwhile_is_told_and_nothing_is_done_over_it() {
    let app = App::start("bad_input_meanwhile").unwrap();
    app.resize(1280, 800);
    let known = furnished::fill(&app);
    let mut book = Book::open(&app.book());
    app.open_record(&known.customer, "invoices");
    draft(&app, &mut book, &known);
    correction(&app, &mut book, &known);
    app.escape();
    app.until("the list", || app.all("dialog").is_empty());
    app.open_record(&known.subscriber, "subscriptions");
    sale(&app, &mut book);
    subscription(&app, &mut book, &known);
}

/// The version of an invoice as it is now.
fn version(app: &App, invoice: &Value) -> Value {
    app.ask("get_invoice", json!({"id": invoice}))["invoice"]["version"].clone()
}

/// Changed before it becomes final, and deleted before it is saved.
fn draft(app: &App, book: &mut Book, known: &Furnished) {
    let id = &known.draft;
    app.button("Draft").click();
    app.dialog("Draft invoice");
    app.button("Finalize").click();
    app.dialog("Finalize this invoice?");
    app.ask(
        "update_invoice",
        json!({"id": id, "version": version(app, id), "note": "Meanwhile"}),
    );
    press_in_vain(app, book, "Finalize", "changed this meanwhile");
    app.button("Keep as draft").click();
    app.gone("dialog", "Finalize this invoice?");
    app.field("Note below the lines").fill("Typed");
    app.ask("delete_invoice", json!({"id": id, "version": version(app, id)}));
    press_in_vain(app, book, "Save draft", "This invoice is not here any more");
    app.escape();
    app.gone("dialog", "Draft invoice");
}

/// An invoice of which another has credited a part, credit that another has used, money that another has given back.
fn correction(app: &App, book: &mut Book, known: &Furnished) {
    let id = &known.invoice;
    app.button(furnished::NUMBER).click();
    app.see("It is never changed");
    app.button("More acts").click();
    app.find("menuitem", "Credit").click();
    app.find("radio", "Parts of lines").click();
    app.field("License");
    press_in_vain(app, book, "Issue credit note", "Enter an amount for at least one line.");
    app.field("License").fill("100");
    app.ask(
        "credit_invoice",
        json!({"id": id, "version": version(app, id), "lines": [{"position": 1, "net": 5_000}], "reason": "other"}),
    );
    press_in_vain(app, book, "Issue credit note", "changed this meanwhile");
    app.escape();
    app.gone("dialog", "Credit 2026");

    app.button("Use credit").click();
    app.field("Amount");
    app.ask("apply_credit", json!({"invoice_id": id}));
    press_in_vain(app, book, "Use credit", "The customer has no credit in this currency");
    app.escape();
    app.gone("dialog", "Use credit");
    app.escape();
    app.gone("dialog", "Invoice 2026");

    app.open_tab("Payments");
    app.button("Refund \u{20ac}20.00").click();
    app.field("Amount").fill("15");
    app.ask(
        "refund_payment",
        json!({"id": known.payment, "amount": {"amount": 1_000, "currency": "EUR"}}),
    );
    press_in_vain(app, book, "Refund", "Enter an amount from 0.01 to 5.00.");
    app.escape();
    app.gone("dialog", "Refund");
}

/// A plan that is taken off sale, then one whose price is gone.
fn sale(app: &App, book: &mut Book) {
    app.button("Add subscription").click();
    app.field("Quantity");
    let plan = app.ask("list_plans", json!({"limit": 1}))["items"][0].clone();
    let first = plan["version"].as_u64().unwrap();
    let change = |changes: u64, is_active: Option<bool>, price: Option<Value>| {
        let mut request = json!({"id": plan["id"], "version": first + changes});
        if let Some(is_active) = is_active {
            request["is_active"] = json!(is_active);
        }
        if let Some(price) = price {
            request["price_monthly"] = price;
        }
        app.ask("update_plan", request);
    };
    change(0, Some(false), None);
    press_in_vain(app, book, "Add subscription", "Studio is not on sale");
    change(1, Some(true), Some(Value::Null));
    press_in_vain(app, book, "Add subscription", "Studio has no price for this cycle");
    app.escape();
    app.gone("dialog", "Add subscription");
}

/// Changed before it is changed, and canceled before it is canceled.
fn subscription(app: &App, book: &mut Book, known: &Furnished) {
    let id = &known.subscription;
    app.find("article", "Subscription Studio").find("button", "Change").click();
    app.field("Quantity").fill("3");
    app.see("The new terms begin");
    app.ask("change_subscription", json!({"id": id, "quantity": 2}));
    press_in_vain(app, book, "Save change", "changed this meanwhile");
    app.escape();
    app.gone("dialog", "Change Studio");
    app.button("Cancel subscription").click();
    app.button("Keep subscription");
    app.ask("cancel_subscription", json!({"id": id, "at": "now"}));
    press_in_vain(app, book, "Cancel subscription", "This is canceled already");
}
