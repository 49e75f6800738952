//! Stops billing a subscription for a while, and bills it again.

use std::rc::Rc;

use chrono::NaiveDate;
use contract::{
    Error, Operation,
    subscription::{PauseSubscription, ResumeSubscription, Subscription},
};
use yew::prelude::*;

use super::card::is_billed_again;
use crate::{
    components::{Button, ButtonKind, ButtonRole, ControlSize, Dialog, DialogSize, Icon, Notice, Tone},
    format,
    hooks::{Toast, Toasts, use_book_changes, use_formats, use_mutation, use_now, use_toasts},
    pages::customers::{
        details::billing_note::{BillingNote, Bills, bills_first},
        undo::Undoing,
    },
};

/// The subscription of a button.
#[derive(Properties, PartialEq)]
pub struct PausingProps {
    /// The subscription.
    pub subscription: Subscription,
}

/// A change of a subscription that is made at once, or after its dialog said what is billed for it.
struct Question {
    /// Whether the dialog is open.
    is_asking: bool,
    is_busy: bool,
    /// Why the newest attempt was refused.
    error: Option<Error>,
    on_press: Callback<()>,
    on_submit: Callback<()>,
    on_close: Callback<()>,
}

/// Makes a change, if `asks_first` when its dialog is submitted, and shows what is `said` of it.
#[hook]
fn use_question<R: Operation<Output = Subscription> + Clone + PartialEq>(
    request: R,
    asks_first: bool,
    said: Callback<Subscription, Toast>,
) -> Question {
    let change = use_mutation::<R>();
    let toasts = use_toasts();
    let is_asking = use_state_eq(|| false);
    // As it is when the answer comes, not as it was when it was asked for.
    let is_open = use_mut_ref(|| false);
    let on_close = {
        let (is_asking, is_open) = (is_asking.setter(), Rc::clone(&is_open));
        Callback::from(move |()| {
            is_open.replace(false);
            is_asking.set(false);
        })
    };
    let on_submit = {
        let (change, on_close, is_open) = (change.clone(), on_close.clone(), Rc::clone(&is_open));
        Callback::from(move |()| {
            let (toasts, said) = (toasts.clone(), said.clone());
            let (on_close, is_open) = (on_close.clone(), Rc::clone(&is_open));
            change.run_with(request.clone(), move |answer| match answer {
                Ok(changed) => {
                    on_close.emit(());
                    toasts.show(said.emit(changed));
                }
                // The dialog says why not, if it is open.
                Err(_) if *is_open.borrow() => {}
                Err(error) => toasts.show(Toast::failed(&error)),
            });
        })
    };
    let on_press = if asks_first {
        let (change, is_asking) = (change.clone(), is_asking.setter());
        Callback::from(move |()| {
            // What was refused before was another try.
            change.forget_error();
            is_open.replace(true);
            is_asking.set(true);
        })
    } else {
        on_submit.clone()
    };
    Question {
        is_asking: *is_asking,
        is_busy: change.is_busy,
        error: change.error,
        on_press,
        on_submit,
        on_close,
    }
}

/// Stops billing it with Undo: at once, or after it was said what is billed first.
#[component]
pub fn Pause(props: &PausingProps) -> Html {
    let subscription = &props.subscription;
    let today = use_formats().day_of(use_now());
    let toasts = use_toasts();
    let undoing = Undoing::new(toasts.clone(), use_book_changes());
    let request = PauseSubscription {
        id: subscription.id,
        version: Some(subscription.version),
    };
    let is_billed_first = bills_first(subscription, today);
    let said = Callback::from(move |paused: Subscription| stopped(&paused, &toasts, &undoing));
    let question = use_question(request, is_billed_first, said);
    let busy = question.is_busy.then_some(AttrValue::Static("Pausing…"));
    let foot = html! {
        <>
            <span class="spacer"></span>
            <Button label="Let it run" on_press={question.on_close.clone()} />
            <Button label="Bill and pause" kind={ButtonKind::Primary} role={ButtonRole::Submit} autofocus={true} busy={busy.clone()} />
        </>
    };
    html! {
        <>
            <Button label={if is_billed_first { "Pause…" } else { "Pause" }} size={ControlSize::Small} title="Is not billed until it is resumed, and nobody is reminded of its invoices" {busy} on_press={question.on_press} />
            <div class="contents">
                if question.is_asking {
                    <Dialog title={format!("Pause {}?", subscription.plan_name)} size={DialogSize::Small} {foot} on_submit={Some(question.on_submit)} on_close={question.on_close}>
                        <div class="secondary prose">
                            <p>{ "It is not billed until it is resumed, and nobody is reminded, suspended or canceled for its invoices." }</p>
                            <BillingNote bills={Bills::First} customer={Some(subscription.customer_id)} />
                        </div>
                        { for question.error.as_ref().map(|error| Notice::of_error(error, Tone::Danger)) }
                    </Dialog>
                }
            </div>
        </>
    }
}

