//! What is typed for a payment, as a request or as the rules it breaks.

use chrono::NaiveDate;
use contract::{
    Currency, CustomerId, FieldError, Money, Problem, Validate,
    customer::Customer,
    invoice::Invoice,
    payment::{NewAllocation, PaymentMethod, RecordPayment},
};

use super::pays;
use crate::{
    format,
    hooks::{Draft, row_field},
};

/// Who pays, and for what.
#[derive(Clone, Debug, PartialEq)]
pub struct Payer {
    /// The customer.
    pub customer_id: CustomerId,
    /// Currencies in which this customer owes or has paid.
    pub currencies: Vec<Currency>,
    /// What is open, filled in.
    pub prefilled: Option<Money>,
    /// The one invoice that is paid, if it was opened from there.
    pub only: Option<Invoice>,
}

impl Payer {
    /// A customer who pays whatever is open.
    #[must_use]
    pub fn of_customer(customer: &Customer) -> Self {
        let mut currencies = Vec::new();
        for money in customer.outstanding.iter().chain(&customer.total_payments) {
            if !currencies.contains(&money.currency) {
                currencies.push(money.currency);
            }
        }
        Self {
            customer_id: customer.id,
            currencies,
            prefilled: customer.outstanding.first().copied(),
            only: None,
        }
    }

    /// The customer of an invoice, who pays it.
    #[must_use]
    pub fn of_invoice(invoice: &Invoice) -> Self {
        Self {
            customer_id: invoice.customer_id,
            currencies: vec![invoice.total.currency],
            prefilled: Some(invoice.payable),
            only: Some(invoice.clone()),
        }
    }

    /// The name under which what is typed is kept.
    #[must_use]
    pub fn draft_name(&self) -> String {
        self.only.as_ref().map_or_else(
            || format!("payment {}", self.customer_id),
            |invoice| format!("payment of {}", invoice.id),
        )
    }

    /// The currencies that can be chosen: that of the book, too, unless it is one invoice that is paid.
    #[must_use]
    pub fn choices(&self, of_book: Currency) -> Vec<Currency> {
        let mut all = self.currencies.clone();
        if self.only.is_none() && !all.contains(&of_book) {
            all.insert(0, of_book);
        }
        all
    }
}

/// A draft with what is open filled in.
#[must_use]
pub fn begin(payer: &Payer, of_book: Currency, today: NaiveDate) -> Draft {
    let currency = payer.prefilled.map_or(of_book, |money| money.currency);
    let amount = payer.prefilled.map(|money| format::typed_money(money.amount, money.currency));
    Draft::new([
        ("amount.amount", amount.unwrap_or_default()),
        ("amount.currency", currency.code().to_owned()),
        ("received_on", today.to_string()),
        ("method", PaymentMethod::BankTransfer.as_str().to_owned()),
    ])
}

/// The field of the part of an open invoice.
#[must_use]
pub fn part_field(at: usize) -> &'static str {
    row_field("allocations", at, "amount")
}

/// What is typed as a request. `open` are the invoices that can be paid, the one due first first; with `split` each has a field
/// of its own.
///
/// # Errors
/// Every broken rule.
pub fn read(
    draft: &Draft,
    payer: &Payer,
    currency: Currency,
    today: NaiveDate,
    open: &[&Invoice],
) -> Result<RecordPayment, Vec<FieldError>> {
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
    let amount = match draft.text("amount.amount") {
        None => {
            add("amount.amount", Problem::Required);
            None
        }
        Some(text) => match format::read_money(&text, currency) {
            Err(problem) => {
                add("amount.amount", problem);
                None
            }
            Ok(amount) if amount < 1 => {
                add("amount.amount", shape("Enter an amount above 0".to_owned()));
                None
            }
            Ok(amount) => Some(amount),
        },
    };
    let received_on = format::parse_date(draft.get("received_on"));
    match received_on {
        None => add("received_on", shape("Enter a date like 2026-11-22".to_owned())),
        Some(day) if day > today => add("received_on", Problem::TooLate { latest: today }),
        Some(_) => {}
    }
    let allocations = if let Some(invoice) = &payer.only {
        let part = amount.unwrap_or(1).min(invoice.payable.amount);
        Some(vec![NewAllocation {
            invoice_id: invoice.id,
            amount: Money::new(part, currency),
        }])
    } else if draft.is_on("split") {
        let mut parts = Vec::new();
        let mut sum = 0_i64;
        for (at, invoice) in open.iter().enumerate() {
            let field = part_field(at);
            let Some(text) = draft.text(field) else { continue };
            let most = invoice.payable.amount;
            match format::read_money(&text, currency) {
                Err(problem) => add(field, problem),
                Ok(part) if part < 1 || part > most => {
                    let most = format::typed_money(most, currency);
                    add(field, shape(format!("Enter an amount above 0, at most {most}")));
                }
                Ok(part) => {
                    sum = sum.saturating_add(part);
                    if amount.is_some_and(|amount| sum > amount) {
                        add(field, shape("Together this is more than was paid".to_owned()));
                    }
                    parts.push(NewAllocation {
                        invoice_id: invoice.id,
                        amount: Money::new(part, currency),
                    });
                }
            }
        }
        Some(parts)
    } else {
        None
    };
    let request = RecordPayment {
        customer_id: payer.customer_id,
        amount: Money::new(amount.unwrap_or(1), currency),
        method: PaymentMethod::parse(draft.get("method")).unwrap_or(PaymentMethod::Other),
        reference: draft.text("reference"),
        received_on,
        allocations,
    };
    if problems.is_empty() {
        problems = request.validate().err().unwrap_or_default();
    } else if let Err(broken) = request.validate() {
        problems.extend(broken.into_iter().filter(|broken| broken.field == "reference"));
    }
    if problems.is_empty() { Ok(request) } else { Err(problems) }
}

