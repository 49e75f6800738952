//! Series of numbers that go on where another program has ended: from which number on, until when that can be said, and what
//! the proof of the numbers says of it.

use contract::{
    Conflict, Error, Problem,
    billing::{BillingSettings, GetBillingSettings, NextNumber, UpdateBillingSettings},
    credit_note::{CreditInvoice, CreditReason},
    invoice::{DocumentKind, Invoice, NumberReport},
    session::SignIn,
};

use crate::support::*;

/// A change of the settings as they are now.
async fn change(book: &TestBook, change: impl FnOnce(&mut UpdateBillingSettings)) -> UpdateBillingSettings {
    let mut request = UpdateBillingSettings::nothing(book.ok(GetBillingSettings {}).await.version);
    change(&mut request);
    request
}

async fn begin(book: &TestBook, next: u64) -> UpdateBillingSettings {
    change(book, |change| change.invoice_next = Some(next)).await
}

fn credit(invoice: &Invoice) -> CreditInvoice {
    CreditInvoice {
        id: invoice.id,
        version: invoice.version,
        lines: None,
        reason: CreditReason::BillingError,
        issued_on: None,
    }
}

/// What comes next of invoices and of credit notes, and whether that can be set.
fn next(settings: &BillingSettings) -> [(u64, bool); 2] {
    [settings.invoice_next, settings.credit_note_next].map(|next: NextNumber| (next.number, next.is_open))
}

fn next_of(settings: &BillingSettings) -> (u64, bool) {
    next(settings)[0]
}

fn given(field: &str, next: u64) -> Error {
    Error::field(field, Problem::NumbersGiven { next })
}

/// Each series: its name, its first number, how many it has, its last, and what is missing.
async fn proof(book: &TestBook) -> Vec<(String, u64, u64, u64, Vec<u64>)> {
    let report = book.ok(NumberReport {}).await;
    let of = |series: contract::invoice::Series| (series.name, series.first, series.count, series.last, series.missing);
    report.series.into_iter().map(of).collect()
}

async fn found(book: &TestBook) -> Vec<[String; 2]> {
    let findings = book.app.verify().await.unwrap().findings;
    findings.into_iter().map(|finding| [finding.row, finding.column]).collect()
}

