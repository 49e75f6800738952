//! What a change of a running subscription comes to: the rest of the period that was billed at the old terms is taken off, and
//! billed at the new ones, by whole days.
//!
//! The share of a period is days ÷ days of the whole period, rounded half up at nine digits (Kill Bill), also when the
//! subscription began within it (Lago); it is taken from the price that was billed, not from the plan's price of today.

use chrono::NaiveDate;
use contract::{
    BillingCycle, Conflict, Currency, Money, Problem, Quantity,
    invoice::NewLine,
    money::{MAX_AMOUNT, scale},
    payment::wrong_currency,
    subscription::{PreviewSubscriptionChange, SubscriptionChangePreview, SubscriptionStatus},
};

use super::{
    bill, check_status, currency,
    period::{self, Period},
};
use crate::{
    billing, db,
    entity::{plan, subscription},
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

/// Works out a change.
pub async fn work_out(scope: &Scope, row: &subscription::Model, asked: &PreviewSubscriptionChange) -> Result<Change> {
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
            next: next(price, quantity, currency)?,
        },
        plan,
    };
    let is_trial = row.status == "trialing";
    if cycle != old_cycle && !is_trial {
        found.anchor = on;
    }
    if row.billed_until > on && !is_trial {
        found.lines = settle(scope, row, &old_plan, &found, old_cycle).await?;
        if cycle != old_cycle {
            found.billed_until = cycle.after(on, 1).ok_or_else(|| Error::Fault("the calendar ends".to_owned()))?;
        }
    }
    let terms = Terms::new(scope, &billing::load(scope).await?, currency.code(), None, false)?;
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

/// What so many units cost a cycle.
fn next(price: i64, quantity: u32, currency: Currency) -> Result<Money> {
    match price.checked_mul(quantity.into()).filter(|amount| *amount <= MAX_AMOUNT) {
        Some(amount) => Ok(Money::new(amount, currency)),
        None => {
            let problem = Problem::OutOfRange {
                min: 1,
                max: MAX_AMOUNT / price.max(1),
            };
            Err(contract::Error::field("quantity", problem).into())
        }
    }
}

/// The lines: what was billed and is not used is taken off, and the rest is billed at the new terms.
async fn settle(
    scope: &Scope,
    row: &subscription::Model,
    old: &plan::Model,
    new: &Change,
    old_cycle: BillingCycle,
) -> Result<Vec<NewLine>> {
    let until = row.billed_until.min(new.of.end);
    let unused = bill::share(new.on, until, new.of, row.quantity)?;
    let mut lines = Vec::new();
    let worth = unused.times(row.price).unwrap_or(0);
    let most = billed(scope, row, new.of).await?;
    if worth > 0 && most > 0 {
        // Never more than was billed: of an invoice that was voided or credited nothing is left to take off.
        let taken = if worth <= most {
            unused
        } else {
            Quantity(scale(unused.0, most, worth).unwrap_or(0))
        };
        if taken.0 > 0 {
            let what = format!("Unused time of {}", old.name);
            lines.push(bill::line(&what, taken.negated(), row.price, new.on, until));
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

/// What was billed for a period of a subscription and not taken back since, without tax.
async fn billed(scope: &Scope, row: &subscription::Model, of: Period) -> Result<i64> {
    let of_period = "l.period_start < ? AND l.period_end > ? AND i.subscription_id = ? AND i.status <> 'void'";
    let sql = format!(
        "SELECT (SELECT {net} FROM invoice_line l JOIN invoice i ON i.id = l.invoice_id WHERE {of_period})
              - (SELECT {net} FROM credit_note_line l JOIN credit_note n ON n.id = l.credit_note_id JOIN invoice i ON i.id = n.invoice_id
                 WHERE {of_period})",
        net = db::sum(scope, "l.net")
    );
    let values = || vec![of.end.into(), of.start.into(), row.id.into()];
    scope.number(&sql, [values(), values()].concat()).await
}
