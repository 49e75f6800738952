//! The list of customers stands for all.

#![allow(clippy::unwrap_used)]

use contract::{
    CustomerId, Money,
    customer::{CustomerPage, CustomerRow, CustomerSort, ListCustomers},
    stats::CustomerStats,
};
use uuid::Uuid;

use super::*;
use crate::pages::customers::Filter;

type List = ListState<Filter>;

fn row(number: u64) -> CustomerRow {
    CustomerRow {
        id: id(number),
        email: format!("{number}@example.com"),
        full_name: format!("Customer {number}"),
        company_name: None,
        is_active: true,
        is_admin: false,
        created_at: contract::Timestamp(0),
        updated_at: contract::Timestamp(0),
        archived_at: None,
        total_licenses: 0,
        active_licenses: 0,
        total_subscriptions: 0,
        active_subscriptions: 0,
        total_domains: 0,
        revenue: vec![Money::new(1, contract::Currency::EUR)],
        total_payments: Vec::new(),
        total_invoices: 0,
        outstanding_invoices: 0,
        outstanding: Vec::new(),
        overdue: Vec::new(),
        last_payment_date: None,
        version: 1,
    }
}

fn id(number: u64) -> CustomerId {
    CustomerId(Uuid::from_u128(number.into()))
}

/// A book with so many customers, numbered from 0, without those that are gone.
struct Book {
    total: u64,
    gone: Vec<u64>,
    is_exact: bool,
}

impl Book {
    fn of(total: u64) -> Self {
        Self {
            total,
            gone: Vec::new(),
            is_exact: true,
        }
    }

    fn answer(&self, request: &ListCustomers) -> CustomerPage {
        let all: Vec<u64> = (0..self.total).filter(|number| !self.gone.contains(number)).collect();
        let at = request
            .after
            .as_ref()
            .map_or(request.at.unwrap_or(0), |cursor| cursor.parse().unwrap());
        let at = usize::try_from(at).unwrap();
        let end = (at + usize::try_from(PAGE).unwrap()).min(all.len());
        CustomerPage {
            items: all.get(at..end).unwrap_or_default().iter().map(|number| row(*number)).collect(),
            next: (end < all.len()).then(|| end.to_string()),
            previous: None,
            total: u64::try_from(all.len()).unwrap(),
            total_is_exact: self.is_exact,
            stats: request.with_stats.then(|| stats(all.len())),
        }
    }
}

fn stats(total: usize) -> CustomerStats {
    CustomerStats {
        total_customers: u64::try_from(total).unwrap(),
        active_customers: 0,
        inactive_customers: 0,
        customers_with_licenses: 0,
        customers_with_subscriptions: 0,
        new_customers_this_month: 0,
        new_customers_this_week: 0,
        total_revenue: Vec::new(),
        average_customer_value: Vec::new(),
        average_per_all_customers: Vec::new(),
        active_licenses: 0,
        customers_with_outstanding: 0,
    }
}

fn start() -> Rc<List> {
    Rc::new(List::new(Filter::default(), None))
}

/// Asks and answers until nothing is missing; returns the requests.
fn settle(list: Rc<List>, book: &Book) -> (Rc<List>, Vec<ListCustomers>) {
    let (mut list, mut asked) = (list, Vec::new());
    loop {
        let questions = list.questions();
        if questions.is_empty() {
            return (list, asked);
        }
        for question in questions {
            asked.push(question.request.clone());
            let answer = book.answer(&question.request);
            list = list.reduce(Step::Asked(question.clone()));
            list = list.reduce(Step::Answered(question, Ok(Box::new(answer)), 1));
        }
        assert!(asked.len() < 50, "asks without end");
    }
}

fn number_in_focus(list: &List) -> Option<CustomerId> {
    list.focused().map(|row| row.id)
}

#[test]
fn the_first_page_comes_with_the_figures_and_later_ones_without() {
    let book = Book::of(1_000);
    let (list, asked) = settle(start(), &book);
    assert_eq!(asked.len(), 1);
    assert!(asked.iter().all(|request| request.with_stats));
    let (list, asked) = settle(list.reduce(Step::Need(PAGE - 10..PAGE + 20)), &book);
    assert_eq!(asked.len(), 1);
    assert!(
        asked
            .iter()
            .all(|request| !request.with_stats && request.after == Some(PAGE.to_string()))
    );
    let shown = list.shown.clone().unwrap();
    assert_eq!(
        (shown.total, shown.rows.get(PAGE + 10).map(|row| row.id)),
        (1_000, Some(id(PAGE + 10)))
    );
}

