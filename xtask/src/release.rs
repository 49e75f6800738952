//! The app as it ships: built for release, and asked how it is closed off before anyone uses it.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use serde_json::{Value, json};

use crate::{
    place,
    step::{self, say},
};

/// What a release says of itself, beside its rules for the page, which every build has and the tests compare.
const CLOSED: &[(&str, bool)] = &[
    ("devtools", false),
    ("automation", false),
    ("embedded_page", true),
    ("debug_assertions", false),
    ("with_global_tauri", false),
    ("freeze_prototype", true),
    ("asset_protocol", false),
];

/// Builds it with the page that is there, and fails if it is not closed off. Answers with where it is.
pub fn build() -> Result<PathBuf> {
    step::run(step::cargo().args(["build", "--release", "--package", "clientele", "--features", "custom-protocol"]))?;
    let app = place::target().join("release").join("clientele");
    check(&app)?;
    Ok(app)
}

fn check(app: &Path) -> Result<()> {
    let said = step::read(step::program(app).arg("--security-selftest"))?;
    let facts: Value = serde_json::from_str(&said).context("the release does not say how it is closed off")?;
    let open = openings(&facts);
    if !open.is_empty() {
        bail!("the release is not closed off: {}", open.join(", "));
    }
    say("The release says that it has no developer tools, cannot be driven, and holds its page.");
    Ok(())
}

/// The facts that are not as they have to be.
fn openings(facts: &Value) -> Vec<String> {
    CLOSED
        .iter()
        .filter(|(fact, is)| facts[*fact] != json!(is))
        .map(|(fact, is)| format!("{fact} is {} instead of {is}", facts[*fact]))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_way_in_is_named_and_so_is_a_fact_that_is_not_told() {
        let mut facts: Value = CLOSED.iter().map(|(fact, is)| ((*fact).to_owned(), json!(is))).collect();
        assert!(openings(&facts).is_empty());
        facts["automation"] = json!(true);
        facts["devtools"] = Value::Null;
        assert_eq!(
            openings(&facts),
            ["devtools is null instead of false", "automation is true instead of false"]
        );
        assert_eq!(openings(&json!({})).len(), CLOSED.len());
    }
}
