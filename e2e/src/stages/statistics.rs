//! The page of statistics: ready, as tables, with a definition, with the list behind a figure, loading, failed.

use super::{Tour, failed, loaded, loading, pages::away, retry};
use crate::App;

/// Its stages, in their order.
pub const STAGES: [&str; 8] = [
    "statistics",
    "statistics-long",
    "statistics-table",
    "statistics-definition",
    "statistics-list",
    "statistics-list-failed",
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

    away(app);
    app.hold(&ASKED);
    app.visit("Statistics");
    loading(app);
    tour.stop(app, STAGES[6]);
    app.release();
    loaded(app);
    away(app);
    app.refuse(&ASKED);
    app.visit("Statistics");
    failed(app);
    tour.stop(app, STAGES[7]);
    retry(app);
    app.find("heading", "Churn and retention");
}
