//! Theme, density and zoom of this computer.

use contract::desktop::{Density, Preferences, Theme};
use yew::prelude::*;

use crate::{
    components::{Segmented, SegmentedOption, SelectField, SelectOption},
    hooks::use_preferences,
    shell::ZOOMS,
};

/// Theme, density and zoom of this computer.
#[component]
pub fn AppearanceSection() -> Html {
    let handle = use_preferences();
    let zooms = use_memo((), |()| -> std::rc::Rc<[SelectOption]> {
        ZOOMS
            .iter()
            .map(|zoom| SelectOption::new(zoom.to_string(), format!("{zoom}%")))
            .collect()
    });
    let current = handle.preferences.clone();
    let change = |apply: fn(&Preferences, &str) -> Option<Preferences>| {
        let handle = handle.clone();
        move |text: &str| {
            if let Some(next) = apply(&handle.preferences, text) {
                handle.on_change.emit(next);
            }
        }
    };
    let on_theme = change(|old, text| {
        Some(Preferences {
            theme: Theme::parse(text)?,
            ..old.clone()
        })
    });
    let on_density = change(|old, text| {
        Some(Preferences {
            density: Density::parse(text)?,
            ..old.clone()
        })
    });
    let on_zoom = change(|old, text| {
        Some(Preferences {
            zoom: text.parse().ok()?,
            ..old.clone()
        })
    });
    html! {
        <>
            <section>
                <h2 class="section-title">{ "Appearance" }</h2>
                <p class="section-text">{ "For this computer only." }</p>
            </section>
            <section class="panel settings__rows">
                <div class="switch-row">
                    <div class="check__text"><span class="medium">{ "Theme" }</span><span class="field__help">{ "System follows the computer, also while the app runs." }</span></div>
                    <Segmented
                        label="Theme" value={current.theme.as_str()}
                        options={vec![SegmentedOption::new("system", "System"), SegmentedOption::new("light", "Light"), SegmentedOption::new("dark", "Dark")]}
                        on_change={move |value: AttrValue| on_theme(&value)}
                    />
                </div>
                <div class="switch-row">
                    <div class="check__text"><span class="medium">{ "Density" }</span><span class="field__help">{ "Compact shows one line per row." }</span></div>
                    <Segmented
                        label="Density" value={current.density.as_str()}
                        options={vec![SegmentedOption::new("comfortable", "Comfortable"), SegmentedOption::new("compact", "Compact")]}
                        on_change={move |value: AttrValue| on_density(&value)}
                    />
                </div>
                <div class="switch-row">
                    <div class="check__text"><span class="medium">{ "Zoom" }</span><span class="field__help">{ "Ctrl + and Ctrl − anywhere; Ctrl 0 for 100%." }</span></div>
                    <div class="settings__zoom">
                        <SelectField label="Zoom" is_label_hidden={true} value={current.zoom.to_string()} options={(*zooms).clone()} on_change={move |value: String| on_zoom(&value)} />
                    </div>
                </div>
            </section>
        </>
    }
}
