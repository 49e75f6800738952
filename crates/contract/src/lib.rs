//! What can be asked of Clientele and what it answers.
//!
//! Compiled for the app and, as WebAssembly, for the page, so that the two cannot drift: a field that one side renames
//! no longer compiles on the other. Knows nothing of databases, windows or markup.
//!
//! Start with [`operations`], the list of everything that can be done; each request stands in the file of its noun.

pub mod backup;
pub mod billing;
pub mod calendar;
pub mod catch_up;
pub mod change;
pub mod connection;
pub mod credit_note;
pub mod customer;
pub mod desk;
pub mod desktop;
pub mod document;
pub mod domain;
pub mod email;
pub mod error;
pub mod exchange;
pub mod ics;
pub mod ids;
pub mod invoice;
pub mod license;
pub mod license_key;
pub mod logo;
pub mod money;
pub mod number;
pub mod operations;
pub mod outcome;
pub mod page;
pub mod party;
pub mod payment;
pub mod plain_name;
pub mod plan;
pub mod promise;
pub mod quantity;
pub mod recurring;
pub mod refusals;
pub mod rules;
pub mod session;
pub mod settings;
pub mod stats;
pub mod subscription;
pub mod tax;
pub mod text;
pub mod timestamp;
pub mod words;
pub mod work;

pub use calendar::BillingCycle;
pub use error::{Conflict, Difference, Error, FieldError, Forbidden, Noun, Problem};
pub use ids::*;
pub use money::{Currency, Money};
pub use operations::{Access, Effect, Operation, Request};
pub use outcome::Outcome;
pub use quantity::Quantity;
pub use rules::Validate;
pub use tax::{TaxCategory, TaxGroup, TaxTreatment};
pub use timestamp::Timestamp;

/// Derives the common traits of everything that crosses the wire; unknown fields are refused.
#[macro_export]
#[doc(hidden)]
macro_rules! wire {
    ($($(#[$meta:meta])* pub struct $name:ident { $($body:tt)* })+) => {$(
        $(#[$meta])*
        #[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
        #[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
        #[serde(deny_unknown_fields)]
        pub struct $name { $($body)* }
    )+};
}

/// The same for an enumeration of plain names, written in snake case.
#[macro_export]
#[doc(hidden)]
macro_rules! names {
    ($(#[$meta:meta])* pub enum $name:ident { $($(#[$vmeta:meta])* $variant:ident = $text:literal),+ $(,)? }) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
        #[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
        pub enum $name { $($(#[$vmeta])* #[serde(rename = $text)] $variant),+ }
        impl $name {
            /// Every value, in the order of declaration.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];
            /// The name on the wire and in the database.
            #[must_use]
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text),+ }
            }
            /// The value of a name, if there is one.
            #[must_use]
            pub fn parse(text: &str) -> Option<Self> {
                match text { $($text => Some(Self::$variant),)+ _ => None }
            }
        }
    };
}
