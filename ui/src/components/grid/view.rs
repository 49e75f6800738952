//! The grid itself: head, the rows around what is seen, foot; pointer and keys.

use std::{ops::Range, rc::Rc};

use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement, KeyboardEvent};
use yew::prelude::*;

use super::{
    GridColumn, GridRows, GridSort,
    column::{Head, cell_id, row_id},
    geometry::Geometry,
    keys::{Place, Spot, Step},
    need::use_need,
    row::{Active, Row},
    scroll::{Nodes, use_scroll},
    turns::{Slot, use_turns},
};
use crate::hooks::use_unique_id;

/// A key that does something with the row in focus: its name, and the act.
pub type GridKey = (&'static str, &'static str);

/// A list without end.
#[derive(Properties, PartialEq)]
pub struct GridProps<R: PartialEq + 'static> {
    /// What it lists.
    pub label: AttrValue,
    /// Its class, which sets the widths of its columns.
    pub class: AttrValue,
    /// The columns; the last one holds the buttons, each with `data-act`.
    pub columns: &'static [GridColumn],
    /// What a cell shows.
    pub cell: Callback<(Rc<R>, usize), Html>,
    /// What is loaded.
    pub rows: GridRows<R>,
    /// How many rows there are, loaded or not.
    pub total: u64,
    /// The order.
    pub sort: GridSort,
    /// Sorts by another column, or the other way round.
    pub on_sort: Callback<&'static str>,
    /// The row in focus.
    pub focus: Option<u64>,
    /// Moves the focus.
    pub on_focus: Callback<u64>,
    /// Another number makes the row in focus be scrolled into view.
    #[prop_or_default]
    pub reveal: u32,
    /// Says which rows are rendered, so that they can be loaded.
    pub on_need: Callback<Range<u64>>,
    /// Opens a row: Enter, a double click, a tap.
    pub on_open: Callback<Rc<R>>,
    /// The acts of keys and of buttons in the last cell.
    pub on_act: Callback<(Rc<R>, AttrValue)>,
    /// The keys of acts.
    #[prop_or_default]
    pub keys: &'static [GridKey],
    /// Whether known rows are being asked for again.
    #[prop_or_default]
    pub is_busy: bool,
    /// Above the rows, when something is wrong with them.
    #[prop_or_default]
    pub banner: Option<Html>,
    /// In place of rows, when there are none.
    #[prop_or_default]
    pub instead: Option<Html>,
    /// The start of the foot: how many match.
    pub count: Html,
    /// The end of the foot.
    #[prop_or_default]
    pub foot: Html,
    /// What takes the focus.
    #[prop_or_default]
    pub node: NodeRef,
}

