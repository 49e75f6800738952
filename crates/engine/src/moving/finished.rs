//! A move that had come to its end when its process died or its server fell silent, so that nobody was told: the book is in the
//! new place already, with the id and the end of the change log that it has here. It is compared once more, and then the move has
//! ended well. Without that there would be two books, of which the old one goes on taking changes.

use std::time::Duration;

use contract::work::{TableProof, WorkKind, WorkProblem};
use tokio::time::{Instant, sleep, timeout_at};

use super::{
    state_of,
    target::{Target, There, look_into},
};
use crate::{
    app::App,
    book::{self, BookLocation, Server},
    db::{Db, Stop},
    files,
    lock::Hold,
    transfer,
    work::{Trouble, Work, in_time},
};

/// How long a server is asked whether it has kept the end of a move: longer than it keeps a transaction of which it hears nothing more.
const ASKED_FOR: Duration = Duration::from_secs(45);
/// How long between.
const PAUSE: Duration = Duration::from_secs(1);

/// Whether the book in a place is this one in this state. What does not say so is not.
pub async fn is_it(db: &Db, state: &str) -> Result<bool, Trouble> {
    match in_time(state_of(db)).await {
        Ok(found) => Ok(found == state),
        Err(trouble @ Trouble::Problem(WorkProblem::Unreachable, _)) => Err(trouble),
        Err(_) => Ok(false),
    }
}

/// The place with what keeps others out of a file, if the book is there; a rehearsal only reads it.
async fn find(target: &Target, state: &str, writes: bool) -> Result<Option<(Db, Hold)>, Trouble> {
    let (db, hold) = match target {
        Target::File { path, .. } => {
            if !path.exists() {
                return Ok(None);
            }
            // Not opened to be written before it is known what it is; nor is anything made beside what is not ours.
            let Ok(seen) = book::look_into(path).await else {
                return Ok(None);
            };
            let is_there = is_it(&seen, state).await.unwrap_or(false);
            let _ = seen.close().await;
            match (is_there, writes) {
                (false, _) => return Ok(None),
                (true, false) => (book::look_into(path).await?, Hold::none()),
                (true, true) => {
                    let hold = Hold::take_alone(path).await?;
                    super::finish(path);
                    (Db::open_file(path, false).await?, hold)
                }
            }
        }
        Target::Server(server) => (book::open_server(server, false).await?, Hold::none()),
    };
    match is_it(&db, state).await {
        Ok(true) => Ok(Some((db, hold))),
        found => {
            let _ = db.close().await;
            found.map(|_| None)
        }
    }
}

/// What proves that the book has moved already, if it has: compared again, after what no change log tells of was put right. A
/// rehearsal counts the book and writes nothing.
pub async fn prove(app: &App, target: &Target, state: &str, is_rehearsal: bool, work: &Work) -> Result<Option<Vec<TableProof>>, Trouble> {
    if target.is_at(app.location()) {
        return Ok(None);
    }
    let Some((db, _held)) = find(target, state, !is_rehearsal).await? else {
        return Ok(None);
    };
    let own = &app.0.db;
    let proved = async {
        // Whoever has it may be changing it; and under another name of the server it could be the book itself.
        let exclusive = work.step(db.exclusive()).await?.ok_or_else(|| Trouble::plain(WorkProblem::InUse))?;
        let proved = if is_rehearsal {
            match transfer::differs_little(own, &db, work).await {
                Ok(true) => transfer::prove(own, work).await.map(Some),
                Ok(false) => Ok(None),
                Err(trouble) => Err(trouble),
            }
        } else {
            transfer::settle(own, &db, work).await.map(Some)
        };
        exclusive.end().await;
        proved
    };
    let proved = proved.await;
    let closed = db.close().await;
    let proved = unless_another(proved)?.flatten();
    closed?;
    if let (Some(_), Target::File { path, .. }, false) = (&proved, target, is_rehearsal) {
        files::sync(path)?;
        files::sync_folder_of(path)?;
    }
    Ok(proved)
}

