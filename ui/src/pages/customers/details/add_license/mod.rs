//! The dialog that adds a license.

mod outcome;

use std::rc::Rc;

use contract::{
    BillingCycle, PlanId,
    customer::Customer,
    license::{AddLicense, License},
    plan::{ListPlans, Plan},
    rules::MAX_PAGE,
};
use web_sys::HtmlInputElement;
use yew::prelude::*;

use self::outcome::Outcome;
use super::{
    keys, plan_choice,
    sale::{self, Sold},
    status,
};
use crate::{
    components::{
        Button, ButtonKind, ButtonRole, Dialog, DialogSize, EmptyState, FailedState, Icon, Notice, SkeletonRows, Tone, focus_first_invalid,
    },
    hooks::{Query, use_book_changes, use_mutation, use_query, use_toasts, use_unique_id},
    pages::customers::undo::Undoing,
    route::Route,
};

/// The dialog that adds a license.
#[derive(Properties, PartialEq)]
pub struct AddLicenseDialogProps {
    /// To whom it is sold.
    pub customer: Rc<Customer>,
    /// Nothing is added.
    pub on_close: Callback<()>,
    /// It was added.
    pub on_added: Callback<License>,
}

/// What is chosen; nothing of it is kept anywhere else.
#[derive(Clone, Copy, PartialEq)]
struct Choice {
    plan: Option<PlanId>,
    cycle: BillingCycle,
    renews: bool,
}

impl Choice {
    /// The chosen cycle, or the one that the plan does offer.
    fn cycle(&self, plan: &Plan) -> BillingCycle {
        plan_choice::offered(plan, self.cycle)
    }
}

/// The dialog that adds a license.
#[component]
pub fn AddLicenseDialog(props: &AddLicenseDialogProps) -> Html {
    let id = use_unique_id();
    let plans = use_query(ListPlans {
        is_active: Some(true),
        limit: Some(MAX_PAGE),
        after: None,
    });
    let add = use_mutation::<AddLicense>();
    let toasts = use_toasts();
    let undoing = Undoing::new(toasts.clone(), use_book_changes());
    let choice = use_state_eq(|| Choice {
        plan: None,
        cycle: BillingCycle::Yearly,
        renews: true,
    });
    let sold = plans.state.ready().map(|page| page.items.as_slice()).unwrap_or_default();
    let first = plan_choice::use_first(sold);
    let plan = plan_choice::of_id(sold, choice.plan.or(first));
    let is_any_sold = !sold.is_empty();
    {
        let id = id.clone();
        use_effect_with(is_any_sold, move |is_any_sold| {
            if *is_any_sold {
                keys::focus_first(&id);
            }
        });
    }
    let on_submit = is_any_sold.then(|| {
        let request = plan.map(|plan| AddLicense {
            customer_id: props.customer.id,
            plan_id: plan.id,
            billing_cycle: choice.cycle(plan),
            create_subscription: choice.renews,
        });
        let (add, toasts, undoing, on_added) = (add.clone(), toasts.clone(), undoing.clone(), props.on_added.clone());
        Callback::from(move |()| {
            let Some(request) = request.clone() else {
                return focus_first_invalid();
            };
            let (toasts, undoing, on_added) = (toasts.clone(), undoing.clone(), on_added.clone());
            add.run(request, move |license| {
                sale::tell(Sold::License(license.clone()), toasts.clone(), undoing.clone());
                on_added.emit(license);
            });
        })
    });
    let on_cancel = props.on_close.clone();
    let foot = is_any_sold.then(|| {
        html! {
            <>
                <span class="spacer"></span>
                <Button label="Cancel" on_press={on_cancel} />
                <Button
                    label="Add license"
                    kind={ButtonKind::Primary}
                    role={ButtonRole::Submit}
                    kbd="Ctrl ↵"
                    busy={add.is_busy.then_some(AttrValue::Static("Adding…"))}
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
                <EmptyState icon={Icon::Layers} title="No plan is on sale" text="A license needs a plan with a price. Add one first, then come back.">
                    <Button label="Go to plans" kind={ButtonKind::Primary} href={Some(Route::Plans.href())} />
                </EmptyState>
            </div>
        },
        Query::Ready(_) => {
            let on_plan = {
                let choice = choice.clone();
                Callback::from(move |id: String| {
                    choice.set(Choice {
                        plan: id.parse().ok(),
                        ..*choice
                    })
                })
            };
            let on_cycle = {
                let choice = choice.clone();
                Callback::from(move |cycle| choice.set(Choice { cycle, ..*choice }))
            };
            html! {
                <div class="split">
                    <div class="split__main">
                        if let Some(error) = &add.error { { Notice::of_error(error, Tone::Danger) } }
                        { plan_choice::plan_field(sold, plan, None, on_plan) }
                        if let Some(plan) = plan {
                            { plan_choice::cycle_field(plan, choice.cycle(plan), on_cycle) }
                            { renewal_field(choice.cycle(plan), &choice) }
                        }
                    </div>
                    if let Some(plan) = plan { <Outcome customer={props.customer.id} plan={plan.clone()} cycle={choice.cycle(plan)} renews={choice.renews} /> }
                </div>
            }
        }
    };
    let head = html! {
        <div>
            <h2 class="dialog__title" id={format!("{id}-title")}>{ "Add license" }</h2>
            <p class="dialog__sub"><bdi>{ &props.customer.full_name }</bdi>if let Some(company) = &props.customer.company_name { { " · " }<bdi>{ company }</bdi> }</p>
        </div>
    };
    html! {
        <Dialog title="Add license" size={DialogSize::Large} id={Some(id)} head={Some(head)} {foot} is_bare={true} {on_submit} on_close={props.on_close.clone()}>
            { content }
        </Dialog>
    }
}

fn renewal_field(cycle: BillingCycle, choice: &UseStateHandle<Choice>) -> Html {
    let onchange = {
        let choice = choice.clone();
        Callback::from(move |event: Event| {
            choice.set(Choice {
                renews: event.target_unchecked_into::<HtmlInputElement>().checked(),
                ..*choice
            });
        })
    };
    html! {
        <label class="check">
            <input class="check__box" type="checkbox" name="create_subscription" checked={choice.renews} {onchange} />
            <span class="check__text">
                <span class="medium">{ "Renew with a subscription" }</span>
                <span class="field__help">{ format!("Renews the license each {} until it is canceled.", status::cycle_noun(cycle)) }</span>
            </span>
        </label>
    }
}
