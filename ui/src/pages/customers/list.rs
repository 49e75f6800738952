//! The list itself, in each of its conditions.

use std::rc::Rc;

use contract::customer::{CustomerRow, CustomerSort};
use yew::prelude::*;

use super::{
    cells::{self, COLUMNS, KEYS},
    filter::Filter,
};
use crate::{
    components::{
        Button, ButtonKind, EmptyState, FailedState, Icon,
        grid::{Grid, GridRows, GridSort},
    },
    format,
    hooks::use_formats,
    pages::list_page::{Hint, ListState, SKELETON_ROWS, Step, banner, foot, retry, step, use_long_wait},
};

/// What the foot says about keys.
const HINTS: &[Hint] = &[Hint::new("E", "edit")];

/// What is done with a customer of the list.
#[derive(Clone, PartialEq)]
pub enum Act {
    /// A new one.
    Create,
    /// Its details.
    Open(Rc<CustomerRow>),
    /// Its form.
    Edit(Rc<CustomerRow>),
    /// The question before it is deleted.
    Delete(Rc<CustomerRow>),
    /// Back from the archive.
    Restore(Rc<CustomerRow>),
}

/// The list itself.
#[derive(Properties, PartialEq)]
pub struct CustomerListProps {
    /// As it stands.
    pub list: UseReducerHandle<ListState<Filter>>,
    /// As typed, also where that is not listed because it breaks a rule.
    pub typed: Filter,
    /// Lists something else.
    pub on_filter: Callback<Filter>,
    /// Does something.
    pub on_act: Callback<Act>,
    /// What takes the focus.
    pub node: NodeRef,
}

/// The list itself, in each of its conditions: loading, no customer yet, no match, failed, rows.
#[component]
pub fn CustomerList(props: &CustomerListProps) -> Html {
    let list = &props.list;
    let formats = use_formats();
    let cell = use_callback(formats, |(row, column): (Rc<CustomerRow>, usize), formats| {
        cells::cell(&row, column, formats)
    });
    let on_need = step(list, Step::Need);
    let on_focus = step(list, Step::Focus);
    let on_open = use_callback(props.on_act.clone(), |row, on_act| on_act.emit(Act::Open(row)));
    let on_act = use_callback(props.on_act.clone(), |(row, act): (Rc<CustomerRow>, AttrValue), on_act| {
        on_act.emit(match act.as_str() {
            cells::RESTORE => Act::Restore(row),
            // An archived record is only read until it is brought back.
            _ if row.archived_at.is_some() => Act::Open(row),
            cells::EDIT => Act::Edit(row),
            cells::DELETE => Act::Delete(row),
            _ => Act::Open(row),
        });
    });
    let ordered = list.ordered_as();
    let on_sort = {
        // From the order that is on screen.
        let typed = Filter {
            sort: ordered.sort,
            is_descending: ordered.is_descending,
            ..props.typed.clone()
        };
        let on_filter = props.on_filter.clone();
        Callback::from(move |by: &'static str| {
            if let Some(by) = CustomerSort::parse(by) {
                on_filter.emit(typed.clone().sorted(by));
            }
        })
    };
    let (rows, total) = match &list.shown {
        Some(shown) => (shown.rows.clone(), shown.total),
        None => (GridRows::default(), SKELETON_ROWS),
    };
    html! {
        <Grid<CustomerRow>
            label="Customers"
            class="grid--customers"
            columns={COLUMNS}
            {cell}
            {rows}
            {total}
            sort={GridSort { by: ordered.sort.as_str(), is_descending: ordered.is_descending }}
            {on_sort}
            focus={list.focus}
            {on_focus}
            reveal={list.reveal}
            {on_need}
            {on_open}
            {on_act}
            keys={KEYS}
            is_busy={list.shown.is_some() && list.is_loading()}
            banner={banner(list)}
            instead={instead(props)}
            count={html! { <Count list={list.clone()} on_filter={props.on_filter.clone()} /> }}
            foot={foot(list.took, HINTS)}
            node={props.node.clone()}
        />
    }
}

