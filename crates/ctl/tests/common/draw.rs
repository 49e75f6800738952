//! What differs from day to day, and is the same within one.

use std::time::{SystemTime, UNIX_EPOCH};

/// Days since 1970.
pub fn today() -> u64 {
    #[allow(clippy::disallowed_methods, reason = "which points are run differs from day to day")]
    let now = SystemTime::now();
    now.duration_since(UNIX_EPOCH).unwrap().as_secs() / 86_400
}

/// Numbers that look random and are the same for the same seed (SplitMix64, public domain).
pub struct Draw(pub u64);

impl Draw {
    pub fn below(&mut self, limit: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (mixed ^ (mixed >> 31)) % limit.max(1)
    }
}
