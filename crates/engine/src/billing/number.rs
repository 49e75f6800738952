//! The next number of a series: given in the transaction that makes a document final, so that there is no gap and no double.

use chrono::NaiveDate;
use contract::{
    Conflict, Problem,
    billing::NextNumber,
    invoice::DocumentKind,
    number::{MAX_FORMAT, NumberFormat},
    rules,
};
use sea_orm::Value;

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

/// How far a series has come.
struct Counter {
    first: i64,
    last: i64,
    last_issued_on: Option<NaiveDate>,
}

impl Default for Counter {
    /// That of a series that nobody has begun.
    fn default() -> Self {
        Self {
            first: 1,
            last: 0,
            last_issued_on: None,
        }
    }
}

impl Counter {
    fn next(&self) -> i64 {
        self.last.saturating_add(1)
    }
}

fn key(kind: DocumentKind, series: &str) -> Vec<Value> {
    vec![kind.as_str().into(), series.into()]
}

/// The counter of a series; with the end of a query that locks it, other writers of the series wait for this one.
async fn counter(scope: &Scope, kind: DocumentKind, series: &str, lock: &str) -> Result<Option<Counter>> {
    let sql = format!("SELECT first_number, last_number, last_issued_on FROM invoice_series WHERE kind = ? AND name = ?{lock}");
    let Some(row) = scope.row(&sql, key(kind, series)).await? else {
        return Ok(None);
    };
    Ok(Some(Counter {
        first: row.try_get("", "first_number")?,
        last: row.try_get("", "last_number")?,
        last_issued_on: row.try_get("", "last_issued_on")?,
    }))
}

/// The counter of a series, made if there is none. Other writers of the series wait until the transaction ends.
async fn locked(scope: &Scope, kind: DocumentKind, series: &str) -> Result<Counter> {
    scope
        .execute_sql(
            "INSERT INTO invoice_series (kind, name, first_number, last_number, last_issued_on) VALUES (?, ?, 1, 0, NULL)
             ON CONFLICT (kind, name) DO NOTHING",
            key(kind, series),
        )
        .await?;
    counter(scope, kind, series, db::for_update(scope))
        .await?
        .ok_or_else(|| Error::Fault("a series was not kept".to_owned()))
}

/// Whether no number of a series was given yet, so that it can begin with any.
async fn is_open(scope: &Scope, kind: DocumentKind, series: &str, own: &Counter) -> Result<bool> {
    if own.last >= own.first {
        return Ok(false);
    }
    // A series that has lost its counter has documents all the same.
    let sql = format!("SELECT COUNT(*) FROM {} WHERE series = ?", kind.as_str());
    Ok(scope.number(&sql, vec![series.into()]).await? == 0)
}

/// The number of a document that is in the way of the next one: the same, of whatever series, because two formats can come to the
/// same text; or the last of a series that has lost its counter, and must not begin anew over its documents.
async fn in_the_way(scope: &Scope, kind: DocumentKind, series: &str, own: &Counter, number: &str) -> Result<Option<String>> {
    let sql = format!("SELECT COUNT(*) FROM {} WHERE number = ?", kind.as_str());
    if scope.number(&sql, vec![number.into()]).await? > 0 {
        return Ok(Some(number.to_owned()));
    }
    if own.last >= own.first {
        return Ok(None);
    }
    let sql = format!(
        "SELECT number FROM {} WHERE series = ? ORDER BY series_number DESC LIMIT 1",
        kind.as_str()
    );
    let last = scope.row(&sql, vec![series.into()]).await?;
    Ok(last.map(|row| row.try_get("", "number")).transpose()?)
}

/// Whether two formats come to different series today.
pub fn differ(scope: &Scope, one: &str, other: &str) -> Result<bool> {
    let today = scope.today();
    Ok(parse(one)?.series(today) != parse(other)?.series(today))
}

