#![allow(clippy::unwrap_used)]
use super::*;
use serde_json::json;

const ID: &str = "0193a7c0-1111-7222-8333-444455556601";
const TAX: Tax = Tax {
    category: TaxCategory::Standard,
    rate: 190_000,
};

fn details(version: u32, lines: &serde_json::Value) -> InvoiceDetails {
    let money = json!({"amount": 0, "currency": "EUR"});
    serde_json::from_value(json!({
        "invoice": {
            "id": ID, "customer_id": ID, "customer_name": "Lena", "subscription_id": null, "number": null, "status": "draft", "issued_on": null,
            "due_on": null, "net": money, "tax": money, "total": money, "paid": money, "credited": money, "payable": money,
            "is_overdue": false, "created_at": "2026-11-22T09:00:00.000Z", "version": version
        },
        "lines": lines, "taxes": [], "rounding": money, "prices_include_tax": false, "reverse_charge": false, "note": "Thanks",
        "seller": {"name": "Alder"}, "buyer": {"name": "Lena"}, "payments": [], "credit_notes": []
    }))
    .unwrap()
}

#[test]
fn new_lines_are_taxed_as_the_customer_is_and_reverse_charge_is_a_switch() {
    let settings: BillingSettings = serde_json::from_value(json!({
        "seller": {"name": "Alder"}, "has_logo": false, "paper": "a4", "payment_days": 14, "invoice_format": "{YYYY}-{n:6}",
        "credit_note_format": "CN-{YYYY}-{n:6}", "tax_category": "S", "tax_rate": 190_000, "prices_include_tax": false, "rounding_step": 1,
        "invoice_next": {"number": 1, "is_open": true}, "credit_note_next": {"number": 1, "is_open": true},
        "finalize_renewals": false, "reminders": [], "version": 1
    }))
    .unwrap();
    assert_eq!(Tax::of(&settings, None), TAX);
    assert_eq!(Tax::of(&settings, Some(TaxTreatment::ReverseCharge)), TAX, "once the switch is off");
    let exempt = Tax::of(&settings, Some(TaxTreatment::Exempt));
    assert_eq!((exempt.category, exempt.rate), (TaxCategory::Exempt, 0));
    let draft = begin(&details(0, &json!([])), exempt);
    assert_eq!((draft.get("lines[0].tax_category"), draft.is_changed()), ("E", false));
}

fn line(quantity: &str) -> serde_json::Value {
    json!({"position": 1, "text": "Setup", "quantity": quantity, "unit_price": 12_050, "net": 12_050, "tax_category": "S", "tax_rate": 190_000,
        "period_start": "2026-11-01", "period_end": "2026-12-01"})
}

fn put(draft: Draft, values: Values) -> Draft {
    use yew::Reducible;
    (*std::rc::Rc::new(draft).reduce(crate::hooks::DraftStep::Put(values))).clone()
}

fn fields(typed: &Typed) -> Vec<&str> {
    typed.problems.iter().map(|problem| problem.field.as_str()).collect()
}

#[test]
fn a_draft_that_is_only_opened_is_not_changed() {
    let known = details(3, &json!([line("1.5")]));
    let draft = begin(&known, TAX);
    let typed = read(&draft, Currency::EUR);
    assert!(typed.problems.is_empty(), "{:?}", typed.problems);
    let nothing = UpdateInvoice {
        id: known.invoice.id,
        version: 3,
        lines: None,
        note: None,
        prices_include_tax: None,
        reverse_charge: None,
    };
    assert_eq!(typed.changes(&known, &typed), nothing);
    let noted = read(&put(draft, vec![("note", String::new())]), Currency::EUR);
    assert_eq!(
        noted.changes(&known, &typed),
        UpdateInvoice {
            note: Some(None),
            ..nothing
        }
    );
}

#[test]
fn a_new_invoice_begins_with_one_empty_line_that_is_nothing_typed() {
    let draft = begin(&details(0, &json!([])), TAX);
    assert_eq!(
        (count(&draft), draft.get("lines[0].tax_rate"), draft.is_changed()),
        (1, "19", false)
    );
    assert_eq!(fields(&read(&draft, Currency::EUR)), ["lines[0].unit_price", "lines[0].text"]);
    let empty = begin(&details(1, &json!([])), TAX);
    assert_eq!(count(&empty), 0, "a draft without lines stays so");
}

#[test]
fn lines_are_added_at_the_end_and_move_up_when_one_goes() {
    let draft = begin(&details(1, &json!([line("1"), line("2"), line("3")])), TAX);
    let values = added(&draft, TAX);
    let draft = put(draft, values);
    assert_eq!((count(&draft), draft.get("lines[3].quantity")), (4, "1"));
    let values = removed(&draft, 1);
    let draft = put(draft, values);
    let quantities: Vec<&str> = (0..4).map(|at| draft.get(field(at, "quantity"))).collect();
    assert_eq!((count(&draft), quantities), (3, vec!["1", "3", "1", ""]));
    assert_eq!(
        removed(&draft, 3),
        Values::new(),
        "a line that is gone already takes no other with it"
    );
    assert!(has_room(&draft));
    let full = put(draft, vec![("lines", MAX_LINES.to_string())]);
    assert_eq!((has_room(&full), added(&full, TAX)), (false, Values::new()));
}

