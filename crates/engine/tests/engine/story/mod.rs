//! A month of work, and random work, are answered alike by both databases, and leave no figure wrong.

mod billing;

use contract::operations::OPERATIONS;
use proptest::{
    prelude::{Strategy, any},
    test_runner::{Config, TestRunner},
};
use serde_json::{Value, json};

use crate::support::*;

/// Asks both databases the same and compares.
struct Pair {
    books: [TestBook; 2],
    shapes: [Shape; 2],
    now: i64,
    /// Ids of the records made so far, by kind, on each database.
    made: [std::collections::BTreeMap<&'static str, Vec<Value>>; 2],
}

impl Pair {
    async fn new() -> Self {
        let books = [TestBook::new(Database::Sqlite).await, TestBook::new(Database::Postgres).await];
        Self {
            books,
            shapes: Default::default(),
            now: at(START).0,
            made: Default::default(),
        }
    }

    async fn pass(&mut self, millis: i64) {
        self.now += millis;
        for book in &self.books {
            book.app.set_now(contract::Timestamp(self.now)).await.unwrap();
        }
    }

    /// The day in Greenwich.
    fn today(&self) -> String {
        chrono::DateTime::from_timestamp_millis(self.now).unwrap().date_naive().to_string()
    }

    /// The id of a record that was made, on a database.
    fn id(&self, database: usize, kind: &str, number: usize) -> Value {
        let made = self.made[database].get(kind).map(Vec::as_slice).unwrap_or_default();
        if made.is_empty() {
            json!("01890000-0000-7000-8000-000000000000")
        } else {
            made[number % made.len()].clone()
        }
    }

    /// Asks an operation; `request` is told the database. Answers with what both said.
    async fn ask(&mut self, operation: &str, request: impl Fn(&Self, usize) -> Value) -> Value {
        // Later records have later ids, so that ties are broken alike.
        self.pass(1_000).await;
        let mut answers = Vec::new();
        for database in 0..2 {
            let request = request(self, database);
            let answer = outcome(self.books[database].json(operation, request).await);
            if let Some(kind) = kind_of(operation)
                && let Some(id) = answer["ok"].get("id")
            {
                self.made[database].entry(kind).or_default().push(id.clone());
                if let Some(id) = answer["ok"].get("subscription_id").filter(|id| id.is_string()) {
                    self.made[database].entry("subscription").or_default().push(id.clone());
                }
            }
            answers.push(self.shapes[database].of(&answer));
        }
        let shown = request(self, 0);
        assert_eq!(answers[0], answers[1], "{operation} {shown}");
        answers.remove(0)
    }

    /// Asks for everything that can be read, whole and of each customer.
    async fn compare(&mut self) {
        // Where backups are differs from place to place.
        let lists = OPERATIONS
            .iter()
            .filter(|listed| listed.name.starts_with("list_") && listed.name != "list_backups");
        for name in lists.map(|listed| listed.name) {
            let of_all = match name {
                "list_recurring" | "list_recurring_customers" | "list_payers" => json!({"currency": "EUR"}),
                "list_billed" => json!({"currency": "EUR", "from": "2026-01-01", "until": "2027-12-31"}),
                "list_movements" => json!({"currency": "EUR", "month": "2026-11-01"}),
                "list_renewals" => json!({"month": self.today()}),
                _ => json!({}),
            };
            self.ask(name, |_, _| of_all.clone()).await;
            if !matches!(
                name,
                "list_customers"
                    | "list_administrators"
                    | "list_plans"
                    | "list_recurring"
                    | "list_recurring_customers"
                    | "list_billed"
                    | "list_payers"
                    | "list_movements"
                    | "list_renewals"
                    | "list_catch_up_runs"
            ) {
                for number in 0..3 {
                    self.ask(
                        name,
                        |pair, database| json!({"customer_id": pair.id(database, "customer", number), "limit": 3}),
                    )
                    .await;
                }
            }
        }
        for sort in contract::customer::CustomerSort::ALL {
            for descending in [false, true] {
                let request = json!({"sort": sort, "descending": descending, "with_stats": true});
                self.ask("list_customers", |_, _| request.clone()).await;
            }
        }
        self.ask("list_customers", |_, _| json!({"archived": true})).await;
        for name in ["recurring_figures", "renewal_forecast"] {
            self.ask(name, |_, _| json!({"months": 12})).await;
        }
        for name in ["cohorts", "billed_by_plan"] {
            self.ask(name, |_, _| json!({"months": 12, "currency": "EUR"})).await;
        }
        for name in [
            "customer_stats",
            "attention",
            "get_settings",
            "current_session",
            "receivables",
            "plan_catch_up",
            "rehearse_catch_up",
            "number_report",
        ] {
            self.ask(name, |_, _| json!({})).await;
        }
        self.ask("monthly_figures", |_, _| json!({"months": 14})).await;
        self.verify().await;
    }

