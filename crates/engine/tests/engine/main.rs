//! The engine, through `App::call` alone, every test on SQLite and on Postgres.
//!
//! One binary, because linking it takes longer than most of its tests. A file is a noun; `support` makes the books.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    missing_docs,
    reason = "a test that meets what it does not expect has to fail"
)]

#[macro_use]
mod support;

mod addresses;
mod anchors;
mod backups;
mod billed;
mod catch_up;
mod changes;
mod copies;
mod crowded;
mod customers;
mod daily;
mod damage;
mod documents;
mod domains;
mod due;
mod examined;
mod exchange;
mod faults;
mod figures;
mod finished;
mod holding;
mod invoices;
mod left_behind;
mod licenses;
mod list;
mod lists;
mod maintenance;
mod mixed;
mod moving;
mod naive;
mod numbers;
mod opening;
mod operations;
mod payments;
mod plans;
mod promise;
mod proofs;
mod proration;
mod race;
mod recurring;
mod refunds;
mod refusals;
mod rehearsal;
mod released;
mod replaced;
mod resumed;
mod revenue;
mod roles;
mod rules;
mod schema_names;
mod served;
mod sessions;
mod settings;
mod sharing;
mod silence;
mod states;
mod story;
mod subscriptions;
mod suspended;
mod taken_off;
mod totals;
mod treatment;
mod trips;
mod unbilled;
mod write_offs;
