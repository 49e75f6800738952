//! What holds for every operation of the list.

use contract::{
    Access, Conflict, Effect, Error, Forbidden, Noun, Problem,
    operations::OPERATIONS,
    session::{Lock, SignIn, SignOut},
};
use serde_json::{Value, json};

use crate::support::*;

/// A request that would succeed, with what it needs made before. `number` keeps names apart.
async fn request(book: &TestBook, operation: &str, number: usize) -> Value {
    let name = format!("Customer {number}");
    let customer = || book.customer(&name);
    let plan = || async { book.plan(&format!("plan-{number}")).await };
    let license = || async { book.license(&customer().await, &plan().await, true).await };
    let deleted = || async {
        let customer = customer().await;
        book.ok(contract::customer::DeleteCustomer {
            id: customer.id,
            version: 1,
        })
        .await;
        customer.id
    };
    let canceled = || async {
        let license = license().await;
        book.ok(contract::license::CancelLicense {
            id: license.id,
            version: None,
            subscription_version: None,
        })
        .await
    };
    let draft = || async {
        book.seller(0).await;
        book.ok(new_invoice(customer().await.id, vec![new_line("Work", 1_000)])).await
    };
    let invoice = || async {
        book.seller(0).await;
        book.final_invoice(customer().await.id, 1_000).await
    };
    match operation {
        "first_run" => json!({"full_name": "Other", "email": "other@example.com", "password": OWNER_PASSWORD}),
        "sign_in" => json!({"email": OWNER_EMAIL, "password": OWNER_PASSWORD}),
        "unlock" | "confirm_password" | "rate_password" => json!({"password": OWNER_PASSWORD}),
        "get_customer" => json!({"id": customer().await.id}),
        "email_owner" => json!({"email": OWNER_EMAIL}),
        "create_customer" => json!({"email": format!("new{number}@example.com"), "full_name": "New", "password": PASSWORD}),
        "update_customer" => json!({"id": customer().await.id, "version": 1, "full_name": "Renamed"}),
        "delete_customer" => json!({"id": customer().await.id, "version": 1}),
        "restore_customer" => json!({"id": deleted().await, "version": 2}),
        "create_plan" => json!({"code": format!("new-{number}"), "name": "New", "currency": "EUR", "price_yearly": 0}),
        "update_plan" => json!({"id": plan().await.id, "version": 1, "name": "Renamed"}),
        "add_license" => {
            json!({"customer_id": customer().await.id, "plan_id": plan().await.id, "billing_cycle": "yearly", "create_subscription": true})
        }
        "cancel_license" => json!({"id": license().await.id}),
        "restore_license" => json!({"id": canceled().await.id, "version": 2}),
        "create_subscription" => json!({"customer_id": customer().await.id, "plan_id": plan().await.id, "billing_cycle": "yearly"}),
        "preview_subscription_change" | "change_subscription" => json!({"id": license().await.subscription_id, "quantity": 2}),
        "pause_subscription" => json!({"id": license().await.subscription_id}),
        "resume_subscription" => {
            let id = json!({"id": license().await.subscription_id});
            book.json("pause_subscription", id.clone()).await.unwrap();
            id
        }
        "set_logo" => {
            let version = book.ok(contract::billing::GetBillingSettings {}).await.version;
            json!({"version": version, "image": LOGOS[number % 2]})
        }
        "invoice_pdf" => json!({"id": invoice().await.id}),
        "credit_note_pdf" => {
            let own = invoice().await;
            let credit = json!({"id": own.id, "version": 2, "reason": "other"});
            json!({"id": book.json("credit_invoice", credit).await.unwrap()["id"]})
        }
        "statement_pdf" => json!({"customer_id": customer().await.id, "currency": "EUR"}),
        "get_invoice" | "update_invoice" | "delete_invoice" | "finalize_invoice" => {
            let own = draft().await;
            match operation {
                "get_invoice" => json!({"id": own.id}),
                "update_invoice" => json!({"id": own.id, "version": 1, "note": "Thank you"}),
                _ => json!({"id": own.id, "version": 1}),
            }
        }
        "preview_invoice" => json!({"lines": [{"text": "Work", "unit_price": 1}]}),
        "create_invoice" => json!({"customer_id": customer().await.id, "lines": [{"text": "Work", "unit_price": 100}]}),
        "void_invoice" => json!({"id": invoice().await.id, "version": 2}),
        "set_invoice_uncollectible" => json!({"id": invoice().await.id, "version": 2, "uncollectible": true}),
        "set_payment_promise" => json!({"id": invoice().await.id, "version": 2, "promised_until": "2026-12-24"}),
        "credit_invoice" => json!({"id": invoice().await.id, "version": 2, "reason": "other"}),
        "get_credit_note" => {
            let own = invoice().await;
            let note = book
                .json("credit_invoice", json!({"id": own.id, "version": 2, "reason": "other"}))
                .await
                .unwrap();
            json!({"id": note["id"]})
        }
        "get_billing_address" => json!({"customer_id": customer().await.id}),
        "update_billing_address" => json!({"customer_id": customer().await.id, "version": 1, "city": "Berlin"}),
        "update_billing_settings" => {
            let version = book.ok(contract::billing::GetBillingSettings {}).await.version;
            json!({"version": version, "payment_days": 30 + number % 100})
        }
        "apply_credit" => {
            let owner = customer().await;
            book.seller(0).await;
            book.pay(owner.id, 500, "2026-11-22").await;
            json!({"invoice_id": book.final_invoice(owner.id, 1_000).await.id})
        }
        "release_allocation" => {
            let own = invoice().await;
            let paid = book.pay(own.customer_id, 500, "2026-11-22").await;
            json!({"payment_id": paid.id, "invoice_id": own.id})
        }
        "refund_payment" => {
            let paid = book.pay(customer().await.id, 500, "2026-11-22").await;
            json!({"id": paid.id, "amount": {"amount": 200, "currency": "EUR"}})
        }
        "get_statement" => json!({"customer_id": customer().await.id, "currency": "EUR"}),
        "cancel_subscription" => json!({"id": license().await.subscription_id, "at": "period_end"}),
        "restore_subscription" => json!({"id": canceled().await.subscription_id}),
        "add_domain" => json!({"customer_id": customer().await.id, "name": format!("d{number}.example")}),
        "update_domain" | "delete_domain" | "restore_domain" => {
            let add = json!({"customer_id": customer().await.id, "name": format!("own{number}.example")});
            let own = book.json("add_domain", add).await.unwrap();
            let request = json!({"id": own["id"], "version": 1});
            match operation {
                "update_domain" => json!({"id": own["id"], "version": 1, "auto_renew": true}),
                "restore_domain" => {
                    book.json("delete_domain", request).await.unwrap();
                    json!({"id": own["id"], "version": 2})
                }
                _ => request,
            }
        }
        "record_payment" => json!({"customer_id": customer().await.id, "amount": {"amount": 1, "currency": "EUR"}, "method": "cash"}),
        "monthly_figures" | "recurring_figures" | "renewal_forecast" => json!({"months": 12}),
        "list_recurring" | "list_recurring_customers" | "list_payers" => json!({"currency": "EUR"}),
        "list_billed" => json!({"currency": "EUR", "from": "2026-01-01", "until": "2026-11-30"}),
        "list_movements" => json!({"currency": "EUR", "month": "2026-11-01"}),
        "list_catch_up_reminders" => json!({"run_id": uuid::Uuid::nil()}),
        "list_renewals" => json!({"month": "2026-11-30"}),
        "set_exchange_rate" => json!({"currency": "USD", "version": 0, "rate": "0.92"}),
        "cohorts" | "billed_by_plan" => json!({"months": 12, "currency": "EUR"}),
        "restore_backup" => {
            book.confirm().await;
            book.json("make_backup", json!({})).await.unwrap();
            let backups = book.json("list_backups", json!({})).await.unwrap();
            json!({"name": backups["items"][0]["name"]})
        }
        "update_settings" => json!({"version": 1, "expiring_days": 29}),
        _ => Value::Null,
    }
}

