//! A power cut at any moment: of what was not waited for, the disk has kept some sectors and lost others. What a program does
//! to its files is recorded once; then the folder is made as it may be found afterwards, again and again, and looked at.

mod disk;
mod looks;
mod recorded;
mod trace;

use std::collections::BTreeSet;

use serde_json::{Value, json};

pub use self::{looks::Looks, recorded::Recorded, trace::Step};
use super::{
    campaign::Campaign,
    common::{ADMIN, NOW, Place},
    deeds::{Begun, Deed, INIT, LATE, check, deeds, is_made, number, replaced, whole_backups, with},
    later_app::{LaterApp, is_updated, rest},
};

/// Power cuts of a large run.
const LARGE: u64 = 3_000;
/// As many of the few of a day come after everything was acknowledged, where nothing may be missing any more.
const AT_THE_END: u64 = 4;

/// Cuts the power at the points of a campaign. `examine` looks at what is found and is told what was said until then.
fn survive(name: &str, recorded: &Recorded, few: u64, examine: impl Fn(&Place, &str) + Sync) {
    let mut campaign = Campaign::new(name);
    let points = points(&campaign, recorded, few);
    let (mut looks, mut found) = (Looks::new(examine), Vec::new());
    recorded.cut(points.iter().copied(), |point, folder, said| {
        found.push(point);
        if looks.find(folder, said) {
            found.drain(..).for_each(|point| campaign.survived(point));
        }
    });
    println!("{name}: {} disks have {} outcomes", points.len(), looks.end());
    found.into_iter().for_each(|point| campaign.survived(point));
}

/// The points of a campaign, in their order.
fn points(campaign: &Campaign, recorded: &Recorded, few: u64) -> BTreeSet<u64> {
    let anywhere = campaign.points(recorded.cuts(), few - AT_THE_END, LARGE);
    let at_the_end = campaign.of(&recorded.ends(), AT_THE_END, LARGE);
    anywhere.into_iter().chain(at_the_end).collect()
}

#[test]
fn what_was_acknowledged_is_there_after_a_power_cut_and_nothing_is_half_there() {
    let begun = Begun::new();
    let deeds = deeds(&begun.values);
    let line = |deed: &Deed| {
        let line = json!({"id": deed.op, "op": deed.op, "request": deed.request, "key": deed.key()});
        format!("{line}\n")
    };
    let lines: String = deeds.iter().map(line).collect();
    let place = begun.copy();
    let recorded = Recorded::of(&place, &with(&place, &["--as", ADMIN, "--now", NOW, "serve"]), &lines);
    let answers = recorded.steps.iter().filter(|step| matches!(step, Step::Say(_))).count();
    assert!(answers >= deeds.len(), "{answers}");
    survive("power_writes", &recorded, 24, |place, said| {
        check(place);
        let answers = said.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
        let done: BTreeSet<String> = answers
            .map(|answer| {
                assert!(answer.get("ok").is_some(), "{answer}");
                answer["id"].as_str().unwrap().to_owned()
            })
            .collect();
        for deed in &deeds {
            let found = number(&place.path(), deed.effect);
            let is_kept = found == 1 || !done.contains(deed.op);
            assert!(found <= 1 && is_kept, "{}: {found}", deed.op);
        }
    });
}

#[test]
fn a_book_is_made_or_can_be_made_again_after_a_power_cut() {
    let place = Place::file();
    let recorded = Recorded::of(&place, &with(&place, INIT), "");
    survive("power_init", &recorded, 12, |place, said| is_made(place, !said.is_empty()));
}

#[test]
fn a_backup_is_whole_or_not_there_after_a_power_cut() {
    let begun = Begun::new();
    let first = ("power_first_backup", begun.without_backups(), 0);
    for (name, place, before) in [first, ("power_backup", begun.copy(), 1)] {
        let recorded = Recorded::of(&place, &with(&place, &["backup"]), "");
        survive(name, &recorded, 12, |place, said| {
            check(place);
            let whole = whole_backups(place);
            assert!(whole == before + 1 || (whole == before && said.is_empty()), "{whole}");
        });
    }
}

#[test]
fn a_restore_leaves_the_old_book_or_the_restored_one_after_a_power_cut() {
    let (changed, name) = Begun::changed_since_backup();
    let place = changed.copy();
    let recorded = Recorded::of(&place, &with(&place, &["restore", &name]), "");
    survive("power_restore", &recorded, 12, |place, said| {
        check(place);
        let late = number(&place.path(), LATE);
        assert!(late == 0 || said.is_empty());
        // What the book had is in it or was kept.
        let kept: i64 = replaced(place).iter().map(|file| number(file, LATE)).sum();
        assert!(late + kept >= 1);
        whole_backups(place);
    });
}

#[test]
#[ignore = "builds an app of a later release; `cargo xtask faults` runs it"]
fn an_update_leaves_the_older_book_or_the_newer_one_after_a_power_cut() {
    let later = LaterApp::find();
    let begun = Begun::new();
    let before = rest(&begun.copy());
    let place = begun.without_backups();
    let recorded = Recorded::of(&place, &later.command(&place, &["verify"]), "");
    survive("power_update", &recorded, 12, |place, said| {
        assert!(is_updated(place) || said.is_empty());
        later.update(place, &before);
        whole_backups(place);
    });
}
