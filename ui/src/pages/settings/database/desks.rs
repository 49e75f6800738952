//! Who works on the book now.

use contract::desk::ListDesks;
use gloo_timers::callback::Interval;
use yew::prelude::*;

use crate::{
    components::{Avatar, FailedState, SkeletonRows},
    hooks::{Query, use_formats, use_latest, use_query},
};

/// How often it is looked who is there.
const LOOK: u32 = 15_000;

/// Who works on the book now.
#[component]
pub fn Desks() -> Html {
    let desks = use_query(ListDesks {});
    let formats = use_formats();
    {
        let reload = use_latest(desks.reload.clone());
        use_effect_with((), move |()| {
            let look = Interval::new(LOOK, move || {
                let reload = reload.borrow().clone();
                reload.emit(());
            });
            move || drop(look)
        });
    }
    let body = match &desks.state {
        Query::Loading => html! { <SkeletonRows label="Loading who is here" rows={1} /> },
        Query::Failed(error) => html! { <FailedState error={error.clone()} on_retry={desks.reload.clone()} /> },
        Query::Ready(list) if list.items.is_empty() => {
            html! { <p class="panel__body panel__body--top muted">{ "Only you. It takes half a minute until others see you." }</p> }
        }
        Query::Ready(list) => html! {
            <ul class="rows rows--flush">
                { for list.items.iter().map(|desk| html! {
                    <li key={format!("{} {} {}", desk.account_id, desk.computer, desk.since)}>
                        <Avatar name={desk.full_name.clone()} />
                        <span class="grow"><bdi class="medium">{ desk.full_name.clone() }</bdi>{ if desk.is_own { " (you)" } else { "" } }<small class="second-line muted wrap">{ format!("{} · {}", desk.email, desk.computer) }</small></span>
                        <span class="muted" title={formats.moment(desk.since)}>{ format!("since {}", formats.time_of(desk.since)) }</span>
                    </li>
                }) }
            </ul>
        },
    };
    html! {
        <section class="form-grid" aria-labelledby="desks-title">
            <div>
                <h2 class="section-title" id="desks-title">{ "Who is here" }</h2>
                <p class="section-text">{ "Everybody who has this book open. What they save appears here without reloading; where two change the same field, the second one chooses." }</p>
            </div>
            <div class="panel">{ body }</div>
        </section>
    }
}
