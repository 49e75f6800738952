//! A promise to pay puts the steps of an invoice off until it is over; each is done once, and nothing else changes.

use chrono::NaiveDate;
use contract::{
    BillingCycle, Conflict, Difference, Error, Problem,
    billing::{GetBillingSettings, ReminderAct, ReminderStep, UpdateBillingSettings},
    catch_up::{DueKind, PlanCatchUp, RehearseCatchUp, RunCatchUp},
    change::ListChanges,
    customer::Customer,
    invoice::{Invoice, InvoiceStatus, ListInvoices},
    promise::SetPaymentPromise,
    session::SignIn,
    subscription::{ListSubscriptions, SubscriptionStatus},
};
use serde_json::json;

use crate::support::*;

/// A customer with a subscription whose invoice is due on 6 December: reminded of then, suspended two days later, canceled on the 26th.
pub async fn owed(book: &TestBook) -> (Customer, Invoice) {
    book.seller(0).await;
    let step = |days, act| ReminderStep { days, act };
    let version = book.ok(GetBillingSettings {}).await.version;
    book.ok(UpdateBillingSettings {
        finalize_renewals: Some(true),
        reminders: Some(vec![
            step(0, ReminderAct::Remind),
            step(2, ReminderAct::Suspend),
            step(20, ReminderAct::Cancel),
        ]),
        ..UpdateBillingSettings::nothing(version)
    })
    .await;
    let (ann, plan) = (book.customer("Ann").await, book.plan("basic").await);
    book.ok(new_license(ann.id, plan.id, BillingCycle::Monthly, true)).await;
    let invoice = book.ok(ListInvoices::default()).await.items.remove(0);
    assert_eq!((invoice.status, invoice.due_on), (InvoiceStatus::Open, Some(day("2026-12-06"))));
    (ann, invoice)
}

/// Notes a promise about the invoice as it is now.
async fn promise(book: &TestBook, invoice: &Invoice, until: Option<&str>) -> Invoice {
    let version = book.invoice_now(invoice.id).await.version;
    book.ok(promised(invoice, version, until)).await
}

fn promised(invoice: &Invoice, version: u32, until: Option<&str>) -> SetPaymentPromise {
    SetPaymentPromise {
        id: invoice.id,
        version,
        promised_until: until.map(day),
    }
}

/// What is due now, with the day on which it fell due.
pub async fn due(book: &TestBook) -> Vec<(DueKind, NaiveDate)> {
    let plan = book.ok(PlanCatchUp { until: None }).await;
    plan.items.iter().map(|item| (item.kind, item.on)).collect()
}

/// Runs what is due, and answers with what was done.
pub async fn run(book: &TestBook) -> Vec<(DueKind, u64)> {
    let run = book.ok(RunCatchUp {}).await;
    assert!(!run.has_more);
    run.counts.iter().map(|count| (count.kind, count.count)).collect()
}

/// The same of a run that begins while another desk has the customer Ann to itself and changes something, in SQL.
pub async fn run_beside(book: &TestBook, change: &str) -> Vec<(DueKind, u64)> {
    let (begin, lock) = if book.sql.is_server() {
        ("BEGIN", " FOR UPDATE")
    } else {
        ("BEGIN IMMEDIATE", "")
    };
    book.sql.run(begin).await;
    book.sql
        .texts(&format!("SELECT full_name FROM customer WHERE full_name = 'Ann'{lock}"))
        .await;
    let began = tokio::spawn({
        let book = book.clone();
        async move { run(&book).await }
    });
    tokio::time::sleep(std::time::Duration::from_millis(500)).await;
    book.sql.run(change).await;
    book.sql.run("COMMIT").await;
    began.await.unwrap()
}

pub async fn status(book: &TestBook) -> SubscriptionStatus {
    book.ok(ListSubscriptions::default()).await.items[0].status
}

