//! Two people change one record: what does not collide is merged, the rest is chosen field by field. Nothing of anybody is
//! overwritten without being seen.

mod dialog;
mod refusal;

use std::{collections::BTreeSet, rc::Rc};

use contract::{Conflict, Difference, Error, Operation, Timestamp};
use serde_json::{Map, Value};
use yew::prelude::*;

use crate::hooks::{Mutation, use_mutation};
pub use dialog::{ConflictDialog, Show};
pub use refusal::{changed_since, is_outdated, refusal};

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
    computed: &'static [&'static str],
    contested: UseStateHandle<Option<Rc<Contested<R>>>>,
}

impl<R: Operation> Clone for Merging<R> {
    fn clone(&self) -> Self {
        Self {
            mutation: self.mutation.clone(),
            computed: self.computed,
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

/// Offers a change whose fields are named as in the change log. A field that is an object is sent as a whole and merged by
/// what is in it: `seller.city`.
#[hook]
pub fn use_merging<R: Operation + PartialEq>() -> Merging<R> {
    use_merging_but::<R>(&[])
}

/// The same, but for fields that nobody changes: they are computed from the others, and are so again.
#[hook]
pub fn use_merging_but<R: Operation + PartialEq>(computed: &'static [&'static str]) -> Merging<R> {
    Merging {
        mutation: use_mutation::<R>(),
        computed,
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
                let changed = differences
                    .iter()
                    .filter(|difference| !merging.computed.contains(&difference.field.as_str()));
                let differences = spread(changed);
                if !differences.iter().any(collides)
                    && let Some(next) = merged(&sent, *version, &differences, &[])
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
                    differences: differences.into(),
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
                if let Some(next) = merged(&contested.request, contested.version, &contested.differences, &theirs) {
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

/// The differences, those of objects told by what differs in them.
fn spread<'a>(differences: impl Iterator<Item = &'a Difference>) -> Vec<Difference> {
    let mut spread = Vec::new();
    for difference in differences {
        let (Value::Object(before), Value::Object(theirs)) = (&difference.before, &difference.theirs) else {
            spread.push(difference.clone());
            continue;
        };
        let mine = difference.mine.as_ref().and_then(Value::as_object);
        let of = |fields: &Map<String, Value>, name: &str| fields.get(name).cloned().unwrap_or_default();
        let names: BTreeSet<&String> = before.keys().chain(theirs.keys()).collect();
        for name in names.into_iter().filter(|name| of(before, name) != of(theirs, name)) {
            spread.push(Difference {
                field: format!("{}.{name}", difference.field),
                before: of(before, name),
                theirs: of(theirs, name),
                mine: mine.map(|mine| of(mine, name)).filter(|mine| *mine != of(before, name)),
            });
        }
    }
    spread
}

/// The request over a newer version, with what only the other has changed, and what of the rest stays as the other has made it.
fn merged<R: Operation>(request: &R, version: u32, differences: &[Difference], theirs: &[String]) -> Option<R> {
    let mut fields = serde_json::to_value(request).ok()?;
    let known = fields.as_object_mut()?;
    known.insert("version".to_owned(), version.into());
    for difference in differences {
        if difference.mine.is_some() && !theirs.contains(&difference.field) {
            continue;
        }
        match difference.field.split_once('.') {
            None => drop(known.remove(&difference.field)),
            Some((object, field)) => {
                if let Some(Value::Object(sent)) = known.get_mut(object) {
                    sent.insert(field.to_owned(), difference.theirs.clone());
                }
            }
        }
    }
    serde_json::from_value(fields).ok()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use contract::{billing::UpdateBillingSettings, customer::UpdateCustomer, party::Party};
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
        let differences = [Difference {
            field: "full_name".to_owned(),
            ..difference(Some(json!("Lena Mine")))
        }];
        let next = merged(&request, 5, &differences, &["full_name".to_owned()]).unwrap();
        assert_eq!(
            next,
            UpdateCustomer {
                company_name: Some(None),
                ..UpdateCustomer::nothing(id, 5)
            }
        );
    }

    #[test]
    fn an_object_that_is_sent_as_a_whole_is_merged_by_its_fields() {
        let seller = |name: &str, city: &str, street: &str| Party {
            name: name.to_owned(),
            city: Some(city.to_owned()),
            street: Some(street.to_owned()),
            ..Party::default()
        };
        let mine = seller("Mine AG", "Hamburg", "My Street 1");
        let request = UpdateBillingSettings {
            seller: Some(mine.clone()),
            ..UpdateBillingSettings::nothing(3)
        };
        let difference = Difference {
            field: "seller".to_owned(),
            before: json!(seller("Alder AG", "Hamburg", "Old Street 1")),
            theirs: json!(seller("Theirs AG", "Berlin", "Old Street 1")),
            mine: Some(json!(mine)),
        };
        let differences = spread([&difference].into_iter());
        let told: Vec<(&str, bool)> = differences
            .iter()
            .map(|difference| (difference.field.as_str(), collides(difference)))
            .collect();
        assert_eq!(told, [("seller.city", false), ("seller.name", true)]);
        let next = |theirs: &[String]| merged(&request, 5, &differences, theirs).unwrap().seller;
        assert_eq!(next(&[]), Some(seller("Mine AG", "Berlin", "My Street 1")));
        assert_eq!(
            next(&["seller.name".to_owned()]),
            Some(seller("Theirs AG", "Berlin", "My Street 1"))
        );
    }
}
