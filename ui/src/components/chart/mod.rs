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
    /// What was gained and what was lost, where the value is what remains of them.
    pub parts: Option<(i64, i64)>,
}

impl ChartPoint {
    /// Everything that the axis has to hold.
    fn extent(&self) -> [i64; 3] {
        let (gained, lost) = self.parts.unwrap_or_default();
        [self.value, gained, lost.saturating_neg()]
    }
}

/// How the months are drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChartKind {
    /// A bar each, for what is counted.
    Bars,
    /// A line over an area, for what flows.
    Area,
    /// What was gained above zero, what was lost below it, and a mark at what remains.
    Moves,
    /// A bar each for months to come, none of which is certain.
    Ahead,
}

/// A chart of months. The last one is not over, and is drawn so. Labels may be left out: each that is there stands over as
/// many months.
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
    let scale = Scale::around(props.points.iter().flat_map(ChartPoint::extent), props.unit);
    let class = classes!("chart", (props.kind == ChartKind::Bars).then_some("chart--bars"));
    let labeled = props.points.iter().filter(|point| !point.label.is_empty());
    let is_grouped = labeled.clone().count() < count;
    let x_class = classes!(
        "chart__x",
        (props.kind != ChartKind::Area).then_some("chart__x--bars"),
        is_grouped.then_some("chart__x--grouped")
    );
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
                        ChartKind::Bars | ChartKind::Ahead => drawing::bars(props.kind, &scale, &props.points, *at),
                        ChartKind::Moves => drawing::moves(&scale, &props.points, *at),
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
            <div class={x_class} aria-hidden="true">{ for labeled.map(|point| html! { <span key={point.title.as_str()}>{ point.label.clone() }</span> }) }</div>
        </div>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_axis_of_movements_holds_gains_losses_and_what_remains() {
        let point = |value, parts| ChartPoint {
            label: "Nov".into(),
            title: "Nov 2026".into(),
            value,
            text: "".into(),
            note: None,
            parts,
        };
        let points = [point(48_504, Some((56_116, 7_612))), point(-8_700, Some((14_600, 23_300)))];
        let scale = Scale::around(points.iter().flat_map(ChartPoint::extent), 100);
        assert_eq!(scale.ticks(), [60_000, 40_000, 20_000, 0, -20_000, -40_000]);
        assert!(
            scale.y(56_116, 300) < scale.y(48_504, 300),
            "what was gained stands above what remains"
        );
        assert!(scale.y(-23_300, 300) <= 300);
        assert_eq!(point(5, None).extent(), [5, 0, 0]);
    }
}
