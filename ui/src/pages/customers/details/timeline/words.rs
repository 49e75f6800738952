//! Changes in words: who did what, and what a value was and is.

use contract::{Currency, Money, Noun, TaxTreatment, Timestamp, change::Change, words};
use serde_json::Value;

use crate::{
    components::Icon,
    format::{self, Formats},
};

/// Who did it.
pub fn actor(change: &Change) -> &str {
    change.actor.as_deref().unwrap_or("The app")
}

/// What was done, as it follows the name of who did it: `canceled license Studio …N5FJ1`. In the timeline of a customer
/// the customer itself needs no name.
pub fn deed(change: &Change, is_own: bool) -> String {
    if let Some(deed) = deed_of_its_own(change, is_own) {
        return deed;
    }
    let verb = match change.operation.as_str() {
        "run_catch_up" => caught_up(change),
        other => verb(other).unwrap_or("changed"),
    };
    let noun = words::noun_word(change.noun);
    match change.noun {
        Noun::Customer if is_own => format!("{verb} the customer"),
        Noun::Settings => "changed the settings of the book".to_owned(),
        Noun::Backup => "changed a backup".to_owned(),
        Noun::Payment => format!("{verb} a payment"),
        Noun::CatchUp => format!("caught up with {}", due(change)),
        Noun::Operation => format!("did {}", change.operation.replace('_', " ")),
        _ if change.subject.is_empty() => format!("{verb} a {noun}"),
        Noun::Customer | Noun::Domain => format!("{verb} {}", change.subject),
        _ => format!("{verb} {noun} {}", change.subject),
    }
}

/// What catching up did to a record, told by what changed in it.
fn caught_up(change: &Change) -> &'static str {
    let after = |field: &str| {
        change
            .fields
            .iter()
            .find(|known| known.field == field)
            .and_then(|known| known.after.as_ref())
    };
    match (change.noun, after("status").and_then(Value::as_str)) {
        (Noun::Subscription, Some("canceled")) => "canceled",
        (Noun::Subscription, Some(_)) => "suspended",
        (Noun::Subscription, None) => "renewed",
        (Noun::Invoice, _) if after("reminded_on").is_some() => "reminded of",
        _ => "made",
    }
}

/// What a run did: `12 renewals, 3 reminders`.
fn due(change: &Change) -> String {
    let counted = change.fields.iter().filter_map(|field| {
        let kind = contract::catch_up::DueKind::parse(&field.field)?;
        let count = field.after.as_ref()?.as_u64()?;
        Some(crate::pages::catch_up::words::counted(kind, count))
    });
    let counted: Vec<String> = counted.collect();
    if counted.is_empty() {
        "nothing".to_owned()
    } else {
        counted.join(", ")
    }
}

/// The same of operations whose record is not what they are about, or that have a word of their own.
fn deed_of_its_own(change: &Change, is_own: bool) -> Option<String> {
    let subject = &change.subject;
    Some(match change.operation.as_str() {
        "first_run" => "created the first administrator".to_owned(),
        "create_invoice" => "drafted an invoice".to_owned(),
        "update_invoice" => "edited the draft of an invoice".to_owned(),
        "delete_invoice" => "deleted the draft of an invoice".to_owned(),
        "set_invoice_uncollectible" if becomes(change, "status", "uncollectible") => format!("gave invoice {subject} up as uncollectible"),
        "set_invoice_uncollectible" => format!("expects payment of invoice {subject} again"),
        "set_payment_promise" if is_cleared(change, "promised_until") => format!("took away the promise to pay invoice {subject}"),
        "set_payment_promise" => format!("noted a promise to pay invoice {subject}"),
        "credit_invoice" => format!("issued credit note {subject}"),
        "apply_credit" => format!("paid invoice {subject} from credit"),
        "release_allocation" => format!("took a payment off invoice {subject}"),
        "refund_payment" => "refunded a payment".to_owned(),
        "update_billing_address" if is_own => "edited the billing address".to_owned(),
        "update_billing_address" => format!("edited the billing address of {subject}"),
        "update_billing_settings" => "changed the billing settings".to_owned(),
        _ => return None,
    })
}

