//! The first start: where the data lives, and the first administrator.

use std::rc::Rc;

use contract::{
    Currency, Error,
    desktop::{BookChoice, Preferences},
    session::FirstRun as Request,
};
use yew::prelude::*;

use crate::{
    components::{
        Button, ButtonKind, ButtonRole, ButtonWidth, ControlSize, Icon, Mark, Notice, PasswordField, SelectField, SelectOption, TextField,
        TextKind, Tone, focus_first_invalid,
    },
    format,
    hooks::{use_mutation, use_opened_book, use_preferences, use_session, use_submission},
    pages::{
        gate::{
            first_run_form::{FirstRunForm, Step},
            frame::Frame,
            use_strength,
        },
        settings::ConnectionDialog,
    },
};

/// The first start.
#[component]
pub fn FirstRun() -> Html {
    let session = use_session();
    let book = use_opened_book();
    let preferences = use_preferences();
    let request = use_mutation::<Request>();
    let form = {
        let state = &session.state;
        use_reducer_eq(|| {
            let zone = if state.time_zone.is_empty() {
                format::computer_time_zone().unwrap_or_default()
            } else {
                state.time_zone.clone()
            };
            // The app has taken the time zone from the computer; of the currency only the webview knows.
            let currency = format::computer_currency().unwrap_or(state.currency);
            FirstRunForm::new(String::new(), currency, zone)
        })
    };
    let currencies = use_memo((), |()| options(Currency::all().iter().map(|currency| currency.code().to_owned())));
    let zones = use_memo(form.time_zone.clone(), |chosen| {
        let mut zones = format::time_zones();
        if !zones.contains(chosen) {
            zones.insert(0, chosen.clone());
        }
        options(zones.into_iter())
    });
    let strength = use_strength(form.password.clone().into(), true, vec![form.full_name.clone(), form.email.clone()]);
    let on_submit = {
        let (form, request) = (form.clone(), request.clone());
        let (session, preferences) = (session.clone(), preferences.clone());
        Callback::from(move |()| {
            form.dispatch(Step::Submit);
            if !form.problems().is_empty() {
                focus_first_invalid();
                return;
            }
            let (session, preferences, form) = (session.clone(), preferences.clone(), form.clone());
            request.run_with(form.request(), move |answer| match answer {
                Ok(state) => {
                    let last_email = Some(form.email.trim().to_owned());
                    preferences.on_change.emit(Preferences {
                        last_email,
                        ..preferences.preferences.clone()
                    });
                    session.on_change.emit(state);
                }
                Err(error) => {
                    form.dispatch(Step::Refuse(error));
                    focus_first_invalid();
                }
            });
        })
    };
    let onsubmit = use_submission(on_submit).onsubmit;
    let typed = |field: &'static str| {
        let form = form.dispatcher();
        Callback::from(move |text: String| form.dispatch(Step::Type(field, text)))
    };
    let left = |field: &'static str| {
        let form = form.dispatcher();
        Callback::from(move |()| form.dispatch(Step::Leave(field)))
    };
    let error = request.error.as_ref().filter(|error| !matches!(error, Error::Invalid { .. }));
    let explore = book.as_ref().map(|book| {
        let open = book.open.clone();
        Callback::from(move |()| open.emit(BookChoice::Sample))
    });
    let is_connecting = use_state_eq(|| false);
    let connect = |is_on: bool| {
        let is_connecting = is_connecting.setter();
        Callback::from(move |()| is_connecting.set(is_on))
    };
    let on_open = book.as_ref().map(|book| book.open_place.clone()).unwrap_or_default();
    let is_shared = book.as_ref().is_some_and(|book| book.startup.is_on_server());
    let location = book.map(|book| book.startup.location).unwrap_or_default();
    let (where_it_is, foot) = if is_shared {
        ("Your data lives on your server", "Nothing goes anywhere else.")
    } else {
        ("Your data lives in one file on this computer", "Nothing leaves this computer.")
    };
    html! {
        <Frame title="Welcome" foot={AttrValue::Static(foot)}>
            <form class="gate__card gate__card--wide" novalidate={true} aria-labelledby="first-run-title" {onsubmit}>
                <Mark is_large={true} />
                <div class="gate__head">
                    <h1 class="gate__title" id="first-run-title">{ "Create the first administrator" }</h1>
                    <p class="gate__text">{ "This account can manage everything in this book, including other people’s access." }</p>
                </div>
                <div class="gate__where">
                    { Icon::Database.view() }
                    <div class="check__text"><span class="medium">{ where_it_is }</span><span class="mono muted gate__path">{ location }</span></div>
                </div>
                if let Some(error) = error { { Notice::of_error(error, Tone::Danger) } }
                <div class="field-grid">
                    <TextField label="Full name" name="full_name" autocomplete="name" autofocus={true} value={form.full_name.clone()} error={form.error("full_name")} on_input={typed("full_name")} on_leave={left("full_name")} />
                    <TextField label="Email" name="email" kind={TextKind::Email} autocomplete="username" placeholder="you@company.com" value={form.email.clone()} error={form.error("email")} on_input={typed("email")} on_leave={left("email")} />
                </div>
                <div class="field-grid">
                    <PasswordField
                        label="Password" autocomplete="new-password" value={form.password.clone()} error={form.error("password")} is_rated={true} {strength}
                        help={AttrValue::Static("At least 12 characters that are not easy to guess.")} on_input={typed("password")} on_leave={left("password")}
                    />
                    <PasswordField label="Password again" name="again" autocomplete="new-password" value={form.again.clone()} error={form.error("again")} on_input={typed("again")} on_leave={left("again")} />
                </div>
                <div class="gate__book" role="group" aria-labelledby="first-run-book">
                    <h2 class="section-title" id="first-run-book">{ "The book" }</h2>
                    <TextField label="Name" name="book_name" hint="optional" placeholder="Your company" value={form.book_name.clone()} error={form.error("book_name")} on_input={typed("book_name")} on_leave={left("book_name")} />
                    <div class="field-grid">
                        <SelectField label="Currency" name="currency" value={form.currency.clone()} options={(*currencies).clone()} error={form.error("currency")} on_change={typed("currency")} />
                        <SelectField label="Time zone" name="time_zone" value={form.time_zone.clone()} options={(*zones).clone()} error={form.error("time_zone")} on_change={typed("time_zone")} />
                    </div>
                    <p class="field__help">{ "Both are fixed once the book holds money." }</p>
                </div>
                <Button
                    label="Create administrator" kind={ButtonKind::Primary} size={ControlSize::Large} width={ButtonWidth::Wide} role={ButtonRole::Submit}
                    busy={request.is_busy.then_some(AttrValue::Static("Creating…"))}
                />
                if let Some(explore) = explore {
                    <p class="gate__alt"><span class="muted">{ "Only looking around?" }</span><Button label="Explore with sample data" kind={ButtonKind::Link} on_press={explore} /></p>
                }
                if !is_shared {
                    <p class="gate__alt"><span class="muted">{ "Is there a book on a server already?" }</span><Button label="Connect to a server…" kind={ButtonKind::Link} on_press={connect(true)} /></p>
                }
            </form>
            if *is_connecting { <ConnectionDialog known={None} {on_open} on_close={connect(false)} /> }
        </Frame>
    }
}

fn options(values: impl Iterator<Item = String>) -> Rc<[SelectOption]> {
    values
        .map(|value| SelectOption::new(value.clone(), value.replace('_', " ")))
        .collect()
}
