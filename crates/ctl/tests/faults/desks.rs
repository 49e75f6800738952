//! Many desks at once, each a process of its own: no work is overwritten, nothing is there twice, no number is left out.

use std::{collections::BTreeMap, thread};

use serde_json::{Value, json};

use super::{
    campaign::Campaign,
    common::{Place, Served, answer},
};

const DESKS: usize = 16;

/// How a desk saves what it read before.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Save {
    /// With the version that it read; refused, it reads again.
    Checked,
    /// The mutant: with whatever version there is, as if versions were not checked.
    Unchecked,
}

fn customers(served: &mut Served, count: usize) -> Vec<Value> {
    let new = |number: usize| json!({"email": format!("c{number}@example.com"), "full_name": format!("Customer {number}"), "company_name": "0", "password": "a-password"});
    (0..count)
        .map(|number| served.done("create_customer", &new(number))["id"].clone())
        .collect()
}

/// Desks of one account, signed in one after the other: many tries of one account at the same moment are slowed down.
fn desks(place: &Place, count: usize) -> Vec<Served> {
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

#[test]
fn addresses_numbers_and_refunds_stay_right_when_everybody_wants_them() {
    let tries = Campaign::wanted(6);
    for place in Place::both("races") {
        place.init();
        let mut first = Served::start(&place);
        let ann = customers(&mut first, 1).remove(0);
        let seller = json!({"name": "Vendor", "street": "1 Main Street", "city": "Berlin", "country": "DE", "vat_id": "DE123456789"});
        let version = first.done("get_billing_settings", &json!({}))["version"].clone();
        first.done(
            "update_billing_settings",
            &json!({"version": version, "seller": seller, "tax_category": "O", "tax_rate": 0}),
        );
        let paid = first.done(
            "record_payment",
            &json!({"customer_id": ann, "amount": {"amount": 1_000, "currency": "EUR"}, "method": "cash"}),
        );
        let results: Vec<Vec<(String, bool)>> = thread::scope(|scope| {
            let desks: Vec<_> = desks(&place, 8)
                .into_iter()
                .enumerate()
                .map(|(desk, mut served)| {
                    let (ann, payment) = (&ann, &paid["id"]);
                    scope.spawn(move || {
                        let mut results = Vec::new();
                        for number in 0..tries {
                            let email = format!("Wanted{number}@Example.com");
                            let new = json!({"email": email, "full_name": format!("Desk {desk}"), "password": "a-password"});
                            let answer = served.ask("create_customer", &new);
                            assert!(
                                answer.get("ok").is_some() || answer["error"]["conflict"]["conflict"] == "email_taken",
                                "{answer}"
                            );
                            results.push((format!("email {number}"), answer.get("ok").is_some()));
                            let line = json!({"text": "Work", "quantity": "1", "unit_price": 100});
                            let draft = served.done("create_invoice", &json!({"customer_id": ann, "lines": [line]}));
                            served.done("finalize_invoice", &json!({"id": draft["id"], "version": draft["version"]}));
                            let refund = json!({"id": payment, "amount": {"amount": 90, "currency": "EUR"}});
                            results.push(("refund".to_owned(), served.ask("refund_payment", &refund).get("ok").is_some()));
                        }
                        assert_eq!(served.end(), Some(0));
                        results
                    })
                })
                .collect();
            desks.into_iter().map(|desk| desk.join().unwrap()).collect()
        });
        let mut won = BTreeMap::new();
        for (what, is_done) in results.into_iter().flatten() {
            *won.entry(what).or_insert(0) += u64::from(is_done);
        }
        for number in 0..tries {
            assert_eq!(won[&format!("email {number}")], 1, "one of all gets an address");
        }
        // 1,000 were paid: eleven times 90 can be given back, and no more.
        assert_eq!(won["refund"], (8 * tries).min(11));
        let report = first.done("number_report", &json!({}));
        let text = report.to_string();
        assert!(text.contains(&format!("{}", 8 * tries)), "{text}");
        assert!(
            report["series"]
                .as_array()
                .is_none_or(|series| series.iter().all(|one| one["missing"].as_array().is_none_or(Vec::is_empty))),
            "{text}"
        );
        assert_eq!(first.end(), Some(0));
        assert_eq!(answer(&place.run(&["verify"]))["findings"], json!([]));
        println!("races: {} tries, 0 doubles, 0 gaps, 0 over the limit", 8 * tries * 3);
    }
}
