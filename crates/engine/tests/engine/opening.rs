//! Opening a book, and why it may not open.

use std::{fs, io::Write, path::Path};

use contract::{Error, Forbidden, session::CurrentSession, settings::GetSettings};
use engine::{App, BookLocation, NewBook, OpenError, OpenOptions, Server};
use sea_orm::{ConnectionTrait, Database as Connector};

use crate::support::*;

fn create(path: &Path) -> (BookLocation, OpenOptions) {
    let options = OpenOptions {
        create: Some(NewBook::default()),
        ..OpenOptions::default()
    };
    (BookLocation::File(path.to_owned()), options)
}

async fn refused(path: &Path) -> OpenError {
    let error = reopen(path).await.unwrap_err();
    assert!(!error.to_string().is_empty());
    error
}

/// A closed book in a folder of its own.
async fn closed_book() -> (tempfile::TempDir, std::path::PathBuf) {
    let book = TestBook::new(Database::Sqlite).await;
    book.customer("Ann").await;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("book.clientele");
    book.app.backup(&path).await.unwrap();
    book.end().await;
    (folder, path)
}

#[tokio::test]
async fn a_book_that_is_not_there_is_missing_and_none_is_made() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("book.clientele");
    assert!(matches!(refused(&path).await, OpenError::Missing));
    assert!(!path.exists());
    let (location, options) = create(&folder.path().join("no folder/book.clientele"));
    assert!(matches!(App::open(location, options).await, Err(OpenError::Missing)));
}

#[tokio::test]
async fn what_did_not_become_a_book_is_taken_away_and_nothing_that_somebody_else_has_made_of_it() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("book.clientele");
    let left = || fs::read_dir(folder.path()).unwrap().count();
    // Claimed by its name alone, and with the tables of a book and no administrator.
    engine::files::private(&path).unwrap();
    assert!(engine::discard_unfinished(&path).await);
    let (location, options) = create(&path);
    let app = App::open(location.clone(), options.clone()).await.unwrap();
    assert!(!engine::discard_unfinished(&path).await, "somebody is about to finish it");
    app.close().await;
    assert!(engine::discard_unfinished(&path).await);
    assert_eq!(left(), 0);
    // Another one was faster: what it has made is its book, whoever began it.
    let app = App::open(location, options).await.unwrap();
    app.call(owner(), None).await.unwrap();
    app.close().await;
    assert!(!engine::discard_unfinished(&path).await);
    reopen(&path).await.unwrap().close().await;
}

#[tokio::test]
async fn what_is_no_book_is_left_as_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let text = folder.path().join("notes.txt");
    fs::write(&text, "SQLite format? No, these are notes.").unwrap();
    let short = folder.path().join("short");
    fs::write(&short, "x").unwrap();
    let empty = folder.path().join("empty");
    fs::write(&empty, "").unwrap();
    let other = folder.path().join("other.db");
    let connection = Connector::connect(format!("sqlite://{}?mode=rwc", other.display())).await.unwrap();
    connection.execute_unprepared("CREATE TABLE songs (title TEXT)").await.unwrap();
    connection.close().await.unwrap();
    let before = fs::read(&other).unwrap();
    for path in [&text, &short, &empty, &other, &folder.path().to_owned()] {
        assert!(matches!(refused(path).await, OpenError::NotABook), "{path:?}");
    }
    // Not even when a book may be made.
    for path in [&text, &short, &other] {
        let (location, options) = create(path);
        assert!(matches!(App::open(location, options).await, Err(OpenError::NotABook)), "{path:?}");
    }
    assert!(fs::read(&other).unwrap() == before);
    assert_eq!(fs::read(&text).unwrap(), b"SQLite format? No, these are notes.");
}

#[cfg(unix)]
#[tokio::test]
async fn a_book_that_cannot_be_written_is_read_only() {
    use std::os::unix::fs::PermissionsExt;
    let (_folder, path) = closed_book().await;
    fs::set_permissions(&path, fs::Permissions::from_mode(0o400)).unwrap();
    // Rights do not bind root; but nobody writes to a program that runs.
    let is_bound = fs::OpenOptions::new().append(true).open(&path).is_err();
    let path = if is_bound { path } else { std::env::current_exe().unwrap() };
    assert!(matches!(refused(&path).await, OpenError::ReadOnly));
}

