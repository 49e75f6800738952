//! A move that is killed at random and started again, there and back: equal by checksum, the source as it was.

use std::{
    process::{Output, Stdio},
    thread,
    time::{Duration, Instant},
};

use serde_json::Value;

use super::{
    campaign::Campaign,
    common::{
        NOW, Place, answer,
        draw::{Draw, today},
    },
};

const OF_THE_PLACE: &[&str] = &["desk", "seaql_migrations"];
/// There and back.
const LEGS: u64 = 2;
/// Tells the kills of one leg from those of the next.
const A_LEG: u64 = 10_000;
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
    let mut draw = Draw(today());
    let mut source = file;
    for leg in 0..LEGS {
        // How long it takes undisturbed.
        let (undisturbed, words) = target(leg, 0);
        let began = Instant::now();
        let output = moved(&source, &words);
        let proof = answer(&output)["tables"].clone();
        let lasts = u64::try_from(began.elapsed().as_millis()).unwrap();
        let mut killed = survived(&campaign, leg);
        // One that goes on must be among them: a move that always begins anew ends equal, too.
        let (mut number, mut resumed) = (0, 0);
        let is_survived = killed >= kills;
        while !is_survived && (killed < kills || resumed == 0) {
            number += 1;
            assert!(number < kills + MORE, "no move goes on with what was copied before");
            let (place, words) = target(leg, number);
            // What was copied before a kill stays, so that a move comes to its end after a few: then the next one begins.
            while killed_within(&source, &words, Duration::from_millis(draw.below(lasts))) {
                killed += 1;
                assert_eq!(source.checksums(OF_THE_PLACE), then, "the source");
                campaign.survived(leg * A_LEG + killed);
                if killed >= kills {
                    break;
                }
            }
            let output = moved(&source, &words);
            let said: Value = serde_json::from_slice(&output.stdout).unwrap();
            // The last one may have come to its end before it was killed.
            if said["error"]["reason"] != "exists" {
                let done = answer(&output);
                assert_eq!(done["tables"], proof);
                resumed += u64::from(done["resumed"] == true);
            }
            assert_eq!(place.checksums(OF_THE_PLACE), then);
            assert_eq!(source.checksums(OF_THE_PLACE), then);
            assert_eq!(answer(&place.run(&["verify"]))["findings"], serde_json::json!([]));
        }
        println!("moves: {killed} killed in {number}, {resumed} gone on with, {lasts} ms undisturbed");
        assert_eq!(undisturbed.checksums(OF_THE_PLACE), then);
        source = undisturbed;
    }
}
