//! A process that is killed at a system call which writes: what was acknowledged is there, nothing is half there, and nothing
//! needs repair.
//!
//! Each deed is killed in two ways. What it does is recorded once, and what is left after each step of all its threads is made
//! anew and looked at, once where the same comes of it: no step is left out. And it is killed really, at each call of each kind:
//! there a thread hides the calls of another one that makes fewer of the same kind, because each thread counts its own.

use std::{
    collections::{BTreeMap, BTreeSet},
    os::unix::process::ExitStatusExt,
    path::Path,
    process::{Command, Output, Stdio},
};

use super::{
    campaign::{ALL, Campaign},
    common::{Place, answer},
    deeds::{Begun, INIT, LATE, check, deeds, is_made, number, replaced, unfinished, whole_backups, with},
    later_app::{LaterApp, is_updated, rest},
    power::{Looks, Recorded, Step},
};

/// Calls that change a file or its name, or wait for the disk.
const CALLS: [&str; 14] = [
    "pwrite64",
    "write",
    "fsync",
    "fdatasync",
    "ftruncate",
    "unlink",
    "unlinkat",
    "rename",
    "renameat",
    "renameat2",
    "link",
    "linkat",
    "mkdir",
    "mkdirat",
];
/// Tells the points of one kind of call from those of the next.
const A_KIND: u64 = 1_000_000;
/// The signal that cannot be caught.
const KILL: i32 = 9;

/// Runs a command and kills it where one of its threads makes a call for the `number`-th time.
pub fn killed_at(call: &str, number: u64, command: &Command) -> Output {
    let mut traced = Command::new("strace");
    traced
        .args(["-f", "-qq", "-o", "/dev/null", "-e"])
        .arg(format!("trace={call}"))
        .arg("-e")
        .arg(format!("inject={call}:signal=SIGKILL:when={number}"))
        .arg(command.get_program())
        .args(command.get_args());
    for (name, value) in command.get_envs() {
        traced.env(name, value.unwrap_or_default());
    }
    traced.stdin(Stdio::null()).output().expect("strace is installed")
}

/// Whether it was killed. One that comes to its end before must end well.
pub fn was_killed(output: &Output) -> bool {
    let was_killed = output.status.signal() == Some(KILL);
    assert!(was_killed || output.status.success(), "{output:?}");
    was_killed
}

/// What is killed, again and again.
struct Killing<'a> {
    /// What its records are called.
    name: &'a str,
    /// Points of a day: of what is made anew, beside those at which a name changes, and of what is killed really.
    few: (u64, u64),
    begin: &'a (dyn Fn() -> Place + Sync),
    command: &'a (dyn Fn(&Place) -> Command + Sync),
    /// Looks at what is left, and is told whether it was acknowledged.
    examine: &'a (dyn Fn(&Place, bool) + Sync),
}

impl Killing<'_> {
    /// Both ways. Answers with what it does when nobody disturbs it.
    fn everywhere(&self) -> Recorded {
        let place = (self.begin)();
        let recorded = Recorded::of(&place, &(self.command)(&place), "");
        // Without a point nothing would be looked at, and all would be survived.
        let is_recorded = recorded.kills() > 0 && recorded.calls.keys().any(|call| CALLS.contains(&call.as_str()));
        assert!(is_recorded, "{}: {:?}", self.name, recorded.calls);
        self.at_every_step(&recorded);
        self.really(&recorded.calls);
        recorded
    }

    fn at_every_step(&self, recorded: &Recorded) {
        let mut campaign = Campaign::new(&format!("kill_{}", self.name));
        let mut points: BTreeSet<u64> = campaign.points(recorded.kills(), self.few.0, ALL).into_iter().collect();
        points.extend(campaign.of(&recorded.turns(), ALL, ALL));
        let mut looks = Looks::new(|place: &Place, said: &str| (self.examine)(place, !said.is_empty()));
        recorded.killed(points.iter().copied(), |_, folder, said| {
            looks.find(folder, said);
        });
        println!("kill_{}: {} steps leave {} outcomes", self.name, points.len(), looks.end());
        // Only all together: what the next run records has other steps under the same numbers.
        points.into_iter().for_each(|point| campaign.survived(point));
    }

    fn really(&self, calls: &BTreeMap<String, u64>) {
        let mut campaign = Campaign::new(&format!("kill_{}_really", self.name));
        let of_kind = |(kind, call): (u64, &str)| {
            let count = calls.get(call).copied().unwrap_or_default();
            (1..=count).map(move |number| kind * A_KIND + number)
        };
        let all: Vec<u64> = (0..).zip(CALLS).flat_map(of_kind).collect();
        let points = campaign.of(&all, self.few.1, ALL);
        campaign.each(&points, |point| {
            let call = CALLS[usize::try_from(point / A_KIND).unwrap()];
            let (place, was_acknowledged) = self.killed(call, point % A_KIND);
            (self.examine)(&place, was_acknowledged);
        });
    }

    /// Kills it at a call, or a little earlier: from run to run a thread makes a few calls more or less. What comes to its end is
    /// no kill and does not count.
    fn killed(&self, call: &str, mut number: u64) -> (Place, bool) {
        loop {
            let place = (self.begin)();
            let output = killed_at(call, number, &(self.command)(&place));
            if was_killed(&output) {
                return (place, !output.stdout.is_empty());
            }
            assert!(number > 1, "{}: no thread makes a {call}", self.name);
            number -= number.div_ceil(8);
        }
    }
}

