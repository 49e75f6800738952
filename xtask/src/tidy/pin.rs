//! Versions that must not move by themselves.

pub fn breaches(manifest: &str, lock: &str) -> Vec<String> {
    let mut found = Vec::new();
    // sqlx would accept older versions, whose SQLite can lose committed writes.
    if !manifest
        .lines()
        .any(|line| line.starts_with("libsqlite3-sys") && line.contains("\"=0.37.0\""))
    {
        found.push("Cargo.toml: libsqlite3-sys must be pinned to =0.37.0".to_owned());
    }
    if locked(lock, "libsqlite3-sys") != ["0.37.0"] {
        found.push("Cargo.lock: libsqlite3-sys must be 0.37.0, once".to_owned());
    }
    // The step that binds the page to JavaScript refuses a page made with another version.
    if locked(lock, "wasm-bindgen") != locked(lock, "wasm-bindgen-cli-support") {
        found.push("Cargo.lock: wasm-bindgen and wasm-bindgen-cli-support must have the same version".to_owned());
    }
    found
}

fn locked<'a>(lock: &'a str, package: &str) -> Vec<&'a str> {
    let name = format!("name = \"{package}\"");
    lock.lines()
        .zip(lock.lines().skip(1))
        .filter(|(line, _)| *line == name)
        .filter_map(|(_, next)| next.strip_prefix("version = \"")?.strip_suffix('"'))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::breaches;

    const LOCK: &str = "[[package]]\nname = \"libsqlite3-sys\"\nversion = \"0.37.0\"\n";

    #[test]
    fn a_pinned_version_is_in_order() {
        assert!(breaches("libsqlite3-sys = { version = \"=0.37.0\" }", LOCK).is_empty());
    }

    #[test]
    fn a_version_that_may_move_or_has_moved_is_found() {
        assert_eq!(breaches("libsqlite3-sys = \"0.37.0\"", LOCK).len(), 1);
        assert_eq!(
            breaches("libsqlite3-sys = { version = \"=0.37.0\" }", &LOCK.replace("0.37.0", "0.36.0")).len(),
            1
        );
    }

    #[test]
    fn a_binding_step_of_another_version_is_found() {
        let lock =
            format!("{LOCK}name = \"wasm-bindgen\"\nversion = \"0.2.1\"\nname = \"wasm-bindgen-cli-support\"\nversion = \"0.2.2\"\n");
        assert_eq!(breaches("libsqlite3-sys = { version = \"=0.37.0\" }", &lock).len(), 1);
    }
}
