//! The fields of rows: how they are named, and when a place stands for another row than before.

use std::{
    cell::RefCell,
    collections::HashMap,
    fmt,
    hash::{DefaultHasher, Hash, Hasher},
};

use uuid::Uuid;

/// By what a row is named.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Row {
    At(usize),
    Of(Uuid),
}

impl fmt::Display for Row {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::At(at) => write!(f, "{at}"),
            Self::Of(record) => write!(f, "{record}"),
        }
    }
}

thread_local! {
    static NAMES: RefCell<HashMap<(&'static str, Row, &'static str), &'static str>> = RefCell::new(HashMap::new());
}

/// A draft knows its fields by names that stay; those of rows are made once each, and there are few: lists of forms are short.
fn name(list: &'static str, row: Row, field: &'static str) -> &'static str {
    NAMES.with(|names| {
        let mut names = names.borrow_mut();
        *names
            .entry((list, row, field))
            .or_insert_with(|| Box::leak(format!("{list}[{row}].{field}").into_boxed_str()))
    })
}

/// The name of a field of a row, as on the wire: `lines[2].text`. Where the rows can be others when the record is read again, the
/// list needs a [`rows_mark`].
#[must_use]
pub fn row_field(list: &'static str, at: usize, field: &'static str) -> &'static str {
    name(list, Row::At(at), field)
}

/// The same for a row that stands for a record of its own, whose place changes with every other that comes or goes.
#[must_use]
pub fn record_field(list: &'static str, record: Uuid, field: &'static str) -> &'static str {
    name(list, Row::Of(record), field)
}

/// What tells the rows that a list begins with from others. The value of a field that is called as the list with `[]` behind it,
/// which nobody types in.
#[must_use]
pub fn rows_mark(rows: &[(&'static str, String)]) -> String {
    let mut hasher = DefaultHasher::new();
    rows.hash(&mut hasher);
    hasher.finish().to_string()
}

/// The lists that begin with other rows now.
pub fn moved(before: &[(&'static str, String)], now: &[(&'static str, String)]) -> Vec<&'static str> {
    let has_mark = |name: &str, mark: &str| now.iter().any(|(other, value)| *other == name && value == mark);
    before
        .iter()
        .filter_map(|(name, mark)| {
            let list = name.strip_suffix("[]")?;
            (!has_mark(name, mark)).then_some(list)
        })
        .collect()
}

/// Whether a field belongs to a list: to one of its rows, or as the number of them.
pub fn is_of(list: &str, field: &str) -> bool {
    field
        .strip_prefix(list)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with('['))
}
