//! A final invoice: the document, what is open, and what can be done.

use std::rc::Rc;

use chrono::NaiveDate;
use contract::{
    CreditNoteId, Error, Money,
    document::Document,
    invoice::{InvoiceDetails, InvoicePayment, InvoiceStatus, SetInvoiceUncollectible},
    payment::ListPayments,
};
use yew::prelude::*;

use super::{
    credit::CreditDialog,
    credit_note::CreditNoteDialog,
    paper::{self, SumRow, Sums},
    promise::PromiseDialog,
    side::{self, Side},
    use_credit::UseCreditDialog,
    void::VoidInvoiceDialog,
};
use crate::{
    components::{Button, ButtonKind, Dialog, DialogClosing, DialogSize, Icon, Menu, MenuItem},
    format,
    hooks::{Toast, use_formats, use_mutation, use_now, use_query, use_toasts, use_unique_id},
    pages::{
        customers::details::status,
        documents::DocumentButtons,
        lists::stale,
        payments::{
            TakeOffDialog,
            record::{Payer, RecordPaymentForm},
            take_off::Allocated,
        },
    },
};

/// What is being done with a final invoice.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Doing {
    #[default]
    Nothing,
    RecordingPayment,
    UsingCredit,
    Crediting,
    Voiding,
    Promising,
    TakingOff(Allocated, NaiveDate),
    Reading(CreditNoteId),
}

/// A final invoice.
#[derive(Properties, PartialEq)]
pub struct SettledProps {
    /// The invoice.
    pub details: Rc<InvoiceDetails>,
    /// Asks for the newest.
    pub on_reload: Callback<()>,
    /// Why the newest could not be read.
    pub stale: Option<Error>,
    /// Takes the dialog away.
    pub on_close: Callback<()>,
}

/// A final invoice: the document, what is open, and what can be done.
#[component]
pub fn Settled(props: &SettledProps) -> Html {
    let id = use_unique_id();
    let formats = use_formats();
    let today = formats.day_of(use_now());
    let details = &props.details;
    let invoice = &details.invoice;
    let number = invoice.number.clone().unwrap_or_default();
    let doing = use_state_eq(Doing::default);
    let payments = use_query(ListPayments {
        customer_id: Some(invoice.customer_id),
        limit: Some(1),
        ..ListPayments::default()
    });
    let credit = payments
        .state
        .ready()
        .and_then(|page| page.credit.iter().find(|money| money.currency == invoice.total.currency).copied())
        .filter(|money| money.amount > 0);
    let set = |next: Doing| {
        let doing = doing.setter();
        Callback::from(move |()| doing.set(next))
    };
    let give_up = use_give_up(invoice);
    // Also one that was given up, where the money comes after all.
    let is_payable = matches!(invoice.status, InvoiceStatus::Open | InvoiceStatus::Uncollectible);
    let overdue = invoice.due_on.map_or(0, |due| format::days_between(due, today));
    let is_untouched = invoice.paid.amount == 0 && invoice.credited.amount == 0;
    let mut items = Vec::new();
    if invoice.status != InvoiceStatus::Void && invoice.credited.amount < invoice.total.amount {
        items.push(MenuItem::new("Credit…", Icon::Receipt, set(Doing::Crediting)));
    }
    match invoice.status {
        InvoiceStatus::Open => items.push(MenuItem::new("Mark uncollectible", Icon::Archive, give_up.reform(|()| true))),
        InvoiceStatus::Uncollectible => items.push(MenuItem::new("Expect payment again", Icon::Undo, give_up.reform(|()| false))),
        _ => {}
    }
    if is_untouched && is_payable {
        items.push(MenuItem::new("Void…", Icon::X, set(Doing::Voiding)).apart());
    }
    let close = props.on_close.clone();
    let foot = html! {
        <>
            if !items.is_empty() { <Menu label="More acts: credit, void" class="btn" {items} is_upward={true}><span>{ "More" }</span>{ Icon::Down.view() }</Menu> }
            <DocumentButtons document={Document::Invoice { id: invoice.id }} />
            <span class="spacer"></span>
            <span class="hide-narrow"><Button label="Close" on_press={close} /></span>
            if is_payable { if let Some(credit) = credit { <Button label={format!("Use credit {}", format::money(credit))} on_press={set(Doing::UsingCredit)} /> } }
            if is_payable && *doing != Doing::RecordingPayment { <Button label="Record payment" kind={ButtonKind::Primary} icon={Some(Icon::Card)} on_press={set(Doing::RecordingPayment)} /> }
        </>
    };
    let head = html! {
        <div class="who__name">
            <h2 class="dialog__title" id={format!("{id}-title")}>{ "Invoice " }<span class="mono">{ number.clone() }</span></h2>
            { status::of_invoice(invoice, overdue) }
        </div>
    };
    let on_escape = (*doing == Doing::RecordingPayment).then(|| set(Doing::Nothing));
    let on_note = {
        let doing = doing.setter();
        Callback::from(move |id: CreditNoteId| doing.set(Doing::Reading(id)))
    };
    let on_take_off = {
        let (doing, invoice_id, version) = (doing.setter(), invoice.id, invoice.version);
        Callback::from(move |part: InvoicePayment| {
            let own = Allocated {
                payment_id: part.payment_id,
                invoice_id,
                amount: part.amount,
                version: Some(version),
            };
            doing.set(Doing::TakingOff(own, part.received_on));
        })
    };
    html! {
        <div class="under-dialog">
            <Dialog
                title={format!("Invoice {number}")}
                size={DialogSize::Extra}
                closing={if *doing == Doing::RecordingPayment { DialogClosing::OnlyInside } else { DialogClosing::ByBackdrop }}
                {id}
                head={Some(head)}
                {foot}
                is_bare={true}
                {on_escape}
                on_close={props.on_close.clone()}
            >
                <div class="invoice">
                    <div class="invoice__desk" role="region" aria-label="Document" tabindex="0"><div class="stack">
                        if let Some(error) = &props.stale { { stale(error, &props.on_reload) } }
                        if *doing == Doing::RecordingPayment && is_payable {
                            <RecordPaymentForm payer={Payer::of_invoice(invoice)} on_close={set(Doing::Nothing)} />
                        }
                        { document(details) }
                    </div></div>
                    <aside class="invoice__side" aria-label="What is open, and history"><Side details={details.clone()} {today} {on_note} on_promise={set(Doing::Promising)} {on_take_off} /></aside>
                </div>
            </Dialog>
            { match *doing {
                Doing::Nothing | Doing::RecordingPayment => html! {},
                Doing::UsingCredit => match credit {
                    Some(credit) => html! { <UseCreditDialog invoice={invoice.clone()} {credit} on_close={set(Doing::Nothing)} /> },
                    None => html! {},
                },
                Doing::Crediting => html! { <CreditDialog details={details.clone()} on_close={set(Doing::Nothing)} /> },
                Doing::Voiding => html! { <VoidInvoiceDialog invoice={invoice.clone()} on_close={set(Doing::Nothing)} /> },
                Doing::Promising => html! { <PromiseDialog id={invoice.id} on_close={set(Doing::Nothing)} /> },
                Doing::TakingOff(part, received_on) => html! { <TakeOffDialog {part} {number} status={invoice.status} {received_on} on_close={set(Doing::Nothing)} /> },
                Doing::Reading(id) => html! { <CreditNoteDialog {id} on_close={set(Doing::Nothing)} /> },
            } }
        </div>
    }
}

