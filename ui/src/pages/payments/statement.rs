//! The account of a customer: what was billed and paid, day by day.

use chrono::{Datelike, NaiveDate};
use contract::{
    Currency, CustomerId, FieldError, Problem,
    document::{Document, StatementPdf},
    payment::{GetStatement, Statement},
    words,
};
use yew::prelude::*;

use crate::{
    components::{Button, DateField, Dialog, DialogClosing, DialogSize, FailedState, SelectField, SelectOption, SkeletonRows},
    format,
    hooks::{Draft, Query, use_draft, use_formats, use_now, use_query},
    pages::{documents::DocumentButtons, lists::stale},
};

/// The account of a customer.
#[derive(Properties, PartialEq)]
pub struct StatementDialogProps {
    /// Whose.
    pub customer_id: CustomerId,
    /// The name.
    pub name: AttrValue,
    /// Currencies in which the customer owes or has paid, and that of the book.
    pub currencies: Vec<Currency>,
    /// Takes the dialog away.
    pub on_close: Callback<()>,
}

/// The account of a customer: opening balance, what happened, closing balance.
#[component]
pub fn StatementDialog(props: &StatementDialogProps) -> Html {
    let formats = use_formats();
    let today = formats.day_of(use_now());
    let first = props.currencies.first().copied().unwrap_or(formats.currency);
    let draft = use_draft(format!("statement {}", props.customer_id), || {
        let start = NaiveDate::from_ymd_opt(today.year(), 1, 1).unwrap_or(today);
        Draft::new([
            ("from", start.to_string()),
            ("to", today.to_string()),
            ("currency", first.code().to_owned()),
        ])
    });
    let typed = read(&draft, props.customer_id, first);
    let problems = typed.as_ref().err().cloned().unwrap_or_default();
    // While a day is being typed, the account of the days before stays.
    let asked = use_state_eq(|| typed.clone().ok());
    {
        let asked = asked.setter();
        use_effect_with(typed.clone(), move |typed| {
            if let Ok(request) = typed {
                asked.set(Some(request.clone()));
            }
        });
    }
    // Of what was given up or voided nothing is outstanding: only the account itself tells of its currency.
    let told = use_state_eq(Vec::new);
    let on_currencies = {
        let told = told.setter();
        Callback::from(move |currencies: Vec<Currency>| told.set(currencies))
    };
    let codes: Vec<SelectOption> = choices(&props.currencies, &told)
        .iter()
        .map(|currency| SelectOption::new(currency.code().to_owned(), currency.code().to_owned()))
        .collect();
    // What is wrong shows at once: there is nothing to submit.
    let error = |field: &str| {
        problems
            .iter()
            .find(|error| error.field == field)
            .map(|error| AttrValue::from(words::problem(&error.problem)))
    };
    let on_close = props.on_close.clone();
    let document = (*asked).as_ref().map(|asked| Document::Statement {
        of: StatementPdf {
            customer_id: asked.customer_id,
            currency: asked.currency,
            from: asked.from,
            to: asked.to,
        },
    });
    let is_failed = use_state_eq(|| false);
    let on_failed = {
        let is_failed = is_failed.setter();
        Callback::from(move |failed: bool| is_failed.set(failed))
    };
    let unavailable = match (problems.is_empty(), *is_failed) {
        (false, _) => Some(AttrValue::Static("Enter the days first.")),
        (true, true) => Some(AttrValue::Static("The statement could not be read.")),
        (true, false) => None,
    };
    let foot = html! {
        <>
            if let Some(document) = document { <DocumentButtons {document} {unavailable} /> }
            <span class="spacer"></span>
            <Button label="Close" on_press={on_close} />
        </>
    };
    html! {
        <Dialog title={format!("Statement of {}", props.name)} size={DialogSize::Large} closing={DialogClosing::ByBackdrop} {foot} on_close={props.on_close.clone()}>
            <div class={classes!("field-grid", (codes.len() > 1).then_some("field-grid--3"))}>
                <DateField label="From" name="from" help="Empty is the very first day." value={draft.get("from").to_owned()} error={error("from")} on_input={draft.typed("from")} />
                <DateField label="To" name="to" value={draft.get("to").to_owned()} error={error("to")} on_input={draft.typed("to")} />
                if codes.len() > 1 { <SelectField label="Currency" name="currency" value={draft.get("currency").to_owned()} options={std::rc::Rc::from(codes)} on_change={draft.typed("currency")} /> }
            </div>
            if let Some(request) = (*asked).clone() { <Account {request} {on_currencies} {on_failed} on_close={props.on_close.clone()} /> } else { <p class="muted">{ "Enter the days above." }</p> }
        </Dialog>
    }
}

#[derive(Properties, PartialEq)]
struct AccountProps {
    request: GetStatement,
    on_currencies: Callback<Vec<Currency>>,
    on_failed: Callback<bool>,
    on_close: Callback<()>,
}

