//! Refusals of the operations on what is sold and paid.

use contract::{license::CancelLicense, plan::UpdatePlan};
use serde_json::{Value, json};

use super::Stage;

pub async fn prepare(stage: &Stage, operation: &str, refusal: &str) -> Option<Value> {
    match operation {
        "create_plan" | "update_plan" => plans(stage, operation, refusal).await,
        "add_license" | "add_domain" => customers_things(stage, operation, refusal).await,
        "record_payment" if !matches!(refusal, "not_found/invoice" | "conflict/invoice_state") => {
            customers_things(stage, operation, refusal).await
        }
        _ => ends(stage, operation, refusal).await,
    }
}

async fn plans(stage: &Stage, operation: &str, refusal: &str) -> Option<Value> {
    let new = |code: &str| json!({"code": code, "name": "New", "currency": "EUR", "price_monthly": 1});
    Some(match (operation, refusal) {
        ("create_plan", "invalid") => new("No code"),
        ("create_plan", "conflict/code_taken") => new(&stage.plan().await.code),
        ("update_plan", "invalid") => json!({"id": stage.plan().await.id, "version": 1, "trial_days": 366}),
        ("update_plan", "not_found/plan") => json!({"id": stage.nobody(), "version": 1}),
        ("update_plan", "conflict/changed_meanwhile") => json!({"id": stage.plan().await.id, "version": 7}),
        ("update_plan", "conflict/code_taken") => {
            let (one, two) = (stage.plan().await, stage.plan().await);
            json!({"id": one.id, "version": 1, "code": two.code})
        }
        _ => return None,
    })
}

async fn customers_things(stage: &Stage, operation: &str, refusal: &str) -> Option<Value> {
    let book = &stage.book;
    let customer = match refusal {
        "not_found/customer" => stage.nobody(),
        "conflict/administrator" => json!(stage.administrator().await.id),
        "conflict/customer_inactive" => json!(stage.inactive().await.id),
        _ => json!(stage.customer().await.id),
    };
    let plan = stage.plan().await;
    Some(match (operation, refusal) {
        ("add_license", "invalid") => {
            // With the tax on it no invoice could hold it.
            book.seller(190_000).await;
            book.ok(UpdatePlan {
                price_monthly: Some(Some(contract::money::MAX_AMOUNT)),
                ..UpdatePlan::nothing(plan.id, 1)
            })
            .await;
            json!({"customer_id": customer, "plan_id": plan.id, "billing_cycle": "monthly"})
        }
        ("add_license", "not_found/plan") => json!({"customer_id": customer, "plan_id": stage.nobody(), "billing_cycle": "monthly"}),
        ("add_license", "conflict/plan_not_sold") => {
            book.ok(UpdatePlan {
                is_active: Some(false),
                ..UpdatePlan::nothing(plan.id, 1)
            })
            .await;
            json!({"customer_id": customer, "plan_id": plan.id, "billing_cycle": "monthly"})
        }
        ("add_license", "conflict/cycle_not_offered") => {
            book.ok(UpdatePlan {
                price_yearly: Some(None),
                ..UpdatePlan::nothing(plan.id, 1)
            })
            .await;
            json!({"customer_id": customer, "plan_id": plan.id, "billing_cycle": "yearly"})
        }
        ("add_license", _) => json!({"customer_id": customer, "plan_id": plan.id, "billing_cycle": "monthly"}),
        ("add_domain", "invalid") => json!({"customer_id": customer, "name": "no domain"}),
        ("add_domain", "conflict/domain_taken") => {
            let name = format!("{}.example", plan.code);
            let request = json!({"customer_id": customer, "name": name});
            book.json("add_domain", request.clone()).await.unwrap();
            request
        }
        ("add_domain", _) => json!({"customer_id": customer, "name": format!("{}.example", plan.code)}),
        ("record_payment", "invalid") => {
            json!({"customer_id": customer, "amount": {"amount": 1, "currency": "EUR"}, "method": "cash", "received_on": "2099-01-01"})
        }
        ("record_payment", _) => json!({"customer_id": customer, "amount": {"amount": 1, "currency": "EUR"}, "method": "cash"}),
        _ => return None,
    })
}

/// Canceling and bringing back.
async fn ends(stage: &Stage, operation: &str, refusal: &str) -> Option<Value> {
    let book = &stage.book;
    let (act, noun) = operation.split_once('_')?;
    if !matches!((act, noun), ("cancel" | "restore", "license" | "subscription")) {
        return None;
    }
    let license = stage.license().await;
    let subscription = license.subscription_id?;
    let id = if noun == "license" {
        json!(license.id)
    } else {
        json!(subscription)
    };
    let request = |id: Value, version: Option<u32>| {
        let mut request = json!({"id": id, "version": version});
        if operation == "cancel_subscription" {
            request["at"] = json!("now");
        }
        request
    };
    if refusal == "invalid" {
        // Who cancels bills what has begun until then; what comes back and is paid meanwhile goes on.
        let status = if act == "cancel" { "active" } else { "unpaid" };
        stage.unbillable(subscription, status).await;
    }
    let cancels = matches!(refusal, "conflict/already_canceled" | "conflict/period_over")
        || (act == "restore" && matches!(refusal, "conflict/changed_meanwhile" | "invalid"));
    if cancels {
        book.ok(CancelLicense {
            id: license.id,
            version: None,
            subscription_version: None,
        })
        .await;
    }
    Some(match refusal {
        "not_found/license" | "not_found/subscription" => request(stage.nobody(), None),
        "conflict/changed_meanwhile" => request(id, Some(9)),
        "invalid" | "conflict/already_canceled" | "conflict/nothing_to_restore" => request(id, None),
        "conflict/period_over" => {
            let (license, subscription) = (book.sql.id(license.id.0), book.sql.id(subscription.0));
            book.sql
                .run(&format!("UPDATE license SET starts_at = 1, expires_at = 2 WHERE id = {license}"))
                .await;
            let over = "starts_on = '2025-01-01', anchor = '2025-01-01', billed_until = '2025-02-01', ended_at = 1735776000000";
            book.sql
                .run(&format!("UPDATE subscription SET {over} WHERE id = {subscription}"))
                .await;
            request(id, None)
        }
        _ => return None,
    })
}
