//! The list of customers: order, pages, search, filters.

use std::collections::BTreeSet;

use contract::{
    BillingCycle, Conflict, CustomerId, Error, Problem,
    customer::{CountCustomers, CreateCustomer, CustomerPage, CustomerSort, ListCustomers},
};

use crate::support::*;

/// Customers with every kind of tie: made at one instant, with equal names, without companies, with equal sums.
async fn crowd(book: &TestBook) {
    let plan = book.plan("basic").await;
    let cases = [
        ("Ann", Some("Acme"), true, 0, 0, 0),
        ("ANN", None, true, 1, 0, 0),
        ("Ánn", Some("acme"), false, 2, 500, 0),
        ("Bea", None, true, 1, 500, 300),
        ("Čeněk", Some("Zebra"), true, 0, 900, 0),
        ("Dov", None, false, 0, 0, 300),
        ("Émile", Some("Éclair"), true, 1, 0, 0),
        ("Zoë", Some("Acme"), true, 0, 100, 900),
        ("álvaro", None, true, 2, 0, 0),
        ("李", Some("株式会社"), true, 0, 0, 0),
        ("Zz", Some("Ａcme"), false, 0, 0, 0),
    ];
    for (number, (name, company, is_active, licenses, paid, owed)) in cases.into_iter().enumerate() {
        if number % 3 == 0 {
            book.at(&format!("2026-11-22T09:0{}:00Z", number / 3)).await;
        }
        let customer = book
            .ok(CreateCustomer {
                email: format!("{}{number}@example.com", ["m", "b", "x"][number % 3]),
                full_name: name.to_owned(),
                company_name: company.map(str::to_owned),
                ..new_customer("x")
            })
            .await;
        for license in 0..licenses {
            book.ok(new_license(customer.id, plan.id, BillingCycle::Monthly, license == 0))
                .await;
        }
        if paid > 0 {
            book.pay(customer.id, paid, "2026-11-20").await;
        }
        if owed > 0 {
            let number: &'static str = ["I0", "I1", "I2", "I3", "I4", "I5", "I6", "I7", "I8", "I9", "I10"][number];
            book.invoice(
                customer.id,
                NewInvoice {
                    number,
                    total: eur(owed),
                    due_on: "2027-01-01",
                },
            )
            .await;
        }
        // Last: nothing is sold to who is inactive.
        if !is_active {
            book.change(customer.id, |change| change.is_active = Some(false)).await;
        }
    }
}

async fn page(book: &TestBook, change: impl FnOnce(&mut ListCustomers)) -> CustomerPage {
    let mut request = ListCustomers::default();
    change(&mut request);
    book.ok(request).await
}

fn ids(page: &CustomerPage) -> Vec<CustomerId> {
    page.items.iter().map(|row| row.id).collect()
}

fn names(page: &CustomerPage) -> Vec<&str> {
    page.items.iter().map(|row| row.full_name.as_str()).collect()
}

async fn found(book: &TestBook, term: &str) -> Vec<String> {
    let page = page(book, |list| {
        list.search = Some(term.to_owned());
        list.sort = Some(CustomerSort::Email);
    })
    .await;
    assert_eq!(page.total, u64::try_from(page.items.len()).unwrap());
    assert_eq!(
        book.ok(CountCustomers {
            search: Some(term.to_owned()),
            ..Default::default()
        })
        .await
        .total,
        page.total
    );
    page.items.into_iter().map(|row| row.full_name).collect()
}

