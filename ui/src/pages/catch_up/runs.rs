//! The last runs: when, by whom, and what was done.

use contract::{
    CatchUpRunId,
    catch_up::{CatchUpRun, DueCount, ListCatchUpRuns},
};
use yew::prelude::*;

use super::{reminders::Reminders, running::has_reminders, words};
use crate::{
    components::{Button, ButtonKind, EmptyState, Icon},
    format::{self, Formats},
    hooks::{use_formats, use_list},
    pages::lists::listed,
};

/// The last runs.
#[component]
pub fn Runs() -> Html {
    let formats = use_formats();
    let list = use_list(ListCatchUpRuns::default());
    let open = use_state_eq(|| None::<CatchUpRunId>);
    let on_open = {
        let open = open.setter();
        Callback::from(move |id: Option<CatchUpRunId>| open.set(id))
    };
    let content = listed(
        &list,
        "Loading the last runs",
        || html! { <EmptyState icon={Icon::Clock} title="No run yet" text="Each run is kept here: when, by whom, and what was done." /> },
        |rows| {
            html! {
                <section class="panel" aria-label="Last runs">
                    <div class="panel__head"><h2 class="panel__title">{ "Last runs" }</h2></div>
                    <table class="dtable" aria-label="Last runs">
                        <thead><tr><th scope="col">{ "When" }</th><th scope="col">{ "Done" }</th><th scope="col" class="opt">{ "By" }</th><th scope="col" class="n opt">{ "Billed before tax" }</th></tr></thead>
                        <tbody>{ for rows.items.iter().map(|run| row(run, *open, &on_open, &formats)) }</tbody>
                    </table>
                </section>
            }
        },
    );
    html! {
        <div class="stack">
            { content }
            { for (*open).map(|id| html! { <Reminders key={id.to_string()} run_id={id} /> }) }
        </div>
    }
}

fn row(run: &CatchUpRun, open: Option<CatchUpRunId>, on_open: &Callback<Option<CatchUpRunId>>, formats: &Formats) -> Html {
    let (id, is_open) = (run.id, open == Some(run.id));
    let label = if is_open { "Hide reminders" } else { "Show reminders" };
    let named = AttrValue::from(format!("{label} of {}", formats.moment(run.at)));
    let done = words::summary(&run.counts);
    let billed = |count: &&DueCount| count.kind == contract::catch_up::DueKind::Renewal;
    let billed = run.counts.iter().find(billed).map(|count| formats.moneys(&count.amounts));
    html! {
        <tr key={run.id.to_string()}>
            <td class="num">{ formats.moment(run.at) }</td>
            <td>
                { done }
                if has_reminders(run) { <>{ " " }<Button {label} kind={ButtonKind::Link} aria_label={Some(named)} expanded={Some(is_open)} on_press={on_open.reform(move |()| (!is_open).then_some(id))} /></> }
                if run.has_more { <small>{ "More was due" }</small> }
            </td>
            <td class="opt"><bdi class="secondary">{ run.actor.clone().unwrap_or_else(|| "The app".to_owned()) }</bdi></td>
            <td class="n opt">{ billed.unwrap_or_else(|| format::NOTHING.to_owned()) }</td>
        </tr>
    }
}
