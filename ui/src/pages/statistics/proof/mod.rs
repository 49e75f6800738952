//! What a figure is made of: a list that sums to it.

mod dialog;
mod load;

use chrono::NaiveDate;
use contract::{
    Currency, Money, PlanId,
    recurring::{Cohort, RecurringMonth},
};

pub use self::dialog::ProofDialog;
use crate::{format, route::CustomerTab};

/// A figure that can be proved.
#[derive(Clone, Debug, PartialEq)]
pub enum Proof {
    /// What recurred on a day.
    Recurring {
        /// The figure.
        mrr: Money,
        /// The day.
        on: NaiveDate,
        /// Of this plan only.
        plan: Option<(PlanId, String)>,
    },
    /// What changed in a month.
    Moved {
        /// The month with its figures.
        month: Box<RecurringMonth>,
        /// Which of them.
        what: Moved,
    },
    /// What is left to pay.
    Owed {
        /// The figure.
        amount: Money,
        /// For how long, in words.
        age: String,
        /// The first due day.
        due_from: Option<NaiveDate>,
        /// The last one.
        due_until: Option<NaiveDate>,
    },
    /// What a cohort paid.
    Paid {
        /// The cohort with its figures.
        cohort: Box<Cohort>,
        /// In which of its months; in all, if it is not given.
        at: Option<usize>,
    },
}

/// Customers whose recurring revenue changed in a month.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Moved {
    /// Had none at its start: new and returned.
    Gained,
    /// Pay more.
    Expansion,
    /// Pay less.
    Contraction,
    /// Pay nothing any more.
    Churn,
    /// Pay less or nothing.
    Lost,
    /// Were there at its start and pay another amount.
    Kept,
    /// All of them.
    Net,
}

impl Moved {
    /// As on the page.
    fn label(self) -> &'static str {
        match self {
            Self::Gained => "New and returned",
            Self::Expansion => "Expansion",
            Self::Contraction => "Contraction",
            Self::Churn => "Churn",
            Self::Lost => "Contraction and churn",
            Self::Kept => "Expansion, contraction and churn",
            Self::Net => "Net change",
        }
    }

    /// The figure of a month; what was lost is less than nothing.
    pub fn figure(self, month: &RecurringMonth) -> Money {
        let (more, less, gone) = (month.expansion.amount, month.contraction.amount, month.churn.amount);
        let amount = match self {
            Self::Gained => month.new.amount + month.reactivation.amount,
            Self::Expansion => more,
            Self::Contraction => -less,
            Self::Churn => -gone,
            Self::Lost => -less - gone,
            Self::Kept => more - less - gone,
            Self::Net => month.end.amount - month.start.amount,
        };
        Money::new(amount, month.end.currency)
    }

    /// Whether a customer who paid `before` and pays `after` belongs to it.
    fn holds(self, before: i64, after: i64) -> bool {
        match self {
            Self::Gained => before == 0 && after > 0,
            Self::Expansion => before > 0 && after > before,
            Self::Contraction => after > 0 && after < before,
            Self::Churn => before > 0 && after == 0,
            Self::Lost => after < before,
            Self::Kept => before > 0 && after != before,
            Self::Net => after != before,
        }
    }
}

impl Proof {
    /// What is listed.
    pub fn title(&self) -> String {
        match self {
            Self::Recurring { on, plan, .. } => {
                let what = plan.as_ref().map_or("Recurring revenue", |(_, name)| name);
                format!("{what} on {}", format::date(*on))
            }
            Self::Moved { month, what } => format!("{}, {}", what.label(), format::month(month.month)),
            Self::Owed { age, .. } => format!("Unpaid invoices: {age}"),
            Self::Paid { cohort, at } => {
                let first = format!("First paid in {}", format::month(cohort.month));
                match at.and_then(|at| month_after(cohort.month, at)) {
                    Some(month) => format!("{first}: payments of {}", format::month(month)),
                    None => first,
                }
            }
        }
    }

