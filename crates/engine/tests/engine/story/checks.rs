//! What has to hold whatever was done. Figures are computed anew from what they are made of, not asked for twice.

use std::collections::{BTreeMap, BTreeSet};

use contract::{Quantity, Timestamp};
use serde_json::{Value, json};

use super::{Pair, billing::amount_of, figures, world};
use crate::support::TestBook;

pub const MILLION: i128 = 1_000_000;

pub fn number(value: &Value) -> i64 {
    value.as_i64().unwrap_or_else(|| panic!("{value} is no number"))
}

pub fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_else(|| panic!("{value} is no text"))
}

/// A quotient, half away from zero. Of our own, so that what the app rounds by is not taken for granted.
pub fn rounded(numerator: i128, denominator: i128) -> i64 {
    let twice = numerator.abs() * 2 + denominator;
    i64::try_from(twice / (denominator * 2) * numerator.signum()).unwrap()
}

pub fn sum(rows: &[Value], amount: impl Fn(&Value) -> i64) -> i64 {
    rows.iter().map(amount).sum()
}

pub async fn ask(book: &TestBook, name: &str, request: Value) -> Value {
    book.json(name, request).await.unwrap()
}

/// Every row of a list.
pub async fn all(book: &TestBook, list: &str, mut request: Value) -> Vec<Value> {
    let mut rows = Vec::new();
    request["limit"] = json!(500);
    loop {
        let page = ask(book, list, request.clone()).await;
        rows.extend(page["items"].as_array().unwrap().iter().cloned());
        if page["next"].is_null() {
            return rows;
        }
        request["after"] = page["next"].clone();
    }
}

/// Every row of a list that is of customers, with those of the archived ones, whom a list of all leaves out.
async fn of_everybody(book: &TestBook, list: &str) -> Vec<Value> {
    let mut rows = all(book, list, json!({})).await;
    for customer in all(book, "list_customers", json!({"archived": true})).await {
        if !customer["archived_at"].is_null() {
            rows.extend(all(book, list, json!({"customer_id": customer["id"]})).await);
        }
    }
    let ids: BTreeSet<&str> = rows.iter().map(|row| text(&row["id"])).collect();
    assert_eq!(ids.len(), rows.len(), "{list} shows something twice");
    rows
}

/// What the operations say has to agree with each other.
pub async fn balances(pair: &mut Pair) {
    // Where the clock was set back, it goes on: what has begun has begun.
    pair.pass(pair.latest - pair.now).await;
    let report = pair.ask("number_report", |_, _| json!({})).await;
    let report = report["ok"]["series"].as_array().unwrap();
    for series in report {
        for wrong in ["missing", "before_first", "out_of_order"] {
            assert_eq!(series[wrong], json!([]), "{series}");
        }
    }
    let mut seen = super::Seen::default();
    for book in &pair.books {
        let invoices = of_everybody(book, "list_invoices").await;
        let payments = of_everybody(book, "list_payments").await;
        let notes = of_everybody(book, "list_credit_notes").await;
        for invoice in &invoices {
            let details = ask(book, "get_invoice", json!({"id": invoice["id"]})).await;
            let made_at = text(&invoice["created_at"]).parse::<Timestamp>().unwrap().0;
            let seen = &mut seen[usize::from(made_at >= pair.began)];
            add_up(&details, &steps(pair, &details, made_at), seen);
            settled(&details, &payments, &notes);
        }
        let refunds = of_everybody(book, "list_refunds").await;
        for payment in &payments {
            spent(payment, &refunds);
        }
        for note in &notes {
            let details = ask(book, "get_credit_note", json!({"id": note["id"]})).await;
            credit_adds_up(&details);
        }
        without_gap(&invoices, report, (0, "invoice"));
        without_gap(&notes, report, (1, "credit_note"));
        figures::recurring(book).await;
        accounts(book, pair.world.currencies, &invoices).await;
        crate::proofs::prove(book, 3).await;
    }
    for (all, own) in pair.seen.iter_mut().zip(seen) {
        all.extend(own);
    }
}

