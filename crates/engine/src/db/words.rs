//! What the two databases call an expression. Everything a list makes of them is text.

use sea_orm::ConnectionTrait;

use super::is_server;

/// Whether a text holds another one, which is bound; both are folded.
pub fn contains(connection: &impl ConnectionTrait, text: &str) -> String {
    if is_server(connection) {
        format!("strpos({text}, ?) > 0")
    } else {
        format!("instr({text}, ?) > 0")
    }
}

/// A text as JSON, quotes included; `null` for a missing one.
pub fn json_text(connection: &impl ConnectionTrait, text: &str) -> String {
    if is_server(connection) {
        format!("COALESCE(CAST(to_json({text}) AS TEXT), 'null')")
    } else {
        format!("json_quote({text})")
    }
}

/// An instant in RFC 3339 with three digits; `NULL` for a missing one.
pub fn instant(connection: &impl ConnectionTrait, millis: &str) -> String {
    if is_server(connection) {
        format!(
            "to_char(to_timestamp({millis} / 1000) AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS') || '.' || lpad(CAST({millis} % 1000 AS TEXT), 3, '0') || 'Z'"
        )
    } else {
        format!("strftime('%Y-%m-%dT%H:%M:%S', {millis} / 1000, 'unixepoch') || format('.%03dZ', {millis} % 1000)")
    }
}

/// A day as `YYYY-MM-DD`; `NULL` for a missing one.
pub fn day(connection: &impl ConnectionTrait, day: &str) -> String {
    if is_server(connection) {
        format!("to_char({day}, 'YYYY-MM-DD')")
    } else {
        day.to_owned()
    }
}

/// An identifier in small letters with dashes.
pub fn id_text(connection: &impl ConnectionTrait, id: &str) -> String {
    if is_server(connection) {
        return format!("CAST({id} AS TEXT)");
    }
    let part = |from: u32, length: u32| format!("substr(hex({id}), {from}, {length})");
    let parts = [part(1, 8), part(9, 4), part(13, 4), part(17, 4), part(21, 12)];
    format!("lower({})", parts.join(" || '-' || "))
}

/// The order of a list is that of this index. A file has no statistics to find out by itself.
pub fn by_index(connection: &impl ConnectionTrait, index: &str) -> String {
    if is_server(connection) {
        String::new()
    } else {
        format!(" INDEXED BY {index}")
    }
}

/// Makes a part of a query cost nothing unless a number that is found before it, by the query `number`, is more than zero: a
/// condition, and a limit of so many rows.
pub fn only_if(connection: &impl ConnectionTrait, number: &str, rows: i64) -> (String, String) {
    if is_server(connection) {
        (format!("({number}) > 0"), rows.to_string())
    } else {
        // A limit of zero ends it before its first row; a condition would be asked of each.
        (
            "TRUE".to_owned(),
            format!("(SELECT CASE WHEN ({number}) > 0 THEN {rows} ELSE 0 END)"),
        )
    }
}

/// How many entries of an index a search looks at before it goes the other way, which a server cannot do in the order of the
/// index.
pub fn walk_limit(connection: &impl ConnectionTrait) -> Option<i64> {
    (!is_server(connection)).then_some(25_000)
}
