//! Random billing: each step is aimed at a record that it suits, which it makes where there is none; every fourth is not, so that
//! refusals are compared, too.

use serde_json::{Value, json};

use super::{Act, NOBODY, Pair, world};

/// Two numbers that choose records, and one that chooses how.
pub type Choice = (usize, usize, u8);

/// Lets invoices be finalized, by the settings of the book.
pub async fn begin(pair: &mut Pair) {
    let mut settings = pair.world.billing();
    let known = pair.books[0].json("get_billing_settings", json!({})).await.unwrap();
    settings["version"] = known["version"].clone();
    let answer = pair.ask("update_billing_settings", |_, _| settings.clone()).await;
    for (field, first) in ["invoice_next", "credit_note_next"].into_iter().zip(pair.world.firsts) {
        assert_eq!(answer["ok"][field], json!({"number": first, "is_open": true}), "{field}: {answer}");
    }
}

/// Whether a step is aimed. By the upper half of the number: the lower one chooses how.
pub fn is_aimed(how: u8) -> bool {
    how >= 64
}

fn is_one_of(row: &Value, states: &[&str]) -> bool {
    row["status"].as_str().is_some_and(|status| states.contains(&status))
}

pub fn amount_of(row: &Value, field: &str) -> i64 {
    row[field]["amount"].as_i64().unwrap_or(0)
}

/// The same row of a list on both databases, of those that suit if the step is aimed; nobody, if the list is empty.
pub async fn pick(pair: &Pair, list: &str, (number, how): (usize, u8), suits: impl Fn(&Value) -> bool) -> [Value; 2] {
    let mut found = Vec::new();
    for book in &pair.books {
        let page = book.json(list, json!({"limit": 500})).await.unwrap();
        let all = page["items"].as_array().unwrap();
        let suiting: Vec<&Value> = all.iter().filter(|row| is_aimed(how) && suits(row)).collect();
        let rows: Vec<&Value> = if suiting.is_empty() { all.iter().collect() } else { suiting };
        let row = rows.get(number % rows.len().max(1)).copied();
        found.push(row.cloned().unwrap_or_else(|| json!({"id": NOBODY, "version": 1})));
    }
    let two = found.pop().unwrap();
    [found.pop().unwrap(), two]
}

/// Whether an aimed step finds nothing that it suits.
pub async fn lacks(pair: &Pair, list: &str, how: u8, suits: impl Fn(&Value) -> bool) -> bool {
    let page = pair.books[0].json(list, json!({"limit": 500})).await.unwrap();
    is_aimed(how) && !page["items"].as_array().unwrap().iter().any(suits)
}

/// A customer to whom can be sold; any that was ever made, if the step is not aimed.
pub async fn buyer(pair: &Pair, one: usize, how: u8) -> [Value; 2] {
    if is_aimed(how) {
        pick(pair, "list_customers", (one, how), |row| row["is_active"] == true).await
    } else {
        [0, 1].map(|database| json!({"id": pair.id(database, "customer", one), "version": 1 + how % 3}))
    }
}

/// A plan that is sold, and a cycle in which it is offered.
pub async fn offer(pair: &Pair, two: usize, how: u8) -> ([Value; 2], &'static str) {
    let plans = pick(pair, "list_plans", (two, how), |row| row["is_active"] == true).await;
    let is_monthly = how.is_multiple_of(2) || (is_aimed(how) && plans[0]["price_yearly"].is_null());
    (plans, if is_monthly { "monthly" } else { "yearly" })
}

async fn subscribe(pair: &mut Pair, (one, two, how): Choice) -> Value {
    let buyers = buyer(pair, one, how).await;
    let (plans, cycle) = offer(pair, two, how).await;
    pair.ask("create_subscription", |_, database| {
        let mut request = json!({
            "customer_id": buyers[database]["id"], "plan_id": plans[database]["id"], "billing_cycle": cycle,
            "quantity": 1 + how % 3, "create_license": how % 5 == 0,
        });
        if how % 4 != 3 {
            request["trial_days"] = json!(0);
        }
        request
    })
    .await
}

