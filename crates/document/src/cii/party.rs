//! Seller and buyer.

use contract::{billing::BillingSettings, party::Party};

use super::xml::Xml;

/// An identification number for VAT as BR-CO-09 wants it: country and number without anything between.
fn compact(vat_id: &str) -> String {
    vat_id.chars().filter(|c| !matches!(c, ' ' | '.' | '-')).collect()
}

/// The seller (BG-4). `is_taxable` is false for what lies outside the scope of tax: then no number for VAT may be said
/// (BR-O-02), and another identification takes its place (BR-CO-26).
pub fn seller(xml: &mut Xml, party: &Party, settings: &BillingSettings, is_taxable: bool) {
    xml.group("ram:SellerTradeParty", |xml| {
        if !is_taxable || party.vat_id.is_none() {
            let known = [&party.tax_number, &party.vat_id, &party.email];
            let id = known.into_iter().flatten().next().unwrap_or(&party.name);
            // BT-29
            xml.text("ram:ID", id);
        }
        xml.text("ram:Name", &party.name); // BT-27
        contact(xml, party, settings.phone.as_deref());
        address(xml, party);
        electronic(xml, party);
        registrations(xml, party, is_taxable);
    });
}

/// The buyer (BG-7).
pub fn buyer(xml: &mut Xml, party: &Party, is_taxable: bool) {
    xml.group("ram:BuyerTradeParty", |xml| {
        xml.text("ram:Name", &party.name); // BT-44
        contact(xml, party, None);
        address(xml, party);
        electronic(xml, party);
        registrations(xml, party, is_taxable);
    });
}

/// BG-6, BG-9.
fn contact(xml: &mut Xml, party: &Party, phone: Option<&str>) {
    if party.contact.is_none() && phone.is_none() {
        return;
    }
    xml.group("ram:DefinedTradeContact", |xml| {
        xml.optional("ram:PersonName", party.contact.as_deref());
        if let Some(phone) = phone {
            xml.group("ram:TelephoneUniversalCommunication", |xml| xml.text("ram:CompleteNumber", phone));
        }
        if let Some(email) = &party.email {
            xml.group("ram:EmailURIUniversalCommunication", |xml| xml.text("ram:URIID", email));
        }
    });
}

/// BG-5, BG-8.
fn address(xml: &mut Xml, party: &Party) {
    xml.group("ram:PostalTradeAddress", |xml| {
        xml.optional("ram:PostcodeCode", party.postal_code.as_deref());
        xml.optional("ram:LineOne", party.street.as_deref());
        xml.optional("ram:CityName", party.city.as_deref());
        xml.optional("ram:CountryID", party.country.as_deref());
        xml.optional("ram:CountrySubDivisionName", party.region.as_deref());
    });
}

/// BT-34, BT-49: the e-mail address (scheme EM of the list of electronic addresses).
fn electronic(xml: &mut Xml, party: &Party) {
    if let Some(email) = &party.email {
        xml.group("ram:URIUniversalCommunication", |xml| {
            xml.text_with("ram:URIID", &[("schemeID", "EM")], email);
        });
    }
}

/// BT-31 and BT-32, BT-48.
fn registrations(xml: &mut Xml, party: &Party, is_taxable: bool) {
    let vat_id = party.vat_id.as_deref().filter(|_| is_taxable).map(compact);
    for (scheme, number) in [("FC", party.tax_number.clone()), ("VA", vat_id)] {
        if let Some(number) = number {
            xml.group("ram:SpecifiedTaxRegistration", |xml| {
                xml.text_with("ram:ID", &[("schemeID", scheme)], &number);
            });
        }
    }
}