on_both! {
    async fn a_series_goes_on_where_another_program_has_ended(book: TestBook) {
        book.seller(0).await;
        let ann = book.customer("Ann").await;
        assert_eq!(next(&book.ok(GetBillingSettings {}).await), [(1, true), (1, true)]);
        let set = book.ok(begin(&book, 5_001).await).await;
        assert_eq!(next(&set), [(5_001, true), (1, true)]);
        // Mistyped: as long as none was given it is set anew, lower too, and of both series at once.
        let both = change(&book, |change| (change.invoice_next, change.credit_note_next) = (Some(501), Some(42))).await;
        let set = book.ok(both).await;
        assert_eq!(next(&set), [(501, true), (42, true)]);
        assert_eq!(book.ok(GetBillingSettings {}).await, set);
        assert!(proof(&book).await.is_empty(), "nothing was given yet");
        book.verified().await;

        let one = book.final_invoice(ann.id, 100).await;
        let two = book.final_invoice(ann.id, 100).await;
        assert_eq!([one.number.as_deref(), two.number.as_deref()], [Some("2026-000501"), Some("2026-000502")]);
        let note = book.ok(credit(&one)).await;
        assert_eq!(note.number, "CN-2026-000042");
        assert_eq!(next(&book.ok(GetBillingSettings {}).await), [(503, false), (43, false)]);
        assert_eq!(proof(&book).await, [("2026-#".to_owned(), 501, 2, 502, vec![]), ("CN-2026-#".to_owned(), 42, 1, 42, vec![])]);
        let report = book.ok(NumberReport {}).await;
        assert_eq!(report.series.iter().map(|series| series.kind).collect::<Vec<_>>(), [DocumentKind::Invoice, DocumentKind::CreditNote]);
        book.verified().await;
    }

    async fn once_a_number_was_given_its_series_goes_on_by_itself(book: TestBook) {
        book.seller(0).await;
        let ann = book.customer("Ann").await;
        book.ok(begin(&book, 501).await).await;
        let invoice = book.final_invoice(ann.id, 100).await;
        let before = book.ok(GetBillingSettings {}).await;
        for wanted in [1, 500, 501, 503, 9_000] {
            assert_eq!(book.refused(begin(&book, wanted).await).await, given("invoice_next", 502), "{wanted}");
        }
        // Nor beside a change of something else, which is not made either.
        let both = change(&book, |change| (change.payment_days, change.invoice_next) = (Some(30), Some(600))).await;
        assert_eq!(book.refused(both).await, given("invoice_next", 502));
        // What comes next anyway is no change.
        assert_eq!(book.ok(begin(&book, 502).await).await, before);
        // A void invoice keeps its number.
        book.ok(contract::invoice::VoidInvoice { id: invoice.id, version: invoice.version }).await;
        assert_eq!(book.refused(begin(&book, 501).await).await, given("invoice_next", 502));

        // Credit notes are a series of their own, and so is another format, and each year.
        let set = book.ok(change(&book, |change| change.credit_note_next = Some(7)).await).await;
        assert_eq!(next(&set), [(502, false), (7, true)]);
        let other = change(&book, |change| (change.invoice_format, change.invoice_next) = (Some("R{n}".to_owned()), Some(70))).await;
        assert_eq!(next(&book.ok(other).await)[0], (70, true));
        assert_eq!(book.final_invoice(ann.id, 100).await.number.as_deref(), Some("R70"));
        let back = change(&book, |change| (change.invoice_format, change.invoice_next) = (Some("{YYYY}-{n:6}".to_owned()), Some(9))).await;
        assert_eq!(book.refused(back).await, given("invoice_next", 502));
        book.ok(change(&book, |change| change.invoice_format = Some("{YYYY}-{n:6}".to_owned())).await).await;
        book.at("2027-01-02T09:00:00Z").await;
        assert_eq!(next(&book.ok(GetBillingSettings {}).await), [(1, true), (1, true)]);
        book.ok(begin(&book, 3).await).await;
        assert_eq!(book.final_invoice(ann.id, 100).await.number.as_deref(), Some("2027-000003"));
        assert_eq!(proof(&book).await.into_iter().map(|(name, first, count, ..)| (name, first, count)).collect::<Vec<_>>(), [
            ("2026-#".to_owned(), 501, 1), ("2027-#".to_owned(), 3, 1), ("R#".to_owned(), 70, 1),
        ]);
        book.verified().await;
    }

    async fn a_beginning_that_is_taken_back_leaves_nothing(book: TestBook) {
        book.seller(0).await;
        let before = book.ok(GetBillingSettings {}).await;
        let refused = Error::field("invoice_next", Problem::OutOfRange { min: 1, max: 999_999_999_999 });
        for wanted in [0, 1_000_000_000_000, u64::MAX] {
            assert_eq!(book.refused(begin(&book, wanted).await).await, refused, "{wanted}");
        }
        assert_eq!(book.ok(begin(&book, 1).await).await, before, "what comes next anyway is no change");
        book.ok(begin(&book, 501).await).await;
        let stale = UpdateBillingSettings { invoice_next: Some(601), ..UpdateBillingSettings::nothing(before.version) };
        let Error::Conflict { conflict: Conflict::ChangedMeanwhile { differences, .. } } = book.refused(stale).await else {
            panic!("not merged");
        };
        let told: Vec<_> = differences.iter().map(|own| (own.field.as_str(), own.before.as_u64(), own.theirs.as_u64())).collect();
        assert_eq!(told, [("invoice_next", Some(1), Some(501))]);
        let after = book.ok(begin(&book, 1).await).await;
        assert_eq!(next(&after), next(&before));
        assert!(proof(&book).await.is_empty());
        let ann = book.customer("Ann").await;
        assert_eq!(book.final_invoice(ann.id, 100).await.number.as_deref(), Some("2026-000001"));
        book.verified().await;
    }

    async fn a_beginning_whose_number_a_document_of_another_series_has_is_refused(book: TestBook) {
        book.seller(0).await;
        let ann = book.customer("Ann").await;
        book.ok(change(&book, |change| change.invoice_format = Some("INV-{n}61".to_owned())).await).await;
        assert_eq!(book.final_invoice(ann.id, 100).await.number.as_deref(), Some("INV-161"));
        book.ok(change(&book, |change| change.invoice_format = Some("INV-{n}".to_owned())).await).await;
        let refused = book.refused(begin(&book, 161).await).await;
        let Error::Invalid { fields } = &refused else { panic!("{refused:?}") };
        assert_eq!(fields[0].field, "invoice_next");
        assert!(matches!(&fields[0].problem, Problem::WrongShape { detail } if detail.contains("INV-161")), "{refused:?}");
        book.ok(begin(&book, 162).await).await;
        assert_eq!(book.final_invoice(ann.id, 100).await.number.as_deref(), Some("INV-162"));
        book.verified().await;
    }

    async fn another_format_begins_at_1_unless_its_number_is_said_too(book: TestBook) {
        book.seller(0).await;
        let ann = book.customer("Ann").await;
        let to = async |format: &str, next: Option<u64>| {
            let both = change(&book, |change| (change.invoice_format, change.invoice_next) = (Some(format.to_owned()), next)).await;
            next_of(&book.ok(both).await)
        };
        let (year, other) = ("{YYYY}-{n:6}", "R{n}");
        assert_eq!(to(other, Some(501)).await, (501, true));
        assert_eq!(to(year, None).await, (1, true));
        // What was once said of it counts no more.
        assert_eq!(to(other, None).await, (1, true));
        assert_eq!(book.final_invoice(ann.id, 100).await.number.as_deref(), Some("R1"));
        assert_eq!(to(year, Some(501)).await, (501, true));
        assert_eq!(to(other, None).await, (2, false), "it has a number and goes on by itself");
        assert_eq!(to(year, Some(501)).await, (501, true));
        // Other digits are the same series.
        assert_eq!(to("{YYYY}-{n:4}", None).await, (501, true));
        assert_eq!(book.final_invoice(ann.id, 100).await.number.as_deref(), Some("2026-0501"));
        // A number is no longer than a format.
        let long = format!("{}{{n}}", "X".repeat(37));
        let wrong = change(&book, |change| (change.invoice_format, change.invoice_next) = (Some(long.clone()), Some(1_000))).await;
        let refused = book.refused(wrong).await;
        let Error::Invalid { fields } = &refused else { panic!("{refused:?}") };
        assert_eq!(fields[0].field, "invoice_next");
        assert!(matches!(&fields[0].problem, Problem::WrongShape { detail } if detail.contains("41 characters")), "{refused:?}");
        assert_eq!(to(long.as_str(), Some(999)).await, (999, true));
        book.verified().await;
    }

    async fn a_gap_stays_a_gap_wherever_a_series_begins(book: TestBook) {
        book.seller(0).await;
        let ann = book.customer("Ann").await;
        book.ok(begin(&book, 501).await).await;
        for _ in 0..3 {
            book.final_invoice(ann.id, 100).await;
        }
        book.verified().await;
        let row = "invoice 2026-#".to_owned();
        let set = async |column: &str, value: i64| {
            book.sql.run(&format!("UPDATE invoice_series SET {column} = {value} WHERE name = '2026-#'")).await;
        };
        // At the end: numbers that were given and that no document has.
        set("last_number", 505).await;
        assert_eq!(proof(&book).await[0], ("2026-#".to_owned(), 501, 3, 505, vec![504, 505]));
        assert_eq!(found(&book).await, [[row.clone(), "last_number".to_owned()]]);
        set("last_number", 503).await;
        // Its beginning stays, and no counter stands before it.
        for (column, value) in [("first_number", 499), ("first_number", 503), ("last_number", 499)] {
            let moved = format!("UPDATE invoice_series SET {column} = {value} WHERE name = '2026-#'");
            assert!(book.sql.try_run(&moved).await.is_err(), "{moved}");
        }
        book.sql.unguard("invoice_series", "update").await;
        let (first, last) = ([row.clone(), "first_number".to_owned()], [row.clone(), "last_number".to_owned()]);
        // At the beginning: the first documents are gone.
        set("first_number", 499).await;
        assert_eq!(proof(&book).await[0], ("2026-#".to_owned(), 499, 3, 503, vec![499, 500]));
        assert_eq!(found(&book).await, [last, first.clone()]);
        // A beginning behind the first document hides none.
        set("first_number", 503).await;
        let report = book.ok(NumberReport {}).await;
        assert_eq!(report.series[0].before_first, ["2026-000501", "2026-000502"]);
        assert!(report.series[0].out_of_order.is_empty());
        assert_eq!(found(&book).await, std::slice::from_ref(&first));
        // Nor one whose documents are gone: nobody has said that it begins there.
        book.sql.unguard("invoice", "update").await;
        book.sql.run("UPDATE invoice SET series = NULL, series_number = NULL WHERE series_number < 503").await;
        assert_eq!(proof(&book).await, [("2026-#".to_owned(), 503, 1, 503, vec![])]);
        assert_eq!(found(&book).await, [first]);
        // A series that has lost its counter cannot begin anew over its documents.
        let draft = book.ok(new_invoice(ann.id, vec![new_line("Work", 100)])).await;
        book.sql.run("DELETE FROM invoice_series WHERE name = '2026-#'").await;
        assert_eq!(found(&book).await, [[row, String::new()]]);
        assert!(!book.ok(GetBillingSettings {}).await.invoice_next.is_open);
        assert_eq!(book.refused(begin(&book, 600).await).await, given("invoice_next", 1));
        assert_eq!(book.refused(finalize(&draft)).await, Conflict::NumberTaken { number: "2026-000503".to_owned() }.into());
        book.ok(change(&book, |change| change.invoice_format = Some("R{n}".to_owned())).await).await;
        let back = change(&book, |change| change.invoice_format = Some("{YYYY}-{n:6}".to_owned())).await;
        let refused = book.refused(back).await;
        let Error::Invalid { fields } = &refused else { panic!("{refused:?}") };
        assert_eq!(fields[0].field, "invoice_format");
        assert_eq!(book.final_invoice(ann.id, 100).await.number.as_deref(), Some("R1"));
    }

    async fn the_proof_names_what_is_missing_in_the_middle_and_what_is_out_of_order(book: TestBook) {
        book.seller(0).await;
        let ann = book.customer("Ann").await;
        book.ok(begin(&book, 501).await).await;
        for _ in 0..8 {
            book.final_invoice(ann.id, 100).await;
        }
        book.sql.unguard("invoice", "update").await;
        book.sql.run("UPDATE invoice SET series = NULL, series_number = NULL WHERE series_number IN (502, 503, 506)").await;
        book.sql.run("UPDATE invoice SET issued_on = '2026-01-01' WHERE series_number IN (504, 507)").await;
        let report = book.ok(NumberReport {}).await;
        assert_eq!(report.series[0].out_of_order, ["2026-000504", "2026-000507"]);
        assert!(report.series[0].before_first.is_empty());
        assert_eq!(proof(&book).await, [("2026-#".to_owned(), 501, 5, 508, vec![502, 503, 506])]);
        // The first hundred of them are named, those at the end with the others.
        book.sql.run("UPDATE invoice_series SET last_number = 900 WHERE name = '2026-#'").await;
        let missing: Vec<u64> = [502, 503, 506].into_iter().chain(509..606).collect();
        assert_eq!((missing.len(), proof(&book).await), (100, vec![("2026-#".to_owned(), 501, 5, 900, missing)]));
    }

    async fn of_a_beginning_and_a_first_number_at_once_who_locks_the_counter_first_is_first(book: TestBook) {
        book.seller(0).await;
        let ann = book.customer("Ann").await;
        let other = book.again().await;
        other.call(SignIn { email: OWNER_EMAIL.to_owned(), password: OWNER_PASSWORD.into() }, None).await.unwrap();
        for round in 0..12 {
            let format = format!("R{round}-{{n}}");
            book.ok(change(&book, |change| change.invoice_format = Some(format)).await).await;
            let draft = book.ok(new_invoice(ann.id, vec![new_line("Work", 100)])).await;
            let begin = begin(&book, 501).await;
            let (set, done) = tokio::join!(book.call(begin), other.call(finalize(&draft), None));
            let number = done.unwrap().number.unwrap();
            match set {
                Ok(_) => assert_eq!(number, format!("R{round}-501")),
                Err(refused) => assert_eq!((number, refused), (format!("R{round}-1"), given("invoice_next", 2))),
            }
        }
        assert!(proof(&book).await.iter().all(|(_, first, count, last, missing)| (first, *count, missing.len()) == (last, 1, 0)));
        other.close().await;
        book.verified().await;
    }
}
