//! The rules of billing and of the figures as tables, each with its source.

use contract::{
    BillingCycle,
    billing::{GetBillingSettings, ReminderAct, UpdateBillingSettings},
    catch_up::{DueKind, RunCatchUp},
    domain::{AddDomain, DomainStatus, ListDomains},
    invoice::{GetInvoice, ListInvoices},
    plan::CreatePlan,
    recurring::RecurringFiguresRequest,
    subscription::{CancelAt, CancelSubscription, ChangeSubscription, CreateSubscription, Subscription},
};

use chrono::TimeDelta;

use crate::support::*;

pub async fn plan(book: &TestBook, code: &str, monthly: i64, yearly: i64) -> contract::plan::Plan {
    let new = CreatePlan {
        price_monthly: Some(monthly),
        price_yearly: Some(yearly),
        ..new_plan(code)
    };
    book.ok(new).await
}

pub async fn begin(
    book: &TestBook,
    name: &str,
    plan: &contract::plan::Plan,
    cycle: BillingCycle,
    quantity: u32,
    trial_days: u32,
) -> Subscription {
    let customer = book.customer(name).await;
    let new = CreateSubscription {
        quantity,
        trial_days: Some(trial_days),
        ..new_subscription(customer.id, plan.id, cycle)
    };
    book.ok(new).await
}

/// A vendor whose renewals become final and who reminds nobody.
pub async fn vendor(book: &TestBook) {
    book.seller(0).await;
    let version = book.ok(GetBillingSettings {}).await.version;
    let settings = UpdateBillingSettings {
        finalize_renewals: Some(true),
        reminders: Some(Vec::new()),
        ..UpdateBillingSettings::nothing(version)
    };
    book.ok(settings).await;
}

/// The first days of all periods that were billed.
async fn billed(book: &TestBook) -> Vec<String> {
    let mut starts = Vec::new();
    let mut after = None;
    loop {
        let page = book
            .ok(ListInvoices {
                limit: Some(500),
                after,
                ..ListInvoices::default()
            })
            .await;
        for invoice in page.items {
            for line in book.ok(GetInvoice { id: invoice.id }).await.lines {
                starts.push(line.period_start.unwrap().to_string());
            }
        }
        after = page.next;
        if after.is_none() {
            starts.sort();
            return starts;
        }
    }
}

