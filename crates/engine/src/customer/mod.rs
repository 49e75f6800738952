//! Customers and administrators.

mod administrators;
mod create;
mod delete;
mod fence;
mod list;
mod matching;
mod restore;
mod row;
mod update;
mod view;

use std::collections::HashMap;

use contract::{Conflict, CustomerId, Difference, Forbidden, Noun, Timestamp};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use serde_json::{Map, Value, json};
use uuid::Uuid;

pub use create::{NewAccount, insert};
pub use fence::Fences;
pub use view::view;

use crate::{
    change::Entry,
    db,
    entity::customer,
    error::{Error, Result, not_found},
    scope::Scope,
};

/// A live customer or administrator.
pub async fn find(scope: &Scope, id: CustomerId) -> Result<customer::Model> {
    customer::Entity::find_by_id(id.0)
        .one(scope)
        .await?
        .filter(|row| row.deleted_at.is_none())
        .ok_or_else(|| not_found(Noun::Customer))
}

/// The same for a record of theirs, which a customer who is gone hides: it is `missing` then.
pub async fn find_of(scope: &Scope, id: CustomerId, missing: impl Fn() -> Error) -> Result<customer::Model> {
    find(scope, id).await.map_err(|error| match error {
        Error::Refused(_) => missing(),
        error => error,
    })
}

/// A live customer, locked until the operation ends, for whom something is to be done.
pub async fn find_to_serve(scope: &Scope, id: CustomerId) -> Result<customer::Model> {
    scope.touch(id.0).await?;
    let row = find(scope, id).await?;
    if row.archived_at.is_some() {
        return Err(not_found(Noun::Customer));
    }
    no_administrator(row)
}

/// The same, archived or not: whoever owes something can pay it.
pub async fn find_to_settle(scope: &Scope, id: CustomerId) -> Result<customer::Model> {
    scope.touch(id.0).await?;
    no_administrator(find(scope, id).await?)
}

fn no_administrator(row: customer::Model) -> Result<customer::Model> {
    if row.is_admin {
        Err(Conflict::Administrator.into())
    } else {
        Ok(row)
    }
}

/// The same, and an active one: to others nothing new is sold, whatever they have already.
pub async fn find_to_sell(scope: &Scope, id: CustomerId) -> Result<customer::Model> {
    let row = find_to_serve(scope, id).await?;
    if row.is_active {
        Ok(row)
    } else {
        Err(Conflict::CustomerInactive.into())
    }
}

/// The text that a search looks into.
pub fn search_text(full_name: &str, email: &str, company_name: Option<&str>) -> String {
    [full_name, email, company_name.unwrap_or_default()]
        .map(contract::text::fold)
        .join("\n")
}

/// The own fields in wire form, for the change log.
pub fn fields(row: &customer::Model) -> Map<String, Value> {
    let mut fields = Map::new();
    fields.insert("email".to_owned(), json!(row.email));
    fields.insert("full_name".to_owned(), json!(row.full_name));
    fields.insert("company_name".to_owned(), json!(row.company_name));
    fields.insert("is_active".to_owned(), json!(row.is_active));
    fields.insert("is_admin".to_owned(), json!(row.is_admin));
    fields
}

/// The entry of the change log for a customer.
fn entry(row: &customer::Model, fields: Vec<(String, Option<Value>, Option<Value>)>) -> Entry {
    Entry {
        noun: Noun::Customer,
        id: row.id,
        subject: row.full_name.clone(),
        customer: Some(row.id),
        version: row.version,
        fields,
    }
}

/// Refuses an address that another live account uses. The unique index has the last word; this has the better one.
async fn check_email(scope: &Scope, email: &str, except: Option<Uuid>) -> Result<String> {
    let key = contract::email::key(email).map_err(|fault| contract::Error::field("email", contract::Problem::MalformedEmail { fault }))?;
    db::serialize(scope, &format!("email {key}")).await?;
    let owner = owner_of(scope, &key, except).await?;
    match owner {
        Some(owner) => Err(Conflict::EmailTaken {
            id: owner.id.into(),
            full_name: owner.full_name,
        }
        .into()),
        None => Ok(key),
    }
}

