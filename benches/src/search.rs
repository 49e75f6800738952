//! From a keystroke in the search field to the painted rows of its answer.

use anyhow::{Result, ensure};
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

/// Milliseconds of each keystroke, from the event of the input to the end of the frame that painted its answer: the first
/// time, when the webview has yet to find a font for each script, and again.
pub fn measure(app: &App) -> Result<Value> {
    // The grid is busy from the question until its answer is rendered.
    let script = "
        const [terms, done] = arguments;
        const field = document.querySelector('input[type=search]');
        const grid = document.querySelector('[role=grid]');
        // What is rendered is painted right after the callbacks of the next frame, before any other task.
        const painted = () => new Promise(resolve => requestAnimationFrame(() => {
            const channel = new MessageChannel();
            channel.port1.onmessage = resolve;
            channel.port2.postMessage(null);
        }));
        const answered = () => new Promise((resolve, reject) => {
            const late = setTimeout(() => reject(new Error('no answer to ' + field.value)), 10000);
            let wasBusy = false;
            const observer = new MutationObserver(() => {
                const isBusy = grid.getAttribute('aria-busy') === 'true';
                wasBusy ||= isBusy;
                if (wasBusy && !isBusy) { observer.disconnect(); clearTimeout(late); resolve(); }
            });
            observer.observe(grid, { attributes: true, attributeFilter: ['aria-busy'] });
        });
        const type = async (text) => {
            const from = performance.now();
            const answer = answered();
            field.value = text;
            field.dispatchEvent(new InputEvent('input', { bubbles: true }));
            await answer;
            await painted();
            return performance.now() - from;
        };
        (async () => {
            const rounds = [[], []];
            field.focus();
            for (const times of rounds) for (const term of terms) {
                for (let length = 1; length <= term.length; length++) {
                    // A space at the end asks nothing new.
                    if (term[length - 1] !== ' ') times.push(await type(term.slice(0, length)));
                }
                await type('');
            }
            done(rounds);
        })().catch(error => done(String(error)));";
    let answer = app.run_until_called(script, &[json!(TERMS)]);
    ensure!(!answer.is_string(), "the search: {answer}");
    Ok(json!({ "first": spread(&numbers(&answer[0])), "again": spread(&numbers(&answer[1])) }))
}
