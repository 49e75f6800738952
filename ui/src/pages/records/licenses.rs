//! All licenses.

use std::rc::Rc;

use contract::{
    LicenseId,
    license::{License, LicensePage, LicenseSort, LicenseStatus, ListLicenses, QuotaKind},
};
use yew::prelude::*;

use super::cells;
use crate::{
    components::{
        Icon,
        grid::{GridBone, GridColumn, GridKey},
    },
    format,
    pages::{
        customers::details::{license_card, status},
        list_page::{Answer, COPY, Copied, Filter, Hint, Opening, Part, Records, Showing, Sort, Words},
    },
    route::{CustomerTab, Route},
};

/// All licenses.
#[derive(Clone, Debug, PartialEq)]
pub struct Licenses;

impl Records for Licenses {
    type Row = License;
    type Id = LicenseId;
    type Request = ListLicenses;

    const WORDS: Words = Words {
        title: "Licenses",
        one: "license",
        many: "licenses",
        search_in: "Search key, customer or plan",
        empty: "Licenses will appear here",
        begin: "A license is a key that a customer may use until it expires. Add the first one with a customer.",
        icon: Icon::Key,
    };
    const STATUSES: &'static [(&'static str, &'static str)] = &[
        ("active", "Active"),
        ("expiring", "Expires soon"),
        ("expired", "Expired"),
        ("suspended", "Suspended"),
        ("canceled", "Canceled"),
    ];
    const SORTS: &'static [Sort] = &[
        Sort::by_time("created_at", "Added", true),
        Sort::by_name("customer_name", "Customer"),
        Sort::by_name("plan_name", "Plan"),
        Sort::by_name("status", "Status"),
        Sort::by_amount("price", "Price"),
        Sort::by_time("expires_at", "Expires", false),
    ];
    const COLUMNS: &'static [GridColumn] = &[
        GridColumn {
            label: "License key",
            class: "col-main col-key",
            sort: None,
            bone: GridBone::Two,
        },
        cells::more("Customer", Some("customer_name")),
        cells::more("Plan", Some("plan_name")),
        cells::status(Some("status")),
        GridColumn {
            label: "Activations",
            class: "col-more col-less",
            sort: None,
            bone: GridBone::Badge,
        },
        GridColumn {
            label: "Expires",
            class: "col-end cell-end cell-two",
            sort: Some("expires_at"),
            bone: GridBone::End,
        },
        cells::ACTIONS,
    ];
    const CLASS: &'static str = "grid--licenses";
    const OPENING: Opening<Self> = Opening::Place(place);
    const KEYS: &'static [GridKey] = &[("c", COPY)];
    const HINTS: &'static [Hint] = &[Hint::new("C", "copy key")];

    fn request(filter: &Filter<Self>, part: Part) -> ListLicenses {
        ListLicenses {
            search: filter.term().map(str::to_owned),
            sort: LicenseSort::parse(filter.sort),
            descending: Some(filter.is_descending),
            status: filter.status.and_then(LicenseStatus::parse),
            limit: part.limit,
            after: part.after,
            at: part.at,
            exact: part.is_exact,
            ..ListLicenses::default()
        }
    }

    fn answer(page: LicensePage) -> Answer<Filter<Self>> {
        Answer::of(page.items, page.next, page.total, page.total_is_exact)
    }

    fn id(row: &License) -> LicenseId {
        row.id
    }

    fn cell(row: &Rc<License>, column: usize, showing: &Showing) -> Html {
        match column {
            0 => html! {
                <>
                    <span class="key truncate" title={row.key.clone()}>{ &row.key }</span>
                    { cells::below_both(&row.customer_name, &row.plan_name) }
                </>
            },
            1 => cells::name(&row.customer_name),
            2 => cells::name(&row.plan_name),
            3 => status::of_license(row),
            4 => activations(row),
            5 => {
                let matters = matches!(row.status, LicenseStatus::Expiring | LicenseStatus::Expired);
                cells::deadline(row.expires_at.map(|at| showing.formats.day_of(at)), showing, matters)
            }
            _ => {
                let short = contract::license_key::masked(&row.key);
                html! { <>{ cells::copy("key", &short) }{ cells::open(&format!("license {short} of {}", row.customer_name)) }</> }
            }
        }
    }

    fn copied(row: &License) -> Option<Copied> {
        Some(Copied {
            text: row.key.clone(),
            noun: "Key",
            is_secret: true,
        })
    }
}

fn place(row: &License) -> Route {
    Route::Customers(Some((row.customer_id, CustomerTab::Licenses)))
}

/// How many devices use it, of how many that may.
fn activations(row: &License) -> Html {
    let Some(quota) = row.quotas.iter().find(|quota| quota.kind == QuotaKind::Activations) else {
        return cells::nothing();
    };
    let used = format::count(quota.used.into());
    match quota.limit {
        None => html! { <span class="secondary">{ format!("{used}, no limit") }</span> },
        Some(limit) => {
            let (share, tone) = license_card::share_and_tone(quota.used, limit);
            html! { <span class="use"><span class="num">{ format!("{used} of {}", format::count(limit.into())) }</span>{ license_card::bar(share, tone) }</span> }
        }
    }
}
