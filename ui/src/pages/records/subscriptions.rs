//! All subscriptions.

use std::rc::Rc;

use contract::{
    SubscriptionId,
    subscription::{ListSubscriptions, Subscription, SubscriptionPage, SubscriptionSort, SubscriptionStatus},
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
        customers::details::{status, subscriptions},
        list_page::{Answer, Filter, Opening, Part, Records, Showing, Sort, Words},
    },
    route::{CustomerTab, Route},
};

/// All subscriptions.
#[derive(Clone, Debug, PartialEq)]
pub struct Subscriptions;

impl Records for Subscriptions {
    type Row = Subscription;
    type Id = SubscriptionId;
    type Request = ListSubscriptions;

    const WORDS: Words = Words {
        title: "Subscriptions",
        one: "subscription",
        many: "subscriptions",
        search_in: "Search customer or plan",
        empty: "Subscriptions will appear here",
        begin: "A subscription is billed each month or year until it is canceled. Add the first one with a customer.",
        icon: Icon::Repeat,
    };
    const STATUSES: &'static [(&'static str, &'static str)] = &[
        ("trialing", "Trial"),
        ("active", "Active"),
        ("past_due", "Past due"),
        ("unpaid", "Unpaid"),
        ("paused", "Paused"),
        ("canceled", "Canceled"),
    ];
    const SORTS: &'static [Sort] = &[
        Sort::by_time("created_at", "Added", true),
        Sort::by_name("customer_name", "Customer"),
        Sort::by_name("plan_name", "Plan"),
        Sort::by_name("status", "Status"),
        Sort::by_amount("price", "Price"),
        Sort::by_time("starts_on", "Started", true),
        Sort::by_time("billed_until", "Billed until", false),
    ];
    const COLUMNS: &'static [GridColumn] = &[
        GridColumn {
            label: "Customer",
            class: "col-main",
            sort: Some("customer_name"),
            bone: GridBone::Two,
        },
        cells::more("Plan", Some("plan_name")),
        cells::status(Some("status")),
        GridColumn {
            label: "Price",
            class: "col-end cell-end cell-two",
            sort: Some("price"),
            bone: GridBone::End,
        },
        GridColumn {
            label: "Billed until",
            class: "col-more cell-end",
            sort: Some("billed_until"),
            bone: GridBone::End,
        },
        GridColumn {
            label: "Started",
            class: "col-more col-less cell-end secondary",
            sort: Some("starts_on"),
            bone: GridBone::End,
        },
        cells::ACTIONS,
    ];
    const CLASS: &'static str = "grid--subscriptions";
    const OPENING: Opening<Self> = Opening::Place(place);

    fn request(filter: &Filter<Self>, part: Part) -> ListSubscriptions {
        ListSubscriptions {
            search: filter.term().map(str::to_owned),
            sort: SubscriptionSort::parse(filter.sort),
            descending: Some(filter.is_descending),
            status: filter.status.and_then(SubscriptionStatus::parse),
            limit: part.limit,
            after: part.after,
            at: part.at,
            exact: part.is_exact,
            ..ListSubscriptions::default()
        }
    }

    fn answer(page: SubscriptionPage) -> Answer<Filter<Self>> {
        Answer::of(page.items, page.next, page.total, page.total_is_exact)
    }

    fn id(row: &Subscription) -> SubscriptionId {
        row.id
    }

    fn cell(row: &Rc<Subscription>, column: usize, _: &Showing) -> Html {
        match column {
            0 => html! { <><span class="medium">{ cells::name(&row.customer_name) }</span>{ cells::below(&row.plan_name) }</> },
            1 => cells::name(&row.plan_name),
            2 => status::of_subscription(row),
            3 => price(row),
            4 => cells::day(subscriptions::billed_to(row)),
            5 => cells::day(Some(row.starts_on)),
            _ => cells::open(&format!("subscription {} of {}", row.plan_name, row.customer_name)),
        }
    }
}

fn place(row: &Subscription) -> Route {
    Route::Customers(Some((row.customer_id, CustomerTab::Subscriptions)))
}

/// What all units cost a cycle, and what one costs where there are several.
fn price(row: &Subscription) -> Html {
    let all = contract::Money::new(row.price.amount.saturating_mul(row.quantity.into()), row.price.currency);
    html! {
        <>
            <span class="num">{ status::price(all, row.billing_cycle) }</span>
            if row.quantity > 1 { <span class="cell-two__sub num">{ format!("{} × {}", format::count(row.quantity.into()), format::money(row.price)) }</span> }
        </>
    }
}
