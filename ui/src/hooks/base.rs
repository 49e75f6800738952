//! What a form begins from.

use yew::prelude::*;

use super::use_latest;
use crate::components::focus_first_field;

/// A record as it was when its form began.
pub struct Base<T> {
    /// The record.
    pub record: T,
    /// Asks for the newest values.
    pub reload: Callback<()>,
}

/// Keeps a record as it was when its form began, while others change it: a save over newer values has to be refused first.
/// Once the newest values are asked for and there, `rebase` takes them into the form.
#[hook]
pub fn use_base<T: Clone + PartialEq + 'static>(newest: &T, on_reload: &Callback<()>, rebase: Callback<T>) -> Base<T> {
    let base = use_state_eq(|| newest.clone());
    let is_wanted = use_state_eq(|| false);
    {
        let (base, is_wanted, rebase) = (base.clone(), is_wanted.clone(), use_latest(rebase));
        use_effect_with((newest.clone(), *is_wanted), move |(newest, wants)| {
            if *wants && *newest != *base {
                let rebase = rebase.borrow().clone();
                rebase.emit(newest.clone());
                base.set(newest.clone());
                is_wanted.set(false);
                // The button that was pressed is gone with the refusal.
                focus_first_field();
            }
        });
    }
    let reload = {
        let (is_wanted, on_reload) = (is_wanted.setter(), on_reload.clone());
        Callback::from(move |()| {
            is_wanted.set(true);
            on_reload.emit(());
        })
    };
    Base {
        record: (*base).clone(),
        reload,
    }
}
