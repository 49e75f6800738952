//! Reading a list page by page.

use std::{cell::Cell, rc::Rc};

use contract::{
    Error, Request,
    catch_up::{CatchUpRun, ListCatchUpRuns},
    change::{Change, ListChanges},
    credit_note::{CreditNote, ListCreditNotes},
    domain::{Domain, ListDomains},
    invoice::{Invoice, ListInvoices},
    license::{License, ListLicenses},
    payment::{ListPayments, ListRefunds, Payment, Refund},
    plan::{ListPlans, Plan},
    recurring::{
        BilledItem, ListBilled, ListMovements, ListPayers, ListRecurring, ListRecurringCustomers, ListRenewals, MovementItem, PayerItem,
        RecurringCustomer, RecurringItem, RenewalItem,
    },
    rules::MAX_PAGE,
    subscription::{ListSubscriptions, Subscription},
};
use yew::prelude::*;

use crate::{
    hooks::{Query, is_shut_out, turns::turn, use_book_changes, use_latest, use_return},
    ipc,
};

/// Rows that are asked for at a time.
const PAGE: u32 = 50;

/// The rows that are known so far.
#[derive(Clone, Debug, PartialEq)]
pub struct Rows<T> {
    /// In the order of the list.
    pub items: Vec<T>,
    /// How many match.
    pub total: u64,
    next: Option<String>,
}

impl<T> Rows<T> {
    /// Whether there are more.
    #[must_use]
    pub fn has_more(&self) -> bool {
        self.next.is_some()
    }
}

/// A question that is answered in pages.
pub trait Listing: Request + Clone + PartialEq {
    /// A row.
    type Row: Clone + PartialEq + 'static;

    /// The question for so many rows after a cursor.
    #[must_use]
    fn page(self, limit: u32, after: Option<String>) -> Self;

    /// The rows of an answer.
    fn rows(answer: Self::Output) -> Rows<Self::Row>;
}

macro_rules! listings {
    ($($request:ty => $row:ty),+ $(,)?) => {$(
        impl Listing for $request {
            type Row = $row;
            fn page(self, limit: u32, after: Option<String>) -> Self {
                Self { limit: Some(limit), after, ..self }
            }
            fn rows(answer: Self::Output) -> Rows<$row> {
                Rows { items: answer.items, total: answer.total, next: answer.next }
            }
        }
    )+};
}
listings!(
    ListBilled => BilledItem,
    ListChanges => Change,
    ListCreditNotes => CreditNote,
    ListDomains => Domain,
    ListInvoices => Invoice,
    ListLicenses => License,
    ListPayments => Payment,
    ListPlans => Plan,
    ListMovements => MovementItem,
    ListPayers => PayerItem,
    ListRecurringCustomers => RecurringCustomer,
    ListRecurring => RecurringItem,
    ListRenewals => RenewalItem,
    ListRefunds => Refund,
    ListSubscriptions => Subscription,
);

impl Listing for ListCatchUpRuns {
    type Row = CatchUpRun;
    fn page(self, limit: u32, after: Option<String>) -> Self {
        Self { limit: Some(limit), after }
    }
    fn rows(answer: Self::Output) -> Rows<CatchUpRun> {
        Rows {
            items: answer.items,
            total: answer.total,
            next: answer.next,
        }
    }
}

/// A list, how far it has come, and how to get more of it.
#[derive(Clone)]
pub struct List<T> {
    /// The rows so far.
    pub state: Query<Rows<T>>,
    /// Whether more is being fetched.
    pub is_loading_more: bool,
    /// Why the newest attempt failed although rows are shown.
    pub error: Option<Error>,
    /// Asks again for what is shown.
    pub reload: Callback<()>,
    /// Asks for the rows that follow.
    pub more: Callback<()>,
}

impl<T> List<T> {
    /// The rows, if there is an answer.
    #[must_use]
    pub fn rows(&self) -> Option<&Rows<T>> {
        self.state.ready().map(AsRef::as_ref)
    }
}

struct Progress<T> {
    /// Number of the newest question; answers to older ones are dropped.
    newest: u32,
    /// Whether what is shown is being asked for.
    is_loading: bool,
    is_loading_more: bool,
    state: Query<Rows<T>>,
    error: Option<Error>,
}

