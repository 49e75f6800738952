//! The index of the search: what a customer is found by, any three characters in a row of name, e-mail and company.
//!
//! A file uses the index of SQLite with places: a part of a term is found as a phrase, exactly. Each line of the text is
//! followed by two line feeds, so that every character begins an entry and one or two letters are found as its beginning.
//! A server holds the hashes of every one, two and three characters in a row; what it finds is checked against the text.

use std::collections::BTreeSet;

use sea_orm::{ConnectionTrait, DbErr, Value};
use uuid::Uuid;

use super::{is_server, statement};

/// What is indexed of a summary's text, on a file.
const LINES: &str = "replace(search_text, char(10), char(10) || char(10)) || char(10) || char(10)";
/// Rows of one statement, on a server.
const AT_ONCE: usize = 500;

/// Which customers may match, by `seq`.
pub struct Candidates {
    /// A query of them.
    pub sql: String,
    /// Its values.
    pub values: Vec<Value>,
    /// The parts that are still to be checked against the text.
    pub unchecked: Vec<String>,
    /// Whether finding all of them takes longer than reading the whole list.
    pub is_slow: bool,
}

/// Which customers may match every one of some folded parts, of which there is at least one.
pub fn candidates(connection: &impl ConnectionTrait, parts: &[String]) -> Candidates {
    if is_server(connection) {
        let grams: BTreeSet<i32> = parts.iter().flat_map(|part| longest(part)).collect();
        return Candidates {
            sql: "SELECT seq FROM customer_index WHERE grams @> CAST(CAST(? AS TEXT) AS INT[])".to_owned(),
            values: vec![array(&grams).into()],
            unchecked: parts.to_vec(),
            is_slow: false,
        };
    }
    let is_long = |part: &&String| part.chars().nth(2).is_some();
    let phrases: Vec<String> = parts
        .iter()
        .filter(is_long)
        .map(|part| format!("\"{}\"", part.replace('"', "\"\"")))
        .collect();
    if !phrases.is_empty() {
        return Candidates {
            sql: "SELECT rowid AS seq FROM customer_index WHERE customer_index MATCH ?".to_owned(),
            values: vec![phrases.join(" AND ").into()],
            unchecked: parts.iter().filter(|part| !is_long(part)).cloned().collect(),
            is_slow: false,
        };
    }
    let first = parts.iter().max_by_key(|part| part.len()).cloned().unwrap_or_default();
    Candidates {
        sql: "SELECT DISTINCT doc AS seq FROM customer_terms WHERE term >= ? AND term <= ?".to_owned(),
        values: vec![first.as_str().into(), format!("{first}\u{10FFFF}\u{10FFFF}").into()],
        unchecked: parts.iter().filter(|part| **part != first).cloned().collect(),
        is_slow: true,
    }
}

/// Takes a customer out of the index, before its summary changes.
pub async fn leave_index(connection: &impl ConnectionTrait, customer: Uuid) -> Result<(), DbErr> {
    let sql = if is_server(connection) {
        "DELETE FROM customer_index WHERE seq IN (SELECT seq FROM customer_summary WHERE customer_id = ? AND place = 0)".to_owned()
    } else {
        format!(
            "INSERT INTO customer_index (customer_index, rowid, text)
             SELECT 'delete', seq, {LINES} FROM customer_summary WHERE customer_id = ? AND place = 0"
        )
    };
    connection.execute_raw(statement(connection, &sql, vec![customer.into()])).await?;
    Ok(())
}

/// Takes a customer of the list into the index, after its summary was written with this text.
pub async fn enter_index(connection: &impl ConnectionTrait, customer: Uuid, text: &str) -> Result<(), DbErr> {
    if is_server(connection) {
        let sql = "INSERT INTO customer_index (seq, grams)
                   SELECT seq, CAST(CAST(? AS TEXT) AS INT[]) FROM customer_summary WHERE customer_id = ? AND place = 0";
        let values = vec![array(&grams(text)).into(), customer.into()];
        connection.execute_raw(statement(connection, sql, values)).await?;
        return Ok(());
    }
    let sql =
        format!("INSERT INTO customer_index (rowid, text) SELECT seq, {LINES} FROM customer_summary WHERE customer_id = ? AND place = 0");
    connection.execute_raw(statement(connection, &sql, vec![customer.into()])).await?;
    Ok(())
}

