//! The first format of a book.
//!
//! Money is whole minor units; instants are milliseconds since 1970; days are days of the book's zone. Nothing cascades:
//! a row that others point to is not removed. States are short words with a CHECK, all known ones from the start, because
//! SQLite cannot widen a CHECK.

use sea_orm_migration::prelude::*;

use crate::{columns, guards};

/// See the module.
#[derive(Debug)]
pub struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &str {
        "m20261122_book"
    }
}

/// The book itself, and what the engine keeps for its own work.
const BOOK: &[&str] = &[
    // One row. `chain_no` and `chain_hash` are the end of the change log, `secret` keys the comparison of repeated requests.
    "CREATE TABLE book (
        id {id} PRIMARY KEY, format {int} NOT NULL, only_row {int} NOT NULL DEFAULT 1 UNIQUE CHECK (only_row = 1),
        name {text} NOT NULL, currency {text} NOT NULL CHECK (LENGTH(currency) = 3), time_zone {text} NOT NULL,
        is_test_clock {bool} NOT NULL, is_sample {bool} NOT NULL, secret {bytes} NOT NULL,
        expiring_days {int} NOT NULL CHECK (expiring_days BETWEEN 1 AND 365),
        idle_lock_minutes {int} NOT NULL CHECK (idle_lock_minutes BETWEEN 1 AND 60),
        created_at {int} NOT NULL, updated_at {int} NOT NULL, version {int} NOT NULL CHECK (version > 0)
    ) {strict}",
    // Apart from `book`, so that every write takes this lock last and settings can be read meanwhile.
    "CREATE TABLE chain_head (
        only_row {int} PRIMARY KEY CHECK (only_row = 1), number {int} NOT NULL, hash {bytes} NOT NULL
    ) {strict}",
    "CREATE TABLE change (
        id {id} PRIMARY KEY, number {int} NOT NULL UNIQUE, at {int} NOT NULL, actor_id {id}, operation {text} NOT NULL,
        noun {text} NOT NULL, subject_id {id} NOT NULL, customer_id {id}, version {int} NOT NULL, batch {id}, undo_of {id},
        commitment {bytes} NOT NULL, hash {bytes} NOT NULL
    ) {strict}",
    "CREATE INDEX change_by_customer ON change (customer_id, number)",
    "CREATE INDEX change_by_subject ON change (subject_id, number)",
    // The values of a change: the one place that erasing a person may blank.
    "CREATE TABLE change_value (
        change_id {id} NOT NULL REFERENCES change (id), position {int} NOT NULL, field {text} NOT NULL,
        before {text}, after {text}, salt {bytes},
        PRIMARY KEY (change_id, position)
    ) {strict}",
    "CREATE TABLE idempotency (
        key {text} PRIMARY KEY, actor_id {id}, operation {text} NOT NULL, subject_id {id}, request_mac {bytes} NOT NULL,
        answer {text} NOT NULL, created_at {int} NOT NULL
    ) {strict}",
    "CREATE INDEX idempotency_by_age ON idempotency (created_at)",
    // Who works on the book at this time, from where. Each desk writes its own row; what it says ends with the desk.
    "CREATE TABLE desk (
        id {id} PRIMARY KEY, account_id {id} NOT NULL, computer {text} NOT NULL, since {int} NOT NULL, seen_at {int} NOT NULL
    ) {strict}",
    "CREATE TABLE throttle (
        account_key {text} PRIMARY KEY, failures {int} NOT NULL CHECK (failures >= 0), last_at {int} NOT NULL
    ) {strict}",
    // Figures of the whole book, kept with the data. A figure is the sum over its slots: writers on a shared server use
    // different ones, so that no row is everybody's bottleneck.
    "CREATE TABLE figure (
        kind {text} NOT NULL, key {text} NOT NULL, slot {int} NOT NULL, amount {int} NOT NULL,
        PRIMARY KEY (kind, key, slot)
    ) {strict}",
];

