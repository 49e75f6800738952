//! What is taken off an invoice again: the money stays, as credit, and the invoice is open as if it had not come.

use contract::{
    BillingCycle, Conflict, Error, InvoiceId, Noun, PaymentId, Problem,
    billing::{GetBillingSettings, ReminderAct, ReminderStep, UpdateBillingSettings},
    catch_up::{DueKind, ListCatchUpReminders, RunCatchUp},
    change::{Change, ListChanges},
    customer::Customer,
    invoice::{Invoice, InvoiceStatus, ListInvoices, SetInvoiceUncollectible, VoidInvoice},
    payment::{ApplyCredit, GetStatement, ListPayments, NewAllocation, RecordPayment, RefundPayment, ReleaseAllocation, Statement},
    session::SignIn,
    subscription::{ListSubscriptions, SubscriptionStatus},
};
use serde_json::json;

use crate::{
    promise::{due, owed, run, run_beside, status as state},
    rules::{begin, plan, vendor},
    support::*,
};

fn off(payment_id: PaymentId, invoice_id: InvoiceId, amount: Option<i64>) -> ReleaseAllocation {
    ReleaseAllocation {
        payment_id,
        invoice_id,
        amount: amount.map(eur),
        version: None,
    }
}

fn used(invoice_id: InvoiceId, amount: Option<i64>, payment_id: Option<PaymentId>) -> ApplyCredit {
    ApplyCredit {
        invoice_id,
        amount: amount.map(eur),
        payment_id,
        version: None,
    }
}

/// A payment that pays nothing yet.
async fn credit(book: &TestBook, customer: &Customer, amount: i64) -> PaymentId {
    let payment = RecordPayment {
        allocations: Some(Vec::new()),
        ..new_payment(customer.id, eur(amount), None)
    };
    book.ok(payment).await.id
}

async fn account(book: &TestBook, customer: &Customer) -> Statement {
    let request = GetStatement {
        customer_id: customer.id,
        currency: contract::Currency::EUR,
        from: None,
        to: None,
    };
    book.ok(request).await
}

/// What a payment pays, and what is left of it.
async fn pays(book: &TestBook, payment: PaymentId) -> (Vec<(InvoiceId, i64)>, i64) {
    let payments = book.ok(ListPayments::default()).await.items;
    let own = payments.into_iter().find(|row| row.id == payment).unwrap();
    let parts = own.allocations.iter().map(|part| (part.invoice_id, part.amount.amount));
    let mut parts: Vec<(InvoiceId, i64)> = parts.collect();
    parts.sort_by_key(|(_, amount)| -amount);
    (parts, own.unallocated.amount)
}

/// The newest change of an invoice.
async fn newest(book: &TestBook, invoice: &Invoice) -> Change {
    let changes = book.ok(ListChanges::default()).await.items;
    let is_its = |change: &Change| change.noun == Noun::Invoice && change.subject_id == invoice.id.to_string();
    changes.into_iter().find(is_its).unwrap()
}

fn after(change: &Change, field: &str) -> Option<serde_json::Value> {
    let found = change.fields.iter().find(|changed| changed.field == field);
    found.and_then(|changed| changed.after.clone())
}

/// Which reminders, by their numbers, a run at a time notes.
async fn reminded(book: &TestBook, time: &str) -> Vec<u32> {
    book.at(time).await;
    let run_id = book.ok(RunCatchUp {}).await.id;
    let found = book.ok(ListCatchUpReminders { run_id }).await.items;
    found.iter().map(|item| item.level).collect()
}

