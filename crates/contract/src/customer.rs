//! Customers, and the administrators who stand in the same table.

mod administrator;

use chrono::NaiveDate;
use serde::{Deserialize, Deserializer};

use crate::{
    CustomerId, FieldError, Money, Problem, Timestamp, Validate, license::License, names, rules, session::Password, stats::CustomerStats,
    wire,
};
pub use administrator::{AdministratorPage, AdministratorRow, ListAdministrators};

wire! {
    /// A customer with figures.
    pub struct Customer {
        /// The record.
        pub id: CustomerId,
        /// The e-mail address as typed.
        pub email: String,
        /// The name, as typed, in any script.
        pub full_name: String,
        /// The company.
        pub company_name: Option<String>,
        /// Whether the customer is active.
        pub is_active: bool,
        /// Whether the account may sign in to the app.
        pub is_admin: bool,
        /// When the record was made.
        pub created_at: Timestamp,
        /// When one of the own fields was last changed.
        pub updated_at: Timestamp,
        /// Since when the record is archived: deleted, but kept for its invoices and payments.
        pub archived_at: Option<Timestamp>,
        /// Licenses of any status.
        pub total_licenses: u32,
        /// Licenses that are active or expiring.
        pub active_licenses: u32,
        /// Subscriptions of any status.
        pub total_subscriptions: u32,
        /// Subscriptions that are trialing, active or past due.
        pub active_subscriptions: u32,
        /// Live domains.
        pub total_domains: u32,
        /// Payments less refunds, one amount a currency, the book's first.
        pub total_payments: Vec<Money>,
        /// Final invoices of any status.
        pub total_invoices: u32,
        /// Open invoices with something left to pay.
        pub outstanding_invoices: u32,
        /// What is left to pay on them, one amount a currency.
        pub outstanding: Vec<Money>,
        /// The part of it that is due already.
        pub overdue: Vec<Money>,
        /// The day of the newest payment, in the book's time zone.
        pub last_payment_date: Option<NaiveDate>,
        /// The newest 100 licenses.
        pub licenses: Vec<License>,
        /// Of a customer who was just brought back: the domains, in Unicode, that are not, because their names were given to
        /// somebody else meanwhile. Missing where there are none.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        pub lost_domains: Vec<String>,
        /// Number of changes of the own fields.
        pub version: u32,
    }

    /// A customer in the list: as [`Customer`], without `licenses`, with `revenue`.
    pub struct CustomerRow {
        /// The record.
        pub id: CustomerId,
        /// The e-mail address as typed.
        pub email: String,
        /// The name.
        pub full_name: String,
        /// The company.
        pub company_name: Option<String>,
        /// Whether the customer is active.
        pub is_active: bool,
        /// Whether the account may sign in; false in the list of customers.
        pub is_admin: bool,
        /// When the record was made.
        pub created_at: Timestamp,
        /// When one of the own fields was last changed.
        pub updated_at: Timestamp,
        /// Since when the record is archived.
        pub archived_at: Option<Timestamp>,
        /// Licenses of any status.
        pub total_licenses: u32,
        /// Licenses that are active or expiring.
        pub active_licenses: u32,
        /// Subscriptions of any status.
        pub total_subscriptions: u32,
        /// Subscriptions that are trialing, active or past due.
        pub active_subscriptions: u32,
        /// Live domains.
        pub total_domains: u32,
        /// Payments less refunds, one amount a currency, the book's first.
        pub revenue: Vec<Money>,
        /// The same.
        pub total_payments: Vec<Money>,
        /// Final invoices of any status.
        pub total_invoices: u32,
        /// Open invoices with something left to pay.
        pub outstanding_invoices: u32,
        /// What is left to pay on them, one amount a currency.
        pub outstanding: Vec<Money>,
        /// The part of it that is due already.
        pub overdue: Vec<Money>,
        /// The day of the newest payment.
        pub last_payment_date: Option<NaiveDate>,
        /// Number of changes of the own fields.
        pub version: u32,
    }
}

