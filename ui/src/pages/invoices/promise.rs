//! Until when the payment of an invoice is promised: noted over the invoice, or over the list of what is due.

use chrono::{Days, NaiveDate};
use contract::{
    Error, FieldError, InvoiceId, Problem, Validate,
    invoice::{GetInvoice, Invoice},
    promise::SetPaymentPromise,
};
use yew::prelude::*;

use crate::{
    components::{
        Button, ButtonKind, ButtonRole, DateField, Dialog, DialogSize, DraftNote, FailedState, Icon, SkeletonRows, focus_first_invalid,
    },
    format,
    hooks::{Base, Draft, Query, Toast, use_base, use_book_changes, use_draft, use_formats, use_mutation, use_now, use_query, use_toasts},
    pages::{conflict, customers::undo::Undoing},
};

/// Days ahead with which the form begins.
const AHEAD: u64 = 7;

/// Until when the payment of an invoice is promised.
#[derive(Properties, PartialEq)]
pub struct PromiseDialogProps {
    /// Which invoice.
    pub id: InvoiceId,
    /// Noted, or not.
    pub on_close: Callback<()>,
}

/// Until when the payment of an invoice is promised: asks for the invoice and then for the day.
#[component]
pub fn PromiseDialog(props: &PromiseDialogProps) -> Html {
    let details = use_query(GetInvoice { id: props.id });
    let on_close = props.on_close.clone();
    match &details.state {
        Query::Ready(known) => html! {
            <Form key="form" invoice={known.invoice.clone()} on_reload={details.reload.clone()} {on_close} />
        },
        Query::Loading => html! {
            <Dialog key="loading" title="Promise to pay" size={DialogSize::Small} {on_close}><SkeletonRows label="Loading the invoice" rows={2} /></Dialog>
        },
        Query::Failed(error) => html! {
            <Dialog key="failed" title="Promise to pay" size={DialogSize::Small} on_close={on_close.clone()}><FailedState error={error.clone()} on_retry={details.reload.clone()} on_close={Some(on_close)} /></Dialog>
        },
    }
}

#[derive(Properties, PartialEq)]
struct FormProps {
    invoice: Invoice,
    on_reload: Callback<()>,
    on_close: Callback<()>,
}

#[component]
fn Form(props: &FormProps) -> Html {
    let today = use_formats().day_of(use_now());
    let set = use_mutation::<SetPaymentPromise>();
    let toasts = use_toasts();
    let undoing = Undoing::new(toasts.clone(), use_book_changes());
    let draft = use_draft(format!("promise {}", props.invoice.id), || begin(&props.invoice, today));
    let rebase = {
        let (draft, set) = (draft.clone(), set.clone());
        Callback::from(move |newest: Invoice| {
            draft.rebase(begin(&newest, today));
            set.forget_error();
        })
    };
    let Base { record: invoice, reload } = use_base(&props.invoice, &props.on_reload, rebase);
    let number = invoice.number.clone().unwrap_or_default();
    let typed = read(&draft, &invoice, today);
    let problems = typed.as_ref().err().cloned().unwrap_or_default();
    let send = {
        let (draft, set, on_close) = (draft.clone(), set.clone(), props.on_close.clone());
        // A promise that is over by then puts nothing off.
        let (before, number) = (invoice.promised_until.filter(|day| *day >= today), number.clone());
        Callback::from(move |request: SetPaymentPromise| {
            let (draft, on_close, number) = (draft.clone(), on_close.clone(), number.clone());
            let (toasts, undoing) = (toasts.clone(), undoing.clone());
            set.run_with(request, move |answer| match answer {
                Ok(saved) => {
                    draft.saved();
                    let back = SetPaymentPromise {
                        id: saved.id,
                        version: saved.version,
                        promised_until: before,
                    };
                    let undoing = undoing.clone();
                    let toast = Toast::done(said(&number, saved.promised_until)).icon(Icon::Calendar);
                    toasts.show(toast.undo(move |()| undoing.run(back.clone(), |_| {})));
                    on_close.emit(());
                }
                Err(error) => {
                    draft.refuse(&error);
                    focus_first_invalid();
                }
            });
        })
    };
    let on_submit = {
        let (draft, send) = (draft.clone(), send.clone());
        Callback::from(move |()| {
            draft.submit();
            match typed.clone() {
                Ok(request) => send.emit(request),
                Err(_) => focus_first_invalid(),
            }
        })
    };
    let on_clear = {
        let request = SetPaymentPromise {
            id: invoice.id,
            version: invoice.version,
            promised_until: None,
        };
        Callback::from(move |()| send.emit(request.clone()))
    };
    let on_cancel = props.on_close.clone();
    let foot = html! {
        <>
            if invoice.promised_until.is_some() { <Button label="Take away" aria_label={Some(AttrValue::Static("Take the promise away"))} on_press={on_clear} /> }
            if draft.is_restored() { <DraftNote on_start_over={draft.start_over()} /> }
            <span class="spacer"></span>
            <Button label="Cancel" on_press={on_cancel} />
            <Button label="Note promise" kind={ButtonKind::Primary} role={ButtonRole::Submit} autofocus={true} kbd="Ctrl ↵" busy={set.is_busy.then_some(AttrValue::Static("Noting…"))} />
        </>
    };
    let refused = set.error.as_ref().filter(|error| !matches!(error, Error::Invalid { .. }));
    html! {
        <Dialog title={format!("Promise to pay {number}")} size={DialogSize::Small} {foot} {on_submit} on_close={props.on_close.clone()}>
            if let Some(error) = refused { { conflict::refusal(error, &reload) } }
            <p class="secondary">{ format!("{} is open. Until the end of that day nobody is reminded, suspended or canceled for this invoice. What the schedule has for the days until then is done on the day after.", format::money(invoice.payable)) }</p>
            <DateField label="Promised until" name="promised_until" help="The last day, at most a year ahead." value={draft.get("promised_until").to_owned()} error={draft.error("promised_until", &problems)} on_input={draft.typed("promised_until")} on_leave={draft.left("promised_until")} />
        </Dialog>
    }
}

