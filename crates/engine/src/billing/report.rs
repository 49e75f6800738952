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

/// A series as its counter has it, and what was found of it so far; its documents come in the order of their numbers.
struct Found {
    first: i64,
    given: i64,
    given_on: Option<NaiveDate>,
    count: u64,
    last: i64,
    missing: Vec<u64>,
    before_first: Vec<String>,
    out_of_order: Vec<String>,
    last_issued_on: Option<NaiveDate>,
}

impl Found {
    fn new(first: i64, given: i64, given_on: Option<NaiveDate>) -> Self {
        Self {
            first,
            given,
            given_on,
            count: 0,
            last: first.saturating_sub(1),
            missing: Vec::new(),
            before_first: Vec::new(),
            out_of_order: Vec::new(),
            last_issued_on: None,
        }
    }

    /// Whether nothing was given of it: it is only known with which number it would begin.
    fn is_nothing(&self) -> bool {
        self.count == 0 && self.given < self.first
    }

    /// Notes the numbers between the last one that was found and another.
    fn miss(&mut self, until: i64) -> Result<()> {
        let left = NAMED.saturating_sub(self.missing.len());
        for missing in (self.last.saturating_add(1)..until).take(left) {
            self.missing.push(u64::try_from(missing)?);
        }
        Ok(())
    }

    fn add(&mut self, number: i64, name: String, issued_on: NaiveDate) -> Result<()> {
        self.miss(number)?;
        let wrong = if number < self.first {
            Some(&mut self.before_first)
        } else {
            let is_out_of_order = self.last_issued_on.is_some_and(|last| issued_on < last);
            is_out_of_order.then_some(&mut self.out_of_order)
        };
        if let Some(wrong) = wrong
            && wrong.len() < NAMED
        {
            wrong.push(name);
        }
        self.count += 1;
        self.last = self.last.max(number);
        self.last_issued_on = self.last_issued_on.max(Some(issued_on));
        Ok(())
    }
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
            let sql = format!(
                "SELECT series, series_number, number, issued_on FROM {} WHERE series IS NOT NULL ORDER BY series, series_number",
                kind.as_str()
            );
            for row in scope.rows(&sql, Vec::new()).await? {
                // A series without its counter has numbers that nobody gave.
                let own = found
                    .entry((*kind, row.try_get("", "series")?))
                    .or_insert_with(|| Found::new(1, 0, None));
                own.add(
                    row.try_get("", "series_number")?,
                    row.try_get("", "number")?,
                    row.try_get("", "issued_on")?,
                )?;
            }
        }
        let mut series = Vec::new();
        for ((kind, name), mut own) in found {
            if own.is_nothing() {
                continue;
            }
            // Numbers that were given and that no document has are missing at the end.
            own.miss(own.given.saturating_add(1))?;
            series.push(Series {
                kind,
                name,
                count: own.count,
                first: u64::try_from(own.first)?,
                last: u64::try_from(own.last.max(own.given))?,
                missing: own.missing,
                before_first: own.before_first,
                out_of_order: own.out_of_order,
                last_issued_on: own.given_on.or(own.last_issued_on),
            });
        }
        Ok(NumberReportResult { series, at: scope.now })
    }
}
