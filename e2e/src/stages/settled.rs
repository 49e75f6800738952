//! What becomes of a final invoice: promised, paid, credited, void; its credit note, payments, the account, and the record that is kept.

use serde_json::{Value, json};

use super::{Tour, failed, late, loaded, loading, retry};
use crate::{App, Key};

/// Its stages, in their order.
pub const STAGES: [&str; 28] = [
    "invoice-loading",
    "invoice-failed",
    "invoice-open",
    "invoice-promise-loading",
    "invoice-promise-failed",
    "invoice-promise",
    "invoice-promise-refused",
    "invoice-record-payment",
    "invoice-record-payment-refused",
    "invoice-use-credit",
    "invoice-take-off",
    "invoice-credit",
    "invoice-credit-parts-refused",
    "invoice-void",
    "invoice-partly",
    "invoice-credit-loading",
    "invoice-credit-failed",
    "credit-note-loading",
    "credit-note-failed",
    "credit-note",
    "payments-split",
    "refund",
    "refund-refused",
    "statement-loading",
    "statement-failed",
    "statement",
    "statement-refused",
    "details-archived",
];

/// Goes through all that becomes of the invoice, from its number on.
pub fn walk(tour: &mut Tour<'_>, app: &App, customer: &Value) {
    invoice(tour, app, customer);
    payments(tour, app, customer);
    archived(tour, app);
}

fn invoice(tour: &mut Tour<'_>, app: &App, customer: &Value) {
    let number = app.ask("list_invoices", json!({"customer_id": customer, "limit": 1}))["items"][0]["number"].clone();
    let number = number.as_str().unwrap_or_default().to_owned();
    app.hold(&["get_invoice"]);
    app.button(&number).click();
    app.dialog("Invoice");
    loading(app);
    tour.stop(app, "invoice-loading");
    app.release();
    app.see("Nothing of");
    app.escape();
    app.refuse(&["get_invoice"]);
    app.button(&number).click();
    failed(app);
    tour.stop(app, "invoice-failed");
    retry(app);
    app.see("Nothing of");
    app.see("Nov 1 \u{2013} 30, 2026");
    tour.stop(app, "invoice-open");
    promise(tour, app);
    app.button("Record payment").click();
    app.field("Amount").fill("400");
    app.see("Pays part of");
    assert!(!app.shows("button", "Record payment"), "one main act at a time");
    tour.stop(app, "invoice-record-payment");
    app.field("Amount").fill("0.125");
    app.press(&[Key::Control, Key::Enter]);
    app.see("Enter an amount like");
    tour.stop(app, "invoice-record-payment-refused");
    app.field("Amount").fill("400");
    app.press(&[Key::Control, Key::Enter]);
    app.see("\u{20ac}400.00 of");
    app.dismiss();
    let credit = json!({"amount": 5_000, "currency": "EUR"});
    app.ask(
        "record_payment",
        json!({"customer_id": customer, "amount": credit, "method": "card", "allocations": []}),
    );
    app.escape();
    app.until("the record", || app.shows("tabpanel", ""));
    app.button(&number).click();
    app.button("Use credit").click();
    app.see("of credit, and");
    tour.stop(app, "invoice-use-credit");
    app.escape();
    app.gone("dialog", "Use credit");
    app.button("Take off \u{20ac}400.00").click();
    app.button("Leave it");
    tour.stop(app, "invoice-take-off");
    app.button("Leave it").click();
    app.gone("dialog", "Take \u{20ac}400.00 off");
    act(app, "Credit");
    app.see("All that is left is credited");
    tour.stop(app, "invoice-credit");
    app.find("radio", "Parts of lines").click();
    app.press(&[Key::Control, Key::Enter]);
    app.see("Enter an amount for at least one line.");
    tour.stop(app, "invoice-credit-parts-refused");
    app.field("Storage, extra").fill("10");
    app.press(&[Key::Control, Key::Enter]);
    app.see("credited of");
    app.dismiss();
    app.escape();
    void(tour, app, customer);
    app.button(&number).click();
    app.see("credited of");
    loaded(app);
    tour.stop(app, "invoice-partly");
    // What was credited before is asked for.
    let asks = ["invoice-credit-loading", "invoice-credit-failed"];
    late(tour, app, &["get_credit_note"], asks, &|| act(app, "Credit"), &|| {
        app.see("All that is left is credited");
    });
    app.escape();
    app.gone("dialog", "Credit");
    let asks = ["credit-note-loading", "credit-note-failed"];
    late(tour, app, &["get_credit_note"], asks, &|| app.button("CN-").click(), &|| {
        app.see("Credits");
    });
    tour.stop(app, "credit-note");
    app.escape();
    app.gone("dialog", "Credit note");
    app.escape();
}

