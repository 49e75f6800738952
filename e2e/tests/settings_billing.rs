//! How the vendor bills: who sells, tax, numbers, reminders, and the address of a customer.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test that meets what it does not expect has to fail"
)]

use e2e::{App, Key};
use serde_json::{Value, json};

#[test]
fn billing_settings_are_checked_at_their_fields_saved_and_kept() {
    let app = App::start("settings_billing").unwrap();
    app.resize(1280, 800);
    app.begin();
    app.follow("#/settings/billing");
    app.field("Street and number").fill("Lindenallee 14");
    app.field("VAT number").fill("123");
    app.field("IBAN").fill("DE89 3704 0044 0532 0130 01");
    app.field("Invoices").fill("2026");
    app.field("Days to pay").fill("soon");
    app.field("Tax of new lines").choose("Standard rate");
    app.field("Rate").fill("0");
    app.field("Step 2, days").fill("-7");
    app.button("Save settings").click();
    for said in [
        "This is not a VAT number.",
        "This is not an IBAN.",
        "{n} is missing",
        "Enter a whole number from 0 to 365",
        "out of order",
        "Enter a rate above 0",
    ] {
        app.see(said);
    }
    app.until("the first wrong field", || app.field("VAT number").has_focus());

    app.field("VAT number").fill("DE298114207");
    app.field("City").fill("Hamburg");
    app.field("Country").choose("Germany");
    app.field("IBAN").fill("DE89 3704 0044 0532 0130 00");
    app.field("Invoices").fill("INV-{YY}{MM}-{n:3}");
    app.see("A new series begins with INV-");
    app.field("Days to pay").fill("30");
    app.field("Step 2, days").fill("1");
    app.field("Rate").fill("7,7");
    app.button("Add step").click();
    app.see("52 days after it is due");
    app.button("Remove step 1").click();
    app.press(&[Key::Enter]);
    app.button("Save settings").click();
    app.see("Billing settings saved");
    let saved = app.ask("get_billing_settings", json!({}));
    assert_eq!(saved["seller"]["city"], json!("Hamburg"));
    assert_eq!(saved["tax_rate"], json!(77_000));
    assert_eq!(saved["payment_days"], json!(30));
    assert_eq!(saved["invoice_format"], json!("INV-{YY}{MM}-{n:3}"));
}

