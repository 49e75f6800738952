//! Subscriptions: canceled now or with their period, and brought back.

use contract::{
    BillingCycle, Conflict, Error, Problem, SubscriptionId,
    money::MAX_AMOUNT,
    plan::CreatePlan,
    subscription::{
        CancelAt, CancelSubscription, CreateSubscription, ListSubscriptions, PreviewSubscriptionChange, RestoreSubscription, Subscription,
        SubscriptionStatus,
    },
};

use crate::support::*;

fn cancel(id: SubscriptionId, at: CancelAt) -> CancelSubscription {
    CancelSubscription { id, version: None, at }
}

fn restore(id: SubscriptionId) -> RestoreSubscription {
    RestoreSubscription { id, version: None }
}

/// A customer with a yearly subscription.
async fn subscribed(book: &TestBook, trial_days: u32) -> Subscription {
    let ann = book.customer("Ann").await;
    let plan = book
        .ok(CreatePlan {
            trial_days,
            ..new_plan("basic")
        })
        .await;
    book.ok(new_license(ann.id, plan.id, BillingCycle::Yearly, true)).await;
    current(book).await
}

async fn current(book: &TestBook) -> Subscription {
    book.ok(ListSubscriptions::default()).await.items.remove(0)
}

on_both! {
    async fn a_subscription_canceled_now_ends_now_and_leaves_its_license(book: TestBook) {
        let subscription = subscribed(&book, 0).await;
        let canceled = book.ok(cancel(subscription.id, CancelAt::Now)).await;
        assert_eq!((canceled.status, canceled.ended_at, canceled.version), (SubscriptionStatus::Canceled, Some(at(START)), 2));
        let customer = book.get(subscription.customer_id).await;
        assert_eq!((customer.active_subscriptions, customer.active_licenses), (0, 1));
        for again in [CancelAt::Now, CancelAt::PeriodEnd] {
            assert_eq!(book.refused(cancel(subscription.id, again)).await, Conflict::AlreadyCanceled { at: at(START) }.into());
        }
        let back = book.ok(restore(subscription.id)).await;
        assert_eq!(Subscription { version: 1, ..back }, subscription);
        book.verified().await;
    }

    async fn a_subscription_canceled_at_its_end_runs_until_then(book: TestBook) {
        let subscription = subscribed(&book, 0).await;
        let canceled = book.ok(cancel(subscription.id, CancelAt::PeriodEnd)).await;
        assert_eq!((canceled.status, canceled.cancel_at_period_end, canceled.ended_at), (SubscriptionStatus::Active, true, None));
        assert_eq!(book.refused(cancel(subscription.id, CancelAt::PeriodEnd)).await, Conflict::AlreadyCanceled { at: at(START) }.into());
        book.at("2027-11-21T22:59:59.999Z").await;
        assert_eq!(current(&book).await.status, SubscriptionStatus::Active);
        // 22 November 2027 begins in Berlin.
        book.at("2027-11-21T23:00:00.000Z").await;
        let over = current(&book).await;
        assert_eq!((over.status, over.ended_at), (SubscriptionStatus::Canceled, Some(at("2027-11-21T23:00:00.000Z"))));
        book.verified().await;
        assert_eq!(book.refused(restore(subscription.id)).await, Conflict::PeriodOver.into());
    }

    async fn the_end_can_be_taken_back_and_brought_forward_while_the_period_runs(book: TestBook) {
        let subscription = subscribed(&book, 0).await;
        assert_eq!(book.refused(restore(subscription.id)).await, Conflict::NothingToRestore.into());
        book.ok(cancel(subscription.id, CancelAt::PeriodEnd)).await;
        let back = book.ok(restore(subscription.id)).await;
        assert_eq!(Subscription { version: 1, ..back }, subscription);
        book.at("2027-12-01T09:00:00Z").await;
        assert_eq!(current(&book).await.status, SubscriptionStatus::Active, "nothing falls due any more");
        book.at("2026-11-25T09:00:00Z").await;
        book.ok(cancel(subscription.id, CancelAt::PeriodEnd)).await;
        let now = book.ok(cancel(subscription.id, CancelAt::Now)).await;
        assert_eq!((now.status, now.ended_at), (SubscriptionStatus::Canceled, Some(at("2026-11-25T09:00:00Z"))));
        book.verified().await;
    }

    async fn a_trial_canceled_at_its_end_is_never_billed(book: TestBook) {
        let subscription = subscribed(&book, 14).await;
        book.ok(cancel(subscription.id, CancelAt::PeriodEnd)).await;
        assert_eq!(current(&book).await.status, SubscriptionStatus::Trialing);
        book.at("2026-12-06T09:00:00Z").await;
        assert_eq!(current(&book).await.status, SubscriptionStatus::Canceled);
        book.verified().await;
    }

    async fn a_trial_canceled_now_can_come_back_as_the_trial_it_was(book: TestBook) {
        let subscription = subscribed(&book, 14).await;
        book.ok(cancel(subscription.id, CancelAt::Now)).await;
        assert_eq!(book.ok(restore(subscription.id)).await.status, SubscriptionStatus::Trialing);
        book.at("2026-12-06T09:00:00Z").await;
        assert_eq!(current(&book).await.status, SubscriptionStatus::Active);
        book.verified().await;
    }

    async fn the_period_follows_the_clock_and_the_end_is_that_of_the_one_that_runs(book: TestBook) {
        let subscription = subscribed(&book, 14).await;
        let period = |found: &Subscription| (found.current_period_start, found.current_period_end);
        assert_eq!(period(&subscription), (day("2026-11-22"), day("2026-12-06")), "the trial");
        book.at("2026-12-12T09:00:00Z").await;
        let active = current(&book).await;
        assert_eq!((active.status, period(&active)), (SubscriptionStatus::Active, (day("2026-12-06"), day("2027-12-06"))));
        book.at("2028-01-02T09:00:00Z").await;
        let canceled = book.ok(cancel(subscription.id, CancelAt::PeriodEnd)).await;
        assert_eq!((canceled.status, period(&canceled)), (SubscriptionStatus::Active, (day("2027-12-06"), day("2028-12-06"))));
        book.at("2028-12-06T09:00:00Z").await;
        let over = current(&book).await;
        assert_eq!((over.status, over.ended_at), (SubscriptionStatus::Canceled, Some(at("2028-12-05T23:00:00.000Z"))));
        assert_eq!(period(&over), (day("2027-12-06"), day("2028-12-06")), "the one in which it ended");
        book.verified().await;
    }

    async fn undo_takes_back_one_cancellation_and_not_the_one_before(book: TestBook) {
        let subscription = subscribed(&book, 0).await;
        book.ok(cancel(subscription.id, CancelAt::PeriodEnd)).await;
        book.ok(cancel(subscription.id, CancelAt::Now)).await;
        let back = book.ok(restore(subscription.id)).await;
        assert_eq!((back.status, back.cancel_at_period_end), (SubscriptionStatus::Active, true));
        let back = book.ok(restore(subscription.id)).await;
        assert_eq!((back.status, back.cancel_at_period_end), (SubscriptionStatus::Active, false));
        book.verified().await;
    }

    async fn a_price_that_no_invoice_can_hold_with_its_tax_is_refused_where_it_is_said(book: TestBook) {
        book.seller(190_000).await;
        let (ann, plan) = (book.customer("Ann").await, book.plan("basic").await);
        let dear = book.ok(CreatePlan { price_monthly: Some(MAX_AMOUNT), ..new_plan("dear") }).await;
        let start = |price, quantity| CreateSubscription {
            customer_id: ann.id,
            plan_id: plan.id,
            billing_cycle: BillingCycle::Monthly,
            quantity,
            starts_on: None,
            trial_days: None,
            price: Some(price),
            create_license: false,
        };
        let field = |refused: Error| match refused {
            Error::Invalid { mut fields } => { let only = fields.remove(0); (only.field, only.problem) }
            other => panic!("{other:?}"),
        };
        // With 19 % on it this is the largest amount: 9 007 199 254 740 991.
        let max = 7_569_075_003_984_026;
        assert_eq!(field(book.refused(start(MAX_AMOUNT, 1)).await), ("price".to_owned(), Problem::OutOfRange { min: 0, max }));
        assert_eq!(field(book.refused(start(max + 1, 1)).await).0, "price");
        assert_eq!(field(book.refused(start(10_000_000_000, 800_000)).await), ("quantity".to_owned(), Problem::OutOfRange { min: 1, max: 756_907 }));
        let own = book.ok(start(1_000, 1)).await;
        let change = |plan_id, quantity| PreviewSubscriptionChange { id: own.id, plan_id, billing_cycle: None, quantity, on: None };
        assert_eq!(field(book.refused(change(Some(dear.id), None)).await).0, "plan_id");
        assert_eq!(field(book.refused(new_license(ann.id, dear.id, BillingCycle::Monthly, true)).await).0, "plan_id");
        // What is just as large as can be is billed.
        book.ok(start(max, 1)).await;
        book.ok(start(10_000_000_000, 756_907)).await;
        book.verified().await;
    }

    async fn a_subscription_is_changed_at_its_current_version(book: TestBook) {
        let subscription = subscribed(&book, 0).await;
        let stale = |request: Error| assert!(matches!(request, Error::Conflict { conflict: Conflict::ChangedMeanwhile { version: 2, .. } }));
        book.ok(CancelSubscription { version: Some(1), ..cancel(subscription.id, CancelAt::PeriodEnd) }).await;
        stale(book.refused(CancelSubscription { version: Some(1), ..cancel(subscription.id, CancelAt::Now) }).await);
        stale(book.refused(RestoreSubscription { version: Some(1), ..restore(subscription.id) }).await);
        book.ok(RestoreSubscription { version: Some(2), ..restore(subscription.id) }).await;
    }
}