/// By which steps what is paid of an invoice can be rounded: by the one at the time at which it was made. A change can have put a
/// line that takes something off on a draft later.
fn steps(pair: &Pair, details: &Value, made_at: i64) -> BTreeSet<i64> {
    if details["invoice"]["total"]["currency"] != pair.world.currencies[0] {
        return BTreeSet::from([1]);
    }
    let mut lines = details["lines"].as_array().unwrap().iter();
    if lines.any(|line| Quantity::parse(text(&line["quantity"])).unwrap().0 < 0) {
        return pair.rounding_steps.values().flatten().copied().collect();
    }
    match pair.rounding_steps.get(&made_at) {
        Some(then) => then.clone(),
        None => panic!("nothing was asked for when this was made: {details}"),
    }
}

/// An invoice comes to its lines and the tax of each rate, rounded once a rate, and what is paid is rounded to what there are coins
/// for. With tax in the prices it comes to what the prices say.
fn add_up(details: &Value, steps: &BTreeSet<i64>, seen: &mut BTreeSet<String>) {
    let of = |field: &str| amount_of(&details["invoice"], field);
    let lines = details["lines"].as_array().unwrap();
    let includes_tax = details["prices_include_tax"] == true;
    let (mut bases, mut priced) = (BTreeMap::<(&str, i64), (i64, i64)>::new(), 0);
    for line in lines {
        let quantity = Quantity::parse(text(&line["quantity"])).unwrap().0;
        let amount = rounded(i128::from(quantity) * i128::from(number(&line["unit_price"])), 1_000_000_000);
        let (net, rate) = (number(&line["net"]), number(&line["tax_rate"]));
        let base = bases.entry((text(&line["tax_category"]), rate)).or_default();
        *base = (base.0 + net, base.1 + amount);
        priced += amount;
        assert!(includes_tax || net == amount, "{line} in {details}");
    }
    let mut tax = 0;
    for ((category, rate), (base, amount)) in &bases {
        let (rate, whole) = (i128::from(*rate), MILLION + i128::from(*rate));
        assert!(!includes_tax || rounded(i128::from(*amount) * MILLION, whole) == *base, "{details}");
        assert!((*category == "S") == (rate > 0), "{details}");
        let own = rounded(i128::from(*base) * rate, MILLION);
        let shown = details["taxes"].as_array().unwrap().iter();
        let group = json!({"category": category, "rate": i64::try_from(rate).unwrap(), "base": base, "tax": own});
        assert_eq!(shown.filter(|shown| **shown == group).count(), 1, "{group} in {details}");
        tax += own;
    }
    assert_eq!(details["taxes"].as_array().unwrap().len(), bases.len(), "{details}");
    assert_eq!((sum(lines, |line| number(&line["net"])), tax), (of("net"), of("tax")), "{details}");
    let payable = if includes_tax { priced } else { of("net") + tax };
    let is_rounded_by = |step: &i64| rounded(i128::from(payable), i128::from(*step)) * step == of("total");
    assert!(steps.iter().any(is_rounded_by), "{steps:?} {details}");
    let rounding = number(&details["rounding"]["amount"]);
    assert_eq!(of("net") + tax + rounding, of("total"), "{details}");
    if details["reverse_charge"] == true {
        assert!(bases.keys().all(|group| *group == ("AE", 0)), "{details}");
    }
    for (is_so, name) in [
        (tax > 0, "taxed"),
        (tax == 0 && of("net") > 0, "untaxed"),
        (bases.len() > 1, "of several rates"),
        (bases.contains_key(&("AE", 0)), "reversed"),
        (rounding != 0, "rounded"),
        (includes_tax && tax > 0, "with tax in the prices"),
        (of("credited") > 0, "credited"),
    ] {
        if is_so {
            seen.insert(name.to_owned());
        }
    }
}

