//! The one window: what its page may do is decided here and in tauri.conf.json.

use contract::desktop::{Preferences, Theme};
use tauri::{
    App, Runtime, Url, WebviewUrl, WebviewWindow, WebviewWindowBuilder,
    webview::{Color, NewWindowResponse, PermissionResponse},
};

use crate::{drawing, recovery};

/// The label that the capability names.
pub const LABEL: &str = "main";

/// Whether the page can be inspected: in development alone.
pub const HAS_DEVTOOLS: bool = cfg!(debug_assertions);

/// Opens the window.
pub fn open<R: Runtime>(app: &mut App<R>, preferences: &Preferences) -> tauri::Result<()> {
    #[cfg(target_os = "linux")]
    system::remember();
    let development = development_address(app.config().build.dev_url.as_ref());
    let builder = WebviewWindowBuilder::new(app, LABEL, WebviewUrl::default())
        .title("Clientele")
        .inner_size(1280.0, 800.0)
        .min_inner_size(420.0, 480.0)
        .prevent_overflow()
        .theme(frame_theme(preferences.theme))
        .initialization_script(first_paint(preferences)?)
        // The page says where the person is, and nothing of it while it is locked.
        .on_document_title_changed(|window, title| {
            // A window that is just closing has no title any more.
            let _ = window.set_title(&title);
        })
        .on_navigation(move |to| is_own(to, development.as_ref()))
        .on_new_window(|_, _| NewWindowResponse::Deny)
        .on_download(|_, _| false)
        .on_permission_request(|_, _| PermissionResponse::Deny)
        .devtools(HAS_DEVTOOLS)
        // A webview that remembers nothing on disk has no automation, so tests give that up.
        .incognito(!is_automated())
        // Zoom is the page's own, kept in the settings.
        .zoom_hotkeys_enabled(false)
        .browser_extensions_enabled(false)
        .general_autofill_enabled(false)
        .disable_drag_drop_handler();
    let window = builder.build()?;
    drawing::suit_the_computer(&window)?;
    dress(&window, preferences.theme)?;
    recovery::watch(&window)
}

/// Gives the frame, and the ground until the page is painted on it, the colors of a theme.
pub fn dress<R: Runtime>(window: &WebviewWindow<R>, theme: Theme) -> tauri::Result<()> {
    #[cfg(target_os = "linux")]
    system::is_followed(theme == Theme::System);
    window.set_theme(frame_theme(theme))?;
    let shown = window.theme()?;
    #[cfg(target_os = "linux")]
    let shown = if theme == Theme::System { system::follow(shown) } else { shown };
    window.set_background_color(Some(ground(shown)))
}

/// What the desktop prefers. GTK keeps it in a property that tao (0.37) overwrites, and where no theme is wished for, with light.
#[cfg(target_os = "linux")]
mod system {
    use std::sync::{
        OnceLock,
        atomic::{AtomicBool, Ordering},
    };

    use gtk::{Settings, prelude::GtkSettingsExt};
    use tauri::Theme;

    static IS_FOLLOWED: AtomicBool = AtomicBool::new(false);
    static PREFERS_DARK: OnceLock<bool> = OnceLock::new();
    static PORTAL: OnceLock<bool> = OnceLock::new();

    /// To be called before a window is made.
    pub fn remember() {
        let is_dark = Settings::default().is_some_and(|settings| settings.is_gtk_application_prefer_dark_theme());
        let _ = PREFERS_DARK.set(is_dark);
    }

    /// Whether it counts from now on.
    pub fn is_followed(is_followed: bool) {
        IS_FOLLOWED.store(is_followed, Ordering::SeqCst);
    }

    /// Goes by what the desktop says, as its portal does, or as a property for as long as the portal says what it said first.
    pub fn follow(portal: Theme) -> Theme {
        let portal_is_dark = portal == Theme::Dark;
        let is_first = *PORTAL.get_or_init(|| portal_is_dark) == portal_is_dark;
        let is_dark = portal_is_dark || (is_first && PREFERS_DARK.get().copied().unwrap_or_default());
        // Once the event loop has passed on that no theme is wished for, unless one is by then.
        gtk::glib::idle_add_once(move || {
            if let Some(settings) = Settings::default().filter(|_| IS_FOLLOWED.load(Ordering::SeqCst)) {
                settings.set_gtk_application_prefer_dark_theme(is_dark);
            }
        });
        if is_dark { Theme::Dark } else { Theme::Light }
    }
}

