//! What is typed in a form, and which of its errors are said already.

use std::rc::Rc;

use contract::{Error, FieldError, words};
use yew::prelude::*;

/// What is typed in a form, field by field, by the names on the wire.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Draft {
    values: Vec<(&'static str, String)>,
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
    /// A field is left.
    Leave(&'static str),
    /// Every error shows from now on.
    Submit,
    /// The app refused it.
    Refuse(Vec<FieldError>),
}

impl Reducible for Draft {
    type Action = DraftStep;

    fn reduce(self: Rc<Self>, action: DraftStep) -> Rc<Self> {
        let mut draft = (*self).clone();
        match action {
            DraftStep::Type(field, text) => {
                draft.refused.retain(|error| error.field != field);
                match draft.values.iter_mut().find(|(name, _)| *name == field) {
                    Some((_, value)) => *value = text,
                    None => draft.values.push((field, text)),
                }
            }
            // An empty field that is only passed through is no error yet.
            DraftStep::Leave(field) if !draft.get(field).is_empty() && !draft.left.contains(&field) => draft.left.push(field),
            DraftStep::Leave(_) => {}
            DraftStep::Submit => draft.is_submitted = true,
            DraftStep::Refuse(fields) => draft.refused = fields,
        }
        Rc::new(draft)
    }
}

impl Draft {
    /// A draft that begins with these values.
    #[must_use]
    pub fn new(values: impl IntoIterator<Item = (&'static str, String)>) -> Self {
        Self {
            values: values.into_iter().collect(),
            ..Self::default()
        }
    }

    /// What is typed in a field.
    #[must_use]
    pub fn get(&self, field: &str) -> &str {
        self.values
            .iter()
            .find(|(name, _)| *name == field)
            .map_or("", |(_, value)| value.as_str())
    }

    /// The same without space around it; nothing if it is empty.
    #[must_use]
    pub fn text(&self, field: &str) -> Option<String> {
        Some(self.get(field).trim().to_owned()).filter(|text| !text.is_empty())
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

/// A draft with its changes.
#[derive(Clone, PartialEq)]
pub struct DraftHandle(UseReducerHandle<Draft>);

impl std::ops::Deref for DraftHandle {
    type Target = Draft;
    fn deref(&self) -> &Draft {
        &self.0
    }
}

impl DraftHandle {
    /// Takes what is typed in a field.
    #[must_use]
    pub fn typed(&self, field: &'static str) -> Callback<String> {
        let dispatcher = self.0.dispatcher();
        Callback::from(move |text| dispatcher.dispatch(DraftStep::Type(field, text)))
    }

    /// Notes that a field is left.
    #[must_use]
    pub fn left(&self, field: &'static str) -> Callback<()> {
        let dispatcher = self.0.dispatcher();
        Callback::from(move |()| dispatcher.dispatch(DraftStep::Leave(field)))
    }

    /// Shows every error.
    pub fn submit(&self) {
        self.0.dispatch(DraftStep::Submit);
    }

    /// Puts refusals at their fields.
    pub fn refuse(&self, error: &Error) {
        if let Error::Invalid { fields } = error {
            self.0.dispatch(DraftStep::Refuse(fields.clone()));
        }
    }
}

/// A draft that begins with these values.
#[hook]
pub fn use_draft(begin: impl FnOnce() -> Draft) -> DraftHandle {
    DraftHandle(use_reducer_eq(begin))
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
}
