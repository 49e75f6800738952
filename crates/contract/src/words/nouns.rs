//! What a person calls the records.

use crate::Noun;

/// What a person calls a kind of record.
#[must_use]
pub fn noun_word(noun: Noun) -> &'static str {
    match noun {
        Noun::Settings => "book",
        Noun::Backup => "backup",
        Noun::CreditNote => "credit note",
        Noun::CatchUp => "catch-up",
        other => other.as_str(),
    }
}
