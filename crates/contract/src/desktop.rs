//! What the page asks of the window itself: its book, preferences and clipboard. Never of the data.

mod books;
mod problem;

pub use books::*;
pub use problem::*;

pub use crate::work::WorkState;
use crate::{
    FieldError, Request, Validate,
    backup::Backup,
    connection::{BookPlace, TlsProblem},
    document::{Document, MissingGlyph, WithoutXml},
    names,
    session::SessionState,
    wire,
    work::WorkProblem,
};

names! {
    /// Light or dark.
    pub enum Theme {
        /// As the computer.
        System = "system",
        /// Always light.
        Light = "light",
        /// Always dark.
        Dark = "dark",
    }
}

names! {
    /// Height of rows.
    pub enum Density {
        /// Two lines a row.
        Comfortable = "comfortable",
        /// One line a row.
        Compact = "compact",
    }
}

names! {
    /// Which of two books.
    pub enum BookChoice {
        /// The person's own, wherever it is.
        Own = "own",
        /// Sample data, made new at the first opening.
        Sample = "sample",
    }
}

names! {
    /// Why a file could not be written where the person wanted it.
    pub enum SaveFault {
        /// The folder or the file may not be written.
        NotAllowed = "not_allowed",
        /// The disk is full.
        DiskFull = "disk_full",
        /// The folder is not there, or something else stands in the place of the file.
        NoPlace = "no_place",
        /// The name got its ending only after the person had chosen it, and there is a file of that name already.
        Taken = "taken",
        /// Something else; the log has it.
        Other = "other",
    }
}

impl SaveFault {
    /// What a person is told.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::NotAllowed => "The file may not be written there. Choose another folder.",
            Self::DiskFull => "The disk is full. Make room or choose another one.",
            Self::NoPlace => "There is no such folder. Choose another one.",
            Self::Taken => "A file of that name ending in .pdf is there already, and was left as it is. Choose that one, or another name.",
            Self::Other => "The file could not be written. Choose another folder; the log has the details.",
        }
    }
}

