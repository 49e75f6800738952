//! Customers by the month of their first payment, and who paid.

use chrono::NaiveDate;

use super::months_rule;
use crate::{Currency, CustomerId, FieldError, Money, Validate, rules, wire};

wire! {
    /// Asks how customers stay, by the month of their first payment.
    pub struct CohortsRequest {
        /// In which currency.
        pub currency: Currency,
        /// How many cohorts, that of the running month included; 1 to 36.
        pub months: u32,
    }

    /// Customers by the month of their first payment.
    pub struct Cohorts {
        /// The cohorts, the oldest first.
        pub cohorts: Vec<Cohort>,
    }

    /// Customers whose first payment came in the same month.
    pub struct Cohort {
        /// First day of that month.
        pub month: NaiveDate,
        /// How many.
        pub customers: u64,
        /// For that month and each that followed: how many of them paid, and what.
        pub months: Vec<CohortMonth>,
    }

    /// A month of a cohort.
    pub struct CohortMonth {
        /// Customers who paid in it.
        pub paying: u64,
        /// Payments less refunds of that month.
        pub revenue: Money,
    }

    /// Asks who paid, and what it came to.
    pub struct ListPayers {
        /// In which currency.
        pub currency: Currency,
        /// Whose first payment came in the month of this day: a cohort; all who ever paid, if it is not given.
        #[serde(default)]
        pub first_paid_in: Option<NaiveDate>,
        /// What was paid and given back in the month of this day; ever, if it is not given.
        #[serde(default)]
        pub paid_in: Option<NaiveDate>,
        /// Only those with a payment in that time, as a cohort counts them: without those who got something back in it and paid
        /// nothing.
        #[serde(default)]
        pub paying_only: bool,
        /// Rows of a page, 1 to 500; 50 when it is not given.
        #[serde(default)]
        pub limit: Option<u32>,
        /// The `next` of the page before.
        #[serde(default)]
        pub after: Option<String>,
    }

    /// A customer who paid.
    pub struct PayerItem {
        /// Who.
        pub customer_id: CustomerId,
        /// The name.
        pub customer_name: String,
        /// How many payments.
        pub payments: u64,
        /// How many refunds.
        pub refunds: u64,
        /// Payments less refunds.
        pub paid: Money,
    }
}

crate::page!(
    /// Who paid, the largest sum first.
    PayerPage of PayerItem,
    /// What the rows sum to.
    sum: Money
);

impl Validate for CohortsRequest {
    fn validate(&self) -> Result<(), Vec<FieldError>> {
        months_rule(self.months, 36)
    }
}

impl Validate for ListPayers {
    fn validate(&self) -> Result<(), Vec<FieldError>> {
        rules::check(|found| {
            found.date("first_paid_in", self.first_paid_in);
            found.date("paid_in", self.paid_in);
            found.limit(self.limit);
        })
    }
}