/// Takes customers of the list into the index of a server, by `seq` and text; a file takes all at once when they are there.
pub async fn enter_many(connection: &impl ConnectionTrait, texts: &[(i64, &str)]) -> Result<(), DbErr> {
    if !is_server(connection) {
        return Ok(());
    }
    for some in texts.chunks(AT_ONCE) {
        let marks = vec!["(CAST(? AS BIGINT), CAST(CAST(? AS TEXT) AS INT[]))"; some.len()].join(", ");
        let values = some
            .iter()
            .flat_map(|(seq, text)| [Value::from(*seq), array(&grams(text)).into()])
            .collect();
        let sql = format!("INSERT INTO customer_index (seq, grams) VALUES {marks}");
        connection.execute_raw(statement(connection, &sql, values)).await?;
    }
    Ok(())
}

/// Takes every customer of the list into the index of a file, which is empty.
pub async fn enter_all(connection: &impl ConnectionTrait) -> Result<(), DbErr> {
    let sql = format!("INSERT INTO customer_index (rowid, text) SELECT seq, {LINES} FROM customer_summary WHERE place = 0 ORDER BY seq");
    connection.execute_raw(statement(connection, &sql, Vec::new())).await?;
    Ok(())
}

/// Makes the whole index anew, from the summaries that are there; and lets a server give out numbers after those that it was
/// given. For a place that was filled with the rows of another book. A file does it at once, a server piece by piece: begun with
/// nothing, and gone on with from what it answers until that is nothing.
pub async fn make_anew(connection: &impl ConnectionTrait, after: Option<i64>) -> Result<Option<i64>, DbErr> {
    if !is_server(connection) {
        let empty = "INSERT INTO customer_index (customer_index) VALUES ('delete-all')";
        connection.execute_unprepared(empty).await?;
        enter_all(connection).await?;
        return Ok(None);
    }
    if after.is_none() {
        connection.execute_unprepared("DELETE FROM customer_index").await?;
    }
    let sql = "SELECT seq, search_text FROM customer_summary WHERE place = 0 AND seq > ? ORDER BY seq LIMIT 5000";
    let values = vec![after.unwrap_or(i64::MIN).into()];
    let rows = connection.query_all_raw(statement(connection, sql, values)).await?;
    let mut texts: Vec<(i64, String)> = Vec::with_capacity(rows.len());
    for row in rows {
        texts.push((row.try_get("", "seq")?, row.try_get("", "search_text")?));
    }
    if let Some((last, _)) = texts.last() {
        let some: Vec<(i64, &str)> = texts.iter().map(|(seq, text)| (*seq, text.as_str())).collect();
        enter_many(connection, &some).await?;
        return Ok(Some(*last));
    }
    let sql = "SELECT setval(pg_get_serial_sequence('customer', 'seq'), COALESCE(MAX(seq), 1), MAX(seq) IS NOT NULL) FROM customer";
    connection.execute_unprepared(sql).await?;
    Ok(None)
}

