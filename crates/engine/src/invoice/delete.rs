//! `delete_invoice`.

use contract::invoice::{DeleteInvoice, DeletedInvoice};
use sea_orm::EntityTrait;
use serde_json::{Value, json};

use super::{entry, find_draft, lines};
use crate::{call::Run, entity::invoice, error::Result, scope::Scope, subscription};

impl Run for DeleteInvoice {
    async fn run(self, scope: &Scope) -> Result<DeletedInvoice> {
        let (mut row, _) = find_draft(scope, self.id, self.version).await?;
        let mut fields = vec![("status".to_owned(), Some(json!("draft")), Some(Value::Null))];
        fields.extend(subscription::unbill(scope, &row).await?);
        lines::store(scope, row.id, &[]).await?;
        invoice::Entity::delete_by_id(row.id).exec(scope).await?;
        row.version += 1;
        scope.log(entry(&row, fields));
        Ok(DeletedInvoice { id: self.id })
    }
}
