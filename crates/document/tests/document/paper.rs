//! What a document looks like on paper: sizes, pages, fonts, the logo, and what the standard for archives asks for.

use contract::{
    billing::Paper,
    logo::{ImageFault, LogoKind},
};
use document::Desk;

use crate::support::*;

/// So many lines that they fill pages.
fn many(count: usize) -> Vec<contract::invoice::InvoiceLine> {
    (1..=count)
        .map(|at| {
            line(
                &format!("Support call {at}, with a text that is long enough to be broken into two lines of the table"),
                "1",
                1_000,
                190_000,
            )
        })
        .collect()
}

/// The text of one page.
fn page(path: &std::path::Path, number: u32) -> String {
    let number = number.to_string();
    text(path, &["-layout", "-f", &number, "-l", &number])
}

#[test]
fn pages_have_the_size_of_the_paper() {
    for (paper, wanted) in [(Paper::A4, "595.276 x 841.89 pts (A4)"), (Paper::Letter, "612 x 792 pts (letter)")] {
        let mut desk = desk();
        desk.settings.paper = paper;
        let made = document::invoice(&invoice(buyer("Acme SARL"), many(40)), &desk).unwrap();
        let path = file(&format!("paper-{}", paper.as_str()), &made);
        let said = run("pdfinfo", &["-f", "1", "-l", &made.pages.to_string(), path.to_str().unwrap()]);
        let sizes: Vec<&str> = said
            .lines()
            .filter(|line| line.starts_with("Page") && line.contains(" size:"))
            .collect();
        assert_eq!(sizes.len(), usize::try_from(made.pages).unwrap(), "{said}");
        let found = |size: &&str| size.split_whitespace().collect::<Vec<_>>().join(" ").contains(wanted);
        assert!(sizes.iter().all(found), "{said}");
    }
}

#[test]
fn a_long_table_goes_on_with_its_head_and_its_sums_are_never_alone() {
    // Every length, so that the end of the table comes to lie at each place of a page.
    for count in (1..=24).chain([40]) {
        let made = document::invoice(&invoice(buyer("Acme SARL"), many(count)), &desk()).unwrap();
        let path = if count == 40 {
            file(&format!("long-{count}"), &made)
        } else {
            let path = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join("long.pdf");
            std::fs::write(&path, &made.bytes).unwrap();
            path
        };
        let mut calls = 0;
        for number in 1..=made.pages {
            let found = page(&path, number);
            assert!(found.contains(&format!("Page {number} of {}", made.pages)), "{count}: {found}");
            let here = found.matches("Support call").count();
            calls += here;
            if here > 0 {
                assert!(found.contains("Description Quantity Unit price VAT Net, EUR"), "{count}: {found}");
            }
            if number > 1 {
                assert!(found.contains("Invoice 2026-000042 · Alder Hosting GmbH"), "{count}: {found}");
            }
            if found.contains("Net total") {
                assert!(here > 0 && found.contains("Please pay") && number == made.pages, "{count}: {found}");
            }
        }
        assert_eq!(calls, count);
    }
}

#[test]
fn every_font_is_embedded_and_the_file_says_that_it_is_for_an_archive() {
    let made = document::invoice(&invoice(buyer("Noor نور 東京 🚀"), many(3)), &desk()).unwrap();
    let path = file("fonts", &made);
    let said = run("pdffonts", &[path.to_str().unwrap()]);
    let fonts: Vec<&str> = said.lines().skip(2).collect();
    assert!(fonts.len() >= 5, "{said}");
    for font in fonts {
        // The columns `emb sub uni` are the last before the number of the object.
        let words: Vec<&str> = font.split_whitespace().collect();
        // Pictures such as emoji are whole: only of outlines there is a part to leave out.
        let at = |from_end: usize| words.get(words.len() - from_end).copied();
        assert_eq!((at(5), at(3)), (Some("yes"), Some("yes")), "{font}");
    }
    let said = run("pdfinfo", &[path.to_str().unwrap()]);
    for wanted in [
        "Title: Invoice 2026-000042",
        "Author: Alder Hosting GmbH",
        "Tagged: yes",
        "JavaScript: no",
        "Encrypted: no",
    ] {
        let plain = said.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(plain.contains(wanted), "{wanted:?} is not in {plain:?}");
    }
    let about = run("pdfinfo", &["-meta", path.to_str().unwrap()]);
    assert!(
        about.contains("<pdfaid:part>3</pdfaid:part>") && about.contains("<pdfaid:conformance>A</pdfaid:conformance>"),
        "{about}"
    );
    // What it is to who does not see it: a title, and a table with a head and rows.
    let parts = run("pdfinfo", &["-struct", path.to_str().unwrap()]);
    for wanted in ["H1", "Table", "THead", "TBody", "TH", "TD"] {
        assert!(
            parts.lines().any(|line| line
                .split_whitespace()
                .next()
                .is_some_and(|word| word.trim_end_matches(':') == wanted)),
            "{wanted} is not in {parts}"
        );
    }
}

