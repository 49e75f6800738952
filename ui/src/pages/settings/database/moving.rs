//! Moving the book: where to, a rehearsal with counts, the move with its progress, the proof, and the way to the new place. It can be
//! closed meanwhile: the move goes on, and the dialog is where it was when it is opened again.

use std::{cell::Cell, rc::Rc};

use contract::{
    Error,
    connection::{BookPlace, Connection},
    desktop::{BookChoice, ConnectionTest, DiscardMove, FilePurpose, MoveBook, OpenPlace},
    work::{WorkProblem, WorkStage, WorkState},
};
use yew::prelude::*;

use super::{
    connection::{Typing, given, use_typing},
    fields::FileField,
    progress::{Progress, trouble},
    proof::Proof,
    steps::{is_begun, is_empty, is_passed},
};
use crate::{
    components::{Button, ButtonKind, ButtonRole, Dialog, DialogSize, Notice, Segmented, SegmentedOption, Tone},
    hooks::{Draft, DraftHandle, Moving, OpenedBook, Toast, use_draft, use_request, use_toasts, use_work},
};

const SERVER: &str = "server";
const FILE: &str = "file";

/// Moving the book.
#[derive(Properties, PartialEq)]
pub struct MoveDialogProps {
    /// The book that is moved.
    pub book: OpenedBook,
    /// Left.
    pub on_close: Callback<()>,
}

