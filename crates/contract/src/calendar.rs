//! Calendar arithmetic of billing: always from the anchor, never chained, so that a month's end stays one.

use chrono::{Datelike, Months, NaiveDate};

use crate::names;

names! {
    /// How often is billed.
    pub enum BillingCycle {
        /// Every month.
        Monthly = "monthly",
        /// Every year.
        Yearly = "yearly",
    }
}

impl BillingCycle {
    /// Months of one period.
    #[must_use]
    pub fn months(self) -> u32 {
        match self {
            Self::Monthly => 1,
            Self::Yearly => 12,
        }
    }

    /// The date `periods` periods after the anchor, its day cut to the length of the month: 31 January + 1 month is
    /// 28 or 29 February, + 2 months is 31 March. `None` beyond the calendar's end.
    ///
    /// The rule is Stripe's billing cycle anchor (<https://docs.stripe.com/subscriptions/billing-cycle>).
    #[must_use]
    pub fn after(self, anchor: NaiveDate, periods: u32) -> Option<NaiveDate> {
        anchor.checked_add_months(Months::new(self.months().checked_mul(periods)?))
    }

    /// The period that holds `day`, as its number from the anchor (0 for the first). `None` before the anchor.
    #[must_use]
    pub fn period_of(self, anchor: NaiveDate, day: NaiveDate) -> Option<u32> {
        let months = (day.year() - anchor.year()) * 12 + i32::try_from(day.month()).ok()? - i32::try_from(anchor.month()).ok()?;
        let mut periods = u32::try_from(months).ok()? / self.months();
        if self.after(anchor, periods)? > day {
            periods = periods.checked_sub(1)?;
        }
        Some(periods)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap_or_default()
    }

    #[test]
    fn periods_are_counted_from_the_anchor_and_end_with_the_month() {
        let cases = [
            (BillingCycle::Monthly, "2026-01-31", 1, "2026-02-28"),
            (BillingCycle::Monthly, "2028-01-31", 1, "2028-02-29"),
            (BillingCycle::Monthly, "2026-01-31", 2, "2026-03-31"),
            (BillingCycle::Monthly, "2026-01-31", 3, "2026-04-30"),
            (BillingCycle::Yearly, "2024-02-29", 1, "2025-02-28"),
            (BillingCycle::Yearly, "2024-02-29", 4, "2028-02-29"),
        ];
        for (cycle, anchor, periods, want) in cases {
            assert_eq!(cycle.after(day(anchor), periods), Some(day(want)), "{anchor} + {periods}");
        }
    }

    /// Days of a month by the Gregorian rule, without the calendar that is tested.
    fn length(year: i32, month: u32) -> u32 {
        match month {
            4 | 6 | 9 | 11 => 30,
            2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
            2 => 28,
            _ => 31,
        }
    }

    #[test]
    fn over_ten_years_each_date_follows_from_the_anchor_and_none_from_the_one_before() {
        // Stripe, https://docs.stripe.com/billing/subscriptions/billing-cycle: a date that a month does not have is its last
        // day, and the next month has the anchor's day again. 2024, 2028 and 2032 are leap years.
        for (year, month, day_of_month) in [
            (2024, 1, 28),
            (2024, 1, 29),
            (2024, 1, 30),
            (2024, 1, 31),
            (2024, 2, 29),
            (2025, 8, 31),
            (2025, 11, 30),
        ] {
            let Some(anchor) = NaiveDate::from_ymd_opt(year, month, day_of_month) else {
                panic!("{year}-{month}-{day_of_month} is a day")
            };
            for number in 0..=120_u32 {
                let months = month - 1 + number;
                let (year, month) = (year + i32::try_from(months / 12).unwrap_or(0), months % 12 + 1);
                let want = NaiveDate::from_ymd_opt(year, month, day_of_month.min(length(year, month)));
                assert_eq!(BillingCycle::Monthly.after(anchor, number), want, "{anchor} + {number} months");
                if number % 12 == 0 {
                    assert_eq!(
                        BillingCycle::Yearly.after(anchor, number / 12),
                        want,
                        "{anchor} + {} years",
                        number / 12
                    );
                }
            }
        }
    }

    #[test]
    fn every_day_belongs_to_the_period_that_holds_it() {
        for cycle in [BillingCycle::Monthly, BillingCycle::Yearly] {
            for anchor in ["2024-01-31", "2024-02-29", "2024-12-01"].map(day) {
                for offset in 0..4000 {
                    let Some(at) = anchor.checked_add_days(chrono::Days::new(offset)) else {
                        continue;
                    };
                    let Some(period) = cycle.period_of(anchor, at) else {
                        panic!("{at} is after {anchor}")
                    };
                    assert!(
                        cycle.after(anchor, period) <= Some(at) && Some(at) < cycle.after(anchor, period + 1),
                        "{anchor} {at}"
                    );
                }
                assert_eq!(cycle.period_of(anchor, anchor.pred_opt().unwrap_or_default()), None);
            }
        }
    }
}
