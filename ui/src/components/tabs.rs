//! Tabs of a record.

use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use web_sys::{Element, KeyboardEvent, ResizeObserver, ScrollIntoViewOptions, ScrollLogicalPosition};
use yew::prelude::*;

use crate::{
    components::segmented::{focus_child, is_modified, step},
    format,
    hooks::use_latest,
};

/// One tab.
#[derive(Clone, Debug, PartialEq)]
pub struct Tab {
    /// What tells it from the others.
    pub id: AttrValue,
    /// Its word.
    pub label: AttrValue,
    /// How many records it holds.
    pub count: Option<u64>,
}

/// The row of tabs.
#[derive(Properties, PartialEq)]
pub struct TabsProps {
    /// What they belong to.
    pub label: AttrValue,
    /// The start of the ids of tabs and panels: that of the dialog, or another that is unique on the page.
    pub id: AttrValue,
    /// The tabs.
    pub tabs: Vec<Tab>,
    /// The chosen one.
    pub selected: AttrValue,
    /// On every choice.
    pub on_select: Callback<AttrValue>,
}

/// The row of tabs: one stop of Tab, arrows choose at once.
#[component]
pub fn Tabs(props: &TabsProps) -> Html {
    let list = use_node_ref();
    let at = props.tabs.iter().position(|tab| tab.id == props.selected).unwrap_or(0);
    {
        let list = list.clone();
        use_effect_with(at, move |at| reveal(&list, *at));
    }
    let newest = use_latest(at);
    {
        // A row that has become narrower may have lost it at its end.
        let list = list.clone();
        use_effect_with((), move |()| {
            let row = list.cast::<Element>();
            let resized = Closure::<dyn FnMut(JsValue)>::new(move |_| reveal(&list, *newest.borrow()));
            let observer = ResizeObserver::new(resized.as_ref().unchecked_ref()).ok();
            if let (Some(observer), Some(row)) = (&observer, &row) {
                observer.observe(row);
            }
            move || {
                if let Some(observer) = observer {
                    observer.disconnect();
                }
                drop(resized);
            }
        });
    }
    let onkeydown = {
        let ids: Vec<AttrValue> = props.tabs.iter().map(|tab| tab.id.clone()).collect();
        let (on_select, list) = (props.on_select.clone(), list.clone());
        Callback::from(move |event: KeyboardEvent| {
            if !is_modified(&event)
                && let Some(to) = step(&event.key(), at, ids.len())
                && let Some(id) = ids.get(to)
            {
                event.prevent_default();
                on_select.emit(id.clone());
                focus_child(&list, to);
            }
        })
    };
    html! {
        <div class="tabs" role="tablist" aria-label={props.label.clone()} {onkeydown} ref={list}>
            { for props.tabs.iter().enumerate().map(|(number, tab)| {
                let (on_select, id) = (props.on_select.clone(), tab.id.clone());
                let is_selected = number == at;
                html! {
                    <button
                        key={tab.id.as_str()}
                        class="tab"
                        type="button"
                        role="tab"
                        id={format!("{}-tab-{}", props.id, tab.id)}
                        aria-selected={is_selected.to_string()}
                        aria-controls={is_selected.then(|| panel_id(&props.id, &tab.id))}
                        tabindex={if is_selected { "0" } else { "-1" }}
                        onclick={move |_| on_select.emit(id.clone())}
                    >
                        { tab.label.clone() }
                        if let Some(count) = tab.count { <span class="tab__count num">{ format::count(count) }</span> }
                    </button>
                }
            }) }
        </div>
    }
}

/// Scrolls the row, where it is wider than its place, to the chosen tab.
fn reveal(list: &NodeRef, at: usize) {
    let tab = list
        .cast::<Element>()
        .and_then(|list| list.children().item(u32::try_from(at).unwrap_or(0)));
    if let Some(tab) = tab {
        let options = ScrollIntoViewOptions::new();
        options.set_block(ScrollLogicalPosition::Nearest);
        options.set_inline(ScrollLogicalPosition::Nearest);
        tab.scroll_into_view_with_scroll_into_view_options(&options);
    }
}

/// What a tab shows.
#[derive(Properties, PartialEq)]
pub struct TabPanelProps {
    /// As of the [`Tabs`].
    pub id: AttrValue,
    /// Of which tab.
    pub tab: AttrValue,
    /// Whether it waits for its content.
    #[prop_or_default]
    pub is_busy: bool,
    /// The content.
    pub children: Html,
}

/// What a tab shows.
#[component]
pub fn TabPanel(props: &TabPanelProps) -> Html {
    html! {
        <div
            class="tabpanel"
            role="tabpanel"
            id={panel_id(&props.id, &props.tab)}
            aria-labelledby={format!("{}-tab-{}", props.id, props.tab)}
            aria-busy={props.is_busy.then_some("true")}
            tabindex="0"
        >
            { props.children.clone() }
        </div>
    }
}

fn panel_id(id: &str, tab: &str) -> AttrValue {
    format!("{id}-panel-{tab}").into()
}
