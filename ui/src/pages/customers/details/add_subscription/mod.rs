//! The dialog that adds a subscription.

mod course;
mod form;
mod outcome;

use std::rc::Rc;

use contract::{
    FieldError, SubscriptionId,
    customer::Customer,
    plan::{ListPlans, Plan},
    rules::MAX_PAGE,
    subscription::{CreateSubscription, Subscription},
};
use yew::prelude::*;

use self::outcome::Outcome;
use super::{
    keys, plan_choice,
    sale::{self, Sold},
    status,
};
use crate::{
    components::{
        Button, ButtonKind, ButtonRole, DateField, Dialog, DialogSize, DraftNote, EmptyState, FailedState, Icon, MoneyField, Notice,
        SkeletonRows, SwitchField, TextField, TextKind, Tone, focus_first_invalid,
    },
    format,
    hooks::{DraftHandle, Query, use_book_changes, use_draft, use_formats, use_mutation, use_now, use_query, use_toasts, use_unique_id},
    pages::{customers::undo::Undoing, plans::words},
    route::Route,
};

/// The dialog that adds a subscription.
#[derive(Properties, PartialEq)]
pub struct AddSubscriptionDialogProps {
    /// Who subscribes.
    pub customer: Rc<Customer>,
    /// One that is over and is sold again.
    #[prop_or_default]
    pub again: Option<Subscription>,
    /// Nothing is added.
    pub on_close: Callback<()>,
    /// It was added.
    pub on_added: Callback<SubscriptionId>,
}

/// The dialog that adds a subscription.
#[component]
pub fn AddSubscriptionDialog(props: &AddSubscriptionDialogProps) -> Html {
    let id = use_unique_id();
    let today = use_formats().day_of(use_now());
    let plans = use_query(ListPlans {
        is_active: Some(true),
        limit: Some(MAX_PAGE),
        after: None,
    });
    let create = use_mutation::<CreateSubscription>();
    let toasts = use_toasts();
    let undoing = Undoing::new(toasts.clone(), use_book_changes());
    let of = match &props.again {
        Some(over) => format!("subscription {} again {}", props.customer.id, over.id),
        None => format!("subscription {}", props.customer.id),
    };
    let draft = use_draft(of, || match &props.again {
        Some(over) => form::again(today, over),
        None => form::begin(today),
    });
    let sold = plans.state.ready().map(|page| page.items.as_slice()).unwrap_or_default();
    let first = plan_choice::use_first(sold);
    let plan = form::plan(&draft, first, sold);
    let is_any_sold = !sold.is_empty();
    {
        let id = id.clone();
        use_effect_with(is_any_sold, move |is_any_sold| {
            if *is_any_sold {
                keys::focus_first(&id);
            }
        });
    }
    let typed = plan.map(|plan| form::read(&draft, props.customer.id, plan));
    let problems = typed.as_ref().and_then(|typed| typed.as_ref().err()).cloned().unwrap_or_default();
    let currency = plan.map(|plan| plan.currency);
    let on_submit = {
        let (draft, create, toasts, on_added, typed) = (draft.clone(), create.clone(), toasts, props.on_added.clone(), typed.clone());
        Callback::from(move |()| {
            draft.submit();
            let (Some(Ok(request)), Some(currency)) = (typed.clone(), currency) else {
                return focus_first_invalid();
            };
            let (draft, toasts, undoing, on_added) = (draft.clone(), toasts.clone(), undoing.clone(), on_added.clone());
            create.run_with(request, move |answer| match answer {
                Ok(made) => {
                    draft.saved();
                    let id = made.id;
                    sale::tell(Sold::Subscription(made, today), toasts.clone(), undoing.clone());
                    on_added.emit(id);
                }
                Err(error) => {
                    draft.refuse_amounts(&error, &["price"], currency);
                    focus_first_invalid();
                }
            });
        })
    };
    let on_cancel = props.on_close.clone();
    let foot = is_any_sold.then(|| {
        html! {
            <>
                if draft.is_restored() { <DraftNote on_start_over={draft.start_over()} /> }
                <span class="spacer"></span>
                <Button label="Cancel" on_press={on_cancel} />
                <Button
                    label="Add subscription"
                    kind={ButtonKind::Primary}
                    role={ButtonRole::Submit}
                    kbd="Ctrl ↵"
                    busy={create.is_busy.then_some(AttrValue::Static("Adding…"))}
                />
            </>
        }
    });
    let content = match &plans.state {
        Query::Loading => html! { <div class="dialog__body"><SkeletonRows label="Loading plans" rows={3} /></div> },
        Query::Failed(error) => {
            html! { <div class="dialog__body"><FailedState error={error.clone()} on_retry={plans.reload.clone()} /></div> }
        }
        Query::Ready(_) if !is_any_sold => html! {
            <div class="dialog__body">
                <EmptyState icon={Icon::Layers} title="No plan is on sale" text="A subscription needs a plan with a price. Add one first, then come back.">
                    <Button label="Go to plans" kind={ButtonKind::Primary} href={Some(Route::Plans.href())} />
                </EmptyState>
            </div>
        },
        Query::Ready(_) => {
            let refusal = create
                .error
                .as_ref()
                .filter(|error| !matches!(error, contract::Error::Invalid { .. }));
            html! {
                <div class="split">
                    <div class="split__main">
                        { for refusal.map(|error| Notice::of_error(error, Tone::Danger)) }
                        { plan_choice::plan_field(sold, plan, draft.error("plan_id", &problems), draft.typed("plan_id")) }
                        if let Some(plan) = plan { { terms(&draft, &problems, plan) } }
                    </div>
                    if let Some(plan) = plan { <Outcome plan={plan.clone()} typed={typed.and_then(Result::ok)} {today} /> }
                </div>
            }
        }
    };
    let head = html! {
        <div>
            <h2 class="dialog__title" id={format!("{id}-title")}>{ "Add subscription" }</h2>
            <p class="dialog__sub"><bdi>{ &props.customer.full_name }</bdi>if let Some(company) = &props.customer.company_name { { " · " }<bdi>{ company }</bdi> }</p>
        </div>
    };
    html! {
        <Dialog title="Add subscription" size={DialogSize::Large} id={Some(id)} head={Some(head)} {foot} is_bare={true} on_submit={is_any_sold.then_some(on_submit)} on_close={props.on_close.clone()}>
            { content }
        </Dialog>
    }
}

