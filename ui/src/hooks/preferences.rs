//! What this computer remembers of how the window looks.

use contract::desktop::Preferences;
use yew::prelude::*;

/// The preferences, and how to change them.
#[derive(Clone, PartialEq)]
pub struct PreferencesHandle {
    /// As they are.
    pub preferences: Preferences,
    /// Takes new ones; they hold at once and are kept.
    pub on_change: Callback<Preferences>,
}

/// The preferences of this computer.
#[hook]
pub fn use_preferences() -> PreferencesHandle {
    use_context().unwrap_or_else(|| PreferencesHandle {
        preferences: Preferences::default(),
        on_change: Callback::noop(),
    })
}
