//! The forms of administrators and of the book: first run, settings, people, sign-in.

use e2e::{EMAIL, NAME, PASSWORD};
use serde_json::json;

use super::{CHARACTER, CONTROL, Case, Form, GUESSABLE, INVISIBLE};

#[rustfmt::skip]
const FIRST: &[Case] = &[
    ("empty", "Full name", "", "Enter a name."),
    ("spaces", "Full name", "   ", "Enter a name."),
    ("over-long", "Full name", "$rep(x,201)", "201 characters. Use at most 200."),
    ("control", "Full name", "Ines\u{7}", CONTROL),
    ("invisible", "Full name", "In\u{200b}es", INVISIBLE),
    ("empty", "Email", "", "Enter an email address."),
    ("no at", "Email", "ines", "The @ is missing."),
    ("space", "Email", "in es@example.com", CHARACTER),
    ("no top level", "Email", "ines@example", "no ending like .com"),
    ("invisible", "Email", "ines\u{200b}@example.com", INVISIBLE),
    ("empty", "Password", "", "Enter a password."),
    ("too short", "Password", "elevenchars", "11 characters. Use at least 12."),
    ("over-long", "Password", "$rep(x,129)", "129 characters. Use at most 128."),
    ("guessable", "Password", "passwordpassword", GUESSABLE),
    ("the own name", "Password", "Ines Moreau Ines", GUESSABLE),
    ("another", "Password again", "seven quiet hawks", "The two passwords differ."),
    ("over-long", "Name", "$rep(x,201)", "201 characters. Use at most 200."),
    ("control", "Name", "a\u{7}b", CONTROL),
    ("invisible", "Name", "a\u{2066}b", INVISIBLE),
];

#[rustfmt::skip]
const SETTINGS: &[Case] = &[
    ("empty", "Name of the book", "", "Enter a name."),
    ("spaces", "Name of the book", "   ", "Enter a name."),
    ("over-long", "Name of the book", "$rep(x,201)", "201 characters. Use at most 200."),
    ("control", "Name of the book", "a\u{7}b", CONTROL),
    ("invisible", "Name of the book", "a\u{200b}b", INVISIBLE),
    ("empty", "Expiring soon", "", "Enter a number from 1 to 365."),
    ("none", "Expiring soon", "0", "Enter a number from 1 to 365."),
    ("too many", "Expiring soon", "366", "Enter a number from 1 to 365."),
    ("words", "Expiring soon", "soon", "Enter a number from 1 to 365."),
    ("a fraction", "Expiring soon", "1.5", "Enter a number from 1 to 365."),
    ("beyond all numbers", "Expiring soon", "4294967296", "Enter a number from 1 to 365."),
    ("empty", "Lock when idle", "", "Enter a number from 1 to 60."),
    ("words", "Lock when idle", "never", "Enter a number from 1 to 60."),
    ("none", "Lock when idle", "0", "Enter a number from 1 to 60."),
    ("too many", "Lock when idle", "61", "Enter a number from 1 to 60."),
    ("negative", "Lock when idle", "-1", "Enter a number from 1 to 60."),
    ("a fraction", "Lock when idle", "1.5", "Enter a number from 1 to 60."),
    ("unknown", "Time zone", "Mars/Olympus", "This is not a time zone. Enter one like Europe/Berlin."),
];

#[rustfmt::skip]
const PERSON: &[Case] = &[
    ("empty", "Full name", "", "Enter a name."),
    ("spaces", "Full name", "   ", "Enter a name."),
    ("over-long", "Full name", "$rep(x,201)", "201 characters. Use at most 200."),
    ("control", "Full name", "Kim\u{7}", CONTROL),
    ("invisible", "Full name", "K\u{200b}im", INVISIBLE),
    ("empty", "Email", "", "Enter an email address."),
    ("malformed", "Email", "kim@@example.com", "There is more than one @."),
    ("no domain", "Email", "kim@", "The part after the @ is missing."),
    ("no top level", "Email", "kim@example", "no ending like .com"),
    ("space inside", "Email", "ki m@example.com", CHARACTER),
    ("control", "Email", "kim\u{7}@example.com", CONTROL),
    ("invisible", "Email", "kim\u{200b}@example.com", INVISIBLE),
    ("a customer's", "Email", "lena@example.com", "Lena Hoffmann already uses this address."),
    ("an administrator's in another case", "Email", "INES@example.com", "Ines Moreau already uses this address."),
    ("empty", "Password", "", "Enter a password."),
    ("too short", "Password", "elevenchars", "11 characters. Use at least 12."),
    ("over-long", "Password", "$rep(x,129)", "129 characters. Use at most 128."),
    ("guessable", "Password", "passwordpassword", GUESSABLE),
    ("the own address", "Password", "kim@example.com", GUESSABLE),
];

