//! Numbers, money and dates as people of the computer's locale write them.

mod intl;
mod line;
mod typed;

use std::rc::Rc;

use chrono::NaiveDate;
use contract::{Currency, Money, Quantity, Timestamp};
use serde_json::{Map, Value};

pub use intl::{computer_currency, computer_time_zone, country, decimal_mark, language, time_zones};
pub use typed::{
    in_amounts, parse_count, parse_date, parse_money, parse_quantity, parse_rate, read_money, typed_money, typed_rate, write_decimals,
};

/// What stands for a value that is not known.
pub const NOTHING: &str = "–";

/// The time of the computer.
#[must_use]
pub fn now() -> Timestamp {
    Timestamp(intl::millis(js_sys::Date::now()))
}

/// Milliseconds on a clock that nobody sets.
#[must_use]
pub fn running() -> i64 {
    let performance = web_sys::window().and_then(|window| window.performance());
    performance.map_or(0, |performance| intl::millis(performance.now()))
}

/// A grouped number: `1,284`.
#[must_use]
pub fn count(number: u64) -> String {
    intl::number("", &number.to_string())
}

/// `1 customer`, `1,250 customers`.
#[must_use]
pub fn counted(number: u64, noun: &str) -> String {
    format!("{} {noun}{}", count(number), if number == 1 { "" } else { "s" })
}

/// A number of records that may not have been counted to the end: `10,000+`.
#[must_use]
pub fn count_of(total: u64, is_exact: bool) -> String {
    if is_exact {
        count(total)
    } else {
        format!("{}+", count(total.saturating_sub(1)))
    }
}

/// `part` of `whole`: one decimal below 100 %, none when it is exact, `n/a` of nothing.
#[must_use]
pub fn percent(part: u64, whole: u64) -> String {
    match typed::permille(part, whole) {
        Some(permille) => intl::number(percent_kind(typed::is_whole_percent(part, whole)), &permille),
        None => "n/a".to_owned(),
    }
}

/// A quantity: `1,250.5`.
#[must_use]
pub fn quantity(quantity: Quantity) -> String {
    with_true_minus(&intl::number("quantity", &quantity.to_string()))
}

/// A rate of tax, in millionths: `19%`.
#[must_use]
pub fn rate(rate: u32) -> String {
    intl::number("rate", &format!("{}.{:06}", rate / 1_000_000, rate % 1_000_000))
}

/// A ratio in millionths: `0.3%`, `−5.0%`, `5%` when it is exact; `n/a` where there is no base.
#[must_use]
pub fn ratio(millionths: Option<i64>) -> String {
    match millionths {
        Some(millionths) => {
            let kind = percent_kind(millionths % 10_000 == 0);
            with_true_minus(&intl::number(kind, &typed::millionths(millionths)))
        }
        None => "n/a".to_owned(),
    }
}

/// A ratio in millionths with which something is worked out, fine enough to come near it again: `1.144%`.
#[must_use]
pub fn ratio_fine(millionths: i64) -> String {
    with_true_minus(&intl::number("fine", &typed::millionths(millionths)))
}

/// Money that came or went: `+€29,884`, `−€3,364`.
#[must_use]
pub fn money_signed(amount: Money) -> String {
    let text = money(amount);
    if amount.amount > 0 { format!("+{text}") } else { text }
}

/// A line of an invoice on the wire, on one line: `2 × Hosting, €12.00, 19% tax`. Nothing for what is none. `currency` is that of
/// a price that is only an amount.
#[must_use]
pub fn invoice_line(parts: &Map<String, Value>, currency: Option<Currency>) -> Option<String> {
    line::invoice_line(parts, currency, money, date)
}

/// Money with its currency: `€1,234.50`.
#[must_use]
pub fn money(money: Money) -> String {
    with_true_minus(&intl::number(
        &format!("money {}", money.currency),
        &money.currency.decimal(money.amount),
    ))
}

/// Short money for axes: `€1.2M`.
#[must_use]
pub fn money_short(money: Money) -> String {
    with_true_minus(&intl::number(
        &format!("short {}", money.currency),
        &money.currency.decimal(money.amount),
    ))
}

/// A short amount where its currency is said once for many: `1.2K`.
#[must_use]
pub fn amount_short(money: Money) -> String {
    with_true_minus(&intl::number("compact", &money.currency.decimal(money.amount)))
}

