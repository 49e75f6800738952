//! Every refusal that an operation lists, on both databases, with the same answer and nothing changed.

mod billing;
mod cases;
mod customers;
mod elsewhere;
mod sales;
mod sessions;

use std::{
    collections::BTreeSet,
    sync::atomic::{AtomicU32, Ordering},
};

use contract::{
    Conflict, Effect, Error, Forbidden, Noun, Request, SubscriptionId, Timestamp,
    customer::Customer,
    money::MAX_AMOUNT,
    operations::OPERATIONS,
    refusals::common,
    session::{CurrentSession, SessionStage, SignIn},
};
use serde_json::{Value, json};

use self::{
    cases::CASES,
    elsewhere::{COMMON, ELSEWHERE, OUTSIDE},
};
use crate::support::*;

/// A book with something in it, and names that were not used yet.
pub struct Stage {
    pub book: TestBook,
    number: AtomicU32,
}

impl Stage {
    fn next(&self) -> u32 {
        self.number.fetch_add(1, Ordering::Relaxed)
    }

    async fn customer(&self) -> Customer {
        self.book.customer(&format!("Customer {}", self.next())).await
    }

    async fn inactive(&self) -> Customer {
        let customer = self.customer().await;
        self.book.change(customer.id, |change| change.is_active = Some(false)).await
    }

    async fn plan(&self) -> contract::plan::Plan {
        self.book.plan(&format!("plan-{}", self.next())).await
    }

    async fn license(&self) -> contract::license::License {
        let (customer, plan) = (self.customer().await, self.plan().await);
        self.book.license(&customer, &plan, true).await
    }

    async fn administrator(&self) -> Customer {
        self.book.administrator(&format!("Administrator {}", self.next())).await
    }

    async fn owner(&self) -> contract::session::Administrator {
        self.book.ok(CurrentSession {}).await.administrator.unwrap()
    }

    /// Someone who does not exist.
    fn nobody(&self) -> Value {
        json!("01890000-0000-7000-8000-000000000000")
    }

    /// Lets the next period of a subscription, which has begun, come to more than an invoice can hold: its tax comes on top.
    async fn unbillable(&self, subscription: SubscriptionId, status: &str) {
        self.book.seller(190_000).await;
        let id = self.book.sql.id(subscription.0);
        self.book
            .sql
            .run(&format!(
                "UPDATE subscription SET status = '{status}', price = {MAX_AMOUNT}, billed_until = anchor WHERE id = {id}"
            ))
            .await;
    }

    /// Lets the book take no changes, as a newer app leaves it that has changed the tables meanwhile.
    async fn close(&self) {
        self.book.sql.run("UPDATE book SET format = format + 1000").await;
    }

    /// Prepares what makes the refusal come about; answers with the request.
    async fn prepare(&self, operation: &str, refusal: &str) -> Value {
        // What other cases left: a book that takes no changes, a session, a confirmation, a wait.
        self.book
            .sql
            .run("UPDATE book SET format = format - 1000 WHERE format > 1000")
            .await;
        self.book
            .app
            .set_now(Timestamp(at(START).0 + i64::from(self.next()) * 60_000))
            .await
            .unwrap();
        let session = self.book.ok(CurrentSession {}).await;
        let is_owner = session.administrator.is_some_and(|own| own.email == OWNER_EMAIL);
        if session.stage != SessionStage::SignedIn || !is_owner {
            let again = SignIn {
                email: OWNER_EMAIL.to_owned(),
                password: OWNER_PASSWORD.into(),
            };
            self.book.ok(again).await;
        }
        if operation.starts_with("list_") {
            return self.list(operation, refusal).await;
        }
        let request = match sessions::prepare(self, operation, refusal).await {
            Some(request) => Some(request),
            None => match customers::prepare(self, operation, refusal).await {
                Some(request) => Some(request),
                None => match sales::prepare(self, operation, refusal).await {
                    Some(request) => Some(request),
                    None => billing::prepare(self, operation, refusal).await,
                },
            },
        };
        request.unwrap_or_else(|| panic!("{operation} × {refusal} is in the table and has no case"))
    }

    async fn list(&self, operation: &str, refusal: &str) -> Value {
        let with = |mut request: Value| {
            if matches!(
                operation,
                "list_recurring" | "list_recurring_customers" | "list_movements" | "list_payers" | "list_billed"
            ) {
                request["currency"] = json!("EUR");
            }
            if operation == "list_billed" {
                request["from"] = json!("2026-11-01");
                request["until"] = json!("2026-11-30");
            }
            if matches!(operation, "list_movements" | "list_renewals") {
                request["month"] = json!("2026-11-22");
            }
            request
        };
        if refusal == "invalid" {
            return with(json!({"limit": 501}));
        }
        // A cursor of another list.
        self.customer().await;
        self.customer().await;
        let (other, request) = if operation == "list_changes" {
            ("list_customers", json!({"limit": 1}))
        } else {
            ("list_changes", json!({"limit": 1}))
        };
        let page = self.book.json(other, request).await.unwrap();
        with(json!({"after": page["next"]}))
    }
}

