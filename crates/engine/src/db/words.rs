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

/// An identifier as its digits, with dashes or without, however the database has them at hand.
pub fn id_digits(connection: &impl ConnectionTrait, id: &str) -> String {
    if is_server(connection) {
        format!("CAST({id} AS TEXT)")
    } else {
        format!("hex({id})")
    }
}

/// Whether the customer of a row `t` is one of a few, by a condition that an index of them has. A file looks for them once and
/// keeps their identifiers; a server would look through all of them for each row, once there are many.
pub fn is_of(connection: &impl ConnectionTrait, few: &str) -> String {
    if is_server(connection) {
        format!("EXISTS (SELECT 1 FROM customer o WHERE o.id = t.customer_id AND {few})")
    } else {
        format!("(t.customer_id IN (SELECT id FROM customer WHERE {few}))")
    }
}

/// Keeps a part of a query, at whose end it stands, from being taken into the whole: what the part works out is worked out once for
/// each of its rows, however often the whole asks for it. No row is beyond.
pub const APART: &str = "LIMIT 9223372036854775807";

/// The end of the change log as a text: another one after every change of the book, whoever made it.
pub fn end_of_log(connection: &impl ConnectionTrait) -> &'static str {
    if is_server(connection) {
        "(SELECT CAST(number AS TEXT) || ' ' || encode(hash, 'hex') FROM chain_head)"
    } else {
        "(SELECT CAST(number AS TEXT) || ' ' || lower(hex(hash)) FROM chain_head)"
    }
}

/// The order of a list is that of this index. A file has no statistics to find out by itself.
pub fn by_index(connection: &impl ConnectionTrait, index: &str) -> String {
    if is_server(connection) {
        String::new()
    } else {
        format!(" INDEXED BY {index}")
    }
}

/// The condition that the customer of a row of `t`, which is of this table, is neither deleted nor archived, where very many rows are
/// asked. A file finds the rows of those who are once, by their identifiers, so that an index that has the order of a list is all
/// that is read to skip rows of it; a server would ask them one by one where they are too many for its memory.
pub fn of_live(connection: &impl ConnectionTrait, table: &str) -> String {
    if is_server(connection) {
        let hidden = "SELECT 1 FROM customer o WHERE o.id = t.customer_id AND (o.deleted_at IS NOT NULL OR o.archived_at IS NOT NULL)";
        format!("NOT EXISTS ({hidden})")
    } else {
        format!(
            "t.id NOT IN (SELECT h.id FROM customer o CROSS JOIN {table} h
               WHERE h.customer_id = o.id AND (o.deleted_at IS NOT NULL OR o.archived_at IS NOT NULL))"
        )
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
    (!is_server(connection)).then_some(if cfg!(test) { 10 } else { 25_000 })
}
