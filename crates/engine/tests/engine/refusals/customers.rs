//! Refusals of the operations on customers.

use contract::customer::DeleteCustomer;
use serde_json::{Value, json};

use super::{Stage, sessions::unconfirmed};
use crate::support::*;

pub async fn prepare(stage: &Stage, operation: &str, refusal: &str) -> Option<Value> {
    let book = &stage.book;
    let new = |email: &str, is_admin: bool, password: &str| json!({"email": email, "full_name": "New", "password": password, "is_admin": is_admin});
    Some(match (operation, refusal) {
        ("count_customers", "invalid") => json!({"search": "x".repeat(201)}),
        ("email_owner", "invalid") => json!({"email": "not an address"}),
        ("create_customer", "invalid") => new("not an address", false, "short"),
        ("create_customer", "confirmation_needed") => {
            unconfirmed(stage).await;
            new("new@example.com", true, OWNER_PASSWORD)
        }
        ("create_customer", "conflict/email_taken") => new(&stage.customer().await.email.to_uppercase(), false, PASSWORD),

        ("get_customer", "not_found/customer") => json!({"id": stage.nobody()}),
        ("update_customer" | "delete_customer" | "restore_customer", "not_found/customer") => json!({"id": stage.nobody(), "version": 1}),
        ("update_customer", "invalid") => json!({"id": stage.customer().await.id, "version": 1, "full_name": "a\nb"}),
        ("update_customer", "confirmation_needed") => {
            unconfirmed(stage).await;
            json!({"id": stage.customer().await.id, "version": 1, "is_admin": true, "password": OWNER_PASSWORD})
        }
        ("update_customer", "forbidden/own_account") => {
            let owner = book.get(stage.owner().await.id).await;
            json!({"id": owner.id, "version": owner.version, "is_active": false})
        }
        ("delete_customer", "forbidden/own_account") => {
            let owner = book.get(stage.owner().await.id).await;
            json!({"id": owner.id, "version": owner.version})
        }
        ("update_customer", "conflict/email_taken") => {
            let (one, two) = (stage.customer().await, stage.customer().await);
            json!({"id": one.id, "version": 1, "email": two.email})
        }
        ("update_customer" | "delete_customer", "conflict/changed_meanwhile") => {
            let customer = stage.customer().await;
            book.change(customer.id, |change| change.full_name = Some("Renamed".to_owned()))
                .await;
            json!({"id": customer.id, "version": 1})
        }
        ("update_customer", "conflict/administrator") => {
            book.confirm().await;
            let license = stage.license().await;
            json!({"id": license.customer_id, "version": 1, "is_admin": true, "password": OWNER_PASSWORD})
        }
        ("delete_customer", "conflict/active_licenses") => json!({"id": stage.license().await.customer_id, "version": 1}),
        ("delete_customer", "conflict/active_subscriptions") => {
            let license = stage.license().await;
            // The license is suspended, which no operation does yet.
            let id = book.sql.id(license.id.0);
            book.sql
                .run(&format!("UPDATE license SET status = 'suspended', due_at = NULL WHERE id = {id}"))
                .await;
            json!({"id": license.customer_id, "version": 1})
        }
        ("restore_customer", "confirmation_needed") => {
            let other = stage.administrator().await;
            let deleted = book
                .ok(DeleteCustomer {
                    id: other.id,
                    version: other.version,
                })
                .await;
            super::sessions::unconfirmed(stage).await;
            json!({"id": other.id, "version": deleted.version})
        }
        ("restore_customer", "invalid") => {
            // What was not paid is paid meanwhile, so that the subscription goes on with a period that no invoice can hold.
            let license = stage.license().await;
            stage.unbillable(license.subscription_id?, "unpaid").await;
            let id = book.sql.id(license.id.0);
            book.sql
                .run(&format!("UPDATE license SET status = 'suspended', due_at = NULL WHERE id = {id}"))
                .await;
            let id = license.customer_id;
            book.ok(DeleteCustomer { id, version: 1 }).await;
            json!({"id": id, "version": 2})
        }
        ("restore_customer", "conflict/nothing_to_restore") => json!({"id": stage.customer().await.id, "version": 1}),
        ("restore_customer", "conflict/changed_meanwhile") => {
            let customer = stage.customer().await;
            book.ok(DeleteCustomer {
                id: customer.id,
                version: 1,
            })
            .await;
            json!({"id": customer.id, "version": 1})
        }
        ("restore_customer", "conflict/email_taken") => {
            let customer = stage.customer().await;
            book.ok(DeleteCustomer {
                id: customer.id,
                version: 1,
            })
            .await;
            book.customer(&customer.full_name).await;
            json!({"id": customer.id, "version": 2})
        }
        _ => return None,
    })
}
