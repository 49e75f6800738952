//! Documents: kept where the person chooses, or shown in the program of the computer for such files. The page names a document
//! and gets neither its bytes nor a way to write files.

mod viewer;

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use base64::{Engine, engine::general_purpose::STANDARD};
use contract::{
    Error, Request,
    desktop::{OpenedDocument, SaveFault, SavedDocument},
    document::{CreditNotePdf, Document, InvoicePdf, Pdf, StatementPdf},
};
use engine::files;
use tauri::{AppHandle, Manager, Runtime};

use crate::{
    Shell,
    chooser::{self, Question},
    folder::{DataFolder, make_private},
    log, saved,
};

/// Makes a document, asks the person where to keep it, and writes it there.
///
/// # Errors
/// The refusal of the engine.
pub async fn save<R: Runtime>(app: &AppHandle<R>, document: Document) -> Result<SavedDocument, Error> {
    // First, so that nobody chooses a place for what cannot be made.
    let (pdf, bytes) = make(app, document).await?;
    let question = Question {
        title: "Save PDF",
        is_new: true,
        folder: saved::folder(app).ok(),
        name: Some(pdf.file_name.clone()),
        kind: "PDF",
        endings: &["pdf"],
    };
    let chosen = chooser::ask(app, question).await.map_err(|error| failed(&error))?;
    let answer = SavedDocument {
        path: None,
        fault: None,
        missing: pdf.missing,
        without_xml: pdf.without_xml,
    };
    let Some(chosen) = chosen else { return Ok(answer) };
    let kept = tauri::async_runtime::spawn_blocking(move || keep(&chosen, &bytes));
    Ok(match kept.await.map_err(|error| failed(&error))? {
        Ok(path) => SavedDocument {
            path: Some(path.display().to_string()),
            ..answer
        },
        Err(fault) => SavedDocument {
            fault: Some(fault),
            ..answer
        },
    })
}

/// Makes a document, and shows it in another program.
///
/// # Errors
/// The refusal of the engine.
pub async fn show<R: Runtime>(app: &AppHandle<R>, document: Document) -> Result<OpenedDocument, Error> {
    let (pdf, bytes) = make(app, document).await?;
    let place = app.state::<Shell>().books.folder().shown();
    let name = pdf.file_name.clone();
    let shown = tauri::async_runtime::spawn_blocking(move || keep_shown(&place, &name, &bytes).map(|path| viewer::show(&path)));
    let is_shown = shown.await.map_err(|error| failed(&error))?.map_err(|error| failed(&error))?;
    Ok(OpenedDocument {
        is_shown,
        missing: pdf.missing,
        without_xml: pdf.without_xml,
    })
}

/// Removes what was shown before: the other program has read it by now.
pub fn forget_shown(folder: &DataFolder) {
    match fs::remove_dir_all(folder.shown()) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => tracing::warn!(%error, "shown documents stay"),
        _ => {}
    }
}

async fn make<R: Runtime>(app: &AppHandle<R>, document: Document) -> Result<(Pdf, Vec<u8>), Error> {
    let (name, request) = match document {
        Document::Invoice { id } => (InvoicePdf::NAME, serde_json::to_value(InvoicePdf { id })),
        Document::CreditNote { id } => (CreditNotePdf::NAME, serde_json::to_value(CreditNotePdf { id })),
        Document::Statement { of } => (StatementPdf::NAME, serde_json::to_value(of)),
    };
    let request = request.map_err(|error| failed(&error))?;
    let answer = app.state::<Shell>().books.call(name, request, None).await?;
    let mut pdf: Pdf = serde_json::from_str(&answer).map_err(|error| failed(&error))?;
    let bytes = STANDARD.decode(std::mem::take(&mut pdf.data)).map_err(|error| failed(&error))?;
    Ok((pdf, bytes))
}

fn failed(error: &dyn std::fmt::Display) -> Error {
    Error::Internal {
        reference: log::failure(&error.to_string()),
    }
}

/// Keeps a document where the person chose. A file that is there is replaced if its name was chosen, as the question for the
/// place has said; nobody was asked about one whose name comes about by the ending that is added here.
fn keep(chosen: &Path, bytes: &[u8]) -> Result<PathBuf, SaveFault> {
    let path = with_ending(chosen);
    let kept = if path == chosen {
        files::replace(&path, bytes)
    } else {
        files::write_new(&path, bytes)
    };
    kept.map(|()| path).map_err(|error| fault(&error))
}

/// A name as typed, with the ending that tells other programs what it is.
fn with_ending(path: &Path) -> PathBuf {
    let has_one = path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("pdf"));
    let mut name = path.as_os_str().to_owned();
    if !has_one {
        name.push(".pdf");
    }
    name.into()
}

