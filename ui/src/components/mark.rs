//! The app's mark and people's initials.

use yew::prelude::*;

/// The app's mark.
#[derive(Properties, PartialEq)]
pub struct MarkProps {
    /// 40 px instead of 26.
    #[prop_or_default]
    pub is_large: bool,
}

/// The app's mark.
#[component]
pub fn Mark(props: &MarkProps) -> Html {
    html! {
        <span class={classes!("mark", props.is_large.then_some("mark--lg"))}>
            <svg viewBox="0 0 24 24" aria-hidden="true"><path d="M18.6 6.8A8 8 0 1 0 18.6 17.2" /><circle class="mark__dot" cx="12" cy="12" r="2.7" /></svg>
        </span>
    }
}

/// Whose initials.
#[derive(Properties, PartialEq)]
pub struct AvatarProps {
    /// The full name.
    pub name: AttrValue,
    /// Further classes, such as `avatar--square`.
    #[prop_or_default]
    pub class: Classes,
}

/// The initials of a person.
#[component]
pub fn Avatar(props: &AvatarProps) -> Html {
    html! { <span class={classes!("avatar", props.class.clone())} aria-hidden="true">{ initials(&props.name) }</span> }
}

fn initials(name: &str) -> String {
    let mut words = name
        .split_whitespace()
        .filter_map(|word| word.chars().find(|c| c.is_alphanumeric()));
    let first = words.next();
    let last = words.next_back();
    first.into_iter().chain(last).flat_map(char::to_uppercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn initials_are_those_of_the_first_and_the_last_word() {
        for (name, want) in [
            ("Ines Moreau", "IM"),
            ("Juan de la Cruz", "JC"),
            ("Zoë", "Z"),
            ("李 小龍", "李小"),
            ("", ""),
            ("(x) y", "XY"),
        ] {
            assert_eq!(initials(name), want);
        }
    }
}
