//! The folder of a book's backups: what is in it, what a new one is called, and which are old enough to go.

use std::{
    cmp::Reverse,
    collections::BTreeSet,
    ffi::OsStr,
    fs, io,
    path::{Path, PathBuf},
};

use chrono::{DateTime, Datelike, Days, Months, NaiveDate, NaiveDateTime, Utc};
use chrono_tz::Tz;
use contract::{
    Timestamp,
    backup::{Backup, BackupReason},
    work::BackupRecord,
};

use super::partial;
use crate::{files, zone};

/// How long backups stay: the newest of each of so many days, weeks and months.
const DAYS: u64 = 14;
const WEEKS: u64 = 8;
const MONTHS: u32 = 12;
/// What a copy is called besides, if the book does not pass its check.
const FLAWED: &str = ".flawed";
/// What the record beside a backup is called besides.
const RECORD: &str = ".json";
/// How a time stands in a name.
const TIME: &str = "%Y-%m-%d %H%M%S";

/// See the module.
#[derive(Clone, Debug)]
pub struct Shelf {
    /// The folder.
    pub folder: PathBuf,
    stem: String,
    ending: String,
}

impl Shelf {
    /// The folder `backups` beside a file, or another one.
    pub fn of_file(book: &Path, folder: Option<&Path>) -> Self {
        let book = &files::behind_links(book);
        let text = |part: Option<&OsStr>| part.map(|part| part.to_string_lossy().into_owned());
        let beside = || book.parent().unwrap_or(Path::new("")).join("backups");
        Self {
            folder: folder.map_or_else(beside, Path::to_path_buf),
            stem: text(book.file_stem()).unwrap_or_else(|| "book".to_owned()),
            ending: text(book.extension()).unwrap_or_else(|| "clientele".to_owned()),
        }
    }

    /// A folder for the backups of a book on a server.
    pub fn of_server(schema: &str, folder: &Path) -> Self {
        Self {
            folder: folder.to_owned(),
            stem: schema.to_owned(),
            ending: "clientele".to_owned(),
        }
    }

    /// Makes the folder, if it is not there, for its owner alone.
    pub fn make(&self) -> io::Result<()> {
        files::private_folder(&self.folder)
    }

    /// A name that is free.
    pub fn free(&self, at: Timestamp, reason: BackupReason) -> io::Result<PathBuf> {
        let time = DateTime::from_timestamp_millis(at.0).unwrap_or_default().format(TIME);
        for number in 1..1_000_u32 {
            let more = if number == 1 { String::new() } else { format!(" {number}") };
            let path = self
                .folder
                .join(format!("{} {time}Z {}{more}.{}", self.stem, words(reason), self.ending));
            // The record comes first: where it is there already, somebody is about to take the name.
            if !path.exists() && !record_of(&path).exists() {
                return Ok(path);
            }
        }
        Err(io::ErrorKind::AlreadyExists.into())
    }

    /// The file of a name, if it is one of the backups.
    pub fn file(&self, name: &str) -> Option<PathBuf> {
        self.read(name).map(|_| self.folder.join(name)).filter(|path| path.is_file())
    }

    /// The backups, newest first.
    pub fn list(&self) -> io::Result<Vec<Backup>> {
        self.listed("")
    }

    /// The copies of a book that did not pass its check, newest first. They are no backups, but better than none.
    pub fn flawed(&self) -> io::Result<Vec<Backup>> {
        self.listed(FLAWED)
    }

