//! `list_customers` and `count_customers`.

use contract::customer::{CountCustomers, CustomerCount, CustomerPage, CustomerSort, ListCustomers};

use super::{
    fence,
    matching::{Filter, MOST, Way, order},
    row,
};
use crate::{
    call::{Reply, Run},
    db::{self, Texts},
    error::{Error, Result},
    figure,
    page::{Kind, Mark, Place, Wanted, list_mark},
    scope::Scope,
    stats,
};

impl Run for ListCustomers {
    async fn run(self, scope: &Scope) -> Result<CustomerPage> {
        self.reply(scope).await?.value()
    }

    /// One query: rows, cursors, the number of all and the figures; the text of the rows is passed on as it is.
    async fn reply(self, scope: &Scope) -> Result<Reply<CustomerPage>> {
        let filter = Filter::from(&self);
        let sort = self.sort.unwrap_or(CustomerSort::CreatedAt);
        let descending = self.descending.unwrap_or(sort == CustomerSort::CreatedAt);
        let mark = list_mark(&("customers", &filter, sort, descending))?;
        let order = order(sort, descending);
        let wanted = Wanted {
            limit: self.limit,
            after: self.after.as_deref(),
            before: self.before.as_deref(),
            at: self.at,
        };
        let mut place = Place::read(order.0, descending, &mark, wanted)?;
        let is_jump = filter.is_counted() && place.is_far();
        let known = if is_jump {
            fence::go(scope.inner(), &mut place, &mark)
        } else {
            None
        };
        let mut best = fetch(scope, &filter, &place, order, (Way::Best, self.with_stats)).await?;
        if is_jump && known.as_ref() != Some(&best.state) {
            if known.is_some() {
                place.go_from(None);
                best = fetch(scope, &filter, &place, order, (Way::Best, self.with_stats)).await?;
            }
            fence::seek(scope, &filter, &place, order, &mark);
        }
        // A walk looks at so many rows and no further.
        let limit = usize::try_from(place.limit())?;
        let found = if !best.is_whole && best.rows <= limit {
            let sorted = fetch(scope, &filter, &place, order, (Way::Sorted, self.with_stats)).await?;
            Found {
                found: best.found,
                candidates: best.candidates,
                ..sorted
            }
        } else {
            best
        };
        let (next, previous) = place.neighbors(found.first, found.last, found.rows > limit)?;
        let figures = figure::parse(&found.figures)?;
        let (total, is_exact) = if filter.is_counted() {
            (figure::customers(&figures, filter.facets()), true)
        } else {
            (found.found, found.found < MOST && found.candidates < MOST)
        };
        let stats = self.with_stats.then(|| stats::customer_stats(scope, &figures)).transpose()?;
        Ok(Reply::Text(format!(
            r#"{{"items":{},"next":{},"previous":{},"total":{total},"total_is_exact":{is_exact},"stats":{}}}"#,
            found.items,
            serde_json::to_string(&next)?,
            serde_json::to_string(&previous)?,
            serde_json::to_string(&stats)?
        )))
    }
}

/// What the query of a page found.
struct Found {
    items: String,
    /// Rows, with the one that is too many.
    rows: usize,
    first: Option<Mark>,
    last: Option<Mark>,
    found: i64,
    candidates: i64,
    /// Whether a page that is not full ends the list.
    is_whole: bool,
    figures: String,
    /// What the book is like, of a jump.
    state: String,
}

async fn fetch(
    scope: &Scope,
    filter: &Filter,
    place: &Place<'_>,
    order: (crate::page::SortKey, &str),
    (way, with_stats): (Way, bool),
) -> Result<Found> {
    let picked = filter.picked(scope, place, order, way);
    let (limit, direction) = (place.limit(), place.direction());
    let in_list = if place.is_forward() { "ASC" } else { "DESC" };
    let mark_at = |number: i64| {
        let of = |value: String| format!("MAX(CASE WHEN p.n = {number} THEN {value} END)");
        [
            of("CAST(p.sort_key AS TEXT)".to_owned()),
            of("CAST(p.created_at AS TEXT)".to_owned()),
            of(db::id_text(scope, "p.customer_id")),
        ]
        .join(", ")
    };
    let figures = if with_stats {
        figure::text(&stats::KINDS, Some((figure::JOINED, &stats::joined_from(scope))))
    } else if filter.is_counted() {
        figure::text(&[figure::CUSTOMERS], None)
    } else {
        "'[]'".to_owned()
    };
    let is_whole = if filter.is_walked(scope, way) {
        "(SELECT CAST(whole AS TEXT) FROM branch)"
    } else {
        "'1'"
    };
    let state = if place.is_far() { db::end_of_log(scope) } else { "''" };
    let sql = format!(
        "WITH {} SELECT '[' || COALESCE(string_agg({row}, ',' ORDER BY p.n {in_list}) FILTER (WHERE p.n <= {limit}), '') || ']',
            CAST(COUNT(*) AS TEXT), {first}, {last}, (SELECT CAST(found AS TEXT) FROM counted), (SELECT CAST(candidates AS TEXT) FROM counted),
            {is_whole}, {figures}, {state}
         FROM (SELECT picked.seq, picked.sort_key, picked.created_at, picked.customer_id,
                   ROW_NUMBER() OVER (ORDER BY sort_key {direction}, created_at {direction}, customer_id {direction}) AS n FROM picked) AS p
         JOIN customer_summary s ON s.seq = p.seq JOIN customer c ON c.seq = p.seq",
        picked.sql,
        row = row::text(scope, scope.currency()?),
        first = mark_at(1),
        last = mark_at(limit),
    );
    let rows = scope.texts(&sql, picked.values).await?;
    let row = rows
        .into_iter()
        .next()
        .ok_or_else(|| Error::Fault("a list without an answer".to_owned()))?;
    read(order.0.kind, row)
}

fn read(kind: Kind, row: Texts) -> Result<Found> {
    let mut columns = row.into_iter();
    let mut text = move || columns.next().flatten();
    let number = |text: Option<String>| -> Result<i64> {
        let text = text.unwrap_or_default();
        text.parse().map_err(|_| Error::Fault(format!("{text} is no number of rows")))
    };
    let items = text().unwrap_or_else(|| "[]".to_owned());
    let rows = usize::try_from(number(text())?)?;
    let mut mark = || -> Result<Option<Mark>> {
        match (text(), text(), text()) {
            (Some(key), Some(created_at), Some(id)) => Mark::read(kind, &key, &created_at, &id).map(Some),
            _ => Ok(None),
        }
    };
    let (first, last) = (mark()?, mark()?);
    Ok(Found {
        items,
        rows,
        first,
        last,
        found: number(text())?,
        candidates: number(text())?,
        is_whole: number(text())? == 1,
        figures: text().unwrap_or_else(|| "[]".to_owned()),
        state: text().unwrap_or_default(),
    })
}

impl Run for CountCustomers {
    async fn run(self, scope: &Scope) -> Result<CustomerCount> {
        Ok(CustomerCount {
            total: Filter::from(&self).count(scope).await?,
        })
    }
}