#[rustfmt::skip]
const EDIT_PERSON: &[Case] = &[
    ("emptied", "Full name", "", "Enter a name."),
    ("over-long", "Full name", "$rep(x,201)", "201 characters. Use at most 200."),
    ("control", "Full name", "Ines\u{7}", CONTROL),
    ("invisible", "Full name", "In\u{200b}es", INVISIBLE),
    ("emptied", "Email", "", "Enter an email address."),
    ("no at", "Email", "ines", "The @ is missing."),
    ("malformed", "Email", "ines@@example.com", "There is more than one @."),
    ("in use", "Email", "lena@example.com", "Lena Hoffmann already uses this address."),
    ("too short", "New password", "elevenchars", "11 characters. Use at least 12."),
    ("over-long", "New password", "$rep(x,129)", "129 characters. Use at most 128."),
    ("guessable", "New password", "passwordpassword", GUESSABLE),
    ("the own address", "New password", "ines@example.com", GUESSABLE),
];

#[rustfmt::skip]
const CONNECTION: &[Case] = &[
    ("empty", "Host", "", "Enter a host."),
    ("spaces", "Host", "   ", "Enter a host."),
    ("over-long", "Host", "$rep(x,201)", "201 characters. Use at most 200."),
    ("control", "Host", "db\u{7}.example.com", CONTROL),
    ("invisible", "Host", "db\u{200b}.example.com", INVISIBLE),
    ("a blank", "Host", "db example.com", BLANK),
    ("a tab", "Host", "db\t.example.com", CONTROL),
    ("empty", "Port", "", PORT),
    ("none", "Port", "0", PORT),
    ("too high", "Port", "65536", PORT),
    ("negative", "Port", "-1", PORT),
    ("a fraction", "Port", "5432.5", PORT),
    ("words", "Port", "the usual one", PORT),
    ("empty", "Database", "", "Enter the name of the database."),
    ("over-long", "Database", "$rep(x,64)", "64 characters. Use at most 63."),
    ("control", "Database", "bo\u{7}ok", CONTROL),
    ("spaces", "Database", "   ", "Enter the name of the database."),
    ("empty", "User", "", "Enter the name of the user."),
    ("over-long", "User", "$rep(x,64)", "64 characters. Use at most 63."),
    ("invisible", "User", "an\u{200b}n", INVISIBLE),
    ("spaces", "User", "   ", "Enter the name of the user."),
    ("empty", "Schema", "", "Enter the name of the schema."),
    ("over-long", "Schema", "$rep(x,61)", "61 characters. Use at most 60."),
    ("capitals", "Schema", "Clientele", PLAIN),
    ("a quotation mark", "Schema", "a\"b", PLAIN),
    ("spaces inside", "Schema", "my book", PLAIN),
    ("a digit first", "Schema", "2024", "Begin with a letter."),
    ("a word of SQL", "Schema", "order", "This is a word of SQL; choose another name"),
    ("of the server", "Schema", "pg_books", "The server keeps this name for itself; choose another one."),
    ("control", "Certificate of your own authority", "own\u{7}.pem", CONTROL),
    ("over-long", "Certificate of your own authority", "$rep(x,4097)", "Use at most 4096."),
    ("a key alone", "Your certificate", "", "Choose the file of the certificate."),
    ("control", "Your certificate", "ann\u{7}.pem", CONTROL),
    ("over-long", "Your certificate", "$rep(x,4097)", "Use at most 4096."),
    ("a certificate alone", "Its key", "", "Choose the file of its key."),
    ("invisible", "Its key", "an\u{200b}n.key", INVISIBLE),
    ("over-long", "Its key", "$rep(x,4097)", "Use at most 4096."),
];

const PORT: &str = "Enter a number from 1 to 65535.";
const PLAIN: &str = "Use small letters, digits and _ only.";
const BLANK: &str = "The name of a server has no blank in it.";

