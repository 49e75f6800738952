//! Which operation is refused for what.

/// Operation and refusal. What all of an access have in common (signed out, locked, not an administrator) and what all
/// writes have in common (a key used twice) is looped over in `operations.rs`.
pub const DOCUMENTED: &[(&str, &[&str])] = &[
    ("first_run", &["invalid", "conflict/not_first_run"]),
    (
        "sign_in",
        &[
            "invalid",
            "wrong_password",
            "throttled",
            "forbidden/not_administrator",
            "forbidden/inactive",
        ],
    ),
    ("sign_out", &[]),
    ("lock", &[]),
    (
        "unlock",
        &[
            "invalid",
            "signed_out",
            "wrong_password",
            "throttled",
            "forbidden/not_administrator",
            "forbidden/inactive",
        ],
    ),
    ("current_session", &[]),
    (
        "confirm_password",
        &[
            "invalid",
            "wrong_password",
            "throttled",
            "forbidden/not_administrator",
            "forbidden/inactive",
        ],
    ),
    ("rate_password", &["invalid"]),
    ("customer_stats", &[]),
    ("list_customers", &["invalid", "conflict/cursor_mismatch"]),
    ("count_customers", &["invalid"]),
    ("get_customer", &["not_found/customer"]),
    ("email_owner", &["invalid"]),
    ("create_customer", &["invalid", "confirmation_needed", "conflict/email_taken"]),
    (
        "update_customer",
        &[
            "invalid",
            "not_found/customer",
            "confirmation_needed",
            "forbidden/own_account",
            "conflict/email_taken",
            "conflict/changed_meanwhile",
            "conflict/administrator",
        ],
    ),
    (
        "delete_customer",
        &[
            "not_found/customer",
            "forbidden/own_account",
            "conflict/changed_meanwhile",
            "conflict/active_licenses",
            "conflict/active_subscriptions",
        ],
    ),
    (
        "restore_customer",
        &[
            "not_found/customer",
            "confirmation_needed",
            "conflict/changed_meanwhile",
            "conflict/nothing_to_restore",
            "conflict/email_taken",
        ],
    ),
    ("list_administrators", &[]),
    ("list_plans", &["invalid", "conflict/cursor_mismatch"]),
    ("create_plan", &["invalid", "conflict/code_taken"]),
    (
        "update_plan",
        &["invalid", "not_found/plan", "conflict/changed_meanwhile", "conflict/code_taken"],
    ),
    ("list_licenses", &["invalid", "conflict/cursor_mismatch"]),
    (
        "add_license",
        &[
            "invalid",
            "not_found/customer",
            "not_found/plan",
            "conflict/administrator",
            "conflict/customer_inactive",
            "conflict/plan_not_sold",
            "conflict/cycle_not_offered",
        ],
    ),
    (
        "cancel_license",
        &["not_found/license", "conflict/changed_meanwhile", "conflict/already_canceled"],
    ),
    (
        "restore_license",
        &[
            "not_found/license",
            "conflict/changed_meanwhile",
            "conflict/nothing_to_restore",
            "conflict/period_over",
        ],
    ),
    ("list_subscriptions", &["invalid", "conflict/cursor_mismatch"]),
    (
        "create_subscription",
        &[
            "invalid",
            "not_found/customer",
            "not_found/plan",
            "conflict/administrator",
            "conflict/customer_inactive",
            "conflict/plan_not_sold",
            "conflict/cycle_not_offered",
        ],
    ),
    (
        "preview_subscription_change",
        &[
            "invalid",
            "not_found/subscription",
            "not_found/plan",
            "conflict/plan_not_sold",
            "conflict/cycle_not_offered",
            "conflict/subscription_state",
            "conflict/nothing_to_change",
        ],
    ),
    (
        "change_subscription",
        &[
            "invalid",
            "not_found/subscription",
            "not_found/plan",
            "conflict/changed_meanwhile",
            "conflict/plan_not_sold",
            "conflict/cycle_not_offered",
            "conflict/subscription_state",
            "conflict/nothing_to_change",
        ],
    ),
    (
        "pause_subscription",
        &[
            "not_found/subscription",
            "conflict/changed_meanwhile",
            "conflict/subscription_state",
        ],
    ),
    (
        "resume_subscription",
        &[
            "not_found/subscription",
            "conflict/changed_meanwhile",
            "conflict/subscription_state",
        ],
    ),
    (
        "cancel_subscription",
        &["not_found/subscription", "conflict/changed_meanwhile", "conflict/already_canceled"],
    ),
    (
        "restore_subscription",
        &[
            "not_found/subscription",
            "conflict/changed_meanwhile",
            "conflict/nothing_to_restore",
            "conflict/period_over",
        ],
    ),
    ("list_domains", &["invalid", "conflict/cursor_mismatch"]),
    (
        "add_domain",
        &["invalid", "not_found/customer", "conflict/domain_taken", "conflict/administrator"],
    ),
    ("update_domain", &["invalid", "not_found/domain", "conflict/changed_meanwhile"]),
    ("delete_domain", &["not_found/domain", "conflict/changed_meanwhile"]),
    (
        "restore_domain",
        &[
            "not_found/domain",
            "conflict/changed_meanwhile",
            "conflict/nothing_to_restore",
            "conflict/domain_taken",
        ],
    ),
    ("list_invoices", &["invalid", "conflict/cursor_mismatch"]),
    ("get_invoice", &["not_found/invoice"]),
    ("preview_invoice", &["invalid", "not_found/customer"]),
    ("create_invoice", &["invalid", "not_found/customer", "conflict/administrator"]),
    (
        "update_invoice",
        &[
            "invalid",
            "not_found/invoice",
            "conflict/changed_meanwhile",
            "conflict/document_final",
        ],
    ),
    (
        "delete_invoice",
        &["not_found/invoice", "conflict/changed_meanwhile", "conflict/document_final"],
    ),
    (
        "finalize_invoice",
        &[
            "invalid",
            "not_found/invoice",
            "conflict/changed_meanwhile",
            "conflict/document_final",
            "conflict/seller_incomplete",
            "conflict/buyer_incomplete",
            "conflict/number_taken",
        ],
    ),
    (
        "void_invoice",
        &[
            "not_found/invoice",
            "conflict/changed_meanwhile",
            "conflict/invoice_settled",
            "conflict/invoice_state",
        ],
    ),
    (
        "set_invoice_uncollectible",
        &["not_found/invoice", "conflict/changed_meanwhile", "conflict/invoice_state"],
    ),
    (
        "set_payment_promise",
        &[
            "invalid",
            "not_found/invoice",
            "conflict/changed_meanwhile",
            "conflict/invoice_state",
        ],
    ),
    (
        "credit_invoice",
        &[
            "invalid",
            "not_found/invoice",
            "conflict/changed_meanwhile",
            "conflict/nothing_to_credit",
            "conflict/invoice_state",
            "conflict/number_taken",
        ],
    ),
    ("list_credit_notes", &["invalid", "conflict/cursor_mismatch"]),
    ("get_credit_note", &["not_found/credit_note"]),
    ("number_report", &[]),
    ("get_billing_address", &["not_found/customer"]),
    (
        "update_billing_address",
        &["invalid", "not_found/customer", "conflict/changed_meanwhile"],
    ),
    ("get_billing_settings", &[]),
    ("update_billing_settings", &["invalid", "conflict/changed_meanwhile"]),
    ("get_logo", &[]),
    ("set_logo", &["invalid", "conflict/changed_meanwhile"]),
    ("invoice_pdf", &["not_found/invoice"]),
    ("credit_note_pdf", &["not_found/credit_note"]),
    ("statement_pdf", &["invalid", "not_found/customer"]),
    ("list_payments", &["invalid", "conflict/cursor_mismatch"]),
    (
        "record_payment",
        &[
            "invalid",
            "not_found/customer",
            "not_found/invoice",
            "conflict/administrator",
            "conflict/invoice_state",
        ],
    ),
    (
        "apply_credit",
        &["invalid", "not_found/invoice", "conflict/no_credit", "conflict/invoice_state"],
    ),
    ("refund_payment", &["invalid", "not_found/payment", "conflict/payment_state"]),
    ("list_refunds", &["invalid", "conflict/cursor_mismatch"]),
    ("get_statement", &["invalid", "not_found/customer"]),
    ("plan_catch_up", &["invalid"]),
    ("rehearse_catch_up", &["invalid"]),
    ("run_catch_up", &[]),
    ("list_catch_up_runs", &["invalid", "conflict/cursor_mismatch"]),
    ("list_changes", &["invalid", "conflict/cursor_mismatch"]),
    ("attention", &[]),
    ("monthly_figures", &["invalid"]),
    ("recurring_figures", &["invalid"]),
    ("list_recurring", &["invalid", "conflict/cursor_mismatch"]),
    ("list_movements", &["invalid", "conflict/cursor_mismatch"]),
    ("cohorts", &["invalid"]),
    ("list_payers", &["invalid", "conflict/cursor_mismatch"]),
    ("receivables", &[]),
    ("renewal_forecast", &["invalid"]),
    ("list_renewals", &["invalid", "conflict/cursor_mismatch"]),
    ("exchange_rates", &[]),
    ("set_exchange_rate", &["invalid", "conflict/changed_meanwhile"]),
    ("get_settings", &[]),
    (
        "update_settings",
        &["invalid", "conflict/changed_meanwhile", "conflict/currency_fixed"],
    ),
    ("list_backups", &[]),
    ("make_backup", &[]),
    ("restore_backup", &["invalid", "confirmation_needed", "not_found/backup"]),
    ("get_work", &[]),
    ("cancel_work", &[]),
    ("list_desks", &[]),
    ("get_book_state", &[]),
];

/// Refusals that no request alone can bring about, with the test that shows them.
pub const ELSEWHERE: &[&str] = &[
    "locked",                       // operations.rs
    "conflict/maintenance",         // backups.rs
    "conflict/work_runs",           // backups.rs
    "conflict/no_backups",          // backups.rs
    "conflict/key_reused",          // operations.rs
    "conflict/unfinished",          // sessions.rs: an administrator comes last
    "unavailable",                  // faults.rs
    "internal",                     // faults.rs
    "conflict/disk_full",           // clientelectl: faults/disk_full.rs
    "forbidden/test_clock",         // opening.rs
    "forbidden/last_administrator", // faults.rs: two at once, each the other's last
    "not_found/refund",             // nothing asks for one alone
    "not_found/catch_up",
    "not_found/settings",
    "not_found/operation", // operations.rs
];
