//! The newest changes of the book.

use contract::change::Change;
use yew::prelude::*;

use crate::{
    components::{EmptyState, Icon},
    hooks::{use_formats, use_now},
    pages::customers::details::timeline::words,
    route::{CustomerTab, Route},
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
                                    <p>{ deed(change) }</p>
                                    <small title={formats.moment(change.at)}><bdi>{ words::actor(change) }</bdi>{ format!(" · {}", formats.ago(change.at, now)) }</small>
                                </div>
                            </li>
                        }) }
                    </ol>
                }
            </div>
        </section>
    }
}

/// What was done; a link to the customer, unless the customer is gone.
fn deed(change: &Change) -> Html {
    let text = html! { <bdi>{ words::sentence(change) }</bdi> };
    match change.customer_id.filter(|_| change.operation != "delete_customer") {
        Some(id) => {
            html! { <a class="figure" href={Route::Customers(Some((id, CustomerTab::Timeline))).href()} title="Show the timeline of the customer">{ text }</a> }
        }
        None => text,
    }
}
