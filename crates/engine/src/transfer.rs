//! Fills a place with the rows of a book and proves that they are the same: row by row, in the order of their keys, with
//! their number, the sums of money and a checksum of each table. What a backup of a server, a restore and a move do.

mod mend;
mod proof;

use contract::work::{TableProof, WorkKind, WorkProblem, WorkStage};
use migrations::{Migrator, MigratorTraitExt as _};

use self::proof::Tally;
use crate::{
    db::{self, Cell, Db, Rows, Table},
    work::{Trouble, Work, in_time},
};

/// Rows that are read and written at once.
const PAGE: usize = 2_000;

/// Fills `to`, whose tables are made, with the rows of `from` as they are now. What was written by an earlier try is gone on
/// with; the row of the book is written last, so that until then there is no book.
pub async fn fill(from: &Db, to: &Db, work: &Work) -> Result<Vec<TableProof>, Trouble> {
    fill_if(from, to, async { Ok(()) }, work).await
}

/// The same, if there is still to be a book when everything but its row is there.
pub async fn fill_if(
    from: &Db,
    to: &Db,
    agreed: impl Future<Output = Result<(), Trouble>>,
    work: &Work,
) -> Result<Vec<TableProof>, Trouble> {
    let mut source = work.step(from.rows_at_once()).await?;
    let mut tables = tables(&mut source, to, work).await?;
    // What forbids changes comes last: it would be in the way of starting over.
    work.step(Migrator::unguard(&to.writer())).await?;
    let book = tables
        .pop()
        .filter(|table| table.name == "book")
        .ok_or_else(|| Trouble::plain(WorkProblem::NotABook))?;
    let resumed = copy(&mut source, to, &tables, work).await?;
    let mut proof = match compare(&mut source, to, &tables, work).await {
        // What an earlier try had written is of another state of the book.
        Err(Trouble::Problem(WorkProblem::Differs, row)) if resumed => {
            tracing::info!(row, "what was there differs");
            bring_to_now(&mut source, to, &tables, work).await?
        }
        compared => compared?,
    };
    work.begin(WorkStage::Finishing, 0);
    work.step(Migrator::guard(&to.writer())).await?;
    make_index(to, work).await?;
    for name in tables.iter().map(|table| table.name.as_str()).chain(["customer_index"]) {
        work.step(db::analyze(&to.writer(), name)).await?;
    }
    // Read as the source has it: what kind of column it is differs from database to database.
    let own = work.step(source.tables()).await?;
    let own = own.last().ok_or_else(|| Trouble::plain(WorkProblem::NotABook))?;
    let row = work.step(source.page(own, None, 1)).await?;
    let mut target = work.step(to.rows_to_write()).await?;
    work.step(target.insert(&book, &row)).await?;
    if work.step(target.has_table("move_state")).await? {
        work.step(target.run("DROP TABLE move_state")).await?;
    }
    work.step(agreed).await?;
    // Canceled in the middle, it could have been kept all the same. And then the book is there: nobody can give it up any more.
    in_time(target.commit()).await?;
    proof.extend(compare(&mut source, to, &[book], &Work::new(WorkKind::Move)).await?);
    proof.sort_by(|one, other| one.table.cmp(&other.table));
    Ok(proof)
}

/// Brings what an earlier try had written to the state of the book that is read now: row by row where that is possible, and else
/// by copying all of it. Either way every row of every table is compared again.
async fn bring_to_now(source: &mut Rows, to: &Db, tables: &[Table], work: &Work) -> Result<Vec<TableProof>, Trouble> {
    if mend::mend(source, to, tables, work).await? {
        match compare(source, to, tables, work).await {
            Err(Trouble::Problem(WorkProblem::Differs, row)) => tracing::warn!(row, "what was put right differs"),
            compared => return compared,
        }
    }
    tracing::info!("starting over");
    clear(to, tables, work).await?;
    copy(source, to, tables, work).await?;
    compare(source, to, tables, work).await
}

