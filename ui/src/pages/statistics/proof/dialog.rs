//! The dialog with the list that proves a figure.

use std::rc::Rc;

use contract::{Error, Money};
use yew::prelude::*;

use super::{
    Proof,
    load::{Row, Rows, rows},
};
use crate::{
    components::{Button, Dialog, DialogClosing, DialogSize, EmptyState, FailedState, Icon, SkeletonRows},
    format,
    hooks::Query,
    route::{self, Route},
};

/// Rows that are drawn at a time.
const DRAWN: usize = 100;
/// Rows that are fetched without being asked for.
const FETCHED: usize = 2_000;

/// The list that proves a figure.
#[derive(Properties, PartialEq)]
pub struct ProofDialogProps {
    /// The figure.
    pub proof: Proof,
    /// Takes the dialog away.
    pub on_close: Callback<()>,
}

/// The list that proves a figure. Every row is summed, also those that are not drawn yet; of a very long list only so many
/// are fetched until all are asked for. Needs a key of the proof.
#[component]
pub fn ProofDialog(props: &ProofDialogProps) -> Html {
    let state = use_state(|| Query::Loading);
    let attempt = use_state_eq(|| 0_u32);
    let all = use_state_eq(|| false);
    let is_fetching = use_state_eq(|| true);
    let drawn = use_state_eq(|| DRAWN);
    {
        let (state, is_fetching, proof) = (state.setter(), is_fetching.setter(), props.proof.clone());
        use_effect_with((*attempt, *all), move |(_, all)| {
            let want = if *all { usize::MAX } else { FETCHED };
            is_fetching.set(true);
            wasm_bindgen_futures::spawn_local(async move {
                state.set(match rows(&proof, want).await {
                    Ok(rows) => Query::Ready(Rc::new(rows)),
                    Err(error) => Query::Failed(error),
                });
                is_fetching.set(false);
            });
        });
    }
    let retry = {
        let (state, attempt) = (state.setter(), attempt.clone());
        Callback::from(move |()| {
            state.set(Query::Loading);
            attempt.set(attempt.wrapping_add(1));
        })
    };
    let more = {
        let drawn = drawn.clone();
        Callback::from(move |()| drawn.set(*drawn + DRAWN))
    };
    let fetch_all = {
        let all = all.clone();
        Callback::from(move |()| all.set(true))
    };
    let content = match &*state {
        Query::Loading => html! { <div class="panel"><SkeletonRows label="Loading the list" /></div> },
        Query::Failed(error) => failed(error, &retry),
        Query::Ready(found) if found.rows.is_empty() => html! {
            <div class="panel"><EmptyState icon={Icon::Chart} title="Nothing makes up this figure" text="It is zero, so no record counts for it." /></div>
        },
        Query::Ready(found) => html! {
            <div class="stack">
                { table(&props.proof, &found.rows, *drawn) }
                if found.rows.len() > *drawn {
                    <p class="more">
                        <span class="muted num">{ format!("{} of {} shown, all are in the sum", count(*drawn), count(found.rows.len())) }</span>
                        <Button label="Show more" on_press={more} />
                    </p>
                }
            </div>
        },
    };
    let foot = state
        .ready()
        .filter(|found| !found.rows.is_empty())
        .map(|found| verdict(&props.proof, found, *is_fetching, &fetch_all));
    html! {
        <Dialog title={props.proof.title()} size={DialogSize::Large} closing={DialogClosing::ByBackdrop} on_close={props.on_close.clone()} {foot}>
            if let Some(note) = props.proof.note() { <p class="muted">{ note }</p> }
            { content }
        </Dialog>
    }
}

fn failed(error: &Error, retry: &Callback<()>) -> Html {
    html! { <div class="panel"><FailedState error={error.clone()} on_retry={retry.clone()} /></div> }
}

fn count(number: usize) -> String {
    format::count(u64::try_from(number).unwrap_or(u64::MAX))
}

fn table(proof: &Proof, rows: &[Row], drawn: usize) -> Html {
    let [who, first, second, amount] = proof.columns();
    let (currency, tab) = (proof.currency(), proof.tab());
    html! {
        <div class="panel">
            <table class="dtable dtable--tight basis" aria-label={proof.title()}>
                <thead><tr>
                    <th scope="col">{ who }</th>
                    <th scope="col" class="opt">{ first }</th>
                    <th scope="col" class="n opt">{ second }</th>
                    <th scope="col" class="n">{ amount }</th>
                </tr></thead>
                <tbody>
                    { for rows.iter().take(drawn).enumerate().map(|(number, row)| {
                        let [one, two] = &row.cells;
                        html! {
                            <tr key={number}>
                                <td>
                                    if let Some(customer) = row.customer {
                                        <a class="link" href={Route::Customers(Some((customer, tab))).href()} onclick={|_| route::come_back_to(Route::Statistics)}><bdi>{ &row.name }</bdi></a>
                                    } else {
                                        <span>{ &row.name }</span>
                                    }
                                    <small><span class="only-phone">{ format!("{one} · {two}") }</span></small>
                                </td>
                                <td class="opt"><span class="secondary">{ one }</span></td>
                                <td class="n opt"><span class="secondary">{ two }</span></td>
                                <td class="n"><span class="money">{ format::money(Money::new(row.amount, currency)) }</span></td>
                            </tr>
                        }
                    }) }
                </tbody>
            </table>
        </div>
    }
}

/// Whether the rows sum to the figure.
fn sum(rows: &[Row]) -> i64 {
    rows.iter().map(|row| row.amount).sum()
}

fn verdict(proof: &Proof, found: &Rows, is_fetching: bool, fetch_all: &Callback<()>) -> Html {
    let (figure, sum) = (proof.figure(), sum(&found.rows));
    let noun = if found.rows.len() == 1 { "row" } else { "rows" };
    let (icon, words) = if found.rest > 0 {
        let all = proof.count().map_or_else(
            || format!("come to {}", format::money(figure)),
            |count| format!("are {}", format::count(count)),
        );
        let words = format!("{} more, not fetched: all {all}", format::count(found.rest));
        (Icon::Info.drawn("icon"), words)
    } else if let Some(count) = proof.count() {
        if u64::try_from(found.rows.len()) == Ok(count) {
            (
                Icon::CheckCircle.drawn("icon tone-positive"),
                "As many rows as the figure says".to_owned(),
            )
        } else {
            let words = format!("The figure says {}; something changed meanwhile", format::count(count));
            (Icon::Alert.drawn("icon tone-warning"), words)
        }
    } else if sum == figure.amount {
        (
            Icon::CheckCircle.drawn("icon tone-positive"),
            "Sums to the figure exactly".to_owned(),
        )
    } else {
        let words = format!("The figure says {}; something changed meanwhile", format::money(figure));
        (Icon::Alert.drawn("icon tone-warning"), words)
    };
    let busy = is_fetching.then_some(AttrValue::Static("Fetching…"));
    html! {
        <>
            <span class="dialog__note">{ icon }<span>{ words }</span></span>
            if found.rest > 0 { <Button label="Fetch all" {busy} on_press={fetch_all.clone()} /> }
            <span class="spacer"></span>
            <span class="basis__sum"><span class="muted">{ format!("{} {noun}", count(found.rows.len())) }</span><strong class="money data">{ format::money(Money::new(sum, figure.currency)) }</strong></span>
        </>
    }
}
