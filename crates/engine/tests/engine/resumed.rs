//! A move that is gone on with after the book has changed by what is in no change log: what was copied stays, what differs is
//! put right, and in the end both sides are proved to be the same.

use contract::{
    session::SignIn,
    work::{WorkKind, WorkStage, WorkState},
};
use engine::{App, BookLocation, MoveOptions, Moved, OpenOptions, Work, move_book};

use crate::{moving::elsewhere, support::*};

async fn filled(book: &TestBook) {
    let (ann, plan) = (book.customer("Ann").await, book.plan("basic").await);
    book.license(&ann, &plan, true).await;
    for number in 0..40 {
        book.customer(&format!("Customer {number}")).await;
    }
}

/// A move that ends as when its process dies, once it has come so far.
async fn broken_off(book: &TestBook, there: &BookLocation, is_far: impl FnMut(&WorkState) -> bool) {
    let work = Work::new(WorkKind::Move);
    let mut watch = work.watch();
    let (app, target) = (book.app.clone(), there.clone());
    let moving = tokio::spawn(async move { move_book(&app, &target, MoveOptions::default(), &work).await });
    let _ = watch.wait_for(is_far).await;
    moving.abort();
    assert!(moving.await.is_err(), "it has come to its end");
    book.app.clone().close().await;
}

/// The book a minute later, opened by nobody else.
async fn later(book: &TestBook) -> App {
    let now = Some(at("2026-11-22T09:01:00.000Z"));
    App::open(book.location.clone(), OpenOptions { now, ..options() }).await.unwrap()
}

/// Where the rows are until the move is done.
fn half_of(there: &BookLocation) -> BookLocation {
    match there {
        BookLocation::File(path) => BookLocation::File(format!("{}-moving", path.display()).into()),
        server => server.clone(),
    }
}

/// The same move to its end, with what the book comes to, counted before it.
async fn gone_on_with(app: &App, there: &BookLocation) -> Moved {
    let counted = move_book(app, there, MoveOptions { dry_run: true }, &Work::new(WorkKind::Move))
        .await
        .unwrap();
    let done = move_book(app, there, MoveOptions::default(), &Work::new(WorkKind::Move))
        .await
        .unwrap();
    assert!(counted.resumed && done.resumed);
    assert_eq!(done.proof, counted.proof);
    done
}

fn sign_in(email: &str, password: &str) -> SignIn {
    SignIn {
        email: email.to_owned(),
        password: password.into(),
    }
}

/// From now on a table takes no rows and gives none away, and of its rows the owner's alone may change.
async fn keep(sql: &Sql, table: &str) {
    let acts = [
        ("INSERT", ""),
        ("DELETE", ""),
        ("UPDATE", "WHEN (OLD.email_key <> 'owner@example.com')"),
    ];
    if sql.is_server() {
        sql.run("CREATE FUNCTION kept() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'written again'; END $$")
            .await;
    }
    for (act, when) in acts {
        let end = if sql.is_server() {
            format!("FOR EACH ROW {when} EXECUTE FUNCTION kept()")
        } else {
            format!("{when} BEGIN SELECT RAISE(ABORT, 'written again'); END")
        };
        sql.run(&format!("CREATE TRIGGER kept_{act} BEFORE {act} ON {table} {end}")).await;
    }
}

on_both! {
    async fn what_was_copied_stays_when_somebody_signs_in_before_the_move_goes_on(book: TestBook) {
        filled(&book).await;
        book.refused(sign_in("b@example.com", "a wrong one")).await;
        let (there, _folder) = elsewhere(&book).await;
        // All tables that point to no other are there by then.
        let is_far = |state: &WorkState| match state.stage {
            WorkStage::Copying => state.table.as_deref() == Some("license"),
            stage => stage == WorkStage::Comparing,
        };
        broken_off(&book, &there, is_far).await;

        // A row is added where rows have been copied already, one is removed, and one is changed.
        let app = later(&book).await;
        assert!(app.call(sign_in("a@example.com", "a wrong one"), None).await.is_err());
        app.call(sign_in(OWNER_EMAIL, OWNER_PASSWORD), None).await.unwrap();
        let sql = Sql::connect(&half_of(&there)).await;
        let signed_in = "SELECT CAST(last_sign_in_at AS TEXT) FROM customer WHERE email_key = 'owner@example.com'";
        let throttled = "SELECT account_key FROM throttle ORDER BY account_key";
        let customers = "SELECT COUNT(*) FROM customer";
        assert_eq!(sql.number(customers).await, 42, "it was broken off before its customers were there");
        assert_eq!(sql.texts(throttled).await, ["*", "b@example.com"]);
        assert_eq!(book.sql.texts(throttled).await, ["a@example.com", "b@example.com"]);
        let now = book.sql.texts(signed_in).await;
        assert_ne!(sql.texts(signed_in).await, now);

        keep(&sql, "customer").await;
        let done = gone_on_with(&app, &there).await;
        app.close().await;
        assert_eq!(done.proof.iter().find(|table| table.table == "customer").unwrap().rows, 42);
        assert_eq!(sql.texts(signed_in).await, now);
        assert_eq!(sql.texts(throttled).await, ["a@example.com", "b@example.com"]);
        sql.end(&there).await;
    }

    async fn rows_that_are_in_the_way_of_each_other_are_copied_anew(book: TestBook) {
        filled(&book).await;
        let (there, _folder) = elsewhere(&book).await;
        broken_off(&book, &there, |state| state.stage == WorkStage::Comparing).await;
        // Two have each other's address: neither can be given its own while the other has it.
        let addresses = "SELECT email_key FROM customer WHERE full_name IN ('Customer 1', 'Customer 2') ORDER BY full_name";
        let own = book.sql.texts(addresses).await;
        let sql = Sql::connect(&half_of(&there)).await;
        for (name, address) in [("Customer 1", "between"), ("Customer 2", own[0].as_str()), ("Customer 1", own[1].as_str())] {
            let swap = format!("UPDATE customer SET email_key = '{address}' WHERE full_name = '{name}'");
            assert_eq!(sql.run(&swap).await, 1);
        }
        assert_ne!(sql.texts(addresses).await, own);
        let app = later(&book).await;
        gone_on_with(&app, &there).await;
        app.close().await;
        assert_eq!(sql.texts(addresses).await, own);
        sql.end(&there).await;
    }
}