/// Whether a change gave a field this value.
fn becomes(change: &Change, field: &str, value: &str) -> bool {
    let found = change.fields.iter().find(|changed| changed.field == field);
    found.and_then(|changed| changed.after.as_ref()?.as_str()) == Some(value)
}

/// Whether a change took away what a field held.
fn is_cleared(change: &Change, field: &str) -> bool {
    let found = change.fields.iter().find(|changed| changed.field == field);
    found.is_some_and(|changed| changed.after.as_ref().is_none_or(Value::is_null))
}

/// The same as a sentence of its own: `Canceled license Studio …N5FJ1`.
pub fn sentence(change: &Change) -> String {
    let deed = deed(change, false);
    let mut letters = deed.chars();
    letters
        .next()
        .map(|first| first.to_uppercase().chain(letters).collect())
        .unwrap_or_default()
}

fn verb(operation: &str) -> Option<&'static str> {
    let (verb, rest) = operation.split_once('_').unwrap_or((operation, ""));
    Some(match verb {
        "create" | "add" => "added",
        "update" => "edited",
        "delete" => "deleted",
        "cancel" => "canceled",
        "restore" if matches!(rest, "customer" | "domain") => "brought back",
        "restore" => "took back the cancellation of",
        "record" => "recorded",
        "change" => "changed",
        "pause" => "paused",
        "resume" => "resumed",
        "run" => "ran",
        "finalize" => "finalized",
        "void" => "voided",
        "set" => "marked",
        "credit" => "credited",
        "apply" => "used credit on",
        "release" => "took a payment off",
        "refund" => "refunded",
        _ => return None,
    })
}

/// The picture beside it.
pub fn icon(change: &Change) -> Icon {
    match (change.operation.as_str(), change.noun) {
        ("finalize_invoice", _) => Icon::Lock,
        ("update_billing_settings" | "update_billing_address", _) => Icon::Pencil,
        (operation, _) if operation.starts_with("delete") || operation.starts_with("cancel") => Icon::Trash,
        (operation, _) if operation.starts_with("restore") => Icon::Undo,
        (operation, _) if operation.starts_with("pause") => Icon::Pause,
        (_, Noun::Customer) if change.operation.starts_with("create") => Icon::User,
        (_, Noun::Customer) => Icon::Pencil,
        (_, Noun::Plan) => Icon::Layers,
        (_, Noun::License) => Icon::Key,
        (_, Noun::Subscription) => Icon::Repeat,
        (_, Noun::Invoice | Noun::CreditNote) => Icon::Receipt,
        (_, Noun::Payment) => Icon::Card,
        (_, Noun::Refund) => Icon::Undo,
        (_, Noun::CatchUp) => Icon::Refresh,
        (_, Noun::Domain) => Icon::Globe,
        (_, Noun::Settings | Noun::Backup | Noun::Operation) => Icon::Settings,
    }
}

/// A value as a person reads it. `None` for nothing.
pub fn value(field: &str, value: Option<&Value>, formats: &Formats) -> Option<String> {
    match value? {
        Value::Null => None,
        Value::Bool(is_on) => Some(yes_or_no(field, *is_on).to_owned()),
        Value::Number(number) => Some(number.as_u64().map_or_else(|| number.to_string(), format::count)),
        Value::String(text) if field == "password" => Some(if text == "changed" {
            "changed; never shown".to_owned()
        } else {
            text.clone()
        }),
        Value::String(text) => Some(plain(field, text, formats)),
        Value::Array(items) => {
            let parts: Vec<String> = items.iter().filter_map(|item| self::value(field, Some(item), formats)).collect();
            Some(parts.join(if field == "lines" { "; " } else { ", " })).filter(|text| !text.is_empty())
        }
        Value::Object(parts) if field == "lines" => format::invoice_line(parts, None),
        Value::Object(parts) => Some(money(parts).unwrap_or_else(|| {
            let parts: Vec<String> = parts
                .iter()
                .filter_map(|(name, part)| Some(format!("{} {}", words::label(name), self::value(name, Some(part), formats)?)))
                .collect();
            parts.join(", ")
        })),
    }
}

fn money(parts: &serde_json::Map<String, Value>) -> Option<String> {
    let currency = Currency::parse(parts.get("currency")?.as_str()?)?;
    Some(format::money(Money::new(parts.get("amount")?.as_i64()?, currency)))
}

