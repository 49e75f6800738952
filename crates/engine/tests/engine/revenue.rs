//! What recurs on a day, what its changes are called, and what a customer is worth, as tables with their sources.

use contract::{
    BillingCycle, Currency,
    billing::{ReminderAct, ReminderStep},
    catch_up::RunCatchUp,
    payment::RefundPayment,
    plan::{Plan, UpdatePlan},
    recurring::{ListMovements, ListRecurring, MovementKind},
    subscription::{CancelAt, CancelSubscription, CreateSubscription, PauseSubscription, ResumeSubscription, Subscription},
};

use crate::{
    recurring::{figures, quantity},
    rules::{begin, plan, vendor},
    support::*,
};

fn cancel(own: &Subscription, at: CancelAt) -> CancelSubscription {
    CancelSubscription {
        id: own.id,
        version: None,
        at,
    }
}

/// Whose recurring revenue changed in a month, how, from what to what.
async fn moved(book: &TestBook, month: &str) -> Vec<(String, MovementKind, i64, i64)> {
    let asked = ListMovements {
        currency: Currency::EUR,
        month: day(month),
        kind: None,
        limit: None,
        after: None,
    };
    let page = book.ok(asked).await;
    let mut found: Vec<_> = page
        .items
        .into_iter()
        .map(|item| (item.customer_name, item.kind, item.before.amount, item.after.amount))
        .collect();
    found.sort();
    found
}

