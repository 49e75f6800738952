//! Rows that are there already: given other values, or removed.

use sqlx::AssertSqlSafe;

use super::{Cell, Rows, bind_to_file, from_plain, plain_type};
use crate::db::catalog::{Kind, Table};

impl Rows {
    /// Gives rows that are there, found by their keys, all other values that they are to have.
    pub async fn update(&mut self, table: &Table, rows: &[Vec<Cell>]) -> Result<(), sqlx::Error> {
        let rest: Vec<usize> = (0..table.columns.len()).filter(|at| !table.key.contains(at)).collect();
        if rest.is_empty() {
            return Ok(());
        }
        let columns: Vec<usize> = rest.iter().chain(&table.key).copied().collect();
        let sql = format!(
            "UPDATE {} SET {}{} WHERE {}",
            table.name,
            self.equations(table, &rest).join(", "),
            self.given(table, "FROM", &columns),
            self.equations(table, &table.key).join(" AND ")
        );
        self.for_each(table, &sql, &columns, rows).await
    }

    /// Removes rows, found by their keys.
    pub async fn remove(&mut self, table: &Table, rows: &[Vec<Cell>]) -> Result<(), sqlx::Error> {
        let sql = format!(
            "DELETE FROM {}{} WHERE {}",
            table.name,
            self.given(table, "USING", &table.key),
            self.equations(table, &table.key).join(" AND ")
        );
        self.for_each(table, &sql, &table.key, rows).await
    }

    /// Each of the columns with the value that is given for it.
    fn equations(&self, table: &Table, columns: &[usize]) -> Vec<String> {
        let named = columns.iter().filter_map(|at| Some((at, table.columns.get(*at)?)));
        named
            .map(|(at, (name, kind))| match self {
                Self::File(_) => format!("\"{name}\" = ?"),
                Self::Server(_) => format!("\"{name}\" = {}", from_plain(*kind, &format!("v.c{at}"))),
            })
            .collect()
    }

    /// Where a server has the values of all rows from; a file is given them row by row.
    fn given(&self, table: &Table, word: &str, columns: &[usize]) -> String {
        if matches!(self, Self::File(_)) {
            return String::new();
        }
        let kinds = columns.iter().filter_map(|at| table.columns.get(*at));
        let arrays: Vec<String> = (1..)
            .zip(kinds)
            .map(|(number, (_, kind))| format!("CAST(${number} AS {}[])", plain_type(*kind)))
            .collect();
        let names: Vec<String> = columns.iter().map(|at| format!("c{at}")).collect();
        format!(" {word} unnest({}) AS v ({})", arrays.join(", "), names.join(", "))
    }

    /// Executes a statement for each row, with the values of these columns.
    async fn for_each(&mut self, table: &Table, sql: &str, columns: &[usize], rows: &[Vec<Cell>]) -> Result<(), sqlx::Error> {
        match self {
            Self::File(connection) => {
                for row in rows {
                    let mut query = sqlx::query(AssertSqlSafe(sql.to_owned()));
                    for cell in columns.iter().filter_map(|at| row.get(*at)) {
                        query = bind_to_file(query, cell);
                    }
                    query.execute(&mut **connection).await?;
                }
            }
            Self::Server(connection) => {
                let mut query = sqlx::query(AssertSqlSafe(sql.to_owned()));
                for at in columns {
                    let kind = table.columns.get(*at).map_or(Kind::Text, |(_, kind)| kind.plain());
                    let cells = rows.iter().filter_map(|row| row.get(*at));
                    query = match kind {
                        Kind::Number => query.bind(cells.map(Cell::number).collect::<Vec<_>>()),
                        Kind::Text => query.bind(cells.map(Cell::text).collect::<Vec<_>>()),
                        _ => query.bind(cells.map(Cell::bytes).collect::<Vec<_>>()),
                    };
                }
                query.execute(&mut **connection).await?;
            }
        }
        Ok(())
    }
}
