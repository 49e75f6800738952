//! Billing the periods of a subscription.

use chrono::NaiveDate;
use contract::{Quantity, SubscriptionId, invoice::NewLine};

use super::period::{self, Period};
use crate::{
    billing,
    change::difference,
    entity::{billing as settings, customer, invoice, license, subscription},
    error::{Error, Result},
    invoice as invoices,
    invoice::lines::Terms,
    plan,
    scope::Scope,
    zone,
};
use sea_orm::{ActiveModelTrait, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter};

/// A line for a time of a subscription; its end is exclusive, and the last day is what a person reads.
pub fn line(what: &str, quantity: Quantity, unit_price: i64, from: NaiveDate, until: NaiveDate) -> NewLine {
    let last = until.pred_opt().unwrap_or(until);
    NewLine {
        text: format!("{what}, {} – {}", from.format("%-d %b %Y"), last.format("%-d %b %Y")),
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

/// An invoice for a subscription: final at once where the vendor wants that and everything is known that the law asks for,
/// else a draft. Nothing is made for nothing.
pub async fn invoice(
    scope: &Scope,
    owner: &customer::Model,
    subscription: Option<SubscriptionId>,
    currency: contract::Currency,
    new: &[NewLine],
) -> Result<Option<invoice::Model>> {
    let settings: settings::Model = billing::load(scope).await?;
    let terms = Terms::new(scope, &settings, currency.code(), None, false)?;
    let mut row = invoices::draft(scope, owner.id, subscription, currency, &terms, new, None).await?;
    if settings.finalize_renewals {
        match invoices::finalize(scope, &mut row, owner, invoices::Days::default()).await {
            // What is missing can be entered later: the draft waits.
            Err(Error::Refused(contract::Error::Conflict { .. })) => {}
            // The clock was set back behind the last number of the series, which must not run backwards: the draft waits too.
            Err(Error::Refused(contract::Error::Invalid { fields })) if is_set_back(&fields) => {}
            done => done?,
        }
    }
    Ok(Some(row))
}

fn is_set_back(fields: &[contract::FieldError]) -> bool {
    let of_day = |found: &contract::FieldError| found.field == "issued_on" && matches!(found.problem, contract::Problem::TooEarly { .. });
    fields.iter().all(of_day)
}

/// The period that is to be billed next, if the subscription lasts so long.
pub fn next_period(row: &subscription::Model) -> Result<Option<Period>> {
    let next = period::on(row, row.billed_until.max(row.anchor))?;
    let is_over = row.cancel_at_period_end && row.ends_on.is_some_and(|end| end <= next.start);
    Ok((!is_over).then_some(next))
}

/// Bills a period that was not billed and lets the licenses run as long.
pub async fn period(scope: &Scope, row: &mut subscription::Model, owner: &customer::Model, of: Period) -> Result<Option<invoice::Model>> {
    let plan = plan::find(scope, row.plan_id.into()).await?;
    // After a pause only the rest of a period is billed.
    let from = row.billed_until.max(of.start);
    let quantity = if from == of.start {
        Quantity::whole(u32::try_from(row.quantity)?)
    } else {
        share(from, of.end, of, row.quantity)?
    };
    let made = if row.price == 0 {
        None
    } else {
        let new = [line(&plan.name, quantity, row.price, from, of.end)];
        invoice(scope, owner, Some(row.id.into()), super::currency(row)?, &new).await?
    };
    row.billed_until = of.end;
    renew_licenses(scope, row, of.end).await?;
    Ok(made)
}

/// Lets the licenses of a subscription run to the end of what was billed, at the time of day at which each began.
async fn renew_licenses(scope: &Scope, row: &subscription::Model, until: NaiveDate) -> Result<()> {
    let own = license::Entity::find()
        .filter(license::Column::SubscriptionId.eq(row.id))
        .filter(license::Column::Status.is_in(["active", "expired"]));
    for mut own in own.all(scope).await? {
        let end = zone::same_time(scope.zone, contract::Timestamp(own.starts_at), until);
        if own.expires_at.is_none_or(|known| known >= end.0) {
            continue;
        }
        own.expires_at = Some(end.0);
        own.status = if end > scope.now { "active" } else { "expired" }.to_owned();
        own.due_at = (end > scope.now).then_some(end.0);
        own.version += 1;
        own.updated_at = scope.now.0;
        own.into_active_model().reset_all().update(scope).await?;
    }
    Ok(())
}

/// What the change log shows of an invoice that was made.
pub fn noted(scope: &Scope, made: Option<&invoice::Model>) -> Result<()> {
    if let Some(made) = made {
        scope.log(invoices::entry(made, difference(None, &invoices::fields(made)?)));
    }
    Ok(())
}
