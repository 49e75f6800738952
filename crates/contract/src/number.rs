//! Numbers of invoices and credit notes: what they look like, and which of them belong to one series.
//!
//! A format is text with `{n}`, the number, or `{n:6}`, the number in at least six digits; `{YYYY}`, `{YY}` and `{MM}` stand
//! for the year and the month of issue. Numbers that differ by `{n}` alone are one series: with a year in the format each
//! year begins anew.

use chrono::{Datelike, NaiveDate};

use crate::{Problem, rules};

/// The longest format, and the longest number with which a series can be told to begin.
pub const MAX_FORMAT: u32 = 40;

/// The highest number with which a series can begin.
pub const MAX_FIRST: i64 = 999_999_999_999;

/// A format that was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NumberFormat {
    before: String,
    digits: usize,
    after: String,
}

impl NumberFormat {
    /// Reads a format.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn parse(format: &str) -> Result<Self, Problem> {
        let wrong = |detail: &str| Problem::WrongShape { detail: detail.to_owned() };
        let length = rules::length(format);
        if format.trim().is_empty() {
            return Err(Problem::Required);
        }
        if length > MAX_FORMAT {
            return Err(Problem::TooLong {
                max: MAX_FORMAT,
                actual: length,
            });
        }
        let (before, rest) = format
            .split_once("{n")
            .ok_or_else(|| wrong("{n} is missing, which stands for the number"))?;
        let (digits, after) = rest.split_once('}').ok_or_else(|| wrong("a } is missing after {n"))?;
        let digits = match digits.strip_prefix(':') {
            Some(digits) => digits.parse().ok().filter(|digits| (1..=12).contains(digits)),
            None => digits.is_empty().then_some(1),
        }
        .ok_or_else(|| wrong("after {n: come a number of digits from 1 to 12 and a }"))?;
        for part in [before, after] {
            let plain = part.replace("{YYYY}", "").replace("{YY}", "").replace("{MM}", "");
            // Characters that every system can show and file names can hold.
            let allowed = |c: char| c.is_ascii_alphanumeric() || "-_/. ".contains(c);
            if !plain.chars().all(allowed) {
                return Err(wrong(
                    "only {n}, {YYYY}, {YY}, {MM}, letters, digits, blanks and - _ / . can stand here",
                ));
            }
        }
        Ok(Self {
            before: before.to_owned(),
            digits,
            after: after.to_owned(),
        })
    }

    /// The series of a day of issue: the format with `#` for the number.
    #[must_use]
    pub fn series(&self, issued_on: NaiveDate) -> String {
        format!("{}#{}", dated(&self.before, issued_on), dated(&self.after, issued_on))
    }

    /// A number.
    #[must_use]
    pub fn number(&self, issued_on: NaiveDate, number: i64) -> String {
        let digits = self.digits;
        format!(
            "{}{number:0digits$}{}",
            dated(&self.before, issued_on),
            dated(&self.after, issued_on)
        )
    }
}

fn dated(text: &str, day: NaiveDate) -> String {
    text.replace("{YYYY}", &format!("{:04}", day.year()))
        .replace("{YY}", &format!("{:02}", day.year() % 100))
        .replace("{MM}", &format!("{:02}", day.month()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_follow_their_format_and_series_the_dates_in_it() {
        let day: NaiveDate = "2026-03-09".parse().unwrap_or_default();
        for (format, number, series) in [
            ("{YYYY}-{n:6}", "2026-000042", "2026-#"),
            ("INV {YY}/{MM}/{n}", "INV 26/03/42", "INV 26/03/#"),
            ("{n:3}", "042", "#"),
        ] {
            let format = NumberFormat::parse(format).unwrap_or_else(|problem| panic!("{format}: {problem:?}"));
            assert_eq!((format.number(day, 42), format.series(day)), (number.to_owned(), series.to_owned()));
        }
    }

    #[test]
    fn what_is_no_format_is_refused() {
        for format in [
            "",
            "2026",
            "{n",
            "{n:}",
            "{n:0}",
            "{n:13}",
            "{n}{n}",
            "{m}-{n}",
            "ä{n}",
            "a\n{n}",
            &"x".repeat(41),
        ] {
            assert!(NumberFormat::parse(format).is_err(), "{format:?}");
        }
    }
}
