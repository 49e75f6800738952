//! Makes or changes an administrator.

use contract::{
    Conflict, Error, FieldError, Validate,
    customer::{AdministratorRow, CreateCustomer, Customer, UpdateCustomer},
    session::Password,
    words,
};
use yew::prelude::*;

use crate::{
    components::{Button, ButtonKind, ButtonRole, Dialog, DraftNote, PasswordField, TextField, TextKind, focus_first_invalid},
    hooks::{Base, Draft, Toast, use_base, use_book_changes, use_confirmation, use_draft, use_mutation, use_toasts},
    pages::{
        conflict::{self, use_merging},
        customers::undo::Undoing,
        gate::use_strength,
    },
};

/// Makes or changes an administrator.
#[derive(Properties, PartialEq)]
pub struct PersonDialogProps {
    /// Who is changed, as they are now; nobody, if one is made.
    pub person: Option<AdministratorRow>,
    /// The newest values are wanted.
    pub on_reload: Callback<()>,
    /// Takes the dialog away.
    pub on_close: Callback<()>,
}

/// Makes or changes an administrator.
#[component]
pub fn PersonDialog(props: &PersonDialogProps) -> Html {
    let toasts = use_toasts();
    // Whoever changes the address back can sign in as that person again.
    let undoing = Undoing::new(toasts.clone(), use_book_changes()).asking(use_confirmation());
    let create = use_mutation::<CreateCustomer>();
    let update = use_merging::<UpdateCustomer>();
    let of = props
        .person
        .as_ref()
        .map_or_else(|| "new person".to_owned(), |person| format!("person {}", person.id));
    let draft = use_draft(of, || begin(props.person.as_ref()));
    // Not in the draft: a password is never kept.
    let password = use_state_eq(String::new);
    let rebase = {
        let (draft, update) = (draft.clone(), update.clone());
        Callback::from(move |newest: Option<AdministratorRow>| {
            draft.rebase(begin(newest.as_ref()));
            update.forget_error();
        })
    };
    let Base {
        record: base,
        reload: on_reload,
    } = use_base(&props.person, &props.on_reload, rebase);
    let known_words = vec![draft.get("full_name").to_owned(), draft.get("email").to_owned()];
    let strength = use_strength((*password).clone().into(), true, known_words);
    let typed = read(&draft, base.as_ref(), &password);
    let problems = typed.problems();
    let refusal = create.error.clone().or_else(|| update.error.clone());
    let error = |field: &'static str| said_at(field, refusal.as_ref()).or_else(|| draft.error(field, &problems));
    let on_submit = {
        let (draft, create, update, on_close) = (draft.clone(), create.clone(), update.clone(), props.on_close.clone());
        let (is_wrong, before) = (!problems.is_empty(), base.clone());
        Callback::from(move |()| {
            draft.submit();
            if is_wrong {
                return focus_first_invalid();
            }
            let (draft, toasts, on_saved) = (draft.clone(), toasts.clone(), on_close.clone());
            let end = move |answer: Result<Customer, Error>, say: &dyn Fn(&Customer) -> Toast| match answer {
                Ok(made) => {
                    draft.saved();
                    toasts.show(say(&made));
                    on_saved.emit(());
                }
                Err(_) => focus_first_invalid(),
            };
            match typed.clone() {
                Typed::New(creation) => create.run_with(creation, move |answer| {
                    end(answer, &|made| Toast::done(format!("{} may sign in now", made.full_name)));
                }),
                Typed::Change(change) if change == UpdateCustomer::nothing(change.id, change.version) => on_close.emit(()),
                Typed::Change(change) => {
                    let (undoing, before) = (undoing.clone(), before.clone());
                    let has_password = change.password.is_some();
                    update.merge_with(change, move |answer, is_merged| {
                        end(answer, &|saved| {
                            saved_words(saved, before.as_ref(), is_merged, has_password, &undoing)
                        });
                    });
                }
            }
        })
    };
    let is_busy = create.is_busy || update.is_busy;
    let (title, verb, busy) = if base.is_some() {
        ("Edit administrator", "Save", "Saving…")
    } else {
        ("New administrator", "Create administrator", "Creating…")
    };
    let foot = html! {
        <>
            if draft.is_restored() { <DraftNote on_start_over={draft.start_over()} /> }
            <span class="spacer"></span>
            <Button label="Cancel" on_press={props.on_close.clone()} />
            <Button label={verb} kind={ButtonKind::Primary} role={ButtonRole::Submit} busy={is_busy.then_some(AttrValue::Static(busy))} />
        </>
    };
    // A refusal goes when something is typed again.
    let forgetting = |take: Callback<String>| {
        let (create, update) = (create.clone(), update.clone());
        Callback::from(move |text: String| {
            create.forget_error();
            update.forget_error();
            take.emit(text);
        })
    };
    let on_password = {
        let password = password.setter();
        forgetting(Callback::from(move |text: String| password.set(text)))
    };
    let text = |label: &'static str, field: &'static str, kind: TextKind, autofocus: bool| {
        html! { <TextField {label} name={field} {kind} {autofocus} value={draft.get(field).to_owned()} help={draft.theirs(field)} error={error(field)} on_input={forgetting(draft.typed(field))} on_leave={draft.left(field)} /> }
    };
    let general = refusal.as_ref().filter(|error| !is_said(error));
    if let Some(conflict) = update.dialog("administrator", |field, value| match field {
        // Nobody sees a password again, and the own one only in its field.
        "password" => "A password".to_owned(),
        _ => conflict::value(value),
    }) {
        return conflict;
    }
    html! {
        <Dialog {title} {foot} {on_submit} on_close={props.on_close.clone()}>
            if let Some(error) = general { { conflict::refusal(error, &on_reload) } }
            { text("Full name", "full_name", TextKind::Line, true) }
            { text("Email", "email", TextKind::Email, false) }
            <PasswordField
                label={if base.is_some() { "New password" } else { "Password" }} hint={base.is_some().then_some(AttrValue::Static("optional"))}
                autocomplete="new-password" value={(*password).clone()} error={error("password")} is_rated={true} {strength}
                help={AttrValue::Static(if base.is_some() { "Empty keeps the old one." } else { "At least 12 characters that are not easy to guess." })}
                on_input={on_password}
            />
        </Dialog>
    }
}

