//! The page of statistics: ready, as tables, with a definition, with the list behind a figure, loading, failed.

use super::{Tour, failed, loaded, loading, pages::away, retry};
use crate::App;

/// Its stages, in their order.
pub const STAGES: [&str; 11] = [
    "statistics",
    "statistics-long",
    "statistics-table",
    "statistics-definition",
    "statistics-list",
    "statistics-list-failed",
    "statistics-rate",
    "statistics-rate-refused",
    "statistics-together",
    "statistics-loading",
    "statistics-failed",
];

/// Everything that the page asks.
const ASKED: [&str; 4] = ["recurring_figures", "cohorts", "receivables", "renewal_forecast"];

pub fn walk(tour: &mut Tour<'_>, app: &App) {
    app.visit("Statistics");
    app.find("heading", "Churn and retention");
    loaded(app);
    tour.stop(app, STAGES[0]);
    app.button("Period: last 12 months").click();
    app.find("menuitem", "Last 36 months").click();
    app.button("Period: last 36 months");
    loaded(app);
    tour.stop(app, STAGES[1]);
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
    tour.stop(app, STAGES[2]);
    app.button("What Recurring, monthly (MRR) means").click();
    app.see("A yearly price counts one twelfth.");
    tour.stop(app, STAGES[3]);
    app.escape();
    let open = "document.querySelector('.metrics .figure').click()";
    app.run(open, &[]);
    app.dialog("Recurring revenue on");
    app.see("the figure, to the last cent");
    tour.stop(app, STAGES[4]);
    app.escape();
    app.gone("dialog", "Recurring revenue on");
    app.refuse(&["list_recurring"]);
    app.run(open, &[]);
    failed(app);
    tour.stop(app, STAGES[5]);
    app.escape();
    app.gone("dialog", "Recurring revenue on");
    app.release();
    rates(tour, app);

    away(app);
    app.hold(&ASKED);
    app.visit("Statistics");
    loading(app);
    tour.stop(app, STAGES[9]);
    app.release();
    loaded(app);
    away(app);
    app.refuse(&ASKED);
    app.visit("Statistics");
    failed(app);
    tour.stop(app, STAGES[10]);
    retry(app);
    app.find("heading", "Churn and retention");
}

/// Rates are stated until all currencies are together.
fn rates(tour: &mut Tour<'_>, app: &App) {
    for (number, rate) in ["0.92", "1.17"].into_iter().enumerate() {
        app.button("State a rate of").click();
        app.dialog("What is 1");
        if number == 0 {
            tour.stop(app, STAGES[6]);
            app.field("1 ").fill("0");
            app.button("Save rate").click();
            app.see("Enter a rate above 0");
            tour.stop(app, STAGES[7]);
        }
        app.field("1 ").fill(rate);
        app.button("Save rate").click();
        app.gone("dialog", "What is 1");
        app.dismiss();
    }
    app.see("= Together in");
    tour.stop(app, STAGES[8]);
}
