//! The two roles of a server: one owns the tables, the other works with them every day.

/// The SQL of both, for an administrator of the server to read and to run. The names stand in it as they are, so
/// [`contract::plain_name`] has to have nothing against them.
#[must_use]
pub fn roles_sql(schema: &str, owner: &str, everyday: &str) -> String {
    format!(
        "-- Two roles for the book in the schema {schema}. Read this, then run it as an administrator of the server, in the database
-- of the book:  psql -1 -v ON_ERROR_STOP=1 -f roles.sql DATABASE
-- Passwords are set afterwards, so that they stand in no file:  \\password {owner}  and  \\password {everyday}

DO $$ BEGIN
  IF NOT EXISTS (SELECT 1 FROM pg_roles WHERE rolname = '{owner}') THEN
    CREATE ROLE {owner} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION;
  END IF;
  IF NOT EXISTS (SELECT 1 FROM pg_roles WHERE rolname = '{everyday}') THEN
    CREATE ROLE {everyday} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION;
  END IF;
END $$;

-- The owner makes the tables and changes them when the app is updated: clientelectl init, and the first start of a new version.
CREATE SCHEMA IF NOT EXISTS {schema};
ALTER SCHEMA {schema} OWNER TO {owner};
REVOKE ALL ON SCHEMA {schema} FROM PUBLIC;
-- A restore fills a schema of its own, which then takes the name of this one.
DO $$ BEGIN EXECUTE format('GRANT CREATE ON DATABASE %I TO {owner}', current_database()); END $$;

-- Who works with the book can neither make nor change tables.
{granted}
-- The change log is only added to; erasing a person blanks values, which the chain of hashes survives. The app sees to that
-- when the owner makes the tables. Where somebody else has made them, run this part again.
DO $$ BEGIN
  IF to_regclass('{schema}.change') IS NOT NULL THEN
    -- Whoever made the tables before there were roles.
    EXECUTE (SELECT COALESCE(string_agg(format('ALTER TABLE %s OWNER TO {owner}', oid::regclass), ';'), 'SELECT 1')
             FROM pg_class WHERE relnamespace = '{schema}'::regnamespace AND relkind IN ('r', 'p'));
    EXECUTE (SELECT COALESCE(string_agg(format('ALTER FUNCTION %s OWNER TO {owner}', oid::regprocedure), ';'), 'SELECT 1')
             FROM pg_proc WHERE pronamespace = '{schema}'::regnamespace);
{kept_back}  END IF;
END $$;

-- Lets a desk know the server again; without it only the book is known again.
GRANT EXECUTE ON FUNCTION pg_control_system() TO {owner}, {everyday};
",
        granted = granted(schema, owner, everyday),
        kept_back = kept_back(schema, everyday)
    )
}

/// The statements that give a role its rights on tables that are there, as whoever runs them owns these. What `everyday` is called
/// has to be a name of SQL already.
pub fn rights(schema: &str, everyday: &str) -> String {
    format!("{}{}", granted(schema, "CURRENT_USER", everyday), kept_back(schema, everyday))
}

/// What a role may do with every table, also with those that a later step of the app adds.
fn granted(schema: &str, owner: &str, everyday: &str) -> String {
    format!(
        "GRANT USAGE ON SCHEMA {schema} TO {everyday};
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA {schema} TO {everyday};
ALTER DEFAULT PRIVILEGES FOR ROLE {owner} IN SCHEMA {schema} GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO {everyday};
"
    )
}

/// What it may not do with some.
pub fn kept_back(schema: &str, everyday: &str) -> String {
    format!(
        "    REVOKE UPDATE, DELETE, TRUNCATE ON {schema}.change FROM {everyday};
    REVOKE DELETE, TRUNCATE ON {schema}.change_value FROM {everyday};
    REVOKE INSERT, UPDATE, DELETE, TRUNCATE ON {schema}.seaql_migrations FROM {everyday};
    REVOKE INSERT, DELETE, TRUNCATE ON {schema}.book, {schema}.chain_head FROM {everyday};
"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_printed_and_what_is_run_give_the_same_rights() {
        let printed = roles_sql("vendor", "CURRENT_USER", "\"ann\"");
        for statement in rights("vendor", "\"ann\"").lines() {
            assert!(printed.lines().any(|line| line == statement), "{statement}");
        }
    }
}
