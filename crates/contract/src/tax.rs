//! Tax on invoices, as EN 16931 computes it: by group of category and rate, rounded once a group.

use std::collections::BTreeMap;

use crate::{
    Problem,
    money::{MAX_AMOUNT, scale, share_out},
    names,
    rules::Found,
    wire,
};

names! {
    /// The category of a tax, by its code in UNCL 5305 (EN 16931, BT-151).
    pub enum TaxCategory {
        /// Standard rate.
        Standard = "S",
        /// Zero rated.
        Zero = "Z",
        /// Exempt.
        Exempt = "E",
        /// Reverse charge: the buyer accounts for the tax.
        ReverseCharge = "AE",
        /// Supply within the European Union.
        IntraCommunity = "K",
        /// Export out of the European Union.
        Export = "G",
        /// Outside the scope of tax.
        OutsideScope = "O",
    }
}

names! {
    /// How everything that is billed to a customer is taxed, where it is not as the billing settings say: a category without
    /// tax, by its code in UNCL 5305.
    pub enum TaxTreatment {
        /// Zero rated.
        Zero = "Z",
        /// Exempt.
        Exempt = "E",
        /// Reverse charge: the buyer accounts for the tax.
        ReverseCharge = "AE",
        /// Supply within the European Union.
        IntraCommunity = "K",
        /// Export out of the European Union.
        Export = "G",
        /// Outside the scope of tax.
        OutsideScope = "O",
    }
}

impl TaxTreatment {
    /// The category of every line.
    #[must_use]
    pub fn category(self) -> TaxCategory {
        match self {
            Self::Zero => TaxCategory::Zero,
            Self::Exempt => TaxCategory::Exempt,
            Self::ReverseCharge => TaxCategory::ReverseCharge,
            Self::IntraCommunity => TaxCategory::IntraCommunity,
            Self::Export => TaxCategory::Export,
            Self::OutsideScope => TaxCategory::OutsideScope,
        }
    }
}

/// Millionths in a whole: a rate of 190 000 is 19 %.
pub const RATE_UNIT: u32 = 1_000_000;

impl TaxCategory {
    /// Whether country and number for VAT of the buyer have to be known, because it is the buyer who accounts for the tax
    /// (EN 16931, BR-AE-2, BR-IC-2).
    #[must_use]
    pub fn needs_buyer(self) -> bool {
        matches!(self, Self::ReverseCharge | Self::IntraCommunity)
    }

    /// Checks that a rate suits the category: above nothing for the standard rate, nothing for all others (EN 16931, BR-S-5,
    /// BR-Z-5, BR-E-5, BR-AE-5, BR-IC-5, BR-G-5, BR-O-5).
    pub fn check_rate(self, field: &str, rate: u32, found: &mut Found) {
        let (min, max) = if self == Self::Standard { (1, RATE_UNIT) } else { (0, 0) };
        if rate < min || rate > max {
            found.push(
                field,
                Problem::OutOfRange {
                    min: min.into(),
                    max: max.into(),
                },
            );
        }
    }
}

wire! {
    /// The tax of all lines of one category and rate (EN 16931, BG-23).
    #[derive(Copy, Eq)]
    pub struct TaxGroup {
        /// The category.
        pub category: TaxCategory,
        /// The rate in millionths.
        pub rate: u32,
        /// Net amount of the lines, in minor units.
        pub base: i64,
        /// `base × rate`, rounded half away from zero (BR-CO-17).
        pub tax: i64,
    }
}

/// A line as far as tax is concerned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Taxed {
    /// What the line comes to at its price, in minor units.
    pub amount: i64,
    /// The category.
    pub category: TaxCategory,
    /// The rate in millionths.
    pub rate: u32,
}

/// What an invoice comes to, in minor units.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Totals {
    /// Net amount of each line.
    pub nets: Vec<i64>,
    /// Tax by category and rate.
    pub groups: Vec<TaxGroup>,
    /// Sum of the lines (BT-106, BT-109).
    pub net: i64,
    /// Sum of the groups (BT-110).
    pub tax: i64,
    /// What the payable amount was rounded by (BT-114).
    pub rounding: i64,
    /// Net, tax and rounding (BT-115).
    pub total: i64,
}