/// What was paid and credited of an invoice is what payments and credit notes say, and its state follows from it.
fn settled(details: &Value, payments: &[Value], notes: &[Value]) {
    let invoice = &details["invoice"];
    let of = |field: &str| amount_of(invoice, field);
    let paid: i64 = payments
        .iter()
        .flat_map(|payment| payment["allocations"].as_array().unwrap())
        .filter(|part| part["invoice_id"] == invoice["id"])
        .map(|part| amount_of(part, "amount"))
        .sum();
    let shown = details["payments"].as_array().unwrap();
    assert_eq!(
        (paid, sum(shown, |part| amount_of(part, "amount"))),
        (of("paid"), of("paid")),
        "{details}"
    );
    let own: Vec<&Value> = notes.iter().filter(|note| note["invoice_id"] == invoice["id"]).collect();
    let credited = |field: &str| own.iter().map(|note| amount_of(note, field)).sum::<i64>();
    assert_eq!(credited("total"), of("credited"), "{details}");
    assert_eq!(details["credit_notes"].as_array().unwrap().len(), own.len(), "{details}");
    assert!(of("paid") >= 0 && of("paid") + of("credited") <= of("total"), "{details}");
    assert!(own.is_empty() || credited("net") <= of("net"), "{details}");
    // Of an invoice with lines that take off, a part may hold more tax than all of it.
    if details["lines"].as_array().unwrap().iter().all(|line| number(&line["net"]) >= 0) {
        assert!(credited("tax") <= of("tax"), "{details}");
        if !own.is_empty() && credited("net") == of("net") {
            assert_eq!((credited("tax"), credited("total")), (of("tax"), of("total")), "{details}");
        }
    }
    let left = of("total") - of("paid") - of("credited");
    let status = text(&invoice["status"]);
    assert_eq!(of("payable"), if status == "open" { left } else { 0 }, "{details}");
    match status {
        "draft" => assert!(invoice["number"].is_null() && invoice["issued_on"].is_null(), "{details}"),
        "void" => assert_eq!((of("paid"), of("credited")), (0, 0), "{details}"),
        "paid" => assert_eq!(left, 0, "{details}"),
        _ => assert!(left > 0, "{details}"),
    }
    if status != "draft" {
        assert!(text(&invoice["due_on"]) >= text(&invoice["issued_on"]), "{details}");
    }
}

/// No more of a payment is allocated or given back than was paid; what is left is credit.
fn spent(payment: &Value, refunds: &[Value]) {
    let allocated = sum(payment["allocations"].as_array().unwrap(), |part| amount_of(part, "amount"));
    let given: i64 = refunds
        .iter()
        .filter(|refund| refund["payment_id"] == payment["id"])
        .map(|refund| amount_of(refund, "amount"))
        .sum();
    let left = amount_of(payment, "amount") - given - allocated;
    assert_eq!(given, amount_of(payment, "refunded"), "{payment}");
    assert!(left >= 0 && given >= 0 && allocated >= 0, "{payment}");
    assert_eq!(left, amount_of(payment, "unallocated"), "{payment}");
}

fn credit_adds_up(details: &Value) {
    let of = |field: &str| amount_of(&details["credit_note"], field);
    let (lines, taxes) = (details["lines"].as_array().unwrap(), details["taxes"].as_array().unwrap());
    assert_eq!(sum(lines, |line| number(&line["net"])), of("net"), "{details}");
    let of_taxes = |field: &str| sum(taxes, |group| number(&group[field]));
    assert_eq!((of_taxes("base"), of_taxes("tax")), (of("net"), of("tax")), "{details}");
    assert_eq!(
        of("net") + of("tax") + number(&details["rounding"]["amount"]),
        of("total"),
        "{details}"
    );
    assert!(of("total") >= 0, "{details}");
}

