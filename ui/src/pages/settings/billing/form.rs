//! How the vendor bills, as it is typed.

use chrono::NaiveDate;
use contract::{
    Currency, Error, FieldError, Money, Problem, TaxCategory, Validate,
    billing::{BillingSettings, NextNumber, Paper, UpdateBillingSettings},
    number::{MAX_FIRST, NumberFormat},
    party::Party,
    words,
};
use serde_json::Value;

use crate::{
    format,
    hooks::{Draft, switch},
    pages::{conflict, reminders::schedule},
};

/// The fields of the settings, as they are typed.
#[must_use]
pub fn begin(known: &BillingSettings, currency: Currency) -> Draft {
    let text = |value: &Option<String>| value.clone().unwrap_or_default();
    let seller = &known.seller;
    let mut values = vec![
        ("seller.name", seller.name.clone()),
        ("seller.contact", text(&seller.contact)),
        ("seller.street", text(&seller.street)),
        ("seller.postal_code", text(&seller.postal_code)),
        ("seller.city", text(&seller.city)),
        ("seller.region", text(&seller.region)),
        ("seller.country", text(&seller.country)),
        ("seller.vat_id", text(&seller.vat_id)),
        ("seller.tax_number", text(&seller.tax_number)),
        ("seller.email", text(&seller.email)),
        ("phone", text(&known.phone)),
        ("website", text(&known.website)),
        ("iban", text(&known.iban)),
        ("bic", text(&known.bic)),
        ("footer", text(&known.footer)),
        ("paper", known.paper.as_str().to_owned()),
        ("payment_days", known.payment_days.to_string()),
        ("invoice_format", known.invoice_format.clone()),
        ("credit_note_format", known.credit_note_format.clone()),
        ("invoice_next", typed_next(known.invoice_next)),
        ("credit_note_next", typed_next(known.credit_note_next)),
        ("tax_category", known.tax_category.as_str().to_owned()),
        ("tax_rate", format::typed_rate(known.tax_rate)),
        ("prices_include_tax", switch(known.prices_include_tax)),
        ("rounding_step", format::typed_money(known.rounding_step.into(), currency)),
        ("finalize_renewals", switch(known.finalize_renewals)),
    ];
    values.extend(schedule::begin(&known.reminders));
    Draft::new(values)
}

/// The next number as it is typed. Where the series goes on by itself, only that of another format is: it begins at 1.
fn typed_next(next: NextNumber) -> String {
    let number = if next.is_open { next.number } else { 1 };
    number.to_string()
}

/// The series of a format, if it is one.
#[must_use]
pub fn series(format: &str, today: NaiveDate) -> Option<String> {
    Some(NumberFormat::parse(format).ok()?.series(today))
}

/// Whether what is typed is a format of another series than the one that is stored.
#[must_use]
pub fn is_other(typed: &str, stored: &str, today: NaiveDate) -> bool {
    series(typed, today).is_some_and(|typed| Some(typed) != series(stored, today))
}

