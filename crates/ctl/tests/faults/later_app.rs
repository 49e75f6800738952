//! The app of a later release: this one with a further step of the tables. Nothing has been released yet, so there is no book of
//! an older format; to a later app every book of this one is of an older format.
//!
//! It needs a build of its own, which takes some minutes the first time: its tests are ignored
//! unless they are asked for, as the large campaigns do. One that is there already is used if `CLIENTELE_LATER_APP` says where.

use std::{
    collections::BTreeMap,
    env, fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    sync::OnceLock,
};

use serde_json::json;

use super::{
    common::{PASSWORD, Place, answer, refusal},
    deeds::number,
};

/// What the later step changes, and what belongs to the place.
const CHANGED: &[&str] = &["book", "desk", "plan", "plan_remark", "seaql_migrations"];

/// The later step, on tables that have rows and on new ones.
const STEP: &str = r#"//! A step of a later release, made by the campaigns of faults.

use sea_orm_migration::prelude::*;

use crate::columns;

/// See the module.
#[derive(Debug)]
pub struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &str {
        "m20991231_later"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let statements = [
            "ALTER TABLE plan ADD COLUMN remark {text}",
            "UPDATE plan SET remark = name",
            "CREATE TABLE plan_remark (id {id} PRIMARY KEY, plan_id {id} NOT NULL REFERENCES plan (id), remark {text} NOT NULL) {strict}",
            "INSERT INTO plan_remark (id, plan_id, remark) SELECT id, id, name FROM plan",
            "CREATE INDEX plan_remark_by_plan ON plan_remark (plan_id)",
            "UPDATE book SET format = format + 1",
        ];
        columns::run(manager, &statements).await
    }
}
"#;

static FOUND: OnceLock<PathBuf> = OnceLock::new();

/// Its program.
pub struct LaterApp(PathBuf);

/// What is in the tables that the later step leaves alone.
pub type Rest = Vec<(String, usize, String)>;

impl LaterApp {
    /// Finds it, or makes it.
    pub fn find() -> Self {
        let found = FOUND.get_or_init(|| env::var_os("CLIENTELE_LATER_APP").map_or_else(build, PathBuf::from));
        Self(found.clone())
    }

    /// Where it is.
    pub fn program(&self) -> &Path {
        &self.0
    }

    /// It with a book, and told what to do.
    pub fn command(&self, place: &Place, arguments: &[&str]) -> Command {
        let mut command = Command::new(&self.0);
        command
            .arg("--book")
            .arg(place.path())
            .args(arguments)
            .env("CLIENTELE_PASSWORD", PASSWORD);
        command
    }

    /// Opens the book, which is updated then, if it was not before: the whole step is there, once, and everything else is as it
    /// was, also in a copy of the older book.
    pub fn update(&self, place: &Place, before: &Rest) {
        let verified = answer(&self.command(place, &["verify"]).stdin(Stdio::null()).output().unwrap());
        assert_eq!(verified["findings"], json!([]));
        let count = |sql: &str| number(&place.path(), sql);
        assert_eq!(count("SELECT COUNT(*) FROM plan WHERE remark IS NULL OR remark <> name"), 0);
        assert_eq!(count("SELECT COUNT(*) FROM plan_remark"), count("SELECT COUNT(*) FROM plan"));
        assert_eq!(count("SELECT COUNT(*) FROM seaql_migrations WHERE version = 'm20991231_later'"), 1);
        assert_eq!(&rest(place), before);
        let backups = answer(&place.run(&["backups"]))["items"].clone();
        let is_copied = backups.as_array().unwrap().iter().any(|backup| backup["reason"] == "before_update");
        assert!(is_copied, "{backups}");
    }
}

/// What the later step leaves alone.
pub fn rest(place: &Place) -> Rest {
    place.checksums(CHANGED)
}

/// Whether the later step is there. If it is not, this app finds its book as it should be.
pub fn is_updated(place: &Place) -> bool {
    let output = place.run(&["verify"]);
    if output.status.success() {
        assert_eq!(answer(&output)["findings"], json!([]));
        return false;
    }
    assert_eq!(refusal(&output)["reason"], "newer");
    true
}

/// Builds it in a folder of its own beside that of the tests. Only what has changed is built again.
fn build() -> PathBuf {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2).unwrap();
    let target = Path::new(env!("CARGO_BIN_EXE_clientelectl")).ancestors().nth(2).unwrap();
    let (source, target) = (target.join("later-app/source"), target.join("later-app/target"));
    bring(&source, &sources(root));
    println!("Building the app of a later release in {}.", target.display());
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
    assert!(cargo.status().unwrap().success(), "the app of a later release cannot be built");
    target.join("debug/clientelectl")
}

/// The files of a workspace of what `clientelectl` needs, by their paths.
fn sources(root: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
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
    let steps = text("migrations/src/lib.rs");
    let steps = replaced(&steps, "mod columns;\n", "mod columns;\nmod m20991231_later;\n");
    let steps = replaced(&steps, "::Migration)]", "::Migration), Box::new(m20991231_later::Migration)]");
    let steps = replaced(&steps, "pub const FORMAT: i64 = ", "pub const FORMAT: i64 = 1 + ");
    files.insert("migrations/src/lib.rs".into(), steps.into_bytes());
    files.insert("migrations/src/m20991231_later.rs".into(), STEP.into());
    files
}

fn replaced(text: &str, from: &str, to: &str) -> String {
    assert_eq!(text.matches(from).count(), 1, "{from:?} in migrations/src/lib.rs");
    text.replace(from, to)
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
