//! Signing in.

use contract::{
    Error,
    desktop::{BookChoice, Preferences},
    session::{Password, SignIn as Request},
    words,
};
use yew::prelude::*;

use crate::{
    components::{Button, ButtonKind, ButtonRole, ButtonWidth, ControlSize, Mark, Notice, PasswordField, TextField, TextKind, Tone},
    hooks::{use_mutation, use_opened_book, use_painted, use_preferences, use_session, use_submission},
    pages::gate::{frame::Frame, throttle},
};

/// Signing in.
#[component]
pub fn SignIn() -> Html {
    use_painted("painted-sign-in");
    let session = use_session();
    let book = use_opened_book();
    let preferences = use_preferences();
    let sign_in = use_mutation::<Request>();
    let (wait, begin_wait) = throttle::use_wait(session.state.retry_after);
    let is_known = preferences.preferences.last_email.is_some();
    let email = use_state_eq(|| preferences.preferences.last_email.clone().unwrap_or_default());
    let password = use_state_eq(String::new);
    let on_submit = {
        let (email, password, sign_in) = (email.clone(), password.clone(), sign_in.clone());
        let (session, preferences, book) = (session.clone(), preferences.clone(), book.clone());
        Callback::from(move |()| {
            if wait > 0 {
                return;
            }
            let request = Request {
                email: email.trim().to_owned(),
                password: Password((*password).clone()),
            };
            let (email, password) = (email.clone(), password.setter());
            let (session, preferences, begin_wait) = (session.clone(), preferences.clone(), begin_wait.clone());
            let is_own = book.as_ref().is_some_and(|book| !book.is_sample());
            sign_in.run_with(request, move |answer| match answer {
                Ok(state) => {
                    let last_email = Some(email.trim().to_owned());
                    if is_own && preferences.preferences.last_email != last_email {
                        preferences.on_change.emit(Preferences {
                            last_email,
                            ..preferences.preferences.clone()
                        });
                    }
                    session.on_change.emit(state);
                }
                Err(Error::WrongPassword { retry_after } | Error::Throttled { retry_after }) => {
                    password.set(String::new());
                    begin_wait.emit(retry_after);
                }
                Err(_) => {}
            });
        })
    };
    let onsubmit = use_submission(on_submit).onsubmit;
    let (email_error, password_error, other) = place(sign_in.error.as_ref());
    let name = session.state.book_name.clone();
    let title = if name.is_empty() {
        "Sign in".to_owned()
    } else {
        format!("Sign in to {name}")
    };
    html! {
        <Frame title="Sign in" foot={AttrValue::Static("The password is checked on this computer and never kept.")}>
            <form class="gate__card" novalidate={true} aria-labelledby="sign-in-title" {onsubmit}>
                <Mark is_large={true} />
                <div class="gate__head">
                    <h1 class="gate__title" id="sign-in-title">{ title }</h1>
                    if let Some(book) = &book { <p class="gate__text truncate" title={book.startup.location.clone()}>{ book.short_location() }</p> }
                </div>
                if let Some(error) = other { { Notice::of_error(error, Tone::Danger) } }
                <TextField
                    label="Email" name="email" kind={TextKind::Email} autocomplete="username" value={(*email).clone()} error={email_error}
                    autofocus={!is_known} on_input={let email = email.setter(); move |text| email.set(text)}
                />
                <PasswordField
                    label="Password" value={(*password).clone()} error={password_error} autofocus={is_known}
                    help={AttrValue::Static("Five tries are free; then each wait is longer.")}
                    on_input={let password = password.setter(); move |text| password.set(text)}
                />
                <Button
                    label={if wait > 0 { throttle::label(wait) } else { "Sign in".to_owned() }}
                    kind={ButtonKind::Primary} size={ControlSize::Large} width={ButtonWidth::Wide} role={ButtonRole::Submit}
                    busy={sign_in.is_busy.then_some(AttrValue::Static("Signing in…"))}
                    unavailable={(wait > 0).then_some(AttrValue::Static("Too many wrong tries. The wait is counted down here."))}
                    kbd={(wait == 0).then_some(AttrValue::Static("↵"))}
                />
                if let Some(book) = book {
                    <p class="gate__alt">{ other_book(&book) }</p>
                }
            </form>
        </Frame>
    }
}

/// A wrong password is told at its field, a missing value at its own, everything else above the form.
fn place(error: Option<&Error>) -> (Option<AttrValue>, Option<AttrValue>, Option<&Error>) {
    match error {
        None => (None, None, None),
        Some(error @ (Error::WrongPassword { .. } | Error::Throttled { .. })) => {
            let words = words::error(error);
            (None, Some(format!("{}. {}", words.title, words.advice).into()), None)
        }
        Some(Error::Invalid { fields }) => {
            let of = |name: &str| {
                fields
                    .iter()
                    .find(|error| error.field == name)
                    .map(|error| AttrValue::from(words::at_field(error)))
            };
            (of("email"), of("password"), None)
        }
        Some(error) => (None, None, Some(error)),
    }
}

/// The way into the other book. The owner of the sample signs in by opening it.
fn other_book(book: &crate::hooks::OpenedBook) -> Html {
    let go = |choice: BookChoice| {
        let open = book.open.clone();
        Callback::from(move |()| open.emit(choice))
    };
    if book.is_sample() {
        html! {
            <>
                <Button label="Enter the sample" kind={ButtonKind::Link} on_press={go(BookChoice::Sample)} />
                <Button label="Leave the sample" kind={ButtonKind::Link} on_press={go(BookChoice::Own)} />
            </>
        }
    } else {
        html! { <Button label="Explore with sample data" kind={ButtonKind::Link} on_press={go(BookChoice::Sample)} /> }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use contract::Problem;

    #[test]
    fn refusals_are_told_where_they_belong() {
        let (email, password, other) = place(Some(&Error::WrongPassword { retry_after: 0 }));
        assert!(email.is_none() && password.is_some() && other.is_none());
        let missing = Error::field("email", Problem::Required);
        let (email, password, other) = place(Some(&missing));
        assert!(email.is_some() && password.is_none() && other.is_none());
        assert!(place(Some(&Error::Locked)).2.is_some());
    }
}
