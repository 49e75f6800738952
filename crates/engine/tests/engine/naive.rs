//! The list of customers beside a naive one: all rows, filtered, sorted and cut by hand.
//!
//! A few hundred cases; `CLIENTELE_CASES=10000` runs more of them, `CLIENTELE_SEED` others.

use std::cmp::Ordering;

use contract::{
    CustomerId,
    customer::{CountCustomers, CustomerRow, CustomerSort, DeleteCustomer, ListCustomers},
    session::SignIn,
};

use crate::support::*;

/// Customers of the sample.
const CUSTOMERS: u32 = 260;

pub fn from_env(name: &str, default: u64) -> u64 {
    std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(default)
}

/// A small generator (splitmix64), so that a case can be run again by its seed.
pub struct Dice(pub u64);

impl Dice {
    pub fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        usize::try_from((z ^ (z >> 31)) % u64::try_from(end.max(1)).unwrap()).unwrap()
    }

    pub fn of<'a, T>(&mut self, all: &'a [T]) -> &'a T {
        &all[self.below(all.len())]
    }

    fn maybe(&mut self) -> Option<bool> {
        *self.of(&[None, None, Some(true), Some(false)])
    }
}

/// Fills the book with sample data, and with names that search and sorting stumble over.
pub async fn filled(database: Database, customers: u32) -> TestBook {
    let book = TestBook::empty(database).await;
    engine::demo::fill(&book.app, customers, 7, OWNER_PASSWORD).await.unwrap();
    let request = SignIn {
        email: OWNER_EMAIL.to_owned(),
        password: OWNER_PASSWORD.into(),
    };
    book.ok(request).await;
    book
}

async fn odd_customers(book: &TestBook) {
    let names = [
        ("Éclair Ünal", Some("Straße AG")),
        ("100% Wolle", Some("a_b")),
        ("%", None),
        ("_", Some("%%")),
        ("Ann \\ \"Quote\" 'Tick'", Some("-- ; DROP")),
        ("AND OR NOT NEAR", Some("* ^ : { }")),
        ("山田 太郎", Some("株式会社山田")),
        ("محمد علي", Some("شركة")),
        ("דוד לוי", None),
        ("I\u{307}stanbul", Some("ﬁn ﬂ")),
        ("👩\u{200D}💻 Ada", None),
        ("zz", Some("zzz")),
        ("Zz", Some("ZZZZ")),
        ("\u{301}", Some("\u{301}")),
        ("a", Some("aa")),
    ];
    for (number, (name, company)) in names.into_iter().enumerate() {
        let new = contract::customer::CreateCustomer {
            email: format!("odd{number}@example.org"),
            full_name: name.to_owned(),
            company_name: company.map(str::to_owned),
            is_active: number % 3 > 0,
            ..new_customer("x")
        };
        book.ok(new).await;
    }
}

/// Every row of the list.
async fn all(book: &TestBook) -> Vec<CustomerRow> {
    let mut rows = Vec::new();
    let mut after = None;
    loop {
        let request = ListCustomers {
            limit: Some(500),
            after,
            ..Default::default()
        };
        let page = book.ok(request).await;
        rows.extend(page.items);
        after = page.next;
        if after.is_none() {
            return rows;
        }
    }
}

fn text_of(row: &CustomerRow) -> String {
    let company = row.company_name.as_deref().unwrap_or_default();
    [&row.full_name, &row.email, company].map(contract::text::fold).join("\n")
}

