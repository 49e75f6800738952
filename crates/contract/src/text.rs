//! Folding of text for search, the characters that a one-line text may not hold, and what of a panic may be logged.

use std::any::Any;

use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};

use crate::Problem;

/// The form in which texts are compared: NFKD, full case folding, combining marks removed, NFKD again.
///
/// `eclair` finds Éclair, `strasse` finds straße, `istanbul` finds İstanbul.
#[must_use]
pub fn fold(text: &str) -> String {
    let decomposed: String = text.nfkd().collect();
    caseless::default_case_fold_str(&decomposed)
        .nfkd()
        .filter(|c| !is_combining_mark(*c))
        .nfkd()
        .collect()
}

/// The parts of a search term, folded; a record matches when it holds every one of them.
#[must_use]
pub fn search_parts(term: &str) -> Vec<String> {
    let mut parts: Vec<String> = Vec::new();
    for part in term.split_whitespace().map(fold).filter(|part| !part.is_empty()) {
        if !parts.contains(&part) {
            parts.push(part);
        }
    }
    parts
}

/// The first character that a one-line text may not hold, with its reason.
///
/// Control characters, those that are not seen, and those that turn the direction of others are refused rather than
/// removed: what is stored is what was typed. Joiners are kept, because Persian and Indic scripts need them.
#[must_use]
pub fn forbidden_character(text: &str) -> Option<Problem> {
    text.chars().enumerate().find_map(|(index, c)| {
        let code = format!("U+{:04X}", u32::from(c));
        let position = u32::try_from(index).unwrap_or(u32::MAX).saturating_add(1);
        if c.is_control() || matches!(c, '\u{2028}' | '\u{2029}') {
            Some(Problem::ControlCharacter { code, position })
        } else if is_invisible(c) {
            Some(Problem::InvisibleCharacter { code, position })
        } else {
            None
        }
    })
}

fn is_invisible(c: char) -> bool {
    matches!(
        c,
        '\u{00AD}' | '\u{034F}' | '\u{061C}' | '\u{115F}' | '\u{1160}' | '\u{17B4}' | '\u{17B5}' | '\u{180B}'..='\u{180F}'
            | '\u{200B}' | '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{2800}'
            | '\u{3164}' | '\u{FE00}'..='\u{FE0E}' | '\u{FEFF}' | '\u{FFA0}' | '\u{FFF0}'..='\u{FFFB}'
            | '\u{1BCA0}'..='\u{1BCA3}' | '\u{1D173}'..='\u{1D17A}' | '\u{E0000}'..='\u{E0FFF}'
    )
}

/// Whether a character is drawn only together with its neighbors: a joiner or the choice of a picture.
#[must_use]
pub fn is_joiner(c: char) -> bool {
    matches!(c, '\u{200C}' | '\u{200D}' | '\u{FE0F}')
}

/// The largest beginning of `text` of at most `max` characters.
#[must_use]
pub fn clip(text: &str, max: usize) -> &str {
    text.char_indices().nth(max).map_or(text, |(at, _)| text.get(..at).unwrap_or(text))
}

/// The message of a panic, if it stands in the source. One that was put together could repeat a customer's data, and a log
/// must not hold any.
#[must_use]
pub fn literal(payload: &(dyn Any + Send)) -> &'static str {
    payload.downcast_ref::<&'static str>().copied().unwrap_or("(not logged)")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_that_was_put_together_is_not_logged() {
        assert_eq!(literal(&"out of range"), "out of range");
        assert_eq!(literal(&format!("no customer {}", "ada@example.com")), "(not logged)");
    }

    #[test]
    fn texts_that_a_person_takes_for_the_same_fold_alike() {
        for (a, b) in [
            ("eclair", "Éclair"),
            ("strasse", "STRAßE"),
            ("istanbul", "İstanbul"),
            ("ﬁn", "FIN"),
            ("Ａcme", "acme"),
        ] {
            assert_eq!(fold(a), fold(b), "{a} {b}");
        }
    }

    #[test]
    fn a_term_is_split_at_white_space_and_each_part_counts_once() {
        assert_eq!(search_parts("  Ann\u{3000}ACME ann "), ["ann", "acme"]);
        assert_eq!(search_parts("%_\\"), ["%_\\"]);
        assert!(search_parts(" \t").is_empty());
    }

    #[test]
    fn characters_that_are_not_seen_are_named() {
        assert_eq!(
            forbidden_character("a\nb"),
            Some(Problem::ControlCharacter {
                code: "U+000A".into(),
                position: 2
            })
        );
        assert_eq!(
            forbidden_character("x\u{202E}"),
            Some(Problem::InvisibleCharacter {
                code: "U+202E".into(),
                position: 2
            })
        );
        assert_eq!(forbidden_character("میهن\u{200C}پرست 👩\u{200D}💻 ❤\u{FE0F}"), None);
    }
}
