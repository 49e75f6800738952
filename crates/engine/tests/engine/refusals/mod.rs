//! Every refusal that an operation documents, on both databases, with the same answer and nothing changed.

mod billing;
mod customers;
mod documented;
mod sales;
mod sessions;

use std::{
    collections::BTreeSet,
    sync::atomic::{AtomicU32, Ordering},
};

use contract::{
    Conflict, Effect, Error, Forbidden, Request, Timestamp,
    customer::Customer,
    operations::OPERATIONS,
    session::{CurrentSession, SessionStage, SignIn},
};
use serde_json::{Value, json};

use self::documented::{DOCUMENTED, ELSEWHERE};
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

    /// Prepares what makes the refusal come about; answers with the request.
    async fn prepare(&self, operation: &str, refusal: &str) -> Value {
        // What other cases left: a session, a confirmation, a wait.
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
        request.unwrap_or_else(|| panic!("{operation} × {refusal} is documented but not shown"))
    }

    async fn list(&self, operation: &str, refusal: &str) -> Value {
        let with = |mut request: Value| {
            if matches!(operation, "list_recurring" | "list_movements" | "list_payers") {
                request["currency"] = json!("EUR");
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

/// What a refusal is called in the table.
pub fn label(error: &Error) -> String {
    let text = |value: Value| value.as_str().unwrap().to_owned();
    match error {
        Error::Conflict { conflict } => format!("conflict/{}", text(serde_json::to_value(conflict).unwrap()["conflict"].clone())),
        Error::Forbidden { reason } => format!("forbidden/{}", reason.as_str()),
        Error::NotFound { noun } => format!("not_found/{}", noun.as_str()),
        other => other.kind().to_owned(),
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
    for (operation, refusals) in DOCUMENTED {
        let effect = OPERATIONS.iter().find(|listed| listed.name == *operation).unwrap().effect;
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
async fn every_documented_refusal_comes_about_alike_on_both_databases_and_changes_nothing() {
    let sqlite = perform(Database::Sqlite).await;
    let postgres = perform(Database::Postgres).await;
    for (one, two) in sqlite.iter().zip(&postgres) {
        assert_eq!(one, two);
    }
    assert_eq!(sqlite.len(), postgres.len());
}

#[test]
fn the_table_of_refusals_has_no_gap() {
    let listed: Vec<&str> = OPERATIONS.iter().map(|operation| operation.name).collect();
    let tabled: Vec<&str> = DOCUMENTED.iter().map(|(operation, _)| *operation).collect();
    assert_eq!(tabled, listed, "each operation of the list has a line, in the order of the list");

    // What the documentation of the list says stands in the table.
    for operation in OPERATIONS {
        let own = DOCUMENTED.iter().find(|(name, _)| *name == operation.name).unwrap().1;
        for said in operation
            .doc
            .split("efused with `")
            .skip(1)
            .filter_map(|rest| rest.split('`').next())
        {
            assert!(
                own.contains(&format!("conflict/{said}").as_str()),
                "{} documents {said}",
                operation.name
            );
        }
    }
    // Every refusal that there is comes about somewhere.
    let shown: BTreeSet<&str> = DOCUMENTED
        .iter()
        .flat_map(|(_, refusals)| refusals.iter().copied())
        .chain(ELSEWHERE.iter().copied())
        .collect();
    let there_are: BTreeSet<String> = every_refusal().iter().map(label).collect();
    assert_eq!(shown, there_are.iter().map(String::as_str).collect());
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
        Conflict::PaymentState {
            status: contract::payment::PaymentStatus::Pending,
        },
        Conflict::SubscriptionState {
            status: contract::subscription::SubscriptionStatus::Paused,
        },
        Conflict::NothingToChange,
        Conflict::CustomerInactive,
        Conflict::DiskFull,
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
            Conflict::Administrator | Conflict::NotFirstRun | Conflict::Unfinished | Conflict::CurrencyFixed => {}
            Conflict::KeyReused | Conflict::CursorMismatch | Conflict::NumberTaken { .. } => {}
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
        Error::Internal { reference: String::new() },
    ];
    errors.extend(conflicts.into_iter().map(Error::from));
    errors.extend(Forbidden::ALL.iter().map(|reason| Error::Forbidden { reason: *reason }));
    errors.extend(contract::Noun::ALL.iter().map(|noun| Error::NotFound { noun: *noun }));
    for error in &errors {
        match error {
            Error::Invalid { .. } | Error::SignedOut | Error::Locked | Error::WrongPassword { .. } | Error::Throttled { .. } => {}
            Error::Forbidden { .. } | Error::ConfirmationNeeded | Error::NotFound { .. } | Error::Conflict { .. } => {}
            Error::Unavailable { .. } | Error::Internal { .. } => {}
        }
    }
    errors
}

/// For requests that are written as Rust.
fn json_of(request: &impl Request) -> Value {
    serde_json::to_value(request).unwrap()
}
