//! The page of statistics: ready, as tables, with a definition, with the list behind a figure, loading, failed.

use serde_json::json;

use super::{Tour, failed, late, loaded, loading, pages::away, retry};
use crate::App;

/// Its stages, in their order.
pub const STAGES: [&str; 15] = [
    "statistics",
    "statistics-long",
    "statistics-table",
    "statistics-list-empty",
    "statistics-definition",
    "statistics-list-loading",
    "statistics-list-failed",
    "statistics-list",
    "statistics-rate",
    "statistics-rate-refused",
    "statistics-together",
    "statistics-loading",
    "statistics-failed",
    "statistics-panels-loading",
    "statistics-panels-failed",
];

/// Everything that the page asks.
const ASKED: [&str; 5] = ["recurring_figures", "cohorts", "billed_by_plan", "receivables", "renewal_forecast"];
/// What its panels ask, each for itself.
const PANELS: [&str; 5] = ["cohorts", "billed_by_plan", "receivables", "renewal_forecast", "exchange_rates"];

pub fn walk(tour: &mut Tour<'_>, app: &App) {
    app.visit("Statistics");
    app.find("heading", "Churn and retention");
    loaded(app);
    tour.stop(app, "statistics");
    app.button("Period: last 12 months").click();
    app.find("menuitem", "Last 36 months").click();
    app.button("Period: last 36 months");
    loaded(app);
    tour.stop(app, "statistics-long");
    app.button("Period: last 36 months").click();
    app.find("menuitem", "Last 12 months").click();
    loaded(app);
    for panel in ["Movement of recurring revenue", "Forecast of renewals"] {
        app.button(&format!("Show as table: {panel}")).click();
    }
    app.button("Show by month: Churn and retention").click();
    app.find("radio", "Revenue").click();
    app.find("grid", "Recurring revenue by month");
    loaded(app);
    tour.stop(app, "statistics-table");
    nothing(tour, app);
    app.button("What Recurring, monthly (MRR) means").click();
    app.see("A yearly price counts one twelfth.");
    tour.stop(app, "statistics-definition");
    app.escape();
    let open = || {
        app.run("document.querySelector('.metrics .figure').click()", &[]);
    };
    let asks = ["statistics-list-loading", "statistics-list-failed"];
    late(tour, app, &["list_recurring"], asks, &open, &|| {
        app.see("Sums to the figure exactly");
    });
    tour.stop(app, "statistics-list");
    app.escape();
    app.gone("dialog", "Recurring revenue on");
    rates(tour, app);

    away(app);
    app.hold(&ASKED);
    app.visit("Statistics");
    loading(app);
    tour.stop(app, "statistics-loading");
    app.release();
    loaded(app);
    away(app);
    app.refuse(&ASKED);
    app.visit("Statistics");
    failed(app);
    tour.stop(app, "statistics-failed");
    retry(app);
    app.find("heading", "Churn and retention");

    away(app);
    app.hold(&PANELS);
    app.visit("Statistics");
    app.find("heading", "Churn and retention");
    loading(app);
    tour.stop(app, "statistics-panels-loading");
    app.refuse(&PANELS);
    failed(app);
    tour.stop(app, "statistics-panels-failed");
    retry(app);
}

/// The list behind a figure that is zero: in a year of months, something has not happened in one of them.
fn nothing(tour: &mut Tour<'_>, app: &App) {
    let open = "const figures = [...document.querySelectorAll('[aria-label=\"Recurring revenue by month\"] .figure')];
        const zero = figures.find((figure) => !/[1-9]/.test(figure.textContent));
        zero?.click();
        return zero !== undefined";
    app.until("a figure that is zero", || app.run(open, &[]) == json!(true));
    app.see("Nothing makes up this figure");
    tour.stop(app, "statistics-list-empty");
    app.escape();
    app.until("the page", || app.all("dialog").is_empty());
}

/// Rates are stated until all currencies are together.
fn rates(tour: &mut Tour<'_>, app: &App) {
    for (number, rate) in ["0.92", "1.17"].into_iter().enumerate() {
        app.button("State a rate of").click();
        app.dialog("What is 1");
        if number == 0 {
            tour.stop(app, "statistics-rate");
            app.field("1 ").fill("0");
            app.button("Save rate").click();
            app.see("Enter a rate above 0");
            tour.stop(app, "statistics-rate-refused");
        }
        app.field("1 ").fill(rate);
        app.button("Save rate").click();
        app.gone("dialog", "What is 1");
        app.dismiss();
    }
    app.see("= Together in");
    tour.stop(app, "statistics-together");
}
