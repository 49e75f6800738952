//! Whether the disk has room for a copy.

use std::path::Path;

/// Bytes that the disk of a folder lacks for a file of so many; nothing if there is room, and where that cannot be told.
pub fn lacking(folder: &Path, needed: u64) -> Option<u64> {
    short(needed, free(folder)?)
}

fn short(needed: u64, free: u64) -> Option<u64> {
    needed.checked_sub(free).filter(|lacking| *lacking > 0)
}

/// Bytes of the disk of a folder that are free for whoever runs this.
#[cfg(unix)]
fn free(folder: &Path) -> Option<u64> {
    let disk = rustix::fs::statvfs(folder).ok()?;
    // A drive that does not say how large it is says nothing of what is free either.
    (disk.f_blocks > 0).then(|| disk.f_bavail.saturating_mul(disk.f_frsize))
}

/// Elsewhere that is found out by writing.
#[cfg(not(unix))]
fn free(_: &Path) -> Option<u64> {
    None
}

/// What is said of a disk that has too little.
pub fn said(needed: u64, lacking: u64) -> String {
    let megabytes = |bytes: u64| bytes.div_ceil(1_000_000);
    format!(
        "up to {} MB are needed, and {} MB of them are not free",
        megabytes(needed),
        megabytes(lacking)
    )
}

#[cfg(test)]
mod tests {
    use contract::work::WorkProblem;

    use super::*;
    use crate::{backup::BackupError, work::Trouble};

    #[test]
    fn what_a_disk_lacks_is_told_in_megabytes_and_nothing_of_one_that_has_room() {
        assert_eq!([(5, 5), (5, 9), (0, 0)].map(|(needed, free)| short(needed, free)), [None; 3]);
        assert_eq!(short(9, 5), Some(4));
        let error = BackupError::NoRoom {
            needed: 120_000_001,
            lacking: 1,
        };
        let said = "up to 121 MB are needed, and 1 MB of them are not free";
        assert_eq!(error.to_string(), format!("There is no room for the copy: {said}"));
        assert!(matches!(Trouble::from(error), Trouble::Problem(WorkProblem::DiskFull, detail) if detail == said));
    }

    #[cfg(unix)]
    #[test]
    fn a_folder_says_what_its_disk_has_and_one_that_is_not_there_nothing() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(lacking(folder.path(), 1), None);
        assert!(lacking(folder.path(), u64::MAX).is_some());
        assert_eq!(lacking(&folder.path().join("nothing"), u64::MAX), None);
    }
}
