//! Money: whole minor units (cents) with their currency. Never a float, never added across currencies.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use crate::{Problem, rules::Found, wire};

/// The largest amount in either direction: every integer up to it is exact in JavaScript too.
pub const MAX_AMOUNT: i64 = (1 << 53) - 1;

/// Currencies of ISO 4217 in use with two digits after the point.
const TWO_DIGITS: &str = "AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF CNY \
    COP CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS INR IRR \
    JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO \
    NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB \
    TJS TMT TOP TRY TTD TWD TZS UAH USD UYU UZS VED VES WST XCD XCG YER ZAR ZMW ZWG";
/// Those without.
const NO_DIGITS: &str = "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX VND VUV XAF XOF XPF";
/// Those with three.
const THREE_DIGITS: &str = "BHD IQD JOD KWD LYD OMR TND";
/// Those with four: units of account in which prices are agreed.
const FOUR_DIGITS: &str = "CLF UYW";
/// All of them by their digits after the point, the longest list last.
const BY_DIGITS: [(u32, &str); 4] = [(0, NO_DIGITS), (3, THREE_DIGITS), (4, FOUR_DIGITS), (2, TWO_DIGITS)];

/// The digits after the point of a code, if ISO 4217 has it.
fn digits_of(code: &str) -> Option<u32> {
    let known = BY_DIGITS
        .iter()
        .find(|(_, codes)| codes.split_ascii_whitespace().any(|c| c == code));
    known.map(|(digits, _)| *digits)
}

/// A currency of ISO 4217.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Currency([u8; 3]);

impl Currency {
    /// The euro.
    pub const EUR: Self = Self(*b"EUR");

    /// The currency of a code in capital letters, if ISO 4217 has it.
    #[must_use]
    pub fn parse(code: &str) -> Option<Self> {
        digits_of(code)?;
        code.as_bytes().try_into().ok().map(Self)
    }

    /// Every currency, sorted by code.
    #[must_use]
    pub fn all() -> Vec<Self> {
        let mut all: Vec<Self> = BY_DIGITS
            .iter()
            .flat_map(|(_, codes)| codes.split_ascii_whitespace())
            .filter_map(Self::parse)
            .collect();
        all.sort_unstable();
        all
    }

    /// The code.
    #[must_use]
    pub fn code(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or("XXX")
    }

    /// Digits after the point: 100 minor units make one euro (2), one yen is its own minor unit (0).
    #[must_use]
    pub fn digits(self) -> u32 {
        digits_of(self.code()).unwrap_or(2)
    }

    /// Minor units of an amount as typed, with a point before the digits (`1234.5`), exactly or not at all.
    #[must_use]
    pub fn minor_units(self, typed: &str) -> Option<i64> {
        let (negative, typed) = typed.strip_prefix(['-', '−']).map_or((false, typed), |rest| (true, rest));
        let (whole, part) = typed.split_once('.').unwrap_or((typed, ""));
        let digits = self.digits();
        let all_digits = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
        if whole.is_empty() || !all_digits(whole) || !all_digits(part) || u32::try_from(part.len()).ok()? > digits {
            return None;
        }
        let mut text = format!("{whole}{part}");
        while text.len() < whole.len() + usize::try_from(digits).ok()? {
            text.push('0');
        }
        let amount: i64 = text.parse().ok()?;
        (amount <= MAX_AMOUNT).then_some(if negative { -amount } else { amount })
    }

    /// An amount in minor units with a point, as [`Currency::minor_units`] reads it.
    #[must_use]
    pub fn decimal(self, amount: i64) -> String {
        let digits = self.digits();
        let scale = 10_u64.pow(digits);
        let sign = if amount < 0 { "-" } else { "" };
        let (whole, part) = (amount.unsigned_abs() / scale, amount.unsigned_abs() % scale);
        match usize::try_from(digits).unwrap_or(0) {
            0 => format!("{sign}{whole}"),
            width => format!("{sign}{whole}.{part:0width$}"),
        }
    }
}

impl fmt::Debug for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl Serialize for Currency {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.code())
    }
}