wire! {
    /// How far the opening of the book has come.
    pub struct StartupState {
        /// Whether operations are answered.
        pub ready: bool,
        /// Why not.
        pub problem: Option<StartupProblem>,
        /// The file, or the server without its password.
        pub location: String,
        /// The same, field by field.
        pub place: BookPlace,
        /// Which book is open.
        pub book: BookChoice,
        /// Who is signed in to it; none, if the book did not say.
        pub session: Option<SessionState>,
        /// What is wrong with how the server secures the connection, for `tls`.
        pub tls: Option<TlsProblem>,
        /// Why the keyring has not given or not kept the password of the server.
        pub keyring: Option<KeyringProblem>,
        /// Why the keyring may have a password yet that it is not to keep any more.
        pub not_removed: Option<KeyringProblem>,
        /// What the server or the network said, for `unreachable`, `no_database`, `too_many_connections`, `sign_in`,
        /// `may_not_connect` and `owner_needed`.
        pub detail: Option<String>,
        /// Whether a book was to be made on the server, for `owner_needed`.
        pub makes_new: bool,
        /// Backups of a file that is gone or does not open, newest first: each can take its place.
        pub backups: Vec<Backup>,
        /// Why the backup that was asked for has not taken the place of the book.
        pub recovery: Option<WorkProblem>,
        /// Reference in the log, for `other`.
        pub reference: Option<String>,
        /// Folder of the log file.
        pub log_folder: String,
        /// The version of the app.
        pub version: String,
    }

    /// Asks how far the opening of the book has come; waits for the end of a running attempt.
    #[derive(Default)]
    pub struct Startup {}

    /// Tries again to open the book.
    #[derive(Default)]
    pub struct RetryStartup {
        /// Nobody has asked for it: the server answers again. What has refused to help before is not asked anew.
        #[serde(default)]
        pub by_itself: bool,
        /// Make a new one in the place of one that is gone.
        #[serde(default)]
        pub make_new: bool,
        /// Put the backup of this name in the place of a file that is gone or does not open first; what stands there is
        /// kept among the backups.
        #[serde(default)]
        pub backup: Option<String>,
    }

    /// Opens the other book; ends the session.
    pub struct OpenBook {
        /// Which.
        pub book: BookChoice,
    }

    /// Throws the sample book away and opens the person's own.
    #[derive(Default)]
    pub struct DiscardSample {}

    /// What this computer remembers of how the window looks. No customer data.
    pub struct Preferences {
        /// Light or dark.
        pub theme: Theme,
        /// Height of rows.
        pub density: Density,
        /// Size of everything, in percent, 50 to 200.
        pub zoom: u16,
        /// E-mail of the last administrator who signed in, offered at the next sign-in.
        pub last_email: Option<String>,
    }

    /// Asks for the preferences.
    #[derive(Default)]
    pub struct GetPreferences {}

    /// Keeps the preferences.
    pub struct SetPreferences {
        /// All of them.
        pub preferences: Preferences,
    }

    /// Puts a text on the clipboard.
    pub struct CopyText {
        /// The text.
        pub text: String,
        /// A secret is taken off the clipboard again after 30 seconds.
        pub secret: bool,
    }

    /// Writes a text into a new file in the person's folder for downloads. Nothing is overwritten.
    pub struct SaveText {
        /// The name of the file: letters, digits, spaces, dots, dashes; it ends in `.ics`.
        pub name: String,
        /// What is in it, at most 5 MB.
        pub text: String,
    }

    /// A file that was written.
    pub struct SavedText {
        /// Where it is.
        pub path: String,
    }

    /// Makes a document and asks the person where to keep it.
    pub struct SaveDocument {
        /// Which.
        pub document: Document,
    }

    /// A document that was kept, unless the person thought better of it.
    pub struct SavedDocument {
        /// Where it is; nothing, if the person closed the question, or it could not be written.
        pub path: Option<String>,
        /// Why it could not be written.
        pub fault: Option<SaveFault>,
        /// Characters for which there is no font.
        pub missing: Vec<MissingGlyph>,
        /// Why it holds no invoice as XML.
        pub without_xml: Option<WithoutXml>,
    }

    /// Makes a document and shows it in the program of the computer for such files.
    pub struct OpenDocument {
        /// Which.
        pub document: Document,
    }

    /// A document that is shown.
    pub struct OpenedDocument {
        /// Whether a program took it.
        pub is_shown: bool,
        /// Characters for which there is no font.
        pub missing: Vec<MissingGlyph>,
        /// Why it holds no invoice as XML.
        pub without_xml: Option<WithoutXml>,
    }

    /// Writes a failure of the page into the log.
    pub struct ReportPageFailure {
        /// Where in the source, as `src/app.rs:12:5`, or in what is made of it, as `ui.js:12:5`.
        pub place: String,
        /// What the source says there: never a text that was put together, which could repeat a customer's data.
        pub message: String,
    }

    /// Nothing more to say.
    #[derive(Default)]
    pub struct Done {}
}

impl Default for Preferences {
    fn default() -> Self {
        Self {
            theme: Theme::System,
            density: Density::Comfortable,
            zoom: 100,
            last_email: None,
        }
    }
}

/// Hands the list of window requests to the macro `$consumer`, as lines `name(Request) -> Output;`.
#[macro_export]
macro_rules! with_desktop_requests {
    ($consumer:ident) => {
        $consumer! {
            startup(Startup) -> StartupState;
            retry_startup(RetryStartup) -> StartupState;
            open_book(OpenBook) -> StartupState;
            discard_sample(DiscardSample) -> StartupState;
            get_preferences(GetPreferences) -> Preferences;
            set_preferences(SetPreferences) -> Preferences;
            copy_text(CopyText) -> Done;
            save_text(SaveText) -> SavedText;
            save_document(SaveDocument) -> SavedDocument;
            open_document(OpenDocument) -> OpenedDocument;
            report_page_failure(ReportPageFailure) -> Done;
            list_books(ListBooks) -> KnownBooks;
            open_place(OpenPlace) -> StartupState;
            forget_book(ForgetBook) -> KnownBooks;
            note_book_name(NoteBookName) -> Done;
            test_connection(TestConnection) -> ConnectionTest;
            find_server(FindServer) -> FoundServer;
            choose_file(ChooseFile) -> ChosenFile;
            move_book(MoveBook) -> WorkState;
            discard_move(DiscardMove) -> WorkState;
            watch_book(WatchBook) -> BookSignal;
        }
    };
}

