//! A book that cannot be opened: what is the matter, where, and what to do.

use std::{cell::Cell, rc::Rc, time::Duration};

use contract::{
    connection::{BookPlace, Connection},
    desktop::{BookChoice, FindServer, KeyringProblem, ListBooks, OpenPlace, StartupProblem, StartupState},
};
use gloo_timers::future::TimeoutFuture;
use wasm_bindgen_futures::spawn_local;
use yew::prelude::*;

use crate::{
    components::{Button, ButtonKind, ButtonRole, ButtonWidth, ControlSize, CopyButton, Icon, Mark, PasswordField, SwitchField},
    hooks::{use_latest, use_query, use_submission},
    ipc,
    pages::{
        gate::{frame::Frame, owner_form::OwnerForm, recovery::Recovery},
        settings::ConnectionDialog,
    },
};

/// How long until a server that did not answer is looked for again.
const AGAIN: u32 = 2_000;
/// How long it may take to answer.
const REACHED_WITHIN: Duration = Duration::from_secs(5);

/// A book that cannot be opened.
#[derive(Properties, PartialEq)]
pub struct StartupProblemScreenProps {
    /// How it stands.
    pub startup: StartupState,
    /// Tries again.
    pub on_retry: Callback<()>,
    /// Tries again by itself, because the server answers.
    pub on_return: Callback<()>,
    /// Makes a new book where the one that was there is gone.
    pub on_make_new: Callback<()>,
    /// Puts the backup of this name in the place of a file that is gone or does not open.
    pub on_go_back: Callback<String>,
    /// Throws the sample away and opens the person's own book; offered if the sample is the one that does not open.
    pub on_discard_sample: Callback<()>,
    /// Opens a book in another place, or in this one with a password.
    pub on_open: Callback<OpenPlace>,
}

/// A book that cannot be opened.
#[component]
pub fn StartupProblemScreen(props: &StartupProblemScreenProps) -> Html {
    let startup = &props.startup;
    let problem = startup.problem.unwrap_or(StartupProblem::Other);
    let (title, advice) = said(problem, startup);
    let is_connecting = use_state_eq(|| false);
    let looked_for = match &startup.place {
        // Who changes the connection must not lose what is typed because the old one is back.
        _ if *is_connecting => None,
        BookPlace::Server { connection } if startup.book == BookChoice::Own && problem == StartupProblem::Unreachable => {
            Some(connection.clone())
        }
        _ => None,
    };
    use_return_of(looked_for, &props.on_return);
    // Another try does not mend what is damaged.
    let is_only_way = problem == StartupProblem::Damaged && !startup.backups.is_empty();
    let asks_password = startup.is_on_server() && matches!(problem, StartupProblem::PasswordNeeded | StartupProblem::SignIn);
    let make_on_server = {
        let (on_open, place) = (props.on_open.clone(), startup.place.clone());
        Callback::from(move |()| on_open.emit(opening(place.clone(), true)))
    };
    html! {
        <Frame
            title="Not opened" version={Some(AttrValue::from(startup.version.clone()))}
            open_to_others={startup.open_to_others().map(|host| AttrValue::from(host.to_owned()))}
        >
            <section class="gate__card gate__card--wide" aria-labelledby="problem-title">
                <Mark is_large={true} />
                <div class="gate__head" role="alert">
                    <h1 class="gate__title" id="problem-title">{ title }</h1>
                    <p class="gate__text">{ advice }</p>
                </div>
                <dl class="gate__facts">
                    <div><dt>{ "Book" }</dt><dd class="mono">{ startup.location.clone() }</dd></div>
                    if let Some(detail) = &startup.detail { <div><dt>{ if problem == StartupProblem::DiskFull { "Room" } else { "Answer" } }</dt><dd class="wrap">{ detail.clone() }</dd></div> }
                    if let Some(reference) = &startup.reference {
                        <div><dt>{ "Reference" }</dt><dd class="mono">{ reference.clone() }<CopyButton text={reference.clone()} noun="reference" /></dd></div>
                    }
                    <div><dt>{ "Log" }</dt><dd class="mono">{ startup.log_folder.clone() }</dd></div>
                </dl>
                if asks_password {
                    <PasswordForm place={startup.place.clone()} on_open={props.on_open.clone()} />
                } else if problem == StartupProblem::OwnerNeeded {
                    <OwnerForm startup={startup.clone()} on_open={props.on_open.clone()} />
                    <p class="gate__alt"><Button label="Retry" title="After somebody else has done it" kind={ButtonKind::Link} on_press={props.on_retry.clone()} /></p>
                } else {
                    <div class="btn-row">
                        if startup.book == BookChoice::Sample {
                            <Button label="Throw the sample away" size={ControlSize::Large} on_press={props.on_discard_sample.clone()} />
                        }
                        if problem == StartupProblem::Gone {
                            <Button label="Begin a new book" size={ControlSize::Large} on_press={props.on_make_new.clone()} />
                        }
                        if problem == StartupProblem::NoBook {
                            <Button label="Make a new book there" size={ControlSize::Large} on_press={make_on_server} />
                        }
                        <Button
                            label="Retry" autofocus={true} kind={if is_only_way { ButtonKind::Plain } else { ButtonKind::Primary }}
                            size={ControlSize::Large} width={ButtonWidth::Grow} icon={Some(Icon::Refresh)} on_press={props.on_retry.clone()}
                        />
                    </div>
                }
                if !startup.backups.is_empty() {
                    <Recovery backups={startup.backups.clone()} {is_only_way} problem={startup.recovery} on_go_back={props.on_go_back.clone()} />
                }
                if let BookPlace::Server { connection } = &startup.place {
                    <OtherConnection
                        connection={connection.clone()} is_swapped={problem == StartupProblem::Swapped} is_shown={*is_connecting}
                        on_show={let is_connecting = is_connecting.setter(); move |is_on| is_connecting.set(is_on)} on_open={props.on_open.clone()}
                    />
                }
                <Others startup={startup.clone()} on_open={props.on_open.clone()} />
            </section>
        </Frame>
    }
}