/// A list without end.
#[component]
pub fn Grid<R: PartialEq + 'static>(props: &GridProps<R>) -> Html {
    let id = use_unique_id();
    let nodes = use_memo(props.node.clone(), |viewport| Nodes {
        viewport: viewport.clone(),
        ..Nodes::default()
    });
    let spot = use_state_eq(Spot::default);
    let scroll = use_scroll(&nodes, props.total);
    use_need(&scroll.range, props.total, &props.on_need);
    {
        let (scroll, focus) = (scroll.clone(), props.focus);
        use_effect_with((props.reveal, props.total), move |_| {
            if let Some(row) = focus {
                scroll.reveal(row);
            }
        });
    }

    let onkeydown = {
        let (spot, scroll, nodes, rows) = (spot.clone(), scroll.clone(), Rc::clone(&nodes), props.rows.clone());
        let (on_focus, on_open, on_act, on_sort) = (
            props.on_focus.clone(),
            props.on_open.clone(),
            props.on_act.clone(),
            props.on_sort.clone(),
        );
        let (focus, total, columns, keys) = (props.focus, props.total, props.columns, props.keys);
        Callback::from(move |event: KeyboardEvent| {
            if event.alt_key() || event.is_composing() {
                return;
            }
            let ctrl = event.ctrl_key() || event.meta_key();
            if let Some(button) = button_of(&event) {
                if in_buttons(&event.key(), &button, &nodes) {
                    event.prevent_default();
                    event.stop_propagation();
                    return;
                }
                if !matches!(event.key().as_str(), "ArrowUp" | "ArrowDown" | "PageUp" | "PageDown") {
                    return;
                }
            }
            // A head that was clicked is pressed by the browser.
            if matches!(event.key().as_str(), "Enter" | " ")
                && !matches!(*spot, Spot::Head(_))
                && closest(&event, "[role=columnheader]").is_some()
            {
                return;
            }
            let row = focus.and_then(|number| rows.get(number)).cloned();
            let seen = shown_columns(&nodes, columns.len());
            let place = Place {
                row: focus,
                spot: *spot,
                total,
                page: scroll.page(),
                columns: &seen,
                buttons: columns.len().saturating_sub(1),
                has_head: is_shown(&nodes.head),
            };
            let step = if event.shift_key() { None } else { place.step(&event.key(), ctrl) };
            match step {
                Some(Step::To(to)) => {
                    on_focus.emit(to);
                    take_focus(&nodes);
                    scroll.fill();
                    scroll.reveal(to);
                }
                Some(Step::At(to)) => spot.set(to),
                Some(Step::Sort(column)) => {
                    if let Some(by) = columns.get(column).and_then(|column| column.sort) {
                        on_sort.emit(by);
                    }
                }
                Some(Step::Enter) => focus_button(&nodes, focus),
                Some(Step::Open) => {
                    if let Some(row) = row {
                        on_open.emit(row);
                    }
                }
                None => {
                    let act = keys.iter().find(|(key, _)| key.eq_ignore_ascii_case(&event.key()));
                    match (act, row) {
                        (Some((_, act)), Some(row)) if !ctrl && !matches!(*spot, Spot::Head(_)) => {
                            on_act.emit((row, AttrValue::Static(act)))
                        }
                        _ => return,
                    }
                }
            }
            event.prevent_default();
            event.stop_propagation();
        })
    };

    let onclick = {
        let (rows, nodes, spot) = (props.rows.clone(), Rc::clone(&nodes), spot.clone());
        let (on_focus, on_open, on_act) = (props.on_focus.clone(), props.on_open.clone(), props.on_act.clone());
        Callback::from(move |event: MouseEvent| {
            let Some(number) = row_number(&event) else { return };
            on_focus.emit(number);
            spot.set(Spot::Row);
            let Some(row) = rows.get(number).cloned() else { return };
            if let Some(act) = closest(&event, "[data-act]").and_then(|button| button.get_attribute("data-act")) {
                // The keyboard goes on at the row when what the button opened is closed again.
                take_focus(&nodes);
                on_act.emit((row, act.into()));
            } else if !is_shown(&nodes.head) && event.detail() < 2 && closest(&event, "a").is_none() {
                on_open.emit(row);
            }
        })
    };

    let ondblclick = {
        let (rows, on_open, nodes) = (props.rows.clone(), props.on_open.clone(), Rc::clone(&nodes));
        Callback::from(move |event: MouseEvent| {
            let is_button = closest(&event, "button, a").is_some();
            if let Some(row) = row_number(&event)
                .and_then(|number| rows.get(number))
                .filter(|_| !is_button && is_shown(&nodes.head))
            {
                on_open.emit(Rc::clone(row));
            }
        })
    };

    let head_at = if let Spot::Head(column) = *spot { Some(column) } else { None };
    let active = props.focus.filter(|row| scroll.range.contains(row));
    let active_id = match (*spot, active) {
        (Spot::Head(column), _) => Some(cell_id(&id, 0, column)),
        (Spot::Cell(column), Some(row)) => Some(cell_id(&id, row.saturating_add(1), column)),
        (Spot::Row, Some(row)) => Some(row_id(&id, row.saturating_add(1))),
        _ => None,
    };
    // As many elements as rows, in turn: each stays where it is in the document, and one that leaves at one end of the
    // list is reused at the other. `aria-rowindex` tells their order.
    let (first, base) = (scroll.range.start, Geometry::base(&scroll.range));
    let live = scroll.range.end.saturating_sub(first).max(1);
    let numbers = (0..scroll.range.end.saturating_sub(first)).map(move |slot| first + (slot + live - first % live) % live);
    let wanted = numbers.map(|number| Slot {
        number,
        row: props.rows.get(number).cloned(),
    });
    let slots = use_turns(wanted.collect(), base, &scroll.seen());
    html! {
        <div class={classes!("grid", props.class.to_string())}>
            if let Some(banner) = &props.banner { { banner.clone() } }
            <div
                class="grid__viewport"
                role="grid"
                tabindex="0"
                aria-label={props.label.clone()}
                aria-rowcount={props.total.saturating_add(1).to_string()}
                aria-colcount={props.columns.len().to_string()}
                aria-busy={props.is_busy.then_some("true")}
                aria-activedescendant={active_id}
                {onkeydown}
                {onclick}
                {ondblclick}
                ref={nodes.viewport.clone()}
            >
                <Head
                    id={id.clone()}
                    columns={props.columns}
                    sort={props.sort}
                    active={head_at}
                    on_sort={props.on_sort.clone()}
                    node={nodes.head.clone()}
                />
                <div class="grid__probe" role="presentation" ref={nodes.probe.clone()}></div>
                <div class="grid__busy" role="presentation"></div>
                <div class={classes!("grid__track", props.rows.is_empty().then_some("grid__track--first"))} role="presentation" hidden={props.instead.is_some()} ref={nodes.track.clone()}>
                    <div class="grid__window" role="rowgroup" ref={nodes.window.clone()}>
                        { for slots.into_iter().map(|Slot { number, row }| {
                            let active = match *spot {
                                _ if props.focus != Some(number) => Active::No,
                                Spot::Cell(column) => Active::Cell(column),
                                Spot::Row => Active::Row,
                                Spot::Head(_) => Active::No,
                            };
                            html! {
                                <Row<R>
                                    key={number % live}
                                    id={id.clone()}
                                    {number}
                                    {base}
                                    {row}
                                    columns={props.columns}
                                    cell={props.cell.clone()}
                                    {active}
                                />
                            }
                        }) }
                    </div>
                </div>
            </div>
            if let Some(instead) = &props.instead { <div class="grid__instead">{ instead.clone() }</div> }
            <footer class="grid__foot">
                { props.count.clone() }
                <span class="muted num hide-narrow" hidden={props.rows.is_empty()} ref={nodes.seen.clone()}></span>
                { props.foot.clone() }
            </footer>
        </div>
    }
}

