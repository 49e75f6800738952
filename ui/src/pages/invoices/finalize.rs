//! The question before a draft becomes final.

use std::rc::Rc;

use chrono::{Days, NaiveDate};
use contract::{
    Conflict, Error, FieldError, Problem, Validate,
    invoice::{FinalizeInvoice, InvoiceDetails},
    words,
};
use yew::prelude::*;

use crate::{
    components::{Button, ButtonKind, ButtonRole, DateField, Dialog, Icon, Notice, Tone, focus_first_invalid},
    format,
    hooks::{Draft, Toast, use_draft, use_formats, use_mutation, use_now, use_toasts},
    pages::customers::details::billing_address::BillingAddressDialog,
    route::{Route, Section},
};

/// The question before a draft becomes final.
#[derive(Properties, PartialEq)]
pub struct FinalizeProps {
    /// The draft.
    pub details: Rc<InvoiceDetails>,
    /// Days to pay it.
    pub payment_days: u32,
    /// It became final, or not.
    pub on_close: Callback<()>,
}

/// The question before a draft becomes final: what that means, and its days.
#[component]
pub fn Finalize(props: &FinalizeProps) -> Html {
    let today = use_formats().day_of(use_now());
    let finalize = use_mutation::<FinalizeInvoice>();
    let toasts = use_toasts();
    let invoice = &props.details.invoice;
    let days = Days::new(props.payment_days.into());
    let due = move |issued: NaiveDate| issued.checked_add_days(days).unwrap_or(issued).to_string();
    let draft = use_draft(format!("finalize {}", invoice.id), || {
        Draft::new([("issued_on", today.to_string()), ("due_on", due(today))])
    });
    let is_entering_address = use_state_eq(|| false);
    let typed = read(&draft, invoice, today);
    let problems = typed.as_ref().err().cloned().unwrap_or_default();
    let on_submit = {
        let (draft, finalize, on_close) = (draft.clone(), finalize.clone(), props.on_close.clone());
        let typed = typed.clone();
        Callback::from(move |()| {
            draft.submit();
            let Ok(request) = typed.clone() else { return focus_first_invalid() };
            let (draft, toasts, on_close) = (draft.clone(), toasts.clone(), on_close.clone());
            finalize.run_with(request, move |answer| match answer {
                Ok(made) => {
                    draft.saved();
                    let number = made.number.unwrap_or_default();
                    toasts.show(Toast::done(format!("{number} is final")).icon(Icon::Lock));
                    on_close.emit(());
                }
                Err(error) => {
                    draft.refuse(&error);
                    focus_first_invalid();
                }
            });
        })
    };
    let on_issued = {
        // Until it is typed, the day it is due follows the day of issue.
        let follows = format::parse_date(draft.get("issued_on")).is_some_and(|issued| draft.get("due_on") == due(issued));
        let (typed, due_typed, finalize) = (draft.typed("issued_on"), draft.typed("due_on"), finalize.clone());
        Callback::from(move |text: String| {
            finalize.forget_error();
            if let Some(issued) = format::parse_date(&text).filter(|_| follows) {
                due_typed.emit(due(issued));
            }
            typed.emit(text);
        })
    };
    let on_cancel = props.on_close.clone();
    let foot = html! {
        <>
            <span class="spacer"></span>
            <Button label="Keep as draft" on_press={on_cancel} />
            <Button label="Finalize" kind={ButtonKind::Primary} role={ButtonRole::Submit} icon={Some(Icon::Lock)} kbd="Ctrl ↵" autofocus={true} busy={finalize.is_busy.then_some(AttrValue::Static("Finalizing…"))} />
        </>
    };
    let on_address = {
        let (open, finalize) = (is_entering_address.setter(), finalize.clone());
        move |is_open: bool| {
            let (open, finalize) = (open.clone(), finalize.clone());
            Callback::from(move |()| {
                finalize.forget_error();
                open.set(is_open);
            })
        }
    };
    html! {
        <div class="under-dialog">
            <Dialog title="Finalize this invoice?" {foot} {on_submit} on_close={props.on_close.clone()}>
                { refusal(finalize.error.as_ref(), &on_address(true)) }
                <div class="secondary prose">
                    <p>
                        { "It gets its number and bills " }<bdi class="medium">{ &invoice.customer_name }</bdi>{ " " }<span class="money medium">{ format::money(invoice.total) }</span>{ "." }
                    </p>
                    <p>{ "Lines, prices, tax, seller and buyer stay as they are from then on. This cannot be undone: afterwards it can only be credited with a credit note, or voided. The number stays taken either way." }</p>
                </div>
                <div class="field-grid">
                    <DateField label="Issued on" name="issued_on" help="Today or earlier; days never run backwards in a series." value={draft.get("issued_on").to_owned()} error={draft.error("issued_on", &problems)} on_input={on_issued} on_leave={draft.left("issued_on")} />
                    <DateField label="Due on" name="due_on" help="The last day to pay in time." value={draft.get("due_on").to_owned()} error={draft.error("due_on", &problems)} on_input={draft.typed("due_on")} on_leave={draft.left("due_on")} />
                </div>
            </Dialog>
            if *is_entering_address { <BillingAddressDialog customer={invoice.customer_id} name={invoice.customer_name.clone()} on_close={on_address(false)} /> }
        </div>
    }
}

