//! The accounts that may sign in.

use crate::{CustomerId, Timestamp, rules::always_valid, wire};

wire! {
    /// Asks for the accounts that may sign in.
    #[derive(Default)]
    pub struct ListAdministrators {}

    /// An account that may sign in, with its state.
    pub struct AdministratorRow {
        /// The record.
        pub id: CustomerId,
        /// The e-mail address.
        pub email: String,
        /// The name.
        pub full_name: String,
        /// The company.
        pub company_name: Option<String>,
        /// Whether it may sign in now.
        pub is_active: bool,
        /// When the record was made.
        pub created_at: Timestamp,
        /// The last successful sign-in.
        pub last_sign_in_at: Option<Timestamp>,
        /// Number of changes.
        pub version: u32,
    }
}

crate::page!(
    /// The accounts that may sign in, by name.
    AdministratorPage of AdministratorRow
);

always_valid!(ListAdministrators);
