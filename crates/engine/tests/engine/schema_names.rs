//! Names of a schema that stand in SQL without quotes, and those that a server would take for something else.

use contract::{
    plain_name,
    work::{WorkKind, WorkProblem},
};
use engine::{App, BookLocation, MoveOptions, OpenError, Server, Trouble, Work, move_book};

use crate::support::*;

fn called(schema: &str) -> BookLocation {
    BookLocation::Server(Server::parse(&server(), schema).unwrap())
}

#[tokio::test]
async fn what_is_refused_as_a_name_are_the_words_that_the_server_takes_for_none() {
    let (location, _folder) = place(Database::Postgres).await;
    let sql = Sql::connect(&location).await;
    let words = async |kinds: &str| {
        let asked = format!("SELECT CAST(word AS TEXT) FROM pg_get_keywords() WHERE CAST(catcode AS TEXT) IN ({kinds})");
        sql.texts(&asked).await
    };
    let (reserved, others) = (words("'R', 'T'").await, words("'U', 'C'").await);
    assert!(reserved.len() > 80 && others.len() > 200, "{} {}", reserved.len(), others.len());
    for word in &reserved {
        assert!(plain_name::trouble(word).is_some(), "{word}");
    }
    for word in &others {
        assert_eq!(plain_name::trouble(word), None, "{word}");
    }
    sql.end(&location).await;
}

#[tokio::test]
async fn a_name_that_would_need_quotes_is_refused_with_what_is_wrong_with_it() {
    let book = TestBook::new(Database::Sqlite).await;
    for schema in ["2024", "order", "pg_books"] {
        let there = called(schema);
        let trouble = plain_name::trouble(schema).unwrap();
        let opened = App::open(there.clone(), options()).await;
        assert!(
            matches!(&opened, Err(OpenError::Unreachable(said)) if said.contains(trouble)),
            "{schema} {opened:?}"
        );
        let moved = move_book(&book.app, &there, MoveOptions::default(), &Work::new(WorkKind::Move)).await;
        assert!(
            matches!(&moved, Err(Trouble::Problem(WorkProblem::Unreachable, said)) if said.contains(trouble)),
            "{schema} {moved:?}"
        );
    }
    book.customer("Ann").await;
    book.end().await;
}

#[tokio::test]
async fn a_book_is_made_moved_into_and_out_of_a_schema_with_a_name_that_is_a_word_of_another_kind() {
    let book = TestBook::new(Database::Sqlite).await;
    book.customer("Ann").await;
    let there = called("between");
    let sql = Sql::connect(&there).await;
    sql.run("DROP SCHEMA IF EXISTS between CASCADE").await;
    let moved = async |app: &App, to: &BookLocation| {
        let done = move_book(app, to, MoveOptions::default(), &Work::new(WorkKind::Move)).await;
        done.unwrap().proof
    };
    let proof = moved(&book.app, &there).await;
    let app = App::open(there.clone(), engine::OpenOptions::default()).await.unwrap();
    assert_eq!(app.verify().await.unwrap().findings, []);
    let folder = tempfile::tempdir().unwrap();
    let back = BookLocation::File(folder.path().join("back.clientele"));
    assert_eq!(moved(&app, &back).await, proof);
    app.close().await;
    sql.end(&there).await;
    book.end().await;
}
