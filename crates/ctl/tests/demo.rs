//! Sample data: the same for the same seed and time on both databases, and believable.

#![allow(clippy::unwrap_used, clippy::expect_used, missing_docs, reason = "a test")]

mod common;

use std::collections::BTreeSet;

use common::{ADMIN, NOW, Place, Served, answer, refusal};
use serde_json::{Value, json};

/// What is drawn anew for each book: its secret, and the salts of its change log.
const OWN: &[&str] = &["book", "change", "change_value", "chain_head", "seaql_migrations"];

fn fill(place: &Place, customers: &str, seed: &str) {
    let said = answer(&place.run(&[
        "demo",
        "--customers",
        customers,
        "--seed",
        seed,
        "--test-clock",
        "--now",
        NOW,
        "--time-zone",
        "Europe/Berlin",
    ]));
    assert_eq!(said["administrator"], "owner@example.com");
}

#[test]
fn the_same_seed_and_time_give_the_same_records_on_both_databases() {
    let [file, server] = Place::both("same_seed");
    fill(&file, "300", "7");
    fill(&server, "300", "7");
    let sums = file.checksums(OWN);
    assert_eq!(sums, server.checksums(OWN));
    let again = Place::file();
    fill(&again, "300", "7");
    assert_eq!(again.checksums(OWN), sums);
    let other = Place::file();
    fill(&other, "300", "8");
    for ((table, count, sum), (_, _, other)) in sums.iter().zip(other.checksums(OWN)) {
        // How the vendor bills is the same in every sample book.
        assert_eq!(*count == 0 || table == "billing", *sum == other, "{table}");
    }
    // Nothing has fallen due at the moment for which it was made: the first read moves nothing.
    let page = answer(&file.run(&["--as", "owner@example.com", "--now", NOW, "call", "list_changes"]));
    assert_eq!(page["total"], 1, "{page}");
    for place in [&file, &server] {
        assert_eq!(answer(&place.run(&["verify"]))["findings"], json!([]));
    }
}

#[test]
fn a_book_with_an_administrator_is_not_filled() {
    for place in Place::both("filled") {
        fill(&place, "5", "1");
        let before = place.checksums(&[]);
        let again = place.run(&["demo", "--customers", "5", "--seed", "1"]);
        assert_eq!(refusal(&again)["conflict"]["conflict"], "not_first_run");
        assert_eq!(place.checksums(&[]), before);
    }
    let made = Place::file();
    made.init();
    let refused = made.run(&["demo", "--customers", "5"]);
    assert_eq!(refusal(&refused)["conflict"]["conflict"], "not_first_run");
}

