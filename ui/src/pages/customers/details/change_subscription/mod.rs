//! The dialog that changes plan, cycle or quantity of a subscription, with what that comes to.

mod form;
mod settlement;

use contract::{
    Error, SubscriptionId,
    plan::{ListPlans, Plan},
    rules::MAX_PAGE,
    subscription::{ChangeSubscription, ChangedSubscription, Subscription, SubscriptionStatus},
};
use yew::prelude::*;

use super::{keys, plan_choice, status};
use crate::{
    components::{
        Button, ButtonKind, ButtonRole, DateField, Dialog, DialogSize, DraftNote, FailedState, Icon, SkeletonRows, TextField, TextKind,
        focus_first_invalid,
    },
    hooks::{
        Base, Query, Toast, Toasts, use_base, use_book_changes, use_draft, use_formats, use_mutation, use_now, use_query, use_query_if,
        use_toasts, use_unique_id,
    },
    pages::{conflict, customers::undo::Undoing},
};

/// The dialog that changes a subscription.
#[derive(Properties, PartialEq)]
pub struct ChangeSubscriptionDialogProps {
    /// The subscription, as it is now.
    pub subscription: Subscription,
    /// The newest values are wanted.
    pub on_reload: Callback<()>,
    /// It stays as it is.
    pub on_close: Callback<()>,
    /// It was changed.
    pub on_done: Callback<SubscriptionId>,
}

/// The dialog that changes a subscription.
#[component]
pub fn ChangeSubscriptionDialog(props: &ChangeSubscriptionDialogProps) -> Html {
    let id = use_unique_id();
    let today = use_formats().day_of(use_now());
    let plans = use_query(ListPlans {
        is_active: None,
        limit: Some(MAX_PAGE),
        after: None,
    });
    let change = use_mutation::<ChangeSubscription>();
    let toasts = use_toasts();
    let undoing = Undoing::new(toasts.clone(), use_book_changes());
    let draft = use_draft(format!("change {}", props.subscription.id), || {
        form::begin(&props.subscription, today)
    });
    let rebase = {
        let (draft, change) = (draft.clone(), change.clone());
        Callback::from(move |newest: Subscription| {
            draft.rebase(form::begin(&newest, today));
            change.forget_error();
        })
    };
    let Base {
        record: base,
        reload: on_reload,
    } = use_base(&props.subscription, &props.on_reload, rebase);
    let subscription = &base;
    let choices = plans
        .state
        .ready()
        .map(|page| form::choices(&page.items, subscription))
        .unwrap_or_default();
    let plan = form::plan(&draft, &choices);
    let is_ready = plans.state.ready().is_some();
    {
        let id = id.clone();
        use_effect_with(is_ready, move |is_ready| {
            if *is_ready {
                keys::focus_first(&id);
            }
        });
    }
    let typed = plan.map(|plan| form::read(&draft, subscription, plan));
    let asked = typed.as_ref().and_then(|typed| typed.as_ref().ok()).cloned().flatten();
    let preview = use_query_if(asked.clone());
    // What the app refuses of the question is told at its fields, too.
    let refused = match (&preview.state, &preview.reload_error) {
        (Query::Failed(error), _) | (Query::Ready(_), Some(error)) if asked.is_some() => Some(error.clone()),
        _ => None,
    };
    let mut problems = typed.as_ref().and_then(|typed| typed.as_ref().err()).cloned().unwrap_or_default();
    if let Some(Error::Invalid { fields }) = &refused {
        problems.extend(fields.iter().cloned());
    }
    let is_wrong = plan.is_none() || !problems.is_empty();
    let is_same = asked.is_none() && !is_wrong;
    let on_submit = {
        let (draft, change, toasts, on_done) = (draft.clone(), change.clone(), toasts, props.on_done.clone());
        let request = asked.as_ref().map(|asked| form::change(asked, subscription.version));
        let (before, sold) = (subscription.clone(), choices.clone());
        Callback::from(move |()| {
            // As the button says; but here the last letter is rendered for certain.
            if is_same {
                return;
            }
            draft.submit();
            let Some(request) = request.clone().filter(|_| !is_wrong) else {
                return focus_first_invalid();
            };
            let (draft, toasts, on_done, undoing) = (draft.clone(), toasts.clone(), on_done.clone(), undoing.clone());
            let (before, sold) = (before.clone(), sold.clone());
            change.run_with(request, move |answer| match answer {
                Ok(changed) => {
                    draft.saved();
                    let back = form::back(&changed, &before, &sold);
                    toasts.show(said(&changed, back, &toasts, &undoing));
                    on_done.emit(changed.subscription.id);
                }
                Err(error) => {
                    draft.refuse(&error);
                    focus_first_invalid();
                }
            });
        })
    };
    let foot = is_ready.then(|| {
        html! {
            <>
                if draft.is_restored() { <DraftNote on_start_over={draft.start_over()} /> }
                <span class="spacer"></span>
                <Button label="Cancel" on_press={props.on_close.clone()} />
                <Button
                    label="Save change"
                    kind={ButtonKind::Primary}
                    role={ButtonRole::Submit}
                    kbd="Ctrl ↵"
                    busy={change.is_busy.then_some(AttrValue::Static("Saving…"))}
                    unavailable={is_same.then_some(AttrValue::Static("Nothing is changed yet."))}
                />
            </>
        }
    });
    let content = match &plans.state {
        Query::Failed(error) => {
            html! { <div class="dialog__body"><FailedState error={error.clone()} on_retry={plans.reload.clone()} /></div> }
        }
        Query::Loading => {
            html! { <div class="dialog__body"><SkeletonRows label="Loading plans" rows={3} /></div> }
        }
        Query::Ready(_) => {
            let cycle = plan.map_or(subscription.billing_cycle, |plan| form::cycle(&draft, plan, subscription));
            let on_cycle = draft
                .typed("billing_cycle")
                .reform(|cycle: contract::BillingCycle| cycle.as_str().to_owned());
            let refusal = change.error.as_ref().filter(|error| !matches!(error, Error::Invalid { .. }));
            // An earliest or latest day is news to whoever typed one, so it is said at once.
            let day_error = draft.error("on", &problems).or_else(|| of_field(refused.as_ref(), "on"));
            let quantity_error = draft
                .error("quantity", &problems)
                .or_else(|| of_field(refused.as_ref(), "quantity"));
            let plan_error = of_field(refused.as_ref(), "plan_id");
            html! {
                <div class="split">
                    <div class="split__main">
                        if let Some(error) = refusal { { conflict::refusal(error, &on_reload) } }
                        { plan_choice::plan_field(&choices, plan, plan_error, draft.typed("plan_id")) }
                        if let Some(plan) = plan { { plan_choice::cycle_field(plan, cycle, on_cycle) } }
                        <div class="field-grid">
                            <TextField label="Quantity" name="quantity" kind={TextKind::Number} value={draft.get("quantity").to_owned()} help={draft.theirs("quantity")} error={quantity_error} on_input={draft.typed("quantity")} on_leave={draft.left("quantity")} />
                            <DateField label="From" name="on" help="In the running period, not after today." value={draft.get("on").to_owned()} error={day_error} on_input={draft.typed("on")} on_leave={draft.left("on")} />
                        </div>
                        if let Some(plan) = plan { { price_note(plan, subscription) } }
                        <p class="field__help">{ "What it comes to is billed or credited at once, for good; another change leads back." }</p>
                    </div>
                    { settlement::settlement(
                        asked.is_some().then_some(&preview),
                        plan.is_some() && problems.is_empty(),
                        status::cycle_noun(cycle),
                        subscription.status == SubscriptionStatus::Trialing,
                        subscription.customer_id,
                    ) }
                </div>
            }
        }
    };
    let head = html! {
        <div>
            <h2 class="dialog__title" id={format!("{id}-title")}>{ format!("Change {}", subscription.plan_name) }</h2>
            <p class="dialog__sub"><bdi>{ &subscription.customer_name }</bdi>{ format!(" · now {}", super::subscriptions::price(subscription)) }</p>
        </div>
    };
    html! {
        <Dialog title={format!("Change {}", subscription.plan_name)} size={DialogSize::Large} id={Some(id)} head={Some(head)} {foot} is_bare={true} on_submit={is_ready.then_some(on_submit)} on_close={props.on_close.clone()}>
            { content }
        </Dialog>
    }
}

