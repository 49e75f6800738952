//! The periods of a subscription. They are not stored but follow from the anchor, so that none is behind the clock and a
//! month's end stays one.

use chrono::NaiveDate;
use chrono_tz::Tz;
use contract::{BillingCycle, Timestamp};

use crate::{
    entity::subscription,
    error::{Error, Result, unknown_word},
    zone,
};

/// First day of a period and first day after it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Period {
    pub start: NaiveDate,
    pub end: NaiveDate,
}

/// How often a subscription is billed.
pub fn cycle(row: &subscription::Model) -> Result<BillingCycle> {
    BillingCycle::parse(&row.billing_cycle).ok_or_else(|| unknown_word("subscription.billing_cycle", &row.billing_cycle))
}

/// The period that holds a day. Before the anchor it is the time up to it: the trial.
pub fn on(row: &subscription::Model, day: NaiveDate) -> Result<Period> {
    let cycle = cycle(row)?;
    let Some(number) = cycle.period_of(row.anchor, day) else {
        return Ok(Period {
            start: row.starts_on,
            end: row.anchor,
        });
    };
    let at = |number| {
        cycle
            .after(row.anchor, number)
            .ok_or_else(|| Error::Fault("the calendar ends".to_owned()))
    };
    Ok(Period {
        start: at(number)?,
        end: at(number + 1)?,
    })
}

/// The period that runs at an instant or, once the subscription is over, the one in which it ended.
pub fn current(zone: Tz, row: &subscription::Model, now: Timestamp) -> Result<Period> {
    let last = match row.ended_at {
        // An end is the first instant that is no longer part of it.
        Some(end) => Timestamp(end.min(now.0)).plus_millis(-1),
        None => now,
    };
    on(row, zone::day(zone, last).max(row.starts_on))
}
