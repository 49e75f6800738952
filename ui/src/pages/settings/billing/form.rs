//! How the vendor bills, as it is typed.

use chrono::NaiveDate;
use contract::{
    Currency, FieldError, Money, Problem, TaxCategory, Validate,
    billing::{BillingSettings, Paper, UpdateBillingSettings},
    number::NumberFormat,
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
        ("tax_category", known.tax_category.as_str().to_owned()),
        ("tax_rate", format::typed_rate(known.tax_rate)),
        ("prices_include_tax", switch(known.prices_include_tax)),
        ("rounding_step", format::typed_money(known.rounding_step.into(), currency)),
        ("finalize_renewals", switch(known.finalize_renewals)),
    ];
    values.extend(schedule::begin(&known.reminders));
    Draft::new(values)
}

/// What differs from the settings as they are.
///
/// # Errors
/// Every broken rule.
pub fn read(draft: &Draft, known: &BillingSettings, currency: Currency) -> Result<UpdateBillingSettings, Vec<FieldError>> {
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
    let (reminders, unread) = schedule::read(draft);
    let are_steps_read = unread.is_empty();
    problems.extend(unread);
    let seller = seller(draft);
    let text = |before: &Option<String>, field: &str| {
        let after = draft.text(field);
        (*before != after).then_some(after)
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
        invoice_format: Some(draft.get("invoice_format").to_owned()).filter(|format| *format != known.invoice_format),
        credit_note_format: Some(draft.get("credit_note_format").to_owned()).filter(|format| *format != known.credit_note_format),
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
        tax_category: differs(&before.tax_category, &saved.tax_category),
        tax_rate: differs(&before.tax_rate, &saved.tax_rate),
        prices_include_tax: differs(&before.prices_include_tax, &saved.prices_include_tax),
        rounding_step: differs(&before.rounding_step, &saved.rounding_step),
        finalize_renewals: differs(&before.finalize_renewals, &saved.finalize_renewals),
        reminders: differs(&before.reminders, &saved.reminders),
    }
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
            format!("{} %", format::typed_rate(rate.unwrap_or_default()))
        }
        ("tax_category", Value::String(code)) => {
            TaxCategory::parse(code).map_or_else(|| code.clone(), |known| words::tax_category(known).to_owned())
        }
        ("paper", Value::String(code)) => Paper::parse(code).map_or_else(|| code.clone(), |known| words::paper(known).to_owned()),
        ("reminders", _) => schedule::of_value(value),
        _ => conflict::value(value),
    }
}

/// What the first number of a format looks like, if it is one.
#[must_use]
pub fn example(format: &str, today: NaiveDate) -> Option<String> {
    Some(NumberFormat::parse(format).ok()?.number(today, 1))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::pages::reminders::schedule::days_field;
    use serde_json::json;

    fn known() -> BillingSettings {
        serde_json::from_value(json!({
            "seller": {"name": "Alder", "contact": null, "street": null, "postal_code": null, "city": "Hamburg", "region": null, "country": "DE",
                "vat_id": null, "tax_number": null, "email": null},
            "phone": null, "website": null, "iban": null, "bic": null, "footer": null, "has_logo": false, "paper": "a4", "payment_days": 14,
            "invoice_format": "{YYYY}-{n:6}", "credit_note_format": "CN-{YYYY}-{n:6}", "tax_category": "S", "tax_rate": 190_000,
            "prices_include_tax": false, "rounding_step": 1, "finalize_renewals": false,
            "reminders": [{"days": -7, "act": "remind"}, {"days": 0, "act": "remind"}, {"days": 21, "act": "suspend"}], "version": 4
        }))
        .unwrap()
    }

    fn put(values: &[(&'static str, &str)]) -> Draft {
        use yew::Reducible;
        let values = values.iter().map(|(field, text)| (*field, (*text).to_owned())).collect();
        let draft = std::rc::Rc::new(begin(&known(), Currency::EUR));
        (*draft.reduce(crate::hooks::DraftStep::Put(values))).clone()
    }

    #[test]
    fn only_what_differs_is_sent() {
        let nothing = UpdateBillingSettings::nothing(4);
        assert_eq!(read(&put(&[]), &known(), Currency::EUR), Ok(nothing.clone()));
        let typed = read(
            &put(&[
                ("tax_rate", "7,7"),
                ("iban", "DE89 3704 0044 0532 0130 00"),
                ("rounding_step", "0.05"),
            ]),
            &known(),
            Currency::EUR,
        );
        assert_eq!(
            typed,
            Ok(UpdateBillingSettings {
                tax_rate: Some(77_000),
                iban: Some(Some("DE89 3704 0044 0532 0130 00".to_owned())),
                rounding_step: Some(5),
                ..nothing
            })
        );
        let untaxed = read(&put(&[("tax_category", "O"), ("tax_rate", "x")]), &known(), Currency::EUR).unwrap();
        assert_eq!((untaxed.tax_category, untaxed.tax_rate), (Some(TaxCategory::OutsideScope), Some(0)));
    }

    #[test]
    fn a_change_is_taken_back_by_the_version_that_it_has_left() {
        let saved = BillingSettings {
            phone: Some("+49 40 123".to_owned()),
            tax_category: TaxCategory::OutsideScope,
            tax_rate: 0,
            reminders: Vec::new(),
            version: 5,
            ..known()
        };
        assert_eq!(
            back(&known(), &saved),
            UpdateBillingSettings {
                phone: Some(None),
                tax_category: Some(TaxCategory::Standard),
                tax_rate: Some(190_000),
                reminders: Some(known().reminders),
                ..UpdateBillingSettings::nothing(5)
            }
        );
        assert_eq!(back(&known(), &known()), UpdateBillingSettings::nothing(4));
    }

    #[test]
    fn what_is_wrong_is_said_at_its_field() {
        for (field, text) in [
            ("payment_days", "soon"),
            ("payment_days", "366"),
            ("tax_rate", "0"),
            ("rounding_step", "0"),
            ("rounding_step", "10.01"),
            ("iban", "DE89 3704 0044 0532 0130 01"),
            ("seller.vat_id", "123"),
            ("seller.email", "no address"),
            ("invoice_format", "2026"),
            ("credit_note_format", "{YYYY}-{n:6}"),
            (days_field(1), "-7"),
            (days_field(1), "x"),
            (days_field(2), "731"),
        ] {
            let got = read(&put(&[(field, text)]), &known(), Currency::EUR).err().unwrap_or_default();
            let got: Vec<&str> = got.iter().map(|error| error.field.as_str()).collect();
            assert_eq!(got, [field], "{field} {text}");
        }
    }

    #[test]
    fn an_example_shows_the_first_number() {
        let day = "2026-03-09".parse().unwrap();
        assert_eq!(example("{YYYY}-{n:4}", day).as_deref(), Some("2026-0001"));
        assert_eq!(example("{n", day), None);
    }
}
