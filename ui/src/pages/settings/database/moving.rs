//! Moving the book: where to, a rehearsal with counts, the move with its progress, the proof, and the way to the new place.

use contract::{
    Error,
    connection::{BookPlace, Connection},
    desktop::{BookChoice, ConnectionTest, FilePurpose, MoveBook, OpenPlace},
    work::{WorkKind, WorkStage, WorkState},
};
use yew::prelude::*;

use super::{
    connection::{Typing, given, use_typing},
    fields::FileField,
    progress::{Progress, trouble},
    proof::Proof,
    steps::{is_empty, is_passed},
};
use crate::{
    components::{Button, ButtonKind, ButtonRole, Dialog, DialogSize, Notice, Segmented, SegmentedOption, Tone},
    hooks::{Draft, DraftHandle, OpenedBook, use_draft, use_request, use_submit, use_work},
};

const SERVER: &str = "server";
const FILE: &str = "file";

/// How far the move has come.
#[derive(Clone, PartialEq)]
enum Stage {
    /// Where to is not settled.
    Choosing,
    /// It is rehearsed or done for this place.
    Settled(BookPlace),
}

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
    let stage = use_state_eq(|| Stage::Choosing);
    let begin = use_request::<MoveBook>();
    let work = use_work(Callback::noop());
    let state = &work.state;
    let is_ours = state.kind == Some(WorkKind::Move) && *stage != Stage::Choosing;
    let is_running = is_ours && state.stage.is_running();
    let has_moved = is_ours && state.stage == WorkStage::Done && state.reopen;
    let is_rehearsed = is_ours && state.stage == WorkStage::Done && !state.reopen;
    let start = {
        let (begin, follow, stage, password) = (begin.clone(), work.follow.clone(), stage.setter(), typing.password.clone());
        move |target: BookPlace, dry_run: bool| {
            let (follow, stage, settled) = (follow.clone(), stage.clone(), target.clone());
            let request = MoveBook {
                target,
                password: given(&password),
                dry_run,
            };
            begin.run_with(request, move |answer| {
                if let Ok(begun) = answer {
                    stage.set(Stage::Settled(settled.clone()));
                    follow.emit(begun);
                }
            });
        }
    };
    let on_submit = {
        let (kind, typing, file, start) = (kind.clone(), typing.clone(), file.clone(), start.clone());
        let stage = stage.clone();
        Callback::from(move |()| match &*stage {
            Stage::Settled(target) if is_rehearsed => start(target.clone(), false),
            Stage::Settled(_) => {}
            Stage::Choosing if kind.as_str() == FILE => {
                file.submit();
                if let Some(path) = file.text("path") {
                    start(BookPlace::File { path }, true);
                }
            }
            Stage::Choosing => {
                let start = start.clone();
                typing
                    .run
                    .emit(Callback::from(move |(connection, test): (Connection, ConnectionTest)| {
                        if is_passed(&test) && is_empty(&test) {
                            start(BookPlace::Server { connection }, true);
                        }
                    }));
            }
        })
    };
    let on_submit = use_submit(on_submit);
    let again = {
        let stage = stage.setter();
        Callback::from(move |()| stage.set(Stage::Choosing))
    };
    let open_there = {
        let (open, stage, typing) = (props.book.open_place.clone(), stage.clone(), typing.clone());
        Callback::from(move |()| {
            if let Stage::Settled(place) = &*stage {
                typing.draft.saved();
                open.emit(opening(place, &typing));
            }
        })
    };
    let stay = {
        let open = props.book.open.clone();
        // It takes changes again only when it is opened anew.
        Callback::from(move |()| open.emit(BookChoice::Own))
    };
    let on_close = {
        let (stay, on_close) = (stay.clone(), props.on_close.clone());
        Callback::from(move |()| if has_moved { stay.emit(()) } else { on_close.emit(()) })
    };
    let is_busy = begin.is_busy || typing.is_busy;
    let foot = match &*stage {
        _ if has_moved => html! {
            <>
                <span class="spacer"></span>
                <Button label="Stay with the old place" on_press={stay} />
                <Button label="Open the book there" kind={ButtonKind::Primary} autofocus={true} on_press={open_there} />
            </>
        },
        _ if is_running => html! { <><span class="spacer"></span><Button label="Close" on_press={props.on_close.clone()} /></> },
        Stage::Settled(_) if is_rehearsed => html! {
            <>
                <Button label="Choose another place" on_press={again} />
                <span class="spacer"></span>
                <Button label="Cancel" on_press={props.on_close.clone()} />
                <Button label="Move now" kind={ButtonKind::Primary} role={ButtonRole::Submit} busy={is_busy.then_some(AttrValue::Static("Beginning…"))} />
            </>
        },
        Stage::Settled(_) => html! {
            <><span class="spacer"></span><Button label="Close" on_press={props.on_close.clone()} /><Button label="Choose the place again" kind={ButtonKind::Primary} on_press={again} /></>
        },
        Stage::Choosing => html! {
            <>
                <span class="dialog__note">{ "Nothing is written by the rehearsal." }</span>
                <span class="spacer"></span>
                <Button label="Cancel" on_press={props.on_close.clone()} />
                <Button label="Check and rehearse" kind={ButtonKind::Primary} role={ButtonRole::Submit} kbd="Ctrl ↵" busy={is_busy.then_some(AttrValue::Static("Checking…"))} />
            </>
        },
    };
    let body = match &*stage {
        Stage::Choosing => choosing(&kind, &typing, &file, begin.error.as_ref()),
        Stage::Settled(place) => settled(
            state,
            place,
            (is_running, is_rehearsed, has_moved),
            (&work.cancel, work.is_canceling),
            begin.error.as_ref(),
        ),
    };
    html! {
        <Dialog title="Move this book" size={DialogSize::Large} {foot} {on_submit} {on_close}>{ body }</Dialog>
    }
}

