//! What is done about unpaid invoices, unless a plan says otherwise.

use yew::prelude::*;

use super::fields::GroupProps;
use crate::pages::reminders::Schedule;

/// What is done about unpaid invoices, step by step.
#[component]
pub fn Reminders(props: &GroupProps) -> Html {
    html! {
        <div class="panel group" role="group" aria-label="Unpaid invoices">
            <h3 class="panel__title">{ "Unpaid invoices" }</h3>
            <p class="field__help">{ "Steps in the order of days. They wait while the subscription is paused, and until a promised day is over. A plan can have a schedule of its own." }</p>
            <Schedule draft={props.draft.clone()} problems={props.problems.clone()} />
        </div>
    }
}
