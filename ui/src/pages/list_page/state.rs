//! A list as it stands: what is asked, what is shown, where the focus is. Pure, so that it can be tested without a window.

use std::{
    collections::{BTreeMap, BTreeSet},
    ops::Range,
    rc::Rc,
};

use contract::{Error, Request};
use yew::prelude::*;

use super::wanted::{Answer, Part, Wanted};
use crate::components::grid::{GridRows, PAGE};

/// Pages that are asked for at the same time.
const MOST_AT_ONCE: usize = 2;
/// Pages that are kept on either side of the place.
const KEPT: u64 = 20;

/// What the app answers to a page of the list.
type Output<W> = <<W as Wanted>::Request as Request>::Output;

/// What is on screen.
#[derive(Clone, PartialEq)]
pub struct Shown<W: Wanted> {
    /// What it answers.
    pub filter: W,
    /// The loaded rows.
    pub rows: GridRows<W::Row>,
    /// How many match.
    pub total: u64,
    /// Whether that is counted to the end.
    pub is_exact: bool,
}

/// The list.
#[derive(Clone, PartialEq)]
pub struct ListState<W: Wanted> {
    /// What the person wants to see.
    pub wanted: W,
    /// What is seen; the old stays until the new is there.
    pub shown: Option<Shown<W>>,
    /// The figures that come with the list.
    pub figures: Option<Rc<W::Figures>>,
    /// Why the newest question was refused.
    pub error: Option<Error>,
    /// Milliseconds that the newest answer took.
    pub took: Option<u32>,
    /// The row in focus.
    pub focus: Option<u64>,
    /// Grows when the row in focus shall be scrolled into view.
    pub reveal: u32,
    focus_id: Option<W::Id>,
    /// Whether the person has put the focus there; else it is at the first row because it has to be somewhere.
    is_chosen: bool,
    is_sought: bool,
    generation: u32,
    need: Range<u64>,
    pending: BTreeSet<u64>,
    fresh: BTreeSet<u64>,
    cursors: BTreeMap<u64, String>,
    wants_figures: bool,
    /// Whether a question under way asks for the figures. They are wanted until they are there.
    is_asking_figures: bool,
}

/// A page to be asked for.
#[derive(Clone, Debug, PartialEq)]
pub struct Question<W: Wanted> {
    /// Answers to earlier ones are dropped.
    pub generation: u32,
    /// Which page.
    pub page: u64,
    /// Whether it asks for the figures, too.
    pub has_figures: bool,
    /// The request.
    pub request: W::Request,
}

/// How the list changes.
pub enum Step<W: Wanted> {
    /// Something else is to be listed.
    Want(W),
    /// The book has changed.
    Refresh,
    /// These rows are needed.
    Need(Range<u64>),
    /// A page is being asked for.
    Asked(Question<W>),
    /// Its answer, and the milliseconds it took.
    Answered(Question<W>, Result<Box<Output<W>>, Error>, u32),
    /// The exact number.
    Counted(u32, u64),
    /// Try again.
    Retry,
    /// The row in focus.
    Focus(u64),
    /// The record in focus, wherever it stands.
    FocusOn(W::Id),
    /// A new record is in focus; the newest stand at the top of the usual order.
    FocusOnNew(W::Id),
}

impl<W: Wanted> ListState<W> {
    /// Nothing is known yet.
    pub fn new(wanted: W, focus: Option<u64>) -> Self {
        Self {
            wanted,
            shown: None,
            figures: None,
            error: None,
            took: None,
            focus,
            reveal: 0,
            focus_id: None,
            is_chosen: false,
            is_sought: false,
            generation: 0,
            need: 0..0,
            pending: BTreeSet::new(),
            fresh: BTreeSet::new(),
            cursors: BTreeMap::new(),
            wants_figures: true,
            is_asking_figures: false,
        }
    }

    /// Number of the newest question.
    pub fn generation(&self) -> u32 {
        self.generation
    }

    /// Whether an answer is awaited that changes what is seen.
    pub fn is_loading(&self) -> bool {
        !self.pending.is_empty()
    }

