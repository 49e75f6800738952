//! Stops billing a subscription for a while, and bills it again.

use contract::subscription::{PauseSubscription, ResumeSubscription, Subscription};
use yew::prelude::*;

use crate::{
    components::{Button, ButtonKind, ButtonRole, ControlSize, Dialog, DialogSize, Icon, Notice, Tone},
    format,
    hooks::{Toast, Toasts, use_book_changes, use_formats, use_mutation, use_now, use_toasts},
    pages::customers::undo::Undoing,
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
    let toasts = use_toasts();
    let undoing = Undoing::new(toasts.clone(), use_book_changes());
    let on_press = {
        let pause = pause.clone();
        let request = PauseSubscription {
            id: props.subscription.id,
            version: Some(props.subscription.version),
        };
        Callback::from(move |()| {
            let (toasts, undoing) = (toasts.clone(), undoing.clone());
            pause.run_with(request.clone(), move |answer| match answer {
                Ok(paused) => {
                    let (undoing, shown) = (undoing.clone(), toasts.clone());
                    let back = ResumeSubscription {
                        id: paused.id,
                        version: Some(paused.version),
                    };
                    let undo = move |()| {
                        let shown = shown.clone();
                        undoing.run(back.clone(), move |running| shown.show(goes_on(&running)));
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

fn goes_on(running: &Subscription) -> Toast {
    Toast::done(format!("{} goes on", running.plan_name)).icon(Icon::Repeat)
}

/// Says that it goes on: with Undo, unless something was billed for it.
fn resumed(running: &Subscription, before: &Subscription, toasts: &Toasts, undoing: &Undoing) -> Toast {
    if running.billed_until != before.billed_until {
        let text = format!(
            "{} goes on. The rest of the period was billed, so this cannot be undone.",
            running.plan_name
        );
        return Toast::done(text).icon(Icon::Repeat).explained();
    }
    let (toasts, undoing) = (toasts.clone(), undoing.clone());
    let back = PauseSubscription {
        id: running.id,
        version: Some(running.version),
    };
    goes_on(running).undo(move |()| {
        let toasts = toasts.clone();
        undoing.run(back.clone(), move |paused| {
            toasts.show(Toast::done(format!("{} is paused again", paused.plan_name)).icon(Icon::Pause));
        });
    })
}

/// Bills it again: at once while what was billed still lasts, else after it was said what is billed now.
#[component]
pub fn Resume(props: &PausingProps) -> Html {
    let subscription = &props.subscription;
    let today = use_formats().day_of(use_now());
    let resume = use_mutation::<ResumeSubscription>();
    let toasts = use_toasts();
    let undoing = Undoing::new(toasts.clone(), use_book_changes());
    let is_asking = use_state_eq(|| false);
    let run = {
        let (resume, is_asking, before) = (resume.clone(), is_asking.clone(), subscription.clone());
        let request = ResumeSubscription {
            id: subscription.id,
            version: Some(subscription.version),
        };
        Callback::from(move |()| {
            let (toasts, undoing) = (toasts.clone(), undoing.clone());
            let (is_asking, before) = (is_asking.clone(), before.clone());
            resume.run_with(request.clone(), move |answer| match answer {
                Ok(running) => {
                    is_asking.set(false);
                    toasts.show(resumed(&running, &before, &toasts, &undoing));
                }
                // The dialog says why not, if it is open.
                Err(_) if *is_asking => {}
                Err(error) => toasts.show(Toast::failed(&error)),
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
