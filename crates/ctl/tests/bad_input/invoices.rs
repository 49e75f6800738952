//! Invoices, credit notes, and how the vendor bills.

use super::{
    Case,
    Want::{Conflict, Field, NotFound},
};

#[rustfmt::skip]
pub const CASES: &[Case] = &[
    // preview_invoice, create_invoice
    ("missing", "preview_invoice", r#"{}"#, Field("lines", "required")),
    ("empty", "preview_invoice", r#"{"lines":[{"text":"","unit_price":1}]}"#, Field("lines[0].text", "required")),
    ("fraction", "preview_invoice", r#"{"lines":[{"text":"A","unit_price":1.5}]}"#, Field("lines[0].unit_price", "wrong_shape")),
    ("unknown customer", "create_invoice", r#"{"customer_id":"$nobody"}"#, NotFound("customer")),
    ("deleted customer", "create_invoice", r#"{"customer_id":"$gone"}"#, NotFound("customer")),
    ("administrator", "create_invoice", r#"{"customer_id":"$admin"}"#, Conflict("administrator")),
    ("unknown currency", "create_invoice", r#"{"customer_id":"$dora","currency":"ABC"}"#, Field("currency", "wrong_shape")),
    ("missing inside", "create_invoice", r#"{"customer_id":"$dora","lines":[{"text":"A"}]}"#, Field("lines[0].unit_price", "required")),
    ("over-long", "create_invoice", r#"{"customer_id":"$dora","lines":[{"text":"$rep(x,501)","unit_price":1}]}"#, Field("lines[0].text", "too_long")),
    ("too large", "create_invoice", r#"{"customer_id":"$dora","lines":[{"text":"A","unit_price":9007199254740992}]}"#, Field("lines[0].unit_price", "out_of_range")),
    ("control", "create_invoice", r#"{"customer_id":"$dora","note":"a\u0000"}"#, Field("note", "control_character")),
    ("a number of one's own", "create_invoice", r#"{"customer_id":"$dora","number":"2026-1"}"#, Field("number", "unknown_field")),
    // a draft
    ("unknown id", "get_invoice", r#"{"id":"$nobody"}"#, NotFound("invoice")),
    ("not an id", "get_invoice", r#"{"id":"2026-000001"}"#, Field("id", "wrong_shape")),
    ("missing version", "update_invoice", r#"{"id":"$draft","note":"x"}"#, Field("version", "required")),
    ("old version", "update_invoice", r#"{"id":"$draft","version":9,"note":"x"}"#, Conflict("changed_meanwhile")),
    ("period backwards", "update_invoice", r#"{"id":"$draft","version":1,"lines":[{"text":"A","unit_price":1,"period_start":"2026-03-02","period_end":"2026-03-01"}]}"#, Field("lines[0].period_end", "date_out_of_order")),
    ("old version", "delete_invoice", r#"{"id":"$draft","version":9}"#, Conflict("changed_meanwhile")),
    ("unknown id", "delete_invoice", r#"{"id":"$nobody","version":1}"#, NotFound("invoice")),
    ("seller without an address", "finalize_invoice", r#"{"id":"$draft","version":1}"#, Conflict("seller_incomplete")),
    ("due before issued", "finalize_invoice", r#"{"id":"$draft","version":1,"issued_on":"2026-03-15","due_on":"2026-03-14"}"#, Field("due_on", "date_out_of_order")),
    // final ones only
    ("a draft", "void_invoice", r#"{"id":"$draft","version":1}"#, Conflict("invoice_state")),
    ("unknown id", "void_invoice", r#"{"id":"$nobody","version":1}"#, NotFound("invoice")),
    ("a draft", "set_invoice_uncollectible", r#"{"id":"$draft","version":1,"uncollectible":true}"#, Conflict("invoice_state")),
    ("missing", "set_invoice_uncollectible", r#"{"id":"$draft","version":1}"#, Field("uncollectible", "required")),
    ("a draft", "credit_invoice", r#"{"id":"$draft","version":1,"reason":"other"}"#, Conflict("invoice_state")),
    ("unknown reason", "credit_invoice", r#"{"id":"$draft","version":1,"reason":"mood"}"#, Field("reason", "wrong_shape")),
    ("no line", "credit_invoice", r#"{"id":"$draft","version":1,"reason":"other","lines":[]}"#, Field("lines", "required")),
    ("unknown id", "get_credit_note", r#"{"id":"$nobody"}"#, NotFound("credit_note")),
    // apply_credit, refund_payment, get_statement
    ("a draft", "apply_credit", r#"{"invoice_id":"$draft"}"#, Conflict("invoice_state")),
    ("nothing", "apply_credit", r#"{"invoice_id":"$draft","amount":{"amount":0,"currency":"EUR"}}"#, Field("amount.amount", "out_of_range")),
    ("more than was paid", "refund_payment", r#"{"id":"$payment","amount":{"amount":701,"currency":"EUR"}}"#, Field("amount.amount", "out_of_range")),
    ("nothing", "refund_payment", r#"{"id":"$payment","amount":{"amount":0,"currency":"EUR"}}"#, Field("amount.amount", "out_of_range")),
    ("another currency", "refund_payment", r#"{"id":"$payment","amount":{"amount":1,"currency":"USD"}}"#, Field("amount.currency", "wrong_currency")),
    ("tomorrow", "refund_payment", r#"{"id":"$payment","amount":{"amount":1,"currency":"EUR"},"refunded_on":"2026-03-16"}"#, Field("refunded_on", "too_late")),
    ("unknown id", "refund_payment", r#"{"id":"$nobody","amount":{"amount":1,"currency":"EUR"}}"#, NotFound("payment")),
    ("unknown customer", "get_statement", r#"{"customer_id":"$nobody","currency":"EUR"}"#, NotFound("customer")),
    ("backwards", "get_statement", r#"{"customer_id":"$dora","currency":"EUR","from":"2026-03-02","to":"2026-03-01"}"#, Field("to", "date_out_of_order")),
    // how the vendor bills, and whom
    ("unknown customer", "get_billing_address", r#"{"customer_id":"$nobody"}"#, NotFound("customer")),
    ("old version", "update_billing_address", r#"{"customer_id":"$dora","version":9,"city":"Bonn"}"#, Conflict("changed_meanwhile")),
    ("unknown country", "update_billing_address", r#"{"customer_id":"$dora","version":1,"country":"XX"}"#, Field("country", "unknown_country")),
    ("malformed", "update_billing_address", r#"{"customer_id":"$dora","version":1,"vat_id":"?"}"#, Field("vat_id", "malformed_vat_id")),
    ("old version", "update_billing_settings", r#"{"version":9,"payment_days":7}"#, Conflict("changed_meanwhile")),
    ("too many days", "update_billing_settings", r#"{"version":1,"payment_days":366}"#, Field("payment_days", "out_of_range")),
    ("wrong digits", "update_billing_settings", r#"{"version":1,"iban":"DE00 3704 0044 0532 0130 00"}"#, Field("iban", "malformed_iban")),
    ("no counter", "update_billing_settings", r#"{"version":1,"invoice_format":"INV"}"#, Field("invoice_format", "wrong_shape")),
    ("over 100 %", "update_billing_settings", r#"{"version":1,"tax_rate":1000001}"#, Field("tax_rate", "out_of_range")),
    ("unknown paper", "update_billing_settings", r#"{"version":1,"paper":"a3"}"#, Field("paper", "wrong_shape")),
];
