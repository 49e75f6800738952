//! The forms of invoices: a draft line by line, its days, a credit note, and credit that pays.

use e2e::App;

use super::{AMOUNT, CONTROL, Case, DATE, Form, INVISIBLE, LARGEST, OUT_OF_ORDER, RATE, TOO_LATE, furnished::NUMBER};

const QUANTITY: &str = "Enter a number like 2 or 1.5.";
const NONE: &str = "Enter more than 0.";
const OWED_QUANTITY: &str = "Enter more than 0; what is owed back is a credit note.";
const OWED_AMOUNT: &str = "Enter an amount of 0 or more; what is owed back is a credit note.";
const AT_MOST_100: &str = "Enter an amount above 0, at most 100.00 EUR.";
const AT_MOST_15: &str = "Enter an amount above 0, at most 15.00 EUR.";
const YEN: &str = "Enter an amount like 29.";
const NOTE: &str = "Note below the lines";

#[rustfmt::skip]
const LINE: &[Case] = &[
    ("empty", "Description", "", "Enter a description."),
    ("spaces", "Description", "   ", "Enter a description."),
    ("over-long", "Description", "$rep(x,501)", "501 characters. Use at most 500."),
    ("control", "Description", "Se\u{7}tup", CONTROL),
    ("tab", "Description", "Setup\tof the server", CONTROL),
    ("invisible", "Description", "Set\u{200b}up", INVISIBLE),
    ("empty", "Quantity", "", "Enter a quantity."),
    ("words", "Quantity", "two", QUANTITY),
    ("with its unit", "Quantity", "2 h", QUANTITY),
    ("groups or decimals", "Quantity", "1,000", QUANTITY),
    ("too many digits", "Quantity", "1.0000000001", QUANTITY),
    ("none", "Quantity", "0", NONE),
    ("negative", "Quantity", "-1", OWED_QUANTITY),
    ("too many", "Quantity", "1000001", "Enter at most 1000000."),
    ("empty", "Unit price", "", "Enter a price."),
    ("words", "Unit price", "a lot", AMOUNT),
    ("a currency", "Unit price", "100 €", AMOUNT),
    ("decimals of another currency", "Unit price", "0.125", AMOUNT),
    ("too many digits", "Unit price", "12.3456", AMOUNT),
    ("negative", "Unit price", "-1", OWED_AMOUNT),
    ("too large", "Unit price", "90071992547409.92", LARGEST),
    ("beyond all numbers", "Unit price", "99999999999999999999", LARGEST),
    ("empty", "Rate", "", RATE),
    ("none", "Rate", "0", RATE),
    ("negative", "Rate", "-19", RATE),
    ("beyond all of it", "Rate", "100.01", RATE),
    ("too many digits", "Rate", "19.00001", RATE),
    ("words", "Rate", "the usual one", RATE),
    ("too early", "From", "1969-12-31", OUT_OF_ORDER),
    ("before it begins", "To, last day", "2026-05-31", OUT_OF_ORDER),
    ("too late", "To, last day", "2200-01-01", OUT_OF_ORDER),
    ("over-long", NOTE, "$rep(x,1001)", "1001 characters. Use at most 1000."),
    ("control", NOTE, "Thank\u{7} you", CONTROL),
    ("invisible", NOTE, "Thank\u{202e} you", INVISIBLE),
];

#[rustfmt::skip]
const LINE_IN_YEN: &[Case] = &[
    ("decimals of another currency", "Unit price", "100.50", YEN),
    ("the same with a comma", "Unit price", "100,5", YEN),
    ("too large", "Unit price", "9007199254740992", "The largest amount is 9007199254740991."),
    ("too large for two", "Unit price", "9007199254740991", "The line comes to more than 9007199254740991."),
];

#[rustfmt::skip]
const LINE_IN_DINARS: &[Case] = &[
    ("too many digits", "Unit price", "1.2345", "Enter an amount like 29.000."),
    ("too large", "Unit price", "9007199254740.992", "The largest amount is 9007199254740.991."),
];

#[rustfmt::skip]
const DAYS: &[Case] = &[
    ("empty", "Issued on", "", DATE),
    ("no such day", "Issued on", "2026-02-30", DATE),
    ("to come", "Issued on", "2199-01-01", TOO_LATE),
    ("too early", "Issued on", "1969-12-31", OUT_OF_ORDER),
    ("before the last of its series", "Issued on", "2026-01-01", "The earliest day is Jan 2, 2026."),
    ("empty", "Due on", "", DATE),
    ("no such day", "Due on", "2026-02-30", DATE),
    ("before it is issued", "Due on", "2026-01-11", "The earliest day is Jan 12, 2026."),
    ("too late", "Due on", "2200-01-01", OUT_OF_ORDER),
];

#[rustfmt::skip]
const CHANGED: &[Case] = &[
    ("emptied", "Description", "", "Enter a description."),
    ("over-long", "Description", "$rep(x,501)", "501 characters. Use at most 500."),
    ("invisible", "Description", "Set\u{feff}up", INVISIBLE),
    ("emptied", "Quantity", "", "Enter a quantity."),
    ("none", "Quantity", "0", NONE),
    ("negative", "Quantity", "-2", OWED_QUANTITY),
    ("emptied", "Unit price", "", "Enter a price."),
    ("negative", "Unit price", "-50", OWED_AMOUNT),
    ("decimals of another currency", "Unit price", "0.125", AMOUNT),
    ("too large", "Unit price", "90071992547409.92", LARGEST),
    ("emptied", "Rate", "", RATE),
    ("beyond all of it", "Rate", "101", RATE),
    ("over-long", NOTE, "$rep(x,1001)", "1001 characters. Use at most 1000."),
];