on_both! {
    async fn ten_years_of_a_month_end_and_of_a_leap_day_are_billed_on_their_days(book: TestBook) {
        // Stripe, https://docs.stripe.com/billing/subscriptions/billing-cycle: 31 January, 28 or 29 February, 31 March.
        vendor(&book).await;
        let basic = plan(&book, "basic", 1_000, 10_000).await;
        book.at("2027-01-31T09:00:00Z").await;
        begin(&book, "Month end", &basic, BillingCycle::Monthly, 1, 0).await;
        book.at("2037-01-31T09:00:00Z").await;
        while book.ok(RunCatchUp {}).await.has_more {}
        let starts = billed(&book).await;
        assert_eq!(starts.len(), 121);
        let of_year = |year: &str| starts.iter().filter(|start| start.starts_with(year)).map(|start| start[5..].to_owned()).collect::<Vec<_>>();
        let common = ["01-31", "02-28", "03-31", "04-30", "05-31", "06-30", "07-31", "08-31", "09-30", "10-31", "11-30", "12-31"];
        let mut leap = common;
        leap[1] = "02-29";
        for year in 2027..2037 {
            assert_eq!(of_year(&year.to_string()), if year % 4 == 0 { leap } else { common }, "{year}");
        }
        book.verified().await;
    }

    async fn a_leap_day_is_the_last_of_february_until_it_comes_again(book: TestBook) {
        vendor(&book).await;
        let basic = plan(&book, "basic", 1_000, 10_000).await;
        book.at("2028-02-29T09:00:00Z").await;
        begin(&book, "Leap day", &basic, BillingCycle::Yearly, 1, 0).await;
        book.at("2038-03-01T09:00:00Z").await;
        while book.ok(RunCatchUp {}).await.has_more {}
        assert_eq!(billed(&book).await, [
            "2028-02-29", "2029-02-28", "2030-02-28", "2031-02-28", "2032-02-29", "2033-02-28", "2034-02-28", "2035-02-28", "2036-02-29",
            "2037-02-28", "2038-02-28",
        ]);
    }

    async fn ten_to_twenty_half_way_is_five_off_and_ten_on(book: TestBook) {
        // Stripe, https://docs.stripe.com/billing/subscriptions/prorations, by days as Lago and Kill Bill do: half of February.
        vendor(&book).await;
        let (ten, twenty) = (plan(&book, "ten", 1_000, 10_000).await, plan(&book, "twenty", 2_000, 20_000).await);
        book.at("2027-02-01T09:00:00Z").await;
        let own = begin(&book, "Ann", &ten, BillingCycle::Monthly, 1, 0).await;
        book.at("2027-02-15T09:00:00Z").await;
        let change = ChangeSubscription { id: own.id, version: None, plan_id: Some(twenty.id), billing_cycle: None, quantity: None, on: None };
        let settled = book.ok(change).await.settled;
        assert_eq!(settled.lines.iter().map(|line| line.net).collect::<Vec<_>>(), [-500, 1_000]);
        assert_eq!((settled.net, settled.next), (eur(500), eur(2_000)));
    }

    async fn what_recurs_is_normalized_to_a_month(book: TestBook) {
        // Stripe, https://docs.stripe.com/billing/subscriptions/analytics: a year counts one twelfth; trials and free plans do
        // not count; units multiply. Sum, then round.
        vendor(&book).await;
        let (paid, free) = (plan(&book, "paid", 999, 10_000).await, plan(&book, "free", 0, 0).await);
        let mut twelfths = 0;
        for (name, own, cycle, quantity, trial, adds) in [
            ("a month", &paid, BillingCycle::Monthly, 1, 0, 999 * 12),
            ("a year", &paid, BillingCycle::Yearly, 1, 0, 10_000),
            ("three units", &paid, BillingCycle::Monthly, 3, 0, 3 * 999 * 12),
            ("seven units a year", &paid, BillingCycle::Yearly, 7, 0, 70_000),
            ("a trial", &paid, BillingCycle::Monthly, 1, 14, 0),
            ("nothing", &free, BillingCycle::Monthly, 1, 0, 0),
        ] {
            begin(&book, name, own, cycle, quantity, trial).await;
            twelfths += adds;
            let found = book.ok(RecurringFiguresRequest { months: 1 }).await.currencies.remove(0);
            assert_eq!((Some(found.mrr.amount), found.arr.amount), (contract::money::divide(twelfths, 12), twelfths), "{name}");
        }
    }

    async fn churn_is_named_by_what_it_is_divided_by(book: TestBook) {
        // Opening base: gone ÷ there at the start, new ones never count. Stripe and Gumroad: gone ÷ (there at the start + new).
        // Gross = (churn + contraction) ÷ start, net takes expansion off; GRR and NRR are what is left of the whole.
        vendor(&book).await;
        let basic = plan(&book, "basic", 1_000, 10_000).await;
        let mut own = Vec::new();
        for name in ["Stays", "Goes", "Grows", "Shrinks"] {
            own.push(begin(&book, name, &basic, BillingCycle::Monthly, if name == "Shrinks" { 2 } else { 1 }, 0).await);
        }
        book.at("2026-12-10T09:00:00Z").await;
        book.ok(CancelSubscription { id: own[1].id, version: None, at: CancelAt::Now }).await;
        for (subscription, quantity) in [(&own[2], 4), (&own[3], 1)] {
            let change = ChangeSubscription { id: subscription.id, version: None, plan_id: None, billing_cycle: None, quantity: Some(quantity), on: None };
            book.ok(change).await;
        }
        begin(&book, "Comes", &basic, BillingCycle::Monthly, 1, 0).await;
        book.at("2026-12-31T09:00:00Z").await;
        let months = book.ok(RecurringFiguresRequest { months: 2 }).await.currencies.remove(0).months;
        let december = &months[1];
        assert_eq!((december.start, december.end), (eur(5_000), eur(7_000)));
        assert_eq!((december.logo_churn, december.logo_churn_with_new), (Some(250_000), Some(200_000)));
        // 10 lost and 10 less of 50; 30 more.
        assert_eq!((december.gross_churn, december.net_churn), (Some(400_000), Some(-200_000)));
        assert_eq!((months[0].logo_churn, months[0].gross_churn, months[0].net_churn), (None, None, None), "no base, no ratio");
    }

    async fn a_new_book_reminds_as_is_usual(book: TestBook) {
        // What billing programs do by default, put together: a week before, on the day, then 3, 7 and 14 days after; suspended
        // after three weeks, canceled after 45 days.
        let steps = book.ok(GetBillingSettings {}).await.reminders;
        let shown: Vec<(i32, ReminderAct)> = steps.iter().map(|step| (step.days, step.act)).collect();
        use ReminderAct::{Cancel, Remind, Suspend};
        assert_eq!(shown, [(-7, Remind), (0, Remind), (3, Remind), (7, Remind), (14, Remind), (21, Suspend), (45, Cancel)]);
    }

    async fn each_step_of_the_usual_schedule_is_done_on_its_day_and_not_the_day_before(book: TestBook) {
        // Days after the due day, as billing programs put them: Kill Bill (PaymentConfig.java) and Stripe try for about two weeks
        // (8, 16, 24 days; 8 tries in 14), Invoice Ninja reminds three times, Faveo 30, 15, 7 and 0 days before, Blesta suspends
        // after it was due for days and cancels later.
        book.seller(0).await;
        let version = book.ok(GetBillingSettings {}).await.version;
        book.ok(UpdateBillingSettings { finalize_renewals: Some(true), ..UpdateBillingSettings::nothing(version) }).await;
        let basic = plan(&book, "basic", 1_000, 10_000).await;
        // A year is billed at once: no renewal comes between.
        begin(&book, "Owes", &basic, BillingCycle::Yearly, 1, 0).await;
        let due = book.ok(ListInvoices::default()).await.items[0].due_on.unwrap();
        for (days, kind) in [
            (-7, DueKind::Reminder),
            (0, DueKind::Reminder),
            (3, DueKind::Reminder),
            (7, DueKind::Reminder),
            (14, DueKind::Reminder),
            (21, DueKind::Suspension),
            (45, DueKind::Cancellation),
        ] {
            let on = due + TimeDelta::days(days);
            for (on, expected) in [(on - TimeDelta::days(1), None), (on, Some((kind, 1))), (on, None)] {
                book.at(&format!("{on}T11:00:00Z")).await;
                let run = book.ok(RunCatchUp {}).await;
                let done: Vec<_> = run.counts.iter().map(|count| (count.kind, count.count)).collect();
                assert_eq!(done, expected.into_iter().collect::<Vec<_>>(), "{days} days, {on}");
            }
        }
        book.verified().await;
    }

    async fn a_domain_that_nobody_renews_goes_through_the_states_of_its_registry(book: TestBook) {
        // ICANN, Expired Registration Recovery Policy and the life cycle of a gTLD: auto-renew grace of up to 45 days, redemption
        // of 30 days, pending delete of 5 days, then anybody can have it. The last day is 31 December; days are those after it.
        let ann = book.customer("Ann").await;
        let last = day("2027-12-31");
        book.ok(AddDomain {
            customer_id: ann.id, name: "a.example".to_owned(), registrar: None, registered_on: None, expires_on: Some(last), auto_renew: false,
        }).await;
        for (first, until, state) in [
            // One month before is the first notice that the policy asks for.
            (-31, -30, DomainStatus::Registered),
            (-29, 0, DomainStatus::Expiring),
            (1, 45, DomainStatus::Expired),
            (46, 75, DomainStatus::Redemption),
            (76, 80, DomainStatus::PendingDelete),
            (81, 400, DomainStatus::Available),
        ] {
            for days in [first, until] {
                let on = last + TimeDelta::days(days);
                book.at(&format!("{on}T11:00:00Z")).await;
                assert_eq!(book.ok(ListDomains::default()).await.items[0].status, state, "{days} days, {on}");
                let listed = book.ok(ListDomains { status: Some(state), ..ListDomains::default() }).await;
                assert_eq!(listed.total, 1, "{days} days, {on}");
            }
        }
    }
}
