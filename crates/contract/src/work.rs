//! Work that takes longer than an operation may: a backup, a restore, a move. It goes on in the background and is asked how it goes.

use serde::{Deserialize, Serialize};

use crate::{names, rules::always_valid, wire};

names! {
    /// What is done.
    pub enum WorkKind {
        /// A backup of the book.
        Backup = "backup",
        /// The book is put back as a backup has it.
        Restore = "restore",
        /// The book moves to another place.
        Move = "move",
    }
}

names! {
    /// How it stands with the work.
    pub enum WorkStage {
        /// There was none since the book was opened.
        Idle = "idle",
        /// Checks what it begins with.
        Checking = "checking",
        /// Copies rows.
        Copying = "copying",
        /// Compares both sides row by row.
        Comparing = "comparing",
        /// Puts the result in its place.
        Finishing = "finishing",
        /// Done.
        Done = "done",
        /// Ended by the person; nothing was changed.
        Canceled = "canceled",
        /// Not done; nothing was changed.
        Failed = "failed",
    }
}

names! {
    /// Why work was not done.
    pub enum WorkProblem {
        /// There is no such file.
        Missing = "missing",
        /// There is something in the place already.
        Exists = "exists",
        /// It is something else than a book.
        NotABook = "not_a_book",
        /// It is damaged.
        Damaged = "damaged",
        /// A newer app made it.
        Newer = "newer",
        /// It is not what its record of checksums says.
        Altered = "altered",
        /// Others have the book open or write to it.
        InUse = "in_use",
        /// What was written does not equal what was read; it was thrown away.
        Differs = "differs",
        /// The book itself does not pass its check; its copy was kept under a name that says so.
        Flawed = "flawed",
        /// The place cannot be written.
        ReadOnly = "read_only",
        /// The place is on a drive of the network, where a book could be damaged.
        NetworkDrive = "network_drive",
        /// The disk is full.
        DiskFull = "disk_full",
        /// The disk has too little room. Nothing was begun.
        NoRoom = "no_room",
        /// The server cannot be reached, or went away.
        Unreachable = "unreachable",
        /// The server went away at the very end of a move: whether the book has moved cannot be told.
        Uncertain = "uncertain",
        /// A move was canceled, and what it has written so far could not be removed.
        LeftBehind = "left_behind",
        /// Going back was canceled, and what it has made so far on the server could not be removed yet; that happens by itself.
        RemovedLater = "removed_later",
        /// The user may not make or change tables on the server.
        OwnerNeeded = "owner_needed",
        /// Something else; the log has it under the detail.
        Other = "other",
    }
}

wire! {
    /// A sum of money in one column of a table.
    pub struct ColumnSum {
        /// The column.
        pub column: String,
        /// The currency.
        pub currency: String,
        /// Minor units, as text: the sum over a book can be larger than a number of JSON holds.
        pub amount: String,
    }

    /// What proves that two tables are equal.
    pub struct TableProof {
        /// The table.
        pub table: String,
        /// Its rows.
        pub rows: u64,
        /// SHA-256 over the values of all rows in the order of their key, in hexadecimal; alike on both databases.
        pub checksum: String,
        /// Sums of money, by column and currency.
        pub sums: Vec<ColumnSum>,
    }

    /// How far work has come.
    pub struct WorkState {
        /// What is or was done last.
        pub kind: Option<WorkKind>,
        /// How it stands.
        pub stage: WorkStage,
        /// The table that is worked on.
        pub table: Option<String>,
        /// Rows that are done in this stage.
        pub done: u64,
        /// Rows that there are.
        pub total: u64,
        /// Rows a second, once that can be said.
        pub per_second: Option<u64>,
        /// Seconds until the end of this stage, once that can be said.
        pub seconds_left: Option<u64>,
        /// Why it was not done.
        pub problem: Option<WorkProblem>,
        /// What exactly: the file, the table and row that differ, or what the log has it under.
        pub detail: Option<String>,
        /// What was made: the file or the place.
        pub result: Option<String>,
        /// What proves the result: rows, sums and checksum of each table, equal on both sides.
        pub proof: Vec<TableProof>,
        /// Whether the book has to be opened again before it can be changed: a restored one waits in its place.
        pub reopen: bool,
    }

    /// Asks how far work has come.
    #[derive(Default)]
    pub struct GetWork {}

    /// Ends work that runs. What it has made so far is removed; of a move or a restore on a server that is not heard it may be
    /// left, which is said.
    #[derive(Default)]
    pub struct CancelWork {}
}

impl Default for WorkState {
    fn default() -> Self {
        Self {
            kind: None,
            stage: WorkStage::Idle,
            table: None,
            done: 0,
            total: 0,
            per_second: None,
            seconds_left: None,
            problem: None,
            detail: None,
            result: None,
            proof: Vec::new(),
            reopen: false,
        }
    }
}

impl WorkStage {
    /// Whether work goes on.
    #[must_use]
    pub fn is_running(self) -> bool {
        matches!(self, Self::Checking | Self::Copying | Self::Comparing | Self::Finishing)
    }
}

always_valid!(GetWork, CancelWork);

/// The record of what a backup holds, in a file beside it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BackupRecord {
    /// SHA-256 of the file, in hexadecimal.
    pub sha256: String,
    /// Its bytes.
    pub bytes: u64,
    /// The steps that its tables have been through.
    pub steps: Vec<String>,
    /// Customers in it, as the list of them counts: without the archived, and without administrators, who share their table.
    pub customers: u64,
    /// What its tables hold.
    pub tables: Vec<TableProof>,
}