/// The rows that match, in order.
fn naive(rows: &[CustomerRow], request: &ListCustomers) -> Vec<CustomerId> {
    let parts = request.search.as_deref().map(contract::text::search_parts).unwrap_or_default();
    let is = |wanted: Option<bool>, has: bool| wanted.is_none_or(|wanted| wanted == has);
    let mut found: Vec<&CustomerRow> = rows
        .iter()
        .filter(|row| {
            is(request.is_active, row.is_active)
                && is(request.has_licenses, row.total_licenses > 0)
                && is(request.has_subscriptions, row.total_subscriptions > 0)
                && is(request.has_outstanding, row.outstanding_invoices > 0)
                && parts.iter().all(|part| text_of(row).contains(part.as_str()))
        })
        .collect();
    let sort = request.sort.unwrap_or(CustomerSort::CreatedAt);
    let descending = request.descending.unwrap_or(sort == CustomerSort::CreatedAt);
    let own = |money: &[contract::Money]| {
        money
            .iter()
            .find(|money| money.currency.code() == "EUR")
            .map_or(0, |money| money.amount)
    };
    let company = |row: &CustomerRow| row.company_name.as_deref().map(contract::text::fold);
    found.sort_by(|a, b| {
        let key = match sort {
            CustomerSort::CreatedAt => Ordering::Equal,
            CustomerSort::FullName => contract::text::fold(&a.full_name).cmp(&contract::text::fold(&b.full_name)),
            CustomerSort::Email => contract::email::key(&a.email)
                .unwrap()
                .cmp(&contract::email::key(&b.email).unwrap()),
            CustomerSort::CompanyName => match (company(a), company(b)) {
                (Some(a), Some(b)) => a.cmp(&b),
                // Missing ones come last in either direction.
                (None, Some(_)) if descending => Ordering::Less,
                (Some(_), None) if descending => Ordering::Greater,
                (None, Some(_)) => Ordering::Greater,
                (Some(_), None) => Ordering::Less,
                (None, None) => Ordering::Equal,
            },
            CustomerSort::IsActive => a.is_active.cmp(&b.is_active),
            CustomerSort::ActiveLicenses => a.active_licenses.cmp(&b.active_licenses),
            CustomerSort::ActiveSubscriptions => a.active_subscriptions.cmp(&b.active_subscriptions),
            CustomerSort::Revenue => own(&a.revenue).cmp(&own(&b.revenue)),
            CustomerSort::Outstanding => own(&a.outstanding).cmp(&own(&b.outstanding)),
        };
        let order = key
            .then(a.created_at.cmp(&b.created_at))
            .then(a.id.0.as_bytes().cmp(b.id.0.as_bytes()));
        if descending { order.reverse() } else { order }
    });
    found.into_iter().map(|row| row.id).collect()
}

/// A piece of some customer's text, or something that nobody is called.
fn part(dice: &mut Dice, rows: &[CustomerRow]) -> String {
    if dice.below(8) == 0 {
        return (*dice.of(&[
            "%", "_", "\\", "\"", "'", "*", "zq", "qqq", "z", "é", "田", "لي", "-", "@", "example", "ﬁ", "garberg", "anna",
        ]))
        .to_owned();
    }
    let row = dice.of(rows);
    let source = match dice.below(3) {
        0 => row.full_name.clone(),
        1 => row.email.clone(),
        _ => row.company_name.clone().unwrap_or_else(|| row.full_name.clone()),
    };
    let characters: Vec<char> = source.chars().collect();
    let from = dice.below(characters.len());
    let length = *dice.of(&[1, 1, 2, 2, 3, 3, 4, 5, 7, 12]);
    let piece: String = characters.iter().skip(from).take(length).collect();
    match dice.below(3) {
        0 => piece.to_uppercase(),
        1 => piece.to_lowercase(),
        _ => piece,
    }
}

fn random_request(dice: &mut Dice, rows: &[CustomerRow]) -> ListCustomers {
    let parts = *dice.of(&[0, 1, 1, 1, 1, 2, 2, 3]);
    let terms: Vec<String> = (0..parts).map(|_| part(dice, rows)).collect();
    let mut term = terms.join(" ");
    // What a request must not hold is tested elsewhere.
    term.retain(|c| !contract::text::is_joiner(c));
    ListCustomers {
        search: (parts > 0).then_some(term),
        is_active: dice.maybe(),
        has_licenses: dice.maybe(),
        has_subscriptions: dice.maybe(),
        has_outstanding: dice.maybe(),
        sort: Some(*dice.of(CustomerSort::ALL)),
        descending: *dice.of(&[None, Some(true), Some(false)]),
        limit: Some(*dice.of(&[1, 2, 7, 20, 50, 200])),
        ..Default::default()
    }
}

async fn ids(book: &TestBook, request: ListCustomers) -> (Vec<CustomerId>, Option<String>, Option<String>) {
    let page = book.ok(request).await;
    (page.items.into_iter().map(|row| row.id).collect(), page.next, page.previous)
}

