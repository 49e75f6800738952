//! What the list of customers can be ordered by, in words.

use contract::customer::CustomerSort;
use yew::prelude::*;

use super::filter::Filter;
use crate::pages::list_page::{SortChoice, SortMenu};

/// The menu that orders the list.
pub fn menu(filter: &Filter, on_change: &Callback<Filter>) -> Html {
    let choices = CustomerSort::ALL.iter().map(|sort| SortChoice {
        by: sort.as_str(),
        label: words(*sort).0,
    });
    let on_choose = {
        let (filter, on_change) = (filter.clone(), on_change.clone());
        Callback::from(move |by: &'static str| {
            if let Some(by) = CustomerSort::parse(by) {
                on_change.emit(filter.clone().sorted(by));
            }
        })
    };
    html! {
        <SortMenu
            choices={choices.collect::<Vec<_>>()}
            by={filter.sort.as_str()}
            direction={direction(filter.sort, filter.is_descending)}
            is_descending={filter.is_descending}
            {on_choose}
        />
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