#[test]
fn a_jump_asks_by_number_and_goes_on_from_there_by_cursor() {
    let book = Book::of(1_000_000);
    let end = 500_000 + PAGE;
    let (list, _) = settle(start(), &book);
    let (list, asked) = settle(list.reduce(Step::Need(end - 20..end - 10)), &book);
    assert_eq!(asked.iter().map(|request| request.at).collect::<Vec<_>>(), [Some(500_000)]);
    let (_, asked) = settle(list.reduce(Step::Need(end - 20..end + 10)), &book);
    assert_eq!(
        asked.iter().map(|request| request.after.clone()).collect::<Vec<_>>(),
        [Some(end.to_string())]
    );
}

#[test]
fn old_rows_stay_until_the_new_are_there_and_late_answers_are_dropped() {
    let book = Book::of(500);
    let (list, _) = settle(start(), &book);
    let search = |term: &str| {
        Step::Want(Filter {
            search: term.to_owned(),
            ..Filter::default()
        })
    };
    let list = list.reduce(search("a"));
    let late = list.questions().pop().unwrap();
    let list = list.reduce(Step::Asked(late.clone())).reduce(search("an"));
    assert!(!list.is_current() && list.shown.as_ref().is_some_and(|shown| shown.total == 500));
    let list = list.reduce(Step::Answered(late, Ok(Box::new(Book::of(7).answer(&ListCustomers::default()))), 1));
    assert_eq!(list.shown.as_ref().map(|shown| shown.total), Some(500));
    let (list, asked) = settle(list, &Book::of(3));
    assert_eq!(
        asked.iter().map(|request| request.search.as_deref()).collect::<Vec<_>>(),
        [Some("an")]
    );
    assert!(list.is_current() && list.shown.as_ref().is_some_and(|shown| shown.total == 3));
}

#[test]
fn a_blank_more_is_not_another_search() {
    let (list, _) = settle(start(), &Book::of(5));
    let list = list.reduce(Step::Want(Filter {
        search: "  ".to_owned(),
        ..Filter::default()
    }));
    assert!(list.questions().is_empty());
}

#[test]
fn the_next_row_takes_the_focus_of_one_that_is_gone() {
    let mut book = Book::of(300);
    let (list, _) = settle(start().reduce(Step::Need(0..30)), &book);
    let list = list.reduce(Step::Focus(7));
    assert_eq!(number_in_focus(&list), Some(id(7)));
    book.gone = vec![7];
    let (list, _) = settle(list.reduce(Step::Refresh), &book);
    assert_eq!((list.focus, number_in_focus(&list)), (Some(7), Some(id(8))));
    book.gone = vec![2, 7];
    let (list, _) = settle(list.reduce(Step::Refresh), &book);
    assert_eq!((list.focus, number_in_focus(&list)), (Some(6), Some(id(8))));
}

#[test]
fn a_customer_that_is_brought_back_has_the_focus_again() {
    let mut book = Book::of(50);
    book.gone = vec![20];
    let (list, _) = settle(start(), &book);
    let before = list.reveal;
    book.gone.clear();
    let (list, _) = settle(list.reduce(Step::FocusOn(id(20))).reduce(Step::Refresh), &book);
    assert_eq!(list.focus, Some(20));
    assert!(list.reveal > before);
}

#[test]
fn a_refresh_keeps_the_place_deep_in_the_list() {
    let book = Book::of(10_000);
    let (list, _) = settle(start(), &book);
    let (list, _) = settle(list.reduce(Step::Need(5_010..5_040)).reduce(Step::Focus(5_020)), &book);
    let before = list.reveal;
    let (list, asked) = settle(list.reduce(Step::Refresh), &book);
    assert_eq!(
        asked.iter().map(|request| (request.at, request.with_stats)).collect::<Vec<_>>(),
        [(Some(5_000), true)]
    );
    assert_eq!((list.focus, list.reveal), (Some(5_020), before));
    assert!(
        list.shown.as_ref().is_some_and(|shown| shown.rows.get(0).is_none()),
        "pages far away are let go"
    );
}

