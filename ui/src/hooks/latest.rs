//! Small hooks on which others stand.

use std::{
    cell::{Cell, RefCell},
    rc::Rc,
};

use yew::prelude::*;

/// The newest value, for listeners that were made in an earlier rendering.
#[hook]
pub fn use_latest<T: Clone + 'static>(value: T) -> Rc<RefCell<T>> {
    let first = value.clone();
    let slot = use_mut_ref(move || first);
    *slot.borrow_mut() = value;
    slot
}

thread_local! {
    static NEXT_ID: Cell<u32> = const { Cell::new(1) };
}

/// An `id` that nothing else on the page has.
#[hook]
pub fn use_unique_id() -> AttrValue {
    let id = use_memo((), |()| {
        let number = NEXT_ID.with(|next| next.replace(next.get().wrapping_add(1)));
        AttrValue::from(format!("u{number}"))
    });
    (*id).clone()
}
