//! Which points of a campaign are run: a few by the day, or as many as were asked for, without those that were done.

use std::{
    collections::BTreeSet,
    fs::{self, OpenOptions},
    io::Write,
    path::PathBuf,
};

use crate::common::draw::today;

/// A campaign of numbered points.
pub struct Campaign {
    name: &'static str,
    record: Option<PathBuf>,
    done: BTreeSet<u64>,
}

impl Campaign {
    /// Takes up a campaign. `CLIENTELE_FAULT_STATE` names the folder that remembers what was done.
    pub fn new(name: &'static str) -> Self {
        let record = std::env::var_os("CLIENTELE_FAULT_STATE").map(|folder| PathBuf::from(folder).join(name));
        let text = record.as_ref().and_then(|path| fs::read_to_string(path).ok()).unwrap_or_default();
        let done = text.lines().filter_map(|line| line.parse().ok()).collect();
        Self { name, record, done }
    }

    /// How many points are to be run: `CLIENTELE_FAULT_POINTS`, or a few.
    pub fn wanted(few: u64) -> u64 {
        std::env::var("CLIENTELE_FAULT_POINTS")
            .ok()
            .and_then(|text| text.parse().ok())
            .unwrap_or(few)
    }

    /// Points of `0..all`, spread evenly from a start that differs from day to day, without those that were done.
    pub fn points(&self, all: u64, few: u64) -> Vec<u64> {
        let wanted = Self::wanted(few).min(all).max(1);
        let step = (all / wanted).max(1);
        let first = today() % step;
        let points = (first..all)
            .step_by(usize::try_from(step).unwrap())
            .filter(|point| !self.done.contains(point));
        points.collect()
    }

    /// How many points of a range were survived.
    pub fn survived_in(&self, range: std::ops::Range<u64>) -> u64 {
        u64::try_from(self.done.range(range).count()).unwrap()
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
