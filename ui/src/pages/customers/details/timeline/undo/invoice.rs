//! What was noted about the payment of an invoice.

use chrono::NaiveDate;
use contract::change::Change;

use super::{Reason, Undo, Undoable, leaves};

/// What was done first about an invoice after a change of it.
pub fn next_of_invoice<'a>(change: &Change, newest_first: &'a [Change]) -> Option<&'a Change> {
    let mut later = newest_first.iter().filter(|other| other.number > change.number);
    later.rfind(|other| other.subject_id == change.subject_id || names(other, &change.subject))
}

/// How to take back what was noted about the payment of an invoice: nothing about it may have changed since. A promise that is
/// over by now puts nothing off, so it need not come back.
pub fn of_promise(change: &Change, newest_first: &[Change], today: NaiveDate) -> Undoable {
    let Some(noted) = change.fields.iter().find(|field| field.field == "promised_until") else {
        return Undoable::No(Reason::NotReversible);
    };
    let before = day(noted.before.as_ref());
    let wanted = before.filter(|day| *day >= today);
    if let Some(next) = next_of_invoice(change, newest_first) {
        // It came back as it was, or did not where it was over.
        let is_back = next.fields.iter().filter(|field| field.field == noted.field).any(|field| {
            let after = day(field.after.as_ref());
            after == before || after == wanted
        });
        return Undoable::No(if is_back { Reason::Undone(next.at) } else { Reason::ChangedSince });
    }
    match change.subject_id.parse() {
        Ok(id) => Undoable::Yes(Undo::Promised(id, change.version, wanted)),
        Err(_) => Undoable::No(Reason::NotReversible),
    }
}

/// A day in wire form.
fn day(value: Option<&serde_json::Value>) -> Option<NaiveDate> {
    value?.as_str()?.parse().ok()
}

/// How to take back that an invoice was given up, or expected again: nothing about it may have changed since.
pub fn of_giving_up(change: &Change, newest_first: &[Change]) -> Undoable {
    if let Some(next) = next_of_invoice(change, newest_first) {
        return Undoable::No(if next.operation == change.operation {
            Reason::Undone(next.at)
        } else {
            Reason::ChangedSince
        });
    }
    let is_given_up = leaves(change, "status", "uncollectible");
    match change.subject_id.parse() {
        Ok(id) => Undoable::Yes(Undo::GivenUp(id, change.version, !is_given_up)),
        Err(_) => Undoable::No(Reason::NotReversible),
    }
}

/// Whether a change, such as that of a payment, names an invoice by its number.
fn names(change: &Change, number: &str) -> bool {
    let is_it = |value: &serde_json::Value| value.as_str() == Some(number);
    change
        .fields
        .iter()
        .filter_map(|field| field.after.as_ref())
        .any(|after| after.as_array().map_or_else(|| is_it(after), |numbers| numbers.iter().any(is_it)))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::pages::customers::details::timeline::undo::samples::{AT, ID, change};
    use serde_json::json;

    #[test]
    fn that_an_invoice_was_given_up_is_taken_back_until_something_is_done_about_it() {
        let given_up = |number: u64| {
            let mut change = change(number, "set_invoice_uncollectible", 4);
            change.subject = "2026-1".to_owned();
            change.fields = serde_json::from_value(json!([{"field": "status", "before": "open", "after": "uncollectible"}])).unwrap();
            change
        };
        let id = ID.parse().unwrap();
        let first = given_up(1);
        assert_eq!(of_giving_up(&first, &[given_up(1)]), Undoable::Yes(Undo::GivenUp(id, 4, false)));
        let mut back = given_up(2);
        back.fields.clear();
        let at = AT.parse().unwrap();
        assert_eq!(of_giving_up(&first, &[back, given_up(1)]), Undoable::No(Reason::Undone(at)));
        let mut paid = change(2, "record_payment", 1);
        paid.subject_id = "0193a7c0-1111-7222-8333-444455556602".to_owned();
        assert!(
            matches!(of_giving_up(&first, std::slice::from_ref(&paid)), Undoable::Yes(_)),
            "of something else"
        );
        paid.fields = serde_json::from_value(json!([{"field": "invoices", "before": null, "after": ["2026-1"]}])).unwrap();
        assert_eq!(of_giving_up(&first, &[paid, given_up(1)]), Undoable::No(Reason::ChangedSince));
    }

    #[test]
    fn a_promise_is_taken_back_to_the_one_before_while_nothing_was_done_about_the_invoice() {
        let noted = |number: u64, before: Option<&str>, after: Option<&str>| {
            let mut change = change(number, "set_payment_promise", 4);
            change.subject = "2026-1".to_owned();
            change.fields = serde_json::from_value(json!([{"field": "promised_until", "before": before, "after": after}])).unwrap();
            change
        };
        let (id, today) = (ID.parse().unwrap(), "2026-11-22".parse::<NaiveDate>().unwrap());
        let first = noted(1, None, Some("2026-12-01"));
        assert_eq!(
            of_promise(&first, &[noted(1, None, None)], today),
            Undoable::Yes(Undo::Promised(id, 4, None))
        );
        let second = noted(2, Some("2026-12-01"), Some("2026-12-24"));
        let changes = [second.clone(), first.clone()];
        let before = Some("2026-12-01".parse().unwrap());
        assert_eq!(of_promise(&second, &changes, today), Undoable::Yes(Undo::Promised(id, 4, before)));
        assert_eq!(of_promise(&first, &changes, today), Undoable::No(Reason::ChangedSince));
        let over = noted(3, Some("2026-11-21"), Some("2026-12-01"));
        assert_eq!(
            of_promise(&over, std::slice::from_ref(&over), today),
            Undoable::Yes(Undo::Promised(id, 4, None))
        );
        for (after, expected) in [
            // The day was over when it was taken back, or is over since.
            (None, Reason::Undone(AT.parse().unwrap())),
            (Some("2026-11-21"), Reason::Undone(AT.parse().unwrap())),
            (Some("2026-12-24"), Reason::ChangedSince),
        ] {
            let next = noted(4, Some("2026-12-01"), after);
            let found = of_promise(&over, &[next, over.clone()], today);
            assert_eq!(found, Undoable::No(expected), "{after:?}");
        }
        let gone = noted(3, Some("2026-12-24"), None);
        assert_eq!(
            of_promise(&second, &[gone, second.clone()], today),
            Undoable::No(Reason::ChangedSince),
            "the day before is not over"
        );
        let back = noted(3, Some("2026-12-24"), Some("2026-12-01"));
        assert_eq!(
            of_promise(&second, &[back, second.clone(), first], today),
            Undoable::No(Reason::Undone(AT.parse().unwrap()))
        );
        let mut paid = change(4, "record_payment", 1);
        paid.fields = serde_json::from_value(json!([{"field": "invoices", "before": null, "after": ["2026-1"]}])).unwrap();
        assert_eq!(
            of_promise(&second, &[paid, second.clone()], today),
            Undoable::No(Reason::ChangedSince)
        );
    }
}
