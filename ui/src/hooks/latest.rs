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

/// What a form does when it is submitted, or a button that goes by what was typed. It runs when everything that was typed before has
/// been rendered, and as it is made by that rendering: a key that follows the last letter at once still sends that letter.
///
/// Not as a task that follows the renderings that are due: they may let other events in between (yew 0.23). What is asked for here
/// is rendered after all of them, and an effect comes after the rendering of everything.
#[hook]
pub fn use_submit(run: Callback<()>) -> Callback<()> {
    let asked = use_state_eq(|| 0_u32);
    use_effect_with(*asked, move |asked| {
        if *asked > 0 {
            run.emit(());
        }
    });
    let asked = use_latest(asked);
    use_callback((), move |(), ()| {
        let asked = asked.borrow().clone();
        asked.set(asked.wrapping_add(1));
    })
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
