//! The tables of a book, step by step, on SQLite and on Postgres.
//!
//! Knows nothing of the records that the engine makes of them: a step must do tomorrow what it did when it was released.
//! A released step is never changed; the next one corrects it. Nothing has been released yet, so there is one.

mod columns;
mod m20261122_book;

use sea_orm_migration::{
    prelude::*,
    sea_orm::{DatabaseConnection, EntityTrait},
    seaql_migrations,
};

pub use columns::APPLICATION_ID;

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
        if Self::applied(connection).await?.len() == Self::names().len() {
            return Ok(());
        }
        columns::alone(connection, async { Self::up(connection, None).await }).await
    }

    async fn unguard(connection: &DatabaseConnection) -> Result<(), DbErr> {
        columns::drop_guards(connection).await
    }

    async fn guard(connection: &DatabaseConnection) -> Result<(), DbErr> {
        columns::drop_guards(connection).await?;
        m20261122_book::guard(&SchemaManager::new(connection)).await
    }
}
