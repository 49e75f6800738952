//! When the process that paints the page ends: load the page again, and stop where that does not help.

use std::{
    collections::VecDeque,
    time::{Duration, Instant},
};

use tauri::{Runtime, WebviewWindow};

/// How often the page is loaded again …
const RELOADS: usize = 3;
/// … within this time.
const WITHIN: Duration = Duration::from_secs(60);

/// When the page was loaded again.
#[derive(Default)]
struct Reloads(VecDeque<Instant>);

impl Reloads {
    /// Whether it may be loaded once more.
    fn admit(&mut self, now: Instant) -> bool {
        while self.0.front().is_some_and(|&earlier| now.duration_since(earlier) >= WITHIN) {
            self.0.pop_front();
        }
        if self.0.len() >= RELOADS {
            return false;
        }
        self.0.push_back(now);
        true
    }
}

/// Watches the process of the page. Tauri reports its end on macOS, and WebView2 shows a page of its own.
#[cfg(not(target_os = "linux"))]
pub fn watch<R: Runtime>(_: &WebviewWindow<R>) -> tauri::Result<()> {
    Ok(())
}

/// Watches the process of the page, of which Tauri hears nothing on Linux: the window would stay white.
#[cfg(target_os = "linux")]
pub fn watch<R: Runtime>(window: &WebviewWindow<R>) -> tauri::Result<()> {
    use std::{cell::RefCell, rc::Rc};

    use webkit2gtk::{WebProcessTerminationReason, WebViewExt};

    let app = tauri::Manager::app_handle(window).clone();
    window.with_webview(move |webview| {
        let reloads = Rc::new(RefCell::new(Reloads::default()));
        webview.inner().connect_web_process_terminated(move |view, reason| {
            if reason == WebProcessTerminationReason::TerminatedByApi {
                return;
            }
            let again = reloads.borrow_mut().admit(Instant::now());
            tracing::error!(?reason, again, "the process of the page ended");
            if again {
                view.reload();
            } else {
                let app = app.clone();
                give_up(view, move || app.exit(1));
            }
        });
    })
}

/// Says that loading again did not help; the page cannot say it.
#[cfg(target_os = "linux")]
fn give_up(view: &webkit2gtk::WebView, quit: impl Fn() + 'static) {
    use gtk::prelude::*;
    use webkit2gtk::WebViewExt;

    let window = view.toplevel().and_then(|top| top.downcast::<gtk::Window>().ok());
    let dialog = gtk::MessageDialog::new(
        window.as_ref(),
        gtk::DialogFlags::MODAL,
        gtk::MessageType::Error,
        gtk::ButtonsType::None,
        "The window stopped working several times.",
    );
    dialog.set_secondary_text(Some(
        "Your book is safe: everything that was saved is in it. Load the page again, or quit and start Clientele again.",
    ));
    dialog.add_button("Quit", gtk::ResponseType::Close);
    dialog.add_button("Load again", gtk::ResponseType::Accept);
    let view = view.clone();
    dialog.connect_response(move |dialog, response| {
        dialog.close();
        if response == gtk::ResponseType::Accept {
            view.reload()
        } else {
            quit()
        }
    });
    dialog.show_all();
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may panic")]

    use super::*;

    #[test]
    fn the_page_is_loaded_again_three_times_a_minute_at_most() {
        let mut reloads = Reloads::default();
        let start = Instant::now();
        let at = |seconds| start.checked_add(Duration::from_secs(seconds)).unwrap();
        let admitted = [0, 10, 20, 30, 59, 60, 61, 70, 80].map(|second| reloads.admit(at(second)));
        assert_eq!(admitted, [true, true, true, false, false, true, false, true, true]);
    }
}