#[test]
fn a_series_goes_on_where_another_program_has_ended_and_says_when_that_is_fixed() {
    let app = App::start("settings_next_number").unwrap();
    app.resize(1280, 800);
    app.begin();
    app.add_customer("Lena Hoffmann", "lena@example.com", "");
    app.dismiss();
    let customer = app.ask("list_customers", json!({"limit": 1}))["items"][0]["id"].clone();
    app.follow("#/settings/billing");
    app.field("City").fill("Hamburg");
    app.field("Country").choose("Germany");
    app.field("VAT number").fill("DE298114207");
    app.field("Invoices").fill("R-{n:4}");
    app.see("A new series begins with R-0001");
    app.field("Next invoice number").fill("x");
    app.button("Save settings").click();
    app.see("Enter a whole number from 1 on.");
    app.until("the wrong field", || app.field("Next invoice number").has_focus());
    app.field("Next invoice number").fill("501");
    app.see("A new series begins with R-0501");
    app.button("Save settings").click();
    app.see("Billing settings saved");
    app.see("No number yet");
    assert_eq!(app.field("Next invoice number").value(), "501");
    // Mistyped, and taken back: it begins anew at 1, and then with what was meant.
    app.button("Undo: Billing settings saved").click();
    app.see("The billing settings are as before");
    app.until("the number as before", || app.field("Next invoice number").value() == "1");
    app.dismiss();
    // The same format again: its series begins at 1, as the page says, and not where it was once told to.
    app.field("Invoices").fill("R-{n:4}");
    app.see("A new series begins with R-0001");
    app.button("Save settings").click();
    app.see("Billing settings saved");
    let next = || app.ask("get_billing_settings", json!({}))["invoice_next"].clone();
    assert_eq!(next(), json!({"number": 1, "is_open": true}));
    app.button("Undo: Billing settings saved").click();
    app.see("The billing settings are as before");
    app.until("the format as before", || app.field("Invoices").value() == "{YYYY}-{n:6}");
    app.dismiss();
    app.field("City").fill("Hamburg");
    app.field("Country").choose("Germany");
    app.field("VAT number").fill("DE298114207");
    app.field("Next invoice number").fill("731");
    app.button("Save settings").click();
    app.see("Billing settings saved");
    app.dismiss();

    // Somebody gives the first number while another is typed: refused at its field, with what can be done.
    app.field("Next invoice number").fill("801");
    let draft = app.ask(
        "create_invoice",
        json!({"customer_id": customer, "lines": [{"text": "Setup", "quantity": "1", "unit_price": 10_000}]}),
    );
    let done = app.ask("finalize_invoice", json!({"id": draft["id"], "version": draft["version"]}));
    let number = done["number"].as_str().unwrap();
    assert!(number.ends_with("-000731"), "{number}");
    app.button("Save settings").click();
    app.see("Numbers of this series were given already: 732 comes next.");
    app.until("the refused field", || app.field("Next invoice number").has_focus());
    app.field("Next invoice number").fill("731");
    app.follow("#/settings/general");
    app.follow("#/settings/billing");
    app.see("Next invoice number: 732. The series goes on by itself");
    app.see(&number.replace("-000731", "-000732"));
    assert!(!app.shows("field", "Next invoice number"));
    assert_eq!(app.field("Next credit note number").value(), "1");
    app.see("Invoices from 731 on, the first of this book");
    app.see("No gap");
    // Other digits are the same series; another format and its beginning are saved together.
    app.field("Invoices").fill("{YYYY}-{n:4}");
    app.see(&format!("The next one is {}", number.replace("-000731", "-0732")));
    assert!(!app.shows("field", "Next invoice number"));
    app.field("Invoices").fill("R-{n:4}");
    app.see("A new series begins with R-0001");
    app.see("One more than the last of R-# that another program has given");
    app.field("Next invoice number").fill("900");
    app.see("A new series begins with R-0900");
    app.button("Save settings").click();
    app.see("Billing settings saved");
    assert_eq!(next(), json!({"number": 900, "is_open": true}));

    // Undo takes back what it can, also when a number was given meanwhile.
    app.dismiss();
    app.field("Phone").fill("+49 40 123");
    app.field("Next invoice number").fill("950");
    app.button("Save settings").click();
    app.see("Billing settings saved");
    let undo = app.button("Undo: Billing settings saved");
    let draft = app.ask(
        "create_invoice",
        json!({"customer_id": customer, "lines": [{"text": "Setup", "quantity": "1", "unit_price": 10_000}]}),
    );
    let done = app.ask("finalize_invoice", json!({"id": draft["id"], "version": draft["version"]}));
    assert_eq!(done["number"], json!("R-0950"));
    undo.click();
    app.see("The billing settings are as before, but for the next number");
    let saved = app.ask("get_billing_settings", json!({}));
    assert_eq!([&saved["phone"], &saved["invoice_next"]["number"]], [&json!(null), &json!(951)]);
}

/// A picture of one point that can be drawn.
const POINT: &str = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==";

