//! Documents as they are on paper: an invoice, its credit note and the statement of the account, on both papers, with names in
//! three scripts. The app makes them, as it does for whoever opens a PDF.

use std::{fs, path::Path};

use anyhow::{Result, anyhow, ensure};
use serde_json::{Value, json};

use crate::{App, drawn};

const PAPERS: [&str; 2] = ["a4", "letter"];
/// Names of customers.
const SCRIPTS: [(&str, &str); 3] = [
    ("latin", "Žofie Łukasiewicz-Ångström"),
    ("arabic", "شركة النور للبرمجيات"),
    ("cjk", "株式会社さくらソフト"),
];
const KINDS: [&str; 3] = ["invoice", "credit-note", "statement"];

fn name(kind: &str, paper: &str, script: &str) -> String {
    format!("document-{kind}-{paper}-{script}")
}

/// The names of all pictures.
#[must_use]
pub fn names() -> Vec<String> {
    let of_paper = |paper: &'static str| {
        SCRIPTS
            .into_iter()
            .flat_map(move |(script, _)| KINDS.map(|kind| name(kind, paper, script)))
    };
    PAPERS.into_iter().flat_map(of_paper).collect()
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
    let customers = SCRIPTS.map(|(script, customer)| (script, documents(&app, script, customer)));
    for paper in PAPERS {
        settings(&app, paper);
        for (script, documents) in &customers {
            for (kind, document) in KINDS.iter().zip(documents) {
                let name = name(kind, paper, script);
                if wanted.contains(&name) {
                    open(&app, document)?;
                    drawn::look(&app.shown(), 1, &folder.join(&name)).map_err(|wrong| anyhow!("{name}: {wrong}"))?;
                    fs::remove_file(app.shown())?;
                    taken(&name);
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
    let seller = json!({"name": "Alder Hosting GmbH", "contact": null, "street": "Lange Reihe 29", "postal_code": "20099",
        "city": "Hamburg", "region": null, "country": "DE", "vat_id": "DE298114207", "tax_number": null,
        "email": "billing@alder.example"});
    let wanted = json!({"version": version, "seller": seller, "tax_category": "S", "tax_rate": 190_000, "paper": paper});
    app.ask("update_billing_settings", wanted);
}

/// What there is of a customer who was billed and was given a part back, in the order of the kinds.
#[track_caller]
fn documents(app: &App, script: &str, customer: &str) -> [Value; 3] {
    let email = format!("{script}@example.com");
    let wanted = json!({"email": email, "full_name": customer, "password": "eight or more"});
    let id = app.ask("create_customer", wanted)["id"].clone();
    let lines = json!([
        {"text": "Hosting, medium", "quantity": "2", "unit_price": 2_500},
        {"text": format!("Support, {customer}"), "quantity": "1.5", "unit_price": 10_000},
    ]);
    let draft = app.ask("create_invoice", json!({"customer_id": id, "lines": lines}));
    let invoice = app.ask("finalize_invoice", json!({"id": draft["id"], "version": draft["version"]}));
    let credit = json!({"id": invoice["id"], "version": invoice["version"], "reason": "other", "lines": [{"position": 1, "net": 1_000}]});
    let credit_note = app.ask("credit_invoice", credit);
    [
        json!({"kind": "invoice", "id": invoice["id"]}),
        json!({"kind": "credit_note", "id": credit_note["id"]}),
        json!({"kind": "statement", "of": {"customer_id": id, "currency": "EUR"}}),
    ]
}

/// Opens a document in the program of the desktop for such files.
fn open(app: &App, document: &Value) -> Result<()> {
    let answer = app.ask("open_document", json!({"document": document}));
    ensure!(answer["is_shown"] == true, "no program has shown {document}");
    ensure!(answer["missing"] == json!([]), "{document} has no font for {}", answer["missing"]);
    app.until("the document", || app.shown().exists());
    Ok(())
}
