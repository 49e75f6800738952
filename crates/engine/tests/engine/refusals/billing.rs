//! Refusals of the operations on what is billed again and again, invoiced and given back.

use contract::{
    CustomerId, SubscriptionId,
    billing::{GetBillingSettings, UpdateBillingSettings},
    invoice::{CreateInvoice, Invoice},
    party::Party,
};
use serde_json::{Value, json};

use super::Stage;
use crate::support::*;

pub async fn prepare(stage: &Stage, operation: &str, refusal: &str) -> Option<Value> {
    match operation {
        "create_subscription" => starts(stage, refusal).await,
        "preview_subscription_change" | "change_subscription" | "pause_subscription" | "resume_subscription" => {
            changes(stage, operation, refusal).await
        }
        "create_invoice" | "preview_invoice" | "update_invoice" | "delete_invoice" | "finalize_invoice" => {
            drafts(stage, operation, refusal).await
        }
        _ => match final_ones(stage, operation, refusal).await {
            Some(request) => Some(request),
            None => money(stage, operation, refusal).await,
        },
    }
}

async fn starts(stage: &Stage, refusal: &str) -> Option<Value> {
    let plan = stage.plan().await;
    let customer = match refusal {
        "not_found/customer" => stage.nobody(),
        "conflict/administrator" => json!(stage.administrator().await.id),
        "conflict/customer_inactive" => json!(stage.inactive().await.id),
        _ => json!(stage.customer().await.id),
    };
    let mut request = json!({"customer_id": customer, "plan_id": plan.id, "billing_cycle": "monthly"});
    match refusal {
        "invalid" => request["quantity"] = json!(0),
        "not_found/plan" => request["plan_id"] = stage.nobody(),
        "conflict/plan_not_sold" => stop(stage, &plan).await,
        "conflict/cycle_not_offered" => {
            monthly_only(stage, &plan).await;
            request["billing_cycle"] = json!("yearly");
        }
        _ => {}
    }
    Some(request)
}

async fn stop(stage: &Stage, plan: &contract::plan::Plan) {
    let change = contract::plan::UpdatePlan {
        is_active: Some(false),
        ..contract::plan::UpdatePlan::nothing(plan.id, plan.version)
    };
    stage.book.ok(change).await;
}

async fn monthly_only(stage: &Stage, plan: &contract::plan::Plan) {
    let change = contract::plan::UpdatePlan {
        price_yearly: Some(None),
        ..contract::plan::UpdatePlan::nothing(plan.id, plan.version)
    };
    stage.book.ok(change).await;
}

async fn changes(stage: &Stage, operation: &str, refusal: &str) -> Option<Value> {
    let subscription = stage.license().await.subscription_id?;
    let other = stage.plan().await;
    let mut request = json!({"id": subscription});
    let is_change = operation.ends_with("change") || operation == "change_subscription";
    if is_change {
        request["plan_id"] = json!(other.id);
    }
    let pause = || async {
        stage.book.json("pause_subscription", json!({"id": subscription})).await.unwrap();
    };
    match refusal {
        "invalid" if is_change => request["quantity"] = json!(0),
        // Who pauses bills what has begun until then, and who goes on what begins.
        "invalid" if operation == "pause_subscription" => stage.unbillable(subscription, "active").await,
        "invalid" => stage.unbillable(subscription, "paused").await,
        "conflict/number_taken" => return Some(gives_back(stage).await),
        "conflict/maintenance" => stage.close().await,
        "not_found/subscription" => request["id"] = stage.nobody(),
        "not_found/plan" => request["plan_id"] = stage.nobody(),
        "conflict/plan_not_sold" => stop(stage, &other).await,
        "conflict/cycle_not_offered" => {
            monthly_only(stage, &other).await;
            request["billing_cycle"] = json!("yearly");
        }
        "conflict/nothing_to_change" => request["plan_id"] = Value::Null,
        "conflict/changed_meanwhile" => {
            if operation == "resume_subscription" {
                pause().await;
            }
            request["version"] = json!(9);
        }
        "conflict/subscription_state" => {
            if operation != "resume_subscription" {
                pause().await;
            }
        }
        _ => return None,
    }
    Some(request)
}

/// Another format of numbers, as far as one is given.
async fn number(stage: &Stage, invoice_format: Option<String>, credit_note_format: Option<String>) {
    let version = stage.book.ok(GetBillingSettings {}).await.version;
    let change = UpdateBillingSettings {
        invoice_format,
        credit_note_format,
        ..UpdateBillingSettings::nothing(version)
    };
    stage.book.ok(change).await;
}

