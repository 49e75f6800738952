//! What breaks: answered with a reference or as unavailable, nothing is left, and the next operation works.

use std::{
    path::Path,
    sync::{Arc, Mutex},
};

use contract::{
    Conflict, Error, Forbidden, Outcome, Request, Timestamp,
    customer::{ListAdministrators, ListCustomers, UpdateCustomer},
    domain::ListDomains,
    session::{SignIn, SignOut},
    stats::CustomerStatsRequest,
    work::WorkKind,
};
use engine::{App, BookLocation, Verification, Work};

use crate::support::*;

/// Collects what is logged on this thread.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<String>>);

impl tracing::field::Visit for Log {
    fn record_debug(&mut self, field: &tracing::field::Field, value: &dyn std::fmt::Debug) {
        let mut text = self.0.lock().unwrap();
        text.push_str(&format!("{field}={value:?} "));
    }
}

impl tracing::Subscriber for Log {
    fn enabled(&self, metadata: &tracing::Metadata<'_>) -> bool {
        *metadata.level() <= tracing::Level::WARN
    }
    fn new_span(&self, _: &tracing::span::Attributes<'_>) -> tracing::span::Id {
        tracing::span::Id::from_u64(1)
    }
    fn record(&self, _: &tracing::span::Id, _: &tracing::span::Record<'_>) {}
    fn record_follows_from(&self, _: &tracing::span::Id, _: &tracing::span::Id) {}
    fn event(&self, event: &tracing::Event<'_>) {
        event.record(&mut self.clone());
    }
    fn enter(&self, _: &tracing::span::Id) {}
    fn exit(&self, _: &tracing::span::Id) {}
}

fn reference(error: Error) -> String {
    match error {
        Error::Internal { reference } => reference,
        other => panic!("{other:?}"),
    }
}

/// Fails unless an operation was refused because the book is damaged, in words that lead on and with a reference to the log.
fn assert_damaged(log: &Log, operation: &str, refusal: &Error) {
    let Error::Conflict {
        conflict: Conflict::Damaged { reference },
    } = refusal
    else {
        panic!("{operation}: {refusal:?}")
    };
    let words = contract::words::error(refusal);
    assert_eq!(words.title, "The book is damaged");
    for word in ["verify", "backup", reference] {
        assert!(words.advice.contains(word), "{}", words.advice);
    }
    let logged = log.0.lock().unwrap().clone();
    assert!(logged.contains(reference) && logged.contains(operation), "{logged}");
}

/// What a check says of a book whose tables can be read in part only.
fn assert_file_findings(verification: &Verification, said: &str) {
    let findings = &verification.findings;
    assert!(findings.iter().all(|finding| finding.table == "file"), "{findings:?}");
    assert!(findings.iter().any(|finding| finding.found.contains(said)), "{findings:?}");
}

/// Empties the pages with which a table and its indexes begin, as a disk does that has lost blocks.
async fn lose_pages(file: &Path, table: &str) {
    let location = BookLocation::File(file.to_owned());
    let sql = Sql::connect(&location).await;
    let roots = format!("SELECT CAST(rootpage AS TEXT) FROM sqlite_master WHERE tbl_name = '{table}' AND rootpage > 0");
    let pages: Vec<usize> = sql.texts(&roots).await.iter().map(|page| page.parse().unwrap()).collect();
    let size = usize::try_from(sql.number("SELECT page_size FROM pragma_page_size").await).unwrap();
    sql.end(&location).await;
    assert!(pages.len() > 1, "the table and its key");
    let mut bytes = std::fs::read(file).unwrap();
    for page in pages {
        bytes[(page - 1) * size..page * size].fill(0);
    }
    std::fs::write(file, bytes).unwrap();
}

on_both! {
    async fn a_fault_of_the_database_is_answered_with_a_reference_that_is_in_the_log(book: TestBook) {
        let log = Log::default();
        let listening = tracing::subscriber::set_default(log.clone());
        book.sql.run("ALTER TABLE domain RENAME TO was_domain").await;
        let reference = reference(book.refused(ListDomains::default()).await);
        assert_eq!(reference.len(), 8);
        drop(listening);
        let logged = log.0.lock().unwrap().clone();
        assert!(logged.contains(&reference) && logged.contains("list_domains"), "{logged}");
        book.ok(ListAdministrators {}).await;
        book.sql.run("ALTER TABLE was_domain RENAME TO domain").await;
        assert_eq!(book.ok(ListDomains::default()).await.items, []);
    }

    async fn a_write_that_breaks_at_its_end_leaves_nothing(book: TestBook) {
        let ann = book.customer("Ann").await;
        let plan = book.plan("basic").await;
        let before = book.sql.everything().await;
        // The change log is written last.
        book.sql.run("ALTER TABLE change_value RENAME TO was_change_value").await;
        let sale = new_license(ann.id, plan.id, contract::BillingCycle::Monthly, true);
        reference(book.refused(sale.clone()).await);
        reference(book.app.call(new_payment(ann.id, eur(1), None), Some("key".to_owned())).await.unwrap_err());
        reference(book.refused(new_customer("Bea")).await);
        book.sql.run("ALTER TABLE was_change_value RENAME TO change_value").await;
        assert_eq!(book.sql.everything().await, before);
        book.ok(sale).await;
        book.verified().await;
    }

    async fn a_panic_is_answered_with_a_reference_that_is_in_the_log_and_the_next_operation_works(book: TestBook) {
        // Before the first week of the calendar there is no Monday.
        book.app.set_now(Timestamp(chrono::DateTime::<chrono::Utc>::MIN_UTC.timestamp_millis())).await.unwrap();
        let list = ListCustomers { with_stats: true, ..ListCustomers::default() };
        for operation in [CustomerStatsRequest::NAME, ListCustomers::NAME] {
            let log = Log::default();
            let listening = tracing::subscriber::set_default(log.clone());
            let refusal = match operation {
                CustomerStatsRequest::NAME => book.refused(CustomerStatsRequest {}).await,
                _ => book.refused(list.clone()).await,
            };
            drop(listening);
            let reference = reference(refusal);
            assert_eq!(reference.len(), 8);
            let logged = log.0.lock().unwrap().clone();
            for part in [reference.as_str(), operation, "an operation panicked"] {
                assert!(logged.contains(part), "{part}: {logged}");
            }
        }
        book.at(START).await;
        book.ok(CustomerStatsRequest {}).await;
        book.ok(list).await;
        book.customer("Ann").await;
        book.verified().await;
    }

    async fn a_lock_that_cannot_be_had_is_answered_as_unavailable_and_nothing_was_done(book: TestBook) {
        let ann = book.customer("Ann").await;
        let before = book.sql.everything().await;
        let change = || UpdateCustomer { full_name: Some("Anne".to_owned()), ..UpdateCustomer::nothing(ann.id, 1) };
        let refusal = if book.sql.is_server() {
            book.sql.run("BEGIN").await;
            book.sql.run("SELECT 1 FROM customer FOR UPDATE").await;
            let write = tokio::spawn({ let app = book.app.clone(); let change = change(); async move { app.call(change, Some("key".to_owned())).await } });
            tokio::time::sleep(std::time::Duration::from_millis(500)).await;
            // What a server does that is told to stop what takes too long.
            book.sql.run("SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND pid <> pg_backend_pid()
                AND query LIKE '%FOR UPDATE%' AND pg_backend_pid() = ANY(pg_blocking_pids(pid))").await;
            let refusal = write.await.unwrap();
            book.sql.run("ROLLBACK").await;
            refusal
        } else {
            book.sql.run("BEGIN IMMEDIATE").await;
            // Reads go on meanwhile.
            book.ok(ListCustomers::default()).await;
            let refusal = book.app.call(change(), Some("key".to_owned())).await;
            book.sql.run("ROLLBACK").await;
            refusal
        };
        assert_eq!(refusal, Err(Error::Unavailable { outcome: Outcome::NotDone, key: Some("key".to_owned()) }));
        assert_eq!(book.sql.everything().await, before);
        book.app.call(change(), Some("key".to_owned())).await.unwrap();
    }

    async fn what_may_have_been_kept_is_never_answered_as_not_done(book: TestBook) {
        let ann = book.customer("Ann").await;
        let pay = |key: &str| {
            let (app, payment, key) = (book.app.clone(), new_payment(ann.id, eur(1), None), key.to_owned());
            tokio::spawn(async move { app.call(payment, Some(key)).await })
        };
        let unknown = |key: &str| Err(Error::Unavailable { outcome: Outcome::Unknown, key: Some(key.to_owned()) });
        // A commit of a file always has an answer.
        if book.sql.is_server() {
            // The connection is lost in the commit, as the desk sees it; a second after it was sent.
            book.sql.run("CREATE FUNCTION lose() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
                PERFORM pg_sleep(1); PERFORM pg_terminate_backend(pg_backend_pid()); RETURN NULL; END $$").await;
            book.sql.run("CREATE CONSTRAINT TRIGGER lose AFTER INSERT ON payment DEFERRABLE INITIALLY DEFERRED
                FOR EACH ROW EXECUTE FUNCTION lose()").await;
            // Asked for again, it waits in vain for a lock. What a sequence has counted outlives its transaction.
            book.sql.run("CREATE SEQUENCE tried").await;
            book.sql.run("CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
                IF nextval('tried') > 1 THEN RAISE EXCEPTION 'on purpose' USING ERRCODE = '55P03'; END IF; RETURN NEW; END $$").await;
            book.sql.run("CREATE TRIGGER refuse BEFORE INSERT ON payment FOR EACH ROW EXECUTE FUNCTION refuse()").await;
            assert_eq!(pay("lock").await.unwrap(), unknown("lock"));
            assert_eq!(book.sql.number("SELECT last_value FROM tried").await, 2);
            book.sql.run("DROP TRIGGER refuse ON payment").await;
            // Another desk begins to restore the book as soon as the transaction is gone: the next one is refused at its door.
            let paying = pay("closed");
            tokio::time::sleep(std::time::Duration::from_millis(500)).await;
            book.sql.run("BEGIN").await;
            book.sql.run("SELECT pg_advisory_xact_lock(hashtextextended('clientele ' || current_schema(), 0))").await;
            assert_eq!(paying.await.unwrap(), unknown("closed"));
            book.sql.run("ROLLBACK").await;
            book.sql.run("DROP TRIGGER lose ON payment").await;
        }
        for key in ["lock", "closed"] {
            let paid = pay(key).await.unwrap().unwrap();
            assert_eq!(pay(key).await.unwrap().unwrap(), paid);
        }
        assert_eq!(book.sql.number("SELECT COUNT(*) FROM payment").await, 2);
        book.verified().await;
    }

    async fn of_two_administrators_who_demote_each_other_at_once_one_stays(book: TestBook) {
        let ina = book.administrator("Ina").await;
        let owner = book.ok(contract::session::CurrentSession {}).await.administrator.unwrap();
        let demote = UpdateCustomer { is_admin: Some(false), ..UpdateCustomer::nothing(ina.id, 1) };
        let (own, other) = (book.sql.id(owner.id.0), book.sql.id(ina.id.0));
        let refusal = if book.sql.is_server() {
            // Ina is faster: the owner's write has been let in and waits for her row.
            book.sql.run("BEGIN").await;
            book.sql.run(&format!("SELECT 1 FROM customer WHERE id = {other} FOR UPDATE")).await;
            let write = tokio::spawn({ let app = book.app.clone(); async move { app.call(demote, None).await } });
            tokio::time::sleep(std::time::Duration::from_millis(500)).await;
            book.sql.run(&format!("UPDATE customer SET is_admin = FALSE WHERE id = {own}")).await;
            book.sql.run("COMMIT").await;
            assert_eq!(write.await.unwrap(), Err(Error::Forbidden { reason: Forbidden::LastAdministrator }));
            Forbidden::NotAdministrator
        } else {
            // A file has one writer: the second finds that the rights are gone.
            book.sql.run(&format!("UPDATE customer SET is_admin = FALSE WHERE id = {own}")).await;
            assert_eq!(book.refused(demote).await, Error::Forbidden { reason: Forbidden::NotAdministrator });
            Forbidden::NotAdministrator
        };
        book.call(SignOut {}).await.unwrap();
        let again = SignIn { email: OWNER_EMAIL.to_owned(), password: OWNER_PASSWORD.into() };
        assert_eq!(book.refused(again).await, Error::Forbidden { reason: refusal });
        book.ok(SignIn { email: ina.email, password: OWNER_PASSWORD.into() }).await;
    }
}

#[tokio::test]
async fn damage_that_opening_does_not_meet_is_said_where_it_is_met_and_there_is_a_way_out() {
    let book = TestBook::new(Database::Sqlite).await;
    book.customer("Ann").await;
    let folder = tempfile::tempdir().unwrap();
    let [path, backup] = ["book.clientele", "backup.clientele"].map(|name| folder.path().join(name));
    book.app.backup(&path).await.unwrap();
    book.app.backup(&backup).await.unwrap();
    let before = book.sql.everything().await;
    book.end().await;
    lose_pages(&path, "customer_summary").await;

    let log = Log::default();
    let listening = tracing::subscriber::set_default(log.clone());
    let location = BookLocation::File(path.clone());
    let open = async || {
        let app = App::open(location.clone(), options()).await.unwrap();
        let email = OWNER_EMAIL.to_owned();
        app.call(
            SignIn {
                email,
                password: OWNER_PASSWORD.into(),
            },
            None,
        )
        .await
        .unwrap();
        app
    };
    let app = open().await;
    assert_damaged(&log, "list_customers", &app.call(ListCustomers::default(), None).await.unwrap_err());
    assert_damaged(&log, "create_customer", &app.call(new_customer("Bea"), None).await.unwrap_err());
    // What does not need those pages goes on.
    app.call(ListAdministrators {}, None).await.unwrap();
    assert_file_findings(&app.verify().await.unwrap(), "malformed");
    app.close().await;
    drop(listening);

    engine::restore(&path, &backup, &Work::new(WorkKind::Restore)).await.unwrap();
    let sql = Sql::connect(&location).await;
    let rows = |mut everything: std::collections::BTreeMap<String, Vec<String>>| everything.remove("customer_summary");
    assert_eq!(rows(sql.everything().await), rows(before));
    sql.end(&location).await;
    let app = open().await;
    assert_eq!(app.call(ListCustomers::default(), None).await.unwrap().items.len(), 1);
    assert_eq!(app.verify().await.unwrap().findings, []);
    app.close().await;
}

#[tokio::test]
async fn damage_on_a_server_is_said_where_it_is_met_and_found() {
    let book = TestBook::new(Database::Postgres).await;
    // What a server says of a page that it cannot make sense of (data_corrupted,
    // <https://www.postgresql.org/docs/current/errcodes-appendix.html>).
    book.sql.run("ALTER TABLE domain RENAME TO was_domain").await;
    book.sql
        .run(
            "CREATE FUNCTION damaged() RETURNS SETOF was_domain LANGUAGE plpgsql AS $$ BEGIN
               RAISE EXCEPTION 'invalid page in block 7' USING ERRCODE = 'XX001'; END $$",
        )
        .await;
    book.sql.run("CREATE VIEW domain AS SELECT * FROM damaged()").await;
    let log = Log::default();
    let listening = tracing::subscriber::set_default(log.clone());
    assert_damaged(&log, "list_domains", &book.refused(ListDomains::default()).await);
    drop(listening);
    book.ok(ListAdministrators {}).await;
    assert_file_findings(&book.app.verify().await.unwrap(), "invalid page in block 7");
    book.end().await;
}
