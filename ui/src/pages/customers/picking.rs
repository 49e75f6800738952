//! From another page to a part of the list.

use yew::prelude::*;

use super::Filter;
use crate::{
    hooks::use_session,
    pages::list_page::leave,
    route::{Route, use_place},
};

/// Goes to the list of what is picked.
#[hook]
pub fn use_pick() -> Callback<Filter> {
    let person = use_session().state.administrator.map(|administrator| administrator.id);
    let place = use_place();
    Callback::from(move |filter: Filter| {
        leave(person, filter, None);
        place.go(Route::CUSTOMERS);
    })
}
