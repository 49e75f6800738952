//! The dialog with the list that proves a figure.

use std::rc::Rc;

use contract::{Error, Money};
use yew::prelude::*;

use super::{
    Proof,
    load::{Row, rows},
};
use crate::{
    components::{Button, Dialog, DialogClosing, DialogSize, EmptyState, FailedState, Icon, SkeletonRows},
    format,
    hooks::Query,
    route::Route,
};

/// Rows that are drawn at a time.
const DRAWN: usize = 100;

/// The list that proves a figure.
#[derive(Properties, PartialEq)]
pub struct ProofDialogProps {
    /// The figure.
    pub proof: Proof,
    /// Takes the dialog away.
    pub on_close: Callback<()>,
}

/// The list that proves a figure. Every row is summed, also those that are not drawn yet. Needs a key of the proof.
#[component]
pub fn ProofDialog(props: &ProofDialogProps) -> Html {
    let state = use_state(|| Query::Loading);
    let attempt = use_state_eq(|| 0_u32);
    let drawn = use_state_eq(|| DRAWN);
    {
        let (state, proof) = (state.setter(), props.proof.clone());
        use_effect_with(*attempt, move |_| {
            wasm_bindgen_futures::spawn_local(async move {
                state.set(match rows(proof).await {
                    Ok(rows) => Query::Ready(Rc::new(rows)),
                    Err(error) => Query::Failed(error),
                });
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
    let content = match &*state {
        Query::Loading => html! { <div class="panel"><SkeletonRows label="Loading the list" /></div> },
        Query::Failed(error) => failed(error, &retry),
        Query::Ready(rows) if rows.is_empty() => html! {
            <div class="panel"><EmptyState icon={Icon::Chart} title="Nothing makes up this figure" text="It is zero, so no record counts for it." /></div>
        },
        Query::Ready(rows) => html! {
            <div class="stack">
                { table(&props.proof, rows, *drawn) }
                if rows.len() > *drawn {
                    <p class="more">
                        <span class="muted num">{ format!("{} of {} shown, all are in the sum", count(*drawn), count(rows.len())) }</span>
                        <Button label="Show more" on_press={more} />
                    </p>
                }
            </div>
        },
    };
    let foot = state
        .ready()
        .filter(|rows| !rows.is_empty())
        .map(|rows| verdict(&props.proof, rows));
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
    let [first, second, amount] = proof.columns();
    let (currency, tab) = (proof.currency(), proof.tab());
    html! {
        <div class="panel">
            <table class="dtable dtable--tight basis" aria-label={proof.title()}>
                <thead><tr>
                    <th scope="col">{ "Customer" }</th>
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
                                    <a class="link" href={Route::Customers(Some((row.customer, tab))).href()}><bdi>{ &row.name }</bdi></a>
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

fn verdict(proof: &Proof, rows: &[Row]) -> Html {
    let (figure, sum) = (proof.figure(), sum(rows));
    let noun = if rows.len() == 1 { "row" } else { "rows" };
    let (icon, words) = if sum == figure.amount {
        (
            Icon::CheckCircle.drawn("icon tone-positive"),
            "Sums to the figure, to the last cent".to_owned(),
        )
    } else {
        let words = format!("The figure says {}; something changed meanwhile", format::money(figure));
        (Icon::Alert.drawn("icon tone-warning"), words)
    };
    html! {
        <>
            <span class="dialog__note">{ icon }<span>{ words }</span></span>
            <span class="spacer"></span>
            <span class="basis__sum"><span class="muted">{ format!("{} {noun}", count(rows.len())) }</span><strong class="money data">{ format::money(Money::new(sum, figure.currency)) }</strong></span>
        </>
    }
}
