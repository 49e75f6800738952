//! The table of ratios, as text, Markdown and JSON, and the curves as SVG.

use std::{
    fmt::Write as _,
    path::{Path, PathBuf},
};

use anyhow::Result;
use serde_json::{Value, json};

use crate::{
    side::Measured,
    timing::{Times, load},
};

struct Row {
    name: String,
    ours: Times,
    raw: Option<Times>,
    empty: Option<Times>,
    ratio: Option<f64>,
    goal: Option<f64>,
    load: f64,
}

/// Everything that was measured; written anew with each row, so that a run that is ended leaves what it has.
pub struct Report {
    customers: u32,
    /// Where it is written, without an ending.
    place: PathBuf,
    rows: Vec<Row>,
    goals: Vec<(String, f64, f64, bool)>,
    facts: Vec<(String, Value)>,
    curves: Vec<(String, Vec<(u32, f64)>)>,
}

impl Report {
    /// Of all, or of some parts only, which are named.
    pub fn new(customers: u32, folder: &Path, only: Option<&str>) -> Self {
        let parts = only.map_or_else(String::new, |only| format!("-{}", only.replace(',', "-")));
        Self {
            customers,
            place: folder.join(format!("{customers}{parts}")),
            rows: Vec::new(),
            goals: Vec::new(),
            facts: Vec::new(),
            curves: Vec::new(),
        }
    }

    /// A request beside the same query through C and an empty one through the same stack.
    pub fn measured(&mut self, name: &str, measured: &Measured, goal: f64) {
        self.push(Row {
            name: name.to_owned(),
            ours: measured.ours.clone(),
            raw: Some(measured.raw.clone()),
            empty: Some(measured.empty.clone()),
            ratio: Some(measured.ratio()),
            goal: Some(goal),
            load: load(),
        });
    }

    /// Times, beside a limit if there is one.
    pub fn row(&mut self, name: &str, ours: &Times, limit: Option<(&Times, f64)>) {
        self.push(Row {
            name: name.to_owned(),
            ours: ours.clone(),
            raw: limit.map(|(raw, _)| raw.clone()),
            empty: None,
            ratio: limit.map(|(raw, _)| ours.median() / raw.median()),
            goal: limit.map(|(_, goal)| goal).filter(|goal| goal.is_finite()),
            load: load(),
        });
    }

    fn push(&mut self, row: Row) {
        println!("{}", line(&row));
        self.rows.push(row);
        self.keep();
    }

    /// Writes what there is so far.
    fn keep(&self) {
        if let Err(error) = self.write() {
            println!("the table cannot be written: {error}");
        }
    }

    /// A figure that may be at most so much.
    pub fn goal(&mut self, name: &str, figure: f64, most: f64) {
        self.figure(name, figure, most, figure <= most);
    }

    /// A figure that has to be at least so much.
    pub fn at_least(&mut self, name: &str, figure: f64, least: f64) {
        self.figure(name, figure, least, figure >= least);
    }

    fn figure(&mut self, name: &str, figure: f64, goal: f64, is_met: bool) {
        println!("{name:62} {figure:>10.2}  goal {goal:.2}: {}", verdict(is_met));
        self.goals.push((name.to_owned(), figure, goal, is_met));
        self.keep();
    }

    /// Something to be told.
    pub fn fact(&mut self, name: &str, value: Value) {
        println!("{name}: {value}");
        self.facts.push((name.to_owned(), value));
        self.keep();
    }

    /// Milliseconds at numbers of customers.
    pub fn curve(&mut self, name: &str, points: &[(u32, f64)]) {
        self.curves.push((name.to_owned(), points.to_vec()));
    }

    /// The median of the first row whose name begins so.
    pub fn median_of(&self, name: &str) -> Option<f64> {
        self.rows.iter().find(|row| row.name.starts_with(name)).map(|row| row.ours.median())
    }

    /// Writes `N.json`, `N.md` and `growth.svg`, or with the names of the parts behind the number; answers where the table is.
    pub fn write(&self) -> Result<PathBuf> {
        let rows: Vec<Value> = self
            .rows
            .iter()
            .map(|row| {
                json!({ "name": row.name, "ours": row.ours.json(), "raw": row.raw.as_ref().map(Times::json), "empty": row.empty.as_ref().map(Times::json),
                        "ratio": row.ratio, "goal": row.goal, "load": row.load })
            })
            .collect();
        let goals: Vec<Value> = self
            .goals
            .iter()
            .map(|(name, figure, goal, is_met)| json!({ "name": name, "figure": figure, "goal": goal, "met": is_met }))
            .collect();
        let all = json!({ "customers": self.customers, "rows": rows, "goals": goals, "facts": self.facts, "curves": self.curves });
        let name = |ending: &str| self.place.with_extension(ending);
        std::fs::write(name("json"), serde_json::to_string_pretty(&all)?)?;
        std::fs::write(name("md"), self.markdown()?)?;
        if !self.curves.is_empty() {
            std::fs::write(self.place.with_file_name("growth.svg"), svg(&self.curves)?)?;
        }
        Ok(name("md"))
    }

