//! Random bytes of the operating system, and identifiers made of them.

use std::sync::{Mutex, PoisonError};

use contract::Timestamp;
use uuid::Uuid;

use crate::error::{Error, Result};

/// Random bytes.
pub fn bytes<const N: usize>() -> Result<[u8; N]> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(|error| Error::Fault(format!("the system gives no random bytes: {error}")))?;
    Ok(bytes)
}

/// Makes identifiers: UUIDv7 (RFC 9562, 5.7), so that records made later sort later. Of those of the same millisecond the
/// first 4096 are counted (6.2, method 1), so that they sort in the order in which they were made.
#[derive(Debug, Default)]
pub struct Ids(Mutex<(i64, u16)>);

/// The most that the twelve bits after the version count to.
const MAX_COUNT: u16 = 0x0fff;

impl Ids {
    /// A new identifier of the given time.
    pub fn new_id(&self, now: Timestamp) -> Result<Uuid> {
        let count = {
            let mut last = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            *last = if last.0 == now.0 {
                (now.0, (last.1 + 1).min(MAX_COUNT))
            } else {
                (now.0, 0)
            };
            last.1
        };
        let mut bytes: [u8; 10] = bytes()?;
        let [high, low] = count.to_be_bytes();
        bytes[0] = high;
        bytes[1] = low;
        let millis = u64::try_from(now.0).unwrap_or_default();
        Ok(uuid::Builder::from_unix_timestamp_millis(millis, &bytes).into_uuid())
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn identifiers_sort_in_the_order_in_which_they_were_made() {
        let ids = Ids::default();
        let made: Vec<Uuid> = [5, 5, 5, 5, 6, 6, 7]
            .into_iter()
            .map(|millis| ids.new_id(Timestamp(millis)).unwrap())
            .collect();
        assert!(made.is_sorted());
        assert!(made.iter().all(|id| id.get_version_num() == 7));
        // Beyond what can be counted they are still different.
        let many: std::collections::HashSet<Uuid> = (0..10_000).map(|_| ids.new_id(Timestamp(8)).unwrap()).collect();
        assert_eq!(many.len(), 10_000);
    }
}
