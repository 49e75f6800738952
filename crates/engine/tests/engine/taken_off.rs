//! What a change of a subscription takes off: what was billed for the time from then on and is there still, and no more.

use contract::{
    BillingCycle, InvoiceId, Quantity,
    credit_note::{CreditInvoice, CreditReason, CreditedLine, GetCreditNote},
    invoice::{DeleteInvoice, ListInvoices, VoidInvoice},
    subscription::{
        ChangeSubscription, ChangedSubscription, CreateSubscription, ListSubscriptions, PreviewSubscriptionChange, Subscription,
    },
};

use crate::support::*;

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

fn to(billing_cycle: BillingCycle, of: &Subscription) -> ChangeSubscription {
    ChangeSubscription {
        billing_cycle: Some(billing_cycle),
        ..change(of)
    }
}

/// Ann's yearly subscription of a plan of 400 € a year, or 10 € a month, from the first of December 2026.
async fn yearly(book: &TestBook) -> Subscription {
    let plan = book.priced_plan("basic", 1_000, 40_000).await;
    let ann = book.customer("Ann").await;
    book.ok(new_subscription(ann.id, plan.id, BillingCycle::Yearly)).await
}

/// Makes a change, which comes to what its preview said; what its lines come to stands for what was taken off and what was billed.
async fn changed(book: &TestBook, asked: ChangeSubscription) -> (ChangedSubscription, Vec<i64>) {
    let preview = PreviewSubscriptionChange {
        id: asked.id,
        plan_id: asked.plan_id,
        billing_cycle: asked.billing_cycle,
        quantity: asked.quantity,
        on: asked.on,
    };
    let expected = book.ok(preview).await;
    let done = book.ok(asked).await;
    assert_eq!(done.settled, expected);
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
        let (_, subscription) = book.subscribed(0).await;
        book.at("2026-12-16T09:00:00Z").await;
        let (done, nets) = changed(&book, to(BillingCycle::Yearly, &subscription)).await;
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
        let (_, subscription) = book.subscribed(0).await;
        let (more, most) = (book.priced_plan("pro", 2_000, 20_000).await, book.priced_plan("max", 4_000, 40_000).await);
        book.at("2026-12-16T09:00:00Z").await;
        let (done, nets) = changed(&book, ChangeSubscription { plan_id: Some(more.id), ..change(&subscription) }).await;
        assert_eq!(nets, [-516, 1_032]);
        void(&book, done.invoice_id).await;
        let (_, nets) = changed(&book, ChangeSubscription { plan_id: Some(most.id), ..change(&subscription) }).await;
        assert_eq!(nets, [-516, 2_065]);
    }

    async fn what_was_credited_by_hand_is_credited_of_each_day(book: TestBook) {
        let (_, subscription) = book.subscribed(0).await;
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
        book.finalizing(0).await;
        let subscription = yearly(&book).await;
        // 16 days of 365 go back, less the month that begins.
        book.at("2027-11-15T09:00:00Z").await;
        let (done, nets) = changed(&book, to(BillingCycle::Monthly, &subscription)).await;
        assert_eq!((nets, done.invoice_id, done.credit_note_ids.len()), (vec![-1_753, 1_000], None, 1));
        // The year is over, the month has ten days left of thirty.
        book.at("2027-12-05T09:00:00Z").await;
        let (_, nets) = changed(&book, ChangeSubscription { quantity: Some(2), ..change(&subscription) }).await;
        assert_eq!(nets, [-333, 667]);
        let (done, nets) = changed(&book, ChangeSubscription { quantity: Some(1), ..change(&subscription) }).await;
        assert_eq!((nets, done.settled.net), (vec![-667, 333], eur(-334)));
    }

    async fn each_of_many_changes_takes_off_all_that_the_one_before_has_billed(book: TestBook) {
        let (_, subscription) = book.subscribed(0).await;
        let dear = book.priced_plan("dear", 1_999, 17_777).await;
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

    async fn what_a_change_has_credited_is_of_the_days_from_that_change_on(book: TestBook) {
        book.finalizing(0).await;
        let (ann, plan) = (book.customer("Ann").await, book.plan("basic").await);
        let asked = CreateSubscription { quantity: 2, ..new_subscription(ann.id, plan.id, BillingCycle::Monthly) };
        let subscription = book.ok(asked).await;
        // Of 20.00 for December 16 of 31 days at two units come to 10.32, at one to 5.16: that is credited, four days late.
        book.at("2026-12-20T09:00:00Z").await;
        let less = ChangeSubscription { quantity: Some(1), on: Some(day("2026-12-16")), ..change(&subscription) };
        let (done, nets) = changed(&book, less).await;
        assert_eq!((nets, done.invoice_id, done.credit_note_ids.len()), (vec![-1_032, 516], None, 1));
        let line = book.ok(GetCreditNote { id: done.credit_note_ids[0] }).await.lines.remove(0);
        assert_eq!((line.period_start, line.period_end), (Some(day("2026-12-16")), Some(day("2027-01-01"))));
        // 10.32 − 5.16 are left for the 16 days, 3.23 for the last ten of them. Ten days of 31 of all that is left, 14.84, were 4.79:
        // but 9.68 of that were used at two units.
        book.at("2026-12-22T09:00:00Z").await;
        let (done, nets) = changed(&book, ChangeSubscription { quantity: Some(3), ..change(&subscription) }).await;
        assert_eq!(nets, [-323, 968]);
        void(&book, done.invoice_id).await;
        let (done, nets) = changed(&book, ChangeSubscription { quantity: Some(4), ..change(&subscription) }).await;
        assert_eq!((nets, done.settled.net), (vec![-323, 1_290], eur(967)));
        void(&book, done.invoice_id).await;
        // Three days later seven of the 16: 2.26.
        book.at("2026-12-25T09:00:00Z").await;
        let (_, nets) = changed(&book, ChangeSubscription { quantity: Some(3), ..change(&subscription) }).await;
        assert_eq!(nets, [-226, 677]);
    }

    async fn what_a_change_took_off_of_one_that_was_voided_is_not_taken_off_again(book: TestBook) {
        let (_, subscription) = book.subscribed(0).await;
        book.at("2026-12-16T09:00:00Z").await;
        let (first, nets) = changed(&book, ChangeSubscription { quantity: Some(2), ..change(&subscription) }).await;
        assert_eq!(nets, [-516, 1_032]);
        book.at("2026-12-22T09:00:00Z").await;
        let (_, nets) = changed(&book, ChangeSubscription { quantity: Some(4), ..change(&subscription) }).await;
        assert_eq!(nets, [-645, 1_290]);
        void(&book, first.invoice_id).await;
        // For the ten days there are 3.23 of December and 12.90 less 6.45: 9.68, of which seven days are 6.77.
        book.at("2026-12-25T09:00:00Z").await;
        let (done, nets) = changed(&book, ChangeSubscription { quantity: Some(1), ..change(&subscription) }).await;
        assert_eq!((nets, done.settled.net), (vec![-677, 226], eur(-451)));
    }

    async fn of_a_new_cycle_that_was_credited_in_full_nothing(book: TestBook) {
        let (_, subscription) = book.subscribed(0).await;
        book.at("2026-12-16T09:00:00Z").await;
        let (done, _) = changed(&book, to(BillingCycle::Yearly, &subscription)).await;
        let billed = book.invoice_now(done.invoice_id.unwrap()).await;
        book.ok(CreditInvoice {
            id: billed.id,
            version: billed.version,
            lines: None,
            reason: CreditReason::BillingError,
            issued_on: None,
        }).await;
        // 12 of 31 days of December are left.
        book.at("2026-12-20T09:00:00Z").await;
        let (_, nets) = changed(&book, ChangeSubscription { quantity: Some(2), ..change(&subscription) }).await;
        assert_eq!(nets, [-387, 19_781]);
    }

    async fn what_a_credit_has_kept_for_a_month_is_not_there_in_the_next(book: TestBook) {
        book.finalizing(0).await;
        let subscription = yearly(&book).await;
        // 183 days of 365 go back, less the month that begins.
        book.at("2027-06-01T09:00:00Z").await;
        let (done, nets) = changed(&book, to(BillingCycle::Monthly, &subscription)).await;
        assert_eq!((nets, done.credit_note_ids.len()), (vec![-20_055, 1_000], 1));
        // July is billed first; 27 of its 31 days are left.
        book.at("2027-07-05T09:00:00Z").await;
        let (_, nets) = changed(&book, ChangeSubscription { quantity: Some(2), ..change(&subscription) }).await;
        assert_eq!(nets, [-871, 1_742]);
        for invoice in book.ok(ListInvoices::default()).await.items {
            if invoice.credited.amount == 0 {
                void(&book, Some(invoice.id)).await;
            }
        }
        // What the year has left was for June: for July nothing is there.
        book.at("2027-07-10T09:00:00Z").await;
        let (_, nets) = changed(&book, ChangeSubscription { quantity: Some(3), ..change(&subscription) }).await;
        assert_eq!(nets, [2_129]);
    }

    async fn what_a_credit_has_kept_for_a_month_is_of_that_month_whatever_cycle_was_begun_and_voided_since(book: TestBook) {
        book.finalizing(0).await;
        let subscription = yearly(&book).await;
        book.at("2027-06-01T09:00:00Z").await;
        let (_, nets) = changed(&book, to(BillingCycle::Monthly, &subscription)).await;
        assert_eq!(nets, [-20_055, 1_000]);
        book.at("2027-06-11T09:00:00Z").await;
        let (done, nets) = changed(&book, to(BillingCycle::Yearly, &subscription)).await;
        assert_eq!(nets, [-667, 40_000]);
        void(&book, done.invoice_id).await;
        // Of the 10 € for June 15 days of 30 are left, though the year of which they were kept has 168 days of 183.
        book.at("2027-06-16T09:00:00Z").await;
        let (done, nets) = changed(&book, ChangeSubscription { quantity: Some(2), ..change(&subscription) }).await;
        assert_eq!(nets, [-500, 78_907]);
        void(&book, done.invoice_id).await;
        // In August nothing.
        book.at("2027-08-01T09:00:00Z").await;
        let (_, nets) = changed(&book, ChangeSubscription { quantity: Some(1), ..change(&subscription) }).await;
        assert_eq!(nets, [34_426]);
    }

    async fn what_an_older_draft_is_changed_by_is_of_the_time_of_the_newer_change(book: TestBook) {
        book.seller(0).await;
        book.at("2026-12-01T09:00:00Z").await;
        let (ann, plan) = (book.customer("Ann").await, book.priced_plan("basic", 1_000, 3_650).await);
        let asked = CreateSubscription { quantity: 10, ..new_subscription(ann.id, plan.id, BillingCycle::Monthly) };
        let subscription = book.ok(asked).await;
        book.at("2026-12-16T09:00:00Z").await;
        let (done, nets) = changed(&book, ChangeSubscription { quantity: Some(11), ..change(&subscription) }).await;
        assert_eq!(nets, [-5_161, 5_677]);
        // That is final before the draft of the month is.
        let made = book.invoice_now(done.invoice_id.unwrap()).await;
        book.ok(finalize(&made)).await;
        let (done, nets) = changed(&book, ChangeSubscription { quantity: Some(1), ..to(BillingCycle::Yearly, &subscription) }).await;
        assert_eq!((nets, done.credit_note_ids.len(), done.invoice_id.is_some()), (vec![-5_677, 3_650], 1, true));
        // Of the year 318 days of 365 are left.
        book.at("2027-02-01T09:00:00Z").await;
        let (_, nets) = changed(&book, to(BillingCycle::Monthly, &subscription)).await;
        assert_eq!(nets, [-3_180, 1_000]);
    }

    async fn what_a_credit_has_kept_for_a_year_is_there_after_the_month_that_it_was_of(book: TestBook) {
        book.finalizing(0).await;
        let (ann, plan) = (book.customer("Ann").await, book.priced_plan("basic", 1_000, 3_650).await);
        let asked = CreateSubscription { quantity: 10, ..new_subscription(ann.id, plan.id, BillingCycle::Monthly) };
        let subscription = book.ok(asked).await;
        // 16 days of 31 for ten go back, less the year that begins for one.
        book.at("2026-12-16T09:00:00Z").await;
        let (done, nets) = changed(&book, ChangeSubscription { quantity: Some(1), ..to(BillingCycle::Yearly, &subscription) }).await;
        assert_eq!((nets, done.invoice_id, done.credit_note_ids.len()), (vec![-5_161, 3_650], None, 1));
        book.at("2027-02-01T09:00:00Z").await;
        let (done, nets) = changed(&book, ChangeSubscription { quantity: Some(10), ..to(BillingCycle::Monthly, &subscription) }).await;
        assert_eq!(nets, [-3_180, 10_000]);
        void(&book, done.invoice_id).await;
        // Of the year 304 days of 365 are left, though December is over.
        book.at("2027-02-15T09:00:00Z").await;
        let (_, nets) = changed(&book, ChangeSubscription { quantity: Some(11), ..change(&subscription) }).await;
        assert_eq!(nets, [-3_040, 5_500]);
    }

    async fn of_two_changes_of_a_day_the_one_that_is_there_says_for_what_time(book: TestBook) {
        book.finalizing(0).await;
        let subscription = yearly(&book).await;
        book.at("2027-06-01T09:00:00Z").await;
        let (_, nets) = changed(&book, to(BillingCycle::Monthly, &subscription)).await;
        assert_eq!(nets, [-20_055, 1_000]);
        let (done, nets) = changed(&book, to(BillingCycle::Yearly, &subscription)).await;
        assert_eq!(nets, [-1_000, 40_000]);
        void(&book, done.invoice_id).await;
        // 15 of the 30 days of June are left; of the year that was voided, 351 of 366 were.
        book.at("2027-06-16T09:00:00Z").await;
        let (_, nets) = changed(&book, ChangeSubscription { quantity: Some(2), ..change(&subscription) }).await;
        assert_eq!(nets, [-500, 76_721]);
    }

    async fn what_was_taken_off_drafts_is_of_the_time_that_the_change_settled(book: TestBook) {
        book.seller(0).await;
        book.at("2026-12-01T09:00:00Z").await;
        let subscription = yearly(&book).await;
        book.at("2027-06-01T09:00:00Z").await;
        let (_, nets) = changed(&book, ChangeSubscription { quantity: Some(2), ..change(&subscription) }).await;
        assert_eq!(nets, [-20_055, 40_110]);
        // More than the last draft comes to: both get a line.
        book.at("2027-06-11T09:00:00Z").await;
        let (_, nets) = changed(&book, to(BillingCycle::Monthly, &subscription)).await;
        assert_eq!(nets, [-37_918, 2_000]);
        book.at("2027-06-21T09:00:00Z").await;
        let (done, nets) = changed(&book, to(BillingCycle::Yearly, &subscription)).await;
        assert_eq!(nets, [-1_333, 80_000]);
        let draft = book.invoice_now(done.invoice_id.unwrap()).await;
        book.ok(DeleteInvoice { id: draft.id, version: draft.version }).await;
        // Of the month from 11 June on 10 days of 30 are left.
        book.at("2027-07-01T09:00:00Z").await;
        let (_, nets) = changed(&book, ChangeSubscription { quantity: Some(3), ..change(&subscription) }).await;
        assert_eq!(nets, [-667, 116_721]);
    }
}
