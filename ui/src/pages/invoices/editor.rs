//! A draft, edited where it will print.

use std::rc::Rc;

use contract::{
    Currency, Error, FieldError, InvoiceId,
    document::Document,
    invoice::{CreateInvoice, DeleteInvoice, Invoice, InvoiceDetails, UpdateInvoice},
};
use serde_json::Value;
use yew::prelude::*;

use super::{
    delete::DeleteDraft,
    finalize::Finalize,
    form::{self, Tax, Typed},
    line_editor,
    paper::{self, Sums},
    side,
};
use crate::{
    components::{
        Badge, Button, ButtonKind, ButtonRole, Dialog, DialogSize, Dot, DraftNote, Icon, Notice, SelectField, SelectOption, SwitchField,
        TextField, Tone, focus_first_invalid,
    },
    format,
    hooks::{DraftHandle, Toast, Toasts, use_book_changes, use_draft, use_mutation, use_query, use_submit, use_toasts, use_unique_id},
    pages::{
        conflict::{self, use_merging_but},
        customers::undo::Undoing,
        documents::DocumentButtons,
        lists::stale,
    },
};

/// A draft, or an invoice that is to become one.
#[derive(Properties, PartialEq)]
pub struct EditorProps {
    /// As it is; of version 0 if it was never saved.
    pub details: Rc<InvoiceDetails>,
    /// How new lines are taxed.
    pub tax: Tax,
    /// Days to pay it.
    pub payment_days: u32,
    /// Whether the question before it becomes final is open from the start.
    #[prop_or_default]
    pub begins_finalizing: bool,
    /// It was saved for the first time, and whether it is to become final at once.
    #[prop_or_default]
    pub on_created: Callback<(InvoiceId, bool)>,
    /// That it was saved for the first time was taken back.
    #[prop_or_default]
    pub on_undone: Callback<InvoiceId>,
    /// The newest values are wanted.
    #[prop_or_default]
    pub on_reload: Callback<()>,
    /// Why the newest values could not be read.
    #[prop_or_default]
    pub stale: Option<Error>,
    /// Takes the dialog away.
    pub on_close: Callback<()>,
}

