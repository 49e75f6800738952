//! The logo of the vendor, as it stands on every document.

use serde::{Deserialize, Deserializer};

use crate::{FieldError, Problem, Validate, names, rules, rules::always_valid, wire};

/// The most bytes of a logo.
pub const MAX_BYTES: u32 = 524_288;
/// The most pixels of a side.
pub const MAX_SIDE: u32 = 4_096;

names! {
    /// What kind of image.
    pub enum LogoKind {
        /// PNG.
        Png = "png",
        /// JPEG.
        Jpeg = "jpeg",
    }
}

names! {
    /// What is wrong with an image.
    pub enum ImageFault {
        /// Not in base64.
        Encoding = "encoding",
        /// Neither PNG nor JPEG.
        Kind = "kind",
        /// More than 512 KB.
        Bytes = "bytes",
        /// More than 4096 pixels wide or high.
        Pixels = "pixels",
        /// It cannot be read to its end.
        Damaged = "damaged",
        /// Its colors are meant for a press (CMYK), and a document of this kind needs those of a screen.
        Colors = "colors",
    }
}

wire! {
    /// Asks for the logo.
    #[derive(Default)]
    pub struct GetLogo {}

    /// An image.
    pub struct LogoImage {
        /// What kind.
        pub kind: LogoKind,
        /// Pixels from left to right.
        pub width: u32,
        /// Pixels from top to bottom.
        pub height: u32,
        /// Its bytes, in base64.
        pub data: String,
    }

    /// The logo, if there is one.
    pub struct Logo {
        /// The image.
        pub image: Option<LogoImage>,
    }

    /// Sets the logo or takes it away.
    pub struct SetLogo {
        /// The version of the billing settings that was read.
        pub version: u32,
        /// A PNG or JPEG in base64, at most 512 KB and 4096 pixels a side; null takes the logo away.
        #[serde(deserialize_with = "given")]
        pub image: Option<String>,
    }
}

/// A field that may be null but has to be there, so that nothing is taken away by leaving it out.
pub(crate) fn given<'de, T: Deserialize<'de>, D: Deserializer<'de>>(deserializer: D) -> Result<Option<T>, D::Error> {
    Option::deserialize(deserializer)
}

always_valid!(GetLogo);

/// How many characters of base64 so many bytes need.
const fn encoded(bytes: u32) -> u32 {
    bytes.div_ceil(3) * 4
}

impl Validate for SetLogo {
    fn validate(&self) -> Result<(), Vec<FieldError>> {
        rules::check(|found| {
            let Some(image) = &self.image else { return };
            if u32::try_from(image.len()).unwrap_or(u32::MAX) > encoded(MAX_BYTES) {
                found.push("image", Problem::Image { fault: ImageFault::Bytes });
            } else if image.is_empty() {
                found.push("image", Problem::Required);
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_image_of_half_a_megabyte_is_the_largest() {
        let is_fine = |length: u32| {
            let image = Some("A".repeat(usize::try_from(length).unwrap_or(0)));
            SetLogo { version: 1, image }.validate().is_ok()
        };
        assert_eq!(encoded(3), 4);
        assert!(is_fine(4) && is_fine(encoded(MAX_BYTES)));
        assert!(!is_fine(0) && !is_fine(encoded(MAX_BYTES) + 1));
        assert!(SetLogo { version: 1, image: None }.validate().is_ok());
    }
}
