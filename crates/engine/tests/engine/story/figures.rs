//! Recurring revenue, its movements and churn, computed anew from subscriptions and from the times in which something recurred.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use serde_json::{Value, json};

use super::{
    billing::amount_of,
    checks::{MILLION, all, ask, number, rounded, sum, text},
};
use crate::support::TestBook;

/// A time in which something recurred of a customer, its days as text, which sorts as they do.
struct Span {
    customer: String,
    currency: String,
    starts_on: String,
    /// Empty where it goes on.
    ends_on: String,
    /// A month without tax, in twelfths of a minor unit.
    monthly: i64,
}

impl Span {
    fn covers(&self, day: &str) -> bool {
        self.starts_on.as_str() <= day && (self.ends_on.is_empty() || self.ends_on.as_str() > day)
    }
}

/// A price without the tax that it says.
fn net(price: i64, rate: i64) -> i64 {
    rounded(i128::from(price) * MILLION, MILLION + i128::from(rate))
}

/// What recurred of those who are neither archived nor deleted, by the rows of the book; `rate` is that of the tax in the prices.
async fn spans(book: &TestBook, rate: i64) -> Vec<Span> {
    let customer = if book.sql.is_server() {
        "CAST(t.customer_id AS TEXT)"
    } else {
        "hex(t.customer_id)"
    };
    let sql = format!(
        "SELECT {customer} || '|' || t.currency || '|' || CAST(t.starts_on AS TEXT) || '|' || COALESCE(CAST(t.ends_on AS TEXT), '')
             || '|' || CAST(t.amount AS TEXT) || '|' || CAST(t.months AS TEXT)
             || '|' || CASE WHEN c.tax_treatment IS NULL THEN 'taxed' ELSE 'treated' END
         FROM recurring t JOIN customer c ON c.id = t.customer_id WHERE c.deleted_at IS NULL AND c.archived_at IS NULL"
    );
    let mut found = Vec::new();
    for row in book.sql.texts(&sql).await {
        let columns: Vec<&str> = row.split('|').collect();
        let [customer, currency, starts_on, ends_on, amount, months, treatment] = columns[..] else {
            panic!("{row}")
        };
        let rate = if treatment == "taxed" { rate } else { 0 };
        found.push(Span {
            customer: customer.to_owned(),
            currency: currency.to_owned(),
            starts_on: starts_on.to_owned(),
            ends_on: ends_on.to_owned(),
            monthly: net(amount.parse().unwrap(), rate) * (12 / months.parse::<i64>().unwrap()),
        });
    }
    found
}

/// What changed in a month.
#[derive(Default)]
struct Moved {
    /// What recurred before it and at its end, in twelfths, and of how many customers.
    ends: [i64; 2],
    customers: [i64; 2],
    /// New, back, more, less, gone: in twelfths, less than nothing where it fell, and how many customers.
    exact: [i64; 5],
    counts: [i64; 5],
}

impl Moved {
    /// From the end of one day to the end of another, of spans by customer.
    fn of(customers: &BTreeMap<&str, Vec<&Span>>, from: &str, to: &str) -> Self {
        let mut moved = Self::default();
        for spans in customers.values() {
            let on = |day: &str| spans.iter().filter(|span| span.covers(day)).map(|span| span.monthly).sum::<i64>();
            let ends @ [before, after] = [on(from), on(to)];
            for (at, own) in ends.into_iter().enumerate() {
                moved.ends[at] += own;
                moved.customers[at] += i64::from(own > 0);
            }
            let had_some = spans.iter().any(|span| span.starts_on.as_str() <= from && span.monthly > 0);
            let kind = match (before, after) {
                _ if before == after => continue,
                (0, _) if had_some => 1,
                (0, _) => 0,
                (_, 0) => 4,
                _ if after > before => 2,
                _ => 3,
            };
            moved.exact[kind] += after - before;
            moved.counts[kind] += 1;
        }
        moved
    }

