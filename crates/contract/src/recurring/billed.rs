//! What was billed by plan, and the documents that it is made of.
//!
//! **Billed** in a period is what final invoices issued in it come to without tax, less credit notes issued in it. Drafts and void
//! invoices are outside. An invoice belongs to the plan that its subscription had on the first day that it bills; a credit note
//! to that of its invoice. What no subscription was billed for has no plan.

use chrono::NaiveDate;

use super::months_rule;
use crate::{Currency, CustomerId, FieldError, Money, PlanId, Problem, Validate, rules, wire};

wire! {
    /// Asks what was billed by plan.
    pub struct BilledByPlanRequest {
        /// In which currency.
        pub currency: Currency,
        /// How many months, the running one included; 1 to 60.
        pub months: u32,
    }

    /// What was billed by plan, without tax.
    pub struct BilledByPlan {
        /// The first day of the period, for `from` of the list.
        pub from: NaiveDate,
        /// The last day: today.
        pub until: NaiveDate,
        /// Invoices less credit notes.
        pub total: Money,
        /// Invoices and credit notes.
        pub documents: u64,
        /// By plan, the largest first; sums to `total`.
        pub plans: Vec<BilledOfPlan>,
    }

    /// What was billed of a plan.
    pub struct BilledOfPlan {
        /// Which; missing for what no subscription was billed for.
        pub plan_id: Option<PlanId>,
        /// Its name.
        pub plan_name: Option<String>,
        /// Invoices less credit notes.
        pub billed: Money,
        /// Invoices and credit notes.
        pub documents: u64,
    }

    /// Asks which documents what was billed is made of.
    pub struct ListBilled {
        /// In which currency.
        pub currency: Currency,
        /// Issued on this day or later.
        pub from: NaiveDate,
        /// Issued on this day or before.
        pub until: NaiveDate,
        /// Of this plan only.
        #[serde(default)]
        pub plan_id: Option<PlanId>,
        /// Only what has no plan.
        #[serde(default)]
        pub without_plan: bool,
        /// Rows of a page, 1 to 500; 50 when it is not given.
        #[serde(default)]
        pub limit: Option<u32>,
        /// The `next` of the page before.
        #[serde(default)]
        pub after: Option<String>,
    }

    /// An invoice or a credit note.
    pub struct BilledItem {
        /// Whose.
        pub customer_id: CustomerId,
        /// The name of that customer.
        pub customer_name: String,
        /// Its number.
        pub number: String,
        /// When it was issued.
        pub issued_on: NaiveDate,
        /// The name of the plan, if there is one.
        pub plan_name: Option<String>,
        /// Without tax; less than nothing for a credit note.
        pub net: Money,
    }
}

crate::page!(
    /// What was billed, the newest first.
    BilledPage of BilledItem,
    /// What the rows sum to.
    sum: Money
);

impl Validate for BilledByPlanRequest {
    fn validate(&self) -> Result<(), Vec<FieldError>> {
        months_rule(self.months, 60)
    }
}

impl Validate for ListBilled {
    fn validate(&self) -> Result<(), Vec<FieldError>> {
        rules::check(|found| {
            found.date("from", Some(self.from));
            found.date("until", Some(self.until));
            if self.until < self.from {
                found.push("until", Problem::DateOutOfOrder);
            }
            if self.without_plan && self.plan_id.is_some() {
                found.push(
                    "without_plan",
                    Problem::Exclusive {
                        other: "plan_id".to_owned(),
                    },
                );
            }
            found.limit(self.limit);
        })
    }
}
