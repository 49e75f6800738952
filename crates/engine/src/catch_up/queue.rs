//! What a run does, in its order. It is worked out from a whole book, which takes its time, so that is done before the write lock is
//! asked for, and what a run leaves is what the next one goes on with. Within the write only the records of the part that is
//! done are looked at again.

use std::{
    collections::HashSet,
    sync::{Arc, PoisonError},
    vec::IntoIter,
};

use chrono::NaiveDate;
use uuid::Uuid;

use super::{
    due::{Due, Place},
    first::First,
    steps::Steps,
    walk::{self, Walk},
};
use crate::{app::Inner, error::Result, scope::Scope};

/// Items that are worked out at once: so many runs go by without doing it again, and so few take little room.
const MOST: usize = 5_000;

/// See the module.
#[derive(Debug)]
pub struct Queue {
    day: NaiveDate,
    items: IntoIter<Due>,
    /// The last place that was worked out, if more comes after it.
    last: Option<Place>,
    /// Whether something is due by now of what the runs have billed, which was not there when this was worked out.
    has_late: bool,
    /// The run that has left it; none if it is new.
    left_by: Option<Uuid>,
}

impl Queue {
    /// The first of what is due today, or the first after a place.
    async fn work_out(scope: &Scope, after: Option<Place>) -> Result<Self> {
        let day = scope.today();
        let mut walk = Walk::begin(scope, day).await?;
        let mut first = First::new(MOST);
        let mut is_cut = false;
        while let Some(items) = walk.part(scope).await? {
            for item in items {
                let place = item.place();
                if after.is_none_or(|after| place > after) {
                    first.push(place, item);
                }
            }
            // What is left comes after all of these.
            if let Some(reached) = walk.reached()
                && let Some((last, ..)) = first.last()
                && last < reached
            {
                is_cut = true;
                break;
            }
        }
        is_cut |= first.met() > MOST;
        let items = first.finish();
        let last = items.last().filter(|_| is_cut).map(|(place, _)| *place);
        let items: Vec<Due> = items.into_iter().map(|(_, item)| item).collect();
        Ok(Self {
            day,
            items: items.into_iter(),
            last,
            has_late: false,
            left_by: None,
        })
    }

    /// What was made ready for the write, or worked out within it, where something came between the two.
    pub async fn of(scope: &Scope, ready: Option<Self>) -> Result<Self> {
        if let Some(queue) = ready
            && queue.day == scope.today()
            && (queue.left_by.is_none() || queue.is_whole(scope).await?)
        {
            return Ok(queue);
        }
        Self::work_out(scope, None).await
    }

    /// The next items; none at the end.
    pub async fn part(&mut self, scope: &Scope, most: usize) -> Result<Option<Vec<Due>>> {
        self.refill(scope).await?;
        let part: Vec<Due> = self.items.by_ref().take(most).collect();
        Ok((!part.is_empty()).then_some(part))
    }

    /// Where it is at its end, works out what comes after that, and what came up in the meantime.
    async fn refill(&mut self, scope: &Scope) -> Result<()> {
        if self.items.as_slice().is_empty()
            && let Some(last) = self.last
        {
            *self = Self {
                has_late: self.has_late,
                left_by: self.left_by,
                ..Self::work_out(scope, Some(last)).await?
            };
        }
        if self.items.as_slice().is_empty() && self.has_late {
            *self = Self::work_out(scope, None).await?;
        }
        Ok(())
    }

    /// Takes into account what a run has billed: an invoice can be due at once, and a step of its schedule with it.
    pub async fn note(&mut self, scope: &Scope, invoices: &[Uuid]) -> Result<()> {
        if !self.has_late && !invoices.is_empty() {
            let steps = Steps::new(scope, self.day).await?.of(scope, invoices, &[]).await?;
            self.has_late = !steps.is_empty();
        }
        Ok(())
    }

    /// Whether there is more.
    pub fn has_more(&self) -> bool {
        !self.items.as_slice().is_empty() || self.last.is_some() || self.has_late
    }

    /// Whether nothing was changed since a run has left it, and what that run did was kept: it is the last that the change log
    /// tells of.
    async fn is_whole(&self, scope: &Scope) -> Result<bool> {
        let newest = scope
            .row("SELECT subject_id FROM change ORDER BY number DESC LIMIT 1", Vec::new())
            .await?;
        let newest: Option<Uuid> = newest.map(|row| row.try_get("", "subject_id")).transpose()?;
        Ok(newest.is_some() && newest == self.left_by)
    }

    /// Leaves it to the next run.
    pub fn leave(mut self, inner: &Inner, run: Uuid) {
        self.left_by = Some(run);
        if self.has_more() {
            put(inner, Some(self));
        }
    }
}

fn put(inner: &Inner, queue: Option<Queue>) {
    *inner.catch_up.lock().unwrap_or_else(PoisonError::into_inner) = queue;
}

/// What was made ready. It is taken: what becomes of the run is not known yet.
pub fn take(inner: &Inner) -> Option<Queue> {
    inner.catch_up.lock().unwrap_or_else(PoisonError::into_inner).take()
}

/// Makes the next run ready.
pub async fn make_ready(inner: &Arc<Inner>) -> Result<()> {
    let scope = Scope::snapshot(inner, "run_catch_up").await?;
    let ready = next(&scope, take(inner)).await;
    scope.rollback().await;
    put(inner, Some(ready?));
    Ok(())
}

async fn next(scope: &Scope, left: Option<Queue>) -> Result<Queue> {
    if let Some(mut queue) = left
        && queue.day == scope.today()
        && queue.is_whole(scope).await?
    {
        // Here, too, and not once the write lock is had.
        queue.refill(scope).await?;
        return Ok(queue);
    }
    Queue::work_out(scope, None).await
}

/// What of a part is due still: others may have done, paid or changed something since it was worked out.
pub async fn still_due(scope: &Scope, part: &[Due]) -> Result<Vec<Due>> {
    let keys: HashSet<_> = part.iter().map(Due::key).collect();
    let invoices = each(part.iter().filter_map(Due::invoice));
    let subscriptions = each(part.iter().filter_map(|item| item.subscription));
    let mut found = walk::of(scope, scope.today(), &invoices, &subscriptions).await?;
    found.retain(|item| keys.contains(&item.key()));
    Ok(found)
}

/// Each of them once.
fn each(ids: impl Iterator<Item = Uuid>) -> Vec<Uuid> {
    ids.collect::<HashSet<_>>().into_iter().collect()
}
