//! How far a backup, a restore or a move has come, and what came of it.

use contract::{
    words,
    work::{WorkKind, WorkStage, WorkState},
};
use yew::prelude::*;

use super::proof::records;
use crate::{
    components::{Button, Notice, Tone},
    format,
};

/// How far work has come.
#[derive(Properties, PartialEq)]
pub struct ProgressProps {
    /// The work.
    pub work: WorkState,
    /// Whether it is being ended.
    pub is_canceling: bool,
    /// Ends it.
    pub on_cancel: Callback<()>,
}

/// How far work has come: a bar, rows, rate and the time that is left.
#[component]
pub fn Progress(props: &ProgressProps) -> Html {
    let work = &props.work;
    let percent = percent(work);
    let figures = [
        ("Done", Some(format::count(work.done))),
        ("Of", Some(format::count(work.total)).filter(|_| work.total > 0)),
        ("Rate", work.per_second.map(|rate| format!("{} / s", format::count(rate)))),
        (
            "Time left",
            work.seconds_left
                .map(|seconds| format!("about {}", words::duration(u32::try_from(seconds).unwrap_or(u32::MAX)))),
        ),
    ];
    let title = title(work);
    html! {
        <section class="panel work" aria-label="Progress">
            <div class="work__head"><strong>{ title.clone() }</strong><span class="spacer"></span><span class="num">{ format!("{percent}%") }</span></div>
            <svg class="meter" viewBox="0 0 100 5" preserveAspectRatio="none" role="progressbar" aria-label={title} aria-valuemin="0" aria-valuemax="100" aria-valuenow={percent.to_string()}>
                <rect width={percent.to_string()} height="5" />
            </svg>
            <dl class="work__figures">
                { for figures.into_iter().map(|(name, value)| html! { <div key={name}><dt>{ name }</dt><dd class="num">{ value.unwrap_or_else(|| "–".to_owned()) }</dd></div> }) }
            </dl>
            <div class="btn-row">
                <Button label={cancel_label(work.kind)} busy={props.is_canceling.then_some(AttrValue::Static("Canceling…"))} on_press={props.on_cancel.clone()} />
                <span class="muted">{ "The book stays as it is until this is done." }</span>
            </div>
        </section>
    }
}

fn cancel_label(kind: Option<WorkKind>) -> &'static str {
    match kind {
        Some(WorkKind::Move) => "Cancel the move",
        Some(WorkKind::Restore) => "Cancel going back",
        Some(WorkKind::Backup) | None => "Cancel the backup",
    }
}

/// How much of what is done now is done.
pub fn percent(work: &WorkState) -> u64 {
    match work.stage {
        WorkStage::Done | WorkStage::Finishing => 100,
        _ if work.total == 0 => 0,
        _ => (work.done.saturating_mul(100) / work.total).min(100),
    }
}

/// What is being done, with the kind of records.
pub fn title(work: &WorkState) -> String {
    let table = work.table.as_ref().map(|table| records(table).to_lowercase());
    match (work.stage, table) {
        (WorkStage::Copying, Some(table)) => format!("Copying: {table}"),
        (WorkStage::Copying, None) => "Copying".to_owned(),
        (WorkStage::Comparing, Some(table)) => format!("Comparing: {table}"),
        (WorkStage::Comparing, None) => "Comparing".to_owned(),
        (WorkStage::Finishing, _) => "Putting it in its place".to_owned(),
        _ => "Checking".to_owned(),
    }
}

/// Why work was not done; nothing, if it was or still goes on.
pub fn trouble(work: &WorkState) -> Html {
    match (work.stage, work.problem) {
        (WorkStage::Failed, Some(problem)) => {
            let said = words::work_problem(problem);
            let detail = work.detail.as_ref().map(|detail| format!(" ({detail})")).unwrap_or_default();
            html! { <Notice title={said.title} text={format!("{}{detail}", said.advice)} tone={Tone::Danger} is_alert={true} /> }
        }
        (WorkStage::Canceled, _) => {
            html! { <Notice title="Canceled" text="What was made so far is removed. The book is as it was." tone={Tone::Info} is_alert={true} /> }
        }
        _ => html! { <div hidden={true}></div> },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bar_is_never_longer_than_the_whole() {
        let work = |done, total| WorkState {
            stage: WorkStage::Copying,
            done,
            total,
            ..WorkState::default()
        };
        assert_eq!(
            [(0, 0), (1, 3), (3, 3), (9, 3)].map(|(done, total)| percent(&work(done, total))),
            [0, 33, 100, 100]
        );
        let invoices = WorkState {
            table: Some("invoice_line".to_owned()),
            ..work(1, 3)
        };
        assert_eq!(title(&invoices), "Copying: lines of invoices");
    }
}