/// Says what a change came to: with Undo, where it leads back exactly.
fn said(changed: &ChangedSubscription, back: Option<ChangeSubscription>, toasts: &Toasts, undoing: &Undoing) -> Toast {
    let made = Toast::done(settlement::made(changed)).icon(Icon::Repeat);
    let Some(back) = back else { return made };
    let (toasts, undoing) = (toasts.clone(), undoing.clone());
    made.undo(move |()| {
        let toasts = toasts.clone();
        undoing.run(back.clone(), move |again| {
            let text = format!("{} is as before", again.subscription.plan_name);
            toasts.show(Toast::done(text).icon(Icon::Undo));
        });
    })
}

fn of_field(error: Option<&Error>, field: &str) -> Option<AttrValue> {
    let Some(Error::Invalid { fields }) = error else { return None };
    let found = fields.iter().find(|error| error.field == field)?;
    Some(contract::words::problem(&found.problem).into())
}

/// More of the same keeps the price that was agreed; anything else takes the plan's price of today.
fn price_note(plan: &Plan, subscription: &Subscription) -> Html {
    let agreed = (plan.id == subscription.plan_id)
        .then(|| plan.price(subscription.billing_cycle))
        .filter(|of_plan| *of_plan != Some(subscription.price));
    match agreed {
        Some(_) => {
            let text = format!(
                "{} was agreed. Another quantity keeps it; another plan or cycle takes the plan’s price of today.",
                status::price(subscription.price, subscription.billing_cycle)
            );
            html! { <p class="field__help">{ text }</p> }
        }
        None => html! {},
    }
}