    /// What the rows come to.
    pub fn figure(&self) -> Money {
        match self {
            Self::Recurring { mrr, .. } => *mrr,
            Self::Moved { month, what } => what.figure(month),
            Self::Owed { amount, .. } => *amount,
            Self::Paid { cohort, at } => revenue(cohort, *at),
        }
    }

    /// The heads of the columns: two of each row, and that of its amount.
    fn columns(&self) -> [&'static str; 3] {
        match self {
            Self::Recurring { .. } => ["Plan", "Price", "A month"],
            Self::Moved { .. } => ["Before", "After", "Change"],
            Self::Owed { .. } => ["Invoice", "Due", "To pay"],
            Self::Paid { .. } => ["Payments", "Refunds", "Paid"],
        }
    }

    /// Where the record of a row is, with its customer.
    fn tab(&self) -> CustomerTab {
        match self {
            Self::Recurring { .. } | Self::Moved { .. } => CustomerTab::Subscriptions,
            Self::Owed { .. } => CustomerTab::Invoices,
            Self::Paid { .. } => CustomerTab::Payments,
        }
    }

    /// What else has to be known to read the rows.
    fn note(&self) -> Option<String> {
        match self {
            Self::Moved {
                month,
                what: Moved::Gained,
            } => Some(format!(
                "{} new with {}, {} returned with {}.",
                format::count(month.customers_new),
                format::money(month.new),
                format::count(month.customers_reactivated),
                format::money(month.reactivation)
            )),
            Self::Paid { cohort, at } => {
                let paying = at.map(|at| cohort.months.get(at).map_or(0, |month| month.paying));
                let of = format::count(cohort.customers);
                Some(match paying {
                    Some(paying) => format!("{} of {of} customers paid in this month.", format::count(paying)),
                    None => format!("{of} customers, and what they paid since."),
                })
            }
            _ => None,
        }
    }

    fn currency(&self) -> Currency {
        self.figure().currency
    }
}

/// What a cohort paid in a month of it, or in all.
pub fn revenue(cohort: &Cohort, at: Option<usize>) -> Money {
    let months = cohort
        .months
        .iter()
        .enumerate()
        .filter(|(number, _)| at.is_none_or(|at| at == *number));
    let currency = cohort.months.first().map_or(Currency::EUR, |month| month.revenue.currency);
    Money::new(months.map(|(_, month)| month.revenue.amount).sum(), currency)
}

/// The month so many months later.
pub fn month_after(month: NaiveDate, later: usize) -> Option<NaiveDate> {
    month.checked_add_months(chrono::Months::new(u32::try_from(later).ok()?))
}

#[cfg(test)]
mod tests {
    use super::{super::numbers::tests::month, *};

    #[test]
    fn what_changed_is_what_remains_of_gains_and_losses() {
        let month = month("2026-11-26", [1_000, 300, 50, 70, 40, 200], 1, 4);
        let figure = |what: Moved| what.figure(&month).amount;
        assert_eq!(figure(Moved::Net), 180);
        assert_eq!(figure(Moved::Gained) + figure(Moved::Kept), figure(Moved::Net));
        assert_eq!(figure(Moved::Expansion) + figure(Moved::Lost), figure(Moved::Kept));
        assert_eq!(figure(Moved::Contraction) + figure(Moved::Churn), figure(Moved::Lost));
    }

    #[test]
    fn a_customer_belongs_to_exactly_one_kind_of_movement() {
        use Moved::{Churn, Contraction, Expansion, Gained};
        for (before, after, want) in [(0, 5, Gained), (5, 9, Expansion), (9, 5, Contraction), (5, 0, Churn)] {
            let found: Vec<Moved> = [Gained, Expansion, Contraction, Churn]
                .into_iter()
                .filter(|what| what.holds(before, after))
                .collect();
            assert_eq!(found, [want]);
            assert!(Moved::Net.holds(before, after));
        }
        assert!(!Moved::Net.holds(5, 5) && !Moved::Gained.holds(0, 0));
    }
}