#[cfg(unix)]
#[tokio::test]
async fn a_new_book_is_its_owners_alone() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("book.clientele");
    let (location, options) = create(&path);
    let app = App::open(location, options).await.unwrap();
    app.call(owner(), None).await.unwrap();
    let mut seen = 0;
    for entry in fs::read_dir(folder.path()).unwrap() {
        let entry = entry.unwrap();
        assert_eq!(entry.metadata().unwrap().permissions().mode() & 0o777, 0o600, "{entry:?}");
        seen += 1;
    }
    assert!(seen >= 2, "the book and its log");
    app.close().await;
}

#[tokio::test]
async fn a_newer_book_is_refused_and_left_as_it_is() {
    for change in [
        "INSERT INTO seaql_migrations (version, applied_at) VALUES ('m20990101_new', 0)",
        "UPDATE book SET format = 99",
    ] {
        let (_folder, path) = closed_book().await;
        let sql = Sql::connect(&BookLocation::File(path.clone())).await;
        sql.run(change).await;
        let before = sql.everything().await;
        assert!(matches!(refused(&path).await, OpenError::Newer), "{change}");
        assert_eq!(sql.everything().await, before);
    }
}

on_both! {
    async fn a_newer_book_is_refused_wherever_it_is(book: TestBook) {
        book.sql.run("INSERT INTO seaql_migrations (version, applied_at) VALUES ('m20990101_new', 0)").await;
        let opened = App::open(book.location.clone(), OpenOptions::default()).await;
        assert!(matches!(opened, Err(OpenError::Newer)), "{opened:?}");
    }

    async fn only_a_book_made_for_tests_takes_its_time_from_the_caller(book: TestBook) {
        book.sql.run("UPDATE book SET is_test_clock = FALSE").await;
        let options = OpenOptions { now: Some(at(START)), ..OpenOptions::default() };
        assert!(matches!(App::open(book.location.clone(), options).await, Err(OpenError::TestClock)));
        let app = App::open(book.location.clone(), OpenOptions::default()).await.unwrap();
        assert_eq!(app.set_now(at(START)).await, Err(Error::Forbidden { reason: Forbidden::TestClock }));
        app.close().await;
    }

    async fn a_book_is_found_again_as_it_was_left(book: TestBook) {
        book.customer("Ann").await;
        let before = book.sql.everything().await;
        let again = App::open(book.location.clone(), OpenOptions::default()).await.unwrap();
        assert_eq!(again.call(GetSettings {}, None).await, Err(Error::SignedOut), "a session is not kept");
        assert_eq!(again.call(CurrentSession {}, None).await.unwrap().time_zone, "Europe/Berlin");
        again.close().await;
        // Nor does making it again change what is there.
        let again = book.again().await;
        again.close().await;
        assert_eq!(book.sql.everything().await, before);
    }
}

#[tokio::test]
async fn a_server_without_the_book_or_without_the_server_is_told_apart() {
    let open = async |url: String, schema: &str| {
        let server = Server::parse(&url, schema)?;
        App::open(BookLocation::Server(server), OpenOptions::default()).await
    };
    let opened = open(server(), "no_such_schema").await;
    assert!(matches!(opened, Err(OpenError::Missing)), "{opened:?}");
    let gone = "postgres://postgres@127.0.0.1:1/postgres".to_owned();
    for (url, schema) in [
        (gone, "book"),
        (server(), "no-schema; DROP"),
        ("not a connection string".to_owned(), "book"),
    ] {
        let opened = open(url, schema).await;
        assert!(matches!(opened, Err(OpenError::Unreachable(_))), "{opened:?}");
    }
}