/// How the vendor bills.
const BILLING: &[&str] = &["CREATE TABLE billing (
        only_row {int} PRIMARY KEY CHECK (only_row = 1), seller {text} NOT NULL, phone {text}, website {text}, iban {text}, bic {text},
        footer {text}, logo {bytes}, logo_type {text} CHECK (logo_type IN ('png', 'jpeg', 'svg')),
        paper {text} NOT NULL CHECK (paper IN ('a4', 'letter')), payment_days {int} NOT NULL CHECK (payment_days BETWEEN 0 AND 365),
        invoice_format {text} NOT NULL, credit_note_format {text} NOT NULL CHECK (credit_note_format <> invoice_format),
        tax_category {text} NOT NULL, tax_rate_micro {int} NOT NULL CHECK (tax_rate_micro BETWEEN 0 AND 1000000),
        prices_include_tax {bool} NOT NULL, rounding_step {int} NOT NULL CHECK (rounding_step > 0),
        finalize_renewals {bool} NOT NULL, reminders {text} NOT NULL, updated_at {int} NOT NULL,
        version {int} NOT NULL CHECK (version > 0), CHECK ((logo IS NULL) = (logo_type IS NULL))
    ) {strict}"];

/// Customers and what is kept beside them.
const CUSTOMERS: &[&str] = &[
    // `seq` is a short number for the search and the list, which no answer shows. `tax_treatment` is a category of tax without a
    // rate (UNCL 5305); missing where the billing settings say how everything is taxed.
    "CREATE TABLE customer (
        seq {seq}, id {id} {key}, email {text} NOT NULL CHECK (LENGTH(email) BETWEEN 3 AND 254), email_key {text} NOT NULL,
        full_name {text} NOT NULL CHECK (LENGTH(full_name) BETWEEN 1 AND 200), full_name_key {text} NOT NULL,
        company_name {text} CHECK (LENGTH(company_name) BETWEEN 1 AND 200), company_name_key {text},
        search_text {text} NOT NULL, password_hash {text} NOT NULL,
        is_active {bool} NOT NULL, is_admin {bool} NOT NULL, last_sign_in_at {int},
        language {text}, street {text}, city {text}, postal_code {text}, region {text}, country {text}, vat_id {text},
        tax_treatment {text} CHECK (tax_treatment IN ('Z', 'E', 'AE', 'K', 'G', 'O')),
        created_at {int} NOT NULL, updated_at {int} NOT NULL, version {int} NOT NULL CHECK (version > 0),
        archived_at {int}, deleted_at {int}
    ) {strict}",
    // Unique among the live ones: the address of a deleted customer can be given away.
    "CREATE UNIQUE INDEX customer_email_key ON customer (email_key) WHERE deleted_at IS NULL AND archived_at IS NULL",
    "CREATE INDEX customer_administrators ON customer (full_name_key, id) WHERE is_admin = {true}",
    "CREATE INDEX customer_by_name ON customer (full_name_key, id) WHERE deleted_at IS NULL AND archived_at IS NULL",
    "CREATE INDEX customer_deleted ON customer (deleted_at) WHERE deleted_at IS NOT NULL",
    // Those whose records do not count, and those of whom all of a price is earned: few, so that a look at each record of the book
    // asks for them once.
    "CREATE INDEX customer_hidden ON customer (id) WHERE deleted_at IS NOT NULL OR archived_at IS NOT NULL",
    "CREATE INDEX customer_treated ON customer (id) WHERE tax_treatment IS NOT NULL",
    // What the list of customers is made of: the figures of one customer, recomputed in the transaction of every write that moves
    // them, and what the list is sorted, filtered and searched by. `place` is 0 for the list, 1 for the archive, 2 for neither;
    // `facets` adds 1 for active, 2 for licenses, 4 for subscriptions, 8 for something left to pay.
    "CREATE TABLE customer_summary (
        seq {int} PRIMARY KEY, customer_id {id} NOT NULL UNIQUE REFERENCES customer (id), created_at {int} NOT NULL,
        place {int} NOT NULL CHECK (place BETWEEN 0 AND 2), is_active {bool} NOT NULL, full_name_key {text} NOT NULL,
        email_key {text} NOT NULL, company_name_key {text}, search_text {text} NOT NULL,
        total_licenses {int} NOT NULL, active_licenses {int} NOT NULL,
        total_subscriptions {int} NOT NULL, active_subscriptions {int} NOT NULL, total_domains {int} NOT NULL,
        total_invoices {int} NOT NULL, outstanding_invoices {int} NOT NULL,
        revenue {int} NOT NULL, outstanding {int} NOT NULL, last_payment_date {date},
        facets {int} GENERATED ALWAYS AS (CASE WHEN is_active THEN 1 ELSE 0 END + CASE WHEN total_licenses > 0 THEN 2 ELSE 0 END
            + CASE WHEN total_subscriptions > 0 THEN 4 ELSE 0 END + CASE WHEN outstanding_invoices > 0 THEN 8 ELSE 0 END) STORED,
        company_up {text} GENERATED ALWAYS AS (COALESCE('1' || company_name_key, '2')) STORED,
        company_down {text} GENERATED ALWAYS AS (COALESCE('1' || company_name_key, '0')) STORED
    ) {strict}",
    // Each order of the list ends in what makes it unique, and holds the facets, so that rows that are filtered out or skipped
    // cost only their entry here. A missing company comes last in either direction, hence two; each is a column, because SQLite
    // finds the place of a row by all parts of an order only where they are columns.
    "CREATE INDEX summary_by_created ON customer_summary (created_at, customer_id, facets) WHERE place = 0",
    "CREATE INDEX summary_by_active ON customer_summary (is_active, created_at, customer_id, facets) WHERE place = 0",
    "CREATE INDEX summary_by_name ON customer_summary (full_name_key, created_at, customer_id, facets) WHERE place = 0",
    "CREATE INDEX summary_by_email ON customer_summary (email_key, created_at, customer_id, facets) WHERE place = 0",
    "CREATE INDEX summary_by_company_up ON customer_summary (company_up, created_at, customer_id, facets) WHERE place = 0",
    "CREATE INDEX summary_by_company_down ON customer_summary (company_down, created_at, customer_id, facets) WHERE place = 0",
    "CREATE INDEX summary_by_licenses ON customer_summary (active_licenses, created_at, customer_id, facets) WHERE place = 0",
    "CREATE INDEX summary_by_subscriptions ON customer_summary (active_subscriptions, created_at, customer_id, facets) WHERE place = 0",
    "CREATE INDEX summary_by_revenue ON customer_summary (revenue, created_at, customer_id, facets) WHERE place = 0",
    "CREATE INDEX summary_by_outstanding ON customer_summary (outstanding, created_at, customer_id, facets) WHERE place = 0",
    "CREATE INDEX summary_by_facets ON customer_summary (facets) WHERE place = 0",
    "CREATE INDEX summary_archived ON customer_summary (created_at, customer_id) WHERE place = 1",
    "CREATE TABLE customer_money (
        customer_id {id} NOT NULL REFERENCES customer (id), currency {text} NOT NULL,
        payments {int} NOT NULL, paid {int} NOT NULL, refunded {int} NOT NULL, outstanding {int} NOT NULL, overdue {int} NOT NULL,
        PRIMARY KEY (customer_id, currency)
    ) {strict}",
];

