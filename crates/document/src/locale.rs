//! Dates, numbers and money as readers of a language write them (Unicode CLDR 44, the parts that a document needs).

use chrono::{Datelike, NaiveDate};
use contract::{Currency, Money, Quantity};

use crate::{
    amounts::Decimal,
    words::{ENGLISH, Words, of_language},
};

/// A space at which no line ends.
const NBSP: char = '\u{a0}';
/// The same, narrow.
const NARROW: char = '\u{202f}';

/// How a document is worded and how it writes numbers and days.
#[derive(Clone, Copy)]
pub struct Locale {
    /// The words.
    pub words: &'static Words,
    /// The language of the words, such as `de`.
    pub language: &'static str,
    style: Style,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Style {
    /// 1,234.50 and 22 November 2026.
    English,
    /// 1,234.50 and November 22, 2026.
    American,
    /// 1.234,50 and 22. November 2026.
    German,
    /// 1’234.50 and 22. November 2026.
    Swiss,
    /// 1 234,50 and 22 novembre 2026.
    French,
    /// 1234,50, 12.345,50 and 22 de noviembre de 2026.
    Spanish,
    /// 1.234,50 and 22 novembre 2026.
    Italian,
    /// 1.234,50 and 22 november 2026.
    Dutch,
}

impl Locale {
    /// Of a customer with a language such as `de-AT`, or else of a country. A language without words gets English ones, with
    /// the numbers of English too, so that the two fit.
    pub fn of(language: Option<&str>, country: Option<&str>) -> Self {
        let tag = language.unwrap_or_default().replace('_', "-");
        let mut parts = tag.split('-');
        let wanted = parts.next().unwrap_or_default().to_ascii_lowercase();
        let region = parts
            .find(|part| part.len() == 2)
            .map(str::to_ascii_uppercase)
            .or_else(|| country.map(str::to_owned))
            .unwrap_or_default();
        let (language, words) = of_language(&wanted).unwrap_or(("en", &ENGLISH));
        let is_swiss = region == "CH" || region == "LI";
        let style = match language {
            "de" | "it" if is_swiss => Style::Swiss,
            "de" => Style::German,
            "fr" => Style::French,
            "es" => Style::Spanish,
            "it" => Style::Italian,
            "nl" => Style::Dutch,
            _ if region == "US" => Style::American,
            _ => Style::English,
        };
        Self { words, language, style }
    }

    /// A day in full.
    pub fn day(self, day: NaiveDate) -> String {
        let month = usize::try_from(day.month0()).unwrap_or(0);
        let month = self.words.months.get(month).copied().unwrap_or_default();
        let (number, year) = (day.day(), day.year());
        match self.style {
            Style::American => format!("{month} {number}, {year}"),
            Style::German => format!("{number}. {month} {year}"),
            Style::Swiss if self.language == "de" => format!("{number}. {month} {year}"),
            Style::Spanish => format!("{number} de {month} de {year}"),
            // The first of a month is said as an ordinal.
            Style::French if number == 1 => format!("1er {month} {year}"),
            Style::English | Style::French | Style::Italian | Style::Dutch | Style::Swiss => format!("{number} {month} {year}"),
        }
    }

    /// A day in a table.
    pub fn short_day(self, day: NaiveDate) -> String {
        let (number, month, year) = (day.day(), day.month(), day.year());
        let name = || {
            let month = usize::try_from(day.month0()).unwrap_or(0);
            // Three letters are enough in English, and no other language uses this form.
            self.words.months.get(month).and_then(|name| name.get(..3)).unwrap_or_default()
        };
        match self.style {
            Style::English => format!("{number} {} {year}", name()),
            Style::American => format!("{} {number}, {year}", name()),
            Style::German | Style::Swiss => format!("{number:02}.{month:02}.{year}"),
            Style::French | Style::Spanish | Style::Italian => format!("{number:02}/{month:02}/{year}"),
            Style::Dutch => format!("{number:02}-{month:02}-{year}"),
        }
    }

    /// Days from the first to the last.
    pub fn days(self, first: NaiveDate, last: NaiveDate) -> String {
        format!("{} – {}", self.short_day(first), self.short_day(last))
    }

    /// A decimal number.
    pub fn number(self, number: Decimal) -> String {
        let (group, point) = match self.style {
            Style::English | Style::American => (',', '.'),
            Style::German | Style::Italian | Style::Dutch | Style::Spanish => ('.', ','),
            Style::French => (NARROW, ','),
            Style::Swiss => ('’', '.'),
        };
        let (whole, part) = number.parts();
        let mut text = String::new();
        if number.value < 0 {
            text.push('−');
        }
        // Spanish groups from five digits on.
        let groups = self.style != Style::Spanish || whole.len() > 4;
        for (at, digit) in whole.chars().enumerate() {
            if at > 0 && groups && (whole.len() - at).is_multiple_of(3) {
                text.push(group);
            }
            text.push(digit);
        }
        if !part.is_empty() {
            text.push(point);
            text.push_str(&part);
        }
        text
    }

