//! What every document of a vendor shares: who sends it, to whom, what it is, and the foot of each page.

mod foot;
mod head;

use contract::{
    document::{MissingGlyph, WithoutXml},
    party::Party,
};

pub use foot::grouped;
pub use head::{Fact, Head};

use crate::{
    Desk, Fault, Made, country,
    fonts::Fonts,
    locale::Locale,
    logo::{self, Picture},
    page::{Frame, Page},
    render::{About, Level, Refused, render},
    typeset::Typesetter,
};

/// A document that is being made.
pub struct Sheet<'a> {
    /// Whose it is, and how.
    pub desk: &'a Desk,
    /// Who sends it.
    pub seller: &'a Party,
    /// How it speaks.
    pub locale: Locale,
    /// Its measures.
    pub frame: Frame,
    /// Sets its texts.
    pub setter: Typesetter,
    /// The logo, if there is one that can be read.
    pub logo: Option<Picture>,
    /// Its pages so far.
    pub pages: Vec<Page>,
}

/// What a document is called, and what is inside.
pub struct Cover<'a> {
    /// The title of the file.
    pub title: String,
    /// The name of the file, without its ending.
    pub name: String,
    /// The invoice as XML, or why there is none.
    pub xml: Result<&'a str, WithoutXml>,
}

/// Makes a document: `draw` puts everything on its pages. It is drawn again with fewer fonts where one of the computer's may
/// not be embedded.
pub fn make<'a>(desk: &Desk, seller: &Party, locale: Locale, cover: &Cover<'a>, draw: impl Fn(&mut Sheet<'_>)) -> Result<Made, Fault> {
    let about = About {
        title: cover.title.clone(),
        author: seller.name.clone(),
        language: locale.language.to_owned(),
        made: desk.now,
        logo_name: seller.name.clone(),
    };
    let mut last = String::new();
    for with_system in [true, false] {
        let (pages, frame, logo, missing, fonts) = drawn(desk, seller, locale, with_system, &draw);
        let count = u32::try_from(pages.len()).unwrap_or(u32::MAX);
        for level in [Level::Accessible, Level::Unicode] {
            match render(&pages, frame, &about, logo.as_ref(), cover.xml.ok(), level) {
                Ok(bytes) => {
                    fonts.keep(with_system);
                    return Ok(Made {
                        file_name: format!("{}.pdf", file_name(&cover.name)),
                        bytes,
                        pages: count,
                        missing,
                        without_xml: cover.xml.err(),
                    });
                }
                Err(Refused::Font) => break,
                Err(Refused::Level(rules)) => last = rules,
                Err(Refused::Fault(fault)) => return Err(fault),
            }
        }
    }
    Err(Fault(format!("a document breaks the rules of PDF/A-3: {last}")))
}

type Drawn = (Vec<Page>, Frame, Option<Picture>, Vec<MissingGlyph>, Fonts);

fn drawn(desk: &Desk, seller: &Party, locale: Locale, with_system: bool, draw: &impl Fn(&mut Sheet<'_>)) -> Drawn {
    let language = desk.language.as_deref().unwrap_or(locale.language);
    let frame = Frame::of(desk.settings.paper);
    let mut sheet = Sheet {
        desk,
        seller,
        locale,
        frame,
        setter: Typesetter::new(Fonts::take(with_system), Some(language)),
        logo: desk.logo.as_deref().and_then(|bytes| logo::peek(bytes).ok()),
        pages: vec![Page::default()],
    };
    draw(&mut sheet);
    let (missing, fonts) = sheet.setter.finish();
    (sheet.pages, frame, sheet.logo, missing, fonts)
}

/// A name that every system takes: letters, digits, spaces, dots and dashes.
fn file_name(name: &str) -> String {
    let plain: String = name
        .chars()
        .map(|c| {
            if c.is_alphanumeric() || matches!(c, ' ' | '.' | '-' | '_') {
                c
            } else {
                '-'
            }
        })
        .collect();
    contract::text::clip(plain.trim_matches(|c: char| !c.is_alphanumeric()), 80)
        .trim_end()
        .to_owned()
}

/// The lines of an address below the name. The country stands on one that goes abroad, in capitals, as the post wants it.
pub fn address(party: &Party, from: Option<&str>) -> Vec<String> {
    let city = [party.postal_code.as_deref(), party.city.as_deref()];
    let city = city.into_iter().flatten().collect::<Vec<_>>().join(" ");
    let abroad = party.country.as_deref().filter(|country| Some(*country) != from);
    [
        party.street.clone(),
        Some(city).filter(|city| !city.is_empty()),
        party.region.clone(),
        abroad.map(|country| country::name(country).to_uppercase()),
    ]
    .into_iter()
    .flatten()
    .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_has_a_name_that_every_system_takes() {
        assert_eq!(file_name("Invoice 2026/000001"), "Invoice 2026-000001");
        assert_eq!(file_name("Rechnung ../../etc"), "Rechnung ..-..-etc");
        assert_eq!(file_name("  .hidden\u{202e}\n"), "hidden");
        assert_eq!(file_name("Statement 株式会社"), "Statement 株式会社");
        assert_eq!(file_name(&"x".repeat(200)).len(), 80);
    }

    #[test]
    fn the_country_stands_on_what_goes_abroad() {
        let party = Party {
            street: Some("1 Rue de Rivoli".to_owned()),
            city: Some("Paris".to_owned()),
            postal_code: Some("75001".to_owned()),
            country: Some("FR".to_owned()),
            ..Party::default()
        };
        assert_eq!(address(&party, Some("FR")), ["1 Rue de Rivoli", "75001 Paris"]);
        assert_eq!(address(&party, Some("DE")), ["1 Rue de Rivoli", "75001 Paris", "FRANCE"]);
    }
}
