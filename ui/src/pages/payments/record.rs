//! The form that records a received payment, in place.

use std::rc::Rc;

use contract::{
    Currency, Error, FieldError,
    invoice::{Invoice, InvoiceStatus, ListInvoices},
    payment::{PaymentMethod, RecordPayment},
};
use web_sys::KeyboardEvent;
use yew::prelude::*;

pub use super::record_form::Payer;
use super::{
    pays,
    record_form::{MOST_PARTS, begin, in_currency, part_field, read, says, shown, suggested},
};
use crate::{
    components::{
        Button, ButtonKind, ButtonRole, DateField, DraftNote, Icon, MoneyField, Notice, SelectField, SelectOption, TextField, Tone,
        focus_first_invalid,
    },
    format,
    hooks::{
        DraftHandle, Query, Rows, Submission, Toast, use_draft, use_formats, use_mutation, use_now, use_submission, use_submit, use_toasts,
        use_unique_id, use_whole_list,
    },
    pages::{customers::details::status, invoices::unsettled, lists::stale},
};

/// Fields of open invoices that are shown at first, and that many more each time more are wanted.
const FIELDS: usize = 50;

/// Recording a payment.
#[derive(Properties, PartialEq)]
pub struct RecordPaymentFormProps {
    /// Who pays, and for what.
    pub payer: Payer,
    /// It was recorded, or not.
    pub on_close: Callback<()>,
}

