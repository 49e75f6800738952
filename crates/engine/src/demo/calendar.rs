//! The five years that end now: which day began when, and how many customers joined on it.

use chrono::{Datelike, Days, Months, NaiveDate};
use chrono_tz::Tz;

use super::random::Random;
use crate::zone;

/// Months of history.
const MONTHS: u32 = 60;
/// Days after today for which the start is known.
const AHEAD: i64 = 800;

pub const MINUTE: i64 = 60_000;
pub const HOUR: i64 = 60 * MINUTE;

/// Interest in hundredths by month: quiet summers and holidays, busy autumns.
const SEASON: [u64; 12] = [105, 100, 112, 104, 96, 88, 70, 66, 116, 128, 134, 81];

/// Days are counted from the first one.
#[derive(Debug)]
pub struct Calendar {
    zone: Tz,
    first: NaiveDate,
    pub today: i64,
    pub now: i64,
    starts: Vec<i64>,
    /// Interest up to and with each day.
    interest: Vec<u64>,
}

impl Calendar {
    pub fn new(zone: Tz, now: i64) -> Self {
        let date = zone::day(zone, contract::Timestamp(now));
        let first = date.checked_sub_months(Months::new(MONTHS)).unwrap_or(date);
        let today = (date - first).num_days();
        let mut calendar = Self {
            zone,
            first,
            today,
            now,
            starts: Vec::new(),
            interest: Vec::new(),
        };
        calendar.starts = (0..=today + AHEAD).map(|day| zone::start_of(zone, calendar.date(day)).0).collect();
        let mut sum = 0;
        for day in 0..=today {
            let date = calendar.date(day);
            let season = usize::try_from(date.month0())
                .ok()
                .and_then(|month| SEASON.get(month))
                .copied()
                .unwrap_or(100);
            // Four times as many a day after five years as at the start.
            let growth = 100 + 300 * u64::try_from(day).unwrap_or(0) / u64::try_from(today.max(1)).unwrap_or(1);
            let weekday = if date.weekday().number_from_monday() > 5 { 30 } else { 100 };
            sum += season * growth * weekday / 1_000;
            calendar.interest.push(sum);
        }
        calendar
    }

    /// The date of a day.
    pub fn date(&self, day: i64) -> NaiveDate {
        let days = Days::new(day.unsigned_abs());
        let date = if day < 0 {
            self.first.checked_sub_days(days)
        } else {
            self.first.checked_add_days(days)
        };
        date.unwrap_or(self.first)
    }

    /// The day of a date.
    pub fn day(&self, date: NaiveDate) -> i64 {
        (date - self.first).num_days()
    }

    /// The day of an instant.
    pub fn day_of(&self, at: i64) -> i64 {
        self.day(zone::day(self.zone, contract::Timestamp(at)))
    }

    /// The first instant of a day.
    pub fn start(&self, day: i64) -> i64 {
        usize::try_from(day)
            .ok()
            .and_then(|day| self.starts.get(day))
            .copied()
            .unwrap_or_else(|| zone::start_of(self.zone, self.date(day)).0)
    }

    /// When the customer with a number of `all` joined: later numbers later, more of them with time and season.
    pub fn joined(&self, random: &mut Random, number: u32, all: u32) -> i64 {
        let total = self.interest.last().copied().unwrap_or(1);
        let share = total / u64::from(all.max(1));
        let drawn = random.below(i64::try_from(share).unwrap_or(0));
        let at = total * u64::from(number) / u64::from(all.max(1)) + u64::try_from(drawn).unwrap_or(0);
        let day = i64::try_from(self.interest.partition_point(|sum| *sum <= at))
            .unwrap_or(0)
            .min(self.today);
        let at = self.start(day) + 7 * HOUR + random.below(14 * HOUR);
        if at < self.now {
            at
        } else {
            self.now - random.between(1, 90) * MINUTE
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::demo::random::Stream;

    #[test]
    fn customers_join_in_order_more_of_them_later_and_none_tomorrow() {
        let now: contract::Timestamp = "2026-11-22T10:00:00Z".parse().unwrap();
        let calendar = Calendar::new(chrono_tz::Europe::Berlin, now.0);
        let joined: Vec<i64> = (0..1_000)
            .map(|number| calendar.joined(&mut Random::new(1, Stream::Outline, number), number, 1_000))
            .collect();
        let middle = calendar.start(calendar.today / 2);
        let before = joined.iter().filter(|at| **at < middle).count();
        assert!((250..400).contains(&before), "{before}");
        assert!(joined.iter().all(|at| *at >= calendar.start(0) && *at < now.0));
        assert_eq!(calendar.date(calendar.today).to_string(), "2026-11-22");
        assert_eq!(calendar.day_of(now.0), calendar.today);
    }
}
