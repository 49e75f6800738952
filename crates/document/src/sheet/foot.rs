//! The foot of each page: how to reach the vendor, its numbers for tax, its account, and the number of the page.

use contract::party::Party;

use super::{Sheet, address};
use crate::{
    country,
    page::{Ink, Role},
    typeset::{Block, Style},
    words::filled,
};

/// From the lower edge of the paper to the end of the foot.
const EDGE: f32 = 30.0;
const STYLE: Style = Style {
    leading: 1.45,
    ..Style::plain(7.0).ink(Ink::Muted)
};

/// A foot whose texts are set.
pub struct Foot {
    columns: Vec<Vec<Block>>,
    text: Option<Block>,
    /// Where it begins; text ends above it.
    pub top: f32,
}

impl Sheet<'_> {
    /// Sets the foot; the country of the vendor stands in it for who is in another one.
    pub fn foot(&mut self, recipient: &Party) -> Foot {
        let (settings, words) = (&self.desk.settings, self.locale.words);
        let seller = self.seller;
        let mut first = vec![seller.name.clone()];
        first.extend(seller.contact.clone());
        first.extend(address(seller, seller.country.as_deref()));
        let abroad = seller
            .country
            .as_deref()
            .filter(|_| recipient.country.is_some() && recipient.country != seller.country);
        first.extend(abroad.map(|code| country::name(code).to_owned()));
        let second = [settings.phone.clone(), seller.email.clone(), settings.website.clone()];
        let labelled = |label: &str, value: &Option<String>| value.as_ref().map(|value| format!("{label} {value}"));
        let third = [
            labelled(words.vat_id, &seller.vat_id),
            labelled(words.tax_number, &seller.tax_number),
            settings.iban.as_deref().map(|iban| format!("IBAN {}", grouped(iban))),
            labelled("BIC", &settings.bic),
        ];
        let width = self.frame.inner() / 3.0 - 12.0;
        let columns: Vec<Vec<Block>> = [first, second.into_iter().flatten().collect(), third.into_iter().flatten().collect()]
            .into_iter()
            .filter(|lines: &Vec<String>| !lines.is_empty())
            .map(|lines| lines.iter().map(|line| self.setter.set(line, STYLE, width)).collect())
            .collect();
        let text = settings
            .footer
            .clone()
            .map(|text| self.setter.set(&text, STYLE, self.frame.inner() - 90.0));
        let columns_height = columns
            .iter()
            .map(|blocks: &Vec<Block>| blocks.iter().map(|block| block.height).sum::<f32>())
            .fold(0.0, f32::max);
        let text_height = text.as_ref().map_or(STYLE.size * STYLE.leading, |text| text.height);
        Foot {
            columns,
            text,
            top: self.frame.height - EDGE - text_height - 6.0 - columns_height - 8.0,
        }
    }

    /// Puts the foot on every page, when their number is known.
    pub fn finish(&mut self, foot: &Foot) {
        let (frame, words) = (self.frame, self.locale.words);
        let count = self.pages.len();
        let mut numbers: Vec<Block> = (1..=count)
            .map(|page| {
                let text = filled(words.page, &[("page", &page.to_string()), ("pages", &count.to_string())]);
                self.setter.set(&text, STYLE.right(), 84.0)
            })
            .collect();
        for (at, page) in self.pages.iter_mut().enumerate() {
            page.rule(frame.left, foot.top, frame.inner(), 0.5, Ink::Line);
            // Said once: it is the same on every page.
            let role = if at == 0 { Role::Text } else { Role::Running };
            let mut lowest = foot.top + 8.0;
            for (column, blocks) in (0_u16..).zip(&foot.columns) {
                let x = frame.left + f32::from(column) * frame.inner() / 3.0;
                let mut y = foot.top + 8.0;
                for block in blocks {
                    page.text(block.clone(), x, y, role);
                    y += block.height;
                }
                lowest = lowest.max(y);
            }
            lowest += 6.0;
            if let Some(text) = &foot.text {
                page.text(text.clone(), frame.left, lowest, role);
            }
            if !numbers.is_empty() {
                page.text(numbers.remove(0), frame.right - 84.0, lowest, Role::Running);
            }
        }
    }
}

/// An account number in groups of four, as people read it.
pub fn grouped(iban: &str) -> String {
    let compact: Vec<char> = iban.chars().filter(|c| !c.is_whitespace()).collect();
    compact.chunks(4).map(String::from_iter).collect::<Vec<_>>().join("\u{a0}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_account_is_read_in_groups_of_four() {
        assert_eq!(
            grouped("DE89370400440532013000"),
            "DE89\u{a0}3704\u{a0}0044\u{a0}0532\u{a0}0130\u{a0}00"
        );
        assert_eq!(grouped("DE89 3704"), "DE89\u{a0}3704");
    }
}
