//! `recurring_figures` and `list_recurring`.
//!
//! Amounts are exact: twelfths of a minor unit, because a yearly price counts one twelfth a month. They are rounded when all
//! have been summed, and parts of a rounded sum are given out so that they sum to it.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{Datelike, Months, NaiveDate};
use contract::{
    BillingCycle, Currency, Money,
    money::{divide, scale, share_out},
    recurring::{
        ListRecurring, MovementKind, RecurringFigures, RecurringFiguresRequest, RecurringItem, RecurringMonth, RecurringOfCurrency,
        RecurringOfPlan, RecurringPage,
    },
};
use sea_orm::QueryResult;
use uuid::Uuid;

use super::net::Net;
use crate::{
    call::Run,
    error::{Error, Result, unknown_word},
    figure, license,
    page::{Part, list_mark},
    scope::Scope,
    zone,
};

/// Twelfths in a minor unit.
pub const TWELFTHS: i64 = 12;
/// Millionths in a whole.
const MILLION: i64 = 1_000_000;

/// A time in which something recurred.
pub struct Span {
    pub customer: Uuid,
    plan: Uuid,
    starts_on: NaiveDate,
    ends_on: Option<NaiveDate>,
    /// A month without tax, in twelfths.
    pub monthly: i64,
}

impl Span {
    pub fn read(row: &QueryResult, net: &Net) -> Result<Self> {
        let (amount, months): (i64, i64) = (row.try_get("", "amount")?, row.try_get("", "months")?);
        let customer = row.try_get("", "customer_id")?;
        Ok(Self {
            customer,
            plan: row.try_get("", "plan_id")?,
            starts_on: row.try_get("", "starts_on")?,
            ends_on: row.try_get("", "ends_on")?,
            monthly: net.of(customer, amount) * (TWELFTHS / months.max(1)),
        })
    }

    fn covers(&self, day: NaiveDate) -> bool {
        self.starts_on <= day && self.ends_on.is_none_or(|end| end > day)
    }
}

pub fn rounded(twelfths: i64) -> i64 {
    divide(twelfths, TWELFTHS).unwrap_or(0)
}

/// The months up to today, each with its last day that counts.
fn months(today: NaiveDate, count: u32) -> Vec<(NaiveDate, NaiveDate)> {
    let running = zone::month_of(today);
    (0..count)
        .rev()
        .filter_map(|back| {
            let month = running.checked_sub_months(Months::new(back))?;
            let last = month.checked_add_months(Months::new(1))?.pred_opt()?;
            Some((month, last.min(today)))
        })
        .collect()
}

/// What recurred of one customer at both ends of a month, in twelfths.
#[derive(Clone, Copy, Debug)]
pub struct Change {
    pub before: i64,
    pub after: i64,
    had_before: bool,
}

impl Change {
    /// From the end of one day to the end of another.
    pub fn of(spans: &[Span], from: NaiveDate, to: NaiveDate) -> Self {
        let on = |day: NaiveDate| -> i64 { spans.iter().filter(|span| span.covers(day)).map(|span| span.monthly).sum() };
        Self {
            before: on(from),
            after: on(to),
            had_before: spans.iter().any(|span| span.starts_on <= from && span.monthly > 0),
        }
    }

    /// What it is called; nothing where nothing changed.
    pub fn kind(self) -> Option<MovementKind> {
        match (self.before > 0, self.after > 0) {
            (false, true) if self.had_before => Some(MovementKind::Reactivation),
            (false, true) => Some(MovementKind::New),
            (true, false) => Some(MovementKind::Churn),
            _ if self.after > self.before => Some(MovementKind::Expansion),
            _ if self.after < self.before => Some(MovementKind::Contraction),
            _ => None,
        }
    }
}

/// What changed in a month, in twelfths, and how many customers.
#[derive(Clone, Debug, Default)]
pub struct Movement {
    start: i64,
    end: i64,
    new: i64,
    reactivation: i64,
    expansion: i64,
    contraction: i64,
    churn: i64,
    at_start: u64,
    at_end: u64,
    came: u64,
    came_back: u64,
    lost: u64,
}

