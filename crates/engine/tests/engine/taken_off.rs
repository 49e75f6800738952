//! What a change of a subscription takes off: what was billed for the time from then on and is there still, and no more.

use contract::{
    BillingCycle, InvoiceId, Quantity,
    billing::{GetBillingSettings, UpdateBillingSettings},
    credit_note::{CreditInvoice, CreditReason, CreditedLine},
    invoice::{ListInvoices, VoidInvoice},
    plan::{CreatePlan, Plan},
    subscription::{ChangeSubscription, ChangedSubscription, ListSubscriptions, Subscription},
};

use crate::support::*;

/// A monthly subscription of a plan of 10 € or 100 € a year, billed without tax from the first of December 2026: 31 days.
async fn subscribed(book: &TestBook) -> Subscription {
    let plan = finalizing(book, 10_000).await;
    let ann = book.customer("Ann").await;
    book.ok(new_subscription(ann.id, plan.id, BillingCycle::Monthly)).await
}

/// A plan of 10 €, on the first of December, in a book where everything that is billed becomes final.
async fn finalizing(book: &TestBook, yearly: i64) -> Plan {
    book.seller(0).await;
    let version = book.ok(GetBillingSettings {}).await.version;
    book.ok(UpdateBillingSettings {
        finalize_renewals: Some(true),
        reminders: Some(Vec::new()),
        ..UpdateBillingSettings::nothing(version)
    })
    .await;
    book.at("2026-12-01T09:00:00Z").await;
    plan_of(book, "basic", 1_000, yearly).await
}

async fn plan_of(book: &TestBook, code: &str, monthly: i64, yearly: i64) -> Plan {
    book.ok(CreatePlan {
        price_monthly: Some(monthly),
        price_yearly: Some(yearly),
        ..new_plan(code)
    })
    .await
}

fn change(of: &Subscription) -> ChangeSubscription {
    ChangeSubscription {
        id: of.id,
        version: None,
        plan_id: None,
        billing_cycle: None,
        quantity: None,
        on: None,
    }
}

/// Makes a change; what its lines come to stands for what was taken off and what was billed.
async fn changed(book: &TestBook, asked: ChangeSubscription) -> (ChangedSubscription, Vec<i64>) {
    let done = book.ok(asked).await;
    let nets = done.settled.lines.iter().map(|line| line.net).collect();
    book.verified().await;
    (done, nets)
}

async fn void(book: &TestBook, id: Option<InvoiceId>) {
    let invoice = book.invoice_now(id.unwrap()).await;
    book.ok(VoidInvoice {
        id: invoice.id,
        version: invoice.version,
    })
    .await;
}

