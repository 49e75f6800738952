//! The app around a page: navigation, keys, lock, notifications.

mod appearance;
mod banner;
mod confirmation;
mod drawer;
mod history;
mod idle;
mod palette;
mod shelf;
mod shortcuts;
mod sidebar;

use contract::desktop::NoteBookName;
use yew::prelude::*;

pub use appearance::{Appearance, ZOOMS};
pub use shelf::Shelf;

use crate::{
    components::{Drawer, ToastRegion},
    hooks::{
        HotkeyScope, LinkProvider, WorkProvider, focus_main, use_changes_elsewhere, use_hotkey, use_hotkey_in, use_opened_book, use_session,
    },
    ipc,
    pages::{self, catch_up::DueProvider, list_page::ListPage, records},
    route::{Route, Section, use_place},
};
use banner::Banners;
use confirmation::ConfirmationGate;
use drawer::DrawerDialog;
use idle::IdleLock;
use palette::{Acts, Over, Palette};
use shortcuts::Shortcuts;
use sidebar::Sidebar;

/// The pages of the navigation, in its order; the number of each is its key.
pub const PAGES: &[(Route, &str)] = &[
    (Route::Dashboard, "Dashboard"),
    (Route::CUSTOMERS, "Customers"),
    (Route::Licenses, "Licenses"),
    (Route::Plans, "Plans"),
    (Route::Subscriptions, "Subscriptions"),
    (Route::Invoices, "Invoices"),
    (Route::Payments, "Payments"),
    (Route::Domains, "Domains"),
    (Route::Statistics, "Statistics"),
];

/// The app around a page.
#[derive(Properties, PartialEq)]
pub struct ShellProps {
    /// Which page.
    pub route: Route,
}