impl Movement {
    pub fn add(&mut self, change: Change) {
        let Change { before, after, .. } = change;
        self.start += before;
        self.end += after;
        self.at_start += u64::from(before > 0);
        self.at_end += u64::from(after > 0);
        match change.kind() {
            Some(MovementKind::New) => {
                self.new += after;
                self.came += 1;
            }
            Some(MovementKind::Reactivation) => {
                self.reactivation += after;
                self.came_back += 1;
            }
            Some(MovementKind::Churn) => {
                self.churn += before;
                self.lost += 1;
            }
            Some(MovementKind::Expansion) => self.expansion += after - before,
            Some(MovementKind::Contraction) => self.contraction += before - after,
            None => {}
        }
    }

    pub fn view(&self, (month, until): (NaiveDate, NaiveDate), currency: Currency) -> Result<RecurringMonth> {
        let (start, end) = (rounded(self.start), rounded(self.end));
        let exact = [self.new, self.reactivation, self.expansion, -self.contraction, -self.churn].map(i128::from);
        let parts = share_out(end - start, &exact, TWELFTHS.into())
            .ok_or_else(|| Error::Fault("movements do not sum to what changed".to_owned()))?;
        let part = |at: usize| parts.get(at).copied().unwrap_or(0);
        let money = |amount| Money::new(amount, currency);
        let ratio = |part: i64, whole: i64| if whole > 0 { scale(MILLION, part, whole) } else { None };
        let count = |number: u64| i64::try_from(number).unwrap_or(i64::MAX);
        Ok(RecurringMonth {
            month,
            until,
            start: money(start),
            new: money(part(0)),
            reactivation: money(part(1)),
            expansion: money(part(2)),
            contraction: money(-part(3)),
            churn: money(-part(4)),
            end: money(end),
            customers_at_start: self.at_start,
            customers_new: self.came,
            customers_reactivated: self.came_back,
            customers_lost: self.lost,
            customers_at_end: self.at_end,
            logo_churn: ratio(count(self.lost), count(self.at_start)),
            logo_churn_with_new: ratio(count(self.lost), count(self.at_start + self.came + self.came_back)),
            gross_churn: ratio(self.churn + self.contraction, self.start),
            net_churn: ratio(self.churn + self.contraction - self.expansion, self.start),
        })
    }
}

/// Everything of one currency.
struct Gathered {
    days: Vec<NaiveDate>,
    movements: Vec<Movement>,
    plans: BTreeMap<Uuid, (i64, u64)>,
    now: i64,
    subscriptions: u64,
    customers: BTreeSet<Uuid>,
}

impl Gathered {
    fn new(months: &[(NaiveDate, NaiveDate)]) -> Self {
        let before = months.first().and_then(|(month, _)| month.pred_opt());
        Self {
            days: before.into_iter().chain(months.iter().map(|(_, until)| *until)).collect(),
            movements: vec![Movement::default(); months.len()],
            plans: BTreeMap::new(),
            now: 0,
            subscriptions: 0,
            customers: BTreeSet::new(),
        }
    }

    /// Adds all that recurred of one customer.
    fn add(&mut self, spans: &[Span], today: NaiveDate) {
        for (movement, pair) in self.movements.iter_mut().zip(self.days.windows(2)) {
            let [from, to] = pair else { continue };
            movement.add(Change::of(spans, *from, *to));
        }
        for span in spans.iter().filter(|span| span.covers(today) && span.monthly > 0) {
            self.now += span.monthly;
            self.subscriptions += 1;
            self.customers.insert(span.customer);
            let plan = self.plans.entry(span.plan).or_default();
            plan.0 += span.monthly;
            plan.1 += 1;
        }
    }
}

/// The condition of what counts: customers that are deleted or archived are outside of all figures.
fn counted() -> String {
    format!("FROM recurring t WHERE {}", license::LIVE)
}

