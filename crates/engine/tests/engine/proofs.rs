//! Every figure of the statistics is the sum of the list that it opens, to the minor unit.

use std::collections::{BTreeMap, BTreeSet};

use chrono::Datelike;
use contract::{
    money::{divide, scale},
    session::SignIn,
};
use serde_json::{Value, json};

use crate::support::*;

/// Every row of a list, page by page, and its last page.
async fn all(book: &TestBook, list: &str, mut request: Value) -> (Vec<Value>, Value) {
    let mut rows = Vec::new();
    request["limit"] = json!(97);
    loop {
        let page = book.json(list, request.clone()).await.unwrap();
        rows.extend(page["items"].as_array().unwrap().iter().cloned());
        if page["next"].is_null() {
            assert_eq!(page["total"], json!(rows.len()), "{list} {request}");
            return (rows, page);
        }
        request["after"] = page["next"].clone();
    }
}

fn number(value: &Value) -> i64 {
    value.as_i64().unwrap()
}

fn sum<'a>(rows: impl IntoIterator<Item = &'a Value>, field: &str) -> i64 {
    rows.into_iter().map(|row| number(&row[field]["amount"])).sum()
}

fn customers(rows: &[Value]) -> i64 {
    let different: BTreeSet<&str> = rows.iter().map(|row| row["customer_id"].as_str().unwrap()).collect();
    i64::try_from(different.len()).unwrap()
}

fn month_of(day: &Value) -> chrono::NaiveDate {
    day.as_str().unwrap().parse::<chrono::NaiveDate>().unwrap().with_day(1).unwrap()
}

/// Fails if a figure of the last months is not the sum of its list. Answers with how many figures were compared.
pub async fn prove(book: &TestBook, months: u32) -> usize {
    let mut proved = 0;
    let figures = book.json("recurring_figures", json!({"months": months})).await.unwrap();
    for own in figures["currencies"].as_array().unwrap() {
        proved += recurring(book, own).await;
        proved += movements(book, own).await;
        proved += cohorts(book, &own["currency"], months).await;
        proved += billed(book, &own["currency"], months).await;
    }
    proved += receivables(book).await;
    proved + forecast(book, months).await
}

async fn recurring(book: &TestBook, own: &Value) -> usize {
    let (rows, page) = all(book, "list_recurring", json!({"currency": own["currency"]})).await;
    let mrr = number(&own["mrr"]["amount"]);
    assert_eq!((sum(&rows, "mrr"), number(&page["mrr"]["amount"])), (mrr, mrr));
    assert_eq!(
        (json!(rows.len()), json!(customers(&rows))),
        (own["subscriptions"].clone(), own["customers"].clone())
    );
    let (people, page) = all(book, "list_recurring_customers", json!({"currency": own["currency"]})).await;
    assert_eq!((sum(&people, "mrr"), &page["mrr"]), (mrr, &own["mrr"]));
    assert_eq!(
        (json!(people.len()), customers(&people)),
        (own["customers"].clone(), customers(&rows))
    );
    let year = |row: &Value| number(&row["net"]["amount"]) * if row["billing_cycle"] == "yearly" { 1 } else { 12 };
    let arr: i64 = rows.iter().map(year).sum();
    assert_eq!(json!(arr), own["arr"]["amount"], "what the rows cost in a year");
    assert_eq!(json!(divide(arr, 12 * customers(&rows))), own["arpa"]["amount"]);
    let plans = own["plans"].as_array().unwrap();
    assert_eq!(sum(plans, "mrr"), mrr);
    for plan in plans {
        let (rows, page) = all(
            book,
            "list_recurring",
            json!({"currency": own["currency"], "plan_id": plan["plan_id"]}),
        )
        .await;
        assert_eq!(json!(rows.len()), plan["subscriptions"]);
        assert_eq!(sum(&rows, "mrr"), number(&page["mrr"]["amount"]));
        assert_eq!(page["mrr"], plan["mrr"], "{plan}");
    }
    let (payments, _) = all(book, "list_payments", json!({"status": "succeeded"})).await;
    let (refunds, _) = all(book, "list_refunds", json!({})).await;
    let of = |rows: Vec<Value>| -> Vec<Value> {
        rows.into_iter()
            .filter(|row| row["amount"]["currency"] == own["currency"])
            .collect()
    };
    let (payments, refunds) = (of(payments), of(refunds));
    let observed = divide(sum(&payments, "amount") - sum(&refunds, "amount"), customers(&payments));
    assert_eq!(json!(observed), own["observed_value"]["amount"]);
    let (payers, page) = all(book, "list_payers", json!({"currency": own["currency"]})).await;
    assert_eq!(
        (sum(&payers, "paid"), customers(&payers)),
        (sum(&payments, "amount") - sum(&refunds, "amount"), customers(&payments))
    );
    assert_eq!((&page["sum"], json!(payers.len())), (&own["paid"], own["payers"].clone()));
    9 + plans.len() * 2
}

