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

/// A list below another one, of which nothing is shown as long as it has nothing, and nothing where that one failed, too: with
/// [`reloads_both`] its Retry asks for both.
pub fn listed_below<T, U>(list: &List<T>, above: &List<U>, title: &'static str, rows: impl FnOnce(&Rows<T>) -> Html) -> Html {
    let has_rows = list.rows().is_some_and(|rows| !rows.items.is_empty());
    if !is_shown_below(&list.state, has_rows, &above.state) {
        return html! { <span hidden={true}></span> };
    }
    let content = listed(list, title, || html! {}, rows);
    html! { <section class="stack" aria-label={title}><h3 class="medium">{ title }</h3>{ content }</section> }
}

fn is_shown_below<T, U>(state: &Query<T>, has_rows: bool, above: &Query<U>) -> bool {
    match state {
        Query::Loading => false,
        Query::Failed(_) => matches!(above, Query::Ready(_)),
        Query::Ready(_) => has_rows,
    }
}

/// A list whose reload asks for the one below it, too.
#[must_use]
pub fn reloads_both<T, U>(list: List<T>, below: &List<U>) -> List<T> {
    let reload = {
        let (own, other) = (list.reload.clone(), below.reload.clone());
        Callback::from(move |()| {
            own.emit(());
            other.emit(());
        })
    };
    List { reload, ..list }
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

#[cfg(test)]
mod tests {
    use std::rc::Rc;

    use super::*;

    #[test]
    fn a_list_below_another_is_there_for_its_rows_and_for_a_failure_of_its_own() {
        let (loading, ready, failed) = (Query::<()>::Loading, Query::Ready(Rc::new(())), Query::<()>::Failed(Error::Locked));
        assert!(!is_shown_below(&loading, false, &ready));
        assert!(!is_shown_below(&ready, false, &ready));
        assert!(is_shown_below(&ready, true, &failed));
        assert!(is_shown_below(&failed, false, &ready));
        assert!(!is_shown_below(&failed, false, &failed));
        assert!(!is_shown_below(&failed, false, &loading));
    }
}
