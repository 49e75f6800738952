//! What the lists of all tabs have in common: their four states and how to get more rows.

use contract::{Error, words};
use yew::prelude::*;

use crate::{
    components::{Button, ButtonKind, FailedState, Notice, SkeletonRows, Tone},
    format,
    hooks::{List, Query, Rows},
};

/// A list in its four states: loading, failed with Retry, empty, or its rows with a button for more.
pub fn listed<T>(list: &List<T>, loading: &'static str, empty: impl FnOnce() -> Html, rows: impl FnOnce(&Rows<T>) -> Html) -> Html {
    match &list.state {
        Query::Loading => html! { <div class="panel"><SkeletonRows label={loading} /></div> },
        Query::Failed(error) => html! { <div class="panel"><FailedState error={error.clone()} on_retry={list.reload.clone()} /></div> },
        Query::Ready(known) if known.items.is_empty() => html! { <div class="panel">{ empty() }</div> },
        Query::Ready(known) => {
            html! { <div class="stack">{ for list.error.as_ref().map(|error| stale(error, &list.reload)) }{ rows(known) }{ more(list, known) }</div> }
        }
    }
}

/// Says that what is shown is old, because it could not be asked for again.
pub fn stale(error: &Error, on_retry: &Callback<()>) -> Html {
    let words = words::error(error);
    html! {
        <Notice title={words.title} text={Some(AttrValue::from(words.advice))} tone={Tone::Warning} is_alert={true}>
            <Button label="Retry" kind={ButtonKind::Link} on_press={on_retry.clone()} />
        </Notice>
    }
}

fn more<T>(list: &List<T>, known: &Rows<T>) -> Html {
    if !known.has_more() {
        return html! {};
    }
    let shown = u64::try_from(known.items.len()).unwrap_or(u64::MAX);
    html! {
        <p class="more">
            <span class="muted num">{ format!("{} of {} shown", format::count(shown), format::count(known.total)) }</span>
            <Button label="Show more" busy={list.is_loading_more.then_some(AttrValue::Static("Loading…"))} on_press={list.more.clone()} />
        </p>
    }
}
