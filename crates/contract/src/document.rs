//! Documents as files: invoices, credit notes and statements of account as PDF.

use chrono::NaiveDate;

use crate::{CreditNoteId, Currency, CustomerId, FieldError, InvoiceId, Validate, names, payment::GetStatement, rules::always_valid, wire};

names! {
    /// Why a document holds no invoice as XML.
    pub enum WithoutXml {
        /// It is no invoice and no credit note.
        NoInvoice = "no_invoice",
        /// It is not final.
        Draft = "draft",
        /// It is void.
        Void = "void",
        /// The country of the buyer is not known (EN 16931, BR-11).
        BuyerCountry = "buyer_country",
        /// Lines outside the scope of tax stand beside taxed ones (BR-O-11).
        MixedScope = "mixed_scope",
        /// The currency has more than the two digits after the point that EN 16931 knows (BR-DEC-01 to 28).
        CurrencyDigits = "currency_digits",
    }
}

/// A document that can be made.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Document {
    /// An invoice.
    Invoice {
        /// Which.
        id: InvoiceId,
    },
    /// A credit note.
    CreditNote {
        /// Which.
        id: CreditNoteId,
    },
    /// A statement of account.
    Statement {
        /// Whose, and of which days.
        of: StatementPdf,
    },
}

impl WithoutXml {
    /// What a person is told.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::NoInvoice => "Only invoices and credit notes have one.",
            Self::Draft => "A draft has none; finalize it first.",
            Self::Void => "A void invoice has none, so that nobody books it.",
            Self::BuyerCountry => "The country of the customer is missing; enter it at the customer before the next invoice.",
            Self::MixedScope => "Lines without tax stand beside taxed ones, which the standard does not know.",
            Self::CurrencyDigits => "The standard has no amounts with more than two digits after the point.",
        }
    }
}

wire! {
    /// Asks for an invoice as a PDF; of a draft a preview that says so.
    #[derive(Copy)]
    pub struct InvoicePdf {
        /// Which.
        pub id: InvoiceId,
    }

    /// Asks for a credit note as a PDF.
    #[derive(Copy)]
    pub struct CreditNotePdf {
        /// Which.
        pub id: CreditNoteId,
    }

    /// Asks for a statement of account as a PDF.
    #[derive(Copy)]
    pub struct StatementPdf {
        /// Whose.
        pub customer_id: CustomerId,
        /// In which currency.
        pub currency: Currency,
        /// First day; the very first, if it is not given.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub from: Option<NaiveDate>,
        /// Last day; today, if it is not given.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub to: Option<NaiveDate>,
    }

    /// A text that could not be drawn as it is, because no font of this computer has one of its characters.
    #[derive(Eq)]
    pub struct MissingGlyph {
        /// The character. It is drawn as a box; who copies the text gets the character all the same.
        pub character: String,
        /// Its code points, as `U+1F600`.
        pub code: String,
        /// The text that holds it.
        pub text: String,
    }

    /// A document as a file (PDF/A-3).
    pub struct Pdf {
        /// What the file would be called.
        pub file_name: String,
        /// Its bytes, in base64 (RFC 4648, section 4).
        pub data: String,
        /// Number of pages.
        pub pages: u32,
        /// Characters for which there is no font, each once.
        pub missing: Vec<MissingGlyph>,
        /// Why it holds no invoice as XML (EN 16931); nothing, if it does.
        pub without_xml: Option<WithoutXml>,
    }
}

always_valid!(InvoicePdf, CreditNotePdf);

impl StatementPdf {
    /// The account that is asked for.
    #[must_use]
    pub fn account(&self) -> GetStatement {
        GetStatement {
            customer_id: self.customer_id,
            currency: self.currency,
            from: self.from,
            to: self.to,
        }
    }
}

impl Validate for StatementPdf {
    fn validate(&self) -> Result<(), Vec<FieldError>> {
        self.account().validate()
    }
}
