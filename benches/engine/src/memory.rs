//! One pass over all text in memory: what a search cannot be faster than when every term of any length may be asked.

use std::collections::HashMap;

use anyhow::Result;
use memchr::memmem;

use crate::{raw::Raw, same::Row};

/// A query of every searchable text.
pub const TEXTS: &str = "SELECT search_text FROM customer_summary WHERE place = 0";

/// Every searchable text, one after the other.
pub struct Texts {
    all: Vec<u8>,
    lines: usize,
}

impl Texts {
    pub fn read(raw: &Raw) -> Result<Self> {
        Ok(Self::of(raw.prepare(TEXTS)?.texts()?))
    }

    /// Of the rows of [`TEXTS`].
    pub fn of(rows: Vec<Row>) -> Self {
        let lines = rows.len();
        let mut all = Vec::new();
        for text in rows.into_iter().flatten().flatten() {
            all.extend_from_slice(text.as_bytes());
            all.push(0);
        }
        Self { all, lines }
    }

    pub fn lines(&self) -> usize {
        self.lines
    }

    /// Customers whose text holds a term.
    pub fn count(&self, term: &str) -> usize {
        let mut found = 0;
        let mut from = 0;
        let finder = memmem::Finder::new(term.as_bytes());
        while let Some(at) = self.all.get(from..).and_then(|rest| finder.find(rest)) {
            found += 1;
            // Each customer counts once.
            from += at;
            from += memchr::memchr(0, &self.all[from..]).unwrap_or(0) + 1;
        }
        found
    }

    /// A word that about so many customers have.
    pub fn term_of_about(&self, wanted: f64) -> String {
        let mut words: HashMap<&str, usize> = HashMap::new();
        for line in self.all.split(|byte| *byte == 0) {
            let text = std::str::from_utf8(line).unwrap_or_default();
            let mut own: Vec<&str> = text
                .split(|c: char| !c.is_alphanumeric())
                .filter(|word| word.chars().count() > 3)
                .collect();
            own.sort_unstable();
            own.dedup();
            for word in own {
                *words.entry(word).or_default() += 1;
            }
        }
        let mut words: Vec<(&str, usize)> = words.into_iter().collect();
        words.sort_unstable();
        let distance = |count: usize| ((count as f64).ln() - wanted.ln()).abs();
        let mut near: Vec<(&str, usize)> = words;
        near.sort_by(|a, b| distance(a.1).total_cmp(&distance(b.1)));
        // Of the nearest by words, the one whose hits as part of others are nearest, too.
        near.truncate(12);
        near.into_iter()
            .min_by(|a, b| distance(self.count(a.0)).total_cmp(&distance(self.count(b.0))))
            .map(|(word, _)| word.to_owned())
            .unwrap_or_default()
    }
}
