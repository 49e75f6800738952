//! The memory that connections to a file have for its pages, and giving it back.

use std::time::Duration;

use sqlx::{Sqlite, SqlitePool, pool::PoolConnection};

use super::Db;

/// Of the one that writes, in KiB with a minus before them (<https://www.sqlite.org/pragma.html#pragma_cache_size>).
pub(super) const WRITER: &str = "-8192";
/// Of each that reads.
pub(super) const READER: &str = "-4096";
/// Of one that copies or checks the whole file: it goes through it once, from the beginning to the end.
pub(super) const COPIER: &str = "-2048";
/// Of the one that only asks whether the file was changed.
pub(super) const WATCHER: &str = "-256";

impl Db {
    /// Gives back the memory of a file that nobody works in: readers are closed but one of those that hold a snapshot, and
    /// that one and the writer keep none of its pages. Who works again has them read again. On a server readers are closed as well,
    /// because each takes one of the connections that it has for all desks.
    pub async fn rest(&self) {
        let (stoppable, copier) = self.readers();
        tokio::join!(stoppable.rest(), copier.rest());
        if self.is_server() {
            return;
        }
        let (write, read) = self.pools();
        // In a task of its own: one whose closing is given up in the middle would be open for longer than the book.
        let resting = tokio::spawn(async move {
            for pool in [read, write] {
                empty(pool.get_sqlite_connection_pool()).await;
            }
        });
        if let Err(error) = resting.await {
            tracing::debug!(%error, "resting");
        }
    }

    /// Closes readers of a server that nobody has used for so long, also while somebody works: the many that one page needed at once
    /// are few most of the time. A file has room for its own.
    pub async fn rest_unused(&self, unused: Duration) {
        if !self.is_server() {
            return;
        }
        let (stoppable, copier) = self.readers();
        tokio::join!(stoppable.rest_unused(unused), copier.rest_unused(unused));
    }
}

/// Closes what is free in a pool but one, and that one keeps no pages.
async fn empty(pool: &SqlitePool) {
    let Some(mut kept) = pool.try_acquire() else { return };
    forget_pages(&mut kept).await;
    while let Some(more) = pool.try_acquire() {
        if let Err(error) = more.close().await {
            tracing::debug!(%error, "closing a reader");
        }
    }
}

async fn forget_pages(connection: &mut PoolConnection<Sqlite>) {
    if let Err(error) = sqlx::query("PRAGMA shrink_memory").execute(&mut **connection).await {
        tracing::debug!(%error, "a connection keeps its pages");
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::db::Stop;

    async fn cache_of(pool: &SqlitePool) -> String {
        let pages: i64 = sqlx::query_scalar("PRAGMA cache_size").fetch_one(pool).await.unwrap();
        pages.to_string()
    }

    #[tokio::test]
    async fn each_kind_of_connection_has_the_memory_that_it_needs() {
        let folder = tempfile::tempdir().unwrap();
        let db = Db::open_file(&folder.path().join("book.db"), true).await.unwrap();
        let (write, read) = (db.writer(), db.reader());
        assert_eq!(cache_of(write.get_sqlite_connection_pool()).await, WRITER);
        assert_eq!(cache_of(read.get_sqlite_connection_pool()).await, READER);
        assert_eq!(cache_of(db.origin().0.unwrap()).await, WATCHER);
        let asked = "SELECT CAST(cache_size AS TEXT) FROM pragma_cache_size";
        let (stoppable, copier) = db.readers();
        for (readers, cache) in [(stoppable, READER), (copier, COPIER)] {
            let rows = readers.texts(asked, Vec::new(), &Stop::default()).await.unwrap();
            assert_eq!(rows, [[Some(cache.to_owned())]]);
        }
        db.close().await.unwrap();
    }

    #[tokio::test]
    async fn a_file_that_rests_has_one_reader_and_goes_on_at_once() {
        let folder = tempfile::tempdir().unwrap();
        let db = Db::open_file(&folder.path().join("book.db"), true).await.unwrap();
        let (write, read) = (db.writer(), db.reader());
        let (write, read) = (write.get_sqlite_connection_pool(), read.get_sqlite_connection_pool());
        let two = (db.snapshot().await.unwrap(), db.snapshot().await.unwrap());
        two.0.commit().await.unwrap();
        two.1.commit().await.unwrap();
        assert_eq!(read.size(), 2);
        for _ in 0..2 {
            let rows = db.texts("SELECT '1'", Vec::new(), &Stop::default()).await.unwrap();
            assert_eq!(rows, [[Some("1".to_owned())]]);
            db.rest().await;
        }
        // What is put back into a pool comes there in a task of its own.
        let began = std::time::Instant::now();
        while read.size() > 1 {
            assert!(
                began.elapsed() < std::time::Duration::from_secs(5),
                "{} readers are open",
                read.size()
            );
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
            db.rest().await;
        }
        assert_eq!(write.size(), 1);
        db.begin().await.unwrap().commit().await.unwrap();
        db.snapshot().await.unwrap().commit().await.unwrap();
        db.close().await.unwrap();
    }
}
