//! Rows of a list of customers whose place in it is known, one in every [`STEP`]: a jump goes on from the last of them and does not
//! count all rows before it.
//!
//! They are good for as long as the book is as it was when they were found. Each jump asks for that in its own query, and counts
//! from the first row if the book has become another one, whoever has changed it; the rows are looked for again meanwhile.

use std::{
    collections::{HashMap, HashSet},
    sync::{Arc, MutexGuard, PoisonError},
};

use super::matching::Filter;
use crate::{
    app::Inner,
    db::{Stop, Texts},
    error::{Error, Result},
    page::{Kind, Mark, Place, STEP, SortKey},
    scope::Scope,
};

/// Lists whose rows are remembered.
const LISTS: usize = 16;

/// See the module.
#[derive(Debug, Default)]
pub struct Fences {
    /// What the book was like when they were found.
    state: String,
    /// By the mark of the list.
    lists: HashMap<String, Vec<Mark>>,
    /// Lists whose rows are being looked for.
    sought: HashSet<String>,
}

impl Fences {
    /// The last row before another one whose place is known, with the number of rows up to it.
    fn before(&self, list: &str, at: u64) -> Option<(Mark, u64)> {
        let marks = self.lists.get(list)?;
        let known = usize::try_from(at / STEP).ok()?.min(marks.len());
        let mark = marks.get(known.checked_sub(1)?)?.clone();
        Some((mark, u64::try_from(known).ok()?.saturating_mul(STEP)))
    }

    fn learn(&mut self, list: &str, state: String, marks: Vec<Mark>) {
        if self.state != state {
            self.lists.clear();
            self.state = state;
        }
        if self.lists.len() >= LISTS {
            self.lists.clear();
        }
        self.lists.insert(list.to_owned(), marks);
    }
}

fn fences(inner: &Inner) -> MutexGuard<'_, Fences> {
    inner.fences.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Lets a jump begin at a row whose place is known. Answers with what the book has to be like for that.
pub fn go(inner: &Inner, place: &mut Place<'_>, list: &str) -> Option<String> {
    let fences = fences(inner);
    let known = fences.before(list, place.at())?;
    place.go_from(Some(known));
    Some(fences.state.clone())
}

/// A list whose rows are being looked for, until this is dropped: a search that ends otherwise than it should can be begun again.
struct Sought {
    inner: Arc<Inner>,
    list: String,
}

impl Sought {
    /// None, if it is being looked for.
    fn begin(inner: &Arc<Inner>, list: &str) -> Option<Self> {
        let is_new = fences(inner).sought.insert(list.to_owned());
        is_new.then(|| Self {
            inner: Arc::clone(inner),
            list: list.to_owned(),
        })
    }
}

impl Drop for Sought {
    fn drop(&mut self) {
        fences(&self.inner).sought.remove(&self.list);
    }
}

/// Looks for the rows of a list, unless that is under way. Nobody waits for it: a large list takes half a second.
pub fn seek(scope: &Scope, filter: &Filter, place: &Place<'_>, order: (SortKey, &str), list: &str) {
    let Some(sought) = Sought::begin(scope.inner(), list) else { return };
    let kind = order.0.kind;
    let sql = filter.every(scope, place, order, STEP);
    tokio::spawn(async move {
        let found = sought.inner.db.texts(&sql, Vec::new(), &Stop::default()).await;
        let read = found.map_err(Error::Broken).and_then(|rows| read(kind, rows));
        match read {
            // Before it counts as found.
            Ok(Some((state, marks))) => fences(&sought.inner).learn(&sought.list, state, marks),
            // It is shorter than a step.
            Ok(None) => {}
            // Without them a jump counts, as before.
            Err(error) => tracing::debug!(?error, "the places of a list are not known"),
        }
    });
}

