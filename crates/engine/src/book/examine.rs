//! Tries a connection step by step, and says of each step how it went.

use contract::connection::{ConnectionStep, NO_BOOK, StepAnswer};
use sea_orm::ConnectionTrait;

use super::{OpenError, Server, TlsMode, limit::in_time, server, tls};
use crate::db::{self, Db};
use migrations::{Migrator, MigratorTraitExt as _};

/// Tries a connection: is the name known, does something answer, is it secured and by whom, is the sign-in right, what
/// may the role do, is there a book. Ends at the first step that fails. Changes nothing.
pub async fn examine(server: &Server) -> Vec<StepAnswer> {
    let mut answers = Vec::new();
    let mut say = |step, is_done: bool, detail: String| answers.push(StepAnswer { step, is_done, detail });
    if !server.is_socket() && server.tls_mode() != TlsMode::Off {
        let seen = {
            let server = server.clone();
            tokio::task::spawn_blocking(move || tls::look(&server)).await
        };
        let Ok(seen) = seen else { return answers };
        match seen {
            Err(tls::Unseen::NoName(error)) => {
                say(ConnectionStep::Name, false, error.to_string());
                return answers;
            }
            Err(tls::Unseen::NoAnswer(error)) => {
                say(ConnectionStep::Name, true, server.host.clone());
                say(ConnectionStep::Reach, false, error.to_string());
                return answers;
            }
            Err(tls::Unseen::Problem(problem)) => {
                say(ConnectionStep::Name, true, server.host.clone());
                say(ConnectionStep::Reach, true, server.port.to_string());
                let is_fine = problem == contract::connection::TlsProblem::NotOffered && server.tls_mode() == TlsMode::Offered;
                let words = contract::words::tls_problem(problem);
                say(ConnectionStep::Secure, is_fine, words.title);
                if !is_fine {
                    return answers;
                }
            }
            Ok(seen) => {
                say(ConnectionStep::Name, true, server.host.clone());
                say(ConnectionStep::Reach, true, server.port.to_string());
                say(ConnectionStep::Secure, true, seen.authority.unwrap_or_default());
            }
        }
    }
    let db = match server::open(server, false).await {
        Ok(db) => db,
        Err(error) => {
            say(ConnectionStep::SignIn, false, error.to_string());
            return answers;
        }
    };
    say(ConnectionStep::SignIn, true, server.user.clone());
    match in_time(&db, rights(&db)).await {
        Ok((detail, is_enough)) => say(ConnectionStep::Rights, is_enough, detail),
        Err(error) => say(ConnectionStep::Rights, false, error.to_string()),
    }
    match book(&db).await {
        Ok(detail) => say(ConnectionStep::Book, true, detail),
        Err(error) => say(ConnectionStep::Book, false, error.to_string()),
    }
    let _ = db.close().await;
    answers
}

/// What the role may do here, and whether that is enough for a book that is there or for making one.
async fn rights(db: &Db) -> Result<(String, bool), sea_orm::DbErr> {
    let connection = db.reader();
    let sql = "SELECT CASE WHEN has_database_privilege(current_database(), 'CREATE') THEN 1 ELSE 0 END AS makes,
                      CASE WHEN current_schema() IS NOT NULL AND has_schema_privilege(current_schema(), 'USAGE') THEN 1 ELSE 0 END AS uses";
    let row = connection.query_one_raw(db::statement(&connection, sql, Vec::new())).await?;
    let (makes, uses) = match row {
        Some(row) => (row.try_get::<i32>("", "makes")? == 1, row.try_get::<i32>("", "uses")? == 1),
        None => (false, false),
    };
    let detail = match (makes, uses) {
        (_, true) => "works on the book",
        (true, false) => "may make a book",
        (false, false) => "may neither use this schema nor make it",
    };
    Ok((detail.to_owned(), makes || uses))
}

/// What is there.
async fn book(db: &Db) -> Result<String, OpenError> {
    let applied = in_time(db, async { Migrator::applied(&db.reader()).await }).await?;
    if applied.iter().any(|name| !Migrator::names().contains(name)) {
        return Err(OpenError::Newer);
    }
    Ok(match applied.last() {
        None => NO_BOOK.to_owned(),
        Some(_) if applied.len() < Migrator::names().len() => "a book of an older version".to_owned(),
        Some(step) => format!("a book, {step}"),
    })
}
