//! What the controls of the form do.

use std::{cell::RefCell, rc::Rc};

use contract::{
    Conflict, CustomerId, Error, FieldError,
    customer::{CreateCustomer, Customer, DeleteCustomer, EmailOwnerRequest, GetCustomer, UpdateCustomer},
    words,
};
use yew::prelude::*;

use super::{
    CustomerFormProps, Saved,
    draft::{Draft, Known},
    generate, kept,
    progress::{Owner, Progress, Step},
    summary,
};
use crate::{
    components::{Icon, Strength, focus_first_invalid},
    hooks::{Mutation, Toast, Toasts, use_book_changes, use_latest, use_mutation, use_session, use_toasts},
    ipc,
    pages::{
        conflict::{self, Merging, use_merging},
        customers::undo::Undoing,
        gate::use_strength,
    },
    press,
    route::{Route, Section, use_place},
};

/// The form while it is open.
pub struct Form {
    /// The record that is changed.
    pub base: Option<Known>,
    /// What is typed.
    pub typed: Draft,
    /// The password.
    pub password: String,
    /// How good it is.
    pub strength: Option<Strength>,
    /// Another number shows the password.
    pub reveal: u32,
    /// Whether it began with a kept draft.
    pub is_restored: bool,
    errors: Vec<FieldError>,
    progress: UseReducerHandle<Progress>,
    create: Mutation<CreateCustomer>,
    update: Merging<UpdateCustomer>,
    person: Option<CustomerId>,
    is_saved: Rc<RefCell<bool>>,
    toasts: Toasts,
    undoing: Undoing,
    on_close: Callback<()>,
    on_saved: Callback<Saved>,
    on_open: Callback<CustomerId>,
    go: Callback<Route>,
}

/// The state of the form of a customer.
#[hook]
pub fn use_form(props: &CustomerFormProps) -> Form {
    let person = use_session().state.administrator.map(|administrator| administrator.id);
    let toasts = use_toasts();
    let changes = use_book_changes();
    let place = use_place();
    let progress = use_reducer_eq(|| Progress::new(props.known.clone(), kept::kept(person, props.known.as_ref())));
    let create = use_mutation::<CreateCustomer>();
    let update = use_merging::<UpdateCustomer>();
    let is_saved = use_mut_ref(|| false);
    {
        let (newest, is_saved) = (use_latest((person, progress.clone())), Rc::clone(&is_saved));
        // However the form goes, what was typed is kept.
        use_effect_with((), move |()| {
            move || {
                let (person, progress) = newest.borrow().clone();
                if !*is_saved.borrow() {
                    kept::keep(person, progress.base.as_ref(), &progress.typed);
                }
            }
        });
    }
    let typed = &progress.typed;
    let strength = use_strength(
        progress.password.clone().into(),
        typed.is_admin,
        vec![typed.full_name.clone(), typed.email.clone()],
    );
    Form {
        base: progress.base.clone(),
        typed: typed.clone(),
        password: progress.password.clone(),
        strength,
        reveal: progress.reveal,
        is_restored: progress.is_restored,
        errors: typed.errors(progress.base.as_ref(), &progress.password),
        undoing: Undoing::new(toasts.clone(), changes),
        progress,
        create,
        update,
        person,
        is_saved,
        toasts,
        on_close: props.on_close.clone(),
        on_saved: props.on_saved.clone(),
        on_open: props.on_open.clone(),
        go: Callback::from(move |route| place.go(route)),
    }
}

impl Form {
    /// Whether it is being saved.
    pub fn is_busy(&self) -> bool {
        self.create.is_busy || self.update.is_busy
    }

    /// Why it was not saved.
    pub fn refusal(&self) -> Option<&Error> {
        self.create.error.as_ref().or(self.update.error.as_ref())
    }

    /// The question which value stays, if somebody else was faster.
    pub fn conflict(&self) -> Option<Html> {
        self.update.dialog("customer", |field, value| match (field, value) {
            // Nobody sees a password again, and the own one only in its field.
            ("password", _) => "A password".to_owned(),
            _ => conflict::value(value),
        })
    }

    /// Whether saving was tried.
    pub fn is_submitted(&self) -> bool {
        self.progress.is_submitted
    }

    /// The record that has the typed address.
    pub fn owner(&self) -> Option<&Owner> {
        self.progress.owner.as_ref().filter(|owner| owner.email == self.typed.email.trim())
    }

    /// What is wrong with a field that was left, or that the app refused.
    pub fn error(&self, field: &'static str) -> Option<AttrValue> {
        let is_due = self.progress.is_submitted || self.progress.left.contains(&field);
        let own = self.errors.iter().filter(|_| is_due);
        let refused: &[FieldError] = match self.refusal() {
            Some(Error::Invalid { fields }) => fields,
            _ => &[],
        };
        own.chain(refused)
            .find(|error| error.field == field)
            .map(|error| words::at_field(error).into())
    }

