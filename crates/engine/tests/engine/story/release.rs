//! Random payments that are taken off the invoices that they pay.

use serde_json::{Value, json};

use super::{
    NOBODY, Pair,
    billing::{Choice, amount_of, is_aimed, lacks, pay, pick},
};

/// One of the invoices that a payment pays; nobody's, if it pays none.
fn part(payment: &Value, number: usize) -> Value {
    let parts = payment["allocations"].as_array().filter(|parts| !parts.is_empty());
    parts.map_or_else(|| json!({"invoice_id": NOBODY}), |parts| parts[number % parts.len()].clone())
}

/// Takes a payment off an invoice: all of it, half or, where the step is not aimed, more than there is. What can be put back is put
/// back now and then, and the payment is as it was.
pub async fn release(pair: &mut Pair, choice: Choice) -> Value {
    let (one, two, how) = choice;
    let pays = |row: &Value| row["allocations"].as_array().is_some_and(|parts| !parts.is_empty());
    if lacks(pair, "list_payments", how, pays).await {
        pay(pair, choice).await;
    }
    let rows = pick(pair, "list_payments", (one, how), pays).await;
    let parts = rows.each_ref().map(|row| part(row, two));
    let most = amount_of(&parts[0], "amount");
    let wanted = match how % 3 {
        0 => None,
        1 => Some((most / 2).max(1)),
        _ => Some(most + i64::from(!is_aimed(how))),
    };
    let currency = rows[0]["amount"]["currency"]
        .as_str()
        .unwrap_or(pair.world.currencies[0])
        .to_owned();
    let amount = wanted.map(|amount| json!({"amount": amount, "currency": currency}));
    let answer = pair
        .ask(
            "release_allocation",
            |_, database| json!({"payment_id": rows[database]["id"], "invoice_id": parts[database]["invoice_id"], "amount": amount}),
        )
        .await;
    if answer["ok"].is_null() || how.is_multiple_of(2) {
        return answer;
    }
    let released = answer["ok"]["released"].clone();
    let back = pair
        .ask(
            "apply_credit",
            |_, database| json!({"payment_id": rows[database]["id"], "invoice_id": parts[database]["invoice_id"], "amount": released}),
        )
        .await;
    if !back["ok"].is_null() {
        for (book, row) in pair.books.iter().zip(&rows) {
            let page = book.json("list_payments", json!({"limit": 500})).await.unwrap();
            let now = page["items"].as_array().unwrap().iter().find(|now| now["id"] == row["id"]);
            assert_eq!(now, Some(row), "put back");
        }
    }
    answer
}
