//! A month of work, and random work in a book of random settings, are answered alike by both databases, and leave no figure wrong.

mod billing;
mod checks;
mod figures;
mod head;
mod history;
mod release;
mod world;

use std::collections::{BTreeMap, BTreeSet};

use contract::{
    Currency,
    operations::{Effect, OPERATIONS},
    session::FirstRun,
};
use serde_json::{Value, json};

use crate::support::*;
use history::Act;
use world::World;

/// An id that no record has.
const NOBODY: &str = "01890000-0000-7000-8000-000000000000";

/// How often something was asked for, and how often it was done.
type Tally = BTreeMap<String, [usize; 2]>;

/// What the catch-up did and of which kinds invoices were: before the story began, which is alike in each history, and in it.
type Seen = [BTreeSet<String>; 2];

/// Asks both databases the same and compares.
struct Pair {
    books: [TestBook; 2],
    shapes: [Shape; 2],
    world: World,
    zone: chrono_tz::Tz,
    now: i64,
    /// The latest time so far: now and then the clock is set back.
    latest: i64,
    /// Ids of the records made so far, by kind, on each database.
    made: [BTreeMap<&'static str, Vec<Value>>; 2],
    /// When the story begins.
    began: i64,
    /// The smallest amount that is paid, in minor units of the book's currency.
    rounding_step: i64,
    /// What it was at each time; the clock can have been set back.
    rounding_steps: BTreeMap<i64, BTreeSet<i64>>,
    /// By operation.
    tally: Tally,
    seen: Seen,
}

/// Both books, before anything is done in them, at a time.
async fn open(world: &World, opened: i64) -> [TestBook; 2] {
    let books = [TestBook::empty(Database::Sqlite).await, TestBook::empty(Database::Postgres).await];
    for book in &books {
        book.app.set_now(contract::Timestamp(opened)).await.unwrap();
        let owner = FirstRun {
            currency: Currency::parse(world.currencies[0]),
            time_zone: Some(world.time_zone.to_owned()),
            ..owner()
        };
        book.call(owner).await.unwrap();
    }
    books
}

impl Pair {
    fn new(world: World, books: [TestBook; 2], opened: i64) -> Self {
        Self {
            books,
            shapes: Default::default(),
            zone: world.time_zone.parse().unwrap(),
            began: world.begins(),
            world,
            now: opened,
            latest: opened,
            made: Default::default(),
            rounding_step: 1,
            rounding_steps: BTreeMap::from([(opened, BTreeSet::from([1]))]),
            tally: Tally::new(),
            seen: Seen::default(),
        }
    }

    async fn pass(&mut self, millis: i64) {
        self.now += millis;
        self.latest = self.latest.max(self.now);
        for book in &self.books {
            book.app.set_now(contract::Timestamp(self.now)).await.unwrap();
            // What is due falls due at this instant in both, and not when something in the background looks next.
            book.json("get_settings", json!({})).await.unwrap();
        }
        self.note_rounding();
    }

    fn note_rounding(&mut self) {
        self.rounding_steps.entry(self.now).or_default().insert(self.rounding_step);
    }

    /// The day where the book is.
    fn today(&self) -> String {
        let now = chrono::DateTime::from_timestamp_millis(self.now).unwrap();
        now.with_timezone(&self.zone).date_naive().to_string()
    }

    /// The day before that.
    fn day_before(&self) -> String {
        let today: chrono::NaiveDate = self.today().parse().unwrap();
        today.pred_opt().unwrap().to_string()
    }

