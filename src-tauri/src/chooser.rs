//! Asks the person for a file, with the dialog of the system.

use std::{fmt, path::PathBuf};

use tauri::{AppHandle, Runtime};
use tokio::sync::oneshot;

/// Why the person could not be asked.
#[derive(Debug)]
pub struct ChooserError(String);

impl fmt::Display for ChooserError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the dialog for a file cannot be shown: {}", self.0)
    }
}

/// What is asked.
#[derive(Clone, Debug)]
pub struct Question {
    /// What stands above it.
    pub title: &'static str,
    /// Whether a place for a new file is wanted; else one that is there.
    pub is_new: bool,
    /// Where it begins.
    pub folder: Option<PathBuf>,
    /// The name of a new file.
    pub name: Option<String>,
    /// The kind of files, in words.
    pub kind: &'static str,
    /// How their names end; every file, if there is none.
    pub endings: &'static [&'static str],
}

/// Asks for a file; nothing, if the person closes the question.
///
/// # Errors
/// If the question cannot be shown.
pub async fn ask<R: Runtime>(app: &AppHandle<R>, question: Question) -> Result<Option<PathBuf>, ChooserError> {
    #[cfg(feature = "automation")]
    if let Some(answer) = staged(app) {
        return Ok(answer);
    }
    let (done, answer) = oneshot::channel();
    let handle = app.clone();
    app.run_on_main_thread(move || system::ask(&handle, question, done))
        .map_err(|error| ChooserError(error.to_string()))?;
    // What asks is dropped without an answer only if the app ends.
    answer.await.map_err(|_| ChooserError("the window is closing".to_owned()))
}

/// The answer that a walk through the window gives: no program can reach into the dialog of the system. A file `save-as` in the
/// data folder holds the path, or nothing for a person who closes the question.
#[cfg(feature = "automation")]
fn staged<R: Runtime>(app: &AppHandle<R>) -> Option<Option<PathBuf>> {
    use tauri::Manager;
    let file = app.state::<crate::Shell>().books.folder().path().join("save-as");
    let path = std::fs::read_to_string(file).ok()?;
    Some(Some(path.trim()).filter(|path| !path.is_empty()).map(PathBuf::from))
}

/// GTK's dialog, which is the one of the desktop where the app is confined.
#[cfg(target_os = "linux")]
mod system {
    use std::{cell::RefCell, path::PathBuf, rc::Rc};

    use gtk::{FileChooserAction, FileChooserNative, FileFilter, ResponseType, prelude::*};
    use tauri::{AppHandle, Manager, Runtime};
    use tokio::sync::oneshot;

    use super::Question;
    use crate::window;

    pub fn ask<R: Runtime>(app: &AppHandle<R>, question: Question, done: oneshot::Sender<Option<PathBuf>>) {
        let parent = app.get_webview_window(window::LABEL).and_then(|window| window.gtk_window().ok());
        let (action, accept) = if question.is_new {
            (FileChooserAction::Save, "Save")
        } else {
            (FileChooserAction::Open, "Open")
        };
        let dialog = FileChooserNative::new(Some(question.title), parent.as_ref(), action, Some(accept), Some("Cancel"));
        dialog.set_modal(true);
        dialog.set_do_overwrite_confirmation(true);
        if let Some(folder) = question.folder {
            dialog.set_current_folder(folder);
        }
        if let Some(name) = question.name {
            dialog.set_current_name(&name);
        }
        if !question.endings.is_empty() {
            let filter = FileFilter::new();
            filter.set_name(Some(question.kind));
            for ending in question.endings {
                filter.add_pattern(&format!("*.{ending}"));
            }
            dialog.add_filter(filter);
        }
        // Nothing else holds the dialog while it is open.
        let held = Rc::new(RefCell::new(Some((dialog.clone(), done))));
        dialog.connect_response(move |dialog, response| {
            let Some((_, done)) = held.borrow_mut().take() else { return };
            let path = (response == ResponseType::Accept).then(|| dialog.filename()).flatten();
            // Nobody waits any more only if the app ends.
            let _ = done.send(path);
            dialog.destroy();
        });
        dialog.show();
    }
}

#[cfg(not(target_os = "linux"))]
mod system {
    use std::path::PathBuf;

    use tauri::{AppHandle, Manager, Runtime};
    use tokio::sync::oneshot;

    use super::Question;
    use crate::window;

    pub fn ask<R: Runtime>(app: &AppHandle<R>, question: Question, done: oneshot::Sender<Option<PathBuf>>) {
        let mut dialog = rfd::AsyncFileDialog::new().set_title(question.title);
        if let Some(name) = question.name {
            dialog = dialog.set_file_name(name);
        }
        if !question.endings.is_empty() {
            dialog = dialog.add_filter(question.kind, question.endings);
        }
        if let Some(folder) = question.folder {
            dialog = dialog.set_directory(folder);
        }
        if let Some(window) = app.get_webview_window(window::LABEL) {
            dialog = dialog.set_parent(&window);
        }
        // Begun here, because AppKit makes windows on the main thread alone.
        let send = move |chosen: Option<rfd::FileHandle>| {
            // Nobody waits any more only if the app ends.
            let _ = done.send(chosen.map(|file| file.path().to_owned()));
        };
        if question.is_new {
            let asked = dialog.save_file();
            tauri::async_runtime::spawn(async move { send(asked.await) });
        } else {
            let asked = dialog.pick_file();
            tauri::async_runtime::spawn(async move { send(asked.await) });
        }
    }
}
