//! Many desks that want the same thing at the same moment, each a process of its own: one of them gets it, no number is left
//! out or given twice, and no limit is passed.
//!
//! What a license allows (activations, users, domains) is no limit that anything here could pass: no operation counts against
//! it. The last look of the test notices when that changes; whatever counts then has to be raced for as well.

use std::{collections::BTreeSet, thread};

use serde_json::{Value, json};

use super::{
    campaign::Campaign,
    common::{Place, Served, answer},
    desks::{DESKS, customers, desks, surely},
};

/// Things that are wanted in a round.
const KINDS: u64 = 11;
/// Races of one point of a campaign, so that its 500 points are at least 10,000 races on each database.
const A_POINT: u64 = 20;
/// Rounds of one book, after which its numbers are looked at.
const A_PART: u64 = 8;
/// What is wanted a part at a time; of it there is so much.
const WHOLE: u64 = 1_000;

/// What is said to each desk, all of which ask at the same time.
fn at_once(desks: &mut [Served], want: impl Fn(usize, &mut Served) -> Value + Sync) -> Vec<Value> {
    let want = &want;
    thread::scope(|scope| {
        let wanting: Vec<_> = desks
            .iter_mut()
            .enumerate()
            .map(|(desk, served)| scope.spawn(move || want(desk, served)))
            .collect();
        wanting.into_iter().map(|desk| desk.join().unwrap()).collect()
    })
}

/// Asks until it is certain, for what must be done.
fn done(served: &mut Served, key: &str, op: &str, request: &Value) -> Value {
    let answer = surely(served, key, op, request);
    assert!(answer.get("ok").is_some(), "{op} {request}: {answer}");
    answer["ok"].clone()
}

/// How many got what they wanted. All others were refused in so many words.
fn winners(answers: &[Value]) -> usize {
    for answer in answers {
        let kind = &answer["error"]["kind"];
        assert!(answer.get("ok").is_some() || kind == "conflict" || kind == "invalid", "{answer}");
    }
    answers.iter().filter(|answer| answer.get("ok").is_some()).count()
}

/// How many parts there are in the whole.
fn parts(part: u64) -> usize {
    usize::try_from(WHOLE / part).unwrap().min(DESKS)
}

fn money(amount: u64) -> Value {
    json!({"amount": amount, "currency": "EUR"})
}

/// A draft of so much, all in one line.
fn draft(served: &mut Served, key: &str, customer: &Value, amount: u64) -> Value {
    let line = json!({"text": "Work", "quantity": "1", "unit_price": amount});
    done(served, key, "create_invoice", &json!({"customer_id": customer, "lines": [line]}))
}

/// An invoice of so much with its number.
fn invoice(served: &mut Served, key: &str, customer: &Value, amount: u64) -> Value {
    let draft = draft(served, &format!("{key}-draft"), customer, amount);
    let request = json!({"id": draft["id"], "version": draft["version"]});
    done(served, key, "finalize_invoice", &request)
}

/// A payment that pays nothing yet: credit of the customer.
fn payment(served: &mut Served, key: &str, customer: &Value) -> Value {
    let request = json!({"customer_id": customer, "amount": money(WHOLE), "method": "cash", "allocations": []});
    done(served, key, "record_payment", &request)
}

/// Addresses, names and codes that only one can have.
fn names(desks: &mut [Served], people: &[Value], round: u64) {
    let addresses = at_once(desks, |desk, served| {
        let email = format!("Wanted{round}@Example.com");
        let new = json!({"email": email, "full_name": format!("Desk {desk}"), "password": "a-password"});
        surely(served, &format!("email-{round}-{desk}"), "create_customer", &new)
    });
    assert_eq!(winners(&addresses), 1, "one of all gets an address");
    let domains = at_once(desks, |desk, served| {
        // Also two customers cannot have the same one.
        let new = json!({"customer_id": people[desk % people.len()], "name": format!("wanted{round}.example")});
        surely(served, &format!("domain-{round}-{desk}"), "add_domain", &new)
    });
    assert_eq!(winners(&domains), 1, "one of all gets a domain");
    let codes = at_once(desks, |desk, served| {
        let new = json!({"code": format!("wanted-{round}"), "name": format!("Desk {desk}"), "currency": "EUR", "price_monthly": 100});
        surely(served, &format!("code-{round}-{desk}"), "create_plan", &new)
    });
    assert_eq!(winners(&codes), 1, "one of all gets a code");
}

