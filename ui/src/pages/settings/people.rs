//! Who may sign in.

use contract::{
    CustomerId,
    customer::{AdministratorRow, ListAdministrators, UpdateCustomer},
};
use yew::prelude::*;

use crate::{
    components::{Badge, Button, ButtonKind, Dot, FailedState, Icon, IconButton, Notice, SkeletonRows, Tone},
    hooks::{Query, Toast, use_book_changes, use_confirmation, use_formats, use_mutation, use_now, use_query, use_session, use_toasts},
    pages::{customers::undo::Undoing, settings::person_dialog::PersonDialog},
};

/// Which dialog is open.
#[derive(Clone, Copy, PartialEq)]
enum Open {
    Nothing,
    New,
    Edit(CustomerId),
}

/// Who may sign in.
#[component]
pub fn PeopleSection() -> Html {
    let people = use_query(ListAdministrators {});
    let open = use_state_eq(|| Open::Nothing);
    let show = |what: Open| {
        let open = open.setter();
        Callback::from(move |()| open.set(what))
    };
    let body = match &people.state {
        Query::Loading => html! { <SkeletonRows label="Loading people" rows={2} /> },
        Query::Failed(error) => html! { <FailedState error={error.clone()} on_retry={people.reload.clone()} /> },
        Query::Ready(page) => html! {
            <table class="dtable">
                <thead><tr><th scope="col">{ "Name" }</th><th scope="col">{ "Status" }</th><th scope="col" class="opt">{ "Last sign-in" }</th><th scope="col"><span class="sr-only">{ "Actions" }</span></th></tr></thead>
                <tbody>
                    { for page.items.iter().map(|person| html! {
                        <PersonRow key={person.id.to_string()} person={person.clone()} on_edit={show(Open::Edit(person.id))} />
                    }) }
                </tbody>
            </table>
        },
    };
    let edited = match *open {
        Open::Edit(id) => people
            .state
            .ready()
            .and_then(|page| page.items.iter().find(|person| person.id == id)),
        Open::Nothing | Open::New => None,
    };
    let key = edited.map_or_else(|| "new".to_owned(), |person| person.id.to_string());
    html! {
        <>
            <section class="settings__head">
                <div>
                    <h2 class="section-title">{ "People" }</h2>
                    <p class="section-text">{ "Administrators may sign in and see everything. They are not customers and are in no figure." }</p>
                </div>
                <Button label="New administrator" kind={ButtonKind::Primary} icon={Some(Icon::Plus)} on_press={show(Open::New)} />
            </section>
            if let Some(error) = &people.reload_error { { Notice::of_error(error, Tone::Warning) } }
            <section class="panel" aria-busy={people.is_reloading.then_some("true")}>{ body }</section>
            <div>
                if *open == Open::New || edited.is_some() {
                    <PersonDialog {key} person={edited.cloned()} on_reload={people.reload.clone()} on_close={show(Open::Nothing)} />
                }
            </div>
        </>
    }
}

#[derive(Properties, PartialEq)]
struct PersonRowProps {
    person: AdministratorRow,
    on_edit: Callback<()>,
}

#[component]
fn PersonRow(props: &PersonRowProps) -> Html {
    let person = &props.person;
    let session = use_session();
    let formats = use_formats();
    let now = use_now();
    let set_active = use_activity();
    let is_own = session.state.administrator.as_ref().is_some_and(|own| own.id == person.id);
    let switch = {
        let person = person.clone();
        Callback::from(move |()| set_active.emit(person.clone()))
    };
    let last = person.last_sign_in_at.map(|at| (formats.ago(at, now), formats.moment(at)));
    html! {
        <tr>
            <td><bdi class="medium">{ person.full_name.clone() }</bdi>{ if is_own { " (you)" } else { "" } }<small>{ person.email.clone() }</small></td>
            <td><Badge label={if person.is_active { "Active" } else { "Inactive" }} tone={if person.is_active { Tone::Positive } else { Tone::Neutral }} dot={if person.is_active { Dot::Filled } else { Dot::Ring }} /></td>
            <td class="opt secondary">
                if let Some((ago, moment)) = last { <span title={moment}>{ ago }</span> } else { <span class="muted">{ "Never" }</span> }
            </td>
            <td class="row-actions">
                <IconButton
                    icon={Icon::Power} label={format!("{} {}", if person.is_active { "Set inactive:" } else { "Set active:" }, person.full_name)}
                    unavailable={is_own.then_some(AttrValue::Static("this is your own account"))} on_press={switch}
                />
                <IconButton icon={Icon::Pencil} label={format!("Edit {}", person.full_name)} on_press={props.on_edit.clone()} />
            </td>
        </tr>
    }
}

/// Sets a person active or inactive, with Undo.
#[hook]
fn use_activity() -> Callback<AdministratorRow> {
    let update = use_mutation::<UpdateCustomer>();
    let toasts = use_toasts();
    let undoing = Undoing::new(toasts.clone(), use_book_changes()).asking(use_confirmation());
    Callback::from(move |person: AdministratorRow| {
        let (id, was) = (person.id, person.is_active);
        let request = move |version: u32, is_active: bool| UpdateCustomer {
            is_active: Some(is_active),
            ..UpdateCustomer::nothing(id, version)
        };
        let (undoing, shown) = (undoing.clone(), toasts.clone());
        update.run_with(request(person.version, !was), move |answer| match answer {
            Ok(changed) => {
                let word = if changed.is_active { "active" } else { "inactive" };
                let (undoing, undone) = (undoing.clone(), request(changed.version, was));
                let undo = move |()| undoing.run(undone.clone(), |_| ());
                let toast = Toast::done(format!("{} is {word} now", changed.full_name)).icon(Icon::Power);
                shown.show(toast.undo(undo));
            }
            Err(error) => shown.show(Toast::failed(&error)),
        });
    })
}