    async fn verify(&self) {
        let mut counted = Vec::new();
        for book in &self.books {
            let found = book.app.verify().await.unwrap();
            assert_eq!(found.findings, [], "{:?}", book.database);
            counted.push((found.customers, found.changes));
        }
        assert_eq!(counted[0], counted[1]);
    }

    async fn end(self) {
        for book in self.books {
            book.end().await;
        }
    }
}

fn kind_of(operation: &str) -> Option<&'static str> {
    match operation {
        "create_customer" => Some("customer"),
        "create_plan" => Some("plan"),
        "add_license" => Some("license"),
        "create_subscription" => Some("subscription"),
        _ => None,
    }
}

fn customer(number: usize) -> Value {
    let names = [
        "Ann Lee",
        "Éclair Ünal",
        "李 小龙",
        "Дмитрий",
        "Ann Lee",
        "zoë",
        "Østergård",
        "O'Brien",
    ];
    let companies = [json!("Acme"), Value::Null, json!("Straße AG"), json!("acme")];
    json!({
        "email": format!("c{number}@example.com"), "full_name": names[number % names.len()], "company_name": companies[number % 4],
        "password": PASSWORD, "is_active": !number.is_multiple_of(5),
    })
}

fn plan(number: usize) -> Value {
    let yearly = if number % 3 == 2 { Value::Null } else { json!(9_900) };
    json!({
        "code": format!("plan-{number}"), "name": format!("Plan {number}"), "currency": if number % 2 == 1 { "USD" } else { "EUR" },
        "price_monthly": 1_000 + number, "price_yearly": yearly, "trial_days": if number % 3 == 1 { 14 } else { 0 },
    })
}

#[tokio::test]
async fn a_month_of_work_is_answered_alike_by_both_databases() {
    let mut pair = Pair::new().await;
    billing::begin(&mut pair).await;
    for number in 0..3 {
        pair.ask("create_plan", |_, _| plan(number)).await;
    }
    for number in 0..9 {
        pair.ask("create_customer", |_, _| customer(number)).await;
        pair.pass(9 * 3_600_000).await;
        let cycle = if number % 2 == 0 { "monthly" } else { "yearly" };
        pair.ask("add_license", |pair, database| {
            let (customer, plan) = (pair.id(database, "customer", number), pair.id(database, "plan", number));
            json!({"customer_id": customer, "plan_id": plan, "billing_cycle": cycle, "create_subscription": number % 3 != 0})
        })
        .await;
        pair.ask("record_payment", |pair, database| {
            let currency = if number % 4 == 3 { "JPY" } else { "EUR" };
            let amount = json!({"amount": 1_000 * number + 7, "currency": currency});
            json!({"customer_id": pair.id(database, "customer", number / 2), "amount": amount, "method": "card", "reference": format!("R{number}")})
        })
        .await;
        pair.ask("add_domain", |pair, database| {
            let customer = pair.id(database, "customer", number);
            json!({"customer_id": customer, "name": format!("bücher{}.example", number / 2), "expires_on": "2026-12-24"})
        })
        .await;
    }
    pair.compare().await;
    pair.ask("cancel_license", |pair, database| json!({"id": pair.id(database, "license", 1)}))
        .await;
    pair.ask("cancel_license", |pair, database| json!({"id": pair.id(database, "license", 1)}))
        .await;
    pair.ask(
        "cancel_subscription",
        |pair, database| json!({"id": pair.id(database, "subscription", 0), "at": "period_end"}),
    )
    .await;
    pair.ask(
        "update_customer",
        |pair, database| json!({"id": pair.id(database, "customer", 2), "version": 1, "company_name": null}),
    )
    .await;
    pair.ask(
        "update_customer",
        |pair, database| json!({"id": pair.id(database, "customer", 2), "version": 1, "full_name": "x"}),
    )
    .await;
    pair.ask(
        "delete_customer",
        |pair, database| json!({"id": pair.id(database, "customer", 3), "version": 1}),
    )
    .await;
    pair.ask("restore_license", |pair, database| json!({"id": pair.id(database, "license", 1)}))
        .await;
    pair.pass(30 * 86_400_000).await;
    pair.compare().await;
    pair.ask(
        "delete_customer",
        |pair, database| json!({"id": pair.id(database, "customer", 0), "version": 1}),
    )
    .await;
    pair.ask(
        "restore_customer",
        |pair, database| json!({"id": pair.id(database, "customer", 0), "version": 2}),
    )
    .await;
    pair.compare().await;
    pair.end().await;
}