impl<'de> Deserialize<'de> for Currency {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let code = std::borrow::Cow::<'_, str>::deserialize(deserializer)?;
        Self::parse(&code).ok_or_else(|| de::Error::custom("a currency code of ISO 4217 is expected, such as EUR"))
    }
}

#[cfg(feature = "schema")]
impl schemars::JsonSchema for Currency {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Currency".into()
    }
    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({"type": "string", "pattern": "^[A-Z]{3}$"})
    }
}

wire! {
    /// An amount in one currency.
    #[derive(Copy, Eq)]
    pub struct Money {
        /// In minor units (cents), at most 2^53 − 1 in either direction.
        pub amount: i64,
        /// The currency.
        pub currency: Currency,
    }
}

impl Money {
    /// An amount of minor units.
    #[must_use]
    pub fn new(amount: i64, currency: Currency) -> Self {
        Self { amount, currency }
    }

    /// Checks that the amount lies between `min` and the largest.
    pub fn check(&self, field: &str, min: i64, found: &mut Found) {
        if self.amount < min || self.amount > MAX_AMOUNT {
            found.push(&format!("{field}.amount"), Problem::OutOfRange { min, max: MAX_AMOUNT });
        }
    }
}

/// `amount ÷ parts`, rounded half away from zero. `None` if there are no parts.
#[must_use]
pub fn divide(amount: i64, parts: i64) -> Option<i64> {
    if parts <= 0 {
        return None;
    }
    let quotient = amount / parts;
    let remainder = amount % parts;
    let away = remainder.unsigned_abs().saturating_mul(2) >= parts.unsigned_abs();
    Some(if away { quotient + amount.signum() } else { quotient })
}

/// `amount × numerator ÷ denominator`, rounded once, half away from zero. `None` if that is out of the range of an amount.
#[must_use]
pub fn scale(amount: i64, numerator: i64, denominator: i64) -> Option<i64> {
    if denominator <= 0 {
        return None;
    }
    let product = i128::from(amount) * i128::from(numerator);
    let (quotient, remainder) = (product / i128::from(denominator), product % i128::from(denominator));
    let away = remainder.unsigned_abs() * 2 >= i128::from(denominator).unsigned_abs();
    let rounded = if away { quotient + product.signum() } else { quotient };
    i64::try_from(rounded).ok().filter(|amount| amount.abs() <= MAX_AMOUNT)
}

