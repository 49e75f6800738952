//! What a document says, in the languages that it speaks.

mod de;
mod en;
mod es;
mod fr;
mod it;
mod nl;

use contract::{TaxCategory, credit_note::CreditReason, payment::StatementKind};

pub use en::ENGLISH;

/// The languages, by their code in ISO 639.
const LANGUAGES: &[(&str, &Words)] = &[
    ("en", &ENGLISH),
    ("de", &de::GERMAN),
    ("fr", &fr::FRENCH),
    ("es", &es::SPANISH),
    ("it", &it::ITALIAN),
    ("nl", &nl::DUTCH),
];

/// The words of a language, if there are any.
pub fn of_language(wanted: &str) -> Option<(&'static str, &'static Words)> {
    LANGUAGES.iter().find(|(code, _)| *code == wanted).copied()
}

/// Everything that a document says of its own. `{…}` is replaced by what is known of the document.
pub struct Words {
    /// The title of an invoice.
    pub invoice: &'static str,
    /// The title of a credit note.
    pub credit_note: &'static str,
    /// The title of a statement.
    pub statement: &'static str,
    /// Above what is not final.
    pub draft: &'static str,
    /// Why a draft is no invoice.
    pub draft_note: &'static str,
    /// Above an invoice that is void.
    pub void: &'static str,
    /// The number of an invoice.
    pub number: &'static str,
    /// The day of issue.
    pub issued: &'static str,
    /// The last day to pay.
    pub due: &'static str,
    /// The day on which something was supplied.
    pub supplied: &'static str,
    /// The days during which.
    pub period: &'static str,
    /// The invoice that is credited.
    pub corrects: &'static str,
    /// The day of that invoice.
    pub corrected_of: &'static str,
    /// Why something is credited.
    pub reason: &'static str,
    /// The buyer's number for VAT.
    pub your_vat_id: &'static str,
    /// A number for VAT.
    pub vat_id: &'static str,
    /// Another tax number.
    pub tax_number: &'static str,
    /// Heads of the columns.
    pub description: &'static str,
    /// How much.
    pub quantity: &'static str,
    /// What one costs without tax.
    pub unit_price: &'static str,
    /// The tax.
    pub vat: &'static str,
    /// What a line comes to, `{currency}`.
    pub amount: &'static str,
    /// What one costs with tax: `{amount}`.
    pub each_with_tax: &'static str,
    /// The sum of the lines.
    pub net: &'static str,
    /// The tax of a group: `{rate}` of `{base}`.
    pub tax_on: &'static str,
    /// A group without tax: `{name}` of `{base}`.
    pub untaxed_on: &'static str,
    /// What the total was rounded by.
    pub rounding: &'static str,
    /// All of it.
    pub total: &'static str,
    /// All of what is credited.
    pub total_credited: &'static str,
    /// `{amount}` is to be paid until `{day}`.
    pub please_pay: &'static str,
    /// Nothing is to be paid.
    pub nothing_to_pay: &'static str,
    /// What to write on the payment.
    pub reference: &'static str,
    /// Who gets the money.
    pub payee: &'static str,
    /// `{page}` of `{pages}`.
    pub page: &'static str,
    /// Heads of the columns of a statement.
    pub day: &'static str,
    /// What happened.
    pub entry: &'static str,
    /// What adds to what is owed.
    pub charged: &'static str,
    /// What takes off.
    pub credited: &'static str,
    /// What is owed after it.
    pub balance: &'static str,
    /// What was owed before.
    pub opening: &'static str,
    /// What is owed at the end.
    pub closing: &'static str,
    /// The days that a statement covers.
    pub covered: &'static str,
    /// Those of one without a first day: up to `{day}`.
    pub until: &'static str,
    /// The customer owes `{amount}`.
    pub owed: &'static str,
    /// The customer has `{amount}` of credit.
    pub credit: &'static str,
    /// Neither.
    pub settled: &'static str,
    /// Nothing happened.
    pub no_entries: &'static str,
    /// The months.
    pub months: [&'static str; 12],
    /// What a line of a statement is about, in the order of [`StatementKind::ALL`].
    pub kinds: [&'static str; 7],
    /// Reasons of credit notes, in the order of [`CreditReason::ALL`]; of another one, the last, nothing is said.
    pub reasons: [&'static str; 5],
    /// Categories of tax, in the order of [`TaxCategory::ALL`].
    pub categories: [&'static str; 7],
    /// What the law wants said of them (Directive 2006/112/EC, article 226, 11 and 11a), in the same order.
    pub tax_notes: [&'static str; 7],
}

/// The word at the place of a value in the list of all.
fn at<T: PartialEq, const N: usize>(all: &[T], value: &T, words: &[&'static str; N]) -> &'static str {
    all.iter()
        .position(|known| known == value)
        .and_then(|place| words.get(place))
        .copied()
        .unwrap_or_default()
}

impl Words {
    /// What a line of a statement is about.
    pub fn kind(&self, kind: StatementKind) -> &'static str {
        at(StatementKind::ALL, &kind, &self.kinds)
    }

    /// Why something is credited, where there is more to say than that it is for another reason.
    pub fn why(&self, reason: CreditReason) -> Option<&'static str> {
        Some(at(CreditReason::ALL, &reason, &self.reasons)).filter(|why| !why.is_empty())
    }

    /// What a category of tax is called.
    pub fn category(&self, category: TaxCategory) -> &'static str {
        at(TaxCategory::ALL, &category, &self.categories)
    }

    /// What the law wants said of a category; empty where it wants nothing.
    pub fn tax_note(&self, category: TaxCategory) -> &'static str {
        at(TaxCategory::ALL, &category, &self.tax_notes)
    }
}

/// A sentence with what is known put in the places of its names.
pub fn filled(sentence: &str, known: &[(&str, &str)]) -> String {
    known.iter().fold(sentence.to_owned(), |text, (name, value)| {
        text.replace(&format!("{{{name}}}"), value)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_language_says_everything_and_names_the_same() {
        let places = |words: &Words| {
            let sentences = [
                words.amount,
                words.each_with_tax,
                words.tax_on,
                words.untaxed_on,
                words.please_pay,
                words.page,
                words.until,
                words.owed,
                words.credit,
            ];
            sentences.map(|sentence| {
                let mut names: Vec<&str> = sentence.split('{').skip(1).filter_map(|rest| rest.split('}').next()).collect();
                names.sort_unstable();
                names
            })
        };
        for (language, words) in LANGUAGES {
            assert_eq!(places(words), places(&ENGLISH), "{language}");
            let lists = words
                .months
                .iter()
                .chain(&words.kinds)
                .chain(&words.reasons)
                .chain(&words.categories);
            assert!(lists.into_iter().all(|word| !word.is_empty()), "{language}");
            for category in TaxCategory::ALL {
                let has_note = !words.tax_note(*category).is_empty();
                assert_eq!(
                    has_note,
                    !matches!(category, TaxCategory::Standard | TaxCategory::Zero),
                    "{language} {category:?}"
                );
            }
        }
        assert_eq!(filled("{a} of {b}", &[("a", "1"), ("b", "{a}")]), "1 of {a}");
    }
}
