//! The book's name, currency, time zone and limits.

use std::rc::Rc;

use contract::{
    Currency, Error,
    session::CurrentSession,
    settings::{GetSettings, Settings, UpdateSettings},
};
use yew::prelude::*;

use crate::{
    components::{
        Button, ButtonKind, ButtonRole, DraftNote, FailedState, Icon, SelectField, SelectOption, SkeletonRows, TextField, TextKind,
        focus_first_field, focus_first_invalid,
    },
    format,
    hooks::{Query, SessionHandle, Toast, use_book_changes, use_draft, use_query, use_session, use_submission, use_toasts},
    ipc,
    pages::{
        conflict::{self, use_merging},
        customers::undo::Undoing,
        lists::stale,
        settings::general_form as form,
    },
};

/// The book's name, currency, time zone and limits.
#[component]
pub fn GeneralSection() -> Html {
    let settings = use_query(GetSettings {});
    let body = match &settings.state {
        Query::Loading => html! { <SkeletonRows label="Loading settings" /> },
        Query::Failed(error) => html! { <FailedState error={error.clone()} on_retry={settings.reload.clone()} /> },
        Query::Ready(known) => {
            html! { <Form settings={known.clone()} on_reload={settings.reload.clone()} stale={settings.reload_error.clone()} /> }
        }
    };
    html! {
        <>
            <section>
                <h2 class="section-title">{ "General" }</h2>
                <p class="section-text">{ "The same for everyone who works in this book." }</p>
            </section>
            <section>{ body }</section>
        </>
    }
}

#[derive(Properties, PartialEq)]
struct FormProps {
    settings: Rc<Settings>,
    on_reload: Callback<()>,
    stale: Option<Error>,
}

#[component]
fn Form(props: &FormProps) -> Html {
    let toasts = use_toasts();
    let undoing = Undoing::new(toasts.clone(), use_book_changes());
    let session = use_session();
    let update = use_merging::<UpdateSettings>();
    // As it was read or saved, until newer values are wanted: a save over those of another is refused first.
    let base = use_state_eq(|| props.settings.clone());
    let is_reloading = use_state_eq(|| false);
    let draft = use_draft("settings".to_owned(), || form::begin(&props.settings));
    {
        let (base, draft, is_reloading, update) = (base.clone(), draft.clone(), is_reloading.clone(), update.clone());
        use_effect_with((props.settings.clone(), *is_reloading), move |(newest, wants)| {
            if newest.version != base.version && (*wants || !draft.is_changed()) {
                draft.rebase(form::begin(newest));
                base.set(newest.clone());
                is_reloading.set(false);
                update.forget_error();
                if *wants {
                    // The button that was pressed is gone with the refusal.
                    focus_first_field();
                }
            }
        });
    }
    let currencies = use_memo((), |()| options(Currency::all().iter().map(|currency| currency.code().to_owned())));
    let zones = use_memo(draft.get("time_zone").to_owned(), |chosen| {
        let mut zones = format::time_zones();
        if !zones.contains(chosen) {
            zones.insert(0, chosen.clone());
        }
        options(zones.into_iter())
    });
    let typed = form::read(&draft, &base);
    let problems = typed.as_ref().err().cloned().unwrap_or_default();
    let is_same = !draft.is_changed();
    let on_submit = {
        let (draft, update, session, base) = (draft.clone(), update.clone(), session.clone(), base.clone());
        Callback::from(move |()| {
            // As the button says; but here the last letter is rendered for certain.
            if is_same {
                return;
            }
            draft.submit();
            let Ok(request) = typed.clone() else { return focus_first_invalid() };
            let (draft, toasts, undoing) = (draft.clone(), toasts.clone(), undoing.clone());
            let (session, base) = (session.clone(), base.clone());
            update.merge_with(request, move |answer, is_merged| match answer {
                Ok(saved) => {
                    // What was typed and given up for what another has saved meanwhile is not typed any more.
                    draft.renew(form::begin(&saved));
                    let back = form::back(&base, &saved);
                    base.set(Rc::new(saved));
                    // What another person has saved meanwhile must not be taken back with it.
                    toasts.show(if is_merged {
                        Toast::done("Settings saved, with what was changed meanwhile")
                    } else {
                        let (undoing, shown, session) = (undoing.clone(), toasts.clone(), session.clone());
                        Toast::done("Settings saved").undo(move |()| {
                            let (shown, session) = (shown.clone(), session.clone());
                            undoing.run(back.clone(), move |_| {
                                shown.show(Toast::done("The settings are as before").icon(Icon::Undo));
                                renew_session(&session);
                            });
                        })
                    });
                    renew_session(&session);
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
    let fixed = props
        .settings
        .is_currency_fixed
        .then_some(AttrValue::Static("Fixed, because the book holds money already."));
    let refusal = update.error.as_ref().filter(|error| !matches!(error, Error::Invalid { .. }));
    let number = |label: &'static str, field: &'static str, suffix: &'static str, help: &'static str| {
        let help = draft.theirs(field).unwrap_or(AttrValue::Static(help));
        html! { <TextField {label} name={field} kind={TextKind::Number} {suffix} {help} value={draft.get(field).to_owned()} error={draft.error(field, &problems)} on_input={draft.typed(field)} on_leave={draft.left(field)} /> }
    };
    let zone_help = draft
        .theirs("time_zone")
        .unwrap_or(AttrValue::Static("Days, weeks and months begin in it."));
    let conflict = update.dialog("book", |_, value| conflict::value(value)).unwrap_or_default();
    html! {
        <form class="form-grid" novalidate={true} {onsubmit}>
            if let Some(error) = &props.stale { { stale(error, &props.on_reload) } }
            if let Some(error) = refusal { { conflict::refusal(error, &on_reload) } }
            <TextField label="Name of the book" name="book_name" autofocus={true} value={draft.get("book_name").to_owned()} help={draft.theirs("book_name")} error={draft.error("book_name", &problems)} on_input={draft.typed("book_name")} on_leave={draft.left("book_name")} />
            <div class="field-grid">
                <SelectField label="Currency" name="currency" value={draft.get("currency").to_owned()} options={(*currencies).clone()} unavailable={fixed.clone()} help={draft.theirs("currency")} error={draft.error("currency", &problems)} on_change={draft.typed("currency")} />
                <SelectField label="Time zone" name="time_zone" value={draft.get("time_zone").to_owned()} options={(*zones).clone()} unavailable={fixed} help={zone_help} error={draft.error("time_zone", &problems)} on_change={draft.typed("time_zone")} />
            </div>
            <div class="field-grid">
                { number("Expiring soon", "expiring_days", "days", "A license that ends within so many days is expiring.") }
                { number("Lock when idle", "idle_lock_minutes", "minutes", "Without input for so long, the app locks itself. From 1 to 60.") }
            </div>
            <div class="form-foot">
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

/// The name of the book and the idle lock are part of the session.
fn renew_session(session: &SessionHandle) {
    let session = session.clone();
    wasm_bindgen_futures::spawn_local(async move {
        if let Ok(state) = ipc::call(CurrentSession {}).await {
            session.on_change.emit(state);
        }
    });
}

fn options(values: impl Iterator<Item = String>) -> Rc<[SelectOption]> {
    values
        .map(|value| SelectOption::new(value.clone(), value.replace('_', " ")))
        .collect()
}
