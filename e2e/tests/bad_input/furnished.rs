//! A book in which something is owed, paid, left and subscribed to: what the forms of money begin with.

use e2e::App;
use serde_json::{Value, json};

/// The number of the one final invoice.
pub const NUMBER: &str = "2026-000001";

/// What is in it.
pub struct Furnished {
    /// Who owes and has paid.
    pub customer: Value,
    /// The final invoice: 142.80 euros for a license of 100 and a storage of 20, of whose 20 five are credited.
    pub invoice: Value,
    /// A draft of the same customer.
    pub draft: Value,
    /// 20 euros that pay nothing, of which five were given back.
    pub payment: Value,
    /// Who subscribes.
    pub subscriber: Value,
    /// To what, for ten days.
    pub subscription: Value,
}

/// Makes it, on days that lie so far back that a bad one fits before them and after.
pub fn fill(app: &App) -> Furnished {
    app.begin();
    app.add_plan("Studio", "studio", "12", "120");
    app.add_customer("Lena Hoffmann", "lena@example.com", "");
    app.add_customer("Jo Okafor", "jo@example.com", "");
    app.dismiss();
    let euro = |amount: i64| json!({"amount": amount, "currency": "EUR"});
    let [customer, subscriber] = ["lena@example.com", "jo@example.com"].map(|email| app.record(email)["id"].clone());
    app.set_seller();
    let billed = app.ask(
        "create_invoice",
        json!({"customer_id": customer, "lines": [
            {"text": "License", "quantity": "1", "unit_price": 10_000}, {"text": "Storage", "quantity": "2", "unit_price": 1_000}]}),
    );
    let invoice = app.ask(
        "finalize_invoice",
        json!({"id": billed["id"], "version": billed["version"], "issued_on": "2026-01-02", "due_on": "2035-01-01"}),
    );
    app.ask(
        "credit_invoice",
        json!({"id": invoice["id"], "version": invoice["version"], "lines": [{"position": 2, "net": 500}], "reason": "billing_error",
            "issued_on": "2026-01-05"}),
    );
    let payment = app.ask(
        "record_payment",
        json!({"customer_id": customer, "amount": euro(2_000), "method": "card", "received_on": "2026-01-08", "allocations": []}),
    );
    app.ask(
        "refund_payment",
        json!({"id": payment["id"], "amount": euro(500), "refunded_on": "2026-01-12"}),
    );
    let draft = app.ask(
        "create_invoice",
        json!({"customer_id": customer, "lines": [{"text": "Setup", "quantity": "2", "unit_price": 5_000}]}),
    );
    let plan = app.ask("list_plans", json!({"limit": 1}))["items"][0]["id"].clone();
    let subscription = app.ask(
        "create_subscription",
        json!({"customer_id": subscriber, "plan_id": plan, "billing_cycle": "monthly", "starts_on": app.day(-10)}),
    );
    Furnished {
        customer,
        invoice: invoice["id"].clone(),
        draft: draft["id"].clone(),
        payment: payment["id"].clone(),
        subscriber,
        subscription: subscription["id"].clone(),
    }
}