/// One step of random work: which operation, on which records, how.
type Step = (u8, u8, u8, u8);

async fn perform(pair: &mut Pair, number: usize, (act, one, two, how): Step) {
    let (one, two) = (usize::from(one), usize::from(two));
    let customer_of = |pair: &Pair, database| pair.id(database, "customer", one);
    let versions = [None, None, Some(1), Some(2)];
    let version = versions[usize::from(how) % 4];
    match act % 30 {
        0 | 1 => pair.ask("create_customer", |_, _| customer(number)).await,
        2 => pair.ask("create_plan", |_, _| plan(number % 7)).await,
        3..=5 => {
            pair.ask("add_license", |pair, database| {
                let cycle = if how % 2 == 0 { "monthly" } else { "yearly" };
                let (customer, plan) = (customer_of(pair, database), pair.id(database, "plan", two));
                json!({"customer_id": customer, "plan_id": plan, "billing_cycle": cycle, "create_subscription": how % 3 != 0})
            })
            .await
        }
        6 => pair.ask("cancel_license", |pair, database| json!({"id": pair.id(database, "license", one), "version": version})).await,
        7 => pair.ask("restore_license", |pair, database| json!({"id": pair.id(database, "license", one)})).await,
        8 => {
            let at = if how % 2 == 0 { "now" } else { "period_end" };
            pair.ask("cancel_subscription", |pair, database| json!({"id": pair.id(database, "subscription", one), "at": at})).await
        }
        9 => pair.ask("restore_subscription", |pair, database| json!({"id": pair.id(database, "subscription", one)})).await,
        10 => {
            let currency = ["EUR", "EUR", "USD"][usize::from(how) % 3];
            let amount = json!({"amount": 1 + two * 100, "currency": currency});
            pair.ask("record_payment", |pair, database| json!({"customer_id": customer_of(pair, database), "amount": amount, "method": "cash"})).await
        }
        11 => {
            let name = format!("d{}.example", two % 5);
            pair.ask("add_domain", |pair, database| json!({"customer_id": customer_of(pair, database), "name": name})).await
        }
        12 => {
            pair.ask("update_customer", |pair, database| {
                json!({"id": customer_of(pair, database), "version": 1 + how % 3, "is_active": how % 2 == 0, "email": format!("c{two}@example.com")})
            })
            .await
        }
        13 => pair.ask("delete_customer", |pair, database| json!({"id": customer_of(pair, database), "version": 1 + how % 3})).await,
        14 => pair.ask("restore_customer", |pair, database| json!({"id": customer_of(pair, database), "version": 1 + how % 4})).await,
        15..=27 => billing::perform(pair, act % 30 - 15, (one, two, how)).await,
        _ => {
            // From an hour to two months, and now and then back.
            let hours = [1, 24, 24 * 15, 24 * 31, 24 * 61, -24 * 3][usize::from(how) % 6];
            pair.pass(hours * 3_600_000).await;
            pair.ask("customer_stats", |_, _| json!({})).await
        }
    };
    pair.ask("list_customers", |_, _| json!({"with_stats": true, "sort": "email"}))
        .await;
    pair.verify().await;
}

#[test]
fn random_work_leaves_no_figure_wrong_and_is_answered_alike_by_both_databases() {
    let cases = std::env::var("PROPTEST_CASES")
        .ok()
        .and_then(|cases| cases.parse().ok())
        .unwrap_or(16);
    let mut runner = TestRunner::new(Config {
        cases,
        failure_persistence: None,
        max_shrink_iters: 60,
        ..Config::default()
    });
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let steps = proptest::collection::vec(any::<Step>(), 30).prop_map(|steps| {
        // Random work on an empty book would be refused for long.
        let first: [Step; 4] = [(0, 0, 0, 0), (2, 0, 0, 0), (2, 0, 0, 0), (0, 0, 0, 0)];
        first.into_iter().chain(steps).collect::<Vec<_>>()
    });
    let result = runner.run(&steps, |steps| {
        runtime.block_on(async {
            let mut pair = Pair::new().await;
            billing::begin(&mut pair).await;
            for (number, step) in steps.into_iter().enumerate() {
                perform(&mut pair, number, step).await;
            }
            pair.compare().await;
            billing::balances(&mut pair).await;
            pair.end().await;
        });
        Ok(())
    });
    if let Err(failure) = result {
        panic!("{failure}");
    }
}
