//! `clientelectl`: the operations of Clientele from a terminal, JSON in and out.

mod args;
mod book;
mod calendar;
mod operations;
mod paper;
mod progress;
mod refusal;
mod safety;
mod serve;

use std::{
    io::{self, Read, Write},
    process::ExitCode,
};

use clap::{CommandFactory, Parser, error::ErrorKind};
use contract::{
    Error, Problem,
    session::{FirstRun, Password},
};
use engine::BookLocation;
use serde_json::{Value, json};

use crate::{
    args::{Cli, Command, Global},
    refusal::Refusal,
};

fn main() -> ExitCode {
    if let Err(error) = engine::protect() {
        eprintln!("core dumps stay on: {error}");
    }
    // Passwords come by the environment, too.
    if let Err(error) = engine::hide() {
        eprintln!("other programs of this account can look into this one: {error}");
    }
    let cli = Cli::parse();
    let filter =
        tracing_subscriber::EnvFilter::try_from_env("CLIENTELE_LOG").unwrap_or_else(|_| tracing_subscriber::EnvFilter::new("error"));
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(io::stderr).init();
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return end(&error.into()),
    };
    match runtime.block_on(run(cli)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(refusal) => end(&refusal),
    }
}

/// Says why nothing was done.
fn end(refusal: &Refusal) -> ExitCode {
    if let Refusal::WrongUse(words) = refusal {
        Cli::command().error(ErrorKind::MissingRequiredArgument, words).exit();
    }
    if let Some(json) = refusal.json() {
        // Where the output is closed, the exit status still says it.
        let _ = write(&json.to_string());
    }
    let _ = writeln!(io::stderr(), "{refusal}");
    ExitCode::from(1)
}

/// Writes one line of JSON.
fn write(json: &str) -> io::Result<()> {
    let mut output = io::stdout().lock();
    writeln!(output, "{json}")?;
    output.flush()
}

async fn run(cli: Cli) -> Result<(), Refusal> {
    let global = cli.global;
    match cli.command {
        Command::Operations => write(&operations::operations().to_string())?,
        Command::Init {
            admin_email,
            admin_name,
            new,
        } => {
            let request = FirstRun {
                full_name: admin_name,
                email: admin_email,
                password: Password(book::password(&global, true)?),
                book_name: Some(new.name.clone()),
                currency: Some(new.currency),
                time_zone: new.time_zone.clone(),
            };
            let state = book::make(&global, &new, async |app| Ok(app.call(request, None).await?)).await?;
            write(&serde_json::to_string(&state).map_err(io::Error::from)?)?;
        }
        Command::Demo { customers, seed, new } => {
            let password = book::password(&global, true)?;
            book::make(&global, &new, async |app| {
                let mut progress = progress::Progress::new("customers", customers);
                engine::demo::fill_watched(app, customers, seed, &password, &mut |done| progress.at(done)).await?;
                Ok(())
            })
            .await?;
            write(&json!({"customers": customers, "seed": seed, "administrator": engine::demo::OWNER_EMAIL}).to_string())?;
        }
        Command::Call { name, request, key } => call(&global, &name, request, key).await?,
        Command::Pdf { document } => {
            let app = book::open(&global).await?;
            let written = match book::sign_in(&global, &app).await {
                Ok(()) => paper::write(&app, document).await,
                Err(refusal) => Err(refusal),
            };
            app.close().await;
            write(&written?.to_string())?;
        }
        Command::Serve => {
            let app = book::open(&global).await?;
            book::sign_in(&global, &app).await?;
            let served = serve::serve(&app, io::stdin().lock(), io::stdout().lock()).await;
            app.close().await;
            served?;
        }
        Command::Calendar => {
            let app = book::open(&global).await?;
            let made = match book::sign_in(&global, &app).await {
                Ok(()) => calendar::of_domains(&app, app.now()).await.map_err(Refusal::from),
                Err(refusal) => Err(refusal),
            };
            app.close().await;
            // Its lines end as the format wants them.
            let mut output = io::stdout().lock();
            output.write_all(made?.as_bytes())?;
            output.flush()?;
        }
        Command::Verify => {
            let app = book::look_into(&global).await?;
            let verified = app.verify_watched(&progress::Patience::begin()).await;
            app.close().await;
            let verified = verified?;
            write(&serde_json::to_string(&verified).map_err(io::Error::from)?)?;
            if !verified.findings.is_empty() {
                return Err(Refusal::Findings);
            }
        }
        Command::Backup { file } => safety::backup(&global, file).await?,
        Command::Backups => safety::backups(&global)?,
        Command::Restore { backup } => safety::restore(&global, &backup).await?,
        Command::Move {
            to_file,
            to_postgres,
            to_schema,
            ask_target_password,
            dry_run,
            discard,
        } => {
            let target = match (to_file, to_postgres) {
                (Some(file), _) => BookLocation::File(file),
                (None, Some(url)) => BookLocation::Server(book::server(&global, &url, &to_schema, ask_target_password)?),
                (None, None) => return Err(Refusal::WrongUse("Say where to: --to-file FILE or --to-postgres URL.".to_owned())),
            };
            if discard {
                safety::discard_move(&global, &target).await?;
            } else {
                safety::move_to(&global, &target, dry_run).await?;
            }
        }
        Command::Test => safety::test(&global).await?,
        Command::Roles { owner, everyday } => write(&engine::roles_sql(&global.schema, &owner, &everyday))?,
    }
    Ok(())
}

async fn call(global: &Global, name: &str, request: String, key: Option<String>) -> Result<(), Refusal> {
    let app = book::open(global).await?;
    // Before the request is read: with --password-stdin the password comes first.
    let answered = match book::sign_in(global, &app).await {
        Ok(()) => match read_request(request) {
            Ok(request) => app.call_json(name, request, key).await.map_err(Refusal::from),
            Err(refusal) => Err(refusal),
        },
        Err(refusal) => Err(refusal),
    };
    app.close().await;
    write(&answered?)?;
    Ok(())
}

fn read_request(request: String) -> Result<Value, Refusal> {
    let text = if request == "-" {
        let mut text = String::new();
        io::stdin().read_to_string(&mut text)?;
        text
    } else {
        request
    };
    serde_json::from_str(&text).map_err(|error| Error::field("", Problem::WrongShape { detail: error.to_string() }).into())
}
