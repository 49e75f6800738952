//! What the menus, the buttons and the keys of the app do, as commands: each calls what they call.

use contract::desktop::{Preferences, Theme};
use yew::prelude::*;

use crate::{
    components::Icon,
    hooks::{PreferencesHandle, use_preferences, use_session},
    pages::{customers::use_creation, list_page::Begin, plans::PlanDialog, records, settings},
    route::{Place, Route, Section, use_place},
    shell::{
        PAGES,
        palette::Over,
        shortcuts::{self, Shortcut},
        sidebar::page_icon,
    },
};

/// Where a command stands while nothing is typed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Group {
    /// What is done on the page that is open.
    Here,
    /// To another page.
    Pages,
    /// Everything else.
    Others,
}

impl Group {
    /// As a heading.
    pub fn label(self) -> &'static str {
        match self {
            Self::Here => "This page",
            Self::Pages => "Pages",
            Self::Others => "Commands",
        }
    }
}

/// A command.
#[derive(Clone, Debug, PartialEq)]
pub struct Command {
    /// What tells it apart.
    pub key: String,
    /// A verb, or where it leads.
    pub title: String,
    /// Other words for it.
    pub also: &'static str,
    /// The key that does the same on the page that is open.
    pub keys: Option<String>,
    /// The picture.
    pub icon: Icon,
    /// Where it stands while nothing is typed.
    pub group: Group,
    /// What it does.
    pub run: Callback<()>,
}

impl Command {
    fn new(group: Group, icon: Icon, title: impl Into<String>, also: &'static str, run: Callback<()>) -> Self {
        let title = title.into();
        let key = title.to_lowercase().replace(|letter: char| !letter.is_alphanumeric(), "-");
        Self {
            key: format!("command-{key}"),
            title,
            also,
            keys: None,
            icon,
            group,
            run,
        }
    }

    fn keys(mut self, keys: impl Into<String>) -> Self {
        self.keys = Some(keys.into());
        self
    }

    /// As the menus and the list of all keys call it.
    fn of((keys, title): Shortcut, icon: Icon, also: &'static str, run: Callback<()>) -> Self {
        Self::new(Group::Others, icon, title, also, run).keys(keys)
    }

    fn here(mut self, is_here: bool) -> Self {
        if is_here {
            self.group = Group::Here;
        }
        self
    }
}

/// Those that fit what is typed, the nearest first; all of them, in the order of their groups, while nothing is typed.
pub fn matching(commands: Vec<Command>, term: &str) -> Vec<Command> {
    let term = term.to_lowercase();
    let words: Vec<&str> = term.split_whitespace().collect();
    if words.is_empty() {
        let mut all = commands;
        all.sort_by_key(|command| command.group);
        return all;
    }
    let mut found: Vec<(usize, Command)> = commands
        .into_iter()
        .filter_map(|command| Some((distance(&command, &term, &words)?, command)))
        .collect();
    found.sort_by_key(|(distance, _)| *distance);
    found.into_iter().map(|(_, command)| command).collect()
}

/// How far a command is from what is typed: called so, beginning so, with words that begin so. Words may begin with each of what is
/// typed, in any order; a part within a word is not meant.
fn distance(command: &Command, term: &str, words: &[&str]) -> Option<usize> {
    let title = command.title.to_lowercase();
    let also = command.also.to_lowercase();
    let begins = |text: &str, word: &str| {
        text.split(|letter: char| !letter.is_alphanumeric())
            .any(|part| part.starts_with(word))
    };
    if title == term || also == term {
        Some(0)
    } else if title.starts_with(term) {
        Some(1)
    } else if words.iter().all(|word| begins(&title, word)) {
        Some(2)
    } else {
        words.iter().all(|word| begins(&title, word) || begins(&also, word)).then_some(3)
    }
}

/// What the commands act on, besides what every page has.
#[derive(Clone, PartialEq)]
pub struct Acts {
    /// Opens a dialog over the page.
    pub over: Callback<Over>,
    /// Shows all keys.
    pub on_shortcuts: Callback<()>,
    /// Whether the sample is open, which is never locked.
    pub is_sample: bool,
}

/// All commands.
#[hook]
pub fn use_commands(acts: &Acts) -> Vec<Command> {
    let place = use_place();
    let session = use_session();
    let preferences = use_preferences();
    let create = use_creation().map(|creation| creation.open).unwrap_or_default();
    let mut all = vec![Command::of(shortcuts::NEW_CUSTOMER, Icon::Plus, "add create", create).here(true)];
    all.extend(begun(place.route, &acts.over));
    all.extend(pages(&place));
    all.extend(themes(&preferences));
    if !acts.is_sample {
        all.push(Command::of(shortcuts::LOCK, Icon::Lock, "screen", session.lock));
    }
    all.push(Command::new(
        Group::Others,
        Icon::SignOut,
        "Sign out",
        "log out leave",
        session.sign_out,
    ));
    all.push(Command::of(
        shortcuts::ALL_KEYS,
        Icon::Keyboard,
        "keys help",
        acts.on_shortcuts.clone(),
    ));
    all
}

