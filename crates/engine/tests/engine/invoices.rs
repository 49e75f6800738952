//! Invoices and credit notes: drafted, finalized, voided, credited; numbers without a gap.

use contract::{
    Conflict, Currency, Error, Problem, Quantity, TaxCategory,
    billing::{GetBillingSettings, UpdateBillingSettings},
    credit_note::{CreditInvoice, CreditReason, CreditedLine, GetCreditNote},
    invoice::{
        CreateInvoice, DeleteInvoice, FinalizeInvoice, GetInvoice, InvoiceStatus, ListInvoices, NewLine, NumberReport, PreviewInvoice,
        SetInvoiceUncollectible, UpdateInvoice, VoidInvoice,
    },
    party::UpdateBillingAddress,
    payment::RefundPayment,
    subscription::ChangeSubscription,
};

use crate::support::*;

fn credit(id: contract::InvoiceId, version: u32, lines: Option<Vec<CreditedLine>>) -> CreditInvoice {
    CreditInvoice {
        id,
        version,
        lines,
        reason: CreditReason::BillingError,
        issued_on: None,
    }
}

pub fn update(id: contract::InvoiceId, version: u32) -> UpdateInvoice {
    UpdateInvoice {
        id,
        version,
        lines: None,
        note: None,
        prices_include_tax: None,
        reverse_charge: None,
    }
}

