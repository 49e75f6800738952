//! What is typed in a form, and which of its errors are said already.

mod rows;

use std::{
    cell::{Cell, RefCell},
    collections::HashMap,
    rc::Rc,
};

use contract::{Currency, CustomerId, Error, FieldError, words};
use yew::prelude::*;

pub use self::rows::{record_field, row_field, rows_mark};
use crate::{
    format,
    hooks::{use_latest, use_session},
};

type Values = Vec<(&'static str, String)>;

/// What is typed in a form, field by field, by the names on the wire.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Draft {
    values: Values,
    /// What the fields hold while nothing is typed.
    begun: Values,
    /// The same before the record was read again, if something was typed by then.
    before: Option<Values>,
    /// What was submitted last.
    sent: Option<Values>,
    /// The lists in which something was typed that was given up, because they have other rows now.
    cut: Vec<&'static str>,
    /// Whether it goes on with what was typed before.
    is_restored: bool,
    /// Fields that were left once, and so show their errors.
    left: Vec<&'static str>,
    is_submitted: bool,
    /// Refusals of the app, until the field is changed.
    refused: Vec<FieldError>,
}

/// How a draft changes.
pub enum DraftStep {
    /// A field is typed in.
    Type(&'static str, String),
    /// Several fields change at once.
    Put(Values),
    /// Several fields change by what stands in them when it is their turn.
    Change(Box<dyn FnOnce(&Draft) -> Values>),
    /// A field is left.
    Leave(&'static str),
    /// Every error shows from now on.
    Submit,
    /// The app refused it.
    Refuse(Vec<FieldError>),
    /// The record has other values now: what was typed stays, what was not takes the newer value.
    Rebase(Values),
    /// The record was saved with these values: they are what it begins with now. What was typed since it was submitted stays.
    Renew(Values),
    /// What was typed is thrown away.
    StartOver,
}

impl Reducible for Draft {
    type Action = DraftStep;

    fn reduce(self: Rc<Self>, action: DraftStep) -> Rc<Self> {
        let mut draft = (*self).clone();
        match action {
            DraftStep::Type(field, text) => draft.put(field, text),
            DraftStep::Put(values) => values.into_iter().for_each(|(field, text)| draft.put(field, text)),
            DraftStep::Change(change) => change(&draft).into_iter().for_each(|(field, text)| draft.put(field, text)),
            // An empty field that is only passed through is no error yet.
            DraftStep::Leave(field) if !draft.get(field).is_empty() && !draft.left.contains(&field) => draft.left.push(field),
            DraftStep::Leave(_) => {}
            DraftStep::Submit => {
                draft.is_submitted = true;
                draft.sent = Some(draft.values.clone());
            }
            DraftStep::Refuse(fields) => draft.refused = fields,
            DraftStep::Rebase(newer) => {
                // Who has typed nothing has seen nothing that another has changed since.
                let before = draft.is_changed().then(|| draft.begun.clone());
                draft = Self::new(newer).over_same_rows(&draft.begun, &draft.values);
                draft.before = before;
            }
            DraftStep::Renew(saved) => {
                let sent = draft.sent.take().unwrap_or_else(|| draft.values.clone());
                draft = Self::new(saved).over(&sent, &draft.values);
            }
            DraftStep::StartOver => draft = Self::new(draft.begun),
        }
        Rc::new(draft)
    }
}

fn of<'a>(values: &'a Values, field: &str) -> &'a str {
    values
        .iter()
        .find(|(name, _)| *name == field)
        .map_or("", |(_, value)| value.as_str())
}

