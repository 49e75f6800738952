//! Documents as files: made of what was frozen, with the logo and in the language of now.

use base64::{Engine, engine::general_purpose::STANDARD};
use contract::{
    Error, Problem, Quantity, TaxCategory,
    billing::{GetBillingSettings, Paper, UpdateBillingSettings},
    credit_note::{CreditInvoice, CreditReason, CreditedLine, GetCreditNote},
    customer::UpdateCustomer,
    document::{CreditNotePdf, InvoicePdf, Pdf, StatementPdf, WithoutXml},
    invoice::NewLine,
    logo::{GetLogo, ImageFault, LogoKind, SetLogo},
    party::{Party, UpdateBillingAddress},
};

use crate::support::*;

#[path = "../../../document/tests/document/drawn.rs"]
mod drawn;

/// What poppler reads in a file, whose pages are looked at besides.
fn read(pdf: &Pdf) -> String {
    let bytes = STANDARD.decode(&pdf.data).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(&pdf.file_name);
    std::fs::write(&path, bytes).unwrap();
    drawn::look(&path, pdf.pages, &path.with_extension("")).unwrap();
    let output = std::process::Command::new("pdftotext")
        .args(["-layout", path.to_str().unwrap(), "-"])
        .output()
        .unwrap_or_else(|error| panic!("pdftotext: {error}; `cargo xtask test` installs it"));
    assert!(output.status.success());
    let text = String::from_utf8(output.stdout).unwrap();
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

on_both! {
    async fn an_invoice_stands_on_paper_as_it_was_when_it_became_final(book: TestBook) {
        book.seller(190_000).await;
        let ann = book.customer("Ann").await;
        book.ok(UpdateBillingAddress {
            city: Some(Some("Paris".to_owned())), country: Some(Some("FR".to_owned())), ..UpdateBillingAddress::nothing(ann.id, 1)
        }).await;
        let done = book.final_invoice(ann.id, 10_000).await;
        let pdf = book.ok(InvoicePdf { id: done.id }).await;
        assert_eq!((pdf.file_name.as_str(), pdf.pages, pdf.missing.len(), pdf.without_xml), ("Invoice 2026-000001.pdf", 1, 0, None));
        let before = read(&pdf);
        for wanted in ["Vendor Ltd", "VAT ID DE123456789", "Ann", "Paris", "FRANCE", "Work 1 100.00 19% 100.00", "Total €119.00",
            "Please pay €119.00 by 6 December 2026."] {
            assert!(before.contains(wanted), "{wanted} is not in {before}");
        }
        // The vendor is renamed, the customer moves, and pays: the document stays.
        let version = book.ok(GetBillingSettings {}).await.version;
        book.ok(UpdateBillingSettings {
            seller: Some(Party { name: "Another Ltd".to_owned(), ..Party::default() }), ..UpdateBillingSettings::nothing(version)
        }).await;
        book.change(ann.id, |change: &mut UpdateCustomer| change.full_name = Some("Anna".to_owned())).await;
        book.pay(ann.id, 11_900, "2026-11-22").await;
        assert_eq!(read(&book.ok(InvoicePdf { id: done.id }).await), before);
    }

    async fn paper_language_and_bank_are_those_of_now(book: TestBook) {
        book.seller(190_000).await;
        let ann = book.customer("Ann").await;
        let done = book.final_invoice(ann.id, 10_000).await;
        let pdf = book.ok(InvoicePdf { id: done.id }).await;
        assert_eq!(pdf.without_xml, Some(WithoutXml::BuyerCountry));
        let version = book.ok(GetBillingSettings {}).await.version;
        book.ok(UpdateBillingSettings {
            paper: Some(Paper::Letter),
            iban: Some(Some("DE89 3704 0044 0532 0130 00".to_owned())),
            ..UpdateBillingSettings::nothing(version)
        }).await;
        book.ok(UpdateBillingAddress { language: Some(Some("de".to_owned())), ..UpdateBillingAddress::nothing(ann.id, 1) }).await;
        let pdf = book.ok(InvoicePdf { id: done.id }).await;
        assert_eq!(pdf.file_name, "Rechnung 2026-000001.pdf");
        let text = read(&pdf);
        assert!(text.contains("Bitte zahlen Sie 119,00 €") && text.contains("DE89 3704 0044"), "{text}");
    }

    async fn a_draft_has_a_preview_that_says_so(book: TestBook) {
        let ann = book.customer("Ann").await;
        let draft = book.ok(new_invoice(ann.id, vec![new_line("Work", 100)])).await;
        let pdf = book.ok(InvoicePdf { id: draft.id }).await;
        assert_eq!((pdf.file_name.as_str(), pdf.without_xml), ("Draft Ann.pdf", Some(WithoutXml::Draft)));
        assert!(read(&pdf).contains("DRAFT"));
    }

    async fn a_credit_note_knows_who_sold_and_what_was_rounded(book: TestBook) {
        book.seller(190_000).await;
        let version = book.ok(GetBillingSettings {}).await.version;
        book.ok(UpdateBillingSettings { rounding_step: Some(5), ..UpdateBillingSettings::nothing(version) }).await;
        let ann = book.customer("Ann").await;
        let lines = vec![NewLine { tax_rate: Some(70_000), tax_category: Some(TaxCategory::Standard), ..new_line("Book", 1_001) }, new_line("Work", 5_000)];
        let draft = book.ok(contract::invoice::CreateInvoice { prices_include_tax: Some(true), ..new_invoice(ann.id, lines) }).await;
        let done = book.ok(finalize(&draft)).await;
        let note = book.ok(CreditInvoice {
            id: done.id, version: done.version, lines: Some(vec![CreditedLine { position: 2, net: 2_000 }]),
            reason: CreditReason::OrderChange, issued_on: None,
        }).await;
        let details = book.ok(GetCreditNote { id: note.id }).await;
        assert_eq!((details.seller.name.as_str(), details.buyer.name.as_str()), ("Vendor Ltd", "Ann"));
        assert_eq!((details.invoice_issued_on, details.prices_include_tax), (day("2026-11-22"), true));
        assert_eq!(details.rounding.amount, note.total.amount - note.net.amount - note.tax.amount);
        let rest = book.ok(CreditInvoice {
            id: done.id, version: book.invoice_now(done.id).await.version, lines: None, reason: CreditReason::Other, issued_on: None,
        }).await;
        for (note, number) in [(note, "CN-2026-000001"), (rest, "CN-2026-000002")] {
            let pdf = book.ok(CreditNotePdf { id: note.id }).await;
            assert_eq!(pdf.file_name, format!("Credit note {number}.pdf"));
            let text = read(&pdf);
            let total = note.total.amount;
            for wanted in [format!("Number {number}"), "Corrects invoice 2026-000001".to_owned(),
                format!("Total credited €{}.{:02}", total / 100, total % 100)] {
                assert!(text.contains(&wanted), "{wanted} is not in {text}");
            }
        }
    }

    async fn a_part_that_nobody_counts_is_credited_as_one(book: TestBook) {
        book.seller(190_000).await;
        let ann = book.customer("Ann").await;
        let storage = NewLine { quantity: Quantity::whole(1_000), ..new_line("Storage", 12) };
        // A quarter of a thousand is 250. 10.00 of 120.00 are no number of units; nor of 100.84, and there the price holds the tax.
        for (includes_tax, net, quantity, unit_price) in [(false, 3_000, "250", 12), (false, 1_000, "1", 1_000), (true, 1_000, "1", 1_190)] {
            let lines = vec![storage.clone()];
            let draft = book.ok(contract::invoice::CreateInvoice { prices_include_tax: Some(includes_tax), ..new_invoice(ann.id, lines) }).await;
            let done = book.ok(finalize(&draft)).await;
            let note = book.ok(CreditInvoice {
                id: done.id, version: done.version, lines: Some(vec![CreditedLine { position: 1, net }]),
                reason: CreditReason::BillingError, issued_on: None,
            }).await;
            let line = book.ok(GetCreditNote { id: note.id }).await.lines.remove(0);
            assert_eq!((line.quantity.to_string().as_str(), line.unit_price, line.net), (quantity, unit_price, net));
        }
        book.verified().await;
    }

    async fn a_statement_on_paper_is_the_one_on_screen(book: TestBook) {
        book.seller(190_000).await;
        let ann = book.customer("Ann").await;
        let done = book.final_invoice(ann.id, 10_000).await;
        book.pay(ann.id, 5_000, "2026-11-22").await;
        let request = StatementPdf { customer_id: ann.id, currency: contract::Currency::EUR, from: None, to: None };
        let account = book.ok(request.account()).await;
        let pdf = book.ok(request).await;
        assert_eq!((pdf.file_name.as_str(), pdf.without_xml), ("Statement of account Ann 2026-11-22.pdf", Some(WithoutXml::NoInvoice)));
        let text = read(&pdf);
        assert_eq!(account.closing, eur(6_900));
        for wanted in ["22 Nov 2026 Invoice 2026-000001 119.00 119.00", "22 Nov 2026 Payment 50.00 69.00", "Please pay €69.00."] {
            assert!(text.contains(wanted), "{wanted} is not in {text}");
        }
        assert_eq!(done.number.as_deref(), Some("2026-000001"));
    }

    async fn a_logo_is_kept_given_back_and_taken_away(book: TestBook) {
        let begin = book.ok(GetBillingSettings {}).await;
        assert_eq!((begin.has_logo, book.ok(GetLogo {}).await.image), (false, None));
        let set = |version, image: Option<&str>| SetLogo { version, image: image.map(str::to_owned) };
        let with = book.ok(set(begin.version, Some(LOGOS[0]))).await;
        assert_eq!((with.has_logo, with.version), (true, begin.version + 1));
        let image = book.ok(GetLogo {}).await.image.unwrap();
        assert_eq!((image.kind, image.width, image.height, image.data.as_str()), (LogoKind::Png, 8, 4, LOGOS[0]));
        // The same again changes nothing.
        assert_eq!(book.ok(set(with.version, Some(LOGOS[0]))).await.version, with.version);
        let ann = book.customer("Ann").await;
        let draft = book.ok(new_invoice(ann.id, vec![new_line("Work", 100)])).await;
        book.ok(InvoicePdf { id: draft.id }).await;
        for (image, fault) in [("*", ImageFault::Encoding), ("SGVsbG8=", ImageFault::Kind), (&LOGOS[0][..80], ImageFault::Damaged)] {
            let refusal = book.refused(set(with.version, Some(image))).await;
            assert_eq!(refusal, Error::field("image", Problem::Image { fault }));
        }
        let without = book.ok(set(with.version, None)).await;
        assert_eq!((without.has_logo, book.ok(GetLogo {}).await.image), (false, None));
        let log = book.json("list_changes", serde_json::json!({"limit": 10})).await.unwrap();
        let kept: Vec<&serde_json::Value> = log["items"].as_array().unwrap().iter()
            .flat_map(|change| change["fields"].as_array().unwrap()).filter(|field| field["field"] == "logo").collect();
        assert_eq!(kept.len(), 2, "{log}");
        book.verified().await;
    }
}
