//! What no case brings about, because it takes more than one request or only one of the databases: which test does, and some of
//! those tests.

use std::time::Duration;

use contract::{
    Conflict, Error, Forbidden,
    backup::{MakeBackup, RestoreBackup},
    customer::DeleteCustomer,
    session::{ConfirmPassword, CurrentSession, SignIn},
    work::WorkStage,
};

use crate::{
    backups::{ended, made},
    support::*,
};

/// Refusals that an operation lists and that no single request on both databases brings about: operation, refusal, and the file and
/// name of the test that does.
pub const ELSEWHERE: &[(&str, &str, &str, &str)] = &[
    // Only in a book without an administrator.
    (
        "first_run",
        "conflict/unfinished",
        "engine/sessions.rs",
        "a_book_with_records_and_no_administrator_was_not_finished",
    ),
    (
        "first_run",
        "conflict/maintenance",
        "engine/refusals/elsewhere.rs",
        "a_book_that_takes_no_changes_gets_no_first_administrator",
    ),
    // Only where two are at work at once, and a file has one writer.
    (
        "update_customer",
        "forbidden/last_administrator",
        "engine/faults.rs",
        "of_two_administrators_who_demote_each_other_at_once_one_stays",
    ),
    (
        "delete_customer",
        "forbidden/last_administrator",
        "engine/refusals/elsewhere.rs",
        "of_two_administrators_who_are_removed_at_once_one_stays",
    ),
    // Only on a server, and only without a folder.
    (
        "make_backup",
        "conflict/no_backups",
        "engine/backups.rs",
        "a_book_on_a_server_without_a_folder_has_no_backups",
    ),
    (
        "restore_backup",
        "conflict/no_backups",
        "engine/refusals/elsewhere.rs",
        "without_a_folder_there_is_nothing_to_go_back_to",
    ),
    // Only while something else goes on.
    (
        "make_backup",
        "conflict/work_runs",
        "engine/refusals/elsewhere.rs",
        "nothing_else_begins_while_work_runs",
    ),
    (
        "restore_backup",
        "conflict/work_runs",
        "engine/refusals/elsewhere.rs",
        "nothing_else_begins_while_work_runs",
    ),
];

/// What operations have in common: refusal, file and test.
pub const COMMON: &[(&str, &str, &str)] = &[
    (
        "invalid",
        "engine/operations.rs",
        "a_request_of_the_wrong_shape_is_refused_at_its_field",
    ),
    (
        "conflict/disk_full",
        "../../ctl/tests/faults/disk_full.rs",
        "a_full_disk_is_said_and_nothing_is_lost_or_half_there",
    ),
    (
        "conflict/disk_full",
        "engine/refusals/elsewhere.rs",
        "a_full_disk_of_a_server_is_said_and_leaves_nothing",
    ),
    (
        "conflict/damaged",
        "engine/faults.rs",
        "damage_that_opening_does_not_meet_is_said_where_it_is_met_and_there_is_a_way_out",
    ),
    (
        "conflict/damaged",
        "engine/faults.rs",
        "damage_on_a_server_is_said_where_it_is_met_and_found",
    ),
    (
        "conflict/too_many_connections",
        "engine/crowded.rs",
        "a_desk_goes_on_with_what_it_has_open_and_is_told_that_there_are_too_many_once_that_is_gone",
    ),
    (
        "unavailable",
        "engine/faults.rs",
        "a_lock_that_cannot_be_had_is_answered_as_unavailable_and_nothing_was_done",
    ),
    (
        "swapped",
        "engine/silence.rs",
        "a_server_that_becomes_another_one_while_the_book_is_open_is_not_written_to",
    ),
    (
        "internal",
        "engine/faults.rs",
        "a_fault_of_the_database_is_answered_with_a_reference_that_is_in_the_log",
    ),
    ("signed_out", "engine/operations.rs", "who_is_signed_out_or_locked_out_gets_nothing"),
    ("locked", "engine/operations.rs", "who_is_signed_out_or_locked_out_gets_nothing"),
    (
        "forbidden/not_administrator",
        "engine/operations.rs",
        "who_lost_the_rights_gets_nothing_after_five_seconds_and_writes_nothing_at_once",
    ),
    (
        "forbidden/inactive",
        "engine/sessions.rs",
        "who_lost_the_rights_cannot_write_at_once",
    ),
    (
        "conflict/maintenance",
        "engine/maintenance.rs",
        "a_book_that_has_moved_is_read_and_unlocked_until_it_is_opened_anew",
    ),
    (
        "conflict/key_reused",
        "engine/operations.rs",
        "a_write_asked_again_with_its_key_is_done_once_and_answered_alike",
    ),
];

/// What no operation of the list is refused with: refusal, file and test.
pub const OUTSIDE: &[(&str, &str, &str)] = &[
    // A name that is not in the list.
    (
        "not_found/operation",
        "engine/operations.rs",
        "a_request_of_the_wrong_shape_is_refused_at_its_field",
    ),
    // Setting the clock is no operation.
    (
        "forbidden/test_clock",
        "engine/opening.rs",
        "only_a_book_made_for_tests_takes_its_time_from_the_caller",
    ),
];

