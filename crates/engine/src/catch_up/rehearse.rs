//! `rehearse_catch_up`: the runs of the days to come, done by the same code in a transaction that is taken back.

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
    let now = scope.now;
    let mut done = Vec::new();
    for day in scope.today().iter_days().take_while(|day| *day <= until) {
        scope.now = zone::start_of(scope.zone, day).max(now);
        while sweep::batch(scope).await? > 0 {}
        loop {
            let run = run::some(scope).await?;
            done.extend(run.items);
            if !run.row.has_more {
                break;
            }
        }
        if done.len() >= MOST && day < until {
            return Ok((done, day, false));
        }
    }
    Ok((done, until, true))
}
