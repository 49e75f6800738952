//! The next number of a series: given in the transaction that makes a document final, so that there is no gap and no double.

use chrono::NaiveDate;
use contract::{Problem, invoice::DocumentKind, number::NumberFormat};

use crate::{
    db,
    error::{Error, Result},
    scope::Scope,
};

/// A number and where it stands.
#[derive(Clone, Debug)]
pub struct Numbered {
    pub series: String,
    pub series_number: i64,
    pub number: String,
}

/// Takes the next number of the series of a day. Other writers of the series wait until the transaction ends.
pub async fn take(scope: &Scope, kind: DocumentKind, format: &str, issued_on: NaiveDate) -> Result<Numbered> {
    let format = NumberFormat::parse(format).map_err(|problem| Error::Fault(format!("the number format: {problem:?}")))?;
    let series = format.series(issued_on);
    let key = || vec![kind.as_str().into(), series.as_str().into()];
    scope
        .execute_sql(
            "INSERT INTO invoice_series (kind, name, last_number, last_issued_on) VALUES (?, ?, 0, NULL) ON CONFLICT (kind, name) DO NOTHING",
            key(),
        )
        .await?;
    let sql = format!(
        "SELECT last_number, last_issued_on FROM invoice_series WHERE kind = ? AND name = ?{}",
        db::for_update(scope)
    );
    let row = scope
        .row(&sql, key())
        .await?
        .ok_or_else(|| Error::Fault("a series was not kept".to_owned()))?;
    if let Some(last) = row.try_get::<Option<NaiveDate>>("", "last_issued_on")?
        && issued_on < last
    {
        return Err(contract::Error::field("issued_on", Problem::TooEarly { earliest: last }).into());
    }
    let series_number = row.try_get::<i64>("", "last_number")? + 1;
    let sql = "UPDATE invoice_series SET last_number = ?, last_issued_on = ? WHERE kind = ? AND name = ?";
    let mut values = vec![series_number.into(), issued_on.into()];
    values.extend(key());
    scope.execute_sql(sql, values).await?;
    Ok(Numbered {
        number: format.number(issued_on, series_number),
        series,
        series_number,
    })
}

/// The day of issue that was asked for, or today; not in the future.
pub fn issue_day(scope: &Scope, asked: Option<NaiveDate>) -> Result<NaiveDate> {
    let today = scope.today();
    match asked {
        Some(day) if day > today => Err(contract::Error::field("issued_on", Problem::TooLate { latest: today }).into()),
        Some(day) => Ok(day),
        None => Ok(today),
    }
}
