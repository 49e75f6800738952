//! A chart of months: bars or an area, read by pointer and by keyboard.

mod drawing;
mod scale;

use std::rc::Rc;

use web_sys::{HtmlElement, KeyboardEvent};
use yew::prelude::*;

pub use self::scale::Scale;
use crate::{components::segmented::step, hooks::use_unique_id};

/// One month of a chart.
#[derive(Clone, Debug, PartialEq)]
pub struct ChartPoint {
    /// Below the axis: `Nov`.
    pub label: AttrValue,
    /// In the tooltip: `Nov 2026, so far`.
    pub title: AttrValue,
    /// The value.
    pub value: i64,
    /// The value in words.
    pub text: AttrValue,
    /// Compared with the month before.
    pub note: Option<AttrValue>,
}

/// How the months are drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChartKind {
    /// A bar each, for what is counted.
    Bars,
    /// A line over an area, for what flows.
    Area,
}

/// A chart of months. The last one is not over, and is drawn so.
#[derive(Properties, PartialEq)]
pub struct ChartProps {
    /// What it shows: `Revenue by month`.
    pub title: AttrValue,
    /// What is to be seen in it, in a sentence.
    pub description: AttrValue,
    /// The months, the oldest first.
    pub points: Rc<[ChartPoint]>,
    /// How they are drawn.
    pub kind: ChartKind,
    /// The least step of the axis: one unit of what is counted.
    #[prop_or(1)]
    pub unit: i64,
    /// A tick in short words: `€1.2M`.
    pub tick: Callback<i64, AttrValue>,
}

/// A chart of months. Left and Right read month by month; the table beside it says the same.
#[component]
pub fn Chart(props: &ChartProps) -> Html {
    let id = use_unique_id();
    let at = use_state_eq(|| None::<usize>);
    let tip = use_node_ref();
    let count = props.points.len();
    {
        let (tip, kind) = (tip.clone(), props.kind);
        use_effect_with((*at, count), move |(at, count)| {
            if let (Some(at), Some(tip)) = (at, tip.cast::<HtmlElement>()) {
                let place = drawing::place(kind, *at, *count);
                // A property that the webview does not take leaves the tooltip at its start.
                let _ = tip.style().set_property("--at", &format!("{}.{}%", place / 10, place % 10));
            }
        });
    }
    let onkeydown = {
        let at = at.clone();
        Callback::from(move |event: KeyboardEvent| {
            let key = event.key();
            let next = match (key.as_str(), *at) {
                ("Escape", Some(_)) => None,
                ("ArrowLeft" | "ArrowRight" | "Home" | "End", None) => count.checked_sub(1),
                ("ArrowLeft", Some(now)) => Some(now.saturating_sub(1)),
                ("ArrowRight", Some(now)) => Some((now + 1).min(count.saturating_sub(1))),
                ("Home" | "End", Some(now)) => step(&key, now, count),
                _ => return,
            };
            event.prevent_default();
            event.stop_propagation();
            at.set(next);
        })
    };
    let leave = {
        let at = at.setter();
        move || at.set(None)
    };
    let (on_leave, on_blur) = (leave.clone(), leave);
    let scale = Scale::around(props.points.iter().map(|point| point.value), props.unit);
    let class = classes!("chart", (props.kind == ChartKind::Bars).then_some("chart--bars"));
    let x_class = classes!("chart__x", (props.kind == ChartKind::Bars).then_some("chart__x--bars"));
    html! {
        <div {class}>
            <div class="chart__y" aria-hidden="true">{ for scale.ticks().into_iter().map(|tick| html! { <span key={tick.to_string()}>{ props.tick.emit(tick) }</span> }) }</div>
            <div class="chart__plot" onmouseleave={move |_| on_leave()}>
                <svg
                    viewBox="0 0 1000 300"
                    preserveAspectRatio="none"
                    role="img"
                    aria-labelledby={format!("{id}-title {id}-text")}
                    tabindex="0"
                    {onkeydown}
                    onblur={move |_| on_blur()}
                >
                    <title id={format!("{id}-title")}>{ props.title.clone() }</title>
                    <desc id={format!("{id}-text")}>{ format!("{} Left and Right read each month.", props.description) }</desc>
                    { drawing::grid(&scale) }
                    { match props.kind {
                        ChartKind::Bars => drawing::bars(&scale, &props.points, *at),
                        ChartKind::Area => drawing::area(&scale, &props.points, *at),
                    } }
                    { for (0..count).map(|number| {
                        let at = at.setter();
                        drawing::slot(props.kind, number, count, Callback::from(move |_| at.set(Some(number))))
                    }) }
                </svg>
                <div class="chart-tips" role="status" aria-live="polite">
                    if let Some((now, point)) = at.and_then(|now| Some((now, props.points.get(now)?))) {
                        <div class={classes!("chart-tip", (now * 2 >= count).then_some("chart-tip--before"))} ref={tip}>
                            <span>{ point.title.clone() }</span>
                            <strong>{ point.text.clone() }</strong>
                            if let Some(note) = &point.note { <span>{ note.clone() }</span> }
                        </div>
                    }
                </div>
            </div>
            <div class={x_class} aria-hidden="true">{ for props.points.iter().map(|point| html! { <span key={point.title.as_str()}>{ point.label.clone() }</span> }) }</div>
        </div>
    }
}
