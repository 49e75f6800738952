//! Rows that cannot be seen wait a frame for those that can, so that no frame has to draw them all.

use std::{cell::RefCell, ops::Range, rc::Rc};

use gloo_render::{AnimationFrame, request_animation_frame};
use gloo_timers::callback::Timeout;
use yew::prelude::*;

/// So many rows are drawn at once without a frame becoming long. A wheel never brings more.
const MANY: usize = 8;

/// What an element of the list stands for.
pub struct Slot<R> {
    /// The number of the row, from 0.
    pub number: u64,
    /// What it holds, if that is loaded.
    pub row: Option<Rc<R>>,
}

impl<R> Clone for Slot<R> {
    fn clone(&self) -> Self {
        Self {
            number: self.number,
            row: self.row.clone(),
        }
    }
}

impl<R> PartialEq for Slot<R> {
    fn eq(&self, other: &Self) -> bool {
        let is_same = match (&self.row, &other.row) {
            (Some(one), Some(two)) => Rc::ptr_eq(one, two),
            (one, two) => one.is_none() && two.is_none(),
        };
        self.number == other.number && is_same
    }
}

struct Drawn<R> {
    slots: Vec<Slot<R>>,
    base: u64,
    /// The last time that the rest was drawn.
    turn: u32,
}

/// Begins the turn of the rest once a frame is painted; given up when it is dropped.
struct Wait {
    _frame: AnimationFrame,
    _after: Rc<RefCell<Option<Timeout>>>,
}

fn after_paint(then: impl FnOnce() + 'static) -> Wait {
    let after = Rc::new(RefCell::new(None));
    let timeout = Rc::clone(&after);
    let frame = request_animation_frame(move |_| {
        timeout.replace(Some(Timeout::new(0, then)));
    });
    Wait {
        _frame: frame,
        _after: after,
    }
}

/// What each element is to show now: what is wanted, or, where many differ and it is not seen, still what it showed. The rest
/// follows after the next frame.
#[hook]
pub fn use_turns<R: 'static>(wanted: Vec<Slot<R>>, base: u64, seen: &Range<u64>) -> Vec<Slot<R>> {
    let turn = use_state_eq(|| 0_u32);
    let drawn = use_mut_ref(|| Drawn {
        slots: Vec::new(),
        base: 0,
        turn: 0,
    });
    let (slots, is_late) = {
        let mut drawn = drawn.borrow_mut();
        let is_its_turn = drawn.turn != *turn;
        // Places are counted from the base: with another one, what an element showed would stand somewhere else.
        let can_wait = !is_its_turn && drawn.base == base && drawn.slots.len() == wanted.len();
        let (slots, is_late) = if can_wait {
            waiting(&drawn.slots, wanted, seen)
        } else {
            (wanted, false)
        };
        *drawn = Drawn {
            slots: slots.clone(),
            base,
            turn: *turn,
        };
        (slots, is_late)
    };
    let wait = use_mut_ref(|| None::<Wait>);
    use_effect(move || {
        if is_late {
            let next = turn.wrapping_add(1);
            wait.replace(Some(after_paint(move || turn.set(next))));
        }
    });
    slots
}

/// What is shown of what is wanted, and whether something is left.
fn waiting<R>(drawn: &[Slot<R>], wanted: Vec<Slot<R>>, seen: &Range<u64>) -> (Vec<Slot<R>>, bool) {
    let differ = drawn.iter().zip(&wanted).filter(|(old, new)| old != new).count();
    if differ <= MANY {
        return (wanted, false);
    }
    let mut is_late = false;
    let shown = drawn.iter().zip(wanted).map(|(old, new)| {
        if seen.contains(&new.number) || *old == new {
            return new;
        }
        is_late = true;
        old.clone()
    });
    let shown = shown.collect();
    (shown, is_late)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn slots(rows: impl Iterator<Item = u64>, is_loaded: bool) -> Vec<Slot<u64>> {
        rows.map(|number| Slot {
            number,
            row: is_loaded.then(|| Rc::new(number)),
        })
        .collect()
    }

    fn loaded(slots: &[Slot<u64>]) -> Vec<u64> {
        slots.iter().filter(|slot| slot.row.is_some()).map(|slot| slot.number).collect()
    }

    #[test]
    fn of_many_rows_those_that_are_seen_come_first() {
        let (drawn, wanted) = (slots(100..124, false), slots(100..124, true));
        let (shown, is_late) = waiting(&drawn, wanted.clone(), &(104..116));
        assert_eq!((loaded(&shown), is_late), ((104..116).collect(), true));
        let (shown, is_late) = waiting(&wanted, wanted.clone(), &(104..116));
        assert_eq!((loaded(&shown).len(), is_late), (24, false));
    }

    #[test]
    fn a_few_are_drawn_at_once() {
        let drawn = slots(100..124, true);
        let mut wanted = drawn.clone();
        for slot in wanted.iter_mut().take(MANY) {
            slot.number += 24;
        }
        let (shown, is_late) = waiting(&drawn, wanted, &(108..120));
        assert_eq!((shown.first().map(|slot| slot.number), is_late), (Some(124), false));
    }
}
