//! `verify` finds each single value that was damaged, and names table, row, what it should be and what it is.

use contract::{
    BillingCycle,
    settings::{GetSettings, UpdateSettings},
    subscription::{ChangeSubscription, PauseSubscription, ResumeSubscription},
};
use engine::Finding;

use crate::support::*;

/// A book in which every kept figure is there and not zero.
async fn full(book: &TestBook) -> contract::customer::Customer {
    let (ann, plan) = (book.customer("Ann").await, book.plan("basic").await);
    book.customer("Bea").await;
    book.license(&ann, &plan, true).await;
    book.ok(contract::domain::AddDomain {
        customer_id: ann.id,
        name: "a.example".to_owned(),
        registrar: None,
        registered_on: None,
        expires_on: None,
        auto_renew: false,
    })
    .await;
    book.invoice(
        ann.id,
        NewInvoice {
            number: "1",
            total: eur(300),
            due_on: "2026-11-30",
        },
    )
    .await;
    book.invoice(
        ann.id,
        NewInvoice {
            number: "2",
            total: eur(500),
            due_on: "2026-12-01",
        },
    )
    .await;
    book.invoice(
        ann.id,
        NewInvoice {
            number: "3",
            total: eur(900),
            due_on: "2027-06-01",
        },
    )
    .await;
    book.at("2026-12-03T09:00:00Z").await;
    book.pay(ann.id, 400, "2026-12-03").await;
    book.verified().await;
    book.get(ann.id).await
}

/// Damages a value, looks, and repairs it. Answers with what was found.
async fn damaged(book: &TestBook, table: &str, column: &str, row: &str, damage: &str) -> Vec<Finding> {
    let change = format!("UPDATE {table} SET {column} = {damage} WHERE {row}");
    book.sql
        .run(&format!("CREATE TABLE kept AS SELECT {column} FROM {table} WHERE {row}"))
        .await;
    assert_eq!(book.sql.number("SELECT COUNT(*) FROM kept").await, 1, "{change}");
    assert_eq!(book.sql.run(&change).await, 1, "{change}");
    let findings = book.app.verify().await.unwrap().findings;
    book.sql
        .run(&format!(
            "UPDATE {table} SET {column} = (SELECT {column} FROM kept) WHERE {row_after}",
            row_after = after(row, column)
        ))
        .await;
    book.sql.run("DROP TABLE kept").await;
    book.verified().await;
    findings
}

/// Which row it is after its column was damaged; the key itself may be what was.
fn after(row: &str, column: &str) -> String {
    match column {
        "number" if row.starts_with("number = 2") => "number = 902".to_owned(),
        "starts_on" => row.replace("2026-12-03", "2026-11-28"),
        _ => row.to_owned(),
    }
}

