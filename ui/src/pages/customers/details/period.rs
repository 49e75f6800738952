//! The running period of a subscription, as days.

use chrono::NaiveDate;

/// A period, half open inside, shown with its last day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Period {
    /// The first day.
    pub first: NaiveDate,
    /// The last day that belongs to it.
    pub last: NaiveDate,
    /// Which of its days today is, from 1; nothing before it began and after it ended.
    pub day: Option<i64>,
    /// How many days it has.
    pub days: i64,
}

impl Period {
    /// The period from a day to the first day after it, as of today.
    #[must_use]
    pub fn new(start: NaiveDate, end: NaiveDate, today: NaiveDate) -> Self {
        let days = end.signed_duration_since(start).num_days().max(1);
        let day = today.signed_duration_since(start).num_days() + 1;
        Self {
            first: start,
            last: end.pred_opt().filter(|last| *last >= start).unwrap_or(start),
            day: (1..=days).contains(&day).then_some(day),
            days,
        }
    }

    /// How much of it is over, in percent, today included.
    #[must_use]
    pub fn percent(&self, today: NaiveDate) -> u32 {
        match self.day {
            Some(day) => u32::try_from(day * 100 / self.days).unwrap_or(100),
            None if today < self.first => 0,
            None => 100,
        }
    }

    /// Where in it today is, in words.
    #[must_use]
    pub fn words(&self, today: NaiveDate) -> String {
        match self.day {
            Some(day) => format!("day {day} of {}", self.days),
            None if today < self.first => "not begun".to_owned(),
            None => "over".to_owned(),
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

    #[test]
    fn a_period_ends_with_the_day_before_the_next() {
        let period = |today| Period::new(day("2026-11-09"), day("2026-12-09"), day(today));
        assert_eq!(
            (period("2026-11-22").last, period("2026-11-22").words(day("2026-11-22"))),
            (day("2026-12-08"), "day 14 of 30".to_owned())
        );
        for (today, percent, words) in [
            ("2026-11-08", 0, "not begun"),
            ("2026-11-09", 3, "day 1 of 30"),
            ("2026-12-08", 100, "day 30 of 30"),
            ("2026-12-09", 100, "over"),
        ] {
            assert_eq!(
                (period(today).percent(day(today)), period(today).words(day(today)).as_str()),
                (percent, words),
                "{today}"
            );
        }
    }

    #[test]
    fn a_period_without_a_length_is_one_day() {
        let period = Period::new(day("2026-11-09"), day("2026-11-09"), day("2026-11-09"));
        assert_eq!((period.last, period.days, period.day), (day("2026-11-09"), 1, Some(1)));
    }
}
