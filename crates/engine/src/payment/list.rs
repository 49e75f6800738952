//! `list_payments`, and the wire form of a payment.

use std::collections::HashMap;

use contract::{
    Currency, Money, Timestamp,
    invoice::InvoiceStatus,
    payment::{Allocation, ListPayments, Payment, PaymentMethod, PaymentPage, PaymentSort, PaymentStatus},
};
use sea_orm::{FromQueryResult, QueryResult, Value};
use uuid::Uuid;

use crate::{
    call::Run,
    db,
    entity::payment,
    error::{Result, unknown_word},
    figure,
    page::{Kind, Listing, SortKey, Wanted, by_status},
    scope::Scope,
};

/// The columns and tables of a list of payments.
pub const SELECT: &str = "SELECT t.*, c.full_name AS customer_name FROM payment t JOIN customer c ON c.id = t.customer_id";

/// The wire form of rows of [`SELECT`], with what each pays.
pub async fn view_rows(scope: &Scope, rows: &[QueryResult]) -> Result<Vec<Payment>> {
    let mut own = Vec::with_capacity(rows.len());
    for row in rows {
        own.push((
            payment::Model::from_query_result(row, "")?,
            row.try_get::<String>("", "customer_name")?,
        ));
    }
    let mut paid: HashMap<Uuid, Vec<Allocation>> = HashMap::new();
    if !own.is_empty() {
        let marks = vec!["?"; own.len()].join(", ");
        let sql = format!(
            "SELECT a.payment_id, a.invoice_id, a.amount, i.number, i.status, i.currency
             FROM allocation a JOIN invoice i ON i.id = a.invoice_id
             WHERE a.payment_id IN ({marks}) ORDER BY a.created_at, a.id"
        );
        let ids: Vec<Value> = own.iter().map(|(row, _)| row.id.into()).collect();
        for row in scope.rows(&sql, ids).await? {
            let (status, currency): (String, String) = (row.try_get("", "status")?, row.try_get("", "currency")?);
            let currency = Currency::parse(&currency).ok_or_else(|| unknown_word("invoice.currency", &currency))?;
            let part = Allocation {
                invoice_id: row.try_get::<Uuid>("", "invoice_id")?.into(),
                invoice_number: row.try_get("", "number")?,
                invoice_status: InvoiceStatus::parse(&status).ok_or_else(|| unknown_word("invoice.status", &status))?,
                amount: Money::new(row.try_get("", "amount")?, currency),
            };
            paid.entry(row.try_get("", "payment_id")?).or_default().push(part);
        }
    }
    let mut payments = Vec::with_capacity(own.len());
    for (row, customer_name) in own {
        let currency = Currency::parse(&row.currency).ok_or_else(|| unknown_word("payment.currency", &row.currency))?;
        let allocations = paid.remove(&row.id).unwrap_or_default();
        let allocated: i64 = allocations.iter().map(|part| part.amount.amount).sum();
        payments.push(Payment {
            id: row.id.into(),
            customer_id: row.customer_id.into(),
            customer_name,
            amount: Money::new(row.amount, currency),
            refunded: Money::new(row.refunded, currency),
            method: PaymentMethod::parse(&row.method).ok_or_else(|| unknown_word("payment.method", &row.method))?,
            reference: row.reference,
            received_on: row.received_on,
            status: PaymentStatus::parse(&row.status).ok_or_else(|| unknown_word("payment.status", &row.status))?,
            unallocated: Money::new((row.amount - row.refunded - allocated).max(0), currency),
            allocations,
            created_at: Timestamp(row.created_at),
            version: u32::try_from(row.version)?,
        });
    }
    Ok(payments)
}

/// What a list is sorted by.
fn sort_key(sort: PaymentSort) -> SortKey {
    match sort {
        PaymentSort::CreatedAt => SortKey::new("t.created_at", Kind::Created).along("t", "payment_by_created"),
        PaymentSort::ReceivedOn => SortKey::new("t.received_on", Kind::Day).along("t", "payment_by_received"),
        PaymentSort::CustomerName => SortKey::new("c.full_name_key", Kind::Text).along("c", "customer_by_name"),
        PaymentSort::Amount => SortKey::new("t.amount", Kind::Number).along("t", "payment_by_amount"),
        PaymentSort::Method => SortKey::new("t.method", Kind::Text).along("t", "payment_by_method"),
        PaymentSort::Status => SortKey::new("(t.status || '')", Kind::Text).along("t", "payment_by_status"),
    }
}

