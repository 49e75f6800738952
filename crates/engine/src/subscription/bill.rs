//! Billing the periods of a subscription.

use chrono::NaiveDate;
use contract::{Problem, Quantity, SubscriptionId, invoice::NewLine};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};
use uuid::Uuid;

use super::{
    licenses,
    period::{self, Period},
};
use crate::{
    billing,
    change::difference,
    entity::{billing as settings, customer, invoice, recurring, subscription},
    error::{Error, Result},
    invoice as invoices,
    invoice::lines::{self, Terms},
    plan,
    scope::Scope,
};

/// A line for a time of a subscription; its end is exclusive. The text does not say the days: whoever shows the line does, as its
/// reader writes days.
pub fn line(what: &str, quantity: Quantity, unit_price: i64, from: NaiveDate, until: NaiveDate) -> NewLine {
    NewLine {
        text: what.to_owned(),
        quantity,
        unit_price,
        tax_category: None,
        tax_rate: None,
        period_start: Some(from),
        period_end: Some(until),
    }
}

/// Days from one day to another.
pub fn days(from: NaiveDate, until: NaiveDate) -> i64 {
    (until - from).num_days()
}

/// The share of a period that a part of it is, for so many units; the quotient is rounded half up at nine digits.
pub fn share(from: NaiveDate, until: NaiveDate, of: Period, units: i64) -> Result<Quantity> {
    let units = u32::try_from(units)?;
    Quantity::share(days(from, until), days(of.start, of.end), units)
        .ok_or_else(|| Error::Fault("a share of a period is out of range".to_owned()))
}

/// Refuses a price that no invoice could hold, its tax included: it would be agreed today and could never be billed. The refusal
/// is of the quantity or, where one unit alone is too much, of the field that says the price.
pub fn check_price(terms: &Terms, price: i64, quantity: u32, priced_by: &str) -> Result<()> {
    let fits = |price: i64, units: i64| {
        let Ok(units) = u32::try_from(units) else { return false };
        let whole = NewLine {
            text: String::new(),
            quantity: Quantity::whole(units),
            unit_price: price,
            tax_category: None,
            tax_rate: None,
            period_start: None,
            period_end: None,
        };
        lines::compute(terms, &[whole]).is_ok()
    };
    if fits(price, quantity.into()) {
        return Ok(());
    }
    let units = largest(|units| fits(price, units), quantity.into());
    let (field, min, max) = if units > 0 {
        ("quantity", 1, units)
    } else {
        (priced_by, 0, largest(|price| fits(price, 1), price))
    };
    Err(contract::Error::field(field, Problem::OutOfRange { min, max }).into())
}

/// The largest number that fits, below one that does not.
fn largest(fits: impl Fn(i64) -> bool, beyond: i64) -> i64 {
    let (mut low, mut high) = (0, beyond);
    while high - low > 1 {
        let middle = low + (high - low) / 2;
        if fits(middle) {
            low = middle;
        } else {
            high = middle;
        }
    }
    low
}

/// An invoice for a subscription: final at once where the vendor wants that and everything is known that the law asks for,
/// else a draft. Nothing is made for nothing.
pub async fn invoice(
    scope: &Scope,
    owner: &customer::Model,
    subscription: Option<SubscriptionId>,
    currency: contract::Currency,
    new: &[NewLine],
) -> Result<Option<invoice::Model>> {
    let settings = billing::load(scope).await?;
    let mut row = draft(scope, owner, &settings, subscription, currency, new).await?;
    if settings.finalize_renewals {
        match invoices::finalize(scope, &mut row, owner, invoices::Days::default()).await {
            // What is missing can be entered later, and numbers that collide can be given another format: the draft waits.
            Err(Error::Refused(contract::Error::Conflict { .. })) => {}
            // The clock was set back behind the last number of the series, which must not run backwards: the draft waits too.
            Err(Error::Refused(contract::Error::Invalid { fields })) if is_set_back(&fields) => {}
            done => done?,
        }
    }
    Ok(Some(row))
}