/// A subscription in one of some states. Where none is running, one is made.
async fn subscription(pair: &mut Pair, (one, two, how): Choice, states: &[&str]) -> [Value; 2] {
    if lacks(pair, "list_subscriptions", how, |row| is_one_of(row, states)).await {
        // Without a trial, which could not be paused.
        subscribe(pair, (one, two, how & !3)).await;
    }
    pick(pair, "list_subscriptions", (one, how), |row| is_one_of(row, states)).await
}

const RUNNING: [&str; 3] = ["trialing", "active", "past_due"];
const BILLED: [&str; 2] = ["active", "past_due"];

async fn change(pair: &mut Pair, (one, two, how): Choice) -> Value {
    let rows = subscription(pair, (one, two, how), &RUNNING).await;
    let is_other = |plan: &Value| {
        let is_same_money = plan["currency"] == rows[0]["price"]["currency"];
        plan["is_active"] == true && is_same_money && plan["name"] != rows[0]["plan_name"] && !plan["price_monthly"].is_null()
    };
    let plans = pick(pair, "list_plans", (two, how), is_other).await;
    let quantity = rows[0]["quantity"].as_u64().unwrap_or(1);
    let cycle = if rows[0]["billing_cycle"] == "monthly" {
        "yearly"
    } else {
        "monthly"
    };
    pair.ask("change_subscription", |_, database| {
        let mut request = json!({"id": rows[database]["id"]});
        match how % 4 {
            0 => request["quantity"] = json!(quantity + 1),
            1 => request["quantity"] = json!(if quantity > 1 { quantity - 1 } else { 4 }),
            2 => {
                request["plan_id"] = plans[database]["id"].clone();
                request["billing_cycle"] = json!("monthly");
            }
            _ => request["billing_cycle"] = json!(cycle),
        }
        request
    })
    .await
}

async fn pause(pair: &mut Pair, choice: Choice) -> Value {
    let rows = subscription(pair, choice, &BILLED).await;
    pair.ask("pause_subscription", |_, database| json!({"id": rows[database]["id"]}))
        .await
}

async fn resume(pair: &mut Pair, choice: Choice) -> Value {
    let is_paused = |row: &Value| row["status"] == "paused";
    if lacks(pair, "list_subscriptions", choice.2, is_paused).await {
        pause(pair, choice).await;
        pair.pass(86_400_000).await;
    }
    let rows = pick(pair, "list_subscriptions", (choice.0, choice.2), is_paused).await;
    pair.ask("resume_subscription", |_, database| json!({"id": rows[database]["id"]}))
        .await
}

pub async fn cancel(pair: &mut Pair, choice: Choice) -> Value {
    let rows = subscription(pair, choice, &RUNNING).await;
    let at = if choice.2.is_multiple_of(2) { "now" } else { "period_end" };
    pair.ask("cancel_subscription", |_, database| json!({"id": rows[database]["id"], "at": at}))
        .await
}

pub async fn restore(pair: &mut Pair, choice: Choice) -> Value {
    let today = pair.today();
    // What is over for longer than its period cannot be restored any more.
    let is_over = |row: &Value| {
        let is_within = row["current_period_end"].as_str().is_some_and(|end| end > today.as_str());
        is_within && (row["status"] == "canceled" || row["cancel_at_period_end"] == true)
    };
    if lacks(pair, "list_subscriptions", choice.2, is_over).await {
        cancel(pair, choice).await;
    }
    let rows = pick(pair, "list_subscriptions", (choice.0, choice.2), is_over).await;
    pair.ask("restore_subscription", |_, database| json!({"id": rows[database]["id"]}))
        .await
}