    /// What is here under the name of a backup that goes on so.
    fn listed(&self, more: &str) -> io::Result<Vec<Backup>> {
        let entries = match fs::read_dir(&self.folder) {
            Ok(entries) => entries,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(error),
        };
        let mut found = Vec::new();
        for entry in entries {
            let entry = entry?;
            let Ok(name) = entry.file_name().into_string() else { continue };
            let Some((at, reason)) = name.strip_suffix(more).and_then(|name| self.read(name)) else {
                continue;
            };
            let about = entry.metadata()?;
            let record = record(&entry.path());
            // A name says the second. Of two in one second the one that was written last is the newest, and where a copy of the folder
            // has lost that, the one whose name had to be numbered on.
            let order = (
                at,
                about.modified().ok(),
                number_of(name.strip_suffix(more).unwrap_or(&name)),
                name.clone(),
            );
            let backup = Backup {
                at,
                reason,
                bytes: about.len(),
                customers: record.as_ref().map(|record| record.customers),
                has_record: record.is_some(),
                name,
            };
            found.push((order, backup));
        }
        found.sort_by(|(one, _), (other, _)| other.cmp(one));
        Ok(found.into_iter().map(|(_, backup)| backup).collect())
    }

    /// Takes away what backups that were cut off have left: half a copy, and the record and the empty name of one that did not come.
    pub fn sweep(&self) {
        let is_own = |name: &str| {
            let name = name.strip_suffix(RECORD).unwrap_or(name);
            self.read(name.strip_suffix(FLAWED).unwrap_or(name)).is_some()
        };
        for target in partial::sweep(&self.folder, is_own) {
            // Somebody else may be giving a record and a copy that name just now.
            if is_being_written(&target) {
                continue;
            }
            for name in names_of(&target) {
                // Where there are no links, a copy takes its name before it is there.
                if fs::metadata(&name).is_ok_and(|file| file.is_file() && file.len() == 0) {
                    files::remove(&name);
                }
                if !name.exists() {
                    files::remove(&record_of(&name));
                }
            }
        }
    }

    /// Removes what is old enough, but not the one that is to be spared; answers with the names.
    pub fn tidy(&self, now: Timestamp, zone: Tz, spared: Option<&Path>) -> io::Result<Vec<String>> {
        let mut gone = surplus(&self.list()?, now, zone);
        gone.retain(|name| spared.and_then(Path::file_name) != Some(OsStr::new(name)));
        // What went wrong so long ago, the backups that passed since tell better.
        let first = first_of_days(zone::day(zone, now));
        let old = self.flawed()?.into_iter().filter(|copy| zone::day(zone, copy.at) < first);
        gone.extend(old.map(|copy| copy.name));
        for name in &gone {
            self.remove(name)?;
        }
        Ok(gone)
    }

    /// Removes all copies of a book that did not pass its check but the newest: one that stays as it is would fill the disk with them.
    pub fn tidy_flawed(&self) -> io::Result<()> {
        for copy in self.flawed()?.into_iter().skip(1) {
            self.remove(&copy.name)?;
        }
        Ok(())
    }

    /// Removes a copy with its record.
    fn remove(&self, name: &str) -> io::Result<()> {
        let path = self.folder.join(name);
        fs::remove_file(&path)?;
        match fs::remove_file(record_of(&path)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        }
    }

    /// What a name says.
    fn read(&self, name: &str) -> Option<(Timestamp, BackupReason)> {
        let rest = name.strip_prefix(&self.stem)?.strip_prefix(' ')?;
        let rest = rest.strip_suffix(&self.ending)?.strip_suffix('.')?;
        let (time, rest) = rest.split_once("Z ")?;
        let at = NaiveDateTime::parse_from_str(time, TIME).ok()?.and_utc();
        let reason = rest.trim_end_matches(|letter: char| letter.is_ascii_digit()).trim_end();
        Some((DateTime::<Utc>::into(at), BackupReason::parse(&reason.replace(' ', "_"))?))
    }
}

/// A reason as it stands in a name.
fn words(reason: BackupReason) -> String {
    reason.as_str().replace('_', " ")
}

/// The number in a name, which only the first of its second and reason has not.
fn number_of(name: &str) -> u32 {
    let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
    stem.rsplit_once(' ').and_then(|(_, number)| number.parse().ok()).unwrap_or(1)
}

