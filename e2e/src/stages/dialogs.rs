//! The dialogs over a full book: filled, refused, in conflict, busy, failed.

use anyhow::Result;
use serde_json::json;

use super::{Part, Stage, Tour, failed, loaded, loading, retry, stage};
use crate::{App, Key};

pub const PART: Part = Part {
    name: "dialogs",
    stages,
    walk,
};

fn stages() -> Vec<Stage> {
    [
        "new-customer",
        "new-customer-refused",
        "new-customer-taken",
        "new-customer-saving",
        "new-customer-failed",
        "edit-customer",
        "edit-customer-conflict",
        "edit-customer-chosen",
        "delete-conflict",
        "delete-blocked",
        "delete",
        "toast-undo",
        "add-license",
        "add-license-loading",
        "add-license-failed",
        "cancel-license",
        "cancel-subscription",
        "add-domain",
        "add-domain-refused",
        "add-domain-taken",
        "edit-domain",
        "edit-domain-refused",
        "remove-domain",
        "record-payment",
        "record-payment-refused",
        "new-plan",
        "new-plan-refused",
        "edit-plan",
        "edit-plan-schedule",
        "edit-plan-conflict",
    ]
    .map(stage)
    .to_vec()
}

fn walk(tour: &mut Tour<'_>) -> Result<()> {
    let app = App::start("stages_dialogs")?;
    app.resize(1280, 800);
    app.explore();
    app.visit("Customers");
    let full = app.full_customer();
    new_customer(tour, &app);
    edit_customer(tour, &app, &full);
    deletion(tour, &app, &full);
    record(tour, &app, &full);
    plans(tour, &app);
    Ok(())
}

fn new_customer(tour: &mut Tour<'_>, app: &App) {
    app.button("New customer").click();
    app.field("Full name");
    tour.stop(app, "new-customer");
    app.button("Create customer").click();
    app.see("Enter an email address.");
    tour.stop(app, "new-customer-refused");
    let taken = app.ask("list_customers", json!({"limit": 1}))["items"][0]["email"].clone();
    app.field("Email").fill(taken.as_str().unwrap_or_default());
    app.field("Full name").fill("Lena Hoffmann");
    app.field("Password").fill("eight or more");
    app.see("already uses this address.");
    tour.stop(app, "new-customer-taken");
    app.field("Email").fill("lena@example.com");
    app.hold(&["create_customer"]);
    app.button("Create customer").click();
    app.button("Creating");
    tour.stop(app, "new-customer-saving");
    app.refuse(&["create_customer"]);
    app.see("The database did not answer");
    tour.stop(app, "new-customer-failed");
    app.release();
    app.escape();
    app.gone("dialog", "New customer");
}

fn edit_customer(tour: &mut Tour<'_>, app: &App, name: &str) {
    let found = json!({"search": app.field("Search customers").value(), "limit": 1});
    app.row(name).find("button", "Edit").click();
    app.dialog("Edit customer");
    tour.stop(app, "edit-customer");
    let customer = app.ask("list_customers", found)["items"][0].clone();
    let meanwhile = json!({"id": customer["id"], "version": customer["version"], "company_name": "Another name meanwhile"});
    app.ask("update_customer", meanwhile);
    app.field("Company").fill("The name that was typed");
    app.button("Save").click();
    app.see("saved this customer first");
    tour.stop(app, "edit-customer-conflict");
    app.find("radio", "Company, yours").click();
    app.see("Everything is chosen");
    tour.stop(app, "edit-customer-chosen");
    app.escape();
    app.dialog("Edit customer");
    app.escape();
    app.gone("dialog", "Edit customer");
}

fn deletion(tour: &mut Tour<'_>, app: &App, name: &str) {
    app.row(name).find("button", "Delete").click();
    // The list still has the version from before the change.
    app.button("Delete customer").click();
    app.see("Nothing was deleted.");
    tour.stop(app, "delete-conflict");
    app.button("Delete customer").click();
    app.see("cannot be deleted");
    tour.stop(app, "delete-blocked");
    app.button("Close").click();
    app.until("the end of the question", || app.all("dialog").is_empty());

    app.field("Search customers").fill("");
    app.add_customer("Lena Hoffmann", "lena@example.com", "Hoffmann GmbH");
    app.dismiss();
    app.row("Lena Hoffmann").find("button", "Delete").click();
    app.button("Delete customer");
    tour.stop(app, "delete");
    app.button("Delete customer").click();
    app.see("Lena Hoffmann deleted");
    // A notification stays as long as it has the focus.
    app.press(&[Key::F6]);
    tour.stop(app, "toast-undo");
    app.button("Undo").click();
    app.row("Lena Hoffmann");
    app.dismiss();
}

