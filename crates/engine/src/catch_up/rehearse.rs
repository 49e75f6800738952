//! `rehearse_catch_up`: the runs of the days to come, done by the same code in a transaction that is taken back.

use std::time::{Duration, Instant};

use chrono::{Months, NaiveDate};
use contract::{
    Problem,
    catch_up::{Rehearsal, RehearseCatchUp},
};

use super::{
    due::{self, Due},
    plan::named,
    run,
};
use crate::{call::Run, error::Result, scope::Scope, sweep, zone};

/// Items after which it ends: others wait for the write lock meanwhile.
const MOST: usize = 1_000;
/// The same for the time that it has taken.
const LONGEST: Duration = Duration::from_secs(5);

impl Run for RehearseCatchUp {
    async fn run(self, scope: &Scope) -> Result<Rehearsal> {
        let today = scope.today();
        let latest = today.checked_add_months(Months::new(1)).unwrap_or(today);
        let until = self.until.unwrap_or(latest);
        if until < today {
            return Err(contract::Error::field("until", Problem::TooEarly { earliest: today }).into());
        }
        if until > latest {
            return Err(contract::Error::field("until", Problem::TooLate { latest }).into());
        }
        let mut copy = Scope::write(scope.inner(), scope.actor.clone(), "rehearse_catch_up").await?;
        let rehearsed = days(&mut copy, until).await;
        copy.rollback().await;
        let (done, until, is_whole) = rehearsed?;
        Ok(Rehearsal {
            counts: due::count(scope, done.iter()),
            items: named(scope, &done).await?,
            until,
            is_whole,
        })
    }
}

/// Runs day by day, each as it begins; what was done, the last day, and whether that is the one that was asked for.
async fn days(scope: &mut Scope, until: NaiveDate) -> Result<(Vec<Due>, NaiveDate, bool)> {
    let (now, began) = (scope.now, Instant::now());
    let is_enough = |done: &[Due]| done.len() >= MOST || began.elapsed() >= LONGEST;
    let mut done = Vec::new();
    for day in scope.today().iter_days().take_while(|day| *day <= until) {
        scope.now = zone::start_of(scope.zone, day).max(now);
        while sweep::batch(scope).await? > 0 {
            if is_enough(&done) {
                return Ok((done, day, false));
            }
        }
        // Until nothing is due any more: an invoice that is made and due on the same day is reminded of at once.
        loop {
            let (run, queue) = run::some(scope, None).await?;
            if run.items.is_empty() {
                break;
            }
            done.extend(run.items);
            if queue.has_more() && is_enough(&done) {
                return Ok((done, day, false));
            }
        }
        if is_enough(&done) && day < until {
            return Ok((done, day, false));
        }
    }
    Ok((done, until, true))
}
