//! A move that is killed at random and started again, there and back: equal by checksum, the source as it was.

use std::{
    fs,
    process::{Output, Stdio},
    thread,
    time::{Duration, Instant},
};

use engine::Server;
use serde_json::json;

use super::{
    campaign::Campaign,
    common::{
        NOW, Place, answer,
        draw::{Draw, today},
        refusal,
    },
    proxy::{Fault, Proxy},
};

const OF_THE_PLACE: &[&str] = &["desk", "seaql_migrations"];
/// There and back.
const LEGS: u64 = 2;
/// Tells the kills of one leg from those of the next.
const A_LEG: u64 = 10_000;
/// Kills of one move, at most: then it goes on to its end, and both sides are compared.
const A_MOVE: u64 = 5;
/// What is sent in the transaction with which a move ends.
const LAST: &str = "DROP TABLE move_state";
/// How long it may take until that is sent, or until a server has kept it.
const LONG: Duration = Duration::from_secs(120);
/// Moves beside those that were asked for, until one is killed in the middle of its rows.
const MORE: u64 = 40;

/// A place that a book is moved to, and how that is asked for.
fn target(leg: u64, number: u64) -> (Place, Vec<String>) {
    let (place, words) = if leg == 0 {
        let place = Place::server(&format!("moves{number}"));
        let Place::Server { url, schema } = &place else { unreachable!() };
        let words = ["move", "--to-postgres", url, "--to-schema", schema].map(str::to_owned);
        (place, words.to_vec())
    } else {
        let place = Place::file();
        let words = ["move", "--to-file", place.path().to_str().unwrap()].map(str::to_owned);
        (place, words.to_vec())
    };
    (place, words)
}

/// Moves a book, undisturbed.
fn moved(source: &Place, words: &[String]) -> Output {
    source.run(&words.iter().map(String::as_str).collect::<Vec<_>>())
}

/// Takes away the backups beside a file. Each move of one begins with a backup, which stays: so many of a large book fill the disk.
fn forget_backups(source: &Place) {
    if let Place::File(folder) = source {
        let backups = folder.path().join("backups");
        if backups.exists() {
            fs::remove_dir_all(backups).unwrap();
        }
    }
}

/// Both places hold the same, and nothing is wrong with it.
fn is_equal(place: &Place, source: &Place, then: &[(String, usize, String)]) {
    thread::scope(|scope| {
        scope.spawn(|| assert_eq!(source.checksums(OF_THE_PLACE), then, "the source"));
        assert_eq!(place.checksums(OF_THE_PLACE), then);
    });
    assert_eq!(answer(&place.run(&["verify"]))["findings"], json!([]));
}

/// Starts a move and kills it within a time; whether it was killed before its end.
fn killed_within(source: &Place, words: &[String], time: Duration) -> bool {
    let mut child = source
        .command()
        .args(words)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    thread::sleep(time);
    let is_through = child.try_wait().unwrap().is_some();
    child.kill().unwrap();
    child.wait().unwrap();
    !is_through
}

#[test]
fn a_move_that_is_killed_and_started_again_ends_equal_and_the_source_stays() {
    let customers = std::env::var("CLIENTELE_FAULT_CUSTOMERS").unwrap_or_else(|_| "300".to_owned());
    let mut campaign = Campaign::new(&format!("moves.{customers}"));
    let kills = Campaign::wanted(6, 50).div_ceil(LEGS);
    let survived = |campaign: &Campaign, leg: u64| campaign.survived_in(leg * A_LEG..(leg + 1) * A_LEG);
    if (0..LEGS).all(|leg| survived(&campaign, leg) >= kills) {
        return;
    }
    let file = Place::file();
    answer(&file.run(&["demo", "--customers", &customers, "--seed", "5", "--test-clock", "--now", NOW]));
    let then = file.checksums(OF_THE_PLACE);
    let mut source = file;
    for leg in 0..LEGS {
        // How long it takes undisturbed.
        let (undisturbed, words) = target(leg, 0);
        let began = Instant::now();
        let output = moved(&source, &words);
        let proof = answer(&output)["tables"].clone();
        let lasts = u64::try_from(began.elapsed().as_millis()).unwrap();
        forget_backups(&source);
        let before = source.sums(OF_THE_PLACE);
        let mut killed = survived(&campaign, leg);
        // What goes on on the same day is killed at other moments than before.
        let mut draw = Draw(today() * LEGS * A_LEG + leg * A_LEG + killed);
        // One that goes on must be among them: a move that always begins anew ends equal, too.
        let (mut number, mut resumed) = (0, 0);
        let is_survived = killed >= kills;
        while !is_survived && (killed < kills || resumed == 0) {
            number += 1;
            assert!(number < kills + MORE, "no move goes on with what was copied before");
            let (place, words) = target(leg, number);
            // What was copied before a kill stays, and what is left to do is less, so that the end often comes before the last kill.
            for again in 0..A_MOVE {
                let within = if again == 0 { lasts } else { lasts * 3 / 4 };
                if !killed_within(&source, &words, Duration::from_millis(draw.below(within))) {
                    break;
                }
                killed += 1;
                forget_backups(&source);
                assert_eq!(source.sums(OF_THE_PLACE), before, "the source");
                campaign.survived(leg * A_LEG + killed);
                if killed >= kills {
                    break;
                }
            }
            // One may have come to its end before it was killed: then that is found.
            let done = answer(&moved(&source, &words));
            forget_backups(&source);
            assert_eq!(done["tables"], proof);
            resumed += u64::from(done["resumed"] == true && done["was_complete"] == false);
            is_equal(&place, &source, &then);
        }
        println!("moves: {killed} killed in {number}, {resumed} gone on with, {lasts} ms undisturbed");
        assert_eq!(undisturbed.checksums(OF_THE_PLACE), then);
        source = undisturbed;
    }
}

