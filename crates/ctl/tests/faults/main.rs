//! What breaks from outside: processes, servers and networks that end in the middle of a write. One file a campaign.
//!
//! `cargo xtask test clientelectl` runs a few points of each, drawn by the day; `cargo xtask faults` runs many and goes on
//! where an earlier run was ended.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::print_stdout,
    clippy::float_arithmetic,
    missing_docs,
    reason = "a test that meets what it does not expect has to fail"
)]

mod campaign;
mod canaries;
mod cancel;
mod commit_window;
#[path = "../common/mod.rs"]
mod common;
mod deeds;
mod desks;
mod disk_full;
mod kill;
mod later_app;
mod moves;
mod network;
mod postgres;
mod power;
mod proxy;
mod races;
mod server_killed;
mod tls;
