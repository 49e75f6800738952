//! The removal of a domain.

use contract::change::Change;

use super::{Reason, Undo, Undoable, overtaken};

/// How to bring a removed domain back. No list has it any more, but the change names it.
pub fn of(change: &Change, newest_first: &[Change]) -> Undoable {
    if let Some(no) = overtaken(change, newest_first, "restore_domain") {
        return no;
    }
    match change.subject_id.parse() {
        Ok(id) => Undoable::Yes(Undo::Domain(id, change.version)),
        Err(_) => Undoable::No(Reason::NotReversible),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::pages::customers::details::timeline::undo::samples::{AT, ID, change_of};

    #[test]
    fn a_removed_domain_comes_back_as_it_was_removed_until_it_has() {
        let removed = change_of(2, "delete_domain", "domain", 5);
        let added = change_of(1, "add_domain", "domain", 1);
        let id = ID.parse().unwrap();
        let changes = [removed.clone(), added];
        assert_eq!(of(&removed, &changes), Undoable::Yes(Undo::Domain(id, 5)));
        let back = change_of(3, "restore_domain", "domain", 6);
        let undone = Undoable::No(Reason::Undone(AT.parse().unwrap()));
        assert_eq!(of(&removed, &[back.clone(), removed.clone()]), undone);
        // Removed once more: only the newest removal is the one to take back.
        let again = change_of(4, "delete_domain", "domain", 7);
        let changes = [again.clone(), back, removed.clone()];
        assert_eq!(of(&again, &changes), Undoable::Yes(Undo::Domain(id, 7)));
        assert_eq!(of(&removed, &changes), undone);
    }
}
