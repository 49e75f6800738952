//! Plans: what is sold, at which price.

use crate::{
    BillingCycle, Currency, FieldError, Money, PlanId, Problem, Timestamp, Validate,
    billing::{ReminderStep, reminders_rule},
    money::MAX_AMOUNT,
    rules,
    rules::Found,
    wire,
};

wire! {
    /// A plan.
    pub struct Plan {
        /// The record.
        pub id: PlanId,
        /// Short name for scripts: small letters, digits, dashes. Unique.
        pub code: String,
        /// The name.
        pub name: String,
        /// What it is, in one line.
        pub description: Option<String>,
        /// The currency of both prices.
        pub currency: Currency,
        /// Minor units a month; missing: not offered.
        pub price_monthly: Option<i64>,
        /// Minor units a year; missing: not offered.
        pub price_yearly: Option<i64>,
        /// Days before the first period is billed.
        pub trial_days: u32,
        /// Activations of a license; missing: no limit.
        pub max_activations: Option<u32>,
        /// Users of a license; missing: no limit.
        pub max_users: Option<u32>,
        /// Domains of a license; missing: no limit.
        pub max_domains: Option<u32>,
        /// What is done about unpaid invoices of its subscriptions; as the billing settings say, if it is missing.
        pub reminders: Option<Vec<ReminderStep>>,
        /// Whether it is on sale.
        pub is_active: bool,
        /// Licenses of it that are active or expiring.
        pub active_licenses: u32,
        /// When it was made.
        pub created_at: Timestamp,
        /// When it was last changed.
        pub updated_at: Timestamp,
        /// Number of changes.
        pub version: u32,
    }

    /// Asks for plans.
    #[derive(Default)]
    pub struct ListPlans {
        /// Only those on sale, or only the others.
        #[serde(default)]
        pub is_active: Option<bool>,
        /// Rows of a page, 1 to 500; 50 when it is not given.
        #[serde(default)]
        pub limit: Option<u32>,
        /// The `next` of the page before.
        #[serde(default)]
        pub after: Option<String>,
    }

    /// Creates a plan. At least one price is needed.
    pub struct CreatePlan {
        /// Small letters, digits, dashes; 1 to 40. Unique.
        pub code: String,
        /// The name.
        pub name: String,
        /// What it is.
        #[serde(default)]
        pub description: Option<String>,
        /// The currency of both prices.
        pub currency: Currency,
        /// Minor units a month, 0 or more.
        #[serde(default)]
        pub price_monthly: Option<i64>,
        /// Minor units a year, 0 or more.
        #[serde(default)]
        pub price_yearly: Option<i64>,
        /// 0 to 365.
        #[serde(default)]
        pub trial_days: u32,
        /// At least 1.
        #[serde(default)]
        pub max_activations: Option<u32>,
        /// At least 1.
        #[serde(default)]
        pub max_users: Option<u32>,
        /// At least 1.
        #[serde(default)]
        pub max_domains: Option<u32>,
        /// What is done about unpaid invoices of its subscriptions, at most 20 steps; as the billing settings say, if it is not
        /// given.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub reminders: Option<Vec<ReminderStep>>,
    }

    /// Changes a plan; what is absent stays, null clears.
    pub struct UpdatePlan {
        /// Which.
        pub id: PlanId,
        /// The version that was read.
        pub version: u32,
        /// The code.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub code: Option<String>,
        /// The name.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub name: Option<String>,
        /// What it is.
        #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "crate::customer::present")]
        pub description: Option<Option<String>>,
        /// Minor units a month, for new subscriptions.
        #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "crate::customer::present")]
        pub price_monthly: Option<Option<i64>>,
        /// Minor units a year, for new subscriptions.
        #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "crate::customer::present")]
        pub price_yearly: Option<Option<i64>>,
        /// 0 to 365.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub trial_days: Option<u32>,
        /// At least 1; of new licenses.
        #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "crate::customer::present")]
        pub max_activations: Option<Option<u32>>,
        /// At least 1; of new licenses.
        #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "crate::customer::present")]
        pub max_users: Option<Option<u32>>,
        /// At least 1; of new licenses.
        #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "crate::customer::present")]
        pub max_domains: Option<Option<u32>>,
        /// What is done about unpaid invoices of its subscriptions, at most 20 steps; null goes by the billing settings.
        #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "crate::customer::present")]
        pub reminders: Option<Option<Vec<ReminderStep>>>,
        /// False stops selling it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub is_active: Option<bool>,
    }
}

