//! Gives a payment back, all or part of it.

use chrono::NaiveDate;
use contract::{
    Error, FieldError, Money, Problem, Validate,
    payment::{Allocation, Payment, RefundPayment},
};
use yew::prelude::*;

use super::owed;
use crate::{
    components::{
        Button, ButtonKind, ButtonRole, DateField, Dialog, DialogSize, DraftNote, Icon, MoneyField, Notice, TextField, Tone,
        focus_first_invalid,
    },
    format,
    hooks::{Draft, Toast, use_draft, use_formats, use_mutation, use_now, use_toasts},
};

/// Gives a payment back.
#[derive(Properties, PartialEq)]
pub struct RefundDialogProps {
    /// Which.
    pub payment: Payment,
    /// Done, or not.
    pub on_close: Callback<()>,
}

/// Gives a payment back, all or part of it, and says which invoices are owed again, and how much of them.
#[component]
pub fn RefundDialog(props: &RefundDialogProps) -> Html {
    let today = use_formats().day_of(use_now());
    let refund = use_mutation::<RefundPayment>();
    let toasts = use_toasts();
    let payment = &props.payment;
    let currency = payment.amount.currency;
    let most = Money::new(payment.amount.amount - payment.refunded.amount, currency);
    let draft = use_draft(format!("refund {}", payment.id), || {
        Draft::new([
            ("amount.amount", format::typed_money(most.amount, currency)),
            ("refunded_on", today.to_string()),
        ])
    });
    let typed = read(&draft, payment, most, today);
    let problems = typed.as_ref().err().cloned().unwrap_or_default();
    let on_submit = {
        let (draft, refund, on_close) = (draft.clone(), refund.clone(), props.on_close.clone());
        let typed = typed.clone();
        Callback::from(move |()| {
            draft.submit();
            let Ok(request) = typed.clone() else { return focus_first_invalid() };
            let (draft, toasts, on_close) = (draft.clone(), toasts.clone(), on_close.clone());
            refund.run_with(request, move |answer| match answer {
                Ok(made) => {
                    draft.saved();
                    toasts.show(Toast::done(format!("{} refunded", format::money(made.amount))).icon(Icon::Undo));
                    on_close.emit(());
                }
                Err(error) => {
                    draft.refuse_amounts(&error, &["amount.amount"], currency);
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
            <Button label="Refund" kind={ButtonKind::Primary} role={ButtonRole::Submit} kbd="Ctrl ↵" busy={refund.is_busy.then_some(AttrValue::Static("Refunding…"))} />
        </>
    };
    let is_said =
        |error: &&Error| !matches!(error, Error::Invalid { fields } if fields.iter().all(|field| FIELDS.contains(&field.field.as_str())));
    let refusal = refund.error.as_ref().filter(is_said);
    let says = typed
        .as_ref()
        .map_or_else(|_| String::new(), |request| consequence(payment, request.amount.amount));
    html! {
        <Dialog title={format!("Refund {}", format::money(payment.amount))} size={DialogSize::Medium} {foot} {on_submit} on_close={props.on_close.clone()}>
            if let Some(error) = refusal { { Notice::of_error(error, Tone::Danger) } }
            <p class="secondary">{ format!("Received {}. The book notes that you gave the money back; send it the way it came.", format::date(payment.received_on)) }</p>
            <div class="field-grid">
                <MoneyField label="Amount" name="amount.amount" {currency} value={draft.get("amount.amount").to_owned()} help={Some(AttrValue::from(format!("At most {}.", format::money(most))))} error={draft.error("amount.amount", &problems)} autofocus={true} on_input={draft.typed("amount.amount")} on_leave={draft.left("amount.amount")} />
                <DateField label="Refunded on" name="refunded_on" value={draft.get("refunded_on").to_owned()} error={draft.error("refunded_on", &problems)} on_input={draft.typed("refunded_on")} on_leave={draft.left("refunded_on")} />
            </div>
            <TextField label="Reason" name="reason" hint="optional" value={draft.get("reason").to_owned()} error={draft.error("reason", &problems)} on_input={draft.typed("reason")} on_leave={draft.left("reason")} />
            <p class="secondary" role="status">{ format!("{says} A refund is final.") }</p>
        </Dialog>
    }
}

/// The fields that say what is wrong with them.
const FIELDS: &[&str] = &["amount.amount", "refunded_on", "reason"];

/// What is typed as a request, or every broken rule.
fn read(draft: &Draft, payment: &Payment, most: Money, today: NaiveDate) -> Result<RefundPayment, Vec<FieldError>> {
    let mut problems: Vec<FieldError> = Vec::new();
    let mut add = |field: &str, problem: Problem| {
        problems.push(FieldError {
            field: field.to_owned(),
            problem,
        });
    };
    let shape = |detail: String| Problem::WrongShape { detail };
    let typed = draft.text("amount.amount");
    let amount = match typed.map(|text| format::read_money(&text, most.currency)) {
        None => {
            add("amount.amount", Problem::Required);
            None
        }
        Some(Err(problem)) => {
            add("amount.amount", problem);
            None
        }
        Some(Ok(amount)) if amount < 1 || amount > most.amount => {
            let largest = format::typed_money(most.amount, most.currency);
            let detail = format!("Enter an amount above 0, at most {largest} {}", most.currency);
            add("amount.amount", shape(detail));
            None
        }
        Some(Ok(amount)) => Some(amount),
    };
    let refunded_on = format::parse_date(draft.get("refunded_on"));
    match refunded_on {
        None => add("refunded_on", shape("Enter a date like 2026-11-22".to_owned())),
        Some(day) if day > today => add("refunded_on", Problem::TooLate { latest: today }),
        Some(day) if day < payment.received_on => add(
            "refunded_on",
            Problem::TooEarly {
                earliest: payment.received_on,
            },
        ),
        Some(_) => {}
    }
    let request = RefundPayment {
        id: payment.id,
        amount: Money::new(amount.unwrap_or(1), most.currency),
        reason: draft.text("reason"),
        refunded_on,
    };
    for broken in request.validate().err().unwrap_or_default() {
        if !problems.iter().any(|known| known.field == broken.field) {
            problems.push(broken);
        }
    }
    if problems.is_empty() { Ok(request) } else { Err(problems) }
}

/// What a refund takes from credit, and then off which invoices: as the book does, what was paid last first.
fn taken(payment: &Payment, amount: i64) -> (i64, Vec<(&Allocation, i64)>) {
    let of_credit = amount.min(payment.unallocated.amount);
    let mut left = amount - of_credit;
    let mut parts = Vec::new();
    for part in payment.allocations.iter().rev() {
        let taken = part.amount.amount.min(left);
        if taken == 0 {
            break;
        }
        left -= taken;
        parts.push((part, taken));
    }
    (of_credit, parts)
}

/// Where the money is taken from, and what is owed because of it.
fn consequence(payment: &Payment, amount: i64) -> String {
    let money = |amount| Money::new(amount, payment.amount.currency);
    let (of_credit, parts) = taken(payment, amount);
    let mut sentences = Vec::new();
    if of_credit > 0 {
        sentences.push(format!("{} of it is taken from credit.", format::money(money(of_credit))));
    }
    for (part, amount) in parts {
        let number = part.invoice_number.as_deref().unwrap_or("a draft");
        sentences.push(owed::without(money(amount), number, part.invoice_status));
    }
    sentences.join(" ")
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use serde_json::json;

    fn payment() -> Payment {
        let money = |amount: i64| json!({"amount": amount, "currency": "EUR"});
        let id = "0193a7c0-1111-7222-8333-444455556601";
        serde_json::from_value(json!({
            "id": id, "customer_id": id, "customer_name": "Lena", "amount": money(5_000), "refunded": money(1_000), "method": "card",
            "reference": null, "received_on": "2026-11-10", "status": "succeeded", "unallocated": money(500), "version": 1,
            "allocations": [{"invoice_id": id, "invoice_number": "2026-1", "invoice_status": "paid", "amount": money(1_500)},
                {"invoice_id": id, "invoice_number": "2026-2", "invoice_status": "open", "amount": money(2_000)}],
            "created_at": "2026-11-22T09:00:00.000Z"
        }))
        .unwrap()
    }

    #[test]
    fn credit_is_taken_first_and_then_what_was_paid_last() {
        let payment = payment();
        for (amount, of_credit, of_invoices) in [
            (400, 400, vec![]),
            (1_000, 500, vec![("2026-2", 500)]),
            (2_500, 500, vec![("2026-2", 2_000)]),
            (4_000, 500, vec![("2026-2", 2_000), ("2026-1", 1_500)]),
        ] {
            let (credit, parts) = taken(&payment, amount);
            let parts: Vec<(&str, i64)> = parts
                .iter()
                .map(|(part, amount)| (part.invoice_number.as_deref().unwrap(), *amount))
                .collect();
            assert_eq!((credit, parts), (of_credit, of_invoices), "{amount}");
        }
    }

    #[test]
    fn no_more_is_refunded_than_was_paid_and_not_before_it_came() {
        let most = Money::new(4_000, contract::Currency::EUR);
        let today = "2026-11-22".parse().unwrap();
        for (amount, on, want) in [
            ("40", "2026-11-22", vec![]),
            ("40.01", "2026-11-22", vec!["amount.amount"]),
            ("0", "2026-11-22", vec!["amount.amount"]),
            ("-1", "2026-11-22", vec!["amount.amount"]),
            ("x", "2026-11-23", vec!["amount.amount", "refunded_on"]),
            ("", "2026-11-09", vec!["amount.amount", "refunded_on"]),
        ] {
            let draft = Draft::new([("amount.amount", amount.to_owned()), ("refunded_on", on.to_owned())]);
            let got = read(&draft, &payment(), most, today).err().unwrap_or_default();
            let got: Vec<&str> = got.iter().map(|error| error.field.as_str()).collect();
            assert_eq!(got, want, "{amount} {on}");
        }
    }
}
