//! Recurring revenue by currency, and together at the rates that somebody has stated.

use std::rc::Rc;

use contract::{
    Currency, Money,
    exchange::{ExchangeRate, ExchangeRates, ExchangeRatesRequest, convert},
    recurring::{RecurringFigures, RecurringOfCurrency},
};
use yew::prelude::*;

use super::{
    definitions::Meaning,
    parts::{figure, head},
    proof::{Proof, Row},
    rate::RateDialog,
};
use crate::{
    components::{Button, ButtonKind, FailedState, Icon},
    format,
    hooks::{Query, use_query},
};

/// Recurring revenue by currency.
#[derive(Properties, PartialEq)]
pub struct CurrenciesPanelProps {
    /// The figures of all currencies.
    pub figures: Rc<RecurringFigures>,
    /// The currencies.
    pub currencies: Vec<Currency>,
    /// The one that the page shows.
    pub currency: Currency,
    /// Shows another.
    pub on_currency: Callback<Currency>,
    /// Opens a list.
    pub on_prove: Callback<Proof>,
}

/// Amounts of several currencies in one of them.
#[derive(Debug, PartialEq)]
struct Together {
    /// Each amount converted, in the order of the amounts.
    parts: Vec<Money>,
    /// What the parts sum to.
    sum: Money,
}

/// Amounts in the base, at the stated rates; the currencies without a rate, if there are some.
fn together(amounts: &[Money], rates: &ExchangeRates) -> Result<Together, Vec<Currency>> {
    let rate = |amount: &Money| {
        if amount.currency == rates.base {
            return Some(contract::Quantity::ONE);
        }
        known(rates, amount.currency).map(|known| known.rate)
    };
    let missing: Vec<Currency> = amounts
        .iter()
        .filter(|amount| rate(amount).is_none())
        .map(|amount| amount.currency)
        .collect();
    if !missing.is_empty() {
        return Err(missing);
    }
    let rated: Vec<_> = amounts.iter().filter_map(|amount| Some((*amount, rate(amount)?))).collect();
    let (parts, sum) = convert(&rated, rates.base).ok_or_else(Vec::new)?;
    Ok(Together { parts, sum })
}

fn known(rates: &ExchangeRates, currency: Currency) -> Option<&ExchangeRate> {
    rates.rates.iter().find(|known| known.currency == currency)
}

/// Recurring revenue by currency; added only at stated rates.
#[component]
pub fn CurrenciesPanel(props: &CurrenciesPanelProps) -> Html {
    let rates = use_query(ExchangeRatesRequest {});
    let setting = use_state_eq(|| None::<Currency>);
    let on_set = {
        let setting = setting.setter();
        Callback::from(move |currency| setting.set(Some(currency)))
    };
    let on_close = {
        let setting = setting.setter();
        Callback::from(move |()| setting.set(None))
    };
    let mrr = |currency: Currency| {
        let own = props.figures.currencies.iter().find(|own| own.currency == currency);
        own.map_or(Money::new(0, currency), |own| own.mrr)
    };
    let amounts: Vec<Money> = props.currencies.iter().map(|currency| mrr(*currency)).collect();
    let stated = rates.state.ready();
    let sum = stated.map(|stated| together(&amounts, stated));
    let row = |(number, amount): (usize, &Money)| {
        let currency = amount.currency;
        let own = props.figures.currencies.iter().find(|own| own.currency == currency);
        let mrr = own.map_or_else(|| format::NOTHING.to_owned(), |own| format::money(own.mrr));
        let part = sum.as_ref().and_then(|sum| sum.as_ref().ok()?.parts.get(number).copied());
        let on_currency = props.on_currency.clone();
        html! {
            <li key={currency.code().to_owned()}>
                <span class="medium cur">{ currency.to_string() }</span>
                <div class="grow currency">
                    if currency == props.currency {
                        <span class="muted">{ "this page" }</span>
                    } else {
                        <span class="muted">{ own.map_or_else(|| html! { { format::counted(0, "customer") } }, |own| customers(own, props)) }</span>
                    }
                    if let Some(stated) = stated { { rate_of(stated, currency, part, &on_set) } }
                </div>
                if currency == props.currency {
                    <span class="money medium">{ mrr }</span>
                } else {
                    <button class="figure money medium" type="button" title={format!("Show the figures in {currency}")} onclick={move |_| on_currency.emit(currency)}>{ mrr }</button>
                }
            </li>
        }
    };
    html! {
        <section class="panel" aria-label="By currency">
            { head(Meaning::Currencies, "By currency", html! { <span class="muted">{ "added at stated rates only" }</span> }) }
            <ul class="rows rows--flush">{ for amounts.iter().enumerate().map(row) }</ul>
            { match &rates.state {
                Query::Failed(error) => html! { <FailedState error={error.clone()} on_retry={rates.reload.clone()} /> },
                _ => foot(stated.map(AsRef::as_ref), sum.as_ref(), &amounts, &props.on_prove),
            } }
            <div>
                if let (Some(currency), Some(stated)) = (*setting, stated) {
                    <RateDialog key={currency.code()} {currency} base={stated.base} known={known(stated, currency).cloned()} {on_close} />
                }
            </div>
        </section>
    }
}

