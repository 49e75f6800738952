//! The head of the details: who it is, and the figures that stay above all tabs.

use std::rc::Rc;

use contract::{Money, customer::Customer};
use yew::prelude::*;

use super::status;
use crate::{
    components::{Avatar, Bone, BoneWidth, Button, ButtonWidth, Icon, Menu, MenuItem},
    format::{self, Formats},
    hooks::{Toast, use_toasts},
    pages::customers::standing::{Subject, use_activation, use_return_from_archive},
};

/// While the record is not there yet.
pub fn loading(id: &str) -> Html {
    html! {
        <div class="who" aria-busy="true">
            <span class="avatar avatar--square" aria-hidden="true"></span>
            <div class="who__text">
                <h2 class="sr-only" id={format!("{id}-title")}>{ "Loading the customer" }</h2>
                <Bone width={BoneWidth::Half} />
                <Bone width={BoneWidth::Most} is_dim={true} />
            </div>
        </div>
    }
}

/// The figures and the tabs while the record is not there yet, as high as they will be.
pub fn loading_below() -> Html {
    let line = |class: &'static str, width: BoneWidth, is_dim: bool| html! { <div {class}><Bone {width} {is_dim} />{ "\u{a0}" }</div> };
    html! {
        <div class="skeleton" aria-hidden="true">
            <div class="strip">
                { for (0..5_u32).map(|number| html! {
                    <div key={number}>{ line("strip__name", BoneWidth::Most, true) }{ line("strip__value", BoneWidth::Half, false) }</div>
                }) }
            </div>
            <div class="tabs">{ for (0..7_u32).map(|number| html! { <span key={number} class="tab"><Bone is_dim={true} />{ "\u{a0}" }</span> }) }</div>
        </div>
    }
}

/// Where there is no record to show.
pub fn failed(id: &str) -> Html {
    html! { <h2 class="dialog__title" id={format!("{id}-title")}>{ "Customer" }</h2> }
}

/// Who it is.
pub fn of(id: &str, customer: &Rc<Customer>, on_edit: Callback<()>, on_delete: Callback<Subject>) -> Html {
    let company = customer.company_name.as_ref().map(|company| format!(" · {company}"));
    let line = format!("{}{}", customer.email, company.as_deref().unwrap_or_default());
    html! {
        <>
            <div class="who">
                <Avatar name={customer.full_name.clone()} class="avatar--square" />
                <div class="who__text">
                    <div class="who__name">
                        <h2 class="dialog__title truncate" id={format!("{id}-title")} title={customer.full_name.clone()}><bdi>{ &customer.full_name }</bdi></h2>
                        { status::of_customer(customer) }
                    </div>
                    <p class="who__line"><span class="truncate data" title={line}>
                        { &customer.email }
                        if let Some(company) = company { <bdi class="hide-narrow">{ company }</bdi> }
                    </span></p>
                </div>
            </div>
            if customer.archived_at.is_none() {
                <Button label="Edit" width={ButtonWidth::Fold} icon={Some(Icon::Pencil)} title="Edit  E" aria_label={Some(AttrValue::Static("Edit"))} on_press={on_edit} />
            }
            <Acts customer={customer.clone()} {on_delete} />
        </>
    }
}

#[derive(Properties, PartialEq)]
struct ActsProps {
    customer: Rc<Customer>,
    on_delete: Callback<Subject>,
}

/// What else can be done with the customer, also where the list has no room for it.
#[component]
fn Acts(props: &ActsProps) -> Html {
    let toasts = use_toasts();
    let activation = use_activation(Callback::noop());
    let back = use_return_from_archive();
    {
        let error = activation.mutation.error.clone();
        use_effect_with(error, move |error| {
            if let Some(error) = error {
                toasts.show(Toast::failed(error));
            }
        });
    }
    let subject = Subject::from(&*props.customer);
    let with = |act: &Callback<Subject>| {
        let (act, subject) = (act.clone(), subject.clone());
        Callback::from(move |()| act.emit(subject.clone()))
    };
    let items = if props.customer.archived_at.is_some() {
        vec![MenuItem::new("Bring back", Icon::Undo, with(&back.run))]
    } else {
        let verb = if subject.is_active { "Set inactive" } else { "Set active" };
        vec![
            MenuItem::new(verb, Icon::Power, with(&activation.run)),
            MenuItem::new("Delete…", Icon::Trash, with(&props.on_delete)).apart(),
        ]
    };
    html! { <Menu label="More acts" class="icon-btn icon-btn--md" {items}>{ Icon::More.view() }</Menu> }
}

/// The figures.
pub fn strip(customer: &Customer, formats: &Formats) -> Html {
    html! {
        <dl class="strip">
            <div><dt>{ "Total revenue" }</dt><dd class="money">{ amounts(&customer.total_payments, formats) }</dd></div>
            <div><dt>{ "Outstanding" }</dt><dd class="money">{ amounts(&customer.outstanding, formats) }</dd></div>
            <div><dt>{ "Last payment" }</dt><dd>{ customer.last_payment_date.map_or_else(|| format::NOTHING.to_owned(), format::date) }</dd></div>
            <div><dt>{ "Member since" }</dt><dd>{ formats.date_of(customer.created_at) }</dd></div>
            <div>
                <dt>{ "Active licenses" }</dt>
                <dd class="num">{ format::count(customer.active_licenses.into()) }<small>{ format!("of {}", format::count(customer.total_licenses.into())) }</small></dd>
            </div>
        </dl>
    }
}

/// Amounts of several currencies, one a line.
pub fn amounts(amounts: &[Money], formats: &Formats) -> Html {
    if amounts.is_empty() {
        return formats.moneys(&[]).into();
    }
    amounts
        .iter()
        .map(|amount| html! { <span class="amount">{ format::money(*amount) }</span> })
        .collect()
}
