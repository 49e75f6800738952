//! Sample data: a small software vendor's last five years, the same for the same seed and time.
//!
//! Each customer is drawn from a series of numbers of its own, in one pass over the days that numbers the invoices and
//! one that writes, so that the memory it takes does not grow with the number of records.

mod calendar;
mod load;
mod money;
mod names;
mod outline;
mod people;
mod plans;
mod random;
mod sales;
mod vendor;

use std::collections::BTreeMap;

use contract::{Currency, Noun, Validate, session::FirstRun};
use sea_orm::EntityTrait;
use serde_json::json;

use self::{
    calendar::Calendar,
    load::Batch,
    money::Clerk,
    outline::{Numbers, Outline},
    people::{People, Taken, owner},
    random::{Random, Stream},
    sales::Seller,
};
use crate::{
    app::App,
    change::Entry,
    db,
    entity::{customer, invoice_series, plan},
    error::{Error, Result},
    figure, password,
    scope::Scope,
    session, summary,
};

/// The address of the administrator of a sample book.
pub const OWNER_EMAIL: &str = "owner@example.com";
/// The name of that administrator.
const OWNER_NAME: &str = "Olivia Owner";
/// Customers that one transaction writes.
const AT_ONCE: usize = 1_000;

/// Fills an empty book with sample data: the administrator [`OWNER_EMAIL`] with the given password, plans, and customers
/// with licenses, subscriptions, domains, invoices and payments.
///
/// # Errors
/// `Invalid` for a password that an administrator must not have; `Conflict` for a book that is not empty.
pub async fn fill(app: &App, customers: u32, seed: u64, password: &str) -> std::result::Result<(), contract::Error> {
    fill_watched(app, customers, seed, password, &mut |_| {}).await
}

/// The same; `watch` is told how many customers are written, after each of many transactions.
///
/// # Errors
/// As [`fill`].
pub async fn fill_watched(
    app: &App,
    customers: u32,
    seed: u64,
    password: &str,
    watch: &mut (dyn FnMut(u32) + Send),
) -> std::result::Result<(), contract::Error> {
    let request = FirstRun {
        full_name: OWNER_NAME.to_owned(),
        email: OWNER_EMAIL.to_owned(),
        password: password.into(),
        book_name: None,
        currency: None,
        time_zone: None,
    };
    request.validate().map_err(|fields| contract::Error::Invalid { fields })?;
    write(app, customers, seed, password, watch)
        .await
        .map_err(|error| app.broken("demo", error))
}

async fn write(app: &App, customers: u32, seed: u64, password: &str, watch: &mut (dyn FnMut(u32) + Send)) -> Result<()> {
    password::check(password, true, &[OWNER_NAME.to_owned(), OWNER_EMAIL.to_owned()])?;
    let scope = Scope::read(&app.0, None, "demo").await?;
    session::require_empty(&scope).await?;
    let mut random = Random::new(seed, Stream::Passwords, 0);
    let salts = [random.bytes(), random.bytes()];
    let owner_hash = password::hash_with_salt(&app.0, password, true, salts[0]).await?;
    // Nobody knows it: customers do not sign in here.
    let secret = crate::random::hex(&random.bytes::<16>());
    let customer_hash = password::hash_with_salt(&app.0, &secret, false, salts[1]).await?;

    let calendar = Calendar::new(scope.zone, scope.now.0);
    let currency = scope.currency()?;
    let plans = plans::plans(seed, &calendar, &plans::currencies(currency));
    let mut people = People {
        seed,
        calendar: &calendar,
        password_hash: &customer_hash,
        emails: Taken::default(),
        domains: Taken::default(),
    };
    let seller = Seller {
        seed,
        calendar: &calendar,
        plans: &plans,
    };
    let vendor = vendor::set_up(app, &scope, seed, calendar.now).await?;
    let mut clerk = Clerk {
        seed,
        calendar: &calendar,
        plans: &plans,
        seller: &vendor.seller,
        run: vendor.run,
        numbers: Numbers::new(seed, &calendar, customers),
    };
    let transaction = app.0.db.begin().await?;
    load::insert::<plan::ActiveModel>(&transaction, plans.clone()).await?;
    transaction.commit().await?;

    let writer = app.0.db.writer();
    let aside = db::begin_load(&writer).await?;
    let mut figures = BTreeMap::new();
    let loaded = async {
        let mut numbers = (0..customers).peekable();
        while numbers.peek().is_some() {
            let mut batch = Batch::default();
            for number in numbers.by_ref().take(AT_ONCE) {
                let outline = Outline::new(seed, &calendar, number, customers);
                let person = people.person(&outline)?;
                let mut sales = seller.sell(&outline, &person);
                let money = clerk.keep(&outline, &person, &sales);
                sales.fall_behind(&money);
                let domains = people.domains(&outline, &person);
                batch.add(person.row, domains, sales, money, (currency.code(), scope.zone), &mut figures);
            }
            let transaction = app.0.db.begin().await?;
            batch.write(&transaction).await?;
            transaction.commit().await?;
            watch(numbers.peek().copied().unwrap_or(customers));
        }
        Ok::<(), Error>(())
    }
    .await;
    // Whatever came of it, and on the connections of now: a book must not be left without its orders.
    let ended = db::end_load(&app.0.db.writer(), aside).await;
    loaded.and(ended.map_err(Error::from))?;
    let owner = owner(seed, &calendar, OWNER_EMAIL, OWNER_NAME, owner_hash)?;
    finish(app, (customers, seed), owner, &clerk.numbers, &calendar, currency, figures).await
}

/// Ends the load: the administrator comes last, because a book without one is not finished.
async fn finish(
    app: &App,
    (customers, seed): (u32, u64),
    owner: customer::Model,
    numbers: &Numbers,
    calendar: &Calendar,
    currency: Currency,
    figures: BTreeMap<figure::Key, i64>,
) -> Result<()> {
    let scope = Scope::write(&app.0, None, "demo").await?;
    for (name, last_number, last_issued_on) in numbers.last(calendar) {
        let series = invoice_series::Model {
            kind: "invoice".to_owned(),
            name,
            first_number: 1,
            last_number,
            last_issued_on: Some(last_issued_on),
        };
        invoice_series::Entity::insert(invoice_series::ActiveModel::from(series))
            .exec_without_returning(&scope)
            .await?;
    }
    let own = summary::derive(&owner, summary::Counts::default(), BTreeMap::new(), currency.code(), scope.zone);
    customer::Entity::insert(customer::ActiveModel::from(owner.clone()))
        .exec_without_returning(&scope)
        .await?;
    summary::store(&scope, owner.id, None, Some(&own)).await?;
    figure::book(&scope, &figures).await?;
    scope.log(Entry {
        noun: Noun::Settings,
        id: scope.book.id,
        subject: scope.book.name.clone(),
        customer: None,
        version: scope.book.version,
        fields: vec![
            ("sample_customers".to_owned(), None, Some(json!(customers))),
            ("sample_seed".to_owned(), None, Some(json!(seed.to_string()))),
        ],
    });
    scope.commit().await
}
