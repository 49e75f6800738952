//! Going back to a backup of a book on a server: into a schema of its own, which then takes the name of the old one. What it
//! replaces is kept under a third name.
//!
//! A restore holds the book alone from before it makes that schema until the schema has the name of the book, which it gets in the
//! transaction that holds the book. So whoever holds the book alone knows that no schema which is there by then is still gone on
//! with: the restore that has begun it was killed, and nobody else takes it away. Whose it is stands in its comment, because what
//! comes before `_restored_` is cut, and two books may begin alike.

use std::{path::Path, time::Duration};

use contract::{backup::BackupReason, work::WorkProblem};
use sea_orm::{ConnectionTrait, DbErr, EntityTrait};

use super::restore;
use crate::{
    app::App,
    book::{self, BookLocation, Server},
    db::{self, Db},
    entity, random,
    work::{Done, Trouble, Work, in_time},
};

/// How much of the name of a book is in the names of its other schemas: a name has 63 characters at most.
const SHORT: usize = 30;

/// How long the server may take to remove a schema: longer than it lets a statement run.
const REMOVED_WITHIN: Duration = Duration::from_secs(25);

fn short(book: &str) -> &str {
    book.get(..SHORT).unwrap_or(book)
}

/// What stands beside a schema that a restore of this book has made.
fn mark(book: &str) -> String {
    format!("made by a restore of Clientele in the place of {book}")
}

/// Whether a schema has the name of one that a restore of this book fills: not yet that of the book, nor that of a replaced one.
fn is_unfinished(schema: &str, book: &str) -> bool {
    let rest = schema.strip_prefix(short(book)).and_then(|rest| rest.strip_prefix("_restored_"));
    let is_digit = |byte: u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
    rest.is_some_and(|reference| reference.len() == 8 && reference.bytes().all(is_digit))
}

/// Puts a book back as a backup has it.
pub async fn put_back(app: &App, server: &Server, backup: &Path, work: &Work) -> Result<Done, Trouble> {
    let db = &app.0.db;
    let mut exclusive = db.exclusive().await?.ok_or_else(|| Trouble::plain(WorkProblem::InUse))?;
    // Before anything else: there may be no room for one more.
    for schema in left(db, &server.schema, exclusive.check()).await? {
        let _ = drop_schema(db, &schema).await;
    }
    match app.make_backup_sparing(Some(backup), BackupReason::BeforeRestore, work).await {
        // Who goes back may do so for that very reason. The copy is kept under a name that says so.
        Err(Trouble::Problem(WorkProblem::Flawed, finding)) => tracing::warn!(finding, "a book that does not pass its check is replaced"),
        made => drop(made?),
    }
    let time = chrono::DateTime::from_timestamp_millis(app.0.clock.now().0).unwrap_or_default();
    let short = short(&server.schema);
    let reference = random::reference();
    let kept = format!("{short}_replaced_{}_{reference}", time.format("%Y%m%d"));
    let fresh = Server {
        schema: format!("{short}_restored_{reference}"),
        ..server.clone()
    };
    let made = async {
        make_schema(db, &fresh.schema, &server.schema).await?;
        let target = book::open_empty(&fresh).await?;
        let filled = async {
            let proof = restore::fill_from_backup(&target, backup, work).await?;
            // The backup may be that of another book.
            let row = in_time(entity::book::Entity::find().one(&target.reader())).await?;
            Ok::<_, Trouble>((proof, row.ok_or_else(|| Trouble::plain(WorkProblem::Damaged))?))
        };
        let filled = filled.await;
        let _ = target.close().await;
        filled
    };
    let (proof, row) = match made.await {
        Ok(made) => made,
        Err(trouble) => {
            exclusive.end().await;
            return Err(given_up(db, &fresh.schema, trouble).await);
        }
    };
    if let Err(error) = exclusive.carry_over(&server.schema, &fresh.schema).await {
        exclusive.end().await;
        return Err(given_up(db, &fresh.schema, error.into()).await);
    }
    if let Err(error) = db::swap_schemas(exclusive, &server.schema, &kept, &fresh.schema).await {
        // Where only the answer is missing, it may have the name of the book by now, or be about to get it.
        take_away(db, &server.schema).await;
        return Err(error.into());
    }
    db.expect(Some(book::Identity {
        book: row.id,
        system: app.identity().system.clone(),
    }));
    // What was prepared on the open connections is of the old tables.
    db.renew();
    *app.0.book.write().await = row;
    app.0.next_due.store(i64::MIN, std::sync::atomic::Ordering::Relaxed);
    app.0.desk.went_back();
    Ok(Done {
        result: kept,
        proof,
        reopen: false,
    })
}

