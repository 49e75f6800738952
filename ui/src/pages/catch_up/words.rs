//! What is due, in words.

use contract::catch_up::{DueCount, DueKind};

use crate::{components::Icon, format};

/// `1 renewal`, `12 renewals`.
pub fn counted(kind: DueKind, number: u64) -> String {
    let (one, many) = match kind {
        DueKind::Renewal => ("renewal", "renewals"),
        DueKind::Reminder => ("reminder", "reminders"),
        DueKind::Suspension => ("suspension", "suspensions"),
        DueKind::Cancellation => ("cancellation", "cancellations"),
    };
    match number {
        1 => format!("1 {one}"),
        // Short numbers have no groups.
        ..1000 => format!("{number} {many}"),
        _ => format!("{} {many}", format::count(number)),
    }
}

/// `12 renewals, 3 reminders and 1 suspension`.
pub fn summary(counts: &[DueCount]) -> String {
    let mut parts: Vec<String> = counts
        .iter()
        .filter(|count| count.count > 0)
        .map(|count| counted(count.kind, count.count))
        .collect();
    let last = parts.pop();
    match (parts.is_empty(), last) {
        (_, None) => "Nothing".to_owned(),
        (true, Some(only)) => only,
        (false, Some(last)) => format!("{} and {last}", parts.join(", ")),
    }
}

/// How many things in all.
pub fn total(counts: &[DueCount]) -> u64 {
    counts.iter().map(|count| count.count).sum()
}

/// What is done, as a heading.
pub fn title(kind: DueKind) -> &'static str {
    match kind {
        DueKind::Renewal => "Bill subscriptions",
        DueKind::Reminder => "Remind customers",
        DueKind::Suspension => "Suspend subscriptions",
        DueKind::Cancellation => "Cancel subscriptions",
    }
}

/// What that means.
pub fn meaning(kind: DueKind) -> &'static str {
    match kind {
        DueKind::Renewal => "An invoice for each period, before tax",
        DueKind::Reminder => "Noted, with a letter to copy: nothing is sent by itself",
        DueKind::Suspension => "With their licenses, until they are paid",
        DueKind::Cancellation => "After the last reminder",
    }
}

/// `12 become final at once, …`; nothing where none does.
pub fn becoming_final(number: u64) -> Option<String> {
    let verb = if number == 1 { "becomes" } else { "become" };
    let which = "with a number; one that lacks what the law asks for waits as a draft";
    match number {
        0 => None,
        1..1000 => Some(format!("{number} {verb} final at once, {which}")),
        _ => Some(format!("{} {verb} final at once, {which}", format::count(number))),
    }
}

/// The picture.
pub fn icon(kind: DueKind) -> Icon {
    match kind {
        DueKind::Renewal => Icon::Repeat,
        DueKind::Reminder => Icon::Mail,
        DueKind::Suspension => Icon::Pause,
        DueKind::Cancellation => Icon::Trash,
    }
}

/// The counts of several runs as one: amounts are added within their currency only.
pub fn added(mut all: Vec<DueCount>, more: &[DueCount]) -> Vec<DueCount> {
    for count in more {
        let Some(known) = all.iter_mut().find(|known| known.kind == count.kind) else {
            all.push(count.clone());
            continue;
        };
        known.count = known.count.saturating_add(count.count);
        for amount in &count.amounts {
            match known.amounts.iter_mut().find(|known| known.currency == amount.currency) {
                Some(known) => known.amount = known.amount.saturating_add(amount.amount),
                None => known.amounts.push(*amount),
            }
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;
    use contract::{Currency, Money};

    fn count(kind: DueKind, count: u64, amounts: &[i64]) -> DueCount {
        DueCount {
            kind,
            count,
            amounts: amounts.iter().map(|amount| Money::new(*amount, Currency::EUR)).collect(),
        }
    }

    #[test]
    fn what_is_due_is_one_sentence() {
        let (renewals, reminders, none) = (
            count(DueKind::Renewal, 2, &[]),
            count(DueKind::Reminder, 1, &[]),
            count(DueKind::Suspension, 0, &[]),
        );
        assert_eq!(summary(&[]), "Nothing");
        assert_eq!(summary(std::slice::from_ref(&none)), "Nothing");
        assert_eq!(summary(std::slice::from_ref(&reminders)), "1 reminder");
        assert_eq!(summary(&[renewals.clone(), reminders.clone(), none]), "2 renewals and 1 reminder");
        assert_eq!(
            summary(&[renewals, reminders, count(DueKind::Cancellation, 3, &[])]),
            "2 renewals, 1 reminder and 3 cancellations"
        );
    }

    #[test]
    fn what_becomes_final_at_once_is_said_before() {
        let said = |number| becoming_final(number).map(|text| text.split(',').next().unwrap_or_default().to_owned());
        assert_eq!(said(0), None);
        assert_eq!(said(1).as_deref(), Some("1 becomes final at once"));
        assert_eq!(said(12).as_deref(), Some("12 become final at once"));
    }

    #[test]
    fn runs_add_up_by_kind_and_currency() {
        let first = added(Vec::new(), &[count(DueKind::Renewal, 200, &[500])]);
        let both = added(first, &[count(DueKind::Renewal, 14, &[70]), count(DueKind::Reminder, 1, &[9])]);
        assert_eq!(both, [count(DueKind::Renewal, 214, &[570]), count(DueKind::Reminder, 1, &[9])]);
        assert_eq!(total(&both), 215);
    }
}
