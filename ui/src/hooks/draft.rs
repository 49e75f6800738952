//! What is typed in a form, and which of its errors are said already.

use std::{
    cell::{Cell, RefCell},
    collections::HashMap,
    rc::Rc,
};

use contract::{CustomerId, Error, FieldError, words};
use yew::prelude::*;

use crate::hooks::{use_latest, use_session};

type Values = Vec<(&'static str, String)>;

/// What is typed in a form, field by field, by the names on the wire.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Draft {
    values: Values,
    /// What the fields hold while nothing is typed.
    begun: Values,
    /// The same before the record was read again.
    before: Option<Values>,
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
    /// A field is left.
    Leave(&'static str),
    /// Every error shows from now on.
    Submit,
    /// The app refused it.
    Refuse(Vec<FieldError>),
    /// The record has other values now: what was typed stays, what was not takes the newer value.
    Rebase(Values),
    /// The record was saved with these values: they are what it begins with now.
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
            // An empty field that is only passed through is no error yet.
            DraftStep::Leave(field) if !draft.get(field).is_empty() && !draft.left.contains(&field) => draft.left.push(field),
            DraftStep::Leave(_) => {}
            DraftStep::Submit => draft.is_submitted = true,
            DraftStep::Refuse(fields) => draft.refused = fields,
            DraftStep::Rebase(newer) => {
                let before = draft.begun.clone();
                draft = Self::new(newer).over(&draft.begun, &draft.values);
                draft.before = Some(before);
            }
            DraftStep::Renew(saved) => draft = Self::new(saved),
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
                .map(|error| words::problem(&error.problem).into())
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

thread_local! {
    static NAMES: RefCell<HashMap<(&'static str, usize, &'static str), &'static str>> = RefCell::new(HashMap::new());
}

/// The name of a field of a row, as on the wire: `lines[2].text`. A draft knows its fields by names that stay; those of rows are
/// made once each, and there are few: lists of forms are short.
#[must_use]
pub fn row_field(list: &'static str, at: usize, field: &'static str) -> &'static str {
    NAMES.with(|names| {
        let mut names = names.borrow_mut();
        *names
            .entry((list, at, field))
            .or_insert_with(|| Box::leak(format!("{list}[{at}].{field}").into_boxed_str()))
    })
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

    /// Goes on over the newer values of the record.
    pub fn rebase(&self, newer: Draft) {
        self.draft.dispatch(DraftStep::Rebase(newer.begun));
    }

    /// Begins again with what was saved, also where that is not what was typed.
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
        let mut draft = fresh.over(&kept.begun, &kept.typed);
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
mod tests {
    use super::*;
    use contract::Problem;

    fn after(steps: Vec<DraftStep>) -> Rc<Draft> {
        let start = Rc::new(Draft::new([("name", String::new())]));
        steps.into_iter().fold(start, |draft, step| draft.reduce(step))
    }

    fn required() -> Vec<FieldError> {
        vec![FieldError {
            field: "name".to_owned(),
            problem: Problem::Required,
        }]
    }

    #[test]
    fn an_error_is_said_when_the_field_was_left_with_something_in_it_or_all_was_submitted() {
        assert_eq!(after(vec![DraftStep::Leave("name")]).error("name", &required()), None);
        let typed = after(vec![DraftStep::Type("name", "x".to_owned()), DraftStep::Leave("name")]);
        assert!(typed.error("name", &required()).is_some());
        assert!(after(vec![DraftStep::Submit]).error("name", &required()).is_some());
    }

    #[test]
    fn a_refusal_stands_until_the_field_changes() {
        let refused = after(vec![DraftStep::Refuse(required())]);
        assert!(refused.error("name", &[]).is_some());
        assert_eq!(refused.reduce(DraftStep::Type("name", "x".to_owned())).error("name", &[]), None);
    }

    fn typed(draft: Draft, field: &'static str, text: &str) -> Rc<Draft> {
        Rc::new(draft).reduce(DraftStep::Type(field, text.to_owned()))
    }

    #[test]
    fn what_was_typed_stays_over_newer_values_and_theirs_is_told() {
        let values = |name: &str, code: &str| vec![("name", name.to_owned()), ("code", code.to_owned())];
        let draft = typed(Draft::new(values("Studio", "studio")), "name", "Studio 2");
        let draft = draft.reduce(DraftStep::Rebase(values("Studio X", "studio-x")));
        assert_eq!((draft.get("name"), draft.get("code")), ("Studio 2", "studio-x"));
        assert_eq!(draft.theirs("name").as_deref(), Some("Now saved: Studio X"));
        assert_eq!(draft.theirs("code"), None);
        let draft = draft.reduce(DraftStep::StartOver);
        assert_eq!((draft.get("name"), draft.is_changed()), ("Studio X", false));
    }

    #[test]
    fn a_draft_is_kept_for_its_person_and_record_until_it_is_saved() {
        let slot = |person: u128, of: &str| Slot::new(Some(CustomerId(uuid::Uuid::from_u128(person))), of.to_owned());
        let begin = || Draft::new([("name", String::new()), ("day", "1".to_owned())]);
        let draft = typed(begin(), "name", "x");
        keep(&slot(1, "a"), Some(&draft));
        let newer = Draft::new([("name", String::new()), ("day", "2".to_owned())]);
        let again = restored(&slot(1, "a"), newer);
        assert_eq!((again.get("name"), again.get("day"), again.is_restored()), ("x", "2", true));
        assert!(!restored(&slot(1, "b"), begin()).is_restored());
        assert!(!restored(&slot(2, "a"), begin()).is_restored());
        keep(&slot(1, "a"), Some(&begin()));
        assert!(
            !restored(&slot(1, "a"), begin()).is_restored(),
            "nothing that was typed is nothing to keep"
        );
    }
}
