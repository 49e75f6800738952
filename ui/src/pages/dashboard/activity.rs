//! The newest changes of the book.

use contract::{CustomerId, change::Change, customer::ListAdministrators};
use yew::prelude::*;

use crate::{
    components::{EmptyState, Icon},
    hooks::{use_formats, use_now, use_query},
    pages::customers::details::timeline::{
        undo::{self, UndoButton},
        words,
    },
    route::{CustomerTab, Route, Section},
};

/// How many are shown; the timeline of each customer has them all.
const SHOWN: usize = 8;

/// The newest changes.
#[derive(Properties, PartialEq)]
pub struct ActivityProps {
    /// The newest first.
    pub changes: Vec<Change>,
}

/// The newest changes of the book.
#[component]
pub fn Activity(props: &ActivityProps) -> Html {
    let formats = use_formats();
    let now = use_now();
    // Until they are known, nobody is taken for a customer by mistake: the text is plain then.
    let administrators = use_query(ListAdministrators {});
    let administrators: Option<Vec<CustomerId>> = administrators
        .state
        .ready()
        .map(|page| page.items.iter().map(|person| person.id).collect());
    html! {
        <section class="panel" aria-labelledby="activity-title">
            <div class="panel__head"><h2 class="panel__title" id="activity-title">{ "Recent changes" }</h2></div>
            <div class="panel__body">
                if props.changes.is_empty() {
                    <EmptyState icon={Icon::Clock} title="No change yet" text="What is changed in the book will appear here." />
                } else {
                    <ol class="timeline">
                        { for props.changes.iter().take(SHOWN).map(|change| html! {
                            <li key={change.number.to_string()}>
                                { words::icon(change).view() }
                                <div class="change__text">
                                    <p>{ deed(change, leads_to(change, &props.changes, administrators.as_deref())) }</p>
                                    <small title={formats.moment(change.at)}><bdi>{ words::actor(change) }</bdi>{ format!(" · {}", formats.ago(change.at, now)) }</small>
                                </div>
                                { for undo::of_deletion(change, &props.changes).map(|undo| html! { <UndoButton {undo} what={words::sentence(change)} /> }) }
                            </li>
                        }) }
                    </ol>
                }
            </div>
        </section>
    }
}

/// Where a change leads: to the customer, or to the people who may sign in, but never to a record that is gone.
fn leads_to(change: &Change, newest_first: &[Change], administrators: Option<&[CustomerId]>) -> Option<Route> {
    let id = change.customer_id?;
    if administrators?.contains(&id) {
        return Some(Route::Settings(Section::People));
    }
    // Whatever happened to it after this change is newer, and so in the list.
    let last_fate = newest_first
        .iter()
        .find(|other| other.subject_id == id.to_string() && ["delete_customer", "restore_customer"].contains(&other.operation.as_str()));
    let is_gone = last_fate.is_some_and(|fate| fate.operation == "delete_customer" && is_for_good(fate));
    (!is_gone).then_some(Route::Customers(Some((id, CustomerTab::Timeline))))
}

/// Whether a deletion hid the record, instead of archiving it, where it can still be read.
fn is_for_good(deletion: &Change) -> bool {
    !deletion.fields.iter().any(|field| field.field == "archived_at")
}

/// What was done.
fn deed(change: &Change, to: Option<Route>) -> Html {
    let text = html! { <bdi>{ words::sentence(change) }</bdi> };
    let title = match to {
        None => return text,
        Some(Route::Settings(_)) => "Show who may sign in",
        Some(_) => "Show the timeline of the customer",
    };
    html! { <a class="figure" href={to.map(Route::href)} {title}>{ text }</a> }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use serde_json::json;

    const LENA: &str = "0193a7c0-1111-7222-8333-444455556601";
    const INES: &str = "0193a7c0-1111-7222-8333-444455556602";

    fn change(number: u64, operation: &str, who: &str, field: &str) -> Change {
        serde_json::from_value(json!({
            "id": LENA, "number": number, "at": "2026-11-22T09:00:00.000Z", "actor": null, "operation": operation, "noun": "customer",
            "subject_id": who, "subject": "Somebody", "customer_id": who, "version": 1,
            "fields": [{"field": field, "before": null, "after": "2026-11-22T09:00:00.000Z"}]
        }))
        .unwrap()
    }

    #[test]
    fn no_change_leads_to_a_record_that_is_gone_or_to_an_administrator_as_a_customer() {
        let ines: CustomerId = INES.parse().unwrap();
        let lena = Some(Route::Customers(Some((LENA.parse().unwrap(), CustomerTab::Timeline))));
        let people = Some(Route::Settings(Section::People));
        let to =
            |changes: &[Change]| -> Vec<Option<Route>> { changes.iter().map(|change| leads_to(change, changes, Some(&[ines]))).collect() };
        let made = || change(1, "create_customer", LENA, "full_name");
        assert_eq!(to(&[change(2, "update_customer", INES, "full_name"), made()]), [people, lena]);
        assert_eq!(to(&[change(2, "delete_customer", LENA, "deleted_at"), made()]), [None, None]);
        assert_eq!(to(&[change(2, "delete_customer", LENA, "archived_at"), made()]), [lena, lena]);
        let back = [
            change(3, "restore_customer", LENA, "deleted_at"),
            change(2, "delete_customer", LENA, "deleted_at"),
            made(),
        ];
        assert_eq!(to(&back), [lena, lena, lena]);
        assert_eq!(leads_to(&made(), &[made()], None), None);
    }
}
