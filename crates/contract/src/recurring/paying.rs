//! The customers of whom something recurs.

use chrono::NaiveDate;

use crate::{Currency, CustomerId, FieldError, Money, Validate, rules, wire};

wire! {
    /// Asks of which customers something recurs on a day.
    pub struct ListRecurringCustomers {
        /// In which currency.
        pub currency: Currency,
        /// At the end of which day; today, if it is not given.
        #[serde(default)]
        pub on: Option<NaiveDate>,
        /// Rows of a page, 1 to 500; 50 when it is not given.
        #[serde(default)]
        pub limit: Option<u32>,
        /// The `next` of the page before.
        #[serde(default)]
        pub after: Option<String>,
    }

    /// A customer of whom something recurs.
    pub struct RecurringCustomer {
        /// Who.
        pub customer_id: CustomerId,
        /// The name.
        pub customer_name: String,
        /// Billable subscriptions with a price.
        pub subscriptions: u64,
        /// The part of the MRR: the parts of all rows sum to it.
        pub mrr: Money,
    }
}

crate::page!(
    /// Customers of whom something recurs, the largest first.
    RecurringCustomerPage of RecurringCustomer,
    /// The MRR that the rows sum to.
    mrr: Money
);

impl Validate for ListRecurringCustomers {
    fn validate(&self) -> Result<(), Vec<FieldError>> {
        rules::check(|found| {
            found.date("on", self.on);
            found.limit(self.limit);
        })
    }
}
