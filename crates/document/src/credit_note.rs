//! A credit note.

use contract::credit_note::CreditNoteDetails;

use crate::{
    Desk, Fault, Made, cii,
    lines::{Closing, Sums},
    locale::Locale,
    sheet::{Cover, Fact, Head, Sheet, make},
};

/// A credit note as a file.
///
/// # Errors
/// A fault of the app.
pub fn credit_note(details: &CreditNoteDetails, desk: &Desk) -> Result<Made, Fault> {
    let country = details.buyer.country.as_deref().or(details.seller.country.as_deref());
    let locale = Locale::of(desk.language.as_deref(), country);
    let xml = cii::credit_note(details, &desk.settings, locale.words);
    let name = format!("{} {}", locale.words.credit_note, details.credit_note.number);
    let cover = Cover {
        title: name.clone(),
        name,
        xml: xml.as_deref().map_err(|reason| *reason),
    };
    make(desk, &details.seller, locale, &cover, |sheet| draw(sheet, details, &cover.title))
}

fn draw(sheet: &mut Sheet<'_>, details: &CreditNoteDetails, title: &str) {
    let (locale, words) = (sheet.locale, sheet.locale.words);
    let note = &details.credit_note;
    let currency = note.total.currency;
    let foot = sheet.foot(&details.buyer);
    let mut facts = vec![
        Fact::new(words.number, &note.number),
        Fact::new(words.issued, locale.day(note.issued_on)),
        Fact::new(words.corrects, &note.invoice_number),
        Fact::new(words.corrected_of, locale.day(details.invoice_issued_on)),
    ];
    facts.extend(words.why(note.reason).map(|why| Fact::new(words.reason, why)));
    facts.extend(details.buyer.vat_id.as_ref().map(|id| Fact::new(words.your_vat_id, id)));
    let y = sheet.head(&Head {
        title: words.credit_note,
        mark: None,
        recipient: &details.buyer,
        facts,
    });
    let table = sheet.lines(&details.lines, details.prices_include_tax, currency);
    let sums = sheet.sums(&Sums {
        currency,
        net: note.net.amount,
        taxes: &details.taxes,
        rounding: details.rounding.amount,
        total: note.total.amount,
        label: words.total_credited,
    });
    let notes = sheet.notes(&details.taxes, None);
    let running = format!("{title} · {}", sheet.seller.name);
    let closing = Closing { beside: None, sums, notes };
    sheet.flow(table, closing, &running, y, foot.top - 12.0);
    sheet.finish(&foot);
}
