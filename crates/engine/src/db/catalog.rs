//! What tables a book has, with their columns, keys and parents, as the database itself tells it: what is moved or copied
//! is whatever is there, also what a later step adds.

use std::collections::{BTreeMap, BTreeSet};

use sqlx::Row;

use super::rows::Rows;

/// Tables that belong to the place and not to the book, or are made of others.
pub const OF_THE_PLACE: &[&str] = &["customer_index", "desk", "move_state", "seaql_migrations"];

/// What a column holds. A file knows three kinds only; where it keeps an identifier, it keeps 16 bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A whole number.
    Number,
    /// Text.
    Text,
    /// Bytes.
    Bytes,
    /// An identifier.
    Id,
    /// A day.
    Day,
    /// Yes or no.
    Flag,
}

impl Kind {
    /// The kind that a file has for it.
    pub fn plain(self) -> Self {
        match self {
            Self::Number | Self::Flag => Self::Number,
            Self::Text | Self::Day => Self::Text,
            Self::Bytes | Self::Id => Self::Bytes,
        }
    }
}

/// A table.
#[derive(Clone, Debug)]
pub struct Table {
    /// Its name.
    pub name: String,
    /// Its columns in the order of their names, which is the same on both databases.
    pub columns: Vec<(String, Kind)>,
    /// Where its key stands among them.
    pub key: Vec<usize>,
}

impl Table {
    fn new(name: String, mut columns: Vec<(String, Kind)>, key: &[String]) -> Result<Self, sqlx::Error> {
        columns.sort_by(|one, other| one.0.cmp(&other.0));
        // Where there is an identifier, either database can go by it, whatever else it calls its key.
        let id = ["id".to_owned()];
        let key = if columns.iter().any(|(name, _)| name == "id") { &id } else { key };
        let key: Option<Vec<usize>> = key.iter().map(|part| columns.iter().position(|(name, _)| name == part)).collect();
        match key {
            Some(key) if !key.is_empty() => Ok(Self { name, columns, key }),
            _ => Err(sqlx::Error::Configuration(format!("{name} has no key").into())),
        }
    }

    /// Whether the other side has the same columns and the same key.
    pub fn is_like(&self, other: &Self) -> bool {
        let plain = |table: &Self| -> Vec<(String, Kind)> {
            let columns = table.columns.iter();
            columns.map(|(name, kind)| (name.clone(), kind.plain())).collect()
        };
        self.name == other.name && self.key == other.key && plain(self) == plain(other)
    }
}

impl Rows {
    /// The tables of the book, each after those that it points to.
    pub async fn tables(&mut self) -> Result<Vec<Table>, sqlx::Error> {
        let mut found = BTreeMap::new();
        for name in self.names().await? {
            if !OF_THE_PLACE.contains(&name.as_str()) {
                let parents = self.parents(&name).await?;
                found.insert(name.clone(), (self.table(name).await?, parents));
            }
        }
        Ok(in_order(found))
    }

    async fn names(&mut self) -> Result<Vec<String>, sqlx::Error> {
        match self {
            Self::File(connection) => {
                // Virtual tables and what belongs to them are made of other rows.
                let sql = "SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'table' AND name NOT LIKE 'sqlite%'";
                sqlx::query_scalar(sql).fetch_all(&mut **connection).await
            }
            Self::Server(connection) => {
                let sql = "SELECT CAST(table_name AS TEXT) FROM information_schema.tables
                           WHERE table_schema = current_schema() AND table_type = 'BASE TABLE'";
                sqlx::query_scalar(sql).fetch_all(&mut **connection).await
            }
        }
    }

    async fn parents(&mut self, table: &str) -> Result<Vec<String>, sqlx::Error> {
        match self {
            Self::File(connection) => {
                let sql = "SELECT DISTINCT \"table\" FROM pragma_foreign_key_list(?)";
                sqlx::query_scalar(sql).bind(table.to_owned()).fetch_all(&mut **connection).await
            }
            Self::Server(connection) => {
                let sql = "SELECT DISTINCT CAST(p.relname AS TEXT) FROM pg_constraint c JOIN pg_class p ON p.oid = c.confrelid
                           WHERE c.contype = 'f' AND c.conrelid = CAST($1 AS regclass)";
                sqlx::query_scalar(sql).bind(table.to_owned()).fetch_all(&mut **connection).await
            }
        }
    }

