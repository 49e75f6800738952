//! What people type, and the arithmetic before the locale's turn: without JavaScript, tested natively.

use std::cell::Cell;

use chrono::NaiveDate;
use contract::{Currency, FieldError, Problem, Quantity, Timestamp, money::MAX_AMOUNT};

/// An amount as typed: `1,234.50`, `1.234,50`, `1234,5` and `1 234.5` are the same. `None` if it cannot be read, or has
/// more digits after the point than the currency.
#[must_use]
pub fn parse_money(typed: &str, currency: Currency) -> Option<i64> {
    currency.minor_units(&plain_amount(typed, currency)?)
}

/// An amount as typed, or what is wrong with it.
///
/// # Errors
/// It cannot be read, or is larger than an amount can be.
pub fn read_money(typed: &str, currency: Currency) -> Result<i64, Problem> {
    let plain = plain_amount(typed, currency);
    let amount = plain.as_deref().and_then(|plain| currency.minor_units(plain));
    if let Some(amount) = amount.filter(|amount| amount.unsigned_abs() <= MAX_AMOUNT.unsigned_abs()) {
        return Ok(amount);
    }
    let is_amount = plain.is_some_and(|plain| {
        let (whole, part) = plain.split_once('.').unwrap_or((&plain, ""));
        let is_number = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        let whole = whole.trim_start_matches('-');
        !whole.is_empty()
            && is_number(whole)
            && is_number(part)
            && u32::try_from(part.len()).is_ok_and(|length| length <= currency.digits())
    });
    let detail = if is_amount {
        format!("The largest amount is {}", typed_money(MAX_AMOUNT, currency))
    } else {
        amount_words(currency)
    };
    Err(Problem::WrongShape { detail })
}

/// A refusal of an amount with its bounds as amounts: the rule counts in minor units, and nobody types those.
#[must_use]
pub fn in_amounts(broken: FieldError, currency: Currency) -> FieldError {
    let Problem::OutOfRange { min, max } = broken.problem else {
        return broken;
    };
    let (min, max) = (typed_money(min, currency), typed_money(max, currency));
    FieldError {
        problem: Problem::WrongShape {
            detail: format!("Enter an amount from {min} to {max}"),
        },
        ..broken
    }
}

/// `Enter an amount like 29.00`, as the reader would write it.
fn amount_words(currency: Currency) -> String {
    let example = typed_money(10_i64.pow(currency.digits()).saturating_mul(29), currency);
    format!("Enter an amount like {example}")
}

/// An amount as typed, with a point before the decimals and nothing else.
fn plain_amount(typed: &str, currency: Currency) -> Option<String> {
    let compact: String = typed
        .chars()
        .filter(|c| !c.is_whitespace() && !matches!(c, '\'' | '’' | '_'))
        .collect();
    let digits = usize::try_from(currency.digits()).ok()?;
    let decimal = match compact.rfind(['.', ',']) {
        // A single mark with exactly three digits after it groups thousands, unless the currency has as many or more.
        Some(at) => {
            let (whole, part) = (compact.get(..at)?, compact.get(at + 1..)?);
            let mark = compact.get(at..=at)?;
            // No group follows a zero, and none follows more than three digits.
            let can_group = (1..=3).contains(&whole.trim_start_matches('-').len()) && !whole.trim_start_matches('-').starts_with('0');
            let groups = whole.contains(mark) || (part.len() == 3 && digits < 3 && can_group);
            if groups { None } else { Some((whole.to_owned(), part.to_owned())) }
        }
        None => None,
    };
    let (whole, part) = decimal.unwrap_or((compact.clone(), String::new()));
    let whole = ungrouped(&whole)?;
    Some(if part.is_empty() { whole } else { format!("{whole}.{part}") })
}

/// A whole number as typed: `1250`, `1,250` and `1 250` are the same.
#[must_use]
pub fn parse_count(typed: &str) -> Option<u32> {
    let compact: String = typed.chars().filter(|c| !c.is_whitespace()).collect();
    let plain = ungrouped(&compact)?;
    plain
        .bytes()
        .all(|byte| byte.is_ascii_digit())
        .then(|| plain.parse().ok())
        .flatten()
}