impl Run for ListPayments {
    async fn run(self, scope: &Scope) -> Result<PaymentPage> {
        let mut conditions = Vec::new();
        if let Some(status) = self.status {
            conditions.push((by_status(self.customer_id.is_none()), vec![status.as_str().into()]));
        }
        let page = Listing {
            name: "payments",
            select: SELECT,
            table: "payment",
            customer: self.customer_id,
            always: "TRUE",
            conditions,
            filter: format!("{:?}", self.status),
            searched: &["COALESCE(t.search_key, LOWER(t.reference))"],
            search: self.search.as_deref(),
            is_exact: self.exact,
            key: sort_key(self.sort.unwrap_or(PaymentSort::CreatedAt)).in_status(self.status.is_some(), "payment_by_status"),
            descending: self.descending,
            wanted: Wanted {
                limit: self.limit,
                after: self.after.as_deref(),
                before: self.before.as_deref(),
                at: self.at,
            },
        };
        // Only what succeeded counts.
        let has_sums = self.status.is_none_or(|status| status == PaymentStatus::Succeeded);
        let is_searched = self
            .search
            .as_deref()
            .is_some_and(|term| !contract::text::search_parts(term).is_empty());
        let is_of_all = self.customer_id.is_none() && !is_searched;
        let matching = page.ids(scope);
        let found = page.fetch(scope).await?;
        let is_whole = u64::try_from(found.rows.len())? == found.total;
        let sums = match (has_sums, is_of_all) {
            (true, true) => sums_of_book(scope).await?,
            // What is all on the page is not searched for again.
            (true, false) if is_whole => sums_of_page(scope, &found.rows).await?,
            // Of more than are counted the sum would take longer than the page.
            (true, false) if found.total_is_exact || self.customer_id.is_some() => sums_of_list(scope, matching).await?,
            _ => Sums::new(),
        };
        let in_order = |pick: fn(&(String, i64, i64)) -> i64| {
            figure::in_order(&scope.book.currency, sums.iter().map(|row| (row.0.as_str(), pick(row))))
        };
        let (sum, credit) = (in_order(|row| row.1), in_order(|row| row.2));
        let items = view_rows(scope, &found.rows).await?;
        Ok(PaymentPage {
            items,
            next: found.next,
            previous: found.previous,
            total: found.total,
            total_is_exact: found.total_is_exact,
            sum,
            credit,
        })
    }
}

/// By currency: payments less refunds, and what of it pays no invoice.
type Sums = Vec<(String, i64, i64)>;

/// Of all customers together the figures of the book tell.
async fn sums_of_book(scope: &Scope) -> Result<Sums> {
    let figures = figure::read(scope, &[figure::REVENUE, figure::ALLOCATED]).await?;
    let revenue = figures.iter().filter(|((kind, _), _)| *kind == figure::REVENUE);
    Ok(revenue
        .map(|((_, currency), net)| (currency.clone(), *net, net - figure::of(&figures, figure::ALLOCATED, currency)))
        .collect())
}

/// Of the payments of a page.
async fn sums_of_page(scope: &Scope, rows: &[QueryResult]) -> Result<Sums> {
    if rows.is_empty() {
        return Ok(Sums::new());
    }
    let mut ids: Vec<Value> = Vec::with_capacity(rows.len());
    for row in rows {
        ids.push(row.try_get::<Uuid>("", "id")?.into());
    }
    let marks = vec!["?"; ids.len()].join(", ");
    sums_of_list(scope, (format!("SELECT t.id FROM payment t WHERE t.id IN ({marks})"), ids)).await
}

/// Of what a list shows.
async fn sums_of_list(scope: &Scope, (ids, values): (String, Vec<Value>)) -> Result<Sums> {
    let sql = format!(
        "WITH found AS MATERIALIZED (
           SELECT t.id, t.currency, t.amount - t.refunded AS net FROM ({ids}) AS matching CROSS JOIN payment t
           WHERE t.id = matching.id AND t.status = 'succeeded')
         SELECT currency, {} AS net, {} AS used FROM (
           SELECT f.currency AS currency, f.net AS net, 0 AS used FROM found f
           UNION ALL
           SELECT f.currency, 0, a.amount FROM found f CROSS JOIN allocation a WHERE a.payment_id = f.id) AS sums GROUP BY currency",
        db::sum(scope, "net"),
        db::sum(scope, "used"),
    );
    let mut sums = Vec::new();
    for row in scope.rows(&sql, values).await? {
        let (net, used): (i64, i64) = (row.try_get("", "net")?, row.try_get("", "used")?);
        sums.push((row.try_get("", "currency")?, net, net - used));
    }
    Ok(sums)
}
