//! The dialog that creates or edits a plan.

use std::rc::Rc;

use contract::{
    Conflict, Currency, Error,
    plan::{CreatePlan, Plan, UpdatePlan},
};
use yew::prelude::*;

use super::{effect::Effects, form, words};
use crate::{
    components::{
        Button, ButtonKind, ButtonRole, Dialog, DialogSize, DraftNote, Icon, MoneyField, SelectField, SelectOption, SwitchField, TextField,
        TextKind, focus_first_invalid,
    },
    format,
    hooks::{Base, DraftHandle, Toast, use_base, use_book_changes, use_draft, use_formats, use_mutation, use_toasts, use_unique_id},
    pages::{
        conflict::{self, use_merging},
        customers::undo::Undoing,
        reminders::{Schedule, schedule},
    },
};

/// The dialog that creates or edits a plan.
#[derive(Properties, PartialEq)]
pub struct PlanDialogProps {
    /// The plan that is edited; none for a new one.
    pub plan: Option<Plan>,
    /// Saved, or not.
    pub on_close: Callback<()>,
    /// The newest values of the plan are wanted.
    pub on_reload: Callback<()>,
}

/// The dialog that creates or edits a plan.
#[component]
pub fn PlanDialog(props: &PlanDialogProps) -> Html {
    let id = use_unique_id();
    let of_book = use_formats().currency;
    let create = use_mutation::<CreatePlan>();
    let update = use_merging::<UpdatePlan>();
    let toasts = use_toasts();
    let undoing = Undoing::new(toasts.clone(), use_book_changes());
    let of = props
        .plan
        .as_ref()
        .map_or_else(|| "new plan".to_owned(), |plan| format!("plan {}", plan.id));
    let draft = use_draft(of, || form::begin(props.plan.as_ref(), of_book));
    let rebase = {
        let (draft, update) = (draft.clone(), update.clone());
        Callback::from(move |newest: Option<Plan>| {
            draft.rebase(form::begin(newest.as_ref(), of_book));
            update.forget_error();
        })
    };
    let Base {
        record: plan,
        reload: on_reload,
    } = use_base(&props.plan, &props.on_reload, rebase);
    let is_sold = draft.is_on("is_active");
    let typed = form::read(&draft);
    let problems = typed.as_ref().err().cloned().unwrap_or_default();
    let error = create.error.clone().or_else(|| update.error.clone());
    let on_submit = {
        let (draft, create, update, on_close) = (draft.clone(), create.clone(), update.clone(), props.on_close.clone());
        let (typed, plan) = (typed.clone(), plan.clone());
        Callback::from(move |()| {
            draft.submit();
            let Ok(typed) = typed.clone() else { return focus_first_invalid() };
            let (draft, toasts, on_saved) = (draft.clone(), toasts.clone(), on_close.clone());
            let (undoing, before) = (undoing.clone(), plan.clone());
            let on_end = move |answer: Result<Plan, Error>, is_merged: bool| match answer {
                Ok(plan) => {
                    draft.saved();
                    toasts.show(match &before {
                        None => Toast::done(format!("Plan {} added", plan.name)).icon(Icon::Layers),
                        // What another person has saved meanwhile must not be taken back with it.
                        Some(_) if is_merged => {
                            Toast::done(format!("Plan {} saved, with what was changed meanwhile", plan.name)).icon(Icon::Layers)
                        }
                        Some(before) => {
                            let (undoing, back) = (undoing.clone(), form::back(before, &plan));
                            let toast = Toast::done(format!("Plan {} saved", plan.name)).icon(Icon::Layers);
                            toast.undo(move |()| undoing.run(back.clone(), |_| {}))
                        }
                    });
                    on_saved.emit(());
                }
                Err(error) => {
                    draft.refuse(&error);
                    focus_first_invalid();
                }
            };
            match &plan {
                None => create.run_with(typed, move |answer| on_end(answer, false)),
                Some(plan) => {
                    let changes = form::changes(plan, &typed, is_sold);
                    if changes == UpdatePlan::nothing(plan.id, plan.version) {
                        on_close.emit(());
                    } else {
                        update.merge_with(changes, on_end);
                    }
                }
            }
        })
    };
    let on_name = {
        // Until it is typed, the code follows the name.
        let own = draft.get("code");
        let follows = plan.is_none() && (own.is_empty() || own == form::code_of(draft.get("name")));
        let (name, code) = (draft.typed("name"), draft.typed("code"));
        Callback::from(move |text: String| {
            if follows {
                code.emit(form::code_of(&text));
            }
            name.emit(text);
        })
    };
    let on_code = {
        let (code, create, update) = (draft.typed("code"), create.clone(), update.clone());
        Callback::from(move |text: String| {
            create.forget_error();
            update.forget_error();
            code.emit(text);
        })
    };
    let code_error = match &error {
        Some(Error::Conflict {
            conflict: Conflict::CodeTaken { code },
        }) => Some(AttrValue::from(format!("Another plan has the code {code}. Enter another."))),
        _ => draft.error("code", &problems),
    };
    let text = |label: &'static str, field: &'static str, hint: Option<&'static str>| {
        html! { <TextField {label} name={field} hint={hint.map(AttrValue::Static)} value={draft.get(field).to_owned()} help={draft.theirs(field)} error={draft.error(field, &problems)} on_input={draft.typed(field)} on_leave={draft.left(field)} /> }
    };
    let currency = Currency::parse(draft.get("currency")).unwrap_or(of_book);
    let price = |label: &'static str, field: &'static str| {
        html! { <MoneyField {label} name={field} value={draft.get(field).to_owned()} {currency} help={draft.theirs(field)} error={draft.error(field, &problems)} on_input={draft.typed(field)} on_leave={draft.left(field)} /> }
    };
    let (monthly, yearly) = (
        format::parse_money(draft.get("price_monthly"), currency),
        format::parse_money(draft.get("price_yearly"), currency),
    );
    let on_schedule = {
        let draft = draft.clone();
        Callback::from(move |is_own| draft.change(move |typed| form::scheduled(typed, is_own)))
    };
    let is_busy = create.is_busy || update.is_busy;
    if let Some(conflict) = update.dialog("plan", move |field, value| contested(field, value, currency)) {
        return conflict;
    }
    html! {
        <Dialog
            title={title(plan.as_ref())}
            size={DialogSize::Large}
            head={Some(head(&id, plan.as_ref()))}
            id={Some(id)}
            foot={Some(foot(props, &draft, is_busy))}
            is_bare={true}
            on_submit={Some(on_submit)}
            on_close={props.on_close.clone()}
        >
            <div class="split">
                <div class="split__main">
                    { refusal(error.as_ref(), &on_reload) }
                    <div class="field-grid">
                        <TextField label="Name" name="name" value={draft.get("name").to_owned()} help={draft.theirs("name")} error={draft.error("name", &problems)} autofocus={true} on_input={on_name} on_leave={draft.left("name")} />
                        <TextField label="Code" name="code" value={draft.get("code").to_owned()} help={draft.theirs("code").unwrap_or(AttrValue::Static("For scripts. Small letters, digits, dashes."))} error={code_error} on_input={on_code} on_leave={draft.left("code")} />
                    </div>
                    { text("Description", "description", Some("optional")) }
                    <div class="field-grid">
                        { currency_field(&draft, plan.as_ref()) }
                        { number(&draft, &problems, "Trial", "trial_days", "days, 0 for none") }
                    </div>
                    <fieldset class="fieldset">
                        <legend>{ "Prices " }<span class="field__hint">{ "without tax; a cycle without a price is not offered" }</span></legend>
                        <div class="field-grid">{ price("Monthly price", "price_monthly") }{ price("Yearly price", "price_yearly") }</div>
                        // Not `for`: a child more or less at the end makes Yew build the fields before it anew, without their focus.
                        if let Some(help) = words::saving(monthly, yearly, currency) { <p class="field__help field__help--gap">{ help }</p> }
                    </fieldset>
                    <fieldset class="fieldset">
                        <legend>{ "Quotas of a license " }<span class="field__hint">{ "empty means no limit" }</span></legend>
                        <div class="quota-edit">
                            { number(&draft, &problems, "Activations", "max_activations", "") }
                            { number(&draft, &problems, "Users", "max_users", "") }
                            { number(&draft, &problems, "Domains", "max_domains", "") }
                        </div>
                    </fieldset>
                    <fieldset class="fieldset">
                        <legend>{ "Unpaid invoices " }<span class="field__hint">{ "of its subscriptions" }</span></legend>
                        <SwitchField label="A schedule of its own" name={form::OWN_REMINDERS} help="Off: as the billing settings say." is_on={draft.is_on(form::OWN_REMINDERS)} on_change={on_schedule} />
                        if draft.is_on(form::OWN_REMINDERS) { <div class="stack plan-schedule"><Schedule draft={draft.clone()} problems={problems.clone()} /></div> }
                    </fieldset>
                    if plan.is_some() {
                        <SwitchField label="On sale" name="is_active" help="Off: nobody new can get it; licenses that exist go on." is_on={is_sold} on_change={draft.switched("is_active")} />
                    }
                </div>
                <Effects plan={plan.clone()} typed={typed.ok()} {is_sold} />
            </div>
        </Dialog>
    }
}

