//! The window: finding what is on screen, waiting for it, pressing keys, taking its picture.

use std::{
    thread,
    time::{Duration, Instant},
};

use serde_json::{Value, json};

use crate::{
    element::{Element, Key},
    screen::Screen,
    webdriver::{Handle, Session},
};

/// Longer than anything takes, a server that is not found and a page that gives up waiting among it.
pub(crate) const PATIENCE: Duration = Duration::from_secs(40);
const GLANCE: Duration = Duration::from_millis(25);

/// A window that WebDriver holds. Every question waits until the answer is on screen, or fails with what is there instead.
pub struct Window {
    pub(crate) session: Session,
    pub(crate) screen: Screen,
}

impl Window {
    /// What has this role and name: exactly, or else beginning so.
    #[track_caller]
    pub fn find(&self, role: &str, name: &str) -> Element<'_> {
        let asked = format!("{role} {name:?}");
        settled(&self.session, &asked, || {
            find(&self.session, role, Some(name), "exact", None).into_iter().next()
        })
    }

    /// A button by what is written on it.
    #[track_caller]
    pub fn button(&self, name: &str) -> Element<'_> {
        self.find("button", name)
    }

    /// A link by what is written on it.
    #[track_caller]
    pub fn link(&self, name: &str) -> Element<'_> {
        self.find("link", name)
    }

    /// A field by its label.
    #[track_caller]
    pub fn field(&self, label: &str) -> Element<'_> {
        self.find("field", label)
    }

    /// A dialog by its title.
    #[track_caller]
    pub fn dialog(&self, title: &str) -> Element<'_> {
        self.find("dialog", title)
    }

    /// A row that holds this text.
    #[track_caller]
    pub fn row(&self, text: &str) -> Element<'_> {
        let asked = format!("row with {text:?}");
        settled(&self.session, &asked, || {
            find(&self.session, "row", Some(text), "contains", None).into_iter().next()
        })
    }

    /// Every element of this role.
    pub fn all(&self, role: &str) -> Vec<Element<'_>> {
        let handles = find(&self.session, role, None, "exact", None);
        handles.into_iter().map(|handle| self.element(handle, role)).collect()
    }

    /// Whether it is on screen now; a row, if it holds the text.
    pub fn shows(&self, role: &str, name: &str) -> bool {
        let how = if role == "row" { "contains" } else { "exact" };
        !find(&self.session, role, Some(name), how, None).is_empty()
    }

    /// Waits until this text is on screen.
    #[track_caller]
    pub fn see(&self, text: &str) -> Element<'_> {
        settled(&self.session, &format!("text {text:?}"), || {
            find(&self.session, "text", Some(text), "exact", None).into_iter().next()
        })
    }

    /// Waits until it is no longer on screen.
    #[track_caller]
    pub fn gone(&self, role: &str, name: &str) {
        self.until(&format!("{role} {name:?} to go away"), || !self.shows(role, name));
    }

    /// Waits until something holds.
    #[track_caller]
    pub fn until(&self, what: &str, mut holds: impl FnMut() -> bool) {
        let started = Instant::now();
        while !holds() {
            if started.elapsed() > PATIENCE {
                panic!("waited in vain for {what}; on screen is:\n{}", on_screen(&self.session));
            }
            thread::sleep(GLANCE);
        }
    }

    /// What has the keyboard.
    #[track_caller]
    pub fn focused(&self) -> Element<'_> {
        settled(&self.session, "focused element", || {
            Handle::of(&self.run("return document.activeElement", &[]))
        })
    }

    /// Presses keys together: the last one while the others are held.
    #[track_caller]
    pub fn press(&self, keys: &[Key]) {
        self.chord(keys.iter().map(|key| key.code()).collect());
    }

    /// A letter while a key is held, as in Ctrl+L.
    #[track_caller]
    pub fn press_with(&self, held: Key, letter: char) {
        self.chord(vec![held.code(), letter]);
    }

    /// Types letters to whatever has the keyboard.
    #[track_caller]
    pub fn type_text(&self, text: &str) {
        for letter in text.chars() {
            self.chord(vec![letter]);
        }
    }

    /// Moves on with Tab until the element has the keyboard.
    #[track_caller]
    pub fn tab_to(&self, role: &str, name: &str) {
        self.find(role, name);
        for _ in 0..80 {
            let there = find(&self.session, role, Some(name), "exact", None).into_iter().next();
            if there.is_some_and(|handle| self.element(handle, role).has_focus()) {
                return;
            }
            self.press(&[Key::Tab]);
        }
        panic!(
            "Tab does not lead to the {role} {name:?}; on screen is:\n{}",
            on_screen(&self.session)
        );
    }

    /// Sets the size of the page, not counting a frame.
    #[track_caller]
    pub fn resize(&self, width: u32, height: u32) {
        self.must(self.session.post("/window/rect", &json!({"width": width, "height": height})));
        self.until(&format!("a width of {width}"), || {
            self.run("return innerWidth", &[]) == json!(width)
        });
    }

    /// Waits until what moves has come to rest and every font is there.
    #[track_caller]
    pub fn rest(&self) {
        // What was just changed begins to move with the next frame.
        let next = "const done = arguments[arguments.length - 1]; document.fonts.ready.then(() => setTimeout(() => done(true), 60))";
        self.must(self.session.run_until_called(next, &[]));
        self.until("animations to end", || {
            let moving = "return document.getAnimations().filter((one) => one.playState === 'running' && Number.isFinite(one.effect?.getComputedTiming().endTime)).length";
            self.run(moving, &[]) == json!(0)
        });
    }

    /// Everything on screen as text.
    pub fn text(&self) -> String {
        on_screen(&self.session)
    }

    /// Goes to another address; the app itself never does.
    #[track_caller]
    pub fn go(&self, address: &str) {
        self.must(self.session.post("/url", &json!({"url": address})));
    }

    /// Runs the body of a function in the page.
    #[track_caller]
    pub fn run(&self, script: &str, arguments: &[Value]) -> Value {
        self.must(self.session.run(script, arguments))
    }

    /// The same for one that calls its last argument when it is done.
    #[track_caller]
    pub fn run_until_called(&self, script: &str, arguments: &[Value]) -> Value {
        self.must(self.session.run_until_called(script, arguments))
    }

    /// Asks the app as the page does, behind its back: what another administrator would do meanwhile.
    #[track_caller]
    pub fn ask(&self, operation: &str, request: Value) -> Value {
        let script = "const [name, request, done] = arguments; \
            const read = (answer) => answer instanceof ArrayBuffer ? JSON.parse(new TextDecoder().decode(answer)) : answer;
            window.__TAURI_INTERNALS__.invoke(name, {request}).then((answer) => done({answer: read(answer)}), (refusal) => done({refusal}))";
        let mut said = self.run_until_called(script, &[json!(operation), request]);
        if !said["refusal"].is_null() {
            panic!("{operation} is refused: {}", said["refusal"]);
        }
        said["answer"].take()
    }

    /// Stops the page's clock, so that what counts down stays, or lets it go on; ahead by some seconds.
    #[track_caller]
    pub fn freeze_clock(&self, ahead: u32) {
        let script = "window.clock ??= Date.now; const now = window.clock.call(Date) + arguments[0] * 1000; Date.now = () => now";
        self.run(script, &[json!(ahead)]);
    }

    /// Lets the page's clock go on.
    #[track_caller]
    pub fn thaw_clock(&self) {
        self.run("Date.now = window.clock ?? Date.now", &[]);
    }

    #[track_caller]
    fn chord(&self, keys: Vec<char>) {
        let down = keys.iter().map(|key| json!({"type": "keyDown", "value": key}));
        let up = keys.iter().rev().map(|key| json!({"type": "keyUp", "value": key}));
        let keyboard = json!({"type": "key", "id": "keyboard", "actions": down.chain(up).collect::<Vec<_>>()});
        self.must(self.session.post("/actions", &json!({"actions": [keyboard]})));
    }

    #[track_caller]
    pub(crate) fn must(&self, result: anyhow::Result<Value>) -> Value {
        match result {
            Ok(value) => value,
            Err(error) => panic!("the window does not answer: {error:#}"),
        }
    }

    fn element(&self, handle: Handle, asked: &str) -> Element<'_> {
        Element {
            session: &self.session,
            handle,
            asked: asked.to_owned(),
        }
    }
}

