//! Where the book is, the way to others, who is here, moving it, and its backups.

mod backups;
mod books;
mod connection;
mod desks;
mod fields;
mod form;
mod missing;
mod moving;
mod progress;
mod proof;
mod running;
mod steps;

pub use self::{connection::ConnectionDialog, missing::BackupBanner, running::WorkBanner};
use contract::{
    connection::{BookPlace, Connection, TlsChoice},
    desktop::{BookChoice, StartupState},
};
use yew::prelude::*;

use crate::{
    components::{Button, Confirm, CopyButton, Icon},
    hooks::{use_opened_book, use_work},
};
use backups::Backups;
use books::Books;
use desks::Desks;
use moving::MoveDialog;

/// Where the book is, and everything about that.
#[component]
pub fn DatabaseSection() -> Html {
    let work = use_work();
    {
        // Whoever comes back later has not asked for the dialog.
        let show = work.show.clone();
        use_effect_with((), move |()| move || show.emit(false));
    }
    let Some(book) = use_opened_book() else {
        return html! { <section></section> };
    };
    let set_shown = |is_shown: bool| work.show.reform(move |()| is_shown);
    let label = if work.is_moving() { "Show the move" } else { "Move this book…" };
    let is_sample = book.is_sample();
    html! {
        <>
            { head(&book.startup) }
            if !is_sample {
                <>
                    <section class="form-grid" aria-labelledby="move-title">
                        <div>
                            <h2 class="section-title" id="move-title">{ "Move" }</h2>
                            <p class="section-text">{ "From a file to a server or back. It is rehearsed first, and compared row by row; the old book is kept." }</p>
                        </div>
                        <div class="btn-row"><Button {label} icon={Some(Icon::Upload)} on_press={set_shown(true)} /></div>
                    </section>
                    <Books book={book.clone()} />
                    <Desks />
                    <Backups />
                </>
            }
            <Sample />
            <div class="contents">if work.is_shown && !is_sample { <MoveDialog book={book.clone()} on_close={set_shown(false)} /> }</div>
        </>
    }
}

/// Where the book is.
fn head(startup: &StartupState) -> Html {
    let fact = |name: &'static str, value: String, copied: bool| {
        html! { <div key={name}><dt>{ name }</dt><dd class="mono">{ value.clone() }if copied { <CopyButton text={value} noun="path" /> }</dd></div> }
    };
    let (text, facts) = match &startup.place {
        BookPlace::File { path } => (
            "Everything is in one file on this computer. Nothing leaves it.",
            vec![fact("File", path.clone(), true)],
        ),
        BookPlace::Server { connection } => (
            "The book is on a PostgreSQL server and shared with everybody who works there.",
            of_server(connection)
                .into_iter()
                .map(|(name, value)| fact(name, value, false))
                .collect(),
        ),
    };
    html! {
        <>
            <section>
                <h2 class="section-title">{ "Database" }</h2>
                <p class="section-text">{ text }</p>
            </section>
            <section class="panel">
                <dl class="facts facts--sub settings__facts">
                    { for facts }
                    <div><dt>{ "Log" }</dt><dd class="mono">{ startup.log_folder.clone() }<CopyButton text={startup.log_folder.clone()} noun="path" /></dd></div>
                    <div><dt>{ "Version" }</dt><dd class="num">{ startup.version.clone() }</dd></div>
                </dl>
            </section>
        </>
    }
}

fn of_server(connection: &Connection) -> Vec<(&'static str, String)> {
    let encryption = match connection.tls {
        TlsChoice::Verified => "Verified by certificate and name",
        TlsChoice::AnyName => "Verified by certificate, for any name",
        TlsChoice::Unverified => "Encrypted, not verified",
        TlsChoice::Offered => "If the server offers it",
        TlsChoice::Off => "None",
    };
    vec![
        ("Server", format!("{}:{}", connection.host, connection.port)),
        ("Database", format!("{}, schema {}", connection.database, connection.schema)),
        ("User", connection.user.clone()),
        ("Encryption", encryption.to_owned()),
    ]
}

#[component]
fn Sample() -> Html {
    let book = use_opened_book();
    let is_asking = use_state_eq(|| false);
    let Some(book) = book else { return html! { <section></section> } };
    let is_sample = book.is_sample();
    let switch = {
        let open = book.open.clone();
        Callback::from(move |()| open.emit(if is_sample { BookChoice::Own } else { BookChoice::Sample }))
    };
    let set_asking = |asking: bool| {
        let is_asking = is_asking.setter();
        Callback::from(move |()| is_asking.set(asking))
    };
    html! {
        <section class="form-grid">
            <div>
                <h2 class="section-title">{ "Sample data" }</h2>
                <p class="section-text">
                    { "A second book with invented customers, to try things out. Your own book is not touched. " }
                    { if is_sample { "Leaving it opens your own book." } else { "Opening it signs you out here." } }
                </p>
            </div>
            <div class="btn-row">
                <Button label={if is_sample { "Leave the sample" } else { "Explore with sample data" }} on_press={switch} />
                if is_sample { <Button label="Throw the sample away…" on_press={set_asking(true)} /> }
            </div>
            if *is_asking {
                <Confirm title="Throw the sample away?" confirm_label="Throw away" keep_label="Keep the sample" on_confirm={book.discard_sample.clone()} on_keep={set_asking(false)}>
                    <p>{ "Everything you tried in it is gone. Your own book opens; the sample can be made new at any time." }</p>
                </Confirm>
            }
        </section>
    }
}
