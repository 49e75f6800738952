//! What can be typed.

use std::path::PathBuf;

use chrono::NaiveDate;
use clap::{Args, Parser, Subcommand};
use contract::{Currency, Timestamp, plain_name};

/// The operations of Clientele from a terminal: JSON in, JSON out.
///
/// Answers go to standard output as one JSON value. A refusal goes there too, as {"error": …}, and to standard error in
/// words. Exit status: 0 done, 1 refused, 2 wrong use.
#[derive(Debug, Parser)]
#[command(name = "clientelectl", version, max_term_width = 100)]
pub struct Cli {
    /// Where the book is, and who asks.
    #[command(flatten)]
    pub global: Global,
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// Options of every command.
#[derive(Debug, Args)]
pub struct Global {
    /// The book: a SQLite file
    #[arg(long, global = true, value_name = "FILE", conflicts_with = "postgres")]
    pub book: Option<PathBuf>,
    /// The book: a Postgres server, without a password in the URL. The password comes from the file of PGPASSFILE (or
    /// ~/.pgpass), or is asked for with --ask-postgres-password
    #[arg(long, global = true, value_name = "URL", value_parser = without_password)]
    pub postgres: Option<String>,
    /// The schema of the server that holds the book
    #[arg(long, global = true, value_name = "NAME", default_value = "clientele", value_parser = plain_name)]
    pub schema: String,
    /// Connect to this server although others could listen to the connection or step into it: sslmode, in the URL or in
    /// PGSSLMODE, asks for less than a verified certificate. Without this option such a server is refused
    #[arg(long, global = true, value_name = "HOST")]
    pub accept_insecure: Vec<String>,
    /// Ask for the password of the Postgres server
    #[arg(long, global = true, requires = "postgres")]
    pub ask_postgres_password: bool,
    /// Who owns the tables of a book on a server, or may act for their owner: used once, to make them or to bring them up to date,
    /// where the user of the URL may not. The password comes from the file of PGPASSFILE (or ~/.pgpass), or is asked for with
    /// --ask-owner-password
    #[arg(long, global = true, value_name = "USER", requires = "postgres")]
    pub postgres_owner: Option<String>,
    /// Ask for the password of that owner
    #[arg(long, global = true, requires = "postgres_owner")]
    pub ask_owner_password: bool,
    /// Sign in as this administrator. The password comes from CLIENTELE_PASSWORD, from --password-stdin, or is asked for
    #[arg(long = "as", global = true, value_name = "EMAIL")]
    pub account: Option<String>,
    /// Read the administrator's password from the first line of standard input
    #[arg(long, global = true)]
    pub password_stdin: bool,
    /// Set the clock of a book that was made with --test-clock, such as 2026-11-22T09:30:00Z
    #[arg(long, global = true, value_name = "TIME", value_parser = time)]
    pub now: Option<Timestamp>,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Make a book and its first administrator
    ///
    /// The administrator's password comes from CLIENTELE_PASSWORD, from --password-stdin, or is asked for twice: at
    /// least 12 characters that are not easy to guess.
    Init {
        /// E-mail address of the first administrator
        #[arg(long, value_name = "EMAIL")]
        admin_email: String,
        /// Name of the first administrator
        #[arg(long, value_name = "NAME")]
        admin_name: String,
        /// What the book is made with.
        #[command(flatten)]
        new: NewBook,
    },
    /// List every operation with its access, its effect, what it is refused with and the JSON schemas of request and output
    Operations,
    /// Answer one operation
    ///
    /// For example: clientelectl --book b.db --as owner@example.com call list_customers '{"search":"ann","limit":10}'
    Call {
        /// The operation, as `operations` lists it
        name: String,
        /// The request, or - to read it from standard input
        #[arg(default_value = "{}", value_name = "JSON")]
        request: String,
        /// Make a change at most once: asked again with the same key, the first answer is given
        #[arg(long)]
        key: Option<String>,
    },
    /// Answer operations line by line, until standard input ends
    ///
    /// In: {"id":1,"op":"list_customers","request":{}} with "key" and, on a book with a test clock, "now" if wanted.
    /// Out, in the same order: {"id":1,"ok":{…}} or {"id":1,"error":{"kind":…}}. A line that cannot be read is answered
    /// with "id":null. A line is at most 1 MB.
    Serve,
    /// Fill an empty book with sample data; makes the book if there is none
    ///
    /// The administrator is owner@example.com, with the password from CLIENTELE_PASSWORD, from --password-stdin, or asked
    /// for. The same seed and the same time give the same records. Ended by Ctrl-C, it takes away the file that it has made;
    /// a book that it could not finish is refused from then on.
    Demo {
        /// How many customers
        #[arg(long, value_name = "N")]
        customers: u32,
        /// What the records are drawn from
        #[arg(long, value_name = "S", default_value_t = 1)]
        seed: u64,
        /// What the book is made with.
        #[command(flatten)]
        new: NewBook,
    },
    /// Write the days on which domains end as a calendar (.ics) to standard output
    Calendar,
    /// Write an invoice, a credit note or a statement of account into a new PDF file
    ///
    /// For example: clientelectl --book b.db --as owner@example.com pdf invoice 2026-000042 invoice.pdf
    Pdf {
        /// Which document
        #[command(subcommand)]
        document: Paper,
    },
    /// Check the book: kept figures against the records, sums of money, the chain of the change log, the file
    ///
    /// Needs no sign-in. Exit status 1 if anything is not what it should be.
    Verify,
    /// Copy the book into a new file while others go on working, and check the copy
    ///
    /// Needs no sign-in. Nothing is overwritten. A book on a server is written into the file row by row, and compared.
    Backup {
        /// The new file; without it, one among the other backups beside a file book
        file: Option<PathBuf>,
    },
    /// List the backups beside a file book
    ///
    /// Under `flawed` are the copies that did not pass their check, because the book did not: no backups, but better than none.
    Backups,
    /// Put a file book back as a backup has it
    ///
    /// The backup is checked, written into a fresh book and compared row by row before it replaces anything. The replaced
    /// book is kept among the backups. Nobody may have the book open; a damaged or missing one can be restored, too.
    Restore {
        /// The backup: a file, or a name that `backups` lists
        backup: PathBuf,
    },
    /// Move the book to another place: from a file to a server, or back
    ///
    /// Rows, sums of money and a checksum of each table are compared on both sides before the new book counts. The old one
    /// stays as it is. A move that was broken off goes on where it was when it is started again; one that had come to its end is
    /// compared once more.
    Move {
        /// To this file, which must not be there
        #[arg(long, value_name = "FILE", required_unless_present = "to_postgres", conflicts_with = "to_postgres")]
        to_file: Option<PathBuf>,
        /// To this Postgres server, without a password in the URL
        #[arg(long, value_name = "URL", value_parser = without_password)]
        to_postgres: Option<String>,
        /// The schema of that server, which must hold nothing
        #[arg(long, value_name = "NAME", default_value = "clientele", value_parser = plain_name)]
        to_schema: String,
        /// Ask for the password of that server
        #[arg(long, requires = "to_postgres")]
        ask_target_password: bool,
        /// Only check and count
        #[arg(long)]
        dry_run: bool,
        /// Move nothing, and remove what a move to this place has left that was canceled or broken off. A book there stays
        #[arg(long, conflicts_with = "dry_run")]
        discard: bool,
    },
    /// Try the connection to a server, step by step
    Test,
    /// Print the SQL that makes the two roles of a server: one that owns the tables, one for every day
    ///
    /// To be read and run by whoever administers the server. Nothing is run.
    Roles {
        /// The role that owns the tables: for init and for updates of the app
        #[arg(long, value_name = "NAME", default_value = "clientele_owner", value_parser = plain_name)]
        owner: String,
        /// The role for every day: it cannot change tables, and can only add to the change log
        #[arg(long, value_name = "NAME", default_value = "clientele_desk", value_parser = plain_name)]
        everyday: String,
    },
}

/// A document that can be written.
#[derive(Debug, Subcommand)]
pub enum Paper {
    /// An invoice; of a draft, which is named by its id, a preview
    Invoice {
        /// Its number or its id
        number: String,
        /// The new file; nothing is overwritten
        file: PathBuf,
    },
    /// A credit note
    CreditNote {
        /// Its number or its id
        number: String,
        /// The new file; nothing is overwritten
        file: PathBuf,
    },
    /// What a customer was billed and paid, day by day
    Statement {
        /// The customer's e-mail address or id
        customer: String,
        /// The new file; nothing is overwritten
        file: PathBuf,
        /// The currency; the book's, if it is not given
        #[arg(long, value_name = "CODE", value_parser = currency)]
        currency: Option<Currency>,
        /// First day; the very first, if it is not given
        #[arg(long, value_name = "YYYY-MM-DD")]
        from: Option<NaiveDate>,
        /// Last day; today, if it is not given
        #[arg(long, value_name = "YYYY-MM-DD")]
        to: Option<NaiveDate>,
    },
}

/// What a new book is made with.
#[derive(Debug, Args)]
pub struct NewBook {
    /// Let --now set the clock of the new book. For tests
    #[arg(long)]
    pub test_clock: bool,
    /// Currency of the new book's figures
    #[arg(long, value_name = "CODE", value_parser = currency, default_value = "EUR")]
    pub currency: Currency,
    /// IANA time zone of the new book's days; the computer's, if it is not given
    #[arg(long, value_name = "ZONE")]
    pub time_zone: Option<String>,
    /// Name of the new book
    #[arg(long, value_name = "NAME", default_value = "Clientele")]
    pub name: String,
}

/// A name that stands in SQL without quotes.
fn plain_name(name: &str) -> Result<String, String> {
    plain_name::trouble(name).map_or_else(|| Ok(name.to_owned()), |trouble| Err(trouble.to_owned()))
}

fn currency(code: &str) -> Result<Currency, String> {
    Currency::parse(code).ok_or_else(|| "a currency code of ISO 4217 is expected, such as EUR".to_owned())
}

fn time(text: &str) -> Result<Timestamp, String> {
    text.parse()
        .map_err(|_| "a time in RFC 3339 is expected, such as 2026-11-22T09:30:00Z".to_owned())
}

/// A password in the URL would stand in the process list and in the shell's history.
fn without_password(url: &str) -> Result<String, String> {
    let Some((_, rest)) = url
        .split_once("://")
        .filter(|(scheme, _)| matches!(*scheme, "postgres" | "postgresql"))
    else {
        return Err("a URL is expected, such as postgres://user@localhost/database".to_owned());
    };
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let in_user = authority.rsplit_once('@').is_some_and(|(user, _)| user.contains(':'));
    let query = rest.split_once('?').map_or("", |(_, query)| query);
    let in_query = query.split('&').any(|pair| pair.split('=').next() == Some("password"));
    if in_user || in_query {
        return Err("the URL holds a password; put it into the file of PGPASSFILE or use --ask-postgres-password".to_owned());
    }
    Ok(url.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_in_the_url_is_refused_wherever_it_stands() {
        for url in [
            "postgres://ann:secret@localhost/b",
            "postgres://ann:@localhost/b",
            "postgresql://localhost/b?sslmode=require&password=secret",
            "mysql://localhost/b",
            "localhost",
        ] {
            assert!(without_password(url).is_err(), "{url}");
        }
        for url in ["postgres://ann@localhost:5432/b?sslmode=require", "postgres://localhost/a:b@c"] {
            assert!(without_password(url).is_ok(), "{url}");
        }
    }

    #[test]
    fn the_commands_fit_together() {
        <Cli as clap::CommandFactory>::command().debug_assert();
    }
}