macro_rules! requests {
    ($($name:ident($request:ident) -> $output:ident;)*) => {
        $(
            impl Request for $request {
                const NAME: &'static str = stringify!($name);
                type Output = $output;
            }
        )*
        /// The name of every request to the window.
        pub const REQUESTS: &[&str] = &[$(stringify!($name)),*];
    };
}
with_desktop_requests!(requests);

crate::rules::always_valid!(Startup, RetryStartup, OpenBook, DiscardSample, GetPreferences, CopyText);

impl Validate for ReportPageFailure {
    /// What is no place in the source could be anything else.
    fn validate(&self) -> Result<(), Vec<FieldError>> {
        crate::rules::check(|found| {
            let is_number = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
            let mut parts = self.place.rsplitn(3, ':');
            let has_numbers = parts.next().is_some_and(is_number) && parts.next().is_some_and(is_number);
            if !has_numbers
                || !parts
                    .next()
                    .is_some_and(|file| (file.ends_with(".rs") || file.ends_with(".js")) && file.len() <= MAX_PLACE)
            {
                let detail = "Give a place in the source, such as src/app.rs:12:5".to_owned();
                found.push("place", crate::Problem::WrongShape { detail });
            }
        })
    }
}

impl Validate for SetPreferences {
    fn validate(&self) -> Result<(), Vec<FieldError>> {
        crate::rules::check(|found| found.range("zoom", i64::from(self.preferences.zoom), 50, 200))
    }
}

/// The rules of what is made, with the field in front.
fn document_rules(document: &Document) -> Result<(), Vec<FieldError>> {
    let Document::Statement { of } = document else { return Ok(()) };
    of.validate().map_err(|mut fields| {
        for broken in &mut fields {
            broken.field = format!("document.of.{}", broken.field);
        }
        fields
    })
}

impl Validate for SaveDocument {
    fn validate(&self) -> Result<(), Vec<FieldError>> {
        document_rules(&self.document)
    }
}

impl Validate for OpenDocument {
    fn validate(&self) -> Result<(), Vec<FieldError>> {
        document_rules(&self.document)
    }
}

/// The most bytes of the name of a source file.
const MAX_PLACE: usize = 300;
/// The most bytes of a saved text.
const MAX_SAVED: usize = 5 * 1024 * 1024;
/// What a saved file may be: nothing that a computer runs when it is opened.
const SAVED_ENDINGS: &[&str] = &[".ics"];

impl Validate for SaveText {
    fn validate(&self) -> Result<(), Vec<FieldError>> {
        crate::rules::check(|found| {
            let is_plain = |c: char| c.is_alphanumeric() || matches!(c, ' ' | '.' | '-' | '_');
            let is_name = self.name.chars().all(is_plain)
                && self.name.starts_with(char::is_alphanumeric)
                && self.name.chars().count() <= 100
                && SAVED_ENDINGS
                    .iter()
                    .any(|ending| self.name.len() > ending.len() && self.name.ends_with(ending));
            if !is_name {
                let detail = "Give a plain file name that ends in .ics".to_owned();
                found.push("name", crate::Problem::WrongShape { detail });
            }
            if self.text.len() > MAX_SAVED {
                let detail = "The text is larger than 5 MB".to_owned();
                found.push("text", crate::Problem::WrongShape { detail });
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_plain_name_of_a_calendar_is_saved() {
        let is_fine = |name: &str| {
            let text = String::new();
            SaveText {
                name: name.to_owned(),
                text,
            }
            .validate()
            .is_ok()
        };
        assert!(is_fine("Domains 2026-11-22.ics") && is_fine("Büro.ics"));
        for name in [
            "",
            ".ics",
            "a.exe",
            "a.ics.exe",
            "../a.ics",
            "a/b.ics",
            "a\\b.ics",
            "C:a.ics",
            ".hidden.ics",
            " a.ics",
            "a\n.ics",
            "a\u{202e}.ics",
        ] {
            assert!(!is_fine(name), "{name:?}");
        }
    }
}