#[test]
fn what_is_shown_elsewhere_has_its_test_there() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests");
    let of_operations = ELSEWHERE.iter().map(|(_, _, file, test)| (file, test));
    let others = COMMON.iter().chain(OUTSIDE).map(|(_, file, test)| (file, test));
    for (file, test) in of_operations.chain(others) {
        let source = std::fs::read_to_string(folder.join(file)).unwrap_or_else(|error| panic!("{file}: {error}"));
        assert!(source.contains(&format!("fn {test}(")), "{file} has no {test}");
    }
}

#[tokio::test]
async fn a_book_that_takes_no_changes_gets_no_first_administrator() {
    for database in [Database::Sqlite, Database::Postgres] {
        let book = TestBook::empty(database).await;
        // As a newer app leaves it that has changed the tables meanwhile.
        book.sql.run("UPDATE book SET format = format + 1").await;
        assert_eq!(book.refused(owner()).await, Conflict::Maintenance.into());
        assert_eq!(book.sql.number("SELECT COUNT(*) FROM customer").await, 0);
        book.sql.run("UPDATE book SET format = format - 1").await;
        book.ok(owner()).await;
        book.end().await;
    }
}

#[tokio::test]
async fn of_two_administrators_who_are_removed_at_once_one_stays() {
    let book = TestBook::new(Database::Postgres).await;
    let ina = book.administrator("Ina").await;
    let owner = book.ok(CurrentSession {}).await.administrator.unwrap();
    let (own, other) = (book.sql.id(owner.id.0), book.sql.id(ina.id.0));
    // Ina is faster: the owner's write has been let in and waits for her row.
    book.sql.run("BEGIN").await;
    book.sql.run(&format!("SELECT 1 FROM customer WHERE id = {other} FOR UPDATE")).await;
    let deleting = tokio::spawn({
        let (book, id) = (book.clone(), ina.id);
        async move { book.refused(DeleteCustomer { id, version: 1 }).await }
    });
    tokio::time::sleep(Duration::from_millis(500)).await;
    book.sql
        .run(&format!("UPDATE customer SET is_admin = FALSE WHERE id = {own}"))
        .await;
    book.sql.run("COMMIT").await;
    let reason = Forbidden::LastAdministrator;
    assert_eq!(deleting.await.unwrap(), Error::Forbidden { reason });
    let ina = SignIn {
        email: ina.email,
        password: OWNER_PASSWORD.into(),
    };
    book.ok(ina).await;
    book.end().await;
}

#[tokio::test]
async fn without_a_folder_there_is_nothing_to_go_back_to() {
    let book = TestBook::new(Database::Postgres).await;
    let other = book.again().await;
    let owner = SignIn {
        email: OWNER_EMAIL.to_owned(),
        password: OWNER_PASSWORD.into(),
    };
    other.call(owner, None).await.unwrap();
    let password = OWNER_PASSWORD.into();
    other.call(ConfirmPassword { password }, None).await.unwrap();
    let name = "test 2026-11-22 090000Z by hand.clientele".to_owned();
    assert_eq!(other.call(RestoreBackup { name }, None).await, Err(Conflict::NoBackups.into()));
    other.close().await;
    book.end().await;
}

/// On a server, where a lock keeps work from ending; what is asked here does not know where the book is.
#[tokio::test]
async fn nothing_else_begins_while_work_runs() {
    let book = TestBook::new(Database::Postgres).await;
    let name = made(&book).await.name;
    book.confirm().await;
    book.sql.run("BEGIN").await;
    book.sql.run("LOCK TABLE domain IN ACCESS EXCLUSIVE MODE").await;
    let making = tokio::spawn({
        let book = book.clone();
        async move { book.ok(MakeBackup {}).await }
    });
    let begun = async {
        while !book.app.work().state().stage.is_running() {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(5), begun).await.unwrap();
    let refusal = Error::from(Conflict::WorkRuns);
    assert_eq!(book.refused(MakeBackup {}).await, refusal);
    assert_eq!(book.refused(RestoreBackup { name }).await, refusal);
    book.sql.run("ROLLBACK").await;
    let made = ended(&book, making.await.unwrap()).await;
    assert_eq!(made.stage, WorkStage::Done, "{made:?}");
    book.end().await;
}

/// No disk of a server is filled for this: the server says what it says then (disk_full,
/// <https://www.postgresql.org/docs/current/errcodes-appendix.html>), where the change log is written, which comes last.
#[tokio::test]
async fn a_full_disk_of_a_server_is_said_and_leaves_nothing() {
    let book = TestBook::new(Database::Postgres).await;
    let before = book.sql.everything().await;
    book.sql
        .run(
            "CREATE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
               RAISE EXCEPTION 'could not extend file' USING ERRCODE = '53100'; END $$",
        )
        .await;
    book.sql
        .run("CREATE TRIGGER full_disk BEFORE INSERT ON change_value FOR EACH ROW EXECUTE FUNCTION full_disk()")
        .await;
    assert_eq!(book.refused(new_customer("Ann")).await, Conflict::DiskFull.into());
    assert_eq!(book.sql.everything().await, before);
    book.sql.run("DROP TRIGGER full_disk ON change_value").await;
    book.customer("Ann").await;
    book.verified().await;
    book.end().await;
}
