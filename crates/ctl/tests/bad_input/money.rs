//! Payments.

use super::{
    Case,
    Want::{Conflict, Field, NotFound},
};

#[rustfmt::skip]
pub const CASES: &[Case] = &[
    ("missing", "record_payment", r#"{"amount":{"amount":1,"currency":"EUR"},"method":"cash"}"#, Field("customer_id", "required")),
    ("not an id", "record_payment", r#"{"customer_id":"ann","amount":{"amount":1,"currency":"EUR"},"method":"cash"}"#, Field("customer_id", "wrong_shape")),
    ("unknown customer", "record_payment", r#"{"customer_id":"$nobody","amount":{"amount":1,"currency":"EUR"},"method":"cash"}"#, NotFound("customer")),
    ("deleted customer", "record_payment", r#"{"customer_id":"$gone","amount":{"amount":1,"currency":"EUR"},"method":"cash"}"#, NotFound("customer")),
    ("archived customer", "record_payment", r#"{"customer_id":"$archived","amount":{"amount":1,"currency":"EUR"},"method":"cash"}"#, NotFound("customer")),
    ("administrator", "record_payment", r#"{"customer_id":"$admin","amount":{"amount":1,"currency":"EUR"},"method":"cash"}"#, Conflict("administrator")),
    ("missing", "record_payment", r#"{"customer_id":"$ann","method":"cash"}"#, Field("amount", "required")),
    ("number", "record_payment", r#"{"customer_id":"$ann","amount":100,"method":"cash"}"#, Field("amount", "wrong_shape")),
    ("list", "record_payment", r#"{"customer_id":"$ann","amount":[100,"EUR"],"method":"cash"}"#, Field("amount", "wrong_shape")),
    ("nothing", "record_payment", r#"{"customer_id":"$ann","amount":{"amount":0,"currency":"EUR"},"method":"cash"}"#, Field("amount.amount", "out_of_range")),
    ("negative", "record_payment", r#"{"customer_id":"$ann","amount":{"amount":-100,"currency":"EUR"},"method":"cash"}"#, Field("amount.amount", "out_of_range")),
    ("too large", "record_payment", r#"{"customer_id":"$ann","amount":{"amount":9007199254740992,"currency":"EUR"},"method":"cash"}"#, Field("amount.amount", "out_of_range")),
    ("beyond all numbers", "record_payment", r#"{"customer_id":"$ann","amount":{"amount":1e30,"currency":"EUR"},"method":"cash"}"#, Field("amount.amount", "wrong_shape")),
    ("fraction", "record_payment", r#"{"customer_id":"$ann","amount":{"amount":9.99,"currency":"EUR"},"method":"cash"}"#, Field("amount.amount", "wrong_shape")),
    ("text", "record_payment", r#"{"customer_id":"$ann","amount":{"amount":"100","currency":"EUR"},"method":"cash"}"#, Field("amount.amount", "wrong_shape")),
    ("missing inside", "record_payment", r#"{"customer_id":"$ann","amount":{"currency":"EUR"},"method":"cash"}"#, Field("amount.amount", "required")),
    ("missing inside", "record_payment", r#"{"customer_id":"$ann","amount":{"amount":1},"method":"cash"}"#, Field("amount.currency", "required")),
    ("unknown currency", "record_payment", r#"{"customer_id":"$ann","amount":{"amount":1,"currency":"ABC"},"method":"cash"}"#, Field("amount.currency", "wrong_shape")),
    ("currency in small letters", "record_payment", r#"{"customer_id":"$ann","amount":{"amount":1,"currency":"eur"},"method":"cash"}"#, Field("amount.currency", "wrong_shape")),
    ("no currency", "record_payment", r#"{"customer_id":"$ann","amount":{"amount":1,"currency":null},"method":"cash"}"#, Field("amount.currency", "wrong_shape")),
    ("unknown field inside", "record_payment", r#"{"customer_id":"$ann","amount":{"amount":1,"currency":"EUR","digits":2},"method":"cash"}"#, Field("amount.digits", "unknown_field")),
    ("missing", "record_payment", r#"{"customer_id":"$ann","amount":{"amount":1,"currency":"EUR"}}"#, Field("method", "required")),
    ("unknown method", "record_payment", r#"{"customer_id":"$ann","amount":{"amount":1,"currency":"EUR"},"method":"barter"}"#, Field("method", "wrong_shape")),
    ("over-long", "record_payment", r#"{"customer_id":"$ann","amount":{"amount":1,"currency":"EUR"},"method":"cash","reference":"$rep(x,201)"}"#, Field("reference", "too_long")),
    ("control", "record_payment", r#"{"customer_id":"$ann","amount":{"amount":1,"currency":"EUR"},"method":"cash","reference":"a\u0000"}"#, Field("reference", "control_character")),
    ("invisible", "record_payment", r#"{"customer_id":"$ann","amount":{"amount":1,"currency":"EUR"},"method":"cash","reference":"a\u202e"}"#, Field("reference", "invisible_character")),
    ("tomorrow", "record_payment", r#"{"customer_id":"$ann","amount":{"amount":1,"currency":"EUR"},"method":"cash","received_on":"2026-03-16"}"#, Field("received_on", "date_out_of_order")),
    ("long ago", "record_payment", r#"{"customer_id":"$ann","amount":{"amount":1,"currency":"EUR"},"method":"cash","received_on":"1969-12-31"}"#, Field("received_on", "date_out_of_order")),
    ("no such day", "record_payment", r#"{"customer_id":"$ann","amount":{"amount":1,"currency":"EUR"},"method":"cash","received_on":"2026-02-29"}"#, Field("received_on", "wrong_shape")),
    ("with a time", "record_payment", r#"{"customer_id":"$ann","amount":{"amount":1,"currency":"EUR"},"method":"cash","received_on":"2026-03-01T10:00:00Z"}"#, Field("received_on", "wrong_shape")),
    ("unknown field", "record_payment", r#"{"customer_id":"$ann","amount":{"amount":1,"currency":"EUR"},"method":"cash","status":"succeeded"}"#, Field("status", "unknown_field")),
];