#[test]
fn what_cannot_be_read_is_said_at_its_field() {
    let known = details(1, &json!([line("1")]));
    for (name, text) in [
        ("unit_price", "a lot"),
        ("unit_price", "1.2345"),
        ("unit_price", "-5"),
        ("unit_price", "99999999999999999"),
        ("unit_price", ""),
        ("quantity", "0"),
        ("quantity", "-1"),
        ("quantity", "1,000"),
        ("quantity", "1000001"),
        ("tax_rate", "0"),
        ("tax_rate", "101"),
        ("text", " "),
        ("period_end", "2026-10-31"),
        ("period_end", "soon"),
        ("period_start", "2026-12-01"),
    ] {
        let draft = put(begin(&known, TAX), vec![(field(0, name), text.to_owned())]);
        // A start that is too late is said at the end.
        let said = if name == "period_start" { "period_end" } else { name };
        assert_eq!(fields(&read(&draft, Currency::EUR)), [field(0, said)], "{name} {text}");
    }
}

#[test]
fn lines_that_cannot_be_read_are_left_out_of_the_sum() {
    let known = details(1, &json!([line("1"), line("2")]));
    let draft = put(
        begin(&known, TAX),
        vec![(field(0, "unit_price"), "x".to_owned()), (field(1, "text"), String::new())],
    );
    let typed = read(&draft, Currency::EUR);
    assert_eq!(typed.places(), [1], "a line without a text comes to something");
    let preview = typed.preview(Currency::EUR);
    assert!(preview.validate().is_ok());
    assert_eq!(preview.lines.len(), 1);
}

#[test]
fn lines_of_a_proration_can_be_edited_but_no_other_takes_something_off() {
    let known = details(1, &json!([line("-0.5"), line("0.5")]));
    let before = read(&begin(&known, TAX), Currency::EUR);
    assert!(before.problems.is_empty(), "{:?}", before.problems);
    let edit = |values: Values| read(&put(begin(&known, TAX), values), Currency::EUR);
    let changed = edit(vec![
        (field(0, "text"), "Other".to_owned()),
        (field(0, "quantity"), "-0.25".to_owned()),
    ]);
    assert!(changed.problems.is_empty(), "{:?}", changed.problems);
    let lines = changed.changes(&known, &before).lines.unwrap();
    assert_eq!(
        (lines[0].quantity, lines[1].quantity),
        (Quantity(-250_000_000), Quantity(500_000_000))
    );
    assert!(changed.preview(Currency::EUR).validate().is_ok());
    let second = edit(vec![(field(1, "quantity"), "-1".to_owned())]);
    assert_eq!(fields(&second), ["lines[1].quantity"]);
    let instead = edit(vec![
        (field(0, "quantity"), "1".to_owned()),
        (field(1, "quantity"), "-1".to_owned()),
    ]);
    assert!(instead.problems.is_empty(), "one takes off, as before");
    let too_much = edit(vec![(field(0, "quantity"), "-1000001".to_owned())]);
    assert_eq!(fields(&too_much), ["lines[0].quantity"]);
}

#[test]
fn the_time_that_a_line_bills_is_typed_by_its_last_day() {
    let known = details(1, &json!([line("1")]));
    let draft = begin(&known, TAX);
    assert_eq!(
        (draft.get("lines[0].period_end"), draft.is_on("lines[0].period")),
        ("2026-11-30", true)
    );
    let before = read(&draft, Currency::EUR);
    let line_of = |values: Values| {
        read(&put(begin(&known, TAX), values), Currency::EUR)
            .changes(&known, &before)
            .lines
            .unwrap()[0]
            .clone()
    };
    let day = |text: &str| Some(text.parse().unwrap());
    let longer = line_of(vec![(field(0, "period_end"), "2026-12-31".to_owned())]);
    assert_eq!((longer.period_start, longer.period_end), (day("2026-11-01"), day("2027-01-01")));
    let one_day = line_of(vec![(field(0, "period_end"), "2026-11-01".to_owned())]);
    assert_eq!(one_day.period_end, day("2026-11-02"));
    let none = line_of(with_period(0, false));
    assert_eq!((none.period_start, none.period_end), (None, None));
    let values = with_period(0, true);
    let blank = read(&put(begin(&details(0, &json!([])), TAX), values), Currency::EUR);
    assert_eq!(
        fields(&blank),
        ["lines[0].unit_price", "lines[0].text"],
        "a period can be left open"
    );
}

#[test]
fn with_reverse_charge_lines_have_no_tax_of_their_own_and_without_it_that_of_the_settings() {
    let known = details(1, &json!([line("1")]));
    let before = read(&begin(&known, TAX), Currency::EUR);
    let draft = put(
        begin(&known, TAX),
        vec![("reverse_charge", switch(true)), (field(0, "tax_rate"), "x".to_owned())],
    );
    let typed = read(&draft, Currency::EUR);
    assert!(typed.problems.is_empty());
    let lines = typed.changes(&known, &before).lines.unwrap();
    assert_eq!((lines[0].tax_category, lines[0].tax_rate), (None, None));
    let draft = put(draft, vec![(field(0, "tax_category"), "AE".to_owned())]);
    assert_eq!(taxed_again(&draft, TAX)[0], (field(0, "tax_category"), "S".to_owned()));
}

#[test]
fn lines_are_told_from_others_but_not_by_the_version_of_their_draft() {
    let mark = |version: u32, lines: serde_json::Value, tax: Tax| begin(&details(version, &lines), tax).get("lines[]").to_owned();
    let one = mark(1, json!([line("1")]), TAX);
    assert_eq!(one, mark(2, json!([line("1")]), TAX));
    assert_ne!(one, mark(2, json!([line("2")]), TAX));
    assert_ne!(one, mark(2, json!([line("1"), line("1")]), TAX));
    // What is typed for a new invoice stands over no line of the book, however new lines are taxed now.
    let other = Tax { rate: 77_000, ..TAX };
    assert_eq!(mark(0, json!([]), TAX), mark(0, json!([]), other));
}
