//! Domains of customers, and what a domain name is.

use chrono::NaiveDate;

use crate::{CustomerId, DomainId, FieldError, Problem, Timestamp, Validate, names, rules, wire};

names! {
    /// The state of a domain by the clock of its registry.
    pub enum DomainStatus {
        /// Registered.
        Registered = "registered",
        /// Registered, and ends within the book's `expiring_days`.
        Expiring = "expiring",
        /// Its time is over.
        Expired = "expired",
    }
}

wire! {
    /// A domain.
    pub struct Domain {
        /// The record.
        pub id: DomainId,
        /// Whose it is.
        pub customer_id: CustomerId,
        /// The name of that customer.
        pub customer_name: String,
        /// The name in ASCII (`xn--bcher-kva.example`).
        pub name: String,
        /// The name in Unicode (`bücher.example`).
        pub unicode_name: String,
        /// Where it is registered.
        pub registrar: Option<String>,
        /// First day.
        pub registered_on: Option<NaiveDate>,
        /// Last day.
        pub expires_on: Option<NaiveDate>,
        /// Whether the registrar renews it.
        pub auto_renew: bool,
        /// Its state.
        pub status: DomainStatus,
        /// When it was added.
        pub created_at: Timestamp,
        /// Number of changes.
        pub version: u32,
    }

    /// Adds a domain.
    pub struct AddDomain {
        /// Whose it is.
        pub customer_id: CustomerId,
        /// The name, in ASCII or Unicode. Unique among the live ones.
        pub name: String,
        /// Where it is registered.
        #[serde(default)]
        pub registrar: Option<String>,
        /// First day.
        #[serde(default)]
        pub registered_on: Option<NaiveDate>,
        /// Last day; not before the first.
        #[serde(default)]
        pub expires_on: Option<NaiveDate>,
        /// Whether the registrar renews it.
        #[serde(default)]
        pub auto_renew: bool,
    }
}

names! {
    /// What a list of domains is sorted by. Ties by `created_at`, then `id`; missing last.
    pub enum DomainSort {
        /// When the record was made; the default, newest first.
        CreatedAt = "created_at",
        /// The name in ASCII.
        Name = "name",
        /// The folded name of the customer.
        CustomerName = "customer_name",
        /// Where it is registered; unknown last.
        Registrar = "registrar",
        /// The last day; unknown last.
        ExpiresOn = "expires_on",
    }
}

crate::page!(
    /// Domains, newest first.
    DomainPage of Domain
);
crate::list_request!(
    /// Asks for domains.
    ListDomains by DomainSort
);

/// The ASCII form of a domain name, lower case, without a dot at the end (IDNA by UTS 46, with the length limits of DNS
/// and only letters, digits and dashes). `None` if it is not one.
#[must_use]
pub fn ascii_name(name: &str) -> Option<String> {
    let name = name.strip_suffix('.').unwrap_or(name);
    let ascii = idna::domain_to_ascii_strict(name).ok()?;
    // Four numbers are an address, not a name.
    let numeric = ascii
        .rsplit('.')
        .next()
        .is_none_or(|top| top.is_empty() || top.bytes().all(|b| b.is_ascii_digit()));
    (!numeric && ascii.len() <= 253).then_some(ascii)
}

/// The Unicode form of an ASCII name.
#[must_use]
pub fn unicode_name(ascii: &str) -> String {
    idna::domain_to_unicode(ascii).0
}

impl Validate for AddDomain {
    fn validate(&self) -> Result<(), Vec<FieldError>> {
        rules::check(|found| {
            if self.name.is_empty() {
                found.push("name", Problem::Required);
            } else if let Some(problem) = crate::text::forbidden_character(&self.name) {
                found.push("name", problem);
            } else if rules::length(&self.name) > 253 {
                found.push(
                    "name",
                    Problem::TooLong {
                        max: 253,
                        actual: rules::length(&self.name),
                    },
                );
            } else if !ascii_name(&self.name).is_some_and(|name| name.contains('.')) {
                found.push("name", Problem::MalformedDomain);
            }
            found.optional_text("registrar", self.registrar.as_deref(), rules::MAX_NAME);
            found.date("registered_on", self.registered_on);
            found.date("expires_on", self.expires_on);
            if let (Some(first), Some(last)) = (self.registered_on, self.expires_on)
                && last < first
            {
                found.push("expires_on", Problem::DateOutOfOrder);
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_brought_to_one_ascii_form() {
        for (name, want) in [
            ("Bücher.Example", Some("xn--bcher-kva.example")),
            ("example.com.", Some("example.com")),
            ("例子.example", Some("xn--fsqu00a.example")),
            ("-a.example", None),
            ("a_b.example", None),
            ("a..b", None),
            ("127.0.0.1", None),
            ("", None),
        ] {
            assert_eq!(ascii_name(name).as_deref(), want, "{name}");
        }
        assert_eq!(unicode_name("xn--bcher-kva.example"), "bücher.example");
    }
}
