//! What each history begins with, whatever is drawn: invoices of each kind, and a sale that is billed again, reminded of and taken
//! away. So none of that is left to chance. It is over before the story begins, and its numbers are series of their own.

use serde_json::{Value, json};

use super::{Pair, World, billing};
use crate::support::PASSWORD;

const DAY: i64 = 86_400_000;
/// The most that it lasts, in milliseconds.
pub const LASTS: i64 = 70 * DAY;
/// How a step is chosen that is aimed.
const AIMED: u8 = 255;

async fn done(pair: &mut Pair, operation: &str, request: impl Fn(&Pair, usize) -> Value) -> Value {
    let answer = pair.ask(operation, request).await;
    assert!(answer["ok"].is_object(), "{operation}: {answer}");
    answer
}

async fn final_invoice(pair: &mut Pair, request: Value) {
    done(pair, "create_invoice", |pair, database| {
        let mut request = request.clone();
        request["customer_id"] = pair.id(database, "customer", 0);
        request
    })
    .await;
    let drafts = billing::pick(pair, "list_invoices", (0, AIMED), |row| row["status"] == "draft").await;
    done(
        pair,
        "finalize_invoice",
        |_, database| json!({"id": drafts[database]["id"], "version": drafts[database]["version"]}),
    )
    .await;
}

/// One of several rates with tax in the prices, rounded and credited, and one whose tax the buyer accounts for, which is given up and
/// then paid in part.
async fn documents(pair: &mut Pair) {
    let lines = json!([
        {"text": "Work", "unit_price": 1_001, "quantity": "3", "tax_rate": 190_000},
        {"text": "Book", "unit_price": 999, "quantity": "1", "tax_rate": 70_000},
        {"text": "Travel", "unit_price": 2_345, "quantity": "1", "tax_category": "Z", "tax_rate": 0},
    ]);
    final_invoice(pair, json!({"lines": lines, "prices_include_tax": true})).await;
    let open = billing::pick(pair, "list_invoices", (0, AIMED), |row| row["status"] == "open").await;
    done(
        pair,
        "credit_invoice",
        |_, database| json!({"id": open[database]["id"], "version": open[database]["version"], "lines": null, "reason": "other"}),
    )
    .await;
    let lines = json!([{"text": "Work", "unit_price": 1_001, "quantity": "1"}]);
    final_invoice(pair, json!({"lines": lines, "prices_include_tax": false, "reverse_charge": true})).await;
    let open = billing::pick(pair, "list_invoices", (0, AIMED), |row| row["status"] == "open").await;
    done(
        pair,
        "set_invoice_uncollectible",
        |_, database| json!({"id": open[database]["id"], "version": open[database]["version"], "uncollectible": true}),
    )
    .await;
    let amount = json!({"amount": 400, "currency": open[0]["total"]["currency"]});
    done(pair, "record_payment", |_, database| {
        let parts = json!([{"invoice_id": open[database]["id"], "amount": amount}]);
        json!({"customer_id": open[database]["customer_id"], "amount": amount, "method": "card", "allocations": parts})
    })
    .await;
}

async fn catch_up(pair: &mut Pair) {
    while done(pair, "run_catch_up", |_, _| json!({})).await["ok"]["has_more"] == true {}
}

/// Tells it, and sets the clock to where the story begins.
pub async fn tell(pair: &mut Pair) {
    let mut settings = World::usual().billing();
    settings["rounding_step"] = json!(5);
    settings["payment_days"] = json!(0);
    settings["invoice_format"] = json!("H-{n}");
    settings["credit_note_format"] = json!("HC-{n}");
    done(pair, "update_billing_settings", |_, _| settings.clone()).await;
    let customer = json!({"email": "head@example.com", "full_name": "Head", "password": PASSWORD, "is_active": true});
    done(pair, "create_customer", |_, _| customer.clone()).await;
    let ids = [0, 1].map(|database| json!({"id": pair.id(database, "customer", 0)}));
    let known = billing::treat(pair, &ids, Value::Null).await;
    assert!(known["ok"].is_object(), "{known}");
    documents(pair).await;

    let currency = pair.world.currencies[0];
    let plan = json!({"code": "head", "name": "Head", "currency": currency, "price_monthly": 1_003, "price_yearly": null, "trial_days": 0});
    done(pair, "create_plan", |_, _| plan.clone()).await;
    done(pair, "create_subscription", |pair, database| {
        let (customer, plan) = (pair.id(database, "customer", 0), pair.id(database, "plan", 0));
        json!({
            "customer_id": customer, "plan_id": plan, "billing_cycle": "monthly", "quantity": 1, "create_license": true, "trial_days": 0,
        })
    })
    .await;
    // All steps of the usual schedule are due by now; what takes the service away waits for the day after the reminder.
    pair.pass(60 * DAY).await;
    catch_up(pair).await;
    pair.pass(2 * DAY).await;
    catch_up(pair).await;
    for kind in ["renewal", "reminder", "suspension", "cancellation"] {
        assert!(pair.seen[0].contains(kind), "{kind} is not among {:?}", pair.seen);
    }
    let left = pair.began - pair.now;
    assert!(left > 0, "it lasts {left} ms too long");
    pair.pass(left).await;
}
