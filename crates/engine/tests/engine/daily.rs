//! The backup of the day by itself: not while the window starts, nor while somebody works, and not never.

use std::time::{Duration, Instant};

use contract::settings::GetSettings;
use engine::{Pace, Shelf};

use crate::support::*;

const NEVER: Duration = Duration::from_secs(3_600);
/// Longer than the time between two looks at whether it may begin.
const A_FEW_LOOKS: Duration = Duration::from_millis(2_500);

/// Nothing that is waited for comes.
const WAITS: Pace = Pace {
    opened: NEVER,
    quiet: NEVER,
    longest: NEVER,
    behind: NEVER,
    looks: NEVER,
};

fn backups(book: &TestBook) -> usize {
    Shelf::of_file(&book.file(), None).list().unwrap().len()
}

/// Waits until there are so many; asks for nothing meanwhile.
async fn until(book: &TestBook, number: usize) {
    let began = Instant::now();
    while backups(book) < number {
        assert!(began.elapsed() < Duration::from_secs(60), "there is no backup");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

/// Asks for something again and again, for so long.
async fn work_on(book: &TestBook, long: Duration) {
    let began = Instant::now();
    while began.elapsed() < long {
        book.ok(GetSettings {}).await;
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

#[tokio::test]
async fn it_comes_when_the_book_was_open_for_a_while() {
    let book = TestBook::new(Database::Sqlite).await;
    let opened = Duration::from_secs(4);
    let _upkeep = book.app.upkeep_at(Some(Pace {
        opened,
        quiet: Duration::ZERO,
        ..WAITS
    }));
    tokio::time::sleep(A_FEW_LOOKS).await;
    assert_eq!(backups(&book), 0);
    until(&book, 1).await;
    book.end().await;
}

#[tokio::test]
async fn it_comes_when_nobody_asks_for_anything() {
    let book = TestBook::new(Database::Sqlite).await;
    let _upkeep = book.app.upkeep_at(Some(Pace {
        opened: Duration::ZERO,
        quiet: Duration::from_secs(5),
        ..WAITS
    }));
    work_on(&book, A_FEW_LOOKS).await;
    assert_eq!(backups(&book), 0);
    until(&book, 1).await;
    book.end().await;
}

#[tokio::test]
async fn it_comes_in_the_end_although_somebody_works() {
    let book = TestBook::new(Database::Sqlite).await;
    let _upkeep = book.app.upkeep_at(Some(Pace {
        opened: Duration::ZERO,
        longest: Duration::from_secs(1),
        ..WAITS
    }));
    let worker = book.clone();
    let working = tokio::spawn(async move { work_on(&worker, NEVER).await });
    until(&book, 1).await;
    working.abort();
    let _ = working.await;
    book.end().await;
}

#[tokio::test]
async fn a_day_that_has_none_is_made_up_for_soon_after_the_next_sign_in() {
    let book = TestBook::new(Database::Sqlite).await;
    let pace = Some(Pace {
        behind: Duration::ZERO,
        ..WAITS
    });
    let today = book.app.upkeep_at(pace);
    tokio::time::sleep(A_FEW_LOOKS).await;
    assert_eq!(backups(&book), 0, "of today nothing is missing yet");
    drop(today);
    book.at("2026-11-23T09:00:00Z").await;
    let next = book.app.upkeep_at(pace);
    until(&book, 1).await;
    drop(next);
    // Nothing has changed since.
    book.at("2026-11-24T09:00:00Z").await;
    let _later = book.app.upkeep_at(pace);
    tokio::time::sleep(A_FEW_LOOKS).await;
    assert_eq!(backups(&book), 1);
    book.end().await;
}
