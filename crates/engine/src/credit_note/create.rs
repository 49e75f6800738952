//! `credit_invoice`.

use std::{collections::BTreeMap, ops::Range};

use chrono::NaiveDate;
use contract::{
    Conflict, Problem, Quantity,
    credit_note::{CreditInvoice, CreditNote, CreditReason},
    invoice::{DocumentKind, InvoiceLine, InvoiceStatus},
    money::scale,
    tax::RATE_UNIT,
};
use sea_orm::EntityTrait;

use super::{entry, list, load, tax};
use crate::{
    billing,
    call::Run,
    customer::check_version,
    entity::{credit_note, credit_note_line, invoice},
    error::{Error, Result},
    invoice as invoices,
    invoice::lines,
    payment,
    scope::Scope,
    subscription,
};

/// A hundredth, in the billionths of a quantity.
const HUNDREDTH: i64 = 10_000_000;

/// How much of a line is credited.
#[derive(Clone, Copy, Debug)]
pub struct Part {
    pub position: u32,
    pub net: i64,
}

/// Credits parts of a final invoice, or all that is left; the customer has to be locked. What was paid beyond the rest is
/// credit of the customer from then on. `settled` is the time that a change of the subscription settled, if one credits: the lines
/// are credited from its first day on.
pub async fn credit(
    scope: &Scope,
    row: &mut invoice::Model,
    parts: Option<&[Part]>,
    settled: Option<Range<NaiveDate>>,
    reason: CreditReason,
    issued_on: Option<NaiveDate>,
) -> Result<credit_note::Model> {
    let status = invoices::status(row)?;
    if matches!(status, InvoiceStatus::Draft | InvoiceStatus::Void) {
        return Err(Conflict::InvoiceState { status }.into());
    }
    let issued_on = billing::number::issue_day(scope, issued_on)?;
    if let Some(earliest) = row.issued_on.filter(|earliest| issued_on < *earliest) {
        return Err(contract::Error::field("issued_on", Problem::TooEarly { earliest }).into());
    }
    let own = lines::load(scope, row.id.into()).await?;
    let before = load(scope, row.id).await?;
    let (_, mut left) = tax::of_notes(&own, before.iter().map(|(_, lines)| lines))?;
    // Lines that take off can be left beside others that they make up for: together they come to nothing.
    if left.is_nothing() || row.credited >= row.total {
        return Err(Conflict::NothingToCredit.into());
    }
    let chosen = choose(&own, &left.nets, parts)?;
    // Lines that take off make an invoice smaller than the sum of its others.
    let (wanted, most): (i64, i64) = (chosen.iter().map(|part| part.net).sum(), left.nets.values().sum());
    if wanted > most {
        return Err(contract::Error::field("lines", Problem::OutOfRange { min: 1, max: most }).into());
    }
    let groups = left.take(&chosen)?;
    let net: i64 = groups.iter().map(|group| group.base).sum();
    let tax: i64 = groups.iter().map(|group| group.tax).sum();
    let rest = row.total - row.credited;
    // The last one takes what the total was rounded by; none takes more than is left.
    let rounding = if left.is_nothing() {
        rest - net - tax
    } else {
        (rest - net - tax).min(0)
    };
    let total = net + tax + rounding;
    if total < 0 {
        return Err(contract::Error::field(
            "lines",
            Problem::OutOfRange {
                min: 0,
                max: contract::money::MAX_AMOUNT,
            },
        )
        .into());
    }
    let settings = billing::load(scope).await?;
    let numbered = billing::number::take(scope, DocumentKind::CreditNote, &settings.credit_note_format, issued_on).await?;
    let frozen = |party: &Option<String>| party.clone().unwrap_or_else(|| "{}".to_owned());
    let note = credit_note::Model {
        id: scope.new_id()?,
        invoice_id: row.id,
        customer_id: row.customer_id,
        series: numbered.series,
        series_number: numbered.series_number,
        number: numbered.number,
        issued_on,
        reason: reason.as_str().to_owned(),
        settled_until: settled.as_ref().map(|time| time.end),
        currency: row.currency.clone(),
        net,
        tax,
        rounding,
        total,
        seller: frozen(&row.seller),
        buyer: frozen(&row.buyer),
        created_at: scope.now.0,
    };
    // The lines first: the database lets none come to a credit note that is there.
    let stored = stored_lines(&note, &own, &chosen, row.prices_include_tax, settled.map(|time| time.start))?;
    credit_note_line::Entity::insert_many(stored.into_iter().map(credit_note_line::ActiveModel::from))
        .exec_without_returning(scope)
        .await?;
    credit_note::Entity::insert(credit_note::ActiveModel::from(note.clone()))
        .exec_without_returning(scope)
        .await?;
    row.credited += total;
    let excess = row.paid + row.credited - row.total;
    if excess > 0 {
        payment::release_from_invoice(scope, row, excess).await?;
    }
    invoices::settle(scope, row);
    // By all of it: what it frees of payments was not left to pay.
    invoices::store_on(scope, row, -total, issued_on).await?;
    Ok(note)
}