/// Says that it is saved: with Undo, or why there is none.
fn saved_words(saved: &Customer, before: Option<&AdministratorRow>, is_merged: bool, has_password: bool, undoing: &Undoing) -> Toast {
    let name = &saved.full_name;
    match before {
        // What another person has saved meanwhile must not be taken back with it.
        _ if is_merged => Toast::done(format!("{name} saved, with what was changed meanwhile")),
        // The password from before is known to nobody.
        _ if has_password => Toast::done(format!("{name} saved. A new password cannot be undone.")),
        None => Toast::done(format!("{name} saved")),
        Some(before) => {
            let (undoing, back) = (undoing.clone(), back(before, saved));
            Toast::done(format!("{name} saved")).undo(move |()| undoing.run(back.clone(), |_| ()))
        }
    }
}

/// What takes a change back: the values from before of what it has changed.
fn back(before: &AdministratorRow, saved: &Customer) -> UpdateCustomer {
    let differs = |before: &String, saved: &String| (before != saved).then(|| before.clone());
    UpdateCustomer {
        email: differs(&before.email, &saved.email),
        full_name: differs(&before.full_name, &saved.full_name),
        ..UpdateCustomer::nothing(saved.id, saved.version)
    }
}

fn begin(person: Option<&AdministratorRow>) -> Draft {
    let (full_name, email) = person
        .map(|person| (person.full_name.clone(), person.email.clone()))
        .unwrap_or_default();
    Draft::new([("full_name", full_name), ("email", email)])
}

/// What is typed.
#[derive(Clone, Debug, PartialEq)]
enum Typed {
    New(CreateCustomer),
    Change(UpdateCustomer),
}

impl Typed {
    /// Every broken rule.
    fn problems(&self) -> Vec<FieldError> {
        let checked = match self {
            Self::New(creation) => creation.validate(),
            Self::Change(change) => change.validate(),
        };
        checked.err().unwrap_or_default()
    }
}

/// What is typed as a request: only what differs, where somebody is changed.
fn read(draft: &Draft, base: Option<&AdministratorRow>, password: &str) -> Typed {
    let text = |field: &str| draft.get(field).trim().to_owned();
    let password = Password(password.to_owned());
    let Some(person) = base else {
        return Typed::New(CreateCustomer {
            email: text("email"),
            full_name: text("full_name"),
            company_name: None,
            password,
            is_active: true,
            is_admin: true,
        });
    };
    Typed::Change(UpdateCustomer {
        email: Some(text("email")).filter(|email| *email != person.email),
        full_name: Some(text("full_name")).filter(|name| *name != person.full_name),
        password: Some(password).filter(|password| !password.0.is_empty()),
        ..UpdateCustomer::nothing(person.id, person.version)
    })
}

