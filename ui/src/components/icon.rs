//! Icons: the geometry of Lucide (ISC license) on a grid of 24, drawn with the color of the text around them.

use yew::{Html, html};

macro_rules! icons {
    ($($(#[$meta:meta])* $name:ident = $path:literal),+ $(,)?) => {
        /// A picture beside a word. It is hidden from assistive technology; the control that holds it has the name.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        #[allow(dead_code, reason = "one set for all pages; not every page is there yet")]
        pub enum Icon { $($(#[$meta])* $name),+ }

        impl Icon {
            fn path(self) -> &'static str {
                match self { $(Self::$name => $path),+ }
            }
        }
    };
}

icons! {
    /// A warning.
    Alert = "M12 4 2.8 19.5h18.4zM12 10v4M12 16.9v.1",
    /// A failure.
    AlertCircle = "M3.25 12a8.75 8.75 0 1 0 17.5 0a8.75 8.75 0 1 0-17.5 0M12 7.5v5M12 16v.1",
    /// A backup.
    Archive = "M4 4.5h16a1 1 0 0 1 1 1v2.5a1 1 0 0 1-1 1h-16a1 1 0 0 1-1-1v-2.5a1 1 0 0 1 1-1zM4.5 9v9A1.5 1.5 0 0 0 6 19.5h12a1.5 1.5 0 0 0 1.5-1.5V9M10 13h4",
    /// More than before.
    ArrowUp = "M12 19V5.5M6 11l6-6 6 6",
    /// A company.
    Building = "M5 20.5v-16a1 1 0 0 1 1-1h8a1 1 0 0 1 1 1v16M15 9.5h3a1 1 0 0 1 1 1v10M3 20.5h18M8.5 8h3M8.5 12h3M8.5 16h3",
    /// A date.
    Calendar = "M6 5h12a2.5 2.5 0 0 1 2.5 2.5v10.5a2.5 2.5 0 0 1-2.5 2.5h-12a2.5 2.5 0 0 1-2.5-2.5v-10.5a2.5 2.5 0 0 1 2.5-2.5zM3.5 10h17M8 2.8V6.5M16 2.8V6.5",
    /// A payment.
    Card = "M5 5h14a2.5 2.5 0 0 1 2.5 2.5v9a2.5 2.5 0 0 1-2.5 2.5h-14a2.5 2.5 0 0 1-2.5-2.5v-9a2.5 2.5 0 0 1 2.5-2.5zM2.5 10h19M6.5 15h3",
    /// Figures.
    Chart = "M4 4v14a2 2 0 0 0 2 2h14M9 16v-4M13.5 16V7.5M18 16v-6",
    /// Done.
    Check = "M4.5 12.5l5 5 10-11",
    /// All is well.
    CheckCircle = "M3.25 12a8.75 8.75 0 1 0 17.5 0a8.75 8.75 0 1 0-17.5 0M8 12.3l2.7 2.7L16 9.5",
    /// Soon.
    Clock = "M3.25 12a8.75 8.75 0 1 0 17.5 0a8.75 8.75 0 1 0-17.5 0M12 7v5l3.3 2",
    /// Columns.
    Columns = "M6 4.5h12a2.5 2.5 0 0 1 2.5 2.5v10a2.5 2.5 0 0 1-2.5 2.5h-12a2.5 2.5 0 0 1-2.5-2.5v-10a2.5 2.5 0 0 1 2.5-2.5zM9.2 4.5v15M14.8 4.5v15",
    /// Copy.
    Copy = "M11 8.5h7a2.5 2.5 0 0 1 2.5 2.5v7a2.5 2.5 0 0 1-2.5 2.5h-7a2.5 2.5 0 0 1-2.5-2.5v-7a2.5 2.5 0 0 1 2.5-2.5zM15.5 8.5V6A2.5 2.5 0 0 0 13 3.5H6A2.5 2.5 0 0 0 3.5 6v7A2.5 2.5 0 0 0 6 15.5h2.5",
    /// The book.
    Database = "M4.5 5.8a7.5 2.8 0 1 0 15 0a7.5 2.8 0 1 0-15 0M4.5 5.8v12.4c0 1.55 3.35 2.8 7.5 2.8s7.5-1.25 7.5-2.8V5.8M4.5 12c0 1.55 3.35 2.8 7.5 2.8s7.5-1.25 7.5-2.8",
    /// Opens downwards.
    Down = "M6.5 9.5l5.5 5.5 5.5-5.5",
    /// Save to a file.
    Download = "M12 4v11.5M7 10.5l5 5 5-5M4 15.5v2.5A2.5 2.5 0 0 0 6.5 20.5h11A2.5 2.5 0 0 0 20 18v-2.5",
    /// View.
    Eye = "M2.5 12S6 5.5 12 5.5 21.5 12 21.5 12 18 18.5 12 18.5 2.5 12 2.5 12zM9.25 12a2.75 2.75 0 1 0 5.5 0a2.75 2.75 0 1 0-5.5 0",
    /// Hide.
    EyeOff = "M4 4l16 16M2.5 12S6 5.5 12 5.5 21.5 12 21.5 12 18 18.5 12 18.5 2.5 12 2.5 12zM9.25 12a2.75 2.75 0 1 0 5.5 0a2.75 2.75 0 1 0-5.5 0",
    /// A file.
    File = "M6 3.5h8l5 5V19a1.5 1.5 0 0 1-1.5 1.5H6.5A1.5 1.5 0 0 1 5 19V4.5a1 1 0 0 1 1-1zM13.5 3.5V9H19",
    /// A domain.
    Globe = "M3.25 12a8.75 8.75 0 1 0 17.5 0a8.75 8.75 0 1 0-17.5 0M3.5 12h17M12 3.25c2.4 2.6 3.6 5.5 3.6 8.75s-1.2 6.15-3.6 8.75C9.6 18.15 8.4 15.25 8.4 12s1.2-6.15 3.6-8.75z",
    /// The dashboard.
    Home = "M5 3.5h4a1.5 1.5 0 0 1 1.5 1.5v5a1.5 1.5 0 0 1-1.5 1.5h-4a1.5 1.5 0 0 1-1.5-1.5v-5a1.5 1.5 0 0 1 1.5-1.5zM15 3.5h4a1.5 1.5 0 0 1 1.5 1.5v2a1.5 1.5 0 0 1-1.5 1.5h-4a1.5 1.5 0 0 1-1.5-1.5v-2a1.5 1.5 0 0 1 1.5-1.5zM15 12.5h4a1.5 1.5 0 0 1 1.5 1.5v5a1.5 1.5 0 0 1-1.5 1.5h-4a1.5 1.5 0 0 1-1.5-1.5v-5a1.5 1.5 0 0 1 1.5-1.5zM5 15.5h4a1.5 1.5 0 0 1 1.5 1.5v2a1.5 1.5 0 0 1-1.5 1.5h-4a1.5 1.5 0 0 1-1.5-1.5v-2a1.5 1.5 0 0 1 1.5-1.5z",
    /// To know.
    Info = "M3.25 12a8.75 8.75 0 1 0 17.5 0a8.75 8.75 0 1 0-17.5 0M12 11.5v5M12 8v.1",
    /// A license.
    Key = "M3.5 16a4.5 4.5 0 1 0 9 0a4.5 4.5 0 1 0-9 0M11.3 12.7 20 4M15.5 8.5l3 3L21.5 8.5l-3-3",
    /// Shortcuts.
    Keyboard = "M5 6h14a2.5 2.5 0 0 1 2.5 2.5v7a2.5 2.5 0 0 1-2.5 2.5h-14a2.5 2.5 0 0 1-2.5-2.5v-7a2.5 2.5 0 0 1 2.5-2.5zM6.5 10v.01M10 10v.01M14 10v.01M17.5 10v.01M8 14h8",
    /// Plans.
    Layers = "M12 3.5l8.5 4.5L12 12.5 3.5 8zM3.5 12.5l8.5 4.5 8.5-4.5M3.5 16.5l8.5 4.5 8.5-4.5",
    /// Lock.
    Lock = "M7 10.5h10a2.5 2.5 0 0 1 2.5 2.5v5a2.5 2.5 0 0 1-2.5 2.5h-10a2.5 2.5 0 0 1-2.5-2.5v-5a2.5 2.5 0 0 1 2.5-2.5zM8 10.5V7.5a4 4 0 0 1 8 0v3",
    /// E-mail.
    Mail = "M5 5h14a2.5 2.5 0 0 1 2.5 2.5v9a2.5 2.5 0 0 1-2.5 2.5h-14a2.5 2.5 0 0 1-2.5-2.5v-9a2.5 2.5 0 0 1 2.5-2.5zM3.5 7l8.5 6 8.5-6",
    /// Opens the navigation.
    Menu = "M4 7h16M4 12h16M4 17h16",
    /// More.
    More = "M4.4 12a0.6 0.6 0 1 0 1.2 0a0.6 0.6 0 1 0-1.2 0M11.4 12a0.6 0.6 0 1 0 1.2 0a0.6 0.6 0 1 0-1.2 0M18.4 12a0.6 0.6 0 1 0 1.2 0a0.6 0.6 0 1 0-1.2 0",
    /// A product.
    Package = "M12 3 4 7.2v9.6L12 21l8-4.2V7.2zM4.3 7.4 12 11.5l7.7-4.1M12 11.5V21",
    /// Appearance.
    Palette = "M3.25 12a8.75 8.75 0 1 0 17.5 0a8.75 8.75 0 1 0-17.5 0M12 3.25v17.5M12 7h4.5M12 12h8M12 17h4.5",
    /// Not for a while.
    Pause = "M9 5.5v13M15 5.5v13",
    /// Edit.
    Pencil = "M4 20l1-4.5L16.5 4a2.1 2.1 0 0 1 3 0l.5.5a2.1 2.1 0 0 1 0 3L8.5 19zM14.5 6l3.5 3.5",
    /// New.
    Plus = "M12 5v14M5 12h14",
    /// Active or not.
    Power = "M12 3.5V12M7 6.8a8 8 0 1 0 10 0",
    /// An invoice.
    Receipt = "M5 3.5h14v17l-2.3-1.5-2.4 1.5-2.3-1.5-2.3 1.5-2.4-1.5L5 20.5zM9 8.5h6M9 12.5h6",
    /// Again.
    Refresh = "M20 11a8 8 0 0 0-14.3-4L3.5 9.5M3.5 4.5v5h5M4 13a8 8 0 0 0 14.3 4l2.2-2.5M20.5 19.5v-5h-5",
    /// A subscription.
    Repeat = "M4 11V9.5A3.5 3.5 0 0 1 7.5 6H20M16.5 2.5l3.5 3.5-3.5 3.5M20 13v1.5a3.5 3.5 0 0 1-3.5 3.5H4M7.5 21.5 4 18l3.5-3.5",
    /// Leads on.
    Right = "M9.5 6.5l5.5 5.5-5.5 5.5",
    /// Search.
    Search = "M4.5 11a6.5 6.5 0 1 0 13 0a6.5 6.5 0 1 0-13 0M20 20l-4.3-4.3",
    /// Settings.
    Settings = "M4 7h9M17 7h3M4 17h3M11 17h9M13 7a2 2 0 1 0 4 0a2 2 0 1 0-4 0M7 17a2 2 0 1 0 4 0a2 2 0 1 0-4 0",
    /// Protected.
    Shield = "M12 3l7.5 2.8V11c0 4.8-3 8-7.5 10-4.5-2-7.5-5.2-7.5-10V5.8zM8.8 11.8l2.3 2.3 4.2-4.5",
    /// Sign out.
    SignOut = "M9.5 20.5H6A1.5 1.5 0 0 1 4.5 19V5A1.5 1.5 0 0 1 6 3.5h3.5M16 16.5l4.5-4.5L16 7.5M20.5 12H10",
    /// A tag.
    Tag = "M3.5 4.5v7L12 20l8-8-8.5-8.5h-7a1 1 0 0 0-1 1zM7.4 8a0.6 0.6 0 1 0 1.2 0a0.6 0.6 0 1 0-1.2 0",
    /// Delete.
    Trash = "M4 6.5h16M9.5 6.5V4.5a1 1 0 0 1 1-1h3a1 1 0 0 1 1 1v2M6 6.5l.8 12.2a2 2 0 0 0 2 1.8h6.4a2 2 0 0 0 2-1.8L18 6.5M10 11v5M14 11v5",
    /// Growth.
    Trend = "M3.5 17 9.5 11l4 4 7-7.5M15.5 7.5h5v5",
    /// Take back.
    Undo = "M8.5 4.5 4 9l4.5 4.5M4 9h10a6 6 0 0 1 0 12h-3",
    /// Unlock.
    Unlock = "M7 10.5h10a2.5 2.5 0 0 1 2.5 2.5v5a2.5 2.5 0 0 1-2.5 2.5h-10a2.5 2.5 0 0 1-2.5-2.5v-5a2.5 2.5 0 0 1 2.5-2.5zM8 10.5V7.5a4 4 0 0 1 7.7-1.5",
    /// Ascending.
    Up = "M6.5 14.5l5.5-5.5 5.5 5.5",
    /// A choice.
    Updown = "M8 9.5l4-4 4 4M8 14.5l4 4 4-4",
    /// Bring in.
    Upload = "M12 15.5V4M7 9l5-5 5 5M4 15.5v2.5A2.5 2.5 0 0 0 6.5 20.5h11A2.5 2.5 0 0 0 20 18v-2.5",
    /// A person.
    User = "M8.25 8a3.75 3.75 0 1 0 7.5 0a3.75 3.75 0 1 0-7.5 0M5 20.5v-1a5 5 0 0 1 5-5h4a5 5 0 0 1 5 5v1",
    /// Customers.
    Users = "M5.5 8a3.5 3.5 0 1 0 7 0a3.5 3.5 0 1 0-7 0M2.5 20v-1.2A4.8 4.8 0 0 1 7.3 14h3.4a4.8 4.8 0 0 1 4.8 4.8V20M16 4.8a3.5 3.5 0 0 1 0 6.4M18 14.3a4.8 4.8 0 0 1 3.5 4.5V20",
    /// Revenue.
    Wallet = "M4 7.5V17a2.5 2.5 0 0 0 2.5 2.5H18a2 2 0 0 0 2-2V9.5a2 2 0 0 0-2-2H5.5A1.5 1.5 0 0 1 4 6a2 2 0 0 1 2-2h11M15.4 13.5a0.6 0.6 0 1 0 1.2 0a0.6 0.6 0 1 0-1.2 0",
    /// Close.
    X = "M6 6l12 12M18 6 6 18",
}

impl Icon {
    /// 16 px, for controls and rows.
    pub fn view(self) -> Html {
        self.drawn("icon")
    }

    /// 14 px, for fields and small controls.
    pub fn small(self) -> Html {
        self.drawn("icon icon--sm")
    }

    /// 20 px, for what stands alone.
    pub fn large(self) -> Html {
        self.drawn("icon icon--lg")
    }

    /// With classes of its own, such as `icon tone-danger`.
    pub fn drawn(self, class: &'static str) -> Html {
        html! { <svg class={class} viewBox="0 0 24 24" aria-hidden="true"><path d={self.path()} /></svg> }
    }
}
