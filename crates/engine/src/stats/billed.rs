//! `billed_by_plan`, and `list_billed`, which proves it.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{Months, NaiveDate};
use contract::{
    Currency, Money,
    recurring::{BilledByPlan, BilledByPlanRequest, BilledItem, BilledOfPlan, BilledPage, ListBilled},
};
use sea_orm::{QueryResult, Value};
use uuid::Uuid;

use super::{kept, spans};
use crate::{
    call::Run,
    customer::names,
    db,
    error::{Error, Result},
    page::{Part, list_mark},
    plan,
    scope::Scope,
    zone,
};

/// The plan of a document `d`: that of the subscription of its invoice on the first day that is billed. A subscription of which
/// nothing recurred by then has the plan that it has now.
const PLAN: &str = "COALESCE((SELECT r.plan_id FROM recurring r WHERE r.subscription_id = d.subscription_id
    AND r.starts_on <= COALESCE((SELECT MIN(l.period_start) FROM invoice_line l WHERE l.invoice_id = d.invoice_id), d.sold_on)
    ORDER BY r.starts_on DESC LIMIT 1), (SELECT s.plan_id FROM subscription s WHERE s.id = d.subscription_id))";

/// A final invoice or a credit note.
#[derive(Clone, Debug)]
struct Document {
    customer: Uuid,
    number: String,
    issued_on: NaiveDate,
    plan: Option<Uuid>,
    /// Without tax; less than nothing for a credit note.
    net: i64,
}

impl Document {
    fn read(row: &QueryResult) -> Result<Self> {
        Ok(Self {
            customer: row.try_get("", "customer_id")?,
            number: row.try_get("", "number")?,
            issued_on: row.try_get("", "issued_on")?,
            plan: row.try_get("", "plan_id")?,
            net: row.try_get("", "net")?,
        })
    }
}

/// A query of what was issued from one day to another, with its values. Its columns are in an index, because most are asked for
/// nothing else.
fn documents(scope: &Scope, currency: Currency, from: NaiveDate, until: NaiveDate) -> (String, Vec<Value>) {
    let sql = format!(
        "SELECT t.id AS id, t.id AS invoice_id, t.customer_id AS customer_id, t.subscription_id AS subscription_id,
           t.issued_on AS sold_on, t.issued_on AS issued_on, t.net AS net
         FROM invoice t
         WHERE t.status NOT IN ('draft', 'void') AND t.currency = ? AND t.issued_on >= ? AND t.issued_on <= ? AND {live}
         UNION ALL
         SELECT t.id, t.invoice_id, t.customer_id, x.subscription_id, x.issued_on, t.issued_on, -t.net
         FROM credit_note t JOIN invoice x ON x.id = t.invoice_id
         WHERE x.status <> 'void' AND t.currency = ? AND t.issued_on >= ? AND t.issued_on <= ? AND {live}",
        live = spans::counts(scope)
    );
    let of_each: [Value; 3] = [currency.code().into(), from.into(), until.into()];
    (sql, [of_each.clone(), of_each].concat())
}

/// The name of a plan, if there is one.
async fn name(scope: &Scope, plan: Option<Uuid>) -> Result<Option<String>> {
    match plan {
        None => Ok(None),
        Some(id) => Ok(Some(plan::find(scope, id.into()).await?.name)),
    }
}

impl Run for BilledByPlanRequest {
    async fn run(self, scope: &Scope) -> Result<BilledByPlan> {
        let mark = list_mark(&("billed by plan", self.currency, self.months))?;
        let found = kept::or(scope, &mark, |_| 1, by_plan(scope, self.currency, self.months)).await?;
        Ok(BilledByPlan::clone(&found))
    }
}

