//! Reading the change log.

use std::collections::HashMap;

use contract::{
    Noun, Timestamp,
    change::{Change, ChangePage, ChangedField, ListChanges},
};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, Value};
use uuid::Uuid;

use super::SUBJECT;
use crate::{
    call::Run,
    entity::change_value,
    error::{Result, unknown_word},
    page::{Cursor, list_mark},
    scope::Scope,
};

impl Run for ListChanges {
    async fn run(self, scope: &Scope) -> Result<ChangePage> {
        let limit = self.limit.unwrap_or(contract::page::DEFAULT_LIMIT);
        let mark = list_mark(&("changes", self.customer_id))?;
        let mut conditions = vec!["TRUE".to_owned()];
        let mut values: Vec<Value> = Vec::new();
        if let Some(customer) = self.customer_id {
            conditions.push("c.customer_id = ?".to_owned());
            values.push(customer.0.into());
        }
        // The entries of the book are numbered from 1 without a gap, and none is ever removed.
        let count = match self.customer_id {
            Some(_) => "SELECT COUNT(*) FROM change WHERE customer_id = ?",
            None => "SELECT number FROM chain_head",
        };
        let total = scope.number(count, values.clone()).await?;
        if let Some(after) = &self.after {
            let cursor = Cursor::decode("after", after, &mark)?;
            conditions.push("c.number < ?".to_owned());
            values.push(cursor.created_at.into());
        }
        let mut items = fetch(scope, &conditions.join(" AND "), values, i64::from(limit) + 1).await?;
        let has_more = items.len() > usize::try_from(limit)?;
        items.truncate(usize::try_from(limit)?);
        let next = match items.last().filter(|_| has_more) {
            Some(last) => Some(Cursor::new(&mark, serde_json::Value::Null, i64::try_from(last.number)?, last.id.0).encode()?),
            None => None,
        };
        Ok(ChangePage {
            items,
            next,
            previous: None,
            total: u64::try_from(total)?,
            total_is_exact: true,
        })
    }
}

/// The newest entries of the book.
pub async fn newest(scope: &Scope, limit: i64) -> Result<Vec<Change>> {
    fetch(scope, "TRUE", Vec::new(), limit).await
}

async fn fetch(scope: &Scope, condition: &str, mut values: Vec<Value>, limit: i64) -> Result<Vec<Change>> {
    let sql = format!(
        "SELECT c.id, c.number, c.at, c.operation, c.noun, c.subject_id, c.customer_id, c.version, a.full_name AS actor
         FROM change c LEFT JOIN customer a ON a.id = c.actor_id WHERE {condition} ORDER BY c.number DESC LIMIT ?"
    );
    values.push(limit.into());
    let rows = scope.rows(&sql, values).await?;
    let mut ids: Vec<Uuid> = Vec::with_capacity(rows.len());
    for row in &rows {
        ids.push(row.try_get("", "id")?);
    }
    let mut by_change: HashMap<Uuid, Vec<change_value::Model>> = HashMap::new();
    let found = change_value::Entity::find()
        .filter(change_value::Column::ChangeId.is_in(ids))
        .order_by_asc(change_value::Column::Position);
    for value in found.all(scope).await? {
        by_change.entry(value.change_id).or_default().push(value);
    }
    let mut changes = Vec::with_capacity(rows.len());
    for row in rows {
        let id: Uuid = row.try_get("", "id")?;
        let mut subject = String::new();
        let mut fields = Vec::new();
        for value in by_change.remove(&id).unwrap_or_default() {
            let read = |text: Option<String>| text.map(|text| serde_json::from_str::<serde_json::Value>(&text)).transpose();
            let (before, after) = (read(value.before)?, read(value.after)?);
            if value.field == SUBJECT {
                subject = after.and_then(|after| after.as_str().map(str::to_owned)).unwrap_or_default();
            } else {
                fields.push(ChangedField {
                    field: value.field,
                    before,
                    after,
                });
            }
        }
        let noun: String = row.try_get("", "noun")?;
        changes.push(Change {
            id: id.into(),
            number: u64::try_from(row.try_get::<i64>("", "number")?)?,
            at: Timestamp(row.try_get("", "at")?),
            actor: row.try_get("", "actor")?,
            operation: row.try_get("", "operation")?,
            noun: Noun::parse(&noun).ok_or_else(|| unknown_word("change.noun", &noun))?,
            subject_id: row.try_get::<Uuid>("", "subject_id")?.to_string(),
            subject,
            customer_id: row.try_get::<Option<Uuid>>("", "customer_id")?.map(Into::into),
            version: u32::try_from(row.try_get::<i64>("", "version")?)?,
            fields,
        });
    }
    Ok(changes)
}
