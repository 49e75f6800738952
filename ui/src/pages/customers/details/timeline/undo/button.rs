//! The button beside a change.

use chrono::NaiveDate;
use contract::{
    Error, SubscriptionId,
    customer::RestoreCustomer,
    domain::RestoreDomain,
    invoice::{Invoice, SetInvoiceUncollectible},
    license::{License, RestoreLicense},
    payment::{ApplyCredit, ReleaseAllocation},
    promise::SetPaymentPromise,
    rules::MAX_PAGE,
    subscription::{ListSubscriptions, PauseSubscription, RestoreSubscription, ResumeSubscription},
};
use yew::prelude::*;

use super::Undo;
use crate::{
    components::{Button, ControlSize, Icon},
    hooks::{Toast, Toasts, use_mutation, use_toasts},
    ipc,
    pages::{
        customers::{
            details::subscriptions::{BILLED_AGAIN, is_billed_again},
            standing::returned,
            undo::not_undone,
        },
        payments::take_off::tell_put_back,
    },
};

/// The button beside a change.
#[derive(Properties, PartialEq)]
pub struct UndoButtonProps {
    /// What it takes back.
    pub undo: Undo,
    /// The change in words.
    pub what: String,
}

/// The button beside a change that takes it back.
#[component]
pub fn UndoButton(props: &UndoButtonProps) -> Html {
    let customer = use_mutation::<RestoreCustomer>();
    let license = use_mutation::<RestoreLicense>();
    let subscription = use_mutation::<RestoreSubscription>();
    let pause = use_mutation::<PauseSubscription>();
    let resume = use_mutation::<ResumeSubscription>();
    let domain = use_mutation::<RestoreDomain>();
    let invoice = use_mutation::<SetInvoiceUncollectible>();
    let promise = use_mutation::<SetPaymentPromise>();
    let apply = use_mutation::<ApplyCredit>();
    let release = use_mutation::<ReleaseAllocation>();
    let toasts = use_toasts();
    let is_busy = customer.is_busy
        || license.is_busy
        || subscription.is_busy
        || pause.is_busy
        || resume.is_busy
        || domain.is_busy
        || invoice.is_busy
        || promise.is_busy
        || apply.is_busy
        || release.is_busy;
    let on_press = {
        let undo = props.undo;
        Callback::from(move |()| {
            let toasts = toasts.clone();
            match undo {
                Undo::Customer(id, version) => customer.run_with(RestoreCustomer { id, version }, move |answer| {
                    toasts.show(match answer {
                        Ok(back) => returned(&back),
                        Err(error) => not_undone(&error),
                    });
                }),
                Undo::License(id, version, paying) => license.run_with(
                    RestoreLicense {
                        id,
                        version: Some(version),
                    },
                    move |answer| match (answer, paying) {
                        (Ok(back), Some(paying)) => wasm_bindgen_futures::spawn_local(say_license(toasts.clone(), back, paying)),
                        (answer, _) => say(&toasts, answer.map(|back| format!("License {}", back.plan_name))),
                    },
                ),
                Undo::GivenUp(id, version, uncollectible) => invoice.run_with(
                    SetInvoiceUncollectible {
                        id,
                        version,
                        uncollectible,
                    },
                    move |answer| as_before(&toasts, answer),
                ),
                Undo::Promised(id, version, promised_until) => promise.run_with(
                    SetPaymentPromise {
                        id,
                        version,
                        promised_until,
                    },
                    move |answer| as_before(&toasts, answer),
                ),
                Undo::CreditUsed(part) => release.run_with(part.release(), move |answer| {
                    as_before(&toasts, answer.map(|back| back.invoice));
                }),
                Undo::TakenOff(part) => apply.run_with(part.apply(), move |answer| match answer {
                    Ok(applied) => tell_put_back(&toasts, part.payment_id, &applied),
                    Err(error) => toasts.show(not_undone(&error)),
                }),
                Undo::Domain(id, version) => domain.run_with(RestoreDomain { id, version }, move |answer| {
                    say(&toasts, answer.map(|back| back.unicode_name));
                }),
                Undo::Paused(id, version) => resume.run_with(
                    ResumeSubscription {
                        id,
                        version: Some(version),
                    },
                    move |answer| tell(&toasts, Icon::Repeat, answer.map(|back| format!("{} goes on", back.plan_name))),
                ),
                Undo::Resumed(id, version) => pause.run_with(
                    PauseSubscription {
                        id,
                        version: Some(version),
                    },
                    move |answer| {
                        tell(
                            &toasts,
                            Icon::Pause,
                            answer.map(|back| format!("{} is paused again", back.plan_name)),
                        )
                    },
                ),
                Undo::Subscription(id, version, billed_until) => subscription.run_with(
                    RestoreSubscription {
                        id,
                        version: Some(version),
                    },
                    move |answer| match answer {
                        Ok(back) => toasts.show(is_back(
                            &format!("Subscription {}", back.plan_name),
                            is_billed_again(&back, billed_until),
                        )),
                        Err(error) => toasts.show(not_undone(&error)),
                    },
                ),
            }
        })
    };
    html! {
        <Button
            label="Undo"
            size={ControlSize::Small}
            icon={Some(Icon::Undo)}
            aria_label={Some(AttrValue::from(format!("Undo: {}", props.what)))}
            busy={is_busy.then_some(AttrValue::Static("Undoing…"))}
            {on_press}
        />
    }
}

fn as_before(toasts: &Toasts, answer: Result<Invoice, Error>) {
    let said = answer.map(|back| format!("{} is as before", back.number.unwrap_or_default()));
    tell(toasts, Icon::Undo, said);
}

fn say(toasts: &Toasts, answer: Result<String, Error>) {
    tell(toasts, Icon::Undo, answer.map(|name| format!("{name} is back")));
}

/// The same of a license. The subscription that came back with it, or went on without it, says whether something was billed.
async fn say_license(toasts: Toasts, back: License, (paying, billed_until): (SubscriptionId, NaiveDate)) {
    let request = ListSubscriptions {
        customer_id: Some(back.customer_id),
        limit: Some(MAX_PAGE),
        ..ListSubscriptions::default()
    };
    // The license is back all the same if that cannot be read.
    let is_billed = ipc::call(request).await.is_ok_and(|page| {
        let own = page.items.iter().find(|own| own.id == paying);
        own.is_some_and(|own| is_billed_again(own, billed_until))
    });
    toasts.show(is_back(&format!("License {}", back.plan_name), is_billed));
}

fn is_back(name: &str, is_billed: bool) -> Toast {
    let (said, icon) = (format!("{name} is back"), Icon::Undo);
    if is_billed {
        Toast::done(format!("{said}. {BILLED_AGAIN}")).icon(icon).explained()
    } else {
        Toast::done(said).icon(icon)
    }
}

/// What was done, or why not.
fn tell(toasts: &Toasts, icon: Icon, answer: Result<String, Error>) {
    toasts.show(match answer {
        Ok(done) => Toast::done(done).icon(icon),
        Err(error) => not_undone(&error),
    });
}
