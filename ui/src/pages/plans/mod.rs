//! The page `Plans`.

mod dialog;
mod effect;
mod form;
pub mod words;

use contract::{
    BillingCycle, PlanId,
    plan::{ListPlans, Plan, UpdatePlan},
};
use yew::prelude::*;

pub use self::dialog::PlanDialog;
use crate::{
    components::{Badge, Button, ButtonKind, ButtonWidth, Dot, EmptyState, Icon, IconButton, PageHead, Tone},
    format,
    hooks::{Toast, use_list, use_mutation, use_toasts},
    pages::lists::listed,
};

/// What is open over the page.
#[derive(Clone, Copy, PartialEq)]
enum Open {
    Nothing,
    New,
    Edit(PlanId),
}

/// The page `Plans`.
#[component]
pub fn Plans() -> Html {
    let list = use_list(ListPlans::default());
    let open = use_state_eq(|| Open::Nothing);
    let go = |to: Open| {
        let open = open.setter();
        Callback::from(move |()| open.set(to))
    };
    let content = listed(
        &list,
        "Loading plans",
        || {
            html! {
                <EmptyState icon={Icon::Layers} title="Your plans will appear here" text="A plan is what you sell: a name, a price a month or a year, and what a license of it allows.">
                    <Button label="New plan" icon={Some(Icon::Plus)} kind={ButtonKind::Primary} on_press={go(Open::New)} />
                </EmptyState>
            }
        },
        |rows| {
            html! {
                <table class="dtable dtable--page" aria-label="Plans">
                    <thead><tr>
                        <th scope="col">{ "Plan" }</th>
                        <th scope="col" class="opt">{ "Status" }</th>
                        <th scope="col" class="n">{ "Monthly" }</th>
                        <th scope="col" class="n opt">{ "Yearly" }</th>
                        <th scope="col" class="opt opt-m">{ "Trial" }</th>
                        <th scope="col" class="opt opt-m">{ "Quotas" }</th>
                        <th scope="col" class="n opt">{ "Active licenses" }</th>
                        <th scope="col" class="row-actions"><span class="sr-only">{ "Actions" }</span></th>
                    </tr></thead>
                    <tbody>{ for rows.items.iter().map(|plan| html! { <PlanRow key={plan.id.to_string()} plan={plan.clone()} on_edit={go(Open::Edit(plan.id))} /> }) }</tbody>
                </table>
            }
        },
    );
    let count = list.rows().map(|rows| AttrValue::from(format::count(rows.total)));
    let edited = match *open {
        Open::Edit(id) => list.rows().and_then(|rows| rows.items.iter().find(|plan| plan.id == id)),
        Open::Nothing | Open::New => None,
    };
    let key = edited.map_or_else(|| "new".to_owned(), |plan| plan.id.to_string());
    html! {
        <main class="main" id="main">
            <PageHead title="Plans" {count}>
                <Button label="New plan" icon={Some(Icon::Plus)} kind={ButtonKind::Primary} width={ButtonWidth::Fold} aria_label={Some(AttrValue::Static("New plan"))} on_press={go(Open::New)} />
            </PageHead>
            <div class="scroll ruled">{ content }</div>
            if *open == Open::New || edited.is_some() {
                <PlanDialog {key} plan={edited.cloned()} on_close={go(Open::Nothing)} on_reload={list.reload.clone()} />
            }
        </main>
    }
}

#[derive(Properties, PartialEq)]
struct PlanRowProps {
    plan: Plan,
    on_edit: Callback<()>,
}

/// One plan, which goes off sale or on sale on its own.
#[component]
fn PlanRow(props: &PlanRowProps) -> Html {
    let plan = &props.plan;
    let on_sale = use_sale();
    let price = |cycle: BillingCycle| match plan.price(cycle) {
        Some(price) => html! { <span class="money">{ format::money(price) }</span> },
        None => html! { <span class="muted" title="Not offered">{ format::NOTHING }</span> },
    };
    let badge = || {
        if plan.is_active {
            html! { <Badge label="On sale" tone={Tone::Positive} /> }
        } else {
            html! { <Badge label="Not sold" dot={Dot::Ring} /> }
        }
    };
    let sale = if plan.is_active {
        format!("Stop selling {}", plan.name)
    } else {
        format!("Sell {} again", plan.name)
    };
    let on_toggle = {
        let plan = plan.clone();
        Callback::from(move |()| on_sale.emit(plan.clone()))
    };
    html! {
        <tr class={classes!((!plan.is_active).then_some("is-muted"))}>
            <td>
                <bdi class="medium">{ &plan.name }</bdi>
                <small class="mono data">{ &plan.code }</small>
                if !plan.is_active { <span class="only-phone">{ badge() }</span> }
            </td>
            <td class="opt">{ badge() }</td>
            <td class="n">
                { price(BillingCycle::Monthly) }
                if let Some(yearly) = plan.price(BillingCycle::Yearly) { <small><span class="only-phone">{ format!("{} / year", format::money(yearly)) }</span></small> }
            </td>
            <td class="n opt">{ price(BillingCycle::Yearly) }</td>
            <td class="opt opt-m">{ words::trial(plan.trial_days) }</td>
            <td class="opt opt-m"><span class="secondary">{ words::quotas(plan) }</span></td>
            <td class="n opt">{ format::count(plan.active_licenses.into()) }</td>
            <td class="row-actions">
                <IconButton icon={Icon::Pencil} label={format!("Edit {}", plan.name)} on_press={props.on_edit.clone()} />
                <IconButton icon={Icon::Power} label={sale} on_press={on_toggle} />
            </td>
        </tr>
    }
}

/// Takes a plan off sale or puts it on sale again, with Undo.
#[hook]
fn use_sale() -> Callback<Plan> {
    let update = use_mutation::<UpdatePlan>();
    let toasts = use_toasts();
    Callback::from(move |plan: Plan| {
        let request = |plan: &Plan, is_active: bool| UpdatePlan {
            is_active: Some(is_active),
            ..UpdatePlan::nothing(plan.id, plan.version)
        };
        let (back, shown, was) = (update.clone(), toasts.clone(), plan.is_active);
        update.run_with(request(&plan, !was), move |answer| match answer {
            Ok(plan) => {
                let text = if plan.is_active {
                    format!("{} is on sale again", plan.name)
                } else {
                    format!("{} is not sold any more", plan.name)
                };
                let (back, failed, undone) = (back.clone(), shown.clone(), request(&plan, was));
                let undo = move |()| {
                    let failed = failed.clone();
                    back.run_with(undone.clone(), move |answer| {
                        if let Err(error) = answer {
                            failed.show(Toast::failed(&error));
                        }
                    });
                };
                shown.show(Toast::done(text).icon(Icon::Layers).undo(undo));
            }
            Err(error) => shown.show(Toast::failed(&error)),
        });
    })
}
