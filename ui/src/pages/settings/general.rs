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
        Button, ButtonKind, ButtonRole, FailedState, Notice, SelectField, SelectOption, SkeletonRows, TextField, TextKind, Tone,
        focus_first_invalid,
    },
    format,
    hooks::{Query, Toast, use_query, use_session, use_submit, use_toasts},
    ipc,
    pages::{
        conflict::{self, use_merging},
        settings::general_form::{GeneralForm, Step},
    },
};

/// The book's name, currency, time zone and limits.
#[component]
pub fn GeneralSection() -> Html {
    let settings = use_query(GetSettings {});
    let body = match &settings.state {
        Query::Loading => html! { <SkeletonRows label="Loading settings" /> },
        Query::Failed(error) => html! { <FailedState error={error.clone()} on_retry={settings.reload.clone()} /> },
        Query::Ready(known) => html! { <Form key={known.version} settings={known.clone()} on_reload={settings.reload.clone()} /> },
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
}

#[component]
fn Form(props: &FormProps) -> Html {
    let toasts = use_toasts();
    let session = use_session();
    let update = use_merging::<UpdateSettings>();
    let form = {
        let settings = props.settings.clone();
        use_reducer_eq(move || GeneralForm::new(&settings))
    };
    let currencies = use_memo((), |()| options(Currency::all().iter().map(|currency| currency.code().to_owned())));
    let zones = use_memo(form.time_zone.clone(), |chosen| {
        let mut zones = format::time_zones();
        if !zones.contains(chosen) {
            zones.insert(0, chosen.clone());
        }
        options(zones.into_iter())
    });
    let on_submit = {
        let (form, update, session) = (form.clone(), update.clone(), session.clone());
        Callback::from(move |()| {
            form.dispatch(Step::Submit);
            let Ok(request) = form.request() else {
                return focus_first_invalid();
            };
            let (form, toasts, session) = (form.dispatcher(), toasts.clone(), session.clone());
            update.merge_with(request, move |answer, _| match answer {
                Ok(settings) => {
                    form.dispatch(Step::Saved(settings));
                    toasts.show(Toast::done("Settings saved"));
                    // The name of the book and the idle lock are part of the session.
                    let session = session.clone();
                    wasm_bindgen_futures::spawn_local(async move {
                        if let Ok(state) = ipc::call(CurrentSession {}).await {
                            session.on_change.emit(state);
                        }
                    });
                }
                Err(error) => {
                    form.dispatch(Step::Refuse(error));
                    focus_first_invalid();
                }
            });
        })
    };
    let on_submit = use_submit(on_submit);
    let onsubmit = Callback::from(move |event: SubmitEvent| {
        event.prevent_default();
        on_submit.emit(());
    });
    let typed = |field: &'static str| {
        let form = form.dispatcher();
        Callback::from(move |text: String| form.dispatch(Step::Type(field, text)))
    };
    let fixed = props
        .settings
        .is_currency_fixed
        .then_some(AttrValue::Static("Fixed, because the book holds money already."));
    let refusal = update.error.as_ref().filter(|error| !matches!(error, Error::Invalid { .. }));
    let is_changed = form.is_changed();
    let conflict = update.dialog("book", |_, value| conflict::value(value)).unwrap_or_default();
    html! {
        <form class="form-grid" novalidate={true} {onsubmit}>
            if let Some(error) = refusal {
                <div>
                    { Notice::of_error(error, Tone::Danger) }
                    if matches!(error, Error::Conflict { .. }) { <Button label="Reload" on_press={props.on_reload.clone()} /> }
                </div>
            }
            <TextField label="Name of the book" name="book_name" value={form.book_name.clone()} error={form.error("book_name")} on_input={typed("book_name")} />
            <div class="field-grid">
                <SelectField label="Currency" name="currency" value={form.currency.clone()} options={(*currencies).clone()} unavailable={fixed.clone()} error={form.error("currency")} on_change={typed("currency")} />
                <SelectField label="Time zone" name="time_zone" value={form.time_zone.clone()} options={(*zones).clone()} unavailable={fixed} help={AttrValue::Static("Days, weeks and months begin in it.")} error={form.error("time_zone")} on_change={typed("time_zone")} />
            </div>
            <div class="field-grid">
                <TextField
                    label="Expiring soon" name="expiring_days" kind={TextKind::Number} suffix="days" value={form.expiring_days.clone()} error={form.error("expiring_days")}
                    help="A license that ends within so many days is expiring." on_input={typed("expiring_days")}
                />
                <TextField
                    label="Lock when idle" name="idle_lock_minutes" kind={TextKind::Number} suffix="minutes" value={form.idle_lock_minutes.clone()} error={form.error("idle_lock_minutes")}
                    help="Without input for so long, the app locks itself. From 1 to 60." on_input={typed("idle_lock_minutes")}
                />
            </div>
            <div class="form-foot">
                <Button
                    label="Save settings" kind={ButtonKind::Primary} role={ButtonRole::Submit} busy={update.is_busy.then_some(AttrValue::Static("Saving…"))}
                    unavailable={(!is_changed).then_some(AttrValue::Static("Nothing was changed yet."))}
                />
            </div>
            { conflict }
        </form>
    }
}

fn options(values: impl Iterator<Item = String>) -> Rc<[SelectOption]> {
    values
        .map(|value| SelectOption::new(value.clone(), value.replace('_', " ")))
        .collect()
}
