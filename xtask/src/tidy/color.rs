//! Colors are named in one file, so that a theme is one file.

use super::File;

const MAY_NAME_A_COLOR: &str = "ui/styles/tokens.css";
const FUNCTIONS: &[&str] = &[
    "rgb(", "rgba(", "hsl(", "hsla(", "hwb(", "lab(", "lch(", "oklab(", "oklch(", "color(",
];

pub fn breaches(file: &File) -> Vec<String> {
    let style = file.path.ends_with(".css");
    let page = file.path.starts_with("ui/src/") && file.path.ends_with(".rs");
    if !file.path.starts_with("ui/") || file.path == MAY_NAME_A_COLOR || !(style || page || file.path.ends_with(".html")) {
        return Vec::new();
    }
    let mut found = Vec::new();
    for (number, line) in (1..).zip(file.text.lines()) {
        // In a style, what stands before the colon or the brace is a selector, and `#add` may be an id.
        let value = if style {
            line.split_once(':').map_or("", |(_, value)| value)
        } else {
            line
        };
        if let Some(color) = hex_color(value, page).or_else(|| function(value)) {
            found.push(format!(
                "{}:{number}: the color `{color}` belongs into {MAY_NAME_A_COLOR}",
                file.path
            ));
        }
    }
    found
}

fn function(value: &str) -> Option<&str> {
    FUNCTIONS.iter().copied().find(|name| {
        value
            .match_indices(name)
            .any(|(at, _)| !value[..at].ends_with(|letter: char| letter.is_alphanumeric() || letter == '-' || letter == '_'))
    })
}

/// `#` and 3, 4, 6 or 8 hexadecimal digits; in Rust only as a whole text, because `#[…]` and `r#"…"#` are no colors.
fn hex_color(value: &str, whole_text: bool) -> Option<&str> {
    value.match_indices('#').find_map(|(at, _)| {
        let rest = &value[at + 1..];
        let end = rest.find(|letter: char| !letter.is_ascii_hexdigit()).unwrap_or(rest.len());
        let ends = if whole_text {
            value[..at].ends_with('"') && rest[end..].starts_with('"')
        } else {
            !rest[end..].starts_with(|letter: char| letter.is_alphanumeric() || letter == '-' || letter == '_' || letter == '{')
        };
        (ends && matches!(end, 3 | 4 | 6 | 8)).then(|| &value[at..=at + end])
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(path: &str, text: &str) -> usize {
        breaches(&File::of(path, text)).len()
    }

    #[test]
    fn a_color_outside_the_tokens_is_found() {
        assert_eq!(found("ui/styles/base.css", "a { color: #0af; }"), 1);
        assert_eq!(found("ui/styles/base.css", "  background: rgb(1 2 3);"), 1);
        assert_eq!(found("ui/src/chart.rs", "<rect fill=\"#00aaff\"/>"), 1);
        assert_eq!(found("ui/index.html", "<meta content=\"#ffffff\">"), 1);
    }

    #[test]
    fn tokens_selectors_and_attributes_are_no_colors() {
        assert_eq!(found("ui/styles/tokens.css", "--accent: #0af;"), 0);
        assert_eq!(found("ui/styles/base.css", "#add { color: var(--accent); }"), 0);
        assert_eq!(found("ui/src/app.rs", "#[derive(Clone)] href=\"#main\""), 0);
        assert_eq!(found("crates/contract/src/text.rs", "\"#00aaff\""), 0);
    }
}
