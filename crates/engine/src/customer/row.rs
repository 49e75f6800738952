//! A row of the list of customers as JSON text, made by the database.

use contract::Currency;

use crate::{db, scope::Scope};

/// The text of [`contract::customer::CustomerRow`], over `c` (customer) and `s` (summary).
pub fn text(scope: &Scope, currency: Currency) -> String {
    // The order of the fields is that of the arguments below.
    let shape = r#"{"id":"%s","email":%s,"full_name":%s,"company_name":%s,"is_active":%s,"is_admin":%s,"created_at":"%s","updated_at":"%s",
"archived_at":%s,"total_licenses":%s,"active_licenses":%s,"total_subscriptions":%s,"active_subscriptions":%s,"total_domains":%s,"total_invoices":%s,
"outstanding_invoices":%s,"last_payment_date":%s,"version":%s,%s}"#
        .replace('\n', "");
    let quoted = |text: &str| db::json_text(scope, text);
    let flag = |flag: &str| format!("CASE WHEN {flag} THEN 'true' ELSE 'false' END");
    let fields = [
        db::id_text(scope, "c.id"),
        quoted("c.email"),
        quoted("c.full_name"),
        quoted("c.company_name"),
        flag("c.is_active"),
        flag("c.is_admin"),
        db::instant(scope, "c.created_at"),
        db::instant(scope, "c.updated_at"),
        format!("COALESCE('\"' || {} || '\"', 'null')", db::instant(scope, "c.archived_at")),
        "s.total_licenses".to_owned(),
        "s.active_licenses".to_owned(),
        "s.total_subscriptions".to_owned(),
        "s.active_subscriptions".to_owned(),
        "s.total_domains".to_owned(),
        "s.total_invoices".to_owned(),
        "s.outstanding_invoices".to_owned(),
        format!("COALESCE('\"' || {} || '\"', 'null')", db::day(scope, "s.last_payment_date")),
        "c.version".to_owned(),
        money(currency),
    ];
    format!("format('{shape}', {})", fields.join(", "))
}

/// The amounts of a customer: lists of money, the book's currency first, the others by code, nothing that is zero.
fn money(currency: Currency) -> String {
    let list = |amount: &str| {
        format!(
            r#"string_agg(CASE WHEN {amount} <> 0 THEN format('{{"amount":%s,"currency":"%s"}}', {amount}, m.currency) END, ','
                ORDER BY CASE WHEN m.currency = '{}' THEN 0 ELSE 1 END, m.currency)"#,
            currency.code()
        )
    };
    format!(
        r#"(SELECT format('"revenue":[%s],"total_payments":[%s],"outstanding":[%s],"overdue":[%s]', a.revenue, a.revenue, a.outstanding, a.overdue)
            FROM (SELECT {} AS revenue, {} AS outstanding, {} AS overdue FROM customer_money m WHERE m.customer_id = s.customer_id) AS a)"#,
        list("(m.paid - m.refunded)"),
        list("m.outstanding"),
        list("m.overdue"),
    )
}
