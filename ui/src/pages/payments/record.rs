//! Recording a payment, in place above the list.

mod pays;

use std::rc::Rc;

use contract::{
    Currency, Error, FieldError, Money, Problem, Validate,
    customer::Customer,
    invoice::ListInvoices,
    payment::{PaymentMethod, RecordPayment},
    rules::MAX_PAGE,
};
use web_sys::KeyboardEvent;
use yew::prelude::*;

use super::status;
use crate::{
    components::{
        Button, ButtonKind, ButtonRole, DateField, DraftNote, Icon, MoneyField, Notice, SelectField, SelectOption, TextField, Tone,
        focus_first_invalid,
    },
    format,
    hooks::{Draft, Toast, use_draft, use_formats, use_mutation, use_now, use_query, use_toasts},
};

/// Recording a payment.
#[derive(Properties, PartialEq)]
pub struct RecordPaymentFormProps {
    /// Who paid.
    pub customer: Rc<Customer>,
    /// It was recorded, or not.
    pub on_close: Callback<()>,
}

/// Recording a payment.
#[component]
pub fn RecordPaymentForm(props: &RecordPaymentFormProps) -> Html {
    let customer = &props.customer;
    let formats = use_formats();
    let today = formats.day_of(use_now());
    let open = use_query(ListInvoices {
        customer_id: Some(customer.id),
        limit: Some(MAX_PAGE),
        ..ListInvoices::default()
    });
    let record = use_mutation::<RecordPayment>();
    let toasts = use_toasts();
    let currencies = currencies(customer, formats.currency);
    let draft = use_draft(format!("payment {}", customer.id), || {
        let prefilled = customer.outstanding.first().copied();
        let currency = prefilled.map_or(formats.currency, |money| money.currency);
        Draft::new([
            (
                "amount.amount",
                prefilled
                    .map(|money| format::typed_money(money.amount, money.currency))
                    .unwrap_or_default(),
            ),
            ("amount.currency", currency.code().to_owned()),
            ("received_on", today.to_string()),
            ("method", PaymentMethod::BankTransfer.as_str().to_owned()),
        ])
    });
    let currency = Currency::parse(draft.get("amount.currency")).unwrap_or(formats.currency);
    let typed = read(&draft, customer, currency, today);
    let problems = typed.as_ref().err().cloned().unwrap_or_default();
    let on_submit = {
        let (draft, record, toasts, on_close) = (draft.clone(), record.clone(), toasts, props.on_close.clone());
        let typed = typed.clone();
        Callback::from(move |()| {
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
    let onsubmit = {
        let on_submit = on_submit.clone();
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            on_submit.emit(());
        })
    };
    let onkeydown = {
        let (on_submit, on_close) = (on_submit, props.on_close.clone());
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
                on_submit.emit(());
            }
            _ => {}
        })
    };
    let says = match (&typed, open.state.ready()) {
        (Ok(request), Some(page)) if page.next.is_none() => Some(pays::in_advance(request.amount, &page.items)),
        _ => None,
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
        <form class="panel record" aria-labelledby="record-title" novalidate={true} {onsubmit} {onkeydown}>
            <div class={classes!("record__grid", (currencies.len() > 1).then_some("record__grid--5"))}>
                <h4 class="panel__title" id="record-title">{ "Record payment" }</h4>
                <Focused><MoneyField label="Amount" name="amount.amount" value={draft.get("amount.amount").to_owned()} {currency} error={draft.error("amount.amount", &problems)} on_input={draft.typed("amount.amount")} on_leave={draft.left("amount.amount")} /></Focused>
                if currencies.len() > 1 {
                    <SelectField label="Currency" name="amount.currency" value={currency.code().to_owned()} options={Rc::from(codes)} on_change={draft.typed("amount.currency")} />
                }
                <DateField label="Received on" name="received_on" value={draft.get("received_on").to_owned()} error={draft.error("received_on", &problems)} on_input={draft.typed("received_on")} on_leave={draft.left("received_on")} />
                <SelectField label="Method" name="method" value={draft.get("method").to_owned()} options={Rc::from(methods)} on_change={draft.typed("method")} />
                <TextField label="Reference" name="reference" hint="optional" value={draft.get("reference").to_owned()} error={draft.error("reference", &problems)} on_input={draft.typed("reference")} on_leave={draft.left("reference")} />
            </div>
            if let Some(error) = record.error.as_ref().filter(|error| !matches!(error, Error::Invalid { .. })) { <div class="record__error">{ Notice::of_error(error, Tone::Danger) }</div> }
            <div class="record__foot">
                <p role="status">{ for says.map(|says| html! { <>{ Icon::Receipt.view() }<span>{ says }</span></> }) }</p>
                <span class="spacer"></span>
                if draft.is_restored() { <DraftNote on_start_over={draft.start_over()} /> }
                <Button label="Cancel" on_press={on_cancel} />
                <Button {label} kind={ButtonKind::Primary} role={ButtonRole::Submit} kbd="Ctrl ↵" busy={record.is_busy.then_some(AttrValue::Static("Recording…"))} />
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

/// The book's currency and those in which this customer owes or has paid.
fn currencies(customer: &Customer, of_book: Currency) -> Vec<Currency> {
    let mut all = vec![of_book];
    for money in customer.outstanding.iter().chain(&customer.total_payments) {
        if !all.contains(&money.currency) {
            all.push(money.currency);
        }
    }
    all
}

/// What is typed as a request, or every broken rule.
fn read(draft: &Draft, customer: &Customer, currency: Currency, today: chrono::NaiveDate) -> Result<RecordPayment, Vec<FieldError>> {
    let amount = format::parse_money(draft.get("amount.amount"), currency);
    let received_on = format::parse_date(draft.get("received_on"));
    let request = RecordPayment {
        customer_id: customer.id,
        amount: Money::new(amount.unwrap_or(1), currency),
        method: PaymentMethod::parse(draft.get("method")).unwrap_or(PaymentMethod::Other),
        reference: draft.text("reference"),
        received_on,
        allocations: None,
    };
    let mut problems = request.validate().err().unwrap_or_default();
    let mut add = |field: &str, problem: Problem| {
        problems.push(FieldError {
            field: field.to_owned(),
            problem,
        })
    };
    match (amount, draft.text("amount.amount")) {
        (None, None) => add("amount.amount", Problem::Required),
        (None, Some(_)) => add(
            "amount.amount",
            Problem::WrongShape {
                detail: "Enter an amount like 1,234.50".to_owned(),
            },
        ),
        (Some(_), _) => {}
    }
    match received_on {
        None => add(
            "received_on",
            Problem::WrongShape {
                detail: "Enter a date like 2026-11-22".to_owned(),
            },
        ),
        Some(day) if day > today => add("received_on", Problem::DateOutOfOrder),
        Some(_) => {}
    }
    if problems.is_empty() { Ok(request) } else { Err(problems) }
}
