//! The change log: who changed what, when, from what to what. Insert only, and chained.
//!
//! `change` holds, for each entry, a commitment to its values (SHA-256 over salted values) and a hash over the entry and
//! the hash before it, so that an edited, removed or inserted entry is found. The values themselves stand in
//! `change_value`: erasing a person can blank them there without breaking the chain.

pub mod list;

use contract::Noun;
use sea_orm::{ActiveValue::Set, EntityTrait};
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::{
    db,
    entity::{change, change_value},
    error::{Error, Result},
    random,
    scope::Scope,
};

/// The position of the name of the subject among the values; fields count from 1.
const SUBJECT: &str = "";

/// What an operation changed.
#[derive(Clone, Debug)]
pub struct Entry {
    /// The kind of record.
    pub noun: Noun,
    /// The record.
    pub id: Uuid,
    /// What a person calls it.
    pub subject: String,
    /// The customer to whom it belongs.
    pub customer: Option<Uuid>,
    /// The version it has since.
    pub version: i64,
    /// The changed fields: name, before, after.
    pub fields: Vec<(String, Option<Value>, Option<Value>)>,
}

/// The fields that differ. Without a before every field counts that is not null.
pub fn difference(before: Option<&Map<String, Value>>, after: &Map<String, Value>) -> Vec<(String, Option<Value>, Option<Value>)> {
    after
        .iter()
        .filter(|(name, value)| match before {
            Some(before) => before.get(*name) != Some(*value),
            None => !value.is_null(),
        })
        .map(|(name, value)| {
            (
                name.clone(),
                before.and_then(|before| before.get(name).cloned()),
                Some(value.clone()),
            )
        })
        .collect()
}

/// Appends entries of an operation to the log, with who has done it, if anybody; answers with the number of the last one.
pub async fn append(scope: &Scope, operation: &str, actor: Option<Uuid>, entries: &[Entry]) -> Result<Option<i64>> {
    if entries.is_empty() {
        return Ok(None);
    }
    let sql = format!("SELECT number, hash FROM chain_head{}", db::for_update(scope));
    let head = scope
        .row(&sql, Vec::new())
        .await?
        .ok_or_else(|| Error::Fault("the change log has lost its end".to_owned()))?;
    let mut number: i64 = head.try_get("", "number")?;
    let mut hash: Vec<u8> = head.try_get("", "hash")?;
    let batch = if entries.len() > 1 { Some(scope.new_id()?) } else { None };
    for entry in entries {
        number += 1;
        let id = scope.new_id()?;
        let values = values(id, entry)?;
        let commitment = commitment(&values);
        let row = change::Model {
            id,
            number,
            at: scope.now.0,
            actor_id: actor,
            operation: operation.to_owned(),
            noun: entry.noun.as_str().to_owned(),
            subject_id: entry.id,
            customer_id: entry.customer,
            version: entry.version,
            batch,
            undo_of: None,
            commitment,
            hash: Vec::new(),
        };
        hash = link(&hash, &row);
        change::Entity::insert(change::ActiveModel {
            hash: Set(hash.clone()),
            ..row.into()
        })
        .exec_without_returning(scope)
        .await?;
        let values = values.into_iter().map(change_value::ActiveModel::from);
        change_value::Entity::insert_many(values).exec_without_returning(scope).await?;
    }
    db::note_change(scope, number, hash).await?;
    Ok(Some(number))
}

fn values(change: Uuid, entry: &Entry) -> Result<Vec<change_value::Model>> {
    let subject = (SUBJECT.to_owned(), None, Some(Value::String(entry.subject.clone())));
    let mut rows = Vec::with_capacity(entry.fields.len() + 1);
    for (position, (field, before, after)) in std::iter::once(&subject).chain(&entry.fields).enumerate() {
        rows.push(change_value::Model {
            change_id: change,
            position: i64::try_from(position)?,
            field: field.clone(),
            before: before.as_ref().map(Value::to_string),
            after: after.as_ref().map(Value::to_string),
            salt: Some(random::bytes::<16>()?.to_vec()),
        });
    }
    Ok(rows)
}

fn part(hasher: &mut Sha256, bytes: Option<&[u8]>) {
    let length = bytes.map_or(u64::MAX, |bytes| u64::try_from(bytes.len()).unwrap_or(u64::MAX - 1));
    hasher.update(length.to_be_bytes());
    hasher.update(bytes.unwrap_or_default());
}

/// The commitment to the values of an entry, in the order of their positions.
pub fn commitment(values: &[change_value::Model]) -> Vec<u8> {
    let mut hasher = Sha256::new();
    for value in values {
        let mut one = Sha256::new();
        part(&mut one, value.salt.as_deref());
        part(&mut one, Some(value.field.as_bytes()));
        part(&mut one, value.before.as_deref().map(str::as_bytes));
        part(&mut one, value.after.as_deref().map(str::as_bytes));
        hasher.update(one.finalize());
    }
    hasher.finalize().to_vec()
}

/// The hash of an entry, over the hash before it.
pub fn link(previous: &[u8], entry: &change::Model) -> Vec<u8> {
    let mut hasher = Sha256::new();
    hasher.update(previous);
    for number in [entry.number, entry.at, entry.version] {
        hasher.update(number.to_be_bytes());
    }
    part(&mut hasher, Some(entry.id.as_bytes()));
    part(&mut hasher, entry.actor_id.as_ref().map(|id| id.as_bytes().as_slice()));
    part(&mut hasher, Some(entry.operation.as_bytes()));
    part(&mut hasher, Some(entry.noun.as_bytes()));
    part(&mut hasher, Some(entry.subject_id.as_bytes()));
    part(&mut hasher, entry.customer_id.as_ref().map(|id| id.as_bytes().as_slice()));
    part(&mut hasher, entry.batch.as_ref().map(|id| id.as_bytes().as_slice()));
    part(&mut hasher, entry.undo_of.as_ref().map(|id| id.as_bytes().as_slice()));
    part(&mut hasher, Some(&entry.commitment));
    hasher.finalize().to_vec()
}
