//! The fields of a connection.

use std::rc::Rc;

use contract::{
    FieldError,
    connection::{TlsChoice, is_this_computer},
    desktop::{ChooseFile, FilePurpose},
};
use yew::prelude::*;

use super::form;
use crate::{
    components::{Button, Notice, PasswordField, SelectField, SelectOption, SwitchField, TextField, TextKind, Tone},
    hooks::{DraftHandle, Toast, use_request, use_toasts},
};

/// The fields of a connection.
#[derive(Properties, PartialEq)]
pub struct FieldsProps {
    /// What is typed.
    pub draft: DraftHandle,
    /// What is wrong with it.
    pub problems: Rc<[FieldError]>,
    /// The password, which is in no draft.
    pub password: AttrValue,
    /// Whether the keyring is to keep it.
    pub keeps: bool,
    /// The password is typed.
    pub on_password: Callback<String>,
    /// Whether the keyring is to keep it.
    pub on_keep: Callback<bool>,
}

/// The fields of a connection.
#[component]
pub fn Fields(props: &FieldsProps) -> Html {
    let draft = &props.draft;
    let problems = &props.problems;
    let error = |field: &'static str| draft.error(field, problems);
    let text = |label: &'static str, field: &'static str, help: Option<&'static str>| {
        html! {
            <TextField {label} name={field} value={draft.get(field).to_owned()} help={help.map(AttrValue::Static)} error={error(field)} on_input={draft.typed(field)} on_leave={draft.left(field)} />
        }
    };
    // What is wrong must not be hidden.
    let is_folded_wrong = ["authority", "certificate", "key", "schema"]
        .into_iter()
        .any(|field| error(field).is_some());
    let is_near = is_this_computer(draft.get("host").trim());
    let mode = form::tls(draft);
    let options: Rc<[SelectOption]> = TlsChoice::ALL
        .iter()
        .filter(|choice| is_near || **choice != TlsChoice::Offered || mode == **choice)
        .map(|choice| SelectOption::new(choice.as_str(), label(*choice)))
        .collect();
    html! {
        <div class="form-grid">
            <div class="field-grid field-grid--host">
                <TextField label="Host" name="host" autofocus={true} value={draft.get("host").to_owned()} error={error("host")} on_input={draft.typed("host")} on_leave={draft.left("host")} />
                <TextField label="Port" name="port" kind={TextKind::Number} value={draft.get("port").to_owned()} error={error("port")} on_input={draft.typed("port")} on_leave={draft.left("port")} />
            </div>
            <div class="field-grid">
                { text("Database", "database", None) }
                { text("User", "user", None) }
            </div>
            <div class="field-grid">
                <PasswordField
                    label="Password" name="server_password" autocomplete="off" value={props.password.clone()}
                    help={AttrValue::Static("Empty: the one in the keyring, if there is one.")} on_input={props.on_password.clone()}
                />
                <SelectField
                    label="Encryption" name="tls" value={mode.as_str()} {options} error={error("tls")} on_change={draft.typed("tls")}
                    help={AttrValue::Static(if is_near { "Nothing leaves this computer." } else { "A weaker choice asks for the name of the server." })}
                />
            </div>
            <SwitchField
                label="Keep the password in the keyring" name="keep" is_on={props.keeps} on_change={props.on_keep.clone()}
                help="The keyring of this computer has it and nothing else. Off: it is asked for at each start, and one that was kept before is removed."
            />
            if form::is_open_to_others(draft) {
                <div class="stack">
                    <Notice
                        title="Others could read this connection" tone={Tone::Danger}
                        text="Who stands between this computer and the server could pose as it, and read or change the password and everything in the book. A banner says so as long as the book is open."
                    />
                    <TextField
                        label="Type the name of the server to accept that" name="accepted_host" value={draft.get("accepted_host").to_owned()} placeholder={draft.get("host").trim().to_owned()}
                        error={error("accepted_host")} on_input={draft.typed("accepted_host")} on_leave={draft.left("accepted_host")}
                    />
                </div>
            }
            <details class="more-fields" open={is_folded_wrong}>
                <summary class="link">{ "Certificates and schema" }</summary>
                <div class="form-grid">
                    <FileField label="Certificate of your own authority" name="authority" purpose={FilePurpose::Authority} draft={draft.clone()} error={error("authority")} help="If your company vouches for its servers itself. PEM." />
                    <div class="field-grid">
                        <FileField label="Your certificate" name="certificate" purpose={FilePurpose::Certificate} draft={draft.clone()} error={error("certificate")} help="Only if the server asks for one." />
                        <FileField label="Its key" name="key" purpose={FilePurpose::Key} draft={draft.clone()} error={error("key")} help="Only if the server asks for one." />
                    </div>
                    { text("Schema", "schema", Some("Several books can be in one database, each in a schema of its own.")) }
                </div>
            </details>
        </div>
    }
}

fn label(choice: TlsChoice) -> &'static str {
    match choice {
        TlsChoice::Verified => "Verify server (recommended)",
        TlsChoice::AnyName => "Verify authority, not the name",
        TlsChoice::Unverified => "Encrypt, verify nothing",
        TlsChoice::Offered => "If the server offers it",
        TlsChoice::Off => "None",
    }
}

/// A path, typed or chosen.
#[derive(Properties, PartialEq)]
pub struct FileFieldProps {
    /// The label.
    pub label: AttrValue,
    /// The field of the draft.
    pub name: &'static str,
    /// What it is chosen for.
    pub purpose: FilePurpose,
    /// What is typed.
    pub draft: DraftHandle,
    /// What is wrong.
    pub error: Option<AttrValue>,
    /// What to enter.
    pub help: AttrValue,
}

/// A path, typed or chosen with the dialog of the computer.
#[component]
pub fn FileField(props: &FileFieldProps) -> Html {
    let choose = use_request::<ChooseFile>();
    let toasts = use_toasts();
    let on_choose = {
        let (choose, typed, toasts, purpose) = (choose.clone(), props.draft.typed(props.name), toasts, props.purpose);
        Callback::from(move |()| {
            let (typed, toasts) = (typed.clone(), toasts.clone());
            choose.run_with(ChooseFile { purpose }, move |answer| match answer {
                Ok(chosen) => {
                    if let Some(path) = chosen.path {
                        typed.emit(path);
                    }
                }
                Err(error) => toasts.show(Toast::failed(&error)),
            });
        })
    };
    html! {
        <div class="file-field">
            <TextField
                label={props.label.clone()} name={props.name} value={props.draft.get(props.name).to_owned()} help={Some(props.help.clone())} error={props.error.clone()}
                on_input={props.draft.typed(props.name)} on_leave={props.draft.left(props.name)}
            />
            <Button label="Choose…" aria_label={Some(AttrValue::from(format!("Choose a file: {}", props.label)))} busy={choose.is_busy.then_some(AttrValue::Static("Choosing…"))} on_press={on_choose} />
        </div>
    }
}