fn record(tour: &mut Tour<'_>, app: &App, name: &str) {
    app.field("Search customers").fill(name);
    app.open_customer(name);
    app.open_tab("Licenses");
    loaded(app);
    app.button("Add license").click();
    app.field("Plan");
    app.see("Each year");
    tour.stop(app, "add-license");
    app.escape();
    app.gone("dialog", "Add license");
    app.hold(&["list_plans"]);
    app.button("Add license").click();
    app.dialog("Add license");
    loading(app);
    tour.stop(app, "add-license-loading");
    app.release();
    app.field("Plan");
    app.escape();
    app.gone("dialog", "Add license");
    app.refuse(&["list_plans"]);
    app.button("Add license").click();
    failed(app);
    tour.stop(app, "add-license-failed");
    retry(app);
    app.field("Plan");
    app.escape();
    app.gone("dialog", "Add license");

    app.button("Cancel license").click();
    app.button("Keep license");
    tour.stop(app, "cancel-license");
    app.button("Keep license").click();
    app.open_tab("Subscriptions");
    app.button("Cancel subscription").click();
    app.button("Keep subscription");
    tour.stop(app, "cancel-subscription");
    app.button("Keep subscription").click();

    app.open_tab("Domains");
    app.button("Add domain").click();
    app.field("Domain name");
    tour.stop(app, "add-domain");
    app.field("Domain name").fill("no domain");
    app.button("Add domain").click();
    app.see("This is not a domain name.");
    tour.stop(app, "add-domain-refused");
    let taken = app.ask("list_domains", json!({"limit": 1}))["items"][0]["name"].clone();
    app.field("Domain name").fill(taken.as_str().unwrap_or_default());
    app.button("Add domain").click();
    app.see("already has this domain");
    tour.stop(app, "add-domain-taken");
    app.escape();
    app.gone("dialog", "Add domain");
    own_domain(tour, app);

    app.open_tab("Payments");
    app.button("Record payment").click();
    app.field("Amount");
    tour.stop(app, "record-payment");
    app.field("Amount").fill("a lot");
    app.button("Record").click();
    app.see("Enter an amount like");
    tour.stop(app, "record-payment-refused");
    app.escape();
    app.until("the end of the form", || !app.shows("field", "Amount"));
    app.escape();
    app.gone("dialog", name);
}

fn own_domain(tour: &mut Tour<'_>, app: &App) {
    app.button("Change ").click();
    app.field("Registrar");
    tour.stop(app, "edit-domain");
    app.field("Registrar").fill(&"x".repeat(201));
    app.button("Save domain").click();
    app.see("201 characters.");
    tour.stop(app, "edit-domain-refused");
    app.escape();
    app.gone("dialog", "Change ");
    app.button("Remove ").click();
    app.button("Keep domain");
    tour.stop(app, "remove-domain");
    app.button("Keep domain").click();
    app.until("the end of the question", || !app.shows("button", "Keep domain"));
}

fn plans(tour: &mut Tour<'_>, app: &App) {
    app.visit("Plans");
    loaded(app);
    app.button("New plan").click();
    app.field("Code");
    tour.stop(app, "new-plan");
    app.button("Create plan").click();
    app.see("Enter a monthly or a yearly price.");
    tour.stop(app, "new-plan-refused");
    app.escape();
    app.gone("dialog", "New plan");

    let plan = app.ask("list_plans", json!({"limit": 1}))["items"][0].clone();
    let name = plan["name"].as_str().unwrap_or_default().to_owned();
    app.button(&format!("Edit {name}")).click();
    app.dialog(&format!("Edit {name}"));
    tour.stop(app, "edit-plan");
    app.field("A schedule of its own").click();
    app.field("Step 7, days");
    app.see("Unpaid invoices: 7 steps");
    tour.stop(app, "edit-plan-schedule");
    let meanwhile = json!({"id": plan["id"], "version": plan["version"], "trial_days": 21, "description": "As it was saved"});
    app.ask("update_plan", meanwhile);
    app.field("Description").fill("As it was typed");
    app.button("Save plan").click();
    app.see("saved this plan first");
    tour.stop(app, "edit-plan-conflict");
    app.escape();
    app.dialog(&format!("Edit {name}"));
    app.escape();
    app.gone("dialog", &format!("Edit {name}"));
}
