//! Recurring revenue and what follows from it.

use contract::{
    BillingCycle, Currency,
    billing::{GetBillingSettings, UpdateBillingSettings},
    recurring::{
        CohortsRequest, ForecastRequest, ListMovements, ListRecurring, ListRenewals, ReceivablesRequest, RecurringFiguresRequest,
        RecurringMonth, RecurringOfCurrency,
    },
    subscription::{
        CancelAt, CancelSubscription, ChangeSubscription, CreateSubscription, PauseSubscription, ResumeSubscription, Subscription,
    },
};

use crate::support::*;

pub async fn figures(book: &TestBook, months: u32) -> RecurringOfCurrency {
    book.ok(RecurringFiguresRequest { months }).await.currencies.remove(0)
}

/// New, reactivation, expansion, contraction, churn.
fn moved(month: &RecurringMonth) -> [i64; 5] {
    [&month.new, &month.reactivation, &month.expansion, &month.contraction, &month.churn].map(|money| money.amount)
}

fn holds(month: &RecurringMonth) {
    let [new, back, more, less, gone] = moved(month);
    assert_eq!(month.start.amount + new + back + more - less - gone, month.end.amount, "{month:?}");
    let customers = month.customers_at_start + month.customers_new + month.customers_reactivated - month.customers_lost;
    assert_eq!(customers, month.customers_at_end, "{month:?}");
}

pub async fn quantity(book: &TestBook, of: &Subscription, quantity: u32) {
    let change = ChangeSubscription {
        id: of.id,
        version: None,
        plan_id: None,
        billing_cycle: None,
        quantity: Some(quantity),
        on: None,
    };
    book.ok(change).await;
}

