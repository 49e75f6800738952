//! What keeps everyone else from writing to a book on a server while it is migrated, moved or restored.

use std::time::Duration;

use sqlx::{AssertSqlSafe, Postgres, Transaction};

use super::Db;

/// How often it is asked for, and how long between: the writes that run end meanwhile.
const TRIES: u32 = 50;
const PAUSE: Duration = Duration::from_millis(200);

/// Nobody else writes while this lives; on a server each write asks for it (`Scope::write`). A file has a lock file
/// instead (`lock.rs`), because who has it open must not lose it.
#[derive(Debug)]
pub struct Exclusive(Option<Transaction<'static, Postgres>>);

impl Db {
    /// Keeps everyone else from writing, once the writes that run have ended; nothing if somebody else does so.
    pub async fn exclusive(&self) -> Result<Option<Exclusive>, sqlx::Error> {
        let Some(schema) = self.schema() else {
            return Ok(Some(Exclusive(None)));
        };
        let connection = self.writer();
        for _ in 0..TRIES {
            let mut lock = connection.get_postgres_connection_pool().begin().await?;
            sqlx::query("SET LOCAL idle_in_transaction_session_timeout = 0")
                .execute(&mut *lock)
                .await?;
            let sql = "SELECT pg_try_advisory_xact_lock(hashtextextended('clientele ' || $1, 0))";
            if sqlx::query_scalar(sql).bind(schema.to_owned()).fetch_one(&mut *lock).await? {
                return Ok(Some(Exclusive(Some(lock))));
            }
            lock.rollback().await?;
            tokio::time::sleep(PAUSE).await;
        }
        Ok(None)
    }
}

impl Exclusive {
    /// Fails if it was lost, as with its connection.
    pub async fn check(&mut self) -> Result<(), sqlx::Error> {
        match &mut self.0 {
            Some(lock) => sqlx::query("SELECT 1").execute(&mut **lock).await.map(|_| ()),
            None => Ok(()),
        }
    }

    /// Lets the others write.
    pub async fn end(self) {
        if let Some(lock) = self.0
            && let Err(error) = lock.rollback().await
        {
            tracing::warn!(%error, "letting others write");
        }
    }
}

/// Puts a schema in the place of another, which is kept under a new name, and lets the others write.
pub async fn swap_schemas(exclusive: Exclusive, current: &str, kept: &str, fresh: &str) -> Result<(), sqlx::Error> {
    let Some(mut lock) = exclusive.0 else { return Ok(()) };
    for (from, to) in [(current, kept), (fresh, current)] {
        let sql = AssertSqlSafe(format!("ALTER SCHEMA {from} RENAME TO {to}"));
        sqlx::query(sql).execute(&mut *lock).await?;
    }
    lock.commit().await
}