/// What is begun on the pages of the lists, over whatever page is open.
fn begun(route: Route, over: &Callback<Over>) -> [Command; 3] {
    let command = |icon: Icon, title: &'static str, also: &'static str, of: Route, dialog: fn(Callback<()>) -> Html| {
        let over = over.clone();
        let run = Callback::from(move |()| over.emit(Over::from(dialog)));
        Command::new(Group::Others, icon, title, also, run).here(of.is_same_page(route))
    };
    let mut invoice = command(Icon::Receipt, "New invoice", "add create draft bill", Route::Invoices, |on_close| {
        html! { <Begin<records::Invoices> {on_close} /> }
    });
    if route == Route::Invoices {
        invoice = invoice.keys(shortcuts::NEW_INVOICE.0);
    }
    let payment = command(Icon::Card, "Record payment", "add new money paid", Route::Payments, |on_close| {
        html! { <Begin<records::Payments> {on_close} /> }
    });
    let plan = command(Icon::Layers, "New plan", "add create product", Route::Plans, |on_close| {
        html! { <PlanDialog plan={None} {on_close} on_reload={Callback::<()>::noop()} /> }
    });
    [invoice, payment, plan]
}

/// The pages of the navigation and the sections of the settings.
fn pages(place: &Place) -> Vec<Command> {
    let go = |route: Route| {
        let place = place.clone();
        Callback::from(move |()| place.go(route))
    };
    let to = |route: Route, label: &'static str| Command::new(Group::Pages, page_icon(route), format!("Go to {label}"), label, go(route));
    let mut all: Vec<Command> = (1..)
        .zip(PAGES)
        .map(|(number, (route, label))| to(*route, label).keys(format!("Ctrl {number}")))
        .collect();
    all.push(to(Route::CatchUp, "Catch up"));
    all.extend(Section::ALL.iter().map(|section| {
        let title = format!("{}: {}", shortcuts::SETTINGS.1, section.label());
        let command = Command::new(
            Group::Pages,
            settings::icon(*section),
            title,
            section.label(),
            go(Route::Settings(*section)),
        );
        match section {
            Section::General => command.keys(shortcuts::SETTINGS.0),
            _ => command,
        }
    }));
    all
}

/// The themes that are not in force.
fn themes(handle: &PreferencesHandle) -> impl Iterator<Item = Command> {
    let all = [
        (Theme::Light, "Use the light theme", "day bright mode appearance"),
        (Theme::Dark, "Use the dark theme", "night mode appearance"),
        (Theme::System, "Use the theme of the computer", "system mode appearance"),
    ];
    let handle = handle.clone();
    all.into_iter().filter_map(move |(theme, title, also)| {
        let handle = handle.clone();
        (handle.preferences.theme != theme).then(|| {
            let run = Callback::from(move |()| {
                handle.on_change.emit(Preferences {
                    theme,
                    ..handle.preferences.clone()
                });
            });
            Command::new(Group::Others, Icon::Palette, title, also, run)
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn command(group: Group, title: &str, also: &'static str) -> Command {
        Command::new(group, Icon::Plus, title, also, Callback::noop())
    }

    fn titles(term: &str) -> Vec<String> {
        let all = vec![
            command(Group::Others, "New invoice", "add create draft bill"),
            command(Group::Pages, "Go to Invoices", "Invoices"),
            command(Group::Here, "New customer", "add create"),
            command(Group::Others, "Lock", "screen"),
        ];
        matching(all, term).into_iter().map(|command| command.title).collect()
    }

    #[test]
    fn the_nearest_command_comes_first() {
        assert_eq!(titles("lock"), ["Lock"]);
        assert_eq!(titles("inv"), ["New invoice", "Go to Invoices"]);
        assert_eq!(titles("Invoices"), ["Go to Invoices"]);
        assert_eq!(titles("new"), ["New invoice", "New customer"]);
        assert_eq!(titles("inv new"), ["New invoice"]);
        assert_eq!(titles("create cust"), ["New customer"]);
        assert!(titles("voice").is_empty(), "a part within a word");
    }

    #[test]
    fn before_anything_is_typed_what_is_of_this_page_comes_first() {
        assert_eq!(titles(" "), ["New customer", "Go to Invoices", "New invoice", "Lock"]);
    }
}
