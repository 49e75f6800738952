//! What the rows of a table come to: their number, sums of money and a checksum.

use std::collections::BTreeMap;

use contract::work::{ColumnSum, TableProof};
use sha2::{Digest, Sha256};

use crate::{
    db::{Cell, Table},
    random::hex,
};

/// Columns that hold money of the row's currency.
const MONEY: &[&str] = &[
    "amount",
    "credited",
    "net",
    "outstanding",
    "overdue",
    "paid",
    "price",
    "price_monthly",
    "price_yearly",
    "refunded",
    "rounding",
    "tax",
    "total",
];

/// See the module.
pub struct Tally {
    table: String,
    rows: u64,
    hasher: Sha256,
    currency: Option<usize>,
    money: Vec<(usize, String)>,
    sums: BTreeMap<(String, String), i128>,
}

impl Tally {
    /// Begins with nothing.
    pub fn new(table: &Table) -> Self {
        let columns = || table.columns.iter().enumerate();
        let currency = columns().find(|(_, (name, _))| name == "currency").map(|(at, _)| at);
        let money = columns().filter(|(_, (name, _))| currency.is_some() && MONEY.contains(&name.as_str()));
        Self {
            table: table.name.clone(),
            rows: 0,
            hasher: Sha256::new(),
            currency,
            money: money.map(|(at, (name, _))| (at, name.clone())).collect(),
            sums: BTreeMap::new(),
        }
    }

    /// Adds a row.
    pub fn add(&mut self, row: &[Cell]) {
        self.rows += 1;
        for cell in row {
            let (kind, bytes): (u8, &[u8]) = match cell {
                Cell::Nothing => (0, &[]),
                Cell::Number(number) => (1, &number.to_be_bytes()),
                Cell::Text(text) => (2, text.as_bytes()),
                Cell::Bytes(bytes) => (3, bytes),
            };
            // The length keeps values apart that stand beside each other.
            self.hasher.update([kind]);
            self.hasher.update(u64::try_from(bytes.len()).unwrap_or(u64::MAX).to_be_bytes());
            self.hasher.update(bytes);
        }
        let Some(Cell::Text(currency)) = self.currency.and_then(|at| row.get(at)) else {
            return;
        };
        for (at, column) in &self.money {
            if let Some(Cell::Number(amount)) = row.get(*at) {
                *self.sums.entry((column.clone(), currency.clone())).or_default() += i128::from(*amount);
            }
        }
    }

    /// What it comes to.
    pub fn end(self) -> TableProof {
        let sums = self.sums.into_iter().map(|((column, currency), amount)| ColumnSum {
            column,
            currency,
            amount: amount.to_string(),
        });
        TableProof {
            table: self.table,
            rows: self.rows,
            checksum: hex(&self.hasher.finalize()),
            sums: sums.collect(),
        }
    }
}

/// A key as a person reads it.
pub fn text(key: &[Cell]) -> String {
    let parts = key.iter().map(|cell| match cell {
        Cell::Nothing => "-".to_owned(),
        Cell::Number(number) => number.to_string(),
        Cell::Text(text) => text.clone(),
        Cell::Bytes(bytes) => uuid::Uuid::from_slice(bytes).map_or_else(|_| hex(bytes), |id| id.to_string()),
    });
    parts.collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::db::Kind;

    fn table() -> Table {
        let column = |name: &str, kind| (name.to_owned(), kind);
        Table {
            name: "payment".to_owned(),
            columns: vec![
                column("amount", Kind::Number),
                column("currency", Kind::Text),
                column("note", Kind::Text),
            ],
            key: vec![0],
        }
    }

    #[test]
    fn money_is_summed_by_column_and_currency_and_every_value_counts() {
        let text = |text: &str| Cell::Text(text.to_owned());
        let of = |rows: &[[Cell; 3]]| {
            let mut tally = Tally::new(&table());
            rows.iter().for_each(|row| tally.add(row));
            tally.end()
        };
        let one = of(&[
            [Cell::Number(i64::MAX), text("EUR"), text("ab")],
            [Cell::Number(i64::MAX), text("EUR"), Cell::Nothing],
            [Cell::Number(-3), text("USD"), text("")],
        ]);
        assert_eq!(one.rows, 3);
        let sums: Vec<(&str, &str)> = one.sums.iter().map(|sum| (sum.currency.as_str(), sum.amount.as_str())).collect();
        assert_eq!(sums, [("EUR", "18446744073709551614"), ("USD", "-3")]);
        let swapped = of(&[
            [Cell::Number(i64::MAX), text("EUR"), Cell::Nothing],
            [Cell::Number(i64::MAX), text("EUR"), text("ab")],
            [Cell::Number(-3), text("USD"), text("")],
        ]);
        assert_ne!(one.checksum, swapped.checksum);
        // Neither where a value ends nor whether it is missing or empty can be mistaken.
        assert_ne!(
            of(&[[Cell::Number(1), text("EURa"), text("b")]]).checksum,
            of(&[[Cell::Number(1), text("EUR"), text("ab")]]).checksum
        );
        assert_ne!(
            of(&[[Cell::Number(1), text("EUR"), text("")]]).checksum,
            of(&[[Cell::Number(1), text("EUR"), Cell::Nothing]]).checksum
        );
    }
}