fn begin(invoice: &Invoice, today: NaiveDate) -> Draft {
    let ahead = today.checked_add_days(Days::new(AHEAD)).unwrap_or(today);
    let day = invoice.promised_until.filter(|day| *day >= today).unwrap_or(ahead);
    Draft::new([("promised_until", day.to_string())])
}

/// The typed day as a request, or what is wrong with it.
fn read(draft: &Draft, invoice: &Invoice, today: NaiveDate) -> Result<SetPaymentPromise, Vec<FieldError>> {
    let Some(day) = format::parse_date(draft.get("promised_until")) else {
        return Err(vec![FieldError {
            field: "promised_until".to_owned(),
            problem: Problem::WrongShape {
                detail: "Enter a date like 2026-11-22".to_owned(),
            },
        }]);
    };
    let request = SetPaymentPromise {
        id: invoice.id,
        version: invoice.version,
        promised_until: Some(day),
    };
    request.validate()?;
    request.check(today)?;
    Ok(request)
}

/// What was noted.
fn said(number: &str, until: Option<NaiveDate>) -> String {
    match until {
        Some(day) => format!("Payment of {number} is promised until {}", format::date(day)),
        None => format!("{number} has no promise any more"),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use serde_json::json;

    fn invoice(promised_until: Option<&str>) -> Invoice {
        let money = json!({"amount": 1_000, "currency": "EUR"});
        let id = "0193a7c0-1111-7222-8333-444455556601";
        serde_json::from_value(json!({
            "id": id, "customer_id": id, "customer_name": "Lena", "subscription_id": null, "number": "2026-1", "status": "open",
            "issued_on": "2026-11-01", "due_on": "2026-11-15", "promised_until": promised_until, "net": money, "tax": money, "total": money,
            "paid": money, "credited": money, "payable": money, "is_overdue": true, "created_at": "2026-11-01T09:00:00.000Z", "version": 2
        }))
        .unwrap()
    }

    #[test]
    fn it_begins_with_the_promise_that_runs_or_a_week_ahead() {
        let today = "2026-11-22".parse().unwrap();
        for (known, want) in [
            (None, "2026-11-29"),
            (Some("2026-11-21"), "2026-11-29"),
            (Some("2026-11-22"), "2026-11-22"),
            (Some("2026-12-24"), "2026-12-24"),
        ] {
            assert_eq!(begin(&invoice(known), today).get("promised_until"), want, "{known:?}");
        }
    }

    #[test]
    fn a_day_that_is_none_or_over_or_too_far_is_said_at_its_field() {
        let today = "2026-11-22".parse().unwrap();
        for (text, is_one) in [
            ("2026-11-22", true),
            ("2027-11-22", true),
            ("2026-11-21", false),
            ("2027-11-23", false),
            ("2026-02-30", false),
            ("soon", false),
            ("", false),
        ] {
            let draft = Draft::new([("promised_until", text.to_owned())]);
            let got = read(&draft, &invoice(None), today).err().unwrap_or_default();
            let fields: Vec<&str> = got.iter().map(|error| error.field.as_str()).collect();
            assert_eq!(fields, if is_one { vec![] } else { vec!["promised_until"] }, "{text}");
        }
    }
}
