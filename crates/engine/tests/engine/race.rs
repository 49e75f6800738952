//! Several at once: nobody sees half of what another does, and nothing is done twice or undone.

use contract::{
    license::{LicenseStatus, ListLicenses},
    session::SignIn,
};

use crate::support::*;

on_both! {
    async fn a_check_while_others_write_finds_nothing_wrong(book: TestBook) {
        let ann = book.customer("Ann").await;
        let writer = tokio::spawn({
            let book = book.clone();
            async move {
                for _ in 0..120 {
                    book.pay(ann.id, 100, "2026-11-20").await;
                }
            }
        });
        let mut checks = 0;
        while !writer.is_finished() {
            book.verified().await;
            checks += 1;
        }
        writer.await.unwrap();
        assert!(checks > 1, "{checks}");
        book.verified().await;
    }

    async fn a_check_after_others_wrote_takes_what_is_new_for_no_damage(book: TestBook) {
        for number in 0..24 {
            book.customer(&format!("Customer {number}")).await;
            book.verified().await;
        }
    }

    async fn payments_at_once_pay_an_invoice_once(book: TestBook) {
        let ann = book.customer("Ann").await;
        book.invoice(ann.id, NewInvoice { number: "1", total: eur(500), due_on: "2027-01-01" }).await;
        let other = book.again().await;
        other.call(SignIn { email: OWNER_EMAIL.to_owned(), password: OWNER_PASSWORD.into() }, None).await.unwrap();
        let mut payments = tokio::task::JoinSet::new();
        for number in 0..10 {
            let app = if number % 2 == 0 { book.app.clone() } else { other.clone() };
            payments.spawn(async move { app.call(new_payment(ann.id, eur(100), None), None).await.unwrap() });
        }
        let unallocated: i64 = payments.join_all().await.iter().map(|payment| payment.unallocated.amount).sum();
        assert_eq!(unallocated, 500);
        let customer = book.get(ann.id).await;
        assert_eq!((customer.total_payments, customer.outstanding_invoices), (vec![eur(1_000)], 0));
        other.close().await;
        book.verified().await;
    }

    async fn of_many_edits_of_one_version_one_is_made(book: TestBook) {
        let ann = book.customer("Ann").await;
        let mut edits = tokio::task::JoinSet::new();
        for number in 0..6 {
            let book = book.clone();
            edits.spawn(async move {
                let change = contract::customer::UpdateCustomer {
                    full_name: Some(format!("Ann {number}")), ..contract::customer::UpdateCustomer::nothing(ann.id, 1)
                };
                book.call(change).await
            });
        }
        let made = edits.join_all().await.into_iter().filter(Result::is_ok).count();
        assert_eq!((made, book.get(ann.id).await.version), (1, 2));
        book.verified().await;
    }

    async fn what_is_canceled_just_before_it_falls_due_stays_canceled(book: TestBook) {
        let (ann, plan) = (book.customer("Ann").await, book.plan("basic").await);
        book.license(&ann, &plan, false).await;
        let now = at("2026-12-22T09:00:00Z").0;
        // Someone at another desk is about to cancel it, with the customer locked as every write has it.
        let begin = if book.sql.is_server() { "BEGIN" } else { "BEGIN IMMEDIATE" };
        let lock = if book.sql.is_server() { " FOR UPDATE" } else { "" };
        book.sql.run(begin).await;
        book.sql.texts(&format!("SELECT full_name FROM customer WHERE full_name = 'Ann'{lock}")).await;
        book.at("2026-12-22T09:00:00Z").await;
        let list = tokio::spawn({ let book = book.clone(); async move { book.ok(ListLicenses::default()).await } });
        tokio::time::sleep(std::time::Duration::from_millis(500)).await;
        book.sql.run(&format!("UPDATE license SET status = 'canceled', status_before_cancel = 'active', canceled_at = {now}, due_at = NULL")).await;
        book.sql.run("UPDATE customer_summary SET active_licenses = 0 WHERE active_licenses > 0").await;
        book.sql.run("DELETE FROM figure WHERE kind = 'licenses'").await;
        book.sql.run("COMMIT").await;
        assert_eq!(list.await.unwrap().items[0].status, LicenseStatus::Canceled);
        book.verified().await;
    }

    async fn who_is_brought_back_just_before_the_thirty_days_end_stays(book: TestBook) {
        let ann = book.customer("Ann").await;
        let ann_alone = "customer_id IN (SELECT id FROM customer WHERE full_name = 'Ann')";
        // What the search knows of her, as the desk that brings her back will write it.
        let index = if book.sql.is_server() {
            let grams = format!("SELECT CAST(grams AS TEXT) FROM customer_index WHERE seq = (SELECT seq FROM customer_summary WHERE {ann_alone})");
            let grams = book.sql.texts(&grams).await.remove(0);
            format!("INSERT INTO customer_index (seq, grams) SELECT seq, CAST('{grams}' AS INT[]) FROM customer_summary WHERE {ann_alone}")
        } else {
            let lines = "replace(search_text, char(10), char(10) || char(10)) || char(10) || char(10)";
            format!("INSERT INTO customer_index (rowid, text) SELECT seq, {lines} FROM customer_summary WHERE {ann_alone}")
        };
        book.ok(contract::customer::DeleteCustomer { id: ann.id, version: 1 }).await;
        let begin = if book.sql.is_server() { "BEGIN" } else { "BEGIN IMMEDIATE" };
        let lock = if book.sql.is_server() { " FOR UPDATE" } else { "" };
        book.sql.run(begin).await;
        book.sql.texts(&format!("SELECT full_name FROM customer WHERE full_name = 'Ann'{lock}")).await;
        book.at("2026-12-22T09:00:00Z").await;
        let list = tokio::spawn({ let book = book.clone(); async move { book.ok(ListLicenses::default()).await } });
        tokio::time::sleep(std::time::Duration::from_millis(500)).await;
        book.sql.run("UPDATE customer SET deleted_at = NULL WHERE full_name = 'Ann'").await;
        book.sql.run(&format!("UPDATE customer_summary SET place = 0 WHERE {ann_alone}")).await;
        book.sql.run(&index).await;
        for (kind, key) in [("customers", "1000"), ("joined", "2026-11-22")] {
            book.sql.run(&format!("INSERT INTO figure (kind, key, slot, amount) VALUES ('{kind}', '{key}', 99, 1)")).await;
        }
        book.sql.run("COMMIT").await;
        list.await.unwrap();
        assert_eq!(book.get(ann.id).await.full_name, "Ann");
        book.verified().await;
    }
}