/// Amounts of several currencies, one after the other, never added; zero in the given currency if there are none.
#[must_use]
pub fn moneys(amounts: &[Money], otherwise: Currency) -> String {
    if amounts.is_empty() {
        return money(Money::new(0, otherwise));
    }
    amounts.iter().map(|amount| money(*amount)).collect::<Vec<_>>().join(" · ")
}

/// A business date: `Mar 9, 2021`.
#[must_use]
pub fn date(date: NaiveDate) -> String {
    intl::date("date", "UTC", noon(date))
}

/// Days in a row, from the first to the day before the first that does not belong to them: `Nov 1 – 30, 2026`.
#[must_use]
pub fn days(start: NaiveDate, end: NaiveDate) -> String {
    days_through(start, end.pred_opt().unwrap_or(end))
}

/// Days in a row, from the first to the last: `Nov 1 – 30, 2026`, `Dec 28, 2026 – Jan 27, 2027`.
#[must_use]
pub fn days_through(first: NaiveDate, last: NaiveDate) -> String {
    if last > first {
        intl::days("UTC", noon(first), noon(last)).unwrap_or_else(|| format!("{} – {}", date(first), date(last)))
    } else {
        date(first)
    }
}

/// A month with its year: `Mar 2021`.
#[must_use]
pub fn month(date: NaiveDate) -> String {
    intl::date("month", "UTC", noon(date))
}

/// A month alone: `Mar`.
#[must_use]
pub fn month_name(date: NaiveDate) -> String {
    intl::date("month name", "UTC", noon(date))
}

/// A month where there is room for a letter only: `M`.
#[must_use]
pub fn month_letter(date: NaiveDate) -> String {
    intl::date("month letter", "UTC", noon(date))
}

/// Days from one date to another, negative if it is over.
#[must_use]
pub fn days_between(from: NaiveDate, to: NaiveDate) -> i64 {
    to.signed_duration_since(from).num_days()
}

/// How far a day is away: `in 5 days`, `tomorrow`, `3 days ago`.
#[must_use]
pub fn days_away(today: NaiveDate, day: NaiveDate) -> String {
    intl::relative(days_between(today, day), "day")
}

fn noon(date: NaiveDate) -> Timestamp {
    Timestamp(date.and_hms_opt(12, 0, 0).map_or(0, |noon| noon.and_utc().timestamp_millis()))
}

/// A percent that is not whole has its decimal also where that is a zero.
fn percent_kind(is_whole: bool) -> &'static str {
    if is_whole { "percent" } else { "tenths" }
}

fn with_true_minus(text: &str) -> String {
    text.replacen('-', "\u{2212}", 1)
}

/// The formats that depend on the book: its currency and time zone.
#[derive(Clone, Debug, PartialEq)]
pub struct Formats {
    /// The book's currency.
    pub currency: Currency,
    time_zone: Rc<str>,
}

impl Formats {
    /// Of a book.
    #[must_use]
    pub fn new(currency: Currency, time_zone: &str) -> Self {
        Self {
            currency,
            time_zone: time_zone.into(),
        }
    }

    /// The day on which an instant lies in the book's time zone.
    #[must_use]
    pub fn day_of(&self, at: Timestamp) -> NaiveDate {
        intl::iso_day(&self.time_zone, at).parse().unwrap_or_else(|_| at.utc().date_naive())
    }

    /// The date of an instant: `Mar 9, 2021`.
    #[must_use]
    pub fn date_of(&self, at: Timestamp) -> String {
        intl::date("date", &self.time_zone, at)
    }

    /// Date and time of an instant: `Mar 9, 2021, 4:24 PM`.
    #[must_use]
    pub fn moment(&self, at: Timestamp) -> String {
        intl::date("moment", &self.time_zone, at)
    }

    /// The time of an instant: `4:24 PM`.
    #[must_use]
    pub fn time_of(&self, at: Timestamp) -> String {
        intl::date("time", &self.time_zone, at)
    }

    /// An instant as a person says it now: `18 minutes ago` up to a day, then the date.
    #[must_use]
    pub fn ago(&self, at: Timestamp, now: Timestamp) -> String {
        match typed::ago(at, now) {
            Some((0, _)) => "just now".to_owned(),
            Some((number, unit)) => intl::relative(number, unit),
            None => self.date_of(at),
        }
    }

    /// Amounts of several currencies; see [`moneys`].
    #[must_use]
    pub fn moneys(&self, amounts: &[Money]) -> String {
        moneys(amounts, self.currency)
    }
}
