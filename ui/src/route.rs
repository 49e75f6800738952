//! Where in the app: a page, kept in the hash of the address so that back and forward work.

use std::{cell::Cell, fmt};

use contract::CustomerId;
use gloo_events::EventListener;
use yew::prelude::*;

macro_rules! parts {
    ($(#[$meta:meta])* pub enum $name:ident { $($(#[$vmeta:meta])* $variant:ident = $text:literal, $label:literal),+ $(,)? }) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum $name { $($(#[$vmeta])* $variant),+ }
        impl $name {
            /// Every one, in the order of the page.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];
            /// As in the address.
            #[must_use]
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text),+ }
            }
            /// As on the page.
            #[must_use]
            pub fn label(self) -> &'static str {
                match self { $(Self::$variant => $label),+ }
            }
            /// The one of a part of an address.
            #[must_use]
            pub fn parse(text: &str) -> Option<Self> {
                match text { $($text => Some(Self::$variant),)+ _ => None }
            }
        }
    };
}

parts! {
    /// A tab of a customer.
    pub enum CustomerTab {
        /// Status, figures, contact.
        Details = "details", "Details",
        /// Licenses.
        Licenses = "licenses", "Licenses",
        /// Subscriptions.
        Subscriptions = "subscriptions", "Subscriptions",
        /// Domains.
        Domains = "domains", "Domains",
        /// Invoices.
        Invoices = "invoices", "Invoices",
        /// Payments.
        Payments = "payments", "Payments",
        /// Every change.
        Timeline = "timeline", "Timeline",
    }
}

parts! {
    /// A section of the settings.
    pub enum Section {
        /// The book's name, currency, time zone and limits.
        General = "general", "General",
        /// Who sells, tax, numbers, reminders.
        Billing = "billing", "Billing",
        /// Theme, density, zoom.
        Appearance = "appearance", "Appearance",
        /// Where the book is, others, backups.
        Database = "database", "Database",
        /// Who may sign in.
        People = "people", "People",
    }
}

/// A place in the app.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Route {
    /// `#/`
    Dashboard,
    /// `#/customers`, or `#/customers/{id}/{tab}` with the details of one over the list.
    Customers(Option<(CustomerId, CustomerTab)>),
    /// `#/licenses`
    Licenses,
    /// `#/plans`
    Plans,
    /// `#/subscriptions`
    Subscriptions,
    /// `#/invoices`
    Invoices,
    /// `#/payments`
    Payments,
    /// `#/domains`
    Domains,
    /// `#/catch-up`
    CatchUp,
    /// `#/statistics`
    Statistics,
    /// `#/settings/{section}`
    Settings(Section),
}

impl Route {
    /// The list of customers.
    pub const CUSTOMERS: Self = Self::Customers(None);

    /// The place of an address; the dashboard for one that does not exist.
    #[must_use]
    pub fn parse(hash: &str) -> Self {
        let path = hash.trim_start_matches('#').trim_matches('/');
        let mut parts = path.split('/');
        match (parts.next(), parts.next(), parts.next()) {
            (Some("customers"), id, tab) => Self::Customers(id.and_then(|id| {
                let tab = tab.and_then(CustomerTab::parse).unwrap_or(CustomerTab::Details);
                Some((id.parse().ok()?, tab))
            })),
            (Some("licenses"), ..) => Self::Licenses,
            (Some("plans"), ..) => Self::Plans,
            (Some("subscriptions"), ..) => Self::Subscriptions,
            (Some("invoices"), ..) => Self::Invoices,
            (Some("payments"), ..) => Self::Payments,
            (Some("domains"), ..) => Self::Domains,
            (Some("catch-up"), ..) => Self::CatchUp,
            (Some("statistics"), ..) => Self::Statistics,
            (Some("settings"), section, _) => Self::Settings(section.and_then(Section::parse).unwrap_or(Section::General)),
            _ => Self::Dashboard,
        }
    }

    /// Whether both belong to the same entry of the navigation.
    #[must_use]
    pub fn is_same_page(self, other: Self) -> bool {
        std::mem::discriminant(&self) == std::mem::discriminant(&other)
    }

    /// The address.
    #[must_use]
    pub fn href(self) -> AttrValue {
        self.to_string().into()
    }
}

