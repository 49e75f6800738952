//! What falls due by itself, in whatever way the clock moves.

use std::time::{Duration, Instant};

use contract::{
    BillingCycle, Conflict, Error, Noun,
    change::ListChanges,
    customer::{DeleteCustomer, RestoreCustomer},
    desk::GetBookState,
    invoice::ListInvoices,
    license::{CancelLicense, LicenseStatus, ListLicenses},
    session::SignIn,
    stats::CustomerStatsRequest,
    subscription::{CancelAt, CancelSubscription, CreateSubscription, ListSubscriptions, PauseSubscription, SubscriptionStatus},
};
use serde_json::json;

use crate::support::*;

on_both! {
    async fn what_fell_due_is_logged_once_without_an_actor(book: TestBook) {
        let (ann, plan) = (book.customer("Ann").await, book.plan("basic").await);
        let license = book.license(&ann, &plan, false).await;
        book.invoice(ann.id, NewInvoice { number: "R-1", total: eur(300), due_on: "2026-12-01" }).await;
        let before = book.ok(ListChanges::default()).await.total;
        book.at("2027-03-01T09:00:00Z").await;
        let found = book.ok(ListChanges { customer_id: Some(ann.id), ..Default::default() }).await.items;
        assert!(found[..2].iter().all(|change| change.operation == "fall_due" && change.actor.is_none()));
        let of = |noun| found.iter().find(|change| change.noun == noun && change.operation == "fall_due").unwrap();
        assert_eq!(of(Noun::License).subject, contract::license_key::masked(&license.key));
        assert_eq!((&of(Noun::License).fields[0].before, &of(Noun::License).fields[0].after), (&Some(json!("active")), &Some(json!("expired"))));
        assert_eq!((of(Noun::Invoice).subject.as_str(), of(Noun::Invoice).version), ("R-1", 2));
        book.at("2027-04-01T09:00:00Z").await;
        assert_eq!(book.ok(ListChanges::default()).await.total, before + 2);
        book.verified().await;
    }

    async fn what_is_removed_for_good_is_not_moved_as_well(book: TestBook) {
        let (ann, plan) = (book.customer("Ann").await, book.plan("basic").await);
        let subscription = book.ok(new_subscription(ann.id, plan.id, BillingCycle::Monthly)).await;
        book.ok(PauseSubscription { id: subscription.id, version: None }).await;
        book.ok(CancelSubscription { id: subscription.id, version: None, at: CancelAt::PeriodEnd }).await;
        let ann = book.get(ann.id).await;
        book.ok(DeleteCustomer { id: ann.id, version: ann.version }).await;
        // Its period ends, and so do its thirty days, before anybody looks.
        book.at("2027-02-01T09:00:00Z").await;
        assert_eq!(book.ok(ListChanges { customer_id: Some(ann.id), ..Default::default() }).await.items[0].operation, "fall_due");
        assert_eq!(book.sql.number("SELECT COUNT(*) FROM customer WHERE full_name = 'Ann'").await, 0);
        book.verified().await;
    }

    async fn a_subscription_whose_last_periods_cannot_be_billed_ends_all_the_same(book: TestBook) {
        book.seller(0).await;
        let (ann, plan) = (book.customer("Ann").await, book.plan("basic").await);
        // October is billed when it is sold, November waits for the catch-up.
        let subscription = book.ok(CreateSubscription {
            starts_on: Some(day("2026-10-01")),
            price: Some(9_000_000_000_000_000),
            ..new_subscription(ann.id, plan.id, BillingCycle::Monthly)
        }).await;
        book.ok(CancelSubscription { id: subscription.id, version: None, at: CancelAt::PeriodEnd }).await;
        // With the tax of later it is more than an invoice can hold.
        book.seller(190_000).await;
        book.at("2026-12-02T09:00:00Z").await;
        let found = book.ok(ListSubscriptions::default()).await.items.remove(0);
        assert_eq!((found.status, found.billed_until), (SubscriptionStatus::Canceled, day("2026-11-01")));
        assert_eq!(book.ok(ListInvoices::default()).await.total, 1);
        book.verified().await;
    }

    async fn a_clock_that_is_set_back_brings_nothing_back(book: TestBook) {
        let (ann, plan) = (book.customer("Ann").await, book.plan("basic").await);
        book.license(&ann, &plan, false).await;
        book.invoice(ann.id, NewInvoice { number: "R-1", total: eur(300), due_on: "2026-12-01" }).await;
        book.at("2027-03-01T09:00:00Z").await;
        assert_eq!(book.get(ann.id).await.active_licenses, 0);
        book.at(START).await;
        assert!(book.ok(ListInvoices::default()).await.items[0].is_overdue);
        assert_eq!(book.get(ann.id).await.licenses[0].status, LicenseStatus::Expired);
        book.license(&ann, &plan, false).await;
        assert_eq!(book.ok(CustomerStatsRequest {}).await.active_licenses, 1);
        book.verified().await;
    }

    async fn hundreds_fall_due_at_once(book: TestBook) {
        let (ann, bea, plan) = (book.customer("Ann").await, book.customer("Bea").await, book.plan("basic").await);
        for number in 0..60 {
            let customer = if number % 3 == 0 { &ann } else { &bea };
            book.ok(new_license(customer.id, plan.id, BillingCycle::Monthly, false)).await;
        }
        // Copied by SQL: three hundred sales would take longer than they tell.
        let columns = "customer_id, plan_id, status, billing_cycle, price, currency, starts_at, expires_at, canceled_subscription, due_at,
            created_at, updated_at, version";
        let (id, key) = if book.sql.is_server() {
            ("gen_random_uuid()", "substr(md5(random()::text), 1, 29)")
        } else {
            ("randomblob(16)", "substr(hex(randomblob(16)), 1, 29)")
        };
        for _ in 0..2 {
            book.sql.run(&format!("INSERT INTO license (id, key, {columns}) SELECT {id}, {key}, {columns} FROM license")).await;
        }
        for kind in ["active_licenses", "total_licenses"] {
            book.sql.run(&format!("UPDATE customer_summary SET {kind} = {kind} * 4")).await;
        }
        book.sql.run("UPDATE figure SET amount = amount * 4 WHERE kind = 'licenses'").await;
        book.verified().await;
        book.at("2027-03-01T09:00:00Z").await;
        // Two desks notice it at once.
        let other = book.again().await;
        other.set_now(at("2027-03-01T09:00:00Z")).await.unwrap();
        other.call(SignIn { email: OWNER_EMAIL.to_owned(), password: OWNER_PASSWORD.into() }, None).await.unwrap();
        let expired = ListLicenses { status: Some(LicenseStatus::Expired), ..Default::default() };
        let (one, two) = tokio::join!(book.call(expired.clone()), other.call(expired, None));
        assert_eq!((one.unwrap().total, two.unwrap().total), (240, 240));
        let count = "SELECT COUNT(*) FROM change WHERE operation = 'fall_due'";
        assert_eq!(book.sql.number(count).await, 240);
        other.close().await;
        book.verified().await;
    }

    async fn what_is_much_goes_on_by_itself_and_keeps_no_read_waiting(book: TestBook) {
        let (ann, plan) = (book.customer("Ann").await, book.plan("basic").await);
        book.many_licenses(&ann, &plan).await;
        let lock = if book.sql.is_server() { "BEGIN; SELECT 1 FROM customer FOR UPDATE" } else { "BEGIN IMMEDIATE" };
        let expired = || async { book.ok(ListLicenses { status: Some(LicenseStatus::Expired), ..Default::default() }).await.total };
        // Somebody else writes: nothing can be moved, and each read is answered all the same.
        book.sql.run(lock).await;
        book.at("2027-03-01T09:00:00Z").await;
        for _ in 0..3 {
            assert_eq!(expired().await, 0);
        }
        book.sql.run("ROLLBACK").await;
        let began = Instant::now();
        while book.sql.number("SELECT COUNT(*) FROM change WHERE operation = 'fall_due'").await < 640 {
            assert!(began.elapsed() < Duration::from_secs(120), "it does not go on");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        assert_eq!(expired().await, 640);
        assert_eq!(book.sql.number("SELECT COUNT(*) FROM change WHERE operation = 'fall_due'").await, 640, "each once");
        // The page is told, as of the change of another desk.
        let state = book.ok(GetBookState {}).await;
        assert!(state.own_number < state.number, "{state:?}");
        book.verified().await;
    }

    async fn a_write_acts_on_what_is_so_now_however_much_is_due(book: TestBook) {
        let (ann, plan) = (book.customer("Ann").await, book.plan("basic").await);
        book.many_licenses(&ann, &plan).await;
        // Hers ends last, and so its turn comes last.
        book.at("2026-11-23T09:00:00Z").await;
        let bea = book.customer("Bea").await;
        let license = book.license(&bea, &plan, false).await;
        book.at("2027-03-01T09:00:00Z").await;
        // A version is that of now, too, and what made it is told.
        let cancel = CancelLicense { id: license.id, version: Some(license.version), subscription_version: None };
        let Error::Conflict { conflict: Conflict::ChangedMeanwhile { version, fields, by, .. } } = book.refused(cancel).await else { panic!() };
        assert_eq!((version, fields, by), (license.version + 1, vec!["status".to_owned()], None));
        // Who has no license any more can be deleted.
        book.ok(DeleteCustomer { id: bea.id, version: 1 }).await;
        let found = book.ok(ListChanges { customer_id: Some(bea.id), ..Default::default() }).await.items;
        let newest: Vec<_> = found[..2].iter().map(|change| (change.operation.as_str(), change.noun, change.actor.is_some())).collect();
        assert_eq!(newest, [("delete_customer", Noun::Customer, true), ("fall_due", Noun::License, false)]);
        let count = "SELECT COUNT(*) FROM change WHERE operation = 'fall_due'";
        let began = Instant::now();
        while book.sql.number("SELECT COUNT(*) FROM license WHERE status = 'active'").await > 0 {
            assert!(began.elapsed() < Duration::from_secs(120), "it does not go on");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        assert_eq!(book.sql.number(count).await, 641, "each once");
        book.verified().await;
    }

    async fn another_desk_is_caught_up_after_five_seconds_at_the_latest(book: TestBook) {
        let (ann, plan) = (book.customer("Ann").await, book.plan("basic").await);
        let other = book.again().await;
        other.call(SignIn { email: OWNER_EMAIL.to_owned(), password: OWNER_PASSWORD.into() }, None).await.unwrap();
        other.call(ListLicenses::default(), None).await.unwrap();
        book.license(&ann, &plan, false).await;
        book.close_end(&ann).await;
        other.set_now(at("2026-11-22T09:00:05Z")).await.unwrap();
        let status = other.call(ListLicenses::default(), None).await.unwrap().items[0].status;
        assert_eq!(status, LicenseStatus::Expired);
        other.close().await;
    }

    async fn a_deleted_customer_is_gone_for_good_after_thirty_days(book: TestBook) {
        let (ann, bea) = (book.customer("Ann").await, book.customer("Bea").await);
        let plan = book.plan("basic").await;
        let license = book.license(&ann, &plan, true).await;
        book.ok(CancelLicense { id: license.id, version: None, subscription_version: None }).await;
        book.ok(contract::domain::AddDomain {
            customer_id: ann.id, name: "a.example".to_owned(), registrar: None, registered_on: None, expires_on: None, auto_renew: false,
        }).await;
        for id in [ann.id, bea.id] {
            book.ok(DeleteCustomer { id, version: 1 }).await;
        }
        book.at("2026-12-22T08:59:59.999Z").await;
        book.ok(RestoreCustomer { id: bea.id, version: 2 }).await;
        book.at("2026-12-22T09:00:00.000Z").await;
        assert_eq!(book.refused(RestoreCustomer { id: ann.id, version: 2 }).await, Error::NotFound { noun: Noun::Customer });
        for table in ["customer_summary", "license", "subscription", "domain"] {
            let left = format!("SELECT COUNT(*) FROM {table} WHERE customer_id = {}", book.sql.id(ann.id.0));
            assert_eq!(book.sql.number(&left).await, 0, "{table}");
        }
        assert_eq!(book.get(bea.id).await.full_name, "Bea");
        let last = book.ok(ListChanges::default()).await.items.remove(0);
        assert_eq!((last.operation.as_str(), last.subject.as_str(), last.actor), ("fall_due", "", None));
        book.verified().await;
    }

    async fn an_invoice_that_is_paid_in_time_never_becomes_overdue(book: TestBook) {
        let ann = book.customer("Ann").await;
        book.invoice(ann.id, NewInvoice { number: "1", total: eur(300), due_on: "2026-12-01" }).await;
        book.pay(ann.id, 300, "2026-11-20").await;
        book.at("2027-12-01T09:00:00Z").await;
        assert!(!book.ok(ListInvoices::default()).await.items[0].is_overdue);
        book.verified().await;
    }
}

impl TestBook {
    /// Gives a customer, who is the only one with any, 640 licenses of a month. Copied by SQL: so many sales would take longer than
    /// they tell.
    async fn many_licenses(&self, customer: &contract::customer::Customer, plan: &contract::plan::Plan) {
        for _ in 0..10 {
            self.ok(new_license(customer.id, plan.id, BillingCycle::Monthly, false)).await;
        }
        let columns = "customer_id, plan_id, status, billing_cycle, price, currency, starts_at, expires_at, canceled_subscription, due_at,
            created_at, updated_at, version";
        let (id, key) = if self.sql.is_server() {
            ("gen_random_uuid()", "substr(md5(random()::text), 1, 29)")
        } else {
            ("randomblob(16)", "substr(hex(randomblob(16)), 1, 29)")
        };
        for _ in 0..6 {
            self.sql
                .run(&format!(
                    "INSERT INTO license (id, key, {columns}) SELECT {id}, {key}, {columns} FROM license"
                ))
                .await;
        }
        for kind in ["active_licenses", "total_licenses"] {
            self.sql.run(&format!("UPDATE customer_summary SET {kind} = {kind} * 64")).await;
        }
        self.sql.run("UPDATE figure SET amount = amount * 64 WHERE kind = 'licenses'").await;
        self.verified().await;
    }

    /// Lets the licenses of a customer end now.
    async fn close_end(&self, customer: &contract::customer::Customer) {
        let (id, now) = (self.sql.id(customer.id.0), at(START).0);
        let end = format!("UPDATE license SET starts_at = 1, expires_at = {now}, due_at = {now} WHERE customer_id = {id}");
        self.sql.run(&end).await;
    }
}
