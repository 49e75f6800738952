//! Search, status and order above a list of records.

use yew::prelude::*;

use super::{
    records::{Filter, Records},
    search::{SearchField, search_error},
    sorting::{SortChoice, SortMenu},
};
use crate::{
    components::{Icon, Menu, MenuItem, Segmented, SegmentedOption},
    hooks::use_unique_id,
};

/// Options that stand side by side; more of them are in a menu.
const SIDE_BY_SIDE: usize = 3;

/// The value that stands for every status.
const ALL: &str = "all";

/// Search, status and order.
#[derive(Properties, PartialEq)]
pub struct RecordsToolbarProps<R: Records> {
    /// What is listed.
    pub filter: Filter<R>,
    /// What is wrong with the search term.
    pub error: Option<AttrValue>,
    /// Lists something else.
    pub on_change: Callback<Filter<R>>,
    /// Goes to the list.
    pub on_leave: Callback<()>,
}

/// Search, status and order.
#[component]
pub fn RecordsToolbar<R: Records>(props: &RecordsToolbarProps<R>) -> Html {
    let id = use_unique_id();
    let words = R::WORDS;
    let filter = &props.filter;
    let on_search = {
        let (filter, on_change) = (filter.clone(), props.on_change.clone());
        Callback::from(move |text: String| on_change.emit(filter.searching(text)))
    };
    let on_sort = {
        let (filter, on_change) = (filter.clone(), props.on_change.clone());
        Callback::from(move |by: &'static str| on_change.emit(filter.sorted(by)))
    };
    let choices = R::SORTS
        .iter()
        .map(|sort| SortChoice {
            by: sort.by,
            label: sort.label,
        })
        .collect::<Vec<_>>();
    let direction = R::SORTS
        .iter()
        .find(|sort| sort.by == filter.sort)
        .map_or("", |sort| if filter.is_descending { sort.descending } else { sort.ascending });
    html! {
        <div class="filters" role="search" aria-label={words.title}>
            <div class="toolbar">
                <SearchField
                    label={format!("Search {}", words.many)}
                    placeholder={words.search_in}
                    value={filter.search.clone()}
                    error_id={props.error.is_some().then(|| id.clone())}
                    on_change={on_search}
                    on_leave={props.on_leave.clone()}
                />
                { status(filter, &props.on_change) }
                <SortMenu {choices} by={filter.sort} {direction} is_descending={filter.is_descending} on_choose={on_sort} />
            </div>
            { search_error(&id, props.error.as_ref()) }
        </div>
    }
}

/// Which status is listed.
fn status<R: Records>(filter: &Filter<R>, on_change: &Callback<Filter<R>>) -> Html {
    let pick = {
        let (filter, on_change) = (filter.clone(), on_change.clone());
        Callback::from(move |value: AttrValue| on_change.emit(filter.with_status(&value)))
    };
    if R::STATUSES.is_empty() {
        return html! {};
    }
    if R::STATUSES.len() <= SIDE_BY_SIDE {
        let all = std::iter::once(SegmentedOption::new(ALL, "All"));
        let options = all
            .chain(R::STATUSES.iter().map(|(value, label)| SegmentedOption::new(*value, *label)))
            .collect::<Vec<_>>();
        return html! { <Segmented label="Status" {options} value={filter.status.unwrap_or(ALL)} on_change={pick} /> };
    }
    let choice = |value: &'static str, label: &'static str| {
        let is_chosen = filter.status.unwrap_or(ALL) == value;
        let pick = pick.clone();
        MenuItem::choice(
            label,
            is_chosen.then_some(Icon::Check),
            is_chosen,
            Callback::from(move |()| pick.emit(value.into())),
        )
    };
    let items = std::iter::once(choice(ALL, "All"))
        .chain(R::STATUSES.iter().map(|(value, label)| choice(value, label)))
        .collect::<Vec<_>>();
    let label = filter.status_label().unwrap_or("All");
    html! {
        <Menu label={format!("Status: {label}")} class="btn btn--pick" {items}>
            <span class="muted" aria-hidden="true">{ "Status" }</span><span>{ label }</span>{ Icon::Down.small() }
        </Menu>
    }
}