/// Looks for a server that did not answer, beside whatever the person does, and tells when somebody is there again.
#[hook]
fn use_return_of(server: Option<Connection>, on_return: &Callback<()>) {
    let on_return = use_latest(on_return.clone());
    use_effect_with(server, move |server| {
        let is_wanted = Rc::new(Cell::new(true));
        if let Some(connection) = server.clone() {
            let is_wanted = Rc::clone(&is_wanted);
            spawn_local(async move {
                loop {
                    TimeoutFuture::new(AGAIN).await;
                    if !is_wanted.get() {
                        return;
                    }
                    // Neither the keyring nor the person is asked for anything by that.
                    let request = FindServer {
                        connection: connection.clone(),
                    };
                    let answer = ipc::call_quietly(request, REACHED_WITHIN).await;
                    if answer.is_ok_and(|found| found.is_there) && is_wanted.get() {
                        return on_return.borrow().emit(());
                    }
                }
            });
        }
        move || is_wanted.set(false)
    });
}

fn opening(place: BookPlace, make_new: bool) -> OpenPlace {
    OpenPlace {
        place,
        password: None,
        keep: None,
        make_new,
        anew: false,
        owner: None,
    }
}

#[derive(Properties, PartialEq)]
struct PasswordFormProps {
    place: BookPlace,
    on_open: Callback<OpenPlace>,
}

/// The password of the server.
#[component]
fn PasswordForm(props: &PasswordFormProps) -> Html {
    let password = use_state_eq(String::new);
    let keeps = use_state_eq(|| true);
    let on_submit = {
        let (password, keeps, on_open, place) = (password.clone(), keeps.clone(), props.on_open.clone(), props.place.clone());
        Callback::from(move |()| {
            on_open.emit(OpenPlace {
                password: Some((*password).clone().into()),
                keep: Some(*keeps),
                ..opening(place.clone(), false)
            });
        })
    };
    let onsubmit = use_submission(on_submit).onsubmit;
    html! {
        <form class="form-grid" novalidate={true} {onsubmit}>
            <PasswordField
                label="Password of the server" name="server_password" autocomplete="off" value={(*password).clone()} autofocus={true}
                on_input={let password = password.setter(); move |text| password.set(text)}
            />
            <SwitchField
                label="Keep the password in the keyring" name="keep" is_on={*keeps} help="The keyring of this computer has it and nothing else. Off: one that was kept before is removed."
                on_change={let keeps = keeps.setter(); move |is_on| keeps.set(is_on)}
            />
            <Button label="Connect" kind={ButtonKind::Primary} size={ControlSize::Large} width={ButtonWidth::Wide} role={ButtonRole::Submit} />
        </form>
    }
}

