//! All invoices.

use std::rc::Rc;

use contract::{
    InvoiceId,
    customer::CustomerRow,
    invoice::{Invoice, InvoicePage, InvoiceSort, InvoiceStatus, ListInvoices},
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
        invoices::{InvoiceDialog, Opened},
        list_page::{Answer, Beginning, Filter, Opening, Part, Records, Showing, Sort, Words},
    },
};

/// The value of the filter for what is open and late.
const OVERDUE: &str = "overdue";

/// All invoices.
#[derive(Clone, Debug, PartialEq)]
pub struct Invoices;

impl Records for Invoices {
    type Row = Invoice;
    type Id = InvoiceId;
    type Request = ListInvoices;

    const WORDS: Words = Words {
        title: "Invoices",
        one: "invoice",
        many: "invoices",
        search_in: "Search number or customer",
        empty: "Invoices will appear here",
        begin: "Draft the first one. When a subscription is billed, they are made by themselves.",
        icon: Icon::Receipt,
    };
    const STATUSES: &'static [(&'static str, &'static str)] = &[
        ("draft", "Draft"),
        ("open", "Open"),
        (OVERDUE, "Overdue"),
        ("paid", "Paid"),
        ("void", "Void"),
        ("uncollectible", "Uncollectible"),
    ];
    const SORTS: &'static [Sort] = &[
        Sort::by_time("created_at", "Made", true),
        Sort {
            by: "number",
            label: "Number",
            descending: "last first",
            ascending: "first first",
            is_descending: true,
        },
        Sort::by_name("customer_name", "Customer"),
        Sort::by_name("status", "Status"),
        Sort::by_time("issued_on", "Issued", true),
        Sort::by_time("due_on", "Due", false),
        Sort::by_amount("total", "Total"),
        Sort::by_amount("payable", "Open"),
    ];
    const COLUMNS: &'static [GridColumn] = &[
        GridColumn {
            label: "Number",
            class: "col-main",
            sort: Some("number"),
            bone: GridBone::Two,
        },
        cells::more("Customer", Some("customer_name")),
        cells::status(Some("status")),
        GridColumn {
            label: "Issued",
            class: "col-more col-less cell-end secondary",
            sort: Some("issued_on"),
            bone: GridBone::End,
        },
        GridColumn {
            label: "Due",
            class: "col-more cell-end cell-two",
            sort: Some("due_on"),
            bone: GridBone::End,
        },
        GridColumn {
            label: "Total",
            class: "col-end cell-end cell-two",
            sort: Some("total"),
            bone: GridBone::End,
        },
        GridColumn {
            label: "Open",
            class: "col-more cell-end",
            sort: Some("payable"),
            bone: GridBone::End,
        },
        cells::ACTIONS,
    ];
    const CLASS: &'static str = "grid--invoices";
    const OPENING: Opening<Self> = Opening::Dialog(dialog);
    const BEGINNING: Option<Beginning> = Some(Beginning {
        label: "New invoice",
        whom: "Who is billed",
        combo: Some("Ctrl+Shift+N"),
        dialog: begin,
    });

    fn request(filter: &Filter<Self>, part: Part) -> ListInvoices {
        ListInvoices {
            search: filter.term().map(str::to_owned),
            sort: InvoiceSort::parse(filter.sort),
            descending: Some(filter.is_descending),
            status: filter.status.and_then(InvoiceStatus::parse),
            is_overdue: (filter.status == Some(OVERDUE)).then_some(true),
            limit: part.limit,
            after: part.after,
            at: part.at,
            exact: part.is_exact,
            ..ListInvoices::default()
        }
    }

    fn answer(page: InvoicePage) -> Answer<Filter<Self>> {
        Answer::of(page.items, page.next, page.total, page.total_is_exact)
    }

    fn id(row: &Invoice) -> InvoiceId {
        row.id
    }

    fn cell(row: &Rc<Invoice>, column: usize, showing: &Showing) -> Html {
        match column {
            0 => html! { <>{ number(row) }{ cells::below(&row.customer_name) }</> },
            1 => cells::name(&row.customer_name),
            2 => {
                let overdue = row.due_on.map_or(0, |due| format::days_between(due, showing.today));
                status::of_invoice(row, overdue)
            }
            3 => cells::day(row.issued_on),
            4 => cells::deadline(row.due_on, showing, row.status == InvoiceStatus::Open),
            5 => html! { <span class="money">{ format::money(row.total) }</span> },
            6 if row.payable.amount == 0 || row.status == InvoiceStatus::Draft => cells::nothing(),
            6 => html! { <span class="money">{ format::money(row.payable) }</span> },
            _ => cells::open(&match &row.number {
                Some(number) => format!("invoice {number} of {}", row.customer_name),
                None => format!("draft of {}", row.customer_name),
            }),
        }
    }
}

fn dialog(id: InvoiceId, on_close: Callback<()>) -> Html {
    html! { <InvoiceDialog opened={Opened::Known(id)} {on_close} /> }
}

fn begin(customer: &CustomerRow, on_close: Callback<()>) -> Html {
    html! { <InvoiceDialog opened={Opened::New(customer.id)} {on_close} /> }
}

fn number(row: &Invoice) -> Html {
    match &row.number {
        Some(number) => html! { <span class="mono medium truncate block" title={number.clone()}>{ number }</span> },
        None => html! { <span class="muted block">{ "Draft" }</span> },
    }
}
