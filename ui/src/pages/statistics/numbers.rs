//! Arithmetic of this page: whole numbers only.

use chrono::Datelike;
use contract::{
    Money,
    money::{divide, scale},
    recurring::RecurringMonth,
};

/// Millionths in a whole.
pub const MILLION: i64 = 1_000_000;

/// Which customers a lost one is compared with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Base {
    /// Those who were there when the month began.
    Opening,
    /// Those, and all who came in it.
    WithNew,
}

impl Base {
    /// The churn of a month by this base.
    pub fn churn(self, month: &RecurringMonth) -> Option<i64> {
        match self {
            Self::Opening => month.logo_churn,
            Self::WithNew => month.logo_churn_with_new,
        }
    }

    /// How many customers a month is divided by.
    pub fn customers(self, month: &RecurringMonth) -> u64 {
        match self {
            Self::Opening => month.customers_at_start,
            Self::WithNew => month.customers_at_start + month.customers_new + month.customers_reactivated,
        }
    }
}

/// Whether a month is over, so that its churn is complete.
pub fn is_full(month: &RecurringMonth) -> bool {
    month.until.succ_opt().is_some_and(|next| next.day() == 1)
}

/// The mean of a ratio over the full months that have a base, and how many these are.
pub fn mean(months: &[RecurringMonth], ratio: impl Fn(&RecurringMonth) -> Option<i64>) -> (Option<i64>, usize) {
    let known: Vec<i64> = months.iter().filter(|month| is_full(month)).filter_map(ratio).collect();
    let count = i64::try_from(known.len()).unwrap_or(0);
    (divide(known.iter().sum(), count), known.len())
}

/// What a monthly ratio comes to in twelve months: `1 − (1 − m)^12`, in millionths.
pub fn in_a_year(monthly: i64) -> i64 {
    let stays = MILLION - monthly.clamp(0, MILLION);
    // A million times finer meanwhile, so that twelve roundings are not seen.
    let fine = i128::from(MILLION) * i128::from(MILLION);
    let kept = (0..12).fold(fine, |kept, _| kept * i128::from(stays) / i128::from(MILLION));
    let kept = (kept + i128::from(MILLION) / 2) / i128::from(MILLION);
    MILLION - i64::try_from(kept).unwrap_or(0)
}

/// What was gained and what was lost in a month.
pub fn gained_and_lost(month: &RecurringMonth) -> (i64, i64) {
    (
        month.new.amount + month.reactivation.amount + month.expansion.amount,
        month.contraction.amount + month.churn.amount,
    )
}

/// By how much a month ended higher than it began.
pub fn net(month: &RecurringMonth) -> Money {
    Money::new(month.end.amount - month.start.amount, month.end.currency)
}

/// A share of a whole in millionths.
pub fn share(part: u64, whole: u64) -> Option<i64> {
    scale(
        MILLION,
        i64::try_from(part).ok()?,
        i64::try_from(whole).ok().filter(|whole| *whole > 0)?,
    )
}

/// A share rounded to whole percents. Only nobody is 0 % and only all are 100 %.
pub fn whole_percents(share: i64) -> i64 {
    const PERCENT: i64 = MILLION / 100;
    let rounded = (share + PERCENT / 2) / PERCENT * PERCENT;
    match share {
        0 => 0,
        MILLION.. => rounded,
        _ => rounded.clamp(PERCENT, MILLION - PERCENT),
    }
}

/// An amount rounded to whole units of its currency, for where there is no room for more.
pub fn whole_units(amount: Money) -> Money {
    let unit = 10_i64.pow(amount.currency.digits());
    Money::new(divide(amount.amount, unit).unwrap_or(0) * unit, amount.currency)
}

/// The tint of a share, from 0 for nothing to 7.
pub fn tint(share: i64) -> i64 {
    if share <= 0 {
        0
    } else {
        (share.min(MILLION) * 7 + MILLION - 1) / MILLION
    }
}