enum Step<T> {
    Asked(u32),
    AskedMore(u32),
    Answered(u32, Result<Rows<T>, Error>),
    AnsweredMore(u32, Result<Rows<T>, Error>),
}

impl<T: Clone> Reducible for Progress<T> {
    type Action = Step<T>;

    fn reduce(self: Rc<Self>, action: Step<T>) -> Rc<Self> {
        let shown = self.state.clone();
        let is_loading = matches!(action, Step::Asked(_));
        let (newest, is_loading_more, state, error) = match action {
            Step::Answered(number, _) | Step::AnsweredMore(number, _) if number != self.newest => return self,
            Step::Asked(newest) => (
                newest,
                false,
                if matches!(shown, Query::Failed(_)) { Query::Loading } else { shown },
                None,
            ),
            Step::AskedMore(newest) => (newest, true, shown, None),
            Step::Answered(newest, Ok(rows)) => (newest, false, Query::Ready(Rc::new(rows)), None),
            Step::Answered(newest, Err(error)) | Step::AnsweredMore(newest, Err(error)) => match shown {
                Query::Ready(_) => (newest, false, shown, Some(error)),
                _ => (newest, false, Query::Failed(error), None),
            },
            Step::AnsweredMore(newest, Ok(further)) => {
                let mut items = shown.ready().map(|rows| rows.items.clone()).unwrap_or_default();
                items.extend(further.items);
                (
                    newest,
                    false,
                    Query::Ready(Rc::new(Rows {
                        items,
                        total: further.total,
                        next: further.next,
                    })),
                    None,
                )
            }
        };
        Rc::new(Self {
            newest,
            is_loading,
            is_loading_more,
            state,
            error,
        })
    }
}

/// Asks for the first page when the component appears, and again for as many rows as are shown when the request or the
/// book changes. The component needs a `key` of the record to which the list belongs.
#[hook]
pub fn use_list<R: Listing>(request: R) -> List<R::Row> {
    use_rows(request, 0)
}

/// The same for every row there is, where a part of them would mislead.
#[hook]
pub fn use_whole_list<R: Listing>(request: R) -> List<R::Row> {
    use_rows(request, usize::MAX)
}

/// At least so many rows, if there are.
#[hook]
fn use_rows<R: Listing>(request: R, least: usize) -> List<R::Row> {
    let progress = use_reducer(|| Progress {
        newest: 0,
        is_loading: true,
        is_loading_more: false,
        state: Query::Loading,
        error: None,
    });
    let changes = use_book_changes().map_or(0, |changes| changes.number());
    let attempt = use_state(|| 0_u32);
    let counter = use_mut_ref(|| 0_u32);
    let latest = use_latest((request.clone(), progress.clone(), attempt.clone()));
    let number = {
        let counter = Rc::clone(&counter);
        move || {
            let mut counter = counter.borrow_mut();
            *counter = counter.wrapping_add(1);
            *counter
        }
    };
    let is_there = use_memo((), |()| Cell::new(true));
    {
        let is_there = Rc::clone(&is_there);
        use_effect_with((), move |()| move || is_there.set(false));
    }
    let last = use_mut_ref(|| None);
    {
        let (latest, dispatcher, number) = (latest.clone(), progress.dispatcher(), number.clone());
        use_effect_with((request, changes, *attempt), move |(request, _, attempt)| {
            let number = number();
            let shown = latest.borrow().1.state.ready().map_or(0, |rows| rows.items.len()).max(least);
            let asked = Some((request.clone(), *attempt));
            let is_again = last.replace(asked.clone()) == asked;
            dispatcher.dispatch(Step::Asked(number));
            let request = request.clone();
            wasm_bindgen_futures::spawn_local(async move {
                let own = if is_again { Some(turn().await) } else { None };
                // It is asked anew, or nobody looks at it any more.
                if own.is_some() && (*counter.borrow() != number || !is_there.get()) {
                    return;
                }
                let answer = load(request, shown).await;
                drop(own);
                dispatcher.dispatch(Step::Answered(number, answer));
            });
        });
    }
    let reload = {
        let latest = latest.clone();
        use_callback((), move |(), ()| {
            let attempt = latest.borrow().2.clone();
            attempt.set(attempt.wrapping_add(1));
        })
    };
    {
        let error = match &progress.state {
            Query::Failed(error) => Some(error),
            _ => progress.error.as_ref(),
        };
        let (was_shut_out, reload) = (error.is_some_and(is_shut_out), reload.clone());
        use_return(Callback::from(move |()| {
            if was_shut_out {
                reload.emit(());
            }
        }));
    }
    let more = use_callback((), move |(), ()| {
        let (request, progress, _) = latest.borrow().clone();
        let Some(next) = progress.state.ready().and_then(|rows| rows.next.clone()) else {
            return;
        };
        if progress.is_loading_more {
            return;
        }
        let (number, dispatcher) = (number(), progress.dispatcher());
        dispatcher.dispatch(Step::AskedMore(number));
        // What is shown is old by now, and this comes before its being asked for again.
        let shown = progress.state.ready().map_or(0, |rows| rows.items.len());
        let all = progress
            .is_loading
            .then(|| shown.saturating_add(usize::try_from(PAGE).unwrap_or(0)));
        wasm_bindgen_futures::spawn_local(async move {
            let step = match all {
                Some(all) => Step::Answered(number, load(request, all).await),
                None => Step::AnsweredMore(number, ipc::call(request.page(PAGE, Some(next))).await.map(R::rows)),
            };
            dispatcher.dispatch(step);
        });
    });
    List {
        state: progress.state.clone(),
        is_loading_more: progress.is_loading_more,
        error: progress.error.clone(),
        reload,
        more,
    }
}

