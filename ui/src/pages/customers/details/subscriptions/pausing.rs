//! Stops billing a subscription for a while, and bills it again.

use contract::subscription::{PauseSubscription, ResumeSubscription, Subscription};
use yew::prelude::*;

use crate::{
    components::{Button, ButtonKind, ButtonRole, ControlSize, Dialog, DialogSize, Icon, Notice, Tone},
    format,
    hooks::{Toast, use_formats, use_mutation, use_now, use_toasts},
};

/// The subscription of a button.
#[derive(Properties, PartialEq)]
pub struct PausingProps {
    /// The subscription.
    pub subscription: Subscription,
}

/// Stops billing it, at once and with Undo.
#[component]
pub fn Pause(props: &PausingProps) -> Html {
    let pause = use_mutation::<PauseSubscription>();
    let resume = use_mutation::<ResumeSubscription>();
    let toasts = use_toasts();
    let on_press = {
        let pause = pause.clone();
        let request = PauseSubscription {
            id: props.subscription.id,
            version: Some(props.subscription.version),
        };
        Callback::from(move |()| {
            let (resume, toasts) = (resume.clone(), toasts.clone());
            pause.run_with(request.clone(), move |answer| match answer {
                Ok(paused) => {
                    let (resume, failures) = (resume.clone(), toasts.clone());
                    let back = ResumeSubscription {
                        id: paused.id,
                        version: Some(paused.version),
                    };
                    let undo = move |()| {
                        let toasts = failures.clone();
                        resume.run_with(back.clone(), move |answer| toasts.show(resumed(answer)));
                    };
                    toasts.show(
                        Toast::done(format!("{} paused: it is not billed", paused.plan_name))
                            .icon(Icon::Pause)
                            .undo(undo),
                    );
                }
                Err(error) => toasts.show(Toast::failed(&error)),
            });
        })
    };
    html! { <Button label="Pause" size={ControlSize::Small} title="Is not billed until it is resumed" busy={pause.is_busy.then_some(AttrValue::Static("Pausing…"))} {on_press} /> }
}

fn resumed(answer: Result<Subscription, contract::Error>) -> Toast {
    match answer {
        Ok(running) => Toast::done(format!("{} goes on", running.plan_name)).icon(Icon::Repeat),
        Err(error) => Toast::failed(&error),
    }
}

/// Bills it again: at once while what was billed still lasts, else after it was said what is billed now.
#[component]
pub fn Resume(props: &PausingProps) -> Html {
    let subscription = &props.subscription;
    let today = use_formats().day_of(use_now());
    let resume = use_mutation::<ResumeSubscription>();
    let toasts = use_toasts();
    let is_asking = use_state_eq(|| false);
    let run = {
        let (resume, is_asking) = (resume.clone(), is_asking.clone());
        let request = ResumeSubscription {
            id: subscription.id,
            version: Some(subscription.version),
        };
        Callback::from(move |()| {
            let (toasts, is_asking) = (toasts.clone(), is_asking.clone());
            resume.run_with(request.clone(), move |answer| {
                // The dialog says why not, if it is open.
                if answer.is_ok() || !*is_asking {
                    is_asking.set(false);
                    toasts.show(resumed(answer));
                }
            });
        })
    };
    let bills_now = subscription.billed_until <= today;
    let on_press = if bills_now {
        let is_asking = is_asking.setter();
        Callback::from(move |()| is_asking.set(true))
    } else {
        run.clone()
    };
    let on_close = {
        let is_asking = is_asking.setter();
        Callback::from(move |()| is_asking.set(false))
    };
    let last = subscription
        .current_period_end
        .pred_opt()
        .unwrap_or(subscription.current_period_end);
    let busy = resume.is_busy.then_some(AttrValue::Static("Resuming…"));
    let foot = html! {
        <>
            <span class="spacer"></span>
            <Button label="Keep it paused" on_press={on_close.clone()} />
            <Button label="Resume and bill" kind={ButtonKind::Primary} role={ButtonRole::Submit} autofocus={true} busy={busy.clone()} />
        </>
    };
    html! {
        <>
            <Button label={if bills_now { "Resume…" } else { "Resume" }} size={ControlSize::Small} {busy} {on_press} />
            <div class="contents">
                if *is_asking {
                    <Dialog title={format!("Resume {}?", subscription.plan_name)} size={DialogSize::Small} {foot} on_submit={Some(run)} {on_close}>
                        <div class="secondary prose">
                            <p>{ format!("The rest of the running period is billed now, by the day: {} – {}.", format::date(today), format::date(last)) }</p>
                            <p class="muted">{ "The time in which it was paused is not billed." }</p>
                        </div>
                        { for resume.error.as_ref().map(|error| Notice::of_error(error, Tone::Danger)) }
                    </Dialog>
                }
            </div>
        </>
    }
}