    /// The fields that are wrong, in the order of the form.
    pub fn wrong(&self) -> Vec<&'static str> {
        ["email", "full_name", "company_name", "password", "is_active", "is_admin"]
            .into_iter()
            .filter(|field| self.error(field).is_some() || (*field == "email" && self.owner().is_some()))
            .collect()
    }

    /// What another person has saved in a field, where that differs from what is typed.
    pub fn theirs(&self, value: fn(&Draft) -> &String) -> Option<AttrValue> {
        let before = self.progress.reloaded_from.as_ref()?;
        let now = value(&self.base.as_ref()?.values);
        let is_contested = now != value(before) && now != value(&self.typed);
        is_contested.then(|| AttrValue::from(format!("Now saved: {}", if now.is_empty() { "nothing" } else { now })))
    }

    fn forget_errors(&self) -> impl Fn() + use<> {
        let (create, update) = (self.create.clone(), self.update.clone());
        move || {
            if create.error.is_some() {
                create.forget_error();
            }
            if update.error.is_some() {
                update.forget_error();
            }
        }
    }

    /// Takes what is typed into a field.
    pub fn type_in(&self, edit: fn(&mut Draft, String)) -> Callback<String> {
        let (progress, forget) = (self.progress.dispatcher(), self.forget_errors());
        Callback::from(move |text| {
            forget();
            progress.dispatch(Step::Type(edit, text));
        })
    }

    /// Takes the position of a switch.
    pub fn switch(&self, edit: fn(&mut Draft, bool)) -> Callback<bool> {
        let (progress, forget) = (self.progress.dispatcher(), self.forget_errors());
        Callback::from(move |is_on| {
            forget();
            progress.dispatch(Step::Switch(edit, is_on));
        })
    }

    /// Takes the password.
    pub fn type_password(&self) -> Callback<String> {
        let (progress, forget) = (self.progress.dispatcher(), self.forget_errors());
        Callback::from(move |password| {
            forget();
            progress.dispatch(Step::Password(password, false));
        })
    }

    /// Fills in a password and shows it.
    pub fn generate(&self) -> Callback<()> {
        let (progress, forget) = (self.progress.dispatcher(), self.forget_errors());
        Callback::from(move |()| {
            if let Some(password) = generate::password() {
                forget();
                progress.dispatch(Step::Password(password, true));
            }
        })
    }

    /// A field was left: its errors show from now on; an address is looked up.
    pub fn leave(&self, field: &'static str) -> Callback<()> {
        let progress = self.progress.dispatcher();
        let email = self.typed.email.trim().to_owned();
        let is_asked = field == "email"
            && !self.errors.iter().any(|error| error.field == "email")
            && self.base.as_ref().is_none_or(|known| known.values.email != email);
        let except = self.base.as_ref().map(|known| known.id);
        Callback::from(move |()| {
            progress.dispatch(Step::Leave(field));
            if is_asked {
                let (progress, email) = (progress.clone(), email.clone());
                wasm_bindgen_futures::spawn_local(async move {
                    let request = EmailOwnerRequest {
                        email: email.clone(),
                        except,
                    };
                    // Where it cannot be looked up, saving tells.
                    if let Ok(contract::customer::EmailOwner { id: Some(id), full_name }) = ipc::call(request).await {
                        let full_name = full_name.unwrap_or_else(|| "Someone".to_owned());
                        // Something else may be pressed by now.
                        press::after(move || progress.dispatch(Step::Owned(Owner { email, id, full_name })));
                    }
                });
            }
        })
    }

    /// Closes the form; what was typed is kept.
    pub fn close(&self) -> Callback<()> {
        let (person, base, typed, on_close) = (self.person, self.base.clone(), self.typed.clone(), self.on_close.clone());
        Callback::from(move |()| {
            kept::keep(person, base.as_ref(), &typed);
            on_close.emit(());
        })
    }

    /// Throws the kept draft away.
    pub fn start_over(&self) -> Callback<()> {
        let (person, base, progress) = (self.person, self.base.clone(), self.progress.dispatcher());
        Callback::from(move |()| {
            kept::forget(person, base.as_ref());
            progress.dispatch(Step::StartOver);
        })
    }

    /// Closes the form and opens another record.
    pub fn open(&self, id: CustomerId) -> Callback<()> {
        let (close, on_open) = (self.close(), self.on_open.clone());
        Callback::from(move |()| {
            close.emit(());
            on_open.emit(id);
        })
    }

    /// Takes the newest values where nothing was typed.
    pub fn reload(&self) -> Callback<()> {
        let contested = match self.refusal() {
            Some(Error::Conflict {
                conflict: Conflict::ChangedMeanwhile { fields, .. },
            }) => fields.first().cloned(),
            _ => None,
        };
        let (id, progress, forget, toasts) = (
            self.base.as_ref().map(|known| known.id),
            self.progress.dispatcher(),
            Rc::new(self.forget_errors()),
            self.toasts.clone(),
        );
        Callback::from(move |()| {
            let Some(id) = id else { return };
            let (progress, forget, toasts, contested) = (progress.clone(), Rc::clone(&forget), toasts.clone(), contested.clone());
            wasm_bindgen_futures::spawn_local(async move {
                match ipc::call(GetCustomer { id }).await {
                    Ok(customer) => {
                        forget();
                        progress.dispatch(Step::Reloaded(Known::from(&customer)));
                        // The button that was pressed is gone with the refusal.
                        summary::focus_field(contested.as_deref().unwrap_or("email"));
                    }
                    Err(error) => toasts.show(Toast::failed(&error)),
                }
            });
        })
    }

    /// Saves, if nothing is wrong.
    pub fn submit(&self) -> Callback<()> {
        let (progress, typed, base, password) = (
            self.progress.dispatcher(),
            self.typed.clone(),
            self.base.clone(),
            self.password.clone(),
        );
        let is_wrong = !self.errors.is_empty() || self.owner().is_some();
        let (create, update, on_close, on_end) = (self.create.clone(), self.update.clone(), self.close(), self.ended());
        Callback::from(move |()| {
            progress.dispatch(Step::Submit);
            if is_wrong {
                focus_first_invalid();
                return;
            }
            let on_end = on_end.clone();
            match &base {
                None => create.run_with(typed.creation(&password), move |answer| on_end.emit((answer, false))),
                Some(known) => {
                    let change = typed.change(known, &password);
                    if change == UpdateCustomer::nothing(known.id, known.version) {
                        on_close.emit(());
                    } else {
                        update.merge_with(change, move |answer, is_merged| on_end.emit((answer, is_merged)));
                    }
                }
            }
        })
    }

    fn ended(&self) -> Callback<(Result<Customer, Error>, bool)> {
        let (progress, email) = (self.progress.dispatcher(), self.typed.email.trim().to_owned());
        let (person, base, typed) = (self.person, self.base.clone(), self.typed.clone());
        let (has_password, is_saved) = (!self.password.is_empty(), Rc::clone(&self.is_saved));
        let (toasts, undoing, go) = (self.toasts.clone(), self.undoing.clone(), self.go.clone());
        let (on_close, on_saved, on_open) = (self.on_close.clone(), self.on_saved.clone(), self.on_open.clone());
        Callback::from(move |(answer, is_merged): (Result<Customer, Error>, bool)| {
            let customer = match answer {
                Ok(customer) => customer,
                Err(Error::Conflict {
                    conflict: Conflict::EmailTaken { id, full_name },
                }) => {
                    let email = email.clone();
                    progress.dispatch(Step::Owned(Owner { email, id, full_name }));
                    return focus_first_invalid();
                }
                Err(Error::Invalid { .. }) => return focus_first_invalid(),
                Err(_) => return,
            };
            is_saved.replace(true);
            kept::forget(person, base.as_ref());
            let name = &customer.full_name;
            let toast = match &base {
                _ if customer.is_admin => {
                    let go = go.clone();
                    Toast::done(format!("{name} is an administrator now"))
                        .action("Show people", move |()| go.emit(Route::Settings(Section::People)))
                }
                None => {
                    let (on_open, id, undoing) = (on_open.clone(), customer.id, undoing.clone());
                    let back = DeleteCustomer {
                        id,
                        version: customer.version,
                    };
                    Toast::done(format!("{name} created"))
                        .action("Open", move |()| on_open.emit(id))
                        .undo(move |()| undoing.run(back.clone(), |_| ()))
                }
                // What another person has saved meanwhile must not be taken back with it.
                Some(_) if is_merged => Toast::done(format!("{name} saved, with what was changed meanwhile")),
                // The password from before is known to nobody, so a change of it cannot be taken back.
                Some(_) if has_password => Toast::done(format!("{name} saved. A new password cannot be undone.")),
                Some(known) => {
                    let undo = typed.undo(known, customer.version);
                    let undoing = undoing.clone();
                    Toast::done(format!("{name} saved")).undo(move |()| undoing.run(undo.clone(), |_| ()))
                }
            };
            toasts.show(toast.icon(Icon::Check));
            let is_new = base.is_none();
            on_close.emit(());
            on_saved.emit(Saved {
                customer: Rc::new(customer),
                is_new,
            });
        })
    }
}
