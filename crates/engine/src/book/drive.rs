//! Whether a file lies on a drive of the network. The log of SQLite has an index in memory that everyone who has the file open
//! has to share, which those on other computers cannot, and the locks of such a drive are kept or not as it likes: two who write
//! would damage the book (<https://www.sqlite.org/wal.html>, <https://www.sqlite.org/faq.html#q5>).

use std::path::Path;

use super::OpenError;

/// What Linux calls the file systems of a network, with those through which a desktop shows one.
const NETWORK: &[&str] = &[
    "9p",
    "afs",
    "cifs",
    "davfs",
    "fuse.davfs",
    "fuse.gvfsd-fuse",
    "fuse.kio-fuse",
    "fuse.rclone",
    "fuse.sshfs",
    "nfs",
    "nfs4",
    "smb3",
    "smbfs",
];

/// Refuses a file, or the place of a new one, on a drive of the network. Where that cannot be told, nothing is refused.
pub fn check(book: &Path) -> Result<(), OpenError> {
    match kind_of(book) {
        Some(kind) if NETWORK.contains(&kind.as_str()) => {
            tracing::warn!(kind, "the book is on a drive of the network");
            Err(OpenError::NetworkDrive)
        }
        _ => Ok(()),
    }
}

#[cfg(not(target_os = "linux"))]
fn kind_of(_: &Path) -> Option<String> {
    None
}

#[cfg(target_os = "linux")]
use linux::kind_of;

/// The kernel's list of mounts. It tells the file systems apart that `statfs` calls by the one number of FUSE.
#[cfg(target_os = "linux")]
mod linux {
    use std::{
        ffi::OsString,
        fs,
        os::unix::ffi::OsStringExt,
        path::{Path, PathBuf},
    };

    /// The kind of the file system that a file is on, or will be.
    pub fn kind_of(file: &Path) -> Option<String> {
        let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty());
        let place = file
            .canonicalize()
            .or_else(|_| folder.unwrap_or(Path::new(".")).canonicalize())
            .ok()?;
        kind_in(&fs::read("/proc/self/mountinfo").ok()?, &place)
    }

    /// The same by a list of mounts (<https://www.kernel.org/doc/html/latest/filesystems/proc.html>, 3.5).
    fn kind_in(mounts: &[u8], place: &Path) -> Option<String> {
        let mounts = mounts.split(|byte| *byte == b'\n').filter_map(mount);
        mounts
            .filter(|(point, _)| place.starts_with(point))
            // The nearest one; of several in one place the last, which covers the others.
            .max_by_key(|(point, _)| point.as_os_str().len())
            .map(|(_, kind)| kind)
    }

    /// Where something is mounted, and what.
    fn mount(line: &[u8]) -> Option<(PathBuf, String)> {
        let mut fields = line.split(|byte| *byte == b' ');
        let point = PathBuf::from(OsString::from_vec(decoded(fields.nth(4)?)));
        // Any number of fields may follow, up to a dash.
        let kind = fields.skip_while(|field| *field != b"-").nth(1)?;
        Some((point, String::from_utf8_lossy(kind).into_owned()))
    }

    /// Spaces and a few more are written as a backslash and three octal digits.
    fn decoded(mut text: &[u8]) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(text.len());
        while let [first, rest @ ..] = text {
            let octal = rest
                .get(..3)
                .and_then(|digits| std::str::from_utf8(digits).ok())
                .and_then(|digits| u8::from_str_radix(digits, 8).ok());
            text = match (first, octal) {
                (b'\\', Some(byte)) => {
                    bytes.push(byte);
                    rest.get(3..).unwrap_or_default()
                }
                (byte, _) => {
                    bytes.push(*byte);
                    rest
                }
            };
        }
        bytes
    }

    #[cfg(test)]
    mod tests {
        use super::*;

        const MOUNTS: &str = "\
22 27 0:21 / /proc rw,relatime - proc proc rw
27 1 254:0 / / rw,relatime shared:1 - ext4 /dev/vda rw,discard
40 27 0:40 / /home/ann/Team rw,relatime shared:7 master:2 - nfs4 server:/team rw,vers=4.2
41 27 0:41 / /home/ann/Old\\040books rw - cifs //server/old rw
42 41 254:3 / /home/ann/Old\\040books/here rw - ext4 /dev/vdb rw
43 27 0:43 / /mnt/later rw - autofs systemd-1 rw
44 43 0:44 / /mnt/later rw - fuse.sshfs ann@server: rw
45 27 0:45 / /run/user/1000/gvfs rw - fuse.gvfsd-fuse gvfsd-fuse rw
46 27 254:4 / /mnt/stick rw - fuseblk /dev/sdb1 rw
a line that is none
";

        #[test]
        fn the_nearest_mount_tells_the_file_system() {
            let kind = |place: &str| kind_in(MOUNTS.as_bytes(), Path::new(place));
            for (place, expected) in [
                ("/home/ann/book.clientele", "ext4"),
                ("/home/ann/Team/book.clientele", "nfs4"),
                ("/home/ann/Team", "nfs4"),
                ("/home/ann/Teamwork/book.clientele", "ext4"),
                ("/home/ann/Old books/book.clientele", "cifs"),
                ("/home/ann/Old books/here/book.clientele", "ext4"),
                ("/mnt/later/book.clientele", "fuse.sshfs"),
                (
                    "/run/user/1000/gvfs/smb-share:server=s,share=team/book.clientele",
                    "fuse.gvfsd-fuse",
                ),
                ("/mnt/stick/book.clientele", "fuseblk"),
            ] {
                assert_eq!(kind(place).as_deref(), Some(expected), "{place}");
            }
            assert_eq!(kind("book.clientele"), None);
            assert_eq!(kind_in(b"", Path::new("/home")), None);
        }

        #[test]
        fn a_place_of_this_computer_is_told_whether_the_file_is_there_or_not() {
            let kind = kind_of(Path::new("/proc/self/status"));
            assert_eq!(kind.as_deref(), Some("proc"));
            let kind = kind_of(Path::new("/proc/not-there"));
            assert_eq!(kind.as_deref(), Some("proc"));
            assert!(crate::book::drive::check(Path::new("/proc/not-there")).is_ok());
        }
    }
}
