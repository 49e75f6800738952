//! A name on a server that stands in SQL without quotes: of a schema, and of the roles for a book.

/// The words of SQL that name neither a schema nor a role unless they are quoted: those that Postgres reserves, and those that
/// are functions or types only (<https://www.postgresql.org/docs/current/sql-keywords-appendix.html>).
const RESERVED: &[&str] = &[
    "all",
    "analyse",
    "analyze",
    "and",
    "any",
    "array",
    "as",
    "asc",
    "asymmetric",
    "authorization",
    "binary",
    "both",
    "case",
    "cast",
    "check",
    "collate",
    "collation",
    "column",
    "concurrently",
    "constraint",
    "create",
    "cross",
    "current_catalog",
    "current_date",
    "current_role",
    "current_schema",
    "current_time",
    "current_timestamp",
    "current_user",
    "default",
    "deferrable",
    "desc",
    "distinct",
    "do",
    "else",
    "end",
    "except",
    "false",
    "fetch",
    "for",
    "foreign",
    "freeze",
    "from",
    "full",
    "grant",
    "group",
    "having",
    "ilike",
    "in",
    "initially",
    "inner",
    "intersect",
    "into",
    "is",
    "isnull",
    "join",
    "lateral",
    "leading",
    "left",
    "like",
    "limit",
    "localtime",
    "localtimestamp",
    "natural",
    "not",
    "notnull",
    "null",
    "offset",
    "on",
    "only",
    "or",
    "order",
    "outer",
    "overlaps",
    "placing",
    "primary",
    "references",
    "returning",
    "right",
    "select",
    "session_user",
    "similar",
    "some",
    "symmetric",
    "system_user",
    "table",
    "tablesample",
    "then",
    "to",
    "trailing",
    "true",
    "union",
    "unique",
    "user",
    "using",
    "variadic",
    "verbose",
    "when",
    "where",
    "window",
    "with",
];
/// The most characters: a server has 63, and some are added.
pub const MOST: u32 = 60;

/// What keeps a name from standing in SQL as it is, in words without an end; nothing, if it can.
#[must_use]
pub fn trouble(name: &str) -> Option<&'static str> {
    let is_plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
    if !name.chars().all(is_plain) {
        Some("Use small letters, digits and _ only")
    } else if name.is_empty() || name.starts_with(|c: char| c.is_ascii_digit()) {
        Some("Begin with a letter")
    } else if name.len() > usize::try_from(MOST).unwrap_or(usize::MAX) {
        Some("Use 60 characters at most")
    } else if name.starts_with("pg_") || name == "information_schema" {
        Some("The server keeps this name for itself; choose another one")
    } else if RESERVED.contains(&name) {
        Some("This is a word of SQL; choose another name, such as this one with an _ at its end")
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_needs_no_quotes_is_a_name() {
        for name in [
            "clientele",
            "public",
            "vendor_2",
            "_books",
            "users",
            "order_",
            "between",
            "pgbooks",
            "a",
        ] {
            assert_eq!(trouble(name), None, "{name}");
        }
        let wrong = [
            ("", "Begin"),
            ("2024", "Begin"),
            ("1st", "Begin"),
            ("Books", "Use small letters"),
            ("a-b", "Use small letters"),
            ("a; DROP", "Use small letters"),
            ("\"a\"", "Use small letters"),
            ("büro", "Use small letters"),
            ("pg_books", "The server keeps"),
            ("information_schema", "The server keeps"),
            ("order", "This is a word"),
            ("user", "This is a word"),
            ("left", "This is a word"),
        ];
        for (name, begins) in wrong {
            assert!(trouble(name).is_some_and(|said| said.starts_with(begins)), "{name}");
        }
        assert_eq!(trouble(&"a".repeat(60)), None);
        assert!(trouble(&"a".repeat(61)).is_some());
    }

    #[test]
    fn the_words_stand_in_order_and_once() {
        assert!(RESERVED.is_sorted_by(|one, other| one < other));
    }
}
