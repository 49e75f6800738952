//! Reading a request from JSON, with the field that is wrong, and the key it comes with.

use contract::{FieldError, Operation, Problem};
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use super::explain;
use crate::{
    error::{Error, Result},
    scope::Scope,
};

/// The longest key.
const MAX_KEY: u32 = 100;

/// Reads a request from JSON.
pub fn parse<O: Operation>(request: serde_json::Value) -> std::result::Result<O, contract::Error> {
    let request = if request.is_null() {
        serde_json::Value::Object(serde_json::Map::new())
    } else {
        request
    };
    let given = request.clone();
    let read: O = serde_path_to_error::deserialize(request).map_err(|error| {
        let path = error.path().to_string();
        let path = if path == "." { String::new() } else { path };
        let detail = error.into_inner().to_string();
        let named = |before: &str| {
            detail
                .strip_prefix(before)
                .and_then(|rest| rest.split('`').next())
                .map(str::to_owned)
        };
        let within = |field: String| if path.is_empty() { field } else { format!("{path}.{field}") };
        let (field, problem) = if let Some(field) = named("missing field `") {
            (within(field), Problem::Required)
        } else if let Some(field) = named("unknown field `") {
            // The path leads to the field itself where the reader has got so far.
            let is_itself = path == field || path.ends_with(&format!(".{field}"));
            (if is_itself { path } else { within(field) }, Problem::UnknownField)
        } else {
            (path, Problem::WrongShape { detail })
        };
        contract::Error::Invalid {
            fields: vec![FieldError { field, problem }],
        }
    })?;
    let written = serde_json::to_value(&read).map_err(|error| explain(O::NAME, error.into(), None))?;
    match list_for_record(&given, &written) {
        None => Ok(read),
        Some(field) => Err(contract::Error::field(
            &field,
            Problem::WrongShape {
                detail: "an object is expected, not a list".to_owned(),
            },
        )),
    }
}

/// Where a record was given as a list of its values, which the reader takes without their names.
fn list_for_record(given: &serde_json::Value, read: &serde_json::Value) -> Option<String> {
    use serde_json::Value::{Array, Object};
    match (given, read) {
        (Array(_), Object(_)) => Some(String::new()),
        (Object(given), Object(read)) => given.iter().find_map(|(name, value)| {
            let inner = list_for_record(value, read.get(name)?)?;
            Some(if inner.is_empty() {
                name.clone()
            } else {
                format!("{name}.{inner}")
            })
        }),
        _ => None,
    }
}

/// What is wrong with a key. Visible ASCII only: either database stores it as it is.
pub fn malformed_key(key: &str) -> Option<Problem> {
    let actual = contract::rules::length(key);
    if key.is_empty() {
        Some(Problem::Required)
    } else if actual > MAX_KEY {
        Some(Problem::TooLong { max: MAX_KEY, actual })
    } else if key.bytes().all(|byte| byte.is_ascii_graphic()) {
        None
    } else {
        Some(Problem::WrongShape {
            detail: "a key is made of visible ASCII characters".to_owned(),
        })
    }
}

/// Tells two requests with one key apart without storing one: a plain hash would let a password be guessed.
pub fn request_mac<O: Operation>(scope: &Scope, request: &O) -> Result<Vec<u8>> {
    let mut mac = Hmac::<Sha256>::new_from_slice(&scope.book.secret).map_err(|error| Error::Fault(error.to_string()))?;
    mac.update(O::NAME.as_bytes());
    mac.update(&serde_json::to_vec(request)?);
    Ok(mac.finalize().into_bytes().to_vec())
}
