//! The lines of an invoice or a credit note, what they come to, and the notes below.

use chrono::NaiveDate;
use contract::{Currency, Money, TaxGroup, invoice::InvoiceLine};

use crate::{
    amounts::net_price,
    locale::Locale,
    page::{Group, Ink, Role},
    sheet::{Fact, Sheet},
    table::{Cell, Column, Table},
    typeset::{Align, Style},
    words::filled,
};

/// Width of what the lines come to.
pub const SUMS: f32 = 238.0;
/// Width of what says where to pay: the longest, "Verwendungszweck", stays in one line.
const LABEL: f32 = 84.0;
/// The number of the table of the lines.
const TABLE: usize = 0;

/// What a document comes to.
pub struct Sums<'a> {
    /// The currency.
    pub currency: Currency,
    /// Sum of the lines.
    pub net: i64,
    /// The tax by group.
    pub taxes: &'a [TaxGroup],
    /// What the total was rounded by.
    pub rounding: i64,
    /// All of it.
    pub total: i64,
    /// What all of it is called.
    pub label: &'static str,
}

/// What stands below the table.
pub struct Closing {
    /// At the left: how to pay.
    pub beside: Option<Group>,
    /// At the right: what it comes to.
    pub sums: Group,
    /// Below both.
    pub notes: Vec<Group>,
}

/// The last day of a time, of which the end is the first day after it.
pub fn last_day(end: NaiveDate) -> NaiveDate {
    end.pred_opt().unwrap_or(end)
}

/// When something was supplied, as far as it is the same for the whole document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Supply {
    /// On a day.
    On(NaiveDate),
    /// From the first day to the last.
    During(NaiveDate, NaiveDate),
}

/// When it was supplied: during the time of the lines, if each has one; on the day of issue, where none or not each has one, and
/// those that do say their own.
pub fn supply(lines: &[InvoiceLine], issued_on: NaiveDate) -> Supply {
    let times: Option<Vec<(NaiveDate, NaiveDate)>> = lines.iter().map(|line| line.period_start.zip(line.period_end)).collect();
    let times = times.unwrap_or_default();
    let first = times.iter().map(|(start, _)| *start).min();
    let last = times.iter().map(|(_, end)| last_day(*end)).max();
    match first.zip(last) {
        Some((first, last)) => Supply::During(first, last),
        None => Supply::On(issued_on),
    }
}

/// The same as it stands in the head.
pub fn supply_fact(lines: &[InvoiceLine], issued_on: NaiveDate, locale: Locale) -> Fact {
    match supply(lines, issued_on) {
        Supply::On(day) => Fact::new(locale.words.supplied, locale.day(day)),
        Supply::During(first, last) => Fact::new(locale.words.period, locale.days(first, last)),
    }
}

