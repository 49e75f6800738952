//! The details of a customer who has everything: each tab ready, loading and failed.

use anyhow::Result;
use serde_json::{Value, json};

use super::{Part, Stage, Tour, failed, loaded, loading, retry, stage};
use crate::{App, element::Key};

pub const PART: Part = Part {
    name: "details",
    stages,
    walk,
};

/// Each tab with the commands that fill it, and its three stages.
const TABS: &[(&str, &[&str], [&str; 3])] = &[
    (
        "Licenses",
        &["list_licenses", "list_subscriptions"],
        ["details-licenses", "details-licenses-loading", "details-licenses-failed"],
    ),
    (
        "Subscriptions",
        &["list_subscriptions"],
        [
            "details-subscriptions",
            "details-subscriptions-loading",
            "details-subscriptions-failed",
        ],
    ),
    (
        "Domains",
        &["list_domains"],
        ["details-domains", "details-domains-loading", "details-domains-failed"],
    ),
    (
        "Invoices",
        &["list_invoices", "list_credit_notes"],
        ["details-invoices", "details-invoices-loading", "details-invoices-failed"],
    ),
    (
        "Payments",
        &["list_payments", "list_refunds"],
        ["details-payments", "details-payments-loading", "details-payments-failed"],
    ),
    (
        "Timeline",
        &["list_changes"],
        ["details-timeline", "details-timeline-loading", "details-timeline-failed"],
    ),
];

fn stages() -> Vec<Stage> {
    let own = ["details-loading", "details-failed", "details-account", "details-timeline-empty"];
    let tabs = TABS.iter().flat_map(|(_, _, names)| *names);
    own.into_iter().chain(tabs).chain(["details-gone"]).map(stage).collect()
}

fn walk(tour: &mut Tour<'_>) -> Result<()> {
    let app = App::start("stages_details")?;
    app.resize(1280, 800);
    app.explore();
    app.visit("Customers");
    let name = app.full_customer();

    app.hold(&["get_customer"]);
    app.row(&name).double_click();
    loading(&app);
    tour.stop(&app, "details-loading");
    app.release();
    app.dialog(&name);
    loaded(&app);
    app.escape();
    app.gone("dialog", &name);
    app.refuse(&["get_customer"]);
    app.row(&name).double_click();
    failed(&app);
    tour.stop(&app, "details-failed");
    retry(&app);
    app.dialog(&name);

    app.open_tab("Details");
    loaded(&app);
    let language = "return [...document.querySelectorAll('dt')]
        .find((name) => name.innerText === 'Language of documents')?.nextElementSibling.innerText ?? ''";
    let language = app.run(language, &[]);
    assert!(language.as_str().is_some_and(|name| name.len() > 3), "not by its code: {language}");
    tour.stop(&app, "details-account");
    app.open_tab("Timeline");
    app.see("No change yet");
    tour.stop(&app, "details-timeline-empty");
    // The last tab stays in sight where the row is wider than the window.
    app.resize(1280, 800);
    app.resize(420, 800);
    let is_in_sight = "const tab = document.querySelector('.tab[aria-selected=true]').getBoundingClientRect();
        return document.querySelector('.tabs').scrollLeft > 0 && tab.right <= innerWidth + 1";
    app.until("the chosen tab in sight", || app.run(is_in_sight, &[]) == Value::Bool(true));
    app.resize(1280, 800);
    // The page does not know of it until it asks again.
    app.work_for(&name);
    app.escape();
    app.gone("dialog", &name);
    app.open_customer(&name);
    for (tab, commands, [ready, held, refused]) in TABS {
        app.open_tab(tab);
        loaded(&app);
        tour.stop(&app, ready);
        app.open_tab("Details");
        app.hold(commands);
        app.open_tab(tab);
        loading(&app);
        tour.stop(&app, held);
        app.release();
        loaded(&app);
        app.open_tab("Details");
        app.refuse(commands);
        app.open_tab(tab);
        failed(&app);
        let retries = app.all("button").iter().filter(|button| button.text() == "Retry").count();
        assert_eq!(retries, 1, "one for the whole tab: {tab}");
        tour.stop(&app, refused);
        retry(&app);
        app.open_tab("Details");
    }
    app.press(&[Key::Escape]);
    app.gone("dialog", &name);

    // Somebody else deletes the customer before the record is opened.
    app.field("Search customers").fill("");
    app.add_customer("Vera Lindqvist", "deleted.meanwhile@stages.example", "");
    app.dismiss();
    let known = app.record("deleted.meanwhile@stages.example");
    app.ask("delete_customer", json!({"id": known["id"], "version": known["version"]}));
    app.follow(&format!("#/customers/{}/details", known["id"].as_str().unwrap_or_default()));
    app.see("This customer is not here any more");
    assert!(!app.shows("button", "Retry"), "no further try would find it");
    tour.stop(&app, "details-gone");
    app.find("alert", "This customer is not here any more")
        .find("button", "Close")
        .click();
    app.until("the end of the dialog", || {
        !app.text().contains("This customer is not here any more")
    });
    Ok(())
}
