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

#[test]
fn a_move_that_is_killed_and_started_again_ends_equal_and_the_source_stays() {
    // Large with `cargo xtask faults moves`.
    let customers = std::env::var("CLIENTELE_FAULT_CUSTOMERS").unwrap_or_else(|_| "300".to_owned());
    let (file, server, back) = (Place::file(), Place::server("moves"), Place::file());
    answer(&file.run(&["demo", "--customers", &customers, "--seed", "5", "--test-clock", "--now", NOW]));
    let then = file.checksums(OF_THE_PLACE);
    let Place::Server { url, schema } = &server else { unreachable!() };
    let there = ["move", "--to-postgres", url, "--to-schema", schema];
    let target = back.path();
    let here = ["move", "--to-file", target.to_str().unwrap()];
    let mut campaign = Campaign::new("moves");
    let mut draw = Draw(today());
    let kills = Campaign::wanted(6);
    for (leg, (source, arguments)) in (0..).zip([(&file, &there[..]), (&server, &here[..])]) {
        // How long it takes undisturbed, to a place of its own.
        let spare = (Place::server("spare"), Place::file());
        let Place::Server { url, schema } = &spare.0 else { unreachable!() };
        let spare_file = spare.1.path();
        let undisturbed = if leg == 0 {
            vec!["move", "--to-postgres", url, "--to-schema", schema]
        } else {
            vec!["move", "--to-file", spare_file.to_str().unwrap()]
        };
        let began = Instant::now();
        let proof = answer(&source.run(&undisturbed))["tables"].clone();
        let lasts = u64::try_from(began.elapsed().as_millis()).unwrap();
        let mut killed = 0;
        for point in 0..kills {
            let mut child = source
                .command()
                .args(arguments)
                .stdin(Stdio::null())
                .stdout(Stdio::piped())
                .stderr(Stdio::null())
                .spawn()
                .unwrap();
            thread::sleep(Duration::from_millis(draw.below(lasts)));
            if child.try_wait().unwrap().is_some_and(|status| status.success()) {
                break;
            }
            child.kill().unwrap();
            child.wait().unwrap();
            killed += 1;
            assert_eq!(source.checksums(OF_THE_PLACE), then, "the source");
            campaign.survived(leg * 10_000 + point);
        }
        let output = source.run(arguments);
        let moved: Value = serde_json::from_slice(&output.stdout).unwrap();
        // The last one may have come to its end before it was killed.
        if moved["error"]["reason"] != "exists" {
            assert_eq!(answer(&output)["tables"], proof);
        }
        let moved = if leg == 0 { &server } else { &back };
        assert_eq!(moved.checksums(OF_THE_PLACE), then);
        assert_eq!(source.checksums(OF_THE_PLACE), then);
        assert_eq!(answer(&moved.run(&["verify"]))["findings"], serde_json::json!([]));
        println!("moves: {killed} killed, {lasts} ms undisturbed");
    }
}
