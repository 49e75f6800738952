//! Frames during a minute of scrolling: wheel, pages, and the thumb dragged to and fro.

use e2e::App;
use serde_json::{Value, json};

use crate::figures::{numbers, spread};

const SECONDS: u32 = 60;

/// Frame times and how many were longer than 50 ms.
pub fn measure(app: &App) -> Value {
    let script = "
        const done = arguments[arguments.length - 1];
        const port = document.querySelector('[role=grid]').closest('.grid-scroll, .scroll, [data-scroll]')
            ?? document.querySelector('[role=grid]');
        const end = performance.now() + arguments[0] * 1000;
        const frames = [];
        let last = performance.now(), step = 0;
        const next = (now) => {
            frames.push(now - last);
            last = now;
            step++;
            const phase = Math.floor(step / 180) % 3;
            const most = port.scrollHeight - port.clientHeight;
            if (phase === 0) port.scrollTop += 60;
            else if (phase === 1) { if (step % 12 === 0) port.scrollTop += port.clientHeight; }
            else port.scrollTop = most * (0.5 + 0.5 * Math.sin(step / 40));
            if (now < end) requestAnimationFrame(next); else done(frames.slice(1));
        };
        requestAnimationFrame(next);";
    let frames = numbers(&app.run_until_called(script, &[json!(SECONDS)]));
    let long = frames.iter().filter(|time| **time > 50.0).count();
    json!({ "seconds": SECONDS, "frames": spread(&frames), "frames_over_50_milliseconds": long })
}
