//! What stands in a document is what was put there, in any script.

use contract::{
    Currency, Money, TaxCategory,
    credit_note::CreditReason,
    document::WithoutXml,
    invoice::InvoiceStatus,
    payment::{Statement, StatementKind, StatementLine},
};
use document::{Account, Desk};

use crate::support::*;

/// Names as people have them.
const NAMES: &[(&str, &str)] = &[
    ("latin", "Žofie Łukasiewicz-Ångström & Søn"),
    ("vietnamese", "Nguyễn Thị Phượng"),
    ("greek", "Αλέξανδρος Παπαδόπουλος"),
    ("cyrillic", "Щербаков Ёж и Ко"),
    ("arabic", "شركة النور للبرمجيات"),
    ("arabic-ligatures", "عبد الله الإمارات لا إله"),
    ("hebrew", "חברת שמש בע״מ"),
    ("japanese", "株式会社さくらソフト"),
    ("chinese", "北京云端科技有限公司"),
    ("korean", "서울소프트웨어 주식회사"),
    ("emoji", "Rocket 🚀 Software 👩‍💻 🇩🇪"),
    ("mixed", "Noor نور GmbH 東京 🚀"),
];

/// Those whose words go from right to left.
const RIGHT_TO_LEFT: &[&str] = &["arabic", "arabic-ligatures", "hebrew"];

