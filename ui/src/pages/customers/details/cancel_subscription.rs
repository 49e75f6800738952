//! The question before a subscription is canceled: now, or when its period ends.

use contract::{
    SubscriptionId,
    subscription::{CancelAt, CancelSubscription, RestoreSubscription, Subscription},
};
use yew::prelude::*;

use crate::{
    components::{Confirm, Icon, Segmented, SegmentedOption},
    format,
    hooks::{Base, Toast, use_base, use_book_changes, use_formats, use_mutation, use_now, use_toasts},
    pages::{
        conflict::changed_since,
        customers::{
            details::billing_note::{BillingNote, Bills, bills_first},
            undo::Undoing,
        },
    },
};

/// The question before a subscription is canceled.
#[derive(Properties, PartialEq)]
pub struct CancelSubscriptionDialogProps {
    /// The subscription, as it is now.
    pub subscription: Subscription,
    /// The name of its customer.
    pub customer: String,
    /// The newest values are wanted.
    pub on_reload: Callback<()>,
    /// It goes on.
    pub on_keep: Callback<()>,
    /// It was canceled.
    pub on_done: Callback<SubscriptionId>,
}

/// The question before a subscription is canceled.
#[component]
pub fn CancelSubscriptionDialog(props: &CancelSubscriptionDialogProps) -> Html {
    let today = use_formats().day_of(use_now());
    let cancel = use_mutation::<CancelSubscription>();
    let toasts = use_toasts();
    let undoing = Undoing::new(toasts.clone(), use_book_changes());
    let rebase = {
        let cancel = cancel.clone();
        Callback::from(move |_: Subscription| cancel.forget_error())
    };
    // Only what was asked about is canceled: what somebody changes meanwhile has to be looked at again.
    let Base {
        record: subscription,
        reload: on_reload,
    } = use_base(&props.subscription, &props.on_reload, rebase);
    let chosen = use_state_eq(|| CancelAt::PeriodEnd);
    // One that ends with its period already can only end sooner.
    let is_ending = subscription.cancel_at_period_end;
    let at = if is_ending { CancelAt::Now } else { *chosen };
    let last = subscription
        .current_period_end
        .pred_opt()
        .unwrap_or(subscription.current_period_end);
    let on_confirm = {
        let request = CancelSubscription {
            id: subscription.id,
            version: Some(subscription.version),
            at,
        };
        let (cancel, on_done) = (cancel.clone(), props.on_done.clone());
        Callback::from(move |()| {
            let (undoing, toasts, on_done) = (undoing.clone(), toasts.clone(), on_done.clone());
            cancel.run(request.clone(), move |canceled| {
                let (undoing, shown) = (undoing.clone(), toasts.clone());
                let back = RestoreSubscription {
                    id: canceled.id,
                    version: Some(canceled.version),
                };
                let undo = move |()| {
                    let shown = shown.clone();
                    undoing.run(back.clone(), move |kept| {
                        shown.show(Toast::done(format!("Subscription {} goes on", kept.plan_name)).icon(Icon::Undo));
                    });
                };
                let text = if canceled.cancel_at_period_end && canceled.ended_at.is_none() {
                    format!("Subscription {} ends {}", canceled.plan_name, format::date(last))
                } else {
                    format!("Subscription {} canceled", canceled.plan_name)
                };
                toasts.show(Toast::done(text).icon(Icon::Trash).undo(undo));
                on_done.emit(canceled.id);
            });
        })
    };
    let on_change = {
        let at = chosen.setter();
        Callback::from(move |value: AttrValue| {
            if let Some(chosen) = CancelAt::parse(&value) {
                at.set(chosen);
            }
        })
    };
    let options = vec![
        SegmentedOption::new(CancelAt::PeriodEnd.as_str(), "At period end"),
        SegmentedOption::new(CancelAt::Now.as_str(), "Now"),
    ];
    let what = match at {
        CancelAt::PeriodEnd => format!(
            "It runs until {}, then it is not renewed. Its licenses keep their time.",
            format::date(last)
        ),
        CancelAt::Now => format!(
            "It ends today, although its period runs until {}. Its licenses keep their time.",
            format::date(last)
        ),
    };
    html! {
        <Confirm
            title={format!("Cancel the subscription {} for {}?", subscription.plan_name, props.customer)}
            confirm_label="Cancel subscription"
            keep_label="Keep subscription"
            busy={cancel.is_busy.then_some(AttrValue::Static("Canceling…"))}
            error={cancel.error.clone()}
            refusal={cancel.error.as_ref().and_then(|error| changed_since(error, "Nothing was canceled.", "Show it as it is now", &on_reload))}
            {on_confirm}
            on_keep={props.on_keep.clone()}
        >
            if !is_ending { <Segmented label="When it ends" {options} value={at.as_str()} is_wide={true} {on_change} /> }
            <p class="gap">{ what }</p>
            if at == CancelAt::Now && bills_first(&subscription, today) { <BillingNote bills={Bills::First} customer={Some(subscription.customer_id)} /> }
            <p class="muted">{ "You can undo this while its period runs." }</p>
        </Confirm>
    }
}