/// Asks again until there is an answer.
#[track_caller]
pub(crate) fn settled<'a>(session: &'a Session, asked: &str, mut ask: impl FnMut() -> Option<Handle>) -> Element<'a> {
    let started = Instant::now();
    loop {
        if let Some(handle) = ask() {
            return Element {
                session,
                handle,
                asked: asked.to_owned(),
            };
        }
        if started.elapsed() > PATIENCE {
            panic!("there is no {asked}; on screen is:\n{}", on_screen(session));
        }
        thread::sleep(GLANCE);
    }
}

/// Every match now. A page that is just being replaced has none.
pub(crate) fn find(session: &Session, role: &str, name: Option<&str>, how: &str, inside: Option<&Handle>) -> Vec<Handle> {
    let inside = inside.map_or(Value::Null, Handle::argument);
    let found = session.run(include_str!("find.js"), &[json!(role), json!(name), json!(how), inside]);
    found
        .ok()
        .as_ref()
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .filter_map(Handle::of)
        .collect()
}

fn on_screen(session: &Session) -> String {
    let script = "const modal = Array.from(document.querySelectorAll('dialog[open]')).pop(); return (modal ?? document.body).innerText";
    match session.run(script, &[]) {
        Ok(text) => text.as_str().unwrap_or("(nothing)").to_owned(),
        Err(error) => format!("(the window does not answer: {error:#})"),
    }
}
