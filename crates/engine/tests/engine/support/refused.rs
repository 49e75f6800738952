//! What operations are refused with, compared with what they list.

use contract::{
    Error, Problem,
    operations::{Listed, OPERATIONS},
    refusals::common,
};

/// What a refusal is called in the list of operations: its kind and, where there is one, its reason.
pub fn label(error: &Error) -> String {
    match error {
        Error::Conflict { conflict } => {
            let written = serde_json::to_value(conflict).unwrap();
            format!("conflict/{}", written["conflict"].as_str().unwrap())
        }
        Error::Forbidden { reason } => format!("forbidden/{}", reason.as_str()),
        Error::NotFound { noun } => format!("not_found/{}", noun.as_str()),
        other => other.kind().to_owned(),
    }
}

/// The line of an operation in the list.
pub fn listed(name: &str) -> Option<&'static Listed> {
    OPERATIONS.iter().find(|listed| listed.name == name)
}

/// Fails where an operation is refused with something that its list does not have, so that no refusal comes into the code unseen.
pub fn check_listed(name: &str, error: &Error) {
    let label = label(error);
    let is_listed = match listed(name) {
        // What all have in common is a request of the wrong shape; that a field is wrong the operation has to list itself.
        Some(own) if label == "invalid" => own.refusals.contains(&"invalid") || is_of_wrong_shape(error),
        Some(own) => own
            .refusals
            .iter()
            .chain(&common(own.access, own.effect))
            .any(|known| *known == label),
        None => label == "not_found/operation",
    };
    assert!(
        is_listed,
        "operation {name} refused with {label}, which its list does not have: {error:?}"
    );
}

/// Whether a request could not be read: a field too many or too few, or one of another form.
fn is_of_wrong_shape(error: &Error) -> bool {
    let Error::Invalid { fields } = error else { return false };
    fields.iter().all(|field| {
        matches!(
            field.problem,
            Problem::UnknownField | Problem::Required | Problem::WrongShape { .. }
        )
    })
}
