//! What stands on the dashboard of a book without customers: how to begin.

use contract::plan::ListPlans;
use yew::prelude::*;

use crate::{
    components::{Button, ButtonKind, Icon},
    hooks::use_query,
    route::Route,
};

/// How to begin.
#[derive(Properties, PartialEq)]
pub struct BeginningProps {
    /// Opens the form of a new customer.
    pub on_create: Callback<()>,
}

/// How to begin: a plan, then a customer.
#[component]
pub fn Beginning(props: &BeginningProps) -> Html {
    let plans = use_query(ListPlans {
        limit: Some(1),
        ..ListPlans::default()
    });
    let has_plan = plans.state.ready().is_some_and(|page| page.total > 0);
    let kind = |is_next: bool| if is_next { ButtonKind::Primary } else { ButtonKind::Plain };
    html! {
        <section class="panel" aria-labelledby="begin-title">
            <div class="panel__head"><h2 class="panel__title" id="begin-title">{ "Two steps to the first license" }</h2></div>
            <ol class="rows">
                <li>
                    <span class={classes!("attention__icon", has_plan.then_some("attention__icon--done"))}>{ if has_plan { Icon::Check.view() } else { Icon::Layers.view() } }</span>
                    <div class="grow"><p class="medium">{ if has_plan { "A plan is there" } else { "Add a plan" } }</p><p class="muted">{ "What you sell, and what it costs a month or a year." }</p></div>
                    <Button label={if has_plan { "Show plans" } else { "Go to plans" }} kind={kind(!has_plan)} href={Some(Route::Plans.href())} />
                </li>
                <li>
                    <span class="attention__icon">{ Icon::Users.view() }</span>
                    <div class="grow"><p class="medium">{ "Add a customer" }</p><p class="muted">{ "Then add a license in the customer's details." }</p></div>
                    <Button label="New customer" kind={kind(has_plan)} kbd="Ctrl N" on_press={props.on_create.clone()} />
                </li>
            </ol>
        </section>
    }
}
