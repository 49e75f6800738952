//! The days of a subscription that begins: its trial, its first period, and what has passed since.

use chrono::{Days, NaiveDate};
use contract::BillingCycle;

/// The days of a subscription that begins. Last days belong to what they end.
#[derive(Debug, PartialEq, Eq)]
pub struct Course {
    /// First day.
    pub starts_on: NaiveDate,
    /// Last day of the trial.
    pub trial_until: Option<NaiveDate>,
    /// First day that is paid for; all periods are counted from it.
    pub first: NaiveDate,
    /// Last day of the first period that is paid for.
    pub last: NaiveDate,
    /// Whether that period is billed at once.
    pub is_billed_now: bool,
    /// Further periods that have begun by today, which the next catch-up bills.
    pub overdue: u32,
    /// First day of the first period that is still to come.
    pub next: NaiveDate,
}

impl Course {
    /// As of today.
    pub fn of(starts_on: NaiveDate, trial_days: u32, cycle: BillingCycle, today: NaiveDate) -> Self {
        let first = starts_on.checked_add_days(Days::new(trial_days.into())).unwrap_or(starts_on);
        let begin = |period: u32| cycle.after(first, period).unwrap_or(first);
        let is_billed_now = first <= today;
        let running = cycle.period_of(first, today);
        Self {
            starts_on,
            trial_until: first.pred_opt().filter(|_| trial_days > 0),
            first,
            last: begin(1).pred_opt().unwrap_or(first),
            is_billed_now,
            overdue: running.unwrap_or(0),
            next: running.map_or(first, |running| begin(running.saturating_add(1))),
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn course(starts_on: &str, trial: u32) -> Course {
        Course::of(day(starts_on), trial, BillingCycle::Monthly, day("2026-11-22"))
    }

    #[test]
    fn one_that_begins_today_is_billed_at_once() {
        let course = course("2026-11-22", 0);
        assert_eq!(
            (course.first, course.last, course.next),
            (day("2026-11-22"), day("2026-12-21"), day("2026-12-22"))
        );
        assert_eq!((course.trial_until, course.is_billed_now, course.overdue), (None, true, 0));
    }

    #[test]
    fn a_trial_comes_first_and_is_not_billed() {
        let course = course("2026-11-22", 14);
        assert_eq!(
            (course.trial_until, course.first, course.next),
            (Some(day("2026-12-05")), day("2026-12-06"), day("2026-12-06"))
        );
        assert!(!course.is_billed_now && course.overdue == 0);
    }

    #[test]
    fn one_that_is_still_to_come_is_billed_when_it_begins() {
        let course = course("2026-12-31", 0);
        assert!(!course.is_billed_now);
        assert_eq!((course.last, course.next), (day("2027-01-30"), day("2026-12-31")));
    }

    #[test]
    fn one_that_began_long_ago_has_periods_to_catch_up_and_month_ends_stay() {
        let course = course("2026-08-31", 0);
        assert_eq!(
            (course.last, course.overdue, course.next),
            (day("2026-09-29"), 2, day("2026-11-30"))
        );
        assert!(course.is_billed_now);
        // The first period ends before the trial that began long ago is over.
        let after_trial = Course::of(day("2026-08-31"), 30, BillingCycle::Monthly, day("2026-11-22"));
        assert_eq!((after_trial.first, after_trial.overdue), (day("2026-09-30"), 1));
    }
}
