//! Something on screen that can be read, clicked and typed into.

use std::{
    thread,
    time::{Duration, Instant},
};

use serde_json::{Value, json};

use crate::{
    webdriver::{Handle, Session},
    window::{PATIENCE, settled},
};

/// Longer than two clicks may be apart to count as one double click.
const BETWEEN_CLICKS: Duration = Duration::from_millis(500);

/// A key that is no letter.
#[derive(Clone, Copy, Debug)]
#[allow(missing_docs, reason = "the name of a key says it all")]
pub enum Key {
    Backspace,
    Tab,
    Enter,
    Shift,
    Control,
    Alt,
    Escape,
    Space,
    PageUp,
    PageDown,
    End,
    Home,
    Left,
    Up,
    Right,
    Down,
    Delete,
    F2,
    F6,
    F10,
}

impl Key {
    /// WebDriver's code point for it.
    pub(crate) fn code(self) -> char {
        match self {
            Self::Backspace => '\u{e003}',
            Self::Tab => '\u{e004}',
            Self::Enter => '\u{e007}',
            Self::Shift => '\u{e008}',
            Self::Control => '\u{e009}',
            Self::Alt => '\u{e00a}',
            Self::Escape => '\u{e00c}',
            Self::Space => ' ',
            Self::PageUp => '\u{e00e}',
            Self::PageDown => '\u{e00f}',
            Self::End => '\u{e010}',
            Self::Home => '\u{e011}',
            Self::Left => '\u{e012}',
            Self::Up => '\u{e013}',
            Self::Right => '\u{e014}',
            Self::Down => '\u{e015}',
            Self::Delete => '\u{e017}',
            Self::F2 => '\u{e032}',
            Self::F6 => '\u{e036}',
            Self::F10 => '\u{e03a}',
        }
    }
}

/// An element that was on screen when it was found.
pub struct Element<'a> {
    pub(crate) session: &'a Session,
    pub(crate) handle: Handle,
    /// How it was asked for, for the sentence when something fails.
    pub(crate) asked: String,
}

