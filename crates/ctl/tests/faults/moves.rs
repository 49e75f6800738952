//! A move that is killed at random and started again, there and back: equal by checksum, the source as it was.

use std::{
    process::Stdio,
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
    // Large with `cargo xtask faults moves`.
    let customers = std::env::var("CLIENTELE_FAULT_CUSTOMERS").unwrap_or_else(|_| "300".to_owned());
    let file = Place::file();
    answer(&file.run(&["demo", "--customers", &customers, "--seed", "5", "--test-clock", "--now", NOW]));
    let then = file.checksums(OF_THE_PLACE);
    let mut campaign = Campaign::new("moves");
    let mut draw = Draw(today());
    let kills = Campaign::wanted(6).min(50).div_ceil(2);
    let mut source = file;
    for leg in 0..2 {
        // How long it takes undisturbed.
        let (undisturbed, words) = target(leg, 0);
        let began = Instant::now();
        let output = source.run(&words.iter().map(String::as_str).collect::<Vec<_>>());
        let proof = answer(&output)["tables"].clone();
        let lasts = u64::try_from(began.elapsed().as_millis()).unwrap();
        // What was copied before a kill stays, so that a move comes to its end after a few: then the next one begins.
        let (mut killed, mut number) = (campaign.survived_in(leg * 10_000..(leg + 1) * 10_000), 0);
        while killed < kills {
            number += 1;
            let (place, words) = target(leg, number);
            while killed < kills && killed_within(&source, &words, Duration::from_millis(draw.below(lasts))) {
                killed += 1;
                assert_eq!(source.checksums(OF_THE_PLACE), then, "the source");
                campaign.survived(leg * 10_000 + killed);
            }
            let output = source.run(&words.iter().map(String::as_str).collect::<Vec<_>>());
            let moved: Value = serde_json::from_slice(&output.stdout).unwrap();
            // The last one may have come to its end before it was killed.
            if moved["error"]["reason"] != "exists" {
                assert_eq!(answer(&output)["tables"], proof);
            }
            assert_eq!(place.checksums(OF_THE_PLACE), then);
            assert_eq!(source.checksums(OF_THE_PLACE), then);
            assert_eq!(answer(&place.run(&["verify"]))["findings"], serde_json::json!([]));
        }
        println!("moves: {killed} killed in {number}, {lasts} ms undisturbed");
        assert_eq!(undisturbed.checksums(OF_THE_PLACE), then);
        source = undisturbed;
    }
}
