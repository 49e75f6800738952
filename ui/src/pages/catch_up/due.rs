//! What is due and what is overdue, asked at the start and hourly while the app is open, and known to every page.

use std::rc::Rc;

use contract::{
    catch_up::{CatchUpPlan, PlanCatchUp},
    invoice::ListInvoices,
    session::SessionStage,
};
use gloo_timers::callback::{Interval, Timeout};
use yew::prelude::*;

use super::{
    running::{Running, use_running},
    words,
};
use crate::{
    hooks::{use_book_changes, use_latest, use_return, use_session},
    ipc,
};

/// An hour, in milliseconds.
const HOUR: u32 = 3_600_000;
/// How long nothing is changed before it is asked again, in milliseconds.
const QUIET: u32 = 1_500;

/// What is due, and what was said about it.
#[derive(Clone, PartialEq)]
pub struct Due {
    /// The newest answer.
    pub plan: Option<Rc<CatchUpPlan>>,
    /// Invoices that are overdue.
    pub overdue: u64,
    /// Whether it was put off until the next look.
    pub is_skipped: bool,
    /// Puts it off.
    pub skip: Callback<()>,
    /// Takes a newer answer, which the page that shows what is due has asked for itself.
    pub learn: Callback<Rc<CatchUpPlan>>,
    /// Runs what is due, on whichever page the person is meanwhile.
    pub running: Running,
}

impl Due {
    /// How many things are due.
    pub fn count(&self) -> u64 {
        self.plan.as_ref().map_or(0, |plan| words::total(&plan.counts))
    }
}

/// Around the pages: looks for what is due.
#[component]
pub fn DueProvider(props: &yew::html::ChildrenProps) -> Html {
    let session = use_session();
    let plan = use_state_eq(|| None::<Rc<CatchUpPlan>>);
    let overdue = use_state_eq(|| 0_u64);
    let is_skipped = use_state_eq(|| false);
    let is_in = use_latest(session.state.stage == SessionStage::SignedIn);
    let look = {
        let (plan, overdue) = (plan.setter(), overdue.setter());
        use_callback((), move |(), ()| {
            if !*is_in.borrow() {
                return;
            }
            let (plan, overdue) = (plan.clone(), overdue.clone());
            wasm_bindgen_futures::spawn_local(async move {
                // Where it is not answered, the next look tells; the page itself says why not.
                if let Ok(found) = ipc::call(PlanCatchUp { until: None }).await {
                    plan.set(Some(Rc::new(found)));
                }
                let late = ListInvoices {
                    is_overdue: Some(true),
                    exact: true,
                    limit: Some(1),
                    ..ListInvoices::default()
                };
                if let Ok(found) = ipc::call(late).await {
                    overdue.set(found.total);
                }
            });
        })
    };
    {
        let (look, is_skipped) = (look.clone(), is_skipped.setter());
        use_effect_with((), move |()| {
            look.emit(());
            let hourly = Interval::new(HOUR, move || {
                is_skipped.set(false);
                look.emit(());
            });
            move || drop(hourly)
        });
    }
    use_return(look.clone());
    let changes = use_book_changes().map_or(0, |changes| changes.number());
    {
        let known = use_mut_ref(|| changes);
        use_effect_with(changes, move |changes| {
            let is_new = known.replace(*changes) != *changes;
            let timer = is_new.then(|| Timeout::new(QUIET, move || look.emit(())));
            move || drop(timer)
        });
    }
    let skip = {
        let is_skipped = is_skipped.setter();
        use_callback((), move |(), ()| is_skipped.set(true))
    };
    let learn = {
        let plan = plan.setter();
        use_callback((), move |found: Rc<CatchUpPlan>, ()| plan.set(Some(found)))
    };
    let due = Due {
        plan: (*plan).clone(),
        overdue: *overdue,
        is_skipped: *is_skipped,
        skip,
        learn,
        running: use_running(),
    };
    html! { <ContextProvider<Due> context={due}>{ props.children.clone() }</ContextProvider<Due>> }
}

/// What is due. Only inside a [`DueProvider`].
#[hook]
pub fn use_due() -> Option<Due> {
    use_context()
}
