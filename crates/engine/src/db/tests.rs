//! What happens to connections when those who use them go away.

use std::{
    future::poll_fn,
    pin::pin,
    task::Poll,
    time::{Duration, Instant},
};

use sqlx::{Connection, PgConnection, postgres::PgConnectOptions};

use super::Db;

/// Looks at the beginning of a transaction so often, and gives it up then.
async fn give_up<T>(begins: impl Future<Output = T>, looks: u32) {
    let mut begins = pin!(begins);
    for _ in 0..looks {
        if poll_fn(|context| Poll::Ready(begins.as_mut().poll(context).is_ready())).await {
            return;
        }
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn a_transaction_that_is_given_up_while_it_begins_is_left_open_nowhere() {
    let url = std::env::var("CLIENTELE_TEST_POSTGRES").expect("CLIENTELE_TEST_POSTGRES is not set: `cargo xtask test engine` sets it");
    let options: PgConnectOptions = url.parse().unwrap();
    let name = format!("given_up_{}", std::process::id());
    let folder = tempfile::tempdir().unwrap();
    let both = [
        Db::open_file(&folder.path().join("book.db"), true).await.unwrap(),
        Db::open_server(options.application_name(&name), "public").await.unwrap(),
    ];
    for db in both {
        for looks in 1..=6 {
            give_up(db.begin(), looks).await;
            give_up(db.snapshot(), looks).await;
            give_up(db.rows_at_once(), looks).await;
            give_up(db.rows_to_write(), looks).await;
        }
        // The one writer of a file is free again.
        db.begin().await.unwrap().commit().await.unwrap();
        if db.is_server() {
            let mut other = PgConnection::connect(&url).await.unwrap();
            let count = "SELECT COUNT(*) FROM pg_stat_activity WHERE application_name = $1 AND state LIKE 'idle in transaction%'";
            let began = Instant::now();
            loop {
                let open: i64 = sqlx::query_scalar(count).bind(name.clone()).fetch_one(&mut other).await.unwrap();
                if open == 0 {
                    break;
                }
                assert!(began.elapsed() < Duration::from_secs(5), "{open} transactions are left open");
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
            other.close().await.unwrap();
        }
        db.close().await.unwrap();
    }
}
