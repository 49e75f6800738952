//! Words for connections and for work in the background.

use super::{Words, words};
use crate::{
    backup::{BackupReason, NoRoom},
    connection::TlsProblem,
    work::WorkProblem,
};

/// What is wrong with how a server secures its connection, and what to do.
#[must_use]
pub fn tls_problem(problem: TlsProblem) -> Words {
    match problem {
        TlsProblem::NotOffered => words(
            "The server offers no secured connection",
            "No password was sent. Ask who runs the server to turn TLS on (ssl = on).",
        ),
        TlsProblem::OldProtocol => words(
            "The server offers only old versions of TLS",
            "No password was sent. Ask who runs the server for TLS 1.2 or newer (ssl_min_protocol_version).",
        ),
        TlsProblem::UnknownAuthority => words(
            "No authority that this computer trusts vouches for the server",
            "No password was sent. If your company has an authority of its own, choose the file with its certificate.",
        ),
        TlsProblem::SelfSigned => words(
            "The certificate of the server vouches only for itself",
            "No password was sent. If it is the right one, choose its file as the authority.",
        ),
        TlsProblem::Expired => words(
            "The certificate of the server is out of date",
            "No password was sent. Ask who runs the server for a new one, and check the date of this computer.",
        ),
        TlsProblem::NotValidYet => words(
            "The certificate of the server is not valid yet",
            "No password was sent. Check date and clock of this computer; if they are right, ask who runs the server.",
        ),
        TlsProblem::WrongName => words(
            "The certificate of the server is for another name",
            "No password was sent. Use the name that stands in the certificate, or ask who runs the server.",
        ),
        TlsProblem::UnreadableAuthority => words(
            "The file of the authority cannot be used",
            "Nothing was sent. Choose a file with certificates in PEM form that you may read.",
        ),
        TlsProblem::CertificateNeeded => words(
            "The server asks for a certificate of yours",
            "No password was sent. Choose the files of your certificate and its key.",
        ),
    }
}

/// Why a backup, a restore or a move was not done, and what to do.
#[must_use]
pub fn work_problem(problem: WorkProblem) -> Words {
    match problem {
        WorkProblem::Missing => words("There is no such file", "Choose another one."),
        WorkProblem::Exists => words(
            "There is something in that place already",
            "Choose another place; nothing is overwritten.",
        ),
        WorkProblem::NotABook => words("This is not a Clientele book", "Choose another file."),
        WorkProblem::Damaged => words("The file is damaged", "Choose an older backup; keep this file."),
        WorkProblem::Newer => words("A newer version of the app made this", "Update the app."),
        WorkProblem::Altered => words(
            "The backup was changed after it was made",
            "Choose another backup. If you changed it on purpose, remove the record beside it.",
        ),
        WorkProblem::InUse => words(
            "Others work on the book",
            "Close it everywhere else and try again; nothing was changed.",
        ),
        WorkProblem::Differs => words(
            "What was written is not what was read",
            "It was thrown away and the book is as it was. Try again; if it happens again, check the disk.",
        ),
        WorkProblem::Flawed => words(
            "The book does not pass its check, so its copy does not either",
            "The copy was kept under a name that says so. Run verify, and keep older backups.",
        ),
        WorkProblem::ReadOnly => words("The place cannot be written", "Check the rights of the folder."),
        WorkProblem::NetworkDrive => words(
            "The place is on a network drive",
            "A book could be damaged there. Choose a disk of this computer, or a server to share it.",
        ),
        WorkProblem::DiskFull => words("The disk is full", "Make room and try again; nothing was lost."),
        WorkProblem::NoRoom => words(
            "The disk has too little room",
            "Nothing was begun, and nothing was removed. Remove old backups or move them to another disk, or choose a folder on another disk; then try again.",
        ),
        WorkProblem::Unreachable => words(
            "The server cannot be reached",
            "Nothing was changed. Try again; a move goes on where it was.",
        ),
        WorkProblem::Uncertain => words(
            "The server was not heard at the very end, so it is not known whether the book has moved",
            "Change nothing here until it is: begin the same move again as soon as the server is heard. It finds a book that has moved, compares it and ends well, and else it goes on where it was.",
        ),
        WorkProblem::LeftBehind => words(
            "The move was canceled, and what it had copied may still be in the new place",
            "The book itself is as it was. What was copied could not be removed: have it removed as soon as that place can be reached, in the window or with clientelectl move --discard.",
        ),
        WorkProblem::RemovedLater => words(
            "Going back was canceled, and what it had made may still be on the server",
            "The book itself is as it was. What was made could not be removed now: the app does that by itself once the server is heard, soon after the book is opened or with the next backup.",
        ),
        WorkProblem::OwnerNeeded => words(
            "This user may not make or change tables on the server",
            "Nothing was changed. To move a book there, or to go back to a backup, connect as the owner of the tables, or ask who looks after the server: clientelectl roles prints what a user needs.",
        ),
        WorkProblem::Other => words("This failed", "Nothing was changed. The log says more under the reference."),
    }
}

/// How much room there has to be, and how much there is, in megabytes.
#[must_use]
pub fn no_room(room: &NoRoom) -> String {
    const MEGABYTE: u64 = 1_000_000;
    // Rounded apart, so that what is needed is always more.
    format!(
        "{} MB have to be free so that the book can be written afterwards, and {} MB are",
        room.needed.div_ceil(MEGABYTE),
        room.free / MEGABYTE
    )
}

/// Why a backup was made.
#[must_use]
pub fn backup_reason(reason: BackupReason) -> &'static str {
    match reason {
        BackupReason::Daily => "Of the day",
        BackupReason::ByHand => "Made by hand",
        BackupReason::BeforeUpdate => "Before an update",
        BackupReason::BeforeRestore => "Before going back",
        BackupReason::BeforeMove => "Before a move",
        BackupReason::Replaced => "Replaced by going back",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_problem_has_words_of_its_own() {
        let titles = TlsProblem::ALL.iter().map(|problem| tls_problem(*problem).title);
        let titles: Vec<String> = titles
            .chain(WorkProblem::ALL.iter().map(|problem| work_problem(*problem).title))
            .collect();
        let different: std::collections::BTreeSet<&String> = titles.iter().collect();
        assert_eq!(different.len(), titles.len());
    }

    #[test]
    fn what_is_needed_is_said_to_be_more_than_what_is_free() {
        let said = no_room(&NoRoom {
            needed: 120_000_001,
            free: 120_000_000,
        });
        assert_eq!(
            said,
            "121 MB have to be free so that the book can be written afterwards, and 120 MB are"
        );
    }
}
