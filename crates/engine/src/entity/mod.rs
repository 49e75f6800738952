//! One SeaORM entity a table, without behavior. Relations are not declared: the few joins are written where they are used.
#![allow(missing_docs, reason = "the migrations document tables and columns")]

pub mod allocation;
pub mod billing;
pub mod book;
pub mod catch_up_item;
pub mod catch_up_run;
pub mod chain_head;
pub mod change;
pub mod change_value;
pub mod credit_note;
pub mod credit_note_line;
pub mod customer;
pub mod customer_money;
pub mod customer_summary;
pub mod desk;
pub mod domain;
pub mod exchange_rate;
pub mod figure;
pub mod idempotency;
pub mod invoice;
pub mod invoice_line;
pub mod invoice_series;
pub mod license;
pub mod payment;
pub mod plan;
pub mod recurring;
pub mod refund;
pub mod subscription;
pub mod throttle;
pub mod write_off;
