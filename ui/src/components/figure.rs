//! A number that can be proved.

use yew::prelude::*;

/// A number that can be proved.
#[derive(Properties, PartialEq)]
pub struct FigureProps {
    /// The number, as a person reads it.
    pub text: AttrValue,
    /// What opens: `Open the subscriptions`.
    pub title: AttrValue,
    /// Opens it.
    pub on_press: Callback<()>,
}

/// A number that opens what it is made of: plain until the pointer or the focus is on it.
#[component]
pub fn Figure(props: &FigureProps) -> Html {
    let on_press = props.on_press.clone();
    html! {
        <button class="figure" type="button" title={props.title.clone()} onclick={move |_| on_press.emit(())}>{ props.text.clone() }</button>
    }
}
