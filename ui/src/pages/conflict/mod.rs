//! Two people change one record: what does not collide is merged, the rest is chosen field by field. Nothing of anybody is
//! overwritten without being seen.

mod dialog;

use std::rc::Rc;

use contract::{Conflict, Difference, Error, Operation, Timestamp};
use serde_json::Value;
use yew::prelude::*;

use crate::hooks::{Mutation, use_mutation};
pub use dialog::{ConflictDialog, Show};

/// Others may save again between a conflict and its merge, but not for ever.
const ROUNDS: u32 = 5;

/// The answer, and whether the change was merged with that of somebody else.
type Ended<R> = (Result<<R as contract::Request>::Output, Error>, bool);

/// A change that somebody else was faster with.
pub struct Contested<R: Operation> {
    request: R,
    version: u32,
    on_end: Callback<Ended<R>>,
    /// Who, if that is known.
    pub by: Option<String>,
    /// When.
    pub at: Timestamp,
    /// What each field was, is, and would have become.
    pub differences: Rc<[Difference]>,
}

/// A change that is merged with those of others.
pub struct Merging<R: Operation> {
    mutation: Mutation<R>,
    contested: UseStateHandle<Option<Rc<Contested<R>>>>,
}

impl<R: Operation> Clone for Merging<R> {
    fn clone(&self) -> Self {
        Self {
            mutation: self.mutation.clone(),
            contested: self.contested.clone(),
        }
    }
}

impl<R: Operation> std::ops::Deref for Merging<R> {
    type Target = Mutation<R>;
    fn deref(&self) -> &Mutation<R> {
        &self.mutation
    }
}

/// Offers a change whose fields are named as in the change log, none inside another.
#[hook]
pub fn use_merging<R: Operation + PartialEq>() -> Merging<R> {
    Merging {
        mutation: use_mutation::<R>(),
        contested: use_state(|| None),
    }
}

impl<R: Operation> Merging<R> {
    /// Makes the change; `on_end` is called with the answer, and whether it was merged with a change of somebody else. While
    /// the person has to choose, it is not called: render [`Merging::dialog`] in the place of the form.
    pub fn merge_with(&self, request: R, on_end: impl Fn(Result<R::Output, Error>, bool) + 'static) {
        let on_end = Callback::from(move |(answer, is_merged): Ended<R>| on_end(answer, is_merged));
        self.send(request, on_end, 0);
    }

    fn send(&self, request: R, on_end: Callback<Ended<R>>, round: u32) {
        let (merging, sent) = (self.clone(), request.clone());
        self.mutation.run_with(request, move |answer| {
            if let Err(Error::Conflict {
                conflict:
                    Conflict::ChangedMeanwhile {
                        version,
                        at,
                        by,
                        differences,
                        ..
                    },
            }) = &answer
                && !differences.is_empty()
                && round < ROUNDS
            {
                if !differences.iter().any(collides)
                    && let Some(next) = merged(&sent, *version, &[])
                {
                    return merging.send(next, on_end.clone(), round + 1);
                }
                merging.mutation.forget_error();
                return merging.contested.set(Some(Rc::new(Contested {
                    request: sent.clone(),
                    version: *version,
                    on_end: on_end.clone(),
                    by: by.clone(),
                    at: *at,
                    differences: differences.clone().into(),
                })));
            }
            merging.contested.set(None);
            on_end.emit((answer, round > 0));
        });
    }

    /// The question which value stays, as long as there is one. `show` says a value of a field in words.
    pub fn dialog(&self, noun: &'static str, show: impl Fn(&str, &Value) -> String + 'static) -> Option<Html> {
        let contested = (*self.contested).clone()?;
        let on_choose = {
            let (merging, contested) = (self.clone(), Rc::clone(&contested));
            Callback::from(move |theirs: Vec<String>| {
                if let Some(next) = merged(&contested.request, contested.version, &theirs) {
                    merging.send(next, contested.on_end.clone(), 1);
                }
            })
        };
        let on_close = {
            let merging = self.clone();
            Callback::from(move |()| {
                merging.mutation.forget_error();
                merging.contested.set(None);
            })
        };
        Some(html! {
            <ConflictDialog
                {noun} by={contested.by.clone()} at={contested.at} differences={Rc::clone(&contested.differences)} show={Show(Rc::new(show))}
                is_busy={self.mutation.is_busy} error={self.mutation.error.clone()} {on_choose} {on_close}
            />
        })
    }
}

/// Whether both have changed the field, and not to the same.
pub fn collides(difference: &Difference) -> bool {
    difference.mine.as_ref().is_some_and(|mine| *mine != difference.theirs)
}

/// A value in words, where its field needs no others.
pub fn value(value: &Value) -> String {
    match value {
        Value::Null => "Nothing".to_owned(),
        Value::Bool(is_on) => if *is_on { "On" } else { "Off" }.to_owned(),
        Value::String(text) if text.is_empty() => "Nothing".to_owned(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

/// The request over a newer version, without the fields that stay as the other has made them.
fn merged<R: Operation>(request: &R, version: u32, theirs: &[String]) -> Option<R> {
    let mut fields = serde_json::to_value(request).ok()?;
    let known = fields.as_object_mut()?;
    known.insert("version".to_owned(), version.into());
    for field in theirs {
        known.remove(field);
    }
    serde_json::from_value(fields).ok()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use contract::customer::UpdateCustomer;
    use serde_json::json;

    fn difference(mine: Option<Value>) -> Difference {
        Difference {
            field: "company_name".to_owned(),
            before: json!(null),
            theirs: json!("Theirs AG"),
            mine,
        }
    }

    #[test]
    fn only_two_different_changes_of_one_field_collide() {
        assert!(!collides(&difference(None)));
        assert!(!collides(&difference(Some(json!("Theirs AG")))));
        assert!(collides(&difference(Some(json!("Mine AG")))));
        assert!(collides(&difference(Some(json!(null)))), "taken away by one, set by the other");
    }

    #[test]
    fn what_stays_theirs_is_not_sent_and_the_rest_goes_over_the_newer_version() {
        let id = contract::CustomerId(uuid::Uuid::from_u128(7));
        let request = UpdateCustomer {
            full_name: Some("Lena Mine".to_owned()),
            company_name: Some(None),
            ..UpdateCustomer::nothing(id, 3)
        };
        let next = merged(&request, 5, &["full_name".to_owned()]).unwrap();
        assert_eq!(
            next,
            UpdateCustomer {
                company_name: Some(None),
                ..UpdateCustomer::nothing(id, 5)
            }
        );
    }
}
