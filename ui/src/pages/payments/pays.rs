//! Which invoices a payment pays, in words.

use contract::{
    Currency, Money,
    invoice::{Invoice, InvoiceStatus},
    payment::{NewAllocation, Payment},
};

use crate::{format, pages::invoices::unsettled};

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

/// Whether nobody expects it to be paid any more: it is paid only where it is chosen.
pub fn is_given_up(invoice: &Invoice) -> bool {
    invoice.status == InvoiceStatus::Uncollectible
}

/// The invoices that a payment can pay in its currency: the open ones, the one due first first, then those that were given up.
pub fn payable<'a>(invoices: impl IntoIterator<Item = &'a Invoice>, currency: Currency) -> Vec<&'a Invoice> {
    let mut payable: Vec<&Invoice> = invoices
        .into_iter()
        .filter(|invoice| invoice.status == InvoiceStatus::Open || is_given_up(invoice))
        .filter(|invoice| invoice.total.currency == currency && unsettled(invoice).amount > 0)
        .collect();
    // Without a due day last, then the older first.
    payable.sort_by_key(|invoice| {
        let due = (invoice.due_on.is_none(), invoice.due_on);
        (is_given_up(invoice), due, invoice.created_at, invoice.id)
    });
    payable
}

/// Adds the currencies of what was given up: nothing of it is outstanding, but it can be paid.
pub fn add_currencies(currencies: &mut Vec<Currency>, given_up: &[Invoice]) {
    for invoice in given_up.iter().filter(|invoice| unsettled(invoice).amount > 0) {
        if !currencies.contains(&invoice.total.currency) {
            currencies.push(invoice.total.currency);
        }
    }
}

/// That a payment which is not split leaves out what was given up; nothing, if nothing was.
pub fn left_out(payable: &[&Invoice]) -> Option<String> {
    let given_up: Vec<&&Invoice> = payable.iter().filter(|invoice| is_given_up(invoice)).collect();
    match given_up.as_slice() {
        [] => None,
        [only] => Some(format!(
            "{} was given up: it is paid only where the payment is split, or from the invoice itself.",
            only.number.as_deref().unwrap_or("An invoice")
        )),
        several => Some(format!(
            "{} invoices were given up: they are paid only where the payment is split, or from the invoice itself.",
            several.len()
        )),
    }
}

/// What a payment will pay in parts that were chosen.
pub fn in_parts(amount: Money, chosen: &[NewAllocation], payable: &[&Invoice]) -> String {
    let paid: i64 = chosen.iter().map(|part| part.amount.amount).fold(0, i64::saturating_add);
    let parts: Vec<(String, Option<bool>)> = chosen
        .iter()
        .filter_map(|part| {
            let invoice = payable.iter().find(|invoice| invoice.id == part.invoice_id)?;
            let number = invoice.number.clone().unwrap_or_else(|| "a draft".to_owned());
            Some((number, Some(part.amount.amount == unsettled(invoice).amount)))
        })
        .collect();
    sentence(&parts, Money::new(amount.amount.saturating_sub(paid), amount.currency))
}

/// What a payment will pay by itself: open invoices in their order.
pub fn in_advance(amount: Money, payable: &[&Invoice]) -> String {
    let (parts, left) = allocate(amount, payable);
    let parts: Vec<(String, Option<bool>)> = parts.into_iter().map(|part| (part.number, Some(part.is_full))).collect();
    sentence(&parts, Money::new(left, amount.currency))
}