on_both! {
    async fn of_the_period_before_a_change_of_the_cycle_only_what_was_left_of_it(book: TestBook) {
        let subscription = subscribed(&book).await;
        book.at("2026-12-16T09:00:00Z").await;
        let yearly = ChangeSubscription { billing_cycle: Some(BillingCycle::Yearly), ..change(&subscription) };
        let (done, nets) = changed(&book, yearly).await;
        assert_eq!(nets, [-516, 10_000]);
        void(&book, done.invoice_id).await;
        // Of December 16 of 31 days were left, whatever is changed on that day.
        let (done, nets) = changed(&book, ChangeSubscription { quantity: Some(2), ..change(&subscription) }).await;
        assert_eq!((nets, done.settled.net), (vec![-516, 20_000], eur(19_484)));
        void(&book, done.invoice_id).await;
        // And four days later 12.
        book.at("2026-12-20T09:00:00Z").await;
        let (done, nets) = changed(&book, ChangeSubscription { quantity: Some(1), ..change(&subscription) }).await;
        assert_eq!(nets, [-387, 9_890]);
        void(&book, done.invoice_id).await;
        // In January nothing.
        book.at("2027-01-05T09:00:00Z").await;
        let (_, nets) = changed(&book, ChangeSubscription { quantity: Some(2), ..change(&subscription) }).await;
        assert_eq!(nets, [18_904]);
    }

    async fn of_a_change_that_was_voided_nothing_and_of_what_was_billed_before_the_rest(book: TestBook) {
        let subscription = subscribed(&book).await;
        let (more, most) = (plan_of(&book, "pro", 2_000, 20_000).await, plan_of(&book, "max", 4_000, 40_000).await);
        book.at("2026-12-16T09:00:00Z").await;
        let (done, nets) = changed(&book, ChangeSubscription { plan_id: Some(more.id), ..change(&subscription) }).await;
        assert_eq!(nets, [-516, 1_032]);
        void(&book, done.invoice_id).await;
        let (_, nets) = changed(&book, ChangeSubscription { plan_id: Some(most.id), ..change(&subscription) }).await;
        assert_eq!(nets, [-516, 2_065]);
    }

    async fn what_was_credited_by_hand_is_credited_of_each_day(book: TestBook) {
        let subscription = subscribed(&book).await;
        let billed = book.ok(ListInvoices::default()).await.items.remove(0);
        book.ok(CreditInvoice {
            id: billed.id,
            version: billed.version,
            lines: Some(vec![CreditedLine { position: 1, net: 400 }]),
            reason: CreditReason::BillingError,
            issued_on: None,
        }).await;
        book.at("2026-12-16T09:00:00Z").await;
        // 16 of 31 days of 6 €.
        let (_, nets) = changed(&book, ChangeSubscription { quantity: Some(2), ..change(&subscription) }).await;
        assert_eq!(nets, [-310, 1_032]);
    }

    async fn what_a_credit_has_kept_for_the_month_is_there_after_the_year_that_it_was_of(book: TestBook) {
        let plan = finalizing(&book, 40_000).await;
        let ann = book.customer("Ann").await;
        let subscription = book.ok(new_subscription(ann.id, plan.id, BillingCycle::Yearly)).await;
        // 16 days of 365 go back, less the month that begins.
        book.at("2027-11-15T09:00:00Z").await;
        let monthly = ChangeSubscription { billing_cycle: Some(BillingCycle::Monthly), ..change(&subscription) };
        let (done, nets) = changed(&book, monthly).await;
        assert_eq!((nets, done.invoice_id, done.credit_note_ids.len()), (vec![-1_753, 1_000], None, 1));
        // The year is over, the month has ten days left of thirty.
        book.at("2027-12-05T09:00:00Z").await;
        let (_, nets) = changed(&book, ChangeSubscription { quantity: Some(2), ..change(&subscription) }).await;
        assert_eq!(nets, [-333, 667]);
        let (done, nets) = changed(&book, ChangeSubscription { quantity: Some(1), ..change(&subscription) }).await;
        assert_eq!((nets, done.settled.net), (vec![-667, 333], eur(-334)));
    }

    async fn each_of_many_changes_takes_off_all_that_the_one_before_has_billed(book: TestBook) {
        let subscription = subscribed(&book).await;
        let dear = plan_of(&book, "dear", 1_999, 17_777).await;
        for (on, quantity, plan, cycle) in [
            ("2026-12-04", 3, None, None),
            ("2026-12-09", 1, None, None),
            ("2026-12-13", 7, Some(dear.id), None),
            ("2026-12-14", 2, None, Some(BillingCycle::Yearly)),
            ("2027-02-20", 5, None, None),
            ("2027-03-03", 5, None, Some(BillingCycle::Monthly)),
            ("2027-03-20", 4, None, None),
            ("2027-03-28", 9, None, None),
        ] {
            book.at(&format!("{on}T09:00:00Z")).await;
            let asked = ChangeSubscription { quantity: Some(quantity), plan_id: plan, billing_cycle: cycle, ..change(&subscription) };
            let before = book.ok(ListSubscriptions::default()).await.items.remove(0);
            let (done, nets) = changed(&book, asked).await;
            // The days that are left, at the price that was agreed.
            let left = (before.current_period_end - day(on)).num_days();
            let whole = (before.current_period_end - before.current_period_start).num_days();
            let share = Quantity::share(left, whole, before.quantity).unwrap();
            assert_eq!(nets[0], -share.times(before.price.amount).unwrap(), "{on}: {:?}", done.settled);
        }
    }
}
