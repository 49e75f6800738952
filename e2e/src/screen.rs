//! The screen as it is seen: the memory of Xvfb, which it keeps as a file in the format of `xwd` (X11/XWDFile.h).

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};

/// What the name of the file is, in the folder that Xvfb is told.
const FILE: &str = "Xvfb_screen0";
/// Numbers of the head that are looked at, each of four bytes, the most significant first.
const HEAD: usize = 25;
/// Bytes of an entry of the table of colors that follows the head.
const ENTRY: usize = 12;
/// Bytes of a point: blue, green, red, and one that says nothing.
const POINT: usize = 4;

/// The screen of a desktop.
#[derive(Clone, Debug)]
pub struct Screen(PathBuf);

/// What is seen in a part of the screen.
#[derive(PartialEq, Eq)]
pub struct Seen {
    width: u32,
    height: u32,
    /// Red, green, blue, point by point.
    points: Vec<u8>,
}

impl Screen {
    /// The screen that is kept in a folder.
    pub fn kept_in(folder: &Path) -> Self {
        Self(folder.join(FILE))
    }

    /// What is seen now of a part: from the left, from the top, its width and height.
    pub fn see(&self, [left, top, width, height]: [u32; 4]) -> Result<Seen> {
        let file = std::fs::read(&self.0).with_context(|| format!("{} cannot be read", self.0.display()))?;
        let head: Vec<usize> = file
            .chunks_exact(4)
            .take(HEAD)
            .map(|bytes| bytes.iter().fold(0, |number, byte| number << 8 | usize::from(*byte)))
            .collect();
        let [
            size,
            _,
            _,
            _,
            across,
            down,
            _,
            order,
            _,
            _,
            _,
            bits,
            line,
            _,
            _,
            _,
            _,
            _,
            _,
            colors,
            ..,
        ] = head[..]
        else {
            anyhow::bail!("the screen has no head");
        };
        ensure!(order == 0 && bits == 8 * POINT, "the screen has points of another form");
        let [left, top, wide, high] = [left, top, width, height].map(|number| usize::try_from(number).unwrap_or(usize::MAX));
        ensure!(
            left.saturating_add(wide) <= across && top.saturating_add(high) <= down,
            "the window is larger than the screen"
        );
        let begin = size + colors * ENTRY;
        let mut points = Vec::with_capacity(wide * high * 3);
        for row in top..top + high {
            let from = begin + row * line + left * POINT;
            let row = file.get(from..from + wide * POINT).context("the screen ends early")?;
            points.extend(row.chunks_exact(POINT).flat_map(|point| [point[2], point[1], point[0]]));
        }
        Ok(Seen { width, height, points })
    }
}

impl Seen {
    /// The color of the upper left corner.
    pub fn corner(&self) -> Option<[u8; 3]> {
        self.points.first_chunk().copied()
    }

    /// The same as PNG.
    pub fn png(&self) -> Result<Vec<u8>> {
        let mut file = Vec::new();
        let mut encoder = png::Encoder::new(&mut file, self.width, self.height);
        encoder.set_color(png::ColorType::Rgb);
        encoder.write_header()?.write_image_data(&self.points)?;
        Ok(file)
    }
}