#[rustfmt::skip]
const WEAKER: &[Case] = &[
    ("empty", ACCEPTED, "", "Enter the name of the server."),
    ("spaces", ACCEPTED, "   ", NOT_NAMED),
    ("another", ACCEPTED, "db.example.org", NOT_NAMED),
    ("a part of it", ACCEPTED, "db.example", NOT_NAMED),
];

const ACCEPTED: &str = "Type the name of the server to accept that";
const NOT_NAMED: &str = "This is not the name of the server.";

// A wrong try is written down, so there is none among these.
#[rustfmt::skip]
const SIGNING_IN: &[Case] = &[
    ("empty", "Email", "", "Enter an email address."),
    ("empty", "Password", "", "Enter a password."),
    ("over-long", "Password", "$rep(x,513)", "Use at most 512."),
];

pub const FIRST_RUN: &Form = &Form {
    name: "First run",
    open: |app| {
        app.button("Create administrator");
    },
    good: &[
        ("Full name", NAME),
        ("Email", EMAIL),
        ("Password", PASSWORD),
        ("Password again", PASSWORD),
        ("Name", ""),
    ],
    submit: "Create administrator",
    is_forgetful: true,
    cases: FIRST,
    close: |app| {
        app.field("Name").fill("");
        app.begin();
    },
};

pub const SIGN_IN: &Form = &Form {
    name: "Sign-in",
    open: |app| {
        app.button("Account").click();
        app.find("menuitem", "Sign out").click();
        app.button("Sign in");
    },
    good: &[("Email", EMAIL), ("Password", "not the password")],
    submit: "Sign in",
    is_forgetful: false,
    cases: SIGNING_IN,
    close: |_| {},
};

pub const FORMS: [&Form; 5] = [
    &Form {
        name: "Settings",
        open: |app| {
            app.link("Settings").click();
            app.field("Name of the book").fill("The book");
            app.button("Save settings").click();
            app.see("Settings saved");
            app.dismiss();
        },
        good: &[
            ("Name of the book", "The book"),
            ("Expiring soon", "30"),
            ("Lock when idle", "10"),
            ("Time zone", "Europe/Berlin"),
        ],
        submit: "Save settings",
        is_forgetful: true,
        cases: SETTINGS,
        close: |app| {
            app.link("People").click();
        },
    },
    &Form {
        name: "New administrator",
        open: |app| {
            // Who is made an administrator is looked at after the password of who makes one.
            app.ask("confirm_password", json!({"password": PASSWORD}));
            app.button("New administrator").click();
            app.dialog("New administrator");
        },
        good: &[
            ("Full name", "Kim Larsen"),
            ("Email", "kim@example.com"),
            ("Password", "nine patient lanterns"),
        ],
        submit: "Create administrator",
        is_forgetful: true,
        cases: PERSON,
        close: |app| {
            app.escape();
            app.gone("dialog", "New administrator");
        },
    },
    &Form {
        name: "Edit administrator",
        open: |app| {
            app.button("Edit Ines").click();
            app.dialog("Edit administrator");
        },
        good: &[("Full name", NAME), ("Email", EMAIL), ("New password", "")],
        submit: "Save",
        is_forgetful: true,
        cases: EDIT_PERSON,
        close: |app| {
            app.escape();
            app.gone("dialog", "Edit administrator");
        },
    },
    &Form {
        name: "Connection",
        open: |app| {
            app.follow("#/settings/database");
            app.button("Connect to a server").click();
            app.dialog("Connect to a server");
        },
        good: &[
            ("Host", "db.example.com"),
            ("Port", "5432"),
            ("Database", "books"),
            ("User", "ann"),
            ("Schema", "clientele"),
            ("Certificate of your own authority", ""),
            ("Your certificate", "ann.pem"),
            ("Its key", "ann.key"),
        ],
        submit: "Connect",
        is_forgetful: true,
        cases: CONNECTION,
        close: |_| {},
    },
    // The same dialog, with a choice that others could listen to.
    &Form {
        name: "Weaker connection",
        open: |app| {
            app.field("Encryption").choose("None");
            app.field(ACCEPTED);
        },
        good: &[("Its key", "ann.key"), (ACCEPTED, "db.example.com")],
        submit: "Connect",
        is_forgetful: true,
        cases: WEAKER,
        close: |app| {
            app.escape();
            app.gone("dialog", "Connect to a server");
        },
    },
];
