//! Billing: an invoice from its draft to its credit note, payments, the account, the address, and the settings of it all.

use anyhow::Result;
use serde_json::{Value, json};

use super::{Part, Stage, Tour, failed, loaded, loading, retry, stage};
use crate::{App, Key};

pub const PART: Part = Part {
    name: "billing",
    stages,
    walk,
};

fn stages() -> Vec<Stage> {
    [
        "settings-billing",
        "settings-billing-loading",
        "settings-billing-failed",
        "settings-billing-refused",
        "billing-address",
        "billing-address-refused",
        "billing-address-shown",
        "invoice-new",
        "invoice-new-refused",
        "invoice-draft",
        "invoice-delete",
        "invoice-finalize",
        "invoice-finalize-incomplete",
        "invoice-loading",
        "invoice-failed",
        "invoice-open",
        "invoice-promise",
        "invoice-promise-refused",
        "invoice-record-payment",
        "invoice-record-payment-refused",
        "invoice-use-credit",
        "invoice-credit",
        "invoice-credit-parts-refused",
        "invoice-void",
        "invoice-partly",
        "credit-note",
        "payments-split",
        "refund",
        "refund-refused",
        "statement",
        "statement-refused",
    ]
    .map(stage)
    .to_vec()
}

fn walk(tour: &mut Tour<'_>) -> Result<()> {
    let app = App::start("stages_billing")?;
    app.resize(1280, 800);
    app.begin();
    app.add_customer("Lena Hoffmann", "lena@brightpixel.example", "Brightpixel Studio");
    app.dismiss();
    let customer = app.ask("list_customers", json!({"limit": 1}))["items"][0]["id"].clone();
    settings(tour, &app);
    address(tour, &app, &customer);
    draft(tour, &app, &customer);
    settled(tour, &app, &customer);
    payments(tour, &app, &customer);
    Ok(())
}

fn settings(tour: &mut Tour<'_>, app: &App) {
    app.follow("#/settings/billing");
    app.field("Street and number");
    loaded(app);
    tour.stop(app, "settings-billing");
    app.follow("#/settings/general");
    app.hold(&["get_billing_settings", "number_report"]);
    app.follow("#/settings/billing");
    loading(app);
    tour.stop(app, "settings-billing-loading");
    app.release();
    loaded(app);
    app.follow("#/settings/general");
    app.field("Name of the book");
    app.refuse(&["get_billing_settings", "number_report"]);
    app.follow("#/settings/billing");
    failed(app);
    tour.stop(app, "settings-billing-failed");
    retry(app);
    app.field("VAT number").fill("123");
    app.field("IBAN").fill("DE89");
    app.field("Invoices").fill("2026");
    app.field("Step 2, days").fill("-8");
    app.button("Save settings").click();
    app.see("This is not an IBAN.");
    tour.stop(app, "settings-billing-refused");
    app.follow("#/settings/general");
    app.field("Name of the book");
}

fn address(tour: &mut Tour<'_>, app: &App, customer: &Value) {
    app.open_record(customer, "details");
    app.button("Edit billing address").click();
    app.field("Street and number");
    tour.stop(app, "billing-address");
    app.field("VAT number").fill("12");
    app.press(&[Key::Control, Key::Enter]);
    app.see("This is not a VAT number.");
    tour.stop(app, "billing-address-refused");
    app.field("VAT number").fill("DE123456789");
    app.field("Street and number").fill("Speicherstra\u{df}e 8");
    app.field("Postal code").fill("60327");
    app.field("City").fill("Frankfurt");
    app.field("Country").choose("Germany");
    app.press(&[Key::Control, Key::Enter]);
    app.see("60327 Frankfurt");
    app.dismiss();
    tour.stop(app, "billing-address-shown");
}

/// A field of a line of the open draft.
fn line(app: &App, at: usize, name: &str, text: &str) {
    let script = "const field = document.querySelector(`dialog[open] [name='lines[${arguments[0]}].${arguments[1]}']`); if (!field) return false; field.focus(); field.select(); return true";
    app.until("the field of a line", || app.run(script, &[json!(at), json!(name)]) == json!(true));
    app.type_text(text);
}

