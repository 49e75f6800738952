//! Checks a book: every kept figure against what the records say, sums of money, the chain of the change log, the file.

mod chain;
mod money;
mod records;
mod states;
mod terms;

use std::collections::BTreeMap;

use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Select};
use serde::Serialize;
use uuid::Uuid;

use self::records::Part;

use crate::{
    app::App,
    call::{explain, swapped},
    db::{self, Stop},
    entity::{customer, customer_money, customer_summary},
    error::{Error, Result},
    figure::{self, Key},
    scope::Scope,
    summary::Figures,
    watch::Watch,
};

/// Why a check that nobody waits for any more has no result.
fn given_up() -> Error {
    Error::Refused(contract::Error::Unavailable {
        outcome: contract::Outcome::NotDone,
        key: None,
    })
}

/// How often it is asked whether a check is still wanted.
const LOOK: std::time::Duration = std::time::Duration::from_millis(50);

/// A stored value that is not what it should be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// The table.
    pub table: String,
    /// The row, by its key.
    pub row: String,
    /// The column.
    pub column: String,
    /// What it should be.
    pub expected: String,
    /// What it is.
    pub found: String,
}

impl Finding {
    fn new(table: &str, row: impl ToString, column: &str, expected: impl ToString, found: impl ToString) -> Self {
        Self {
            table: table.to_owned(),
            row: row.to_string(),
            column: column.to_owned(),
            expected: expected.to_string(),
            found: found.to_string(),
        }
    }
}

/// The result of a check.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Verification {
    /// Everything that is not what it should be.
    pub findings: Vec<Finding>,
    /// Customers that were looked at, administrators and deleted ones included.
    pub customers: u64,
    /// Figures of the book that were compared.
    pub figures: u64,
    /// Entries of the change log that were followed.
    pub changes: u64,
}

impl App {
    /// Checks the book. Changes nothing.
    ///
    /// # Errors
    /// The book could not be read.
    pub async fn verify(&self) -> std::result::Result<Verification, contract::Error> {
        self.verify_watched(&()).await
    }

    /// The same, and says how far it is. Given up, it answers `Unavailable`.
    ///
    /// # Errors
    /// As [`App::verify`].
    pub async fn verify_watched(&self, watch: &dyn Watch) -> std::result::Result<Verification, contract::Error> {
        self.check(watch).await.map_err(|error| self.broken("verify", error))
    }

    async fn check(&self, watch: &dyn Watch) -> Result<Verification> {
        // All of it takes long, and each statement may. On the heap: it would fill a good part of the stack of whoever waits for it.
        self.0.db.while_heard(Box::pin(self.check_all(watch))).await?
    }

    async fn check_all(&self, watch: &dyn Watch) -> Result<Verification> {
        let scope = Scope::snapshot(&self.0, "verify").await?;
        let mut verified = Verification::default();
        let checked = self.check_in(&scope, watch, &mut verified).await;
        scope.rollback().await;
        match checked {
            // What cannot be read is a finding. What would be looked at after it is not: a server answers nothing more.
            Err(Error::Broken(error)) if db::damage(&error).is_some() => {
                let finding = Finding::new("file", "", "", "ok", db::damage(&error).unwrap_or_default());
                if !verified.findings.contains(&finding) {
                    verified.findings.push(finding);
                }
                Ok(verified)
            }
            checked => checked.map(|()| verified),
        }
    }

    /// What SQLite itself says of the file; the one step that can take minutes in one query.
    async fn check_file(&self, watch: &dyn Watch) -> Result<Vec<String>> {
        let stop = Stop::default();
        let checked = self.0.db.check_file(&stop);
        tokio::pin!(checked);
        loop {
            match tokio::time::timeout(LOOK, &mut checked).await {
                Ok(Err(_)) if watch.is_canceled() => return Err(given_up()),
                // The check itself ends at a page that it cannot make sense of at all.
                Ok(Err(error)) if db::damage(&error).is_some() => {
                    return Ok(db::damage(&error).map(str::to_owned).into_iter().collect());
                }
                Ok(checked) => return Ok(checked?),
                Err(_) if watch.is_canceled() => stop.stop().await,
                Err(_) => {}
            }
        }
    }

