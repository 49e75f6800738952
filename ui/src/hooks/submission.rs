//! Submitting what was typed, with its last letter.

use yew::prelude::*;

use super::use_latest;

/// How a form is submitted.
pub struct Submission {
    /// By a key that the form hears itself.
    pub submit: Callback<()>,
    /// By its button, or by Enter in one of its fields.
    pub onsubmit: Callback<SubmitEvent>,
}

/// What a form does when it is submitted: see [`use_submit`]. A button that is unavailable does not keep a form from being
/// submitted, as its reason may be gone with what was typed last: what is run looks itself.
#[hook]
pub fn use_submission(run: Callback<()>) -> Submission {
    let submit = use_submit(run);
    let onsubmit = use_callback(submit.clone(), |event: SubmitEvent, submit| {
        event.prevent_default();
        // The form of a dialog may stand inside that of a page, which must not hear of it.
        event.stop_propagation();
        submit.emit(());
    });
    Submission { submit, onsubmit }
}

/// What a form does when it is submitted, or a button that goes by what was typed. It runs when everything that was typed before has
/// been rendered, and as it is made by that rendering: a key that follows the last letter at once still sends that letter.
///
/// Not as a task that follows the renderings that are due: they may let other events in between (yew 0.23). What is asked for here
/// is rendered after all of them, and an effect comes after the rendering of everything.
#[hook]
pub fn use_submit(run: Callback<()>) -> Callback<()> {
    let asked = use_state_eq(|| 0_u32);
    use_effect_with(*asked, move |asked| {
        if *asked > 0 {
            run.emit(());
        }
    });
    let asked = use_latest(asked);
    use_callback((), move |(), ()| {
        let asked = asked.borrow().clone();
        asked.set(asked.wrapping_add(1));
    })
}
