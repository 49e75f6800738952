//! The logo: which images can stand on a document.

use contract::logo::{ImageFault, LogoKind, MAX_BYTES, MAX_SIDE};
use krilla::image::Image;

use crate::{
    page::{Frame, Item, Page},
    render::{About, Level, render},
};

/// An image that can be drawn.
#[derive(Clone, Debug)]
pub struct Picture {
    image: Image,
    /// What kind.
    pub kind: LogoKind,
    /// Pixels from left to right.
    pub width: u32,
    /// Pixels from top to bottom.
    pub height: u32,
}

impl Picture {
    /// The image as the PDF needs it.
    pub(crate) fn image(&self) -> Image {
        self.image.clone()
    }

    /// The largest size within a box, in points; never larger than 96 pixels an inch make it.
    pub(crate) fn size(&self, width: f32, height: f32) -> (f32, f32) {
        let side = |pixels: u32| f32::from(u16::try_from(pixels).unwrap_or(u16::MAX)).max(1.0);
        let (wide, high) = (side(self.width), side(self.height));
        let scale = (width / wide).min(height / high).min(0.75);
        (wide * scale, high * scale)
    }
}

/// Reads an image, all of it: it is drawn into a file that nobody gets.
///
/// # Errors
/// What is wrong with it.
pub fn read(bytes: &[u8]) -> Result<Picture, ImageFault> {
    let picture = peek(bytes)?;
    let (width, height) = picture.size(100.0, 100.0);
    let page = Page {
        items: vec![Item::Logo {
            x: 0.0,
            y: 0.0,
            width,
            height,
        }],
    };
    let about = About {
        title: "Logo".to_owned(),
        author: String::new(),
        language: "en".to_owned(),
        made: contract::Timestamp(0),
        logo_name: "Logo".to_owned(),
    };
    let frame = Frame::of(contract::billing::Paper::A4);
    match render(&[page], frame, &about, Some(&picture), None, Level::Accessible) {
        Ok(_) => Ok(picture),
        // Colors that depend on a press are the one rule of the standard that an image can break.
        Err(crate::render::Refused::Level(_)) => Err(ImageFault::Colors),
        Err(_) => Err(ImageFault::Damaged),
    }
}

/// Reads the head of an image: what was read whole once is not read whole again for each document.
pub(crate) fn peek(bytes: &[u8]) -> Result<Picture, ImageFault> {
    if u32::try_from(bytes.len()).unwrap_or(u32::MAX) > MAX_BYTES {
        return Err(ImageFault::Bytes);
    }
    let kind = if bytes.starts_with(b"\x89PNG\r\n\x1a\n") {
        LogoKind::Png
    } else if bytes.starts_with(&[0xff, 0xd8, 0xff]) {
        LogoKind::Jpeg
    } else {
        return Err(ImageFault::Kind);
    };
    // Before any pixel is read: a small file can say that it has billions of them.
    let data = bytes.to_vec().into();
    let image = match kind {
        LogoKind::Png => Image::from_png(data, false),
        LogoKind::Jpeg => Image::from_jpeg(data, false),
    }
    .map_err(|_| ImageFault::Damaged)?;
    let (width, height) = image.size();
    if width > MAX_SIDE || height > MAX_SIDE {
        return Err(ImageFault::Pixels);
    }
    if width == 0 || height == 0 {
        return Err(ImageFault::Damaged);
    }
    Ok(Picture {
        image,
        kind,
        width,
        height,
    })
}
