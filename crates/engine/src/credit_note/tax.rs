//! What is left of an invoice, and what of it a credit note takes: so that all credit notes of an invoice that is credited in
//! full sum to it, to the minor unit.

use std::collections::BTreeMap;

use contract::{
    TaxCategory, TaxGroup,
    invoice::InvoiceLine,
    money::scale,
    tax::{RATE_UNIT, Taxed, totals},
};

use crate::{
    entity::credit_note_line,
    error::{Error, Result},
    invoice::lines::category,
};

/// What is left of an invoice that could be credited.
#[derive(Clone, Debug)]
pub struct Remaining {
    /// Net amount by line.
    pub nets: BTreeMap<u32, i64>,
    groups: BTreeMap<(TaxCategory, u32), (i64, i64)>,
}

/// A part of a line: where it stands, its tax, how much of its net amount.
#[derive(Clone, Copy, Debug)]
pub struct Taken {
    pub position: u32,
    pub category: TaxCategory,
    pub rate: u32,
    pub net: i64,
}

impl Remaining {
    /// All of an invoice.
    pub fn all(lines: &[InvoiceLine]) -> Result<Self> {
        let taxed: Vec<Taxed> = lines
            .iter()
            .map(|line| Taxed {
                amount: line.net,
                category: line.tax_category,
                rate: line.tax_rate,
            })
            .collect();
        let found = totals(&taxed, false, 1).ok_or_else(|| Error::Fault("the lines of an invoice are out of range".to_owned()))?;
        Ok(Self {
            nets: lines.iter().map(|line| (line.position, line.net)).collect(),
            groups: found
                .groups
                .into_iter()
                .map(|group| ((group.category, group.rate), (group.base, group.tax)))
                .collect(),
        })
    }

    /// Whether nothing is left.
    pub fn is_nothing(&self) -> bool {
        self.nets.values().all(|net| *net == 0)
    }

    /// Takes parts off; answers with their tax by group. The last part of a group takes all the tax that is left of it.
    pub fn take(&mut self, parts: &[Taken]) -> Result<Vec<TaxGroup>> {
        let mut taken: BTreeMap<(TaxCategory, u32), i64> = BTreeMap::new();
        for part in parts {
            *taken.entry((part.category, part.rate)).or_default() += part.net;
            if let Some(net) = self.nets.get_mut(&part.position) {
                *net -= part.net;
            }
        }
        let mut groups = Vec::with_capacity(taken.len());
        for ((category, rate), base) in taken {
            let (left_base, left_tax) = self.groups.entry((category, rate)).or_default();
            *left_base -= base;
            let own = scale(base, rate.into(), RATE_UNIT.into()).ok_or_else(|| Error::Fault("a credit is out of range".to_owned()))?;
            let tax = if *left_base == 0 { *left_tax } else { own.min((*left_tax).max(0)) };
            *left_tax -= tax;
            groups.push(TaxGroup { category, rate, base, tax });
        }
        Ok(groups)
    }
}

/// What the stored lines of a credit note take.
pub fn parts(lines: &[credit_note_line::Model]) -> Result<Vec<Taken>> {
    lines
        .iter()
        .map(|line| {
            Ok(Taken {
                position: u32::try_from(line.position)?,
                category: category("credit_note_line.tax_category", &line.tax_category)?,
                rate: u32::try_from(line.tax_rate_micro)?,
                net: line.net,
            })
        })
        .collect()
}

/// The tax of each credit note of an invoice, in the order in which they were made, and what they leave.
pub fn of_notes<'a>(
    lines: &[InvoiceLine],
    notes: impl Iterator<Item = &'a Vec<credit_note_line::Model>>,
) -> Result<(Vec<Vec<TaxGroup>>, Remaining)> {
    let mut left = Remaining::all(lines)?;
    let mut taxes = Vec::new();
    for note in notes {
        taxes.push(left.take(&parts(note)?)?);
    }
    Ok((taxes, left))
}
