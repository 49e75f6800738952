//! Who sells, tax, numbers, reminders.

mod fields;
mod form;
mod logo;
mod numbers;
mod reminders;

use std::rc::Rc;

use contract::{
    Conflict, Error,
    billing::{BillingSettings, GetBillingSettings, UpdateBillingSettings},
    words,
};
use yew::prelude::*;

use self::{logo::Logo, numbers::NumberProof};
use crate::{
    components::{Button, ButtonKind, ButtonRole, DraftNote, FailedState, Notice, SkeletonRows, Tone, focus_first_invalid},
    hooks::{Query, Toast, use_draft, use_formats, use_query, use_toasts},
    pages::{conflict::use_merging, lists::stale},
};

/// Who sells, tax, numbers, reminders.
#[component]
pub fn BillingSection() -> Html {
    let settings = use_query(GetBillingSettings {});
    let body = match &settings.state {
        Query::Loading => html! { <SkeletonRows label="Loading settings" rows={6} /> },
        Query::Failed(error) => html! { <FailedState error={error.clone()} on_retry={settings.reload.clone()} /> },
        Query::Ready(known) => {
            html! { <Form settings={known.clone()} on_reload={settings.reload.clone()} stale={settings.reload_error.clone()} /> }
        }
    };
    html! {
        <>
            <section>
                <h2 class="section-title">{ "Billing" }</h2>
                <p class="section-text">{ "What stands on every invoice. Invoices that are final keep what stood here when they became so." }</p>
            </section>
            <section>{ body }</section>
            if let Query::Ready(known) = &settings.state { <Logo version={known.version} has_logo={known.has_logo} /> }
            <NumberProof />
        </>
    }
}

#[derive(Properties, PartialEq)]
struct FormProps {
    settings: Rc<BillingSettings>,
    on_reload: Callback<()>,
    stale: Option<Error>,
}

#[component]
fn Form(props: &FormProps) -> Html {
    let currency = use_formats().currency;
    let toasts = use_toasts();
    let update = use_merging::<UpdateBillingSettings>();
    // As it was read, until newer values are wanted or are the own ones: a save over those of another is refused first.
    let base = use_state_eq(|| props.settings.clone());
    let is_reloading = use_state_eq(|| false);
    let own_version = use_state_eq(|| 0_u32);
    let draft = use_draft("billing settings".to_owned(), || form::begin(&props.settings, currency));
    {
        let (base, draft, is_reloading, update) = (base.clone(), draft.clone(), is_reloading.clone(), update.clone());
        use_effect_with(
            (props.settings.clone(), *is_reloading, *own_version),
            move |(newest, wants, own)| {
                if newest.version != base.version && (*wants || !draft.is_changed() || newest.version == *own) {
                    draft.rebase(form::begin(newest, currency));
                    base.set(newest.clone());
                    is_reloading.set(false);
                    update.forget_error();
                }
            },
        );
    }
    let typed = form::read(&draft, &base, currency);
    let problems = typed.as_ref().err().cloned().unwrap_or_default();
    let on_submit = {
        let (draft, update, typed, own_version) = (draft.clone(), update.clone(), typed.clone(), own_version.setter());
        let base = base.setter();
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            draft.submit();
            let Ok(request) = typed.clone() else { return focus_first_invalid() };
            let (draft, toasts, own_version, base) = (draft.clone(), toasts.clone(), own_version.clone(), base.clone());
            update.merge_with(request, move |answer, is_merged| match answer {
                Ok(saved) => {
                    own_version.set(saved.version);
                    if is_merged {
                        // What was typed and given up for what the other has saved is not typed any more.
                        draft.renew(form::begin(&saved, currency));
                        base.set(Rc::new(saved));
                    }
                    toasts.show(Toast::done("Billing settings saved"));
                }
                Err(error) => {
                    draft.refuse(&error);
                    focus_first_invalid();
                }
            });
        })
    };
    let on_reload = {
        let (is_reloading, on_reload) = (is_reloading.setter(), props.on_reload.clone());
        Callback::from(move |()| {
            is_reloading.set(true);
            on_reload.emit(());
        })
    };
    let conflict = update
        .dialog("book", move |field, value| form::say(field, value, currency))
        .unwrap_or_default();
    html! {
        <form class="form-grid form-grid--groups" novalidate={true} onsubmit={on_submit} aria-label="Billing">
            if let Some(error) = &props.stale { { stale(error, &props.on_reload) } }
            { refusal(update.error.as_ref(), &on_reload) }
            <fields::Seller draft={draft.clone()} problems={problems.clone()} />
            <fields::Footer draft={draft.clone()} problems={problems.clone()} />
            <fields::Tax draft={draft.clone()} problems={problems.clone()} />
            <fields::Numbers draft={draft.clone()} problems={problems.clone()} />
            <reminders::Reminders draft={draft.clone()} {problems} />
            <div class="form-foot form-foot--sticky">
                <Button
                    label="Save settings" kind={ButtonKind::Primary} role={ButtonRole::Submit} busy={update.is_busy.then_some(AttrValue::Static("Saving…"))}
                    unavailable={(!draft.is_changed()).then_some(AttrValue::Static("Nothing was changed yet."))}
                />
                if draft.is_restored() { <DraftNote on_start_over={draft.start_over()} /> }
            </div>
            { conflict }
        </form>
    }
}

/// What is said above the fields: everything that no field says.
fn refusal(error: Option<&Error>, on_reload: &Callback<()>) -> Html {
    match error {
        None | Some(Error::Invalid { .. }) => html! {},
        Some(
            error @ Error::Conflict {
                conflict: Conflict::ChangedMeanwhile { .. },
            },
        ) => {
            let said = words::error(error);
            html! {
                <Notice title={said.title} text="Reload to see the newest values; what you typed stays." tone={Tone::Warning} is_alert={true}>
                    <Button label="Reload" kind={ButtonKind::Link} on_press={on_reload.clone()} />
                </Notice>
            }
        }
        Some(error) => Notice::of_error(error, Tone::Danger),
    }
}
