//! `invoice_pdf`, `credit_note_pdf` and `statement_pdf`: reads what stands on a document, and lets `document` draw it.

use base64::{Engine, engine::general_purpose::STANDARD};
use contract::{
    CustomerId,
    credit_note::GetCreditNote,
    document::{CreditNotePdf, InvoicePdf, Pdf, StatementPdf},
    invoice::GetInvoice,
};
use document::{Account, Desk, Fault, Made};

use crate::{
    billing,
    call::Run,
    customer,
    entity::customer as customers,
    error::{Error, Result},
    scope::Scope,
};

/// What stands on every document, and the customer for whom it is made.
async fn desk(scope: &Scope, customer: CustomerId) -> Result<(Desk, customers::Model)> {
    let owner = customer::find(scope, customer).await?;
    let mut row = billing::load(scope).await?;
    let desk = Desk {
        settings: billing::stored(&row)?,
        logo: row.logo.take(),
        language: owner.language.clone(),
        now: scope.now,
    };
    Ok((desk, owner))
}

/// Draws a document where it does not keep others waiting.
async fn made(draw: impl FnOnce() -> std::result::Result<Made, Fault> + Send + 'static) -> Result<Pdf> {
    let made = tokio::task::spawn_blocking(draw)
        .await
        .map_err(|error| Error::Fault(error.to_string()))?
        .map_err(|fault| Error::Fault(fault.to_string()))?;
    Ok(Pdf {
        file_name: made.file_name,
        data: STANDARD.encode(made.bytes),
        pages: made.pages,
        missing: made.missing,
        without_xml: made.without_xml,
    })
}

impl Run for InvoicePdf {
    async fn run(self, scope: &Scope) -> Result<Pdf> {
        let details = GetInvoice { id: self.id }.run(scope).await?;
        let (desk, _) = desk(scope, details.invoice.customer_id).await?;
        made(move || document::invoice(&details, &desk)).await
    }
}

impl Run for CreditNotePdf {
    async fn run(self, scope: &Scope) -> Result<Pdf> {
        let details = GetCreditNote { id: self.id }.run(scope).await?;
        let (desk, _) = desk(scope, details.credit_note.customer_id).await?;
        made(move || document::credit_note(&details, &desk)).await
    }
}

impl Run for StatementPdf {
    async fn run(self, scope: &Scope) -> Result<Pdf> {
        let (desk, owner) = desk(scope, self.customer_id).await?;
        let account = Account {
            statement: self.account().run(scope).await?,
            seller: desk.settings.seller.clone(),
            buyer: billing::buyer(&owner),
        };
        made(move || document::statement(&account, &desk)).await
    }
}
