//! The way back to a backup, where the file of a book is gone or does not open.

use contract::{Currency, backup::Backup, words, work::WorkProblem};
use yew::prelude::*;

use crate::{
    components::{Button, ButtonKind, Notice, Tone},
    format::{self, Formats},
};

/// Backups that are shown until all are asked for.
const SHOWN: usize = 3;

/// The backups of a book that does not open.
#[derive(Properties, PartialEq)]
pub struct RecoveryProps {
    /// The backups, newest first.
    pub backups: Vec<Backup>,
    /// Whether nothing else helps: the newest is the main way on.
    pub is_only_way: bool,
    /// Why the last try did not succeed.
    pub problem: Option<WorkProblem>,
    /// Puts the backup of this name in the place of the book.
    pub on_go_back: Callback<String>,
}

/// The backups of a book that does not open: each can take its place.
#[component]
pub fn Recovery(props: &RecoveryProps) -> Html {
    let is_whole = use_state_eq(|| false);
    // No book is open that could say where the business is.
    let formats = Formats::new(Currency::EUR, &format::computer_time_zone().unwrap_or_default());
    let shown = if *is_whole { props.backups.len() } else { SHOWN };
    let older = props.backups.len().saturating_sub(shown);
    let on_more = {
        let is_whole = is_whole.clone();
        Callback::from(move |()| is_whole.set(true))
    };
    html! {
        <section class="gate__book" aria-labelledby="recovery-title">
            <h2 class="section-title" id="recovery-title">{ "Go back to a backup" }</h2>
            if let Some(problem) = props.problem {
                { { let said = words::work_problem(problem); html! { <Notice title={said.title} text={Some(AttrValue::from(said.advice))} tone={Tone::Danger} is_alert={true} /> } } }
            }
            <p class="field__help">{ "Every row is compared before it takes its place. What was entered after it is not in it; whatever stands there now is kept among the backups." }</p>
            <ul class="rows rows--flush panel">
                { for props.backups.iter().take(shown).enumerate().map(|(place, backup)| {
                    let (at, name, on_go_back) = (formats.moment(backup.at), backup.name.clone(), props.on_go_back.clone());
                    let kind = if props.is_only_way && place == 0 { ButtonKind::Primary } else { ButtonKind::Plain };
                    html! {
                        <li key={backup.name.clone()}>
                            <div class="grow"><span class="medium">{ at.clone() }</span><small class="second-line muted">{ holds(backup) }</small></div>
                            <Button label="Go back" {kind} aria_label={Some(AttrValue::from(format!("Go back to the backup of {at}")))} on_press={Callback::from(move |()| on_go_back.emit(name.clone()))} />
                        </li>
                    }
                }) }
            </ul>
            if older > 0 { <p class="gate__alt"><Button label={format!("Show {older} older")} kind={ButtonKind::Link} on_press={on_more} /></p> }
        </section>
    }
}

/// Why a backup was made, and what is known of what it holds.
fn holds(backup: &Backup) -> String {
    let why = words::backup_reason(backup.reason);
    match backup.customers {
        Some(customers) => format!("{why} · {}", words::count(customers, "customer")),
        None => format!("{why} · without a record of what it holds"),
    }
}
