//! Says on the dashboard that something is due.

use yew::prelude::*;

use super::{due::use_due, words};
use crate::{
    components::{Button, ButtonKind, Notice, Tone},
    route::Route,
};

/// Says that something is due, unless it was put off.
#[component]
pub fn DueNotice() -> Html {
    let due = use_due();
    let counts = due
        .as_ref()
        .filter(|due| !due.is_skipped && due.count() > 0 && !due.running.progress.is_running)
        .and_then(|due| due.plan.as_ref())
        .map(|plan| plan.counts.clone());
    let (Some(counts), Some(due)) = (counts, due) else {
        return html! { <div hidden={true}></div> };
    };
    let (verb, text) = if words::total(&counts) == 1 {
        ("is due", "Nothing happens until you run it.")
    } else {
        ("are due", "Nothing happens until you run them.")
    };
    html! {
        <Notice title={format!("{} {verb}", words::summary(&counts))} {text} tone={Tone::Info}>
            <Button label="Catch up" kind={ButtonKind::Link} href={Some(Route::CatchUp.href())} />
            <Button label="Skip for now" kind={ButtonKind::Link} on_press={due.skip} />
        </Notice>
    }
}
