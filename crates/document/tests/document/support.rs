//! Documents to make, and the programs that read them.

use std::{
    path::{Path, PathBuf},
    process::Command,
};

use chrono::NaiveDate;
use contract::{
    Currency, Money, Quantity, TaxCategory, Timestamp,
    billing::{BillingSettings, NextNumber, Paper},
    credit_note::{CreditNote, CreditNoteDetails, CreditReason},
    invoice::{Invoice, InvoiceDetails, InvoiceLine, InvoiceStatus},
    party::Party,
    tax::{Taxed, totals},
};
use document::{Desk, Made};

pub fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

pub fn now() -> Timestamp {
    "2026-11-22T09:00:00.000Z".parse().unwrap()
}

fn some(text: &str) -> Option<String> {
    Some(text.to_owned())
}

pub fn seller() -> Party {
    Party {
        name: "Alder Hosting GmbH".to_owned(),
        contact: some("Olga Owner"),
        street: some("Lange Reihe 29"),
        postal_code: some("20099"),
        city: some("Hamburg"),
        region: None,
        country: some("DE"),
        vat_id: some("DE298114207"),
        tax_number: some("22/123/45678"),
        email: some("billing@alder.example"),
    }
}

pub fn buyer(name: &str) -> Party {
    Party {
        name: name.to_owned(),
        contact: some("Lena Hoffmann"),
        street: some("12 Rue de Rivoli"),
        postal_code: some("75001"),
        city: some("Paris"),
        region: None,
        country: some("FR"),
        vat_id: some("FR40303265045"),
        tax_number: None,
        email: some("lena@example.com"),
    }
}

pub fn settings() -> BillingSettings {
    BillingSettings {
        seller: seller(),
        phone: some("+49 40 1234567"),
        website: some("alder.example"),
        iban: some("DE89370400440532013000"),
        bic: some("COBADEFFXXX"),
        footer: some("Amtsgericht Hamburg, HRB 123456 · Managing director: Olga Owner"),
        has_logo: false,
        paper: Paper::A4,
        payment_days: 14,
        invoice_format: "{YYYY}-{n:6}".to_owned(),
        credit_note_format: "CN-{YYYY}-{n:6}".to_owned(),
        invoice_next: NextNumber { number: 1, is_open: true },
        credit_note_next: NextNumber { number: 1, is_open: true },
        tax_category: TaxCategory::Standard,
        tax_rate: 190_000,
        prices_include_tax: false,
        rounding_step: 1,
        finalize_renewals: false,
        reminders: Vec::new(),
        version: 1,
    }
}

pub fn desk() -> Desk {
    Desk {
        settings: settings(),
        logo: None,
        language: None,
        now: now(),
    }
}

/// A line of so much of what costs so much, with a tax in millionths.
pub fn line(text: &str, quantity: &str, unit_price: i64, tax_rate: u32) -> InvoiceLine {
    InvoiceLine {
        position: 0,
        text: text.to_owned(),
        quantity: Quantity::parse(quantity).unwrap(),
        unit_price,
        net: 0,
        tax_category: if tax_rate == 0 { TaxCategory::Zero } else { TaxCategory::Standard },
        tax_rate,
        period_start: None,
        period_end: None,
    }
}

/// Numbers and computes lines as the engine does.
pub struct Computed {
    pub lines: Vec<InvoiceLine>,
    pub totals: contract::tax::Totals,
}

pub fn compute(mut lines: Vec<InvoiceLine>, includes_tax: bool, step: u32) -> Computed {
    let taxed: Vec<Taxed> = lines
        .iter()
        .map(|line| Taxed {
            amount: line.quantity.times(line.unit_price).unwrap(),
            category: line.tax_category,
            rate: line.tax_rate,
        })
        .collect();
    let totals = totals(&taxed, includes_tax, step).unwrap();
    for ((position, line), net) in (1..).zip(&mut lines).zip(&totals.nets) {
        line.position = position;
        line.net = *net;
    }
    Computed { lines, totals }
}

/// A final invoice of lines.
pub fn invoice(buyer: Party, lines: Vec<InvoiceLine>) -> InvoiceDetails {
    invoice_in(Currency::EUR, buyer, lines, false, 1)
}

