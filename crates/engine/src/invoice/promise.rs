//! `set_payment_promise`.

use contract::{
    Conflict,
    invoice::{Invoice, InvoiceStatus},
    promise::SetPaymentPromise,
};

use super::{entry, fields, find_to_change, read, status, store};
use crate::{call::Run, change, customer::check_version, error::Result, scope::Scope};

impl Run for SetPaymentPromise {
    async fn run(self, scope: &Scope) -> Result<Invoice> {
        let (mut row, _) = find_to_change(scope, self.id).await?;
        check_version(scope, row.id, row.version, self.version).await?;
        let status = status(&row)?;
        if status != InvoiceStatus::Open {
            return Err(Conflict::InvoiceState { status }.into());
        }
        self.check(scope.today()).map_err(|fields| contract::Error::Invalid { fields })?;
        let before = fields(&row)?;
        row.promised_until = self.promised_until;
        let changed = change::difference(Some(&before), &fields(&row)?);
        if !changed.is_empty() {
            store(scope, &mut row).await?;
            scope.log(entry(&row, changed));
        }
        read(scope, row.id).await
    }
}