/// Waits until something is so.
fn until(what: &str, is_so: impl Fn() -> bool) {
    let began = Instant::now();
    while !is_so() {
        assert!(began.elapsed() < LONG, "{what}");
        thread::sleep(Duration::from_millis(20));
    }
}

/// Moves a file to a server whose last commit meets a fault, and goes on with it as whoever has heard nothing of that would.
fn cut_at_its_last_commit(file: &Place, number: usize, fault: Fault, is_killed: bool) {
    let place = Place::server(&format!("last{number}"));
    let Place::Server { url, schema } = &place else { unreachable!() };
    let server = Server::parse(url, schema).unwrap();
    let proxy = Proxy::to(server.port);
    proxy.set(fault);
    // In the clear, so that the proxy sees what is sent.
    let far = format!(
        "postgres://{}@127.0.0.1:{}/{}?sslmode=disable",
        server.user, proxy.port, server.database
    );
    let mut command = file.command();
    command.args(["move", "--to-postgres", &far, "--to-schema", schema]);
    let mut child = command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    until("the last commit", || proxy.fault() != fault);
    let is_kept = matches!(fault, Fault::MuteFromCommitAfter(_));
    if is_kept {
        until("the book on the server", || !place.texts("SELECT name FROM book").is_empty());
    }
    let name = format!("{fault:?}, killed: {is_killed}");
    if is_killed {
        child.kill().unwrap();
        child.wait().unwrap();
    } else {
        proxy.set(Fault::None);
        proxy.hang_up();
        let output = child.wait_with_output().unwrap();
        if is_kept {
            let done = answer(&output);
            assert_eq!((&done["resumed"], &done["was_complete"]), (&json!(false), &json!(false)), "{name}");
        } else {
            assert_eq!(refusal(&output)["reason"], "unreachable", "{name}");
        }
    }
    proxy.set(Fault::None);
    proxy.hang_up();
    let then = file.checksums(OF_THE_PLACE);
    let done = answer(&file.run(&["move", "--to-postgres", url, "--to-schema", schema]));
    assert_eq!((&done["resumed"], &done["was_complete"]), (&json!(true), &json!(is_kept)), "{name}");
    assert_eq!(file.checksums(OF_THE_PLACE), then, "{name}");
    assert_eq!(place.checksums(OF_THE_PLACE), then, "{name}");
    assert_eq!(answer(&place.run(&["verify"]))["findings"], json!([]), "{name}");
}

#[test]
fn a_move_whose_last_commit_is_not_answered_or_not_heard_ends_in_one_book() {
    let file = Place::file();
    answer(&file.run(&["demo", "--customers", "30", "--seed", "5", "--test-clock", "--now", NOW]));
    let then = file.checksums(OF_THE_PLACE);
    for (number, fault) in [Fault::MuteFromCommitAfter(LAST), Fault::CutAtCommitAfter(LAST)]
        .into_iter()
        .enumerate()
    {
        for is_killed in [false, true] {
            cut_at_its_last_commit(&file, 2 * number + usize::from(is_killed), fault, is_killed);
            assert_eq!(file.checksums(OF_THE_PLACE), then, "the source");
        }
    }
}
