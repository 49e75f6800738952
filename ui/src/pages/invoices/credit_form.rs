//! What is typed for a credit note, as a request or as the rules it breaks.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use contract::{
    FieldError, Money, Problem, Validate,
    credit_note::{CreditInvoice, CreditReason, CreditedLine},
    invoice::{InvoiceDetails, InvoiceLine},
};

use crate::{
    format,
    hooks::{Draft, row_field},
};

/// Everything that is left.
pub const ALL: &str = "all";
/// An amount for each line.
pub const PARTS: &str = "parts";

/// The field of what is credited of a line: by its position, since lines that are credited in full fall away. Not as on the wire,
/// where only the lines that are credited are counted.
#[must_use]
pub fn net_field(position: u32) -> &'static str {
    row_field("position", usize::try_from(position).unwrap_or(usize::MAX), "net")
}

/// What is left of each line that can be credited: net, by its position.
#[must_use]
pub fn left(lines: &[InvoiceLine], credited: &BTreeMap<u32, i64>) -> Vec<(u32, i64)> {
    lines
        .iter()
        .map(|line| (line.position, line.net - credited.get(&line.position).copied().unwrap_or(0)))
        .filter(|(_, left)| *left > 0)
        .collect()
}

/// A draft that credits everything.
#[must_use]
pub fn begin(today: NaiveDate) -> Draft {
    Draft::new([
        ("mode", ALL.to_owned()),
        ("reason", CreditReason::BillingError.as_str().to_owned()),
        ("issued_on", today.to_string()),
    ])
}

/// What is typed as a request.
///
/// # Errors
/// Every broken rule.
pub fn read(draft: &Draft, details: &InvoiceDetails, left: &[(u32, i64)], today: NaiveDate) -> Result<CreditInvoice, Vec<FieldError>> {
    let currency = details.invoice.total.currency;
    let mut problems: Vec<FieldError> = Vec::new();
    let mut add = |field: &str, problem: Problem| {
        if !problems.iter().any(|known| known.field == field) {
            problems.push(FieldError {
                field: field.to_owned(),
                problem,
            });
        }
    };
    let shape = |detail: String| Problem::WrongShape { detail };
    let lines = (draft.get("mode") == PARTS).then(|| {
        let mut lines = Vec::new();
        for (position, most) in left {
            let name = net_field(*position);
            let Some(text) = draft.text(name) else { continue };
            match format::read_money(&text, currency) {
                Err(problem) => add(name, problem),
                Ok(net) if net < 1 || net > *most => {
                    let most = format::typed_money(*most, currency);
                    add(name, shape(format!("Enter an amount above 0, at most {most} {currency}")));
                }
                Ok(net) => lines.push(CreditedLine { position: *position, net }),
            }
        }
        lines
    });
    let issued_on = format::parse_date(draft.get("issued_on"));
    match issued_on {
        None => add("issued_on", shape("Enter a date like 2026-11-22".to_owned())),
        Some(day) if day > today => add("issued_on", Problem::TooLate { latest: today }),
        Some(day) => {
            if let Some(earliest) = details.invoice.issued_on.filter(|earliest| day < *earliest) {
                add("issued_on", Problem::TooEarly { earliest });
            }
        }
    }
    let request = CreditInvoice {
        id: details.invoice.id,
        version: details.invoice.version,
        lines,
        reason: CreditReason::parse(draft.get("reason")).unwrap_or(CreditReason::Other),
        issued_on,
    };
    // Lines that cannot be read are none of the request, and have been told.
    if problems.is_empty() {
        problems.extend(request.validate().err().unwrap_or_default());
    }
    if problems.is_empty() { Ok(request) } else { Err(problems) }
}

/// What the readable parts come to, without tax.
#[must_use]
pub fn net_of_parts(draft: &Draft, left: &[(u32, i64)], details: &InvoiceDetails) -> Money {
    let currency = details.invoice.total.currency;
    let parts = left
        .iter()
        .filter_map(|(position, _)| format::parse_money(draft.get(net_field(*position)), currency));
    Money::new(parts.fold(0, i64::saturating_add), currency)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use serde_json::json;

    fn details() -> InvoiceDetails {
        let money = json!({"amount": 0, "currency": "EUR"});
        let id = "0193a7c0-1111-7222-8333-444455556601";
        let line = |position: u32, net: i64| {
            json!({"position": position, "text": "x", "quantity": "1", "unit_price": net, "net": net, "tax_category": "S", "tax_rate": 190_000,
                "period_start": null, "period_end": null})
        };
        serde_json::from_value(json!({
            "invoice": {
                "id": id, "customer_id": id, "customer_name": "Lena", "subscription_id": null, "number": "2026-1", "status": "open",
                "issued_on": "2026-11-10", "due_on": null, "net": money, "tax": money, "total": money, "paid": money, "credited": money,
                "payable": money, "is_overdue": false, "created_at": "2026-11-22T09:00:00.000Z", "version": 2
            },
            "lines": [line(1, 10_000), line(2, -500), line(3, 2_000)], "taxes": [], "rounding": money, "prices_include_tax": false,
            "reverse_charge": false, "note": null, "seller": {"name": "Alder"}, "buyer": {"name": "Lena"}, "payments": [], "credit_notes": []
        }))
        .unwrap()
    }

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn what_is_left_is_what_was_billed_less_what_was_credited() {
        let credited = BTreeMap::from([(1, 4_000), (3, 2_000)]);
        assert_eq!(left(&details().lines, &credited), [(1, 6_000)]);
        assert_eq!(left(&details().lines, &BTreeMap::new()), [(1, 10_000), (3, 2_000)]);
    }

    #[test]
    fn parts_are_above_nothing_and_at_most_what_is_left() {
        let rest = [(1, 6_000), (3, 2_000)];
        let typed = |first: &str, second: &str, on: &str| {
            Draft::new([
                ("mode", PARTS.to_owned()),
                ("reason", "other".to_owned()),
                ("issued_on", on.to_owned()),
                (net_field(1), first.to_owned()),
                (net_field(3), second.to_owned()),
            ])
        };
        let fields = |draft: &Draft| -> Vec<String> {
            let got = read(draft, &details(), &rest, day("2026-11-22")).err().unwrap_or_default();
            got.into_iter().map(|error| error.field).collect()
        };
        let right = read(&typed("60", "", "2026-11-22"), &details(), &rest, day("2026-11-22")).unwrap();
        assert_eq!(right.lines.unwrap(), [CreditedLine { position: 1, net: 6_000 }]);
        assert_eq!(fields(&typed("60.01", "0", "2026-11-22")), [net_field(1), net_field(3)]);
        assert_eq!(fields(&typed("a", "", "2026-11-22")), [net_field(1)]);
        assert_eq!(fields(&typed("", "", "2026-11-22")), ["lines"]);
        assert_eq!(fields(&typed("1", "", "2026-11-23")), ["issued_on"]);
        assert_eq!(fields(&typed("1", "", "2026-11-09")), ["issued_on"]);
        assert_eq!(net_of_parts(&typed("60", "1.5", ""), &rest, &details()).amount, 6_150);
        // Another credits the first line in full meanwhile: what was typed for the other stays with that.
        let last = read(&typed("", "15", "2026-11-22"), &details(), &rest[1..], day("2026-11-22")).unwrap();
        assert_eq!(last.lines.unwrap(), [CreditedLine { position: 3, net: 1_500 }]);
        let all = read(&begin(day("2026-11-22")), &details(), &rest, day("2026-11-22")).unwrap();
        assert_eq!(all.lines, None);
    }
}
