//! Something new is begun on the page of its list: whose it is, then its form.

use std::rc::Rc;

use contract::customer::CustomerRow;
use yew::prelude::*;

use super::{customer_choice::CustomerChoice, records::Records};
use crate::hooks::use_hotkey;

/// How a record of a list is begun. It is of a customer, who is chosen first.
#[derive(Clone, Copy)]
pub struct Beginning {
    /// What the button says: `New invoice`.
    pub label: &'static str,
    /// Whom one chooses: `Who is billed`.
    pub whom: &'static str,
    /// The keys that begin it, if there are any: `Ctrl+Shift+N`.
    pub combo: Option<&'static str>,
    /// The dialog that makes it, and how that is closed.
    pub dialog: fn(&CustomerRow, Callback<()>) -> Html,
}

/// How far it has come.
#[derive(Clone, Debug, PartialEq)]
pub enum Begun {
    /// The customer is being chosen.
    Choosing,
    /// The customer is known.
    Of(Rc<CustomerRow>),
}

/// The keys that begin something.
#[derive(Properties, PartialEq)]
pub struct BeginByKeysProps {
    /// The keys.
    pub combo: &'static str,
    /// Begins it.
    pub on_press: Callback<()>,
}

/// The keys that begin something. Nothing of it is seen.
#[component]
pub fn BeginByKeys(props: &BeginByKeysProps) -> Html {
    use_hotkey(props.combo, props.on_press.clone());
    html! {}
}

/// Something new that is begun over whatever page is there.
#[derive(Properties, PartialEq)]
pub struct BeginProps {
    /// It is done or given up.
    pub on_close: Callback<()>,
}

/// A record of a list that is begun over whatever page is there: the dialogs are those of the page of its list.
#[component]
pub fn Begin<R: Records>(props: &BeginProps) -> Html {
    let begun = use_state_eq(|| Some(Begun::Choosing));
    html! { <div>{ over(R::BEGINNING, &begun, props.on_close.clone()) }</div> }
}

/// The dialog over the list, until it is done or given up.
pub fn over(beginning: Option<Beginning>, begun: &UseStateHandle<Option<Begun>>, on_close: Callback<()>) -> Html {
    let (Some(beginning), Some(begun_so_far)) = (beginning, &**begun) else {
        return html! {};
    };
    match begun_so_far {
        Begun::Choosing => {
            let begun = begun.setter();
            let on_choose = Callback::from(move |customer: CustomerRow| begun.set(Some(Begun::Of(Rc::new(customer)))));
            html! { <CustomerChoice label={beginning.whom} {on_choose} {on_close} /> }
        }
        Begun::Of(customer) => (beginning.dialog)(customer, on_close),
    }
}
