//! Notifications: what was done, and how to take it back.

use std::rc::Rc;

use contract::{Error, desktop::KeyringProblem, words};
use yew::prelude::*;

use crate::{components::Icon, hooks::is_shut_out};

/// Identifies a notification.
pub type ToastId = u32;

/// A notification.
#[derive(Clone, Debug, PartialEq)]
pub struct Toast {
    /// What was done.
    pub text: AttrValue,
    /// A picture beside it.
    pub icon: Icon,
    /// What can be done about it: verbs and what they do.
    pub actions: Vec<(AttrValue, Callback<()>)>,
    /// How long it stays, in milliseconds; until it is closed, if there is no such time.
    pub stays: Option<u32>,
    reach: Reach,
}

/// Where a notification is of use.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Reach {
    /// In the app, to the person who was signed in when it came about.
    #[default]
    App,
    /// As above, until the session is taken up again: it says that it was locked.
    Lock,
    /// Before the app, too: it is about the session itself and names nothing out of the book.
    Gate,
}

impl Toast {
    /// Says that something was done; stays 4 seconds.
    #[must_use]
    pub fn done(text: impl Into<AttrValue>) -> Self {
        Self {
            text: text.into(),
            icon: Icon::Check,
            actions: Vec::new(),
            stays: Some(4_000),
            reach: Reach::App,
        }
    }

    /// Says that something was not done; stays until it is closed.
    #[must_use]
    pub fn failed(error: &Error) -> Self {
        let words = words::error(error);
        Self {
            text: format!("{}. {}", words.title, words.advice).into(),
            icon: Icon::AlertCircle,
            actions: Vec::new(),
            stays: None,
            reach: if is_shut_out(error) { Reach::Lock } else { Reach::App },
        }
    }

    /// Says that the keyring did not keep the password of the server; stays until it is closed.
    #[must_use]
    pub fn not_kept(problem: KeyringProblem) -> Self {
        Self {
            text: format!("{}, so the password is not kept. It is asked for at each start.", problem.words()).into(),
            icon: Icon::Alert,
            actions: Vec::new(),
            stays: None,
            reach: Reach::Gate,
        }
    }

    /// Says that the keyring may have an earlier password of the server yet; stays until it is closed.
    #[must_use]
    pub fn not_removed(problem: KeyringProblem) -> Self {
        Self {
            text: format!("{}, so an earlier password of this server may still be in it.", problem.words()).into(),
            ..Self::not_kept(problem)
        }
    }

    /// About the session itself: shown before the app, too.
    #[must_use]
    pub fn at_gate(mut self) -> Self {
        self.reach = Reach::Gate;
        self
    }

    /// With another picture.
    #[must_use]
    pub fn icon(mut self, icon: Icon) -> Self {
        self.icon = icon;
        self
    }

    /// Stays until it is closed.
    #[must_use]
    pub fn lasting(mut self) -> Self {
        self.stays = None;
        self
    }

    /// With more to read than a word; stays 10 seconds.
    #[must_use]
    pub fn explained(mut self) -> Self {
        self.stays = Some(10_000);
        self
    }

    /// With Undo; stays 10 seconds.
    #[must_use]
    pub fn undo(mut self, on_undo: impl Fn(()) + 'static) -> Self {
        self.actions.push(("Undo".into(), Callback::from(on_undo)));
        self.stays = Some(10_000);
        self
    }

    /// With another act.
    #[must_use]
    pub fn action(mut self, verb: impl Into<AttrValue>, on_act: impl Fn(()) + 'static) -> Self {
        self.actions.push((verb.into(), Callback::from(on_act)));
        self.stays = self.stays.map(|_| 10_000);
        self
    }
}

/// What is shown, newest last, and the open dialogs, topmost last: only the topmost layer shows notifications, because
/// the rest of the page cannot be reached while a dialog is open.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Shown {
    /// Grows when another book or person comes: what was begun before must not be told, nor be taken back, afterwards.
    era: u32,
    next: ToastId,
    toasts: Vec<(ToastId, Toast)>,
    layers: Vec<AttrValue>,
}

/// How what is shown changes.
pub enum Step {
    /// Another notification, of what was begun in an era.
    Show(u32, Toast),
    /// One goes.
    Close(ToastId),
    /// All go.
    Clear,
    /// All go, and so will those of what is still under way.
    Forget,
    /// The session is taken up again.
    Return,
    /// A dialog opens.
    Enter(AttrValue),
    /// A dialog closes.
    Leave(AttrValue),
}

/// At most so many at a time.
const MOST: usize = 3;

impl Reducible for Shown {
    type Action = Step;

    fn reduce(self: Rc<Self>, action: Step) -> Rc<Self> {
        let mut next = (*self).clone();
        match action {
            Step::Show(era, toast) if era != next.era && toast.reach != Reach::Gate => return self,
            // A failure that is on screen is not said twice.
            Step::Show(_, toast) if toast.stays.is_none() && next.toasts.iter().any(|(_, shown)| shown.text == toast.text) => return self,
            Step::Show(_, toast) => {
                next.toasts.push((next.next, toast));
                next.next = next.next.wrapping_add(1);
                let surplus = next.toasts.len().saturating_sub(MOST);
                next.toasts.drain(..surplus);
            }
            Step::Close(id) => next.toasts.retain(|(other, _)| *other != id),
            Step::Clear => next.toasts.clear(),
            Step::Forget => {
                next.era = next.era.wrapping_add(1);
                next.toasts.clear();
            }
            Step::Return => next.toasts.retain(|(_, toast)| toast.reach != Reach::Lock),
            Step::Enter(layer) => next.layers.push(layer),
            Step::Leave(layer) => next.layers.retain(|other| *other != layer),
        }
        Rc::new(next)
    }
}

