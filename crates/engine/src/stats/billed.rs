//! `billed_by_plan`, and `list_billed`, which proves it.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{Months, NaiveDate};
use contract::{
    Currency, Money,
    recurring::{BilledByPlan, BilledByPlanRequest, BilledItem, BilledOfPlan, BilledPage, ListBilled},
};
use sea_orm::{QueryResult, Value};
use uuid::Uuid;

use super::spans;
use crate::{
    call::Run,
    customer::names,
    error::{Error, Result},
    figure,
    page::{Part, list_mark},
    plan,
    scope::Scope,
    zone,
};

/// The plan of a document `d`: that of the subscription of its invoice on the first day that is billed. A subscription of which
/// nothing recurred by then has the plan that it has now.
pub const PLAN: &str = "COALESCE((SELECT r.plan_id FROM recurring r WHERE r.subscription_id = d.subscription_id
    AND r.starts_on <= COALESCE((SELECT MIN(l.period_start) FROM invoice_line l WHERE l.invoice_id = d.invoice_id), d.sold_on)
    ORDER BY r.starts_on DESC LIMIT 1), (SELECT s.plan_id FROM subscription s WHERE s.id = d.subscription_id))";

/// A query of what was issued: the final invoices that are not void, and the credit notes, whose rows `t` fulfill a condition. Its
/// values are asked of each of the two. Its columns of an invoice are in an index, because most are asked for nothing else.
pub fn documents(condition: &str) -> String {
    format!("{} UNION ALL {}", invoices(condition), credit_notes(condition))
}

/// The same of the invoices alone.
pub fn invoices(condition: &str) -> String {
    format!(
        "SELECT t.id AS id, t.id AS invoice_id, t.customer_id AS customer_id, t.subscription_id AS subscription_id,
           t.currency AS currency, t.issued_on AS sold_on, t.issued_on AS issued_on, t.net AS net
         FROM invoice t WHERE t.status NOT IN ('draft', 'void') AND {condition}"
    )
}

/// The same of the credit notes alone.
pub fn credit_notes(condition: &str) -> String {
    format!(
        "SELECT t.id AS id, t.invoice_id AS invoice_id, t.customer_id AS customer_id, x.subscription_id AS subscription_id,
           t.currency AS currency, x.issued_on AS sold_on, t.issued_on AS issued_on, -t.net AS net
         FROM credit_note t JOIN invoice x ON x.id = t.invoice_id WHERE x.status <> 'void' AND {condition}"
    )
}

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

/// What was billed by plan, without tax, and by how many documents, of each day on which there were some.
type ByDay = BTreeMap<NaiveDate, BTreeMap<Option<Uuid>, (i64, u64)>>;

/// What was billed from one day to another, by the figures of the book.
async fn by_day(scope: &Scope, currency: Currency, from: NaiveDate, until: NaiveDate) -> Result<ByDay> {
    let code = currency.code();
    // What comes after the space that the keys of a day go on with.
    let (from, to) = (format!("{code} {from}"), format!("{code} {until}!"));
    let mut found = ByDay::new();
    for ((kind, key), amount) in figure::range(scope, &[figure::BILLED, figure::BILLED_DOCUMENTS], &from, &to).await? {
        let broken = || Error::Fault(format!("figure {kind} {key}"));
        let mut parts = key.split(' ').skip(1);
        let day = parts.next().and_then(|day| day.parse::<NaiveDate>().ok()).ok_or_else(broken)?;
        let plan = parts.next().map(Uuid::parse_str).transpose().map_err(|_| broken())?;
        let own = found.entry(day).or_default().entry(plan).or_default();
        if kind == figure::BILLED {
            own.0 += amount;
        } else {
            own.1 += u64::try_from(amount)?;
        }
    }
    Ok(found)
}

