//! Every refusal that an operation documents, on both databases, with the same answer and nothing changed.

mod billing;
mod customers;
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

use crate::support::*;

/// Operation and refusal. What all of an access have in common (signed out, locked, not an administrator) and what all
/// writes have in common (a key used twice) is looped over in `operations.rs`.
const DOCUMENTED: &[(&str, &[&str])] = &[
    ("first_run", &["invalid", "conflict/not_first_run"]),
    (
        "sign_in",
        &[
            "invalid",
            "wrong_password",
            "throttled",
            "forbidden/not_administrator",
            "forbidden/inactive",
        ],
    ),
    ("sign_out", &[]),
    ("lock", &[]),
    ("unlock", &["invalid", "signed_out", "wrong_password", "throttled"]),
    ("current_session", &[]),
    ("confirm_password", &["invalid", "wrong_password", "throttled"]),
    ("rate_password", &["invalid"]),
    ("customer_stats", &[]),
    ("list_customers", &["invalid", "conflict/cursor_mismatch"]),
    ("count_customers", &["invalid"]),
    ("get_customer", &["not_found/customer"]),
    ("email_owner", &["invalid"]),
    ("create_customer", &["invalid", "confirmation_needed", "conflict/email_taken"]),
    (
        "update_customer",
        &[
            "invalid",
            "not_found/customer",
            "confirmation_needed",
            "forbidden/own_account",
            "conflict/email_taken",
            "conflict/changed_meanwhile",
            "conflict/administrator",
        ],
    ),
    (
        "delete_customer",
        &[
            "not_found/customer",
            "forbidden/own_account",
            "conflict/changed_meanwhile",
            "conflict/active_licenses",
            "conflict/active_subscriptions",
        ],
    ),
    (
        "restore_customer",
        &[
            "not_found/customer",
            "conflict/changed_meanwhile",
            "conflict/nothing_to_restore",
            "conflict/email_taken",
        ],
    ),
    ("list_administrators", &[]),
    ("list_plans", &["invalid", "conflict/cursor_mismatch"]),
    ("create_plan", &["invalid", "conflict/code_taken"]),
    (
        "update_plan",
        &["invalid", "not_found/plan", "conflict/changed_meanwhile", "conflict/code_taken"],
    ),
    ("list_licenses", &["invalid", "conflict/cursor_mismatch"]),
    (
        "add_license",
        &[
            "not_found/customer",
            "not_found/plan",
            "conflict/administrator",
            "conflict/plan_not_sold",
            "conflict/cycle_not_offered",
        ],
    ),
    (
        "cancel_license",
        &["not_found/license", "conflict/changed_meanwhile", "conflict/already_canceled"],
    ),
    (
        "restore_license",
        &[
            "not_found/license",
            "conflict/changed_meanwhile",
            "conflict/nothing_to_restore",
            "conflict/period_over",
        ],
    ),
    ("list_subscriptions", &["invalid", "conflict/cursor_mismatch"]),
    (
        "create_subscription",
        &[
            "invalid",
            "not_found/customer",
            "not_found/plan",
            "conflict/administrator",
            "conflict/plan_not_sold",
            "conflict/cycle_not_offered",
        ],
    ),
    (
        "preview_subscription_change",
        &[
            "invalid",
            "not_found/subscription",
            "not_found/plan",
            "conflict/plan_not_sold",
            "conflict/cycle_not_offered",
            "conflict/subscription_state",
            "conflict/nothing_to_change",
        ],
    ),
    (
        "change_subscription",
        &[
            "invalid",
            "not_found/subscription",
            "not_found/plan",
            "conflict/changed_meanwhile",
            "conflict/plan_not_sold",
            "conflict/cycle_not_offered",
            "conflict/subscription_state",
            "conflict/nothing_to_change",
        ],
    ),
    (
        "pause_subscription",
        &[
            "not_found/subscription",
            "conflict/changed_meanwhile",
            "conflict/subscription_state",
        ],
    ),
    (
        "resume_subscription",
        &[
            "not_found/subscription",
            "conflict/changed_meanwhile",
            "conflict/subscription_state",
        ],
    ),
    (
        "cancel_subscription",
        &["not_found/subscription", "conflict/changed_meanwhile", "conflict/already_canceled"],
    ),
    (
        "restore_subscription",
        &[
            "not_found/subscription",
            "conflict/changed_meanwhile",
            "conflict/nothing_to_restore",
            "conflict/period_over",
        ],
    ),
    ("list_domains", &["invalid", "conflict/cursor_mismatch"]),
    (
        "add_domain",
        &["invalid", "not_found/customer", "conflict/domain_taken", "conflict/administrator"],
    ),
    ("update_domain", &["invalid", "not_found/domain", "conflict/changed_meanwhile"]),
    ("delete_domain", &["not_found/domain", "conflict/changed_meanwhile"]),
    (
        "restore_domain",
        &[
            "not_found/domain",
            "conflict/changed_meanwhile",
            "conflict/nothing_to_restore",
            "conflict/domain_taken",
        ],
    ),
    ("list_invoices", &["invalid", "conflict/cursor_mismatch"]),
    ("get_invoice", &["not_found/invoice"]),
    ("preview_invoice", &["invalid"]),
    ("create_invoice", &["invalid", "not_found/customer", "conflict/administrator"]),
    (
        "update_invoice",
        &[
            "invalid",
            "not_found/invoice",
            "conflict/changed_meanwhile",
            "conflict/document_final",
        ],
    ),
    (
        "delete_invoice",
        &["not_found/invoice", "conflict/changed_meanwhile", "conflict/document_final"],
    ),
    (
        "finalize_invoice",
        &[
            "invalid",
            "not_found/invoice",
            "conflict/changed_meanwhile",
            "conflict/document_final",
            "conflict/seller_incomplete",
            "conflict/buyer_incomplete",
        ],
    ),
    (
        "void_invoice",
        &[
            "not_found/invoice",
            "conflict/changed_meanwhile",
            "conflict/invoice_settled",
            "conflict/invoice_state",
        ],
    ),
    (
        "set_invoice_uncollectible",
        &["not_found/invoice", "conflict/changed_meanwhile", "conflict/invoice_state"],
    ),
    (
        "credit_invoice",
        &[
            "invalid",
            "not_found/invoice",
            "conflict/changed_meanwhile",
            "conflict/nothing_to_credit",
            "conflict/invoice_state",
        ],
    ),
    ("list_credit_notes", &["invalid", "conflict/cursor_mismatch"]),
    ("get_credit_note", &["not_found/credit_note"]),
    ("number_report", &[]),
    ("get_billing_address", &["not_found/customer"]),
    (
        "update_billing_address",
        &["invalid", "not_found/customer", "conflict/changed_meanwhile"],
    ),
    ("get_billing_settings", &[]),
    ("update_billing_settings", &["invalid", "conflict/changed_meanwhile"]),
    ("list_payments", &["invalid", "conflict/cursor_mismatch"]),
    (
        "record_payment",
        &[
            "invalid",
            "not_found/customer",
            "not_found/invoice",
            "conflict/administrator",
            "conflict/invoice_state",
        ],
    ),
    (
        "apply_credit",
        &["invalid", "not_found/invoice", "conflict/no_credit", "conflict/invoice_state"],
    ),
    ("refund_payment", &["invalid", "not_found/payment", "conflict/payment_state"]),
    ("list_refunds", &["invalid", "conflict/cursor_mismatch"]),
    ("get_statement", &["invalid", "not_found/customer"]),
    ("plan_catch_up", &["invalid"]),
    ("run_catch_up", &[]),
    ("list_catch_up_runs", &["invalid", "conflict/cursor_mismatch"]),
    ("list_changes", &["invalid", "conflict/cursor_mismatch"]),
    ("attention", &[]),
    ("monthly_figures", &["invalid"]),
    ("recurring_figures", &["invalid"]),
    ("list_recurring", &["invalid", "conflict/cursor_mismatch"]),
    ("cohorts", &["invalid"]),
    ("receivables", &[]),
    ("renewal_forecast", &["invalid"]),
    ("get_settings", &[]),
    (
        "update_settings",
        &["invalid", "conflict/changed_meanwhile", "conflict/currency_fixed"],
    ),
];