/// Recording a payment: of one invoice, of those that are due first, or in parts that are chosen.
#[component]
pub fn RecordPaymentForm(props: &RecordPaymentFormProps) -> Html {
    let title_id = use_unique_id();
    let payer = &props.payer;
    let formats = use_formats();
    let today = formats.day_of(use_now());
    // All of them, as the one that is due first may be the first that was made; where only one is paid, no others.
    let of_status = |status| ListInvoices {
        customer_id: Some(payer.customer_id),
        search: payer.only.as_ref().and_then(|invoice| invoice.number.clone()),
        status: Some(status),
        ..ListInvoices::default()
    };
    let listed = use_whole_list(of_status(InvoiceStatus::Open));
    // Late money may be for one that nobody expects any more.
    let given_up = use_whole_list(of_status(InvoiceStatus::Uncollectible));
    let wanted = use_state_eq(|| FIELDS);
    let record = use_mutation::<RecordPayment>();
    let toasts = use_toasts();
    let draft = use_draft(payer.draft_name(), || begin(payer, formats.currency, today));
    let currency = Currency::parse(draft.get("amount.currency")).unwrap_or(formats.currency);
    let known = listed.state.ready().cloned().zip(given_up.state.ready().cloned());
    let open = known.as_ref().map(|known| payable(known, currency)).unwrap_or_default();
    let mut currencies = payer.choices(formats.currency);
    if payer.only.is_none() {
        let given_up = given_up.state.ready().map(|rows| rows.items.as_slice());
        pays::add_currencies(&mut currencies, given_up.unwrap_or_default());
    }
    // A field that was shown stays, also when it is emptied to type something else.
    let seen = shown(&draft, &open, *wanted);
    {
        let (known, wanted) = (*wanted, wanted.setter());
        use_effect_with((seen, known), move |(seen, known)| {
            if seen > known {
                wanted.set(*seen);
            }
        });
    }
    let typed = read(&draft, payer, currency, today, &open);
    let problems = typed.as_ref().err().cloned().unwrap_or_default();
    // A split that was begun earlier pays nothing while nobody knows what there is to pay.
    let waits = payer.only.is_none() && draft.is_on("split") && known.is_none();
    let on_submit = {
        let (draft, record, toasts, on_close) = (draft.clone(), record.clone(), toasts, props.on_close.clone());
        let typed = typed.clone();
        Callback::from(move |()| {
            if waits {
                return;
            }
            draft.submit();
            let Ok(request) = typed.clone() else { return focus_first_invalid() };
            let (draft, toasts, on_close) = (draft.clone(), toasts.clone(), on_close.clone());
            record.run_with(request, move |answer| match answer {
                Ok(payment) => {
                    draft.saved();
                    toasts.show(
                        Toast::done(format!(
                            "{} recorded. {}",
                            format::money(payment.amount),
                            pays::of_payment(&payment)
                        ))
                        .icon(Icon::Card),
                    );
                    on_close.emit(());
                }
                Err(error) => {
                    draft.refuse(&error);
                    focus_first_invalid();
                }
            });
        })
    };
    let Submission { submit, onsubmit } = use_submission(on_submit);
    let onkeydown = {
        let on_close = props.on_close.clone();
        Callback::from(move |event: KeyboardEvent| match event.key().as_str() {
            "Escape" => {
                // Esc leaves one level: the form, not the customer.
                event.prevent_default();
                event.stop_propagation();
                on_close.emit(());
            }
            "Enter" if event.ctrl_key() || event.meta_key() => {
                event.prevent_default();
                event.stop_propagation();
                submit.emit(());
            }
            _ => {}
        })
    };
    let is_known = known.is_some() || payer.only.is_some();
    let said = typed.as_ref().ok().filter(|_| is_known).map(|request| says(request, &open, payer));
    // Without them nothing can be split, and what is paid is not foreseen.
    let unknown = [&listed, &given_up].into_iter().find_map(|list| match &list.state {
        Query::Failed(error) if payer.only.is_none() => Some((error, &list.reload)),
        _ => None,
    });
    let can_split = payer.only.is_none() && !open.is_empty();
    let is_split = can_split && draft.is_on("split");
    let left_out = pays::left_out(&open).filter(|_| can_split && !is_split);
    let on_split = {
        let (draft, known) = (draft.clone(), known.clone());
        Callback::from(move |()| {
            let mut values = Vec::new();
            if let Some(known) = known.as_ref().filter(|_| !is_split) {
                let amount = format::parse_money(draft.get("amount.amount"), currency);
                values = suggested(&draft, amount, &payable(known, currency));
            }
            values.push(("split", crate::hooks::switch(!is_split)));
            draft.put(values);
        })
    };
    // The parts are suggested for the amount that is typed.
    let on_split = use_submit(on_split);
    let on_currency = {
        let draft = draft.clone();
        Callback::from(move |code: String| draft.put(in_currency(code)))
    };
    let label = typed.as_ref().map_or_else(
        |_| "Record payment".to_owned(),
        |request| format!("Record {}", format::money(request.amount)),
    );
    let methods: Vec<SelectOption> = PaymentMethod::ALL
        .iter()
        .map(|method| SelectOption::new(method.as_str(), status::method(*method)))
        .collect();
    let codes: Vec<SelectOption> = currencies
        .iter()
        .map(|currency| SelectOption::new(currency.code().to_owned(), currency.code().to_owned()))
        .collect();
    let on_cancel = props.on_close.clone();
    html! {
        <form class="panel record" aria-labelledby={title_id.clone()} novalidate={true} {onsubmit} {onkeydown}>
            <div class={classes!("record__grid", (currencies.len() > 1).then_some("record__grid--5"))}>
                <p class="panel__title" id={title_id}>{ "Record payment" }</p>
                <Focused><MoneyField label="Amount" name="amount.amount" autofocus={true} value={draft.get("amount.amount").to_owned()} {currency} error={draft.error("amount.amount", &problems)} on_input={draft.typed("amount.amount")} on_leave={draft.left("amount.amount")} /></Focused>
                if currencies.len() > 1 {
                    <SelectField label="Currency" name="amount.currency" value={currency.code().to_owned()} options={Rc::from(codes)} on_change={on_currency} />
                }
                <DateField label="Received on" name="received_on" value={draft.get("received_on").to_owned()} error={draft.error("received_on", &problems)} on_input={draft.typed("received_on")} on_leave={draft.left("received_on")} />
                <SelectField label="Method" name="method" value={draft.get("method").to_owned()} options={Rc::from(methods)} on_change={draft.typed("method")} />
                <TextField label="Reference" name="reference" hint="optional" value={draft.get("reference").to_owned()} error={draft.error("reference", &problems)} on_input={draft.typed("reference")} on_leave={draft.left("reference")} />
            </div>
            <p class="field__help">{ "What is recorded stays in the book: a wrong amount is refunded, and from a wrong invoice it is taken off." }</p>
            if is_split { { parts(&draft, &problems, currency, &open, &wanted) } }
            if let Some(words) = left_out { <p class="field__help">{ words }</p> }
            if let Some((error, reload)) = unknown { <div class="record__error">{ stale(error, reload) }</div> }
            if let Some(error) = record.error.as_ref().filter(|error| !is_said(error)) { <div class="record__error">{ Notice::of_error(error, Tone::Danger) }</div> }
            <div class="record__foot">
                <p role="status">if let Some(said) = said { { Icon::Receipt.view() }<span>{ said }</span> }</p>
                if can_split { <Button label={if is_split { "Do not split" } else { "Split…" }} kind={ButtonKind::Link} on_press={on_split} /> }
                <span class="spacer"></span>
                if draft.is_restored() { <DraftNote on_start_over={draft.start_over()} /> }
                <Button label="Cancel" on_press={on_cancel} />
                <Button {label} kind={ButtonKind::Primary} role={ButtonRole::Submit} kbd="Ctrl ↵" busy={record.is_busy.then_some(AttrValue::Static("Recording…"))} unavailable={waits.then_some(AttrValue::Static("The open invoices are not known yet."))} />
            </div>
        </form>
    }
}

