//! Documents as files: what stands in them and what they look like, by other programs (poppler, qpdf).

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::float_arithmetic,
    missing_docs,
    reason = "a test that meets what it does not expect has to fail"
)]

mod drawn;
mod paper;
mod support;
mod text;
mod xml;
