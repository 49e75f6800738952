//! The dialog that adds a domain.

use std::rc::Rc;

use chrono::NaiveDate;
use contract::{
    Conflict, Error, FieldError, Problem, Validate,
    customer::Customer,
    domain::{AddDomain, DeleteDomain, ascii_name},
};
use yew::prelude::*;

use crate::{
    components::{
        Button, ButtonKind, ButtonRole, DateField, Dialog, DraftNote, Icon, Notice, SwitchField, TextField, Tone, focus_first_invalid,
    },
    format,
    hooks::{Draft, DraftHandle, Toast, switch, use_book_changes, use_draft, use_mutation, use_toasts},
    pages::customers::undo::Undoing,
    route::{CustomerTab, Route},
};

/// The dialog that adds a domain.
#[derive(Properties, PartialEq)]
pub struct AddDomainDialogProps {
    /// Whose it is.
    pub customer: Rc<Customer>,
    /// It was added, or not.
    pub on_close: Callback<()>,
}

/// The dialog that adds a domain.
#[component]
pub fn AddDomainDialog(props: &AddDomainDialogProps) -> Html {
    let add = use_mutation::<AddDomain>();
    let toasts = use_toasts();
    let undoing = Undoing::new(toasts.clone(), use_book_changes());
    let draft = use_draft(format!("domain {}", props.customer.id), || {
        Draft::new([("auto_renew", switch(true))])
    });
    let typed = read(&draft, &props.customer);
    let problems = typed.as_ref().err().cloned().unwrap_or_default();
    let on_submit = {
        let (draft, add, on_close) = (draft.clone(), add.clone(), props.on_close.clone());
        let typed = typed.clone();
        Callback::from(move |()| {
            draft.submit();
            let Ok(request) = typed.clone() else { return focus_first_invalid() };
            let (draft, toasts, on_close, undoing) = (draft.clone(), toasts.clone(), on_close.clone(), undoing.clone());
            add.run_with(request, move |answer| match answer {
                Ok(domain) => {
                    draft.saved();
                    let (undoing, back) = (
                        undoing.clone(),
                        DeleteDomain {
                            id: domain.id,
                            version: domain.version,
                        },
                    );
                    let toast = Toast::done(format!("{} added", domain.unicode_name)).icon(Icon::Globe);
                    toasts.show(toast.undo(move |()| undoing.run(back.clone(), |_| {})));
                    on_close.emit(());
                }
                Err(error) => {
                    draft.refuse(&error);
                    focus_first_invalid();
                }
            });
        })
    };
    let on_cancel = props.on_close.clone();
    let foot = html! {
        <>
            if draft.is_restored() { <DraftNote on_start_over={draft.start_over()} /> }
            <span class="spacer"></span>
            <Button label="Cancel" on_press={on_cancel} />
            <Button label="Add domain" kind={ButtonKind::Primary} role={ButtonRole::Submit} kbd="Ctrl ↵" busy={add.is_busy.then_some(AttrValue::Static("Adding…"))} />
        </>
    };
    let on_name = {
        let (typed, add) = (draft.typed("name"), add.clone());
        Callback::from(move |text: String| {
            add.forget_error();
            typed.emit(text);
        })
    };
    let name_error = taken(add.error.as_ref()).or_else(|| draft.error("name", &problems));
    let ascii = ascii_name(draft.get("name").trim()).filter(|ascii| *ascii != draft.get("name").trim().to_lowercase());
    html! {
        <Dialog title="Add domain" foot={Some(foot)} on_submit={Some(on_submit)} on_close={props.on_close.clone()}>
            { refusal(add.error.as_ref()) }
            <TextField
                label="Domain name"
                name="name"
                value={draft.get("name").to_owned()}
                placeholder="example.com"
                error={name_error}
                help={ascii.map(|ascii| AttrValue::from(format!("Stored as {ascii}")))}
                autofocus={true}
                on_input={on_name}
                on_leave={draft.left("name")}
            />
            { fields(&draft, &problems) }
        </Dialog>
    }
}

/// The fields of every domain, new or known.
pub fn fields(draft: &DraftHandle, problems: &[FieldError]) -> Html {
    html! {
        <>
            <TextField label="Registrar" name="registrar" hint="optional" value={draft.get("registrar").to_owned()} help={draft.theirs("registrar")} error={draft.error("registrar", problems)} on_input={draft.typed("registrar")} on_leave={draft.left("registrar")} />
            <div class="field-grid">
                <DateField label="Registered on" name="registered_on" hint="optional" value={draft.get("registered_on").to_owned()} error={draft.error("registered_on", problems)} on_input={draft.typed("registered_on")} on_leave={draft.left("registered_on")} />
                <DateField label="Expires on" name="expires_on" hint="optional" help="The last day." value={draft.get("expires_on").to_owned()} error={draft.error("expires_on", problems)} on_input={draft.typed("expires_on")} on_leave={draft.left("expires_on")} />
            </div>
            <SwitchField label="Renews itself" name="auto_renew" help="The registrar renews it before it ends." is_on={draft.is_on("auto_renew")} on_change={draft.switched("auto_renew")} />
        </>
    }
}

/// A day that may be left out; one that cannot be read is noted.
pub fn day(draft: &Draft, field: &'static str, unread: &mut Vec<FieldError>) -> Option<NaiveDate> {
    let typed = draft.text(field)?;
    let day = format::parse_date(&typed);
    if day.is_none() {
        unread.push(FieldError {
            field: field.to_owned(),
            problem: Problem::WrongShape {
                detail: "Enter a date like 2026-11-22".to_owned(),
            },
        });
    }
    day
}

fn taken(error: Option<&Error>) -> Option<AttrValue> {
    match error {
        Some(Error::Conflict {
            conflict: Conflict::DomainTaken { full_name, .. },
        }) => Some(format!("{full_name} already has this domain.").into()),
        _ => None,
    }
}

/// What is said above the fields: everything that no field says.
fn refusal(error: Option<&Error>) -> Html {
    match error {
        None | Some(Error::Invalid { .. }) => html! {},
        Some(Error::Conflict {
            conflict: Conflict::DomainTaken { id, full_name },
        }) => {
            let href = Route::Customers(Some((*id, CustomerTab::Domains))).href();
            html! {
                <Notice title={format!("{full_name} already has this domain")} text="Open that record or enter another name." tone={Tone::Danger} is_alert={true}>
                    <Button label={format!("Open {full_name}")} kind={ButtonKind::Link} href={Some(href)} />
                </Notice>
            }
        }
        Some(error) => Notice::of_error(error, Tone::Danger),
    }
}

/// What is typed as a request, or every broken rule.
fn read(draft: &Draft, customer: &Customer) -> Result<AddDomain, Vec<FieldError>> {
    let mut unread = Vec::new();
    let mut date = |field: &'static str| day(draft, field, &mut unread);
    let request = AddDomain {
        customer_id: customer.id,
        registered_on: date("registered_on"),
        expires_on: date("expires_on"),
        name: draft.text("name").unwrap_or_default(),
        registrar: draft.text("registrar"),
        auto_renew: draft.is_on("auto_renew"),
    };
    unread.extend(request.validate().err().unwrap_or_default());
    if unread.is_empty() { Ok(request) } else { Err(unread) }
}
