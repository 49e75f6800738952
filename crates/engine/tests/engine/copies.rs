//! Copies of the book as they pile up: which one stays, which one does not pass, and what is told when none is made.

use std::fs;

use contract::{
    backup::{BackupReason, ListBackups, MakeBackup},
    session::SignIn,
    work::{WorkProblem, WorkStage},
};
use engine::Trouble;

use crate::{
    backups::{ended, made, restored},
    support::*,
};

/// Changes the kept number of customers behind the app's back.
async fn change_figure(book: &TestBook, by: i64) {
    book.sql
        .run(&format!("UPDATE figure SET amount = amount + ({by}) WHERE kind = 'customers'"))
        .await;
}

on_both! {
    async fn the_backup_that_somebody_goes_back_to_stays_however_old_it_is(book: TestBook) {
        book.customer("Ann").await;
        let kept = made(&book).await;
        let folder = std::path::PathBuf::from(book.ok(ListBackups {}).await.folder.unwrap());
        // Three of one day, of which one is kept when the day is old.
        let of_the_day = ["060000Z", "070000Z", "080000Z"].map(|time| {
            let name = kept.name.replace("090000Z by hand", &format!("{time} before restore"));
            assert_ne!(name, kept.name);
            for more in ["", ".json"] {
                fs::copy(folder.join(format!("{}{more}", kept.name)), folder.join(format!("{name}{more}"))).unwrap();
            }
            name
        });
        assert_eq!(book.ok(ListBackups {}).await.items.len(), 4);
        book.customer("Bea").await;
        book.at("2026-12-06T09:00:00Z").await;
        let state = restored(&book, &of_the_day[1]).await;
        let is_there = of_the_day.map(|name| folder.join(name).exists());
        if book.database == Database::Sqlite {
            // What is replaced waits to be kept itself: there is no further copy, and nothing goes.
            assert_eq!(is_there, [true; 3]);
        } else {
            assert_eq!(is_there, [false, true, true]);
            assert_eq!(book.sql.texts("SELECT full_name FROM customer ORDER BY 1").await, ["Ann", "Olga Owner"]);
            book.sql.run(&format!("DROP SCHEMA {} CASCADE", state.result.unwrap())).await;
        }
    }

    async fn a_book_that_does_not_pass_its_check_gets_a_copy_that_says_so_and_goes_back_to_an_older_one(book: TestBook) {
        book.customer("Ann").await;
        let good = made(&book).await;
        change_figure(&book, 1).await;
        let state = ended(&book, book.ok(MakeBackup {}).await).await;
        assert_eq!((state.stage, state.problem), (WorkStage::Failed, Some(WorkProblem::Flawed)), "{state:?}");
        let listed = book.ok(ListBackups {}).await;
        assert_eq!((listed.items.len(), listed.flawed.len()), (1, 1), "{listed:?}");
        let flawed = &listed.flawed[0];
        assert_eq!((flawed.reason, flawed.customers, flawed.has_record), (BackupReason::ByHand, Some(1), true));
        assert_eq!(listed.trouble.map(|trouble| (trouble.problem, trouble.is_urgent)), None, "it is of the same second as the good one");

        book.at("2026-11-22T10:00:00Z").await;
        let state = restored(&book, &good.name).await;
        if book.database == Database::Postgres {
            book.verified().await;
            let flawed = book.ok(ListBackups {}).await.flawed;
            assert_eq!(flawed.iter().map(|copy| copy.reason).collect::<Vec<_>>(), [BackupReason::BeforeRestore]);
            book.sql.run(&format!("DROP SCHEMA {} CASCADE", state.result.unwrap())).await;
        }
    }
}

#[cfg(unix)]
#[tokio::test]
async fn why_the_day_has_no_backup_is_told_until_it_has_one() {
    let book = TestBook::new(Database::Sqlite).await;
    book.customer("Ann").await;
    let shelf = book.file().with_file_name("backups");
    let told = async || {
        let trouble = book.ok(ListBackups {}).await.trouble?;
        Some((trouble.problem, trouble.at, trouble.is_urgent))
    };
    assert_eq!(told().await, None);
    // It leads nowhere: what is there can be listed, and no folder can be made.
    std::os::unix::fs::symlink("nowhere/at/all", &shelf).unwrap();
    let failed = book.app.keep_daily_backup().await;
    assert!(matches!(failed, Err(Trouble::Problem(WorkProblem::Exists, _))), "{failed:?}");
    assert_eq!(told().await, Some((WorkProblem::Exists, at(START), true)));
    fs::remove_file(&shelf).unwrap();
    assert!(book.app.keep_daily_backup().await.unwrap().is_some());
    assert_eq!(told().await, None);

    // With one of the day before it is not urgent, until that is older than two days.
    change_figure(&book, 1).await;
    let next = "2026-11-23T12:00:00Z";
    book.at(next).await;
    assert!(book.app.keep_daily_backup().await.is_err());
    assert_eq!(told().await, Some((WorkProblem::Flawed, at(next), false)));
    book.at("2026-11-24T09:00:01Z").await;
    assert_eq!(told().await, Some((WorkProblem::Flawed, at(next), true)));
    // Whoever opens the book anew is told by the copy itself.
    let other = book.again().await;
    let sign_in = SignIn {
        email: OWNER_EMAIL.to_owned(),
        password: OWNER_PASSWORD.into(),
    };
    other.call(sign_in, None).await.unwrap();
    let trouble = other.call(ListBackups {}, None).await.unwrap().trouble;
    assert_eq!(trouble.map(|trouble| trouble.problem), Some(WorkProblem::Flawed));
    other.close().await;
    change_figure(&book, -1).await;
    assert!(book.app.keep_daily_backup().await.unwrap().is_some());
    assert_eq!(told().await, None);

    // Where not even a list can be had, it is told all the same.
    book.at("2026-11-25T12:00:00Z").await;
    fs::rename(&shelf, shelf.with_file_name("elsewhere")).unwrap();
    fs::write(&shelf, "no folder").unwrap();
    assert!(book.app.keep_daily_backup().await.is_err());
    assert_eq!(told().await, Some((WorkProblem::Other, at("2026-11-25T12:00:00Z"), true)));
    // A backup that somebody makes by hand is as good.
    fs::remove_file(&shelf).unwrap();
    made(&book).await;
    assert_eq!(told().await, None);
    book.end().await;
}