/// Numbers of invoices: one for a draft that all of them make final, and one for each of their own. Answers with those.
fn numbers(first: &mut Served, desks: &mut [Served], customer: &Value, round: u64) -> Vec<Value> {
    let shared = draft(first, &format!("shared-{round}"), customer, 100);
    let finals = at_once(desks, |desk, served| {
        let request = json!({"id": shared["id"], "version": shared["version"]});
        surely(served, &format!("final-{round}-{desk}"), "finalize_invoice", &request)
    });
    assert_eq!(winners(&finals), 1, "a draft becomes final once");
    at_once(desks, |desk, served| {
        invoice(served, &format!("own-{round}-{desk}"), customer, WHOLE / 4)
    })
}

/// Parts of an invoice that is credited. Each note takes the version that it read, so that who comes too late reads again.
fn credit_notes(first: &mut Served, desks: &mut [Served], customer: &Value, round: u64) -> usize {
    let credited = invoice(first, &format!("credited-{round}"), customer, WHOLE);
    let notes = at_once(desks, |desk, served| {
        loop {
            let read = served.done("get_invoice", &json!({"id": credited["id"]}));
            let request = json!({
                "id": credited["id"], "version": read["invoice"]["version"], "reason": "other",
                "lines": [{"position": 1, "net": 90}],
            });
            let answer = surely(served, &format!("note-{round}-{desk}"), "credit_invoice", &request);
            if answer["error"]["conflict"]["conflict"] != "changed_meanwhile" {
                return answer;
            }
        }
    });
    let made = winners(&notes);
    let read = first.done("get_invoice", &json!({"id": credited["id"]}));
    assert_eq!(read["invoice"]["credited"], money(90 * u64::try_from(made).unwrap()));
    made
}

/// Money that is given back, paid, used or taken off, a part at a time and never more than there is.
fn limits(first: &mut Served, desks: &mut [Served], people: &[Value], own: &[Value], round: u64) {
    let [ann, bea, cid, dora] = people else { panic!("four customers") };
    assert_eq!(
        credit_notes(first, desks, ann, round),
        parts(90),
        "never more is credited than was billed"
    );

    let paid = payment(first, &format!("paid-{round}"), bea);
    let refunds = at_once(desks, |desk, served| {
        let request = json!({"id": paid["id"], "amount": money(90)});
        surely(served, &format!("refund-{round}-{desk}"), "refund_payment", &request)
    });
    assert_eq!(winners(&refunds), parts(90), "never more is given back than was paid");

    let owed = invoice(first, &format!("owed-{round}"), dora, WHOLE);
    let payments = at_once(desks, |desk, served| {
        let allocation = json!({"invoice_id": owed["id"], "amount": money(300)});
        let request = json!({"customer_id": dora, "amount": money(300), "method": "cash", "allocations": [allocation]});
        surely(served, &format!("part-{round}-{desk}"), "record_payment", &request)
    });
    assert_eq!(winners(&payments), parts(300), "never more of an invoice is paid than is owed");

    // One credit for the invoices of all desks.
    let credit = payment(first, &format!("credit-{round}"), cid);
    let used = at_once(desks, |desk, served| {
        let request = json!({"invoice_id": own[desk]["id"], "amount": money(WHOLE / 4)});
        surely(served, &format!("use-{round}-{desk}"), "apply_credit", &request)
    });
    assert_eq!(winners(&used), 4, "never more credit is used than there is");

    let paid = &own[used.iter().position(|answer| answer.get("ok").is_some()).unwrap()];
    let released = at_once(desks, |desk, served| {
        let request = json!({"payment_id": credit["id"], "invoice_id": paid["id"], "amount": money(90)});
        surely(served, &format!("off-{round}-{desk}"), "release_allocation", &request)
    });
    assert_eq!(winners(&released), 2, "never more is taken off than pays");
    // The next round begins without credit.
    done(first, &format!("back-{round}"), "apply_credit", &json!({"invoice_id": paid["id"]}));
}

