//! The rows of a list that proves a figure.

use std::collections::BTreeMap;

use chrono::{Datelike, NaiveDate};
use contract::{
    BillingCycle, CustomerId, Error, Money,
    invoice::{Invoice, InvoiceStatus, ListInvoices},
    money::{divide, share_out},
    payment::{ListPayments, ListRefunds, Payment, PaymentStatus, Refund},
    recurring::{Cohort, ListRecurring, RecurringItem},
};

use super::{Moved, Proof, month_after};
use crate::{format, hooks::whole_list};

/// Twelfths of a minor unit: a yearly price counts one twelfth a month.
const TWELFTHS: i64 = 12;

/// A row of the list.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    /// Whose.
    pub customer: CustomerId,
    /// The name.
    pub name: String,
    /// Two more columns.
    pub cells: [String; 2],
    /// The part of the figure.
    pub amount: i64,
}

/// Everything that a figure is made of.
pub async fn rows(proof: Proof) -> Result<Vec<Row>, Error> {
    let currency = proof.currency();
    let recurring = |on: NaiveDate| ListRecurring {
        currency,
        on: Some(on),
        plan_id: None,
        limit: None,
        after: None,
    };
    match proof {
        Proof::Recurring { on, plan, .. } => {
            let plan_id = plan.map(|(id, _)| id);
            let items = whole_list(ListRecurring { plan_id, ..recurring(on) }).await?;
            Ok(items.iter().map(subscribed).collect())
        }
        Proof::Moved { month, what } => {
            let before = whole_list(recurring(month.month.pred_opt().unwrap_or(month.month))).await?;
            let after = whole_list(recurring(month.until)).await?;
            Ok(moved(&before, &after, what, what.figure(&month)))
        }
        Proof::Owed { due_from, due_until, .. } => {
            let open = ListInvoices {
                status: Some(InvoiceStatus::Open),
                currency: Some(currency),
                due_from,
                due_until,
                ..ListInvoices::default()
            };
            let invoices = whole_list(open).await?;
            Ok(largest_first(
                invoices.iter().filter(|invoice| invoice.payable.amount > 0).map(owed).collect(),
            ))
        }
        Proof::Paid { cohort, at } => {
            let payments = whole_list(ListPayments::default()).await?;
            let refunds = whole_list(ListRefunds::default()).await?;
            Ok(paid(&cohort, at, &payments, &refunds))
        }
    }
}

fn subscribed(item: &RecurringItem) -> Row {
    let cycle = match item.billing_cycle {
        BillingCycle::Monthly => "month",
        BillingCycle::Yearly => "year",
    };
    Row {
        customer: item.customer_id,
        name: item.customer_name.clone(),
        cells: [item.plan_name.clone(), format!("{} / {cycle}", format::money(item.price))],
        amount: item.mrr.amount,
    }
}

fn owed(invoice: &Invoice) -> Row {
    Row {
        customer: invoice.customer_id,
        name: invoice.customer_name.clone(),
        cells: [
            invoice.number.clone().unwrap_or_else(|| format::NOTHING.to_owned()),
            invoice.due_on.map_or_else(|| format::NOTHING.to_owned(), format::date),
        ],
        amount: invoice.payable.amount,
    }
}

fn largest_first(mut rows: Vec<Row>) -> Vec<Row> {
    rows.sort_by(|a, b| (b.amount.abs(), &a.name).cmp(&(a.amount.abs(), &b.name)));
    rows
}

/// The customers whose recurring revenue differs between two days, with parts that sum to the figure.
fn moved(before: &[RecurringItem], after: &[RecurringItem], what: Moved, figure: Money) -> Vec<Row> {
    // Exact: the rounded parts of the two lists would not tell a change from a rounding.
    let exact = |item: &RecurringItem| match item.billing_cycle {
        BillingCycle::Monthly => item.price.amount.saturating_mul(TWELFTHS),
        BillingCycle::Yearly => item.price.amount,
    };
    let mut found: BTreeMap<String, (CustomerId, &str, i64, i64)> = BTreeMap::new();
    for (items, is_after) in [(before, false), (after, true)] {
        for item in items {
            let key = item.customer_id.to_string();
            let own = found.entry(key).or_insert((item.customer_id, &item.customer_name, 0, 0));
            *(if is_after { &mut own.3 } else { &mut own.2 }) += exact(item);
        }
    }
    let rows: Vec<_> = found
        .into_values()
        .filter(|(_, _, before, after)| what.holds(*before, *after))
        .collect();
    let changes: Vec<i128> = rows.iter().map(|(_, _, before, after)| i128::from(after - before)).collect();
    // Where the book has changed meanwhile they do not sum to the figure, which is said below the list.
    let rounded = || rows.iter().map(|(_, _, before, after)| whole(after - before)).collect();
    let parts = share_out(figure.amount, &changes, TWELFTHS.into()).unwrap_or_else(rounded);
    let money = |twelfths: i64| format::money(Money::new(whole(twelfths), figure.currency));
    let rows = rows.into_iter().zip(parts).map(|((customer, name, before, after), amount)| Row {
        customer,
        name: name.to_owned(),
        cells: [money(before), money(after)],
        amount,
    });
    largest_first(rows.collect())
}

fn whole(twelfths: i64) -> i64 {
    divide(twelfths, TWELFTHS).unwrap_or(0)
}

/// What a customer of a cohort paid and got back.
#[derive(Default)]
struct Account {
    name: String,
    first: Option<NaiveDate>,
    payments: u64,
    refunds: u64,
    sum: i64,
}

/// The customers of a cohort who paid or got something back in a month of it, or in all, with what it comes to.
fn paid(cohort: &Cohort, at: Option<usize>, payments: &[Payment], refunds: &[Refund]) -> Vec<Row> {
    let currency = super::revenue(cohort, at).currency;
    let month = at.and_then(|at| month_after(cohort.month, at));
    let counts = |day: NaiveDate| month.is_none_or(|month| of_month(day) == month);
    let mut found: BTreeMap<String, (CustomerId, Account)> = BTreeMap::new();
    let received = payments
        .iter()
        .filter(|payment| payment.status == PaymentStatus::Succeeded && payment.amount.currency == currency);
    for payment in received {
        let (_, own) = found
            .entry(payment.customer_id.to_string())
            .or_insert_with(|| (payment.customer_id, Account::default()));
        own.name.clone_from(&payment.customer_name);
        own.first = Some(own.first.map_or(payment.received_on, |first| first.min(payment.received_on)));
        if counts(payment.received_on) {
            own.payments += 1;
            own.sum += payment.amount.amount;
        }
    }
    for refund in refunds.iter().filter(|refund| refund.amount.currency == currency) {
        if let Some((_, own)) = found.get_mut(&refund.customer_id.to_string())
            && counts(refund.refunded_on)
        {
            own.refunds += 1;
            own.sum -= refund.amount.amount;
        }
    }
    let own = found
        .into_values()
        .filter(|(_, own)| own.first.is_some_and(|first| of_month(first) == cohort.month) && (own.payments > 0 || own.refunds > 0));
    let rows = own.map(|(customer, own)| Row {
        customer,
        name: own.name,
        cells: [format::count(own.payments), format::count(own.refunds)],
        amount: own.sum,
    });
    largest_first(rows.collect())
}

fn of_month(day: NaiveDate) -> NaiveDate {
    day.with_day(1).unwrap_or(day)
}
