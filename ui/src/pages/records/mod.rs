//! The lists of all licenses, subscriptions, invoices, payments and domains.

mod cells;
mod domains;
mod invoices;
mod licenses;
mod payments;
mod subscriptions;

pub use domains::{Domains, DomainsPage};
pub use invoices::Invoices;
pub use licenses::Licenses;
pub use payments::Payments;
pub use subscriptions::Subscriptions;