on_both! {
    async fn pages_in_any_order_and_direction_make_up_the_whole_list(book: TestBook) {
        crowd(&book).await;
        book.verified().await;
        for sort in CustomerSort::ALL.iter().copied() {
            let mut both = Vec::new();
            for descending in [false, true] {
                let context = format!("{sort:?} descending: {descending}");
                let in_order = |list: &mut ListCustomers| { list.sort = Some(sort); list.descending = Some(descending); };
                let whole = page(&book, in_order).await;
                let all = ids(&whole);
                assert_eq!((all.len(), whole.total, whole.total_is_exact), (11, 11, true), "{context}");
                assert_eq!((whole.next, whole.previous), (None, None), "{context}");
                for limit in [1, 2, 4, 11] {
                    let mut forwards = Vec::new();
                    let mut after = None;
                    let last = loop {
                        let part = page(&book, |list| { in_order(list); list.limit = Some(limit); list.after = after.take(); }).await;
                        assert!(!part.items.is_empty(), "{context}");
                        forwards.extend(ids(&part));
                        after = part.next.clone();
                        if after.is_none() { break part; }
                    };
                    assert_eq!(forwards, all, "{context} in pages of {limit}");
                    let mut backwards = ids(&last);
                    let mut before = last.previous;
                    while let Some(cursor) = before {
                        let part = page(&book, |list| { in_order(list); list.limit = Some(limit); list.before = Some(cursor); }).await;
                        assert!(part.next.is_some(), "{context}");
                        backwards.splice(0..0, ids(&part));
                        before = part.previous;
                    }
                    assert_eq!(backwards, all, "{context} backwards in pages of {limit}");
                }
                for first in [0, 1, 5, 10, 11, 500] {
                    let part = page(&book, |list| { in_order(list); list.at = Some(first); list.limit = Some(3); }).await;
                    let from = usize::try_from(first).unwrap().min(11);
                    assert_eq!(ids(&part), all[from..(from + 3).min(11)], "{context} at {first}");
                    assert_eq!(part.previous.is_some(), first > 0 && first < 11, "{context} at {first}");
                }
                both.push(all);
            }
            if sort != CustomerSort::CompanyName {
                both[1].reverse();
                assert_eq!(both[0], both[1], "{sort:?}");
            }
        }
        let far = page(&book, |list| list.at = Some(u64::MAX)).await;
        assert_eq!(far.items, []);
    }

    async fn names_sort_by_their_folded_form_and_missing_companies_come_last(book: TestBook) {
        crowd(&book).await;
        let by_name = page(&book, |list| list.sort = Some(CustomerSort::FullName)).await;
        assert_eq!(names(&by_name)[0], "álvaro");
        let anns: BTreeSet<&str> = names(&by_name)[1..4].iter().copied().collect();
        assert_eq!(anns, BTreeSet::from(["Ann", "ANN", "Ánn"]));
        assert_eq!(names(&by_name)[4..], ["Bea", "Čeněk", "Dov", "Émile", "Zoë", "Zz", "李"]);
        for descending in [false, true] {
            let by_company = page(&book, |list| { list.sort = Some(CustomerSort::CompanyName); list.descending = Some(descending); }).await;
            let companies: Vec<_> = by_company.items.iter().map(|row| row.company_name.is_some()).collect();
            assert_eq!(companies, [[true; 7].as_slice(), &[false; 4]].concat(), "descending: {descending}");
        }
        let newest = page(&book, |_| {}).await;
        assert!(newest.items.is_sorted_by_key(|row| std::cmp::Reverse(row.created_at)), "newest first by default");
        let by_revenue = page(&book, |list| { list.sort = Some(CustomerSort::Revenue); list.descending = Some(true); }).await;
        let revenue: Vec<i64> = by_revenue.items.iter().map(|row| row.revenue.first().map_or(0, |money| money.amount)).collect();
        assert_eq!(revenue, [900, 500, 500, 100, 0, 0, 0, 0, 0, 0, 0]);
    }

    async fn a_search_finds_every_part_in_any_field_whatever_case_and_accents(book: TestBook) {
        let people = [
            ("Éclair Ünal", "a@example.com", Some("Straße AG")),
            ("İstanbul Kaya", "b@example.com", Some("100% Wolle")),
            ("José Ángel", "c_d@example.com", None),
            ("山田 太郎", "d@example.com", Some("O'Reilly [\"x\"]")),
            ("Ann \\ Backslash", "e@example.com", Some("Bang!")),
        ];
        for (name, email, company) in people {
            let new = CreateCustomer {
                email: email.to_owned(), full_name: name.to_owned(), company_name: company.map(str::to_owned), ..new_customer("x")
            };
            book.ok(new).await;
        }
        for (term, want) in [
            ("eclair", 0), ("UNAL", 0), ("strasse", 0), ("STRASSE ecl", 0), ("ünal a@ex", 0),
            ("istanbul", 1), ("%", 1), ("100%", 1),
            ("jose\u{301}", 2), ("_", 2), ("c_d", 2), ("angel jose", 2),
            ("太郎", 3), ("o'reilly", 3), ("[\"", 3), ("山田\u{3000}太郎", 3),
            ("\\", 4), ("!", 4), ("bang! \\", 4),
        ] {
            assert_eq!(found(&book, term).await, [people[want].0], "{term}");
        }
        for term in ["", "  ", "EXAMPLE.com"] {
            assert_eq!(found(&book, term).await.len(), 5, "{term:?}");
        }
        for term in ["nobody", "eclair jose", "%%", "a%l", "c%d", "'; DROP TABLE customer"] {
            assert_eq!(found(&book, term).await, [""; 0], "{term}");
        }
        // Lines of the stored text do not run into each other.
        assert_eq!(found(&book, "ünala").await, [""; 0]);
    }

    async fn a_term_that_is_too_long_is_refused(book: TestBook) {
        let search = |term: String| ListCustomers { search: Some(term), ..Default::default() };
        let refusal = book.refused(search("x".repeat(10_000))).await;
        assert_eq!(refusal, Error::field("search", Problem::TooLong { max: 200, actual: 10_000 }));
        let refusal = book.refused(search("a b c d e f g h i".to_owned())).await;
        assert_eq!(refusal, Error::field("search", Problem::TooManyWords { max: 8, actual: 9 }));
        let refusal = book.refused(search("a\0b".to_owned())).await;
        assert!(matches!(refusal, Error::Invalid { fields } if matches!(fields[0].problem, Problem::ControlCharacter { .. })));
        book.ok(search("\u{202e}x".to_owned())).await;
    }

    async fn filters_pick_and_their_totals_are_those_of_the_rows(book: TestBook) {
        crowd(&book).await;
        let any = [None, Some(true), Some(false)];
        let all = page(&book, |_| {}).await.items;
        for is_active in any {
            for has_licenses in any {
                for has_subscriptions in any {
                    for has_outstanding in any {
                        for search in [None, Some("ann".to_owned())] {
                            let want: Vec<_> = all.iter().filter(|row| {
                                is_active.is_none_or(|want| row.is_active == want)
                                    && has_licenses.is_none_or(|want| (row.total_licenses > 0) == want)
                                    && has_subscriptions.is_none_or(|want| (row.total_subscriptions > 0) == want)
                                    && has_outstanding.is_none_or(|want| (row.outstanding_invoices > 0) == want)
                                    && search.as_ref().is_none_or(|_| matches!(row.full_name.as_str(), "Ann" | "ANN" | "Ánn"))
                            }).map(|row| row.id).collect();
                            let request = ListCustomers {
                                search: search.clone(), is_active, has_licenses, has_subscriptions, has_outstanding, ..Default::default()
                            };
                            let context = format!("{request:?}");
                            let found = book.ok(request).await;
                            assert_eq!(ids(&found), want, "{context}");
                            assert_eq!(found.total, u64::try_from(want.len()).unwrap(), "{context}");
                            let count = CountCustomers { search, is_active, has_licenses, has_subscriptions, has_outstanding, archived: false };
                            assert_eq!(book.ok(count).await.total, found.total, "{context}");
                        }
                    }
                }
            }
        }
    }

    async fn a_cursor_is_good_for_its_own_list_only(book: TestBook) {
        for name in ["Ann", "Bea", "Cid"] {
            book.customer(name).await;
        }
        let first = page(&book, |list| list.limit = Some(1)).await;
        let next = first.next.clone();
        let mismatch: Error = Conflict::CursorMismatch.into();
        let with = |change: fn(&mut ListCustomers)| {
            let mut request = ListCustomers { after: next.clone(), ..Default::default() };
            change(&mut request);
            request
        };
        let others: [fn(&mut ListCustomers); 5] = [
            |list| list.sort = Some(CustomerSort::Email),
            |list| list.descending = Some(false),
            |list| list.search = Some("a".to_owned()),
            |list| list.is_active = Some(true),
            |list| list.archived = true,
        ];
        for change in others {
            assert_eq!(book.refused(with(change)).await, mismatch);
        }
        // Another size of page goes on where the cursor stands.
        assert_eq!(page(&book, |list| { list.after = next.clone(); list.limit = Some(2); }).await.items.len(), 2);
        let invoices = contract::invoice::ListInvoices { after: next.clone(), ..Default::default() };
        assert_eq!(book.refused(invoices).await, mismatch);
        for text in ["", "zz", "00", "7b7d", "é"] {
            let request = ListCustomers { after: Some(text.to_owned()), ..Default::default() };
            assert_eq!(book.refused(request).await, Error::field("after", Problem::MalformedCursor), "{text}");
            let request = ListCustomers { before: Some(text.to_owned()), ..Default::default() };
            assert_eq!(book.refused(request).await, Error::field("before", Problem::MalformedCursor), "{text}");
        }
        let both = ListCustomers { before: next.clone(), after: next.clone(), ..Default::default() };
        assert_eq!(book.refused(both).await, Error::field("before", Problem::Exclusive { other: "after".to_owned() }));
        let both = ListCustomers { at: Some(1), after: next, ..Default::default() };
        assert_eq!(book.refused(both).await, Error::field("at", Problem::Exclusive { other: "after".to_owned() }));
    }

    async fn rows_that_come_and_go_do_not_shift_a_page(book: TestBook) {
        let mut made = Vec::new();
        for (number, name) in ["Ann", "Bea", "Cid", "Dov", "Eve"].iter().enumerate() {
            book.at(&format!("2026-11-22T09:0{number}:00Z")).await;
            made.push(book.customer(name).await);
        }
        let first = page(&book, |list| list.limit = Some(2)).await;
        assert_eq!(names(&first), ["Eve", "Dov"]);
        book.at("2026-11-22T09:09:00Z").await;
        book.customer("Fay").await;
        book.ok(contract::customer::DeleteCustomer { id: made[3].id, version: 1 }).await;
        let second = page(&book, |list| { list.limit = Some(2); list.after = first.next.clone(); }).await;
        assert_eq!(names(&second), ["Cid", "Bea"]);
        let back = page(&book, |list| { list.limit = Some(5); list.before = second.previous.clone(); }).await;
        assert_eq!(names(&back), ["Fay", "Eve"]);
    }

    async fn a_row_says_what_the_customer_says(book: TestBook) {
        crowd(&book).await;
        for row in page(&book, |_| {}).await.items {
            let customer = book.get(row.id).await;
            let mut own = serde_json::to_value(&customer).unwrap();
            let mut listed = serde_json::to_value(&row).unwrap();
            own.as_object_mut().unwrap().remove("licenses");
            assert_eq!(listed.as_object_mut().unwrap().remove("revenue").unwrap(), own["total_payments"]);
            assert_eq!(listed, own);
        }
    }
}