    /// A month that the book shows says the same: each part is rounded up or down, the ends and the ratios once.
    fn check(&self, month: &Value) {
        let part = |name: &str| amount_of(month, name);
        let ends = self.ends.map(|exact| rounded(i128::from(exact), 12));
        assert_eq!([part("start"), part("end")], ends, "{month}");
        let shown = [
            part("new"),
            part("reactivation"),
            part("expansion"),
            -part("contraction"),
            -part("churn"),
        ];
        for (shown, exact) in shown.into_iter().zip(self.exact) {
            assert!((shown * 12 - exact).abs() < 12, "{shown} is not {exact} twelfths: {month}");
        }
        assert_eq!(part("start") + shown.iter().sum::<i64>(), part("end"), "{month}");
        let [new, back, _, _, lost] = self.counts;
        let [at_start, at_end] = self.customers;
        for (name, count) in [
            ("customers_at_start", at_start),
            ("customers_new", new),
            ("customers_reactivated", back),
            ("customers_lost", lost),
            ("customers_at_end", at_end),
        ] {
            assert_eq!(number(&month[name]), count, "{name} of {month}");
        }
        let [_, _, more, less, gone] = self.exact;
        for (name, part, whole) in [
            ("logo_churn", lost, at_start),
            ("logo_churn_with_new", lost, at_start + new + back),
            ("gross_churn", -(less + gone), self.ends[0]),
            ("net_churn", -(less + gone + more), self.ends[0]),
        ] {
            let ratio = (whole > 0).then(|| rounded(i128::from(part) * MILLION, i128::from(whole)));
            assert_eq!(month[name], json!(ratio), "{name} of {month}");
        }
    }
}

/// The recurring revenue is what running subscriptions cost a month without tax; what changed in a month is what customers paid at
/// both of its ends, and churn is by both definitions what they say.
pub async fn recurring(book: &TestBook) {
    let settings = ask(book, "get_billing_settings", json!({})).await;
    let is_within = settings["prices_include_tax"] == true && settings["tax_category"] == "S";
    let rate = if is_within { number(&settings["tax_rate"]) } else { 0 };
    let mut twelfths: BTreeMap<String, (i64, u64)> = BTreeMap::new();
    let mut treated: BTreeMap<String, bool> = BTreeMap::new();
    for row in all(book, "list_subscriptions", json!({})).await {
        let price = amount_of(&row, "price") * number(&row["quantity"]);
        if price == 0 || (row["status"] != "active" && row["status"] != "past_due") {
            continue;
        }
        let customer = text(&row["customer_id"]);
        let is_treated = match treated.get(customer) {
            Some(known) => *known,
            None => {
                let address = ask(book, "get_billing_address", json!({"customer_id": customer})).await;
                let is_treated = !address["address"]["tax_treatment"].is_null();
                treated.insert(customer.to_owned(), is_treated);
                is_treated
            }
        };
        let net = net(price, if is_treated { 0 } else { rate });
        let own = twelfths.entry(text(&row["price"]["currency"]).to_owned()).or_default();
        let a_year = if row["billing_cycle"] == "yearly" { net } else { net * 12 };
        *own = (own.0 + a_year, own.1 + 1);
    }
    let spans = spans(book, rate).await;
    let figures = ask(book, "recurring_figures", json!({"months": 12})).await;
    for own in figures["currencies"].as_array().unwrap() {
        let (a_year, count) = twelfths.remove(text(&own["currency"])).unwrap_or_default();
        let mrr = rounded(i128::from(a_year), 12);
        assert_eq!((amount_of(own, "mrr"), amount_of(own, "arr")), (mrr, a_year), "{own}");
        assert_eq!(own["subscriptions"], count, "{own}");
        let list = all(book, "list_recurring", json!({"currency": own["currency"]})).await;
        assert_eq!(sum(&list, |row| amount_of(row, "mrr")), mrr, "{own}");
        assert_eq!(sum(own["plans"].as_array().unwrap(), |plan| amount_of(plan, "mrr")), mrr, "{own}");
        let mut customers: BTreeMap<&str, Vec<&Span>> = BTreeMap::new();
        for span in spans.iter().filter(|span| own["currency"] == span.currency.as_str()) {
            customers.entry(&span.customer).or_default().push(span);
        }
        let months = own["months"].as_array().unwrap();
        for month in months {
            let first: NaiveDate = text(&month["month"]).parse().unwrap();
            let before = first.pred_opt().unwrap().to_string();
            Moved::of(&customers, &before, text(&month["until"])).check(month);
        }
        let last = months.last().map(|month| amount_of(month, "end"));
        assert_eq!(last, Some(mrr), "the last month ends today");
    }
    assert!(twelfths.is_empty(), "{twelfths:?} in {figures}");
}
