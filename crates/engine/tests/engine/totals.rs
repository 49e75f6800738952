//! What an invoice has to say and come to: the examples of EN 16931, and article 226 of the VAT Directive.

use contract::{
    Currency, Quantity, TaxCategory,
    credit_note::{CreditInvoice, CreditReason},
    invoice::{CreateInvoice, DeleteInvoice, DocumentKind, GetInvoice, NewLine, NumberReport, PreviewInvoice, VoidInvoice},
    party::UpdateBillingAddress,
    tax::{Taxed, totals},
};

use crate::support::*;

/// An example that is published with the rules of EN 16931, <https://github.com/ConnectingEurope/eInvoicing-EN16931>, ubl/examples: the
/// net amounts of its lines by rate in percent, its groups (rate, base, tax), and net, tax and total.
struct Example {
    name: &'static str,
    lines: &'static [(u32, &'static [i64])],
    groups: &'static [(u32, i64, i64)],
    sums: (i64, i64, i64),
}

/// The examples without allowances or charges of the whole document, which the app does not have. The first one has a line that
/// takes off (goods that were returned).
static EXAMPLES: [Example; 3] = [
    Example {
        name: "ubl-tc434-example1",
        lines: &[
            (
                6,
                &[
                    1_990, 985, 829, 1_446, 3_500, 3_500, 1_065, 155, 1_437, 829, 1_658, 995, 330, 390, 10_212, -10_998,
                ],
            ),
            (21, &[1_080, 760, 934, 1_863]),
        ],
        groups: &[(6, 18_323, 1_099), (21, 4_637, 974)],
        sums: (22_960, 2_073, 25_033),
    },
    Example {
        name: "ubl-tc434-example4",
        lines: &[(25, &[100_000, 50_000]), (12, &[250_000])],
        groups: &[(12, 250_000, 30_000), (25, 150_000, 37_500)],
        sums: (400_000, 67_500, 467_500),
    },
    Example {
        name: "ubl-tc434-example9",
        lines: &[(21, &[14_700])],
        groups: &[(21, 14_700, 3_087)],
        sums: (14_700, 3_087, 17_787),
    },
];

const PERCENT: u32 = 10_000;

#[test]
fn the_examples_of_the_standard_come_to_what_they_say() {
    for example in &EXAMPLES {
        let lines: Vec<Taxed> = example
            .lines
            .iter()
            .flat_map(|(rate, nets)| {
                nets.iter().map(move |net| Taxed {
                    amount: *net,
                    category: TaxCategory::Standard,
                    rate: rate * PERCENT,
                })
            })
            .collect();
        let found = totals(&lines, false, 1).unwrap();
        // BR-CO-10: the sum of the lines; BR-CO-17: tax once a group; BR-CO-14, 15 and 16: their sums, and what is to be paid.
        let groups: Vec<_> = found
            .groups
            .iter()
            .map(|group| (group.rate / PERCENT, group.base, group.tax))
            .collect();
        assert_eq!(groups, example.groups, "{}", example.name);
        assert_eq!((found.net, found.tax, found.total), example.sums, "{}", example.name);
        assert_eq!(found.rounding, 0, "{}", example.name);
    }
}

fn line(text: &str, quantity: u32, unit_price: i64, percent: u32) -> NewLine {
    NewLine {
        quantity: Quantity::whole(quantity),
        tax_category: Some(TaxCategory::Standard),
        tax_rate: Some(percent * PERCENT),
        ..new_line(text, unit_price)
    }
}

