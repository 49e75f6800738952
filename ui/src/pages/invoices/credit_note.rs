//! A credit note, as it prints.

use contract::{CreditNoteId, credit_note::GetCreditNote, document::Document, words};
use yew::prelude::*;

use super::paper::{self, Sums};
use crate::{
    components::{Badge, Button, Dialog, DialogClosing, DialogSize, Dot, FailedState, SkeletonRows, Tone},
    format,
    hooks::{Query, use_query, use_unique_id},
    pages::documents::DocumentButtons,
};

/// A credit note.
#[derive(Properties, PartialEq)]
pub struct CreditNoteDialogProps {
    /// Which.
    pub id: CreditNoteId,
    /// Takes the dialog away.
    pub on_close: Callback<()>,
}

/// A credit note, as it prints. It is final, so there is nothing to do with it.
#[component]
pub fn CreditNoteDialog(props: &CreditNoteDialogProps) -> Html {
    let id = use_unique_id();
    let details = use_query(GetCreditNote { id: props.id });
    let (title, content) = match &details.state {
        Query::Loading => (
            html! { "Credit note" },
            html! { <div class="tabpanel"><div class="panel"><SkeletonRows label="Loading the credit note" rows={6} /></div></div> },
        ),
        Query::Failed(error) => (
            html! { "Credit note" },
            html! { <div class="tabpanel"><div class="panel"><FailedState error={error.clone()} on_retry={details.reload.clone()} on_close={Some(props.on_close.clone())} /></div></div> },
        ),
        Query::Ready(details) => {
            let note = &details.credit_note;
            let currency = note.total.currency;
            let sums = Sums {
                net: note.net,
                taxes: details.taxes.clone(),
                rounding: details.rounding,
                total: note.total,
            };
            let days = [
                ("Issued", format::date(note.issued_on)),
                ("Credits", note.invoice_number.clone()),
                ("Reason", words::credit_reason(note.reason).to_owned()),
            ];
            let content = html! {
                <div class="invoice__desk" role="region" aria-label="Document" tabindex="0"><div class="stack">
                    <article class="paper" aria-label="Credit note document">
                        { paper::top("Credit note", Some(&note.number), &days) }
                        { paper::parties(&details.seller, &details.buyer) }
                        { paper::lines(&details.lines, currency) }
                        { paper::sums(&paper::of_sums(&sums)) }
                    </article>
                </div></div>
            };
            (
                html! { <>{ "Credit note " }<span class="mono">{ note.number.clone() }</span></> },
                content,
            )
        }
    };
    let head = html! {
        <div class="who__name">
            <h2 class="dialog__title" id={format!("{id}-title")}>{ title }</h2>
            <Badge label="Final" tone={Tone::Neutral} dot={Dot::Filled} />
        </div>
    };
    let close = props.on_close.clone();
    let foot = html! {
        <>
            if details.state.ready().is_some() { <DocumentButtons document={Document::CreditNote { id: props.id }} /> }
            <span class="spacer"></span>
            <Button label="Close" on_press={close} />
        </>
    };
    html! {
        <Dialog title="Credit note" size={DialogSize::Large} closing={DialogClosing::ByBackdrop} {id} head={Some(head)} {foot} is_bare={true} on_close={props.on_close.clone()}>
            { content }
        </Dialog>
    }
}
