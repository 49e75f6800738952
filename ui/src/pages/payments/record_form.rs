//! What is typed for a payment, as a request or as the rules it breaks.

use chrono::NaiveDate;
use contract::{
    Currency, CustomerId, FieldError, InvoiceId, Money, Problem, Validate,
    customer::{Customer, CustomerRow},
    invoice::Invoice,
    payment::{NewAllocation, PaymentMethod, RecordPayment},
};

use super::pays;
use crate::{
    format,
    hooks::{Draft, record_field, switch},
    pages::invoices::unsettled,
};

/// Who pays, and for what.
#[derive(Clone, Debug, PartialEq)]
pub struct Payer {
    /// The customer.
    pub customer_id: CustomerId,
    /// Currencies in which this customer owes or has paid; the form adds those of what was given up.
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
        Self::of(customer.id, &customer.outstanding, &customer.total_payments)
    }

    /// The same for one of a list.
    #[must_use]
    pub fn of_row(customer: &CustomerRow) -> Self {
        Self::of(customer.id, &customer.outstanding, &customer.total_payments)
    }

    fn of(customer_id: CustomerId, outstanding: &[Money], paid: &[Money]) -> Self {
        let mut currencies = Vec::new();
        for money in outstanding.iter().chain(paid) {
            if !currencies.contains(&money.currency) {
                currencies.push(money.currency);
            }
        }
        Self {
            customer_id,
            currencies,
            prefilled: outstanding.first().copied(),
            only: None,
        }
    }

    /// The customer of an invoice, who pays it.
    #[must_use]
    pub fn of_invoice(invoice: &Invoice) -> Self {
        Self {
            customer_id: invoice.customer_id,
            currencies: vec![invoice.total.currency],
            prefilled: Some(unsettled(invoice)),
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

/// The most invoices that a payment is split among; without a split it pays as many as it covers.
pub const MOST_PARTS: usize = 100;

/// The field of the part of an open invoice.
#[must_use]
pub fn part_field(invoice: InvoiceId) -> &'static str {
    record_field("allocations", invoice.0, "amount")
}

/// What changes when another currency is chosen. Invoices in it are others, so it is not split among those that were open.
#[must_use]
pub fn in_currency(code: String) -> Vec<(&'static str, String)> {
    vec![("amount.currency", code), ("split", switch(false))]
}

/// What is typed as a request. `open` are the invoices that can be paid, the one due first first and those that were given up last;
/// with `split` each has a field of its own.
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
        let part = amount.unwrap_or(1).min(unsettled(invoice).amount);
        Some(vec![NewAllocation {
            invoice_id: invoice.id,
            amount: Money::new(part, currency),
        }])
    } else if draft.is_on("split") {
        let mut parts = Vec::new();
        let mut sum = 0_i64;
        for invoice in open {
            let field = part_field(invoice.id);
            let Some(text) = draft.text(field) else { continue };
            let most = unsettled(invoice).amount;
            match format::read_money(&text, currency) {
                Err(problem) => add(field, problem),
                Ok(part) if part < 1 || part > most => {
                    let most = format::typed_money(most, currency);
                    add(field, shape(format!("Enter an amount above 0, at most {most} {currency}")));
                }
                Ok(part) => {
                    sum = sum.saturating_add(part);
                    if amount.is_some_and(|amount| sum > amount) {
                        add(field, shape("Together this is more than was paid".to_owned()));
                    }
                    if parts.len() == MOST_PARTS {
                        add(field, shape(format!("Split among at most {MOST_PARTS} invoices")));
                        continue;
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

/// The parts as the payment would be allocated by itself, for the fields of the invoices that get one, as far as it can be split;
/// what stands in the other fields is taken away.
#[must_use]
pub fn suggested(draft: &Draft, amount: Option<i64>, open: &[&Invoice]) -> Vec<(&'static str, String)> {
    let mut left = amount.unwrap_or(0);
    let mut values = Vec::new();
    for (at, invoice) in open.iter().enumerate() {
        let part = if at < MOST_PARTS && !pays::is_given_up(invoice) {
            left.min(invoice.payable.amount).max(0)
        } else {
            0
        };
        left -= part;
        let field = part_field(invoice.id);
        if part > 0 {
            values.push((field, format::typed_money(part, invoice.payable.currency)));
        } else if !draft.get(field).is_empty() {
            values.push((field, String::new()));
        }
    }
    values
}

/// How many of the open invoices are shown with a field: so many as are wanted, and all to the last in which something is typed.
#[must_use]
pub fn shown(draft: &Draft, open: &[&Invoice], wanted: usize) -> usize {
    let last = open.iter().rposition(|invoice| !draft.get(part_field(invoice.id)).is_empty());
    wanted.max(last.map_or(0, |last| last + 1)).min(open.len())
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

    fn draft(values: &[(&'static str, &str)]) -> Draft {
        Draft::new(values.iter().map(|(field, text)| (*field, (*text).to_owned())))
    }

    fn typed(values: &[(&'static str, &str)], open: &[&Invoice]) -> Result<RecordPayment, Vec<FieldError>> {
        read(&draft(values), &payer(), Currency::EUR, "2026-11-22".parse().unwrap(), open)
    }

    fn fields(values: &[(&'static str, &str)]) -> Vec<String> {
        let (first, second) = (invoice("01", 1_000), invoice("02", 2_000));
        let got = typed(values, &[&first, &second]);
        got.err().unwrap_or_default().into_iter().map(|error| error.field).collect()
    }

    fn part(number: &str) -> &'static str {
        part_field(invoice(number, 0).id)
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
        let (one, two) = (part("01"), part("02"));
        let typed = |amount: &'static str, first: &'static str, second: &'static str| {
            fields(&[
                ("amount.amount", amount),
                ("received_on", "2026-11-22"),
                ("split", "on"),
                (one, first),
                (two, second),
            ])
        };
        assert!(typed("25", "10", "15").is_empty());
        assert!(typed("25", "", "").is_empty(), "all of it can stay as credit");
        assert_eq!(typed("25", "10.01", ""), [one]);
        assert_eq!(typed("25", "x", "0"), [one, two]);
        assert_eq!(typed("25", "10", "15.01"), [two]);
    }

    #[test]
    fn a_part_stays_with_its_invoice_when_another_one_is_settled_meanwhile() {
        let values = [
            ("amount.amount", "25"),
            ("received_on", "2026-11-22"),
            ("split", "on"),
            (part("01"), "10"),
            (part("02"), "15"),
        ];
        let second = invoice("02", 2_000);
        let parts = typed(&values, &[&second]).unwrap().allocations.unwrap();
        assert_eq!(
            parts,
            [NewAllocation {
                invoice_id: second.id,
                amount: Money::new(1_500, Currency::EUR)
            }]
        );
    }

    #[test]
    fn another_currency_is_not_split_among_the_invoices_of_the_first() {
        use yew::Reducible;
        let split = draft(&[
            ("amount.amount", "25"),
            ("received_on", "2026-11-22"),
            ("split", "on"),
            (part("01"), "10"),
        ]);
        let other = std::rc::Rc::new(split).reduce(crate::hooks::DraftStep::Put(in_currency("SEK".to_owned())));
        assert_eq!((other.get("amount.currency"), other.is_on("split")), ("SEK", false));
    }

    #[test]
    fn parts_are_suggested_as_they_would_be_paid_by_themselves() {
        let (first, second) = (invoice("01", 1_000), invoice("02", 2_000));
        let suggest = |typed: &[(&'static str, &str)], amount| suggested(&draft(typed), amount, &[&first, &second]);
        let text = |text: &str| text.to_owned();
        assert_eq!(suggest(&[], Some(1_500)), [(part("01"), text("10.00")), (part("02"), text("5.00"))]);
        assert_eq!(suggest(&[], Some(500)), [(part("01"), text("5.00"))]);
        // What was typed before is not left over.
        assert_eq!(
            suggest(&[(part("02"), "20")], Some(500)),
            [(part("01"), text("5.00")), (part("02"), text(""))]
        );
        assert!(suggest(&[], None).is_empty());
        // What was given up gets a part only where it is typed.
        let given_up = Invoice {
            status: contract::invoice::InvoiceStatus::Uncollectible,
            ..invoice("03", 500)
        };
        assert!(suggested(&draft(&[]), Some(500), &[&given_up]).is_empty());
        let values = [
            ("amount.amount", "5"),
            ("received_on", "2026-11-22"),
            ("split", "on"),
            (part("03"), "5.00"),
        ];
        let parts = typed(&values, &[&given_up]).unwrap().allocations.unwrap();
        assert_eq!(parts.iter().map(|part| part.invoice_id).collect::<Vec<_>>(), [given_up.id]);
    }

    /// So many open invoices of a euro.
    fn many(count: usize) -> Vec<Invoice> {
        let numbered = |number: usize| Invoice {
            id: format!("0193a7c0-1111-7222-8333-44445555{number:04}").parse().unwrap(),
            ..invoice("01", 100)
        };
        (0..count).map(numbered).collect()
    }

    #[test]
    fn a_payment_is_split_among_as_many_invoices_as_it_may_be() {
        let open = many(600);
        let open: Vec<&Invoice> = open.iter().collect();
        let begun = [("amount.amount", "600"), ("received_on", "2026-11-22"), ("split", "on")];
        let begun = || draft(&begun);
        let read = |draft: &Draft| read(draft, &payer(), Currency::EUR, "2026-11-22".parse().unwrap(), &open);
        let suggested = suggested(&begun(), Some(60_000), &open);
        assert_eq!(suggested.len(), MOST_PARTS);
        let put = |values: Vec<(&'static str, String)>| {
            use yew::Reducible;
            std::rc::Rc::new(begun()).reduce(crate::hooks::DraftStep::Put(values))
        };
        let split = put(suggested.clone());
        // As many as the rules of the contract let through, and not one more.
        let request = read(&split).unwrap();
        assert_eq!(request.allocations.as_ref().map(Vec::len), Some(MOST_PARTS));
        let last = part_field(open.last().unwrap().id);
        let mut more = suggested;
        more.push((last, "1".to_owned()));
        let more = put(more);
        let problems = read(&more).unwrap_err();
        assert_eq!(problems.iter().map(|problem| problem.field.as_str()).collect::<Vec<_>>(), [last]);
        let mut beyond = request.clone();
        if let Some(parts) = &mut beyond.allocations {
            parts.push(NewAllocation {
                invoice_id: open.last().unwrap().id,
                amount: Money::new(100, Currency::EUR),
            });
        }
        assert!(request.validate().is_ok() && beyond.validate().is_err());
        // All that is typed is seen.
        assert_eq!(
            (shown(&begun(), &open, 50), shown(&split, &open, 50), shown(&more, &open, 50)),
            (50, 100, 600)
        );
        assert_eq!(shown(&begun(), &open[..2], 50), 2);
    }
}