/// What the app refuses at a field.
fn said_at(field: &str, refusal: Option<&Error>) -> Option<AttrValue> {
    match refusal? {
        Error::Invalid { fields } => {
            let found = fields.iter().find(|error| error.field == field)?;
            Some(words::at_field(found).into())
        }
        taken if field == "email" && is_taken(taken) => {
            let said = words::error(taken);
            Some(format!("{}. {}", said.title, said.advice).into())
        }
        _ => None,
    }
}

fn is_taken(error: &Error) -> bool {
    matches!(
        error,
        Error::Conflict {
            conflict: Conflict::EmailTaken { .. }
        }
    )
}

/// Whether a refusal is said at a field, or was given by the person: the own password was not entered again.
fn is_said(error: &Error) -> bool {
    is_taken(error) || matches!(error, Error::Invalid { .. } | Error::ConfirmationNeeded)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use serde_json::json;

    fn ines() -> AdministratorRow {
        serde_json::from_value(json!({
            "id": "0193a7c0-1111-7222-8333-444455556601", "email": "ines@example.com", "full_name": "Ines Moreau", "company_name": null,
            "is_active": true, "created_at": "2026-11-22T09:00:00.000Z", "last_sign_in_at": null, "version": 3
        }))
        .unwrap()
    }

    fn typed(field: &'static str, text: &str) -> Draft {
        use yew::Reducible;
        let draft = std::rc::Rc::new(begin(Some(&ines())));
        (*draft.reduce(crate::hooks::DraftStep::Type(field, text.to_owned()))).clone()
    }

    #[test]
    fn only_what_differs_is_changed_and_an_empty_password_stays() {
        let nothing = UpdateCustomer::nothing(ines().id, 3);
        assert_eq!(
            read(&typed("email", " ines@example.com "), Some(&ines()), ""),
            Typed::Change(nothing.clone())
        );
        let renamed = read(&typed("full_name", "Ines M."), Some(&ines()), "nine patient lanterns");
        assert_eq!(
            renamed,
            Typed::Change(UpdateCustomer {
                full_name: Some("Ines M.".to_owned()),
                password: Some(Password("nine patient lanterns".to_owned())),
                ..nothing
            })
        );
    }

    #[test]
    fn a_change_is_taken_back_by_the_version_that_it_has_left() {
        let saved: Customer = serde_json::from_value(json!({
            "id": ines().id, "email": "ines@example.com", "full_name": "Ines M.", "company_name": null, "is_active": true, "is_admin": true,
            "created_at": "2026-11-22T09:00:00.000Z", "updated_at": "2026-11-22T09:00:00.000Z", "archived_at": null, "total_licenses": 0,
            "active_licenses": 0, "total_subscriptions": 0, "active_subscriptions": 0, "total_domains": 0, "total_payments": [],
            "total_invoices": 0, "outstanding_invoices": 0, "outstanding": [], "overdue": [], "last_payment_date": null, "licenses": [],
            "version": 4
        }))
        .unwrap();
        assert_eq!(
            back(&ines(), &saved),
            UpdateCustomer {
                full_name: Some("Ines Moreau".to_owned()),
                ..UpdateCustomer::nothing(ines().id, 4)
            }
        );
    }

    #[test]
    fn what_is_missing_is_told_at_its_field() {
        let fields = |typed: &Typed| -> Vec<String> { typed.problems().into_iter().map(|problem| problem.field).collect() };
        assert_eq!(fields(&read(&begin(None), None, "")), ["email", "full_name", "password"]);
        assert_eq!(fields(&read(&typed("full_name", " "), Some(&ines()), "")), ["full_name"]);
    }

    #[test]
    fn an_address_in_use_is_said_at_its_field_and_a_newer_version_above_all() {
        let taken = Error::from(Conflict::EmailTaken {
            id: ines().id,
            full_name: "Lena".to_owned(),
        });
        assert!(is_said(&taken) && said_at("email", Some(&taken)).is_some());
        assert_eq!(said_at("full_name", Some(&taken)), None);
        assert!(!is_said(&Error::Locked));
    }
}
