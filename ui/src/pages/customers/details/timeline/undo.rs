//! What can be taken back, and the button that does.

use chrono::NaiveDate;
use contract::{
    CustomerId, Error, InvoiceId, LicenseId, SubscriptionId, Timestamp,
    change::Change,
    customer::{Customer, RestoreCustomer},
    invoice::{Invoice, SetInvoiceUncollectible},
    license::{License, RestoreLicense},
    promise::SetPaymentPromise,
    subscription::{RestoreSubscription, Subscription},
};
use yew::prelude::*;

use crate::{
    components::{Button, ControlSize, Icon},
    format::Formats,
    hooks::{Toast, Toasts, use_mutation, use_toasts},
    pages::customers::{standing::returned, undo::not_undone},
};

/// The records as they are.
pub struct Known<'a> {
    /// The customer.
    pub customer: &'a Customer,
    /// Its licenses.
    pub licenses: &'a [License],
    /// Its subscriptions.
    pub subscriptions: &'a [Subscription],
    /// The time.
    pub now: Timestamp,
    /// The day.
    pub today: NaiveDate,
}

/// A change that can be taken back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Undo {
    /// The deletion of a customer.
    Customer(CustomerId, u32),
    /// The cancellation of a license.
    License(LicenseId, u32),
    /// The cancellation of a subscription.
    Subscription(SubscriptionId, u32),
    /// That an invoice was given up, or, if so, that this was taken back.
    GivenUp(InvoiceId, u32, bool),
    /// That the payment of an invoice was promised until a day, or was not any more: the day before, if there was one.
    Promised(InvoiceId, u32, Option<NaiveDate>),
}

/// Whether a change can be taken back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Undoable {
    /// In this way.
    Yes(Undo),
    /// Not, for this reason.
    No(Reason),
}

/// Why a change cannot be taken back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    /// It was taken back.
    Undone(Timestamp),
    /// The record was changed after it.
    ChangedSince,
    /// What was canceled would be over by now.
    Over,
    /// A final document, and money that has moved, are never changed.
    Final,
    /// There is no way back from such a change but another one.
    NotReversible,
}

impl Reason {
    /// As it stands in the place of the button.
    pub fn words(self, formats: &Formats) -> String {
        match self {
            Self::Undone(at) => format!("Undone {}", formats.time_of(at)),
            Self::ChangedSince => "Changed since".to_owned(),
            Self::Over => "Period over".to_owned(),
            Self::Final => "Final".to_owned(),
            Self::NotReversible => "Not reversible".to_owned(),
        }
    }
}

/// How to take a change back: it is a cancellation or deletion, the newest change of its record, and the record still
/// stands as it left it, within its time. Else why not.
pub fn of(change: &Change, newest_first: &[Change], known: &Known) -> Undoable {
    let back = match change.operation.as_str() {
        "delete_customer" => "restore_customer",
        "cancel_license" => "restore_license",
        "cancel_subscription" => "restore_subscription",
        "set_invoice_uncollectible" => return of_giving_up(change, newest_first),
        "set_payment_promise" => return of_promise(change, newest_first, known.today),
        "record_payment" | "finalize_invoice" | "void_invoice" | "credit_invoice" | "apply_credit" | "refund_payment" => {
            return Undoable::No(Reason::Final);
        }
        _ => return Undoable::No(Reason::NotReversible),
    };
    let mut later = newest_first
        .iter()
        .filter(|other| other.noun == change.noun && other.subject_id == change.subject_id && other.number > change.number);
    // The one that came first after it.
    if let Some(next) = later.next_back() {
        return Undoable::No(if next.operation == back {
            Reason::Undone(next.at)
        } else {
            Reason::ChangedSince
        });
    }
    let found = match change.operation.as_str() {
        "delete_customer" => {
            let customer = known.customer;
            (customer.id.to_string() == change.subject_id && customer.archived_at.is_some())
                .then_some(Undo::Customer(customer.id, change.version))
        }
        "cancel_license" => known
            .licenses
            .iter()
            .find(|license| license.id.to_string() == change.subject_id)
            .filter(|license| license.canceled_at.is_some() && license.expires_at.is_none_or(|end| end > known.now))
            .map(|license| Undo::License(license.id, change.version)),
        _ => known
            .subscriptions
            .iter()
            .find(|subscription| subscription.id.to_string() == change.subject_id)
            .filter(|subscription| subscription.ended_at.is_some() || subscription.cancel_at_period_end)
            .filter(|subscription| subscription.current_period_end > known.today)
            .map(|subscription| Undo::Subscription(subscription.id, change.version)),
    };
    found.map_or(Undoable::No(Reason::Over), Undoable::Yes)
}