    fn markdown(&self) -> Result<String> {
        let mut text = String::new();
        writeln!(
            text,
            "| at {} customers, ms | median | p95 | limit | empty query | ratio | goal | load |",
            self.customers
        )?;
        writeln!(text, "|---|---|---|---|---|---|---|---|")?;
        for row in &self.rows {
            let of = |times: &Option<Times>| times.as_ref().map_or_else(String::new, |times| format!("{:.3}", times.median()));
            let ratio = row.ratio.map_or_else(String::new, |ratio| format!("{ratio:.2}"));
            let goal = match (row.ratio, row.goal) {
                (Some(ratio), Some(goal)) => format!("≤ {goal}: {}", verdict(ratio <= goal)),
                _ => String::new(),
            };
            writeln!(
                text,
                "| {} | {:.3} | {:.3} | {} | {} | {ratio} | {goal} | {:.1} |",
                row.name,
                row.ours.median(),
                row.ours.at(95),
                of(&row.raw),
                of(&row.empty),
                row.load
            )?;
        }
        writeln!(text, "\n| figure | measured | goal | |\n|---|---|---|---|")?;
        for (name, figure, goal, is_met) in &self.goals {
            writeln!(text, "| {name} | {figure:.2} | {goal} | {} |", verdict(*is_met))?;
        }
        Ok(text)
    }
}

fn verdict(is_met: bool) -> &'static str {
    if is_met { "met" } else { "MISSED" }
}

fn line(row: &Row) -> String {
    let raw = row.raw.as_ref().map_or(f64::NAN, Times::median);
    let empty = row.empty.as_ref().map_or(0.0, Times::median);
    let goal = match (row.ratio, row.goal) {
        (Some(ratio), Some(goal)) => format!("goal {goal}: {}", verdict(ratio <= goal)),
        _ => String::new(),
    };
    format!(
        "{:52} {:>9.3} ms  limit {raw:>9.3} + {empty:.3}  ratio {:>6.2}  {goal}",
        row.name,
        row.ours.median(),
        row.ratio.unwrap_or(f64::NAN)
    )
}

/// One line a curve, both axes by tens.
fn svg(curves: &[(String, Vec<(u32, f64)>)]) -> Result<String> {
    let (width, height, left, top) = (900.0, 480.0, 70.0, 20.0);
    let x = |customers: u32| left + (f64::from(customers).log10() - 4.0) / 2.0 * 420.0;
    let y = |milliseconds: f64| top + (2.0 - milliseconds.max(0.01).log10()) / 4.0 * 420.0;
    let mut text = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" font-family=\"sans-serif\" font-size=\"11\">\n<title>Milliseconds by number of customers</title>\n"
    );
    for (label, at) in [
        ("0.01 ms", 0.01),
        ("0.1 ms", 0.1),
        ("1 ms", 1.0),
        ("10 ms", 10.0),
        ("100 ms", 100.0),
    ] {
        writeln!(
            text,
            "<path d=\"M{left} {0:.1}H{1}\" stroke=\"#ccc\"/><text x=\"4\" y=\"{0:.1}\">{label}</text>",
            y(at),
            left + 420.0
        )?;
    }
    for (label, at) in [("10,000", 10_000), ("100,000", 100_000), ("1,000,000", 1_000_000)] {
        writeln!(
            text,
            "<text x=\"{:.1}\" y=\"{}\" text-anchor=\"middle\">{label}</text>",
            x(at),
            top + 440.0
        )?;
    }
    for (number, (name, points)) in curves.iter().enumerate() {
        let hue = number * 360 / curves.len().max(1);
        let path: Vec<String> = points
            .iter()
            .map(|(customers, time)| format!("{:.1} {:.1}", x(*customers), y(*time)))
            .collect();
        let color = format!("hsl({hue} 70% 40%)");
        writeln!(
            text,
            "<path d=\"M{}\" fill=\"none\" stroke=\"{color}\" stroke-width=\"1.5\"/>",
            path.join("L")
        )?;
        writeln!(
            text,
            "<text x=\"{}\" y=\"{}\" fill=\"{color}\">{name}</text>",
            left + 440.0,
            30 + number * 16
        )?;
    }
    text.push_str("</svg>\n");
    Ok(text)
}
