//! Customers: made, changed, deleted, brought back.

use contract::{
    Conflict, Error, Forbidden, Noun, Problem,
    customer::{
        CreateCustomer, Customer, DeleteCustomer, DeletionOutcome, EmailOwnerRequest, GetCustomer, ListAdministrators, ListCustomers,
        RestoreCustomer, UpdateCustomer,
    },
    session::{SignIn, SignOut},
};
use serde_json::json;

use crate::support::*;

fn delete(customer: &Customer) -> DeleteCustomer {
    DeleteCustomer {
        id: customer.id,
        version: customer.version,
    }
}

fn taken(owner: &Customer) -> Error {
    Conflict::EmailTaken {
        id: owner.id,
        full_name: owner.full_name.clone(),
    }
    .into()
}

on_both! {
    async fn a_customer_is_answered_as_made(book: TestBook) {
        let made = book
            .ok(CreateCustomer { company_name: Some("  Acme GmbH ".to_owned()), full_name: " Ann  Lee ".to_owned(), ..new_customer("ann") })
            .await;
        assert_eq!((made.full_name.as_str(), made.company_name.as_deref()), ("Ann  Lee", Some("Acme GmbH")));
        assert_eq!((made.email.as_str(), made.version), ("ann@example.com", 1));
        assert_eq!((made.created_at, made.updated_at), (at(START), at(START)));
        assert!(made.is_active && !made.is_admin && made.archived_at.is_none());
        assert!(made.total_payments.is_empty() && made.outstanding.is_empty() && made.licenses.is_empty());
        assert_eq!(made.last_payment_date, None);
        assert_eq!(book.get(made.id).await, made);
        let blank = book.ok(CreateCustomer { company_name: Some("  ".to_owned()), is_active: false, ..new_customer("Bea") }).await;
        assert_eq!((blank.company_name, blank.is_active), (None, false));
        book.verified().await;
    }

    async fn an_address_is_one_persons_whatever_its_case_or_unicode_form(book: TestBook) {
        let ann = book.ok(CreateCustomer { email: "jos\u{e9}@b\u{fc}cher.example".to_owned(), ..new_customer("José") }).await;
        for same in ["JOS\u{c9}@xn--bcher-kva.example", "jose\u{301}@Bu\u{308}cher.example", "jos\u{e9}@b\u{fc}cher.example"] {
            let again = CreateCustomer { email: same.to_owned(), ..new_customer("Other") };
            assert_eq!(book.refused(again).await, taken(&ann), "{same}");
            let owner = book.ok(EmailOwnerRequest { email: same.to_owned(), except: None }).await;
            assert_eq!((owner.id, owner.full_name.as_deref()), (Some(ann.id), Some("José")));
            let owner = book.ok(EmailOwnerRequest { email: same.to_owned(), except: Some(ann.id) }).await;
            assert_eq!(owner.id, None);
        }
        // Nor may a customer have the address of an administrator.
        let refusal = book.refused(CreateCustomer { email: "Owner@example.com".to_owned(), ..new_customer("Eve") }).await;
        assert!(matches!(refusal, Error::Conflict { conflict: Conflict::EmailTaken { full_name, .. } } if full_name == "Olga Owner"));
        let bea = book.customer("Bea").await;
        let change = UpdateCustomer { email: Some("JOS\u{c9}@b\u{fc}cher.example".to_owned()), ..UpdateCustomer::nothing(bea.id, 1) };
        assert_eq!(book.refused(change).await, taken(&ann));
        // The own address in another form is no conflict, and is kept as typed.
        let ann = book.change(ann.id, |change| change.email = Some("JOS\u{c9}@b\u{fc}cher.example".to_owned())).await;
        assert_eq!((ann.email.as_str(), ann.version), ("JOS\u{c9}@b\u{fc}cher.example", 2));
    }

    async fn one_of_two_who_take_an_address_at_once_gets_it(book: TestBook) {
        let (one, two) = tokio::join!(book.call(new_customer("Ann")), book.call(new_customer("Ann")));
        let (won, lost) = if one.is_ok() { (one, two) } else { (two, one) };
        assert_eq!(lost.unwrap_err(), taken(&won.unwrap()));
        book.verified().await;
    }

    async fn what_is_absent_stays_and_null_clears(book: TestBook) {
        let ann = book.ok(CreateCustomer { company_name: Some("Acme".to_owned()), ..new_customer("Ann") }).await;
        book.at("2026-11-23T09:00:00Z").await;
        let same = book.ok(UpdateCustomer::nothing(ann.id, 1)).await;
        assert_eq!(same, ann, "nothing was to be changed");
        let renamed = book.change(ann.id, |change| change.full_name = Some("Ann Lee".to_owned())).await;
        assert_eq!((renamed.full_name.as_str(), renamed.company_name.as_deref(), renamed.version), ("Ann Lee", Some("Acme"), 2));
        assert_eq!((renamed.created_at, renamed.updated_at), (at(START), at("2026-11-23T09:00:00Z")));
        let cleared = book
            .json("update_customer", serde_json::json!({"id": ann.id, "version": 2, "company_name": null}))
            .await
            .unwrap();
        assert_eq!(cleared["company_name"], serde_json::Value::Null);
        let inactive = book.change(ann.id, |change| change.is_active = Some(false)).await;
        assert!(!inactive.is_active);
        book.verified().await;
    }

    async fn an_empty_password_keeps_the_old_one(book: TestBook) {
        let ina = book.administrator("Ina").await;
        let hash = "SELECT password_hash FROM customer WHERE full_name = 'Ina'";
        let before = book.sql.texts(hash).await;
        book.ok(UpdateCustomer { password: Some("".into()), ..UpdateCustomer::nothing(ina.id, 1) }).await;
        assert_eq!(book.sql.texts(hash).await, before);
        book.change(ina.id, |change| change.password = Some("another horse battery staple".into())).await;
        assert_ne!(book.sql.texts(hash).await, before);
        book.ok(SignOut {}).await;
        book.ok(SignIn { email: ina.email, password: "another horse battery staple".into() }).await;
    }

    async fn a_password_is_stored_only_as_its_hash(book: TestBook) {
        book.customer("Ann").await;
        let everything = format!("{:?}", book.sql.everything().await);
        assert!(everything.contains("$argon2id$v=19$m=19456,t=2,p=1$"), "a customer's");
        assert!(everything.contains("$argon2id$v=19$m=47104,t=1,p=1$"), "an administrator's");
        assert!(!everything.contains(PASSWORD) && !everything.contains(OWNER_PASSWORD));
    }

    async fn an_edit_of_an_old_version_is_refused_and_says_what_changed(book: TestBook) {
        let ann = book.customer("Ann").await;
        let ina = book.administrator("Ina").await;
        let other = book.again().await;
        other.call(SignIn { email: ina.email, password: OWNER_PASSWORD.into() }, None).await.unwrap();
        let change = UpdateCustomer { full_name: Some("Anne".to_owned()), ..UpdateCustomer::nothing(ann.id, 1) };
        other.call(change, None).await.unwrap();
        let change = UpdateCustomer { company_name: Some(Some("Acme".to_owned())), ..UpdateCustomer::nothing(ann.id, 2) };
        other.set_now(at("2026-11-22T09:01:00Z")).await.unwrap();
        other.call(change, None).await.unwrap();
        other.close().await;
        let meanwhile = |fields: &[&str]| -> Error {
            let fields: Vec<String> = fields.iter().map(|field| (*field).to_owned()).collect();
            let values = |field: &str| if field == "full_name" { ("Ann".into(), "Anne".into()) } else { (serde_json::Value::Null, "Acme".into()) };
            let difference = |field: &String| { let (before, theirs) = values(field); contract::Difference { field: field.clone(), before, theirs, mine: None } };
            let differences = fields.iter().map(difference).collect();
            Conflict::ChangedMeanwhile { version: 3, at: at("2026-11-22T09:01:00Z"), by: Some("Ina".to_owned()), fields, differences }.into()
        };
        let edit = |version| UpdateCustomer { is_active: Some(false), ..UpdateCustomer::nothing(ann.id, version) };
        assert_eq!(book.refused(edit(1)).await, meanwhile(&["full_name", "company_name"]));
        assert_eq!(book.refused(edit(2)).await, meanwhile(&["company_name"]));
        assert_eq!(book.refused(delete(&ann)).await, meanwhile(&["full_name", "company_name"]));
        book.ok(edit(3)).await;
    }

    async fn deleting_a_customer_with_active_licenses_is_refused_with_their_number(book: TestBook) {
        let (ann, plan) = (book.customer("Ann").await, book.plan("basic").await);
        let one = book.license(&ann, &plan, true).await;
        let two = book.license(&ann, &plan, false).await;
        let before = book.sql.everything().await;
        assert_eq!(book.refused(delete(&ann)).await, Conflict::ActiveLicenses { count: 2 }.into());
        assert_eq!(book.sql.everything().await, before);
        for license in [one.id, two.id] {
            book.ok(contract::license::CancelLicense { id: license, version: None, subscription_version: None }).await;
        }
        let deleted = book.ok(delete(&ann)).await;
        assert_eq!((deleted.version, deleted.outcome), (2, DeletionOutcome::Deleted));
    }

    async fn deleting_a_customer_with_an_active_subscription_is_refused(book: TestBook) {
        let (ann, plan) = (book.customer("Ann").await, book.plan("basic").await);
        book.license(&ann, &plan, true).await;
        // The license ends with its month; the subscription goes on.
        book.at("2026-12-24T09:00:00Z").await;
        assert_eq!(book.refused(delete(&ann)).await, Conflict::ActiveSubscriptions { count: 1 }.into());
    }

    async fn a_deleted_customer_is_gone_until_it_is_brought_back(book: TestBook) {
        let ann = book.customer("Ann").await;
        let deleted = book.ok(delete(&ann)).await;
        let gone = Error::NotFound { noun: Noun::Customer };
        assert_eq!(book.refused(GetCustomer { id: ann.id }).await, gone);
        assert_eq!(book.refused(UpdateCustomer::nothing(ann.id, 2)).await, gone);
        assert_eq!(book.refused(DeleteCustomer { id: ann.id, version: 2 }).await, gone);
        for archived in [false, true] {
            assert_eq!(book.ok(ListCustomers { archived, ..Default::default() }).await.items, []);
        }
        book.verified().await;
        let restored = book.ok(RestoreCustomer { id: ann.id, version: deleted.version }).await;
        assert_eq!(restored, Customer { version: 3, ..ann.clone() });
        assert_eq!(book.refused(RestoreCustomer { id: ann.id, version: 3 }).await, Conflict::NothingToRestore.into());
        assert_eq!(book.ok(ListCustomers::default()).await.total, 1);
        book.verified().await;
    }

    async fn a_customer_who_paid_is_archived_and_kept(book: TestBook) {
        let ann = book.customer("Ann").await;
        book.pay(ann.id, 500, "2026-11-20").await;
        let archived = book.ok(delete(&ann)).await;
        assert_eq!(archived.outcome, DeletionOutcome::Archived);
        assert_eq!(book.get(ann.id).await.archived_at, Some(at(START)));
        assert_eq!(book.ok(ListCustomers::default()).await.items, []);
        let list = book.ok(ListCustomers { archived: true, ..Default::default() }).await;
        assert_eq!((list.total, list.items[0].id), (1, ann.id));
        assert_eq!(book.refused(UpdateCustomer::nothing(ann.id, 2)).await, Error::NotFound { noun: Noun::Customer });
        // Nothing is sold to her any more, and what she pays late is recorded.
        let sale = new_license(ann.id, book.plan("basic").await.id, contract::BillingCycle::Monthly, false);
        assert_eq!(book.refused(sale).await, Error::NotFound { noun: Noun::Customer });
        book.ok(new_payment(ann.id, eur(1), None)).await;
        book.verified().await;
        let back = book.ok(RestoreCustomer { id: ann.id, version: 2 }).await;
        assert_eq!((back.archived_at, back.total_payments), (None, vec![eur(501)]));
        book.verified().await;
    }

    async fn a_customer_whose_address_was_given_away_does_not_come_back(book: TestBook) {
        let ann = book.customer("Ann").await;
        book.ok(delete(&ann)).await;
        let new = book.customer("Ann").await;
        assert_eq!(book.refused(RestoreCustomer { id: ann.id, version: 2 }).await, taken(&new));
        book.change(new.id, |change| change.email = Some("ann2@example.com".to_owned())).await;
        book.ok(RestoreCustomer { id: ann.id, version: 2 }).await;
    }

    async fn nobody_locks_everyone_or_oneself_out(book: TestBook) {
        let own = book.ok(ListAdministrators {}).await.items.remove(0);
        let forbidden = |reason| Error::Forbidden { reason };
        let own_account = forbidden(Forbidden::OwnAccount);
        let ina = book.administrator("Ina").await;
        for change in [
            UpdateCustomer { is_active: Some(false), ..UpdateCustomer::nothing(own.id, own.version) },
            UpdateCustomer { is_admin: Some(false), ..UpdateCustomer::nothing(own.id, own.version) },
        ] {
            assert_eq!(book.refused(change).await, own_account);
        }
        assert_eq!(book.refused(DeleteCustomer { id: own.id, version: own.version }).await, own_account);
        // The owner is inactive behind the back of the session, so Ina is the last.
        book.ok(UpdateCustomer { is_active: Some(false), ..UpdateCustomer::nothing(ina.id, 1) }).await;
        let ina = book.get(ina.id).await;
        book.ok(UpdateCustomer { is_active: Some(true), ..UpdateCustomer::nothing(ina.id, ina.version) }).await;
        book.ok(SignOut {}).await;
        book.ok(SignIn { email: ina.email, password: OWNER_PASSWORD.into() }).await;
        book.ok(UpdateCustomer { is_admin: Some(false), ..UpdateCustomer::nothing(own.id, own.version) }).await;
        assert_eq!(book.refused(DeleteCustomer { id: ina.id, version: 3 }).await, own_account);
        assert_eq!(book.ok(ListAdministrators {}).await.total, 1);
        book.verified().await;
    }

    async fn a_customer_becomes_an_administrator_with_a_new_password_only(book: TestBook) {
        let ann = book.customer("Ann").await;
        let promote = |password: Option<&str>| UpdateCustomer {
            is_admin: Some(true),
            password: password.map(Into::into),
            ..UpdateCustomer::nothing(ann.id, 1)
        };
        assert_eq!(book.refused(promote(Some(OWNER_PASSWORD))).await, Error::ConfirmationNeeded);
        book.confirm().await;
        assert_eq!(book.refused(promote(None)).await, Error::field("password", Problem::Required));
        assert_eq!(book.refused(promote(Some("password1234"))).await, Error::field("password", Problem::Guessable));
        let promoted = book.ok(promote(Some(OWNER_PASSWORD))).await;
        assert!(promoted.is_admin);
        assert_eq!(book.ok(ListCustomers::default()).await.total, 0, "administrators are not in the list of customers");
        book.verified().await;
        // Later a password that is too weak for an administrator is refused, although it would do for a customer.
        let weak = UpdateCustomer { password: Some("short one".into()), ..UpdateCustomer::nothing(ann.id, 2) };
        assert_eq!(book.refused(weak).await, Error::field("password", Problem::TooShort { min: 12, actual: 9 }));
    }

    async fn nothing_is_sold_to_administrators_and_no_buyer_becomes_one(book: TestBook) {
        let (ann, ina, plan) = (book.customer("Ann").await, book.administrator("Ina").await, book.plan("basic").await);
        let sale = new_license(ina.id, plan.id, contract::BillingCycle::Monthly, false);
        assert_eq!(book.refused(sale).await, Conflict::Administrator.into());
        assert_eq!(book.refused(new_payment(ina.id, eur(1), None)).await, Conflict::Administrator.into());
        book.license(&ann, &plan, false).await;
        let promote = UpdateCustomer { is_admin: Some(true), password: Some(OWNER_PASSWORD.into()), ..UpdateCustomer::nothing(ann.id, 1) };
        assert_eq!(book.refused(promote).await, Conflict::Administrator.into());
    }

    async fn nobody_who_has_what_a_customer_has_becomes_an_administrator(book: TestBook) {
        // A trial, so that there is no invoice.
        let plan = book.ok(contract::plan::CreatePlan { trial_days: 14, ..new_plan("basic") }).await;
        book.confirm().await;
        let promote = |id| UpdateCustomer { is_admin: Some(true), password: Some(OWNER_PASSWORD.into()), ..UpdateCustomer::nothing(id, 1) };
        let ann = book.customer("Ann").await;
        book.pay(ann.id, 1, "2026-11-20").await;
        let bob = book.customer("Bob").await;
        let subscription = json!({"customer_id": bob.id, "plan_id": plan.id, "billing_cycle": "monthly"});
        book.json("create_subscription", subscription).await.unwrap();
        let cid = book.customer("Cid").await;
        let domain = book.json("add_domain", json!({"customer_id": cid.id, "name": "cid.example"})).await.unwrap();
        for customer in [&ann, &bob, &cid] {
            assert_eq!(book.refused(promote(customer.id)).await, Conflict::Administrator.into(), "{}", customer.full_name);
        }
        book.json("delete_domain", json!({"id": domain["id"], "version": 1})).await.unwrap();
        book.ok(promote(cid.id)).await;
        book.verified().await;
    }
}
