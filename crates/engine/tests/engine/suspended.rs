//! What was suspended for an invoice stays so until that invoice is settled, in whatever way the clock moves.

use contract::{
    billing::{GetBillingSettings, ReminderAct, ReminderStep, UpdateBillingSettings},
    catch_up::DueKind,
    invoice::{InvoiceStatus, SetInvoiceUncollectible},
    promise::SetPaymentPromise,
    subscription::SubscriptionStatus,
};

use crate::{
    promise::{owed, run, status as state},
    support::*,
};

/// Runs what is due at these times, each time one thing.
async fn pursue(book: &TestBook, days: &[(&str, DueKind)]) {
    for (time, done) in days {
        book.at(time).await;
        assert_eq!(run(book).await, [(*done, 1)], "{time}");
    }
}

on_both! {
    async fn it_stays_so_when_a_part_is_paid_under_a_clock_that_is_set_back(book: TestBook) {
        let (ann, invoice) = owed(&book).await;
        pursue(&book, &[("2026-12-06T12:00:00Z", DueKind::Reminder), ("2026-12-08T12:00:00Z", DueKind::Suspension)]).await;
        // The due day is yet to come, so nothing is overdue.
        book.at("2026-12-05T12:00:00Z").await;
        book.pay(ann.id, 400, "2026-12-05").await;
        let now = book.invoice_now(invoice.id).await;
        assert_eq!((now.status, now.is_overdue, state(&book).await), (InvoiceStatus::Open, false, SubscriptionStatus::Unpaid));
        book.verified().await;
        // What was done is not done again, and the last step comes on its day.
        book.at("2026-12-10T12:00:00Z").await;
        assert_eq!((run(&book).await, state(&book).await), (vec![], SubscriptionStatus::Unpaid));
        pursue(&book, &[("2026-12-26T12:00:00Z", DueKind::Cancellation)]).await;
        assert_eq!(state(&book).await, SubscriptionStatus::Canceled);
        book.verified().await;
    }

    async fn it_stays_so_when_a_part_is_paid_before_the_invoice_is_overdue(book: TestBook) {
        let (ann, invoice) = owed(&book).await;
        let step = |days, act| ReminderStep { days, act };
        let steps = vec![step(-1, ReminderAct::Remind), step(0, ReminderAct::Suspend)];
        let version = book.ok(GetBillingSettings {}).await.version;
        book.ok(UpdateBillingSettings { reminders: Some(steps), ..UpdateBillingSettings::nothing(version) }).await;
        pursue(&book, &[("2026-12-05T12:00:00Z", DueKind::Reminder), ("2026-12-06T12:00:00Z", DueKind::Suspension)]).await;
        book.pay(ann.id, 400, "2026-12-06").await;
        assert_eq!(state(&book).await, SubscriptionStatus::Unpaid);
        let version = book.invoice_now(invoice.id).await.version;
        book.ok(SetPaymentPromise { id: invoice.id, version, promised_until: Some(day("2026-12-20")) }).await;
        assert_eq!(state(&book).await, SubscriptionStatus::Unpaid);
        book.at("2026-12-07T12:00:00Z").await;
        assert_eq!((run(&book).await, state(&book).await), (vec![], SubscriptionStatus::Unpaid));
        book.pay(ann.id, 600, "2026-12-07").await;
        assert_eq!(state(&book).await, SubscriptionStatus::Active);
        book.verified().await;
    }

    async fn it_stays_so_when_the_invoice_is_given_up_under_a_clock_that_is_set_back(book: TestBook) {
        let (ann, invoice) = owed(&book).await;
        pursue(&book, &[("2026-12-06T12:00:00Z", DueKind::Reminder), ("2026-12-08T12:00:00Z", DueKind::Suspension)]).await;
        book.at("2026-12-05T12:00:00Z").await;
        for uncollectible in [true, false] {
            let version = book.invoice_now(invoice.id).await.version;
            book.ok(SetInvoiceUncollectible { id: invoice.id, version, uncollectible }).await;
            assert_eq!(state(&book).await, SubscriptionStatus::Unpaid, "{uncollectible}");
        }
        book.pay(ann.id, 1_000, "2026-12-05").await;
        assert_eq!(state(&book).await, SubscriptionStatus::Active);
        book.verified().await;
    }

    async fn a_reminder_of_a_day_that_is_yet_to_come_puts_the_rest_off_and_skips_nothing(book: TestBook) {
        let (ann, _) = owed(&book).await;
        pursue(&book, &[("2026-12-20T12:00:00Z", DueKind::Reminder)]).await;
        book.at("2026-12-05T12:00:00Z").await;
        book.pay(ann.id, 400, "2026-12-05").await;
        for time in ["2026-12-05T12:00:00Z", "2026-12-10T12:00:00Z", "2026-12-20T12:00:00Z"] {
            book.at(time).await;
            assert_eq!(run(&book).await, [], "{time}");
        }
        pursue(&book, &[("2026-12-21T12:00:00Z", DueKind::Suspension), ("2026-12-26T12:00:00Z", DueKind::Cancellation)]).await;
        assert_eq!(state(&book).await, SubscriptionStatus::Canceled);
        assert_eq!(book.sql.number("SELECT COUNT(*) FROM catch_up_item").await, 3, "each once");
        book.verified().await;
    }
}