#[test]
fn another_order_begins_at_the_top_unless_the_customer_in_focus_is_there() {
    let book = Book::of(1_000);
    let (list, _) = settle(start().reduce(Step::Need(0..30)), &book);
    let (list, _) = settle(list.reduce(Step::Need(500..530)).reduce(Step::Focus(510)), &book);
    let (list, asked) = settle(list.reduce(Step::Want(Filter::default().sorted(CustomerSort::Revenue))), &book);
    assert_eq!(asked.len(), 1);
    assert_eq!(list.focus, Some(0));
    let list = list.reduce(Step::Focus(12));
    let (list, _) = settle(list.reduce(Step::Want(Filter::default())), &book);
    assert_eq!(list.focus, Some(12));
}

#[test]
fn a_list_into_which_nobody_has_gone_begins_at_its_first_row() {
    let mut book = Book::of(1_000);
    book.gone = vec![0, 1, 2];
    let (list, _) = settle(start().reduce(Step::Need(0..30)), &book);
    assert_eq!((list.focus, number_in_focus(&list)), (Some(0), Some(id(3))));
    book.gone.clear();
    let (list, _) = settle(list.reduce(Step::Want(Filter::default().sorted(CustomerSort::Revenue))), &book);
    assert_eq!((list.focus, number_in_focus(&list)), (Some(0), Some(id(0))));
}

#[test]
fn the_exact_number_replaces_the_estimate_until_something_changes() {
    let mut book = Book::of(350);
    book.is_exact = false;
    let (list, _) = settle(start(), &book);
    let generation = list.generation();
    let list = list.reduce(Step::Counted(generation.wrapping_sub(1), 9));
    assert!(list.shown.as_ref().is_some_and(|shown| !shown.is_exact && shown.total == 350));
    let list = list.reduce(Step::Counted(generation, 420));
    let (list, _) = settle(list.reduce(Step::Need(90..130)), &book);
    assert!(list.shown.as_ref().is_some_and(|shown| shown.is_exact && shown.total == 420));
    // What was counted is taken until it is counted anew: the rows beyond the estimate stay.
    let (list, _) = settle(list.reduce(Step::Refresh), &book);
    assert!(list.shown.as_ref().is_some_and(|shown| !shown.is_exact && shown.total == 420));
    let generation = list.generation();
    let list = list.reduce(Step::Counted(generation, 419));
    assert!(list.shown.as_ref().is_some_and(|shown| shown.is_exact && shown.total == 419));
}

#[test]
fn a_list_that_stays_where_it_is_asks_for_all_that_is_seen() {
    // Back to the list that is shown still, before another was there.
    let book = Book::of(500);
    let (list, _) = settle(start(), &book);
    let (list, _) = settle(list.reduce(Step::Need(230..250)), &book);
    let other = Filter {
        search: "x".to_owned(),
        ..Filter::default()
    };
    let list = list.reduce(Step::Want(other)).reduce(Step::Want(Filter::default()));
    let (_, asked) = settle(list, &book);
    assert!(asked.iter().any(|request| request.at == Some(200)), "{asked:?}");
}

#[test]
fn a_refusal_is_not_repeated_until_it_is_asked_for() {
    let list = start();
    let question = list.questions().pop().unwrap();
    let list = list
        .reduce(Step::Asked(question.clone()))
        .reduce(Step::Answered(question, Err(Error::SignedOut), 1));
    assert_eq!(list.error, Some(Error::SignedOut));
    assert!(list.questions().is_empty());
    let (list, asked) = settle(list.reduce(Step::Retry), &Book::of(1));
    assert!(asked.iter().all(|request| request.with_stats) && asked.len() == 1);
    assert_eq!((list.error.clone(), list.focus), (None, Some(0)));
}

