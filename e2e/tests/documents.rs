//! Documents as PDF: shown in another program, kept where the person chooses, with the vendor's logo.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test that meets what it does not expect has to fail"
)]

use std::{fs, path::Path};

use e2e::{App, drawn};
use serde_json::{Value, json};

/// A picture of 8 × 4 pixels.
const LOGO: &str = "iVBORw0KGgoAAAANSUhEUgAAAAgAAAAECAIAAAA8r+mnAAAAEUlEQVR42mOQ8l+MFTFQTwIAep4hgdscCFwAAAAASUVORK5CYII=";

/// A book with a seller and a customer with a final invoice, of which a part was credited; with the number of the invoice.
fn ready(name: &str) -> (App, Value, String) {
    let app = App::start(name).unwrap();
    app.resize(1280, 800);
    app.begin();
    app.add_customer("Lena Hoffmann", "lena@example.com", "Hoffmann GmbH");
    app.dismiss();
    let id = app.ask("list_customers", json!({"limit": 1}))["items"][0]["id"].clone();
    let version = app.ask("get_billing_settings", json!({}))["version"].clone();
    let seller = json!({"name": "Alder Hosting GmbH", "contact": null, "street": null, "postal_code": null, "city": "Hamburg",
        "region": null, "country": "DE", "vat_id": "DE298114207", "tax_number": null, "email": null});
    app.ask(
        "update_billing_settings",
        json!({"version": version, "seller": seller, "tax_category": "S", "tax_rate": 190_000}),
    );
    let lines = json!([{"text": "Audit \u{6771}\u{4eac}", "quantity": "1", "unit_price": 10_000}]);
    let draft = app.ask("create_invoice", json!({"customer_id": id, "lines": lines}));
    let done = app.ask("finalize_invoice", json!({"id": draft["id"], "version": draft["version"]}));
    let credit = json!({"id": done["id"], "version": done["version"], "reason": "other", "lines": [{"position": 1, "net": 1_000}]});
    app.ask("credit_invoice", credit);
    (app, id, done["number"].as_str().unwrap().to_owned())
}

/// What poppler reads in a file of one page, whose picture is looked at besides.
fn read(path: &Path) -> String {
    drawn::look(path, 1, &path.with_extension("")).unwrap();
    let output = std::process::Command::new("pdftotext")
        .args([path.to_str().unwrap(), "-"])
        .output()
        .unwrap();
    String::from_utf8(output.stdout).unwrap()
}

fn open_invoice(app: &App, customer: &Value, number: &str) {
    app.open_record(customer, "invoices");
    app.button(number).click();
    app.dialog(&format!("Invoice {number}"));
}

#[test]
fn an_invoice_its_credit_note_and_the_account_are_shown_in_another_program() {
    let (app, customer, number) = ready("documents_open");
    let shown = |wanted: &str| {
        app.until(wanted, || app.shown().exists());
        let text = read(&app.shown());
        assert!(text.contains(wanted), "{text}");
        fs::remove_file(app.shown()).unwrap();
        text
    };
    open_invoice(&app, &customer, &number);
    app.button("Open PDF").click();
    let text = shown("Please pay");
    assert!(text.contains(&number) && text.contains("\u{6771}\u{4eac}"), "{text}");
    // Only this person can read what lies there for the other program.
    let folder = app.folder().join("shown");
    assert_eq!(
        std::os::unix::fs::PermissionsExt::mode(&fs::metadata(&folder).unwrap().permissions()) & 0o777,
        0o700
    );
    // The customer has no country: what is missing of the document is said.
    app.see("The PDF holds no invoice as XML.");
    app.dismiss();
    app.button(&format!("CN-{number}")).click();
    app.dialog(&format!("Credit note CN-{number}"));
    app.see("Alder Hosting GmbH");
    app.all("button")
        .iter()
        .rfind(|button| button.text() == "Open PDF")
        .unwrap()
        .click();
    shown("Total credited");
    app.dismiss();
    app.escape();
    app.escape();
    app.button("Statement").click();
    app.dialog("Statement of Lena Hoffmann");
    app.button("Open PDF").click();
    shown("Statement of account");
}

#[test]
fn a_document_is_kept_where_the_person_chooses_or_not_at_all() {
    let (app, customer, number) = ready("documents_save");
    open_invoice(&app, &customer, &number);
    let target = app.home().join("Invoice of Lena");
    app.save_as(Some(&target));
    app.button("Save PDF").click();
    app.see("Invoice of Lena.pdf");
    assert!(read(&target.with_extension("pdf")).contains(&number));
    app.dismiss();
    // Whoever closes the question gets no file and no complaint.
    app.save_as(None);
    app.button("Save PDF").click();
    app.until("the question closed", || app.shows("button", "Save PDF"));
    // A place that is none has a reason and a way out.
    app.save_as(Some(&app.home().join("no such folder/a.pdf")));
    app.button("Save PDF").click();
    app.see("Not saved. There is no such folder. Choose another one.");
    app.dismiss();
    app.refuse(&["save_document"]);
    app.button("Save PDF").click();
    app.see("The database did not answer");
    app.release();
}

#[test]
fn a_logo_is_chosen_looked_at_and_taken_away() {
    let (app, customer, number) = ready("documents_logo");
    let bytes = base64::Engine::decode(&base64::engine::general_purpose::STANDARD, LOGO).unwrap();
    let (good, bad, large) = (
        app.home().join("logo.png"),
        app.home().join("logo.gif"),
        app.home().join("large.png"),
    );
    fs::write(&good, bytes).unwrap();
    fs::write(&bad, b"GIF89a").unwrap();
    fs::write(&large, vec![0; 524_289]).unwrap();
    app.follow("#/settings/billing");
    app.see("There is none.");
    app.field("Image").type_text(bad.to_str().unwrap());
    app.see("This is neither PNG nor JPEG.");
    app.field("Image").type_text(large.to_str().unwrap());
    app.see("The image is larger than 512 KB.");
    app.field("Image").type_text(good.to_str().unwrap());
    app.see("PNG, 8 \u{d7} 4 pixels");
    app.dismiss();
    app.field("Paper").choose("Letter (8.5 \u{d7} 11 in)");
    app.button("Save settings").click();
    app.see("Billing settings saved");
    app.dismiss();
    open_invoice(&app, &customer, &number);
    app.button("Open PDF").click();
    app.until("the document", || app.shown().exists());
    let said = std::process::Command::new("pdfimages")
        .args(["-list", app.shown().to_str().unwrap()])
        .output()
        .unwrap();
    let said = String::from_utf8(said.stdout).unwrap();
    assert!(
        said.lines().any(|line| line.split_whitespace().skip(3).take(2).eq(["8", "4"])),
        "{said}"
    );
    drawn::look(&app.shown(), 1, &app.home().join("with a logo")).unwrap();
    let said = std::process::Command::new("pdfinfo").arg(app.shown()).output().unwrap();
    assert!(String::from_utf8(said.stdout).unwrap().contains("612 x 792"));
    app.dismiss();
    app.escape();
    app.follow("#/settings/billing");
    app.button("Remove logo").click();
    app.see("There is none.");
    assert_eq!(app.ask("get_logo", json!({}))["image"], json!(null));
}