on_both! {
    async fn a_year_counts_a_twelfth_and_the_rows_sum_to_the_figure(book: TestBook) {
        let plan = book.plan("basic").await;
        // 100.00 a year are 8.333… a month: three of them are 25.00, and no row is a third of a cent off the sum.
        for name in ["Ann", "Bob", "Cid"] {
            let customer = book.customer(name).await;
            book.ok(new_subscription(customer.id, plan.id, BillingCycle::Yearly)).await;
        }
        let found = figures(&book, 1).await;
        assert_eq!((found.mrr, found.arr, found.subscriptions, found.customers), (eur(2_500), eur(30_000), 3, 3));
        assert_eq!(found.arpa, Some(eur(833)));
        let page = book.ok(ListRecurring { currency: Currency::EUR, on: None, plan_id: None, limit: None, after: None }).await;
        let parts: Vec<i64> = page.items.iter().map(|row| row.mrr.amount).collect();
        assert_eq!((page.mrr, parts), (eur(2_500), vec![834, 833, 833]));
        assert_eq!(found.plans.iter().map(|plan| plan.mrr).collect::<Vec<_>>(), [eur(2_500)]);
        let (mut after, mut sum) = (None, 0);
        loop {
            let page = book.ok(ListRecurring { currency: Currency::EUR, on: None, plan_id: None, limit: Some(2), after }).await;
            sum += page.items.iter().map(|row| row.mrr.amount).sum::<i64>();
            after = page.next;
            if after.is_none() { break; }
        }
        assert_eq!(sum, 2_500);
    }

    async fn a_trial_a_pause_and_an_end_do_not_count(book: TestBook) {
        book.seller(0).await;
        let plan = book.plan("basic").await;
        let (ann, bob, cid, dan) = (book.customer("Ann").await, book.customer("Bob").await, book.customer("Cid").await, book.customer("Dan").await);
        book.ok(CreateSubscription { trial_days: Some(14), ..new_subscription(ann.id, plan.id, BillingCycle::Monthly) }).await;
        let bobs = book.ok(new_subscription(bob.id, plan.id, BillingCycle::Monthly)).await;
        let cids = book.ok(new_subscription(cid.id, plan.id, BillingCycle::Monthly)).await;
        let dans = book.ok(new_subscription(dan.id, plan.id, BillingCycle::Monthly)).await;
        assert_eq!(figures(&book, 1).await.mrr, eur(3_000));
        book.at("2026-11-25T09:00:00Z").await;
        book.ok(PauseSubscription { id: bobs.id, version: None }).await;
        book.ok(CancelSubscription { id: cids.id, version: None, at: CancelAt::Now }).await;
        book.ok(CancelSubscription { id: dans.id, version: None, at: CancelAt::PeriodEnd }).await;
        assert_eq!(figures(&book, 1).await.mrr, eur(1_000), "until its period ends");
        book.at("2026-12-06T09:00:00Z").await;
        assert_eq!(figures(&book, 1).await.mrr, eur(2_000), "the trial is over");
        book.at("2026-12-22T09:00:00Z").await;
        assert_eq!(figures(&book, 1).await.mrr, eur(1_000), "the period is over");
        book.ok(ResumeSubscription { id: bobs.id, version: None }).await;
        assert_eq!(figures(&book, 1).await.mrr, eur(2_000));
        book.verified().await;
    }

    async fn each_movement_has_its_name_and_they_sum_to_the_change(book: TestBook) {
        book.seller(0).await;
        let plan = book.plan("basic").await;
        let mut own = Vec::new();
        for name in ["Ann", "Bob", "Cid", "Dan"] {
            let customer = book.customer(name).await;
            own.push((customer.id, book.ok(new_subscription(customer.id, plan.id, BillingCycle::Monthly)).await));
        }
        book.at("2026-12-10T09:00:00Z").await;
        quantity(&book, &own[0].1, 3).await;
        quantity(&book, &own[1].1, 2).await;
        book.ok(CancelSubscription { id: own[2].1.id, version: None, at: CancelAt::Now }).await;
        book.at("2027-01-10T09:00:00Z").await;
        quantity(&book, &own[1].1, 1).await;
        book.ok(new_subscription(own[2].0, plan.id, BillingCycle::Yearly)).await;
        let found = figures(&book, 3).await;
        let months: Vec<_> = found.months.iter().map(|month| (month.start.amount, moved(month), month.end.amount)).collect();
        assert_eq!(months, [
            (0, [4_000, 0, 0, 0, 0], 4_000),
            (4_000, [0, 0, 3_000, 0, 1_000], 6_000),
            (6_000, [0, 833, 0, 1_000, 0], 5_833),
        ]);
        found.months.iter().for_each(holds);
        let december = &found.months[1];
        assert_eq!((december.logo_churn, december.gross_churn, december.net_churn), (Some(250_000), Some(250_000), Some(-500_000)));
        assert_eq!(found.months[0].logo_churn, None, "nobody was there at its start");
        let january = &found.months[2];
        assert_eq!((january.customers_lost, january.logo_churn, january.logo_churn_with_new), (0, Some(0), Some(0)));
        // 58.33 ÷ 4 customers; the full months lost a quarter of one month and nothing is known of the first.
        assert_eq!((found.arpa, found.lifetime_value), (Some(eur(1_458)), Some(eur(5_832))));
        book.verified().await;
    }

    async fn what_is_owed_is_sorted_by_age_and_its_list_sums_to_it(book: TestBook) {
        book.seller(0).await;
        let ann = book.customer("Ann").await;
        for (day, amount) in [("2026-11-22", 100), ("2026-12-20", 200), ("2027-01-15", 400), ("2027-03-01", 800)] {
            book.at(&format!("{day}T09:00:00Z")).await;
            book.final_invoice(ann.id, amount).await;
        }
        // Due two weeks later each: 6 December, 3 January, 29 January, 15 March.
        book.at("2027-03-10T09:00:00Z").await;
        let found = book.ok(ReceivablesRequest {}).await.currencies.remove(0);
        let ages: Vec<_> = found.ages.iter().map(|age| (age.from_days, age.invoices, age.amount.amount)).collect();
        assert_eq!(ages, [(None, 1, 800), (Some(1), 0, 0), (Some(31), 1, 400), (Some(61), 1, 200), (Some(91), 1, 100)]);
        assert_eq!(found.total, eur(1_500));
        for age in &found.ages {
            let list = contract::invoice::ListInvoices {
                status: Some(contract::invoice::InvoiceStatus::Open),
                currency: Some(Currency::EUR),
                due_from: age.due_from,
                due_until: age.due_until,
                ..Default::default()
            };
            let page = book.ok(list).await;
            assert_eq!(page.items.iter().map(|row| row.payable.amount).sum::<i64>(), age.amount.amount, "{age:?}");
        }
    }

    async fn customers_are_followed_from_the_month_of_their_first_payment(book: TestBook) {
        let (ann, bob) = (book.customer("Ann").await, book.customer("Bob").await);
        book.at("2027-01-20T09:00:00Z").await;
        let first = book.ok(new_payment(ann.id, eur(1_000), Some("2026-11-25"))).await;
        book.pay(ann.id, 500, "2027-01-02").await;
        book.pay(bob.id, 700, "2026-12-31").await;
        book.ok(contract::payment::RefundPayment { id: first.id, amount: eur(300), reason: None, refunded_on: Some(day("2026-12-05")) }).await;
        let found = book.ok(CohortsRequest { currency: Currency::EUR, months: 3 }).await.cohorts;
        let shown: Vec<_> = found
            .iter()
            .map(|cohort| (cohort.month, cohort.customers, cohort.months.iter().map(|month| (month.paying, month.revenue.amount)).collect::<Vec<_>>()))
            .collect();
        assert_eq!(shown, [
            (day("2026-11-01"), 1, vec![(1, 1_000), (0, -300), (1, 500)]),
            (day("2026-12-01"), 1, vec![(1, 700), (0, 0)]),
            (day("2027-01-01"), 0, vec![(0, 0)]),
        ]);
    }

    async fn the_forecast_is_what_will_be_billed(book: TestBook) {
        book.seller(0).await;
        let plan = book.plan("basic").await;
        let ann = book.customer("Ann").await;
        book.ok(new_subscription(ann.id, plan.id, BillingCycle::Monthly)).await;
        book.ok(new_subscription(ann.id, plan.id, BillingCycle::Yearly)).await;
        let found = book.ok(ForecastRequest { months: 3 }).await.months;
        let shown: Vec<_> = found.iter().map(|month| (month.month, month.renewals, month.currencies.iter().map(|own| (own.renewals, own.amount)).collect())).collect();
        assert_eq!(shown, [
            (day("2026-11-01"), 0, vec![]),
            (day("2026-12-01"), 1, vec![(1, eur(1_000))]),
            (day("2027-01-01"), 1, vec![(1, eur(1_000))]),
        ]);
    }

    async fn prices_that_include_tax_count_without_it(book: TestBook) {
        book.seller(190_000).await;
        let version = book.ok(GetBillingSettings {}).await.version;
        book.ok(UpdateBillingSettings { prices_include_tax: Some(true), ..UpdateBillingSettings::nothing(version) }).await;
        let plan = book.plan("basic").await;
        let ann = book.customer("Ann").await;
        book.ok(new_subscription(ann.id, plan.id, BillingCycle::Monthly)).await;
        book.ok(new_subscription(ann.id, plan.id, BillingCycle::Yearly)).await;
        // 10.00 a month are 8.40 and its tax, 100.00 a year 84.03: a twelfth of that is 7.0025.
        let found = figures(&book, 1).await;
        assert_eq!((found.mrr, found.arr), (eur(1_540), eur(18_483)));
        holds(&found.months[0]);
        let page = book.ok(ListRecurring { currency: Currency::EUR, on: None, plan_id: None, limit: None, after: None }).await;
        let parts: Vec<_> = page.items.iter().map(|row| (row.price, row.mrr)).collect();
        assert_eq!((page.mrr, parts), (eur(1_540), vec![(eur(1_000), eur(840)), (eur(10_000), eur(700))]));
        let moves = book.ok(ListMovements { currency: Currency::EUR, month: day("2026-11-01"), kind: None, limit: None, after: None }).await;
        assert_eq!(moves.items.iter().map(|row| row.after.amount).sum::<i64>(), 1_540);
        let ahead = book.ok(ForecastRequest { months: 2 }).await.months.remove(1);
        assert_eq!(ahead.currencies[0].amount, eur(840));
        let renewals = book.ok(ListRenewals { month: ahead.month, currency: None, limit: None, after: None }).await;
        assert_eq!((renewals.items[0].amount, renewals.sums[0].amount), (eur(840), eur(840)));
    }
}
