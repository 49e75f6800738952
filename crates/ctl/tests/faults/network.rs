//! Networks that are slow, silent or half dead: every command is answered in time, and the next one works.

use std::{
    fmt::Debug,
    time::{Duration, Instant},
};

use contract::{
    Error, Outcome, connection::StepAnswer, customer::ListCustomers, desk::GetBookState, settings::GetSettings, work::WorkState,
};
use engine::{App, BookLocation, MoveOptions, NewBook, OpenError, OpenOptions, Server as Address, TlsMode, Verification, examine};

use super::{
    campaign::Campaign,
    commit_window::{Far, LONGEST},
    postgres::{Server, sql},
    proxy::{Fault, Proxy},
};

/// Networks that are silent at the same time: each is only waited for.
const AT_ONCE: usize = 12;
/// The same of desks that ask for much at once, each over several connections.
const MUCH_AT_ONCE: usize = 6;

/// What comes of a command, within the time that every one has.
async fn in_time<T>(what: &str, fault: Fault, asked: impl Future<Output = T>) -> T {
    let began = Instant::now();
    let answer = asked.await;
    assert!(began.elapsed() < LONGEST, "{what}, {fault:?}: {:?}", began.elapsed());
    answer
}

/// Every way of falling silent after so many bytes: those that count the ones to the server, and the one that counts those to the
/// desk.
fn silences((to_server, to_desk): (usize, usize)) -> Vec<Fault> {
    assert!(to_server > 1_000 && to_desk > 500, "{to_server} {to_desk}");
    let mut faults: Vec<Fault> = (0..to_server).flat_map(|at| [Fault::BlackHole(at), Fault::HalfOpen(at)]).collect();
    faults.extend((0..to_desk).map(Fault::MuteToDesk));
    faults
}

/// Runs some of the silences of a campaign, several at the same time.
async fn run<F: Future<Output = ()> + Send + 'static>(
    name: &str,
    faults: &[Fault],
    (few, large): (u64, u64),
    at_once: usize,
    test: impl Fn(u64, Fault) -> F,
) {
    let mut campaign = Campaign::new(name);
    let points = campaign.points(u64::try_from(faults.len()).unwrap(), few, large);
    for points in points.chunks(at_once) {
        let mut running = tokio::task::JoinSet::new();
        for point in points.iter().copied() {
            let tested = test(point, faults[usize::try_from(point).unwrap()]);
            running.spawn(async move {
                tested.await;
                point
            });
        }
        while let Some(survived) = running.join_next().await {
            campaign.survived(survived.unwrap());
        }
    }
}

/// Works through a silence. Answers with whether a list was refused meanwhile.
async fn silent(name: &str, fault: Fault) -> bool {
    let far = Far::new(name).await;
    far.pay("before").await;
    far.proxy.set(fault);
    let key = Some("swallowed".to_owned());
    let (write, read) = tokio::join!(
        in_time("a payment", fault, far.app.call(far.payment("swallowed"), key)),
        in_time("a list", fault, far.app.call(ListCustomers::default(), None))
    );
    let is_honest = |answer: &Result<(), Error>| {
        matches!(
            answer,
            Ok(_)
                | Err(Error::Unavailable {
                    outcome: Outcome::Unknown | Outcome::NotDone,
                    ..
                })
        )
    };
    let is_refused = read.is_err();
    assert!(is_honest(&write.map(|_| ())), "{fault:?}");
    assert!(is_honest(&read.map(|_| ())), "{fault:?}");
    // The network is back: whatever hangs on old connections is in nobody's way.
    far.proxy.set(Fault::None);
    let began = Instant::now();
    far.app.call(GetSettings {}, None).await.unwrap();
    assert!(began.elapsed() < Duration::from_secs(5), "{fault:?}: {:?}", began.elapsed());
    far.pay("swallowed").await;
    assert_eq!(far.count("swallowed").await, 1, "{fault:?}");
    far.end().await;
    is_refused
}

#[tokio::test(flavor = "multi_thread")]
async fn no_command_is_silent_for_longer_than_its_deadline() {
    // Four at once are too much for the stack of a test.
    let refused = tokio::join!(
        Box::pin(silent("hole", Fault::BlackHole(0))),
        Box::pin(silent("later", Fault::BlackHole(700))),
        Box::pin(silent("half", Fault::HalfOpen(300))),
        Box::pin(silent("mute", Fault::MuteToDesk(0)))
    );
    assert_eq!(refused, (true, true, true, true));
}

