//! One subscription: its period, what it costs, and until when it is billed.

use contract::subscription::{CancelAt, CancelSubscription, RestoreSubscription, Subscription, SubscriptionStatus};
use web_sys::HtmlElement;
use yew::prelude::*;

use super::pausing::{Pause, Resume};
use crate::{
    components::{Button, ControlSize, Icon, IconButton, IconButtonKind},
    format::{self, Formats},
    hooks::{Toast, record_id, use_book_changes, use_formats, use_mutation, use_now, use_toasts},
    pages::customers::{
        details::{license_card::bar, period::Period, status},
        undo::Undoing,
    },
};

/// One subscription.
#[derive(Properties, PartialEq)]
pub struct SubscriptionCardProps {
    /// The subscription.
    pub subscription: Subscription,
    /// The short keys of the licenses that it renews.
    pub licenses: Vec<String>,
    /// Whether a license of it is canceled.
    pub has_canceled_license: bool,
    /// Whether the record is only read.
    pub is_archived: bool,
    /// Whether the focus comes here: it is new, or was changed by a button that is gone.
    pub has_landing: bool,
    /// It is to be changed.
    pub on_change: Callback<()>,
    /// It is to be canceled.
    pub on_cancel: Callback<()>,
    /// The same is wanted anew, if something can be sold.
    pub on_again: Option<Callback<()>>,
}

/// One subscription.
#[component]
pub fn SubscriptionCard(props: &SubscriptionCardProps) -> Html {
    let formats = use_formats();
    let today = formats.day_of(use_now());
    let node = use_node_ref();
    {
        let node = node.clone();
        use_effect_with((props.has_landing, props.subscription.version), move |(has_landing, _)| {
            if *has_landing && let Some(card) = node.cast::<HtmlElement>() {
                // A card has a tabindex, so it can take the focus.
                let _ = card.focus();
            }
        });
    }
    let subscription = &props.subscription;
    let is_over = subscription.status == SubscriptionStatus::Canceled;
    let period = Period::new(subscription.current_period_start, subscription.current_period_end, today);
    html! {
        <article class={classes!("license", is_over.then_some("license--off"))} aria-label={format!("Subscription {}", subscription.plan_name)} tabindex="-1" id={record_id(subscription.id)} ref={node}>
            <header class="license__head">
                <h3 class="license__plan truncate" title={subscription.plan_name.clone()}>{ &subscription.plan_name }</h3>
                { status::of_subscription(subscription) }
                <span class="muted">{ price(subscription) }</span>
                <span class="spacer"></span>
                { acts(props, today) }
            </header>
            <div class="license__row">
                <div class="period">
                    <p class="period__line">
                        <span>{ format::date(period.first) }</span>
                        if !is_over { <span class="muted num">{ period.words(today) }</span> }
                        <span>{ format::date(period.last) }</span>
                    </p>
                    { bar(period.percent(today), None) }
                    <p class="license__meta">{ renews(&props.licenses) }</p>
                </div>
                <dl class="facts facts--flush">{ facts(subscription, &period, &formats) }</dl>
            </div>
        </article>
    }
}

/// What can be done with it as it stands.
fn acts(props: &SubscriptionCardProps, today: chrono::NaiveDate) -> Html {
    let subscription = &props.subscription;
    let is_over = subscription.status == SubscriptionStatus::Canceled;
    let can_change = matches!(
        subscription.status,
        SubscriptionStatus::Trialing | SubscriptionStatus::Active | SubscriptionStatus::PastDue
    );
    let can_pause = can_change && subscription.status != SubscriptionStatus::Trialing;
    // As long as the cancellation can be taken back.
    let can_come_back = is_over && !props.is_archived && subscription.current_period_end > today;
    let on_again = props.on_again.clone().filter(|_| is_over && !can_come_back);
    html! {
        <div class="btn-row license__acts">
            if !is_over && subscription.cancel_at_period_end { <Keep subscription={subscription.clone()} /> }
            if can_change { <Button label="Change…" size={ControlSize::Small} on_press={props.on_change.clone()} /> }
            if subscription.status == SubscriptionStatus::Paused { <Resume subscription={subscription.clone()} /> }
            if can_pause { <Pause subscription={subscription.clone()} /> }
            if can_come_back { <Reactivate subscription={subscription.clone()} has_canceled_license={props.has_canceled_license} /> }
            if let Some(on_again) = on_again { <Button label="Subscribe again…" size={ControlSize::Small} on_press={on_again} /> }
            if !is_over {
                <IconButton icon={Icon::Trash} label="Cancel subscription" kind={IconButtonKind::Danger} on_press={props.on_cancel.clone()} />
            }
        </div>
    }
}

