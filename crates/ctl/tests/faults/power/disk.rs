//! A disk on which a part of what was not waited for is there when the power comes back: each sector of 512 bytes that was
//! written, the length of each file, and the last changes of names. With the name of a folder everything in it is lost.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};

use super::trace::Step;
use crate::common::draw::Draw;

/// What a disk writes as a whole.
const SECTOR: usize = 512;

/// A folder on it.
#[derive(Default)]
pub struct Disk {
    files: Vec<File>,
    /// The names that it has for certain, and those of the running system.
    certain: Names,
    names: Names,
    waiting: Vec<Name>,
}

/// What has a name.
#[derive(Clone, Default)]
struct Names {
    files: BTreeMap<PathBuf, usize>,
    folders: BTreeSet<PathBuf>,
}

impl Names {
    /// Whether something can be found by its path: each folder on the way has a name.
    fn lead_to(&self, path: &Path) -> bool {
        let mut folders = path.ancestors().skip(1).filter(|folder| !folder.as_os_str().is_empty());
        folders.all(|folder| self.folders.contains(folder))
    }
}

#[derive(Default)]
struct File {
    certain: Vec<u8>,
    waiting: Vec<Change>,
}

enum Change {
    Write { at: usize, bytes: Vec<u8> },
    Cut(usize),
}

#[derive(Clone)]
enum Name {
    Make(PathBuf, usize),
    MakeFolder(PathBuf),
    Remove(PathBuf),
    Rename(PathBuf, PathBuf),
    Link(PathBuf, PathBuf),
}

impl Name {
    fn is_in(&self, folder: &Path) -> bool {
        let (Self::Make(path, _) | Self::MakeFolder(path) | Self::Remove(path) | Self::Rename(_, path) | Self::Link(_, path)) = self;
        path.parent() == Some(folder)
    }

    fn apply(&self, Names { files, folders }: &mut Names) {
        match self {
            Self::Make(path, file) => {
                files.insert(path.clone(), *file);
            }
            Self::MakeFolder(path) => {
                folders.insert(path.clone());
            }
            Self::Remove(path) => {
                files.remove(path);
            }
            Self::Rename(from, to) => {
                if let Some(file) = files.remove(from) {
                    files.insert(to.clone(), file);
                }
            }
            Self::Link(from, to) => {
                if let Some(file) = files.get(from).copied() {
                    files.insert(to.clone(), file);
                }
            }
        }
    }
}

impl Disk {
    /// A disk that has a folder for certain.
    pub fn of(folder: &Path) -> Self {
        let mut disk = Self::default();
        disk.take(folder, Path::new(""));
        disk.names = disk.certain.clone();
        disk
    }

    fn take(&mut self, folder: &Path, under: &Path) {
        for entry in fs::read_dir(folder).unwrap() {
            let entry = entry.unwrap();
            let (path, name) = (entry.path(), under.join(entry.file_name()));
            if path.is_dir() {
                self.take(&path, &name);
                self.certain.folders.insert(name);
            } else if !name.to_str().is_some_and(|name| name.ends_with("-shm")) {
                self.certain.files.insert(name, self.files.len());
                self.files.push(File {
                    certain: fs::read(path).unwrap(),
                    waiting: Vec::new(),
                });
            }
        }
    }

    /// Does what a program did. Whether something else is there then, or said.
    pub fn step(&mut self, step: &Step) -> bool {
        match step {
            Step::Write { file, at, bytes } => self.change(
                file,
                Change::Write {
                    at: *at,
                    bytes: bytes.clone(),
                },
            ),
            Step::Cut { file, length } => self.change(file, Change::Cut(*length)),
            Step::Make(path) => {
                let is_new = !self.names.files.contains_key(path);
                if is_new {
                    self.files.push(File::default());
                    self.name(Name::Make(path.clone(), self.files.len() - 1));
                }
                is_new
            }
            Step::MakeFolder(path) => self.name(Name::MakeFolder(path.clone())),
            Step::Remove(path) => self.name(Name::Remove(path.clone())),
            Step::Rename { from, to } => self.name(Name::Rename(from.clone(), to.clone())),
            Step::Link { from, to } => self.name(Name::Link(from.clone(), to.clone())),
            Step::Sync(path) => {
                self.sync(path);
                false
            }
            Step::Say(_) => true,
        }
    }