async fn compare(book: &TestBook, dice: &mut Dice, rows: &[CustomerRow], request: &ListCustomers) {
    let want = naive(rows, request);
    let limit = usize::try_from(request.limit.unwrap()).unwrap();
    let first = book.ok(request.clone()).await;
    assert_eq!(
        (first.total, first.total_is_exact),
        (u64::try_from(want.len()).unwrap(), true),
        "{request:?}"
    );
    let count = CountCustomers {
        search: request.search.clone(),
        is_active: request.is_active,
        has_licenses: request.has_licenses,
        has_subscriptions: request.has_subscriptions,
        has_outstanding: request.has_outstanding,
        archived: false,
    };
    assert_eq!(book.ok(count).await.total, first.total, "{request:?}");
    // Some pages forward, one back, and one by its number.
    let mut at = 0;
    let (mut found, mut next): (Vec<CustomerId>, _) = (first.items.iter().map(|row| row.id).collect(), first.next);
    for _ in 0..4 {
        let to = (at + limit).min(want.len());
        assert_eq!(found, want[at..to], "{request:?} from {at}");
        assert_eq!(next.is_some(), to < want.len(), "{request:?} from {at}");
        let Some(after) = next.take() else { break };
        at = to;
        let page;
        let previous;
        (page, next, previous) = ids(
            book,
            ListCustomers {
                after: Some(after),
                ..request.clone()
            },
        )
        .await;
        found = page;
        let before = ListCustomers {
            before: previous,
            ..request.clone()
        };
        assert_eq!(
            ids(book, before).await.0,
            want[at.saturating_sub(limit)..at],
            "{request:?} back from {at}"
        );
    }
    let at = dice.below(want.len() + 3);
    let (found, ..) = ids(
        book,
        ListCustomers {
            at: Some(u64::try_from(at).unwrap()),
            ..request.clone()
        },
    )
    .await;
    let from = at.min(want.len());
    assert_eq!(found, want[from..(from + limit).min(want.len())], "{request:?} at {at}");
}

async fn random_lists_are_those_of_a_naive_scan(database: Database) {
    let book = filled(database, CUSTOMERS).await;
    odd_customers(&book).await;
    let rows = all(&book).await;
    assert!(rows.len() > usize::try_from(CUSTOMERS).unwrap() / 2);
    let seed = from_env("CLIENTELE_SEED", 1);
    for case in 0..from_env("CLIENTELE_CASES", 250) {
        let mut dice = Dice(seed.wrapping_mul(1_000_003).wrapping_add(case));
        let request = random_request(&mut dice, &rows);
        compare(&book, &mut dice, &rows, &request).await;
    }
    book.end().await;
}

#[tokio::test]
async fn random_lists_on_a_file_are_those_of_a_naive_scan() {
    random_lists_are_those_of_a_naive_scan(Database::Sqlite).await;
}

#[tokio::test]
async fn random_lists_on_a_server_are_those_of_a_naive_scan() {
    random_lists_are_those_of_a_naive_scan(Database::Postgres).await;
}

on_both! {
    async fn a_walk_there_and_back_meets_every_row_once_while_others_come_and_go(book: TestBook) {
        let mut dice = Dice(from_env("CLIENTELE_SEED", 1));
        let mut staying = Vec::new();
        for number in 0..40 {
            staying.push(book.customer(&format!("Stay {number}")).await.id);
        }
        let mut passing = Vec::new();
        let mut made = 0;
        for sort in [CustomerSort::CreatedAt, CustomerSort::FullName, CustomerSort::IsActive, CustomerSort::Revenue, CustomerSort::CompanyName] {
            for search in [None, Some("st".to_owned()), Some("example".to_owned())] {
                let request = ListCustomers { sort: Some(sort), limit: Some(3), search, ..Default::default() };
                let mut met = Vec::new();
                let mut page = book.ok(request.clone()).await;
                let mut forward = true;
                loop {
                    met.extend(page.items.iter().map(|row| row.id));
                    // Somebody comes, somebody goes.
                    if dice.below(3) == 0 {
                        made += 1;
                        passing.push(book.customer(&format!("{} {made}", dice.of(&["Aba", "Stays", "Zoe"]))).await.id);
                    }
                    if dice.below(3) == 0 && !passing.is_empty() {
                        let id = passing.swap_remove(dice.below(passing.len()));
                        book.ok(DeleteCustomer { id, version: 1 }).await;
                    }
                    let cursor = if forward { page.next.clone() } else { page.previous.clone() };
                    match cursor {
                        Some(cursor) if forward => page = book.ok(ListCustomers { after: Some(cursor), ..request.clone() }).await,
                        Some(cursor) => page = book.ok(ListCustomers { before: Some(cursor), ..request.clone() }).await,
                        None => {
                            let mut once = met.clone();
                            once.sort_unstable();
                            once.dedup();
                            assert_eq!(once.len(), met.len(), "{request:?}: a row was met twice");
                            assert!(staying.iter().all(|id| met.contains(id)), "{request:?}: a row was missed");
                            if !forward { break; }
                            forward = false;
                            met = page.items.iter().map(|row| row.id).collect();
                            let Some(previous) = page.previous.clone() else { break };
                            page = book.ok(ListCustomers { before: Some(previous), ..request.clone() }).await;
                        }
                    }
                }
            }
        }
        book.verified().await;
    }
}