/// The numbers of each series follow each other in the order of days, from the first to the last that the report shows of it; `kind`
/// is which of the drawn first numbers can be theirs, and what the report calls them.
fn without_gap(documents: &[Value], report: &[Value], (kind, name): (usize, &str)) {
    let mut series: BTreeMap<&str, BTreeMap<i64, &str>> = BTreeMap::new();
    for document in documents.iter().filter(|document| !document["number"].is_null()) {
        let number = text(&document["number"]);
        let name = number.trim_end_matches(|c: char| c.is_ascii_digit());
        let own = series.entry(name).or_default();
        let twice = own.insert(number[name.len()..].parse().unwrap(), text(&document["issued_on"]));
        assert_eq!(twice, None, "{number} is given twice");
    }
    let shown: Vec<&Value> = report.iter().filter(|shown| shown["kind"] == name).collect();
    assert_eq!(shown.len(), series.len(), "{shown:?} of {series:?}");
    for shown in shown {
        let name = text(&shown["name"]).trim_end_matches('#');
        let own = series.get(name).unwrap_or_else(|| panic!("no document is of {shown}"));
        let [first, last, count] = ["first", "last", "count"].map(|field| number(&shown[field]));
        assert!(world::can_begin_with(kind, first), "{shown}");
        assert_eq!(count, last - first + 1, "{shown}");
        assert!(own.keys().copied().eq(first..=last), "{shown}: {own:?}");
        assert!(own.values().is_sorted(), "{shown}: {own:?}");
    }
}

/// Each account: what is owed less what is free is what the statement ends with.
async fn accounts(book: &TestBook, currencies: [&str; 2], invoices: &[Value]) {
    let of = |list: &Value, currency: &str| {
        let own = list.as_array().unwrap().iter().find(|money| money["currency"] == currency);
        own.map_or(0, |money| number(&money["amount"]))
    };
    let mut owed = [0, 0];
    for customer in all(book, "list_customers", json!({})).await {
        let paid = ask(book, "list_payments", json!({"customer_id": customer["id"], "limit": 500})).await;
        for (currency, owed) in currencies.into_iter().zip(&mut owed) {
            let own = paid["items"].as_array().unwrap().iter();
            let own = own.filter(|row| row["amount"]["currency"] == currency);
            let free: i64 = own.map(|row| amount_of(row, "unallocated")).sum();
            assert_eq!(free, of(&paid["credit"], currency), "{customer}");
            let outstanding = of(&customer["outstanding"], currency);
            let open = invoices.iter().filter(|row| row["customer_id"] == customer["id"]);
            let open = open.filter(|row| row["total"]["currency"] == currency);
            assert_eq!(open.map(|row| amount_of(row, "payable")).sum::<i64>(), outstanding, "{customer}");
            // To the end of time: a day of issue may lie ahead of a clock that was set back.
            let request = json!({"customer_id": customer["id"], "currency": currency, "to": "2199-12-31"});
            let statement = ask(book, "get_statement", request).await;
            assert_eq!(amount_of(&statement, "closing"), outstanding - free, "{customer}");
            let lines = statement["lines"].as_array().unwrap();
            assert_eq!(sum(lines, |line| amount_of(line, "amount")), outstanding - free, "{customer}");
            *owed += outstanding;
        }
    }
    let receivables = ask(book, "receivables", json!({})).await;
    for (currency, owed) in currencies.into_iter().zip(owed) {
        let mut all = receivables["currencies"].as_array().unwrap().iter();
        let own = all.find(|own| own["total"]["currency"] == currency);
        let ages = own.map_or(0, |own| sum(own["ages"].as_array().unwrap(), |age| amount_of(age, "amount")));
        assert_eq!((ages, own.map_or(0, |own| amount_of(own, "total"))), (owed, owed), "{receivables}");
    }
}

/// What each account came to at the end of a day.
pub async fn closings(pair: &Pair, day: &str) -> BTreeMap<(String, &'static str), i64> {
    let book = &pair.books[0];
    let mut closings = BTreeMap::new();
    for customer in all(book, "list_customers", json!({})).await {
        for currency in pair.world.currencies {
            let request = json!({"customer_id": customer["id"], "currency": currency, "to": day});
            let statement = ask(book, "get_statement", request).await;
            closings.insert((text(&customer["id"]).to_owned(), currency), amount_of(&statement, "closing"));
        }
    }
    closings
}

/// Nothing that is done on a day changes what an account came to on the day before; some are new, and some are shown no more.
pub fn keep_their_past(before: &BTreeMap<(String, &'static str), i64>, after: &BTreeMap<(String, &'static str), i64>) {
    for (account, closing) in before {
        if let Some(now) = after.get(account) {
            assert_eq!(now, closing, "{account:?} has another past");
        }
    }
}
