//! Says that the sample is open, and how to leave it.

use contract::desktop::BookChoice;
use yew::prelude::*;

use crate::{
    components::{Button, Confirm, ControlSize, Icon},
    hooks::use_opened_book,
};

/// Says that the sample is open.
#[component]
pub fn SampleBanner() -> Html {
    let book = use_opened_book();
    let is_asking = use_state_eq(|| false);
    let leave = {
        let book = book.clone();
        Callback::from(move |()| {
            if let Some(book) = &book {
                book.open.emit(BookChoice::Own);
            }
        })
    };
    let discard = Callback::from(move |()| {
        if let Some(book) = &book {
            book.discard_sample.emit(());
        }
    });
    let ask = {
        let is_asking = is_asking.setter();
        Callback::from(move |()| is_asking.set(true))
    };
    let keep = {
        let is_asking = is_asking.setter();
        Callback::from(move |()| is_asking.set(false))
    };
    html! {
        <section class="banner banner--sample" aria-label="Sample data">
            { Icon::Info.small() }
            <span>{ "You are exploring sample data. Nothing here touches your own book." }</span>
            <Button label="Leave" size={ControlSize::Small} on_press={leave} />
            <Button label="Throw away…" size={ControlSize::Small} on_press={ask} />
            if *is_asking {
                <Confirm title="Throw the sample away?" confirm_label="Throw away" keep_label="Keep the sample" on_confirm={discard} on_keep={keep}>
                    <p>{ "Everything you tried in it is gone. Your own book opens; the sample can be made new at any time." }</p>
                </Confirm>
            }
        </section>
    }
}
