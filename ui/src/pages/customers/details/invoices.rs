//! The tab `Invoices`: invoices and, below them, credit notes.

use std::collections::BTreeMap;

use contract::{
    CreditNoteId, Currency, InvoiceId, Money,
    credit_note::{CreditNote, ListCreditNotes},
    invoice::{Invoice, InvoiceStatus, ListInvoices},
    words,
};
use web_sys::MouseEvent;
use yew::prelude::*;

use super::{Doing, TabProps, status};
use crate::{
    components::{Button, ButtonKind, EmptyState, Icon},
    format,
    hooks::{HotkeyScope, Rows, open_dialogs, use_formats, use_hotkey_in, use_list, use_now},
    pages::{
        invoices::{CreditNoteDialog, InvoiceDialog, Opened},
        lists::{listed, listed_below, reloads_both},
        payments::{StatementDialog, record::Payer},
    },
};

/// What is open over the tab.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Over {
    Invoice(Opened),
    CreditNote(CreditNoteId),
    Statement,
}

/// The tab `Invoices`.
#[component]
pub fn Invoices(props: &TabProps) -> Html {
    let formats = use_formats();
    let today = formats.day_of(use_now());
    let customer = &props.customer;
    let list = use_list(ListInvoices {
        customer_id: Some(customer.id),
        ..ListInvoices::default()
    });
    let notes = use_list(ListCreditNotes {
        customer_id: Some(customer.id),
        ..ListCreditNotes::default()
    });
    let list = reloads_both(list, &notes);
    let over = use_state_eq(|| None::<Over>);
    let show = |what: Option<Over>| {
        let over = over.setter();
        Callback::from(move |()| over.set(what))
    };
    let on_record = {
        let on_doing = props.on_doing.clone();
        Callback::from(move |()| on_doing.emit(Doing::RecordingPayment))
    };
    let on_open = {
        let over = over.setter();
        Callback::from(move |id: InvoiceId| over.set(Some(Over::Invoice(Opened::Known(id)))))
    };
    let on_note = {
        let over = over.setter();
        Callback::from(move |id: CreditNoteId| over.set(Some(Over::CreditNote(id))))
    };
    let on_new = show(Some(Over::Invoice(Opened::New(customer.id))));
    let is_archived = customer.archived_at.is_some();
    {
        let on_new = on_new.clone();
        use_hotkey_in(
            "Ctrl+Shift+N",
            HotkeyScope::Dialog,
            Callback::from(move |()| {
                // Not over another dialog of the record.
                if !is_archived && open_dialogs() == 1 {
                    on_new.emit(());
                }
            }),
        );
    }
    let content = listed(
        &list,
        "Loading invoices",
        || html! { <EmptyState icon={Icon::Receipt} title="No invoice yet" text="Invoices of this customer will appear here with what is left to pay on them." /> },
        |rows| {
            html! {
                <div class="panel">
                    <table class="dtable" aria-label="Invoices">
                        <thead><tr>
                            <th scope="col">{ "Invoice" }</th>
                            <th scope="col">{ "Status" }</th>
                            <th scope="col" class="n opt">{ "Issued" }</th>
                            <th scope="col" class="n opt">{ "Due" }</th>
                            <th scope="col" class="n opt">{ "Total" }</th>
                            <th scope="col" class="n">{ "To pay" }</th>
                        </tr></thead>
                        <tbody>{ for rows.items.iter().map(|invoice| row(invoice, today, &on_open)) }</tbody>
                    </table>
                    if !rows.has_more() { { sum(&rows.items) } }
                </div>
            }
        },
    );
    let is_empty = list.rows().is_some_and(|rows| rows.items.is_empty());
    html! {
        <div class="stack">
            <div class="tabpanel__bar tabpanel__bar--wrap">
                if !is_empty {
                    <h3 class="medium num">
                        { format!("{} outstanding", format::count(customer.outstanding_invoices.into())) }
                        if !customer.outstanding.is_empty() { <span class="muted">{ format!(" · {}", formats.moneys(&customer.outstanding)) }</span> }
                        if !customer.overdue.is_empty() { <span class="tone-danger">{ format!(" · {} overdue", formats.moneys(&customer.overdue)) }</span> }
                    </h3>
                }
                <span class="spacer"></span>
                if customer.total_invoices > 0 { <Button label="Statement" icon={Some(Icon::File)} on_press={show(Some(Over::Statement))} /> }
                if customer.outstanding_invoices > 0 && !is_archived { <Button label="Record payment" icon={Some(Icon::Card)} on_press={on_record} /> }
                if !is_archived { <Button label="New invoice" icon={Some(Icon::Plus)} kind={ButtonKind::Primary} kbd="Ctrl Shift N" on_press={on_new} /> }
            </div>
            { content }
            { listed_below(&notes, &list, "Credit notes", |rows| credit_notes(rows, &on_note)) }
            { match *over {
                None => html! {},
                Some(Over::Invoice(opened)) => html! { <InvoiceDialog {opened} on_close={show(None)} /> },
                Some(Over::CreditNote(id)) => html! { <CreditNoteDialog {id} on_close={show(None)} /> },
                Some(Over::Statement) => {
                    let currencies = Payer::of_customer(customer).choices(formats.currency);
                    html! { <StatementDialog customer_id={customer.id} name={customer.full_name.clone()} {currencies} on_close={show(None)} /> }
                }
            } }
        </div>
    }
}

