//! The closed set of refusals. Each names what is wrong precisely enough for [`crate::words`] to say what to do.

use serde::{Deserialize, Serialize};

use crate::{CustomerId, Outcome, Timestamp, names};

/// Why an operation was not done. Nothing was changed, except where [`Error::Unavailable`] says otherwise.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Error {
    /// Fields of the request break their rules.
    Invalid {
        /// Each broken rule, at most one a field.
        fields: Vec<FieldError>,
    },
    /// Nobody is signed in.
    SignedOut,
    /// The session is locked.
    Locked,
    /// E-mail and password do not belong together. Deliberately does not say which is wrong.
    WrongPassword {
        /// Seconds until the next try is taken; 0 if at once.
        retry_after: u32,
    },
    /// Too many wrong tries; this one was not looked at.
    Throttled {
        /// Seconds until the next try is taken.
        retry_after: u32,
    },
    /// The account may not do this.
    Forbidden {
        /// Why.
        reason: Forbidden,
    },
    /// The operation asks for the password again (`confirm_password`).
    ConfirmationNeeded,
    /// There is no such record, or it was deleted.
    NotFound {
        /// What kind of record.
        noun: Noun,
    },
    /// The request contradicts what the book holds.
    Conflict {
        /// How.
        conflict: Conflict,
    },
    /// The database did not answer in time, or is gone.
    Unavailable {
        /// Whether the change was made.
        outcome: Outcome,
        /// The key to ask again with: the same request with it is done at most once.
        key: Option<String>,
    },
    /// The server is another one than that on which the book was opened, or has another book there: it is asked for nothing.
    Swapped,
    /// A failure of the app. The log has it under the reference.
    Internal {
        /// What to look for in the log.
        reference: String,
    },
}

names! {
    /// Why an account may not do something.
    pub enum Forbidden {
        /// The account is not an administrator.
        NotAdministrator = "not_administrator",
        /// The account is not active.
        Inactive = "inactive",
        /// Nobody deletes, deactivates or demotes the own account.
        OwnAccount = "own_account",
        /// The last active administrator stays one.
        LastAdministrator = "last_administrator",
        /// A test clock is set only in a book made for tests.
        TestClock = "test_clock",
    }
}

names! {
    /// A kind of record.
    pub enum Noun {
        /// A customer.
        Customer = "customer",
        /// A plan.
        Plan = "plan",
        /// A license.
        License = "license",
        /// A subscription.
        Subscription = "subscription",
        /// An invoice.
        Invoice = "invoice",
        /// A credit note.
        CreditNote = "credit_note",
        /// A payment.
        Payment = "payment",
        /// A refund.
        Refund = "refund",
        /// A run of the catch-up.
        CatchUp = "catch_up",
        /// A domain.
        Domain = "domain",
        /// The settings.
        Settings = "settings",
        /// A backup.
        Backup = "backup",
        /// An operation.
        Operation = "operation",
    }
}