/// The request that opens the new place.
fn opening(place: &BookPlace, typing: &Typing) -> OpenPlace {
    match place {
        BookPlace::Server { connection } => typing.opening(connection.clone(), false),
        BookPlace::File { .. } => OpenPlace {
            place: place.clone(),
            password: None,
            keep: false,
            make_new: false,
        },
    }
}

/// Where to.
fn choosing(kind: &UseStateHandle<AttrValue>, typing: &Typing, file: &DraftHandle, error: Option<&Error>) -> Html {
    let on_kind = {
        let kind = kind.setter();
        Callback::from(move |value: AttrValue| kind.set(value))
    };
    let options = vec![SegmentedOption::new(SERVER, "To a server"), SegmentedOption::new(FILE, "To a file")];
    let is_taken = typing.test.as_ref().is_some_and(|test| is_passed(test) && !is_empty(test));
    let is_missing = file.is_submitted() && file.text("path").is_none();
    html! {
        <>
            <p class="secondary">{ "The whole book goes to the new place, row by row, and is compared there. The old one stays as it is and is kept." }</p>
            <Segmented label="Where to" {options} value={(**kind).clone()} on_change={on_kind} />
            if let Some(error) = error { { Notice::of_error(error, Tone::Danger) } }
            if kind.as_str() == FILE {
                <FileField label="File" name="path" purpose={FilePurpose::NewBook} draft={file.clone()} error={is_missing.then_some(AttrValue::Static("Choose a place for the file."))} help="A new file; nothing is overwritten." />
            } else {
                { typing.view() }
                if is_taken { <Notice title="There is a book in that place already" text="Nothing is overwritten. Name another schema or database, or open that book instead." tone={Tone::Warning} is_alert={true} /> }
            }
        </>
    }
}

/// What comes of it.
fn settled(
    work: &WorkState,
    place: &BookPlace,
    (is_running, is_rehearsed, has_moved): (bool, bool, bool),
    (on_cancel, is_canceling): (&Callback<()>, bool),
    error: Option<&Error>,
) -> Html {
    html! {
        <>
            <p class="secondary wrap">{ format!("To {place}") }</p>
            if let Some(error) = error { { Notice::of_error(error, Tone::Danger) } }
            if is_running { <Progress work={work.clone()} {is_canceling} on_cancel={on_cancel.clone()} /> }
            { trouble(work) }
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