/// The credit notes of a customer.
fn credit_notes(rows: &Rows<CreditNote>, on_note: &Callback<CreditNoteId>) -> Html {
    html! {
        <div class="panel">
            <table class="dtable" aria-label="Credit notes">
                <thead><tr>
                    <th scope="col">{ "Credit note" }</th>
                    <th scope="col">{ "Credits" }</th>
                    <th scope="col" class="opt">{ "Reason" }</th>
                    <th scope="col" class="n opt">{ "Issued" }</th>
                    <th scope="col" class="n">{ "Credited" }</th>
                </tr></thead>
                <tbody>{ for rows.items.iter().map(|note| note_row(note, on_note)) }</tbody>
            </table>
        </div>
    }
}

fn note_row(note: &CreditNote, on_note: &Callback<CreditNoteId>) -> Html {
    let (open, id) = (on_note.clone(), note.id);
    let press = Callback::from(move |_: MouseEvent| open.emit(id));
    html! {
        <tr key={note.id.to_string()} class="row-link" onclick={press}>
            <td><button type="button" class="link mono">{ &note.number }</button></td>
            <td><span class="mono secondary">{ &note.invoice_number }</span></td>
            <td class="opt"><span class="secondary">{ words::credit_reason(note.reason) }</span></td>
            <td class="n opt"><span class="secondary">{ format::date(note.issued_on) }</span></td>
            <td class="n"><span class="money medium">{ format::money(note.total) }</span></td>
        </tr>
    }
}

/// The button is what the keyboard reaches; a click anywhere in the row does the same.
fn row(invoice: &Invoice, today: chrono::NaiveDate, on_open: &Callback<InvoiceId>) -> Html {
    let is_off = matches!(invoice.status, InvoiceStatus::Void | InvoiceStatus::Uncollectible);
    let overdue = invoice.due_on.map_or(0, |due| format::days_between(due, today));
    let day = |day: Option<chrono::NaiveDate>| day.map_or_else(|| format::NOTHING.to_owned(), format::date);
    let (open, id) = (on_open.clone(), invoice.id);
    let press = Callback::from(move |_: MouseEvent| open.emit(id));
    html! {
        <tr key={invoice.id.to_string()} class={classes!("row-link", is_off.then_some("is-muted"))} onclick={press}>
            <td>
                <button type="button" class="link mono">{ invoice.number.clone().unwrap_or_else(|| "Draft".to_owned()) }</button>
                if invoice.tax.amount != 0 { <small>{ format!("{} tax included", format::money(invoice.tax)) }</small> }
            </td>
            <td>{ status::of_invoice(invoice, overdue) }</td>
            <td class="n opt"><span class="secondary">{ day(invoice.issued_on) }</span></td>
            <td class="n opt"><span class="secondary">{ day(invoice.due_on) }</span></td>
            <td class="n opt"><span class="money">{ format::money(invoice.total) }</span></td>
            <td class="n">{ match invoice.status {
                InvoiceStatus::Open => html! { <span class="money medium">{ format::money(invoice.payable) }</span> },
                InvoiceStatus::Paid => html! { <span class="money muted">{ format::money(invoice.payable) }</span> },
                _ => html! { <span class="muted">{ format::NOTHING }</span> },
            } }</td>
        </tr>
    }
}

