//! Figures of the business. Administrators, deleted and archived customers are outside all of them.

use crate::{CustomerId, FieldError, Money, Timestamp, Validate, change::Change, license::License, rules, rules::always_valid, wire};

wire! {
    /// The figures of the four cards. Days, weeks (from Monday) and months are those of the book's time zone.
    pub struct CustomerStats {
        /// Customers.
        pub total_customers: u64,
        /// Those who are active.
        pub active_customers: u64,
        /// Those who are not.
        pub inactive_customers: u64,
        /// Those with at least one license of any status.
        pub customers_with_licenses: u64,
        /// Those with at least one subscription of any status.
        pub customers_with_subscriptions: u64,
        /// Made since this month began.
        pub new_customers_this_month: u64,
        /// Made since Monday.
        pub new_customers_this_week: u64,
        /// Payments less refunds, one amount a currency, the book's first.
        pub total_revenue: Vec<Money>,
        /// The same over the customers who paid in that currency, rounded half away from zero.
        pub average_customer_value: Vec<Money>,
        /// The same over all customers.
        pub average_per_all_customers: Vec<Money>,
        /// Licenses that are active or expiring.
        pub active_licenses: u64,
        /// Customers with something left to pay.
        pub customers_with_outstanding: u64,
    }

    /// Asks for the figures of the four cards.
    #[derive(Default)]
    pub struct CustomerStatsRequest {}

    /// Asks what needs attention.
    #[derive(Default)]
    pub struct AttentionRequest {}

    /// What needs attention today.
    pub struct Attention {
        /// Licenses that end within the book's `expiring_days`.
        pub expiring_licenses: u64,
        /// Those of them that no subscription renews.
        pub expiring_without_subscription: u64,
        /// The next five to end.
        pub next_expiring: Vec<License>,
        /// Days that count as soon.
        pub expiring_days: u32,
        /// Open invoices with something left to pay.
        pub outstanding_invoices: u64,
        /// What is left to pay on them, one amount a currency.
        pub outstanding: Vec<Money>,
        /// Those of them that are overdue.
        pub overdue_invoices: u64,
        /// What is left to pay on those.
        pub overdue: Vec<Money>,
        /// The one that is overdue longest.
        pub oldest_overdue: Option<OldestOverdue>,
        /// Domains that end within the same days.
        pub expiring_domains: u64,
        /// The next of them, in Unicode, with its last day.
        pub next_domain: Option<NextDomain>,
        /// Domains whose time is over and that can still be had back: in the grace period or in redemption.
        pub lapsed_domains: u64,
        /// The one of them that is lost first.
        pub next_lost: Option<NextDomain>,
        /// The newest ten entries of the change log.
        pub recent_changes: Vec<Change>,
    }

    /// The invoice that is overdue longest.
    pub struct OldestOverdue {
        /// Whose it is.
        pub customer_id: CustomerId,
        /// The name of that customer.
        pub customer_name: String,
        /// Days since it was due.
        pub days: u32,
    }

    /// The domain that ends next, or is lost next.
    pub struct NextDomain {
        /// Whose it is.
        pub customer_id: CustomerId,
        /// The name in Unicode.
        pub name: String,
        /// Its last day.
        pub expires_on: chrono::NaiveDate,
    }

    /// Asks for figures by month.
    pub struct MonthlyFiguresRequest {
        /// How many months, the running one included; 1 to 60.
        pub months: u32,
    }

    /// Figures of one month.
    pub struct MonthFigures {
        /// First day of the month.
        pub month: chrono::NaiveDate,
        /// Customers made in it.
        pub new_customers: u64,
        /// Payments received in it less refunds given in it, one amount a currency, the book's first.
        pub revenue: Vec<Money>,
    }

    /// Figures by month, the oldest first.
    pub struct MonthlyFigures {
        /// The months.
        pub months: Vec<MonthFigures>,
        /// As of when; the last month is not over.
        pub at: Timestamp,
    }
}

always_valid!(CustomerStatsRequest, AttentionRequest);

impl Validate for MonthlyFiguresRequest {
    fn validate(&self) -> Result<(), Vec<FieldError>> {
        rules::check(|found| found.range("months", i64::from(self.months), 1, 60))
    }
}
