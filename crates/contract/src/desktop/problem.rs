//! Why a book cannot be opened, as the start screen explains it.

use crate::names;

names! {
    /// Why a book cannot be opened.
    pub enum StartupProblem {
        /// The folder or the file is not there, and cannot be made.
        Missing = "missing",
        /// There was a book here, and it is not there any more.
        Gone = "gone",
        /// Another file than that of this computer is not there.
        NoFile = "no_file",
        /// Another window, or a maintenance run, holds the book.
        Locked = "locked",
        /// The file or its folder cannot be written.
        ReadOnly = "read_only",
        /// The file is on a drive of the network, where it could be damaged.
        NetworkDrive = "network_drive",
        /// A file that is not a book.
        NotABook = "not_a_book",
        /// The file is damaged.
        Damaged = "damaged",
        /// Written by a newer version of the app.
        Newer = "newer",
        /// The disk is full.
        DiskFull = "disk_full",
        /// The server did not answer.
        Unreachable = "unreachable",
        /// The server has no database of this name.
        NoDatabase = "no_database",
        /// The server takes no more connections, or no more of this user.
        TooManyConnections = "too_many_connections",
        /// The server has no book in this place.
        NoBook = "no_book",
        /// The server asks for a password, and the keyring has none.
        PasswordNeeded = "password_needed",
        /// The server refuses the user or the password.
        SignIn = "sign_in",
        /// The server has let the user in, who has no right to connect to this database.
        MayNotConnect = "may_not_connect",
        /// The connection to the server is not secure enough. No password was sent.
        Tls = "tls",
        /// A variable of the environment would change what is sent to the server, or what the server does.
        Variable = "variable",
        /// The server, or the book on it, is not the one that it was.
        Swapped = "swapped",
        /// A move into this place was begun and not finished.
        Unfinished = "unfinished",
        /// The user may not make or change the tables of the book; whoever owns them may.
        OwnerNeeded = "owner_needed",
        /// Something else; the log has it under the reference.
        Other = "other",
    }
}