#[cfg(unix)]
#[test]
fn a_filling_that_is_given_up_leaves_no_book() {
    use std::process::{Command, Stdio};
    let place = Place::file();
    let folder = place.path().parent().unwrap().to_owned();
    let size = |suffix: &str| std::fs::metadata(format!("{}{suffix}", place.path().display())).map_or(0, |file| file.len());
    let mut command = place.command();
    command.args(["demo", "--customers", "20000"]);
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut filling = command.spawn().unwrap();
    // The first customers are there, and the indexes are not.
    while size("") + size("-wal") < 8_000_000 {
        assert!(filling.try_wait().unwrap().is_none(), "it ended by itself");
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
    assert!(
        Command::new("kill")
            .args(["-INT", &filling.id().to_string()])
            .status()
            .unwrap()
            .success()
    );
    let ended = filling.wait_with_output().unwrap();
    assert_eq!(refusal(&ended), json!({"kind": "not_done", "reason": "canceled"}));
    assert_eq!(std::fs::read_dir(folder).unwrap().count(), 0);
}

#[test]
fn a_book_whose_filling_was_cut_off_is_no_book_to_begin_with() {
    for place in Place::both("cut_off") {
        fill(&place, "5", "1");
        // As it is before the end of the load: the administrator comes last.
        place.damage("UPDATE customer SET is_admin = FALSE WHERE is_admin = TRUE");
        let before = place.checksums(&[]);
        for arguments in [
            &["init", "--admin-email", ADMIN, "--admin-name", "Ada"][..],
            &["demo", "--customers", "5"],
        ] {
            let refused = refusal(&place.run(arguments));
            assert_eq!(refused["conflict"]["conflict"], "unfinished", "{refused}");
        }
        assert_eq!(place.checksums(&[]), before);
    }
}

fn all(served: &mut Served, op: &str, mut request: Value) -> Vec<Value> {
    let mut items = Vec::new();
    request["limit"] = json!(500);
    loop {
        let page = served.done(op, &request);
        items.extend(page["items"].as_array().unwrap().iter().cloned());
        if page["next"].is_null() {
            return items;
        }
        request["after"] = page["next"].clone();
    }
}

#[test]
fn the_records_are_those_of_a_small_vendor() {
    let place = Place::file();
    fill(&place, "1000", "1");
    let mut command = place.command();
    command.args(["--as", "owner@example.com", "--now", NOW, "serve"]);
    let mut served = Served::spawn(command);
    let customers = all(&mut served, "list_customers", json!({}));
    assert_eq!(customers.len(), 1000);
    let number = |test: &dyn Fn(&Value) -> bool| customers.iter().filter(|customer| test(customer)).count();
    assert!((110..190).contains(&number(&|customer| customer["is_active"] == false)));
    let letters: BTreeSet<u32> = customers
        .iter()
        .flat_map(|customer| customer["full_name"].as_str().unwrap().chars())
        .filter(|c| c.is_alphabetic())
        .map(|c| u32::from(c) / 0x80)
        .collect();
    assert!(letters.len() >= 10, "{letters:x?}");
    let sum = |field: &str| customers.iter().map(|customer| customer[field].as_u64().unwrap()).sum::<u64>();
    assert!((2600..3400).contains(&sum("total_licenses")), "{}", sum("total_licenses"));
    assert!((850..1150).contains(&sum("total_subscriptions")), "{}", sum("total_subscriptions"));
    assert!((850..1150).contains(&sum("total_domains")), "{}", sum("total_domains"));
    assert!((2600..3500).contains(&sum("total_invoices")), "{}", sum("total_invoices"));
    let payments = served.done("list_payments", &json!({"limit": 1}))["total"].as_u64().unwrap();
    assert!((8500..11500).contains(&payments), "{payments}");
    for email in customers.iter().map(|customer| customer["email"].as_str().unwrap()) {
        let domain = email.rsplit_once('@').unwrap().1;
        assert!(
            domain.ends_with(".example") || ["example.com", "example.net", "example.org"].contains(&domain),
            "{email}"
        );
    }

    let licenses = all(&mut served, "list_licenses", json!({}));
    let states: BTreeSet<&str> = licenses.iter().map(|license| license["status"].as_str().unwrap()).collect();
    assert_eq!(states, ["active", "canceled", "expired", "expiring", "suspended"].into());
    for license in &licenses {
        let key = license["key"].as_str().unwrap();
        assert_eq!(contract::license_key::parse(key).as_deref(), Some(key));
    }

    let invoices = all(&mut served, "list_invoices", json!({}));
    let has = |field: &str, value: Value| invoices.iter().any(|invoice| invoice[field] == value);
    for status in ["draft", "open", "paid", "void", "uncollectible"] {
        assert!(has("status", json!(status)), "{status}");
    }
    assert!(has("is_overdue", json!(true)));
    // Series by year, each from 1 without a gap, the days never running backwards.
    let mut numbered: Vec<(&str, &str)> = invoices
        .iter()
        .filter_map(|invoice| Some((invoice["number"].as_str()?, invoice["issued_on"].as_str()?)))
        .collect();
    numbered.sort_unstable();
    let (mut year, mut expected, mut before) = ("", 1, "");
    for (number, day) in numbered {
        let (series, count) = number.split_once('-').unwrap();
        if series != year {
            (year, expected) = (series, 1);
        }
        assert_eq!(count.parse::<u32>().unwrap(), expected, "{number}");
        assert!(day >= before && day.starts_with(series), "{number} of {day} after {before}");
        (expected, before) = (expected + 1, day);
    }

    let stats = served.done("customer_stats", &json!({}));
    assert_eq!(stats["total_revenue"].as_array().unwrap().len(), 3, "{stats}");
    assert!(stats["new_customers_this_month"].as_u64().unwrap() > 0);
    let attention = served.done("attention", &json!({}));
    for figure in ["expiring_licenses", "overdue_invoices", "expiring_domains"] {
        assert!(attention[figure].as_u64().unwrap() > 0, "{figure}");
    }
    // More came in the last year than in the first.
    let months = served.done("monthly_figures", &json!({"months": 60}));
    let joined: Vec<u64> = months["months"]
        .as_array()
        .unwrap()
        .iter()
        .map(|month| month["new_customers"].as_u64().unwrap())
        .collect();
    assert!(
        joined[48..].iter().sum::<u64>() > 2 * joined[..12].iter().sum::<u64>(),
        "{joined:?}"
    );
    let plans = all(&mut served, "list_plans", json!({}));
    assert!((4..=6).contains(&plans.len()));
    assert!(plans.iter().any(|plan| plan["is_active"] == false));
    assert!(plans.iter().any(|plan| plan["price_monthly"].is_null()) && plans.iter().any(|plan| plan["price_yearly"].is_null()));
}