/// What is sold.
///
/// The lists of records are walked along an index for each of their orders, which ends in what breaks ties. One by status is of an
/// expression, so that only the lists take it: a file has no statistics, and would take a few words for what leads to a few rows.
const SALES: &[&str] = &[
    "CREATE TABLE plan (
        id {id} PRIMARY KEY, code {text} NOT NULL UNIQUE, name {text} NOT NULL, name_key {text} NOT NULL, description {text},
        currency {text} NOT NULL CHECK (LENGTH(currency) = 3),
        price_monthly {int} CHECK (price_monthly BETWEEN 0 AND 9007199254740991),
        price_yearly {int} CHECK (price_yearly BETWEEN 0 AND 9007199254740991),
        trial_days {int} NOT NULL CHECK (trial_days BETWEEN 0 AND 365),
        max_activations {int} CHECK (max_activations > 0), max_users {int} CHECK (max_users > 0), max_domains {int} CHECK (max_domains > 0),
        reminders {text}, is_active {bool} NOT NULL, created_at {int} NOT NULL, updated_at {int} NOT NULL,
        version {int} NOT NULL CHECK (version > 0), CHECK (price_monthly IS NOT NULL OR price_yearly IS NOT NULL)
    ) {strict}",
    "CREATE INDEX plan_by_name ON plan (name_key)",
    // Periods are counted from `anchor`, the first day that is billed; a trial lies before it. `ends_on` is the first day after a
    // subscription that was canceled at the end of its period, `billed_until` the first day that no invoice holds yet,
    // `terms_since` the first day of plan, cycle, price and quantity as they are.
    "CREATE TABLE subscription (
        id {id} PRIMARY KEY, customer_id {id} NOT NULL REFERENCES customer (id), plan_id {id} NOT NULL REFERENCES plan (id),
        status {text} NOT NULL CHECK (status IN ('pending', 'trialing', 'active', 'past_due', 'unpaid', 'paused', 'canceled')),
        billing_cycle {text} NOT NULL CHECK (billing_cycle IN ('monthly', 'yearly')),
        price {int} NOT NULL CHECK (price BETWEEN 0 AND 9007199254740991), currency {text} NOT NULL,
        quantity {int} NOT NULL CHECK (quantity > 0), starts_on {date} NOT NULL, anchor {date} NOT NULL, trial_end {date},
        billed_until {date} NOT NULL, terms_since {date} NOT NULL,
        cancel_at_period_end {bool} NOT NULL, ends_on {date}, canceled_at {int}, status_before_cancel {text}, paused_at {int}, ended_at {int},
        due_at {int}, created_at {int} NOT NULL, updated_at {int} NOT NULL, version {int} NOT NULL CHECK (version > 0),
        CHECK (starts_on <= anchor), CHECK (NOT cancel_at_period_end OR ends_on IS NOT NULL),
        CHECK ((status = 'canceled') = (ended_at IS NOT NULL))
    ) {strict}",
    "CREATE INDEX subscription_by_customer ON subscription (customer_id, created_at, id)",
    "CREATE INDEX subscription_by_created ON subscription (created_at, id)",
    "CREATE INDEX subscription_by_plan ON subscription (plan_id, created_at, id)",
    "CREATE INDEX subscription_by_status ON subscription ((status || ''), created_at, id)",
    "CREATE INDEX subscription_by_price ON subscription ((price * quantity), created_at, id)",
    "CREATE INDEX subscription_by_start ON subscription (starts_on, created_at, id)",
    "CREATE INDEX subscription_by_billed ON subscription (billed_until, created_at, id)",
    "CREATE INDEX subscription_due ON subscription (due_at) WHERE due_at IS NOT NULL",
    "CREATE INDEX subscription_to_bill ON subscription (billed_until, id) WHERE status IN ('trialing', 'active', 'past_due')",
    "CREATE INDEX subscription_goes_on ON subscription (id, status, cancel_at_period_end)",
    // What recurs and when: one row for each time in which the terms of a subscription were the same and it was billable.
    // `amount` is price times quantity for `months`; a missing `ends_on` is still to come.
    "CREATE TABLE recurring (
        subscription_id {id} NOT NULL REFERENCES subscription (id), starts_on {date} NOT NULL, ends_on {date},
        customer_id {id} NOT NULL REFERENCES customer (id), plan_id {id} NOT NULL REFERENCES plan (id), currency {text} NOT NULL,
        amount {int} NOT NULL CHECK (amount >= 0), months {int} NOT NULL CHECK (months > 0),
        PRIMARY KEY (subscription_id, starts_on), CHECK (ends_on > starts_on)
    ) {strict}",
    // Holds what the figures ask of every row, which come customer by customer.
    "CREATE INDEX recurring_by_customer ON recurring (customer_id, currency, starts_on, ends_on, plan_id, amount, months)",
    // `due_at`: when the stored status falls behind the clock, here the end of an active license.
    "CREATE TABLE license (
        id {id} PRIMARY KEY, customer_id {id} NOT NULL REFERENCES customer (id), plan_id {id} NOT NULL REFERENCES plan (id),
        subscription_id {id} REFERENCES subscription (id), key {text} NOT NULL UNIQUE CHECK (LENGTH(key) = 29),
        status {text} NOT NULL CHECK (status IN ('active', 'expired', 'suspended', 'canceled')),
        billing_cycle {text} NOT NULL CHECK (billing_cycle IN ('monthly', 'yearly')),
        price {int} NOT NULL CHECK (price BETWEEN 0 AND 9007199254740991), currency {text} NOT NULL,
        max_activations {int}, max_users {int}, max_domains {int}, used_activations {int} NOT NULL DEFAULT 0,
        used_users {int} NOT NULL DEFAULT 0, used_domains {int} NOT NULL DEFAULT 0,
        starts_at {int} NOT NULL, expires_at {int}, suspended_at {int}, canceled_at {int}, last_validated_at {int},
        status_before_cancel {text}, canceled_subscription {bool} NOT NULL, due_at {int},
        created_at {int} NOT NULL, updated_at {int} NOT NULL, version {int} NOT NULL CHECK (version > 0),
        CHECK (expires_at > starts_at), CHECK ((status = 'canceled') = (canceled_at IS NOT NULL))
    ) {strict}",
    "CREATE INDEX license_by_customer ON license (customer_id, created_at, id)",
    "CREATE INDEX license_by_created ON license (created_at, id)",
    "CREATE INDEX license_by_plan ON license (plan_id, created_at, id)",
    "CREATE INDEX license_by_status ON license ((status || ''), created_at, id)",
    "CREATE INDEX license_by_price ON license (price, created_at, id)",
    "CREATE INDEX license_by_end ON license (expires_at, created_at, id)",
    "CREATE INDEX license_by_subscription ON license (subscription_id) WHERE subscription_id IS NOT NULL",
    // Of whom and of which subscription, for the count of those that end soon.
    "CREATE INDEX license_due ON license (due_at, status, customer_id, subscription_id) WHERE due_at IS NOT NULL",
    "CREATE TABLE activation (
        id {id} PRIMARY KEY, license_id {id} NOT NULL REFERENCES license (id), fingerprint {text} NOT NULL, name {text},
        first_seen {int} NOT NULL, last_seen {int} NOT NULL, UNIQUE (license_id, fingerprint)
    ) {strict}",
    "CREATE TABLE domain (
        id {id} PRIMARY KEY, customer_id {id} NOT NULL REFERENCES customer (id), name {text} NOT NULL, registrar {text}, search_key {text},
        registered_on {date}, expires_on {date}, auto_renew {bool} NOT NULL,
        created_at {int} NOT NULL, updated_at {int} NOT NULL, version {int} NOT NULL CHECK (version > 0), deleted_at {int}
    ) {strict}",
    "CREATE UNIQUE INDEX domain_name ON domain (name) WHERE deleted_at IS NULL",
    "CREATE INDEX domain_by_customer ON domain (customer_id, created_at, id)",
    "CREATE INDEX domain_by_created ON domain (created_at, id) WHERE deleted_at IS NULL",
    "CREATE INDEX domain_by_registrar ON domain (LOWER(registrar), created_at, id) WHERE deleted_at IS NULL",
    "CREATE INDEX domain_by_expiry ON domain (expires_on, created_at, id) WHERE deleted_at IS NULL",
];

