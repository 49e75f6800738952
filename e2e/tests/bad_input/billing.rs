//! How the vendor bills: seller, bank, tax, numbers, and the steps towards a payment.

use super::{CHARACTER, CONTROL, Case, Form, INVISIBLE, OUT_OF_ORDER, RATE};

const COUNTRY: &str = "This is not a country code. Enter one like DE.";
const VAT: &str = "This is not a VAT number. Enter it with its country, as in DE123456789.";
const IBAN: &str = "This is not an IBAN. Check every character.";
const DAYS: &str = "Enter a whole number from 0 to 365.";
const COIN: &str = "Enter an amount from 0.01 to 10.00.";
const NEXT: &str = "Enter a whole number from 1 on.";
const COUNTER: &str = "{n} is missing, which stands for the number.";
const DIGITS: &str = "come a number of digits from 1 to 12 and a }.";
const SIGNS: &str = "letters, digits, blanks and - _ / . can stand here.";
/// Of the days of a step.
pub const STEP: &str = "Enter a number from -60 to 730.";
/// Of a step whose days are none.
pub const STEP_DAYS: &str = "Enter a whole number of days; before the due day with a minus.";

#[rustfmt::skip]
const SELLER: &[Case] = &[
    ("over-long", "Name", "$rep(x,201)", "201 characters. Use at most 200."),
    ("control", "Name", "Alder\u{7}", CONTROL),
    ("invisible", "Name", "Al\u{200b}der", INVISIBLE),
    ("over-long", "Contact", "$rep(x,201)", "201 characters. Use at most 200."),
    ("turned direction", "Contact", "\u{202e}Ines", INVISIBLE),
    ("over-long", "Street and number", "$rep(x,201)", "201 characters. Use at most 200."),
    ("next line", "Street and number", "Lindenallee\u{85}14", CONTROL),
    ("over-long", "Postal code", "$rep(2,21)", "21 characters. Use at most 20."),
    ("control", "Postal code", "20\u{7}259", CONTROL),
    ("over-long", "City", "$rep(x,201)", "201 characters. Use at most 200."),
    ("soft hyphen", "City", "Ham\u{ad}burg", INVISIBLE),
    ("over-long", "Region", "$rep(x,201)", "201 characters. Use at most 200."),
    ("escape", "Region", "Hamburg\u{1b}[31m", CONTROL),
    ("unknown", "Country", "XX", COUNTRY),
    ("no country", "VAT number", "298114207", VAT),
    ("small letters", "VAT number", "de298114207", VAT),
    ("only a country", "VAT number", "DE", VAT),
    ("over-long", "VAT number", "DE12345678901234", VAT),
    ("other letters", "VAT number", "DE29811420ü", VAT),
    ("control", "VAT number", "DE298\u{7}114207", VAT),
    ("over-long", "Tax number", "$rep(1,41)", "41 characters. Use at most 40."),
    ("control", "Tax number", "22/815\u{7}/08154", CONTROL),
    ("no at", "Email", "billing", "The @ is missing."),
    ("no domain", "Email", "billing@", "The part after the @ is missing."),
    ("two ats", "Email", "billing@@example.com", "There is more than one @."),
    ("space inside", "Email", "bil ling@example.com", CHARACTER),
    ("no top level", "Email", "billing@example", "no ending like .com"),
    ("invisible", "Email", "bill\u{200b}ing@example.com", INVISIBLE),
    ("over-long", "Phone", "$rep(1,41)", "41 characters. Use at most 40."),
    ("control", "Phone", "+49\u{7}40", CONTROL),
    ("over-long", "Website", "$rep(x,201)", "201 characters. Use at most 200."),
    ("invisible", "Website", "al\u{feff}der.example", INVISIBLE),
    ("one digit wrong", "IBAN", "DE89 3704 0044 0532 0130 01", IBAN),
    ("two digits turned", "IBAN", "DE98 3704 0044 0532 0130 00", IBAN),
    ("too short", "IBAN", "DE89", IBAN),
    ("over-long", "IBAN", "DE89$rep(0,31)", IBAN),
    ("small letters", "IBAN", "de89 3704 0044 0532 0130 00", IBAN),
    ("other letters", "IBAN", "DEä9370400440532013000", IBAN),
    ("words", "IBAN", "my account at the bank", IBAN),
    ("over-long", "BIC", "DEUTDEFF5000", "12 characters. Use at most 11."),
    ("control", "BIC", "DEUT\u{7}DEFF", CONTROL),
    ("over-long", "Footer", "$rep(x,501)", "501 characters. Use at most 500."),
    ("line separator", "Footer", "HRB 1\u{2028}Hamburg", CONTROL),
];