/// How a request contradicts the book.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "conflict", rename_all = "snake_case")]
pub enum Conflict {
    /// Another account uses the e-mail address.
    EmailTaken {
        /// Whose it is.
        id: CustomerId,
        /// The name on that record.
        full_name: String,
    },
    /// Another plan uses the code.
    CodeTaken {
        /// The code.
        code: String,
    },
    /// Another live record uses the domain name.
    DomainTaken {
        /// Whose it is.
        id: CustomerId,
        /// The name on that record.
        full_name: String,
    },
    /// Licenses are active.
    ActiveLicenses {
        /// How many.
        count: u32,
    },
    /// Subscriptions are active.
    ActiveSubscriptions {
        /// How many.
        count: u32,
    },
    /// The record was changed after it was read.
    ChangedMeanwhile {
        /// The version it has now.
        version: u32,
        /// When it was changed.
        at: Timestamp,
        /// Who changed it.
        by: Option<String>,
        /// Which fields differ from the version that was named.
        fields: Vec<String>,
        /// What each of them was, is, and would have become. A field without `mine` can be taken as it is: only the other
        /// desk has changed it.
        differences: Vec<Difference>,
    },
    /// Somebody migrates, moves or restores the book; it cannot be changed meanwhile.
    Maintenance,
    /// A backup, a restore or a move runs already.
    WorkRuns,
    /// The book has no place for backups.
    NoBackups,
    /// The license or subscription is canceled already.
    AlreadyCanceled {
        /// Since when.
        at: Timestamp,
    },
    /// The record is not canceled, not deleted or not archived, so there is nothing to bring back.
    NothingToRestore,
    /// Its period is over; a canceled license or subscription cannot be brought back.
    PeriodOver,
    /// The plan is not on sale.
    PlanNotSold {
        /// The name of the plan.
        name: String,
    },
    /// The plan has no price in this cycle.
    CycleNotOffered {
        /// The name of the plan.
        name: String,
    },
    /// The customer is inactive: no license and no subscription is added.
    CustomerInactive,
    /// The disk is full; nothing was saved.
    DiskFull,
    /// The server takes no more connections, or no more of this user, and none is open that could be waited for.
    TooManyConnections,
    /// What was asked for needs a part of the book that its database finds damaged: of a file, or of a server. The way out is
    /// `verify`, and going back to a backup.
    Damaged {
        /// What the log has it under.
        reference: String,
    },
    /// Nothing is sold to administrators, and no account that was sold something, paid or has a domain becomes one.
    Administrator,
    /// Another document has the number that comes next.
    NumberTaken {
        /// The number.
        number: String,
    },
    /// The document is final and cannot be changed or removed.
    DocumentFinal {
        /// Its number.
        number: String,
    },
    /// The invoice is not in a state in which this can be done.
    InvoiceState {
        /// The state it is in.
        status: crate::invoice::InvoiceStatus,
    },
    /// Something was paid or credited of the invoice already.
    InvoiceSettled,
    /// Something is missing of the seller that an invoice must hold.
    SellerIncomplete {
        /// Which fields of the billing settings.
        fields: Vec<String>,
    },
    /// Something is missing of the buyer that this invoice must hold.
    BuyerIncomplete {
        /// The buyer.
        name: String,
        /// Which fields of the billing address.
        fields: Vec<String>,
    },
    /// Nothing is left of the invoice that could be credited.
    NothingToCredit,
    /// The customer has no credit in this currency.
    NoCredit,
    /// The payment pays nothing of the invoice.
    NotAllocated,
    /// The payment did not succeed, so nothing of it can be given back or used.
    PaymentState {
        /// The state it is in.
        status: crate::payment::PaymentStatus,
    },
    /// The subscription is not in a state in which this can be done.
    SubscriptionState {
        /// The state it is in.
        status: crate::subscription::SubscriptionStatus,
    },
    /// Nothing would change.
    NothingToChange,
    /// The book has an administrator already.
    NotFirstRun,
    /// The book has records and no administrator: its making was cut off.
    Unfinished,
    /// Currency and time zone are fixed since the first record of money.
    CurrencyFixed,
    /// The key was used for another request.
    KeyReused,
    /// The cursor belongs to another sort or filter.
    CursorMismatch,
}

/// A field that another desk has changed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Difference {
    /// The field.
    pub field: String,
    /// As it was in the version that was named; null if it was empty.
    pub before: serde_json::Value,
    /// As it is now.
    pub theirs: serde_json::Value,
    /// What the request would have made of it; absent if the request leaves it alone.
    #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    pub mine: Option<serde_json::Value>,
}

/// A value that is there, also where it is null.
fn given<'de, D: serde::Deserializer<'de>>(reader: D) -> Result<Option<serde_json::Value>, D::Error> {
    serde_json::Value::deserialize(reader).map(Some)
}

/// A broken rule of one field.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct FieldError {
    /// Path of the field in the request, such as `email` or `amount.currency`; empty for the request as a whole.
    pub field: String,
    /// Which rule.
    pub problem: Problem,
}

