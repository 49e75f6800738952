//! The forms of plans, domains and payments.

use super::{
    AMOUNT, CONTROL, Case, Form, INVISIBLE, LARGEST, NOT_NEGATIVE, OUT_OF_ORDER,
    billing::{STEP, STEP_DAYS},
};

const CODE: &str = "Use small letters, digits and dashes";
const RANGE: &str = "Enter a number from";
const NOTHING: &str = "Enter an amount above 0.";
const DOMAIN: &str = "This is not a domain name.";
const WHOLE: &str = "Enter a whole number";

#[rustfmt::skip]
const NEW_PLAN: &[Case] = &[
    ("empty", "Name", "", "Enter a name."),
    ("spaces", "Name", "   ", "Enter a name."),
    ("over-long", "Name", "$rep(x,201)", "201 characters. Use at most 200."),
    ("control", "Name", "a\u{7f}b", CONTROL),
    ("invisible", "Name", "a\u{200e}b", INVISIBLE),
    ("empty", "Code", "", "Enter a code."),
    ("capitals", "Code", "Pro", CODE),
    ("space", "Code", "p q", CODE),
    ("underscore", "Code", "p_q", CODE),
    ("other letters", "Code", "prü", CODE),
    ("dash first", "Code", "-p", CODE),
    ("dash last", "Code", "p-", CODE),
    ("over-long", "Code", "$rep(p,41)", "41 characters. Use at most 40."),
    ("in use", "Code", "studio", "Another plan has the code studio."),
    ("in use by a plan not on sale", "Code", "old", "Another plan has the code old."),
    ("over-long", "Description", "$rep(x,501)", "501 characters. Use at most 500."),
    ("control", "Description", "a\u{7}b", CONTROL),
    ("invisible", "Description", "a\u{200b}b", INVISIBLE),
    ("no price at all", "Monthly price", "", "Enter a monthly or a yearly price."),
    ("words", "Monthly price", "a lot", AMOUNT),
    ("a currency", "Monthly price", "12 €", AMOUNT),
    ("too many digits", "Monthly price", "12.3456", AMOUNT),
    ("groups that are none", "Monthly price", "12.345.6", AMOUNT),
    ("negative", "Monthly price", "-1", NOT_NEGATIVE),
    ("too large", "Monthly price", "90071992547409.92", LARGEST),
    ("beyond all numbers", "Monthly price", "99999999999999999999", LARGEST),
    ("words", "Yearly price", "cheap", AMOUNT),
    ("negative", "Yearly price", "-5", NOT_NEGATIVE),
    ("too large", "Yearly price", "90071992547409.92", LARGEST),
    ("words", "Trial", "two", WHOLE),
    ("negative", "Trial", "-1", WHOLE),
    ("a fraction", "Trial", "1.5", WHOLE),
    ("too many days", "Trial", "366", "Enter a number from 0 to 365."),
    ("none", "Activations", "0", RANGE),
    ("too many", "Activations", "1000000001", RANGE),
    ("words", "Activations", "many", WHOLE),
    ("none", "Users", "0", RANGE),
    ("negative", "Users", "-3", WHOLE),
    ("none", "Domains", "0", RANGE),
    ("beyond all numbers", "Domains", "4294967296", WHOLE),
];

#[rustfmt::skip]
const EDIT_PLAN: &[Case] = &[
    ("emptied", "Name", "", "Enter a name."),
    ("over-long", "Name", "$rep(x,201)", "201 characters. Use at most 200."),
    ("emptied", "Code", "", "Enter a code."),
    ("capitals", "Code", "STUDIO", CODE),
    ("in use", "Code", "old", "Another plan has the code old."),
    ("over-long", "Description", "$rep(x,501)", "501 characters. Use at most 500."),
    ("words", "Monthly price", "free", AMOUNT),
    ("negative", "Yearly price", "-1", NOT_NEGATIVE),
    ("too many days", "Trial", "1000", "Enter a number from 0 to 365."),
    ("none", "Domains", "0", RANGE),
];