/// Takes away what restores of the book that were killed have left, unless somebody holds it alone, as whoever restores it does.
pub async fn tidy(app: &App) {
    let BookLocation::Server(server) = app.location() else { return };
    let db = &app.0.db;
    // Only where there is something: others may not write while the book is held.
    let is_called_for =
        async { Ok::<_, Trouble>(!unfinished(db, &server.schema).await?.is_empty() && !in_time(db::is_maintained(&db.reader())).await?) };
    match is_called_for.await {
        Ok(true) => take_away(db, &server.schema).await,
        Ok(false) => {}
        Err(trouble) => tracing::debug!(%trouble, "looking for what restores have left"),
    }
}

/// The same, once nobody else holds the book alone; if that is not soon, it is left to the next one.
async fn take_away(db: &Db, book: &str) {
    let found = async {
        let Some(mut exclusive) = db.exclusive().await? else {
            return Ok(Vec::new());
        };
        let found = left(db, book, exclusive.check()).await;
        // What is left is left for good, so others need not wait until it is gone.
        exclusive.end().await;
        found
    };
    match found.await {
        Ok(found) => {
            for schema in found {
                tracing::info!(schema, "what a restore has not finished is removed");
                let _ = drop_schema(db, &schema).await;
            }
        }
        Err(trouble) => tracing::warn!(%trouble, "what restores have left stays"),
    }
}

/// What was left. The book has to be held alone, and still to be once that is known: a restore that began after the hold was lost
/// would be among them.
async fn left(db: &Db, book: &str, held: impl Future<Output = Result<(), sqlx::Error>>) -> Result<Vec<String>, Trouble> {
    let found = unfinished(db, book).await?;
    held.await?;
    Ok(found)
}

/// The schemas that restores of a book have begun, as far as this role may take them away.
async fn unfinished(db: &Db, book: &str) -> Result<Vec<String>, Trouble> {
    let writer = db.writer();
    let sql = "SELECT CAST(nspname AS TEXT) AS name FROM pg_namespace
        WHERE obj_description(oid, 'pg_namespace') = ? AND pg_has_role(nspowner, 'USAGE')";
    let rows = in_time(writer.query_all_raw(db::statement(&writer, sql, vec![mark(book).into()]))).await?;
    let names: Result<Vec<String>, DbErr> = rows.iter().map(|row| row.try_get("", "name")).collect();
    Ok(names?.into_iter().filter(|name| is_unfinished(name, book)).collect())
}

/// Makes a schema with its mark. Sent together, they are one transaction: killed in between, it would be nobody's.
async fn make_schema(db: &Db, schema: &str, book: &str) -> Result<(), Trouble> {
    let sql = format!("CREATE SCHEMA {schema}; COMMENT ON SCHEMA {schema} IS '{}'", mark(book));
    in_time(db.writer().execute_unprepared(&sql)).await?;
    Ok(())
}

/// Removes what a restore has made that comes to nothing, and answers with why it does. Of one that was canceled it is taken for
/// granted that nothing is left; where something is, that is said instead.
async fn given_up(db: &Db, schema: &str, trouble: Trouble) -> Trouble {
    match (drop_schema(db, schema).await, trouble) {
        (Err(_), Trouble::Canceled) => Trouble::Problem(WorkProblem::RemovedLater, schema.to_owned()),
        (_, trouble) => trouble,
    }
}

/// Removes a schema that was not finished. Where that fails it is left to the next one, because its mark says whose it is.
async fn drop_schema(db: &Db, schema: &str) -> Result<(), Trouble> {
    let sql = format!("DROP SCHEMA IF EXISTS {schema} CASCADE");
    let dropped = tokio::time::timeout(REMOVED_WITHIN, db.writer().execute_unprepared(&sql)).await;
    let dropped = match dropped {
        Ok(dropped) => dropped.map(|_| ()).map_err(Trouble::from),
        Err(_) => Err(Trouble::plain(WorkProblem::Unreachable)),
    };
    if let Err(trouble) = &dropped {
        tracing::warn!(%trouble, schema, "a schema that was not finished is left");
    }
    dropped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_unfinished_is_told_from_what_is_kept_and_from_what_is_of_others() {
        assert!(is_unfinished("vendor_restored_0123abcd", "vendor"));
        for other in [
            "vendor",
            "vendor_replaced_20261122_0123abcd",
            "vendor_restored_0123abcd_old",
            "vendor_restored_by_hand",
            "vendor_restored_2026",
            "vendor_restored_0123ABCD",
            "vendor_two_restored_0123abcd",
            "restored_0123abcd",
        ] {
            assert!(!is_unfinished(other, "vendor"), "{other}");
        }
        // The names of two long ones are cut to the same; their marks are not.
        let (one, two) = (format!("{}_one", "v".repeat(SHORT)), format!("{}_two", "v".repeat(SHORT)));
        let fresh = format!("{}_restored_0123abcd", short(&one));
        assert!(is_unfinished(&fresh, &one) && is_unfinished(&fresh, &two));
        assert_ne!(mark(&one), mark(&two));
    }
}
