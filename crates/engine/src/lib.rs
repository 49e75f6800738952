//! Answers every operation of the contract, on SQLite and on Postgres. Knows no window and no page.
//!
//! [`App`] is an open book; [`App::call`] is the only way to its data. Start reading at `call.rs`, the path that every
//! operation takes, and `scope.rs`, what a running operation may touch. An operation itself stands in the folder of its
//! noun: `add_license` in `license/add.rs`.

mod alone;
mod app;
mod backup;
mod billing;
mod book;
mod call;
mod catch_up;
mod change;
mod clock;
mod credit_note;
mod customer;
mod db;
pub mod demo;
mod desk;
mod document;
mod domain;
pub mod entity;
mod error;
mod exchange;
mod figure;
pub mod files;
mod invoice;
mod license;
mod lock;
mod moving;
mod page;
mod password;
mod payment;
mod plan;
mod process;
mod random;
#[cfg(feature = "record")]
pub mod record;
mod scope;
mod session;
mod settings;
mod stats;
mod subscription;
mod summary;
#[cfg(test)]
mod support;
mod sweep;
mod transfer;
mod upkeep;
mod verify;
mod watch;
mod work;
mod zone;

pub use app::App;
pub use backup::{BackupError, restore::restore, shelf::Shelf};
pub use book::{
    BookLocation, EXAMINED_WITHIN, Identity, NewBook, OpenError, OpenOptions, OwnerSignIn, Server, Tls, TlsMode, discard_unfinished,
    examine, examine_within, is_there, roles_sql,
};
pub use call::Answer;
pub use db::{PRAGMAS, sqlite_version};
pub use moving::{MoveOptions, Moved, discard_move, move_book};
pub use process::{hide, protect};
pub use upkeep::{Pace, Upkeep};
pub use verify::{Finding, Verification};
pub use watch::Watch;
pub use work::{Done, Trouble, Work};
