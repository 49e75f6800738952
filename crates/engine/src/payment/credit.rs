//! `apply_credit`.

use contract::{
    Conflict, Money, Noun, Problem,
    invoice::InvoiceStatus,
    payment::{AppliedCredit, ApplyCredit, wrong_currency},
};
use serde_json::json;

use super::allocate::{pay, unallocated, with_credit};
use crate::{
    call::Run,
    customer::check_version,
    error::{Result, not_found},
    invoice,
    scope::Scope,
};

impl Run for ApplyCredit {
    async fn run(self, scope: &Scope) -> Result<AppliedCredit> {
        let (mut row, _) = invoice::find_to_change(scope, self.invoice_id).await?;
        if let Some(version) = self.version {
            check_version(scope, row.id, row.version, version).await?;
        }
        let status = invoice::status(&row)?;
        if !matches!(status, InvoiceStatus::Open | InvoiceStatus::Uncollectible) {
            return Err(Conflict::InvoiceState { status }.into());
        }
        let currency = invoice::currency(&row)?;
        if self.amount.is_some_and(|amount| amount.currency != currency) {
            return Err(contract::Error::field("amount.currency", wrong_currency(currency)).into());
        }
        let mut payments = with_credit(scope, row.customer_id, &row.currency).await?;
        if let Some(first) = self.payment_id {
            if !payments.iter().any(|payment| payment.id == first.0) {
                return Err(not_found(Noun::Payment));
            }
            // The others stay in their order.
            payments.sort_by_key(|payment| payment.id != first.0);
        }
        let mut credit = Vec::new();
        for payment in payments {
            let left = unallocated(scope, &payment).await?;
            if left > 0 {
                credit.push((payment.id, left));
            }
        }
        let there_is: i64 = credit.iter().map(|(_, left)| left).sum();
        if there_is == 0 {
            return Err(Conflict::NoCredit.into());
        }
        let most = there_is.min(invoice::payable(&row));
        let wanted = self.amount.map_or(most, |amount| amount.amount);
        if wanted > most {
            let problem = Problem::OutOfRange { min: 1, max: most };
            return Err(contract::Error::field("amount.amount", problem).into());
        }
        let mut left = wanted;
        let mut used_of = Vec::new();
        for (payment, own) in credit {
            let part = own.min(left);
            if part == 0 {
                break;
            }
            left -= part;
            pay(scope, payment, &mut row, part, scope.today()).await?;
            used_of.push(payment);
        }
        let used = Money::new(wanted, currency);
        let mut fields = vec![
            ("credit_used".to_owned(), None, Some(json!(used))),
            ("status".to_owned(), Some(json!(status)), Some(json!(row.status))),
        ];
        // What one payment gave can be taken off again as a whole.
        let only = match used_of.as_slice() {
            [only] => Some(*only),
            _ => None,
        };
        if let Some(only) = only {
            fields.push(("payment_id".to_owned(), None, Some(json!(only))));
        }
        // What became of its subscription by it: one that goes on is not suspended again by taking this back.
        let changed = row.subscription_id.map(|id| scope.changed(id)).unwrap_or_default();
        let mut changed = changed.into_iter().flat_map(|entry| entry.fields);
        if let Some((_, before, after)) = changed.find(|(field, ..)| field == "status") {
            fields.push(("subscription".to_owned(), before, after));
        }
        scope.log(invoice::entry(&row, fields));
        Ok(AppliedCredit {
            invoice: invoice::read(scope, row.id).await?,
            used,
            payment_id: only.map(Into::into),
        })
    }
}
