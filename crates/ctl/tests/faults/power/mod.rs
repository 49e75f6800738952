//! A power cut at any moment: of what was not waited for, the disk has kept some sectors and lost others. What a program does
//! to its files is recorded once; then the folder is made as it may be found afterwards, again and again, and looked at.

mod disk;
mod trace;

use std::{collections::BTreeSet, path::Path, process::Command};

use serde_json::{Value, json};

use self::{
    disk::Disk,
    trace::{Step, record},
};
use super::{
    campaign::Campaign,
    common::{ADMIN, NOW, Place, block_on, draw::Draw},
    deeds::{Begun, Deed, LATE, check, copy_folder, deeds, number, replaced, whole_backups},
    later_app::{LaterApp, is_updated, rest},
};

/// Disks that are drawn for each moment, at most.
const THROWS: u64 = 50;

/// A folder before a program ran, and what that did.
struct Recorded {
    before: tempfile::TempDir,
    steps: Vec<Step>,
}

impl Recorded {
    /// Runs the program on a book.
    fn of(begun: &Begun, arguments: &[&str], input: &str) -> Self {
        let command = |place: &Place| {
            let mut command = place.command();
            command.args(arguments);
            command
        };
        Self::by(begun, command, input)
    }

    /// Runs a program on a book.
    fn by(begun: &Begun, command: impl FnOnce(&Place) -> Command, input: &str) -> Self {
        let (place, before) = (begun.copy(), tempfile::tempdir().unwrap());
        let folder = place.path().parent().unwrap().to_owned();
        copy_folder(&folder, before.path());
        let steps = record(&command(&place), input, &folder);
        Self { before, steps }
    }

    /// How many points there are: a moment and a throw each.
    fn points(&self) -> u64 {
        u64::try_from(self.steps.len()).unwrap() * THROWS
    }

    /// Cuts the power at some points, in their order; `examine` gets the folder that is found, and what was said until then.
    fn cut(&self, points: impl IntoIterator<Item = u64>, mut examine: impl FnMut(u64, tempfile::TempDir, &str)) {
        let (mut disk, mut said) = (Disk::of(self.before.path()), String::new());
        let mut done = 0;
        for point in points {
            let now = usize::try_from(point / THROWS).unwrap() + 1;
            for step in &self.steps[done..now] {
                if let Step::Say(text) = step {
                    said.push_str(text);
                }
                disk.step(step);
            }
            done = now;
            let folder = tempfile::tempdir().unwrap();
            disk.after_cut(&mut Draw(point), folder.path());
            examine(point, folder, &said);
        }
    }
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
    let recorded = Recorded::of(&begun, &["--as", ADMIN, "--now", NOW, "serve"], &lines);
    let answers = recorded.steps.iter().filter(|step| matches!(step, Step::Say(_))).count();
    assert!(answers >= deeds.len(), "{answers}");
    let mut campaign = Campaign::new("power_writes");
    recorded.cut(campaign.points(recorded.points(), 24), |point, folder, said| {
        let place = Place::File(folder);
        check(&place);
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
        campaign.survived(point);
    });
}

#[test]
fn a_backup_is_whole_or_not_there_after_a_power_cut() {
    let begun = Begun::new();
    let recorded = Recorded::of(&begun, &["backup"], "");
    let mut campaign = Campaign::new("power_backup");
    recorded.cut(campaign.points(recorded.points(), 12), |point, folder, said| {
        let place = Place::File(folder);
        check(&place);
        let whole = whole_backups(&place);
        assert!(whole == 2 || said.is_empty(), "{whole}");
        campaign.survived(point);
    });
}

#[test]
fn a_restore_leaves_the_old_book_or_the_restored_one_after_a_power_cut() {
    let (changed, name) = Begun::changed_since_backup();
    let recorded = Recorded::of(&changed, &["restore", &name], "");
    let mut campaign = Campaign::new("power_restore");
    recorded.cut(campaign.points(recorded.points(), 12), |point, folder, said| {
        let place = Place::File(folder);
        check(&place);
        let late = number(&place.path(), LATE);
        assert!(late == 0 || said.is_empty());
        // What the book had is in it or was kept.
        let kept: i64 = replaced(&place).iter().map(|file| number(file, LATE)).sum();
        assert!(late + kept >= 1);
        whole_backups(&place);
        campaign.survived(point);
    });
}

#[test]
#[ignore = "builds an app of a later release; `cargo xtask faults` runs it"]
fn an_update_leaves_the_older_book_or_the_newer_one_after_a_power_cut() {
    let later = LaterApp::find();
    let begun = Begun::new();
    let before = rest(&begun.copy());
    let recorded = Recorded::by(&begun, |place| later.command(place, &["verify"]), "");
    let mut campaign = Campaign::new("power_update");
    recorded.cut(campaign.points(recorded.points(), 12), |point, folder, said| {
        let place = Place::File(folder);
        assert!(is_updated(&place) || said.is_empty());
        later.update(&place, &before);
        whole_backups(&place);
        campaign.survived(point);
    });
}

