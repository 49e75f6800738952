//! The settings of the book as they are typed.

use contract::{
    Currency, FieldError, Problem, Validate,
    settings::{Settings, UpdateSettings},
};

use crate::hooks::Draft;

/// The fields of the settings, as they are typed.
#[must_use]
pub fn begin(known: &Settings) -> Draft {
    Draft::new([
        ("book_name", known.book_name.clone()),
        ("currency", known.currency.code().to_owned()),
        ("time_zone", known.time_zone.clone()),
        ("expiring_days", known.expiring_days.to_string()),
        ("idle_lock_minutes", known.idle_lock_minutes.to_string()),
    ])
}

/// What differs from the settings as they are.
///
/// # Errors
/// Every broken rule.
pub fn read(draft: &Draft, known: &Settings) -> Result<UpdateSettings, Vec<FieldError>> {
    let mut problems = Vec::new();
    let mut number = |field: &str, before: u32, min: i64, max: i64| match draft.get(field).trim().parse::<u32>() {
        Ok(value) => (value != before).then_some(value),
        Err(_) => {
            problems.push(FieldError {
                field: field.to_owned(),
                problem: Problem::OutOfRange { min, max },
            });
            None
        }
    };
    let expiring_days = number("expiring_days", known.expiring_days, 1, 365);
    let idle_lock_minutes = number("idle_lock_minutes", known.idle_lock_minutes, 1, 60);
    let (name, zone) = (draft.get("book_name").trim(), draft.get("time_zone"));
    let request = UpdateSettings {
        version: known.version,
        book_name: (name != known.book_name).then(|| name.to_owned()),
        currency: Currency::parse(draft.get("currency")).filter(|currency| *currency != known.currency),
        time_zone: (zone != known.time_zone).then(|| zone.to_owned()),
        expiring_days,
        idle_lock_minutes,
    };
    problems.extend(request.validate().err().unwrap_or_default());
    if problems.is_empty() { Ok(request) } else { Err(problems) }
}

/// What takes a change back: the values from before of what it has changed.
#[must_use]
pub fn back(before: &Settings, saved: &Settings) -> UpdateSettings {
    fn differs<T: PartialEq + Clone>(before: &T, saved: &T) -> Option<T> {
        (before != saved).then(|| before.clone())
    }
    UpdateSettings {
        version: saved.version,
        book_name: differs(&before.book_name, &saved.book_name),
        currency: differs(&before.currency, &saved.currency),
        time_zone: differs(&before.time_zone, &saved.time_zone),
        expiring_days: differs(&before.expiring_days, &saved.expiring_days),
        idle_lock_minutes: differs(&before.idle_lock_minutes, &saved.idle_lock_minutes),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::hooks::DraftStep;
    use std::rc::Rc;
    use yew::Reducible;

    fn known() -> Settings {
        Settings {
            book_name: "Alder Hosting".to_owned(),
            currency: Currency::EUR,
            time_zone: "Europe/Berlin".to_owned(),
            is_currency_fixed: false,
            expiring_days: 30,
            idle_lock_minutes: 10,
            version: 3,
        }
    }

    fn typed(values: &[(&'static str, &str)]) -> Rc<Draft> {
        let values = values.iter().map(|(field, text)| (*field, (*text).to_owned())).collect();
        Rc::new(begin(&known())).reduce(DraftStep::Put(values))
    }

    #[test]
    fn only_what_differs_is_sent() {
        let draft = typed(&[("expiring_days", "45"), ("book_name", " Alder Hosting ")]);
        let request = read(&draft, &known()).unwrap();
        assert_eq!(
            (request.version, request.expiring_days, request.book_name, request.idle_lock_minutes),
            (3, Some(45), None, None)
        );
        assert!(draft.is_changed() && !begin(&known()).is_changed());
    }

    #[test]
    fn a_change_is_taken_back_by_the_version_that_it_has_left() {
        let saved = Settings {
            book_name: "Alder".to_owned(),
            idle_lock_minutes: 5,
            version: 4,
            ..known()
        };
        assert_eq!(
            back(&known(), &saved),
            UpdateSettings {
                version: 4,
                book_name: Some("Alder Hosting".to_owned()),
                currency: None,
                time_zone: None,
                expiring_days: None,
                idle_lock_minutes: Some(10),
            }
        );
    }

    #[test]
    fn what_is_no_number_is_told_at_its_field_after_submitting() {
        let draft = typed(&[("idle_lock_minutes", "ten")]);
        let problems = read(&draft, &known()).unwrap_err();
        assert_eq!(draft.error("idle_lock_minutes", &problems), None);
        let submitted = draft.reduce(DraftStep::Submit);
        assert_eq!(
            submitted.error("idle_lock_minutes", &problems).as_deref(),
            Some("Enter a number from 1 to 60.")
        );
    }

    #[test]
    fn what_was_typed_stays_when_another_person_saves_and_the_rest_is_theirs() {
        let draft = typed(&[("book_name", "Alder")]);
        let newer = vec![("book_name", "Alder Hosting".to_owned()), ("expiring_days", "45".to_owned())];
        let draft = draft.reduce(DraftStep::Rebase(newer));
        assert_eq!((draft.get("book_name"), draft.get("expiring_days")), ("Alder", "45"));
    }
}