/// A value of a field in words.
fn contested(field: &str, value: &serde_json::Value, currency: Currency) -> String {
    match (field, value.as_i64()) {
        ("price_monthly" | "price_yearly", Some(amount)) => format::money(contract::Money { amount, currency }),
        ("reminders", _) => schedule::of_value(value),
        _ => conflict::value(value),
    }
}

fn title(plan: Option<&Plan>) -> String {
    plan.map_or_else(|| "New plan".to_owned(), |plan| format!("Edit {}", plan.name))
}

fn head(id: &str, plan: Option<&Plan>) -> Html {
    let licenses = |plan: &Plan| {
        format!(
            "{} active {}",
            format::count(plan.active_licenses.into()),
            if plan.active_licenses == 1 { "license" } else { "licenses" }
        )
    };
    html! {
        <div>
            <h2 class="dialog__title" id={format!("{id}-title")}>{ title(plan) }</h2>
            if let Some(plan) = plan { <p class="dialog__sub"><span class="mono">{ &plan.code }</span>{ format!(" · {}", licenses(plan)) }</p> }
        </div>
    }
}

fn foot(props: &PlanDialogProps, draft: &DraftHandle, is_busy: bool) -> Html {
    let on_cancel = props.on_close.clone();
    let (label, busy) = if props.plan.is_some() {
        ("Save plan", "Saving…")
    } else {
        ("Create plan", "Creating…")
    };
    html! {
        <>
            if draft.is_restored() { <DraftNote on_start_over={draft.start_over()} /> }
            <span class="spacer"></span>
            <Button label="Cancel" on_press={on_cancel} />
            <Button {label} kind={ButtonKind::Primary} role={ButtonRole::Submit} kbd="Ctrl ↵" busy={is_busy.then_some(AttrValue::Static(busy))} />
        </>
    }
}