#[derive(Properties, PartialEq)]
struct OtherConnectionProps {
    connection: Connection,
    is_swapped: bool,
    is_shown: bool,
    on_show: Callback<bool>,
    on_open: Callback<OpenPlace>,
}

/// Another way to the server: its certificate, its address or the user may have changed.
#[component]
fn OtherConnection(props: &OtherConnectionProps) -> Html {
    let show = |is_on: bool| props.on_show.reform(move |()| is_on);
    let anew = props.is_swapped;
    let on_open = props.on_open.reform(move |request: OpenPlace| OpenPlace { anew, ..request });
    let label = if props.is_swapped {
        "It was meant so: connect anew…"
    } else {
        "Change the connection…"
    };
    html! {
        <>
            <p class="gate__alt"><Button {label} kind={ButtonKind::Link} on_press={show(true)} /></p>
            if props.is_shown { <ConnectionDialog known={Some(props.connection.clone())} {on_open} on_close={show(false)} /> }
        </>
    }
}

#[derive(Properties, PartialEq)]
struct OthersProps {
    startup: StartupState,
    on_open: Callback<OpenPlace>,
}

/// The ways to other books, so that one that does not open keeps nobody from the rest.
#[component]
fn Others(props: &OthersProps) -> Html {
    let known = use_query(ListBooks {});
    let Some(list) = known.state.ready() else {
        return html! { <p class="gate__alt" hidden={true}></p> };
    };
    let own = BookPlace::File {
        path: list.own_file.clone(),
    };
    let mut others: Vec<(BookPlace, String)> = list
        .items
        .iter()
        .map(|book| {
            let name = book
                .name
                .as_ref()
                .map_or_else(|| book.place.to_string(), |name| format!("the book {name}"));
            (book.place.clone(), name)
        })
        .collect();
    if props.startup.is_on_server() && !others.iter().any(|(place, _)| place.is_same(&own)) {
        others.push((own, "the file of this computer".to_owned()));
    }
    others.retain(|(place, _)| !place.is_same(&props.startup.place));
    html! {
        <p class="gate__alt" hidden={others.is_empty()}>
            { for others.into_iter().map(|(place, name)| {
                let (on_open, title) = (props.on_open.clone(), AttrValue::from(place.to_string()));
                let key = title.to_string();
                html! { <Button {key} label={format!("Open {name}")} title={Some(title)} kind={ButtonKind::Link} on_press={Callback::from(move |()| on_open.emit(opening(place.clone(), false)))} /> }
            }) }
        </p>
    }
}

/// What happened, and what to do; where the server or the keyring said more, with that.
fn said(problem: StartupProblem, startup: &StartupState) -> (String, String) {
    match (problem, startup.tls) {
        (StartupProblem::Tls, Some(tls)) => {
            let said = contract::words::tls_problem(tls);
            (said.title, said.advice)
        }
        (StartupProblem::PasswordNeeded, _) => {
            let why = startup.keyring.map_or_else(
                || "The keyring of this computer has none for it.".to_owned(),
                |problem: KeyringProblem| format!("{}.", problem.words()),
            );
            let (title, advice) = words(problem);
            (title.to_owned(), format!("{why} {advice}"))
        }
        _ => {
            let (title, advice) = words(problem);
            let advice = without_backup(problem, startup).unwrap_or(advice);
            (title.to_owned(), advice.to_owned())
        }
    }
}

/// What to do where no backup is offered.
fn without_backup(problem: StartupProblem, startup: &StartupState) -> Option<&'static str> {
    if !startup.backups.is_empty() {
        return None;
    }
    if startup.book == BookChoice::Sample {
        return Some("Throw the sample away and explore it anew, or retry. Your own book is another file and is not touched.");
    }
    Some(match problem {
        StartupProblem::Gone => "It was here at an earlier start. Put it back, then retry. A new book begins empty.",
        StartupProblem::NotABook => {
            "Something else stands where the book should be. Move that file away, then retry, or put the book back in its place."
        }
        StartupProblem::Damaged => {
            "Nothing was written to it. Move it away with all files that begin with its name, and keep them. Put a backup of your own in its place, then retry."
        }
        _ => return None,
    })
}

