//! Domains of customers, and what a domain name is.

use chrono::{Days, NaiveDate};

use crate::{CustomerId, DomainId, FieldError, Problem, Timestamp, Validate, names, rules, wire};

names! {
    /// The state of a domain by the clock of its registry.
    pub enum DomainStatus {
        /// Registered.
        Registered = "registered",
        /// Registered, and ends within the book's `expiring_days`.
        Expiring = "expiring",
        /// Its time is over; the registrar can still renew it, for up to 45 days (auto-renew grace).
        Expired = "expired",
        /// Deleted by the registrar; it can be had back for 30 days, at a price.
        Redemption = "redemption",
        /// Deleted for good within 5 days; nobody can have it back.
        PendingDelete = "pending_delete",
        /// Anybody can register it.
        Available = "available",
    }
}

/// Days of the auto-renew grace period: the longest that a registrar may take (ICANN, Expired Registration Recovery Policy).
const GRACE_DAYS: i64 = 45;
/// Days of the redemption grace period.
const REDEMPTION_DAYS: i64 = 30;
/// Days until a name that is pending deletion is free.
const PENDING_DAYS: i64 = 5;

impl DomainStatus {
    /// The state by the clock of a registry that no renewal has reached: `expires_on` is the last day, `soon` how many days
    /// before it the end is near.
    #[must_use]
    pub fn of(expires_on: Option<NaiveDate>, today: NaiveDate, soon: i64) -> Self {
        let Some(last) = expires_on else { return Self::Registered };
        let over = (today - last).num_days();
        match over {
            _ if over <= -soon => Self::Registered,
            _ if over <= 0 => Self::Expiring,
            _ if over <= GRACE_DAYS => Self::Expired,
            _ if over <= GRACE_DAYS + REDEMPTION_DAYS => Self::Redemption,
            _ if over <= GRACE_DAYS + REDEMPTION_DAYS + PENDING_DAYS => Self::PendingDelete,
            _ => Self::Available,
        }
    }

    /// The last days, the first of them and the last, of the domains that [`of`](Self::of) says this of; a missing end has no
    /// limit. Domains without a last day are registered as well.
    #[must_use]
    pub fn last_days(self, today: NaiveDate, soon: i64) -> (Option<NaiveDate>, Option<NaiveDate>) {
        let day = |over: i64| {
            let days = Days::new(over.unsigned_abs());
            if over < 0 {
                today.checked_add_days(days)
            } else {
                today.checked_sub_days(days)
            }
        };
        let redeemable = GRACE_DAYS + REDEMPTION_DAYS;
        match self {
            Self::Registered => (day(-soon), None),
            Self::Expiring => (day(0), day(1 - soon)),
            Self::Expired => (day(GRACE_DAYS), day(1)),
            Self::Redemption => (day(redeemable), day(GRACE_DAYS + 1)),
            Self::PendingDelete => (day(redeemable + PENDING_DAYS), day(redeemable + 1)),
            Self::Available => (None, day(redeemable + PENDING_DAYS + 1)),
        }
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

    /// Changes a domain; what is absent stays, null clears. The name stays: remove it and add another.
    pub struct UpdateDomain {
        /// Which.
        pub id: DomainId,
        /// The version that was read.
        pub version: u32,
        /// Where it is registered.
        #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "crate::customer::present")]
        pub registrar: Option<Option<String>>,
        /// First day.
        #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "crate::customer::present")]
        pub registered_on: Option<Option<NaiveDate>>,
        /// Last day; not before the first.
        #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "crate::customer::present")]
        pub expires_on: Option<Option<NaiveDate>>,
        /// Whether the registrar renews it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub auto_renew: Option<bool>,
    }

    /// Removes a domain; its name can be given away.
    pub struct DeleteDomain {
        /// Which.
        pub id: DomainId,
        /// The version that was read.
        pub version: u32,
    }

    /// Brings a removed domain back.
    pub struct RestoreDomain {
        /// Which.
        pub id: DomainId,
        /// The version that the removal answered with.
        pub version: u32,
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
    ListDomains by DomainSort,
    /// In this state only.
    status: Option<DomainStatus>
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

impl Validate for UpdateDomain {
    fn validate(&self) -> Result<(), Vec<FieldError>> {
        rules::check(|found| {
            let registrar = self.registrar.as_ref().and_then(|text| text.as_deref());
            found.optional_text("registrar", registrar, rules::MAX_NAME);
            found.date("registered_on", self.registered_on.flatten());
            found.date("expires_on", self.expires_on.flatten());
        })
    }
}

rules::always_valid!(DeleteDomain, RestoreDomain);

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
    fn a_domain_lapses_by_the_clock_of_its_registry() {
        let last: NaiveDate = "2026-06-10".parse().unwrap_or_default();
        for (today, want) in [
            ("2026-05-11", DomainStatus::Registered),
            ("2026-05-12", DomainStatus::Expiring),
            ("2026-06-10", DomainStatus::Expiring),
            ("2026-06-11", DomainStatus::Expired),
            ("2026-07-25", DomainStatus::Expired),
            ("2026-07-26", DomainStatus::Redemption),
            ("2026-08-24", DomainStatus::Redemption),
            ("2026-08-25", DomainStatus::PendingDelete),
            ("2026-08-29", DomainStatus::PendingDelete),
            ("2026-08-30", DomainStatus::Available),
        ] {
            let today = today.parse().unwrap_or_default();
            assert_eq!(DomainStatus::of(Some(last), today, 30), want, "{today}");
        }
        assert_eq!(DomainStatus::of(None, last, 30), DomainStatus::Registered);
    }

    #[test]
    fn the_days_of_a_state_are_those_on_which_it_holds() {
        let today: NaiveDate = "2028-02-29".parse().unwrap_or_default();
        for soon in [0, 1, 30, 365] {
            for over in -400..100 {
                let last = today - chrono::TimeDelta::days(over);
                let holds = |status: DomainStatus| {
                    let (from, until) = status.last_days(today, soon);
                    from.is_none_or(|from| last >= from) && until.is_none_or(|until| last <= until)
                };
                let found: Vec<DomainStatus> = DomainStatus::ALL.iter().copied().filter(|status| holds(*status)).collect();
                assert_eq!(found, [DomainStatus::of(Some(last), today, soon)], "{last}, {soon}");
            }
        }
    }

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
