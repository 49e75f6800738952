//! Whether a customer is active, inactive or archived, and how that is changed from anywhere.

use contract::{
    CustomerId,
    customer::{Customer, CustomerRow, RestoreCustomer, UpdateCustomer},
};
use yew::prelude::*;

use super::undo::Undoing;
use crate::{
    components::Icon,
    hooks::{Mutation, Toast, use_book_changes, use_mutation, use_toasts},
};

/// What of a customer has to be known to change how it stands.
#[derive(Clone, Debug, PartialEq)]
pub struct Subject {
    /// Who.
    pub id: CustomerId,
    /// The version that was read.
    pub version: u32,
    /// The name.
    pub full_name: String,
    /// Whether the customer is active.
    pub is_active: bool,
    /// Whether a deletion archives it: final invoices and payments have to be kept.
    pub is_kept: bool,
}

impl From<&CustomerRow> for Subject {
    fn from(row: &CustomerRow) -> Self {
        Self {
            id: row.id,
            version: row.version,
            full_name: row.full_name.clone(),
            is_active: row.is_active,
            is_kept: row.total_invoices > 0 || !row.total_payments.is_empty(),
        }
    }
}

impl From<&Customer> for Subject {
    fn from(customer: &Customer) -> Self {
        Self {
            id: customer.id,
            version: customer.version,
            full_name: customer.full_name.clone(),
            is_active: customer.is_active,
            is_kept: customer.total_invoices > 0 || !customer.total_payments.is_empty(),
        }
    }
}

/// A change of how a customer stands.
pub struct Change<R: contract::Operation> {
    /// Its progress.
    pub mutation: Mutation<R>,
    /// Makes it.
    pub run: Callback<Subject>,
}

/// Sets a customer inactive, or active again, with Undo. Where it is refused, the mutation says why.
#[hook]
pub fn use_activation(on_done: Callback<CustomerId>) -> Change<UpdateCustomer> {
    let mutation = use_mutation::<UpdateCustomer>();
    let toasts = use_toasts();
    let undoing = Undoing::new(toasts.clone(), use_book_changes());
    let update = mutation.clone();
    let run = Callback::from(move |subject: Subject| {
        let set = move |version: u32, is_active: bool| UpdateCustomer {
            is_active: Some(is_active),
            ..UpdateCustomer::nothing(subject.id, version)
        };
        let was_active = subject.is_active;
        let (toasts, undoing, on_done) = (toasts.clone(), undoing.clone(), on_done.clone());
        update.run(set(subject.version, !was_active), move |customer| {
            let (undoing, back) = (undoing.clone(), set(customer.version, was_active));
            let word = if was_active { "inactive" } else { "active" };
            toasts.show(
                Toast::done(format!("{} set {word}", customer.full_name))
                    .icon(Icon::Power)
                    .undo(move |()| undoing.run(back.clone(), |_| ())),
            );
            on_done.emit(customer.id);
        });
    });
    Change { mutation, run }
}

/// Brings an archived customer back.
#[hook]
pub fn use_return_from_archive() -> Change<RestoreCustomer> {
    let mutation = use_mutation::<RestoreCustomer>();
    let toasts = use_toasts();
    let restore = mutation.clone();
    let run = Callback::from(move |subject: Subject| {
        let (toasts, name) = (toasts.clone(), subject.full_name);
        let request = RestoreCustomer {
            id: subject.id,
            version: subject.version,
        };
        restore.run_with(request, move |answer| match answer {
            Ok(_) => toasts.show(Toast::done(format!("{name} is back")).icon(Icon::Undo)),
            Err(error) => toasts.show(Toast::failed(&error)),
        });
    });
    Change { mutation, run }
}