async fn movements(book: &TestBook, own: &Value) -> usize {
    let months = own["months"].as_array().unwrap();
    for month in months {
        let first = month_of(&month["month"]);
        let at = |on: Value| all(book, "list_recurring", json!({"currency": own["currency"], "on": on}));
        let (start, _) = at(json!(first.pred_opt().unwrap())).await;
        let (end, _) = at(month["until"].clone()).await;
        assert_eq!(json!(sum(&start, "mrr")), month["start"]["amount"], "{month}");
        assert_eq!(json!(sum(&end, "mrr")), month["end"]["amount"], "{month}");
        assert_eq!(
            json!([customers(&start), customers(&end)]),
            json!([month["customers_at_start"], month["customers_at_end"]])
        );
        let before = json!({"currency": own["currency"], "on": first.pred_opt().unwrap()});
        let (there, page) = all(book, "list_recurring_customers", before).await;
        assert_eq!(
            (&json!(there.len()), &page["mrr"]),
            (&month["customers_at_start"], &month["start"]),
            "{month}"
        );
        assert_eq!(sum(&there, "mrr"), number(&page["mrr"]["amount"]), "{month}");
        let whole = json!({"currency": own["currency"], "month": first});
        let (rows, page) = all(book, "list_movements", whole.clone()).await;
        let moved = sum(&end, "mrr") - sum(&start, "mrr");
        assert_eq!((sum(&rows, "change"), number(&page["sum"]["amount"])), (moved, moved), "{month}");
        for (kind, sign, count) in [
            ("new", 1, Some("customers_new")),
            ("reactivation", 1, Some("customers_reactivated")),
            ("expansion", 1, None),
            ("contraction", -1, None),
            ("churn", -1, Some("customers_lost")),
        ] {
            let mut request = whole.clone();
            request["kind"] = json!(kind);
            let (some, page) = all(book, "list_movements", request).await;
            let want = sign * number(&month[kind]["amount"]);
            assert_eq!(
                (sum(&some, "change"), number(&page["sum"]["amount"])),
                (want, want),
                "{kind} {month}"
            );
            assert!(some.iter().all(|row| row["kind"] == kind && rows.contains(row)), "{kind} {month}");
            if let Some(count) = count {
                assert_eq!(json!(some.len()), month[count], "{month}");
            }
            if kind == "churn" {
                let lost = i64::try_from(some.len()).unwrap();
                let churn = scale(1_000_000, lost, customers(&start).max(1)).filter(|_| !start.is_empty());
                assert_eq!(json!(churn), month["logo_churn"], "{month}");
            }
        }
    }
    months.len() * 14
}

/// What customers paid in each month, less what they got back, by the month of their first payment.
async fn cohorts(book: &TestBook, currency: &Value, months: u32) -> usize {
    let (payments, _) = all(book, "list_payments", json!({"status": "succeeded"})).await;
    let (refunds, _) = all(book, "list_refunds", json!({})).await;
    let is_own = |row: &&Value| row["amount"]["currency"] == *currency;
    let mut first: BTreeMap<&str, chrono::NaiveDate> = BTreeMap::new();
    for row in payments.iter().filter(is_own) {
        let (customer, month) = (row["customer_id"].as_str().unwrap(), month_of(&row["received_on"]));
        first
            .entry(customer)
            .and_modify(|known| *known = month.min(*known))
            .or_insert(month);
    }
    let found = book.json("cohorts", json!({"months": months, "currency": currency})).await.unwrap();
    let mut proved = 0;
    for cohort in found["cohorts"].as_array().unwrap() {
        let start = month_of(&cohort["month"]);
        let is_in = |row: &&Value| first.get(row["customer_id"].as_str().unwrap()) == Some(&start);
        let members = first.values().filter(|month| **month == start).count();
        assert_eq!(json!(members), cohort["customers"]);
        for (later, shown) in cohort["months"].as_array().unwrap().iter().enumerate() {
            let month = start
                .checked_add_months(chrono::Months::new(u32::try_from(later).unwrap()))
                .unwrap();
            let of = |rows: &[Value], day: &str| -> Vec<Value> {
                let own = rows.iter().filter(is_own).filter(is_in);
                own.filter(|row| month_of(&row[day]) == month).cloned().collect()
            };
            let (paid, given) = (of(&payments, "received_on"), of(&refunds, "refunded_on"));
            assert_eq!(json!(customers(&paid)), shown["paying"], "{cohort}");
            assert_eq!(
                json!(sum(&paid, "amount") - sum(&given, "amount")),
                shown["revenue"]["amount"],
                "{cohort}"
            );
            let mut request = json!({"currency": currency, "first_paid_in": start, "paid_in": month});
            let (rows, page) = all(book, "list_payers", request.clone()).await;
            assert_eq!(
                (json!(sum(&rows, "paid")), &page["sum"]),
                (shown["revenue"]["amount"].clone(), &shown["revenue"])
            );
            request["paying_only"] = json!(true);
            let (paying, _) = all(book, "list_payers", request).await;
            assert_eq!(json!(paying.len()), shown["paying"], "{cohort}");
            assert!(paying.iter().all(|row| rows.contains(row)), "{cohort}");
            proved += 3;
        }
        let (rows, _) = all(book, "list_payers", json!({"currency": currency, "first_paid_in": start})).await;
        assert_eq!(json!(rows.len()), cohort["customers"]);
    }
    proved
}