/// The days whose documents are on a page, the first and the last, and how many of those days, the newest first, come before it.
fn days_of(page: &Part, days: &[(NaiveDate, usize)]) -> Option<(NaiveDate, NaiveDate, usize)> {
    let (mut before, mut found) = (0, None);
    for (day, documents) in days.iter().rev() {
        let through = before + documents;
        if through > page.start && before < page.end {
            let (_, last, skipped) = found.unwrap_or((*day, *day, page.start.saturating_sub(before)));
            found = Some((*day, last, skipped));
        }
        before = through;
    }
    found
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
        by_plan(scope, self.currency, self.months).await
    }
}

async fn by_plan(scope: &Scope, currency: Currency, months: u32) -> Result<BilledByPlan> {
    let until = scope.today();
    let from = zone::month_of(until)
        .checked_sub_months(Months::new(months.saturating_sub(1)))
        .ok_or_else(|| Error::Fault("the calendar ends".to_owned()))?;
    let mut by_plan: BTreeMap<Option<Uuid>, (i64, u64)> = BTreeMap::new();
    for (plan, (net, documents)) in by_day(scope, currency, from, until).await?.into_values().flatten() {
        let own = by_plan.entry(plan).or_default();
        *own = (own.0 + net, own.1 + documents);
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

/// So many documents of some days, with their plans, the newest first, after some that are skipped.
async fn rows(
    scope: &Scope,
    asked: &ListBilled,
    (from, until): (NaiveDate, NaiveDate),
    (number, skipped): (usize, usize),
) -> Result<Vec<QueryResult>> {
    let of_days = format!(
        "t.currency = ? AND t.issued_on >= ? AND t.issued_on <= ? AND {}",
        spans::counts(scope)
    );
    let documents = documents(&of_days);
    let of_each: [Value; 3] = [asked.currency.code().into(), from.into(), until.into()];
    let mut values = [of_each.clone(), of_each].concat();
    // Which plan each belongs to is asked of all only where that is what is looked for.
    let own = match asked.plan_id {
        Some(plan) => {
            values.push(plan.0.into());
            format!("({documents}) AS d WHERE {PLAN} = ?")
        }
        None if asked.without_plan => format!("({documents}) AS d WHERE {PLAN} IS NULL"),
        None => format!("({documents}) AS d"),
    };
    let sql = format!(
        "SELECT d.customer_id AS customer_id, COALESCE(i.number, n.number) AS number, d.issued_on AS issued_on, d.net AS net,
           {PLAN} AS plan_id
         FROM (SELECT d.* FROM {own} ORDER BY d.issued_on DESC, d.id LIMIT {number} OFFSET {skipped}) AS d
         LEFT JOIN invoice i ON i.id = d.id LEFT JOIN credit_note n ON n.id = d.id
         ORDER BY d.issued_on DESC, d.id"
    );
    scope.rows(&sql, values).await
}

impl Run for ListBilled {
    async fn run(self, scope: &Scope) -> Result<BilledPage> {
        let is_wanted = |plan: Option<Uuid>| match self.plan_id {
            Some(wanted) => plan == Some(wanted.0),
            None => !self.without_plan || plan.is_none(),
        };
        let (mut days, mut sum) = (Vec::new(), 0);
        for (day, plans) in by_day(scope, self.currency, self.from, self.until).await? {
            let own = plans.into_iter().filter(|(plan, _)| is_wanted(*plan)).map(|(_, own)| own);
            let (net, documents) = own.fold((0, 0), |all, own| (all.0 + own.0, all.1 + own.1));
            days.push((day, usize::try_from(documents)?));
            sum += net;
        }
        let total: usize = days.iter().map(|(_, documents)| documents).sum();
        let mark = list_mark(&("billed", self.currency, self.from, self.until, self.plan_id, self.without_plan))?;
        let page = Part::read(&mark, total, self.limit, self.after.as_deref())?;
        let rows = match days_of(&page, &days) {
            Some((from, until, skipped)) => rows(scope, &self, (from, until), (page.end - page.start, skipped)).await?,
            None => Vec::new(),
        };
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