/// The page's `--canvas`.
fn ground(theme: tauri::Theme) -> Color {
    match theme {
        tauri::Theme::Dark => Color(0x11, 0x12, 0x14, 0xff),
        _ => Color(0xf4, 0xf3, 0xf0, 0xff),
    }
}

/// The theme of what the system draws: the frame, and what the page calls the system's preference.
fn frame_theme(theme: Theme) -> Option<tauri::Theme> {
    match theme {
        Theme::System => None,
        Theme::Light => Some(tauri::Theme::Light),
        Theme::Dark => Some(tauri::Theme::Dark),
    }
}

/// Whether WebDriver drives this window. Never in a release: the feature is not built in.
fn is_automated() -> bool {
    cfg!(feature = "automation") && std::env::var_os("TAURI_WEBVIEW_AUTOMATION").is_some()
}

/// The server that a development build without an embedded page loads from.
fn development_address(address: Option<&Url>) -> Option<Url> {
    if cfg!(all(debug_assertions, dev)) { address.cloned() } else { None }
}

/// Whether an address is one of the app's own pages; the webview goes nowhere else.
fn is_own(to: &Url, development: Option<&Url>) -> bool {
    match to.scheme() {
        "tauri" => to.host_str() == Some("localhost"),
        // How WebView2 spells the scheme above.
        "http" if to.host_str() == Some("tauri.localhost") => true,
        _ => development.is_some_and(|own| own.origin() == to.origin()),
    }
}

fn first_paint(preferences: &Preferences) -> serde_json::Result<String> {
    let boot = serde_json::json!({ "preferences": preferences, "version": env!("CARGO_PKG_VERSION") });
    // JSON is a JavaScript expression; `<` is escaped for webviews that put the script into the document.
    Ok(include_str!("first_paint.js").replace("__BOOT__", &serde_json::to_string(&boot)?.replace('<', "\\u003c")))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may panic")]

    use super::*;

    #[test]
    fn the_webview_stays_on_its_own_pages() {
        let development: Url = "http://127.0.0.1:1420".parse().unwrap();
        let own = |address: &str, development: Option<&Url>| is_own(&address.parse().unwrap(), development);
        for address in [
            "tauri://localhost/index.html",
            "tauri://localhost/customers",
            "http://tauri.localhost/",
        ] {
            assert!(own(address, None), "{address}");
        }
        for address in [
            "https://example.com/",
            "http://tauri.localhost.example.com/",
            "http://127.0.0.1:1420/",
            "file:///etc/passwd",
            "data:text/html,x",
            "javascript:0",
            "about:blank",
            "tauri://other/",
        ] {
            assert!(!own(address, None), "{address}");
        }
        assert!(own("http://127.0.0.1:1420/customers", Some(&development)));
        assert!(!own("http://127.0.0.1:1421/", Some(&development)));
    }

    #[test]
    fn the_ground_is_the_canvas_of_the_page() {
        let tokens = include_str!("../../ui/styles/tokens.css");
        for (theme, block) in [
            (tauri::Theme::Light, "[data-theme=\"light\"] {"),
            (tauri::Theme::Dark, "[data-theme=\"dark\"] {"),
        ] {
            let Color(red, green, blue, _) = ground(theme);
            let canvas = tokens.split_once(block).unwrap().1.split_once("--canvas: ").unwrap().1;
            assert!(canvas.starts_with(&format!("#{red:02x}{green:02x}{blue:02x};")), "{theme:?}");
        }
    }

    #[test]
    fn preferences_cannot_break_out_of_the_script() {
        let hostile = "</script><script>alert(1)</script>\u{2028}\"'`${0}";
        let script = first_paint(&Preferences {
            last_email: Some(hostile.to_owned()),
            ..Preferences::default()
        })
        .unwrap();
        assert!(!script.contains("</script>"));
        let json = script.split_once("Object.freeze(").unwrap().1.split_once(");\n").unwrap().0;
        let boot: serde_json::Value = serde_json::from_str(json).unwrap();
        assert_eq!(boot["preferences"]["last_email"], hostile);
    }
}
