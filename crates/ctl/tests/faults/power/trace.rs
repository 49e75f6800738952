//! What a program does to the files of a folder, in order, as strace tells it.

use std::{
    collections::BTreeMap,
    fs,
    io::Write,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

/// Calls that change a file or its name, wait for the disk, or answer.
const CALLS: &str = "openat,pwrite64,write,ftruncate,fsync,fdatasync,unlink,unlinkat,rename,renameat,renameat2,link,linkat,\
                     mkdir,mkdirat,fallocate,copy_file_range,sendfile,pwritev,pwritev2,writev";
/// How the program closes itself to others of the account. Of one that did, only root is told what it writes.
const CLOSING: &str = "prctl";

/// One thing that was done.
#[derive(Clone, Debug)]
pub enum Step {
    /// Bytes went into a file.
    Write { file: PathBuf, at: usize, bytes: Vec<u8> },
    /// A file got another length.
    Cut { file: PathBuf, length: usize },
    /// A file was opened that may not have been there.
    Make(PathBuf),
    /// A folder was made.
    MakeFolder(PathBuf),
    /// A name went away.
    Remove(PathBuf),
    /// A file got another name, perhaps that of another file.
    Rename { from: PathBuf, to: PathBuf },
    /// A file got a second name.
    Link { from: PathBuf, to: PathBuf },
    /// A file or a folder was waited for until the disk had it.
    Sync(PathBuf),
    /// Something was answered.
    Say(String),
}

/// Runs a command under strace, gives it its input and tells what it did below a folder; and how often one of its threads made a
/// system call, wherever, for the thread that made it most.
pub fn record(command: &Command, input: &str, folder: &Path) -> (Vec<Step>, BTreeMap<String, u64>) {
    let log = tempfile::NamedTempFile::new().unwrap();
    let mut traced = Command::new("strace");
    traced
        .args(["-f", "-qq", "-y", "-xx", "-s", "100000000", "-e", "signal=none", "-e"])
        .arg(format!("trace={CALLS},{CLOSING}"))
        .args(["-e", &format!("inject={CLOSING}:retval=0")])
        .arg("-o")
        .arg(log.path())
        .arg(command.get_program())
        .args(command.get_args());
    for (name, value) in command.get_envs() {
        traced.env(name, value.unwrap_or_default());
    }
    let mut child = traced
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("strace is installed");
    child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "{output:?}");
    let mut reader = Reader {
        folder: folder.canonicalize().unwrap(),
        begun: BTreeMap::new(),
        ends: BTreeMap::new(),
        steps: Vec::new(),
        calls: BTreeMap::new(),
    };
    for line in fs::read_to_string(log.path()).unwrap().lines() {
        reader.line(line);
    }
    let mut most = BTreeMap::new();
    for ((name, _), count) in reader.calls {
        let known = most.entry(name).or_insert(count);
        *known = count.max(*known);
    }
    (reader.steps, most)
}

struct Reader {
    folder: PathBuf,
    /// Calls of threads that are not through yet.
    begun: BTreeMap<String, String>,
    /// Where the next write without a place goes.
    ends: BTreeMap<PathBuf, usize>,
    steps: Vec<Step>,
    /// How often a thread has made a call.
    calls: BTreeMap<(String, String), u64>,
}

impl Reader {
    /// A call counts from its end, so that a write is taken to be on its way while another thread waits for the disk.
    fn line(&mut self, line: &str) {
        let (thread, call) = line.split_once(' ').unwrap();
        let call = call.trim_start();
        if let Some((name, _)) = call.split_once('(').filter(|_| !call.starts_with("<... ")) {
            *self.calls.entry((name.to_owned(), thread.to_owned())).or_default() += 1;
        }
        if let Some(begun) = call.strip_suffix("<unfinished ...>") {
            self.begun.insert(thread.to_owned(), begun.trim_end().to_owned());
        } else if let Some((_, end)) = call.strip_prefix("<... ").and_then(|call| call.split_once("resumed>")) {
            let begun = self.begun.remove(thread).unwrap();
            self.call(&format!("{begun}{end}"));
        } else {
            self.call(call);
        }
    }

