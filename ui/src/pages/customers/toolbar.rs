//! Search and filters above the list.

use web_sys::{HtmlElement, KeyboardEvent};
use yew::prelude::*;

use super::{
    filter::{Filter, Having},
    sorting,
};
use crate::{
    components::{Icon, Menu, MenuItem, Segmented, SegmentedOption},
    hooks::use_unique_id,
    pages::list_page::{SearchField, search_error},
};

/// Search and filters.
#[derive(Properties, PartialEq)]
pub struct ToolbarProps {
    /// What is listed.
    pub filter: Filter,
    /// What is wrong with the search term.
    pub error: Option<AttrValue>,
    /// Lists something else.
    pub on_change: Callback<Filter>,
    /// Goes to the list.
    pub on_leave: Callback<()>,
}

/// Search and filters.
#[component]
pub fn Toolbar(props: &ToolbarProps) -> Html {
    let id = use_unique_id();
    let change = {
        let (filter, on_change) = (props.filter.clone(), props.on_change.clone());
        move |edit: fn(Filter, AttrValue) -> Filter| {
            let (filter, on_change) = (filter.clone(), on_change.clone());
            Callback::from(move |value: AttrValue| on_change.emit(edit(filter.clone(), value)))
        }
    };
    let on_search = change(|filter, value| Filter {
        search: value.to_string(),
        ..filter
    })
    .reform(AttrValue::from);
    let on_status = change(|filter, value| Filter {
        is_active: match value.as_str() {
            "active" => Some(true),
            "inactive" => Some(false),
            _ => None,
        },
        is_archived: value == "archived",
        ..filter
    });
    let status = match props.filter.is_active {
        _ if props.filter.is_archived => "archived",
        Some(true) => "active",
        Some(false) => "inactive",
        None => "all",
    };
    let options = vec![
        SegmentedOption::new("all", "All"),
        SegmentedOption::new("active", "Active"),
        SegmentedOption::new("inactive", "Inactive"),
        SegmentedOption::new("archived", "Archived"),
    ];
    html! {
        <div class="filters" role="search" aria-label="Customers">
            <div class="toolbar">
                <SearchField
                    label="Search customers"
                    placeholder="Search name, email or company"
                    value={props.filter.search.clone()}
                    error_id={props.error.is_some().then(|| id.clone())}
                    on_change={on_search}
                    on_leave={props.on_leave.clone()}
                />
                <Segmented label="Status" {options} value={status} on_change={on_status} />
                <FilterMenu filter={props.filter.clone()} on_change={props.on_change.clone()} />
                { sorting::menu(&props.filter, &props.on_change) }
            </div>
            { search_error(&id, props.error.as_ref()) }
            <Chips filter={props.filter.clone()} on_change={props.on_change.clone()} />
        </div>
    }
}

#[derive(Properties, PartialEq)]
struct FilterProps {
    filter: Filter,
    on_change: Callback<Filter>,
}

/// What can be filtered by and is not yet.
#[component]
fn FilterMenu(props: &FilterProps) -> Html {
    let items: Vec<MenuItem> = Having::ALL
        .into_iter()
        .flat_map(|what| [(what, true), (what, false)])
        .filter(|(what, with)| props.filter.having(*what) != Some(*with))
        .map(|(what, with)| {
            let (filter, on_change) = (props.filter.clone(), props.on_change.clone());
            let icon = match what {
                Having::Licenses => Icon::Key,
                Having::Subscriptions => Icon::Repeat,
                Having::Outstanding => Icon::Receipt,
            };
            let label = format!("{} {}", if with { "With" } else { "Without" }, what.noun());
            MenuItem::new(
                label,
                icon,
                Callback::from(move |()| on_change.emit(filter.clone().with_having(what, Some(with)))),
            )
        })
        .collect();
    html! {
        <Menu label="Add a filter" class="btn btn--ghost btn--fold" {items}>
            { Icon::Plus.view() }<span>{ "Filter" }</span>
        </Menu>
    }
}

/// The filters in force: what of, with or without, away.
#[component]
fn Chips(props: &FilterProps) -> Html {
    let list = use_node_ref();
    let shown: Vec<(Having, bool)> = Having::ALL
        .into_iter()
        .filter_map(|what| Some((what, props.filter.having(what)?)))
        .collect();
    if shown.is_empty() {
        return html! { <div hidden={true}></div> };
    }
    let clear = {
        let (filter, on_change) = (props.filter.clone(), props.on_change.clone());
        move |_: MouseEvent| {
            on_change.emit(Filter {
                having: [None; 3],
                ..filter.clone()
            })
        }
    };
    html! {
        <div class="chips" role="list" aria-label="Filters" ref={list.clone()}>
            { for shown.iter().enumerate().map(|(number, (what, with))| {
                let (what, with) = (*what, *with);
                let set = |value: Option<bool>| {
                    let (filter, on_change) = (props.filter.clone(), props.on_change.clone());
                    Callback::from(move |()| on_change.emit(filter.clone().with_having(what, value)))
                };
                let (flip, remove) = (set(Some(!with)), set(None));
                let word = if with { "with" } else { "without" };
                let other = if with { "without" } else { "with" };
                let remove = {
                    let list = list.clone();
                    Callback::from(move |()| {
                        remove.emit(());
                        focus_chip(&list, number);
                    })
                };
                let (on_key, on_remove) = (remove.clone(), remove);
                html! {
                    <span
                        key={what.label()}
                        class="chip"
                        role="listitem"
                        onkeydown={move |event: KeyboardEvent| if matches!(event.key().as_str(), "Backspace" | "Delete") { event.prevent_default(); on_key.emit(()); }}
                    >
                        <span class="chip__field">{ what.label() }</span>
                        <button
                            class="chip__value"
                            type="button"
                            aria-label={format!("{}: {word}. Change to {other}", what.label())}
                            title={format!("Change to {other}")}
                            onclick={move |_| flip.emit(())}
                        >
                            { word }
                        </button>
                        <button class="chip__remove" type="button" aria-label={format!("Remove filter: {word} {}", what.noun())} onclick={move |_| on_remove.emit(())}>
                            { Icon::X.small() }
                        </button>
                    </span>
                }
            }) }
            if shown.len() > 1 {
                <span role="listitem"><button class="btn btn--ghost btn--sm" type="button" onclick={clear}>{ "Clear" }</button></span>
            }
        </div>
    }
}

/// After a chip has gone, the next one takes the focus, or else the search.
fn focus_chip(list: &NodeRef, number: usize) {
    let Some(region) = list.cast::<HtmlElement>().and_then(|list| list.parent_element()) else {
        return;
    };
    gloo_timers::callback::Timeout::new(0, move || {
        use wasm_bindgen::JsCast;
        let next = region
            .query_selector_all(".chip__value")
            .ok()
            .and_then(|chips| chips.item(u32::try_from(number).ok()?.min(chips.length().checked_sub(1)?)))
            .or_else(|| region.query_selector("input").ok().flatten().map(Into::into))
            .and_then(|next| next.dyn_into::<HtmlElement>().ok());
        if let Some(next) = next {
            // A button or input can take the focus.
            let _ = next.focus();
        }
    })
    .forget();
}