/// Writes two rows at a time and says when both were committed, with the settings of its arguments.
const WRITER: &str = "
import sqlite3, sys
name, journal, synchronous, is_whole = sys.argv[1:]
book = sqlite3.connect(name, isolation_level=None)
book.execute(f'PRAGMA journal_mode = {journal}')
book.execute(f'PRAGMA synchronous = {synchronous}')
book.execute('PRAGMA wal_autocheckpoint = 12')
for number in range(40):
    if is_whole == 'true':
        book.execute('BEGIN IMMEDIATE')
    for part in 'ab':
        book.execute('INSERT INTO entry VALUES (?, ?)', (number * 7919 % 1000, part + 'x' * 900))
    if is_whole == 'true':
        book.execute('COMMIT')
    print('committed', number, flush=True)
";

/// How many of so many power cuts lost what was acknowledged, left one row of two, and spoiled the file.
#[derive(Debug, Default, PartialEq, Eq)]
struct Harm {
    lost: u32,
    half: u32,
    spoiled: u32,
}

/// What power cuts do to a writer with these settings; `is_whole`: the two rows are one transaction.
fn harm(journal: &str, synchronous: &str, is_whole: bool) -> Harm {
    let before = tempfile::tempdir().unwrap();
    let empty = before.path().join("book.db");
    run(
        &empty,
        &[
            &format!("PRAGMA journal_mode = {journal}"),
            "CREATE TABLE entry (number INTEGER, text TEXT)",
            "CREATE INDEX entry_number ON entry (number, text)",
        ],
    );
    let folder = tempfile::tempdir().unwrap();
    copy_folder(before.path(), folder.path());
    let mut command = Command::new("python3");
    command
        .args(["-c", WRITER])
        .arg(folder.path().join("book.db"))
        .args([journal, synchronous, &is_whole.to_string()]);
    let steps = record(&command, "", folder.path());
    let recorded = Recorded { before, steps };
    let mut harm = Harm::default();
    let some = (0..recorded.points()).step_by(recorded.steps.len() / 6);
    recorded.cut(some, |_, folder, said| match entries(&folder.path().join("book.db")) {
        Some((whole, half)) => {
            harm.lost += u32::from(whole < said.matches("committed").count());
            harm.half += u32::from(half > 0);
        }
        None => harm.spoiled += 1,
    });
    harm
}

fn run(file: &Path, statements: &[&str]) {
    use sqlx::{Connection, Executor};
    block_on(async {
        let mut connection = sqlx::SqliteConnection::connect(&format!("sqlite://{}?mode=rwc", file.display()))
            .await
            .unwrap();
        for statement in statements {
            connection.execute(sqlx::AssertSqlSafe((*statement).to_owned())).await.unwrap();
        }
        connection.close().await.unwrap();
    });
}

/// Of how many numbers both rows are there, and of how many only one, unless the file is spoiled.
fn entries(file: &Path) -> Option<(usize, usize)> {
    use sqlx::Connection;
    block_on(async {
        let mut connection = sqlx::SqliteConnection::connect(&format!("sqlite://{}", file.display()))
            .await
            .ok()?;
        let whole: String = sqlx::query_scalar("PRAGMA integrity_check").fetch_one(&mut connection).await.ok()?;
        let rows: Vec<i64> = sqlx::query_scalar("SELECT COUNT(*) FROM entry GROUP BY number")
            .fetch_all(&mut connection)
            .await
            .ok()?;
        let both = rows.iter().filter(|rows| **rows == 2).count();
        (whole == "ok").then_some((both, rows.len() - both))
    })
}

/// That the campaigns above could fail: settings that are not durable lose or spoil, and what is no transaction is there half.
#[test]
fn a_power_cut_shows_what_is_not_durable_and_what_is_no_transaction() {
    assert_eq!(harm("WAL", "FULL", true), Harm::default());
    // Nobody waits for the log.
    let found = harm("WAL", "NORMAL", true);
    assert!(found.lost > 0 && found.spoiled == 0, "{found:?}");
    // Nobody waits for the journal to be gone from its folder: it comes back and takes the last transaction away again.
    let found = harm("DELETE", "FULL", true);
    assert!(found.lost > 0 && found.spoiled == 0, "{found:?}");
    for journal in ["WAL", "DELETE"] {
        let found = harm(journal, "OFF", true);
        assert!(found.spoiled > 0, "{journal}: {found:?}");
    }
    let found = harm("WAL", "FULL", false);
    assert!(found.half > 0 && found.lost == 0 && found.spoiled == 0, "{found:?}");
}