names! {
    /// What the list of customers is sorted by. Ties by `created_at`, then `id`; missing last.
    pub enum CustomerSort {
        /// When the record was made; the default, newest first.
        CreatedAt = "created_at",
        /// The folded name.
        FullName = "full_name",
        /// The compared form of the e-mail address.
        Email = "email",
        /// The folded company.
        CompanyName = "company_name",
        /// Inactive before active.
        IsActive = "is_active",
        /// Active licenses.
        ActiveLicenses = "active_licenses",
        /// Active subscriptions.
        ActiveSubscriptions = "active_subscriptions",
        /// Payments less refunds in the book's currency.
        Revenue = "revenue",
        /// What is left to pay in the book's currency.
        Outstanding = "outstanding",
    }
}

wire! {
    /// Asks for a page of customers.
    #[derive(Default)]
    pub struct ListCustomers {
        /// Every part of it occurs in name, e-mail or company, folded in case and accents.
        #[serde(default)]
        pub search: Option<String>,
        /// Only active, or only inactive ones.
        #[serde(default)]
        pub is_active: Option<bool>,
        /// Only those with at least one license of any status, or only those without.
        #[serde(default)]
        pub has_licenses: Option<bool>,
        /// Only those with at least one subscription of any status, or only those without.
        #[serde(default)]
        pub has_subscriptions: Option<bool>,
        /// Only those with something left to pay, or only those without.
        #[serde(default)]
        pub has_outstanding: Option<bool>,
        /// The archived ones instead of the others.
        #[serde(default)]
        pub archived: bool,
        /// The order; `created_at` when it is not given.
        #[serde(default)]
        pub sort: Option<CustomerSort>,
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
        /// Answer with the figures of the four cards, too.
        #[serde(default)]
        pub with_stats: bool,
    }

    /// A page of customers.
    pub struct CustomerPage {
        /// The rows, in the order that was asked for.
        pub items: Vec<CustomerRow>,
        /// Give it as `after` for what follows; missing at the end.
        pub next: Option<String>,
        /// Give it as `before` for what comes before; missing at the start.
        pub previous: Option<String>,
        /// How many match; at most 10,001 of a search are counted.
        pub total: u64,
        /// Whether `total` is counted to the end; if not, at least so many match.
        pub total_is_exact: bool,
        /// The figures of the four cards, if they were asked for.
        pub stats: Option<CustomerStats>,
    }

    /// Asks for the exact number of customers that match.
    #[derive(Default)]
    pub struct CountCustomers {
        /// As in `list_customers`.
        #[serde(default)]
        pub search: Option<String>,
        /// As in `list_customers`.
        #[serde(default)]
        pub is_active: Option<bool>,
        /// As in `list_customers`.
        #[serde(default)]
        pub has_licenses: Option<bool>,
        /// As in `list_customers`.
        #[serde(default)]
        pub has_subscriptions: Option<bool>,
        /// As in `list_customers`.
        #[serde(default)]
        pub has_outstanding: Option<bool>,
        /// As in `list_customers`.
        #[serde(default)]
        pub archived: bool,
    }

    /// A number of customers.
    pub struct CustomerCount {
        /// How many.
        pub total: u64,
    }

    /// Asks for one customer.
    pub struct GetCustomer {
        /// Which.
        pub id: CustomerId,
    }

    /// Asks who uses an e-mail address.
    pub struct EmailOwnerRequest {
        /// The address.
        pub email: String,
        /// A record that does not count: the one being edited.
        #[serde(default)]
        pub except: Option<CustomerId>,
    }

    /// Who uses an e-mail address.
    pub struct EmailOwner {
        /// The record, if there is one.
        pub id: Option<CustomerId>,
        /// The name on it.
        pub full_name: Option<String>,
    }

    /// Creates a customer.
    pub struct CreateCustomer {
        /// The e-mail address.
        pub email: String,
        /// The name.
        pub full_name: String,
        /// The company.
        #[serde(default)]
        pub company_name: Option<String>,
        /// At least 8 characters, for an administrator 12 that are not easy to guess.
        pub password: Password,
        /// Whether the customer is active; true when it is not given.
        #[serde(default = "yes")]
        pub is_active: bool,
        /// Whether the account may sign in to the app. Asks for `confirm_password` before.
        #[serde(default)]
        pub is_admin: bool,
    }

    /// Changes a customer; what is absent stays as it is.
    pub struct UpdateCustomer {
        /// Which.
        pub id: CustomerId,
        /// The version that was read.
        pub version: u32,
        /// The e-mail address.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub email: Option<String>,
        /// The name.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub full_name: Option<String>,
        /// The company; null clears it.
        #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "present")]
        pub company_name: Option<Option<String>>,
        /// A new password; absent or empty keeps the old one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub password: Option<Password>,
        /// Whether the customer is active.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub is_active: Option<bool>,
        /// Whether the account may sign in. Turning it on takes a new password in the same request.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub is_admin: Option<bool>,
    }

    /// Deletes a customer.
    pub struct DeleteCustomer {
        /// Which.
        pub id: CustomerId,
        /// The version that was read.
        pub version: u32,
    }

    /// What a deletion did.
    pub struct DeletedCustomer {
        /// The record.
        pub id: CustomerId,
        /// Its version now; `restore_customer` takes it.
        pub version: u32,
        /// Whether it was deleted or archived.
        pub outcome: DeletionOutcome,
    }

    /// Brings a deleted or archived customer back.
    pub struct RestoreCustomer {
        /// Which.
        pub id: CustomerId,
        /// The version that the deletion answered with.
        pub version: u32,
    }
}

