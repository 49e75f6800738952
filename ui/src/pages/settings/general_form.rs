//! The settings of the book as they are typed.

use contract::{
    Currency, Error, FieldError, Problem, Validate,
    settings::{Settings, UpdateSettings},
    words,
};
use yew::prelude::*;

/// The settings as they are typed.
#[derive(Clone, Debug, PartialEq)]
pub struct GeneralForm {
    /// As they were read.
    before: Settings,
    /// Name of the book.
    pub book_name: String,
    /// Code of the currency.
    pub currency: String,
    /// IANA time zone.
    pub time_zone: String,
    /// Days, as typed.
    pub expiring_days: String,
    /// Minutes, as typed.
    pub idle_lock_minutes: String,
    is_submitted: bool,
    refused: Vec<FieldError>,
}

/// How the form changes.
pub enum Step {
    /// A field is typed in.
    Type(&'static str, String),
    /// It was submitted.
    Submit,
    /// The app refused it.
    Refuse(Error),
    /// It was saved.
    Saved(Settings),
}

impl Reducible for GeneralForm {
    type Action = Step;

    fn reduce(self: std::rc::Rc<Self>, action: Step) -> std::rc::Rc<Self> {
        let mut form = (*self).clone();
        match action {
            Step::Type(field, text) => {
                form.refused.retain(|error| error.field != field);
                match field {
                    "book_name" => form.book_name = text,
                    "currency" => form.currency = text,
                    "time_zone" => form.time_zone = text,
                    "expiring_days" => form.expiring_days = text,
                    "idle_lock_minutes" => form.idle_lock_minutes = text,
                    _ => {}
                }
            }
            Step::Submit => form.is_submitted = true,
            Step::Refuse(Error::Invalid { fields }) => form.refused = fields,
            Step::Refuse(_) => {}
            Step::Saved(settings) => form = Self::new(&settings),
        }
        std::rc::Rc::new(form)
    }
}

impl GeneralForm {
    /// Filled with what the book has.
    #[must_use]
    pub fn new(settings: &Settings) -> Self {
        Self {
            before: settings.clone(),
            book_name: settings.book_name.clone(),
            currency: settings.currency.code().to_owned(),
            time_zone: settings.time_zone.clone(),
            expiring_days: settings.expiring_days.to_string(),
            idle_lock_minutes: settings.idle_lock_minutes.to_string(),
            is_submitted: false,
            refused: Vec::new(),
        }
    }

    /// Whether something differs from what the book has.
    #[must_use]
    pub fn is_changed(&self) -> bool {
        let fresh = Self::new(&self.before);
        (
            &self.book_name,
            &self.currency,
            &self.time_zone,
            &self.expiring_days,
            &self.idle_lock_minutes,
        ) != (
            &fresh.book_name,
            &fresh.currency,
            &fresh.time_zone,
            &fresh.expiring_days,
            &fresh.idle_lock_minutes,
        )
    }

    /// What is to be sent: only what differs.
    ///
    /// # Errors
    /// The broken rules.
    pub fn request(&self) -> Result<UpdateSettings, Vec<FieldError>> {
        let mut problems = Vec::new();
        let mut number = |field: &str, typed: &str, before: u32, min: i64, max: i64| match typed.trim().parse::<u32>() {
            Ok(value) => (value != before).then_some(value),
            Err(_) => {
                problems.push(FieldError {
                    field: field.to_owned(),
                    problem: Problem::OutOfRange { min, max },
                });
                None
            }
        };
        let expiring_days = number("expiring_days", &self.expiring_days, self.before.expiring_days, 1, 365);
        let idle_lock_minutes = number("idle_lock_minutes", &self.idle_lock_minutes, self.before.idle_lock_minutes, 1, 60);
        let name = self.book_name.trim();
        let request = UpdateSettings {
            version: self.before.version,
            book_name: (name != self.before.book_name).then(|| name.to_owned()),
            currency: Currency::parse(&self.currency).filter(|currency| *currency != self.before.currency),
            time_zone: (self.time_zone != self.before.time_zone).then(|| self.time_zone.clone()),
            expiring_days,
            idle_lock_minutes,
        };
        problems.extend(request.validate().err().unwrap_or_default());
        if problems.is_empty() { Ok(request) } else { Err(problems) }
    }

    /// What is said at a field.
    #[must_use]
    pub fn error(&self, field: &str) -> Option<AttrValue> {
        let of = |errors: &[FieldError]| {
            errors
                .iter()
                .find(|error| error.field == field)
                .map(|error| words::problem(&error.problem).into())
        };
        of(&self.refused).or_else(|| {
            if self.is_submitted {
                of(&self.request().err().unwrap_or_default())
            } else {
                None
            }
        })
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use std::rc::Rc;

    fn form() -> Rc<GeneralForm> {
        Rc::new(GeneralForm::new(&Settings {
            book_name: "Alder Hosting".to_owned(),
            currency: Currency::EUR,
            time_zone: "Europe/Berlin".to_owned(),
            is_currency_fixed: false,
            expiring_days: 30,
            idle_lock_minutes: 10,
            version: 3,
        }))
    }

    #[test]
    fn only_what_differs_is_sent() {
        let typed = form()
            .reduce(Step::Type("expiring_days", "45".to_owned()))
            .reduce(Step::Type("book_name", " Alder Hosting ".to_owned()));
        let request = typed.request().unwrap();
        assert_eq!(
            (request.version, request.expiring_days, request.book_name, request.idle_lock_minutes),
            (3, Some(45), None, None)
        );
        assert!(typed.is_changed() && !form().is_changed());
    }

    #[test]
    fn what_is_no_number_is_told_at_its_field_after_submitting() {
        let typed = form().reduce(Step::Type("idle_lock_minutes", "ten".to_owned()));
        assert_eq!(typed.error("idle_lock_minutes"), None);
        let submitted = typed.reduce(Step::Submit);
        assert_eq!(
            submitted.error("idle_lock_minutes").as_deref(),
            Some("Enter a number from 1 to 60.")
        );
        assert!(submitted.request().is_err());
    }
}