const SUMMARY: &[&str] = &[
    "seq",
    "customer_id",
    "created_at",
    "place",
    "is_active",
    "full_name_key",
    "email_key",
    "company_name_key",
    "search_text",
    "total_licenses",
    "active_licenses",
    "total_subscriptions",
    "active_subscriptions",
    "total_domains",
    "total_invoices",
    "outstanding_invoices",
    "revenue",
    "outstanding",
    "last_payment_date",
    "facets",
];
const MONEY: &[&str] = &["customer_id", "currency", "payments", "paid", "refunded", "outstanding", "overdue"];

/// What is kept beside the records, as text.
async fn kept(book: &TestBook) -> Vec<Vec<String>> {
    let sql = &book.sql;
    let text = |columns: &[&str], tables: &str| {
        let cast = |column: &&str| {
            if sql.is_server() {
                format!("COALESCE(CAST({column} AS TEXT), '-')")
            } else {
                format!("quote({column})")
            }
        };
        let columns: Vec<String> = columns.iter().map(cast).collect();
        format!("SELECT {} FROM {tables} ORDER BY 1", columns.join(" || '|' || "))
    };
    let index = if sql.is_server() {
        text(&["seq", "grams"], "customer_index")
    } else {
        text(&["doc", "term", "\"offset\""], "customer_terms")
    };
    let figures = "(SELECT kind, key, SUM(amount) AS amount FROM figure GROUP BY kind, key) AS f WHERE amount <> 0";
    vec![
        sql.texts(&text(SUMMARY, "customer_summary")).await,
        sql.texts(&text(MONEY, "customer_money")).await,
        sql.texts(&text(&["kind", "key", "amount"], figures)).await,
        sql.texts(&index).await,
    ]
}

async fn bulk_writes_end_where_single_writes_do(database: Database) {
    for seed in 0..from_env("CLIENTELE_BOOKS", 2) {
        let book = TestBook::empty(database).await;
        engine::demo::fill(&book.app, 40, seed, OWNER_PASSWORD).await.unwrap();
        let request = SignIn {
            email: OWNER_EMAIL.to_owned(),
            password: OWNER_PASSWORD.into(),
        };
        book.ok(request).await;
        let bulk = kept(&book).await;
        assert!(bulk.iter().all(|rows| rows.len() > 3));
        // Each customer leaves and comes back by single writes, which compute everything anew.
        for row in all(&book).await {
            book.change(row.id, |change| {
                change.full_name = Some(format!("Somebody Else {}", row.version));
                change.is_active = Some(!row.is_active);
            })
            .await;
            book.change(row.id, |change| {
                change.full_name = Some(row.full_name.clone());
                change.is_active = Some(row.is_active);
            })
            .await;
        }
        for (bulk, single) in bulk.iter().zip(kept(&book).await) {
            assert_eq!(*bulk, single);
        }
        book.verified().await;
        book.end().await;
    }
}

#[tokio::test]
async fn bulk_writes_to_a_file_end_where_single_writes_do() {
    bulk_writes_end_where_single_writes_do(Database::Sqlite).await;
}

#[tokio::test]
async fn bulk_writes_to_a_server_end_where_single_writes_do() {
    bulk_writes_end_where_single_writes_do(Database::Postgres).await;
}
