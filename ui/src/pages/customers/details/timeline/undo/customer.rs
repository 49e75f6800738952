//! The deletion of a customer.

use contract::change::Change;

use super::{Known, Reason, Undo, Undoable, overtaken};

/// How to take the deletion back in the timeline of the customer, who is archived then.
pub fn of(change: &Change, newest_first: &[Change], known: &Known) -> Undoable {
    if let Some(no) = overtaken(change, newest_first, "restore_customer") {
        return no;
    }
    let customer = known.customer;
    if customer.id.to_string() == change.subject_id && customer.archived_at.is_some() {
        Undoable::Yes(Undo::Customer(customer.id, change.version))
    } else {
        Undoable::No(Reason::Over)
    }
}

/// How to take the deletion of a customer back from the changes of the whole book, where its own timeline is gone with it.
pub fn of_deletion(change: &Change, newest_first: &[Change]) -> Option<Undo> {
    let is_newest = !newest_first
        .iter()
        .any(|other| other.subject_id == change.subject_id && other.number > change.number);
    (change.operation == "delete_customer" && is_newest)
        .then(|| change.subject_id.parse().ok())
        .flatten()
        .map(|id| Undo::Customer(id, change.version))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::pages::customers::details::timeline::undo::samples::{ID, change};
    use contract::CustomerId;

    #[test]
    fn a_deletion_is_taken_back_from_the_changes_of_the_book_while_it_is_the_newest() {
        let deleted = change(2, "delete_customer", 3);
        let id: CustomerId = ID.parse().unwrap();
        assert_eq!(of_deletion(&deleted, std::slice::from_ref(&deleted)), Some(Undo::Customer(id, 3)));
        assert_eq!(of_deletion(&deleted, &[change(3, "restore_customer", 4), deleted.clone()]), None);
        assert_eq!(of_deletion(&change(1, "create_customer", 1), &[]), None);
    }
}
