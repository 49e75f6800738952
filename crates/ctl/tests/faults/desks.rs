//! Many desks at once, each a process of its own, that read, edit and save the same customers: no work is overwritten.

use std::thread;

use serde_json::{Value, json};

use super::{
    campaign::Campaign,
    changed_app::ChangedApp,
    common::{ADMIN, Place, Served, answer},
};

/// Processes of a campaign.
pub const DESKS: usize = 16;

/// How a desk saves what it read before.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Save {
    /// With the version that it read; refused, it reads again.
    Checked,
    /// The small mutant: with whatever version there is, as if versions were not checked.
    Unchecked,
}

/// Makes so many customers; their ids.
pub fn customers(served: &mut Served, count: usize) -> Vec<Value> {
    let new = |number: usize| json!({"email": format!("c{number}@example.com"), "full_name": format!("Customer {number}"), "company_name": "0", "password": "a-password"});
    (0..count)
        .map(|number| served.done("create_customer", &new(number))["id"].clone())
        .collect()
}

/// Desks of one account, signed in one after the other: many tries of one account at the same moment are slowed down.
pub fn desks(count: usize, start: impl Fn() -> Served) -> Vec<Served> {
    let signed_in = |_| {
        let mut served = start();
        served.done("get_settings", &json!({}));
        served
    };
    (0..count).map(signed_in).collect()
}

/// Asks until it is certain: what the database could not do in time is asked for again by its key.
pub fn surely(served: &mut Served, key: &str, op: &str, request: &Value) -> Value {
    let line = json!({"id": 0, "op": op, "request": request, "key": key}).to_string();
    for _ in 0..30 {
        let answer = served.line(&line);
        if answer["error"]["kind"] != "unavailable" {
            return answer;
        }
    }
    panic!("{op} never became certain");
}

/// Each desk reads a counter, adds one, and saves it; answers with what was acknowledged and what is there.
fn count_up(place: &Place, edits: u64, save: Save, start: impl Fn() -> Served) -> (u64, u64) {
    place.init();
    let mut first = Served::start(place);
    let ids = customers(&mut first, 10);
    // A session that nobody uses meanwhile would be locked before the last look.
    assert_eq!(first.end(), Some(0));
    let acknowledged: u64 = thread::scope(|scope| {
        let desks: Vec<_> = desks(DESKS, start)
            .into_iter()
            .enumerate()
            .map(|(desk, mut served)| {
                let ids = &ids;
                scope.spawn(move || {
                    let mut done = 0;
                    for edit in 0..edits {
                        let id = &ids[(desk + usize::try_from(edit).unwrap()) % ids.len()];
                        let mut tries = 0;
                        loop {
                            // One whose answer is missing counts once.
                            let key = format!("edit-{desk}-{edit}-{tries}");
                            let read = served.done("get_customer", &json!({"id": id}));
                            let next = read["company_name"].as_str().unwrap().parse::<u64>().unwrap() + 1;
                            let mut request = json!({"id": id, "version": read["version"], "company_name": next.to_string()});
                            let mut answer = surely(&mut served, &key, "update_customer", &request);
                            while save == Save::Unchecked && answer["error"]["conflict"]["conflict"] == "changed_meanwhile" {
                                request["version"] = answer["error"]["conflict"]["version"].clone();
                                answer = surely(&mut served, &key, "update_customer", &request);
                            }
                            if answer.get("ok").is_some() {
                                done += 1;
                                break;
                            }
                            assert_eq!(answer["error"]["conflict"]["conflict"], "changed_meanwhile", "{answer}");
                            tries += 1;
                        }
                    }
                    assert_eq!(served.end(), Some(0));
                    done
                })
            })
            .collect();
        desks.into_iter().map(|desk| desk.join().unwrap()).sum()
    });
    let mut last = Served::start(place);
    let there = ids
        .iter()
        .map(|id| {
            last.done("get_customer", &json!({"id": id}))["company_name"]
                .as_str()
                .unwrap()
                .parse::<u64>()
                .unwrap()
        })
        .sum();
    assert_eq!(last.end(), Some(0));
    assert_eq!(answer(&place.run(&["verify"]))["findings"], json!([]));
    (acknowledged, there)
}

#[test]
fn of_sixteen_desks_that_read_edit_and_save_none_loses_its_work() {
    let edits = Campaign::wanted(8, 1_000);
    let mut campaign = Campaign::new(&format!("lost_updates.{edits}"));
    for (database, place) in (0..).zip(Place::both("lost")) {
        if campaign.is_done(database) {
            continue;
        }
        let (acknowledged, there) = count_up(&place, edits, Save::Checked, || Served::start(&place));
        assert_eq!((acknowledged, there), (edits * 16, edits * 16));
        println!("lost updates: 0 of {acknowledged}");
        campaign.survived(database);
    }
}

#[test]
fn without_the_check_of_versions_work_is_lost_and_the_test_would_tell() {
    for place in Place::both("mutant") {
        is_told(count_up(&place, 12, Save::Unchecked, || Served::start(&place)));
    }
}

/// The large mutant: every desk does as it should, and the engine does not look at the version that it is told.
#[test]
#[ignore = "builds an app that does not check versions; `cargo xtask faults` runs it"]
fn with_the_check_of_versions_taken_out_of_the_engine_work_is_lost_and_the_test_tells() {
    let app = ChangedApp::find("unchecked", |text| {
        let checked = "    if i64::from(given) == current {\n        return Ok(());\n";
        let unchecked = "    let is_checked = false;\n    if !is_checked {\n        return Ok(());\n";
        text.replace("crates/engine/src/customer/mod.rs", checked, unchecked);
    });
    for place in Place::both("unchecked") {
        let start = || Served::spawn(app.command(&place, &["--as", ADMIN, "serve"]));
        is_told(count_up(&place, 50, Save::Checked, start));
    }
}

/// Work was lost, which is what the campaign is there to find.
fn is_told((acknowledged, there): (u64, u64)) {
    assert!(
        there < acknowledged,
        "{there} of {acknowledged}: the test does not find what it is for"
    );
    println!("without the check: {} of {acknowledged} updates lost", acknowledged - there);
}
