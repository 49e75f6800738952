//! The side of the dialog that says what adding the license will do.

use chrono::{Days, NaiveDate};
use contract::{BillingCycle, CustomerId, plan::Plan};
use yew::prelude::*;

use super::status;
use crate::{
    components::Icon,
    format,
    hooks::{use_formats, use_now},
    pages::{
        customers::details::{
            billing_note::{BillingNote, Bills},
            cost::Cost,
        },
        plans::words,
    },
};

/// What is chosen.
#[derive(Properties, PartialEq)]
pub struct OutcomeProps {
    /// To whom it is sold.
    pub customer: CustomerId,
    /// The plan.
    pub plan: Plan,
    /// The cycle.
    pub cycle: BillingCycle,
    /// Whether a subscription renews it.
    pub renews: bool,
}

/// What adding the license will do.
#[component]
pub fn Outcome(props: &OutcomeProps) -> Html {
    let formats = use_formats();
    let today = formats.day_of(use_now());
    let end = props.cycle.after(today, 1).unwrap_or(today);
    let billing = Billing::of(props.plan.trial_days, props.cycle, today);
    let is_billed = props.renews && props.plan.price(props.cycle).is_some_and(|price| price.amount > 0);
    let bills = if billing.trial_until.is_some() { Bills::Later } else { Bills::Now };
    html! {
        <aside class="split__aside outcome" aria-label="What will happen" aria-live="polite">
            <h3 class="medium">{ "When you add it" }</h3>
            <ol class="timeline">
                { step(Icon::Key, "A key is made", "Ready to copy at once".to_owned()) }
                { step(Icon::Shield, "It allows", words::quotas(&props.plan)) }
                if props.renews {
                    { step(Icon::Calendar, "It runs until", format!("{}, and longer as periods are billed", format::date(end))) }
                    if let Some(last) = billing.trial_until { { step(Icon::Clock, "The trial runs", format!("until {}", format::date(last))) } }
                    { step(Icon::Repeat, "The first paid period", format::days_through(billing.first, billing.last)) }
                } else {
                    { step(Icon::Calendar, "It expires", format::date(end)) }
                    { step(Icon::Repeat, "Nothing renews it", "Add another license when it expires".to_owned()) }
                }
            </ol>
            if let Some(price) = props.plan.price(props.cycle) {
                if props.renews {
                    <Cost customer={props.customer} plan={props.plan.clone()} price={price.amount} quantity={1} cycle={status::cycle_noun(props.cycle)} />
                } else {
                    <dl class="facts">
                        <div class="facts__total"><dt>{ format!("{}, 1 {}", props.plan.name, status::cycle_noun(props.cycle)) }</dt><dd class="money">{ format::money(price) }</dd></div>
                    </dl>
                }
            }
            if is_billed { <BillingNote customer={Some(props.customer)} {bills} /> }
        </aside>
    }
}

/// The days of the trial and of the first period that is paid for; the last days belong to them.
#[derive(Debug, PartialEq, Eq)]
struct Billing {
    trial_until: Option<NaiveDate>,
    first: NaiveDate,
    last: NaiveDate,
}

impl Billing {
    fn of(trial_days: u32, cycle: BillingCycle, today: NaiveDate) -> Self {
        let first = today.checked_add_days(Days::new(trial_days.into())).unwrap_or(today);
        let last = cycle.after(first, 1).and_then(|end| end.pred_opt()).unwrap_or(first);
        Self {
            trial_until: first.pred_opt().filter(|_| trial_days > 0),
            first,
            last,
        }
    }
}

fn step(icon: Icon, what: &'static str, more: String) -> Html {
    html! { <li key={what}>{ icon.view() }<div><p>{ what }</p><small>{ more }</small></div></li> }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn the_paid_time_begins_after_the_trial_and_ends_with_the_month() {
        let cases = [
            (0, "2026-01-31", None, "2026-01-31", "2026-02-27"),
            (0, "2026-11-22", None, "2026-11-22", "2026-12-21"),
            (14, "2026-11-22", Some("2026-12-05"), "2026-12-06", "2027-01-05"),
        ];
        for (trial, today, until, first, last) in cases {
            let want = Billing {
                trial_until: until.map(day),
                first: day(first),
                last: day(last),
            };
            assert_eq!(Billing::of(trial, BillingCycle::Monthly, day(today)), want, "{today} {trial}");
        }
    }
}
