//! axe-core, run in the window: what would keep someone from using the page.

use std::fs;

use serde_json::{Value, json};

use crate::window::Window;

/// A rule that the page breaks, and where.
#[derive(Debug, PartialEq, Eq)]
pub struct Violation {
    /// The rule's name, as `color-contrast`.
    pub rule: String,
    /// Each place with what is wrong there.
    pub places: Vec<String>,
}

impl Window {
    /// Everything that axe-core finds on screen now.
    #[track_caller]
    pub fn violations(&self) -> Vec<Violation> {
        self.broken_rules(&json!({"resultTypes": ["violations"]}))
    }

    /// What the rules find that read colors: all that another theme can break, as a theme sets nothing but values.
    #[track_caller]
    pub fn color_violations(&self) -> Vec<Violation> {
        let color = json!({"type": "rule", "values": ["color-contrast", "link-in-text-block"]});
        self.broken_rules(&json!({"resultTypes": ["violations"], "runOnly": color}))
    }

    #[track_caller]
    fn broken_rules(&self, options: &Value) -> Vec<Violation> {
        let file = concat!(env!("CARGO_MANIFEST_DIR"), "/node_modules/axe-core/axe.min.js");
        let axe = match fs::read_to_string(file) {
            Ok(axe) => axe,
            Err(error) => panic!("{file}: {error}; `cargo xtask test e2e` fetches it"),
        };
        self.rest();
        if self.run("return typeof axe === 'undefined'", &[]) == Value::Bool(true) {
            self.run(&format!("{axe}; window.axe = axe;"), &[]);
        }
        let script = include_str!("axe_run.js");
        let found = self.must(self.session.run_until_called(script, std::slice::from_ref(options)));
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let places = |value: &Value| value.as_array().into_iter().flatten().map(text).collect();
        found
            .as_array()
            .into_iter()
            .flatten()
            .map(|one| Violation {
                rule: text(&one[0]),
                places: places(&one[1]),
            })
            .collect()
    }
}