on_both! {
    async fn an_example_of_the_standard_is_billed_as_it_is_printed(book: TestBook) {
        book.seller(190_000).await;
        for (currency, lines, example) in [
            ("DKK", vec![line("Printing paper", 1_000, 100, 25), line("Parker Pen", 100, 500, 25), line("American Cookies", 500, 500, 12)], &EXAMPLES[1]),
            ("EUR", vec![line("IExpress licentiekosten", 3, 4_900, 21)], &EXAMPLES[2]),
        ] {
            let asked = PreviewInvoice { customer_id: None, currency: Currency::parse(currency), lines, prices_include_tax: None, reverse_charge: false };
            let found = book.ok(asked).await;
            assert_eq!((found.net.amount, found.tax.amount, found.total.amount), example.sums, "{}", example.name);
            let groups: Vec<_> = found.taxes.iter().map(|group| (group.rate / PERCENT, group.base, group.tax)).collect();
            assert_eq!(groups, example.groups, "{}", example.name);
        }
    }

    async fn a_final_invoice_has_what_article_226_asks_for(book: TestBook) {
        // Directive 2006/112/EC, article 226, by its points.
        book.seller(190_000).await;
        let ann = book.customer("Ann").await;
        let text = |text: &str| Some(Some(text.to_owned()));
        book.ok(UpdateBillingAddress {
            street: text("2 Side Street"),
            city: text("Paris"),
            country: text("FR"),
            vat_id: text("FR12345678901"),
            ..UpdateBillingAddress::nothing(ann.id, 1)
        }).await;
        let hours = NewLine {
            period_start: Some(day("2026-11-01")),
            period_end: Some(day("2026-11-16")),
            ..line("Hours", 3, 5_000, 19)
        };
        let draft = book.ok(new_invoice(ann.id, vec![hours])).await;
        let done = book.ok(finalize(&draft)).await;
        let found = book.ok(GetInvoice { id: done.id }).await;
        let (own, group) = (&found.lines[0], &found.taxes[0]);
        let party = |party: &contract::party::Party| {
            [Some(&party.name), party.street.as_ref(), party.city.as_ref(), party.country.as_ref()].map(|text| text.cloned().unwrap_or_default()).join(", ")
        };
        for (point, says, expected) in [
            ("(1) date of issue", done.issued_on.unwrap().to_string(), "2026-11-22"),
            ("(2) sequential number", done.number.clone().unwrap(), "2026-000001"),
            ("(3) number of the seller", found.seller.vat_id.clone().unwrap(), "DE123456789"),
            ("(4) number of the buyer", found.buyer.vat_id.clone().unwrap(), "FR12345678901"),
            ("(5) the seller", party(&found.seller), "Vendor Ltd, 1 Main Street, Berlin, DE"),
            ("(5) the buyer", party(&found.buyer), "Ann, 2 Side Street, Paris, FR"),
            ("(6) quantity and nature", format!("{} {}", own.quantity, own.text), "3 Hours"),
            ("(7) time of the supply", format!("{} {}", own.period_start.unwrap(), own.period_end.unwrap()), "2026-11-01 2026-11-16"),
            ("(8) base of a rate, price without tax", format!("{} {}", group.base, own.unit_price), "15000 5000"),
            ("(9) rate", group.rate.to_string(), "190000"),
            ("(10) tax", group.tax.to_string(), "2850"),
        ] {
            assert_eq!(says, expected, "{point}");
        }
        // (11a) Where the buyer has to pay the tax, that is said in its place.
        let draft = book.ok(CreateInvoice { reverse_charge: true, ..new_invoice(ann.id, vec![new_line("Work", 100)]) }).await;
        let done = book.ok(finalize(&draft)).await;
        let found = book.ok(GetInvoice { id: done.id }).await;
        assert_eq!((found.reverse_charge, found.taxes[0].category, found.taxes[0].tax), (true, TaxCategory::ReverseCharge, 0));
    }

    async fn what_is_deleted_void_or_credited_leaves_no_gap_and_credit_notes_count_for_themselves(book: TestBook) {
        // Article 226(2): a sequential number, based on one or more series, which uniquely identifies the invoice. A draft has none,
        // what is final keeps its own, and a credit note has a series of its own and names its invoice (article 219).
        book.seller(0).await;
        let ann = book.customer("Ann").await;
        let first = book.final_invoice(ann.id, 1_000).await;
        let draft = book.ok(new_invoice(ann.id, vec![new_line("Work", 500)])).await;
        book.ok(DeleteInvoice { id: draft.id, version: draft.version }).await;
        let second = book.final_invoice(ann.id, 1_000).await;
        book.ok(VoidInvoice { id: first.id, version: first.version }).await;
        let credit = CreditInvoice { id: second.id, version: second.version, lines: None, reason: CreditReason::BillingError, issued_on: None };
        let note = book.ok(credit).await;
        let third = book.final_invoice(ann.id, 1_000).await;
        let numbers = [first, second.clone(), third].map(|own| own.number.unwrap());
        assert_eq!(numbers, ["2026-000001", "2026-000002", "2026-000003"]);
        assert_eq!((note.number.as_str(), Some(&note.invoice_number)), ("CN-2026-000001", second.number.as_ref()));
        let report = book.ok(NumberReport {}).await;
        let found: Vec<_> = report.series.iter().map(|series| (series.kind, series.count, series.last)).collect();
        assert_eq!(found, [(DocumentKind::Invoice, 3, 3), (DocumentKind::CreditNote, 1, 1)]);
        assert!(report.series.iter().all(|series| series.missing.is_empty() && series.out_of_order.is_empty()));
        book.verified().await;
    }
}
