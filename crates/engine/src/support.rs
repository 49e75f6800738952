//! What the tests of several modules share.

use sea_orm::Value;

use crate::{App, BookLocation, NewBook, OpenOptions, scope::Scope};

/// How a file would answer a query, step by step.
pub async fn plan_of(sql: &str, values: Vec<Value>) -> Vec<String> {
    plan_by(|_| (sql.to_owned(), values)).await
}

/// The same of a query that is written for the database.
pub async fn plan_by(query: impl FnOnce(&Scope) -> (String, Vec<Value>)) -> Vec<String> {
    let folder = tempfile::tempdir().unwrap();
    let options = OpenOptions {
        create: Some(NewBook::default()),
        ..OpenOptions::default()
    };
    let app = App::open(BookLocation::File(folder.path().join("book.db")), options).await.unwrap();
    let scope = Scope::read(&app.0, None, "plan").await.unwrap();
    let (sql, values) = query(&scope);
    let rows = scope.rows(&format!("EXPLAIN QUERY PLAN {sql}"), values).await.unwrap();
    let plan = rows.iter().map(|row| row.try_get("", "detail").unwrap()).collect();
    drop(scope);
    app.close().await;
    plan
}

/// Closes a book, and leaves nothing of it on a server.
pub async fn close_and_remove(app: App) {
    if let BookLocation::Server(server) = app.location() {
        let scope = Scope::write(&app.0, None, "tidy").await.unwrap();
        let sql = format!("DROP SCHEMA {} CASCADE", server.schema);
        scope.execute_sql(&sql, Vec::new()).await.unwrap();
        scope.commit().await.unwrap();
    }
    app.close().await;
}
