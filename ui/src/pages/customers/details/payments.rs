//! The tab `Payments`.

use contract::payment::{Allocation, ListPayments, ListRefunds, Payment, PaymentStatus};
use web_sys::HtmlElement;
use yew::prelude::*;

use super::{Doing, TabProps, status};
use crate::{
    components::{Button, ButtonKind, EmptyState, Icon, IconButton},
    format,
    hooks::{record_id, use_formats, use_list, use_query, use_sought},
    pages::{
        lists::{listed, listed_below, reloads_both},
        payments::{
            RefundDialog, StatementDialog, TakeOffDialog,
            record::{Payer, RecordPaymentForm},
            refunds,
            take_off::Allocated,
        },
    },
};

/// What is open over the tab.
#[derive(Clone, Debug, PartialEq)]
enum Over {
    Refund(Payment),
    TakeOff(Payment, Allocation),
    Statement,
}

/// The tab `Payments`.
#[component]
pub fn Payments(props: &TabProps) -> Html {
    let formats = use_formats();
    let customer = &props.customer;
    let list = use_list(ListPayments {
        customer_id: Some(customer.id),
        ..ListPayments::default()
    });
    let returned = use_list(ListRefunds {
        customer_id: Some(customer.id),
        ..ListRefunds::default()
    });
    let list = reloads_both(list, &returned);
    use_sought(list.rows().is_some());
    // The sums of all payments, not only of those that are shown.
    let sums = use_query(ListPayments {
        customer_id: Some(customer.id),
        limit: Some(1),
        ..ListPayments::default()
    });
    let over = use_state_eq(|| None::<Over>);
    let show = |what: Option<Over>| {
        let over = over.setter();
        Callback::from(move |()| over.set(what.clone()))
    };
    let may_pay = Doing::RecordingPayment.is_open_to(customer);
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
        || html! { <EmptyState icon={Icon::Card} title="No payment yet" text="Record a payment when it has arrived. It pays the open invoices, earliest due date first." /> },
        |rows| {
            let on_take_off = {
                let over = over.setter();
                Callback::from(move |(payment, part)| over.set(Some(Over::TakeOff(payment, part))))
            };
            html! {
                <div class="panel">
                    <table class="dtable" aria-label="Payments">
                        <thead><tr>
                            <th scope="col">{ "Received" }</th>
                            <th scope="col">{ "Method" }</th>
                            <th scope="col" class="opt">{ "Pays" }</th>
                            <th scope="col" class="n">{ "Amount" }</th>
                            <th scope="col" class="opt">{ "Status" }</th>
                            <th scope="col"><span class="sr-only">{ "Actions" }</span></th>
                        </tr></thead>
                        <tbody>{ for rows.items.iter().map(|payment| row(payment, show(Some(Over::Refund(payment.clone()))), &on_take_off)) }</tbody>
                    </table>
                </div>
            }
        },
    );
    let total = list.rows().map(|rows| rows.total);
    let credit: Vec<_> = sums.state.ready().map(|page| page.credit.clone()).unwrap_or_default();
    let credit: Vec<_> = credit.into_iter().filter(|money| money.amount > 0).collect();
    let rows = list.rows().map(|rows| rows.items.as_slice()).unwrap_or_default();
    html! {
        <div class="stack">
            <div class="tabpanel__bar tabpanel__bar--wrap">
                if total != Some(0) {
                    <h3 class="medium num">
                        { formats.moneys(&customer.total_payments) }
                        if let Some(total) = total { <span class="muted">{ format!(" from {}", counted(total)) }</span> }
                        if !credit.is_empty() { <span class="tone-positive">{ format!(" · {} credit", formats.moneys(&credit)) }</span> }
                    </h3>
                }
                <span class="spacer"></span>
                if total.is_some_and(|total| total > 0) || customer.total_invoices > 0 { <Button label="Statement" icon={Some(Icon::File)} on_press={show(Some(Over::Statement))} /> }
                if !is_recording && may_pay { <Button label="Record payment" icon={Some(Icon::Plus)} kind={ButtonKind::Primary} node={button} on_press={begin(Doing::RecordingPayment)} /> }
            </div>
            if is_recording { <RecordPaymentForm payer={Payer::of_customer(customer)} on_close={begin(Doing::Nothing)} /> }
            { content }
            { listed_below(&returned, &list, "Refunds", refunds) }
            { match (*over).clone() {
                None => html! {},
                Some(Over::Refund(asked)) => html! { <RefundDialog payment={newest(rows, asked)} on_close={show(None)} /> },
                Some(Over::TakeOff(asked, part)) => {
                    let payment = newest(rows, asked);
                    let part = newest_part(&payment, part);
                    // The list does not know the version of the invoice.
                    let own = Allocated {
                        payment_id: payment.id,
                        invoice_id: part.invoice_id,
                        amount: part.amount,
                        version: None,
                    };
                    html! { <TakeOffDialog part={own} number={number(&part)} status={part.invoice_status} received_on={payment.received_on} on_close={show(None)} /> }
                }
                Some(Over::Statement) => {
                    let currencies = Payer::of_customer(customer).choices(formats.currency);
                    html! { <StatementDialog customer_id={customer.id} name={customer.full_name.clone()} {currencies} on_close={show(None)} /> }
                }
            } }
        </div>
    }
}

