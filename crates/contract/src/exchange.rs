//! Exchange rates, for figures in one currency. Amounts of two currencies are added only at rates that somebody has stated, each
//! with the day for which it was stated.

use chrono::NaiveDate;

use crate::{
    Currency, FieldError, Money, Problem, Quantity, Validate,
    money::{MAX_AMOUNT, share_out},
    rules,
    rules::always_valid,
    wire,
};

wire! {
    /// Asks for the exchange rates.
    #[derive(Default)]
    pub struct ExchangeRatesRequest {}

    /// The rates that are stated.
    pub struct ExchangeRates {
        /// The currency into which is converted: that of the book.
        pub base: Currency,
        /// By currency.
        pub rates: Vec<ExchangeRate>,
    }

    /// What a currency is worth.
    pub struct ExchangeRate {
        /// Which.
        pub currency: Currency,
        /// What one of it is in the book's currency, at most nine digits after the point.
        pub rate: Quantity,
        /// The day for which that was stated.
        pub on: NaiveDate,
        /// Number of changes.
        pub version: u32,
    }

    /// States a rate, or takes it away.
    pub struct SetExchangeRate {
        /// Of which currency; not the book's.
        pub currency: Currency,
        /// The version that was read; 0 where there is none yet.
        pub version: u32,
        /// What one of it is in the book's currency: more than 0, at most 1 000 000. Null takes the rate away.
        pub rate: Option<Quantity>,
        /// The day for which it is stated; today, if it is not given. Not in the future.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub on: Option<NaiveDate>,
    }
}

always_valid!(ExchangeRatesRequest);

impl Validate for SetExchangeRate {
    fn validate(&self) -> Result<(), Vec<FieldError>> {
        rules::check(|found| {
            if self.rate.is_some_and(|rate| rate.0 <= 0 || rate > Quantity::MAX) {
                let (min, max) = (1, Quantity::MAX.0 / Quantity::ONE.0);
                found.push("rate", Problem::OutOfRange { min, max });
            }
            found.date("on", self.on);
        })
    }
}

/// Ten to the power of the most digits that a currency has after the point.
const FINEST: i128 = 10_000;

/// Amounts at what one of each is in another currency, and their sum. The exact products are summed, the sum is rounded once,
/// half away from zero, and shared out, so that the converted amounts sum to it. `None` outside of the exact range.
#[must_use]
pub fn convert(amounts: &[(Money, Quantity)], to: Currency) -> Option<(Vec<Money>, Money)> {
    let unit = |currency: Currency| 10_i128.pow(currency.digits());
    let denominator = i128::from(Quantity::ONE.0) * FINEST;
    let mut exact = Vec::with_capacity(amounts.len());
    for (amount, rate) in amounts {
        let scaled = unit(to) * (FINEST / unit(amount.currency));
        exact.push(i128::from(amount.amount).checked_mul(rate.0.into())?.checked_mul(scaled)?);
    }
    let sum = exact.iter().try_fold(0_i128, |sum, one| sum.checked_add(*one))?;
    let away = (sum % denominator).unsigned_abs() * 2 >= denominator.unsigned_abs();
    let rounded = sum / denominator + if away { sum.signum() } else { 0 };
    let total = i64::try_from(rounded).ok().filter(|total| total.abs() <= MAX_AMOUNT)?;
    let parts = share_out(total, &exact, denominator)?;
    let money = |amount| Money::new(amount, to);
    Some((parts.into_iter().map(money).collect(), money(total)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one(amount: i64, from: &str, rate: &str, to: &str) -> Option<i64> {
        let (from, to) = (Currency::parse(from)?, Currency::parse(to)?);
        let (parts, sum) = convert(&[(Money::new(amount, from), Quantity::parse(rate)?)], to)?;
        assert_eq!(parts, [sum]);
        Some(sum.amount)
    }

    #[test]
    fn an_amount_is_converted_exactly_and_rounded_once() {
        for (amount, from, rate, to, want) in [
            (10_000, "USD", "0.92", "EUR", Some(9_200)),
            // 0.125 and 0.135: half away from zero.
            (25, "USD", "0.5", "EUR", Some(13)),
            (-25, "USD", "0.5", "EUR", Some(-13)),
            (27, "USD", "0.5", "EUR", Some(14)),
            // Currencies with other digits: 1,234 yen at 0.0061 are 7.5274; 7.50 euros at 163.25 are 1,224.375 yen.
            (1_234, "JPY", "0.0061", "EUR", Some(753)),
            (750, "EUR", "163.25", "JPY", Some(1_224)),
            (1_000, "KWD", "3.01", "EUR", Some(301)),
            // 1.2345 at 38,000 are 46,911; back they are 1.234509876.
            (12_345, "CLF", "38000", "CLP", Some(46_911)),
            (46_911, "CLP", "0.000026316", "CLF", Some(12_345)),
            (MAX_AMOUNT, "JPY", "1000000", "CLF", None),
            (1, "EUR", "0.000000001", "EUR", Some(0)),
            (MAX_AMOUNT, "EUR", "1", "USD", Some(MAX_AMOUNT)),
            (MAX_AMOUNT, "EUR", "1.1", "USD", None),
            (MAX_AMOUNT, "JPY", "1000000", "KWD", None),
        ] {
            assert_eq!(one(amount, from, rate, to), want, "{amount} {from} at {rate} in {to}");
        }
    }

    #[test]
    fn converted_amounts_sum_to_the_converted_sum() {
        let usd = Currency::parse("USD").unwrap_or(Currency::EUR);
        let rate = Quantity::parse("0.333333333").unwrap_or_default();
        for amounts in [[1, 1, 1], [100, 200, 301], [-1, 5, 9_999], [0, 0, 0]] {
            let parts = amounts.map(|amount| (Money::new(amount, usd), rate));
            let Some((converted, sum)) = convert(&parts, Currency::EUR) else {
                panic!("in range")
            };
            assert_eq!(converted.iter().map(|part| part.amount).sum::<i64>(), sum.amount, "{amounts:?}");
        }
    }

    #[test]
    fn a_rate_is_more_than_nothing() {
        let set = |rate: &str| SetExchangeRate {
            currency: Currency::EUR,
            version: 0,
            rate: Quantity::parse(rate),
            on: None,
        };
        for (rate, is_one) in [
            ("0", false),
            ("-1", false),
            ("0.000000001", true),
            ("1000000", true),
            ("1000000.1", false),
        ] {
            assert_eq!(set(rate).validate().is_ok(), is_one, "{rate}");
        }
    }
}
