//! What of a payment pays an invoice.

use contract::{
    InvoiceId, Money, PaymentId,
    change::{Change, ChangedField},
};
use serde::de::DeserializeOwned;

use super::{Reason, Undo, Undoable, Way, invoice::next_of_invoice};
use crate::pages::payments::take_off::Allocated;

/// How to take back that credit paid an invoice: nothing about the invoice may have changed since. What several payments gave is
/// taken off by hand, one by one; one that was given up until then would be open without it, and a subscription that goes on since
/// would not be suspended again.
pub fn of_use(change: &Change, newest_first: &[Change]) -> Undoable {
    let was_given_up = field(change, "status").is_some_and(|field| {
        let said = field.before.as_ref().and_then(serde_json::Value::as_str);
        said == Some("uncollectible") && field.after != field.before
    });
    match undo(change, newest_first, ("credit_used", "released"), "release_allocation") {
        Ok(_) if was_given_up || lets_go_on(change) => Undoable::No(Reason::ByHand(Way::TakeOff)),
        Ok(part) => Undoable::Yes(Undo::CreditUsed(part)),
        Err(reason) => Undoable::No(reason),
    }
}

/// Whether a suspended subscription went on with a change, for which the rest of its period may have been billed.
fn lets_go_on(change: &Change) -> bool {
    field(change, "subscription").and_then(|field| field.before.as_ref()?.as_str()) == Some("unpaid")
}

/// How to take back that a payment was taken off an invoice: credit pays it again.
pub fn of_release(change: &Change, newest_first: &[Change]) -> Undoable {
    match undo(change, newest_first, ("released", "credit_used"), "apply_credit") {
        Ok(part) => Undoable::Yes(Undo::TakenOff(part)),
        Err(reason) => Undoable::No(reason),
    }
}

/// Why a payment is not taken back. It can be taken off an invoice that it pays since it was recorded.
pub fn of_payment(change: &Change, newest_first: &[Change]) -> Undoable {
    let pays = field(change, "invoices").is_some_and(|field| field.after.as_ref().is_some_and(serde_json::Value::is_array));
    let is_off = newest_first.iter().any(|other| {
        let of_it = value::<PaymentId>(other, "payment_id").is_some_and(|payment| payment.to_string() == change.subject_id);
        other.operation == "release_allocation" && other.number > change.number && of_it
    });
    Undoable::No(match (pays, is_off) {
        (true, true) => Reason::ChangedSince,
        (true, false) => Reason::ByHand(Way::TakeOff),
        (false, _) => Reason::Final,
    })
}

/// What a change paid or took off, with the version of the invoice since; or why that is not taken back. The amount stands in one
/// field of it, and of the change that takes it back in another.
fn undo(change: &Change, newest_first: &[Change], (own, others): (&str, &str), back: &str) -> Result<Allocated, Reason> {
    let payment = value::<PaymentId>(change, "payment_id");
    let amount = value::<Money>(change, own);
    if let Some(next) = next_of_invoice(change, newest_first) {
        let is_same = value::<PaymentId>(next, "payment_id") == payment && value::<Money>(next, others) == amount;
        return Err(if next.operation == back && is_same && payment.is_some() {
            Reason::Undone(next.at)
        } else {
            Reason::ChangedSince
        });
    }
    let (Some(payment_id), Some(amount)) = (payment, amount) else {
        return Err(Reason::ByHand(Way::TakeOff));
    };
    let invoice_id: InvoiceId = change.subject_id.parse().map_err(|_| Reason::NotReversible)?;
    Ok(Allocated {
        payment_id,
        invoice_id,
        amount,
        version: Some(change.version),
    })
}

fn field<'a>(change: &'a Change, name: &str) -> Option<&'a ChangedField> {
    change.fields.iter().find(|field| field.field == name)
}

