//! This app with some of its text changed: what a later release would be, or a check taken out.
//!
//! It needs a build of its own, which takes some minutes the first time: its tests are ignored unless they are asked for, as the
//! large campaigns do. One that is there already is used if `CLIENTELE_LATER_APP` or `CLIENTELE_UNCHECKED_APP` says where.

use std::{
    collections::BTreeMap,
    env, fs,
    path::{Path, PathBuf},
    process::Command,
    sync::{Mutex, PoisonError},
};

use super::common::{PASSWORD, Place};

/// The programs that were built, by their names. One at a time: they share what they have in common, and Cargo calls them the same.
/// And each once: one that another test runs must not be replaced meanwhile.
static BUILT: Mutex<BTreeMap<String, PathBuf>> = Mutex::new(BTreeMap::new());

/// Its program.
pub struct ChangedApp(PathBuf);

impl ChangedApp {
    /// Finds it, or makes it of the text of this app.
    pub fn find(name: &str, change: impl FnOnce(&mut Text)) -> Self {
        let variable = format!("CLIENTELE_{}_APP", name.to_uppercase());
        let built = || {
            let mut built = BUILT.lock().unwrap_or_else(PoisonError::into_inner);
            if let Some(program) = built.get(name) {
                return program.clone();
            }
            let mut text = Text::of_this();
            change(&mut text);
            let program = build(name, &text);
            built.insert(name.to_owned(), program.clone());
            program
        };
        Self(env::var_os(variable).map_or_else(built, PathBuf::from))
    }

    /// It with the book of a place, and told what to do.
    pub fn command(&self, place: &Place, arguments: &[&str]) -> Command {
        let mut command = Command::new(&self.0);
        // As this app is told where the book is.
        command
            .args(place.command().get_args())
            .args(arguments)
            .env("CLIENTELE_PASSWORD", PASSWORD);
        command
    }
}

/// The files of a workspace of what `clientelectl` needs, by their paths.
pub struct Text(BTreeMap<PathBuf, Vec<u8>>);

impl Text {
    fn of_this() -> Self {
        let root = root();
        let mut files = BTreeMap::new();
        for folder in ["crates", "migrations"] {
            collect(root, &root.join(folder), &mut files);
        }
        let text = |name: &str| fs::read_to_string(root.join(name)).unwrap();
        files.insert("Cargo.lock".into(), text("Cargo.lock").into_bytes());
        let manifest = text("Cargo.toml");
        let (workspace, _) = manifest.split_once("\n[package]\n").unwrap();
        let (before, after) = workspace.split_once("members = [").unwrap();
        let (_, after) = after.split_once(']').unwrap();
        let members = r#"members = ["crates/contract", "crates/ctl", "crates/document", "crates/engine", "migrations"]"#;
        files.insert("Cargo.toml".into(), format!("{before}{members}{after}\n").into_bytes());
        Self(files)
    }

    /// Says something else in a file, where it says this once.
    pub fn replace(&mut self, file: &str, from: &str, to: &str) {
        let bytes = self.0.get_mut(Path::new(file)).unwrap_or_else(|| panic!("there is no {file}"));
        let text = String::from_utf8(std::mem::take(bytes)).unwrap();
        assert_eq!(text.matches(from).count(), 1, "{from:?} in {file}");
        *bytes = text.replace(from, to).into_bytes();
    }

    /// Adds a file.
    pub fn add(&mut self, file: &str, text: &str) {
        self.0.insert(file.into(), text.into());
    }
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2).unwrap()
}

/// Builds it in a folder beside that of the tests. Only what has changed is built again.
fn build(name: &str, text: &Text) -> PathBuf {
    let target = Path::new(env!("CARGO_BIN_EXE_clientelectl")).ancestors().nth(2).unwrap();
    let folder = target.join("changed-apps");
    let (source, target, program) = (
        folder.join(name),
        folder.join("target"),
        folder.join(format!("{name}-clientelectl")),
    );
    bring(&source, &text.0);
    println!("Building a changed app in {}.", source.display());
    let mut cargo = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo
        .current_dir(&source)
        .args(["build", "--offline", "--package", "clientelectl", "--bin", "clientelectl"])
        .env("CARGO_TARGET_DIR", &target);
    // What Cargo says of this program must not reach the build scripts of another one.
    for (name, _) in env::vars_os() {
        let is_of_this = |name: &str| name.starts_with("CARGO_PKG_") || name.starts_with("CARGO_MANIFEST_");
        if name.to_str().is_some_and(is_of_this) {
            cargo.env_remove(name);
        }
    }
    assert!(cargo.status().unwrap().success(), "the changed app cannot be built");
    // A new file: one that still runs cannot be written over.
    if program.exists() {
        fs::remove_file(&program).unwrap();
    }
    fs::copy(target.join("debug/clientelectl"), &program).unwrap();
    program
}

fn collect(root: &Path, folder: &Path, files: &mut BTreeMap<PathBuf, Vec<u8>>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(root, &path, files);
        } else {
            files.insert(path.strip_prefix(root).unwrap().to_owned(), fs::read(&path).unwrap());
        }
    }
}

/// Makes a folder hold these files and no others; what is there already is not touched.
fn bring(folder: &Path, files: &BTreeMap<PathBuf, Vec<u8>>) {
    fs::create_dir_all(folder).unwrap();
    let mut there = BTreeMap::new();
    collect(folder, folder, &mut there);
    for path in there.keys().filter(|path| !files.contains_key(*path)) {
        fs::remove_file(folder.join(path)).unwrap();
    }
    for (path, bytes) in files.iter().filter(|(path, bytes)| there.get(*path) != Some(*bytes)) {
        let path = folder.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }
}
