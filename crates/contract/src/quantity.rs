//! Quantities on invoices: decimal numbers with at most nine digits after the point, exact.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use crate::money::scale;

/// Billionths in one.
const ONE: i64 = 1_000_000_000;

/// A quantity, in billionths. On the wire a decimal number as text: `"1"`, `"0.5"`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Quantity(pub i64);

impl Quantity {
    /// One.
    pub const ONE: Self = Self(ONE);
    /// The largest that can be entered.
    pub const MAX: Self = Self(1_000_000 * ONE);

    /// Whole units.
    #[must_use]
    pub fn whole(units: u32) -> Self {
        Self(i64::from(units) * ONE)
    }

    /// `part ÷ whole` of so many units, the quotient rounded half up at nine digits (the rule of Kill Bill's proration).
    #[must_use]
    pub fn share(part: i64, whole: i64, units: u32) -> Option<Self> {
        scale(ONE, part, whole)?.checked_mul(i64::from(units)).map(Self)
    }

    /// The same, taken off.
    #[must_use]
    pub fn negated(self) -> Self {
        Self(-self.0)
    }

    /// What so much costs at a price for one: rounded once, half away from zero.
    #[must_use]
    pub fn times(self, price: i64) -> Option<i64> {
        scale(price, self.0, ONE)
    }

    /// Reads a decimal number with a point; at most nine digits after it.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (negative, digits) = text.strip_prefix('-').map_or((false, text), |rest| (true, rest));
        let (whole, part) = digits.split_once('.').unwrap_or((digits, ""));
        let all_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        if whole.is_empty() || whole.len() > 10 || part.len() > 9 || !all_digits(whole) || !all_digits(part) || digits.ends_with('.') {
            return None;
        }
        let value: i64 = format!("{whole}{part:0<9}").parse().ok()?;
        Some(Self(if negative { -value } else { value }))
    }
}

impl Default for Quantity {
    fn default() -> Self {
        Self::ONE
    }
}

impl fmt::Display for Quantity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let one = ONE.unsigned_abs();
        let (whole, part) = (self.0.unsigned_abs() / one, self.0.unsigned_abs() % one);
        if self.0 < 0 {
            f.write_str("-")?;
        }
        if part == 0 {
            write!(f, "{whole}")
        } else {
            f.write_str(format!("{whole}.{part:09}").trim_end_matches('0'))
        }
    }
}

impl Serialize for Quantity {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Quantity {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'_, str>::deserialize(deserializer)?;
        Self::parse(&text).ok_or_else(|| {
            de::Error::custom("a decimal number as text is expected, such as \"1.5\", with at most 9 digits after the point")
        })
    }
}

#[cfg(feature = "schema")]
impl schemars::JsonSchema for Quantity {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Quantity".into()
    }
    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({"type": "string", "pattern": "^-?[0-9]{1,10}([.][0-9]{1,9})?$"})
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quantity_is_read_and_written_exactly() {
        for (text, billionths) in [
            ("1", ONE),
            ("0.5", ONE / 2),
            ("-0.351648352", -351_648_352),
            ("1000000", 1_000_000 * ONE),
            ("0.000000001", 1),
        ] {
            let quantity = Quantity::parse(text);
            assert_eq!(quantity, Some(Quantity(billionths)), "{text}");
            assert_eq!(Quantity(billionths).to_string(), text);
        }
        assert_eq!(Quantity::parse("1.50"), Some(Quantity(ONE * 3 / 2)));
        for text in ["", ".5", "1.", "1,5", "1e3", "+1", "--1", "1.0000000001", "99999999999", " 1"] {
            assert_eq!(Quantity::parse(text), None, "{text}");
        }
    }

    #[test]
    fn stubs_are_days_of_the_period_that_they_are_cut_from_to_nine_digits() {
        // Kill Bill, InvoiceDateUtils and its tests: leading stub = days from the start to the first billing date ÷ days of
        // the period that ends there; trailing stub = days from the last billing date to the end ÷ days of the period that
        // begins there; the quotient is rounded half up at nine digits.
        for (what, days, period, want) in [
            ("leading, 15 to 31 January", 17, 31, "0.548387097"),
            ("leading, 15 to 28 February", 14, 28, "0.5"),
            ("leading, 15 to 29 February", 15, 29, "0.517241379"),
            ("trailing, 1 to 9 April", 9, 30, "0.3"),
            ("trailing, one day of a month", 1, 31, "0.032258065"),
            ("trailing, a fortnight of a year", 14, 365, "0.038356164"),
            ("trailing, a fortnight of a leap year", 14, 366, "0.038251366"),
            ("a third", 1, 3, "0.333333333"),
            ("two thirds", 2, 3, "0.666666667"),
            ("all of it", 31, 31, "1"),
            ("nothing of it", 0, 31, "0"),
        ] {
            let share = Quantity::share(days, period, 1).map(|share| share.to_string());
            assert_eq!(share.as_deref(), Some(want), "{what}");
        }
    }

    #[test]
    fn a_share_is_rounded_at_nine_digits_and_money_once() {
        // Lago, spec/scenarios/subscriptions/upgrade_proration_spec.rb: 32 days of 91 at 910.00 are 320.00.
        let share = Quantity::share(32, 91, 1);
        assert_eq!(share.map(|share| share.to_string()).as_deref(), Some("0.351648352"));
        assert_eq!(share.and_then(|share| share.times(91_000)), Some(32_000));
        assert_eq!(Quantity::share(2, 3, 1), Some(Quantity(666_666_667)));
        assert_eq!(Quantity::share(1, 2, 3).map(|share| share.to_string()).as_deref(), Some("1.5"));
        assert_eq!(Quantity::share(1, 0, 1), None);
        assert_eq!(
            Quantity::share(14, 28, 1).map(|half| (half.negated().times(1_000), half.times(2_000))),
            Some((Some(-500), Some(1_000)))
        );
        assert_eq!(Quantity::parse("-0.5").and_then(|half| half.times(1_000)), Some(-500));
    }
}
