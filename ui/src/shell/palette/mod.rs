//! The command palette: whatever is in the book and whatever the app can do, found while one types.

mod command;
mod entry;
mod found;

use contract::{Validate, customer::ListCustomers, session::SessionStage, text, words};
use yew::prelude::*;

pub use command::Acts;
use command::{matching, use_commands};
use entry::{Entry, best};
use found::{Asked, Kind, use_finding};

use crate::{
    components::{Combobox, Dialog, DialogClosing, DialogSize, EmptyState, FailedState, Icon, SkeletonRows, beside, focus_first_field},
    format,
    hooks::{use_formats, use_now, use_session, use_unique_id},
    pages::list_page::Showing,
    route::use_place,
    shell::shortcuts,
};

/// A dialog that is opened over whatever page is there, and how that is closed.
pub type Over = Callback<Callback<()>, Html>;

/// What is looked for, by the sign that what is typed begins with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Scope {
    Everything,
    Commands,
    Invoices,
    Domains,
}

impl Scope {
    /// What is typed, without its sign.
    fn of(typed: &str) -> (Self, &str) {
        let typed = typed.trim();
        let signs = [('>', Self::Commands), ('#', Self::Invoices), ('@', Self::Domains)];
        let found = signs
            .into_iter()
            .find_map(|(sign, scope)| Some((scope, typed.strip_prefix(sign)?.trim_start())));
        found.unwrap_or((Self::Everything, typed))
    }

    fn kinds(self) -> &'static [Kind] {
        match self {
            Self::Everything => &Kind::ALL,
            Self::Commands => &[],
            Self::Invoices => &[Kind::Invoices],
            Self::Domains => &[Kind::Domains],
        }
    }

    fn has_commands(self) -> bool {
        matches!(self, Self::Everything | Self::Commands)
    }

    /// What is searched, and what is not.
    fn extent(self) -> Option<AttrValue> {
        let text = match self {
            Self::Everything => {
                "Customers, domains, licenses, invoices and commands are searched; archived customers and what is theirs are not."
            }
            Self::Commands => return None,
            Self::Invoices | Self::Domains => "Archived customers and what is theirs are not searched.",
        };
        Some(AttrValue::Static(text))
    }

    /// What is not found, in a sentence.
    fn nothing(self) -> &'static str {
        match self {
            Self::Everything => "Nothing",
            Self::Commands => "No command",
            Self::Invoices => "No invoice",
            Self::Domains => "No domain",
        }
    }
}

/// The command palette.
#[derive(Properties, PartialEq)]
pub struct PaletteProps {
    /// What its commands act on.
    pub acts: Acts,
    /// Takes it away.
    pub on_close: Callback<()>,
}