fn words(problem: StartupProblem) -> (&'static str, &'static str) {
    match problem {
        StartupProblem::Missing => (
            "The folder of the book is not there",
            "It cannot be made either. Connect the drive it is on, or make the folder, then retry.",
        ),
        StartupProblem::Gone => (
            "The book is not there any more",
            "It was here at an earlier start. Put it back, then retry, or go back to a backup. A new book begins empty.",
        ),
        StartupProblem::NoFile => (
            "The file of the book is not there",
            "It was moved, renamed or removed, or its drive is not connected. Put it back, then retry, or open another book.",
        ),
        StartupProblem::Locked => (
            "The book is open already",
            "Another window of the app, or a maintenance run in a terminal, works in it. Close that one, then retry.",
        ),
        StartupProblem::ReadOnly => (
            "The book cannot be written",
            "The file or its folder is read-only for your account. Allow writing, then retry. Nothing was changed.",
        ),
        StartupProblem::NetworkDrive => (
            "The book is on a network drive",
            "It could be damaged there, because several computers cannot share a file safely. Nothing was changed. Move the file to a disk of this computer and open it there. To share a book, use a database server.",
        ),
        StartupProblem::NotABook => (
            "This file is not a book",
            "Something else stands where the book should be. Move that file away, then retry, or go back to a backup.",
        ),
        StartupProblem::Damaged => (
            "The book is damaged",
            "Go back to a backup below: the damaged file is kept among the backups. Nothing was written to it. Do not copy a backup over it by hand: what the damaged one left beside it would be mixed into the copy.",
        ),
        StartupProblem::Newer => (
            "The book is newer than this app",
            "A newer version of the app has worked in it. Update the app, then start it again. Nothing was changed.",
        ),
        StartupProblem::DiskFull => (
            "The disk is full",
            "The book needs room to open. Free some space, then retry. Nothing was lost.",
        ),
        StartupProblem::Unreachable => (
            "The database did not answer",
            "Your data is safe on the server. Check the network or VPN. The book opens by itself as soon as the server answers.",
        ),
        StartupProblem::NoDatabase => (
            "The server has no such database",
            "The server answers, but has no database of the name in the connection. Change the database in the connection, or ask who runs the server whether it was renamed or removed.",
        ),
        StartupProblem::TooManyConnections => (
            "The server takes no more connections",
            "As many are open as it allows, or as it allows this user. Your data is safe on the server. Close the app on desks where nobody works, or wait a little, then retry. If that does not help, ask who runs the server to allow more.",
        ),
        StartupProblem::NoBook => (
            "There is no book in this place",
            "The server answers, but has no book there. Check database and schema in the connection, or make a new book.",
        ),
        StartupProblem::PasswordNeeded => ("The server asks for a password", "Give it to go on."),
        StartupProblem::SignIn => (
            "The server refuses the sign-in",
            "User or password is not right, or this user may not come from here. Try again, or ask who runs the server.",
        ),
        StartupProblem::MayNotConnect => (
            "This user may not connect to the database",
            "The server does not refuse user or password, but the user has no right to connect to this database. An administrator of the server has to grant CONNECT on it. Then retry.",
        ),
        StartupProblem::Tls => (
            "The connection is not secure enough",
            "No password was sent. Ask who runs the server.",
        ),
        StartupProblem::Variable => (
            "A variable of the environment is in the way",
            "It would change what is sent to the server, or what the server does. Nothing was sent. Take it out of the environment in which the app is started, then start the app again.",
        ),
        StartupProblem::Swapped => (
            "This is not the book that was here before",
            "The server, or the book on it, is another one. Nothing was changed there. Ask who runs the server. If it was meant so, connect anew.",
        ),
        StartupProblem::Unfinished => (
            "A move into this place was not finished",
            "Open the book that was to be moved, and begin the same move again: it goes on where it was.",
        ),
        StartupProblem::OwnerNeeded => (
            "The owner of the tables is needed",
            "The book has to be made, or brought up to date with this version of the app, and this user may not change its tables. Give the owner's user and password once; they are not kept. Or ask who looks after the server: clientelectl roles prints what each user needs.",
        ),
        StartupProblem::Other => (
            "The book could not be opened",
            "This is a fault in the app. The log has the details under the reference. Retry, or start the app again.",
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_problem_has_its_own_sentence() {
        let mut titles: Vec<_> = StartupProblem::ALL.iter().map(|problem| words(*problem).0).collect();
        titles.sort_unstable();
        titles.dedup();
        assert_eq!(titles.len(), StartupProblem::ALL.len());
    }
}
