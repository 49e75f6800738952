//! An invoice, or of a draft a preview.

use contract::{
    Money,
    invoice::{InvoiceDetails, InvoiceStatus},
};

use crate::{
    Desk, Fault, Made, cii,
    lines::{Closing, Sums, supply_fact},
    locale::Locale,
    sheet::{Cover, Fact, Head, Sheet, make},
    words::filled,
};

/// An invoice as a file.
///
/// # Errors
/// A fault of the app.
pub fn invoice(details: &InvoiceDetails, desk: &Desk) -> Result<Made, Fault> {
    let invoice = &details.invoice;
    let country = details.buyer.country.as_deref().or(details.seller.country.as_deref());
    let locale = Locale::of(desk.language.as_deref(), country);
    let xml = cii::invoice(details, &desk.settings, locale.words);
    let name = match &invoice.number {
        Some(number) => format!("{} {number}", locale.words.invoice),
        None => format!("{} {}", locale.words.draft, details.buyer.name),
    };
    let cover = Cover {
        title: name.clone(),
        name,
        xml: xml.as_deref().map_err(|reason| *reason),
    };
    make(desk, &details.seller, locale, &cover, |sheet| draw(sheet, details, &cover.title))
}

fn draw(sheet: &mut Sheet<'_>, details: &InvoiceDetails, title: &str) {
    let (locale, words) = (sheet.locale, sheet.locale.words);
    let invoice = &details.invoice;
    let currency = invoice.total.currency;
    let foot = sheet.foot(&details.buyer);

    let mut facts = Vec::new();
    facts.extend(invoice.number.as_ref().map(|number| Fact::new(words.number, number)));
    if let Some(day) = invoice.issued_on {
        facts.push(Fact::new(words.issued, locale.day(day)));
        facts.push(supply_fact(&details.lines, day, locale));
    }
    facts.extend(invoice.due_on.map(|day| Fact::new(words.due, locale.day(day))));
    facts.extend(details.buyer.vat_id.as_ref().map(|id| Fact::new(words.your_vat_id, id)));
    let mark = match invoice.status {
        InvoiceStatus::Draft => Some(words.draft),
        InvoiceStatus::Void => Some(words.void),
        _ => None,
    };
    let y = sheet.head(&Head {
        title: words.invoice,
        mark,
        recipient: &details.buyer,
        facts,
    });

    let table = sheet.lines(&details.lines, details.prices_include_tax, currency);
    let sums = sheet.sums(&Sums {
        currency,
        net: invoice.net.amount,
        taxes: &details.taxes,
        rounding: details.rounding.amount,
        total: invoice.total.amount,
        label: words.total,
    });
    let beside = how_to_pay(sheet, details);
    let notes = sheet.notes(&details.taxes, details.note.as_deref());
    let running = format!("{title} · {}", sheet.seller.name);
    sheet.flow(table, Closing { beside, sums, notes }, &running, y, foot.top - 12.0);
    sheet.finish(&foot);
}

/// How to pay it: what was asked for on the day of issue, whatever was paid since.
fn how_to_pay(sheet: &mut Sheet<'_>, details: &InvoiceDetails) -> Option<crate::page::Group> {
    let (locale, words) = (sheet.locale, sheet.locale.words);
    let invoice = &details.invoice;
    let total = Money::new(invoice.total.amount, invoice.total.currency);
    match (invoice.status, invoice.due_on) {
        (InvoiceStatus::Void, _) => None,
        (InvoiceStatus::Draft, _) | (_, None) => Some(sheet.sentence(words.draft_note)),
        (_, Some(_)) if total.amount == 0 => Some(sheet.sentence(words.nothing_to_pay)),
        (_, Some(day)) => {
            let known = [("amount", locale.money(total)), ("day", locale.day(day))];
            let known = known.each_ref().map(|(name, value)| (*name, value.as_str()));
            Some(sheet.payment(&filled(words.please_pay, &known), invoice.number.as_deref()))
        }
    }
}
