//! What is typed in the form of a customer, without its password: rules, requests, and what happens to it when the record
//! changes meanwhile. Pure, so that it can be tested without a window.

use contract::{
    CustomerId, FieldError, Problem, Validate,
    customer::{CreateCustomer, Customer, CustomerRow, UpdateCustomer},
    session::Password,
};

/// What is typed, without the password.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Draft {
    /// The e-mail address.
    pub email: String,
    /// The name.
    pub full_name: String,
    /// The company; empty if there is none.
    pub company_name: String,
    /// Whether the customer is active.
    pub is_active: bool,
    /// Whether the account may sign in to the app.
    pub is_admin: bool,
}

impl Default for Draft {
    fn default() -> Self {
        Self {
            email: String::new(),
            full_name: String::new(),
            company_name: String::new(),
            is_active: true,
            is_admin: false,
        }
    }
}

/// A record that is being edited.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Known {
    /// Which.
    pub id: CustomerId,
    /// The version that was read.
    pub version: u32,
    /// Its values then.
    pub values: Draft,
}

impl From<&Customer> for Known {
    fn from(customer: &Customer) -> Self {
        Self {
            id: customer.id,
            version: customer.version,
            values: Draft {
                email: customer.email.clone(),
                full_name: customer.full_name.clone(),
                company_name: customer.company_name.clone().unwrap_or_default(),
                is_active: customer.is_active,
                is_admin: customer.is_admin,
            },
        }
    }
}

impl From<&CustomerRow> for Known {
    fn from(row: &CustomerRow) -> Self {
        Self {
            id: row.id,
            version: row.version,
            values: Draft {
                email: row.email.clone(),
                full_name: row.full_name.clone(),
                company_name: row.company_name.clone().unwrap_or_default(),
                is_active: row.is_active,
                is_admin: row.is_admin,
            },
        }
    }
}

fn optional(text: &str) -> Option<String> {
    Some(text.trim().to_owned()).filter(|text| !text.is_empty())
}

impl Draft {
    /// The request that makes a customer of it.
    pub fn creation(&self, password: &str) -> CreateCustomer {
        CreateCustomer {
            email: self.email.trim().to_owned(),
            full_name: self.full_name.trim().to_owned(),
            company_name: optional(&self.company_name),
            password: Password(password.to_owned()),
            is_active: self.is_active,
            is_admin: self.is_admin,
        }
    }

    /// The request that changes what differs.
    pub fn change(&self, known: &Known, password: &str) -> UpdateCustomer {
        let before = &known.values;
        let text = |now: &str, before: &str| Some(now.trim().to_owned()).filter(|now| now != before);
        UpdateCustomer {
            email: text(&self.email, &before.email),
            full_name: text(&self.full_name, &before.full_name),
            company_name: (self.company_name.trim() != before.company_name).then(|| optional(&self.company_name)),
            password: Some(Password(password.to_owned())).filter(|password| !password.0.is_empty()),
            is_active: Some(self.is_active).filter(|now| *now != before.is_active),
            is_admin: Some(self.is_admin).filter(|now| *now != before.is_admin),
            ..UpdateCustomer::nothing(known.id, known.version)
        }
    }

    /// The request that takes a change back, of the version that the change led to.
    pub fn undo(&self, known: &Known, version: u32) -> UpdateCustomer {
        let now = Known {
            version,
            values: self.clone(),
            id: known.id,
        };
        known.values.change(&now, "")
    }

    /// Every broken rule, also of what was not touched yet.
    pub fn errors(&self, known: Option<&Known>, password: &str) -> Vec<FieldError> {
        let Some(known) = known else {
            return self.creation(password).validate().err().unwrap_or_default();
        };
        let is_promoted = self.is_admin && !known.values.is_admin;
        let request = UpdateCustomer {
            email: Some(self.email.trim().to_owned()),
            full_name: Some(self.full_name.trim().to_owned()),
            company_name: Some(optional(&self.company_name)),
            is_admin: Some(self.is_admin),
            ..self.change(known, password)
        };
        let mut errors = request.validate().err().unwrap_or_default();
        if is_promoted && password.is_empty() {
            errors.push(FieldError {
                field: "password".to_owned(),
                problem: Problem::Required,
            });
        }
        errors
    }

