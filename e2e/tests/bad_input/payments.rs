//! The forms of a payment that is given back and of one that is split.

use super::{AMOUNT, CONTROL, Case, DATE, Form, INVISIBLE, LARGEST, TOO_LATE, furnished::NUMBER};

const AT_MOST: &str = "Enter an amount above 0, at most 15.00 EUR.";
const AT_MOST_OPEN: &str = "Enter an amount above 0, at most 136.85 EUR.";

#[rustfmt::skip]
const REFUNDED: &[Case] = &[
    ("empty", "Amount", "", "Enter an amount."),
    ("nothing", "Amount", "0", AT_MOST),
    ("negative", "Amount", "-5", AT_MOST),
    ("more than is left", "Amount", "15.01", AT_MOST),
    ("as much as was paid", "Amount", "20", AT_MOST),
    ("words", "Amount", "all of it", AMOUNT),
    ("a currency", "Amount", "5 €", AMOUNT),
    ("decimals of another currency", "Amount", "0.125", AMOUNT),
    ("too large", "Amount", "90071992547409.92", LARGEST),
    ("beyond all numbers", "Amount", "99999999999999999999", LARGEST),
    ("empty", "Refunded on", "", DATE),
    ("no such day", "Refunded on", "2026-02-30", DATE),
    ("before it was received", "Refunded on", "2026-01-07", "The earliest day is Jan 8, 2026."),
    ("to come", "Refunded on", "2199-01-01", TOO_LATE),
    ("over-long", "Reason", "$rep(x,501)", "501 characters. Use at most 500."),
    ("control", "Reason", "Sent\u{7}twice", CONTROL),
    ("invisible", "Reason", "Sent\u{200b}twice", INVISIBLE),
];

#[rustfmt::skip]
const SPLIT: &[Case] = &[
    ("nothing", NUMBER, "0", AT_MOST_OPEN),
    ("negative", NUMBER, "-1", AT_MOST_OPEN),
    ("more than is open", NUMBER, "136.86", AT_MOST_OPEN),
    ("more than was paid", NUMBER, "100.01", "Together this is more than was paid."),
    ("words", NUMBER, "the rest", AMOUNT),
    ("decimals of another currency", NUMBER, "0.125", AMOUNT),
    ("too large", NUMBER, "90071992547409.92", LARGEST),
];

pub const FORMS: [&Form; 2] = [
    &Form {
        name: "Refund",
        open: |app| {
            app.open_tab("Payments");
            app.button("Refund \u{20ac}20.00").click();
            app.field("Amount");
        },
        good: &[("Amount", "5"), ("Refunded on", "2026-01-20"), ("Reason", "")],
        submit: "Refund",
        is_forgetful: true,
        cases: REFUNDED,
        close: |app| {
            app.escape();
            app.gone("dialog", "Refund");
        },
    },
    &Form {
        name: "Split payment",
        open: |app| {
            app.button("Record payment").click();
            app.field("Amount");
            app.button("Split").click();
            app.field(NUMBER);
        },
        good: &[("Amount", "100"), ("Received on", "2026-01-20"), ("Reference", ""), (NUMBER, "50")],
        submit: "Record",
        is_forgetful: true,
        cases: SPLIT,
        close: |app| {
            app.escape();
            app.until("the end of the form", || !app.shows("field", "Amount"));
            app.escape();
            app.until("the list", || app.all("dialog").is_empty());
        },
    },
];