/// What stands there in place of rows.
fn instead(props: &CustomerListProps) -> Option<Html> {
    let list = &props.list;
    let Some(shown) = &list.shown else {
        let error = list.error.as_ref()?;
        return Some(html! { <FailedState error={error.clone()} on_retry={retry(list)} /> });
    };
    if shown.total > 0 {
        return None;
    }
    let act = |act: Act| {
        let on_act = props.on_act.clone();
        Callback::from(move |()| on_act.emit(act.clone()))
    };
    let go = |filter: Filter| {
        let on_filter = props.on_filter.clone();
        Callback::from(move |()| on_filter.emit(filter.clone()))
    };
    if !shown.filter.is_narrowing() {
        return Some(html! {
            <EmptyState title="Your customers will appear here" text="Add the first one. Licenses, subscriptions and payments are kept with each." icon={Icon::Users}>
                <Button label="New customer" kind={ButtonKind::Primary} icon={Some(Icon::Plus)} kbd="Ctrl N" on_press={act(Act::Create)} />
            </EmptyState>
        });
    }
    let filter = &shown.filter;
    let among = list
        .figures
        .as_ref()
        .filter(|_| !filter.is_archived)
        .map(|stats| match filter.is_active {
            Some(true) => format!("Among {} active customers.", format::count(stats.active_customers)),
            Some(false) => format!("Among {} inactive customers.", format::count(stats.inactive_customers)),
            None => format!("Among {} customers.", format::count(stats.total_customers)),
        });
    let is_only_search = *filter
        == Filter {
            search: filter.search.clone(),
            ..filter.cleared()
        };
    Some(html! {
        <EmptyState title={filter.no_match()} text={among.map(AttrValue::from)} icon={Icon::Search}>
            <Button label={if is_only_search { "Clear search" } else { "Clear filters" }} on_press={go(filter.cleared())} />
            if filter.is_active.is_some() && filter.term().is_some() {
                <Button
                    label={if filter.is_active == Some(true) { "Include inactive" } else { "Include active" }}
                    on_press={go(Filter { is_active: None, ..filter.clone() })}
                />
            }
        </EmptyState>
    })
}

#[derive(Properties, PartialEq)]
struct CountProps {
    list: UseReducerHandle<ListState<Filter>>,
    on_filter: Callback<Filter>,
}

/// How many match; after a second of waiting, what is being done about it, and how to stop it.
#[component]
fn Count(props: &CountProps) -> Html {
    let list = &props.list;
    let is_long = use_long_wait(list);
    let all = list.figures.as_ref().map(|stats| format::count(stats.total_customers));
    let text = match &list.shown {
        _ if is_long => format!("Searching {} customers…", all.unwrap_or_default()),
        None if list.error.is_some() => String::new(),
        None => "Loading customers…".to_owned(),
        Some(shown) => {
            let number = format::count_of(shown.total, shown.is_exact);
            match all.filter(|_| shown.filter.is_narrowing() && !shown.filter.is_archived) {
                Some(all) => format!("{number} of {all} match"),
                None if shown.filter.is_archived => format!("{number} archived"),
                None if shown.total == 1 => "1 customer".to_owned(),
                None => format!("{number} customers"),
            }
        }
    };
    let cancel = {
        let (shown, on_filter) = (list.shown.as_ref().map(|shown| shown.filter.clone()), props.on_filter.clone());
        Callback::from(move |()| {
            if let Some(filter) = shown.clone() {
                on_filter.emit(filter);
            }
        })
    };
    html! {
        <span class="num">
            <span role="status">{ text }</span>
            if is_long { { " " }<Button label="Cancel" kind={ButtonKind::Link} on_press={cancel} /> }
        </span>
    }
}
