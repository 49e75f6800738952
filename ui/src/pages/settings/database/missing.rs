//! That a book has had no backup for days, said above every page but that of the backups, which says more.

use std::time::Duration;

use contract::{
    backup::{BackupTrouble, ListBackups},
    words,
};
use gloo_timers::callback::Interval;
use yew::prelude::*;

use crate::{
    components::{Button, ControlSize, Icon},
    hooks::use_opened_book,
    ipc,
    route::{Route, Section, use_place},
};

/// Where backups are made and listed.
const HOME: Route = Route::Settings(Section::Database);
/// How often it is asked whether there is one: the book tries for it every quarter of an hour.
const AGAIN: u32 = 60_000;
/// How long that may take.
const SAID_WITHIN: Duration = Duration::from_secs(5);

/// Says that there is no backup of the last days, and why, as long as that is so.
#[component]
pub fn BackupBanner() -> Html {
    let (book, place) = (use_opened_book(), use_place());
    let trouble = use_state_eq(|| None::<BackupTrouble>);
    // Nobody waits for one of the sample, and whoever looks after a server has those of its books.
    let is_kept = book.is_some_and(|book| !book.is_sample() && !book.startup.is_on_server());
    let is_asked = is_kept && place.route != HOME;
    {
        let trouble = trouble.setter();
        use_effect_with(is_asked, move |is_asked| {
            if !is_asked {
                // Whoever comes back from there may have made one.
                trouble.set(None);
            }
            let look = move || {
                let trouble = trouble.clone();
                wasm_bindgen_futures::spawn_local(async move {
                    // What is refused, as to whoever is locked out, says nothing of the backups.
                    if let Ok(list) = ipc::call_quietly(ListBackups {}, SAID_WITHIN).await {
                        trouble.set(list.trouble.filter(|trouble| trouble.is_urgent));
                    }
                });
            };
            let pulse = is_asked.then(|| {
                look();
                Interval::new(AGAIN, look)
            });
            move || drop(pulse)
        });
    }
    let go = Callback::from(move |()| place.go(HOME));
    html! {
        <div role="status">
            if let Some(trouble) = trouble.as_ref().filter(|_| is_asked) {
                <section class="banner" aria-label="Backups">
                    { Icon::Alert.small() }
                    <span><strong>{ "There is no backup of this book from the last two days. " }</strong>{ why(trouble) }</span>
                    <Button label="Show the backups" size={ControlSize::Small} on_press={go} />
                </section>
            }
        </div>
    }
}

/// Why there is none, and what to do.
fn why(trouble: &BackupTrouble) -> String {
    let said = words::work_problem(trouble.problem);
    let detail = trouble.detail.as_ref().map(|detail| format!(" ({detail})")).unwrap_or_default();
    format!("The last try ended with: {}{detail}. {}", said.title, said.advice)
}

#[cfg(test)]
mod tests {
    use contract::{Timestamp, work::WorkProblem};

    use super::*;

    #[test]
    fn why_there_is_none_is_said_as_a_sentence() {
        let trouble = |problem, detail: Option<&str>| BackupTrouble {
            at: Timestamp(7),
            problem,
            detail: detail.map(str::to_owned),
            is_urgent: true,
        };
        let full = why(&trouble(WorkProblem::DiskFull, None));
        assert_eq!(
            full,
            "The last try ended with: The disk is full. Make room and try again; nothing was lost."
        );
        let short = why(&trouble(WorkProblem::NoRoom, Some("9 MB are needed")));
        assert!(
            short.starts_with("The last try ended with: The disk has too little room (9 MB are needed). Nothing was begun"),
            "{short}"
        );
    }
}
