//! A catch-up that is killed at any moment, run by two programs at once, or run under a clock that jumps: each item is done
//! exactly once, and the records are those of a run that nothing disturbed.
//!
//! `CLIENTELE_KILL_POINTS` says at how many moments it is killed on each database; `cargo xtask faults catch-up` runs many.

#![allow(clippy::unwrap_used, clippy::expect_used, missing_docs, reason = "a test")]

#[path = "../common/mod.rs"]
mod common;

mod records;
mod vendor;

use std::time::{Duration, Instant};

use common::{
    ADMIN, NOW, Place, Served, answer,
    draw::{Draw, today},
};
use records::Records;
use serde_json::{Value, json};

/// When everything is due.
const DUE: &str = "2027-05-10T09:00:00Z";
/// Moments of a run of the ordinary tests.
const FEW: u32 = 2;

fn points() -> u32 {
    let asked = std::env::var("CLIENTELE_KILL_POINTS").ok();
    asked.map_or(FEW, |number| {
        number
            .parse()
            .expect("CLIENTELE_KILL_POINTS is the number of moments at which it is killed")
    })
}

fn desk(place: &Place, now: &str) -> Served {
    let mut command = place.command();
    command.args(["--as", ADMIN, "--now", now, "serve"]);
    Served::spawn(command)
}

/// Runs until nothing is due; the answers.
fn run_all(served: &mut Served) -> Vec<Value> {
    let mut runs = Vec::new();
    for _ in 0..100 {
        let said = served.ask("run_catch_up", &json!({}));
        if said["error"]["kind"] == "unavailable" {
            // Another program holds the lock: nothing was done.
            assert_eq!(said["error"]["outcome"], "not_done", "{said}");
            continue;
        }
        let run = said.get("ok").unwrap_or_else(|| panic!("{said}")).clone();
        let has_more = run["has_more"] == true;
        runs.push(run);
        if !has_more {
            return runs;
        }
    }
    panic!("it does not come to an end: {runs:?}");
}

fn catch_up(place: &Place, now: &str) -> Vec<Value> {
    let mut served = desk(place, now);
    let runs = run_all(&mut served);
    assert_eq!(served.end(), Some(0));
    runs
}

fn verify(place: &Place, when: &str) {
    let said = answer(&place.run(&["--now", DUE, "verify"]));
    assert_eq!(said["findings"], json!([]), "{when}");
}

/// A desk that has signed in and knows what is due: the time of a run is counted from there.
fn ready(place: &Place) -> Served {
    let mut served = desk(place, DUE);
    served.done("plan_catch_up", &json!({}));
    served
}

/// A run that nothing disturbed.
struct Plain {
    runs: u32,
    took: Duration,
    records: Records,
}

impl Plain {
    fn of(base: &Place) -> Self {
        let place = base.copy();
        let mut served = desk(&place, DUE);
        let planned = served.done("plan_catch_up", &json!({}));
        let begun = Instant::now();
        let runs = run_all(&mut served);
        let took = begun.elapsed();
        assert_eq!(served.end(), Some(0));
        let records = Records::read(&place);
        records.check_once();
        let done = records.counts_since(&Records::read(base));
        assert_eq!(done, vendor::counts(&planned["counts"]), "what was planned is done");
        assert_eq!(done.len(), 4, "every kind is due");
        assert!(records.has_skipped(), "older reminders are passed over");
        assert!(runs.len() > 1, "it can be killed between two runs");
        verify(&place, "undisturbed");
        Self {
            runs: u32::try_from(runs.len()).unwrap(),
            took,
            records,
        }
    }

    /// Kills a run that has gone on for a part of the time that all take, in thousandths, or that has just given its first answer;
    /// the answers that it gave.
    fn kill(&self, place: &Place, moment: Option<u32>) -> usize {
        let mut served = ready(place);
        for _ in 0..self.runs {
            served.send("run_catch_up", &json!({}));
        }
        let Some(thousandths) = moment else {
            served.receive();
            return 1 + served.kill().len();
        };
        std::thread::sleep(self.took * thousandths / 1_000);
        served.kill().len()
    }
}

/// The moments, spread over the whole run and a little beyond its end; and when the first part of it is done, whatever the time.
fn moments() -> impl Iterator<Item = Option<u32>> {
    let points = points();
    let spread = (0..points).map(move |point| Some((2 * point + 1) * 1_050 / (2 * points)));
    std::iter::once(None).chain(spread)
}

