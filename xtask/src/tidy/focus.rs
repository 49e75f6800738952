//! Whoever works with the keyboard sees where they are: no style takes the ring of what has the focus away, unless something around
//! or inside of it has one.

use super::{File, theme::plain};

/// Where the ring is drawn, and for what.
const RING: (&str, &str) = ("ui/styles/base.css", ":focus-visible");
/// What has none of its own, by file and selector.
const ELSEWHERE: &[(&str, &str)] = &[
    // What was pressed with the pointer; the rule of the ring comes after it.
    ("ui/styles/base.css", ":focus"),
    // The frame around the field has it.
    ("ui/styles/fields.css", ".input input"),
    ("ui/styles/fields.css", ".input--select select"),
    // The line below it has the color, as wide as the dialog.
    ("ui/styles/palette.css", ".palette__input input"),
    // The whole of it, from which Tab leads inside.
    ("ui/styles/dialogs.css", ".dialog:focus-visible"),
    ("ui/styles/shell.css", ".drawer:focus-visible"),
    // The row or the cell that the keys are at has it.
    ("ui/styles/table.css", ".grid__viewport:focus"),
    (
        "ui/styles/table.css",
        ".grid__row.is-focused, .grid__row .is-cell, .grid__head .is-cell",
    ),
];
const NONE: &[&str] = &[
    "outline: none",
    "outline: 0",
    "outline-style: none",
    "outline-width: 0",
    "outline-color: transparent",
];

pub fn breaches(file: &File) -> Vec<String> {
    if !file.path.starts_with("ui/styles/") || !file.path.ends_with(".css") {
        return Vec::new();
    }
    let rules = rules(&plain(&file.text));
    let has_none = |declared: &[String]| declared.iter().any(|one| NONE.contains(&one.trim_end_matches(" !important")));
    let is_elsewhere = |selector: &str| ELSEWHERE.contains(&(file.path.as_str(), selector));
    let mut found: Vec<String> = rules
        .iter()
        .filter(|(selector, declared)| has_none(declared) && !is_elsewhere(selector))
        .map(|(selector, _)| format!("{}: `{selector}` takes the ring away", file.path))
        .collect();
    let is_ring = |(selector, declared): &(String, Vec<String>)| {
        selector.split(", ").any(|one| one == RING.1) && declared.iter().any(|one| one.starts_with("outline: var(--focus-width) solid"))
    };
    if file.path == RING.0 && !rules.iter().any(is_ring) {
        found.push(format!("{}: nothing draws a ring around what has the focus", file.path));
    }
    found
}

/// The selectors of a style with what each declares.
fn rules(style: &str) -> Vec<(String, Vec<String>)> {
    style
        .split('}')
        .filter_map(|rule| rule.rsplit_once('{'))
        .map(|(before, declared)| {
            let selector = before.rsplit(['{', ';']).next().unwrap_or_default();
            (squeezed(selector), declared.split(';').map(squeezed).collect())
        })
        .collect()
}

fn squeezed(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(path: &str, text: &str) -> usize {
        breaches(&File::of(path, text)).len()
    }

    #[test]
    fn a_ring_that_is_taken_away_or_never_drawn_is_found() {
        let menu = "@layer components {\n  .menu { top: 0 } /* . */\n  .menu__item:focus-visible { color: inherit;\n outline: none; }\n}";
        assert_eq!(found("ui/styles/menu.css", menu), 1);
        assert_eq!(found("ui/styles/menu.css", ".menu { outline: 0 !important }"), 1);
        assert_eq!(found(RING.0, "@layer base { :focus { outline: none; } }"), 1);
    }

    #[test]
    fn a_ring_that_something_else_has_is_in_order() {
        let base = "@layer base {\n  :focus { outline: none; }\n  :focus-visible, .a { outline: var(--focus-width) solid red }\n}";
        assert_eq!(found(RING.0, base), 0);
        assert_eq!(
            found(
                "ui/styles/fields.css",
                "@layer components { .input input { border: 0; outline: none } }"
            ),
            0
        );
        assert_eq!(found("ui/styles/menu.css", ".menu__item:focus-visible { outline-offset: 1px }"), 0);
        assert_eq!(found("docs/menu.css", ".menu { outline: none }"), 0);
    }
}
