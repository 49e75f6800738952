//! The next number of a series: given in the transaction that makes a document final, so that there is no gap and no double.

use chrono::NaiveDate;
use contract::{Conflict, Problem, invoice::DocumentKind, number::NumberFormat};

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

fn parse(format: &str) -> Result<NumberFormat> {
    NumberFormat::parse(format).map_err(|problem| Error::Fault(format!("the number format: {problem:?}")))
}

/// Whether a document has a number already, of whatever series: two formats can come to the same text.
async fn is_given(scope: &Scope, kind: DocumentKind, number: &str) -> Result<bool> {
    let sql = format!("SELECT COUNT(*) FROM {} WHERE number = ?", kind.as_str());
    Ok(scope.number(&sql, vec![number.into()]).await? > 0)
}

/// The number that would come next today, if a document has it already.
pub async fn next_if_given(scope: &Scope, kind: DocumentKind, format: &str) -> Result<Option<String>> {
    let (format, today) = (parse(format)?, scope.today());
    let sql = "SELECT last_number FROM invoice_series WHERE kind = ? AND name = ?";
    let last = scope.number(sql, vec![kind.as_str().into(), format.series(today).into()]).await?;
    let number = format.number(today, last + 1);
    Ok(is_given(scope, kind, &number).await?.then_some(number))
}

/// Takes the next number of the series of a day. Other writers of the series wait until the transaction ends.
pub async fn take(scope: &Scope, kind: DocumentKind, format: &str, issued_on: NaiveDate) -> Result<Numbered> {
    let format = parse(format)?;
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
    let number = format.number(issued_on, series_number);
    if is_given(scope, kind, &number).await? {
        return Err(Conflict::NumberTaken { number }.into());
    }
    let sql = "UPDATE invoice_series SET last_number = ?, last_issued_on = ? WHERE kind = ? AND name = ?";
    let mut values = vec![series_number.into(), issued_on.into()];
    values.extend(key());
    scope.execute_sql(sql, values).await?;
    Ok(Numbered {
        number,
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