/// Does everything in the table on one database; answers with the refusals.
async fn perform(database: Database) -> Vec<(String, Value)> {
    let book = TestBook::new(database).await;
    let stage = Stage {
        book: book.clone(),
        number: AtomicU32::new(1),
    };
    let mut shape = Shape::default();
    let mut answers = Vec::new();
    for (operation, refusals) in CASES {
        let effect = listed(operation).unwrap().effect;
        for refusal in *refusals {
            let request = stage.prepare(operation, refusal).await;
            let context = format!("{operation} × {refusal} × {database:?}: {request}");
            let before = book.sql.everything().await;
            let error = match book.json(operation, request).await {
                Ok(output) => panic!("{context} was not refused: {output}"),
                Err(error) => error,
            };
            assert_eq!(label(&error), *refusal, "{context}: {error:?}");
            if effect != Effect::Session {
                assert_eq!(book.sql.everything().await, before, "{context}");
            }
            let words = contract::words::error(&error);
            assert!(!words.title.is_empty() && !words.advice.is_empty());
            answers.push((format!("{operation} × {refusal}"), shape.of(&json!(error))));
        }
    }
    book.end().await;
    answers
}

#[tokio::test]
async fn every_listed_refusal_comes_about_alike_on_both_databases_and_changes_nothing() {
    let sqlite = perform(Database::Sqlite).await;
    let postgres = perform(Database::Postgres).await;
    for (one, two) in sqlite.iter().zip(&postgres) {
        assert_eq!(one, two);
    }
    assert_eq!(sqlite.len(), postgres.len());
}

#[test]
fn the_table_of_refusals_and_the_lists_of_the_operations_are_the_same() {
    let operations: Vec<&str> = OPERATIONS.iter().map(|operation| operation.name).collect();
    let tabled: Vec<&str> = CASES.iter().map(|(operation, _)| *operation).collect();
    assert_eq!(
        tabled, operations,
        "each operation of the list has a line, in the order of the list"
    );

    for (operation, (name, cases)) in OPERATIONS.iter().zip(CASES) {
        let in_common = common(operation.access, operation.effect);
        let own: BTreeSet<&str> = operation.refusals.iter().copied().collect();
        assert_eq!(own.len(), operation.refusals.len(), "{name} lists something twice");
        // A request of the wrong shape is refused by any, a field that is wrong only by those that list it.
        let again = own.iter().find(|refusal| **refusal != "invalid" && in_common.contains(*refusal));
        assert_eq!(again, None, "{name} lists what it has in common with others");
        for case in *cases {
            assert!(own.contains(case) || in_common.contains(case), "{name} does not list {case}");
        }
        for refusal in own {
            let is_elsewhere = ELSEWHERE.iter().any(|(whose, what, ..)| whose == name && *what == refusal);
            assert_ne!(cases.contains(&refusal), is_elsewhere, "{name} × {refusal} is shown in one place");
        }
    }
    for (name, refusal, ..) in ELSEWHERE {
        assert!(listed(name).unwrap().refusals.contains(refusal), "{name} does not list {refusal}");
    }
    let in_common: BTreeSet<&str> = OPERATIONS.iter().flat_map(|own| common(own.access, own.effect)).collect();
    assert_eq!(COMMON.iter().map(|(refusal, ..)| *refusal).collect::<BTreeSet<_>>(), in_common);

    // Every refusal that there is comes about somewhere, and no other is listed.
    let shown: BTreeSet<&str> = OPERATIONS
        .iter()
        .flat_map(|own| own.refusals.iter().copied())
        .chain(in_common)
        .chain(OUTSIDE.iter().map(|(refusal, ..)| *refusal))
        .collect();
    let there_are: BTreeSet<String> = every_refusal().iter().map(label).collect();
    assert_eq!(shown, there_are.iter().map(String::as_str).collect());
}

#[test]
#[should_panic(expected = "operation get_settings refused with conflict/no_credit, which its list does not have")]
fn a_refusal_that_is_not_listed_fails_the_test_that_meets_it() {
    check_listed("get_settings", &Conflict::NoCredit.into());
}

/// Whether a kind of record is asked for by itself. Of the others only lists and the change log speak.
fn is_asked_for(noun: Noun) -> bool {
    match noun {
        Noun::Refund | Noun::CatchUp | Noun::Settings => false,
        Noun::Customer | Noun::Plan | Noun::License | Noun::Subscription | Noun::Domain => true,
        Noun::Invoice | Noun::CreditNote | Noun::Payment | Noun::Backup | Noun::Operation => true,
    }
}