/// Two formats of a series that was not there yet: the first gives `…-12`, the second `…-11` and then the same.
fn colliding(stage: &Stage) -> [String; 2] {
    let name = stage.next();
    [format!("T{name}-{{n}}2"), format!("T{name}-1{{n}}")]
}

/// Lets the number that the next credit note would get be given already.
async fn give_number(stage: &Stage, customer: CustomerId) {
    for format in colliding(stage) {
        let other = stage.book.final_invoice(customer, 1_000).await;
        number(stage, None, Some(format)).await;
        let credit = json!({"id": other.id, "version": other.version, "reason": "other"});
        stage.book.json("credit_invoice", credit).await.unwrap();
    }
}

/// A change that gives back a part of what a final invoice has billed: by a credit note, whose number is given already.
async fn gives_back(stage: &Stage) -> Value {
    let book = &stage.book;
    let own = draft(stage).await;
    let license = stage.license().await;
    let billed = book
        .json("list_invoices", json!({"customer_id": license.customer_id}))
        .await
        .unwrap();
    let billed = json!({"id": billed["items"][0]["id"], "version": billed["items"][0]["version"]});
    book.json("finalize_invoice", billed).await.unwrap();
    give_number(stage, own.customer_id).await;
    let cheaper = stage.plan().await;
    let change = contract::plan::UpdatePlan {
        price_monthly: Some(Some(500)),
        ..contract::plan::UpdatePlan::nothing(cheaper.id, cheaper.version)
    };
    book.ok(change).await;
    json!({"id": license.subscription_id, "plan_id": cheaper.id})
}

async fn draft(stage: &Stage) -> Invoice {
    stage.book.seller(190_000).await;
    // Numbers that are free, whatever another case has left.
    number(stage, Some("{YYYY}-{n:6}".to_owned()), Some("CN-{YYYY}-{n:6}".to_owned())).await;
    let customer = stage.customer().await;
    stage.book.ok(new_invoice(customer.id, vec![new_line("Work", 1_000)])).await
}

async fn drafts(stage: &Stage, operation: &str, refusal: &str) -> Option<Value> {
    let bad = json!([{"text": "", "unit_price": -1}]);
    if operation == "preview_invoice" {
        return Some(match refusal {
            "not_found/customer" => json!({"customer_id": stage.nobody(), "lines": []}),
            _ => json!({"lines": bad}),
        });
    }
    if operation == "create_invoice" {
        let customer = match refusal {
            "not_found/customer" => stage.nobody(),
            "conflict/administrator" => json!(stage.administrator().await.id),
            _ => json!(stage.customer().await.id),
        };
        let lines = if refusal == "invalid" { bad } else { json!([]) };
        return Some(json!({"customer_id": customer, "lines": lines}));
    }
    let own = draft(stage).await;
    let mut request = json!({"id": own.id, "version": own.version});
    match refusal {
        "invalid" if operation == "update_invoice" => request["lines"] = bad,
        "invalid" => request["issued_on"] = json!("2099-01-01"),
        "not_found/invoice" => request["id"] = stage.nobody(),
        "conflict/changed_meanwhile" => request["version"] = json!(9),
        "conflict/document_final" => {
            let done = stage.book.ok(finalize(&own)).await;
            request["version"] = json!(done.version);
        }
        "conflict/seller_incomplete" => {
            let version = stage.book.ok(GetBillingSettings {}).await.version;
            let nameless = UpdateBillingSettings {
                seller: Some(Party::default()),
                ..UpdateBillingSettings::nothing(version)
            };
            stage.book.ok(nameless).await;
        }
        "conflict/buyer_incomplete" => {
            let reversed = CreateInvoice {
                reverse_charge: true,
                ..new_invoice(own.customer_id, vec![new_line("Work", 1_000)])
            };
            let own = stage.book.ok(reversed).await;
            request = json!({"id": own.id, "version": own.version});
        }
        "conflict/number_taken" => {
            for format in colliding(stage) {
                number(stage, Some(format), None).await;
                stage.book.final_invoice(own.customer_id, 1_000).await;
            }
        }
        _ => return None,
    }
    Some(request)
}

