//! The tab `Domains`.

use contract::domain::{Domain, DomainStatus, ListDomains};
use yew::prelude::*;

use super::{Doing, TabProps, add_domain::AddDomainDialog, edit_domain::EditDomainDialog, remove_domain::RemoveDomainDialog, status};
use crate::{
    components::{Button, ButtonKind, EmptyState, Icon, IconButton, IconButtonKind},
    format,
    hooks::{List, record_id, use_formats, use_list, use_now, use_sought},
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
    use_sought(list.rows().is_some());
    let begin = |doing: Doing| {
        let on_doing = props.on_doing.clone();
        Callback::from(move |()| on_doing.emit(doing))
    };
    let on_add = begin(Doing::AddingDomain);
    let acting = use_state_eq(|| None::<(Act, Domain)>);
    let act = {
        let acting = acting.setter();
        Callback::from(move |wanted| acting.set(Some(wanted)))
    };
    let content = listed(
        &list,
        "Loading domains",
        || html! { <EmptyState icon={Icon::Globe} title="No domain yet" text="Keep the domains of this customer here and see in time when one ends." /> },
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
                            <th scope="col"><span class="sr-only">{ "Actions" }</span></th>
                        </tr></thead>
                        <tbody>{ for rows.items.iter().map(|domain| row(domain, today, &act)) }</tbody>
                    </table>
                </div>
            }
        },
    );
    let stop = {
        let acting = acting.setter();
        Callback::from(move |()| acting.set(None))
    };
    let attention = list.rows().map_or(0, |rows| {
        rows.items.iter().filter(|domain| domain.status != DomainStatus::Registered).count()
    });
    let noun = if customer.total_domains == 1 { "domain" } else { "domains" };
    html! {
        <div class="stack">
            <div class="tabpanel__bar">
                if customer.total_domains > 0 {
                    <h3 class="medium">
                        { format!("{} {noun}", format::count(customer.total_domains.into())) }
                        if attention > 0 { <span class="muted">{ format!(" · {attention} need attention") }</span> }
                    </h3>
                }
                <span class="spacer"></span>
                { Doing::AddingDomain.beginning(customer, html! { <Button label="Add domain" icon={Some(Icon::Plus)} kind={ButtonKind::Primary} on_press={on_add} /> }) }
            </div>
            { content }
            if props.doing == Doing::AddingDomain { <AddDomainDialog customer={customer.clone()} on_close={begin(Doing::Nothing)} /> }
            { match &*acting {
                // As it is now, if it is still there.
                Some((Act::Change, domain)) => html! { <EditDomainDialog key={domain.id.to_string()} domain={newest(&list, domain)} on_reload={list.reload.clone()} on_close={stop} /> },
                // As it was when it was asked about: what somebody changes meanwhile is not removed unseen.
                Some((Act::Remove, domain)) => html! { <RemoveDomainDialog key={domain.id.to_string()} domain={domain.clone()} on_close={stop} /> },
                None => html! { <div hidden={true}></div> },
            } }
        </div>
    }
}

/// What can be done with a domain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Act {
    Change,
    Remove,
}

/// A domain as the list has it now.
fn newest(list: &List<Domain>, domain: &Domain) -> Domain {
    let found = list.rows().and_then(|rows| rows.items.iter().find(|row| row.id == domain.id));
    found.unwrap_or(domain).clone()
}

fn row(domain: &Domain, today: chrono::NaiveDate, on_act: &Callback<(Act, Domain)>) -> Html {
    let act = |act: Act| {
        let (on_act, domain) = (on_act.clone(), domain.clone());
        Callback::from(move |()| on_act.emit((act, domain.clone())))
    };
    let second = if domain.unicode_name == domain.name {
        domain
            .registered_on
            .map(|day| html! { <small>{ format!("Registered {}", format::date(day)) }</small> })
    } else {
        Some(html! { <small class="mono data wrap">{ &domain.name }</small> })
    };
    let left = domain.expires_on.map(|day| format::days_between(today, day));
    html! {
        <tr key={domain.id.to_string()} id={record_id(domain.id)}>
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
            <td class="n"><span class="acts">
                <IconButton icon={Icon::Pencil} label={format!("Change {}", domain.unicode_name)} on_press={act(Act::Change)} />
                <IconButton icon={Icon::Trash} label={format!("Remove {}", domain.unicode_name)} kind={IconButtonKind::Danger} on_press={act(Act::Remove)} />
            </span></td>
        </tr>
    }
}