    async fn check_in(&self, scope: &Scope, watch: &dyn Watch, verified: &mut Verification) -> Result<()> {
        let step = |number: u64, name: &str| {
            watch.at(name, number, 6);
            if watch.is_canceled() { Err(given_up()) } else { Ok(()) }
        };
        step(0, "the file")?;
        let findings = &mut verified.findings;
        for text in self.check_file(watch).await? {
            findings.push(Finding::new("file", "", "", "ok", text));
        }
        step(1, "figures of customers")?;
        let (customers, expected) = compare_customers(scope, watch, findings).await?;
        verified.customers = customers;
        step(2, "search and figures of the book")?;
        for (seq, expected, found) in crate::db::index_faults(scope).await? {
            findings.push(Finding::new("customer_index", seq, "", expected, found));
        }
        verified.figures = compare_figures(scope, expected, findings).await?;
        step(3, "money")?;
        money::check(scope, watch, findings).await?;
        step(4, "states")?;
        states::check(scope, watch, findings).await?;
        step(5, "the change log")?;
        verified.changes = chain::check(scope, findings).await?;
        Ok(())
    }

    /// Logs what broke, for those who call without the gate, and tells of it what the gate would tell.
    pub(crate) fn broken(&self, what: &str, error: Error) -> contract::Error {
        swapped::told(self, explain(what, error, None))
    }
}

/// Rows that are looked at together: however large the book is, no more are in memory.
const AT_ONCE: u64 = 500;

/// The next rows of a table by their identifiers.
async fn page<E: EntityTrait>(scope: &Scope, rows: Select<E>, id: E::Column, after: Uuid) -> Result<Vec<E::Model>> {
    Ok(rows.filter(id.gt(after)).order_by_asc(id).limit(AT_ONCE).all(scope).await?)
}

/// Compares what is kept of each customer; answers with how many there are, and what the figures of the book have to be.
async fn compare_customers(scope: &Scope, watch: &dyn Watch, findings: &mut Vec<Finding>) -> Result<(u64, BTreeMap<Key, i64>)> {
    let (mut count, mut sums) = (0, BTreeMap::new());
    let mut after = Uuid::nil();
    loop {
        let rows = page(scope, customer::Entity::find(), customer::Column::Id, after).await?;
        let number = u64::try_from(rows.len())?;
        // The last part goes on to the end, so that what is kept of nobody is found too.
        let last = rows.last().filter(|_| number == AT_ONCE).map(|row| row.id);
        let part = Part {
            after,
            through: last.unwrap_or(Uuid::max()),
        };
        let expected = records::figures(scope, part, rows).await?;
        compare_summaries(scope, part, &expected, findings).await?;
        for figures in expected.values() {
            figure::add(&mut sums, Some(figures));
        }
        count += number;
        if watch.is_canceled() {
            return Err(given_up());
        }
        match last {
            Some(last) => after = last,
            None => return Ok((count, sums)),
        }
    }
}

