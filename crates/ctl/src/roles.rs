//! The SQL of the two roles.

/// What an administrator of the server reads and runs: `owner` owns the tables, `everyday` works with them. Names are plain.
pub fn sql(schema: &str, owner: &str, everyday: &str) -> String {
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

-- Who works with the book can neither make nor change tables.
GRANT USAGE ON SCHEMA {schema} TO {everyday};
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA {schema} TO {everyday};
ALTER DEFAULT PRIVILEGES FOR ROLE {owner} IN SCHEMA {schema} GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO {everyday};

-- The change log is only added to; erasing a person blanks values, which the chain of hashes survives. Run this part again
-- after the tables were made.
DO $$ BEGIN
  IF to_regclass('{schema}.change') IS NOT NULL THEN
    -- Whoever made the tables before there were roles.
    EXECUTE (SELECT COALESCE(string_agg(format('ALTER TABLE %s OWNER TO {owner}', oid::regclass), ';'), 'SELECT 1')
             FROM pg_class WHERE relnamespace = '{schema}'::regnamespace AND relkind IN ('r', 'p'));
    EXECUTE (SELECT COALESCE(string_agg(format('ALTER FUNCTION %s OWNER TO {owner}', oid::regprocedure), ';'), 'SELECT 1')
             FROM pg_proc WHERE pronamespace = '{schema}'::regnamespace);
    REVOKE UPDATE, DELETE, TRUNCATE ON {schema}.change FROM {everyday};
    REVOKE DELETE, TRUNCATE ON {schema}.change_value FROM {everyday};
    REVOKE INSERT, UPDATE, DELETE, TRUNCATE ON {schema}.seaql_migrations FROM {everyday};
    REVOKE INSERT, DELETE, TRUNCATE ON {schema}.book, {schema}.chain_head FROM {everyday};
  END IF;
END $$;

-- Lets a desk know the server again; without it only the book is known again.
GRANT EXECUTE ON FUNCTION pg_control_system() TO {owner}, {everyday};
"
    )
}