    fn name(&mut self, name: Name) -> bool {
        name.apply(&mut self.names);
        self.waiting.push(name);
        true
    }

    fn change(&mut self, path: &Path, change: Change) -> bool {
        // A file that has lost its name cannot be found again.
        let Some(file) = self.names.files.get(path) else { return false };
        self.files[*file].waiting.push(change);
        true
    }

    /// A file that was waited for has its bytes, a folder its names. That a file or a folder has a name is certain only with the
    /// folder that it is in.
    fn sync(&mut self, path: &Path) {
        if let Some(file) = self.names.files.get(path) {
            let file = &mut self.files[*file];
            for change in std::mem::take(&mut file.waiting) {
                change.apply(&mut file.certain, |_| true);
            }
            return;
        }
        for name in std::mem::take(&mut self.waiting) {
            if name.is_in(path) {
                name.apply(&mut self.certain);
            } else {
                self.waiting.push(name);
            }
        }
    }

    /// What is there after a power cut, drawn, as a folder.
    pub fn after_cut(&self, draw: &mut Draw, folder: &Path) {
        let mut names = self.certain.clone();
        // Names reach the disk in their order.
        let kept = draw.below(u64::try_from(self.waiting.len() + 1).unwrap());
        for name in self.waiting.iter().take(usize::try_from(kept).unwrap()) {
            name.apply(&mut names);
        }
        self.make(folder, &names, |file| file.after_cut(draw));
    }

    /// What is there when the program has ended and the system has not: everything that it did, in a folder.
    pub fn as_it_is(&self, folder: &Path) {
        self.make(folder, &self.names, File::as_it_is);
    }

    /// Makes folders and files with their names. A file that has two of them has them here, too.
    fn make(&self, folder: &Path, names: &Names, mut bytes: impl FnMut(&File) -> Vec<u8>) {
        // Each comes after the one that it is in.
        for name in names.folders.iter().filter(|name| names.lead_to(name)) {
            fs::create_dir(folder.join(name)).unwrap();
        }
        let mut made: BTreeMap<usize, PathBuf> = BTreeMap::new();
        for (name, file) in names.files.iter().filter(|(name, _)| names.lead_to(name)) {
            let path = folder.join(name);
            if let Some(other) = made.get(file) {
                fs::hard_link(other, &path).unwrap();
            } else {
                fs::write(&path, bytes(&self.files[*file])).unwrap();
                made.insert(*file, path);
            }
        }
    }
}

impl File {
    /// All of what waits, none of it, or each sector by a throw.
    fn after_cut(&self, draw: &mut Draw) -> Vec<u8> {
        let mut bytes = self.certain.clone();
        let kept_of_four = [0, 1, 2, 3, 4][usize::try_from(draw.below(5)).unwrap()];
        for change in &self.waiting {
            change.apply(&mut bytes, |_| draw.below(4) < kept_of_four);
        }
        bytes
    }

    /// All of what waits.
    fn as_it_is(&self) -> Vec<u8> {
        let mut bytes = self.certain.clone();
        for change in &self.waiting {
            change.apply(&mut bytes, |_| true);
        }
        bytes
    }
}

impl Change {
    /// Applies it, sector by sector where that is kept.
    fn apply(&self, file: &mut Vec<u8>, mut is_kept: impl FnMut(usize) -> bool) {
        match self {
            Self::Cut(length) => {
                if is_kept(length / SECTOR) {
                    file.resize(*length, 0);
                }
            }
            Self::Write { at, bytes } => {
                let (mut at, mut rest) = (*at, bytes.as_slice());
                while !rest.is_empty() {
                    let (piece, after) = rest.split_at(rest.len().min(SECTOR - at % SECTOR));
                    if is_kept(at / SECTOR) {
                        if file.len() < at + piece.len() {
                            file.resize(at + piece.len(), 0);
                        }
                        file[at..at + piece.len()].copy_from_slice(piece);
                    }
                    (at, rest) = (at + piece.len(), after);
                }
            }
        }
    }
}