/// What invoices and credit notes of the period come to, in all and by plan.
async fn billed(book: &TestBook, currency: &Value, months: u32) -> usize {
    let found = book
        .json("billed_by_plan", json!({"months": months, "currency": currency}))
        .await
        .unwrap();
    let (from, until) = (found["from"].as_str().unwrap(), found["until"].as_str().unwrap());
    let is_own = |row: &&Value| {
        let issued_on = row["issued_on"].as_str().unwrap_or_default();
        row["net"]["currency"] == *currency && issued_on >= from && issued_on <= until
    };
    let (invoices, _) = all(book, "list_invoices", json!({})).await;
    let invoices: Vec<&Value> = invoices
        .iter()
        .filter(is_own)
        .filter(|row| row["status"] != "draft" && row["status"] != "void")
        .collect();
    let (notes, _) = all(book, "list_credit_notes", json!({})).await;
    let notes: Vec<&Value> = notes.iter().filter(is_own).collect();
    let net = sum(invoices.iter().copied(), "net") - sum(notes.iter().copied(), "net");
    assert_eq!(
        json!([net, invoices.len() + notes.len()]),
        json!([found["total"]["amount"], found["documents"]])
    );
    let plans = found["plans"].as_array().unwrap();
    assert_eq!(sum(plans, "billed"), net);
    let list = json!({"currency": currency, "from": from, "until": until});
    let (rows, page) = all(book, "list_billed", list.clone()).await;
    assert_eq!((sum(&rows, "net"), &page["sum"]), (net, &found["total"]));
    for plan in plans {
        let mut request = list.clone();
        if plan["plan_id"].is_null() {
            request["without_plan"] = json!(true);
        } else {
            request["plan_id"] = plan["plan_id"].clone();
        }
        let (rows, page) = all(book, "list_billed", request).await;
        assert_eq!(
            (sum(&rows, "net"), &page["sum"]),
            (number(&plan["billed"]["amount"]), &plan["billed"]),
            "{plan}"
        );
        assert_eq!(json!(rows.len()), plan["documents"], "{plan}");
    }
    2 + plans.len() * 2
}

async fn receivables(book: &TestBook) -> usize {
    let found = book.json("receivables", json!({})).await.unwrap();
    let mut proved = 0;
    for own in found["currencies"].as_array().unwrap() {
        let mut total = 0;
        for age in own["ages"].as_array().unwrap() {
            let request = json!({
                "status": "open", "currency": own["total"]["currency"], "due_from": age["due_from"], "due_until": age["due_until"],
            });
            let (rows, _) = all(book, "list_invoices", request).await;
            assert_eq!(json!(sum(&rows, "payable")), age["amount"]["amount"], "{age}");
            let owed = rows.iter().filter(|row| number(&row["payable"]["amount"]) > 0).count();
            assert_eq!(json!(owed), age["invoices"], "{age}");
            total += sum(&rows, "payable");
            proved += 2;
        }
        assert_eq!(json!(total), own["total"]["amount"]);
    }
    proved
}

async fn forecast(book: &TestBook, months: u32) -> usize {
    let found = book.json("renewal_forecast", json!({"months": months})).await.unwrap();
    let months = found["months"].as_array().unwrap();
    for month in months {
        let (rows, page) = all(book, "list_renewals", json!({"month": month["month"]})).await;
        assert_eq!(json!(rows.len()), month["renewals"]);
        assert_eq!(page["sums"], month["currencies"]);
        for own in month["currencies"].as_array().unwrap() {
            let (rows, page) = all(
                book,
                "list_renewals",
                json!({"month": month["month"], "currency": own["amount"]["currency"]}),
            )
            .await;
            assert_eq!(
                (sum(&rows, "amount"), &page["sums"]),
                (number(&own["amount"]["amount"]), &json!([own]))
            );
            assert_eq!(json!(rows.len()), own["renewals"]);
        }
    }
    months.len() * 2
}

async fn sample(database: Database) {
    let book = TestBook::empty(database).await;
    book.at("2026-11-22T09:30:00Z").await;
    engine::demo::fill(&book.app, 120, 7, OWNER_PASSWORD).await.unwrap();
    book.ok(SignIn {
        email: engine::demo::OWNER_EMAIL.to_owned(),
        password: OWNER_PASSWORD.into(),
    })
    .await;
    let proved = prove(&book, 12).await;
    assert!(proved > 500, "{proved}");
    book.end().await;
}

#[tokio::test]
async fn every_figure_of_a_sample_book_is_the_sum_of_its_list_in_a_file() {
    sample(Database::Sqlite).await;
}

#[tokio::test]
async fn every_figure_of_a_sample_book_is_the_sum_of_its_list_on_a_server() {
    sample(Database::Postgres).await;
}