impl Element<'_> {
    /// Clicks it with the mouse, as soon as it is laid out and nothing lies over it: a notification goes by itself.
    #[track_caller]
    pub fn click(&self) {
        let started = Instant::now();
        self.settle();
        loop {
            let clicked = self.session.post(&self.handle.path("click"), &json!({}));
            let is_covered = clicked.as_ref().is_err_and(|error| {
                let error = error.to_string();
                error.contains("intercepted") || error.contains("not interactable")
            });
            if !is_covered || started.elapsed() > PATIENCE {
                let covers = if is_covered { self.covers() } else { String::new() };
                self.must("click", clicked.map_err(|error| error.context(covers)));
                return;
            }
            thread::sleep(Duration::from_millis(50));
        }
    }

    /// Waits until it stands still for some frames: the driver presses where it was when it looked, and what loads above moves it.
    fn settle(&self) {
        let script = "const [element, done] = arguments; \
            element.scrollIntoView({block: 'nearest', inline: 'nearest'}); \
            const place = () => Object.values(element.getBoundingClientRect().toJSON()).join(); \
            let before = place(), still = 0, frames = 0; \
            const look = () => { \
                const now = place(); \
                still = now === before ? still + 1 : 0; \
                before = now; \
                if (still === 3 || ++frames === 600) done(); else requestAnimationFrame(look); \
            }; \
            requestAnimationFrame(look)";
        // That it is gone, the click tells.
        let _ = self.session.run_until_called(script, &[self.handle.argument()]);
    }

    /// What lies over its middle.
    fn covers(&self) -> String {
        let script = "const box = arguments[0].getBoundingClientRect(); \
            const over = document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2); \
            return over ? `under ${over.tagName} ${over.className}` : 'outside of the window'";
        let over = self.session.run(script, &[self.handle.argument()]);
        over.ok().and_then(|over| over.as_str().map(str::to_owned)).unwrap_or_default()
    }

    /// Clicks it twice with the mouse.
    #[track_caller]
    pub fn double_click(&self) {
        let press = |kind: &str| json!({"type": kind, "button": 0});
        // Of two that follow at once in the same place, the second would be clicks three and four.
        thread::sleep(BETWEEN_CLICKS);
        // By coordinates: the driver takes a table row for something that cannot be pointed at.
        let script = "arguments[0].scrollIntoView({block: 'nearest'}); const box = arguments[0].getBoundingClientRect(); return [box.x + box.width / 2, box.y + box.height / 2].map(Math.round)";
        let middle = self.must("look at", self.session.run(script, &[self.handle.argument()]));
        let over = json!({"type": "pointerMove", "origin": "viewport", "x": middle[0], "y": middle[1], "duration": 0});
        let steps = [
            over,
            press("pointerDown"),
            press("pointerUp"),
            press("pointerDown"),
            press("pointerUp"),
        ];
        let mouse = json!({"type": "pointer", "id": "mouse", "parameters": {"pointerType": "mouse"}, "actions": steps});
        self.must("double-click", self.session.post("/actions", &json!({"actions": [mouse]})));
    }

    /// Types after what is there.
    #[track_caller]
    pub fn type_text(&self, text: &str) {
        self.must("type into", self.session.post(&self.handle.path("value"), &json!({"text": text})));
    }

    /// Types in place of what is there, as select-all and typing do.
    #[track_caller]
    pub fn fill(&self, text: &str) {
        self.must(
            "select",
            self.session
                .run("arguments[0].focus(); arguments[0].select?.();", &[self.handle.argument()]),
        );
        if text.is_empty() {
            self.type_text(&Key::Delete.code().to_string());
        } else {
            self.type_text(text);
        }
    }

    /// Chooses an option of a list by its text, or the first that begins so.
    #[track_caller]
    pub fn choose(&self, text: &str) {
        // Of a list that is scrolled away the driver chooses nothing; and a list tells of a choice that differs from what it held when
        // it was gone into, as a hand does before.
        let script = "const list = arguments[0]; list.scrollIntoView({block: 'center'}); list.blur(); list.focus(); return Array.from(arguments[0].options ?? []).find((option) => option.textContent.trim().startsWith(arguments[1])) ?? null";
        let found = self.must("look into", self.session.run(script, &[self.handle.argument(), json!(text)]));
        let Some(option) = Handle::of(&found) else {
            panic!("{} has no option {text:?}", self.asked)
        };
        self.must("choose in", self.session.post(&option.path("click"), &json!({})));
    }

    /// The text on screen.
    #[track_caller]
    pub fn text(&self) -> String {
        let text = self.must("read", self.session.run("return arguments[0].innerText", &[self.handle.argument()]));
        text.as_str().unwrap_or_default().split_whitespace().collect::<Vec<_>>().join(" ")
    }

    /// The value of a field.
    #[track_caller]
    pub fn value(&self) -> String {
        self.must("read", self.session.run("return arguments[0].value", &[self.handle.argument()]))
            .as_str()
            .unwrap_or_default()
            .to_owned()
    }

    /// An attribute, if it is there.
    #[track_caller]
    pub fn attribute(&self, name: &str) -> Option<String> {
        let value = self.must(
            "read",
            self.session.run(
                "return arguments[0].getAttribute(arguments[1])",
                &[self.handle.argument(), json!(name)],
            ),
        );
        value.as_str().map(str::to_owned)
    }

    /// Whether a switch, a checkbox or a radio button is on.
    #[track_caller]
    pub fn is_on(&self) -> bool {
        let script = "return arguments[0].checked === true || arguments[0].getAttribute('aria-checked') === 'true'";
        self.must("read", self.session.run(script, &[self.handle.argument()])) == Value::Bool(true)
    }

    /// Whether it has the keyboard.
    #[track_caller]
    pub fn has_focus(&self) -> bool {
        let script = "return arguments[0] === document.activeElement || arguments[0].contains(document.activeElement)";
        self.must("look at", self.session.run(script, &[self.handle.argument()])) == Value::Bool(true)
    }

    /// As an argument of a script.
    #[must_use]
    pub fn argument(&self) -> Value {
        self.handle.argument()
    }

    /// The first of this role and name in it.
    #[track_caller]
    pub fn find(&self, role: &str, name: &str) -> Element<'_> {
        let asked = format!("{role} {name:?} in {}", self.asked);
        settled(self.session, &asked, || {
            crate::window::find(self.session, role, Some(name), "exact", Some(&self.handle))
                .into_iter()
                .next()
        })
    }

    #[track_caller]
    fn must(&self, act: &str, result: anyhow::Result<Value>) -> Value {
        match result {
            Ok(value) => value,
            Err(error) => panic!("could not {act} the {}: {error:#}", self.asked),
        }
    }
}
