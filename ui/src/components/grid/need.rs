//! When the rows that are rendered are asked for.

use std::{cell::RefCell, ops::Range, rc::Rc};

use gloo_timers::callback::Timeout;
use yew::prelude::*;

use super::rows::PAGE;

/// How long a thumb must rest, in milliseconds, before what it passed over is forgotten and what it points to is asked for.
const REST: u32 = 60;

#[derive(Default)]
struct Pace {
    /// Runs while the list has only just moved.
    rest: Option<Timeout>,
    /// The pages that were asked for last.
    asked: Range<u64>,
}

/// Says which rows are needed, once for each page of them. A list that is read, by wheel or keys, is told at once; so is
/// the first jump. Of the jumps that follow at once, as a dragged thumb makes them, only the last is told: each of the
/// others would be an answer to decode and to draw that nobody sees.
#[hook]
pub fn use_need(range: &Range<u64>, total: u64, on_need: &Callback<Range<u64>>) {
    let pace: Rc<RefCell<Pace>> = use_mut_ref(Pace::default);
    let pages = pages(range);
    let (range, on_need) = (range.clone(), on_need.clone());
    use_effect_with((pages, total), move |(pages, _)| {
        let mut now = pace.borrow_mut();
        let is_told = now.rest.is_none() || is_near(&now.asked, pages);
        if is_told {
            now.asked = pages.clone();
            on_need.emit(range.clone());
        }
        let (at_rest, pages) = (Rc::clone(&pace), pages.clone());
        now.rest = Some(Timeout::new(REST, move || {
            let mut now = at_rest.borrow_mut();
            now.rest = None;
            now.asked = pages;
            drop(now);
            if !is_told {
                on_need.emit(range);
            }
        }));
    });
}

/// The pages that rows lie in.
fn pages(rows: &Range<u64>) -> Range<u64> {
    rows.start / PAGE..rows.end.div_ceil(PAGE)
}

/// Whether one leads to the other without a jump.
fn is_near(before: &Range<u64>, after: &Range<u64>) -> bool {
    before.start.abs_diff(after.start) <= 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_of_one_page_need_that_page_alone() {
        assert_eq!(pages(&(0..24)), 0..1);
        assert_eq!(pages(&(PAGE - 24..PAGE)), 0..1);
        assert_eq!(pages(&(PAGE - 20..PAGE + 4)), 0..2);
        assert_eq!(pages(&(0..0)), 0..0);
    }

    #[test]
    fn reading_on_is_no_jump() {
        assert!(is_near(&(0..1), &(1..2)));
        assert!(is_near(&(5..7), &(4..5)));
        assert!(!is_near(&(0..1), &(2..3)));
    }
}
