//! Cancellations, pauses and resumptions of a subscription.

use contract::{
    Noun,
    change::Change,
    subscription::{Subscription, SubscriptionStatus},
};

use super::{Known, Reason, Undo, Undoable, Way, leaves, overtaken};

/// Whether the catch-up canceled a subscription.
pub fn is_canceled_by(change: &Change) -> bool {
    change.operation == "run_catch_up" && change.noun == Noun::Subscription && leaves(change, "status", "canceled")
}

fn own<'a>(change: &Change, known: &Known<'a>) -> Option<&'a Subscription> {
    known
        .subscriptions
        .iter()
        .find(|subscription| subscription.id.to_string() == change.subject_id)
}

/// How to take a cancellation back while its period runs, whoever canceled.
pub fn of_cancellation(change: &Change, newest_first: &[Change], known: &Known) -> Undoable {
    if let Some(no) = overtaken(change, newest_first, "restore_subscription") {
        return no;
    }
    let found = own(change, known)
        .filter(|subscription| subscription.ended_at.is_some() || subscription.cancel_at_period_end)
        .filter(|subscription| subscription.current_period_end > known.today)
        .map(|subscription| Undo::Subscription(subscription.id, change.version, subscription.billed_until));
    found.map_or(Undoable::No(Reason::Over), Undoable::Yes)
}

/// How to take a pause back: as long as nothing is billed by it.
pub fn of_pause(change: &Change, newest_first: &[Change], known: &Known) -> Undoable {
    if let Some(no) = overtaken(change, newest_first, "resume_subscription") {
        return no;
    }
    match own(change, known) {
        Some(own) if own.status != SubscriptionStatus::Paused || own.version != change.version => Undoable::No(Reason::ChangedSince),
        Some(own) if own.billed_until > known.today => Undoable::Yes(Undo::Paused(own.id, change.version)),
        // To resume it bills the rest of the period, which is more than to take the pause back.
        _ => Undoable::No(Reason::ByHand(Way::Resume)),
    }
}

/// How to take back that it went on: unless something was billed for it, or would be first.
pub fn of_resumption(change: &Change, newest_first: &[Change], known: &Known) -> Undoable {
    if let Some(no) = overtaken(change, newest_first, "pause_subscription") {
        return no;
    }
    if change.fields.iter().any(|changed| changed.field == "invoice") {
        return Undoable::No(Reason::Billed);
    }
    match own(change, known) {
        Some(own) if !is_running(own) || own.version != change.version => Undoable::No(Reason::ChangedSince),
        Some(own) if own.billed_until > known.today => Undoable::Yes(Undo::Resumed(own.id, change.version)),
        _ => Undoable::No(Reason::ByHand(Way::Pause)),
    }
}

fn is_running(own: &Subscription) -> bool {
    matches!(own.status, SubscriptionStatus::Active | SubscriptionStatus::PastDue)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::super::of;
    use super::*;
    use crate::pages::customers::details::timeline::undo::samples::{AT, ID, change_of, customer, known, subscription, with};
    use serde_json::{Value, json};

    fn shown(change: &Change, newer: &[Change], own: Value) -> Undoable {
        let (customer, subscriptions) = (customer(), [subscription(own)]);
        let mut changes = newer.to_vec();
        changes.push(change.clone());
        of(change, &changes, &known(&customer, &[], &subscriptions))
    }

    #[test]
    fn what_the_catch_up_canceled_comes_back_while_its_period_runs() {
        let caught_up = |status: &str| {
            with(
                change_of(1, "run_catch_up", "subscription", 4),
                "status",
                json!("unpaid"),
                json!(status),
            )
        };
        let canceled = caught_up("canceled");
        let id = ID.parse().unwrap();
        let over = json!({"status": "canceled", "ended_at": AT});
        let billed = "2026-12-09".parse().unwrap();
        assert_eq!(
            shown(&canceled, &[], over.clone()),
            Undoable::Yes(Undo::Subscription(id, 4, billed))
        );
        let by_hand = change_of(1, "cancel_subscription", "subscription", 4);
        assert_eq!(shown(&by_hand, &[], over.clone()), Undoable::Yes(Undo::Subscription(id, 4, billed)));
        let late = json!({"status": "canceled", "ended_at": AT, "current_period_end": "2026-11-22"});
        assert_eq!(shown(&canceled, &[], late), Undoable::No(Reason::Over));
        let back = change_of(2, "restore_subscription", "subscription", 5);
        let undone = Undoable::No(Reason::Undone(AT.parse().unwrap()));
        assert_eq!(shown(&canceled, &[back], json!({})), undone);
        // A renewal and a suspension are no cancellation.
        assert_eq!(shown(&caught_up("unpaid"), &[], over), Undoable::No(Reason::NotReversible));
        // Nor is a period that was billed on the way a subscription.
        let billed = with(
            change_of(1, "cancel_subscription", "invoice", 1),
            "status",
            json!(null),
            json!("open"),
        );
        assert_eq!(shown(&billed, &[], json!({})), Undoable::No(Reason::Final));
    }

    #[test]
    fn a_pause_is_taken_back_unless_that_would_bill_something() {
        let paused = change_of(1, "pause_subscription", "subscription", 4);
        let id = ID.parse().unwrap();
        let is_paused = json!({"status": "paused", "paused_at": AT});
        assert_eq!(shown(&paused, &[], is_paused), Undoable::Yes(Undo::Paused(id, 4)));
        let long = json!({"status": "paused", "paused_at": AT, "billed_until": "2026-11-22"});
        assert_eq!(shown(&paused, &[], long), Undoable::No(Reason::ByHand(Way::Resume)));
        let newer = json!({"status": "paused", "paused_at": AT, "version": 5});
        assert_eq!(shown(&paused, &[], newer), Undoable::No(Reason::ChangedSince));
        let resumed = change_of(2, "resume_subscription", "subscription", 5);
        let undone = Undoable::No(Reason::Undone(AT.parse().unwrap()));
        assert_eq!(shown(&paused, &[resumed], json!({"version": 5})), undone);
    }

    #[test]
    fn that_it_went_on_is_taken_back_unless_something_was_billed_for_it() {
        let resumed = change_of(1, "resume_subscription", "subscription", 4);
        let id = ID.parse().unwrap();
        assert_eq!(shown(&resumed, &[], json!({})), Undoable::Yes(Undo::Resumed(id, 4)));
        let behind = json!({"billed_until": "2026-11-22"});
        assert_eq!(shown(&resumed, &[], behind), Undoable::No(Reason::ByHand(Way::Pause)));
        assert_eq!(
            shown(&resumed, &[], json!({"status": "unpaid"})),
            Undoable::No(Reason::ChangedSince)
        );
        let billed = with(resumed.clone(), "invoice", json!(null), json!("2026-1"));
        assert_eq!(shown(&billed, &[], json!({})), Undoable::No(Reason::Billed));
        let paused = change_of(2, "pause_subscription", "subscription", 5);
        let undone = Undoable::No(Reason::Undone(AT.parse().unwrap()));
        assert_eq!(shown(&resumed, &[paused], json!({"status": "paused", "version": 5})), undone);
    }
}