fn promise(tour: &mut Tour<'_>, app: &App) {
    let asks = ["invoice-promise-loading", "invoice-promise-failed"];
    let open = || app.button("Note a promise").click();
    late(tour, app, &["get_invoice"], asks, &open, &|| {
        app.field("Promised until");
    });
    tour.stop(app, "invoice-promise");
    app.run(
        "const day = document.querySelector('dialog[open] [name=promised_until]'); day.value = '2020-01-01'; day.dispatchEvent(new Event('input', {bubbles: true}))",
        &[],
    );
    app.press(&[Key::Control, Key::Enter]);
    app.see("The earliest day is");
    tour.stop(app, "invoice-promise-refused");
    app.escape();
    app.until("the invoice", || !app.shows("field", "Promised until"));
}

fn void(tour: &mut Tour<'_>, app: &App, customer: &Value) {
    let draft = app.ask(
        "create_invoice",
        json!({"customer_id": customer, "lines": [{"text": "Sent to the wrong address", "quantity": "1", "unit_price": 3_451}]}),
    );
    let number = app.ask("finalize_invoice", json!({"id": draft["id"], "version": draft["version"]}))["number"].clone();
    let number = number.as_str().unwrap_or_default();
    app.open_tab("Details");
    app.open_tab("Invoices");
    app.button(number).click();
    app.see("Nothing of");
    act(app, "Void");
    app.button("Void invoice");
    tour.stop(app, "invoice-void");
    app.button("Keep invoice").click();
    app.escape();
    app.until("the record", || app.shows("tabpanel", ""));
}

/// Chooses one of the further acts of an invoice.
fn act(app: &App, name: &str) {
    app.button("More acts").click();
    app.find("menuitem", name).click();
}

fn payments(tour: &mut Tour<'_>, app: &App, customer: &Value) {
    app.open_record(customer, "payments");
    loaded(app);
    app.button("Record payment").click();
    app.field("Amount");
    app.button("Split").click();
    app.see("open, due");
    tour.stop(app, "payments-split");
    app.escape();
    app.until("the end of the form", || !app.shows("field", "Amount"));
    app.button("Refund \u{20ac}400.00").click();
    app.field("Reason").fill("Sent twice");
    app.see("more of");
    tour.stop(app, "refund");
    app.field("Amount").fill("400.01");
    app.press(&[Key::Control, Key::Enter]);
    app.see("at most 400.00");
    tour.stop(app, "refund-refused");
    app.field("Amount").fill("100");
    app.press(&[Key::Control, Key::Enter]);
    app.row("Sent twice");
    app.dismiss();
    let asks = ["statement-loading", "statement-failed"];
    let open = || app.button("Statement").click();
    late(tour, app, &["get_statement"], asks, &open, &|| {
        app.row("Opening balance");
    });
    tour.stop(app, "statement");
    app.run(
        "const day = document.querySelector('dialog[open] [name=to]'); day.value = '2020-01-01'; day.dispatchEvent(new Event('input', {bubbles: true}))",
        &[],
    );
    app.see("The last day is before the first.");
    tour.stop(app, "statement-refused");
    app.escape();
}

/// The record of a customer who was deleted: archived with the invoices, and only read.
fn archived(tour: &mut Tour<'_>, app: &App) {
    app.until("the record", || app.shows("tabpanel", ""));
    app.escape();
    app.until("the list", || app.all("dialog").is_empty());
    let known = app.record("lena@brightpixel.example");
    app.ask("delete_customer", json!({"id": known["id"], "version": known["version"]}));
    app.open_record(&known["id"], "details");
    app.see("This customer is archived");
    loaded(app);
    tour.stop(app, "details-archived");
}