#[rustfmt::skip]
const TERMS: &[Case] = &[
    ("empty", "Rate", "", RATE),
    ("none", "Rate", "0", RATE),
    ("negative", "Rate", "-19", RATE),
    ("beyond all of it", "Rate", "100.01", RATE),
    ("too many digits", "Rate", "19.00001", RATE),
    ("words", "Rate", "the usual one", RATE),
    ("empty", "Days to pay", "", DAYS),
    ("words", "Days to pay", "soon", DAYS),
    ("negative", "Days to pay", "-1", DAYS),
    ("a fraction", "Days to pay", "1.5", DAYS),
    ("beyond all numbers", "Days to pay", "4294967296", DAYS),
    ("too many", "Days to pay", "366", "Enter a number from 0 to 365."),
    ("empty", "Round totals to", "", COIN),
    ("nothing", "Round totals to", "0", COIN),
    ("negative", "Round totals to", "-0.05", COIN),
    ("too much", "Round totals to", "10.01", COIN),
    ("decimals of another currency", "Round totals to", "0.055", COIN),
    ("words", "Round totals to", "a cent", COIN),
    ("empty", "Invoices", "", "Enter a format."),
    ("spaces", "Invoices", "   ", "Enter a format."),
    ("no counter", "Invoices", "2026", COUNTER),
    ("a year for a counter", "Invoices", "INV-{YYYY}", COUNTER),
    ("open", "Invoices", "{YYYY}-{n", "} is missing after {n."),
    ("no digits", "Invoices", "{n:}", DIGITS),
    ("none of them", "Invoices", "{n:0}", DIGITS),
    ("too many of them", "Invoices", "{n:13}", DIGITS),
    ("two counters", "Invoices", "{n}-{n}", SIGNS),
    ("a day", "Invoices", "{DD}-{n}", SIGNS),
    ("other letters", "Invoices", "Nº {n}", SIGNS),
    ("control", "Invoices", "INV\u{7}{n}", SIGNS),
    ("over-long", "Invoices", "$rep(x,38){n}", "41 characters. Use at most 40."),
    ("empty", "Credit notes", "", "Enter a format."),
    ("no counter", "Credit notes", "CN-{YY}{MM}", COUNTER),
    ("that of invoices", "Credit notes", "{YYYY}-{n:6}", "Invoices have this format already. Two documents would share a number."),
    ("over-long", "Credit notes", "$rep(x,38){n}", "41 characters. Use at most 40."),
    ("empty", "Next invoice number", "", NEXT),
    ("words", "Next invoice number", "the next one", NEXT),
    ("a fraction", "Next invoice number", "500.5", NEXT),
    ("as it is printed", "Next invoice number", "2026-000500", NEXT),
    ("beyond all numbers", "Next invoice number", "18446744073709551616", NEXT),
    ("too high", "Next invoice number", "1000000000000", "Enter a number from 1 to 999999999999."),
    ("none", "Next credit note number", "0", "Enter a number from 1 to 999999999999."),
    ("negative", "Next credit note number", "-1", NEXT),
];

#[rustfmt::skip]
const STEPS: &[Case] = &[
    ("empty", "Step 1, days", "", STEP_DAYS),
    ("words", "Step 1, days", "a week before", STEP_DAYS),
    ("a fraction", "Step 1, days", "-1.5", STEP_DAYS),
    ("too early", "Step 1, days", "-61", STEP),
    ("on the day of the one before", "Step 2, days", "-7", OUT_OF_ORDER),
    ("before the one before", "Step 2, days", "-8", OUT_OF_ORDER),
    ("on the day of the one before", "Step 3, days", "0", OUT_OF_ORDER),
    ("too late", "Step 7, days", "731", STEP),
    ("before the one before", "Step 7, days", "20", OUT_OF_ORDER),
    ("beyond all numbers", "Step 7, days", "99999999999", STEP_DAYS),
];

/// One form, group by group; each begins with what the one before has left wrong.
pub const FORMS: [&Form; 3] = [
    &Form {
        name: "Seller",
        open: |app| {
            app.follow("#/settings/billing");
            app.field("Street and number");
        },
        good: &[
            ("Name", "Alder Hosting GmbH"),
            ("Contact", ""),
            ("Street and number", "Lindenallee 14"),
            ("Postal code", "20259"),
            ("City", "Hamburg"),
            ("Region", ""),
            ("Country", "DE"),
            ("VAT number", "DE298114207"),
            ("Tax number", ""),
            ("Email", "billing@example.com"),
            ("Phone", ""),
            ("Website", ""),
            ("IBAN", "DE89 3704 0044 0532 0130 00"),
            ("BIC", ""),
            ("Footer", ""),
        ],
        submit: "Save settings",
        is_forgetful: true,
        cases: SELLER,
        close: |_| {},
    },
    &Form {
        name: "Terms of billing",
        open: |app| {
            app.field("Tax of new lines").choose("Standard rate");
            app.field("Rate");
        },
        good: &[
            ("Footer", ""),
            ("Rate", "19"),
            ("Days to pay", "14"),
            ("Round totals to", "0.01"),
            ("Invoices", "{YYYY}-{n:6}"),
            ("Credit notes", "CN-{YYYY}-{n:6}"),
            ("Next invoice number", "1"),
            ("Next credit note number", "1"),
        ],
        submit: "Save settings",
        is_forgetful: true,
        cases: TERMS,
        close: |_| {},
    },
    &Form {
        name: "Unpaid invoices",
        open: |app| {
            app.field("Step 7, days");
        },
        good: &[
            ("Next credit note number", "1"),
            ("Step 1, days", "-7"),
            ("Step 2, days", "0"),
            ("Step 3, days", "3"),
            ("Step 7, days", "45"),
        ],
        submit: "Save settings",
        is_forgetful: true,
        cases: STEPS,
        close: |_| {},
    },
];