/// What the book is like, and the rows.
fn read(kind: Kind, rows: Vec<Texts>) -> Result<Option<(String, Vec<Mark>)>> {
    let (mut state, mut marks) = (None, Vec::with_capacity(rows.len()));
    for row in rows {
        let mut columns = row.into_iter().flatten();
        let (Some(now), Some(key), Some(created_at), Some(id)) = (columns.next(), columns.next(), columns.next(), columns.next()) else {
            return Err(Error::Fault("a row of a list without its place".to_owned()));
        };
        marks.push(Mark::read(kind, &key, &created_at, &id)?);
        state = Some(now);
    }
    Ok(state.map(|state| (state, marks)))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use contract::{
        CustomerId,
        customer::{CreateCustomer, CustomerSort, ListCustomers, UpdateCustomer},
        session::{FirstRun, SignIn},
    };

    use super::*;
    use crate::{App, BookLocation, NewBook, OpenOptions, Server, random, support::close_and_remove};

    const EMAIL: &str = "owner@example.com";
    const PASSWORD: &str = "correct horse battery staple";

    async fn open(location: BookLocation) -> App {
        let options = OpenOptions {
            create: Some(NewBook::default()),
            ..OpenOptions::default()
        };
        App::open(location, options).await.unwrap()
    }

    async fn add(app: &App, number: usize) {
        let new = CreateCustomer {
            email: format!("{number}@example.com"),
            full_name: ["Zoe", "Ann", "Bea"][number % 3].to_owned(),
            company_name: number.is_multiple_of(2).then(|| format!("Company {}", number % 5)),
            password: PASSWORD.into(),
            is_active: !number.is_multiple_of(4),
            is_admin: false,
        };
        app.call(new, None).await.unwrap();
    }

    async fn ids(app: &App, list: ListCustomers) -> (Vec<CustomerId>, Option<String>) {
        let page = app.call(list, None).await.unwrap();
        (page.items.iter().map(|row| row.id).collect(), page.next)
    }

    /// All rows, one page after the other.
    async fn walk(app: &App, list: &ListCustomers) -> Vec<CustomerId> {
        let (mut all, mut after) = (Vec::new(), None);
        loop {
            let (some, next) = ids(
                app,
                ListCustomers {
                    after,
                    limit: Some(7),
                    ..list.clone()
                },
            )
            .await;
            all.extend(some);
            let Some(next) = next else { return all };
            after = Some(next);
        }
    }

    /// Jumps to the beginning, the middle and the end of a list, and to where there is nothing.
    async fn assert_jumps(app: &App, list: &ListCustomers) {
        let all = walk(app, list).await;
        for at in [0, 1, 7, 8, 9, 15, 16, 17, 23, 24, 25, 29, 30, 31, 1_000] {
            let (some, _) = ids(
                app,
                ListCustomers {
                    at: Some(at),
                    limit: Some(5),
                    ..list.clone()
                },
            )
            .await;
            let from = usize::try_from(at).unwrap().min(all.len());
            assert_eq!(some, all[from..(from + 5).min(all.len())], "{list:?} at {at}");
        }
    }

    async fn found(app: &App) {
        while !fences(&app.0).sought.is_empty() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }

    #[tokio::test]
    async fn a_search_that_panics_can_be_begun_again() {
        let folder = tempfile::tempdir().unwrap();
        let app = open(BookLocation::File(folder.path().join("book.db"))).await;
        let sought = Sought::begin(&app.0, "list").unwrap();
        assert!(Sought::begin(&app.0, "list").is_none());
        let search: tokio::task::JoinHandle<()> = tokio::spawn(async move {
            let _sought = sought;
            panic!("on purpose");
        });
        search.await.unwrap_err();
        assert!(Sought::begin(&app.0, "list").is_some());
        app.close().await;
    }

    #[tokio::test]
    async fn a_jump_meets_the_rows_that_a_walk_meets_also_while_others_change_the_book() {
        let folder = tempfile::tempdir().unwrap();
        let server =
            std::env::var("CLIENTELE_TEST_POSTGRES").expect("CLIENTELE_TEST_POSTGRES is not set: `cargo xtask test engine` sets it");
        let schema = format!("fences_{}", random::reference());
        let places = [
            BookLocation::File(folder.path().join("book.db")),
            BookLocation::Server(Server::parse(&server, &schema).unwrap()),
        ];
        for location in places {
            let app = open(location.clone()).await;
            let owner = FirstRun {
                full_name: "Olga Owner".to_owned(),
                email: EMAIL.to_owned(),
                password: PASSWORD.into(),
                book_name: None,
                currency: None,
                time_zone: None,
            };
            app.call(owner, None).await.unwrap();
            for number in 0..30 {
                add(&app, number).await;
            }
            let lists = CustomerSort::ALL.iter().flat_map(|sort| {
                [(false, None), (true, None), (true, Some(true))].map(|(descending, is_active)| ListCustomers {
                    sort: Some(*sort),
                    descending: Some(descending),
                    is_active,
                    ..ListCustomers::default()
                })
            });
            for list in lists {
                assert_jumps(&app, &list).await;
                found(&app).await;
                assert!(!fences(&app.0).lists.is_empty());
                // From rows that are known now.
                assert_jumps(&app, &list).await;
                assert!(fences(&app.0).lists.len() <= LISTS);
            }
            // What is known is gone by: where it is wrong, so is the jump.
            let list = ListCustomers::default();
            assert_jumps(&app, &list).await;
            found(&app).await;
            let all = walk(&app, &list).await;
            for marks in fences(&app.0).lists.values_mut() {
                marks.rotate_left(1);
            }
            let jump = || ListCustomers {
                at: Some(8),
                limit: Some(5),
                ..ListCustomers::default()
            };
            assert_eq!(ids(&app, jump()).await.0, all[16..21]);
            // Not any more once another desk has changed something.
            let other = open(location).await;
            let sign_in = SignIn {
                email: EMAIL.to_owned(),
                password: PASSWORD.into(),
            };
            other.call(sign_in, None).await.unwrap();
            add(&other, 30).await;
            assert_jumps(&app, &list).await;
            found(&app).await;
            let rename = UpdateCustomer {
                full_name: Some("Aaa".to_owned()),
                ..UpdateCustomer::nothing(all[29], 1)
            };
            other.call(rename, None).await.unwrap();
            let by_name = ListCustomers {
                sort: Some(CustomerSort::FullName),
                ..ListCustomers::default()
            };
            assert_jumps(&app, &by_name).await;
            assert_jumps(&app, &list).await;
            found(&app).await;
            other.close().await;
            close_and_remove(app).await;
        }
    }
}
