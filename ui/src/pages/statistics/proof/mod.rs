//! What a figure is made of: a list that sums to it.

mod dialog;
mod load;

use chrono::NaiveDate;
use contract::{
    Currency, Money, PlanId,
    recurring::{MovementKind, RecurringMonth, RecurringOfCurrency},
};

pub use self::{dialog::ProofDialog, load::Row};
use crate::{format, route::CustomerTab};

/// What the figures call that for which no subscription was billed.
pub const WITHOUT_PLAN: &str = "Without a plan";

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
    /// What a year of what recurs on a day would bring.
    Yearly {
        /// The figure.
        arr: Money,
        /// The day.
        on: NaiveDate,
    },
    /// What will be billed if nothing changes.
    Ahead {
        /// The figure.
        amount: Money,
        /// The months.
        months: Vec<NaiveDate>,
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
    /// What customers paid, less what they got back.
    Paid {
        /// The figure.
        amount: Money,
        /// Those who first paid in this month; all, if it is not given.
        first: Option<NaiveDate>,
        /// Paid in this month; ever, if it is not given.
        month: Option<NaiveDate>,
        /// Without those who only got something back then.
        paying_only: bool,
        /// How many customers these are, in words.
        who: String,
    },
    /// The customers of whom something recurs on a day, and who joined them in a month.
    Customers {
        /// What recurs of them.
        mrr: Money,
        /// The day.
        on: NaiveDate,
        /// With those who were new or came back in this month.
        joined: Option<Box<RecurringMonth>>,
    },
    /// What was billed, without tax.
    Billed {
        /// The figure.
        amount: Money,
        /// The first day of issue.
        from: NaiveDate,
        /// The last one.
        until: NaiveDate,
        /// Of this plan only, or of none, and what that is called.
        plan: Option<(Option<PlanId>, String)>,
    },
    /// Amounts of several currencies in one of them.
    Together {
        /// The figure.
        sum: Money,
        /// A row for each currency.
        parts: Vec<Row>,
    },
    /// A figure that is how many rows a list has.
    Counted {
        /// The list.
        of: Box<Self>,
        /// The figure.
        count: u64,
    },
    /// A figure that is one divided by another: the list is that of the upper one.
    Quotient {
        /// What is divided.
        upper: Box<Self>,
        /// The division, in words.
        division: String,
    },
}

/// Customers whose recurring revenue changed in a month.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Moved {
    /// Had none ever before.
    New,
    /// Had none at its start, but had before.
    Returned,
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
            Self::New => "New",
            Self::Returned => "Returned",
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
            Self::New => month.new.amount,
            Self::Returned => month.reactivation.amount,
            Self::Expansion => more,
            Self::Contraction => -less,
            Self::Churn => -gone,
            Self::Lost => -less - gone,
            Self::Kept => more - less - gone,
            Self::Net => month.end.amount - month.start.amount,
        };
        Money::new(amount, month.end.currency)
    }

    /// The kinds of change that it is made of.
    pub fn kinds(self) -> &'static [MovementKind] {
        use MovementKind::{Churn, Contraction, Expansion, New, Reactivation};
        match self {
            Self::New => &[New],
            Self::Returned => &[Reactivation],
            Self::Expansion => &[Expansion],
            Self::Contraction => &[Contraction],
            Self::Churn => &[Churn],
            Self::Lost => &[Contraction, Churn],
            Self::Kept => &[Expansion, Contraction, Churn],
            Self::Net => MovementKind::ALL,
        }
    }
}

impl Proof {
    /// What a customer paid less what came back, over all who paid.
    pub fn all_paid(own: &RecurringOfCurrency) -> Self {
        Self::Paid {
            amount: own.paid,
            first: None,
            month: None,
            paying_only: false,
            who: format!("{} who ever paid", format::counted(own.payers, "customer")),
        }
    }

    /// The customers at the start of a month and, if so wanted, those who came in it.
    pub fn at_start(month: &RecurringMonth, with_new: bool) -> Self {
        let joined = if with_new {
            month.new.amount + month.reactivation.amount
        } else {
            0
        };
        Self::Customers {
            mrr: Money::new(month.start.amount + joined, month.start.currency),
            on: month.month.pred_opt().unwrap_or(month.month),
            joined: with_new.then(|| Box::new(month.clone())),
        }
    }

    /// As the list of which a figure is the number of rows.
    pub fn counted(self, count: u64) -> Self {
        Self::Counted { of: Box::new(self), count }
    }

    /// The number of rows, where the figure is that.
    fn count(&self) -> Option<u64> {
        match self {
            Self::Counted { count, .. } => Some(*count),
            _ => None,
        }
    }

    /// As what is divided to another figure.
    pub fn divided(self, division: String) -> Self {
        Self::Quotient {
            upper: Box::new(self),
            division,
        }
    }