/// Moving the book.
#[component]
pub fn MoveDialog(props: &MoveDialogProps) -> Html {
    let kind = use_state_eq(|| AttrValue::Static(if props.book.startup.is_on_server() { FILE } else { SERVER }));
    let typing = use_typing("move to a server".to_owned(), None);
    let file = use_draft("move to a file".to_owned(), || Draft::new([("path", String::new())]));
    let (begin, discard) = (use_request::<MoveBook>(), use_request::<DiscardMove>());
    let toasts = use_toasts();
    let is_there = use_memo((), |()| Cell::new(true));
    {
        let is_there = Rc::clone(&is_there);
        use_effect_with((), move |()| move || is_there.set(false));
    }
    let work = use_work();
    let state = &work.state;
    // Where to is settled: the move is rehearsed or done for that place, perhaps since an earlier time that this was open.
    let chooses = use_state_eq(|| false);
    let settled = work.is_moving() || (!*chooses && work.is_move() && (work.moving.is_some() || work.is_unseen || work.has_moved()));
    let is_ours = work.is_move() && settled;
    let is_running = is_ours && state.stage.is_running();
    let has_moved = is_ours && work.has_moved();
    let is_rehearsed = is_ours && state.stage == WorkStage::Done && !has_moved;
    let is_uncertain = is_ours && is_not_known(state);
    let target = work.moving.as_ref().map(|moving| moving.place.clone());
    let tried = typing.test.as_ref().filter(|_| matches!(target, Some(BookPlace::Server { .. })));
    let (goes_on, is_found) = (tried.is_some_and(is_begun), tried.is_some_and(is_taken));
    let start = {
        let (begin, follow, remember) = (begin.clone(), work.follow.clone(), work.remember.clone());
        let (chooses, password) = (chooses.setter(), typing.password.clone());
        // What was chosen for the rehearsal counts, also where this was closed and opened again since.
        let keeps = work
            .moving
            .as_ref()
            .filter(|_| is_rehearsed)
            .map_or(*typing.keeps, |moving| moving.keeps);
        move |target: BookPlace, dry_run: bool| {
            let (follow, remember, chooses) = (follow.clone(), remember.clone(), chooses.clone());
            let (toasts, is_there) = (toasts.clone(), Rc::clone(&is_there));
            let moving = Moving {
                place: target.clone(),
                keeps,
                is_rehearsal: dry_run,
                is_discarded: false,
            };
            let request = MoveBook {
                target,
                password: given(&password),
                dry_run,
            };
            begin.run_with(request, move |answer| match answer {
                Ok(begun) => {
                    remember.emit(moving.clone());
                    chooses.set(false);
                    follow.emit(begun);
                }
                // Who did not give the password knows why it was not begun.
                Err(error) if !is_there.get() && error != Error::ConfirmationNeeded => toasts.show(Toast::failed(&error)),
                Err(_) => {}
            });
        }
    };
    let on_submit = {
        let (kind, typing, file, start) = (kind.clone(), typing.clone(), file.clone(), start.clone());
        let (is_settled, target) = (settled, target.clone().filter(|_| is_rehearsed));
        Callback::from(move |()| match &target {
            Some(target) => start(target.clone(), false),
            None if is_settled => {}
            None if kind.as_str() == FILE => {
                file.submit();
                if let Some(path) = file.text("path") {
                    start(BookPlace::File { path }, true);
                }
            }
            None => {
                let start = start.clone();
                typing
                    .run
                    .emit(Callback::from(move |(connection, test): (Connection, ConnectionTest)| {
                        // A move that was broken off there is gone on with; of a book the rehearsal tells whether it is this one.
                        if is_passed(&test) {
                            start(BookPlace::Server { connection }, true);
                        }
                    }));
            }
        })
    };
    let again = {
        let chooses = chooses.setter();
        Callback::from(move |()| chooses.set(true))
    };
    let open_there = work.moving.as_ref().map(|moving| {
        let (open, draft, request) = (props.book.open_place.clone(), typing.draft.clone(), opening(moving, &typing));
        Callback::from(move |()| {
            draft.saved();
            open.emit(request.clone());
        })
    });
    let stay = {
        let open = props.book.open.clone();
        // It takes changes again only when it is opened anew.
        Callback::from(move |()| open.emit(BookChoice::Own))
    };
    let on_discard = work.moving.as_ref().map(|moving| {
        let (discard, follow, remember) = (discard.clone(), work.follow.clone(), work.remember.clone());
        let (password, mut moving) = (typing.password.clone(), (**moving).clone());
        moving.is_discarded = true;
        Callback::from(move |()| {
            let (follow, remember, moving) = (follow.clone(), remember.clone(), moving.clone());
            let request = DiscardMove {
                target: moving.place.clone(),
                password: given(&password),
            };
            discard.run_with(request, move |answer| {
                if let Ok(begun) = answer {
                    remember.emit(moving.clone());
                    follow.emit(begun);
                }
            });
        })
    });
    let busy = discard.is_busy.then_some(AttrValue::Static("Removing…"));
    let offer = on_discard.map_or_else(Html::default, |on_press| {
        html! { <Button label="Remove what is left there" {busy} {on_press} /> }
    });
    // It decides nothing: the banner goes on to lead here.
    let on_close = props.on_close.clone();
    let is_busy = begin.is_busy || typing.is_busy;
    let foot = match settled {
        _ if has_moved => html! {
            <>
                <span class="spacer"></span>
                <Button label="Stay with the old place" on_press={stay} />
                if let Some(on_press) = open_there { <Button label="Open the book there" kind={ButtonKind::Primary} autofocus={true} {on_press} /> }
            </>
        },
        _ if is_running => html! { <><span class="spacer"></span><Button label="Close" on_press={props.on_close.clone()} /></> },
        true if is_rehearsed && target.is_some() => html! {
            <>
                <Button label="Choose another place" on_press={again} />
                <span class="spacer"></span>
                <Button label="Cancel" on_press={props.on_close.clone()} />
                <Button label="Move now" kind={ButtonKind::Primary} role={ButtonRole::Submit} busy={is_busy.then_some(AttrValue::Static("Beginning…"))} />
            </>
        },
        true => html! {
            <>
                <span class="spacer"></span>
                if is_uncertain { <Button label="Open the old book anew" on_press={stay} /> }
                <Button label="Close" on_press={props.on_close.clone()} />
                <Button label="Choose the place again" kind={ButtonKind::Primary} on_press={again} />
            </>
        },
        false => html! {
            <>
                <span class="dialog__note">{ "Nothing is written by the rehearsal." }</span>
                <span class="spacer"></span>
                <Button label="Cancel" on_press={props.on_close.clone()} />
                <Button label="Check and rehearse" kind={ButtonKind::Primary} role={ButtonRole::Submit} kbd="Ctrl ↵" busy={is_busy.then_some(AttrValue::Static("Checking…"))} />
            </>
        },
    };
    let body = if settled {
        outcome(
            state,
            target.map(|place| place.to_string()).or_else(|| state.result.clone()),
            (is_running, is_rehearsed, has_moved),
            (goes_on, is_found, offer),
            (&work.cancel, work.is_canceling),
            begin.error.as_ref().or(discard.error.as_ref()),
        )
    } else {
        choosing(&kind, &typing, &file, begin.error.as_ref())
    };
    html! {
        <Dialog title="Move this book" size={DialogSize::Large} {foot} {on_submit} {on_close}>{ body }</Dialog>
    }
}