/// A license that all cancel.
fn license(first: &mut Served, desks: &mut [Served], customer: &Value, plan: &Value, round: u64) {
    let request = json!({"customer_id": customer, "plan_id": plan, "billing_cycle": "monthly"});
    let sold = done(first, &format!("license-{round}"), "add_license", &request);
    let canceled = at_once(desks, |desk, served| {
        surely(
            served,
            &format!("cancel-{round}-{desk}"),
            "cancel_license",
            &json!({"id": sold["id"]}),
        )
    });
    assert_eq!(winners(&canceled), 1, "a license is canceled once");
}

/// Every series without a gap, and as many numbers as were won.
fn check_numbers(first: &mut Served, kind: &str, wanted: u64) {
    let report = first.done("number_report", &json!({}));
    let mut count = 0;
    // One a year: two, if it is the night of the year.
    for series in report["series"].as_array().unwrap() {
        if series["kind"] == kind {
            count += series["count"].as_u64().unwrap();
            assert_eq!((&series["last"], &series["missing"]), (&series["count"], &json!([])), "{series}");
            assert_eq!(series["out_of_order"], json!([]), "{series}");
        }
    }
    assert_eq!(count, wanted, "{kind}: {report}");
}

#[test]
fn names_numbers_and_limits_stay_right_when_everybody_wants_them() {
    let everybody = u64::try_from(DESKS).unwrap();
    let rounds = (Campaign::wanted(16, 500) * A_POINT).div_ceil(KINDS * everybody);
    let (mut campaign, parts, rounds) = Campaign::of_parts("races", rounds, A_PART);
    for part in parts {
        for place in Place::both("races") {
            race(&place, rounds);
        }
        campaign.survived(part);
    }
}

/// Races of so many rounds in a book of their own.
fn race(place: &Place, rounds: u64) {
    let everybody = u64::try_from(DESKS).unwrap();
    place.init();
    let mut first = Served::start(place);
    let people = customers(&mut first, 4);
    let seller = json!({"name": "Vendor", "street": "1 Main Street", "city": "Berlin", "country": "DE", "vat_id": "DE123456789"});
    let version = first.done("get_billing_settings", &json!({}))["version"].clone();
    first.done(
        "update_billing_settings",
        &json!({"version": version, "seller": seller, "tax_category": "O", "tax_rate": 0}),
    );
    // Free, so that a license of it is not billed and takes no number.
    let plan = json!({
        "code": "small", "name": "Small", "currency": "EUR", "price_monthly": 0,
        "max_activations": 1, "max_users": 1, "max_domains": 1,
    });
    let plan = first.done("create_plan", &plan)["id"].clone();
    let mut desks = desks(DESKS, || Served::start(place));
    for round in 0..rounds {
        names(&mut desks, &people, round);
        let own = numbers(&mut first, &mut desks, &people[2], round);
        limits(&mut first, &mut desks, &people, &own, round);
        license(&mut first, &mut desks, &people[0], &plan, round);
    }
    for desk in desks {
        assert_eq!(desk.end(), Some(0));
    }
    // Beside those of the desks: the shared draft, what is credited, what is owed.
    check_numbers(&mut first, "invoice", (everybody + 3) * rounds);
    check_numbers(&mut first, "credit_note", u64::try_from(parts(90)).unwrap() * rounds);
    let domains = first.done("list_domains", &json!({"exact": true}))["total"].clone();
    assert_eq!(domains, json!(rounds));
    let licenses = first.done("list_licenses", &json!({"limit": 500}))["items"].clone();
    let licenses = licenses.as_array().unwrap();
    let keys: BTreeSet<&str> = licenses.iter().map(|license| license["key"].as_str().unwrap()).collect();
    assert_eq!(u64::try_from(keys.len()).unwrap(), rounds.min(500));
    let mut quotas = licenses.iter().flat_map(|license| license["quotas"].as_array().unwrap());
    assert!(
        quotas.all(|quota| quota["used"] == 0),
        "what counts against a quota has to be raced for"
    );
    assert_eq!(first.end(), Some(0));
    assert_eq!(answer(&place.run(&["verify"]))["findings"], json!([]));
    println!("races: {}, 0 doubles, 0 gaps, 0 over the limit", rounds * KINDS * everybody);
}