#[test]
fn settings_and_logo_are_as_before_after_undo() {
    let app = App::start("settings_undo").unwrap();
    app.resize(1280, 800);
    app.begin();
    let billing = || app.ask("get_billing_settings", json!({}));
    let before = billing();
    app.follow("#/settings/billing");
    app.field("City").fill("Hamburg");
    app.field("Days to pay").fill("30");
    app.button("Remove step 1").click();
    app.button("Save settings").click();
    app.button("Undo: Billing settings saved").click();
    app.see("The billing settings are as before");
    app.until("the fields as before", || {
        app.field("City").value().is_empty() && app.field("Days to pay").value() == "14"
    });
    let after = billing();
    for field in ["seller", "payment_days", "reminders"] {
        assert_eq!(after[field], before[field], "{field}");
    }
    assert_eq!(after["version"].as_u64(), before["version"].as_u64().map(|version| version + 2));
    app.dismiss();

    // The logo, chosen as a file and taken away: each is taken back by its name.
    let choose = "const bytes = Uint8Array.from(atob(arguments[0]), (letter) => letter.charCodeAt(0)); \
        const files = new DataTransfer(); files.items.add(new File([bytes], 'logo.png', {type: 'image/png'})); \
        const input = document.querySelector('input[name=logo]'); input.files = files.files; \
        input.dispatchEvent(new Event('change', {bubbles: true}))";
    app.run(choose, &[json!(POINT)]);
    app.see("PNG, 1 \u{d7} 1 pixels");
    let logo = || app.ask("get_logo", json!({}))["image"]["data"].clone();
    // What somebody has changed since is not undone.
    let undo = app.button("Undo: Logo set");
    app.ask("set_logo", json!({"version": billing()["version"], "image": null}));
    undo.click();
    app.see("Not undone: Ines Moreau has changed it since");
    assert!(logo().is_null());
    app.dismiss();
    app.follow("#/settings/general");
    app.follow("#/settings/billing");
    app.see("There is none.");
    app.run(choose, &[json!(POINT)]);
    app.see("PNG, 1 \u{d7} 1 pixels");
    let stored = logo();
    app.button("Remove logo").click();
    app.see("There is none.");
    app.button("Undo: Logo taken away").click();
    app.see("The logo is as before");
    assert_eq!(logo(), stored);
    app.dismiss();

    // The book and its lock, in the sidebar, too.
    app.follow("#/settings/general");
    let book = app.ask("get_settings", json!({}));
    app.field("Name of the book").fill("Alder Hosting");
    app.field("Lock when idle").fill("5");
    app.button("Save settings").click();
    app.until("the new name in the sidebar", || app.text().contains("Alder Hosting"));
    app.button("Undo: Settings saved").click();
    app.see("The settings are as before");
    app.until("the old name in the sidebar", || !app.text().contains("Alder Hosting"));
    let now = app.ask("get_settings", json!({}));
    for field in ["book_name", "idle_lock_minutes"] {
        assert_eq!(now[field], book[field], "{field}");
    }
    app.dismiss();

    // An administrator.
    app.follow("#/settings/people");
    app.button("Edit Ines Moreau").click();
    app.dialog("Edit administrator");
    app.field("Full name").fill("Ines M.");
    app.button("Save").click();
    app.gone("dialog", "Edit administrator");
    app.row("Ines M.");
    app.button("Undo: Ines M. saved").click();
    app.row("Ines Moreau");
}

