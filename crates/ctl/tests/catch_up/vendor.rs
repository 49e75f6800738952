//! The book of a vendor who reminded once and has not looked at it for months since.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::common::{ADMIN, Place, Served};

/// Customers of each kind: those who pay, those who do not, and those of a plan with reminders of its own.
const CUSTOMERS: [usize; 3] = [40, 10, 6];

/// When the first reminders were noted: without them nothing is suspended by the run that notes the next.
const REMINDED: &str = "2026-12-07T09:00:00Z";

/// Makes it: with everything due on [`super::DUE`], and nothing done but the first reminders.
pub fn make(place: &Place) {
    place.init();
    let mut command = place.command();
    command.args(["--as", ADMIN, "--now", "2026-11-22T09:30:00Z", "serve"]);
    let mut served = Served::spawn(command);
    let step = |days: i32, act: &str| json!({"days": days, "act": act});
    let mut steps: Vec<Value> = [-7, 0, 3, 5, 7, 9, 11, 14, 17, 19].map(|days| step(days, "remind")).to_vec();
    steps.extend([step(21, "suspend"), step(45, "cancel")]);
    served.done(
        "update_billing_settings",
        &json!({
            "version": 1, "finalize_renewals": true, "tax_category": "S", "tax_rate": 190_000, "reminders": steps,
            "seller": {"name": "Example Works", "street": "Lindenstr. 12", "city": "Berlin", "country": "DE", "vat_id": "DE123456789"},
        }),
    );
    let mut plan = |code: &str, price: i64| {
        served.done(
            "create_plan",
            &json!({"code": code, "name": code, "currency": "EUR", "price_monthly": price, "price_yearly": price * 10}),
        )
    };
    let (solo, team) = (plan("solo", 999), plan("team", 2_900));
    let own = json!([step(1, "remind"), step(5, "suspend"), step(12, "cancel")]);
    served.done("update_plan", &json!({"id": team["id"], "version": 1, "reminders": own}));
    for (kind, number) in CUSTOMERS.into_iter().enumerate() {
        for own in 0..number {
            sell(&mut served, kind, own, if kind == 2 { &team } else { &solo });
        }
    }
    assert_eq!(served.end(), Some(0));
    let mut command = place.command();
    command.args(["--as", ADMIN, "--now", REMINDED, "serve"]);
    let mut served = Served::spawn(command);
    let run = served.done("run_catch_up", &json!({}));
    let unpaid = u64::try_from(CUSTOMERS[1] + CUSTOMERS[2]).unwrap();
    assert_eq!(counts(&run["counts"]), BTreeMap::from([("reminder".to_owned(), unpaid)]));
    assert_eq!(served.end(), Some(0));
}

fn sell(served: &mut Served, kind: usize, number: usize, plan: &Value) {
    let customer = served.done(
        "create_customer",
        &json!({"email": format!("c{kind}-{number}@example.com"), "full_name": format!("Customer {kind} {number}"), "password": "a-password"}),
    );
    let subscription = served.done(
        "create_subscription",
        &json!({"customer_id": customer["id"], "plan_id": plan["id"], "billing_cycle": "monthly", "quantity": 1 + number % 3, "create_license": true}),
    );
    if kind == 0 {
        let open = served.done("list_invoices", &json!({"customer_id": customer["id"]}));
        let amount = &open["items"][0]["payable"];
        let request = json!({"customer_id": customer["id"], "amount": amount, "method": "bank_transfer"});
        served.done("record_payment", &request);
    }
    assert_eq!(subscription["status"], "active");
}

/// How many of each kind.
pub fn counts(counts: &Value) -> BTreeMap<String, u64> {
    let counts = counts.as_array().unwrap().iter();
    counts
        .map(|count| (count["kind"].as_str().unwrap().to_owned(), count["count"].as_u64().unwrap()))
        .collect()
}