/// Makes the index of the search anew.
async fn make_index(to: &Db, work: &Work) -> Result<(), Trouble> {
    let writer = to.writer();
    if !to.is_server() {
        // All at once, which takes as long as it takes: a disk does not fall silent as a network does.
        db::make_anew(&writer, None).await?;
        return Ok(());
    }
    let mut after = None;
    loop {
        after = work.step(db::make_anew(&writer, after)).await?;
        if after.is_none() {
            return Ok(());
        }
    }
}

/// What the rows of a book come to.
pub async fn prove(from: &Db, work: &Work) -> Result<Vec<TableProof>, Trouble> {
    let mut source = work.step(from.rows_at_once()).await?;
    let tables = work.step(source.tables()).await?;
    let total = count(&mut source, &tables, work).await?;
    work.begin(WorkStage::Checking, total);
    let mut proof = Vec::with_capacity(tables.len());
    for table in &tables {
        work.table(&table.name);
        let mut tally = Tally::new(table);
        let mut last = None;
        loop {
            let rows = work.step(source.page(table, last.as_deref(), PAGE)).await?;
            let Some(end) = rows.last() else { break };
            last = Some(key(table, end));
            rows.iter().for_each(|row| tally.add(row));
            work.advance(rows.len())?;
        }
        proof.push(tally.end());
    }
    proof.sort_by(|one, other| one.table.cmp(&other.table));
    Ok(proof)
}

/// Compares two books row by row.
pub async fn equal(one: &Db, other: &Db, work: &Work) -> Result<Vec<TableProof>, Trouble> {
    let mut source = work.step(one.rows_at_once()).await?;
    let tables = tables(&mut source, other, work).await?;
    let mut proof = compare(&mut source, other, &tables, work).await?;
    proof.sort_by(|one, other| one.table.cmp(&other.table));
    Ok(proof)
}

/// Proves that a place in which the book is already has the same rows. What no change log tells of, as when somebody signed in, is
/// put right there before; what forbids changes of final rows stays, so that nothing else can be.
pub async fn settle(from: &Db, to: &Db, work: &Work) -> Result<Vec<TableProof>, Trouble> {
    let mut source = work.step(from.rows_at_once()).await?;
    let tables = tables(&mut source, to, work).await?;
    let mut proof = match compare(&mut source, to, &tables, work).await {
        Err(Trouble::Problem(WorkProblem::Differs, row)) => {
            tracing::info!(row, "what is there differs");
            match mend::mend(&mut source, to, &tables, work).await {
                Ok(true) => compare(&mut source, to, &tables, work).await?,
                // It is refused, or too much: whatever it is, it is not this book as it is now.
                Ok(false) | Err(Trouble::Problem(WorkProblem::Other, _)) => return Err(Trouble::Problem(WorkProblem::Differs, row)),
                Err(trouble) => return Err(trouble),
            }
        }
        compared => compared?,
    };
    proof.sort_by(|one, other| one.table.cmp(&other.table));
    Ok(proof)
}

/// Whether so little differs that this could go well. Writes nothing.
pub async fn differs_little(from: &Db, to: &Db, work: &Work) -> Result<bool, Trouble> {
    let mut source = work.step(from.rows_at_once()).await?;
    let tables = tables(&mut source, to, work).await?;
    mend::is_small(&mut source, to, &tables, work).await
}

/// The tables that both have; they have to be the same.
async fn tables(source: &mut Rows, to: &Db, work: &Work) -> Result<Vec<Table>, Trouble> {
    let have = work.step(source.tables()).await?;
    let mut target = work.step(to.rows_at_once()).await?;
    let want = work.step(target.tables()).await?;
    let fits = have.len() == want.len() && have.iter().all(|table| want.iter().any(|other| table.is_like(other)));
    if !fits {
        return Err(Trouble::Problem(WorkProblem::NotABook, "the tables are not the same".to_owned()));
    }
    // As the target has them: kinds are its own, and it says what points to what.
    Ok(want)
}