#[test]
fn settings_that_another_person_saved_are_not_written_over() {
    let app = App::start("settings_billing_conflict").unwrap();
    app.resize(1280, 800);
    app.begin();
    app.follow("#/settings/billing");
    let other_saves = |fields: Value| {
        let mut request = fields;
        request["version"] = app.ask("get_billing_settings", json!({}))["version"].clone();
        app.ask("update_billing_settings", request);
    };
    // What does not collide is merged, also inside the seller, which is sent as a whole.
    app.field("City").fill("Hamburg");
    let mut seller = app.ask("get_billing_settings", json!({}))["seller"].clone();
    seller["street"] = json!("Lindenstr. 12");
    other_saves(json!({"seller": seller, "phone": "+49 40 123"}));
    app.button("Save settings").click();
    app.see("Billing settings saved");
    app.until("their street", || app.field("Street and number").value() == "Lindenstr. 12");
    let saved = app.ask("get_billing_settings", json!({}));
    assert_eq!(
        [&saved["seller"]["city"], &saved["seller"]["street"], &saved["phone"]],
        ["Hamburg", "Lindenstr. 12", "+49 40 123"]
    );
    app.dismiss();

    // What does is chosen, field by field; what was given up is not typed any more.
    app.field("City").fill("Bremen");
    app.field("Phone").fill("+49 421 9");
    let mut seller = saved["seller"].clone();
    seller["city"] = json!("Kiel");
    other_saves(json!({"seller": seller, "phone": "+49 431 5"}));
    app.button("Save settings").click();
    app.dialog("Ines Moreau saved this book first");
    // By keyboard: the first of two that are open is reached by Tab, the other by an arrow.
    app.tab_to("radio", "City, theirs: Kiel");
    app.press(&[Key::Space]);
    app.tab_to("radio", "Phone, theirs: +49 431 5");
    app.press(&[Key::Down]);
    app.see("Everything is chosen");
    app.press(&[Key::Control, Key::Enter]);
    app.until("the end of the dialog", || app.all("dialog").is_empty());
    app.see("Billing settings saved");
    app.until("their city", || app.field("City").value() == "Kiel");
    let saved = app.ask("get_billing_settings", json!({}));
    assert_eq!([&saved["seller"]["city"], &saved["phone"]], ["Kiel", "+49 421 9"]);
    app.until("nothing left to save", || {
        app.button("Save settings").attribute("aria-disabled").as_deref() == Some("true")
    });

    // A number is meant for the format that it was typed with.
    app.field("Next invoice number").fill("501");
    other_saves(json!({"invoice_format": "R{n}"}));
    app.button("Save settings").click();
    app.dialog("Ines Moreau saved this book first");
    app.find("radio", "Numbers of invoices, theirs: R{n}");
    app.find("radio", "Numbers of invoices, yours: {YYYY}-{n:6}").click();
    app.press(&[Key::Control, Key::Enter]);
    app.until("the end of the dialog", || app.all("dialog").is_empty());
    let saved = app.ask("get_billing_settings", json!({}));
    assert_eq!(
        [&saved["invoice_format"], &saved["invoice_next"]["number"]],
        [&json!("{YYYY}-{n:6}"), &json!(501)]
    );
}

#[test]
fn the_billing_address_of_a_customer_is_checked_saved_and_kept_over_a_conflict() {
    let app = App::start("billing_address").unwrap();
    app.resize(1280, 800);
    app.begin();
    app.add_customer("Lena Hoffmann", "lena@example.com", "");
    app.dismiss();
    let id = app.ask("list_customers", json!({"limit": 1}))["items"][0]["id"].clone();
    app.open_record(&id, "details");
    app.see("None yet.");
    app.button("Edit billing address").click();
    app.dialog("Billing address of Lena Hoffmann");
    app.until("the first field", || app.field("Street and number").has_focus());
    app.type_text("Speicherstra\u{df}e 8");
    app.field("VAT number").fill("12");
    app.press(&[Key::Control, Key::Enter]);
    app.see("This is not a VAT number.");
    app.until("the wrong field", || app.field("VAT number").has_focus());
    app.field("VAT number").fill("DE123456789");
    app.field("City").fill("Frankfurt");
    app.field("Country").choose("Germany");
    let version = app.ask("get_billing_address", json!({"customer_id": id}))["version"].clone();
    app.ask(
        "update_billing_address",
        json!({"customer_id": id, "version": version, "postal_code": "60327", "city": "Mainz"}),
    );
    app.press(&[Key::Control, Key::Enter]);
    app.dialog("Ines Moreau saved this customer first");
    app.find("radio", "City, theirs: Mainz");
    app.find("radio", "City, yours: Frankfurt").click();
    app.press(&[Key::Control, Key::Enter]);
    app.until("the end of the dialogs", || app.all("dialog").len() == 1);
    app.see("60327 Frankfurt");
    app.see("Germany");
    app.open_tab("Timeline");
    app.see("edited the billing address");
}