/// The parts as the payment would be allocated by itself, for the fields of each invoice.
#[must_use]
pub fn suggested(amount: Option<i64>, currency: Currency, open: &[&Invoice]) -> Vec<(&'static str, String)> {
    let mut left = amount.unwrap_or(0);
    open.iter()
        .enumerate()
        .map(|(at, invoice)| {
            let part = left.min(invoice.payable.amount).max(0);
            left -= part;
            let text = if part > 0 {
                format::typed_money(part, currency)
            } else {
                String::new()
            };
            (part_field(at), text)
        })
        .collect()
}

/// What the payment will pay, in words.
#[must_use]
pub fn says(request: &RecordPayment, open: &[&Invoice], payer: &Payer) -> String {
    match (&request.allocations, &payer.only) {
        (Some(parts), Some(only)) => pays::in_parts(request.amount, parts, &[only]),
        (Some(parts), None) => pays::in_parts(request.amount, parts, open),
        (None, _) => pays::in_advance(request.amount, open),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use serde_json::json;

    const ID: &str = "0193a7c0-1111-7222-8333-444455556601";

    fn invoice(number: &str, payable: i64) -> Invoice {
        let money = |amount: i64| json!({"amount": amount, "currency": "EUR"});
        serde_json::from_value(json!({
            "id": format!("0193a7c0-1111-7222-8333-4444555566{number}"), "customer_id": ID, "customer_name": "Lena", "subscription_id": null,
            "number": number, "status": "open", "issued_on": null, "due_on": null, "net": money(payable), "tax": money(0),
            "total": money(payable), "paid": money(0), "credited": money(0), "payable": money(payable), "is_overdue": false,
            "created_at": "2026-11-22T09:00:00.000Z", "version": 1
        }))
        .unwrap()
    }

    fn payer() -> Payer {
        Payer {
            customer_id: ID.parse().unwrap(),
            currencies: vec![Currency::EUR],
            prefilled: None,
            only: None,
        }
    }

    fn fields(values: &[(&'static str, &str)]) -> Vec<String> {
        let (first, second) = (invoice("01", 1_000), invoice("02", 2_000));
        let draft = Draft::new(values.iter().map(|(field, text)| (*field, (*text).to_owned())));
        let got = read(&draft, &payer(), Currency::EUR, "2026-11-22".parse().unwrap(), &[&first, &second]);
        got.err().unwrap_or_default().into_iter().map(|error| error.field).collect()
    }

    #[test]
    fn an_amount_that_is_none_and_a_day_to_come_are_said_at_their_field() {
        let day = ("received_on", "2026-11-22");
        assert!(fields(&[("amount.amount", "10"), day]).is_empty());
        for text in ["", "a lot", "0", "-5", "1.234567", "0.125"] {
            assert_eq!(fields(&[("amount.amount", text), day]), ["amount.amount"], "{text}");
        }
        assert_eq!(fields(&[("amount.amount", "10"), ("received_on", "2026-11-23")]), ["received_on"]);
    }

    #[test]
    fn parts_are_at_most_what_is_open_and_together_what_was_paid() {
        let typed = |amount: &'static str, first: &'static str, second: &'static str| {
            fields(&[
                ("amount.amount", amount),
                ("received_on", "2026-11-22"),
                ("split", "on"),
                (part_field(0), first),
                (part_field(1), second),
            ])
        };
        assert!(typed("25", "10", "15").is_empty());
        assert!(typed("25", "", "").is_empty(), "all of it can stay as credit");
        assert_eq!(typed("25", "10.01", ""), [part_field(0)]);
        assert_eq!(typed("25", "x", "0"), [part_field(0), part_field(1)]);
        assert_eq!(typed("25", "10", "15.01"), [part_field(1)]);
    }

    #[test]
    fn parts_are_suggested_as_they_would_be_paid_by_themselves() {
        let (first, second) = (invoice("01", 1_000), invoice("02", 2_000));
        let texts = |amount| -> Vec<String> {
            let all = suggested(amount, Currency::EUR, &[&first, &second]);
            all.into_iter().map(|(_, text)| text).collect()
        };
        assert_eq!(texts(Some(1_500)), ["10.00", "5.00"]);
        assert_eq!(texts(Some(500)), ["5.00", ""]);
        assert_eq!(texts(None), ["", ""]);
    }
}
