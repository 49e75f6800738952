//! What operations are refused with whatever they do. What else one is refused with stands with it in
//! [the list](crate::operations).

use crate::{Access, Effect};

/// Any operation: `invalid` for a request that is not of the shape of its schema (where a field of the right shape can be wrong, too,
/// the operation lists it itself), and what is the matter with the disk, the database or the app.
const OF_ANY: &[&str] = &[
    "invalid",
    "conflict/disk_full",
    "conflict/damaged",
    "conflict/too_many_connections",
    "unavailable",
    "swapped",
    "internal",
];

/// What only an administrator may ask.
const OF_ADMINISTRATORS: &[&str] = &["signed_out", "locked", "forbidden/not_administrator", "forbidden/inactive"];

/// What changes records: while the book takes no changes, and with a key that was used for something else.
const OF_WRITES: &[&str] = &["conflict/maintenance", "conflict/key_reused"];

/// What all operations of an access and an effect may be refused with.
#[must_use]
pub fn common(access: Access, effect: Effect) -> Vec<&'static str> {
    let of_access: &[&'static str] = match access {
        Access::Public => &[],
        Access::Admin => OF_ADMINISTRATORS,
    };
    let of_effect: &[&'static str] = match effect {
        Effect::Write => OF_WRITES,
        Effect::Read | Effect::Upkeep | Effect::Session => &[],
    };
    [OF_ANY, of_access, of_effect].concat()
}
