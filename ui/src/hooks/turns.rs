//! What is asked for again because the book has changed takes turns: whoever works on meanwhile does not wait until all lists and
//! figures of a page are there, and what is asked for anew before its turn comes is asked for once.

use std::{
    cell::RefCell,
    future::poll_fn,
    task::{Poll, Waker},
};

/// Questions that are asked again at the same time.
const AT_ONCE: usize = 2;

#[derive(Default)]
struct Turns {
    taken: usize,
    waiting: Vec<Waker>,
}

thread_local! {
    static TURNS: RefCell<Turns> = RefCell::default();
}

/// Somebody's turn. It ends when this is dropped.
#[derive(Debug)]
pub struct Turn(());

impl Drop for Turn {
    fn drop(&mut self) {
        let waiting = TURNS.with_borrow_mut(|turns| {
            turns.taken = turns.taken.saturating_sub(1);
            std::mem::take(&mut turns.waiting)
        });
        // Each, in the order in which they came: one of them may not wait any more.
        waiting.into_iter().for_each(Waker::wake);
    }
}

/// Waits for a turn.
pub async fn turn() -> Turn {
    poll_fn(|context| {
        TURNS.with_borrow_mut(|turns| {
            if turns.taken < AT_ONCE {
                turns.taken += 1;
                Poll::Ready(Turn(()))
            } else {
                turns.waiting.push(context.waker().clone());
                Poll::Pending
            }
        })
    })
    .await
}

#[cfg(test)]
mod tests {
    use std::{pin::pin, task::Context};

    use super::*;

    #[test]
    fn so_many_have_their_turn_and_the_next_one_follows_who_has_ended() {
        let mut context = Context::from_waker(Waker::noop());
        let mut turns: Vec<Turn> = Vec::new();
        for _ in 0..AT_ONCE {
            match pin!(turn()).poll(&mut context) {
                Poll::Ready(turn) => turns.push(turn),
                Poll::Pending => panic!("there was room"),
            }
        }
        let mut next = pin!(turn());
        assert!(next.as_mut().poll(&mut context).is_pending());
        // Who does not wait any more takes no turn.
        assert!(pin!(turn()).poll(&mut context).is_pending());
        turns.pop();
        let last = next.as_mut().poll(&mut context);
        assert!(last.is_ready());
        assert!(pin!(turn()).poll(&mut context).is_pending());
        drop(last);
        assert!(pin!(turn()).poll(&mut context).is_ready());
    }
}
