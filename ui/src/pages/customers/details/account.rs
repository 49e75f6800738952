//! The tab `Details`: the account and how to reach its owner.

use yew::prelude::*;

use super::{TabProps, billing_address::BillingAddressPanel, head::amounts, status};
use crate::{
    components::{Button, ButtonKind, Icon, IconButton, Notice, Tone},
    format,
    hooks::{use_formats, use_now},
    pages::customers::standing::{Subject, use_return_from_archive},
    route::{CustomerTab, Route},
};

/// The tab `Details`.
#[component]
pub fn Account(props: &TabProps) -> Html {
    let formats = use_formats();
    let now = use_now();
    let customer = &props.customer;
    let href = |tab: CustomerTab| Route::Customers(Some((customer.id, tab))).href();
    let since = months_between(formats.day_of(customer.created_at), formats.day_of(now));
    let on_edit = props.on_edit.clone();
    html! {
        <div class="stack">
            if customer.archived_at.is_some() { <Archived subject={Subject::from(&**customer)} /> }
            <div class="cols">
                <section class="panel" aria-labelledby="account-title">
                    <header class="panel__head panel__head--ruled"><h3 class="panel__title" id="account-title">{ "Account" }</h3></header>
                    <dl class="facts facts--sub">
                        <div><dt>{ "Status" }</dt><dd>{ status::of_customer(customer) }</dd></div>
                        <div><dt>{ "Member since" }</dt><dd><span title={formats.moment(customer.created_at)}>{ formats.date_of(customer.created_at) }</span>if let Some(since) = since { <small>{ since }</small> }</dd></div>
                        <div><dt>{ "Total revenue" }</dt><dd class="money"><a class="figure" href={href(CustomerTab::Payments)} title="Show the payments">{ amounts(&customer.total_payments, &formats) }</a></dd></div>
                        <div><dt>{ "Last payment" }</dt><dd>{ match customer.last_payment_date {
                            Some(day) => html! { <><a class="figure" href={href(CustomerTab::Payments)} title="Show the payments">{ format::date(day) }</a><small>{ format::days_away(formats.day_of(now), day) }</small></> },
                            None => html! { <span class="muted">{ "None yet" }</span> },
                        } }</dd></div>
                        <div><dt>{ "Active licenses" }</dt><dd><a class="figure num" href={href(CustomerTab::Licenses)} title="Show the licenses">{ format::count(customer.active_licenses.into()) }</a><small>{ format!("of {}", format::count(customer.total_licenses.into())) }</small></dd></div>
                        <div><dt>{ "Outstanding invoices" }</dt><dd>
                            <a class="figure num" href={href(CustomerTab::Invoices)} title="Show the invoices">{ format::count(customer.outstanding_invoices.into()) }</a>
                            if customer.outstanding_invoices > 0 { <small class="money">{ formats.moneys(&customer.outstanding) }</small> }
                            if !customer.overdue.is_empty() { <small class="money tone-danger">{ format!("{} overdue", formats.moneys(&customer.overdue)) }</small> }
                        </dd></div>
                    </dl>
                </section>
                <div>
                    <section class="panel" aria-labelledby="contact-title">
                        <header class="panel__head panel__head--ruled">
                            <h3 class="panel__title" id="contact-title">{ "Contact" }</h3>
                            <span class="spacer"></span>
                            if customer.archived_at.is_none() { <IconButton icon={Icon::Pencil} label="Edit contact" kbd="E" on_press={on_edit} /> }
                        </header>
                        <dl class="facts facts--sub">
                            <div><dt>{ "Email" }</dt><dd><span class="data wrap">{ &customer.email }</span></dd></div>
                            <div><dt>{ "Company" }</dt><dd>{ match &customer.company_name {
                                Some(company) => html! { <bdi class="data wrap">{ company }</bdi> },
                                None => html! { <span class="muted">{ "None" }</span> },
                            } }</dd></div>
                        </dl>
                    </section>
                    <BillingAddressPanel customer={customer.id} name={customer.company_name.clone().unwrap_or_else(|| customer.full_name.clone())} is_fixed={customer.archived_at.is_some()} />
                </div>
            </div>
        </div>
    }
}

/// The notice above an archived customer.
#[derive(Properties, PartialEq)]
struct ArchivedProps {
    subject: Subject,
}

#[component]
fn Archived(props: &ArchivedProps) -> Html {
    let back = use_return_from_archive();
    let restore = &back.mutation;
    let on_press = {
        let (run, subject) = (back.run.clone(), props.subject.clone());
        Callback::from(move |()| run.emit(subject.clone()))
    };
    html! {
        <Notice title="This customer is archived" text="Deleted, but kept for its invoices and payments." tone={Tone::Warning}>
            <Button label="Bring back" kind={ButtonKind::Link} busy={restore.is_busy.then_some(AttrValue::Static("Bringing back…"))} {on_press} />
        </Notice>
    }
}

/// `5 years, 8 months`; nothing within the first month.
fn months_between(first: chrono::NaiveDate, last: chrono::NaiveDate) -> Option<String> {
    let months = contract::BillingCycle::Monthly.period_of(first, last)?;
    let parts: Vec<String> = [(months / 12, "year"), (months % 12, "month")]
        .into_iter()
        .filter(|(number, _)| *number > 0)
        .map(|(number, noun)| contract::words::count(number.into(), noun))
        .collect();
    Some(parts.join(", ")).filter(|text| !text.is_empty())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn membership_is_told_in_whole_years_and_months() {
        for (first, last, want) in [
            ("2021-03-09", "2026-11-22", Some("5 years, 8 months")),
            ("2025-11-22", "2026-11-22", Some("1 year")),
            ("2026-10-31", "2026-11-30", Some("1 month")),
            ("2026-11-01", "2026-11-22", None),
            ("2026-11-23", "2026-11-22", None),
        ] {
            assert_eq!(
                months_between(first.parse().unwrap(), last.parse().unwrap()).as_deref(),
                want,
                "{first} {last}"
            );
        }
    }
}
