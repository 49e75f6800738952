//! What each figure means, in words. The sources are in `contract::recurring`.

use yew::prelude::*;

use crate::components::Definition;

macro_rules! meanings {
    ($($(#[$meta:meta])* $variant:ident = $name:literal: [$($text:literal),+ $(,)?]),+ $(,)?) => {
        /// A figure of this page.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Meaning { $($(#[$meta])* $variant),+ }

        impl Meaning {
            /// Every one.
            #[cfg(test)]
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// Its name.
            pub fn name(self) -> &'static str {
                match self { $(Self::$variant => $name),+ }
            }

            /// What it means, a paragraph each.
            pub fn text(self) -> &'static [&'static str] {
                match self { $(Self::$variant => &[$($text),+]),+ }
            }
        }
    };
}

meanings! {
    /// Monthly recurring revenue.
    Mrr = "Recurring, monthly (MRR)": [
        "What all subscriptions that bill cost a month, without tax. A yearly price counts one twelfth.",
        "Trials, paused, unpaid and ended subscriptions do not count. One that was canceled at the end of its period counts until then.",
        "Exact parts are summed, then rounded once.",
    ],
    /// Yearly run rate.
    Arr = "Recurring, yearly (ARR)": [
        "Twelve times the exact MRR: what a year would bring if nothing changed. It is a run rate, neither a forecast nor the revenue of the last twelve months.",
    ],
    /// Lost customers of those who were there.
    LogoOpening = "Customer churn, opening base": [
        "Customers who were there when the month began and are gone at its end ÷ customers who were there when it began. New customers never count.",
        "A customer is there while at least one subscription bills.",
    ],
    /// Lost customers of all who were there.
    LogoWithNew = "Customer churn, with new": [
        "Customers who were there when the month began and are gone at its end ÷ (customers who were there when it began + new + returned).",
        "Stripe’s dashboard divides so. It is never more than churn by the opening base.",
    ],
    /// Lost revenue.
    GrossChurn = "Gross revenue churn": [
        "(Churn + contraction) ÷ MRR when the month began. What other customers pay more does not make up for it.",
    ],
    /// Lost revenue, less what others pay more.
    NetChurn = "Net revenue churn": [
        "(Churn + contraction − expansion) ÷ MRR when the month began. Less than zero: those who stayed pay more than was lost.",
    ],
    /// What is kept.
    Retention = "Net revenue retention": [
        "100% − net revenue churn: what the customers of the month’s beginning pay at its end, as a share of what they paid.",
    ],
    /// What is kept without what others pay more.
    GrossRetention = "Gross revenue retention": [
        "100% − gross revenue churn: what is left of the MRR of the month’s beginning, whatever others pay more. It is never more than 100%.",
    ],
    /// What monthly churn comes to in a year.
    Yearly = "Churn in a year": [
        "1 − (1 − m)¹², with m the mean monthly customer churn of the full months shown: who stays each month can leave in the next.",
    ],
    /// Average revenue per account.
    Arpa = "Average per customer (ARPA)": [
        "MRR ÷ customers with at least one subscription that bills.",
    ],
    /// Lifetime value by formula.
    LifetimeFormula = "Lifetime value (LTV)": [
        "ARPA ÷ the mean monthly customer churn (opening base) of the full months shown. The running month is outside: its churn is not complete.",
        "Without churn there is nothing to divide by; then only the value so far can be said. Costs are not taken off.",
    ],
    /// Lifetime value as it was.
    LifetimeObserved = "Lifetime value, observed": [
        "Payments less refunds since the book began ÷ customers with at least one payment. It is what customers were worth so far, not an estimate.",
    ],
    /// What changed.
    Movements = "Movement of recurring revenue": [
        "MRR of each customer at both ends of the month, compared. New: had none ever before. Returned: had none when it began, but before. Expansion and contraction: pays more or less. Churn: pays nothing any more.",
        "Start + new + returned + expansion − contraction − churn = end, exactly.",
    ],
    /// By plan.
    ByPlan = "Recurring revenue by plan": [
        "The MRR of the subscriptions of each plan today. The plans sum to the MRR.",
    ],
    /// What was billed by plan.
    BilledByPlan = "Billed revenue by plan": [
        "What final invoices issued in the period come to without tax, less credit notes issued in it, whether it is paid or not. Drafts and void invoices are outside.",
        "An invoice belongs to the plan that its subscription had on the first day that is billed, a credit note to that of its invoice. What no subscription was billed for has no plan.",
        "A yearly price counts whole in the month of its invoice; the MRR counts a twelfth of it.",
    ],
    /// Who stayed.
    CohortsPaying = "Customers who stayed": [
        "Customers by the month of their first payment, and how many of them paid in each month since, as a share of all of them.",
        "Who pays once a year pays in one month of twelve: yearly plans leave gaps that are not churn.",
    ],
    /// What who stayed paid.
    CohortsRevenue = "Revenue of those who stayed": [
        "Customers by the month of their first payment, and their payments less refunds in each month since.",
    ],
    /// What is owed.
    Receivables = "Unpaid invoices by age": [
        "What is left to pay on open invoices, by days past the due day. The due day itself is not late. Drafts, void and uncollectible invoices are outside.",
    ],
    /// What will be billed.
    Forecast = "Forecast of renewals": [
        "What will be billed if nothing changes: each running subscription renews on its dates, at its price, without tax, until it ends. No growth and no churn is assumed.",
        "A yearly subscription is billed whole in its month, so months differ although nothing changes.",
    ],
    /// Several currencies.
    Currencies = "By currency": [
        "Each currency has figures of its own. They are added only at the rates that somebody has stated, each with its day; without a rate nothing is converted.",
        "Exact products of amount and rate are summed, the sum is rounded once, and the converted amounts are given out so that they sum to it.",
    ],
}

impl Meaning {
    /// The button that says it.
    pub fn button(self) -> Html {
        let text: Vec<AttrValue> = self.text().iter().map(|text| AttrValue::Static(text)).collect();
        html! { <Definition of={self.name()} {text} /> }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_figure_has_a_name_of_its_own_and_says_in_sentences_what_it_means() {
        let names: BTreeSet<_> = Meaning::ALL.iter().map(|meaning| meaning.name()).collect();
        assert_eq!(names.len(), Meaning::ALL.len());
        for meaning in Meaning::ALL {
            assert!(!meaning.text().is_empty(), "{meaning:?}");
            for text in meaning.text() {
                assert!(text.ends_with('.') && text.len() > 40, "{meaning:?}: {text}");
            }
        }
    }

    #[test]
    fn ratios_say_what_is_divided_by_what() {
        use Meaning::{Arpa, GrossChurn, LifetimeFormula, LogoOpening, LogoWithNew, NetChurn};
        for meaning in [LogoOpening, LogoWithNew, GrossChurn, NetChurn, Arpa, LifetimeFormula] {
            assert!(meaning.text().concat().contains('÷'), "{meaning:?}");
        }
    }
}