async fn count(source: &mut Rows, tables: &[Table], work: &Work) -> Result<u64, Trouble> {
    let mut total = 0;
    for table in tables {
        total += u64::try_from(work.step(source.count(table)).await?).unwrap_or(0);
    }
    Ok(total)
}

/// Copies what is missing; says whether something was there already.
async fn copy(source: &mut Rows, to: &Db, tables: &[Table], work: &Work) -> Result<bool, Trouble> {
    let own = work.step(source.tables()).await?;
    work.begin(WorkStage::Copying, count(source, tables, work).await?);
    let mut resumed = false;
    for table in tables {
        let Some(from) = own.iter().find(|own| own.name == table.name) else {
            continue;
        };
        work.table(&table.name);
        let there = work.step(written(to, table)).await?;
        resumed |= there.0 > 0;
        work.advance(usize::try_from(there.0).unwrap_or(0))?;
        let mut last = there.1;
        loop {
            let rows = work.step(source.page(from, last.as_deref(), PAGE)).await?;
            let Some(end) = rows.last() else { break };
            last = Some(key(table, end));
            work.step(write(to, table, &rows)).await?;
            work.advance(rows.len())?;
        }
    }
    Ok(resumed)
}

/// How many rows of a table are there, and the key of the last one.
async fn written(to: &Db, table: &Table) -> Result<(i64, Option<Vec<Cell>>), sqlx::Error> {
    let mut target = to.rows_at_once().await?;
    let number = target.count(table).await?;
    let last = if number > 0 { target.last(table).await? } else { None };
    Ok((number, last.map(|row| key(table, &row))))
}

async fn write(to: &Db, table: &Table, rows: &[Vec<Cell>]) -> Result<(), sqlx::Error> {
    let mut target = to.rows_to_write().await?;
    target.insert(table, rows).await?;
    target.commit().await
}

async fn clear(to: &Db, tables: &[Table], work: &Work) -> Result<(), Trouble> {
    let mut target = work.step(to.rows_to_write()).await?;
    for table in tables.iter().rev() {
        work.step(target.clear(table)).await?;
    }
    work.step(target.commit()).await
}

/// Compares row by row and fails at the first one that differs.
async fn compare(source: &mut Rows, to: &Db, tables: &[Table], work: &Work) -> Result<Vec<TableProof>, Trouble> {
    let own = work.step(source.tables()).await?;
    let mut target = work.step(to.rows_at_once()).await?;
    work.begin(WorkStage::Comparing, count(source, tables, work).await?);
    let mut proof = Vec::with_capacity(tables.len());
    for table in tables {
        let Some(from) = own.iter().find(|own| own.name == table.name) else {
            continue;
        };
        work.table(&table.name);
        let mut tally = Tally::new(table);
        let mut last = None;
        loop {
            let want = work.step(source.page(from, last.as_deref(), PAGE)).await?;
            let have = work.step(target.page(table, last.as_deref(), PAGE)).await?;
            if want != have {
                let at = want.iter().zip(&have).take_while(|(want, have)| want == have).count();
                let row = want
                    .get(at)
                    .or_else(|| have.get(at))
                    .map_or_else(String::new, |row| proof::text(&key(table, row)));
                return Err(Trouble::Problem(WorkProblem::Differs, format!("{} {row}", table.name)));
            }
            let Some(end) = want.last() else { break };
            last = Some(key(table, end));
            want.iter().for_each(|row| tally.add(row));
            work.advance(want.len())?;
        }
        proof.push(tally.end());
    }
    Ok(proof)
}

/// The key of a row.
fn key(table: &Table, row: &[Cell]) -> Vec<Cell> {
    table.key.iter().filter_map(|at| row.get(*at)).cloned().collect()
}