fn listed(access: Access) -> impl Iterator<Item = &'static str> {
    OPERATIONS
        .iter()
        .filter(move |listed| listed.access == access)
        .map(|listed| listed.name)
}

async fn changes(book: &TestBook) -> i64 {
    book.sql.number("SELECT COUNT(*) FROM change").await
}

on_both! {
    async fn who_is_signed_out_or_locked_out_gets_nothing(book: TestBook) {
        let mut requests = Vec::new();
        for (number, name) in listed(Access::Admin).enumerate() {
            requests.push((name, request(&book, name, number).await));
        }
        book.ok(Lock {}).await;
        let before = book.sql.everything().await;
        for (name, request) in &requests {
            assert_eq!(book.json(name, request.clone()).await, Err(Error::Locked), "{name}");
        }
        book.ok(SignOut {}).await;
        for (name, request) in &requests {
            assert_eq!(book.json(name, request.clone()).await, Err(Error::SignedOut), "{name}");
        }
        assert_eq!(book.sql.everything().await, before);
        for name in listed(Access::Public).filter(|name| !matches!(*name, "first_run" | "sign_in" | "unlock")) {
            let request = request(&book, name, 0).await;
            book.json(name, request).await.unwrap_or_else(|error| panic!("{name}: {error:?}"));
        }
    }

    async fn who_lost_the_rights_gets_nothing_after_five_seconds_and_writes_nothing_at_once(book: TestBook) {
        let forbidden = Err(Error::Forbidden { reason: Forbidden::NotAdministrator });
        let effect_of = |name: &str| OPERATIONS.iter().find(|listed| listed.name == name).unwrap().effect;
        let numbered: Vec<(usize, &str)> = listed(Access::Admin).enumerate().collect();
        let (writes, others): (Vec<_>, Vec<_>) = numbered.into_iter().partition(|(_, name)| effect_of(name) == Effect::Write);
        // A server has room for so many desks only.
        let some = writes.chunks(25).map(|some| (some, true)).chain(others.chunks(25).map(|some| (some, false)));
        for (some, is_write) in some {
            // A session each: a refusal ends it.
            let mut seats = Vec::new();
            for (number, name) in some.iter().copied() {
                let app = book.again().await;
                app.call(SignIn { email: OWNER_EMAIL.to_owned(), password: OWNER_PASSWORD.into() }, None).await.unwrap();
                seats.push((app, name, request(&book, name, number).await));
            }
            book.sql.run("UPDATE customer SET is_admin = FALSE").await;
            let before = book.sql.everything().await;
            if !is_write {
                tokio::time::sleep(std::time::Duration::from_millis(5_100)).await;
            }
            for (app, name, request) in seats {
                assert_eq!(app.call_json(name, request.clone(), None).await, forbidden, "{name}");
                assert_eq!(app.call_json(name, request, None).await, Err(Error::SignedOut), "{name}");
                app.close().await;
            }
            assert_eq!(book.sql.everything().await, before);
            book.sql.run(&format!("UPDATE customer SET is_admin = TRUE WHERE email = '{OWNER_EMAIL}'")).await;
        }
    }

    async fn a_write_leaves_one_entry_and_anything_else_none(book: TestBook) {
        // Settings are at version 1 in a new book.
        for (number, listed) in OPERATIONS.iter().enumerate().filter(|(_, listed)| listed.name != "first_run") {
            let request = request(&book, listed.name, number).await;
            let before = changes(&book).await;
            if listed.name == "unlock" {
                book.ok(Lock {}).await;
            }
            let output = book.json(listed.name, request).await.unwrap_or_else(|error| panic!("{}: {error:?}", listed.name));
            // A restored file waits to be opened; its test is in backups.rs.
            if listed.name == "restore_backup" {
                continue;
            }
            if listed.name == "sign_out" || listed.name == "lock" {
                book.ok(SignIn { email: OWNER_EMAIL.to_owned(), password: OWNER_PASSWORD.into() }).await;
            }
            let left = changes(&book).await - before;
            assert_eq!(left, i64::from(listed.effect == Effect::Write), "{}", listed.name);
            assert!(output.is_object());
            book.verified().await;
        }
    }

    async fn a_write_that_breaks_at_its_end_leaves_nothing_and_can_be_done_then(book: TestBook) {
        for (number, listed) in OPERATIONS.iter().enumerate().filter(|(_, listed)| listed.effect == Effect::Write) {
            let request = request(&book, listed.name, number).await;
            let before = book.sql.everything().await;
            // The change log is written last.
            book.sql.run("ALTER TABLE change_value RENAME TO was_change_value").await;
            let broken = book.app.call_json(listed.name, request.clone(), Some(format!("key-{number}"))).await;
            assert!(matches!(broken, Err(Error::Internal { .. })), "{}: {broken:?}", listed.name);
            book.sql.run("ALTER TABLE was_change_value RENAME TO change_value").await;
            assert_eq!(book.sql.everything().await, before, "{}", listed.name);
            book.app.call_json(listed.name, request, Some(format!("key-{number}"))).await.unwrap();
        }
        book.verified().await;
    }

    async fn a_write_asked_again_with_its_key_is_done_once_and_answered_alike(book: TestBook) {
        let ina = book.administrator("Ina").await;
        let other = book.again().await;
        other.call(SignIn { email: ina.email, password: OWNER_PASSWORD.into() }, None).await.unwrap();
        let reused = Err(Conflict::KeyReused.into());
        for (number, listed) in OPERATIONS.iter().enumerate().filter(|(_, listed)| listed.effect == Effect::Write) {
            let name = listed.name;
            let own = request(&book, name, number).await;
            let another = request(&book, name, 100 + number).await;
            let before = changes(&book).await;
            let key = Some(format!("key-{number}"));
            let once = book.app.call_json(name, own.clone(), key.clone()).await.unwrap();
            let twice = book.app.call_json(name, own.clone(), key.clone()).await.unwrap();
            assert_eq!(once, twice, "{name}");
            assert_eq!(changes(&book).await - before, 1, "{name}");
            if another != own {
                assert_eq!(book.app.call_json(name, another, key.clone()).await, reused, "{name}");
            }
            // Another administrator has keys of his own, but must not learn the answer.
            assert_eq!(other.call_json(name, own, key).await, reused, "{name}");
        }
        let used = OPERATIONS.iter().position(|listed| listed.name == "add_domain").map(|number| format!("key-{number}"));
        assert_eq!(book.app.call_json("create_plan", request(&book, "create_plan", 999).await, used).await, reused, "another operation");
        other.close().await;
        book.verified().await;
    }

    async fn a_key_of_a_refused_write_is_free(book: TestBook) {
        let key = Some("key".to_owned());
        let taken = contract::customer::CreateCustomer { email: OWNER_EMAIL.to_owned(), ..new_customer("Ann") };
        assert!(book.app.call(taken, key.clone()).await.is_err());
        let ann = book.app.call(new_customer("Ann"), key.clone()).await.unwrap();
        assert_eq!(book.app.call(new_customer("Ann"), key).await.unwrap(), ann);
        let stored = format!("{:?}", book.sql.everything().await["idempotency"]);
        assert!(!stored.contains(PASSWORD), "{stored}");
        for (key, problem) in [
            (String::new(), Problem::Required),
            ("x".repeat(101), Problem::TooLong { max: 100, actual: 101 }),
        ] {
            assert_eq!(book.app.call(new_customer("Bea"), Some(key)).await, Err(Error::field("key", problem)));
        }
        for key in ["\0", "a b", "ä"] {
            let refusal = book.app.call(new_customer("Bea"), Some(key.to_owned())).await.unwrap_err();
            assert!(matches!(&refusal, Error::Invalid { fields } if fields[0].field == "key"), "{refusal:?}");
        }
    }

    async fn two_writes_with_one_key_at_once_are_one(book: TestBook) {
        let key = Some("key".to_owned());
        let (one, two) = tokio::join!(book.app.call(new_customer("Ann"), key.clone()), book.app.call(new_customer("Ann"), key));
        assert_eq!(one.unwrap(), two.unwrap());
        assert_eq!(changes(&book).await, 2);
    }

    async fn a_request_of_the_wrong_shape_is_refused_at_its_field(book: TestBook) {
        for (number, listed) in OPERATIONS.iter().enumerate() {
            let mut request = request(&book, listed.name, 1_000 + number).await;
            if request.is_null() {
                request = json!({});
            }
            request["nonsense"] = json!(1);
            let before = book.sql.everything().await;
            let refusal = book.json(listed.name, request).await;
            assert_eq!(refusal, Err(Error::field("nonsense", Problem::UnknownField)), "{}", listed.name);
            assert_eq!(book.sql.everything().await, before);
            for shape in [json!(1), json!("{}")] {
                let refusal = book.json(listed.name, shape).await.unwrap_err();
                assert!(matches!(&refusal, Error::Invalid { fields } if fields[0].field.is_empty()), "{}: {refusal:?}", listed.name);
            }
        }
        let payment = |amount: Value| json!({"customer_id": uuid::Uuid::nil(), "amount": amount, "method": "cash"});
        for (request, field) in [
            (payment(json!({"amount": 1})), "amount.currency"),
            (payment(json!({"currency": "EUR"})), "amount.amount"),
            (payment(json!({"amount": 1.5, "currency": "EUR"})), "amount.amount"),
            (payment(json!({"amount": 1, "currency": "euro"})), "amount.currency"),
            (payment(json!({"amount": 1, "currency": "EUR", "tax": 1})), "amount.tax"),
            (json!({"amount": {"amount": 1, "currency": "EUR"}, "method": "cash"}), "customer_id"),
            (json!({"customer_id": "x", "amount": {"amount": 1, "currency": "EUR"}, "method": "cash"}), "customer_id"),
            (json!({"customer_id": uuid::Uuid::nil(), "amount": {"amount": 1, "currency": "EUR"}, "method": "gold"}), "method"),
        ] {
            let refusal = book.json("record_payment", request.clone()).await.unwrap_err();
            assert!(matches!(&refusal, Error::Invalid { fields } if fields[0].field == field), "{request} {refusal:?}");
        }
        assert_eq!(book.json("no_such_operation", json!({})).await, Err(Error::NotFound { noun: Noun::Operation }));
    }
}