/// Settles the last invoice that a subscription was not paid for: it goes on, with a period that no invoice can hold.
async fn goes_on(stage: &Stage, operation: &str, own: &Invoice) -> Value {
    let book = &stage.book;
    let start = json!({"customer_id": own.customer_id, "plan_id": stage.plan().await.id, "billing_cycle": "monthly"});
    let subscription = book.json("create_subscription", start).await.unwrap()["id"].clone();
    let subscription: SubscriptionId = serde_json::from_value(subscription).unwrap();
    let (invoice, of) = (book.sql.id(own.id.0), book.sql.id(subscription.0));
    book.sql
        .run(&format!("UPDATE invoice SET subscription_id = {of} WHERE id = {invoice}"))
        .await;
    let own = book.ok(finalize(own)).await;
    stage.unbillable(subscription, "unpaid").await;
    let mut request = json!({"id": own.id, "version": own.version});
    if operation == "set_invoice_uncollectible" {
        // As long as it is given up, nothing goes on.
        request["uncollectible"] = json!(true);
        let given_up = book.json(operation, request.clone()).await.unwrap();
        request["version"] = given_up["version"].clone();
        request["uncollectible"] = json!(false);
    }
    request
}

/// Operations on final invoices.
async fn final_ones(stage: &Stage, operation: &str, refusal: &str) -> Option<Value> {
    let book = &stage.book;
    if !matches!(
        operation,
        "get_invoice" | "void_invoice" | "set_invoice_uncollectible" | "set_payment_promise" | "credit_invoice" | "apply_credit"
    ) {
        return None;
    }
    let own = draft(stage).await;
    if refusal == "invalid" && matches!(operation, "void_invoice" | "set_invoice_uncollectible") {
        return Some(goes_on(stage, operation, &own).await);
    }
    if operation == "apply_credit" && refusal == "conflict/invoice_state" {
        return Some(json!({"invoice_id": own.id}));
    }
    if operation == "credit_invoice" && refusal == "conflict/invoice_state" {
        return Some(json!({"id": own.id, "version": own.version, "reason": "other"}));
    }
    if operation == "set_payment_promise" && refusal == "conflict/invoice_state" {
        return Some(json!({"id": own.id, "version": own.version, "promised_until": "2026-12-24"}));
    }
    let own = book.ok(finalize(&own)).await;
    let mut request = json!({"id": own.id, "version": own.version});
    match operation {
        "set_invoice_uncollectible" => request["uncollectible"] = json!(refusal != "conflict/invoice_state"),
        "set_payment_promise" => {
            let day = if refusal == "invalid" { "2026-11-21" } else { "2026-12-24" };
            request["promised_until"] = json!(day);
            if refusal == "invalid" {
                return Some(request);
            }
        }
        "credit_invoice" => request["reason"] = json!("other"),
        "apply_credit" => {
            request = json!({"invoice_id": own.id});
            match refusal {
                "not_found/invoice" => request["invoice_id"] = stage.nobody(),
                "not_found/payment" => request["payment_id"] = stage.nobody(),
                "conflict/changed_meanwhile" => request["version"] = json!(9),
                "invalid" => request["amount"] = json!({"amount": 0, "currency": "EUR"}),
                _ => {}
            }
            return Some(request);
        }
        "get_invoice" => return Some(json!({"id": stage.nobody()})),
        _ => {}
    }
    match refusal {
        "invalid" => request["lines"] = json!([]),
        "not_found/invoice" => request["id"] = stage.nobody(),
        "conflict/changed_meanwhile" => request["version"] = json!(9),
        "conflict/invoice_settled" => {
            book.pay(own.customer_id, 1, "2026-11-22").await;
            request["version"] = json!(own.version + 1);
        }
        "conflict/invoice_state" if operation == "void_invoice" => {
            book.json("void_invoice", request.clone()).await.unwrap();
            request["version"] = json!(own.version + 1);
        }
        "conflict/nothing_to_credit" => {
            book.json("credit_invoice", request.clone()).await.unwrap();
            request["version"] = json!(own.version + 1);
        }
        "conflict/number_taken" => give_number(stage, own.customer_id).await,
        _ => {}
    }
    Some(request)
}