pub fn invoice_in(currency: Currency, buyer: Party, lines: Vec<InvoiceLine>, includes_tax: bool, step: u32) -> InvoiceDetails {
    let Computed { lines, totals } = compute(lines, includes_tax, step);
    let money = |amount| Money::new(amount, currency);
    let reverse_charge = lines.iter().any(|line| line.tax_category == TaxCategory::ReverseCharge);
    InvoiceDetails {
        invoice: Invoice {
            id: uuid(1).into(),
            customer_id: uuid(2).into(),
            customer_name: buyer.name.clone(),
            subscription_id: None,
            number: some("2026-000042"),
            status: InvoiceStatus::Open,
            issued_on: Some(day("2026-11-22")),
            due_on: Some(day("2026-12-06")),
            promised_until: None,
            net: money(totals.net),
            tax: money(totals.tax),
            total: money(totals.total),
            paid: money(0),
            credited: money(0),
            payable: money(totals.total),
            is_overdue: false,
            created_at: now(),
            version: 2,
        },
        lines,
        taxes: totals.groups,
        rounding: money(totals.rounding),
        prices_include_tax: includes_tax,
        reverse_charge,
        note: None,
        seller: seller(),
        buyer,
        tax_treatment: None,
        payments: Vec::new(),
        credit_notes: Vec::new(),
    }
}

pub fn credit_note(buyer: Party, lines: Vec<InvoiceLine>) -> CreditNoteDetails {
    let Computed { lines, totals } = compute(lines, false, 1);
    let money = |amount| Money::new(amount, Currency::EUR);
    CreditNoteDetails {
        credit_note: CreditNote {
            id: uuid(3).into(),
            invoice_id: uuid(1).into(),
            invoice_number: "2026-000042".to_owned(),
            customer_id: uuid(2).into(),
            customer_name: buyer.name.clone(),
            number: "CN-2026-000007".to_owned(),
            issued_on: day("2026-11-25"),
            reason: CreditReason::OrderChange,
            net: money(totals.net),
            tax: money(totals.tax),
            total: money(totals.total),
            created_at: now(),
        },
        lines,
        taxes: totals.groups,
        rounding: money(totals.rounding),
        invoice_issued_on: day("2026-11-22"),
        prices_include_tax: false,
        seller: seller(),
        buyer,
    }
}

fn uuid(number: u8) -> uuid::Uuid {
    uuid::Uuid::from_bytes([number; 16])
}

/// The folder of the files that the tests make; they stay, to be looked at.
fn folder() -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("documents");
    std::fs::create_dir_all(&folder).unwrap();
    folder
}

/// A file of a document, checked by qpdf, and each of its pages looked at; their pictures stay beside it.
pub fn file(name: &str, made: &Made) -> PathBuf {
    let path = folder().join(format!("{name}.pdf"));
    std::fs::write(&path, &made.bytes).unwrap();
    let said = run("qpdf", &["--check", path.to_str().unwrap()]);
    assert!(said.contains("No syntax or stream encoding errors found"), "{said}");
    let looked = crate::drawn::look(&path, made.pages, &path.with_extension(""));
    assert!(looked.is_ok(), "{looked:?}");
    path
}

/// What a program says.
pub fn run(program: &str, arguments: &[&str]) -> String {
    let output = Command::new(program)
        .args(arguments)
        .output()
        .unwrap_or_else(|error| panic!("{program}: {error}; `cargo xtask test` installs it"));
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(
        output.status.success(),
        "{program} {arguments:?}: {said}{}",
        String::from_utf8_lossy(&output.stderr)
    );
    said
}

/// The text of a file, as poppler reads it: with the spaces of one kind, and without the marks of direction that poppler adds.
pub fn text(path: &Path, options: &[&str]) -> String {
    let mut arguments = vec!["-enc", "UTF-8"];
    arguments.extend(options);
    arguments.extend([path.to_str().unwrap(), "-"]);
    let found = run("pdftotext", &arguments);
    let plain: String = found
        .chars()
        .filter(|c| !matches!(c, '\u{202a}'..='\u{202e}' | '\u{200e}' | '\u{200f}' | '\u{2066}'..='\u{2069}'))
        .collect();
    plain.split_whitespace().collect::<Vec<_>>().join(" ")
}
