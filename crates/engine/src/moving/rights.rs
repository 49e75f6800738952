//! Whether a move may do in a place what it does there first. The rehearsal asks, so that the move itself does not find it out.

use std::path::Path;

use contract::work::WorkProblem;
use sea_orm::{ConnectionTrait, DbErr};

use super::{Target, names_of};
use crate::{
    book::{self, Server},
    db::{self, Db},
    files,
    work::{Trouble, in_time},
};

/// What a role lacks to fill a schema: it makes the schema, if that is not there, and tables and functions in it, and changes those
/// that an earlier try has made.
const LACKS: &str = "
    SELECT CASE
        WHEN n.oid IS NULL AND NOT has_database_privilege(current_database(), 'CREATE') THEN 'database'
        WHEN NOT (has_schema_privilege(n.oid, 'CREATE') AND has_schema_privilege(n.oid, 'USAGE')) THEN 'schema'
        WHEN EXISTS (
            SELECT 1 FROM pg_class t WHERE t.relnamespace = n.oid AND t.relkind IN ('r', 'p') AND t.relname IN (TABLES)
                AND NOT pg_has_role(t.relowner, 'USAGE')
        ) THEN 'tables'
        ELSE 'nothing'
    END AS lacks
    FROM (SELECT 1) AS one LEFT JOIN pg_namespace n ON n.nspname = ?";

impl Target {
    /// Fails if the move could not begin here. Makes nothing.
    pub(super) async fn require_rights(&self, source: &Db) -> Result<(), Trouble> {
        match self {
            Self::File { path, .. } => require_folder(files::folder_of(path)),
            Self::Server(server) => {
                let names = names_of(source).await?;
                let db = book::open_server(server, false).await?;
                let lacks = in_time(lacks(&db, server, &names)).await;
                let _ = db.close().await;
                lacks?.map_or(Ok(()), |what| Err(Trouble::Problem(WorkProblem::OwnerNeeded, what)))
            }
        }
    }
}

/// What the user may not do, in words.
async fn lacks(db: &Db, server: &Server, names: &str) -> Result<Option<String>, DbErr> {
    let connection = db.reader();
    let sql = LACKS.replace("TABLES", names);
    let asked = db::statement(&connection, &sql, vec![server.schema.as_str().into()]);
    let row = connection.query_one_raw(asked).await?;
    let lacks = row.map_or(Ok(String::new()), |row| row.try_get("", "lacks"))?;
    let Server {
        user, database, schema, ..
    } = server;
    Ok(match lacks.as_str() {
        "database" => Some(format!("{user} may not make a schema in the database {database}")),
        "schema" => Some(format!("{user} may not make tables in the schema {schema}")),
        "tables" => Some(format!("{user} does not own the tables in the schema {schema}")),
        _ => None,
    })
}

/// Fails if no file can be made in a folder.
#[cfg(unix)]
fn require_folder(folder: &Path) -> Result<(), Trouble> {
    use rustix::fs::{Access, access};
    Ok(access(folder, Access::WRITE_OK | Access::EXEC_OK).map_err(std::io::Error::from)?)
}

/// Elsewhere that is found out by making one.
#[cfg(not(unix))]
fn require_folder(_: &Path) -> Result<(), Trouble> {
    Ok(())
}
