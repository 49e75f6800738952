//! The log: one JSON object a line, in a file that cannot grow without end. Holds what happened, never data of customers.

use std::{
    fs::{File, OpenOptions},
    io::{self, Write},
    panic::PanicHookInfo,
    path::{Path, PathBuf},
    sync::Mutex,
};

use tracing_subscriber::{Layer, filter::Targets, layer::SubscriberExt, util::SubscriberInitExt};

use crate::folder::{self, DataFolder};

/// How large a file grows before it becomes the older one.
const LARGEST: u64 = 5 * 1024 * 1024;

/// Starts the log. Without one the app still works: whoever cannot write into the folder learns that from the book.
pub fn start(folder: &DataFolder) {
    std::panic::set_hook(Box::new(on_panic));
    let file = Late::new(folder.log(), LARGEST);
    // Statements and their values are logged by the database crates from `info` down.
    let wanted = Targets::new()
        .with_default(tracing::Level::WARN)
        .with_targets(["clientele", "desktop", "engine", "migrations"].map(|target| (target, tracing::Level::INFO)));
    let lines = tracing_subscriber::fmt::layer()
        .json()
        .with_writer(Mutex::new(file))
        .with_filter(wanted);
    if let Err(error) = tracing_subscriber::registry().with(lines).try_init() {
        eprintln!("Clientele cannot start its log: {error}");
    }
}

/// Logs a failure and gives the reference under which it is found.
pub fn failure(detail: &str) -> String {
    let reference = reference();
    tracing::error!(reference, detail, "failed");
    reference
}

/// Short enough to be read out: the random end of a UUIDv7.
fn reference() -> String {
    let text = uuid::Uuid::now_v7().simple().to_string();
    text.get(24..).unwrap_or(&text).to_owned()
}

fn on_panic(panic: &PanicHookInfo<'_>) {
    let place = panic.location().map(ToString::to_string);
    let thread = std::thread::current();
    tracing::error!(
        place,
        thread = thread.name(),
        message = contract::text::literal(panic.payload()),
        "panicked"
    );
    if cfg!(debug_assertions) {
        eprintln!("{panic}");
    }
}

/// A log whose folder may come later, as that of a disk that is not there yet: each line tries again until it can be written.
struct Late {
    folder: PathBuf,
    largest: u64,
    file: Option<Rotating>,
}

impl Late {
    fn new(folder: PathBuf, largest: u64) -> Self {
        let file = Rotating::open(&folder, largest);
        if let Err(error) = &file {
            eprintln!("Clientele cannot write its log: {error}");
        }
        Self {
            file: file.ok(),
            folder,
            largest,
        }
    }

    /// Nothing here may write into the log, which waits for this line.
    fn open(&mut self) -> io::Result<&mut Rotating> {
        let file = match self.file.take() {
            Some(file) => file,
            None => {
                // Of the folder of the book only what is there is used: it is not for the log to make it.
                match std::fs::create_dir(&self.folder) {
                    Err(error) if error.kind() != io::ErrorKind::AlreadyExists => return Err(error),
                    _ => Rotating::at(&self.folder, self.largest)?,
                }
            }
        };
        Ok(self.file.insert(file))
    }
}

impl Write for Late {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        match self.open() {
            Ok(file) => file.write(line),
            // A line that cannot be kept is let go.
            Err(_) => Ok(line.len()),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.as_mut().map_or(Ok(()), Write::flush)
    }
}

/// A file that is set aside as the older one when it is full, in place of the one before.
struct Rotating {
    path: PathBuf,
    file: File,
    size: u64,
    largest: u64,
}

impl Rotating {
    fn open(folder: &Path, largest: u64) -> io::Result<Self> {
        folder::make_private(folder)?;
        Self::at(folder, largest)
    }

    /// In a folder that is there.
    fn at(folder: &Path, largest: u64) -> io::Result<Self> {
        let path = folder.join("clientele.log");
        let (file, size) = append(&path)?;
        Ok(Self { path, file, size, largest })
    }

    fn turn(&mut self) -> io::Result<()> {
        std::fs::rename(&self.path, self.path.with_extension("1.log"))?;
        (self.file, self.size) = append(&self.path)?;
        Ok(())
    }
}

fn append(path: &Path) -> io::Result<(File, u64)> {
    let mut options = OpenOptions::new();
    options.append(true).create(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let file = options.open(path)?;
    let size = file.metadata()?.len();
    Ok((file, size))
}

impl Write for Rotating {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        let more = u64::try_from(line.len()).unwrap_or(u64::MAX);
        if self.size > 0 && self.size.saturating_add(more) > self.largest {
            self.turn()?;
        }
        let written = self.file.write(line)?;
        self.size = self.size.saturating_add(u64::try_from(written).unwrap_or(u64::MAX));
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may panic")]

    use super::*;

    #[test]
    fn two_files_are_kept_and_neither_grows_without_end() {
        let folder = tempfile::tempdir().unwrap();
        let mut log = Rotating::open(folder.path(), 100).unwrap();
        for number in 10..40 {
            log.write_all(format!("line {number}\n").as_bytes()).unwrap();
        }
        drop(log);
        let mut log = Rotating::open(folder.path(), 100).unwrap();
        log.write_all(b"line 40\n").unwrap();
        let newer = std::fs::read_to_string(folder.path().join("clientele.log")).unwrap();
        let older = std::fs::read_to_string(folder.path().join("clientele.1.log")).unwrap();
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 2);
        assert!(newer.len() <= 100 && older.len() <= 100);
        assert!(newer.ends_with("line 40\n"));
        let all = older + &newer;
        let first: u32 = all.lines().next().unwrap().trim_start_matches("line ").parse().unwrap();
        let expected: Vec<String> = (first..=40).map(|number| format!("line {number}")).collect();
        assert_eq!(all.lines().collect::<Vec<_>>(), expected);
    }

    #[test]
    fn a_folder_that_comes_later_gets_the_lines_from_then_on() {
        let home = tempfile::tempdir().unwrap();
        let folder = home.path().join("data");
        std::fs::write(&folder, "a file where the folder would be").unwrap();
        let mut log = Late::new(folder.join("log"), 1_000);
        log.write_all(b"lost\n").unwrap();
        std::fs::remove_file(&folder).unwrap();
        log.write_all(b"lost, too\n").unwrap();
        assert!(!folder.exists());
        std::fs::create_dir(&folder).unwrap();
        log.write_all(b"kept\n").unwrap();
        assert_eq!(std::fs::read_to_string(folder.join("log/clientele.log")).unwrap(), "kept\n");
    }
}