/// The app around a page.
#[component]
pub fn Shell(props: &ShellProps) -> Html {
    let session = use_session();
    let place = use_place();
    let is_sample = use_opened_book().is_some_and(|book| book.is_sample());
    let has_drawer = use_state_eq(|| false);
    let has_shortcuts = use_state_eq(|| false);
    let has_palette = use_state_eq(|| false);
    // What the palette has opened over the page.
    let over = use_state_eq(|| None::<Over>);
    {
        let lock = session.lock.clone();
        // Nobody knows the password of the sample, so it is never locked.
        let lock = Callback::from(move |()| {
            if !is_sample {
                lock.emit(())
            }
        });
        use_hotkey_in("Ctrl+L", HotkeyScope::Page, lock.clone());
        use_hotkey_in("Ctrl+L", HotkeyScope::Dialog, lock);
    }
    history::use_history(props.route);
    use_changes_elsewhere();
    use_effect_with((session.state.book_name.clone(), is_sample), |(name, is_sample)| {
        if !*is_sample && !name.is_empty() {
            let name = name.clone();
            wasm_bindgen_futures::spawn_local(async move {
                // The list of books does without.
                let _ = ipc::call(NoteBookName { name }).await;
            });
        }
    });
    let go = |route: Route| {
        let place = place.clone();
        Callback::from(move |()| place.go(route))
    };
    let page = |number: usize| PAGES.get(number).map_or_else(Callback::noop, |(route, _)| go(*route));
    use_hotkey("Ctrl+1", page(0));
    use_hotkey("Ctrl+2", page(1));
    use_hotkey("Ctrl+3", page(2));
    use_hotkey("Ctrl+4", page(3));
    use_hotkey("Ctrl+5", page(4));
    use_hotkey("Ctrl+6", page(5));
    use_hotkey("Ctrl+7", page(6));
    use_hotkey("Ctrl+8", page(7));
    use_hotkey("Ctrl+9", page(8));
    use_hotkey("Ctrl+,", go(Route::Settings(Section::General)));
    let show_shortcuts = {
        let has_shortcuts = has_shortcuts.setter();
        Callback::from(move |()| has_shortcuts.set(true))
    };
    use_hotkey("?", show_shortcuts.clone());
    use_hotkey("Ctrl+/", show_shortcuts.clone());
    let show_palette = {
        let (has_drawer, has_palette) = (has_drawer.setter(), has_palette.setter());
        Callback::from(move |()| {
            has_drawer.set(false);
            has_palette.set(true);
        })
    };
    use_hotkey("Ctrl+K", show_palette.clone());
    {
        // A page that is gone to is what the person wanted to see.
        let (has_drawer, over) = (has_drawer.setter(), over.setter());
        use_effect_with(props.route, move |_| {
            has_drawer.set(false);
            over.set(None);
        });
    }
    let drawer = {
        let has_drawer = has_drawer.setter();
        Drawer {
            open: Callback::from(move |()| has_drawer.set(true)),
            search: show_palette.clone(),
        }
    };
    let page = match props.route {
        Route::Dashboard => html! { <pages::dashboard::Dashboard /> },
        Route::Customers(record) => html! { <pages::customers::Customers {record} /> },
        Route::Licenses => html! { <ListPage<records::Licenses> /> },
        Route::Plans => html! { <pages::plans::Plans /> },
        Route::Subscriptions => html! { <ListPage<records::Subscriptions> /> },
        Route::Invoices => html! { <ListPage<records::Invoices> /> },
        Route::Payments => html! { <ListPage<records::Payments> /> },
        Route::Domains => html! { <records::DomainsPage /> },
        Route::CatchUp => html! { <pages::catch_up::CatchUp /> },
        Route::Statistics => html! { <pages::statistics::Statistics /> },
        Route::Settings(section) => html! { <pages::settings::Settings {section} /> },
    };
    let close_drawer = {
        let has_drawer = has_drawer.setter();
        Callback::from(move |()| has_drawer.set(false))
    };
    let close_shortcuts = {
        let has_shortcuts = has_shortcuts.setter();
        Callback::from(move |()| has_shortcuts.set(false))
    };
    let close_palette = {
        let has_palette = has_palette.setter();
        Callback::from(move |()| has_palette.set(false))
    };
    let close_over = {
        let over = over.setter();
        use_callback((), move |(), ()| over.set(None))
    };
    let acts = Acts {
        over: {
            let over = over.setter();
            Callback::from(move |dialog: Over| over.set(Some(dialog)))
        },
        on_shortcuts: show_shortcuts.clone(),
        is_sample,
    };
    html! {
        <div class="contents"><LinkProvider><WorkProvider><ConfirmationGate><DueProvider><pages::customers::CreationProvider>
            <ContextProvider<Drawer> context={drawer}>
                <div class="app">
                    <button class="skip-link" type="button" onclick={|_| focus_main()}>{ "Skip to content" }</button>
                    <aside class="sidebar" aria-label="Sidebar"><Sidebar route={props.route} on_search={show_palette.clone()} on_shortcuts={show_shortcuts.clone()} /></aside>
                    <div class="desk">
                        <Banners />
                        { page }
                    </div>
                    <ToastRegion />
                </div>
                <div>
                    if *has_drawer {
                        <DrawerDialog on_close={close_drawer}><Sidebar route={props.route} on_search={show_palette} on_shortcuts={show_shortcuts} /></DrawerDialog>
                    }
                </div>
                <div>if *has_shortcuts { <Shortcuts on_close={close_shortcuts} /> }</div>
                <div>if let Some(over) = &*over { { over.emit(close_over) } }</div>
                <div>if *has_palette { <Palette {acts} on_close={close_palette} /> }</div>
            </ContextProvider<Drawer>>
        </pages::customers::CreationProvider></DueProvider></ConfirmationGate></WorkProvider></LinkProvider>
            // Last, as it lies over everything: what is topmost is told by the order of the document.
            <div>if !is_sample { <IdleLock session={session.clone()} /> }</div>
        </div>
    }
}
