//! The form of a customer, new and known.

use super::{CHARACTER, CONTROL, Case, Form, INVISIBLE};

#[rustfmt::skip]
const NEW: &[Case] = &[
    ("empty", "Email", "", "Enter an email address."),
    ("spaces", "Email", "   ", "Enter an email address."),
    ("no at", "Email", "ann", "The @ is missing."),
    ("no local part", "Email", "@example.com", "The part before the @ is missing."),
    ("no domain", "Email", "a@", "The part after the @ is missing."),
    ("two ats in a row", "Email", "a@@example.com", "There is more than one @."),
    ("two ats", "Email", "a@b@example.com", "There is more than one @."),
    ("space inside", "Email", "a b@example.com", CHARACTER),
    ("two dots", "Email", "a..b@example.com", "There is a dot too many"),
    ("dot first", "Email", ".a@example.com", "There is a dot too many"),
    ("dot last", "Email", "a.@example.com", "There is a dot too many"),
    ("quotes", "Email", "\"a\"@example.com", CHARACTER),
    ("comment", "Email", "a(b)@example.com", CHARACTER),
    ("angle brackets", "Email", "Ann <a@example.com>", CHARACTER),
    ("no top level", "Email", "a@example", "no ending like .com"),
    ("dash first in the domain", "Email", "a@-example.com", "is not a domain name"),
    ("space in the domain", "Email", "a@exa mple.com", "is not a domain name"),
    ("underscore in the domain", "Email", "a@exam_ple.com", "is not a domain name"),
    ("an address of the network", "Email", "a@[127.0.0.1]", "is not a domain name"),
    ("four numbers", "Email", "a@127.0.0.1", "The part after the @"),
    ("long local part", "Email", "$rep(x,65)@example.com", "longer than 64 bytes"),
    ("long label", "Email", "a@$rep(b,64).com", "is not a domain name"),
    ("over-long", "Email", "a@$rep(bcdefghij.,30)example.com", "Use at most"),
    ("control", "Email", "ann\u{7}@example.com", CONTROL),
    ("turned direction", "Email", "a\u{202e}@example.com", INVISIBLE),
    ("zero width", "Email", "a\u{200b}@example.com", INVISIBLE),
    ("soft hyphen", "Email", "a@ex\u{ad}ample.com", INVISIBLE),
    ("full-width at", "Email", "a\u{ff20}b@example.com", "The"),
    ("in use", "Email", "lena@example.com", "Lena Hoffmann already uses this address."),
    ("in use in another case", "Email", "LENA@Example.COM", "Lena Hoffmann already uses this address."),
    ("in use in full width", "Email", "ｌｅｎａ@example.com", "Lena Hoffmann already uses this address."),
    ("in use in another Unicode form", "Email", "jose\u{301}@bücher.example", "José Núñez already uses this address."),
    ("in use with another form of the domain", "Email", "JOSÉ@xn--bcher-kva.example", "José Núñez already uses this address."),
    ("an administrator's", "Email", "Ines@Example.com", "Ines Moreau already uses this address."),
    ("empty", "Full name", "", "Enter a name."),
    ("spaces", "Full name", "  \u{3000} ", "Enter a name."),
    ("over-long", "Full name", "$rep(ü,201)", "201 characters. Use at most 200."),
    ("bell", "Full name", "Ann\u{7}", CONTROL),
    ("tab", "Full name", "Ann\tExample", CONTROL),
    ("next line", "Full name", "Ann\u{85}B", CONTROL),
    ("line separator", "Full name", "Ann\u{2028}B", CONTROL),
    ("zero width", "Full name", "Ann\u{200b}", INVISIBLE),
    ("turned direction", "Full name", "\u{202e}nnA", INVISIBLE),
    ("byte order mark", "Full name", "Ann\u{feff}", INVISIBLE),
    ("isolate", "Full name", "Ann\u{2066}B", INVISIBLE),
    ("only a filler", "Full name", "\u{3164}", INVISIBLE),
    ("over-long", "Company", "$rep(x,201)", "201 characters. Use at most 200."),
    ("escape", "Company", "Acme\u{1b}[31m", CONTROL),
    ("mark of direction", "Company", "Acme\u{200f}", INVISIBLE),
    ("an empty pattern", "Company", "\u{2800}Acme", INVISIBLE),
    ("a tag", "Company", "Acme\u{e0041}", INVISIBLE),
    ("empty", "Password", "", "Enter a password."),
    ("one letter", "Password", "a", "1 character. Use at least 8."),
    ("one too few", "Password", "1234567", "7 characters. Use at least 8."),
    ("counted composed", "Password", "e\u{301}\u{301}abcd", "Use at least 8."),
    ("over-long", "Password", "$rep(x,129)", "129 characters. Use at most 128."),
    ("too many bytes", "Password", "$rep(𝒳,128)é", "Use at most"),
];

#[rustfmt::skip]
const EDIT: &[Case] = &[
    ("emptied", "Email", "", "Enter an email address."),
    ("malformed", "Email", "lena@", "The part after the @ is missing."),
    ("no at", "Email", "lena", "The @ is missing."),
    ("invisible", "Email", "lena\u{2063}@example.com", INVISIBLE),
    ("over-long", "Email", "a@$rep(bcdefghij.,30)example.com", "Use at most"),
    ("in use", "Email", "jose@example.com", "Jo Okafor already uses this address."),
    ("in use in another case", "Email", "JOSE@EXAMPLE.COM", "Jo Okafor already uses this address."),
    ("an administrator's", "Email", "ines@example.com", "Ines Moreau already uses this address."),
    ("emptied", "Full name", "", "Enter a name."),
    ("spaces", "Full name", "   ", "Enter a name."),
    ("over-long", "Full name", "$rep(x,201)", "201 characters. Use at most 200."),
    ("control", "Full name", "Lena\u{7}", CONTROL),
    ("zero width", "Full name", "Le\u{200b}na", INVISIBLE),
    ("over-long", "Company", "$rep(x,201)", "201 characters. Use at most 200."),
    ("control", "Company", "\u{1b}[31m", CONTROL),
    ("invisible", "Company", "Hoff\u{200e}mann", INVISIBLE),
    ("too short", "New password", "short", "5 characters. Use at least 8."),
    ("over-long", "New password", "$rep(x,129)", "129 characters. Use at most 128."),
];

pub const FORMS: [&Form; 2] = [
    &Form {
        name: "New customer",
        open: |app| {
            for (name, email) in [
                ("José Núñez", "josé@bücher.example"),
                ("Jo Okafor", "jose@example.com"),
                ("Lena Hoffmann", "lena@example.com"),
            ] {
                app.add_customer(name, email, "Hoffmann GmbH");
            }
            app.dismiss();
            app.button("New customer").click();
            app.dialog("New customer");
        },
        good: &[
            ("Email", "ann@example.com"),
            ("Full name", "Ann Example"),
            ("Company", ""),
            ("Password", "long enough"),
        ],
        submit: "Create customer",
        is_forgetful: true,
        cases: NEW,
        close: |app| {
            app.escape();
            app.gone("dialog", "New customer");
        },
    },
    &Form {
        name: "Edit customer",
        open: |app| {
            app.row("Lena Hoffmann").find("button", "Edit").click();
            app.dialog("Edit customer");
        },
        good: &[
            ("Email", "lena@example.com"),
            ("Full name", "Lena Hoffmann"),
            ("Company", "Hoffmann GmbH"),
            ("New password", ""),
        ],
        submit: "Save",
        is_forgetful: true,
        cases: EDIT,
        close: |app| {
            app.escape();
            app.gone("dialog", "Edit customer");
        },
    },
];
