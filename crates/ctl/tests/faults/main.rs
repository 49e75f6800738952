//! What breaks from outside: processes, servers and networks that end in the middle of a write. One file a campaign.
//!
//! `cargo xtask test clientelectl` and `cargo xtask faults --small` run a few points of each, drawn by the day; `cargo xtask faults`
//! runs many and goes on where an earlier run was ended.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::print_stdout,
    clippy::float_arithmetic,
    missing_docs,
    reason = "a test that meets what it does not expect has to fail"
)]

#[path = "../common/mod.rs"]
mod common;

// A name of their own, by which all of them can be left out where they are run by themselves.
#[path = "."]
mod campaigns {
    use crate::common;

    mod campaign;
    mod canaries;
    mod cancel;
    mod changed_app;
    mod commit_window;
    mod deeds;
    mod desks;
    mod disk_full;
    mod environment;
    mod kill;
    mod later_app;
    mod moves;
    mod mutants;
    mod network;
    mod postgres;
    mod power;
    mod proxy;
    mod races;
    mod server_killed;
    mod tls;
}