    /// An amount without its currency, for a column whose head names it.
    pub fn amount(self, amount: i64, currency: Currency) -> String {
        self.number(Decimal::money(amount, currency))
    }

    /// An amount with its currency.
    pub fn money(self, money: Money) -> String {
        let code = money.currency.code();
        let symbol = match code {
            "EUR" => "€",
            "GBP" => "£",
            "JPY" => "¥",
            "USD" if self.style == Style::English => "US$",
            "USD" => "$",
            code => code,
        };
        let size = Money::new(money.amount.saturating_abs(), money.currency);
        let number = self.amount(size.amount, size.currency);
        let sign = if money.amount < 0 { "−" } else { "" };
        let is_code = symbol == code;
        match self.style {
            Style::English | Style::American | Style::Swiss if is_code => format!("{sign}{code}{NBSP}{number}"),
            Style::English | Style::American => format!("{sign}{symbol}{number}"),
            Style::Swiss => format!("{symbol}{NBSP}{sign}{number}"),
            Style::Dutch => format!("{symbol}{NBSP}{sign}{number}"),
            Style::German | Style::French | Style::Spanish | Style::Italian => format!("{sign}{number}{NBSP}{symbol}"),
        }
    }

    /// A rate in millionths: `19%`, `7.7%`.
    pub fn rate(self, rate: u32) -> String {
        let number = self.number(
            Decimal {
                value: rate.into(),
                digits: 4,
            }
            .trimmed(0),
        );
        match self.style {
            Style::German | Style::Spanish => format!("{number}{NBSP}%"),
            Style::French => format!("{number}{NARROW}%"),
            _ => format!("{number}%"),
        }
    }

    /// A quantity.
    pub fn quantity(self, quantity: Quantity) -> String {
        self.number(
            Decimal {
                value: quantity.0,
                digits: 9,
            }
            .trimmed(0),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(language: &str, country: &str) -> [String; 5] {
        let locale = Locale::of(Some(language), Some(country));
        let day = NaiveDate::from_ymd_opt(2026, 3, 1).unwrap_or_default();
        let money = |amount, code| locale.money(Money::new(amount, Currency::parse(code).unwrap_or(Currency::EUR)));
        [
            locale.day(day),
            locale.short_day(day),
            money(-123_450, "EUR"),
            money(1_234_567_890, "CHF"),
            locale.rate(77_000),
        ]
    }

    #[test]
    fn each_language_has_its_own_forms() {
        for (language, country, want) in [
            (
                "en",
                "GB",
                ["1 March 2026", "1 Mar 2026", "−€1,234.50", "CHF\u{a0}12,345,678.90", "7.7%"],
            ),
            (
                "en",
                "US",
                ["March 1, 2026", "Mar 1, 2026", "−€1,234.50", "CHF\u{a0}12,345,678.90", "7.7%"],
            ),
            (
                "de",
                "DE",
                [
                    "1. März 2026",
                    "01.03.2026",
                    "−1.234,50\u{a0}€",
                    "12.345.678,90\u{a0}CHF",
                    "7,7\u{a0}%",
                ],
            ),
            (
                "de-CH",
                "DE",
                ["1. März 2026", "01.03.2026", "€\u{a0}−1’234.50", "CHF\u{a0}12’345’678.90", "7.7%"],
            ),
            (
                "fr_FR",
                "",
                [
                    "1er mars 2026",
                    "01/03/2026",
                    "−1\u{202f}234,50\u{a0}€",
                    "12\u{202f}345\u{202f}678,90\u{a0}CHF",
                    "7,7\u{202f}%",
                ],
            ),
            (
                "es",
                "ES",
                [
                    "1 de marzo de 2026",
                    "01/03/2026",
                    "−1234,50\u{a0}€",
                    "12.345.678,90\u{a0}CHF",
                    "7,7\u{a0}%",
                ],
            ),
            (
                "it",
                "IT",
                ["1 marzo 2026", "01/03/2026", "−1.234,50\u{a0}€", "12.345.678,90\u{a0}CHF", "7,7%"],
            ),
            (
                "nl",
                "NL",
                ["1 maart 2026", "01-03-2026", "€\u{a0}−1.234,50", "CHF\u{a0}12.345.678,90", "7,7%"],
            ),
            (
                "ja",
                "JP",
                ["1 March 2026", "1 Mar 2026", "−€1,234.50", "CHF\u{a0}12,345,678.90", "7.7%"],
            ),
        ] {
            assert_eq!(shown(language, country), want, "{language}");
        }
    }

    #[test]
    fn dollars_say_whose_where_others_might_be_meant() {
        let usd = Money::new(100, Currency::parse("USD").unwrap_or(Currency::EUR));
        assert_eq!(Locale::of(Some("en-US"), Some("DE")).money(usd), "$1.00");
        assert_eq!(Locale::of(None, Some("DE")).money(usd), "US$1.00");
        assert_eq!(Locale::of(None, None).quantity(Quantity(-351_648_352)), "−0.351648352");
    }
}