/// `€29.00 / month`, or `3 × €29.00 / month`.
pub fn price(subscription: &Subscription) -> String {
    let each = status::price(subscription.price, subscription.billing_cycle);
    if subscription.quantity == 1 {
        each
    } else {
        format!("{} × {each}", format::count(subscription.quantity.into()))
    }
}

fn renews(licenses: &[String]) -> Html {
    match licenses {
        [] => html! { <span>{ "Renews no license" }</span> },
        [only] => html! { <span>{ "Renews license " }<b class="mono">{ only }</b></span> },
        several => html! { <span title={several.join(", ")}>{ format!("Renews {} licenses", several.len()) }</span> },
    }
}

fn facts(subscription: &Subscription, period: &Period, formats: &Formats) -> Html {
    let fact = |name: &'static str, value: String| html! { <div key={name}><dt>{ name }</dt><dd class="num medium">{ value }</dd></div> };
    let trial = subscription
        .trial_end
        .filter(|_| subscription.status == SubscriptionStatus::Trialing)
        .and_then(|end| end.pred_opt())
        .map(|last| fact("Trial until", format::date(last)));
    let amount = contract::Money::new(
        subscription.price.amount.saturating_mul(subscription.quantity.into()),
        subscription.price.currency,
    );
    let (end, next) = match subscription.status {
        SubscriptionStatus::Canceled => {
            let ended = subscription
                .ended_at
                .map_or_else(|| format::date(period.last), |at| formats.date_of(at));
            (fact("Ended", ended), None)
        }
        SubscriptionStatus::Paused => {
            let since = subscription
                .paused_at
                .map_or_else(|| format::NOTHING.to_owned(), |at| formats.date_of(at));
            (fact("Paused since", since), None)
        }
        _ if subscription.cancel_at_period_end => (fact("Ends", format::date(period.last)), None),
        _ => (
            fact("Renews", format::date(subscription.current_period_end)),
            Some(fact("Amount before tax", format::money(amount))),
        ),
    };
    html! { <>{ for trial }{ end }{ for next }{ fact("Billed until", billed_until(subscription)) }{ fact("Since", format::date(subscription.starts_on)) }</> }
}

/// The last day that was billed, if any was.
pub fn billed_to(subscription: &Subscription) -> Option<chrono::NaiveDate> {
    subscription.billed_until.pred_opt().filter(|last| *last >= subscription.anchor)
}

fn billed_until(subscription: &Subscription) -> String {
    match billed_to(subscription) {
        Some(last) => format::date(last),
        None => "not billed yet".to_owned(),
    }
}

#[derive(Properties, PartialEq)]
struct KeepProps {
    subscription: Subscription,
}

/// Takes a cancellation back that has not taken effect, with Undo.
#[component]
fn Keep(props: &KeepProps) -> Html {
    let restore = use_mutation::<RestoreSubscription>();
    let toasts = use_toasts();
    let undoing = Undoing::new(toasts.clone(), use_book_changes());
    let on_press = {
        let restore = restore.clone();
        let request = RestoreSubscription {
            id: props.subscription.id,
            version: Some(props.subscription.version),
        };
        Callback::from(move |()| {
            let (toasts, undoing) = (toasts.clone(), undoing.clone());
            restore.run_with(request.clone(), move |answer| match answer {
                Ok(kept) => {
                    let (undoing, shown) = (undoing.clone(), toasts.clone());
                    let back = CancelSubscription {
                        id: kept.id,
                        version: Some(kept.version),
                        at: CancelAt::PeriodEnd,
                    };
                    let undo = move |()| {
                        let shown = shown.clone();
                        undoing.run(back.clone(), move |ending| {
                            shown.show(Toast::done(format!("{} ends with its period again", ending.plan_name)).icon(Icon::Undo));
                        });
                    };
                    toasts.show(Toast::done(format!("{} goes on", kept.plan_name)).icon(Icon::Repeat).undo(undo));
                }
                Err(error) => toasts.show(Toast::failed(&error)),
            });
        })
    };
    html! { <Button label="Let it go on" size={ControlSize::Small} busy={restore.is_busy.then_some(AttrValue::Static("Saving…"))} {on_press} /> }
}