    /// The id of a record that was made, on a database.
    fn id(&self, database: usize, kind: &str, number: usize) -> Value {
        let made = self.made[database].get(kind).map(Vec::as_slice).unwrap_or_default();
        if made.is_empty() {
            json!(NOBODY)
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
        let answer = answers.remove(0);
        // A step that is never understood would be refused alike by both, and look like agreement.
        let is_understood = !answer["error"].to_string().contains(r#""rule":"unknown_field""#);
        assert!(is_understood, "{operation} {shown}: {answer}");
        self.count(operation, &answer);
        if operation == "update_billing_settings"
            && let Some(step) = answer["ok"]["rounding_step"].as_i64()
        {
            self.rounding_step = step;
            self.note_rounding();
        }
        answer
    }

    /// Counts what was asked for and what was done.
    fn count(&mut self, operation: &str, answer: &Value) {
        let is_done = usize::from(!answer["ok"].is_null());
        if listed(operation).is_some_and(|listed| listed.effect == Effect::Write) {
            let [asked, done] = self.tally.entry(operation.to_owned()).or_default();
            *asked += 1;
            *done += is_done;
        }
        if operation == "run_catch_up" {
            let seen = &mut self.seen[usize::from(self.now >= self.began)];
            for count in answer["ok"]["counts"].as_array().into_iter().flatten() {
                seen.insert(count["kind"].as_str().unwrap().to_owned());
            }
        }
    }

    /// Asks for something that is there to be read: it is not refused.
    async fn read(&mut self, operation: &str, request: Value) {
        let answer = self.ask(operation, |_, _| request.clone()).await;
        assert!(!answer["ok"].is_null(), "{operation} {request}: {answer}");
    }

    /// Lists that are of one customer, if that is asked for.
    async fn compare_customers(&mut self, list: &str) {
        for number in 0..3 {
            self.ask(
                list,
                |pair, database| json!({"customer_id": pair.id(database, "customer", number), "limit": 3}),
            )
            .await;
        }
    }

    /// Asks for everything that can be read, whole and of each customer.
    async fn compare(&mut self) {
        let today = self.today();
        // Where backups are differs from place to place.
        let lists = OPERATIONS
            .iter()
            .filter(|listed| listed.name.starts_with("list_") && listed.name != "list_backups");
        for name in lists.map(|listed| listed.name) {
            for currency in self.world.currencies {
                match name {
                    "list_recurring" | "list_recurring_customers" | "list_payers" => self.read(name, json!({"currency": currency})).await,
                    "list_billed" => {
                        let request = json!({"currency": currency, "from": "2026-01-01", "until": "2032-12-31"});
                        self.read(name, request).await;
                    }
                    "list_movements" | "list_renewals" => self.read(name, json!({"currency": currency, "month": today})).await,
                    _ => {}
                }
            }
            match name {
                "list_licenses" | "list_subscriptions" | "list_domains" | "list_invoices" | "list_credit_notes" | "list_payments"
                | "list_refunds" | "list_changes" => {
                    self.read(name, json!({})).await;
                    self.compare_customers(name).await;
                }
                "list_customers" | "list_administrators" | "list_plans" | "list_catch_up_runs" | "list_desks" => {
                    self.read(name, json!({})).await;
                }
                "list_catch_up_reminders" => {
                    let runs = self.made[0].get("run").map_or(0, Vec::len);
                    for number in runs.saturating_sub(4)..runs {
                        self.ask(name, |pair, database| json!({"run_id": pair.id(database, "run", number)}))
                            .await;
                    }
                }
                "list_renewals" => self.read(name, json!({"month": today})).await,
                "list_recurring" | "list_recurring_customers" | "list_payers" | "list_billed" | "list_movements" => {}
                other => panic!("{other} is a list that the story does not tell"),
            }
        }
        for sort in contract::customer::CustomerSort::ALL {
            for descending in [false, true] {
                self.read(
                    "list_customers",
                    json!({"sort": sort, "descending": descending, "with_stats": true}),
                )
                .await;
            }
        }
        self.read("list_customers", json!({"archived": true})).await;
        for name in ["recurring_figures", "renewal_forecast"] {
            self.read(name, json!({"months": 12})).await;
        }
        for name in ["cohorts", "billed_by_plan"] {
            for currency in self.world.currencies {
                self.read(name, json!({"months": 12, "currency": currency})).await;
            }
        }
        for name in [
            "customer_stats",
            "attention",
            "get_settings",
            "get_billing_settings",
            "current_session",
            "receivables",
            "plan_catch_up",
            "rehearse_catch_up",
            "number_report",
            "exchange_rates",
        ] {
            self.read(name, json!({})).await;
        }
        self.read("monthly_figures", json!({"months": 14})).await;
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
}

fn kind_of(operation: &str) -> Option<&'static str> {
    match operation {
        "create_customer" => Some("customer"),
        "create_plan" => Some("plan"),
        "add_license" => Some("license"),
        "create_subscription" => Some("subscription"),
        "run_catch_up" => Some("run"),
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
        "password": PASSWORD, "is_active": number % 5 != 4,
    })
}

async fn close(books: [TestBook; 2]) {
    for book in books {
        book.end().await;
    }
}

#[tokio::test]
async fn a_month_of_work_is_answered_alike_by_both_databases() {
    let world = World::usual();
    let opened = world.begins();
    let books = open(&world, opened).await;
    let mut pair = Pair::new(world, books.clone(), opened);
    billing::begin(&mut pair).await;
    for number in 0..3 {
        let plan = pair.world.plan(number);
        pair.ask("create_plan", |_, _| plan.clone()).await;
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
    checks::balances(&mut pair).await;
    close(books).await;
}
