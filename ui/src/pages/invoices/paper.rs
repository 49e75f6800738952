//! A document as it prints: who sells, who buys, what, and what it comes to.

use contract::{
    Currency, Money, TaxGroup,
    invoice::{InvoiceDetails, InvoiceLine, InvoicePreview},
    party::Party,
    words,
};
use yew::prelude::*;

use crate::format::{self, NOTHING};

/// What a document comes to.
#[derive(Clone, Debug, PartialEq)]
pub struct Sums {
    /// Sum of the lines.
    pub net: Money,
    /// The tax, by category and rate.
    pub taxes: Vec<TaxGroup>,
    /// What the total was rounded by.
    pub rounding: Money,
    /// All of it.
    pub total: Money,
}

impl From<&InvoiceDetails> for Sums {
    fn from(details: &InvoiceDetails) -> Self {
        Self {
            net: details.invoice.net,
            taxes: details.taxes.clone(),
            rounding: details.rounding,
            total: details.invoice.total,
        }
    }
}

impl From<&InvoicePreview> for Sums {
    fn from(preview: &InvoicePreview) -> Self {
        Self {
            net: preview.net,
            taxes: preview.taxes.clone(),
            rounding: preview.rounding,
            total: preview.total,
        }
    }
}

/// The head of a document: what it is, its number, and its days.
pub fn top(kind: &str, number: Option<&str>, days: &[(&'static str, String)]) -> Html {
    html! {
        <div class="paper__top">
            <div>
                <h3 class="paper__title">{ kind }</h3>
                if let Some(number) = number { <p class="muted mono">{ number }</p> } else { <p class="muted">{ "The number comes when it is final" }</p> }
            </div>
            <dl class="paper__meta">{ for days.iter().map(|(name, day)| html! { <><dt>{ *name }</dt><dd class="num">{ day }</dd></> }) }</dl>
        </div>
    }
}

/// Who sells and who buys.
pub fn parties(seller: &Party, buyer: &Party) -> Html {
    html! { <div class="parties">{ party("From", seller) }{ party("To", buyer) }</div> }
}

fn party(label: &str, party: &Party) -> Html {
    html! {
        <div>
            <p class="paper__label">{ label }</p>
            <address>
                if party.name.is_empty() { <span class="muted">{ "No name yet" }</span> } else { <strong><bdi>{ &party.name }</bdi></strong> }
                { for address(party).into_iter().map(|line| html! { <span><bdi>{ line }</bdi></span> }) }
            </address>
        </div>
    }
}

/// The lines of an address below the name.
#[must_use]
pub fn address(party: &Party) -> Vec<String> {
    let city = [party.postal_code.as_deref(), party.city.as_deref()];
    let city: Vec<&str> = city.into_iter().flatten().collect();
    let country = party.country.as_deref().map(format::country);
    [
        party.contact.clone(),
        party.street.clone(),
        Some(city.join(" ")).filter(|city| !city.is_empty()),
        party.region.clone(),
        country,
        party.vat_id.as_ref().map(|id| format!("VAT {id}")),
        party.tax_number.as_ref().map(|number| format!("Tax number {number}")),
        party.email.clone(),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// The lines, as they print.
pub fn lines(lines: &[InvoiceLine], currency: Currency) -> Html {
    html! {
        <table class="lines" aria-label="Lines">
            <thead><tr>
                <th scope="col">{ "Description" }</th>
                <th scope="col" class="n opt">{ "Quantity" }</th>
                <th scope="col" class="n opt">{ "Price" }</th>
                <th scope="col" class="n opt">{ "Tax" }</th>
                <th scope="col" class="n">{ "Net" }</th>
            </tr></thead>
            <tbody>{ for lines.iter().map(|line| row(line, currency)) }</tbody>
        </table>
    }
}

fn row(line: &InvoiceLine, currency: Currency) -> Html {
    let money = |amount| format::money(Money::new(amount, currency));
    let period = period(line);
    let each = format!("{} × {}", format::quantity(line.quantity), money(line.unit_price));
    html! {
        <tr key={line.position.to_string()}>
            <td>
                <bdi>{ &line.text }</bdi>
                if let Some(period) = period { <small class="num">{ period }</small> }
                <small class="only-phone num">{ format!("{each} · {}", tax(line)) }</small>
            </td>
            <td class="n opt">{ format::quantity(line.quantity) }</td>
            <td class="n opt">{ money(line.unit_price) }</td>
            <td class="n opt">{ tax(line) }</td>
            <td class="n">{ money(line.net) }</td>
        </tr>
    }
}

/// The days that a line bills.
fn period(line: &InvoiceLine) -> Option<String> {
    match (line.period_start, line.period_end) {
        (Some(start), Some(end)) => Some(format::days(start, end)),
        (Some(day), None) | (None, Some(day)) => Some(format::date(day)),
        (None, None) => None,
    }
}

/// `19%`, or the category where there is no rate.
fn tax(line: &InvoiceLine) -> String {
    if line.tax_rate > 0 {
        format::rate(line.tax_rate)
    } else {
        words::tax_category(line.tax_category).to_owned()
    }
}

/// A row of the sums below the lines.
pub struct SumRow {
    /// What it is.
    pub label: String,
    /// How much.
    pub amount: Money,
    /// Whether it is ruled off: it is the sum of what stands above.
    pub is_total: bool,
}

impl SumRow {
    /// One of several.
    #[must_use]
    pub fn part(label: impl Into<String>, amount: Money) -> Self {
        Self {
            label: label.into(),
            amount,
            is_total: false,
        }
    }

    /// The sum of what stands above.
    #[must_use]
    pub fn total(label: impl Into<String>, amount: Money) -> Self {
        Self {
            is_total: true,
            ..Self::part(label, amount)
        }
    }
}

/// Net, tax per rate with its base, rounding and total.
#[must_use]
pub fn of_sums(sums: &Sums) -> Vec<SumRow> {
    let currency = sums.total.currency;
    let mut rows = vec![SumRow::part("Net", sums.net)];
    rows.extend(sums.taxes.iter().map(|group| {
        let base = format::money(Money::new(group.base, currency));
        let label = if group.rate > 0 {
            format!("Tax {} of {base}", format::rate(group.rate))
        } else {
            format!("{} of {base}", words::tax_category(group.category))
        };
        SumRow::part(label, Money::new(group.tax, currency))
    }));
    if sums.rounding.amount != 0 {
        rows.push(SumRow::part("Rounding", sums.rounding));
    }
    rows.push(SumRow::total("Total", sums.total));
    rows
}

/// The sums below the lines.
pub fn sums(rows: &[SumRow]) -> Html {
    html! {
        <dl class="facts paper__sums">
            { for rows.iter().map(|row| html! {
                <div class={row.is_total.then_some("facts__total")}><dt>{ &row.label }</dt><dd class="money">{ format::money(row.amount) }</dd></div>
            }) }
        </dl>
    }
}

/// A day, or that there is none yet.
#[must_use]
pub fn day(day: Option<chrono::NaiveDate>) -> String {
    day.map_or_else(|| NOTHING.to_owned(), format::date)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_has_only_the_lines_that_are_known() {
        let known = Party {
            name: "Alder Hosting GmbH".to_owned(),
            postal_code: Some("20259".to_owned()),
            city: Some("Hamburg".to_owned()),
            vat_id: Some("DE298114207".to_owned()),
            ..Party::default()
        };
        assert_eq!(address(&known), ["20259 Hamburg", "VAT DE298114207"]);
        assert!(address(&Party::default()).is_empty());
    }
}