#[derive(Properties, PartialEq)]
struct ReactivateProps {
    subscription: Subscription,
    has_canceled_license: bool,
}

/// Brings one back that is over while the period runs in which it ended.
#[component]
fn Reactivate(props: &ReactivateProps) -> Html {
    let restore = use_mutation::<RestoreSubscription>();
    let toasts = use_toasts();
    let undoing = Undoing::new(toasts.clone(), use_book_changes());
    let on_press = {
        let (restore, before, has_canceled_license) = (restore.clone(), props.subscription.clone(), props.has_canceled_license);
        Callback::from(move |()| {
            let (toasts, undoing) = (toasts.clone(), undoing.clone());
            let request = RestoreSubscription {
                id: before.id,
                version: Some(before.version),
            };
            let known = before.billed_until;
            restore.run_with(request, move |answer| match answer {
                Ok(back) => {
                    let is_billed = is_billed_again(&back, known);
                    let said = Toast::done(reactivated(&back.plan_name, is_billed, has_canceled_license)).icon(Icon::Repeat);
                    // What was billed would stay behind.
                    if is_billed {
                        return toasts.show(said.explained());
                    }
                    let (undoing, shown) = (undoing.clone(), toasts.clone());
                    let over = CancelSubscription {
                        id: back.id,
                        version: Some(back.version),
                        at: CancelAt::Now,
                    };
                    toasts.show(said.undo(move |()| {
                        let shown = shown.clone();
                        undoing.run(over.clone(), move |canceled| {
                            shown.show(Toast::done(format!("{} is canceled again", canceled.plan_name)).icon(Icon::Undo));
                        });
                    }));
                }
                Err(error) => toasts.show(Toast::failed(&error)),
            });
        })
    };
    html! { <Button label="Reactivate" size={ControlSize::Small} title="It goes on as before it was canceled" busy={restore.is_busy.then_some(AttrValue::Static("Saving…"))} {on_press} /> }
}

/// Whether something was billed as it came back, by what was billed of it before. Nothing is billed for nothing.
pub fn is_billed_again(back: &Subscription, billed_until: chrono::NaiveDate) -> bool {
    back.billed_until != billed_until && back.price.amount > 0
}

/// What is said then: it is a draft where its invoice was gone, and is billed as a renewal is where it was suspended.
pub const BILLED_AGAIN: &str = "What was not billed of its period is billed now: see its invoices";

/// What is said once it is back.
fn reactivated(plan: &str, is_billed: bool, has_canceled_license: bool) -> String {
    let mut text = format!("{plan} goes on");
    if is_billed {
        text.push_str(". ");
        text.push_str(BILLED_AGAIN);
    }
    if has_canceled_license {
        text.push_str(". Its license stays canceled: undo that in the timeline, or add another");
    }
    text
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use serde_json::json;

    fn own(day: &str, price: i64) -> Subscription {
        let (id, at) = ("0193a7c0-1111-7222-8333-444455556601", "2026-11-22T09:00:00.000Z");
        serde_json::from_value(json!({
            "id": id, "customer_id": id, "customer_name": "Lena", "plan_id": id, "plan_name": "Studio", "status": "active",
            "billing_cycle": "monthly", "price": {"amount": price, "currency": "EUR"}, "quantity": 1, "starts_on": "2026-11-22",
            "anchor": "2026-11-22", "billed_until": day, "current_period_start": "2026-11-22", "current_period_end": "2026-12-22",
            "trial_end": null, "cancel_at_period_end": false, "paused_at": null, "ended_at": null, "created_at": at, "updated_at": at,
            "version": 3
        }))
        .unwrap()
    }

    #[test]
    fn what_comes_back_is_billed_again_where_it_is_billed_longer_and_costs_something() {
        let known = "2026-11-22".parse().unwrap();
        assert!(is_billed_again(&own("2026-12-22", 2_900), known));
        assert!(!is_billed_again(&own("2026-11-22", 2_900), known));
        assert!(!is_billed_again(&own("2026-12-22", 0), known));
    }

    #[test]
    fn what_comes_back_says_what_does_not_and_what_is_billed() {
        assert_eq!(reactivated("Studio", false, false), "Studio goes on");
        assert!(reactivated("Studio", true, false).ends_with("is billed now: see its invoices"));
        assert!(reactivated("Studio", false, true).ends_with("or add another"));
    }
}
