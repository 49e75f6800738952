//! The app of a later release: this one with a further step of the tables. Nothing has been released yet, so there is no book of
//! an older format; to a later app every book of this one is of an older format.

use std::{
    fs,
    process::{Command, Stdio},
};

use serde_json::json;

use super::{
    changed_app::ChangedApp,
    common::{Place, answer, refusal},
    deeds::{backups, number},
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

/// Its program.
pub struct LaterApp(ChangedApp);

/// What is in the tables that the later step leaves alone.
pub type Rest = Vec<(String, usize, String)>;

impl LaterApp {
    /// Finds it, or makes it.
    pub fn find() -> Self {
        let app = ChangedApp::find("later", |text| {
            let steps = "migrations/src/lib.rs";
            text.replace(steps, "mod columns;\n", "mod columns;\nmod m20991231_later;\n");
            text.replace(steps, "::Migration)]", "::Migration), Box::new(m20991231_later::Migration)]");
            text.replace(steps, "pub const FORMAT: i64 = ", "pub const FORMAT: i64 = 1 + ");
            text.add("migrations/src/m20991231_later.rs", STEP);
        });
        Self(app)
    }

    /// It with a book, and told what to do.
    pub fn command(&self, place: &Place, arguments: &[&str]) -> Command {
        self.0.command(place, arguments)
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
        let copies = backups(place, |backup| backup["reason"] == "before_update");
        assert!(!copies.is_empty(), "the older book was not copied");
        for copy in copies {
            let older = Place::file();
            fs::copy(copy, older.path()).unwrap();
            assert_eq!(&rest(&older), before);
            assert!(!is_updated(&older));
        }
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
