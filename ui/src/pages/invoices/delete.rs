//! The question before a draft is deleted, and the way back.

use std::rc::Rc;

use contract::{
    Quantity,
    invoice::{CreateInvoice, DeleteInvoice, InvoiceDetails, NewLine},
};
use yew::prelude::*;

use crate::{
    components::{Confirm, Icon},
    hooks::{Toast, use_mutation, use_toasts},
    pages::conflict::changed_since,
};

/// The question before a draft is deleted.
#[derive(Properties, PartialEq)]
pub struct DeleteDraftProps {
    /// The draft, as it is when the question opens.
    pub details: Rc<InvoiceDetails>,
    /// It stays.
    pub on_keep: Callback<()>,
    /// It is gone.
    pub on_deleted: Callback<()>,
}

/// The question before a draft is deleted.
#[component]
pub fn DeleteDraft(props: &DeleteDraftProps) -> Html {
    let delete = use_mutation::<DeleteInvoice>();
    let create = use_mutation::<CreateInvoice>();
    let toasts = use_toasts();
    // Only what was asked about is deleted, and only that comes back: a draft that somebody changes meanwhile has to be looked
    // at again.
    let details = use_state_eq(|| props.details.clone());
    let back = again(&details);
    let is_reversible = back.is_some();
    let on_confirm = {
        let request = DeleteInvoice {
            id: details.invoice.id,
            version: details.invoice.version,
        };
        let (delete, on_deleted) = (delete.clone(), props.on_deleted.clone());
        Callback::from(move |()| {
            let (create, toasts, on_deleted, back) = (create.clone(), toasts.clone(), on_deleted.clone(), back.clone());
            delete.run(request.clone(), move |_| {
                let mut said = Toast::done("Draft deleted").icon(Icon::Trash);
                if let Some(back) = back.clone() {
                    let (create, toasts) = (create.clone(), toasts.clone());
                    said = said.undo(move |()| {
                        let toasts = toasts.clone();
                        create.run_with(back.clone(), move |answer| {
                            toasts.show(match answer {
                                Ok(_) => Toast::done("The draft is back").icon(Icon::Undo),
                                Err(error) => Toast::failed(&error),
                            });
                        });
                    });
                }
                toasts.show(said);
                on_deleted.emit(());
            });
        })
    };
    html! {
        <Confirm
            title="Delete this draft?"
            confirm_label="Delete draft"
            keep_label="Keep draft"
            busy={delete.is_busy.then_some(AttrValue::Static("Deleting…"))}
            error={delete.error.clone()}
            refusal={delete.error.as_ref().and_then(|error| changed_since(error, "Nothing was deleted.", "Look at the draft", &props.on_keep))}
            {on_confirm}
            on_keep={props.on_keep.clone()}
        >
            <p>{ "It has no number, so nothing is missing in the series." }</p>
            <p class="muted">{ if is_reversible { "You can undo this." } else { "It was made for a subscription. This cannot be undone; the time on it is not billed again by itself." } }</p>
        </Confirm>
    }
}

/// The same draft once more. None for one that a subscription made: a new one would not belong to it.
fn again(details: &InvoiceDetails) -> Option<CreateInvoice> {
    let is_typed = |quantity: Quantity| quantity.0 > 0;
    if details.invoice.subscription_id.is_some() || !details.lines.iter().all(|line| is_typed(line.quantity)) {
        return None;
    }
    Some(CreateInvoice {
        customer_id: details.invoice.customer_id,
        currency: Some(details.invoice.total.currency),
        lines: details
            .lines
            .iter()
            .map(|line| NewLine {
                text: line.text.clone(),
                quantity: line.quantity,
                unit_price: line.unit_price,
                tax_category: (!details.reverse_charge).then_some(line.tax_category),
                tax_rate: (!details.reverse_charge).then_some(line.tax_rate),
                period_start: line.period_start,
                period_end: line.period_end,
            })
            .collect(),
        note: details.note.clone(),
        prices_include_tax: Some(details.prices_include_tax),
        reverse_charge: details.reverse_charge,
    })
}
