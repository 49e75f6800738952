//! Subscriptions that begin on another day, change, pause and go on; each comes to what its preview said.

use contract::{
    BillingCycle, Conflict, Error, InvoiceId, Problem, SubscriptionId,
    billing::{GetBillingSettings, UpdateBillingSettings},
    credit_note::ListCreditNotes,
    invoice::{GetInvoice, ListInvoices},
    plan::{CreatePlan, UpdatePlan},
    subscription::{
        ChangeSubscription, ChangedSubscription, CreateSubscription, ListSubscriptions, PauseSubscription, PreviewSubscriptionChange,
        ResumeSubscription, SubscriptionStatus,
    },
};

use crate::support::*;

fn start(customer_id: contract::CustomerId, plan_id: contract::PlanId) -> CreateSubscription {
    new_subscription(customer_id, plan_id, BillingCycle::Monthly)
}

fn preview(id: SubscriptionId) -> PreviewSubscriptionChange {
    PreviewSubscriptionChange {
        id,
        plan_id: None,
        billing_cycle: None,
        quantity: None,
        on: None,
    }
}

/// Asks for the preview, makes the change, and holds both against each other and against what was billed or credited.
async fn changed(book: &TestBook, asked: PreviewSubscriptionChange) -> ChangedSubscription {
    let expected = book.ok(asked.clone()).await;
    let notes = book.ok(ListCreditNotes::default()).await.total;
    let done = book
        .ok(ChangeSubscription {
            id: asked.id,
            version: None,
            plan_id: asked.plan_id,
            billing_cycle: asked.billing_cycle,
            quantity: asked.quantity,
            on: asked.on,
        })
        .await;
    assert_eq!(done.settled, expected);
    if let Some(id) = done.invoice_id {
        let made = book.ok(GetInvoice { id }).await;
        assert_eq!(
            (made.invoice.net, made.invoice.tax, made.invoice.total),
            (expected.net, expected.tax, expected.total)
        );
        assert_eq!(made.lines, expected.lines);
    }
    let credited: i64 = book
        .ok(ListCreditNotes::default())
        .await
        .items
        .iter()
        .take(done.credit_note_ids.len())
        .map(|note| note.total.amount)
        .sum();
    assert_eq!(
        book.ok(ListCreditNotes::default()).await.total,
        notes + u64::try_from(done.credit_note_ids.len()).unwrap()
    );
    if !done.credit_note_ids.is_empty() {
        assert_eq!(-credited, expected.total.amount);
    }
    book.verified().await;
    done
}

