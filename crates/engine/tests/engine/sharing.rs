//! Several desks on one book: each learns what the others do, and nobody's work is overwritten without a word.

use std::time::{Duration, Instant};

use contract::{
    Conflict, Difference, Error,
    customer::UpdateCustomer,
    desk::{GetBookState, ListDesks},
    session::{SignIn, SignOut},
};
use engine::App;
use serde_json::json;

use crate::support::*;

async fn signed_in(book: &TestBook, email: &str) -> App {
    let app = book.again().await;
    let sign_in = SignIn {
        email: email.to_owned(),
        password: OWNER_PASSWORD.into(),
    };
    app.call(sign_in, None).await.unwrap();
    app
}

on_both! {
    async fn a_change_of_another_desk_is_told_and_an_own_one_is_not(book: TestBook) {
        let other = signed_in(&book, OWNER_EMAIL).await;
        let _upkeep = book.app.upkeep(false);
        let mut changes = book.app.changes_elsewhere();
        tokio::time::sleep(Duration::from_millis(1_500)).await;
        changes.borrow_and_update();
        book.customer("Ann").await;
        tokio::time::sleep(Duration::from_millis(1_500)).await;
        assert!(!changes.has_changed().unwrap(), "an own change");
        let began = Instant::now();
        other.call(new_customer("Bea"), None).await.unwrap();
        tokio::time::timeout(Duration::from_secs(5), changes.changed()).await.expect("told within five seconds").unwrap();
        assert!(began.elapsed() < Duration::from_secs(2), "{:?}", began.elapsed());
        let state = book.ok(GetBookState {}).await;
        assert_eq!(i64::try_from(state.number).unwrap(), *changes.borrow());
        assert_eq!((state.number - state.own_number, state.is_maintained), (1, false));
        other.close().await;
    }

    async fn who_is_signed_in_is_told_and_who_left_is_not(book: TestBook) {
        let ina = book.administrator("Ina").await;
        let other = signed_in(&book, &ina.email).await;
        let names = |list: contract::desk::DeskList| -> Vec<(String, bool)> { list.items.into_iter().map(|desk| (desk.full_name, desk.is_own)).collect() };
        let both = [("Olga Owner".to_owned(), true), ("Ina".to_owned(), false)];
        assert_eq!(names(book.ok(ListDesks {}).await), both);
        assert_eq!(other.call(ListDesks {}, None).await.unwrap().items[0].email, ina.email);
        // Who is not heard of any more, as after a crash, is gone after two minutes.
        book.at("2026-11-22T09:02:01Z").await;
        assert_eq!(names(book.ok(ListDesks {}).await), []);
        book.at(START).await;
        other.call(SignOut {}, None).await.unwrap();
        assert_eq!(names(book.ok(ListDesks {}).await), both[..1]);
        other.close().await;
    }

    async fn a_conflict_tells_what_was_what_is_and_what_was_wanted(book: TestBook) {
        let ann = book.customer("Ann").await;
        let change = |version| UpdateCustomer::nothing(ann.id, version);
        book.ok(UpdateCustomer { full_name: Some("Anne".to_owned()), ..change(1) }).await;
        book.ok(UpdateCustomer { full_name: Some("Anna".to_owned()), company_name: Some(Some("Anna Ltd".to_owned())), ..change(2) }).await;
        // One field collides, one does not.
        let mine = UpdateCustomer { full_name: Some("Annie".to_owned()), is_active: Some(false), password: Some("a secret canary".into()), ..change(1) };
        let Error::Conflict { conflict: Conflict::ChangedMeanwhile { version, fields, differences, .. } } = book.refused(mine).await else { panic!() };
        assert_eq!((version, fields), (3, vec!["full_name".to_owned(), "company_name".to_owned()]));
        let name = Difference { field: "full_name".to_owned(), before: json!("Ann"), theirs: json!("Anna"), mine: Some(json!("Annie")) };
        let company = Difference { field: "company_name".to_owned(), before: json!(null), theirs: json!("Anna Ltd"), mine: None };
        assert_eq!(differences, [name, company.clone()]);
        // Emptying a field is told apart from leaving it alone, also over the wire.
        let empties = UpdateCustomer { company_name: Some(None), ..change(2) };
        let refusal = book.refused(empties).await;
        let wire = serde_json::to_value(&refusal).unwrap();
        assert!(!wire.to_string().contains("canary"));
        assert_eq!(serde_json::from_value::<Error>(wire).unwrap(), refusal);
        let Error::Conflict { conflict: Conflict::ChangedMeanwhile { differences, .. } } = refusal else { panic!() };
        assert_eq!(differences[0], Difference { mine: Some(json!(null)), ..company });
        // What does not collide is saved with the version of the answer.
        book.ok(UpdateCustomer { is_active: Some(false), ..change(3) }).await;
        book.verified().await;
    }

    async fn two_who_set_a_password_are_told_of_each_other(book: TestBook) {
        let ann = book.customer("Ann").await;
        let set = |password: Option<&str>| UpdateCustomer { password: password.map(Into::into), ..UpdateCustomer::nothing(ann.id, 1) };
        book.ok(set(Some("the first canary"))).await;
        for (password, is_contested) in [(Some("the second canary"), true), (Some("the first canary"), true), (Some(""), false), (None, false)] {
            let refusal = book.refused(set(password)).await;
            assert!(!serde_json::to_string(&refusal).unwrap().contains("canary"));
            let Error::Conflict { conflict: Conflict::ChangedMeanwhile { differences, .. } } = refusal else { panic!() };
            let [Difference { field, theirs, mine, .. }] = differences.as_slice() else { panic!("{differences:?}") };
            assert_eq!(field, "password");
            // A page merges what only one of the two has changed, and asks where they differ.
            assert_eq!(mine.as_ref().is_some_and(|mine| mine != theirs), is_contested, "{mine:?} {theirs:?}");
            assert!(is_contested || mine.is_none());
        }
        book.verified().await;
    }
}
