//! Writes XML: elements in each other, and text in them.

/// A text that grows.
pub struct Xml {
    text: String,
    open: Vec<&'static str>,
}

impl Xml {
    /// Begins with the declaration.
    pub fn new() -> Self {
        Self {
            text: "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n".to_owned(),
            open: Vec::new(),
        }
    }

    /// Opens an element with attributes, writes what is in it, and closes it.
    pub fn within(&mut self, name: &'static str, attributes: &[(&str, &str)], content: impl FnOnce(&mut Self)) {
        self.indent();
        self.tag(name, attributes);
        self.text.push('\n');
        self.open.push(name);
        content(self);
        self.open.pop();
        self.indent();
        self.text.push_str("</");
        self.text.push_str(name);
        self.text.push_str(">\n");
    }

    /// An element that holds elements.
    pub fn group(&mut self, name: &'static str, content: impl FnOnce(&mut Self)) {
        self.within(name, &[], content);
    }

    /// An element that holds a text.
    pub fn text(&mut self, name: &'static str, value: &str) {
        self.text_with(name, &[], value);
    }

    /// The same with attributes.
    pub fn text_with(&mut self, name: &'static str, attributes: &[(&str, &str)], value: &str) {
        self.indent();
        self.tag(name, attributes);
        escape(&mut self.text, value);
        self.text.push_str("</");
        self.text.push_str(name);
        self.text.push_str(">\n");
    }

    /// An element that holds a text, if there is one.
    pub fn optional(&mut self, name: &'static str, value: Option<&str>) {
        if let Some(value) = value {
            self.text(name, value);
        }
    }

    /// All of it.
    pub fn finish(self) -> String {
        self.text
    }

    fn tag(&mut self, name: &str, attributes: &[(&str, &str)]) {
        self.text.push('<');
        self.text.push_str(name);
        for (attribute, value) in attributes {
            self.text.push(' ');
            self.text.push_str(attribute);
            self.text.push_str("=\"");
            escape(&mut self.text, value);
            self.text.push('"');
        }
        self.text.push('>');
    }

    fn indent(&mut self) {
        for _ in &self.open {
            self.text.push_str("  ");
        }
    }
}

/// Writes characters so that they are text; those that XML 1.0 does not know are left out.
fn escape(text: &mut String, value: &str) {
    for c in value.chars() {
        match c {
            '&' => text.push_str("&amp;"),
            '<' => text.push_str("&lt;"),
            '>' => text.push_str("&gt;"),
            '"' => text.push_str("&quot;"),
            '\n' => text.push('\n'),
            '\t' => text.push(' '),
            c if c.is_control() || matches!(c, '\u{fffe}' | '\u{ffff}') => {}
            c => text.push(c),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_cannot_close_its_element() {
        let mut xml = Xml::new();
        xml.group("a", |xml| xml.text_with("b", &[("c", "\"&")], "</b><x>\u{0}\u{1f}& 株式会社"));
        let want = "<a>\n  <b c=\"&quot;&amp;\">&lt;/b&gt;&lt;x&gt;&amp; 株式会社</b>\n</a>\n";
        assert_eq!(
            xml.finish().split_once('\n').map(|(_, rest)| rest.to_owned()).as_deref(),
            Some(want)
        );
    }
}