on_both! {
    async fn the_first_period_is_billed_at_once(book: TestBook) {
        let (_, subscription) = book.subscribed(190_000).await;
        let page = book.ok(ListInvoices { subscription_id: Some(subscription.id), ..ListInvoices::default() }).await;
        assert_eq!((page.total, page.items[0].net, page.items[0].total), (1, eur(1_000), eur(1_190)));
        assert_eq!(subscription.billed_until, day("2027-01-01"));
        let line = book.ok(GetInvoice { id: page.items[0].id }).await.lines.remove(0);
        // The days stand apart, for each reader in the own language.
        assert_eq!((line.text.as_str(), line.period_start, line.period_end), ("BASIC", Some(day("2026-12-01")), Some(day("2027-01-01"))));
        book.verified().await;
    }

    async fn twice_the_price_half_way_costs_half_of_it(book: TestBook) {
        let (_, subscription) = book.subscribed(190_000).await;
        let other = book.priced_plan("pro", 2_000, 20_000).await;
        // Stripe's example: 10 to 20 half way is −5 and +10. 31 days have no half; 16 of 31 are left on the 16th.
        book.at("2026-12-16T09:00:00Z").await;
        let done = changed(&book, PreviewSubscriptionChange { plan_id: Some(other.id), ..preview(subscription.id) }).await;
        let nets: Vec<_> = done.settled.lines.iter().map(|line| (line.quantity.to_string(), line.net)).collect();
        assert_eq!(nets, [("-0.516129032".to_owned(), -516), ("0.516129032".to_owned(), 1_032)]);
        assert_eq!((done.subscription.price, done.subscription.billed_until), (eur(2_000), day("2027-01-01")));
        // February has 28 days: half of them is exact.
        book.at("2027-02-01T09:00:00Z").await;
        while book.ok(contract::catch_up::RunCatchUp {}).await.has_more {}
        book.at("2027-02-15T09:00:00Z").await;
        let done = changed(&book, PreviewSubscriptionChange { quantity: Some(2), ..preview(subscription.id) }).await;
        let nets: Vec<_> = done.settled.lines.iter().map(|line| line.net).collect();
        assert_eq!(nets, [-1_000, 2_000]);
    }

    async fn less_is_credited_of_the_invoice_that_billed_it(book: TestBook) {
        let (ann, subscription) = book.subscribed(190_000).await;
        let less = book.priced_plan("mini", 400, 4_000).await;
        book.pay(ann.id, 1_190, "2026-12-01").await;
        book.at("2026-12-11T09:00:00Z").await;
        let done = changed(&book, PreviewSubscriptionChange { plan_id: Some(less.id), ..preview(subscription.id) }).await;
        // 21 of 31 days: −6.77 and +2.71.
        assert_eq!((done.settled.net, done.invoice_id, done.credit_note_ids.len()), (eur(-406), None, 1));
        let credit = book.ok(contract::payment::ListPayments::default()).await.credit;
        assert_eq!(credit, vec![eur(-done.settled.total.amount)], "it was paid, so it is credit now");
    }

    async fn a_credit_that_settles_what_was_overdue_makes_the_subscription_active_again(book: TestBook) {
        let (ann, subscription) = book.subscribed(190_000).await;
        let less = book.priced_plan("mini", 100, 1_000).await;
        book.pay(ann.id, 700, "2026-12-01").await;
        book.at("2026-12-16T09:00:00Z").await;
        assert_eq!(book.ok(ListSubscriptions::default()).await.items[0].status, SubscriptionStatus::PastDue);
        // 16 of 31 days: −5.16 and +0.52, with tax 5.52 of the 4.90 that are owed.
        let done = changed(&book, PreviewSubscriptionChange { plan_id: Some(less.id), ..preview(subscription.id) }).await;
        assert_eq!(done.settled.total, eur(-552));
        let found = book.ok(ListSubscriptions::default()).await.items.remove(0);
        assert_eq!((found.status, found.price), (SubscriptionStatus::Active, eur(100)));
        assert_eq!(done.subscription, found);
    }

    async fn no_more_is_taken_off_than_was_billed(book: TestBook) {
        let (_, subscription) = book.subscribed(190_000).await;
        let (more, most) = (book.priced_plan("pro", 2_000, 20_000).await, book.priced_plan("max", 4_000, 40_000).await);
        // Lago #1778: consecutive upgrades. On the first day each takes off all of the one before.
        let done = changed(&book, PreviewSubscriptionChange { plan_id: Some(more.id), ..preview(subscription.id) }).await;
        assert_eq!(done.settled.net, eur(1_000));
        let done = changed(&book, PreviewSubscriptionChange { plan_id: Some(most.id), ..preview(subscription.id) }).await;
        assert_eq!(done.settled.net, eur(2_000));
        // What was billed is voided: then nothing is taken off.
        for invoice in book.ok(ListInvoices::default()).await.items {
            book.ok(contract::invoice::VoidInvoice { id: invoice.id, version: invoice.version }).await;
        }
        let done = changed(&book, PreviewSubscriptionChange { plan_id: Some(more.id), ..preview(subscription.id) }).await;
        assert_eq!(done.settled.lines.len(), 1);
        assert_eq!(done.settled.net, eur(2_000));
    }

    async fn what_goes_back_is_taken_off_each_invoice_up_to_what_it_comes_to(book: TestBook) {
        let (_, subscription) = book.subscribed(190_000).await;
        let (more, less) = (book.priced_plan("pro", 2_000, 20_000).await, book.priced_plan("mini", 100, 1_000).await);
        book.at("2026-12-11T09:00:00Z").await;
        let up = changed(&book, PreviewSubscriptionChange { plan_id: Some(more.id), ..preview(subscription.id) }).await;
        assert_eq!((up.settled.net, up.settled.total), (eur(678), eur(807)));
        book.at("2026-12-12T09:00:00Z").await;
        let down = changed(&book, PreviewSubscriptionChange { plan_id: Some(less.id), ..preview(subscription.id) }).await;
        // −12.90 and +0.65: 6.78 of the newest invoice, which is all of it, and 5.47 of the one before.
        assert_eq!(down.settled.net, eur(-1_225));
        let notes = book.ok(ListCreditNotes::default()).await.items;
        let mut nets: Vec<i64> = notes.iter().map(|note| note.net.amount).collect();
        nets.sort_unstable();
        assert_eq!(nets, [547, 678]);
        let invoices = book.ok(ListInvoices::default()).await.items;
        assert!(invoices.iter().all(|row| row.credited.amount <= row.total.amount), "{invoices:?}");
        // By hand no more either.
        let newest = book.ok(GetInvoice { id: up.invoice_id.unwrap() }).await;
        assert_eq!(newest.invoice.credited, newest.invoice.total);
    }

    async fn drafts_give_back_no_more_than_they_come_to(book: TestBook) {
        let (ann, subscription) = {
            book.seller(190_000).await;
            book.at("2026-12-01T09:00:00Z").await;
            let (ann, plan) = (book.customer("Ann").await, book.plan("basic").await);
            (ann.clone(), book.ok(start(ann.id, plan.id)).await)
        };
        let (more, less) = (book.priced_plan("pro", 2_000, 20_000).await, book.priced_plan("mini", 100, 1_000).await);
        book.at("2026-12-11T09:00:00Z").await;
        book.ok(ChangeSubscription { id: subscription.id, version: None, plan_id: Some(more.id), billing_cycle: None, quantity: None, on: None }).await;
        book.at("2026-12-12T09:00:00Z").await;
        let asked = PreviewSubscriptionChange { plan_id: Some(less.id), ..preview(subscription.id) };
        let expected = book.ok(asked).await;
        let done = book.ok(ChangeSubscription { id: subscription.id, version: None, plan_id: Some(less.id), billing_cycle: None, quantity: None, on: None }).await;
        assert_eq!((done.settled.clone(), done.settled.net), (expected, eur(-1_225)));
        let drafts = book.ok(ListInvoices::default()).await.items;
        let mut nets: Vec<i64> = drafts.iter().map(|row| row.net.amount).collect();
        nets.sort_unstable();
        assert_eq!(nets, [0, 453]);
        for draft in drafts {
            book.ok(contract::invoice::FinalizeInvoice { id: draft.id, version: draft.version, issued_on: None, due_on: None }).await;
        }
        assert_eq!(book.get(ann.id).await.outstanding, vec![eur(539)]);
        book.verified().await;
    }

    async fn a_draft_whose_prices_include_tax_gives_back_all_that_it_comes_to(book: TestBook) {
        let (_, subscription) = book.subscribed(190_000).await;
        let version = book.ok(GetBillingSettings {}).await.version;
        book.ok(UpdateBillingSettings { prices_include_tax: Some(true), finalize_renewals: Some(false), ..UpdateBillingSettings::nothing(version) }).await;
        let (more, less) = (book.priced_plan("pro", 2_380, 20_000).await, book.priced_plan("mini", 119, 1_000).await);
        book.at("2026-12-11T09:00:00Z").await;
        let up = book.ok(ChangeSubscription { id: subscription.id, version: None, plan_id: Some(more.id), billing_cycle: None, quantity: None, on: None }).await;
        book.at("2026-12-12T09:00:00Z").await;
        let down = book.ok(ChangeSubscription { id: subscription.id, version: None, plan_id: Some(less.id), billing_cycle: None, quantity: None, on: None }).await;
        let draft = book.ok(GetInvoice { id: up.invoice_id.unwrap() }).await.invoice;
        assert_eq!((draft.net, draft.tax, draft.total), (eur(0), eur(0), eur(0)), "{:?}", down.settled);
        // What the draft cannot give back is credited of the final one; together it is what was worked out, to the cent.
        let lines: i64 = down.settled.lines.iter().map(|line| line.net).sum();
        assert!((down.settled.net.amount - lines).abs() <= 1, "{:?}", down.settled);
        assert_eq!(down.credit_note_ids.len(), 1);
        book.verified().await;
    }

    async fn periods_that_are_not_billed_yet_keep_their_price_and_are_not_lost(book: TestBook) {
        book.seller(0).await;
        book.at("2027-03-10T09:00:00Z").await;
        let plan = book.plan("basic").await;
        let nets = |id| {
            let book = &book;
            async move {
                let page = book.ok(ListInvoices { subscription_id: Some(id), ..ListInvoices::default() }).await;
                let mut nets: Vec<i64> = page.items.iter().map(|row| row.net.amount).collect();
                nets.sort_unstable();
                nets
            }
        };
        let back = |customer| CreateSubscription { starts_on: Some(day("2027-01-01")), ..start(customer, plan.id) };
        // The first month is billed when it is sold, the two others wait for the catch-up, which does not come.
        for act in ["change", "pause", "cancel", "license"] {
            let customer = book.customer(act).await;
            let subscription = book.ok(CreateSubscription { create_license: act == "license", ..back(customer.id) }).await;
            assert_eq!(nets(subscription.id).await, [1_000]);
            match act {
                "change" => {
                    let done = changed(&book, PreviewSubscriptionChange { quantity: Some(3), ..preview(subscription.id) }).await;
                    // 22 of 31 days, two more: 14.20 off and on 7.10 to 21.29.
                    assert_eq!(done.settled.net, eur(1_419));
                    assert_eq!(nets(subscription.id).await, [1_000, 1_000, 1_000, 1_419]);
                    continue;
                }
                "pause" => {
                    book.ok(PauseSubscription { id: subscription.id, version: None }).await;
                    book.ok(ResumeSubscription { id: subscription.id, version: None }).await;
                }
                "cancel" => {
                    book.ok(contract::subscription::CancelSubscription { id: subscription.id, version: None, at: contract::subscription::CancelAt::Now }).await;
                }
                _ => {
                    let license = book.ok(contract::license::ListLicenses { customer_id: Some(customer.id), ..Default::default() }).await.items.remove(0);
                    let canceled = book.ok(contract::license::CancelLicense { id: license.id, version: None, subscription_version: None }).await;
                    let back = book.ok(contract::license::RestoreLicense { id: license.id, version: Some(canceled.version) }).await;
                    assert_eq!(back.expires_at, Some(at("2027-03-31T22:00:00.000Z")), "as long as what was billed");
                    book.ok(contract::license::CancelLicense { id: license.id, version: None, subscription_version: None }).await;
                }
            }
            assert_eq!(nets(subscription.id).await, [1_000, 1_000, 1_000], "{act}");
        }
        let customer = book.customer("period end").await;
        let subscription = book.ok(back(customer.id)).await;
        book.ok(contract::subscription::CancelSubscription { id: subscription.id, version: None, at: contract::subscription::CancelAt::PeriodEnd }).await;
        // It ends on the first of April, before anybody has run the catch-up; the paused one and the changed one go on.
        book.at("2027-04-02T09:00:00Z").await;
        assert_eq!(book.ok(ListSubscriptions { customer_id: Some(customer.id), ..ListSubscriptions::default() }).await.items[0].status, SubscriptionStatus::Canceled);
        assert_eq!(nets(subscription.id).await, [1_000, 1_000, 1_000], "period end");
        book.verified().await;
    }

    async fn the_preview_knows_the_smallest_coin_and_the_tax_of_what_is_credited(book: TestBook) {
        let (_, subscription) = book.subscribed(190_000).await;
        let version = book.ok(GetBillingSettings {}).await.version;
        book.ok(UpdateBillingSettings { tax_rate: Some(70_000), rounding_step: Some(5), ..UpdateBillingSettings::nothing(version) }).await;
        book.at("2026-12-16T09:00:00Z").await;
        let less = book.priced_plan("mini", 500, 5_000).await;
        // 2.58 at the 19 % of the invoice, not at the 7 % of today.
        let done = changed(&book, PreviewSubscriptionChange { plan_id: Some(less.id), ..preview(subscription.id) }).await;
        assert_eq!((done.settled.net, done.settled.tax), (eur(-258), eur(-49)));
    }

    async fn a_new_cycle_begins_on_the_day_of_the_change(book: TestBook) {
        let (_, subscription) = book.subscribed(190_000).await;
        book.at("2026-12-16T09:00:00Z").await;
        let done = changed(&book, PreviewSubscriptionChange { billing_cycle: Some(BillingCycle::Yearly), ..preview(subscription.id) }).await;
        assert_eq!(done.settled.lines.iter().map(|line| line.net).collect::<Vec<_>>(), [-516, 10_000]);
        let found = done.subscription;
        assert_eq!((found.anchor, found.current_period_start, found.current_period_end), (day("2026-12-16"), day("2026-12-16"), day("2027-12-16")));
        assert_eq!(found.billed_until, day("2027-12-16"));
    }

    async fn the_price_that_was_agreed_stays_when_the_plan_gets_dearer(book: TestBook) {
        let (_, subscription) = book.subscribed(190_000).await;
        book.ok(UpdatePlan { price_monthly: Some(Some(9_000)), ..UpdatePlan::nothing(subscription.plan_id, 1) }).await;
        // Lago #1776: from the price that was billed.
        let done = changed(&book, PreviewSubscriptionChange { quantity: Some(3), ..preview(subscription.id) }).await;
        assert_eq!((done.settled.net, done.settled.next), (eur(2_000), eur(3_000)));
        let done = changed(&book, PreviewSubscriptionChange { quantity: Some(1), ..preview(subscription.id) }).await;
        assert_eq!((done.settled.net, done.subscription.price), (eur(-2_000), eur(1_000)));
    }

    async fn a_change_has_its_day_and_changes_something(book: TestBook) {
        let (_, subscription) = book.subscribed(190_000).await;
        let two = PreviewSubscriptionChange { quantity: Some(2), ..preview(subscription.id) };
        assert_eq!(book.refused(preview(subscription.id)).await, Conflict::NothingToChange.into());
        assert_eq!(book.refused(PreviewSubscriptionChange { quantity: Some(1), ..preview(subscription.id) }).await, Conflict::NothingToChange.into());
        book.at("2026-12-20T09:00:00Z").await;
        let on = |text: &str| PreviewSubscriptionChange { on: Some(day(text)), ..two.clone() };
        assert_eq!(book.refused(on("2026-11-30")).await, Error::field("on", Problem::TooEarly { earliest: day("2026-12-01") }));
        assert_eq!(book.refused(on("2026-12-21")).await, Error::field("on", Problem::TooLate { latest: day("2026-12-20") }));
        changed(&book, on("2026-12-10")).await;
        // Not before the last change: what was settled from the tenth on is settled.
        let three = PreviewSubscriptionChange { quantity: Some(3), on: Some(day("2026-12-09")), ..preview(subscription.id) };
        assert_eq!(book.refused(three).await, Error::field("on", Problem::TooEarly { earliest: day("2026-12-10") }));
        let foreign = book.ok(CreatePlan { currency: contract::Currency::parse("USD").unwrap(), ..new_plan("usd") }).await;
        let refusal = book.refused(PreviewSubscriptionChange { plan_id: Some(foreign.id), ..preview(subscription.id) }).await;
        assert_eq!(refusal, Error::field("plan_id", Problem::WrongCurrency { expected: "EUR".to_owned() }));
    }

    async fn what_is_paused_is_not_billed(book: TestBook) {
        let (_, subscription) = book.subscribed(190_000).await;
        let paused = book.ok(PauseSubscription { id: subscription.id, version: None }).await;
        assert_eq!(paused.status, SubscriptionStatus::Paused);
        book.at("2027-02-15T09:00:00Z").await;
        let run = book.ok(contract::catch_up::RunCatchUp {}).await;
        assert!(run.counts.iter().all(|count| count.kind != contract::catch_up::DueKind::Renewal), "{run:?}");
        let back = book.ok(ResumeSubscription { id: subscription.id, version: None }).await;
        // December is not paid.
        assert_eq!((back.status, back.billed_until), (SubscriptionStatus::PastDue, day("2027-03-01")));
        let made = book.ok(ListInvoices { limit: Some(1), ..ListInvoices::default() }).await.items.remove(0);
        // 14 of 28 days.
        assert_eq!(made.net, eur(500));
        let recurring = book.sql.texts("SELECT starts_on || ' ' || COALESCE(CAST(ends_on AS TEXT), 'open') FROM recurring ORDER BY starts_on").await;
        assert_eq!(recurring, ["2027-02-15 open"], "paused on its first day");
        book.verified().await;
    }

    async fn a_start_may_lie_back_and_each_period_is_billed(book: TestBook) {
        book.seller(0).await;
        let (ann, plan) = (book.customer("Ann").await, book.plan("basic").await);
        book.at("2027-03-31T09:00:00Z").await;
        let asked = CreateSubscription { starts_on: Some(day("2026-12-31")), create_license: true, ..start(ann.id, plan.id) };
        let made = book.ok(asked).await;
        assert_eq!((made.current_period_start, made.current_period_end), (day("2027-03-31"), day("2027-04-30")));
        while book.ok(contract::catch_up::RunCatchUp {}).await.has_more {}
        let mut periods: Vec<_> = Vec::new();
        for invoice in book.ok(ListInvoices::default()).await.items {
            let line = book.ok(GetInvoice { id: invoice.id }).await.lines.remove(0);
            periods.push((line.period_start.unwrap().to_string(), line.period_end.unwrap().to_string()));
        }
        periods.sort();
        let expected = [("2026-12-31", "2027-01-31"), ("2027-01-31", "2027-02-28"), ("2027-02-28", "2027-03-31"), ("2027-03-31", "2027-04-30")];
        assert_eq!(periods, expected.map(|(start, end)| (start.to_owned(), end.to_owned())));
        let license = book.ok(contract::license::ListLicenses::default()).await.items.remove(0);
        assert_eq!(license.expires_at, Some(at("2027-04-29T22:00:00.000Z")), "as long as what was billed");
        let far = CreateSubscription { starts_on: Some(day("2020-01-01")), ..start(ann.id, plan.id) };
        assert!(matches!(book.refused(far).await, Error::Invalid { fields } if fields[0].field == "starts_on"));
        book.verified().await;
    }

    async fn a_trial_changes_for_nothing_and_is_billed_at_its_end(book: TestBook) {
        book.seller(0).await;
        let (ann, plan) = (book.customer("Ann").await, book.plan("basic").await);
        let other = book.priced_plan("pro", 2_000, 20_000).await;
        let trial = book.ok(CreateSubscription { trial_days: Some(14), ..start(ann.id, plan.id) }).await;
        assert_eq!(trial.status, SubscriptionStatus::Trialing);
        let done = changed(&book, PreviewSubscriptionChange { plan_id: Some(other.id), ..preview(trial.id) }).await;
        assert_eq!((done.settled.lines.len(), done.invoice_id, done.subscription.price), (0, None::<InvoiceId>, eur(2_000)));
        assert_eq!(book.ok(ListInvoices::default()).await.total, 0);
        book.at("2026-12-06T09:00:00Z").await;
        book.ok(contract::catch_up::RunCatchUp {}).await;
        assert_eq!(book.ok(ListSubscriptions::default()).await.items[0].status, SubscriptionStatus::Active);
        assert_eq!(book.ok(ListInvoices::default()).await.items[0].net, eur(2_000));
        book.verified().await;
    }

    async fn the_draft_of_a_change_can_be_edited_and_takes_off_in_no_more_lines(book: TestBook) {
        let (_, subscription) = book.subscribed(190_000).await;
        let version = book.ok(GetBillingSettings {}).await.version;
        book.ok(UpdateBillingSettings { finalize_renewals: Some(false), ..UpdateBillingSettings::nothing(version) }).await;
        book.at("2026-12-16T09:00:00Z").await;
        let done = changed(&book, PreviewSubscriptionChange { quantity: Some(3), ..preview(subscription.id) }).await;
        let id = done.invoice_id.unwrap();
        let known = book.ok(GetInvoice { id }).await;
        assert_eq!(known.lines.iter().map(|line| line.net).collect::<Vec<_>>(), [-516, 1_548]);
        let again = |line: &contract::invoice::InvoiceLine| contract::invoice::NewLine {
            text: line.text.clone(),
            quantity: line.quantity,
            unit_price: line.unit_price,
            tax_category: Some(line.tax_category),
            tax_rate: Some(line.tax_rate),
            period_start: line.period_start,
            period_end: line.period_end,
        };
        let update = |lines| contract::invoice::UpdateInvoice {
            id,
            version: known.invoice.version,
            lines: Some(lines),
            note: None,
            prices_include_tax: None,
            reverse_charge: None,
        };
        let mut lines: Vec<_> = known.lines.iter().map(again).collect();
        // A second line that takes off is refused; what is owed back is a credit note.
        let mut more = lines.clone();
        more.push(contract::invoice::NewLine { quantity: contract::Quantity(-1_000_000_000), ..more[0].clone() });
        let refused = book.refused(update(more)).await;
        assert_eq!(refused, Error::field("lines[2].quantity", Problem::OutOfRange { min: 1, max: contract::Quantity::MAX.0 }));
        lines[0].text = "Taken off".to_owned();
        lines[0].quantity = contract::Quantity::parse("-0.25").unwrap();
        lines[1].period_end = Some(day("2026-12-31"));
        let saved = book.ok(update(lines)).await;
        assert_eq!((saved.net, saved.total), (eur(1_298), eur(1_545)));
        let now = book.ok(GetInvoice { id }).await;
        assert_eq!((now.lines[0].text.as_str(), now.lines[0].net, now.lines[1].period_end), ("Taken off", -250, Some(day("2026-12-31"))));
        let made = book.ok(contract::invoice::FinalizeInvoice { id, version: saved.version, issued_on: None, due_on: None }).await;
        assert_eq!(made.total, eur(1_545));
        book.verified().await;
    }
}
