//! Follows the chain of the change log from its first entry to its end.

use std::collections::HashMap;

use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use uuid::Uuid;

use super::Finding;
use crate::{
    change::{commitment, link},
    entity::{chain_head, change, change_value},
    error::Result,
    random::hex,
    scope::Scope,
};

const AT_ONCE: u64 = 500;

/// Checks every entry; answers with how many there are.
pub async fn check(scope: &Scope, findings: &mut Vec<Finding>) -> Result<u64> {
    let mut number = 0_i64;
    let mut hash = vec![0; 32];
    loop {
        let rows = change::Entity::find()
            .filter(change::Column::Number.gt(number))
            .order_by_asc(change::Column::Number)
            .limit(AT_ONCE)
            .all(scope)
            .await?;
        if rows.is_empty() {
            break;
        }
        let ids: Vec<Uuid> = rows.iter().map(|row| row.id).collect();
        let mut values: HashMap<Uuid, Vec<change_value::Model>> = HashMap::new();
        let found = change_value::Entity::find()
            .filter(change_value::Column::ChangeId.is_in(ids))
            .order_by_asc(change_value::Column::Position);
        for value in found.all(scope).await? {
            values.entry(value.change_id).or_default().push(value);
        }
        for row in rows {
            if row.number != number + 1 {
                findings.push(Finding::new("change", row.number, "number", number + 1, row.number));
            }
            number = row.number;
            let own = values.remove(&row.id).unwrap_or_default();
            // Without a salt a value was erased on purpose; the commitment stays and proves that it was there. A value that
            // still says something has not been erased.
            let is_erased = own.iter().any(|value| value.salt.is_none());
            let is_forged = own
                .iter()
                .any(|value| value.salt.is_none() && (value.before.is_some() || value.after.is_some()));
            let values = commitment(&own);
            if is_forged || !is_erased && values != row.commitment {
                findings.push(Finding::new("change_value", row.number, "", hex(&row.commitment), hex(&values)));
            }
            hash = link(&hash, &row);
            if hash != row.hash {
                findings.push(Finding::new("change", row.number, "hash", hex(&hash), hex(&row.hash)));
                hash.clone_from(&row.hash);
            }
        }
    }
    if let Some(head) = chain_head::Entity::find_by_id(1).one(scope).await? {
        if head.number != number {
            findings.push(Finding::new("chain_head", 1, "number", number, head.number));
        }
        if head.hash != hash {
            findings.push(Finding::new("chain_head", 1, "hash", hex(&hash), hex(&head.hash)));
        }
    } else {
        findings.push(Finding::new("chain_head", 1, "", "a row", "none"));
    }
    Ok(u64::try_from(number)?)
}
