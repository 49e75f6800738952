//! How large a book in a file is.

use sea_orm::DbErr;

use super::{Db, Stop};

impl Db {
    /// Bytes of those pages of a file that hold something: a copy leaves out the others. 0, on a server.
    pub async fn bytes_in_use(&self) -> Result<u64, DbErr> {
        if self.is_server() {
            return Ok(0);
        }
        let sql = "SELECT CAST((held.page_count - free.freelist_count) * each.page_size AS TEXT)
            FROM pragma_page_count AS held CROSS JOIN pragma_freelist_count AS free CROSS JOIN pragma_page_size AS each";
        let rows = self.texts(sql, Vec::new(), &Stop::default()).await?;
        let bytes = rows.into_iter().flatten().flatten().next();
        bytes
            .and_then(|bytes| bytes.parse().ok())
            .ok_or_else(|| DbErr::Type("the file has no number of pages".to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use sea_orm::ConnectionTrait as _;

    use super::*;

    #[tokio::test]
    async fn a_copy_takes_what_is_in_use_and_not_what_was() {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        let db = Db::open_file(&path("book.db"), true).await.unwrap();
        let make = "CREATE TABLE t (a); CREATE TABLE gone (a); INSERT INTO t VALUES (zeroblob(1000000)); INSERT INTO gone SELECT a FROM t";
        db.writer().execute_unprepared(make).await.unwrap();
        let both = db.bytes_in_use().await.unwrap();
        assert!(both > 2_000_000, "{both}");
        db.writer().execute_unprepared("DROP TABLE gone").await.unwrap();
        let one = db.bytes_in_use().await.unwrap();
        assert!((1_000_000..1_100_000).contains(&one), "{one}");
        db.copy_file(&path("copy.db"), &Stop::default()).await.unwrap();
        let copied = std::fs::metadata(path("copy.db")).unwrap().len();
        assert!(copied <= one, "{copied} bytes of {one}");
        db.close().await.unwrap();
    }
}