fn yes_or_no(field: &str, is_on: bool) -> &'static str {
    match (field, is_on) {
        ("is_active", true) => "Active",
        ("is_active", false) => "Inactive",
        (_, true) => "Yes",
        (_, false) => "No",
    }
}

fn plain(field: &str, text: &str, formats: &Formats) -> String {
    // By what the field is and not by what the text looks like: a company may be called 2026-11-22.
    if field.ends_with("_at")
        && let Ok(at) = text.parse::<Timestamp>()
    {
        return formats.moment(at);
    }
    if is_day(field)
        && let Some(day) = format::parse_date(text)
    {
        return format::date(day);
    }
    if field == "tax_treatment"
        && let Some(treatment) = TaxTreatment::parse(text)
    {
        return words::tax_treatment(treatment).to_owned();
    }
    // An invoice without a number.
    let is_draft = field == "invoice" && text == "draft";
    if is_code(field) || is_draft {
        words::label(text)
    } else {
        text.to_owned()
    }
}

/// Whether a field holds a day.
fn is_day(field: &str) -> bool {
    let others = [
        "anchor",
        "billed_until",
        "current_period_start",
        "current_period_end",
        "trial_end",
        "promised_until",
    ];
    field.ends_with("_on") || others.contains(&field)
}

/// Whether the values of a field are names of the wire, not words of a person.
fn is_code(field: &str) -> bool {
    ["status", "subscription", "billing_cycle", "method", "outcome", "at", "reason"].contains(&field)
}

/// Whether a field says something to a person.
pub fn is_shown(field: &str) -> bool {
    !field.ends_with("_id") && !["id", "version", "created_at", "updated_at"].contains(&field)
}