/// What was done first about an invoice after a change of it.
fn next_of_invoice<'a>(change: &Change, newest_first: &'a [Change]) -> Option<&'a Change> {
    let mut later = newest_first.iter().filter(|other| other.number > change.number);
    later.rfind(|other| other.subject_id == change.subject_id || names(other, &change.subject))
}

/// How to take back what was noted about the payment of an invoice: nothing about it may have changed since. A promise that is
/// over by now puts nothing off, so it need not come back.
fn of_promise(change: &Change, newest_first: &[Change], today: NaiveDate) -> Undoable {
    let Some(noted) = change.fields.iter().find(|field| field.field == "promised_until") else {
        return Undoable::No(Reason::NotReversible);
    };
    if let Some(next) = next_of_invoice(change, newest_first) {
        let is_back = next
            .fields
            .iter()
            .any(|field| field.field == noted.field && field.after == noted.before);
        return Undoable::No(if is_back { Reason::Undone(next.at) } else { Reason::ChangedSince });
    }
    let before = noted.before.as_ref().and_then(|day| day.as_str()?.parse::<NaiveDate>().ok());
    match change.subject_id.parse() {
        Ok(id) => Undoable::Yes(Undo::Promised(id, change.version, before.filter(|day| *day >= today))),
        Err(_) => Undoable::No(Reason::NotReversible),
    }
}

/// How to take back that an invoice was given up, or expected again: nothing about it may have changed since.
fn of_giving_up(change: &Change, newest_first: &[Change]) -> Undoable {
    if let Some(next) = next_of_invoice(change, newest_first) {
        return Undoable::No(if next.operation == change.operation {
            Reason::Undone(next.at)
        } else {
            Reason::ChangedSince
        });
    }
    let is_given_up = change
        .fields
        .iter()
        .any(|field| field.field == "status" && field.after.as_ref().and_then(|after| after.as_str()) == Some("uncollectible"));
    match change.subject_id.parse() {
        Ok(id) => Undoable::Yes(Undo::GivenUp(id, change.version, !is_given_up)),
        Err(_) => Undoable::No(Reason::NotReversible),
    }
}

/// Whether a change, such as that of a payment, names an invoice by its number.
fn names(change: &Change, number: &str) -> bool {
    let is_it = |value: &serde_json::Value| value.as_str() == Some(number);
    change
        .fields
        .iter()
        .filter_map(|field| field.after.as_ref())
        .any(|after| after.as_array().map_or_else(|| is_it(after), |numbers| numbers.iter().any(is_it)))
}

/// How to take the deletion of a customer back from the changes of the whole book, where its own timeline is gone with it.
pub fn of_deletion(change: &Change, newest_first: &[Change]) -> Option<Undo> {
    let is_newest = !newest_first
        .iter()
        .any(|other| other.subject_id == change.subject_id && other.number > change.number);
    (change.operation == "delete_customer" && is_newest)
        .then(|| change.subject_id.parse().ok())
        .flatten()
        .map(|id| Undo::Customer(id, change.version))
}

/// The button beside a change.
#[derive(Properties, PartialEq)]
pub struct UndoButtonProps {
    /// What it takes back.
    pub undo: Undo,
    /// The change in words.
    pub what: String,
}

/// The button beside a change that takes it back.
#[component]
pub fn UndoButton(props: &UndoButtonProps) -> Html {
    let customer = use_mutation::<RestoreCustomer>();
    let license = use_mutation::<RestoreLicense>();
    let subscription = use_mutation::<RestoreSubscription>();
    let invoice = use_mutation::<SetInvoiceUncollectible>();
    let promise = use_mutation::<SetPaymentPromise>();
    let toasts = use_toasts();
    let is_busy = customer.is_busy || license.is_busy || subscription.is_busy || invoice.is_busy || promise.is_busy;
    let on_press = {
        let undo = props.undo;
        Callback::from(move |()| {
            let toasts = toasts.clone();
            match undo {
                Undo::Customer(id, version) => customer.run_with(RestoreCustomer { id, version }, move |answer| {
                    toasts.show(match answer {
                        Ok(back) => returned(&back),
                        Err(error) => not_undone(&error),
                    });
                }),
                Undo::License(id, version) => license.run_with(
                    RestoreLicense {
                        id,
                        version: Some(version),
                    },
                    move |answer| {
                        say(&toasts, answer.map(|back| format!("License {}", back.plan_name)));
                    },
                ),
                Undo::GivenUp(id, version, uncollectible) => invoice.run_with(
                    SetInvoiceUncollectible {
                        id,
                        version,
                        uncollectible,
                    },
                    move |answer| as_before(&toasts, answer),
                ),
                Undo::Promised(id, version, promised_until) => promise.run_with(
                    SetPaymentPromise {
                        id,
                        version,
                        promised_until,
                    },
                    move |answer| as_before(&toasts, answer),
                ),
                Undo::Subscription(id, version) => subscription.run_with(
                    RestoreSubscription {
                        id,
                        version: Some(version),
                    },
                    move |answer| {
                        say(&toasts, answer.map(|back| format!("Subscription {}", back.plan_name)));
                    },
                ),
            }
        })
    };
    html! {
        <Button
            label="Undo"
            size={ControlSize::Small}
            icon={Some(Icon::Undo)}
            aria_label={Some(AttrValue::from(format!("Undo: {}", props.what)))}
            busy={is_busy.then_some(AttrValue::Static("Undoing…"))}
            {on_press}
        />
    }
}

