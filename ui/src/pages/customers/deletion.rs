//! The question before a customer is deleted, what stands there when that is refused, and the way back.

use contract::{
    Conflict, CustomerId, Error,
    customer::{DeleteCustomer, DeletionOutcome, RestoreCustomer},
    words,
};
use yew::prelude::*;

use super::{
    standing::{Subject, returned, use_activation},
    undo::Undoing,
};
use crate::{
    components::{Button, ButtonKind, Confirm, Dialog, DialogRole, DialogSize, Icon, Notice, Tone},
    hooks::{Toast, use_book_changes, use_mutation, use_toasts},
    pages::conflict::changed_since,
    route::CustomerTab,
};

/// Deletes a customer.
#[derive(Properties, PartialEq)]
pub struct DeletionProps {
    /// Whom.
    pub row: Subject,
    /// Takes the question away.
    pub on_close: Callback<()>,
    /// The customer is deleted: nothing of it can be shown any more.
    pub on_deleted: Callback<()>,
    /// Shows what stands in the way.
    pub on_show: Callback<CustomerTab>,
    /// The customer was brought back or changed, and has the focus.
    pub on_focus: Callback<CustomerId>,
}

/// Deletes a customer: asks first, and says what stands in the way.
#[component]
pub fn Deletion(props: &DeletionProps) -> Html {
    let delete = use_mutation::<DeleteCustomer>();
    let toasts = use_toasts();
    let undoing = Undoing::new(toasts.clone(), use_book_changes());
    let row = &props.row;
    if let Some(Error::Conflict {
        conflict: conflict @ (Conflict::ActiveLicenses { .. } | Conflict::ActiveSubscriptions { .. }),
    }) = &delete.error
    {
        return html! {
            <Blocked
                row={row.clone()}
                conflict={conflict.clone()}
                on_close={props.on_close.clone()}
                on_show={props.on_show.clone()}
                on_focus={props.on_focus.clone()}
            />
        };
    }
    // Who confirms once more after having been told what changed meanwhile, means the newer version.
    let version = match &delete.error {
        Some(Error::Conflict {
            conflict: Conflict::ChangedMeanwhile { version, .. },
        }) => *version,
        _ => row.version,
    };
    let on_confirm = {
        let (delete, on_close, on_focus, name) = (
            delete.clone(),
            props.on_close.clone(),
            props.on_focus.clone(),
            row.full_name.clone(),
        );
        let on_deleted = props.on_deleted.clone();
        let request = DeleteCustomer { id: row.id, version };
        Callback::from(move |()| {
            let (toasts, undoing, on_close, on_focus, name) =
                (toasts.clone(), undoing.clone(), on_close.clone(), on_focus.clone(), name.clone());
            let on_deleted = on_deleted.clone();
            delete.run(request.clone(), move |done| {
                let words = match done.outcome {
                    DeletionOutcome::Deleted => format!("{name} deleted"),
                    DeletionOutcome::Archived => format!("{name} archived: invoices and payments are kept"),
                };
                let (undoing, on_focus, shown) = (undoing.clone(), on_focus.clone(), toasts.clone());
                toasts.show(Toast::done(words).icon(Icon::Trash).undo(move |()| {
                    let (on_focus, shown) = (on_focus.clone(), shown.clone());
                    undoing.run(
                        RestoreCustomer {
                            id: done.id,
                            version: done.version,
                        },
                        move |customer| {
                            // That all of it is back is seen in the list.
                            if !customer.lost_domains.is_empty() {
                                shown.show(returned(&customer));
                            }
                            on_focus.emit(customer.id);
                        },
                    );
                }));
                on_close.emit(());
                on_deleted.emit(());
            });
        })
    };
    let on_look = {
        let (on_close, on_show) = (props.on_close.clone(), props.on_show.clone());
        Callback::from(move |()| {
            on_close.emit(());
            on_show.emit(CustomerTab::Details);
        })
    };
    html! {
        <Confirm
            title={format!("Delete {}?", row.full_name)}
            confirm_label="Delete customer"
            keep_label="Keep customer"
            busy={delete.is_busy.then_some(AttrValue::Static("Deleting…"))}
            error={delete.error.clone()}
            refusal={delete.error.as_ref().and_then(|error| changed_since(error, "Nothing was deleted.", "Look at the customer", &on_look))}
            {on_confirm}
            on_keep={props.on_close.clone()}
        >
            if row.is_kept {
                <p>{ "The customer leaves the list and all figures. Final invoices and payments have to be kept, so the record is archived with them." }</p>
            } else {
                <p>{ "The customer leaves the list and all figures, and is removed for good after 30 days." }</p>
            }
            <p class="muted">{ "You can undo this afterwards." }</p>
        </Confirm>
    }
}

