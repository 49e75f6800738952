//! Backups of the book: what there are, making one, going back to one.

use crate::{FieldError, Problem, Timestamp, Validate, names, rules, rules::always_valid, wire, work::WorkProblem};

names! {
    /// Why a backup was made.
    pub enum BackupReason {
        /// Once a day, by itself.
        Daily = "daily",
        /// Somebody asked for it. Never removed by itself.
        ByHand = "by_hand",
        /// Before a newer app changed the tables.
        BeforeUpdate = "before_update",
        /// Before the book was put back as a backup had it.
        BeforeRestore = "before_restore",
        /// Before the book moved.
        BeforeMove = "before_move",
        /// The book that a restored one has replaced. Never removed by itself.
        Replaced = "replaced",
    }
}

wire! {
    /// A backup.
    pub struct Backup {
        /// The name of its file.
        pub name: String,
        /// When it was made.
        pub at: Timestamp,
        /// Why.
        pub reason: BackupReason,
        /// Its bytes.
        pub bytes: u64,
        /// Customers in it, without those that are archived; none, if there is no record of what it holds.
        pub customers: Option<u64>,
        /// Whether there is a record of what it holds, by which damage is found.
        pub has_record: bool,
    }

    /// Why the backup that the book gets by itself was not made.
    pub struct BackupTrouble {
        /// When it was tried last.
        pub at: Timestamp,
        /// Why.
        pub problem: WorkProblem,
        /// What exactly, or what to look for in the log.
        pub detail: Option<String>,
        /// Whether the newest backup is more than two days old, or there is none.
        pub is_urgent: bool,
    }

    /// That a disk has too little room.
    pub struct NoRoom {
        /// Bytes that have to be free before it is begun: for the file, and for the book to be written afterwards.
        pub needed: u64,
        /// Bytes that are.
        pub free: u64,
    }

    /// Asks for the backups of the book.
    #[derive(Default)]
    pub struct ListBackups {}

    /// The backups, newest first.
    pub struct BackupList {
        /// Where they are; none, if the book has no place for them.
        pub folder: Option<String>,
        /// All of them.
        pub items: Vec<Backup>,
        /// Copies of the book that did not pass their check, because the book does not: no backups, but better than none. Nobody
        /// can go back to one from here.
        pub flawed: Vec<Backup>,
        /// What keeps one more from being made. None if the disk there has room, and where that cannot be told.
        pub no_room: Option<NoRoom>,
        /// Why the one that the book gets by itself was not made when it was tried last; none, if there is a newer backup.
        pub trouble: Option<BackupTrouble>,
    }

    /// Makes a backup. Answers when it is done or, if it takes longer than some seconds, with how far it has come.
    #[derive(Default)]
    pub struct MakeBackup {}

    /// Puts the book back as a backup has it. The password has to be given again before (`confirm_password`).
    pub struct RestoreBackup {
        /// The name of its file, as `list_backups` has it.
        pub name: String,
    }
}

always_valid!(ListBackups, MakeBackup);

impl Validate for RestoreBackup {
    fn validate(&self) -> Result<(), Vec<FieldError>> {
        rules::check(|found| {
            found.text("name", &self.name, rules::MAX_NAME);
            // A name in the folder of the backups, and nothing else.
            if self.name.contains(['/', '\\', '\0']) || self.name.starts_with('.') {
                let detail = "the name of a backup is expected, without a folder".to_owned();
                found.push("name", Problem::WrongShape { detail });
            }
        })
    }
}
