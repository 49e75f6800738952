//! Moving a book, there and back: the same rows, the same sums, the same checksums; the source as it was.

use std::{collections::BTreeMap, fs, time::Duration};

use contract::{
    customer::UpdateCustomer,
    work::{TableProof, WorkKind, WorkProblem, WorkStage},
};
use engine::{App, BookLocation, MoveOptions, OpenError, OpenOptions, Server, Trouble, Work, move_book};

use crate::support::*;

const REALLY: MoveOptions = MoveOptions { dry_run: false };

/// Another place, of the kind that the book is not in, and what is to be removed afterwards.
pub async fn elsewhere(book: &TestBook) -> (BookLocation, Option<tempfile::TempDir>) {
    let other = if book.database == Database::Sqlite {
        Database::Postgres
    } else {
        Database::Sqlite
    };
    let (location, folder) = place(other).await;
    if let BookLocation::File(path) = &location {
        fs::remove_file(path).unwrap();
    }
    (location, folder)
}

async fn moved(app: &App, to: &BookLocation) -> Result<engine::Moved, Trouble> {
    move_book(app, to, REALLY, &Work::new(WorkKind::Move)).await
}

fn problem(result: Result<engine::Moved, Trouble>) -> WorkProblem {
    match result {
        Err(Trouble::Problem(problem, _)) => problem,
        other => panic!("{other:?}"),
    }
}

async fn filled(book: &TestBook) {
    let (ann, plan) = (book.customer("Ann Šimůnková 漢字").await, book.plan("basic").await);
    book.license(&ann, &plan, true).await;
    book.seller(190_000).await;
    book.final_invoice(ann.id, 1_000).await;
    book.pay(ann.id, 700, "2026-11-20").await;
    for number in 0..40 {
        book.customer(&format!("Customer {number}")).await;
    }
}

/// The book, opened by nobody else.
async fn alone(book: &TestBook) -> App {
    book.app.clone().close().await;
    book.again().await
}

/// What a book comes to, counted by the move itself without moving.
async fn proof(app: &App, to: &BookLocation) -> Vec<TableProof> {
    let work = Work::new(WorkKind::Move);
    move_book(app, to, MoveOptions { dry_run: true }, &work).await.unwrap().proof
}

pub async fn drop_place(location: &BookLocation) {
    if matches!(location, BookLocation::Server(_)) {
        Sql::connect(location).await.end(location).await;
    }
}

