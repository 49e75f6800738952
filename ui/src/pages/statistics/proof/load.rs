//! The rows of a list that proves a figure.

use std::collections::BTreeMap;

use chrono::{Datelike, NaiveDate};
use contract::{
    BillingCycle, CustomerId, Error,
    invoice::{Invoice, InvoiceStatus, ListInvoices},
    payment::{ListPayments, ListRefunds, Payment, PaymentStatus, Refund},
    recurring::{Cohort, ListMovements, ListRecurring, ListRenewals, MovementItem, RecurringItem, RenewalItem},
};

use super::{Proof, month_after};
use crate::{format, hooks::whole_list};

/// How often a year a monthly price is billed.
const MONTHS: i64 = 12;

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
        Proof::Yearly { on, .. } => {
            let items = whole_list(recurring(on)).await?;
            Ok(items.iter().map(in_a_year).collect())
        }
        Proof::Ahead { months, .. } => {
            let mut rows = Vec::new();
            for month in months {
                let own = ListRenewals {
                    month,
                    currency: Some(currency),
                    limit: None,
                    after: None,
                };
                rows.extend(whole_list(own).await?.iter().map(renewed));
            }
            Ok(rows)
        }
        Proof::Moved { month, what } => {
            let kinds = what.kinds();
            let own = ListMovements {
                currency,
                month: month.month,
                kind: kinds.first().copied().filter(|_| kinds.len() == 1),
                limit: None,
                after: None,
            };
            let items = whole_list(own).await?;
            Ok(items.iter().filter(|item| kinds.contains(&item.kind)).map(moved).collect())
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
            let succeeded = ListPayments {
                status: Some(PaymentStatus::Succeeded),
                ..ListPayments::default()
            };
            let payments = whole_list(succeeded).await?;
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

fn in_a_year(item: &RecurringItem) -> Row {
    let times = match item.billing_cycle {
        BillingCycle::Monthly => MONTHS,
        BillingCycle::Yearly => 1,
    };
    Row {
        amount: item.price.amount.saturating_mul(times),
        ..subscribed(item)
    }
}

fn renewed(item: &RenewalItem) -> Row {
    Row {
        customer: item.customer_id,
        name: item.customer_name.clone(),
        cells: [item.plan_name.clone(), format::date(item.on)],
        amount: item.amount.amount,
    }
}

fn moved(item: &MovementItem) -> Row {
    Row {
        customer: item.customer_id,
        name: item.customer_name.clone(),
        cells: [format::money(item.before), format::money(item.after)],
        amount: item.change.amount,
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