/// The notifications.
#[derive(Clone, PartialEq)]
pub struct Toasts(UseReducerHandle<Shown>);

impl Toasts {
    /// Shows a notification.
    pub fn show(&self, toast: Toast) {
        self.0.dispatch(Step::Show(self.0.era, toast));
    }

    /// Closes one.
    pub fn close(&self, id: ToastId) {
        self.0.dispatch(Step::Close(id));
    }

    /// Closes all: the session is locked.
    pub fn clear(&self) {
        self.0.dispatch(Step::Clear);
    }

    /// Closes all and drops what is still to come: another book or person takes over.
    pub fn forget(&self) {
        self.0.dispatch(Step::Forget);
    }

    /// Closes those that only said that the session was locked.
    pub fn welcome_back(&self) {
        self.0.dispatch(Step::Return);
    }

    /// Says that a dialog opens.
    pub fn enter(&self, layer: AttrValue) {
        self.0.dispatch(Step::Enter(layer));
    }

    /// Says that a dialog closes.
    pub fn leave(&self, layer: AttrValue) {
        self.0.dispatch(Step::Leave(layer));
    }

    /// Those that the given layer shows: a dialog by its id, or the page.
    #[must_use]
    pub fn of_layer(&self, layer: Option<&AttrValue>) -> Vec<(ToastId, Toast)> {
        if self.0.layers.last() == layer {
            self.0.toasts.clone()
        } else {
            Vec::new()
        }
    }

    /// Those that may be read before anyone is signed in, or while the session is locked.
    #[must_use]
    pub fn of_gate(&self) -> Vec<(ToastId, Toast)> {
        let is_open = |(_, toast): &&(ToastId, Toast)| toast.reach == Reach::Gate;
        self.0.toasts.iter().filter(is_open).cloned().collect()
    }
}

/// Around the app.
#[component]
pub fn ToastsProvider(props: &yew::html::ChildrenProps) -> Html {
    let shown = use_reducer_eq(Shown::default);
    html! { <ContextProvider<Toasts> context={Toasts(shown)}>{ props.children.clone() }</ContextProvider<Toasts>> }
}

/// The notifications of the app. Only inside a [`ToastsProvider`]; elsewhere they lead nowhere.
#[hook]
pub fn use_toasts() -> Toasts {
    let own = use_reducer_eq(Shown::default);
    use_context().unwrap_or(Toasts(own))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_oldest_gives_way_to_a_fourth() {
        let mut shown = Rc::new(Shown::default());
        for text in ["a", "b", "c", "d"] {
            shown = shown.reduce(Step::Show(0, Toast::done(text)));
        }
        let texts: Vec<&str> = shown.toasts.iter().map(|(_, toast)| toast.text.as_str()).collect();
        assert_eq!(texts, ["b", "c", "d"]);
        let shown = shown.reduce(Step::Close(2));
        assert_eq!(shown.toasts.len(), 2);
    }

    fn texts(shown: &Shown) -> Vec<&str> {
        shown.toasts.iter().map(|(_, toast)| toast.text.as_str()).collect()
    }

    #[test]
    fn what_was_begun_in_one_book_is_never_told_in_another() {
        let begun = Rc::new(Shown::default());
        let shown = begun
            .clone()
            .reduce(Step::Show(begun.era, Toast::done("Lena deleted").undo(|()| ())));
        let shown = shown.reduce(Step::Forget);
        assert!(texts(&shown).is_empty());
        let shown = shown.reduce(Step::Show(begun.era, Toast::done("Late")));
        assert!(texts(&shown).is_empty());
        let shown = shown.reduce(Step::Show(begun.era, Toast::failed(&Error::ConfirmationNeeded).at_gate()));
        assert_eq!(shown.toasts.len(), 1, "that it could not be locked is said all the same");
    }

    #[test]
    fn a_lock_takes_all_away_and_the_return_only_what_spoke_of_the_lock() {
        let shown = Rc::new(Shown::default())
            .reduce(Step::Show(0, Toast::done("Lena deleted")))
            .reduce(Step::Clear);
        assert!(texts(&shown).is_empty());
        let shown = shown
            .reduce(Step::Show(0, Toast::failed(&Error::Locked)))
            .reduce(Step::Show(0, Toast::done("Saved late")))
            .reduce(Step::Return);
        assert_eq!(texts(&shown), ["Saved late"]);
    }

    #[test]
    fn the_same_failure_is_said_once() {
        let failed = || Step::Show(0, Toast::failed(&Error::ConfirmationNeeded));
        assert_eq!(Rc::new(Shown::default()).reduce(failed()).reduce(failed()).toasts.len(), 1);
    }
}
