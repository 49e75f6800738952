//! Credits an invoice: all that is left of it, or parts of its lines.

use std::{collections::BTreeMap, rc::Rc};

use contract::{
    CreditNoteId, Error, Money,
    credit_note::{CreditInvoice, CreditReason, GetCreditNote},
    invoice::InvoiceDetails,
    words,
};
use yew::prelude::*;

use super::credit_form::{self, ALL, PARTS, net_field};
use crate::{
    components::{
        Button, ButtonKind, ButtonRole, DateField, Dialog, DraftNote, FailedState, Icon, MoneyField, Notice, Segmented, SegmentedOption,
        SelectField, SelectOption, SkeletonRows, Tone, focus_first_invalid,
    },
    format,
    hooks::{DraftHandle, Query, Toast, use_draft, use_formats, use_mutation, use_now, use_toasts},
    ipc,
    pages::conflict::changed_since,
};

/// Credits an invoice.
#[derive(Properties, PartialEq)]
pub struct CreditDialogProps {
    /// The invoice.
    pub details: Rc<InvoiceDetails>,
    /// Done, or not.
    pub on_close: Callback<()>,
}

/// Credits an invoice: all that is left of it, or parts of its lines.
#[component]
pub fn CreditDialog(props: &CreditDialogProps) -> Html {
    let today = use_formats().day_of(use_now());
    let credit = use_mutation::<CreditInvoice>();
    let toasts = use_toasts();
    // Only what was shown is credited, as a credit note is final: of an invoice that somebody changes meanwhile less may be left.
    let details = use_state_eq(|| props.details.clone());
    let details = &*details;
    let invoice = &details.invoice;
    let number = invoice.number.clone().unwrap_or_default();
    let (credited, on_retry) = use_credited(details);
    let draft = use_draft(format!("credit note {}", invoice.id), || credit_form::begin(today));
    let left = credited
        .ready()
        .map(|credited| credit_form::left(&details.lines, credited))
        .unwrap_or_default();
    let typed = credit_form::read(&draft, details, &left, today);
    let problems = typed.as_ref().err().cloned().unwrap_or_default();
    let on_submit = {
        let (draft, credit, on_close) = (draft.clone(), credit.clone(), props.on_close.clone());
        let typed = typed.clone();
        Callback::from(move |()| {
            draft.submit();
            let Ok(request) = typed.clone() else { return focus_first_invalid() };
            let (draft, toasts, on_close) = (draft.clone(), toasts.clone(), on_close.clone());
            credit.run_with(request, move |answer| match answer {
                Ok(note) => {
                    draft.saved();
                    toasts.show(Toast::done(format!("{} credits {}", note.number, format::money(note.total))).icon(Icon::Receipt));
                    on_close.emit(());
                }
                Err(error) => {
                    draft.refuse(&error);
                    focus_first_invalid();
                }
            });
        })
    };
    let on_cancel = props.on_close.clone();
    let foot = html! {
        <>
            if draft.is_restored() { <DraftNote on_start_over={draft.start_over()} /> }
            <span class="spacer"></span>
            <Button label="Cancel" on_press={on_cancel} />
            <Button label="Issue credit note" kind={ButtonKind::Primary} role={ButtonRole::Submit} kbd="Ctrl ↵" busy={credit.is_busy.then_some(AttrValue::Static("Issuing…"))} />
        </>
    };
    let rest = Money::new(invoice.total.amount - invoice.credited.amount, invoice.total.currency);
    let on_mode = {
        let typed = draft.typed("mode");
        Callback::from(move |value: AttrValue| typed.emit(value.to_string()))
    };
    let reasons: Vec<SelectOption> = CreditReason::ALL
        .iter()
        .map(|reason| SelectOption::new(reason.as_str(), words::credit_reason(*reason)))
        .collect();
    let is_parts = draft.get("mode") == PARTS;
    let content = match &credited {
        Query::Loading => html! { <SkeletonRows label="Loading what was credited" rows={2} /> },
        Query::Failed(error) => html! { <FailedState error={error.clone()} {on_retry} on_close={Some(props.on_close.clone())} /> },
        Query::Ready(_) if is_parts => parts(details, &left, &draft, &problems),
        Query::Ready(_) => {
            html! { <p class="secondary">{ format!("All that is left is credited: {} with tax.", format::money(rest)) }</p> }
        }
    };
    html! {
        <Dialog title={format!("Credit {number}")} {foot} {on_submit} on_close={props.on_close.clone()}>
            { refusal(credit.error.as_ref(), &props.on_close) }
            <Segmented label="What is credited" options={vec![SegmentedOption::new(ALL, "All that is left"), SegmentedOption::new(PARTS, "Parts of lines")]} value={draft.get("mode").to_owned()} is_wide={true} on_change={on_mode} />
            <div class="stack">{ content }</div>
            <div class="field-grid">
                <SelectField label="Reason" name="reason" value={draft.get("reason").to_owned()} options={Rc::from(reasons)} on_change={draft.typed("reason")} />
                <DateField label="Issued on" name="issued_on" value={draft.get("issued_on").to_owned()} error={draft.error("issued_on", &problems)} on_input={draft.typed("issued_on")} on_leave={draft.left("issued_on")} />
            </div>
            <p class="field__help">{ "A credit note is final: it gets a number of its own and cannot be taken back. What was paid beyond the rest becomes credit of the customer." }</p>
        </Dialog>
    }
}

