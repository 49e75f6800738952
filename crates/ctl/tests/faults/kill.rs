//! A process that is killed at a system call which writes: what was acknowledged is there, nothing is half there, and
//! nothing needs repair.

use std::{
    path::Path,
    process::{Command, Output, Stdio},
};

use serde_json::Value;

use super::{
    campaign::Campaign,
    common::{ADMIN, NOW, PASSWORD, Place, answer},
    deeds::{Begun, LATE, check, deeds, number, replaced, unfinished, whole_backups},
    later_app::{LaterApp, is_updated, rest},
};

/// The program of this release.
const THIS_APP: &str = env!("CARGO_BIN_EXE_clientelectl");

/// Calls that change a file or its name.
const CALLS: &str = "pwrite64,write,fsync,fdatasync,ftruncate,unlink,unlinkat,rename,renameat,renameat2,link,linkat";

/// Runs a program until its `number`-th call of one thread that writes, and kills it there.
fn killed_at(number: u64, program: &Path, place: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new("strace");
    command
        .args([
            "-f",
            "-qq",
            "-o",
            "/dev/null",
            "-e",
            &format!("trace={CALLS}"),
            "-e",
            &format!("inject={CALLS}:signal=SIGKILL:when={number}"),
        ])
        .arg(program)
        .arg("--book")
        .arg(place)
        .args(arguments)
        .env("CLIENTELE_PASSWORD", PASSWORD)
        .stdin(Stdio::null());
    command.output().expect("strace is installed")
}

/// Kills at one call after another until the program is through; `examine` looks at what is left, and is told whether it
/// was acknowledged. Answers with how many calls there were.
fn at_every_call(
    campaign: &mut Campaign,
    number: u64,
    few: u64,
    begin: impl Fn() -> Place,
    program: &Path,
    arguments: &[&str],
    examine: impl Fn(&Place, bool),
) -> u64 {
    // Counted first: how far a thread that writes comes.
    let mut all = 8;
    loop {
        let place = begin();
        if killed_at(all, program, &place.path(), arguments).status.success() {
            break;
        }
        all *= 2;
    }
    let points: Vec<u64> = campaign
        .points((number + 1) * 1_000, few * (number + 1) * 1_000 / all.max(1))
        .into_iter()
        .filter(|point| point / 1_000 == number && point % 1_000 < all)
        .collect();
    let points = if points.is_empty() {
        vec![number * 1_000 + super::common::draw::today() % all]
    } else {
        points
    };
    let mut survived = 0;
    for point in points {
        let place = begin();
        let output = killed_at(point % 1_000 + 1, program, &place.path(), arguments);
        examine(&place, output.status.success());
        campaign.survived(point);
        survived += 1;
    }
    survived
}

#[test]
fn a_write_that_is_killed_anywhere_is_there_once_or_not_at_all() {
    let begun = Begun::new();
    let mut campaign = Campaign::new("kill_write");
    for (at, deed) in (0..).zip(deeds(&begun.values)) {
        let arguments = deed.arguments();
        let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
        let survived = at_every_call(
            &mut campaign,
            at,
            4,
            || begun.copy(),
            Path::new(THIS_APP),
            &arguments,
            |place, acknowledged| {
                check(place);
                let found = number(&place.path(), deed.effect);
                assert!(found <= 1 && (found == 1 || !acknowledged), "{}: {found} {acknowledged}", deed.op);
                // Asked again with its key it is done, once.
                answer(&place.run(&arguments));
                assert_eq!(number(&place.path(), deed.effect), 1, "{}", deed.op);
                check(place);
            },
        );
        println!("{}: {survived} points", deed.op);
    }
}

#[test]
fn the_making_of_a_book_that_is_killed_anywhere_can_be_done_again() {
    let mut campaign = Campaign::new("kill_init");
    let arguments = ["init", "--admin-email", ADMIN, "--admin-name", "Ada", "--test-clock", "--now", NOW];
    let this = Path::new(THIS_APP);
    at_every_call(&mut campaign, 0, 6, Place::file, this, &arguments, |place, acknowledged| {
        let again = place.run(&arguments);
        let said: Value = serde_json::from_slice(&again.stdout).unwrap();
        // Its end may have come before the kill.
        let was_made = said["error"]["conflict"]["conflict"] == "not_first_run";
        assert!(again.status.success() && !acknowledged || was_made, "{said}");
        check(place);
        assert_eq!(
            answer(&place.run(&["--as", ADMIN, "call", "list_administrators"]))["items"]
                .as_array()
                .unwrap()
                .len(),
            1
        );
    });
}

#[test]
fn a_backup_that_is_killed_anywhere_is_whole_or_not_there() {
    let begun = Begun::new();
    let mut campaign = Campaign::new("kill_backup");
    at_every_call(
        &mut campaign,
        0,
        6,
        || begun.copy(),
        Path::new(THIS_APP),
        &["backup"],
        |place, acknowledged| {
            check(place);
            let whole = whole_backups(place);
            assert!(whole == 2 || !acknowledged, "{whole}");
            answer(&place.run(&["backup"]));
            assert!(unfinished(place).is_empty(), "{:?}", unfinished(place));
        },
    );
}

#[test]
fn a_restore_that_is_killed_anywhere_leaves_the_old_book_or_the_restored_one() {
    let (changed, name) = Begun::changed_since_backup();
    let mut campaign = Campaign::new("kill_restore");
    at_every_call(
        &mut campaign,
        0,
        10,
        || changed.copy(),
        Path::new(THIS_APP),
        &["restore", &name],
        |place, acknowledged| {
            check(place);
            let found = number(&place.path(), LATE);
            assert!(found == 0 || !acknowledged);
            answer(&place.run(&["restore", &name]));
            check(place);
            assert!(unfinished(place).is_empty(), "{:?}", unfinished(place));
            assert_eq!(number(&place.path(), LATE), 0);
            // Whichever was replaced is kept, with what was added last.
            let replaced = replaced(place);
            assert_eq!(replaced.iter().map(|file| number(file, LATE)).sum::<i64>(), 1, "{replaced:?}");
        },
    );
}

#[test]
#[ignore = "builds an app of a later release; `cargo xtask faults` runs it"]
fn an_update_that_is_killed_anywhere_is_gone_on_with_by_the_next_start() {
    let later = LaterApp::find();
    let begun = Begun::new();
    let before = rest(&begun.copy());
    let mut campaign = Campaign::new("kill_update");
    // Any command opens the book, which updates it.
    let survived = at_every_call(
        &mut campaign,
        0,
        6,
        || begun.copy(),
        later.program(),
        &["verify"],
        |place, acknowledged| {
            assert!(is_updated(place) || !acknowledged);
            later.update(place, &before);
            // With the copy of the older book, and perhaps one more that was made before the kill.
            let whole = whole_backups(place);
            assert!(whole >= 2, "{whole}");
        },
    );
    println!("update: {survived} points");
}
