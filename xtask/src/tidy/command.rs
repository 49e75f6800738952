//! What the page may ask is listed three times: in the contract, in the app manifest and in the window's capability.

use std::collections::BTreeSet;

use anyhow::{Context, Result};
use serde_json::Value;

/// `lists` are the contract's files with a list, `configuration` is tauri.conf.json, `build` the build script.
pub fn breaches(lists: &[&str], configuration: &str, build: &str) -> Result<Vec<String>> {
    let listed: BTreeSet<String> = lists.iter().flat_map(|list| names(list)).collect();
    let allowed = allowed(&serde_json::from_str(configuration).context("tauri.conf.json")?);
    let mut found = Vec::new();
    for name in listed.difference(&allowed) {
        found.push(format!(
            "tauri.conf.json: the capability does not allow {name}, which the contract lists"
        ));
    }
    for name in allowed.difference(&listed) {
        found.push(format!(
            "tauri.conf.json: the capability allows {name}, which the contract does not list"
        ));
    }
    for constant in ["operations::OPERATIONS", "desktop::REQUESTS"] {
        if !build.contains(constant) {
            found.push(format!(
                "src-tauri/build.rs: the app manifest must be made from contract::{constant}"
            ));
        }
    }
    Ok(found)
}

/// The names in the lines `name(Request) -> Output…;` of the list's macro.
fn names(list: &str) -> Vec<String> {
    list.lines()
        .map(str::trim)
        .filter(|line| line.ends_with(';') && line.contains(") -> ") && !line.contains('$'))
        .filter_map(|line| line.split_once('('))
        .map(|(name, _)| name.to_owned())
        .filter(|name| name.chars().all(|letter| letter.is_ascii_lowercase() || letter == '_'))
        .collect()
}

/// `allow-list-customers` allows the command `list_customers`; what has a plugin before it is not ours.
fn allowed(configuration: &Value) -> BTreeSet<String> {
    let capabilities = configuration["app"]["security"]["capabilities"].as_array().into_iter().flatten();
    capabilities
        .flat_map(|capability| capability["permissions"].as_array().into_iter().flatten())
        .filter_map(|permission| permission.as_str().or_else(|| permission["identifier"].as_str()))
        .filter_map(|permission| permission.strip_prefix("allow-"))
        .map(|name| name.replace('-', "_"))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::breaches;

    const LIST: &str = "    fn each($name) -> X;\n    /// Adds.\n    add_domain(domain::AddDomain) -> domain::Domain, Admin, Write;\n    lock(session::Lock) -> session::State, Public, Session;\n";
    const BUILD: &str = "contract::operations::OPERATIONS contract::desktop::REQUESTS";

    fn found(permissions: &str) -> Vec<String> {
        let configuration = format!(r#"{{"app":{{"security":{{"capabilities":[{{"permissions":{permissions}}}]}}}}}}"#);
        breaches(&[LIST], &configuration, BUILD).unwrap()
    }

    #[test]
    fn lists_that_agree_are_in_order() {
        assert!(found(r#"["core:event:default", "allow-add-domain", "allow-lock"]"#).is_empty());
    }

    #[test]
    fn a_command_that_is_not_allowed_and_one_that_is_not_listed_are_found() {
        assert_eq!(found(r#"["allow-add-domain"]"#).len(), 1);
        assert_eq!(found(r#"["allow-add-domain", "allow-lock", "allow-drop-table"]"#).len(), 1);
    }

    #[test]
    fn a_manifest_with_a_list_of_its_own_is_found() {
        let configuration = r#"{"app":{"security":{"capabilities":[{"permissions":["allow-add-domain","allow-lock"]}]}}}"#;
        assert_eq!(breaches(&[LIST], configuration, "&[\"lock\"]").unwrap().len(), 2);
    }
}