on_both! {
    async fn a_book_moves_there_and_back_and_is_the_same(book: TestBook) {
        filled(&book).await;
        let before = book.sql.everything().await;
        let (there, _folder) = elsewhere(&book).await;
        let dry = proof(&book.app, &there).await;
        // Counting makes nothing, and the book goes on.
        book.customer("Bea").await;
        assert!(matches!(App::open(there.clone(), OpenOptions::default()).await, Err(OpenError::Missing)));
        let one = moved(&book.app, &there).await.unwrap();
        assert!(!one.resumed);
        assert_ne!(one.proof, dry);
        let customers = |proof: &[TableProof]| proof.iter().find(|table| table.table == "customer").unwrap().rows;
        assert_eq!((customers(&dry), customers(&one.proof)), (42, 43));
        // The source takes no more changes: who works on goes to the new place.
        assert_eq!(book.refused(new_customer("Cid")).await, contract::Conflict::Maintenance.into());

        let app = App::open(there.clone(), OpenOptions { now: Some(at(START)), ..OpenOptions::default() }).await.unwrap();
        assert_eq!(app.identity().book, book.app.identity().book);
        assert_eq!(app.verify().await.unwrap().findings, []);
        let (back, _folder_back) = place(book.database).await;
        if let BookLocation::File(path) = &back {
            fs::remove_file(path).unwrap();
        }
        let two = moved(&app, &back).await.unwrap();
        assert_eq!(two.proof, one.proof, "alike on both databases");
        app.close().await;
        let sql = Sql::connect(&back).await;
        if let BookLocation::Server(server) = &back {
            // It knows its rows as soon as it has them.
            let known = "SELECT COUNT(DISTINCT tablename) FROM pg_stats WHERE tablename IN ('customer', 'customer_index') AND schemaname";
            assert_eq!(sql.number(&format!("{known} = '{}'", server.schema)).await, 2);
        }
        // The index of the search is made anew; what SQLite keeps of it need not be the same.
        let without = |mut everything: BTreeMap<String, Vec<String>>| {
            everything.retain(|table, _| table != "seaql_migrations" && !table.starts_with("customer_index"));
            everything
        };
        let after_bea = without(book.sql.everything().await);
        assert_eq!(without(sql.everything().await), after_bea);
        assert_ne!(without(before), after_bea);
        // What forbids changes of final documents is there again.
        assert!(sql.try_run("UPDATE invoice SET total = total + 1, net = net + 1 WHERE status <> 'draft'").await.is_err());
        assert!(sql.try_run("DELETE FROM change").await.is_err());
        let again = App::open(back.clone(), OpenOptions { now: Some(at(START)), ..OpenOptions::default() }).await.unwrap();
        let owner = contract::session::SignIn { email: OWNER_EMAIL.to_owned(), password: OWNER_PASSWORD.into() };
        again.call(owner, None).await.unwrap();
        again.call(new_customer("Dee"), None).await.unwrap();
        assert_eq!(again.verify().await.unwrap().findings, []);
        again.close().await;
        sql.end(&back).await;
        drop_place(&there).await;
    }

    async fn a_move_that_was_broken_off_goes_on_where_it_was(book: TestBook) {
        filled(&book).await;
        let (there, _folder) = elsewhere(&book).await;
        let before = book.sql.everything().await;
        // Dropped in the middle, as when the process dies, at several points.
        for step in 1..6 {
            let work = Work::new(WorkKind::Move);
            let mut watch = work.watch();
            let target = there.clone();
            let app = alone(&book).await;
            let other = app.clone();
            let moving = tokio::spawn(async move { move_book(&other, &target, REALLY, &work).await });
            let _ = watch.wait_for(|state| state.stage == WorkStage::Copying && state.done > step * 9).await;
            moving.abort();
            let _ = moving.await;
            app.close().await;
            assert_eq!(book.sql.everything().await, before, "{step}");
            let opened = App::open(there.clone(), OpenOptions::default()).await;
            assert!(matches!(opened, Err(OpenError::Unfinished | OpenError::Missing)), "{step} {opened:?}");
        }
        let app = alone(&book).await;
        let done = moved(&app, &there).await.unwrap();
        assert!(done.resumed);
        app.close().await;
        assert_eq!(book.sql.everything().await, before);
        let app = App::open(there.clone(), OpenOptions::default()).await.unwrap();
        assert_eq!(app.verify().await.unwrap().findings, []);
        app.close().await;
        drop_place(&there).await;
    }

    async fn a_move_of_a_book_that_was_changed_meanwhile_takes_the_change_along(book: TestBook) {
        filled(&book).await;
        let (there, _folder) = elsewhere(&book).await;
        let work = Work::new(WorkKind::Move);
        let mut watch = work.watch();
        let (app, target) = (book.app.clone(), there.clone());
        let moving = tokio::spawn(async move { move_book(&app, &target, REALLY, &work).await });
        let _ = watch.wait_for(|state| state.stage == WorkStage::Comparing).await;
        moving.abort();
        let _ = moving.await;
        book.sql.run("UPDATE customer SET company_name = 'Elsewhere', company_name_key = 'elsewhere' WHERE full_name = 'Customer 3'").await;
        let app = alone(&book).await;
        let done = moved(&app, &there).await.unwrap();
        assert!(done.resumed, "the change log does not tell that it was changed, the comparison does");
        app.close().await;
        let sql = Sql::connect(&there).await;
        assert_eq!(sql.texts("SELECT company_name FROM customer WHERE full_name = 'Customer 3'").await, ["Elsewhere"]);
        sql.end(&there).await;
    }

    async fn a_move_that_is_canceled_leaves_nothing_and_the_book_goes_on(book: TestBook) {
        filled(&book).await;
        let (there, folder) = elsewhere(&book).await;
        for stage in [WorkStage::Copying, WorkStage::Comparing] {
            let work = Work::new(WorkKind::Move);
            let mut watch = work.watch();
            let (app, target, other) = (book.app.clone(), there.clone(), work.clone());
            let moving = tokio::spawn(async move { move_book(&app, &target, REALLY, &other).await });
            watch.wait_for(|state| state.stage == stage).await.unwrap();
            work.cancel();
            assert!(matches!(moving.await.unwrap(), Err(Trouble::Canceled)));
            book.customer(&format!("After {}", stage.as_str())).await;
            assert!(matches!(App::open(there.clone(), OpenOptions::default()).await, Err(OpenError::Missing)));
        }
        if matches!(there, BookLocation::File(_)) {
            let left: Vec<_> = fs::read_dir(folder.unwrap().path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
            let is_of_the_book = |name: &str| name.ends_with("-lock") && !name.ends_with("-moving-lock");
            assert!(left.iter().all(|name| is_of_the_book(name.to_str().unwrap())), "{left:?}");
        }
        book.verified().await;
        drop_place(&there).await;
    }

    async fn what_else_is_in_a_schema_outlives_a_move_that_is_canceled(book: TestBook) {
        filled(&book).await;
        let (there, _folder) = elsewhere(&book).await;
        if let BookLocation::Server(server) = &there {
            let sql = Sql::connect(&there).await;
            sql.run(&format!("CREATE SCHEMA IF NOT EXISTS {}", server.schema)).await;
            sql.run("CREATE VIEW of_others AS SELECT 5 AS number").await;
            sql.run("CREATE FUNCTION of_others() RETURNS BIGINT LANGUAGE sql AS 'SELECT 7::bigint'").await;
            let work = Work::new(WorkKind::Move);
            let mut watch = work.watch();
            let (app, target, other) = (book.app.clone(), there.clone(), work.clone());
            let moving = tokio::spawn(async move { move_book(&app, &target, REALLY, &other).await });
            watch.wait_for(|state| state.stage == WorkStage::Comparing).await.unwrap();
            work.cancel();
            assert!(matches!(moving.await.unwrap(), Err(Trouble::Canceled)));
            assert_eq!(sql.number("SELECT of_others() + number FROM of_others").await, 12);
            let left = "SELECT COUNT(*) FROM pg_class WHERE relnamespace = current_schema()::regnamespace AND relkind = 'r'";
            assert_eq!(sql.number(left).await, 0);
            assert_eq!(sql.number("SELECT COUNT(*) FROM pg_proc WHERE pronamespace = current_schema()::regnamespace").await, 1);
        }
        drop_place(&there).await;
        let (there, _folder) = elsewhere(&book).await;
        let app = alone(&book).await;
        moved(&app, &there).await.unwrap();
        app.close().await;
        if book.database == Database::Sqlite {
            let kept = engine::Shelf::of_file(&book.file(), None).list().unwrap();
            assert!(kept.iter().any(|backup| backup.reason == contract::backup::BackupReason::BeforeMove), "{kept:?}");
        }
        drop_place(&there).await;
    }

    async fn a_rehearsal_that_is_canceled_leaves_what_was_begun(book: TestBook) {
        filled(&book).await;
        let (there, _folder) = elsewhere(&book).await;
        let work = Work::new(WorkKind::Move);
        let mut watch = work.watch();
        let (app, target) = (book.app.clone(), there.clone());
        let moving = tokio::spawn(async move { move_book(&app, &target, REALLY, &work).await });
        let _ = watch.wait_for(|state| state.stage == WorkStage::Comparing).await;
        moving.abort();
        let _ = moving.await;
        let app = alone(&book).await;
        let canceled = Work::new(WorkKind::Move);
        canceled.cancel();
        let rehearsed = move_book(&app, &there, MoveOptions { dry_run: true }, &canceled).await;
        assert!(matches!(rehearsed, Err(Trouble::Canceled)), "{rehearsed:?}");
        assert!(moved(&app, &there).await.unwrap().resumed);
        app.close().await;
        drop_place(&there).await;
    }

    async fn a_save_that_waits_while_a_move_begins_is_in_the_new_place_or_refused(book: TestBook) {
        filled(&book).await;
        let bea = book.customer("Bea").await;
        let (there, _folder) = elsewhere(&book).await;
        // Someone else is in the way of the save, which has been let in.
        book.sql.run(if book.sql.is_server() { "BEGIN" } else { "BEGIN IMMEDIATE" }).await;
        let lock = if book.sql.is_server() { " FOR UPDATE" } else { "" };
        book.sql.texts(&format!("SELECT full_name FROM customer{lock}")).await;
        let change = UpdateCustomer { full_name: Some("Beatrix".to_owned()), ..UpdateCustomer::nothing(bea.id, 1) };
        let saving = tokio::spawn({ let app = book.app.clone(); async move { app.call(change, None).await } });
        tokio::time::sleep(Duration::from_millis(300)).await;
        let work = Work::new(WorkKind::Move);
        let mut watch = work.watch();
        let (app, target) = (book.app.clone(), there.clone());
        let moving = tokio::spawn(async move { move_book(&app, &target, REALLY, &work).await });
        // A move that does not wait for the save has copied the book by then.
        let _ = tokio::time::timeout(Duration::from_secs(2), watch.wait_for(|state| state.stage == WorkStage::Finishing)).await;
        book.sql.run("COMMIT").await;
        let saved = saving.await.unwrap();
        moving.await.unwrap().unwrap();
        let sql = Sql::connect(&there).await;
        let has_moved = sql.number("SELECT COUNT(*) FROM customer WHERE full_name = 'Beatrix'").await == 1;
        match saved {
            Ok(_) => assert!(has_moved, "acknowledged, and not in the new place"),
            Err(refusal) => assert_eq!((refusal, has_moved), (contract::Conflict::Maintenance.into(), false)),
        }
        sql.end(&there).await;
    }

    async fn a_book_that_others_change_while_it_moves_stays_where_it_is(book: TestBook) {
        filled(&book).await;
        let (there, _folder) = elsewhere(&book).await;
        let work = Work::new(WorkKind::Move);
        let mut watch = work.watch();
        let (app, target) = (book.app.clone(), there.clone());
        let moving = tokio::spawn(async move { move_book(&app, &target, REALLY, &work).await });
        watch.wait_for(|state| state.stage == WorkStage::Copying).await.unwrap();
        if book.sql.is_server() {
            // What keeps the others out goes with its connection, and they write before it is missed.
            let holder = "SELECT CAST(pg_terminate_backend(pid) AS TEXT)
                FROM pg_locks, (SELECT hashtextextended('clientele ' || current_schema(), 0) AS key) AS own
                WHERE locktype = 'advisory' AND mode = 'ExclusiveLock' AND granted
                AND CAST(classid AS BIGINT) = (own.key >> 32) & 4294967295 AND CAST(objid AS BIGINT) = own.key & 4294967295";
            assert_eq!(book.sql.texts(holder).await, ["true"]);
            assert_eq!(problem(moving.await.unwrap()), WorkProblem::Unreachable);
        } else {
            // A file system without locks lets others in.
            let head = book.sql.texts("SELECT hex(hash) FROM chain_head").await.remove(0);
            book.sql.run("UPDATE chain_head SET hash = zeroblob(32)").await;
            assert_eq!(problem(moving.await.unwrap()), WorkProblem::InUse);
            book.sql.run(&format!("UPDATE chain_head SET hash = X'{head}'")).await;
        }
        let opened = App::open(there.clone(), OpenOptions::default()).await;
        assert!(matches!(opened, Err(OpenError::Unfinished | OpenError::Missing)), "{opened:?}");
        // The book takes changes again, and moves with them.
        book.customer("Cid").await;
        let app = alone(&book).await;
        moved(&app, &there).await.unwrap();
        app.close().await;
        let app = App::open(there.clone(), OpenOptions::default()).await.unwrap();
        assert_eq!(app.verify().await.unwrap().findings, []);
        app.close().await;
        drop_place(&there).await;
    }

    async fn a_place_that_holds_something_is_left_alone(book: TestBook) {
        let (there, _folder) = elsewhere(&book).await;
        let other = App::open(there.clone(), options()).await.unwrap();
        other.call(owner(), None).await.unwrap();
        other.close().await;
        assert_eq!(problem(moved(&book.app, &there).await), WorkProblem::Exists);
        let still = App::open(there.clone(), OpenOptions::default()).await.unwrap();
        still.close().await;
        book.customer("Ann").await;
        drop_place(&there).await;
    }

    async fn a_difference_between_the_sides_is_found_whatever_it_is(book: TestBook) {
        filled(&book).await;
        let (there, _folder) = elsewhere(&book).await;
        // Broken off before its end and then damaged, in ways that counting alone would not find.
        let work = Work::new(WorkKind::Move);
        let mut watch = work.watch();
        let (app, target) = (book.app.clone(), there.clone());
        let moving = tokio::spawn(async move { move_book(&app, &target, REALLY, &work).await });
        let _ = watch.wait_for(|state| state.stage == WorkStage::Comparing).await;
        moving.abort();
        let _ = moving.await;
        let path = match &there {
            BookLocation::File(path) => BookLocation::File(format!("{}-moving", path.display()).into()),
            server => server.clone(),
        };
        let sql = Sql::connect(&path).await;
        for damage in [
            "UPDATE payment SET amount = amount + 1",
            "UPDATE customer SET full_name = 'Customer 03' WHERE full_name = 'Customer 3'",
            "UPDATE license SET expires_at = NULL",
            "UPDATE change SET at = at + 1 WHERE number = 3",
        ] {
            sql.run(damage).await;
        }
        let app = alone(&book).await;
        let done = moved(&app, &there).await.unwrap();
        app.close().await;
        assert_eq!(sql.number("SELECT COUNT(*) FROM payment WHERE amount <> 700").await, 0, "it was written anew");
        let work = Work::new(WorkKind::Move);
        let (another, _folder) = elsewhere(&book).await;
        let source = alone(&book).await;
        let want = move_book(&source, &another, MoveOptions { dry_run: true }, &work).await.unwrap().proof;
        source.close().await;
        assert_eq!(done.proof, want);
        sql.end(&path).await;
        drop_place(&there).await;
    }
}

#[tokio::test]
async fn a_file_that_others_have_open_does_not_move() {
    let book = TestBook::new(Database::Sqlite).await;
    let other = book.again().await;
    let there = BookLocation::Server(Server::parse(&server(), "never_made").unwrap());
    assert_eq!(problem(moved(&book.app, &there).await), WorkProblem::InUse);
    other.close().await;
    book.customer("Ann").await;
    book.end().await;
}

#[tokio::test]
async fn progress_tells_rows_rate_and_remaining_time() {
    let book = TestBook::new(Database::Sqlite).await;
    filled(&book).await;
    let (there, _folder) = elsewhere(&book).await;
    let work = Work::new(WorkKind::Move);
    let mut watch = work.watch();
    let seen = tokio::spawn(async move {
        let mut seen = Vec::new();
        while watch.changed().await.is_ok() {
            let state = watch.borrow_and_update().clone();
            assert!(state.done <= state.total || state.total == 0, "{state:?}");
            if seen.last() != Some(&state.stage) {
                seen.push(state.stage);
            }
        }
        seen
    });
    move_book(&book.app, &there, REALLY, &work).await.unwrap();
    assert_eq!(work.state().stage, WorkStage::Finishing);
    drop(work);
    let seen = seen.await.unwrap();
    for stage in [WorkStage::Checking, WorkStage::Copying, WorkStage::Comparing, WorkStage::Finishing] {
        assert!(seen.contains(&stage), "{stage:?} {seen:?}");
    }
    drop_place(&there).await;
    book.end().await;
}
