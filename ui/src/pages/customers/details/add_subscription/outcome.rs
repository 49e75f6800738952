//! The side of the dialog that says what adding the subscription will do, and what it costs.

use chrono::NaiveDate;
use contract::{plan::Plan, subscription::CreateSubscription};
use yew::prelude::*;

use super::{course::Course, status};
use crate::{
    components::Icon,
    format,
    pages::{
        customers::details::{
            billing_note::{BillingNote, Bills},
            cost::Cost,
        },
        plans::words,
    },
};

/// What is typed.
#[derive(Properties, PartialEq)]
pub struct OutcomeProps {
    /// The plan.
    pub plan: Plan,
    /// The request, if it can be read.
    pub typed: Option<CreateSubscription>,
    /// Today.
    pub today: NaiveDate,
}

/// What adding the subscription will do, and what it costs.
#[component]
pub fn Outcome(props: &OutcomeProps) -> Html {
    let content = match &props.typed {
        None => html! { <p class="muted">{ "Something is not filled in right yet." }</p> },
        Some(request) => of_request(request, props),
    };
    html! {
        <aside class="split__aside outcome" aria-label="What will happen" aria-live="polite">
            <h3 class="medium">{ "When you add it" }</h3>
            { content }
        </aside>
    }
}

fn of_request(request: &CreateSubscription, props: &OutcomeProps) -> Html {
    let (plan, today) = (&props.plan, props.today);
    let course = Course::of(
        request.starts_on.unwrap_or(today),
        request.trial_days.unwrap_or(plan.trial_days),
        request.billing_cycle,
        today,
    );
    let price = request
        .price
        .or_else(|| plan.price(request.billing_cycle).map(|price| price.amount));
    let period = format::days_through(course.first, course.last);
    let (billed, when) = if course.is_billed_now {
        ("The first period is billed now", period)
    } else {
        (
            "The first period is billed later",
            format!("on {}, for {period}", format::date(course.first)),
        )
    };
    let cycle = status::cycle_noun(request.billing_cycle);
    let renews = if course.is_billed_now {
        format!("each {cycle}, next {}", format::date(course.next))
    } else {
        format!("each {cycle} after that")
    };
    html! {
        <>
            <ol class="timeline">
                { step(Icon::Calendar, "It begins", format!("{} · {}", format::date(course.starts_on), format::days_away(today, course.starts_on))) }
                if let Some(last) = course.trial_until { { step(Icon::Clock, "The trial runs", format!("until {}, not billed", format::date(last))) } }
                { step(Icon::Receipt, billed, when) }
                if course.overdue > 0 { { step(Icon::Refresh, "Catching up bills the rest", format!("{} since then", contract::words::count(course.overdue.into(), "more period"))) } }
                { step(Icon::Repeat, "It renews", renews) }
                if request.create_license {
                    { step(Icon::Key, "A license is made", words::quotas(plan)) }
                } else {
                    { step(Icon::Key, "No license is made", "It is billed all the same".to_owned()) }
                }
            </ol>
            if let Some(price) = price { <Cost customer={request.customer_id} plan={plan.clone()} {price} quantity={request.quantity} cycle={status::cycle_noun(request.billing_cycle)} /> }
            if price.is_some_and(|price| price > 0) {
                <BillingNote customer={Some(request.customer_id)} bills={if course.is_billed_now { Bills::Now } else { Bills::Later }} />
            }
        </>
    }
}

fn step(icon: Icon, what: &'static str, more: String) -> Html {
    html! { <li key={what}>{ icon.view() }<div><p>{ what }</p><small>{ more }</small></div></li> }
}
