//! Invoices that are given up: what is written off of them and when, and that they are paid without being expected first.

use contract::{
    CustomerId, InvoiceId,
    credit_note::{CreditInvoice, CreditReason, CreditedLine},
    invoice::{CreateInvoice, Invoice, InvoiceStatus, SetInvoiceUncollectible, VoidInvoice},
    payment::{ApplyCredit, GetStatement, ListPayments, NewAllocation, Payment, RecordPayment, RefundPayment, Statement, StatementKind},
};

use crate::support::*;

async fn account(book: &TestBook, customer: CustomerId, to: &str) -> Statement {
    let request = GetStatement {
        customer_id: customer,
        currency: contract::Currency::EUR,
        from: None,
        to: Some(day(to)),
    };
    book.ok(request).await
}

/// What an account came to at the end of each of these days.
async fn closings(book: &TestBook, customer: CustomerId, days: &[&str]) -> Vec<i64> {
    let mut closings = Vec::new();
    for day in days {
        closings.push(account(book, customer, day).await.closing.amount);
    }
    closings
}

/// What stands on an account, and what is owed after it.
async fn lines(book: &TestBook, customer: CustomerId) -> Vec<(String, StatementKind, i64, i64)> {
    let lines = account(book, customer, "2027-12-31").await.lines;
    let line = |line: contract::payment::StatementLine| (line.on.to_string(), line.kind, line.amount.amount, line.balance.amount);
    lines.into_iter().map(line).collect()
}

async fn set(book: &TestBook, id: InvoiceId, uncollectible: bool) -> Invoice {
    let version = book.invoice_now(id).await.version;
    let request = SetInvoiceUncollectible {
        id,
        version,
        uncollectible,
    };
    book.ok(request).await
}

/// A payment of which so much pays this invoice, and the rest nothing.
async fn pay(book: &TestBook, invoice: &Invoice, (whole, part): (i64, i64), received_on: &str) -> Payment {
    let part = NewAllocation {
        invoice_id: invoice.id,
        amount: eur(part),
    };
    let payment = RecordPayment {
        allocations: Some(if part.amount.amount > 0 { vec![part] } else { Vec::new() }),
        ..new_payment(invoice.customer_id, eur(whole), Some(received_on))
    };
    book.ok(payment).await
}

async fn give_back(book: &TestBook, payment: &Payment, amount: i64, refunded_on: Option<&str>) {
    let refund = RefundPayment {
        id: payment.id,
        amount: eur(amount),
        reason: None,
        refunded_on: refunded_on.map(day),
    };
    book.ok(refund).await;
}

