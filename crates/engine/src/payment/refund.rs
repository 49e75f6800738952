//! `refund_payment` and `list_refunds`.

use contract::{
    Conflict, Currency, Money, Noun, Problem, Timestamp,
    payment::{ListRefunds, PaymentStatus, Refund, RefundPage, RefundPayment, RefundSort, wrong_currency},
};
use sea_orm::{ActiveModelTrait, EntityTrait, FromQueryResult, IntoActiveModel, QueryResult};
use serde_json::json;
use uuid::Uuid;

use super::allocate::{release_from_payment, unallocated};
use crate::{
    billing,
    call::Run,
    change::Entry,
    customer,
    entity::{payment, refund},
    error::{Error, Result, not_found, unknown_word},
    page::{Kind, Listing, SortKey, Wanted, search_key},
    scope::Scope,
};

const SELECT: &str = "SELECT t.*, c.full_name AS customer_name FROM refund t JOIN customer c ON c.id = t.customer_id";

fn view_row(row: &QueryResult) -> Result<Refund> {
    let own = refund::Model::from_query_result(row, "")?;
    let currency = Currency::parse(&own.currency).ok_or_else(|| unknown_word("refund.currency", &own.currency))?;
    Ok(Refund {
        id: own.id.into(),
        payment_id: own.payment_id.into(),
        customer_id: own.customer_id.into(),
        customer_name: row.try_get("", "customer_name")?,
        amount: Money::new(own.amount, currency),
        reason: own.reason,
        refunded_on: own.refunded_on,
        created_at: Timestamp(own.created_at),
    })
}

/// A payment and its customer, locked until the operation ends.
async fn find_to_change(scope: &Scope, id: Uuid) -> Result<payment::Model> {
    let missing = || not_found(Noun::Payment);
    let row = payment::Entity::find_by_id(id).one(scope).await?.ok_or_else(missing)?;
    scope.touch(row.customer_id).await?;
    customer::find_of(scope, row.customer_id.into(), missing).await?;
    // Again: it may have changed while the lock was waited for.
    payment::Entity::find_by_id(id).one(scope).await?.ok_or_else(missing)
}

impl Run for RefundPayment {
    async fn run(self, scope: &Scope) -> Result<Refund> {
        let mut row = find_to_change(scope, self.id.0).await?;
        let status = PaymentStatus::parse(&row.status).ok_or_else(|| unknown_word("payment.status", &row.status))?;
        if status != PaymentStatus::Succeeded {
            return Err(Conflict::PaymentState { status }.into());
        }
        let currency = Currency::parse(&row.currency).ok_or_else(|| unknown_word("payment.currency", &row.currency))?;
        if self.amount.currency != currency {
            return Err(contract::Error::field("amount.currency", wrong_currency(currency)).into());
        }
        let (amount, most) = (self.amount.amount, row.amount - row.refunded);
        if amount > most {
            let problem = Problem::OutOfRange { min: 1, max: most };
            return Err(contract::Error::field("amount.amount", problem).into());
        }
        let today = scope.today();
        let refunded_on = self.refunded_on.unwrap_or(today);
        if refunded_on > today {
            return Err(contract::Error::field("refunded_on", Problem::TooLate { latest: today }).into());
        }
        if refunded_on < row.received_on {
            let problem = Problem::TooEarly { earliest: row.received_on };
            return Err(contract::Error::field("refunded_on", problem).into());
        }
        let beyond = amount - unallocated(scope, &row).await?;
        let opened = if beyond > 0 {
            release_from_payment(scope, &row, beyond, refunded_on).await?
        } else {
            Vec::new()
        };
        row.refunded += amount;
        row.version += 1;
        row.updated_at = scope.now.0;
        row.clone().into_active_model().reset_all().update(scope).await?;
        let reason = billing::tidy(self.reason);
        let given = refund::Model {
            id: scope.new_id()?,
            payment_id: row.id,
            customer_id: row.customer_id,
            amount,
            currency: row.currency.clone(),
            search_key: reason.as_deref().and_then(search_key),
            reason,
            refunded_on,
            created_at: scope.now.0,
        };
        refund::Entity::insert(refund::ActiveModel::from(given.clone()))
            .exec_without_returning(scope)
            .await?;
        let mut fields = vec![
            ("amount".to_owned(), None, Some(json!(self.amount))),
            ("refunded_on".to_owned(), None, Some(json!(refunded_on))),
        ];
        if let Some(reason) = &given.reason {
            fields.push(("reason".to_owned(), None, Some(json!(reason))));
        }
        if !opened.is_empty() {
            fields.push(("invoices".to_owned(), None, Some(json!(opened))));
        }
        scope.log(Entry {
            noun: Noun::Refund,
            id: given.id,
            subject: format!("{} {}", currency.decimal(amount), row.currency),
            customer: Some(row.customer_id),
            version: 1,
            fields,
        });
        let found = scope
            .row(&format!("{SELECT} WHERE t.id = ?"), vec![given.id.into()])
            .await?
            .ok_or_else(|| Error::Fault("a refund was not kept".to_owned()))?;
        view_row(&found)
    }
}

/// What a list is sorted by.
fn sort_key(sort: RefundSort) -> SortKey {
    match sort {
        RefundSort::CreatedAt => SortKey::new("t.created_at", Kind::Created).along("t", "refund_by_created"),
        RefundSort::RefundedOn => SortKey::new("t.refunded_on", Kind::Day),
        RefundSort::CustomerName => SortKey::new("c.full_name_key", Kind::Text).along("c", "customer_by_name"),
        RefundSort::Amount => SortKey::new("t.amount", Kind::Number),
    }
}

impl Run for ListRefunds {
    async fn run(self, scope: &Scope) -> Result<RefundPage> {
        let page = Listing {
            name: "refunds",
            select: SELECT,
            table: "refund",
            customer: self.customer_id,
            always: "TRUE",
            conditions: Vec::new(),
            filter: String::new(),
            searched: &["COALESCE(t.search_key, LOWER(t.reason))"],
            search: self.search.as_deref(),
            is_exact: self.exact,
            key: sort_key(self.sort.unwrap_or(RefundSort::CreatedAt)),
            descending: self.descending,
            wanted: Wanted {
                limit: self.limit,
                after: self.after.as_deref(),
                before: self.before.as_deref(),
                at: self.at,
            },
        };
        let found = page.fetch(scope).await?;
        Ok(RefundPage {
            items: found.rows.iter().map(view_row).collect::<Result<_>>()?,
            next: found.next,
            previous: found.previous,
            total: found.total,
            total_is_exact: found.total_is_exact,
        })
    }
}