names! {
    /// What a deletion did.
    pub enum DeletionOutcome {
        /// Hidden; removed for good after 30 days.
        Deleted = "deleted",
        /// Hidden; kept, because final invoices or payments must be.
        Archived = "archived",
    }
}

fn yes() -> bool {
    true
}

/// Tells a null (clear it) from an absent field (leave it).
pub(crate) fn present<'de, T: Deserialize<'de>, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Option<T>>, D::Error> {
    Option::deserialize(deserializer).map(Some)
}

crate::rules::always_valid!(GetCustomer, DeleteCustomer, RestoreCustomer);

impl Validate for ListCustomers {
    fn validate(&self) -> Result<(), Vec<FieldError>> {
        rules::check(|found| {
            found.search("search", self.search.as_deref());
            found.limit(self.limit);
            found.position(self.after.is_some(), self.before.is_some(), self.at.is_some());
        })
    }
}

impl Validate for CountCustomers {
    fn validate(&self) -> Result<(), Vec<FieldError>> {
        rules::check(|found| found.search("search", self.search.as_deref()))
    }
}

impl Validate for EmailOwnerRequest {
    fn validate(&self) -> Result<(), Vec<FieldError>> {
        rules::check(|found| found.email("email", &self.email))
    }
}

impl Validate for CreateCustomer {
    fn validate(&self) -> Result<(), Vec<FieldError>> {
        rules::check(|found| {
            found.email("email", &self.email);
            found.text("full_name", &self.full_name, rules::MAX_NAME);
            found.optional_text("company_name", self.company_name.as_deref(), rules::MAX_NAME);
            found.password("password", &self.password.0, self.is_admin);
        })
    }
}

impl Validate for UpdateCustomer {
    fn validate(&self) -> Result<(), Vec<FieldError>> {
        rules::check(|found| {
            if let Some(email) = &self.email {
                found.email("email", email);
            }
            if let Some(name) = &self.full_name {
                found.text("full_name", name, rules::MAX_NAME);
            }
            if let Some(company) = &self.company_name {
                found.optional_text("company_name", company.as_deref(), rules::MAX_NAME);
            }
            match &self.password {
                Some(password) if !password.0.is_empty() => found.password("password", &password.0, self.is_admin == Some(true)),
                _ => {}
            }
        })
    }
}

impl UpdateCustomer {
    /// A change that leaves everything as it is.
    #[must_use]
    pub fn nothing(id: CustomerId, version: u32) -> Self {
        Self {
            id,
            version,
            email: None,
            full_name: None,
            company_name: None,
            password: None,
            is_active: None,
            is_admin: None,
        }
    }

    /// The password that is to be set; an empty one means unchanged.
    #[must_use]
    pub fn new_password(&self) -> Option<&Password> {
        self.password.as_ref().filter(|password| !password.0.is_empty())
    }
}

/// The problem of a password that zxcvbn rates too low.
#[must_use]
pub fn guessable() -> Vec<FieldError> {
    vec![FieldError {
        field: "password".to_owned(),
        problem: Problem::Guessable,
    }]
}