/// Where a customer is billed, and how taxed.
pub async fn treat(pair: &mut Pair, customers: &[Value; 2], treatment: Value) -> Value {
    let mut versions = Vec::new();
    for (book, customer) in pair.books.iter().zip(customers) {
        let known = book.json("get_billing_address", json!({"customer_id": customer["id"]})).await;
        versions.push(known.map_or(json!(1), |known| known["version"].clone()));
    }
    pair.ask("update_billing_address", |_, database| {
        json!({
            "customer_id": customers[database]["id"], "version": versions[database],
            "city": "Wien", "country": "AT", "vat_id": "ATU12345678", "tax_treatment": treatment,
        })
    })
    .await
}

async fn draft(pair: &mut Pair, (one, two, how): Choice) -> Value {
    let buyers = buyer(pair, one, how).await;
    let is_reversed = how % 4 == 3;
    if is_reversed {
        // The number and the country of who accounts for the tax have to be known.
        treat(pair, &buyers, Value::Null).await;
    }
    let lines = json!([
        {"text": "Work", "unit_price": 1 + two * 37, "quantity": if how.is_multiple_of(2) { "1.5" } else { "3" }},
        {"text": "Book", "unit_price": 999, "tax_rate": 70_000},
        {"text": "Travel", "unit_price": 2_345, "quantity": "0.333", "tax_category": "Z", "tax_rate": 0},
    ]);
    let currency = pair.world.currencies[usize::from(how.is_multiple_of(5))];
    pair.ask("create_invoice", |_, database| {
        let customer = &buyers[database]["id"];
        let mut request = json!({"customer_id": customer, "lines": lines, "currency": currency, "reverse_charge": is_reversed});
        if how % 3 != 2 {
            request["prices_include_tax"] = json!(how % 3 == 0);
        }
        request
    })
    .await
}

async fn finalize(pair: &mut Pair, choice: Choice) -> Value {
    let (one, _, how) = choice;
    let is_draft = |row: &Value| row["status"] == "draft";
    if lacks(pair, "list_invoices", how, is_draft).await {
        draft(pair, choice).await;
    }
    let rows = pick(pair, "list_invoices", (one, how), is_draft).await;
    pair.ask(
        "finalize_invoice",
        |_, database| json!({"id": rows[database]["id"], "version": rows[database]["version"]}),
    )
    .await
}

/// An invoice that suits. Where there is none, one is finalized.
async fn invoice(pair: &mut Pair, choice: Choice, suits: impl Fn(&Value) -> bool) -> [Value; 2] {
    if lacks(pair, "list_invoices", choice.2, &suits).await {
        draft(pair, choice).await;
        finalize(pair, choice).await;
    }
    pick(pair, "list_invoices", (choice.0, choice.2), suits).await
}

fn is_owed(row: &Value) -> bool {
    row["status"] == "open" && amount_of(row, "payable") > 0
}

/// What was neither paid nor credited of an invoice.
fn unsettled(row: &Value) -> i64 {
    amount_of(row, "total") - amount_of(row, "paid") - amount_of(row, "credited")
}

/// Whether it can be paid: also one that was given up.
fn is_payable(row: &Value) -> bool {
    is_one_of(row, &["open", "uncollectible"]) && unsettled(row) > 0
}

async fn end_invoice(pair: &mut Pair, choice: Choice) -> Value {
    let act = ["void_invoice", "set_invoice_uncollectible", "delete_invoice"][usize::from(choice.2) % 3];
    let suits = |row: &Value| match act {
        "void_invoice" => is_owed(row) && amount_of(row, "paid") == 0 && amount_of(row, "credited") == 0,
        "set_invoice_uncollectible" => is_owed(row) || row["status"] == "uncollectible",
        _ => row["status"] == "draft",
    };
    let rows = invoice(pair, choice, suits).await;
    pair.ask(act, |_, database| {
        let mut request = json!({"id": rows[database]["id"], "version": rows[database]["version"]});
        if act == "set_invoice_uncollectible" {
            request["uncollectible"] = json!(rows[database]["status"] != "uncollectible");
        }
        request
    })
    .await
}

