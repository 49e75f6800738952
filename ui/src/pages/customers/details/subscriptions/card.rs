//! One subscription: its period, what it costs, and until when it is billed.

use contract::subscription::{CancelAt, CancelSubscription, RestoreSubscription, Subscription, SubscriptionStatus};
use web_sys::HtmlElement;
use yew::prelude::*;

use super::pausing::{Pause, Resume};
use crate::{
    components::{Button, ControlSize, Icon, IconButton, IconButtonKind},
    format::{self, Formats},
    hooks::{Toast, use_book_changes, use_formats, use_mutation, use_now, use_toasts},
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
    /// Whether the focus comes here: it is new, or was changed by a button that is gone.
    pub has_landing: bool,
    /// It is to be changed.
    pub on_change: Callback<()>,
    /// It is to be canceled.
    pub on_cancel: Callback<()>,
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
        <article class={classes!("license", is_over.then_some("license--off"))} aria-label={format!("Subscription {}", subscription.plan_name)} tabindex="-1" ref={node}>
            <header class="license__head">
                <h3 class="license__plan truncate" title={subscription.plan_name.clone()}>{ &subscription.plan_name }</h3>
                { status::of_subscription(subscription) }
                <span class="muted">{ price(subscription) }</span>
                <span class="spacer"></span>
                { acts(props) }
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
fn acts(props: &SubscriptionCardProps) -> Html {
    let subscription = &props.subscription;
    let is_over = subscription.status == SubscriptionStatus::Canceled;
    let can_change = matches!(
        subscription.status,
        SubscriptionStatus::Trialing | SubscriptionStatus::Active | SubscriptionStatus::PastDue
    );
    let can_pause = can_change && subscription.status != SubscriptionStatus::Trialing;
    html! {
        <>
            if !is_over && subscription.cancel_at_period_end { <Keep subscription={subscription.clone()} /> }
            if can_change { <Button label="Change…" size={ControlSize::Small} on_press={props.on_change.clone()} /> }
            if subscription.status == SubscriptionStatus::Paused { <Resume subscription={subscription.clone()} /> }
            if can_pause { <Pause subscription={subscription.clone()} /> }
            if !is_over {
                <IconButton icon={Icon::Trash} label="Cancel subscription" kind={IconButtonKind::Danger} on_press={props.on_cancel.clone()} />
            }
        </>
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
