//! The menu that orders the list: by everything that it can be ordered by, also by what has no column or is hidden.

use contract::customer::CustomerSort;
use yew::prelude::*;

use super::filter::Filter;
use crate::components::{Icon, Menu, MenuItem};

/// The menu that orders the list.
#[derive(Properties, PartialEq)]
pub struct SortMenuProps {
    /// What is listed, and in which order.
    pub filter: Filter,
    /// Lists it in another order.
    pub on_change: Callback<Filter>,
}

/// The menu that orders the list. The order in force is marked; to choose it again turns it round.
#[component]
pub fn SortMenu(props: &SortMenuProps) -> Html {
    let filter = &props.filter;
    let (current, direction) = (words(filter.sort).0, direction(filter.sort, filter.is_descending));
    let items = CustomerSort::ALL
        .iter()
        .map(|sort| {
            let is_chosen = *sort == filter.sort;
            let icon = match (is_chosen, filter.is_descending) {
                (false, _) => None,
                (true, true) => Some(Icon::Down),
                (true, false) => Some(Icon::Up),
            };
            let (filter, on_change, sort) = (filter.clone(), props.on_change.clone(), *sort);
            let on_choose = Callback::from(move |()| on_change.emit(filter.clone().sorted(sort)));
            MenuItem::choice(words(sort).0, icon, is_chosen, on_choose)
        })
        .collect::<Vec<_>>();
    html! {
        <Menu label={format!("Sort: {current}, {direction}")} class="btn btn--ghost btn--fold" {items}>
            { Icon::Updown.view() }<span>{ "Sort" }</span>
        </Menu>
    }
}

/// What it orders by; the largest first, the smallest first.
fn words(sort: CustomerSort) -> (&'static str, &'static str, &'static str) {
    match sort {
        CustomerSort::CreatedAt => ("Joined", "newest first", "oldest first"),
        CustomerSort::FullName => ("Name", "Z to A", "A to Z"),
        CustomerSort::Email => ("Email", "Z to A", "A to Z"),
        CustomerSort::CompanyName => ("Company", "Z to A", "A to Z"),
        CustomerSort::IsActive => ("Status", "active first", "inactive first"),
        CustomerSort::ActiveLicenses => ("Active licenses", "most first", "fewest first"),
        CustomerSort::ActiveSubscriptions => ("Active subscriptions", "most first", "fewest first"),
        CustomerSort::Revenue => ("Revenue", "highest first", "lowest first"),
        CustomerSort::Outstanding => ("Outstanding", "highest first", "lowest first"),
    }
}

fn direction(sort: CustomerSort, is_descending: bool) -> &'static str {
    let (_, descending, ascending) = words(sort);
    if is_descending { descending } else { ascending }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_order_is_said_with_its_direction() {
        assert_eq!(direction(CustomerSort::CreatedAt, true), "newest first");
        assert_eq!(direction(CustomerSort::FullName, false), "A to Z");
        let mut names: Vec<&str> = CustomerSort::ALL.iter().map(|sort| words(*sort).0).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), CustomerSort::ALL.len());
    }
}
