//! Documents as files: what stands in them, read back by other programs (poppler, qpdf).

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    missing_docs,
    reason = "a test that meets what it does not expect has to fail"
)]

mod paper;
mod support;
mod text;
mod xml;
