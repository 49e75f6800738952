//! The clipboard. A secret is taken off it again, if it is still there.

use std::{
    fmt,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use tauri::{AppHandle, Runtime};
use tokio::sync::oneshot;

/// How long a secret stays.
const SECRET_STAYS: Duration = Duration::from_secs(30);

/// Why a text could not be put on the clipboard.
#[derive(Debug)]
pub struct ClipboardError(String);

impl fmt::Display for ClipboardError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the clipboard cannot be used: {}", self.0)
    }
}

/// Counts what was copied, so that a secret that is copied again gets its full time.
#[derive(Debug, Default)]
pub struct Clipboard {
    copies: Arc<AtomicU64>,
}

impl Clipboard {
    /// Puts a text on the clipboard; a secret for 30 seconds, and out of the history that a desktop may keep.
    pub async fn put<R: Runtime>(&self, app: &AppHandle<R>, text: String, secret: bool) -> Result<(), ClipboardError> {
        let copy = self.copies.fetch_add(1, Ordering::SeqCst).wrapping_add(1);
        let copied = text.clone();
        on_main_thread(app, move || system::put(&copied, secret)).await?;
        if secret {
            let (app, copies) = (app.clone(), Arc::clone(&self.copies));
            tauri::async_runtime::spawn(async move {
                tokio::time::sleep(SECRET_STAYS).await;
                if copies.load(Ordering::SeqCst) == copy
                    && let Err(error) = on_main_thread(&app, move || system::clear_if_still(text)).await
                {
                    tracing::warn!(%error, "a secret may still be on the clipboard");
                }
            });
        }
        Ok(())
    }
}

/// GTK and AppKit answer on the main thread alone.
async fn on_main_thread<R: Runtime>(
    app: &AppHandle<R>,
    work: impl FnOnce() -> Result<(), ClipboardError> + Send + 'static,
) -> Result<(), ClipboardError> {
    let (done, outcome) = oneshot::channel();
    let run = move || {
        // Nobody waits any more only if the app ends.
        let _ = done.send(work());
    };
    app.run_on_main_thread(run).map_err(|error| ClipboardError(error.to_string()))?;
    outcome.await.map_err(|_| ClipboardError("the window is closing".to_owned()))?
}

/// GTK's clipboard, which serves X11 and Wayland alike.
#[cfg(target_os = "linux")]
mod system {
    use gtk::{Clipboard, TargetEntry, TargetFlags, gdk};

    use super::ClipboardError;

    /// Every name under which programs ask for text.
    const TEXT: [&str; 5] = ["UTF8_STRING", "text/plain;charset=utf-8", "text/plain", "STRING", "TEXT"];
    /// What tells the clipboard histories of desktops to forget a text.
    const SECRET: &str = "x-kde-passwordManagerHint";
    const TEXT_INFO: u32 = 0;
    const SECRET_INFO: u32 = 1;

    fn clipboard() -> Result<Clipboard, ClipboardError> {
        let display = gdk::Display::default().ok_or_else(|| ClipboardError("there is no display".to_owned()))?;
        Clipboard::default(&display).ok_or_else(|| ClipboardError("the display has none".to_owned()))
    }

    pub fn put(text: &str, secret: bool) -> Result<(), ClipboardError> {
        let clipboard = clipboard()?;
        if !secret {
            clipboard.set_text(text);
            return Ok(());
        }
        let mut targets: Vec<TargetEntry> = TEXT
            .iter()
            .map(|name| TargetEntry::new(name, TargetFlags::empty(), TEXT_INFO))
            .collect();
        targets.push(TargetEntry::new(SECRET, TargetFlags::empty(), SECRET_INFO));
        let text = text.to_owned();
        let was_set = clipboard.set_with_data(&targets, move |_, selection, info| {
            if info == SECRET_INFO {
                selection.set(&gdk::Atom::intern(SECRET), 8, b"secret");
            } else {
                selection.set_text(&text);
            }
        });
        if was_set {
            Ok(())
        } else {
            Err(ClipboardError("the display refused it".to_owned()))
        }
    }

    pub fn clear_if_still(secret: String) -> Result<(), ClipboardError> {
        clipboard()?.request_text(move |clipboard, text| {
            if text == Some(secret.as_str()) {
                clipboard.clear();
            }
        });
        Ok(())
    }
}

#[cfg(not(target_os = "linux"))]
mod system {
    use arboard::Clipboard;

    use super::ClipboardError;

    impl From<arboard::Error> for ClipboardError {
        fn from(error: arboard::Error) -> Self {
            Self(error.to_string())
        }
    }

    pub fn put(text: &str, secret: bool) -> Result<(), ClipboardError> {
        let mut clipboard = Clipboard::new()?;
        if secret {
            hidden(&mut clipboard, text)?
        } else {
            clipboard.set_text(text)?
        }
        Ok(())
    }

    #[cfg(target_os = "windows")]
    fn hidden(clipboard: &mut Clipboard, text: &str) -> Result<(), arboard::Error> {
        use arboard::SetExtWindows;
        clipboard
            .set()
            .exclude_from_cloud()
            .exclude_from_history()
            .exclude_from_monitoring()
            .text(text)
    }

    #[cfg(target_os = "macos")]
    fn hidden(clipboard: &mut Clipboard, text: &str) -> Result<(), arboard::Error> {
        use arboard::SetExtApple;
        clipboard.set().exclude_from_history().text(text)
    }

    pub fn clear_if_still(secret: String) -> Result<(), ClipboardError> {
        let mut clipboard = Clipboard::new()?;
        if clipboard.get_text().is_ok_and(|text| text == secret) {
            clipboard.clear()?;
        }
        Ok(())
    }
}
