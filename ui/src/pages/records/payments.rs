//! All payments.

use std::rc::Rc;

use contract::{
    PaymentId,
    customer::CustomerRow,
    payment::{ListPayments, Payment, PaymentPage, PaymentSort, PaymentStatus},
};
use yew::prelude::*;

use super::cells;
use crate::{
    components::{
        Icon,
        grid::{GridBone, GridColumn},
    },
    format,
    pages::{
        customers::details::status,
        list_page::{Answer, Beginning, Filter, Opening, Part, Records, Showing, Sort, Words},
        payments::RecordPaymentDialog,
    },
    route::{CustomerTab, Route},
};

/// All payments.
#[derive(Clone, Debug, PartialEq)]
pub struct Payments;

impl Records for Payments {
    type Row = Payment;
    type Id = PaymentId;
    type Request = ListPayments;

    const WORDS: Words = Words {
        title: "Payments",
        one: "payment",
        many: "payments",
        search_in: "Search reference or customer",
        empty: "Payments will appear here",
        begin: "Record what a customer has paid, and it settles the invoices that are due first.",
        icon: Icon::Card,
    };
    const STATUSES: &'static [(&'static str, &'static str)] = &[("succeeded", "Received"), ("pending", "Pending"), ("failed", "Failed")];
    const SORTS: &'static [Sort] = &[
        Sort::by_time("received_on", "Received", true),
        Sort::by_time("created_at", "Recorded", true),
        Sort::by_name("customer_name", "Customer"),
        Sort::by_amount("amount", "Amount"),
        Sort::by_name("method", "Method"),
        Sort::by_name("status", "Status"),
    ];
    const COLUMNS: &'static [GridColumn] = &[
        GridColumn {
            label: "Customer",
            class: "col-main",
            sort: Some("customer_name"),
            bone: GridBone::Two,
        },
        cells::more("Method", Some("method")),
        cells::status(Some("status")),
        GridColumn {
            label: "Pays",
            class: "col-more col-less",
            sort: None,
            bone: GridBone::Badge,
        },
        GridColumn {
            label: "Received",
            class: "col-more cell-end",
            sort: Some("received_on"),
            bone: GridBone::End,
        },
        GridColumn {
            label: "Amount",
            class: "col-end cell-end cell-two",
            sort: Some("amount"),
            bone: GridBone::End,
        },
        cells::ACTIONS,
    ];
    const CLASS: &'static str = "grid--payments";
    const OPENING: Opening<Self> = Opening::Place(place);
    const BEGINNING: Option<Beginning> = Some(Beginning {
        label: "Record payment",
        whom: "Who has paid",
        combo: None,
        dialog: begin,
    });

    fn request(filter: &Filter<Self>, part: Part) -> ListPayments {
        ListPayments {
            search: filter.term().map(str::to_owned),
            sort: PaymentSort::parse(filter.sort),
            descending: Some(filter.is_descending),
            status: filter.status.and_then(PaymentStatus::parse),
            limit: part.limit,
            after: part.after,
            at: part.at,
            exact: part.is_exact,
            ..ListPayments::default()
        }
    }

    fn answer(page: PaymentPage) -> Answer<Filter<Self>> {
        Answer::of(page.items, page.next, page.total, page.total_is_exact)
    }

    fn id(row: &Payment) -> PaymentId {
        row.id
    }

    fn cell(row: &Rc<Payment>, column: usize, _: &Showing) -> Html {
        match column {
            0 => {
                html! { <><span class="medium">{ cells::name(&row.customer_name) }</span>{ cells::below(&format::date(row.received_on)) }</> }
            }
            1 => method(row),
            2 => status::of_payment(row.status),
            3 => pays(row),
            4 => cells::day(Some(row.received_on)),
            5 => amount(row),
            _ => cells::open(&format!("payment of {} by {}", format::money(row.amount), row.customer_name)),
        }
    }
}

fn place(row: &Payment) -> Route {
    Route::Customers(Some((row.customer_id, CustomerTab::Payments)))
}

fn begin(customer: &CustomerRow, on_close: Callback<()>) -> Html {
    html! { <RecordPaymentDialog customer={customer.clone()} {on_close} /> }
}

/// How was paid, with the reference.
fn method(row: &Payment) -> Html {
    let method = status::method(row.method);
    match &row.reference {
        None => html! { <span class="block">{ method }</span> },
        Some(reference) => html! {
            <span class="cell-two"><span>{ method }</span><span class="cell-two__sub truncate" title={reference.clone()}><bdi>{ reference }</bdi></span></span>
        },
    }
}

/// Which invoices it pays.
fn pays(row: &Payment) -> Html {
    let numbers: Vec<&str> = row
        .allocations
        .iter()
        .map(|one| one.invoice_number.as_deref().unwrap_or("a draft"))
        .collect();
    match numbers.as_slice() {
        [] => cells::nothing(),
        [only] => html! { <span class="mono truncate block" title={(*only).to_owned()}>{ *only }</span> },
        [first, more @ ..] => {
            html! { <span class="truncate block" title={numbers.join(", ")}><span class="mono">{ *first }</span><span class="muted">{ format!(" +{}", more.len()) }</span></span> }
        }
    }
}

/// How much, and what of it was given back or stays as credit.
fn amount(row: &Payment) -> Html {
    let below = if row.refunded.amount > 0 {
        Some(format!("{} refunded", format::money(row.refunded)))
    } else if row.status == PaymentStatus::Succeeded && row.unallocated.amount > 0 {
        Some(format!("{} credit", format::money(row.unallocated)))
    } else {
        None
    };
    html! {
        <>
            <span class="money">{ format::money(row.amount) }</span>
            if let Some(below) = below { <span class="cell-two__sub num">{ below }</span> }
        </>
    }
}
