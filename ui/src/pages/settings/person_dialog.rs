//! Makes or changes an administrator.

use contract::{
    Error, Validate,
    customer::{AdministratorRow, CreateCustomer, Customer, UpdateCustomer},
    session::Password,
    words,
};
use yew::prelude::*;

use crate::{
    components::{Button, ButtonKind, ButtonRole, Dialog, Notice, PasswordField, TextField, TextKind, Tone, focus_first_invalid},
    hooks::{Toast, use_mutation, use_submit, use_toasts},
    pages::gate::use_strength,
};

/// Makes or changes an administrator.
#[derive(Properties, PartialEq)]
pub struct PersonDialogProps {
    /// Who is changed; nobody, if one is made.
    pub person: Option<AdministratorRow>,
    /// Takes the dialog away.
    pub on_close: Callback<()>,
}

/// Makes or changes an administrator.
#[component]
pub fn PersonDialog(props: &PersonDialogProps) -> Html {
    let toasts = use_toasts();
    let create = use_mutation::<CreateCustomer>();
    let update = use_mutation::<UpdateCustomer>();
    let name = use_state_eq(|| props.person.as_ref().map(|person| person.full_name.clone()).unwrap_or_default());
    let email = use_state_eq(|| props.person.as_ref().map(|person| person.email.clone()).unwrap_or_default());
    let password = use_state_eq(String::new);
    let is_submitted = use_state_eq(|| false);
    let strength = use_strength((*password).clone().into(), true, vec![(*name).clone(), (*email).clone()]);
    let creation = CreateCustomer {
        email: email.trim().to_owned(),
        full_name: name.trim().to_owned(),
        company_name: None,
        password: Password((*password).clone()),
        is_active: true,
        is_admin: true,
    };
    let change = props.person.as_ref().map(|person| UpdateCustomer {
        email: Some(email.trim().to_owned()).filter(|email| *email != person.email),
        full_name: Some(name.trim().to_owned()).filter(|name| *name != person.full_name),
        password: Some(Password((*password).clone())).filter(|password| !password.0.is_empty()),
        ..UpdateCustomer::nothing(person.id, person.version)
    });
    let own = if *is_submitted {
        change
            .as_ref()
            .map_or_else(|| creation.validate(), Validate::validate)
            .err()
            .unwrap_or_default()
    } else {
        Vec::new()
    };
    let refusal = create.error.clone().or_else(|| update.error.clone());
    let error = |field: &str| {
        let refused = match &refusal {
            Some(Error::Invalid { fields }) => fields.as_slice(),
            _ => &[],
        };
        let taken = field == "email"
            && matches!(
                &refusal,
                Some(Error::Conflict {
                    conflict: contract::Conflict::EmailTaken { .. }
                })
            );
        if taken {
            return refusal.as_ref().map(|error| {
                let words = words::error(error);
                AttrValue::from(format!("{}. {}", words.title, words.advice))
            });
        }
        own.iter()
            .chain(refused)
            .find(|error| error.field == field)
            .map(|error| AttrValue::from(words::problem(&error.problem)))
    };
    let general = refusal.as_ref().filter(|error| {
        !matches!(
            error,
            Error::Invalid { .. }
                | Error::Conflict {
                    conflict: contract::Conflict::EmailTaken { .. }
                }
                | Error::ConfirmationNeeded
        )
    });
    let on_submit = {
        let (is_submitted, create, update, on_close) = (is_submitted.setter(), create.clone(), update.clone(), props.on_close.clone());
        Callback::from(move |()| {
            is_submitted.set(true);
            let (toasts, on_close) = (toasts.clone(), on_close.clone());
            let end = move |answer: Result<Customer, Error>, word: &str| match answer {
                Ok(made) => {
                    toasts.show(Toast::done(format!("{} {word}", made.full_name)));
                    on_close.emit(());
                }
                Err(_) => focus_first_invalid(),
            };
            match &change {
                None if creation.validate().is_ok() => create.run_with(creation.clone(), move |answer| end(answer, "may sign in now")),
                Some(change) if change.validate().is_ok() => update.run_with(change.clone(), move |answer| end(answer, "saved")),
                _ => focus_first_invalid(),
            }
        })
    };
    let on_submit = use_submit(on_submit);
    let is_busy = create.is_busy || update.is_busy;
    let (title, verb, busy) = if props.person.is_some() {
        ("Edit administrator", "Save", "Saving…")
    } else {
        ("New administrator", "Create administrator", "Creating…")
    };
    let foot = html! {
        <>
            <span class="spacer"></span>
            <Button label="Cancel" on_press={props.on_close.clone()} />
            <Button label={verb} kind={ButtonKind::Primary} role={ButtonRole::Submit} busy={is_busy.then_some(AttrValue::Static(busy))} />
        </>
    };
    let typed = |slot: &UseStateHandle<String>| {
        let (slot, create, update) = (slot.setter(), create.clone(), update.clone());
        Callback::from(move |text: String| {
            create.forget_error();
            update.forget_error();
            slot.set(text);
        })
    };
    html! {
        <Dialog {title} {foot} {on_submit} on_close={props.on_close.clone()}>
            if let Some(error) = general { { Notice::of_error(error, Tone::Danger) } }
            <TextField label="Full name" name="full_name" autofocus={true} value={(*name).clone()} error={error("full_name")} on_input={typed(&name)} />
            <TextField label="Email" name="email" kind={TextKind::Email} value={(*email).clone()} error={error("email")} on_input={typed(&email)} />
            <PasswordField
                label={if props.person.is_some() { "New password" } else { "Password" }} hint={props.person.is_some().then_some(AttrValue::Static("optional"))}
                autocomplete="new-password" value={(*password).clone()} error={error("password")} is_rated={true} {strength}
                help={AttrValue::Static(if props.person.is_some() { "Empty keeps the old one." } else { "At least 12 characters that are not easy to guess." })}
                on_input={typed(&password)}
            />
        </Dialog>
    }
}
