//! Brings what an earlier try has written to the state of now, and leaves alone what is like it already. Not all that changes in a
//! book is in its change log: whoever signs in leaves the time in the own row. For that nothing else is copied again.

use std::{cmp::Ordering, collections::VecDeque};

use contract::work::WorkStage;

use super::{PAGE, count, key};
use crate::{
    db::{Cell, Db, Rows, Table},
    work::{Trouble, Work},
};

/// So many rows that differ are put right one by one. They are kept in memory until then; with more, all is copied anew.
const MOST: usize = 20_000;

/// What a table has otherwise than it is to have.
struct Difference<'a> {
    table: &'a Table,
    /// Rows that are not to be there any more.
    gone: Vec<Vec<Cell>>,
    /// Rows with other values.
    changed: Vec<Vec<Cell>>,
    /// Rows that are not there.
    missing: Vec<Vec<Cell>>,
}

impl Difference<'_> {
    fn rows(&self) -> usize {
        self.gone.len() + self.changed.len() + self.missing.len()
    }
}

/// Puts right what differs, all of it or nothing. Says whether it did: not where too much differs, or where one row is in the way
/// of another. Whether the sides are the same is for the comparison after it to say.
pub async fn mend(source: &mut Rows, to: &Db, tables: &[Table], work: &Work) -> Result<bool, Trouble> {
    match differences(source, to, tables, work).await? {
        Some(found) => put_right(to, &found, work).await,
        None => Ok(false),
    }
}

/// Whether what differs is not too much for that.
pub async fn is_small(source: &mut Rows, to: &Db, tables: &[Table], work: &Work) -> Result<bool, Trouble> {
    Ok(differences(source, to, tables, work).await?.is_some())
}

/// All that differs; none, if that is too much.
async fn differences<'a>(source: &mut Rows, to: &Db, tables: &'a [Table], work: &Work) -> Result<Option<Vec<Difference<'a>>>, Trouble> {
    let own = work.step(source.tables()).await?;
    let mut target = work.step(to.rows_at_once()).await?;
    work.begin(WorkStage::Comparing, count(source, tables, work).await?);
    let mut room = MOST;
    let mut all = Vec::new();
    for table in tables {
        let Some(from) = own.iter().find(|own| own.name == table.name) else {
            continue;
        };
        work.table(&table.name);
        let (mut want, mut have) = (Walk::new(from), Walk::new(table));
        let mut found = Difference {
            table,
            gone: Vec::new(),
            changed: Vec::new(),
            missing: Vec::new(),
        };
        while found.rows() <= room {
            let read = want.fill(source, work).await?;
            have.fill(&mut target, work).await?;
            if read > 0 {
                work.advance(read)?;
                // Mostly they are the same, page by page.
                if want.rows == have.rows {
                    want.rows.clear();
                    have.rows.clear();
                    continue;
                }
            }
            let order = match (want.rows.front(), have.rows.front()) {
                (None, None) => break,
                (Some(_), None) => Ordering::Less,
                (None, Some(_)) => Ordering::Greater,
                (Some(one), Some(other)) => by_key(table, one, other),
            };
            // The first of both in the order of the keys; with the same key, each of them.
            let one = if order.is_le() { want.rows.pop_front() } else { None };
            let other = if order.is_ge() { have.rows.pop_front() } else { None };
            match (one, other) {
                (Some(one), Some(other)) if one != other => found.changed.push(one),
                (Some(one), None) => found.missing.push(one),
                (None, Some(other)) => found.gone.push(other),
                _ => {}
            }
        }
        let Some(left) = room.checked_sub(found.rows()) else {
            return Ok(None);
        };
        room = left;
        all.push(found);
    }
    Ok(Some(all))
}

/// Both databases sort numbers, bytes and code points as they are.
fn by_key(table: &Table, one: &[Cell], other: &[Cell]) -> Ordering {
    let parts = table.key.iter().map(|at| one.get(*at).cmp(&other.get(*at)));
    parts.fold(Ordering::Equal, Ordering::then)
}

/// The rows of a table in the order of their keys.
struct Walk<'a> {
    table: &'a Table,
    rows: VecDeque<Vec<Cell>>,
    last: Option<Vec<Cell>>,
    is_over: bool,
}

impl<'a> Walk<'a> {
    fn new(table: &'a Table) -> Self {
        Self {
            table,
            rows: VecDeque::new(),
            last: None,
            is_over: false,
        }
    }

    /// Reads the next rows, if none are left; says how many.
    async fn fill(&mut self, from: &mut Rows, work: &Work) -> Result<usize, Trouble> {
        if self.is_over || !self.rows.is_empty() {
            return Ok(0);
        }
        let rows = work.step(from.page(self.table, self.last.as_deref(), PAGE)).await?;
        match rows.last() {
            Some(end) => self.last = Some(key(self.table, end)),
            None => self.is_over = true,
        }
        let read = rows.len();
        self.rows = rows.into();
        Ok(read)
    }
}

async fn put_right(to: &Db, all: &[Difference<'_>], work: &Work) -> Result<bool, Trouble> {
    let rows = all.iter().map(Difference::rows).sum::<usize>();
    work.begin(WorkStage::Copying, u64::try_from(rows).unwrap_or(0));
    let mut target = work.step(to.rows_to_write()).await?;
    // What points to a row goes before it, and comes after it.
    for found in all.iter().rev() {
        for some in found.gone.chunks(PAGE) {
            if !work.step(unless_in_the_way(target.remove(found.table, some))).await? {
                return Ok(false);
            }
            work.advance(some.len())?;
        }
    }
    for found in all {
        for some in found.changed.chunks(PAGE) {
            if !work.step(unless_in_the_way(target.update(found.table, some))).await? {
                return Ok(false);
            }
            work.advance(some.len())?;
        }
        for some in found.missing.chunks(PAGE) {
            if !work.step(unless_in_the_way(target.insert(found.table, some))).await? {
                return Ok(false);
            }
            work.advance(some.len())?;
        }
    }
    if !work.step(unless_in_the_way(target.commit())).await? {
        return Ok(false);
    }
    tracing::info!(rows, "what an earlier try had written is brought to the state of now");
    Ok(true)
}

/// Whether it is done; not, if another row has what may be there once only, or points to one that is to go.
async fn unless_in_the_way(asked: impl Future<Output = Result<(), sqlx::Error>>) -> Result<bool, sqlx::Error> {
    match asked.await {
        Err(sqlx::Error::Database(error)) if error.is_unique_violation() || error.is_foreign_key_violation() => {
            tracing::info!(%error, "the rows are not put right one by one");
            Ok(false)
        }
        asked => asked.map(|()| true),
    }
}
