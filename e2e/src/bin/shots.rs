//! Takes a picture of every page and dialog in each of its states, light and dark, wide and narrow, and of documents as they are
//! on paper: into `shots/`, and those that the README shows into `docs/pictures`. Words after the command take only pictures whose name contains one
//! of them. A picture that is missing, content that is cut off or reaches out of its place, contrast under AA, and whatever a rule of
//! axe-core finds in either theme fail.

#![allow(clippy::print_stdout, reason = "a command line tool talks on standard output")]

use std::{
    fs,
    panic::{self, AssertUnwindSafe},
    path::PathBuf,
};

use anyhow::{Context, Result, anyhow, ensure};
use e2e::{
    App, papers,
    stages::{PARTS, Part, Stage},
    take_lost_page,
};

/// What the README shows.
const README: &[&str] = &[
    "customers-sorted-1280-light",
    "customers-sorted-420-dark",
    "dashboard-1280-dark",
    "details-licenses-1280-light",
    "sign-in-1280-light",
];
const THEMES: [&str; 2] = ["light", "dark"];

struct Camera {
    words: Vec<String>,
    root: PathBuf,
    taken: Vec<String>,
    wrong: Vec<String>,
}

impl Camera {
    /// The names of the pictures of a stage that are wanted.
    fn wanted(&self, stage: Stage) -> Vec<(u32, &'static str, String)> {
        let names = stage
            .widths
            .iter()
            .flat_map(|width| THEMES.map(|theme| (*width, theme, format!("{}-{width}-{theme}", stage.name))));
        names.filter(|(_, _, name)| self.wants(name)).collect()
    }

    fn wants(&self, name: &str) -> bool {
        self.words.is_empty() || self.words.iter().any(|word| name.contains(word.as_str()))
    }

    /// Does a part of the work. WebKit ends now and then where it draws without a graphics card; twice at the same place is no
    /// chance.
    fn once_or_twice(&mut self, name: &str, work: impl Fn(&mut Self) -> Result<()>) -> Result<()> {
        let before = (self.taken.len(), self.wrong.len());
        if let Err(failure) = panic::catch_unwind(AssertUnwindSafe(|| work(self))).unwrap_or_else(|_| Err(anyhow!("the walk failed"))) {
            ensure!(take_lost_page(), failure);
            println!("The engine that paints the page has ended in {name}: once more.");
            self.taken.truncate(before.0);
            self.wrong.truncate(before.1);
            work(self)?;
        }
        Ok(())
    }

    /// Takes the pictures of documents.
    fn documents(&mut self, names: &[String]) -> Result<()> {
        let folder = self.root.join("shots");
        fs::create_dir_all(&folder)?;
        papers::draw(names, &folder, &mut |name| {
            println!("{name}");
            self.taken.push(name.to_owned());
        })
    }

    /// Goes through a part and takes its pictures.
    fn walk(&mut self, part: &Part) -> Result<()> {
        let mut outcome = Ok(());
        part.walk(&mut |app, stage| {
            if outcome.is_ok() {
                outcome = self.take(app, stage);
            }
        })?;
        outcome
    }

    fn take(&mut self, app: &App, stage: Stage) -> Result<()> {
        for (width, theme, name) in self.wanted(stage) {
            app.resize(width, 800);
            app.paint(theme);
            app.rest();
            self.wrong
                .extend(app.painted_wrong().into_iter().map(|wrong| format!("{name}: {wrong}")));
            let picture = app.picture();
            ensure!(picture.starts_with(b"\x89PNG"), "{name} is no picture");
            for folder in ["shots"]
                .into_iter()
                .chain(README.contains(&name.as_str()).then_some("docs/pictures"))
            {
                let folder = self.root.join(folder);
                fs::create_dir_all(&folder)?;
                fs::write(folder.join(format!("{name}.png")), &picture)?;
            }
            // Every rule in every theme and width: the walk of the tests leaves some of them out in the dark theme.
            self.wrong.extend(app.violations().into_iter().map(|violation| {
                let places = violation.places.join("\n    ");
                format!("{name}: {}\n    {places}", violation.rule)
            }));
            println!("{name}");
            self.taken.push(name);
        }
        app.resize(1280, 800);
        Ok(())
    }
}

fn main() -> Result<()> {
    let mut camera = Camera {
        words: std::env::args().skip(1).collect(),
        root: PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(".."),
        taken: Vec::new(),
        wrong: Vec::new(),
    };
    let mut wanted = Vec::new();
    for part in PARTS {
        let names = part.stages().into_iter().flat_map(|stage| camera.wanted(stage));
        let names: Vec<String> = names.map(|(_, _, name)| name).collect();
        if names.is_empty() {
            continue;
        }
        wanted.extend(names);
        camera.once_or_twice(part.name, |camera| camera.walk(part))?;
    }
    let documents: Vec<String> = papers::names().into_iter().filter(|name| camera.wants(name)).collect();
    if !documents.is_empty() {
        wanted.extend(documents.iter().cloned());
        camera.once_or_twice("documents", |camera| camera.documents(&documents))?;
    }
    for wrong in &camera.wrong {
        println!("{wrong}");
    }
    for name in &wanted {
        let file = camera.root.join("shots").join(format!("{name}.png"));
        let size = fs::metadata(&file).with_context(|| format!("{name} is missing"))?.len();
        ensure!(camera.taken.contains(name) && size > 1_000, "{name} was not taken");
    }
    for name in README.iter().filter(|_| camera.words.is_empty()) {
        ensure!(
            camera.taken.iter().any(|taken| taken == name),
            "the README shows {name}, which is no stage"
        );
    }
    println!("{} pictures", camera.taken.len());
    ensure!(camera.wrong.is_empty(), "{} things are wrong", camera.wrong.len());
    Ok(())
}
