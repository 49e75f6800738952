//! Frames during a minute of scrolling: wheel, pages, and the thumb dragged to and fro.

use anyhow::{Result, ensure};
use e2e::App;
use serde_json::{Value, json};

use crate::figures::{numbers, spread};

const SECONDS: u32 = 60;

/// Frame times and how many were longer than 50 ms.
pub fn measure(app: &App) -> Result<Value> {
    let script = "
        const done = arguments[arguments.length - 1];
        const port = document.querySelector('[role=grid]');
        let moved = 0, before = port.scrollTop;
        const end = performance.now() + arguments[0] * 1000;
        const frames = [], phases = [];
        let last = performance.now(), step = 0;
        const next = (now) => {
            frames.push(now - last);
            last = now;
            moved += Math.abs(port.scrollTop - before);
            before = port.scrollTop;
            step++;
            // The frame that ends now was made by the step before.
            phases.push(Math.floor((step - 1) / 180) % 3);
            const phase = Math.floor(step / 180) % 3;
            const most = port.scrollHeight - port.clientHeight;
            if (phase === 0) port.scrollTop += 60;
            else if (phase === 1) { if (step % 12 === 0) port.scrollTop += port.clientHeight; }
            else port.scrollTop = most * (0.5 + 0.5 * Math.sin(step / 40));
            if (now < end) requestAnimationFrame(next); else done([moved, frames.slice(1), phases.slice(1)]);
        };
        requestAnimationFrame(next);";
    let answer = app.run_until_called(script, &[json!(SECONDS)]);
    let frames = numbers(&answer[1]);
    ensure!(answer[0].as_f64().is_some_and(|moved| moved > 10_000.0), "the list does not scroll");
    let long = frames.iter().filter(|time| **time > 50.0).count();
    let phases = numbers(&answer[2]);
    let long_in = |phase: f64| {
        frames
            .iter()
            .zip(&phases)
            .filter(|(time, of)| **time > 50.0 && **of == phase)
            .count()
    };
    let by_way = json!({ "wheel": long_in(0.0), "pages": long_in(1.0), "thumb": long_in(2.0) });
    Ok(
        json!({ "frames_over_50_milliseconds_by_way": by_way, "seconds": SECONDS, "scrolled_pixels": answer[0], "frames": spread(&frames), "frames_over_50_milliseconds": long }),
    )
}
