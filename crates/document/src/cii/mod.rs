//! An invoice or a credit note as XML: the Cross Industry Invoice of UN/CEFACT (D16B) with what EN 16931-1 asks for, as
//! Factur-X 1.0 and ZUGFeRD 2 put it into a PDF (profile EN 16931). Terms of the standard stand as BT-… beside their elements.

mod party;
mod trade;
mod xml;

use contract::{
    TaxCategory, TaxGroup,
    billing::BillingSettings,
    credit_note::CreditNoteDetails,
    document::WithoutXml,
    invoice::{InvoiceDetails, InvoiceStatus},
    party::Party,
};

use self::trade::Trade;
use crate::words::Words;

/// An invoice as XML.
///
/// # Errors
/// Why there is none.
pub fn invoice(details: &InvoiceDetails, settings: &BillingSettings, words: &Words) -> Result<String, WithoutXml> {
    let invoice = &details.invoice;
    let (number, issued_on) = match (invoice.status, &invoice.number, invoice.issued_on) {
        (InvoiceStatus::Void, ..) => return Err(WithoutXml::Void),
        (InvoiceStatus::Draft, ..) | (_, None, _) | (_, _, None) => return Err(WithoutXml::Draft),
        (_, Some(number), Some(day)) => (number, day),
    };
    check(&details.buyer, &details.taxes, invoice.total.currency)?;
    Ok(Trade {
        kind: trade::INVOICE,
        number,
        issued_on,
        due_on: invoice.due_on,
        corrects: None,
        note: details.note.as_deref(),
        currency: invoice.total.currency,
        seller: &details.seller,
        buyer: &details.buyer,
        settings,
        lines: &details.lines,
        includes_tax: details.prices_include_tax,
        taxes: &details.taxes,
        net: invoice.net.amount,
        tax: invoice.tax.amount,
        rounding: details.rounding.amount,
        total: invoice.total.amount,
        words,
    }
    .xml())
}

/// A credit note as XML.
///
/// # Errors
/// Why there is none.
pub fn credit_note(details: &CreditNoteDetails, settings: &BillingSettings, words: &Words) -> Result<String, WithoutXml> {
    let note = &details.credit_note;
    check(&details.buyer, &details.taxes, note.total.currency)?;
    Ok(Trade {
        kind: trade::CREDIT_NOTE,
        number: &note.number,
        issued_on: note.issued_on,
        due_on: None,
        corrects: Some((&note.invoice_number, details.invoice_issued_on)),
        note: words.why(note.reason),
        currency: note.total.currency,
        seller: &details.seller,
        buyer: &details.buyer,
        settings,
        lines: &details.lines,
        includes_tax: details.prices_include_tax,
        taxes: &details.taxes,
        net: note.net.amount,
        tax: note.tax.amount,
        rounding: details.rounding.amount,
        total: note.total.amount,
        words,
    }
    .xml())
}

/// What the standard cannot say.
fn check(buyer: &Party, taxes: &[TaxGroup], currency: contract::Currency) -> Result<(), WithoutXml> {
    let outside = taxes.iter().filter(|group| group.category == TaxCategory::OutsideScope).count();
    if currency.digits() > 2 {
        Err(WithoutXml::CurrencyDigits)
    } else if buyer.country.is_none() {
        Err(WithoutXml::BuyerCountry)
    } else if outside > 0 && outside < taxes.len() {
        Err(WithoutXml::MixedScope)
    } else {
        Ok(())
    }
}