#[test]
fn a_private_character_makes_a_file_of_the_next_level_and_not_none() {
    let made = document::invoice(&invoice(buyer("Private \u{e000} use"), many(1)), &desk()).unwrap();
    let about = run("pdfinfo", &["-meta", file("private", &made).to_str().unwrap()]);
    assert!(
        about.contains("<pdfaid:part>3</pdfaid:part>") && about.contains("<pdfaid:conformance>U</pdfaid:conformance>"),
        "{about}"
    );
}

/// A picture as a PNG, drawn by poppler from a document.
fn picture(format: &str, width: u32) -> Vec<u8> {
    let made = document::invoice(&invoice(buyer("Acme SARL"), many(1)), &desk()).unwrap();
    let path = file(&format!("source-{format}-{width}"), &made);
    let out = path.with_extension("");
    let width = width.to_string();
    let flag = format!("-{format}");
    run(
        "pdftoppm",
        &[
            &flag,
            "-singlefile",
            "-scale-to-x",
            &width,
            "-scale-to-y",
            "-1",
            path.to_str().unwrap(),
            out.to_str().unwrap(),
        ],
    );
    let ending = if format.starts_with("jpeg") { "jpg" } else { format };
    std::fs::read(out.with_extension(ending)).unwrap()
}

#[test]
fn a_logo_takes_the_place_of_the_name() {
    for (format, kind) in [("png", LogoKind::Png), ("jpeg", LogoKind::Jpeg)] {
        let bytes = picture(format, 300);
        let read = document::read_logo(&bytes).unwrap();
        assert_eq!((read.kind, read.width, read.height), (kind, 300, 425));
        let desk = Desk {
            logo: Some(bytes),
            ..desk()
        };
        let made = document::invoice(&invoice(buyer("Acme SARL"), many(1)), &desk).unwrap();
        let path = file(&format!("logo-{format}"), &made);
        let said = run("pdfimages", &["-list", path.to_str().unwrap()]);
        let image = said.lines().nth(2).unwrap();
        assert!(image.split_whitespace().skip(2).take(3).eq(["image", "300", "425"]), "{said}");
    }
}

#[test]
fn an_image_that_cannot_stand_on_a_document_is_refused_with_the_reason() {
    let png = picture("png", 200);
    let jpeg = picture("jpeg", 200);
    let fault = |bytes: &[u8]| document::read_logo(bytes).err();
    assert_eq!(fault(b"<svg xmlns='http://www.w3.org/2000/svg'/>"), Some(ImageFault::Kind));
    assert_eq!(fault(b""), Some(ImageFault::Kind));
    assert_eq!(fault(png.get(..png.len() / 2).unwrap()), Some(ImageFault::Damaged));
    assert_eq!(fault(png.get(..20).unwrap()), Some(ImageFault::Damaged));
    assert_eq!(fault(jpeg.get(..100).unwrap()), Some(ImageFault::Damaged));
    assert_eq!(fault(&vec![0; 524_289]), Some(ImageFault::Bytes));
    // A head that says it has more pixels than any picture: refused before one of them is read.
    let mut bomb = png.clone();
    bomb.splice(16..20, 100_000_u32.to_be_bytes());
    assert!(
        matches!(fault(&bomb), Some(ImageFault::Pixels | ImageFault::Damaged)),
        "{:?}",
        fault(&bomb)
    );
    assert_eq!(fault(&picture("png", 4_200)), Some(ImageFault::Pixels));
    // Four colors for a press.
    let cmyk = picture("jpegcmyk", 200);
    assert_eq!(fault(&cmyk), Some(ImageFault::Colors));
}

#[test]
fn what_is_very_long_stays_on_the_paper() {
    let mut details = invoice(
        buyer(&"Aktiengesellschaft".repeat(11)),
        vec![line(&"x".repeat(500), "1000000", 900_719_925, 190_000)],
    );
    details.seller.name = "Donaudampfschifffahrtsgesellschaft ".repeat(6).trim().to_owned();
    details.note = Some("word ".repeat(1_000));
    details.buyer.street = Some("Straße ".repeat(28));
    for paper in [Paper::A4, Paper::Letter] {
        let mut desk = desk();
        desk.settings.paper = paper;
        let made = document::invoice(&details, &desk).unwrap();
        let path = file(&format!("very-long-{}", paper.as_str()), &made);
        // Where each word stands, in points.
        let words = run("pdftotext", &["-bbox", path.to_str().unwrap(), "-"]);
        let of = |line: &str, name: &str| -> f64 {
            let rest = line.split(&format!("{name}=\"")).nth(1).unwrap();
            rest.split('"').next().unwrap().parse().unwrap()
        };
        let (width, height) = if paper == Paper::A4 { (595.3, 841.9) } else { (612.0, 792.0) };
        for word in words.lines().filter(|line| line.trim_start().starts_with("<word")) {
            assert!(of(word, "xMin") >= 54.0 && of(word, "xMax") <= width - 54.0, "{word}");
            assert!(of(word, "yMin") >= 20.0 && of(word, "yMax") <= height - 20.0, "{word}");
        }
    }
}