crate::page!(
    /// Plans: those on sale first, then by name.
    PlanPage of Plan
);

impl Plan {
    /// The price of a cycle, if it is offered.
    #[must_use]
    pub fn price(&self, cycle: BillingCycle) -> Option<Money> {
        let amount = match cycle {
            BillingCycle::Monthly => self.price_monthly,
            BillingCycle::Yearly => self.price_yearly,
        };
        amount.map(|amount| Money::new(amount, self.currency))
    }
}

/// The most a quota can be set to.
pub const MAX_QUOTA: u32 = 1_000_000_000;
/// The longest code.
pub const MAX_CODE: u32 = 40;

fn code_rule(found: &mut Found, code: &str) {
    if code.is_empty() {
        found.push("code", Problem::Required);
    } else if rules::length(code) > MAX_CODE {
        found.push(
            "code",
            Problem::TooLong {
                max: MAX_CODE,
                actual: rules::length(code),
            },
        );
    } else if !code.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
        || code.starts_with('-')
        || code.ends_with('-')
    {
        found.push("code", Problem::MalformedCode);
    }
}

fn quota_rule(found: &mut Found, field: &str, quota: Option<u32>) {
    found.optional_range(field, quota.map(i64::from), 1, i64::from(MAX_QUOTA));
}

impl Validate for ListPlans {
    fn validate(&self) -> Result<(), Vec<FieldError>> {
        rules::check(|found| found.limit(self.limit))
    }
}

impl Validate for CreatePlan {
    fn validate(&self) -> Result<(), Vec<FieldError>> {
        rules::check(|found| {
            code_rule(found, &self.code);
            found.text("name", &self.name, rules::MAX_NAME);
            found.optional_text("description", self.description.as_deref(), 500);
            found.optional_range("price_monthly", self.price_monthly, 0, MAX_AMOUNT);
            found.optional_range("price_yearly", self.price_yearly, 0, MAX_AMOUNT);
            if self.price_monthly.is_none() && self.price_yearly.is_none() {
                found.push(
                    "price_monthly",
                    Problem::OneNeeded {
                        other: "price_yearly".to_owned(),
                    },
                );
            }
            found.range("trial_days", i64::from(self.trial_days), 0, 365);
            quota_rule(found, "max_activations", self.max_activations);
            quota_rule(found, "max_users", self.max_users);
            quota_rule(found, "max_domains", self.max_domains);
            if let Some(reminders) = &self.reminders {
                reminders_rule(found, "reminders", reminders);
            }
        })
    }
}

impl Validate for UpdatePlan {
    fn validate(&self) -> Result<(), Vec<FieldError>> {
        rules::check(|found| {
            if let Some(code) = &self.code {
                code_rule(found, code);
            }
            if let Some(name) = &self.name {
                found.text("name", name, rules::MAX_NAME);
            }
            found.optional_text("description", self.description.as_ref().and_then(|text| text.as_deref()), 500);
            found.optional_range("price_monthly", self.price_monthly.flatten(), 0, MAX_AMOUNT);
            found.optional_range("price_yearly", self.price_yearly.flatten(), 0, MAX_AMOUNT);
            if self.price_monthly == Some(None) && self.price_yearly == Some(None) {
                found.push(
                    "price_monthly",
                    Problem::OneNeeded {
                        other: "price_yearly".to_owned(),
                    },
                );
            }
            found.optional_range("trial_days", self.trial_days.map(i64::from), 0, 365);
            quota_rule(found, "max_activations", self.max_activations.flatten());
            quota_rule(found, "max_users", self.max_users.flatten());
            quota_rule(found, "max_domains", self.max_domains.flatten());
            if let Some(Some(reminders)) = &self.reminders {
                reminders_rule(found, "reminders", reminders);
            }
        })
    }
}

impl UpdatePlan {
    /// A change that leaves everything as it is.
    #[must_use]
    pub fn nothing(id: PlanId, version: u32) -> Self {
        Self {
            id,
            version,
            code: None,
            name: None,
            description: None,
            price_monthly: None,
            price_yearly: None,
            trial_days: None,
            max_activations: None,
            max_users: None,
            max_domains: None,
            reminders: None,
            is_active: None,
        }
    }
}