/// The document as it prints, with what was paid and credited since.
fn document(details: &InvoiceDetails) -> Html {
    let invoice = &details.invoice;
    let mut days = vec![("Issued", paper::day(invoice.issued_on)), ("Due", paper::day(invoice.due_on))];
    let periods = details.lines.iter();
    let start = periods.clone().filter_map(|line| line.period_start).min();
    let end = periods.filter_map(|line| line.period_end).max();
    if let (Some(start), Some(end)) = (start, end) {
        days.push(("Supply", format::days(start, end)));
    }
    let mut rows = paper::of_sums(&Sums::from(details));
    let less = |money: Money| Money::new(-money.amount, money.currency);
    if invoice.paid.amount > 0 {
        rows.push(SumRow::part("Paid", less(invoice.paid)));
    }
    if invoice.credited.amount > 0 {
        rows.push(SumRow::part("Credited", less(invoice.credited)));
    }
    match invoice.status {
        InvoiceStatus::Open | InvoiceStatus::Paid => rows.push(SumRow::total("To pay", invoice.payable)),
        InvoiceStatus::Uncollectible => rows.push(SumRow::total("Given up", side::unsettled(invoice))),
        InvoiceStatus::Draft | InvoiceStatus::Void => {}
    }
    html! {
        <article class="paper data" aria-label="Invoice document">
            { paper::top("Invoice", invoice.number.as_deref(), &days) }
            { paper::parties(&details.seller, &details.buyer) }
            { paper::lines(&details.lines, invoice.total.currency) }
            { paper::sums(&rows) }
            if details.prices_include_tax { <p class="muted">{ "Unit prices include tax." }</p> }
            if details.reverse_charge { <p>{ "Reverse charge: the buyer accounts for the tax." }</p> }
            if let Some(note) = &details.note { <p class="wrap"><bdi>{ note }</bdi></p> }
        </article>
    }
}

/// Gives an invoice up or expects its payment again, with the way back.
#[hook]
fn use_give_up(invoice: &contract::invoice::Invoice) -> Callback<bool> {
    let change = use_mutation::<SetInvoiceUncollectible>();
    let back = use_mutation::<SetInvoiceUncollectible>();
    let toasts = use_toasts();
    let (id, version) = (invoice.id, invoice.version);
    Callback::from(move |uncollectible: bool| {
        let (back, toasts) = (back.clone(), toasts.clone());
        let request = SetInvoiceUncollectible {
            id,
            version,
            uncollectible,
        };
        change.run_with(request, move |answer| {
            let changed = match answer {
                Ok(changed) => changed,
                Err(error) => return toasts.show(Toast::failed(&error)),
            };
            let number = changed.number.clone().unwrap_or_default();
            let text = if uncollectible {
                format!("{number} is uncollectible")
            } else {
                format!("Payment of {number} is expected again")
            };
            let undo = {
                let (back, toasts) = (back.clone(), toasts.clone());
                let request = SetInvoiceUncollectible {
                    id,
                    version: changed.version,
                    uncollectible: !uncollectible,
                };
                move |()| {
                    let (toasts, number) = (toasts.clone(), number.clone());
                    back.run_with(request.clone(), move |answer| {
                        toasts.show(match answer {
                            Ok(_) => Toast::done(format!("{number} is as before")).icon(Icon::Undo),
                            Err(error) => Toast::failed(&error),
                        });
                    });
                }
            };
            toasts.show(Toast::done(text).icon(Icon::Archive).undo(undo));
        });
    })
}