/// Whole parts of `total` that follow exact parts `numerators[i] ÷ denominator` and sum to it: each is rounded down, and what
/// is missing goes, one each, to those that lost most; of equals, to the first. `None` if the exact parts do not sum to
/// within one unit a part of `total`.
///
/// The method of largest remainders (<https://en.wikipedia.org/wiki/Largest_remainders_method>).
#[must_use]
pub fn share_out(total: i64, numerators: &[i128], denominator: i128) -> Option<Vec<i64>> {
    if denominator <= 0 {
        return None;
    }
    let mut parts = Vec::with_capacity(numerators.len());
    let mut lost: Vec<(i128, usize)> = Vec::with_capacity(numerators.len());
    let mut missing = total;
    for (at, numerator) in numerators.iter().enumerate() {
        let part = i64::try_from(numerator.div_euclid(denominator)).ok()?;
        lost.push((numerator.rem_euclid(denominator), at));
        missing = missing.checked_sub(part)?;
        parts.push(part);
    }
    lost.sort_by_key(|(lost, at)| (std::cmp::Reverse(*lost), *at));
    let missing = usize::try_from(missing).ok().filter(|missing| *missing <= parts.len())?;
    for (_, at) in lost.into_iter().take(missing) {
        *parts.get_mut(at)? += 1;
    }
    Some(parts)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_product_is_rounded_once_half_away_from_zero() {
        let cases = [
            // 8180 × 9.975 % = 815.955, a case of Stripe's tax tests.
            (818_000, 9_975, 100_000, Some(81_596)),
            (-818_000, 9_975, 100_000, Some(-81_596)),
            (10_000, 190_000, 1_000_000, Some(1_900)),
            (1, 1, 3, Some(0)),
            (1, 1, 2, Some(1)),
            (-1, 1, 2, Some(-1)),
            (MAX_AMOUNT, 1_000_000_000, 1_000_000_000, Some(MAX_AMOUNT)),
            (MAX_AMOUNT, 2, 1, None),
            (1, 1, 0, None),
        ];
        for (amount, numerator, denominator, want) in cases {
            assert_eq!(
                scale(amount, numerator, denominator),
                want,
                "{amount} × {numerator} ÷ {denominator}"
            );
        }
    }

    #[test]
    fn parts_sum_to_the_whole_and_the_largest_fractions_are_rounded_up() {
        assert_eq!(share_out(100, &[100, 100, 100], 3), Some(vec![34, 33, 33]));
        assert_eq!(share_out(10, &[25, 25, 50], 10), Some(vec![3, 2, 5]));
        assert_eq!(share_out(-10, &[-25, -25, -50], 10), Some(vec![-2, -3, -5]));
        assert_eq!(share_out(0, &[], 1), Some(vec![]));
        assert_eq!(share_out(9, &[1, 1], 1), None, "too much is missing");
        assert_eq!(share_out(1, &[1], 0), None);
    }

    #[test]
    fn a_quotient_is_rounded_half_away_from_zero() {
        let cases = [
            (5, 2, Some(3)),
            (-5, 2, Some(-3)),
            (4, 3, Some(1)),
            (-4, 3, Some(-1)),
            (0, 7, Some(0)),
            (1, 0, None),
        ];
        for (amount, parts, want) in cases {
            assert_eq!(divide(amount, parts), want, "{amount} ÷ {parts}");
        }
    }

    #[test]
    fn typed_amounts_are_read_exactly_or_not_at_all() {
        let jpy = Currency(*b"JPY");
        let kwd = Currency(*b"KWD");
        let clf = Currency(*b"CLF");
        let cases = [
            (Currency::EUR, "12.5", Some(1250)),
            (Currency::EUR, "12", Some(1200)),
            (Currency::EUR, "-0.01", Some(-1)),
            (Currency::EUR, "0.001", None),
            (Currency::EUR, "", None),
            (Currency::EUR, "1e3", None),
            (Currency::EUR, "90071992547409.91", Some(MAX_AMOUNT)),
            (Currency::EUR, "90071992547409.92", None),
            (jpy, "12", Some(12)),
            (jpy, "12.0", None),
            (kwd, "1.234", Some(1234)),
            (clf, "1.2345", Some(12_345)),
            (clf, "1.5", Some(15_000)),
            (clf, "-0.0005", Some(-5)),
            (clf, "0.00001", None),
            (clf, "900719925474.0991", Some(MAX_AMOUNT)),
            (clf, "900719925474.0992", None),
        ];
        for (currency, typed, want) in cases {
            assert_eq!(currency.minor_units(typed), want, "{currency} {typed}");
            if let Some(amount) = want {
                assert_eq!(currency.minor_units(&currency.decimal(amount)), want);
            }
        }
    }

    #[test]
    fn an_amount_has_as_many_digits_as_its_currency() {
        for (code, digits, text) in [
            ("JPY", 0, "-5"),
            ("EUR", 2, "-0.05"),
            ("KWD", 3, "-0.005"),
            ("CLF", 4, "-0.0005"),
            ("UYW", 4, "-0.0005"),
        ] {
            let currency = Currency::parse(code);
            let shown = currency.map(|currency| (currency.digits(), currency.decimal(-5)));
            assert_eq!(shown, Some((digits, text.to_owned())), "{code}");
        }
    }

    #[test]
    fn codes_are_known_and_sorted() {
        let all = Currency::all();
        assert_eq!(all.len(), 157);
        assert!(all.is_sorted());
        assert!(all.windows(2).all(|pair| pair[0] != pair[1]), "{all:?}");
        assert_eq!(Currency::parse("eur"), None);
        assert_eq!(Currency::parse("XXX"), None);
    }
}