on_both! {
    async fn every_damaged_figure_of_a_customer_is_found_and_named(book: TestBook) {
        let ann = full(&book).await;
        let id = book.sql.id(ann.id.0);
        let row = format!("customer_id = {id}");
        for column in [
            "total_licenses", "active_licenses", "total_subscriptions", "active_subscriptions", "total_domains", "total_invoices",
            "outstanding_invoices", "revenue", "outstanding", "created_at",
        ] {
            let was = book.sql.number(&format!("SELECT {column} FROM customer_summary WHERE {row}")).await;
            let found = damaged(&book, "customer_summary", column, &row, &format!("{column} + 1")).await;
            assert_eq!(found, [finding("customer_summary", &ann.id.to_string(), column, was, was + 1)]);
        }
        for (column, was, damage) in [
            ("full_name_key", "ann", "'anna'"), ("email_key", "ann@example.com", "'x@example.com'"), ("search_text", "ann\nann@example.com\n", "'nobody'"),
        ] {
            let found = damaged(&book, "customer_summary", column, &row, damage).await;
            let want = finding("customer_summary", &ann.id.to_string(), column, serde_json::json!(was), serde_json::json!(damage.trim_matches('\'')));
            assert!(found.contains(&want), "{found:?}");
        }
        let found = damaged(&book, "customer_summary", "company_name_key", &row, "'x'").await;
        let want = finding("customer_summary", &ann.id.to_string(), "company_name_key", serde_json::Value::Null, serde_json::json!("x"));
        assert!(found.contains(&want), "{found:?}");
        let found = damaged(&book, "customer_summary", "place", &row, "1").await;
        assert!(found.contains(&finding("customer_summary", &ann.id.to_string(), "place", 0, 1)), "{found:?}");
        let found = damaged(&book, "customer_summary", "is_active", &row, "FALSE").await;
        assert!(found.contains(&finding("customer_summary", &ann.id.to_string(), "is_active", true, false)), "{found:?}");
        let found = damaged(&book, "customer_summary", "last_payment_date", &row, "'2026-12-02'").await;
        assert_eq!(found, [finding("customer_summary", &ann.id.to_string(), "last_payment_date", "\"2026-12-03\"", "\"2026-12-02\"")]);
        for column in ["payments", "paid", "refunded", "outstanding", "overdue"] {
            let was = book.sql.number(&format!("SELECT {column} FROM customer_money WHERE {row}")).await;
            let found = damaged(&book, "customer_money", column, &row, &format!("{column} + 1")).await;
            assert_eq!(found, [finding("customer_money", &format!("{} EUR", ann.id), column, was, was + 1)]);
        }
    }

    async fn a_damaged_number_of_a_customer_is_found_in_the_list_and_in_the_archive(book: TestBook) {
        let (ann, bea) = (book.customer("Ann").await, book.customer("Bea").await);
        book.pay(bea.id, 100, "2026-11-20").await;
        let paid = book.get(bea.id).await;
        let gone = book.ok(contract::customer::DeleteCustomer { id: bea.id, version: paid.version }).await;
        assert_eq!(gone.outcome, contract::customer::DeletionOutcome::Archived);
        for (customer, is_listed) in [(ann.id, true), (bea.id, false)] {
            let row = format!("customer_id = {}", book.sql.id(customer.0));
            let seq = book.sql.number(&format!("SELECT seq FROM customer_summary WHERE {row}")).await;
            let found = damaged(&book, "customer_summary", "seq", &row, "seq + 700").await;
            let want = finding("customer_summary", &customer.to_string(), "seq", seq, seq + 700);
            assert_eq!(found.iter().filter(|found| found.table == "customer_summary").collect::<Vec<_>>(), [&want]);
            // Only who is in the list is searched for.
            assert_eq!(found.iter().any(|found| found.table == "customer_index"), is_listed, "{found:?}");
        }
    }

    async fn every_damaged_value_of_what_recurred_is_found_at_its_row(book: TestBook) {
        book.seller(0).await;
        let (ann, bea) = (book.customer("Ann").await, book.customer("Bea").await);
        let (basic, other) = (book.plan("basic").await, book.plan("other").await);
        let own = book.ok(new_subscription(ann.id, basic.id, BillingCycle::Monthly)).await;
        book.at("2026-12-03T09:00:00Z").await;
        let more = ChangeSubscription { id: own.id, version: None, plan_id: None, billing_cycle: None, quantity: Some(2), on: None };
        book.ok(more).await;
        book.verified().await;
        let (past, now) = (format!("{} 2026-11-22", own.id), format!("{} 2026-12-03", own.id));
        let (in_past, in_now) = ("starts_on = '2026-11-22'", "starts_on = '2026-12-03'");
        let (beas, others) = (book.sql.id(bea.id.0), book.sql.id(other.id.0));
        for (key, row, column, damage, expected, found) in [
            // Of now, whatever its subscription says otherwise.
            (&now, in_now, "amount", "amount + 1", "2000", "2001"),
            (&now, in_now, "months", "12", "1", "12"),
            (&now, in_now, "months", "7", "1 or 12", "7"),
            (&now, in_now, "plan_id", &others, &basic.id.to_string(), &other.id.to_string()),
            (&now, in_now, "customer_id", &beas, &ann.id.to_string(), &bea.id.to_string()),
            (&now, in_now, "currency", "'CHF'", "EUR", "CHF"),
            // Of then, what the change log tells of the terms, also where it is what they are now.
            (&past, in_past, "amount", "amount + 1", "1000", "1001"),
            (&past, in_past, "amount", "2000", "1000", "2000"),
            (&past, in_past, "months", "12", "1", "12"),
            // And what holds at any time.
            (&past, in_past, "months", "7", "1 or 12", "7"),
            (&past, in_past, "customer_id", &beas, &ann.id.to_string(), &bea.id.to_string()),
            (&past, in_past, "currency", "'CHF'", "EUR", "CHF"),
            (&past, in_past, "ends_on", "'2026-12-20'", "2026-12-03 at the latest", "2026-12-20"),
            (&past, in_past, "ends_on", "NULL", "2026-12-03 at the latest", "none"),
        ] {
            let all = damaged(&book, "recurring", column, row, damage).await;
            // Two rows at once are two answers to what recurs today.
            let named: Vec<_> = all.into_iter().filter(|found| found.column == column).collect();
            assert_eq!(named, [finding("recurring", key, column, expected, found)], "{column} = {damage}");
        }
        // One that is missing, and one that begins before the other is over, and before its terms held.
        let moved = format!("{} 2026-11-28", own.id);
        assert_eq!(damaged(&book, "recurring", "starts_on", in_now, "'2026-11-28'").await, [
            finding("recurring", &past, "ends_on", "2026-11-28 at the latest", "2026-12-03"),
            finding("recurring", &moved, "amount", 1_000, 2_000),
            finding("recurring", &moved, "ends_on", "2026-12-03 at the latest", "none"),
        ]);
        // What the last change has led to is what there is; what recurs now follows from that.
        let found = damaged(&book, "subscription", "quantity", &format!("id = {}", book.sql.id(own.id.0)), "3").await;
        assert_eq!(found, [
            finding("recurring", &now, "amount", 3_000, 2_000),
            finding("subscription", &own.id.to_string(), "quantity", 2, 3),
        ]);
        book.sql.run(&format!("DELETE FROM recurring WHERE {in_now}")).await;
        assert_eq!(book.app.verify().await.unwrap().findings, [finding("recurring", &own.id.to_string(), "amount", 2_000, "none")]);
    }

    async fn what_recurred_by_the_days_of_another_zone_is_no_damage(book: TestBook) {
        let move_to = async |zone: &str| {
            let version = book.ok(GetSettings {}).await.version;
            let zone = UpdateSettings {
                version, book_name: None, currency: None, time_zone: Some(zone.to_owned()), expiring_days: None, idle_lock_minutes: None,
            };
            book.ok(zone).await;
        };
        move_to("Pacific/Auckland").await;
        let (ann, basic) = (book.customer("Ann").await, book.plan("basic").await);
        let own = book.ok(new_subscription(ann.id, basic.id, BillingCycle::Monthly)).await;
        // Half past midnight of the 4th there.
        book.at("2026-12-03T11:30:00Z").await;
        let more = ChangeSubscription { id: own.id, version: None, plan_id: None, billing_cycle: None, quantity: Some(2), on: None };
        book.ok(more).await;
        // Two o'clock of the 3rd, from which the new terms hold then.
        move_to("Pacific/Honolulu").await;
        book.at("2026-12-03T12:00:00Z").await;
        book.ok(PauseSubscription { id: own.id, version: None }).await;
        book.ok(ResumeSubscription { id: own.id, version: None }).await;
        move_to("Pacific/Auckland").await;
        let times = "SELECT CAST(starts_on AS TEXT) || ' ' || CAST(amount AS TEXT) FROM recurring ORDER BY 1";
        assert_eq!(book.sql.texts(times).await, ["2026-11-22 1000", "2026-12-03 2000"]);
        book.verified().await;
    }

    async fn an_entry_of_the_search_that_is_missing_or_too_much_is_found(book: TestBook) {
        let (ann, bea) = (book.customer("Ann").await, book.customer("Bea").await);
        let seq = book.sql.number(&format!("SELECT seq FROM customer_summary WHERE customer_id = {}", book.sql.id(ann.id.0))).await;
        let is_found = async || book.app.verify().await.unwrap().findings.into_iter().map(|found| (found.table, found.row, found.found)).collect::<Vec<_>>();
        let table = "customer_index".to_owned();
        if book.sql.is_server() {
            book.sql.run(&format!("DELETE FROM customer_index WHERE seq = {seq}")).await;
            assert_eq!(is_found().await, [(table.clone(), seq.to_string(), String::new())]);
            book.sql.run(&format!("INSERT INTO customer_index (seq, grams) SELECT {seq}, grams FROM customer_index WHERE seq <> {seq}")).await;
            assert_eq!(is_found().await.len(), 1, "the entry of another");
            book.sql.run("DELETE FROM customer_index").await;
            assert_eq!(is_found().await.len(), 2);
        } else {
            let text = "'ann' || char(10, 10) || 'ann@example.com' || char(10, 10, 10, 10)";
            book.sql.run(&format!("INSERT INTO customer_index (customer_index, rowid, text) VALUES ('delete', {seq}, {text})")).await;
            assert_eq!(is_found().await, [(table.clone(), seq.to_string(), "none".to_owned())]);
            book.sql.run(&format!("INSERT INTO customer_index (rowid, text) VALUES ({seq}, 'ann')")).await;
            assert_eq!(is_found().await, [(table.clone(), seq.to_string(), "1 terms".to_owned())]);
            book.sql.run(&format!("INSERT INTO customer_index (customer_index, rowid, text) VALUES ('delete', {seq}, 'ann')")).await;
            book.sql.run(&format!("INSERT INTO customer_index (rowid, text) VALUES ({seq}, {text})")).await;
            book.verified().await;
            book.sql.run("INSERT INTO customer_index (rowid, text) VALUES (77, 'xyz')").await;
            assert_eq!(is_found().await, [(table, "77".to_owned(), "an entry".to_owned())]);
        }
        drop(bea);
    }

    async fn every_damaged_figure_of_the_book_is_found_and_named(book: TestBook) {
        full(&book).await;
        let figures = book.sql.texts("SELECT kind || ' ' || key FROM figure WHERE amount <> 0 ORDER BY kind, key, slot").await;
        let kinds: std::collections::BTreeSet<&str> = figures.iter().filter_map(|figure| figure.split(' ').next()).collect();
        let all = ["allocated", "billed", "billed_documents", "cohort_paid", "cohort_paying", "customers", "joined", "licenses", "open_invoices", "outstanding", "overdue", "paying", "received", "revenue"];
        assert_eq!(kinds.into_iter().collect::<Vec<_>>(), all);
        for figure in figures.iter().collect::<std::collections::BTreeSet<_>>() {
            let (kind, key) = figure.split_once(' ').unwrap();
            let row = format!("kind = '{kind}' AND key = '{key}' AND slot = (SELECT MIN(slot) FROM figure WHERE kind = '{kind}' AND key = '{key}')");
            let was = book.sql.number(&format!("SELECT SUM(amount) FROM figure WHERE kind = '{kind}' AND key = '{key}'")).await;
            let found = damaged(&book, "figure", "amount", &row, "amount - 7").await;
            assert_eq!(found, [finding("figure", figure, "amount", was, was - 7)]);
        }
        // A figure too many, and one that is missing.
        book.sql.run("INSERT INTO figure (kind, key, slot, amount) VALUES ('revenue', 'CHF', 0, 5)").await;
        assert_eq!(book.app.verify().await.unwrap().findings, [finding("figure", "revenue CHF", "amount", 0, 5)]);
        book.sql.run("DELETE FROM figure WHERE key = 'CHF'").await;
        book.sql.run("DELETE FROM figure WHERE kind = 'paying'").await;
        assert_eq!(book.app.verify().await.unwrap().findings, [finding("figure", "paying EUR", "amount", 1, 0)]);
    }

    async fn rows_that_are_missing_or_too_many_are_found(book: TestBook) {
        let ann = full(&book).await;
        let id = book.sql.id(ann.id.0);
        book.sql.run(&format!("INSERT INTO customer_money VALUES ({id}, 'CHF', 1, 2, 0, 0, 0)")).await;
        assert_eq!(book.app.verify().await.unwrap().findings, [finding("customer_money", &format!("{} CHF", ann.id), "", "no row", "a row")]);
        book.sql.run("DELETE FROM customer_money WHERE currency = 'CHF'").await;
        book.sql.run(&format!("DELETE FROM customer_summary WHERE customer_id = {id}")).await;
        let found = book.app.verify().await.unwrap().findings;
        assert_eq!(found[0], finding("customer_summary", &ann.id.to_string(), "", "a row", "none"));
        assert_eq!(found[1..].iter().map(|found| found.table.as_str()).collect::<Vec<_>>(), ["customer_index"], "nobody's entry");
    }

    async fn a_damaged_sum_of_money_is_found(book: TestBook) {
        let ann = full(&book).await;
        let invoice = book.sql.texts(&format!("SELECT {} FROM invoice WHERE number = '3'", book.text_id())).await.remove(0);
        let payment = book.sql.texts(&format!("SELECT {} FROM payment", book.text_id())).await.remove(0);
        // What is owed follows from what was paid, so its figures are found, too.
        let found = damaged(&book, "invoice", "paid", "number = '3'", "paid + 100").await;
        assert!(found.contains(&finding("invoice", &invoice, "paid", 0, 100)), "{found:?}");
        assert!(found.iter().any(|finding| finding.table == "customer_summary" && finding.row == ann.id.to_string()), "{found:?}");
        let found = damaged(&book, "payment", "refunded", "amount = 400", "refunded + 1").await;
        assert!(found.contains(&finding("payment", &payment, "refunded", 0, 1)), "{found:?}");
        let found = damaged(&book, "allocation", "amount", "invoice_id = (SELECT id FROM invoice WHERE number = '2')", "amount + 1").await;
        assert!(found.iter().any(|finding| (finding.table.as_str(), finding.column.as_str()) == ("invoice", "paid")), "{found:?}");
        assert!(found.iter().any(|finding| (finding.table.as_str(), finding.column.as_str()) == ("payment", "allocated")), "{found:?}");
        book.sql.unguard("invoice_line", "update").await;
        let found = damaged(&book, "invoice_line", "net", "invoice_id = (SELECT id FROM invoice WHERE number = '3')", "net + 1").await;
        assert_eq!(found, [finding("invoice", &invoice, "net", 901, 900)]);
        let found = damaged(&book, "license", "due_at", "status = 'active'", "due_at + 1").await;
        assert_eq!(found.iter().map(|finding| (finding.table.as_str(), finding.column.as_str())).collect::<Vec<_>>(), [("license", "due_at")]);
    }

    async fn a_damaged_text_state_or_instant_that_is_looked_up_by_is_found(book: TestBook) {
        full(&book).await;
        for (table, column, row, damage) in [
            ("customer", "email_key", "email LIKE 'ann%'", "'bob@example.com'"),
            ("customer", "full_name_key", "email LIKE 'ann%'", "'bob'"),
            ("customer", "company_name_key", "email LIKE 'ann%'", "'nobody'"),
            ("customer", "search_text", "email LIKE 'ann%'", "'nothing'"),
            ("subscription", "due_at", "status <> 'canceled'", "1"),
            ("invoice", "due_at", "number = '3'", "1"),
            ("invoice", "is_overdue", "number = '3'", "TRUE"),
            ("invoice", "status", "number = '3'", "'paid'"),
        ] {
            let found = damaged(&book, table, column, row, damage).await;
            assert!(
                found.iter().any(|finding| (finding.table.as_str(), finding.column.as_str()) == (table, column)),
                "{table}.{column}: {found:?}"
            );
        }
    }

    async fn every_damaged_value_of_the_change_log_is_found_at_its_entry(book: TestBook) {
        full(&book).await;
        for act in ["update", "delete"] {
            book.sql.unguard("change", act).await;
        }
        book.sql.unguard("change_value", "delete").await;
        let other = book.sql.id(uuid::Uuid::now_v7());
        let bytes = if book.sql.is_server() { "decode('00', 'hex')" } else { "X'00'" };
        for (column, damage) in [
            ("at", "at + 1"), ("actor_id", other.as_str()), ("operation", "'x'"), ("noun", "'plan'"), ("subject_id", &other),
            ("customer_id", &other), ("version", "version + 1"), ("batch", &other), ("undo_of", &other), ("hash", bytes),
        ] {
            let found = damaged(&book, "change", column, "number = 2", damage).await;
            assert!(found.iter().any(|finding| finding.table == "change" && finding.row == "2" && finding.column == "hash"), "{column}: {found:?}");
        }
        let found = damaged(&book, "change", "commitment", "number = 2", bytes).await;
        assert!(found.iter().any(|finding| (finding.table.as_str(), finding.row.as_str()) == ("change_value", "2")), "{found:?}");
        let found = damaged(&book, "change", "number", "number = 2", "902").await;
        assert!(found.iter().any(|finding| finding.table == "change" && finding.column == "number" && finding.expected == "2"), "{found:?}");
        let value = "position = 1 AND change_id = (SELECT id FROM change WHERE number = 2)";
        for (column, damage) in [("field", "'x'"), ("before", "'1'"), ("after", "'\"x\"'"), ("salt", bytes)] {
            let found = damaged(&book, "change_value", column, value, damage).await;
            assert_eq!(found.iter().map(|finding| (finding.table.as_str(), finding.row.as_str())).collect::<Vec<_>>(), [("change_value", "2")], "{column}");
        }
        for (column, damage) in [("number", "number - 1"), ("hash", bytes)] {
            let found = damaged(&book, "chain_head", column, "only_row = 1", damage).await;
            assert_eq!(found.iter().map(|finding| (finding.table.as_str(), finding.column.as_str())).collect::<Vec<_>>(), [("chain_head", column)]);
        }
        // The last entry cut off, as if it had never been.
        book.sql.run("DELETE FROM change_value WHERE change_id = (SELECT id FROM change ORDER BY number DESC LIMIT 1)").await;
        book.sql.run("DELETE FROM change WHERE number = (SELECT MAX(number) FROM change)").await;
        let found = book.app.verify().await.unwrap().findings;
        assert!(found.iter().all(|finding| finding.table == "chain_head") && found.len() == 2, "{found:?}");
    }
}

