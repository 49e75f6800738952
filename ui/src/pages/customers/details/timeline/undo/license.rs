//! The cancellation of a license.

use contract::{change::Change, license::License};

use super::{Known, Reason, Undo, Undoable, overtaken};

/// How to take the cancellation back while the license would still run.
pub fn of(change: &Change, newest_first: &[Change], known: &Known) -> Undoable {
    if let Some(no) = overtaken(change, newest_first, "restore_license") {
        return no;
    }
    let paying = |license: &License| {
        let own = known.subscriptions.iter().find(|own| Some(own.id) == license.subscription_id);
        own.map(|own| (own.id, own.billed_until))
    };
    let found = known
        .licenses
        .iter()
        .find(|license| license.id.to_string() == change.subject_id)
        .filter(|license| license.canceled_at.is_some() && license.expires_at.is_none_or(|end| end > known.now))
        .map(|license| Undo::License(license.id, change.version, paying(license)));
    found.map_or(Undoable::No(Reason::Over), Undoable::Yes)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::super::of;
    use super::*;
    use crate::pages::customers::details::timeline::undo::{
        Way,
        samples::{AT, ID, change, customer, known, license, subscription},
    };
    use serde_json::json;

    #[test]
    fn only_the_newest_cancellation_is_taken_back_and_only_in_time() {
        let customer = customer();
        let undone = |changes: &[Change], license: License| {
            let licenses = [license];
            let known = known(&customer, &licenses, &[]);
            changes
                .iter()
                .map(|change| matches!(of(change, changes, &known), Undoable::Yes(_)))
                .collect::<Vec<_>>()
        };
        let later = "2027-11-22T09:00:00.000Z";
        let canceled = [change(2, "cancel_license", 2), change(1, "add_license", 1)];
        assert_eq!(undone(&canceled, license(later, true)), [true, false]);
        assert_eq!(undone(&canceled, license(AT, true)), [false, false]);
        assert_eq!(undone(&canceled, license(later, false)), [false, false]);
        let again = [
            change(4, "cancel_license", 4),
            change(3, "restore_license", 3),
            change(2, "cancel_license", 2),
        ];
        assert_eq!(undone(&again, license(later, true)), [true, false, false]);
        let licenses = [license(AT, true)];
        let known = known(&customer, &licenses, &[]);
        let reasons: Vec<Undoable> = again.iter().map(|change| of(change, &again, &known)).collect();
        assert_eq!(
            reasons,
            [Reason::Over, Reason::ChangedSince, Reason::Undone(AT.parse().unwrap())].map(Undoable::No)
        );
        // What was brought back can be canceled again, as long as it is not.
        let back = change(3, "restore_license", 3);
        let live = [license(later, false)];
        let known = super::super::samples::known(&customer, &live, &[]);
        assert_eq!(
            of(&back, std::slice::from_ref(&back), &known),
            Undoable::No(Reason::ByHand(Way::Cancel))
        );
        let paid = change(5, "record_payment", 1);
        assert_eq!(of(&paid, std::slice::from_ref(&paid), &known), Undoable::No(Reason::Final));
    }

    #[test]
    fn until_when_its_subscription_is_billed_is_known_before_it_is_back() {
        let (customer, subscriptions) = (customer(), [subscription(json!({"billed_until": "2026-11-09"}))]);
        let canceled = change(1, "cancel_license", 2);
        let undone = |license: License| {
            let licenses = [license];
            of(
                &canceled,
                std::slice::from_ref(&canceled),
                &known(&customer, &licenses, &subscriptions),
            )
        };
        let mut paid = license("2027-11-22T09:00:00.000Z", true);
        let id = paid.id;
        assert_eq!(undone(paid.clone()), Undoable::Yes(Undo::License(id, 2, None)));
        paid.subscription_id = Some(ID.parse().unwrap());
        let billed = (ID.parse().unwrap(), "2026-11-09".parse().unwrap());
        assert_eq!(undone(paid), Undoable::Yes(Undo::License(id, 2, Some(billed))));
    }

    #[test]
    fn nothing_of_an_archived_customer_is_taken_back_before_the_customer_is() {
        let mut customer = customer();
        customer.archived_at = Some(AT.parse().unwrap());
        let licenses = [license("2027-11-22T09:00:00.000Z", true)];
        let known = known(&customer, &licenses, &[]);
        let canceled = change(1, "cancel_license", 2);
        assert_eq!(
            of(&canceled, std::slice::from_ref(&canceled), &known),
            Undoable::No(Reason::Archived)
        );
        let mut deleted = change(2, "delete_customer", 2);
        deleted.noun = contract::Noun::Customer;
        assert_eq!(
            of(&deleted, std::slice::from_ref(&deleted), &known),
            Undoable::Yes(Undo::Customer(customer.id, 2))
        );
    }
}