#[tokio::test]
async fn a_server_without_the_database_or_without_a_connection_to_spare_says_so() {
    let (location, _folder) = place(Database::Postgres).await;
    let BookLocation::Server(own) = location.clone() else {
        panic!("a file has no connections");
    };
    let open = async |server: Server| App::open(BookLocation::Server(server), OpenOptions::default()).await;
    let no_database = Server {
        database: "no_such_database".to_owned(),
        ..own.clone()
    };
    let opened = open(no_database).await;
    assert!(
        matches!(&opened, Err(OpenError::NoDatabase(said)) if said.contains("no_such_database")),
        "{opened:?}"
    );
    let sql = Sql::connect(&location).await;
    let role = format!("guest_of_{}", own.schema);
    sql.run(&format!("CREATE ROLE {role} LOGIN CONNECTION LIMIT 0")).await;
    let guest = Server { user: role.clone(), ..own };
    let opened = open(guest.clone()).await;
    assert!(
        matches!(&opened, Err(OpenError::TooManyConnections(said)) if said.contains(&role)),
        "{opened:?}"
    );
    // With room it is let in, and there is no book.
    sql.run(&format!("ALTER ROLE {role} CONNECTION LIMIT -1")).await;
    let opened = open(guest).await;
    assert!(matches!(opened, Err(OpenError::Missing)), "{opened:?}");
    sql.run(&format!("DROP ROLE {role}")).await;
    sql.end(&location).await;
}

#[tokio::test]
async fn who_may_not_connect_to_the_database_is_told_so_and_not_that_the_sign_in_is_refused() {
    let (location, _folder) = place(Database::Postgres).await;
    let BookLocation::Server(own) = location.clone() else {
        panic!("a file has no databases");
    };
    let sql = Sql::connect(&location).await;
    let (role, database) = (format!("kept_out_of_{}", own.schema), format!("closed_{}", own.schema));
    sql.run(&format!("CREATE ROLE {role} LOGIN")).await;
    sql.run(&format!("CREATE DATABASE {database}")).await;
    sql.run(&format!("REVOKE CONNECT ON DATABASE {database} FROM PUBLIC")).await;
    let guest = Server {
        user: role.clone(),
        database: database.clone(),
        ..own
    };
    let opened = App::open(BookLocation::Server(guest), OpenOptions::default()).await;
    assert!(
        matches!(&opened, Err(OpenError::MayNotConnect(said)) if said.contains(&database)),
        "{opened:?}"
    );
    sql.run(&format!("DROP DATABASE {database}")).await;
    sql.run(&format!("DROP ROLE {role}")).await;
    sql.end(&location).await;
}

#[tokio::test]
async fn a_damaged_book_is_told_from_what_is_no_book() {
    let (_folder, path) = closed_book().await;
    let mut bytes = fs::read(&path).unwrap();
    let page = 4096;
    assert!(bytes.len() > 20 * page);
    // Everything but the header, as after a disk that lost its blocks.
    bytes[100..].fill(0xA5);
    fs::write(&path, &bytes).unwrap();
    assert!(matches!(refused(&path).await, OpenError::Damaged));
    // Cut off.
    let (_folder, path) = closed_book().await;
    let bytes = fs::read(&path).unwrap();
    fs::write(&path, &bytes[..page + 100]).unwrap();
    assert!(matches!(refused(&path).await, OpenError::Damaged));
}

#[tokio::test]
async fn a_book_whose_last_process_died_opens_with_all_that_was_acknowledged() {
    let book = TestBook::new(Database::Sqlite).await;
    book.customer("Ann").await;
    let wal = |path: &Path| path.with_file_name(format!("{}-wal", path.file_name().unwrap().to_str().unwrap()));
    // The files as a dead process leaves them: copied while the book is open, the end of the log cut in the middle.
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("book.clientele");
    fs::copy(book.file(), &path).unwrap();
    fs::copy(wal(&book.file()), wal(&path)).unwrap();
    assert!(fs::metadata(wal(&path)).unwrap().len() > 0);
    fs::OpenOptions::new()
        .append(true)
        .open(wal(&path))
        .unwrap()
        .write_all(&[7; 3000])
        .unwrap();
    let expected = book.sql.everything().await;
    book.end().await;
    let app = reopen(&path).await.unwrap();
    let sql = Sql::connect(&BookLocation::File(path.clone())).await;
    assert_eq!(sql.everything().await, expected);
    assert_eq!(app.verify().await.unwrap().findings, []);
    app.close().await;
}

