//! Identifiers: UUIDv7 (RFC 9562), one type for each kind of record.

use std::fmt;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

macro_rules! id {
    ($($(#[$meta:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
        #[serde(transparent)]
        pub struct $name(pub Uuid);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl From<Uuid> for $name {
            fn from(id: Uuid) -> Self {
                Self(id)
            }
        }

        impl std::str::FromStr for $name {
            type Err = uuid::Error;
            fn from_str(text: &str) -> Result<Self, Self::Err> {
                text.parse().map(Self)
            }
        }
    )+};
}

id! {
    /// Identifies a customer or an administrator.
    CustomerId,
    /// Identifies a plan.
    PlanId,
    /// Identifies a license.
    LicenseId,
    /// Identifies a subscription.
    SubscriptionId,
    /// Identifies an invoice.
    InvoiceId,
    /// Identifies a credit note.
    CreditNoteId,
    /// Identifies a refund.
    RefundId,
    /// Identifies a run of the catch-up.
    CatchUpRunId,
    /// Identifies a payment.
    PaymentId,
    /// Identifies a domain.
    DomainId,
    /// Identifies an entry of the change log.
    ChangeId,
}
