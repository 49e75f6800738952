//! A theme changes values and nothing else, so that whatever holds for the structure of a page in one of them holds in the other:
//! the walk that runs with each change asks all of axe in the light one only (`e2e/tests/accessibility.rs`).

use super::File;

const MAY_NAME_A_THEME: &str = "ui/styles/tokens.css";
const THEMES: [&str; 2] = ["data-theme", "prefers-color-scheme"];

pub fn breaches(file: &File) -> Vec<String> {
    if !file.path.starts_with("ui/styles/") || !file.path.ends_with(".css") {
        return Vec::new();
    }
    if file.path == MAY_NAME_A_THEME {
        let declared = declarations(&file.text).into_iter();
        let other = declared.filter(|declared| !declared.starts_with("--") && !declared.starts_with("color-scheme:"));
        return other
            .map(|declared| format!("{}: `{declared}` is no custom property", file.path))
            .collect();
    }
    let named = THEMES.iter().filter(|theme| file.text.contains(**theme));
    named
        .map(|theme| format!("{}: only {MAY_NAME_A_THEME} may ask for {theme}", file.path))
        .collect()
}

/// A style without its comments.
pub fn plain(style: &str) -> String {
    style
        .split("/*")
        .map(|part| part.split_once("*/").map_or(part, |(_, rest)| rest))
        .collect()
}

/// The declarations of a style, without its selectors and comments.
fn declarations(style: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut text = String::new();
    for letter in plain(style).chars() {
        if !matches!(letter, '{' | '}' | ';') {
            text.push(letter);
            continue;
        }
        let declared = std::mem::take(&mut text).split_whitespace().collect::<Vec<_>>().join(" ");
        // Before a brace stands a selector; a line that begins with @ declares the order of layers.
        if letter != '{' && !declared.is_empty() && !declared.starts_with('@') {
            found.push(declared);
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(path: &str, text: &str) -> usize {
        breaches(&File::of(path, text)).len()
    }

    #[test]
    fn a_theme_that_does_more_than_to_set_values_is_found() {
        assert_eq!(found(MAY_NAME_A_THEME, "[data-theme=\"dark\"] { --ink: #fff; display: none }"), 1);
        assert_eq!(found("ui/styles/base.css", "[data-theme=\"dark\"] .icon { display: none; }"), 1);
        assert_eq!(
            found("ui/styles/base.css", "@media (prefers-color-scheme: dark) { a { top: 0 } }"),
            1
        );
    }

    #[test]
    fn values_and_what_is_no_theme_are_in_order() {
        let tokens = "/* a { top: 0; } */ @layer reset, tokens;\n@layer tokens { :root, [data-theme=\"light\"] { color-scheme: light; --ink: #000; --gap: 0 1px\n 2px } }";
        assert_eq!(found(MAY_NAME_A_THEME, tokens), 0);
        assert_eq!(found("ui/styles/base.css", "@media (forced-colors: active) { a { top: 0 } }"), 0);
        assert_eq!(found("docs/base.css", "[data-theme=\"dark\"] { top: 0 }"), 0);
    }
}
