//! A new customer from anywhere: Ctrl+N opens the form over whatever page is there.

use contract::CustomerId;
use yew::prelude::*;

use super::form::{CustomerForm, Saved};
use crate::{
    hooks::use_hotkey,
    route::{CustomerTab, Route, use_place},
};

/// How to make a customer, and who was made last.
#[derive(Clone, PartialEq)]
pub struct Creation {
    /// Opens the form.
    pub open: Callback<()>,
    /// The newest customer.
    pub newest: Option<CustomerId>,
}

/// Around the pages: offers the form of a new customer to all of them.
#[component]
pub fn CreationProvider(props: &yew::html::ChildrenProps) -> Html {
    let is_open = use_state_eq(|| false);
    let newest = use_state_eq(|| None);
    let place = use_place();
    let open = {
        let is_open = is_open.setter();
        use_callback((), move |(), ()| is_open.set(true))
    };
    use_hotkey("Ctrl+N", open.clone());
    let on_close = {
        let is_open = is_open.setter();
        use_callback((), move |(), ()| is_open.set(false))
    };
    let on_saved = {
        let newest = newest.setter();
        // An administrator is not in the list of customers.
        use_callback((), move |saved: Saved, ()| {
            newest.set(Some(saved.customer.id).filter(|_| !saved.customer.is_admin))
        })
    };
    let on_open = Callback::from(move |id| place.go(Route::Customers(Some((id, CustomerTab::Details)))));
    html! {
        <ContextProvider<Creation> context={Creation { open, newest: *newest }}>
            <div class="contents">{ props.children.clone() }</div>
            <div>if *is_open { <CustomerForm {on_close} {on_saved} {on_open} /> }</div>
        </ContextProvider<Creation>>
    }
}

/// How to make a customer. Only inside a [`CreationProvider`].
#[hook]
pub fn use_creation() -> Option<Creation> {
    use_context()
}