/// The same as a draft, whatever the vendor wants of what is billed by itself.
async fn draft(
    scope: &Scope,
    owner: &customer::Model,
    settings: &settings::Model,
    subscription: Option<SubscriptionId>,
    currency: contract::Currency,
    new: &[NewLine],
) -> Result<invoice::Model> {
    let mut terms = Terms::new(scope, settings, currency.code(), None, false, billing::treatment(owner)?)?;
    terms.reverse_charge = terms.are_reversed(new);
    invoices::draft(scope, owner.id, subscription, currency, &terms, new, None).await
}

fn is_set_back(fields: &[contract::FieldError]) -> bool {
    let of_day = |found: &contract::FieldError| found.field == "issued_on" && matches!(found.problem, contract::Problem::TooEarly { .. });
    fields.iter().all(of_day)
}

/// The period that is to be billed next, if the subscription lasts so long.
pub fn next_period(row: &subscription::Model) -> Result<Option<Period>> {
    period::Schedule::of(row)?.after(row.billed_until)
}

/// What is billed of a period that was not billed; nothing where it costs nothing.
async fn line_of(scope: &Scope, row: &subscription::Model, of: Period) -> Result<Option<NewLine>> {
    if row.price == 0 {
        return Ok(None);
    }
    let plan = plan::find(scope, row.plan_id.into()).await?;
    // After a pause only the rest of a period is billed.
    let from = row.billed_until.max(of.start);
    let quantity = if from == of.start {
        Quantity::whole(u32::try_from(row.quantity)?)
    } else {
        share(from, of.end, of, row.quantity)?
    };
    Ok(Some(line(&plan.name, quantity, row.price, from, of.end)))
}

/// The same for a period that is billed anew: the days before the last change of the terms at those that held then, as what
/// recurred tells.
async fn lines_anew(scope: &Scope, row: &subscription::Model, of: Period) -> Result<Vec<NewLine>> {
    let (from, changed) = (row.billed_until.max(of.start), row.terms_since.min(of.end));
    if changed <= from {
        return Ok(line_of(scope, row, of).await?.into_iter().collect());
    }
    let known = recurring::Entity::find()
        .filter(recurring::Column::SubscriptionId.eq(row.id))
        .filter(recurring::Column::Months.eq(i64::from(period::cycle(row)?.months())))
        .filter(recurring::Column::StartsOn.lt(changed))
        .order_by_asc(recurring::Column::StartsOn)
        .all(scope)
        .await?;
    let amount = row
        .price
        .checked_mul(row.quantity)
        .ok_or_else(|| Error::Fault("the price of a subscription is out of range".to_owned()))?;
    let now = (row.plan_id, amount);
    // The first day of each, up to the next one; what held before the period holds at its first day.
    let mut parts: Vec<(NaiveDate, (Uuid, i64))> = Vec::new();
    for terms in known {
        let start = terms.starts_on.max(from);
        parts.retain(|(earlier, _)| *earlier < start);
        parts.push((start, (terms.plan_id, terms.amount)));
    }
    if changed < of.end {
        parts.push((changed, now));
    }
    parts.dedup_by_key(|(_, terms)| *terms);
    if parts.iter().all(|(_, terms)| *terms == now) {
        return Ok(line_of(scope, row, of).await?.into_iter().collect());
    }
    if let Some((start, _)) = parts.first_mut() {
        *start = from;
    }
    let mut found = Vec::new();
    for (at, &(start, terms)) in parts.iter().enumerate() {
        let until = parts.get(at + 1).map_or(of.end, |(next, _)| *next);
        // Of other terms only the amount of all units is known.
        let (price, units) = if terms == now { (row.price, row.quantity) } else { (terms.1, 1) };
        if price == 0 {
            continue;
        }
        let quantity = if (start, until) == (of.start, of.end) {
            Quantity::whole(u32::try_from(units)?)
        } else {
            share(start, until, of, units)?
        };
        let plan = plan::find(scope, terms.0.into()).await?;
        found.push(line(&plan.name, quantity, price, start, until));
    }
    Ok(found)
}

