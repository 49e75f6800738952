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

/// What the periods of a subscription follow from.
#[derive(Clone, Copy, Debug)]
pub struct Schedule {
    pub cycle: BillingCycle,
    pub starts_on: NaiveDate,
    pub anchor: NaiveDate,
    /// The first day after it, if it ends.
    pub ends_on: Option<NaiveDate>,
}

impl Schedule {
    /// Of a subscription.
    pub fn of(row: &subscription::Model) -> Result<Self> {
        Ok(Self {
            cycle: cycle(row)?,
            starts_on: row.starts_on,
            anchor: row.anchor,
            ends_on: row.ends_on.filter(|_| row.cancel_at_period_end),
        })
    }

    /// The period that holds a day. Before the anchor it is the time up to it: the trial.
    pub fn on(&self, day: NaiveDate) -> Result<Period> {
        let Some(number) = self.cycle.period_of(self.anchor, day) else {
            return Ok(Period {
                start: self.starts_on,
                end: self.anchor,
            });
        };
        let at = |number| {
            let day = self.cycle.after(self.anchor, number);
            day.ok_or_else(|| Error::Fault("the calendar ends".to_owned()))
        };
        Ok(Period {
            start: at(number)?,
            end: at(number + 1)?,
        })
    }

    /// The period that is to be billed after what is billed until a day, if the subscription lasts so long.
    pub fn after(&self, billed_until: NaiveDate) -> Result<Option<Period>> {
        let next = self.on(billed_until.max(self.anchor))?;
        let is_over = self.ends_on.is_some_and(|end| end <= next.start);
        Ok((!is_over).then_some(next))
    }
}

/// The period that holds a day.
pub fn on(row: &subscription::Model, day: NaiveDate) -> Result<Period> {
    Schedule::of(row)?.on(day)
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