/// Computes an invoice. `includes_tax` says whether the amounts of the lines hold the tax already; `step` is the smallest
/// amount that is paid, in minor units (5 where the smallest coin is five cents, else 1).
///
/// With prices that include tax the total is what the prices say: where the tax that EN 16931 computes from the net differs
/// from the tax within the prices by a unit, the payable amount is rounded by it. `None` if an amount is out of range.
#[must_use]
pub fn totals(lines: &[Taxed], includes_tax: bool, step: u32) -> Option<Totals> {
    let mut by_group: BTreeMap<(TaxCategory, u32), Vec<usize>> = BTreeMap::new();
    for (at, line) in lines.iter().enumerate() {
        by_group.entry((line.category, line.rate)).or_default().push(at);
    }
    let mut nets = vec![0; lines.len()];
    let mut groups = Vec::with_capacity(by_group.len());
    let (mut net, mut tax, mut payable) = (0_i64, 0_i64, 0_i64);
    for ((category, rate), members) in by_group {
        let amounts: Vec<i64> = members.iter().filter_map(|at| lines.get(*at)).map(|line| line.amount).collect();
        let sum = amounts.iter().try_fold(0_i64, |sum, amount| sum.checked_add(*amount))?;
        let (unit, whole) = (i64::from(RATE_UNIT), i64::from(RATE_UNIT) + i64::from(rate));
        let (base, parts) = if includes_tax {
            let base = scale(sum, unit, whole)?;
            let exact: Vec<i128> = amounts.iter().map(|amount| i128::from(*amount) * i128::from(unit)).collect();
            (base, share_out(base, &exact, whole.into())?)
        } else {
            (sum, amounts)
        };
        for (at, part) in members.into_iter().zip(parts) {
            *nets.get_mut(at)? = part;
        }
        let own = scale(base, rate.into(), unit)?;
        net = net.checked_add(base)?;
        tax = tax.checked_add(own)?;
        payable = payable.checked_add(if includes_tax { sum } else { base.checked_add(own)? })?;
        groups.push(TaxGroup {
            category,
            rate,
            base,
            tax: own,
        });
    }
    let total = scale(payable, 1, step.into())?.checked_mul(step.into())?;
    let fits = |amount: i64| amount.abs() <= MAX_AMOUNT;
    (fits(net) && fits(tax) && fits(total)).then_some(Totals {
        nets,
        groups,
        net,
        tax,
        rounding: total - net - tax,
        total,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(amount: i64, category: TaxCategory, rate: u32) -> Taxed {
        Taxed { amount, category, rate }
    }

    #[test]
    fn a_customer_is_billed_by_any_category_that_has_no_rate() {
        let treatments: Vec<TaxCategory> = TaxTreatment::ALL.iter().map(|treatment| treatment.category()).collect();
        let without_rate: Vec<TaxCategory> = TaxCategory::ALL
            .iter()
            .copied()
            .filter(|category| crate::rules::check(|found| category.check_rate("tax_rate", 0, found)).is_ok())
            .collect();
        assert_eq!(treatments, without_rate);
        for treatment in TaxTreatment::ALL {
            assert_eq!(treatment.as_str(), treatment.category().as_str());
        }
    }

    #[test]
    fn tax_is_rounded_once_a_group_and_not_once_a_line() {
        // EN 16931, BR-CO-17: three lines of 0.33 at 19 % are 0.99 × 19 % = 0.19, not 3 × 0.06.
        let lines = [line(33, TaxCategory::Standard, 190_000); 3];
        let found = totals(&lines, false, 1).unwrap_or_else(|| panic!("in range"));
        assert_eq!((found.net, found.tax, found.rounding, found.total), (99, 19, 0, 118));
    }

    #[test]
    fn each_rate_is_a_group_of_its_own() {
        let lines = [
            line(10_000, TaxCategory::Standard, 190_000),
            line(5_000, TaxCategory::Standard, 70_000),
            line(2_500, TaxCategory::Standard, 190_000),
            line(300, TaxCategory::Zero, 0),
        ];
        let found = totals(&lines, false, 1).unwrap_or_else(|| panic!("in range"));
        let groups: Vec<_> = found
            .groups
            .iter()
            .map(|group| (group.category, group.rate, group.base, group.tax))
            .collect();
        assert_eq!(
            groups,
            [
                (TaxCategory::Standard, 70_000, 5_000, 350),
                (TaxCategory::Standard, 190_000, 12_500, 2_375),
                (TaxCategory::Zero, 0, 300, 0),
            ]
        );
        assert_eq!((found.net, found.tax, found.total), (17_800, 2_725, 20_525));
    }

    #[test]
    fn prices_with_tax_come_to_what_they_say_whatever_the_rounding() {
        for amount in 0..3_000 {
            for rate in [0, 25_000, 55_000, 70_000, 190_000, 200_000, 250_000] {
                let category = if rate == 0 { TaxCategory::Zero } else { TaxCategory::Standard };
                let lines = [
                    line(amount, category, rate),
                    line(2 * amount + 1, category, rate),
                    line(-amount, category, rate),
                ];
                let found = totals(&lines, true, 1).unwrap_or_else(|| panic!("in range"));
                let group = found.groups.first().unwrap_or_else(|| panic!("a group"));
                assert_eq!(found.total, 2 * amount + 1);
                assert_eq!(found.nets.iter().sum::<i64>(), found.net);
                // BR-CO-17 holds, and what it leaves over is a unit at most.
                assert_eq!(scale(group.base, rate.into(), 1_000_000), Some(group.tax));
                assert!(found.rounding.abs() <= 1, "{amount} at {rate}: {found:?}");
            }
        }
    }

    #[test]
    fn an_amount_is_rounded_to_what_is_paid() {
        // BT-114: 10.02 and 10.03 in Swiss francs, paid in steps of five.
        for (amount, total, rounding) in [(1_002, 1_000, -2), (1_003, 1_005, 2), (-1_003, -1_005, -2)] {
            let found = totals(&[line(amount, TaxCategory::OutsideScope, 0)], false, 5).unwrap_or_else(|| panic!("in range"));
            assert_eq!((found.total, found.rounding), (total, rounding));
        }
    }

    #[test]
    fn what_is_out_of_range_is_nothing() {
        assert_eq!(totals(&[line(MAX_AMOUNT, TaxCategory::Standard, 190_000)], false, 1), None);
        assert_eq!(totals(&[line(i64::MAX, TaxCategory::Zero, 0); 2], false, 1), None);
        let none = totals(&[], false, 1).unwrap_or_else(|| panic!("in range"));
        assert_eq!((none.net, none.total, none.groups.len()), (0, 0, 0));
    }
}