/// Which rule a field breaks.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "rule", rename_all = "snake_case")]
pub enum Problem {
    /// A value is needed.
    Required,
    /// Too few characters.
    TooShort {
        /// The least.
        min: u32,
        /// How many there are.
        actual: u32,
    },
    /// Too many characters.
    TooLong {
        /// The most.
        max: u32,
        /// How many there are.
        actual: u32,
    },
    /// Too many words, in a search.
    TooManyWords {
        /// The most.
        max: u32,
        /// How many there are.
        actual: u32,
    },
    /// A control character, such as a line break in a name.
    ControlCharacter {
        /// Its code point, as `U+000A`.
        code: String,
        /// Which character it is, from 1.
        position: u32,
    },
    /// A character that is not seen, or turns the direction of others.
    InvisibleCharacter {
        /// Its code point, as `U+202E`.
        code: String,
        /// Which character it is, from 1.
        position: u32,
    },
    /// Not an e-mail address.
    MalformedEmail {
        /// What is wrong with it.
        fault: crate::email::EmailFault,
    },
    /// Not a domain name.
    MalformedDomain,
    /// Not a plan code: small letters, digits and dashes.
    MalformedCode,
    /// A password that is easy to guess.
    Guessable,
    /// A number outside its range.
    OutOfRange {
        /// The least.
        min: i64,
        /// The most.
        max: i64,
    },
    /// A date outside its range, or before the one it follows.
    DateOutOfOrder,
    /// A currency code that ISO 4217 does not have.
    UnknownCurrency,
    /// The currency is not the one that belongs here.
    WrongCurrency {
        /// The one that does.
        expected: String,
    },
    /// A time zone that the IANA list does not have.
    UnknownTimeZone,
    /// A country code that ISO 3166 does not have.
    UnknownCountry,
    /// Not an identification number for VAT.
    MalformedVatId,
    /// Not an account number (IBAN).
    MalformedIban,
    /// Not an image that can stand on a document.
    Image {
        /// What is wrong with it.
        fault: crate::logo::ImageFault,
    },
    /// A day before the earliest that is possible.
    TooEarly {
        /// The earliest.
        earliest: chrono::NaiveDate,
    },
    /// A day after the latest that is possible.
    TooLate {
        /// The latest.
        latest: chrono::NaiveDate,
    },
    /// Of several fields only one may be given.
    Exclusive {
        /// The other field.
        other: String,
    },
    /// At least one of several fields is needed.
    OneNeeded {
        /// The other field.
        other: String,
    },
    /// Numbers of the series were given already, so it goes on by itself.
    NumbersGiven {
        /// The number that comes next.
        next: u64,
    },
    /// Not a cursor that was given as `next`.
    MalformedCursor,
    /// The request has no such field.
    UnknownField,
    /// The value has the wrong type or form.
    WrongShape {
        /// What the reader says.
        detail: String,
    },
}

impl Error {
    /// A refusal of one field.
    #[must_use]
    pub fn field(field: &str, problem: Problem) -> Self {
        Self::Invalid {
            fields: vec![FieldError {
                field: field.to_owned(),
                problem,
            }],
        }
    }

    /// The kind on the wire.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Invalid { .. } => "invalid",
            Self::SignedOut => "signed_out",
            Self::Locked => "locked",
            Self::WrongPassword { .. } => "wrong_password",
            Self::Throttled { .. } => "throttled",
            Self::Forbidden { .. } => "forbidden",
            Self::ConfirmationNeeded => "confirmation_needed",
            Self::NotFound { .. } => "not_found",
            Self::Conflict { .. } => "conflict",
            Self::Unavailable { .. } => "unavailable",
            Self::Swapped => "swapped",
            Self::Internal { .. } => "internal",
        }
    }
}

impl From<Conflict> for Error {
    fn from(conflict: Conflict) -> Self {
        Self::Conflict { conflict }
    }
}