#[rustfmt::skip]
const OWN_STEPS: &[Case] = &[
    ("empty", "Step 1, days", "", STEP_DAYS),
    ("too early", "Step 1, days", "-61", STEP),
    ("on the day of the one before", "Step 2, days", "-7", OUT_OF_ORDER),
    ("words", "Step 2, days", "at once", STEP_DAYS),
    ("before the one before", "Step 7, days", "20", OUT_OF_ORDER),
    ("too late", "Step 7, days", "731", STEP),
];

#[rustfmt::skip]
const DOMAINS: &[Case] = &[
    ("empty", "Domain name", "", "Enter a name."),
    ("no dot", "Domain name", "example", DOMAIN),
    ("an address", "Domain name", "https://example.com", DOMAIN),
    ("a path", "Domain name", "example.com/shop", DOMAIN),
    ("an e-mail address", "Domain name", "a@example.com", DOMAIN),
    ("space", "Domain name", "exa mple.com", DOMAIN),
    ("underscore", "Domain name", "exam_ple.com", DOMAIN),
    ("dash first", "Domain name", "-example.com", DOMAIN),
    ("two dots", "Domain name", "example..com", DOMAIN),
    ("wildcard", "Domain name", "*.example.com", DOMAIN),
    ("long label", "Domain name", "$rep(b,64).com", DOMAIN),
    ("over-long", "Domain name", "$rep(bcdefghij.,30)example.com", "Use at most 253."),
    ("control", "Domain name", "exam\u{7}ple.com", CONTROL),
    ("invisible", "Domain name", "exam\u{200b}ple.com", INVISIBLE),
    ("in use", "Domain name", "taken.example", "Lena Hoffmann already has this domain."),
    ("in use in another case", "Domain name", "TAKEN.Example", "Lena Hoffmann already has this domain."),
    ("over-long", "Registrar", "$rep(x,201)", "201 characters. Use at most 200."),
    ("control", "Registrar", "a\u{1b}b", CONTROL),
    ("invisible", "Registrar", "a\u{202e}b", INVISIBLE),
    ("too early", "Registered on", "1969-12-31", OUT_OF_ORDER),
    ("before it begins", "Expires on", "2019-12-31", OUT_OF_ORDER),
    ("too late", "Expires on", "2200-01-01", OUT_OF_ORDER),
];

#[rustfmt::skip]
const CHANGED_DOMAINS: &[Case] = &[
    ("over-long", "Registrar", "$rep(x,201)", "201 characters. Use at most 200."),
    ("control", "Registrar", "a\u{1b}b", CONTROL),
    ("too early", "Registered on", "1969-12-31", OUT_OF_ORDER),
    ("before it begins", "Expires on", "2019-12-31", "The earliest day is Jan 1, 2020."),
    ("too late", "Expires on", "2200-01-01", OUT_OF_ORDER),
];

#[rustfmt::skip]
const PAYMENTS: &[Case] = &[
    ("empty", "Amount", "", "Enter an amount."),
    ("words", "Amount", "a lot", AMOUNT),
    ("a currency", "Amount", "12 €", AMOUNT),
    ("too many digits", "Amount", "12.3456", AMOUNT),
    ("nothing", "Amount", "0", NOTHING),
    ("negative", "Amount", "-5", NOTHING),
    ("too large", "Amount", "90071992547409.92", LARGEST),
    ("beyond all numbers", "Amount", "99999999999999999999", LARGEST),
    ("empty", "Received on", "", "Enter a date like"),
    ("too early", "Received on", "1969-12-31", OUT_OF_ORDER),
    ("to come", "Received on", "2199-01-01", "The latest day is"),
    ("over-long", "Reference", "$rep(x,201)", "201 characters. Use at most 200."),
    ("control", "Reference", "a\u{7}b", CONTROL),
    ("invisible", "Reference", "a\u{200b}b", INVISIBLE),
];