/// What is typed as a request, or every broken rule.
fn read(draft: &Draft, invoice: &contract::invoice::Invoice, today: NaiveDate) -> Result<FinalizeInvoice, Vec<FieldError>> {
    let mut problems = Vec::new();
    let mut add = |field: &str, problem: Problem| {
        problems.push(FieldError {
            field: field.to_owned(),
            problem,
        });
    };
    let (issued_on, due_on) = (format::parse_date(draft.get("issued_on")), format::parse_date(draft.get("due_on")));
    for (field, day) in [("issued_on", issued_on), ("due_on", due_on)] {
        if day.is_none() {
            add(
                field,
                Problem::WrongShape {
                    detail: "Enter a date like 2026-11-22".to_owned(),
                },
            );
        }
    }
    if issued_on.is_some_and(|day| day > today) {
        add("issued_on", Problem::TooLate { latest: today });
    }
    if let (Some(issued), Some(due)) = (issued_on, due_on)
        && due < issued
    {
        add("due_on", Problem::TooEarly { earliest: issued });
    }
    let request = FinalizeInvoice {
        id: invoice.id,
        version: invoice.version,
        issued_on,
        due_on,
    };
    for broken in request.validate().err().unwrap_or_default() {
        if !problems.iter().any(|known| known.field == broken.field) {
            problems.push(broken);
        }
    }
    if problems.is_empty() { Ok(request) } else { Err(problems) }
}

/// What is said above the fields: everything that no field says, with the way to what is missing.
fn refusal(error: Option<&Error>, on_address: &Callback<()>) -> Html {
    match error {
        None => html! {},
        Some(Error::Invalid { fields }) if fields.iter().any(|field| field.field == "lines") => html! {
            <Notice title="The invoice cannot become final" text="It needs a line, and its total cannot be less than nothing." tone={Tone::Danger} is_alert={true} />
        },
        Some(Error::Invalid { .. }) => html! {},
        Some(
            error @ Error::Conflict {
                conflict: Conflict::SellerIncomplete { .. },
            },
        ) => {
            let said = words::error(error);
            let href = Route::Settings(Section::Billing).href();
            html! {
                <Notice title={said.title} text={Some(AttrValue::from(said.advice))} tone={Tone::Warning} is_alert={true}>
                    <Button label="Open Settings, Billing" kind={ButtonKind::Link} href={Some(href)} />
                </Notice>
            }
        }
        Some(
            error @ Error::Conflict {
                conflict: Conflict::BuyerIncomplete { .. },
            },
        ) => {
            let said = words::error(error);
            html! {
                <Notice title={said.title} text={Some(AttrValue::from(said.advice))} tone={Tone::Warning} is_alert={true}>
                    <Button label="Enter the billing address" kind={ButtonKind::Link} on_press={on_address.clone()} />
                </Notice>
            }
        }
        Some(error) => Notice::of_error(error, Tone::Danger),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use serde_json::json;

    #[test]
    fn days_that_are_none_late_or_out_of_order_are_said_at_their_field() {
        let money = json!({"amount": 0, "currency": "EUR"});
        let id = "0193a7c0-1111-7222-8333-444455556601";
        let invoice = serde_json::from_value(json!({
            "id": id, "customer_id": id, "customer_name": "Lena", "subscription_id": null, "number": null, "status": "draft",
            "issued_on": null, "due_on": null, "net": money, "tax": money, "total": money, "paid": money, "credited": money,
            "payable": money, "is_overdue": false, "created_at": "2026-11-22T09:00:00.000Z", "version": 2
        }))
        .unwrap();
        let today = "2026-11-22".parse().unwrap();
        for (issued, due, want) in [
            ("2026-11-22", "2026-12-06", vec![]),
            ("2026-11-22", "2026-11-22", vec![]),
            ("2026-11-23", "2026-12-06", vec!["issued_on"]),
            ("2026-11-22", "2026-11-21", vec!["due_on"]),
            ("", "2026-11-21", vec!["issued_on"]),
            ("2026-11-22", "2026-02-30", vec!["due_on"]),
        ] {
            let draft = Draft::new([("issued_on", issued.to_owned()), ("due_on", due.to_owned())]);
            let got = read(&draft, &invoice, today).err().unwrap_or_default();
            let got: Vec<&str> = got.iter().map(|error| error.field.as_str()).collect();
            assert_eq!(got, want, "{issued} {due}");
        }
    }
}