    /// Whether what is seen answers what is wanted.
    pub fn is_current(&self) -> bool {
        self.shown.as_ref().is_some_and(|shown| shown.filter.lists_the_same(&self.wanted))
    }

    /// Whether there are rows in view that answer an earlier question.
    pub fn has_old_rows(&self) -> bool {
        self.shown.as_ref().is_some_and(|shown| {
            shown.total > 0 && (!self.is_current() || self.missing().iter().any(|page| shown.rows.get(page * PAGE).is_some()))
        })
    }

    /// What the columns are ordered by on screen: what is wanted, but where that was refused, what the rows answer that stay.
    pub fn ordered_as(&self) -> &W {
        match (&self.error, &self.shown) {
            (Some(_), Some(shown)) => &shown.filter,
            _ => &self.wanted,
        }
    }

    /// The record in focus.
    pub fn focused(&self) -> Option<&Rc<W::Row>> {
        self.shown.as_ref()?.rows.get(self.focus?)
    }

    /// The record beside one, for going through the list with its details open.
    pub fn beside(&self, id: W::Id, is_next: bool) -> Option<W::Id> {
        let rows = &self.shown.as_ref()?.rows;
        let at = rows.position(|row| W::id(row) == id)?;
        let to = if is_next { at.checked_add(1)? } else { at.checked_sub(1)? };
        rows.get(to).map(|row| W::id(row))
    }

    /// The pages to ask for now.
    pub fn questions(&self) -> Vec<Question<W>> {
        if self.error.is_some() {
            return Vec::new();
        }
        let mut figures = self.wants_figures && !self.is_asking_figures;
        self.missing()
            .into_iter()
            .take(MOST_AT_ONCE.saturating_sub(self.pending.len()))
            .map(|page| {
                let cursor = page
                    .checked_sub(1)
                    .filter(|before| self.fresh.contains(before))
                    .and_then(|before| self.cursors.get(&before));
                let has_figures = std::mem::take(&mut figures);
                let part = Part {
                    limit: u32::try_from(PAGE).ok(),
                    after: cursor.cloned(),
                    at: (cursor.is_none() && page > 0).then_some(page * PAGE),
                    has_figures,
                    is_exact: false,
                };
                Question {
                    generation: self.generation,
                    page,
                    has_figures,
                    request: self.wanted.request_of(part),
                }
            })
            .collect()
    }

    fn missing(&self) -> Vec<u64> {
        let pages = match &self.shown {
            Some(shown) if self.is_current() && shown.total > 0 => {
                let last = (shown.total - 1) / PAGE;
                let first = (self.need.start / PAGE).min(last);
                first..=(self.need.end.saturating_sub(1).max(self.need.start) / PAGE).min(last)
            }
            Some(_) => 0..=0,
            None => {
                let first = self.focus.unwrap_or(0) / PAGE;
                first..=first
            }
        };
        pages
            .filter(|page| !self.pending.contains(page) && !self.fresh.contains(page))
            .collect()
    }

    fn begin(&mut self) {
        self.generation = self.generation.wrapping_add(1);
        self.pending.clear();
        self.fresh.clear();
        self.cursors.clear();
        self.error = None;
        self.is_asking_figures = false;
    }

    fn take(&mut self, question: &Question<W>, page: Answer<W>) {
        if question.has_figures {
            self.figures = page.figures.map(Rc::new);
            self.wants_figures = false;
        }
        let was_current = self.is_current();
        let before = self.shown.take().filter(|_| was_current);
        let (total, is_exact) = match &before {
            // More are known than the page counts. After a change of the book the number is taken for as long as it is counted anew.
            Some(before) if !page.total_is_exact && before.total > page.total => (before.total, before.is_exact && !self.fresh.is_empty()),
            _ => (page.total, page.total_is_exact),
        };
        let rows = before
            .map(|before| before.rows)
            .unwrap_or_default()
            .with(question.page, page.items)
            .up_to(total)
            .near(question.page, KEPT);
        self.fresh.insert(question.page);
        self.fresh.retain(|number| number.abs_diff(question.page) <= KEPT);
        self.cursors.retain(|number, _| number.abs_diff(question.page) <= KEPT);
        if let Some(next) = page.next {
            self.cursors.insert(question.page, next);
        }
        self.shown = Some(Shown {
            filter: self.wanted.clone(),
            rows,
            total,
            is_exact,
        });
        self.settle(!was_current);
        // Where the list is scrolled elsewhere, it says itself what it needs there; where it stays, it says nothing.
        if !was_current && self.focus.is_none_or(|focus| !self.need.contains(&focus)) {
            self.need = 0..0;
        }
    }