/// After how many months a label stands below a chart, so that each has room.
pub fn label_every(months: usize) -> usize {
    match months {
        0..=12 => 1,
        13..=24 => 4,
        _ => 6,
    }
}

#[cfg(test)]
pub mod tests {
    #![allow(clippy::unwrap_used)]
    use contract::Currency;

    use super::*;

    /// A month by its movements: start, new, reactivation, expansion, contraction, churn.
    pub fn month(until: &str, parts: [i64; 6], lost: u64, at_start: u64) -> RecurringMonth {
        let money = |amount| Money::new(amount, Currency::EUR);
        let [start, new, reactivation, expansion, contraction, churn] = parts;
        let until: chrono::NaiveDate = until.parse().unwrap();
        RecurringMonth {
            month: until.with_day(1).unwrap(),
            until,
            start: money(start),
            new: money(new),
            reactivation: money(reactivation),
            expansion: money(expansion),
            contraction: money(contraction),
            churn: money(churn),
            end: money(start + new + reactivation + expansion - contraction - churn),
            customers_at_start: at_start,
            customers_new: 0,
            customers_reactivated: 0,
            customers_lost: lost,
            customers_at_end: at_start - lost,
            logo_churn: share(lost, at_start),
            logo_churn_with_new: share(lost, at_start),
            gross_churn: scale(MILLION, churn + contraction, start.max(1)),
            net_churn: scale(MILLION, churn + contraction - expansion, start.max(1)),
        }
    }

    #[test]
    fn five_percent_a_month_are_nearly_half_in_a_year() {
        assert_eq!(in_a_year(50_000), 459_640);
        assert_eq!((in_a_year(0), in_a_year(MILLION)), (0, MILLION));
        assert_eq!(in_a_year(4_000), 46_958);
    }

    #[test]
    fn the_running_month_is_outside_the_mean() {
        let months = [
            month("2026-09-30", [0, 10, 0, 0, 0, 0], 0, 0),
            month("2026-10-31", [10, 0, 0, 0, 0, 0], 1, 4),
            month("2026-11-26", [10, 0, 0, 0, 0, 0], 4, 4),
        ];
        assert_eq!(mean(&months, |month| month.logo_churn), (Some(250_000), 1));
        assert_eq!(mean(&[], |month| month.logo_churn), (None, 0));
    }

    #[test]
    fn gains_less_losses_are_the_net_change() {
        let month = month("2026-11-26", [1_236_400, 29_884, 1_320, 24_912, 4_248, 3_364], 0, 1);
        let (gained, lost) = gained_and_lost(&month);
        assert_eq!((gained, lost), (56_116, 7_612));
        assert_eq!(net(&month).amount, gained - lost);
        assert_eq!(month.end.amount, 1_284_904);
    }

    #[test]
    fn a_tint_is_none_for_nobody_and_the_strongest_for_all() {
        assert_eq!([0, 1, 500_000, 999_999, MILLION].map(tint), [0, 1, 4, 7, 7]);
        assert_eq!(share(1, 0), None);
    }

    #[test]
    fn a_share_is_nobody_or_all_only_where_it_is() {
        let shown = [0, 1, 555_556, 994_999, 999_999, MILLION].map(whole_percents);
        assert_eq!(shown, [0, 10_000, 560_000, 990_000, 990_000, MILLION]);
    }

    #[test]
    fn where_there_is_no_room_amounts_are_whole_units() {
        let jpy = Currency::parse("JPY").unwrap();
        assert_eq!(whole_units(Money::new(94_580, Currency::EUR)), Money::new(94_600, Currency::EUR));
        assert_eq!(whole_units(Money::new(-950, Currency::EUR)), Money::new(-1_000, Currency::EUR));
        assert_eq!(whole_units(Money::new(945, jpy)), Money::new(945, jpy));
    }

    #[test]
    fn labels_of_every_period_stand_over_whole_groups() {
        for months in [12, 24, 36] {
            assert_eq!(months % label_every(months), 0);
            assert!(months / label_every(months) <= 12);
        }
    }
}