/// What is owed and paid.
const MONEY: &[&str] = &[
    // What one of a currency is in the base, in billionths, as somebody stated for a day.
    "CREATE TABLE exchange_rate (
        id {id} PRIMARY KEY, base {text} NOT NULL, currency {text} NOT NULL CHECK (currency <> base),
        rate_nano {int} NOT NULL CHECK (rate_nano > 0), stated_on {date} NOT NULL, updated_at {int} NOT NULL,
        version {int} NOT NULL CHECK (version > 0), UNIQUE (base, currency)
    ) {strict}",
    // `first_number` is the first that this book gives, because another program may have given others before. As long as it was
    // not given, `last_number` is the one before it; afterwards it stays.
    "CREATE TABLE invoice_series (
        kind {text} NOT NULL CHECK (kind IN ('invoice', 'credit_note')), name {text} NOT NULL,
        first_number {int} NOT NULL CHECK (first_number > 0), last_number {int} NOT NULL, last_issued_on {date},
        PRIMARY KEY (kind, name), CHECK (last_number >= first_number - 1)
    ) {strict}",
    // `is_overdue` is stored state; `due_at` says when it falls behind the clock. Seller and buyer are frozen as JSON.
    // `promised_until` is the last day on which nothing is done about it, because its payment is promised; `uncollectible_at` is when
    // it was given up last, also where it is expected again; `reopened` is how often it was open again after it was paid.
    "CREATE TABLE invoice (
        id {id} PRIMARY KEY, customer_id {id} NOT NULL REFERENCES customer (id), subscription_id {id} REFERENCES subscription (id),
        series {text}, series_number {int}, number {text} UNIQUE,
        status {text} NOT NULL CHECK (status IN ('draft', 'open', 'paid', 'void', 'uncollectible')),
        issued_on {date}, due_on {date}, currency {text} NOT NULL,
        net {int} NOT NULL, tax {int} NOT NULL, total {int} NOT NULL, rounding {int} NOT NULL DEFAULT 0,
        paid {int} NOT NULL, credited {int} NOT NULL, is_overdue {bool} NOT NULL, due_at {int},
        prices_include_tax {bool} NOT NULL, reverse_charge {bool} NOT NULL, note {text}, seller {text}, buyer {text},
        finalized_at {int}, voided_at {int}, uncollectible_at {int}, promised_until {date},
        reopened {int} NOT NULL DEFAULT 0 CHECK (reopened >= 0), created_at {int} NOT NULL, updated_at {int} NOT NULL,
        version {int} NOT NULL CHECK (version > 0),
        CHECK (total = net + tax + rounding), CHECK (paid >= 0 AND credited >= 0),
        CHECK ((status = 'draft') = (number IS NULL)), CHECK (status = 'draft' OR (issued_on IS NOT NULL AND due_on IS NOT NULL)),
        CHECK (ABS(total) <= 9007199254740991), UNIQUE (series, series_number)
    ) {strict}",
    "CREATE INDEX invoice_by_customer ON invoice (customer_id, created_at, id)",
    "CREATE INDEX invoice_by_created ON invoice (created_at, id)",
    "CREATE INDEX invoice_by_status ON invoice ((status || ''), created_at, id)",
    "CREATE INDEX invoice_by_due_on ON invoice (due_on, created_at, id)",
    "CREATE INDEX invoice_by_total ON invoice (total, created_at, id)",
    "CREATE INDEX invoice_by_payable ON invoice
        ((CASE WHEN status = 'open' THEN total - paid - credited ELSE 0 END), created_at, id)",
    "CREATE INDEX invoice_by_subscription ON invoice (subscription_id) WHERE subscription_id IS NOT NULL",
    "CREATE INDEX invoice_open ON invoice (due_on, id, customer_id, currency, total, paid, credited) WHERE status = 'open'",
    "CREATE INDEX invoice_due ON invoice (due_at) WHERE due_at IS NOT NULL",
    // What is asked of each invoice of a time, or of a series, without its row. The day first and not the currency, which a file
    // would take for what leads to a few rows; after it what breaks ties in the list by that day.
    "CREATE INDEX invoice_billed ON invoice (issued_on, created_at, id, currency, status, customer_id, net, subscription_id)",
    "CREATE INDEX invoice_by_series ON invoice (series, series_number, issued_on)",
    // Lines are there before their document is final, because the guards let none come to one that is: of a credit note, and of
    // an invoice that is stored as a final one, they come first. So what they belong to is asked for at the end of a transaction.
    "CREATE TABLE invoice_line (
        invoice_id {id} NOT NULL REFERENCES invoice (id) DEFERRABLE INITIALLY DEFERRED, position {int} NOT NULL,
        text {text} NOT NULL, quantity_nano {int} NOT NULL, unit_price {int} NOT NULL, net {int} NOT NULL, tax_category {text} NOT NULL,
        tax_rate_micro {int} NOT NULL, period_start {date}, period_end {date},
        PRIMARY KEY (invoice_id, position)
    ) {strict}",
    // `settled_until` is the end of the time that a change of a subscription settled, where a change credited; nothing where a person
    // did, whatever the reason.
    "CREATE TABLE credit_note (
        id {id} PRIMARY KEY, invoice_id {id} NOT NULL REFERENCES invoice (id), customer_id {id} NOT NULL REFERENCES customer (id),
        series {text} NOT NULL, series_number {int} NOT NULL, number {text} NOT NULL UNIQUE, issued_on {date} NOT NULL,
        reason {text} NOT NULL, settled_until {date}, currency {text} NOT NULL,
        net {int} NOT NULL, tax {int} NOT NULL, rounding {int} NOT NULL,
        total {int} NOT NULL CHECK (total BETWEEN 0 AND 9007199254740991), seller {text} NOT NULL, buyer {text} NOT NULL,
        created_at {int} NOT NULL, CHECK (total = net + tax + rounding), CHECK (settled_until IS NULL OR reason = 'order_change'),
        UNIQUE (series, series_number)
    ) {strict}",
    "CREATE INDEX credit_note_by_invoice ON credit_note (invoice_id)",
    "CREATE INDEX credit_note_by_customer ON credit_note (customer_id, created_at, id)",
    "CREATE INDEX credit_note_by_created ON credit_note (created_at, id)",
    "CREATE INDEX credit_note_billed ON credit_note (issued_on, currency)",
    // `position` is the line of the invoice that is credited.
    "CREATE TABLE credit_note_line (
        credit_note_id {id} NOT NULL REFERENCES credit_note (id) DEFERRABLE INITIALLY DEFERRED, position {int} NOT NULL,
        text {text} NOT NULL, quantity_nano {int} NOT NULL, unit_price {int} NOT NULL, net {int} NOT NULL CHECK (net <> 0),
        tax_category {text} NOT NULL, tax_rate_micro {int} NOT NULL, period_start {date}, period_end {date},
        PRIMARY KEY (credit_note_id, position)
    ) {strict}",
    // Of a payment, a refund and a domain, `search_key` is what a search looks into where small letters alone are not enough:
    // a text in other letters than those of ASCII, folded (`text::fold`), which the two databases would not do alike.
    "CREATE TABLE payment (
        id {id} PRIMARY KEY, customer_id {id} NOT NULL REFERENCES customer (id),
        amount {int} NOT NULL CHECK (amount BETWEEN 1 AND 9007199254740991), currency {text} NOT NULL,
        method {text} NOT NULL CHECK (method IN ('bank_transfer', 'card', 'direct_debit', 'cash', 'payment_service', 'other')),
        reference {text}, search_key {text}, received_on {date} NOT NULL, status {text} NOT NULL CHECK (status IN ('succeeded', 'pending', 'failed')),
        refunded {int} NOT NULL DEFAULT 0, created_at {int} NOT NULL, updated_at {int} NOT NULL, version {int} NOT NULL CHECK (version > 0),
        CHECK (refunded BETWEEN 0 AND amount)
    ) {strict}",
    "CREATE INDEX payment_by_customer ON payment (customer_id, received_on, created_at, id)",
    "CREATE INDEX payment_by_created ON payment (created_at, id)",
    "CREATE INDEX payment_by_received ON payment (received_on, created_at, id)",
    "CREATE INDEX payment_by_amount ON payment (amount, created_at, id)",
    "CREATE INDEX payment_by_method ON payment (method, created_at, id)",
    "CREATE INDEX payment_by_status ON payment ((status || ''), created_at, id)",
    "CREATE TABLE allocation (
        id {id} PRIMARY KEY, payment_id {id} NOT NULL REFERENCES payment (id), invoice_id {id} NOT NULL REFERENCES invoice (id),
        amount {int} NOT NULL CHECK (amount > 0), created_at {int} NOT NULL, UNIQUE (payment_id, invoice_id)
    ) {strict}",
    "CREATE INDEX allocation_by_invoice ON allocation (invoice_id)",
    // What was written off of an invoice, on which day: when it was given up what was left to pay, and what that changed by each time
    // that something was paid, credited or given back since; less than nothing where it was taken back. Together it is what is left
    // to pay of an invoice that is given up, and nothing of any other; up to a day, what was left then if it was given up then, and
    // never less than nothing.
    "CREATE TABLE write_off (
        invoice_id {id} NOT NULL REFERENCES invoice (id), position {int} NOT NULL, amount {int} NOT NULL CHECK (amount <> 0),
        written_on {date} NOT NULL, created_at {int} NOT NULL,
        PRIMARY KEY (invoice_id, position)
    ) {strict}",
    "CREATE TABLE refund (
        id {id} PRIMARY KEY, payment_id {id} NOT NULL REFERENCES payment (id), customer_id {id} NOT NULL REFERENCES customer (id),
        amount {int} NOT NULL CHECK (amount > 0), currency {text} NOT NULL, reason {text}, search_key {text}, refunded_on {date} NOT NULL,
        created_at {int} NOT NULL
    ) {strict}",
    "CREATE INDEX refund_by_payment ON refund (payment_id)",
    "CREATE INDEX refund_by_customer ON refund (customer_id)",
    "CREATE INDEX refund_by_created ON refund (created_at, id)",
];