/// A draft, edited where it will print.
#[component]
pub fn Editor(props: &EditorProps) -> Html {
    let id = use_unique_id();
    let create = use_mutation::<CreateInvoice>();
    let update = use_merging_but::<UpdateInvoice>(&["net", "tax", "total"]);
    let toasts = use_toasts();
    let undoing = Undoing::new(toasts.clone(), use_book_changes());
    // As it was read, until newer values are wanted or are the own ones: a save over those of another is refused first.
    let base = use_state_eq(|| props.details.clone());
    let known = (*base).clone();
    let is_new = known.invoice.version == 0;
    let of_book = props.details.invoice.total.currency;
    let tax = props.tax;
    let of = if is_new {
        format!("new invoice {}", known.invoice.customer_id)
    } else {
        format!("invoice {}", known.invoice.id)
    };
    let draft = use_draft(of, || form::begin(&props.details, tax));
    let is_finalizing = use_state_eq(|| props.begins_finalizing);
    let is_deleting = use_state_eq(|| false);
    let is_reloading = use_state_eq(|| false);
    // The version that was saved here, until it is read, and whether it is to become final then: what is asked about is what was read.
    let own = use_state_eq(|| None::<(u32, bool)>);
    {
        let (base, draft, is_reloading, update) = (base.clone(), draft.clone(), is_reloading.clone(), update.clone());
        let (saved, is_finalizing) = (own.setter(), is_finalizing.setter());
        use_effect_with((props.details.clone(), *is_reloading, *own), move |(newest, wants, own)| {
            let version = newest.invoice.version;
            match own.filter(|(own, _)| *own <= version) {
                Some((own, finalize)) => {
                    // What was typed and given up for what another has saved meanwhile is not typed any more.
                    draft.renew(form::begin(newest, tax));
                    saved.set(None);
                    is_finalizing.set(finalize && own == version);
                }
                None if version != base.invoice.version && (*wants || !draft.is_changed()) => draft.rebase(form::begin(newest, tax)),
                None => return,
            }
            base.set(newest.clone());
            is_reloading.set(false);
            update.forget_error();
        });
    }
    let currency = Currency::parse(draft.get("currency")).filter(|_| is_new).unwrap_or(of_book);
    let before = form::read(&form::begin(&known, tax), currency);
    let typed = form::read(&draft, currency);
    let problems = typed.problems_since(&before);
    let preview = use_query(typed.preview(currency));
    let is_as_read = typed.is_same_sum(&before) && !is_new;
    let sums = if is_as_read {
        Some(Sums::from(&*known))
    } else {
        preview.state.ready().map(|preview| Sums::from(&**preview))
    };
    let nets = nets(&known, &typed, is_as_read, preview.state.ready().map(AsRef::as_ref));
    let save = {
        let (draft, create, update, on_created) = (draft.clone(), create.clone(), update.clone(), props.on_created.clone());
        let (typed, before, known, problems) = (typed.clone(), before, known.clone(), problems.clone());
        let (own, on_undone) = (own.setter(), props.on_undone.clone());
        Callback::from(move |finalize: bool| {
            // What is typed while a save is under way is not part of it.
            if create.is_busy || update.is_busy {
                return;
            }
            draft.submit();
            if !problems.is_empty() {
                return focus_first_invalid();
            }
            let (draft, toasts) = (draft.clone(), toasts.clone());
            let refused = {
                let draft = draft.clone();
                move |error: &Error| {
                    draft.refuse(error);
                    focus_first_invalid();
                }
            };
            if known.invoice.version == 0 {
                let (on_created, on_undone, undoing) = (on_created.clone(), on_undone.clone(), undoing.clone());
                return create.run_with(typed.creation(known.invoice.customer_id, currency), move |answer| match answer {
                    Ok(made) => {
                        draft.saved();
                        toasts.show(first_saved(&made, finalize, &toasts, &undoing, &on_undone));
                        on_created.emit((made.id, finalize));
                    }
                    Err(error) => refused(&error),
                });
            }
            let (own, undoing, earlier) = (own.clone(), undoing.clone(), before.clone());
            update.merge_with(typed.changes(&known, &before), move |answer, is_merged| match answer {
                Ok(saved) => {
                    own.set(Some((saved.version, finalize && !is_merged)));
                    if is_merged {
                        // Nobody has seen yet what it is now, so it is not made final, and not taken back to what one of the two saw.
                        toasts.show(Toast::done("Draft saved with what was changed meanwhile").icon(Icon::Receipt));
                        return;
                    }
                    let (undoing, back) = (undoing.clone(), earlier.again(saved.id, saved.version));
                    let toast = Toast::done("Draft saved").icon(Icon::Receipt);
                    toasts.show(toast.undo(move |()| undoing.run(back.clone(), |_| {})));
                }
                Err(error) => refused(&error),
            });
        })
    };
    let is_same = !is_new && !draft.is_changed();
    let on_submit = {
        let save = save.clone();
        Callback::from(move |()| {
            // As the button says; but here the last letter is rendered for certain.
            if !is_same {
                save.emit(false);
            }
        })
    };
    let on_finalize = {
        let (draft, is_changed, finalizing) = (draft.clone(), draft.is_changed() || is_new, is_finalizing.setter());
        let is_empty = form::count(&draft) == 0;
        Callback::from(move |()| match (is_empty, is_changed) {
            (true, _) => draft.submit(),
            (false, true) => save.emit(true),
            (false, false) => finalizing.set(true),
        })
    };
    let on_finalize = use_submit(on_finalize);
    let on_reload = {
        let (is_reloading, on_reload) = (is_reloading.setter(), props.on_reload.clone());
        Callback::from(move |()| {
            is_reloading.set(true);
            on_reload.emit(());
        })
    };
    let set = |slot: &UseStateHandle<bool>, to: bool| {
        let slot = slot.setter();
        Callback::from(move |()| slot.set(to))
    };
    let error = create.error.clone().or_else(|| update.error.clone());
    let is_busy = create.is_busy || update.is_busy;
    let on_close = props.on_close.clone();
    let foot = html! {
        <>
            if !is_new { <Button label="Delete draft" icon={Some(Icon::Trash)} width={crate::components::ButtonWidth::Fold} aria_label={Some(AttrValue::Static("Delete draft"))} on_press={set(&is_deleting, true)} /> }
            if !is_new { <DocumentButtons document={Document::Invoice { id: known.invoice.id }} is_preview={true} unavailable={draft.is_changed().then_some(AttrValue::Static("Save the draft first."))} /> }
            if draft.is_restored() { <DraftNote on_start_over={draft.start_over()} /> }
            <span class="spacer"></span>
            <span class="hide-narrow"><Button label="Close" on_press={on_close} /></span>
            <Button label="Save draft" role={ButtonRole::Submit} kbd="Ctrl ↵" busy={is_busy.then_some(AttrValue::Static("Saving…"))} unavailable={is_same.then_some(AttrValue::Static("Nothing was changed yet."))} />
            <Button label="Finalize…" kind={ButtonKind::Primary} on_press={on_finalize} />
        </>
    };
    let head = html! {
        <div class="who__name">
            <h2 class="dialog__title" id={format!("{id}-title")}>{ if is_new { "New invoice" } else { "Draft invoice" } }</h2>
            <Badge label={if is_new { "Not saved" } else { "Draft" }} tone={Tone::Neutral} dot={Dot::Ring} />
        </div>
    };
    if let Some(conflict) = update.dialog("draft", move |_, value| contested(value, currency)) {
        return conflict;
    }
    let note_error = draft.error("note", &problems);
    html! {
        <div class="under-dialog">
            <Dialog title="Draft invoice" size={DialogSize::Extra} {id} head={Some(head)} {foot} is_bare={true} {on_submit} on_close={props.on_close.clone()}>
                <div class="invoice">
                    <div class="invoice__desk"><div class="stack">
                        if let Some(error) = &props.stale { { stale(error, &props.on_reload) } }
                        { refusal(error.as_ref(), &on_reload) }
                        if draft.is_cut("lines") { <Notice title="The lines were changed meanwhile" text="What you had typed in them is not kept; they are as they were saved." /> }
                        <article class="paper" aria-label="Invoice document">
                            { paper::top("Invoice", None, &[]) }
                            { paper::parties(&known.seller, &known.buyer) }
                            <Body draft={draft.clone()} {typed} {problems} {currency} {tax} {nets} />
                            if let Some(sums) = &sums { { paper::sums(&paper::of_sums(sums)) } } else { <p class="muted paper__sums" aria-busy="true">{ "…" }</p> }
                            <TextField label="Note below the lines" name="note" hint="optional" value={draft.get("note").to_owned()} error={note_error} help={draft.theirs("note")} on_input={draft.typed("note")} on_leave={draft.left("note")} />
                        </article>
                    </div></div>
                    <aside class="invoice__side" aria-label="The draft">
                        { side::of_draft(&known, sums.as_ref().map(|sums| sums.total), is_new) }
                        if is_new { { currency_field(&draft, currency) } }
                    </aside>
                </div>
            </Dialog>
            if *is_finalizing && !is_new { <Finalize details={props.details.clone()} payment_days={props.payment_days} on_reload={props.on_reload.clone()} on_close={set(&is_finalizing, false)} /> }
            if *is_deleting { <DeleteDraft details={known} on_keep={set(&is_deleting, false)} on_deleted={props.on_close.clone()} /> }
        </div>
    }
}