/// What a change left a field with.
fn value<T: DeserializeOwned>(change: &Change, name: &str) -> Option<T> {
    serde_json::from_value(field(change, name)?.after.clone()?).ok()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::pages::customers::details::timeline::undo::samples::{AT, ID, change_of, with};
    use serde_json::json;

    const PAYMENT: &str = "0193a7c0-1111-7222-8333-444455556602";

    /// A change that paid an invoice from credit, or took that off.
    fn moved(number: u64, operation: &str, amount: i64) -> Change {
        let amount_field = if operation == "apply_credit" { "credit_used" } else { "released" };
        let mut change = change_of(number, operation, "invoice", 4);
        change.subject = "2026-1".to_owned();
        let amount = json!({"amount": amount, "currency": "EUR"});
        with(
            with(change, amount_field, json!(null), amount),
            "payment_id",
            json!(null),
            json!(PAYMENT),
        )
    }

    fn part(amount: i64) -> Allocated {
        Allocated {
            payment_id: PAYMENT.parse().unwrap(),
            invoice_id: ID.parse().unwrap(),
            amount: Money::new(amount, contract::Currency::EUR),
            version: Some(4),
        }
    }

    #[test]
    fn credit_that_was_used_is_taken_off_and_put_back_until_something_is_done_about_the_invoice() {
        let (used, off) = (moved(1, "apply_credit", 500), moved(2, "release_allocation", 500));
        let undone = Undoable::No(Reason::Undone(AT.parse().unwrap()));
        assert_eq!(
            of_use(&used, std::slice::from_ref(&used)),
            Undoable::Yes(Undo::CreditUsed(part(500)))
        );
        assert_eq!(of_use(&used, &[off.clone(), used.clone()]), undone);
        assert_eq!(
            of_release(&off, &[off.clone(), used.clone()]),
            Undoable::Yes(Undo::TakenOff(part(500)))
        );
        let again = moved(3, "apply_credit", 500);
        assert_eq!(of_release(&off, &[again, off.clone(), used.clone()]), undone);
        for (status, is_undone) in [("uncollectible", true), ("paid", false)] {
            let given_up = with(used.clone(), "status", json!("uncollectible"), json!(status));
            let found = of_use(&given_up, std::slice::from_ref(&given_up));
            assert_eq!(matches!(found, Undoable::Yes(_)), is_undone, "{status}");
        }
        for (status, is_undone) in [("unpaid", false), ("past_due", true)] {
            // Its own entry tells it: that of the subscription may not be loaded.
            let goes_on = with(used.clone(), "subscription", json!(status), json!("active"));
            let found = of_use(&goes_on, std::slice::from_ref(&goes_on));
            assert_eq!(matches!(found, Undoable::Yes(_)), is_undone, "{status}");
        }
        // Not all of it, or of another kind.
        let less = moved(2, "release_allocation", 499);
        let given_up = change_of(2, "set_invoice_uncollectible", "invoice", 5);
        for next in [less, given_up] {
            assert_eq!(of_use(&used, &[next, used.clone()]), Undoable::No(Reason::ChangedSince));
        }
        // Of several payments, or noted before a change said which.
        let mut of_several = used.clone();
        of_several.fields.truncate(1);
        assert_eq!(
            of_use(&of_several, std::slice::from_ref(&of_several)),
            Undoable::No(Reason::ByHand(Way::TakeOff))
        );
    }

    #[test]
    fn a_payment_is_taken_off_what_it_pays_by_hand() {
        let mut paid = change_of(1, "record_payment", "payment", 1);
        paid.subject_id = PAYMENT.to_owned();
        assert_eq!(of_payment(&paid, &[]), Undoable::No(Reason::Final), "it pays nothing");
        let paid = with(paid, "invoices", json!(null), json!(["2026-1"]));
        assert_eq!(
            of_payment(&paid, std::slice::from_ref(&paid)),
            Undoable::No(Reason::ByHand(Way::TakeOff))
        );
        let off = moved(2, "release_allocation", 500);
        assert_eq!(of_payment(&paid, &[off, paid.clone()]), Undoable::No(Reason::ChangedSince));
    }
}
