//! Work in the background, said above every page: how far it has come, how it has ended, and the way to it.

use contract::{
    desktop::BookChoice,
    words,
    work::{WorkKind, WorkProblem, WorkStage, WorkState},
};
use yew::prelude::*;

use super::progress::{percent, title};
use crate::{
    components::{Button, ControlSize, Icon},
    hooks::{Toast, WorkHandle, use_book_changes, use_end_of_work, use_opened_book, use_toasts, use_work},
    route::{Route, Section, use_place},
};

/// Where work is begun and looked after.
const HOME: Route = Route::Settings(Section::Database);

/// What is said of work in the background, as long as it goes on or there is something to do about it.
#[component]
pub fn WorkBanner() -> Html {
    let work = use_work();
    let (place, toasts, changes, book) = (use_place(), use_toasts(), use_book_changes(), use_opened_book());
    let is_home = place.route == HOME;
    let is_move = work.is_move();
    let go = {
        let show = work.show.clone();
        Callback::from(move |()| {
            if is_move {
                show.emit(true);
            }
            place.go(HOME);
        })
    };
    let open_again = Callback::from({
        let book = book.clone();
        move |()| {
            if let Some(book) = &book {
                book.open.emit(BookChoice::Own);
            }
        }
    });
    let on_end = {
        let (go, open_again) = (go.clone(), open_again.clone());
        // The dialog of a move says itself how it ended; the page, how the rest did.
        let is_seen = if is_move { work.is_shown } else { is_home };
        Callback::from(move |ended: WorkState| {
            if ended.kind == Some(WorkKind::Restore) && ended.stage == WorkStage::Done {
                match (ended.reopen, &changes) {
                    // It waits in its place; the book that is open takes no more changes. Elsewhere the banner says so.
                    (true, _) if is_home => return open_again.emit(()),
                    (false, Some(changes)) => changes.note(),
                    _ => {}
                }
            }
            if let Some(toast) = end(&ended, is_seen) {
                let go = go.clone();
                let is_lasting = toast.stays.is_none();
                toasts.show(if is_lasting {
                    toast.action("Show", move |()| go.emit(()))
                } else {
                    toast
                });
            }
        })
    };
    use_end_of_work(&work, on_end);
    // A backup and going back are shown on their page itself.
    let going = said(&work).filter(|_| is_move || !is_home);
    let over = ended(&work).filter(|_| is_move);
    html! {
        <div>
            if let Some(going) = going {
                <section class="banner banner--work" aria-label="Work in the background">
                    { Icon::Clock.small() }
                    <span><strong>{ going }</strong>{ how_far(&work.state) }</span>
                    <Button label={if is_move { "Show the move" } else { "Show" }} size={ControlSize::Small} on_press={go.clone()} />
                </section>
            }
            <div role="status">
                if let Some((is_fine, text, more)) = over {
                    <section class={classes!("banner", if is_fine { "banner--work" } else { "banner--danger" })} aria-label="Move">
                        { if is_fine { Icon::CheckCircle.small() } else { Icon::AlertCircle.small() } }
                        <span><strong>{ text }</strong>{ more }</span>
                        <Button label="Show the move" size={ControlSize::Small} on_press={go} />
                    </section>
                } else if waits(&work.state) {
                    <section class="banner banner--work" aria-label="Gone back">
                        { Icon::CheckCircle.small() }
                        <span><strong>{ "The book is as the backup has it as soon as it is opened again. " }</strong>{ "What is open here takes no more changes." }</span>
                        <Button label="Open it" size={ControlSize::Small} on_press={open_again} />
                    </section>
                }
            </div>
        </div>
    }
}

/// Whether a restored book waits to be opened.
fn waits(work: &WorkState) -> bool {
    work.kind == Some(WorkKind::Restore) && work.stage == WorkStage::Done && work.reopen
}

/// What is being done.
fn said(work: &WorkHandle) -> Option<&'static str> {
    if !work.state.stage.is_running() {
        return None;
    }
    let is_rehearsal = work.moving.as_ref().is_some_and(|moving| moving.is_rehearsal);
    let is_discarded = work.moving.as_ref().is_some_and(|moving| moving.is_discarded);
    Some(match work.state.kind? {
        WorkKind::Move if is_discarded => "What a move has left is being removed. ",
        WorkKind::Move if is_rehearsal => "A move of the book is rehearsed. ",
        WorkKind::Move => "The book is being moved and takes no changes meanwhile. ",
        WorkKind::Restore => "The book goes back to a backup and takes no changes meanwhile. ",
        WorkKind::Backup => "A backup is being made. ",
    })
}

