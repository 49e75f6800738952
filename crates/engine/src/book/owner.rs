//! Whoever owns the tables on a server: asked for once, where the role of every day may not make or change them, and not kept.

use std::fmt;

use migrations::{Migrator, MigratorTraitExt as _};
use sea_orm::{ConnectionTrait, DbErr};

use super::{
    BookLocation, OpenError, OpenOptions, Server,
    limit::{Limit, in_time},
    roles, server,
};
use crate::{
    clock::Clock,
    db::{self, Db},
    lock::Hold,
};

/// The owner in whose place somebody acts who may, as whoever looks after the server does: a table belongs to who makes it, and
/// has to belong to the owner of the others. What the server itself owns, as the schema `public`, counts as nobody's.
const IN_PLACE_OF: &str = "
    SELECT CAST(r.rolname AS TEXT) AS name
    FROM pg_namespace n LEFT JOIN pg_class t ON t.relnamespace = n.oid AND t.relname = 'book'
    JOIN pg_roles r ON r.oid = COALESCE(t.relowner, n.nspowner)
    WHERE n.nspname = ? AND r.rolname <> current_user AND r.rolname NOT LIKE 'pg~_%' ESCAPE '~' AND pg_has_role(r.oid, 'MEMBER')";

/// Who works with the tables every day: the roles that get rights on whatever the owner makes, and the one that is signed in,
/// unless it belongs to one of them. Never who may act as the owner and has every right already.
const EVERYDAY: &str = "
    WITH owner AS (
        SELECT t.relowner AS oid FROM pg_class t JOIN pg_namespace n ON n.oid = t.relnamespace
        WHERE n.nspname = ? AND t.relname = 'book'
    ),
    known AS (
        SELECT DISTINCT a.grantee AS oid FROM pg_default_acl d JOIN owner ON owner.oid = d.defaclrole
        CROSS JOIN LATERAL aclexplode(d.defaclacl) AS a
        WHERE d.defaclnamespace = to_regnamespace(?) AND d.defaclobjtype = 'r' AND a.privilege_type = 'INSERT' AND a.grantee <> 0
    )
    SELECT quote_ident(r.rolname) AS name FROM pg_roles r CROSS JOIN owner
    WHERE NOT pg_has_role(r.oid, owner.oid, 'MEMBER') AND (
        r.oid IN (SELECT oid FROM known)
        OR (r.rolname = ? AND NOT EXISTS (SELECT 1 FROM known WHERE pg_has_role(r.oid, known.oid, 'USAGE')))
    )";

/// Who owns the tables of a book on a server, or may act for their owner.
#[derive(Clone, PartialEq, Eq)]
pub struct OwnerSignIn {
    /// The role.
    pub user: String,
    /// The password, if the server asks for one and the password file has none.
    pub password: Option<String>,
}

/// Never the password.
impl fmt::Debug for OwnerSignIn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "OwnerSignIn({})", self.user)
    }
}

/// Does what only the owner may before the book is opened by another: makes it or brings its tables up to date, and gives who works
/// with it every day the rights that [`roles::roles_sql`] prints.
pub async fn prepare(server: &Server, owner: &OwnerSignIn, options: &OpenOptions, clock: &Clock) -> Result<(), OpenError> {
    let own = Server {
        user: owner.user.clone(),
        password: owner.password.clone(),
        ..server.clone()
    };
    let limit = Limit::begin();
    let done = async {
        let db = open(&own, options.may_make(), limit).await?;
        let done = async {
            super::prepare(&BookLocation::Server(own), options, clock, &db, &mut Hold::none(), limit).await?;
            in_time(&db, give_rights(&db, server)).await
        };
        match done.await {
            Ok(()) => {
                let _ = db.close().await;
                Ok(())
            }
            Err(error) => {
                limit.close(db).await;
                Err(error)
            }
        }
    };
    done.await.map_err(|error| match error {
        // Not to be taken for the sign-in of every day.
        OpenError::SignIn(said) => OpenError::OwnerNeeded(format!("the sign-in of the owner was refused: {said}")),
        OpenError::MayNotConnect(said) => OpenError::OwnerNeeded(format!("the owner may not connect: {said}")),
        error => error,
    })
}

/// Opens the server as the owner of what is there.
async fn open(own: &Server, create: bool, limit: Limit) -> Result<Db, OpenError> {
    let db = server::open_with(own, own.options(), create, limit).await?;
    let found = limit.of(&db, names(&db, IN_PLACE_OF, vec![own.schema.as_str().into()])).await;
    match found.map(|mut names| names.pop()) {
        Ok(None) => Ok(db),
        Ok(Some(role)) => {
            limit.close(db).await;
            server::open_with(own, own.options().options([("role", role)]), create, limit).await
        }
        Err(error) => {
            limit.close(db).await;
            Err(error)
        }
    }
}

async fn give_rights(db: &Db, server: &Server) -> Result<(), DbErr> {
    let schema = server.schema.as_str();
    let everyday = names(db, EVERYDAY, vec![schema.into(), schema.into(), server.user.as_str().into()]).await?;
    if everyday.is_empty() {
        return Ok(());
    }
    // Sent together, they are one transaction: the log is open to nobody in between.
    let sql: String = everyday.iter().map(|name| roles::rights(schema, name)).collect();
    db.writer().execute_unprepared(&sql).await.map(|_| ())
}

/// Takes the steps that are missing. In the transaction of each, the change log is closed to the roles that get rights on whatever the
/// owner makes: these may add to it, and no more.
pub async fn bring_up(db: &Db) -> Result<(), DbErr> {
    let after = db.schema().map(closing).unwrap_or_default();
    Migrator::bring_up_with(&db.writer(), &after).await
}

/// The statement that closes the change log. Only for who owns the tables; a file has no roles.
fn closing(schema: &str) -> String {
    // Without the one that is signed in, which is the owner itself: no role has an empty name.
    let everyday = EVERYDAY.replacen('?', &format!("'{schema}'"), 2).replacen('?', "''", 1);
    let kept_back = roles::kept_back(schema, "%1$s");
    format!(
        "DO $$ DECLARE everyday RECORD; BEGIN
  FOR everyday IN {everyday}
  LOOP EXECUTE format('{kept_back}', everyday.name); END LOOP;
END $$"
    )
}

async fn names(db: &Db, sql: &str, values: Vec<sea_orm::Value>) -> Result<Vec<String>, DbErr> {
    let connection = db.writer();
    let rows = connection.query_all_raw(db::statement(&connection, sql, values)).await?;
    rows.iter().map(|row| row.try_get("", "name")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_password_of_the_owner_is_never_shown() {
        let owner = OwnerSignIn {
            user: "olga".to_owned(),
            password: Some("canary-5120".to_owned()),
        };
        let options = OpenOptions {
            owner: Some(owner),
            ..OpenOptions::default()
        };
        let shown = format!("{options:?}");
        assert!(shown.contains("olga") && !shown.contains("canary"), "{shown}");
    }
}