impl Draft {
    /// A draft that begins with these values.
    #[must_use]
    pub fn new(values: impl IntoIterator<Item = (&'static str, String)>) -> Self {
        let values: Values = values.into_iter().collect();
        Self {
            begun: values.clone(),
            values,
            ..Self::default()
        }
    }

    fn put(&mut self, field: &'static str, text: String) {
        self.refused.retain(|error| error.field != field);
        match self.values.iter_mut().find(|(name, _)| *name == field) {
            Some((_, value)) => *value = text,
            None => self.values.push((field, text)),
        }
    }

    /// What is typed in a field.
    #[must_use]
    pub fn get(&self, field: &str) -> &str {
        of(&self.values, field)
    }

    /// The position of a switch.
    #[must_use]
    pub fn is_on(&self, field: &str) -> bool {
        self.get(field) == ON
    }

    /// The same without space around it; nothing if it is empty.
    #[must_use]
    pub fn text(&self, field: &str) -> Option<String> {
        Some(self.get(field).trim().to_owned()).filter(|text| !text.is_empty())
    }

    /// Whether anything is typed.
    #[must_use]
    pub fn is_changed(&self) -> bool {
        self.values.iter().any(|(field, text)| of(&self.begun, field) != text)
    }

    /// Whether every error shows, because it was submitted.
    #[must_use]
    pub fn is_submitted(&self) -> bool {
        self.is_submitted
    }

    /// Whether it goes on with what was typed before.
    #[must_use]
    pub fn is_restored(&self) -> bool {
        self.is_restored
    }

    /// Whether something was typed in this list that was given up, because it has other rows now.
    #[must_use]
    pub fn is_cut(&self, list: &str) -> bool {
        self.cut.contains(&list)
    }

    /// With what was typed over other values of the same record. What was typed in rows that are named by their place is given up
    /// where other rows stand there now: it would land on one that it was not meant for.
    fn over_same_rows(mut self, begun: &Values, typed: &Values) -> Self {
        let moved = rows::moved(begun, &self.begun);
        let list_of = |field: &str| moved.iter().copied().find(|list| rows::is_of(list, field));
        // What stands there now as it was typed is not lost.
        let is_given_up = |(field, text): &&(&'static str, String)| of(begun, field) != text && of(&self.begun, field) != text;
        for (field, _) in typed.iter().filter(is_given_up) {
            if let Some(list) = list_of(field)
                && !self.cut.contains(&list)
            {
                self.cut.push(list);
            }
        }
        let typed: Values = typed.iter().filter(|(field, _)| list_of(field).is_none()).cloned().collect();
        self.over(begun, &typed)
    }

    /// With what was typed over other values.
    fn over(mut self, begun: &Values, typed: &Values) -> Self {
        for (field, text) in typed.iter().filter(|(field, text)| of(begun, field) != text) {
            match self.values.iter_mut().find(|(name, _)| name == field) {
                Some((_, value)) => value.clone_from(text),
                None => self.values.push((field, text.clone())),
            }
        }
        self
    }

    /// What another person has saved in a field, where that differs from what is typed.
    #[must_use]
    pub fn theirs(&self, field: &str) -> Option<AttrValue> {
        let now = of(&self.begun, field);
        let is_contested = now != of(self.before.as_ref()?, field) && now != self.get(field);
        is_contested.then(|| AttrValue::from(format!("Now saved: {}", if now.is_empty() { "nothing" } else { now })))
    }

    /// The sentence at a field, once it is said: of a refusal at once, of a broken rule when the field was left.
    #[must_use]
    pub fn error(&self, field: &'static str, problems: &[FieldError]) -> Option<AttrValue> {
        let of = |errors: &[FieldError]| {
            errors
                .iter()
                .find(|error| error.field == field)
                .map(|error| words::at_field(error).into())
        };
        if (self.is_submitted || self.left.contains(&field))
            && let Some(said) = of(problems)
        {
            return Some(said);
        }
        of(&self.refused)
    }
}

/// How a switch that is on stands in a draft.
const ON: &str = "on";

/// The position of a switch, for a draft.
#[must_use]
pub fn switch(is_on: bool) -> String {
    if is_on { ON.to_owned() } else { String::new() }
}

/// A draft with its changes.
#[derive(Clone)]
pub struct DraftHandle {
    draft: UseReducerHandle<Draft>,
    slot: Rc<Slot>,
}

impl PartialEq for DraftHandle {
    fn eq(&self, other: &Self) -> bool {
        self.draft == other.draft
    }
}

impl std::ops::Deref for DraftHandle {
    type Target = Draft;
    fn deref(&self) -> &Draft {
        &self.draft
    }
}

impl DraftHandle {
    /// Takes what is typed in a field.
    #[must_use]
    pub fn typed(&self, field: &'static str) -> Callback<String> {
        let mut made = self.slot.typed.borrow_mut();
        let callback = made.entry(field).or_insert_with(|| {
            let dispatcher = self.draft.dispatcher();
            Callback::from(move |text| dispatcher.dispatch(DraftStep::Type(field, text)))
        });
        callback.clone()
    }

    /// Changes several fields at once.
    pub fn put(&self, values: Vec<(&'static str, String)>) {
        self.draft.dispatch(DraftStep::Put(values));
    }

    /// Changes several fields by what stands in them then: by the letter that was typed last, too, rendered or not.
    pub fn change(&self, change: impl FnOnce(&Draft) -> Vec<(&'static str, String)> + 'static) {
        self.draft.dispatch(DraftStep::Change(Box::new(change)));
    }

    /// Takes the position of a switch.
    #[must_use]
    pub fn switched(&self, field: &'static str) -> Callback<bool> {
        self.typed(field).reform(switch)
    }

    /// Notes that a field is left.
    #[must_use]
    pub fn left(&self, field: &'static str) -> Callback<()> {
        let mut made = self.slot.left.borrow_mut();
        let callback = made.entry(field).or_insert_with(|| {
            let dispatcher = self.draft.dispatcher();
            Callback::from(move |()| dispatcher.dispatch(DraftStep::Leave(field)))
        });
        callback.clone()
    }

    /// Shows every error.
    pub fn submit(&self) {
        self.draft.dispatch(DraftStep::Submit);
    }

    /// Puts refusals at their fields.
    pub fn refuse(&self, error: &Error) {
        if let Error::Invalid { fields } = error {
            self.draft.dispatch(DraftStep::Refuse(fields.clone()));
        }
    }

    /// The same where some fields are amounts, whose bounds are said as amounts.
    pub fn refuse_amounts(&self, error: &Error, amounts: &[&str], currency: Currency) {
        let Error::Invalid { fields } = error else { return };
        let said = fields.iter().cloned().map(|broken| {
            let is_amount = amounts.contains(&broken.field.as_str());
            if is_amount { format::in_amounts(broken, currency) } else { broken }
        });
        self.draft.dispatch(DraftStep::Refuse(said.collect()));
    }

    /// Goes on over the newer values of the record.
    pub fn rebase(&self, newer: Draft) {
        self.draft.dispatch(DraftStep::Rebase(newer.begun));
    }

    /// Begins again with what was saved, also where that is not what was typed and submitted.
    pub fn renew(&self, saved: Draft) {
        self.draft.dispatch(DraftStep::Renew(saved.begun));
    }

    /// Throws away what was typed.
    #[must_use]
    pub fn start_over(&self) -> Callback<()> {
        let dispatcher = self.draft.dispatcher();
        Callback::from(move |()| dispatcher.dispatch(DraftStep::StartOver))
    }

    /// It is saved, so nothing of it is kept, also if its form was closed meanwhile.
    pub fn saved(&self) {
        self.slot.is_saved.set(true);
        keep(&self.slot, None);
    }
}

/// Where a draft is kept while its form is closed: for whom, and of what.
struct Slot {
    person: Option<CustomerId>,
    of: String,
    is_saved: Cell<bool>,
    /// The callbacks of each field, made once: a field whose properties are the same is not rendered when another is typed in.
    typed: RefCell<HashMap<&'static str, Callback<String>>>,
    left: RefCell<HashMap<&'static str, Callback<()>>>,
}

impl Slot {
    fn new(person: Option<CustomerId>, of: String) -> Self {
        Self {
            person,
            of,
            is_saved: Cell::new(false),
            typed: RefCell::default(),
            left: RefCell::default(),
        }
    }
}

/// What was typed in a form that was closed: in memory, for the same person. Forms with a password keep none of it here.
struct Kept {
    person: CustomerId,
    of: String,
    begun: Values,
    typed: Values,
}

thread_local! {
    static KEPT: RefCell<Vec<Kept>> = const { RefCell::new(Vec::new()) };
}

/// Keeps what was typed, or forgets it. Drafts of anyone else are forgotten with it.
fn keep(slot: &Slot, draft: Option<&Draft>) {
    KEPT.with(|all| {
        let mut all = all.borrow_mut();
        all.retain(|kept| Some(kept.person) == slot.person && kept.of != slot.of);
        if let (Some(person), Some(draft)) = (slot.person, draft.filter(|draft| draft.is_changed())) {
            all.push(Kept {
                person,
                of: slot.of.clone(),
                begun: draft.begun.clone(),
                typed: draft.values.clone(),
            });
        }
    });
}

/// A fresh draft with what was typed before.
fn restored(slot: &Slot, fresh: Draft) -> Draft {
    KEPT.with(|all| {
        let all = all.borrow();
        let kept = all.iter().find(|kept| Some(kept.person) == slot.person && kept.of == slot.of);
        let Some(kept) = kept else { return fresh };
        let mut draft = fresh.over_same_rows(&kept.begun, &kept.typed);
        draft.is_restored = draft.is_changed();
        draft
    })
}

/// A draft that begins with these values, or goes on with what was typed before. `of` says of what it is: the form and the
/// record. It is kept when the form goes without having been saved.
#[hook]
pub fn use_draft(of: String, begin: impl FnOnce() -> Draft) -> DraftHandle {
    let person = use_session().state.administrator.map(|administrator| administrator.id);
    let slot = use_memo(of, |of| Slot::new(person, of.clone()));
    let draft = {
        let slot = Rc::clone(&slot);
        use_reducer_eq(move || restored(&slot, begin()))
    };
    {
        let newest = use_latest((draft.clone(), Rc::clone(&slot)));
        use_effect_with((), move |()| {
            move || {
                let (draft, slot) = newest.borrow().clone();
                keep(&slot, Some(&*draft).filter(|_| !slot.is_saved.get()));
            }
        });
    }
    DraftHandle { draft, slot }
}

#[cfg(test)]
mod tests;
