//! The page `Catch up`: what is due is shown, run once or put off; what will come; and the last runs.

mod address;
mod due;
mod letter;
mod notice;
mod plan;
mod rehearsed;
mod reminders;
mod running;
mod runs;
pub mod words;

use std::rc::Rc;

use contract::{
    CatchUpRunId,
    catch_up::{CatchUpPlan, PlanCatchUp},
};
use yew::prelude::*;

pub use self::{
    due::{Due, DueProvider, use_due},
    notice::DueNotice,
};
use self::{plan::PlanPanel, rehearsed::Rehearsed, reminders::Reminders, running::Progress, runs::Runs};
use crate::{
    components::{
        Button, ButtonKind, ButtonWidth, EmptyState, FailedState, Icon, Notice, PageHead, Segmented, SegmentedOption, SkeletonRows, Tone,
    },
    format,
    hooks::{Query, use_formats, use_hotkey, use_now, use_query},
    pages::lists::stale,
    route::{Route, use_place},
};

/// What is due now, and what will come within a month.
const NOW: &str = "now";
const SOON: &str = "soon";

/// The page `Catch up`.
#[component]
pub fn CatchUp() -> Html {
    let today = use_formats().day_of(use_now());
    let place = use_place();
    let due = use_due();
    let running = due.as_ref().map(|due| due.running.clone()).unwrap_or_default();
    {
        let watch = running.watch.clone();
        use_effect_with((), move |()| {
            watch.emit(true);
            move || watch.emit(false)
        });
    }
    let view = use_state_eq(|| NOW);
    let is_soon = *view == SOON;
    let plan = use_query(PlanCatchUp { until: None });
    let known = plan.state.ready().filter(|known| known.until <= today).cloned();
    {
        // The navigation says as much as the page does.
        let learn = due.as_ref().map(|due| due.learn.clone());
        use_effect_with(known.clone(), move |known| {
            if let Some((learn, known)) = learn.zip(known.clone()) {
                learn.emit(known);
            }
        });
    }
    let count = known.as_ref().map_or(0, |plan| words::total(&plan.counts));
    let on_run = {
        let begin = running.begin.clone();
        Callback::from(move |()| begin.emit(count))
    };
    let can_run = !is_soon && count > 0 && !running.progress.is_running;
    use_hotkey("Ctrl+Enter", if can_run { on_run.clone() } else { Callback::noop() });
    let on_skip = due.map(|due| {
        Callback::from(move |()| {
            due.skip.emit(());
            place.go(Route::Dashboard);
        })
    });
    let on_view = {
        let view = view.setter();
        Callback::from(move |value: AttrValue| view.set(if value == SOON { SOON } else { NOW }))
    };
    let options = vec![SegmentedOption::new(NOW, "Due now"), SegmentedOption::new(SOON, "Next month")];
    let content = match (&plan.state, known) {
        (Query::Failed(error), _) => {
            html! { <div class="panel"><FailedState error={error.clone()} on_retry={plan.reload.clone()} /></div> }
        }
        (_, None) => html! { <div class="panel"><SkeletonRows label="Working out what is due" /></div> },
        (_, Some(known)) => html! {
            <>
                { for plan.reload_error.as_ref().map(|error| stale(error, &plan.reload)) }
                { of_plan(&known, &running.progress) }
            </>
        },
    };
    let content = if is_soon {
        html! { <Rehearsed /> }
    } else {
        content
    };
    html! {
        <main class="main" id="main">
            <PageHead title="Catch up">
                if can_run {
                    if let Some(on_skip) = on_skip { <Button label="Skip for now" on_press={on_skip} /> }
                    <Button label={format!("Run {}", format::count(count))} kind={ButtonKind::Primary} width={ButtonWidth::default()} kbd="Ctrl ↵" on_press={on_run} />
                }
            </PageHead>
            <div class="scroll">
                <div class="dash">
                    <div><Segmented label="Which" {options} value={*view} on_change={on_view} /></div>
                    { progress(&running.progress, &running.stop) }
                    { content }
                    <Runs />
                </div>
            </div>
        </main>
    }
}

/// What is due, or that nothing is.
fn of_plan(plan: &Rc<CatchUpPlan>, progress: &Progress) -> Html {
    if words::total(&plan.counts) == 0 {
        return html! {
            <div class="panel"><EmptyState icon={Icon::CheckCircle} title="Nothing is due" text="It is looked again each hour while the app is open, and at its start." /></div>
        };
    }
    html! {
        <>
            if !progress.is_running && !progress.has_ended {
                <Notice title="Nothing has happened yet" text="Each runs once, whoever starts it and however often. What you skip stays due and is offered again." tone={Tone::Info} />
            }
            if plan.lack_address > 0 { { address::lacking(plan.lack_address) } }
            <PlanPanel title={format!("Due up to {}", format::date(plan.until))} counts={plan.counts.clone()} items={plan.items.clone()} become_final={plan.become_final} can_promise={true} />
        </>
    }
}

/// How far a run has come, or what came of it.
fn progress(progress: &Progress, on_stop: &Callback<()>) -> Html {
    let done = words::total(&progress.done);
    if progress.is_running {
        let title = format!("Running: {} of {} done", format::count(done), format::count(progress.of));
        return html! {
            <div role="status"><Notice {title} text="It may take a while. You can go on working." tone={Tone::Info}>
                if progress.is_stopping {
                    <span class="muted">{ "Stops after this part…" }</span>
                } else {
                    <Button label="Stop after this part" kind={ButtonKind::Link} on_press={on_stop.clone()} />
                }
            </Notice></div>
        };
    }
    if !progress.has_ended {
        return html! { <div hidden={true}></div> };
    }
    let summary = words::summary(&progress.done);
    html! {
        <div class="stack">
            <div class="stack" role="status">
                if done > 0 || progress.error.is_none() { <Notice title={format!("{summary} done")} text="It is in the change log, and on the timeline of each customer." tone={Tone::Positive} /> }
                { for progress.error.as_ref().map(|error| Notice::of_error(error, Tone::Danger)) }
            </div>
            { reminded(&progress.reminded) }
        </div>
    }
}

/// Whom to write to. Of many runs that is found with each, so that the page stays short.
fn reminded(runs: &[CatchUpRunId]) -> Html {
    match runs {
        [] => html! {},
        [id] => html! { <Reminders key={id.to_string()} run_id={*id} /> },
        _ => {
            html! { <Notice title="The reminders are listed with each of the last runs" text="Nothing is sent by itself: each has a letter to copy." tone={Tone::Info} /> }
        }
    }
}
