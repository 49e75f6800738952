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
                /// Give it as `before` for what comes before; missing at the start.
                pub previous: Option<String>,
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
    ($(#[$meta:meta])* $name:ident by $sort:ty $(, $(#[$fmeta:meta])* $field:ident: $ty:ty)*) => {
        $crate::wire! {
            $(#[$meta])*
            #[derive(Default)]
            pub struct $name {
                /// Of this customer only.
                #[serde(default)]
                pub customer_id: Option<$crate::CustomerId>,
                /// Every part of it occurs in the record or in name, e-mail or company of its customer, folded in case and accents.
                #[serde(default)]
                pub search: Option<String>,
                /// The order; `created_at` when it is not given.
                #[serde(default)]
                pub sort: Option<$sort>,
                /// Largest first. When it is not given: true for `created_at`, else false.
                #[serde(default)]
                pub descending: Option<bool>,
                /// Rows of a page, 1 to 500; 50 when it is not given.
                #[serde(default)]
                pub limit: Option<u32>,
                /// The `next` of a page: what follows it.
                #[serde(default)]
                pub after: Option<String>,
                /// The `previous` of a page: what comes before it.
                #[serde(default)]
                pub before: Option<String>,
                /// Number of the first row, from 0.
                #[serde(default)]
                pub at: Option<u64>,
                /// Count all that match, however long it takes; else no further than 10,001.
                #[serde(default)]
                pub exact: bool,
                $($(#[$fmeta])* #[serde(default)] pub $field: $ty,)*
            }
        }
        impl $crate::Validate for $name {
            fn validate(&self) -> Result<(), Vec<$crate::FieldError>> {
                $crate::rules::check(|found| {
                    found.search("search", self.search.as_deref());
                    found.limit(self.limit);
                    found.position(self.after.is_some(), self.before.is_some(), self.at.is_some());
                })
            }
        }
    };
}