fn as_before(toasts: &Toasts, answer: Result<Invoice, Error>) {
    toasts.show(match answer {
        Ok(back) => Toast::done(format!("{} is as before", back.number.unwrap_or_default())).icon(Icon::Undo),
        Err(error) => not_undone(&error),
    });
}

fn say(toasts: &Toasts, answer: Result<String, Error>) {
    toasts.show(match answer {
        Ok(name) => Toast::done(format!("{name} is back")).icon(Icon::Undo),
        Err(error) => not_undone(&error),
    });
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use serde_json::json;

    const AT: &str = "2026-11-22T09:00:00.000Z";
    const ID: &str = "0193a7c0-1111-7222-8333-444455556601";

    fn change(number: u64, operation: &str, version: u32) -> Change {
        serde_json::from_value(json!({
            "id": ID, "number": number, "at": AT, "actor": null, "operation": operation, "noun": "license",
            "subject_id": ID, "subject": "Studio", "customer_id": ID, "version": version, "fields": []
        }))
        .unwrap()
    }

    fn license(expires_at: &str, is_canceled: bool) -> License {
        serde_json::from_value(json!({
            "id": ID, "customer_id": ID, "customer_name": "Lena", "plan_id": ID, "plan_name": "Studio", "subscription_id": null,
            "key": "7Q4M2", "status": if is_canceled { "canceled" } else { "active" }, "billing_cycle": "monthly",
            "price": {"amount": 100, "currency": "EUR"}, "quotas": [], "starts_at": AT, "expires_at": expires_at, "suspended_at": null,
            "canceled_at": is_canceled.then_some(AT), "created_at": AT, "updated_at": AT, "version": 2
        }))
        .unwrap()
    }

    fn customer() -> Customer {
        serde_json::from_value(json!({
            "id": ID, "email": "a@b.example", "full_name": "Lena", "company_name": null, "is_active": true, "is_admin": false,
            "created_at": AT, "updated_at": AT, "archived_at": null, "total_licenses": 1, "active_licenses": 0, "total_subscriptions": 0,
            "active_subscriptions": 0, "total_domains": 0, "total_payments": [], "total_invoices": 0, "outstanding_invoices": 0,
            "outstanding": [], "overdue": [], "last_payment_date": null, "licenses": [], "version": 1
        }))
        .unwrap()
    }

    #[test]
    fn only_the_newest_cancellation_is_taken_back_and_only_in_time() {
        let customer = customer();
        let undone = |changes: &[Change], license: License| {
            let known = Known {
                customer: &customer,
                licenses: &[license],
                subscriptions: &[],
                now: AT.parse().unwrap(),
                today: "2026-11-22".parse().unwrap(),
            };
            changes
                .iter()
                .map(|change| matches!(of(change, changes, &known), Undoable::Yes(_)))
                .collect::<Vec<_>>()
        };
        let later = "2027-11-22T09:00:00.000Z";
        let canceled = [change(2, "cancel_license", 2), change(1, "add_license", 1)];
        assert_eq!(undone(&canceled, license(later, true)), [true, false]);
        assert_eq!(undone(&canceled, license(AT, true)), [false, false]);
        assert_eq!(undone(&canceled, license(later, false)), [false, false]);
        let again = [
            change(4, "cancel_license", 4),
            change(3, "restore_license", 3),
            change(2, "cancel_license", 2),
        ];
        assert_eq!(undone(&again, license(later, true)), [true, false, false]);
        let known = Known {
            customer: &customer,
            licenses: &[license(AT, true)],
            subscriptions: &[],
            now: AT.parse().unwrap(),
            today: "2026-11-22".parse().unwrap(),
        };
        let reasons: Vec<Undoable> = again.iter().map(|change| of(change, &again, &known)).collect();
        assert_eq!(
            reasons,
            [Reason::Over, Reason::NotReversible, Reason::Undone(AT.parse().unwrap())].map(Undoable::No)
        );
        let paid = change(5, "record_payment", 1);
        assert_eq!(of(&paid, std::slice::from_ref(&paid), &known), Undoable::No(Reason::Final));
    }

    #[test]
    fn that_an_invoice_was_given_up_is_taken_back_until_something_is_done_about_it() {
        let given_up = |number: u64| {
            let mut change = change(number, "set_invoice_uncollectible", 4);
            change.subject = "2026-1".to_owned();
            change.fields = serde_json::from_value(json!([{"field": "status", "before": "open", "after": "uncollectible"}])).unwrap();
            change
        };
        let id = ID.parse().unwrap();
        let first = given_up(1);
        assert_eq!(of_giving_up(&first, &[given_up(1)]), Undoable::Yes(Undo::GivenUp(id, 4, false)));
        let mut back = given_up(2);
        back.fields.clear();
        let at = AT.parse().unwrap();
        assert_eq!(of_giving_up(&first, &[back, given_up(1)]), Undoable::No(Reason::Undone(at)));
        let mut paid = change(2, "record_payment", 1);
        paid.subject_id = "0193a7c0-1111-7222-8333-444455556602".to_owned();
        assert!(
            matches!(of_giving_up(&first, std::slice::from_ref(&paid)), Undoable::Yes(_)),
            "of something else"
        );
        paid.fields = serde_json::from_value(json!([{"field": "invoices", "before": null, "after": ["2026-1"]}])).unwrap();
        assert_eq!(of_giving_up(&first, &[paid, given_up(1)]), Undoable::No(Reason::ChangedSince));
    }

    #[test]
    fn a_promise_is_taken_back_to_the_one_before_while_nothing_was_done_about_the_invoice() {
        let noted = |number: u64, before: Option<&str>, after: Option<&str>| {
            let mut change = change(number, "set_payment_promise", 4);
            change.subject = "2026-1".to_owned();
            change.fields = serde_json::from_value(json!([{"field": "promised_until", "before": before, "after": after}])).unwrap();
            change
        };
        let (id, today) = (ID.parse().unwrap(), "2026-11-22".parse::<NaiveDate>().unwrap());
        let first = noted(1, None, Some("2026-12-01"));
        assert_eq!(
            of_promise(&first, &[noted(1, None, None)], today),
            Undoable::Yes(Undo::Promised(id, 4, None))
        );
        let second = noted(2, Some("2026-12-01"), Some("2026-12-24"));
        let changes = [second.clone(), first.clone()];
        let before = Some("2026-12-01".parse().unwrap());
        assert_eq!(of_promise(&second, &changes, today), Undoable::Yes(Undo::Promised(id, 4, before)));
        assert_eq!(of_promise(&first, &changes, today), Undoable::No(Reason::ChangedSince));
        let over = noted(3, Some("2026-11-21"), Some("2026-12-01"));
        assert_eq!(
            of_promise(&over, std::slice::from_ref(&over), today),
            Undoable::Yes(Undo::Promised(id, 4, None))
        );
        let back = noted(3, Some("2026-12-24"), Some("2026-12-01"));
        assert_eq!(
            of_promise(&second, &[back, second.clone(), first], today),
            Undoable::No(Reason::Undone(AT.parse().unwrap()))
        );
        let mut paid = change(4, "record_payment", 1);
        paid.fields = serde_json::from_value(json!([{"field": "invoices", "before": null, "after": ["2026-1"]}])).unwrap();
        assert_eq!(
            of_promise(&second, &[paid, second.clone()], today),
            Undoable::No(Reason::ChangedSince)
        );
    }

    #[test]
    fn a_deletion_is_taken_back_from_the_changes_of_the_book_while_it_is_the_newest() {
        let deleted = change(2, "delete_customer", 3);
        let id: CustomerId = ID.parse().unwrap();
        assert_eq!(of_deletion(&deleted, std::slice::from_ref(&deleted)), Some(Undo::Customer(id, 3)));
        assert_eq!(of_deletion(&deleted, &[change(3, "restore_customer", 4), deleted.clone()]), None);
        assert_eq!(of_deletion(&change(1, "create_customer", 1), &[]), None);
    }
}
