//! Finding and opening the book, and getting passwords without showing them.

use std::{
    io,
    path::{Path, PathBuf},
};

use contract::session::{Password, SignIn};
use engine::{App, BookLocation, OpenError, OpenOptions, Server};

use crate::{
    args::{Global, NewBook},
    refusal::Refusal,
};

/// Opens the book that was named; makes it if there is none and `new` says with what.
pub async fn open(global: &Global, new: Option<&NewBook>) -> Result<App, Refusal> {
    open_as(global, new, false).await
}

/// Opens the book for a command that writes nothing into it: that may be read is enough.
pub async fn look_into(global: &Global) -> Result<App, Refusal> {
    match open(global, None).await {
        Err(Refusal::CannotOpen(OpenError::ReadOnly)) => open_as(global, None, true).await,
        opened => opened,
    }
}

/// A server that was named.
pub fn server(url: &str, schema: &str, ask_password: bool) -> Result<Server, Refusal> {
    let mut server = Server::parse(url, schema)?;
    if ask_password {
        server.password = Some(ask("Password of the Postgres server: ")?);
    }
    Ok(server)
}

/// The place that was named.
pub fn location(global: &Global) -> Result<BookLocation, Refusal> {
    match (&global.book, &global.postgres) {
        (Some(file), _) => Ok(BookLocation::File(file.clone())),
        (None, Some(url)) => Ok(BookLocation::Server(server(url, &global.schema, global.ask_postgres_password)?)),
        (None, None) => Err(Refusal::WrongUse("Say which book: --book FILE or --postgres URL.".to_owned())),
    }
}

async fn open_as(global: &Global, new: Option<&NewBook>, read_only: bool) -> Result<App, Refusal> {
    let location = location(global)?;
    let create = new.map(|new| engine::NewBook {
        name: new.name.clone(),
        currency: new.currency,
        time_zone: new.time_zone.clone(),
        is_test_clock: new.test_clock,
        is_sample: false,
    });
    let options = OpenOptions {
        create,
        now: global.now,
        read_only,
        ..OpenOptions::default()
    };
    Ok(App::open(location, options).await?)
}

/// Opens the book to make it, and takes it away again if it could not be finished and was not there before.
pub async fn make<T>(global: &Global, new: &NewBook, finish: impl AsyncFnOnce(&App) -> Result<T, Refusal>) -> Result<T, Refusal> {
    // Made here rather than looked for: of two that begin at once only the one that made the file takes it away again.
    let new_file = global.book.as_deref().filter(|file| claim(file));
    let done = match open(global, Some(new)).await {
        Ok(app) => {
            let done = finish(&app).await;
            app.close().await;
            done
        }
        Err(refusal) => Err(refusal),
    };
    if let (Err(_), Some(file)) = (&done, new_file) {
        remove(file);
    }
    done
}

/// Makes an empty file that only its owner can read; false if there is one, or none can be made.
fn claim(file: &Path) -> bool {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(file).is_ok()
}

fn remove(file: &Path) {
    for suffix in ["", "-wal", "-shm", "-lock"] {
        let mut name = file.as_os_str().to_owned();
        name.push(suffix);
        // What cannot be removed is an empty book, which can be filled later.
        let _ = std::fs::remove_file(PathBuf::from(name));
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