/// Says that a draft was saved for the first time: with Undo, which deletes it, unless it is to become final at once.
fn first_saved(made: &Invoice, finalize: bool, toasts: &Toasts, undoing: &Undoing, on_undone: &Callback<InvoiceId>) -> Toast {
    let saved = Toast::done("Draft saved").icon(Icon::Receipt);
    if finalize {
        return saved;
    }
    let (toasts, undoing, on_undone) = (toasts.clone(), undoing.clone(), on_undone.clone());
    let back = DeleteInvoice {
        id: made.id,
        version: made.version,
    };
    saved.undo(move |()| {
        let (toasts, on_undone) = (toasts.clone(), on_undone.clone());
        undoing.run(back.clone(), move |deleted| {
            toasts.show(Toast::done("Draft deleted").icon(Icon::Trash));
            on_undone.emit(deleted.id);
        });
    })
}

#[derive(Properties, PartialEq)]
struct BodyProps {
    draft: DraftHandle,
    typed: Typed,
    problems: Vec<FieldError>,
    currency: Currency,
    tax: Tax,
    nets: Vec<Option<i64>>,
}

/// The lines, how to add one, and what holds for all of them.
#[component]
fn Body(props: &BodyProps) -> Html {
    let draft = &props.draft;
    let count = form::count(draft);
    let is_reversed = draft.is_on("reverse_charge");
    let added = use_mut_ref(|| false);
    {
        let added = added.clone();
        use_effect_with(count, move |count| {
            if added.replace(false) && *count > 0 {
                line_editor::focus(*count - 1);
            }
        });
    }
    let on_add = {
        let (draft, tax) = (draft.clone(), props.tax);
        Callback::from(move |()| {
            added.replace(form::has_room(&draft));
            draft.change(move |typed| form::added(typed, tax));
        })
    };
    let on_reverse = {
        let (draft, tax) = (draft.clone(), props.tax);
        Callback::from(move |is_on: bool| draft.change(move |typed| form::reversed(typed, is_on, tax)))
    };
    let is_full = !form::has_room(draft);
    let is_empty = count == 0 && draft.is_submitted();
    html! {
        <div class="line-edits">
            <div class="line-edits__rows">{ for (0..count).map(|at| line_editor::row(at, draft, &props.problems, props.currency, is_reversed, props.nets.get(at).copied().flatten())) }</div>
            <div class="btn-row">
                <Button label="Add line" icon={Some(Icon::Plus)} unavailable={is_full.then_some(AttrValue::Static("200 lines are the most."))} on_press={on_add} />
                if is_empty { <p class="field__error" role="alert">{ Icon::AlertCircle.small() }<span>{ "An empty draft cannot become final. Add a line first." }</span></p> }
            </div>
            <div class="paper__options">
                <SwitchField label="Prices include tax" name="prices_include_tax" is_on={draft.is_on("prices_include_tax")} on_change={draft.switched("prices_include_tax")} />
                <SwitchField label="Reverse charge" name="reverse_charge" help="The buyer accounts for the tax; no line has any." is_on={is_reversed} on_change={on_reverse} />
            </div>
            if (0..count).any(|at| !props.typed.is_readable(at)) { <p class="field__help">{ "The sums are without the lines that cannot be read yet." }</p> }
        </div>
    }
}

