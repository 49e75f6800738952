//! A read, and what has to be known before anything is answered.

use std::sync::{Arc, PoisonError, atomic::Ordering};

use contract::{Access, Operation};

use super::{Reply, Run};
use crate::{
    app::{App, Inner},
    db::Stop,
    entity::book,
    error::Result,
    scope::{Actor, Scope},
    session::{self, Standing},
    sweep,
};

/// Most keys of reads that are remembered.
const LANES: usize = 64;

/// Makes this the newest read of its key, unless a newer one has come before it; answers with the older of both.
pub(super) fn enter(app: &App, key: &str, stop: &Stop) -> Option<Stop> {
    let numbered = key.rsplit_once('.').and_then(|(lane, turn)| Some((lane, turn.parse().ok()?)));
    let (lane, turn) = numbered.unwrap_or((key, 0));
    let mut newest = app.0.newest.lock().unwrap_or_else(PoisonError::into_inner);
    if newest.get(lane).is_some_and(|(known, _)| *known > turn) {
        return Some(stop.clone());
    }
    if newest.len() >= LANES && !newest.contains_key(lane) {
        newest.clear();
    }
    newest.insert(lane.to_owned(), (turn, stop.clone())).map(|(_, older)| older)
}

/// Who asks, if it must not be anyone.
pub(super) async fn standing<O: Operation>(inner: &Arc<Inner>) -> Result<Option<Standing>> {
    match O::ACCESS {
        Access::Public => Ok(None),
        Access::Admin => session::standing(inner, O::NAME).await.map(Some),
    }
}

/// Makes sure that the account may still work here, that the settings are those of the book, and that nothing is due: all at the same
/// time, because to a server each is a way there and back. Answers with whether something was otherwise than it was known.
pub(super) async fn make_sure(inner: &Arc<Inner>, standing: Option<&Standing>) -> Result<bool> {
    let Some(standing) = standing else { return Ok(false) };
    let (renewed, moved) = tokio::join!(standing.renew(inner), sweep::catch_up(inner));
    let (renewed, moved) = (renewed?, moved?);
    Ok(renewed || moved)
}

/// Answers a read. It goes its way while that is made sure, and its answer is given once that is: it is asked for again if something
/// was otherwise, and nobody sees it if the account may not.
pub(super) async fn read<O: Run>(inner: &Arc<Inner>, request: O, stop: Stop) -> Result<Reply<O::Output>> {
    let standing = standing::<O>(inner).await?;
    let actor = standing.as_ref().map(|standing| standing.actor.clone());
    let (moves, book) = known(inner).await;
    let (sure, reply) = tokio::join!(
        make_sure(inner, standing.as_ref()),
        ask(inner, actor.clone(), request.clone(), stop.clone())
    );
    // Another operation may have found it out first: then this one finds nothing to do, and has asked before.
    let is_otherwise = sure? || moves % 2 == 1 || known(inner).await != (moves, book);
    if is_otherwise {
        ask(inner, actor, request, stop).await
    } else {
        reply
    }
}

/// What was moved so far, and the settings that reads go by.
async fn known(inner: &Inner) -> (u64, book::Model) {
    let book = inner.book.read().await.clone();
    (inner.moves.load(Ordering::SeqCst), book)
}

