//! Copies a text; turns into a tick for two seconds.

use contract::desktop::CopyText;
use gloo_timers::callback::Timeout;
use yew::prelude::*;

use crate::{
    components::{Icon, IconButton},
    hooks::{Toast, use_toasts},
    ipc,
};

/// Copies a text.
#[derive(Properties, PartialEq)]
pub struct CopyButtonProps {
    /// The text.
    pub text: AttrValue,
    /// What it is called: `key`, `email`.
    pub noun: AttrValue,
    /// Whether it is taken off the clipboard again after 30 seconds.
    #[prop_or_default]
    pub is_secret: bool,
    /// Its place in the order of Tab.
    #[prop_or_default]
    pub tabindex: Option<AttrValue>,
}

/// Copies a text.
#[component]
pub fn CopyButton(props: &CopyButtonProps) -> Html {
    let is_copied = use_state_eq(|| false);
    let timer = use_mut_ref(|| None::<Timeout>);
    let toasts = use_toasts();
    let on_press = {
        let (text, noun, is_secret) = (props.text.clone(), props.noun.clone(), props.is_secret);
        let is_copied = is_copied.setter();
        Callback::from(move |()| {
            let request = CopyText {
                text: text.to_string(),
                secret: is_secret,
            };
            let (is_copied, timer, toasts, noun) = (is_copied.clone(), timer.clone(), toasts.clone(), noun.clone());
            wasm_bindgen_futures::spawn_local(async move {
                match ipc::call(request).await {
                    Ok(_) => {
                        is_copied.set(true);
                        let mut letters = noun.chars();
                        let noun: String = letters
                            .next()
                            .map(|first| first.to_uppercase().chain(letters).collect())
                            .unwrap_or_default();
                        toasts.show(Toast::done(format!("{noun} copied")).icon(Icon::Copy));
                        *timer.borrow_mut() = Some(Timeout::new(2_000, move || is_copied.set(false)));
                    }
                    Err(error) => toasts.show(Toast::failed(&error)),
                }
            });
        })
    };
    html! {
        <IconButton
            icon={if *is_copied { Icon::Check } else { Icon::Copy }}
            label={format!("Copy {}", props.noun)}
            tabindex={props.tabindex.clone()}
            {on_press}
        />
    }
}