/// Says that it is not billed any more, with Undo.
fn stopped(paused: &Subscription, toasts: &Toasts, undoing: &Undoing) -> Toast {
    let (undoing, shown) = (undoing.clone(), toasts.clone());
    let back = ResumeSubscription {
        id: paused.id,
        version: Some(paused.version),
    };
    let undo = move |()| {
        let shown = shown.clone();
        undoing.run(back.clone(), move |running| shown.show(goes_on(&running)));
    };
    Toast::done(format!("{} paused: it is not billed", paused.plan_name))
        .icon(Icon::Pause)
        .undo(undo)
}

fn goes_on(running: &Subscription) -> Toast {
    Toast::done(format!("{} goes on", running.plan_name)).icon(Icon::Repeat)
}

/// Says that it goes on: with Undo, unless something was billed for it.
fn resumed(running: &Subscription, before: &Subscription, toasts: &Toasts, undoing: &Undoing) -> Toast {
    if is_billed_again(running, before.billed_until) {
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

/// Whether something is billed as a paused one goes on. Nothing is billed for nothing.
fn bills_now(paused: &Subscription, today: NaiveDate) -> bool {
    paused.price.amount > 0 && paused.billed_until <= today
}

/// Bills it again: at once while what was billed still lasts or where it costs nothing, else after it was said what is billed
/// now.
#[component]
pub fn Resume(props: &PausingProps) -> Html {
    let subscription = &props.subscription;
    let today = use_formats().day_of(use_now());
    let toasts = use_toasts();
    let undoing = Undoing::new(toasts.clone(), use_book_changes());
    let request = ResumeSubscription {
        id: subscription.id,
        version: Some(subscription.version),
    };
    let is_billed_now = bills_now(subscription, today);
    let before = subscription.clone();
    let said = Callback::from(move |running: Subscription| resumed(&running, &before, &toasts, &undoing));
    let question = use_question(request, is_billed_now, said);
    let last = subscription
        .current_period_end
        .pred_opt()
        .unwrap_or(subscription.current_period_end);
    let busy = question.is_busy.then_some(AttrValue::Static("Resuming…"));
    let foot = html! {
        <>
            <span class="spacer"></span>
            <Button label="Keep it paused" on_press={question.on_close.clone()} />
            <Button label="Resume and bill" kind={ButtonKind::Primary} role={ButtonRole::Submit} autofocus={true} busy={busy.clone()} />
        </>
    };
    html! {
        <>
            <Button label={if is_billed_now { "Resume…" } else { "Resume" }} size={ControlSize::Small} {busy} on_press={question.on_press} />
            <div class="contents">
                if question.is_asking {
                    <Dialog title={format!("Resume {}?", subscription.plan_name)} size={DialogSize::Small} {foot} on_submit={Some(question.on_submit)} on_close={question.on_close}>
                        <div class="secondary prose">
                            <p>{ format!("The rest of the running period is billed now, by the day: {}.", format::days_through(today, last)) }</p>
                            <p class="muted">{ "The time in which it was paused is not billed." }</p>
                            <BillingNote bills={Bills::Now} customer={Some(subscription.customer_id)} />
                        </div>
                        { for question.error.as_ref().map(|error| Notice::of_error(error, Tone::Danger)) }
                    </Dialog>
                }
            </div>
        </>
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use serde_json::json;

    #[test]
    fn what_goes_on_is_billed_now_where_what_was_billed_is_over_and_it_costs_something() {
        let (id, at) = ("0193a7c0-1111-7222-8333-444455556601", "2026-11-22T09:00:00.000Z");
        let today = "2026-12-22".parse().unwrap();
        for (billed_until, price, expected) in [
            ("2026-12-21", 2_900, true),
            ("2026-12-22", 2_900, true),
            ("2026-12-23", 2_900, false),
            ("2026-12-21", 0, false),
            ("2026-12-23", 0, false),
        ] {
            let paused: Subscription = serde_json::from_value(json!({
                "id": id, "customer_id": id, "customer_name": "Lena", "plan_id": id, "plan_name": "Studio", "status": "paused",
                "billing_cycle": "monthly", "price": {"amount": price, "currency": "EUR"}, "quantity": 1, "starts_on": "2026-11-22",
                "anchor": "2026-11-22", "billed_until": billed_until, "current_period_start": "2026-11-22",
                "current_period_end": "2026-12-22", "trial_end": null, "cancel_at_period_end": false, "paused_at": at,
                "ended_at": null, "created_at": at, "updated_at": at, "version": 2
            }))
            .unwrap();
            assert_eq!(bills_now(&paused, today), expected, "{billed_until} {price}");
        }
    }
}