on_both! {
    async fn nothing_is_done_until_the_day_is_over_and_then_all_of_it_once_and_in_order(book: TestBook) {
        let (_, invoice) = owed(&book).await;
        book.at("2026-12-05T12:00:00Z").await;
        let noted = promise(&book, &invoice, Some("2026-12-09")).await;
        assert_eq!((noted.promised_until, noted.payable, noted.version), (Some(day("2026-12-09")), invoice.payable, invoice.version + 1));
        // The last instant of the day in Berlin.
        for time in ["2026-12-06T12:00:00Z", "2026-12-08T12:00:00Z", "2026-12-09T22:59:59.999Z"] {
            book.at(time).await;
            assert_eq!((due(&book).await, run(&book).await), (vec![], vec![]), "{time}");
        }
        // It is overdue all the same.
        assert_eq!((status(&book).await, book.invoice_now(invoice.id).await.is_overdue), (SubscriptionStatus::PastDue, true));
        book.at("2026-12-09T23:00:00Z").await;
        let after = day("2026-12-10");
        assert_eq!(due(&book).await, [(DueKind::Reminder, after)]);
        let shown = book.ok(PlanCatchUp { until: None }).await.items;
        assert!(shown.iter().all(|item| (item.invoice_id, item.promised_until) == (Some(invoice.id), Some(day("2026-12-09")))), "{shown:?}");
        assert_eq!(run(&book).await, [(DueKind::Reminder, 1)]);
        // The service is not taken away on the day of the first reminder.
        assert_eq!((status(&book).await, run(&book).await), (SubscriptionStatus::PastDue, vec![]));
        book.at("2026-12-10T23:00:00Z").await;
        assert_eq!(due(&book).await, [(DueKind::Suspension, day("2026-12-11"))]);
        assert_eq!(run(&book).await, [(DueKind::Suspension, 1)]);
        assert_eq!((status(&book).await, run(&book).await), (SubscriptionStatus::Unpaid, vec![]));
        // What was done is not done again after another promise, and what comes after that keeps its day.
        promise(&book, &invoice, Some("2026-12-20")).await;
        book.at("2026-12-21T12:00:00Z").await;
        assert_eq!((due(&book).await, run(&book).await), (vec![], vec![]));
        book.at("2026-12-26T12:00:00Z").await;
        assert_eq!(due(&book).await, [(DueKind::Cancellation, day("2026-12-26"))]);
        assert_eq!((run(&book).await, status(&book).await), (vec![(DueKind::Cancellation, 1)], SubscriptionStatus::Canceled));
        book.verified().await;
    }

    async fn a_promise_that_is_taken_away_or_kept_leaves_the_schedule_as_it_was(book: TestBook) {
        let (ann, invoice) = owed(&book).await;
        promise(&book, &invoice, Some("2026-12-20")).await;
        book.at("2026-12-08T12:00:00Z").await;
        assert_eq!(due(&book).await, []);
        promise(&book, &invoice, None).await;
        assert_eq!(due(&book).await, [(DueKind::Reminder, day("2026-12-06"))]);
        promise(&book, &invoice, Some("2026-12-08")).await;
        assert_eq!(due(&book).await, []);
        // Paid within the promise: nothing is left to do, and nothing to promise.
        book.pay(ann.id, 1_000, "2026-12-08").await;
        book.at("2026-12-20T12:00:00Z").await;
        assert_eq!((due(&book).await, status(&book).await), (vec![], SubscriptionStatus::Active));
        let version = book.invoice_now(invoice.id).await.version;
        let refused = book.refused(promised(&invoice, version, Some("2026-12-24"))).await;
        assert_eq!(refused, Conflict::InvoiceState { status: InvoiceStatus::Paid }.into());
        book.verified().await;
    }

    async fn a_promise_lies_between_today_and_a_year_ahead(book: TestBook) {
        let (_, invoice) = owed(&book).await;
        let at = |until| promised(&invoice, invoice.version, Some(until));
        assert_eq!(book.refused(at("2026-11-21")).await, Error::field("promised_until", Problem::TooEarly { earliest: day("2026-11-22") }));
        assert_eq!(book.refused(at("2027-11-23")).await, Error::field("promised_until", Problem::TooLate { latest: day("2027-11-22") }));
        for until in ["2026-11-22", "2027-11-22"] {
            assert_eq!(promise(&book, &invoice, Some(until)).await.promised_until, Some(day(until)));
        }
        book.verified().await;
    }

    async fn a_promise_is_noted_in_the_change_log_and_two_desks_are_told_of_each_other(book: TestBook) {
        let (ann, invoice) = owed(&book).await;
        let other = book.again().await;
        other.call(SignIn { email: OWNER_EMAIL.to_owned(), password: OWNER_PASSWORD.into() }, None).await.unwrap();
        let noted = other.call(promised(&invoice, invoice.version, Some("2026-12-09")), None).await.unwrap();
        let changes = || async { book.ok(ListChanges { customer_id: Some(ann.id), ..ListChanges::default() }).await.items };
        let newest = changes().await.remove(0);
        let fields: Vec<_> = newest.fields.iter().map(|field| (field.field.as_str(), field.after.clone())).collect();
        assert_eq!((newest.operation.as_str(), newest.subject.as_str(), newest.version), ("set_payment_promise", "2026-000001", noted.version));
        assert_eq!(fields, [("promised_until", Some(json!("2026-12-09")))]);
        // The same once more is no change.
        let again = book.ok(promised(&invoice, noted.version, Some("2026-12-09"))).await;
        assert_eq!((again, changes().await[0].number), (noted.clone(), newest.number));
        let refused = book.refused(promised(&invoice, invoice.version, Some("2026-12-15"))).await;
        let Error::Conflict { conflict: Conflict::ChangedMeanwhile { version, differences, .. } } = refused else { panic!("{refused:?}") };
        let own = Difference { field: "promised_until".to_owned(), before: json!(null), theirs: json!("2026-12-09"), mine: Some(json!("2026-12-15")) };
        assert_eq!((version, differences), (noted.version, vec![own]));
        // What one desk has noted holds for the run of the other.
        other.set_now(at("2026-12-08T12:00:00Z")).await.unwrap();
        assert_eq!(other.call(RunCatchUp {}, None).await.unwrap().counts, []);
        other.close().await;
        book.at("2026-12-08T12:00:00Z").await;
        book.verified().await;
    }

    async fn a_promise_that_another_desk_notes_while_a_run_begins_counts_and_loses_nothing(book: TestBook) {
        owed(&book).await;
        book.at("2026-12-08T12:00:00Z").await;
        // What falls due by itself is booked, so that the run is the next to wait for the customer.
        book.ok(ListInvoices::default()).await;
        assert_eq!(run_beside(&book, "UPDATE invoice SET promised_until = '2026-12-10'").await, []);
        assert_eq!((due(&book).await, status(&book).await), (vec![], SubscriptionStatus::PastDue));
        // Nothing of it counts as done.
        book.at("2026-12-11T12:00:00Z").await;
        assert_eq!(run(&book).await, [(DueKind::Reminder, 1)]);
        book.at("2026-12-12T12:00:00Z").await;
        assert_eq!(run(&book).await, [(DueKind::Suspension, 1)]);
        book.verified().await;
    }

    async fn a_rehearsal_knows_of_a_promise(book: TestBook) {
        let (_, invoice) = owed(&book).await;
        promise(&book, &invoice, Some("2026-12-12")).await;
        let shown = book.ok(RehearseCatchUp { until: None }).await;
        let items: Vec<_> = shown.items.iter().map(|item| (item.kind, item.on)).collect();
        let after = day("2026-12-13");
        assert_eq!((items, shown.until), (vec![(DueKind::Reminder, after), (DueKind::Suspension, day("2026-12-14"))], day("2026-12-22")));
    }
}
