//! Random billing, and what has to hold whatever was done.

use serde_json::{Value, json};

use super::Pair;
use crate::support::TestBook;

/// Lets invoices be finalized.
pub async fn begin(pair: &mut Pair) {
    let seller = json!({"name": "Vendor", "city": "Berlin", "country": "DE", "vat_id": "DE123456789"});
    pair.ask(
        "update_billing_settings",
        |_, _| json!({"version": 1, "seller": seller, "tax_category": "S", "tax_rate": 190_000, "finalize_renewals": true}),
    )
    .await;
}

/// The same row of a list on both databases; nobody, if the list is empty.
async fn nth(pair: &Pair, list: &str, number: usize) -> [Value; 2] {
    let mut rows = Vec::new();
    for book in &pair.books {
        let page = book.json(list, json!({"limit": 500})).await.unwrap();
        let items = page["items"].as_array().unwrap();
        rows.push(if items.is_empty() {
            json!({"id": "01890000-0000-7000-8000-000000000000", "version": 1})
        } else {
            items[number % items.len()].clone()
        });
    }
    let two = rows.pop().unwrap();
    [rows.pop().unwrap(), two]
}

pub async fn perform(pair: &mut Pair, act: u8, (one, two, how): (usize, usize, u8)) -> Value {
    let amount = |cents: usize, currency: &Value| json!({"amount": cents, "currency": currency});
    match act {
        0 => {
            pair.ask("create_subscription", |pair, database| {
                let cycle = if how.is_multiple_of(2) { "monthly" } else { "yearly" };
                let (customer, plan) = (pair.id(database, "customer", one), pair.id(database, "plan", two));
                json!({"customer_id": customer, "plan_id": plan, "billing_cycle": cycle, "quantity": 1 + how % 3, "create_license": how % 5 == 0})
            })
            .await
        }
        1 | 2 => {
            pair.ask("change_subscription", |pair, database| {
                let mut request = json!({"id": pair.id(database, "subscription", one)});
                match how % 3 {
                    0 => request["quantity"] = json!(1 + two % 4),
                    1 => request["plan_id"] = pair.id(database, "plan", two),
                    _ => request["billing_cycle"] = json!(if two.is_multiple_of(2) { "monthly" } else { "yearly" }),
                }
                request
            })
            .await
        }
        3 => {
            let act = if how.is_multiple_of(2) { "pause_subscription" } else { "resume_subscription" };
            pair.ask(act, |pair, database| json!({"id": pair.id(database, "subscription", one)})).await
        }
        4 => {
            let lines = json!([
                {"text": "Work", "unit_price": 1 + two * 37, "quantity": if how.is_multiple_of(2) { "1.5" } else { "3" }},
                {"text": "Book", "unit_price": 999, "tax_rate": 70_000},
            ]);
            pair.ask("create_invoice", |pair, database| {
                json!({"customer_id": pair.id(database, "customer", one), "lines": lines, "prices_include_tax": how % 3 == 0})
            })
            .await
        }
        5 | 6 => {
            let rows = nth(pair, "list_invoices", one).await;
            pair.ask("finalize_invoice", |_, database| json!({"id": rows[database]["id"], "version": rows[database]["version"]})).await
        }
        7 => {
            let rows = nth(pair, "list_invoices", one).await;
            let act = ["void_invoice", "set_invoice_uncollectible", "delete_invoice"][usize::from(how) % 3];
            pair.ask(act, |_, database| {
                let mut request = json!({"id": rows[database]["id"], "version": rows[database]["version"]});
                if act == "set_invoice_uncollectible" {
                    request["uncollectible"] = json!(two.is_multiple_of(3));
                }
                request
            })
            .await
        }
        8 => {
            let rows = nth(pair, "list_invoices", one).await;
            let lines = if how.is_multiple_of(2) { Value::Null } else { json!([{"position": 1 + how % 2, "net": 1 + two * 11}]) };
            pair.ask("credit_invoice", |_, database| {
                json!({"id": rows[database]["id"], "version": rows[database]["version"], "lines": lines, "reason": "other"})
            })
            .await
        }
        9 => {
            // To an invoice alone, in part or more than enough.
            let rows = nth(pair, "list_invoices", one).await;
            let payable = rows[0]["payable"]["amount"].as_u64().unwrap_or(0);
            let part = if how.is_multiple_of(2) { payable } else { payable / 2 }.max(1);
            let currency = rows[0]["total"]["currency"].clone();
            let currency = if currency.is_null() { json!("EUR") } else { currency };
            let whole = json!({"amount": part + u64::from(how % 3) * 500, "currency": currency});
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
        10 => {
            let rows = nth(pair, "list_invoices", one).await;
            pair.ask("apply_credit", |_, database| json!({"invoice_id": rows[database]["id"]})).await
        }
        11 => {
            let rows = nth(pair, "list_payments", one).await;
            let currency = if rows[0]["amount"].is_null() { json!("EUR") } else { rows[0]["amount"]["currency"].clone() };
            let given = amount(1 + two * 97, &currency);
            pair.ask("refund_payment", |_, database| json!({"id": rows[database]["id"], "amount": given})).await
        }
        _ => pair.ask("run_catch_up", |_, _| json!({})).await,
    }
}

fn sum(values: impl Iterator<Item = i64>) -> i64 {
    values.sum()
}

/// Every row of a list.
async fn all(book: &TestBook, list: &str) -> Vec<Value> {
    let (mut rows, mut after) = (Vec::new(), Value::Null);
    loop {
        let page = book.json(list, json!({"limit": 500, "after": after})).await.unwrap();
        rows.extend(page["items"].as_array().unwrap().iter().cloned());
        after = page["next"].clone();
        if after.is_null() {
            return rows;
        }
    }
}

/// An invoice comes to its lines and its tax; no more is allocated or given back than was paid; what is left is credit.
async fn books_balance(book: &TestBook) {
    let number = |value: &Value| value.as_i64().unwrap();
    let amounts = |rows: &Value, field: &str| -> i64 { rows.as_array().unwrap().iter().map(|row| number(&row[field])).sum() };
    for invoice in all(book, "list_invoices").await {
        let details = book.json("get_invoice", json!({"id": invoice["id"]})).await.unwrap();
        let of = |field: &str| number(&details["invoice"][field]["amount"]);
        assert_eq!(amounts(&details["lines"], "net"), of("net"), "{details}");
        assert_eq!(amounts(&details["taxes"], "tax"), of("tax"), "{details}");
        assert_eq!(
            of("net") + of("tax") + number(&details["rounding"]["amount"]),
            of("total"),
            "{details}"
        );
        assert!(of("paid") + of("credited") <= of("total"), "{details}");
    }
    let refunds = all(book, "list_refunds").await;
    for payment in all(book, "list_payments").await {
        let of = |field: &str| number(&payment[field]["amount"]);
        let allocated: i64 = payment["allocations"]
            .as_array()
            .unwrap()
            .iter()
            .map(|part| number(&part["amount"]["amount"]))
            .sum();
        let given: i64 = refunds
            .iter()
            .filter(|refund| refund["payment_id"] == payment["id"])
            .map(|refund| number(&refund["amount"]["amount"]))
            .sum();
        assert_eq!(given, of("refunded"), "{payment}");
        assert!(allocated + given <= of("amount"), "{payment}");
        assert_eq!(of("amount") - given - allocated, of("unallocated"), "{payment}");
    }
}

/// What the operations say has to agree with each other.
pub async fn balances(pair: &mut Pair) {
    let report = pair.ask("number_report", |_, _| json!({})).await;
    for series in report["ok"]["series"].as_array().unwrap() {
        assert_eq!((&series["missing"], &series["out_of_order"]), (&json!([]), &json!([])), "{series}");
        assert_eq!(series["count"], series["last"], "{series}");
    }
    for book in &pair.books {
        let ask = async |name: &str, request: Value| book.json(name, request).await.unwrap();
        let number = |value: &Value| value.as_i64().unwrap();
        for own in ask("recurring_figures", json!({"months": 12})).await["currencies"]
            .as_array()
            .unwrap()
        {
            let list = ask("list_recurring", json!({"currency": own["currency"], "limit": 500})).await;
            assert_eq!(own["mrr"], list["mrr"]);
            let rows = sum(list["items"].as_array().unwrap().iter().map(|row| number(&row["mrr"]["amount"])));
            assert_eq!(rows, number(&own["mrr"]["amount"]));
            let plans = sum(own["plans"].as_array().unwrap().iter().map(|plan| number(&plan["mrr"]["amount"])));
            assert_eq!(plans, rows);
            let mut before = None;
            for month in own["months"].as_array().unwrap() {
                let part = |name: &str| number(&month[name]["amount"]);
                let end = part("start") + part("new") + part("reactivation") + part("expansion") - part("contraction") - part("churn");
                assert_eq!(end, part("end"), "{month}");
                assert!(before.is_none_or(|before| before == part("start")), "{month}");
                before = Some(part("end"));
            }
            assert_eq!(before, Some(rows), "the last month ends today");
        }
        books_balance(book).await;
        crate::proofs::prove(book).await;
        // Each account: what is owed less what is free is what the statement ends with.
        let mut owed = 0;
        for customer in ask("list_customers", json!({"limit": 500})).await["items"].as_array().unwrap() {
            let of = |list: &Value| {
                let euros = list.as_array().unwrap().iter().find(|money| money["currency"] == "EUR");
                euros.map_or(0, |money| number(&money["amount"]))
            };
            let payments = ask("list_payments", json!({"customer_id": customer["id"], "limit": 500})).await;
            let free = sum(payments["items"]
                .as_array()
                .unwrap()
                .iter()
                .filter(|row| row["amount"]["currency"] == "EUR")
                .map(|row| number(&row["unallocated"]["amount"])));
            assert_eq!(free, of(&payments["credit"]), "{customer}");
            // To the end of time: the clock may have been set back since.
            let statement = ask(
                "get_statement",
                json!({"customer_id": customer["id"], "currency": "EUR", "to": "2199-12-31"}),
            )
            .await;
            let balance = number(&statement["closing"]["amount"]);
            assert_eq!(balance, of(&customer["outstanding"]) - free, "{customer}");
            owed += of(&customer["outstanding"]);
        }
        let receivables = ask("receivables", json!({})).await;
        for own in receivables["currencies"].as_array().unwrap() {
            let ages = sum(own["ages"].as_array().unwrap().iter().map(|age| number(&age["amount"]["amount"])));
            assert_eq!(ages, number(&own["total"]["amount"]));
            if own["total"]["currency"] == "EUR" {
                assert_eq!(ages, owed);
            }
        }
    }
}