#[test]
fn rows_that_stay_where_another_order_is_refused_are_told_to_be_in_their_own() {
    let book = Book::of(5);
    let (list, _) = settle(start(), &book);
    let by_revenue = Filter::default().sorted(CustomerSort::Revenue);
    let list = list.reduce(Step::Want(by_revenue.clone()));
    assert_eq!(*list.ordered_as(), by_revenue);
    let question = list.questions().pop().unwrap();
    let list = list
        .reduce(Step::Asked(question.clone()))
        .reduce(Step::Answered(question, Err(Error::Locked), 1));
    assert_eq!(*list.ordered_as(), Filter::default());
    // Chosen once more, it is asked for once more.
    let (list, asked) = settle(list.reduce(Step::Want(by_revenue.clone())), &book);
    assert_eq!((asked.len(), list.ordered_as()), (1, &by_revenue));
}

#[test]
fn only_rows_that_answer_an_earlier_question_are_told_to_be_old() {
    let fail = |list: Rc<List>| {
        let question = list.questions().pop().unwrap();
        let list = list
            .reduce(Step::Asked(question.clone()))
            .reduce(Step::Answered(question, Err(Error::Locked), 1));
        assert_eq!(list.error, Some(Error::Locked));
        list
    };
    let book = Book::of(500);
    let (list, _) = settle(start().reduce(Step::Need(0..30)), &book);
    assert!(!list.has_old_rows());
    let refreshed = fail(Rc::clone(&list).reduce(Step::Refresh));
    assert!(refreshed.has_old_rows());
    let further = fail(list.reduce(Step::Need(PAGE - 10..PAGE + 20)));
    assert!(!further.has_old_rows(), "what is there is new, there is only no more of it");
    // Of two pages in view one is answered anew, and the other one is not.
    let (list, _) = settle(further.reduce(Step::Retry), &book);
    let list = list.reduce(Step::Refresh);
    let first = list.questions().into_iter().next().unwrap();
    let answer = book.answer(&first.request);
    let list = list
        .reduce(Step::Asked(first.clone()))
        .reduce(Step::Answered(first, Ok(Box::new(answer)), 1));
    let list = fail(list);
    assert!(list.has_old_rows());
    let (list, _) = settle(list.reduce(Step::Retry), &book);
    let other = Filter {
        search: "x".to_owned(),
        ..Filter::default()
    };
    assert!(fail(list.reduce(Step::Want(other))).has_old_rows());
    let (empty, _) = settle(start(), &Book::of(0));
    assert!(!fail(empty.reduce(Step::Refresh)).has_old_rows(), "there is no row");
}

#[test]
fn an_empty_list_has_no_focus() {
    let (list, _) = settle(start(), &Book::of(0));
    assert_eq!(list.focus, None);
    assert_eq!(list.shown.as_ref().map(|shown| shown.total), Some(0));
}

#[test]
fn a_new_customer_is_at_the_top_of_the_usual_order() {
    let book = Book::of(400);
    let (list, _) = settle(start().reduce(Step::Need(300..330)), &book);
    let list = list.reduce(Step::Focus(310));
    let before = list.reveal;
    let list = list.reduce(Step::FocusOnNew(id(0)));
    assert!(list.reveal > before);
    assert_eq!(list.focus, Some(0));
}

#[test]
fn the_figures_are_asked_for_until_they_are_there() {
    let book = Book::of(12);
    let list = start();
    let first = list.questions().pop().unwrap();
    let list = list.reduce(Step::Asked(first.clone()));
    assert!(list.questions().is_empty(), "they are not asked for twice at a time");
    // Something is typed before the answer is there, so that it is dropped.
    let typed = Filter {
        search: "an".to_owned(),
        ..Filter::default()
    };
    let list = list.reduce(Step::Want(typed));
    let list = list.reduce(Step::Answered(first, Ok(Box::new(book.answer(&ListCustomers::default()))), 1));
    assert!(list.figures.is_none());
    let (list, asked) = settle(list, &book);
    assert!(asked.iter().all(|request| request.with_stats));
    assert_eq!(list.figures.as_ref().map(|stats| stats.total_customers), Some(12));

    // The same while a refresh is under way.
    let list = list.reduce(Step::Refresh);
    let refreshing = list.questions().pop().unwrap();
    let list = list.reduce(Step::Asked(refreshing)).reduce(Step::Want(Filter::default()));
    let (list, _) = settle(list, &Book::of(13));
    assert_eq!(list.figures.as_ref().map(|stats| stats.total_customers), Some(13));
}