/// What was done because it was due. An item is done once: its key is what, of which record, for which day and, of a step of an
/// invoice, how often that had been reopened: when it is owed again, its schedule begins again.
const CATCH_UP: &[&str] = &[
    "CREATE TABLE catch_up_run (
        id {id} PRIMARY KEY, at {int} NOT NULL, actor_id {id}, counts {text} NOT NULL, has_more {bool} NOT NULL
    ) {strict}",
    "CREATE INDEX catch_up_run_by_time ON catch_up_run (at, id)",
    "CREATE TABLE catch_up_item (
        kind {text} NOT NULL, subject_id {id} NOT NULL, due_on {date} NOT NULL, run_id {id} NOT NULL REFERENCES catch_up_run (id),
        customer_id {id} NOT NULL REFERENCES customer (id), done_at {int} NOT NULL, reopened {int} NOT NULL,
        PRIMARY KEY (kind, subject_id, due_on, reopened)
    ) {strict}",
    "CREATE INDEX catch_up_item_by_customer ON catch_up_item (customer_id)",
    "CREATE INDEX catch_up_item_by_run ON catch_up_item (run_id)",
];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    // sea-orm-migration opens a transaction by itself only on Postgres.
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        columns::mark(manager).await?;
        for tables in [BOOK, BILLING, CUSTOMERS, SALES, MONEY, CATCH_UP] {
            columns::run(manager, tables).await?;
        }
        columns::search_index(manager).await?;
        guards::guard(manager).await
    }
}
