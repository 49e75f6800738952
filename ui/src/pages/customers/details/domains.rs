//! The tab `Domains`.

use contract::domain::{Domain, DomainStatus, ListDomains};
use yew::prelude::*;

use super::{Doing, TabProps, add_domain::AddDomainDialog, status};
use crate::{
    components::{Button, ButtonKind, EmptyState, Icon},
    format,
    hooks::{use_formats, use_list, use_now},
    pages::lists::listed,
};

/// The tab `Domains`.
#[component]
pub fn Domains(props: &TabProps) -> Html {
    let today = use_formats().day_of(use_now());
    let customer = &props.customer;
    let list = use_list(ListDomains {
        customer_id: Some(customer.id),
        ..ListDomains::default()
    });
    let begin = |doing: Doing| {
        let on_doing = props.on_doing.clone();
        Callback::from(move |()| on_doing.emit(doing))
    };
    let on_add = begin(Doing::AddingDomain);
    let content = listed(
        &list,
        "Loading domains",
        || {
            html! {
                <EmptyState icon={Icon::Globe} title="No domain yet" text="Keep the domains of this customer here and see in time when one ends.">
                    <Button label="Add domain" icon={Some(Icon::Plus)} kind={ButtonKind::Primary} on_press={on_add.clone()} />
                </EmptyState>
            }
        },
        |rows| {
            html! {
                <div class="panel">
                    <table class="dtable" aria-label="Domains">
                        <thead><tr>
                            <th scope="col">{ "Domain" }</th>
                            <th scope="col">{ "Status" }</th>
                            <th scope="col" class="n opt">{ "Expires" }</th>
                            <th scope="col" class="opt">{ "Registrar" }</th>
                            <th scope="col" class="opt">{ "Renews itself" }</th>
                        </tr></thead>
                        <tbody>{ for rows.items.iter().map(|domain| row(domain, today)) }</tbody>
                    </table>
                </div>
            }
        },
    );
    let attention = list.rows().map_or(0, |rows| {
        rows.items.iter().filter(|domain| domain.status != DomainStatus::Registered).count()
    });
    let noun = if customer.total_domains == 1 { "domain" } else { "domains" };
    html! {
        <div class="stack">
            <div class="tabpanel__bar">
                <h3 class="medium">
                    { format!("{} {noun}", format::count(customer.total_domains.into())) }
                    if attention > 0 { <span class="muted">{ format!(" · {attention} need attention") }</span> }
                </h3>
                <span class="spacer"></span>
                <Button label="Add domain" icon={Some(Icon::Plus)} kind={ButtonKind::Primary} on_press={on_add.clone()} />
            </div>
            { content }
            if props.doing == Doing::AddingDomain { <AddDomainDialog customer={customer.clone()} on_close={begin(Doing::Nothing)} /> }
        </div>
    }
}

fn row(domain: &Domain, today: chrono::NaiveDate) -> Html {
    let second = if domain.unicode_name == domain.name {
        domain
            .registered_on
            .map(|day| html! { <small>{ format!("Registered {}", format::date(day)) }</small> })
    } else {
        Some(html! { <small class="mono data wrap">{ &domain.name }</small> })
    };
    let left = domain.expires_on.map(|day| format::days_between(today, day));
    html! {
        <tr key={domain.id.to_string()}>
            <td>
                <bdi class="medium data wrap">{ &domain.unicode_name }</bdi>{ for second }
                if let Some(day) = domain.expires_on { <small><span class="only-phone">{ format!("Expires {} · {}", format::date(day), format::days_away(today, day)) }</span></small> }
            </td>
            <td>{ status::of_domain(domain.status, left) }</td>
            <td class="n opt">{ match domain.expires_on {
                Some(day) => html! { <><span>{ format::date(day) }</span><small>{ format::days_away(today, day) }</small></> },
                None => html! { <span class="muted">{ format::NOTHING }</span> },
            } }</td>
            <td class="opt"><bdi class="secondary">{ domain.registrar.clone().unwrap_or_else(|| format::NOTHING.to_owned()) }</bdi></td>
            <td class="opt">{ if domain.auto_renew { "Yes" } else { "No" } }</td>
        </tr>
    }
}