on_both! {
    async fn what_was_put_on_the_wrong_invoice_is_put_on_the_right_one(book: TestBook) {
        book.seller(0).await;
        let ann = book.customer("Ann").await;
        let (wrong, right) = (book.final_invoice(ann.id, 1_000).await, book.final_invoice(ann.id, 1_500).await);
        let parts = [(wrong.id, 1_000), (right.id, 200)];
        let chosen = parts.map(|(invoice_id, amount)| NewAllocation { invoice_id, amount: eur(amount) });
        let payment = book.ok(RecordPayment { allocations: Some(chosen.to_vec()), ..new_payment(ann.id, eur(1_200), None) }).await.id;
        assert_eq!(pays(&book, payment).await, (parts.to_vec(), 0));
        let before = account(&book, &ann).await;
        let done = book.ok(off(payment, wrong.id, None)).await;
        assert_eq!((done.released, done.invoice.status), (eur(1_000), InvoiceStatus::Open));
        assert_eq!((done.invoice.paid, done.invoice.payable), (eur(0), eur(1_000)));
        assert_eq!(pays(&book, payment).await, (vec![(right.id, 200)], 1_000));
        let page = book.ok(ListPayments::default()).await;
        assert_eq!((page.sum, page.credit), (vec![eur(1_200)], vec![eur(1_000)]));
        let owner = book.get(ann.id).await;
        assert_eq!((owner.total_payments, owner.outstanding, owner.outstanding_invoices), (vec![eur(1_200)], vec![eur(2_300)], 2));
        // What is owed in all is the same: the money has not moved.
        assert_eq!(account(&book, &ann).await, before);
        book.verified().await;
        let moved = book.ok(used(right.id, None, Some(payment))).await;
        assert_eq!((moved.used, moved.invoice.payable), (eur(1_000), eur(300)));
        assert_eq!(pays(&book, payment).await, (vec![(right.id, 1_200)], 0));
        // Nobody pays it, so it can be void now.
        let version = book.invoice_now(wrong.id).await.version;
        book.ok(VoidInvoice { id: wrong.id, version }).await;
        assert_eq!(book.refused(off(payment, wrong.id, None)).await, Conflict::InvoiceState { status: InvoiceStatus::Void }.into());
        book.verified().await;
    }

    async fn a_part_is_taken_off_and_never_more_than_pays(book: TestBook) {
        book.seller(0).await;
        let (ann, bea) = (book.customer("Ann").await, book.customer("Bea").await);
        let invoice = book.final_invoice(ann.id, 1_000).await;
        let payment = book.pay(ann.id, 800, "2026-11-20").await.id;
        let other = credit(&book, &bea, 100).await;
        let before = book.sql.everything().await;
        let range = |max| Error::field("amount.amount", Problem::OutOfRange { min: 1, max });
        assert_eq!(book.refused(off(payment, invoice.id, Some(801))).await, range(800));
        assert!(matches!(book.refused(off(payment, invoice.id, Some(0))).await, Error::Invalid { .. }));
        let dollars = ReleaseAllocation { amount: Some(usd(1)), ..off(payment, invoice.id, None) };
        assert_eq!(
            book.refused(dollars).await,
            Error::field("amount.currency", Problem::WrongCurrency { expected: "EUR".to_owned() })
        );
        assert_eq!(book.refused(off(other, invoice.id, None)).await, Error::NotFound { noun: Noun::Payment });
        assert_eq!(book.refused(used(invoice.id, None, Some(other))).await, Error::NotFound { noun: Noun::Payment });
        let old = ReleaseAllocation { version: Some(invoice.version), ..off(payment, invoice.id, None) };
        assert_eq!(label(&book.refused(old).await), "conflict/changed_meanwhile");
        assert_eq!(book.sql.everything().await, before);

        let done = book.ok(off(payment, invoice.id, Some(300))).await;
        assert_eq!((done.released, done.invoice.paid, done.invoice.payable), (eur(300), eur(500), eur(500)));
        assert_eq!(pays(&book, payment).await, (vec![(invoice.id, 500)], 300));
        assert_eq!(book.refused(off(payment, invoice.id, Some(501))).await, range(500));
        let now = ReleaseAllocation { version: Some(done.invoice.version), ..off(payment, invoice.id, None) };
        book.ok(now).await;
        assert_eq!(book.refused(off(payment, invoice.id, None)).await, Conflict::NotAllocated.into());
        // What is free is given back without an invoice that opens.
        book.ok(RefundPayment { id: payment, amount: eur(800), reason: None, refunded_on: None }).await;
        assert_eq!(book.invoice_now(invoice.id).await.payable, eur(1_000));
        book.verified().await;
    }

    async fn it_is_overdue_again_and_its_subscription_with_it(book: TestBook) {
        vendor(&book).await;
        let basic = plan(&book, "basic", 1_000, 10_000).await;
        let own = begin(&book, "Ann", &basic, BillingCycle::Monthly, 1, 0).await;
        let invoice = book.ok(ListInvoices::default()).await.items.remove(0);
        assert_eq!((invoice.status, invoice.due_on), (InvoiceStatus::Open, Some(day("2026-12-06"))));
        let payment = book.pay(own.customer_id, 1_000, "2026-11-22").await.id;
        book.at("2026-12-08T12:00:00Z").await;
        let status = async || book.ok(ListSubscriptions::default()).await.items[0].status;
        assert_eq!(status().await, SubscriptionStatus::Active);
        let done = book.ok(off(payment, invoice.id, None)).await.invoice;
        assert_eq!((done.status, done.is_overdue, status().await), (InvoiceStatus::Open, true, SubscriptionStatus::PastDue));
        assert_eq!(book.get(own.customer_id).await.overdue, [eur(1_000)]);
        book.verified().await;
        book.ok(used(invoice.id, None, None)).await;
        assert_eq!((book.invoice_now(invoice.id).await.is_overdue, status().await), (false, SubscriptionStatus::Active));
        book.verified().await;
    }

    async fn what_is_owed_again_is_pursued_anew_and_each_time_once(book: TestBook) {
        let (ann, invoice) = owed(&book).await;
        book.at("2026-12-06T12:00:00Z").await;
        assert_eq!(run(&book).await, [(DueKind::Reminder, 1)]);
        book.at("2026-12-08T12:00:00Z").await;
        assert_eq!((run(&book).await, state(&book).await), (vec![(DueKind::Suspension, 1)], SubscriptionStatus::Unpaid));
        let payment = book.pay(ann.id, 1_000, "2026-12-08").await.id;
        assert_eq!((run(&book).await, state(&book).await), (vec![], SubscriptionStatus::Active));

        // Of what is taken off the customer is told, by one desk, before the service is taken away again.
        let now = "2026-12-10T12:00:00Z";
        book.at(now).await;
        book.ok(off(payment, invoice.id, None)).await;
        assert_eq!((due(&book).await, state(&book).await), (vec![(DueKind::Reminder, day("2026-12-06"))], SubscriptionStatus::PastDue));
        let other = book.again().await;
        other.call(SignIn { email: OWNER_EMAIL.to_owned(), password: OWNER_PASSWORD.into() }, None).await.unwrap();
        other.set_now(at(now)).await.unwrap();
        let (one, two) = tokio::join!(book.call(RunCatchUp {}), other.call(RunCatchUp {}, None));
        let done: Vec<_> = [one.unwrap(), two.unwrap()].into_iter().flat_map(|run| run.counts).map(|count| (count.kind, count.count)).collect();
        assert_eq!(done, [(DueKind::Reminder, 1)]);
        other.close().await;
        assert_eq!((run(&book).await, state(&book).await), (vec![], SubscriptionStatus::PastDue));
        book.at("2026-12-11T12:00:00Z").await;
        assert_eq!((run(&book).await, state(&book).await), (vec![(DueKind::Suspension, 1)], SubscriptionStatus::Unpaid));
        for time in ["2026-12-08T12:00:00Z", "2026-12-11T12:00:00Z"] {
            book.at(time).await;
            assert_eq!(run(&book).await, [], "{time}");
        }
        book.verified().await;

        // So it is where the money is given back, and what was never done comes on its day.
        book.at("2026-12-12T12:00:00Z").await;
        let payment = book.pay(ann.id, 1_000, "2026-12-12").await.id;
        assert_eq!((run(&book).await, state(&book).await), (vec![], SubscriptionStatus::Active));
        book.ok(RefundPayment { id: payment, amount: eur(1_000), reason: None, refunded_on: None }).await;
        assert_eq!((run(&book).await, state(&book).await), (vec![(DueKind::Reminder, 1)], SubscriptionStatus::PastDue));
        book.at("2026-12-13T12:00:00Z").await;
        assert_eq!((run(&book).await, state(&book).await), (vec![(DueKind::Suspension, 1)], SubscriptionStatus::Unpaid));
        book.at("2026-12-26T12:00:00Z").await;
        assert_eq!((run(&book).await, state(&book).await), (vec![(DueKind::Cancellation, 1)], SubscriptionStatus::Canceled));
        book.verified().await;
    }

    async fn the_reminders_of_what_is_owed_again_are_counted_anew(book: TestBook) {
        book.seller(0).await;
        let steps = [0, 3].map(|days| ReminderStep { days, act: ReminderAct::Remind });
        let version = book.ok(GetBillingSettings {}).await.version;
        book.ok(UpdateBillingSettings { reminders: Some(steps.to_vec()), ..UpdateBillingSettings::nothing(version) }).await;
        let ann = book.customer("Ann").await;
        let invoice = book.final_invoice(ann.id, 1_000).await;
        // Due on 6 December.
        assert_eq!(reminded(&book, "2026-12-06T12:00:00Z").await, [1]);
        assert_eq!(reminded(&book, "2026-12-09T12:00:00Z").await, [2]);
        // Both steps lie back when it is owed again, and the newer stands for the other.
        let payment = book.pay(ann.id, 1_000, "2026-12-09").await.id;
        book.ok(RefundPayment { id: payment, amount: eur(1_000), reason: None, refunded_on: None }).await;
        assert_eq!(reminded(&book, "2026-12-10T12:00:00Z").await, [1]);
        let payment = book.pay(ann.id, 1_000, "2026-12-10").await.id;
        book.ok(off(payment, invoice.id, None)).await;
        assert_eq!(reminded(&book, "2026-12-11T12:00:00Z").await, [1]);
        book.verified().await;
    }

    async fn what_another_desk_reopens_while_a_run_begins_is_done_once(book: TestBook) {
        owed(&book).await;
        book.at("2026-12-06T12:00:00Z").await;
        book.ok(ListInvoices::default()).await;
        // As if it had been paid and that had been taken off.
        let mut done = run_beside(&book, "UPDATE invoice SET reopened = 1").await;
        done.extend(run(&book).await);
        assert_eq!(done, [(DueKind::Reminder, 1)]);
        assert_eq!(book.sql.texts("SELECT CAST(reopened AS TEXT) FROM catch_up_item").await, ["1"]);
        book.verified().await;
    }

    async fn what_was_given_up_stays_so_and_is_not_owed(book: TestBook) {
        book.seller(0).await;
        let ann = book.customer("Ann").await;
        let invoice = book.final_invoice(ann.id, 1_000).await;
        let payment = book.pay(ann.id, 400, "2026-11-20").await.id;
        let version = book.invoice_now(invoice.id).await.version;
        book.ok(SetInvoiceUncollectible { id: invoice.id, version, uncollectible: true }).await;
        assert_eq!(account(&book, &ann).await.closing, eur(0));
        let done = book.ok(off(payment, invoice.id, Some(150))).await.invoice;
        assert_eq!((done.status, done.paid), (InvoiceStatus::Uncollectible, eur(250)));
        assert_eq!(account(&book, &ann).await.closing, eur(-150), "the credit alone");
        assert!(book.get(ann.id).await.outstanding.is_empty());
        book.verified().await;
    }

    async fn of_two_at_once_one_takes_it_off(book: TestBook) {
        book.seller(0).await;
        let ann = book.customer("Ann").await;
        let invoice = book.final_invoice(ann.id, 1_000).await;
        let payment = book.pay(ann.id, 1_000, "2026-11-20").await.id;
        let other = book.again().await;
        other.call(SignIn { email: OWNER_EMAIL.to_owned(), password: OWNER_PASSWORD.into() }, None).await.unwrap();
        let part = off(payment, invoice.id, Some(600));
        let (one, two) = tokio::join!(book.call(part.clone()), other.call(part, None));
        assert_eq!(usize::from(one.is_ok()) + usize::from(two.is_ok()), 1, "{one:?} {two:?}");
        assert_eq!((book.invoice_now(invoice.id).await.paid, pays(&book, payment).await.1), (eur(400), 600));
        other.close().await;
        book.verified().await;
    }

    async fn credit_that_was_used_is_taken_off_as_the_log_has_it_and_put_back(book: TestBook) {
        book.seller(0).await;
        let ann = book.customer("Ann").await;
        let (first, second) = (credit(&book, &ann, 300).await, credit(&book, &ann, 300).await);
        let invoice = book.final_invoice(ann.id, 1_000).await;
        let done = book.ok(used(invoice.id, Some(200), Some(second))).await;
        assert_eq!((done.used, done.payment_id), (eur(200), Some(second)));
        let by = newest(&book, &invoice).await;
        assert_eq!((by.operation.as_str(), after(&by, "payment_id"), after(&by, "credit_used")), ("apply_credit", Some(json!(second)), Some(json!(eur(200)))));
        assert_eq!((pays(&book, first).await, pays(&book, second).await), ((vec![], 300), (vec![(invoice.id, 200)], 100)));

        let back = ReleaseAllocation { version: Some(by.version), ..off(second, invoice.id, Some(200)) };
        let released = book.ok(back).await;
        let by = newest(&book, &invoice).await;
        assert_eq!((by.operation.as_str(), by.version), ("release_allocation", released.invoice.version));
        assert_eq!((after(&by, "payment_id"), after(&by, "released"), after(&by, "status")), (Some(json!(second)), Some(json!(eur(200))), None));
        let again = ApplyCredit { version: Some(by.version), ..used(invoice.id, Some(200), Some(second)) };
        book.ok(again.clone()).await;
        assert_eq!(pays(&book, second).await, (vec![(invoice.id, 200)], 100), "of the same payment, though the other is older");
        assert_eq!(label(&book.refused(again).await), "conflict/changed_meanwhile");

        // The one that is named first, then the others. What two gave has no single payment to take off.
        let done = book.ok(used(invoice.id, Some(250), Some(second))).await;
        assert_eq!(done.payment_id, None);
        assert_eq!((pays(&book, first).await, pays(&book, second).await), ((vec![(invoice.id, 150)], 150), (vec![(invoice.id, 300)], 0)));
        assert_eq!(after(&newest(&book, &invoice).await, "payment_id"), None);
        book.verified().await;
    }

    async fn a_payment_that_pays_several_stays_on_the_others(book: TestBook) {
        book.seller(0).await;
        let ann = book.customer("Ann").await;
        let (one, two) = (book.final_invoice(ann.id, 500).await, book.final_invoice(ann.id, 500).await);
        let parts = [&one, &two].map(|invoice| NewAllocation { invoice_id: invoice.id, amount: eur(500) });
        let payment = book.ok(RecordPayment { allocations: Some(parts.to_vec()), ..new_payment(ann.id, eur(1_000), None) }).await.id;
        book.ok(off(payment, one.id, None)).await;
        assert_eq!(book.invoice_now(two.id).await.status, InvoiceStatus::Paid);
        let by = newest(&book, &one).await;
        assert_eq!(after(&by, "status"), Some(json!("open")));
        book.verified().await;
    }
}