#[rustfmt::skip]
const CREDITED: &[Case] = &[
    ("nothing", "License", "0", AT_MOST_100),
    ("negative", "License", "-10", AT_MOST_100),
    ("more than was billed", "License", "100.01", AT_MOST_100),
    ("words", "License", "all of it", AMOUNT),
    ("a currency", "License", "10 €", AMOUNT),
    ("decimals of another currency", "License", "0.125", AMOUNT),
    ("too large", "License", "90071992547409.92", LARGEST),
    ("more than is left", "Storage", "15.01", AT_MOST_15),
    ("as much as was billed", "Storage", "20", AT_MOST_15),
    ("empty", "Issued on", "", DATE),
    ("no such day", "Issued on", "2026-02-30", DATE),
    ("to come", "Issued on", "2199-01-01", TOO_LATE),
    ("before the invoice", "Issued on", "2026-01-01", "The earliest day is Jan 2, 2026."),
    ("before the last of its series", "Issued on", "2026-01-04", "The earliest day is Jan 5, 2026."),
];

#[rustfmt::skip]
const USED: &[Case] = &[
    ("empty", "Amount", "", "Enter an amount."),
    ("nothing", "Amount", "0", AT_MOST_15),
    ("negative", "Amount", "-5", AT_MOST_15),
    ("more than is left", "Amount", "15.01", AT_MOST_15),
    ("as much as there was", "Amount", "20", AT_MOST_15),
    ("words", "Amount", "all of it", AMOUNT),
    ("a currency", "Amount", "5 €", AMOUNT),
    ("decimals of another currency", "Amount", "0.125", AMOUNT),
    ("too large", "Amount", "90071992547409.92", LARGEST),
    ("beyond all numbers", "Amount", "99999999999999999999", LARGEST),
];

/// Opens the credit note over the final invoice, by its menu.
fn begin_credit(app: &App) {
    app.button(NUMBER).click();
    app.see("It is never changed");
    app.button("More acts").click();
    app.find("menuitem", "Credit").click();
    app.find("radio", "Parts of lines").click();
    app.field("Storage");
}

pub const FORMS: [&Form; 7] = [
    &Form {
        name: "New invoice",
        open: |app| {
            app.open_record(&app.record("lena@example.com")["id"], "invoices");
            app.button("New invoice").click();
            app.button("Add period to line 1").click();
            app.field("To, last day");
        },
        good: &[
            ("Description", "Setup of the server"),
            ("Quantity", "1"),
            ("Unit price", "100"),
            ("Rate", "19"),
            ("From", "2026-06-01"),
            ("To, last day", "2026-06-30"),
            (NOTE, ""),
        ],
        submit: "Save draft",
        is_forgetful: true,
        cases: LINE,
        close: |_| {},
    },
    // The same dialog, in a currency without decimals.
    &Form {
        name: "New invoice in yen",
        open: |app| {
            app.field("Currency").choose("JPY");
        },
        good: &[("Quantity", "2"), ("Unit price", "100"), (NOTE, "")],
        submit: "Save draft",
        is_forgetful: true,
        cases: LINE_IN_YEN,
        close: |_| {},
    },
    // The same dialog, in one with three.
    &Form {
        name: "New invoice in dinars",
        open: |app| {
            app.field("Currency").choose("KWD");
        },
        good: &[("Quantity", "2"), ("Unit price", "100")],
        submit: "Save draft",
        is_forgetful: true,
        cases: LINE_IN_DINARS,
        close: |app| {
            app.escape();
            app.gone("dialog", "New invoice");
        },
    },
    &Form {
        name: "Finalize",
        open: |app| {
            app.button("Draft").click();
            app.dialog("Draft invoice");
            app.button("Finalize").click();
            app.dialog("Finalize this invoice?");
        },
        good: &[("Issued on", "2026-01-12"), ("Due on", "2026-01-26")],
        submit: "Finalize",
        is_forgetful: true,
        cases: DAYS,
        close: |app| {
            app.escape();
            app.gone("dialog", "Finalize this invoice?");
        },
    },
    &Form {
        name: "Draft invoice",
        open: |app| {
            app.dialog("Draft invoice");
        },
        good: &[
            ("Description", "Setup"),
            ("Quantity", "2"),
            ("Unit price", "50.00"),
            ("Rate", "19"),
            (NOTE, ""),
        ],
        submit: "Save draft",
        is_forgetful: true,
        cases: CHANGED,
        close: |app| {
            app.escape();
            app.gone("dialog", "Draft invoice");
        },
    },
    &Form {
        name: "Credit note",
        open: begin_credit,
        good: &[("License", "10"), ("Storage", ""), ("Issued on", "2026-01-12")],
        submit: "Issue credit note",
        is_forgetful: true,
        cases: CREDITED,
        close: |app| {
            app.escape();
            app.gone("dialog", "Credit 2026");
        },
    },
    &Form {
        name: "Use credit",
        open: |app| {
            app.button("Use credit").click();
            app.field("Amount");
        },
        good: &[("Amount", "5")],
        submit: "Use credit",
        is_forgetful: true,
        cases: USED,
        close: |app| {
            app.escape();
            app.gone("dialog", "Use credit");
            app.escape();
            app.gone("dialog", "Invoice 2026");
        },
    },
];