/// A payment as it is by now: what it pays may have changed, and with it what a dialog over it says.
fn newest(rows: &[Payment], asked: Payment) -> Payment {
    rows.iter().find(|row| row.id == asked.id).cloned().unwrap_or(asked)
}

/// The same of what of it pays an invoice.
fn newest_part(payment: &Payment, asked: Allocation) -> Allocation {
    let known = payment.allocations.iter().find(|part| part.invoice_id == asked.invoice_id);
    known.cloned().unwrap_or(asked)
}

fn counted(total: u64) -> String {
    format!("{} {}", format::count(total), if total == 1 { "payment" } else { "payments" })
}

fn row(payment: &Payment, on_refund: Callback<()>, on_take_off: &Callback<(Payment, Allocation)>) -> Html {
    let can_refund = payment.status == PaymentStatus::Succeeded && payment.refunded.amount < payment.amount.amount;
    html! {
        <tr key={payment.id.to_string()} id={record_id(payment.id)}>
            <td><span class="num">{ format::date(payment.received_on) }</span></td>
            <td>
                <span class="medium">{ status::method(payment.method) }</span>
                <div class="second-line"><span class="only-phone">{ status::of_payment(payment.status) }</span></div>
                <div class="pays-phone">{ pays(payment, on_take_off) }</div>
                if let Some(reference) = &payment.reference { <small class="data wrap"><bdi>{ reference }</bdi></small> }
            </td>
            <td class="opt">{ pays(payment, on_take_off) }</td>
            <td class="n">
                <span class="money medium">{ format::money(payment.amount) }</span>
                if payment.refunded.amount > 0 { <small>{ format!("{} refunded", format::money(payment.refunded)) }</small> }
            </td>
            <td class="opt">{ status::of_payment(payment.status) }</td>
            <td class="row-actions">
                <IconButton
                    icon={Icon::Undo}
                    label={format!("Refund {} of {}", format::money(payment.amount), format::date(payment.received_on))}
                    unavailable={(!can_refund).then_some(AttrValue::Static("nothing is left to give back"))}
                    on_press={on_refund}
                />
            </td>
        </tr>
    }
}

fn number(part: &Allocation) -> String {
    part.invoice_number.clone().unwrap_or_else(|| "Draft".to_owned())
}

/// The invoices that it pays, off each of which it can be taken; what is left of it is credit.
fn pays(payment: &Payment, on_take_off: &Callback<(Payment, Allocation)>) -> Html {
    let is_credit = payment.unallocated.amount > 0;
    let part = |part: &Allocation| {
        let on_press = {
            let (on_take_off, payment, part) = (on_take_off.clone(), payment.clone(), part.clone());
            Callback::from(move |()| on_take_off.emit((payment.clone(), part.clone())))
        };
        let label = format!("Take off {} from {}", format::money(part.amount), number(part));
        html! {
            <span key={part.invoice_id.to_string()} class="amount amount--act">
                <span class="mono data">{ number(part) }</span>
                if payment.allocations.len() > 1 || is_credit { <span class="muted num">{ format!(" {}", format::money(part.amount)) }</span> }
                { " " }
                <Button label="Take off" kind={ButtonKind::Link} aria_label={Some(AttrValue::from(label))} {on_press} />
            </span>
        }
    };
    html! {
        <>
            { for payment.allocations.iter().map(part) }
            if is_credit { <span class="amount muted num">{ format!("Credit {}", format::money(payment.unallocated)) }</span> }
        </>
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use serde_json::{Value, json};

    const ID: &str = "0193a7c0-1111-7222-8333-444455556601";

    fn money(amount: i64) -> Value {
        json!({"amount": amount, "currency": "EUR"})
    }

    fn payment(allocations: &Value) -> Payment {
        serde_json::from_value(json!({
            "id": ID, "customer_id": ID, "customer_name": "Lena", "amount": money(5_000), "refunded": money(0), "method": "card",
            "reference": null, "received_on": "2026-11-10", "status": "succeeded", "unallocated": money(0), "version": 1,
            "allocations": allocations, "created_at": "2026-11-22T09:00:00.000Z"
        }))
        .unwrap()
    }

    #[test]
    fn what_is_taken_off_is_what_pays_the_invoice_by_now() {
        let part = |amount: i64, status: &str| json!([{"invoice_id": ID, "invoice_number": "2026-1", "invoice_status": status, "amount": money(amount)}]);
        let asked = payment(&part(5_000, "paid"));
        let own = asked.allocations.first().unwrap();
        let changed = payment(&part(3_000, "open"));
        let found = newest(std::slice::from_ref(&changed), asked.clone());
        assert_eq!(found, changed);
        assert_eq!(newest_part(&found, own.clone()).amount.amount, 3_000);
        // What is not there any more stays as it was asked about.
        assert_eq!(newest_part(&payment(&json!([])), own.clone()), *own);
        assert_eq!(newest(&[], asked.clone()), asked);
    }
}