/// As many rows as are wanted, if there are, in as few pages as there may be.
///
/// # Errors
/// If a page of it cannot be had.
pub async fn load<R: Listing>(request: R, want: usize) -> Result<Rows<R::Row>, Error> {
    let limit = |want: usize| u32::try_from(want).unwrap_or(MAX_PAGE).clamp(PAGE, MAX_PAGE);
    let mut rows = R::rows(ipc::call(request.clone().page(limit(want), None)).await?);
    while rows.items.len() < want
        && let Some(next) = rows.next.clone()
    {
        let further = R::rows(ipc::call(request.clone().page(limit(want - rows.items.len()), Some(next))).await?);
        rows.items.extend(further.items);
        rows.next = further.next;
    }
    Ok(rows)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(items: &[u8], next: Option<&str>) -> Rows<u8> {
        Rows {
            items: items.to_vec(),
            total: 4,
            next: next.map(str::to_owned),
        }
    }

    fn after(steps: Vec<Step<u8>>) -> Rc<Progress<u8>> {
        let start = Rc::new(Progress {
            newest: 0,
            is_loading: true,
            is_loading_more: false,
            state: Query::Loading,
            error: None,
        });
        steps.into_iter().fold(start, |progress, step| progress.reduce(step))
    }

    #[test]
    fn further_rows_follow_those_that_are_shown() {
        let end = after(vec![
            Step::Asked(1),
            Step::Answered(1, Ok(rows(&[1, 2], Some("a")))),
            Step::AskedMore(2),
            Step::AnsweredMore(2, Ok(rows(&[3, 4], None))),
        ]);
        assert_eq!(
            end.state.ready().map(|rows| (rows.items.clone(), rows.has_more())),
            Some((vec![1, 2, 3, 4], false))
        );
    }

    #[test]
    fn a_page_that_comes_after_a_reload_was_asked_is_dropped() {
        let end = after(vec![
            Step::Asked(1),
            Step::Answered(1, Ok(rows(&[1, 2], Some("a")))),
            Step::AskedMore(2),
            Step::Asked(3),
            Step::AnsweredMore(2, Ok(rows(&[3, 4], None))),
        ]);
        assert_eq!(end.state.ready().map(|rows| rows.items.clone()), Some(vec![1, 2]));
        assert!(!end.is_loading_more);
    }

    #[test]
    fn rows_stay_when_the_next_page_fails() {
        let end = after(vec![
            Step::Asked(1),
            Step::Answered(1, Ok(rows(&[1], Some("a")))),
            Step::AskedMore(2),
            Step::AnsweredMore(2, Err(Error::Locked)),
        ]);
        assert_eq!(
            (end.state.ready().map(|rows| rows.items.len()), end.error.clone()),
            (Some(1), Some(Error::Locked))
        );
    }
}
