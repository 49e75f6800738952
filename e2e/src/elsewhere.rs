//! What happens beside the person in the window: a change by someone else, time that passes.

use serde_json::{Value, json};

use crate::window::Window;

impl Window {
    /// The customer whom a search finds alone.
    #[track_caller]
    pub fn record(&self, search: &str) -> Value {
        let page = self.ask("list_customers", json!({"search": search}));
        assert_eq!(page["total"], json!(1), "one customer matches {search}: {page}");
        page["items"][0].clone()
    }

    /// Opens a record by its address.
    #[track_caller]
    pub fn open_record(&self, id: &Value, tab: &str) {
        let script = "location.hash = `#/customers/${arguments[0]}/${arguments[1]}`";
        self.run(script, &[id.clone(), json!(tab)]);
        self.until("the record", || self.shows("tabpanel", ""));
    }

    /// The day so many days from today, as on the wire.
    pub fn day(&self, ahead: i64) -> Value {
        self.run(
            "return new Date(Date.now() + arguments[0] * 86400000).toISOString().slice(0, 10)",
            &[json!(ahead)],
        )
    }

    /// Goes to a place of the app by its address, as a link does.
    #[track_caller]
    pub fn follow(&self, place: &str) {
        self.run("location.hash = arguments[0]", &[json!(place)]);
    }

    /// Puts the clock on the wall forward, as it is after the computer slept.
    pub fn sleep_for(&self, seconds: u32) {
        let script = "const [before, more] = [Date.now, arguments[0] * 1000]; Date.now = () => before.call(Date) + more;";
        self.run(script, &[json!(seconds)]);
    }

    /// Presses the mouse at one place and lets it go at another, both in the middle of an element, or at the very corner of
    /// the window.
    #[track_caller]
    pub fn drag_out(&self, from: &crate::Element<'_>) {
        let script =
            "const box = arguments[0].getBoundingClientRect(); return [box.x + box.width / 2, box.y + box.height / 2].map(Math.round)";
        let middle = self.run(script, &[from.argument()]);
        let to = |x: &Value, y: &Value| json!({"type": "pointerMove", "origin": "viewport", "x": x, "y": y, "duration": 0});
        let press = |kind: &str| json!({"type": kind, "button": 0});
        let steps = [
            to(&middle[0], &middle[1]),
            press("pointerDown"),
            to(&json!(2), &json!(2)),
            press("pointerUp"),
        ];
        self.point(&steps);
    }

    /// Clicks at the corner of the window, beside every dialog.
    #[track_caller]
    pub fn click_beside(&self) {
        let press = |kind: &str| json!({"type": kind, "button": 0});
        self.point(&[
            json!({"type": "pointerMove", "origin": "viewport", "x": 2, "y": 2, "duration": 0}),
            press("pointerDown"),
            press("pointerUp"),
        ]);
    }

    /// Presses the mouse at the upper edge of an element, which is the first to move away when something above it grows, holds it for
    /// as long as a person does, and lets it go at the same place.
    #[track_caller]
    pub fn press_edge(&self, of: &crate::Element<'_>) {
        let script = "const box = arguments[0].getBoundingClientRect(); return [box.x + box.width / 2, box.y + 2].map(Math.round)";
        let edge = self.run(script, &[of.argument()]);
        let press = |kind: &str| json!({"type": kind, "button": 0});
        self.point(&[
            json!({"type": "pointerMove", "origin": "viewport", "x": edge[0], "y": edge[1], "duration": 0}),
            press("pointerDown"),
            json!({"type": "pause", "duration": 200}),
            press("pointerUp"),
        ]);
    }

    #[track_caller]
    fn point(&self, steps: &[Value]) {
        let mouse = json!({"type": "pointer", "id": "mouse", "parameters": {"pointerType": "mouse"}, "actions": steps});
        self.must(self.session.post("/actions", &json!({"actions": [mouse]})));
    }
}