    fn call(&mut self, call: &str) {
        let (name, rest) = call.split_once('(').unwrap();
        let (arguments, result) = rest.rsplit_once(" = ").unwrap();
        if result.starts_with('-') || result.starts_with('?') {
            return;
        }
        let arguments = arguments.trim_end().trim_end_matches(')');
        let parts: Vec<&str> = arguments.split(", ").collect();
        match name {
            "openat" if parts.iter().any(|part| part.contains("O_CREAT")) => {
                if let Some(path) = self.inside(text(parts[1])) {
                    let is_cut = parts[2].contains("O_TRUNC");
                    self.steps.push(Step::Make(path.clone()));
                    if is_cut {
                        self.steps.push(Step::Cut {
                            file: path.clone(),
                            length: 0,
                        });
                    }
                    self.ends.insert(path, 0);
                }
            }
            "pwrite64" => {
                if let Some(file) = self.open(parts[0]) {
                    let at = parts.last().unwrap().parse().unwrap();
                    self.write(file, at, parts[1]);
                }
            }
            "write" => {
                if parts[0].starts_with("1<") {
                    self.steps.push(Step::Say(String::from_utf8(bytes(parts[1])).unwrap()));
                } else if let Some(file) = self.open(parts[0]) {
                    let at = self.ends.get(&file).copied().unwrap_or_default();
                    self.write(file, at, parts[1]);
                }
            }
            "ftruncate" => {
                if let Some(file) = self.open(parts[0]) {
                    let length = number(parts[1]);
                    self.steps.push(Step::Cut { file, length });
                }
            }
            "fsync" | "fdatasync" => {
                if let Some(file) = self.open(parts[0]) {
                    self.steps.push(Step::Sync(file));
                }
            }
            "unlink" => self.remove(text(parts[0])),
            "unlinkat" => self.remove(text(parts[1])),
            "rename" => self.rename(text(parts[0]), text(parts[1])),
            "renameat" | "renameat2" => self.rename(text(parts[1]), text(parts[3])),
            "linkat" => {
                if let Some((from, to)) = self.inside(text(parts[1])).zip(self.inside(text(parts[3]))) {
                    self.steps.push(Step::Link { from, to });
                }
            }
            "mkdir" => self.make_folder(text(parts[0])),
            "mkdirat" => self.make_folder(text(parts[1])),
            CLOSING => {}
            // Anything else that reaches a file of the folder would be missed.
            _ => assert!(name == "openat" || !self.touches(&parts), "{call}"),
        }
    }

    fn write(&mut self, file: PathBuf, at: usize, part: &str) {
        let bytes = bytes(part);
        self.ends.insert(file.clone(), at + bytes.len());
        self.steps.push(Step::Write { file, at, bytes });
    }

    fn make_folder(&mut self, path: PathBuf) {
        if let Some(path) = self.inside(path) {
            self.steps.push(Step::MakeFolder(path));
        }
    }

    fn remove(&mut self, path: PathBuf) {
        if let Some(path) = self.inside(path) {
            self.steps.push(Step::Remove(path));
        }
    }

    fn rename(&mut self, from: PathBuf, to: PathBuf) {
        if let Some((from, to)) = self.inside(from).zip(self.inside(to)) {
            self.steps.push(Step::Rename { from, to });
        }
    }

    /// The place of an open file below the folder, unless it has no name any more.
    fn open(&self, part: &str) -> Option<PathBuf> {
        let (_, name) = part.split_once('<')?;
        self.inside(text(name.strip_suffix('>')?))
    }

    /// A path from the folder on. What is shared between processes in memory is not on the disk.
    fn inside(&self, path: PathBuf) -> Option<PathBuf> {
        let is_shared = path.to_str().is_some_and(|path| path.ends_with("-shm"));
        if is_shared {
            None
        } else {
            path.strip_prefix(&self.folder).ok().map(Path::to_owned)
        }
    }

    fn touches(&self, parts: &[&str]) -> bool {
        parts.iter().any(|part| {
            self.open(part)
                .or_else(|| part.starts_with('"').then(|| self.inside(text(part)))?)
                .is_some()
        })
    }
}

/// The bytes of a text in which each is written as `\x` and two digits.
fn bytes(part: &str) -> Vec<u8> {
    let digits = part.trim_matches('"').split("\\x").skip(1);
    digits.map(|pair| u8::from_str_radix(pair, 16).unwrap()).collect()
}

fn text(part: &str) -> PathBuf {
    PathBuf::from(String::from_utf8(bytes(part)).unwrap())
}

/// A number, which strace writes in hexadecimal in some places.
fn number(part: &str) -> usize {
    match part.strip_prefix("0x") {
        Some(digits) => usize::from_str_radix(digits, 16).unwrap(),
        None => part.parse().unwrap(),
    }
}
