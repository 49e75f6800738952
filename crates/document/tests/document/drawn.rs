//! What a document looks like, each page drawn by poppler. The walks in the window look at documents by this file, too.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

/// At this many dots of an inch, a dot is a point.
const POINTS: &str = "72";
/// Dots of an inch of a picture that a person looks at.
const SHARP: &str = "110";
/// What many printers cannot print on, 5 mm, in points.
const EDGE: usize = 15;
/// What a document leaves white on its left and on its right, in points; a dot is less than one.
const SIDE: usize = 55;
/// What is lighter is as white as the paper.
const WHITE: u8 = 250;
/// Dots that a page has at the least on which something is written.
const LEAST: usize = 500;

/// A page as gray dots, row by row.
struct Page<'a> {
    width: usize,
    height: usize,
    dots: &'a [u8],
}

impl Page<'_> {
    /// What is wrong with it. What is cut off by an edge has ink there.
    fn faults(&self) -> Vec<&'static str> {
        let (mut ink, mut at_edge, mut beside) = (0, false, false);
        let in_border = |at: usize, length: usize, border: usize| at < border || at + border >= length;
        for (at, _) in self.dots.iter().enumerate().filter(|(_, dot)| **dot < WHITE) {
            let (column, row) = (at % self.width, at / self.width);
            ink += 1;
            at_edge |= in_border(column, self.width, EDGE) || in_border(row, self.height, EDGE);
            beside |= in_border(column, self.width, SIDE);
        }
        let faults = [
            (ink < LEAST, "is empty"),
            (at_edge, "has ink at its edge"),
            (beside, "has ink beside its text"),
        ];
        faults.into_iter().filter(|(is_so, _)| *is_so).map(|(_, fault)| fault).collect()
    }
}

/// Looks at every page of a document, and keeps each as a PNG: one page under the name given, more with their numbers behind it.
pub fn look(document: &Path, pages: u32, picture: &Path) -> Result<Vec<PathBuf>, String> {
    let file = document.display().to_string();
    let drawn = run(&["-gray", "-r", POINTS, &file])?;
    let wrong = faults(&drawn, pages)?;
    if !wrong.is_empty() {
        return Err(format!("{file}: {}", wrong.join(", ")));
    }
    let mut kept = Vec::new();
    for number in 1..=pages {
        let name = if pages == 1 {
            picture.display().to_string()
        } else {
            format!("{}-{number}", picture.display())
        };
        let number = number.to_string();
        run(&["-png", "-r", SHARP, "-singlefile", "-f", &number, "-l", &number, &file, &name])?;
        let path = PathBuf::from(format!("{name}.png"));
        let bytes = fs::read(&path).map_err(|error| format!("{}: {error}", path.display()))?;
        if !bytes.starts_with(b"\x89PNG") {
            return Err(format!("{} is no picture", path.display()));
        }
        kept.push(path);
    }
    Ok(kept)
}

/// What poppler draws: where no name is given for a picture, the dots of all pages, one after the other.
fn run(arguments: &[&str]) -> Result<Vec<u8>, String> {
    let done = Command::new("pdftoppm").args(arguments).output();
    let done = done.map_err(|error| format!("pdftoppm: {error}; `cargo xtask test` installs it"))?;
    if done.status.success() {
        Ok(done.stdout)
    } else {
        Err(format!("pdftoppm {arguments:?}: {}", String::from_utf8_lossy(&done.stderr)))
    }
}

/// What is wrong with the pages of a document, of which there are to be so many.
fn faults(drawn: &[u8], pages: u32) -> Result<Vec<String>, String> {
    let found = split(drawn)?;
    let mut wrong = Vec::new();
    if u32::try_from(found.len()) != Ok(pages) {
        wrong.push(format!("it has {} pages and not {pages}", found.len()));
    }
    for (number, page) in (1..).zip(&found) {
        wrong.extend(page.faults().into_iter().map(|fault| format!("page {number} {fault}")));
    }
    Ok(wrong)
}

/// Pages as gray dots (<https://netpbm.sourceforge.net/doc/pgm.html>).
fn split(mut drawn: &[u8]) -> Result<Vec<Page<'_>>, String> {
    let mut pages = Vec::new();
    while !drawn.is_empty() {
        let parts: Vec<&[u8]> = drawn.splitn(5, u8::is_ascii_whitespace).collect();
        let [b"P5", width, height, b"255", rest] = parts[..] else {
            return Err("the picture has no head".to_owned());
        };
        let (width, height) = (number(width)?, number(height)?);
        let (dots, after) = rest.split_at_checked(width * height).ok_or("the picture ends early")?;
        pages.push(Page { width, height, dots });
        drawn = after;
    }
    Ok(pages)
}

fn number(text: &[u8]) -> Result<usize, String> {
    let text = String::from_utf8_lossy(text);
    text.parse::<usize>().map_err(|error| format!("{text}: {error}"))
}

#[cfg(test)]
mod tests {
    use super::faults;

    /// A page of 300 × 200 dots with a block of ink, and one dot more.
    fn page(block: bool, dot: Option<(usize, usize)>) -> Vec<u8> {
        let mut dots = vec![255; 300 * 200];
        for row in (80..120).filter(|_| block) {
            dots[row * 300 + 100..row * 300 + 200].fill(0);
        }
        if let Some((column, row)) = dot {
            dots[row * 300 + column] = 0;
        }
        [b"P5\n300 200\n255\n".to_vec(), dots].concat()
    }

    #[test]
    fn a_page_that_is_missing_empty_or_cut_off_is_found() {
        let of = |page: &[u8]| faults(page, 1).unwrap();
        assert_eq!(of(&page(true, None)), [""; 0]);
        assert_eq!(of(&page(false, None)), ["page 1 is empty"]);
        assert_eq!(of(&page(true, Some((150, 15)))), [""; 0]);
        for (column, row) in [(150, 14), (150, 185), (150, 0), (150, 199)] {
            assert_eq!(
                of(&page(true, Some((column, row)))),
                ["page 1 has ink at its edge"],
                "{column} {row}"
            );
        }
        for column in [54, 245] {
            assert_eq!(of(&page(true, Some((column, 100)))), ["page 1 has ink beside its text"], "{column}");
        }
        let both = [page(true, None), page(true, Some((0, 100)))].concat();
        let at_edge = ["page 2 has ink at its edge", "page 2 has ink beside its text"];
        assert_eq!(faults(&both, 2).unwrap(), at_edge);
        assert_eq!(faults(&page(true, None), 2).unwrap(), ["it has 1 pages and not 2"]);
        assert_eq!(faults(b"", 1).unwrap(), ["it has 0 pages and not 1"]);
        assert!(faults(&both[..both.len() - 1], 2).is_err());
        assert!(faults(b"\x89PNG", 1).is_err());
    }
}
