//! Documents as files: found by the number or the address that a person knows.

use std::{io, path::Path};

use base64::{Engine, engine::general_purpose::STANDARD};
use contract::{
    Error, Noun,
    credit_note::ListCreditNotes,
    customer::EmailOwnerRequest,
    document::{CreditNotePdf, InvoicePdf, Pdf, StatementPdf},
    invoice::ListInvoices,
    rules::MAX_PAGE,
    settings::GetSettings,
};
use engine::{App, files};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::{args::Paper, refusal::Refusal};

/// Writes a document into a new file; says what is in it.
pub async fn write(app: &App, document: Paper) -> Result<Value, Refusal> {
    let (pdf, file) = match document {
        Paper::Invoice { number, file } => {
            let id = invoice(app, &number).await?.into();
            (app.call(InvoicePdf { id }, None).await?, file)
        }
        Paper::CreditNote { number, file } => {
            let id = credit_note(app, &number).await?.into();
            (app.call(CreditNotePdf { id }, None).await?, file)
        }
        Paper::Statement {
            customer,
            file,
            currency,
            from,
            to,
        } => {
            let currency = match currency {
                Some(currency) => currency,
                None => app.call(GetSettings {}, None).await?.currency,
            };
            let request = StatementPdf {
                customer_id: owner(app, &customer).await?.into(),
                currency,
                from,
                to,
            };
            (app.call(request, None).await?, file)
        }
    };
    let bytes = keep(&pdf, &file)?;
    Ok(json!({"file": file, "bytes": bytes, "pages": pdf.pages, "missing": pdf.missing, "without_xml": pdf.without_xml}))
}

fn keep(pdf: &Pdf, file: &Path) -> Result<usize, Refusal> {
    let bytes = STANDARD.decode(&pdf.data).map_err(io::Error::other)?;
    files::write_new(file, &bytes).map_err(Refusal::of_file(file))?;
    Ok(bytes.len())
}

fn missing(noun: Noun) -> Refusal {
    Error::NotFound { noun }.into()
}

async fn invoice(app: &App, number: &str) -> Result<Uuid, Refusal> {
    if let Ok(id) = number.parse() {
        return Ok(id);
    }
    let request = ListInvoices {
        search: Some(number.to_owned()),
        limit: Some(MAX_PAGE),
        ..ListInvoices::default()
    };
    let found = app.call(request, None).await?;
    let own = found.items.iter().find(|invoice| invoice.number.as_deref() == Some(number));
    own.map(|invoice| invoice.id.0).ok_or_else(|| missing(Noun::Invoice))
}

async fn credit_note(app: &App, number: &str) -> Result<Uuid, Refusal> {
    if let Ok(id) = number.parse() {
        return Ok(id);
    }
    let request = ListCreditNotes {
        search: Some(number.to_owned()),
        limit: Some(MAX_PAGE),
        ..ListCreditNotes::default()
    };
    let found = app.call(request, None).await?;
    let own = found.items.iter().find(|note| note.number == number);
    own.map(|note| note.id.0).ok_or_else(|| missing(Noun::CreditNote))
}

async fn owner(app: &App, customer: &str) -> Result<Uuid, Refusal> {
    if let Ok(id) = customer.parse() {
        return Ok(id);
    }
    let request = EmailOwnerRequest {
        email: customer.to_owned(),
        except: None,
    };
    let found = app.call(request, None).await?;
    found.id.map(|id| id.0).ok_or_else(|| missing(Noun::Customer))
}
