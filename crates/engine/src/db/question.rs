//! A statement that is given up with the operation that asks for it.

use std::sync::Arc;

use sea_orm::{DbErr, QueryResult, RuntimeErr, Statement};

use super::{Db, Stop, pool::in_any_case};

/// How many of its rows a statement is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wanted {
    /// The first, if there is one.
    One,
    /// Each.
    All,
}

impl Db {
    /// The rows of a statement that changes nothing, unless `stop` interrupts it. It comes to its end also where nobody waits for it
    /// any more: a connection that is dropped in the middle is only on its way to be closed, and has the file open for longer than
    /// the book.
    pub async fn asked(&self, statement: Statement, wanted: Wanted, stop: &Stop) -> Result<Vec<QueryResult>, DbErr> {
        let (readers, _) = self.readers();
        let stop = stop.clone();
        in_any_case(async move { readers.rows(statement, wanted, &stop).await })
            .await
            .map_err(|error| DbErr::Conn(RuntimeErr::SqlxError(Arc::new(error))))?
    }
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use sea_orm::{ConnectionTrait as _, Value};

    use super::*;
    use crate::db::{is_unavailable, statement};

    /// Counts for minutes.
    const LONG: &str =
        "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2000000000) SELECT COUNT(*) AS number FROM n";

    async fn both(folder: &tempfile::TempDir) -> [Db; 2] {
        let server =
            std::env::var("CLIENTELE_TEST_POSTGRES").expect("CLIENTELE_TEST_POSTGRES is not set: `cargo xtask test engine` sets it");
        [
            Db::open_file(&folder.path().join("book.db"), true).await.unwrap(),
            Db::open_server(server.parse().unwrap(), "public").await.unwrap(),
        ]
    }

    async fn asked(db: &Db, sql: &str, values: Vec<Value>, wanted: Wanted, stop: &Stop) -> Result<Vec<QueryResult>, DbErr> {
        db.asked(statement(&db.reader(), sql, values), wanted, stop).await
    }

    #[tokio::test]
    async fn a_stopped_statement_ends_at_once_and_others_have_its_connection() {
        let folder = tempfile::tempdir().unwrap();
        for db in both(&folder).await {
            // As many at the same time as there may be, and more after them than there are connections.
            for _ in 0..3 {
                let stops: Vec<Stop> = (0..8).map(|_| Stop::default()).collect();
                let running: Vec<_> = stops
                    .iter()
                    .map(|stop| {
                        let (db, stop) = (db.clone(), stop.clone());
                        tokio::spawn(async move { asked(&db, LONG, Vec::new(), Wanted::One, &stop).await })
                    })
                    .collect();
                tokio::time::sleep(Duration::from_millis(300)).await;
                let began = Instant::now();
                for stop in &stops {
                    stop.stop().await;
                }
                for one in running {
                    let error = one.await.unwrap().unwrap_err();
                    assert!(is_unavailable(&error), "{error}");
                }
                assert!(began.elapsed() < Duration::from_secs(4), "{:?}", began.elapsed());
            }
            if db.is_server() {
                // None of them runs on; the server says what went wrong before it has ended it.
                let sql = "SELECT COUNT(*) AS number FROM pg_stat_activity WHERE state = 'active' AND query LIKE 'WITH RECURSIVE n (i)%2000000000) SELECT COUNT(*) AS number FROM n'";
                let began = Instant::now();
                while db
                    .reader()
                    .query_one_raw(statement(&db.reader(), sql, Vec::new()))
                    .await
                    .unwrap()
                    .is_some_and(|row| row.try_get::<i64>("", "number").unwrap() > 0)
                {
                    assert!(began.elapsed() < Duration::from_secs(2), "one of them runs on");
                    tokio::time::sleep(Duration::from_millis(20)).await;
                }
            }
            db.close().await.unwrap();
        }
    }

    #[tokio::test]
    async fn every_kind_of_value_is_asked_by_as_in_a_transaction() {
        let folder = tempfile::tempdir().unwrap();
        for db in both(&folder).await {
            let id = uuid::Uuid::now_v7();
            let day = chrono::NaiveDate::from_ymd_opt(2026, 11, 22).unwrap();
            let kinds = [
                ("BOOLEAN", Value::from(true)),
                ("INT", Value::from(7_i32)),
                ("BIGINT", Value::from(7_i64)),
                ("BIGINT", Value::from(7_u32)),
                ("BIGINT", Value::from(7_u64)),
                ("TEXT", Value::from("seven")),
                ("TEXT", Value::String(None)),
                ("BYTEA", Value::from(vec![7_u8])),
                ("UUID", Value::from(id)),
                ("DATE", Value::from(day)),
            ];
            for (kind, value) in kinds {
                // Each is the same as itself, and so is nothing as nothing.
                let sql = if db.is_server() {
                    format!("SELECT 1 AS one WHERE CAST(? AS {kind}) IS NOT DISTINCT FROM CAST(? AS {kind})")
                } else {
                    "SELECT 1 AS one WHERE ? IS ?".to_owned()
                };
                let values = vec![value.clone(), value.clone()];
                let rows = asked(&db, &sql, values, Wanted::All, &Stop::default()).await.unwrap();
                assert_eq!(rows.len(), 1, "{value:?}");
            }
            let many = "SELECT 1 AS one UNION ALL SELECT 2 ORDER BY 1";
            for (wanted, number) in [(Wanted::One, 1), (Wanted::All, 2)] {
                let rows = asked(&db, many, Vec::new(), wanted, &Stop::default()).await.unwrap();
                assert_eq!(rows.len(), number);
                assert_eq!(rows[0].try_get::<i32>("", "one").unwrap(), 1);
            }
            let too_large = asked(&db, "SELECT ?", vec![Value::from(u64::MAX)], Wanted::All, &Stop::default()).await;
            assert!(matches!(too_large, Err(DbErr::Type(_))));
            db.close().await.unwrap();
        }
    }
}
