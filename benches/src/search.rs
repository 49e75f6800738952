//! From a keystroke in the search field to the painted rows of its answer.

use e2e::App;
use serde_json::{Value, json};

use crate::figures::{numbers, spread};

/// Typed one key after the other, each waited for.
const TERMS: &[&str] = &[
    "anna",
    "müller",
    "example",
    "studio gmbh",
    "zq",
    "nowak",
    "東京",
    "ivanov",
    "hosting",
    "o",
    "martin le",
];

/// Milliseconds of each keystroke.
pub fn measure(app: &App) -> Value {
    let script = "
        const done = arguments[arguments.length - 1];
        const terms = arguments[0];
        const field = document.querySelector('input[type=search]');
        const frame = () => new Promise(resolve => requestAnimationFrame(resolve));
        // The answer that a keystroke waits for is seen where it crosses into the page; two frames later it is painted.
        const internals = window.__TAURI_INTERNALS__;
        const invoke = internals.invoke;
        let answered = null;
        internals.invoke = (name, given, options) => {
            const answer = invoke(name, given, options);
            if (name === 'list_customers') answer.then(() => { answered = given.request.search ?? ''; });
            return answer;
        };
        const settled = async (text) => {
            const end = performance.now() + 10000;
            while ((answered ?? '').trim() !== text.trim()) {
                if (performance.now() > end) throw new Error('no answer to ' + text);
                await frame();
            }
            await frame();
            await frame();
        };
        (async () => {
            const times = [];
            for (const term of terms) {
                for (let length = 1; length <= term.length; length++) {
                    const text = term.slice(0, length);
                    const from = performance.now();
                    answered = null;
                    field.value = text;
                    field.dispatchEvent(new InputEvent('input', { bubbles: true }));
                    await settled(text);
                    times.push(performance.now() - from);
                }
            }
            field.value = '';
            field.dispatchEvent(new InputEvent('input', { bubbles: true }));
            await settled('');
            done(times);
        })().catch(error => done(String(error)));";
    let answer = app.run_until_called(script, &[json!(TERMS)]);
    if answer.is_string() { answer } else { spread(&numbers(&answer)) }
}
