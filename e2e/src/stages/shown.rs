//! Which dialog of the page a stage shows. The walk looks whether it does; `cargo xtask check` looks whether each file of the page
//! that has a dialog stands here, with what it is called there, and with a stage for its loading and its failure
//! (`xtask/src/tidy/stage.rs`).

/// A dialog, and the stages at which it lies over everything else.
pub struct Shown {
    /// Where it is written, under `ui/src`.
    pub file: &'static str,
    /// A part of what it is called. Nothing, where it is the page under the dialog that loads or fails.
    pub title: &'static str,
    stages: &'static [&'static str],
}

/// The dialog that a stage shows, if it has one.
pub fn of(stage: &str) -> Option<&'static Shown> {
    SHOWN.iter().find(|shown| !shown.title.is_empty() && shown.stages.contains(&stage))
}

const fn shown(file: &'static str, title: &'static str, stages: &'static [&'static str]) -> Shown {
    Shown { file, title, stages }
}

const SHOWN: &[Shown] = &[
    shown("shell/banner.rs", "Throw the sample away?", &["throw-sample-away"]),
    shown(
        "shell/confirmation.rs",
        "Enter your password",
        &["person-password-again", "person-password-again-wrong"],
    ),
    shown("shell/idle.rs", "Still there?", &["idle-warning"]),
    shown("shell/shortcuts.rs", "Keyboard shortcuts", &["shortcuts"]),
    shown(
        "shell/palette/mod.rs",
        "Search or run a command",
        &[
            "palette-empty",
            "palette-found",
            "palette-nothing-found",
            "palette-refused",
            "palette-loading",
            "palette-failed",
        ],
    ),
    shown(
        "pages/conflict/dialog.rs",
        " saved this ",
        &["edit-customer-conflict", "edit-customer-chosen", "edit-plan-conflict"],
    ),
    shown(
        "pages/customers/form/mod.rs",
        "New customer",
        &[
            "new-customer",
            "new-customer-refused",
            "new-customer-taken",
            "new-customer-saving",
            "new-customer-failed",
        ],
    ),
    shown("pages/customers/form/mod.rs", "Edit customer", &["edit-customer"]),
    shown("pages/customers/deletion.rs", "Delete ", &["delete", "delete-conflict"]),
    shown("pages/customers/deletion.rs", " has ", &["delete-blocked"]),
    shown("pages/customers/details/mod.rs", "Loading the customer", &["details-loading"]),
    shown("pages/customers/details/mod.rs", "Customer", &["details-failed", "details-gone"]),
    shown(
        "pages/customers/details/add_license/mod.rs",
        "Add license",
        &["add-license", "add-license-loading", "add-license-failed", "add-license-no-plan"],
    ),
    shown("pages/customers/details/licenses.rs", "Cancel ", &["cancel-license"]),
    shown(
        "pages/customers/details/add_subscription/mod.rs",
        "Add subscription",
        &[
            "add-subscription",
            "add-subscription-loading",
            "add-subscription-failed",
            "add-subscription-no-plan",
            "add-subscription-cost-failed",
            "add-subscription-refused",
        ],
    ),
    shown(
        "pages/customers/details/change_subscription/mod.rs",
        "Change ",
        &[
            "change-subscription",
            "change-subscription-loading",
            "change-subscription-failed",
            "change-subscription-preview",
            "change-subscription-preview-failed",
            "change-subscription-refused",
        ],
    ),
    shown(
        "pages/customers/details/cancel_subscription.rs",
        "Cancel the subscription ",
        &["cancel-subscription"],
    ),
    shown(
        "pages/customers/details/subscriptions/pausing.rs",
        "Pause ",
        &["pause-subscription"],
    ),
    shown(
        "pages/customers/details/subscriptions/pausing.rs",
        "Resume ",
        &["resume-subscription"],
    ),
    shown(
        "pages/customers/details/billing_address.rs",
        "Billing address",
        &[
            "billing-address",
            "billing-address-loading",
            "billing-address-failed",
            "billing-address-refused",
        ],
    ),
    shown(
        "pages/customers/details/add_domain.rs",
        "Add domain",
        &["add-domain", "add-domain-refused", "add-domain-taken"],
    ),
    shown(
        "pages/customers/details/edit_domain.rs",
        "Change ",
        &["edit-domain", "edit-domain-refused"],
    ),
    shown("pages/customers/details/remove_domain.rs", "Remove ", &["remove-domain"]),
    shown(
        "pages/invoices/mod.rs",
        "Invoice",
        &["invoice-loading", "invoice-failed", "invoice-new-loading", "invoice-new-failed"],
    ),
    shown("pages/invoices/editor.rs", "New invoice", &["invoice-new", "invoice-new-refused"]),
    shown("pages/invoices/editor.rs", "Draft invoice", &["invoice-draft"]),
    shown("pages/invoices/delete.rs", "Delete this draft?", &["invoice-delete"]),
    shown(
        "pages/invoices/finalize.rs",
        "Finalize this invoice?",
        &["invoice-finalize", "invoice-finalize-incomplete"],
    ),
    shown(
        "pages/invoices/settled.rs",
        "Invoice ",
        &[
            "invoice-open",
            "invoice-record-payment",
            "invoice-record-payment-refused",
            "invoice-partly",
            "invoice-over-list",
        ],
    ),
    shown(
        "pages/invoices/promise.rs",
        "Promise to pay",
        &[
            "invoice-promise",
            "invoice-promise-loading",
            "invoice-promise-failed",
            "invoice-promise-refused",
        ],
    ),
    shown("pages/invoices/use_credit.rs", "Use credit for ", &["invoice-use-credit"]),
    shown(
        "pages/invoices/credit.rs",
        "Credit ",
        &[
            "invoice-credit",
            "invoice-credit-loading",
            "invoice-credit-failed",
            "invoice-credit-parts-refused",
        ],
    ),
    shown("pages/invoices/void.rs", "Void ", &["invoice-void"]),
    shown(
        "pages/invoices/credit_note.rs",
        "Credit note",
        &["credit-note", "credit-note-loading", "credit-note-failed"],
    ),
    shown("pages/payments/refund.rs", "Refund ", &["refund", "refund-refused"]),
    shown("pages/payments/take_off.rs", "Take ", &["invoice-take-off"]),
    shown(
        "pages/payments/statement.rs",
        "Statement of ",
        &["statement", "statement-loading", "statement-failed", "statement-refused"],
    ),
    shown(
        "pages/list_page/customer_choice.rs",
        "Choose a customer",
        &[
            "choose-customer-loading",
            "choose-customer-failed",
            "choose-customer",
            "choose-customer-found",
            "choose-customer-nothing-found",
            "choose-customer-refused",
            "choose-customer-empty",
        ],
    ),
    shown("pages/payments/dialog.rs", "Payment by ", &["payment-over-list"]),
    shown("pages/plans/dialog.rs", "New plan", &["new-plan", "new-plan-refused"]),
    shown("pages/plans/dialog.rs", "Edit ", &["edit-plan", "edit-plan-schedule"]),
    shown(
        "pages/statistics/proof/dialog.rs",
        "Recurring revenue",
        &["statistics-list", "statistics-list-loading", "statistics-list-failed"],
    ),
    shown(
        "pages/statistics/rate.rs",
        "What is 1 ",
        &["statistics-rate", "statistics-rate-refused"],
    ),
    shown(
        "pages/settings/person_dialog.rs",
        "New administrator",
        &["person", "person-refused"],
    ),
    shown("pages/settings/person_dialog.rs", "Edit administrator", &["person-edit"]),
    shown(
        "pages/settings/database/connection.rs",
        "Connect to a server",
        &[
            "first-run-connection",
            "connection",
            "connection-refused",
            "connection-wrong-host",
            "connection-wrong-password",
            "connection-not-secure",
            "connection-weaker",
            "connection-empty",
        ],
    ),
    shown(
        "pages/settings/database/moving.rs",
        "Move this book",
        &[
            "move-choose",
            "move-rehearsed",
            "move-running",
            "move-canceled",
            "move-failed",
            "move-done",
        ],
    ),
    shown("pages/settings/database/backups.rs", "Go back to ", &["backup-question"]),
    shown("pages/settings/database/backups.rs", "", &["database-loading", "database-failed"]),
    shown("pages/settings/database/books.rs", "Forget this book?", &["forget-book"]),
    shown("pages/settings/database/books.rs", "", &["database-loading", "database-failed"]),
    shown(
        "pages/settings/database/mod.rs",
        "Throw the sample away?",
        &["database-throw-sample-away"],
    ),
];
