//! Refusals of the operations on the session, and of the settings.

use contract::session::{Lock, SignIn, SignOut};
use serde_json::{Value, json};

use super::{Stage, json_of};
use crate::support::*;

pub async fn prepare(stage: &Stage, operation: &str, refusal: &str) -> Option<Value> {
    let book = &stage.book;
    Some(match (operation, refusal) {
        ("first_run", "invalid") => json!({"full_name": "", "email": "a@example.com", "password": OWNER_PASSWORD}),
        ("first_run", "conflict/not_first_run") => json_of(&owner()),

        ("sign_in", "invalid") => json!({"email": "", "password": ""}),
        ("sign_in", "wrong_password") => json!({"email": OWNER_EMAIL, "password": "wrong"}),
        ("sign_in", "throttled") => {
            wrong_tries(stage, "someone@example.com").await;
            json!({"email": "someone@example.com", "password": "wrong"})
        }
        ("sign_in", "forbidden/not_administrator") => {
            let customer = stage.customer().await;
            json!({"email": customer.email, "password": PASSWORD})
        }
        ("sign_in", "forbidden/inactive") => {
            let administrator = stage.administrator().await;
            book.change(administrator.id, |change| change.is_active = Some(false)).await;
            json!({"email": administrator.email, "password": OWNER_PASSWORD})
        }

        ("unlock" | "confirm_password", "invalid") => json!({"password": ""}),
        ("unlock" | "confirm_password", "wrong_password") => json!({"password": "wrong"}),
        ("unlock" | "confirm_password", "throttled") => {
            wrong_tries(stage, OWNER_EMAIL).await;
            json!({"password": OWNER_PASSWORD})
        }
        ("unlock" | "confirm_password", "forbidden/not_administrator" | "forbidden/inactive") => {
            let own = stage.administrator().await;
            let sign_in = SignIn {
                email: own.email,
                password: OWNER_PASSWORD.into(),
            };
            book.ok(sign_in).await;
            if operation == "unlock" {
                book.ok(Lock {}).await;
            }
            // By another desk.
            let lost = if refusal == "forbidden/inactive" { "is_active" } else { "is_admin" };
            book.sql
                .run(&format!("UPDATE customer SET {lost} = FALSE WHERE id = {}", book.sql.id(own.id.0)))
                .await;
            json!({"password": OWNER_PASSWORD})
        }
        ("unlock", "signed_out") => {
            book.ok(SignOut {}).await;
            json!({"password": OWNER_PASSWORD})
        }

        ("rate_password", "invalid") => json!({"password": "x".repeat(513)}),
        ("monthly_figures", "invalid") => json!({"months": 61}),

        ("update_settings", "invalid") => json!({"version": 1, "time_zone": "Mars/Olympus"}),
        ("update_settings", "conflict/changed_meanwhile") => json!({"version": 999}),
        ("update_settings", "conflict/currency_fixed") => {
            let customer = stage.customer().await;
            book.pay(customer.id, 100, "2026-11-20").await;
            json!({"version": book.ok(contract::settings::GetSettings {}).await.version, "currency": "USD"})
        }
        ("restore_backup", "invalid") => json!({"name": "../book.clientele"}),
        ("restore_backup", "confirmation_needed") => {
            unconfirmed(stage).await;
            json!({"name": "book.clientele"})
        }
        ("restore_backup", "not_found/backup") => {
            book.confirm().await;
            json!({"name": "book.clientele"})
        }
        _ => return None,
    })
}

/// As many as cost nothing, and one more.
async fn wrong_tries(stage: &Stage, email: &str) {
    for _ in 0..6 {
        let wrong = SignIn {
            email: email.to_owned(),
            password: "wrong".into(),
        };
        stage.book.refused(wrong).await;
    }
}

/// A lock takes the confirmation away.
pub async fn unconfirmed(stage: &Stage) {
    stage.book.ok(Lock {}).await;
    let password = OWNER_PASSWORD.into();
    stage.book.ok(contract::session::Unlock { password }).await;
}
