//! Searches that go different ways.

use contract::{
    customer::{CreateCustomer, CustomerRow},
    session::FirstRun,
};

use super::*;
use crate::{App, BookLocation, NewBook, OpenOptions, Server, random, support::close_and_remove};

async fn all(app: &App, list: ListCustomers) -> Vec<CustomerRow> {
    let (mut all, mut after) = (Vec::new(), None);
    loop {
        let page = app
            .call(
                ListCustomers {
                    after,
                    limit: Some(2),
                    ..list.clone()
                },
                None,
            )
            .await
            .unwrap();
        all.extend(page.items);
        let Some(next) = page.next else { return all };
        after = Some(next);
    }
}

/// Most match the longer part of the search, more than are looked for at once, and few the shorter one, which no index finds: all who
/// match the longer one are sorted, or the few are looked at that the facets let through. Where most match both, a page is cut from
/// a walk, which ends before the last page is full. Of few who may match, those that the facets let through are sorted as they are.
#[tokio::test]
async fn a_search_finds_the_same_whichever_way_it_goes() {
    let folder = tempfile::tempdir().unwrap();
    let server = std::env::var("CLIENTELE_TEST_POSTGRES").expect("CLIENTELE_TEST_POSTGRES is not set: `cargo xtask test engine` sets it");
    let schema = format!("ways_{}", random::reference());
    let places = [
        BookLocation::File(folder.path().join("book.db")),
        BookLocation::Server(Server::parse(&server, &schema).unwrap()),
    ];
    for location in places {
        let options = OpenOptions {
            create: Some(NewBook::default()),
            ..OpenOptions::default()
        };
        let app = App::open(location, options).await.unwrap();
        let owner = FirstRun {
            full_name: "Olga Owner".to_owned(),
            email: "owner@example.com".to_owned(),
            password: "correct horse battery staple".into(),
            book_name: None,
            currency: None,
            time_zone: None,
        };
        app.call(owner, None).await.unwrap();
        for number in 0..60 {
            let new = CreateCustomer {
                email: format!("{number}@example.com"),
                full_name: format!("{} {number}", if number % 12 == 5 { "Zx" } else { "Ann" }),
                company_name: None,
                password: "correct horse battery staple".into(),
                is_active: number % 5 > 0,
                is_admin: false,
            };
            app.call(new, None).await.unwrap();
        }
        for sort in [CustomerSort::CreatedAt, CustomerSort::FullName, CustomerSort::Email] {
            let facets = [None, Some(true), Some(false)];
            for (descending, is_active) in [false, true].into_iter().flat_map(|down| facets.map(|active| (down, active))) {
                let list = |search: Option<&str>| ListCustomers {
                    search: search.map(str::to_owned),
                    sort: Some(sort),
                    descending: Some(descending),
                    is_active,
                    ..ListCustomers::default()
                };
                let every = all(&app, list(None)).await;
                // Of those whom nearly all of the list is, each page is cut from a walk, which has the order of the list.
                let searches = [("Zx", "example.com zx"), ("Zx", "zx"), ("Ann", "example.com an")];
                for (name, search) in searches.into_iter().take(if is_active.is_none() { 3 } else { 2 }) {
                    let mut want = every.clone();
                    want.retain(|row| row.full_name.starts_with(name));
                    assert!(!want.is_empty());
                    assert_eq!(
                        all(&app, list(Some(search))).await,
                        want,
                        "{search} {sort:?} {descending} {is_active:?}"
                    );
                }
            }
        }
        close_and_remove(app).await;
    }
}
