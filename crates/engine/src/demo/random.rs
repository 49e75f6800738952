//! Numbers that look drawn and are the same for the same seed.

use uuid::Uuid;

/// What a series of numbers is for: each record draws from its own, so that one more field of a customer does not
/// change the payments.
#[derive(Clone, Copy, Debug)]
pub enum Stream {
    Plans,
    Passwords,
    Outline,
    Person,
    Sales,
    Money,
    Domains,
}

impl Stream {
    fn number(self) -> u64 {
        match self {
            Self::Plans => 1,
            Self::Passwords => 2,
            Self::Outline => 3,
            Self::Person => 4,
            Self::Sales => 5,
            Self::Money => 6,
            Self::Domains => 7,
        }
    }
}

/// SplitMix64 (Steele, Lea, Flood, "Fast splittable pseudorandom number generators", 2014). Not for secrets.
#[derive(Clone, Debug)]
pub struct Random {
    state: u64,
    /// The record that it is for.
    index: u32,
    /// How many identifiers it has given.
    ids: u16,
}

/// The time in the identifiers of the first record: 1 January 2020, in milliseconds.
const FIRST: u64 = 1_577_836_800_000;

fn mix(mut z: u64) -> u64 {
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}

impl Random {
    /// The series of one record.
    pub fn new(seed: u64, stream: Stream, index: u32) -> Self {
        let start = mix(seed).wrapping_add(stream.number().wrapping_mul(0xD6E8_FEB8_6659_FD93));
        Self {
            state: mix(start).wrapping_add(u64::from(index).wrapping_mul(0xA076_1D64_78BD_642F)),
            index,
            ids: 0,
        }
    }

    fn next(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9E37_79B9_7F4A_7C15);
        mix(self.state)
    }

    /// A number from 0 to `end`, the end excluded; 0 if that is empty.
    pub fn below(&mut self, end: i64) -> i64 {
        let end = u128::try_from(end).unwrap_or(0);
        i64::try_from((u128::from(self.next()) * end) >> 64).unwrap_or(0)
    }

    /// A number from `low` to `high`, both included.
    pub fn between(&mut self, low: i64, high: i64) -> i64 {
        low + self.below(high - low + 1)
    }

    /// Whether something happens that happens so often in a hundred times.
    pub fn chance(&mut self, percent: i64) -> bool {
        self.below(100) < percent
    }

    /// One of them; `fallback` if there is none.
    pub fn pick<'a, T: ?Sized>(&mut self, from: &[&'a T], fallback: &'a T) -> &'a T {
        let at = self.index(from.len());
        from.get(at).copied().unwrap_or(fallback)
    }

    /// A position in a list of that length.
    pub fn index(&mut self, length: usize) -> usize {
        usize::try_from(self.below(i64::try_from(length).unwrap_or(0))).unwrap_or(0)
    }

    /// A value by weight.
    pub fn weighted(&mut self, choices: &[(i64, i64)]) -> i64 {
        let mut left = self.below(choices.iter().map(|(_, weight)| weight).sum());
        for (value, weight) in choices {
            if left < *weight {
                return *value;
            }
            left -= weight;
        }
        0
    }

    /// Bytes.
    pub fn bytes<const N: usize>(&mut self) -> [u8; N] {
        let mut bytes = [0; N];
        for chunk in bytes.chunks_mut(8) {
            let drawn = self.next().to_be_bytes();
            for (to, from) in chunk.iter_mut().zip(drawn) {
                *to = from;
            }
        }
        bytes
    }

    /// A UUIDv7 whose time is that of the record, a millisecond each, and that is greater than those before it (RFC 9562, 6.2, method
    /// 1): the identifiers of each table come in order, as they do where people work. In no order they would be written all over an
    /// index that is larger than memory.
    pub fn id(&mut self) -> Uuid {
        let mut bytes: [u8; 10] = self.bytes();
        let [high, low] = self.ids.to_be_bytes();
        (bytes[0], bytes[1]) = (high, low);
        self.ids = self.ids.wrapping_add(1);
        uuid::Builder::from_unix_timestamp_millis(FIRST + u64::from(self.index), &bytes).into_uuid()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_draws_the_same_and_another_something_else() {
        let draw = |seed, stream, index| {
            let mut random = Random::new(seed, stream, index);
            [random.below(1_000_000), random.below(1_000_000)]
        };
        assert_eq!(draw(1, Stream::Person, 7), draw(1, Stream::Person, 7));
        assert_ne!(draw(1, Stream::Person, 7), draw(2, Stream::Person, 7));
        assert_ne!(draw(1, Stream::Person, 7), draw(1, Stream::Money, 7));
        assert_ne!(draw(1, Stream::Person, 7), draw(1, Stream::Person, 8));
    }

    #[test]
    fn identifiers_come_in_order_and_differ_by_what_they_are_for() {
        let of = |stream, index| {
            let mut random = Random::new(1, stream, index);
            (0..300).map(|_| random.id()).collect::<Vec<_>>()
        };
        let ids = [of(Stream::Money, 7), of(Stream::Money, 8)].concat();
        assert!(ids.is_sorted_by(|one, next| one < next));
        assert!(of(Stream::Sales, 7).iter().all(|id| !ids.contains(id)));
    }

    #[test]
    fn every_number_of_a_range_is_drawn_and_none_beyond_it() {
        let mut random = Random::new(1, Stream::Person, 0);
        let mut seen = [0; 6];
        for _ in 0..600 {
            seen[usize::try_from(random.between(2, 7) - 2).unwrap()] += 1;
        }
        assert!(seen.iter().all(|times| (50..150).contains(times)), "{seen:?}");
        assert_eq!(random.below(0), 0);
    }
}
