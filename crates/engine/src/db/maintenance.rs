//! What keeps everyone else from writing to a book on a server while it is migrated, moved or restored.

use std::time::{Duration, Instant};

use sqlx::{AssertSqlSafe, PgPool, Postgres, Transaction};

use super::{Db, answer::while_heard_on, pool::in_any_case};

/// How long it is asked for, and how long between: the writes that run end meanwhile.
const TRIED_FOR: Duration = Duration::from_secs(8);
const PAUSE: Duration = Duration::from_millis(200);
/// How long the server may take over that, with the connection that may have to be made for it: it has nothing to wait for.
const TOLD_WITHIN: Duration = Duration::from_secs(6);
/// How long it may take over one of the other things asked here: longer than it lets a statement run.
const ANSWERED_WITHIN: Duration = Duration::from_secs(30);
/// How long it may take over letting the others write: where it is not heard, it finds out by itself.
const ENDED_WITHIN: Duration = Duration::from_secs(3);

/// The statements that carry owners and rights over from the schema `$1` to the schema `$2`: owners first, because only an owner
/// gives rights, and only owners that whoever restores may act for. Rights on single columns are not carried over. Rights that the
/// new tables have by default and the old ones had not are taken away
/// (<https://www.postgresql.org/docs/current/ddl-priv.html>).
const CARRIED: &str = "
    WITH old AS (SELECT * FROM pg_class WHERE relnamespace = to_regnamespace($1) AND relkind IN ('r', 'p', 'S')),
    new AS (SELECT * FROM pg_class WHERE relnamespace = to_regnamespace($2) AND relkind IN ('r', 'p', 'S')),
    kind AS (SELECT unnest(ARRAY['r', 'p', 'S']) AS relkind, unnest(ARRAY['TABLE', 'TABLE', 'SEQUENCE']) AS word)
    SELECT sql FROM (
        SELECT 1 AS turn, format('ALTER SCHEMA %I OWNER TO %I', $2, pg_get_userbyid(o.nspowner)) AS sql
        FROM pg_namespace o JOIN pg_namespace n ON n.nspname = $2 WHERE o.nspname = $1 AND o.nspowner <> n.nspowner AND pg_has_role(o.nspowner, 'MEMBER')
        UNION ALL
        SELECT 2, format('ALTER TABLE %I.%I OWNER TO %I', $2, new.relname, pg_get_userbyid(old.relowner))
        FROM new JOIN old USING (relname) WHERE new.relkind IN ('r', 'p') AND new.relowner <> old.relowner
            AND pg_has_role(old.relowner, 'MEMBER')
        UNION ALL
        SELECT 2, format('ALTER FUNCTION %s OWNER TO %I', n.oid::regprocedure, pg_get_userbyid(o.proowner))
        FROM pg_proc n JOIN pg_proc o USING (proname) WHERE n.pronamespace = to_regnamespace($2) AND o.pronamespace = to_regnamespace($1)
            AND n.proowner <> o.proowner AND pg_has_role(o.proowner, 'MEMBER')
        UNION ALL
        SELECT 3, format('REVOKE ALL ON %s %I.%I FROM %s', word, $2, new.relname,
            CASE WHEN a.grantee = 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(a.grantee)) END)
        FROM new JOIN old USING (relname) JOIN kind ON kind.relkind = new.relkind::text CROSS JOIN LATERAL aclexplode(new.relacl) AS a
        WHERE a.grantee NOT IN (new.relowner, old.relowner)
        UNION ALL
        SELECT 4, format('GRANT %s ON %s %I.%I TO %s%s', a.privilege_type, word, $2, old.relname,
            CASE WHEN a.grantee = 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(a.grantee)) END,
            CASE WHEN a.is_grantable THEN ' WITH GRANT OPTION' ELSE '' END)
        FROM old JOIN new USING (relname) JOIN kind ON kind.relkind = old.relkind::text CROSS JOIN LATERAL aclexplode(old.relacl) AS a
        WHERE a.grantee <> old.relowner
        UNION ALL
        SELECT 4, format('GRANT %s ON SCHEMA %I TO %s', a.privilege_type, $2,
            CASE WHEN a.grantee = 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(a.grantee)) END)
        FROM pg_namespace o CROSS JOIN LATERAL aclexplode(o.nspacl) AS a WHERE o.nspname = $1 AND a.grantee <> o.nspowner
        UNION ALL
        SELECT 4, format('ALTER DEFAULT PRIVILEGES FOR ROLE %I IN SCHEMA %I GRANT %s ON %s TO %s', pg_get_userbyid(d.defaclrole), $2,
            a.privilege_type, CASE d.defaclobjtype WHEN 'r' THEN 'TABLES' WHEN 'S' THEN 'SEQUENCES' ELSE 'FUNCTIONS' END,
            CASE WHEN a.grantee = 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(a.grantee)) END)
        FROM pg_default_acl d CROSS JOIN LATERAL aclexplode(d.defaclacl) AS a
        WHERE d.defaclnamespace = to_regnamespace($1) AND d.defaclobjtype IN ('r', 'S', 'f') AND a.grantee <> d.defaclrole
            AND pg_has_role(d.defaclrole, 'MEMBER')
    ) AS carried ORDER BY turn";

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
        let pool = connection.get_postgres_connection_pool();
        let began = Instant::now();
        while began.elapsed() < TRIED_FOR {
            let lock = in_time(TOLD_WITHIN, try_alone(pool, schema)).await?;
            if lock.is_some() {
                return Ok(Some(Exclusive(lock)));
            }
            tokio::time::sleep(PAUSE).await;
        }
        Ok(None)
    }
}