/// How many customers pay in a currency.
fn customers(own: &RecurringOfCurrency, props: &CurrenciesPanelProps) -> Html {
    let paying = Proof::Customers {
        mrr: own.mrr,
        on: props.figures.on,
        joined: None,
    };
    html! {
        <>
            { figure(format::count(own.customers), "Open the customers", paying.counted(own.customers), &props.on_prove) }
            { if own.customers == 1 { " customer" } else { " customers" } }
        </>
    }
}

/// The rate of a currency with its day, what its amount comes to, and the way to state another.
fn rate_of(stated: &ExchangeRates, currency: Currency, part: Option<Money>, on_set: &Callback<Currency>) -> Html {
    if currency == stated.base {
        return html! {};
    }
    let on_press = on_set.reform(move |()| currency);
    match known(stated, currency) {
        None => {
            html! { <Button label="State a rate" kind={ButtonKind::Link} aria_label={Some(AttrValue::from(format!("State a rate of {currency}")))} {on_press} /> }
        }
        Some(known) => {
            let text = format!("at {} {} of {}", format::quantity(known.rate), stated.base, format::date(known.on));
            html! {
                <span class="currency__rate">
                    if let Some(part) = part { <span class="num">{ format!("{} ", format::money(part)) }</span> }
                    <span class="muted num">{ text }</span>
                    <Button label="Change" kind={ButtonKind::Link} aria_label={Some(AttrValue::from(format!("Change the rate of {currency}")))} {on_press} />
                </span>
            }
        }
    }
}

/// A row for each currency with what it comes to at its rate.
fn rows(stated: &ExchangeRates, amounts: &[Money], together: &Together) -> Vec<Row> {
    let row = |(amount, part): (&Money, &Money)| Row {
        customer: None,
        name: amount.currency.to_string(),
        cells: [
            format::money(*amount),
            known(stated, amount.currency).map_or_else(
                || format::NOTHING.to_owned(),
                |known| format!("{} of {}", format::quantity(known.rate), format::date(known.on)),
            ),
        ],
        amount: part.amount,
    };
    amounts.iter().zip(&together.parts).map(row).collect()
}

fn foot(
    stated: Option<&ExchangeRates>,
    sum: Option<&Result<Together, Vec<Currency>>>,
    amounts: &[Money],
    on_prove: &Callback<Proof>,
) -> Html {
    match (stated, sum) {
        (Some(stated), Some(Ok(together))) => {
            let proof = Proof::Together {
                sum: together.sum,
                parts: rows(stated, amounts, together),
            };
            let sum = figure(format::money(together.sum), "Open the currencies", proof, on_prove);
            html! { <dl class="sum currencies__sum"><div class="sum__end"><dt>{ format!("= Together in {}", stated.base) }</dt><dd class="num money">{ sum }</dd></div></dl> }
        }
        (Some(stated), Some(Err(missing))) if !missing.is_empty() => {
            let codes: Vec<&str> = missing.iter().map(|currency| currency.code()).collect();
            html! { <p class="panel__note">{ Icon::Info.small() }{ format!(" Together in {} once a rate is stated of {}.", stated.base, codes.join(", ")) }</p> }
        }
        (Some(_), Some(Err(_))) => html! { <p class="panel__note">{ "Together this is more than an amount can be." }</p> },
        _ => html! { <p class="panel__note" aria-busy="true">{ "Loading the rates…" }</p> },
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use contract::Quantity;

    use super::*;

    fn rates(stated: &[(&str, &str)]) -> ExchangeRates {
        let rate = |(currency, rate): &(&str, &str)| ExchangeRate {
            currency: Currency::parse(currency).unwrap(),
            rate: Quantity::parse(rate).unwrap(),
            on: "2026-11-25".parse().unwrap(),
            version: 1,
        };
        ExchangeRates {
            base: Currency::EUR,
            rates: stated.iter().map(rate).collect(),
        }
    }

    fn money(amount: i64, currency: &str) -> Money {
        Money::new(amount, Currency::parse(currency).unwrap())
    }

    #[test]
    fn nothing_is_added_without_a_rate_for_each_currency() {
        let amounts = [money(1_000, "EUR"), money(500, "USD"), money(900, "JPY")];
        let missing = together(&amounts, &rates(&[("USD", "0.92")])).unwrap_err();
        assert_eq!(missing, [Currency::parse("JPY").unwrap()]);
    }

    #[test]
    fn the_parts_are_the_list_that_sums_to_the_whole() {
        let amounts = [money(1_000, "EUR"), money(333, "USD"), money(905, "JPY")];
        let found = together(&amounts, &rates(&[("USD", "0.923456789"), ("JPY", "0.0061")])).unwrap();
        assert_eq!(found.parts.iter().map(|part| part.amount).sum::<i64>(), found.sum.amount);
        // 10.00 + 3.07511… + 5.5205 = 18.5956…
        assert_eq!(found.sum, money(1_860, "EUR"));
        let too_much = together(&[money(contract::money::MAX_AMOUNT, "USD")], &rates(&[("USD", "2")]));
        assert_eq!(too_much, Err(Vec::new()));
    }
}
