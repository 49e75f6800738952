//! The lock: the password of the person who locked it, or sign out.

use contract::{
    Error,
    session::{Password, Unlock},
    words,
};
use yew::prelude::*;

use crate::{
    components::{Avatar, Button, ButtonKind, ButtonRole, ButtonWidth, ControlSize, Icon, PasswordField},
    hooks::{use_mutation, use_session, use_submission},
    pages::gate::{frame::Frame, throttle},
};

/// The lock.
#[component]
pub fn LockScreen() -> Html {
    let session = use_session();
    let unlock = use_mutation::<Unlock>();
    let (wait, begin_wait) = throttle::use_wait(session.state.retry_after);
    let password = use_state_eq(String::new);
    let name = session
        .state
        .administrator
        .as_ref()
        .map(|administrator| administrator.full_name.clone())
        .unwrap_or_default();
    let on_submit = {
        let (password, unlock, session) = (password.clone(), unlock.clone(), session.clone());
        Callback::from(move |()| {
            if wait > 0 {
                return;
            }
            let (password, session, begin_wait) = (password.clone(), session.clone(), begin_wait.clone());
            let request = Unlock {
                password: Password((*password).clone()),
            };
            unlock.run_with(request, move |answer| match answer {
                Ok(state) => session.on_change.emit(state),
                Err(Error::WrongPassword { retry_after } | Error::Throttled { retry_after }) => {
                    password.set(String::new());
                    begin_wait.emit(retry_after);
                }
                Err(_) => {}
            });
        })
    };
    let onsubmit = use_submission(on_submit).onsubmit;
    let error = unlock.error.as_ref().map(|error| match error {
        Error::WrongPassword { retry_after: 0 } => AttrValue::Static("That password does not match. Check whether Caps Lock is on."),
        Error::Invalid { .. } => AttrValue::Static("Enter your password."),
        other => {
            let words = words::error(other);
            format!("{}. {}", words.title, words.advice).into()
        }
    });
    html! {
        <Frame title="Locked">
            <form class="gate__card lock" novalidate={true} aria-labelledby="lock-title" {onsubmit}>
                <div class="lock__head">
                    <Avatar name={name.clone()} class={classes!("lock__avatar")} />
                    <h1 class="gate__title" id="lock-title">{ if name.is_empty() { "Locked".to_owned() } else { name } }</h1>
                    <p class="gate__text">{ "Locked. Your open work is still here." }</p>
                </div>
                <PasswordField
                    label="Password" is_label_hidden={true} value={(*password).clone()} {error} autofocus={true}
                    on_input={let password = password.setter(); move |text| password.set(text)}
                />
                <Button
                    label={if wait > 0 { throttle::label(wait) } else { "Unlock".to_owned() }}
                    icon={Some(Icon::Unlock)} kind={ButtonKind::Primary} size={ControlSize::Large} width={ButtonWidth::Wide} role={ButtonRole::Submit}
                    busy={unlock.is_busy.then_some(AttrValue::Static("Unlocking…"))}
                    unavailable={(wait > 0).then_some(AttrValue::Static("Too many wrong tries. The wait is counted down here."))}
                    kbd={(wait == 0).then_some(AttrValue::Static("↵"))}
                />
                <Button label="Sign out instead" kind={ButtonKind::Link} on_press={session.sign_out.clone()} />
            </form>
        </Frame>
    }
}
