//! How lists are walked.

use super::*;
use crate::{App, BookLocation, NewBook, OpenOptions, page::Cursor};

fn listing(table: &'static str, select: &'static str, key: SortKey) -> Listing<'static> {
    Listing {
        name: table,
        select,
        table,
        customer: None,
        always: "TRUE",
        conditions: Vec::new(),
        filter: String::new(),
        searched: &[],
        search: None,
        is_exact: false,
        key,
        descending: None,
        wanted: Wanted::default(),
    }
}

/// An empty book, for as long as its folder is there.
async fn book() -> (App, tempfile::TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let options = OpenOptions {
        create: Some(NewBook::default()),
        ..OpenOptions::default()
    };
    let app = App::open(BookLocation::File(folder.path().join("book.db")), options).await.unwrap();
    (app, folder)
}

#[tokio::test]
async fn a_walk_reads_each_stretch_in_the_order_of_its_index() {
    let (app, _folder) = book().await;
    let scope = Scope::read(&app.0, None, "plan").await.unwrap();
    let invoices = "SELECT t.* FROM invoice t JOIN customer c ON c.id = t.customer_id";
    let licenses = "SELECT t.* FROM license t JOIN customer c ON c.id = t.customer_id JOIN plan p ON p.id = t.plan_id";
    let key = |expression, kind, first, index| SortKey::new(expression, kind).along(first, index);
    let due_on = SortKey::optional("t.due_on", Kind::Day).along("t", "invoice_by_due_on");
    let keys: [(SortKey, Option<serde_json::Value>); 6] = [
        (key("t.created_at", Kind::Created, "t", "invoice_by_created"), None),
        (due_on, Some("2026-11-22".into())),
        (key("t.total", Kind::Number, "t", "invoice_by_total"), Some(1.into())),
        (key("(t.status || '')", Kind::Text, "t", "invoice_by_status"), Some("open".into())),
        (key("c.full_name_key", Kind::Text, "c", "customer_by_name"), Some("ann".into())),
        (key("p.name_key", Kind::Text, "p", "plan_by_name"), Some("basic".into())),
    ];
    for (key, value) in keys {
        let (first, index) = key.along.unwrap();
        let list = match first {
            "p" => listing("license", licenses, key),
            _ => listing("invoice", invoices, key),
        };
        let cursor = Cursor::new("list", value.unwrap_or_default(), 1, uuid::Uuid::nil());
        for is_far in [false, true] {
            let walk = list.walk(&scope, is_far).unwrap();
            let places = [None, Some(&cursor)]
                .into_iter()
                .flat_map(|cursor| [false, true].map(|descending| (cursor, descending)));
            for stretch in places.flat_map(|(cursor, descending)| key.stretches(cursor, true, descending)) {
                let sql = format!("EXPLAIN QUERY PLAN {}", list.pick(&walk, &stretch));
                let values = [walk.values.clone(), stretch.values, vec![51_i64.into(), 0_i64.into()]].concat();
                let rows = scope.rows(&sql, values).await.unwrap();
                let plan: Vec<String> = rows.iter().map(|row| row.try_get("", "detail").unwrap()).collect();
                assert!(plan[0].contains(&format!(" {first} USING")) && plan[0].contains(index), "{plan:?}");
                // Through another table, the records of equal names are sorted among themselves.
                assert!(first != "t" || plan.iter().all(|step| !step.contains("TEMP B-TREE")), "{plan:?}");
                // Rows that are skipped cost their entry in the index only.
                let is_covered = plan[0].contains("COVERING") || key.expression.contains('|');
                assert!(!is_far || first != "t" || is_covered, "{plan:?}");
            }
        }
    }
    drop(scope);
    app.close().await;
}

/// What is picked from a part of a walk is cut without an order of its own: the rows come in that of the walk, because it is the
/// outermost loop and nothing is sorted on the way.
#[tokio::test]
async fn what_is_picked_from_a_walk_comes_in_its_order() {
    let (app, _folder) = book().await;
    let scope = Scope::read(&app.0, None, "plan").await.unwrap();
    let key = SortKey::new("t.total", Kind::Number).along("t", "invoice_by_total");
    let list = listing("invoice", "SELECT t.* FROM invoice t JOIN customer c ON c.id = t.customer_id", key);
    let walk = list.walk(&scope, false).unwrap();
    let cursor = Cursor::new("list", 1.into(), 1, uuid::Uuid::nil());
    for (cursor, descending) in [None, Some(&cursor)]
        .into_iter()
        .flat_map(|cursor| [(cursor, false), (cursor, true)])
    {
        for stretch in key.stretches(cursor, true, descending) {
            let sql = list.pick_from(&walk, &list.entries(&walk, &stretch, 100));
            let values = [stretch.values, walk.values.clone(), vec![51_i64.into()]].concat();
            let rows = scope.rows(&format!("EXPLAIN QUERY PLAN {sql}"), values).await.unwrap();
            let plan: Vec<(i64, String)> = rows
                .iter()
                .map(|row| (row.try_get("", "parent").unwrap(), row.try_get("", "detail").unwrap()))
                .collect();
            let outer: Vec<&str> = plan
                .iter()
                .filter(|(parent, _)| *parent == 0)
                .map(|(_, step)| step.as_str())
                .collect();
            let first = outer.iter().find(|step| step.starts_with("SCAN") || step.starts_with("SEARCH"));
            assert_eq!(first, Some(&"SCAN w"), "{plan:?}");
            assert!(plan.iter().all(|(_, step)| !step.contains("TEMP B-TREE")), "{plan:?}");
            assert!(plan.iter().any(|(_, step)| step.contains("invoice_by_total")), "{plan:?}");
        }
    }
    drop(scope);
    app.close().await;
}
