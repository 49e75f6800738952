//! The tab `Timeline`: every change, by day.

pub mod undo;
pub mod words;

use chrono::NaiveDate;
use contract::{
    Noun,
    change::{Change, ChangedField, ListChanges},
    license::ListLicenses,
    rules::MAX_PAGE,
    subscription::ListSubscriptions,
};
use yew::prelude::*;

use self::undo::{UndoButton, Undoable};
use super::TabProps;
use crate::{
    components::{EmptyState, Icon},
    format::{self, Formats},
    hooks::{use_formats, use_list, use_now, use_query},
    pages::lists::listed,
};

/// The tab `Timeline`.
#[component]
pub fn Timeline(props: &TabProps) -> Html {
    let formats = use_formats();
    let now = use_now();
    let today = formats.day_of(now);
    let customer = &props.customer;
    let list = use_list(ListChanges {
        customer_id: Some(customer.id),
        ..ListChanges::default()
    });
    // What can be taken back is known only from the records as they are.
    let licenses = use_query(ListLicenses {
        customer_id: Some(customer.id),
        limit: Some(MAX_PAGE),
        ..ListLicenses::default()
    });
    let subscriptions = use_query(ListSubscriptions {
        customer_id: Some(customer.id),
        limit: Some(MAX_PAGE),
        ..ListSubscriptions::default()
    });
    let known = undo::Known {
        customer,
        licenses: licenses.state.ready().map(|page| page.items.as_slice()).unwrap_or_default(),
        subscriptions: subscriptions.state.ready().map(|page| page.items.as_slice()).unwrap_or_default(),
        now,
        today,
    };
    let content = listed(
        &list,
        "Loading the timeline",
        || html! { <EmptyState icon={Icon::Clock} title="No change yet" text="Everything that is changed about this customer will appear here: who, when, what." /> },
        |rows| {
            let days = by_day(&rows.items, |change| formats.day_of(change.at));
            html! {
                <div class="days">
                    { for days.into_iter().map(|(day, changes)| {
                        let title = day_words(day, today);
                        html! {
                            <section key={day.to_string()} aria-label={title.clone()}>
                                <h4 class="day">{ title }</h4>
                                <ol class="timeline timeline--changes">
                                    { for changes.iter().map(|change| entry(change, &formats, &undo::of(change, &rows.items, &known))) }
                                </ol>
                            </section>
                        }
                    }) }
                </div>
            }
        },
    );
    let total = list.rows().map(|rows| rows.total);
    html! {
        <div class="stack">
            <div class="tabpanel__bar">
                <h3 class="medium num">{ total.map_or_else(|| "Changes".to_owned(), |total| format!("{} {}", format::count(total), if total == 1 { "change" } else { "changes" })) }</h3>
            </div>
            { content }
        </div>
    }
}

fn entry(change: &Change, formats: &Formats, undo: &Undoable) -> Html {
    let mut shown: Vec<&ChangedField> = change.fields.iter().filter(|field| words::is_shown(&field.field)).collect();
    // What a record is called comes before what else is known of it.
    shown.sort_by_key(|field| field.field != "name");
    html! {
        <li key={change.number.to_string()}>
            { words::icon(change).view() }
            <div class="change">
                <div class="change__text">
                    <p><bdi class="medium">{ words::actor(change) }</bdi>{ " " }<bdi>{ deed(change) }</bdi></p>
                    if !shown.is_empty() { <dl class="diff">{ for shown.into_iter().map(|field| difference(field, formats)) }</dl> }
                </div>
                <time class="num" title={formats.moment(change.at)} datetime={change.at.to_string()}>{ formats.time_of(change.at) }</time>
                <div class="change__end">{ match undo {
                    Undoable::Yes(undo) => html! { <UndoButton undo={*undo} what={words::deed(change, true)} /> },
                    Undoable::No(reason) => html! { <span class="muted">{ reason.words(formats) }</span> },
                } }</div>
            </div>
        </li>
    }
}

/// What was done; the end of a key is written as keys are everywhere.
fn deed(change: &Change) -> Html {
    let deed = words::deed(change, true);
    let is_key = change.noun == Noun::License && !change.subject.is_empty();
    match deed.strip_suffix(change.subject.as_str()).filter(|_| is_key) {
        Some(before) => html! { <>{ before }<span class="mono">{ &change.subject }</span></> },
        None => deed.into(),
    }
}

fn difference(field: &ChangedField, formats: &Formats) -> Html {
    let before = words::value(&field.field, field.before.as_ref(), formats);
    let after = words::value(&field.field, field.after.as_ref(), formats).unwrap_or_else(|| "none".to_owned());
    let class = (field.field == "key").then_some("mono");
    html! {
        <div key={field.field.clone()}>
            <dt>{ words::label(&field.field) }</dt>
            <dd>
                if let Some(before) = before {
                    <span class="sr-only">{ "was" }</span>
                    <del><bdi>{ before }</bdi></del>
                    { Icon::Right.small() }
                    <span class="sr-only">{ "now" }</span>
                }
                <ins {class}><bdi>{ after }</bdi></ins>
            </dd>
        </div>
    }
}

/// `Today, Nov 22, 2026`.
fn day_words(day: NaiveDate, today: NaiveDate) -> String {
    match format::days_between(day, today) {
        0 => format!("Today, {}", format::date(day)),
        1 => format!("Yesterday, {}", format::date(day)),
        2..7 => format!("{}, {}", day.format("%A"), format::date(day)),
        _ => format::date(day),
    }
}

/// Entries in a row that are of the same day.
fn by_day<T>(entries: &[T], day_of: impl Fn(&T) -> NaiveDate) -> Vec<(NaiveDate, Vec<&T>)> {
    let mut days: Vec<(NaiveDate, Vec<&T>)> = Vec::new();
    for entry in entries {
        let day = day_of(entry);
        match days.last_mut() {
            Some((last, entries)) if *last == day => entries.push(entry),
            _ => days.push((day, vec![entry])),
        }
    }
    days
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn entries_are_grouped_by_their_day_in_their_order() {
        let day = |number: u32| NaiveDate::from_ymd_opt(2026, 11, number).unwrap();
        let days = by_day(&[22, 22, 20, 9], |number| day(*number));
        let got: Vec<(NaiveDate, usize)> = days.into_iter().map(|(day, entries)| (day, entries.len())).collect();
        assert_eq!(got, [(day(22), 2), (day(20), 1), (day(9), 1)]);
    }
}
