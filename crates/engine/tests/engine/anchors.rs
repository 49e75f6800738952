//! The day from which the periods of a subscription are counted: that of the book's time zone, at any time of day.

use contract::{
    BillingCycle,
    invoice::{GetInvoice, ListInvoices},
    settings::{GetSettings, UpdateSettings},
};

use crate::{
    rules::{begin, plan},
    support::*,
};

/// How often each is billed, its first day where it is sold, and the first day of its second period.
const SALES: [(BillingCycle, &str, &str); 6] = [
    (BillingCycle::Monthly, "2026-12-31", "2027-01-31"),
    (BillingCycle::Monthly, "2027-01-01", "2027-02-01"),
    (BillingCycle::Monthly, "2027-01-31", "2027-02-28"),
    (BillingCycle::Monthly, "2027-02-01", "2027-03-01"),
    (BillingCycle::Yearly, "2028-02-29", "2029-02-28"),
    (BillingCycle::Yearly, "2028-03-01", "2029-03-01"),
];

/// Sells each just before or just after midnight in a zone, in the order of time.
async fn sold_in(book: &TestBook, zone: &str, times: [&str; 6]) {
    let version = book.ok(GetSettings {}).await.version;
    book.ok(UpdateSettings {
        version,
        book_name: None,
        currency: None,
        time_zone: Some(zone.to_owned()),
        expiring_days: None,
        idle_lock_minutes: None,
    })
    .await;
    let basic = plan(book, "basic", 1_000, 10_000).await;
    for (number, (now, (cycle, first, second))) in times.into_iter().zip(SALES).enumerate() {
        book.at(now).await;
        let own = begin(book, &format!("Sale {number}"), &basic, cycle, 1, 0).await;
        assert_eq!((own.starts_on, own.anchor), (day(first), day(first)), "{zone}, {now}");
        let period = (own.current_period_start, own.current_period_end, own.billed_until);
        assert_eq!(period, (day(first), day(second), day(second)), "{zone}, {now}");
        let billed = ListInvoices {
            subscription_id: Some(own.id),
            ..ListInvoices::default()
        };
        let invoice = book.ok(billed).await.items.remove(0);
        let line = book.ok(GetInvoice { id: invoice.id }).await.lines.remove(0);
        let billed = (line.period_start, line.period_end);
        assert_eq!(billed, (Some(day(first)), Some(day(second))), "{zone}, {now}");
        assert_eq!(invoice.net.amount, if cycle == BillingCycle::Monthly { 1_000 } else { 10_000 });
    }
    book.verified().await;
}

on_both! {
    // Kill Bill, util/src/test/java/org/killbill/billing/util/dao/TestBillCycleDayCalculator.java: the day is that of the local date,
    // which differs between Honolulu and Tokyo at the same instant. Stripe, https://docs.stripe.com/billing/subscriptions/billing-cycle:
    // a month that is too short ends a period on its last day.
    async fn a_sale_near_midnight_in_tokyo_is_of_the_day_there(book: TestBook) {
        // Nine hours ahead of Greenwich, all year.
        sold_in(&book, "Asia/Tokyo", [
            "2026-12-31T14:59:59.999Z", "2026-12-31T15:00:00.000Z", "2027-01-31T14:59:59.999Z", "2027-01-31T15:00:00.000Z",
            "2028-02-29T14:59:59.999Z", "2028-02-29T15:00:00.000Z",
        ]).await;
    }

    async fn a_sale_near_midnight_in_honolulu_is_of_the_day_there(book: TestBook) {
        // Ten hours behind Greenwich, all year.
        sold_in(&book, "Pacific/Honolulu", [
            "2027-01-01T09:59:59.999Z", "2027-01-01T10:00:00.000Z", "2027-02-01T09:59:59.999Z", "2027-02-01T10:00:00.000Z",
            "2028-03-01T09:59:59.999Z", "2028-03-01T10:00:00.000Z",
        ]).await;
    }
}
