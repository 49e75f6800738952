//! What payments pay, what is left of them, what is given back, and the account that follows.

use contract::{
    Conflict, Error, InvoiceId, Money, Noun, PaymentId, Problem,
    invoice::{InvoiceStatus, SetInvoiceUncollectible},
    payment::{ApplyCredit, GetStatement, ListPayments, ListRefunds, NewAllocation, RecordPayment, RefundPayment, StatementKind},
};

use crate::support::*;

fn refund(id: PaymentId, amount: i64) -> RefundPayment {
    RefundPayment {
        id,
        amount: eur(amount),
        reason: None,
        refunded_on: None,
    }
}

fn apply(invoice_id: InvoiceId, amount: Option<i64>) -> ApplyCredit {
    ApplyCredit {
        invoice_id,
        amount: amount.map(eur),
        payment_id: None,
        version: None,
    }
}

fn allocated(payment: RecordPayment, parts: &[(InvoiceId, Money)]) -> RecordPayment {
    RecordPayment {
        allocations: Some(
            parts
                .iter()
                .map(|(invoice_id, amount)| NewAllocation {
                    invoice_id: *invoice_id,
                    amount: *amount,
                })
                .collect(),
        ),
        ..payment
    }
}

on_both! {
    async fn a_payment_pays_the_invoices_that_were_chosen_and_the_rest_is_credit(book: TestBook) {
        book.seller(0).await;
        let ann = book.customer("Ann").await;
        let (one, two) = (book.final_invoice(ann.id, 1_000).await, book.final_invoice(ann.id, 500).await);
        let payment = book.ok(allocated(new_payment(ann.id, eur(800), None), &[(two.id, eur(500)), (one.id, eur(100))])).await;
        assert_eq!(payment.unallocated, eur(200));
        assert_eq!(book.invoice_now(two.id).await.status, InvoiceStatus::Paid);
        assert_eq!(book.invoice_now(one.id).await.payable, eur(900));
        let used = book.ok(apply(one.id, Some(50))).await;
        assert_eq!((used.used, used.invoice.payable), (eur(50), eur(850)));
        let used = book.ok(apply(one.id, None)).await;
        assert_eq!((used.used, used.invoice.payable), (eur(150), eur(700)));
        assert_eq!(book.refused(apply(one.id, None)).await, Conflict::NoCredit.into());
        book.verified().await;
    }

    async fn what_cannot_be_paid_is_refused_at_its_field(book: TestBook) {
        book.seller(0).await;
        let (ann, bob) = (book.customer("Ann").await, book.customer("Bob").await);
        let (own, other) = (book.final_invoice(ann.id, 1_000).await, book.final_invoice(bob.id, 1_000).await);
        let pay = |parts: &[(InvoiceId, Money)]| allocated(new_payment(ann.id, eur(5_000), None), parts);
        let before = book.sql.everything().await;
        assert_eq!(book.refused(pay(&[(other.id, eur(1))])).await, Error::NotFound { noun: Noun::Invoice });
        let range = |field: &str, min, max| Error::field(field, Problem::OutOfRange { min, max });
        assert_eq!(book.refused(pay(&[(own.id, eur(1_001))])).await, range("allocations[0].amount.amount", 1, 1_000));
        assert_eq!(book.refused(pay(&[(own.id, eur(3_000)), (other.id, eur(2_001))])).await, range("allocations", 0, 5_000));
        let wrong = |expected: &str| Problem::WrongCurrency { expected: expected.to_owned() };
        assert_eq!(book.refused(pay(&[(own.id, usd(1))])).await, Error::field("allocations[0].amount.currency", wrong("EUR")));
        let dollars = allocated(new_payment(ann.id, usd(5), None), &[(own.id, usd(5))]);
        assert_eq!(book.refused(dollars).await, Error::field("allocations[0].amount.currency", wrong("EUR")));
        assert!(matches!(book.refused(pay(&[(own.id, eur(1)), (own.id, eur(1))])).await, Error::Invalid { .. }));
        assert_eq!(book.sql.everything().await, before);
    }

    async fn a_refund_takes_what_is_free_first_and_opens_invoices_again(book: TestBook) {
        book.seller(0).await;
        let ann = book.customer("Ann").await;
        let invoice = book.final_invoice(ann.id, 1_000).await;
        let payment = book.ok(new_payment(ann.id, eur(1_200), Some("2026-11-20"))).await;
        book.ok(refund(payment.id, 150)).await;
        assert_eq!(book.invoice_now(invoice.id).await.status, InvoiceStatus::Paid);
        let given = book.ok(RefundPayment { reason: Some("Not needed".to_owned()), refunded_on: Some(day("2026-11-21")), ..refund(payment.id, 100) }).await;
        assert_eq!((given.reason.as_deref(), given.refunded_on), (Some("Not needed"), day("2026-11-21")));
        let found = book.invoice_now(invoice.id).await;
        assert_eq!((found.status, found.paid, found.payable), (InvoiceStatus::Open, eur(950), eur(50)));
        assert_eq!(book.ok(ListRefunds::default()).await.total, 2);
        let customer = book.get(ann.id).await;
        assert_eq!((customer.total_payments, customer.outstanding), (vec![eur(950)], vec![eur(50)]));
        book.verified().await;
    }

    async fn a_payment_tells_off_which_invoices_a_refund_takes_and_how_they_stand(book: TestBook) {
        book.seller(0).await;
        let ann = book.customer("Ann").await;
        let (one, two) = (book.final_invoice(ann.id, 1_000).await, book.final_invoice(ann.id, 1_000).await);
        let three = book.final_invoice(ann.id, 1_000).await;
        let parts = [(three.id, eur(1_000)), (one.id, eur(1_000)), (two.id, eur(400))];
        let payment = book.ok(allocated(new_payment(ann.id, eur(2_500), None), &parts)).await;
        let version = book.invoice_now(two.id).await.version;
        book.ok(SetInvoiceUncollectible { id: two.id, version, uncollectible: true }).await;
        let known = async || {
            let found = book.ok(ListPayments::default()).await.items.remove(0);
            found.allocations.iter().map(|part| (part.invoice_id, part.amount.amount, part.invoice_status)).collect::<Vec<_>>()
        };
        let (paid, given_up) = (InvoiceStatus::Paid, InvoiceStatus::Uncollectible);
        assert_eq!(known().await, [(three.id, 1_000, paid), (one.id, 1_000, paid), (two.id, 400, given_up)]);
        // Of credit 1.00, and then from the end.
        book.ok(refund(payment.id, 800)).await;
        assert_eq!(known().await, [(three.id, 1_000, paid), (one.id, 700, InvoiceStatus::Open)]);
        assert_eq!(book.invoice_now(one.id).await.payable, eur(300));
        assert_eq!((book.invoice_now(two.id).await.status, book.invoice_now(two.id).await.paid), (given_up, eur(0)));
        book.verified().await;
    }

    async fn no_more_is_given_back_than_was_paid_also_by_two_at_once(book: TestBook) {
        let ann = book.customer("Ann").await;
        let payment = book.ok(new_payment(ann.id, eur(1_000), Some("2026-11-20"))).await;
        let range = |max| Error::field("amount.amount", Problem::OutOfRange { min: 1, max });
        assert_eq!(book.refused(refund(payment.id, 1_001)).await, range(1_000));
        let other = book.again().await;
        other.call(contract::session::SignIn { email: OWNER_EMAIL.to_owned(), password: OWNER_PASSWORD.into() }, None).await.unwrap();
        let (one, two) = tokio::join!(book.call(refund(payment.id, 600)), other.call(refund(payment.id, 600), None));
        assert_eq!(usize::from(one.is_ok()) + usize::from(two.is_ok()), 1, "{one:?} {two:?}");
        assert_eq!(book.refused(refund(payment.id, 401)).await, range(400));
        book.ok(refund(payment.id, 400)).await;
        assert_eq!(book.refused(refund(payment.id, 1)).await, range(0));
        let dollars = RefundPayment { amount: usd(1), ..refund(payment.id, 1) };
        assert!(matches!(book.refused(dollars).await, Error::Invalid { .. }));
        other.close().await;
        book.verified().await;
    }

    async fn a_refund_has_its_day_and_none_of_its_own(book: TestBook) {
        let ann = book.customer("Ann").await;
        let payment = book.ok(new_payment(ann.id, eur(1_000), Some("2026-11-20"))).await;
        let on = |text: &str| RefundPayment { refunded_on: Some(day(text)), ..refund(payment.id, 1) };
        assert_eq!(book.refused(on("2026-11-19")).await, Error::field("refunded_on", Problem::TooEarly { earliest: day("2026-11-20") }));
        assert_eq!(book.refused(on("2026-11-23")).await, Error::field("refunded_on", Problem::TooLate { latest: day("2026-11-22") }));
        let given = book.ok(refund(payment.id, 1)).await;
        // A refund is no payment.
        assert_eq!(book.refused(refund(PaymentId(given.id.0), 1)).await, Error::NotFound { noun: Noun::Payment });
        assert!(book.sql.try_run("UPDATE refund SET amount = 2").await.is_err());
        assert!(book.sql.try_run("DELETE FROM refund").await.is_err());
        book.verified().await;
    }

    async fn a_statement_runs_from_what_was_owed_to_what_is(book: TestBook) {
        book.seller(0).await;
        let ann = book.customer("Ann").await;
        let one = book.final_invoice(ann.id, 1_000).await;
        book.at("2026-11-25T09:00:00Z").await;
        book.ok(new_payment(ann.id, eur(1_200), Some("2026-11-24"))).await;
        let two = book.final_invoice(ann.id, 500).await;
        book.ok(contract::invoice::VoidInvoice { id: two.id, version: two.version }).await;
        book.ok(contract::credit_note::CreditInvoice { id: one.id, version: 3, lines: None, reason: contract::credit_note::CreditReason::Duplicate, issued_on: None }).await;
        let payment = book.ok(ListPayments::default()).await.items.remove(0);
        book.at("2026-11-26T09:00:00Z").await;
        book.ok(refund(payment.id, 700)).await;
        let ask = |from: Option<&str>| GetStatement { customer_id: ann.id, currency: contract::Currency::EUR, from: from.map(day), to: None };
        let whole = book.ok(ask(None)).await;
        let kinds: Vec<_> = whole.lines.iter().map(|line| (line.kind, line.amount.amount, line.balance.amount)).collect();
        assert_eq!(kinds, [
            (StatementKind::Invoice, 1_000, 1_000),
            (StatementKind::Payment, -1_200, -200),
            (StatementKind::Invoice, 500, 300),
            (StatementKind::Void, -500, -200),
            (StatementKind::CreditNote, -1_000, -1_200),
            (StatementKind::Refund, 700, -500),
        ]);
        assert_eq!((whole.opening, whole.closing), (eur(0), eur(-500)));
        let later = book.ok(ask(Some("2026-11-26"))).await;
        assert_eq!((later.opening, later.lines.len(), later.closing), (eur(-1_200), 1, eur(-500)));
        // What is not owed any more is the credit that is left.
        assert_eq!(book.ok(ListPayments::default()).await.credit, vec![eur(500)]);
        book.verified().await;
    }
}
