//! The form of a customer: makes one, or changes one.

mod draft;
mod generate;
mod kept;
mod progress;
mod state;
mod summary;

use std::rc::Rc;

use contract::{CustomerId, customer::Customer};
use yew::prelude::*;

use crate::components::{Button, ButtonKind, ButtonRole, Dialog, DraftNote, PasswordField, SwitchField, TextField, TextKind};
pub use draft::Known;
use state::{Form, use_form};

/// What was saved.
#[derive(Clone, PartialEq)]
pub struct Saved {
    /// The record as it is now.
    pub customer: Rc<Customer>,
    /// Whether it was made just now.
    pub is_new: bool,
}

/// The form of a customer.
#[derive(Properties, PartialEq)]
pub struct CustomerFormProps {
    /// The record to change; a new one if there is none.
    #[prop_or_default]
    pub known: Option<Known>,
    /// Takes the form away.
    pub on_close: Callback<()>,
    /// Something was saved.
    #[prop_or_default]
    pub on_saved: Callback<Saved>,
    /// Another record is to be opened, the one that has the address.
    pub on_open: Callback<CustomerId>,
}

/// The form of a customer, in a dialog.
#[component]
pub fn CustomerForm(props: &CustomerFormProps) -> Html {
    let form = use_form(props);
    let on_submit = form.submit();
    let is_new = form.base.is_none();
    let (title, verb, busy) = if is_new {
        ("New customer", "Create customer", "Creating…")
    } else {
        ("Edit customer", "Save", "Saving…")
    };
    let foot = html! {
        <>
            if form.is_restored {
                <DraftNote on_start_over={form.start_over()} />
            }
            <span class="spacer"></span>
            <Button label="Cancel" on_press={form.close()} />
            <Button label={verb} kind={ButtonKind::Primary} role={ButtonRole::Submit} kbd="Ctrl ↵" busy={form.is_busy().then_some(AttrValue::Static(busy))} />
        </>
    };
    if let Some(conflict) = form.conflict() {
        return conflict;
    }
    html! {
        <Dialog {title} {foot} {on_submit} on_close={form.close()}>
            { summary::of(&form) }
            { email(&form) }
            <div class="field-grid">
                <TextField
                    label="Full name"
                    name="full_name"
                    value={form.typed.full_name.clone()}
                    help={form.theirs(|draft| &draft.full_name)}
                    error={form.error("full_name")}
                    on_input={form.type_in(|draft, text| draft.full_name = text)}
                    on_leave={form.leave("full_name")}
                />
                <TextField
                    label="Company"
                    name="company_name"
                    hint="optional"
                    value={form.typed.company_name.clone()}
                    help={form.theirs(|draft| &draft.company_name)}
                    error={form.error("company_name")}
                    on_input={form.type_in(|draft, text| draft.company_name = text)}
                    on_leave={form.leave("company_name")}
                />
            </div>
            { password(&form) }
            <SwitchField
                label="Active"
                name="is_active"
                is_on={form.typed.is_active}
                help="Inactive customers keep their records but cannot receive new licenses."
                error={form.error("is_active")}
                on_change={form.switch(|draft, is_on| draft.is_active = is_on)}
            />
            <SwitchField
                label="Administrator"
                name="is_admin"
                is_on={form.typed.is_admin}
                help={if form.typed.is_admin {
                    "May sign in to this app and see everything. The account is listed in Settings, People, and nothing is sold to it. Saving asks for your own password."
                } else {
                    "Administrators sign in to this app. They are not customers."
                }}
                error={form.error("is_admin")}
                on_change={form.switch(|draft, is_on| draft.is_admin = is_on)}
            />
        </Dialog>
    }
}

fn email(form: &Form) -> Html {
    let owner = form.owner();
    let own = form.error("email");
    let remedy = match (&own, owner) {
        (None, Some(owner)) => {
            let open = form.open(owner.id);
            html! { <>{ " " }<button class="link" type="button" onclick={move |_| open.emit(())}>{ "Open that record" }</button>{ " or enter another address." }</> }
        }
        _ => Html::default(),
    };
    html! {
        <TextField
            label="Email"
            name="email"
            kind={TextKind::Email}
            autofocus={true}
            value={form.typed.email.clone()}
            help={form.theirs(|draft| &draft.email)}
            error={own.or_else(|| owner.map(|owner| AttrValue::from(format!("{} already uses this address.", owner.full_name))))}
            {remedy}
            on_input={form.type_in(|draft, text| draft.email = text)}
            on_leave={form.leave("email")}
        />
    }
}

fn password(form: &Form) -> Html {
    let is_promoted = form.typed.is_admin && form.base.as_ref().is_none_or(|known| !known.values.is_admin);
    let help = match (&form.base, is_promoted) {
        (_, true) => "At least 12 characters that are not easy to guess.",
        (None, false) => "At least 8 characters.",
        (Some(_), false) => "Empty keeps the present one.",
    };
    let is_optional = form.base.is_some() && !is_promoted;
    let generate = form.generate();
    html! {
        <PasswordField
            label={if form.base.is_some() { "New password" } else { "Password" }}
            hint={is_optional.then_some(AttrValue::Static("optional"))}
            autocomplete="new-password"
            value={form.password.clone()}
            {help}
            error={form.error("password")}
            is_rated={true}
            strength={form.strength.clone()}
            reveal={form.reveal}
            act={html! { <button class="link" type="button" onclick={move |_| generate.emit(())}>{ "Generate" }</button> }}
            on_input={form.type_password()}
            on_leave={form.leave("password")}
        />
    }
}
