//! Every page and dialog in its states, and how to get there: one list, walked by the check of accessibility and by the
//! camera.

mod billing;
mod database;
mod details;
mod dialogs;
mod empty;
mod gate;
mod pages;
mod palette;
mod problems;
mod selling;
mod settled;
mod shown;
mod statistics;

use anyhow::{Result, ensure};
use serde_json::Value;

use crate::{App, window};

/// Widths at which a stage is looked at.
const WIDTHS: &[u32] = &[1280, 420];

/// A page or dialog in one state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stage {
    /// Its name, as it is in the names of pictures.
    pub name: &'static str,
    /// The widths at which it can be seen.
    pub widths: &'static [u32],
}

/// Stages that are reached one after the other in one window.
pub struct Part {
    /// Its name.
    pub name: &'static str,
    stages: fn() -> Vec<Stage>,
    walk: fn(&mut Tour<'_>) -> Result<()>,
}

/// Everything there is to be seen.
pub const PARTS: &[Part] = &[
    gate::PART,
    problems::PART,
    empty::PART,
    pages::PART,
    details::PART,
    dialogs::PART,
    selling::PART,
    billing::PART,
    database::PART,
];

impl Part {
    /// The part of this name.
    ///
    /// # Errors
    /// If there is none.
    pub fn named(name: &str) -> Result<&'static Self> {
        let found = PARTS.iter().find(|part| part.name == name);
        found.ok_or_else(|| anyhow::anyhow!("there is no part {name:?}"))
    }

    /// Its stages, in their order.
    pub fn stages(&self) -> Vec<Stage> {
        (self.stages)()
    }

    /// Goes through it and has each stage looked at.
    ///
    /// # Errors
    /// If the window cannot be opened, or a stage of the list was not reached.
    pub fn walk(&self, look: &mut dyn FnMut(&App, Stage)) -> Result<()> {
        let mut tour = Tour {
            listed: self.stages(),
            seen: Vec::new(),
            look,
        };
        (self.walk)(&mut tour)?;
        let (seen, listed) = (tour.seen, tour.listed.iter().map(|stage| stage.name).collect::<Vec<_>>());
        ensure!(seen == listed, "{}: listed are {listed:?}, seen were {seen:?}", self.name);
        Ok(())
    }
}

/// A walk through the stages of a part.
pub struct Tour<'a> {
    listed: Vec<Stage>,
    seen: Vec<&'static str>,
    look: &'a mut dyn FnMut(&App, Stage),
}

impl Tour<'_> {
    /// Has the stage looked at that the window shows now. A dialog that it is to show has to be there, over all others.
    #[track_caller]
    fn stop(&mut self, app: &App, name: &str) {
        let Some(stage) = self.listed.iter().copied().find(|stage| stage.name == name) else {
            panic!("the stage {name:?} is not on the list")
        };
        if let Some(dialog) = shown::of(name) {
            app.until(&format!("the dialog {:?} of {}", dialog.title, dialog.file), || {
                !window::find(&app.session, "dialog", Some(dialog.title), "contains", None).is_empty()
            });
        }
        self.seen.push(stage.name);
        (self.look)(app, stage);
    }
}

const fn stage(name: &'static str) -> Stage {
    Stage { name, widths: WIDTHS }
}

/// One that only a narrow window has.
const fn narrow(name: &'static str) -> Stage {
    Stage { name, widths: &[420] }
}

/// Waits until nothing on screen is a placeholder any more.
#[track_caller]
pub(crate) fn loaded(app: &App) {
    app.until("the end of loading", || app.all("[aria-busy=true], .skeleton, .bone").is_empty());
}

/// Waits until something on screen is a placeholder.
#[track_caller]
fn loading(app: &App) {
    app.until("a placeholder", || !app.all("[aria-busy=true], .skeleton, .bone").is_empty());
}

/// Waits until it is said that the answer did not come, and that it can be tried again.
#[track_caller]
fn failed(app: &App) {
    app.see("The database did not answer");
    app.button("Retry");
}

/// Tries again everything that failed.
#[track_caller]
fn retry(app: &App) {
    app.release();
    // Found and pressed in one step: what was tried again takes its button away.
    let script = "const button = [...document.querySelectorAll('button')]
        .find((button) => button.checkVisibility() && button.innerText.trim() === 'Retry');
        button?.click();
        return button === undefined";
    app.until("everything to be tried again", || app.run(script, &[]) == Value::Bool(true));
    loaded(app);
}

/// A dialog that asks before it shows something: while no answer comes, and when none can. It is left open, with what it shows.
#[track_caller]
fn late(tour: &mut Tour<'_>, app: &App, asked: &[&str], [held, refused]: [&str; 2], open: &dyn Fn(), ready: &dyn Fn()) {
    let dialogs = || app.run("return document.querySelectorAll('dialog[open]').length", &[]);
    let before = dialogs();
    app.hold(asked);
    open();
    loading(app);
    tour.stop(app, held);
    app.release();
    ready();
    loaded(app);
    app.escape();
    app.until("the end of the dialog", || dialogs() == before);
    app.refuse(asked);
    open();
    failed(app);
    tour.stop(app, refused);
    retry(app);
    ready();
    loaded(app);
}