/// Takes the marks out of a whole number if they stand before groups of three.
fn ungrouped(whole: &str) -> Option<String> {
    let mut groups = whole.split(['.', ',']);
    let mut text = groups.next()?.to_owned();
    let first = text.trim_start_matches('-').to_owned();
    for group in groups {
        if group.len() != 3 || !(1..=3).contains(&first.len()) || first.starts_with('0') {
            return None;
        }
        text.push_str(group);
    }
    Some(text)
}

thread_local! {
    static MARK: Cell<char> = const { Cell::new('.') };
}

/// Says what stands before the decimals where the reader lives: a point until it is said.
pub fn write_decimals(mark: char) {
    if matches!(mark, '.' | ',') {
        MARK.set(mark);
    }
}

/// An amount as the reader would type it: no currency, no grouping.
#[must_use]
pub fn typed_money(amount: i64, currency: Currency) -> String {
    currency.decimal(amount).replace('.', &MARK.get().to_string())
}

/// A quantity as typed: `2`, `1.5` or `1,5`. A comma before three digits could group thousands, so it is not read.
#[must_use]
pub fn parse_quantity(typed: &str) -> Option<Quantity> {
    Quantity::parse(&with_point(typed)?)
}

/// A rate as typed in percent: `19`, `7.7` or `7,7` are millionths. `None` with more than four digits after the point.
#[must_use]
pub fn parse_rate(typed: &str) -> Option<u32> {
    let text = with_point(typed.trim_end().trim_end_matches('%'))?;
    let (whole, part) = text.split_once('.').unwrap_or((&text, ""));
    let is_number = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || whole.len() > 3 || part.len() > 4 || !is_number(whole) || !is_number(part) {
        return None;
    }
    format!("{whole}{part:0<4}").parse().ok()
}

/// A rate in millionths as a person would type it in percent: `19`, `7.7`.
#[must_use]
pub fn typed_rate(rate: u32) -> String {
    let (whole, part) = (rate / 10_000, rate % 10_000);
    if part == 0 {
        return whole.to_string();
    }
    format!("{whole}.{part:04}").trim_end_matches('0').to_owned()
}

/// With a point before the digits, where a single comma stood there.
fn with_point(typed: &str) -> Option<String> {
    let text = typed.trim();
    match text.split_once(',') {
        None => Some(text.to_owned()),
        Some((_, part)) if part.len() == 3 || text.contains('.') || part.contains(',') => None,
        Some((whole, part)) => Some(format!("{whole}.{part}")),
    }
}

/// A date as a date field gives it, `2026-11-22`.
#[must_use]
pub fn parse_date(typed: &str) -> Option<NaiveDate> {
    typed.trim().parse().ok()
}

/// `part / whole` with three digits after the point, for a percent format; `None` of nothing. Never rounded up to the
/// whole: 999 of 1,000 and a bit is 99.9 %.
pub fn permille(part: u64, whole: u64) -> Option<String> {
    if whole == 0 {
        return None;
    }
    let scaled = u128::from(part) * 1000;
    let whole = u128::from(whole);
    let rounded = (scaled * 2 + whole) / (whole * 2);
    let rounded = if rounded == 1000 && scaled < whole * 1000 { 999 } else { rounded };
    Some(format!("{}.{:03}", rounded / 1000, rounded % 1000))
}

/// Whether `part` is a whole number of percents of `whole`.
pub fn is_whole_percent(part: u64, whole: u64) -> bool {
    whole > 0 && (u128::from(part) * 100).is_multiple_of(u128::from(whole))
}

/// A whole number of millionths as decimal text.
pub fn millionths(number: i64) -> String {
    let (sign, size) = (if number < 0 { "-" } else { "" }, number.unsigned_abs());
    format!("{sign}{}.{:06}", size / 1_000_000, size % 1_000_000)
}

