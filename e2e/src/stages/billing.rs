//! Billing: its settings, the address, an invoice from its draft to its credit note, payments, the account.

use anyhow::Result;
use serde_json::{Value, json};

use super::{Part, Stage, Tour, failed, late, loaded, loading, retry, settled, stage};
use crate::{App, Key, steps::seller};

pub const PART: Part = Part {
    name: "billing",
    stages,
    walk,
};

fn stages() -> Vec<Stage> {
    let own = [
        "settings-billing",
        "settings-billing-loading",
        "settings-billing-failed",
        "logo-loading",
        "logo-failed",
        "settings-billing-refused",
        "billing-address-panel-loading",
        "billing-address-panel-failed",
        "billing-address-loading",
        "billing-address-failed",
        "billing-address",
        "billing-address-refused",
        "billing-address-shown",
        "invoice-new-loading",
        "invoice-new-failed",
        "invoice-new",
        "invoice-new-refused",
        "invoice-draft",
        "invoice-delete",
        "invoice-finalize",
        "invoice-finalize-incomplete",
    ];
    own.into_iter().chain(settled::STAGES).map(stage).collect()
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
    settled::walk(tour, &app, &customer);
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
    logo(tour, app);
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

/// Waits until all is there but one thing.
#[track_caller]
fn one_is_loading(app: &App) {
    app.until("the one placeholder", || app.all(".skeleton").len() == 1);
}

/// The logo alone is late, and is not told.
fn logo(tour: &mut Tour<'_>, app: &App) {
    let open = || {
        app.follow("#/settings/general");
        app.field("Name of the book");
        app.follow("#/settings/billing");
        app.field("Street and number");
    };
    app.hold(&["get_logo"]);
    open();
    one_is_loading(app);
    tour.stop(app, "logo-loading");
    app.refuse(&["get_logo"]);
    open();
    failed(app);
    tour.stop(app, "logo-failed");
    retry(app);
}

fn address(tour: &mut Tour<'_>, app: &App, customer: &Value) {
    app.hold(&["get_billing_address"]);
    app.open_record(customer, "details");
    app.see("Billing address");
    one_is_loading(app);
    tour.stop(app, "billing-address-panel-loading");
    app.release();
    loaded(app);
    app.open_tab("Invoices");
    app.refuse(&["get_billing_address"]);
    app.open_tab("Details");
    failed(app);
    tour.stop(app, "billing-address-panel-failed");
    retry(app);
    let asks = ["billing-address-loading", "billing-address-failed"];
    let open = || app.button("Edit billing address").click();
    late(tour, app, &["get_billing_address"], asks, &open, &|| {
        app.field("Street and number");
    });
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
    let asks = ["invoice-new-loading", "invoice-new-failed"];
    let open = || app.button("New invoice").click();
    late(tour, app, &["get_billing_settings"], asks, &open, &|| {
        app.button("Add line");
    });
    tour.stop(app, "invoice-new");
    line(app, 0, "unit_price", "a lot");
    line(app, 0, "quantity", "-1");
    app.press(&[Key::Control, Key::Enter]);
    app.see("Enter a description.");
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
        json!({"version": version, "iban": "DE89 3704 0044 0532 0130 00", "seller": seller()}),
    );
    app.press(&[Key::Control, Key::Enter]);
    app.gone("dialog", "Finalize this invoice?");
    app.see("Final; number given");
    app.dismiss();
    app.escape();
}