fn number(draft: &DraftHandle, problems: &[contract::FieldError], label: &'static str, field: &'static str, suffix: &'static str) -> Html {
    html! {
        <TextField
            {label}
            name={field}
            kind={TextKind::Number}
            suffix={(!suffix.is_empty()).then_some(AttrValue::Static(suffix))}
            value={draft.get(field).to_owned()}
            help={draft.theirs(field)}
            error={draft.error(field, problems)}
            on_input={draft.typed(field)}
            on_leave={draft.left(field)}
        />
    }
}

/// The currency, which a plan keeps.
fn currency_field(draft: &DraftHandle, plan: Option<&Plan>) -> Html {
    if let Some(plan) = plan {
        return html! { <TextField label="Currency" value={plan.currency.code().to_owned()} set_by="stays" /> };
    }
    let options: Vec<SelectOption> = Currency::all()
        .iter()
        .map(|currency| SelectOption::new(currency.code().to_owned(), currency.code().to_owned()))
        .collect();
    html! { <SelectField label="Currency" name="currency" value={draft.get("currency").to_owned()} options={Rc::from(options)} on_change={draft.typed("currency")} /> }
}

/// What is said above the fields: everything that no field says.
fn refusal(error: Option<&Error>, on_reload: &Callback<()>) -> Html {
    match error {
        None
        | Some(
            Error::Invalid { .. }
            | Error::Conflict {
                conflict: Conflict::CodeTaken { .. },
            },
        ) => html! {},
        Some(error) => conflict::refusal(error, on_reload),
    }
}