on_both! {
    async fn a_draft_becomes_final_with_the_next_number_and_what_it_held_then(book: TestBook) {
        book.seller(190_000).await;
        let ann = book.customer("Ann").await;
        let lines = vec![
            NewLine { quantity: Quantity::parse("1.5").unwrap(), ..new_line("Hours", 9_999) },
            NewLine { tax_rate: Some(70_000), ..new_line("Book", 2_000) },
        ];
        let draft = book.ok(new_invoice(ann.id, lines)).await;
        // 1.5 × 99.99 = 149.985, rounded once; 19 % of 149.99 and 7 % of 20.00, each rounded once.
        assert_eq!((draft.net, draft.tax, draft.total), (eur(16_999), eur(2_850 + 140), eur(19_989)));
        assert_eq!((draft.status, draft.number.clone(), book.get(ann.id).await.total_invoices), (InvoiceStatus::Draft, None, 0));

        let done = book.ok(finalize(&draft)).await;
        assert_eq!((done.status, done.number.as_deref()), (InvoiceStatus::Open, Some("2026-000001")));
        assert_eq!((done.issued_on, done.due_on), (Some(day("2026-11-22")), Some(day("2026-12-06"))));
        assert_eq!(book.get(ann.id).await.outstanding, vec![eur(19_989)]);

        // The buyer may move and the vendor be renamed: the invoice stays.
        book.ok(UpdateBillingAddress { city: Some(Some("Rome".to_owned())), ..UpdateBillingAddress::nothing(ann.id, 1) }).await;
        let found = book.ok(GetInvoice { id: done.id }).await;
        assert_eq!((found.seller.name.as_str(), found.buyer.name.as_str(), found.buyer.city), ("Vendor Ltd", "Ann", None));
        let groups: Vec<_> = found.taxes.iter().map(|group| (group.rate, group.base, group.tax)).collect();
        assert_eq!(groups, [(70_000, 2_000, 140), (190_000, 14_999, 2_850)]);
        book.verified().await;
    }

    async fn a_final_invoice_is_never_changed_not_even_by_sql(book: TestBook) {
        book.seller(0).await;
        let done = book.final_invoice(book.customer("Ann").await.id, 1_000).await;
        let is_final: Error = Conflict::DocumentFinal { number: "2026-000001".to_owned() }.into();
        assert_eq!(book.refused(update(done.id, done.version)).await, is_final);
        assert_eq!(book.refused(finalize(&done)).await, is_final);
        assert_eq!(book.refused(DeleteInvoice { id: done.id, version: done.version }).await, is_final);
        for sql in [
            "UPDATE invoice SET total = total + 1, net = net + 1",
            "UPDATE invoice SET number = '7'",
            "UPDATE invoice SET issued_on = '2026-01-01'",
            "UPDATE invoice SET buyer = '{}'",
            "UPDATE invoice SET status = 'draft', number = NULL",
            "DELETE FROM invoice",
            "UPDATE invoice_line SET net = net + 1",
            "DELETE FROM invoice_line",
        ] {
            assert!(book.sql.try_run(sql).await.is_err(), "{sql}");
        }
        book.verified().await;
    }

    async fn nothing_comes_to_what_is_final_takes_its_place_or_empties_it_not_even_by_sql(book: TestBook) {
        book.seller(0).await;
        let ann = book.customer("Ann").await;
        let done = book.final_invoice(ann.id, 1_000).await;
        book.ok(credit(done.id, done.version, Some(vec![CreditedLine { position: 1, net: 400 }]))).await;
        let payment = book.pay(ann.id, 600, "2026-11-22").await;
        book.ok(RefundPayment { id: payment.id, amount: eur(100), reason: None, refunded_on: None }).await;
        let version = book.invoice_now(done.id).await.version;
        book.ok(SetInvoiceUncollectible { id: done.id, version, uncollectible: true }).await;
        let draft = book.ok(new_invoice(ann.id, vec![new_line("Work", 500)])).await;
        book.verified().await;
        let (own, drafts, nobody) = (book.sql.id(done.id.0), book.sql.id(draft.id.0), book.sql.id(uuid::Uuid::now_v7()));
        let pending = book.sql.once_more("payment", "status = 'succeeded'", &[("id", &nobody), ("status", "'pending'"), ("refunded", "0")]).await;
        book.sql.run(&format!("INSERT {pending}")).await;
        let (of_own, of_draft) = (format!("invoice_id = {own}"), format!("invoice_id = {drafts}"));
        let one_more = book.sql.once_more("invoice_line", &of_own, &[("position", "9")]).await;
        let credited = book.sql.once_more("credit_note_line", "TRUE", &[("position", "9")]).await;
        let mut refused = vec![
            format!("INSERT {one_more}"),
            format!("INSERT {credited}"),
            format!("UPDATE invoice_line SET invoice_id = {own}, position = 9 WHERE {of_draft}"),
            "UPDATE invoice SET created_at = 0 WHERE status <> 'draft'".to_owned(),
            format!("UPDATE invoice SET id = {nobody} WHERE status <> 'draft'"),
            "UPDATE payment SET method = 'cash' WHERE status = 'succeeded'".to_owned(),
            "UPDATE payment SET reference = 'x' WHERE status = 'succeeded'".to_owned(),
        ];
        for (table, key, row, change, moved) in [
            ("invoice", "id", "status <> 'draft'", "note = 'x'", [("id", nobody.as_str()), ("number", "'X'"), ("series_number", "7")].as_slice()),
            ("invoice_line", "invoice_id, position", &of_own, "net = 1", &[("invoice_id", &drafts), ("position", "9")]),
            ("credit_note", "id", "TRUE", "reason = 'x'", &[("id", &nobody), ("number", "'X'"), ("series_number", "7")]),
            ("credit_note_line", "credit_note_id, position", "TRUE", "net = 1", &[("credit_note_id", &nobody)]),
            ("payment", "id", "status = 'succeeded'", "amount = 700", &[("id", &own)]),
            ("refund", "id", "TRUE", "amount = 1", &[("id", &nobody)]),
            ("write_off", "invoice_id, position", "TRUE", "amount = 1", &[("position", "9")]),
            ("change", "id", "number = 2", "at = 0", &[("id", &nobody), ("number", "99")]),
            ("change_value", "change_id, position", "position = 1 AND change_id = (SELECT id FROM change WHERE number = 2)", "", &[("position", "99")]),
        ] {
            let same = book.sql.once_more(table, row, &[]).await;
            if !change.is_empty() {
                refused.push(format!("INSERT {same} ON CONFLICT ({key}) DO UPDATE SET {change}"));
            }
            if book.sql.is_server() {
                refused.push(format!("TRUNCATE {table} CASCADE"));
                continue;
            }
            refused.push(format!("INSERT OR REPLACE {same}"));
            // By its number as a row, and by each other key alone.
            let by_row = book.sql.once_more(table, row, &[moved, &[("rowid", "rowid")]].concat()).await;
            refused.push(format!("INSERT OR REPLACE {by_row}"));
            for key in moved.iter().filter(|(column, _)| ["number", "series_number"].contains(column)) {
                let others: Vec<_> = moved.iter().filter(|other| *other != key).copied().collect();
                refused.push(format!("REPLACE {}", book.sql.once_more(table, row, &others).await));
            }
        }
        if !book.sql.is_server() {
            let numbered = "status = 'open', series = 'x', number = (SELECT number FROM invoice WHERE number IS NOT NULL)";
            for sql in [
                format!("UPDATE OR REPLACE invoice SET id = {own} WHERE status = 'draft'"),
                "UPDATE OR REPLACE invoice SET rowid = (SELECT rowid FROM invoice WHERE status <> 'draft') WHERE status = 'draft'".to_owned(),
                format!("UPDATE OR REPLACE invoice SET {numbered} WHERE status = 'draft'"),
                format!("UPDATE OR REPLACE invoice_line SET rowid = (SELECT rowid FROM invoice_line WHERE {of_own}) WHERE {of_draft}"),
                format!("UPDATE OR REPLACE payment SET id = (SELECT id FROM payment WHERE status = 'succeeded') WHERE id = {nobody}"),
            ] {
                refused.push(sql);
            }
        }
        let before = book.sql.everything().await;
        for sql in refused {
            // By a guard, and not because there is something wrong with the statement.
            let error = book.sql.try_run(&sql).await.expect_err(&sql).to_string();
            let words = ["belongs to a final", "is final", "has succeeded", "is kept", "is never changed", "is never emptied"];
            assert!(words.iter().any(|words| error.contains(words)), "{sql}: {error}");
        }
        // A line of no invoice, which may come before its invoice, is refused at the end of the transaction.
        let astray = book.sql.once_more("invoice_line", &of_own, &[("invoice_id", &nobody)]).await;
        assert!(book.sql.try_run(&format!("INSERT {astray}")).await.is_err());
        assert_eq!(book.sql.everything().await, before);
    }

    async fn a_draft_is_changed_and_removed_at_will(book: TestBook) {
        let ann = book.customer("Ann").await;
        let draft = book.ok(new_invoice(ann.id, vec![new_line("Work", 1_000)])).await;
        let change = UpdateInvoice { lines: Some(vec![new_line("Work", 1_500), new_line("More", 1)]), note: Some(Some("Hello".to_owned())), ..update(draft.id, 1) };
        let changed = book.ok(change).await;
        assert_eq!((changed.total, changed.version), (eur(1_501), 2));
        let reversed = book.ok(UpdateInvoice { reverse_charge: Some(true), ..update(draft.id, 2) }).await;
        let found = book.ok(GetInvoice { id: draft.id }).await;
        assert!(found.lines.iter().all(|line| (line.tax_category, line.tax_rate) == (TaxCategory::ReverseCharge, 0)));
        book.ok(DeleteInvoice { id: draft.id, version: reversed.version }).await;
        assert!(matches!(book.refused(GetInvoice { id: draft.id }).await, Error::NotFound { .. }));
        book.verified().await;
    }

    async fn numbers_have_no_gap_no_double_and_never_run_backwards(book: TestBook) {
        book.seller(0).await;
        let ann = book.customer("Ann").await;
        let mut drafts = Vec::new();
        for _ in 0..12 {
            drafts.push(book.ok(new_invoice(ann.id, vec![new_line("Work", 100)])).await);
        }
        // At once, and some of them refused: what is refused takes no number.
        let mut tasks = tokio::task::JoinSet::new();
        for (at, draft) in drafts.iter().enumerate() {
            let book = book.clone();
            let request = FinalizeInvoice { version: if at % 3 == 2 { 9 } else { 1 }, ..finalize(draft) };
            tasks.spawn(async move { book.call(request).await.ok().and_then(|done| done.number) });
        }
        let mut numbers: Vec<String> = tasks.join_all().await.into_iter().flatten().collect();
        numbers.sort();
        let expected: Vec<String> = (1..=8).map(|number| format!("2026-{number:06}")).collect();
        assert_eq!(numbers, expected);

        let draft = book.ok(new_invoice(ann.id, vec![new_line("Work", 100)])).await;
        let request = FinalizeInvoice { issued_on: Some(day("2026-11-21")), ..finalize(&draft) };
        assert_eq!(book.refused(request).await, Error::field("issued_on", Problem::TooEarly { earliest: day("2026-11-22") }));
        let request = FinalizeInvoice { issued_on: Some(day("2026-11-23")), ..finalize(&draft) };
        assert_eq!(book.refused(request).await, Error::field("issued_on", Problem::TooLate { latest: day("2026-11-22") }));
        let request = FinalizeInvoice { due_on: Some(day("2026-11-21")), ..finalize(&draft) };
        assert_eq!(book.refused(request).await, Error::field("due_on", Problem::TooEarly { earliest: day("2026-11-22") }));
        // A new year begins anew, and its series knows nothing of the other.
        book.at("2027-01-02T09:00:00Z").await;
        assert_eq!(book.ok(finalize(&draft)).await.number.as_deref(), Some("2027-000001"));

        let report = book.ok(NumberReport {}).await;
        let found: Vec<_> = report.series.iter().map(|series| (series.name.as_str(), series.count, series.last)).collect();
        assert_eq!(found, [("2026-#", 8, 8), ("2027-#", 1, 1)]);
        assert!(report.series.iter().all(|series| series.missing.is_empty() && series.out_of_order.is_empty()));
        book.sql.run("UPDATE invoice_series SET last_number = 10 WHERE name = '2026-#'").await;
        assert_eq!(book.ok(NumberReport {}).await.series[0].missing, [9, 10]);
        let findings = book.app.verify().await.unwrap().findings;
        assert_eq!(findings.iter().map(|finding| finding.row.as_str()).collect::<Vec<_>>(), ["invoice 2026-#"]);
    }

    async fn an_empty_or_negative_draft_stays_one(book: TestBook) {
        book.seller(0).await;
        let ann = book.customer("Ann").await;
        let empty = book.ok(new_invoice(ann.id, Vec::new())).await;
        assert_eq!(book.refused(finalize(&empty)).await, Error::field("lines", Problem::Required));
        let free = book.ok(new_invoice(ann.id, vec![new_line("Gift", 0)])).await;
        let done = book.ok(finalize(&free)).await;
        assert_eq!((done.status, done.payable), (InvoiceStatus::Paid, eur(0)));
        book.verified().await;
    }

    async fn what_the_law_asks_for_has_to_be_known(book: TestBook) {
        let ann = book.customer("Ann").await;
        let draft = book.ok(new_invoice(ann.id, vec![new_line("Work", 100)])).await;
        let missing = |fields: &[&str]| Error::from(Conflict::SellerIncomplete { fields: fields.iter().map(|field| (*field).to_owned()).collect() });
        assert_eq!(book.refused(finalize(&draft)).await, missing(&["seller.city", "seller.country"]));
        book.seller(0).await;
        let reversed = book.ok(CreateInvoice { reverse_charge: true, ..new_invoice(ann.id, vec![new_line("Work", 100)]) }).await;
        let refusal = book.refused(finalize(&reversed)).await;
        let fields = vec!["country".to_owned(), "vat_id".to_owned()];
        assert_eq!(refusal, Conflict::BuyerIncomplete { name: "Ann".to_owned(), fields }.into());
        book.ok(UpdateBillingAddress {
            country: Some(Some("FR".to_owned())),
            vat_id: Some(Some("FR12345678901".to_owned())),
            ..UpdateBillingAddress::nothing(ann.id, 1)
        }).await;
        book.ok(finalize(&reversed)).await;
        book.verified().await;
    }

    async fn a_preview_says_what_the_invoice_comes_to(book: TestBook) {
        book.seller(190_000).await;
        let ann = book.customer("Ann").await;
        for (amount, includes) in [(1_999, false), (1_999, true), (1, true), (333, true)] {
            let lines = vec![new_line("One", amount), new_line("Two", amount)];
            let asked = PreviewInvoice { customer_id: None, currency: None, lines: lines.clone(), prices_include_tax: Some(includes), reverse_charge: false };
            let preview = book.ok(asked).await;
            let draft = book.ok(CreateInvoice { prices_include_tax: Some(includes), ..new_invoice(ann.id, lines) }).await;
            assert_eq!((preview.net, preview.tax, preview.total), (draft.net, draft.tax, draft.total));
            if includes {
                assert_eq!(draft.total, eur(2 * amount));
            }
            let found = book.ok(GetInvoice { id: draft.id }).await;
            assert_eq!(found.lines, preview.lines);
            assert_eq!(found.taxes, preview.taxes);
        }
        book.verified().await;
    }

    async fn a_void_invoice_keeps_its_number_and_is_owed_no_more(book: TestBook) {
        book.seller(0).await;
        let ann = book.customer("Ann").await;
        let done = book.final_invoice(ann.id, 1_000).await;
        let void = book.ok(VoidInvoice { id: done.id, version: done.version }).await;
        assert_eq!((void.status, void.number, void.payable), (InvoiceStatus::Void, done.number, eur(0)));
        assert_eq!(book.get(ann.id).await.outstanding_invoices, 0);
        let again = book.refused(VoidInvoice { id: done.id, version: void.version }).await;
        assert_eq!(again, Conflict::InvoiceState { status: InvoiceStatus::Void }.into());
        assert_eq!(book.final_invoice(ann.id, 1).await.number.as_deref(), Some("2026-000002"));
        book.verified().await;
    }

    async fn an_invoice_that_is_given_up_can_be_taken_up_and_paid(book: TestBook) {
        book.seller(0).await;
        let ann = book.customer("Ann").await;
        let done = book.final_invoice(ann.id, 1_000).await;
        let given_up = book.ok(SetInvoiceUncollectible { id: done.id, version: done.version, uncollectible: true }).await;
        assert_eq!((given_up.status, book.get(ann.id).await.outstanding_invoices), (InvoiceStatus::Uncollectible, 0));
        let open = book.ok(SetInvoiceUncollectible { id: done.id, version: given_up.version, uncollectible: false }).await;
        assert_eq!((open.status, book.get(ann.id).await.outstanding), (InvoiceStatus::Open, vec![eur(1_000)]));
        book.pay(ann.id, 1_000, "2026-11-22").await;
        assert_eq!(book.invoice_now(done.id).await.status, InvoiceStatus::Paid);
        book.verified().await;
    }

    async fn parts_that_are_credited_sum_to_the_invoice_to_the_cent(book: TestBook) {
        book.seller(190_000).await;
        let ann = book.customer("Ann").await;
        // Three lines of 0.33 are taxed 0.19 together: three credits of 0.06 would be 0.18.
        let draft = book.ok(new_invoice(ann.id, vec![new_line("a", 33), new_line("b", 33), new_line("c", 33)])).await;
        let mut done = book.ok(finalize(&draft)).await;
        let mut taxes = 0;
        for position in 1..=3 {
            let note = book.ok(credit(done.id, done.version, Some(vec![CreditedLine { position, net: 33 }]))).await;
            assert_eq!(note.number, format!("CN-2026-{position:06}"));
            assert_eq!((note.net, note.invoice_number.as_str()), (eur(33), "2026-000001"));
            taxes += note.tax.amount;
            let details = book.ok(GetCreditNote { id: note.id }).await;
            assert_eq!(details.taxes.iter().map(|group| group.tax).sum::<i64>(), note.tax.amount);
            done = book.invoice_now(done.id).await;
        }
        assert_eq!((taxes, done.credited, done.status), (19, eur(118), InvoiceStatus::Paid));
        assert_eq!(book.refused(credit(done.id, done.version, None)).await, Conflict::NothingToCredit.into());
        book.verified().await;
    }

    async fn a_line_is_credited_up_to_what_is_left_of_it(book: TestBook) {
        book.seller(0).await;
        let ann = book.customer("Ann").await;
        let done = book.final_invoice(ann.id, 1_000).await;
        let part = |position, net| Some(vec![CreditedLine { position, net }]);
        let range = |field: &str, max| Error::field(field, Problem::OutOfRange { min: 1, max });
        assert_eq!(book.refused(credit(done.id, 2, part(1, 1_001))).await, range("lines[0].net", 1_000));
        assert_eq!(book.refused(credit(done.id, 2, part(2, 1))).await, range("lines[0].position", 1));
        let note = book.ok(credit(done.id, 2, part(1, 400))).await;
        assert_eq!(book.ok(GetCreditNote { id: note.id }).await.lines[0].quantity.to_string(), "0.4");
        assert_eq!(book.refused(credit(done.id, 3, part(1, 601))).await, range("lines[0].net", 600));
        assert_eq!(book.get(ann.id).await.outstanding, vec![eur(600)]);
        book.ok(credit(done.id, 3, None)).await;
        assert_eq!(book.get(ann.id).await.outstanding, vec![]);
        for sql in ["UPDATE credit_note SET total = 1", "DELETE FROM credit_note", "UPDATE credit_note_line SET net = 1", "DELETE FROM credit_note_line"] {
            assert!(book.sql.try_run(sql).await.is_err(), "{sql}");
        }
        book.verified().await;
    }

    async fn what_was_paid_beyond_the_rest_is_credit(book: TestBook) {
        book.seller(0).await;
        let ann = book.customer("Ann").await;
        let done = book.final_invoice(ann.id, 1_000).await;
        book.pay(ann.id, 1_000, "2026-11-22").await;
        book.ok(credit(done.id, 3, Some(vec![CreditedLine { position: 1, net: 300 }]))).await;
        let found = book.invoice_now(done.id).await;
        assert_eq!((found.status, found.paid, found.credited), (InvoiceStatus::Paid, eur(700), eur(300)));
        let payments = book.ok(contract::payment::ListPayments::default()).await;
        assert_eq!((payments.credit, payments.sum), (vec![eur(300)], vec![eur(1_000)]));
        book.verified().await;
    }

    async fn the_smallest_coin_rounds_what_is_paid(book: TestBook) {
        book.seller(77_000).await;
        let version = book.ok(GetBillingSettings {}).await.version;
        book.ok(UpdateBillingSettings { rounding_step: Some(5), ..UpdateBillingSettings::nothing(version) }).await;
        let ann = book.customer("Ann").await;
        let done = book.final_invoice(ann.id, 999).await;
        // 9.99 and 7.7 % of it are 10.76, paid as 10.75.
        assert_eq!((done.net, done.tax, done.total), (eur(999), eur(77), eur(1_075)));
        assert_eq!(book.ok(GetInvoice { id: done.id }).await.rounding, eur(-1));
        let note = book.ok(credit(done.id, 2, None)).await;
        assert_eq!(note.total, eur(1_075));
        // Another currency has other coins.
        let foreign = CreateInvoice { currency: Currency::parse("USD"), ..new_invoice(ann.id, vec![new_line("Work", 999)]) };
        assert_eq!(book.ok(foreign).await.total, usd(1_076));
        book.verified().await;
    }

    async fn what_comes_to_nothing_in_total_is_not_credited(book: TestBook) {
        book.seller(0).await;
        book.at("2026-12-01T09:00:00Z").await;
        let (ann, plan) = (book.customer("Ann").await, book.plan("basic").await);
        let license = book.license(&ann, &plan, true).await;
        book.at("2026-12-16T09:00:00Z").await;
        let change = ChangeSubscription { id: license.subscription_id.unwrap(), version: None, plan_id: None, billing_cycle: None, quantity: Some(3), on: None };
        let draft = book.invoice_now(book.ok(change).await.invoice_id.unwrap()).await;
        let done = book.ok(finalize(&draft)).await;
        let nets: Vec<i64> = book.ok(GetInvoice { id: done.id }).await.lines.iter().map(|line| line.net).collect();
        assert_eq!((nets, done.total), (vec![-516, 1_548], eur(1_032)));
        book.ok(credit(done.id, done.version, Some(vec![CreditedLine { position: 2, net: 1_032 }]))).await;
        let now = book.invoice_now(done.id).await;
        assert_eq!((now.credited, now.status), (eur(1_032), InvoiceStatus::Paid));
        // −5.16 and 5.16 are left: nothing.
        for lines in [None, Some(vec![CreditedLine { position: 2, net: 516 }])] {
            assert_eq!(book.refused(credit(done.id, now.version, lines)).await, Conflict::NothingToCredit.into());
        }
        book.verified().await;
    }

    async fn two_formats_that_come_to_the_same_number_give_it_once(book: TestBook) {
        book.seller(0).await;
        let (ann, plan) = (book.customer("Ann").await, book.plan("basic").await);
        let format = async |text: &str| {
            let version = book.ok(GetBillingSettings {}).await.version;
            UpdateBillingSettings { invoice_format: Some(text.to_owned()), finalize_renewals: Some(true), ..UpdateBillingSettings::nothing(version) }
        };
        book.ok(format("INV-{n}61").await).await;
        for number in ["INV-161", "INV-261"] {
            assert_eq!(book.final_invoice(ann.id, 1).await.number.as_deref(), Some(number));
        }
        // The first number of 2026 would be INV-261.
        let refused = book.refused(format("INV-{YY}{n}").await).await;
        let Error::Invalid { fields } = &refused else { panic!("{refused:?}") };
        assert_eq!(fields[0].field, "invoice_format");
        assert!(matches!(&fields[0].problem, Problem::WrongShape { detail } if detail.contains("INV-261")), "{refused:?}");
        // Further on in a series nobody sees it coming: A-12 is given, and comes again after A-11.
        for (text, number) in [("A-{n}2", "A-12"), ("A-1{n}", "A-11")] {
            book.ok(format(text).await).await;
            assert_eq!(book.final_invoice(ann.id, 1).await.number.as_deref(), Some(number));
        }
        let draft = book.ok(new_invoice(ann.id, vec![new_line("Work", 1)])).await;
        assert_eq!(book.refused(finalize(&draft)).await, Conflict::NumberTaken { number: "A-12".to_owned() }.into());
        // What is sold and renewed is billed all the same, by drafts that wait for another format.
        book.license(&ann, &plan, true).await;
        book.at("2026-12-22T12:00:00Z").await;
        while book.ok(contract::catch_up::RunCatchUp {}).await.has_more {}
        let drafts = ListInvoices { status: Some(InvoiceStatus::Draft), ..ListInvoices::default() };
        assert_eq!(book.ok(drafts).await.total, 3);
        book.ok(format("B-{n}").await).await;
        assert_eq!(book.ok(finalize(&draft)).await.number.as_deref(), Some("B-1"));
        book.verified().await;
    }

    async fn the_format_of_numbers_can_change_and_the_count_goes_on(book: TestBook) {
        book.seller(0).await;
        let ann = book.customer("Ann").await;
        book.final_invoice(ann.id, 1).await;
        let version = book.ok(GetBillingSettings {}).await.version;
        let format = |text: &str| UpdateBillingSettings { invoice_format: Some(text.to_owned()), ..UpdateBillingSettings::nothing(version) };
        assert!(matches!(book.refused(format("2026")).await, Error::Invalid { .. }));
        assert!(matches!(book.refused(format("CN-{YYYY}-{n:6}")).await, Error::Invalid { .. }), "that of credit notes");
        book.ok(format("{YYYY}-{n:3}")).await;
        assert_eq!(book.final_invoice(ann.id, 1).await.number.as_deref(), Some("2026-002"));
        book.ok(UpdateBillingSettings { version: version + 1, ..format("INV{n}") }).await;
        assert_eq!(book.final_invoice(ann.id, 1).await.number.as_deref(), Some("INV1"));
        book.verified().await;
    }
}
