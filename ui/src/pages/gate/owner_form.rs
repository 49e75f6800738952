//! The sign-in of whoever owns the tables of a book on a server: asked for where the user of every day may not make or change them.

use contract::{
    FieldError, Validate,
    connection::BookPlace,
    desktop::{OpenPlace, OwnerSignIn, StartupState},
    words,
};
use yew::prelude::*;

use crate::{
    components::{Button, ButtonKind, ButtonRole, ButtonWidth, ControlSize, PasswordField, TextField},
    hooks::use_submission,
};

/// The sign-in of the owner.
#[derive(Properties, PartialEq)]
pub struct OwnerFormProps {
    /// How it stands with the book.
    pub startup: StartupState,
    /// Opens the book, once with this sign-in.
    pub on_open: Callback<OpenPlace>,
}

/// The sign-in of the owner, for one opening.
#[component]
pub fn OwnerForm(props: &OwnerFormProps) -> Html {
    let user = use_state_eq(String::new);
    let password = use_state_eq(String::new);
    let wrong = use_state(Vec::<FieldError>::new);
    let on_submit = {
        let (startup, on_open) = (props.startup.clone(), props.on_open.clone());
        let (user, password, wrong) = (user.clone(), password.clone(), wrong.setter());
        Callback::from(move |()| {
            let request = opening(&startup, &user, &password);
            match request.validate() {
                Ok(()) => on_open.emit(request),
                Err(fields) => wrong.set(fields),
            }
        })
    };
    let onsubmit = use_submission(on_submit).onsubmit;
    let error = |field: &str| {
        wrong
            .iter()
            .find(|error| error.field == field)
            .map(|error| AttrValue::from(words::at_field(error)))
    };
    let label = if props.startup.makes_new {
        "Make the book"
    } else {
        "Bring the book up to date"
    };
    html! {
        <form class="form-grid" novalidate={true} {onsubmit}>
            <TextField
                label="Owner of the tables" name="owner_user" value={(*user).clone()} autofocus={true} error={error("owner.user")} help={help(&props.startup.place)}
                on_input={let user = user.setter(); move |text| user.set(text)}
            />
            <PasswordField
                label="Password of the owner" name="owner_password" autocomplete="off" value={(*password).clone()} error={error("owner.password")}
                help="Used once, now. It is kept nowhere, not in the keyring either."
                on_input={let password = password.setter(); move |text| password.set(text)}
            />
            <Button {label} kind={ButtonKind::Primary} size={ControlSize::Large} width={ButtonWidth::Wide} role={ButtonRole::Submit} />
        </form>
    }
}

/// What the owner does for whoever works with the book every day.
fn help(place: &BookPlace) -> String {
    let BookPlace::Server { connection } = place else {
        return String::new();
    };
    format!(
        "Makes or changes the tables, and gives {} the rights to work with them, no others.",
        connection.user
    )
}

fn opening(startup: &StartupState, user: &str, password: &str) -> OpenPlace {
    OpenPlace {
        place: startup.place.clone(),
        password: None,
        keep: None,
        make_new: startup.makes_new,
        anew: false,
        owner: Some(OwnerSignIn {
            user: user.trim().to_owned(),
            password: password.into(),
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use contract::{
        connection::{Connection, PORT, SCHEMA, TlsChoice},
        desktop::{BookChoice, StartupProblem},
    };

    #[test]
    fn the_owner_is_asked_for_the_same_place_and_the_same_purpose() {
        let place = BookPlace::Server {
            connection: Connection {
                host: "localhost".to_owned(),
                port: PORT,
                database: "books".to_owned(),
                user: "ann".to_owned(),
                schema: SCHEMA.to_owned(),
                tls: TlsChoice::Offered,
                authority: None,
                certificate: None,
                accepted_host: None,
            },
        };
        let startup = StartupState {
            ready: false,
            problem: Some(StartupProblem::OwnerNeeded),
            location: place.to_string(),
            place: place.clone(),
            book: BookChoice::Own,
            session: None,
            tls: None,
            keyring: None,
            not_removed: None,
            detail: None,
            makes_new: true,
            backups: Vec::new(),
            recovery: None,
            reference: None,
            log_folder: String::new(),
            version: String::new(),
        };
        let request = opening(&startup, " olga ", "a secret");
        assert_eq!(request.validate(), Ok(()));
        assert_eq!((&request.place, request.make_new, request.keep), (&place, true, None));
        assert_eq!(request.owner.map(|owner| owner.user).as_deref(), Some("olga"));
        let nobody = opening(&startup, " ", "a secret").validate();
        assert_eq!(nobody.unwrap_err()[0].field, "owner.user");
        assert!(help(&place).contains("ann"));
    }
}