async fn ask<O: Run>(inner: &Arc<Inner>, actor: Option<Actor>, request: O, stop: Stop) -> Result<Reply<O::Output>> {
    let mut scope = Scope::read(inner, actor, O::NAME).await?;
    scope.stop = stop;
    request.reply(&scope).await
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use contract::{Effect, FieldError, Outcome, Request, Validate, session::CurrentSession};
    use serde::{Deserialize, Serialize};

    use super::*;
    use crate::{
        BookLocation, NewBook, OpenOptions,
        call::{Answer, Failure, gate},
        random,
        support::close_and_remove,
    };

    /// Counts for minutes.
    #[derive(Clone, Debug, Serialize, Deserialize)]
    struct Counts {}

    impl Validate for Counts {
        fn validate(&self) -> std::result::Result<(), Vec<FieldError>> {
            Ok(())
        }
    }

    impl Request for Counts {
        const NAME: &'static str = "counts";
        type Output = i64;
    }

    impl Operation for Counts {
        const ACCESS: Access = Access::Public;
        const EFFECT: Effect = Effect::Read;
    }

    impl Run for Counts {
        async fn run(self, scope: &Scope) -> Result<i64> {
            let sql = "WITH RECURSIVE counts (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM counts WHERE i < 2000000000) SELECT COUNT(*) FROM counts";
            scope.number(sql, Vec::new()).await
        }
    }

    impl Answer for Counts {
        fn answer(
            self,
            app: App,
            key: Option<String>,
            stop: Stop,
        ) -> impl Future<Output = std::result::Result<Reply<i64>, Failure>> + Send {
            gate(app, self, key, stop)
        }
    }

    /// Counts in the database that run on although nobody waits for them. A file tells by its readers, which would not be free.
    async fn run_on(app: &App) -> i64 {
        let scope = Scope::read(&app.0, None, "run_on").await.unwrap();
        if !app.0.db.is_server() {
            return 0;
        }
        let sql = "SELECT COUNT(*) FROM pg_stat_activity WHERE state = 'active' AND query LIKE 'WITH RECURSIVE counts (i)%'";
        scope.number(sql, Vec::new()).await.unwrap()
    }

    async fn assert_given_up(app: App) {
        let not_done = |answer: &std::result::Result<i64, contract::Error>| {
            matches!(
                answer,
                Err(contract::Error::Unavailable {
                    outcome: Outcome::NotDone,
                    ..
                })
            )
        };
        // More than there are readers, each given up for the next one.
        let began = Instant::now();
        let mut older = Vec::new();
        for _ in 0..10 {
            let app = app.clone();
            older.push(tokio::spawn(async move { app.call(Counts {}, Some("lane".to_owned())).await }));
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        app.call(CurrentSession {}, Some("lane".to_owned())).await.unwrap();
        for one in older {
            let answer = one.await.unwrap();
            assert!(not_done(&answer), "{answer:?}");
        }
        assert!(began.elapsed() < Duration::from_secs(8), "{:?}", began.elapsed());
        assert_eq!(run_on(&app).await, 0);
        // Of two that are sent at once the older one may arrive last: it is given up, and not the newer one.
        let newer = app.clone();
        let newer = tokio::spawn(async move { newer.call(Counts {}, Some("lane.2".to_owned())).await });
        tokio::time::sleep(Duration::from_millis(300)).await;
        let late = app.call(Counts {}, Some("lane.1".to_owned())).await;
        assert!(not_done(&late) && !newer.is_finished(), "{late:?}");
        app.call(CurrentSession {}, Some("lane.3".to_owned())).await.unwrap();
        assert!(not_done(&newer.await.unwrap()));
        assert!(began.elapsed() < Duration::from_secs(8), "{:?}", began.elapsed());
        // As many as there may be and more, which nobody gives up: they end with their time.
        let late: Vec<_> = (0..5)
            .map(|_| {
                let app = app.clone();
                tokio::spawn(async move { app.call(Counts {}, None).await })
            })
            .collect();
        for one in late {
            let answer = one.await.unwrap();
            assert!(not_done(&answer), "{answer:?}");
        }
        let began = Instant::now();
        app.call(CurrentSession {}, None).await.unwrap();
        assert!(began.elapsed() < Duration::from_secs(4), "{:?}", began.elapsed());
        while run_on(&app).await > 0 {
            assert!(began.elapsed() < Duration::from_secs(4), "it runs on");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    #[tokio::test]
    async fn a_read_ends_in_the_database_with_its_time_or_with_a_newer_one() {
        let folder = tempfile::tempdir().unwrap();
        let server =
            std::env::var("CLIENTELE_TEST_POSTGRES").expect("CLIENTELE_TEST_POSTGRES is not set: `cargo xtask test engine` sets it");
        let schema = format!("reads_{}", random::reference());
        let mut apps = Vec::new();
        for place in [
            BookLocation::File(folder.path().join("book.db")),
            BookLocation::Server(crate::Server::parse(&server, &schema).unwrap()),
        ] {
            let options = OpenOptions {
                create: Some(NewBook::default()),
                ..OpenOptions::default()
            };
            apps.push(App::open(place, options).await.unwrap());
        }
        // At the same time, because each waits for ten seconds.
        let given_up: Vec<_> = apps.iter().map(|app| tokio::spawn(assert_given_up(app.clone()))).collect();
        for one in given_up {
            one.await.unwrap();
        }
        for app in apps {
            close_and_remove(app).await;
        }
    }
}
