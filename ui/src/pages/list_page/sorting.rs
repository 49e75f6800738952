//! The menu that orders a list: by everything that it can be ordered by, also by what has no column or is hidden.

use yew::prelude::*;

use crate::components::{Icon, Menu, MenuItem};

/// One order in the menu.
#[derive(Clone, Debug, PartialEq)]
pub struct SortChoice {
    /// As on the wire.
    pub by: &'static str,
    /// As on the page.
    pub label: &'static str,
}

/// The menu that orders a list.
#[derive(Properties, PartialEq)]
pub struct SortMenuProps {
    /// Everything it can be ordered by.
    pub choices: Vec<SortChoice>,
    /// The order in force.
    pub by: &'static str,
    /// Its direction in words.
    pub direction: &'static str,
    /// Whether the largest comes first.
    pub is_descending: bool,
    /// Lists it in another order; the same one turns it round.
    pub on_choose: Callback<&'static str>,
}

/// The menu that orders a list. The order in force is marked; to choose it again turns it round.
#[component]
pub fn SortMenu(props: &SortMenuProps) -> Html {
    let current = props
        .choices
        .iter()
        .find(|choice| choice.by == props.by)
        .map_or("", |choice| choice.label);
    let items = props
        .choices
        .iter()
        .map(|choice| {
            let is_chosen = choice.by == props.by;
            let icon = match (is_chosen, props.is_descending) {
                (false, _) => None,
                (true, true) => Some(Icon::Down),
                (true, false) => Some(Icon::Up),
            };
            let (on_choose, by) = (props.on_choose.clone(), choice.by);
            MenuItem::choice(choice.label, icon, is_chosen, Callback::from(move |()| on_choose.emit(by)))
        })
        .collect::<Vec<_>>();
    html! {
        <Menu label={format!("Sort: {current}, {}", props.direction)} class="btn btn--ghost btn--fold" {items}>
            { Icon::Updown.view() }<span>{ "Sort" }</span>
        </Menu>
    }
}
