//! What is owed, by age.

use contract::{
    Currency,
    recurring::{ReceivableAge, Receivables, ReceivablesOfCurrency},
};
use yew::prelude::*;

use super::{definitions::Meaning, parts::head, plans::meter, proof::Proof};
use crate::{
    components::{EmptyState, FailedState, Icon, SkeletonRows},
    format,
    hooks::Query,
};

/// What is owed, by age.
#[derive(Properties)]
pub struct ReceivablesPanelProps {
    /// How far the question has come.
    pub state: Query<Receivables>,
    /// In which currency.
    pub currency: Currency,
    /// Asks again.
    pub on_retry: Callback<()>,
    /// Opens a list.
    pub on_prove: Callback<Proof>,
}

impl PartialEq for ReceivablesPanelProps {
    fn eq(&self, _: &Self) -> bool {
        // An answer is drawn again when it comes, and the page draws seldom.
        false
    }
}

/// What is owed, by age; each age opens its invoices.
#[component]
pub fn ReceivablesPanel(props: &ReceivablesPanelProps) -> Html {
    let content = match &props.state {
        Query::Loading => html! { <SkeletonRows label="Loading unpaid invoices" rows={5} /> },
        Query::Failed(error) => html! { <FailedState error={error.clone()} on_retry={props.on_retry.clone()} /> },
        Query::Ready(owed) => match owed.currencies.iter().find(|own| own.total.currency == props.currency) {
            Some(own) if own.total.amount != 0 => ages(own, &props.on_prove),
            _ => html! {
                <EmptyState icon={Icon::CheckCircle} title={format!("Nothing is owed in {}", props.currency)} text="Open invoices will stand here by how long they are due." />
            },
        },
    };
    html! {
        <section class="panel" aria-label="Unpaid invoices by age">
            { head(Meaning::Receivables, "Unpaid invoices by age", html! {}) }
            { content }
        </section>
    }
}

/// As on the page: `1 – 30 days late`.
fn name(age: &ReceivableAge) -> String {
    match (age.from_days, age.to_days) {
        (None, _) => "Not due".to_owned(),
        (Some(from), Some(to)) => format!("{from} – {to} days"),
        (Some(from), None) => format!("Over {} days", from.saturating_sub(1)),
    }
}

/// The longer, the more it asks for attention; the words say it, too.
fn tone(age: &ReceivableAge) -> &'static str {
    match age.from_days {
        None => "",
        Some(from) if from > 60 => "meter--danger",
        Some(_) => "meter--warning",
    }
}

fn ages(own: &ReceivablesOfCurrency, on_prove: &Callback<Proof>) -> Html {
    let largest = own.ages.iter().map(|age| age.amount.amount).max().unwrap_or(0);
    let late: i64 = own
        .ages
        .iter()
        .filter(|age| age.from_days.is_some())
        .map(|age| age.amount.amount)
        .sum();
    let late_invoices: u64 = own.ages.iter().filter(|age| age.from_days.is_some()).map(|age| age.invoices).sum();
    let invoices: u64 = own.ages.iter().map(|age| age.invoices).sum();
    let newest_late = own
        .ages
        .iter()
        .filter(|age| age.from_days.is_some())
        .filter_map(|age| age.due_until)
        .max();
    let open = |proof: Proof| {
        let on_prove = on_prove.clone();
        move |_: MouseEvent| on_prove.emit(proof.clone())
    };
    let row = |age: &ReceivableAge| {
        let (name, amount) = (name(age), age.amount);
        let proof = Proof::Owed {
            amount,
            age: name.clone(),
            due_from: age.due_from,
            due_until: age.due_until,
        };
        html! {
            <li key={name.clone()}>
                <button class="age" type="button" title={format!("Open these {} invoices", format::count(age.invoices))} onclick={open(proof)}>
                    <span>{ name }</span>
                    <span class="muted num">{ format::count(age.invoices) }</span>
                    <span class="money medium">{ format::money(amount) }</span>
                    { meter(amount.amount, largest, tone(age)) }
                </button>
            </li>
        }
    };
    let overdue = Proof::Owed {
        amount: contract::Money::new(late, own.total.currency),
        age: "overdue".to_owned(),
        due_from: None,
        due_until: newest_late,
    };
    let all = Proof::Owed {
        amount: own.total,
        age: "all".to_owned(),
        due_from: None,
        due_until: None,
    };
    let figure = |text: String, proof: Proof| html! { <button class="figure money" type="button" title="Open these invoices" onclick={open(proof)}>{ text }</button> };
    let counted = |count: u64, proof: Proof| html! { <button class="figure" type="button" title="Open these invoices" onclick={open(proof.counted(count))}>{ format::count(count) }</button> };
    html! {
        <>
            <ul class="rows rows--flush ages">{ for own.ages.iter().map(row) }</ul>
            <dl class="facts ages__sum">
                <div><dt>{ counted(late_invoices, overdue.clone()) }{ " overdue" }</dt><dd>{ figure(format::money(overdue.figure()), overdue) }</dd></div>
                <div class="facts__total"><dt>{ "= All " }{ counted(invoices, all.clone()) }{ " unpaid" }</dt><dd>{ figure(format::money(own.total), all) }</dd></div>
            </dl>
        </>
    }
}

#[cfg(test)]
mod tests {
    use contract::Money;

    use super::*;

    #[test]
    fn ages_are_named_by_their_days() {
        let age = |from_days, to_days| ReceivableAge {
            from_days,
            to_days,
            invoices: 0,
            amount: Money::new(0, Currency::EUR),
            due_from: None,
            due_until: None,
        };
        let names = [(None, None), (Some(1), Some(30)), (Some(61), Some(90)), (Some(91), None)].map(|(from, to)| name(&age(from, to)));
        assert_eq!(names, ["Not due", "1 – 30 days", "61 – 90 days", "Over 90 days"]);
    }
}
