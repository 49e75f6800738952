//! Every list of what customers have: in any order, page by page in both directions, from any row, and searched.

use contract::{
    BillingCycle, credit_note::CreditNoteSort, domain::DomainSort, invoice::InvoiceSort, license::LicenseSort, payment::PaymentSort,
    payment::RefundSort, subscription::SubscriptionSort,
};
use serde_json::{Value, json};

use crate::support::*;

/// The lists with their orders.
fn lists() -> Vec<(&'static str, Vec<&'static str>)> {
    fn words<T: Copy>(all: &[T], word: fn(T) -> &'static str) -> Vec<&'static str> {
        all.iter().map(|one| word(*one)).collect()
    }
    vec![
        ("list_licenses", words(LicenseSort::ALL, LicenseSort::as_str)),
        ("list_subscriptions", words(SubscriptionSort::ALL, SubscriptionSort::as_str)),
        ("list_invoices", words(InvoiceSort::ALL, InvoiceSort::as_str)),
        ("list_payments", words(PaymentSort::ALL, PaymentSort::as_str)),
        ("list_domains", words(DomainSort::ALL, DomainSort::as_str)),
        ("list_credit_notes", words(CreditNoteSort::ALL, CreditNoteSort::as_str)),
        ("list_refunds", words(RefundSort::ALL, RefundSort::as_str)),
    ]
}

/// Seven customers, each with one of everything, some of it alike and some of it missing.
async fn crowd(book: &TestBook) {
    book.seller(0).await;
    let plans = [book.plan("zeta").await, book.plan("alpha").await];
    for (number, name) in ["Éclair", "bob", "Ann", "Straße", "Ann", "100%", "Zoë"].iter().enumerate() {
        let email = format!("c{number}@example.com");
        let customer = book
            .ok(contract::customer::CreateCustomer {
                email,
                ..new_customer(name)
            })
            .await;
        book.ok(new_license(customer.id, plans[number % 2].id, BillingCycle::Yearly, number != 3))
            .await;
        let expires = [json!("2027-03-01"), Value::Null][number % 2].clone();
        let registrar = [Value::Null, json!("Alpha"), json!("beta")][number % 3].clone();
        let domain =
            json!({"customer_id": customer.id, "name": format!("d{number}.example"), "registrar": registrar, "expires_on": expires});
        book.json("add_domain", domain).await.unwrap();
        let invoice = book
            .final_invoice(customer.id, 1_000 * (i64::try_from(number).unwrap() % 3 + 1))
            .await;
        book.ok(new_invoice(customer.id, vec![new_line("Later", 5)])).await;
        let reference = (number % 2 == 0).then(|| format!("Ref-{number}"));
        let paid = book
            .ok(contract::payment::RecordPayment {
                reference,
                ..new_payment(customer.id, eur(500), Some(["2026-11-01", "2026-10-01"][number % 2]))
            })
            .await;
        book.json(
            "refund_payment",
            json!({"id": paid.id, "amount": {"amount": 100, "currency": "EUR"}}),
        )
        .await
        .unwrap();
        let version = book.invoice_now(invoice.id).await.version;
        let part = json!([{"position": 1, "net": 100}]);
        book.json(
            "credit_invoice",
            json!({"id": invoice.id, "version": version, "lines": part, "reason": "other"}),
        )
        .await
        .unwrap();
        book.at(&format!("2026-11-22T10:{number:02}:00Z")).await;
    }
}

fn ids(page: &Value) -> Vec<String> {
    page["items"].as_array().unwrap().iter().map(|row| row["id"].to_string()).collect()
}

on_both! {
    async fn pages_in_any_order_and_direction_make_up_each_list(book: TestBook) {
        crowd(&book).await;
        for (list, sorts) in lists() {
            for sort in sorts {
                let mut both = Vec::new();
                for descending in [false, true] {
                    let ask = |more: Value| {
                        let mut request = json!({"sort": sort, "descending": descending});
                        request.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
                        book.json(list, request)
                    };
                    let whole = ask(json!({})).await.unwrap();
                    let all = ids(&whole);
                    let context = format!("{list} by {sort} descending: {descending}");
                    assert!(all.len() >= 6, "{context}");
                    assert_eq!(whole["total"], json!(all.len()), "{context}");
                    let (mut forwards, mut after, mut last) = (Vec::new(), Value::Null, Value::Null);
                    loop {
                        let part = ask(json!({"limit": 3, "after": after})).await.unwrap();
                        forwards.extend(ids(&part));
                        after = part["next"].clone();
                        if after.is_null() { last = part; }
                        if after.is_null() { break; }
                    }
                    assert_eq!(forwards, all, "{context}");
                    let (mut backwards, mut before) = (ids(&last), last["previous"].clone());
                    while !before.is_null() {
                        let part = ask(json!({"limit": 3, "before": before})).await.unwrap();
                        backwards.splice(0..0, ids(&part));
                        before = part["previous"].clone();
                    }
                    assert_eq!(backwards, all, "{context} backwards");
                    for at in [0, 2, all.len() - 1, all.len(), all.len() + 3] {
                        let from = ask(json!({"at": at, "limit": 2})).await.unwrap();
                        let (start, end) = (at.min(all.len()), (at + 2).min(all.len()));
                        assert_eq!(ids(&from), all[start..end], "{context} from {at}");
                    }
                    both.push(all);
                }
                both.iter_mut().for_each(|order| order.sort());
                assert_eq!(both[0], both[1], "{list} by {sort}");
            }
        }
    }

    // More than are counted for a page, so that a filtered list is walked along, too; beside what the database itself sorts.
    async fn a_long_list_is_that_of_a_plain_query_at_any_place(book: TestBook) {
        crowd(&book).await;
        let id = if book.sql.is_server() { "CAST(lpad(to_hex(n.i), 32, '0') AS UUID)" } else { "unhex(format('%032x', n.i))" };
        // The rare ones are the newest, and the largest: the walk by amount comes to them at its end.
        book.sql.run(&format!(
            "INSERT INTO payment (id, customer_id, amount, currency, method, received_on, status, refunded, created_at, updated_at, version)
             WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 42200)
             SELECT {id}, p.customer_id, CASE WHEN n.i <= 30000 THEN 1 + n.i % 97 ELSE 100 + n.i % 89 END, p.currency,
                    CASE n.i % 3 WHEN 0 THEN 'cash' WHEN 1 THEN 'card' ELSE 'other' END, p.received_on,
                    CASE WHEN n.i <= 30000 THEN 'pending' ELSE 'failed' END, 0, p.created_at + n.i / 7, p.created_at, 1
             FROM n JOIN (SELECT q.*, ROW_NUMBER() OVER (ORDER BY q.id) AS place FROM payment q) AS p ON p.place = 1 + n.i % 7"
        )).await;
        book.sql.run("UPDATE customer SET archived_at = 1 WHERE full_name = 'bob'").await;
        let digits = if book.sql.is_server() { "replace(CAST(t.id AS TEXT), '-', '')" } else { "lower(hex(t.id))" };
        let keys = [
            ("created_at", "t.created_at"), ("received_on", "t.received_on"), ("customer_name", "c.full_name_key"),
            ("amount", "t.amount"), ("method", "t.method"), ("status", "t.status"),
        ];
        for (sort, key) in keys {
            for (descending, direction) in [(false, "ASC"), (true, "DESC")] {
                for status in [None, Some("failed")] {
                    let filter = status.map_or_else(|| "TRUE".to_owned(), |status| format!("t.status = '{status}'"));
                    let want = book.sql.texts(&format!(
                        "SELECT {digits} FROM payment t JOIN customer c ON c.id = t.customer_id WHERE c.archived_at IS NULL AND {filter}
                         ORDER BY {key} {direction}, t.created_at {direction}, t.id {direction}"
                    )).await;
                    let ask = |more: Value| {
                        let mut request = json!({"sort": sort, "descending": descending, "status": status, "limit": 20});
                        request.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
                        book.json("list_payments", request)
                    };
                    let found = |page: &Value| -> Vec<String> {
                        ids(page).iter().map(|id| id.replace(['-', '"'], "")).collect()
                    };
                    let is_long = want.len() >= 10_001;
                    for at in [0, 1_000, want.len() - 5] {
                        let context = format!("by {sort} {direction} of {status:?} from {at}");
                        let page = ask(json!({"at": at})).await.unwrap();
                        assert_eq!(found(&page), want[at..(at + 20).min(want.len())], "{context}");
                        assert_eq!(page["total_is_exact"], json!(!is_long), "{context}");
                        if at + 20 < want.len() {
                            let next = ask(json!({"after": page["next"]})).await.unwrap();
                            assert_eq!(found(&next), want[at + 20..(at + 40).min(want.len())], "{context}, the next page");
                            let back = ask(json!({"before": next["previous"]})).await.unwrap();
                            assert_eq!(found(&back), found(&page), "{context}, and back");
                        }
                    }
                }
            }
        }
        for status in [None, Some("pending"), Some("failed")] {
            let exact = book.json("list_payments", json!({"status": status, "exact": true, "limit": 1})).await.unwrap();
            let filter = status.map_or_else(|| "TRUE".to_owned(), |status| format!("t.status = '{status}'"));
            let want = book.sql.number(&format!(
                "SELECT COUNT(*) FROM payment t JOIN customer c ON c.id = t.customer_id WHERE c.archived_at IS NULL AND {filter}"
            )).await;
            assert_eq!((&exact["total"], &exact["total_is_exact"]), (&json!(want), &json!(true)), "{status:?}");
        }
        // Where a search finds more than are counted there is no sum.
        let all = book.json("list_payments", json!({"search": "example.com", "limit": 1})).await.unwrap();
        assert_eq!((&all["total_is_exact"], &all["sum"]), (&json!(false), &json!([])));
        let exact = book.json("list_payments", json!({"search": "example.com", "limit": 1, "exact": true})).await.unwrap();
        assert_eq!(exact["sum"], json!([{"amount": 2_400, "currency": "EUR"}]));
    }

    async fn a_search_looks_into_the_record_and_its_customer(book: TestBook) {
        crowd(&book).await;
        let found = async |list: &str, term: &str| {
            let page = book.json(list, json!({"search": term})).await.unwrap();
            assert_eq!(page["total"], json!(page["items"].as_array().unwrap().len()));
            page["total"].as_u64().unwrap()
        };
        for (list, _) in lists() {
            assert_eq!(found(list, "nobody").await, 0, "{list}");
            // A page beyond the last row tells how many there are.
            let beyond = book.json(list, json!({"search": "eclair", "at": 100})).await.unwrap();
            assert_eq!((&beyond["items"], &beyond["total"]), (&json!([]), &json!(found(list, "eclair").await)), "{list}");
            // Straße has no subscription.
            assert_eq!(found(list, "strasse").await == 0, list == "list_subscriptions", "{list}");
            assert!(found(list, "eclair").await > 0, "{list}");
            // A percent sign is a character.
            assert_eq!(found(list, "100%").await, found(list, "c5@").await, "{list}");
            assert_eq!(found(list, "%").await, found(list, "100%").await, "{list}");
        }
        assert_eq!(found("list_domains", "d3.exam").await, 1);
        assert_eq!(found("list_domains", "BETA").await, 2);
        assert_eq!(found("list_invoices", "2026-000004").await, 1);
        assert_eq!(found("list_payments", "ref-4").await, 1);
        assert_eq!(found("list_licenses", "alpha").await, 3);
        let key = book.json("list_licenses", json!({"limit": 1})).await.unwrap()["items"][0]["key"].as_str().unwrap().to_owned();
        assert_eq!(found("list_licenses", &key).await, 1);
        assert_eq!(found("list_licenses", &format!("{key} ann")).await, 0);
        // In other letters than those of ASCII, as they are read and however they are typed.
        let ann = book.customer("Other Letters").await;
        let paid = book.json("record_payment", json!({"customer_id": ann.id, "amount": {"amount": 500, "currency": "EUR"}, "method": "cash", "reference": "ÜBERWEISUNG Оплата"})).await.unwrap();
        book.json("refund_payment", json!({"id": paid["id"], "amount": {"amount": 500, "currency": "EUR"}, "reason": "Zurück"})).await.unwrap();
        book.json("add_domain", json!({"customer_id": ann.id, "name": "Bücher.example", "registrar": "Éclair Names", "auto_renew": true})).await.unwrap();
        for term in ["Überweisung", "uberweisung", "оплата", "ОПЛАТА"] {
            assert_eq!(found("list_payments", term).await, 1, "{term}");
        }
        assert_eq!(found("list_refunds", "zuruck").await, 1);
        for term in ["bücher", "bucher.exam", "xn--bcher", "éclair names"] {
            assert_eq!(found("list_domains", term).await, 1, "{term}");
        }
    }
}
