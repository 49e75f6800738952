//! The rows of a list by their exact amounts: what each gets of the rounded sum is known without any of them.

use std::{cmp::Reverse, collections::BTreeMap};

use super::recurring::{TWELFTHS, rounded};
use crate::error::{Error, Result};

/// Twelfths that a row can lose by being rounded down, from none on.
const LOST: usize = 12;

/// How many rows have which amount, in twelfths of a minor unit. The list has the largest first.
#[derive(Clone, Debug, Default)]
pub struct Classes(BTreeMap<Reverse<i64>, usize>);

/// Where the rows of a page are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// The largest amount among them and the smallest.
    pub most: i64,
    pub least: i64,
    /// Rows of those amounts that come before them.
    pub skipped: usize,
}

/// What is lost of an amount that is rounded down.
fn lost(twelfths: i64) -> usize {
    usize::try_from(twelfths.rem_euclid(TWELFTHS)).unwrap_or(0)
}

impl Classes {
    pub fn add(&mut self, twelfths: i64, rows: usize) {
        *self.0.entry(Reverse(twelfths)).or_default() += rows;
    }

    /// Adds those of another list.
    pub fn extend(&mut self, other: &Self) {
        for (Reverse(twelfths), rows) in &other.0 {
            self.add(*twelfths, *rows);
        }
    }

    /// Rows in all.
    pub fn rows(&self) -> usize {
        self.0.values().sum()
    }

    /// Different amounts.
    pub fn amounts(&self) -> usize {
        self.0.len()
    }

    /// The exact sum.
    pub fn twelfths(&self) -> Result<i64> {
        let mut sum = 0_i64;
        for (Reverse(twelfths), rows) in &self.0 {
            let own = i64::try_from(*rows).ok().and_then(|rows| twelfths.checked_mul(rows));
            let added = own.and_then(|own| sum.checked_add(own));
            sum = added.ok_or_else(|| Error::Fault("what recurs is out of range".to_owned()))?;
        }
        Ok(sum)
    }

    /// The rounded sum.
    pub fn rounded(&self) -> Result<i64> {
        Ok(rounded(self.twelfths()?))
    }

    /// Where the rows from one to before another are; nowhere if there are none.
    pub fn place(&self, start: usize, end: usize) -> Option<Place> {
        let mut place: Option<Place> = None;
        let mut before = 0;
        for (Reverse(twelfths), rows) in &self.0 {
            if before >= end {
                break;
            }
            if before + rows > start {
                let first = Place {
                    most: *twelfths,
                    least: *twelfths,
                    skipped: start - before.min(start),
                };
                place = Some(Place {
                    least: *twelfths,
                    ..place.unwrap_or(first)
                });
            }
            before += rows;
        }
        place.filter(|_| start < end)
    }

    /// What the rows from `start` on get of a whole that is the rounded sum, as `contract::money::share_out` gives it out: each is
    /// rounded down, and what is missing goes to those that lost most, of equals to the first.
    pub fn shares(&self, whole: i64, start: usize) -> Result<Shares> {
        let fault = || Error::Fault("rows do not sum to what recurs".to_owned());
        let (mut missing, mut by_loss, mut seen) = (whole, [0; LOST], [0; LOST]);
        let mut before = 0;
        for (Reverse(twelfths), rows) in &self.0 {
            let own = i64::try_from(*rows)
                .ok()
                .and_then(|rows| twelfths.div_euclid(TWELFTHS).checked_mul(rows));
            missing = own.and_then(|own| missing.checked_sub(own)).ok_or_else(fault)?;
            if let Some(of_loss) = by_loss.get_mut(lost(*twelfths)) {
                *of_loss += *rows;
            }
            if let Some(seen) = seen.get_mut(lost(*twelfths)) {
                *seen += start.saturating_sub(before).min(*rows);
            }
            before += rows;
        }
        let missing = usize::try_from(missing).ok().filter(|missing| *missing <= before);
        let mut missing = missing.ok_or_else(fault)?;
        let mut up = [0; LOST];
        for (up, rows) in up.iter_mut().zip(by_loss).rev() {
            *up = missing.min(rows);
            missing -= *up;
        }
        Ok(Shares { up, seen })
    }
}

/// Gives out a whole, row by row.
#[derive(Clone, Debug)]
pub struct Shares {
    /// Of those that lose so much, how many are rounded up: the first.
    up: [usize; LOST],
    /// How many of them have been.
    seen: [usize; LOST],
}

impl Shares {
    /// What the next row gets, which has this amount.
    pub fn next(&mut self, twelfths: i64) -> i64 {
        let at = lost(twelfths);
        let is_up = self.seen.get(at) < self.up.get(at);
        if let Some(seen) = self.seen.get_mut(at) {
            *seen += 1;
        }
        twelfths.div_euclid(TWELFTHS) + i64::from(is_up)
    }
}

#[cfg(test)]
mod tests {
    use contract::money::share_out;

    use super::*;

    #[test]
    fn every_page_gives_out_what_the_whole_list_does() {
        for amounts in [
            vec![10_000, 10_000, 10_000],
            vec![5, 7, 7, 12, 0, 131, 130, 130, 131, 1, 1, 1, 29, 30, 31, 30, 11, 11, 23],
            (0..200).map(|at| at * at * 7 % 97).collect(),
            vec![],
        ] {
            let mut sorted: Vec<i64> = amounts.clone();
            sorted.sort_by_key(|amount| Reverse(*amount));
            let mut classes = Classes::default();
            for amount in amounts {
                classes.add(amount, 1);
            }
            assert_eq!((classes.rows(), classes.twelfths().unwrap()), (sorted.len(), sorted.iter().sum()));
            let whole = classes.rounded().unwrap();
            let exact: Vec<i128> = sorted.iter().copied().map(i128::from).collect();
            // As a part of something larger it may be rounded the other way.
            for whole in whole - 1..=whole + 1 {
                let Some(want) = share_out(whole, &exact, TWELFTHS.into()) else {
                    assert!(classes.shares(whole, 0).is_err(), "{whole} of {sorted:?}");
                    continue;
                };
                for start in 0..sorted.len() {
                    let end = (start + 7).min(sorted.len());
                    let place = classes.place(start, end).unwrap();
                    let within: Vec<i64> = sorted
                        .iter()
                        .copied()
                        .filter(|own| (place.least..=place.most).contains(own))
                        .collect();
                    assert_eq!(within[place.skipped..][..end - start], sorted[start..end]);
                    let mut shares = classes.shares(whole, start).unwrap();
                    let got: Vec<i64> = sorted[start..end].iter().map(|own| shares.next(*own)).collect();
                    assert_eq!(got, want[start..end], "from {start} of {whole} of {sorted:?}");
                }
                assert_eq!(classes.place(sorted.len(), sorted.len()), None);
            }
        }
    }
}
