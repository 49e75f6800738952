//! Invoices, credit notes and statements of account as PDF files (PDF/A-3), and as XML inside them (EN 16931, CII).
//!
//! Knows what the contract says and nothing of databases or windows: it is given everything that stands on a document and
//! answers with bytes. What a document looks like stands in `invoice.rs`, `credit_note.rs` and `statement.rs`; they share the
//! head and foot of `sheet/` and the table of `table.rs`. `typeset.rs` makes lines of text, `render.rs` makes a file of pages.

#![allow(clippy::float_arithmetic, reason = "points on paper; amounts are whole numbers everywhere")]

mod amounts;
mod cii;
mod country;
mod credit_note;
mod fonts;
mod invoice;
mod lines;
mod locale;
mod logo;
mod page;
mod render;
mod sheet;
mod statement;
mod table;
mod typeset;
mod words;

use contract::{
    Timestamp,
    billing::BillingSettings,
    document::{MissingGlyph, WithoutXml},
    invoice::InvoiceDetails,
};

pub use credit_note::credit_note;
pub use invoice::invoice;
pub use logo::{Picture, read as read_logo};
pub use statement::{Account, statement};

/// An invoice as XML alone, in the words of English.
///
/// # Errors
/// Why there is none.
pub fn xml_of_invoice(details: &InvoiceDetails, settings: &BillingSettings) -> Result<String, WithoutXml> {
    cii::invoice(details, settings, &words::ENGLISH)
}

/// What stands on every document of a vendor, and for whom it is made.
#[derive(Clone, Debug)]
pub struct Desk {
    /// How the vendor bills: contact, bank, footer, paper.
    pub settings: BillingSettings,
    /// The logo, as it was uploaded.
    pub logo: Option<Vec<u8>>,
    /// The language of the customer, such as `de` or `de-AT`.
    pub language: Option<String>,
    /// When the file is made.
    pub now: Timestamp,
}

/// A document as a file.
#[derive(Clone, Debug)]
pub struct Made {
    /// What the file would be called.
    pub file_name: String,
    /// The PDF.
    pub bytes: Vec<u8>,
    /// Number of pages.
    pub pages: u32,
    /// Characters for which no font was found.
    pub missing: Vec<MissingGlyph>,
    /// Why there is no XML inside; nothing, if there is.
    pub without_xml: Option<WithoutXml>,
}

/// A document that cannot be made. A fault of the app: whatever stands on a document, it can be drawn.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault(pub String);

impl std::fmt::Display for Fault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Fault {}
