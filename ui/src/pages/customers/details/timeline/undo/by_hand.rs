//! What a person can change back, where there is nothing to press for it.

use contract::{Noun, change::Change};

use super::{Known, Reason, leaves, subscription};

/// What a person does to be where it was before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// Enters what was there before.
    Edit,
    /// Removes what was added.
    Remove,
    /// Cancels what was sold or brought back.
    Cancel,
    /// Deletes a draft.
    Delete,
    /// Pauses a subscription.
    Pause,
    /// Resumes a subscription, which bills the rest of its period.
    Resume,
    /// Takes a payment off an invoice.
    TakeOff,
}

impl Way {
    /// As it stands in the place of the button.
    pub fn words(self) -> &'static str {
        match self {
            Self::Edit => "Change it back by hand",
            Self::Remove => "Remove it by hand",
            Self::Cancel => "Cancel it by hand",
            Self::Delete => "Delete it by hand",
            Self::Pause => "Pause it by hand",
            Self::Resume => "Resume it by hand",
            Self::TakeOff => "Take it off by hand",
        }
    }
}

/// What a person can do about a change, or why nobody can.
pub fn of(change: &Change, newest_first: &[Change], known: &Known) -> Reason {
    let way = match (change.operation.as_str(), change.noun) {
        // Nobody knows the password before.
        ("update_customer", Noun::Customer) if is_password(change) => return Reason::NotReversible,
        ("update_customer" | "update_billing_address", Noun::Customer)
        | ("update_domain", Noun::Domain)
        | ("update_plan", Noun::Plan)
        | ("update_settings" | "update_billing_settings", Noun::Settings)
        | ("change_subscription", Noun::Subscription | Noun::License)
        | ("update_invoice", Noun::Invoice) => Way::Edit,
        ("add_domain" | "restore_domain", Noun::Domain) => Way::Remove,
        ("add_license" | "create_subscription" | "restore_license", Noun::License)
        | ("create_subscription" | "restore_subscription", Noun::Subscription) => Way::Cancel,
        (_, Noun::Invoice) if leaves(change, "status", "draft") => Way::Delete,
        // Made final at once, by an operation that bills.
        (_, Noun::Invoice) if leaves(change, "status", "open") => return Reason::Final,
        _ => return Reason::NotReversible,
    };
    if is_gone(change, newest_first) {
        return Reason::ChangedSince;
    }
    if is_over(change, known) {
        return Reason::Over;
    }
    Reason::ByHand(way)
}

/// Whether nothing but the password was changed.
fn is_password(change: &Change) -> bool {
    !change.fields.is_empty() && change.fields.iter().all(|changed| changed.field == "password")
}

/// Whether the record of a change was removed, canceled or made final after it, and not brought back.
fn is_gone(change: &Change, newest_first: &[Change]) -> bool {
    let is_fate = |operation: &str| {
        ["delete_", "cancel_", "finalize_", "restore_"]
            .iter()
            .any(|begin| operation.starts_with(begin))
    };
    let fate = newest_first.iter().find(|other| {
        let is_later = other.noun == change.noun && other.subject_id == change.subject_id && other.number > change.number;
        is_later && (is_fate(&other.operation) || subscription::is_canceled_by(other))
    });
    fate.is_some_and(|fate| !fate.operation.starts_with("restore_"))
}

/// Whether the subscription or license of a change has ended by itself.
fn is_over(change: &Change, known: &Known) -> bool {
    match change.noun {
        Noun::Subscription => known
            .subscriptions
            .iter()
            .any(|own| own.id.to_string() == change.subject_id && own.ended_at.is_some()),
        Noun::License => known
            .licenses
            .iter()
            .any(|own| own.id.to_string() == change.subject_id && own.canceled_at.is_some()),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::pages::customers::details::timeline::undo::samples::{AT, change_of, customer, known, subscription, with};
    use serde_json::json;

    fn reason(operation: &str, noun: &str) -> Reason {
        let customer = customer();
        of(&change_of(1, operation, noun, 1), &[], &known(&customer, &[], &[]))
    }

    #[test]
    fn an_edit_is_said_to_be_changed_back_by_hand_and_what_was_added_to_be_taken_away() {
        for (operation, noun, want) in [
            ("update_customer", "customer", Way::Edit),
            ("update_billing_address", "customer", Way::Edit),
            ("update_plan", "plan", Way::Edit),
            ("update_settings", "settings", Way::Edit),
            ("update_billing_settings", "settings", Way::Edit),
            ("update_domain", "domain", Way::Edit),
            ("update_invoice", "invoice", Way::Edit),
            ("change_subscription", "subscription", Way::Edit),
            ("add_domain", "domain", Way::Remove),
            ("restore_domain", "domain", Way::Remove),
            ("add_license", "license", Way::Cancel),
            ("create_subscription", "subscription", Way::Cancel),
            ("restore_subscription", "subscription", Way::Cancel),
        ] {
            assert_eq!(reason(operation, noun), Reason::ByHand(want), "{operation}");
        }
        for (operation, noun) in [
            ("create_customer", "customer"),
            ("fall_due", "license"),
            ("run_catch_up", "subscription"),
        ] {
            assert_eq!(reason(operation, noun), Reason::NotReversible, "{operation}");
        }
    }

    #[test]
    fn a_password_that_nobody_knows_is_not_said_to_come_back() {
        let customer = customer();
        let mut edit = with(
            change_of(1, "update_customer", "customer", 2),
            "password",
            json!("unchanged"),
            json!("changed"),
        );
        let known = known(&customer, &[], &[]);
        assert_eq!(of(&edit, &[], &known), Reason::NotReversible);
        edit = with(edit, "full_name", json!("Lena"), json!("Lena H."));
        assert_eq!(of(&edit, &[], &known), Reason::ByHand(Way::Edit));
    }

    #[test]
    fn what_is_gone_or_final_by_now_is_not_said_to_be_changed_back() {
        let customer = customer();
        let known_now = known(&customer, &[], &[]);
        let added = change_of(1, "add_domain", "domain", 1);
        let removed = change_of(2, "delete_domain", "domain", 2);
        let back = change_of(3, "restore_domain", "domain", 3);
        assert_eq!(of(&added, std::slice::from_ref(&removed), &known_now), Reason::ChangedSince);
        assert_eq!(of(&added, &[back, removed], &known_now), Reason::ByHand(Way::Remove));
        let draft = with(change_of(1, "create_invoice", "invoice", 1), "status", json!(null), json!("draft"));
        assert_eq!(of(&draft, &[], &known_now), Reason::ByHand(Way::Delete));
        let of_renewal = with(change_of(1, "run_catch_up", "invoice", 1), "status", json!(null), json!("open"));
        assert_eq!(of(&of_renewal, &[], &known_now), Reason::Final);
        let finalized = change_of(2, "finalize_invoice", "invoice", 2);
        assert_eq!(of(&draft, &[finalized], &known_now), Reason::ChangedSince);
        // Ended by the clock, so nothing is left to cancel.
        let ended = subscription(json!({"status": "canceled", "ended_at": AT}));
        let sold = change_of(1, "create_subscription", "subscription", 1);
        assert_eq!(of(&sold, &[], &known(&customer, &[], &[ended])), Reason::Over);
    }
}
