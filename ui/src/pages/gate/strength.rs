//! How good a password is while it is typed.

use contract::session::{Password, PasswordRating, RatePassword};
use gloo_timers::callback::Timeout;
use yew::prelude::*;

use crate::{components::Strength, ipc};

/// Rates a password 200 ms after the last key; only the newest answer counts.
#[hook]
pub fn use_strength(password: AttrValue, is_admin: bool, known_words: Vec<String>) -> Option<Strength> {
    let rating = use_state_eq(|| None::<Strength>);
    let newest = use_mut_ref(|| 0_u32);
    {
        let rating = rating.setter();
        use_effect_with((password, is_admin, known_words), move |(password, is_admin, known_words)| {
            let number = {
                let mut newest = newest.borrow_mut();
                *newest = newest.wrapping_add(1);
                *newest
            };
            let timer = if password.is_empty() {
                rating.set(None);
                None
            } else {
                let (length, is_admin) = (password.chars().count(), *is_admin);
                let request = RatePassword {
                    password: Password(password.to_string()),
                    is_admin,
                    known_words: known_words.iter().filter(|word| !word.trim().is_empty()).cloned().collect(),
                };
                Some(Timeout::new(200, move || {
                    wasm_bindgen_futures::spawn_local(async move {
                        let answer = ipc::call(request).await.ok();
                        if *newest.borrow() == number {
                            rating.set(answer.map(|answer| strength(&answer, length, is_admin)));
                        }
                    });
                }))
            };
            move || drop(timer)
        });
    }
    (*rating).clone()
}

fn strength(rating: &PasswordRating, length: usize, is_admin: bool) -> Strength {
    let characters = if length == 1 {
        "1 character".to_owned()
    } else {
        format!("{length} characters")
    };
    let is_short = u32::try_from(length).unwrap_or(u32::MAX) < rating.min_length;
    let warning = rating.warning.as_deref().map(|warning| format!(" {warning}")).unwrap_or_default();
    let words = if is_short {
        format!("{characters}. Use at least {}.", rating.min_length)
    } else if rating.is_accepted {
        let word = if rating.score >= 4 {
            "Very strong"
        } else if rating.score == 3 {
            "Strong"
        } else {
            "Accepted"
        };
        // That of a customer can be set anew by every administrator.
        let advice = if is_admin { " Nobody can recover it: keep it safe." } else { "" };
        format!("{word}: {characters}.{advice}")
    } else {
        format!("Easy to guess: {characters}.{warning} Use a longer one, or four unrelated words.")
    };
    let score = if rating.is_accepted {
        rating.score.clamp(2, 4)
    } else {
        rating.score.min(1)
    };
    Strength {
        score,
        words: words.into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rating_says_what_to_do() {
        let rating = |score, is_accepted| PasswordRating {
            score,
            is_accepted,
            min_length: 12,
            warning: None,
        };
        assert_eq!(strength(&rating(4, false), 5, true).words, "5 characters. Use at least 12.");
        assert!(
            strength(&rating(4, true), 20, true)
                .words
                .starts_with("Very strong: 20 characters.")
        );
        assert!(
            strength(&rating(1, false), 14, true)
                .words
                .starts_with("Easy to guess: 14 characters.")
        );
        assert_eq!(strength(&rating(4, false), 5, true).score, 1);
    }
}
