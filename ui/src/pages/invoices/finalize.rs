//! The question before a draft becomes final.

use std::rc::Rc;

use chrono::{Days, NaiveDate};
use contract::{
    Conflict, Error, FieldError, Problem, TaxTreatment, Validate,
    invoice::{FinalizeInvoice, InvoiceDetails},
    party::Party,
    words,
};
use yew::prelude::*;

use crate::{
    components::{Button, ButtonKind, ButtonRole, DateField, Dialog, DraftNote, Icon, Notice, Tone, focus_first_invalid},
    format,
    hooks::{Draft, Toast, use_draft, use_formats, use_mutation, use_now, use_toasts},
    pages::{conflict::is_outdated, customers::details::billing_address::BillingAddressDialog},
    route::{Route, Section},
};

/// The question before a draft becomes final.
#[derive(Properties, PartialEq)]
pub struct FinalizeProps {
    /// The draft, as it is when the question opens.
    pub details: Rc<InvoiceDetails>,
    /// Days to pay it.
    pub payment_days: u32,
    /// The newest values of the draft are wanted.
    pub on_reload: Callback<()>,
    /// It became final, or not.
    pub on_close: Callback<()>,
}

/// The question before a draft becomes final: what that means, and its days.
#[component]
pub fn Finalize(props: &FinalizeProps) -> Html {
    let today = use_formats().day_of(use_now());
    let finalize = use_mutation::<FinalizeInvoice>();
    let toasts = use_toasts();
    // Only what was asked about becomes final: a draft that somebody changes meanwhile has to be looked at again.
    let details = use_state_eq(|| props.details.clone());
    let invoice = &details.invoice;
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
            if draft.is_restored() { <DraftNote on_start_over={draft.start_over()} /> }
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
    let on_look = {
        let (on_reload, on_close) = (props.on_reload.clone(), props.on_close.clone());
        Callback::from(move |()| {
            on_reload.emit(());
            on_close.emit(());
        })
    };
    html! {
        <div class="under-dialog">
            <Dialog title="Finalize this invoice?" {foot} {on_submit} on_close={props.on_close.clone()}>
                { refusal(finalize.error.as_ref(), &on_address(true), &on_look) }
                if finalize.error.is_none() { { doubts(&props.details, &on_address(true), &props.on_close) } }
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

/// What is said above the fields: everything that no field says, with the way to what is missing or was changed.
fn refusal(error: Option<&Error>, on_address: &Callback<()>, on_look: &Callback<()>) -> Html {
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
        Some(error) if is_outdated(error) => html! {
            <Notice title={words::error(error).title} text="Nothing became final. Look at the draft again as it is now." tone={Tone::Warning} is_alert={true}>
                <Button label="Look at the draft" kind={ButtonKind::Link} on_press={on_look.clone()} />
            </Notice>
        },
        Some(error) => Notice::of_error(error, Tone::Danger),
    }
}

/// What is no reason to refuse it, but may not be meant: nothing of it can be changed afterwards.
fn doubts(details: &InvoiceDetails, on_address: &Callback<()>, on_look: &Callback<()>) -> Html {
    html! {
        <>
            if has_no_address(&details.buyer) {
                <Notice title="The invoice has no address of the buyer" text="The law asks for it, but for small amounts (Directive 2006/112/EC, articles 226 and 226b). It cannot be added once the invoice is final." tone={Tone::Warning}>
                    <Button label="Enter the billing address" kind={ButtonKind::Link} on_press={on_address.clone()} />
                </Notice>
            }
            if let Some(treatment) = taxed_otherwise(details) {
                <Notice title="The lines are taxed otherwise than the customer" text={Some(AttrValue::from(format!("The tax treatment of the customer is: {}. What becomes final keeps the tax that its lines have.", words::tax_treatment(treatment))))} tone={Tone::Warning}>
                    <Button label="Look at the draft" kind={ButtonKind::Link} on_press={on_look.clone()} />
                </Notice>
            }
        </>
    }
}

/// Whether nothing says where the buyer is to be found.
fn has_no_address(buyer: &Party) -> bool {
    buyer.street.is_none() && buyer.city.is_none()
}

/// How the customer is taxed by now, if the lines are not. What a line takes off goes with the tax that it was billed with.
fn taxed_otherwise(details: &InvoiceDetails) -> Option<TaxTreatment> {
    let treatment = details.tax_treatment?;
    let mut added = details.lines.iter().filter(|line| line.quantity.0 > 0);
    added.any(|line| line.tax_category != treatment.category()).then_some(treatment)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use serde_json::json;

    fn details(treatment: Option<&str>, lines: &[(&str, &str)]) -> InvoiceDetails {
        let money = json!({"amount": 0, "currency": "EUR"});
        let id = "0193a7c0-1111-7222-8333-444455556601";
        let line = |(quantity, category): &(&str, &str)| {
            json!({"position": 1, "text": "Setup", "quantity": quantity, "unit_price": 100, "net": 100, "tax_category": category,
                "tax_rate": if *category == "S" { 190_000 } else { 0 }, "period_start": null, "period_end": null})
        };
        let lines: Vec<serde_json::Value> = lines.iter().map(line).collect();
        serde_json::from_value(json!({
            "invoice": {
                "id": id, "customer_id": id, "customer_name": "Lena", "subscription_id": null, "number": null, "status": "draft",
                "issued_on": null, "due_on": null, "promised_until": null, "net": money, "tax": money, "total": money, "paid": money,
                "credited": money, "payable": money, "is_overdue": false, "created_at": "2026-11-22T09:00:00.000Z", "version": 2
            },
            "lines": lines, "taxes": [], "rounding": money, "prices_include_tax": false, "reverse_charge": false, "note": null,
            "seller": {"name": "Alder"}, "buyer": {"name": "Lena"}, "tax_treatment": treatment, "payments": [], "credit_notes": []
        }))
        .unwrap()
    }

    #[test]
    fn lines_that_are_taxed_otherwise_than_the_customer_are_told() {
        let reversed = Some(TaxTreatment::ReverseCharge);
        assert_eq!(taxed_otherwise(&details(None, &[("1", "S")])), None);
        assert_eq!(taxed_otherwise(&details(Some("AE"), &[("1", "AE"), ("1", "S")])), reversed);
        assert_eq!(taxed_otherwise(&details(Some("AE"), &[("1", "AE")])), None);
        assert_eq!(
            taxed_otherwise(&details(Some("AE"), &[("-0.5", "S"), ("0.5", "AE")])),
            None,
            "taken off as it was billed"
        );
    }

    #[test]
    fn a_city_alone_is_where_the_buyer_is_found() {
        let buyer = details(None, &[]).buyer;
        assert!(has_no_address(&buyer));
        let country = Party {
            country: Some("DE".to_owned()),
            ..buyer.clone()
        };
        assert!(has_no_address(&country));
        let city = Party {
            city: Some("Hamburg".to_owned()),
            ..buyer
        };
        assert!(!has_no_address(&city));
    }

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