    /// Finds the record in focus again; if it is gone, the next row takes its place. Another list begins at its first row,
    /// unless the person had put the focus on a record of it.
    fn settle(&mut self, is_new: bool) {
        let Some(shown) = &self.shown else { return };
        let kept = self.focus_id.filter(|_| self.is_chosen || !is_new);
        let found = kept.and_then(|id| shown.rows.position(|row| W::id(row) == id));
        if let Some(found) = found {
            if is_new || self.is_sought {
                self.reveal = self.reveal.wrapping_add(1);
            }
            self.focus = Some(found);
            self.is_sought = false;
            return;
        }
        let Some(last) = shown.total.checked_sub(1) else {
            self.focus = None;
            self.focus_id = None;
            return;
        };
        let at = if is_new && self.focus_id.is_some() {
            0
        } else {
            self.focus.unwrap_or(0).min(last)
        };
        self.is_chosen &= !is_new;
        if is_new || self.focus != Some(at) {
            self.reveal = self.reveal.wrapping_add(1);
        }
        self.focus = Some(at);
        if self.fresh.contains(&(at / PAGE)) {
            self.focus_id = shown.rows.get(at).map(|row| W::id(row));
            self.is_sought = false;
        }
    }
}

impl<W: Wanted> Reducible for ListState<W> {
    type Action = Step<W>;

    fn reduce(self: Rc<Self>, step: Step<W>) -> Rc<Self> {
        let mut next = (*self).clone();
        match step {
            Step::Want(filter) => {
                let is_same = filter.lists_the_same(&next.wanted);
                next.wanted = filter;
                // What was refused is asked for again by whoever wants it again.
                if !is_same || next.error.is_some() {
                    next.begin();
                }
            }
            Step::Refresh => {
                next.begin();
                next.wants_figures = true;
            }
            Step::Need(range) => {
                if next.need == range {
                    return self;
                }
                next.need = range;
            }
            Step::Asked(question) => {
                next.is_asking_figures |= question.has_figures;
                next.pending.insert(question.page);
            }
            Step::Answered(question, _, _) if question.generation != self.generation => return self,
            Step::Answered(question, answer, took) => {
                next.pending.remove(&question.page);
                next.is_asking_figures &= !question.has_figures;
                match answer {
                    Ok(page) => {
                        next.took = Some(took);
                        next.take(&question, W::answer(*page));
                    }
                    Err(error) => {
                        next.error = Some(error);
                    }
                }
            }
            Step::Counted(generation, total) => {
                if let Some(shown) = next.shown.as_mut().filter(|_| generation == self.generation) {
                    shown.total = total;
                    shown.is_exact = true;
                }
            }
            Step::Retry => next.error = None,
            Step::Focus(row) => {
                next.focus = Some(row);
                next.focus_id = next.focused().map(|row| W::id(row));
                next.is_chosen = true;
                next.is_sought = false;
            }
            Step::FocusOn(id) => next.seek(id),
            Step::FocusOnNew(id) => {
                if next.wanted.is_usual() {
                    next.focus = Some(0);
                    next.reveal = next.reveal.wrapping_add(1);
                }
                next.seek(id);
            }
        }
        Rc::new(next)
    }
}

impl<W: Wanted> ListState<W> {
    fn seek(&mut self, id: W::Id) {
        self.focus_id = Some(id);
        self.is_chosen = true;
        self.is_sought = true;
        if let Some(found) = self.shown.as_ref().and_then(|shown| shown.rows.position(|row| W::id(row) == id)) {
            self.focus = Some(found);
            self.reveal = self.reveal.wrapping_add(1);
        }
    }
}

#[cfg(test)]
mod tests;