#[test]
fn a_write_that_is_killed_anywhere_is_there_once_or_not_at_all() {
    let begun = Begun::new();
    for deed in deeds(&begun.values) {
        let arguments = deed.arguments();
        let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
        let killing = Killing {
            name: deed.op,
            few: (5, 2),
            begin: &|| begun.copy(),
            command: &|place| with(place, &arguments),
            examine: &|place, acknowledged| {
                check(place);
                let found = number(&place.path(), deed.effect);
                assert!(found <= 1 && (found == 1 || !acknowledged), "{}: {found} {acknowledged}", deed.op);
                // Asked again with its key it is done, once.
                answer(&place.run(&arguments));
                assert_eq!(number(&place.path(), deed.effect), 1, "{}", deed.op);
                check(place);
            },
        };
        killing.everywhere();
    }
}

#[test]
fn the_making_of_a_book_that_is_killed_anywhere_can_be_done_again() {
    let killing = Killing {
        name: "init",
        few: (10, 4),
        begin: &Place::file,
        command: &|place| with(place, INIT),
        examine: &is_made,
    };
    killing.everywhere();
}

#[test]
fn a_backup_that_is_killed_anywhere_is_whole_or_not_there() {
    let begun = Begun::new();
    let killing = Killing {
        name: "backup",
        few: (6, 4),
        begin: &|| begun.copy(),
        command: &|place| with(place, &["backup"]),
        examine: &|place, acknowledged| {
            check(place);
            let whole = whole_backups(place);
            assert!(whole == 2 || !acknowledged, "{whole}");
            answer(&place.run(&["backup"]));
            assert!(unfinished(place).is_empty(), "{:?}", unfinished(place));
        },
    };
    killing.everywhere();
}

#[test]
fn a_restore_that_is_killed_anywhere_leaves_the_old_book_or_the_restored_one() {
    let (changed, name) = Begun::changed_since_backup();
    let killing = Killing {
        name: "restore",
        few: (8, 4),
        begin: &|| changed.copy(),
        command: &|place| with(place, &["restore", &name]),
        examine: &|place, acknowledged| {
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
    };
    killing.everywhere();
}

#[test]
#[ignore = "builds an app of a later release; `cargo xtask faults` runs it"]
fn an_update_that_is_killed_anywhere_is_gone_on_with_by_the_next_start() {
    let later = LaterApp::find();
    let begun = Begun::new();
    let before = rest(&begun.copy());
    let killing = Killing {
        name: "update",
        few: (6, 4),
        begin: &|| begun.without_backups(),
        // Any command opens the book, which updates it.
        command: &|place| later.command(place, &["verify"]),
        examine: &|place, acknowledged| {
            assert!(is_updated(place) || !acknowledged);
            later.update(place, &before);
            // The copy of the older book, and perhaps one more that was made before the kill.
            let whole = whole_backups(place);
            assert!((1..=2).contains(&whole), "{whole}");
            assert!(unfinished(place).is_empty(), "{:?}", unfinished(place));
        },
    };
    let steps = killing.everywhere().steps;
    // Among what was killed is the step of the tables itself, after the copy of the older book has its name.
    let is_named = |step: &Step| matches!(step, Step::Rename { to, .. } | Step::Link { to, .. } if to.starts_with("backups"));
    let copied = steps.iter().rposition(is_named).expect("the older book is copied");
    let is_logged = |step: &&Step| matches!(step, Step::Write { file, .. } if file == Path::new("book.db-wal"));
    let logged = steps[copied..].iter().filter(is_logged).count();
    assert!(logged > 10, "{logged}");
}
