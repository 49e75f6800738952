//! The change log: one entry for each write, with before and after, that nobody rewrites.

use contract::{
    Conflict, Noun,
    change::{Change, ListChanges},
    customer::{CreateCustomer, DeleteCustomer, RestoreCustomer},
    license::CancelLicense,
};
use serde_json::{Value, json};

use crate::support::*;

async fn changes(book: &TestBook) -> Vec<Change> {
    book.ok(ListChanges::default()).await.items
}

/// Field, before, after.
fn fields(change: &Change) -> Value {
    change
        .fields
        .iter()
        .map(|field| (field.field.clone(), json!([field.before, field.after])))
        .collect()
}

on_both! {
    async fn an_entry_says_who_changed_what_when_from_what_to_what(book: TestBook) {
        let ann = book.ok(CreateCustomer { company_name: Some("Acme".to_owned()), ..new_customer("Ann") }).await;
        book.at("2026-11-22T10:00:00Z").await;
        book.change(ann.id, |change| {
            change.full_name = Some("Anne".to_owned());
            change.company_name = Some(None);
            change.password = Some("a new password".into());
        }).await;
        let found = changes(&book).await;
        let [changed, made, first] = found.as_slice() else { panic!("{found:?}") };
        assert_eq!((changed.number, made.number, first.number), (3, 2, 1));
        assert_eq!((changed.actor.as_deref(), changed.operation.as_str(), changed.at), (Some("Olga Owner"), "update_customer", at("2026-11-22T10:00:00Z")));
        assert_eq!((changed.noun, changed.subject.as_str(), changed.version), (Noun::Customer, "Anne", 2));
        assert_eq!((changed.subject_id.clone(), changed.customer_id), (ann.id.to_string(), Some(ann.id)));
        assert_eq!(fields(changed), json!({"company_name": ["Acme", null], "full_name": ["Ann", "Anne"], "password": ["set", "changed"]}));
        assert_eq!(fields(made), json!({
            "email": [null, "ann@example.com"], "full_name": [null, "Ann"], "company_name": [null, "Acme"],
            "is_active": [null, true], "is_admin": [null, false], "password": [null, "set"],
        }));
        assert_eq!((first.operation.as_str(), first.actor.as_deref(), first.subject.as_str()), ("first_run", Some("Olga Owner"), "Olga Owner"));
        book.verified().await;
    }

    async fn every_write_leaves_one_entry_and_a_timeline_shows_what_belongs_to_its_customer(book: TestBook) {
        let (ann, bea) = (book.customer("Ann").await, book.customer("Bea").await);
        let plan = book.plan("basic").await;
        let license = book.license(&ann, &plan, true).await;
        book.ok(CancelLicense { id: license.id, version: None, subscription_version: None }).await;
        book.ok(contract::license::RestoreLicense { id: license.id, version: None }).await;
        book.ok(CancelLicense { id: license.id, version: None, subscription_version: None }).await;
        book.pay(ann.id, 1_250, "2026-11-20").await;
        book.ok(DeleteCustomer { id: ann.id, version: 1 }).await;
        book.ok(RestoreCustomer { id: ann.id, version: 2 }).await;
        let all: Vec<String> = changes(&book).await.into_iter().map(|change| change.operation).collect();
        assert_eq!(all, [
            "restore_customer", "delete_customer", "record_payment", "cancel_license", "restore_license", "cancel_license", "add_license",
            "create_plan", "create_customer", "create_customer", "first_run",
        ]);
        let own = book.ok(ListChanges { customer_id: Some(ann.id), ..Default::default() }).await;
        let subjects: Vec<String> = own.items.iter().map(|change| change.subject.clone()).collect();
        let end = contract::license_key::masked(&license.key);
        assert_eq!(subjects, ["Ann", "Ann", "12.50 EUR", &end, &end, &end, &end, "Ann"]);
        assert_eq!(own.total, 8);
        assert_eq!(fields(&own.items[3]), json!({"status": ["active", "canceled"], "subscription": ["active", "canceled"]}));
        assert_eq!(fields(&own.items[4]), json!({"status": ["canceled", "active"], "subscription": ["canceled", "active"]}));
        assert_eq!(fields(&own.items[0]), json!({"archived_at": ["2026-11-22T09:00:00.000Z", null]}));
        assert_eq!(book.ok(ListChanges { customer_id: Some(bea.id), ..Default::default() }).await.total, 1);
        // In pages, too.
        let mut paged = Vec::new();
        let mut after = None;
        loop {
            let page = book.ok(ListChanges { customer_id: Some(ann.id), limit: Some(3), after: after.take() }).await;
            paged.extend(page.items);
            after = page.next;
            if after.is_none() { break; }
        }
        assert_eq!(paged, own.items);
        let cursor = book.ok(ListChanges { limit: Some(1), ..Default::default() }).await.next;
        let other = ListChanges { customer_id: Some(ann.id), after: cursor, ..Default::default() };
        assert_eq!(book.refused(other).await, Conflict::CursorMismatch.into());
        book.verified().await;
    }

    async fn no_password_and_no_whole_license_key_gets_into_the_log(book: TestBook) {
        let (ann, plan) = (book.customer("Ann").await, book.plan("basic").await);
        let license = book.license(&ann, &plan, true).await;
        book.change(ann.id, |change| change.password = Some("a very new password".into())).await;
        book.ok(CancelLicense { id: license.id, version: None, subscription_version: None }).await;
        let stored = book.sql.everything().await;
        let log = format!("{:?} {:?} {}", stored["change"], stored["change_value"], serde_json::to_string(&changes(&book).await).unwrap());
        for secret in [PASSWORD, OWNER_PASSWORD, "a very new password", "argon2", license.key.as_str()] {
            assert!(!log.contains(secret), "{secret}");
        }
        assert!(log.contains(license.key.rsplit('-').next().unwrap()));
    }

    async fn the_log_is_never_changed_and_never_shortened(book: TestBook) {
        book.customer("Ann").await;
        let before = book.sql.everything().await;
        for sql in ["UPDATE change SET operation = 'x'", "UPDATE change SET at = at", "DELETE FROM change", "DELETE FROM change_value"] {
            assert!(book.sql.try_run(sql).await.is_err(), "{sql}");
        }
        assert_eq!(book.sql.everything().await, before);
    }

    async fn erased_values_leave_the_chain_whole_and_altered_ones_do_not(book: TestBook) {
        book.customer("Ann").await;
        book.sql.run("UPDATE change_value SET before = NULL, after = NULL, salt = NULL WHERE field = 'email'").await;
        book.verified().await;
        assert!(changes(&book).await[0].fields.iter().any(|field| field.field == "email" && field.after.is_none()));
        // Whoever only takes the salt away has not erased but hidden a forgery.
        book.sql.run("UPDATE change_value SET after = '\"Anna\"', salt = NULL WHERE field = 'full_name' AND after = '\"Ann\"'").await;
        let findings = book.app.verify().await.unwrap().findings;
        assert_eq!(findings.iter().map(|finding| (finding.table.as_str(), finding.row.as_str())).collect::<Vec<_>>(), [("change_value", "2")]);
    }

    async fn writers_at_once_leave_one_chain_without_a_gap(book: TestBook) {
        let other = book.again().await;
        other.call(contract::session::SignIn { email: OWNER_EMAIL.to_owned(), password: OWNER_PASSWORD.into() }, None).await.unwrap();
        let mut tasks = Vec::new();
        for number in 0..8 {
            let app = if number % 2 == 0 { book.app.clone() } else { other.clone() };
            tasks.push(tokio::spawn(async move { app.call(new_customer(&format!("c{number}")), None).await }));
        }
        for task in tasks {
            task.await.unwrap().unwrap();
        }
        let numbers: Vec<u64> = changes(&book).await.iter().map(|change| change.number).collect();
        assert_eq!(numbers, (1..=9).rev().collect::<Vec<_>>());
        other.close().await;
        book.verified().await;
    }
}
