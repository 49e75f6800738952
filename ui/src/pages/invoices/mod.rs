//! Invoices and credit notes: one at a time, in a dialog over whatever it was opened from.

mod credit;
mod credit_form;
mod credit_note;
mod delete;
mod editor;
mod finalize;
pub mod form;
mod line_editor;
mod new;
pub mod paper;
pub mod promise;
mod settled;
mod side;
mod use_credit;
mod void;

use std::rc::Rc;

use contract::{
    CustomerId, InvoiceId,
    billing::GetBillingSettings,
    invoice::{GetInvoice, InvoiceStatus},
};
use yew::prelude::*;

pub use credit_note::CreditNoteDialog;
pub use side::unsettled;

use self::{editor::Editor, form::Tax, new::NewInvoice, settled::Settled};
use crate::{
    components::{Dialog, DialogClosing, DialogSize, FailedState, SkeletonRows},
    hooks::{Query, use_query},
};

/// Which invoice is open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Opened {
    /// A new one for this customer.
    New(CustomerId),
    /// One that is there.
    Known(InvoiceId),
}

/// An invoice: a draft to work on, or a final one with all that can be done about it.
#[derive(Properties, PartialEq)]
pub struct InvoiceDialogProps {
    /// Which one.
    pub opened: Opened,
    /// Takes the dialog away.
    pub on_close: Callback<()>,
}

/// An invoice, in a dialog. Render it beside the list it was opened from.
#[component]
pub fn InvoiceDialog(props: &InvoiceDialogProps) -> Html {
    let created = use_state_eq(|| None::<InvoiceId>);
    let is_finalizing = use_state_eq(|| false);
    // What was saved here, as long as the dialog is open.
    let shown = use_mut_ref(|| None::<InvoiceId>);
    {
        let shown = Rc::clone(&shown);
        use_effect_with((), move |()| {
            move || {
                shown.replace(None);
            }
        });
    }
    let on_created = {
        let (created, is_finalizing, shown) = (created.setter(), is_finalizing.setter(), Rc::clone(&shown));
        Callback::from(move |(id, finalize): (InvoiceId, bool)| {
            is_finalizing.set(finalize);
            shown.replace(Some(id));
            created.set(Some(id));
        })
    };
    let on_close = props.on_close.clone();
    // The notification outlives the dialog; it closes only the one of the draft that is gone.
    let on_undone = {
        let on_close = on_close.clone();
        Callback::from(move |id: InvoiceId| {
            if *shown.borrow() == Some(id) {
                on_close.emit(());
            }
        })
    };
    match (props.opened, *created) {
        (Opened::New(customer), None) => html! { <NewInvoice {customer} {on_created} {on_undone} {on_close} /> },
        (Opened::Known(id), _) | (Opened::New(_), Some(id)) => {
            html! { <Known key={id.to_string()} {id} begins_finalizing={*is_finalizing} {on_close} /> }
        }
    }
}

#[derive(Properties, PartialEq)]
struct KnownProps {
    id: InvoiceId,
    /// Whether the question before it becomes final is open from the start.
    begins_finalizing: bool,
    on_close: Callback<()>,
}

/// An invoice that is there.
#[component]
fn Known(props: &KnownProps) -> Html {
    let details = use_query(GetInvoice { id: props.id });
    let settings = use_query(GetBillingSettings {});
    let on_close = props.on_close.clone();
    match (&details.state, &settings.state) {
        (Query::Failed(error), _) => waiting(&on_close, &failed(error, &details.reload, &on_close)),
        (_, Query::Failed(error)) => waiting(&on_close, &failed(error, &settings.reload, &on_close)),
        (Query::Ready(known), Query::Ready(settings)) if known.invoice.status == InvoiceStatus::Draft => {
            let tax = Tax::of(settings, known.tax_treatment);
            html! {
                <Editor
                    key="draft"
                    details={known.clone()}
                    {tax}
                    payment_days={settings.payment_days}
                    begins_finalizing={props.begins_finalizing}
                    on_reload={details.reload.clone()}
                    stale={details.reload_error.clone()}
                    {on_close}
                />
            }
        }
        (Query::Ready(known), Query::Ready(_)) => {
            html! { <Settled key="final" details={known.clone()} on_reload={details.reload.clone()} stale={details.reload_error.clone()} {on_close} /> }
        }
        _ => waiting(
            &on_close,
            &html! { <div class="panel"><SkeletonRows label="Loading the invoice" rows={6} /></div> },
        ),
    }
}

fn failed(error: &contract::Error, on_retry: &Callback<()>, on_close: &Callback<()>) -> Html {
    html! { <div class="panel"><FailedState error={error.clone()} on_retry={on_retry.clone()} on_close={Some(on_close.clone())} /></div> }
}

/// The dialog while there is no invoice to show.
fn waiting(on_close: &Callback<()>, content: &Html) -> Html {
    html! {
        <Dialog title="Invoice" size={DialogSize::Extra} closing={DialogClosing::ByBackdrop} is_bare={true} on_close={on_close.clone()}>
            <div class="tabpanel">{ content.clone() }</div>
        </Dialog>
    }
}
