//! The question before an invoice is void.

use contract::invoice::{Invoice, VoidInvoice};
use yew::prelude::*;

use super::side;
use crate::{
    components::{Confirm, Icon},
    format,
    hooks::{Toast, use_mutation, use_toasts},
};

/// The question before an invoice is void.
#[derive(Properties, PartialEq)]
pub struct VoidInvoiceDialogProps {
    /// The invoice.
    pub invoice: Invoice,
    /// It is void, or stays in force.
    pub on_close: Callback<()>,
}

/// The question before an invoice is void.
#[component]
pub fn VoidInvoiceDialog(props: &VoidInvoiceDialogProps) -> Html {
    let void = use_mutation::<VoidInvoice>();
    let toasts = use_toasts();
    let invoice = &props.invoice;
    let number = invoice.number.clone().unwrap_or_default();
    let on_confirm = {
        let request = VoidInvoice {
            id: invoice.id,
            version: invoice.version,
        };
        let (void, on_close, number) = (void.clone(), props.on_close.clone(), number.clone());
        Callback::from(move |()| {
            let (toasts, on_close, number) = (toasts.clone(), on_close.clone(), number.clone());
            void.run(request.clone(), move |_| {
                toasts.show(Toast::done(format!("{number} is void")).icon(Icon::Receipt));
                on_close.emit(());
            });
        })
    };
    html! {
        <Confirm
            title={format!("Void {number}?")}
            confirm_label="Void invoice"
            keep_label="Keep invoice"
            busy={void.is_busy.then_some(AttrValue::Static("Voiding…"))}
            error={void.error.clone()}
            {on_confirm}
            on_keep={props.on_close.clone()}
        >
            <p>{ format!("{} is owed no more. The invoice stays in the book and keeps its number, so the series has no gap.", format::money(side::unsettled(invoice))) }</p>
            <p>{ "This is final. Void an invoice that the customer never got; credit one that they have." }</p>
        </Confirm>
    }
}