fn killed_at_any_moment(base: &Place, plain: &Plain) {
    let all = plain.records.items();
    let begun = Records::read(base);
    let before = begun.items();
    let (mut cut_off, mut done_in_part) = (0, 0);
    for moment in moments() {
        let when = moment.map_or_else(
            || "killed after its first answer".to_owned(),
            |moment| format!("killed after {moment} of 1000"),
        );
        let place = base.copy();
        let answered = plain.kill(&place, moment);
        let left = Records::read(&place);
        left.check_once();
        assert!(left.items().is_subset(&all), "{when}");
        assert!(left.runs() >= answered, "{when}: what was answered is kept");
        let added = left.items().len() - before.len();
        cut_off += usize::from(added < all.len() - before.len());
        done_in_part += usize::from(added > 0 && added < all.len() - before.len());
        eprintln!("{when}: {answered} of {} runs answered, {added} items kept", plain.runs);
        catch_up(&place, DUE);
        let records = Records::read(&place);
        records.check_once();
        records.assert_same(&plain.records, &when);
        verify(&place, &when);
    }
    assert!(cut_off > 0, "no run was cut off: every one had ended when it was killed");
    assert!(done_in_part > 0, "no run was cut off with a part of it done");
    eprintln!("{cut_off} were cut off, {done_in_part} of them with a part of it done");
}

fn two_at_once(base: &Place, plain: &Plain) {
    // Every third moment: the other of the two finishes what this one began.
    for moment in std::iter::once(None).chain(moments().skip(1).step_by(3)) {
        let when = format!("two at once, one killed after {moment:?}");
        let place = base.copy();
        let mut one = ready(&place);
        let mut two = ready(&place);
        for _ in 0..plain.runs {
            one.send("run_catch_up", &json!({}));
            two.send("run_catch_up", &json!({}));
        }
        if let Some(moment) = moment {
            std::thread::sleep(plain.took * moment / 1_000);
            one.kill();
        } else {
            for _ in 0..plain.runs {
                one.receive();
            }
            run_all(&mut one);
        }
        for _ in 0..plain.runs {
            two.receive();
        }
        run_all(&mut two);
        assert_eq!(two.end(), Some(0));
        let records = Records::read(&place);
        records.check_once();
        records.assert_same(&plain.records, &when);
        verify(&place, &when);
    }
}

/// What a clock does that was set wrong and set right: it jumps, back and forth. Nothing is due on a day that is before the latest
/// it has shown, so the records are those of the days that go forward.
fn the_clock_jumps(base: &Place) {
    for number in 0..u64::from(points()) {
        let mut draw = Draw(today() * 1_000 + number);
        let mut days: Vec<u64> = (0..5).map(|_| draw.below(LAST)).collect();
        // The last sign-in is that of the last day in both.
        days.extend([LAST, draw.below(LAST), LAST]);
        let mut latest = None;
        let forward: Vec<u64> = days
            .iter()
            .copied()
            .filter(|day| latest.replace(latest.unwrap_or(0).max(*day)) < Some(*day))
            .collect();
        let when = format!("the clock showed the days {days:?} after it began");
        let want = base.copy();
        forward.into_iter().for_each(|day| drop(catch_up(&want, &shown(day))));
        let want = Records::read(&want);
        want.check_once();
        let place = base.copy();
        days.into_iter().for_each(|day| drop(catch_up(&place, &shown(day))));
        let records = Records::read(&place);
        records.check_once();
        records.assert_same(&want, &when);
        verify(&place, &when);
    }
}

/// Days from the first sale to when everything is due.
const LAST: u64 = 169;

/// The morning so many days after the first sale.
fn shown(day: u64) -> String {
    let first: chrono::NaiveDate = NOW[..10].parse().unwrap();
    format!("{}T09:00:00Z", first + chrono::Days::new(day))
}

/// What is left of a killed run is done under a clock that was set back: the numbers of invoices cannot run backwards, so these
/// periods are billed by drafts, each once all the same.
fn killed_and_set_back(base: &Place, plain: &Plain) {
    let place = base.copy();
    // Killed between the first run and the second.
    let mut served = desk(&place, DUE);
    assert_eq!(served.done("run_catch_up", &json!({}))["has_more"], true);
    served.kill();
    catch_up(&place, "2027-05-01T09:00:00Z");
    catch_up(&place, "2026-12-01T09:00:00Z");
    catch_up(&place, DUE);
    let records = Records::read(&place);
    records.check_once();
    assert_eq!(records.periods(), plain.records.periods());
    assert!(records.items().is_superset(&plain.records.items()));
    verify(&place, "killed and set back");
}

fn everything(base: &Place) {
    vendor::make(base);
    let plain = Plain::of(base);
    killed_at_any_moment(base, &plain);
    two_at_once(base, &plain);
    the_clock_jumps(base);
    killed_and_set_back(base, &plain);
}

#[test]
fn each_item_is_done_once_killed_by_two_at_once_and_under_a_clock_that_jumps_in_a_file() {
    everything(&Place::file());
}

#[test]
fn each_item_is_done_once_killed_by_two_at_once_and_under_a_clock_that_jumps_on_a_server() {
    everything(&Place::database());
}
