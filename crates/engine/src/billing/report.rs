//! `number_report`.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use contract::invoice::{DocumentKind, NumberReport, NumberReportResult, Series};

use crate::{
    call::Run,
    error::{Result, unknown_word},
    scope::Scope,
};

/// Faults of a series that are named.
const NAMED: usize = 100;

/// A series as its counter has it, and as its documents are.
struct Found {
    first: i64,
    given: i64,
    given_on: Option<NaiveDate>,
    count: i64,
    /// The smallest number and the largest.
    ends: Option<(i64, i64)>,
    issued_on: Option<NaiveDate>,
}

impl Found {
    fn new(first: i64, given: i64, given_on: Option<NaiveDate>) -> Self {
        Self {
            first,
            given,
            given_on,
            count: 0,
            ends: None,
            issued_on: None,
        }
    }

    /// Whether nothing was given of it: it is only known with which number it would begin.
    fn is_nothing(&self) -> bool {
        self.count == 0 && self.given < self.first
    }

    /// The largest number that a document has; where none has one, the one before the first.
    fn last(&self) -> i64 {
        self.ends.map_or(i64::MIN, |(_, last)| last).max(self.first.saturating_sub(1))
    }

    /// Whether its documents have every number from the first to the last, and no other: each number is there once.
    fn is_whole(&self) -> bool {
        self.ends
            .is_none_or(|(smallest, last)| smallest >= self.first && self.count == last - self.first + 1)
    }
}

/// The documents of a kind by series.
async fn documents(scope: &Scope, kind: DocumentKind, found: &mut BTreeMap<(DocumentKind, String), Found>) -> Result<()> {
    let sql = format!(
        "SELECT series, COUNT(*) AS documents, MIN(series_number) AS smallest, MAX(series_number) AS largest, MAX(issued_on) AS issued_on
         FROM {} WHERE series IS NOT NULL GROUP BY series",
        kind.as_str()
    );
    for row in scope.rows(&sql, Vec::new()).await? {
        // A series without its counter has numbers that nobody gave.
        let own = found
            .entry((kind, row.try_get("", "series")?))
            .or_insert_with(|| Found::new(1, 0, None));
        own.count = row.try_get("", "documents")?;
        own.ends = Some((row.try_get("", "smallest")?, row.try_get("", "largest")?));
        own.issued_on = row.try_get("", "issued_on")?;
    }
    Ok(())
}

/// The numbers of a series that no document has, up to the last that one has.
async fn gaps(scope: &Scope, kind: DocumentKind, name: &str, first: i64) -> Result<Vec<(i64, i64)>> {
    let before = first.saturating_sub(1);
    let sql = format!(
        "SELECT g.previous AS previous, g.series_number AS series_number
         FROM (SELECT d.series_number AS series_number, COALESCE(LAG(d.series_number) OVER (ORDER BY d.series_number), ?) AS previous
               FROM {} d WHERE d.series = ? AND d.series_number >= ?) AS g
         WHERE g.series_number > g.previous + 1 ORDER BY g.series_number LIMIT {NAMED}",
        kind.as_str()
    );
    let mut found = Vec::new();
    for row in scope.rows(&sql, vec![before.into(), name.into(), first.into()]).await? {
        found.push((row.try_get("", "previous")?, row.try_get("", "series_number")?));
    }
    Ok(found)
}

/// Documents of a series whose numbers lie before its first.
async fn before_first(scope: &Scope, kind: DocumentKind, name: &str, first: i64) -> Result<Vec<String>> {
    let sql = format!(
        "SELECT d.number AS number FROM {} d WHERE d.series = ? AND d.series_number < ? ORDER BY d.series_number LIMIT {NAMED}",
        kind.as_str()
    );
    let rows = scope.rows(&sql, vec![name.into(), first.into()]).await?;
    rows.iter().map(|row| Ok(row.try_get("", "number")?)).collect()
}

/// Documents of a series that were issued before one with a smaller number.
async fn out_of_order(scope: &Scope, kind: DocumentKind, name: &str, first: i64) -> Result<Vec<String>> {
    let sql = format!(
        "SELECT d.number AS number
         FROM (SELECT o.series_number AS series_number
               FROM (SELECT w.series_number AS series_number, w.issued_on AS issued_on,
                       MAX(w.issued_on) OVER (ORDER BY w.series_number ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS latest
                     FROM {kind} w WHERE w.series = ?) AS o
               WHERE o.issued_on < o.latest AND o.series_number >= ? ORDER BY o.series_number LIMIT {NAMED}) AS f
         JOIN {kind} d ON d.series = ? AND d.series_number = f.series_number ORDER BY d.series_number",
        kind = kind.as_str()
    );
    let rows = scope.rows(&sql, vec![name.into(), first.into(), name.into()]).await?;
    rows.iter().map(|row| Ok(row.try_get("", "number")?)).collect()
}

impl Run for NumberReport {
    async fn run(self, scope: &Scope) -> Result<NumberReportResult> {
        let mut found: BTreeMap<(DocumentKind, String), Found> = BTreeMap::new();
        let counters = "SELECT kind, name, first_number, last_number, last_issued_on FROM invoice_series";
        for row in scope.rows(counters, Vec::new()).await? {
            let kind: String = row.try_get("", "kind")?;
            let kind = DocumentKind::parse(&kind).ok_or_else(|| unknown_word("invoice_series.kind", &kind))?;
            let own = Found::new(
                row.try_get("", "first_number")?,
                row.try_get("", "last_number")?,
                row.try_get("", "last_issued_on")?,
            );
            found.insert((kind, row.try_get("", "name")?), own);
        }
        for kind in DocumentKind::ALL {
            documents(scope, *kind, &mut found).await?;
        }
        let mut series = Vec::new();
        for ((kind, name), own) in found {
            if own.is_nothing() {
                continue;
            }
            let mut missing = Vec::new();
            let mut before = Vec::new();
            if !own.is_whole() {
                missing = gaps(scope, kind, &name, own.first).await?;
                before = before_first(scope, kind, &name, own.first).await?;
            }
            // Numbers that were given and that no document has are missing at the end.
            missing.push((own.last(), own.given.saturating_add(1)));
            let missing = missing.into_iter().flat_map(|(from, to)| from.saturating_add(1)..to);
            series.push(Series {
                kind,
                count: u64::try_from(own.count)?,
                first: u64::try_from(own.first)?,
                last: u64::try_from(own.last().max(own.given))?,
                missing: missing.take(NAMED).map(u64::try_from).collect::<std::result::Result<_, _>>()?,
                before_first: before,
                out_of_order: out_of_order(scope, kind, &name, own.first).await?,
                last_issued_on: own.given_on.or(own.issued_on),
                name,
            });
        }
        Ok(NumberReportResult { series, at: scope.now })
    }
}
