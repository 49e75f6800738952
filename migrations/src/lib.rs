//! The tables of a book, step by step, on SQLite and on Postgres.
//!
//! Knows nothing of the records that the engine makes of them: a step must do tomorrow what it did when it was released.
//! A released step is never changed; the next one corrects it. Nothing has been released yet, so there is one.

mod columns;
mod guards;
mod m20261122_book;

use std::time::{SystemTime, UNIX_EPOCH};

use sea_orm_migration::{
    prelude::*,
    sea_orm::{ActiveValue, DatabaseConnection, EntityTrait, TransactionTrait},
    seaql_migrations,
};

pub use columns::APPLICATION_ID;
use columns::in_time;

/// Every step, in order.
#[derive(Debug)]
pub struct Migrator;

impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![Box::new(m20261122_book::Migration)]
    }
}

/// The number of the format that the last step leads to. A book with a larger one was made by a newer app.
pub const FORMAT: i64 = 1;

/// What the engine asks of the steps beside running them.
#[async_trait::async_trait]
pub trait MigratorTraitExt {
    /// The names of all steps of this app.
    fn names() -> Vec<String>;
    /// The names of the steps that a database has been through; empty for one without tables.
    async fn applied(connection: &DatabaseConnection) -> Result<Vec<String>, DbErr>;
    /// Runs the steps that are missing, one process at a time.
    async fn bring_up(connection: &DatabaseConnection) -> Result<(), DbErr>;
    /// The same, with statements that are run after each step and kept with it or not at all.
    async fn bring_up_with(connection: &DatabaseConnection, after: &str) -> Result<(), DbErr>;
    /// Takes away what forbids changes of final rows. For a place that is being filled with the rows of another book.
    async fn unguard(connection: &DatabaseConnection) -> Result<(), DbErr>;
    /// Forbids changes of final rows again.
    async fn guard(connection: &DatabaseConnection) -> Result<(), DbErr>;
}

#[async_trait::async_trait]
impl MigratorTraitExt for Migrator {
    fn names() -> Vec<String> {
        Self::migrations().iter().map(|step| step.name().to_owned()).collect()
    }

    async fn applied(connection: &DatabaseConnection) -> Result<Vec<String>, DbErr> {
        if !SchemaManager::new(connection).has_table("seaql_migrations").await? {
            return Ok(Vec::new());
        }
        let rows = seaql_migrations::Entity::find().all(connection).await?;
        Ok(rows.into_iter().map(|row| row.version).collect())
    }

    async fn bring_up(connection: &DatabaseConnection) -> Result<(), DbErr> {
        Self::bring_up_with(connection, "").await
    }

    async fn bring_up_with(connection: &DatabaseConnection, after: &str) -> Result<(), DbErr> {
        let backend = connection.get_database_backend();
        if in_time(backend, Self::applied(connection)).await?.len() == Self::names().len() {
            return Ok(());
        }
        // As `Self::up` does it, but with a limit for each answer, and with the steps that are there once nobody else takes any.
        let steps = async {
            in_time(backend, Self::install(connection)).await?;
            let applied = in_time(backend, Self::applied(connection)).await?;
            if let Some(unknown) = applied.iter().find(|name| !Self::names().contains(name)) {
                return Err(DbErr::Migration(format!("{unknown} is a step of a newer app")));
            }
            for step in Self::migrations() {
                if !applied.iter().any(|name| name == step.name()) {
                    take(connection, step.as_ref(), after).await?;
                }
            }
            Ok(())
        };
        columns::alone(connection, steps).await
    }

    async fn unguard(connection: &DatabaseConnection) -> Result<(), DbErr> {
        columns::drop_guards(connection).await
    }

    async fn guard(connection: &DatabaseConnection) -> Result<(), DbErr> {
        columns::drop_guards(connection).await?;
        guards::guard(&SchemaManager::new(connection)).await
    }
}

/// Takes a step with what comes after it and notes it, all or nothing.
async fn take(connection: &DatabaseConnection, step: &dyn MigrationTrait, after: &str) -> Result<(), DbErr> {
    let backend = connection.get_database_backend();
    let transaction = in_time(backend, connection.begin()).await?;
    step.up(&SchemaManager::new(&transaction)).await?;
    if !after.is_empty() {
        in_time(backend, transaction.execute_unprepared(after)).await?;
    }
    #[allow(
        clippy::disallowed_methods,
        reason = "when a step was taken is no time of the book, which may not be there yet"
    )]
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    let taken = seaql_migrations::ActiveModel {
        version: ActiveValue::Set(step.name().to_owned()),
        applied_at: ActiveValue::Set(<i64 as TryFrom<u64>>::try_from(now.as_secs()).unwrap_or(i64::MAX)),
    };
    let noting = seaql_migrations::Entity::insert(taken).exec_without_returning(&transaction);
    in_time(backend, noting).await?;
    in_time(backend, transaction.commit()).await
}