on_both! {
    async fn an_account_keeps_its_past_whatever_becomes_of_what_was_given_up(book: TestBook) {
        use StatementKind::{CreditNote, Invoice, Payment, Refund, Reinstated, Uncollectible};
        book.seller(0).await;
        let ann = book.customer("Ann").await;
        let done = book.final_invoice(ann.id, 1_000).await;
        let days = ["2026-11-22", "2026-11-25", "2026-12-01", "2026-12-05", "2026-12-10", "2026-12-12", "2026-12-15"];
        let ends = [1_000, 0, -100, -100, 0, 0, 800];
        let (mut first, mut second) = (None, None);
        for (at, today) in days.into_iter().enumerate() {
            book.at(&format!("{today}T12:00:00Z")).await;
            match at {
                0 => {}
                1 => { set(&book, done.id, true).await; }
                2 => {
                    first = Some(pay(&book, &done, (400, 0), today).await);
                    let used = ApplyCredit { invoice_id: done.id, amount: Some(eur(300)), payment_id: None, version: None };
                    assert_eq!(book.ok(used).await.invoice.status, InvoiceStatus::Uncollectible, "700 are still given up");
                }
                3 => {
                    let version = book.invoice_now(done.id).await.version;
                    let lines = Some(vec![CreditedLine { position: 1, net: 200 }]);
                    book.ok(CreditInvoice { id: done.id, version, lines, reason: CreditReason::Other, issued_on: None }).await;
                }
                4 => give_back(&book, first.as_ref().unwrap(), 400, None).await,
                5 => {
                    second = Some(pay(&book, &done, (800, 800), today).await);
                    assert_eq!(book.invoice_now(done.id).await.status, InvoiceStatus::Paid);
                }
                _ => {
                    give_back(&book, second.as_ref().unwrap(), 800, None).await;
                    assert_eq!(book.invoice_now(done.id).await.status, InvoiceStatus::Open);
                }
            }
            // That of today, and each before it as it was.
            assert_eq!(closings(&book, ann.id, &days[..=at]).await, ends[..=at], "{today}");
            book.verified().await;
        }
        let shown = lines(&book, ann.id).await;
        let shown: Vec<_> = shown.iter().map(|(on, kind, amount, balance)| (on.as_str(), *kind, *amount, *balance)).collect();
        assert_eq!(shown, [
            ("2026-11-22", Invoice, 1_000, 1_000),
            ("2026-11-25", Uncollectible, -1_000, 0),
            ("2026-12-01", Payment, -400, -400),
            ("2026-12-01", Reinstated, 300, -100),
            ("2026-12-05", CreditNote, -200, -300),
            ("2026-12-05", Reinstated, 200, -100),
            ("2026-12-10", Refund, 400, 300),
            ("2026-12-10", Uncollectible, -300, 0),
            ("2026-12-12", Payment, -800, -800),
            ("2026-12-12", Reinstated, 800, 0),
            ("2026-12-15", Refund, 800, 800),
        ]);
        assert_eq!(book.get(ann.id).await.outstanding, vec![eur(800)]);
    }

    async fn what_is_expected_again_or_voided_was_given_up_until_then(book: TestBook) {
        use StatementKind::{Invoice, Reinstated, Uncollectible, Void};
        book.seller(0).await;
        let ann = book.customer("Ann").await;
        let done = book.final_invoice(ann.id, 1_000).await;
        book.at("2026-11-25T09:00:00Z").await;
        set(&book, done.id, true).await;
        set(&book, done.id, false).await;
        let kinds = |lines: Vec<(String, StatementKind, i64, i64)>| lines.into_iter().map(|(on, kind, _, balance)| (on, kind, balance)).collect::<Vec<_>>();
        let on = |day: &str| day.to_owned();
        // A mistake that is taken back on its day stands on no account.
        assert_eq!(kinds(lines(&book, ann.id).await), [(on("2026-11-22"), Invoice, 1_000)]);
        set(&book, done.id, true).await;
        book.at("2026-12-01T09:00:00Z").await;
        set(&book, done.id, false).await;
        book.at("2026-12-02T09:00:00Z").await;
        set(&book, done.id, true).await;
        book.verified().await;
        book.at("2026-12-03T09:00:00Z").await;
        let version = book.invoice_now(done.id).await.version;
        book.ok(VoidInvoice { id: done.id, version }).await;
        assert_eq!(kinds(lines(&book, ann.id).await), [
            (on("2026-11-22"), Invoice, 1_000),
            (on("2026-11-25"), Uncollectible, 0),
            (on("2026-12-01"), Reinstated, 1_000),
            (on("2026-12-02"), Uncollectible, 0),
            (on("2026-12-03"), Void, -1_000),
            (on("2026-12-03"), Reinstated, 0),
        ]);
        assert_eq!(closings(&book, ann.id, &["2026-11-30", "2026-12-01"]).await, [0, 1_000]);
        book.verified().await;
    }

    async fn what_was_paid_before_is_not_written_off_also_where_it_is_recorded_later(book: TestBook) {
        use StatementKind::{Invoice, Payment, Reinstated, Uncollectible};
        book.seller(0).await;
        let ann = book.customer("Ann").await;
        let done = book.final_invoice(ann.id, 1_000).await;
        book.at("2026-11-25T09:00:00Z").await;
        set(&book, done.id, true).await;
        book.at("2026-12-01T09:00:00Z").await;
        pay(&book, &done, (400, 400), "2026-11-23").await;
        pay(&book, &done, (100, 100), "2026-11-27").await;
        let on = |day: &str| day.to_owned();
        assert_eq!(lines(&book, ann.id).await, [
            (on("2026-11-22"), Invoice, 1_000, 1_000),
            (on("2026-11-23"), Payment, -400, 600),
            (on("2026-11-25"), Uncollectible, -600, 0),
            (on("2026-11-27"), Payment, -100, -100),
            (on("2026-11-27"), Reinstated, 100, 0),
        ]);
        let now = book.invoice_now(done.id).await;
        assert_eq!((now.status, now.paid, now.payable), (InvoiceStatus::Uncollectible, eur(500), eur(0)));
        book.verified().await;
    }

    async fn what_is_dated_back_counts_in_each_time_in_which_it_was_given_up(book: TestBook) {
        book.seller(0).await;
        let ann = book.customer("Ann").await;
        let done = book.final_invoice(ann.id, 1_000).await;
        for (today, uncollectible) in [("2026-11-25", true), ("2026-12-01", false), ("2026-12-10", true)] {
            book.at(&format!("{today}T09:00:00Z")).await;
            set(&book, done.id, uncollectible).await;
        }
        book.at("2026-12-15T09:00:00Z").await;
        let days = [
            "2026-11-22", "2026-11-23", "2026-11-25", "2026-11-26", "2026-11-27", "2026-11-29", "2026-12-01", "2026-12-10", "2026-12-12",
            "2026-12-16",
        ];
        assert_eq!(closings(&book, ann.id, &days).await, [1_000, 1_000, 0, 0, 0, 0, 1_000, 0, 0, 0]);
        // Into the first time, and before it.
        let first = pay(&book, &done, (400, 400), "2026-11-27").await;
        assert_eq!(closings(&book, ann.id, &days).await, [1_000, 1_000, 0, 0, 0, 0, 600, 0, 0, 0]);
        pay(&book, &done, (100, 100), "2026-11-23").await;
        assert_eq!(closings(&book, ann.id, &days).await, [1_000, 900, 0, 0, 0, 0, 500, 0, 0, 0]);
        book.verified().await;
        // Into the second one when that is over too, and given back in the first.
        book.at("2026-12-16T09:00:00Z").await;
        set(&book, done.id, false).await;
        pay(&book, &done, (200, 200), "2026-12-12").await;
        assert_eq!(closings(&book, ann.id, &days).await, [1_000, 900, 0, 0, 0, 0, 500, 0, 0, 300]);
        give_back(&book, &first, 400, Some("2026-11-29")).await;
        assert_eq!(closings(&book, ann.id, &days).await, [1_000, 900, 0, 0, 0, 0, 900, 0, 0, 700]);
        book.verified().await;
        // More than was left from the 27th to the 29th: of that nothing was written off, and the customer had credit.
        pay(&book, &done, (700, 700), "2026-11-26").await;
        assert_eq!(closings(&book, ann.id, &days).await, [1_000, 900, 0, 0, -200, 0, 200, 0, 0, 0]);
        assert_eq!(book.invoice_now(done.id).await.status, InvoiceStatus::Paid);
        book.verified().await;
    }

    async fn what_frees_or_gives_back_credit_that_was_used_later_changes_nothing_before(book: TestBook) {
        book.seller(0).await;
        let ann = book.customer("Ann").await;
        let done = book.final_invoice(ann.id, 1_000).await;
        book.at("2026-11-25T09:00:00Z").await;
        set(&book, done.id, true).await;
        book.at("2026-12-01T09:00:00Z").await;
        let early = pay(&book, &done, (400, 0), "2026-12-01").await;
        book.at("2026-12-05T09:00:00Z").await;
        set(&book, done.id, false).await;
        book.at("2026-12-10T09:00:00Z").await;
        book.ok(ApplyCredit { invoice_id: done.id, amount: None, payment_id: None, version: None }).await;
        book.at("2026-12-15T09:00:00Z").await;
        let days = ["2026-11-25", "2026-11-28", "2026-12-01", "2026-12-03", "2026-12-05", "2026-12-10", "2026-12-12"];
        assert_eq!(closings(&book, ann.id, &days).await, [0, 0, -400, -400, 600, 600, 600]);
        give_back(&book, &early, 400, Some("2026-12-03")).await;
        assert_eq!(closings(&book, ann.id, &days).await, [0, 0, -400, 0, 1_000, 1_000, 1_000]);
        pay(&book, &done, (800, 800), "2026-12-12").await;
        let version = book.invoice_now(done.id).await.version;
        let (lines, issued_on) = (Some(vec![CreditedLine { position: 1, net: 500 }]), Some(day("2026-11-28")));
        book.ok(CreditInvoice { id: done.id, version, lines, reason: CreditReason::Other, issued_on }).await;
        // On the 28th 500 were left, and 300 are credit only since the payment came.
        assert_eq!(closings(&book, ann.id, &days).await, [0, 0, -400, 0, 500, 500, -300]);
        book.verified().await;
    }

    async fn an_invoice_that_is_given_up_is_paid_only_where_it_is_named(book: TestBook) {
        book.seller(0).await;
        let ann = book.customer("Ann").await;
        let (lost, open) = (book.final_invoice(ann.id, 1_000).await, book.final_invoice(ann.id, 500).await);
        set(&book, lost.id, true).await;
        let payment = book.pay(ann.id, 1_200, "2026-11-22").await;
        assert_eq!(payment.unallocated, eur(700), "nobody said what it is for");
        assert_eq!((book.invoice_now(open.id).await.status, book.invoice_now(lost.id).await.paid), (InvoiceStatus::Paid, eur(0)));
        let used = ApplyCredit { invoice_id: lost.id, amount: None, payment_id: None, version: None };
        let used = book.ok(used).await;
        assert_eq!((used.used, used.invoice.status), (eur(700), InvoiceStatus::Uncollectible));
        pay(&book, &lost, (300, 300), "2026-11-22").await;
        let now = book.invoice_now(lost.id).await;
        assert_eq!((now.status, now.paid), (InvoiceStatus::Paid, eur(1_000)));
        assert_eq!(book.ok(ListPayments::default()).await.credit, vec![]);
        let customer = book.get(ann.id).await;
        assert_eq!((customer.outstanding, customer.total_payments), (vec![], vec![eur(1_500)]));
        assert_eq!(account(&book, ann.id, "2026-11-22").await.closing, eur(0));
        book.verified().await;
    }

    async fn an_account_tells_of_every_currency_also_where_all_of_it_was_given_up_or_voided(book: TestBook) {
        book.seller(0).await;
        let ann = book.customer("Ann").await;
        let code = |code: &str| contract::Currency::parse(code).unwrap();
        let mut done = Vec::new();
        for currency in ["USD", "SEK", "GBP"] {
            let draft = CreateInvoice { currency: Some(code(currency)), ..new_invoice(ann.id, vec![new_line("Work", 1_000)]) };
            let draft = book.ok(draft).await;
            // What is a draft yet was not billed.
            if currency != "GBP" {
                done.push(book.ok(finalize(&draft)).await);
            }
        }
        set(&book, done[0].id, true).await;
        book.ok(VoidInvoice { id: done[1].id, version: done[1].version }).await;
        assert_eq!(book.get(ann.id).await.outstanding, []);
        let told = async || account(&book, ann.id, "2026-12-31").await.currencies;
        assert_eq!(told().await, [code("SEK"), code("USD")]);
        book.pay(ann.id, 100, "2026-11-22").await;
        assert_eq!(told().await, [contract::Currency::EUR, code("SEK"), code("USD")]);
        book.verified().await;
    }

    async fn what_is_written_off_is_what_is_left_and_is_never_changed(book: TestBook) {
        book.seller(0).await;
        let ann = book.customer("Ann").await;
        let done = book.final_invoice(ann.id, 1_000).await;
        set(&book, done.id, true).await;
        for sql in ["UPDATE write_off SET written_on = '2026-01-01'", "DELETE FROM write_off"] {
            assert!(book.sql.try_run(sql).await.is_err(), "{sql}");
        }
        book.verified().await;
        let more = book.sql.once_more("write_off", "TRUE", &[("position", "2"), ("amount", "-1")]).await;
        book.sql.run(&format!("INSERT {more}")).await;
        let found = book.app.verify().await.unwrap().findings;
        assert_eq!(found, [engine::Finding {
            table: "write_off".to_owned(),
            row: done.id.to_string(),
            column: "amount".to_owned(),
            expected: "1000".to_owned(),
            found: "999".to_owned(),
        }]);
        // What comes to the same in the end, and was taken back before it was written off.
        for (position, amount, written_on) in [("3", "-999", "'2026-01-01'"), ("4", "1000", "'2026-12-31'")] {
            let other = [("position", position), ("amount", amount), ("written_on", written_on)];
            let more = book.sql.once_more("write_off", "position = 1", &other).await;
            book.sql.run(&format!("INSERT {more}")).await;
        }
        let found = book.app.verify().await.unwrap().findings;
        assert_eq!(found, [engine::Finding {
            table: "write_off".to_owned(),
            row: done.id.to_string(),
            column: "written_on".to_owned(),
            expected: "at least 0 on each day".to_owned(),
            found: "-999".to_owned(),
        }]);
    }
}
