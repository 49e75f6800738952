//! What is typed at the first run, and whether it may be sent.

use contract::{Currency, Error, FieldError, Problem, Validate, session, words};
use yew::prelude::*;

/// What is typed.
#[derive(Clone, Debug, PartialEq)]
pub struct FirstRunForm {
    /// Name of the administrator.
    pub full_name: String,
    /// Address of the administrator.
    pub email: String,
    /// The password.
    pub password: String,
    /// The password again.
    pub again: String,
    /// Name of the book.
    pub book_name: String,
    /// Code of the currency.
    pub currency: String,
    /// IANA time zone.
    pub time_zone: String,
    /// Fields that were left once, and so show their errors; all after a submission.
    pub left: Vec<&'static str>,
    /// Refusals of the app, until the field is changed.
    pub refused: Vec<FieldError>,
}

/// The fields of the form, by their name on the wire.
const FIELDS: &[&str] = &["full_name", "email", "password", "again", "book_name", "currency", "time_zone"];

/// What is said of two passwords that are not the same.
const DIFFERENT: &str = "The two passwords differ";

/// How the form changes.
pub enum Step {
    /// A field is typed in.
    Type(&'static str, String),
    /// A field is left.
    Leave(&'static str),
    /// It was submitted: every error shows.
    Submit,
    /// The app refused it.
    Refuse(Error),
}

impl Reducible for FirstRunForm {
    type Action = Step;

    fn reduce(self: std::rc::Rc<Self>, action: Step) -> std::rc::Rc<Self> {
        let mut form = (*self).clone();
        match action {
            Step::Type(field, text) => {
                form.refused.retain(|error| error.field != field);
                if let Some(slot) = form.slot(field) {
                    *slot = text;
                }
            }
            Step::Leave(field) => {
                // An empty field that is only passed through is no error yet.
                let is_empty = form.slot(field).is_none_or(|text| text.is_empty());
                if !is_empty && !form.left.contains(&field) {
                    form.left.push(field);
                }
            }
            Step::Submit => form.left = FIELDS.to_vec(),
            Step::Refuse(Error::Invalid { fields }) => form.refused = fields,
            Step::Refuse(_) => {}
        }
        std::rc::Rc::new(form)
    }
}

impl FirstRunForm {
    /// A form with what the computer knows.
    #[must_use]
    pub fn new(book_name: String, currency: Currency, time_zone: String) -> Self {
        Self {
            full_name: String::new(),
            email: String::new(),
            password: String::new(),
            again: String::new(),
            book_name,
            currency: currency.code().to_owned(),
            time_zone,
            left: Vec::new(),
            refused: Vec::new(),
        }
    }

    fn slot(&mut self, field: &str) -> Option<&mut String> {
        match field {
            "full_name" => Some(&mut self.full_name),
            "email" => Some(&mut self.email),
            "password" => Some(&mut self.password),
            "again" => Some(&mut self.again),
            "book_name" => Some(&mut self.book_name),
            "currency" => Some(&mut self.currency),
            "time_zone" => Some(&mut self.time_zone),
            _ => None,
        }
    }

    /// What is to be sent.
    #[must_use]
    pub fn request(&self) -> session::FirstRun {
        session::FirstRun {
            full_name: self.full_name.trim().to_owned(),
            email: self.email.trim().to_owned(),
            password: session::Password(self.password.clone()),
            book_name: Some(self.book_name.trim().to_owned()).filter(|name| !name.is_empty()),
            currency: Currency::parse(&self.currency),
            time_zone: Some(self.time_zone.clone()).filter(|zone| !zone.is_empty()),
        }
    }

    /// Every broken rule, in the order of the fields.
    #[must_use]
    pub fn problems(&self) -> Vec<FieldError> {
        let mut problems = self.request().validate().err().unwrap_or_default();
        if self.again != self.password {
            problems.push(FieldError {
                field: "again".to_owned(),
                problem: Problem::WrongShape {
                    detail: DIFFERENT.to_owned(),
                },
            });
        }
        problems.extend(
            self.refused
                .iter()
                .filter(|refused| !problems.iter().any(|known| known.field == refused.field))
                .cloned()
                .collect::<Vec<_>>(),
        );
        problems
    }

    /// What is said at a field, once it is said.
    #[must_use]
    pub fn error(&self, field: &'static str) -> Option<AttrValue> {
        let is_refused = self.refused.iter().any(|error| error.field == field);
        if !is_refused && !self.left.contains(&field) {
            return None;
        }
        self.problems()
            .iter()
            .find(|error| error.field == field)
            .map(|error| words::at_field(error).into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::rc::Rc;

    fn form() -> Rc<FirstRunForm> {
        Rc::new(FirstRunForm::new(String::new(), Currency::EUR, "Europe/Berlin".to_owned()))
    }

    fn filled() -> Rc<FirstRunForm> {
        [
            ("full_name", "Ines Moreau"),
            ("email", "ines@example.com"),
            ("password", "four unrelated words here"),
            ("again", "four unrelated words here"),
        ]
        .into_iter()
        .fold(form(), |form, (field, text)| form.reduce(Step::Type(field, text.to_owned())))
    }

    #[test]
    fn a_field_shows_its_error_when_it_was_left_or_everything_was_submitted() {
        let typed = form().reduce(Step::Type("email", "lena@".to_owned()));
        assert_eq!(typed.error("email"), None);
        assert!(Rc::clone(&typed).reduce(Step::Leave("email")).error("email").is_some());
        let submitted = typed.reduce(Step::Submit);
        assert!(submitted.error("full_name").is_some() && submitted.error("password").is_some());
    }

    #[test]
    fn an_empty_field_that_is_passed_through_is_no_error_yet() {
        assert_eq!(form().reduce(Step::Leave("email")).error("email"), None);
    }

    #[test]
    fn a_filled_form_has_no_problem_and_leaves_the_name_of_the_book_to_the_app() {
        assert_eq!(filled().problems(), []);
        assert_eq!(filled().request().book_name, None);
    }

    #[test]
    fn the_passwords_have_to_be_equal() {
        let form = filled().reduce(Step::Type("again", "else".to_owned())).reduce(Step::Submit);
        assert_eq!(form.error("again").as_deref(), Some("The two passwords differ."));
        assert_eq!(form.problems().len(), 1);
    }

    #[test]
    fn a_refusal_stands_until_the_field_changes() {
        let refused = filled().reduce(Step::Refuse(Error::field("password", Problem::Guessable)));
        assert!(refused.error("password").is_some());
        assert_eq!(
            refused
                .reduce(Step::Type("password", "another one entirely".to_owned()))
                .error("password"),
            None
        );
    }
}
