//! What a program did to a folder, recorded once, and that folder as it may be found afterwards, made again and again.

use std::{collections::BTreeMap, path::Path, process::Command};

use super::{
    disk::Disk,
    trace::{Step, record},
};
use crate::{
    campaigns::deeds::copy_folder,
    common::{Place, draw::Draw},
};

/// Disks that are drawn for each moment, at most.
const THROWS: u64 = 50;

/// A folder before a program ran, and what that did.
pub struct Recorded {
    before: tempfile::TempDir,
    pub steps: Vec<Step>,
    /// How often one of its threads made a system call, for the thread that made it most.
    pub calls: BTreeMap<String, u64>,
    moments: Vec<Moment>,
}

/// A moment at which a process that is killed leaves something else than a moment before.
struct Moment {
    /// After so many steps.
    after: usize,
    /// Whether a name has changed, or something was said.
    is_turn: bool,
}

impl Recorded {
    /// Runs a command on the book of a place, with some input. It must come to its end.
    pub fn of(place: &Place, command: &Command, input: &str) -> Self {
        Self::below(place.path().parent().unwrap(), command, input)
    }

    /// Runs a command on what is in a folder.
    pub fn below(folder: &Path, command: &Command, input: &str) -> Self {
        let before = tempfile::tempdir().unwrap();
        copy_folder(folder, before.path());
        let (steps, calls) = record(command, input, folder);
        let mut disk = Disk::of(before.path());
        let mut moments = Vec::new();
        for (after, step) in (1..).zip(&steps) {
            if disk.step(step) {
                let is_turn = !matches!(step, Step::Write { .. } | Step::Cut { .. });
                moments.push(Moment { after, is_turn });
            }
        }
        assert!(!moments.is_empty(), "of what does nothing everything would be survived");
        Self {
            before,
            steps,
            calls,
            moments,
        }
    }

    /// How many points of a power cut there are: a step and a throw each.
    pub fn cuts(&self) -> u64 {
        u64::try_from(self.steps.len()).unwrap() * THROWS
    }

    /// Those after the last step, where everything was acknowledged that ever is.
    pub fn ends(&self) -> Vec<u64> {
        (self.cuts() - THROWS..self.cuts()).collect()
    }

    /// Cuts the power at some points, in their order; `examine` gets the folder that is found, and what was said until then.
    pub fn cut(&self, points: impl IntoIterator<Item = u64>, examine: impl FnMut(u64, tempfile::TempDir, &str)) {
        let points = points.into_iter();
        let points = points.map(|point| (point, usize::try_from(point / THROWS).unwrap() + 1));
        self.found(points, |disk, point, folder| disk.after_cut(&mut Draw(point), folder), examine);
    }

    /// How many points there are at which the program may be killed.
    pub fn kills(&self) -> u64 {
        u64::try_from(self.moments.len()).unwrap()
    }

    /// Those of them at which a name has changed, or something was said: few, and none like another.
    pub fn turns(&self) -> Vec<u64> {
        let numbered = (0..).zip(&self.moments);
        numbered.filter(|(_, moment)| moment.is_turn).map(|(point, _)| point).collect()
    }

    /// Kills the program at some points, in their order: nothing that it did is lost, and it does no more.
    pub fn killed(&self, points: impl IntoIterator<Item = u64>, examine: impl FnMut(u64, tempfile::TempDir, &str)) {
        let points = points.into_iter();
        let points = points.map(|point| (point, self.moments[usize::try_from(point).unwrap()].after));
        self.found(points, |disk, _, folder| disk.as_it_is(folder), examine);
    }

    /// Makes what is found at each point, after so many steps.
    fn found(
        &self,
        points: impl Iterator<Item = (u64, usize)>,
        make: impl Fn(&Disk, u64, &Path),
        mut examine: impl FnMut(u64, tempfile::TempDir, &str),
    ) {
        let (mut disk, mut said) = (Disk::of(self.before.path()), String::new());
        let mut done = 0;
        for (point, now) in points {
            for step in &self.steps[done..now] {
                if let Step::Say(text) = step {
                    said.push_str(text);
                }
                disk.step(step);
            }
            done = now;
            let folder = tempfile::tempdir().unwrap();
            make(&disk, point, folder.path());
            examine(point, folder, &said);
        }
    }
}
