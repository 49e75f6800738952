//! The tab `Subscriptions`.

use contract::{
    SubscriptionId,
    license::License,
    subscription::{ListSubscriptions, RestoreSubscription, Subscription, SubscriptionStatus},
};
use web_sys::HtmlElement;
use yew::prelude::*;

use super::{Doing, TabProps, cancel_subscription::CancelSubscriptionDialog, license_card::bar, period::Period, status};
use crate::{
    components::{Button, ControlSize, EmptyState, Icon, IconButton, IconButtonKind, Notice},
    format::{self, Formats},
    hooks::{Toast, use_formats, use_list, use_mutation, use_now, use_toasts},
    pages::lists::listed,
};

/// The tab `Subscriptions`.
#[component]
pub fn Subscriptions(props: &TabProps) -> Html {
    let customer = &props.customer;
    let list = use_list(ListSubscriptions {
        customer_id: Some(customer.id),
        ..ListSubscriptions::default()
    });
    let canceling = use_state_eq(|| None::<SubscriptionId>);
    let landing = use_state_eq(|| None::<SubscriptionId>);
    let known = list.rows().map(|rows| rows.items.as_slice()).unwrap_or_default();
    let chosen = (*canceling).and_then(|id| known.iter().find(|subscription| subscription.id == id));
    let on_add = {
        let on_doing = props.on_doing.clone();
        Callback::from(move |()| on_doing.emit(Doing::AddingLicense))
    };
    let content = listed(
        &list,
        "Loading subscriptions",
        || {
            html! {
                <EmptyState icon={Icon::Repeat} title="No subscription yet" text="A subscription renews a license. It begins with a license that is added with one.">
                    <Button label="Add license" icon={Some(Icon::Plus)} on_press={on_add.clone()} />
                </EmptyState>
            }
        },
        |rows| {
            html! {
                <>{ for rows.items.iter().map(|subscription| {
                    let (canceling, id) = (canceling.setter(), subscription.id);
                    html! {
                        <SubscriptionCard
                            key={id.to_string()}
                            subscription={subscription.clone()}
                            licenses={licenses_of(&customer.licenses, id)}
                            has_landing={*landing == Some(id)}
                            on_cancel={move |()| canceling.set(Some(id))}
                        />
                    }
                }) }</>
            }
        },
    );
    let on_keep = {
        let canceling = canceling.setter();
        Callback::from(move |()| canceling.set(None))
    };
    let on_done = {
        let (landing, on_keep) = (landing.setter(), on_keep.clone());
        Callback::from(move |id: SubscriptionId| {
            landing.set(Some(id));
            on_keep.emit(());
        })
    };
    let is_any_live = known.iter().any(|subscription| subscription.status != SubscriptionStatus::Canceled);
    html! {
        <div class="stack">
            <div class="tabpanel__bar">
                <h3 class="medium">{ format!("{} active ", format::count(customer.active_subscriptions.into())) }<span class="muted">{ format!("of {}", format::count(customer.total_subscriptions.into())) }</span></h3>
            </div>
            { content }
            if is_any_live {
                <Notice title="Canceling leaves the paid time" text="A subscription ends with its period unless you choose now." />
            }
            if let Some(subscription) = chosen {
                <CancelSubscriptionDialog subscription={subscription.clone()} customer={customer.full_name.clone()} {on_keep} {on_done} />
            }
        </div>
    }
}

/// The short keys of the live licenses that a subscription renews.
fn licenses_of(licenses: &[License], subscription: SubscriptionId) -> Vec<String> {
    licenses
        .iter()
        .filter(|license| license.subscription_id == Some(subscription) && license.canceled_at.is_none())
        .map(|license| status::short_key(&license.key))
        .collect()
}

#[derive(Properties, PartialEq)]
struct SubscriptionCardProps {
    subscription: Subscription,
    licenses: Vec<String>,
    has_landing: bool,
    on_cancel: Callback<()>,
}

/// One subscription.
#[component]
fn SubscriptionCard(props: &SubscriptionCardProps) -> Html {
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
                if !is_over && subscription.cancel_at_period_end { <Keep subscription={subscription.clone()} /> }
                if !is_over {
                    <IconButton icon={Icon::Trash} label="Cancel subscription" kind={IconButtonKind::Danger} on_press={props.on_cancel.clone()} />
                }
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

/// `€29.00 / month`, or `3 × €29.00 / month`.
fn price(subscription: &Subscription) -> String {
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
    let (end, next) = if subscription.status == SubscriptionStatus::Canceled {
        (
            fact(
                "Ended",
                subscription
                    .ended_at
                    .map_or_else(|| format::date(period.last), |at| formats.date_of(at)),
            ),
            None,
        )
    } else if subscription.cancel_at_period_end {
        (fact("Ends", format::date(period.last)), None)
    } else {
        (
            fact("Renews", format::date(subscription.current_period_end)),
            Some(fact("Amount before tax", format::money(amount))),
        )
    };
    html! { <>{ for trial }{ end }{ for next }{ fact("Since", format::date(subscription.anchor)) }</> }
}

#[derive(Properties, PartialEq)]
struct KeepProps {
    subscription: Subscription,
}

/// Takes a cancellation back that has not taken effect.
#[component]
fn Keep(props: &KeepProps) -> Html {
    let restore = use_mutation::<RestoreSubscription>();
    let toasts = use_toasts();
    let on_press = {
        let (restore, toasts) = (restore.clone(), toasts);
        let request = RestoreSubscription {
            id: props.subscription.id,
            version: Some(props.subscription.version),
        };
        Callback::from(move |()| {
            let toasts = toasts.clone();
            restore.run_with(request.clone(), move |answer| match answer {
                Ok(kept) => toasts.show(Toast::done(format!("{} goes on", kept.plan_name)).icon(Icon::Undo)),
                Err(error) => toasts.show(Toast::failed(&error)),
            });
        })
    };
    html! { <Button label="Let it go on" size={ControlSize::Small} busy={restore.is_busy.then_some(AttrValue::Static("Saving…"))} {on_press} /> }
}
