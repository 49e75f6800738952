//! The four figures at the top.

use std::rc::Rc;

use contract::{Money, stats::CustomerStats};
use yew::prelude::*;

use super::filter::{Filter, Having};
use crate::{
    components::{Icon, MetricCard},
    format,
    hooks::use_formats,
};

/// The four figures.
#[derive(Properties, PartialEq)]
pub struct CardsProps {
    /// The figures; bars while they are missing.
    pub stats: Option<Rc<CustomerStats>>,
    /// Whether they could not be had.
    #[prop_or_default]
    pub is_failed: bool,
    /// Lists the customers behind a figure.
    pub on_pick: Callback<Filter>,
}

/// The four figures; those that count customers list them.
#[component]
pub fn Cards(props: &CardsProps) -> Html {
    let formats = use_formats();
    let stats = props.stats.as_deref();
    let pick = |filter: Filter| {
        let on_pick = props.on_pick.clone();
        Some(Callback::from(move |()| on_pick.emit(filter.clone())))
    };
    let unknown = props.is_failed.then_some(AttrValue::Static(format::NOTHING));
    let count = |figure: fn(&CustomerStats) -> u64| {
        stats
            .map(|stats| AttrValue::from(format::count(figure(stats))))
            .or_else(|| unknown.clone())
    };
    let revenue = stats.map(|stats| {
        let first = stats.total_revenue.first().copied().unwrap_or(Money::new(0, formats.currency));
        AttrValue::from(format::money(first))
    });
    let revenue = revenue.or_else(|| unknown.clone());
    html! {
        <section class="metrics metrics--page" aria-label="Figures">
            <MetricCard
                label="Total customers"
                icon={Icon::Users}
                value={count(|stats| stats.total_customers)}
                note={stats.map(growth).unwrap_or_default()}
                on_press={pick(Filter::default())}
            />
            <MetricCard
                label="Active customers"
                icon={Icon::CheckCircle}
                value={count(|stats| stats.active_customers)}
                note={stats.map(active).unwrap_or_default()}
                on_press={pick(Filter { is_active: Some(true), ..Filter::default() })}
            />
            <MetricCard
                label="Total revenue"
                icon={Icon::Wallet}
                value={revenue}
                note_lines={2}
                note={stats.map(averages).unwrap_or_default()}
            />
            <MetricCard
                label="With subscriptions"
                icon={Icon::Repeat}
                value={count(|stats| stats.customers_with_subscriptions)}
                note={stats.map(licenses).unwrap_or_default()}
                on_press={pick(Filter::default().with_having(Having::Subscriptions, Some(true)))}
            />
        </section>
    }
}

/// New this month as a share of those there were when it began.
fn growth(stats: &CustomerStats) -> Html {
    let new = stats.new_customers_this_month;
    let before = stats.total_customers.saturating_sub(new);
    // Without a base there is no growth to point up.
    let is_growth = new > 0 && before > 0;
    html! {
        <>
            <span class={classes!("delta", is_growth.then_some("delta--up"))}>
                if is_growth { { Icon::ArrowUp.view() } }
                { format::percent(new, before) }
            </span>
            { format!(" this month · {} new", format::count(new)) }
        </>
    }
}

fn licenses(stats: &CustomerStats) -> Html {
    let noun = if stats.active_licenses == 1 {
        "active license"
    } else {
        "active licenses"
    };
    html! { format!("{} {noun}", format::count(stats.active_licenses)) }
}

fn active(stats: &CustomerStats) -> Html {
    html! { format!("{} · {} inactive", format::percent(stats.active_customers, stats.total_customers), format::count(stats.inactive_customers)) }
}

/// The averages in the first currency, and what came in further ones: side by side, because they are never added.
fn averages(stats: &CustomerStats) -> Html {
    let Some((first, others)) = stats.total_revenue.split_first() else {
        return html! { "No payment yet" };
    };
    let find = |list: &[Money], like: &Money| {
        let money = list.iter().find(|money| money.currency == like.currency);
        money.map_or_else(|| format::NOTHING.to_owned(), |money| format::money(*money))
    };
    let paying = |total: &Money| find(&stats.average_customer_value, total);
    let all = |total: &Money| find(&stats.average_per_all_customers, total);
    let further: Vec<String> = others
        .iter()
        .map(|total| {
            format!(
                "{}: {} per payer, {} over all customers",
                format::money(*total),
                paying(total),
                all(total)
            )
        })
        .collect();
    let further = further.join("; ");
    html! {
        <>
            { line(format!("{} per payer", paying(first))) }
            { line(format!("{} over all customers", all(first))) }
            if !others.is_empty() { <span class="metric__line" title={further}>{ format::moneys(others, first.currency) }</span> }
        </>
    }
}

/// A line that says itself whole where it is cut.
fn line(text: String) -> Html {
    html! { <span class="metric__line truncate" title={text.clone()}>{ text }</span> }
}
