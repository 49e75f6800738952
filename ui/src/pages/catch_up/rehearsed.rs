//! The runs of the month to come, rehearsed.

use contract::catch_up::{Rehearsal, RehearseCatchUp};
use yew::prelude::*;

use super::{plan::PlanPanel, words};
use crate::{
    components::{EmptyState, FailedState, Icon, Notice, SkeletonRows},
    format,
    hooks::{Query, use_query},
    pages::lists::stale,
};

/// The runs of the month to come, rehearsed.
#[component]
pub fn Rehearsed() -> Html {
    let rehearsal = use_query(RehearseCatchUp { until: None });
    match &rehearsal.state {
        Query::Failed(error) => {
            html! { <div class="panel"><FailedState error={error.clone()} on_retry={rehearsal.reload.clone()} /></div> }
        }
        Query::Loading => html! { <div class="panel"><SkeletonRows label="Rehearsing the month" /></div> },
        Query::Ready(known) => html! {
            <>
                { for rehearsal.reload_error.as_ref().map(|error| stale(error, &rehearsal.reload)) }
                { shown(known) }
            </>
        },
    }
}

fn shown(known: &Rehearsal) -> Html {
    let until = format::date(known.until);
    if words::total(&known.counts) == 0 {
        return html! {
            <div class="panel"><EmptyState icon={Icon::CheckCircle} title="Nothing will come within a month" text={format!("No renewal and no reminder until {until}.")} /></div>
        };
    }
    html! {
        <>
            <Notice title="This is only a rehearsal" text="Each day to come was run on a copy of the book that is gone already. It shows what happens if nobody pays: what is paid until then needs no reminder." />
            if !known.is_whole { <Notice title={format!("So much is due that it ends on {until}")} text="What comes later is shown when this is done." /> }
            <PlanPanel title={format!("What will come until {until}")} counts={known.counts.clone()} items={known.items.clone()} />
        </>
    }
}
