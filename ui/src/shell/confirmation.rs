//! Asks for the own password again before something grave.

use contract::{
    Error,
    session::{ConfirmPassword, Password},
    words,
};
use js_sys::Function;
use wasm_bindgen::JsValue;
use yew::{html::ChildrenProps, prelude::*};

use crate::{
    components::{Button, ButtonKind, ButtonRole, Dialog, DialogSize, PasswordField},
    hooks::{ConfirmationPrompt, use_mutation},
};

/// Around the app: offers the dialog to every mutation inside.
#[component]
pub fn ConfirmationGate(props: &ChildrenProps) -> Html {
    let waiting = use_state(|| None::<Function>);
    let prompt = {
        let waiting = waiting.setter();
        use_memo((), move |()| {
            ConfirmationPrompt::new(Callback::from(move |resolve: Function| waiting.set(Some(resolve))))
        })
    };
    let on_end = {
        let waiting = waiting.clone();
        Callback::from(move |is_right: bool| {
            if let Some(resolve) = &*waiting {
                // The function that resolves a promise does not throw.
                let _ = resolve.call1(&JsValue::UNDEFINED, &JsValue::from_bool(is_right));
            }
            waiting.set(None);
        })
    };
    html! {
        <ContextProvider<ConfirmationPrompt> context={(*prompt).clone()}>
            <div class="contents">{ props.children.clone() }</div>
            <div>if waiting.is_some() { <ConfirmationDialog {on_end} /> }</div>
        </ContextProvider<ConfirmationPrompt>>
    }
}

#[derive(Properties, PartialEq)]
struct ConfirmationDialogProps {
    on_end: Callback<bool>,
}

#[component]
fn ConfirmationDialog(props: &ConfirmationDialogProps) -> Html {
    let password = use_state_eq(String::new);
    let confirm = use_mutation::<ConfirmPassword>();
    let on_submit = {
        let (password, confirm, on_end) = (password.clone(), confirm.clone(), props.on_end.clone());
        Callback::from(move |()| {
            let (password, on_end) = (password.clone(), on_end.clone());
            confirm.run_with(
                ConfirmPassword {
                    password: Password((*password).clone()),
                },
                move |answer| match answer {
                    Ok(_) => on_end.emit(true),
                    Err(_) => password.set(String::new()),
                },
            );
        })
    };
    let error = confirm.error.as_ref().map(|error| match error {
        Error::WrongPassword { retry_after: 0 } => AttrValue::Static("That password does not match."),
        Error::Invalid { .. } => AttrValue::Static("Enter your password."),
        other => {
            let words = words::error(other);
            format!("{}. {}", words.title, words.advice).into()
        }
    });
    let cancel = {
        let on_end = props.on_end.clone();
        Callback::from(move |()| on_end.emit(false))
    };
    let foot = html! {
        <>
            <span class="spacer"></span>
            <Button label="Cancel" on_press={cancel.clone()} />
            <Button label="Continue" kind={ButtonKind::Primary} role={ButtonRole::Submit} busy={confirm.is_busy.then_some(AttrValue::Static("Checking…"))} />
        </>
    };
    html! {
        <Dialog title="Enter your password" size={DialogSize::Small} {foot} {on_submit} on_close={cancel}>
            <p class="secondary">{ "This needs your own password again. It counts for five minutes." }</p>
            <PasswordField label="Your password" value={(*password).clone()} {error} autofocus={true} on_input={let password = password.setter(); move |text| password.set(text)} />
        </Dialog>
    }
}
