//! Settings of the book, the same for everyone who works in it.

use crate::{Currency, FieldError, Validate, rules, rules::always_valid, wire};

wire! {
    /// The settings of the book.
    pub struct Settings {
        /// The name of the book.
        pub book_name: String,
        /// The currency of figures and of new plans.
        pub currency: Currency,
        /// The IANA time zone in which days, weeks and months begin.
        pub time_zone: String,
        /// Whether currency and time zone are fixed, by the first record of money.
        pub is_currency_fixed: bool,
        /// A license that ends within so many days is expiring.
        pub expiring_days: u32,
        /// Minutes without input until the session locks itself.
        pub idle_lock_minutes: u32,
        /// Number of changes so far.
        pub version: u32,
    }

    /// Asks for the settings.
    #[derive(Default)]
    pub struct GetSettings {}

    /// Changes settings; what is absent stays.
    pub struct UpdateSettings {
        /// The version that was read.
        pub version: u32,
        /// The name of the book.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub book_name: Option<String>,
        /// The currency.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub currency: Option<Currency>,
        /// The IANA time zone.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub time_zone: Option<String>,
        /// Days, 1 to 365.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub expiring_days: Option<u32>,
        /// Minutes, 1 to 60.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub idle_lock_minutes: Option<u32>,
    }
}

always_valid!(GetSettings);

impl Validate for UpdateSettings {
    fn validate(&self) -> Result<(), Vec<FieldError>> {
        rules::check(|found| {
            if let Some(name) = &self.book_name {
                found.text("book_name", name, rules::MAX_NAME);
            }
            found.optional_text("time_zone", self.time_zone.as_deref(), 64);
            found.optional_range("expiring_days", self.expiring_days.map(i64::from), 1, 365);
            found.optional_range("idle_lock_minutes", self.idle_lock_minutes.map(i64::from), 1, 60);
        })
    }
}