async fn money(stage: &Stage, operation: &str, refusal: &str) -> Option<Value> {
    let book = &stage.book;
    let customer = stage.customer().await;
    Some(match (operation, refusal) {
        ("set_logo", "invalid") => json!({"version": book.ok(GetBillingSettings {}).await.version, "image": "AAAA"}),
        ("set_logo", _) => json!({"version": 999, "image": null}),
        ("invoice_pdf" | "credit_note_pdf", _) => json!({"id": stage.nobody()}),
        ("get_credit_note", _) => json!({"id": stage.nobody()}),
        ("get_billing_address", _) => json!({"customer_id": stage.nobody()}),
        ("update_billing_address", "invalid") => json!({"customer_id": customer.id, "version": 1, "country": "Germany"}),
        ("update_billing_address", "not_found/customer") => json!({"customer_id": stage.nobody(), "version": 1}),
        ("update_billing_address", _) => json!({"customer_id": customer.id, "version": 9}),
        ("set_exchange_rate", "invalid") => json!({"currency": "USD", "version": 0, "rate": "0"}),
        ("set_exchange_rate", "conflict/changed_meanwhile") => json!({"currency": "USD", "version": 9, "rate": "0.92"}),
        ("update_billing_settings", "invalid") => {
            // A number of the series was given, so it goes on by itself.
            let own = draft(stage).await;
            book.ok(finalize(&own)).await;
            json!({"version": book.ok(GetBillingSettings {}).await.version, "invoice_next": 9_000})
        }
        ("update_billing_settings", _) => json!({"version": 999}),
        ("record_payment", _) => {
            let own = draft(stage).await;
            let invoice = if refusal == "not_found/invoice" {
                stage.nobody()
            } else {
                json!(own.id)
            };
            let amount = json!({"amount": 1, "currency": "EUR"});
            json!({"customer_id": own.customer_id, "amount": amount, "method": "cash",
                   "allocations": [{"invoice_id": invoice, "amount": amount}]})
        }
        ("release_allocation", _) => {
            let own = draft(stage).await;
            let is_draft = refusal == "conflict/invoice_state";
            let own = if is_draft { own } else { book.ok(finalize(&own)).await };
            let paid = book.pay(own.customer_id, 100, "2026-11-22").await;
            let mut request = json!({"payment_id": paid.id, "invoice_id": own.id});
            match refusal {
                "invalid" => request["amount"] = json!({"amount": 101, "currency": "EUR"}),
                "not_found/invoice" => request["invoice_id"] = stage.nobody(),
                "not_found/payment" => request["payment_id"] = stage.nobody(),
                "conflict/changed_meanwhile" => request["version"] = json!(9),
                "conflict/not_allocated" => {
                    book.json("release_allocation", request.clone()).await.unwrap();
                }
                _ => {}
            }
            request
        }
        ("refund_payment", "not_found/payment") => json!({"id": stage.nobody(), "amount": {"amount": 1, "currency": "EUR"}}),
        ("refund_payment", "invalid") => {
            let paid = book.pay(customer.id, 100, "2026-11-22").await;
            json!({"id": paid.id, "amount": {"amount": 101, "currency": "EUR"}})
        }
        ("refund_payment", _) => {
            let id = uuid::Uuid::from_u128(u128::from(stage.next()));
            let (own, owner) = (book.sql.id(id), book.sql.id(customer.id.0));
            book.sql
                .run(&format!(
                    "INSERT INTO payment (id, customer_id, amount, currency, method, received_on, status, refunded, created_at, updated_at, version)
                     VALUES ({own}, {owner}, 100, 'EUR', 'cash', '2026-11-22', 'pending', 0, 1, 1, 1)"
                ))
                .await;
            json!({"id": id, "amount": {"amount": 1, "currency": "EUR"}})
        }
        ("get_statement" | "statement_pdf", "invalid") => {
            json!({"customer_id": customer.id, "currency": "EUR", "from": "2026-02-01", "to": "2026-01-01"})
        }
        ("get_statement" | "statement_pdf", _) => json!({"customer_id": stage.nobody(), "currency": "EUR"}),
        ("recurring_figures" | "renewal_forecast", _) => json!({"months": 0}),
        ("cohorts", _) => json!({"months": 37, "currency": "EUR"}),
        ("billed_by_plan", _) => json!({"months": 61, "currency": "EUR"}),
        ("update_domain" | "delete_domain" | "restore_domain", _) => {
            let name = format!("{}.example", stage.plan().await.code);
            let add = json!({"customer_id": customer.id, "name": name});
            let own = book.json("add_domain", add.clone()).await.unwrap();
            let mut request = json!({"id": own["id"], "version": 1});
            match refusal {
                "invalid" => request["expires_on"] = json!("1900-01-01"),
                "not_found/domain" => request["id"] = stage.nobody(),
                "conflict/changed_meanwhile" => request["version"] = json!(9),
                "conflict/domain_taken" => {
                    book.json("delete_domain", request.clone()).await.unwrap();
                    book.json("add_domain", add).await.unwrap();
                    request["version"] = json!(2);
                }
                _ => {}
            }
            request
        }
        ("rehearse_catch_up", "conflict/maintenance") => {
            stage.close().await;
            json!({})
        }
        ("plan_catch_up" | "rehearse_catch_up", _) => json!({"until": "2020-01-01"}),
        _ => return None,
    })
}
