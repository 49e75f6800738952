//! The command palette: what it offers at first, what it finds, and what it says where it finds nothing.

use serde_json::json;

use super::{Tour, failed, loaded, loading, retry};
use crate::{App, Key};

/// Its stages, in their order.
pub const STAGES: [&str; 6] = [
    "palette-empty",
    "palette-found",
    "palette-nothing-found",
    "palette-refused",
    "palette-loading",
    "palette-failed",
];

const FIELD: &str = "Search or run a command";
const CUSTOMERS: &[&str] = &["list_customers"];

/// Goes through all of them, over the list of customers.
pub fn walk(tour: &mut Tour<'_>, app: &App) {
    app.visit("Customers");
    app.first_customer();
    loaded(app);
    app.press_with(Key::Control, 'k');
    app.dialog(FIELD);
    app.press(&[Key::Down]);
    tour.stop(app, "palette-empty");
    // The name of whoever has everything: each kind finds something of theirs.
    let owner = app.ask("list_domains", json!({"limit": 1}))["items"][0]["customer_name"].clone();
    let name = owner.as_str().unwrap_or_default();
    app.field(FIELD).fill(name);
    app.find("option", name);
    settled(app);
    tour.stop(app, "palette-found");
    app.field(FIELD).fill("nobody is called so");
    app.see("Nothing matches");
    tour.stop(app, "palette-nothing-found");
    app.field(FIELD).fill("one two three four five six seven eight nine");
    app.see("9 words. Use at most 8.");
    tour.stop(app, "palette-refused");
    app.field(FIELD).fill("");
    app.hold(CUSTOMERS);
    app.field(FIELD).fill("new");
    loading(app);
    tour.stop(app, "palette-loading");
    app.release();
    settled(app);
    app.field(FIELD).fill("");
    app.refuse(CUSTOMERS);
    app.field(FIELD).fill("new");
    failed(app);
    tour.stop(app, "palette-failed");
    retry(app);
    settled(app);
    app.escape();
    app.gone("dialog", FIELD);
}

/// Waits until what is shown is for what is typed.
fn settled(app: &App) {
    app.until("the results", || app.all("[role=listbox]:not([aria-busy])").len() == 1);
    loaded(app);
}