async fn by_plan(scope: &Scope, currency: Currency, months: u32) -> Result<BilledByPlan> {
    let until = scope.today();
    let running = zone::month_of(until);
    let from = running
        .checked_sub_months(Months::new(months.saturating_sub(1)))
        .ok_or_else(|| Error::Fault("the calendar ends".to_owned()))?;
    let mut by_plan: BTreeMap<Option<Uuid>, (i64, u64)> = BTreeMap::new();
    // Month by month, so that no more documents are sorted at once.
    let mut first = from;
    while first <= until {
        let next = first.checked_add_months(Months::new(1)).unwrap_or(NaiveDate::MAX);
        let last = next.pred_opt().unwrap_or(next).min(until);
        let (documents, values) = documents(scope, currency, first, last);
        let sql = format!(
            "SELECT b.plan_id AS plan_id, {} AS net, COUNT(*) AS documents
             FROM (SELECT d.net AS net, {PLAN} AS plan_id FROM ({documents}) AS d {}) AS b GROUP BY b.plan_id",
            db::sum(scope, "b.net"),
            db::APART,
        );
        for row in scope.rows(&sql, values).await? {
            let (net, documents): (i64, i64) = (row.try_get("", "net")?, row.try_get("", "documents")?);
            let own = by_plan.entry(row.try_get("", "plan_id")?).or_default();
            *own = (own.0 + net, own.1 + u64::try_from(documents)?);
        }
        first = next;
    }
    let money = |amount: i64| Money::new(amount, currency);
    let total: i64 = by_plan.values().map(|(net, _)| net).sum();
    let documents: u64 = by_plan.values().map(|(_, documents)| documents).sum();
    let mut plans = Vec::with_capacity(by_plan.len());
    for (plan, (net, documents)) in by_plan {
        plans.push(BilledOfPlan {
            plan_id: plan.map(Into::into),
            plan_name: name(scope, plan).await?,
            billed: money(net),
            documents,
        });
    }
    plans.sort_by(|a, b| (b.billed.amount, &a.plan_name).cmp(&(a.billed.amount, &b.plan_name)));
    Ok(BilledByPlan {
        from,
        until,
        total: money(total),
        documents,
        plans,
    })
}

/// How many documents a query finds, and what they come to.
async fn total(scope: &Scope, sql: &str, values: Vec<Value>) -> Result<(i64, i64)> {
    match scope.row(sql, values).await? {
        Some(row) => Ok((row.try_get("", "documents")?, row.try_get("", "net")?)),
        None => Ok((0, 0)),
    }
}

impl Run for ListBilled {
    async fn run(self, scope: &Scope) -> Result<BilledPage> {
        let (documents, mut values) = documents(scope, self.currency, self.from, self.until);
        // Which plan each belongs to is asked of all only where that is what is looked for.
        let own = match self.plan_id {
            Some(plan) => {
                values.push(plan.0.into());
                format!("({documents}) AS d WHERE {PLAN} = ?")
            }
            None if self.without_plan => format!("({documents}) AS d WHERE {PLAN} IS NULL"),
            None => format!("({documents}) AS d"),
        };
        let sql = format!("SELECT COUNT(*) AS documents, {} AS net FROM {own}", db::sum(scope, "d.net"));
        let mark = list_mark(&("billed", self.currency, self.from, self.until, self.plan_id, self.without_plan))?;
        let found = kept::or(scope, &mark, |_| 1, total(scope, &sql, values.clone())).await?;
        let (total, sum) = *found;
        let page = Part::read(&mark, usize::try_from(total)?, self.limit, self.after.as_deref())?;
        let sql = format!(
            "SELECT d.customer_id AS customer_id, COALESCE(i.number, n.number) AS number, d.issued_on AS issued_on, d.net AS net,
               {PLAN} AS plan_id
             FROM (SELECT d.* FROM {own} ORDER BY d.issued_on DESC, d.id LIMIT {} OFFSET {}) AS d
             LEFT JOIN invoice i ON i.id = d.id LEFT JOIN credit_note n ON n.id = d.id
             ORDER BY d.issued_on DESC, d.id",
            page.end - page.start,
            page.start,
        );
        let rows = scope.rows(&sql, values).await?;
        let shown: Vec<Document> = rows.iter().map(Document::read).collect::<Result<_>>()?;
        let names = names(scope, shown.iter().map(|document| document.customer)).await?;
        let different: BTreeSet<Option<Uuid>> = shown.iter().map(|document| document.plan).collect();
        let mut plans: BTreeMap<Option<Uuid>, Option<String>> = BTreeMap::new();
        for plan in different {
            plans.insert(plan, name(scope, plan).await?);
        }
        let item = |document: &Document| BilledItem {
            customer_id: document.customer.into(),
            customer_name: names.get(&document.customer).cloned().unwrap_or_default(),
            number: document.number.clone(),
            issued_on: document.issued_on,
            plan_name: plans.get(&document.plan).cloned().flatten(),
            net: Money::new(document.net, self.currency),
        };
        Ok(BilledPage {
            items: shown.iter().map(item).collect(),
            next: page.next,
            previous: None,
            total: u64::try_from(total)?,
            total_is_exact: true,
            sum: Money::new(sum, self.currency),
        })
    }
}
