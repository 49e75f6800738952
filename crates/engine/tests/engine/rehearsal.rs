//! What the months to come will bring, seen before anything of it happens.

use contract::{
    Error, Problem,
    billing::{GetBillingSettings, ReminderAct, ReminderStep, UpdateBillingSettings},
    catch_up::{DueKind, PlanCatchUp, RehearseCatchUp},
    invoice::ListInvoices,
};

use crate::{
    catch_up::{run_all, sold},
    support::*,
};

on_both! {
    async fn the_months_to_come_can_be_seen_and_nothing_happens(book: TestBook) {
        sold(&book, 2).await;
        let before = book.sql.everything().await;
        let plan = book.ok(PlanCatchUp { until: Some(day("2027-02-22")) }).await;
        let renewals = plan.counts.iter().find(|count| count.kind == DueKind::Renewal).unwrap();
        assert_eq!((renewals.count, renewals.amounts.clone()), (6, vec![eur(6_000)]));
        assert_eq!(book.sql.everything().await, before);
        let too_far = book.refused(PlanCatchUp { until: Some(day("2028-01-01")) }).await;
        assert_eq!(too_far, Error::field("until", Problem::TooLate { latest: day("2027-11-23") }));
    }

    async fn a_rehearsal_shows_what_the_runs_of_a_month_will_do_and_keeps_nothing_of_it(book: TestBook) {
        sold(&book, 4).await;
        let version = book.ok(GetBillingSettings {}).await.version;
        let step = |days, act| ReminderStep { days, act };
        let steps = vec![step(0, ReminderAct::Remind), step(3, ReminderAct::Suspend), step(9, ReminderAct::Cancel)];
        book.ok(UpdateBillingSettings { reminders: Some(steps), payment_days: Some(2), ..UpdateBillingSettings::nothing(version) }).await;
        let first = book.ok(ListInvoices { limit: Some(1), ..ListInvoices::default() }).await.items.remove(0);
        book.pay(first.customer_id, 1_000, "2026-11-22").await;
        let before = book.sql.everything().await;
        let shown = book.ok(RehearseCatchUp { until: None }).await;
        assert_eq!(book.sql.everything().await, before);
        assert_eq!((shown.until, shown.is_whole), (day("2026-12-22"), true));
        // The one who has paid is billed on 22 December. The others, due on 6 December, are canceled before that.
        let counts: Vec<(DueKind, u64)> = shown.counts.iter().map(|count| (count.kind, count.count)).collect();
        assert_eq!(counts, [(DueKind::Renewal, 1), (DueKind::Reminder, 3), (DueKind::Suspension, 3), (DueKind::Cancellation, 3)]);
        // Then the month goes by, and nobody pays.
        let mut done: std::collections::BTreeMap<DueKind, u64> = Default::default();
        for date in day("2026-11-23").iter_days().take_while(|date| *date <= shown.until) {
            book.at(&format!("{date}T08:00:00Z")).await;
            for (kind, count) in run_all(&book).await {
                *done.entry(kind).or_default() += count;
            }
        }
        assert_eq!(done.into_iter().collect::<Vec<_>>(), counts);
        book.verified().await;
    }

    async fn a_rehearsal_shows_what_follows_from_invoices_that_are_not_made_yet(book: TestBook) {
        sold(&book, 2).await;
        let version = book.ok(GetBillingSettings {}).await.version;
        book.ok(UpdateBillingSettings { reminders: Some(vec![ReminderStep { days: 0, act: ReminderAct::Remind }]), payment_days: Some(0), ..UpdateBillingSettings::nothing(version) }).await;
        book.at("2026-12-21T09:00:00Z").await;
        run_all(&book).await;
        let shown = book.ok(RehearseCatchUp { until: Some(day("2026-12-22")) }).await;
        let counts: Vec<(DueKind, u64)> = shown.counts.iter().map(|count| (count.kind, count.count)).collect();
        assert_eq!(counts, [(DueKind::Renewal, 2), (DueKind::Reminder, 2)]);
        assert_eq!(book.ok(PlanCatchUp { until: Some(day("2026-12-22")) }).await.counts.len(), 1, "a plan knows only what is there");
        let too_far = book.refused(RehearseCatchUp { until: Some(day("2027-01-22")) }).await;
        assert_eq!(too_far, Error::field("until", Problem::TooLate { latest: day("2027-01-21") }));
    }
}
