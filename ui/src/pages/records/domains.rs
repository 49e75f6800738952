//! All domains, those that end first at the top, and as a calendar.

mod calendar;

use std::rc::Rc;

use contract::{
    DomainId,
    domain::{Domain, DomainPage, DomainSort, DomainStatus, ListDomains},
};
use yew::prelude::*;

use self::calendar::SaveCalendar;
use super::cells;
use crate::{
    components::{
        Icon,
        grid::{GridBone, GridColumn},
    },
    format,
    pages::{
        customers::details::status,
        list_page::{Answer, Filter, ListPage, Opening, Part, Records, Showing, Sort, Words},
    },
    route::{CustomerTab, Route},
};

/// The page `Domains`.
#[component]
pub fn DomainsPage() -> Html {
    html! { <ListPage<Domains> acts={html! { <SaveCalendar /> }} /> }
}

/// All domains.
#[derive(Clone, Debug, PartialEq)]
pub struct Domains;

impl Records for Domains {
    type Row = Domain;
    type Id = DomainId;
    type Request = ListDomains;

    const WORDS: Words = Words {
        title: "Domains",
        one: "domain",
        many: "domains",
        search_in: "Search name, registrar or customer",
        empty: "Domains will appear here",
        begin: "Keep the domains of your customers and see in time when one ends. Add the first one with a customer.",
        icon: Icon::Globe,
    };
    const STATUSES: &'static [(&'static str, &'static str)] = &[
        ("registered", "Registered"),
        ("expiring", "Expiring"),
        ("expired", "Expired"),
        ("redemption", "In redemption"),
        ("pending_delete", "Pending delete"),
        ("available", "Given up"),
    ];
    const SORTS: &'static [Sort] = &[
        Sort::by_time("expires_on", "Expires", false),
        Sort::by_time("created_at", "Added", true),
        Sort::by_name("name", "Name"),
        Sort::by_name("customer_name", "Customer"),
        Sort::by_name("registrar", "Registrar"),
    ];
    const COLUMNS: &'static [GridColumn] = &[
        GridColumn {
            label: "Domain",
            class: "col-main",
            sort: Some("name"),
            bone: GridBone::Two,
        },
        cells::more("Customer", Some("customer_name")),
        cells::status(None),
        GridColumn {
            label: "Registrar",
            class: "col-more col-less",
            sort: Some("registrar"),
            bone: GridBone::Badge,
        },
        GridColumn {
            label: "Renews itself",
            class: "col-more col-less",
            sort: None,
            bone: GridBone::Badge,
        },
        GridColumn {
            label: "Expires",
            class: "col-end cell-end cell-two",
            sort: Some("expires_on"),
            bone: GridBone::End,
        },
        cells::ACTIONS,
    ];
    const CLASS: &'static str = "grid--domains";
    const OPENING: Opening<Self> = Opening::Place(place);

    fn request(filter: &Filter<Self>, part: Part) -> ListDomains {
        ListDomains {
            search: filter.term().map(str::to_owned),
            sort: DomainSort::parse(filter.sort),
            descending: Some(filter.is_descending),
            status: filter.status.and_then(DomainStatus::parse),
            limit: part.limit,
            after: part.after,
            at: part.at,
            exact: part.is_exact,
            ..ListDomains::default()
        }
    }

    fn answer(page: DomainPage) -> Answer<Filter<Self>> {
        Answer::of(page.items, page.next, page.total, page.total_is_exact)
    }

    fn id(row: &Domain) -> DomainId {
        row.id
    }

    fn cell(row: &Rc<Domain>, column: usize, showing: &Showing) -> Html {
        let left = row.expires_on.map(|day| format::days_between(showing.today, day));
        match column {
            0 => domain(row),
            1 => cells::name(&row.customer_name),
            2 => status::of_domain(row.status, left),
            3 => row.registrar.as_deref().map_or_else(cells::nothing, cells::name),
            4 => html! { <span>{ if row.auto_renew { "Yes" } else { "No" } }</span> },
            5 => cells::deadline(row.expires_on, showing, row.status != DomainStatus::Registered),
            _ => cells::open(&format!("domain {}", row.unicode_name)),
        }
    }
}

fn place(row: &Domain) -> Route {
    Route::Customers(Some((row.customer_id, CustomerTab::Domains)))
}

/// The name as people write it, with the ASCII form below where that differs.
fn domain(row: &Domain) -> Html {
    html! {
        <>
            <span class="medium">{ cells::name(&row.unicode_name) }</span>
            if row.unicode_name == row.name { { cells::below(&row.customer_name) } } else { <span class="cell-two__sub mono truncate block" title={row.name.clone()}>{ &row.name }</span> }
        </>
    }
}