/// A value that two people have changed, in words.
fn contested(value: &Value, currency: Currency) -> String {
    match value {
        Value::Array(lines) => {
            let lines: Vec<String> = lines
                .iter()
                .filter_map(|line| format::invoice_line(line.as_object()?, Some(currency)))
                .collect();
            if lines.is_empty() { "No line".to_owned() } else { lines.join("; ") }
        }
        _ => conflict::value(value),
    }
}

/// What each typed line comes to, as far as it is known.
fn nets(known: &InvoiceDetails, typed: &Typed, is_as_read: bool, preview: Option<&contract::invoice::InvoicePreview>) -> Vec<Option<i64>> {
    if is_as_read {
        return known.lines.iter().map(|line| Some(line.net)).collect();
    }
    let places = typed.places();
    let mut nets = vec![None; typed.count()];
    if let Some(preview) = preview.filter(|preview| preview.lines.len() == places.len()) {
        for (at, line) in places.into_iter().zip(&preview.lines) {
            if let Some(slot) = nets.get_mut(at) {
                *slot = Some(line.net);
            }
        }
    }
    nets
}

fn currency_field(draft: &DraftHandle, currency: Currency) -> Html {
    let options: Vec<SelectOption> = Currency::all()
        .iter()
        .map(|currency| SelectOption::new(currency.code().to_owned(), currency.code().to_owned()))
        .collect();
    html! { <SelectField label="Currency" name="currency" value={currency.code().to_owned()} options={Rc::from(options)} on_change={draft.typed("currency")} /> }
}

/// What is said above the document: everything that no field says.
fn refusal(error: Option<&Error>, on_reload: &Callback<()>) -> Html {
    match error {
        None => html! {},
        Some(Error::Invalid { fields }) if fields.iter().all(|field| field.field == "note" || field.field.contains("].")) => html! {},
        Some(error) => conflict::refusal(error, on_reload),
    }
}
