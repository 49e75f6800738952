//! Field rules, shared by the forms of the page and by the engine, so that both refuse the same.

use chrono::NaiveDate;

use crate::{FieldError, Problem, email, text};

/// A request that knows its rules.
pub trait Validate {
    /// Checks every field that can be checked without the book.
    ///
    /// # Errors
    /// Each broken rule, at most one a field, in the order of the fields.
    fn validate(&self) -> Result<(), Vec<FieldError>>;
}

/// Requests whose fields cannot be wrong.
macro_rules! always_valid {
    ($($name:ty),* $(,)?) => {$(
        impl crate::Validate for $name {
            fn validate(&self) -> Result<(), Vec<crate::FieldError>> { Ok(()) }
        }
    )*};
}
pub(crate) use always_valid;

/// Names of people, companies, plans and books.
pub const MAX_NAME: u32 = 200;
/// The least characters of a customer's password.
pub const MIN_PASSWORD: u32 = 8;
/// The least characters of an administrator's password.
pub const MIN_ADMIN_PASSWORD: u32 = 12;
/// The most characters of a password.
pub const MAX_PASSWORD: u32 = 128;
/// The most bytes of a password in UTF-8.
pub const MAX_PASSWORD_BYTES: u32 = 512;
/// The most characters of a search term.
pub const MAX_SEARCH: u32 = 200;
/// The most parts of a search term.
pub const MAX_SEARCH_PARTS: u32 = 8;
/// The most rows of a page.
pub const MAX_PAGE: u32 = 500;

/// Collects broken rules.
#[derive(Default)]
pub struct Found(Vec<FieldError>);

/// Runs the rules of a request.
///
/// # Errors
/// The broken rules, if there are any.
pub fn check(rules: impl FnOnce(&mut Found)) -> Result<(), Vec<FieldError>> {
    let mut found = Found::default();
    rules(&mut found);
    if found.0.is_empty() { Ok(()) } else { Err(found.0) }
}

/// Number of characters.
#[must_use]
pub fn length(text: &str) -> u32 {
    u32::try_from(text.chars().count()).unwrap_or(u32::MAX)
}

impl Found {
    /// Notes a broken rule, unless the field has one already.
    pub fn push(&mut self, field: &str, problem: Problem) {
        if !self.0.iter().any(|error| error.field == field) {
            self.0.push(FieldError {
                field: field.to_owned(),
                problem,
            });
        }
    }

    /// A one-line text that is needed.
    pub fn text(&mut self, field: &str, value: &str, max: u32) {
        if value.chars().all(|c| c.is_whitespace() || text::is_joiner(c)) {
            self.push(field, Problem::Required);
        } else {
            self.optional_text(field, Some(value), max);
        }
    }

    /// A one-line text that may be missing.
    pub fn optional_text(&mut self, field: &str, value: Option<&str>, max: u32) {
        let Some(value) = value else { return };
        if let Some(problem) = text::forbidden_character(value) {
            self.push(field, problem);
        } else if length(value) > max {
            self.push(
                field,
                Problem::TooLong {
                    max,
                    actual: length(value),
                },
            );
        }
    }

    /// An e-mail address.
    pub fn email(&mut self, field: &str, value: &str) {
        if value.is_empty() {
            self.push(field, Problem::Required);
        } else if let Err(problem) = email::check(value) {
            self.push(field, problem);
        }
    }

    /// The length of a new password. Whether it can be guessed is for the engine to say.
    pub fn password(&mut self, field: &str, value: &str, is_admin: bool) {
        use unicode_normalization::UnicodeNormalization;
        let min = if is_admin { MIN_ADMIN_PASSWORD } else { MIN_PASSWORD };
        let actual = u32::try_from(value.nfc().count()).unwrap_or(u32::MAX);
        let bytes = u32::try_from(value.len()).unwrap_or(u32::MAX);
        if value.is_empty() {
            self.push(field, Problem::Required);
        } else if actual < min {
            self.push(field, Problem::TooShort { min, actual });
        } else if actual > MAX_PASSWORD {
            self.push(field, Problem::TooLong { max: MAX_PASSWORD, actual });
        } else if bytes > MAX_PASSWORD_BYTES {
            self.push(
                field,
                Problem::TooLong {
                    max: MAX_PASSWORD_BYTES,
                    actual: bytes,
                },
            );
        }
    }

    /// A password that is only compared: long enough to be one, short enough to be hashed.
    pub fn given_password(&mut self, field: &str, value: &str) {
        let bytes = u32::try_from(value.len()).unwrap_or(u32::MAX);
        if value.is_empty() {
            self.push(field, Problem::Required);
        } else if bytes > MAX_PASSWORD_BYTES {
            self.push(
                field,
                Problem::TooLong {
                    max: MAX_PASSWORD_BYTES,
                    actual: bytes,
                },
            );
        }
    }

    /// A number in a range, both ends included.
    pub fn range(&mut self, field: &str, value: i64, min: i64, max: i64) {
        if value < min || value > max {
            self.push(field, Problem::OutOfRange { min, max });
        }
    }

    /// A number in a range, if there is one.
    pub fn optional_range(&mut self, field: &str, value: Option<i64>, min: i64, max: i64) {
        if let Some(value) = value {
            self.range(field, value, min, max);
        }
    }

    /// A business date between 1970 and 2200, if there is one.
    pub fn date(&mut self, field: &str, value: Option<NaiveDate>) {
        use chrono::Datelike;
        if value.is_some_and(|date| !(1970..2200).contains(&date.year())) {
            self.push(field, Problem::DateOutOfOrder);
        }
    }

    /// The size of a page.
    pub fn limit(&mut self, limit: Option<u32>) {
        self.optional_range("limit", limit.map(i64::from), 1, i64::from(MAX_PAGE));
    }

    /// A search term.
    pub fn search(&mut self, field: &str, term: Option<&str>) {
        let Some(term) = term else { return };
        let parts = u32::try_from(text::search_parts(term).len()).unwrap_or(u32::MAX);
        if length(term) > MAX_SEARCH {
            self.push(
                field,
                Problem::TooLong {
                    max: MAX_SEARCH,
                    actual: length(term),
                },
            );
        } else if parts > MAX_SEARCH_PARTS {
            self.push(
                field,
                Problem::TooManyWords {
                    max: MAX_SEARCH_PARTS,
                    actual: parts,
                },
            );
        } else if let Some(problem @ Problem::ControlCharacter { .. }) = text::forbidden_character(term) {
            self.push(field, problem);
        }
    }

    /// Of `after`, `before` and `at` at most one is given.
    pub fn position(&mut self, after: bool, before: bool, at: bool) {
        if after && before {
            self.push("before", Problem::Exclusive { other: "after".to_owned() });
        }
        if at && (after || before) {
            self.push(
                "at",
                Problem::Exclusive {
                    other: if after { "after" } else { "before" }.to_owned(),
                },
            );
        }
    }
}
