//! Drafts of forms that were closed with changes, until they are saved: in memory, for the same person, never a password.

use std::cell::RefCell;

use contract::CustomerId;

use super::draft::{Draft, Known};

struct Kept {
    person: CustomerId,
    of: Option<CustomerId>,
    before: Draft,
    typed: Draft,
}

thread_local! {
    static KEPT: RefCell<Vec<Kept>> = const { RefCell::new(Vec::new()) };
}

/// Keeps what was typed, or forgets it when nothing differs.
pub fn keep(person: Option<CustomerId>, known: Option<&Known>, typed: &Draft) {
    forget(person, known);
    let before = known.map(|known| known.values.clone()).unwrap_or_default();
    if let Some(person) = person.filter(|_| before != *typed) {
        let kept = Kept {
            person,
            of: known.map(|known| known.id),
            before,
            typed: typed.clone(),
        };
        KEPT.with(|all| all.borrow_mut().push(kept));
    }
}

/// Forgets what was typed. Drafts of anyone else are forgotten with it.
pub fn forget(person: Option<CustomerId>, known: Option<&Known>) {
    let of = known.map(|known| known.id);
    KEPT.with(|all| all.borrow_mut().retain(|kept| Some(kept.person) == person && kept.of != of));
}

/// What was typed, over the present values of the record.
pub fn kept(person: Option<CustomerId>, known: Option<&Known>) -> Option<Draft> {
    let of = known.map(|known| known.id);
    let newer = known.map(|known| known.values.clone()).unwrap_or_default();
    KEPT.with(|all| {
        let all = all.borrow();
        let kept = all.iter().find(|kept| Some(kept.person) == person && kept.of == of)?;
        Some(kept.typed.over(&kept.before, &newer)).filter(|typed| *typed != newer)
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_draft_is_kept_for_the_person_who_typed_it_until_it_is_forgotten() {
        let ines: CustomerId = "0193a7c0-1111-7222-8333-444455556666".parse().unwrap();
        let other: CustomerId = "0193a7c0-1111-7222-8333-444455556667".parse().unwrap();
        let typed = Draft {
            full_name: "Lena".to_owned(),
            ..Draft::default()
        };
        keep(Some(ines), None, &typed);
        assert_eq!(kept(Some(ines), None), Some(typed.clone()));
        assert_eq!(kept(Some(other), None), None);
        let known = Known {
            id: other,
            version: 1,
            values: Draft::default(),
        };
        assert_eq!(kept(Some(ines), Some(&known)), None);
        keep(Some(ines), None, &Draft::default());
        assert_eq!(kept(Some(ines), None), None);
        keep(None, None, &typed);
        assert_eq!(kept(None, None), None);
    }
}