/// What comes next in the series of today.
pub async fn upcoming(scope: &Scope, kind: DocumentKind, format: &str) -> Result<NextNumber> {
    let series = parse(format)?.series(scope.today());
    let own = counter(scope, kind, &series, "").await?.unwrap_or_default();
    Ok(NextNumber {
        number: u64::try_from(own.next())?,
        is_open: is_open(scope, kind, &series, &own).await?,
    })
}

/// Lets the series of today go on with a number, as long as none of it was given. Answers with the one that would have come, or
/// with nothing where that is the same.
pub async fn begin(scope: &Scope, kind: DocumentKind, format: &str, (field, next): (&str, u64)) -> Result<Option<u64>> {
    // What is as it should be already leaves no counter behind.
    if upcoming(scope, kind, format).await?.number == next {
        return Ok(None);
    }
    let (format, today) = (parse(format)?, scope.today());
    let series = format.series(today);
    // Of two desks of which one sets it and the other takes the first number, who locks the counter first is first.
    let own = locked(scope, kind, &series).await?;
    let due = u64::try_from(own.next())?;
    if due == next {
        return Ok(None);
    }
    if !is_open(scope, kind, &series, &own).await? {
        return Err(contract::Error::field(field, Problem::NumbersGiven { next: due }).into());
    }
    let first = i64::try_from(next)?;
    let number = format.number(today, first);
    let length = rules::length(&number);
    if length > MAX_FORMAT {
        let detail = format!("{number} has {length} characters, of at most {MAX_FORMAT}: shorten the format, or begin lower");
        return Err(contract::Error::field(field, Problem::WrongShape { detail }).into());
    }
    set_first(scope, kind, &series, first).await?;
    Ok(Some(due))
}

/// Lets the series of today begin at 1, unless one of it was given: what was once said of it counts no more when its format is
/// chosen again. Answers like `begin`.
pub async fn begin_anew(scope: &Scope, kind: DocumentKind, format: &str) -> Result<Option<u64>> {
    let next = upcoming(scope, kind, format).await?;
    if next.number == 1 || !next.is_open {
        return Ok(None);
    }
    let series = parse(format)?.series(scope.today());
    let own = locked(scope, kind, &series).await?;
    // Who has taken its first number meanwhile was first.
    if !is_open(scope, kind, &series, &own).await? {
        return Ok(None);
    }
    set_first(scope, kind, &series, 1).await?;
    Ok(Some(u64::try_from(own.next())?))
}

async fn set_first(scope: &Scope, kind: DocumentKind, series: &str, first: i64) -> Result<()> {
    let sql = "UPDATE invoice_series SET first_number = ?, last_number = ? WHERE kind = ? AND name = ?";
    let mut values = vec![first.into(), (first - 1).into()];
    values.extend(key(kind, series));
    scope.execute_sql(sql, values).await?;
    Ok(())
}

/// The number of a document that is in the way of the one that would come next today.
pub async fn given(scope: &Scope, kind: DocumentKind, format: &str) -> Result<Option<String>> {
    let (format, today) = (parse(format)?, scope.today());
    let series = format.series(today);
    let own = counter(scope, kind, &series, "").await?.unwrap_or_default();
    in_the_way(scope, kind, &series, &own, &format.number(today, own.next())).await
}

/// Takes the next number of the series of a day. Other writers of the series wait until the transaction ends.
pub async fn take(scope: &Scope, kind: DocumentKind, format: &str, issued_on: NaiveDate) -> Result<Numbered> {
    let format = parse(format)?;
    let series = format.series(issued_on);
    let own = locked(scope, kind, &series).await?;
    if let Some(last) = own.last_issued_on
        && issued_on < last
    {
        return Err(contract::Error::field("issued_on", Problem::TooEarly { earliest: last }).into());
    }
    let series_number = own.next();
    let number = format.number(issued_on, series_number);
    if let Some(number) = in_the_way(scope, kind, &series, &own, &number).await? {
        return Err(Conflict::NumberTaken { number }.into());
    }
    let sql = "UPDATE invoice_series SET last_number = ?, last_issued_on = ? WHERE kind = ? AND name = ?";
    let mut values = vec![series_number.into(), issued_on.into()];
    values.extend(key(kind, &series));
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