/// Refusals that no request alone can bring about, with the test that shows them.
const ELSEWHERE: &[&str] = &[
    "locked",                       // operations.rs
    "conflict/key_reused",          // operations.rs
    "unavailable",                  // faults.rs
    "internal",                     // faults.rs
    "forbidden/test_clock",         // opening.rs
    "forbidden/last_administrator", // faults.rs: two at once, each the other's last
    "not_found/refund",             // nothing asks for one alone
    "not_found/catch_up",
    "not_found/settings",
    "not_found/operation", // operations.rs
];

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
        if self.book.ok(CurrentSession {}).await.stage != SessionStage::SignedIn {
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
            if operation == "list_recurring" {
                request["currency"] = json!("EUR");
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
        },
        Conflict::AlreadyCanceled { at },
        Conflict::NothingToRestore,
        Conflict::PeriodOver,
        Conflict::PlanNotSold { name: name.clone() },
        Conflict::CycleNotOffered { name },
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
        Conflict::Administrator,
        Conflict::NotFirstRun,
        Conflict::CurrencyFixed,
        Conflict::KeyReused,
        Conflict::CursorMismatch,
    ];
    for conflict in &conflicts {
        match conflict {
            Conflict::EmailTaken { .. } | Conflict::CodeTaken { .. } | Conflict::DomainTaken { .. } | Conflict::ActiveLicenses { .. } => {}
            Conflict::ActiveSubscriptions { .. } | Conflict::ChangedMeanwhile { .. } | Conflict::AlreadyCanceled { .. } => {}
            Conflict::NothingToRestore | Conflict::PeriodOver | Conflict::PlanNotSold { .. } | Conflict::CycleNotOffered { .. } => {}
            Conflict::DocumentFinal { .. } | Conflict::InvoiceState { .. } | Conflict::InvoiceSettled | Conflict::NothingToCredit => {}
            Conflict::SellerIncomplete { .. } | Conflict::BuyerIncomplete { .. } | Conflict::NoCredit | Conflict::PaymentState { .. } => {}
            Conflict::SubscriptionState { .. } | Conflict::NothingToChange => {}
            Conflict::Administrator | Conflict::NotFirstRun | Conflict::CurrencyFixed | Conflict::KeyReused | Conflict::CursorMismatch => {}
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