/// In the middle of a message, too, for whose rest a server waits without a limit, and holds what it has locked.
#[tokio::test(flavor = "multi_thread")]
async fn a_write_whose_connection_is_swallowed_from_any_byte_on_is_there_exactly_once() {
    let far = Far::new("bytes").await;
    far.pay("before").await;
    far.proxy.set(Fault::None);
    far.pay("measured").await;
    far.app.call(ListCustomers::default(), None).await.unwrap();
    let faults = silences(far.proxy.counted());
    far.end().await;
    run("network", &faults, (24, 1_500), AT_ONCE, |point, fault| async move {
        silent(&format!("byte_{point}"), fault).await;
    })
    .await;
}

/// The server keeps it, and nobody is told.
#[tokio::test(flavor = "multi_thread")]
async fn a_write_whose_commit_is_not_answered_is_told_as_unknown_and_there_exactly_once() {
    let far = Far::new("kept").await;
    far.pay("before").await;
    let fault = Fault::MuteFromCommit;
    far.proxy.set(fault);
    let asked = far.app.call(far.payment("kept"), Some("kept".to_owned()));
    let answer = in_time("a payment", fault, asked).await.map(|_| ());
    assert!(
        matches!(
            answer,
            Err(Error::Unavailable {
                outcome: Outcome::Unknown,
                ..
            })
        ),
        "{answer:?}"
    );
    assert_eq!(far.count("kept").await, 1, "it was kept");
    far.proxy.set(Fault::None);
    far.pay("kept").await;
    assert_eq!(far.count("kept").await, 1);
    far.end().await;
}

/// What came of everything that asks a server and is no operation.
struct Asked {
    opened: Result<App, OpenError>,
    steps: Vec<StepAnswer>,
    checked: Result<Verification, Error>,
    begun: Result<WorkState, Error>,
}

/// Opens the book once more, tries the connection, checks the book, and begins to rehearse a move.
async fn ask_all(far: &Far, folder: &tempfile::TempDir, fault: Fault) -> Asked {
    let location = far.app.location().clone();
    let BookLocation::Server(server) = &location else {
        panic!("it is on a server")
    };
    let there = BookLocation::File(folder.path().join("book.db"));
    let (opened, steps, checked, begun) = tokio::join!(
        in_time("opening", fault, App::open(location.clone(), OpenOptions::default())),
        in_time("a try", fault, examine(server)),
        in_time("a check", fault, far.app.verify()),
        in_time("a move", fault, far.app.begin_move(there, MoveOptions { dry_run: true }))
    );
    Asked {
        opened,
        steps,
        checked,
        begun,
    }
}

/// Waits for the end of a rehearsal, which is canceled.
async fn ended(app: &App) {
    let work = app.work();
    work.cancel();
    let mut watch = work.watch();
    let ended = watch.wait_for(|state| !state.stage.is_running());
    let ended = tokio::time::timeout(Duration::from_secs(60), ended).await;
    assert!(ended.is_ok(), "the rehearsal does not end");
}