/// On which terms the plan is sold.
fn terms(draft: &DraftHandle, problems: &[FieldError], plan: &Plan) -> Html {
    let cycle = form::cycle(draft, plan);
    let on_cycle = draft
        .typed("billing_cycle")
        .reform(|cycle: contract::BillingCycle| cycle.as_str().to_owned());
    let trial = format!("Empty: as the plan says, {}.", words::trial(plan.trial_days).to_lowercase());
    html! {
        <>
            { plan_choice::cycle_field(plan, cycle, on_cycle) }
            <div class="field-grid">
                <TextField label="Quantity" name="quantity" kind={TextKind::Number} value={draft.get("quantity").to_owned()} error={draft.error("quantity", problems)} on_input={draft.typed("quantity")} on_leave={draft.left("quantity")} />
                <MoneyField label="Price for one" name="price" hint="optional" currency={plan.currency} value={draft.get("price").to_owned()} help={own_price(plan, cycle)} error={draft.error("price", problems)} on_input={draft.typed("price")} on_leave={draft.left("price")} />
            </div>
            <div class="field-grid">
                <DateField label="Starts on" name="starts_on" help="Up to two years back or one ahead." value={draft.get("starts_on").to_owned()} error={draft.error("starts_on", problems)} on_input={draft.typed("starts_on")} on_leave={draft.left("starts_on")} />
                <TextField label="Trial" name="trial_days" hint="optional" kind={TextKind::Number} suffix="days" value={draft.get("trial_days").to_owned()} help={Some(AttrValue::from(trial))} error={draft.error("trial_days", problems)} on_input={draft.typed("trial_days")} on_leave={draft.left("trial_days")} />
            </div>
            <SwitchField label="With a license" name="create_license" help="Its key is made at once and renewed by the subscription." is_on={draft.is_on("create_license")} on_change={draft.switched("create_license")} />
        </>
    }
}

/// What an empty price means.
fn own_price(plan: &Plan, cycle: contract::BillingCycle) -> Option<AttrValue> {
    let price = plan.price(cycle)?;
    Some(format!("Empty: as the plan says, {}.", format::money(price)).into())
}
