//! Pays an invoice from what earlier payments left.

use contract::{
    Error, FieldError, Money, Problem,
    invoice::{Invoice, InvoiceStatus},
    payment::ApplyCredit,
};
use yew::prelude::*;

use super::unsettled;
use crate::{
    components::{Button, ButtonKind, ButtonRole, Dialog, DialogSize, DraftNote, Icon, MoneyField, Notice, Tone, focus_first_invalid},
    format,
    hooks::{Draft, Toast, use_book_changes, use_draft, use_mutation, use_toasts},
    pages::{
        customers::undo::Undoing,
        payments::take_off::{Allocated, tell_as_before},
    },
};

/// Pays an invoice from credit.
#[derive(Properties, PartialEq)]
pub struct UseCreditDialogProps {
    /// The invoice.
    pub invoice: Invoice,
    /// How much credit there is.
    pub credit: Money,
    /// Done, or not.
    pub on_close: Callback<()>,
}

/// Pays an invoice from credit, all that fits or less.
#[component]
pub fn UseCreditDialog(props: &UseCreditDialogProps) -> Html {
    let apply = use_mutation::<ApplyCredit>();
    let toasts = use_toasts();
    let undoing = Undoing::new(toasts.clone(), use_book_changes());
    let (invoice, currency) = (&props.invoice, props.credit.currency);
    let number = invoice.number.clone().unwrap_or_default();
    let left = unsettled(invoice);
    let state = if invoice.status == InvoiceStatus::Open {
        "is open"
    } else {
        "was given up"
    };
    let most = Money::new(props.credit.amount.min(left.amount), currency);
    let draft = use_draft(format!("credit {}", invoice.id), || {
        Draft::new([("amount.amount", format::typed_money(most.amount, currency))])
    });
    let typed = read(&draft, most);
    let problems = typed.as_ref().err().cloned().into_iter().collect::<Vec<_>>();
    let on_submit = {
        let (draft, apply, on_close, invoice_id) = (draft.clone(), apply.clone(), props.on_close.clone(), invoice.id);
        let (typed, number, status) = (typed.clone(), number.clone(), invoice.status);
        let is_overdue = invoice.is_overdue && invoice.subscription_id.is_some();
        Callback::from(move |()| {
            draft.submit();
            let Ok(amount) = typed.clone() else { return focus_first_invalid() };
            let (draft, toasts, on_close, number) = (draft.clone(), toasts.clone(), on_close.clone(), number.clone());
            let undoing = undoing.clone();
            let request = ApplyCredit {
                invoice_id,
                amount: Some(amount),
                payment_id: None,
                version: None,
            };
            apply.run_with(request, move |answer| match answer {
                Ok(applied) => {
                    draft.saved();
                    let mut toast = Toast::done(format!("{} of credit pays {number}", format::money(applied.used))).icon(Icon::Wallet);
                    // What several payments gave is taken off one by one, where they are listed. What was given up would be open.
                    let is_exact = status == InvoiceStatus::Open || status == applied.invoice.status;
                    // A subscription that was suspended for it goes on when it is paid, and would not be suspended again.
                    let lets_go_on = is_overdue && applied.invoice.status == InvoiceStatus::Paid;
                    if let Some(payment_id) = applied.payment_id.filter(|_| is_exact && !lets_go_on) {
                        let used = Allocated {
                            payment_id,
                            invoice_id,
                            amount: applied.used,
                            version: Some(applied.invoice.version),
                        };
                        let (toasts, undoing, number) = (toasts.clone(), undoing.clone(), number.clone());
                        toast = toast.undo(move |()| {
                            let (toasts, number) = (toasts.clone(), number.clone());
                            undoing.run(used.release(), move |_| tell_as_before(&toasts, &number));
                        });
                    }
                    toasts.show(toast);
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
            <Button label="Use credit" kind={ButtonKind::Primary} role={ButtonRole::Submit} kbd="Ctrl ↵" busy={apply.is_busy.then_some(AttrValue::Static("Using…"))} />
        </>
    };
    let refused = apply.error.as_ref().filter(|error| !matches!(error, Error::Invalid { .. }));
    html! {
        <Dialog title={format!("Use credit for {number}")} size={DialogSize::Small} {foot} {on_submit} on_close={props.on_close.clone()}>
            if let Some(error) = refused { { Notice::of_error(error, Tone::Danger) } }
            <p class="secondary">{ format!("There is {} of credit, and {} {state}.", format::money(props.credit), format::money(left)) }</p>
            <MoneyField label="Amount" name="amount.amount" value={draft.get("amount.amount").to_owned()} {currency} autofocus={true} error={draft.error("amount.amount", &problems)} help="What is used can be taken off the invoice again." on_input={draft.typed("amount.amount")} on_leave={draft.left("amount.amount")} />
        </Dialog>
    }
}

/// The typed amount, or what is wrong with it.
fn read(draft: &Draft, most: Money) -> Result<Money, FieldError> {
    let wrong = |problem: Problem| FieldError {
        field: "amount.amount".to_owned(),
        problem,
    };
    let shape = |detail: String| wrong(Problem::WrongShape { detail });
    let Some(text) = draft.text("amount.amount") else {
        return Err(wrong(Problem::Required));
    };
    match format::read_money(&text, most.currency) {
        Err(problem) => Err(wrong(problem)),
        Ok(amount) if amount < 1 || amount > most.amount => Err(shape(format!(
            "Enter an amount above 0, at most {} {}",
            format::typed_money(most.amount, most.currency),
            most.currency
        ))),
        Ok(amount) => Ok(Money::new(amount, most.currency)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use contract::Currency;

    #[test]
    fn no_more_is_used_than_there_is_and_is_open() {
        let most = Money::new(2_000, Currency::EUR);
        for (text, is_one) in [
            ("20", true),
            ("0.01", true),
            ("20.01", false),
            ("0", false),
            ("-1", false),
            ("1.234", false),
            ("", false),
        ] {
            let draft = Draft::new([("amount.amount", text.to_owned())]);
            assert_eq!(read(&draft, most).is_ok(), is_one, "{text}");
        }
    }
}