    /// What is listed.
    pub fn title(&self) -> String {
        match self {
            Self::Recurring { on, plan, .. } => {
                let what = plan.as_ref().map_or("Recurring revenue", |(_, name)| name);
                format!("{what} on {}", format::date(*on))
            }
            Self::Yearly { on, .. } => format!("Recurring revenue in a year, as of {}", format::date(*on)),
            Self::Ahead { months, .. } => match months.as_slice() {
                [first, .., last] => format!("Renewals from {} to {}", format::month(*first), format::month(*last)),
                [only] => format!("Renewals in {}", format::month(*only)),
                [] => "Renewals".to_owned(),
            },
            Self::Moved { month, what } => format!("{}, {}", what.label(), format::month(month.month)),
            Self::Owed { age, .. } => format!("Unpaid invoices: {age}"),
            Self::Paid { first, month, .. } => {
                let who = first.map_or_else(|| "Who paid".to_owned(), |first| format!("First paid in {}", format::month(first)));
                match month {
                    Some(month) => format!("{who}: payments of {}", format::month(*month)),
                    None => who,
                }
            }
            Self::Customers { on, joined: None, .. } => format!("Customers on {}", format::date(*on)),
            Self::Customers { joined: Some(month), .. } => format!("Customers of {}", format::month(month.month)),
            Self::Billed { from, until, plan, .. } => {
                let what = plan.as_ref().map_or("Billed", |(_, name)| name);
                format!("{what}, {} to {}", format::date(*from), format::date(*until))
            }
            Self::Together { sum, .. } => format!("Together in {}", sum.currency),
            Self::Quotient { upper, .. } | Self::Counted { of: upper, .. } => upper.title(),
        }
    }

    /// What the rows come to.
    pub fn figure(&self) -> Money {
        match self {
            Self::Recurring { mrr, .. } | Self::Customers { mrr, .. } => *mrr,
            Self::Yearly { arr, .. } => *arr,
            Self::Moved { month, what } => what.figure(month),
            Self::Ahead { amount, .. } | Self::Owed { amount, .. } | Self::Paid { amount, .. } | Self::Billed { amount, .. } => *amount,
            Self::Together { sum, .. } => *sum,
            Self::Quotient { upper, .. } | Self::Counted { of: upper, .. } => upper.figure(),
        }
    }

    /// The heads of the columns: whose a row is, two more, and that of its amount.
    fn columns(&self) -> [&'static str; 4] {
        match self {
            Self::Recurring { .. } => ["Customer", "Plan", "Price", "A month"],
            Self::Yearly { .. } => ["Customer", "Plan", "Price", "A year"],
            Self::Ahead { .. } => ["Customer", "Plan", "On", "Billed"],
            Self::Moved { .. } => ["Customer", "Before", "After", "Change"],
            Self::Owed { .. } => ["Customer", "Invoice", "Due", "To pay"],
            Self::Paid { .. } => ["Customer", "Payments", "Refunds", "Paid"],
            Self::Customers { .. } => ["Customer", "Counts as", "Subscriptions", "A month"],
            Self::Billed { .. } => ["Customer", "Document", "Issued", "Without tax"],
            Self::Together { .. } => ["Currency", "A month", "Rate", "Converted"],
            Self::Quotient { upper, .. } | Self::Counted { of: upper, .. } => upper.columns(),
        }
    }

    /// Where the record of a row is, with its customer.
    fn tab(&self) -> CustomerTab {
        match self {
            Self::Recurring { .. }
            | Self::Yearly { .. }
            | Self::Ahead { .. }
            | Self::Moved { .. }
            | Self::Customers { .. }
            | Self::Together { .. } => CustomerTab::Subscriptions,
            Self::Owed { .. } | Self::Billed { .. } => CustomerTab::Invoices,
            Self::Paid { .. } => CustomerTab::Payments,
            Self::Quotient { upper, .. } | Self::Counted { of: upper, .. } => upper.tab(),
        }
    }

    /// What else has to be known to read the rows.
    fn note(&self) -> Option<String> {
        match self {
            Self::Ahead { .. } => Some("Without tax. What is due already is billed in the running month.".to_owned()),
            Self::Paid { who, .. } => Some(format!("{who}.")),
            Self::Billed { .. } => Some("Final invoices less credit notes, by the day of issue.".to_owned()),
            Self::Quotient { division, .. } => Some(format!("{division}.")),
            Self::Counted { of, .. } => of.note(),
            _ => None,
        }
    }

    fn currency(&self) -> Currency {
        self.figure().currency
    }
}

#[cfg(test)]
mod tests {
    use super::{super::numbers::tests::month, *};

    const ALL: [Moved; 8] = [
        Moved::New,
        Moved::Returned,
        Moved::Expansion,
        Moved::Contraction,
        Moved::Churn,
        Moved::Lost,
        Moved::Kept,
        Moved::Net,
    ];

    /// What a kind of change comes to in a month.
    fn of(month: &RecurringMonth, kind: MovementKind) -> i64 {
        match kind {
            MovementKind::New => month.new.amount,
            MovementKind::Reactivation => month.reactivation.amount,
            MovementKind::Expansion => month.expansion.amount,
            MovementKind::Contraction => -month.contraction.amount,
            MovementKind::Churn => -month.churn.amount,
        }
    }

    #[test]
    fn all_of_a_month_are_those_of_its_start_and_who_came() {
        let month = month("2026-11-26", [1_000, 300, 50, 70, 40, 200], 1, 4);
        let figure = |with_new| Proof::at_start(&month, with_new).figure().amount;
        assert_eq!((figure(false), figure(true)), (1_000, 1_350));
        let counted = Proof::at_start(&month, false).counted(4);
        assert_eq!((counted.count(), counted.figure().amount), (Some(4), 1_000));
    }

    #[test]
    fn every_change_is_the_sum_of_the_kinds_that_its_list_holds() {
        let month = month("2026-11-26", [1_000, 300, 50, 70, 40, 200], 1, 4);
        for what in ALL {
            let sum: i64 = what.kinds().iter().map(|kind| of(&month, *kind)).sum();
            assert_eq!(sum, what.figure(&month).amount, "{what:?}");
        }
        assert_eq!(Moved::Net.figure(&month).amount, 180);
    }
}
