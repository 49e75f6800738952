//! What is said above every page: that the sample is open, that others could listen, that the database does not answer or another
//! one does, that work goes on, that backups are missing.

use contract::desktop::BookChoice;
use yew::prelude::*;

use crate::{
    components::{Button, Confirm, ControlSize, Icon, ListenerBanner},
    hooks::{use_formats, use_link, use_opened_book},
    pages::settings::{BackupBanner, WorkBanner},
};

/// What is said above every page, as long as it holds.
#[component]
pub fn Banners() -> Html {
    let book = use_opened_book();
    let link = use_link();
    let formats = use_formats();
    let host = book.as_ref().and_then(|book| book.startup.open_to_others().map(str::to_owned));
    let lost = link
        .as_ref()
        .and_then(|link| link.state.lost_since.map(|since| (since, link.clone())));
    html! {
        <div>
            if book.is_some_and(|book| book.is_sample()) { <SampleBanner /> }
            if let Some(host) = host { <ListenerBanner {host} /> }
            <div role="status">
                if let Some((since, link)) = lost {
                    <section class={classes!("banner", link.state.is_swapped.then_some("banner--danger"))} aria-label={if link.state.is_swapped { "Another server" } else { "No connection" }}>
                        { Icon::Alert.small() }
                        <span>
                            <strong>
                                { if link.state.is_swapped {
                                    "This is not the server, or not the book, that was opened. Nothing is read or changed there: ask who runs the server. "
                                } else {
                                    "No connection to the database. "
                                } }
                            </strong>
                            { format!("What you see is as of {}. Everything that was saved is safe; saving is possible again when it answers. ", formats.time_of(since)) }
                            { match link.state.unsure {
                                0 => String::new(),
                                1 => "One save waits for its answer and is made once.".to_owned(),
                                more => format!("{more} saves wait for their answers, and each is made once."),
                            } }
                        </span>
                        <span class="muted banner__note">{ "It is tried again every two seconds." }</span>
                    </section>
                }
            </div>
            <WorkBanner />
            <BackupBanner />
        </div>
    }
}

/// Says that the sample is open.
#[component]
fn SampleBanner() -> Html {
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