/// Where there are no links, a copy that is cut off just before it has its name leaves an empty file of that name.
#[tokio::test]
async fn a_file_of_nothing_keeps_no_copy_from_its_name() {
    let book = TestBook::new(Database::Sqlite).await;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("copy.clientele");
    fs::write(&path, "").unwrap();
    // Somebody is about to make a book of it.
    let lock = fs::File::create(folder.path().join("copy.clientele-lock")).unwrap();
    lock.try_lock_shared().unwrap();
    assert!(matches!(book.app.backup(&path).await, Err(engine::BackupError::Exists)));
    assert_eq!(fs::metadata(&path).unwrap().len(), 0);
    drop(lock);
    let size = book.app.backup(&path).await.unwrap();
    assert_eq!(size, fs::metadata(&path).unwrap().len());
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "nothing else is left");
    reopen(&path).await.unwrap().close().await;
}

#[tokio::test]
async fn a_copy_is_a_book_of_its_own_and_overwrites_nothing() {
    let book = TestBook::new(Database::Sqlite).await;
    book.customer("Ann").await;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("copy.clientele");
    let size = book.app.backup(&path).await.unwrap();
    assert_eq!(size, fs::metadata(&path).unwrap().len());
    assert!(matches!(book.app.backup(&path).await, Err(engine::BackupError::Exists)));
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "nothing else is left");
    let copy = reopen(&path).await.unwrap();
    let sql = Sql::connect(&BookLocation::File(path.clone())).await;
    assert_eq!(sql.everything().await, book.sql.everything().await);
    copy.close().await;
    // The copy of a book with a wrong figure is as good as the book, and says what it is.
    book.sql.run("UPDATE figure SET amount = amount + 1").await;
    let flawed = folder.path().join("other.flawed");
    match book.app.backup(&folder.path().join("other")).await {
        Err(engine::BackupError::Flawed { kept, finding }) => {
            assert_eq!(kept, flawed);
            assert!(finding.starts_with("figure"), "{finding}");
        }
        other => panic!("{other:?}"),
    }
    let copy = Sql::connect(&BookLocation::File(flawed)).await;
    assert_eq!(copy.everything().await, book.sql.everything().await);
    let left: std::collections::BTreeSet<_> = fs::read_dir(folder.path())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| !["-wal", "-shm", "-lock"].iter().any(|end| name.ends_with(end)))
        .collect();
    assert_eq!(
        left,
        ["copy.clientele", "other.flawed"].map(str::to_owned).into(),
        "nothing else is left"
    );
    book.end().await;
    let book = TestBook::new(Database::Postgres).await;
    assert!(matches!(
        book.app.backup(&folder.path().join("p")).await,
        Err(engine::BackupError::NotAFile)
    ));
    book.end().await;
}

#[cfg(unix)]
#[tokio::test]
async fn a_file_that_may_only_be_read_can_be_looked_into() {
    use std::os::unix::fs::PermissionsExt;
    let book = TestBook::new(Database::Sqlite).await;
    book.customer("Ann").await;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("copy.clientele");
    book.app.backup(&path).await.unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o400)).unwrap();
    fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o500)).unwrap();
    let options = OpenOptions {
        read_only: true,
        ..OpenOptions::default()
    };
    let looking = App::open(BookLocation::File(path.clone()), options).await.unwrap();
    assert_eq!(looking.verify().await.unwrap().findings, []);
    let again = tempfile::tempdir().unwrap();
    looking.backup(&again.path().join("again")).await.unwrap();
    looking.close().await;
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "nothing was written beside it");
    fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o700)).unwrap();
    book.end().await;
}

#[test]
fn the_linked_sqlite_has_no_known_fault_in_its_log() {
    // Versions before 3.51.3 could corrupt a database whose log is reset while others read.
    let version: Vec<u32> = engine::sqlite_version().split('.').map(|part| part.parse().unwrap()).collect();
    assert!(version >= vec![3, 51, 3], "{version:?}");
}