impl Run for RecurringFiguresRequest {
    async fn run(self, scope: &Scope) -> Result<RecurringFigures> {
        let today = scope.today();
        let months = months(today, self.months);
        let mut by_currency: BTreeMap<String, Gathered> = BTreeMap::new();
        let mut pending: BTreeMap<String, Vec<Span>> = BTreeMap::new();
        let mut customer = None;
        let net = Net::load(scope).await?;
        let sql = format!(
            "SELECT t.currency, t.customer_id, t.plan_id, t.starts_on, t.ends_on, t.amount, t.months {} ORDER BY t.customer_id",
            counted()
        );
        let mut close = |pending: &mut BTreeMap<String, Vec<Span>>| {
            for (currency, spans) in std::mem::take(pending) {
                by_currency
                    .entry(currency)
                    .or_insert_with(|| Gathered::new(&months))
                    .add(&spans, today);
            }
        };
        for row in scope.rows(&sql, Vec::new()).await? {
            let span = Span::read(&row, &net)?;
            if customer.replace(span.customer).is_some_and(|before| before != span.customer) {
                close(&mut pending);
            }
            pending.entry(row.try_get("", "currency")?).or_default().push(span);
        }
        close(&mut pending);
        let figures = figure::read(scope, &[figure::REVENUE, figure::PAYING]).await?;
        // Who is paid once has figures, too: what customers were worth so far, and who came back.
        for ((_, code), _) in figures.iter().filter(|(_, amount)| **amount != 0) {
            by_currency.entry(code.clone()).or_insert_with(|| Gathered::new(&months));
        }
        let mut currencies = Vec::with_capacity(by_currency.len());
        for (code, gathered) in by_currency {
            let currency = Currency::parse(&code).ok_or_else(|| unknown_word("recurring.currency", &code))?;
            let revenue = figure::of(&figures, figure::REVENUE, &code);
            let payers = figure::of(&figures, figure::PAYING, &code);
            currencies.push(view(scope, gathered, &months, currency, (revenue, payers)).await?);
        }
        currencies.sort_by_key(|own| (own.currency.code() != scope.book.currency, own.currency));
        Ok(RecurringFigures { on: today, currencies })
    }
}

async fn view(
    scope: &Scope,
    gathered: Gathered,
    months: &[(NaiveDate, NaiveDate)],
    currency: Currency,
    (paid, payers): (i64, i64),
) -> Result<RecurringOfCurrency> {
    let money = |amount| Money::new(amount, currency);
    let mut shown = Vec::with_capacity(months.len());
    for (movement, month) in gathered.movements.iter().zip(months) {
        shown.push(movement.view(*month, currency)?);
    }
    let mrr = rounded(gathered.now);
    let customers = i64::try_from(gathered.customers.len())?;
    let arpa = divide(gathered.now, customers.saturating_mul(TWELFTHS));
    // The running month is not over: its churn would be too small.
    let full: Vec<i64> = shown
        .iter()
        .filter(|month| month.until.succ_opt().is_some_and(|next| next.day() == 1))
        .filter_map(|month| month.logo_churn)
        .collect();
    let churned: i64 = full.iter().sum();
    let count = i64::try_from(full.len())?;
    let lifetime_value = arpa
        .filter(|_| churned > 0)
        .and_then(|arpa| scale(arpa, MILLION.saturating_mul(count), churned));
    let by_plan: BTreeMap<Uuid, i64> = gathered.plans.iter().map(|(plan, (twelfths, _))| (*plan, *twelfths)).collect();
    let parts = shared(mrr, &by_plan)?;
    let mut plans = Vec::with_capacity(parts.len());
    for ((plan, (_, subscriptions)), part) in gathered.plans.iter().zip(parts.into_values()) {
        plans.push(RecurringOfPlan {
            plan_id: (*plan).into(),
            plan_name: crate::plan::find(scope, (*plan).into()).await?.name,
            mrr: money(part),
            subscriptions: *subscriptions,
        });
    }
    plans.sort_by(|a, b| (b.mrr.amount, &a.plan_name).cmp(&(a.mrr.amount, &b.plan_name)));
    Ok(RecurringOfCurrency {
        currency,
        mrr: money(mrr),
        arr: money(gathered.now),
        subscriptions: gathered.subscriptions,
        customers: gathered.customers.len().try_into()?,
        arpa: arpa.map(money),
        lifetime_value: lifetime_value.map(money),
        paid: money(paid),
        payers: payers.try_into()?,
        observed_value: divide(paid, payers).map(money),
        months: shown,
        plans,
    })
}