async fn credit(pair: &mut Pair, choice: Choice) -> Value {
    let (_, two, how) = choice;
    let suits = |row: &Value| is_one_of(row, &["open", "paid", "uncollectible"]) && amount_of(row, "credited") < amount_of(row, "total");
    let rows = invoice(pair, choice, suits).await;
    // A part of the first line, all of it or, where the step is not aimed, as much as it comes to.
    let known = pair.books[0].json("get_invoice", json!({"id": rows[0]["id"]})).await;
    let net = known.map_or(0, |details| details["lines"][0]["net"].as_i64().unwrap_or(0));
    let part = if is_aimed(how) {
        (net / 3).max(1)
    } else {
        i64::try_from(1 + two * 11).unwrap()
    };
    let lines = if how.is_multiple_of(2) {
        Value::Null
    } else {
        json!([{"position": 1, "net": part}])
    };
    pair.ask(
        "credit_invoice",
        |_, database| json!({"id": rows[database]["id"], "version": rows[database]["version"], "lines": lines, "reason": "other"}),
    )
    .await
}

/// Pays an invoice alone, in part or more than enough.
pub async fn pay(pair: &mut Pair, choice: Choice) -> Value {
    let (one, _, how) = choice;
    let rows = invoice(pair, choice, is_payable).await;
    let payable = unsettled(&rows[0]);
    let part = if how.is_multiple_of(2) { payable } else { payable / 2 }.max(1);
    let currency = rows[0]["total"]["currency"].as_str().unwrap_or(pair.world.currencies[0]).to_owned();
    let whole = json!({"amount": part + i64::from(how % 3) * 500, "currency": currency});
    let part = json!({"amount": part, "currency": currency});
    pair.ask("record_payment", |pair, database| {
        let customer = match &rows[database]["customer_id"] {
            Value::Null => pair.id(database, "customer", one),
            known => known.clone(),
        };
        let parts = json!([{"invoice_id": rows[database]["id"], "amount": part}]);
        json!({"customer_id": customer, "amount": whole, "method": "card", "allocations": parts})
    })
    .await
}

/// A payment for whatever is open, in one of the currencies of the book.
pub async fn deposit(pair: &mut Pair, (one, two, how): Choice) -> Value {
    let buyers = buyer(pair, one, how).await;
    let currency = pair.world.currencies[usize::from(how % 3 == 2)];
    let amount = json!({"amount": 1 + two * 100, "currency": currency});
    pair.ask(
        "record_payment",
        |_, database| json!({"customer_id": buyers[database]["id"], "amount": amount, "method": "cash"}),
    )
    .await
}

/// Pays an invoice from credit, which an aimed step pays in before.
async fn apply(pair: &mut Pair, choice: Choice) -> Value {
    let rows = invoice(pair, choice, is_payable).await;
    if is_aimed(choice.2) && is_payable(&rows[0]) {
        let amount = json!({"amount": 1 + choice.1 * 11, "currency": rows[0]["total"]["currency"]});
        pair.ask(
            "record_payment",
            |_, database| json!({"customer_id": rows[database]["customer_id"], "amount": amount, "method": "card", "allocations": []}),
        )
        .await;
    }
    pair.ask("apply_credit", |_, database| json!({"invoice_id": rows[database]["id"]}))
        .await
}

async fn refund(pair: &mut Pair, choice: Choice) -> Value {
    let (one, two, how) = choice;
    let left = |row: &Value| amount_of(row, "amount") - amount_of(row, "refunded");
    if lacks(pair, "list_payments", how, |row| left(row) > 0).await {
        deposit(pair, choice).await;
    }
    let rows = pick(pair, "list_payments", (one, how), |row| left(row) > 0).await;
    let most = left(&rows[0]).max(1);
    let given = if !is_aimed(how) {
        i64::try_from(1 + two * 97).unwrap()
    } else if how.is_multiple_of(2) {
        most
    } else {
        (most / 2).max(1)
    };
    let currency = rows[0]["amount"]["currency"]
        .as_str()
        .unwrap_or(pair.world.currencies[0])
        .to_owned();
    let amount = json!({"amount": given, "currency": currency});
    pair.ask(
        "refund_payment",
        |_, database| json!({"id": rows[database]["id"], "amount": amount}),
    )
    .await
}

