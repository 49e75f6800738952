//! What a password could look like where somebody has written it, and the search for it. The walks through the window search with
//! it, too (`e2e/tests/canaries.rs`).

use std::{
    collections::{BTreeSet, HashMap},
    fs,
    path::{Path, PathBuf},
};

/// So many bytes at the beginning of a form are looked for first.
const START: usize = 8;

/// A password as it could have been written: plain, percent, base64 (at each of three places), hexadecimal, two bytes a letter.
pub fn forms(password: &str) -> Vec<Vec<u8>> {
    let bytes = password.as_bytes();
    let hex = |upper: bool| -> String {
        bytes
            .iter()
            .map(|byte| if upper { format!("{byte:02X}") } else { format!("{byte:02x}") })
            .collect()
    };
    let percent: String = bytes
        .iter()
        .map(|byte| {
            if byte.is_ascii_alphanumeric() || *byte == b'-' {
                char::from(*byte).to_string()
            } else {
                format!("%{byte:02X}")
            }
        })
        .collect();
    let mut forms = vec![
        bytes.to_vec(),
        percent.into_bytes(),
        hex(false).into_bytes(),
        hex(true).into_bytes(),
    ];
    forms.push(bytes.iter().flat_map(|byte| [*byte, 0]).collect());
    // Without the ends, which depend on what stands beside it.
    for skip in 0..3 {
        let text = base64(&bytes[skip..]);
        forms.push(text.as_bytes()[..text.len() - 4].to_vec());
    }
    forms
}

/// RFC 4648, section 4.
fn base64(bytes: &[u8]) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let letter = |bits: u32| char::from(LETTERS[usize::try_from(bits & 63).unwrap()]);
    let mut text = String::new();
    for three in bytes.chunks(3) {
        let bits = three.iter().fold(0_u32, |bits, byte| bits << 8 | u32::from(*byte)) << (8 * (3 - three.len()));
        let letters = [letter(bits >> 18), letter(bits >> 12), letter(bits >> 6), letter(bits)];
        text.extend(&letters[..=three.len()]);
    }
    text
}

/// Those of the passwords that stand in it in any form.
pub fn hits<'a>(text: &[u8], passwords: &[&'a str]) -> Vec<&'a str> {
    let all: Vec<(&str, Vec<u8>)> = passwords
        .iter()
        .flat_map(|password| forms(password).into_iter().map(move |form| (*password, form)))
        .collect();
    let mut by_start: HashMap<&[u8], Vec<(&str, &[u8])>> = HashMap::new();
    for (password, form) in &all {
        by_start.entry(&form[..START]).or_default().push((*password, form.as_slice()));
    }
    let mut found = BTreeSet::new();
    for (at, start) in text.windows(START).enumerate() {
        for (password, form) in by_start.get(start).into_iter().flatten() {
            if text[at..].starts_with(form) {
                found.insert(*password);
            }
        }
    }
    passwords.iter().copied().filter(|password| found.contains(password)).collect()
}

/// Every file of a folder and of those in it.
pub fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path));
        } else {
            found.push(path);
        }
    }
    found
}
