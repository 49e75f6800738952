//! The limit on a server: the same statement, prepared once, with the same values, over one connection of the driver that the
//! engine has its answers through, and nothing of the engine around it.

use anyhow::{Result, anyhow};
use engine::record::Bound;
use sqlx::{
    Arguments, AssertSqlSafe, Connection, PgConnection, Row as _,
    postgres::{PgArguments, PgConnectOptions, PgRow},
};
use uuid::Uuid;

use crate::same::Row;

/// A connection.
pub struct Bare(PgConnection);

impl Bare {
    pub async fn open(options: &PgConnectOptions) -> Result<Self> {
        Ok(Self(PgConnection::connect_with(options).await?))
    }

    /// The rows of a query with `$1`, `$2`, … for its values, whose columns are all text. The driver prepares it the first time.
    pub async fn ask(&mut self, sql: &str, values: &[Bound]) -> Result<Vec<Row>> {
        let mut arguments = PgArguments::default();
        for value in values {
            let added = match value {
                Bound::Null => arguments.add(None::<String>),
                Bound::Number(number) => arguments.add(*number),
                Bound::Flag(flag) => arguments.add(*flag),
                Bound::Text(text) => arguments.add(text.clone()),
                Bound::Id(id) => arguments.add(Uuid::from_bytes(*id)),
            };
            added.map_err(|error| anyhow!("{error}"))?;
        }
        let asked = sqlx::query_with(AssertSqlSafe(sql.to_owned()), arguments);
        let rows = asked.fetch_all(&mut self.0).await?;
        Ok(rows.iter().map(texts).collect::<Result<_, _>>()?)
    }

    /// Runs a statement without values that cannot be prepared.
    pub async fn run(&mut self, sql: &'static str) -> Result<()> {
        sqlx::raw_sql(sql).execute(&mut self.0).await?;
        Ok(())
    }
}

fn texts(row: &PgRow) -> Result<Row, sqlx::Error> {
    (0..row.len()).map(|column| row.try_get(column)).collect()
}

/// The text of a query of the engine as a server takes it: with `$1`, `$2`, … for its `?`.
pub fn numbered(sql: &str) -> String {
    let mut pieces = sql.split('?');
    let mut text = pieces.next().unwrap_or_default().to_owned();
    for (number, piece) in (1..).zip(pieces) {
        text.push_str(&format!("${number}{piece}"));
    }
    text
}
