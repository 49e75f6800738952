//! What is known of a customer before the rest: enough to number all invoices by the day of their issue.

use super::{
    calendar::Calendar,
    random::{Random, Stream},
};

/// The shape of a customer.
#[derive(Debug)]
pub struct Outline {
    pub number: u32,
    pub joined_at: i64,
    pub joined: i64,
    pub is_active: bool,
    pub licenses: i64,
    /// Days on which invoices are issued, in order.
    pub invoices: Vec<i64>,
}

impl Outline {
    pub fn new(seed: u64, calendar: &Calendar, number: u32, all: u32) -> Self {
        let mut random = Random::new(seed, Stream::Outline, number);
        let joined_at = calendar.joined(&mut random, number, all);
        let joined = calendar.day_of(joined_at);
        let is_active = !random.chance(15);
        let licenses = random.weighted(&[(0, 8), (1, 20), (2, 22), (3, 18), (4, 12), (5, 8), (6, 5), (8, 4), (12, 3)]);
        let wanted = if licenses == 0 {
            0
        } else {
            random.weighted(&[(1, 12), (2, 20), (3, 22), (4, 16), (5, 12), (6, 8), (8, 6), (10, 4)])
        };
        let tenure = calendar.today - joined;
        // Nobody is billed for the next time within three weeks.
        let most = wanted.min(1 + tenure / 21);
        let spacing = tenure / most.max(1);
        let mut invoices = Vec::new();
        for at in 0..most {
            let day = joined + at * spacing + random.below(1 + spacing / 3);
            if day < calendar.today {
                invoices.push(day);
            }
        }
        Self {
            number,
            joined_at,
            joined,
            is_active,
            licenses,
            invoices,
        }
    }
}

/// The numbers of invoices: one series a year, without a gap, in the order of the days.
#[derive(Debug)]
pub struct Numbers {
    /// Of each day: the year, the next number, when it is issued and how long after the one before.
    days: Vec<Day>,
}

#[derive(Clone, Debug, Default)]
struct Day {
    year: i32,
    count: i64,
    used: i64,
    before: i64,
}

/// The number of an invoice.
#[derive(Debug)]
pub struct Numbered {
    pub series: String,
    pub number: i64,
    pub issued_at: i64,
}

impl Numbers {
    pub fn new(seed: u64, calendar: &Calendar, all: u32) -> Self {
        use chrono::Datelike;
        let mut days: Vec<Day> = (0..=calendar.today)
            .map(|day| Day {
                year: calendar.date(day).year(),
                ..Day::default()
            })
            .collect();
        for number in 0..all {
            for day in Outline::new(seed, calendar, number, all).invoices {
                if let Some(day) = usize::try_from(day).ok().and_then(|day| days.get_mut(day)) {
                    day.count += 1;
                }
            }
        }
        let (mut year, mut before) = (0, 0);
        for day in &mut days {
            if day.year != year {
                (year, before) = (day.year, 0);
            }
            day.before = before;
            before += day.count;
        }
        Self { days }
    }

    /// The next number of a day.
    pub fn next(&mut self, calendar: &Calendar, day: i64) -> Option<Numbered> {
        let own = self.days.get_mut(usize::try_from(day).ok()?)?;
        own.used += 1;
        // Spread over the working day in the order of the numbers.
        let issued_at = calendar.start(day) + 9 * super::calendar::HOUR + own.used * 8 * super::calendar::HOUR / (own.count + 1);
        Some(Numbered {
            series: format!("{}-#", own.year),
            number: own.before + own.used,
            issued_at,
        })
    }

    /// Each series with its last number and the day of it.
    pub fn last(&self, calendar: &Calendar) -> Vec<(String, i64, chrono::NaiveDate)> {
        let mut last: Vec<(String, i64, chrono::NaiveDate)> = Vec::new();
        for (at, day) in self.days.iter().enumerate().filter(|(_, day)| day.count > 0) {
            let year = format!("{}-#", day.year);
            if last.last().is_some_and(|(series, ..)| *series == year) {
                last.pop();
            }
            last.push((year, day.before + day.count, calendar.date(i64::try_from(at).unwrap_or(0))));
        }
        last
    }
}
