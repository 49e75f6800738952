//! Who gets in, and what a session may do.

use contract::{
    Conflict, Error, Forbidden, Problem,
    customer::{CreateCustomer, ListAdministrators, ListCustomers},
    session::{ConfirmPassword, CurrentSession, FirstRun, Lock, RatePassword, SessionStage, SignIn, SignOut, Unlock},
    settings::GetSettings,
};

use crate::support::*;

fn sign_in(email: &str, password: &str) -> SignIn {
    SignIn {
        email: email.to_owned(),
        password: password.into(),
    }
}

fn wrong(retry_after: u32) -> Error {
    Error::WrongPassword { retry_after }
}

fn forbidden(reason: Forbidden) -> Error {
    Error::Forbidden { reason }
}

on_both! {
    async fn a_new_book_waits_for_its_first_administrator_and_takes_only_one(book: TestBook) {
        let fresh = TestBook::empty(book.database).await;
        assert_eq!(fresh.ok(CurrentSession {}).await.stage, SessionStage::FirstRun);
        assert_eq!(fresh.refused(ListCustomers::default()).await, Error::SignedOut);
        let state = fresh
            .ok(FirstRun { book_name: Some("Bicycles".to_owned()), currency: contract::Currency::parse("CHF"), ..owner() })
            .await;
        assert_eq!((state.stage, state.book_name.as_str(), state.currency.code()), (SessionStage::SignedIn, "Bicycles", "CHF"));
        assert_eq!(state.time_zone, "Europe/Berlin");
        assert_eq!(state.administrator.unwrap().email, OWNER_EMAIL);
        assert!(state.test_clock);
        assert_eq!(fresh.refused(owner()).await, Conflict::NotFirstRun.into());
        fresh.ok(SignOut {}).await;
        assert_eq!(fresh.refused(owner()).await, Conflict::NotFirstRun.into());
        fresh.verified().await;
        fresh.end().await;
    }

    async fn two_first_runs_at_once_make_one_administrator(book: TestBook) {
        let fresh = TestBook::empty(book.database).await;
        let other = fresh.again().await;
        let (one, two) = tokio::join!(fresh.call(owner()), other.call(FirstRun { email: "b@example.com".to_owned(), ..owner() }, None));
        assert_eq!(usize::from(one.is_ok()) + usize::from(two.is_ok()), 1, "{one:?} {two:?}");
        assert_eq!(fresh.sql.number("SELECT COUNT(*) FROM customer").await, 1);
        other.close().await;
        fresh.end().await;
    }

    async fn a_book_with_records_and_no_administrator_was_not_finished(book: TestBook) {
        // As a filling with sample data leaves it that was cut off: its administrator comes last.
        book.plan("sold").await;
        book.ok(SignOut {}).await;
        book.sql.run("UPDATE customer SET is_admin = FALSE").await;
        assert_eq!(book.refused(owner()).await, Conflict::Unfinished.into());
        assert_eq!(engine::demo::fill(&book.app, 3, 1, OWNER_PASSWORD).await, Err(Conflict::Unfinished.into()));
        assert_eq!(book.sql.number("SELECT COUNT(*) FROM customer").await, 1);
        book.sql.run("UPDATE customer SET is_admin = TRUE").await;
        assert_eq!(book.refused(owner()).await, Conflict::NotFirstRun.into());
    }

    async fn what_a_window_does_for_whoever_is_signed_in_it_does_for_nobody_else(book: TestBook) {
        assert_eq!(book.app.check_signed_in().await, Ok(()));
        book.ok(Lock {}).await;
        assert_eq!(book.app.check_signed_in().await, Err(Error::Locked));
        book.ok(SignOut {}).await;
        assert_eq!(book.app.check_signed_in().await, Err(Error::SignedOut));
    }

    async fn a_first_administrator_needs_a_password_that_is_hard_to_guess(book: TestBook) {
        let fresh = TestBook::empty(book.database).await;
        for password in ["password1234", "OlgaOlgaOlga", "owner@example.com"] {
            let refusal = fresh.refused(FirstRun { password: password.into(), ..owner() }).await;
            assert_eq!(refusal, Error::field("password", Problem::Guessable), "{password}");
        }
        let refusal = fresh.refused(FirstRun { password: "short".into(), ..owner() }).await;
        assert_eq!(refusal, Error::field("password", Problem::TooShort { min: 12, actual: 5 }));
        let refusal = fresh.refused(FirstRun { time_zone: Some("Mars/Olympus".to_owned()), ..owner() }).await;
        assert_eq!(refusal, Error::field("time_zone", Problem::UnknownTimeZone));
        assert_eq!(fresh.sql.number("SELECT COUNT(*) FROM customer").await, 0);
        fresh.end().await;
    }

    async fn only_the_right_password_signs_in_however_it_was_typed(book: TestBook) {
        book.ok(SignOut {}).await;
        assert_eq!(book.ok(CurrentSession {}).await.stage, SessionStage::SignedOut);
        assert_eq!(book.refused(sign_in(OWNER_EMAIL, "correct horse battery stable")).await, wrong(0));
        assert_eq!(book.refused(sign_in("nobody@example.com", OWNER_PASSWORD)).await, wrong(0));
        assert_eq!(book.refused(GetSettings {}).await, Error::SignedOut);
        let state = book.ok(sign_in("OWNER@Example.COM", OWNER_PASSWORD)).await;
        assert_eq!(state.stage, SessionStage::SignedIn);
        book.ok(GetSettings {}).await;

        // A composed and a decomposed é are one password.
        book.confirm().await;
        book.ok(CreateCustomer { is_admin: true, password: "caf\u{e9} horse battery staple".into(), ..new_customer("Ann") }).await;
        book.ok(SignOut {}).await;
        book.ok(sign_in("ann@example.com", "cafe\u{301} horse battery staple")).await;
    }

    async fn wrong_tries_slow_down_and_neither_restart_nor_clock_helps(book: TestBook) {
        book.ok(SignOut {}).await;
        for _ in 0..5 {
            assert_eq!(book.refused(sign_in(OWNER_EMAIL, "wrong")).await, wrong(0));
        }
        assert_eq!(book.refused(sign_in(OWNER_EMAIL, "wrong")).await, wrong(2));
        // Not even the right one is looked at.
        assert_eq!(book.refused(sign_in(OWNER_EMAIL, OWNER_PASSWORD)).await, Error::Throttled { retry_after: 2 });
        let again = book.again().await;
        assert_eq!(again.call(sign_in(OWNER_EMAIL, OWNER_PASSWORD), None).await, Err(Error::Throttled { retry_after: 2 }));
        again.close().await;
        // Set back: no time has passed. Then the wait runs from the time that the clock shows.
        book.at("2026-11-21T09:00:00Z").await;
        assert_eq!(book.refused(sign_in(OWNER_EMAIL, OWNER_PASSWORD)).await, Error::Throttled { retry_after: 2 });
        book.at("2026-11-21T09:00:01Z").await;
        assert_eq!(book.refused(sign_in(OWNER_EMAIL, OWNER_PASSWORD)).await, Error::Throttled { retry_after: 1 });
        // Others are not held up.
        assert_eq!(book.refused(sign_in("someone@example.com", "wrong")).await, wrong(0));
        book.at("2026-11-21T09:00:02Z").await;
        assert_eq!(book.refused(sign_in(OWNER_EMAIL, "wrong")).await, wrong(4));
        book.at("2026-11-21T09:00:06Z").await;
        book.ok(sign_in(OWNER_EMAIL, OWNER_PASSWORD)).await;
        // The right password wipes the slate.
        book.ok(SignOut {}).await;
        assert_eq!(book.refused(sign_in(OWNER_EMAIL, "wrong")).await, wrong(0));
    }

    async fn wrong_tries_with_many_addresses_slow_down_together(book: TestBook) {
        book.ok(SignOut {}).await;
        // Of each address no more than its own free ones.
        for number in 0..30 {
            assert_eq!(book.refused(sign_in(&format!("nobody-{}@example.com", number / 5), "wrong")).await, wrong(0), "{number}");
        }
        assert_eq!(book.refused(sign_in("somebody@example.com", "wrong")).await, wrong(2));
        for (email, password) in [("somebody@example.com", "wrong"), ("another@example.com", "wrong"), (OWNER_EMAIL, OWNER_PASSWORD)] {
            assert_eq!(book.refused(sign_in(email, password)).await, Error::Throttled { retry_after: 2 }, "{email}");
        }
        book.at("2026-11-22T09:00:02Z").await;
        assert_eq!(book.refused(sign_in("another@example.com", "wrong")).await, wrong(4));
        book.at("2026-11-22T09:00:06Z").await;
        book.ok(sign_in(OWNER_EMAIL, OWNER_PASSWORD)).await;
        book.ok(SignOut {}).await;
        // An administrator came in: the slate of all is wiped, and none of an address.
        assert_eq!(book.refused(sign_in("another@example.com", "wrong")).await, wrong(0));
        assert_eq!(book.refused(sign_in("nobody-0@example.com", "wrong")).await, wrong(2));
    }

    async fn an_administrator_who_changed_the_own_address_unlocks_with_the_password(book: TestBook) {
        book.confirm().await;
        let owner = book.ok(CurrentSession {}).await.administrator.unwrap();
        book.change(owner.id, |change| change.email = Some("olga@example.org".to_owned())).await;
        book.ok(Lock {}).await;
        assert_eq!(book.refused(Unlock { password: "wrong".into() }).await, wrong(0));
        let state = book.ok(Unlock { password: OWNER_PASSWORD.into() }).await;
        assert_eq!((state.stage, state.administrator.unwrap().email.as_str()), (SessionStage::SignedIn, "olga@example.org"));
        book.ok(ConfirmPassword { password: OWNER_PASSWORD.into() }).await;
    }

    async fn address_and_password_of_an_administrator_change_only_after_the_own_password(book: TestBook) {
        let ina = book.administrator("Ina").await;
        book.ok(SignOut {}).await;
        book.ok(sign_in(OWNER_EMAIL, OWNER_PASSWORD)).await;
        let change = |email: Option<&str>, password: Option<&str>| contract::customer::UpdateCustomer {
            email: email.map(str::to_owned),
            password: password.map(Into::into),
            ..contract::customer::UpdateCustomer::nothing(ina.id, ina.version)
        };
        for request in [change(Some("other@example.com"), None), change(None, Some("another battery staple"))] {
            assert_eq!(book.refused(request).await, Error::ConfirmationNeeded);
        }
        book.ok(contract::customer::DeleteCustomer { id: ina.id, version: ina.version }).await;
        let back = contract::customer::RestoreCustomer { id: ina.id, version: ina.version + 1 };
        assert_eq!(book.refused(back.clone()).await, Error::ConfirmationNeeded);
        book.confirm().await;
        book.ok(back).await;
        // Fewer characters than needed, once they are composed.
        let short = "e\u{301}".repeat(11);
        let request = contract::customer::UpdateCustomer { version: ina.version + 2, ..change(None, Some(&short)) };
        assert_eq!(book.refused(request).await, Error::field("password", Problem::TooShort { min: 12, actual: 11 }));
        book.verified().await;
    }

    async fn an_unknown_address_is_answered_like_a_known_one(book: TestBook) {
        book.ok(SignOut {}).await;
        for email in [OWNER_EMAIL, "nobody@example.com", "not an address"] {
            let mut answers = Vec::new();
            for _ in 0..7 {
                answers.push(book.refused(sign_in(email, "wrong")).await);
            }
            let mut expected = vec![wrong(0); 5];
            expected.extend([wrong(2), Error::Throttled { retry_after: 2 }]);
            assert_eq!(answers, expected, "{email}");
        }
    }

    async fn the_reason_for_a_refusal_is_told_only_after_the_right_password(book: TestBook) {
        let customer = book.customer("Carl").await;
        let administrator = book.administrator("Ina").await;
        book.change(administrator.id, |change| change.is_active = Some(false)).await;
        book.ok(SignOut {}).await;
        assert_eq!(book.refused(sign_in(&customer.email, "wrong")).await, wrong(0));
        assert_eq!(book.refused(sign_in(&customer.email, PASSWORD)).await, forbidden(Forbidden::NotAdministrator));
        assert_eq!(book.refused(sign_in(&administrator.email, "wrong")).await, wrong(0));
        assert_eq!(book.refused(sign_in(&administrator.email, OWNER_PASSWORD)).await, forbidden(Forbidden::Inactive));
        assert_eq!(book.ok(CurrentSession {}).await.stage, SessionStage::SignedOut);
        book.ok(sign_in(OWNER_EMAIL, OWNER_PASSWORD)).await;
        let last = book.ok(ListAdministrators {}).await.items;
        let of = |name: &str| last.iter().find(|row| row.full_name == name).unwrap().last_sign_in_at;
        assert_eq!((of("Olga Owner"), of("Ina")), (Some(at(START)), None));
    }

    async fn whoever_makes_the_book_has_signed_in_by_that_and_whoever_is_added_has_not(book: TestBook) {
        book.administrator("Ina").await;
        let all = book.ok(ListAdministrators {}).await.items;
        let of = |name: &str| all.iter().find(|row| row.full_name == name).unwrap().last_sign_in_at;
        assert_eq!((of("Olga Owner"), of("Ina")), (Some(at(START)), None));
    }

    async fn a_deleted_account_does_not_get_in(book: TestBook) {
        let administrator = book.administrator("Ina").await;
        book.ok(contract::customer::DeleteCustomer { id: administrator.id, version: 1 }).await;
        book.ok(SignOut {}).await;
        assert_eq!(book.refused(sign_in(&administrator.email, OWNER_PASSWORD)).await, wrong(0));
    }

    async fn a_locked_session_answers_nothing_until_its_password_is_given(book: TestBook) {
        let state = book.ok(Lock {}).await;
        assert_eq!(state.stage, SessionStage::Locked);
        assert_eq!(state.administrator.unwrap().full_name, "Olga Owner");
        assert_eq!(book.refused(ListCustomers::default()).await, Error::Locked);
        assert_eq!(book.refused(new_customer("Ann")).await, Error::Locked);
        assert_eq!(book.refused(ConfirmPassword { password: OWNER_PASSWORD.into() }).await, Error::Locked);
        assert_eq!(book.refused(Unlock { password: "wrong".into() }).await, wrong(0));
        assert_eq!(book.ok(CurrentSession {}).await.stage, SessionStage::Locked);
        assert_eq!(book.ok(Unlock { password: OWNER_PASSWORD.into() }).await.stage, SessionStage::SignedIn);
        book.ok(ListCustomers::default()).await;
        book.ok(Lock {}).await;
        assert_eq!(book.ok(SignOut {}).await.stage, SessionStage::SignedOut);
        assert_eq!(book.refused(Unlock { password: OWNER_PASSWORD.into() }).await, Error::SignedOut);
    }

    async fn who_lost_the_rights_cannot_write_at_once(book: TestBook) {
        let before = book.sql.everything().await;
        book.sql.run("UPDATE customer SET is_admin = FALSE").await;
        assert_eq!(book.refused(new_customer("Ann")).await, forbidden(Forbidden::NotAdministrator));
        assert_eq!(book.refused(new_customer("Ann")).await, Error::SignedOut);
        book.sql.run("UPDATE customer SET is_admin = TRUE").await;
        assert_eq!(book.sql.everything().await, before);
        book.ok(sign_in(OWNER_EMAIL, OWNER_PASSWORD)).await;
        book.sql.run("UPDATE customer SET is_active = FALSE").await;
        assert_eq!(book.refused(new_customer("Ann")).await, forbidden(Forbidden::Inactive));
    }

    async fn an_administrator_is_made_only_after_the_password_was_given_again(book: TestBook) {
        let new = || CreateCustomer { is_admin: true, password: OWNER_PASSWORD.into(), ..new_customer("Ina") };
        assert_eq!(book.refused(new()).await, Error::ConfirmationNeeded);
        assert_eq!(book.refused(ConfirmPassword { password: "wrong".into() }).await, wrong(0));
        assert_eq!(book.refused(new()).await, Error::ConfirmationNeeded);
        let confirmation = book.ok(ConfirmPassword { password: OWNER_PASSWORD.into() }).await;
        assert_eq!(confirmation.until, at("2026-11-22T09:05:00Z"));
        book.ok(new()).await;
        // A lock ends it.
        book.ok(Lock {}).await;
        book.ok(Unlock { password: OWNER_PASSWORD.into() }).await;
        assert_eq!(book.refused(CreateCustomer { email: "b@example.com".to_owned(), ..new() }).await, Error::ConfirmationNeeded);
    }

    async fn a_password_is_rated_before_anyone_is_signed_in(book: TestBook) {
        book.ok(SignOut {}).await;
        let rate = |password: &str, is_admin: bool, known: &[&str]| RatePassword {
            password: password.into(),
            is_admin,
            known_words: known.iter().map(|word| (*word).to_owned()).collect(),
        };
        let weak = book.ok(rate("password1234", true, &[])).await;
        assert!(!weak.is_accepted && weak.score < 3 && weak.warning.is_some() && weak.min_length == 12);
        let strong = book.ok(rate(OWNER_PASSWORD, true, &[])).await;
        assert!(strong.is_accepted && strong.score >= 3);
        let own = book.ok(rate("Wolpertinger", true, &["Wolpertinger"])).await;
        assert!(!own.is_accepted, "{own:?}");
        let short = book.ok(rate("a", false, &[])).await;
        assert!(!short.is_accepted && short.min_length == 8);
    }
}
