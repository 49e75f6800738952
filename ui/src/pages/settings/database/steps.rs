//! What came of trying a connection: a line for each step.

use contract::{
    connection::{ConnectionStep, NO_BOOK, NOT_ENCRYPTED, StepAnswer, TlsProblem, UNFINISHED_MOVE},
    desktop::ConnectionTest,
    words,
};
use yew::prelude::*;

use crate::components::{Badge, Icon, Tone};

/// Whether every step went well.
pub fn is_passed(test: &ConnectionTest) -> bool {
    test.steps.iter().all(|answer| answer.is_done) && has(test, ConnectionStep::Book)
}

/// Whether the place is there and has no book.
pub fn is_empty(test: &ConnectionTest) -> bool {
    is_passed(test) && holds(test, NO_BOOK)
}

/// Whether a move had begun to fill the place when it was broken off.
pub fn is_begun(test: &ConnectionTest) -> bool {
    is_passed(test) && holds(test, UNFINISHED_MOVE)
}

fn holds(test: &ConnectionTest, found: &str) -> bool {
    let is_it = |answer: &StepAnswer| answer.step == ConnectionStep::Book && answer.detail == found;
    test.steps.iter().any(is_it)
}

fn has(test: &ConnectionTest, step: ConnectionStep) -> bool {
    test.steps.iter().any(|answer| answer.step == step)
}

/// A line for each step.
#[derive(Properties, PartialEq)]
pub struct StepsProps {
    /// What came of the try.
    pub test: ConnectionTest,
}

/// A line for each step.
#[component]
pub fn Steps(props: &StepsProps) -> Html {
    let test = &props.test;
    let (label, tone) = if is_passed(test) {
        ("Connected", Tone::Positive)
    } else {
        ("Not connected", Tone::Danger)
    };
    html! {
        <section class="panel" aria-label="Connection test" role="status">
            <header class="panel__head panel__head--ruled"><Badge {label} {tone} /><h3 class="panel__title">{ "Connection test" }</h3></header>
            <ul class="rows rows--flush tries">
                { for test.steps.iter().map(|answer| html! {
                    <li key={answer.step.as_str()}>
                        { if answer.is_done { Icon::Check.drawn("icon tone-positive") } else { Icon::AlertCircle.drawn("icon tone-danger") } }
                        <span class="tries__name medium">{ name(answer.step) }</span>
                        <span class="grow wrap secondary">{ detail(answer) }</span>
                    </li>
                }) }
            </ul>
            if let Some(problem) = test.keyring { <p class="panel__note">{ format!("{}, so no password was taken from there.", problem.words()) }</p> }
        </section>
    }
}

fn name(step: ConnectionStep) -> &'static str {
    match step {
        ConnectionStep::Name => "Find the server",
        ConnectionStep::Reach => "Reach it",
        ConnectionStep::Secure => "Encrypt",
        ConnectionStep::SignIn => "Sign in",
        ConnectionStep::Rights => "Check the rights",
        ConnectionStep::Book => "Look for a book",
    }
}

/// What was found, in words. What went wrong says so itself.
fn detail(answer: &StepAnswer) -> String {
    let found = &answer.detail;
    match (answer.step, answer.is_done) {
        (ConnectionStep::Reach, true) => format!("Port {found} answers"),
        (ConnectionStep::Secure, true) if found.is_empty() => "Encrypted, but not verified".to_owned(),
        // Where encryption is wanted only if there is any.
        (ConnectionStep::Secure, true) if *found == words::tls_problem(TlsProblem::NotOffered).title => found.clone(),
        (ConnectionStep::Secure, true) if found == NOT_ENCRYPTED => capitalized(found),
        (ConnectionStep::Secure, true) => format!("Verified, with a certificate of {found}"),
        (ConnectionStep::SignIn, true) => format!("As {found}"),
        (ConnectionStep::Rights | ConnectionStep::Book, true) => capitalized(found),
        _ => found.clone(),
    }
}

fn capitalized(found: &str) -> String {
    let mut letters = found.chars();
    letters
        .next()
        .map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(step: ConnectionStep, is_done: bool, detail: &str) -> StepAnswer {
        StepAnswer {
            step,
            is_done,
            detail: detail.to_owned(),
        }
    }

    #[test]
    fn only_a_try_that_came_to_its_end_has_passed() {
        let test = |steps: Vec<StepAnswer>| ConnectionTest { steps, keyring: None };
        let signed_in = answer(ConnectionStep::SignIn, true, "ann");
        assert!(!is_passed(&test(vec![])));
        assert!(!is_passed(&test(vec![signed_in.clone()])));
        assert!(!is_passed(&test(vec![answer(ConnectionStep::Name, false, "not known")])));
        let empty = test(vec![signed_in.clone(), answer(ConnectionStep::Book, true, NO_BOOK)]);
        assert!(is_passed(&empty) && is_empty(&empty));
        assert!(!is_begun(&empty));
        let full = test(vec![signed_in.clone(), answer(ConnectionStep::Book, true, "a book, m1")]);
        assert!(is_passed(&full) && !is_empty(&full) && !is_begun(&full));
        let begun = test(vec![signed_in, answer(ConnectionStep::Book, true, UNFINISHED_MOVE)]);
        assert!(is_begun(&begun) && !is_empty(&begun));
    }

    #[test]
    fn who_vouches_for_a_server_is_named_and_nobody_where_nobody_does() {
        let secured = |found: &str| detail(&answer(ConnectionStep::Secure, true, found));
        assert_eq!(secured("Example Authority"), "Verified, with a certificate of Example Authority");
        assert_eq!(secured(""), "Encrypted, but not verified");
        let none = words::tls_problem(TlsProblem::NotOffered).title;
        assert_eq!(secured(&none), none);
        assert_eq!(secured(NOT_ENCRYPTED), "Not encrypted");
    }
}