/// One of each. The match makes a new variant a compile error here until it has been added to the list above it.
fn every_refusal() -> Vec<Error> {
    let (id, full_name, at) = (contract::CustomerId(uuid::Uuid::nil()), String::new(), Timestamp(0));
    let name = String::new();
    let conflicts = vec![
        Conflict::EmailTaken {
            id,
            full_name: full_name.clone(),
        },
        Conflict::CodeTaken { code: name.clone() },
        Conflict::DomainTaken { id, full_name },
        Conflict::ActiveLicenses { count: 1 },
        Conflict::ActiveSubscriptions { count: 1 },
        Conflict::ChangedMeanwhile {
            version: 1,
            at,
            by: None,
            fields: Vec::new(),
            differences: Vec::new(),
        },
        Conflict::Maintenance,
        Conflict::WorkRuns,
        Conflict::NoBackups,
        Conflict::AlreadyCanceled { at },
        Conflict::NothingToRestore,
        Conflict::PeriodOver,
        Conflict::PlanNotSold { name: name.clone() },
        Conflict::CycleNotOffered { name },
        Conflict::NumberTaken { number: String::new() },
        Conflict::DocumentFinal { number: String::new() },
        Conflict::InvoiceState {
            status: contract::invoice::InvoiceStatus::Draft,
        },
        Conflict::InvoiceSettled,
        Conflict::SellerIncomplete { fields: Vec::new() },
        Conflict::BuyerIncomplete {
            name: String::new(),
            fields: Vec::new(),
        },
        Conflict::NothingToCredit,
        Conflict::NoCredit,
        Conflict::NotAllocated,
        Conflict::PaymentState {
            status: contract::payment::PaymentStatus::Pending,
        },
        Conflict::SubscriptionState {
            status: contract::subscription::SubscriptionStatus::Paused,
        },
        Conflict::NothingToChange,
        Conflict::CustomerInactive,
        Conflict::DiskFull,
        Conflict::Damaged { reference: String::new() },
        Conflict::TooManyConnections,
        Conflict::Administrator,
        Conflict::NotFirstRun,
        Conflict::Unfinished,
        Conflict::CurrencyFixed,
        Conflict::KeyReused,
        Conflict::CursorMismatch,
    ];
    for conflict in &conflicts {
        match conflict {
            Conflict::EmailTaken { .. } | Conflict::CodeTaken { .. } | Conflict::DomainTaken { .. } | Conflict::ActiveLicenses { .. } => {}
            Conflict::ActiveSubscriptions { .. } | Conflict::ChangedMeanwhile { .. } | Conflict::AlreadyCanceled { .. } => {}
            Conflict::Maintenance | Conflict::WorkRuns | Conflict::NoBackups => {}
            Conflict::NothingToRestore | Conflict::PeriodOver | Conflict::PlanNotSold { .. } | Conflict::CycleNotOffered { .. } => {}
            Conflict::DocumentFinal { .. } | Conflict::InvoiceState { .. } | Conflict::InvoiceSettled | Conflict::NothingToCredit => {}
            Conflict::SellerIncomplete { .. } | Conflict::BuyerIncomplete { .. } | Conflict::NoCredit | Conflict::PaymentState { .. } => {}
            Conflict::SubscriptionState { .. } | Conflict::NothingToChange | Conflict::CustomerInactive | Conflict::DiskFull => {}
            Conflict::NotAllocated | Conflict::TooManyConnections => {}
            Conflict::Administrator | Conflict::NotFirstRun | Conflict::Unfinished | Conflict::CurrencyFixed => {}
            Conflict::KeyReused | Conflict::CursorMismatch | Conflict::NumberTaken { .. } | Conflict::Damaged { .. } => {}
        }
    }
    let mut errors = vec![
        Error::Invalid { fields: Vec::new() },
        Error::SignedOut,
        Error::Locked,
        Error::WrongPassword { retry_after: 0 },
        Error::Throttled { retry_after: 0 },
        Error::ConfirmationNeeded,
        Error::Unavailable {
            outcome: contract::Outcome::NotDone,
            key: None,
        },
        Error::Swapped,
        Error::Internal { reference: String::new() },
    ];
    errors.extend(conflicts.into_iter().map(Error::from));
    errors.extend(Forbidden::ALL.iter().map(|reason| Error::Forbidden { reason: *reason }));
    let asked_for = Noun::ALL.iter().copied().filter(|noun| is_asked_for(*noun));
    errors.extend(asked_for.map(|noun| Error::NotFound { noun }));
    for error in &errors {
        match error {
            Error::Invalid { .. } | Error::SignedOut | Error::Locked | Error::WrongPassword { .. } | Error::Throttled { .. } => {}
            Error::Forbidden { .. } | Error::ConfirmationNeeded | Error::NotFound { .. } | Error::Conflict { .. } => {}
            Error::Unavailable { .. } | Error::Swapped | Error::Internal { .. } => {}
        }
    }
    errors
}

/// For requests that are written as Rust.
fn json_of(request: &impl Request) -> Value {
    serde_json::to_value(request).unwrap()
}
