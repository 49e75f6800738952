//! The tab `Subscriptions`.

mod card;
mod pausing;

use contract::{
    SubscriptionId,
    license::License,
    license_key,
    subscription::{ListSubscriptions, SubscriptionStatus},
};
use yew::prelude::*;

use self::card::SubscriptionCard;
pub use self::card::{BILLED_AGAIN, billed_to, is_billed_again, price};
use super::{
    Doing, TabProps, add_subscription::AddSubscriptionDialog, cancel_subscription::CancelSubscriptionDialog,
    change_subscription::ChangeSubscriptionDialog,
};
use crate::{
    components::{Button, ButtonKind, EmptyState, Icon, Notice},
    format,
    hooks::{use_list, use_sought},
    pages::lists::listed,
};

/// What is being done with one of them, over the tab.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Over {
    Change(SubscriptionId),
    Cancel(SubscriptionId),
}

/// The tab `Subscriptions`.
#[component]
pub fn Subscriptions(props: &TabProps) -> Html {
    let customer = &props.customer;
    let list = use_list(ListSubscriptions {
        customer_id: Some(customer.id),
        ..ListSubscriptions::default()
    });
    use_sought(list.rows().is_some());
    let over = use_state_eq(|| None::<Over>);
    let landing = use_state_eq(|| None::<SubscriptionId>);
    let known = list.rows().map(|rows| rows.items.as_slice()).unwrap_or_default();
    // The one that is sold again in the dialog.
    let again = use_state_eq(|| None::<SubscriptionId>);
    let begin = |doing: Doing| {
        let on_doing = props.on_doing.clone();
        Callback::from(move |()| on_doing.emit(doing))
    };
    let on_add = begin(Doing::AddingSubscription);
    let on_close = {
        let (again, on_close) = (again.setter(), begin(Doing::Nothing));
        Callback::from(move |()| {
            again.set(None);
            on_close.emit(());
        })
    };
    let can_sell = Doing::AddingSubscription.is_open_to(customer);
    let content = listed(
        &list,
        "Loading subscriptions",
        || html! { <EmptyState icon={Icon::Repeat} title="No subscription yet" text="A subscription is billed each month or year until it is canceled, with a license or without." /> },
        |rows| {
            html! {
                <>{ for rows.items.iter().map(|subscription| {
                    let id = subscription.id;
                    let open = |what: Over| {
                        let over = over.setter();
                        Callback::from(move |()| over.set(Some(what)))
                    };
                    let on_again = can_sell.then(|| {
                        let (again, on_add) = (again.setter(), on_add.clone());
                        Callback::from(move |()| {
                            again.set(Some(id));
                            on_add.emit(());
                        })
                    });
                    html! {
                        <SubscriptionCard
                            key={id.to_string()}
                            subscription={subscription.clone()}
                            licenses={licenses_of(&customer.licenses, id)}
                            has_canceled_license={customer.licenses.iter().any(|license| license.subscription_id == Some(id) && license.canceled_at.is_some())}
                            is_archived={customer.archived_at.is_some()}
                            has_landing={*landing == Some(id)}
                            on_change={open(Over::Change(id))}
                            on_cancel={open(Over::Cancel(id))}
                            {on_again}
                        />
                    }
                }) }</>
            }
        },
    );
    let on_keep = {
        let over = over.setter();
        Callback::from(move |()| over.set(None))
    };
    let on_done = {
        let (landing, on_keep) = (landing.setter(), on_keep.clone());
        Callback::from(move |id: SubscriptionId| {
            landing.set(Some(id));
            on_keep.emit(());
        })
    };
    let on_added = {
        let (landing, on_close) = (landing.setter(), on_close.clone());
        Callback::from(move |id: SubscriptionId| {
            landing.set(Some(id));
            on_close.emit(());
        })
    };
    let of = |id: SubscriptionId| known.iter().find(|subscription| subscription.id == id).cloned();
    let dialog = match *over {
        None => html! {},
        Some(Over::Change(id)) => html! {
            { for of(id).map(|subscription| html! { <ChangeSubscriptionDialog {subscription} on_reload={list.reload.clone()} on_close={on_keep} {on_done} /> }) }
        },
        Some(Over::Cancel(id)) => html! {
            { for of(id).map(|subscription| html! { <CancelSubscriptionDialog {subscription} customer={customer.full_name.clone()} on_reload={list.reload.clone()} {on_keep} {on_done} /> }) }
        },
    };
    let is_any_live = known.iter().any(|subscription| subscription.status != SubscriptionStatus::Canceled);
    html! {
        <div class="stack">
            <div class="tabpanel__bar">
                if customer.total_subscriptions > 0 {
                    <h3 class="medium">{ format!("{} active ", format::count(customer.active_subscriptions.into())) }<span class="muted">{ format!("of {}", format::count(customer.total_subscriptions.into())) }</span></h3>
                }
                <span class="spacer"></span>
                { Doing::AddingSubscription.beginning(customer, html! { <Button label="Add subscription" icon={Some(Icon::Plus)} kind={ButtonKind::Primary} on_press={on_add} /> }) }
            </div>
            { content }
            if is_any_live {
                <Notice title="Canceling keeps the paid time" text="A subscription runs to the end of its period unless you end it now." />
            }
            <div>{ dialog }</div>
            <div>if props.doing == Doing::AddingSubscription { <AddSubscriptionDialog customer={customer.clone()} again={(*again).and_then(of)} {on_close} {on_added} /> }</div>
        </div>
    }
}

/// The short keys of the live licenses that a subscription renews.
fn licenses_of(licenses: &[License], subscription: SubscriptionId) -> Vec<String> {
    licenses
        .iter()
        .filter(|license| license.subscription_id == Some(subscription) && license.canceled_at.is_none())
        .map(|license| license_key::masked(&license.key))
        .collect()
}
