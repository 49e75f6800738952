//! The tab `Payments`.

use contract::payment::{ListPayments, Payment};
use web_sys::HtmlElement;
use yew::prelude::*;

use super::{Doing, TabProps, record_payment::RecordPaymentForm, status};
use crate::{
    components::{Button, ButtonKind, EmptyState, Icon},
    format,
    hooks::{use_formats, use_list},
    pages::lists::listed,
};

/// The tab `Payments`.
#[component]
pub fn Payments(props: &TabProps) -> Html {
    let formats = use_formats();
    let customer = &props.customer;
    let list = use_list(ListPayments {
        customer_id: Some(customer.id),
        ..ListPayments::default()
    });
    let is_recording = props.doing == Doing::RecordingPayment;
    let button = use_node_ref();
    {
        let button = button.clone();
        let was_recording = use_mut_ref(|| false);
        use_effect_with(is_recording, move |is_recording| {
            // The form that had the focus is gone.
            if was_recording.replace(*is_recording)
                && !is_recording
                && let Some(button) = button.cast::<HtmlElement>()
            {
                // A button can take the focus.
                let _ = button.focus();
            }
        });
    }
    let begin = |doing: Doing| {
        let on_doing = props.on_doing.clone();
        Callback::from(move |()| on_doing.emit(doing))
    };
    let content = listed(
        &list,
        "Loading payments",
        || html! { <EmptyState icon={Icon::Card} title="No payment yet" text="Record a payment when it has arrived. It pays the open invoices, the one due first first." /> },
        |rows| {
            html! {
                <div class="panel">
                    <table class="dtable" aria-label="Payments">
                        <thead><tr>
                            <th scope="col">{ "Received" }</th>
                            <th scope="col">{ "Method" }</th>
                            <th scope="col" class="opt">{ "Pays" }</th>
                            <th scope="col" class="n">{ "Amount" }</th>
                            <th scope="col" class="opt">{ "Status" }</th>
                        </tr></thead>
                        <tbody>{ for rows.items.iter().map(row) }</tbody>
                    </table>
                </div>
            }
        },
    );
    let total = list.rows().map(|rows| rows.total);
    html! {
        <div class="stack">
            <div class="tabpanel__bar">
                <h3 class="medium num">{ formats.moneys(&customer.total_payments) }if let Some(total) = total { <span class="muted">{ format!(" from {}", counted(total)) }</span> }</h3>
                <span class="spacer"></span>
                if !is_recording { <Button label="Record payment" icon={Some(Icon::Plus)} kind={ButtonKind::Primary} node={button} on_press={begin(Doing::RecordingPayment)} /> }
            </div>
            if is_recording { <RecordPaymentForm customer={customer.clone()} on_close={begin(Doing::Nothing)} /> }
            { content }
        </div>
    }
}

fn counted(total: u64) -> String {
    format!("{} {}", format::count(total), if total == 1 { "payment" } else { "payments" })
}

fn row(payment: &Payment) -> Html {
    html! {
        <tr key={payment.id.to_string()}>
            <td><span class="num">{ format::date(payment.received_on) }</span></td>
            <td>
                <span class="medium">{ status::method(payment.method) }</span>
                <div class="second-line"><span class="only-phone">{ status::of_payment(payment.status) }</span></div>
                if let Some(reference) = &payment.reference { <small class="data wrap"><bdi>{ reference }</bdi></small> }
            </td>
            <td class="opt">{ pays(payment) }</td>
            <td class="n">
                <span class="money medium">{ format::money(payment.amount) }</span>
                if payment.refunded.amount > 0 { <small>{ format!("{} given back", format::money(payment.refunded)) }</small> }
            </td>
            <td class="opt">{ status::of_payment(payment.status) }</td>
        </tr>
    }
}

/// The invoices that it pays; what is left of it is credit.
fn pays(payment: &Payment) -> Html {
    let is_credit = payment.unallocated.amount > 0;
    html! {
        <>
            { for payment.allocations.iter().map(|part| html! {
                <span key={part.invoice_id.to_string()} class="amount">
                    <span class="mono data">{ part.invoice_number.clone().unwrap_or_else(|| "Draft".to_owned()) }</span>
                    if payment.allocations.len() > 1 || is_credit { <span class="muted num">{ format!(" {}", format::money(part.amount)) }</span> }
                </span>
            }) }
            if is_credit { <span class="amount muted num">{ format!("Credit {}", format::money(payment.unallocated)) }</span> }
        </>
    }
}
