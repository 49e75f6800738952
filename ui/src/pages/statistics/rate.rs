//! The dialog that states what a currency is worth.

use chrono::NaiveDate;
use contract::{
    Currency, Error, FieldError, Problem, Quantity, Validate,
    exchange::{ExchangeRate, ExchangeRates, SetExchangeRate},
};
use yew::prelude::*;

use crate::{
    components::{
        Button, ButtonKind, ButtonRole, DateField, Dialog, DialogSize, DraftNote, Icon, Notice, TextField, Tone, focus_first_invalid,
    },
    format,
    hooks::{Draft, Toast, use_book_changes, use_draft, use_formats, use_mutation, use_now, use_toasts},
    pages::customers::undo::Undoing,
};

/// The dialog that states what a currency is worth.
#[derive(Properties, PartialEq)]
pub struct RateDialogProps {
    /// Which.
    pub currency: Currency,
    /// In which.
    pub base: Currency,
    /// As it is stated.
    pub known: Option<ExchangeRate>,
    /// Stated, or not.
    pub on_close: Callback<()>,
}

/// The dialog that states what a currency is worth.
#[component]
pub fn RateDialog(props: &RateDialogProps) -> Html {
    let (currency, base) = (props.currency, props.base);
    let today = use_formats().day_of(use_now());
    let set = use_mutation::<SetExchangeRate>();
    let toasts = use_toasts();
    let undoing = Undoing::new(toasts.clone(), use_book_changes());
    let before = use_state_eq(|| props.known.clone());
    let draft = use_draft(format!("rate {currency}"), || begin(props.known.as_ref(), today));
    let version = before.as_ref().map_or(0, |known| known.version);
    let typed = read(&draft, currency, version, today);
    let problems = typed.as_ref().err().cloned().unwrap_or_default();
    let send = {
        let (set, draft, on_close, before) = (set.clone(), draft.clone(), props.on_close.clone(), (*before).clone());
        Callback::from(move |request: SetExchangeRate| {
            let (toasts, undoing, draft, on_close, before) =
                (toasts.clone(), undoing.clone(), draft.clone(), on_close.clone(), before.clone());
            let is_removed = request.rate.is_none();
            set.run_with(request, move |answer| match answer {
                Ok(rates) => {
                    draft.saved();
                    let (undoing, back) = (undoing.clone(), back(&rates, before.as_ref(), currency));
                    let verb = if is_removed { "removed" } else { "stated" };
                    let toast = Toast::done(format!("Rate of {currency} {verb}")).icon(Icon::Wallet);
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
        let (draft, typed, send) = (draft.clone(), typed.clone(), send.clone());
        Callback::from(move |()| {
            draft.submit();
            match typed.clone() {
                Ok(request) => send.emit(request),
                Err(_) => focus_first_invalid(),
            }
        })
    };
    let on_remove = send.reform(move |()| SetExchangeRate {
        currency,
        version,
        rate: None,
        on: None,
    });
    let on_cancel = props.on_close.clone();
    let foot = html! {
        <>
            if before.is_some() { <Button label="Remove rate" icon={Some(Icon::Trash)} on_press={on_remove} /> }
            if draft.is_restored() { <DraftNote on_start_over={draft.start_over()} /> }
            <span class="spacer"></span>
            <Button label="Cancel" on_press={on_cancel} />
            <Button label="Save rate" kind={ButtonKind::Primary} role={ButtonRole::Submit} kbd="Ctrl ↵" busy={set.is_busy.then_some(AttrValue::Static("Saving…"))} />
        </>
    };
    html! {
        <Dialog title={format!("What is 1 {currency} in {base}?")} size={DialogSize::Small} foot={Some(foot)} on_submit={Some(on_submit)} on_close={props.on_close.clone()}>
            { refusal(set.error.as_ref()) }
            <TextField label={format!("1 {currency} in {base}")} name="rate" suffix={Some(AttrValue::from(base.code().to_owned()))} help="At most nine digits after the point." value={draft.get("rate").to_owned()} error={draft.error("rate", &problems)} autofocus={true} on_input={draft.typed("rate")} on_leave={draft.left("rate")} />
            <DateField label="Stated for" name="on" help="The day of the rate. It is shown beside every converted amount." value={draft.get("on").to_owned()} error={draft.error("on", &problems)} on_input={draft.typed("on")} on_leave={draft.left("on")} />
        </Dialog>
    }
}

fn begin(known: Option<&ExchangeRate>, today: NaiveDate) -> Draft {
    Draft::new([
        ("rate", known.map(|known| known.rate.to_string()).unwrap_or_default()),
        ("on", known.map_or(today, |known| known.on).to_string()),
    ])
}

/// What takes it back: the rate that was stated before, or none.
fn back(rates: &ExchangeRates, before: Option<&ExchangeRate>, currency: Currency) -> SetExchangeRate {
    let now = rates.rates.iter().find(|known| known.currency == currency);
    SetExchangeRate {
        currency,
        version: now.map_or(0, |now| now.version),
        rate: before.map(|before| before.rate),
        on: before.map(|before| before.on),
    }
}

/// A rate as typed, with a point or a comma. A comma before three digits could group thousands, but never after a zero.
fn parse(typed: &str) -> Option<Quantity> {
    let typed = typed.trim();
    match typed.strip_prefix("0,") {
        Some(part) => Quantity::parse(&format!("0.{part}")),
        None => format::parse_quantity(typed),
    }
}

/// What is typed as a request, or every broken rule.
fn read(draft: &Draft, currency: Currency, version: u32, today: NaiveDate) -> Result<SetExchangeRate, Vec<FieldError>> {
    let mut problems: Vec<FieldError> = Vec::new();
    let mut add = |field: &str, problem: Problem| {
        problems.push(FieldError {
            field: field.to_owned(),
            problem,
        });
    };
    let wrong = |detail: &str| Problem::WrongShape { detail: detail.to_owned() };
    let rate = match draft.text("rate") {
        None => {
            add("rate", Problem::Required);
            None
        }
        Some(text) => match parse(&text) {
            Some(rate) if rate.0 > 0 && rate <= Quantity::MAX => Some(rate),
            Some(_) => {
                add("rate", wrong("Enter a rate above 0, at most 1000000"));
                None
            }
            None => {
                add("rate", wrong("Enter a rate like 0.92"));
                None
            }
        },
    };
    let on = format::parse_date(draft.get("on"));
    match on {
        None => add("on", wrong("Enter a date like 2026-11-22")),
        Some(day) if day > today => add("on", Problem::TooLate { latest: today }),
        Some(_) => {}
    }
    let request = SetExchangeRate {
        currency,
        version,
        rate,
        on,
    };
    for broken in request.validate().err().unwrap_or_default() {
        if !problems.iter().any(|known| known.field == broken.field) {
            problems.push(broken);
        }
    }
    if problems.is_empty() { Ok(request) } else { Err(problems) }
}

/// What is said above the fields: everything that no field says.
fn refusal(error: Option<&Error>) -> Html {
    match error {
        None | Some(Error::Invalid { .. }) => html! {},
        Some(error) => Notice::of_error(error, Tone::Danger),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn typed(rate: &str, on: &str) -> Result<SetExchangeRate, Vec<String>> {
        let draft = Draft::new([("rate", rate.to_owned()), ("on", on.to_owned())]);
        let usd = Currency::parse("USD").unwrap();
        read(&draft, usd, 3, "2026-11-22".parse().unwrap()).map_err(|problems| problems.into_iter().map(|problem| problem.field).collect())
    }

    #[test]
    fn a_rate_is_read_with_a_point_or_a_comma() {
        for (text, want) in [
            ("0.92", "0.92"),
            ("0,923", "0.923"),
            ("1,5", "1.5"),
            ("163.25", "163.25"),
            ("0.000000001", "0.000000001"),
        ] {
            let request = typed(text, "2026-11-22").unwrap();
            assert_eq!((request.rate.unwrap().to_string().as_str(), request.version), (want, 3), "{text}");
        }
    }

    #[test]
    fn what_is_no_rate_or_lies_ahead_is_said_at_its_field() {
        for text in ["", "0", "-1", "much", "1,000", "0.0000000001", "1000001"] {
            assert_eq!(typed(text, "2026-11-22"), Err(vec!["rate".to_owned()]), "{text}");
        }
        for day in ["", "2026-11-23"] {
            assert_eq!(typed("1", day), Err(vec!["on".to_owned()]), "{day}");
        }
    }

    #[test]
    fn it_is_taken_back_to_what_was_stated_before() {
        let usd = Currency::parse("USD").unwrap();
        let rate = |text: &str, version| ExchangeRate {
            currency: usd,
            rate: Quantity::parse(text).unwrap(),
            on: "2026-11-20".parse().unwrap(),
            version,
        };
        let now = |rates| ExchangeRates {
            base: Currency::EUR,
            rates,
        };
        let undone = back(&now(vec![rate("0.93", 2)]), Some(&rate("0.92", 1)), usd);
        assert_eq!((undone.version, undone.rate), (2, Quantity::parse("0.92")));
        assert_eq!(undone.on, Some("2026-11-20".parse().unwrap()));
        let first = back(&now(vec![rate("0.93", 1)]), None, usd);
        assert_eq!((first.version, first.rate), (1, None));
        let removed = back(&now(vec![]), Some(&rate("0.92", 1)), usd);
        assert_eq!((removed.version, removed.rate), (0, Quantity::parse("0.92")));
    }
}
