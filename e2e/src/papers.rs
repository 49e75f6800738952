//! Documents as they are on paper: an invoice, its credit note and the statement of the account, on both papers: with names in
//! several scripts, and with what an invoice can hold. The app makes them, as it does for whoever opens a PDF.

use std::{fs, path::Path};

use anyhow::{Result, anyhow, ensure};
use serde_json::{Value, json};

use crate::{App, drawn};

const PAPERS: [&str; 2] = ["a4", "letter"];
const KINDS: [&str; 3] = ["invoice", "credit-note", "statement"];

/// What a customer is billed.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Billed {
    /// Two lines.
    Work,
    /// Two lines for a month, to a business in another country that accounts for the tax.
    Abroad,
    /// A change of a subscription, which takes off a line of what was billed, and something at another rate.
    Change,
    /// More lines than a page holds.
    Long,
}

/// Whose documents they are.
struct Customer {
    /// In the names of the pictures.
    case: &'static str,
    /// On the documents.
    name: &'static str,
    billed: Billed,
}

impl Customer {
    const fn new(case: &'static str, name: &'static str, billed: Billed) -> Self {
        Self { case, name, billed }
    }

    fn pages(&self, kind: &str) -> u32 {
        if self.billed == Billed::Long && kind == "invoice" { 2 } else { 1 }
    }
}

const CUSTOMERS: [Customer; 7] = [
    Customer::new("latin", "Žofie Łukasiewicz-Ångström", Billed::Work),
    Customer::new("arabic", "شركة النور للبرمجيات", Billed::Work),
    Customer::new("cjk", "株式会社さくらソフト", Billed::Work),
    Customer::new("emoji", "Rocket 🚀 Software 👩\u{200d}💻", Billed::Work),
    Customer::new("abroad", "Élodie Lefèvre", Billed::Abroad),
    Customer::new("change", "Noor Haddad", Billed::Change),
    Customer::new("long", "Lena Hoffmann", Billed::Long),
];

fn name(kind: &str, paper: &str, customer: &Customer) -> String {
    format!("document-{kind}-{paper}-{}", customer.case)
}

/// The names of the pictures of a document: one of each page.
fn pictures(name: &str, pages: u32) -> Vec<String> {
    if pages == 1 {
        return vec![name.to_owned()];
    }
    (1..=pages).map(|page| format!("{name}-{page}")).collect()
}

/// The names of all pictures.
#[must_use]
pub fn names() -> Vec<String> {
    let mut names = Vec::new();
    for paper in PAPERS {
        for customer in &CUSTOMERS {
            for kind in KINDS {
                names.extend(pictures(&name(kind, paper, customer), customer.pages(kind)));
            }
        }
    }
    names
}

/// Makes documents and keeps the pictures of these names in a folder; tells of each.
///
/// # Errors
/// If the window cannot be opened, a document has no font for a name, or what is drawn is cut off or empty.
pub fn draw(wanted: &[String], folder: &Path, taken: &mut dyn FnMut(&str)) -> Result<()> {
    let app = App::start("papers")?;
    app.resize(1280, 800);
    app.begin();
    settings(&app, "a4");
    let customers = CUSTOMERS.map(|customer| (documents(&app, &customer), customer));
    for paper in PAPERS {
        settings(&app, paper);
        for (documents, customer) in &customers {
            for (kind, document) in KINDS.iter().zip(documents) {
                let (name, pages) = (name(kind, paper, customer), customer.pages(kind));
                let pictures = pictures(&name, pages);
                if pictures.iter().any(|picture| wanted.contains(picture)) {
                    open(&app, document)?;
                    drawn::look(&app.shown(), pages, &folder.join(&name)).map_err(|wrong| anyhow!("{name}: {wrong}"))?;
                    fs::remove_file(app.shown())?;
                    pictures.iter().for_each(|picture| taken(picture));
                }
            }
        }
    }
    Ok(())
}

/// The vendor, and the paper.
#[track_caller]
fn settings(app: &App, paper: &str) {
    let version = app.ask("get_billing_settings", json!({}))["version"].clone();
    let seller = json!({"name": "Alder Hosting GmbH", "contact": "Olga Owner", "street": "Lange Reihe 29", "postal_code": "20099",
        "city": "Hamburg", "region": null, "country": "DE", "vat_id": "DE298114207", "tax_number": "22/123/45678",
        "email": "billing@alder.example"});
    let wanted = json!({"version": version, "seller": seller, "phone": "+49 40 1234567", "website": "alder.example",
        "iban": "DE89370400440532013000", "bic": "COBADEFFXXX", "footer": "Amtsgericht Hamburg, HRB 123456",
        "tax_category": "S", "tax_rate": 190_000, "paper": paper});
    app.ask("update_billing_settings", wanted);
}

