//! The rows of a list that proves a figure.

use chrono::NaiveDate;
use contract::{
    BillingCycle, CustomerId, Error,
    invoice::{Invoice, InvoiceStatus, ListInvoices},
    recurring::{
        BilledItem, ListBilled, ListMovements, ListPayers, ListRecurring, ListRecurringCustomers, ListRenewals, MovementItem, MovementKind,
        PayerItem, RecurringCustomer, RecurringItem, RenewalItem,
    },
};

use super::{Moved, Proof, WITHOUT_PLAN};
use crate::{
    format,
    hooks::{Listing, load},
};

/// How often a year a monthly price is billed.
const MONTHS: i64 = 12;

/// A row of the list.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    /// Whose; none where the row is no record of a customer.
    pub customer: Option<CustomerId>,
    /// The name.
    pub name: String,
    /// Two more columns.
    pub cells: [String; 2],
    /// The part of the figure.
    pub amount: i64,
}

/// What a figure is made of, as far as it is here.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Rows {
    /// In the order of the list.
    pub rows: Vec<Row>,
    /// How many more there are.
    pub rest: u64,
}

impl Rows {
    /// Adds what a list has, up to so many in all.
    async fn add<R: Listing>(&mut self, request: R, want: usize, row: impl Fn(&R::Row) -> Row) -> Result<(), Error> {
        // One row says how many there are.
        let more = want.saturating_sub(self.rows.len());
        let found = load(request, more.max(1)).await?;
        let taken = found.items.len().min(more);
        self.rows.extend(found.items.iter().take(taken).map(row));
        self.rest += found.total.saturating_sub(u64::try_from(taken).unwrap_or(u64::MAX));
        Ok(())
    }
}

/// What a figure is made of: so many rows of it.
pub async fn rows(proof: &Proof, want: usize) -> Result<Rows, Error> {
    let currency = proof.currency();
    let recurring = |on: NaiveDate| ListRecurring {
        currency,
        on: Some(on),
        plan_id: None,
        limit: None,
        after: None,
    };
    let mut found = Rows::default();
    match proof {
        Proof::Recurring { on, plan, .. } => {
            let plan_id = plan.as_ref().map(|(id, _)| *id);
            found.add(ListRecurring { plan_id, ..recurring(*on) }, want, subscribed).await?;
        }
        Proof::Yearly { on, .. } => found.add(recurring(*on), want, in_a_year).await?,
        Proof::Ahead { months, .. } => {
            for month in months {
                let own = ListRenewals {
                    month: *month,
                    currency: Some(currency),
                    limit: None,
                    after: None,
                };
                found.add(own, want, renewed).await?;
            }
        }
        Proof::Moved { month, what } => {
            let kinds: Vec<_> = match what {
                Moved::Net => vec![None],
                some => some.kinds().iter().copied().map(Some).collect(),
            };
            for kind in kinds {
                let own = ListMovements {
                    currency,
                    month: month.month,
                    kind,
                    limit: None,
                    after: None,
                };
                found.add(own, want, moved).await?;
            }
        }
        Proof::Owed { due_from, due_until, .. } => {
            let open = ListInvoices {
                status: Some(InvoiceStatus::Open),
                currency: Some(currency),
                due_from: *due_from,
                due_until: *due_until,
                exact: true,
                ..ListInvoices::default()
            };
            found.add(open, want, owed).await?;
            found.rows.retain(|row| row.amount > 0);
            if found.rest == 0 {
                found.rows.sort_by(|a, b| (b.amount, &a.name).cmp(&(a.amount, &b.name)));
            }
        }
        Proof::Paid {
            first, month, paying_only, ..
        } => {
            let own = ListPayers {
                currency,
                first_paid_in: *first,
                paid_in: *month,
                paying_only: *paying_only,
                limit: None,
                after: None,
            };
            found.add(own, want, paid).await?;
        }
        Proof::Customers { on, joined, .. } => {
            let own = ListRecurringCustomers {
                currency,
                on: Some(*on),
                limit: None,
                after: None,
            };
            let counts_as = if joined.is_some() { "There when it began" } else { "Paying" };
            found.add(own, want, |item| paying(item, counts_as)).await?;
            for (kind, counts_as) in [(MovementKind::New, "New"), (MovementKind::Reactivation, "Returned")] {
                let Some(month) = joined else { break };
                let own = ListMovements {
                    currency,
                    month: month.month,
                    kind: Some(kind),
                    limit: None,
                    after: None,
                };
                found.add(own, want, |item| joining(item, counts_as)).await?;
            }
        }
        Proof::Billed { from, until, plan, .. } => {
            let own = ListBilled {
                currency,
                from: *from,
                until: *until,
                plan_id: plan.as_ref().and_then(|(id, _)| *id),
                without_plan: plan.as_ref().is_some_and(|(id, _)| id.is_none()),
                limit: None,
                after: None,
            };
            found.add(own, want, billed).await?;
        }
        Proof::Together { parts, .. } => found.rows = parts.clone(),
        Proof::Quotient { upper, .. } | Proof::Counted { of: upper, .. } => found = Box::pin(rows(upper, want)).await?,
    }
    Ok(found)
}

fn subscribed(item: &RecurringItem) -> Row {
    let cycle = match item.billing_cycle {
        BillingCycle::Monthly => "month",
        BillingCycle::Yearly => "year",
    };
    Row {
        customer: Some(item.customer_id),
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
        amount: item.net.amount.saturating_mul(times),
        ..subscribed(item)
    }
}

fn renewed(item: &RenewalItem) -> Row {
    Row {
        customer: Some(item.customer_id),
        name: item.customer_name.clone(),
        cells: [item.plan_name.clone(), format::date(item.on)],
        amount: item.amount.amount,
    }
}

fn moved(item: &MovementItem) -> Row {
    Row {
        customer: Some(item.customer_id),
        name: item.customer_name.clone(),
        cells: [format::money(item.before), format::money(item.after)],
        amount: item.change.amount,
    }
}

fn owed(invoice: &Invoice) -> Row {
    Row {
        customer: Some(invoice.customer_id),
        name: invoice.customer_name.clone(),
        cells: [
            invoice.number.clone().unwrap_or_else(|| format::NOTHING.to_owned()),
            invoice.due_on.map_or_else(|| format::NOTHING.to_owned(), format::date),
        ],
        amount: invoice.payable.amount,
    }
}

fn paying(item: &RecurringCustomer, counts_as: &str) -> Row {
    Row {
        customer: Some(item.customer_id),
        name: item.customer_name.clone(),
        cells: [counts_as.to_owned(), format::count(item.subscriptions)],
        amount: item.mrr.amount,
    }
}

fn joining(item: &MovementItem, counts_as: &str) -> Row {
    Row {
        cells: [counts_as.to_owned(), format::NOTHING.to_owned()],
        ..moved(item)
    }
}

fn billed(item: &BilledItem) -> Row {
    let plan = item.plan_name.as_deref().unwrap_or(WITHOUT_PLAN);
    Row {
        customer: Some(item.customer_id),
        name: item.customer_name.clone(),
        cells: [format!("{} · {plan}", item.number), format::date(item.issued_on)],
        amount: item.net.amount,
    }
}

fn paid(item: &PayerItem) -> Row {
    Row {
        customer: Some(item.customer_id),
        name: item.customer_name.clone(),
        cells: [format::count(item.payments), format::count(item.refunds)],
        amount: item.paid.amount,
    }
}
