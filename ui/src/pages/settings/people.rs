//! Who may sign in.

use contract::customer::{AdministratorRow, ListAdministrators, UpdateCustomer};
use yew::prelude::*;

use crate::{
    components::{Badge, Button, ButtonKind, Dot, FailedState, Icon, IconButton, Notice, SkeletonRows, Tone},
    hooks::{Query, Toast, use_formats, use_mutation, use_now, use_query, use_session, use_toasts},
    pages::settings::person_dialog::PersonDialog,
};

/// Which dialog is open.
#[derive(Clone, PartialEq)]
enum Open {
    New,
    Edit(AdministratorRow),
}

/// Who may sign in.
#[component]
pub fn PeopleSection() -> Html {
    let people = use_query(ListAdministrators {});
    let open = use_state_eq(|| None::<Open>);
    let show = |what: Option<Open>| {
        let open = open.setter();
        Callback::from(move |()| open.set(what.clone()))
    };
    let body = match &people.state {
        Query::Loading => html! { <SkeletonRows label="Loading people" rows={2} /> },
        Query::Failed(error) => html! { <FailedState error={error.clone()} on_retry={people.reload.clone()} /> },
        Query::Ready(page) => html! {
            <table class="dtable">
                <thead><tr><th scope="col">{ "Name" }</th><th scope="col">{ "Status" }</th><th scope="col" class="opt">{ "Last sign-in" }</th><th scope="col"><span class="sr-only">{ "Actions" }</span></th></tr></thead>
                <tbody>
                    { for page.items.iter().map(|person| html! {
                        <PersonRow key={person.id.to_string()} person={person.clone()} on_edit={show(Some(Open::Edit(person.clone())))} />
                    }) }
                </tbody>
            </table>
        },
    };
    html! {
        <>
            <section class="settings__head">
                <div>
                    <h2 class="section-title">{ "People" }</h2>
                    <p class="section-text">{ "Administrators may sign in and see everything. They are not customers and are in no figure." }</p>
                </div>
                <Button label="New administrator" kind={ButtonKind::Primary} icon={Some(Icon::Plus)} on_press={show(Some(Open::New))} />
            </section>
            if let Some(error) = &people.reload_error { { Notice::of_error(error, Tone::Warning) } }
            <section class="panel" aria-busy={people.is_reloading.then_some("true")}>{ body }</section>
            <div>
                { match (*open).clone() {
                    None => html! {},
                    Some(Open::New) => html! { <PersonDialog person={None::<AdministratorRow>} on_close={show(None)} /> },
                    Some(Open::Edit(person)) => html! { <PersonDialog person={Some(person)} on_close={show(None)} /> },
                } }
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
    let toasts = use_toasts();
    let formats = use_formats();
    let now = use_now();
    let update = use_mutation::<UpdateCustomer>();
    let is_own = session.state.administrator.as_ref().is_some_and(|own| own.id == person.id);
    let switch = {
        let (update, toasts, person) = (update.clone(), toasts.clone(), person.clone());
        Callback::from(move |()| {
            let is_active = !person.is_active;
            let request = UpdateCustomer {
                is_active: Some(is_active),
                ..UpdateCustomer::nothing(person.id, person.version)
            };
            let (toasts, name) = (toasts.clone(), person.full_name.clone());
            update.run_with(request, move |answer| {
                toasts.show(match &answer {
                    Ok(_) => Toast::done(format!("{name} is {} now", if is_active { "active" } else { "inactive" })).icon(Icon::Power),
                    Err(error) => Toast::failed(error),
                });
            });
        })
    };
    let last = person.last_sign_in_at.map(|at| (formats.ago(at, now), formats.moment(at)));
    html! {
        <tr>
            <td><bdi class="medium">{ person.full_name.clone() }</bdi>{ if is_own { " (you)" } else { "" } }<small>{ person.email.clone() }</small></td>
            <td><Badge label={if person.is_active { "Active" } else { "Inactive" }} tone={if person.is_active { Tone::Positive } else { Tone::Neutral }} dot={if person.is_active { Dot::Filled } else { Dot::Ring }} /></td>
            <td class="opt secondary">
                if let Some((ago, moment)) = last { <span title={moment}>{ ago }</span> } else { <span class="muted">{ "never" }</span> }
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
