//! One pass over all text in memory: what a search cannot be faster than when every term of any length may be asked.

use std::{cmp::Reverse, collections::HashMap};

use anyhow::Result;
use memchr::memmem;

use crate::{raw::Raw, same::Row};

/// A query of every searchable text, and whether its customer is active.
pub const TEXTS: &str = "SELECT search_text, CASE WHEN is_active THEN '1' ELSE '0' END FROM customer_summary WHERE place = 0";

/// What ends the text of an active customer, and of another one: bytes that are in no text.
const ACTIVE: u8 = 0xff;
const INACTIVE: u8 = 0xfe;

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
        for row in rows {
            let mut columns = row.into_iter().flatten();
            all.extend_from_slice(columns.next().unwrap_or_default().as_bytes());
            all.push(if columns.next().as_deref() == Some("1") { ACTIVE } else { INACTIVE });
            all.push(0);
        }
        Self { all, lines }
    }

    pub fn lines(&self) -> usize {
        self.lines
    }

    pub fn bytes(&self) -> usize {
        self.all.len()
    }

    /// Customers whose text holds a term.
    pub fn count(&self, term: &str) -> usize {
        self.holding(&[term.to_owned()], false)
    }

    /// Customers whose text holds every one of some parts, all or the active ones.
    pub fn holding(&self, parts: &[String], only_active: bool) -> usize {
        let mut parts: Vec<&[u8]> = parts.iter().map(String::as_bytes).collect();
        // What is longest the fewest have; the others are looked for in their texts alone.
        parts.sort_by_key(|part| Reverse(part.len()));
        let Some((first, others)) = parts.split_first() else {
            return self.lines;
        };
        let finder = memmem::Finder::new(first);
        let others: Vec<memmem::Finder<'_>> = others.iter().map(memmem::Finder::new).collect();
        let (mut found, mut from) = (0, 0);
        while let Some(at) = self.all.get(from..).and_then(|rest| finder.find(rest)) {
            let at = from + at;
            // Each customer counts once.
            let end = at + memchr::memchr(0, &self.all[at..]).unwrap_or(0);
            let begin = if others.is_empty() {
                at
            } else {
                memchr::memrchr(0, &self.all[..at]).map_or(0, |before| before + 1)
            };
            let text = &self.all[begin..end];
            let is_meant = !only_active || text.last() == Some(&ACTIVE);
            found += usize::from(is_meant && others.iter().all(|other| other.find(text).is_some()));
            from = end + 1;
        }
        found
    }

    /// A word that about so many customers have.
    pub fn term_of_about(&self, wanted: f64) -> String {
        let mut words: HashMap<&str, usize> = HashMap::new();
        for line in self.all.split(|byte| *byte == 0) {
            let text = line.split_last().map_or(line, |(_, text)| text);
            let text = std::str::from_utf8(text).unwrap_or_default();
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
