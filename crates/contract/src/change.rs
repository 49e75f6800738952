//! The change log: who changed what, when, from what to what.

use crate::{ChangeId, CustomerId, Noun, Timestamp, wire};

wire! {
    /// One field of a change.
    pub struct ChangedField {
        /// The field, as on the wire.
        pub field: String,
        /// Its value before, in wire form; missing when the record was made.
        pub before: Option<serde_json::Value>,
        /// Its value after.
        pub after: Option<serde_json::Value>,
    }

    /// An entry of the change log.
    pub struct Change {
        /// The entry.
        pub id: ChangeId,
        /// Its place in the log, from 1, without a gap.
        pub number: u64,
        /// When.
        pub at: Timestamp,
        /// Who; missing for what the app does by itself when it falls due.
        pub actor: Option<String>,
        /// By which operation.
        pub operation: String,
        /// The kind of record that was changed.
        pub noun: Noun,
        /// Which record, a UUID.
        pub subject_id: String,
        /// What a person calls it: the name of a customer, the end of a key.
        pub subject: String,
        /// The customer to whom it belongs.
        pub customer_id: Option<CustomerId>,
        /// The version that the record has since.
        pub version: u32,
        /// The changed fields. Passwords are never shown, license keys only with their last group.
        pub fields: Vec<ChangedField>,
    }
}

crate::page!(
    /// Entries of the change log, newest first.
    ChangePage of Change
);
wire! {
    /// Asks for changes.
    #[derive(Default)]
    pub struct ListChanges {
        /// Of this customer only, with what belongs to it.
        #[serde(default)]
        pub customer_id: Option<CustomerId>,
        /// Rows of a page, 1 to 500; 50 when it is not given.
        #[serde(default)]
        pub limit: Option<u32>,
        /// The `next` of the page before.
        #[serde(default)]
        pub after: Option<String>,
    }
}

impl crate::Validate for ListChanges {
    fn validate(&self) -> Result<(), Vec<crate::FieldError>> {
        crate::rules::check(|found| found.limit(self.limit))
    }
}