async fn owner_of(scope: &Scope, key: &str, except: Option<Uuid>) -> Result<Option<customer::Model>> {
    let found = customer::Entity::find()
        .filter(customer::Column::EmailKey.eq(key))
        .filter(customer::Column::DeletedAt.is_null())
        .filter(customer::Column::ArchivedAt.is_null())
        .one(scope)
        .await?;
    Ok(found.filter(|owner| Some(owner.id) != except))
}

/// Refuses a version that is no longer current, with what has changed since.
pub async fn check_version(scope: &Scope, id: Uuid, current: i64, given: u32) -> Result<()> {
    if i64::from(given) == current {
        return Ok(());
    }
    let mut differences: Vec<Difference> = Vec::new();
    let mut last = (scope.now.0, None);
    let wanted = scope.wanted();
    let mut note = |field: String, before: Value, theirs: Value| match differences.iter_mut().find(|known| known.field == field) {
        // Changed more than once: what it was before the first counts, and what it is after the last.
        Some(known) => known.theirs = theirs,
        None => differences.push(Difference {
            before,
            theirs,
            mine: wanted.get(&field).cloned(),
            field,
        }),
    };
    let sql = "SELECT c.at, a.full_name AS actor, v.field, v.before AS was, v.after AS became
               FROM change c JOIN change_value v ON v.change_id = c.id AND v.position > 0
               LEFT JOIN customer a ON a.id = c.actor_id WHERE c.subject_id = ? AND c.version > ? ORDER BY c.number, v.position";
    for row in scope.rows(sql, vec![id.into(), i64::from(given).into()]).await? {
        last = (row.try_get("", "at")?, row.try_get("", "actor")?);
        let value = |text: Option<String>| text.map_or(Ok(Value::Null), |text| serde_json::from_str(&text));
        note(
            row.try_get("", "field")?,
            value(row.try_get("", "was")?)?,
            value(row.try_get("", "became")?)?,
        );
    }
    // What fell due is not in the log yet where it was moved within this write.
    for entry in scope.fell_due(id).into_iter().filter(|entry| entry.version > i64::from(given)) {
        last = (scope.now.0, None);
        for (field, was, became) in entry.fields {
            note(field, was.unwrap_or_default(), became.unwrap_or_default());
        }
    }
    Err(Conflict::ChangedMeanwhile {
        version: u32::try_from(current)?,
        at: Timestamp(last.0),
        by: last.1,
        fields: differences.iter().map(|difference| difference.field.clone()).collect(),
        differences,
    }
    .into())
}

/// The names of customers.
pub async fn names(scope: &Scope, ids: impl Iterator<Item = Uuid>) -> Result<HashMap<Uuid, String>> {
    let ids: Vec<Uuid> = ids.collect();
    let mut names = HashMap::new();
    for some in ids.chunks(500) {
        let own = customer::Entity::find().filter(customer::Column::Id.is_in(some.iter().copied()));
        names.extend(own.all(scope).await?.into_iter().map(|row| (row.id, row.full_name)));
    }
    Ok(names)
}

/// Refuses what would lock everyone, or oneself, out.
async fn check_administrator_stays(scope: &Scope, row: &customer::Model) -> Result<()> {
    if !row.is_admin {
        return Ok(());
    }
    if scope.actor.as_ref().is_some_and(|actor| actor.id == row.id) {
        return Err(contract::Error::Forbidden {
            reason: Forbidden::OwnAccount,
        }
        .into());
    }
    db::serialize(scope, "administrators").await?;
    let sql = "SELECT COUNT(*) FROM customer WHERE is_admin = TRUE AND is_active = TRUE AND deleted_at IS NULL AND archived_at IS NULL AND id <> ?";
    let others = scope.number(sql, vec![row.id.into()]).await?;
    if others == 0 {
        Err(contract::Error::Forbidden {
            reason: Forbidden::LastAdministrator,
        }
        .into())
    } else {
        Ok(())
    }
}
