//! A number that grows with every write that this page made, so that what is shown is asked for again.

use std::rc::Rc;

use yew::prelude::*;

/// Grows when the page has changed something in the book.
#[derive(Clone, PartialEq)]
pub struct BookChanges(UseReducerHandle<Counter>);

#[derive(PartialEq, Default)]
struct Counter(u32);

impl Reducible for Counter {
    type Action = ();
    fn reduce(self: Rc<Self>, (): ()) -> Rc<Self> {
        Rc::new(Self(self.0.wrapping_add(1)))
    }
}

impl BookChanges {
    /// Differs from the number before as soon as something was changed.
    #[must_use]
    pub fn number(&self) -> u32 {
        self.0.0
    }

    /// Says that something was changed.
    pub fn note(&self) {
        self.0.dispatch(());
    }
}

/// Around the app.
#[component]
pub fn BookChangesProvider(props: &yew::html::ChildrenProps) -> Html {
    let counter = use_reducer_eq(Counter::default);
    html! { <ContextProvider<BookChanges> context={BookChanges(counter)}>{ props.children.clone() }</ContextProvider<BookChanges>> }
}

/// What was changed so far, and how to say that something was.
#[hook]
pub fn use_book_changes() -> Option<BookChanges> {
    use_context()
}
