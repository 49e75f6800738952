//! Which invoices a payment pays, in words.

use contract::{
    Currency, Money,
    invoice::{Invoice, InvoiceStatus},
    payment::{NewAllocation, Payment},
};

use crate::format;

/// A part of a payment for one invoice.
#[derive(Clone, Debug, PartialEq)]
struct Part {
    number: String,
    amount: i64,
    is_full: bool,
}

/// What a recorded payment pays.
pub fn of_payment(payment: &Payment) -> String {
    let parts: Vec<(String, Option<bool>)> = payment
        .allocations
        .iter()
        .map(|part| (part.invoice_number.clone().unwrap_or_else(|| "a draft".to_owned()), None))
        .collect();
    sentence(&parts, payment.unallocated)
}

/// The invoices that a payment can pay in its currency, the one due first first.
pub fn open(invoices: &[Invoice], currency: Currency) -> Vec<&Invoice> {
    let mut open: Vec<&Invoice> = invoices
        .iter()
        .filter(|invoice| invoice.status == InvoiceStatus::Open && invoice.payable.currency == currency && invoice.payable.amount > 0)
        .collect();
    // Without a due day last, then the older first.
    open.sort_by_key(|invoice| (invoice.due_on.is_none(), invoice.due_on, invoice.created_at, invoice.id));
    open
}

/// What a payment will pay in parts that were chosen.
pub fn in_parts(amount: Money, chosen: &[NewAllocation], open: &[&Invoice]) -> String {
    let paid: i64 = chosen.iter().map(|part| part.amount.amount).fold(0, i64::saturating_add);
    let parts: Vec<(String, Option<bool>)> = chosen
        .iter()
        .filter_map(|part| {
            let invoice = open.iter().find(|invoice| invoice.id == part.invoice_id)?;
            let number = invoice.number.clone().unwrap_or_else(|| "a draft".to_owned());
            Some((number, Some(part.amount.amount == invoice.payable.amount)))
        })
        .collect();
    sentence(&parts, Money::new(amount.amount.saturating_sub(paid), amount.currency))
}

/// What a payment will pay by itself: open invoices in their order.
pub fn in_advance(amount: Money, open: &[&Invoice]) -> String {
    let (parts, left) = allocate(amount, open);
    let parts: Vec<(String, Option<bool>)> = parts.into_iter().map(|part| (part.number, Some(part.is_full))).collect();
    sentence(&parts, Money::new(left, amount.currency))
}

fn allocate(amount: Money, open: &[&Invoice]) -> (Vec<Part>, i64) {
    let mut left = amount.amount;
    let mut parts = Vec::new();
    for invoice in open {
        if left <= 0 {
            break;
        }
        let part = left.min(invoice.payable.amount);
        left -= part;
        parts.push(Part {
            number: invoice.number.clone().unwrap_or_else(|| "a draft".to_owned()),
            amount: part,
            is_full: part == invoice.payable.amount,
        });
    }
    (parts, left)
}

/// `Pays INV-1 in full and part of INV-2.`
fn sentence(parts: &[(String, Option<bool>)], left: Money) -> String {
    let credit = (left.amount > 0).then(|| format!("{} stays as credit", format::money(left)));
    let words: Vec<String> = parts
        .iter()
        .map(|(number, is_full)| match is_full {
            Some(true) => format!("{number} in full"),
            Some(false) => format!("part of {number}"),
            None => number.clone(),
        })
        .collect();
    let listed = match words.as_slice() {
        [] => None,
        [only] => Some(only.clone()),
        [first, second] => Some(format!("{first} and {second}")),
        [first, .., last] => Some(format!("{first}, {} more and {last}", words.len() - 2)),
    };
    match (listed, credit) {
        (Some(listed), Some(credit)) => format!("Pays {listed}; {credit}."),
        (Some(listed), None) => format!("Pays {listed}."),
        (None, Some(credit)) => format!("Pays no invoice: {credit}."),
        (None, None) => String::new(),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use serde_json::json;

    fn invoice(number: &str, due: Option<&str>, payable: i64, currency: &str) -> Invoice {
        let money = |amount: i64| json!({"amount": amount, "currency": currency});
        let id = "0193a7c0-1111-7222-8333-444455556601";
        serde_json::from_value(json!({
            "id": id, "customer_id": id, "customer_name": "Lena", "subscription_id": null, "number": number, "status": "open",
            "issued_on": null, "due_on": due, "net": money(payable), "tax": money(0), "total": money(payable), "paid": money(0), "credited": money(0),
            "payable": money(payable), "is_overdue": false, "created_at": "2026-11-22T09:00:00.000Z", "version": 1
        }))
        .unwrap()
    }

    #[test]
    fn the_invoice_that_is_due_first_is_paid_first_and_only_in_its_currency() {
        let invoices = [
            invoice("INV-3", None, 500, "EUR"),
            invoice("INV-2", Some("2026-12-10"), 1_000, "EUR"),
            invoice("INV-1", Some("2026-11-10"), 1_000, "EUR"),
            invoice("INV-0", Some("2026-01-10"), 1_000, "SEK"),
        ];
        let open = open(&invoices, Currency::EUR);
        let (parts, left) = allocate(Money::new(1_500, Currency::EUR), &open);
        let got: Vec<(&str, i64, bool)> = parts.iter().map(|part| (part.number.as_str(), part.amount, part.is_full)).collect();
        assert_eq!((got, left), (vec![("INV-1", 1_000, true), ("INV-2", 500, false)], 0));
        assert_eq!(allocate(Money::new(3_000, Currency::EUR), &open).1, 500);
    }

    #[test]
    fn what_is_paid_is_said_in_one_sentence() {
        let nothing = Money::new(0, Currency::EUR);
        let part = |number: &str, is_full: bool| (number.to_owned(), Some(is_full));
        assert_eq!(sentence(&[part("INV-1", true)], nothing), "Pays INV-1 in full.");
        assert_eq!(
            sentence(&[part("INV-1", true), part("INV-2", false)], nothing),
            "Pays INV-1 in full and part of INV-2."
        );
        assert_eq!(sentence(&[], nothing), "");
        let four = [part("A", true), part("B", true), part("C", true), part("D", false)];
        assert_eq!(sentence(&four, nothing), "Pays A in full, 2 more and part of D.");
    }
}