/// What final invoices come to in one currency.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Sum {
    invoiced: i64,
    credited: i64,
    paid: i64,
    payable: i64,
}

/// The sums of what is owed or was paid, one a currency; drafts, void and uncollectible ones are outside.
fn sums(invoices: &[Invoice]) -> BTreeMap<Currency, Sum> {
    let mut sums: BTreeMap<Currency, Sum> = BTreeMap::new();
    for invoice in invoices
        .iter()
        .filter(|invoice| matches!(invoice.status, InvoiceStatus::Open | InvoiceStatus::Paid))
    {
        let sum = sums.entry(invoice.total.currency).or_default();
        sum.invoiced = sum.invoiced.saturating_add(invoice.total.amount);
        sum.credited = sum.credited.saturating_add(invoice.credited.amount);
        sum.paid = sum.paid.saturating_add(invoice.paid.amount);
        sum.payable = sum.payable.saturating_add(invoice.payable.amount);
    }
    sums
}

fn sum(invoices: &[Invoice]) -> Html {
    let sums = sums(invoices);
    html! {
        <footer class="panel__foot panel__foot--sums">
            { for sums.into_iter().map(|(currency, sum)| {
                let money = |amount| format::money(Money::new(amount, currency));
                let credited = if sum.credited == 0 { String::new() } else { format!("credited {} − ", money(sum.credited)) };
                html! {
                    <p key={currency.code().to_owned()} class="sums">
                        <span class="num">{ format!("Invoiced {} − {credited}paid {} =", money(sum.invoiced), money(sum.paid)) }</span>
                        <span class="num strong">{ format!("To pay {}", money(sum.payable)) }</span>
                    </p>
                }
            }) }
        </footer>
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use serde_json::json;

    fn invoice(status: &str, currency: &str, total: i64, paid: i64, payable: i64) -> Invoice {
        let money = |amount: i64| json!({"amount": amount, "currency": currency});
        let id = "0193a7c0-1111-7222-8333-444455556601";
        serde_json::from_value(json!({
            "id": id, "customer_id": id, "customer_name": "Lena", "subscription_id": null, "number": null, "status": status,
            "issued_on": null, "due_on": null, "net": money(total), "tax": money(0), "total": money(total), "paid": money(paid),
            "credited": money(0), "payable": money(payable), "is_overdue": false, "created_at": "2026-11-22T09:00:00.000Z", "version": 1
        }))
        .unwrap()
    }

    #[test]
    fn the_sums_add_up_for_each_currency_and_leave_out_what_is_not_owed() {
        let sums = sums(&[
            invoice("open", "EUR", 17_850, 5_000, 12_850),
            invoice("paid", "EUR", 3_451, 3_451, 0),
            invoice("void", "EUR", 9_999, 0, 9_999),
            invoice("draft", "EUR", 9_999, 0, 9_999),
            invoice("open", "SEK", 100, 0, 100),
        ]);
        let eur = sums.get(&Currency::EUR).unwrap();
        assert_eq!(
            *eur,
            Sum {
                invoiced: 21_301,
                credited: 0,
                paid: 8_451,
                payable: 12_850
            }
        );
        assert_eq!(eur.invoiced - eur.paid, eur.payable);
        assert_eq!(sums.len(), 2);
    }
}