pub const FORMS: [&Form; 6] = [
    &Form {
        name: "New plan",
        open: |app| {
            app.add_plan("Studio", "studio", "12", "120");
            app.add_plan("Old", "old", "9", "90");
            app.dismiss();
            app.button("Stop selling Old").click();
            app.see("Old is not sold any more");
            app.dismiss();
            app.button("New plan").click();
            app.dialog("New plan");
        },
        good: &[
            ("Name", "Pro"),
            ("Code", "pro"),
            ("Description", ""),
            ("Monthly price", "9"),
            ("Yearly price", ""),
            ("Trial", "0"),
            ("Activations", ""),
            ("Users", ""),
            ("Domains", ""),
        ],
        submit: "Create plan",
        is_forgetful: true,
        cases: NEW_PLAN,
        close: |app| {
            app.escape();
            app.gone("dialog", "New plan");
        },
    },
    &Form {
        name: "Edit plan",
        open: |app| {
            app.button("Edit Studio").click();
            app.dialog("Edit Studio");
        },
        good: &[
            ("Name", "Studio"),
            ("Code", "studio"),
            ("Description", ""),
            ("Monthly price", "12"),
            ("Yearly price", "120"),
            ("Trial", "0"),
            ("Domains", ""),
        ],
        submit: "Save plan",
        is_forgetful: true,
        cases: EDIT_PLAN,
        close: |_| {},
    },
    // The same dialog, with steps of the plan's own.
    &Form {
        name: "Schedule of a plan",
        open: |app| {
            app.field("A schedule of its own").click();
            app.field("Step 7, days");
        },
        good: &[
            ("Domains", ""),
            ("Step 1, days", "-7"),
            ("Step 2, days", "0"),
            ("Step 7, days", "45"),
        ],
        submit: "Save plan",
        is_forgetful: true,
        cases: OWN_STEPS,
        close: |app| {
            app.escape();
            app.gone("dialog", "Edit Studio");
        },
    },
    &Form {
        name: "Add domain",
        open: |app| {
            app.visit("Customers");
            app.open_customer("Lena Hoffmann");
            app.open_tab("Domains");
            app.button("Add domain").click();
            app.field("Domain name").fill("taken.example");
            app.dialog("Add domain").find("button", "Add domain").click();
            app.gone("dialog", "Add domain");
            app.dismiss();
            app.button("Add domain").click();
            app.field("Domain name");
        },
        good: &[
            ("Domain name", "free.example"),
            ("Registrar", ""),
            ("Registered on", "2020-01-01"),
            ("Expires on", "2030-01-01"),
        ],
        submit: "Add domain",
        is_forgetful: true,
        cases: DOMAINS,
        close: |app| {
            app.escape();
            app.gone("dialog", "Add domain");
        },
    },
    &Form {
        name: "Change domain",
        open: |app| {
            app.button("Change taken.example").click();
            app.dialog("Change taken.example");
        },
        good: &[("Registrar", ""), ("Registered on", "2020-01-01"), ("Expires on", "2030-01-01")],
        submit: "Save domain",
        is_forgetful: true,
        cases: CHANGED_DOMAINS,
        close: |app| {
            app.escape();
            app.gone("dialog", "Change taken.example");
        },
    },
    &Form {
        name: "Record payment",
        open: |app| {
            app.open_tab("Payments");
            app.button("Record payment").click();
            app.field("Amount");
        },
        good: &[("Amount", "12"), ("Received on", "2026-01-01"), ("Reference", "")],
        submit: "Record",
        is_forgetful: true,
        cases: PAYMENTS,
        close: |app| {
            app.escape();
            app.until("the end of the form", || !app.shows("field", "Amount"));
            app.escape();
            app.gone("dialog", "Lena Hoffmann");
        },
    },
];
