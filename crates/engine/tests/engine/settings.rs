//! Settings of the book.

use contract::{
    Conflict, Currency, Error, Problem,
    settings::{GetSettings, Settings, UpdateSettings},
    stats::{CustomerStatsRequest, MonthlyFiguresRequest},
    subscription::ListSubscriptions,
};

use crate::support::*;

fn nothing(version: u32) -> UpdateSettings {
    UpdateSettings {
        version,
        book_name: None,
        currency: None,
        time_zone: None,
        expiring_days: None,
        idle_lock_minutes: None,
    }
}

fn zone(name: &str, version: u32) -> UpdateSettings {
    UpdateSettings {
        time_zone: Some(name.to_owned()),
        ..nothing(version)
    }
}

on_both! {
    async fn settings_are_answered_as_they_are_set(book: TestBook) {
        let before = book.ok(GetSettings {}).await;
        let (version, name) = (before.version, "Clientele".to_owned());
        assert_eq!(before, Settings {
            book_name: name, currency: Currency::EUR, time_zone: "Europe/Berlin".to_owned(), is_currency_fixed: false,
            expiring_days: 30, idle_lock_minutes: 10, version,
        });
        assert_eq!(book.ok(nothing(version)).await, before);
        let change = UpdateSettings {
            book_name: Some(" Bicycles ".to_owned()), currency: Currency::parse("JPY"), time_zone: Some("Asia/Tokyo".to_owned()),
            expiring_days: Some(7), idle_lock_minutes: Some(60), version,
        };
        let after = book.ok(change).await;
        assert_eq!((after.book_name.as_str(), after.currency.code(), after.time_zone.as_str()), ("Bicycles", "JPY", "Asia/Tokyo"));
        assert_eq!((after.expiring_days, after.idle_lock_minutes, after.version), (7, 60, version + 1));
        assert_eq!(book.ok(GetSettings {}).await, after);
        let state = book.ok(contract::session::CurrentSession {}).await;
        assert_eq!((state.book_name.as_str(), state.idle_lock_minutes, state.currency.code()), ("Bicycles", 60, "JPY"));
        let stale = book.refused(UpdateSettings { expiring_days: Some(8), ..nothing(version) }).await;
        let Error::Conflict { conflict: Conflict::ChangedMeanwhile { fields, .. } } = stale else { panic!("{stale:?}") };
        assert_eq!(fields, ["book_name", "currency", "expiring_days", "idle_lock_minutes", "time_zone"]);
        book.verified().await;
    }

    async fn what_no_book_can_have_is_refused(book: TestBook) {
        let version = book.ok(GetSettings {}).await.version;
        let unknown = Error::field("time_zone", Problem::UnknownTimeZone);
        for name in ["Mars/Olympus", "", "+01:00"] {
            assert_eq!(book.refused(zone(name, version)).await, unknown, "{name}");
        }
        for (change, field) in [
            (UpdateSettings { expiring_days: Some(0), ..nothing(version) }, "expiring_days"),
            (UpdateSettings { expiring_days: Some(366), ..nothing(version) }, "expiring_days"),
            (UpdateSettings { idle_lock_minutes: Some(0), ..nothing(version) }, "idle_lock_minutes"),
            (UpdateSettings { book_name: Some(" ".to_owned()), ..nothing(version) }, "book_name"),
        ] {
            let refusal = book.refused(change).await;
            assert!(matches!(&refusal, Error::Invalid { fields } if fields[0].field == field), "{refusal:?}");
        }
    }

    async fn the_first_money_fixes_currency_and_zone(book: TestBook) {
        let ann = book.customer("Ann").await;
        let version = book.ok(GetSettings {}).await.version;
        book.pay(ann.id, 1, "2026-11-20").await;
        assert!(book.ok(GetSettings {}).await.is_currency_fixed);
        let fixed: Error = Conflict::CurrencyFixed.into();
        assert_eq!(book.refused(zone("Asia/Tokyo", version)).await, fixed);
        assert_eq!(book.refused(UpdateSettings { currency: Currency::parse("USD"), ..nothing(version) }).await, fixed);
        // The same again is no change; others may be changed.
        book.ok(UpdateSettings { currency: Some(Currency::EUR), expiring_days: Some(14), ..zone("Europe/Berlin", version) }).await;
    }

    async fn money_that_is_just_being_recorded_fixes_them_too(book: TestBook) {
        let ann = book.customer("Ann").await;
        let version = book.ok(GetSettings {}).await.version;
        // Someone at another desk is about to store a payment, with the book held as every write holds it.
        if book.sql.is_server() {
            book.sql.run("BEGIN").await;
            let held = "SELECT pg_advisory_xact_lock_shared(hashtextextended('clientele ' || current_schema(), 0))";
            book.sql.run(held).await;
        } else {
            book.sql.run("BEGIN IMMEDIATE").await;
        }
        let (id, owner) = (book.sql.id(uuid::Uuid::now_v7()), book.sql.id(ann.id.0));
        book.sql.run(&format!(
            "INSERT INTO payment (id, customer_id, amount, currency, method, received_on, status, refunded, created_at, updated_at, version)
             VALUES ({id}, {owner}, 100, 'EUR', 'cash', '2026-11-22', 'succeeded', 0, 1, 1, 1)"
        )).await;
        let change = UpdateSettings { currency: Currency::parse("USD"), ..nothing(version) };
        let change = tokio::spawn({ let book = book.clone(); async move { book.call(change).await } });
        tokio::time::sleep(std::time::Duration::from_millis(500)).await;
        book.sql.run("COMMIT").await;
        assert_eq!(change.await.unwrap(), Err(Conflict::CurrencyFixed.into()));
    }

    async fn another_zone_moves_the_days_on_which_customers_came(book: TestBook) {
        book.at("2026-10-31T22:30:00Z").await;
        book.customer("Ann").await;
        book.at("2026-10-31T23:30:00Z").await;
        book.customer("Bea").await;
        book.at(START).await;
        let by_month = || async {
            let months = book.ok(MonthlyFiguresRequest { months: 2 }).await.months;
            (months[0].new_customers, months[1].new_customers)
        };
        assert_eq!(by_month().await, (1, 1));
        for (name, want) in [("Asia/Tokyo", (0, 2)), ("America/New_York", (2, 0)), ("Europe/Berlin", (1, 1))] {
            let version = book.ok(GetSettings {}).await.version;
            book.ok(zone(name, version)).await;
            assert_eq!(by_month().await, want, "{name}");
            assert_eq!(book.ok(CustomerStatsRequest {}).await.new_customers_this_month, want.1, "{name}");
            book.verified().await;
        }
    }

    async fn another_zone_moves_the_day_on_which_a_trial_ends(book: TestBook) {
        let ann = book.customer("Ann").await;
        let plan = book.ok(contract::plan::CreatePlan { trial_days: 14, ..new_plan("basic") }).await;
        book.license(&ann, &plan, true).await;
        let version = book.ok(GetSettings {}).await.version;
        book.ok(zone("America/New_York", version)).await;
        let status = || async { book.ok(ListSubscriptions::default()).await.items[0].status.as_str() };
        // Midnight in Berlin, and in New York.
        for (now, want) in [
            ("2026-12-05T23:00:00Z", "trialing"),
            ("2026-12-06T04:59:59Z", "trialing"),
            ("2026-12-06T05:00:00Z", "active"),
        ] {
            book.at(now).await;
            assert_eq!(status().await, want, "{now}");
        }
        book.verified().await;
    }

    async fn soon_is_what_the_settings_say(book: TestBook) {
        let (ann, plan) = (book.customer("Ann").await, book.plan("basic").await);
        book.license(&ann, &plan, false).await;
        let status = || async { book.get(ann.id).await.licenses[0].status.as_str() };
        assert_eq!(status().await, "expiring");
        let version = book.ok(GetSettings {}).await.version;
        book.ok(UpdateSettings { expiring_days: Some(29), ..nothing(version) }).await;
        assert_eq!(status().await, "active");
        assert_eq!(book.ok(contract::stats::AttentionRequest {}).await.expiring_licenses, 0);
    }
}