on_both! {
    async fn what_recurs_on_a_day_is_what_is_billable_on_it(book: TestBook) {
        // profitable, lib/profitable/metrics.rb: begun by then (a trial begins when it is over), not ended, not paused, not unpaid;
        // a trial that ended without being paid never counts, one that ends with its period counts until then. Stripe,
        // https://docs.stripe.com/billing/subscriptions/analytics: past due counts, what is free does not.
        vendor(&book).await;
        let (paid, strict, free) = (
            plan(&book, "paid", 1_000, 10_000).await,
            plan(&book, "strict", 1_000, 10_000).await,
            plan(&book, "free", 0, 0).await,
        );
        let steps = vec![ReminderStep { days: 2, act: ReminderAct::Suspend }];
        book.ok(UpdatePlan { reminders: Some(Some(steps)), ..UpdatePlan::nothing(strict.id, strict.version) }).await;
        let days = ["2026-11-22", "2026-12-01", "2026-12-07", "2026-12-08", "2026-12-10", "2026-12-21", "2026-12-22"];
        let table: [(&str, &Plan, u32, [i64; 7]); 8] = [
            ("Past due", &paid, 0, [1, 1, 1, 1, 1, 1, 1]),
            ("After a trial", &paid, 14, [0, 0, 1, 1, 1, 1, 1]),
            ("Ended in its trial", &paid, 14, [0, 0, 0, 0, 0, 0, 0]),
            ("Canceled", &paid, 0, [1, 0, 0, 0, 0, 0, 0]),
            ("Ends with its period", &paid, 0, [1, 1, 1, 1, 1, 1, 0]),
            ("Paused for nine days", &paid, 0, [1, 0, 0, 0, 1, 1, 1]),
            ("Suspended", &strict, 0, [1, 1, 1, 0, 0, 0, 0]),
            ("Free", &free, 0, [0, 0, 0, 0, 0, 0, 0]),
        ];
        let mut own = Vec::new();
        for (name, plan, trial_days, _) in &table {
            own.push(begin(&book, name, plan, BillingCycle::Monthly, 1, *trial_days).await);
        }
        book.ok(cancel(&own[4], CancelAt::PeriodEnd)).await;
        book.at("2026-11-30T09:00:00Z").await;
        book.ok(cancel(&own[2], CancelAt::Now)).await;
        book.at("2026-12-01T09:00:00Z").await;
        book.ok(cancel(&own[3], CancelAt::Now)).await;
        book.ok(PauseSubscription { id: own[5].id, version: None }).await;
        // Due on the 6th, suspended two days later.
        book.at("2026-12-08T12:00:00Z").await;
        while book.ok(RunCatchUp {}).await.has_more {}
        book.at("2026-12-10T09:00:00Z").await;
        book.ok(ResumeSubscription { id: own[5].id, version: None }).await;
        book.at("2026-12-31T09:00:00Z").await;
        for (at, on) in days.into_iter().enumerate() {
            let asked = ListRecurring { currency: Currency::EUR, on: Some(day(on)), plan_id: None, limit: None, after: None };
            let page = book.ok(asked).await;
            for ((name, _, _, counts), own) in table.iter().zip(&own) {
                let found = page.items.iter().filter(|row| row.subscription_id == own.id).map(|row| row.mrr.amount).sum::<i64>();
                assert_eq!(found, counts[at] * 1_000, "{name}, {on}");
            }
            let all: i64 = table.iter().map(|(_, _, _, counts)| counts[at]).sum();
            assert_eq!(page.mrr, eur(all * 1_000), "{on}");
        }
        book.verified().await;
    }

    async fn a_movement_is_named_by_both_ends_of_its_month(book: TestBook) {
        // Stripe, https://docs.stripe.com/billing/subscriptions/analytics: new is the first time above nothing, reactivation above
        // nothing again, expansion and contraction more and less, churn down to nothing. What comes and goes between the ends of a
        // month is none.
        use MovementKind::{Churn, Contraction, Expansion, New, Reactivation};
        vendor(&book).await;
        let basic = plan(&book, "basic", 1_000, 10_000).await;
        let back = begin(&book, "Comes back", &basic, BillingCycle::Monthly, 1, 0).await;
        let grows = begin(&book, "Grows", &basic, BillingCycle::Monthly, 1, 0).await;
        let shrinks = begin(&book, "Shrinks", &basic, BillingCycle::Monthly, 2, 0).await;
        let swings = begin(&book, "Up and down", &basic, BillingCycle::Monthly, 1, 0).await;
        book.at("2026-12-10T09:00:00Z").await;
        book.ok(cancel(&back, CancelAt::Now)).await;
        quantity(&book, &grows, 3).await;
        quantity(&book, &shrinks, 1).await;
        quantity(&book, &swings, 2).await;
        let short = begin(&book, "Comes and goes", &basic, BillingCycle::Monthly, 1, 0).await;
        book.at("2026-12-12T09:00:00Z").await;
        quantity(&book, &swings, 1).await;
        book.ok(cancel(&short, CancelAt::Now)).await;
        book.at("2027-01-20T09:00:00Z").await;
        begin(&book, "First", &basic, BillingCycle::Monthly, 1, 0).await;
        book.ok(CreateSubscription {
            quantity: 2,
            trial_days: Some(0),
            ..new_subscription(back.customer_id, basic.id, BillingCycle::Monthly)
        }).await;
        let named = |rows: &[(&str, MovementKind, i64, i64)]| {
            rows.iter().map(|(name, kind, before, after)| ((*name).to_owned(), *kind, *before, *after)).collect::<Vec<_>>()
        };
        assert_eq!(moved(&book, "2026-11-01").await, named(&[
            ("Comes back", New, 0, 1_000),
            ("Grows", New, 0, 1_000),
            ("Shrinks", New, 0, 2_000),
            ("Up and down", New, 0, 1_000),
        ]));
        assert_eq!(moved(&book, "2026-12-01").await, named(&[
            ("Comes back", Churn, 1_000, 0),
            ("Grows", Expansion, 1_000, 3_000),
            ("Shrinks", Contraction, 2_000, 1_000),
        ]));
        assert_eq!(moved(&book, "2027-01-01").await, named(&[
            ("Comes back", Reactivation, 0, 2_000),
            ("First", New, 0, 1_000),
        ]));
        book.verified().await;
    }

    async fn what_a_customer_will_bring_is_told_only_where_some_were_lost(book: TestBook) {
        // LTV = ARPA ÷ churn; without churn there is none, and what customers brought so far is told instead: payments less refunds
        // by those who paid (Stripe, https://docs.stripe.com/billing/subscriptions/analytics, subscriber lifetime value).
        vendor(&book).await;
        let basic = plan(&book, "basic", 1_000, 10_000).await;
        let mut own = Vec::new();
        for name in ["Ann", "Bob", "Cid", "Dan"] {
            own.push(begin(&book, name, &basic, BillingCycle::Monthly, 1, 0).await);
        }
        book.pay(own[0].customer_id, 1_000, "2026-11-22").await;
        let second = book.pay(own[1].customer_id, 600, "2026-11-22").await;
        book.ok(RefundPayment { id: second.id, amount: eur(100), reason: None, refunded_on: None }).await;
        for (now, months, canceled, customers, lifetime_value) in [
            // A month that is not over tells no churn.
            ("2026-11-22T09:00:00Z", 1, false, 4, None),
            // December is over and lost nobody.
            ("2027-01-05T09:00:00Z", 3, false, 4, None),
            // January is not over yet, whoever goes in it.
            ("2027-01-10T09:00:00Z", 3, true, 3, None),
            // 10.00 ÷ ((0 + ¼) ÷ 2).
            ("2027-02-05T09:00:00Z", 4, false, 3, Some(eur(8_000))),
        ] {
            book.at(now).await;
            if canceled {
                book.ok(cancel(&own[3], CancelAt::Now)).await;
            }
            let found = figures(&book, months).await;
            assert_eq!((found.customers, found.arpa, found.lifetime_value), (customers, Some(eur(1_000)), lifetime_value), "{now}");
            assert_eq!((found.paid, found.payers, found.observed_value), (eur(1_500), 2, Some(eur(750))), "{now}");
        }
        book.verified().await;
    }
}