/// Customers whose entry in the index is missing, too much, or of another text: `seq`, what it should be, what it is.
pub async fn index_faults(connection: &impl ConnectionTrait) -> Result<Vec<(i64, String, String)>, DbErr> {
    let mut faults = Vec::new();
    if is_server(connection) {
        let mut after = 0_i64;
        loop {
            let sql = "SELECT s.seq, s.search_text, CAST(i.grams AS TEXT) AS grams FROM customer_summary s LEFT JOIN customer_index i ON i.seq = s.seq
                       WHERE s.place = 0 AND s.seq > ? ORDER BY s.seq LIMIT 5000";
            let rows = connection.query_all_raw(statement(connection, sql, vec![after.into()])).await?;
            if rows.is_empty() {
                break;
            }
            for row in rows {
                after = row.try_get("", "seq")?;
                let want = array(&grams(&row.try_get::<String>("", "search_text")?));
                let have = row.try_get::<Option<String>>("", "grams")?.unwrap_or_default();
                if want != have {
                    faults.push((after, want, have));
                }
            }
        }
    } else {
        // The index holds no text; it knows of each entry how many terms it has, and SQLite itself checks the terms.
        let sql = format!(
            "SELECT s.seq, length({LINES}) - 2 AS want, d.sz AS have FROM customer_summary s LEFT JOIN customer_index_docsize d ON d.id = s.seq
             WHERE s.place = 0 AND s.seq > ? ORDER BY s.seq LIMIT 5000"
        );
        let mut after = 0_i64;
        loop {
            let rows = connection.query_all_raw(statement(connection, &sql, vec![after.into()])).await?;
            if rows.is_empty() {
                break;
            }
            for row in rows {
                after = row.try_get("", "seq")?;
                let want: i64 = row.try_get("", "want")?;
                let have = row.try_get::<Option<Vec<u8>>>("", "have")?.map(|bytes| varint(&bytes));
                if have != Some(want) {
                    let have = have.map_or_else(|| "none".to_owned(), |have| format!("{have} terms"));
                    faults.push((after, format!("{want} terms"), have));
                }
            }
        }
    }
    let entries = if is_server(connection) {
        "SELECT seq AS seq FROM customer_index"
    } else {
        "SELECT id AS seq FROM customer_index_docsize"
    };
    let sql = format!(
        "SELECT e.seq FROM ({entries}) AS e WHERE NOT EXISTS (SELECT 1 FROM customer_summary s WHERE s.seq = e.seq AND s.place = 0)"
    );
    for row in connection.query_all_raw(statement(connection, &sql, Vec::new())).await? {
        faults.push((row.try_get("", "seq")?, "none".to_owned(), "an entry".to_owned()));
    }
    Ok(faults)
}

/// A number as SQLite writes it: seven bits a byte, the high bit says that more follow.
fn varint(bytes: &[u8]) -> i64 {
    bytes.iter().fold(0, |number, byte| (number << 7) | i64::from(byte & 0x7f))
}

/// Every one, two and three characters in a row of each line, hashed.
fn grams(text: &str) -> BTreeSet<i32> {
    let mut found = BTreeSet::new();
    for line in text.split('\n') {
        let characters: Vec<char> = line.chars().collect();
        for length in 1..=3 {
            found.extend(characters.windows(length).map(hash));
        }
    }
    found
}

/// The longest of these that a part has; shorter ones would only find more.
fn longest(part: &str) -> Vec<i32> {
    let characters: Vec<char> = part.chars().collect();
    characters.windows(characters.len().clamp(1, 3)).map(hash).collect()
}

/// FNV-1a over UTF-8. What two have in common is told apart by the text.
fn hash(characters: &[char]) -> i32 {
    let mut buffer = [0; 4];
    let mut hash = 0x811c_9dc5_u32;
    for character in characters {
        for byte in character.encode_utf8(&mut buffer).bytes() {
            hash = (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193);
        }
    }
    hash.cast_signed()
}

/// As Postgres writes an array.
fn array(numbers: &BTreeSet<i32>) -> String {
    let numbers: Vec<String> = numbers.iter().map(i32::to_string).collect();
    format!("{{{}}}", numbers.join(","))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_part_of_a_text_has_its_grams_in_it() {
        let all = grams("ann acme\nann@example.com\n株式会社");
        for part in ["a", "nn", "acme", "@", "example.com", "株", "式会社", "le.c"] {
            assert!(longest(part).iter().all(|gram| all.contains(gram)), "{part}");
        }
        for part in ["z", "acmee", "e\nann", "会式"] {
            assert!(!longest(part).iter().all(|gram| all.contains(gram)), "{part}");
        }
    }

    #[test]
    fn a_number_is_read_as_sqlite_writes_it() {
        assert_eq!((varint(&[5]), varint(&[0x81, 0x00]), varint(&[])), (5, 128, 0));
    }
}