/// What proves that the book is whole under the name that its file has until then; nothing, if it is not.
pub async fn prove_half(app: &App, target: &Target, work: &Work) -> Result<Option<Vec<TableProof>>, Trouble> {
    let db = target.open().await?;
    let settled = async {
        let proof = transfer::settle(&app.0.db, &db, work).await?;
        match db.check_file(&Stop::default()).await?.into_iter().next() {
            None => {
                db.settle().await?;
                Ok(proof)
            }
            Some(finding) => Err(Trouble::Problem(WorkProblem::Differs, finding)),
        }
    };
    let settled = settled.await;
    let closed = db.close().await;
    let proof = unless_another(settled)?;
    closed?;
    Ok(proof)
}

/// Nothing, where the other side is not the same book: it is left as it is.
fn unless_another<T>(proved: Result<T, Trouble>) -> Result<Option<T>, Trouble> {
    match proved {
        Err(Trouble::Problem(WorkProblem::Differs | WorkProblem::NotABook, what)) => {
            tracing::info!(what, "the book that is there is another one");
            Ok(None)
        }
        proved => proved.map(Some),
    }
}

/// Asks a server anew that was lost when the end of a move was to be kept, until it says whether it was, or until nobody wants to
/// wait for that any longer.
///
/// # Errors
/// What was lost, if it was not kept: then the move can be gone on with. `Uncertain`, if the server does not tell.
pub async fn ask_again(app: &App, server: &Server, state: &str, lost: Trouble, work: &Work) -> Result<Vec<TableProof>, Trouble> {
    tracing::warn!(trouble = %lost, "whether the end of the move was kept is asked again");
    let until = Instant::now() + ASKED_FOR;
    // Canceled, it stays open what became of the move: what was sent has been sent.
    while let Ok(Ok(found)) = timeout_at(until, work.step(until_told(server, state))).await {
        let Some(db) = found else { return Err(lost) };
        // It is compared at once, before anybody works with it. That takes as long as it takes.
        let proved = transfer::equal(&app.0.db, &db, &Work::new(WorkKind::Move)).await;
        let _ = db.close().await;
        match proved {
            Ok(proof) => return Ok(proof),
            Err(trouble) => tracing::warn!(%trouble, "the book that has moved is not compared yet"),
        }
        sleep(PAUSE).await;
    }
    Err(Trouble::Problem(WorkProblem::Uncertain, server.to_string()))
}

/// What a server tells of the end of a move, however often it has to be asked.
async fn until_told(server: &Server, state: &str) -> Result<Option<Db>, Trouble> {
    loop {
        match kept(server, state).await {
            Ok(found) => return Ok(found),
            Err(trouble) => tracing::warn!(%trouble, "that is not known yet"),
        }
        sleep(PAUSE).await;
    }
}

/// The place, if the end of the move was kept; nothing, if it was not and will not be. While neither is certain, this fails: the
/// transaction that writes the end has `move_state` to itself, and who reads that waits for it.
async fn kept(server: &Server, state: &str) -> Result<Option<Db>, Trouble> {
    let db = book::open_server(server, false).await?;
    let asked = async {
        match look_into(&db, state).await? {
            Some(There::Begun) => Ok(false),
            None if is_it(&db, state).await? => Ok(true),
            _ => Err(Trouble::other(&"what is in the place is neither the move nor the book")),
        }
    };
    match asked.await {
        Ok(true) => Ok(Some(db)),
        asked => {
            let _ = db.close().await;
            asked.map(|_| None)
        }
    }
}

impl Target {
    /// Whether that is where a book is, by the same way there.
    pub(super) fn is_at(&self, location: &BookLocation) -> bool {
        match (self, location) {
            (Self::File { path, .. }, BookLocation::File(book)) => *path == files::behind_links(book) || files::are_same(path, book),
            (Self::Server(one), BookLocation::Server(other)) => {
                let place = |of: &Server| (of.host.to_lowercase(), of.port, of.database.clone(), of.schema.clone());
                place(one) == place(other)
            }
            _ => false,
        }
    }
}