/// The request that opens the new place, with what was typed for it if that is still known. Else the app has the password yet with
/// which it has moved the book.
fn opening(moving: &Moving, typing: &Typing) -> OpenPlace {
    let (is_server, password) = (matches!(moving.place, BookPlace::Server { .. }), given(&typing.password));
    OpenPlace {
        place: moving.place.clone(),
        password: password.filter(|_| is_server),
        keep: is_server.then_some(moving.keeps),
        make_new: false,
        anew: false,
        owner: None,
    }
}

/// Whether there is a book in the place.
fn is_taken(test: &ConnectionTest) -> bool {
    is_passed(test) && !is_empty(test) && !is_begun(test)
}

/// Whether it has ended without telling whether the book has moved.
fn is_not_known(work: &WorkState) -> bool {
    work.stage == WorkStage::Failed && work.problem == Some(WorkProblem::Uncertain)
}

/// Where to.
fn choosing(kind: &UseStateHandle<AttrValue>, typing: &Typing, file: &DraftHandle, error: Option<&Error>) -> Html {
    let on_kind = {
        let kind = kind.setter();
        Callback::from(move |value: AttrValue| kind.set(value))
    };
    let options = vec![SegmentedOption::new(SERVER, "To a server"), SegmentedOption::new(FILE, "To a file")];
    let is_taken = typing.test.as_ref().is_some_and(is_taken);
    let is_missing = file.is_submitted() && file.text("path").is_none();
    let taken = html! {
        if is_taken { <Notice title="There is a book in that place already" text="Nothing is overwritten. If it is this book, whose move had come to its end without being heard, the rehearsal finds that out. Else name another schema or database, or open that book instead." tone={Tone::Warning} is_alert={true} /> }
    };
    html! {
        <>
            <p class="secondary">{ "The whole book goes to the new place, row by row, and is compared there. The old one stays as it is and is kept." }</p>
            <Segmented label="Where to" {options} value={(**kind).clone()} on_change={on_kind} />
            if let Some(error) = error { { Notice::of_error(error, Tone::Danger) } }
            if kind.as_str() == FILE {
                <FileField label="File" name="path" purpose={FilePurpose::NewBook} draft={file.clone()} error={is_missing.then_some(AttrValue::Static("Choose a place for the file."))} help="A new file; nothing is overwritten." />
            } else {
                { typing.view(taken) }
            }
        </>
    }
}

/// What comes of it.
fn outcome(
    work: &WorkState,
    place: Option<String>,
    (is_running, is_rehearsed, has_moved): (bool, bool, bool),
    (goes_on, is_found, offer): (bool, bool, Html),
    (on_cancel, is_canceling): (&Callback<()>, bool),
    error: Option<&Error>,
) -> Html {
    let is_left = work.stage == WorkStage::Failed && work.problem == Some(WorkProblem::LeftBehind);
    html! {
        <>
            if let Some(place) = place { <p class="secondary wrap">{ format!("To {place}") }</p> }
            if let Some(error) = error { { Notice::of_error(error, Tone::Danger) } }
            if is_running { <Progress work={work.clone()} {is_canceling} on_cancel={on_cancel.clone()} /> }
            { trouble(work) }
            if is_not_known(work) {
                <p class="secondary">{ "The old book takes no changes until a rehearsal or a move to the same place has found out, or until it is opened anew. Do that only if you know that the book has not moved: else there are two." }</p>
            }
            if is_left { <div class="btn-row">{ offer.clone() }</div> }
            if is_rehearsed && goes_on {
                <Notice title="A move into this place was broken off" text="It goes on where it was; if the book was changed since, it begins anew." tone={Tone::Info}>{ offer }</Notice>
            }
            if is_rehearsed && is_found {
                <Notice title="The book is in that place already" text="An earlier move had come to its end without being heard. Moving now compares both sides once more, and nothing is copied again." tone={Tone::Info} />
            }
            if is_rehearsed {
                <Notice title="Rehearsed: this would move" text="Nothing was written yet. While it moves, nobody can change the book; moving asks for your password." tone={Tone::Info} />
            }
            if has_moved {
                <Notice title="Moved and compared" text="Rows, sums of money and checksums are the same on both sides. The old book is untouched." tone={Tone::Positive} is_alert={true} />
            }
            if is_rehearsed || has_moved { <Proof tables={work.proof.clone()} is_equal={has_moved} /> }
        </>
    }
}
