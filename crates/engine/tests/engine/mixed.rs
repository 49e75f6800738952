//! Readers and writers at once: nothing is refused because somebody else works.
//!
//! A few hundred operations; `CLIENTELE_OPERATIONS=100000` runs more of them.

use contract::customer::{CountCustomers, CustomerSort, ListCustomers, UpdateCustomer};

use crate::{
    naive::{Dice, from_env},
    support::*,
};

on_both! {
    async fn nothing_is_refused_while_several_read_and_write(book: TestBook) {
        let each = from_env("CLIENTELE_OPERATIONS", 600) / 6;
        let mut customers = Vec::new();
        for number in 0..6 {
            customers.push(book.customer(&format!("Customer {number}")).await);
        }
        let mut tasks = Vec::new();
        for (number, customer) in customers.into_iter().enumerate() {
            let book = book.clone();
            tasks.push(tokio::spawn(async move {
                let mut dice = Dice(u64::try_from(number).unwrap());
                let mut version = 1;
                for turn in 0..each {
                    match dice.below(4) {
                        0 if number % 2 == 0 => {
                            let change = UpdateCustomer { full_name: Some(format!("Changed {turn}")), ..UpdateCustomer::nothing(customer.id, version) };
                            version = book.ok(change).await.version;
                        }
                        1 if number % 2 == 0 => { book.ok(new_payment(customer.id, eur(100), Some("2026-11-20"))).await; }
                        2 => { book.ok(CountCustomers { search: Some("a".to_owned()), ..Default::default() }).await; }
                        _ => {
                            let request = ListCustomers {
                                sort: Some(*dice.of(CustomerSort::ALL)), with_stats: true,
                                search: (*dice.of(&[None, Some("chan"), Some("cu"), Some("example.com cust")])).map(str::to_owned), ..Default::default()
                            };
                            assert!(book.ok(request).await.stats.unwrap().total_customers >= 6);
                        }
                    }
                }
            }));
        }
        for task in tasks {
            task.await.unwrap();
        }
        book.verified().await;
    }

    async fn a_newer_read_of_the_same_key_does_not_disturb_others(book: TestBook) {
        book.customer("Ann").await;
        let ask = |key: Option<&str>| book.app.call(ListCustomers { search: Some("ann".to_owned()), ..Default::default() }, key.map(str::to_owned));
        let (a, b, c) = tokio::join!(ask(Some("search")), ask(Some("other")), ask(None));
        for page in [a, b, c] {
            assert_eq!(page.unwrap().items.len(), 1);
        }
        // One after the other, the same key is as good as none.
        for _ in 0..3 {
            assert_eq!(ask(Some("search")).await.unwrap().total, 1);
        }
    }
}
