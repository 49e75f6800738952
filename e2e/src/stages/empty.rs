//! A new book: pages with nothing on them yet, settings, and what is over every page.

use anyhow::Result;

use super::{Part, Stage, Tour, failed, loaded, loading, narrow, retry, stage};
use crate::{App, Key};

pub const PART: Part = Part {
    name: "empty",
    stages,
    walk,
};

fn stages() -> Vec<Stage> {
    let mut stages = [
        "dashboard-empty",
        "customers-empty",
        "plans-empty",
        "statistics-empty",
        "settings-general",
        "settings-general-refused",
        "settings-general-loading",
        "settings-general-failed",
        "settings-appearance",
        "settings-database",
        "settings-people",
        "settings-people-loading",
        "settings-people-failed",
        "person",
        "person-refused",
        "person-edit",
        "shortcuts",
        "account-menu",
        "idle-warning",
    ]
    .map(stage)
    .to_vec();
    stages.push(narrow("navigation"));
    let record = [
        "details-licenses-empty",
        "add-license-no-plan",
        "details-subscriptions-empty",
        "add-subscription-no-plan",
        "details-domains-empty",
        "details-invoices-empty",
        "details-payments-empty",
    ];
    stages.extend(record.map(stage));
    stages.extend(["person-password-again", "person-password-again-wrong"].map(stage));
    stages
}

fn walk(tour: &mut Tour<'_>) -> Result<()> {
    let mut app = App::start("stages_empty")?;
    app.resize(1280, 800);
    app.begin();
    for (page, name) in [
        ("Dashboard", "dashboard-empty"),
        ("Customers", "customers-empty"),
        ("Plans", "plans-empty"),
        ("Statistics", "statistics-empty"),
    ] {
        app.visit(page);
        loaded(&app);
        tour.stop(&app, name);
    }
    settings(tour, &app);
    people(tour, &app);

    app.type_text("?");
    app.dialog("Keyboard shortcuts");
    tour.stop(&app, "shortcuts");
    app.escape();
    app.gone("dialog", "Keyboard shortcuts");
    app.button("Account").click();
    app.find("menuitem", "Sign out");
    tour.stop(&app, "account-menu");
    app.escape();

    // Nine minutes and a half without input, at once.
    app.freeze_clock(575);
    app.dialog("Still there?");
    tour.stop(&app, "idle-warning");
    app.thaw_clock();
    app.button("Stay").click();
    app.gone("dialog", "Still there?");

    app.resize(420, 800);
    app.button("Open navigation").click();
    app.dialog("Navigation");
    tour.stop(&app, "navigation");
    app.escape();
    app.gone("dialog", "Navigation");
    app.resize(1280, 800);
    record(tour, &app);
    password_again(tour, &mut app)
}

fn settings(tour: &mut Tour<'_>, app: &App) {
    app.link("Settings").click();
    app.find("heading", "General");
    loaded(app);
    tour.stop(app, "settings-general");
    app.field("Name of the book").fill("");
    app.field("Expiring soon").fill("soon");
    app.button("Save settings").click();
    app.see("Enter a number from 1 to 365.");
    tour.stop(app, "settings-general-refused");
    app.link("Appearance").click();
    app.hold(&["get_settings"]);
    app.link("General").click();
    loading(app);
    tour.stop(app, "settings-general-loading");
    app.release();
    loaded(app);
    app.link("Appearance").click();
    app.refuse(&["get_settings"]);
    app.link("General").click();
    failed(app);
    tour.stop(app, "settings-general-failed");
    retry(app);
    for (section, name) in [("Appearance", "settings-appearance"), ("Database", "settings-database")] {
        app.link(section).click();
        app.find("heading", section);
        loaded(app);
        tour.stop(app, name);
    }
}

fn people(tour: &mut Tour<'_>, app: &App) {
    app.link("People").click();
    app.find("heading", "People");
    loaded(app);
    tour.stop(app, "settings-people");
    app.link("Database").click();
    app.hold(&["list_administrators"]);
    app.link("People").click();
    loading(app);
    tour.stop(app, "settings-people-loading");
    app.release();
    loaded(app);
    app.link("Database").click();
    app.refuse(&["list_administrators"]);
    app.link("People").click();
    failed(app);
    tour.stop(app, "settings-people-failed");
    retry(app);

    app.button("New administrator").click();
    app.dialog("New administrator");
    tour.stop(app, "person");
    app.button("Create administrator").click();
    app.see("Enter a name.");
    tour.stop(app, "person-refused");
    app.escape();
    app.gone("dialog", "New administrator");
    app.button("Edit Ines").click();
    app.dialog("Edit administrator");
    tour.stop(app, "person-edit");
    app.escape();
    app.gone("dialog", "Edit administrator");
}

/// A customer who has bought nothing.
fn record(tour: &mut Tour<'_>, app: &App) {
    app.add_customer("Lena Hoffmann", "lena@example.com", "Hoffmann GmbH");
    app.dismiss();
    app.open_customer("Lena Hoffmann");
    for (tab, title, name, add, without_plan) in [
        (
            "Licenses",
            "No license yet",
            "details-licenses-empty",
            "Add license",
            "add-license-no-plan",
        ),
        (
            "Subscriptions",
            "No subscription yet",
            "details-subscriptions-empty",
            "Add subscription",
            "add-subscription-no-plan",
        ),
    ] {
        app.open_tab(tab);
        app.see(title);
        tour.stop(app, name);
        app.button(add).click();
        app.see("No plan is on sale");
        tour.stop(app, without_plan);
        app.escape();
        app.gone("dialog", add);
    }
    for (tab, title, name) in [
        ("Domains", "No domain yet", "details-domains-empty"),
        ("Invoices", "No invoice yet", "details-invoices-empty"),
        ("Payments", "No payment yet", "details-payments-empty"),
    ] {
        app.open_tab(tab);
        app.see(title);
        tour.stop(app, name);
    }
    app.escape();
    app.gone("dialog", "Lena Hoffmann");
}

/// Making an administrator needs the password again, however short a time ago it was given.
fn password_again(tour: &mut Tour<'_>, app: &mut App) -> Result<()> {
    app.link("Settings").click();
    app.link("People").click();
    app.button("New administrator").click();
    app.field("Full name").fill("Jo Okafor");
    app.field("Email").fill("jo@example.com");
    app.field("Password").fill("nine patient lanterns");
    app.button("Create administrator").click();
    app.dialog("Enter your password");
    tour.stop(app, "person-password-again");
    app.field("Your password").fill("not the password");
    app.button("Continue").click();
    app.see("That password does not match.");
    tour.stop(app, "person-password-again-wrong");
    app.press(&[Key::Escape]);
    app.gone("dialog", "Enter your password");
    Ok(())
}
