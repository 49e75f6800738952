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
                    let from = ask(json!({"at": 2, "limit": 2})).await.unwrap();
                    assert_eq!(ids(&from), all[2..4], "{context} from the third");
                    both.push(all);
                }
                both.iter_mut().for_each(|order| order.sort());
                assert_eq!(both[0], both[1], "{list} by {sort}");
            }
        }
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
