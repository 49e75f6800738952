//! Takes a payment off an invoice that it pays, and puts it back.

use chrono::NaiveDate;
use contract::{
    InvoiceId, Money, PaymentId,
    invoice::InvoiceStatus,
    payment::{AppliedCredit, ApplyCredit, ReleaseAllocation},
};
use yew::prelude::*;

use super::owed;
use crate::{
    components::{Confirm, Icon},
    format,
    hooks::{Toast, Toasts, use_book_changes, use_mutation, use_toasts},
    pages::customers::undo::Undoing,
};

/// What of a payment pays an invoice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Allocated {
    /// The payment.
    pub payment_id: PaymentId,
    /// The invoice.
    pub invoice_id: InvoiceId,
    /// How much.
    pub amount: Money,
    /// The version of the invoice, where it is known.
    pub version: Option<u32>,
}

impl Allocated {
    /// Takes it off the invoice.
    pub fn release(self) -> ReleaseAllocation {
        ReleaseAllocation {
            payment_id: self.payment_id,
            invoice_id: self.invoice_id,
            // As much as was shown, also where it pays more by now.
            amount: Some(self.amount),
            version: self.version,
        }
    }

    /// Pays the invoice with it.
    pub fn apply(self) -> ApplyCredit {
        ApplyCredit {
            invoice_id: self.invoice_id,
            amount: Some(self.amount),
            payment_id: Some(self.payment_id),
            version: self.version,
        }
    }

    /// The same when the invoice has changed.
    pub fn at(self, version: u32) -> Self {
        Self {
            version: Some(version),
            ..self
        }
    }
}

/// Tells that an invoice stands as it stood.
pub fn tell_as_before(toasts: &Toasts, number: &str) {
    toasts.show(Toast::done(format!("{number} is as before")).icon(Icon::Undo));
}

/// Tells that what was taken off pays an invoice again: other credit, where the payment has no longer as much.
pub fn tell_put_back(toasts: &Toasts, payment_id: PaymentId, applied: &AppliedCredit) {
    let number = applied.invoice.number.as_deref().unwrap_or_default();
    if applied.payment_id == Some(payment_id) {
        return tell_as_before(toasts, number);
    }
    let amount = format::money(applied.used);
    let text = format!("{amount} of credit pays {number} again, not all of it from the same payment");
    toasts.show(Toast::done(text).icon(Icon::Undo));
}

/// The question before a payment is taken off an invoice.
#[derive(Properties, PartialEq)]
pub struct TakeOffDialogProps {
    /// What pays it.
    pub part: Allocated,
    /// The number of the invoice.
    pub number: String,
    /// How the invoice stands.
    pub status: InvoiceStatus,
    /// The day on which the payment arrived.
    pub received_on: NaiveDate,
    /// It is taken off, or stays.
    pub on_close: Callback<()>,
}

/// The question before a payment is taken off an invoice.
#[component]
pub fn TakeOffDialog(props: &TakeOffDialogProps) -> Html {
    let release = use_mutation::<ReleaseAllocation>();
    let toasts = use_toasts();
    let undoing = Undoing::new(toasts.clone(), use_book_changes());
    let part = props.part;
    let amount = format::money(part.amount);
    let number = props.number.clone();
    let on_confirm = {
        let (release, on_close, number) = (release.clone(), props.on_close.clone(), number.clone());
        Callback::from(move |()| {
            let (toasts, undoing, on_close, number) = (toasts.clone(), undoing.clone(), on_close.clone(), number.clone());
            release.run(part.release(), move |done| {
                let back = part.at(done.invoice.version).apply();
                let text = format!("{} taken off {number}; it is credit now", format::money(done.released));
                let on_undo = {
                    let (toasts, undoing) = (toasts.clone(), undoing.clone());
                    move |()| {
                        let toasts = toasts.clone();
                        undoing.run(back.clone(), move |applied| tell_put_back(&toasts, part.payment_id, &applied));
                    }
                };
                toasts.show(Toast::done(text).icon(Icon::Wallet).undo(on_undo));
                on_close.emit(());
            });
        })
    };
    html! {
        <Confirm
            title={format!("Take {amount} off {number}?")}
            confirm_label="Take off"
            keep_label="Leave it"
            busy={release.is_busy.then_some(AttrValue::Static("Taking off…"))}
            error={release.error.clone()}
            {on_confirm}
            on_keep={props.on_close.clone()}
        >
            <p>{ format!("The payment of {} pays {number} that much less. {}", format::date(props.received_on), owed::without(part.amount, &number, props.status)) }</p>
            <p>{ format!("No money moves: the payment stays in the book, and {amount} of it is credit that can pay another invoice.") }</p>
        </Confirm>
    }
}
