//! Connecting to a book on a server.

use std::rc::Rc;

use contract::{
    Error,
    connection::{BookPlace, Connection},
    desktop::{ConnectionTest, OpenPlace, TestConnection},
    session::Password,
};
use web_sys::{Element, ScrollIntoViewOptions, ScrollLogicalPosition};
use yew::prelude::*;

use super::{
    fields::Fields,
    form,
    steps::{Steps, is_begun, is_empty, is_passed},
};
use crate::{
    components::{Button, ButtonKind, ButtonRole, Dialog, Notice, Tone, focus_first_invalid},
    hooks::{DraftHandle, use_draft, use_request, use_submit},
};

/// Connecting to a book on a server.
#[derive(Properties, PartialEq)]
pub struct ConnectionDialogProps {
    /// What is known already.
    pub known: Option<Connection>,
    /// Opens the book there; ends the session.
    pub on_open: Callback<OpenPlace>,
    /// Connected, or not.
    pub on_close: Callback<()>,
}

/// A connection that is typed and tried, for a dialog around it.
#[derive(Clone)]
pub struct Typing {
    /// The fields.
    pub draft: DraftHandle,
    /// The password.
    pub password: UseStateHandle<String>,
    /// Whether the keyring is to keep it.
    pub keeps: UseStateHandle<bool>,
    /// What came of the newest try of exactly this.
    pub test: Option<ConnectionTest>,
    /// Whether it is being tried.
    pub is_busy: bool,
    /// Why it could not be tried.
    pub error: Option<Error>,
    /// Tries it, and hands on what came of it.
    pub run: Callback<Callback<(Connection, ConnectionTest)>>,
    /// Where what came of it is said.
    outcome: NodeRef,
}

/// A connection that is typed and tried.
#[hook]
pub fn use_typing(of: String, known: Option<&Connection>) -> Typing {
    let draft = use_draft(of, || form::begin(known));
    let password = use_state_eq(String::new);
    let keeps = use_state_eq(|| true);
    let asking = use_request::<TestConnection>();
    let tested = use_state(|| None::<(Connection, String, ConnectionTest)>);
    let answers = use_state_eq(|| 0_u32);
    let outcome = use_node_ref();
    {
        let outcome = outcome.clone();
        use_effect_with(*answers, move |answers| {
            if *answers > 0 {
                reveal(&outcome);
            }
        });
    }
    let typed = form::read(&draft);
    let run = {
        let (draft, asking, tested, password, typed) = (draft.clone(), asking.clone(), tested.setter(), password.clone(), typed.clone());
        Callback::from(move |then: Callback<(Connection, ConnectionTest)>| {
            draft.submit();
            let Ok(connection) = typed.clone() else {
                return focus_first_invalid();
            };
            let (tested, answers, password) = (tested.clone(), answers.clone(), (*password).clone());
            let request = TestConnection {
                connection: connection.clone(),
                password: given(&password),
            };
            asking.run_with(request, move |answer| {
                if let Ok(test) = &answer {
                    tested.set(Some((connection.clone(), password.clone(), test.clone())));
                }
                answers.set(answers.wrapping_add(1));
                if let Ok(test) = answer {
                    then.emit((connection.clone(), test));
                }
            });
        })
    };
    // Something else was typed since: what came of the try says nothing about it.
    let test = tested
        .as_ref()
        .filter(|(connection, with, _)| typed.as_ref() == Ok(connection) && *with == *password);
    Typing {
        test: test.map(|(_, _, test)| test.clone()),
        draft,
        password,
        keeps,
        is_busy: asking.is_busy,
        error: asking.error,
        run,
        outcome,
    }
}

impl Typing {
    /// The fields, and below them what came of the newest try, with what `said` says about it besides.
    pub fn view(&self, said: Html) -> Html {
        let problems: Rc<[_]> = form::read(&self.draft).err().unwrap_or_default().into();
        let on_password = {
            let password = self.password.setter();
            Callback::from(move |text| password.set(text))
        };
        let on_keep = {
            let keeps = self.keeps.setter();
            Callback::from(move |is_on| keeps.set(is_on))
        };
        html! {
            <>
                <Fields draft={self.draft.clone()} {problems} password={(*self.password).clone()} keeps={*self.keeps} {on_password} {on_keep} />
                <div class="stack tried" hidden={self.error.is_none() && self.test.is_none()} ref={self.outcome.clone()}>
                    if let Some(error) = &self.error { { Notice::of_error(error, Tone::Danger) } }
                    if let Some(test) = &self.test { <Steps test={test.clone()} /> }
                    { said }
                </div>
            </>
        }
    }