/// Waits until a book takes changes: a server notices after a moment who is gone.
async fn is_free(app: &App) {
    let began = Instant::now();
    loop {
        let state = app.call(GetBookState {}, None).await;
        if state.as_ref().is_ok_and(|state| !state.is_maintained) {
            return;
        }
        assert!(began.elapsed() < Duration::from_secs(60), "{state:?}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

/// A command was done, or it is said that it was not.
fn is_done_or_said_not_to_be<T: Debug>(what: &str, fault: Fault, answer: &Result<T, Error>) {
    let is_not_done = matches!(
        answer,
        Err(Error::Unavailable {
            outcome: Outcome::NotDone,
            ..
        })
    );
    assert!(answer.is_ok() || is_not_done, "{what}, {fault:?}: {answer:?}");
}

/// Works through a silence with everything that is no operation. Answers with whether the book was opened meanwhile.
async fn silent_to_all(name: &str, fault: Fault) -> bool {
    let far = Far::new(name).await;
    far.pay("before").await;
    let folder = tempfile::tempdir().unwrap();
    far.proxy.set(fault);
    let asked = ask_all(&far, &folder, fault).await;
    let is_opened = asked.opened.is_ok();
    match asked.opened {
        Ok(app) => app.close().await,
        Err(OpenError::Unreachable(_)) => {}
        Err(other) => panic!("opening, {fault:?}: {other:?}"),
    }
    assert!(
        asked.steps.iter().rev().skip(1).all(|step| step.is_done),
        "{fault:?}: {:?}",
        asked.steps
    );
    assert!(!asked.steps.is_empty(), "{fault:?}");
    is_done_or_said_not_to_be("a check", fault, &asked.checked);
    if let Ok(verified) = asked.checked {
        assert_eq!(verified.findings, []);
    }
    is_done_or_said_not_to_be("a move", fault, &asked.begun);
    // The network is back, and what hangs on it ends.
    far.proxy.set(Fault::None);
    ended(&far.app).await;
    far.proxy.hang_up();
    is_free(&far.app).await;
    far.pay("after").await;
    assert_eq!(far.count("after").await, 1, "{fault:?}");
    far.end().await;
    is_opened
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_that_asks_a_server_is_silent_for_longer_than_a_command() {
    let opened = tokio::join!(
        Box::pin(silent_to_all("all_hole", Fault::BlackHole(0))),
        Box::pin(silent_to_all("all_half", Fault::HalfOpen(0))),
        Box::pin(silent_to_all("all_mute", Fault::MuteToDesk(0)))
    );
    assert_eq!(opened, (false, false, false));
    let far = Far::new("all").await;
    far.pay("before").await;
    let folder = tempfile::tempdir().unwrap();
    far.proxy.set(Fault::None);
    let asked = ask_all(&far, &folder, Fault::None).await;
    asked.opened.unwrap().close().await;
    assert!(asked.steps.iter().all(|step| step.is_done), "{:?}", asked.steps);
    assert_eq!(asked.checked.unwrap().findings, []);
    asked.begun.unwrap();
    ended(&far.app).await;
    let faults = silences(far.proxy.counted());
    far.end().await;
    run("network_all", &faults, (6, 300), MUCH_AT_ONCE, |point, fault| async move {
        silent_to_all(&format!("all_{point}"), fault).await;
    })
    .await;
}

/// Makes a book in a database of its own.
async fn make(proxy: &Proxy, database: &str) -> Result<App, OpenError> {
    let mut server = Address::parse(&format!("postgres://postgres@127.0.0.1:{}/{database}", proxy.port), "book").unwrap();
    // Bytes are counted, so they must be the same each time.
    server.tls.mode = Some(TlsMode::Off);
    let options = OpenOptions {
        create: Some(NewBook::default()),
        ..OpenOptions::default()
    };
    App::open(BookLocation::Server(server), options).await
}

/// Its tables take as long as they take, but for a server that is not heard any more.
#[tokio::test(flavor = "multi_thread")]
async fn the_making_of_a_book_ends_in_time_wherever_the_server_falls_silent() {
    // So many desks at once, of which each may have twice the connections of one: those that it has given up, too.
    let server = tokio::task::block_in_place(|| Server::start(&["max_connections=300"], "host all all 127.0.0.1/32 trust"));
    let (port, admin) = (server.port, server.admin());
    let proxy = Proxy::to(port);
    make(&proxy, "postgres").await.unwrap().close().await;
    let faults = silences(proxy.counted());
    run("network_making", &faults, (8, 300), AT_ONCE, move |point, fault| {
        let (admin, database) = (admin.clone(), format!("made_{point}"));
        async move {
            let create = format!("CREATE DATABASE {database}");
            tokio::task::spawn_blocking(move || sql(&admin, &create)).await.unwrap();
            let proxy = Proxy::to(port);
            proxy.set(fault);
            match in_time("making a book", fault, make(&proxy, &database)).await {
                Ok(app) => app.close().await,
                Err(OpenError::Unreachable(_)) => {}
                Err(other) => panic!("{fault:?}: {other:?}"),
            }
            proxy.set(Fault::None);
            proxy.hang_up();
            // Whole, whatever was there of it. The server may not have ended yet what it was told before.
            let began = Instant::now();
            let app = loop {
                match make(&proxy, &database).await {
                    Ok(app) => break app,
                    Err(error) => assert!(began.elapsed() < Duration::from_secs(60), "{fault:?}: {error:?}"),
                }
            };
            assert_eq!(app.verify().await.unwrap().findings, []);
            app.close().await;
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_slow_network_is_only_slow() {
    let far = Far::new("slow").await;
    far.proxy.set(Fault::Delay(Duration::from_millis(60)));
    assert_eq!(far.pay("slowly").await, 1);
    far.end().await;
}