/// The lock, unless somebody else has it.
async fn try_alone(pool: &PgPool, schema: &str) -> Result<Option<Transaction<'static, Postgres>>, sqlx::Error> {
    let pool = pool.clone();
    let mut lock = in_any_case(async move { pool.begin().await }).await??;
    sqlx::query("SET LOCAL idle_in_transaction_session_timeout = 0")
        .execute(&mut *lock)
        .await?;
    let sql = "SELECT pg_try_advisory_xact_lock(hashtextextended('clientele ' || $1, 0))";
    if sqlx::query_scalar(sql).bind(schema.to_owned()).fetch_one(&mut *lock).await? {
        return Ok(Some(lock));
    }
    lock.rollback().await?;
    Ok(None)
}

/// What a server answers, if it does so in time: where the network swallows what is sent, nothing would ever come.
async fn in_time<T>(limit: Duration, asked: impl Future<Output = Result<T, sqlx::Error>>) -> Result<T, sqlx::Error> {
    tokio::time::timeout(limit, asked)
        .await
        .unwrap_or_else(|_| Err(sqlx::Error::Io(std::io::ErrorKind::TimedOut.into())))
}

impl Db {
    /// Whether the schema of a book on a server is there.
    pub async fn has_own_schema(&self) -> Result<bool, sqlx::Error> {
        let Some(schema) = self.schema() else { return Ok(true) };
        sqlx::query_scalar("SELECT to_regnamespace($1) IS NOT NULL")
            .bind(schema.to_owned())
            .fetch_one(self.writer().get_postgres_connection_pool())
            .await
    }
}

impl Exclusive {
    /// Fails if it was lost, as with its connection.
    pub async fn check(&mut self) -> Result<(), sqlx::Error> {
        match &mut self.0 {
            Some(lock) => in_time(ANSWERED_WITHIN, sqlx::query("SELECT 1").execute(&mut **lock))
                .await
                .map(|_| ()),
            None => Ok(()),
        }
    }

    /// What comes of work that takes as long as it takes, if the server is heard all the while. Fails if not: then this is lost, too.
    pub async fn while_heard<T>(&mut self, work: impl Future<Output = T>) -> Result<T, sqlx::Error> {
        match &mut self.0 {
            Some(lock) => while_heard_on(lock, work).await,
            None => Ok(work.await),
        }
    }

    /// Gives the tables of one schema the owners and the rights that those of the same name have in another, so that
    /// whoever worked with them still can.
    pub async fn carry_over(&mut self, from: &str, to: &str) -> Result<(), sqlx::Error> {
        let Some(lock) = &mut self.0 else { return Ok(()) };
        let statements = sqlx::query_scalar(CARRIED).bind(from.to_owned()).bind(to.to_owned());
        let statements: Vec<String> = in_time(ANSWERED_WITHIN, statements.fetch_all(&mut **lock)).await?;
        for sql in statements {
            in_time(ANSWERED_WITHIN, sqlx::query(AssertSqlSafe(sql)).execute(&mut **lock)).await?;
        }
        Ok(())
    }

    /// Lets the others write.
    pub async fn end(self) {
        if let Some(lock) = self.0
            && let Err(error) = in_time(ENDED_WITHIN, lock.rollback()).await
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
        in_time(ANSWERED_WITHIN, sqlx::query(sql).execute(&mut *lock)).await?;
    }
    in_time(ANSWERED_WITHIN, lock.commit()).await
}