/// What a person calls a field in the timeline.
pub fn label(field: &str) -> String {
    match field {
        "cancel_at_period_end" => "Ends with its period".to_owned(),
        "auto_renew" => "Renews itself".to_owned(),
        "archived_at" => "Archived".to_owned(),
        "deleted_at" => "Deleted".to_owned(),
        "expires_at" | "expires_on" => "Expires".to_owned(),
        other => words::label(other.trim_end_matches("_on").trim_end_matches("_at")),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use serde_json::json;

    fn change(operation: &str, noun: &str, subject: &str) -> Change {
        let id = "0193a7c0-1111-7222-8333-444455556601";
        serde_json::from_value(json!({
            "id": id, "number": 1, "at": "2026-11-22T09:00:00.000Z", "actor": null, "operation": operation, "noun": noun,
            "subject_id": id, "subject": subject, "customer_id": id, "version": 1, "fields": []
        }))
        .unwrap()
    }

    #[test]
    fn every_operation_that_writes_has_a_sentence() {
        let cases = [
            ("create_customer", "customer", "Lena Hoffmann", "added Lena Hoffmann"),
            ("first_run", "customer", "Ines Moreau", "created the first administrator"),
            ("cancel_license", "license", "Studio …N5FJ1", "canceled license Studio …N5FJ1"),
            (
                "restore_license",
                "license",
                "Studio",
                "took back the cancellation of license Studio",
            ),
            ("restore_customer", "customer", "Lena", "brought back Lena"),
            ("record_payment", "payment", "€178.50", "recorded a payment"),
            ("add_domain", "domain", "example.com", "added example.com"),
            ("update_settings", "settings", "Alder", "changed the settings of the book"),
            ("sweep", "license", "Studio", "changed license Studio"),
            ("create_subscription", "subscription", "Studio", "added subscription Studio"),
            ("change_subscription", "subscription", "Studio", "changed subscription Studio"),
            ("pause_subscription", "subscription", "Studio", "paused subscription Studio"),
            ("resume_subscription", "subscription", "Studio", "resumed subscription Studio"),
            ("create_invoice", "invoice", "Draft", "drafted an invoice"),
            ("finalize_invoice", "invoice", "2026-1", "finalized invoice 2026-1"),
            ("void_invoice", "invoice", "2026-1", "voided invoice 2026-1"),
            (
                "set_invoice_uncollectible",
                "invoice",
                "2026-1",
                "expects payment of invoice 2026-1 again",
            ),
            ("set_payment_promise", "invoice", "2026-1", "noted a promise to pay invoice 2026-1"),
            ("credit_invoice", "credit_note", "CN-1", "issued credit note CN-1"),
            ("apply_credit", "invoice", "2026-1", "paid invoice 2026-1 from credit"),
            ("release_allocation", "invoice", "2026-1", "took a payment off invoice 2026-1"),
            ("refund_payment", "refund", "5.00 EUR", "refunded a payment"),
            ("update_billing_address", "customer", "Lena", "edited the billing address of Lena"),
            ("update_billing_settings", "settings", "Billing", "changed the billing settings"),
        ];
        for (operation, noun, subject, want) in cases {
            assert_eq!(deed(&change(operation, noun, subject), false), want);
        }
        assert_eq!(deed(&change("update_customer", "customer", "Lena"), true), "edited the customer");
        let mut cleared = change("set_payment_promise", "invoice", "2026-1");
        cleared.fields = serde_json::from_value(json!([{"field": "promised_until", "before": "2026-12-01", "after": null}])).unwrap();
        assert_eq!(deed(&cleared, false), "took away the promise to pay invoice 2026-1");
        assert_eq!(actor(&change("sweep", "license", "")), "The app");
        for operation in contract::operations::OPERATIONS {
            if operation.effect == contract::Effect::Write {
                assert!(verb(operation.name).is_some(), "{}", operation.name);
            }
        }
    }

    #[test]
    fn what_catching_up_did_is_told_by_what_changed() {
        let with = |noun: &str, subject: &str, fields: Value| {
            let mut change = serde_json::to_value(change("run_catch_up", noun, subject)).unwrap();
            change["fields"] = fields;
            deed(&serde_json::from_value(change).unwrap(), false)
        };
        let field = |name: &str, after: Value| json!([{"field": name, "before": null, "after": after}]);
        assert_eq!(
            with("subscription", "Studio", field("billed_until", json!("2026-12-22"))),
            "renewed subscription Studio"
        );
        assert_eq!(
            with("subscription", "Studio", field("status", json!("unpaid"))),
            "suspended subscription Studio"
        );
        assert_eq!(
            with("subscription", "Studio", field("status", json!("canceled"))),
            "canceled subscription Studio"
        );
        assert_eq!(
            with("invoice", "2026-000012", field("reminded_on", json!("2026-11-22"))),
            "reminded of invoice 2026-000012"
        );
        assert_eq!(
            with("catch_up", "Catch-up", field("renewal", json!(2))),
            "caught up with 2 renewals"
        );
        assert_eq!(with("catch_up", "Catch-up", json!([])), "caught up with nothing");
    }

    #[test]
    fn values_are_words_and_nothing_is_nothing() {
        let formats = Formats::new(Currency::EUR, "UTC");
        let said = |field: &str, given: Value| value(field, Some(&given), &formats);
        assert_eq!(said("is_active", json!(false)).as_deref(), Some("Inactive"));
        assert_eq!(said("auto_renew", json!(true)).as_deref(), Some("Yes"));
        assert_eq!(said("status", json!("past_due")).as_deref(), Some("Past due"));
        assert_eq!(said("full_name", json!("past_due")).as_deref(), Some("past_due"));
        assert_eq!(said("invoice", json!("draft")).as_deref(), Some("Draft"));
        assert_eq!(said("invoice", json!("inv-12")).as_deref(), Some("inv-12"));
        assert_eq!(said("password", json!("changed")).as_deref(), Some("changed; never shown"));
        assert_eq!(said("company_name", json!("2026-11-22")).as_deref(), Some("2026-11-22"));
        assert_eq!(
            said("full_name", json!("2026-11-22T09:00:00.000Z")).as_deref(),
            Some("2026-11-22T09:00:00.000Z")
        );
        assert_eq!(said("tax_treatment", json!("AE")).as_deref(), Some("Reverse charge"));
        assert_eq!(said("company_name", json!(null)), None);
        assert_eq!(value("company_name", None, &formats), None);
    }

    #[test]
    fn what_only_the_app_understands_is_not_shown() {
        assert!(!is_shown("customer_id") && !is_shown("version") && is_shown("full_name"));
        assert_eq!(label("received_on"), "Received");
        assert_eq!(label("company_name"), "Company");
    }
}