/// What there is of a customer who was billed and was given a part back, in the order of the kinds.
#[track_caller]
fn documents(app: &App, customer: &Customer) -> [Value; 3] {
    let company = (customer.billed == Billed::Abroad).then_some("Lefèvre & Fils SARL");
    let email = format!("{}@example.com", customer.case);
    let wanted = json!({"email": email, "full_name": customer.name, "company_name": company, "password": "eight or more"});
    let id = app.ask("create_customer", wanted)["id"].clone();
    let draft = match customer.billed {
        Billed::Work => draft(app, &id, &work(customer.name)),
        Billed::Abroad => abroad(app, &id, work(customer.name)),
        Billed::Change => change(app, &id),
        Billed::Long => {
            let call = |number: u32| json!({"text": format!("Support call {number}"), "quantity": "0.5", "unit_price": 10_000});
            draft(app, &id, &(1..=28).map(call).collect::<Vec<_>>())
        }
    };
    let invoice = app.ask("finalize_invoice", json!({"id": draft["id"], "version": draft["version"]}));
    // The first line takes off where a subscription was changed.
    let position = if customer.billed == Billed::Change { 2 } else { 1 };
    let credit = json!({"id": invoice["id"], "version": invoice["version"], "reason": "billing_error",
        "lines": [{"position": position, "net": 1_000}]});
    let credit_note = app.ask("credit_invoice", credit);
    [
        json!({"kind": "invoice", "id": invoice["id"]}),
        json!({"kind": "credit_note", "id": credit_note["id"]}),
        json!({"kind": "statement", "of": {"customer_id": id, "currency": "EUR"}}),
    ]
}

fn work(customer: &str) -> Vec<Value> {
    vec![
        json!({"text": "Hosting, medium", "quantity": "2", "unit_price": 2_500}),
        json!({"text": format!("Support, {customer}"), "quantity": "1.5", "unit_price": 10_000}),
    ]
}

#[track_caller]
fn draft(app: &App, customer: &Value, lines: &[Value]) -> Value {
    app.ask("create_invoice", json!({"customer_id": customer, "lines": lines}))
}

#[track_caller]
fn abroad(app: &App, customer: &Value, mut lines: Vec<Value>) -> Value {
    let version = app.ask("get_billing_address", json!({"customer_id": customer}))["version"].clone();
    let address = json!({"customer_id": customer, "version": version, "street": "12 Rue de Rivoli", "postal_code": "75001",
        "city": "Paris", "country": "FR", "vat_id": "FR40303265045", "tax_treatment": "AE"});
    app.ask("update_billing_address", address);
    for line in &mut lines {
        line["period_start"] = json!("2026-10-01");
        line["period_end"] = json!("2026-11-01");
    }
    draft(app, customer, &lines)
}

#[track_caller]
fn change(app: &App, customer: &Value) -> Value {
    let plan = |code: &str, name: &str, price: u32| {
        let wanted = json!({"code": code, "name": name, "currency": "EUR", "price_monthly": price, "trial_days": 0});
        app.ask("create_plan", wanted)["id"].clone()
    };
    let (small, large) = (plan("small", "Hosting, small", 1_900), plan("large", "Hosting, large", 5_900));
    let wanted = json!({"customer_id": customer, "plan_id": small, "billing_cycle": "monthly", "starts_on": app.day(-10)});
    let subscription = app.ask("create_subscription", wanted);
    let changed = app.ask("change_subscription", json!({"id": subscription["id"], "plan_id": large}));
    let known = app.ask("get_invoice", json!({"id": changed["invoice_id"]}));
    let mut lines = known["lines"].as_array().cloned().unwrap_or_default();
    for line in lines.iter_mut().filter_map(Value::as_object_mut) {
        line.retain(|part, _| part != "position" && part != "net");
    }
    lines.push(json!({"text": "Handbook, printed", "quantity": "2", "unit_price": 1_250, "tax_category": "S", "tax_rate": 70_000}));
    let invoice = &known["invoice"];
    app.ask(
        "update_invoice",
        json!({"id": invoice["id"], "version": invoice["version"], "lines": lines}),
    )
}

/// Opens a document in the program of the desktop for such files.
fn open(app: &App, document: &Value) -> Result<()> {
    let answer = app.ask("open_document", json!({"document": document}));
    ensure!(answer["is_shown"] == true, "no program has shown {document}");
    ensure!(answer["missing"] == json!([]), "{document} has no font for {}", answer["missing"]);
    app.until("the document", || app.shown().exists());
    Ok(())
}