/// How long ago, in the unit that fits, up to a day.
pub fn ago(at: Timestamp, now: Timestamp) -> Option<(i64, &'static str)> {
    let minutes = now.0.saturating_sub(at.0).max(0) / 60_000;
    match minutes {
        0..60 => Some((-minutes, "minute")),
        60..1440 => Some((-(minutes / 60), "hour")),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_refused_amount_is_told_in_amounts_and_anything_else_as_it_is() {
        let broken = |problem| FieldError {
            field: "price".to_owned(),
            problem,
        };
        let told = |detail: &str| broken(Problem::WrongShape { detail: detail.to_owned() });
        let range = Problem::OutOfRange { min: 1, max: 500 };
        assert_eq!(
            in_amounts(broken(range.clone()), Currency::EUR),
            told("Enter an amount from 0.01 to 5.00")
        );
        let yen = Currency::parse("JPY").unwrap();
        assert_eq!(in_amounts(broken(range), yen), told("Enter an amount from 1 to 500"));
        assert_eq!(in_amounts(broken(Problem::Required), yen), broken(Problem::Required));
    }

    #[test]
    fn amounts_are_read_in_the_ways_people_write_them() {
        let eur = Currency::EUR;
        let kwd = Currency::parse("KWD").unwrap();
        let jpy = Currency::parse("JPY").unwrap();
        let clf = Currency::parse("CLF").unwrap();
        let cases = [
            (eur, "12", Some(1_200)),
            (eur, "12.5", Some(1_250)),
            (eur, "12,50", Some(1_250)),
            (eur, "1,234.50", Some(123_450)),
            (eur, "1.234,50", Some(123_450)),
            (eur, "1 234,50", Some(123_450)),
            (eur, "1'234.50", Some(123_450)),
            (eur, "1,234", Some(123_400)),
            (eur, "1.234.567", Some(123_456_700)),
            (eur, "0.125", None),
            (eur, "0,125", None),
            (eur, "-0.125", None),
            (eur, "0.12", Some(12)),
            (eur, "00.125", None),
            (eur, "0.125.000", None),
            (eur, "0,125.50", None),
            (eur, ".125", None),
            (eur, "1234,567", None),
            (eur, "1234.567.890", None),
            (eur, "-1,234", Some(-123_400)),
            (eur, "100,125", Some(10_012_500)),
            (kwd, "0.125", Some(125)),
            (jpy, "0.125", None),
            (eur, "12.345.6", None),
            (eur, "12.3456", None),
            (eur, "", None),
            (eur, "12 €", None),
            (eur, "-5", Some(-500)),
            (kwd, "1.234", Some(1_234)),
            (jpy, "1,234", Some(1_234)),
            (jpy, "12.5", None),
            (clf, "1.2345", Some(12_345)),
            (clf, "1,2345", Some(12_345)),
            (clf, "1.234", Some(12_340)),
            (clf, "1,234.5678", Some(12_345_678)),
            (clf, "1.234.567", Some(12_345_670_000)),
            (clf, "1.23456", None),
        ];
        for (currency, typed, want) in cases {
            assert_eq!(parse_money(typed, currency), want, "{currency} {typed:?}");
        }
    }

    #[test]
    fn an_amount_that_is_too_large_names_the_limit() {
        let detail = |typed: &str| match read_money(typed, Currency::EUR) {
            Err(Problem::WrongShape { detail }) => detail,
            other => format!("{other:?}"),
        };
        assert_eq!(detail("90071992547409.92"), "The largest amount is 90071992547409.91");
        assert_eq!(detail("99,999,999,999,999,999,999,999"), "The largest amount is 90071992547409.91");
        assert_eq!(detail("12.345.6"), "Enter an amount like 29.00");
        assert_eq!(detail("a lot"), "Enter an amount like 29.00");
        assert_eq!(read_money("90071992547409.91", Currency::EUR), Ok(MAX_AMOUNT));
    }

    #[test]
    fn counts_may_be_grouped_and_are_whole() {
        for (typed, want) in [
            ("5", Some(5)),
            ("1,250", Some(1_250)),
            ("1 000 000", Some(1_000_000)),
            ("1.5", None),
            ("-1", None),
            ("", None),
            ("ten", None),
        ] {
            assert_eq!(parse_count(typed), want, "{typed:?}");
        }
    }

    #[test]
    fn a_typed_amount_is_read_again() {
        for amount in [0, 5, 123_450, 999_999_999] {
            assert_eq!(parse_money(&typed_money(amount, Currency::EUR), Currency::EUR), Some(amount));
        }
    }

    #[test]
    fn where_a_comma_stands_before_the_decimals_amounts_are_typed_so_and_read_again() {
        write_decimals(',');
        let kwd = Currency::parse("KWD").unwrap();
        for (currency, amount, typed) in [
            (Currency::EUR, 123_450, "1234,50"),
            (Currency::EUR, -5, "-0,05"),
            (kwd, 1_234, "1,234"),
            (Currency::parse("CLF").unwrap(), 12_345, "1,2345"),
            (Currency::parse("JPY").unwrap(), 1_234, "1234"),
        ] {
            assert_eq!(typed_money(amount, currency), typed);
            assert_eq!(read_money(typed, currency), Ok(amount));
        }
        let refused = |typed: &str| read_money(typed, Currency::EUR).map_err(|problem| contract::words::problem(&problem));
        assert_eq!(refused("much"), Err("Enter an amount like 29,00.".to_owned()));
        assert_eq!(
            refused("90071992547409,92"),
            Err("The largest amount is 90071992547409,91.".to_owned())
        );
        write_decimals('\u{66b}');
        assert_eq!(
            typed_money(123_450, Currency::EUR),
            "1234,50",
            "what cannot be read again is not written"
        );
        write_decimals('.');
        assert_eq!(typed_money(123_450, Currency::EUR), "1234.50");
    }

    #[test]
    fn percents_are_rounded_but_never_up_to_the_whole() {
        let cases = [
            (1, 3, Some("0.333")),
            (2, 3, Some("0.667")),
            (1, 1, Some("1.000")),
            (99_999, 100_000, Some("0.999")),
            (0, 5, Some("0.000")),
            (3, 2, Some("1.500")),
            (1, 0, None),
        ];
        for (part, whole, want) in cases {
            assert_eq!(permille(part, whole).as_deref(), want, "{part} / {whole}");
        }
    }

    #[test]
    fn a_percent_is_whole_only_where_nothing_was_rounded() {
        let cases = [
            (1, 20, true),
            (0, 5, true),
            (3, 2, true),
            (2_151, 2_500, false),
            (1, 3, false),
            (1, 0, false),
        ];
        for (part, whole, want) in cases {
            assert_eq!(is_whole_percent(part, whole), want, "{part} / {whole}");
        }
    }

    #[test]
    fn quantities_and_rates_are_read_with_a_point_or_a_comma() {
        for (typed, want) in [
            ("2", Some("2")),
            (" 1,5 ", Some("1.5")),
            ("0.351648352", Some("0.351648352")),
            ("-1", Some("-1")),
            ("1,000", None),
            ("1.000,5", None),
            ("two", None),
            ("", None),
            ("0.0000000001", None),
        ] {
            assert_eq!(
                parse_quantity(typed).map(|quantity| quantity.to_string()).as_deref(),
                want,
                "{typed}"
            );
        }
        for (typed, want) in [
            ("19", Some(190_000)),
            ("7,7", Some(77_000)),
            ("5.5 %", Some(55_000)),
            ("0.0001", Some(1)),
            ("100", Some(1_000_000)),
            ("0.00001", None),
            ("-1", None),
            ("a", None),
            ("", None),
        ] {
            assert_eq!(parse_rate(typed), want, "{typed}");
        }
        for rate in [0, 1, 55_000, 190_000, 1_000_000] {
            assert_eq!(parse_rate(&typed_rate(rate)), Some(rate));
        }
    }

    #[test]
    fn an_instant_is_relative_for_a_day() {
        let now = Timestamp(1_000_000_000_000);
        assert_eq!(ago(now.plus_millis(-30_000), now), Some((0, "minute")));
        assert_eq!(ago(now.plus_millis(-18 * 60_000), now), Some((-18, "minute")));
        assert_eq!(ago(now.plus_millis(-5 * 3_600_000), now), Some((-5, "hour")));
        assert_eq!(ago(now.plus_millis(-25 * 3_600_000), now), None);
        assert_eq!(ago(now.plus_millis(5_000), now), Some((0, "minute")));
    }

    #[test]
    fn millionths_are_decimal_text() {
        for (number, text) in [
            (0, "0.000000"),
            (2_635, "0.002635"),
            (-14_000, "-0.014000"),
            (1_014_000, "1.014000"),
        ] {
            assert_eq!(millionths(number), text);
        }
    }
}
