//! That the campaigns of kills and of power cuts could fail: a writer with settings that are not durable, or without
//! transactions, does not come through them.

use std::{fs, path::Path, process::Command};

use super::{
    common::block_on,
    deeds::copy_folder,
    kill::{killed_at, was_killed},
    power::Recorded,
};

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

/// Makes a folder with a file, waits for both and, unless told otherwise, for the folder around them, and says that they are there.
const KEEPER: &str = "
import os, sys
folder, is_whole = sys.argv[1:]
file = os.path.join(folder, 'kept')
os.mkdir(folder)
with open(file, 'wb') as kept:
    kept.write(b'x' * 900)
for path in [file, folder] + [os.path.dirname(folder)] * (is_whole == 'true'):
    opened = os.open(path, os.O_RDONLY)
    os.fsync(opened)
    os.close(opened)
print('kept', flush=True)
";

/// How many of so many ends lost what was acknowledged, left one row of two, and spoiled the file.
#[derive(Debug, Default, PartialEq, Eq)]
struct Harm {
    lost: u32,
    half: u32,
    spoiled: u32,
}

impl Harm {
    /// Looks at what is left in a folder.
    fn look(&mut self, folder: &Path, said: &str) {
        match entries(&folder.join("book.db")) {
            Some((whole, half)) => {
                self.lost += u32::from(whole < said.matches("committed").count());
                self.half += u32::from(half > 0);
            }
            None => self.spoiled += 1,
        }
    }
}

/// A book without entries, in a folder of its own.
fn empty(journal: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    run(
        &folder.path().join("book.db"),
        &[
            &format!("PRAGMA journal_mode = {journal}"),
            "CREATE TABLE entry (number INTEGER, text TEXT)",
            "CREATE INDEX entry_number ON entry (number, text)",
        ],
    );
    folder
}

/// The writer with these settings; `is_whole`: the two rows are one transaction.
fn writer(folder: &Path, journal: &str, synchronous: &str, is_whole: bool) -> Command {
    let mut command = Command::new("python3");
    command
        .args(["-c", WRITER])
        .arg(folder.join("book.db"))
        .args([journal, synchronous, &is_whole.to_string()]);
    command
}

fn recorded(journal: &str, synchronous: &str, is_whole: bool) -> Recorded {
    let folder = empty(journal);
    Recorded::below(folder.path(), &writer(folder.path(), journal, synchronous, is_whole), "")
}

/// What power cuts do to it.
fn cut(journal: &str, synchronous: &str, is_whole: bool) -> Harm {
    let recorded = recorded(journal, synchronous, is_whole);
    let mut harm = Harm::default();
    let some = (0..recorded.cuts()).step_by(recorded.steps.len() / 6);
    recorded.cut(some, |_, folder, said| harm.look(folder.path(), said));
    harm
}

/// What a kill after every third of its steps does to it.
fn killed(journal: &str, synchronous: &str, is_whole: bool) -> Harm {
    let recorded = recorded(journal, synchronous, is_whole);
    let mut harm = Harm::default();
    recorded.killed((0..recorded.kills()).step_by(3), |_, folder, said| harm.look(folder.path(), said));
    harm
}

/// What real kills do to it, at some of its writes that follow each other.
fn really_killed(is_whole: bool) -> Harm {
    let before = empty("WAL");
    let mut harm = Harm::default();
    for number in 60..84 {
        let folder = tempfile::tempdir().unwrap();
        copy_folder(before.path(), folder.path());
        let output = killed_at("pwrite64", number, &writer(folder.path(), "WAL", "FULL", is_whole));
        assert!(was_killed(&output), "it has more writes than {number}");
        harm.look(folder.path(), &String::from_utf8(output.stdout).unwrap());
    }
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

#[test]
fn a_power_cut_shows_what_is_not_durable_and_what_is_no_transaction() {
    assert_eq!(cut("WAL", "FULL", true), Harm::default());
    // Nobody waits for the log.
    let found = cut("WAL", "NORMAL", true);
    assert!(found.lost > 0 && found.spoiled == 0, "{found:?}");
    // Nobody waits for the journal to be gone from its folder: it comes back and takes the last transaction away again.
    let found = cut("DELETE", "FULL", true);
    assert!(found.lost > 0 && found.spoiled == 0, "{found:?}");
    for journal in ["WAL", "DELETE"] {
        let found = cut(journal, "OFF", true);
        assert!(found.spoiled > 0, "{journal}: {found:?}");
    }
    let found = cut("WAL", "FULL", false);
    assert!(found.half > 0 && found.lost == 0 && found.spoiled == 0, "{found:?}");
}

#[test]
fn a_power_cut_shows_a_folder_whose_name_nobody_waited_for() {
    for is_whole in [true, false] {
        let folder = tempfile::tempdir().unwrap();
        let mut keeper = Command::new("python3");
        keeper
            .args(["-c", KEEPER])
            .arg(folder.path().join("folder"))
            .arg(is_whole.to_string());
        let recorded = Recorded::below(folder.path(), &keeper, "");
        let mut lost = 0;
        recorded.cut(0..recorded.cuts(), |_, found, said| {
            let is_there = fs::read(found.path().join("folder/kept")).is_ok_and(|bytes| bytes == [b'x'; 900]);
            // What `python3` is on some computers, a script that looks for it, says other things first.
            lost += u32::from(said.ends_with("kept\n") && !is_there);
        });
        assert_eq!(lost == 0, is_whole, "{lost}");
    }
}

/// A kill takes nothing from a disk, so that settings which are not durable come through it; what is no transaction does not.
#[test]
fn a_kill_shows_what_is_no_transaction() {
    assert_eq!(killed("WAL", "FULL", true), Harm::default());
    assert_eq!(killed("WAL", "OFF", true), Harm::default());
    assert_eq!(really_killed(true), Harm::default());
    for found in [killed("WAL", "FULL", false), really_killed(false)] {
        assert!(found.half > 0 && found.lost == 0 && found.spoiled == 0, "{found:?}");
    }
}
