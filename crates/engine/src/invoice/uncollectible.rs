//! `set_invoice_uncollectible`.

use contract::{
    Conflict,
    invoice::{Invoice, InvoiceStatus, SetInvoiceUncollectible},
};

use super::{entry, fields, find_to_change, read, settle, status, store};
use crate::{call::Run, change, customer::check_version, error::Result, scope::Scope};

impl Run for SetInvoiceUncollectible {
    async fn run(self, scope: &Scope) -> Result<Invoice> {
        let (mut row, _) = find_to_change(scope, self.id).await?;
        check_version(scope, row.id, row.version, self.version).await?;
        let (from, to) = if self.uncollectible {
            (InvoiceStatus::Open, InvoiceStatus::Uncollectible)
        } else {
            (InvoiceStatus::Uncollectible, InvoiceStatus::Open)
        };
        let status = status(&row)?;
        if status != from {
            return Err(Conflict::InvoiceState { status }.into());
        }
        let before = fields(&row)?;
        row.status = to.as_str().to_owned();
        // It stays where payment is expected again: what was written off before was written off.
        if self.uncollectible {
            row.uncollectible_at = Some(scope.now.0);
        }
        settle(scope, &mut row);
        store(scope, &mut row).await?;
        scope.log(entry(&row, change::difference(Some(&before), &fields(&row)?)));
        read(scope, row.id).await
    }
}