    async fn table(&mut self, name: String) -> Result<Table, sqlx::Error> {
        match self {
            Self::File(connection) => {
                let sql = "SELECT name, type, pk FROM pragma_table_info(?)";
                let mut columns = Vec::new();
                let mut key = BTreeMap::new();
                for row in sqlx::query(sql).bind(name.clone()).fetch_all(&mut **connection).await? {
                    let (column, kind, place): (String, String, i64) = (row.try_get(0)?, row.try_get(1)?, row.try_get(2)?);
                    if place > 0 {
                        key.insert(place, column.clone());
                    }
                    let kind = match kind.as_str() {
                        "INTEGER" => Kind::Number,
                        "BLOB" => Kind::Bytes,
                        _ => Kind::Text,
                    };
                    columns.push((column, kind));
                }
                let key: Vec<String> = key.into_values().collect();
                Table::new(name, columns, &key)
            }
            Self::Server(connection) => {
                let sql = "SELECT CAST(column_name AS TEXT), CAST(data_type AS TEXT) FROM information_schema.columns
                           WHERE table_schema = current_schema() AND table_name = $1 AND is_generated = 'NEVER'";
                let mut columns = Vec::new();
                for row in sqlx::query(sql).bind(name.clone()).fetch_all(&mut **connection).await? {
                    let (column, kind): (String, String) = (row.try_get(0)?, row.try_get(1)?);
                    let kind = match kind.as_str() {
                        "uuid" => Kind::Id,
                        "date" => Kind::Day,
                        "boolean" => Kind::Flag,
                        "bytea" => Kind::Bytes,
                        "text" => Kind::Text,
                        _ => Kind::Number,
                    };
                    columns.push((column, kind));
                }
                let sql = "SELECT CAST(a.attname AS TEXT) FROM pg_index i
                           CROSS JOIN LATERAL unnest(CAST(i.indkey AS int2[])) WITH ORDINALITY AS k (number, place)
                           JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.number
                           WHERE i.indisprimary AND i.indrelid = CAST($1 AS regclass) ORDER BY k.place";
                let key: Vec<String> = sqlx::query_scalar(sql).bind(name.clone()).fetch_all(&mut **connection).await?;
                Table::new(name, columns, &key)
            }
        }
    }
}

/// Each after those that it points to; apart from that by name. The row of the book itself is last: while it is missing,
/// the place is no book.
fn in_order(mut found: BTreeMap<String, (Table, Vec<String>)>) -> Vec<Table> {
    let book = found.remove("book");
    let mut ordered: Vec<Table> = Vec::with_capacity(found.len() + 1);
    while !found.is_empty() {
        let waiting: BTreeSet<String> = found.keys().cloned().collect();
        let ready: Vec<String> = found
            .iter()
            .filter(|(name, (_, parents))| parents.iter().all(|parent| parent == *name || !waiting.contains(parent)))
            .map(|(name, _)| name.clone())
            .collect();
        // Tables that point at each other in a ring come as they are; the database will say so.
        let next = if ready.is_empty() { waiting.into_iter().collect() } else { ready };
        ordered.extend(next.iter().filter_map(|name| found.remove(name)).map(|(table, _)| table));
    }
    ordered.extend(book.map(|(table, _)| table));
    ordered
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_comes_after_those_that_it_points_to_and_the_book_last() {
        let table = |name: &str| Table::new(name.to_owned(), vec![("id".to_owned(), Kind::Id)], &["id".to_owned()]).unwrap();
        let points = [
            ("a", vec!["c"]),
            ("b", vec!["a", "b"]),
            ("book", vec![]),
            ("c", vec![]),
            ("d", vec!["elsewhere"]),
        ];
        let found = points.map(|(name, parents)| (name.to_owned(), (table(name), parents.into_iter().map(str::to_owned).collect())));
        let names: Vec<String> = in_order(found.into_iter().collect()).into_iter().map(|table| table.name).collect();
        assert_eq!(names, ["c", "d", "a", "b", "book"]);
    }
}