#[derive(Properties, PartialEq)]
struct BlockedProps {
    row: Subject,
    conflict: Conflict,
    on_close: Callback<()>,
    on_show: Callback<CustomerTab>,
    on_focus: Callback<CustomerId>,
}

/// What stands in the way of a deletion, and what to do instead.
#[component]
fn Blocked(props: &BlockedProps) -> Html {
    let on_set = {
        let (on_close, on_focus) = (props.on_close.clone(), props.on_focus.clone());
        Callback::from(move |id| {
            on_close.emit(());
            on_focus.emit(id);
        })
    };
    let activation = use_activation(on_set);
    let update = &activation.mutation;
    let row = &props.row;
    let (count, noun, tab, show_label) = match &props.conflict {
        Conflict::ActiveSubscriptions { count } => (*count, "active subscription", CustomerTab::Subscriptions, "Show subscriptions"),
        Conflict::ActiveLicenses { count } => (*count, "active license", CustomerTab::Licenses, "Show licenses"),
        _ => (0, "active license", CustomerTab::Licenses, "Show licenses"),
    };
    let nouns = if tab == CustomerTab::Licenses {
        "licenses"
    } else {
        "subscriptions"
    };
    let version = match &update.error {
        Some(Error::Conflict {
            conflict: Conflict::ChangedMeanwhile { version, .. },
        }) => *version,
        _ => row.version,
    };
    let set_inactive = {
        let (run, row) = (activation.run.clone(), Subject { version, ..row.clone() });
        Callback::from(move |()| run.emit(row.clone()))
    };
    let show = |tab: CustomerTab| {
        let (on_close, on_show) = (props.on_close.clone(), props.on_show.clone());
        Callback::from(move |()| {
            on_close.emit(());
            on_show.emit(tab);
        })
    };
    let foot = html! {
        <>
            <Button label={show_label} kind={ButtonKind::Ghost} on_press={show(tab)} />
            <span class="spacer"></span>
            <Button label="Close" autofocus={true} on_press={props.on_close.clone()} />
            if row.is_active {
                <Button label="Set inactive" kind={ButtonKind::Primary} busy={update.is_busy.then_some(AttrValue::Static("Saving…"))} on_press={set_inactive} />
            }
        </>
    };
    let instead = if row.is_active {
        format!("Cancel the {nouns} first, or set the customer inactive: records stay, new licenses are refused.")
    } else {
        format!("Cancel the {nouns} first.")
    };
    html! {
        <Dialog title={format!("{} has {}", row.full_name, words::count(count.into(), noun))} size={DialogSize::Small} role={DialogRole::Alert} {foot} on_close={props.on_close.clone()}>
            <p class="secondary prose">{ format!("A customer with active {nouns} cannot be deleted, so that no product stops by accident. {instead}") }</p>
            if let Some(error) = &update.error {
                { changed_since(error, "Nothing was changed.", "Look at the customer", &show(CustomerTab::Details)).unwrap_or_else(|| Notice::of_error(error, Tone::Danger)) }
            }
        </Dialog>
    }
}
