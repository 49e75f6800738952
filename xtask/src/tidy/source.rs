//! Where a database may be named, and what the page must not do.

use super::File;

/// The two places that know which database is behind a book; everything else is written once.
const MAY_NAME_A_BACKEND: &[&str] = &["crates/engine/src/db.rs", "crates/engine/src/db/", "migrations/src/columns.rs"];
const BACKENDS: &[&str] = &["MySql", "Postgres", "Sqlite"];
/// Ways past the page's content security policy, or past escaping.
const NOT_IN_THE_PAGE: &[(&str, &str)] = &[
    ("style=\"", "the content security policy blocks style attributes: use a class"),
    ("style={", "the content security policy blocks style attributes: use a class"),
    ("inner_html", "text must be escaped"),
    ("from_html_unchecked", "text must be escaped"),
];

pub fn breaches(file: &File) -> Vec<String> {
    let mut found = Vec::new();
    let Some(code) = file.path.strip_suffix(".rs").map(|_| without_comments_and_text(&file.text)) else {
        return found;
    };
    let knows_databases = file.path.starts_with("crates/engine/src/") || file.path.starts_with("migrations/src/");
    if knows_databases && !MAY_NAME_A_BACKEND.iter().any(|place| file.path.starts_with(place)) {
        for (number, line) in (1..).zip(code.lines()) {
            for word in line.split(|letter: char| !letter.is_alphanumeric() && letter != '_') {
                if BACKENDS.iter().any(|backend| word.starts_with(backend)) {
                    found.push(format!("{}:{number}: `{word}` names a backend; only db and columns may", file.path));
                }
            }
        }
    }
    if file.path.starts_with("ui/src/") {
        for (number, line) in (1..).zip(file.text.lines()) {
            for (sign, reason) in NOT_IN_THE_PAGE.iter().filter(|(sign, _)| line.contains(sign)) {
                found.push(format!("{}:{number}: `{sign}`: {reason}", file.path));
            }
        }
    }
    found
}

/// The code alone: a comment or a sentence may say "Postgres".
fn without_comments_and_text(source: &str) -> String {
    let mut code = String::with_capacity(source.len());
    let mut in_text = false;
    for line in source.lines() {
        let mut letters = line.chars().peekable();
        while let Some(letter) = letters.next() {
            match letter {
                '\\' if in_text => drop(letters.next()),
                '\'' if !in_text && letters.peek() == Some(&'"') => drop(letters.next()),
                '"' => in_text = !in_text,
                '/' if !in_text && letters.peek() == Some(&'/') => break,
                _ if in_text => {}
                _ => code.push(letter),
            }
        }
        code.push('\n');
    }
    code
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(path: &str, text: &str) -> Vec<String> {
        breaches(&File::of(path, text))
    }

    #[test]
    fn a_backend_named_outside_its_places_is_found() {
        assert_eq!(found("crates/engine/src/call.rs", "\nif db == DbBackend::Sqlite {}").len(), 1);
        assert_eq!(found("migrations/src/m1.rs", "match PostgresVersion {}").len(), 1);
    }

    #[test]
    fn a_backend_may_be_named_in_its_places_in_comments_and_in_sentences() {
        assert!(found("crates/engine/src/db.rs", "DbBackend::Sqlite").is_empty());
        assert!(found("crates/engine/src/db/pool.rs", "DbBackend::Sqlite").is_empty());
        assert!(
            found(
                "crates/engine/src/call.rs",
                "// Postgres waits here\nlet text = \"Sqlite \\\" // Postgres\";"
            )
            .is_empty()
        );
        assert!(found("ui/src/words.rs", "Database::Postgres").is_empty());
    }

    #[test]
    fn a_style_attribute_and_raw_html_in_the_page_are_found() {
        assert_eq!(found("ui/src/app.rs", "<p style=\"top: 0\">").len(), 1);
        assert_eq!(found("ui/src/app.rs", "Html::from_html_unchecked(text)").len(), 1);
        assert!(found("ui/src/app.rs", "let style = \"plain\";").is_empty());
    }
}