/// What each plan is of the whole; the parts sum to it.
fn shared(whole: i64, by_plan: &BTreeMap<Uuid, i64>) -> Result<BTreeMap<Uuid, i64>> {
    let exact: Vec<i128> = by_plan.values().map(|twelfths| i128::from(*twelfths)).collect();
    let parts = share_out(whole, &exact, TWELFTHS.into());
    let parts = parts.ok_or_else(|| Error::Fault("plans do not sum to what recurs".to_owned()))?;
    Ok(by_plan.keys().copied().zip(parts).collect())
}

impl Run for ListRecurring {
    async fn run(self, scope: &Scope) -> Result<RecurringPage> {
        let on = self.on.unwrap_or_else(|| scope.today());
        let sql = "SELECT t.subscription_id, t.customer_id, t.plan_id, t.starts_on, t.ends_on, t.amount, t.months, c.full_name, p.name
             FROM recurring t JOIN customer c ON c.id = t.customer_id JOIN plan p ON p.id = t.plan_id
             WHERE t.currency = ? AND t.amount > 0 AND t.starts_on <= ? AND (t.ends_on IS NULL OR t.ends_on > ?)
               AND c.deleted_at IS NULL AND c.archived_at IS NULL";
        let values = vec![self.currency.code().into(), on.into(), on.into()];
        let net = Net::load(scope).await?;
        let mut found = Vec::new();
        let mut by_plan: BTreeMap<Uuid, i64> = BTreeMap::new();
        for row in scope.rows(sql, values).await? {
            let span = Span::read(&row, &net)?;
            *by_plan.entry(span.plan).or_default() += span.monthly;
            if self.plan_id.is_none_or(|plan| plan.0 == span.plan) {
                found.push((span.monthly, row.try_get::<Uuid>("", "subscription_id")?, row));
            }
        }
        found.sort_by_key(|(monthly, id, _)| (std::cmp::Reverse(*monthly), *id));
        let exact: Vec<i128> = found.iter().map(|(monthly, ..)| i128::from(*monthly)).collect();
        let whole = rounded(by_plan.values().sum());
        let mrr = match self.plan_id {
            None => whole,
            // As a part of the whole: alone it could round otherwise.
            Some(plan) => shared(whole, &by_plan)?.remove(&plan.0).unwrap_or(0),
        };
        let parts = share_out(mrr, &exact, TWELFTHS.into()).ok_or_else(|| Error::Fault("rows do not sum to what recurs".to_owned()))?;

        let mark = list_mark(&("recurring", self.currency, on, self.plan_id))?;
        let own: Vec<_> = found.iter().zip(parts).collect();
        let page = Part::read(&mark, own.len(), self.limit, self.after.as_deref())?;
        let mut items = Vec::new();
        for ((_, id, row), part) in page.of(&own) {
            let (amount, months): (i64, i64) = (row.try_get("", "amount")?, row.try_get("", "months")?);
            let customer: Uuid = row.try_get("", "customer_id")?;
            items.push(RecurringItem {
                subscription_id: (*id).into(),
                customer_id: customer.into(),
                customer_name: row.try_get("", "full_name")?,
                plan_name: row.try_get("", "name")?,
                billing_cycle: if months == 1 { BillingCycle::Monthly } else { BillingCycle::Yearly },
                price: Money::new(amount, self.currency),
                net: Money::new(net.of(customer, amount), self.currency),
                mrr: Money::new(*part, self.currency),
            });
        }
        Ok(RecurringPage {
            items,
            next: page.next,
            previous: None,
            total: u64::try_from(own.len())?,
            total_is_exact: true,
            mrr: Money::new(mrr, self.currency),
        })
    }
}