async fn compare_summaries(scope: &Scope, part: Part, expected: &BTreeMap<Uuid, Figures>, findings: &mut Vec<Finding>) -> Result<()> {
    let stored = customer_summary::Entity::find()
        .filter(customer_summary::Column::CustomerId.gt(part.after))
        .filter(customer_summary::Column::CustomerId.lte(part.through));
    let stored = stored.all(scope).await?.into_iter();
    let mut stored: BTreeMap<Uuid, customer_summary::Model> = stored.map(|row| (row.customer_id, row)).collect();
    let money = customer_money::Entity::find()
        .filter(customer_money::Column::CustomerId.gt(part.after))
        .filter(customer_money::Column::CustomerId.lte(part.through));
    let money = money.all(scope).await?.into_iter();
    let mut money: BTreeMap<(Uuid, String), customer_money::Model> =
        money.map(|row| ((row.customer_id, row.currency.clone()), row)).collect();
    for (id, want) in expected {
        match stored.remove(id) {
            None => findings.push(Finding::new("customer_summary", id, "", "a row", "none")),
            Some(have) => compare_rows(
                "customer_summary",
                &id.to_string(),
                &serde_json::to_value(Summary(&want.summary))?,
                &serde_json::to_value(Summary(&have))?,
                findings,
            ),
        }
        for (currency, want) in &want.money {
            let row = format!("{id} {currency}");
            match money.remove(&(*id, currency.clone())) {
                None => findings.push(Finding::new("customer_money", row, "", "a row", "none")),
                Some(have) => compare_rows("customer_money", &row, &money_json(want), &money_json(&have), findings),
            }
        }
    }
    findings.extend(stored.keys().map(|id| Finding::new("customer_summary", id, "", "no row", "a row")));
    findings.extend(
        money
            .keys()
            .map(|(id, currency)| Finding::new("customer_money", format!("{id} {currency}"), "", "no row", "a row")),
    );
    Ok(())
}

/// A summary as JSON, by column.
struct Summary<'a>(&'a customer_summary::Model);

impl Serialize for Summary<'_> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        let row = self.0;
        serde_json::json!({
            "created_at": row.created_at, "place": row.place, "is_active": row.is_active, "full_name_key": row.full_name_key,
            "email_key": row.email_key, "company_name_key": row.company_name_key, "search_text": row.search_text,
            "total_licenses": row.total_licenses, "active_licenses": row.active_licenses,
            "total_subscriptions": row.total_subscriptions, "active_subscriptions": row.active_subscriptions,
            "total_domains": row.total_domains, "total_invoices": row.total_invoices, "outstanding_invoices": row.outstanding_invoices,
            "revenue": row.revenue, "outstanding": row.outstanding, "last_payment_date": row.last_payment_date,
        })
        .serialize(serializer)
    }
}

fn money_json(row: &customer_money::Model) -> serde_json::Value {
    serde_json::json!({"payments": row.payments, "paid": row.paid, "refunded": row.refunded, "outstanding": row.outstanding, "overdue": row.overdue})
}

fn compare_rows(table: &str, row: &str, want: &serde_json::Value, have: &serde_json::Value, findings: &mut Vec<Finding>) {
    let (Some(want), Some(have)) = (want.as_object(), have.as_object()) else {
        return;
    };
    for (column, want) in want {
        let have = have.get(column).unwrap_or(&serde_json::Value::Null);
        if want != have {
            findings.push(Finding::new(table, row, column, want, have));
        }
    }
}

async fn compare_figures(scope: &Scope, mut want: BTreeMap<Key, i64>, findings: &mut Vec<Finding>) -> Result<u64> {
    let sql = format!(
        "SELECT kind, key, {} AS amount FROM figure GROUP BY kind, key",
        crate::db::sum(scope, "amount")
    );
    let mut compared = 0;
    for row in scope.rows(&sql, Vec::new()).await? {
        let (kind, key, have): (String, String, i64) = (row.try_get("", "kind")?, row.try_get("", "key")?, row.try_get("", "amount")?);
        let want = figure::kind(&kind).and_then(|kind| want.remove(&(kind, key.clone()))).unwrap_or(0);
        compared += 1;
        if want != have {
            findings.push(Finding::new("figure", format!("{kind} {key}"), "amount", want, have));
        }
    }
    for ((kind, key), amount) in want {
        compared += 1;
        if amount != 0 {
            findings.push(Finding::new("figure", format!("{kind} {key}"), "amount", amount, 0));
        }
    }
    Ok(compared)
}
