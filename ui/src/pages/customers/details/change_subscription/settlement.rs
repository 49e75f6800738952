//! What a change comes to, in words: before it is made, and after.

use contract::{
    CustomerId, Error, Money,
    subscription::{ChangedSubscription, Subscription, SubscriptionChangePreview},
    words,
};
use yew::prelude::*;

use super::status;
use crate::{
    components::Icon,
    format,
    hooks::{Query, QueryHandle},
    pages::customers::details::billing_note::{BillingNote, Bills},
};

/// The side of the dialog that says what the change will come to.
pub fn settlement(
    preview: Option<&QueryHandle<SubscriptionChangePreview>>,
    is_readable: bool,
    cycle: &'static str,
    is_trial: bool,
    customer: CustomerId,
) -> Html {
    let content = match preview {
        None if is_readable => html! { <p class="muted">{ "Nothing is changed yet. Choose another plan, cycle or quantity." }</p> },
        None => html! { <p class="muted">{ "Something is not filled in right yet." }</p> },
        Some(asked) => match (&asked.state, &asked.reload_error) {
            (Query::Ready(known), None) => of_preview(known, cycle, is_trial, customer),
            (Query::Loading, _) => html! { <p class="muted">{ "Working it out…" }</p> },
            (Query::Failed(error), _) | (Query::Ready(_), Some(error)) => of_error(error),
        },
    };
    html! {
        <aside class="split__aside outcome" aria-label="What will happen" aria-live="polite">
            <h3 class="medium">{ "When you save" }</h3>
            { content }
        </aside>
    }
}

/// What no field says.
fn of_error(error: &Error) -> Html {
    if matches!(error, Error::Invalid { .. }) {
        return html! { <p class="muted">{ "Something is not filled in right yet." }</p> };
    }
    let said = words::error(error);
    html! { <div><p class="medium">{ said.title }</p><p class="muted">{ said.advice }</p></div> }
}

fn of_preview(known: &SubscriptionChangePreview, cycle: &'static str, is_trial: bool, customer: CustomerId) -> Html {
    let currency = known.total.currency;
    let row = |name: String, amount: Money, class: Option<&'static str>| html! { <div class={class} key={name.clone()}><dt>{ name }</dt><dd class="money">{ format::money(amount) }</dd></div> };
    html! {
        <>
            <ol class="timeline">
                <li>{ Icon::Calendar.view() }<div><p>{ "The new terms begin" }</p><small>{ format::date(known.on) }</small></div></li>
                <li>{ Icon::Receipt.view() }<div><p>{ settled_title(known.total, is_taken_off(known)) }</p><small>{ settled_how(known, is_trial) }</small></div></li>
                <li>{ Icon::Repeat.view() }<div><p>{ format!("Each {cycle} from then on") }</p><small>{ format!("{} before tax", format::money(known.next)) }</small></div></li>
            </ol>
            if !known.lines.is_empty() {
                <dl class="facts facts--lines">
                    { for known.lines.iter().map(|line| html! {
                        <div key={line.position}>
                            <dt>
                                { &line.text }
                                if let Some((first, end)) = line.period_start.zip(line.period_end) { <small>{ format::days(first, end) }</small> }
                            </dt>
                            <dd class="money">{ format::money(Money::new(line.net, currency)) }</dd>
                        </div>
                    }) }
                    { row("Tax".to_owned(), known.tax, None) }
                    { row(total_word(known.total).to_owned(), magnitude(known.total), Some("facts__total")) }
                </dl>
            }
            if known.total.amount > 0 { <BillingNote bills={Bills::Now} customer={Some(customer)} /> }
        </>
    }
}

/// Without its sign, where a word stands for it.
fn magnitude(money: Money) -> Money {
    Money::new(money.amount.saturating_abs(), money.currency)
}

fn total_word(total: Money) -> &'static str {
    match total.amount {
        ..0 => "Credited",
        0 => "Nothing is left",
        1.. => "Billed",
    }
}

/// Whether the time that was billed at the old terms is taken off.
fn is_taken_off(known: &SubscriptionChangePreview) -> bool {
    known.lines.iter().any(|line| line.net < 0)
}

fn settled_title(total: Money, is_taken_off: bool) -> &'static str {
    match total.amount {
        ..0 => "The difference is credited",
        0 => "Nothing is settled",
        1.. if is_taken_off => "The difference is billed",
        1.. => "The rest of the period is billed",
    }
}

fn settled_how(known: &SubscriptionChangePreview, is_trial: bool) -> String {
    if known.lines.is_empty() {
        let why = if is_trial {
            "The trial is not billed"
        } else {
            "The time from then on was not billed yet"
        };
        return why.to_owned();
    }
    format!("By the day, {}", format::days(known.on, known.until))
}

/// What is said once a change was made: the same amounts as before.
pub fn made(changed: &ChangedSubscription) -> String {
    let Subscription {
        plan_name, billing_cycle, ..
    } = &changed.subscription;
    let total = changed.settled.total;
    let amount = format::money(magnitude(total));
    let settled = match total.amount {
        0 => "nothing to settle".to_owned(),
        1.. => format!("{amount} billed"),
        ..0 if changed.credit_note_ids.is_empty() && changed.invoice_id.is_some() => format!("{amount} taken off its draft"),
        ..0 => format!("{amount} credited"),
    };
    let next = format!(
        "{} each {} before tax",
        format::money(changed.settled.next),
        status::cycle_noun(*billing_cycle)
    );
    format!("{plan_name} changed: {settled}, then {next}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use contract::Currency;

    #[test]
    fn what_is_less_than_nothing_is_credited_and_named_without_a_sign() {
        let money = |amount| Money::new(amount, Currency::EUR);
        assert_eq!((total_word(money(-500)), magnitude(money(-500))), ("Credited", money(500)));
        assert_eq!(
            (total_word(money(500)), settled_title(money(500), true)),
            ("Billed", "The difference is billed")
        );
        assert_eq!(settled_title(money(0), true), "Nothing is settled");
    }

    #[test]
    fn there_is_a_difference_only_where_something_is_taken_off() {
        let total = Money::new(500, Currency::EUR);
        assert_eq!(settled_title(total, true), "The difference is billed");
        assert_eq!(settled_title(total, false), "The rest of the period is billed");
    }
}