/// Bills a period that was not billed and lets the licenses run as long.
pub async fn period(scope: &Scope, row: &mut subscription::Model, owner: &customer::Model, of: Period) -> Result<Option<invoice::Model>> {
    let made = match line_of(scope, row, of).await? {
        Some(new) => invoice(scope, owner, Some(row.id.into()), super::currency(row)?, &[new]).await?,
        None => None,
    };
    row.billed_until = of.end;
    licenses::renew(scope, row).await?;
    Ok(made)
}

/// The next period of a running subscription that has begun and was not billed yet.
fn begun(scope: &Scope, row: &subscription::Model) -> Result<Option<Period>> {
    let today = scope.today();
    if !matches!(row.status.as_str(), "active" | "past_due") || row.billed_until > today {
        return Ok(None);
    }
    Ok(next_period(row)?.filter(|next| next.start <= today))
}

/// Bills every period that has begun and was not billed yet, at the terms that hold until now: what follows must neither
/// price them anew nor drop them. The catch-up would have done the same, had it come first.
pub async fn up_to_date(scope: &Scope, row: &mut subscription::Model, owner: &customer::Model) -> Result<()> {
    while let Some(next) = begun(scope, row)? {
        let made = period(scope, row, owner, next).await?;
        noted(scope, made.as_ref())?;
    }
    Ok(())
}

/// The same where nobody is asked who could answer a refusal: a period that cannot be billed is reported, and what has to go
/// on goes on.
pub async fn as_far_as_possible(scope: &Scope, row: &mut subscription::Model, owner: &customer::Model) -> Result<()> {
    while let Some(next) = begun(scope, row)? {
        let known = row.clone();
        match scope.apart(period(scope, row, owner, next)).await? {
            Ok(made) => noted(scope, made.as_ref())?,
            Err(error) => {
                tracing::error!(subscription = %known.id, from = %next.start, ?error, "a period cannot be billed");
                *row = known;
                return Ok(());
            }
        }
    }
    Ok(())
}

/// Bills what is not billed any more of a subscription that was over and goes on: its invoice was deleted, void or credited in
/// full meanwhile. As drafts: who takes a cancellation back is not asked about documents that are there for good. Where a change
/// within a period was billed apart and its invoice went last, only the days from the change on are not billed any more
/// (`unbill.rs`): those before it are for a person to bill.
pub async fn anew(scope: &Scope, row: &mut subscription::Model, owner: &customer::Model) -> Result<()> {
    let settings = billing::load(scope).await?;
    while let Some(next) = begun(scope, row)? {
        let new = lines_anew(scope, row, next).await?;
        if !new.is_empty() {
            let made = draft(scope, owner, &settings, Some(row.id.into()), super::currency(row)?, &new).await?;
            noted(scope, Some(&made))?;
        }
        row.billed_until = next.end;
        licenses::renew(scope, row).await?;
    }
    Ok(())
}

/// Takes billing up again after a time that is not billed: from today on, unless all of the running period was billed before.
pub async fn take_up(scope: &Scope, row: &mut subscription::Model, owner: &customer::Model) -> Result<Option<invoice::Model>> {
    let (today, current) = (scope.today(), period::current(scope.zone, row, scope.now)?);
    // A change that reached behind today would bill the days in between after all.
    row.terms_since = row.terms_since.max(today);
    if row.billed_until > today {
        return Ok(None);
    }
    row.billed_until = today;
    period(scope, row, owner, current).await
}

/// What the change log shows of an invoice that was made.
pub fn noted(scope: &Scope, made: Option<&invoice::Model>) -> Result<()> {
    if let Some(made) = made {
        scope.log(invoices::entry(made, difference(None, &invoices::fields(made)?)));
    }
    Ok(())
}
