//! A book that holds one of each record that a bad request may meet.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::common::{Place, Served};

/// Values that cases name.
pub struct Fixture(BTreeMap<&'static str, String>);

impl Fixture {
    /// A request with the values in place of their names.
    pub fn fill(&self, request: &str) -> String {
        let mut filled = request.to_owned();
        // Longer names first: one may begin with another.
        let mut names: Vec<_> = self.0.iter().collect();
        names.sort_by_key(|(name, _)| std::cmp::Reverse(name.len()));
        for (name, value) in names {
            filled = filled.replace(&format!("${name}"), value);
        }
        while let Some((before, rest)) = filled.split_once("$rep(") {
            let (call, after) = rest.split_once(')').unwrap();
            let (text, times) = call.rsplit_once(',').unwrap();
            filled = format!("{before}{}{after}", text.repeat(times.parse().unwrap()));
        }
        assert!(!filled.contains('$'), "{filled}");
        filled
    }

    fn put(&mut self, name: &'static str, value: &Value) {
        let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        assert_ne!(text, "null", "{name}");
        assert!(self.0.insert(name, text).is_none(), "{name} twice");
    }
}

/// When the older records are made.
const BEFORE: &str = "2026-01-15T10:00:00Z";

/// Makes the book and leaves a signed-in `serve` on it.
pub fn make(place: &Place) -> (Served, Fixture) {
    place.init();
    let mut served = Served::start(place);
    let mut fixture = Fixture(BTreeMap::new());
    let state = served.line(&json!({"id": 0, "op": "current_session", "now": BEFORE}).to_string());
    fixture.put("admin", &state["ok"]["administrator"]["id"]);
    // Two months later.
    older(&mut served, &mut fixture);
    served.line(&json!({"id": 0, "op": "current_session", "now": "2026-03-15T10:00:00Z"}).to_string());
    newer(&mut served, &mut fixture);
    cursors(&mut served, &mut fixture);
    // What fell due between the two has to be booked before anything is compared.
    served.done("attention", &json!({}));
    (served, fixture)
}

fn customer(served: &mut Served, email: &str, full_name: &str) -> Value {
    served.done(
        "create_customer",
        &json!({"email": email, "full_name": full_name, "company_name": "Example Works", "password": "a-password"}),
    )
}

fn license(served: &mut Served, customer: &Value, plan: &Value, with_subscription: bool) -> Value {
    served.done(
        "add_license",
        &json!({
            "customer_id": customer["id"], "plan_id": plan["id"], "billing_cycle": "monthly",
            "create_subscription": with_subscription,
        }),
    )
}

fn older(served: &mut Served, fixture: &mut Fixture) {
    let team = served.done(
        "create_plan",
        &json!({"code": "team", "name": "Team", "currency": "EUR", "price_monthly": 2900, "price_yearly": 29000}),
    );
    fixture.put("team", &team["id"]);
    let changed = served.done("update_plan", &json!({"id": team["id"], "version": 1, "description": "For ten."}));
    assert_eq!(changed["version"], 2);
    let basic = served.done(
        "create_plan",
        &json!({"code": "basic", "name": "Basic", "currency": "EUR", "price_monthly": 900}),
    );
    fixture.put("basic", &basic["id"]);
    let old = served.done(
        "create_plan",
        &json!({"code": "old", "name": "Old", "currency": "EUR", "price_monthly": 100}),
    );
    served.done("update_plan", &json!({"id": old["id"], "version": 1, "is_active": false}));
    fixture.put("oldplan", &old["id"]);

    let late = customer(served, "late@example.com", "Lara Late");
    fixture.put("late", &late["id"]);
    let expired = license(served, &late, &team, true);
    fixture.put("expiredlicense", &expired["id"]);
    let canceled = license(served, &late, &team, true);
    served.done("cancel_license", &json!({"id": canceled["id"]}));
    fixture.put("overlicense", &canceled["id"]);
    fixture.put("oversubscription", &canceled["subscription_id"]);
}

fn newer(served: &mut Served, fixture: &mut Fixture) {
    let team = json!({"id": fixture.0["team"]});
    let ann = customer(served, "ann@example.com", "Ann Example");
    fixture.put("ann", &ann["id"]);
    let jose = customer(served, "jos\u{e9}@b\u{fc}cher.example", "José Example");
    fixture.put("jose", &jose["id"]);
    let changed = customer(served, "changed@example.com", "Chris Changed");
    served.done(
        "update_customer",
        &json!({"id": changed["id"], "version": 1, "full_name": "Chris Change"}),
    );
    fixture.put("changed", &changed["id"]);

    let gone = customer(served, "gone@example.com", "Gus Gone");
    served.done("delete_customer", &json!({"id": gone["id"], "version": 1}));
    fixture.put("gone", &gone["id"]);
    let replaced = customer(served, "again@example.com", "Rita Replaced");
    served.done("delete_customer", &json!({"id": replaced["id"], "version": 1}));
    fixture.put("replaced", &replaced["id"]);
    customer(served, "again@example.com", "Rita Again");
    let archived = customer(served, "archived@example.com", "Archie Archived");
    served.done(
        "record_payment",
        &json!({"customer_id": archived["id"], "amount": {"amount": 500, "currency": "EUR"}, "method": "cash"}),
    );
    served.done("delete_customer", &json!({"id": archived["id"], "version": 1}));
    fixture.put("archived", &archived["id"]);

    let busy = customer(served, "busy@example.com", "Bea Busy");
    fixture.put("busy", &busy["id"]);
    let active = license(served, &busy, &team, true);
    fixture.put("license", &active["id"]);
    fixture.put("subscription", &active["subscription_id"]);
    let canceled = license(served, &busy, &team, true);
    served.done("cancel_license", &json!({"id": canceled["id"]}));
    fixture.put("canceledlicense", &canceled["id"]);
    fixture.put("canceledsubscription", &canceled["subscription_id"]);
    let ending = license(served, &busy, &team, true);
    served.done("cancel_subscription", &json!({"id": ending["subscription_id"], "at": "period_end"}));
    fixture.put("endingsubscription", &ending["subscription_id"]);
    billed(served, fixture);
    for name in ["taken.example", "b\u{fc}cher.example"] {
        let domain = served.done("add_domain", &json!({"customer_id": ann["id"], "name": name}));
        if name == "taken.example" {
            fixture.put("domain", &domain["id"]);
        }
    }
}

fn billed(served: &mut Served, fixture: &mut Fixture) {
    let dora = customer(served, "dora@example.com", "Dora Draft");
    fixture.put("dora", &dora["id"]);
    let draft = served.done(
        "create_invoice",
        &json!({"customer_id": dora["id"], "currency": "EUR", "lines": [{"text": "Advice", "unit_price": 5000}]}),
    );
    fixture.put("draft", &draft["id"]);
    let payment = served.done(
        "record_payment",
        &json!({"customer_id": dora["id"], "amount": {"amount": 700, "currency": "EUR"}, "method": "cash"}),
    );
    fixture.put("payment", &payment["id"]);
    documents(served, fixture);
}

/// A final invoice, drafts that cannot become one, and what was given back.
fn documents(served: &mut Served, fixture: &mut Fixture) {
    // Enough for an invoice without tax, not for one with it.
    let seller = json!({"name": "Example Works", "city": "Berlin", "country": "DE"});
    served.done("update_billing_settings", &json!({"version": 1, "seller": seller}));
    let fina = customer(served, "fina@example.com", "Fina Final");
    fixture.put("fina", &fina["id"]);
    let mut draft = |lines: Value| {
        served.done(
            "create_invoice",
            &json!({"customer_id": fina["id"], "currency": "EUR", "lines": lines}),
        )
    };
    let line = json!({"text": "Advice", "unit_price": 900});
    let (last, next, empty) = (draft(json!([line])), draft(json!([line])), draft(json!([])));
    let taxed = draft(json!([{"text": "Advice", "unit_price": 900, "tax_category": "S", "tax_rate": 190_000}]));
    served.done("finalize_invoice", &json!({"id": last["id"], "version": 1}));
    for (name, invoice) in [
        ("finalinvoice", last),
        ("nextdraft", next),
        ("emptydraft", empty),
        ("taxeddraft", taxed),
    ] {
        fixture.put(name, &invoice["id"]);
    }
    let amount = json!({"amount": 200, "currency": "EUR"});
    let paid = served.done(
        "record_payment",
        &json!({"customer_id": fina["id"], "amount": amount, "method": "cash", "allocations": []}),
    );
    let refund = served.done("refund_payment", &json!({"id": paid["id"], "amount": amount}));
    fixture.put("refundedpayment", &paid["id"]);
    fixture.put("refund", &refund["id"]);
    let license = license(served, &fina, &json!({"id": fixture.0["team"]}), true);
    let id = &license["subscription_id"];
    served.done("change_subscription", &json!({"id": id, "quantity": 2}));
    fixture.put("changedtoday", id);
}

fn cursors(served: &mut Served, fixture: &mut Fixture) {
    let mut next = |op: &str, request: Value| served.done(op, &request)["next"].clone();
    fixture.put("customerscursor", &next("list_customers", json!({"limit": 1})));
    fixture.put("namescursor", &next("list_customers", json!({"limit": 1, "sort": "full_name"})));
    fixture.put("licensescursor", &next("list_licenses", json!({"limit": 1})));
    fixture.put("changescursor", &next("list_changes", json!({"limit": 1})));
    fixture.put("planscursor", &next("list_plans", json!({"limit": 1})));
    fixture.put("nobody", &json!("01890a5d-ac96-774b-bcce-b302099a8057"));
}