impl fmt::Display for Route {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Dashboard => f.write_str("#/"),
            Self::Customers(None) => f.write_str("#/customers"),
            Self::Customers(Some((id, tab))) => write!(f, "#/customers/{id}/{}", tab.as_str()),
            Self::Licenses => f.write_str("#/licenses"),
            Self::Plans => f.write_str("#/plans"),
            Self::Subscriptions => f.write_str("#/subscriptions"),
            Self::Invoices => f.write_str("#/invoices"),
            Self::Payments => f.write_str("#/payments"),
            Self::Domains => f.write_str("#/domains"),
            Self::CatchUp => f.write_str("#/catch-up"),
            Self::Statistics => f.write_str("#/statistics"),
            Self::Settings(section) => write!(f, "#/settings/{}", section.as_str()),
        }
    }
}

/// Where the app is, and how to go elsewhere.
#[derive(Clone, PartialEq)]
pub struct Place {
    /// Where.
    pub route: Route,
}

impl Place {
    /// Goes to another place; back leads here.
    pub fn go(&self, route: Route) {
        if let Some(window) = web_sys::window() {
            // The listener for a changed hash does the rest; a refusal leaves everything as it is.
            let _ = window.location().set_hash(&route.to_string());
        }
    }

    /// Goes to another place of the same page; back leads where it led before.
    pub fn replace(&self, route: Route) {
        if let Some(window) = web_sys::window() {
            // As above.
            let _ = window.location().replace(&route.to_string());
        }
    }
}

thread_local! {
    /// The list from which a record was opened.
    static CAME_FROM: Cell<Option<Route>> = const { Cell::new(None) };
    static HAS_RETURNED: Cell<bool> = const { Cell::new(false) };
}

/// The record that is opened next leads back to this list when it is closed.
pub fn come_back_to(list: Route) {
    CAME_FROM.with(|from| from.set(Some(list)));
}

/// The list to which a closed record leads back, if it was opened from one; it leads there once.
pub fn take_origin() -> Option<Route> {
    let origin = CAME_FROM.with(Cell::take);
    HAS_RETURNED.with(|returned| returned.set(origin.is_some()));
    origin
}

/// Records lead back to the list of customers again.
pub fn forget_origin() {
    CAME_FROM.with(|from| from.set(None));
}

/// Whether the page is come back to from a record, told once.
pub fn take_returned() -> bool {
    HAS_RETURNED.with(Cell::take)
}

/// Around the app: follows the address.
#[component]
pub fn PlaceProvider(props: &yew::html::ChildrenProps) -> Html {
    let route = use_state_eq(current);
    {
        let route = route.setter();
        use_effect_with((), move |()| {
            let listener = web_sys::window().map(|window| EventListener::new(&window, "hashchange", move |_| route.set(current())));
            move || drop(listener)
        });
    }
    html! { <ContextProvider<Place> context={Place { route: *route }}>{ props.children.clone() }</ContextProvider<Place>> }
}

fn current() -> Route {
    let hash = web_sys::window()
        .and_then(|window| window.location().hash().ok())
        .unwrap_or_default();
    Route::parse(&hash)
}

/// Where the app is.
#[hook]
pub fn use_place() -> Place {
    use_context().unwrap_or(Place { route: Route::Dashboard })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn every_place_is_found_again_by_its_address() {
        let id: CustomerId = "0193a7c0-1111-7222-8333-444455556666".parse().unwrap();
        let mut places = vec![
            Route::Dashboard,
            Route::CUSTOMERS,
            Route::Licenses,
            Route::Plans,
            Route::Subscriptions,
            Route::Invoices,
            Route::Payments,
            Route::Domains,
            Route::CatchUp,
            Route::Statistics,
        ];
        places.extend(CustomerTab::ALL.iter().map(|tab| Route::Customers(Some((id, *tab)))));
        places.extend(Section::ALL.iter().map(|section| Route::Settings(*section)));
        for place in places {
            assert_eq!(Route::parse(&place.to_string()), place);
        }
    }

    #[test]
    fn an_address_that_does_not_exist_leads_to_the_nearest_page() {
        assert_eq!(Route::parse(""), Route::Dashboard);
        assert_eq!(Route::parse("#/nowhere"), Route::Dashboard);
        assert_eq!(Route::parse("#/customers/not-an-id"), Route::CUSTOMERS);
        assert_eq!(Route::parse("#/settings"), Route::Settings(Section::General));
    }
}