/// Does what is due: today or some weeks later, and on the days that follow, because what takes a service away waits for the day
/// after the reminder.
async fn catch_up(pair: &mut Pair, how: u8) -> Value {
    let days = [0, 1, 17, 31][usize::from(how) % 4];
    pair.pass(days * 86_400_000).await;
    for _ in 0..2 {
        pair.ask("run_catch_up", |_, _| json!({})).await;
        pair.pass(86_400_000).await;
    }
    pair.ask("run_catch_up", |_, _| json!({})).await
}

/// Another of the billing settings, from here on.
async fn set(pair: &mut Pair, (one, two, how): Choice) -> Value {
    let (mut settings, mut before) = (Vec::new(), Value::Null);
    for book in &pair.books {
        let known = book.json("get_billing_settings", json!({})).await.unwrap();
        let mut other = world::other_billing(one, two);
        other["version"] = if is_aimed(how) { known["version"].clone() } else { json!(1) };
        settings.push(other);
        before = known;
    }
    let answer = pair.ask("update_billing_settings", |_, database| settings[database].clone()).await;
    if answer["ok"].is_object() {
        for (format, next) in [("invoice_format", "invoice_next"), ("credit_note_format", "credit_note_next")] {
            begins_as_asked(&before, &settings[0], &answer["ok"], (format, next));
        }
    }
    answer
}

/// A series goes on with the number that was asked for. In another format it begins at 1, where none of it was given yet.
fn begins_as_asked(before: &Value, asked: &Value, after: &Value, (format, next): (&str, &str)) {
    let upcoming = &after[next];
    if !asked[next].is_null() {
        assert_eq!(upcoming["number"], asked[next], "{asked}: {after}");
    } else if after[format] != before[format] && upcoming["is_open"] == true {
        assert_eq!(upcoming["number"], 1, "{asked}: {after}");
    }
}

/// Other prices or another schedule of a plan, or that it is not sold any more; then it is again.
async fn set_plan(pair: &mut Pair, (one, two, how): Choice) -> Value {
    let rows = pick(pair, "list_plans", (one, how), |_| true).await;
    pair.ask("update_plan", |_, database| {
        let row = &rows[database];
        let version = if is_aimed(how) { row["version"].clone() } else { json!(1) };
        let mut request = json!({"id": row["id"], "version": version});
        match how % 4 {
            0 => request["price_monthly"] = json!(900 + two),
            1 => request["is_active"] = json!(rows[database]["is_active"] == false),
            2 => request["reminders"] = Value::Null,
            _ => request["reminders"] = world::other_schedule(two),
        }
        request
    })
    .await
}

pub async fn perform(pair: &mut Pair, act: Act, choice: Choice) -> Value {
    match act {
        Act::Subscribe => subscribe(pair, choice).await,
        Act::Change => change(pair, choice).await,
        Act::Pause => pause(pair, choice).await,
        Act::Resume => resume(pair, choice).await,
        Act::Draft => draft(pair, choice).await,
        Act::Finalize => finalize(pair, choice).await,
        Act::EndInvoice => end_invoice(pair, choice).await,
        Act::Credit => credit(pair, choice).await,
        Act::Pay => pay(pair, choice).await,
        Act::ApplyCredit => apply(pair, choice).await,
        Act::Release => super::release::release(pair, choice).await,
        Act::Refund => refund(pair, choice).await,
        Act::Set => set(pair, choice).await,
        Act::SetPlan => set_plan(pair, choice).await,
        Act::Treat => {
            let buyers = buyer(pair, choice.0, choice.2).await;
            let treatments = [Value::Null, json!("AE"), json!("E"), json!("G"), json!("K")];
            treat(pair, &buyers, treatments[choice.1 % treatments.len()].clone()).await
        }
        _ => catch_up(pair, choice.2).await,
    }
}
