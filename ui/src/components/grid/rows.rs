//! The rows that have been loaded so far, in pages.

use std::{collections::BTreeMap, rc::Rc};

/// Rows of a page: more than fit on a screen, few enough to be there before a key is released.
pub const PAGE: u64 = 50;

type Page<R> = Rc<[Rc<R>]>;

/// The rows that have been loaded so far.
pub struct GridRows<R> {
    pages: Rc<BTreeMap<u64, Page<R>>>,
}

impl<R> Clone for GridRows<R> {
    fn clone(&self) -> Self {
        Self {
            pages: Rc::clone(&self.pages),
        }
    }
}

impl<R> Default for GridRows<R> {
    fn default() -> Self {
        Self { pages: Rc::default() }
    }
}

/// Equal if nothing was loaded in between; what the rows hold is compared one by one where they are shown.
impl<R> PartialEq for GridRows<R> {
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.pages, &other.pages)
    }
}

impl<R: PartialEq> GridRows<R> {
    /// The row of a number, if it is there.
    #[must_use]
    pub fn get(&self, number: u64) -> Option<&Rc<R>> {
        let page = self.pages.get(&(number / PAGE))?;
        page.get(usize::try_from(number % PAGE).ok()?)
    }

    /// Whether nothing is loaded.
    pub fn is_empty(&self) -> bool {
        self.pages.values().all(|page| page.is_empty())
    }

    /// The number of the first row for which something holds.
    pub fn position(&self, mut holds: impl FnMut(&R) -> bool) -> Option<u64> {
        self.pages.iter().find_map(|(number, page)| {
            let at = page.iter().position(|row| holds(row))?;
            Some(number * PAGE + u64::try_from(at).ok()?)
        })
    }

    /// With a page, whose rows stay the same objects where they hold the same, so that they need not be drawn again.
    #[must_use]
    pub fn with(&self, number: u64, rows: Vec<R>) -> Self {
        let before = self.pages.get(&number);
        let page: Page<R> = rows
            .into_iter()
            .enumerate()
            .map(|(at, row)| match before.and_then(|page| page.get(at)) {
                Some(same) if **same == row => Rc::clone(same),
                _ => Rc::new(row),
            })
            .collect();
        let mut pages = (*self.pages).clone();
        pages.insert(number, page);
        Self { pages: Rc::new(pages) }
    }

    /// Without the pages from a number of rows on.
    #[must_use]
    pub fn up_to(&self, total: u64) -> Self {
        let mut pages = (*self.pages).clone();
        pages.retain(|number, _| number * PAGE < total);
        Self { pages: Rc::new(pages) }
    }

    /// Only the pages near a number, so that scrolling for hours does not fill the memory.
    #[must_use]
    pub fn near(&self, number: u64, distance: u64) -> Self {
        let mut pages = (*self.pages).clone();
        pages.retain(|other, _| other.abs_diff(number) <= distance);
        Self { pages: Rc::new(pages) }
    }

    /// The numbers of the loaded pages.
    #[cfg(test)]
    pub fn pages(&self) -> impl Iterator<Item = u64> + '_ {
        self.pages.keys().copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_found_by_number_and_by_what_they_hold() {
        let rows = GridRows::default()
            .with(0, (0..PAGE).collect())
            .with(2, (2 * PAGE..2 * PAGE + 25).collect());
        assert_eq!(rows.get(PAGE - 1).map(|row| **row), Some(PAGE - 1));
        assert_eq!(rows.get(PAGE), None);
        assert_eq!(rows.get(2 * PAGE + 24).map(|row| **row), Some(2 * PAGE + 24));
        assert_eq!(rows.get(2 * PAGE + 25), None);
        assert_eq!(rows.position(|row| *row == 2 * PAGE + 1), Some(2 * PAGE + 1));
        assert_eq!(rows.position(|row| *row == PAGE + 5), None);
    }

    #[test]
    fn what_did_not_change_stays_the_same_object() {
        let before = GridRows::default().with(0, vec!["a", "b"]);
        let after = before.with(0, vec!["a", "c"]);
        let is_same = |number| match (before.get(number), after.get(number)) {
            (Some(a), Some(b)) => Rc::ptr_eq(a, b),
            _ => false,
        };
        assert!(is_same(0));
        assert!(!is_same(1));
    }

    #[test]
    fn pages_far_away_or_beyond_the_end_are_let_go() {
        let mut rows = GridRows::default();
        for page in 0..20 {
            rows = rows.with(page, vec![page]);
        }
        assert_eq!(rows.near(10, 2).pages().collect::<Vec<_>>(), [8, 9, 10, 11, 12]);
        assert_eq!(rows.up_to(PAGE + 1).pages().collect::<Vec<_>>(), [0, 1]);
    }
}
