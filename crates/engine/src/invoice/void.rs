//! `void_invoice`.

use contract::{
    Conflict,
    invoice::{Invoice, InvoiceStatus, VoidInvoice},
};

use super::{entry, fields, find_to_change, read, settle, status, store};
use crate::{call::Run, change, customer::check_version, error::Result, scope::Scope, subscription};

impl Run for VoidInvoice {
    async fn run(self, scope: &Scope) -> Result<Invoice> {
        let (mut row, _) = find_to_change(scope, self.id).await?;
        check_version(scope, row.id, row.version, self.version).await?;
        match status(&row)? {
            InvoiceStatus::Open | InvoiceStatus::Uncollectible | InvoiceStatus::Paid if row.paid > 0 || row.credited > 0 => {
                return Err(Conflict::InvoiceSettled.into());
            }
            InvoiceStatus::Open | InvoiceStatus::Uncollectible => {}
            status => return Err(Conflict::InvoiceState { status }.into()),
        }
        let before = fields(&row)?;
        row.status = InvoiceStatus::Void.as_str().to_owned();
        row.voided_at = Some(scope.now.0);
        settle(scope, &mut row);
        store(scope, &mut row).await?;
        let mut changed = change::difference(Some(&before), &fields(&row)?);
        changed.extend(subscription::unbill(scope, &row).await?);
        scope.log(entry(&row, changed));
        read(scope, row.id).await
    }
}