fn finding(table: &str, row: &str, column: &str, expected: impl ToString, found: impl ToString) -> Finding {
    Finding {
        table: table.to_owned(),
        row: row.to_owned(),
        column: column.to_owned(),
        expected: expected.to_string(),
        found: found.to_string(),
    }
}

impl TestBook {
    /// The id of a row as it is written.
    fn text_id(&self) -> &'static str {
        if self.sql.is_server() {
            "CAST(id AS TEXT)"
        } else {
            "lower(substr(hex(id), 1, 8) || '-' || substr(hex(id), 9, 4) || '-' || substr(hex(id), 13, 4) || '-' || substr(hex(id), 17, 4)
             || '-' || substr(hex(id), 21))"
        }
    }
}

/// More customers than are looked at together, so that a part ends between two of them.
async fn of_parts(database: Database) {
    let book = TestBook::empty(database).await;
    book.at("2026-11-22T09:30:00Z").await;
    let guards = if book.sql.is_server() {
        "SELECT CAST(t.tgname AS TEXT) FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
         WHERE NOT t.tgisinternal AND c.relnamespace = CAST(current_schema() AS regnamespace) ORDER BY 1"
    } else {
        "SELECT name FROM sqlite_master WHERE type = 'trigger' ORDER BY 1"
    };
    let before = book.sql.texts(guards).await;
    engine::demo::fill(&book.app, 502, 3, OWNER_PASSWORD).await.unwrap();
    // A file is filled without them.
    assert!(before.contains(&"invoice_line_refuse_insert".to_owned()));
    assert_eq!(book.sql.texts(guards).await, before);
    let checked = book.app.verify().await.unwrap();
    let customers = book.sql.number("SELECT COUNT(*) FROM customer").await;
    assert_eq!(
        (checked.findings, i64::try_from(checked.customers).unwrap()),
        (Vec::new(), customers)
    );
    for at in [0, 499, 500, customers - 1] {
        let id = book
            .sql
            .texts(&format!("SELECT {} FROM customer ORDER BY id LIMIT 1 OFFSET {at}", book.text_id()))
            .await
            .remove(0);
        let row = format!("customer_id = {}", book.sql.id(id.parse().unwrap()));
        let was = book
            .sql
            .number(&format!("SELECT total_domains FROM customer_summary WHERE {row}"))
            .await;
        let found = damaged(&book, "customer_summary", "total_domains", &row, "total_domains + 1").await;
        assert_eq!(found, [finding("customer_summary", &id, "total_domains", was, was + 1)]);
    }
    book.end().await;
}

#[tokio::test]
async fn a_large_book_is_checked_to_its_end_in_a_file() {
    of_parts(Database::Sqlite).await;
}

#[tokio::test]
async fn a_large_book_is_checked_to_its_end_on_a_server() {
    of_parts(Database::Postgres).await;
}
