//! Makes a password that nobody guesses and everybody can type.

/// Symbols that are not mistaken for each other; 32, so that five bits choose one without a bias.
const SYMBOLS: &[u8; 32] = b"23456789abcdefghijkmnpqrstuvwxyz";
/// Groups of a password.
const GROUPS: usize = 4;
/// Symbols of a group: 100 bits in all.
const GROUP: usize = 5;

/// A password from the webview's source of randomness; nothing, if it has none.
pub fn password() -> Option<String> {
    let mut bytes = [0_u8; GROUPS * GROUP];
    web_sys::window()?.crypto().ok()?.get_random_values_with_u8_array(&mut bytes).ok()?;
    Some(spelled(&bytes))
}

fn spelled(bytes: &[u8]) -> String {
    let symbols: Vec<char> = bytes
        .iter()
        .filter_map(|byte| SYMBOLS.get(usize::from(byte & 31)).map(|symbol| char::from(*symbol)))
        .collect();
    symbols
        .chunks(GROUP)
        .map(|group| group.iter().collect::<String>())
        .collect::<Vec<_>>()
        .join("-")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_are_spelled_in_groups() {
        assert_eq!(spelled(&[0, 31, 32, 255, 1, 2]), "2z2z3-4");
        let mut symbols = SYMBOLS.to_vec();
        symbols.sort_unstable();
        symbols.dedup();
        assert_eq!(symbols.len(), 32);
    }
}
