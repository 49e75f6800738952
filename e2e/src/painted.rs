//! What is wrong with how a page is painted: overflow, text that is cut off, contrast.

use crate::window::Window;

impl Window {
    /// Everything that is painted wrong on the topmost layer now.
    #[track_caller]
    pub fn painted_wrong(&self) -> Vec<String> {
        let found = self.run(include_str!("painted.js"), &[]);
        let sentences = found.as_array().into_iter().flatten();
        sentences.filter_map(|one| one.as_str().map(str::to_owned)).collect()
    }

    /// Paints the page in a theme.
    #[track_caller]
    pub fn paint(&self, theme: &str) {
        self.run("document.documentElement.dataset.theme = arguments[0]", &[serde_json::json!(theme)]);
    }
}