#[component]
fn Account(props: &AccountProps) -> Html {
    let statement = use_query(props.request.clone());
    {
        let on_currencies = props.on_currencies.clone();
        use_effect_with(statement.state.ready().map(|known| known.currencies.clone()), move |told| {
            if let Some(told) = told {
                on_currencies.emit(told.clone());
            }
        });
    }
    {
        let on_failed = props.on_failed.clone();
        use_effect_with(matches!(statement.state, Query::Failed(_)), move |is_failed| {
            on_failed.emit(*is_failed);
        });
    }
    match &statement.state {
        Query::Loading => html! { <div class="panel"><SkeletonRows label="Loading the statement" /></div> },
        Query::Failed(error) => {
            html! { <div class="panel"><FailedState error={error.clone()} on_retry={statement.reload.clone()} on_close={Some(props.on_close.clone())} /></div> }
        }
        Query::Ready(known) => html! {
            <div class="stack" aria-busy={statement.is_reloading.then_some("true")}>
                if let Some(error) = &statement.reload_error { { stale(error, &statement.reload) } }
                { table(known) }
            </div>
        },
    }
}

fn table(statement: &Statement) -> Html {
    let since = statement
        .from
        .map_or_else(|| "Before".to_owned(), |from| format!("Before {}", format::date(from)));
    html! {
        <div class="panel">
            <table class="dtable dtable--tight" aria-label="Statement">
                <thead><tr>
                    <th scope="col">{ "Day" }</th>
                    <th scope="col">{ "What" }</th>
                    <th scope="col" class="n">{ "Amount" }</th>
                    <th scope="col" class="n">{ "Owed" }</th>
                </tr></thead>
                <tbody>
                    <tr><td class="secondary">{ since }</td><td class="secondary">{ "Opening balance" }</td><td class="n"></td><td class="n"><span class="money medium">{ format::money(statement.opening) }</span></td></tr>
                    { for statement.lines.iter().enumerate().map(|(at, line)| html! {
                        <tr key={at.to_string()}>
                            <td><span class="num">{ format::date(line.on) }</span></td>
                            <td>{ words::statement_kind(line.kind) }if let Some(reference) = &line.reference { <small class="data wrap"><bdi>{ reference }</bdi></small> }</td>
                            <td class="n"><span class="money">{ format::money(line.amount) }</span></td>
                            <td class="n"><span class="money secondary">{ format::money(line.balance) }</span></td>
                        </tr>
                    }) }
                </tbody>
                <tfoot><tr><td>{ format::date(statement.to) }</td><td>{ closing_words(statement) }</td><td class="n"></td><td class="n"><span class="money">{ format::money(statement.closing) }</span></td></tr></tfoot>
            </table>
        </div>
    }
}

/// The currencies that can be chosen: those that are known beforehand, and those that the account tells of.
fn choices(known: &[Currency], told: &[Currency]) -> Vec<Currency> {
    let more = told.iter().filter(|currency| !known.contains(currency));
    known.iter().chain(more).copied().collect()
}

fn closing_words(statement: &Statement) -> &'static str {
    match statement.closing.amount {
        0 => "Nothing owed",
        1.. => "Owed by the customer",
        _ => "Credit of the customer",
    }
}

/// What is typed as a request, or every broken rule.
fn read(draft: &Draft, customer_id: CustomerId, first: Currency) -> Result<GetStatement, Vec<FieldError>> {
    use contract::Validate;
    let mut problems = Vec::new();
    let mut day = |field: &'static str| {
        let text = draft.text(field)?;
        let day = format::parse_date(&text);
        if day.is_none() {
            problems.push(FieldError {
                field: field.to_owned(),
                problem: Problem::WrongShape {
                    detail: "Enter a date like 2026-11-22".to_owned(),
                },
            });
        }
        day
    };
    let request = GetStatement {
        customer_id,
        from: day("from"),
        to: day("to"),
        currency: Currency::parse(draft.get("currency")).unwrap_or(first),
    };
    for mut broken in request.validate().err().unwrap_or_default() {
        if broken.problem == Problem::DateOutOfOrder {
            broken.problem = Problem::WrongShape {
                detail: "The last day is before the first".to_owned(),
            };
        }
        problems.push(broken);
    }
    if problems.is_empty() { Ok(request) } else { Err(problems) }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_currency_of_which_nothing_is_outstanding_can_be_chosen_once_the_account_tells_of_it() {
        let sek = Currency::parse("SEK").unwrap();
        let usd = Currency::parse("USD").unwrap();
        assert_eq!(choices(&[Currency::EUR, usd], &[]), [Currency::EUR, usd]);
        assert_eq!(choices(&[Currency::EUR, usd], &[sek, usd]), [Currency::EUR, usd, sek]);
    }

    #[test]
    fn days_run_forward_and_the_first_may_be_missing() {
        let id = CustomerId(uuid::Uuid::nil());
        for (from, to, want) in [
            ("2026-01-01", "2026-11-22", None),
            ("", "2026-11-22", None),
            ("2026-11-23", "2026-11-22", Some("to")),
            ("2026-02-30", "", Some("from")),
        ] {
            let draft = Draft::new([("from", from.to_owned()), ("to", to.to_owned())]);
            let got = read(&draft, id, Currency::EUR).err().unwrap_or_default();
            assert_eq!(got.first().map(|error| error.field.as_str()), want, "{from} {to}");
        }
    }

    #[test]
    fn what_is_wrong_with_the_order_of_the_days_is_said() {
        let draft = Draft::new([("from", "2026-11-23".to_owned()), ("to", "2026-11-22".to_owned())]);
        let broken = read(&draft, CustomerId(uuid::Uuid::nil()), Currency::EUR).unwrap_err();
        let said: Vec<String> = broken.iter().map(words::at_field).collect();
        assert_eq!(said, ["The last day is before the first."]);
    }
}