    /// The same edits over newer values: what was typed stays, what was not takes the newer value.
    pub fn over(&self, before: &Self, newer: &Self) -> Self {
        let text = |typed: &String, before: &String, newer: &String| if typed == before { newer.clone() } else { typed.clone() };
        let flag = |typed: bool, before: bool, newer: bool| if typed == before { newer } else { typed };
        Self {
            email: text(&self.email, &before.email, &newer.email),
            full_name: text(&self.full_name, &before.full_name, &newer.full_name),
            company_name: text(&self.company_name, &before.company_name, &newer.company_name),
            is_active: flag(self.is_active, before.is_active, newer.is_active),
            is_admin: flag(self.is_admin, before.is_admin, newer.is_admin),
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn lena() -> Known {
        Known {
            id: "0193a7c0-1111-7222-8333-444455556666".parse().unwrap(),
            version: 3,
            values: Draft {
                email: "lena@brightpixel.studio".to_owned(),
                full_name: "Lena Hoffmann".to_owned(),
                company_name: "Brightpixel Studio".to_owned(),
                ..Draft::default()
            },
        }
    }

    fn fields(errors: &[FieldError]) -> Vec<&str> {
        errors.iter().map(|error| error.field.as_str()).collect()
    }

    #[test]
    fn only_what_differs_is_changed() {
        let known = lena();
        assert_eq!(known.values.change(&known, ""), UpdateCustomer::nothing(known.id, 3));
        let typed = Draft {
            full_name: " Lena Huber ".to_owned(),
            company_name: "  ".to_owned(),
            is_active: false,
            ..known.values.clone()
        };
        let change = typed.change(&known, "");
        assert_eq!(change.full_name.as_deref(), Some("Lena Huber"));
        assert_eq!(change.company_name, Some(None));
        assert_eq!((change.is_active, change.email, change.password), (Some(false), None, None));
    }

    #[test]
    fn a_change_is_taken_back_with_the_values_from_before() {
        let known = lena();
        let typed = Draft {
            full_name: "Lena Huber".to_owned(),
            is_active: false,
            ..known.values.clone()
        };
        let undo = typed.undo(&known, 4);
        assert_eq!(
            (undo.version, undo.full_name.as_deref(), undo.is_active),
            (4, Some("Lena Hoffmann"), Some(true))
        );
        assert_eq!(undo.company_name, None);
    }

    #[test]
    fn a_password_is_needed_at_creation_and_for_an_administrator() {
        let known = lena();
        assert_eq!(fields(&known.values.errors(None, "")), ["password"]);
        assert!(known.values.errors(None, "8letters").is_empty());
        assert!(known.values.errors(Some(&known), "").is_empty());
        let admin = Draft {
            is_admin: true,
            ..known.values.clone()
        };
        assert_eq!(fields(&admin.errors(Some(&known), "")), ["password"]);
        assert_eq!(fields(&admin.errors(Some(&known), "8letters")), ["password"]);
        assert!(admin.errors(Some(&known), "twelve letters").is_empty());
        assert_eq!(fields(&Draft::default().errors(None, "")), ["email", "full_name", "password"]);
    }

    #[test]
    fn what_was_typed_stays_when_the_record_changes_meanwhile() {
        let before = lena().values;
        let typed = Draft {
            full_name: "Lena Huber".to_owned(),
            ..before.clone()
        };
        let newer = Draft {
            full_name: "L. Hoffmann".to_owned(),
            company_name: "Studio H".to_owned(),
            is_active: false,
            ..before.clone()
        };
        let merged = typed.over(&before, &newer);
        assert_eq!(merged.full_name, "Lena Huber");
        assert_eq!((merged.company_name.as_str(), merged.is_active), ("Studio H", false));
    }
}
