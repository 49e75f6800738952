//! A book that cannot be opened: what is the matter, where, and what to do.

use contract::desktop::{BookChoice, StartupProblem, StartupState};
use yew::prelude::*;

use crate::{
    components::{Button, ButtonKind, ButtonWidth, ControlSize, CopyButton, Icon, Mark},
    pages::gate::frame::Frame,
};

/// A book that cannot be opened.
#[derive(Properties, PartialEq)]
pub struct StartupProblemScreenProps {
    /// How it stands.
    pub startup: StartupState,
    /// Tries again.
    pub on_retry: Callback<()>,
    /// Makes a new book where the one that was there is gone.
    pub on_make_new: Callback<()>,
    /// Throws the sample away and opens the person's own book; offered if the sample is the one that does not open.
    pub on_discard_sample: Callback<()>,
}

/// A book that cannot be opened.
#[component]
pub fn StartupProblemScreen(props: &StartupProblemScreenProps) -> Html {
    let startup = &props.startup;
    let (title, advice) = words(startup.problem.unwrap_or(StartupProblem::Other));
    html! {
        <Frame title="Not opened" version={Some(AttrValue::from(startup.version.clone()))}>
            <section class="gate__card gate__card--wide" aria-labelledby="problem-title">
                <Mark is_large={true} />
                <div class="gate__head" role="alert">
                    <h1 class="gate__title" id="problem-title">{ title }</h1>
                    <p class="gate__text">{ advice }</p>
                </div>
                <dl class="gate__facts">
                    <div><dt>{ "Book" }</dt><dd class="mono">{ startup.location.clone() }</dd></div>
                    if let Some(reference) = &startup.reference {
                        <div><dt>{ "Reference" }</dt><dd class="mono">{ reference.clone() }<CopyButton text={reference.clone()} noun="reference" /></dd></div>
                    }
                    <div><dt>{ "Log" }</dt><dd class="mono">{ startup.log_folder.clone() }</dd></div>
                </dl>
                <div class="btn-row">
                    if startup.book == BookChoice::Sample {
                        <Button label="Throw the sample away" size={ControlSize::Large} on_press={props.on_discard_sample.clone()} />
                    }
                    if startup.problem == Some(StartupProblem::Gone) {
                        <Button label="Begin a new book" size={ControlSize::Large} on_press={props.on_make_new.clone()} />
                    }
                    <Button
                        label="Retry" autofocus={true} kind={ButtonKind::Primary} size={ControlSize::Large} width={ButtonWidth::Grow}
                        icon={Some(Icon::Refresh)} on_press={props.on_retry.clone()}
                    />
                </div>
            </section>
        </Frame>
    }
}

fn words(problem: StartupProblem) -> (&'static str, &'static str) {
    match problem {
        StartupProblem::Missing => (
            "The folder of the book is not there",
            "It cannot be made either. Connect the drive it is on, or make the folder, then retry.",
        ),
        StartupProblem::Gone => (
            "The book is not there any more",
            "It was here at an earlier start. Put it back, or put your latest backup in its place, then retry. A new book begins empty.",
        ),
        StartupProblem::Locked => (
            "The book is open already",
            "Another window of the app, or a maintenance run in a terminal, works in it. Close that one, then retry.",
        ),
        StartupProblem::ReadOnly => (
            "The book cannot be written",
            "The file or its folder is read-only for your account. Allow writing, then retry. Nothing was changed.",
        ),
        StartupProblem::NotABook => (
            "This file is not a book",
            "Something else stands where the book should be. Move that file away to begin with a new book, or put your backup in its place, then retry.",
        ),
        StartupProblem::Damaged => (
            "The book is damaged",
            "Keep a copy of the file. Put your latest backup in its place, then retry. Nothing was written to the damaged file.",
        ),
        StartupProblem::Newer => (
            "The book is newer than this app",
            "A newer version of the app has worked in it. Update the app, then start it again. Nothing was changed.",
        ),
        StartupProblem::DiskFull => (
            "The disk is full",
            "The book needs room to open. Free some space, then retry. Nothing was lost.",
        ),
        StartupProblem::Unreachable => (
            "The database did not answer",
            "Your data is safe on the server. Check the network or VPN, then retry.",
        ),
        StartupProblem::Other => (
            "The book could not be opened",
            "This is a fault in the app. The log has the details under the reference. Retry, or start the app again.",
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_problem_has_its_own_sentence() {
        let mut titles: Vec<_> = StartupProblem::ALL.iter().map(|problem| words(*problem).0).collect();
        titles.sort_unstable();
        titles.dedup();
        assert_eq!(titles.len(), StartupProblem::ALL.len());
    }
}
