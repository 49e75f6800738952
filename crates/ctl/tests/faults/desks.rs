//! Many desks at once, each a process of its own, that read, edit and save the same customers: no work is overwritten.

use std::thread;

use serde_json::{Value, json};

use super::{
    campaign::Campaign,
    common::{Place, Served, answer},
};

/// Processes of a campaign.
pub const DESKS: usize = 16;

/// How a desk saves what it read before.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Save {
    /// With the version that it read; refused, it reads again.
    Checked,
    /// The mutant: with whatever version there is, as if versions were not checked.
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
pub fn desks(place: &Place, count: usize) -> Vec<Served> {
    let signed_in = |_| {
        let mut served = Served::start(place);
        served.done("get_settings", &json!({}));
        served
    };
    (0..count).map(signed_in).collect()
}

/// Each desk reads a counter, adds one, and saves it; answers with what was acknowledged and what is there.
fn count_up(place: &Place, edits: u64, save: Save) -> (u64, u64) {
    place.init();
    let mut first = Served::start(place);
    let ids = customers(&mut first, 10);
    let acknowledged: u64 = thread::scope(|scope| {
        let desks: Vec<_> = desks(place, DESKS)
            .into_iter()
            .enumerate()
            .map(|(desk, mut served)| {
                let ids = &ids;
                scope.spawn(move || {
                    let mut done = 0;
                    for edit in 0..edits {
                        let id = &ids[(desk + usize::try_from(edit).unwrap()) % ids.len()];
                        loop {
                            let read = served.done("get_customer", &json!({"id": id}));
                            let next = read["company_name"].as_str().unwrap().parse::<u64>().unwrap() + 1;
                            let mut request = json!({"id": id, "version": read["version"], "company_name": next.to_string()});
                            let mut answer = served.ask("update_customer", &request);
                            while save == Save::Unchecked && answer["error"]["conflict"]["conflict"] == "changed_meanwhile" {
                                request["version"] = answer["error"]["conflict"]["version"].clone();
                                answer = served.ask("update_customer", &request);
                            }
                            if answer.get("ok").is_some() {
                                done += 1;
                                break;
                            }
                            let kind = &answer["error"]["kind"];
                            assert!(kind == "conflict" || kind == "unavailable", "{answer}");
                        }
                    }
                    assert_eq!(served.end(), Some(0));
                    done
                })
            })
            .collect();
        desks.into_iter().map(|desk| desk.join().unwrap()).sum()
    });
    let there = ids
        .iter()
        .map(|id| {
            first.done("get_customer", &json!({"id": id}))["company_name"]
                .as_str()
                .unwrap()
                .parse::<u64>()
                .unwrap()
        })
        .sum();
    assert_eq!(first.end(), Some(0));
    assert_eq!(answer(&place.run(&["verify"]))["findings"], json!([]));
    (acknowledged, there)
}

#[test]
fn of_sixteen_desks_that_read_edit_and_save_none_loses_its_work() {
    let edits = Campaign::wanted(8);
    for place in Place::both("lost") {
        let (acknowledged, there) = count_up(&place, edits, Save::Checked);
        assert_eq!((acknowledged, there), (edits * 16, edits * 16));
        println!("lost updates: 0 of {acknowledged}");
    }
}

#[test]
fn without_the_check_of_versions_work_is_lost_and_the_test_would_tell() {
    for place in Place::both("mutant") {
        let (acknowledged, there) = count_up(&place, 12, Save::Unchecked);
        assert!(
            there < acknowledged,
            "{there} of {acknowledged}: the test does not find what it is for"
        );
    }
}
