//! A refusal above the fields of a form.

use contract::{Conflict, Error, words};
use yew::prelude::*;

use crate::components::{Button, ButtonKind, Notice, Tone};

/// What is advised where what was typed can be saved again.
const SAVE_AGAIN: &str = "Reload to see the newest values, then save again.";

/// Whether it was refused because somebody else has saved since it was read.
pub fn is_outdated(error: &Error) -> bool {
    matches!(
        error,
        Error::Conflict {
            conflict: Conflict::ChangedMeanwhile { .. }
        }
    )
}

/// A refusal in words. Where somebody else was faster, it offers the newest values; what was typed is the first worry there.
pub fn refusal(error: &Error, on_reload: &Callback<()>) -> Html {
    if !is_outdated(error) {
        return Notice::of_error(error, Tone::Danger);
    }
    let said = words::error(error);
    let advice = said
        .advice
        .replace(SAVE_AGAIN, "Reload to see the newest values; what you typed stays.");
    html! {
        <Notice title={said.title} text={Some(AttrValue::from(advice))} tone={Tone::Warning} is_alert={true}>
            <Button label="Reload" kind={ButtonKind::Link} on_press={on_reload.clone()} />
        </Notice>
    }
}

/// Where somebody else was faster with what is to be deleted or canceled: what they changed, that `nothing` was done, and the way to
/// look at it again. Nothing for any other refusal.
pub fn changed_since(error: &Error, nothing: &'static str, label: &'static str, on_look: &Callback<()>) -> Option<Html> {
    is_outdated(error).then(|| {
        let said = words::error(error);
        let text = said.advice.replace(SAVE_AGAIN, nothing);
        html! {
            <Notice title={said.title} text={Some(AttrValue::from(text))} tone={Tone::Warning} is_alert={true}>
                <Button {label} kind={ButtonKind::Link} on_press={on_look.clone()} />
            </Notice>
        }
    })
}
