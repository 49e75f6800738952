//! Who sells, tax, numbers, reminders.

mod fields;
mod form;
mod logo;
mod numbers;
mod reminders;

use std::rc::Rc;

use contract::{
    Error,
    billing::{BillingSettings, GetBillingSettings, UpdateBillingSettings},
};
use yew::prelude::*;

use self::{logo::Logo, numbers::NumberProof};
use crate::{
    components::{Button, ButtonKind, ButtonRole, DraftNote, FailedState, Icon, SkeletonRows, focus_first_invalid},
    hooks::{Query, Toast, use_book_changes, use_draft, use_formats, use_now, use_query, use_submission, use_toasts},
    ipc,
    pages::{
        conflict::{self, use_merging},
        customers::undo::Undoing,
        lists::stale,
    },
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
    let formats = use_formats();
    let (currency, today) = (formats.currency, formats.day_of(use_now()));
    let toasts = use_toasts();
    let undoing = Undoing::new(toasts.clone(), use_book_changes());
    let update = use_merging::<UpdateBillingSettings>();
    // As it was read or saved, until newer values are wanted: a save over those of another is refused first.
    let base = use_state_eq(|| props.settings.clone());
    let is_reloading = use_state_eq(|| false);
    let draft = use_draft("billing settings".to_owned(), || form::begin(&props.settings, currency));
    {
        let (base, draft, is_reloading, update) = (base.clone(), draft.clone(), is_reloading.clone(), update.clone());
        use_effect_with((props.settings.clone(), *is_reloading), move |(newest, wants)| {
            // Numbers that come next go on without a new version.
            if *newest != *base && (*wants || !draft.is_changed()) {
                draft.rebase(form::begin(newest, currency));
                base.set(newest.clone());
                is_reloading.set(false);
                update.forget_error();
            }
        });
    }
    let typed = form::read(&draft, &base, currency, today);
    let problems = typed.as_ref().err().cloned().unwrap_or_default();
    let is_same = !draft.is_changed();
    let on_submit = {
        let (draft, update, typed, base) = (draft.clone(), update.clone(), typed.clone(), base.clone());
        Callback::from(move |()| {
            // As the button says; but here the last letter is rendered for certain.
            if is_same {
                return;
            }
            draft.submit();
            let Ok(request) = typed.clone() else { return focus_first_invalid() };
            let (draft, toasts, undoing, base) = (draft.clone(), toasts.clone(), undoing.clone(), base.clone());
            update.merge_with(request, move |answer, is_merged| match answer {
                Ok(saved) => {
                    // What was typed and given up for what another has saved meanwhile is not typed any more.
                    draft.renew(form::begin(&saved, currency));
                    let back = form::back(&base, &saved);
                    base.set(Rc::new(saved));
                    // What another person has saved meanwhile must not be taken back with it.
                    toasts.show(if is_merged {
                        Toast::done("Billing settings saved, with what was changed meanwhile")
                    } else {
                        let undoing = undoing.clone();
                        Toast::done("Billing settings saved").undo(move |()| undoing.run_steps(take_back(back.clone())))
                    });
                }
                Err(error) => {
                    draft.refuse(&error);
                    focus_first_invalid();
                }
            });
        })
    };
    let onsubmit = use_submission(on_submit).onsubmit;
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
        <form class="form-grid form-grid--groups" novalidate={true} {onsubmit} aria-label="Billing">
            if let Some(error) = &props.stale { { stale(error, &props.on_reload) } }
            { refusal(update.error.as_ref(), &on_reload) }
            <fields::Seller draft={draft.clone()} problems={problems.clone()} />
            <fields::Footer draft={draft.clone()} problems={problems.clone()} />
            <fields::Tax draft={draft.clone()} problems={problems.clone()} />
            <fields::Numbers draft={draft.clone()} problems={problems.clone()} known={(*base).clone()} />
            <reminders::Reminders draft={draft.clone()} {problems} />
            <div class="form-foot form-foot--sticky">
                <Button
                    label="Save settings" kind={ButtonKind::Primary} role={ButtonRole::Submit} busy={update.is_busy.then_some(AttrValue::Static("Saving…"))}
                    unavailable={is_same.then_some(AttrValue::Static("Nothing was changed yet."))}
                />
                if draft.is_restored() { <DraftNote on_start_over={draft.start_over()} /> }
            </div>
            { conflict }
        </form>
    }
}

/// Takes a change back, but for a number of a series that was given meanwhile.
async fn take_back(back: UpdateBillingSettings) -> Result<Toast, Error> {
    let said = match ipc::call(back.clone()).await {
        Ok(_) => "The billing settings are as before",
        Err(error) => {
            let Some(rest) = form::without_next(&back, &error) else {
                return Err(error);
            };
            ipc::call(rest).await?;
            "The billing settings are as before, but for the next number: one was given meanwhile"
        }
    };
    Ok(Toast::done(said).icon(Icon::Undo))
}

/// What is said above the fields: everything that no field says.
fn refusal(error: Option<&Error>, on_reload: &Callback<()>) -> Html {
    match error {
        None | Some(Error::Invalid { .. }) => html! {},
        Some(error) => conflict::refusal(error, on_reload),
    }
}
