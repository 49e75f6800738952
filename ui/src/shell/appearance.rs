//! Theme, density and zoom, applied to the document.

use contract::desktop::{Preferences, Theme};
use web_sys::HtmlElement;
use yew::{html::ChildrenProps, prelude::*};

use crate::hooks::{HotkeyScope, use_hotkey_in, use_media, use_preferences};

/// The steps of the zoom, in percent.
pub const ZOOMS: &[u16] = &[50, 67, 80, 90, 100, 110, 125, 150, 175, 200];

/// Applies the preferences to the document, also before anyone is signed in.
#[component]
pub fn Appearance(props: &ChildrenProps) -> Html {
    let handle = use_preferences();
    let is_dark_system = use_media("(prefers-color-scheme: dark)");
    {
        let preferences = handle.preferences.clone();
        use_effect_with((preferences, is_dark_system), |(preferences, is_dark_system)| {
            if let Some(root) = root() {
                // The document has these attributes already or takes them.
                let _ = root.set_attribute("data-theme", theme(preferences.theme, *is_dark_system));
                let _ = root.set_attribute("data-density", preferences.density.as_str());
                // All sizes are in rem. The content policy forbids style attributes, not this.
                let _ = root.style().set_property("font-size", &format!("{}%", preferences.zoom));
            }
        });
    }
    let zoom = |choose: fn(u16) -> u16| {
        let handle = handle.clone();
        Callback::from(move |()| {
            let zoom = choose(handle.preferences.zoom);
            if zoom != handle.preferences.zoom {
                handle.on_change.emit(Preferences {
                    zoom,
                    ..handle.preferences.clone()
                });
            }
        })
    };
    use_hotkey_in("Ctrl++", HotkeyScope::Everywhere, zoom(larger));
    use_hotkey_in("Ctrl+=", HotkeyScope::Everywhere, zoom(larger));
    use_hotkey_in("Ctrl+-", HotkeyScope::Everywhere, zoom(smaller));
    use_hotkey_in("Ctrl+0", HotkeyScope::Everywhere, zoom(|_| 100));
    html! { <>{ props.children.clone() }</> }
}

fn root() -> Option<HtmlElement> {
    use wasm_bindgen::JsCast;
    web_sys::window()?.document()?.document_element()?.dyn_into().ok()
}

fn theme(theme: Theme, is_dark_system: bool) -> &'static str {
    match (theme, is_dark_system) {
        (Theme::Dark, _) | (Theme::System, true) => "dark",
        (Theme::Light, _) | (Theme::System, false) => "light",
    }
}

fn larger(zoom: u16) -> u16 {
    ZOOMS.iter().copied().find(|step| *step > zoom).unwrap_or(zoom)
}

fn smaller(zoom: u16) -> u16 {
    ZOOMS.iter().copied().rev().find(|step| *step < zoom).unwrap_or(zoom)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn zoom_goes_by_steps_and_stops_at_the_ends() {
        assert_eq!((larger(100), larger(105), larger(200)), (110, 110, 200));
        assert_eq!((smaller(100), smaller(95), smaller(50)), (90, 90, 50));
    }
}
