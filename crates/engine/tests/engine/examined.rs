//! What a try of a connection says of what is there, and of who may use it.

use contract::{
    connection::{ConnectionStep, NO_BOOK, UNFINISHED_MOVE},
    work::{WorkKind, WorkStage},
};
use engine::{App, BookLocation, MoveOptions, OpenOptions, Server, Work, examine, move_book};

use crate::support::*;

fn on_server(location: &BookLocation) -> &Server {
    match location {
        BookLocation::Server(server) => server,
        BookLocation::File(_) => panic!("a file is not tried"),
    }
}

/// The last step of a try that goes well to its end: what is there.
async fn found(location: &BookLocation) -> String {
    let answers = examine(on_server(location)).await;
    assert!(answers.iter().all(|answer| answer.is_done), "{answers:?}");
    let last = answers.last().unwrap();
    assert_eq!(last.step, ConnectionStep::Book, "{answers:?}");
    last.detail.clone()
}

#[tokio::test]
async fn an_empty_place_a_move_that_was_broken_off_and_a_book_are_told_apart() {
    let book = TestBook::new(Database::Sqlite).await;
    for number in 0..20 {
        book.customer(&format!("Customer {number}")).await;
    }
    let (there, _folder) = place(Database::Postgres).await;
    assert_eq!(found(&there).await, NO_BOOK);

    let work = Work::new(WorkKind::Move);
    let mut watch = work.watch();
    let (app, target) = (book.app.clone(), there.clone());
    let moving = tokio::spawn(async move { move_book(&app, &target, MoveOptions::default(), &work).await });
    let _ = watch.wait_for(|state| state.stage == WorkStage::Copying).await;
    moving.abort();
    let _ = moving.await;
    assert_eq!(found(&there).await, UNFINISHED_MOVE);
    // It changes nothing: the same move goes on.
    book.app.clone().close().await;
    let app = book.again().await;
    let moved = move_book(&app, &there, MoveOptions::default(), &Work::new(WorkKind::Move)).await;
    moved.unwrap();
    app.close().await;
    assert_eq!(found(&there).await, "a book, m20261122_book");
    App::open(there.clone(), OpenOptions::default()).await.unwrap().close().await;

    // Whoever makes the tables may come no further.
    let sql = Sql::connect(&there).await;
    sql.run("DELETE FROM book").await;
    assert_eq!(found(&there).await, NO_BOOK);
    sql.end(&there).await;
    book.end().await;
}

#[tokio::test]
async fn who_may_enter_the_schema_of_a_book_and_not_use_its_tables_is_told_so() {
    let (location, _folder) = place(Database::Postgres).await;
    App::open(location.clone(), options()).await.unwrap().close().await;
    let schema = &on_server(&location).schema;
    let role = format!("guest_of_{schema}");
    let sql = Sql::connect(&location).await;
    sql.run(&format!("CREATE ROLE {role} LOGIN; GRANT USAGE ON SCHEMA {schema} TO {role}"))
        .await;
    let guest = Server {
        user: role.clone(),
        ..on_server(&location).clone()
    };
    let rights = async || {
        let step = examine(&guest)
            .await
            .into_iter()
            .find(|answer| answer.step == ConnectionStep::Rights);
        step.map(|answer| (answer.is_done, answer.detail))
    };
    let refused = "may not read and write the tables in this schema";
    assert_eq!(rights().await, Some((false, refused.to_owned())));
    sql.run(&format!("GRANT SELECT ON ALL TABLES IN SCHEMA {schema} TO {role}")).await;
    assert_eq!(
        rights().await,
        Some((false, refused.to_owned())),
        "who only reads cannot even sign in"
    );
    sql.run(&format!("GRANT INSERT, UPDATE ON ALL TABLES IN SCHEMA {schema} TO {role}"))
        .await;
    assert_eq!(rights().await, Some((true, "works on the book".to_owned())));
    sql.run(&format!("DROP OWNED BY {role}; DROP ROLE {role}")).await;
    sql.end(&location).await;
}
