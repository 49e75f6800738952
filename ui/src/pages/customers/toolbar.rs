//! Search and filters above the list.

use web_sys::{HtmlElement, HtmlInputElement, KeyboardEvent};
use yew::prelude::*;

use super::{
    filter::{Filter, Having},
    sorting::SortMenu,
};
use crate::{
    components::{ControlSize, Icon, IconButton, Menu, MenuItem, Segmented, SegmentedOption},
    hooks::{use_hotkey, use_unique_id},
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
    let search = use_node_ref();
    let id = use_unique_id();
    let focus = {
        let search = search.clone();
        Callback::from(move |()| {
            if let Some(input) = search.cast::<HtmlInputElement>() {
                // An input can take the focus.
                let _ = input.focus();
                input.select();
            }
        })
    };
    use_hotkey("Ctrl+F", focus.clone());
    use_hotkey("/", focus.clone());
    let change = {
        let (filter, on_change) = (props.filter.clone(), props.on_change.clone());
        move |edit: fn(Filter, AttrValue) -> Filter| {
            let (filter, on_change) = (filter.clone(), on_change.clone());
            Callback::from(move |value: AttrValue| on_change.emit(edit(filter.clone(), value)))
        }
    };
    let on_search = {
        let search = change(|filter, value| Filter {
            search: value.to_string(),
            ..filter
        });
        move |event: InputEvent| search.emit(event.target_unchecked_into::<HtmlInputElement>().value().into())
    };
    let onkeydown = {
        let (filter, on_change, on_leave) = (props.filter.clone(), props.on_change.clone(), props.on_leave.clone());
        move |event: KeyboardEvent| match event.key().as_str() {
            "Escape" if !filter.search.is_empty() => {
                event.prevent_default();
                on_change.emit(Filter {
                    search: String::new(),
                    ..filter.clone()
                });
            }
            "ArrowDown" | "Enter" if !event.is_composing() => {
                event.prevent_default();
                on_leave.emit(());
            }
            _ => {}
        }
    };
    let clear_search = {
        let (change, focus) = (
            change(|filter, _| Filter {
                search: String::new(),
                ..filter
            }),
            focus,
        );
        Callback::from(move |()| {
            change.emit(AttrValue::default());
            focus.emit(());
        })
    };
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
                <div class={classes!("input", "input--sm", props.error.is_some().then_some("input--invalid"))}>
                    { Icon::Search.view() }
                    <input
                        type="search"
                        name="search"
                        aria-label="Search customers"
                        placeholder="Search name, email or company"
                        autocomplete="off"
                        spellcheck="false"
                        value={props.filter.search.clone()}
                        aria-invalid={props.error.is_some().then_some("true")}
                        aria-describedby={props.error.is_some().then(|| id.clone())}
                        oninput={on_search}
                        {onkeydown}
                        ref={search}
                    />
                    if props.filter.search.is_empty() {
                        <kbd aria-hidden="true">{ "Ctrl F" }</kbd>
                    } else {
                        <IconButton icon={Icon::X} label="Clear search" kbd="Esc" size={ControlSize::Small} on_press={clear_search} />
                    }
                </div>
                <Segmented label="Status" {options} value={status} on_change={on_status} />
                <FilterMenu filter={props.filter.clone()} on_change={props.on_change.clone()} />
                <SortMenu filter={props.filter.clone()} on_change={props.on_change.clone()} />
            </div>
            if let Some(error) = &props.error { <p class="field__error toolbar__error" id={id} role="alert">{ Icon::AlertCircle.small() }<span>{ error.clone() }</span></p> }
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