/// What differs from the settings as they are.
///
/// # Errors
/// Every broken rule.
pub fn read(
    draft: &Draft,
    known: &BillingSettings,
    currency: Currency,
    today: NaiveDate,
) -> Result<UpdateBillingSettings, Vec<FieldError>> {
    let mut problems: Vec<FieldError> = Vec::new();
    let mut add = |field: &str, detail: &str| {
        problems.push(FieldError {
            field: field.to_owned(),
            problem: Problem::WrongShape { detail: detail.to_owned() },
        });
    };
    let payment_days = draft.get("payment_days").trim().parse::<u32>().ok();
    if payment_days.is_none() {
        add("payment_days", "Enter a whole number from 0 to 365");
    }
    let tax_category = TaxCategory::parse(draft.get("tax_category")).unwrap_or(known.tax_category);
    let tax_rate = if tax_category == TaxCategory::Standard {
        format::parse_rate(draft.get("tax_rate")).filter(|rate| (1..=contract::tax::RATE_UNIT).contains(rate))
    } else {
        Some(0)
    };
    if tax_rate.is_none() {
        add("tax_rate", "Enter a rate above 0 up to 100, like 19 or 7.7");
    }
    let rounding_step = format::parse_money(draft.get("rounding_step"), currency).and_then(|step| u32::try_from(step).ok());
    match rounding_step {
        Some(step) if (1..=1_000).contains(&step) => {}
        // Not by an example, as elsewhere: that would be more than is allowed here.
        _ => add(
            "rounding_step",
            &format!(
                "Enter an amount from {} to {}",
                format::typed_money(1, currency),
                format::typed_money(1_000, currency)
            ),
        ),
    }
    let mut next = |field: &'static str, format: &'static str, of: NextNumber, known_format: &str| {
        let is_other = is_other(draft.get(format), known_format, today);
        if !of.is_open && !is_other {
            return None;
        }
        let typed = draft.get(field).trim().parse::<u64>().ok();
        if typed.is_none() {
            add(field, "Enter a whole number from 1 on");
        }
        // Another series begins at 1 unless it is said, too.
        let due = if is_other { 1 } else { of.number };
        typed.filter(|typed| *typed != due)
    };
    let invoice_next = next("invoice_next", "invoice_format", known.invoice_next, &known.invoice_format);
    let credit_note_next = next(
        "credit_note_next",
        "credit_note_format",
        known.credit_note_next,
        &known.credit_note_format,
    );
    let (reminders, unread) = schedule::read(draft);
    let are_steps_read = unread.is_empty();
    problems.extend(unread);
    let seller = seller(draft);
    let text = |before: &Option<String>, field: &str| {
        let after = draft.text(field);
        (*before != after).then_some(after)
    };
    // A number is meant for the format that it was typed with: who has saved another one meanwhile is asked about it.
    let format = |field: &str, before: &str, next: Option<u64>| {
        let after = draft.get(field).to_owned();
        (after != *before || next.is_some()).then_some(after)
    };
    let request = UpdateBillingSettings {
        version: known.version,
        seller: (known.seller != seller).then_some(seller),
        phone: text(&known.phone, "phone"),
        website: text(&known.website, "website"),
        iban: text(&known.iban, "iban"),
        bic: text(&known.bic, "bic"),
        footer: text(&known.footer, "footer"),
        paper: Paper::parse(draft.get("paper")).filter(|paper| *paper != known.paper),
        payment_days: payment_days.filter(|days| *days != known.payment_days),
        invoice_format: format("invoice_format", &known.invoice_format, invoice_next),
        credit_note_format: format("credit_note_format", &known.credit_note_format, credit_note_next),
        invoice_next,
        credit_note_next,
        tax_category: Some(tax_category).filter(|category| *category != known.tax_category),
        tax_rate: tax_rate.filter(|rate| *rate != known.tax_rate),
        prices_include_tax: Some(draft.is_on("prices_include_tax")).filter(|is_on| *is_on != known.prices_include_tax),
        rounding_step: rounding_step.filter(|step| *step != known.rounding_step),
        finalize_renewals: Some(draft.is_on("finalize_renewals")).filter(|is_on| *is_on != known.finalize_renewals),
        reminders: (are_steps_read && reminders != known.reminders).then_some(reminders),
    };
    for broken in request.validate().err().unwrap_or_default() {
        if !problems.iter().any(|known| known.field == broken.field) {
            problems.push(broken);
        }
    }
    if draft.get("invoice_format") == draft.get("credit_note_format") && !problems.iter().any(|known| known.field == "credit_note_format") {
        problems.push(FieldError {
            field: "credit_note_format".to_owned(),
            problem: Problem::WrongShape {
                detail: "Invoices have this format already. Two documents would share a number".to_owned(),
            },
        });
    }
    if problems.is_empty() { Ok(request) } else { Err(problems) }
}

