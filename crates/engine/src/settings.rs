//! `get_settings` and `update_settings`.

use std::{collections::BTreeMap, sync::Arc};

use contract::{
    Conflict, Noun, Problem,
    settings::{GetSettings, Settings, UpdateSettings},
};
use sea_orm::{ActiveModelTrait, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter};
use serde_json::{Map, Value, json};

use crate::{
    app::Inner,
    call::Run,
    change::{self, Entry},
    customer::check_version,
    db,
    entity::{book, subscription},
    error::{Error, Result},
    figure,
    scope::Scope,
    sweep, zone,
};

/// Reads the settings again that every operation needs. Answers with whether they have become others.
pub async fn reload(inner: &Arc<Inner>) -> Result<bool> {
    let before = inner.book.read().await.clone();
    let mut known = before.clone();
    loop {
        let row = book::Entity::find()
            .one(&Scope::read(inner, None, "get_settings").await?)
            .await?
            .ok_or_else(|| Error::Fault("the book has lost its row".to_owned()))?;
        let mut book = inner.book.write().await;
        if replace(&mut book, &known, &row) {
            return Ok(before != row);
        }
        known.clone_from(&book);
    }
}

/// Puts what was read in the place of what was known before that. False where a write has put something else there meanwhile: it
/// reads within its own transaction, and what was read here may be older. Then it has to be read again.
fn replace(book: &mut book::Model, known: &book::Model, row: &book::Model) -> bool {
    let is_known = book == known;
    if is_known {
        book.clone_from(row);
    }
    is_known
}

async fn view(scope: &Scope, row: &book::Model) -> Result<Settings> {
    let sql = "SELECT CASE WHEN EXISTS (SELECT 1 FROM payment) OR EXISTS (SELECT 1 FROM invoice WHERE status <> 'draft') THEN 1 ELSE 0 END";
    let has_money = match scope.row(sql, Vec::new()).await? {
        Some(row) => row.try_get_by_index::<i32>(0)? == 1,
        None => false,
    };
    Ok(Settings {
        book_name: row.name.clone(),
        currency: contract::Currency::parse(&row.currency).ok_or_else(|| crate::error::unknown_word("book.currency", &row.currency))?,
        time_zone: row.time_zone.clone(),
        is_currency_fixed: has_money,
        expiring_days: u32::try_from(row.expiring_days)?,
        idle_lock_minutes: u32::try_from(row.idle_lock_minutes)?,
        version: u32::try_from(row.version)?,
    })
}

fn fields(row: &book::Model) -> Map<String, Value> {
    let fields = [
        ("book_name", json!(row.name)),
        ("currency", json!(row.currency)),
        ("time_zone", json!(row.time_zone)),
        ("expiring_days", json!(row.expiring_days)),
        ("idle_lock_minutes", json!(row.idle_lock_minutes)),
    ];
    fields.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}

impl Run for GetSettings {
    async fn run(self, scope: &Scope) -> Result<Settings> {
        // Not from memory: another desk may have changed them.
        let row = book::Entity::find()
            .one(scope)
            .await?
            .ok_or_else(|| Error::Fault("the book has lost its row".to_owned()))?;
        view(scope, &row).await
    }
}