/// A field for each line of which something is left.
fn parts(details: &InvoiceDetails, left: &[(u32, i64)], draft: &DraftHandle, problems: &[contract::FieldError]) -> Html {
    let currency = details.invoice.total.currency;
    let money = |amount| format::money(Money::new(amount, currency));
    let net = credit_form::net_of_parts(draft, left, details);
    let row = |(position, most): &(u32, i64)| {
        let name = net_field(*position);
        let text = details
            .lines
            .iter()
            .find(|line| line.position == *position)
            .map(|line| match line.period_start.zip(line.period_end) {
                // The same plan can be billed for several times.
                Some((first, end)) => format!("{}, {}", line.text, format::days(first, end)),
                None => line.text.clone(),
            });
        html! {
            <MoneyField
                key={name}
                label={text.unwrap_or_default()}
                {name}
                {currency}
                hint={Some(AttrValue::from(format!("{} left", money(*most))))}
                value={draft.get(name).to_owned()}
                error={draft.error(name, problems)}
                on_input={draft.typed(name)}
                on_leave={draft.left(name)}
            />
        }
    };
    let is_missing = draft.error("lines", problems).is_some();
    html! {
        <>
            <p class="field__help">{ "Net amounts, without tax; a line left empty is not credited." }</p>
            <div class="stack">{ for left.iter().map(row) }</div>
            if is_missing {
                <p class="field__error" role="alert">{ Icon::AlertCircle.small() }<span>{ "Enter an amount for at least one line." }</span></p>
            } else {
                <p class="secondary">{ "Credited: " }<span class="money medium">{ format::money(net) }</span>{ " and the tax on it." }</p>
            }
        </>
    }
}

/// What is said above the fields: everything that no field says.
fn refusal(error: Option<&Error>, on_look: &Callback<()>) -> Html {
    match error {
        None => html! {},
        Some(Error::Invalid { fields }) if fields.iter().all(|field| field.field == "issued_on") => html! {},
        Some(error) => changed_since(error, "Nothing was credited.", "Look at the invoice", on_look)
            .unwrap_or_else(|| Notice::of_error(error, Tone::Danger)),
    }
}

/// How much of each line was credited so far, by its position, and how to ask again.
#[hook]
fn use_credited(details: &Rc<InvoiceDetails>) -> (Query<BTreeMap<u32, i64>>, Callback<()>) {
    let state = use_state(|| Query::Loading);
    let attempt = use_state_eq(|| 0_u32);
    let ids: Vec<CreditNoteId> = details.credit_notes.iter().map(|note| note.id).collect();
    {
        let state = state.setter();
        use_effect_with((ids, *attempt), move |(ids, _)| {
            let ids = ids.clone();
            state.set(Query::Loading);
            wasm_bindgen_futures::spawn_local(async move {
                let mut credited: BTreeMap<u32, i64> = BTreeMap::new();
                for id in ids {
                    match ipc::call(GetCreditNote { id }).await {
                        Ok(note) => {
                            for line in note.lines {
                                *credited.entry(line.position).or_default() += line.net;
                            }
                        }
                        Err(error) => return state.set(Query::Failed(error)),
                    }
                }
                state.set(Query::Ready(Rc::new(credited)));
            });
        });
    }
    let next = attempt.wrapping_add(1);
    let attempt = attempt.setter();
    ((*state).clone(), Callback::from(move |()| attempt.set(next)))
}
