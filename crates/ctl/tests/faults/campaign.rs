//! Which points of a campaign are run: a few by the day, or as many as were asked for, without those that were done.

use std::{
    collections::BTreeSet,
    fs::{self, OpenOptions},
    io::Write,
    panic::resume_unwind,
    path::PathBuf,
    sync::OnceLock,
    thread,
};

use sha2::{Digest, Sha256};

use crate::common::draw::{Draw, today};

/// Every point that there is.
pub const ALL: u64 = u64::MAX;

/// A campaign of numbered points.
pub struct Campaign {
    name: String,
    record: Option<PathBuf>,
    done: BTreeSet<u64>,
}

impl Campaign {
    /// Takes up a campaign. `CLIENTELE_FAULT_STATE` names the folder that remembers what was done.
    pub fn new(name: &str) -> Self {
        let record = state().map(|folder| folder.join(name));
        let text = record.as_ref().and_then(|path| fs::read_to_string(path).ok()).unwrap_or_default();
        let done = text.lines().filter_map(|line| line.parse().ok()).collect();
        Self {
            name: name.to_owned(),
            record,
            done,
        }
    }

    /// A campaign of rounds that build on each other: it is run in parts of at most so many, each from its beginning, and a part
    /// that was ended is run anew. Answers with the parts that are to be run, and with the rounds of each.
    pub fn of_parts(name: &str, rounds: u64, most: u64) -> (Self, Vec<u64>, u64) {
        let each = rounds.clamp(1, most);
        let campaign = Self::new(&format!("{name}.{each}"));
        let parts = 0..rounds.div_ceil(each);
        let parts = parts.filter(|part| !campaign.done.contains(part)).collect();
        (campaign, parts, each)
    }

    /// How many points are to be run: what `CLIENTELE_FAULT_POINTS` says, which is a number or `large`, or a few.
    pub fn wanted(few: u64, large: u64) -> u64 {
        let text = std::env::var("CLIENTELE_FAULT_POINTS").unwrap_or_default();
        match text.as_str() {
            "" => few,
            "large" => large,
            number => number.parse().expect("CLIENTELE_FAULT_POINTS is a number or `large`"),
        }
    }

    /// Points of `0..all`, without those that were done.
    pub fn points(&self, all: u64, few: u64, large: u64) -> Vec<u64> {
        self.of(&(0..all).collect::<Vec<_>>(), few, large)
    }

    /// Some of these points, spread evenly, without those that were done. Which ones differs from day to day, unless they are
    /// remembered: what is gone on with after midnight is the same.
    pub fn of(&self, all: &[u64], few: u64, large: u64) -> Vec<u64> {
        let count = u64::try_from(all.len()).unwrap();
        let wanted = Self::wanted(few, large).max(1).min(count);
        let first = if self.record.is_some() { 0 } else { Draw(today()).below(count) };
        let chosen = (0..wanted).map(|number| all[usize::try_from((number * count + first) / wanted).unwrap()]);
        chosen.filter(|point| !self.is_done(*point)).collect()
    }

    /// Whether a point was survived before.
    pub fn is_done(&self, point: u64) -> bool {
        self.done.contains(&point)
    }

    /// How many points of a range were survived.
    pub fn survived_in(&self, range: std::ops::Range<u64>) -> u64 {
        u64::try_from(self.done.range(range).count()).unwrap()
    }

    /// Survives points, several at the same time.
    pub fn each(&mut self, points: &[u64], survive: impl Fn(u64) + Sync) {
        for some in points.chunks(at_once()) {
            beside_each_other(some.to_vec(), &survive);
            some.iter().for_each(|point| self.survived(*point));
        }
    }

    /// Remembers that a point was survived.
    pub fn survived(&mut self, point: u64) {
        self.done.insert(point);
        if let Some(path) = &self.record {
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            let mut file = OpenOptions::new().append(true).create(true).open(path).unwrap();
            writeln!(file, "{point}").unwrap();
        }
    }
}

impl Drop for Campaign {
    fn drop(&mut self) {
        let ended = if std::thread::panicking() { "failed" } else { "survived" };
        println!("{}: {} points {ended}", self.name, self.done.len());
    }
}

/// How many points at which nothing is timed are looked at at the same time. Of a small run one: there other tests run beside it.
pub fn at_once() -> usize {
    let is_large = std::env::var_os("CLIENTELE_FAULT_POINTS").is_some();
    if is_large {
        thread::available_parallelism().map_or(1, usize::from)
    } else {
        1
    }
}

/// Deals with things, each in a thread of its own. Fails if one of them does.
pub fn beside_each_other<T: Send>(things: Vec<T>, deal: &(impl Fn(T) + Sync)) {
    thread::scope(|scope| {
        let dealing: Vec<_> = things.into_iter().map(|thing| scope.spawn(move || deal(thing))).collect();
        for thread in dealing {
            if let Err(panic) = thread.join() {
                resume_unwind(panic);
            }
        }
    });
}

/// What was survived is remembered for the program and the tests of which it was survived, and for no others. Some campaigns run
/// the engine in the tests themselves.
fn state() -> Option<PathBuf> {
    static BUILD: OnceLock<String> = OnceLock::new();
    let folder = std::env::var_os("CLIENTELE_FAULT_STATE")?;
    let build = BUILD.get_or_init(|| {
        let mut hasher = Sha256::new();
        for program in [PathBuf::from(env!("CARGO_BIN_EXE_clientelectl")), std::env::current_exe().unwrap()] {
            hasher.update(fs::read(program).unwrap());
        }
        hasher.finalize().iter().take(8).map(|byte| format!("{byte:02x}")).collect()
    });
    Some(PathBuf::from(folder).join(build))
}
