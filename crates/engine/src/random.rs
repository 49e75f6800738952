//! Random bytes of the operating system, and identifiers made of them.

use contract::Timestamp;
use uuid::Uuid;

use crate::error::{Error, Result};

/// Random bytes.
pub fn bytes<const N: usize>() -> Result<[u8; N]> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(|error| Error::Fault(format!("the system gives no random bytes: {error}")))?;
    Ok(bytes)
}

/// A UUIDv7 (RFC 9562, 5.7) of the given time, so that records made later sort later.
pub fn id(now: Timestamp) -> Result<Uuid> {
    let millis = u64::try_from(now.0).unwrap_or_default();
    Ok(uuid::Builder::from_unix_timestamp_millis(millis, &bytes()?).into_uuid())
}

/// A reference for the log: short enough to be read out.
pub fn reference() -> String {
    bytes::<4>().map_or_else(|_| "unknown".to_owned(), |bytes| hex(&bytes))
}

/// Bytes in hexadecimal.
pub fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write;
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// Bytes of hexadecimal, if it is.
pub fn unhex(text: &str) -> Option<Vec<u8>> {
    if !text.is_ascii() || !text.len().is_multiple_of(2) {
        return None;
    }
    (0..text.len())
        .step_by(2)
        .map(|at| u8::from_str_radix(text.get(at..at + 2)?, 16).ok())
        .collect()
}
