//! Days, weeks and months in the book's time zone, as half-open ranges of instants.

use chrono::{Datelike, Days, NaiveDate, NaiveDateTime, NaiveTime, TimeZone};
use chrono_tz::Tz;
use contract::{BillingCycle, Timestamp};

/// The day on which an instant falls.
pub fn day(zone: Tz, at: Timestamp) -> NaiveDate {
    at.utc().with_timezone(&zone).date_naive()
}

/// The first instant of a day. Where the clock is put forward at midnight, the day begins when it has been.
pub fn start_of(zone: Tz, day: NaiveDate) -> Timestamp {
    instant(zone, day.and_time(NaiveTime::MIN))
}

/// The instant of a local time: the earlier one where the clock is put back, the first after the gap where it is put
/// forward.
fn instant(zone: Tz, local: NaiveDateTime) -> Timestamp {
    let mut local = local;
    for _ in 0..96 {
        if let Some(at) = zone.from_local_datetime(&local).earliest() {
            return at.to_utc().into();
        }
        local += chrono::TimeDelta::minutes(15);
    }
    local.and_utc().into()
}

/// One cycle after an instant, at the same local time.
pub fn after_cycle(zone: Tz, start: Timestamp, cycle: BillingCycle) -> Option<Timestamp> {
    let local = start.utc().with_timezone(&zone).naive_local();
    Some(instant(zone, cycle.after(local.date(), 1)?.and_time(local.time())))
}

/// The instant of a day at the local time of day of another instant.
pub fn same_time(zone: Tz, of: Timestamp, day: NaiveDate) -> Timestamp {
    instant(zone, day.and_time(of.utc().with_timezone(&zone).time()))
}

/// The first day of a month.
pub fn month_of(day: NaiveDate) -> NaiveDate {
    day.with_day(1).unwrap_or(day)
}

/// The Monday of a week.
pub fn week_of(day: NaiveDate) -> NaiveDate {
    day - Days::new(day.weekday().num_days_from_monday().into())
}

/// The computer's time zone, as the IANA names it.
pub fn of_computer() -> String {
    iana_time_zone::get_timezone()
        .ok()
        .filter(|name| name.parse::<Tz>().is_ok())
        .unwrap_or_else(|| "UTC".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn a_day_begins_where_the_book_is() {
        let zone = chrono_tz::Europe::Berlin;
        assert_eq!(day(zone, at("2026-06-30T22:30:00Z")).to_string(), "2026-07-01");
        assert_eq!(start_of(zone, "2026-07-01".parse().unwrap()), at("2026-06-30T22:00:00Z"));
        // In Santiago the clock is put forward at midnight: 6 September 2026 begins at one o'clock.
        assert_eq!(
            start_of(chrono_tz::America::Santiago, "2026-09-06".parse().unwrap()),
            at("2026-09-06T04:00:00Z")
        );
    }

    #[test]
    fn a_license_ends_at_the_same_local_time_on_the_last_day_there_is() {
        let zone = chrono_tz::Europe::Berlin;
        let cases = [
            ("2026-01-31T12:00:00Z", BillingCycle::Monthly, "2026-02-28T12:00:00Z"),
            ("2028-01-31T12:00:00Z", BillingCycle::Monthly, "2028-02-29T12:00:00Z"),
            ("2026-03-15T12:00:00Z", BillingCycle::Monthly, "2026-04-15T11:00:00Z"),
            ("2024-02-29T12:00:00Z", BillingCycle::Yearly, "2025-02-28T12:00:00Z"),
        ];
        for (start, cycle, end) in cases {
            assert_eq!(after_cycle(zone, at(start), cycle), Some(at(end)), "{start}");
        }
    }

    #[test]
    fn weeks_begin_on_monday() {
        assert_eq!(week_of("2026-11-22".parse().unwrap()).to_string(), "2026-11-16");
        assert_eq!(week_of("2026-11-16".parse().unwrap()).to_string(), "2026-11-16");
    }
}
