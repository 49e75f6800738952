//! How a final invoice stands after something was paid, given back or credited.

use crate::{entity::invoice, scope::Scope, zone};

/// Brings the state up to the sums: paid when nothing is left to pay, else open, and overdue after its due day. An invoice that
/// is void stays so, and so does one that is given up, unless nothing is left to pay of it. What was paid and is owed again is
/// pursued anew.
pub fn settle(scope: &Scope, row: &mut invoice::Model) {
    let is_paid = super::payable(row) <= 0;
    let status = match row.status.as_str() {
        "open" | "paid" | "uncollectible" if is_paid => "paid",
        "paid" => "open",
        other => other,
    };
    if (row.status.as_str(), status) == ("paid", "open") {
        row.reopened += 1;
    }
    row.status = status.to_owned();
    let falls_due = row
        .due_on
        .and_then(|day| day.succ_opt())
        .filter(|_| row.status == "open")
        .map(|day| zone::start_of(scope.zone, day));
    row.is_overdue = falls_due.is_some_and(|at| at <= scope.now);
    row.due_at = falls_due.filter(|_| !row.is_overdue).map(|at| at.0);
}
