//! Payments and the invoices they pay.

use contract::{
    Error, Problem,
    customer::DeleteCustomer,
    invoice::{InvoiceStatus, ListInvoices},
    payment::{ListPayments, PaymentMethod, PaymentStatus, RecordPayment},
};

use crate::support::*;

on_both! {
    async fn a_payment_pays_what_is_due_first_first_and_the_rest_is_credit(book: TestBook) {
        let ann = book.customer("Ann").await;
        let late = book.invoice(ann.id, NewInvoice { number: "2", total: eur(500), due_on: "2027-02-01" }).await;
        let soon = book.invoice(ann.id, NewInvoice { number: "1", total: eur(300), due_on: "2027-01-01" }).await;
        book.invoice(ann.id, NewInvoice { number: "3", total: usd(900), due_on: "2026-12-01" }).await;
        book.verified().await;
        let parts = |payment: &contract::payment::Payment| {
            payment.allocations.iter().map(|part| (part.invoice_id.0, part.amount.amount)).collect::<Vec<_>>()
        };
        let mut first = book.pay(ann.id, 400, "2026-11-20").await;
        assert_eq!((parts(&first), first.unallocated), (vec![(soon, 300), (late, 100)], eur(0)));
        assert_eq!((first.status, first.refunded, first.received_on), (PaymentStatus::Succeeded, eur(0), day("2026-11-20")));
        let customer = book.get(ann.id).await;
        assert_eq!((customer.outstanding, customer.outstanding_invoices), (vec![eur(400), usd(900)], 2));
        assert_eq!((customer.total_payments, customer.total_invoices), (vec![eur(400)], 3));
        book.at("2026-11-22T09:01:00Z").await;
        let second = book.pay(ann.id, 1_000, "2026-11-21").await;
        assert_eq!((parts(&second), second.unallocated), (vec![(late, 400)], eur(600)));
        let invoices = book.ok(ListInvoices::default()).await.items;
        let of = |number: &str| invoices.iter().find(|invoice| invoice.number.as_deref() == Some(number)).unwrap();
        assert_eq!((of("1").status, of("1").paid, of("1").payable), (InvoiceStatus::Paid, eur(300), eur(0)));
        assert_eq!((of("2").status, of("2").paid), (InvoiceStatus::Paid, eur(500)));
        assert_eq!((of("3").status, of("3").payable), (InvoiceStatus::Open, usd(900)));
        let payments = book.ok(ListPayments { customer_id: Some(ann.id), ..Default::default() }).await;
        // The second has paid what was left of it.
        first.allocations[1].invoice_status = InvoiceStatus::Paid;
        assert_eq!(payments.items, [second, first]);
        assert_eq!(payments.sum, [eur(1_400)]);
        book.verified().await;
    }

    async fn what_an_archived_customer_pays_late_pays_what_is_open(book: TestBook) {
        book.seller(0).await;
        let ann = book.customer("Ann").await;
        let owed = book.final_invoice(ann.id, 1_000).await;
        book.ok(DeleteCustomer { id: ann.id, version: 1 }).await;
        let paid = book.pay(ann.id, 1_200, "2026-11-22").await;
        assert_eq!((paid.allocations.len(), paid.allocations[0].amount, paid.unallocated), (1, eur(1_000), eur(200)));
        assert_eq!(book.invoice_now(owed.id).await.status, InvoiceStatus::Paid);
        book.verified().await;
    }

    async fn a_payment_of_another_currency_pays_nothing_of_this_one(book: TestBook) {
        let ann = book.customer("Ann").await;
        book.invoice(ann.id, NewInvoice { number: "1", total: eur(300), due_on: "2027-01-01" }).await;
        let payment = book.ok(new_payment(ann.id, usd(700), Some("2026-11-20"))).await;
        assert_eq!((payment.allocations, payment.unallocated), (vec![], usd(700)));
        book.pay(ann.id, 100, "2026-11-20").await;
        let customer = book.get(ann.id).await;
        assert_eq!((customer.total_payments, customer.outstanding), (vec![eur(100), usd(700)], vec![eur(200)]));
        assert_eq!(book.ok(ListPayments::default()).await.sum, [eur(100), usd(700)]);
        book.verified().await;
    }

    async fn a_payment_arrives_today_or_before(book: TestBook) {
        let ann = book.customer("Ann").await;
        let new = RecordPayment {
            method: PaymentMethod::Card, reference: Some("  R 1 ".to_owned()), ..new_payment(ann.id, eur(1), None)
        };
        // Half past eleven in Greenwich is tomorrow in Berlin.
        book.at("2026-11-22T23:30:00Z").await;
        let payment = book.ok(new).await;
        assert_eq!((payment.received_on, payment.method, payment.reference.as_deref()), (day("2026-11-23"), PaymentMethod::Card, Some("R 1")));
        book.pay(ann.id, 1, "2026-11-23").await;
        let future = new_payment(ann.id, eur(1), Some("2026-11-24"));
        assert_eq!(book.refused(future).await, Error::field("received_on", Problem::DateOutOfOrder));
        assert_eq!(book.get(ann.id).await.last_payment_date, Some(day("2026-11-23")));
    }

    async fn an_amount_is_more_than_nothing_and_counted_exactly(book: TestBook) {
        let ann = book.customer("Ann").await;
        let most = contract::money::MAX_AMOUNT;
        for amount in [0, -1, most + 1, i64::MIN, i64::MAX] {
            let refusal = book.refused(new_payment(ann.id, eur(amount), None)).await;
            assert_eq!(refusal, Error::field("amount.amount", Problem::OutOfRange { min: 1, max: most }), "{amount}");
        }
        book.pay(ann.id, most, "2026-11-20").await;
        book.pay(ann.id, 1, "2026-11-20").await;
        assert_eq!(book.get(ann.id).await.total_payments, [eur(most + 1)]);
        book.verified().await;
    }

    async fn an_invoice_becomes_overdue_the_day_after_its_last_and_paying_it_ends_that(book: TestBook) {
        let ann = book.customer("Ann").await;
        book.invoice(ann.id, NewInvoice { number: "1", total: eur(300), due_on: "2026-12-01" }).await;
        let invoice = || async { book.ok(ListInvoices::default()).await.items.remove(0) };
        book.at("2026-12-01T22:59:59.999Z").await;
        assert!(!invoice().await.is_overdue);
        book.at("2026-12-01T23:00:00.000Z").await;
        let overdue = invoice().await;
        assert!(overdue.is_overdue && overdue.version == 2);
        assert_eq!(book.get(ann.id).await.overdue, [eur(300)]);
        book.verified().await;
        book.pay(ann.id, 100, "2026-12-02").await;
        assert_eq!((invoice().await.is_overdue, book.get(ann.id).await.overdue), (true, vec![eur(200)]));
        book.pay(ann.id, 200, "2026-12-02").await;
        assert_eq!((invoice().await.is_overdue, book.get(ann.id).await.overdue), (false, vec![]));
        book.verified().await;
    }

    async fn final_invoices_and_payments_are_kept_by_the_database_itself(book: TestBook) {
        let ann = book.customer("Ann").await;
        book.invoice(ann.id, NewInvoice { number: "1", total: eur(300), due_on: "2026-12-01" }).await;
        book.pay(ann.id, 100, "2026-11-20").await;
        let before = book.sql.everything().await;
        for sql in [
            "DELETE FROM invoice",
            "UPDATE invoice SET number = '2'",
            "UPDATE invoice SET net = 400, total = 400",
            "UPDATE invoice SET due_on = '2027-12-01'",
            "UPDATE invoice SET currency = 'USD'",
            "UPDATE invoice SET status = 'draft', number = NULL",
            "DELETE FROM payment",
            "UPDATE payment SET amount = 200",
            "UPDATE payment SET received_on = '2026-01-01'",
            "UPDATE payment SET status = 'failed'",
            "DELETE FROM customer",
        ] {
            assert!(book.sql.try_run(sql).await.is_err(), "{sql}");
        }
        assert_eq!(book.sql.everything().await, before);
    }

    async fn payments_are_listed_by_status_and_summed_as_listed(book: TestBook) {
        let (ann, bea) = (book.customer("Ann").await, book.customer("Bea").await);
        book.invoice(ann.id, NewInvoice { number: "1", total: eur(300), due_on: "2027-01-01" }).await;
        for (customer, amount) in [(ann.id, 400), (bea.id, 7)] {
            book.pay(customer, amount, "2026-11-20").await;
        }
        // No operation records one that did not come; a book that was imported can hold it.
        let id = book.sql.id("01890a5d-ac96-774b-bcce-b302099a8057".parse().unwrap());
        book.sql.run(&format!(
            "INSERT INTO payment (id, customer_id, amount, currency, method, received_on, status, refunded, created_at, updated_at, version)
             SELECT {id}, customer_id, 50, currency, method, received_on, 'failed', 0, created_at, updated_at, 1 FROM payment WHERE amount = 7"
        )).await;
        let list = async |status: Option<PaymentStatus>, search: Option<&str>| {
            let page = book.ok(ListPayments { status, search: search.map(str::to_owned), ..ListPayments::default() }).await;
            assert_eq!(page.total, u64::try_from(page.items.len()).unwrap());
            (page.items.iter().map(|row| row.amount.amount).collect::<Vec<_>>(), page.sum, page.credit)
        };
        assert_eq!(list(None, None).await, (vec![7, 400, 50], vec![eur(407)], vec![eur(107)]));
        assert_eq!(list(Some(PaymentStatus::Succeeded), None).await, (vec![7, 400], vec![eur(407)], vec![eur(107)]));
        assert_eq!(list(Some(PaymentStatus::Failed), None).await, (vec![50], vec![], vec![]));
        assert_eq!(list(Some(PaymentStatus::Pending), None).await, (vec![], vec![], vec![]));
        assert_eq!(list(Some(PaymentStatus::Succeeded), Some("ann")).await, (vec![400], vec![eur(400)], vec![eur(100)]));
        // Whether all that is found is on the page or not, the sums are of all of it.
        assert_eq!(list(None, Some("example.com")).await, (vec![7, 400, 50], vec![eur(407)], vec![eur(107)]));
        let first = ListPayments { search: Some("example.com".to_owned()), limit: Some(1), ..ListPayments::default() };
        let first = book.ok(first).await;
        assert_eq!((first.total, first.items.len(), first.sum, first.credit), (3, 1, vec![eur(407)], vec![eur(107)]));
    }
}
