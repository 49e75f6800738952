//! License keys: 24 random symbols and a check symbol of Crockford's base 32, in five groups of five.
//!
//! The check symbol makes the weighted sum of all 25 values zero in GF(32): symbol *i* counts α^i times, with α a root of
//! x⁵ + x² + 1. The weights differ and none is zero, so every single wrong symbol and every swap of two symbols is found.

/// Crockford's alphabet: no I, L, O, U (<https://www.crockford.com/base32.html>).
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
/// Random symbols of a key: 120 bits.
pub const RANDOM_SYMBOLS: usize = 24;
const SYMBOLS: usize = RANDOM_SYMBOLS + 1;
const GROUP: usize = 5;

/// Multiplies by α in GF(32).
fn times_alpha(value: u8) -> u8 {
    let doubled = value << 1;
    if doubled & 0b10_0000 == 0 {
        doubled
    } else {
        (doubled & 0b1_1111) ^ 0b0_0101
    }
}

/// Σ α^(24−i)·valueᵢ by Horner's rule.
fn weighted_sum(values: &[u8]) -> u8 {
    values.iter().fold(0, |sum, value| times_alpha(sum) ^ value)
}

/// The key of 24 random values; of each only the lowest five bits count.
#[must_use]
pub fn from_random(random: &[u8; RANDOM_SYMBOLS]) -> String {
    let mut values: Vec<u8> = random.iter().map(|value| value & 0b1_1111).collect();
    values.push(times_alpha(weighted_sum(&values)));
    let symbols: Vec<char> = values.iter().map(|value| symbol(*value)).collect();
    symbols
        .chunks(GROUP)
        .map(|group| group.iter().collect::<String>())
        .collect::<Vec<_>>()
        .join("-")
}

fn symbol(value: u8) -> char {
    ALPHABET.get(usize::from(value)).map_or('0', |byte| char::from(*byte))
}

/// Reads a typed key: lower case, I and L as 1, O as 0, missing or additional dashes and spaces. `None` if it is not a
/// key, or if its check symbol is wrong: a mistyped key, as opposed to an unknown one.
#[must_use]
pub fn parse(typed: &str) -> Option<String> {
    let mut values = Vec::with_capacity(SYMBOLS);
    for c in typed.chars().filter(|c| !matches!(c, '-' | ' ')) {
        let c = match c.to_ascii_uppercase() {
            'I' | 'L' => '1',
            'O' => '0',
            other => other,
        };
        let at = ALPHABET.iter().position(|byte| char::from(*byte) == c)?;
        values.push(u8::try_from(at).ok()?);
    }
    if values.len() != SYMBOLS || weighted_sum(&values) != 0 {
        return None;
    }
    let random = values.get(..RANDOM_SYMBOLS)?.try_into().ok()?;
    Some(from_random(random))
}

/// The last group of a key, as `…N5FJ1`: what is told of it where the whole one must not be, as in logs and the timeline, or has
/// no room.
#[must_use]
pub fn masked(key: &str) -> String {
    format!("…{}", key.rsplit('-').next().unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample() -> [u8; RANDOM_SYMBOLS] {
        let mut random = [0; RANDOM_SYMBOLS];
        for (at, value) in random.iter_mut().enumerate() {
            *value = u8::try_from(at * 7 + 3).unwrap_or_default();
        }
        random
    }

    #[test]
    fn a_key_has_five_groups_of_five_and_is_read_back() {
        let key = from_random(&sample());
        assert_eq!(key.len(), 29);
        assert!(key.split('-').all(|group| group.len() == 5));
        assert_eq!(parse(&key), Some(key.clone()));
        assert_eq!(
            parse(&key.to_lowercase().replace('-', "").replace('1', "l").replace('0', "o")),
            Some(key)
        );
    }

    #[test]
    fn a_key_is_named_by_its_last_group() {
        assert_eq!(masked("7Q4M2-XKD9V-TRHW3-E6B8C-N5FJ1"), "…N5FJ1");
    }

    #[test]
    fn every_wrong_symbol_and_every_swap_of_neighbours_is_found() {
        let key: Vec<char> = from_random(&sample()).chars().filter(|c| *c != '-').collect();
        for at in 0..key.len() {
            for other in ALPHABET.iter().map(|byte| char::from(*byte)).filter(|c| *c != key[at]) {
                let mut wrong = key.clone();
                wrong[at] = other;
                assert_eq!(parse(&wrong.iter().collect::<String>()), None);
            }
            if at > 0 && key[at] != key[at - 1] {
                let mut swapped = key.clone();
                swapped.swap(at, at - 1);
                assert_eq!(parse(&swapped.iter().collect::<String>()), None);
            }
        }
    }
}
