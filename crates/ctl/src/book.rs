//! Finding and opening the book, and getting passwords without showing them.

use std::{io, pin::pin, time::Duration};

use contract::{
    connection::names_host,
    session::{Password, SignIn},
};
use engine::{App, BookLocation, OpenError, OpenOptions, OwnerSignIn, Server, Trouble};

use crate::{
    args::{Global, NewBook},
    refusal::Refusal,
};

/// How long a book that was given up may take to close: a statement that still runs ends with the process.
const CLOSES_WITHIN: Duration = Duration::from_secs(5);

/// Opens the book that was named.
pub async fn open(global: &Global) -> Result<App, Refusal> {
    Ok(App::open(location(global)?, options(global, None)?).await?)
}

/// Opens the book for a command that writes nothing into it: that may be read is enough.
pub async fn look_into(global: &Global) -> Result<App, Refusal> {
    match open(global).await {
        Err(Refusal::CannotOpen(OpenError::ReadOnly)) => {
            let options = OpenOptions {
                read_only: true,
                ..options(global, None)?
            };
            Ok(App::open(location(global)?, options).await?)
        }
        opened => opened,
    }
}

/// A server that was named. One that others could listen to has to be named twice, so that neither a URL that was copied nor
/// the environment weakens a connection without anybody knowing.
pub fn server(global: &Global, url: &str, schema: &str, ask_password: bool) -> Result<Server, Refusal> {
    let mut server = Server::parse(url, schema)?;
    let is_accepted = global.accept_insecure.iter().any(|typed| names_host(typed, &server.host));
    if server.is_open_to_others() && !is_accepted {
        return Err(Refusal::OpenToOthers(server.host));
    }
    if ask_password {
        server.password = Some(ask("Password of the Postgres server: ")?);
    }
    Ok(server)
}

/// The place that was named.
pub fn location(global: &Global) -> Result<BookLocation, Refusal> {
    match (&global.book, &global.postgres) {
        (Some(file), _) => Ok(BookLocation::File(file.clone())),
        (None, Some(url)) => Ok(BookLocation::Server(server(
            global,
            url,
            &global.schema,
            global.ask_postgres_password,
        )?)),
        (None, None) => Err(Refusal::WrongUse("Say which book: --book FILE or --postgres URL.".to_owned())),
    }
}

/// How it is opened; made if there is none and `new` says with what.
fn options(global: &Global, new: Option<&NewBook>) -> Result<OpenOptions, Refusal> {
    let create = new.map(|new| engine::NewBook {
        name: new.name.clone(),
        currency: new.currency,
        time_zone: new.time_zone.clone(),
        is_test_clock: new.test_clock,
        is_sample: false,
    });
    Ok(OpenOptions {
        create,
        now: global.now,
        owner: owner(global)?,
        ..OpenOptions::default()
    })
}

/// Who owns the tables, if somebody was named.
fn owner(global: &Global) -> Result<Option<OwnerSignIn>, Refusal> {
    let Some(user) = global.postgres_owner.clone() else {
        return Ok(None);
    };
    let password = if global.ask_owner_password {
        Some(ask("Password of the owner of the tables: ")?)
    } else {
        None
    };
    Ok(Some(OwnerSignIn { user, password }))
}

/// Opens the book to make it, and takes it away again if it could not be finished and was not there before.
pub async fn make<T>(global: &Global, new: &NewBook, finish: impl AsyncFnOnce(&App) -> Result<T, Refusal>) -> Result<T, Refusal> {
    // First, while Ctrl-C still ends a question for a password.
    let location = location(global)?;
    let options = options(global, Some(new))?;
    // Made here rather than looked for: of two that begin at once only one may take the file away again, and that only as
    // long as the other one has made nothing of it.
    let new_file = global.book.as_deref().filter(|file| engine::files::private(file).is_ok());
    let refusal = match make_or_give_up(location, options, finish).await {
        Ok(made) => return Ok(made),
        Err(refusal) => refusal,
    };
    let is_gone = match new_file {
        Some(file) => engine::discard_unfinished(file).await,
        None => false,
    };
    Err(match refusal {
        Refusal::GivenUp if is_gone => Trouble::Canceled.into(),
        refusal => refusal,
    })
}

/// Makes a book, unless Ctrl-C is pressed.
async fn make_or_give_up<T>(
    location: BookLocation,
    options: OpenOptions,
    finish: impl AsyncFnOnce(&App) -> Result<T, Refusal>,
) -> Result<T, Refusal> {
    let mut interrupted = pin!(interrupted());
    let app = tokio::select! {
        opened = App::open(location, options) => opened?,
        () = &mut interrupted => return Err(Refusal::GivenUp),
    };
    let finished = tokio::select! {
        finished = finish(&app) => Some(finished),
        () = &mut interrupted => None,
    };
    match finished {
        Some(finished) => {
            app.close().await;
            finished
        }
        None => {
            let _ = tokio::time::timeout(CLOSES_WITHIN, app.close()).await;
            Err(Refusal::GivenUp)
        }
    }
}

/// Waits for Ctrl-C; for ever where it cannot be heard.
async fn interrupted() {
    if tokio::signal::ctrl_c().await.is_err() {
        std::future::pending::<()>().await;
    }
}

/// Signs in as the account that was named, if there is one.
pub async fn sign_in(global: &Global, app: &App) -> Result<(), Refusal> {
    let Some(email) = global.account.clone() else {
        return Ok(());
    };
    let password = Password(password(global, false)?);
    app.call(SignIn { email, password }, None).await?;
    Ok(())
}

/// The administrator's password.
pub fn password(global: &Global, is_new: bool) -> Result<String, Refusal> {
    if global.password_stdin {
        let mut line = String::new();
        io::stdin().read_line(&mut line)?;
        return Ok(line.trim_end_matches(['\r', '\n']).to_owned());
    }
    match std::env::var("CLIENTELE_PASSWORD") {
        Ok(password) => return Ok(password),
        Err(std::env::VarError::NotUnicode(_)) => {
            return Err(Refusal::WrongUse("CLIENTELE_PASSWORD is not Unicode.".to_owned()));
        }
        Err(std::env::VarError::NotPresent) => {}
    }
    let password = ask("Password: ")?;
    if is_new && ask("The same again: ")? != password {
        return Err(Refusal::WrongUse("The two passwords differ.".to_owned()));
    }
    Ok(password)
}

fn ask(prompt: &str) -> Result<String, Refusal> {
    rpassword::prompt_password(prompt).map_err(|_| {
        Refusal::WrongUse("There is no terminal to ask for a password. Set CLIENTELE_PASSWORD or use --password-stdin.".to_owned())
    })
}
