//! Whether a customer is active, inactive or archived, and how that is changed from anywhere.

use contract::{
    CustomerId,
    customer::{Customer, CustomerRow, DeleteCustomer, RestoreCustomer, UpdateCustomer},
    words,
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

/// Brings an archived customer back, with Undo.
#[hook]
pub fn use_return_from_archive() -> Change<RestoreCustomer> {
    let mutation = use_mutation::<RestoreCustomer>();
    let toasts = use_toasts();
    let undoing = Undoing::new(toasts.clone(), use_book_changes());
    let restore = mutation.clone();
    let run = Callback::from(move |subject: Subject| {
        let (toasts, undoing) = (toasts.clone(), undoing.clone());
        let request = RestoreCustomer {
            id: subject.id,
            version: subject.version,
        };
        restore.run_with(request, move |answer| match answer {
            Ok(customer) => {
                let (undoing, shown, name) = (undoing.clone(), toasts.clone(), customer.full_name.clone());
                let again = DeleteCustomer {
                    id: customer.id,
                    version: customer.version,
                };
                let undo = move |()| {
                    let (shown, name) = (shown.clone(), name.clone());
                    undoing.run(again.clone(), move |_| {
                        shown.show(Toast::done(format!("{name} is archived again")).icon(Icon::Archive));
                    });
                };
                let is_whole = customer.lost_domains.is_empty();
                let said = returned(&customer);
                toasts.show(if is_whole { said.undo(undo) } else { said });
            }
            Err(error) => toasts.show(Toast::failed(&error)),
        });
    });
    Change { mutation, run }
}

/// Says that a customer is back, and which domains are not: that stays until it is read.
pub fn returned(customer: &Customer) -> Toast {
    let name = &customer.full_name;
    let lost = match customer.lost_domains.as_slice() {
        [] => return Toast::done(format!("{name} is back")).icon(Icon::Undo),
        [only] => format!("{only}, which belongs"),
        [first, second] => format!("{first} and {second}, which belong"),
        [first, second, others @ ..] => format!("{first}, {second} and {}, which belong", words::count(count(others), "more domain")),
    };
    Toast::done(format!("{name} is back without {lost} to another customer now"))
        .icon(Icon::Alert)
        .lasting()
}

fn count<T>(items: &[T]) -> u64 {
    u64::try_from(items.len()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use serde_json::json;

    fn back(lost: &[&str]) -> Toast {
        let id = "0193a7c0-1111-7222-8333-444455556601";
        let at = "2026-11-22T09:00:00.000Z";
        let customer: Customer = serde_json::from_value(json!({
            "id": id, "email": "a@b.example", "full_name": "Lena", "company_name": null, "is_active": true, "is_admin": false,
            "created_at": at, "updated_at": at, "archived_at": null, "total_licenses": 0, "active_licenses": 0, "total_subscriptions": 0,
            "active_subscriptions": 0, "total_domains": 0, "total_payments": [], "total_invoices": 0, "outstanding_invoices": 0,
            "outstanding": [], "overdue": [], "last_payment_date": null, "licenses": [], "lost_domains": lost, "version": 3
        }))
        .unwrap();
        returned(&customer)
    }

    #[test]
    fn who_is_back_without_a_domain_is_told_which() {
        assert_eq!(back(&[]), Toast::done("Lena is back").icon(Icon::Undo));
        for (lost, want) in [
            (vec!["a.example"], "a.example, which belongs"),
            (vec!["a.example", "b.example"], "a.example and b.example, which belong"),
            (
                vec!["a.example", "b.example", "c.example"],
                "a.example, b.example and 1 more domain, which belong",
            ),
            (
                vec!["a.example", "b.example", "c.example", "d.example"],
                "a.example, b.example and 2 more domains, which belong",
            ),
        ] {
            let said = back(&lost);
            let want = format!("Lena is back without {want} to another customer now");
            assert_eq!((said.text.as_str(), said.stays), (want.as_str(), None));
        }
    }
}