/// What takes a change back: the values from before of what it has changed. The logo has its own way back.
#[must_use]
pub fn back(before: &BillingSettings, saved: &BillingSettings) -> UpdateBillingSettings {
    fn differs<T: PartialEq + Clone>(before: &T, saved: &T) -> Option<T> {
        (before != saved).then(|| before.clone())
    }
    // A number that comes next by itself is nothing to take back. The series of another format would begin at 1 if nothing were said.
    fn begun(before: NextNumber, saved: NextNumber, is_other: bool) -> Option<u64> {
        (before.is_open && (is_other || (saved.is_open && before.number != saved.number))).then_some(before.number)
    }
    UpdateBillingSettings {
        version: saved.version,
        seller: differs(&before.seller, &saved.seller),
        phone: differs(&before.phone, &saved.phone),
        website: differs(&before.website, &saved.website),
        iban: differs(&before.iban, &saved.iban),
        bic: differs(&before.bic, &saved.bic),
        footer: differs(&before.footer, &saved.footer),
        paper: differs(&before.paper, &saved.paper),
        payment_days: differs(&before.payment_days, &saved.payment_days),
        invoice_format: differs(&before.invoice_format, &saved.invoice_format),
        credit_note_format: differs(&before.credit_note_format, &saved.credit_note_format),
        invoice_next: begun(
            before.invoice_next,
            saved.invoice_next,
            before.invoice_format != saved.invoice_format,
        ),
        credit_note_next: begun(
            before.credit_note_next,
            saved.credit_note_next,
            before.credit_note_format != saved.credit_note_format,
        ),
        tax_category: differs(&before.tax_category, &saved.tax_category),
        tax_rate: differs(&before.tax_rate, &saved.tax_rate),
        prices_include_tax: differs(&before.prices_include_tax, &saved.prices_include_tax),
        rounding_step: differs(&before.rounding_step, &saved.rounding_step),
        finalize_renewals: differs(&before.finalize_renewals, &saved.finalize_renewals),
        reminders: differs(&before.reminders, &saved.reminders),
    }
}

/// The same without the numbers that come next, where it was refused because one was given meanwhile: that stays, and the rest is
/// taken back all the same.
#[must_use]
pub fn without_next(back: &UpdateBillingSettings, refused: &Error) -> Option<UpdateBillingSettings> {
    let Error::Invalid { fields } = refused else { return None };
    let is_given = fields.iter().any(|broken| matches!(broken.problem, Problem::NumbersGiven { .. }));
    is_given.then(|| UpdateBillingSettings {
        invoice_next: None,
        credit_note_next: None,
        ..back.clone()
    })
}

fn seller(draft: &Draft) -> Party {
    Party {
        name: draft.text("seller.name").unwrap_or_default(),
        contact: draft.text("seller.contact"),
        street: draft.text("seller.street"),
        postal_code: draft.text("seller.postal_code"),
        city: draft.text("seller.city"),
        region: draft.text("seller.region"),
        country: draft.text("seller.country"),
        vat_id: draft.text("seller.vat_id"),
        tax_number: draft.text("seller.tax_number"),
        email: draft.text("seller.email"),
    }
}

/// A value that two people have changed, in words.
#[must_use]
pub fn say(field: &str, value: &Value, currency: Currency) -> String {
    match (field, value) {
        ("rounding_step", Value::Number(step)) => format::money(Money::new(step.as_i64().unwrap_or_default(), currency)),
        ("tax_rate", Value::Number(rate)) => {
            let rate = rate.as_u64().and_then(|rate| u32::try_from(rate).ok());
            format!("{}%", format::typed_rate(rate.unwrap_or_default()))
        }
        ("tax_category", Value::String(code)) => {
            TaxCategory::parse(code).map_or_else(|| code.clone(), |known| words::tax_category(known).to_owned())
        }
        ("paper", Value::String(code)) => Paper::parse(code).map_or_else(|| code.clone(), |known| words::paper(known).to_owned()),
        ("reminders", _) => schedule::of_value(value),
        _ => conflict::value(value),
    }
}

/// What the next number of a format looks like, if it is one and there is such a number.
#[must_use]
pub fn example(format: &str, today: NaiveDate, next: u64) -> Option<String> {
    let next = i64::try_from(next).ok().filter(|next| (1..=MAX_FIRST).contains(next))?;
    Some(NumberFormat::parse(format).ok()?.number(today, next))
}

#[cfg(test)]
mod tests;
