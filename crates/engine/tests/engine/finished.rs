//! A move that had come to its end without anybody hearing of it: the same move finds the book, compares it and ends well. And one
//! that was canceled where nobody is heard: it says what it leaves, and that can be removed later.

use std::{
    fs,
    io::{Read, Write},
    net::TcpListener,
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use contract::{
    Conflict,
    session::SignIn,
    work::{WorkKind, WorkProblem, WorkStage},
};
use engine::{App, BookLocation, MoveOptions, Moved, OpenError, OpenOptions, Server, Tls, TlsMode, Trouble, Work, discard_move, move_book};

use crate::{
    moving::{drop_place, elsewhere},
    support::*,
};

const SIGNED_IN: &str = "SELECT CAST(last_sign_in_at AS TEXT) FROM customer WHERE email_key = 'owner@example.com'";

async fn filled(book: &TestBook) {
    let (ann, plan) = (book.customer("Ann").await, book.plan("basic").await);
    book.license(&ann, &plan, true).await;
    for number in 0..20 {
        book.customer(&format!("Customer {number}")).await;
    }
}

async fn moved(app: &App, to: &BookLocation) -> Result<Moved, Trouble> {
    move_book(app, to, MoveOptions::default(), &Work::new(WorkKind::Move)).await
}

async fn rehearsed(app: &App, to: &BookLocation) -> Result<Moved, Trouble> {
    move_book(app, to, MoveOptions { dry_run: true }, &Work::new(WorkKind::Move)).await
}

fn problem(result: Result<Moved, Trouble>) -> WorkProblem {
    match result {
        Err(Trouble::Problem(problem, _)) => problem,
        other => panic!("{other:?}"),
    }
}

/// The old book a minute after a move of whose end nobody was told, with somebody who has signed in.
async fn old_one(book: &TestBook) -> App {
    book.app.clone().close().await;
    let now = Some(at("2026-11-22T09:01:00.000Z"));
    let app = App::open(book.location.clone(), OpenOptions { now, ..options() }).await.unwrap();
    let owner = SignIn {
        email: OWNER_EMAIL.to_owned(),
        password: OWNER_PASSWORD.into(),
    };
    app.call(owner, None).await.unwrap();
    app
}

fn half_of(path: &std::path::Path) -> PathBuf {
    format!("{}-moving", path.display()).into()
}

on_both! {
    async fn a_move_whose_end_nobody_heard_ends_well_when_it_is_begun_again(book: TestBook) {
        filled(&book).await;
        let (there, _folder) = elsewhere(&book).await;
        let first = moved(&book.app, &there).await.unwrap();
        assert!(!first.resumed && !first.was_complete);
        let app = old_one(&book).await;
        let sql = Sql::connect(&there).await;
        let before = sql.everything().await;
        assert_ne!(sql.texts(SIGNED_IN).await, book.sql.texts(SIGNED_IN).await);

        let counted = rehearsed(&app, &there).await.unwrap();
        assert!(counted.resumed && counted.was_complete);
        assert_eq!(sql.everything().await, before, "a rehearsal writes nothing");
        let again = moved(&app, &there).await.unwrap();
        assert!(again.resumed && again.was_complete);
        assert_eq!(again.proof, counted.proof);
        assert_eq!(sql.texts(SIGNED_IN).await, book.sql.texts(SIGNED_IN).await);
        // The old one takes no more changes.
        assert_eq!(app.call(new_customer("Cid"), None).await.unwrap_err(), Conflict::Maintenance.into());
        app.close().await;
        let app = App::open(there.clone(), OpenOptions::default()).await.unwrap();
        assert_eq!(app.verify().await.unwrap().findings, []);
        app.close().await;
        sql.end(&there).await;
    }

    async fn a_book_that_went_on_since_is_another_one_and_left_as_it_is(book: TestBook) {
        filled(&book).await;
        let (there, _folder) = elsewhere(&book).await;
        moved(&book.app, &there).await.unwrap();
        let app = old_one(&book).await;
        app.call(new_customer("Cid"), None).await.unwrap();
        let sql = Sql::connect(&there).await;
        let before = sql.everything().await;
        assert_eq!(problem(rehearsed(&app, &there).await), WorkProblem::Exists);
        assert_eq!(problem(moved(&app, &there).await), WorkProblem::Exists);
        // Nor is a book taken for what a move has left.
        discard_move(&app, &there).await.unwrap();
        assert_eq!(sql.everything().await, before);
        app.call(new_customer("Dee"), None).await.unwrap();
        app.close().await;
        sql.end(&there).await;
    }

    async fn rows_that_nobody_may_change_are_not_put_right_in_a_book(book: TestBook) {
        filled(&book).await;
        let (there, _folder) = elsewhere(&book).await;
        moved(&book.app, &there).await.unwrap();
        let app = old_one(&book).await;
        book.sql.unguard("change", "update").await;
        assert_eq!(book.sql.run("UPDATE change SET at = at + 1 WHERE number = 3").await, 1);
        let sql = Sql::connect(&there).await;
        let before = sql.everything().await;
        assert_eq!(problem(moved(&app, &there).await), WorkProblem::Exists);
        assert_eq!(sql.everything().await, before);
        app.close().await;
        book.sql.run("UPDATE change SET at = at - 1 WHERE number = 3").await;
        sql.end(&there).await;
    }

    async fn a_book_that_others_have_open_by_then_is_found_as_far_as_it_can_be_had(book: TestBook) {
        filled(&book).await;
        let (there, _folder) = elsewhere(&book).await;
        moved(&book.app, &there).await.unwrap();
        let other = App::open(there.clone(), OpenOptions::default()).await.unwrap();
        let app = old_one(&book).await;
        if matches!(there, BookLocation::File(_)) {
            assert_eq!(problem(moved(&app, &there).await), WorkProblem::InUse);
            other.close().await;
            assert!(moved(&app, &there).await.unwrap().was_complete);
        } else {
            assert!(moved(&app, &there).await.unwrap().was_complete);
            other.close().await;
        }
        app.close().await;
        drop_place(&there).await;
    }

    async fn a_book_does_not_move_to_where_it_is(book: TestBook) {
        filled(&book).await;
        assert_eq!(problem(rehearsed(&book.app, &book.location).await), WorkProblem::Exists);
        assert_eq!(problem(moved(&book.app, &book.location).await), WorkProblem::Exists);
        if let BookLocation::Server(server) = &book.location {
            // Under another name of the same server it is told by who holds it.
            let mut again = server.clone();
            again.host = if server.host == "localhost" { "127.0.0.1" } else { "localhost" }.to_owned();
            assert_eq!(problem(moved(&book.app, &BookLocation::Server(again)).await), WorkProblem::InUse);
        }
        book.customer("Bea").await;
        book.verified().await;
    }
}

#[tokio::test]
async fn a_file_that_has_all_of_the_book_only_gets_its_name() {
    let book = TestBook::new(Database::Postgres).await;
    filled(&book).await;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("book.clientele");
    let there = BookLocation::File(path.clone());
    moved(&book.app, &there).await.unwrap();
    // Killed before that.
    fs::rename(&path, half_of(&path)).unwrap();
    let app = old_one(&book).await;
    let counted = rehearsed(&app, &there).await.unwrap();
    assert!(counted.resumed && !path.exists());
    let done = moved(&app, &there).await.unwrap();
    assert!(done.resumed && done.was_complete);
    assert_eq!(done.proof, counted.proof);
    assert!(path.exists() && !half_of(&path).exists());
    app.close().await;

    // One of another state is not.
    fs::rename(&path, half_of(&path)).unwrap();
    let app = old_one(&book).await;
    app.call(new_customer("Cid"), None).await.unwrap();
    let done = moved(&app, &there).await.unwrap();
    assert!(!done.resumed && !done.was_complete);
    app.close().await;
    let app = App::open(there, OpenOptions::default()).await.unwrap();
    assert_eq!(app.verify().await.unwrap().findings, []);
    app.close().await;
    book.end().await;
}

#[tokio::test]
async fn a_move_that_is_canceled_where_nobody_is_heard_says_what_it_leaves_and_that_is_removed_later() {
    let book = TestBook::new(Database::Sqlite).await;
    filled(&book).await;
    let (there, _folder) = place(Database::Postgres).await;
    let BookLocation::Server(server) = &there else {
        panic!("it is on a server")
    };
    let sql = Sql::connect(&there).await;
    let is_there = format!("SELECT COUNT(*) FROM pg_namespace WHERE nspname = '{}'", server.schema);
    let (far, network) = over_a_network(&there);
    let work = Work::new(WorkKind::Move);
    let mut watch = work.watch();
    let (app, other) = (book.app.clone(), work.clone());
    let moving = tokio::spawn(async move { move_book(&app, &far, MoveOptions::default(), &other).await });
    watch.wait_for(|state| state.stage == WorkStage::Copying).await.unwrap();
    network.fall_silent();
    work.cancel();
    match moving.await.unwrap() {
        Err(Trouble::Problem(WorkProblem::LeftBehind, place)) => assert!(place.contains(&server.schema), "{place}"),
        other => panic!("{other:?}"),
    }
    assert_eq!(sql.number(&is_there).await, 1);
    book.customer("Bea").await;
    // The server hears that its desk is gone, and lets go of what it held for it.
    drop(network);
    discard_move(&book.app, &there).await.unwrap();
    assert_eq!(sql.number(&is_there).await, 0);
    let opened = App::open(there.clone(), OpenOptions::default()).await;
    assert!(matches!(opened, Err(OpenError::Missing)), "{opened:?}");
    // Where there is nothing, nothing is left.
    discard_move(&book.app, &there).await.unwrap();
    sql.end(&there).await;
    book.verified().await;
    book.end().await;
}

/// What the last commit of a move waits for, as a number.
const HELD: &str = "hashtextextended('the end of a move to ' || current_schema(), 0)";

/// Waits until a condition holds on a server.
async fn until(sql: &Sql, condition: &str) {
    let began = Instant::now();
    while sql.number(&format!("SELECT CASE WHEN {condition} THEN 1 ELSE 0 END")).await == 0 {
        assert!(began.elapsed() < Duration::from_secs(60), "{condition}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

/// Begins a move of a book to a server and breaks it off, and lets the last commit of a further one wait there for whoever holds that.
async fn begun(book: &TestBook, place: &BookLocation) -> Sql {
    let work = Work::new(WorkKind::Move);
    let mut watch = work.watch();
    let (app, target) = (book.app.clone(), place.clone());
    let moving = tokio::spawn(async move { move_book(&app, &target, MoveOptions::default(), &work).await });
    let _ = watch.wait_for(|state| state.stage == WorkStage::Copying).await;
    moving.abort();
    let _ = moving.await;
    let sql = Sql::connect(place).await;
    sql.run(&format!(
        "CREATE FUNCTION waits() RETURNS trigger LANGUAGE plpgsql SET lock_timeout = 0 AS $$ BEGIN
           PERFORM pg_advisory_xact_lock({HELD}); RETURN NULL; END $$;
         CREATE CONSTRAINT TRIGGER waits AFTER INSERT ON book DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION waits()"
    ))
    .await;
    sql.run(&format!("SELECT pg_advisory_lock({HELD})")).await;
    sql
}

/// Moves a file to a server that falls away while it commits the end of the move, gives up asking, and lets the server keep that or not.
async fn unheard(is_kept: bool) {
    let book = TestBook::new(Database::Sqlite).await;
    filled(&book).await;
    let (there, _folder) = place(Database::Postgres).await;
    let (far, network) = over_a_network(&there);
    let sql = begun(&book, &far).await;
    let app = old_one(&book).await;
    let work = Work::new(WorkKind::Move);
    let (mover, target, given) = (app.clone(), far.clone(), work.clone());
    let moving = tokio::spawn(async move { move_book(&mover, &target, MoveOptions::default(), &given).await });
    let commits = format!(
        "FROM pg_locks, (SELECT {HELD} AS key) AS own WHERE locktype = 'advisory' AND NOT granted
         AND CAST(classid AS BIGINT) = (own.key >> 32) & 4294967295 AND CAST(objid AS BIGINT) = own.key & 4294967295"
    );
    until(&sql, &format!("EXISTS (SELECT 1 {commits})")).await;
    network.cut();
    // In the middle of a try: whoever asks for the mark of the move waits for that commit.
    let is_asked = "EXISTS (SELECT 1 FROM pg_locks WHERE NOT granted AND relation = CAST('move_state' AS regclass))";
    until(&sql, is_asked).await;
    let began = Instant::now();
    work.cancel();
    assert_eq!(problem(moving.await.unwrap()), WorkProblem::Uncertain);
    assert!(began.elapsed() < Duration::from_secs(5), "{:?}", began.elapsed());
    assert_eq!(app.call(new_customer("Cid"), None).await.unwrap_err(), Conflict::Maintenance.into());

    if is_kept {
        sql.run(&format!("SELECT pg_advisory_unlock({HELD})")).await;
        until(&sql, "EXISTS (SELECT 1 FROM book)").await;
    } else {
        assert_eq!(
            sql.texts(&format!("SELECT CAST(pg_terminate_backend(pid) AS TEXT) {commits}"))
                .await,
            ["true"]
        );
        until(&sql, &format!("NOT EXISTS (SELECT 1 {commits})")).await;
        sql.run(&format!("SELECT pg_advisory_unlock({HELD})")).await;
    }
    // Another place tells nothing of that one.
    let (elsewhere, _other_folder) = place(Database::Postgres).await;
    rehearsed(&app, &elsewhere).await.unwrap();
    assert_eq!(app.call(new_customer("Cid"), None).await.unwrap_err(), Conflict::Maintenance.into());
    assert_eq!(rehearsed(&app, &far).await.unwrap().was_complete, is_kept);
    let changed = app.call(new_customer("Cid"), None).await;
    if is_kept {
        assert_eq!(changed.unwrap_err(), Conflict::Maintenance.into());
        assert!(moved(&app, &far).await.unwrap().was_complete);
        // Opened anew it takes changes, if somebody wants to go on with it.
        app.close().await;
        let app = old_one(&book).await;
        app.call(new_customer("Cid"), None).await.unwrap();
        app.close().await;
    } else {
        changed.unwrap();
        app.close().await;
    }
    sql.end(&there).await;
    book.end().await;
}

#[tokio::test]
async fn a_book_that_has_perhaps_moved_takes_no_changes_while_that_is_not_known() {
    unheard(true).await;
}

#[tokio::test]
async fn a_book_that_has_not_moved_takes_changes_again_once_that_is_known() {
    unheard(false).await;
}

/// The port of a server that refuses every sign-in, and how many there were.
fn refusing() -> (u16, Arc<AtomicUsize>) {
    let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let port = listener.local_addr().unwrap().port();
    let refused = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&refused);
    // Ends with the process of the tests.
    thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let read = stream.read(&mut [0; 4096]).unwrap();
            assert!(read > 0);
            let said = b"SFATAL\0VFATAL\0C28P01\0Mpassword authentication failed\0\0";
            let length = u32::try_from(said.len() + 4).unwrap().to_be_bytes();
            stream
                .write_all(&[b"E".as_slice(), length.as_slice(), said.as_slice()].concat())
                .unwrap();
            counted.fetch_add(1, Ordering::SeqCst);
        }
    });
    (port, refused)
}

#[tokio::test]
async fn a_password_that_is_not_right_is_given_once_to_have_removed_what_a_move_has_left() {
    let book = TestBook::new(Database::Sqlite).await;
    let (port, refused) = refusing();
    let there = BookLocation::Server(Server {
        host: "127.0.0.1".to_owned(),
        port,
        database: "books".to_owned(),
        user: "ann".to_owned(),
        password: Some("wrong".to_owned()),
        schema: "clientele".to_owned(),
        tls: Tls {
            mode: Some(TlsMode::Off),
            ..Tls::default()
        },
    });
    match discard_move(&book.app, &there).await {
        Err(Trouble::Problem(WorkProblem::LeftBehind, why)) => assert!(why.contains("refuses the sign-in"), "{why}"),
        other => panic!("{other:?}"),
    }
    assert_eq!(refused.load(Ordering::SeqCst), 1);
    book.end().await;
}