impl Run for UpdateSettings {
    async fn run(self, scope: &Scope) -> Result<Settings> {
        db::serialize(scope, "settings").await?;
        let before = book::Entity::find()
            .one(scope)
            .await?
            .ok_or_else(|| Error::Fault("the book has lost its row".to_owned()))?;
        check_version(scope, before.id, before.version, self.version).await?;
        let mut row = before.clone();
        if let Some(name) = self.book_name {
            row.name = name.trim().to_owned();
        }
        if let Some(currency) = self.currency {
            row.currency = currency.code().to_owned();
        }
        if let Some(time_zone) = self.time_zone {
            if time_zone.parse::<chrono_tz::Tz>().is_err() {
                return Err(contract::Error::field("time_zone", Problem::UnknownTimeZone).into());
            }
            row.time_zone = time_zone;
        }
        row.expiring_days = self.expiring_days.map_or(row.expiring_days, Into::into);
        row.idle_lock_minutes = self.idle_lock_minutes.map_or(row.idle_lock_minutes, Into::into);
        let changed = change::difference(Some(&fields(&before)), &fields(&row));
        if changed.is_empty() {
            return view(scope, &row).await;
        }
        let moves_money = row.currency != before.currency || row.time_zone != before.time_zone;
        if moves_money {
            // Money that another desk is recording is not seen before it is stored, and counts in what the book has now.
            if !db::write_alone(scope).await? {
                return Err(Conflict::Maintenance.into());
            }
            if view(scope, &before).await?.is_currency_fixed {
                return Err(Conflict::CurrencyFixed.into());
            }
        }
        if row.time_zone != before.time_zone {
            move_days(scope, &row.time_zone).await?;
        }
        row.version += 1;
        row.updated_at = scope.now.0;
        row.clone().into_active_model().reset_all().update(scope).await?;
        let entry = Entry {
            noun: Noun::Settings,
            id: row.id,
            subject: row.name.clone(),
            customer: None,
            version: row.version,
            fields: changed,
        };
        scope.log(entry);
        view(scope, &row).await
    }
}

/// Counts customers by the days of another zone, and lets what falls due at a midnight do so at the midnight there.
async fn move_days(scope: &Scope, time_zone: &str) -> Result<()> {
    let new: chrono_tz::Tz = time_zone
        .parse()
        .map_err(|_| Error::Fault("the time zone was checked".to_owned()))?;
    let mut difference = BTreeMap::new();
    let sql = "SELECT created_at FROM customer WHERE is_admin = FALSE AND deleted_at IS NULL AND archived_at IS NULL";
    for row in scope.rows(sql, Vec::new()).await? {
        let at = contract::Timestamp(row.try_get("", "created_at")?);
        *difference
            .entry((figure::JOINED, zone::day(scope.zone, at).to_string()))
            .or_insert(0) -= 1;
        *difference.entry((figure::JOINED, zone::day(new, at).to_string())).or_insert(0) += 1;
    }
    let moving = subscription::Entity::find().filter(subscription::Column::DueAt.is_not_null());
    for row in moving.all(scope).await? {
        let due = sweep::due_in(new, &row).map(|at| at.0);
        scope
            .execute_sql("UPDATE subscription SET due_at = ? WHERE id = ?", vec![due.into(), row.id.into()])
            .await?;
    }
    figure::book(scope, &difference).await
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{App, BookLocation, NewBook, OpenOptions};

    #[tokio::test]
    async fn what_was_read_before_a_write_does_not_replace_what_the_write_has_put_there() {
        let folder = tempfile::tempdir().unwrap();
        let options = OpenOptions {
            create: Some(NewBook::default()),
            ..OpenOptions::default()
        };
        let app = App::open(BookLocation::File(folder.path().join("book.db")), options).await.unwrap();
        let old = app.0.book.read().await.clone();
        let newer = book::Model {
            name: "Newer".to_owned(),
            version: old.version + 1,
            ..old.clone()
        };
        let mut book = newer.clone();
        assert!(!replace(&mut book, &old, &old));
        assert_eq!(book, newer);
        // Also where it goes back, as by a restore.
        assert!(replace(&mut book, &newer, &old));
        assert_eq!(book, old);
        let sql = "UPDATE book SET name = 'Newer', version = version + 1";
        let scope = Scope::write(&app.0, None, "rename").await.unwrap();
        scope.execute_sql(sql, Vec::new()).await.unwrap();
        scope.commit().await.unwrap();
        assert!(reload(&app.0).await.unwrap());
        assert_eq!(*app.0.book.read().await, newer);
        assert!(!reload(&app.0).await.unwrap());
        app.close().await;
    }
}
