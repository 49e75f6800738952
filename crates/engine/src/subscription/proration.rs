//! What a change of a running subscription comes to: the rest of the period that was billed at the old terms is taken off, and
//! billed at the new ones, by whole days.
//!
//! The share of a period is days ÷ days of the whole period, rounded half up at nine digits (Kill Bill), also when the
//! subscription began within it (Lago); it is taken from the price that was billed, not from the plan's price of today.

use chrono::NaiveDate;
use contract::{
    BillingCycle, Conflict, Money, Problem, Quantity,
    invoice::NewLine,
    money::scale,
    payment::wrong_currency,
    subscription::{PreviewSubscriptionChange, SubscriptionChangePreview, SubscriptionStatus},
};

use super::{
    bill, billed, check_status, currency,
    period::{self, Period},
};
use crate::{
    entity::{customer, plan, subscription},
    error::{Error, Result},
    invoice::lines::{self, Terms},
    plan as plans,
    scope::Scope,
};

/// A change that was worked out and not made.
pub struct Change {
    pub on: NaiveDate,
    /// The period in which the change falls.
    pub of: Period,
    pub plan: plan::Model,
    pub cycle: BillingCycle,
    pub price: i64,
    pub quantity: u32,
    /// First day of the periods that are counted from the change on.
    pub anchor: NaiveDate,
    pub billed_until: NaiveDate,
    pub lines: Vec<NewLine>,
    pub preview: SubscriptionChangePreview,
}

impl Change {
    /// First day after the time that it settles, which is that of its last line: whatever is left after it is for that time.
    pub fn settled_until(&self) -> NaiveDate {
        self.lines.last().and_then(|line| line.period_end).unwrap_or(self.of.end)
    }
}

/// Works out a change.
pub async fn work_out(
    scope: &Scope,
    row: &subscription::Model,
    owner: &customer::Model,
    asked: &PreviewSubscriptionChange,
) -> Result<Change> {
    check_status(
        row,
        &[
            SubscriptionStatus::Trialing,
            SubscriptionStatus::Active,
            SubscriptionStatus::PastDue,
        ],
    )?;
    let currency = currency(row)?;
    let old_plan = plans::find(scope, row.plan_id.into()).await?;
    let (old_cycle, old_quantity) = (period::cycle(row)?, u32::try_from(row.quantity)?);
    let plan = match asked.plan_id {
        Some(id) => plans::find(scope, id).await?,
        None => old_plan.clone(),
    };
    let cycle = asked.billing_cycle.unwrap_or(old_cycle);
    let quantity = asked.quantity.unwrap_or(old_quantity);
    let is_resold = plan.id != old_plan.id || cycle != old_cycle;
    if !is_resold && quantity == old_quantity {
        return Err(Conflict::NothingToChange.into());
    }
    if plan.currency != row.currency {
        return Err(contract::Error::field("plan_id", wrong_currency(currency)).into());
    }
    // More of the same keeps the price that was agreed.
    let price = if is_resold { plans::price(&plan, cycle)? } else { row.price };
    let terms = Terms::of(scope, owner, currency.code()).await?;
    let priced_by = match (asked.plan_id, asked.billing_cycle) {
        (Some(_), _) => "plan_id",
        (None, Some(_)) => "billing_cycle",
        (None, None) => "quantity",
    };
    bill::check_price(&terms, price, quantity, priced_by)?;
    let (on, of) = day(scope, row, asked.on)?;
    let mut found = Change {
        on,
        of,
        cycle,
        price,
        quantity,
        anchor: row.anchor,
        billed_until: row.billed_until,
        lines: Vec::new(),
        preview: SubscriptionChangePreview {
            on,
            until: of.end,
            lines: Vec::new(),
            net: Money::new(0, currency),
            tax: Money::new(0, currency),
            total: Money::new(0, currency),
            // In range: it was checked with its tax.
            next: Money::new(price.saturating_mul(quantity.into()), currency),
        },
        plan,
    };
    let is_trial = row.status == "trialing";
    if cycle != old_cycle && !is_trial {
        found.anchor = on;
    }
    if row.billed_until > on && !is_trial {
        found.lines = settle(scope, row, &terms, &old_plan, &found, old_cycle).await?;
        if cycle != old_cycle {
            found.billed_until = cycle.after(on, 1).ok_or_else(|| Error::Fault("the calendar ends".to_owned()))?;
        }
    }
    let (lines, totals) = lines::compute(&terms, &found.lines)?;
    found.preview.lines = lines;
    found.preview.net.amount = totals.net;
    found.preview.tax.amount = totals.tax;
    found.preview.total.amount = totals.total;
    Ok(found)
}

/// The day of a change, and the period in which it falls.
fn day(scope: &Scope, row: &subscription::Model, asked: Option<NaiveDate>) -> Result<(NaiveDate, Period)> {
    let today = scope.today();
    let on = asked.unwrap_or(today);
    let current = period::on(row, today.max(row.starts_on))?;
    let (earliest, latest) = (current.start.max(row.terms_since), today.max(row.starts_on));
    if on < earliest {
        return Err(contract::Error::field("on", Problem::TooEarly { earliest }).into());
    }
    if on > latest {
        return Err(contract::Error::field("on", Problem::TooLate { latest }).into());
    }
    Ok((on, current))
}

/// The lines: what was billed and is not used is taken off, with the tax that it was billed with, and the rest is billed at the
/// new terms.
async fn settle(
    scope: &Scope,
    row: &subscription::Model,
    terms: &Terms,
    old: &plan::Model,
    new: &Change,
    old_cycle: BillingCycle,
) -> Result<Vec<NewLine>> {
    let until = row.billed_until.min(new.of.end);
    let unused = bill::share(new.on, until, new.of, row.quantity)?;
    let mut lines = Vec::new();
    let what = format!("Unused time of {}", old.name);
    let (tax_category, tax_rate) = billed::tax_of(scope, row, new.of).await?.unzip();
    let of_unused = |quantity| NewLine {
        tax_category,
        tax_rate,
        ..bill::line(&what, quantity, row.price, new.on, until)
    };
    // Without tax, as what was billed is compared.
    let worth = match unused.0 {
        0 => 0,
        _ => lines::compute(terms, &[of_unused(unused)])?.1.net,
    };
    let (most, amounts) = billed::left(scope, row, new.of, new.on).await?;
    if worth > 0 && most > 0 {
        // Never more than was billed: of an invoice that was voided or credited nothing is left to take off. Each amount was
        // rounded, so a minor unit of each is no difference.
        let taken = if worth <= most + amounts {
            unused
        } else {
            Quantity(scale(unused.0, most, worth).unwrap_or(0))
        };
        if taken.0 > 0 {
            lines.push(of_unused(taken.negated()));
        }
    }
    let (quantity, end) = if new.cycle == old_cycle {
        (bill::share(new.on, until, new.of, new.quantity.into())?, until)
    } else {
        let end = new
            .cycle
            .after(new.on, 1)
            .ok_or_else(|| Error::Fault("the calendar ends".to_owned()))?;
        (Quantity::whole(new.quantity), end)
    };
    if new.price > 0 && quantity.0 > 0 {
        lines.push(bill::line(&new.plan.name, quantity, new.price, new.on, end));
    }
    Ok(lines)
}
