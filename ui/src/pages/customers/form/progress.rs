//! What the form holds while it is open. Pure.

use std::rc::Rc;

use contract::CustomerId;
use yew::prelude::*;

use super::draft::{Draft, Known};

/// Who has the address that was typed.
#[derive(Clone, Debug, PartialEq)]
pub struct Owner {
    /// The address.
    pub email: String,
    /// The record.
    pub id: CustomerId,
    /// The name on it.
    pub full_name: String,
}

/// What the person has done so far.
#[derive(Clone, PartialEq)]
pub struct Progress {
    /// The record that is changed.
    pub base: Option<Known>,
    /// What is typed.
    pub typed: Draft,
    /// The password.
    pub password: String,
    /// The fields that were left.
    pub left: Vec<&'static str>,
    /// Whether saving was tried.
    pub is_submitted: bool,
    /// Who has the address.
    pub owner: Option<Owner>,
    /// Grows when the password is to be shown.
    pub reveal: u32,
    /// Whether it began with a kept draft.
    pub is_restored: bool,
    /// The values before the newest reload.
    pub reloaded_from: Option<Draft>,
}

/// What the person does.
pub enum Step {
    /// Types into a field.
    Type(fn(&mut Draft, String), String),
    /// Moves a switch.
    Switch(fn(&mut Draft, bool), bool),
    /// Types a password, or has one generated.
    Password(String, bool),
    /// Leaves a field. One that is empty is only passed through, which is no mistake yet.
    Leave(&'static str),
    /// Saves.
    Submit,
    /// The address turns out to be taken.
    Owned(Owner),
    /// Takes the newest values.
    Reloaded(Known),
    /// Throws the kept draft away.
    StartOver,
}

impl Progress {
    /// A form that has just been opened.
    pub fn new(base: Option<Known>, restored: Option<Draft>) -> Self {
        Self {
            is_restored: restored.is_some(),
            typed: restored
                .or_else(|| base.as_ref().map(|known| known.values.clone()))
                .unwrap_or_default(),
            base,
            password: String::new(),
            left: Vec::new(),
            is_submitted: false,
            owner: None,
            reveal: 0,
            reloaded_from: None,
        }
    }

    fn is_empty(&self, field: &str) -> bool {
        match field {
            "email" => self.typed.email.is_empty(),
            "full_name" => self.typed.full_name.is_empty(),
            "password" => self.password.is_empty(),
            _ => false,
        }
    }
}

impl Reducible for Progress {
    type Action = Step;

    fn reduce(self: Rc<Self>, step: Step) -> Rc<Self> {
        let mut next = (*self).clone();
        match step {
            Step::Type(edit, text) => edit(&mut next.typed, text),
            Step::Switch(edit, is_on) => edit(&mut next.typed, is_on),
            Step::Password(password, is_generated) => {
                next.password = password;
                if is_generated {
                    next.reveal = next.reveal.wrapping_add(1);
                }
            }
            Step::Leave(field) if next.left.contains(&field) || next.is_empty(field) => return self,
            Step::Leave(field) => next.left.push(field),
            Step::Submit => next.is_submitted = true,
            Step::Owned(owner) => next.owner = Some(owner),
            Step::Reloaded(newer) => {
                if let Some(base) = next.base.replace(newer.clone()) {
                    next.typed = next.typed.over(&base.values, &newer.values);
                    next.reloaded_from = Some(base.values);
                }
                next.is_submitted = false;
            }
            Step::StartOver => {
                next.typed = next.base.as_ref().map(|known| known.values.clone()).unwrap_or_default();
                next.is_restored = false;
                next.is_submitted = false;
                next.left.clear();
                next.owner = None;
            }
        }
        Rc::new(next)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_field_is_wrong_when_it_was_left_with_something_in_it_that_is_still_there() {
        let email = |form: Rc<Progress>| form.reduce(Step::Type(|draft, text| draft.email = text, "kim@@".to_owned()));
        let form = Rc::new(Progress::new(None, None)).reduce(Step::Leave("email"));
        assert!(form.left.is_empty(), "it was passed through");
        // The press that left it has thrown away what was typed.
        let form = email(form).reduce(Step::StartOver).reduce(Step::Leave("email"));
        assert!(form.left.is_empty(), "it is as it was");
        assert_eq!(email(form).reduce(Step::Leave("email")).left, ["email"]);
    }

    #[test]
    fn a_reload_takes_the_newest_values_where_nothing_was_typed() {
        let known = Known {
            id: "0193a7c0-1111-7222-8333-444455556666".parse().unwrap(),
            version: 1,
            values: Draft {
                full_name: "Lena".to_owned(),
                ..Draft::default()
            },
        };
        let newer = Known {
            version: 2,
            values: Draft {
                full_name: "Lena H.".to_owned(),
                company_name: "Studio".to_owned(),
                ..Draft::default()
            },
            ..known.clone()
        };
        let form = Rc::new(Progress::new(Some(known.clone()), None));
        let form = form
            .reduce(Step::Type(|draft, text| draft.full_name = text, "Lena Huber".to_owned()))
            .reduce(Step::Submit)
            .reduce(Step::Reloaded(newer.clone()));
        assert_eq!(
            (form.typed.full_name.as_str(), form.typed.company_name.as_str()),
            ("Lena Huber", "Studio")
        );
        assert_eq!(
            (form.base.clone(), form.reloaded_from.clone()),
            (Some(newer.clone()), Some(known.values))
        );
        let form = form.reduce(Step::StartOver);
        assert_eq!(form.typed, newer.values);
        assert!(!form.is_restored && !form.is_submitted);
    }
}
