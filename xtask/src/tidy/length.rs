//! A file is read in one sitting.

use super::File;

const LINES: usize = 450;

pub fn breaches(file: &File) -> Option<String> {
    let lines = file.text.lines().count();
    (file.path.ends_with(".rs") && lines > LINES).then(|| format!("{} has {lines} lines; split it by noun (at most {LINES})", file.path))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_file_is_found() {
        let file = |lines: usize, path: &str| File {
            path: path.to_owned(),
            text: "x\n".repeat(lines),
        };
        assert!(breaches(&file(LINES + 1, "a.rs")).is_some());
        assert!(breaches(&file(LINES, "a.rs")).is_none());
        assert!(breaches(&file(LINES + 1, "Cargo.lock")).is_none());
    }
}
