//! The desktop app: a window, the open book, and the commands between them. The only code that knows Tauri.

use std::process::ExitCode;

use tauri::{Builder, Context, Manager, RunEvent, Runtime};

mod book_requests;
mod chooser;
mod clipboard;
pub mod commands;
mod document;
mod drawing;
mod flags;
pub mod folder;
mod going_back;
mod keyring_store;
pub mod known;
pub mod lock;
mod log;
mod opening;
mod passwords;
mod place;
mod recovery;
mod refusal;
mod requests;
mod sample;
mod saved;
pub mod secrets;
mod selftest;
pub mod settings;
mod shell;
#[cfg(any(test, feature = "automation"))]
mod staging;
pub mod startup;
mod threads;
mod window;

pub use shell::Shell;

/// Runs the app until its window is closed.
#[must_use]
pub fn run() -> ExitCode {
    match flags::read(std::env::args().skip(1)) {
        Ok(flags::Start::Window) => open(),
        Ok(flags::Start::Version) => flags::say(&format!("Clientele {}", env!("CARGO_PKG_VERSION"))),
        Ok(flags::Start::SecuritySelftest) => flags::say(&selftest::facts(&context::<tauri::Wry>())),
        Err(unknown) => flags::refuse(&unknown),
    }
}

/// What is built into the app: configuration, permissions and, in a build with `custom-protocol`, the page.
#[must_use]
pub fn context<R: Runtime>() -> Context<R> {
    tauri::generate_context!()
}

/// Gives a builder the commands that the page may call.
#[must_use]
pub fn with_commands<R: Runtime>(builder: Builder<R>) -> Builder<R> {
    let operations = commands::operations();
    let requests = commands::requests();
    builder.invoke_handler(move |invoke| {
        if contract::desktop::REQUESTS.contains(&invoke.message.command()) {
            requests(invoke)
        } else {
            operations(invoke)
        }
    })
}

fn open() -> ExitCode {
    if let Err(error) = engine::protect() {
        eprintln!("core dumps stay on: {error}");
    }
    let threads = match threads::start() {
        Ok(threads) => threads,
        Err(error) => {
            eprintln!("Clientele cannot start its threads: {error}");
            return ExitCode::FAILURE;
        }
    };
    let built = with_commands(Builder::default()).setup(|app| Ok(start(app)?)).build(context());
    let app = match built {
        Ok(app) => app,
        Err(error) => {
            tracing::error!(%error, "the window cannot be opened");
            eprintln!("Clientele cannot open its window: {error}");
            return ExitCode::FAILURE;
        }
    };
    app.run(|app, event| {
        if let RunEvent::Exit = event {
            if let Some(shell) = app.try_state::<Shell>() {
                tauri::async_runtime::block_on(shell.books.close());
                document::forget_shown(shell.books.folder());
            }
            tracing::info!("closed");
        }
    });
    // The book is closed: whatever else still runs is not waited for.
    threads.shutdown_background();
    ExitCode::SUCCESS
}

fn start<R: Runtime>(app: &mut tauri::App<R>) -> tauri::Result<()> {
    let folder = folder::DataFolder::of_person(app.handle())?;
    log::start(&folder);
    tracing::info!(version = env!("CARGO_PKG_VERSION"), "started");
    document::forget_shown(&folder);
    let shell = Shell::new(folder);
    let preferences = shell.settings.preferences();
    app.manage(shell);
    // The book opens while the webview starts; the page asks for the outcome with `startup`.
    let handle = app.handle().clone();
    tauri::async_runtime::spawn(async move { handle.state::<Shell>().books.ensure_open().await });
    window::open(app, &preferences)
}