/// The command palette. The focus stays in its field, the arrows lead through all that is offered, Enter takes one.
#[component]
pub fn Palette(props: &PaletteProps) -> Html {
    let id = use_unique_id();
    let typed = use_state_eq(String::new);
    // To what the arrows have led.
    let moved = use_state_eq(|| None::<String>);
    // Enter was pressed: whatever is meant is done as soon as the answer to what is typed is there.
    let entered = use_state_eq(|| false);
    let place = use_place();
    let formats = use_formats();
    let now = use_now();
    let commands = use_commands(&props.acts);
    {
        // It says what is in the book, and is not there any more after a lock.
        let on_close = props.on_close.clone();
        let is_in = use_session().state.stage == SessionStage::SignedIn;
        use_effect_with(is_in, move |is_in| {
            if !is_in {
                on_close.emit(());
            }
        });
    }
    let (scope, term) = Scope::of(&typed);
    let request = ListCustomers {
        search: Some(term.to_owned()),
        ..ListCustomers::default()
    };
    // The rules of a search are the same for all.
    let broken = request.validate().err().filter(|_| !scope.kinds().is_empty());
    let error = broken.and_then(|fields| fields.first().map(|field| words::problem(&field.problem)));
    let is_asking = error.is_none() && !term.is_empty() && !scope.kinds().is_empty();
    let asked = is_asking.then(|| Asked {
        term: term.to_owned(),
        kinds: scope.kinds(),
    });
    let finding = use_finding(asked.clone());
    let answers = finding.answers.filter(|_| is_asking);
    let is_settled = match (&asked, &answers) {
        (Some(asked), Some(answers)) => answers.is_whole && answers.asked == *asked,
        (asked, answers) => asked.is_none() && answers.is_none(),
    };
    let failure = answers.as_ref().and_then(|answers| answers.error.clone());
    let showing = Showing {
        today: formats.day_of(now),
        formats,
        now,
    };
    let rows = answers.as_ref().map(|answers| answers.rows.as_slice()).unwrap_or_default();
    let mut entries: Vec<Entry> = rows
        .iter()
        .filter(|row| scope.kinds().contains(&row.kind()))
        .map(|row| Entry::found(row, &place, &props.acts.over, &showing))
        .collect();
    if scope.has_commands() {
        let found = matching(commands, term).into_iter();
        entries.extend(found.map(|command| Entry::command(command, !term.is_empty())));
    }
    let at = match &*moved {
        // Where that one is gone, Enter takes nothing: whatever stands there instead is not what one was led to.
        Some(key) => entries.iter().position(|entry| entry.key == *key),
        None if failure.is_none() => best(&entries, term),
        // What is meant may be among what could not be looked through.
        None => None,
    };
    let active = at.and_then(|at| entries.get(at));
    let run = |entry: &Entry| {
        let (on_close, act) = (props.on_close.clone(), entry.act.clone());
        Callback::from(move |()| {
            on_close.emit(());
            act.emit(());
        })
    };
    // What one was led to is what one sees. Anything else waits for the answer.
    let is_due = *entered && (is_settled || moved.is_some());
    {
        let entered = entered.setter();
        let chosen = active.map(run);
        use_effect_with(is_due, move |is_due| {
            if *is_due {
                entered.set(false);
                if let Some(chosen) = chosen {
                    chosen.emit(());
                }
            }
        });
    }
    let on_input = {
        let (typed, moved, entered) = (typed.setter(), moved.setter(), entered.setter());
        Callback::from(move |text: String| {
            moved.set(None);
            entered.set(false);
            typed.set(text);
        })
    };
    let on_move = {
        let (moved, entered) = (moved.setter(), entered.setter());
        let keys: Vec<String> = entries.iter().map(|entry| entry.key.clone()).collect();
        Callback::from(move |is_next: bool| {
            entered.set(false);
            moved.set(beside(at, keys.len(), is_next).and_then(|to| keys.get(to).cloned()));
        })
    };
    let on_enter = {
        let entered = entered.setter();
        Callback::from(move |()| entered.set(true))
    };
    let on_retry = {
        let retry = finding.retry;
        Callback::from(move |()| {
            retry.emit(());
            // The button goes with what it says.
            focus_first_field();
        })
    };
    let title = shortcuts::SEARCH.1;
    let (list_id, error_id) = (AttrValue::from(format!("{id}-list")), AttrValue::from(format!("{id}-error")));
    let is_nothing = is_settled && entries.is_empty() && failure.is_none() && error.is_none();
    let no_match = format!("{} matches “{}”", scope.nothing(), text::clip(term, 60));
    let said = match entries.len() {
        _ if !is_settled || term.is_empty() => String::new(),
        0 if is_nothing => no_match.clone(),
        // What is wrong is said elsewhere.
        0 => String::new(),
        count => format::counted(u64::try_from(count).unwrap_or(u64::MAX), "result"),
    };
    let head = html! {
        <div class="palette__input">
            { Icon::Search.large() }
            <h2 class="sr-only" id={format!("{id}-title")}>{ title }</h2>
            <Combobox
                id={format!("{id}-field")}
                name="palette"
                label={title}
                placeholder="Search or run a command"
                value={(*typed).clone()}
                list_id={(!entries.is_empty()).then(|| list_id.clone())}
                active_id={active.map(|active| active.id(&id))}
                error_id={error.is_some().then(|| error_id.clone())}
                {on_input}
                {on_move}
                {on_enter}
            />
        </div>
    };
    let groups = entries.chunk_by(|one, next| one.group == next.group).map(|group| {
        let label = group.first().map_or("", |first| first.group);
        html! {
            <div key={label} role="group" aria-label={label}>
                <div class="palette__group" aria-hidden="true">{ label }</div>
                { for group.iter().map(|entry| {
                    let is_active = active.is_some_and(|active| active.key == entry.key);
                    entry.view(&id, term, is_active, run(entry))
                }) }
            </div>
        }
    });
    html! {
        <Dialog
            {title}
            id={Some(id.clone())}
            size={DialogSize::Search}
            closing={DialogClosing::ByBackdrop}
            is_bare={true}
            {head}
            foot={foot()}
            on_close={props.on_close.clone()}
        >
            <div class="palette">
                if let Some(error) = error {
                    <p class="field__error palette__error" id={error_id} role="alert">{ Icon::AlertCircle.small() }<span>{ error }</span></p>
                }
                if let Some(failure) = failure {
                    <FailedState error={failure} {on_retry} />
                } else if is_asking && !is_settled && rows.is_empty() {
                    <SkeletonRows label="Searching" />
                } else if is_nothing && !term.is_empty() {
                    <EmptyState title={no_match} text={scope.extent()} icon={Icon::Search} />
                }
                if !entries.is_empty() {
                    // A press leaves the focus in the field, where the arrows and what is typed are heard.
                    <div
                        class="palette__list"
                        role="listbox"
                        id={list_id}
                        aria-label="Results"
                        aria-busy={(!is_settled).then_some("true")}
                        onmousedown={|event: MouseEvent| event.prevent_default()}
                    >
                        { for groups }
                    </div>
                }
                // Always there, as what appears together with its text is not read out.
                <p class="sr-only" role="status">{ said }</p>
            </div>
        </Dialog>
    }
}

/// The keys.
fn foot() -> Html {
    html! {
        <>
            <span class="hint"><kbd>{ "↑" }</kbd><kbd>{ "↓" }</kbd>{ " move" }</span>
            <span class="hint"><kbd>{ "Enter" }</kbd>{ " open" }</span>
            <span class="spacer"></span>
            <span class="hint"><kbd>{ ">" }</kbd>{ " commands" }</span>
            <span class="hint hide-narrow"><kbd>{ "#" }</kbd>{ " invoices" }</span>
            <span class="hint hide-narrow"><kbd>{ "@" }</kbd>{ " domains" }</span>
        </>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sign_narrows_what_is_looked_for() {
        assert_eq!(Scope::of("  hof "), (Scope::Everything, "hof"));
        assert_eq!(Scope::of("> lock"), (Scope::Commands, "lock"));
        assert_eq!(Scope::of("#2026-1"), (Scope::Invoices, "2026-1"));
        assert_eq!(Scope::of("@"), (Scope::Domains, ""));
        assert_eq!(Scope::of("a>b"), (Scope::Everything, "a>b"));
        assert!(Scope::Commands.kinds().is_empty() && !Scope::Invoices.has_commands());
        assert!(Scope::Commands.extent().is_none() && Scope::Invoices.extent() != Scope::Everything.extent());
    }
}
