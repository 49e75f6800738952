//! What counts as billed no longer, because its invoice is gone.

use contract::catch_up::DueKind;
use sea_orm::{ActiveModelTrait, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter};
use serde_json::{Value, json};

use crate::{
    entity::{catch_up_item, invoice, subscription},
    error::Result,
    invoice::lines,
    scope::Scope,
};

/// Lets a subscription that is over count as not billed from the first day on that an invoice bills and no other does: the invoice is
/// about to be deleted, or is void or credited in full. If the subscription comes back, that time is billed anew. Of one that runs
/// nothing is changed: who deletes its draft does not want the period billed again by the next catch-up. Answers with what the
/// change log shows.
///
/// The version stays: what was read of the subscription can still be acted upon, such as Undo of its cancellation.
pub async fn unbill(scope: &Scope, gone: &invoice::Model) -> Result<Option<(String, Option<Value>, Option<Value>)>> {
    let Some(id) = gone.subscription_id else { return Ok(None) };
    let found = subscription::Entity::find_by_id(id).one(scope).await?;
    let Some(mut row) = found.filter(|row| row.status == "canceled") else {
        return Ok(None);
    };
    let own = lines::load(scope, gone.id.into()).await?;
    let first = own.iter().filter_map(|line| line.period_start).min();
    let Some((first, until)) = first.zip(own.iter().filter_map(|line| line.period_end).max()) else {
        return Ok(None);
    };
    let (from, known) = (first.max(row.anchor), row.billed_until);
    // What counts as billed behind it and has no invoice was a pause, or was not wanted: that is not billed with it.
    if from >= known || until < known {
        return Ok(None);
    }
    let others = "SELECT l.period_end FROM invoice_line l JOIN invoice i ON i.id = l.invoice_id
                  WHERE i.customer_id = ? AND i.subscription_id = ? AND i.id <> ? AND l.period_start < ? AND l.period_end > ?
                      AND i.status <> 'void' AND (i.credited = 0 OR i.credited < i.total)
                  ORDER BY l.period_end DESC LIMIT 1";
    // By the customer, because of the index.
    let values = vec![gone.customer_id.into(), id.into(), gone.id.into(), known.into(), from.into()];
    // What another one bills is billed: after a change of the cycle, the period before it.
    let from = match scope.row(others, values).await? {
        Some(other) => from.max(other.try_get("", "period_end")?),
        None => from,
    };
    if from >= known {
        return Ok(None);
    }
    row.billed_until = from;
    // Where the clock is set back before it comes back, a catch-up bills that time: under the key by which it was done before.
    catch_up_item::Entity::delete_many()
        .filter(catch_up_item::Column::Kind.eq(DueKind::Renewal.as_str()))
        .filter(catch_up_item::Column::SubjectId.eq(row.id))
        .filter(catch_up_item::Column::DueOn.gte(from))
        .exec(scope)
        .await?;
    row.into_active_model().reset_all().update(scope).await?;
    Ok(Some(("billed_until".to_owned(), Some(json!(known)), Some(json!(from)))))
}