/// How a move has ended, as long as there is something to be done about it: whether well, what came of it, and what that means.
fn ended(work: &WorkHandle) -> Option<(bool, AttrValue, AttrValue)> {
    let said = |text: &'static str, more: &'static str| Some((true, text.into(), more.into()));
    match (work.state.stage, work.state.problem) {
        _ if work.has_moved() => said(
            "The book has moved and was compared. ",
            "What is open here is the old one, which takes no more changes.",
        ),
        _ if work.is_shown || !work.is_unseen => None,
        (WorkStage::Done, _) => said("The move was rehearsed. ", "Nothing was written yet."),
        (WorkStage::Failed, Some(problem)) => {
            let words = words::work_problem(problem);
            Some((false, failed(problem, &words.title).into(), words.advice.into()))
        }
        _ => None,
    }
}

/// That a move has failed. Of one whose end was not heard nobody knows whether it has.
fn failed(problem: WorkProblem, title: &str) -> String {
    if problem == WorkProblem::Uncertain {
        format!("{title}. ")
    } else {
        format!("The book has not moved. {title}. ")
    }
}

/// How far it has come, and how long it takes yet.
fn how_far(work: &WorkState) -> String {
    let left = work.seconds_left.map(|seconds| {
        let seconds = u32::try_from(seconds).unwrap_or(u32::MAX);
        format!(", about {} left", words::duration(seconds))
    });
    format!("{}, {}%{}.", title(work), percent(work), left.unwrap_or_default())
}

/// What is told of an end: what was done, and what went wrong where nobody has seen it. Of a move the banner says all but that it was
/// canceled.
fn end(work: &WorkState, is_seen: bool) -> Option<Toast> {
    match (work.kind?, work.stage) {
        (WorkKind::Backup, WorkStage::Done) => Some(Toast::done("Backup made and read back").icon(Icon::Archive)),
        (WorkKind::Restore, WorkStage::Done) if !work.reopen => Some(Toast::done("The book is as the backup has it").icon(Icon::Archive)),
        (_, WorkStage::Canceled) if !is_seen => Some(Toast::done("Canceled. The book is as it was.").icon(Icon::Info)),
        (WorkKind::Backup | WorkKind::Restore, WorkStage::Failed) if !is_seen => {
            let said = words::work_problem(work.problem?);
            let toast = Toast::done(format!("{}. {}", said.title, said.advice));
            Some(toast.icon(Icon::AlertCircle).lasting())
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn work(kind: WorkKind, stage: WorkStage, reopen: bool) -> WorkState {
        WorkState {
            kind: Some(kind),
            stage,
            reopen,
            problem: Some(WorkProblem::DiskFull),
            ..WorkState::default()
        }
    }

    #[test]
    fn every_end_is_told_where_nobody_has_seen_it() {
        let told = |is_seen| {
            [
                (WorkKind::Backup, WorkStage::Done),
                (WorkKind::Backup, WorkStage::Failed),
                (WorkKind::Restore, WorkStage::Done),
                (WorkKind::Restore, WorkStage::Canceled),
                (WorkKind::Move, WorkStage::Canceled),
            ]
            .map(|(kind, stage)| end(&work(kind, stage, false), is_seen).is_some())
        };
        assert_eq!(told(false), [true; 5]);
        assert_eq!(told(true), [true, false, true, false, false]);
        let failed = end(&work(WorkKind::Backup, WorkStage::Failed, false), false).unwrap();
        assert_eq!(failed.stays, None, "it stays until it is closed");
        // What waits to be opened has a banner, which stays until it is.
        let restored = work(WorkKind::Restore, WorkStage::Done, true);
        assert!(waits(&restored) && end(&restored, false).is_none());
    }

    #[test]
    fn nobody_is_told_that_a_book_has_not_moved_of_which_that_is_not_known() {
        let told = |problem| failed(problem, &words::work_problem(problem).title);
        assert!(told(WorkProblem::Unreachable).starts_with("The book has not moved. "));
        assert!(told(WorkProblem::LeftBehind).starts_with("The book has not moved. "));
        assert!(!told(WorkProblem::Uncertain).contains("has not moved"));
    }

    #[test]
    fn how_far_it_is_says_what_how_much_and_how_long() {
        let work = WorkState {
            stage: WorkStage::Copying,
            table: Some("customer".to_owned()),
            done: 1,
            total: 4,
            seconds_left: Some(120),
            ..WorkState::default()
        };
        let said = how_far(&work);
        assert!(
            said.starts_with("Copying: customers and administrators, 25%, about ") && said.ends_with(" left."),
            "{said}"
        );
    }
}
