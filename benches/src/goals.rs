//! The figures beside their goals.

use serde_json::Value;

/// Where the seconds are that making the book took.
const DEMO: &str = "/demo_seconds";

/// What a figure is called, where it is, the most it may be (none: it is only told), and its unit.
const GOALS: &[(&str, &str, Option<f64>, &str)] = &[
    ("making the book", DEMO, Some(60.0), "s"),
    (
        "keystroke to painted rows, 95 of 100",
        "/window/keystroke_to_painted_rows_milliseconds/again/p95",
        Some(100.0),
        "ms",
    ),
    (
        "the same, each script for the first time",
        "/window/keystroke_to_painted_rows_milliseconds/first/p95",
        Some(100.0),
        "ms",
    ),
    (
        "frames over 50 ms in 60 s of scrolling",
        "/window/scroll/frames_over_50_milliseconds",
        Some(0.0),
        "",
    ),
    ("the longest of these frames", "/window/scroll/frames/max", None, "ms"),
    ("start to painted sign-in, median", "/start_milliseconds/sign_in/median", None, "ms"),
    (
        "start to an empty window, median",
        "/start_milliseconds/empty_window/median",
        None,
        "ms",
    ),
    (
        "submit to the first painted table",
        "/window/submit_to_first_table_milliseconds",
        None,
        "ms",
    ),
    (
        "memory of the app after all that, by its share",
        "/window/kilobytes/tree",
        None,
        "kB",
    ),
    ("of it the host", "/window/kilobytes/host", None, "kB"),
    (
        "memory of the empty window, by its share",
        "/start_milliseconds/empty_window_kilobytes/tree",
        None,
        "kB",
    ),
    ("the host of that", "/start_milliseconds/empty_window_kilobytes/host", None, "kB"),
    ("the app, as it ships", "/bytes/app", None, "bytes"),
    (
        "the app that was measured, with a switch for WebDriver",
        "/bytes/measured_app",
        None,
        "bytes",
    ),
    ("an empty window", "/bytes/empty_window", None, "bytes"),
    ("the page, as WebAssembly", "/bytes/wasm", None, "bytes"),
];

/// So many customers the time to make a book is for.
const FEW: u64 = 10_000;

/// What is said of a figure.
pub struct Line {
    /// What it is, how much, and whether that is as it should be.
    pub text: String,
    /// Whether it has a goal and is not as it should be, or was not measured.
    pub is_missed: bool,
}

/// A line a figure.
pub fn lines(result: &Value) -> Vec<Line> {
    let customers = result["customers"].as_str().and_then(|text| text.parse().ok()).unwrap_or(FEW);
    GOALS
        .iter()
        .map(|(name, place, most, unit)| {
            // A larger book takes longer to make; all other goals hold whatever its size.
            let most = most.filter(|_| *place != DEMO || customers <= FEW);
            let figure = result.pointer(place).and_then(Value::as_f64);
            let said = figure.map_or_else(|| "not measured".to_owned(), |figure| format!("{figure:.0} {unit}"));
            let is_missed = most.is_some_and(|most| figure.is_none_or(|figure| figure > most));
            let verdict = match most {
                None => String::new(),
                Some(most) if is_missed => format!("goal {most:.0} {unit}: MISSED"),
                Some(most) => format!("goal {most:.0} {unit}: met"),
            };
            let text = format!("{name:52} {:>16}   {verdict}", said.trim_end()).trim_end().to_owned();
            Line { text, is_missed }
        })
        .collect()
}
