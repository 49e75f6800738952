//! Catching up: what is due since the last run is worked out, shown, and done once. Nothing runs in the background: the app
//! may be closed for weeks.
//!
//! What was done is kept by what, of which record and for which day, in the transaction that does it. So two desks at once, a
//! crash in the middle or a clock that is set back neither do a thing twice nor leave one out.

mod due;
mod first;
mod list;
mod plan;
mod queue;
mod rehearse;
mod reminders;
mod renewals;
mod run;
mod steps;
mod stops;
mod walk;

pub use first::First;
pub use queue::Queue;
pub use renewals::Renewals;

#[cfg(test)]
pub mod tests {
    use sea_orm::Value;

    use crate::{App, BookLocation, NewBook, OpenOptions, scope::Scope};

    /// How a file would answer a query, step by step.
    pub async fn plan_of(sql: &str, values: Vec<Value>) -> Vec<String> {
        let folder = tempfile::tempdir().unwrap();
        let options = OpenOptions {
            create: Some(NewBook::default()),
            ..OpenOptions::default()
        };
        let app = App::open(BookLocation::File(folder.path().join("book.db")), options).await.unwrap();
        let scope = Scope::read(&app.0, None, "plan").await.unwrap();
        let rows = scope.rows(&format!("EXPLAIN QUERY PLAN {sql}"), values).await.unwrap();
        let plan = rows.iter().map(|row| row.try_get("", "detail").unwrap()).collect();
        drop(scope);
        app.close().await;
        plan
    }
}
