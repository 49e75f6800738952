//! The navigation, the book, and who is signed in.

use yew::prelude::*;

use crate::{
    components::{Avatar, Icon, IconButton, Mark, Menu, MenuItem},
    format,
    hooks::{use_opened_book, use_session},
    pages::catch_up::{Due, use_due},
    route::{Route, Section},
    shell::{PAGES, shortcuts},
};

/// The navigation.
#[derive(Properties, PartialEq)]
pub struct SidebarProps {
    /// Where the person is.
    pub route: Route,
    /// Opens the command palette.
    pub on_search: Callback<()>,
    /// Shows all shortcuts.
    pub on_shortcuts: Callback<()>,
}

/// The navigation, inside an `<aside>` or a drawer.
#[component]
pub fn Sidebar(props: &SidebarProps) -> Html {
    let session = use_session();
    let book = use_opened_book();
    let due = use_due();
    let name = session
        .state
        .administrator
        .as_ref()
        .map(|administrator| administrator.full_name.clone())
        .unwrap_or_default();
    let email = session
        .state
        .administrator
        .as_ref()
        .map(|administrator| administrator.email.clone())
        .unwrap_or_default();
    let location = book.as_ref().map(|book| book.startup.location.clone()).unwrap_or_default();
    let is_sample = book.as_ref().is_some_and(|book| book.is_sample());
    let place = match book.as_ref().and_then(|book| book.host()) {
        _ if is_sample => "Sample data".to_owned(),
        Some(host) => host.to_owned(),
        None => "Local file".to_owned(),
    };
    let (keys, title) = shortcuts::ALL_KEYS;
    let mut items = vec![MenuItem::new(title, Icon::Keyboard, props.on_shortcuts.clone()).kbd(keys)];
    if !is_sample {
        let (keys, title) = shortcuts::LOCK;
        items.push(MenuItem::new(title, Icon::Lock, session.lock.clone()).kbd(keys));
    }
    items.push(MenuItem::new("Sign out", Icon::SignOut, session.sign_out.clone()));
    let is_in_settings = matches!(props.route, Route::Settings(_));
    html! {
        <div class="sidebar__inner">
            <div class="book" title={location}>
                <Mark />
                <span class="book__text">
                    <span class="book__name truncate">{ session.state.book_name.clone() }</span>
                    <span class="book__where truncate">{ place }</span>
                </span>
            </div>
            { search(&props.on_search) }
            <div class="sidebar__scroll">
                <nav aria-label="Main"><ul class="nav">
                    { for PAGES.iter().enumerate().map(|(at, (route, label))| nav_item(*route, label, at + 1, props.route, due.as_ref().map_or(0, |due| due.overdue))) }
                </ul>
                <ul class="nav nav--second">{ catch_up(props.route, due.as_ref().map_or(0, Due::count)) }</ul></nav>
            </div>
            <div class="sidebar__foot">
                <Menu label={format!("Account: {name}, {email}")} class={classes!("me")} {items} is_upward={true}>
                    <Avatar name={name.clone()} />
                    <span class="me__text truncate">{ name }</span>
                </Menu>
                if !is_sample {
                    <IconButton icon={Icon::Lock} label="Lock" kbd="Ctrl L" on_press={session.lock.clone()} />
                }
                <a
                    class="icon-btn" href={Route::Settings(Section::General).href()} aria-label="Settings" title="Settings  Ctrl ,"
                    aria-current={is_in_settings.then_some("page")}
                >
                    { Icon::Settings.view() }
                </a>
            </div>
        </div>
    }
}

/// What opens the command palette.
fn search(on_search: &Callback<()>) -> Html {
    let (keys, title) = shortcuts::SEARCH;
    let open = {
        let on_search = on_search.clone();
        move |_: MouseEvent| on_search.emit(())
    };
    html! {
        <button
            class="search-launch" type="button" aria-label={title} title={format!("{title}  {keys}")} aria-haspopup="dialog"
            aria-keyshortcuts="Control+K" onclick={open}
        >
            { Icon::Search.small() }
            <span>{ "Search or run" }</span>
            <kbd aria-hidden="true">{ keys }</kbd>
        </button>
    }
}

/// The way to what is due, with how much that is.
fn catch_up(current: Route, count: u64) -> Html {
    let counted = format::count(count);
    let label = if count > 0 {
        format!("Catch up, {counted} due")
    } else {
        "Catch up".to_owned()
    };
    html! {
        <li>
            <a
                class="nav__item" href={Route::CatchUp.href()} aria-label={label.clone()} title={label}
                aria-current={Route::CatchUp.is_same_page(current).then_some("page")}
            >
                { page_icon(Route::CatchUp).view() }
                <span class="nav__label">{ "Catch up" }</span>
                if count > 0 { <span class="nav__count nav__count--due num" aria-hidden="true">{ counted }</span> }
            </a>
        </li>
    }
}

/// The picture of a page.
pub fn page_icon(route: Route) -> Icon {
    match route {
        Route::Dashboard => Icon::Home,
        Route::Customers(_) => Icon::Users,
        Route::Licenses => Icon::Key,
        Route::Plans => Icon::Layers,
        Route::Subscriptions => Icon::Repeat,
        Route::Invoices => Icon::Receipt,
        Route::Payments => Icon::Card,
        Route::Domains => Icon::Globe,
        Route::CatchUp => Icon::Refresh,
        Route::Statistics => Icon::Chart,
        Route::Settings(_) => Icon::Settings,
    }
}

/// A page; that of invoices says how many are overdue.
fn nav_item(route: Route, label: &'static str, number: usize, current: Route, overdue: u64) -> Html {
    let late = format::count(overdue);
    let name = if route == Route::Invoices && overdue > 0 {
        format!("{label}, {late} overdue")
    } else {
        label.to_owned()
    };
    html! {
        <li key={label}>
            <a
                class="nav__item" href={route.href()} aria-label={name.clone()} title={format!("{name}  Ctrl {number}")}
                aria-current={route.is_same_page(current).then_some("page")} aria-keyshortcuts={format!("Control+{number}")}
            >
                { page_icon(route).view() }
                <span class="nav__label">{ label }</span>
                if name != label { <span class="nav__count nav__count--alert num" aria-hidden="true">{ Icon::AlertCircle.small() }{ late }</span> }
            </a>
        </li>
    }
}