impl Sheet<'_> {
    /// The lines as a table.
    pub fn lines(&mut self, lines: &[InvoiceLine], includes_tax: bool, currency: Currency) -> Table {
        let (locale, words) = (self.locale, self.locale.words);
        let right = |title: &str, width| Column {
            title: title.to_owned(),
            width,
            align: Align::Right,
        };
        // A part of a period has nine decimals, which stay in one line.
        let fixed = [76.0, 84.0, 52.0, 86.0];
        let columns = vec![
            Column {
                title: words.description.to_owned(),
                width: self.frame.inner() - fixed.iter().sum::<f32>(),
                align: Align::Left,
            },
            right(words.quantity, fixed[0]),
            right(words.unit_price, fixed[1]),
            right(words.vat, fixed[2]),
            right(&filled(words.amount, &[("currency", currency.code())]), fixed[3]),
        ];
        let rows = lines
            .iter()
            .map(|line| {
                let mut text = Cell::plain(&line.text);
                if let Some((start, end)) = line.period_start.zip(line.period_end) {
                    text = text.explained(locale.days(start, last_day(end)));
                }
                if includes_tax && line.tax_rate > 0 {
                    let amount = locale.money(Money::new(line.unit_price, currency));
                    text = text.explained(filled(words.each_with_tax, &[("amount", &amount)]));
                }
                vec![
                    text,
                    Cell::plain(locale.quantity(line.quantity)),
                    Cell::plain(locale.number(net_price(line, includes_tax, currency))),
                    Cell::plain(locale.rate(line.tax_rate)),
                    Cell::plain(locale.amount(line.net, currency)),
                ]
            })
            .collect();
        Table::new(TABLE, columns, rows, &mut self.setter)
    }

    /// What the lines come to.
    pub fn sums(&mut self, sums: &Sums<'_>) -> Group {
        let (locale, words) = (self.locale, self.locale.words);
        let money = |amount| locale.money(Money::new(amount, sums.currency));
        let mut rows = vec![(words.net.to_owned(), money(sums.net))];
        for group in sums.taxes {
            let base = money(group.base);
            let label = if group.rate > 0 {
                filled(words.tax_on, &[("rate", &locale.rate(group.rate)), ("base", &base)])
            } else {
                filled(words.untaxed_on, &[("name", words.category(group.category)), ("base", &base)])
            };
            rows.push((label, money(group.tax)));
        }
        if sums.rounding != 0 {
            rows.push((words.rounding.to_owned(), money(sums.rounding)));
        }
        let mut group = Group::default();
        let mut y = 0.0;
        for (label, value) in rows {
            let label = self.setter.set(&label, Style::plain(9.0).ink(Ink::Muted), SUMS - 92.0);
            let value = self.setter.set(&value, Style::plain(9.0).right(), 84.0);
            let height = label.height.max(value.height);
            group.page.text(label, 0.0, y + 3.0, Role::Text);
            group.page.text(value, SUMS - 84.0, y + 3.0, Role::Text);
            y += height + 6.0;
        }
        group.height = y + 3.0;
        let total = self.total(sums.label, &money(sums.total));
        let (top, height) = (group.height, total.height);
        total.put(&mut group.page, 0.0, top);
        group.height += height;
        group
    }

    /// The one amount that matters, between two rules: flush with the amounts above, and no wider than the page's text.
    pub fn total(&mut self, label: &str, amount: &str) -> Group {
        let bold = Style::plain(12.0).bold().ink(Ink::Accent);
        let label = self.setter.set(label, bold, SUMS - 130.0);
        let value = self.setter.set(amount, bold.right(), 126.0);
        let mut group = Group {
            height: label.height.max(value.height) + 14.0,
            ..Group::default()
        };
        let bottom = group.height;
        group.page.rule(0.0, 0.0, SUMS, 1.5, Ink::Accent);
        group.page.rule(0.0, bottom, SUMS, 0.5, Ink::Accent);
        group.page.text(label, 0.0, 7.5, Role::Text);
        group.page.text(value, SUMS - 126.0, 7.5, Role::Text);
        group
    }

    /// What the law wants said of the tax, and what the vendor wants to say.
    pub fn notes(&mut self, taxes: &[TaxGroup], note: Option<&str>) -> Vec<Group> {
        let words = self.locale.words;
        let mut texts: Vec<(String, Style)> = taxes
            .iter()
            .map(|group| words.tax_note(group.category))
            .filter(|text| !text.is_empty())
            .map(|text| (text.to_owned(), Style::plain(9.0).bold()))
            .collect();
        texts.dedup();
        texts.extend(note.map(|note| (note.to_owned(), Style::plain(9.0))));
        texts
            .into_iter()
            .map(|(text, style)| {
                let block = self.setter.set(&text, style, self.frame.inner());
                let mut group = Group {
                    height: block.height + 8.0,
                    ..Group::default()
                };
                group.page.text(block, 0.0, 0.0, Role::Text);
                group
            })
            .collect()
    }

    /// A sentence beside the sums.
    pub fn sentence(&mut self, sentence: &str) -> Group {
        let width = self.frame.inner() - SUMS - 24.0;
        let block = self.setter.set(sentence, Style::plain(10.0).bold(), width);
        let mut group = Group {
            height: block.height + 8.0,
            ..Group::default()
        };
        group.page.text(block, 0.0, 3.0, Role::Text);
        group
    }

    /// Where to pay, below a sentence that says how much.
    pub fn payment(&mut self, sentence: &str, reference: Option<&str>) -> Group {
        let (settings, words) = (&self.desk.settings, self.locale.words);
        let width = self.frame.inner() - SUMS - 24.0;
        let mut group = self.sentence(sentence);
        let mut y = group.height;
        let facts = [
            (words.payee, settings.iban.as_ref().map(|_| self.seller.name.clone())),
            ("IBAN", settings.iban.as_deref().map(crate::sheet::grouped)),
            ("BIC", settings.bic.clone().filter(|_| settings.iban.is_some())),
            (words.reference, reference.map(str::to_owned)),
        ];
        for (label, value) in facts {
            let Some(value) = value else { continue };
            let label = self.setter.set(label, Style::plain(8.0).ink(Ink::Muted), LABEL);
            let value = self.setter.set(&value, Style::plain(9.0), width - LABEL - 4.0);
            let height = label.height.max(value.height);
            group.page.text(label, 0.0, y + 1.0, Role::Text);
            group.page.text(value, LABEL + 4.0, y, Role::Text);
            y += height + 2.5;
        }
        group.height = y;
        group
    }

    /// Puts a table, and what has to stay with it, then the notes. `end` is the lowest line of a page.
    pub fn flow(&mut self, table: Table, closing: Closing, running: &str, y: f32, end: f32) {
        let Closing { beside, sums, notes } = closing;
        let frame = self.frame;
        let running = self.setter.set(running, Style::plain(8.0).ink(Ink::Muted), frame.inner());
        // The first line of what stands beside each other is one.
        let lowered = beside.as_ref().map_or(0.0, |group| sums.baseline() - group.baseline());
        let left_height = beside.as_ref().map_or(0.0, |group| lowered + group.height);
        let height = sums.height.max(left_height) + 16.0;
        let mut y = table.put(&mut self.pages, frame, y, end, height, |pages| Sheet::turn(pages, &running, frame));
        if let Some(page) = self.pages.last_mut() {
            sums.put(page, frame.right - SUMS, y + 10.0);
            if let Some(beside) = beside {
                beside.put(page, frame.left, y + 10.0 + lowered);
            }
        }
        y += height + 8.0;
        for note in notes {
            if y + note.height > end {
                y = Sheet::turn(&mut self.pages, &running, frame);
            }
            let height = note.height;
            if let Some(page) = self.pages.last_mut() {
                note.put(page, frame.left, y);
            }
            y += height;
        }
    }
}

#[cfg(test)]
mod tests {
    use contract::{Quantity, TaxCategory};

    use super::*;

    #[test]
    fn what_each_line_says_of_its_time_is_said_of_the_whole() {
        let day = |text: &str| text.parse::<NaiveDate>().unwrap_or_default();
        let line = |time: Option<(&str, &str)>| InvoiceLine {
            position: 1,
            text: String::new(),
            quantity: Quantity::ONE,
            unit_price: 0,
            net: 0,
            tax_category: TaxCategory::Zero,
            tax_rate: 0,
            period_start: time.map(|(start, _)| day(start)),
            period_end: time.map(|(_, end)| day(end)),
        };
        let issued = day("2026-11-22");
        let (one, two) = (Some(("2026-11-01", "2026-12-01")), Some(("2026-10-15", "2026-11-01")));
        assert_eq!(supply(&[line(None)], issued), Supply::On(issued));
        assert_eq!(supply(&[line(one), line(None)], issued), Supply::On(issued));
        assert_eq!(
            supply(&[line(one), line(two)], issued),
            Supply::During(day("2026-10-15"), day("2026-11-30"))
        );
        assert_eq!(supply(&[], issued), Supply::On(issued));
    }
}