/// Keys on a button of a row: arrows lead to the next, Esc to the row.
fn in_buttons(key: &str, button: &HtmlElement, nodes: &Nodes) -> bool {
    let next = match key {
        "ArrowRight" => button.next_element_sibling(),
        "ArrowLeft" => button.previous_element_sibling(),
        "Escape" => {
            take_focus(nodes);
            return true;
        }
        _ => return false,
    };
    if let Some(next) = next.and_then(|next| next.dyn_into::<HtmlElement>().ok()) {
        // A button can take the focus.
        let _ = next.focus();
    }
    true
}

fn button_of(event: &KeyboardEvent) -> Option<HtmlElement> {
    closest(event, "[data-act]")?.dyn_into().ok()
}

fn focus_button(nodes: &Nodes, row: Option<u64>) {
    let button = row
        .and_then(|row| {
            nodes
                .window
                .cast::<Element>()?
                .query_selector(&format!("[data-row='{row}'] [data-act]"))
                .ok()
                .flatten()
        })
        .and_then(|button| button.dyn_into::<HtmlElement>().ok());
    if let Some(button) = button {
        // A button can take the focus.
        let _ = button.focus();
    }
}

fn take_focus(nodes: &Nodes) {
    if let Some(viewport) = nodes.viewport.cast::<HtmlElement>() {
        // The grid can take the focus.
        let _ = viewport.focus();
    }
}

fn is_shown(node: &NodeRef) -> bool {
    node.cast::<HtmlElement>().is_some_and(|element| element.offset_height() > 0)
}

/// The columns that can be seen, told by a row, because the head may be hidden as a whole.
fn shown_columns(nodes: &Nodes, columns: usize) -> Vec<usize> {
    let row = nodes.window.cast::<Element>().and_then(|window| window.first_element_child());
    let line = row.or_else(|| nodes.head.cast());
    let is_seen = |number: &usize| {
        let cell = line.as_ref().and_then(|line| line.children().item(u32::try_from(*number).ok()?));
        cell.and_then(|cell| cell.dyn_into::<HtmlElement>().ok())
            .is_some_and(|cell| cell.offset_width() > 0)
    };
    (0..columns).filter(is_seen).collect()
}

fn closest(event: &web_sys::Event, selector: &str) -> Option<Element> {
    event.target()?.dyn_into::<Element>().ok()?.closest(selector).ok().flatten()
}

fn row_number(event: &web_sys::Event) -> Option<u64> {
    closest(event, "[data-row]")?.get_attribute("data-row")?.parse().ok()
}