fn allocate(amount: Money, payable: &[&Invoice]) -> (Vec<Part>, i64) {
    let mut left = amount.amount;
    let mut parts = Vec::new();
    for invoice in payable.iter().filter(|invoice| !is_given_up(invoice)) {
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

/// `Pays INV-1 in full and part of INV-2.` More than two are counted.
fn sentence(parts: &[(String, Option<bool>)], left: Money) -> String {
    let credit = (left.amount > 0).then(|| format!("{} stays as credit", format::money(left)));
    let named = |wanted: Option<bool>| -> Vec<&str> {
        let kind = parts.iter().filter(|(_, is_full)| *is_full == wanted);
        kind.map(|(number, _)| number.as_str()).collect()
    };
    let together = |numbers: &[&str]| match numbers {
        [only] => (*only).to_owned(),
        [first, second] if parts.len() == 2 => format!("{first} and {second}"),
        several => format!("{} invoices", several.len()),
    };
    let (full, partly, unsaid) = (named(Some(true)), named(Some(false)), named(None));
    let mut words = Vec::new();
    if !unsaid.is_empty() {
        words.push(together(&unsaid));
    }
    if !full.is_empty() {
        words.push(format!("{} in full", together(&full)));
    }
    if !partly.is_empty() {
        words.push(format!("part of {}", together(&partly)));
    }
    let listed = (!words.is_empty()).then(|| words.join(" and "));
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
        let open = payable(&invoices, Currency::EUR);
        let (parts, left) = allocate(Money::new(1_500, Currency::EUR), &open);
        let got: Vec<(&str, i64, bool)> = parts.iter().map(|part| (part.number.as_str(), part.amount, part.is_full)).collect();
        assert_eq!((got, left), (vec![("INV-1", 1_000, true), ("INV-2", 500, false)], 0));
        assert_eq!(allocate(Money::new(3_000, Currency::EUR), &open).1, 500);
    }

    #[test]
    fn what_was_given_up_comes_last_and_is_paid_only_where_it_is_chosen() {
        let given_up = |number: &str| Invoice {
            status: InvoiceStatus::Uncollectible,
            payable: Money::new(0, Currency::EUR),
            ..invoice(number, Some("2026-01-10"), 1_000, "EUR")
        };
        let invoices = [given_up("INV-1"), invoice("INV-2", None, 500, "EUR")];
        let payable = payable(&invoices, Currency::EUR);
        assert_eq!(
            payable.iter().map(|row| row.number.as_deref()).collect::<Vec<_>>(),
            [Some("INV-2"), Some("INV-1")]
        );
        let amount = Money::new(1_500, Currency::EUR);
        let (parts, left) = allocate(amount, &payable);
        assert_eq!((parts.len(), left), (1, 1_000));
        let chosen = NewAllocation {
            invoice_id: invoices[0].id,
            amount: Money::new(1_000, Currency::EUR),
        };
        // Here all have the same id, so the one that was given up is asked for alone.
        let said = in_parts(chosen.amount, std::slice::from_ref(&chosen), &[&invoices[0]]);
        assert_eq!(said, "Pays INV-1 in full.");
        let words = left_out(&payable).unwrap();
        assert!(words.starts_with("INV-1 was given up"), "{words}");
        let two = [given_up("INV-1"), given_up("INV-3")];
        let words = left_out(&two.iter().collect::<Vec<_>>()).unwrap();
        assert!(words.starts_with("2 invoices were given up"), "{words}");
        assert_eq!(left_out(&[&invoices[1]]), None);
    }

    #[test]
    fn a_currency_in_which_everything_was_given_up_can_be_chosen() {
        let given_up = |total: i64, currency: &str| Invoice {
            status: InvoiceStatus::Uncollectible,
            ..invoice("INV-1", None, total, currency)
        };
        let mut currencies = vec![Currency::EUR];
        let given_up = [given_up(500, "SEK"), given_up(500, "EUR"), given_up(0, "USD")];
        add_currencies(&mut currencies, &given_up);
        add_currencies(&mut currencies, &given_up);
        assert_eq!(currencies, [Currency::EUR, Currency::parse("SEK").unwrap()]);
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
        assert_eq!(sentence(&four, nothing), "Pays 3 invoices in full and part of D.");
        assert_eq!(sentence(&four[..3], nothing), "Pays 3 invoices in full.");
        assert_eq!(sentence(&four[..2], nothing), "Pays A and B in full.");
        let recorded: Vec<(String, Option<bool>)> = four.iter().map(|(number, _)| (number.clone(), None)).collect();
        assert_eq!(sentence(&recorded, nothing), "Pays 4 invoices.");
        assert_eq!(sentence(&recorded[..2], nothing), "Pays A and B.");
    }
}
