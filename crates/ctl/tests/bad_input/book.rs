//! Settings and sessions.

use super::{
    Case,
    Want::{Conflict, Field},
};

#[rustfmt::skip]
pub const CASES: &[Case] = &[
    // update_settings
    ("missing version", "update_settings", r#"{"expiring_days":10}"#, Field("version", "required")),
    ("version to come", "update_settings", r#"{"version":99,"expiring_days":10}"#, Conflict("changed_meanwhile")),
    ("empty", "update_settings", r#"{"version":1,"book_name":""}"#, Field("book_name", "required")),
    ("over-long", "update_settings", r#"{"version":1,"book_name":"$rep(x,201)"}"#, Field("book_name", "too_long")),
    ("control", "update_settings", r#"{"version":1,"book_name":"a\u0000"}"#, Field("book_name", "control_character")),
    ("no days", "update_settings", r#"{"version":1,"expiring_days":0}"#, Field("expiring_days", "out_of_range")),
    ("too many days", "update_settings", r#"{"version":1,"expiring_days":366}"#, Field("expiring_days", "out_of_range")),
    ("no minutes", "update_settings", r#"{"version":1,"idle_lock_minutes":0}"#, Field("idle_lock_minutes", "out_of_range")),
    ("too many minutes", "update_settings", r#"{"version":1,"idle_lock_minutes":61}"#, Field("idle_lock_minutes", "out_of_range")),
    ("unknown zone", "update_settings", r#"{"version":1,"time_zone":"Europe/Atlantis"}"#, Field("time_zone", "unknown_time_zone")),
    ("over-long", "update_settings", r#"{"version":1,"time_zone":"$rep(x,65)"}"#, Field("time_zone", "too_long")),
    ("unknown currency", "update_settings", r#"{"version":1,"currency":"BTC"}"#, Field("currency", "wrong_shape")),
    ("wrong currency once there is money", "update_settings", r#"{"version":1,"currency":"USD"}"#, Conflict("currency_fixed")),
    ("wrong zone once there is money", "update_settings", r#"{"version":1,"time_zone":"Asia/Tokyo"}"#, Conflict("currency_fixed")),
    ("unknown field", "update_settings", r#"{"version":1,"is_test_clock":true}"#, Field("is_test_clock", "unknown_field")),
    // first_run
    ("a second time", "first_run", r#"{"full_name":"Eve","email":"eve@example.com","password":"quartz-lantern-otter-8"}"#, Conflict("not_first_run")),
    ("empty", "first_run", r#"{"full_name":"","email":"eve@example.com","password":"quartz-lantern-otter-8"}"#, Field("full_name", "required")),
    ("malformed", "first_run", r#"{"full_name":"Eve","email":"eve","password":"quartz-lantern-otter-8"}"#, Field("email", "malformed_email")),
    ("too short", "first_run", r#"{"full_name":"Eve","email":"eve@example.com","password":"elevenchars"}"#, Field("password", "too_short")),
    ("guessable", "first_run", r#"{"full_name":"Eve","email":"eve@example.com","password":"eve@example.com"}"#, Field("password", "guessable")),
    ("unknown zone", "first_run", r#"{"full_name":"Eve","email":"eve@example.com","password":"quartz-lantern-otter-8","time_zone":"Moon"}"#, Field("time_zone", "unknown_time_zone")),
    ("over-long", "first_run", r#"{"full_name":"Eve","email":"eve@example.com","password":"quartz-lantern-otter-8","book_name":"$rep(x,201)"}"#, Field("book_name", "too_long")),
    // sign_in, unlock, confirm_password: what is not a password is not counted as a wrong one
    ("empty", "sign_in", r#"{"email":"","password":"x"}"#, Field("email", "required")),
    ("over-long", "sign_in", r#"{"email":"$rep(x,321)","password":"x"}"#, Field("email", "too_long")),
    ("empty", "sign_in", r#"{"email":"admin@example.com","password":""}"#, Field("password", "required")),
    ("over-long", "sign_in", r#"{"email":"admin@example.com","password":"$rep(x,513)"}"#, Field("password", "too_long")),
    ("unknown field", "sign_in", r#"{"email":"admin@example.com","password":"x","remember":true}"#, Field("remember", "unknown_field")),
    ("empty", "unlock", r#"{"password":""}"#, Field("password", "required")),
    ("over-long", "unlock", r#"{"password":"$rep(x,513)"}"#, Field("password", "too_long")),
    ("missing", "confirm_password", r#"{}"#, Field("password", "required")),
    ("empty", "confirm_password", r#"{"password":""}"#, Field("password", "required")),
    // rate_password
    ("missing", "rate_password", r#"{}"#, Field("password", "required")),
    ("over-long", "rate_password", r#"{"password":"$rep(x,513)"}"#, Field("password", "out_of_range")),
    ("too many words", "rate_password", r#"{"password":"x","known_words":["1","2","3","4","5","6","7","8","9"]}"#, Field("known_words", "out_of_range")),
    ("text", "rate_password", r#"{"password":"x","known_words":"ann"}"#, Field("known_words", "wrong_shape")),
    // restore_backup
    ("missing", "restore_backup", r#"{}"#, Field("name", "required")),
    ("empty", "restore_backup", r#"{"name":""}"#, Field("name", "required")),
    ("over-long", "restore_backup", r#"{"name":"$rep(x,201)"}"#, Field("name", "too_long")),
    ("a folder", "restore_backup", r#"{"name":"../clientele.db"}"#, Field("name", "wrong_shape")),
    ("a hidden file", "restore_backup", r#"{"name":".clientele.db"}"#, Field("name", "wrong_shape")),
    ("unknown field", "restore_backup", r#"{"name":"a.db","force":true}"#, Field("force", "unknown_field")),
];