fn fault(error: &io::Error) -> SaveFault {
    use io::ErrorKind::{AlreadyExists, IsADirectory, NotADirectory, NotFound, PermissionDenied, ReadOnlyFilesystem, StorageFull};
    match error.kind() {
        AlreadyExists => SaveFault::Taken,
        PermissionDenied | ReadOnlyFilesystem => SaveFault::NotAllowed,
        StorageFull => SaveFault::DiskFull,
        NotFound | NotADirectory | IsADirectory => SaveFault::NoPlace,
        _ => {
            log::failure(&error.to_string());
            SaveFault::Other
        }
    }
}

/// Writes a document for another program, in a folder of its own that only this person can enter.
fn keep_shown(place: &Path, name: &str, bytes: &[u8]) -> io::Result<PathBuf> {
    let folder = place.join(uuid::Uuid::now_v7().to_string());
    make_private(place)?;
    make_private(&folder)?;
    let path = folder.join(name);
    files::write_new(&path, bytes)?;
    Ok(path)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may panic")]

    use super::*;

    #[test]
    fn a_name_gets_its_ending_once() {
        for (typed, want) in [
            ("a.pdf", "a.pdf"),
            ("a.PDF", "a.PDF"),
            ("a", "a.pdf"),
            ("2026.11", "2026.11.pdf"),
            ("a.exe", "a.exe.pdf"),
        ] {
            assert_eq!(with_ending(Path::new(typed)), Path::new(want));
        }
    }

    #[test]
    fn only_a_file_whose_name_was_chosen_is_replaced() {
        let home = tempfile::tempdir().unwrap();
        let (plain, full) = (home.path().join("Invoice"), home.path().join("Invoice.pdf"));
        fs::write(&full, "a contract that is signed").unwrap();
        assert_eq!(keep(&plain, b"%PDF"), Err(SaveFault::Taken), "nobody was asked about it");
        assert_eq!(fs::read(&full).unwrap(), b"a contract that is signed");
        assert_eq!(keep(&full, b"%PDF"), Ok(full.clone()));
        assert_eq!(fs::read(&full).unwrap(), b"%PDF");
        assert_eq!(keep(&home.path().join("New"), b"%PDF"), Ok(home.path().join("New.pdf")));
    }

    #[cfg(unix)]
    #[test]
    fn what_cannot_be_written_whole_leaves_the_file_that_is_there() {
        use std::os::unix::fs::PermissionsExt;
        let home = tempfile::tempdir().unwrap();
        let folder = home.path().join("folder");
        fs::create_dir(&folder).unwrap();
        let file = folder.join("a.pdf");
        fs::write(&file, "the first").unwrap();
        fs::set_permissions(&folder, fs::Permissions::from_mode(0o500)).unwrap();
        // Rights do not bind root, who writes it.
        let kept = keep(&file, b"the second");
        let left = fs::read(&file).unwrap();
        assert_eq!(left, if kept.is_ok() { &b"the second"[..] } else { &b"the first"[..] });
        fs::set_permissions(&folder, fs::Permissions::from_mode(0o700)).unwrap();
    }

    #[cfg(unix)]
    #[test]
    fn what_is_shown_is_for_nobody_else_and_is_gone_at_the_end() {
        use std::os::unix::fs::PermissionsExt;
        let home = tempfile::tempdir().unwrap();
        let folder = DataFolder::at(home.path().join("data"));
        let one = keep_shown(&folder.shown(), "Invoice 1.pdf", b"one").unwrap();
        let two = keep_shown(&folder.shown(), "Invoice 1.pdf", b"two").unwrap();
        assert_ne!(one, two);
        assert_eq!(fs::read(&one).unwrap(), b"one");
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!(
            (mode(&one), mode(one.parent().unwrap()), mode(&folder.shown())),
            (0o600, 0o700, 0o700)
        );
        forget_shown(&folder);
        assert!(!folder.shown().exists());
        forget_shown(&folder);
    }

    #[test]
    fn what_the_system_refuses_has_a_reason() {
        let home = tempfile::tempdir().unwrap();
        let folder = home.path().join("folder.pdf");
        fs::create_dir(&folder).unwrap();
        assert_eq!(keep(&home.path().join("none/a.pdf"), b""), Err(SaveFault::NoPlace));
        assert_eq!(keep(&folder, b""), Err(SaveFault::NoPlace));
        assert_eq!(fault(&io::Error::from(io::ErrorKind::StorageFull)), SaveFault::DiskFull);
        assert_eq!(fault(&io::Error::from(io::ErrorKind::PermissionDenied)), SaveFault::NotAllowed);
    }
}