/// The names of which a copy gets one: its own, or the one that says that its book does not pass its check.
pub fn names_of(target: &Path) -> [PathBuf; 2] {
    [target.to_owned(), besides(target, FLAWED)]
}

/// Whether somebody is writing a copy that gets one of these names, or its record.
pub fn is_being_written(target: &Path) -> bool {
    let names = names_of(target);
    partial::is_held(files::folder_of(target), |name| {
        let is_called = |file: &Path| file.file_name() == Some(OsStr::new(name));
        names.iter().any(|own| is_called(own) || is_called(&record_of(own)))
    })
}

/// The record beside a backup.
pub fn record_of(backup: &Path) -> PathBuf {
    besides(backup, RECORD)
}

/// A file whose name goes on so.
fn besides(file: &Path, more: &str) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(more);
    name.into()
}

/// What that record says, if there is one that can be read.
pub fn record(backup: &Path) -> Option<BackupRecord> {
    serde_json::from_slice(&fs::read(record_of(backup)).ok()?).ok()
}

/// The first of the days of which each keeps its backups.
fn first_of_days(today: NaiveDate) -> NaiveDate {
    today.checked_sub_days(Days::new(DAYS - 1)).unwrap_or(NaiveDate::MIN)
}

/// The names of the backups that may go: kept are the newest of each of the last 14 days, of the last 8 weeks and of the
/// last 12 months, everything of the last 14 days that was made before something changed the book, and what a person made.
fn surplus(backups: &[Backup], now: Timestamp, zone: Tz) -> Vec<String> {
    let today = zone::day(zone, now);
    let first = |earliest: Option<NaiveDate>| earliest.unwrap_or(NaiveDate::MIN);
    let (of_days, of_weeks) = (
        first_of_days(today),
        first(today.checked_sub_days(Days::new((WEEKS - 1) * 7 + u64::from(today.weekday().num_days_from_monday())))),
    );
    let of_months = first(today.with_day(1).and_then(|day| day.checked_sub_months(Months::new(MONTHS - 1))));
    let (mut days, mut weeks, mut months) = (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
    let mut newest_first: Vec<&Backup> = backups.iter().collect();
    // Those of one second stay as they are listed.
    newest_first.sort_by_key(|backup| Reverse(backup.at));
    let mut gone = Vec::new();
    for backup in newest_first {
        if matches!(backup.reason, BackupReason::ByHand | BackupReason::Replaced) {
            continue;
        }
        let day = zone::day(zone, backup.at);
        // Each of them counts as the newest of its day, week and month, if no newer one does.
        let is_newest = [
            day >= of_days && days.insert(day),
            day >= of_weeks && weeks.insert((day.iso_week().year(), day.iso_week().week())),
            day >= of_months && months.insert((day.year(), day.month())),
        ];
        let is_before_a_change = backup.reason != BackupReason::Daily && day >= of_days;
        if !is_before_a_change && !is_newest.contains(&true) {
            gone.push(backup.name.clone());
        }
    }
    gone
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shelf() -> Shelf {
        Shelf::of_file(Path::new("/books/my book.db"), None)
    }

    fn backup(time: &str, reason: BackupReason) -> Backup {
        let at: Timestamp = time.parse().unwrap();
        let name = shelf().free(at, reason).unwrap().file_name().unwrap().to_str().unwrap().to_owned();
        Backup {
            name,
            at,
            reason,
            bytes: 1,
            customers: None,
            has_record: false,
        }
    }

    #[test]
    fn a_name_says_when_and_why_and_other_files_are_none() {
        let own = backup("2026-11-22T09:30:05Z", BackupReason::BeforeUpdate);
        assert_eq!(own.name, "my book 2026-11-22 093005Z before update.db");
        assert_eq!(shelf().read(&own.name), Some((own.at, own.reason)));
        assert_eq!(
            shelf().read("my book 2026-11-22 093005Z daily 2.db").unwrap().1,
            BackupReason::Daily
        );
        for other in [
            "my book.db",
            "other 2026-11-22 093005Z daily.db",
            "my book 2026-11-22 093005Z daily.db.json",
            "my book now Z daily.db",
            "",
        ] {
            assert_eq!(shelf().read(other), None, "{other}");
        }
    }

    #[test]
    fn of_copies_of_one_second_the_one_that_was_written_last_is_the_newest_and_stays() {
        use std::time::{Duration, SystemTime};
        let folder = tempfile::tempdir().unwrap();
        let shelf = Shelf::of_file(&folder.path().join("book.db"), Some(folder.path()));
        let called = |what: &str| format!("book 2026-11-22 093005Z {what}.db.flawed");
        // Neither their names nor the order in which the folder has them say which is which.
        for (what, millis) in [
            ("by hand", 700),
            ("daily", 300),
            ("before move", 900),
            ("daily 10", 300),
            ("daily 9", 300),
        ] {
            let file = fs::File::create(folder.path().join(called(what))).unwrap();
            let written = SystemTime::UNIX_EPOCH + Duration::from_millis(1_795_339_805_000 + millis);
            file.set_modified(written).unwrap();
        }
        let names = || shelf.flawed().unwrap().into_iter().map(|copy| copy.name).collect::<Vec<_>>();
        assert_eq!(names(), ["before move", "by hand", "daily 10", "daily 9", "daily"].map(called));
        shelf.tidy_flawed().unwrap();
        assert_eq!(names(), [called("before move")]);
    }

    #[test]
    fn of_three_years_of_days_the_newest_of_14_days_8_weeks_and_12_months_stay() {
        let mut day: NaiveDate = "2023-11-23".parse().unwrap();
        let today: NaiveDate = "2026-11-26".parse().unwrap();
        let mut backups = Vec::new();
        while day <= today {
            for hour in ["03:00:00", "21:00:00"] {
                backups.push(backup(&format!("{day}T{hour}Z"), BackupReason::Daily));
            }
            day = day.succ_opt().unwrap();
        }
        let by_hand = backup("2024-01-05T10:00:00Z", BackupReason::ByHand);
        let before = backup("2026-11-20T10:00:00Z", BackupReason::BeforeUpdate);
        let old_before = backup("2026-10-20T10:00:00Z", BackupReason::BeforeUpdate);
        backups.extend([by_hand.clone(), before.clone(), old_before.clone()]);
        let gone = surplus(&backups, "2026-11-26T22:00:00Z".parse().unwrap(), chrono_tz::UTC);
        let kept: Vec<&Backup> = backups.iter().filter(|backup| !gone.contains(&backup.name)).collect();
        assert!(kept.contains(&&by_hand) && kept.contains(&&before) && !kept.contains(&&old_before));
        let daily: Vec<String> = kept
            .iter()
            .filter(|backup| backup.reason == BackupReason::Daily)
            .map(|backup| backup.at.to_string().get(..13).unwrap().to_owned())
            .collect();
        // The last of each month, of each week from Monday the 5th of October on, of each day from the 13th of November on.
        let mut want: Vec<String> = [
            "2025-12-31",
            "2026-01-31",
            "2026-02-28",
            "2026-03-31",
            "2026-04-30",
            "2026-05-31",
            "2026-06-30",
            "2026-07-31",
            "2026-08-31",
            "2026-09-30",
            "2026-10-11",
            "2026-10-18",
            "2026-10-25",
            "2026-10-31",
            "2026-11-01",
            "2026-11-08",
        ]
        .map(|day| format!("{day}T21"))
        .to_vec();
        want.extend((13..=26).map(|day| format!("2026-11-{day:02}T21")));
        assert_eq!(daily, want);
        // Once tidied, nothing more goes on the same day.
        let left: Vec<Backup> = kept.into_iter().cloned().collect();
        assert_eq!(
            surplus(&left, "2026-11-26T22:00:00Z".parse().unwrap(), chrono_tz::UTC),
            Vec::<String>::new()
        );
    }
}
