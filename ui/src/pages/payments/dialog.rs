//! Recording a payment over the list of all payments.

use contract::customer::CustomerRow;
use yew::prelude::*;

use super::record::{Payer, RecordPaymentForm};
use crate::components::{Dialog, DialogSize};

/// Recording a payment of a customer.
#[derive(Properties, PartialEq)]
pub struct RecordPaymentDialogProps {
    /// Who pays.
    pub customer: CustomerRow,
    /// It was recorded, or not.
    pub on_close: Callback<()>,
}

/// Recording a payment of a customer, in a dialog: the form of the tab, for who has the list open and not the customer.
#[component]
pub fn RecordPaymentDialog(props: &RecordPaymentDialogProps) -> Html {
    let customer = &props.customer;
    // Another customer may have the same name.
    let told_apart = customer.company_name.as_ref().unwrap_or(&customer.email);
    let title = format!("Payment by {}, {told_apart}", customer.full_name);
    html! {
        <Dialog {title} size={DialogSize::Large} is_bare={true} on_close={props.on_close.clone()}>
            <div class="tabpanel"><RecordPaymentForm payer={Payer::of_row(customer)} on_close={props.on_close.clone()} /></div>
        </Dialog>
    }
}
