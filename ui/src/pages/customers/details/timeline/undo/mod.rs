//! What can be taken back, and the button that does.

mod allocation;
mod button;
mod by_hand;
mod customer;
mod domain;
mod invoice;
mod license;
#[cfg(test)]
mod samples;
mod subscription;

use chrono::NaiveDate;
use contract::{
    CustomerId, DomainId, InvoiceId, LicenseId, Noun, SubscriptionId, Timestamp, change::Change, customer::Customer, license::License,
    subscription::Subscription,
};

pub use self::{button::UndoButton, by_hand::Way, customer::of_deletion};
use crate::{format::Formats, pages::payments::take_off::Allocated};

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
    /// The cancellation of a license, and until when its subscription is billed, if it has one.
    License(LicenseId, u32, Option<(SubscriptionId, NaiveDate)>),
    /// The cancellation of a subscription that is billed until that day.
    Subscription(SubscriptionId, u32, NaiveDate),
    /// That a subscription was paused.
    Paused(SubscriptionId, u32),
    /// That a subscription went on.
    Resumed(SubscriptionId, u32),
    /// The removal of a domain.
    Domain(DomainId, u32),
    /// That an invoice was given up, or, if so, that this was taken back.
    GivenUp(InvoiceId, u32, bool),
    /// That the payment of an invoice was promised until a day, or was not any more: the day before, if there was one.
    Promised(InvoiceId, u32, Option<NaiveDate>),
    /// That credit, all from one payment, paid an invoice.
    CreditUsed(Allocated),
    /// That a payment was taken off an invoice.
    TakenOff(Allocated),
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
    /// Something was billed for it.
    Billed,
    /// Nothing of an archived customer is changed.
    Archived,
    /// Only by another change, which a person has to make.
    ByHand(Way),
    /// There is no way back from such a change.
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
            Self::Billed => "Billed".to_owned(),
            Self::Archived => "Customer archived".to_owned(),
            Self::ByHand(way) => way.words().to_owned(),
            Self::NotReversible => "Not reversible".to_owned(),
        }
    }
}

/// How to take a change back: it is the newest change of its record, and the record still stands as it left it, within its
/// time. Else why not.
pub fn of(change: &Change, newest_first: &[Change], known: &Known) -> Undoable {
    match (change.operation.as_str(), change.noun) {
        ("delete_customer", Noun::Customer) => customer::of(change, newest_first, known),
        ("set_invoice_uncollectible", _) => invoice::of_giving_up(change, newest_first),
        ("set_payment_promise", _) => invoice::of_promise(change, newest_first, known.today),
        ("apply_credit", Noun::Invoice) => allocation::of_use(change, newest_first),
        ("release_allocation", Noun::Invoice) => allocation::of_release(change, newest_first),
        ("record_payment", Noun::Payment) => allocation::of_payment(change, newest_first),
        // Also what became of a subscription by it.
        (
            "record_payment" | "finalize_invoice" | "void_invoice" | "credit_invoice" | "apply_credit" | "release_allocation"
            | "refund_payment",
            _,
        ) => Undoable::No(Reason::Final),
        _ if known.customer.archived_at.is_some() => Undoable::No(Reason::Archived),
        ("cancel_license", Noun::License) => license::of(change, newest_first, known),
        ("cancel_subscription", Noun::Subscription) => subscription::of_cancellation(change, newest_first, known),
        ("run_catch_up", Noun::Subscription) if subscription::is_canceled_by(change) => {
            subscription::of_cancellation(change, newest_first, known)
        }
        ("pause_subscription", Noun::Subscription) => subscription::of_pause(change, newest_first, known),
        ("resume_subscription", Noun::Subscription) => subscription::of_resumption(change, newest_first, known),
        ("delete_domain", Noun::Domain) => domain::of(change, newest_first),
        _ => Undoable::No(by_hand::of(change, newest_first, known)),
    }
}

/// What was done first to the record of a change after it.
fn next<'a>(change: &Change, newest_first: &'a [Change]) -> Option<&'a Change> {
    newest_first
        .iter()
        .rfind(|other| other.noun == change.noun && other.subject_id == change.subject_id && other.number > change.number)
}

/// Why a change cannot be taken back after which another came: that one was the way back, or something else.
fn overtaken(change: &Change, newest_first: &[Change], back: &str) -> Option<Undoable> {
    let next = next(change, newest_first)?;
    Some(Undoable::No(if next.operation == back {
        Reason::Undone(next.at)
    } else {
        Reason::ChangedSince
    }))
}

/// Whether a change left a field with this value.
fn leaves(change: &Change, field: &str, value: &str) -> bool {
    let found = change.fields.iter().find(|changed| changed.field == field);
    found.and_then(|changed| changed.after.as_ref()?.as_str()) == Some(value)
}
