//! Which of our crates may know which: the picture in ARCHITECTURE.md.

use anyhow::{Context, Result};
use serde_json::Value;

use crate::step;

const MAY_KNOW: &[(&str, &[&str])] = &[
    ("benches", &["contract", "e2e", "engine"]),
    ("clientele", &["contract", "engine"]),
    ("clientelectl", &["contract", "engine"]),
    ("contract", &[]),
    ("e2e", &["contract"]),
    ("document", &["contract"]),
    ("empty-window", &[]),
    ("engine", &["contract", "document", "migrations"]),
    ("migrations", &[]),
    ("ui", &["contract"]),
    ("xtask", &[]),
];

pub fn breaches() -> Result<Vec<String>> {
    let metadata = step::read(step::cargo().args(["metadata", "--format-version", "1", "--no-deps", "--locked"]))?;
    wrong_edges(&serde_json::from_str(&metadata)?)
}

fn wrong_edges(metadata: &Value) -> Result<Vec<String>> {
    let packages = metadata["packages"].as_array().context("cargo metadata names no packages")?;
    let name_of = |value: &Value| value["name"].as_str().unwrap_or_default().to_owned();
    let ours: Vec<String> = packages.iter().map(name_of).collect();
    let mut found = Vec::new();
    for package in packages {
        let name = name_of(package);
        let Some((_, allowed)) = MAY_KNOW.iter().find(|(known, _)| *known == name) else {
            found.push(format!(
                "the crate {name} is not in the picture of who may know whom (xtask/src/tidy/edge.rs, ARCHITECTURE.md)"
            ));
            continue;
        };
        for dependency in package["dependencies"].as_array().into_iter().flatten().map(name_of) {
            if ours.contains(&dependency) && !allowed.contains(&dependency.as_str()) {
                found.push(format!("{name} must not know {dependency}"));
            }
        }
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::wrong_edges;

    #[test]
    fn a_page_that_reaches_the_engine_is_found() -> anyhow::Result<()> {
        let metadata = json!({"packages": [
            {"name": "engine", "dependencies": [{"name": "serde"}]},
            {"name": "ui", "dependencies": [{"name": "contract"}, {"name": "engine"}]},
        ]});
        assert_eq!(wrong_edges(&metadata)?, ["ui must not know engine"]);
        Ok(())
    }

    #[test]
    fn a_crate_outside_the_picture_is_found() -> anyhow::Result<()> {
        let found = wrong_edges(&json!({"packages": [{"name": "helpers", "dependencies": []}]}))?;
        assert_eq!(found.len(), 1);
        assert!(found[0].contains("helpers"));
        Ok(())
    }
}
