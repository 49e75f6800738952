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

/// What was found of a series so far; its documents come in the order of their numbers.
#[derive(Default)]
struct Found {
    count: u64,
    next: i64,
    missing: Vec<u64>,
    out_of_order: Vec<String>,
    last_issued_on: Option<NaiveDate>,
}

impl Found {
    fn add(&mut self, number: i64, name: String, issued_on: NaiveDate) -> Result<()> {
        for missing in self.next + 1..number {
            if self.missing.len() == NAMED {
                break;
            }
            self.missing.push(u64::try_from(missing)?);
        }
        if self.last_issued_on.is_some_and(|last| issued_on < last) && self.out_of_order.len() < NAMED {
            self.out_of_order.push(name);
        }
        self.count += 1;
        self.next = number;
        self.last_issued_on = self.last_issued_on.max(Some(issued_on));
        Ok(())
    }
}

impl Run for NumberReport {
    async fn run(self, scope: &Scope) -> Result<NumberReportResult> {
        let mut found: BTreeMap<(DocumentKind, String), Found> = BTreeMap::new();
        for kind in DocumentKind::ALL {
            let sql = format!(
                "SELECT series, series_number, number, issued_on FROM {} WHERE series IS NOT NULL ORDER BY series, series_number",
                kind.as_str()
            );
            for row in scope.rows(&sql, Vec::new()).await? {
                let own = found.entry((*kind, row.try_get("", "series")?)).or_default();
                own.add(
                    row.try_get("", "series_number")?,
                    row.try_get("", "number")?,
                    row.try_get("", "issued_on")?,
                )?;
            }
        }
        let mut series = Vec::new();
        for row in scope
            .rows("SELECT kind, name, last_number, last_issued_on FROM invoice_series", Vec::new())
            .await?
        {
            let (kind, name): (String, String) = (row.try_get("", "kind")?, row.try_get("", "name")?);
            let kind = DocumentKind::parse(&kind).ok_or_else(|| unknown_word("invoice_series.kind", &kind))?;
            let mut own = found.remove(&(kind, name.clone())).unwrap_or_default();
            let last: i64 = row.try_get("", "last_number")?;
            // Numbers that were given and that no document has are missing at the end.
            for missing in own.next + 1..=last {
                if own.missing.len() < NAMED {
                    own.missing.push(u64::try_from(missing)?);
                }
            }
            series.push(Series {
                kind,
                name,
                count: own.count,
                last: u64::try_from(last.max(own.next))?,
                missing: own.missing,
                out_of_order: own.out_of_order,
                last_issued_on: row.try_get("", "last_issued_on")?,
            });
        }
        // A series without its counter has numbers that nobody gave.
        for ((kind, name), own) in found {
            series.push(Series {
                kind,
                name,
                count: own.count,
                last: u64::try_from(own.next)?,
                missing: own.missing,
                out_of_order: own.out_of_order,
                last_issued_on: own.last_issued_on,
            });
        }
        series.sort_by(|a, b| (a.kind, &a.name).cmp(&(b.kind, &b.name)));
        Ok(NumberReportResult { series, at: scope.now })
    }
}