#[test]
fn a_name_in_any_script_reads_as_it_was_put() {
    let mut wrong = Vec::new();
    for (name, text_of_name) in NAMES {
        let details = invoice(
            buyer(text_of_name),
            vec![line(&format!("Support {text_of_name}"), "1", 10_000, 190_000)],
        );
        let made = document::invoice(&details, &desk()).unwrap();
        let path = file(&format!("name-{name}"), &made);
        // As drawn; or, where words go from right to left, as laid out: only then poppler turns their order round.
        let options: &[&str] = if RIGHT_TO_LEFT.contains(name) { &[] } else { &["-raw"] };
        let found = text(&path, options);
        if !made.missing.is_empty() || !found.contains(text_of_name) {
            wrong.push(format!("{name}: {text_of_name:?} is not in {found:?}; missing: {:?}", made.missing));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn marks_above_and_below_letters_are_all_read_back() {
    // Whether a program that reads a page puts a mark before or behind its letter, and where it sees a space, is its own.
    let names = [
        ("arabic-marks", "مُحَمَّد عَبْدُ الله"),
        ("devanagari", "हिन्दी सॉफ्टवेयर कंपनी"),
        ("thai", "บริษัท ซอฟต์แวร์ไทย"),
        ("khmer", "ក្រុមហ៊ុន"),
    ];
    for (name, text_of_name) in names {
        let details = invoice(buyer("Acme SARL"), vec![line(text_of_name, "1", 10_000, 190_000)]);
        let made = document::invoice(&details, &desk()).unwrap();
        let found = text(&file(&format!("name-{name}"), &made), &["-raw"]);
        let between = found.split("Net, EUR ").nth(1).unwrap().split(" 1 100.00").next().unwrap();
        let sorted = |text: &str| {
            let mut letters: Vec<char> = text.chars().filter(|c| !c.is_whitespace()).collect();
            letters.sort_unstable();
            letters
        };
        assert_eq!(sorted(between), sorted(text_of_name), "{name}: {between:?}");
        assert_eq!(made.missing, []);
    }
}

#[test]
fn a_character_without_a_font_is_said_and_can_still_be_copied() {
    // Two that Unicode has not given away.
    let name = "Nobody \u{378} and \u{379}";
    let details = invoice(buyer(name), vec![line("Support", "1", 10_000, 190_000)]);
    let made = document::invoice(&details, &desk()).unwrap();
    let path = file("missing", &made);
    let said: Vec<(&str, &str)> = made
        .missing
        .iter()
        .map(|missing| (missing.code.as_str(), missing.text.as_str()))
        .collect();
    assert_eq!(said, [("U+0378", name), ("U+0379", name)]);
    let found = text(&path, &["-raw"]);
    assert!(found.contains(name), "{found:?}");
}

#[test]
fn an_invoice_says_what_the_law_wants_said() {
    let mut details = invoice(
        buyer("Acme SARL"),
        vec![
            line("Hosting, medium", "2", 2_500, 190_000),
            line("Handbook", "1.5", 1_999, 70_000),
            line("Domain", "1", 1_200, 0),
        ],
    );
    let first = details.lines.first_mut().unwrap();
    (first.period_start, first.period_end) = (Some(day("2026-11-01")), Some(day("2026-12-01")));
    details.note = Some("Thank you for your business.".to_owned());
    let made = document::invoice(&details, &desk()).unwrap();
    assert_eq!(
        (made.file_name.as_str(), made.pages, made.without_xml),
        ("Invoice 2026-000042.pdf", 1, None)
    );
    let found = text(&file("plain", &made), &["-layout"]);
    for wanted in [
        // Directive 2006/112/EC, article 226: the day of issue, the number, (1) and (2).
        "Date of issue 22 November 2026",
        "Number 2026-000042",
        // Numbers for VAT, names and addresses, (3) to (5).
        "VAT ID DE298114207",
        "Your VAT ID FR40303265045",
        "Alder Hosting GmbH · Lange Reihe 29 · 20099 Hamburg",
        "Acme SARL",
        "12 Rue de Rivoli",
        "75001 Paris",
        "FRANCE",
        // What was supplied, how much and when, (6) and (7).
        "Hosting, medium 2 25.00 19% 50.00",
        "1 Nov 2026 – 30 Nov 2026",
        "Handbook 1.5 19.99 7% 29.99",
        "Date of supply 22 November 2026",
        // By rate: what is taxed, the rate, the tax, (8) to (10).
        "Net total €91.99",
        "VAT 19% on €50.00 €9.50",
        "VAT 7% on €29.99 €2.10",
        "Zero rated, on €12.00 €0.00",
        "Total €103.59",
        // When and where to pay.
        "Please pay €103.59 by 6 December 2026.",
        "IBAN DE89 3704 0044 0532 0130 00",
        "BIC COBADEFFXXX",
        "Reference 2026-000042",
        "Thank you for your business.",
        "Amtsgericht Hamburg, HRB 123456",
        "Page 1 of 1",
    ] {
        assert!(found.contains(wanted), "{wanted:?} is not in {found:?}");
    }
}

#[test]
fn a_customer_is_written_to_in_the_own_language() {
    let details = invoice(buyer("Acme SARL"), vec![line("Hosting", "2", 123_450, 190_000)]);
    for (language, wanted) in [
        (
            "de",
            [
                "Rechnung",
                "Rechnungsdatum 22. November 2026",
                "USt. 19 % auf 2.469,00 € 469,11 €",
                "Seite 1 von 1",
            ],
        ),
        (
            "fr-FR",
            [
                "Facture",
                "Date d’émission 22 novembre 2026",
                "TVA 19 % sur 2 469,00 € 469,11 €",
                "Page 1 sur 1",
            ],
        ),
        (
            "es",
            [
                "Factura",
                "Fecha de expedición 22 de noviembre de 2026",
                "IVA 19 % sobre 2469,00 € 469,11 €",
                "Página 1 de 1",
            ],
        ),
        (
            "it",
            [
                "Fattura",
                "Data di emissione 22 novembre 2026",
                "IVA 19% su 2.469,00 € 469,11 €",
                "Pagina 1 di 1",
            ],
        ),
        (
            "nl",
            [
                "Factuur",
                "Factuurdatum 22 november 2026",
                "Btw 19% over € 2.469,00 € 469,11",
                "Pagina 1 van 1",
            ],
        ),
        (
            "en-US",
            [
                "Invoice",
                "Date of issue November 22, 2026",
                "VAT 19% on €2,469.00 €469.11",
                "Page 1 of 1",
            ],
        ),
        (
            "ja",
            [
                "Invoice",
                "Date of issue 22 November 2026",
                "VAT 19% on €2,469.00 €469.11",
                "Page 1 of 1",
            ],
        ),
    ] {
        let desk = Desk {
            language: Some(language.to_owned()),
            ..desk()
        };
        let made = document::invoice(&details, &desk).unwrap();
        let found = text(&file(&format!("language-{language}"), &made), &["-layout"]);
        for wanted in wanted {
            assert!(found.contains(wanted), "{language}: {wanted:?} is not in {found:?}");
        }
    }
}

#[test]
fn prices_that_include_tax_are_shown_without_it_too() {
    let lines = vec![line("Licence", "3", 999, 190_000), line("Book", "1", 1_070, 70_000)];
    let details = invoice_in(Currency::EUR, buyer("Acme SARL"), lines, true, 5);
    let found = text(&file("tax-included", &document::invoice(&details, &desk()).unwrap()), &["-layout"]);
    for wanted in [
        "Licence 3 8.393333 19% 25.18",
        "€9.99 each, VAT included",
        "Rounding −€0.01",
        "Total €40.65",
    ] {
        assert!(found.contains(wanted), "{wanted:?} is not in {found:?}");
    }
}

#[test]
fn what_is_not_taxed_says_why() {
    for (category, wanted) in [
        (TaxCategory::ReverseCharge, "Reverse charge: the recipient accounts for the VAT."),
        (
            TaxCategory::IntraCommunity,
            "VAT-exempt intra-Community supply (Directive 2006/112/EC, article 138).",
        ),
        (TaxCategory::Export, "VAT-exempt export (Directive 2006/112/EC, article 146)."),
        (TaxCategory::Exempt, "Exempt from VAT."),
        (TaxCategory::OutsideScope, "Not subject to VAT."),
    ] {
        let mut work = line("Work", "1", 10_000, 0);
        work.tax_category = category;
        let details = invoice(buyer("Acme SARL"), vec![work]);
        let made = document::invoice(&details, &desk()).unwrap();
        let found = text(&file(&format!("tax-{}", category.as_str()), &made), &[]);
        assert!(found.contains(wanted), "{wanted:?} is not in {found:?}");
        assert_eq!(made.without_xml, None);
    }
}

#[test]
fn a_draft_says_that_it_is_none_and_a_void_invoice_that_it_was() {
    let mut draft = invoice(buyer("Acme SARL"), vec![line("Work", "1", 10_000, 190_000)]);
    (draft.invoice.status, draft.invoice.number) = (InvoiceStatus::Draft, None);
    (draft.invoice.issued_on, draft.invoice.due_on) = (None, None);
    let made = document::invoice(&draft, &desk()).unwrap();
    assert_eq!(
        (made.file_name.as_str(), made.without_xml),
        ("Draft Acme SARL.pdf", Some(WithoutXml::Draft))
    );
    let found = text(&file("draft", &made), &[]);
    assert!(
        found.contains("DRAFT") && found.contains("This is a preview and no invoice."),
        "{found}"
    );
    assert!(!found.contains("Please pay"));

    let mut void = invoice(buyer("Acme SARL"), vec![line("Work", "1", 10_000, 190_000)]);
    void.invoice.status = InvoiceStatus::Void;
    let made = document::invoice(&void, &desk()).unwrap();
    assert_eq!(made.without_xml, Some(WithoutXml::Void));
    let found = text(&file("void", &made), &[]);
    assert!(found.contains("VOID") && !found.contains("Please pay"), "{found}");
}

#[test]
fn a_credit_note_names_the_invoice_that_it_corrects() {
    let details = credit_note(buyer("Acme SARL"), vec![line("Hosting, medium", "1", 2_500, 190_000)]);
    let made = document::credit_note(&details, &desk()).unwrap();
    assert_eq!(
        (made.file_name.as_str(), made.without_xml),
        ("Credit note CN-2026-000007.pdf", None)
    );
    let found = text(&file("credit-note", &made), &["-layout"]);
    for wanted in [
        "Number CN-2026-000007",
        "Corrects invoice 2026-000042",
        "Invoice date 22 November 2026",
        "Reason Order changed",
        "VAT 19% on €25.00 €4.75",
        "Total credited €29.75",
    ] {
        assert!(found.contains(wanted), "{wanted:?} is not in {found:?}");
    }
    assert!(!found.contains("Please pay"));
}

#[test]
fn a_reason_that_says_nothing_does_not_stand_on_a_credit_note() {
    let mut details = credit_note(buyer("Acme SARL"), vec![line("Hosting, medium", "1", 2_500, 190_000)]);
    details.credit_note.reason = CreditReason::Other;
    let made = document::credit_note(&details, &desk()).unwrap();
    let found = text(&file("credit-note-other", &made), &["-layout"]);
    assert!(found.contains("Invoice date") && !found.contains("Reason"), "{found}");
}

/// An account with so many invoices and payments in turn.
fn account(entries: i64, closing: i64) -> Account {
    let money = |amount| Money::new(amount, Currency::EUR);
    let mut balance = 5_000;
    let lines = (0..entries)
        .map(|at| {
            let is_invoice = at % 2 == 0;
            let amount = if is_invoice { 11_900 } else { -11_900 };
            balance += amount;
            StatementLine {
                on: day("2026-01-01") + chrono::Days::new(u64::try_from(at).unwrap()),
                kind: if is_invoice {
                    StatementKind::Invoice
                } else {
                    StatementKind::Payment
                },
                reference: Some(if is_invoice {
                    format!("2026-{at:06}")
                } else {
                    "Überweisung 送金".to_owned()
                }),
                amount: money(amount),
                balance: money(balance),
            }
        })
        .collect();
    Account {
        statement: Statement {
            customer_id: uuid::Uuid::nil().into(),
            from: Some(day("2026-01-01")),
            to: day("2026-11-22"),
            opening: money(5_000),
            lines,
            closing: money(closing),
            currencies: vec![money(closing).currency],
        },
        seller: seller(),
        buyer: buyer("Noor نور GmbH"),
    }
}

/// Where the last of the same words begins and ends from the top, in what poppler tells of each word.
fn heights(boxes: &str, word: &str) -> (f32, f32) {
    let shown = format!(">{word}</word>");
    let last = boxes.lines().rfind(|line| line.contains(&shown)).unwrap();
    let of = |name: &str| {
        let (_, after) = last.split_once(name).unwrap();
        after.split('"').nth(1).unwrap().parse::<f32>().unwrap()
    };
    (of("yMin"), of("yMax"))
}

#[test]
fn a_statement_adds_up_before_the_eyes_of_its_reader() {
    let made = document::statement(&account(3, 16_900), &desk()).unwrap();
    assert_eq!(made.file_name, "Statement of account Noor نور GmbH 2026-11-22.pdf");
    assert_eq!(made.without_xml, Some(WithoutXml::NoInvoice));
    let found = text(&file("statement", &made), &["-layout"]);
    for wanted in [
        "Period 1 Jan 2026 – 22 Nov 2026",
        "1 Jan 2026 Opening balance 50.00",
        "1 Jan 2026 Invoice 2026-000000 119.00 169.00",
        "2 Jan 2026 Payment Überweisung 送金 119.00 50.00",
        "Closing balance €169.00",
        "€50.00 €238.00 €119.00 €169.00",
        "Please pay €169.00.",
    ] {
        assert!(found.contains(wanted), "{wanted:?} is not in {found:?}");
    }
    assert_eq!(
        found.matches("€169.00").count(),
        3,
        "among the sums, below the table and to be paid: {found}"
    );
    let path = file("statement", &made);
    let drawn = run("pdftotext", &["-raw", path.to_str().unwrap(), "-"]);
    assert!(text(&path, &["-raw"]).contains("Noor نور GmbH"));
    assert!(
        drawn.lines().any(|line| line == "Statement of account"),
        "the title is one line: {drawn}"
    );
    // The sentence stands on the line of the balance, which is larger: it begins lower, and ends higher.
    let boxes = run("pdftotext", &["-bbox", path.to_str().unwrap(), "-"]);
    let (sentence, balance) = (heights(&boxes, "Please"), heights(&boxes, "Closing"));
    assert!(balance.0 < sentence.0 && sentence.1 < balance.1, "{sentence:?} beside {balance:?}");
    for (closing, wanted) in [(0, "Everything is paid."), (-2_500, "You have a credit of €25.00.")] {
        let made = document::statement(&account(0, closing), &desk()).unwrap();
        let found = text(&file(&format!("statement{closing}"), &made), &[]);
        assert!(
            found.contains(wanted) && found.contains("Nothing was charged or credited"),
            "{found}"
        );
    }
}
