//! How the page gets onto the screen.

use tauri::{Runtime, WebviewWindow};

/// The system's webview knows best.
#[cfg(not(target_os = "linux"))]
pub fn suit_the_computer<R: Runtime>(_: &WebviewWindow<R>) -> tauri::Result<()> {
    Ok(())
}

/// WebKitGTK composes a page from layers by OpenGL, also where a program has to play the graphics processor: then every
/// frame costs twice what painting it outright does, scrolling stutters, and the layers take memory. So it paints outright
/// where there is none, as in most virtual machines and over remote desktops.
#[cfg(target_os = "linux")]
pub fn suit_the_computer<R: Runtime>(window: &WebviewWindow<R>) -> tauri::Result<()> {
    use webkit2gtk::{HardwareAccelerationPolicy, SettingsExt, WebViewExt};

    if has_graphics_processor(std::path::Path::new("/dev/dri")) && std::env::var_os("LIBGL_ALWAYS_SOFTWARE").is_none() {
        return Ok(());
    }
    window.with_webview(|webview| {
        if let Some(settings) = webview.inner().settings() {
            settings.set_hardware_acceleration_policy(HardwareAccelerationPolicy::Never);
        }
    })
}

/// Whether the kernel offers one to draw with: a render node (Documentation/gpu/drm-uapi.rst of Linux).
#[cfg(target_os = "linux")]
fn has_graphics_processor(devices: &std::path::Path) -> bool {
    std::fs::read_dir(devices).is_ok_and(|nodes| {
        nodes
            .flatten()
            .any(|node| node.file_name().to_string_lossy().starts_with("renderD"))
    })
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may panic")]

    use super::has_graphics_processor;

    #[test]
    fn a_screen_alone_is_no_graphics_processor() {
        let devices = tempfile::tempdir().unwrap();
        assert!(!has_graphics_processor(&devices.path().join("dri")));
        std::fs::write(devices.path().join("card0"), "").unwrap();
        assert!(!has_graphics_processor(devices.path()));
        std::fs::write(devices.path().join("renderD128"), "").unwrap();
        assert!(has_graphics_processor(devices.path()));
    }
}