/// Puts the focus on the first field inside when it appears.
#[component]
fn Focused(props: &yew::html::ChildrenProps) -> Html {
    let node = use_node_ref();
    {
        let node = node.clone();
        use_effect_with((), move |()| {
            use wasm_bindgen::JsCast;
            let field = node
                .cast::<web_sys::Element>()
                .and_then(|element| element.query_selector("input").ok().flatten())
                .and_then(|field| field.dyn_into::<web_sys::HtmlInputElement>().ok());
            if let Some(field) = field {
                // A field can take the focus; its content is selected, so that typing replaces it.
                let _ = field.focus();
                field.select();
            }
        });
    }
    html! { <div class="contents" ref={node}>{ props.children.clone() }</div> }
}

/// Whether a refusal is said at a field.
fn is_said(error: &Error) -> bool {
    let shown = ["amount.amount", "received_on", "reference"];
    matches!(error, Error::Invalid { fields } if fields.iter().all(|field| shown.contains(&field.field.as_str())))
}

/// What a payment can pay, of the open invoices and of those that were given up.
fn payable((open, given_up): &(Rc<Rows<Invoice>>, Rc<Rows<Invoice>>), currency: Currency) -> Vec<&Invoice> {
    pays::payable(open.items.iter().chain(&given_up.items), currency)
}

/// A field for each invoice that can be paid, the one due first first and those that were given up last, and a way to those that are
/// not shown yet.
fn parts(draft: &DraftHandle, problems: &[FieldError], currency: Currency, open: &[&Invoice], wanted: &UseStateHandle<usize>) -> Html {
    let row = |invoice: &&Invoice| {
        let name = part_field(invoice.id);
        let due = invoice.due_on.map(|due| format!(", due {}", format::date(due))).unwrap_or_default();
        let state = if pays::is_given_up(invoice) { "given up" } else { "open" };
        html! {
            <MoneyField
                key={invoice.id.to_string()}
                label={invoice.number.clone().unwrap_or_default()}
                {name}
                {currency}
                help={Some(AttrValue::from(format!("{} {state}{due}", format::money(unsettled(invoice)))))}
                value={draft.get(name).to_owned()}
                error={draft.error(name, problems)}
                on_input={draft.typed(name)}
                on_leave={draft.left(name)}
            />
        }
    };
    let shown = shown(draft, open, **wanted);
    let noun = if open.iter().any(|invoice| pays::is_given_up(invoice)) {
        "invoices"
    } else {
        "open invoices"
    };
    let on_more = {
        let wanted = wanted.setter();
        Callback::from(move |()| wanted.set(shown + FIELDS))
    };
    html! {
        <>
            <fieldset class="record__parts">
                <legend class="sr-only">{ "What it pays" }</legend>
                { for open.iter().take(shown).map(row) }
            </fieldset>
            if open.len() > MOST_PARTS {
                <p class="field__help">{ format!("A payment is split among at most {MOST_PARTS} invoices. Without a split it pays as many as it covers, and each can be paid from the invoice itself.") }</p>
            }
            if shown < open.len() {
                <p class="more record__more">
                    <span class="muted num">{ format!("{} of {} {noun} shown", counted(shown), counted(open.len())) }</span>
                    <Button label="Show more" on_press={on_more} />
                </p>
            }
        </>
    }
}

fn counted(number: usize) -> String {
    format::count(u64::try_from(number).unwrap_or(u64::MAX))
}
