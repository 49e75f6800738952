//! While a book takes no changes, because it is moved, restored or brought up to date: it is read, and whoever works on it
//! gets in.

use contract::{
    Conflict, Error,
    customer::ListAdministrators,
    desk::GetBookState,
    license::{LicenseStatus, ListLicenses},
    session::{CurrentSession, Lock, SessionStage, SignIn, SignOut, Unlock},
    work::{GetWork, WorkKind},
};
use engine::{MoveOptions, Work, move_book};

use crate::{
    moving::{drop_place, elsewhere},
    support::*,
};

fn unlock(password: &str) -> Unlock {
    Unlock { password: password.into() }
}

/// A book in which something falls due on the 22nd of December.
async fn filled(book: &TestBook) {
    let (ann, plan) = (book.customer("Ann").await, book.plan("basic").await);
    book.license(&ann, &plan, false).await;
}

async fn tries(book: &TestBook) -> i64 {
    book.sql.number("SELECT COALESCE(SUM(failures), 0) FROM throttle").await
}

/// What every desk can do although nothing can be changed.
async fn is_read(book: &TestBook) {
    assert_eq!(book.refused(new_customer("Bea")).await, Conflict::Maintenance.into());
    assert_eq!(book.ok(ListLicenses::default()).await.items.len(), 1);
    assert!(book.ok(GetBookState {}).await.is_maintained);
    book.ok(GetWork {}).await;
}

on_both! {
    async fn a_book_that_has_moved_is_read_and_unlocked_until_it_is_opened_anew(book: TestBook) {
        filled(&book).await;
        let (there, _folder) = elsewhere(&book).await;
        move_book(&book.app, &there, MoveOptions::default(), &Work::new(WorkKind::Move)).await.unwrap();
        book.at("2026-12-22T09:00:00Z").await;
        is_read(&book).await;
        let before = book.sql.everything().await;
        book.ok(Lock {}).await;
        assert_eq!(book.ok(unlock(OWNER_PASSWORD)).await.stage, SessionStage::SignedIn);
        is_read(&book).await;
        book.ok(SignOut {}).await;
        let owner = SignIn { email: OWNER_EMAIL.to_owned(), password: OWNER_PASSWORD.into() };
        assert_eq!(book.ok(owner).await.stage, SessionStage::SignedIn);
        is_read(&book).await;
        assert_eq!(book.sql.everything().await, before);
        drop_place(&there).await;
    }

    async fn wrong_tries_slow_down_also_while_they_cannot_be_written(book: TestBook) {
        filled(&book).await;
        let (there, _folder) = elsewhere(&book).await;
        let wrong = |retry_after| Error::WrongPassword { retry_after };
        book.ok(Lock {}).await;
        // What the book knows of counts.
        for _ in 0..3 {
            assert_eq!(book.refused(unlock("wrong")).await, wrong(0));
        }
        move_book(&book.app, &there, MoveOptions::default(), &Work::new(WorkKind::Move)).await.unwrap();
        let known = tries(&book).await;
        for seconds in [0, 0, 2] {
            assert_eq!(book.refused(unlock("wrong")).await, wrong(seconds));
        }
        assert_eq!(book.refused(unlock(OWNER_PASSWORD)).await, Error::Throttled { retry_after: 2 });
        book.at("2026-11-22T09:00:02Z").await;
        // Of several at once one is taken.
        let (one, two) = tokio::join!(book.call(unlock("wrong")), book.call(unlock("wrong")));
        let taken = [&one, &two].into_iter().filter(|answer| matches!(answer, Err(Error::WrongPassword { retry_after: 4 }))).count();
        let refused = [&one, &two].into_iter().filter(|answer| matches!(answer, Err(Error::Throttled { retry_after: 4 }))).count();
        assert_eq!((taken, refused), (1, 1), "{one:?} {two:?}");
        // A clock that is set back shortens nothing.
        book.at("2026-11-21T09:00:00Z").await;
        assert!(matches!(book.refused(unlock(OWNER_PASSWORD)).await, Error::Throttled { .. }));
        book.at("2026-11-22T09:00:06Z").await;
        book.ok(unlock(OWNER_PASSWORD)).await;
        assert_eq!(tries(&book).await, known);
        drop_place(&there).await;
    }

    async fn a_desk_whose_book_another_keeps_to_itself_reads_it_and_signs_in(book: TestBook) {
        filled(&book).await;
        if book.sql.is_server() {
            let wrong = |retry_after| Error::WrongPassword { retry_after };
            book.sql.run("BEGIN").await;
            book.sql.run("SELECT pg_advisory_xact_lock(hashtextextended('clientele ' || current_schema(), 0))").await;
            book.at("2026-12-22T09:00:00Z").await;
            is_read(&book).await;
            book.ok(SignOut {}).await;
            book.ok(SignIn { email: OWNER_EMAIL.to_owned(), password: OWNER_PASSWORD.into() }).await;
            is_read(&book).await;
            book.ok(Lock {}).await;
            for seconds in [0, 0, 0, 0, 0, 2] {
                assert_eq!(book.refused(unlock("wrong")).await, wrong(seconds));
            }
            book.sql.run("ROLLBACK").await;
            // What was not written is not forgotten, and is written with the next try.
            assert_eq!(book.refused(unlock(OWNER_PASSWORD)).await, Error::Throttled { retry_after: 2 });
            assert_eq!(tries(&book).await, 0);
            book.at("2026-12-22T09:00:02Z").await;
            assert_eq!(book.refused(unlock("wrong")).await, wrong(4));
            // Of the account, and of all together.
            assert_eq!(tries(&book).await, 14);
            let again = book.again().await;
            again.set_now(at("2026-12-22T09:00:02Z")).await.unwrap();
            let owner = SignIn { email: OWNER_EMAIL.to_owned(), password: OWNER_PASSWORD.into() };
            assert_eq!(again.call(owner, None).await.unwrap_err(), Error::Throttled { retry_after: 4 });
            again.close().await;
            book.at("2026-12-22T09:00:06Z").await;
            book.ok(unlock(OWNER_PASSWORD)).await;
            assert_eq!(tries(&book).await, 0);
        } else {
            book.at("2026-12-22T09:00:00Z").await;
        }
        // What fell due meanwhile is seen by the first read.
        assert_eq!(book.ok(ListLicenses::default()).await.items[0].status, LicenseStatus::Expired);
        assert_eq!(book.sql.texts("SELECT status FROM license").await, ["expired"]);
        assert_eq!(book.ok(CurrentSession {}).await.stage, SessionStage::SignedIn);
        book.ok(ListAdministrators {}).await;
        book.verified().await;
    }
}