/// The parts that were asked for, or all that is left.
fn choose(own: &[InvoiceLine], left: &BTreeMap<u32, i64>, parts: Option<&[Part]>) -> Result<Vec<tax::Taken>> {
    let taken = |line: &InvoiceLine, net| tax::Taken {
        position: line.position,
        category: line.tax_category,
        rate: line.tax_rate,
        net,
    };
    let left_of = |position: u32| left.get(&position).copied().unwrap_or(0);
    let Some(parts) = parts else {
        return Ok(own
            .iter()
            .filter(|line| left_of(line.position) != 0)
            .map(|line| taken(line, left_of(line.position)))
            .collect());
    };
    let mut chosen = Vec::with_capacity(parts.len());
    for (at, part) in parts.iter().enumerate() {
        let refused = |field: &str, max: i64| {
            let problem = Problem::OutOfRange { min: 1, max };
            Error::Refused(contract::Error::field(&format!("lines[{at}].{field}"), problem))
        };
        let line = own
            .iter()
            .find(|line| line.position == part.position)
            .ok_or_else(|| refused("position", i64::try_from(own.len()).unwrap_or(i64::MAX)))?;
        let most = left_of(part.position).max(0);
        if part.net > most {
            return Err(refused("net", most));
        }
        chosen.push(taken(line, part.net));
    }
    Ok(chosen)
}

/// What is credited of a line as a quantity and the price of one: so much of the quantity as of the amount, where that is exact
/// to two digits after the point. Else one at what is credited: 83.333333333 of something is nothing that a person counts.
fn counted(line: &InvoiceLine, net: i64, includes_tax: bool) -> Option<(Quantity, i64)> {
    if net == line.net {
        return Some((line.quantity, line.unit_price));
    }
    let sign = line.net.signum();
    let is_exact = |part: i64| i128::from(part) * i128::from(line.net) == i128::from(line.quantity.0) * i128::from(net);
    let part = scale(line.quantity.0, net * sign, line.net * sign).filter(|part| part % HUNDREDTH == 0 && is_exact(*part));
    if let Some(part) = part {
        return Some((Quantity(part), line.unit_price));
    }
    // A price is never less than nothing (EN 16931, BR-27), and holds the tax where those of the invoice do.
    let one = if net < 0 { Quantity::ONE.negated() } else { Quantity::ONE };
    let rate = if includes_tax { line.tax_rate } else { 0 };
    Some((one, scale(net.abs(), (RATE_UNIT + rate).into(), RATE_UNIT.into())?))
}

fn stored_lines(
    note: &credit_note::Model,
    own: &[InvoiceLine],
    chosen: &[tax::Taken],
    includes_tax: bool,
    since: Option<NaiveDate>,
) -> Result<Vec<credit_note_line::Model>> {
    let mut stored = Vec::with_capacity(chosen.len());
    for part in chosen {
        let Some(line) = own.iter().find(|line| line.position == part.position) else {
            continue;
        };
        let (quantity, unit_price) =
            counted(line, part.net, includes_tax).ok_or_else(|| Error::Fault("a credited price is out of range".to_owned()))?;
        stored.push(credit_note_line::Model {
            credit_note_id: note.id,
            position: line.position.into(),
            text: line.text.clone(),
            quantity_nano: quantity.0,
            unit_price,
            net: part.net,
            tax_category: line.tax_category.as_str().to_owned(),
            tax_rate_micro: line.tax_rate.into(),
            period_start: line.period_start.map(|start| since.map_or(start, |day| day.max(start))),
            period_end: line.period_end,
        });
    }
    Ok(stored)
}

impl Run for CreditInvoice {
    async fn run(self, scope: &Scope) -> Result<CreditNote> {
        let (mut row, _) = invoices::find_to_change(scope, self.id).await?;
        check_version(scope, row.id, row.version, self.version).await?;
        let parts: Option<Vec<Part>> = self.lines.map(|lines| {
            lines
                .iter()
                .map(|line| Part {
                    position: line.position,
                    net: line.net,
                })
                .collect()
        });
        let note = credit(scope, &mut row, parts.as_deref(), None, self.reason, self.issued_on).await?;
        let mut logged = entry(&note, row.number.as_deref().unwrap_or_default());
        // A change of a subscription credits, too: but never what bills one that is over.
        if row.credited >= row.total {
            logged.fields.extend(subscription::unbill(scope, &row).await?);
        }
        scope.log(logged);
        list::read(scope, note.id).await
    }
}