    /// The request that opens what is typed.
    pub fn opening(&self, connection: Connection, make_new: bool) -> OpenPlace {
        OpenPlace {
            place: BookPlace::Server { connection },
            password: given(&self.password),
            keep: Some(*self.keeps),
            make_new,
            anew: false,
            owner: None,
        }
    }
}

/// Scrolls to what came of a try: it is below the fields, and those are higher than many a window.
fn reveal(outcome: &NodeRef) {
    if let Some(outcome) = outcome.cast::<Element>() {
        let options = ScrollIntoViewOptions::new();
        options.set_block(ScrollLogicalPosition::Nearest);
        outcome.scroll_into_view_with_scroll_into_view_options(&options);
    }
}

/// A password; nothing, if none was typed.
pub fn given(typed: &str) -> Option<Password> {
    Some(Password(typed.to_owned())).filter(|password| !password.0.is_empty())
}

/// Connecting to a book on a server.
#[component]
pub fn ConnectionDialog(props: &ConnectionDialogProps) -> Html {
    let of = props.known.as_ref().map_or_else(
        || "new connection".to_owned(),
        |known| format!("connection {}@{}", known.user, known.host),
    );
    let typing = use_typing(of, props.known.as_ref());
    let open = {
        let (typing, on_open) = (typing.clone(), props.on_open.clone());
        move |connection: Connection, make_new: bool| {
            typing.draft.saved();
            on_open.emit(typing.opening(connection, make_new));
        }
    };
    let on_submit = {
        let (typing, open) = (typing.clone(), open.clone());
        Callback::from(move |()| {
            let open = open.clone();
            typing
                .run
                .emit(Callback::from(move |(connection, test): (Connection, ConnectionTest)| {
                    // An empty place is asked about first; one that a move has begun to fill holds no book.
                    if is_passed(&test) && !is_empty(&test) && !is_begun(&test) {
                        open(connection, false);
                    }
                }));
        })
    };
    let on_test = {
        let run = typing.run.clone();
        Callback::from(move |()| run.emit(Callback::noop()))
    };
    let on_test = use_submit(on_test);
    let is_bare = typing.test.as_ref().is_some_and(is_empty);
    let make_new = {
        let typed = form::read(&typing.draft);
        Callback::from(move |()| {
            // Nothing is made in a place that was typed since and not tried.
            if is_bare && let Ok(connection) = &typed {
                open(connection.clone(), true);
            }
        })
    };
    let make_new = use_submit(make_new);
    let is_half = typing.test.as_ref().is_some_and(is_begun);
    let busy = typing.is_busy.then_some(AttrValue::Static("Trying…"));
    let foot = html! {
        <>
            <Button label="Test connection" busy={busy.clone()} on_press={on_test} />
            <span class="spacer"></span>
            <Button label="Cancel" on_press={props.on_close.clone()} />
            if is_bare {
                <Button label="Make a new book there" kind={ButtonKind::Primary} on_press={make_new} />
            } else {
                <Button label="Connect" kind={ButtonKind::Primary} role={ButtonRole::Submit} kbd="Ctrl ↵" {busy} />
            }
        </>
    };
    let said = html! {
        <>
            if is_bare {
                <Notice title="There is no book on this server yet" tone={Tone::Info} text="Make a new one there, or move a book to it: the settings of that book do so." />
            }
            if is_half {
                <Notice
                    title="A move into this place was not finished" tone={Tone::Warning} is_alert={true}
                    text="Open the book that was to be moved, and begin the same move again: it goes on where it was."
                />
            }
        </>
    };
    html! {
        <Dialog title="Connect to a server" {foot} {on_submit} on_close={props.on_close.clone()}>
            <p class="secondary">{ "A book on a PostgreSQL server is shared by several people. Nothing in a book that is open now is changed." }</p>
            { typing.view(said) }
        </Dialog>
    }
}