fn draft(tour: &mut Tour<'_>, app: &App, customer: &Value) {
    app.open_tab("Invoices");
    app.button("New invoice").click();
    app.button("Add line");
    loaded(app);
    tour.stop(app, "invoice-new");
    line(app, 0, "unit_price", "a lot");
    line(app, 0, "quantity", "-1");
    app.press(&[Key::Control, Key::Enter]);
    app.see("Enter a value.");
    tour.stop(app, "invoice-new-refused");
    app.escape();
    app.gone("dialog", "New invoice");
    let draft = json!({
        "customer_id": customer, "note": "Thank you for your order",
        "lines": [
            {"text": "Studio, license", "quantity": "1", "unit_price": 120_000, "tax_category": "S", "tax_rate": 190_000,
                "period_start": "2026-11-01", "period_end": "2026-12-01"},
            {"text": "Storage, extra", "quantity": "250", "unit_price": 12, "tax_category": "S", "tax_rate": 190_000},
            {"text": "Handbook, printed", "quantity": "1.5", "unit_price": 1_400, "tax_category": "S", "tax_rate": 70_000}
        ]
    });
    app.ask("create_invoice", draft);
    // The page does not know of it until it asks again.
    app.open_tab("Details");
    app.open_tab("Invoices");
    app.button("Draft").click();
    app.dialog("Draft invoice");
    loaded(app);
    tour.stop(app, "invoice-draft");
    app.button("Delete draft").click();
    app.dialog("Delete this draft?");
    tour.stop(app, "invoice-delete");
    app.button("Keep draft").click();
    app.button("Finalize").click();
    app.dialog("Finalize this invoice?");
    tour.stop(app, "invoice-finalize");
    app.press(&[Key::Control, Key::Enter]);
    app.see("Your own details are not complete");
    tour.stop(app, "invoice-finalize-incomplete");
    let version = app.ask("get_billing_settings", json!({}))["version"].clone();
    app.ask(
        "update_billing_settings",
        json!({
            "version": version, "iban": "DE89 3704 0044 0532 0130 00",
            "seller": {"name": "Alder Hosting GmbH", "contact": null, "street": "Lindenallee 14", "postal_code": "20259", "city": "Hamburg",
                "region": null, "country": "DE", "vat_id": "DE298114207", "tax_number": null, "email": "billing@alder.example"}
        }),
    );
    app.press(&[Key::Control, Key::Enter]);
    app.gone("dialog", "Finalize this invoice?");
    app.see("Final; number given");
    app.dismiss();
    app.escape();
}

fn settled(tour: &mut Tour<'_>, app: &App, customer: &Value) {
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
    tour.stop(app, "invoice-open");
    promise(tour, app);
    app.button("Record payment").click();
    app.field("Amount").fill("400");
    app.see("Pays part of");
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
    app.button("CN-").click();
    app.see("Credits");
    loaded(app);
    tour.stop(app, "credit-note");
    app.escape();
    app.until("the invoice", || !app.shows("dialog", "CN-"));
    app.escape();
}

fn promise(tour: &mut Tour<'_>, app: &App) {
    app.button("Note a promise").click();
    app.field("Promised until");
    loaded(app);
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
    app.see("open again");
    tour.stop(app, "refund");
    app.field("Amount").fill("400.01");
    app.press(&[Key::Control, Key::Enter]);
    app.see("at most 400.00");
    tour.stop(app, "refund-refused");
    app.field("Amount").fill("100");
    app.press(&[Key::Control, Key::Enter]);
    app.row("Sent twice");
    app.dismiss();
    app.button("Statement").click();
    app.row("Opening balance");
    loaded(app);
    tour.stop(app, "statement");
    app.run(
        "const day = document.querySelector('dialog[open] [name=to]'); day.value = '2020-01-01'; day.dispatchEvent(new Event('input', {bubbles: true}))",
        &[],
    );
    app.see("out of order");
    tour.stop(app, "statement-refused");
    app.escape();
}
