//! The pages over a full book: ready, loading, failed, and with nothing found.

use anyhow::{Result, ensure};

use super::{Part, Stage, Tour, failed, loaded, loading, palette, retry, stage, statistics};
use crate::{App, Key};

pub const PART: Part = Part {
    name: "pages",
    stages,
    walk,
};

fn stages() -> Vec<Stage> {
    let names = [
        "dashboard",
        "dashboard-table",
        "dashboard-loading",
        "dashboard-failed",
        "customers",
        "customers-sorted",
        "customers-menu",
        "customers-filtered",
        "customers-nothing-found",
        "customers-search-refused",
        "customers-stale",
        "customers-loading",
        "customers-failed",
        "plans",
        "plans-loading",
        "plans-failed",
    ];
    let sample = ["throw-sample-away", "database-sample", "database-throw-sample-away"];
    let more = statistics::STAGES.into_iter().chain(palette::STAGES).chain(sample);
    names.into_iter().chain(more).map(stage).collect()
}

fn walk(tour: &mut Tour<'_>) -> Result<()> {
    let app = App::start("stages_pages")?;
    app.resize(1280, 800);
    app.explore();
    // A day on which something was done.
    app.visit("Customers");
    let name = app.full_customer();
    app.work_for(&name);
    app.field("Search customers").fill("");
    // The one found stays in focus when the others come; then the list is to be at its top.
    app.until("everybody", || app.all("row").len() > 2);
    app.press(&[Key::Down]);
    app.press(&[Key::Control, Key::Home]);
    app.first_customer();
    app.visit("Dashboard");
    loaded(&app);
    tour.stop(&app, "dashboard");
    app.button("Show as table").click();
    app.find("grid", "Revenue");
    tour.stop(&app, "dashboard-table");
    let figures = ["customer_stats", "monthly_figures", "attention"];
    away(&app);
    app.hold(&figures);
    app.visit("Dashboard");
    loading(&app);
    tour.stop(&app, "dashboard-loading");
    app.release();
    loaded(&app);
    away(&app);
    app.refuse(&figures);
    app.visit("Dashboard");
    failed(&app);
    app.until("one sentence for all that failed", || {
        app.all(".skeleton, .bone").is_empty() && app.all(".empty__icon--danger").len() == 1
    });
    tour.stop(&app, "dashboard-failed");
    retry(&app);

    customers(tour, &app);

    app.visit("Plans");
    loaded(&app);
    tour.stop(&app, "plans");
    away(&app);
    app.hold(&["list_plans"]);
    app.visit("Plans");
    loading(&app);
    tour.stop(&app, "plans-loading");
    app.release();
    loaded(&app);
    away(&app);
    app.refuse(&["list_plans"]);
    app.visit("Plans");
    failed(&app);
    tour.stop(&app, "plans-failed");
    retry(&app);

    statistics::walk(tour, &app);
    palette::walk(tour, &app);

    app.button("Throw away").click();
    app.see("Throw the sample away?");
    tour.stop(&app, "throw-sample-away");
    app.button("Keep the sample").click();
    app.link("Settings").click();
    app.link("Database").click();
    app.find("heading", "Database");
    loaded(&app);
    tour.stop(&app, "database-sample");
    app.button("Throw the sample away").click();
    app.see("Everything you tried in it is gone");
    tour.stop(&app, "database-throw-sample-away");
    app.button("Throw away").click();
    app.button("Create administrator");
    ensure!(!app.folder().join("sample.db").exists(), "the sample is thrown away");
    Ok(())
}

fn customers(tour: &mut Tour<'_>, app: &App) {
    app.visit("Customers");
    app.first_customer();
    loaded(app);
    tour.stop(app, "customers");
    // By revenue, the most first: customers who have been there for a while.
    let sort = || app.find("columnheader", "Revenue").find("button", "Revenue").click();
    sort();
    app.until("the order", || sorted(app).is_some());
    if sorted(app).as_deref() == Some("ascending") {
        sort();
    }
    app.until("the order, the most first", || sorted(app).as_deref() == Some("descending"));
    app.run("document.querySelector('[role=grid]').focus()", &[]);
    app.press(&[Key::Control, Key::Home]);
    app.first_customer();
    loaded(app);
    tour.stop(app, "customers-sorted");
    app.button("Add a filter").click();
    app.find("menuitem", "With subscriptions");
    tour.stop(app, "customers-menu");
    app.find("menuitem", "With subscriptions").click();
    app.button("Add a filter").click();
    app.find("menuitem", "Without outstanding").click();
    loaded(app);
    tour.stop(app, "customers-filtered");
    app.button("Clear").click();
    let search = app.field("Search customers");
    search.fill("nobody is called so");
    app.see("No customer");
    tour.stop(app, "customers-nothing-found");
    search.fill("one two three four five six seven eight nine");
    app.see("9 words. Use at most 8.");
    tour.stop(app, "customers-search-refused");
    search.fill("");
    app.first_customer();
    loaded(app);
    // Known rows stay when they cannot be asked for again.
    app.refuse(&["list_customers"]);
    app.find("columnheader", "Customer").find("button", "Customer").click();
    failed(app);
    tour.stop(app, "customers-stale");
    retry(app);

    away(app);
    app.hold(&["list_customers"]);
    app.visit("Customers");
    loading(app);
    tour.stop(app, "customers-loading");
    app.release();
    loaded(app);
    away(app);
    app.refuse(&["list_customers"]);
    app.visit("Customers");
    failed(app);
    tour.stop(app, "customers-failed");
    retry(app);
}

/// The order of the column of revenue, if it is that.
fn sorted(app: &App) -> Option<String> {
    let order = app.find("columnheader", "Revenue").attribute("aria-sort");
    order.filter(|order| order != "none")
}

/// A page that asks the book for nothing.
pub(super) fn away(app: &App) {
    app.link("Settings").click();
    app.link("Appearance").click();
    app.find("heading", "Appearance");
}
