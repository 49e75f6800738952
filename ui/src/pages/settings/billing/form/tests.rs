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
        "invoice_next": {"number": 1, "is_open": true}, "credit_note_next": {"number": 1, "is_open": true},
        "prices_include_tax": false, "rounding_step": 1, "finalize_renewals": false,
        "reminders": [{"days": -7, "act": "remind"}, {"days": 0, "act": "remind"}, {"days": 21, "act": "suspend"}], "version": 4
    }))
    .unwrap()
}

fn put(values: &[(&'static str, &str)]) -> Draft {
    put_over(&known(), values)
}

fn put_over(known: &BillingSettings, values: &[(&'static str, &str)]) -> Draft {
    use yew::Reducible;
    let values = values.iter().map(|(field, text)| (*field, (*text).to_owned())).collect();
    let draft = std::rc::Rc::new(begin(known, Currency::EUR));
    (*draft.reduce(crate::hooks::DraftStep::Put(values))).clone()
}

fn day() -> NaiveDate {
    "2026-03-09".parse().unwrap()
}

#[test]
fn only_what_differs_is_sent() {
    let nothing = UpdateBillingSettings::nothing(4);
    assert_eq!(read(&put(&[]), &known(), Currency::EUR, day()), Ok(nothing.clone()));
    let typed = read(
        &put(&[
            ("tax_rate", "7,7"),
            ("iban", "DE89 3704 0044 0532 0130 00"),
            ("rounding_step", "0.05"),
        ]),
        &known(),
        Currency::EUR,
        day(),
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
    let untaxed = read(&put(&[("tax_category", "O"), ("tax_rate", "x")]), &known(), Currency::EUR, day()).unwrap();
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
        ("invoice_next", "soon"),
        ("invoice_next", "1000000000000"),
        ("credit_note_next", "0"),
        (days_field(1), "-7"),
        (days_field(1), "x"),
        (days_field(2), "731"),
    ] {
        let got = read(&put(&[(field, text)]), &known(), Currency::EUR, day());
        let got = got.err().unwrap_or_default();
        let got: Vec<&str> = got.iter().map(|error| error.field.as_str()).collect();
        assert_eq!(got, [field], "{field} {text}");
    }
}

#[test]
fn an_example_shows_the_next_number() {
    let day = day();
    assert_eq!(example("{YYYY}-{n:4}", day, 1).as_deref(), Some("2026-0001"));
    assert_eq!(example("{YYYY}-{n:4}", day, 12_345).as_deref(), Some("2026-12345"));
    assert_eq!(
        (example("{n", day, 1), example("{n}", day, 0), example("{n}", day, u64::MAX)),
        (None, None, None)
    );
}

#[test]
fn the_next_number_is_sent_where_it_can_be_set_and_is_another() {
    let sent = |values: &[(&'static str, &str)], known: &BillingSettings| {
        let typed = read(&put_over(known, values), known, Currency::EUR, day()).unwrap();
        (typed.invoice_next, typed.credit_note_next, typed.invoice_format)
    };
    let format = |format: &str| Some(format.to_owned());
    // With the format that it is meant for, so that who saves another one meanwhile is asked.
    assert_eq!(
        sent(&[("invoice_next", " 501 ")], &known()),
        (Some(501), None, format("{YYYY}-{n:6}"))
    );
    // The field still says 1, which is where the series of another format begins anyway.
    assert_eq!(sent(&[("invoice_format", "R{n}")], &known()), (None, None, format("R{n}")));
    let begun = begun();
    assert_eq!(
        sent(&[("credit_note_next", "8")], &begun),
        (None, None, None),
        "it goes on by itself"
    );
    let other = [("invoice_format", "R{n}")];
    assert_eq!(sent(&other, &begun), (Some(501), None, format("R{n}")));
    assert_eq!(
        sent(&[("invoice_format", "R{n}"), ("invoice_next", "1")], &begun).0,
        None,
        "as it begins"
    );
    // Other digits are no other series.
    assert_eq!(
        sent(&[("invoice_format", "{YYYY}-{n:4}")], &begun),
        (None, None, format("{YYYY}-{n:4}"))
    );
    // Beside another format, also where the present series goes on by itself.
    let other = [("credit_note_format", "C{n}"), ("credit_note_next", "70")];
    assert_eq!(sent(&other, &begun).1, Some(70));
    assert_eq!(sent(&other[..1], &begun).1, None);
}

/// Invoices of a series whose beginning was set, credit notes of one that goes on by itself.
fn begun() -> BillingSettings {
    BillingSettings {
        invoice_next: NextNumber {
            number: 501,
            is_open: true,
        },
        credit_note_next: NextNumber { number: 9, is_open: false },
        ..known()
    }
}

#[test]
fn only_a_beginning_that_was_set_is_taken_back() {
    let begun = begun();
    assert_eq!(back(&known(), &begun).invoice_next, Some(1));
    assert_eq!(back(&known(), &begun).credit_note_next, None);
    // With the format: its series would begin at 1 otherwise.
    let other = BillingSettings {
        invoice_format: "R{n}".to_owned(),
        invoice_next: NextNumber { number: 9, is_open: false },
        ..begun.clone()
    };
    let back = back(&begun, &other);
    assert_eq!(
        (back.invoice_format.as_deref(), back.invoice_next),
        (Some("{YYYY}-{n:6}"), Some(501))
    );
    // A number that was given meanwhile holds nothing else back.
    let given = Error::field("invoice_next", Problem::NumbersGiven { next: 502 });
    let rest = without_next(&back, &given).unwrap();
    assert_eq!((rest.invoice_format, rest.invoice_next), (back.invoice_format.clone(), None));
    assert_eq!(without_next(&back, &Error::field("phone", Problem::Required)), None);
    assert_eq!(without_next(&back, &Error::Locked), None);
}
