//! The forms of a subscription that is added and of one that is changed.

use super::{AMOUNT, Case, Form, LARGEST, NOT_NEGATIVE, OUT_OF_ORDER, TOO_EARLY, TOO_LATE};

const UNITS: &str = "Enter a number from 1 to 1000000.";
const TRIAL: &str = "Enter a number from 0 to 365.";

#[rustfmt::skip]
const ADDED: &[Case] = &[
    ("empty", "Quantity", "", UNITS),
    ("none", "Quantity", "0", UNITS),
    ("negative", "Quantity", "-2", UNITS),
    ("a fraction", "Quantity", "1.5", UNITS),
    ("words", "Quantity", "many", UNITS),
    ("too many", "Quantity", "1000001", UNITS),
    ("beyond all numbers", "Quantity", "4294967296", UNITS),
    ("words", "Price for one", "a lot", AMOUNT),
    ("a currency", "Price for one", "8 €", AMOUNT),
    ("decimals of another currency", "Price for one", "0.125", AMOUNT),
    ("too many digits", "Price for one", "12.3456", AMOUNT),
    ("negative", "Price for one", "-1", NOT_NEGATIVE),
    ("too large", "Price for one", "90071992547409.92", LARGEST),
    ("beyond all numbers", "Price for one", "99999999999999999999", LARGEST),
    ("too large with its tax", "Price for one", "90071992547409.91", "Enter an amount from 0.00 to 75690750039840.26."),
    ("too early", "Starts on", "1969-12-31", OUT_OF_ORDER),
    ("long ago", "Starts on", "2001-01-01", TOO_EARLY),
    ("far ahead", "Starts on", "2199-01-01", TOO_LATE),
    ("too late", "Starts on", "2200-01-01", OUT_OF_ORDER),
    ("negative", "Trial", "-1", TRIAL),
    ("a fraction", "Trial", "1.5", TRIAL),
    ("words", "Trial", "two weeks", TRIAL),
    ("too many days", "Trial", "366", TRIAL),
    ("beyond all numbers", "Trial", "4294967296", TRIAL),
];

// Of so dear a thing an invoice holds one, with its tax.
#[rustfmt::skip]
const DEAR: &[Case] = &[
    ("more than an invoice holds", "Quantity", "2", "Enter a number from 1 to 1."),
    ("as many as there can be", "Quantity", "1000000", "Enter a number from 1 to 1."),
];

#[rustfmt::skip]
const CHANGED: &[Case] = &[
    ("emptied", "Quantity", "", UNITS),
    ("none", "Quantity", "0", UNITS),
    ("negative", "Quantity", "-2", UNITS),
    ("a fraction", "Quantity", "1.5", UNITS),
    ("words", "Quantity", "twice as many", UNITS),
    ("too many", "Quantity", "1000001", UNITS),
    ("beyond all numbers", "Quantity", "4294967296", UNITS),
    ("too early", "From", "1969-12-31", OUT_OF_ORDER),
    ("before the period", "From", "2001-01-01", TOO_EARLY),
    ("to come", "From", "2199-01-01", TOO_LATE),
    ("too late", "From", "2200-01-01", OUT_OF_ORDER),
];

pub const FORMS: [&Form; 3] = [
    &Form {
        name: "Add subscription",
        open: |app| {
            app.open_record(&app.record("jo@example.com")["id"], "subscriptions");
            app.button("Add subscription").click();
            app.field("Quantity");
        },
        good: &[("Quantity", "1"), ("Price for one", ""), ("Starts on", ""), ("Trial", "")],
        submit: "Add subscription",
        is_forgetful: true,
        cases: ADDED,
        close: |_| {},
    },
    // The same dialog.
    &Form {
        name: "Add a dear subscription",
        open: |_| {},
        good: &[
            ("Quantity", "1"),
            ("Price for one", "45000000000000"),
            ("Starts on", ""),
            ("Trial", ""),
        ],
        submit: "Add subscription",
        is_forgetful: true,
        cases: DEAR,
        close: |app| {
            app.escape();
            app.gone("dialog", "Add subscription");
        },
    },
    &Form {
        name: "Change subscription",
        open: |app| {
            app.find("article", "Subscription Studio").find("button", "Change").click();
            app.field("Quantity");
        },
        good: &[("Quantity", "2"), ("From", "")],
        submit: "Save change",
        is_forgetful: true,
        cases: CHANGED,
        close: |app| {
            app.escape();
            app.gone("dialog", "Change Studio");
        },
    },
];
