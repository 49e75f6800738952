//! What all lists have in common.

/// The rows of a page when the request does not say.
pub const DEFAULT_LIMIT: u32 = 50;

/// Declares the page of a list: `items`, the cursor of the next page and the number of all that match.
#[macro_export]
#[doc(hidden)]
macro_rules! page {
    ($(#[$meta:meta])* $name:ident of $item:ty $(, $(#[$fmeta:meta])* $field:ident: $ty:ty)*) => {
        $crate::wire! {
            $(#[$meta])*
            pub struct $name {
                /// The rows, in the order that was asked for.
                pub items: Vec<$item>,
                /// Give it as `after` for what follows; missing at the end.
                pub next: Option<String>,
                /// How many match.
                pub total: u64,
                /// Whether `total` is counted to the end; if not, at least so many match.
                pub total_is_exact: bool,
                $($(#[$fmeta])* pub $field: $ty,)*
            }
        }
    };
}

/// Declares the request of a list that belongs to one customer or to all, newest first.
#[macro_export]
#[doc(hidden)]
macro_rules! list_request {
    ($(#[$meta:meta])* $name:ident $(, $(#[$fmeta:meta])* $field:ident: $ty:ty)*) => {
        $crate::wire! {
            $(#[$meta])*
            #[derive(Default)]
            pub struct $name {
                /// Of this customer only.
                #[serde(default)]
                pub customer_id: Option<$crate::CustomerId>,
                /// Rows of a page, 1 to 500; 50 when it is not given.
                #[serde(default)]
                pub limit: Option<u32>,
                /// The `next` of the page before.
                #[serde(default)]
                pub after: Option<String>,
                $($(#[$fmeta])* #[serde(default)] pub $field: $ty,)*
            }
        }
        impl $crate::Validate for $name {
            fn validate(&self) -> Result<(), Vec<$crate::FieldError>> {
                $crate::rules::check(|found| found.limit(self.limit))
            }
        }
    };
}
