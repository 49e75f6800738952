//! How often a server is asked, and what is given up: a way there and back takes time, and so does what nobody waits for.

use std::time::{Duration, Instant};

use contract::{
    Error, Outcome,
    credit_note::ListCreditNotes,
    customer::{GetCustomer, ListCustomers, UpdateCustomer},
};

use crate::support::*;

/// A way to the server and back, in milliseconds.
const WAY: u64 = 200;

/// How long an answer takes over a slow network, once every connection knows the question: the shortest of a few times, because the
/// computer has other things to do, too.
async fn over_a_slow_network<F: Future<Output = ()>>(delay: impl Fn(u64), ask: impl Fn() -> F) -> Duration {
    for _ in 0..10 {
        ask().await;
    }
    let mut shortest = Duration::MAX;
    for _ in 0..3 {
        delay(WAY);
        let began = Instant::now();
        ask().await;
        shortest = shortest.min(began.elapsed());
        delay(0);
        ask().await;
    }
    shortest
}

#[tokio::test]
async fn an_answer_takes_one_way_to_the_server_and_back_with_all_that_has_to_be_known_for_it() {
    with_book(Database::Postgres, |book| async move {
        let ann = book.customer("Ann").await;
        let plan = book.plan("basic").await;
        book.license(&ann, &plan, true).await;
        book.pay(ann.id, 700, "2026-11-20").await;
        let (far, network) = book.far().await;
        let two = Duration::from_millis(2 * WAY);
        let took = over_a_slow_network(
            |millis| network.delay(millis),
            || async {
                // What falls due is asked for again.
                far.set_now(at(START)).await.unwrap();
                far.call(ListCustomers::default(), None).await.unwrap();
            },
        )
        .await;
        assert!(took < two, "the list: {took:?}");
        let took = over_a_slow_network(
            |millis| network.delay(millis),
            || async {
                far.call(GetCustomer { id: ann.id }, None).await.unwrap();
            },
        )
        .await;
        assert!(took < two, "one customer: {took:?}");
        far.close().await;
    })
    .await;
}

#[tokio::test]
async fn a_read_that_a_newer_one_replaces_is_given_up_whatever_it_reads() {
    with_book(Database::Postgres, |book| async move {
        book.ok(ListCustomers::default()).await;
        // It waits for this table, for as long as it is let.
        book.sql.run("BEGIN").await;
        book.sql.run("LOCK TABLE credit_note IN ACCESS EXCLUSIVE MODE").await;
        let began = Instant::now();
        let mut older = Vec::new();
        for _ in 0..12 {
            let app = book.app.clone();
            older.push(tokio::spawn(async move {
                app.call(ListCreditNotes::default(), Some("lane".to_owned())).await
            }));
            tokio::time::sleep(Duration::from_millis(30)).await;
        }
        // Of another kind, and with no connection in its way.
        book.app.call(ListCustomers::default(), Some("lane".to_owned())).await.unwrap();
        for one in older {
            let answer = one.await.unwrap();
            let told = answer.as_ref().err();
            assert!(
                matches!(
                    told,
                    Some(Error::Unavailable {
                        outcome: Outcome::NotDone,
                        ..
                    })
                ),
                "{answer:?}"
            );
        }
        assert!(began.elapsed() < Duration::from_secs(8), "{:?}", began.elapsed());
        let waits = "SELECT COUNT(*) FROM pg_locks WHERE NOT granted AND relation = CAST('credit_note' AS regclass)";
        assert_eq!(book.sql.number(waits).await, 0);
        book.sql.run("ROLLBACK").await;
        let found = book.app.call(ListCreditNotes::default(), Some("lane".to_owned())).await.unwrap();
        assert_eq!(found.items.len(), 0);
    })
    .await;
}

on_both! {
    async fn a_customer_is_told_as_a_write_tells_it(book: TestBook) {
        let plan = book.plan("basic").await;
        for name in ["Ann", "Bea", "Cid"] {
            let customer = book.customer(name).await;
            if name != "Cid" {
                book.license(&customer, &plan, name == "Ann").await;
                book.pay(customer.id, 700, "2026-11-20").await;
                book.invoice(customer.id, NewInvoice { number: name, total: eur(900), due_on: "2027-01-01" }).await;
            }
            let read = book.get(customer.id).await;
            // Nothing is changed; what is answered is computed.
            let told = book.ok(UpdateCustomer::nothing(read.id, read.version)).await;
            assert_eq!(told, read);
        }
        book.verified().await;
    }
}
