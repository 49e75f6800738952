//! The reminders that a run noted, each with a letter to copy: the app sends no mail.

use chrono::NaiveDate;
use contract::{
    CatchUpRunId,
    catch_up::{CatchUpReminder, CatchUpReminders, ListCatchUpReminders},
};
use yew::prelude::*;

use super::letter::{Facts, letter, ordinal};
use crate::{
    components::{CopyButton, FailedState, SkeletonRows},
    format,
    hooks::{Query, use_formats, use_now, use_query},
    pages::lists::stale,
    route::{CustomerTab, Route},
};

/// The reminders of a run.
#[derive(Properties, PartialEq)]
pub struct RemindersProps {
    /// The run.
    pub run_id: CatchUpRunId,
}

/// The reminders of a run.
#[component]
pub fn Reminders(props: &RemindersProps) -> Html {
    let today = use_formats().day_of(use_now());
    let reminders = use_query(ListCatchUpReminders { run_id: props.run_id });
    let content = match &reminders.state {
        Query::Failed(error) => html! { <FailedState error={error.clone()} on_retry={reminders.reload.clone()} /> },
        Query::Loading => html! { <SkeletonRows label="Loading the reminders" /> },
        Query::Ready(known) => html! {
            <>
                { for reminders.reload_error.as_ref().map(|error| stale(error, &reminders.reload)) }
                { table(known, today) }
            </>
        },
    };
    html! {
        <div class="panel">
            <div class="panel__head"><h2 class="panel__title">{ "Reminders to write" }</h2></div>
            { content }
            <p class="panel__note">{ "Nothing is sent by itself: a run only notes who is to be reminded. Copy a letter and its address into your mail program." }</p>
        </div>
    }
}

fn table(known: &CatchUpReminders, today: NaiveDate) -> Html {
    html! {
        <table class="dtable" aria-label="Reminders to write">
            <thead><tr><th scope="col">{ "Customer" }</th><th scope="col">{ "Invoice" }</th><th scope="col" class="n opt">{ "Due" }</th><th scope="col" class="n">{ "Open" }</th><th scope="col">{ "Letter" }</th></tr></thead>
            <tbody>{ for known.items.iter().map(|item| row(item, &known.seller, today)) }</tbody>
        </table>
    }
}

fn row(item: &CatchUpReminder, seller: &str, today: NaiveDate) -> Html {
    let number = &item.number;
    let text = || {
        let facts = Facts {
            issued_on: format::date(item.issued_on),
            due_on: format::date(item.due_on),
            is_late: item.due_on < today,
            open: format::money(item.open),
        };
        letter(item, &facts, seller)
    };
    let copy = if item.open.amount > 0 {
        html! { <CopyButton text={text()} noun={format!("letter about {number}")} /> }
    } else {
        html! { <span class="muted">{ "Settled" }</span> }
    };
    html! {
        <tr key={format!("{}-{}", item.invoice_id, item.level)}>
            <td>
                <a class="link" href={Route::Customers(Some((item.customer_id, CustomerTab::Invoices))).href()}><bdi>{ &item.customer_name }</bdi></a>
                <small class="wrap"><bdi>{ &item.email }</bdi><CopyButton text={item.email.clone()} noun={format!("email for {number}")} /></small>
            </td>
            <td class="secondary"><bdi class="due__number">{ number }</bdi><small>{ format!("{} reminder", ordinal(item.level)) }</small></td>
            <td class="n opt">{ format::date(item.due_on) }</td>
            <td class="n money">{ format::money(item.open) }</td>
            <td>{ copy }</td>
        </tr>
    }
}
