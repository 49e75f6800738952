//! `release_allocation`.

use contract::{
    Conflict, Money, Noun, Problem,
    invoice::InvoiceStatus,
    payment::{ReleaseAllocation, ReleasedAllocation, wrong_currency},
};
use sea_orm::EntityTrait;
use serde_json::json;

use super::allocate::{find, release};
use crate::{
    call::Run,
    customer::check_version,
    entity::payment,
    error::{Result, not_found},
    invoice,
    scope::Scope,
};

impl Run for ReleaseAllocation {
    async fn run(self, scope: &Scope) -> Result<ReleasedAllocation> {
        let (mut row, _) = invoice::find_to_change(scope, self.invoice_id).await?;
        if let Some(version) = self.version {
            check_version(scope, row.id, row.version, version).await?;
        }
        let status = invoice::status(&row)?;
        if matches!(status, InvoiceStatus::Draft | InvoiceStatus::Void) {
            return Err(Conflict::InvoiceState { status }.into());
        }
        let payment = payment::Entity::find_by_id(self.payment_id.0).one(scope).await?;
        let Some(payment) = payment.filter(|payment| payment.customer_id == row.customer_id) else {
            return Err(not_found(Noun::Payment));
        };
        let currency = invoice::currency(&row)?;
        if self.amount.is_some_and(|amount| amount.currency != currency) {
            return Err(contract::Error::field("amount.currency", wrong_currency(currency)).into());
        }
        let part = find(scope, payment.id, row.id).await?.ok_or(Conflict::NotAllocated)?;
        let amount = self.amount.map_or(part.amount, |amount| amount.amount);
        if amount > part.amount {
            let problem = Problem::OutOfRange { min: 1, max: part.amount };
            return Err(contract::Error::field("amount.amount", problem).into());
        }
        release(scope, part, &mut row, amount).await?;
        let released = Money::new(amount, currency);
        let mut fields = vec![
            ("released".to_owned(), None, Some(json!(released))),
            ("payment_id".to_owned(), None, Some(json!(payment.id))),
        ];
        if row.status != status.as_str() {
            fields.push(("status".to_owned(), Some(json!(status)), Some(json!(row.status))));
        }
        scope.log(invoice::entry(&row, fields));
        Ok(ReleasedAllocation {
            invoice: invoice::read(scope, row.id).await?,
            released,
        })
    }
}
